// Open, join, classify, then look at the data.
#include "bindings/cpp/diff/diff.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/diff/breaking.h"
#include "bindings/cpp/diff/classify.h"

namespace segue {
namespace {

bool is_proved_equal(const DiffDefinition& definition) {
  return definition.status == DiffStatus::kUnchanged || definition.status == DiffStatus::kTextOnly;
}

// What the data say of what could not be proved.
void learn_from(DiffDefinition& definition) {
  if (definition.status != DiffStatus::kUnknown || !definition.movement) return;
  if (definition.movement->moved > 0) definition.status = DiffStatus::kChanged;
}

MoversOptions movers_options(const VersionComparison& comparison, const Diff& diff, const DiffOptions& options, std::int64_t clock) {
  MoversOptions movers{.data = options.data, .engine = options.engine, .asked = {}, .is_equal = {}, .lost_values = {}, .explains = true};
  movers.data.clock = clock;
  for (std::size_t i = 0; i < diff.definitions.size(); ++i) {
    movers.is_equal.push_back(is_proved_equal(diff.definitions[i]) && comparison.versions.pairs[i].apart.empty());
  }
  for (const SchemaDifference& difference : comparison.joined.differences) {
    if (!difference.lost_values.empty()) movers.lost_values.push_back({.column = difference.name, .values = difference.lost_values});
  }
  return movers;
}

// Whoever took the value out asks next how many rows have it.
void tell_lost_values(Diff& diff, const std::vector<LostValueRows>& counts) {
  for (const LostValueRows& count : counts) {
    const std::string have = count.values.size() == 1 ? "have it" : "have one of them";
    const std::string words = fmt::format("{} of {} rows {}", count.rows, count.all, have);
    for (DiffBreaking& breaking : diff.breaking) {
      if (breaking.code != "enum-value-removed" || breaking.name != count.column) continue;
      breaking.rows = count.rows;
      breaking.message += fmt::format(" ({})", words);
    }
    for (DiffSetting& setting : diff.settings) {
      if (setting.name == count.column) setting.detail += fmt::format(" ({})", words);
    }
  }
}

// Data that are not there are a note, unless they were asked for.
void note_failure(Diff& diff, const DiffOptions& options, Failure failure) {
  if (failure.kind == FailureKind::kEnvironment && !options.needs_data) {
    const std::string reason = failure.diagnostics.empty() ? "" : failure.diagnostics.front().message;
    diff.notes.push_back(fmt::format("what it means on the data is not known: {}", reason));
    return;
  }
  diff.failure = failure.kind;
  std::ranges::move(failure.diagnostics, std::back_inserter(diff.diagnostics));
}

std::expected<void, Failure> write_out(const VersionComparison& comparison, const FoundMovers& found, const DiffOptions& options,
                                       Diff& diff) {
  if (!options.out) return {};
  auto written = write_movers(comparison.versions, found, *options.out, options.output);
  if (!written) return std::unexpected(std::move(written.error()));
  diff.written = std::move(written->paths);
  std::ranges::move(written->diagnostics, std::back_inserter(diff.diagnostics));
  return {};
}

std::expected<void, Failure> look_at_data(const VersionComparison& comparison, const DiffOptions& options, std::int64_t clock, Diff& diff) {
  auto found = find_movers(comparison.versions, movers_options(comparison, diff, options, clock));
  if (!found) {
    if (found.error().kind == FailureKind::kCancelled || found.error().kind == FailureKind::kCall)
      return std::unexpected(std::move(found.error()));
    note_failure(diff, options, std::move(found.error()));
    return {};
  }
  for (std::size_t i = 0; i < diff.definitions.size(); ++i) {
    diff.definitions[i].movement = found->movements[i];
    learn_from(diff.definitions[i]);
  }
  diff.data = found->data;
  tell_lost_values(diff, found->lost_values);
  std::ranges::copy(found->diagnostics, std::back_inserter(diff.diagnostics));
  return write_out(comparison, *found, options, diff);
}

}  // namespace

std::expected<Diff, Failure> diff(const DiffRequest& request, const DiffOptions& options) {
  auto opened = open_versions(request, options);
  if (!opened) return std::unexpected(std::move(opened.error()));
  Diff diff;
  diff.base = opened->base_side;
  diff.head = opened->head_side;
  diff.notes = opened->notes;
  diff.proves = options.proves;
  const VersionComparison comparison = compare_versions(*opened);
  const VersionTexts texts{.base = declaration_texts(comparison.versions.base), .head = declaration_texts(comparison.versions.head)};
  auto classified = classify(comparison, texts, options, opened->clock);
  if (!classified) return std::unexpected(std::move(classified.error()));
  diff.definitions = std::move(*classified);
  diff.breaking = breaking_changes(comparison, texts);
  diff.settings = comparison.settings;
  diff.sources = comparison.versions.joined.sources;
  if (options.reads_data) {
    if (auto looked = look_at_data(comparison, options, opened->clock, diff); !looked) return std::unexpected(std::move(looked.error()));
  }
  sort_diagnostics(diff.diagnostics, diff.sources);
  return diff;
}

std::string_view word_of(DiffStatus status) {
  switch (status) {
    case DiffStatus::kUnchanged: return "unchanged";
    case DiffStatus::kTextOnly: return "text-only";
    case DiffStatus::kWider: return "wider";
    case DiffStatus::kNarrower: return "narrower";
    case DiffStatus::kChanged: return "changed";
    case DiffStatus::kUnknown: return "unknown";
    case DiffStatus::kAdded: return "added";
    case DiffStatus::kRemoved: return "removed";
  }
  return "";
}

std::string_view word_of(DiffTextChange change) {
  switch (change) {
    case DiffTextChange::kReformatted: return "reformatted";
    case DiffTextChange::kReordered: return "reordered";
    case DiffTextChange::kRenamed: return "renamed";
    case DiffTextChange::kRefactored: return "refactored";
    case DiffTextChange::kRewritten: return "rewritten";
    case DiffTextChange::kDescribed: return "described";
  }
  return "";
}

std::string_view word_of(DiffProof proof) {
  switch (proof) {
    case DiffProof::kNone: return "none";
    case DiffProof::kSameText: return "same-text";
    case DiffProof::kSamePlan: return "same-condition";
    case DiffProof::kSolver: return "solver";
  }
  return "";
}

std::string_view word_of(DiffCauseKind kind) {
  switch (kind) {
    case DiffCauseKind::kItself: return "itself";
    case DiffCauseKind::kDefinition: return "definition";
    case DiffCauseKind::kList: return "list";
    case DiffCauseKind::kParam: return "param";
    case DiffCauseKind::kColumn: return "column";
    case DiffCauseKind::kProject: return "project";
  }
  return "";
}

}  // namespace segue
