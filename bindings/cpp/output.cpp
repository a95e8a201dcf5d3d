// Answers in the writer's terms.
#include "bindings/cpp/output.h"

#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/lazy_libraries.h"
#include "runtime/io/write.h"

namespace segue {
namespace {

Failure failure_of(const WriteError& error) {
  if (error.kind == WriteErrorKind::kCancelled) return {.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}};
  return failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnwritableFile, error.message);
}

// The names of the values of a definition, which live as long as the project.
std::span<const std::string> value_labels(const CheckedProject& project, std::size_t definition) {
  const CheckedProgram& program = project.program();
  const Definition& found = program.definition(program.results[definition]);
  return program.enums[program.expr(found.body).type.enum_id].values;
}

OutputColumn column_of(const OpenedProject& project, const Evaluation& evaluation, std::size_t outcome) {
  const DefinitionInfo& info = project.definitions[evaluation.definitions[outcome].definition];
  OutputColumn column{.name = info.name, .scores = {}, .codes = {}, .labels = {}};
  if (info.kind == ResultKind::kScore) {
    column.kind = OutputKind::kScores;
    column.scores = scores(evaluation, outcome);
  } else if (has_values(info.kind)) {
    column.kind = OutputKind::kLabels;
    column.codes = value_indices(evaluation, outcome);
    column.labels = value_labels(*project.checked, evaluation.definitions[outcome].definition);
  } else {
    column.members = &members(evaluation, outcome);
  }
  return column;
}

Output output_of(const OpenedProject& project, const Evaluation& evaluation) {
  const CheckedProject& checked = *project.checked;
  const Column& key = key_column(checked, *evaluation.answers->database);
  const SchemaTable& accounts = checked.schema().tables[kAccountTable];
  Output output{.key_name = accounts.columns[*accounts.key].name, .key = &key, .key_labels = {}, .columns = {}};
  if (key.type.enum_id != kNoEnum) output.key_labels = checked.program().enums[key.type.enum_id].values;
  for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
    const bool is_of_accounts = project.definitions[evaluation.definitions[i].definition].kind != ResultKind::kAudience;
    if (is_of_accounts) output.columns.push_back(column_of(project, evaluation, i));
  }
  return output;
}

// Accounts that must not be exported have to be subtracted, which a later version does: until then nothing is exported at all.
std::expected<void, Failure> refuse_suppressed(const CheckedProject& project) {
  const std::vector<SuppressList>& lists = project.workspace.project.suppress;
  if (lists.empty()) return {};
  return std::unexpected(failure_of(FailureKind::kRules, DiagnosticKind::kNotSupported,
                                    "`suppress` is not supported yet, and `--out` would export the accounts that it lists",
                                    lists.front().path.span));
}

}  // namespace

std::expected<std::string, Failure> output_path(std::string_view path) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  auto file = (*io)->output_file(path);
  if (!file) return std::unexpected(failure_of(file.error()));
  return *file;
}

std::expected<std::string, Failure> write_output(const OpenedProject& project, const Evaluation& evaluation, std::string_view path,
                                                 const OutputOptions& options) {
  if (auto allowed = refuse_suppressed(*project.checked); !allowed) return std::unexpected(std::move(allowed.error()));
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  const WriteOptions write{.layout = options.layout == Layout::kLong ? OutputLayout::kLong : OutputLayout::kWide,
                           .cancel = options.cancel,
                           .on_temporary = options.on_temporary};
  auto written = (*io)->write_results(path, output_of(project, evaluation), write);
  if (!written) return std::unexpected(failure_of(written.error()));
  return *written;
}

}  // namespace segue
