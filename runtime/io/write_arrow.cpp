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

RowRange range_from(const WrittenTable& table, std::size_t begin) {
  RowRange range{begin, std::min(begin + kRowsPerBatch, table.count()), {}};
  for (std::size_t i = range.begin; i < range.end; ++i) range.rows.push_back(table.row(i));
  return range;
}

arrow::Status write_batches(const WrittenTable& table, OutputFormat format, const WriterContext& context,
                            const std::shared_ptr<arrow::io::OutputStream>& stream) {
  const auto schema = make_schema(table, context.options.layout);
  ARROW_ASSIGN_OR_RAISE(BatchWriter writer, BatchWriter::open(format, schema, stream));
  for (std::size_t begin = 0; begin < table.count() && !context.is_cancelled(); begin += kRowsPerBatch) {
    const RowRange range = range_from(table, begin);
    Arrays arrays;
    if (context.options.layout == OutputLayout::kLong) {
      ARROW_ASSIGN_OR_RAISE(arrays, long_arrays(table, range));
    } else {
      ARROW_ASSIGN_OR_RAISE(arrays, wide_arrays(table, range));
    }
    const std::int64_t rows = arrays[0]->length();
    ARROW_RETURN_NOT_OK(writer.write(*arrow::RecordBatch::Make(schema, rows, std::move(arrays))));
  }
  ARROW_RETURN_NOT_OK(writer.close());
  return stream->Close();
}

WriteError arrow_error(const std::string& path, const arrow::Status& status) {
  const int error_number = arrow::internal::ErrnoFromStatus(status);
  if (error_number != 0) return write_error(path, error_number);
  const std::string& message = status.message();
  return {WriteErrorKind::kEnvironment, fmt::format("`{}` cannot be written: {}", path, message.substr(0, message.find('\n')))};
}

}  // namespace

std::expected<void, WriteError> write_arrow(const WrittenTable& table, OutputFormat format, const WriterContext& context) {
  const int descriptor = ::dup(context.descriptor);  // Arrow's stream closes its own
  if (descriptor < 0) return std::unexpected(write_error(context.path, errno));
  auto stream = arrow::io::FileOutputStream::Open(descriptor);
  if (!stream.ok()) {
    ::close(descriptor);
    return std::unexpected(arrow_error(context.path, stream.status()));
  }
  try {
    const arrow::Status status = write_batches(table, format, context, *stream);
    if (context.is_cancelled()) return std::unexpected(cancelled_write());
    if (!status.ok()) return std::unexpected(arrow_error(context.path, status));
  } catch (const std::exception& exception) {
    return std::unexpected(arrow_error(context.path, arrow::Status::IOError(exception.what())));
  }
  return {};
}

}  // namespace segue::io
