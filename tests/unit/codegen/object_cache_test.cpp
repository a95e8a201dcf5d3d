// The folder of compiled objects: what is found is what was kept, whatever happened to the files; and it never fails.
#include "runtime/kept/object_cache.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler/codegen/code_cache.h"
#include "tests/unit/codegen/temporary_folder.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;
using Content = std::vector<std::byte>;

CodeKey key_of(std::uint8_t number) {
  CodeKey key{};
  key[0] = number;
  key[31] = 0xa8;  // one of those at which all entries are looked at
  return key;
}

Content content_of(std::size_t size, std::uint8_t seed = 1) {
  Content content(size);
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<std::byte>(seed + i * 7);
  return content;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& item : fs::directory_iterator(folder)) files.push_back(item.path());
  return files;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// The one file of a folder that keeps `content` under key 1.
fs::path keep_one(const fs::path& folder, const Content& content) {
  ObjectCache(folder).keep(key_of(1), content);
  const std::vector<fs::path> files = files_in(folder);
  REQUIRE(files.size() == 1);
  return files.front();
}

// The exit status of a process that does `work`; whatever else is written there is lost.
template <typename Work>
pid_t start_process(Work&& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  return child;
}
bool has_succeeded(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("what is kept is found by the next process, under its key alone") {
  const TemporaryFolder folder;
  const fs::path inner = folder.path() / "segue" / "code";
  {
    ObjectCache cache(inner);
    CHECK_FALSE(cache.find(key_of(1)));
    CHECK_FALSE(fs::exists(inner));
    cache.keep(key_of(1), content_of(1000));
    cache.keep(key_of(2), {});
    CHECK(cache.find(key_of(1)) == content_of(1000));
  }
  const ObjectCache again(inner);
  CHECK(again.find(key_of(1)) == content_of(1000));
  CHECK(again.find(key_of(2)) == Content());
  CHECK_FALSE(again.find(key_of(3)));
  CHECK(again.distrust().empty());
  CHECK((fs::status(inner).permissions() & fs::perms::mask) == fs::perms::owner_all);
}

TEST_CASE("an entry that was cut or lengthened is not found, and is repaired") {
  const TemporaryFolder folder;
  const fs::path file = keep_one(folder.path(), content_of(300));
  const std::string whole = read_file(file);
  ObjectCache cache(folder.path());
  for (const std::size_t size : {0, 1, 7, 8, 12, 15, 16, 47, 48, 55, 56, 87, 88, 89, 200, 387, 389, 1000}) {
    std::string cut = whole;
    cut.resize(size);
    write_file(file, cut);
    INFO(size);
    CHECK_FALSE(cache.find(key_of(1)));
  }
  cache.keep(key_of(1), content_of(300));
  CHECK(cache.find(key_of(1)) == content_of(300));
  CHECK(read_file(file) == whole);
}

TEST_CASE("an entry with any bit flipped is not found") {
  const TemporaryFolder folder;
  const fs::path file = keep_one(folder.path(), content_of(100));
  const std::string whole = read_file(file);
  const ObjectCache cache(folder.path());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    write_file(file, damaged);
    INFO(i);
    CHECK_FALSE(cache.find(key_of(1)));
  }
}

TEST_CASE("an entry under another's name is not found") {
  const TemporaryFolder folder;
  const fs::path file = keep_one(folder.path(), content_of(100));
  std::string name = file.filename().string();
  REQUIRE(name.starts_with("01"));
  fs::rename(file, folder.path() / name.replace(0, 2, "02"));
  CHECK_FALSE(ObjectCache(folder.path()).find(key_of(2)));
}

TEST_CASE("a folder that others may write to is neither read nor written") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "shared";
  keep_one(path, content_of(10));
  for (const mode_t mode : {0770, 0707, 0777, 0720, 01777}) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
    ObjectCache cache(path);
    CHECK(cache.distrust().find("others may write") != std::string::npos);
    CHECK_FALSE(cache.find(key_of(1)));
    cache.keep(key_of(2), content_of(10));
    CHECK(files_in(path).size() == 1);
  }
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  CHECK(ObjectCache(path).find(key_of(1)));
}

TEST_CASE("a file that others may write to is not read, and is replaced") {
  const TemporaryFolder folder;
  const fs::path file = keep_one(folder.path(), content_of(10));
  REQUIRE(chmod(file.c_str(), 0666) == 0);
  ObjectCache cache(folder.path());
  CHECK_FALSE(cache.find(key_of(1)));
  cache.keep(key_of(1), content_of(10));
  CHECK(cache.find(key_of(1)));
}

TEST_CASE("symbolic links, as folder and as entry, are not followed") {
  const TemporaryFolder folder;
  const fs::path real = folder.path() / "real", link = folder.path() / "link";
  const fs::path file = keep_one(real, content_of(10));
  fs::create_directory_symlink(real, link);
  for (const fs::path& path : {link, link / ""}) {
    const ObjectCache cache(path);
    CHECK(cache.distrust().find("symbolic link") != std::string::npos);
    CHECK_FALSE(cache.find(key_of(1)));
  }
  fs::rename(file, folder.path() / "elsewhere");
  fs::create_symlink(folder.path() / "elsewhere", file);
  CHECK_FALSE(ObjectCache(real).find(key_of(1)));
}

TEST_CASE("a folder or file of somebody else is not trusted") {
  if (geteuid() != 0) {
    CHECK(ObjectCache("/usr").distrust().find("somebody else") != std::string::npos);
    return;
  }
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "code", file = keep_one(path, content_of(10));
  REQUIRE(chown(file.c_str(), 12345, 12345) == 0);
  CHECK_FALSE(ObjectCache(path).find(key_of(1)));
  REQUIRE(chown(file.c_str(), 0, 0) == 0);
  CHECK(ObjectCache(path).find(key_of(1)));
  REQUIRE(chown(path.c_str(), 12345, 12345) == 0);
  ObjectCache cache(path);
  CHECK(cache.distrust().find("somebody else") != std::string::npos);
  CHECK_FALSE(cache.find(key_of(1)));
}

TEST_CASE("where nothing can be written nothing is kept") {
  const TemporaryFolder folder;
  write_file(folder.path() / "file", "text");
  for (const fs::path& path : {folder.path() / "file", folder.path() / "file" / "inside", fs::path("/proc/nowhere/code"), fs::path("")}) {
    ObjectCache cache(path);
    cache.keep(key_of(1), content_of(10));
    CHECK_FALSE(cache.find(key_of(1)));
  }
  CHECK(read_file(folder.path() / "file") == "text");
}

TEST_CASE("a full disk leaves no half of an entry") {
  const TemporaryFolder folder;
  keep_one(folder.path(), content_of(10));
  const pid_t child = start_process([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 500, .rlim_max = 500};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    ObjectCache cache(folder.path());
    cache.keep(key_of(2), content_of(1000));
    return !cache.find(key_of(2)) && cache.find(key_of(1));
  });
  CHECK(has_succeeded(child));
  CHECK(files_in(folder.path()).size() == 1);
}

TEST_CASE("the longest unused entries go first when there is no room") {
  const TemporaryFolder folder;
  ObjectCache cache(folder.path(), 10'000);
  const auto now = fs::file_time_type::clock::now();
  for (std::uint8_t i = 1; i <= 9; ++i) cache.keep(key_of(i), content_of(1000));
  for (const fs::path& file : files_in(folder.path())) {
    const int number = std::stoi(file.filename().string().substr(0, 2), nullptr, 16);
    fs::last_write_time(file, now - std::chrono::minutes(100 - number));
  }
  CHECK(cache.find(key_of(1)));  // now the last used
  write_file(folder.path() / "somebody's file", std::string(20'000, 'x'));
  cache.keep(key_of(10), content_of(1000));
  CHECK(cache.find(key_of(1)));
  CHECK(cache.find(key_of(10)));
  CHECK_FALSE(cache.find(key_of(2)));
  CHECK(cache.find(key_of(9)));
  cache.keep(key_of(11), content_of(20'000));  // more than all room
  CHECK_FALSE(cache.find(key_of(11)));
  CHECK(cache.find(key_of(10)));
  CHECK(fs::exists(folder.path() / "somebody's file"));
}

TEST_CASE("drafts of processes that ended long ago are removed") {
  const TemporaryFolder folder;
  const fs::path old = folder.path() / "00.code.1.1.new", fresh = folder.path() / "00.code.2.1.new";
  write_file(old, "half");
  write_file(fresh, "half");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  ObjectCache(folder.path()).keep(key_of(1), content_of(10));
  CHECK_FALSE(fs::exists(old));
  CHECK(fs::exists(fresh));
}

TEST_CASE("processes that write at once leave each other's entries whole") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "code";  // made by whoever comes first
  std::vector<pid_t> children;
  for (std::uint8_t process = 0; process < 4; ++process) {
    children.push_back(start_process([&path, process] {
      ObjectCache cache(path, 100'000);
      for (std::size_t round = 0; round < 100; ++round) {
        const auto number = static_cast<std::uint8_t>((round + process) % 8);
        const auto found = cache.find(key_of(number));
        if (found && *found != content_of(1000 + 3000 * number, number)) return false;
        cache.keep(key_of(number), content_of(1000 + 3000 * number, number));
      }
      return true;
    }));
  }
  for (const pid_t child : children) CHECK(has_succeeded(child));
  for (const fs::path& file : files_in(path)) CHECK(file.extension() == ".code");
}

TEST_CASE("the environment names the folder, or switches it off") {
  const auto with = [](const char* off, const char* folder, const char* base, const char* home) {
    std::string found;
    const auto set = [](const char* name, const char* value) { value == nullptr ? unsetenv(name) : setenv(name, value, 1); };
    const auto kept = [](const char* name) {
      const char* value = std::getenv(name);
      return value == nullptr ? std::optional<std::string>() : std::optional<std::string>(value);
    };
    const char* names[] = {"SEGUE_CACHE", "SEGUE_CACHE_DIR", "XDG_CACHE_HOME", "HOME"};
    const char* values[] = {off, folder, base, home};
    std::vector<std::optional<std::string>> before;
    for (std::size_t i = 0; i < 4; ++i) {
      before.push_back(kept(names[i]));
      set(names[i], values[i]);
    }
    const auto path = default_cache_folder();
    for (std::size_t i = 0; i < 4; ++i) set(names[i], before[i] ? before[i]->c_str() : nullptr);
    return path ? path->string() : "nothing";
  };
  CHECK(with(nullptr, nullptr, nullptr, "/home/ada") == "/home/ada/.cache/segue/code");
  CHECK(with(nullptr, nullptr, "/var/cache", "/home/ada") == "/var/cache/segue/code");
  CHECK(with(nullptr, nullptr, "relative", "/home/ada") == "/home/ada/.cache/segue/code");
  CHECK(with(nullptr, "/tmp/x", "/var/cache", "/home/ada") == "/tmp/x");
  CHECK(with("off", "/tmp/x", "/var/cache", "/home/ada") == "nothing");
  CHECK(with("on", nullptr, nullptr, nullptr) == "nothing");
}

#if defined(__x86_64__)
namespace {

// `mov eax, number; ret`
Content code_giving(std::uint8_t number) {
  CodeBytes code{.functions = {0}, .code = {}};
  for (const std::uint8_t byte : std::initializer_list<std::uint8_t>{0xb8, number, 0, 0, 0, 0xc3}) code.code.push_back(std::byte{byte});
  return to_content(code);
}

int call(const std::shared_ptr<const CodeImage>& image) {
  return reinterpret_cast<int (*)()>(const_cast<void*>(image->functions().front()))();  // NOLINT: functions come as addresses
}

}  // namespace

TEST_CASE("code is loaded once in a process, and from the folder by the next one") {
  const TemporaryFolder folder;
  {
    CodeCache cache(folder.path());
    CHECK(cache.find(key_of(1)) == nullptr);
    const auto made = cache.keep(key_of(1), code_giving(42));
    REQUIRE(made);
    CHECK(call(*made) == 42);
    CHECK(cache.find(key_of(1)) == *made);
    CHECK(cache.report().counts.made == 1);
    CHECK(cache.report().counts.in_memory == 1);
  }
  CodeCache again(folder.path());
  const auto found = again.find(key_of(1));
  REQUIRE(found != nullptr);
  CHECK(call(found) == 42);
  CHECK(again.find(key_of(1)) == found);
  CHECK(again.report().counts.on_disk == 1);
}

TEST_CASE("without a folder code is kept in memory, within bounds, and lives on when it is forgotten") {
  CodeCache cache(std::nullopt, 20);
  std::vector<std::shared_ptr<const CodeImage>> images;
  for (std::uint8_t i = 0; i < 10; ++i) images.push_back(cache.keep(key_of(i), code_giving(i)).value());
  CHECK(cache.find(key_of(0)) == nullptr);
  CHECK(cache.find(key_of(9)) == images[9]);
  for (std::uint8_t i = 0; i < 10; ++i) CHECK(call(images[i]) == i);
}
#endif

TEST_CASE("an entry that is whole but no code is not loaded") {
  const TemporaryFolder folder;
  for (const Content& content : {Content(), Content(8), Content(16), Content(17), content_of(100)}) {
    ObjectCache(folder.path()).keep(key_of(1), content);
    CodeCache cache(folder.path());
    const auto image = cache.find(key_of(1));
    CHECK((image == nullptr) == !is_content(content));
    CHECK((image == nullptr || image->functions().empty()));
  }
}

}  // namespace segue::test
