// This file's external interface is `answer_by_hand`: what somebody writes who knows the conditions, the data and the processor, over the columns that
// Segue holds in memory: the limit of evaluating every condition over every row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/table.h"

namespace segue::bench {

struct HandResult {
  double seconds = 0;  // the median of the repeats
  std::vector<std::uint64_t> sizes;
};

// `file` says what is asked, a word and numbers a line:
//   terms MUST EXCLUDES        of a definition, how many conditions must hold; then one of two; then, if EXCLUDES is 1, one that must not
//   condition COLUMN BOUND     column `cCOLUMN` of the account is at least the bound
//   definition I I I …         the conditions of a definition, by number
//   pair KINDS LEAST SINCE     events whose kind is in a set of bits, whose number is at least so much, at or after an instant
//   at_least PAIR COUNT        accounts with so many events of a pair
[[nodiscard]] HandResult answer_by_hand(const Database& database, const std::string& file, unsigned threads, unsigned repeats);

}  // namespace segue::bench
