// This file's external interface is Workspace: a project read from disk, with its project file, its schema and the texts of its
// rule files, ready to be parsed and checked.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/schema/project.h"
#include "compiler/schema/schema.h"
#include "compiler/source/source.h"

namespace segue {

// What the environment did: a file that is missing, is a folder, or cannot be read. The message is whole: it names the file.
struct EnvironmentError {
  std::string message;
  std::string path;  // as shown to people: relative to the project's folder where it lies inside; empty when there is none
};

struct Workspace {
  std::filesystem::path root;  // the project's folder: all paths of the project are relative to it
  std::string project_file;    // the project file's name in it, mostly `segue.yaml`
  SourceMap sources;           // the project file, the schema, then the rule files sorted by path; `use` and `list` add theirs
  std::optional<SourceId> project_source, schema_source;
  std::vector<SourceId> rules;  // the rule files, sorted by path
  Project project;
  Schema schema;
  std::vector<Diagnostic> diagnostics;  // of project and schema; with an error among them, rules should be parsed but not checked
};

// The project file that `path` means: a `.yaml` (or `.yml`) file itself, or the `segue.yaml` of a folder. An empty path: the nearest
// `segue.yaml` in `current` or a folder above it.
[[nodiscard]] std::expected<std::filesystem::path, EnvironmentError> find_project(const std::filesystem::path& path,
                                                                                  const std::filesystem::path& current);

// Reads the project file and all that it names except the data. A file that is missing or unreadable is an EnvironmentError;
// whatever the files say wrong is in `diagnostics`.
[[nodiscard]] std::expected<Workspace, EnvironmentError> load_workspace(const std::filesystem::path& project_file);

// The bytes of a file. `shown` is the path that messages name.
[[nodiscard]] std::expected<std::string, EnvironmentError> read_file(const std::filesystem::path& path, std::string_view shown);

// Reads the file at `path` (relative to `root`) into `sources`; gives the id it has there already when it was read before.
[[nodiscard]] std::expected<SourceId, EnvironmentError> read_source(SourceMap& sources, const std::filesystem::path& root,
                                                                    std::string_view path);

}  // namespace segue
