// Kernels over rows. Rows whose operands are not known hold zero, which is a value of every type, so every kernel may compute all rows.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "compiler/codegen/kernels.h"
#include "stdlib/exact_sum.h"
#include "stdlib/number.h"
#include "stdlib/text.h"

namespace segue {

namespace {

double as_float(std::int64_t bits) { return std::bit_cast<double>(bits); }
std::int64_t as_bits(double value) { return std::bit_cast<std::int64_t>(value); }

bool is_set(const std::uint64_t* bits, std::size_t row) { return ((bits[row / 64] >> (row % 64)) & 1) != 0; }

// Writes test(row) and known, word by word. The words of `known` are read before those of `out` are written.
template <typename Test>
void write_bits(const MapCall& call, const std::uint64_t* known, Test&& test) {
  for (std::size_t word = 0; word * 64 < call.rows; ++word) {
    const std::uint64_t mask = known == nullptr ? ~std::uint64_t{0} : known[word];
    std::uint64_t bits = 0;
    if (mask != 0) {
      for (std::size_t i = 0; i < 64; ++i) bits |= std::uint64_t{test(word * 64 + i)} << i;
    }
    call.out_bits[word] = bits & mask;
  }
}

// The same where a test is dear: only rows that are known are tested.
template <typename Test>
void write_known_bits(const MapCall& call, Test&& test) {
  for (std::size_t word = 0; word * 64 < call.rows; ++word) {
    std::uint64_t bits = 0;
    for (std::uint64_t rest = call.bits[0][word]; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      bits |= std::uint64_t{test(word * 64 + i)} << i;
    }
    call.out_bits[word] = bits;
  }
}

const std::int64_t* operand(const MapCall& call, std::size_t i) { return i < call.values.size() ? call.values[i] : nullptr; }

void call_builtin(const MapCall& call, std::int64_t* out, std::uint64_t* known) {
  const auto& data = *static_cast<const BuiltinData*>(call.data);
  std::memcpy(known, call.bits[0], call.rows / 8);
  data.kernel({data.time->clock, data.left_scale, data.right_scale}, operand(call, 0), operand(call, 1), out, known, call.rows);
}

}  // namespace

void map_builtin(const MapCall& call) {
  std::uint64_t known[kBlockWords];
  call_builtin(call, call.out, known);
  if (call.out_bits != nullptr) std::memcpy(call.out_bits, known, call.rows / 8);
}

void test_builtin(const MapCall& call) {
  std::uint64_t known[kBlockWords];
  std::int64_t out[kBlockRows];
  call_builtin(call, out, known);
  write_bits(call, known, [&](std::size_t row) { return out[row] != 0; });
}

void map_to_float(const MapCall& call) {
  const int scale = static_cast<const ScaleData*>(call.data)->from;
  for (std::size_t row = 0; row < call.rows; ++row) call.out[row] = as_bits(nearest_float(call.values[0][row], scale));
}

void map_rescale(const MapCall& call) {
  const auto& scale = *static_cast<const ScaleData*>(call.data);
  std::uint64_t known[kBlockWords] = {};
  for (std::size_t row = 0; row < call.rows; ++row) {
    const KnownInt result = is_set(call.bits[0], row) ? rescale_decimal(call.values[0][row], scale.from, scale.to) : kMissingInt;
    call.out[row] = result.value;
    known[row / 64] |= std::uint64_t{result.known} << (row % 64);
  }
  if (call.out_bits != nullptr) std::memcpy(call.out_bits, known, call.rows / 8);
}

void map_select(const MapCall& call) {
  const std::int64_t offset = *static_cast<const std::int64_t*>(call.data);
  for (std::size_t row = 0; row < call.rows; ++row)
    call.out[row] = is_set(call.bits[0], row) ? call.values[0][row] : call.values[1][row] + offset;
}

void map_bit(const MapCall& call) {
  for (std::size_t row = 0; row < call.rows; ++row) call.out[row] = is_set(call.bits[0], row) ? 1 : 0;
}

void test_codes(const MapCall& call) {
  const std::uint8_t* table = static_cast<const std::vector<std::uint8_t>*>(call.data)->data();
  write_bits(call, call.bits[0], [&](std::size_t row) { return table[call.values[0][row]] != 0; });
}

void map_codes(const MapCall& call) {
  const std::int64_t* table = static_cast<const std::vector<std::int64_t>*>(call.data)->data();
  for (std::size_t row = 0; row < call.rows; ++row) call.out[row] = table[call.values[0][row]];
}

void test_ranges(const MapCall& call) {
  const auto& ranges = *static_cast<const std::vector<IntRange>*>(call.data);
  write_bits(call, call.bits[0], [&](std::size_t row) {
    const std::int64_t value = call.values[0][row];
    const auto at = std::upper_bound(ranges.begin(), ranges.end(), value,
                                     [](std::int64_t wanted, const IntRange& range) { return wanted < range.low; });
    return at != ranges.begin() && value <= std::prev(at)->high;
  });
}

void test_float_ranges(const MapCall& call) {
  const auto& ranges = *static_cast<const std::vector<FloatRange>*>(call.data);
  write_bits(call, call.bits[0], [&](std::size_t row) {
    const double value = as_float(call.values[0][row]);
    return std::any_of(ranges.begin(), ranges.end(), [&](const FloatRange& range) { return range.low <= value && value <= range.high; });
  });
}

void test_lists(const MapCall& call) {
  const auto& test = *static_cast<const ListTest*>(call.data);
  write_known_bits(call, [&](std::size_t row) { return holds(test, static_cast<std::size_t>(call.values[0][row])); });
}

void test_text_pairs(const MapCall& call) {
  const auto& data = *static_cast<const TextPairData*>(call.data);
  std::string left_folded, right_folded;
  write_known_bits(call, [&](std::size_t row) {
    std::string_view left = data.left.at(static_cast<std::size_t>(call.values[0][row])),
                     right = data.right.at(static_cast<std::size_t>(call.values[1][row]));
    if (data.folded) {
      fold_into(left, left_folded), fold_into(right, right_folded);
      left = left_folded, right = right_folded;
    }
    switch (data.op) {
      case TextOp::kContains: return contains(left, right);
      case TextOp::kStartsWith: return starts_with(left, right);
      case TextOp::kEndsWith: return ends_with(left, right);
    }
    return false;
  });
}

// ── references ──

namespace {

RowId target(const ReferenceData& data, std::int64_t row) {
  return static_cast<std::size_t>(row) < data.targets.size() ? data.targets[static_cast<std::size_t>(row)] : kNoRow;
}

bool is_known(const ReferenceData& data, std::int64_t row) {
  const RowId to = target(data, row);
  return to != kNoRow && data.column->is_known(to);
}

std::int64_t cell(const Column& column, RowId row) {
  switch (column.storage) {
    case Storage::kFloat64: return as_bits(column.float_at(row));
    case Storage::kCodes: return column.code_at(row);
    case Storage::kLists: return row;
    default: return column.int_at(row);
  }
}

}  // namespace

void map_reference(const MapCall& call) {
  const auto& data = *static_cast<const ReferenceData*>(call.data);
  for (std::size_t row = 0; row < call.rows; ++row) {
    const std::int64_t from = call.values[0][row];
    call.out[row] = is_known(data, from) ? cell(*data.column, target(data, from)) : 0;
  }
}

void test_reference(const MapCall& call) {
  const auto& data = *static_cast<const ReferenceData*>(call.data);
  write_bits(call, nullptr, [&](std::size_t row) {
    const std::int64_t from = call.values[0][row];
    return is_known(data, from) && data.column->bool_at(target(data, from));
  });
}

void test_reference_known(const MapCall& call) {
  const auto& data = *static_cast<const ReferenceData*>(call.data);
  write_bits(call, nullptr, [&](std::size_t row) { return is_known(data, call.values[0][row]); });
}

// ── scores ──

namespace {

void add_term(ExactSum& sum, const ScoreData::Term& term, std::int64_t value) {
  if (term.is_float) return sum.add(term.is_negative ? -as_float(value) : as_float(value));
  if (!term.is_negative) return sum.add_exact(value, term.scale);
  // -n in two steps, since the opposite of the least int is no int: ~n is -n - 1
  sum.add_exact(~value, term.scale);
  sum.add_exact(1, term.scale);
}

// Adds a term where two doubles can hold the sum; false where they may not.
bool add_quickly(PairSum& sum, const ScoreData::Term& term, std::int64_t value) {
  constexpr std::int64_t kMostExact = std::int64_t{1} << 53;
  if (!term.is_float && (term.scale != 0 || value > kMostExact || value < -kMostExact)) return false;
  const double number = term.is_float ? as_float(value) : static_cast<double>(value);
  return sum.add(term.is_negative ? -number : number);
}

double quick_score(const MapCall& call, const ScoreData& data, std::size_t row, bool& is_exact) {
  PairSum sum;
  for (std::size_t i = 0; i < data.terms.size() && is_exact; ++i) {
    if (is_set(call.bits[i], row)) is_exact = add_quickly(sum, data.terms[i], call.values[i][row]);
  }
  return sum.total();
}

double exact_score(const MapCall& call, const ScoreData& data, std::size_t row) {
  ExactSum sum;
  for (std::size_t i = 0; i < data.terms.size(); ++i) {
    if (is_set(call.bits[i], row)) add_term(sum, data.terms[i], call.values[i][row]);
  }
  return sum.total().value;
}

// Of one term that is a float nothing is rounded; zero is positive, as a sum's is.
void map_lone_term(const MapCall& call, bool is_negative) {
  const auto sign = static_cast<std::uint64_t>(is_negative ? std::numeric_limits<std::int64_t>::min() : 0);
  for (std::size_t row = 0; row < call.rows; ++row) {
    const std::uint64_t counts = -(call.bits[0][row / 64] >> (row % 64) & 1);
    const std::uint64_t bits = (static_cast<std::uint64_t>(call.values[0][row]) ^ sign) & counts;
    call.out[row] = as_bits(std::bit_cast<double>(bits) + 0.0);
  }
}

}  // namespace

void map_score(const MapCall& call) {
  const auto& data = *static_cast<const ScoreData*>(call.data);
  if (data.terms.size() == 1 && data.terms.front().is_float && !data.range) return map_lone_term(call, data.terms.front().is_negative);
  for (std::size_t row = 0; row < call.rows; ++row) {
    bool is_exact = true;
    double score = quick_score(call, data, row, is_exact);
    if (!is_exact) score = exact_score(call, data, row);
    if (data.range) score = std::min(std::max(score, data.range->first), data.range->second);
    call.out[row] = as_bits(score);
  }
}

}  // namespace segue
