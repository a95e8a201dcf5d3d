// This file's external interface is `Diagnostic`: what was wrong in rules, schema, project file or data, where, and how to
// mend it; and the order in which people and scripts see diagnostics.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/source/source.h"

namespace segue {

enum class Severity : std::uint8_t { kError, kWarning, kNote };

// One enumerator a row of kinds.def.
enum class DiagnosticKind : std::uint16_t {
#define SEGUE_DIAGNOSTIC(name, code, severity, text) k##name,
#include "compiler/diagnostics/kinds.def"
#undef SEGUE_DIAGNOSTIC
};

// A row of kinds.def.
struct DiagnosticInfo {
  DiagnosticKind kind;
  std::string_view name;  // of the enumerator, without the `k`
  std::string_view code;  // as in JSON and goldens: `unknown-column`
  Severity severity;      // the usual one; a diagnostic may carry another
  std::string_view text;  // what it means, for the documentation
};

// All kinds, in the order of kinds.def.
[[nodiscard]] std::span<const DiagnosticInfo> diagnostic_kinds();
[[nodiscard]] const DiagnosticInfo& info_of(DiagnosticKind kind);

// `error`, `warning` or `note`.
[[nodiscard]] std::string_view severity_name(Severity severity);

// A place in a file that is not a Source (a data file): line and column as people count them; 0 is unknown.
struct FileLocation {
  std::string file;  // relative to the project
  Position start;
  Position end;

  friend bool operator==(const FileLocation&, const FileLocation&) = default;
};

// Nowhere, a span of a source (rules, YAML), or a place in another file.
using Location = std::variant<std::monostate, Span, FileLocation>;

// A further place or remark that belongs to a diagnostic. `row` and `value` are of bad data: the row counted from 1 without
// the header, the value as it stands in the file.
struct Note {
  std::string message;
  Location location;
  std::optional<std::int64_t> row;
  std::optional<std::string> value;

  friend bool operator==(const Note&, const Note&) = default;
};

// Replaces the text of a span; an empty span inserts.
struct Edit {
  Span span;
  std::string text;

  friend bool operator==(const Edit&, const Edit&) = default;
};

// One way to mend the text, ready to apply. Edits do not overlap.
struct Fix {
  std::string message;  // `write `employees``
  std::vector<Edit> edits;

  friend bool operator==(const Fix&, const Fix&) = default;
};

// What a diagnostic about data adds.
struct DataDetails {
  std::string table;
  std::string column;  // empty when it concerns whole rows
  std::int64_t count = 0;

  friend bool operator==(const DataDetails&, const DataDetails&) = default;
};

struct Diagnostic {
  DiagnosticKind kind{};
  Severity severity = Severity::kError;
  std::string message;
  Location location;
  std::vector<Note> notes;
  std::optional<Fix> fix;
  std::optional<DataDetails> data;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

// A diagnostic with the kind's usual severity.
[[nodiscard]] Diagnostic make_diagnostic(DiagnosticKind kind, Location location, std::string message);

// The same with a fix of one edit: `span` becomes `text`.
[[nodiscard]] Diagnostic make_diagnostic(DiagnosticKind kind, Span location, std::string message, std::string fix_message, Edit edit);

// A note without row and value.
[[nodiscard]] Note make_note(std::string message, Location location = {});

// True when one of them is an error.
[[nodiscard]] bool has_errors(std::span<const Diagnostic> diagnostics);

// A location with its file and positions looked up: `file` is empty for nowhere.
struct ResolvedLocation {
  std::string_view file;
  Position start;
  Position end;
};
[[nodiscard]] ResolvedLocation resolve(const Location& location, const SourceMap& sources);

// Sorts by file, line and column, stably (those without a place come last), and drops what stands twice.
void sort_diagnostics(std::vector<Diagnostic>& diagnostics, const SourceMap& sources);

// The text of a source after a fix; the edits that lie in another source are left out.
[[nodiscard]] std::string apply_fix(std::string_view text, SourceId source, const Fix& fix);

}  // namespace segue
