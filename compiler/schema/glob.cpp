// Patterns of paths → files.
#include "compiler/schema/glob.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <vector>

namespace segue {
namespace {

namespace fs = std::filesystem;

// Length of the set `[…]` at `at`, brackets included; 0 where it is not closed.
std::size_t set_length(std::string_view pattern, std::size_t at) {
  std::size_t i = at + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;
  while (i < pattern.size() && pattern[i] != ']') ++i;
  return i < pattern.size() ? i + 1 - at : 0;
}

bool set_holds(std::string_view set, char c) {
  set = set.substr(1, set.size() - 2);
  const bool is_negated = set.front() == '!' || set.front() == '^';
  if (is_negated) set.remove_prefix(1);
  bool holds = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      holds = holds || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      holds = holds || set[i] == c;
    }
  }
  return holds != is_negated;
}

// Bytes of the code point at `at`: `?` and sets stand for a character, not a byte.
std::size_t character_length(std::string_view name, std::size_t at) {
  std::size_t end = at + 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") parts.push_back(part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  std::ranges::sort(names);
  return names;
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::string joined(const std::string& folder, std::string_view name) {
  if (folder.empty() || folder.ends_with('/')) return folder + std::string(name);
  return folder + "/" + std::string(name);
}

// Walks folder and pattern together. A state is (folder, number of parts matched); each is visited once, so `**/**/**` costs no more than
// `**`.
class Expansion {
 public:
  Expansion(const fs::path& root, std::string_view pattern) : root_(root), parts_(parts_of(pattern)) {
    add(pattern.starts_with('/') ? "/" : "", 0);
  }

  std::vector<std::string> run() {
    while (!open_.empty()) {
      const State state = std::move(open_.back());
      open_.pop_back();
      expand(state);
    }
    return {files_.begin(), files_.end()};
  }

 private:
  struct State {
    std::string path;
    std::size_t part = 0;
    friend auto operator<=>(const State&, const State&) = default;
  };

  void add(std::string path, std::size_t part) {
    State state{std::move(path), part};
    if (seen_.insert(state).second) open_.push_back(std::move(state));
  }

  void expand(const State& state) {
    if (state.part == parts_.size()) return take_file(state.path);
    const std::string_view part = parts_[state.part];
    if (part == "**") return expand_folders(state);
    if (!is_glob(part)) return add(joined(state.path, part), state.part + 1);
    if (!is_folder(root_ / state.path)) return;
    for (const std::string& name : entries_of(root_ / state.path)) {
      const bool is_hidden = name.starts_with('.') && !part.starts_with('.');
      if (!is_hidden && glob_matches(part, name)) add(joined(state.path, name), state.part + 1);
    }
  }

  void expand_folders(const State& state) {
    add(state.path, state.part + 1);
    if (!is_folder(root_ / state.path)) return;
    const bool is_last = state.part + 1 == parts_.size();
    for (const std::string& name : entries_of(root_ / state.path)) {
      if (name.starts_with('.')) continue;
      const std::string path = joined(state.path, name);
      std::error_code error;
      if (is_folder(root_ / path) && !fs::is_symlink(root_ / path, error)) add(path, state.part);
      else if (is_last) take_file(path);
    }
  }

  void take_file(const std::string& path) {
    std::error_code error;
    if (fs::is_regular_file(root_ / path, error)) files_.insert(fs::path(path).lexically_normal().generic_string());
  }

  const fs::path& root_;
  std::vector<std::string_view> parts_;
  std::vector<State> open_;
  std::set<State> seen_;
  std::set<std::string> files_;
};

}  // namespace

bool is_glob(std::string_view pattern) { return pattern.find_first_of("*?[") != std::string_view::npos; }

bool glob_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0;
  std::size_t star = std::string_view::npos, retry = 0;
  while (n < name.size()) {
    const std::size_t set = p < pattern.size() && pattern[p] == '[' ? set_length(pattern, p) : 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && (set > 0 ? set_holds(pattern.substr(p, set), name[n]) : pattern[p] == '?' || pattern[p] == name[n])) {
      n += set > 0 || pattern[p] == '?' ? character_length(name, n) : 1;
      p += set > 0 ? set : 1;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string> expand_glob(const std::filesystem::path& root, std::string_view pattern) { return Expansion(root, pattern).run(); }

}  // namespace segue
