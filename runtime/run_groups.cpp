// Operands of reductions over groups as they lie in a batch, and their results.
#include "runtime/run_groups.h"

#include <algorithm>
#include <array>

namespace segue {

namespace {

constexpr auto kNoRows = [] {
  std::array<std::uint64_t, kBlockWords> line{};
  return line;
}();
constexpr auto kAllRows = [] {
  std::array<std::uint64_t, kBlockWords> line{};
  line.fill(~std::uint64_t{0});
  return line;
}();

// Bits as they lie; in `copy` where they are inverted.
BitLines lines_of(FrameState& frame, BitRef bit, std::vector<std::uint64_t>& copy) {
  if (bit.slot == kNoSlot) return {bit.is_inverted ? kAllRows.data() : kNoRows.data(), 0};
  if (!bit.is_inverted) return {frame.rows == 0 ? nullptr : frame.bit_block(bit.slot, 0), frame.layout->bit_slots * kBlockWords};
  copy_bits(frame, bit, copy);
  return {copy.data(), kBlockWords};
}

// Values as they lie; in `copy` where they are no array.
RowValues values_of(const Batch& batch, FrameState& frame, const ValueRef& value, std::vector<std::int64_t>& copy) {
  if (value.source == ValueSource::kSlot) return {frame.value_slot(value.index), Storage::kInt64};
  if (value.source == ValueSource::kColumn) return {frame.pointers[value.index], value.storage};
  copy.resize(frame.blocks() * kBlockRows);
  for (std::size_t begin = 0; begin < frame.rows; begin += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, frame.words() * 64 - begin);
    const std::int64_t* values = load_values(batch, frame, value, begin, rows, copy.data() + begin);
    if (values != copy.data() + begin) std::copy_n(values, rows, copy.data() + begin);
  }
  return {copy.data(), Storage::kInt64};
}

}  // namespace

void run_groups(Batch& batch, const GroupsStep& step) {
  const RowSpan& span = batch.program.spans[step.span];
  FrameState& rows = batch.frames[span.rows];
  FrameState& to = batch.frames[span.to];
  std::vector<BitLines> bits;
  std::vector<std::vector<std::uint64_t>> copied_bits(step.bits.size()), out_bits(step.out_bits.size());
  for (std::size_t i = 0; i < step.bits.size(); ++i) bits.push_back(lines_of(rows, step.bits[i], copied_bits[i]));
  std::vector<RowValues> values;
  std::vector<std::vector<std::int64_t>> copied_values(step.values.size());
  for (std::size_t i = 0; i < step.values.size(); ++i) values.push_back(values_of(batch, rows, step.values[i], copied_values[i]));
  std::vector<std::int64_t*> out;
  for (const std::uint32_t slot : step.out_values) out.push_back(to.value_slot(slot));
  std::vector<std::uint64_t*> bits_out;
  for (std::vector<std::uint64_t>& words : out_bits) {
    words.assign((to.blocks() + 1) * kBlockWords, 0);
    bits_out.push_back(words.data());
  }
  step.kernel({.offsets = span_offsets(batch, step.span).data(),
               .begin = to.lead,
               .end = to.rows,
               .bits = bits,
               .values = values,
               .out = out,
               .out_bits = bits_out,
               .data = step.data.get()});
  // Rows that nobody asks for hold zero, which is a value of every type.
  for (std::int64_t* values_out : out) {
    std::fill(values_out, values_out + std::min(to.lead, to.rows), 0);
    std::fill(values_out + to.rows, values_out + to.words() * 64, 0);
  }
  for (std::size_t i = 0; i < out_bits.size(); ++i) store_bits(to, step.out_bits[i], out_bits[i]);
}

}  // namespace segue
