// Answers in the writer's terms.
#include "bindings/cpp/output.h"

#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/output_files.h"

namespace segue {
namespace {

Failure failure_of(const WriteError& error) {
  if (error.kind == WriteErrorKind::kCancelled) return {.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}};
  return failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnwritableFile, error.message);
}

OutputKind output_kind(ResultKind kind) {
  if (kind == ResultKind::kScore) return OutputKind::kScores;
  return has_values(kind) ? OutputKind::kLabels : OutputKind::kMembers;
}

// The names of the values of a definition, which live as long as the project.
std::span<const std::string> value_labels(const CheckedProgram& program, std::size_t definition) {
  const Definition& found = program.definition(program.results[definition]);
  return program.enums[program.expr(found.body).type.enum_id].values;
}

// A column of keys without rows.
Column keys_of(const SchemaTable& table) {
  Column column;
  column.type = table.columns[*table.key].type;
  return column;
}

WriteOptions write_options(const OutputOptions& options) {
  return {.layout = options.layout == Layout::kLong ? OutputLayout::kLong : OutputLayout::kWide,
          .cancel = options.cancel,
          .on_temporary = options.on_temporary};
}

// Whether a path means a folder: what is written is then another path.
bool is_folder(std::string_view path, const std::string& accounts_file) { return path != accounts_file; }

// The names and keys of an audience; rows come later.
AudienceOutput audience_shape(const CheckedProgram& program, std::uint32_t table, const Column* key, const Column& account_key) {
  const SchemaTable& accounts = program.schema.tables[kAccountTable];
  const SchemaTable& schema = program.schema.tables[table];
  AudienceOutput output{.key_name = {},
                        .key = nullptr,
                        .account_name = accounts.columns[*accounts.key].name,
                        .account_key = &account_key,
                        .account_key_labels = {},
                        .members = nullptr,
                        .accounts = {},
                        .left_out = nullptr,
                        .numbers = {}};
  if (account_key.type.enum_id != kNoEnum) output.account_key_labels = program.enums[account_key.type.enum_id].values;
  if (schema.key) {
    output.key_name = schema.columns[*schema.key].name;
    output.key = key;
  }
  return output;
}

Diagnostic left_out(const CheckedProject& project, std::size_t definition) {
  const Definition& audience = project.program().definition(project.program().results[definition]);
  return make_diagnostic(
      DiagnosticKind::kAudienceLeftOut, audience.name_span,
      fmt::format("`{}` is an audience, which a single file leaves out; `--out DIR/` writes it to a file of its own", audience.name));
}

}  // namespace

std::expected<OutputFiles, Failure> OutputFiles::open(const OpenedProject& project, std::span<const std::size_t> asked,
                                                      std::string_view path, const OutputOptions& options) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  OutputFiles files;
  files.project_ = &project;
  files.asked_.assign(asked.begin(), asked.end());
  const CheckedProgram& program = project.checked->program();
  const Column key = keys_of(program.schema.tables[kAccountTable]);
  const Results no_results{.definitions = std::vector<DefinitionResult>(asked.size())};
  const Database no_rows;
  const Output shape = files.accounts_output({program, no_rows, {}, no_results}, key, nullptr);
  auto accounts = (*io)->open_results(path, shape, write_options(options));
  if (!accounts) return std::unexpected(failure_of(accounts.error()));
  files.accounts_ = std::move(*accounts);
  if (auto opened = files.open_audiences(**io, path, write_options(options)); !opened) return std::unexpected(std::move(opened.error()));
  return files;
}

std::expected<void, Failure> OutputFiles::open_audiences(const RuntimeIoApi& io, std::string_view path, const WriteOptions& options) {
  const auto accounts_file = io.output_file(path);
  if (!accounts_file) return std::unexpected(failure_of(accounts_file.error()));
  const CheckedProgram& program = project_->checked->program();
  for (std::size_t root = 0; root < asked_.size(); ++root) {
    const DefinitionInfo& info = project_->definitions[asked_[root]];
    if (info.kind != ResultKind::kAudience) continue;
    if (!is_folder(path, *accounts_file)) {
      left_out_.push_back(left_out(*project_->checked, asked_[root]));
      continue;
    }
    const std::uint32_t table = program.frame(program.definition(program.results[asked_[root]]).frame).table;
    const Column account_key = keys_of(program.schema.tables[kAccountTable]);
    const Column key = program.schema.tables[table].key ? keys_of(program.schema.tables[table]) : Column();
    auto file = io.open_audience(io.audience_file(*accounts_file, info.name), audience_shape(program, table, &key, account_key), options);
    if (!file) return std::unexpected(failure_of(file.error()));
    audiences_.push_back({root, std::move(*file)});
  }
  return {};
}

Output OutputFiles::accounts_output(const Answered& answered, const Column& key, const Bitmap* suppressed) const {
  const CheckedProgram& program = answered.program;
  const SchemaTable& accounts = program.schema.tables[kAccountTable];
  Output output{.key_name = accounts.columns[*accounts.key].name, .key = &key, .key_labels = {}, .columns = {}, .left_out = suppressed};
  if (key.type.enum_id != kNoEnum) output.key_labels = program.enums[key.type.enum_id].values;
  for (std::size_t root = 0; root < asked_.size(); ++root) {
    const DefinitionInfo& info = project_->definitions[asked_[root]];
    if (info.kind == ResultKind::kAudience) continue;
    const DefinitionResult& result = answered.results.definitions[root];
    OutputColumn& column = output.columns.emplace_back(OutputColumn{.name = info.name,
                                                                    .kind = output_kind(info.kind),
                                                                    .members = &result.members,
                                                                    .scores = result.scores,
                                                                    .codes = result.codes,
                                                                    .labels = {}});
    if (column.kind == OutputKind::kLabels) column.labels = value_labels(program, asked_[root]);
  }
  return output;
}

std::expected<void, Failure> OutputFiles::append(const Answered& answered, const Bitmap& suppressed,
                                                 std::span<const std::span<const RowId>> numbers) {
  const CheckedProgram& program = answered.program;
  const Column& account_key = key_column(*project_->checked, answered.database);
  const Output output = accounts_output(answered, account_key, &suppressed);
  if (auto written = accounts_->append(output); !written) return std::unexpected(failure_of(written.error()));
  for (const Audience& audience : audiences_) {
    const FrameId frame = program.definition(program.results[asked_[audience.root]]).frame;
    const std::uint32_t table = program.frame(frame).table;
    const std::optional<ColumnId> key = program.schema.tables[table].key;
    AudienceOutput rows = audience_shape(program, table, key ? &answered.database.tables[table].columns[*key] : nullptr, account_key);
    const std::vector<RowId> accounts = accounts_of_rows(program, answered.database, frame);
    rows.members = &answered.results.definitions[audience.root].members;
    rows.accounts = accounts;
    rows.left_out = &suppressed;
    if (!numbers.empty()) rows.numbers = numbers[table];
    if (auto written = audience.file->append(rows); !written) return std::unexpected(failure_of(written.error()));
  }
  return {};
}

std::expected<void, Failure> OutputFiles::close() {
  if (auto closed = accounts_->close(); !closed) return std::unexpected(failure_of(closed.error()));
  for (const Audience& audience : audiences_) {
    if (auto closed = audience.file->close(); !closed) return std::unexpected(failure_of(closed.error()));
  }
  return {};
}

std::expected<WrittenOutput, Failure> OutputFiles::commit() {
  WrittenOutput output{.paths = {}, .diagnostics = std::move(left_out_)};
  const auto put = [&](ResultFile& file) -> std::expected<void, Failure> {
    auto path = file.commit();
    if (!path) return std::unexpected(failure_of(path.error()));
    output.paths.push_back(std::move(*path));
    return {};
  };
  if (auto done = put(*accounts_); !done) return std::unexpected(std::move(done.error()));
  for (const Audience& audience : audiences_) {
    if (auto done = put(*audience.file); !done) return std::unexpected(std::move(done.error()));
  }
  return output;
}

std::expected<std::string, Failure> output_path(std::string_view path) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  auto file = (*io)->output_file(path);
  if (!file) return std::unexpected(failure_of(file.error()));
  return *file;
}

std::expected<WrittenOutput, Failure> write_output(const OpenedProject& project, const Evaluation& evaluation, std::string_view path,
                                                   const OutputOptions& options) {
  if (evaluation.files) return evaluation.files->commit();
  std::vector<std::size_t> asked;
  for (const DefinitionOutcome& outcome : evaluation.definitions) asked.push_back(outcome.definition);
  auto files = OutputFiles::open(project, asked, path, options);
  if (!files) return std::unexpected(std::move(files.error()));
  if (auto written = files->append(answered_of(*evaluation.answers), evaluation.answers->suppressed, {}); !written)
    return std::unexpected(std::move(written.error()));
  if (auto closed = files->close(); !closed) return std::unexpected(std::move(closed.error()));
  return files->commit();
}

}  // namespace segue
