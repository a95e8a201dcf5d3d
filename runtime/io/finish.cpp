// Repeated rows and keys, and columns in their final form.
#include "runtime/io/finish.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "runtime/bits.h"
#include "stdlib/print_value.h"

namespace segue::io {
namespace {

// Calls `visit(piece, row in it, row of the table)` for all rows that are wanted.
template <typename Wanted, typename Visit>
void each_row(const TableData& data, Wanted wanted, Visit visit) {
  std::size_t row = 0;
  for (std::size_t piece = 0; piece < data.piece_rows.size(); ++piece) {
    for (std::size_t i = 0; i < data.piece_rows[piece]; ++i, ++row) {
      if (wanted(data.state(row))) visit(piece, i, row);
    }
  }
}

// ── Equal rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

std::int64_t float_bits(double value) { return std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value); }

// Appends what a value is, so that equal values append the same.
void append_value(const Slot& slot, const ColumnPiece& piece, std::size_t row, std::vector<std::int64_t>& out) {
  const bool is_unfit = std::ranges::binary_search(piece.unfit, static_cast<std::uint32_t>(row));
  out.push_back(is_unfit ? 2 : piece.is_missing(row) ? 1 : 0);
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
  std::vector<RowState> states = data.all_states();
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

// Whether the keys of all rows ascend, so that none repeats another.
bool keys_ascend(const TableData& data, const SlotData& keys) {
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (const ColumnPiece& piece : keys.pieces) {
    if (!piece.part || piece.part->rows == 0 || piece.part->storage == Storage::kBits) return false;
    const ColumnPart& part = *piece.part;
    if (!part.valid.empty() || (part.storage == Storage::kCodes && !piece.code_map.codes.empty())) return false;
    const bool ascends = with_value_type(part.storage, [&]<typename T>(T) {
      const T* values = reinterpret_cast<const T*>(part.values.get());
      bool is_above = true;
      for (std::size_t i = 1; i < part.rows; ++i) is_above &= values[i - 1] < values[i];
      return is_above;
    });
    if (!ascends || piece.number_at(0) <= last) return false;
    last = piece.number_at(part.rows - 1);
  }
  return data.rows() != 0;
}

// Whether a key was seen before: a bit for each where keys lie close together, else a hash table.
class SeenKeys {
 public:
  SeenKeys(std::int64_t least, std::int64_t greatest, std::uint64_t rows) : least_(least) {
    const auto span = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
    if (least <= greatest && span / 64 <= rows) bits_ = Bitmap(span + 1);
  }
  bool insert(std::int64_t key) {
    if (bits_.empty()) return insert_hashed(key);
    const auto at = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(least_);
    const bool is_new = !bits_.test(at);
    bits_.set(at);
    return is_new;
  }

 private:
  bool insert_hashed(std::int64_t key) {
    if (slots_.is_full()) slots_.grow(keys_.size() * 2, [&](std::int32_t code) { return hash_int(keys_[static_cast<std::size_t>(code)]); });
    const std::int32_t found = slots_.find_or_insert(hash_int(key), static_cast<std::int32_t>(keys_.size()),
                                                     [&](std::int32_t code) { return keys_[static_cast<std::size_t>(code)] == key; });
    if (found >= 0) return false;
    keys_.push_back(key);
    return true;
  }

  std::int64_t least_;
  Bitmap bits_;
  std::vector<std::int64_t> keys_;
  HashSlots slots_;
};

constexpr auto kHasKey = [](RowState state) { return state <= RowState::kBad; };

SeenKeys seen_keys(const TableData& data, const SlotData& keys) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max(), greatest = std::numeric_limits<std::int64_t>::min();
  each_row(data, kHasKey, [&](std::size_t piece, std::size_t i, std::size_t) {
    if (keys.pieces[piece].is_missing(i)) return;
    const std::int64_t key = keys.pieces[piece].number_at(i);
    least = std::min(least, key);
    greatest = std::max(greatest, key);
  });
  return {least, greatest, data.rows()};
}

// Of the rows of a key all but the first are bad, whatever else is wrong with them.
void mark_repeated_keys(TableData& data, const TableSpec& spec, const ReadPlan& plan) {
  const std::uint32_t slot_id = *plan.slot_of_column[*spec.key];
  const SlotData& values = data.slots[slot_id];
  if (keys_ascend(data, values)) return;
  Finding finding{slot_id, BadKind::kKeyRepeated, 0, {}};
  SeenKeys seen = seen_keys(data, values);
  std::vector<std::size_t> repeated;
  each_row(data, kHasKey, [&](std::size_t piece, std::size_t i, std::size_t row) {
    const ColumnPiece& column = values.pieces[piece];
    if (column.is_missing(i)) return;
    const std::int64_t key = column.number_at(i);
    if (seen.insert(key)) return;
    repeated.push_back(row);
    if (finding.count++ < kExamples) finding.examples.push_back({row, shown_key(plan.slots[slot_id], values, key)});
  });
  if (repeated.empty()) return;
  std::vector<RowState>& states = data.all_states();
  for (const std::size_t row : repeated) states[row] = RowState::kBad;
  add_finding(data.findings, std::move(finding));
}

// ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

constexpr auto kIsGood = [](RowState state) { return state == RowState::kGood; };

std::size_t padded(std::size_t count) { return (count + 63) / 64 * 64 + 64; }

template <typename T>
T* make_data(Column& column, std::size_t count) {
  column.data.resize(padded(count) * sizeof(T));
  return reinterpret_cast<T*>(column.data.data());
}

// The states of a piece's rows; null where all rows of the table are good.
const RowState* states_of(const TableData& data, std::size_t first_row) {
  return data.states.empty() ? nullptr : data.states.data() + first_row;
}

// Appends the bits of a piece's good rows at `out`, and gives where the next ones go.
std::size_t append_bits(const Bitmap& bits, std::size_t rows, const RowState* states, Bitmap& to, std::size_t out) {
  if (states == nullptr) {
    copy_bit_range(to.words(), out, bits.words(), 0, rows);
    return out + rows;
  }
  for (std::size_t i = 0; i < rows; ++i) {
    if (states[i] == RowState::kGood) to.set(out++, bits.test(i));
  }
  return out;
}

std::size_t good_rows(std::size_t rows, const RowState* states) {
  return states == nullptr ? rows : static_cast<std::size_t>(std::count(states, states + rows, RowState::kGood));
}

// Whether one part holds all rows, and is the column but for its form.
bool is_alone(const TableData& data, const SlotData& slot) {
  return slot.pieces.size() == 1 && slot.pieces.front().part && data.states.empty();
}

void fill_validity(const TableData& data, const SlotData& slot, Column& column) {
  const auto has_missing = [](const ColumnPiece& piece) { return piece.part ? !piece.part->valid.empty() : !piece.missing.empty(); };
  if (std::ranges::none_of(slot.pieces, has_missing)) return;
  if (is_alone(data, slot)) {
    if (slot.pieces.front().part->valid.count() < column.rows) column.valid = slot.pieces.front().part->valid;
    return;
  }
  column.valid = Bitmap(column.rows, true);
  std::size_t row = 0, out = 0;
  for (const ColumnPiece& piece : slot.pieces) {
    const std::size_t rows = data.piece_rows[static_cast<std::size_t>(&piece - slot.pieces.data())];
    const RowState* states = states_of(data, row);
    row += rows;
    if (piece.part && !piece.part->valid.empty()) {
      out = append_bits(piece.part->valid, rows, states, column.valid, out);
      continue;
    }
    if (!piece.part && !piece.missing.empty()) {
      for (std::size_t i = 0, at = out; i < rows; ++i) {
        if (states == nullptr || states[i] == RowState::kGood) column.valid.set(at++, piece.missing[i] == 0);
      }
    }
    out += good_rows(rows, states);
  }
  if (column.valid.count() == column.rows) column.valid = Bitmap();
}

void fill_bits(const TableData& data, const SlotData& slot, Column& column) {
  column.storage = Storage::kBits;
  column.bits = Bitmap(column.rows);
  std::size_t row = 0, out = 0;
  for (const ColumnPiece& piece : slot.pieces) {
    out = append_bits(piece.part->bits, piece.part->rows, states_of(data, row), column.bits, out);
    row += piece.part->rows;
  }
}

// Copies the values of good rows to `to`, and gives where the next ones go.
template <typename To>
To* copy_good(const ColumnPart& part, const RowState* states, To* to) {
  if (states == nullptr) {
    copy_values(part, to);
    return to + part.rows;
  }
  return with_value_type(part.storage, [&]<typename From>(From) {
    const From* from = reinterpret_cast<const From*>(part.values.get());
    const auto as_wide = [](From value) { return static_cast<To>(value); };
    for (std::size_t i = 0; i < part.rows; ++i) {
      if (states[i] == RowState::kGood) *to++ = as_wide(from[i]);
    }
    return to;
  });
}

// The values of all parts in one array. Parts are freed on the way.
void gather_values(const TableData& data, SlotData& slot, Column& column) {
  const std::size_t size = padded_bytes(column.rows, column.storage);
  if (is_alone(data, slot) && slot.pieces.front().part->storage == column.storage && !slot.pieces.front().part->is_placed) {
    const std::shared_ptr<std::byte> values = std::move(slot.pieces.front().part->values);
    column.data = Buffer::borrow(values.get(), size, values);
    return;
  }
  const std::shared_ptr<std::byte> values = allocate_values(size, column.rows * bytes_of(column.storage));
  with_value_type(column.storage, [&]<typename To>(To) {
    To* to = reinterpret_cast<To*>(values.get());
    std::size_t row = 0;
    for (ColumnPiece& piece : slot.pieces) {
      to = copy_good(*piece.part, states_of(data, row), to);
      row += piece.part->rows;
      piece.part->values.reset();
    }
  });
  column.data = Buffer::borrow(values.get(), size, values);
}

// Whether the values of all parts lie where the column needs them, but for parts that fit and are put there now.
bool settle_in_place(const TableData& data, SlotData& slot, Column& column) {
  const Placement& placement = slot.placement;
  if (placement.storage == Storage::kNone || !data.states.empty()) return false;
  if (bytes_of(column.storage) > bytes_of(placement.storage)) return false;
  column.storage = placement.storage;
  with_value_type(placement.storage, [&]<typename To>(To) {
    To* to = reinterpret_cast<To*>(placement.values.get());
    for (const ColumnPiece& piece : slot.pieces) {
      if (!piece.part->is_placed) copy_values(*piece.part, to);
      to += piece.part->rows;
    }
  });
  column.data = Buffer::borrow(placement.values.get(), padded_bytes(column.rows, column.storage), placement.values);
  return true;
}

// Gives codes their meaning in the dictionary of the column.
void map_codes(ColumnPiece& piece) {
  if (piece.code_map.is_identity()) return;
  auto* codes = reinterpret_cast<std::int32_t*>(piece.part->values.get());
  const std::size_t rows = piece.part->rows;
  if (piece.code_map.codes.empty()) {
    std::transform(codes, codes + rows, codes, [offset = piece.code_map.offset](std::int32_t code) { return code + offset; });
  } else {
    std::transform(codes, codes + rows, codes, [&](std::int32_t code) { return piece.code_map.codes[static_cast<std::size_t>(code)]; });
  }
  piece.code_map = {};
  for (std::size_t i = 0; !piece.part->valid.empty() && i < rows; ++i) {
    if (!piece.part->valid.test(i)) codes[i] = 0;
  }
}

void fill_values(const TableData& data, SlotData& slot, Column& column) {
  for (ColumnPiece& piece : slot.pieces) {
    if (column.storage == Storage::kCodes) map_codes(piece);
    if (bytes_of(piece.part->storage) > bytes_of(column.storage)) column.storage = piece.part->storage;
  }
  if (!settle_in_place(data, slot, column)) gather_values(data, slot, column);
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

// Sorts the codes from `first` on, and drops repetitions. Lists are short.
void settle_list(std::vector<std::int32_t>& codes, std::size_t first) {
  if (codes.size() - first < 2) return;
  const auto begin = codes.begin() + static_cast<std::ptrdiff_t>(first);
  if (codes.size() - first == 2 && begin[0] != begin[1]) {
    if (begin[0] > begin[1]) std::swap(begin[0], begin[1]);
    return;
  }
  std::sort(begin, codes.end());
  codes.erase(std::unique(begin, codes.end()), codes.end());
}

void fill_lists(const TableData& data, const SlotData& slot, const Slot& spec, Column& column) {
  column.storage = Storage::kLists;
  std::vector<std::uint64_t> offsets(1);
  offsets.reserve(column.rows + 1);
  std::vector<std::int32_t> codes;
  std::size_t most = 0;
  for (const ColumnPiece& piece : slot.pieces) most += piece.ends.empty() ? 0 : piece.ends.back();
  codes.reserve(most);
  ElementCodes elements;
  std::vector<std::int32_t> of_enum(spec.spec.enum_values.size(), -1);
  const Kind kind = spec.scalar_kind();
  const auto code_of = [&](std::int64_t number) {
    if (kind == Kind::kFloat) return elements.code_of(float_bits(std::bit_cast<double>(number)));
    if (kind != Kind::kEnum) return elements.code_of(number);
    std::int32_t& code = of_enum[static_cast<std::size_t>(number)];
    return code >= 0 ? code : code = elements.code_of(number);
  };
  each_row(data, kIsGood, [&](std::size_t piece_id, std::size_t i, std::size_t) {
    const ColumnPiece& piece = slot.pieces[piece_id];
    const std::size_t first = codes.size(), begin = i == 0 ? 0 : piece.ends[i - 1], end = piece.ends[i];
    for (std::size_t at = begin; at < end; ++at) codes.push_back(kind == Kind::kText ? piece.codes[at] : code_of(piece.numbers[at]));
    settle_list(codes, first);
    offsets.push_back(codes.size());
  });
  column.offsets = std::move(offsets);
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
  column.rows = data.rows_in(RowState::kGood);
  for (std::size_t piece = 0; piece < slot.pieces.size(); ++piece) make_part(spec, data.piece_rows[piece], slot.pieces[piece]);
  fill_validity(data, slot, column);
  const Kind kind = spec.scalar_kind();
  if (spec.is_list()) {
    fill_lists(data, slot, spec, column);
  } else if (kind == Kind::kBool) {
    fill_bits(data, slot, column);
  } else {
    column.storage = kind == Kind::kText ? Storage::kCodes : kind == Kind::kFloat ? Storage::kFloat64 : Storage::kInt8;
    fill_values(data, slot, column);
  }
  if (kind == Kind::kText) column.dictionary = std::make_shared<const Dictionary>(slot.dictionary.take());
  finished.unfit = unfit_rows(data, slot);
  slot.pieces.clear();
  slot.pieces.shrink_to_fit();
  slot.placement = {};
  return finished;
}

}  // namespace segue::io
