// A text of bytes, and its hash behind it.
#include "runtime/prepared/manifest.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/prepared/bytes.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestMagic = "segue prepared tables\n";
constexpr std::string_view kManifest = "manifest";
constexpr std::string_view kLock = "lock";
constexpr std::string_view kEnding = ".seguecolumn";

// ── Encoding ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

void put(ByteWriter& out, const Sha256Digest& digest) {
  for (const std::uint8_t byte : digest) out.put(byte);
}
void put(ByteWriter& out, const FileStamp& stamp) {
  out.put(stamp.bytes);
  out.put(stamp.inode);
  out.put(stamp.modified);
  out.put(stamp.changed);
}
void put(ByteWriter& out, const StoredFile& file) {
  out.put(file.name);
  put(out, file.stamp);
  put(out, file.digest);
}
void put(ByteWriter& out, const SourceStamp& source) {
  out.put(source.path);
  put(out, source.stamp);
  out.put(source.content.has_value());
  if (source.content) put(out, *source.content);
}
void put(ByteWriter& out, const StoredColumn& column) {
  out.put(column.name);
  out.put(column.storage);
  put(out, column.file);
  out.put(column.ranks.has_value());
  if (column.ranks) put(out, *column.ranks);
}
void put(ByteWriter& out, const StoredTable& table) {
  const auto put_one = [](ByteWriter& to, const auto& value) { put(to, value); };
  out.put(table.name);
  out.put(table.rows);
  put(out, table.reading);
  put(out, table.rates);
  out.put(table.clocks.since);
  out.put(table.clocks.until);
  out.put_all(table.sources, put_one);
  out.put(table.notes);
  out.put_all(table.columns, put_one);
  out.put_all(table.links, put_one);
  out.put_all(table.references, put_one);
}

Sha256Digest take_digest(ByteReader& in) { return in.take<Sha256Digest>(); }
FileStamp take_stamp(ByteReader& in) {
  FileStamp stamp;
  stamp.bytes = in.take<std::uint64_t>();
  stamp.inode = in.take<std::uint64_t>();
  stamp.modified = in.take<std::int64_t>();
  stamp.changed = in.take<std::int64_t>();
  return stamp;
}
StoredFile take_file(ByteReader& in) {
  StoredFile file;
  file.name = in.take_text();
  file.stamp = take_stamp(in);
  file.digest = take_digest(in);
  return file;
}
SourceStamp take_source(ByteReader& in) {
  SourceStamp source;
  source.path = in.take_text();
  source.stamp = take_stamp(in);
  if (in.take<bool>()) source.content = take_digest(in);
  return source;
}
StoredColumn take_column(ByteReader& in) {
  StoredColumn column;
  column.name = in.take_text();
  column.storage = in.take<Storage>();
  column.file = take_file(in);
  if (in.take<bool>()) column.ranks = take_file(in);
  return column;
}
StoredTable take_table(ByteReader& in) {
  StoredTable table;
  table.name = in.take_text();
  table.rows = in.take<std::uint64_t>();
  table.reading = take_digest(in);
  table.rates = take_digest(in);
  table.clocks.since = in.take<std::int64_t>();
  table.clocks.until = in.take<std::int64_t>();
  table.sources = in.take_all(take_source);
  table.notes = in.take_text();
  table.columns = in.take_all(take_column);
  table.links = in.take_all(take_file);
  table.references = in.take_all(take_file);
  return table;
}

std::string encoded(const Manifest& manifest) {
  ByteWriter out;
  out.put(kPreparedFormat);
  out.put(manifest.version);
  out.put_all(manifest.tables, [](ByteWriter& to, const StoredTable& table) { put(to, table); });
  const Sha256Digest digest = sha256(std::as_bytes(std::span(out.bytes())));
  return std::string(kManifestMagic) + std::string(digest.begin(), digest.end()) + out.bytes();
}

std::expected<Manifest, ManifestFault> decoded(std::string_view bytes, std::string_view version) {
  constexpr std::size_t kHead = kManifestMagic.size() + sizeof(Sha256Digest);
  if (bytes.size() < kHead || !bytes.starts_with(kManifestMagic)) return std::unexpected(ManifestFault::kDamaged);
  const std::string_view body = bytes.substr(kHead);
  const Sha256Digest digest = sha256(std::as_bytes(std::span(body)));
  if (!std::ranges::equal(digest, bytes.substr(kManifestMagic.size(), digest.size()), {}, {},
                          [](char byte) { return static_cast<std::uint8_t>(byte); }))
    return std::unexpected(ManifestFault::kDamaged);
  ByteReader in(body);
  if (in.take<std::uint32_t>() != kPreparedFormat) return std::unexpected(ManifestFault::kForeign);
  Manifest manifest;
  manifest.version = in.take_text();
  if (manifest.version != version) return std::unexpected(ManifestFault::kForeign);
  manifest.tables = in.take_all(take_table);
  if (!in.is_at_end()) return std::unexpected(ManifestFault::kDamaged);
  return manifest;
}

// ── The folder ───────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string in_folder(const std::string& folder, std::string_view name) { return folder + "/" + std::string(name); }

std::expected<void, int> write_synced(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) return std::unexpected(errno);
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0) error = errno == EINTR ? 0 : errno;
    else text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error != 0) return std::unexpected(error);
  return {};
}

// Nobody's any more: of versions before, and of a writer that was killed.
void remove_others(const std::string& folder, const Manifest& manifest) {
  std::set<std::string> kept = {std::string(kManifest), std::string(kLock), ".gitignore"};
  for (const StoredTable& table : manifest.tables) {
    for (const StoredFile* file : files_of(table)) kept.insert(file->name);
  }
  std::error_code error;
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!kept.contains(name) && (name.ends_with(kEnding) || name.ends_with(".tmp"))) others.push_back(entry.path());
  }
  for (const fs::path& path : others) fs::remove(path, error);
}

bool is_open_to_all(const std::string& folder) {
  struct stat status{};
  return ::stat(folder.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0;
}

}  // namespace

const StoredTable* Manifest::find(std::string_view table) const {
  const auto found = std::ranges::find(tables, table, &StoredTable::name);
  return found == tables.end() ? nullptr : &*found;
}

std::vector<const StoredFile*> files_of(const StoredTable& table) {
  std::vector<const StoredFile*> files;
  for (const StoredColumn& column : table.columns) {
    files.push_back(&column.file);
    if (column.ranks) files.push_back(&*column.ranks);
  }
  for (const StoredFile& file : table.links) files.push_back(&file);
  for (const StoredFile& file : table.references) files.push_back(&file);
  return files;
}

void refresh_stamps(const std::string& folder, StoredTable& table) {
  const auto refresh = [&](StoredFile& file) { file.stamp = stamp_of(in_folder(folder, file.name)).value_or(file.stamp); };
  for (StoredColumn& column : table.columns) {
    refresh(column.file);
    if (column.ranks) refresh(*column.ranks);
  }
  std::ranges::for_each(table.links, refresh);
  std::ranges::for_each(table.references, refresh);
}

std::expected<Manifest, ManifestFault> read_manifest(const std::string& folder, std::string_view version) {
  std::ifstream in(in_folder(folder, kManifest), std::ios::binary);
  if (!in) return std::unexpected(ManifestFault::kNone);
  if (is_open_to_all(folder)) return std::unexpected(ManifestFault::kUnsafe);
  std::ostringstream text;
  text << in.rdbuf();
  return decoded(text.view(), version);
}

std::expected<void, int> replace_manifest(const std::string& folder, const Manifest& manifest) {
  const std::string beside = in_folder(folder, "manifest.tmp");
  if (auto written = write_synced(beside, encoded(manifest)); !written) return written;
  if (std::rename(beside.c_str(), in_folder(folder, kManifest).c_str()) != 0) return std::unexpected(errno);
  remove_others(folder, manifest);
  return {};
}

std::expected<void, int> make_store(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected(error.value());
  const std::string ignore = in_folder(folder, ".gitignore");
  if (!fs::exists(ignore, error)) return write_synced(ignore, "*\n");
  return {};
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int StoreLock::open(const std::string& folder) {
  descriptor_ = ::open(in_folder(folder, kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  return descriptor_ < 0 ? errno : 0;
}

bool StoreLock::try_lock() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

int StoreLock::wait() {
  while (::flock(descriptor_, LOCK_EX) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

std::uint64_t next_generation(const std::string& folder) {
  std::uint64_t greatest = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string stem = entry.path().stem().string();
    std::uint64_t number = 0;
    const std::size_t dot = stem.rfind('.');
    if (entry.path().extension() != kEnding || dot == std::string::npos) continue;
    std::from_chars(stem.data() + dot + 1, stem.data() + stem.size(), number);
    greatest = std::max(greatest, number);
  }
  return greatest + 1;
}

std::string file_name(std::string_view table, std::string_view part, std::size_t index, std::uint64_t generation) {
  std::string name;
  for (const char letter : table.substr(0, 60)) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    name += is_plain ? letter : '_';
  }
  return name + '.' + std::string(part) + std::to_string(index) + '.' + std::to_string(generation) + std::string(kEnding);
}

}  // namespace segue
