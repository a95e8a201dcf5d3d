// The decoding of Parquet columns into parts.
#include "runtime/io/parquet_direct.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include "runtime/io/parquet_pages.h"
#include "runtime/io/parquet_texts.h"
#include "stdlib/calendar.h"
#include "stdlib/clock.h"

namespace segue::io {
namespace {

constexpr std::size_t kDirectBatch = 4096;

// ── What can be read ─────────────────────────────────────────────────────────────────────────────────────────────────────

using Physical = parquet::Type;

struct Span {
  std::int64_t least = 0, greatest = 0;
};

template <typename T>
constexpr Span kSpanOf = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};

// The values that a type of whole numbers has; nothing for others, and for numbers that need 64 bits without a sign.
std::optional<Span> span_of(arrow::Type::type id) {
  switch (id) {
    case arrow::Type::INT8: return kSpanOf<std::int8_t>;
    case arrow::Type::INT16: return kSpanOf<std::int16_t>;
    case arrow::Type::INT32: return kSpanOf<std::int32_t>;
    case arrow::Type::INT64: return kSpanOf<std::int64_t>;
    case arrow::Type::UINT8: return kSpanOf<std::uint8_t>;
    case arrow::Type::UINT16: return kSpanOf<std::uint16_t>;
    case arrow::Type::UINT32: return kSpanOf<std::uint32_t>;
    default: return std::nullopt;
  }
}

DirectColumn numbers(Span span, std::int64_t factor = 1, std::int64_t divisor = 1) {
  DirectColumn column;
  column.form = DirectForm::kNumbers;
  column.least = span.least;
  column.greatest = span.greatest;
  column.factor = factor;
  column.divisor = divisor;
  return column;
}

DirectColumn direct_int(const arrow::DataType& type, Physical::type physical) {
  const std::optional<Span> span = span_of(type.id());
  const bool is_wide = type.id() == arrow::Type::INT64;
  if (!span || physical != (is_wide ? Physical::INT64 : Physical::INT32)) return {};
  DirectColumn column = numbers(*span);
  column.is_unsigned = type.id() == arrow::Type::UINT32;
  return column;
}

DirectColumn direct_decimal(const Slot& slot, const parquet::ColumnDescriptor& descriptor, const arrow::DataType& type) {
  const std::int32_t scale = arrow::is_decimal(type.id()) ? static_cast<const arrow::DecimalType&>(type).scale() : 0;
  const std::int32_t zeros = slot.spec.type.scale - scale;
  if (scale < 0 || zeros < 0 || zeros > 17) return {};
  std::int64_t factor = 1;
  for (int i = 0; i < zeros; ++i) factor *= 10;
  const std::int64_t most = (kDecimalLimit - 1) / factor;
  const Physical::type physical = descriptor.physical_type();
  DirectColumn column;
  if (arrow::is_integer(type.id())) {
    column = direct_int(type, physical);
    column.least = std::max(column.least, -most);
    column.greatest = std::min(column.greatest, most);
    column.factor = factor;
    return column;
  }
  const bool is_known = descriptor.logical_type() != nullptr && descriptor.logical_type()->is_decimal() && descriptor.type_scale() == scale;
  const bool is_fixed = physical == Physical::FIXED_LEN_BYTE_ARRAY && descriptor.type_length() >= 1 && descriptor.type_length() <= 16;
  const bool fits = type.id() == arrow::Type::DECIMAL32 || type.id() == arrow::Type::DECIMAL64 || type.id() == arrow::Type::DECIMAL128;
  if (!is_known || !fits || (!is_fixed && physical != Physical::INT32 && physical != Physical::INT64)) return {};
  column = numbers({-most, most}, factor);
  column.width = is_fixed ? descriptor.type_length() : 0;
  return column;
}

DirectColumn direct_timestamp(const Slot& slot, const parquet::ColumnDescriptor& descriptor, const arrow::DataType& type) {
  if (type.id() != arrow::Type::TIMESTAMP || descriptor.physical_type() != Physical::INT64) return {};
  const auto& stamp = static_cast<const arrow::TimestampType&>(type);
  if (stamp.timezone().empty() && slot.zone != &utc_zone()) return {};
  const auto& logical = descriptor.logical_type();
  if (logical == nullptr || !logical->is_timestamp()) return {};
  // Two days inside the first and the last instant that any zone has.
  constexpr std::int64_t kFirst = (kMinDay + 2) * kMicrosPerDay, kLast = (kMaxDay - 2) * kMicrosPerDay;
  using Unit = parquet::LogicalType::TimeUnit;
  const Unit::unit unit = static_cast<const parquet::TimestampLogicalType&>(*logical).time_unit();
  if (unit == Unit::MILLIS && stamp.unit() == arrow::TimeUnit::MILLI) return numbers({kFirst / 1000, kLast / 1000}, 1000);
  if (unit == Unit::MICROS && stamp.unit() == arrow::TimeUnit::MICRO) return numbers({kFirst, kLast});
  if (unit == Unit::NANOS && stamp.unit() == arrow::TimeUnit::NANO) return numbers(kSpanOf<std::int64_t>, 1, 1000);
  return {};
}

bool is_text(const arrow::DataType& type) {
  const arrow::DataType& value =
      type.id() == arrow::Type::DICTIONARY ? *static_cast<const arrow::DictionaryType&>(type).value_type() : type;
  return arrow::is_base_binary_like(value.id()) || value.id() == arrow::Type::STRING_VIEW || value.id() == arrow::Type::BINARY_VIEW;
}

DirectColumn column_of(const Slot& slot, const parquet::ColumnDescriptor& descriptor, const arrow::DataType& type) {
  const Physical::type physical = descriptor.physical_type();
  DirectColumn column;
  switch (slot.scalar_kind()) {
    case Kind::kInt: return direct_int(type, physical);
    case Kind::kDecimal: return direct_decimal(slot, descriptor, type);
    case Kind::kTimestamp: return direct_timestamp(slot, descriptor, type);
    case Kind::kDate:
      if (type.id() == arrow::Type::DATE32 && physical == Physical::INT32) column = numbers({kMinDay, kMaxDay});
      break;
    case Kind::kFloat:
      if ((type.id() == arrow::Type::FLOAT && physical == Physical::FLOAT) ||
          (type.id() == arrow::Type::DOUBLE && physical == Physical::DOUBLE))
        column.form = DirectForm::kFloats;
      break;
    case Kind::kBool:
      if (type.id() == arrow::Type::BOOL && physical == Physical::BOOLEAN) column.form = DirectForm::kBools;
      break;
    case Kind::kText:
    case Kind::kEnum:
      if (is_text(type) && physical == Physical::BYTE_ARRAY) column.form = DirectForm::kTexts;
      break;
    default: break;
  }
  return column;
}

// ── Batches ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Calls `put(batch, known)` for all rows of a column, after `read(rows, levels, known)` has read some; false where `put` says so or rows are lacking.
template <typename Read, typename Put>
bool each_batch(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, Read read, Put put) {
  std::vector<std::int16_t> levels(column.is_nullable ? kDirectBatch : 0);
  std::size_t row = 0;
  while (row < rows) {
    std::int64_t known = 0;
    const std::int64_t count =
        read(static_cast<std::int64_t>(std::min(kDirectBatch, rows - row)), levels.empty() ? nullptr : levels.data(), &known);
    if (count <= 0 || known > count || (known < count && levels.empty())) return false;
    const Batch batch{row, static_cast<std::size_t>(count), known == count ? nullptr : levels.data()};
    if (!put(batch, static_cast<std::size_t>(known))) return false;
    row += batch.rows;
  }
  return !reader.HasNext();
}

// The values of a column, batch by batch, in `put(batch, values, known)`.
template <typename DType, typename Put>
bool each_value_batch(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, Put put) {
  using T = typename DType::c_type;
  auto& typed = static_cast<parquet::TypedColumnReader<DType>&>(reader);
  const auto values = std::make_unique<T[]>(kDirectBatch + 1);
  return each_batch(
      reader, column, rows,
      [&](std::int64_t count, std::int16_t* levels, std::int64_t* known) {
        return typed.ReadBatch(count, levels, nullptr, values.get(), known);
      },
      [&](const Batch& batch, std::size_t known) { return put(batch, values.get(), known); });
}

bool are_below(const std::int32_t* codes, std::size_t count, std::size_t limit) {
  std::uint32_t greatest = 0;
  for (std::size_t i = 0; i < count; ++i) greatest = std::max(greatest, static_cast<std::uint32_t>(codes[i]));
  return count == 0 || greatest < limit;
}

// A column whose pages are all codes into a dictionary: `learn(values, count)` is told of the dictionary, `put(batch, codes)` of codes within it. Either may
// refuse.
template <typename DType, typename Learn, typename Put>
bool each_code_batch(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, Learn learn, Put put) {
  auto& typed = static_cast<parquet::TypedColumnReader<DType>&>(reader);
  std::vector<std::int32_t> codes(kDirectBatch + 1);
  const typename DType::c_type* values = nullptr;
  const typename DType::c_type* learnt = nullptr;
  std::int32_t size = 0;
  return each_batch(
      reader, column, rows,
      [&](std::int64_t count, std::int16_t* levels, std::int64_t* known) {
        return typed.ReadBatchWithDictionary(count, levels, nullptr, codes.data(), known, &values, &size);
      },
      [&](const Batch& batch, std::size_t known) {
        if (values == nullptr || size <= 0) return known == 0 && put(batch, nullptr);
        if (values != learnt && !learn(values, static_cast<std::size_t>(size))) return false;
        learnt = values;
        if (!are_below(codes.data(), known, static_cast<std::size_t>(size))) return false;
        codes[known] = 0;
        return put(batch, codes.data());
      });
}

// ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <typename T>
std::pair<T, T> range_of(const T* values, std::size_t count) {
  T least = std::numeric_limits<T>::max(), greatest = std::numeric_limits<T>::min();
  for (std::size_t i = 0; i < count; ++i) {
    least = std::min(least, values[i]);
    greatest = std::max(greatest, values[i]);
  }
  return {least, greatest};
}

// Whether all values are good, and the builder holds what they mean.
template <typename T>
bool prepare(const DirectColumn& column, PartBuilder& builder, const T* values, std::size_t count) {
  if (count == 0) return true;
  const auto [least, greatest] = range_of(values, count);
  if (least < column.least || greatest > column.greatest) return false;
  if (column.divisor != 1 &&
      std::any_of(values, values + count, [&](T value) { return static_cast<std::int64_t>(value) % column.divisor != 0; })) {
    return false;
  }
  return builder.hold(std::min<std::int64_t>(column.value(least), 0), std::max<std::int64_t>(column.value(greatest), 0));
}

template <typename T>
bool put_numbers(const DirectColumn& column, PartBuilder& builder, const Batch& batch, const T* values, std::size_t known) {
  if (!prepare(column, builder, values, known)) return false;
  if (column.factor == 1 && column.divisor == 1) {
    builder.put(batch, [=](std::size_t i) { return values[i]; });
  } else {
    builder.put(batch, [&](std::size_t i) { return column.value(values[i]); });
  }
  return true;
}

// The number in some bytes, highest first; nothing where it needs more than 64 bits.
bool from_bytes(const std::uint8_t* bytes, int width, std::int64_t& out) {
  const std::uint64_t sign = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  std::uint64_t value = sign;
  for (int i = 0; i < width; ++i) {
    if (width - i > 8 && bytes[i] != static_cast<std::uint8_t>(sign)) return false;
    value = value << 8 | bytes[i];
  }
  out = static_cast<std::int64_t>(value);
  return static_cast<std::uint64_t>(out < 0 ? -1 : 0) == sign;
}

bool from_bytes(const parquet::FixedLenByteArray* values, std::size_t count, int width, std::vector<std::int64_t>& out) {
  out.resize(count + 1);
  bool fit = true;
  for (std::size_t i = 0; i < count; ++i) fit &= from_bytes(values[i].ptr, width, out[i]);
  return fit;
}

// What the entries of a dictionary mean, as the part holds them.
class CodedNumbers {
 public:
  explicit CodedNumbers(PartBuilder& builder) : builder_(builder) {}

  template <typename T>
  bool learn(const DirectColumn& column, const T* values, std::size_t count) {
    if (!prepare(column, builder_, values, count)) return false;
    if (column.factor == 1 && column.divisor == 1) return learn(count, [=](std::size_t i) { return values[i]; });
    return learn(count, [&](std::size_t i) { return column.value(values[i]); });
  }
  template <typename Meaning>
  bool learn(std::size_t count, Meaning meaning) {
    count_ = count;
    storage_ = builder_.storage();
    meanings_ = room_for(storage_);
    with_value_type(storage_, [&]<typename To>(To) {
      To* to = reinterpret_cast<To*>(meanings_.get());
      for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<To>(meaning(i));
      to[count] = To{};
    });
    return true;
  }
  bool put(const Batch& batch, const std::int32_t* codes) {
    if (codes == nullptr) return put_nothing(batch);
    if (storage_ != builder_.storage()) widen();
    with_value_type(storage_, [&]<typename To>(To) {
      const To* meanings = reinterpret_cast<const To*>(meanings_.get());
      if (batch.levels == nullptr) return look_up(meanings, codes, batch.rows, builder_.room<To>(batch));
      builder_.put_as<To>(batch, [=](std::size_t i) { return meanings[codes[i]]; });
    });
    return true;
  }
  bool put_nothing(const Batch& batch) {
    builder_.put(batch, [](std::size_t) { return 0; });
    return true;
  }

 private:
  [[nodiscard]] std::shared_ptr<std::byte> room_for(Storage storage) const {
    const std::size_t bytes = (count_ + 1) * bytes_of(storage);
    return allocate_values(bytes, bytes);
  }

  // Eight at a time: most of the reader's time goes by here.
  template <typename To>
  static void look_up(const To* meanings, const std::int32_t* codes, std::size_t count, To* to) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) to[i + k] = meanings[static_cast<std::uint32_t>(codes[i + k])];
    }
    for (; i < count; ++i) to[i] = meanings[static_cast<std::uint32_t>(codes[i])];
  }

  // Values in between that stand for themselves have made the part wider.
  void widen() {
    const std::shared_ptr<std::byte> wider = room_for(builder_.storage());
    with_value_type(builder_.storage(), [&]<typename To>(To) {
      with_value_type(storage_, [&]<typename From>(From) {
        const From* from = reinterpret_cast<const From*>(meanings_.get());
        std::transform(from, from + count_ + 1, reinterpret_cast<To*>(wider.get()), [](From value) { return static_cast<To>(value); });
      });
    });
    meanings_ = wider;
    storage_ = builder_.storage();
  }

  PartBuilder& builder_;
  std::size_t count_ = 0;
  std::shared_ptr<std::byte> meanings_;  // of each entry, and one more
  Storage storage_ = Storage::kNone;     // of the meanings
};

bool is_coded(parquet::ColumnReader& reader) { return reader.GetExposedEncoding() == parquet::ExposedEncoding::DICTIONARY; }

template <typename DType, typename T = typename DType::c_type>
bool read_numbers(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, PartBuilder& builder) {
  using Plain = typename DType::c_type;
  const auto as_numbers = [](const Plain* values) { return reinterpret_cast<const T*>(values); };  // at most the sign is another
  if (is_coded(reader)) {
    CodedNumbers coded(builder);
    return each_code_batch<DType>(
        reader, column, rows, [&](const Plain* values, std::size_t count) { return coded.learn(column, as_numbers(values), count); },
        [&](const Batch& batch, const std::int32_t* codes) { return coded.put(batch, codes); });
  }
  return each_value_batch<DType>(reader, column, rows, [&](const Batch& batch, const Plain* values, std::size_t known) {
    return put_numbers(column, builder, batch, as_numbers(values), known);
  });
}

bool read_fixed(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, PartBuilder& builder) {
  using parquet::FixedLenByteArray;
  std::vector<std::int64_t> numbers;
  if (is_coded(reader)) {
    CodedNumbers coded(builder);
    return each_code_batch<parquet::FLBAType>(
        reader, column, rows,
        [&](const FixedLenByteArray* values, std::size_t count) {
          return from_bytes(values, count, column.width, numbers) && coded.learn(column, numbers.data(), count);
        },
        [&](const Batch& batch, const std::int32_t* codes) { return coded.put(batch, codes); });
  }
  return each_value_batch<parquet::FLBAType>(
      reader, column, rows, [&](const Batch& batch, const FixedLenByteArray* values, std::size_t known) {
        return from_bytes(values, known, column.width, numbers) && put_numbers(column, builder, batch, numbers.data(), known);
      });
}

// ── Floats and bools ─────────────────────────────────────────────────────────────────────────────────────────────────────

std::size_t known_rows(const Batch& batch) {
  if (batch.levels == nullptr) return batch.rows;
  return static_cast<std::size_t>(std::count(batch.levels, batch.levels + batch.rows, 1));
}

// Rows that hold no number are missing.
template <typename T>
void drop_nan(PartBuilder& builder, const Batch& batch, const T* values, std::size_t known) {
  bool has_nan = false;
  for (std::size_t i = 0; i < known; ++i) has_nan |= std::isnan(values[i]);
  if (!has_nan) return;
  std::size_t next = 0;
  for (std::size_t i = 0; i < batch.rows; ++i) {
    if (batch.levels != nullptr && batch.levels[i] == 0) continue;
    if (std::isnan(values[next++])) builder.set_missing(batch.first + i);
  }
}

template <typename DType>
bool read_floats(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, PartBuilder& builder) {
  using T = typename DType::c_type;
  return each_value_batch<DType>(reader, column, rows, [&](const Batch& batch, const T* values, std::size_t known) {
    builder.put(batch, [=](std::size_t i) { return values[i]; });
    drop_nan(builder, batch, values, known);
    return true;
  });
}

bool read_bools(parquet::ColumnReader& reader, const DirectColumn& column, std::size_t rows, PartBuilder& builder) {
  return each_value_batch<parquet::BooleanType>(reader, column, rows, [&](const Batch& batch, const bool* values, std::size_t) {
    builder.put_bits(batch, values);
    return true;
  });
}

// ── Texts and enums ──────────────────────────────────────────────────────────────────────────────────────────────────────

bool hold_numbers(PartBuilder& builder, const std::vector<std::int64_t>& numbers, std::size_t count) {
  if (builder.storage() == Storage::kCodes) return true;
  return count == 0 || builder.hold(0, range_of(numbers.data(), count).second);
}

bool read_texts(parquet::ColumnReader& reader, const DirectColumn& column, const Slot& slot, std::size_t rows, PartBuilder& builder,
                LocalTexts& texts) {
  using parquet::ByteArray;
  TextNumbers numbers_of(slot, texts);
  std::vector<std::int64_t> numbers;
  if (is_coded(reader)) {
    CodedNumbers coded(builder);
    return each_code_batch<parquet::ByteArrayType>(
        reader, column, rows,
        [&](const ByteArray* values, std::size_t count) {
          return numbers_of.of(values, count, numbers) && hold_numbers(builder, numbers, count) &&
                 coded.learn(count, [&](std::size_t i) { return numbers[i]; });
        },
        [&](const Batch& batch, const std::int32_t* codes) { return coded.put(batch, codes); });
  }
  return each_value_batch<parquet::ByteArrayType>(reader, column, rows,
                                                  [&](const Batch& batch, const ByteArray* values, std::size_t known) {
                                                    if (!numbers_of.of(values, known, numbers) || !hold_numbers(builder, numbers, known))
                                                      return false;
                                                    builder.put(batch, [&](std::size_t i) { return numbers[i]; });
                                                    return true;
                                                  });
}

Storage first_storage(const Slot& slot, DirectForm form) {
  switch (form) {
    case DirectForm::kFloats: return Storage::kFloat64;
    case DirectForm::kBools: return Storage::kBits;
    case DirectForm::kTexts: return slot.scalar_kind() == Kind::kText ? Storage::kCodes : Storage::kInt8;
    default: return Storage::kInt8;
  }
}

bool read_column(parquet::ColumnReader& reader, const DirectColumn& column, const Slot& slot, std::size_t rows, PartBuilder& builder,
                 LocalTexts& texts) {
  switch (reader.type()) {
    case Physical::BOOLEAN: return read_bools(reader, column, rows, builder);
    case Physical::INT32:
      return column.is_unsigned ? read_numbers<parquet::Int32Type, std::uint32_t>(reader, column, rows, builder)
                                : read_numbers<parquet::Int32Type>(reader, column, rows, builder);
    case Physical::INT64: return read_numbers<parquet::Int64Type>(reader, column, rows, builder);
    case Physical::FLOAT: return read_floats<parquet::FloatType>(reader, column, rows, builder);
    case Physical::DOUBLE: return read_floats<parquet::DoubleType>(reader, column, rows, builder);
    case Physical::BYTE_ARRAY: return read_texts(reader, column, slot, rows, builder, texts);
    case Physical::FIXED_LEN_BYTE_ARRAY: return read_fixed(reader, column, rows, builder);
    default: return false;
  }
}

// ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

enum class PagesEnd : std::uint8_t {
  kDone,
  kRefused,  // a cell is bad
  kForeign,  // pages of a kind that is left to Arrow
};

// Goes through the pages of a column: `learn(bytes, entries)` takes a dictionary, `put_codes(batch, codes)` codes within it, `put_plain(batch, bytes, known)`
// values, and gives the bytes that they took, none where it refuses them.
template <typename Learn, typename PutCodes, typename PutPlain>
PagesEnd each_page_batch(PageCursor& pages, Learn learn, PutCodes put_codes, PutPlain put_plain) {
  for (;;) {
    switch (pages.next()) {
      case PageFound::kEnd: return PagesEnd::kDone;
      case PageFound::kForeign: return PagesEnd::kForeign;
      case PageFound::kDictionary:
        if (!learn(pages.bytes(), pages.entries())) return PagesEnd::kRefused;
        break;
      case PageFound::kCodes:
        if (!put_codes(pages.batch(), pages.entries() == 0 ? nullptr : pages.codes())) return PagesEnd::kRefused;
        break;
      case PageFound::kPlain: {
        const std::optional<std::size_t> taken = put_plain(pages.batch(), pages.bytes(), pages.known());
        if (!taken) return PagesEnd::kRefused;
        pages.consume(*taken);
        break;
      }
    }
  }
}

// Numbers of the type T one after the other, in place where they may stand there; null where there are not so many. With `has_more`, one more may be read.
template <typename T>
const T* values_in(std::span<const std::uint8_t> bytes, std::size_t count, bool has_more, std::vector<T>& copy) {
  if (bytes.size() / sizeof(T) < count) return nullptr;
  const bool is_aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(T) == 0;
  if (is_aligned && count != 0 && !has_more) return reinterpret_cast<const T*>(bytes.data());
  copy.resize(count + 1);
  if (count != 0) std::memcpy(copy.data(), bytes.data(), count * sizeof(T));
  return copy.data();
}

template <typename T>
PagesEnd page_numbers(PageCursor& pages, const DirectColumn& column, PartBuilder& builder) {
  CodedNumbers coded(builder);
  std::vector<T> copy;
  return each_page_batch(
      pages,
      [&](std::span<const std::uint8_t> bytes, std::size_t entries) {
        const T* values = values_in(bytes, entries, false, copy);
        return values != nullptr && coded.learn(column, values, entries);
      },
      [&](const Batch& batch, const std::int32_t* codes) { return coded.put(batch, codes); },
      [&](const Batch& batch, std::span<const std::uint8_t> bytes, std::size_t known) -> std::optional<std::size_t> {
        const T* values = values_in(bytes, known, batch.levels != nullptr, copy);
        if (values == nullptr || !put_numbers(column, builder, batch, values, known)) return std::nullopt;
        return known * sizeof(T);
      });
}

// Texts, each after its length; false where there are not so many. `taken` is where they end.
bool split_texts(std::span<const std::uint8_t> bytes, std::size_t count, std::vector<parquet::ByteArray>& out, std::size_t& taken) {
  out.clear();
  taken = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t size = 0;
    if (bytes.size() - taken < sizeof(size)) return false;
    std::memcpy(&size, bytes.data() + taken, sizeof(size));
    taken += sizeof(size);
    if (size > bytes.size() - taken) return false;
    out.emplace_back(size, bytes.data() + taken);
    taken += size;
  }
  return true;
}

PagesEnd page_texts(PageCursor& pages, const Slot& slot, PartBuilder& builder, LocalTexts& texts) {
  CodedNumbers coded(builder);
  TextNumbers numbers_of(slot, texts);
  std::vector<parquet::ByteArray> values;
  std::vector<std::int64_t> numbers;
  std::size_t taken = 0;
  const auto take = [&](std::span<const std::uint8_t> bytes, std::size_t count) {
    return split_texts(bytes, count, values, taken) && numbers_of.of(values.data(), count, numbers) &&
           hold_numbers(builder, numbers, count);
  };
  return each_page_batch(
      pages,
      [&](std::span<const std::uint8_t> bytes, std::size_t entries) {
        return take(bytes, entries) && coded.learn(entries, [&](std::size_t i) { return numbers[i]; });
      },
      [&](const Batch& batch, const std::int32_t* codes) { return coded.put(batch, codes); },
      [&](const Batch& batch, std::span<const std::uint8_t> bytes, std::size_t known) -> std::optional<std::size_t> {
        if (!take(bytes, known)) return std::nullopt;
        builder.put(batch, [&](std::size_t i) { return numbers[i]; });
        return taken;
      });
}

template <typename T>
PagesEnd page_floats(PageCursor& pages, PartBuilder& builder) {
  std::vector<T> entries, looked_up;
  const auto put = [&](const Batch& batch, const T* values, std::size_t known) {
    builder.put(batch, [=](std::size_t i) { return values[i]; });
    drop_nan(builder, batch, values, known);
    return true;
  };
  return each_page_batch(
      pages, [&](std::span<const std::uint8_t> bytes, std::size_t count) { return values_in(bytes, count, true, entries) != nullptr; },
      [&](const Batch& batch, const std::int32_t* codes) {
        const std::size_t known = known_rows(batch);
        looked_up.assign(known + 1, T{});
        for (std::size_t i = 0; i < known; ++i) looked_up[i] = entries[static_cast<std::size_t>(codes[i])];
        return put(batch, looked_up.data(), known);
      },
      [&](const Batch& batch, std::span<const std::uint8_t> bytes, std::size_t known) -> std::optional<std::size_t> {
        const T* values = values_in(bytes, known, batch.levels != nullptr, looked_up);
        if (values == nullptr || !put(batch, values, known)) return std::nullopt;
        return known * sizeof(T);
      });
}

PagesEnd read_pages(PageCursor& pages, Physical::type type, const DirectColumn& column, const Slot& slot, PartBuilder& builder,
                    LocalTexts& texts) {
  switch (type) {
    case Physical::INT32:
      return column.is_unsigned ? page_numbers<std::uint32_t>(pages, column, builder) : page_numbers<std::int32_t>(pages, column, builder);
    case Physical::INT64: return page_numbers<std::int64_t>(pages, column, builder);
    case Physical::FLOAT: return page_floats<float>(pages, builder);
    case Physical::DOUBLE: return page_floats<double>(pages, builder);
    case Physical::BYTE_ARRAY: return page_texts(pages, slot, builder, texts);
    default: return PagesEnd::kForeign;
  }
}

// ── Facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// The least and the greatest number of a chunk, as the file has them; nothing where it does not say, or not in the order of numbers.
std::optional<Span> stated_span(const parquet::Statistics& statistics, const DirectColumn& column) {
  if (!statistics.HasMinMax() || !statistics.is_min_value_exact().value_or(true) || !statistics.is_max_value_exact().value_or(true)) {
    return std::nullopt;
  }
  const auto span = [](auto least, auto greatest) -> std::optional<Span> { return Span{least, greatest}; };
  if (statistics.physical_type() == Physical::INT32) {
    const auto& typed = static_cast<const parquet::Int32Statistics&>(statistics);
    return column.is_unsigned ? span(static_cast<std::uint32_t>(typed.min()), static_cast<std::uint32_t>(typed.max()))
                              : span(typed.min(), typed.max());
  }
  if (statistics.physical_type() == Physical::INT64) {
    const auto& typed = static_cast<const parquet::Int64Statistics&>(statistics);
    return span(typed.min(), typed.max());
  }
  if (statistics.physical_type() != Physical::FIXED_LEN_BYTE_ARRAY) return std::nullopt;
  const auto& typed = static_cast<const parquet::FLBAStatistics&>(statistics);
  Span fixed;
  const bool fits = from_bytes(typed.min().ptr, column.width, fixed.least) && from_bytes(typed.max().ptr, column.width, fixed.greatest);
  return fits ? std::optional(fixed) : std::nullopt;
}

// The same as the Column has them.
std::optional<Span> known_span(const parquet::Statistics& statistics, const DirectColumn& column) {
  const std::optional<Span> stated = stated_span(statistics, column);
  if (!stated || stated->least > stated->greatest || stated->least < column.least || stated->greatest > column.greatest)
    return std::nullopt;
  const std::int64_t slack = column.divisor == 1 ? 0 : 1;
  return Span{column.value(stated->least) - slack, column.value(stated->greatest) + slack};
}

std::optional<std::pair<double, double>> float_span(const parquet::Statistics& statistics) {
  if (!statistics.HasMinMax()) return std::nullopt;
  std::pair<double, double> span;
  if (statistics.physical_type() == Physical::FLOAT) {
    const auto& typed = static_cast<const parquet::FloatStatistics&>(statistics);
    span = {typed.min(), typed.max()};
  } else {
    const auto& typed = static_cast<const parquet::DoubleStatistics&>(statistics);
    span = {typed.min(), typed.max()};
  }
  return span.first <= span.second ? std::optional(span) : std::nullopt;
}

// Whether all values of the type are good, whatever they are.
bool is_always_good(const DirectColumn& column, const parquet::ColumnChunkMetaData& chunk) {
  if (column.form == DirectForm::kBools) return true;
  if (column.form != DirectForm::kNumbers || column.divisor != 1 || column.width != 0) return false;
  const Span all = chunk.type() == Physical::INT32 ? kSpanOf<std::int32_t> : kSpanOf<std::int64_t>;
  return column.is_unsigned || (column.least <= all.least && column.greatest >= all.greatest);
}

std::shared_ptr<parquet::ColumnReader> reader_of(parquet::RowGroupReader& group, const DirectColumn& column) {
  return column.form == DirectForm::kFloats || column.form == DirectForm::kBools
             ? group.Column(column.leaf)
             : group.ColumnWithExposeEncoding(column.leaf, parquet::ExposedEncoding::DICTIONARY);
}

std::optional<ColumnPiece> read_list(parquet::RowGroupReader& group, const DirectColumn& column, const Slot& slot, std::size_t rows) {
  ColumnPiece piece;
  return read_lists(*reader_of(group, column), column, slot, rows, piece) ? std::optional(std::move(piece)) : std::nullopt;
}

// What `read(builder, texts)` reads, where it does.
template <typename Read>
std::optional<ColumnPiece> made_piece(const DirectColumn& column, const Slot& slot, std::size_t rows, const Placement& placement,
                                      std::size_t first_row, Read read) {
  ColumnPiece piece;
  PartBuilder builder(rows, first_storage(slot, column.form), placement, first_row);
  if (!read(builder, piece.texts)) return std::nullopt;
  if (builder.has_missing() && (!slot.spec.accepts_missing || slot.is_key)) return std::nullopt;
  piece.part = builder.take();
  return piece;
}

}  // namespace

GroupFacts direct_facts(const parquet::ColumnChunkMetaData& chunk, const DirectColumn& column, const Slot& slot) {
  GroupFacts facts;
  if (column.form == DirectForm::kNone || column.form == DirectForm::kLists) return facts;
  const std::shared_ptr<parquet::Statistics> statistics = chunk.is_stats_set() ? chunk.statistics() : nullptr;
  const bool has_count = statistics != nullptr && statistics->HasNullCount();
  // A float may be no number, which is missing, too.
  facts.may_be_missing = column.form == DirectForm::kFloats || (column.is_nullable && !(has_count && statistics->null_count() == 0));
  facts.may_be_known = !(has_count && column.is_nullable && statistics->null_count() == chunk.num_values());
  if (statistics != nullptr && column.form == DirectForm::kFloats) facts.floats = float_span(*statistics);
  if (statistics != nullptr && column.form == DirectForm::kNumbers) {
    if (const auto span = known_span(*statistics, column)) facts.integers = {span->least, span->greatest};
  }
  const bool is_good = is_always_good(column, chunk) || (facts.integers && column.divisor == 1) || !facts.may_be_known;
  facts.may_be_bad = !is_good || (facts.may_be_missing && (!slot.spec.accepts_missing || slot.is_key));
  // Bad cells may be read as missing, and the rows of others stay.
  if (!is_good && ((slot.spec.bad_is_missing && !slot.is_key) || slot.is_join)) facts.may_be_missing = true;
  if (column.form == DirectForm::kFloats) facts.may_be_bad = !slot.spec.accepts_missing || slot.is_key;
  const Storage storage = column.form == DirectForm::kFloats  ? Storage::kFloat64
                          : column.form == DirectForm::kTexts ? Storage::kCodes
                          : facts.integers                    ? narrowest(facts.integers->first, facts.integers->second)
                          : column.form == DirectForm::kBools ? Storage::kInt8
                                                              : Storage::kInt64;
  facts.bytes = static_cast<std::uint64_t>(chunk.num_values()) * bytes_of(storage);
  return facts;
}

DirectColumn direct_list(const Slot& slot, const parquet::ColumnDescriptor& descriptor, int leaf, const arrow::DataType& type,
                         int filled_level) {
  const bool is_list = type.id() == arrow::Type::LIST || type.id() == arrow::Type::LARGE_LIST;
  const bool has_text = slot.scalar_kind() == Kind::kText || slot.scalar_kind() == Kind::kEnum;
  if (!is_list || !slot.is_list() || !has_text || slot.keeps_vectors || descriptor.max_repetition_level() != 1) return {};
  if (descriptor.physical_type() != Physical::BYTE_ARRAY || !is_text(*type.field(0)->type())) return {};
  DirectColumn column;
  column.form = DirectForm::kLists;
  column.leaf = leaf;
  column.filled_level = filled_level;
  column.value_level = descriptor.max_definition_level();
  return column;
}

DirectColumn direct_column(const Slot& slot, const parquet::ColumnDescriptor& descriptor, int leaf, const arrow::DataType& type) {
  const bool is_plain = descriptor.max_repetition_level() == 0 && descriptor.max_definition_level() <= 1;
  if (!is_plain || slot.is_list() || slot.is_money || slot.is_coordinate || slot.keeps_vectors) return {};
  DirectColumn column = column_of(slot, descriptor, type);
  column.leaf = leaf;
  column.is_nullable = descriptor.max_definition_level() == 1;
  return column;
}

std::optional<ColumnPiece> read_direct(parquet::RowGroupReader& group, const DirectColumn& column, const Slot& slot, std::size_t rows,
                                       const Placement& placement, std::size_t first_row) {
  try {
    if (column.form == DirectForm::kLists) return read_list(group, column, slot, rows);
    PagesEnd end = PagesEnd::kForeign;
    auto piece = made_piece(column, slot, rows, placement, first_row, [&](PartBuilder& builder, LocalTexts& texts) {
      PageCursor pages(group.GetColumnPageReader(column.leaf), column.is_nullable, rows);
      end = read_pages(pages, group.metadata()->schema()->Column(column.leaf)->physical_type(), column, slot, builder, texts);
      return end == PagesEnd::kDone;
    });
    if (end != PagesEnd::kForeign) return piece;
    return made_piece(column, slot, rows, placement, first_row, [&](PartBuilder& builder, LocalTexts& texts) {
      return read_column(*reader_of(group, column), column, slot, rows, builder, texts);
    });
  } catch (const std::exception&) {
    return std::nullopt;  // reading it the other way gives the error its words
  }
}

}  // namespace segue::io
