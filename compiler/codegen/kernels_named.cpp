// Kernels of constructs that give one of several named values, and of places.
#include <algorithm>
#include <bit>
#include <cstring>

#include "compiler/codegen/kernels.h"
#include "runtime/bits.h"
#include "stdlib/print_value.h"
#include "stdlib/split.h"

namespace segue {

// Word by word: a condition that is set for rows that no earlier one took takes them.
void map_first_of(const MapCall& call) {
  const auto& data = *static_cast<const FirstOfData*>(call.data);
  std::fill(call.out, call.out + call.rows, data.otherwise);
  for (std::size_t word = 0; word * 64 < call.rows; ++word) {
    std::uint64_t left = ~std::uint64_t{0};
    for (std::size_t i = 0; i < data.codes.size() && left != 0; ++i) {
      for (std::uint64_t taken = call.bits[i][word] & left; taken != 0; taken &= taken - 1)
        call.out[word * 64 + static_cast<std::size_t>(std::countr_zero(taken))] = data.codes[i];
      left &= ~call.bits[i][word];
    }
  }
}

void map_cell(const MapCall& call) {
  const auto& offsets = *static_cast<const CellOffsets*>(call.data);
  std::uint64_t known[kBlockWords] = {};
  std::memcpy(known, call.bits[0], call.rows / 8);
  std::fill(call.out, call.out + call.rows, 0);
  for_each_set_bit(call.bits[0], 0, call.rows, [&](std::size_t row) {
    std::int64_t cell = 0;
    for (std::size_t axis = 0; axis < offsets.size() && cell >= 0; ++axis) {
      const std::int64_t offset = offsets[axis][static_cast<std::size_t>(call.values[axis][row])];
      cell = offset < 0 ? -1 : cell + offset;
    }
    if (cell < 0) known[row / 64] &= ~(std::uint64_t{1} << (row % 64));
    call.out[row] = std::max<std::int64_t>(cell, 0);
  });
  if (call.out_bits != nullptr) std::memcpy(call.out_bits, known, call.rows / 8);
}

// ── splits ──

namespace {

// A key as outputs print it.
std::string key_text(const SplitData& data, std::int64_t key) {
  switch (data.key.kind) {
    case Kind::kText: return std::string(data.texts.at(static_cast<std::size_t>(key)));
    case Kind::kDecimal: return print_decimal(key, data.key.scale);
    case Kind::kFloat: return print_float(std::bit_cast<double>(key));
    case Kind::kDate: return print_date(key);
    case Kind::kTimestamp: return print_timestamp_utc(key);
    default: return print_int(key);
  }
}

}  // namespace

void map_split(const MapCall& call) {
  const auto& data = *static_cast<const SplitData*>(call.data);
  std::fill(call.out, call.out + call.rows, 0);
  for_each_set_bit(call.bits[0], 0, call.rows, [&](std::size_t row) {
    const std::uint64_t hash = split_hash(data.seed, key_text(data, call.values[0][row]));
    call.out[row] = std::upper_bound(data.upper.begin(), data.upper.end(), hash) - data.upper.begin();
  });
}

// ── places ──

void test_near(const MapCall& call) {
  const auto& circle = *static_cast<const NearCircle*>(call.data);
  std::fill(call.out_bits, call.out_bits + (call.rows + 63) / 64, 0);
  for_each_set_bit(call.bits[0], 0, call.rows, [&](std::size_t row) {
    const bool near = is_near(std::bit_cast<double>(call.values[0][row]), std::bit_cast<double>(call.values[1][row]), circle);
    call.out_bits[row / 64] |= std::uint64_t{near} << (row % 64);
  });
}

}  // namespace segue
