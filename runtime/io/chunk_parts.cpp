// Rows wait in builders, one a part and column, and go to disk together.
#include "runtime/io/chunk_parts.h"

#include <algorithm>
#include <numeric>

namespace segue::io {

std::vector<FinishedSlot> empty_slots(const ReadPlan& plan) {
  TableData data;
  data.slots.resize(plan.slots.size());
  std::vector<FinishedSlot> slots;
  for (std::size_t slot = 0; slot < plan.slots.size(); ++slot) slots.push_back(finish_slot(data, plan, slot));
  return slots;
}

void PartIndex::add(const Column& keys, std::size_t begin, std::size_t end, std::uint32_t part) {
  if (begin < end && has_text_ && first_texts_.size() == part) first_texts_.emplace_back(keys.text_at(begin));
  if (begin < end && !has_text_ && first_numbers_.size() == part)
    first_numbers_.push_back(keys.storage == Storage::kBits ? std::int64_t{keys.bool_at(begin)} : keys.int_at(begin));
  for (std::size_t row = begin; row < end; ++row) marks_.emplace_back(mark_of(keys, row), part);
}

void PartIndex::finish(bool by_first_keys) {
  if (by_first_keys) {
    marks_ = {};
    return;
  }
  first_numbers_.clear();
  first_texts_.clear();
  std::ranges::sort(marks_);
}

bool PartIndex::find(const Column& column, std::size_t row, std::vector<std::uint32_t>& parts) const {
  const auto add_before = [&](const auto& firsts, const auto& key) {
    const auto after = std::ranges::upper_bound(firsts, key);
    if (after == firsts.begin()) return false;
    parts.push_back(static_cast<std::uint32_t>(after - firsts.begin() - 1));
    return true;
  };
  if (!first_texts_.empty()) return column.storage == Storage::kCodes && add_before(first_texts_, column.text_at(row));
  if (!first_numbers_.empty()) {
    if (column.storage == Storage::kCodes) return false;
    return add_before(first_numbers_, column.storage == Storage::kBits ? std::int64_t{column.bool_at(row)} : column.int_at(row));
  }
  const Mark mark = mark_of(column, row);
  auto at = std::ranges::lower_bound(marks_, std::pair(mark, std::uint32_t{0}));
  bool is_there = false;
  for (; at != marks_.end() && at->first == mark; ++at) {
    is_there = true;
    if (at->second != kNoPart) parts.push_back(at->second);
  }
  return is_there;
}

std::size_t PartedTable::Part::bytes() const {
  std::size_t total = numbers.capacity() * sizeof(RowId);
  for (const ColumnBuilder& builder : pending) total += builder.bytes();
  return total;
}

std::expected<void, LoadError> PartedTable::add(std::uint32_t part_number, const std::vector<FinishedSlot>& slots,
                                                std::span<const RowId> rows, std::uint64_t first_row, const std::vector<RowId>& numbers) {
  if (parts_.size() <= part_number) parts_.resize(part_number + 1);
  Part& part = parts_[part_number];
  part.pending.resize(slots.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) part.pending[slot].append(slots[slot].column, rows);
  for (const RowId row : rows) part.numbers.push_back(static_cast<RowId>(first_row + numbers[row]));
  part.rows += rows.size();
  return {};
}

std::expected<void, LoadError> PartedTable::write(Part& part) {
  if (part.numbers.empty()) return {};
  SpilledRows rows{.columns = {}, .numbers = std::move(part.numbers)};
  for (ColumnBuilder& builder : part.pending) rows.columns.push_back(builder.finish());
  part.numbers = {};
  part.pending.clear();
  const auto extent = file_.write(rows);
  if (!extent) return std::unexpected(extent.error());
  part.extents.push_back(*extent);
  part.written += extent->bytes;
  return {};
}

// The largest first, so that what is written is not in small pieces.
std::expected<void, LoadError> PartedTable::keep_below(std::size_t bytes) {
  std::size_t total = 0;
  for (const Part& part : parts_) total += part.bytes();
  if (total <= bytes) return {};
  std::vector<std::size_t> order(parts_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::ranges::greater{}, [&](std::size_t part) { return parts_[part].bytes(); });
  for (const std::size_t part : order) {
    if (total <= bytes / 2) break;
    total -= parts_[part].bytes();
    if (auto written = write(parts_[part]); !written) return written;
  }
  return {};
}

std::expected<std::vector<FinishedSlot>, LoadError> PartedTable::read(std::uint32_t begin, std::uint32_t end,
                                                                      std::vector<RowId>& numbers) const {
  std::vector<ColumnBuilder> builders(plan_.slots.size());
  for (std::size_t part = begin; part < std::min<std::size_t>(end, parts_.size()); ++part) {
    for (const Extent& extent : parts_[part].extents) {
      const auto rows = file_.read(extent);
      if (!rows) return std::unexpected(rows.error());
      for (std::size_t slot = 0; slot < builders.size(); ++slot) builders[slot].append(rows->columns[slot], 0, rows->numbers.size());
      numbers.insert(numbers.end(), rows->numbers.begin(), rows->numbers.end());
    }
  }
  if (numbers.empty()) return empty_slots(plan_);
  std::vector<FinishedSlot> slots;
  for (ColumnBuilder& builder : builders) slots.push_back({builder.finish(), {}});
  return slots;
}

}  // namespace segue::io
