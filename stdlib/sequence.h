// This file's external interface is the rule of `sequence`: whether some rows, one after the other, meet the steps in their order and lie close enough together.
// `language.md`, "Related tables".
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "runtime/type.h"
#include "stdlib/clock.h"

namespace segue {

// How far the first row and the last may lie apart: so many local days (kDays), up to the first one's local day so many months later (kMonths), or so
// many microseconds (kSpan).
struct SequenceLimit {
  Kind kind = Kind::kDays;
  std::int64_t amount = 0;  // a negative one is met by no two rows
  bool is_date = false;     // the rows' times are days, not instants
};

// Whether `last`, which is not before `first`, lies within the limit of it.
[[nodiscard]] inline bool within_limit(const SequenceLimit& limit, std::int64_t first, std::int64_t last, const TimeZone& zone) {
  if (limit.kind == Kind::kSpan) return last - first <= limit.amount;
  const std::int64_t first_day = limit.is_date ? first : local_day_of(zone, first);
  const std::int64_t last_day = limit.is_date ? last : local_day_of(zone, last);
  if (limit.kind == Kind::kDays) return last_day - first_day <= limit.amount;
  const KnownInt end = add_months_to_date(first_day, limit.amount);
  return end.known ? last_day <= end.value : limit.amount > 0;
}

// A row that takes part: its time is known, and so is its value of `by`, which `group` numbers (any number, the same for the same value; 0 without `by`).
struct SequenceRow {
  std::uint64_t group = 0;
  std::int64_t time = 0;
  std::size_t row = 0;  // for the caller's `meets`

  friend bool operator<(const SequenceRow& a, const SequenceRow& b) { return a.group != b.group ? a.group < b.group : a.time < b.time; }
};

// Finds rows of one group for each step, each strictly later than the one before. `rows` are sorted by `<` (std::sort); rows of one time may stand in any order.
// `meets(row, step)` says whether SequenceRow::row meets step 0 … steps - 1. Of all ways to meet the steps so far only the one that began last matters, for it
// leaves the most time: linear in rows times steps. Calls `on_found(first, last)` with the times at which each such way begins and ends, until it gives true; whether
// it did.
template <typename Meets, typename OnFound>
[[nodiscard]] bool find_sequences(std::span<const SequenceRow> rows, std::size_t steps, const Meets& meets, const OnFound& on_found) {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  constexpr std::size_t kFew = 8;  // steps that need no memory of their own
  std::int64_t few[2 * kFew];
  std::vector<std::int64_t> many(steps > kFew ? 2 * steps : 0);
  std::int64_t* begun = steps > kFew ? many.data() : few;  // by step: the last time at which rows that meet the steps up to it may begin
  std::int64_t* next = begun + steps;                      // with the rows of the time at hand
  for (std::size_t at = 0; at < rows.size();) {
    if (at == 0 || rows[at - 1].group != rows[at].group) std::fill_n(begun, steps, kNever);
    std::copy_n(begun, steps, next);
    const SequenceRow& first = rows[at];
    for (; at < rows.size() && rows[at].group == first.group && rows[at].time == first.time; ++at) {
      if (meets(rows[at].row, std::size_t{0})) next[0] = first.time;
      for (std::size_t step = 1; step < steps; ++step) {
        if (begun[step - 1] > next[step] && meets(rows[at].row, step)) next[step] = begun[step - 1];
      }
    }
    std::swap(begun, next);
    const std::int64_t start = begun[steps - 1];
    if (start != kNever && start != next[steps - 1] && on_found(start, first.time)) return true;
  }
  return false;
}

// Whether some group has such rows of which the last lies within `limit` of the first.
template <typename Meets>
[[nodiscard]] bool has_sequence(std::span<const SequenceRow> rows, std::size_t steps, const SequenceLimit& limit, const TimeZone& zone,
                                const Meets& meets) {
  return find_sequences(rows, steps, meets, [&](std::int64_t first, std::int64_t last) { return within_limit(limit, first, last, zone); });
}

}  // namespace segue
