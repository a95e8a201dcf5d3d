// This file's external interface is `check`: from syntax trees, a schema and a project to the typed program that every evaluator
// starts from. It settles names and types and takes the sugar out; everything that `language.md` calls an error is found here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/check/tests.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/schema/list_file.h"
#include "compiler/schema/project.h"
#include "compiler/schema/schema.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace segue {

// A file that rules name: another file of rules (`use "x.seg"`) or the file of a `list`, relative to the project's folder; or a part of the
// prelude (`use std.regions`), whose path is `std/regions`.
struct OutsideFile {
  enum class Kind : std::uint8_t { kRules, kList, kPrelude };
  Kind kind = Kind::kRules;
  std::string path;
  std::optional<std::string> column;  // of `list … from "f" by column`
  Span span;                          // of the path in the rules

  friend bool operator==(const OutsideFile&, const OutsideFile&) = default;
};

// The files that a file of rules names, in the order written. Whoever calls `check` reads them first: rules and parts of the prelude are parsed and
// join the others (each file once, however it is named), lists are read by `read_list_file`. A part that is not there is left out: `check` reports it.
[[nodiscard]] std::vector<OutsideFile> outside_files(const Ast& ast);

// A list's file, read. `path` and `column` as in OutsideFile.
struct LoadedList {
  std::string path;
  std::optional<std::string> column;
  ListFile file;  // its diagnostics join those of `check`
};

// A `--param name=value`, as text.
struct ParamValue {
  std::string name;
  std::string text;
};

// What `check` starts from. All is borrowed, for the length of the call.
struct CheckInput {
  std::span<const Ast> files;
  const Schema& schema;
  const Project& project;
  const SourceMap& sources;
  std::span<const LoadedList> lists = {};  // a list whose file is not among them matches nothing, in silence
  std::span<const ParamValue> params = {};
  // Those of `files` that are parts of the prelude. What they declare gives no results and no warnings, and may stay unused.
  std::span<const SourceId> prelude = {};
  std::span<const std::string> prelude_parts = {};  // all that there are, as `use` names them: `std.regions`
};

// What is wrong with the call rather than with the rules.
struct CallError {
  enum class Kind : std::uint8_t {
    kUnknownParam,  // `--param` names a `param` that is not there
    kBadValue,      // its value does not fit the `param`'s type
    kLacksValue,    // a `param` without a value got none; matters to what evaluates, not to `segue check`
  };
  Kind kind{};
  std::string message;
};

// One declaration that bears a name, as the catalogue and the warnings need it.
struct DeclarationInfo {
  std::string name;
  std::string word;  // `segment`, `define`, `param`, `list`, …
  Span name_span;
  Span span;
  std::vector<std::uint32_t> uses;         // indices of the declarations that this one uses, each once
  std::vector<std::uint32_t> used_by;      // and of those that use it
  std::optional<DefinitionId> definition;  // of a definition without parameters; of a `define … for` the one in its plain frame
};

struct CheckResult {
  CheckedProgram program;               // whole only when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // sorted
  std::vector<CallError> call_errors;
  std::vector<DeclarationInfo> declarations;  // in order of file path, then of the text; the prelude's first
  std::vector<SourceId> prelude;              // as in CheckInput
  CheckedTests tests;                         // those that are sound; without those of the prelude
};

// Never fails and never calls back. Several errors are reported at once; what rests on something in error is silent.
[[nodiscard]] CheckResult check(const CheckInput& input);

}  // namespace segue
