// Runs the golden files of tests/golden/schema; its README says how they are written. With SEGUE_UPDATE_GOLDEN=1 it rewrites them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/schema/project.h"
#include "compiler/schema/schema.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(SEGUE_SOURCE_DIR) / "tests/golden/schema";

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_expectation(const std::string& line) {
  return line.starts_with("# error: ") || line.starts_with("# warning: ") || line.starts_with("#   fix: ") ||
         line.starts_with("#   note: ");
}

std::string without_expectations(const std::string& text) {
  std::string bare;
  for (const std::string& line : lines_of(text)) {
    if (!is_expectation(line)) bare += line + "\n";
  }
  return bare;
}

bool is_project(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("project_") || name.starts_with("fail_project_");
}

std::vector<Diagnostic> diagnostics_of(const fs::path& path, const Source& source, SourceId id) {
  if (!is_project(path)) return load_schema(source, id).diagnostics;
  ProjectResult project = load_project(source, id);
  const Schema schema = load_schema(make_source("base.yaml", read_text(kFolder / "base.yaml")), SourceId{1}).schema;
  std::ranges::move(check_project(project.project, schema), std::back_inserter(project.diagnostics));
  // What is said at a place of the schema has tests of its own.
  std::erase_if(project.diagnostics, [&](const Diagnostic& diagnostic) {
    const Span* span = std::get_if<Span>(&diagnostic.location);
    return span != nullptr && span->source != id;
  });
  return project.diagnostics;
}

// The expectation comments of one diagnostic; `line_of` gives the line of the annotated file.
template <typename LineOf>
std::vector<std::string> comments_of(const Diagnostic& diagnostic, const SourceMap& sources, LineOf line_of) {
  const auto place = [&](const Location& location) {
    const ResolvedLocation resolved = resolve(location, sources);
    const Position start = resolved.start;
    if (resolved.file == "base.yaml") return fmt::format("base.yaml:{}:{}", start.line, start.column);
    return fmt::format("{}:{}", line_of(start.line), start.column);
  };
  std::vector<std::string> comments = {fmt::format("# {}: {} {} {}", severity_name(diagnostic.severity), info_of(diagnostic.kind).code,
                                                   place(diagnostic.location), diagnostic.message)};
  for (const Note& note : diagnostic.notes) comments.push_back(fmt::format("#   note: {} {}", place(note.location), note.message));
  if (diagnostic.fix) comments.push_back(fmt::format("#   fix: {}", diagnostic.fix->message));
  return comments;
}

struct Annotated {
  std::string text;
  bool has_errors = false;
};

Annotated annotate(const fs::path& path, const std::string& bare) {
  SourceMap sources;
  const SourceId id = add_source(sources, path.filename().string(), bare);
  add_source(sources, "base.yaml", read_text(kFolder / "base.yaml"));
  std::vector<Diagnostic> diagnostics = diagnostics_of(path, source_of(sources, id), id);
  sort_diagnostics(diagnostics, sources);
  // How many comment lines stand after each line of the bare file.
  std::map<std::uint32_t, std::size_t> added;
  const auto same = [](std::uint32_t line) { return line; };
  for (const Diagnostic& diagnostic : diagnostics) {
    added[resolve(diagnostic.location, sources).start.line] += comments_of(diagnostic, sources, same).size();
  }
  const auto line_of = [&](std::uint32_t line) {
    std::size_t shift = 0;
    for (const auto& [at, count] : added) shift += at < line ? count : 0;
    return line + shift;
  };
  Annotated result;
  result.has_errors = has_errors(diagnostics);
  std::uint32_t number = 0;
  for (const std::string& line : lines_of(bare)) {
    result.text += line + "\n";
    ++number;
    for (const Diagnostic& diagnostic : diagnostics) {
      if (resolve(diagnostic.location, sources).start.line != number) continue;
      for (const std::string& comment : comments_of(diagnostic, sources, line_of)) result.text += comment + "\n";
    }
  }
  return result;
}

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

TEST_CASE("golden schema and project files say what they are expected to") {
  const bool is_update = std::getenv("SEGUE_UPDATE_GOLDEN") != nullptr;
  const std::vector<fs::path> files = golden_files();
  REQUIRE_FALSE(files.empty());
  for (const fs::path& path : files) {
    INFO(path.filename().string());
    const std::string text = read_text(path);
    const Annotated annotated = annotate(path, without_expectations(text));
    if (is_update && annotated.text != text) std::ofstream(path, std::ios::binary) << annotated.text;
    if (!is_update) CHECK(annotated.text == text);
    CHECK(annotated.has_errors == path.filename().string().starts_with("fail_"));
    // The comments change nothing: the file as it stands gives as many diagnostics.
    const Source as_it_stands = make_source(path.filename().string(), annotated.text);
    const Source bare = make_source(path.filename().string(), without_expectations(text));
    CHECK(diagnostics_of(path, as_it_stands, SourceId{0}).size() == diagnostics_of(path, bare, SourceId{0}).size());
  }
}

}  // namespace
}  // namespace segue
