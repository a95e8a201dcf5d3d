// Runs tests/golden/syntax: what is said about each slip, and that every fix mends what it says.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

constexpr std::string_view kMark = "#!";

std::string read_file(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string without_expectations(const std::string& text) {
  std::string result;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with(kMark)) result += line + "\n";
  }
  return result;
}

std::string columns(const ResolvedLocation& place) {
  if (place.end.line == place.start.line) return fmt::format("{}-{}", place.start.column, place.end.column);
  return fmt::format("{}-{}:{}", place.start.column, place.end.line, place.end.column);
}

std::string expectation(const Diagnostic& diagnostic, const SourceMap& sources) {
  const ResolvedLocation place = resolve(diagnostic.location, sources);
  std::string text = fmt::format("{} {}[{}] {}: {}\n", kMark, severity_name(diagnostic.severity), info_of(diagnostic.kind).code,
                                 columns(place), diagnostic.message);
  for (const Note& note : diagnostic.notes) {
    const ResolvedLocation at = resolve(note.location, sources);
    text +=
        fmt::format("{}   note{}: {}\n", kMark, at.file.empty() ? "" : fmt::format(" {}:{}", at.start.line, at.start.column), note.message);
  }
  if (diagnostic.fix) text += fmt::format("{}   fix: {}\n", kMark, diagnostic.fix->message);
  return text;
}

// The rules with what is said about them.
std::string with_expectations(const std::string& rules) {
  SourceMap sources;
  const SourceId id = add_source(sources, "a.seg", rules);
  ParseResult result = parse(source_of(sources, id), id);
  sort_diagnostics(result.diagnostics, sources);
  std::string text;
  std::size_t next = 0;
  const std::vector<std::string> lines = lines_of(rules);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i] + "\n";
    for (; next < result.diagnostics.size(); ++next) {
      const auto line = resolve(result.diagnostics[next].location, sources).start.line;
      if (line > i + 1 && i + 1 < lines.size()) break;
      text += expectation(result.diagnostics[next], sources);
    }
  }
  return text;
}

std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(SEGUE_SOURCE_DIR) / "tests/golden/syntax")) {
    if (entry.path().extension() == ".seg") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

ParseResult parse_text(const std::string& text) { return parse(make_source("a.seg", text), SourceId{0}); }

std::size_t count_of(const std::vector<Diagnostic>& diagnostics, DiagnosticKind kind) {
  return static_cast<std::size_t>(std::ranges::count(diagnostics, kind, &Diagnostic::kind));
}

TEST_CASE("golden: what is said about each slip") {
  for (const auto& path : golden_files()) {
    const std::string text = read_file(path);
    const std::string actual = with_expectations(without_expectations(text));
    INFO(path.filename().string());
    if (std::getenv("SEGUE_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path, std::ios::binary) << actual;
    } else {
      CHECK(actual == text);
    }
  }
}

TEST_CASE("golden: files fail exactly when their name says so") {
  for (const auto& path : golden_files()) {
    const ParseResult result = parse_text(without_expectations(read_file(path)));
    INFO(path.filename().string());
    CHECK(has_errors(result.diagnostics) == path.filename().string().starts_with("fail_"));
  }
}

TEST_CASE("golden: every fix mends what it says and adds no other error") {
  for (const auto& path : golden_files()) {
    const std::string rules = without_expectations(read_file(path));
    const ParseResult before = parse_text(rules);
    for (const Diagnostic& diagnostic : before.diagnostics) {
      if (!diagnostic.fix) continue;
      const std::string mended = apply_fix(rules, SourceId{0}, *diagnostic.fix);
      INFO(path.filename().string() << ": " << diagnostic.message << "\n" << mended);
      CHECK(count_of(parse_text(mended).diagnostics, diagnostic.kind) < count_of(before.diagnostics, diagnostic.kind));
    }
  }
}

TEST_CASE("golden: every kind of syntax error has a file") {
  std::set<DiagnosticKind> seen;
  for (const auto& path : golden_files()) {
    for (const Diagnostic& diagnostic : parse_text(without_expectations(read_file(path))).diagnostics) seen.insert(diagnostic.kind);
  }
  for (const DiagnosticInfo& info : diagnostic_kinds()) {
    const bool is_of_syntax = info.kind >= DiagnosticKind::kInvalidUtf8 && info.kind <= DiagnosticKind::kInvalidMetadata;
    const bool is_of_size =
        info.kind == DiagnosticKind::kTooDeep || info.kind == DiagnosticKind::kTooLong || info.kind == DiagnosticKind::kFileTooLarge;
    INFO(info.code);
    if (is_of_syntax && !is_of_size) CHECK(seen.contains(info.kind));
  }
}

TEST_CASE("golden: files without errors are laid out as fmt lays them out") {
  for (const auto& path : golden_files()) {
    if (path.filename().string().starts_with("fail_")) continue;
    const std::string text = read_file(path);
    const Source source = make_source("a.seg", text);
    INFO(path.filename().string());
    CHECK(format(parse(source, SourceId{0}).ast, source) == text);
  }
}

}  // namespace
}  // namespace segue
