// This file's external interface is how an evaluation fills its Profile. Private to this folder.
#pragma once

#include <memory>
#include <span>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/profile.h"
#include "compiler/codegen/api.h"

namespace segue {

// Around an evaluation by native code; without a profile it does nothing.
class NativeProfiling {
 public:
  NativeProfiling(Profile* profile, const CodegenApi& api, const CodeCache& cache);
  NativeProfiling(const NativeProfiling&) = delete;
  NativeProfiling& operator=(const NativeProfiling&) = delete;
  ~NativeProfiling();

  // For NativeOptions.
  [[nodiscard]] NativeProfile* get() const;

 private:
  Profile* profile_;
  const CodegenApi& api_;
  const CodeCache& cache_;
  CodeCounts before_;
};

// Does some work, whose time is added to a phase.
template <typename Work>
auto timed(Profile* profile, Phase phase, Work work) {
  const PhaseTimer timer(profile, phase);
  return work();
}

// What the system says was read by this process so far; nothing where it does not say.
[[nodiscard]] std::optional<std::uint64_t> bytes_read_so_far();

// Around an evaluation of definitions: sums up, at its end, what came of it.
class EvaluationProfiling {
 public:
  EvaluationProfiling(const OpenedProject& project, const EvaluateOptions& options);
  // `roots` were answered, `tables` read.
  void finish(std::span<const DefinitionId> roots, std::span<const TableSummary> tables, bool reads_while_evaluating);

 private:
  const OpenedProject& project_;
  const EvaluateOptions& options_;
  Times before_;  // of planning and compiling
  std::optional<std::uint64_t> bytes_before_;
};

}  // namespace segue
