// This file's external interface is `assess`: what must be known of a segmentation before money is spent on it: is it clear, large enough, known enough,
// reachable. `docs/assess.md`.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"

namespace segue {

// A set of accounts that is compared with others: the members of a segment, the accounts with a row in an audience, those with one value of tiers,
// stages, a split or a small grid.
struct AccountSet {
  std::size_t outcome = 0;             // index into Evaluation::definitions
  std::optional<std::uint32_t> value;  // index into DefinitionInfo::values
  std::string name;                    // `icp`, `coverage = one_to_one`
  std::uint64_t size = 0;
};

enum class SetRelation : std::uint8_t { kEqual, kContains, kWithin, kOverlaps, kDisjoint };

// Two sets, as indices into Assessment::sets, left < right.
struct Overlap {
  std::size_t left = 0, right = 0;
  std::uint64_t both = 0;
  double jaccard = 0;  // both, out of those in one of them; 0 where both are empty
  SetRelation relation = SetRelation::kDisjoint;
};

// Segments that share a tag, or all of them.
struct Family {
  std::optional<std::string> tag;                // nothing: all segments
  std::vector<std::size_t> sets;                 // indices into Assessment::sets
  std::uint64_t none = 0, one = 0, several = 0;  // accounts by how many of the segments they are in
};

// Accounts of a set that have at least one row in an audience.
struct Reach {
  std::size_t set = 0;       // index into Assessment::sets
  std::size_t audience = 0;  // likewise
  std::uint64_t accounts = 0;
};

// Accounts that are undetermined for a definition and miss a column that it reads; of an audience, rows.
struct UndecidedBy {
  std::size_t outcome = 0;  // index into Evaluation::definitions
  std::string column;       // `employees`, `contacts.title`
  std::uint64_t count = 0;
};

struct Assessment {
  std::vector<AccountSet> sets;
  std::vector<Overlap> overlaps;  // pairs of different definitions; all where `has_all_overlaps`, else each set's ten closest
  bool has_all_overlaps = true;
  std::uint64_t sets_left_out = 0;     // beyond the thousand largest, which are compared
  std::vector<Family> families;        // all segments first, then by tag, those of two segments or more
  std::vector<Reach> reach;            // each set with each audience of another definition
  std::vector<UndecidedBy> undecided;  // by outcome, then the column of most accounts first; without those of none
};

// `options` are those of the evaluation. Evaluates a condition for each column that may leave accounts undetermined; fails as `evaluate` does.
[[nodiscard]] std::expected<Assessment, Failure> assess(const OpenedProject& project, const Evaluation& evaluation,
                                                        const EvaluateOptions& options);

}  // namespace segue
