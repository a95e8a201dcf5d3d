// This file's external interface is `evaluate_native` and `evaluate_chunks`: definitions over a database by native code, those over whole tables first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/codegen/compile.h"
#include "compiler/codegen/native_profile.h"
#include "runtime/chunks.h"
#include "runtime/results.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

struct NativeOptions {
  CodegenOptions codegen = {};
  unsigned threads = 1;
  bool share = true;  // equal conditions of different definitions are evaluated once
  // Called with the accounts done and the accounts in all, again for each pass over the data; false stops the evaluation.
  std::function<bool(std::size_t done, std::size_t accounts)> progress = {};
  // Whether columns of chunks that statements of the data settle may be left unread, and hold other values: false where somebody else looks at them.
  bool stand_ins = true;
  NativeProfile* profile = nullptr;                     // where somebody wants to know the cost; asking costs some
  std::size_t population_bytes = std::size_t{1} << 30;  // what one pass may keep of the values that rows are ranked by. For tests
  std::size_t order_bytes = std::size_t{4} << 30;       // as of RunOptions
};

enum class NativeFailureKind : std::uint8_t {
  kStopped,      // `progress` said so
  kTooManyRows,  // an account's rows of a related table are more than can be evaluated at once
  kNoCode,       // an environment in which code cannot be generated
  kNoRows,       // the chunks cannot be read: their source knows why
};
struct NativeFailure {
  NativeFailureKind kind{};
  std::string message;  // LLVM's, of kNoCode
};

// One entry for each root: members and the undetermined count of a bool, scores of a float, codes of an enum. The columns that the roots need have been
// read. TopOf and Percentile are answered first, in passes of their own over all rows, one for each level in which they stand on one another; no answer
// depends on threads, batches or the order of rows.
[[nodiscard]] std::expected<Results, NativeFailure> evaluate_native(const CheckedProgram& program, const Database& database,
                                                                    const Clock& clock, const std::vector<DefinitionId>& roots,
                                                                    const NativeOptions& options);

// What is done with the answers of chunks, in the order of the chunks.
struct ChunkTaker {
  std::function<bool(Chunk& chunk)> take;  // chunk.results has one entry for each root; false stops the evaluation
  std::function<void()> restart;           // what was taken counts for nothing
};

// The same over a database that comes in chunks: `taker` is given the answers of each. What is asked of whole tables keeps 8 bytes a row in
// memory for as long as its pass takes, and then 1 bit (TopOf) or 8 bytes (Percentile) a row.
[[nodiscard]] std::expected<void, NativeFailure> evaluate_chunks(const CheckedProgram& program, ChunkSource& source, const Clock& clock,
                                                                 const std::vector<DefinitionId>& roots, const NativeOptions& options,
                                                                 const ChunkTaker& taker);

}  // namespace segue
