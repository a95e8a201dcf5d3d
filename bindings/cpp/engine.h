// This file's external interface is `run_engine`: answers by the engine that was asked for. Private to this folder.
#pragma once

#include <expected>
#include <span>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "runtime/results.h"
#include "runtime/table.h"

namespace segue {

class ChunkSource;
struct ChunkTaker;
enum class NativeFailureKind : std::uint8_t;

// One entry of the results for each root, a definition of `program`, which is the project's own or one with further definitions. The columns
// that the roots need have been read.
[[nodiscard]] std::expected<Results, Failure> run_engine(const CheckedProject& project, const CheckedProgram& program,
                                                         const Database& database, std::span<const DefinitionId> roots,
                                                         const EvaluateOptions& options);

// The same by native code over tables that come in chunks: `taker` is given the answers of each; without `keeps_members` the sizes of segments and audiences alone.
[[nodiscard]] std::expected<void, NativeFailureKind> run_native_chunks(const CheckedProject& project, ChunkSource& source,
                                                                       std::span<const DefinitionId> roots, const EvaluateOptions& options,
                                                                       const ChunkTaker& taker, bool keeps_members, Failure& failure);

}  // namespace segue
