// Results as Parquet or Arrow IPC, a batch of rows at a time. No thread of Arrow's is used.
#include <algorithm>
#include <cerrno>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/io_util.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <unistd.h>

#include "runtime/bits.h"
#include "runtime/io/column_builder.h"
#include "runtime/io/temporary_file.h"
#include "runtime/io/writers.h"

namespace segue::io {
namespace {

using Arrays = std::vector<std::shared_ptr<arrow::Array>>;
using ArrayResult = arrow::Result<std::shared_ptr<arrow::Array>>;

// Some of the rows that are written: their places among all of them, and in the table.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> rows;
};

// ── Types ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::shared_ptr<arrow::DataType> key_type(const Column& key) {
  switch (key.type.kind) {
    case Kind::kBool: return arrow::boolean();
    case Kind::kInt: return arrow::int64();
    case Kind::kDecimal: return arrow::decimal128(18, key.type.scale);
    case Kind::kFloat: return arrow::float64();
    case Kind::kDate: return arrow::date32();
    case Kind::kTimestamp: return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    default: return arrow::utf8();
  }
}

std::shared_ptr<arrow::DataType> column_type(OutputKind kind) {
  switch (kind) {
    case OutputKind::kMembers: return arrow::boolean();
    case OutputKind::kScores: return arrow::float64();
    case OutputKind::kLabels: break;
  }
  return arrow::utf8();
}

std::shared_ptr<arrow::Schema> make_schema(const WrittenTable& table, OutputLayout layout) {
  if (layout == OutputLayout::kLong) {
    return arrow::schema({arrow::field("account", key_type(*table.key.column), false), arrow::field("definition", arrow::utf8(), false),
                          arrow::field("value", arrow::utf8(), false)});
  }
  arrow::FieldVector fields = {arrow::field(std::string(table.key_name), key_type(*table.key.column), false)};
  if (table.second) fields.push_back(arrow::field(std::string(table.second_name), key_type(*table.second->column), false));
  for (const OutputColumn& column : table.columns) {
    fields.push_back(arrow::field(column.name, column_type(column.kind), column.kind == OutputKind::kLabels));
  }
  return arrow::schema(fields);
}

// ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <typename Builder>
arrow::Status append_key(Builder& builder, const KeyCells& cells, std::size_t row_of_table) {
  const Column& key = *cells.column;
  const std::size_t row = cells.cell(row_of_table);
  if constexpr (std::is_same_v<Builder, arrow::StringBuilder>) {
    return builder.Append(key.storage == Storage::kCodes ? key.text_at(row)
                                                         : std::string_view(cells.labels[static_cast<std::size_t>(key.int_at(row))]));
  } else if constexpr (std::is_same_v<Builder, arrow::BooleanBuilder>) {
    return builder.Append(key.bool_at(row));
  } else if constexpr (std::is_same_v<Builder, arrow::DoubleBuilder>) {
    return builder.Append(key.float_at(row));
  } else if constexpr (std::is_same_v<Builder, arrow::Decimal128Builder>) {
    return builder.Append(arrow::Decimal128(key.int_at(row)));
  } else {
    return builder.Append(static_cast<typename Builder::value_type>(key.int_at(row)));
  }
}

// The keys of rows, which may repeat.
template <typename Builder>
ArrayResult build_keys(const KeyCells& key, const std::vector<std::size_t>& rows) {
  Builder builder(key_type(*key.column), arrow::default_memory_pool());
  for (const std::size_t row : rows) ARROW_RETURN_NOT_OK(append_key(builder, key, row));
  return builder.Finish();
}

ArrayResult keys_of(const KeyCells& key, const std::vector<std::size_t>& rows) {
  switch (key.column->type.kind) {
    case Kind::kBool: return build_keys<arrow::BooleanBuilder>(key, rows);
    case Kind::kInt: return build_keys<arrow::Int64Builder>(key, rows);
    case Kind::kDecimal: return build_keys<arrow::Decimal128Builder>(key, rows);
    case Kind::kFloat: return build_keys<arrow::DoubleBuilder>(key, rows);
    case Kind::kDate: return build_keys<arrow::Date32Builder>(key, rows);
    case Kind::kTimestamp: return build_keys<arrow::TimestampBuilder>(key, rows);
    default: return build_keys<arrow::StringBuilder>(key, rows);
  }
}

// Bits and numbers are borrowed as they are, where all rows are written.
std::shared_ptr<arrow::Array> all_members_of(const OutputColumn& column, const RowRange& rows) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(column.members->words());
  auto buffer = std::make_shared<arrow::Buffer>(bytes, static_cast<std::int64_t>(column.members->word_count() * 8));
  return std::make_shared<arrow::BooleanArray>(static_cast<std::int64_t>(rows.end - rows.begin), buffer, nullptr, 0,
                                               static_cast<std::int64_t>(rows.begin));
}

std::shared_ptr<arrow::Array> all_scores_of(const OutputColumn& column, const RowRange& rows) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(column.scores.data() + rows.begin);
  const auto count = static_cast<std::int64_t>(rows.end - rows.begin);
  return std::make_shared<arrow::DoubleArray>(count, std::make_shared<arrow::Buffer>(bytes, count * 8));
}

ArrayResult members_of(const OutputColumn& column, const RowRange& rows) {
  arrow::BooleanBuilder builder;
  for (const std::size_t row : rows.rows) ARROW_RETURN_NOT_OK(builder.Append(column.members->test(row)));
  return builder.Finish();
}

ArrayResult scores_of(const OutputColumn& column, const RowRange& rows) {
  arrow::DoubleBuilder builder;
  for (const std::size_t row : rows.rows) ARROW_RETURN_NOT_OK(builder.Append(column.scores[row]));
  return builder.Finish();
}

ArrayResult labels_of(const OutputColumn& column, const RowRange& rows) {
  arrow::StringBuilder builder;
  for (const std::size_t row : rows.rows) {
    const std::int32_t code = column.codes[row];
    ARROW_RETURN_NOT_OK(code < 0 ? builder.AppendNull() : builder.Append(column.labels[static_cast<std::size_t>(code)]));
  }
  return builder.Finish();
}

ArrayResult column_of(const OutputColumn& column, bool has_all, const RowRange& rows) {
  switch (column.kind) {
    case OutputKind::kMembers: return has_all ? all_members_of(column, rows) : members_of(column, rows);
    case OutputKind::kScores: return has_all ? all_scores_of(column, rows) : scores_of(column, rows);
    case OutputKind::kLabels: break;
  }
  return labels_of(column, rows);
}

arrow::Result<Arrays> wide_arrays(const WrittenTable& table, const RowRange& range) {
  Arrays arrays(1);
  ARROW_ASSIGN_OR_RAISE(arrays[0], keys_of(table.key, range.rows));
  if (table.second) {
    ARROW_ASSIGN_OR_RAISE(arrays.emplace_back(), keys_of(*table.second, range.rows));
  }
  for (const OutputColumn& column : table.columns) {
    ARROW_ASSIGN_OR_RAISE(arrays.emplace_back(), column_of(column, table.all_rows.has_value(), range));
  }
  return arrays;
}

arrow::Result<Arrays> long_arrays(const WrittenTable& table, const RowRange& range) {
  std::vector<std::size_t> rows;
  arrow::StringBuilder definitions, values;
  std::string value;
  for (const std::size_t row : range.rows) {
    for (const OutputColumn& column : table.columns) {
      if (!long_value(column, row, value)) continue;
      rows.push_back(row);
      ARROW_RETURN_NOT_OK(definitions.Append(column.name));
      ARROW_RETURN_NOT_OK(values.Append(value));
    }
  }
  Arrays arrays(3);
  ARROW_ASSIGN_OR_RAISE(arrays[0], keys_of(table.key, rows));
  ARROW_ASSIGN_OR_RAISE(arrays[1], definitions.Finish());
  ARROW_ASSIGN_OR_RAISE(arrays[2], values.Finish());
  return arrays;
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Either format's writer.
class BatchWriter {
 public:
  static arrow::Result<BatchWriter> open(OutputFormat format, const std::shared_ptr<arrow::Schema>& schema,
                                         const std::shared_ptr<arrow::io::OutputStream>& stream) {
    BatchWriter writer;
    if (format == OutputFormat::kArrow) {
      auto options = arrow::ipc::IpcWriteOptions::Defaults();
      options.use_threads = false;
      ARROW_ASSIGN_OR_RAISE(writer.ipc_, arrow::ipc::MakeFileWriter(stream, schema, options));
      return writer;
    }
    const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build();
    const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    ARROW_ASSIGN_OR_RAISE(writer.parquet_,
                          parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), stream, properties, arrow_properties));
    return writer;
  }
  arrow::Status write(const arrow::RecordBatch& batch) { return ipc_ ? ipc_->WriteRecordBatch(batch) : parquet_->WriteRecordBatch(batch); }
  arrow::Status close() { return ipc_ ? ipc_->Close() : parquet_->Close(); }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchWriter> ipc_;
  std::unique_ptr<parquet::arrow::FileWriter> parquet_;
};

WriteError arrow_error(const std::string& path, const arrow::Status& status) {
  const int error_number = arrow::internal::ErrnoFromStatus(status);
  if (error_number != 0) return write_error(path, error_number);
  const std::string& message = status.message();
  return {WriteErrorKind::kEnvironment, fmt::format("`{}` cannot be written: {}", path, message.substr(0, message.find('\n')))};
}

RowRange range_from(const WrittenTable& table, std::size_t begin, std::size_t end) {
  RowRange range{begin, end, {}};
  for (std::size_t i = range.begin; i < range.end; ++i) range.rows.push_back(table.row(i));
  return range;
}

// Rows that do not make a batch yet: a table of its own, in the columns of the shape.
class PendingRows {
 public:
  explicit PendingRows(const WrittenTable& shape)
      : columns_(shape.columns.begin(), shape.columns.end()),
        members_(columns_.size()),
        scores_(columns_.size()),
        codes_(columns_.size()),
        labels_(shape.key.labels.begin(), shape.key.labels.end()) {
    if (shape.second) second_labels_.assign(shape.second->labels.begin(), shape.second->labels.end());
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }

  // The rows number begin … end - 1 of those that are written.
  void append(const WrittenTable& table, std::size_t begin, std::size_t end) {
    append_keys(keys_, table.key, table, begin, end);
    if (table.second) append_keys(second_keys_, *table.second, table, begin, end);
    for (std::size_t i = 0; i < columns_.size(); ++i) append_column(i, table, begin, end);
    rows_ += end - begin;
  }

  // All rows, which are gone with the next call.
  WrittenTable take(const WrittenTable& shape) {
    key_ = keys_.finish();
    WrittenTable table = {.key_name = shape.key_name,
                          .key = {&key_, labels_, {}},
                          .second_name = shape.second_name,
                          .second = {},
                          .columns = columns_,
                          .rows = {},
                          .all_rows = rows_};
    if (shape.second) {
      second_ = second_keys_.finish();
      table.second = KeyCells{&second_, second_labels_, {}};
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].members = &members_[i];
      columns_[i].scores = scores_[i];
      columns_[i].codes = codes_[i];
    }
    rows_ = 0;
    return table;
  }

 private:
  static void append_keys(ColumnBuilder& keys, const KeyCells& cells, const WrittenTable& table, std::size_t begin, std::size_t end) {
    if (table.all_rows && cells.rows.empty()) return keys.append(*cells.column, begin, end);
    std::vector<RowId> rows;
    for (std::size_t i = begin; i < end; ++i) rows.push_back(static_cast<RowId>(cells.cell(table.row(i))));
    keys.append(*cells.column, rows);
  }

  void append_column(std::size_t i, const WrittenTable& table, std::size_t begin, std::size_t end) {
    const OutputColumn& column = table.columns[i];
    const std::size_t count = end - begin;
    switch (column.kind) {
      case OutputKind::kMembers:
        if (members_[i].empty()) members_[i] = Bitmap(kRowsPerBatch);
        if (table.all_rows) return copy_bit_range(members_[i].words(), rows_, column.members->words(), begin, count);
        for (std::size_t at = 0; at < count; ++at) members_[i].set(rows_ + at, column.members->test(table.row(begin + at)));
        return;
      case OutputKind::kScores:
        scores_[i].resize(rows_ + count);
        for (std::size_t at = 0; at < count; ++at) scores_[i][rows_ + at] = column.scores[table.row(begin + at)];
        return;
      case OutputKind::kLabels:
        codes_[i].resize(rows_ + count);
        for (std::size_t at = 0; at < count; ++at) codes_[i][rows_ + at] = column.codes[table.row(begin + at)];
    }
  }

  std::size_t rows_ = 0;
  std::vector<OutputColumn> columns_;
  std::vector<Bitmap> members_;
  std::vector<std::vector<double>> scores_;
  std::vector<std::vector<std::int32_t>> codes_;
  std::vector<std::string> labels_, second_labels_;
  ColumnBuilder keys_, second_keys_;
  Column key_, second_;
};

// Batches of kRowsPerBatch rows, whatever the calls bring.
class ArrowWriter final : public TableWriter {
 public:
  explicit ArrowWriter(const WrittenTable& shape, const WriterContext& context) : context_(context), shape_(shape), pending_(shape) {
    shape_.rows.clear();
  }

  std::expected<void, WriteError> open(OutputFormat format) {
    const int descriptor = ::dup(context_.descriptor);  // Arrow's stream closes its own
    if (descriptor < 0) return std::unexpected(write_error(context_.path, errno));
    auto stream = arrow::io::FileOutputStream::Open(descriptor);
    if (!stream.ok()) {
      ::close(descriptor);
      return std::unexpected(arrow_error(context_.path, stream.status()));
    }
    return guarded([&] { return start(format, *stream); });
  }

  std::expected<void, WriteError> write(const WrittenTable& table) override {
    return guarded([&] { return add(table); });
  }

  std::expected<void, WriteError> close() override {
    return guarded([&]() -> arrow::Status {
      if (pending_.rows() != 0) ARROW_RETURN_NOT_OK(flush());
      ARROW_RETURN_NOT_OK(writer_->close());
      return stream_->Close();
    });
  }

 private:
  arrow::Status start(OutputFormat format, std::shared_ptr<arrow::io::OutputStream> stream) {
    stream_ = std::move(stream);
    schema_ = make_schema(shape_, context_.options.layout);
    ARROW_ASSIGN_OR_RAISE(BatchWriter writer, BatchWriter::open(format, schema_, stream_));
    writer_ = std::move(writer);
    return arrow::Status::OK();
  }

  arrow::Status add(const WrittenTable& table) {
    for (std::size_t begin = 0; begin < table.count() && !context_.is_cancelled();) {
      const std::size_t end = std::min(table.count(), begin + kRowsPerBatch - pending_.rows());
      if (end - begin == kRowsPerBatch) {
        ARROW_RETURN_NOT_OK(write_rows(table, range_from(table, begin, end)));
      } else {
        pending_.append(table, begin, end);
        if (pending_.rows() == kRowsPerBatch) ARROW_RETURN_NOT_OK(flush());
      }
      begin = end;
    }
    return arrow::Status::OK();
  }

  arrow::Status flush() {
    const WrittenTable table = pending_.take(shape_);
    return write_rows(table, range_from(table, 0, table.count()));
  }

  arrow::Status write_rows(const WrittenTable& table, const RowRange& range) {
    Arrays arrays;
    if (context_.options.layout == OutputLayout::kLong) {
      ARROW_ASSIGN_OR_RAISE(arrays, long_arrays(table, range));
    } else {
      ARROW_ASSIGN_OR_RAISE(arrays, wide_arrays(table, range));
    }
    const std::int64_t rows = arrays[0]->length();
    return writer_->write(*arrow::RecordBatch::Make(schema_, rows, std::move(arrays)));
  }

  template <typename Action>
  std::expected<void, WriteError> guarded(Action action) const {
    try {
      const arrow::Status status = action();
      if (context_.is_cancelled()) return std::unexpected(cancelled_write());
      if (!status.ok()) return std::unexpected(arrow_error(context_.path, status));
    } catch (const std::exception& exception) {
      return std::unexpected(arrow_error(context_.path, arrow::Status::IOError(exception.what())));
    }
    return {};
  }

  const WriterContext& context_;
  WrittenTable shape_;
  PendingRows pending_;
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::io::OutputStream> stream_;
  std::optional<BatchWriter> writer_;
};

}  // namespace

OpenedWriter open_arrow_writer(const WrittenTable& shape, OutputFormat format, const WriterContext& context) {
  auto writer = std::make_unique<ArrowWriter>(shape, context);
  if (auto opened = writer->open(format); !opened) return std::unexpected(opened.error());
  return writer;
}

}  // namespace segue::io
