// Names → columns → tables → answers → what is said of them.
#include "bindings/cpp/evaluate.h"

#include <utility>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/expectations.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/outcomes.h"

namespace segue {
namespace {

std::vector<DefinitionId> roots_of(const CheckedProgram& program, const std::vector<std::size_t>& asked) {
  std::vector<DefinitionId> roots;
  roots.reserve(asked.size());
  for (const std::size_t index : asked) roots.push_back(program.results[index]);
  return roots;
}

}  // namespace

std::expected<Evaluation, Failure> evaluate(const OpenedProject& project, const EvaluateOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto asked = asked_definitions(project, options.names);
  if (!asked) return std::unexpected(asked.error());
  const CheckedProject& checked = *project.checked;
  const std::vector<DefinitionId> roots = with_compared(checked.program(), roots_of(checked.program(), *asked));
  auto data = load_data(checked, options.data, needed_columns(checked.program(), roots));
  if (!data) return std::unexpected(std::move(data.error()));
  auto results = run_engine(checked, checked.program(), *data->database, roots, options);
  if (!results) return std::unexpected(std::move(results.error()));

  Evaluation evaluation;
  evaluation.clock = options.data.clock;
  evaluation.accounts = data->database->tables[kAccountTable].rows;
  const Answered answered{checked.program(), *data->database, roots, *results};
  evaluation.definitions = outcomes_of(answered, *asked);
  evaluation.expectations = expectations_of(answered, evaluation.definitions);
  evaluation.tables = std::move(data->tables);
  evaluation.diagnostics = std::move(data->diagnostics);
  evaluation.answers = std::make_shared<const Answers>(project.checked, std::move(data->database), std::move(*results));
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
