// Files and manifests: what was written comes back, and nothing else.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "runtime/prepared/append.h"
#include "runtime/prepared/column_facts.h"
#include "runtime/prepared/column_sections.h"
#include "runtime/prepared/manifest.h"
#include "tests/unit/prepared/columns.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("segue-prepared-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] std::string path(const std::string& name = "") const { return name.empty() ? path_.string() : (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

TEST_CASE("columns of every kind come back from their files") {
  const Folder folder;
  Random random(4);
  std::size_t number = 0;
  for (const std::size_t rows : {0, 1, 511, 512, 5000}) {
    for (Column& column : columns_of(rows, random)) {
      column.statistics = make_statistics(column);
      const auto file = write_sections(folder.path(), std::to_string(number++), sections_of(column));
      REQUIRE(file);
      const auto mapped = map_sections(folder.path(), *file, true);
      REQUIRE(mapped);
      Column back;
      back.type = column.type;
      back.storage = column.storage;
      back.rows = rows;
      REQUIRE(set_sections(back, *mapped));
      for (std::size_t row = 0; row < rows; ++row) REQUIRE(shown(back, row) == shown(column, row));
      REQUIRE((back.statistics == nullptr) == (column.statistics == nullptr || column.statistics->missing.empty()));
      if (back.statistics) REQUIRE(back.statistics->least == column.statistics->least);
      back.rows = rows + 5000;
      REQUIRE_FALSE(set_sections(back, *mapped));
    }
  }
}

TEST_CASE("links, references and ranks come back from their files") {
  const Folder folder;
  Random random(5);
  const Link link = link_by_parent({2, 0, kNoRow, 0}, 3);
  const auto file = write_sections(folder.path(), "link", sections_of(link));
  const auto back = link_of(*map_sections(folder.path(), *file, false), 4, 3);
  REQUIRE(back);
  CHECK(back->parent_of == link.parent_of);
  CHECK(back->children == link.children);
  CHECK_FALSE(link_of(*map_sections(folder.path(), *file, false), 4, 4));
  const Array<RowId> reference = {1, kNoRow, 0};
  const auto reference_file = write_sections(folder.path(), "reference", sections_of(reference));
  CHECK(reference_of(*map_sections(folder.path(), *reference_file, false), 3) == reference);
  const auto ranks = make_ranks(integers<std::int64_t>(100, Storage::kInt64, random), {-5, 0, 17});
  const auto ranks_file = write_sections(folder.path(), "ranks", sections_of(*ranks));
  const auto ranks_back = ranks_of(*map_sections(folder.path(), *ranks_file, false), 100);
  REQUIRE(ranks_back);
  CHECK(ranks_back->cuts == ranks->cuts);
  CHECK(std::memcmp(ranks_back->data.data(), ranks->data.data(), 100) == 0);
}

TEST_CASE("a file that was changed anywhere or cut anywhere is not used") {
  const Folder folder;
  Random random(6);
  const Column column = codes(300, random);
  const auto file = write_sections(folder.path(), "column", sections_of(column));
  const std::string whole = text_of(folder.path("column"));
  const auto mapped = map_sections(folder.path(), *file, true);
  for (std::size_t at = 0; at < whole.size(); at += at < 320 ? 3 : 41) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    write_text(folder.path("column"), changed);
    const auto again = map_sections(folder.path(), *file, false);
    // What lies between sections is nobody's.
    if (!again) continue;
    Column back;
    back.type = column.type;
    back.storage = column.storage;
    back.rows = column.rows;
    REQUIRE(set_sections(back, *again));
    for (std::size_t row = 0; row < column.rows; ++row) REQUIRE(shown(back, row) == shown(column, row));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256}, whole.size() - 1}) {
    write_text(folder.path("column"), whole.substr(0, size));
    REQUIRE_FALSE(map_sections(folder.path(), *file, false));
  }
  fs::remove(folder.path("column"));
  CHECK_FALSE(map_sections(folder.path(), *file, false));
  write_text(folder.path("column"), whole);
  CHECK(map_sections(folder.path(), *file, false));  // copied: its hash tells that it is the one
}

Manifest some_manifest(const StoredFile& file) {
  StoredTable table{
      .name = "account", .rows = 7, .clocks = {-5, 99}, .sources = {}, .notes = "notes", .columns = {}, .links = {}, .references = {}};
  table.sources.push_back({.path = "a.csv", .stamp = {1, 2, 3, 4}, .content = Sha256Digest{9}});
  table.columns.push_back({.name = "employees", .storage = Storage::kInt16, .file = file, .ranks = file});
  table.links.push_back(file);
  return {.version = "1", .tables = {table}};
}

TEST_CASE("a manifest comes back, or it is said why not") {
  const Folder folder;
  REQUIRE(make_store(folder.path()));
  CHECK(text_of(folder.path(".gitignore")) == "*\n");
  CHECK(read_manifest(folder.path(), "1").error() == ManifestFault::kNone);
  const auto file = write_sections(folder.path(), file_name("account", "column", 0, next_generation(folder.path())), {});
  REQUIRE(replace_manifest(folder.path(), some_manifest(*file)));
  const auto back = read_manifest(folder.path(), "1");
  REQUIRE(back);
  const StoredTable* table = back->find("account");
  REQUIRE(table != nullptr);
  CHECK(table->clocks.until == 99);
  CHECK(table->sources.front().content == Sha256Digest{9});
  CHECK(table->columns.front().ranks->name == file->name);
  CHECK(back->find("contacts") == nullptr);
  CHECK(read_manifest(folder.path(), "2").error() == ManifestFault::kForeign);
  const std::string whole = text_of(folder.path("manifest"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_text(folder.path("manifest"), changed);
    REQUIRE_FALSE(read_manifest(folder.path(), "1"));
    write_text(folder.path("manifest"), whole.substr(0, at));
    REQUIRE_FALSE(read_manifest(folder.path(), "1"));
  }
  write_text(folder.path("manifest"), whole);
  fs::permissions(folder.path(), fs::perms::others_write, fs::perm_options::add);
  CHECK(read_manifest(folder.path(), "1").error() == ManifestFault::kUnsafe);
}

TEST_CASE("what no manifest names is removed, what lies there otherwise is not") {
  const Folder folder;
  const auto kept = write_sections(folder.path(), "account.column0.1.seguecolumn", {});
  REQUIRE(write_sections(folder.path(), "account.column1.4.seguecolumn", {}));
  write_text(folder.path("mine.txt"), "mine");
  CHECK(next_generation(folder.path()) == 5);
  REQUIRE(replace_manifest(folder.path(), some_manifest(*kept)));
  CHECK(fs::exists(folder.path("account.column0.1.seguecolumn")));
  CHECK_FALSE(fs::exists(folder.path("account.column1.4.seguecolumn")));
  CHECK(fs::exists(folder.path("mine.txt")));
}

TEST_CASE("sources are the same by their stamps, or by what is in them") {
  const Folder folder;
  write_text(folder.path("a.csv"), "one");
  fs::create_directories(folder.path("more/deep"));
  write_text(folder.path("more/deep/b.csv"), "two");
  write_text(folder.path("more/.hidden"), "no");
  const auto before = stamp_sources(folder.path(), {"a.csv", "more"}, true);
  REQUIRE(before);
  REQUIRE(before->size() == 2);
  CHECK((*before)[1].path == "more/deep/b.csv");
  const auto same = [&] { return unchanged_sources(folder.path(), *before, *stamp_sources(folder.path(), {"a.csv", "more"}, false)); };
  CHECK(same() == 2);
  write_text(folder.path("a.csv"), "one");
  CHECK(same() == 2);
  write_text(folder.path("a.csv"), "owe");
  CHECK(same() == 0);
  write_text(folder.path("a.csv"), "one");
  write_text(folder.path("more/deep/a.csv"), "new");
  CHECK(same() == 1);
  CHECK_FALSE(stamp_sources(folder.path(), {"absent.csv"}, false));
}

}  // namespace
}  // namespace segue
