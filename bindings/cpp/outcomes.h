// This file's external interface is AnswerTotals: what is said of answers that come chunk by chunk: sizes, shares, the numbers of scores. Private to
// this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/evaluate.h"
#include "stdlib/exact_sum.h"

namespace segue {

// What an expectation that compares two sets counts: `disjoint from s`, `subset of s`.
struct SetCounts {
  std::uint64_t here = 0, common = 0;
};

// Sums of what chunks say; a database in memory is one chunk.
class AnswerTotals {
 public:
  // `asked` holds indices into the project's definitions: the first roots, in their order. Both are borrowed.
  AnswerTotals(const CheckedProgram& program, std::span<const DefinitionId> roots, std::span<const std::size_t> asked);

  // `sizes`, where it is not empty, holds the number of members by root: their bitmaps may be empty where nothing else asks for them.
  void add(const Answered& answered, std::span<const std::uint64_t> sizes);
  // The same of who is suppressed: `suppressed` of outcomes that have members or values.
  void add_suppressed(const Answered& answered, const Bitmap& suppressed);

  [[nodiscard]] std::vector<DefinitionOutcome> outcomes() const;
  [[nodiscard]] std::uint64_t accounts() const { return accounts_; }
  [[nodiscard]] const CheckedProgram& program() const { return *program_; }
  [[nodiscard]] std::span<const DefinitionId> roots() const { return roots_; }
  [[nodiscard]] const Definition& definition(std::size_t root) const { return program_->definition(roots_[root]); }
  // Rows of a table.
  [[nodiscard]] std::uint64_t rows(std::size_t table) const { return rows_[table]; }
  // Rows that no chunk holds, because they belong to no account.
  void set_rows(std::size_t table, std::uint64_t rows) { rows_[table] = rows; }
  // Of the expectation with that number of a root.
  [[nodiscard]] const SetCounts& sets(std::size_t root, std::size_t expectation) const { return sets_[root][expectation]; }

 private:
  struct ScoreTotal {
    ScoreSummary summary;
    ExactSum sum;
    std::uint64_t count = 0;
  };
  void add_outcome(const Answered& answered, std::span<const std::uint64_t> sizes, std::size_t root);
  void add_sets(const Answered& answered, std::size_t root);

  const CheckedProgram* program_;
  std::span<const DefinitionId> roots_;
  std::span<const std::size_t> asked_;
  std::uint64_t accounts_ = 0;
  std::vector<std::uint64_t> rows_;
  std::vector<DefinitionOutcome> outcomes_;
  std::vector<ScoreTotal> scores_;
  std::vector<std::vector<SetCounts>> sets_;
};

// Of a database in memory.
[[nodiscard]] std::vector<DefinitionOutcome> outcomes_of(const Answered& answered, const std::vector<std::size_t>& asked);

}  // namespace segue
