// This file's external interface is `open_project`: a project read from disk, parsed, checked and ready to be evaluated.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/failure.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"

namespace segue {

// The version of Segue, `0.1.0`.
[[nodiscard]] std::string_view version();

// `name=value` of a param or `table=path` of a source, as a caller gives it.
struct NamedText {
  std::string name;
  std::string text;
};

struct Profile;

struct OpenOptions {
  std::vector<NamedText> params;  // instead of the values that the rules give them
  bool warns = false;             // `diagnostics` also say what is sound and hardly meant
  // Where machine code is kept for later runs (docs/object-cache.md): nothing means the folder that the environment names, if any; an empty path, nowhere.
  std::optional<std::filesystem::path> code_folder = std::nullopt;
  Profile* profile = nullptr;  // of profile.h: what parsing and checking cost is added
  // A further file of rules, by its path and text, that is not on disk.
  std::optional<NamedText> further_rules = std::nullopt;
};

enum class ResultKind : std::uint8_t { kSegment, kScore, kTiers, kStages, kGrid, kSplit, kAudience };

// As rules write it: `segment`, `score`, `tiers` …
[[nodiscard]] std::string_view kind_name(ResultKind kind);

// Whether accounts have one of several named values: tiers, stages, grids and splits.
[[nodiscard]] bool has_values(ResultKind kind);

// One of the values that a definition gives: a row of tiers, a cell of a grid.
struct ValueInfo {
  std::string name;
  std::string title;  // empty when none
};

// A definition that has an answer for each account, or, of an audience, for each row of a related table.
struct DefinitionInfo {
  std::string name;
  ResultKind kind = ResultKind::kSegment;
  std::string title;  // empty when none, as the next four
  std::string doc;
  std::string owner;
  std::vector<std::string> tags;
  std::string basis;
  std::vector<ValueInfo> values;  // of tiers, stages, grids and splits, in their order
  std::string relation;           // of an audience: the related table
  std::string file;               // relative to the project's folder
  std::uint32_t line = 0;
};

struct CheckedProject;

// A project as it was when it was read. Copies are cheap and share what is behind `checked`.
struct OpenedProject {
  std::filesystem::path root;               // the project's folder
  std::string timezone;                     // an IANA name
  SourceMap sources;                        // of the spans in `diagnostics`
  std::vector<Diagnostic> diagnostics;      // errors and warnings, by file, line and column
  std::vector<DefinitionInfo> definitions;  // by file, then line; empty when there are errors
  std::shared_ptr<const CheckedProject> checked;

  [[nodiscard]] bool has_errors() const { return segue::has_errors(diagnostics); }
};

// The project file that `path` means: itself, or the `segue.yaml` of a folder. For an empty path the nearest `segue.yaml` in `current` or a
// folder above it.
[[nodiscard]] std::expected<std::filesystem::path, Failure> find_project_file(const std::filesystem::path& path,
                                                                              const std::filesystem::path& current);

// Reads and checks the project of a project file. What its files say wrong is in `diagnostics`; a Failure is a file that cannot be read
// (kEnvironment) or a param that does not exist or takes no such value (kCall). Thread-safe.
[[nodiscard]] std::expected<OpenedProject, Failure> open_project(const std::filesystem::path& project_file,
                                                                 const OpenOptions& options = {});

// The instant that `as_of` means in the project, in µs since 1970-01-01T00:00:00Z: a bare date is the end of that local day, a time without
// offset is wall time in the project's time zone. A text that is neither is a Failure (kCall).
[[nodiscard]] std::expected<std::int64_t, Failure> parse_clock(const OpenedProject& project, std::string_view as_of);

// Whether `as_of` is a date or a time at all, whatever the project.
[[nodiscard]] bool is_clock(std::string_view as_of);

// The time of the computer's clock, as parse_clock gives it.
[[nodiscard]] std::int64_t current_clock();

// An instant in UTC, `2026-11-22T09:00:00Z`, and in the project's time zone.
[[nodiscard]] std::string clock_text(std::int64_t clock);
[[nodiscard]] std::string local_clock_text(const OpenedProject& project, std::int64_t clock);

}  // namespace segue
