// This file's external interface is FileStamp: what tells, without reading a file, that it is still the one that was seen; and SourceStamp: a file of data as
// it was when a table was made of it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/sha256.h"

namespace segue {

// Writing to a file changes one of these, whoever writes; so does replacing it.
struct FileStamp {
  std::uint64_t bytes = 0, inode = 0;
  std::int64_t modified = 0, changed = 0;  // ns
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Nothing where there is no such regular file.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::string& path);
[[nodiscard]] std::optional<FileStamp> stamp_of(int descriptor);

// Waits, for a few hundredths of a second at most, until a change of a file that was written just now would show in its stamp: clocks of file systems tick.
void wait_for_tick(const FileStamp& stamp);

struct SourceStamp {
  std::string path;  // as given, or below a folder that was given
  FileStamp stamp;
  std::optional<Sha256Digest> content;  // of files that are not large
};

// The files that paths stand for, relative to `root` or absolute: themselves, or all files below a folder, by path; hidden ones excepted. This is what a reader
// reads, in its order, and perhaps further files that it does not look at. Waits a moment where a file was written just now, so that a later change of
// it cannot fall into the same tick of the file system's clock. `with_content` also hashes them. The error is a path that is not there.
[[nodiscard]] std::expected<std::vector<SourceStamp>, std::string> stamp_sources(const std::string& root,
                                                                                 const std::vector<std::string>& paths, bool with_content);

// How many of the files of `before` are still there, in the same order and with the same content, at the start of `now`. Large files count as the same where their
// stamps are equal; others also where their content is.
[[nodiscard]] std::size_t unchanged_sources(const std::string& root, const std::vector<SourceStamp>& before,
                                            const std::vector<SourceStamp>& now);

// Of the text that `path` holds; nothing where it cannot be read whole.
[[nodiscard]] std::optional<Sha256Digest> digest_of_file(const std::string& path);

// A path as it is opened.
[[nodiscard]] std::string path_below(const std::string& root, const std::string& path);

}  // namespace segue
