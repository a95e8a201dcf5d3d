// `segue fmt`: rule files in the one way in which they are laid out.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/files.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

namespace fs = std::filesystem;

// What has come of the call so far.
struct Tally {
  std::size_t changed = 0, unchanged = 0;
  int code = 0;
  std::string listing;  // for standard output
};

void raise_code(Tally& tally, int code) { tally.code = std::max(tally.code, code); }

void complain(Tally& tally, const std::string& message) {
  print_error(fmt::format("segue: {}\n", message));
  raise_code(tally, 2);
}

// The text formatted; nothing, and the diagnostics on standard error, where it has errors. Warnings do not matter here.
std::optional<std::string> formatted(const std::string& shown, std::string text, const Arguments& arguments, Tally& tally) {
  FormattedRules result = format_rules(shown, std::move(text));
  if (result.text) return std::move(result.text);
  const Style style = style_of(STDERR_FILENO, arguments.color);
  print_error(render_text(result.diagnostics, result.sources, style.in_color) + "\n");
  raise_code(tally, 1);
  return std::nullopt;
}

void format_file(const std::string& path, const Arguments& arguments, Tally& tally) {
  const auto text = read_whole(path);
  if (!text) return complain(tally, text.error());
  const auto wanted = formatted(path, *text, arguments, tally);
  if (!wanted) return;
  if (*wanted == *text) {
    ++tally.unchanged;
    return;
  }
  ++tally.changed;
  tally.listing += path + "\n";
  if (arguments.checks_format) return raise_code(tally, 1);
  const auto written = replace_file(path, *wanted);
  if (!written) complain(tally, written.error());
}

int format_input(const Arguments& arguments) {
  Tally tally;
  const auto text = read_input();
  if (!text) {
    complain(tally, text.error());
    return tally.code;
  }
  const auto wanted = formatted("-", *text, arguments, tally);
  if (!wanted) return tally.code;
  if (!arguments.checks_format) return print_result(*wanted, 0);
  return *wanted == *text ? 0 : print_result("-\n", 1);
}

// The rule files below a folder; folders whose names start with a point are left out, and so are symbolic links.
void add_folder(const fs::path& folder, std::set<std::string>& files, Tally& tally) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.')) entry.disable_recursion_pending();
    else if (entry->path().extension() == ".seg" && entry->is_regular_file(ignored) && !entry->is_symlink(ignored))
      files.insert(entry->path().lexically_normal().string());
  }
  if (error) complain(tally, fmt::format("cannot read the folder `{}`: {}", folder.string(), error.message()));
}

// The folder of the nearest project, as seen from here; without one the current folder.
fs::path default_folder() {
  const auto project = find_only_project(std::nullopt);
  if (!project) return ".";
  std::error_code error;
  const fs::path folder = fs::relative(project->parent_path(), error);
  return error || folder.empty() ? project->parent_path() : folder;
}

std::set<std::string> files_of(const Arguments& arguments, Tally& tally) {
  std::set<std::string> files;
  std::vector<std::string> paths = arguments.words;
  if (paths.empty()) paths.push_back(default_folder().string());
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) add_folder(path, files, tally);
    else files.insert(path);
  }
  return files;
}

std::string summary(const Arguments& arguments, const Tally& tally) {
  const std::string_view verb = arguments.checks_format ? "would change" : "formatted";
  const std::string unchanged = counted(tally.unchanged, "file");
  if (tally.changed == 0) return fmt::format("{} unchanged\n", unchanged);
  const std::string changed = counted(tally.changed, "file");
  const std::string first = arguments.checks_format ? fmt::format("{} {}", changed, verb) : fmt::format("{} {}", verb, changed);
  return fmt::format("{}, {} unchanged\n", first, unchanged);
}

}  // namespace

int run_fmt(const Arguments& arguments) {
  if (arguments.words == std::vector<std::string>{"-"}) return format_input(arguments);
  Tally tally;
  for (const std::string& path : files_of(arguments, tally)) format_file(path, arguments, tally);
  if (!arguments.is_quiet) print_error(summary(arguments, tally));
  return arguments.checks_format ? print_result(tally.listing, tally.code) : tally.code;
}

}  // namespace segue::command
