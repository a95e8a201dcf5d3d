// Parts are counted and written as they come; nothing is kept of them.
#include "bindings/cpp/parted.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/expectations.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/memory_size.h"
#include "bindings/cpp/outcomes.h"
#include "bindings/cpp/output_files.h"
#include "bindings/cpp/prepared_tables.h"
#include "bindings/cpp/suppressed.h"
#include "compiler/codegen/native.h"
#include "compiler/plan/plan.h"
#include "runtime/chunks.h"

namespace segue {
namespace {

// What answers take for an account, about.
std::uint64_t bytes_of_account(const CheckedProgram& program, const std::vector<DefinitionId>& roots) {
  std::uint64_t bits = 0;
  for (const DefinitionId root : roots) {
    const DefinitionKind kind = program.definition(root).kind;
    bits += kind == DefinitionKind::kScore ? 64 : has_values(kind) ? 32 : 1;
  }
  return bits / 8 + 1;
}

bool answers_accounts_alone(const CheckedProgram& program, const std::vector<DefinitionId>& roots) {
  const auto is_of_accounts = [&](DefinitionId root) { return program.definition(root).frame == kAccountFrame; };
  return std::ranges::all_of(roots, is_of_accounts) && population_levels(program, roots).empty();
}

// One evaluation in parts.
class PartedEvaluation {
 public:
  PartedEvaluation(const OpenedProject& project, const EvaluateOptions& options, const std::vector<std::size_t>& asked,
                   const std::vector<DefinitionId>& roots)
      : project_(project),
        checked_(*project.checked),
        options_(options),
        asked_(asked),
        roots_(roots),
        totals_(checked_.program(), roots_, asked_) {}

  std::expected<Evaluation, Failure> run(const SourceReading& reading) {
    auto lists = SuppressLists::read(checked_);
    if (!lists) return std::unexpected(std::move(lists.error()));
    lists_ = std::move(*lists);
    if (!open_files()) return std::unexpected(std::move(*failure_));
    const ChunkOptions chunk{.memory = options_.memory,
                             .bytes_of_account = bytes_of_account(checked_.program(), roots_),
                             .accounts_of_chunk = options_.accounts_of_part,
                             .answers_accounts_alone = answers_accounts_alone(checked_.program(), roots_)};
    auto chunks = reading.io->open_chunks(reading.specs, reading.load, chunk);
    if (!chunks) return std::unexpected(load_failure(chunks.error()));
    if (auto ended = evaluate(**chunks); !ended) return std::unexpected(std::move(ended.error()));
    return evaluation_of(**chunks);
  }

 private:
  bool open_files() {
    if (!options_.out) return true;
    auto files = OutputFiles::open(project_, asked_, options_.out->path, options_.out->options);
    if (!files) return fail(std::move(files.error()));
    files_ = std::make_shared<OutputFiles>(std::move(*files));
    return true;
  }

  // Whether anything is asked of members beyond their number.
  [[nodiscard]] bool needs_members() const {
    return files_ || !checked_.workspace.project.suppress.empty() || std::ranges::any_of(roots_, [&](DefinitionId root) {
             const Definition& definition = checked_.program().definition(root);
             const bool compares =
                 std::ranges::any_of(definition.expectations, [](const Expectation& each) { return each.other.has_value(); });
             return definition.kind == DefinitionKind::kAudience || compares;
           });
  }

  bool fail(Failure failure) {
    failure_ = std::move(failure);
    return false;
  }

  bool take(Chunk& chunk) {
    const Answered answered{checked_.program(), chunk.database, roots_, chunk.results.results};
    const Bitmap suppressed = lists_.match(chunk.database);
    suppressed_ += suppressed.count();
    totals_.add(answered, chunk.results.sizes);
    totals_.add_suppressed(answered, suppressed);
    if (!files_) return true;
    auto written = files_->append(answered, suppressed, chunk.row_numbers);
    return written || fail(std::move(written.error()));
  }

  void restart() {
    totals_ = AnswerTotals(checked_.program(), roots_, asked_);
    lists_.restart();
    suppressed_ = 0;
    files_.reset();
    open_files();
  }

  std::expected<void, Failure> evaluate(Chunks& chunks) {
    const ChunkTaker taker{.take = [this](Chunk& chunk) { return !failure_ && take(chunk); }, .restart = [this] { restart(); }};
    Failure failure;
    const auto done = run_native_chunks(checked_, chunks, roots_, options_, taker, needs_members(), failure);
    if (failure_) return std::unexpected(std::move(*failure_));
    if (!done && done.error() == NativeFailureKind::kNoRows) return std::unexpected(load_failure(chunks.errors()));
    if (!done) return std::unexpected(std::move(failure));
    return {};
  }

  std::expected<Evaluation, Failure> evaluation_of(const Chunks& chunks) {
    const LoadResult reports = chunks.reports();
    auto data = judged_data(checked_, options_.data, reports);
    if (!data) return std::unexpected(std::move(data.error()));
    for (std::size_t table = 0; table < reports.tables.size(); ++table) {
      const TableReport& report = reports.tables[table];
      totals_.set_rows(table, report.rows_read - report.bad_rows - report.not_yet_known - report.repeated);
    }
    if (files_) {
      if (auto closed = files_->close(); !closed) return std::unexpected(std::move(closed.error()));
    }
    Evaluation evaluation;
    evaluation.clock = options_.data.clock;
    evaluation.accounts = totals_.accounts();
    evaluation.definitions = totals_.outcomes();
    evaluation.expectations = expectations_of(totals_, evaluation.definitions);
    evaluation.suppressed = summary_of(suppressed_, lists_.outcomes());
    evaluation.tables = std::move(data->tables);
    evaluation.diagnostics = std::move(data->diagnostics);
    evaluation.files = std::move(files_);
    return evaluation;
  }

  const OpenedProject& project_;
  const CheckedProject& checked_;
  const EvaluateOptions& options_;
  const std::vector<std::size_t>& asked_;
  const std::vector<DefinitionId>& roots_;
  AnswerTotals totals_;
  SuppressLists lists_;
  std::uint64_t suppressed_ = 0;
  std::shared_ptr<OutputFiles> files_;
  std::optional<Failure> failure_;
};

// Whether some `top` ranks by text: each part has its own order of texts.
bool ranks_texts(const CheckedProgram& program, const std::vector<DefinitionId>& roots) {
  for (const std::vector<ExprId>& level : population_levels(program, roots)) {
    for (const ExprId term : level) {
      const auto* top = std::get_if<TopOf>(&program.expr(term).node);
      if (top != nullptr && program.expr(program.definition(top->by).body).type.kind == Kind::kText) return true;
    }
  }
  return false;
}

// What keeps tables from being read in parts; empty where nothing does.
std::string why_whole(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const EvaluateOptions& options,
                      const SourceReading& reading) {
  if (options.engine == Engine::kInterpreter) return "the interpreter needs all tables";
  if (options.keeps_answers || options.audits || options.previous)
    return "`--assess`, `--audit` and `--previous` compare the answers of all accounts";
  if (ranks_texts(program, roots)) return "`top` by a text compares the texts of all accounts";
  return reading.io->why_whole(reading.specs);
}

Failure does_not_fit(std::uint64_t needed, std::uint64_t memory, const std::string& why) {
  return failure_of(
      FailureKind::kCall, DiagnosticKind::kTooLittleMemory,
      fmt::format(
          "the tables take about {} of memory, more than `--memory {}`, and cannot be read in parts, because {}; give `--memory {}` or "
          "more, or leave it out",
          shown_memory(needed), shown_memory(memory), why, shown_memory(needed)));
}

}  // namespace

std::expected<std::optional<Evaluation>, Failure> evaluate_in_parts(const OpenedProject& project, const EvaluateOptions& options,
                                                                    const std::vector<std::size_t>& asked,
                                                                    const std::vector<DefinitionId>& roots,
                                                                    const std::vector<NeededColumns>& needed) {
  if (options.memory == 0 && options.accounts_of_part == 0) return std::nullopt;
  const CheckedProject& checked = *project.checked;
  auto specs = table_specs(checked, options.data.sources, needed);
  if (!specs) return std::unexpected(std::move(specs.error()));
  const auto reading = source_reading(checked, options.data, std::move(*specs));
  if (!reading) return std::unexpected(reading.error());
  const auto bytes = (*reading)->io->estimated_bytes((*reading)->specs, (*reading)->load, bytes_of_account(checked.program(), roots));
  if (!bytes) return std::unexpected(load_failure(bytes.error()));
  const bool fits = *bytes <= options.memory && options.accounts_of_part == 0;
  const bool answers_alone = answers_accounts_alone(checked.program(), roots);
  if (fits && !(*reading)->io->are_better_cut((*reading)->specs, (*reading)->load, answers_alone)) return std::nullopt;
  if (prepared_result(checked, options.data, (*reading)->specs).result) return std::nullopt;
  const std::string why = why_whole(checked.program(), roots, options, **reading);
  if (!why.empty() && !fits && options.must_keep_memory) return std::unexpected(does_not_fit(*bytes, options.memory, why));
  if (!why.empty()) return std::nullopt;
  auto evaluation = PartedEvaluation(project, options, asked, roots).run(**reading);
  if (!evaluation) return std::unexpected(std::move(evaluation.error()));
  return std::optional(std::move(*evaluation));
}

}  // namespace segue
