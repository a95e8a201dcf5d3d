// Selection and ranking over whole tables.
#include "runtime/population.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "runtime/float_order.h"

namespace segue {

namespace {

struct Ranked {
  std::int64_t value = 0;
  RowId row = 0;
};

// Integers that stand in the order of the values; -0.0 is 0.0.
std::int64_t order_key(std::int64_t bits, bool is_float) { return is_float ? ordered_float(std::bit_cast<double>(bits)) : bits; }

template <typename OnRow>
void for_each_row(const Bitmap& rows, OnRow&& on_row) {
  for (std::size_t word = 0; word < rows.word_count(); ++word) {
    for (std::uint64_t bits = rows.words()[word]; bits != 0; bits &= bits - 1)
      on_row(static_cast<RowId>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
  }
}

// UTF-8 has the order of code points byte by byte.
bool has_lesser_key(const Column& key, RowId a, RowId b) {
  switch (key.storage) {
    case Storage::kCodes: return key.text_at(a) < key.text_at(b);
    case Storage::kFloat64: return key.float_at(a) < key.float_at(b);
    case Storage::kBits: return !key.bool_at(a) && key.bool_at(b);
    default: return key.int_at(a) < key.int_at(b);
  }
}

// Of `rows` those `count` with the least keys.
void take_least_keys(std::vector<RowId> rows, std::size_t count, const Column& key, Bitmap& out) {
  if (count < rows.size()) {
    std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                     [&](RowId a, RowId b) { return has_lesser_key(key, a, b); });
  }
  for (std::size_t i = 0; i < count; ++i) out.set(rows[i]);
}

// Of `ranked`, more than `count`, those with the greatest values.
void take_greatest(std::vector<Ranked> ranked, std::size_t count, const Column& key, Bitmap& out) {
  if (count == 0) return;
  std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count - 1), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.value > b.value; });
  const std::int64_t last = ranked[count - 1].value;
  std::vector<RowId> tied;
  for (const Ranked& candidate : ranked) {
    if (candidate.value > last) out.set(candidate.row), --count;
    if (candidate.value == last) tied.push_back(candidate.row);
  }
  take_least_keys(std::move(tied), count, key, out);
}

}  // namespace

std::size_t top_count(std::size_t candidates, std::optional<std::int64_t> count, std::int64_t share, std::uint8_t share_scale) {
  if (count) return *count <= 0 ? 0 : std::min(candidates, static_cast<std::size_t>(*count));
  if (share <= 0) return 0;
  __extension__ using Wide = unsigned __int128;
  Wide unit = 1;
  for (int i = 0; i < share_scale; ++i) unit *= 10;
  const Wide taken = (Wide{candidates} * static_cast<std::uint64_t>(share) + unit - 1) / unit;
  return taken < candidates ? static_cast<std::size_t>(taken) : candidates;
}

Bitmap top_rows(const Bitmap& candidates, const RankedValues& by, std::size_t count, const Column& key) {
  std::vector<Ranked> ranked;
  std::vector<RowId> without;
  for_each_row(candidates, [&](RowId row) {
    if (by.known.test(row)) {
      ranked.push_back({order_key(by.values[row], by.is_float), row});
    } else {
      without.push_back(row);
    }
  });
  if (count >= ranked.size() + without.size()) return candidates;
  Bitmap top(candidates.size());
  if (count < ranked.size()) {
    take_greatest(std::move(ranked), count, key, top);
    return top;
  }
  for (const Ranked& candidate : ranked) top.set(candidate.row);
  take_least_keys(std::move(without), count - ranked.size(), key, top);
  return top;
}

Column percentiles(const Bitmap& among, const RankedValues& values) {
  std::vector<std::int64_t> population;
  for_each_row(among, [&](RowId row) {
    if (values.known.test(row)) population.push_back(order_key(values.values[row], values.is_float));
  });
  std::sort(population.begin(), population.end());
  const std::size_t rows = values.known.size();
  Column column;
  column.type = {.kind = Kind::kFloat, .optional = true};
  column.storage = Storage::kFloat64;
  column.rows = rows;
  column.data.resize((rows + 127) / 64 * 64 * sizeof(double));
  column.valid = population.empty() ? Bitmap(rows) : values.known;
  auto* parts = reinterpret_cast<double*>(column.data.data());
  for_each_row(column.valid, [&](RowId row) {
    const auto end = std::upper_bound(population.begin(), population.end(), order_key(values.values[row], values.is_float));
    parts[row] = static_cast<double>(end - population.begin()) / static_cast<double>(population.size());
  });
  return column;
}

Column bits_column(Bitmap bits) {
  Column column;
  column.type = {.kind = Kind::kBool};
  column.storage = Storage::kBits;
  column.rows = bits.size();
  column.bits = std::move(bits);
  return column;
}

}  // namespace segue
