// Slots and the reading of single values; the rules themselves are kernels of the stdlib.
#include "runtime/io/slot.h"

#include <bit>

#include "stdlib/text.h"

namespace segue::io {
namespace {

ScalarValue from_known(KnownInt value) { return value.known ? ScalarValue{ValueState::kKnown, value.value, 0} : ScalarValue{}; }

EnumIndex make_enum_index(const ColumnSpec& spec) {
  EnumIndex index;
  for (std::size_t i = 0; i < spec.enum_values.size(); ++i) {
    index.emplace(spec.enum_is_folded ? fold(spec.enum_values[i]) : spec.enum_values[i], static_cast<std::int64_t>(i));
  }
  return index;
}

std::optional<TimeFormat> make_format(const ColumnSpec& spec, Kind kind) {
  if (spec.format.empty()) return std::nullopt;
  auto format = compile_time_format(spec.format, kind == Kind::kDate ? FormatKind::kDate : FormatKind::kTimestamp);
  // The schema was checked: a format that does not compile is our own mistake, and reads as ISO 8601.
  return format ? std::optional(std::move(*format)) : std::nullopt;
}

ScalarValue bool_value(const Slot& slot, std::string_view text) {
  const ColumnSpec& spec = slot.spec;
  const bool has_words = !spec.true_values.empty() || !spec.false_values.empty();
  const std::optional<bool> value = has_words ? parse_bool(text, spec.true_values, spec.false_values) : parse_bool(text);
  return value ? ScalarValue{ValueState::kKnown, *value ? 1 : 0, 0} : ScalarValue{};
}

ScalarValue float_value(std::string_view text) {
  const ParsedFloat parsed = parse_float(text);
  switch (parsed.state) {
    case ParseState::kValue: return {ValueState::kKnown, std::bit_cast<std::int64_t>(parsed.value), 0};
    case ParseState::kMissing: return {ValueState::kMissing, 0, 0};
    case ParseState::kBad: break;
  }
  return {};
}

ScalarValue amount_value(std::string_view text) {
  const KnownExact amount = parse_exact_number(text);
  return amount.known ? ScalarValue{ValueState::kKnown, amount.raw, amount.scale} : ScalarValue{};
}

}  // namespace

Slot make_slot(const ColumnSpec& spec, const TimeZone& zone) {
  Slot slot;
  slot.spec = spec;
  slot.zone = &zone;
  slot.enum_index = make_enum_index(spec);
  slot.format = make_format(spec, slot.scalar_kind());
  slot.is_coordinate = spec.form == CellForm::kCoordinate;
  slot.is_money = spec.form == CellForm::kMoney;
  return slot;
}

Slot make_join_slot(const std::string& from, const ColumnSpec& parent_key, const TimeZone& zone) {
  ColumnSpec spec = parent_key;
  spec.from = from;
  spec.name = from;
  spec.accepts_missing = true;
  spec.bad_is_missing = false;
  spec.format.clear();
  Slot slot = make_slot(spec, zone);
  slot.is_join = true;
  return slot;
}

Slot make_currency_slot(const std::string& from) {
  ColumnSpec spec;
  spec.from = from;
  spec.name = from;
  spec.type.kind = Kind::kText;
  spec.accepts_missing = true;
  return make_slot(spec, utc_zone());
}

ScalarValue enum_value(const Slot& slot, std::string_view text) {
  const auto found = slot.spec.enum_is_folded ? slot.enum_index.find(fold(text)) : slot.enum_index.find(text);
  if (found == slot.enum_index.end()) return {ValueState::kBadEnum, 0, 0};
  return {ValueState::kKnown, found->second, 0};
}

ScalarValue parse_scalar(const Slot& slot, std::string_view text) {
  switch (slot.scalar_kind()) {
    case Kind::kBool: return bool_value(slot, text);
    case Kind::kInt: return from_known(parse_int(text));
    case Kind::kDecimal: return slot.is_money ? amount_value(text) : from_known(parse_decimal(text, slot.spec.type.scale));
    case Kind::kFloat: return float_value(text);
    case Kind::kDate: return from_known(slot.format ? parse_date(text, *slot.format) : parse_date(text));
    case Kind::kTimestamp:
      return from_known(slot.format ? parse_timestamp(text, *slot.format, *slot.zone) : parse_timestamp(text, *slot.zone));
    case Kind::kEnum: return enum_value(slot, text);
    default: return {};
  }
}

}  // namespace segue::io
