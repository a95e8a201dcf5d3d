// This file's external interface is whole files: reading them, and replacing one so that its old content is there until the new one is.
#pragma once

#include <expected>
#include <string>

namespace segue::command {

// The bytes of a file, and of standard input. The error is a message for people that names the file.
[[nodiscard]] std::expected<std::string, std::string> read_whole(const std::string& path);
[[nodiscard]] std::expected<std::string, std::string> read_input();

// Writes `text` beside `path` and renames it when it is whole and on disk. A file that is not there is made. Permissions stay; of a symbolic link the target is replaced. On failure
// nothing has changed.
[[nodiscard]] std::expected<void, std::string> replace_file(const std::string& path, const std::string& text);

}  // namespace segue::command
