// Sequences: the times of the few rows that meet a step are listed once for all sequences that name it. For each time of a step the last beginning that can lead
// to it is looked for among those of the step before, so that nothing is sorted.
#include <algorithm>
#include <array>
#include <limits>

#include "compiler/codegen/kernels.h"

namespace segue {

namespace {

constexpr std::int64_t kNoBeginning = std::numeric_limits<std::int64_t>::min();

// The times of a group's rows that meet a step.
struct StepTimes {
  static constexpr std::size_t kMost = 16;  // of more they are sorted
  std::size_t count = 0;                    // kMost + 1 for more
  std::array<std::int64_t, kMost> times{};
};

class SequenceSearch {
 public:
  explicit SequenceSearch(const GroupsCall& call)
      : call_(call),
        data_(*static_cast<const SequencesData*>(call.data)),
        listed_(call.bits.size()),
        listed_for_(call.bits.size(), kNoGroup) {}

  void search(std::size_t group) {
    group_ = group;
    begin_ = call_.offsets[group], end_ = call_.offsets[group + 1];
    if (begin_ == end_) return;
    for (const SequencesData::Way& way : data_.ways) {
      if (!search_listed(way)) search_sorted(way);
    }
  }

 private:
  static constexpr std::size_t kNoGroup = ~std::size_t{0};

  // False where `by` keeps rows apart, or a step has too many.
  bool search_listed(const SequencesData::Way& way) {
    if (data_.has_by) return false;
    std::array<std::int64_t, StepTimes::kMost> begun, before;
    const StepTimes* last = &times_of(way.steps[0]);
    if (last->count > StepTimes::kMost) return false;
    std::copy_n(last->times.begin(), last->count, begun.begin());
    for (std::size_t step = 1; step < way.steps.size() && last->count != 0; ++step) {
      const StepTimes& next = times_of(way.steps[step]);
      if (next.count > StepTimes::kMost) return false;
      before = begun;
      for (std::size_t i = 0; i < next.count; ++i) begun[i] = last_beginning(*last, before, next.times[i]);
      last = &next;
    }
    for_each_found(way, begun, *last);
    return true;
  }

  const StepTimes& times_of(std::uint32_t bits) {
    StepTimes& list = listed_[bits];
    if (listed_for_[bits] == group_) return list;
    listed_for_[bits] = group_;
    list.count = 0;
    for (std::size_t at = begin_ / 64; at * 64 < end_; ++at) {
      for (std::uint64_t rows = rows_of_word(call_.bits[bits].word(at), at, begin_, end_); rows != 0; rows &= rows - 1) {
        if (list.count >= StepTimes::kMost) return list.count = StepTimes::kMost + 1, list;
        list.times[list.count++] = call_.values[0][at * 64 + static_cast<std::size_t>(std::countr_zero(rows))];
      }
    }
    return list;
  }

  static std::int64_t last_beginning(const StepTimes& list, const std::array<std::int64_t, StepTimes::kMost>& begun, std::int64_t time) {
    std::int64_t last = kNoBeginning;
    for (std::size_t i = 0; i < list.count; ++i) last = std::max(last, list.times[i] < time ? begun[i] : kNoBeginning);
    return last;
  }

  void for_each_found(const SequencesData::Way& way, const std::array<std::int64_t, StepTimes::kMost>& begun, const StepTimes& ends) {
    std::uint64_t shortest = ~std::uint64_t{0};
    for (std::size_t i = 0; i < ends.count; ++i) {
      const std::uint64_t span = static_cast<std::uint64_t>(ends.times[i]) - static_cast<std::uint64_t>(begun[i]);
      if (begun[i] != kNoBeginning) shortest = std::min(shortest, span);
    }
    if (shortest == ~std::uint64_t{0}) return;
    for (const SequencesData::Asked& asked : way.spans)
      set(asked.out, asked.limit.amount >= 0 && shortest <= static_cast<std::uint64_t>(asked.limit.amount));
    for (const SequencesData::Asked& asked : way.calendar) {
      for (std::size_t i = 0; i < ends.count; ++i) set(asked.out, begun[i] != kNoBeginning && is_within(asked, begun[i], ends.times[i]));
    }
  }

  void search_sorted(const SequencesData::Way& way) {
    if (!has_all_steps(way)) return;
    collect_rows(way);
    const auto meets = [&](std::size_t row, std::size_t step) { return call_.bits[way.steps[step]].test(row); };
    const auto on_found = [&](std::int64_t first, std::int64_t last) {
      std::size_t open = 0;
      for (const std::vector<SequencesData::Asked>* limits : {&way.spans, &way.calendar}) {
        for (const SequencesData::Asked& asked : *limits) {
          if (!is_set(asked.out)) set(asked.out, is_within(asked, first, last));
          open += is_set(asked.out) ? 0 : 1;
        }
      }
      return open == 0;
    };
    static_cast<void>(find_sequences(rows_, way.steps.size(), meets, on_found));
  }

  [[nodiscard]] bool has_all_steps(const SequencesData::Way& way) const {
    return std::ranges::all_of(way.steps, [&](std::uint32_t step) {
      for (std::size_t at = begin_ / 64; at * 64 < end_; ++at) {
        if (rows_of_word(call_.bits[step].word(at), at, begin_, end_) != 0) return true;
      }
      return false;
    });
  }

  // The rows that meet some step, in the order of their values of `by` and their times.
  void collect_rows(const SequencesData::Way& way) {
    rows_.clear();
    for (std::size_t at = begin_ / 64; at * 64 < end_; ++at) {
      std::uint64_t met = 0;
      for (const std::uint32_t step : way.steps) met |= call_.bits[step].word(at);
      for (met = rows_of_word(met, at, begin_, end_); met != 0; met &= met - 1)
        add_row(at * 64 + static_cast<std::size_t>(std::countr_zero(met)));
    }
    if (!std::is_sorted(rows_.begin(), rows_.end())) std::sort(rows_.begin(), rows_.end());
  }

  void add_row(std::size_t row) {
    std::uint64_t by = data_.has_by ? static_cast<std::uint64_t>(call_.values[1][row]) : 0;
    if (data_.is_by_float && by == std::uint64_t{1} << 63) by = 0;  // -0.0 equals 0.0
    rows_.push_back({by, call_.values[0][row], row});
  }

  [[nodiscard]] bool is_within(const SequencesData::Asked& asked, std::int64_t first, std::int64_t last) const {
    return within_limit(asked.limit, first, last, *data_.time->clock.zone);
  }
  [[nodiscard]] bool is_set(std::uint32_t out) const { return ((call_.out_bits[out][group_ / 64] >> (group_ % 64)) & 1) != 0; }
  void set(std::uint32_t out, bool is_found) const { call_.out_bits[out][group_ / 64] |= std::uint64_t{is_found} << (group_ % 64); }

  const GroupsCall& call_;
  const SequencesData& data_;
  std::size_t group_ = 0, begin_ = 0, end_ = 0;
  std::vector<StepTimes> listed_;        // by bits
  std::vector<std::size_t> listed_for_;  // by bits: the group whose rows are listed
  std::vector<SequenceRow> rows_;
};

}  // namespace

void SequencesData::add(const std::vector<std::uint32_t>& steps, const SequenceLimit& limit, std::uint32_t out) {
  const auto [at, is_new] = way_by_steps_.emplace(steps, ways.size());
  if (is_new) ways.push_back({steps, {}, {}});
  Way& way = ways[at->second];
  (limit.kind == Kind::kSpan ? way.spans : way.calendar).push_back({limit, out});
}

void test_sequences(const GroupsCall& call) {
  SequenceSearch search(call);
  for (std::size_t group = call.begin; group < call.end; ++group) search.search(group);
}

}  // namespace segue
