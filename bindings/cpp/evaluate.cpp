// Names → columns → tables → answers → what is said of them.
#include "bindings/cpp/evaluate.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/expectations.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/movement.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/outcomes.h"
#include "bindings/cpp/parted.h"
#include "bindings/cpp/profile_detail.h"
#include "bindings/cpp/protected_columns.h"
#include "bindings/cpp/suppressed.h"

namespace segue {
namespace {

std::vector<DefinitionId> roots_of(const CheckedProgram& program, const std::vector<std::size_t>& asked) {
  std::vector<DefinitionId> roots;
  roots.reserve(asked.size());
  for (const std::size_t index : asked) roots.push_back(program.results[index]);
  return roots;
}

std::vector<NeededColumns> columns_for(const CheckedProject& checked, const std::vector<DefinitionId>& roots,
                                       const EvaluateOptions& options) {
  std::vector<NeededColumns> needed = needed_columns(checked.program(), roots);
  need_suppress_columns(checked, needed);
  if (options.audits) need_protected_columns(checked.schema(), needed);
  return needed;
}

std::expected<std::optional<EarlierResults>, Failure> earlier_results(const CheckedProject& checked,
                                                                      const std::optional<std::string>& path) {
  if (!path) return std::nullopt;
  auto earlier = read_earlier(checked, *path);
  if (!earlier) return std::unexpected(std::move(earlier.error()));
  return std::optional(std::move(*earlier));
}

// What is counted of the answers.
Evaluation evaluation_of(const Answers& answers, const std::vector<std::size_t>& asked, const std::optional<EarlierResults>& earlier) {
  const Answered answered = answered_of(answers);
  AnswerTotals totals(answered.program, answers.roots, asked);
  totals.add(answered, {});
  totals.add_suppressed(answered, answers.suppressed);
  Evaluation evaluation;
  evaluation.accounts = totals.accounts();
  evaluation.definitions = totals.outcomes();
  if (earlier)
    evaluation.diagnostics = compare_with_earlier({*answers.project, answered, *earlier, answers.suppressed}, evaluation.definitions);
  evaluation.expectations = expectations_of(totals, evaluation.definitions);
  return evaluation;
}

}  // namespace

std::expected<Evaluation, Failure> evaluate(const OpenedProject& project, const EvaluateOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto asked = asked_definitions(project, options.names);
  if (!asked) return std::unexpected(asked.error());
  const CheckedProject& checked = *project.checked;
  const auto earlier = earlier_results(checked, options.previous);
  if (!earlier) return std::unexpected(earlier.error());

  const std::vector<DefinitionId> roots = with_compared(checked.program(), roots_of(checked.program(), *asked));
  const std::vector<NeededColumns> needed = columns_for(checked, roots, options);
  EvaluationProfiling profiling(project, options);
  auto parted = timed(options.profile, Phase::kEvaluate, [&] { return evaluate_in_parts(project, options, *asked, roots, needed); });
  if (!parted) return std::unexpected(std::move(parted.error()));
  if (*parted) {
    profiling.finish(roots, (*parted)->tables, true);
    return std::move(**parted);
  }
  auto data = timed(options.profile, Phase::kRead, [&] { return load_data(checked, options.data, needed); });
  if (!data) return std::unexpected(std::move(data.error()));
  auto suppressed = read_suppressed(checked, *data->database);
  if (!suppressed) return std::unexpected(std::move(suppressed.error()));
  auto results =
      timed(options.profile, Phase::kEvaluate, [&] { return run_engine(checked, checked.program(), *data->database, roots, options); });
  if (!results) return std::unexpected(std::move(results.error()));

  auto answers = std::make_shared<const Answers>(project.checked, std::move(data->database), roots, std::move(*results),
                                                 std::move(suppressed->accounts));
  Evaluation evaluation = evaluation_of(*answers, *asked, *earlier);
  evaluation.clock = options.data.clock;
  evaluation.suppressed = summary_of(answers->suppressed.count(), suppressed->lists);
  evaluation.tables = std::move(data->tables);
  std::ranges::move(data->diagnostics, std::back_inserter(evaluation.diagnostics));
  evaluation.answers = std::move(answers);
  profiling.finish(roots, evaluation.tables, false);
  return evaluation;
}

const Bitmap& members(const Evaluation& evaluation, std::size_t outcome) {
  return evaluation.answers->results.definitions[outcome].members;
}

std::span<const double> scores(const Evaluation& evaluation, std::size_t outcome) {
  return evaluation.answers->results.definitions[outcome].scores;
}

std::span<const std::int32_t> value_indices(const Evaluation& evaluation, std::size_t outcome) {
  return evaluation.answers->results.definitions[outcome].codes;
}

std::string account_key(const Evaluation& evaluation, std::uint32_t row) {
  const Answers& answers = *evaluation.answers;
  return cell_text(*answers.project, key_column(*answers.project, *answers.database), row);
}

}  // namespace segue
