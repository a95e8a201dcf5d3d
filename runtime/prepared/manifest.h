// This file's external interface is Manifest: what a folder of prepared tables holds and of which data it was made; read whole, verified, and replaced at once.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/prepared/section_file.h"
#include "runtime/prepared/stamp.h"
#include "runtime/table.h"

namespace segue {

// Changes with every change of what files or notes mean.
inline constexpr std::uint32_t kPreparedFormat = 1;

struct StoredColumn {
  std::string name;
  Storage storage = Storage::kNone;
  StoredFile file;
  std::optional<StoredFile> ranks;
};

// The clocks at which a table is what it is, in µs: both ends belong to them.
struct ClockRange {
  std::int64_t since = 0, until = 0;
  [[nodiscard]] bool holds(std::int64_t clock) const { return since <= clock && clock <= until; }
};

struct StoredTable {
  std::string name;
  std::uint64_t rows = 0;
  Sha256Digest reading{};  // of what decides how the sources are read
  Sha256Digest rates{};    // of the rates that its amounts were converted by; zeros where it has none
  ClockRange clocks;
  std::vector<SourceStamp> sources;
  std::string notes;                   // of whoever made it: what reading said
  std::vector<StoredColumn> columns;   // that were read, in the schema's order
  std::vector<StoredFile> links;       // by parent
  std::vector<StoredFile> references;  // by reference
};

struct Manifest {
  std::string version;  // of the Segue that wrote it
  std::vector<StoredTable> tables;

  [[nodiscard]] const StoredTable* find(std::string_view table) const;
};

// Why there is no manifest that can be used.
enum class ManifestFault : std::uint8_t {
  kNone,     // there is none
  kForeign,  // another version of Segue wrote it
  kDamaged,  // it is not what was written
  kUnsafe,   // anybody may write to the folder
};

[[nodiscard]] std::expected<Manifest, ManifestFault> read_manifest(const std::string& folder, std::string_view version);

// Puts it in the place of the one before, at once; then removes the files of the folder that it does not name. The error is that of the system.
[[nodiscard]] std::expected<void, int> replace_manifest(const std::string& folder, const Manifest& manifest);

// All files that a manifest names.
[[nodiscard]] std::vector<const StoredFile*> files_of(const StoredTable& table);

// Takes the files of a table as they are for what they were: they have been compared.
void refresh_stamps(const std::string& folder, StoredTable& table);

// Makes the folder, and what keeps it out of version control.
[[nodiscard]] std::expected<void, int> make_store(const std::string& folder);

// Held as long as it lives: no other process writes to the folder. Waits for one that does; `waits` is called first.
class StoreLock {
 public:
  template <typename Waits>
  [[nodiscard]] static std::expected<StoreLock, int> take(const std::string& folder, Waits&& waits) {
    StoreLock lock;
    const int error = lock.open(folder);
    if (error != 0) return std::unexpected(error);
    if (!lock.try_lock()) {
      waits();
      if (const int failed = lock.wait(); failed != 0) return std::unexpected(failed);
    }
    return lock;
  }
  StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  StoreLock() = default;
  int open(const std::string& folder);
  bool try_lock();
  int wait();
  int descriptor_ = -1;
};

// A number that no file of the folder has in its name, and the names made of it.
[[nodiscard]] std::uint64_t next_generation(const std::string& folder);
[[nodiscard]] std::string file_name(std::string_view table, std::string_view part, std::size_t index, std::uint64_t generation);

}  // namespace segue
