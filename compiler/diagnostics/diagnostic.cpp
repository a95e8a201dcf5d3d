// The table of kinds, and the order, equality and fixes of diagnostics.
#include "compiler/diagnostics/diagnostic.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace segue {
namespace {

constexpr std::array kInfos = {
#define SEGUE_DIAGNOSTIC(name, code, severity, text) DiagnosticInfo{DiagnosticKind::k##name, #name, code, Severity::severity, text},
#include "compiler/diagnostics/kinds.def"
#undef SEGUE_DIAGNOSTIC
};

// What diagnostics are ordered by. Those without a file come last.
auto sort_key(const ResolvedLocation& place) { return std::tuple(place.file.empty(), place.file, place.start.line, place.start.column); }

}  // namespace

std::span<const DiagnosticInfo> diagnostic_kinds() { return kInfos; }

const DiagnosticInfo& info_of(DiagnosticKind kind) { return kInfos[static_cast<std::size_t>(kind)]; }

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  std::unreachable();
}

Diagnostic make_diagnostic(DiagnosticKind kind, Location location, std::string message) {
  return {.kind = kind,
          .severity = info_of(kind).severity,
          .message = std::move(message),
          .location = std::move(location),
          .notes = {},
          .fix = std::nullopt,
          .data = std::nullopt};
}

Diagnostic make_diagnostic(DiagnosticKind kind, Span location, std::string message, std::string fix_message, Edit edit) {
  Diagnostic diagnostic = make_diagnostic(kind, location, std::move(message));
  diagnostic.fix = Fix{.message = std::move(fix_message), .edits = {std::move(edit)}};
  return diagnostic;
}

Note make_note(std::string message, Location location) {
  return {.message = std::move(message), .location = std::move(location), .row = std::nullopt, .value = std::nullopt};
}

bool has_errors(std::span<const Diagnostic> diagnostics) {
  return std::ranges::any_of(diagnostics, [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; });
}

ResolvedLocation resolve(const Location& location, const SourceMap& sources) {
  if (const auto* span = std::get_if<Span>(&location); span != nullptr && span->source != kNoSource) {
    const Source& source = source_of(sources, span->source);
    return {.file = source.path, .start = position_at(source, span->begin), .end = position_at(source, span->end)};
  }
  if (const auto* place = std::get_if<FileLocation>(&location)) return {.file = place->file, .start = place->start, .end = place->end};
  return {};
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  std::vector<std::pair<ResolvedLocation, std::size_t>> order;
  order.reserve(diagnostics.size());
  for (const Diagnostic& diagnostic : diagnostics) order.emplace_back(resolve(diagnostic.location, sources), order.size());
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return sort_key(a.first) < sort_key(b.first); });

  std::vector<Diagnostic> sorted;
  sorted.reserve(diagnostics.size());
  std::size_t place_begin = 0;  // of the diagnostics in `sorted` that lie at the same place
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && sort_key(order[i].first) != sort_key(order[i - 1].first)) place_begin = sorted.size();
    const Diagnostic& next = diagnostics[order[i].second];
    const bool is_repeated = std::find(sorted.begin() + static_cast<std::ptrdiff_t>(place_begin), sorted.end(), next) != sorted.end();
    if (!is_repeated) sorted.push_back(next);
  }
  diagnostics = std::move(sorted);
}

std::string apply_fix(std::string_view text, SourceId source, const Fix& fix) {
  std::vector<Edit> edits;
  std::ranges::copy_if(fix.edits, std::back_inserter(edits), [source](const Edit& edit) { return edit.span.source == source; });
  std::ranges::stable_sort(edits, {}, [](const Edit& edit) { return edit.span.begin; });
  std::string result;
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    if (edit.span.begin < done || edit.span.end > text.size()) continue;
    result.append(text.substr(done, edit.span.begin - done)).append(edit.text);
    done = edit.span.end;
  }
  return result.append(text.substr(done));
}

}  // namespace segue
