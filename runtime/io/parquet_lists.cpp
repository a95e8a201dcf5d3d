// Lists of text out of Parquet: levels say where lists begin and end, values are looked at once for each entry of a dictionary.
#include <memory>

#include <parquet/column_reader.h>

#include "runtime/io/parquet_texts.h"

namespace segue::io {
namespace {

constexpr std::int64_t kListBatch = 4096;

// Puts elements into the lists of rows.
class ListBuilder {
 public:
  ListBuilder(const DirectColumn& column, std::size_t rows, bool is_enum, ColumnPiece& piece)
      : filled_(static_cast<std::int16_t>(column.filled_level)),
        value_(static_cast<std::int16_t>(column.value_level)),
        rows_(rows),
        is_enum_(is_enum),
        piece_(piece) {
    piece.ends.resize(rows);
  }

  // `number(i)` is the known value number i of these levels.
  template <typename Number>
  bool put(std::int64_t count, const std::int16_t* definitions, const std::int16_t* repetitions, Number number) {
    std::size_t next = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      if (repetitions[i] == 0 && !start_row(definitions[i])) return false;
      if (row_ == 0) return false;
      if (definitions[i] == value_) add(number(next++));
    }
    return true;
  }

  bool finish() {
    if (row_ != rows_) return false;
    if (row_ != 0) piece_.ends[row_ - 1] = size();
    return true;
  }
  [[nodiscard]] bool has_missing() const { return !piece_.missing.empty(); }

 private:
  [[nodiscard]] std::size_t size() const { return is_enum_ ? piece_.numbers.size() : piece_.codes.size(); }

  bool start_row(std::int16_t definition) {
    if (row_ != 0) piece_.ends[row_ - 1] = size();
    if (row_ == rows_) return false;
    if (definition < filled_ - 1) {
      if (piece_.missing.empty()) piece_.missing.resize(rows_);
      piece_.missing[row_] = 1;
    }
    ++row_;
    return true;
  }

  void add(std::int64_t number) {
    if (is_enum_) piece_.numbers.push_back(number);
    else piece_.codes.push_back(static_cast<std::int32_t>(number));
  }

  std::int16_t filled_, value_;
  std::size_t rows_;
  bool is_enum_;
  ColumnPiece& piece_;
  std::size_t row_ = 0;  // rows begun
};

// Levels and values of a batch.
struct Levels {
  std::vector<std::int16_t> definitions = std::vector<std::int16_t>(kListBatch), repetitions = std::vector<std::int16_t>(kListBatch);
  std::int64_t count = 0, known = 0;
};

using Texts = parquet::TypedColumnReader<parquet::ByteArrayType>;

bool put_values(Texts& reader, TextNumbers& numbers_of, ListBuilder& builder) {
  Levels levels;
  const auto values = std::make_unique<parquet::ByteArray[]>(kListBatch);
  std::vector<std::int64_t> numbers;
  while (reader.HasNext()) {
    levels.count = reader.ReadBatch(kListBatch, levels.definitions.data(), levels.repetitions.data(), values.get(), &levels.known);
    if (levels.count <= 0 || !numbers_of.of(values.get(), static_cast<std::size_t>(levels.known), numbers)) return false;
    const bool are_put =
        builder.put(levels.count, levels.definitions.data(), levels.repetitions.data(), [&](std::size_t i) { return numbers[i]; });
    if (!are_put) return false;
  }
  return true;
}

bool put_codes(Texts& reader, TextNumbers& numbers_of, ListBuilder& builder) {
  Levels levels;
  std::vector<std::int32_t> codes(kListBatch);
  std::vector<std::int64_t> meanings;
  const parquet::ByteArray* learnt = nullptr;
  while (reader.HasNext()) {
    const parquet::ByteArray* values = nullptr;
    std::int32_t size = 0;
    levels.count = reader.ReadBatchWithDictionary(kListBatch, levels.definitions.data(), levels.repetitions.data(), codes.data(),
                                                  &levels.known, &values, &size);
    if (levels.count <= 0 || (levels.known != 0 && values == nullptr)) return false;
    if (values != nullptr && values != learnt && !numbers_of.of(values, static_cast<std::size_t>(size), meanings)) return false;
    if (values != nullptr) learnt = values;
    for (std::int64_t i = 0; i < levels.known; ++i) {
      if (static_cast<std::uint32_t>(codes[static_cast<std::size_t>(i)]) >= static_cast<std::uint32_t>(size)) return false;
    }
    const bool are_put = builder.put(levels.count, levels.definitions.data(), levels.repetitions.data(),
                                     [&](std::size_t i) { return meanings[static_cast<std::size_t>(codes[i])]; });
    if (!are_put) return false;
  }
  return true;
}

}  // namespace

bool read_lists(parquet::ColumnReader& reader, const DirectColumn& column, const Slot& slot, std::size_t rows, ColumnPiece& piece) {
  auto& texts = static_cast<Texts&>(reader);
  TextNumbers numbers_of(slot, piece.texts);
  ListBuilder builder(column, rows, numbers_of.is_enum(), piece);
  const bool is_coded = reader.GetExposedEncoding() == parquet::ExposedEncoding::DICTIONARY;
  const bool are_read = is_coded ? put_codes(texts, numbers_of, builder) : put_values(texts, numbers_of, builder);
  return are_read && builder.finish() && (slot.spec.accepts_missing || !builder.has_missing());
}

}  // namespace segue::io
