// For each row that may be the first, the earliest row for each further step: what ends first is within the limit if anything is.
#include "compiler/interpret/sequence.h"

#include <algorithm>
#include <tuple>

#include "stdlib/clock.h"

namespace segue {
namespace {

bool holds(Verdict verdict) { return verdict.holds; }
bool may_hold(Verdict verdict) { return !known_false(verdict); }

}  // namespace

Value SequenceRows::result() const {
  const std::vector<SequencedRow> rows = by_time();
  const bool is_certain = !find(rows, known_true).empty();
  return value_of({.holds = !find(rows, holds).empty(), .unknown = !is_certain && !find(rows, may_hold).empty()});
}

std::vector<RowId> SequenceRows::chain() const { return find(by_time(), holds); }

std::uint64_t SequenceRows::looked_at() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(rows_, &SequencedRow::is_in_window));
}

std::vector<std::uint64_t> SequenceRows::passed() const {
  std::vector<std::uint64_t> passed(node_.steps.size());
  for (const SequencedRow& row : rows_) {
    for (std::size_t i = 0; i < passed.size(); ++i) passed[i] += row.steps[i].holds;
  }
  return passed;
}

std::vector<SequencedRow> SequenceRows::by_time() const {
  std::vector<SequencedRow> sorted = rows_;
  std::ranges::sort(sorted, {}, [](const SequencedRow& row) { return std::tuple(row.time, row.row); });
  return sorted;
}

std::vector<RowId> SequenceRows::find(const std::vector<SequencedRow>& rows, Meets meets) const {
  for (auto first = rows.begin(); first != rows.end(); ++first) {
    std::vector<RowId> chain;
    std::int64_t before = 0;
    for (auto row = first; row != rows.end() && is_within_limit(first->time, row->time); ++row) {
      const bool is_later = row == first || (!chain.empty() && row->time > before);
      if (!is_later || row->by != first->by || !meets(row->steps[chain.size()])) continue;
      chain.push_back(row->row);
      before = row->time;
      if (chain.size() == node_.steps.size()) return chain;
    }
  }
  return {};
}

// A limit in months that ends behind the last day of the calendar does not limit.
bool SequenceRows::is_within_limit(std::int64_t first, std::int64_t last) const {
  if (node_.limit_kind == Kind::kSpan) return last - first <= node_.limit;
  if (node_.limit_kind == Kind::kDays) return day_of(last) - day_of(first) <= node_.limit;
  const KnownInt end = add_months_to_date(day_of(first), node_.limit);
  return end.known ? day_of(last) <= end.value : node_.limit > 0;
}

std::int64_t SequenceRows::day_of(std::int64_t time) const { return time_kind_ == Kind::kDate ? time : local_day_of(zone_, time); }

}  // namespace segue
