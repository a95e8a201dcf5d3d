// This file's external interface is Answered: definitions beside what an engine answered for them, and which accounts an answer names. Private to
// this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/check/program.h"
#include "runtime/bitmap.h"
#include "runtime/results.h"
#include "runtime/table.h"

namespace segue {

// Everything is borrowed; `results` has one entry for each of `roots`.
struct Answered {
  const CheckedProgram& program;
  const Database& database;
  std::span<const DefinitionId> roots;
  const Results& results;

  [[nodiscard]] const Definition& definition(std::size_t root) const { return program.definition(roots[root]); }
  [[nodiscard]] std::uint64_t accounts() const { return database.tables[kAccountTable].rows; }
};

// For each row of a frame's table the account that it belongs to through the frame; kNoRow for one that meets none.
[[nodiscard]] std::vector<RowId> accounts_of_rows(const CheckedProgram& program, const Database& database, FrameId frame);

// The accounts that root number `root` names: the members of a segment, those with a row in an audience, those with the value (by enum index), or
// with any value, of tiers, stages, a grid or a split. None of a score.
[[nodiscard]] Bitmap accounts_named(const Answered& answered, std::size_t root, std::optional<std::uint32_t> value = std::nullopt);

// Whether a definition's answer is one of several values.
[[nodiscard]] bool has_values(DefinitionKind kind);

// Bits that both have; both are of the same size.
[[nodiscard]] std::uint64_t count_common(const Bitmap& left, const Bitmap& right);

// A part of the accounts; 0 where there are none.
[[nodiscard]] inline double share_of(std::uint64_t part, std::uint64_t accounts) {
  return accounts == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(accounts);
}

}  // namespace segue
