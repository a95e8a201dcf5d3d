// Repeated rows and keys, and columns in their final form.
#include "runtime/io/finish.h"

#include <algorithm>
#include <bit>

#include "stdlib/print_value.h"

namespace segue::io {
namespace {

bool is_missing(const ColumnPiece& piece, std::size_t row) { return !piece.missing.empty() && piece.missing[row] != 0; }

// Calls `visit(piece, row in it, row of the table)` for all rows that are wanted.
template <typename Wanted, typename Visit>
void each_row(const TableData& data, Wanted wanted, Visit visit) {
  std::size_t row = 0;
  for (std::size_t piece = 0; piece < data.piece_rows.size(); ++piece) {
    for (std::size_t i = 0; i < data.piece_rows[piece]; ++i, ++row) {
      if (wanted(data.states[row])) visit(piece, i, row);
    }
  }
}

// ── Equal rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

std::int64_t float_bits(double value) { return std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value); }

// Appends what a value is, so that equal values append the same.
void append_value(const Slot& slot, const ColumnPiece& piece, std::size_t row, std::vector<std::int64_t>& out) {
  const bool is_unfit = std::ranges::binary_search(piece.unfit, static_cast<std::uint32_t>(row));
  out.push_back(is_unfit ? 2 : is_missing(piece, row) ? 1 : 0);
  if (out.back() != 0) return;
  const Kind kind = slot.scalar_kind();
  if (!slot.is_list()) {
    out.push_back(kind == Kind::kText ? piece.codes[row] : kind == Kind::kFloat ? float_bits(piece.floats[row]) : piece.numbers[row]);
    if (slot.is_money) out.push_back(piece.scales[row]);
    return;
  }
  const std::size_t begin = row == 0 ? 0 : piece.ends[row - 1], end = piece.ends[row];
  const std::size_t first = out.size();
  for (std::size_t i = begin; i < end; ++i) {
    const std::int64_t value = kind == Kind::kText ? piece.codes[i] : piece.numbers[i];
    out.push_back(kind == Kind::kFloat ? float_bits(std::bit_cast<double>(value)) : value);
  }
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
  out.erase(std::unique(out.begin() + static_cast<std::ptrdiff_t>(first), out.end()), out.end());
  out.push_back(static_cast<std::int64_t>(out.size() - first));
}

// The values of a row over all slots, as numbers.
class RowValues {
 public:
  RowValues(const TableData& data, const ReadPlan& plan) : data_(data), plan_(plan) {}
  const std::vector<std::int64_t>& at(std::size_t piece, std::size_t row) {
    values_.clear();
    for (std::size_t slot = 0; slot < plan_.slots.size(); ++slot)
      append_value(plan_.slots[slot], data_.slots[slot].pieces[piece], row, values_);
    return values_;
  }

 private:
  const TableData& data_;
  const ReadPlan& plan_;
  std::vector<std::int64_t> values_;
};

std::uint64_t hash_values(const std::vector<std::int64_t>& values) {
  std::uint64_t hash = values.size();
  for (const std::int64_t value : values) hash = hash_mix(hash ^ static_cast<std::uint64_t>(value), 0xe703'7ed1'a0b4'28db) + 1;
  return hash;
}

void mark_equal_rows(TableData& data, const ReadPlan& plan) {
  struct Seen {
    std::size_t piece, row;
    std::uint64_t hash;
  };
  std::vector<Seen> seen;
  HashSlots slots;
  RowValues mine(data, plan), others(data, plan);
  std::vector<RowState> states = data.states;
  each_row(
      data, [](RowState state) { return state == RowState::kGood; },
      [&](std::size_t piece, std::size_t i, std::size_t row) {
        const std::vector<std::int64_t>& values = mine.at(piece, i);
        const std::uint64_t hash = hash_values(values);
        if (slots.is_full()) slots.grow(seen.size() * 2, [&](std::int32_t code) { return seen[static_cast<std::size_t>(code)].hash; });
        const std::int32_t found = slots.find_or_insert(hash, static_cast<std::int32_t>(seen.size()), [&](std::int32_t code) {
          const Seen& other = seen[static_cast<std::size_t>(code)];
          return other.hash == hash && others.at(other.piece, other.row) == values;
        });
        if (found < 0) {
          seen.push_back({piece, i, hash});
        } else {
          states[row] = RowState::kRepeated;
        }
      });
  data.states = std::move(states);
}

// ── Repeated keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string shown_key(const Slot& slot, const SlotData& values, std::int64_t key) {
  switch (slot.spec.type.kind) {
    case Kind::kText: return printable(values.dictionary.at(key));
    case Kind::kDecimal: return print_decimal(key, slot.spec.type.scale);
    case Kind::kDate: return print_date(key);
    case Kind::kTimestamp: return print_timestamp(key, *slot.zone);
    case Kind::kEnum: return slot.spec.enum_values[static_cast<std::size_t>(key)];
    case Kind::kBool: return key != 0 ? "true" : "false";
    default: return print_int(key);
  }
}

// Whether a key was seen before.
class SeenKeys {
 public:
  bool insert(std::int64_t key) {
    if (slots_.is_full()) slots_.grow(keys_.size() * 2, [&](std::int32_t code) { return hash_int(keys_[static_cast<std::size_t>(code)]); });
    const std::int32_t found = slots_.find_or_insert(hash_int(key), static_cast<std::int32_t>(keys_.size()),
                                                     [&](std::int32_t code) { return keys_[static_cast<std::size_t>(code)] == key; });
    if (found >= 0) return false;
    keys_.push_back(key);
    return true;
  }

 private:
  std::vector<std::int64_t> keys_;
  HashSlots slots_;
};

// Of the rows of a key all but the first are bad, whatever else is wrong with them.
void mark_repeated_keys(TableData& data, const TableSpec& spec, const ReadPlan& plan) {
  const std::uint32_t slot_id = *plan.slot_of_column[*spec.key];
  const Slot& slot = plan.slots[slot_id];
  const SlotData& values = data.slots[slot_id];
  const bool is_text = slot.spec.type.kind == Kind::kText;
  Finding finding{slot_id, BadKind::kKeyRepeated, 0, {}};
  SeenKeys seen;
  std::vector<std::uint8_t> seen_codes(is_text ? values.dictionary.size() : 0);
  std::vector<RowState> states = data.states;
  each_row(
      data, [](RowState state) { return state <= RowState::kBad; },
      [&](std::size_t piece, std::size_t i, std::size_t row) {
        const ColumnPiece& column = values.pieces[piece];
        if (is_missing(column, i)) return;
        const std::int64_t key = is_text ? column.codes[i] : column.numbers[i];
        const bool is_new = is_text ? std::exchange(seen_codes[static_cast<std::size_t>(key)], 1) == 0 : seen.insert(key);
        if (is_new) return;
        states[row] = RowState::kBad;
        if (finding.count++ < kExamples) finding.examples.push_back({row, shown_key(slot, values, key)});
      });
  data.states = std::move(states);
  if (finding.count != 0) add_finding(data.findings, std::move(finding));
}

// ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

constexpr auto kIsGood = [](RowState state) { return state == RowState::kGood; };

std::size_t padded(std::size_t count) { return (count + 63) / 64 * 64 + 64; }

template <typename T>
T* make_data(Column& column, std::size_t count) {
  column.data.resize(padded(count) * sizeof(T));
  return reinterpret_cast<T*>(column.data.data());
}

void fill_validity(const TableData& data, const SlotData& slot, Column& column) {
  if (std::ranges::all_of(slot.pieces, [](const ColumnPiece& piece) { return piece.missing.empty(); })) return;
  column.valid = Bitmap(column.rows, true);
  std::size_t out = 0;
  bool has_missing = false;
  each_row(data, kIsGood, [&](std::size_t piece, std::size_t i, std::size_t) {
    if (is_missing(slot.pieces[piece], i)) {
      column.valid.set(out, false);
      has_missing = true;
    }
    ++out;
  });
  if (!has_missing) column.valid = Bitmap();
}

void fill_bits(const TableData& data, const SlotData& slot, Column& column) {
  column.storage = Storage::kBits;
  column.bits = Bitmap(column.rows);
  std::size_t out = 0;
  each_row(data, kIsGood, [&](std::size_t piece, std::size_t i, std::size_t) {
    if (slot.pieces[piece].numbers[i] != 0 && !is_missing(slot.pieces[piece], i)) column.bits.set(out);
    ++out;
  });
}

// Copies the values of one kind; a missing one is zero.
template <typename T, typename Value>
void fill_values(const TableData& data, const SlotData& slot, Column& column, Value value) {
  T* values = make_data<T>(column, column.rows);
  each_row(data, kIsGood, [&](std::size_t piece, std::size_t i, std::size_t) {
    *values++ = is_missing(slot.pieces[piece], i) ? T{} : static_cast<T>(value(slot.pieces[piece], i));
  });
}

Storage narrowest(std::int64_t least, std::int64_t greatest) {
  const auto fits = [&]<typename T>(T) { return least >= std::numeric_limits<T>::min() && greatest <= std::numeric_limits<T>::max(); };
  return fits(std::int8_t{})    ? Storage::kInt8
         : fits(std::int16_t{}) ? Storage::kInt16
         : fits(std::int32_t{}) ? Storage::kInt32
                                : Storage::kInt64;
}

void fill_integers(const TableData& data, const SlotData& slot, Column& column) {
  std::int64_t least = 0, greatest = 0;
  each_row(data, kIsGood, [&](std::size_t piece, std::size_t i, std::size_t) {
    if (is_missing(slot.pieces[piece], i)) return;
    least = std::min(least, slot.pieces[piece].numbers[i]);
    greatest = std::max(greatest, slot.pieces[piece].numbers[i]);
  });
  const auto number = [](const ColumnPiece& piece, std::size_t i) { return piece.numbers[i]; };
  column.storage = narrowest(least, greatest);
  switch (column.storage) {
    case Storage::kInt8: return fill_values<std::int8_t>(data, slot, column, number);
    case Storage::kInt16: return fill_values<std::int16_t>(data, slot, column, number);
    case Storage::kInt32: return fill_values<std::int32_t>(data, slot, column, number);
    default: return fill_values<std::int64_t>(data, slot, column, number);
  }
}

// Codes for the elements of lists that are no texts.
class ElementCodes {
 public:
  std::int32_t code_of(std::int64_t value) {
    if (slots_.is_full())
      slots_.grow(values.size() * 2, [&](std::int32_t code) { return hash_int(values[static_cast<std::size_t>(code)]); });
    const std::int32_t found = slots_.find_or_insert(hash_int(value), static_cast<std::int32_t>(values.size()),
                                                     [&](std::int32_t code) { return values[static_cast<std::size_t>(code)] == value; });
    if (found >= 0) return found;
    values.push_back(value);
    return static_cast<std::int32_t>(values.size() - 1);
  }
  std::vector<std::int64_t> values;

 private:
  HashSlots slots_;
};

void fill_lists(const TableData& data, const SlotData& slot, const Slot& spec, Column& column) {
  column.storage = Storage::kLists;
  column.offsets.assign(1, 0);
  column.offsets.reserve(column.rows + 1);
  std::vector<std::int32_t> codes;
  ElementCodes elements;
  const Kind kind = spec.scalar_kind();
  each_row(data, kIsGood, [&](std::size_t piece_id, std::size_t i, std::size_t) {
    const ColumnPiece& piece = slot.pieces[piece_id];
    const std::size_t first = codes.size();
    for (std::size_t at = i == 0 ? 0 : piece.ends[i - 1]; at < piece.ends[i]; ++at) {
      const std::int64_t number = kind == Kind::kText ? 0 : piece.numbers[at];
      codes.push_back(kind == Kind::kText    ? piece.codes[at]
                      : kind == Kind::kFloat ? elements.code_of(float_bits(std::bit_cast<double>(number)))
                                             : elements.code_of(number));
    }
    std::sort(codes.begin() + static_cast<std::ptrdiff_t>(first), codes.end());
    codes.erase(std::unique(codes.begin() + static_cast<std::ptrdiff_t>(first), codes.end()), codes.end());
    column.offsets.push_back(codes.size());
  });
  std::ranges::copy(codes, make_data<std::int32_t>(column, codes.size()));
  column.element_values = std::move(elements.values);
}

std::vector<RowId> unfit_rows(const TableData& data, const SlotData& slot) {
  std::vector<RowId> rows;
  if (std::ranges::all_of(slot.pieces, [](const ColumnPiece& piece) { return piece.unfit.empty(); })) return rows;
  RowId out = 0;
  each_row(data, kIsGood, [&](std::size_t piece, std::size_t i, std::size_t) {
    if (std::ranges::binary_search(slot.pieces[piece].unfit, static_cast<std::uint32_t>(i))) rows.push_back(out);
    ++out;
  });
  return rows;
}

}  // namespace

void settle_rows(TableData& data, const TableSpec& spec, const ReadPlan& plan) {
  if (spec.dedupe) mark_equal_rows(data, plan);
  if (spec.key) mark_repeated_keys(data, spec, plan);
}

FinishedSlot finish_slot(TableData& data, const ReadPlan& plan, std::size_t slot_id) {
  const Slot& spec = plan.slots[slot_id];
  SlotData& slot = data.slots[slot_id];
  FinishedSlot finished;
  Column& column = finished.column;
  column.type = spec.spec.type;
  column.rows = static_cast<std::size_t>(std::ranges::count(data.states, RowState::kGood));
  fill_validity(data, slot, column);
  const Kind kind = spec.scalar_kind();
  if (spec.is_list()) {
    fill_lists(data, slot, spec, column);
  } else if (kind == Kind::kBool) {
    fill_bits(data, slot, column);
  } else if (kind == Kind::kText) {
    column.storage = Storage::kCodes;
    fill_values<std::int32_t>(data, slot, column, [](const ColumnPiece& piece, std::size_t i) { return piece.codes[i]; });
  } else if (kind == Kind::kFloat) {
    column.storage = Storage::kFloat64;
    fill_values<double>(data, slot, column, [](const ColumnPiece& piece, std::size_t i) { return piece.floats[i]; });
  } else {
    fill_integers(data, slot, column);
  }
  if (kind == Kind::kText) column.dictionary = std::make_shared<const Dictionary>(slot.dictionary.take());
  finished.unfit = unfit_rows(data, slot);
  slot.pieces.clear();
  slot.pieces.shrink_to_fit();
  return finished;
}

}  // namespace segue::io
