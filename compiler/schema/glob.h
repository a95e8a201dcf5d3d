// This file's external interface is `expand_glob`: the files that a pattern such as `segments/**/*.seg` means.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

// True when the pattern holds `*`, `?` or `[`: without them it is the path of one file or folder.
[[nodiscard]] bool is_glob(std::string_view pattern);

// True when a name (a part of a path between slashes) fits the pattern: `*` any characters, `?` one, `[a-z]` one of a set,
// `[!a-z]` one outside it. Time is linear in name × pattern.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

// The regular files below `root` that the pattern means, as paths relative to `root` with forward slashes (absolute for an absolute
// pattern), each once, sorted by bytes. `**` stands for any number of folders; it does not follow symbolic links, and no wildcard
// matches a name that starts with a point. What cannot be listed is left out.
[[nodiscard]] std::vector<std::string> expand_glob(const std::filesystem::path& root, std::string_view pattern);

}  // namespace segue
