// The two engines behind one call.
#include "bindings/cpp/engine.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/profile_detail.h"
#include "compiler/codegen/native.h"
#include "compiler/interpret/interpret.h"

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

Failure native_failure(const NativeFailure& failure) {
  switch (failure.kind) {
    case NativeFailureKind::kStopped: return cancelled();
    case NativeFailureKind::kNoCode:
      return internal(fmt::format("native code cannot be generated: {}; try `--engine interpreter`", failure.message));
    case NativeFailureKind::kNoRows:  // of chunks only
    case NativeFailureKind::kTooManyRows: break;
  }
  return internal("some account has more rows of a related table than can be evaluated at once (2 billion)");
}

// What related rows in no order may take once more, within `memory` (EvaluateOptions). A chunk has the greater part of it.
void limit_memory(NativeOptions& native, std::uint64_t memory) {
  if (memory != 0) native.order_bytes = std::min<std::size_t>(native.order_bytes, memory / 8);
}

std::expected<Results, Failure> run_native(const CheckedProject& project, const CheckedProgram& program, const Database& database,
                                           std::span<const DefinitionId> roots, const EvaluateOptions& evaluate) {
  const DataOptions& options = evaluate.data;
  const auto codegen = codegen_api();
  if (!codegen) return std::unexpected(internal(codegen.error()));
  if (options.progress) options.progress({"compiling", 0, 0});
  CodeCache& cache = project.code->cache(**codegen);
  const NativeProfiling profiling(evaluate.profile, **codegen, cache);
  NativeOptions native{.codegen = {.cache = &cache, .threads = options.threads},
                       .threads = options.threads,
                       .progress = progress_of(options),
                       .profile = profiling.get()};
  limit_memory(native, evaluate.memory);
  auto results = (*codegen)->evaluate_native(program, database, clock_of(project, options.clock), {roots.begin(), roots.end()}, native);
  if (!results) return std::unexpected(native_failure(results.error()));
  return std::move(*results);
}

}  // namespace

std::expected<Results, Failure> run_engine(const CheckedProject& project, const CheckedProgram& program, const Database& database,
                                           std::span<const DefinitionId> roots, const EvaluateOptions& options) {
  if (is_cancelled(options.data)) return std::unexpected(cancelled());
  if (options.engine == Engine::kInterpreter) return run_interpreter(project, program, database, roots, options.data);
  return run_native(project, program, database, roots, options);
}

// `failure` is set but where the source knows why.
std::expected<void, NativeFailureKind> run_native_chunks(const CheckedProject& project, ChunkSource& source,
                                                         std::span<const DefinitionId> roots, const EvaluateOptions& options,
                                                         const ChunkTaker& taker, bool keeps_members, Failure& failure) {
  const auto codegen = codegen_api();
  if (!codegen) {
    failure = internal(codegen.error());
    return std::unexpected(NativeFailureKind::kNoCode);
  }
  CodeCache& cache = project.code->cache(**codegen);
  const NativeProfiling profiling(options.profile, **codegen, cache);
  NativeOptions native{.codegen = {.keep_members = keeps_members, .cache = &cache, .threads = options.data.threads},
                       .threads = options.data.threads,
                       .progress = progress_of(options.data),
                       .profile = profiling.get()};
  native.stand_ins = project.workspace.project.suppress.empty();  // the lists go by columns of accounts
  native.population_bytes = std::max<std::size_t>(options.memory / 4, 1);
  limit_memory(native, options.memory);
  const auto done = (*codegen)->evaluate_chunks(project.program(), source, clock_of(project, options.data.clock),
                                                {roots.begin(), roots.end()}, native, taker);
  if (done) return {};
  if (done.error().kind != NativeFailureKind::kNoRows) failure = native_failure(done.error());
  return std::unexpected(done.error().kind);
}

}  // namespace segue
