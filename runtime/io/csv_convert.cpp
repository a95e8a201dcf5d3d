// The conversion of CSV cells. `language.md`, "Data files".
#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "runtime/io/csv_file.h"
#include "runtime/io/points.h"
#include "stdlib/text.h"

namespace segue::io {
namespace {

std::string_view view(const Cell& cell) { return {cell.data, cell.size}; }

// Values of the texts of a column that were met lately: few distinct values are the rule, and some are costly to read.
class RecentValues {
 public:
  template <typename Read>
  ScalarValue get(std::string_view text, Read read) {
    if (text.size() > sizeof(Entry::bytes)) return read(text);
    Entry& entry = entries_[hash_text(text) % entries_.size()];
    if (!entry.is_used || std::string_view(entry.bytes, entry.size) != text) {
      entry.value = read(text);
      entry.is_used = true;
      entry.size = static_cast<std::uint8_t>(text.size());
      std::copy(text.begin(), text.end(), entry.bytes);
    }
    return entry.value;
  }

 private:
  struct Entry {
    ScalarValue value;
    bool is_used = false;
    std::uint8_t size = 0;
    char bytes[30] = {};
  };
  std::vector<Entry> entries_ = std::vector<Entry>(512);
};

class CsvColumn {
 public:
  CsvColumn(const CsvBlock& block, bool block_is_utf8, std::uint32_t field, const std::vector<std::string>& null_values, ColumnSink& sink)
      : block_(block),
        block_is_utf8_(block_is_utf8),
        field_(field),
        null_values_(null_values),
        sink_(sink) {}

  void convert() {
    const Slot& slot = sink_.slot();
    if (slot.is_list()) return convert_lists();
    switch (slot.scalar_kind()) {
      case Kind::kText: return each_value([&](std::size_t row, const Cell& cell) { convert_text(row, cell); });
      case Kind::kFloat: return each_value([&](std::size_t row, const Cell& cell) { convert_float(row, cell); });
      case Kind::kInt:
        return each_value([&](std::size_t row, const Cell& cell) { convert_number(row, cell, parse_scalar(slot, view(cell))); });
      default: return convert_remembered();
    }
  }

 private:
  [[nodiscard]] const Cell& cell(std::size_t row) const { return block_.cells[row * block_.fields + field_]; }
  [[nodiscard]] bool is_null_value(std::string_view text) const { return std::ranges::find(null_values_, text) != null_values_.end(); }
  [[nodiscard]] bool is_missing(const Cell& cell) const {
    return !cell.is_quoted && (cell.size == 0 || (!null_values_.empty() && is_null_value(view(cell))));
  }
  [[nodiscard]] bool is_valid_text(const Cell& cell) const { return block_is_utf8_ || is_utf8(view(cell)); }

  void bad(std::size_t row, const Cell& cell, BadKind kind) {
    sink_.bad(row, kind, [&] { return printable(cell_text(cell)); });
  }

  // Calls `convert` for each cell that holds a value in UTF-8.
  template <typename Convert>
  void each_value(Convert convert) {
    for (std::size_t row = 0; row < block_.rows; ++row) {
      const Cell& cell = this->cell(row);
      if (cell.data == nullptr) {
        sink_.set_missing(row);
      } else if (is_missing(cell)) {
        sink_.missing(row);
      } else if (cell.is_malformed) {
        bad(row, cell, BadKind::kType);
      } else if (!is_valid_text(cell)) {
        bad(row, cell, BadKind::kEncoding);
      } else {
        convert(row, cell);
      }
    }
  }

  void convert_number(std::size_t row, const Cell& cell, const ScalarValue& value) {
    if (value.state == ValueState::kKnown) {
      sink_.number(row, value);
    } else {
      bad(row, cell, bad_kind(value.state));
    }
  }

  void convert_remembered() {
    RecentValues recent;
    const Slot& slot = sink_.slot();
    each_value([&](std::size_t row, const Cell& cell) {
      if (cell.has_quotes) return convert_number(row, cell, parse_scalar(slot, cell_text(cell)));
      convert_number(row, cell, recent.get(view(cell), [&](std::string_view text) { return parse_scalar(slot, text); }));
    });
  }

  void convert_text(std::size_t row, const Cell& cell) {
    sink_.text(row, cell.has_quotes ? sink_.texts().keep(cell_text(cell)) : view(cell));
  }

  void convert_float(std::size_t row, const Cell& cell) {
    const ScalarValue value = parse_scalar(sink_.slot(), view(cell));
    if (value.state == ValueState::kKnown) {
      sink_.floating(row, std::bit_cast<double>(value.number));
    } else if (value.state == ValueState::kMissing) {
      sink_.missing(row);
    } else {
      bad(row, cell, BadKind::kType);
    }
  }

  void convert_lists() {
    std::vector<std::string_view> parts;
    for (std::size_t row = 0; row < block_.rows; ++row) {
      const Cell& cell = this->cell(row);
      if (cell.data == nullptr) {
        sink_.set_missing(row);
      } else if (!cell.is_quoted && cell.size == 0 && !sink_.slot().spec.accepts_missing) {
        // the empty list
      } else if (is_missing(cell)) {
        sink_.missing(row);
      } else if (cell.is_malformed || cell.size == 0) {
        bad(row, cell, BadKind::kType);
      } else if (!is_valid_text(cell)) {
        bad(row, cell, BadKind::kEncoding);
      } else {
        convert_list(row, cell, parts);
      }
      sink_.end_list(row);
    }
  }

  void convert_list(std::size_t row, const Cell& cell, std::vector<std::string_view>& parts) {
    const Slot& slot = sink_.slot();
    const std::string_view text = cell.has_quotes ? sink_.texts().keep(cell_text(cell)) : view(cell);
    split_list(text, slot.spec.separator, parts);
    for (const std::string_view part : parts) {
      if (slot.scalar_kind() == Kind::kText) {
        sink_.element_text(part);
        continue;
      }
      const ScalarValue value = parse_scalar(slot, part);
      if (value.state == ValueState::kKnown) {
        sink_.element(value.number);
      } else if (value.state != ValueState::kMissing) {
        sink_.drop_elements(row);
        return bad(row, cell, bad_kind(value.state));
      }
    }
  }

  const CsvBlock& block_;
  bool block_is_utf8_;
  std::uint32_t field_;
  const std::vector<std::string>& null_values_;
  ColumnSink& sink_;
};

// Rows with the wrong number of cells are bad as a whole.
void report_odd_rows(const CsvBlock& block, Piece& piece) {
  if (block.odd_rows.empty()) return;
  Finding finding{0, BadKind::kCells, block.odd_rows.size(), {}};
  for (const OddRow& odd : block.odd_rows) {
    piece.states[odd.row] = RowState::kMalformed;
    if (finding.examples.size() < kExamples) {
      finding.examples.push_back(
          {odd.row, fmt::format("{} cell{} instead of {}", odd.cells, odd.cells == 1 ? "" : "s", block.expected_cells)});
    }
  }
  piece.findings.push_back(std::move(finding));
}

}  // namespace

Piece convert_csv(CsvBlock block, const PieceContext& context, const std::vector<std::uint32_t>& fields,
                  const std::vector<std::string>& null_values) {
  Piece piece;
  piece.rows = block.rows;
  piece.states.resize(block.rows, RowState::kGood);
  piece.columns.resize(context.slots.size());
  piece.bytes = block.file_bytes;
  piece.keep_alive.push_back(block.bytes);
  report_odd_rows(block, piece);
  const bool block_is_utf8 = is_utf8(block.text);
  for (std::uint32_t slot = 0; slot < context.slots.size(); ++slot) {
    ColumnSink sink(context, slot, piece);
    CsvColumn(block, block_is_utf8, fields[slot], null_values, sink).convert();
    sink.finish();
  }
  settle_points(context, piece);
  piece.origin.has_lines = true;
  piece.origin.first_line = block.first_line;
  piece.origin.line_offsets = std::move(block.line_offsets);
  return piece;
}

}  // namespace segue::io
