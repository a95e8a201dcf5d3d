// The two engines behind one call.
#include "bindings/cpp/engine.h"

#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/lazy_libraries.h"
#include "compiler/interpret/interpret.h"
#include "compiler/plan/plan.h"
#include "runtime/run.h"

namespace segue {
namespace {

Failure cancelled() { return {.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}}; }

Failure internal(const std::string& message) { return failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, message); }

bool is_cancelled(const DataOptions& options) { return options.cancel != nullptr && options.cancel->load(); }

// Passes on how far the engine is; false once the caller has had enough.
auto progress_of(const DataOptions& options) {
  return [&options](std::size_t done, std::size_t accounts) {
    if (options.progress) options.progress({"evaluating", done, accounts});
    return !is_cancelled(options);
  };
}

std::expected<Results, Failure> run_interpreter(const CheckedProject& project, const CheckedProgram& program, const Database& database,
                                                std::span<const DefinitionId> roots, const DataOptions& options) {
  auto results = interpret(program, database, clock_of(project, options.clock), roots, progress_of(options));
  if (!results) return std::unexpected(cancelled());
  return std::move(*results);
}

// Optional columns in which the data hold no missing value: the plan need not ask.
std::vector<TableColumn> never_missing(const Database& database) {
  std::vector<TableColumn> columns;
  for (std::uint32_t table = 0; table < database.tables.size(); ++table) {
    const std::vector<Column>& all = database.tables[table].columns;
    for (std::uint32_t column = 0; column < all.size(); ++column) {
      if (all[column].is_read() && all[column].type.optional && all[column].valid.empty()) columns.push_back({table, column});
    }
  }
  return columns;
}

std::expected<Results, Failure> run_native(const CheckedProject& project, const CheckedProgram& checked, const Database& database,
                                           std::span<const DefinitionId> roots, const DataOptions& options) {
  const auto codegen = codegen_api();
  if (!codegen) return std::unexpected(internal(codegen.error()));
  if (options.progress) options.progress({"compiling", 0, 0});
  const Plan plan = make_plan(checked, {roots.begin(), roots.end()}, {.never_missing = never_missing(database)});
  const auto program = (*codegen)->compile(plan, database, clock_of(project, options.clock), {});
  if (!program)
    return std::unexpected(internal(fmt::format("native code cannot be generated: {}; try `--engine interpreter`", program.error())));
  auto done = run(*program, database, {.threads = options.threads, .progress = progress_of(options)});
  if (done) return std::move(done->results);
  if (done.error() == RunFailure::kStopped) return std::unexpected(cancelled());
  return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure,
                                    "some account has more rows of a related table than can be evaluated at once (2 billion)"));
}

}  // namespace

std::expected<Results, Failure> run_engine(const CheckedProject& project, const CheckedProgram& program, const Database& database,
                                           std::span<const DefinitionId> roots, const EvaluateOptions& options) {
  if (is_cancelled(options.data)) return std::unexpected(cancelled());
  if (options.engine == Engine::kInterpreter) return run_interpreter(project, program, database, roots, options.data);
  return run_native(project, program, database, roots, options.data);
}

}  // namespace segue
