// The collection of one column's values and findings.
#include "runtime/io/piece.h"

#include <algorithm>

#include "stdlib/text.h"

namespace segue::io {
namespace {

BadKind missing_kind(const Slot& slot) { return slot.is_key ? BadKind::kKeyMissing : BadKind::kMissing; }

// The length of the well-formed code point at the start of `text`; 0 where there is none.
std::size_t code_point_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

// The vectors hold a value for every row; known ones are taken where they stand.
template <typename T>
void put_known(PartBuilder& builder, const std::vector<T>& values, const std::vector<std::int16_t>& levels) {
  if (levels.empty()) return builder.put({0, values.size(), nullptr}, [&](std::size_t i) { return values[i]; });
  std::vector<T> known;
  known.reserve(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (levels[i] != 0) known.push_back(values[i]);
  }
  known.push_back(T{});
  builder.put({0, values.size(), levels.data()}, [&](std::size_t i) { return known[i]; });
}

ColumnPart part_of_bools(std::size_t rows, const std::vector<std::int16_t>& levels, const ColumnPiece& column) {
  PartBuilder builder(rows, Storage::kBits, {}, 0);
  const auto known = std::make_unique<bool[]>(rows + 1);
  std::size_t next = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (levels.empty() || levels[i] != 0) known[next++] = column.numbers[i] != 0;
  }
  builder.put_bits({0, rows, levels.empty() ? nullptr : levels.data()}, known.get());
  return builder.take();
}

ColumnPart part_of(Kind kind, std::size_t rows, const std::vector<std::int16_t>& levels, const ColumnPiece& column) {
  if (kind == Kind::kBool) return part_of_bools(rows, levels, column);
  if (kind == Kind::kText) {
    PartBuilder builder(rows, Storage::kCodes, {}, 0);
    put_known(builder, column.codes, levels);
    return builder.take();
  }
  if (kind == Kind::kFloat) {
    PartBuilder builder(rows, Storage::kFloat64, {}, 0);
    put_known(builder, column.floats, levels);
    return builder.take();
  }
  std::int64_t least = 0, greatest = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    if (!levels.empty() && levels[i] == 0) continue;
    least = std::min(least, column.numbers[i]);
    greatest = std::max(greatest, column.numbers[i]);
  }
  PartBuilder builder(rows, narrowest(least, greatest), {}, 0);
  put_known(builder, column.numbers, levels);
  return builder.take();
}

}  // namespace

std::string printable(std::string_view bytes) {
  constexpr std::size_t kLongest = 400;
  std::string text;
  for (std::size_t i = 0; i < bytes.size();) {
    if (text.size() >= kLongest) return text + "…";
    const std::size_t length = code_point_length(bytes.substr(i));
    if (length == 0) {
      text += "\xef\xbf\xbd";
      ++i;
    } else {
      text += bytes.substr(i, length);
      i += length;
    }
  }
  return text;
}

void make_part(const Slot& slot, std::size_t rows, ColumnPiece& column) {
  const bool is_read = !column.numbers.empty() || !column.floats.empty() || !column.codes.empty() || rows == 0;
  if (column.part || slot.is_list() || !is_read) return;
  std::vector<std::int16_t> levels;
  if (!column.missing.empty()) {
    levels.resize(rows);
    std::ranges::transform(column.missing, levels.begin(), [](std::uint8_t missing) { return static_cast<std::int16_t>(missing == 0); });
  }
  column.part = part_of(slot.scalar_kind(), rows, levels, column);
  column.missing = {};
  column.numbers = {};
  column.floats = {};
  column.codes = {};
  column.scales = {};
}

void mark_not_yet_known(const ColumnPart& part, std::int64_t known_until, std::vector<RowState>& states) {
  for (std::size_t row = 0; row < part.rows; ++row) {
    if (part.is_known(row) && states[row] <= RowState::kBad && part.number_at(row) > known_until) states[row] = RowState::kNotYetKnown;
  }
}

ColumnSink::ColumnSink(const PieceContext& context, std::uint32_t slot, Piece& piece)
    : context_(context),
      slot_id_(slot),
      slot_(context.slots[slot]),
      piece_(piece),
      column_(piece.columns[slot]) {
  findings_.fill(-1);
  if (slot_.is_list()) {
    column_.ends.resize(piece.rows);
  } else if (slot_.scalar_kind() == Kind::kText) {
    column_.codes.resize(piece.rows);
  } else if (slot_.scalar_kind() == Kind::kFloat) {
    column_.floats.resize(piece.rows);
  } else {
    column_.numbers.resize(piece.rows);
    if (slot_.is_money) column_.scales.resize(piece.rows);
  }
}

void ColumnSink::drop_elements(std::size_t row) {
  const std::uint64_t start = row == 0 ? 0 : column_.ends[row - 1];
  if (slot_.scalar_kind() == Kind::kText) {
    column_.codes.resize(start);
  } else {
    column_.numbers.resize(start);
  }
}

void ColumnSink::end_list(std::size_t row) {
  column_.ends[row] = slot_.scalar_kind() == Kind::kText ? column_.codes.size() : column_.numbers.size();
}

void ColumnSink::missing(std::size_t row) {
  if ((slot_.spec.accepts_missing && !slot_.is_key) || slot_.is_coordinate) {
    set_missing(row);
  } else {
    bad(row, missing_kind(slot_), [] { return std::string(); });
  }
}

void ColumnSink::set_missing(std::size_t row) {
  if (column_.missing.empty()) column_.missing.resize(piece_.rows);
  column_.missing[row] = 1;
}

void ColumnSink::finish() {
  if (!slot_.is_known_at) return;
  for (std::size_t row = 0; row < piece_.rows; ++row) {
    const bool is_known = column_.missing.empty() || column_.missing[row] == 0;
    if (is_known && is_alive(row) && column_.numbers[row] > context_.known_until) piece_.states[row] = RowState::kNotYetKnown;
  }
}

Finding& ColumnSink::finding_of(BadKind kind) {
  int& index = findings_[static_cast<std::size_t>(kind)];
  if (index < 0) {
    index = static_cast<int>(piece_.findings.size());
    piece_.findings.push_back({slot_id_, kind, 0, {}});
  }
  return piece_.findings[static_cast<std::size_t>(index)];
}

}  // namespace segue::io
