// This file's external interface is the files of prepared tables: a few aligned arrays of bytes with a header, written once, mapped by readers, never changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/prepared/stamp.h"
#include "stdlib/sha256.h"

namespace segue {

using ByteSpan = std::span<const std::byte>;

// A file as the manifest knows it.
struct StoredFile {
  std::string name;     // in the store's folder
  FileStamp stamp;      // when it had been written
  Sha256Digest digest;  // of header and sections
};

// The sections lie at multiples of 64 bytes, and as long as `owner` lives.
struct MappedFile {
  std::vector<ByteSpan> sections;
  std::shared_ptr<const void> owner;
};

// Writes a new file, which must not exist, to the disk. The error is that of the system.
[[nodiscard]] std::expected<StoredFile, int> write_sections(const std::string& folder, const std::string& name,
                                                            std::span<const ByteSpan> sections);

// Maps a file. One whose stamp is not the known one is hashed first, since somebody has had it in hands; with `is_thorough` any is. The error says in what it is not
// what was written: `is missing`, `has changed`.
[[nodiscard]] std::expected<MappedFile, std::string> map_sections(const std::string& folder, const StoredFile& file, bool is_thorough);

}  // namespace segue
