// The conversion of Arrow arrays: first every value by itself (`read_scalars`), then the shape around it: plain, dictionary or list.
#include "runtime/io/arrow_convert.h"

#include <bit>
#include <cmath>

#include <arrow/api.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>

#include "stdlib/calendar.h"
#include "stdlib/clock.h"
#include "stdlib/text.h"

namespace segue::io {
namespace {

// Values of an array, by index.
struct Scalars {
  std::vector<ValueState> states;
  std::vector<std::int64_t> numbers;    // all kinds but text
  std::vector<std::uint8_t> scales;     // money
  std::vector<std::string_view> texts;  // text

  [[nodiscard]] ScalarValue scalar(std::size_t i) const { return {states[i], numbers[i], scales.empty() ? std::uint8_t{0} : scales[i]}; }
};

// ── Types ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

bool is_text(arrow::Type::type id) {
  return arrow::is_base_binary_like(id) || id == arrow::Type::STRING_VIEW || id == arrow::Type::BINARY_VIEW;
}

bool is_list_type(arrow::Type::type id) { return arrow::is_var_length_list_like(id) || id == arrow::Type::FIXED_SIZE_LIST; }

bool can_read(Kind kind, arrow::Type::type id) {
  if (id == arrow::Type::NA) return true;
  switch (kind) {
    case Kind::kBool: return id == arrow::Type::BOOL;
    case Kind::kInt:
    case Kind::kFloat: return arrow::is_integer(id) || arrow::is_floating(id) || arrow::is_decimal(id);
    case Kind::kDecimal: return arrow::is_integer(id) || arrow::is_decimal(id);
    case Kind::kText:
    case Kind::kEnum: return is_text(id);
    case Kind::kDate: return arrow::is_date(id);
    case Kind::kTimestamp: return id == arrow::Type::TIMESTAMP;
    default: return false;
  }
}

const arrow::DataType& without_wrapping(const arrow::DataType& type) {
  const arrow::DataType* inner = &type;
  if (inner->id() == arrow::Type::EXTENSION) inner = static_cast<const arrow::ExtensionType*>(inner)->storage_type().get();
  if (inner->id() == arrow::Type::DICTIONARY) inner = static_cast<const arrow::DictionaryType*>(inner)->value_type().get();
  return *inner;
}

std::string kind_name(Kind kind, std::uint8_t scale) {
  switch (kind) {
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int";
    case Kind::kDecimal: return fmt::format("decimal({})", scale);
    case Kind::kFloat: return "float";
    case Kind::kText: return "text";
    case Kind::kDate: return "date";
    case Kind::kTimestamp: return "timestamp";
    case Kind::kEnum: return "enum";
    default: return "list";
  }
}

std::string type_name(const Slot& slot) {
  if (slot.is_money) return "money";
  const std::string scalar = kind_name(slot.scalar_kind(), slot.spec.type.scale);
  return slot.is_list() ? fmt::format("list<{}>", scalar) : scalar;
}

// ── Single values ────────────────────────────────────────────────────────────────────────────────────────────────────────

ScalarValue known(std::int64_t number) { return {ValueState::kKnown, number, 0}; }
ScalarValue known_float(double value) {
  return std::isnan(value) ? ScalarValue{ValueState::kMissing, 0, 0} : known(std::bit_cast<std::int64_t>(value));
}

ScalarValue scaled(std::int64_t whole, int scale) {
  std::int64_t raw = whole;
  for (int i = 0; i < scale; ++i) {
    if (__builtin_mul_overflow(raw, std::int64_t{10}, &raw)) return {};
  }
  return raw > -kDecimalLimit && raw < kDecimalLimit ? known(raw) : ScalarValue{};
}

// An amount of money, without the zeros at the end of its fraction.
ScalarValue amount_of(std::int64_t raw, std::int32_t scale) {
  while (scale > 0 && raw % 10 == 0) {
    raw /= 10;
    --scale;
  }
  const bool fits = raw > -kDecimalLimit && raw < kDecimalLimit && scale <= kMaxScale;
  return fits ? ScalarValue{ValueState::kKnown, raw, static_cast<std::uint8_t>(scale)} : ScalarValue{};
}

// The same of more digits than 64 bits hold, or of a negative scale.
ScalarValue amount_of_digits(std::string digits, std::int32_t scale) {
  constexpr std::int32_t kMostZeros = 18;
  if (digits == "0") return known(0);
  while (scale > 0 && digits.ends_with('0')) {
    digits.pop_back();
    --scale;
  }
  if (scale < -kMostZeros) return {};
  if (scale < 0) digits.append(static_cast<std::size_t>(-scale), '0');
  const KnownInt raw = parse_int(digits);
  return raw.known ? amount_of(raw.value, std::max(scale, 0)) : ScalarValue{};
}

ScalarValue from_integer(const Slot& slot, std::int64_t value) {
  if (slot.is_money) return amount_of(value, 0);
  switch (slot.scalar_kind()) {
    case Kind::kInt: return known(value);
    case Kind::kDecimal: return scaled(value, slot.spec.type.scale);
    default: break;
  }
  const auto nearest = static_cast<double>(value);
  const bool is_exact = std::abs(nearest) < 0x1p63 && static_cast<std::int64_t>(nearest) == value;
  return is_exact ? known_float(nearest) : ScalarValue{};
}

ScalarValue from_unsigned(const Slot& slot, std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(INT64_MAX)) return from_integer(slot, static_cast<std::int64_t>(value));
  const auto nearest = static_cast<double>(value);
  const bool is_exact = slot.scalar_kind() == Kind::kFloat && nearest < 0x1p64 && static_cast<std::uint64_t>(nearest) == value;
  return is_exact ? known_float(nearest) : ScalarValue{};
}

ScalarValue from_double(const Slot& slot, double value) {
  if (slot.scalar_kind() == Kind::kFloat) return known_float(value);
  const bool is_int = std::abs(value) < 0x1p63 && std::trunc(value) == value;
  return is_int ? known(static_cast<std::int64_t>(value)) : ScalarValue{};
}

template <typename Wide>
constexpr std::int64_t kMostDigits = Wide::kMaxPrecision;

// A decimal of up to 76 digits; `Wide` is arrow's Decimal128 or Decimal256.
template <typename Wide>
ScalarValue from_decimal(const Slot& slot, const Wide& value, std::int32_t scale) {
  if (slot.is_money) return amount_of_digits(value.ToIntegerString(), scale);
  // A file may state any scale; Arrow's tables of powers end with the digits that the type has.
  const std::int32_t wanted = slot.scalar_kind() == Kind::kDecimal ? slot.spec.type.scale : 0;
  if (std::abs(static_cast<std::int64_t>(wanted) - scale) > kMostDigits<Wide>) return value == Wide(0) ? known(0) : ScalarValue{};
  if (slot.scalar_kind() == Kind::kFloat) {
    const ParsedFloat nearest = parse_float(value.ToString(scale));
    return nearest.state == ParseState::kValue ? known_float(nearest.value) : ScalarValue{};
  }
  Wide rescaled = value;
  if (wanted != scale) {
    const auto result = value.Rescale(scale, wanted);
    if (!result.ok()) return {};
    rescaled = *result;
  }
  const KnownInt raw = parse_int(rescaled.ToIntegerString());
  if (!raw.known) return {};
  const bool fits = slot.scalar_kind() == Kind::kInt || (raw.value > -kDecimalLimit && raw.value < kDecimalLimit);
  return fits ? known(raw.value) : ScalarValue{};
}

// The common case, without a detour: 128 bits that hold a small number of the right scale.
ScalarValue from_decimal128(const Slot& slot, const arrow::Decimal128& value, std::int32_t scale) {
  const auto low = static_cast<std::int64_t>(value.low_bits());
  const bool is_small = value.high_bits() == (low < 0 ? -1 : 0) && low > -kDecimalLimit && low < kDecimalLimit;
  if (slot.is_money && is_small && scale >= 0) return amount_of(low, scale);
  const bool is_exact_kind = slot.scalar_kind() != Kind::kFloat && !slot.is_money;
  const std::int32_t wanted = slot.scalar_kind() == Kind::kDecimal ? slot.spec.type.scale : 0;
  return is_small && is_exact_kind && wanted == scale ? known(low) : from_decimal(slot, value, scale);
}

ScalarValue from_day(std::int64_t day) { return is_day(day) ? known(day) : ScalarValue{}; }

ScalarValue from_timestamp(const Slot& slot, std::int64_t value, const arrow::TimestampType& type) {
  std::int64_t micros = value;
  switch (type.unit()) {
    case arrow::TimeUnit::SECOND:
      if (__builtin_mul_overflow(value, kMicrosPerSecond, &micros)) return {};
      break;
    case arrow::TimeUnit::MILLI:
      if (__builtin_mul_overflow(value, std::int64_t{1000}, &micros)) return {};
      break;
    case arrow::TimeUnit::MICRO: break;
    case arrow::TimeUnit::NANO:
      if (value % 1000 != 0) return {};
      micros = value / 1000;
      break;
  }
  constexpr std::int64_t kFirst = (kMinDay - 2) * kMicrosPerDay, kLast = (kMaxDay + 2) * kMicrosPerDay;
  if (micros < kFirst || micros > kLast) return {};
  const std::int64_t instant = type.timezone().empty() ? instant_of_local(*slot.zone, micros) : micros;
  return is_instant(*slot.zone, instant) ? known(instant) : ScalarValue{};
}

ScalarValue from_text(const Slot& slot, std::string_view text) {
  if (!is_utf8(text)) return {ValueState::kBadEncoding, 0, 0};
  return slot.scalar_kind() == Kind::kEnum ? enum_value(slot, text) : known(0);
}

// ── Arrays ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Reads each value that is not null by `read(i)`.
template <typename Read>
void each(const arrow::Array& array, Scalars& out, Read read) {
  for (std::int64_t i = 0; i < array.length(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (array.IsNull(i)) continue;
    const ScalarValue value = read(i);
    out.states[at] = value.state;
    out.numbers[at] = value.number;
    if (!out.scales.empty()) out.scales[at] = value.scale;
  }
}

template <typename ArrayType>
void read_integers(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const ArrayType&>(array);
  each(array, out, [&](std::int64_t i) {
    if constexpr (std::is_unsigned_v<typename ArrayType::value_type>) {
      return from_unsigned(slot, typed.Value(i));
    } else {
      return from_integer(slot, typed.Value(i));
    }
  });
}

template <typename ArrayType>
void read_floats(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const ArrayType&>(array);
  each(array, out, [&](std::int64_t i) { return from_double(slot, typed.Value(i)); });
}

// `Wide` is what values widen to before they are rescaled.
template <typename ArrayType, typename Wide>
void read_decimals(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const ArrayType&>(array);
  const std::int32_t scale = static_cast<const arrow::DecimalType&>(*array.type()).scale();
  each(array, out, [&](std::int64_t i) {
    if constexpr (std::is_same_v<ArrayType, arrow::Decimal32Array> || std::is_same_v<ArrayType, arrow::Decimal64Array>) {
      using Narrow = std::conditional_t<std::is_same_v<ArrayType, arrow::Decimal32Array>, arrow::Decimal32, arrow::Decimal64>;
      return from_decimal128(slot, arrow::Decimal128(static_cast<std::int64_t>(Narrow(typed.GetValue(i)).value())), scale);
    } else if constexpr (std::is_same_v<Wide, arrow::Decimal128>) {
      return from_decimal128(slot, Wide(typed.GetValue(i)), scale);
    } else {
      return from_decimal(slot, Wide(typed.GetValue(i)), scale);
    }
  });
}

template <typename ArrayType>
void read_texts(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const ArrayType&>(array);
  out.texts.resize(static_cast<std::size_t>(array.length()));
  each(array, out, [&](std::int64_t i) {
    const std::string_view text = typed.GetView(i);
    out.texts[static_cast<std::size_t>(i)] = text;
    return from_text(slot, text);
  });
}

void read_dates(const arrow::Array& array, Scalars& out) {
  if (array.type_id() == arrow::Type::DATE32) {
    const auto& typed = static_cast<const arrow::Date32Array&>(array);
    return each(array, out, [&](std::int64_t i) { return from_day(typed.Value(i)); });
  }
  const auto& typed = static_cast<const arrow::Date64Array&>(array);
  constexpr std::int64_t kMillisPerDay = 86'400'000;
  each(array, out,
       [&](std::int64_t i) { return typed.Value(i) % kMillisPerDay == 0 ? from_day(typed.Value(i) / kMillisPerDay) : ScalarValue{}; });
}

void read_half_floats(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const arrow::HalfFloatArray&>(array);
  each(array, out, [&](std::int64_t i) { return from_double(slot, arrow::util::Float16::FromBits(typed.Value(i)).ToDouble()); });
}

void read_bools(const arrow::Array& array, Scalars& out) {
  const auto& typed = static_cast<const arrow::BooleanArray&>(array);
  each(array, out, [&](std::int64_t i) { return known(typed.Value(i) ? 1 : 0); });
}

void read_timestamps(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const arrow::TimestampArray&>(array);
  const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
  each(array, out, [&](std::int64_t i) { return from_timestamp(slot, typed.Value(i), type); });
}

Scalars read_scalars(const std::shared_ptr<arrow::Array>& array, const Slot& slot);

void read_dictionary(const arrow::Array& array, const Slot& slot, Scalars& out) {
  const auto& typed = static_cast<const arrow::DictionaryArray&>(array);
  const Scalars values = read_scalars(typed.dictionary(), slot);
  if (!values.texts.empty()) out.texts.resize(out.states.size());
  each(array, out, [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(typed.GetValueIndex(i));
    if (!values.texts.empty()) out.texts[static_cast<std::size_t>(i)] = values.texts[index];
    return values.scalar(index);
  });
}

// All values of an array without lists.
Scalars read_scalars(const std::shared_ptr<arrow::Array>& array, const Slot& slot) {
  const auto length = static_cast<std::size_t>(array->length());
  Scalars out{std::vector<ValueState>(length, ValueState::kMissing),
              std::vector<std::int64_t>(length),
              std::vector<std::uint8_t>(slot.is_money ? length : 0),
              {}};
  using arrow::Type;
  switch (array->type_id()) {
    case Type::NA: break;
    case Type::BOOL: read_bools(*array, out); break;
    case Type::INT8: read_integers<arrow::Int8Array>(*array, slot, out); break;
    case Type::INT16: read_integers<arrow::Int16Array>(*array, slot, out); break;
    case Type::INT32: read_integers<arrow::Int32Array>(*array, slot, out); break;
    case Type::INT64: read_integers<arrow::Int64Array>(*array, slot, out); break;
    case Type::UINT8: read_integers<arrow::UInt8Array>(*array, slot, out); break;
    case Type::UINT16: read_integers<arrow::UInt16Array>(*array, slot, out); break;
    case Type::UINT32: read_integers<arrow::UInt32Array>(*array, slot, out); break;
    case Type::UINT64: read_integers<arrow::UInt64Array>(*array, slot, out); break;
    case Type::HALF_FLOAT: read_half_floats(*array, slot, out); break;
    case Type::FLOAT: read_floats<arrow::FloatArray>(*array, slot, out); break;
    case Type::DOUBLE: read_floats<arrow::DoubleArray>(*array, slot, out); break;
    case Type::DECIMAL32: read_decimals<arrow::Decimal32Array, arrow::Decimal128>(*array, slot, out); break;
    case Type::DECIMAL64: read_decimals<arrow::Decimal64Array, arrow::Decimal128>(*array, slot, out); break;
    case Type::DECIMAL128: read_decimals<arrow::Decimal128Array, arrow::Decimal128>(*array, slot, out); break;
    case Type::DECIMAL256: read_decimals<arrow::Decimal256Array, arrow::Decimal256>(*array, slot, out); break;
    case Type::STRING:
    case Type::BINARY: read_texts<arrow::BinaryArray>(*array, slot, out); break;
    case Type::LARGE_STRING:
    case Type::LARGE_BINARY: read_texts<arrow::LargeBinaryArray>(*array, slot, out); break;
    case Type::STRING_VIEW:
    case Type::BINARY_VIEW: read_texts<arrow::BinaryViewArray>(*array, slot, out); break;
    case Type::DATE32:
    case Type::DATE64: read_dates(*array, out); break;
    case Type::TIMESTAMP: read_timestamps(*array, slot, out); break;
    case Type::DICTIONARY: read_dictionary(*array, slot, out); break;
    case Type::EXTENSION: return read_scalars(static_cast<const arrow::ExtensionArray&>(*array).storage(), slot);
    default: std::fill(out.states.begin(), out.states.end(), ValueState::kBadType);
  }
  return out;
}

// ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

// A value as a report shows it.
std::string shown_value(const arrow::Array& array, std::int64_t i) {
  const auto scalar = array.GetScalar(i);
  if (!scalar.ok()) return {};
  std::shared_ptr<arrow::Scalar> value = *scalar;
  if (value->type->id() == arrow::Type::DICTIONARY) {
    const auto encoded = static_cast<const arrow::DictionaryScalar&>(*value).GetEncodedValue();
    if (!encoded.ok()) return {};
    value = *encoded;
  }
  if (is_text(value->type->id())) {
    const auto& buffer = static_cast<const arrow::BaseBinaryScalar&>(*value).value;
    return buffer ? printable(std::string_view(reinterpret_cast<const char*>(buffer->data()), static_cast<std::size_t>(buffer->size())))
                  : std::string();
  }
  return printable(value->ToString());
}

void put_scalars(const std::shared_ptr<arrow::Array>& array, std::size_t first_row, ColumnSink& sink) {
  const Scalars values = read_scalars(array, sink.slot());
  const Kind kind = sink.slot().scalar_kind();
  for (std::size_t i = 0; i < values.states.size(); ++i) {
    const std::size_t row = first_row + i;
    if (values.states[i] == ValueState::kMissing) {
      sink.missing(row);
    } else if (values.states[i] != ValueState::kKnown) {
      sink.bad(row, bad_kind(values.states[i]), [&] { return shown_value(*array, static_cast<std::int64_t>(i)); });
    } else if (kind == Kind::kText) {
      sink.text(row, values.texts[i]);
    } else if (kind == Kind::kFloat) {
      sink.floating(row, std::bit_cast<double>(values.numbers[i]));
    } else {
      sink.number(row, values.scalar(i));
    }
  }
}

// Text by way of a dictionary: each entry is looked at once.
void put_dictionary_text(const std::shared_ptr<arrow::Array>& array, std::size_t first_row, ColumnSink& sink) {
  const auto& typed = static_cast<const arrow::DictionaryArray&>(*array);
  const Scalars values = read_scalars(typed.dictionary(), sink.slot());
  std::vector<std::int32_t> codes(values.states.size(), -1);
  for (std::int64_t i = 0; i < array->length(); ++i) {
    const std::size_t row = first_row + static_cast<std::size_t>(i);
    const std::size_t index = array->IsNull(i) ? codes.size() : static_cast<std::size_t>(typed.GetValueIndex(i));
    if (index == codes.size() || values.states[index] == ValueState::kMissing) {
      sink.missing(row);
    } else if (values.states[index] != ValueState::kKnown) {
      sink.bad(row, bad_kind(values.states[index]), [&] { return shown_value(*array, i); });
    } else {
      if (codes[index] < 0) codes[index] = sink.texts().code_of(values.texts[index]);
      sink.code(row, codes[index]);
    }
  }
}

struct ListRange {
  std::int64_t begin = 0;
  std::int64_t length = 0;
};

// The elements [range] of `values` as the list of a row.
void put_list(const arrow::Array& array, std::int64_t i, const Scalars& values, ListRange range, std::size_t row, ColumnSink& sink) {
  const bool has_text = sink.slot().scalar_kind() == Kind::kText;
  for (std::int64_t at = range.begin; at < range.begin + range.length; ++at) {
    const auto index = static_cast<std::size_t>(at);
    const ValueState state = values.states[index];
    if (state == ValueState::kMissing) continue;
    if (state != ValueState::kKnown) {
      sink.drop_elements(row);
      return sink.bad(row, bad_kind(state), [&] { return shown_value(array, i); });
    }
    if (has_text) {
      sink.element_text(values.texts[index]);
    } else {
      sink.element(values.numbers[index]);
    }
  }
}

template <typename ArrayType>
void put_lists(const arrow::Array& array, std::size_t first_row, ColumnSink& sink) {
  const auto& typed = static_cast<const ArrayType&>(array);
  const Scalars values = read_scalars(typed.values(), sink.slot());
  for (std::int64_t i = 0; i < array.length(); ++i) {
    const std::size_t row = first_row + static_cast<std::size_t>(i);
    if (array.IsNull(i)) {
      sink.missing(row);
    } else {
      put_list(array, i, values, {typed.value_offset(i), typed.value_length(i)}, row, sink);
    }
    sink.end_list(row);
  }
}

void put_list_array(const std::shared_ptr<arrow::Array>& array, std::size_t first_row, ColumnSink& sink) {
  switch (array->type_id()) {
    case arrow::Type::LIST:
    case arrow::Type::MAP: return put_lists<arrow::ListArray>(*array, first_row, sink);
    case arrow::Type::LARGE_LIST: return put_lists<arrow::LargeListArray>(*array, first_row, sink);
    case arrow::Type::LIST_VIEW: return put_lists<arrow::ListViewArray>(*array, first_row, sink);
    case arrow::Type::LARGE_LIST_VIEW: return put_lists<arrow::LargeListViewArray>(*array, first_row, sink);
    case arrow::Type::FIXED_SIZE_LIST: return put_lists<arrow::FixedSizeListArray>(*array, first_row, sink);
    default: break;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(array->length()); ++i) {  // type null
    sink.missing(first_row + i);
    sink.end_list(first_row + i);
  }
}

// ── Checks of what a file says ───────────────────────────────────────────────────────────────────────────────────────────

std::shared_ptr<arrow::DataType> byte_type(const std::shared_ptr<arrow::DataType>& type, const std::shared_ptr<arrow::DataType>& child) {
  switch (type->id()) {
    case arrow::Type::STRING: return arrow::binary();
    case arrow::Type::LARGE_STRING: return arrow::large_binary();
    case arrow::Type::STRING_VIEW: return arrow::binary_view();
    case arrow::Type::LIST: return arrow::list(child);
    case arrow::Type::LARGE_LIST: return arrow::large_list(child);
    case arrow::Type::LIST_VIEW: return arrow::list_view(child);
    case arrow::Type::LARGE_LIST_VIEW: return arrow::large_list_view(child);
    case arrow::Type::FIXED_SIZE_LIST:
      return arrow::fixed_size_list(child, static_cast<const arrow::FixedSizeListType&>(*type).list_size());
    case arrow::Type::DICTIONARY: return arrow::dictionary(static_cast<const arrow::DictionaryType&>(*type).index_type(), child);
    default: return type;
  }
}

std::shared_ptr<arrow::ArrayData> as_bytes(const std::shared_ptr<arrow::ArrayData>& data) {
  auto copy = data->Copy();
  if (copy->type->id() == arrow::Type::EXTENSION) copy->type = static_cast<const arrow::ExtensionType&>(*copy->type).storage_type();
  if (copy->type->id() == arrow::Type::MAP) return copy;
  std::shared_ptr<arrow::DataType> child;
  for (auto& inner : copy->child_data) {
    inner = as_bytes(inner);
    child = inner->type;
  }
  if (copy->dictionary) {
    copy->dictionary = as_bytes(copy->dictionary);
    child = copy->dictionary->type;
  }
  copy->type = byte_type(copy->type, child);
  return copy;
}

}  // namespace

std::optional<std::string> type_fault(const Slot& slot, const arrow::DataType& type) {
  const arrow::DataType* scalar = &without_wrapping(type);
  if (scalar->id() == arrow::Type::NA) return std::nullopt;
  const bool is_list = is_list_type(scalar->id());
  if (is_list) scalar = &without_wrapping(*scalar->field(0)->type());
  const bool is_encoded_list = is_list && type.id() == arrow::Type::DICTIONARY;
  if (!is_encoded_list && is_list == slot.is_list() && can_read(slot.scalar_kind(), scalar->id())) return std::nullopt;
  return fmt::format("is `{}` in the file, and `{}` in the schema; correct the type in the schema, or write the file anew", type.ToString(),
                     type_name(slot));
}

std::optional<Type> natural_type(const arrow::DataType& type) {
  const arrow::DataType& outer = without_wrapping(type);
  if (is_list_type(outer.id())) {
    const std::optional<Type> element = natural_type(*outer.field(0)->type());
    if (!element || element->kind == Kind::kList) return std::nullopt;
    Type list = *element;
    list.kind = Kind::kList;
    list.element = element->kind;
    return list;
  }
  Type natural;
  if (is_text(outer.id()) || outer.id() == arrow::Type::NA) natural.kind = Kind::kText;
  else if (outer.id() == arrow::Type::BOOL) natural.kind = Kind::kBool;
  else if (arrow::is_integer(outer.id())) natural.kind = Kind::kInt;
  else if (arrow::is_floating(outer.id())) natural.kind = Kind::kFloat;
  else if (arrow::is_date(outer.id())) natural.kind = Kind::kDate;
  else if (outer.id() == arrow::Type::TIMESTAMP) natural.kind = Kind::kTimestamp;
  else if (arrow::is_decimal(outer.id())) natural.kind = Kind::kDecimal;
  else return std::nullopt;
  if (natural.kind == Kind::kDecimal) {
    const std::int32_t scale = static_cast<const arrow::DecimalType&>(outer).scale();
    if (scale < 0 || scale > kMaxScale) return std::nullopt;
    natural.scale = static_cast<std::uint8_t>(scale);
  }
  return natural;
}

void convert_array(const std::shared_ptr<arrow::Array>& array, std::size_t first_row, ColumnSink& sink) {
  if (array->type_id() == arrow::Type::EXTENSION) {
    return convert_array(static_cast<const arrow::ExtensionArray&>(*array).storage(), first_row, sink);
  }
  if (sink.slot().is_list()) return put_list_array(array, first_row, sink);
  const bool is_dictionary_text = array->type_id() == arrow::Type::DICTIONARY && sink.slot().scalar_kind() == Kind::kText;
  if (is_dictionary_text && is_text(static_cast<const arrow::DictionaryArray&>(*array).dictionary()->type_id())) {
    return put_dictionary_text(array, first_row, sink);
  }
  put_scalars(array, first_row, sink);
}

std::shared_ptr<arrow::Array> checked_bytes(const std::shared_ptr<arrow::Array>& array) {
  auto checked = arrow::MakeArray(as_bytes(array->data()));
  // A date in milliseconds that is no whole day is a bad value, not a broken file.
  const arrow::Status status = checked->type_id() == arrow::Type::DATE64 ? checked->Validate() : checked->ValidateFull();
  return status.ok() ? checked : nullptr;
}

}  // namespace segue::io
