// Exact sums and averages over groups of rows.
#include <bit>

#include "compiler/codegen/kernels.h"
#include "runtime/bits.h"
#include "stdlib/exact_sum.h"
#include "stdlib/number.h"
#include "stdlib/text.h"

namespace segue {

namespace {

// The values of a group's rows that count, one call each.
template <typename OnValue>
void for_each_value(const ReduceCall& call, std::size_t group, OnValue&& on_value) {
  for_each_set_bit(call.filter, call.offsets[group], call.offsets[group + 1], [&](std::size_t row) { on_value(call.values[0][row]); });
}

void write(const ReduceCall& call, std::size_t group, std::int64_t value, bool known) {
  call.out[group] = known ? value : 0;
  call.out_bits[group / 64] |= std::uint64_t{known} << (group % 64);
}
void write(const ReduceCall& call, std::size_t group, KnownInt value) { write(call, group, value.value, value.known); }
void write(const ReduceCall& call, std::size_t group, KnownFloat value) {
  write(call, group, std::bit_cast<std::int64_t>(value.value), value.known);
}

struct ExactGroup {
  Int128 sum = 0;
  std::int64_t count = 0;
};

ExactGroup add_exact(const ReduceCall& call, std::size_t group) {
  ExactGroup result;
  for_each_value(call, group, [&](std::int64_t value) {
    result.sum += value;
    ++result.count;
  });
  return result;
}

KnownFloat float_sum(const ReduceCall& call, std::size_t group) {
  ExactSum sum;
  for_each_value(call, group, [&](std::int64_t value) { sum.add(std::bit_cast<double>(value)); });
  return sum.total();
}

}  // namespace

void reduce_sum_int(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) write(call, group, int_from_wide(add_exact(call, group).sum));
}

void reduce_sum_decimal(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) write(call, group, decimal_from_wide(add_exact(call, group).sum));
}

void reduce_sum_float(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) {
    PairSum quick;
    bool is_exact = true;
    for_each_value(call, group, [&](std::int64_t value) { is_exact &= quick.add(std::bit_cast<double>(value)); });
    write(call, group, is_exact ? KnownFloat{quick.total(), true} : float_sum(call, group));
  }
}

void reduce_average_exact(const ReduceCall& call) {
  const int scale = *static_cast<const int*>(call.data);
  for (std::size_t group = call.begin; group < call.end; ++group) {
    const ExactGroup rows = add_exact(call, group);
    write(call, group, average_exact(rows.sum, scale, rows.count));
  }
}

void reduce_average_float(const ReduceCall& call) {
  for (std::size_t group = call.begin; group < call.end; ++group) {
    ExactSum sum;
    std::int64_t count = 0;
    for_each_value(call, group, [&](std::int64_t value) {
      sum.add(std::bit_cast<double>(value));
      ++count;
    });
    write(call, group, sum.average(count));
  }
}

int compare_codes(const void* data, std::int64_t a, std::int64_t b) {
  const auto& order = *static_cast<const TextOrder*>(data);
  const std::string_view left = order.domain.at(static_cast<std::size_t>(a)), right = order.domain.at(static_cast<std::size_t>(b));
  if (order.folded) {
    if (const int folded = compare_text(fold(left), fold(right)); folded != 0) return folded;
  }
  return compare_text(left, right);
}

}  // namespace segue
