// This file's external interface is the slot: one column on its way in, with what is needed to read its values, and `parse_scalar`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/io/table_spec.h"
#include "stdlib/parse_value.h"
#include "stdlib/time_zone.h"

namespace segue::io {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// The values of an enum, or their folded forms, with their indexes.
using EnumIndex = std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>>;

struct Slot {
  ColumnSpec spec;
  std::optional<std::uint32_t> column;  // index in the schema; nothing for a join column that is read apart
  bool is_key = false;
  bool is_known_at = false;
  bool is_join = false;        // cells that do not fit are remembered, not reported: they are an orphan's
  bool is_coordinate = false;  // cells that do not fit are remembered, and reported once the point's other half is known
  bool is_money = false;       // amounts of any scale
  bool keeps_vectors = false;  // its pieces are looked at again, cell by cell, when the table is there: `dedupe`, money
  std::optional<TimeFormat> format;
  EnumIndex enum_index;
  const TimeZone* zone = &utc_zone();

  // The kind of the values themselves: of the elements for a list.
  [[nodiscard]] Kind scalar_kind() const { return spec.type.kind == Kind::kList ? spec.type.element : spec.type.kind; }
  [[nodiscard]] bool is_list() const { return spec.type.kind == Kind::kList; }
  // Whether the values lie in memory as integers of their own, of which a file may state the least and the greatest.
  [[nodiscard]] bool has_integers() const {
    const Kind kind = scalar_kind();
    return kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kDate || kind == Kind::kTimestamp;
  }
};

// A slot for a column of the schema.
[[nodiscard]] Slot make_slot(const ColumnSpec& spec, const TimeZone& zone);

// A slot for a join column that is read apart from the schema's columns, in the type of the parent's key.
[[nodiscard]] Slot make_join_slot(const std::string& from, const ColumnSpec& parent_key, const TimeZone& zone);

// A slot for the currencies beside a column of money.
[[nodiscard]] Slot make_currency_slot(const std::string& from);

// What became of one value.
enum class ValueState : std::uint8_t { kKnown, kMissing, kBadType, kBadEnum, kBadEncoding };

struct ScalarValue {
  ValueState state = ValueState::kBadType;
  std::int64_t number = 0;  // as in Constant; a float by its bits
  std::uint8_t scale = 0;   // of an amount of money: it is number / 10^scale
};

// A decimal's digits, all 18, lie below this.
inline constexpr std::int64_t kDecimalLimit = 1'000'000'000'000'000'000;

// A CSV value of any scalar kind but text.
[[nodiscard]] ScalarValue parse_scalar(const Slot& slot, std::string_view text);

// The index of an enum's value.
[[nodiscard]] ScalarValue enum_value(const Slot& slot, std::string_view text);

}  // namespace segue::io
