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
  Output output{.key_name = accounts.columns[*accounts.key].name,
                .key = &key,
                .key_labels = {},
                .columns = {},
                .left_out = &evaluation.answers->suppressed};
  if (key.type.enum_id != kNoEnum) output.key_labels = checked.program().enums[key.type.enum_id].values;
  for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
    const bool is_of_accounts = project.definitions[evaluation.definitions[i].definition].kind != ResultKind::kAudience;
    if (is_of_accounts) output.columns.push_back(column_of(project, evaluation, i));
  }
  return output;
}

WriteOptions write_options(const OutputOptions& options) {
  return {.layout = options.layout == Layout::kLong ? OutputLayout::kLong : OutputLayout::kWide,
          .cancel = options.cancel,
          .on_temporary = options.on_temporary};
}

// Whether a path means a folder: what is written is then another path.
bool is_folder(std::string_view path, const std::string& accounts_file) { return path != accounts_file; }

std::expected<std::string, Failure> write_one_audience(const RuntimeIoApi& io, const Evaluation& evaluation, std::size_t root,
                                                       const std::string& path, const OutputOptions& options) {
  const Answers& answers = *evaluation.answers;
  const CheckedProgram& program = answers.project->program();
  const Definition& definition = program.definition(answers.roots[root]);
  const std::uint32_t table = program.frame(definition.frame).table;
  const std::vector<RowId> accounts = accounts_of_rows(program, *answers.database, definition.frame);
  const SchemaTable& schema = program.schema.tables[table];
  const Column& account_key = key_column(*answers.project, *answers.database);
  AudienceOutput output{.key_name = {},
                        .key = nullptr,
                        .account_name = program.schema.tables[kAccountTable].columns[*program.schema.tables[kAccountTable].key].name,
                        .account_key = &account_key,
                        .account_key_labels = {},
                        .members = &members(evaluation, root),
                        .accounts = accounts,
                        .left_out = &answers.suppressed};
  if (account_key.type.enum_id != kNoEnum) output.account_key_labels = program.enums[account_key.type.enum_id].values;
  if (schema.key) {
    output.key_name = schema.columns[*schema.key].name;
    output.key = &answers.database->tables[table].columns[*schema.key];
  }
  auto written = io.write_audience(path, output, write_options(options));
  if (!written) return std::unexpected(failure_of(written.error()));
  return *written;
}

Diagnostic left_out(const CheckedProject& project, std::size_t definition) {
  const Definition& audience = project.program().definition(project.program().results[definition]);
  return make_diagnostic(
      DiagnosticKind::kAudienceLeftOut, audience.name_span,
      fmt::format("`{}` is an audience, which a single file leaves out; `--out DIR/` writes it to a file of its own", audience.name));
}

std::expected<void, Failure> write_audiences(const RuntimeIoApi& io, const OpenedProject& project, const Evaluation& evaluation,
                                             std::string_view path, const OutputOptions& options, WrittenOutput& output) {
  const std::string accounts_file = output.paths.front();
  for (std::size_t root = 0; root < evaluation.definitions.size(); ++root) {
    const std::size_t definition = evaluation.definitions[root].definition;
    const DefinitionInfo& info = project.definitions[definition];
    if (info.kind != ResultKind::kAudience) continue;
    if (!is_folder(path, accounts_file)) {
      output.diagnostics.push_back(left_out(*project.checked, definition));
      continue;
    }
    auto written = write_one_audience(io, evaluation, root, io.audience_file(accounts_file, info.name), options);
    if (!written) return std::unexpected(std::move(written.error()));
    output.paths.push_back(std::move(*written));
  }
  return {};
}

}  // namespace

std::expected<std::string, Failure> output_path(std::string_view path) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  auto file = (*io)->output_file(path);
  if (!file) return std::unexpected(failure_of(file.error()));
  return *file;
}

std::expected<WrittenOutput, Failure> write_output(const OpenedProject& project, const Evaluation& evaluation, std::string_view path,
                                                   const OutputOptions& options) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  auto written = (*io)->write_results(path, output_of(project, evaluation), write_options(options));
  if (!written) return std::unexpected(failure_of(written.error()));
  WrittenOutput output{.paths = {*written}, .diagnostics = {}};
  if (auto done = write_audiences(**io, project, evaluation, path, options, output); !done) return std::unexpected(std::move(done.error()));
  return output;
}

}  // namespace segue
