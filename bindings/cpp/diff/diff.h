// This file's external interface is `diff`: what two versions of a project mean, compared: definition by definition, proved where that can be, and on the data.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/diff/movers.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/output.h"
#include "bindings/cpp/project.h"

namespace segue {

// One side of the comparison.
struct DiffSide {
  std::string label;   // as people know it: `main`, `the work tree`, `../old`
  std::string commit;  // the full id; empty where it is no revision
  bool exists = true;  // false: the revision holds no such project, so all definitions are added
};

enum class DiffStatus : std::uint8_t {
  kUnchanged,  // the same text, resting on the same
  kTextOnly,   // another text, proved to mean the same
  kWider,      // proved: who was in stays in, and others may enter
  kNarrower,   // proved: nobody enters
  kChanged,    // an account exists (or could) for which the answers differ
  kUnknown,    // may differ: `reason` says what could not be proved
  kAdded,
  kRemoved,
};

// How a text changed that means the same.
enum class DiffTextChange : std::uint8_t { kReformatted, kReordered, kRenamed, kRefactored, kRewritten, kDescribed };

// How it is known that a meaning is the same, or goes one way only.
enum class DiffProof : std::uint8_t {
  kNone,
  kSameText,  // nothing that it rests on changed
  kSamePlan,  // both are one condition once they are shared
  kSolver,    // proved equal (or one way) by the solver
};

enum class DiffCauseKind : std::uint8_t { kItself, kDefinition, kList, kParam, kColumn, kProject };

// Why a meaning may have changed: a declaration whose own text changed, a list's values, a column of the schema, a setting of the project.
struct DiffCause {
  DiffCauseKind kind{};
  std::string name;                // `icp`, `target_countries`, `account.employees`, `timezone`
  std::string detail;              // for people: `2 values added (\"at\", \"ch\")`, `int → int?`; empty when there is nothing to add
  std::vector<std::string> chain;  // the declarations on the way to it, the nearest first; empty when it is read directly
  std::string file;                // of the head version, or of the base where it is gone there
  std::uint32_t line = 0;
};

// An account for which the answers differ, made by the solver and run through the interpreter.
struct DiffExample {
  std::string account;   // for people: `employees: 300, industry: missing`
  std::string from, to;  // what each version answers: `in`, `out`, a value
  std::string test;      // a ready `test` block that states the head's answer; empty where it cannot be written
};

// A value of tiers, stages, a grid or a split that only head has.
struct DiffAddedValue {
  std::string name;
  bool is_empty = false;  // proved: no account can have it
};

struct DiffDefinition {
  std::string name;       // in head, or in base where it was removed
  std::string base_name;  // where it was renamed, else empty
  ResultKind kind{};
  std::string title;
  std::string file;  // relative to the project's folder
  std::uint32_t line = 0;
  DiffStatus status{};
  std::vector<DiffTextChange> text_changes;  // in the order of the enumeration; may go with any status but kUnchanged, kAdded and kRemoved
  DiffProof proof{};
  std::string reason;  // of kUnknown, and of what was left out of the comparison
  std::vector<DiffCause> causes;
  std::vector<DiffAddedValue> added_values;    // in the order of the text
  std::vector<DiffExample> examples;           // at most one each way
  std::optional<DefinitionMovement> movement;  // on the data, where they were read
};

// A change after which something that reads the project's outputs, or the project's own rules, may fail.
struct DiffBreaking {
  std::string code;     // `definition-removed`, `value-removed`, … of docs/diff.md
  std::string name;     // what it is about: `icp`, `account.stage`
  std::string message;  // what is, then what to do
  std::string file;
  std::uint32_t line = 0;
  std::optional<std::uint64_t> rows = std::nullopt;  // of `enum-value-removed`: rows of the data that have the value
};

// A change of schema or project file.
struct DiffSetting {
  std::string name;    // `account.employees`, `timezone`
  std::string detail;  // `int → int?`, `added`, `removed`
};

struct Diff {
  DiffSide base, head;
  std::vector<DiffDefinition> definitions;  // by file, then line, of head; then those that were removed
  std::vector<DiffBreaking> breaking;
  std::vector<DiffSetting> settings;
  std::optional<DiffData> data;         // where data were read
  std::vector<Diagnostic> diagnostics;  // about the data, and notes; of the head's sources
  SourceMap sources;                    // of the spans in `diagnostics`
  bool proves = true;                   // false: nothing was asked of the solver
  std::vector<std::string> notes;       // for people: the project lay elsewhere, the data are not there
  std::optional<FailureKind> failure;   // why there are no data, where that is a fault: `diagnostics` say it
  std::vector<std::string> written;     // the files of DiffOptions::out
};

// Which versions are compared. Each is a folder or project file where such a path opens with `.` or `/`, or no revision is called so; else a git revision.
// Nothing: base is HEAD, head the work tree.
struct DiffRequest {
  std::optional<std::string> base, head;  // `A..B` in `base` alone is both; `A...B` compares B with what both come from
  std::optional<std::string> project;     // of revisions and of the work tree; nothing: the nearest
};

struct DiffOptions {
  std::vector<NamedText> params;  // for both versions, each where it has that param
  std::optional<std::string> as_of;
  DataOptions data;  // without its clock
  Engine engine = Engine::kNative;
  bool reads_data = true;
  bool needs_data = false;  // data that cannot be read are a fault, not a note
  bool proves = true;
  double seconds_per_claim = 1;
  std::optional<std::filesystem::path> code_folder = std::nullopt;  // as of OpenOptions
  std::optional<std::string> out = std::nullopt;                    // all movers
  OutputOptions output = {};
};

// A Failure: a version cannot be read or has errors, a call that means nothing, or data that are bad; places are whole (FileLocation).
[[nodiscard]] std::expected<Diff, Failure> diff(const DiffRequest& request, const DiffOptions& options);

// `unchanged`, `text-only`, `wider` … ; `reformatted` …; `same-text` …; `itself` ….
[[nodiscard]] std::string_view word_of(DiffStatus status);
[[nodiscard]] std::string_view word_of(DiffTextChange change);
[[nodiscard]] std::string_view word_of(DiffProof proof);
[[nodiscard]] std::string_view word_of(DiffCauseKind kind);

}  // namespace segue
