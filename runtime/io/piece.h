// This file's external interface is the piece: some rows of a table, converted, on their way from a file's block into columns.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/column_part.h"
#include "runtime/io/load.h"
#include "runtime/io/slot.h"
#include "runtime/io/text_index.h"

namespace segue::io {

// What is wrong with a value that is neither known nor missing.
[[nodiscard]] inline BadKind bad_kind(ValueState state) {
  switch (state) {
    case ValueState::kBadEnum: return BadKind::kEnum;
    case ValueState::kBadEncoding: return BadKind::kEncoding;
    default: return BadKind::kType;
  }
}

inline constexpr std::size_t kExamples = 10;

// What a row is. A row with the wrong number of cells has no values at all.
enum class RowState : std::uint8_t { kGood, kBad, kMalformed, kNotYetKnown, kRepeated };

// Bad values of one column and kind in one piece.
struct Finding {
  std::uint32_t slot = 0;
  BadKind kind = BadKind::kType;
  std::uint64_t count = 0;
  struct Example {
    std::uint64_t row = 0;  // in the piece; from 0
    std::string value;
  };
  std::vector<Example> examples;
};

// The values of one slot: as a part, where it is there, with text in codes into `texts`; else in vectors. Which are used follows from the kind, as in
// Column.
struct ColumnPiece {
  std::optional<ColumnPart> part;
  std::vector<std::uint8_t> missing;  // one flag a row; empty: none is missing
  std::vector<std::int64_t> numbers;  // all kinds but float and text; a bool as 0 or 1. Lists: elements, floats by their bits
  std::vector<double> floats;
  std::vector<std::int32_t>
      codes;  // text, and elements of lists of text: into `texts` until they are merged, then into the column's dictionary
  std::vector<std::uint64_t> ends;       // lists: where each row's elements end
  std::vector<std::uint8_t> scales;      // money: what each amount's number is divided by, as a power of ten
  std::vector<std::uint32_t> unfit;      // join columns and, until `settle_points`, coordinates: rows whose cell does not fit the type
  std::vector<std::string> unfit_texts;  // coordinates: the first of them, for examples
  LocalTexts texts;
  CodeMap code_map;  // of a part that was merged: what its codes become

  // Of a slot without lists.
  [[nodiscard]] bool is_missing(std::size_t row) const { return part ? !part->is_known(row) : !missing.empty() && missing[row] != 0; }
  // A known value of any kind but float; of text, its code in the column's dictionary.
  [[nodiscard]] std::int64_t number_at(std::size_t row) const {
    if (!part) return codes.empty() ? numbers[row] : codes[row];
    const std::int64_t number = part->number_at(row);
    return part->storage == Storage::kCodes ? code_map(static_cast<std::int32_t>(number)) : number;
  }
};

// Where the rows of a piece stand in their file, to give the line of any of them.
struct PieceOrigin {
  std::uint64_t first_row = 0;  // in the table; from 0
  std::uint32_t file = 0;
  bool has_lines = false;
  std::uint64_t first_line = 0;
  std::vector<std::uint32_t> line_offsets;  // of rows, from first_line; empty: a line a row
};

struct Piece {
  std::size_t rows = 0;
  std::vector<ColumnPiece> columns;  // by slot
  std::vector<RowState> states;      // by row; empty: every row is kGood
  std::vector<Finding> findings;
  PieceOrigin origin;
  std::uint64_t bytes = 0;                              // of the file, for progress
  std::vector<std::shared_ptr<const void>> keep_alive;  // what texts point into

  // To change one of them.
  std::vector<RowState>& all_states() {
    states.resize(rows, RowState::kGood);
    return states;
  }
};

// The two slots of a point that is read.
struct PointSlots {
  std::uint32_t latitude = 0, longitude = 0;
  bool accepts_missing = false;
};

// Everything that turns values of a table into pieces; shared by the readers of all formats.
struct PieceContext {
  const std::vector<Slot>& slots;
  const std::vector<PointSlots>& points;
  std::int64_t known_until;  // a known_at above it (µs or days) is in the future
};

// Collects the values of one slot, row by row, with what is bad about them.
class ColumnSink {
 public:
  ColumnSink(const PieceContext& context, std::uint32_t slot, Piece& piece);
  ColumnSink(const ColumnSink&) = delete;
  ColumnSink& operator=(const ColumnSink&) = delete;
  ~ColumnSink() = default;

  [[nodiscard]] const Slot& slot() const { return slot_; }
  // Whether a row has values and exists.
  [[nodiscard]] bool is_alive(std::size_t row) const { return piece_.states[row] <= RowState::kBad; }

  void number(std::size_t row, const ScalarValue& value) {
    column_.numbers[row] = value.number;
    if (slot_.is_money) column_.scales[row] = value.scale;
  }
  void floating(std::size_t row, double value) { column_.floats[row] = value; }
  void text(std::size_t row, std::string_view value) { column_.codes[row] = column_.texts.code_of(value); }
  void code(std::size_t row, std::int32_t code) { column_.codes[row] = code; }
  [[nodiscard]] LocalTexts& texts() { return column_.texts; }

  // Elements of a row's list, then the end of the row; rows come in order.
  void element(std::int64_t value) { column_.numbers.push_back(value); }
  void element_text(std::string_view value) { column_.codes.push_back(column_.texts.code_of(value)); }
  void drop_elements(std::size_t row);
  void end_list(std::size_t row);

  // A cell without a value.
  void missing(std::size_t row);
  // A cell with a value that is bad; `shown` gives its text, and is called for the first ten only.
  template <typename Shown>
  void bad(std::size_t row, BadKind kind, Shown shown) {
    if (slot_.is_join || (slot_.is_coordinate && is_alive(row))) {
      column_.unfit.push_back(static_cast<std::uint32_t>(row));
      if (slot_.is_coordinate && column_.unfit_texts.size() < kExamples) column_.unfit_texts.push_back(shown());
      set_missing(row);
      return;
    }
    if (is_alive(row) && !slot_.is_coordinate) {
      Finding& finding = finding_of(kind);
      if (finding.count++ < kExamples) finding.examples.push_back({row, shown()});
      if (!slot_.spec.bad_is_missing || slot_.is_key) piece_.states[row] = RowState::kBad;
    }
    set_missing(row);
  }
  // A row that is no row: nothing to say about this cell.
  void set_missing(std::size_t row);
  // Marks what is not yet known at the clock, after the column known_at was read.
  void finish();

 private:
  Finding& finding_of(BadKind kind);

  const PieceContext& context_;
  std::uint32_t slot_id_;
  const Slot& slot_;
  Piece& piece_;
  ColumnPiece& column_;
  std::array<int, 8> findings_;  // by kind: index in piece_.findings, or -1
};

// Turns the vectors of a slot into a part; of lists, and of slots that keep their vectors, nothing.
void make_part(const Slot& slot, std::size_t rows, ColumnPiece& column);

// Marks the rows of a part of known_at that are not yet known at the clock.
void mark_not_yet_known(const ColumnPart& part, std::int64_t known_until, std::vector<RowState>& states);

// Text for a report: invalid UTF-8 replaced, very long text cut.
[[nodiscard]] std::string printable(std::string_view bytes);

}  // namespace segue::io
