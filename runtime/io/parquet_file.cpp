// Parquet files as table files: a row group is a piece, decoded where it is converted. Only columns that are asked for are touched, and no
// thread of Arrow's is: its pools are never started.
#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include "runtime/io/arrow_pieces.h"
#include "runtime/io/table_file.h"

namespace segue::io {
namespace {

constexpr const char* kFormat = "Parquet";

using FileReader = parquet::arrow::FileReader;

// The decoder does not look whether the codes of a column lie in its dictionary.
bool check_dictionaries(std::vector<std::shared_ptr<arrow::ChunkedArray>>& columns) {
  for (auto& column : columns) {
    if (column->type()->id() != arrow::Type::DICTIONARY) continue;
    arrow::ArrayVector chunks;
    for (const auto& chunk : column->chunks()) {
      chunks.push_back(checked_bytes(chunk));
      if (!chunks.back()) return false;
    }
    if (!chunks.empty()) column = std::make_shared<arrow::ChunkedArray>(chunks);
  }
  return true;
}

// All that a task needs to decode a row group by itself.
struct ParquetSource {
  std::shared_ptr<arrow::io::RandomAccessFile> file;
  std::string shown;
  std::shared_ptr<parquet::FileMetaData> metadata;
  parquet::ArrowReaderProperties properties{false};
  ArrowSelection selection;
  std::vector<int> leaves;

  [[nodiscard]] std::expected<std::unique_ptr<FileReader>, LoadError> reader() const {
    parquet::arrow::FileReaderBuilder builder;
    if (const auto status = builder.Open(file, parquet::default_reader_properties(), metadata); !status.ok()) {
      return std::unexpected(broken_arrow(shown, kFormat, status));
    }
    std::unique_ptr<FileReader> made;
    const auto status = builder.properties(properties)->Build(&made);
    if (!status.ok()) return std::unexpected(broken_arrow(shown, kFormat, status));
    return made;
  }

  [[nodiscard]] std::expected<Piece, LoadError> read_group(int group) const {
    const auto opened = reader();
    if (!opened) return std::unexpected(opened.error());
    const auto read = (*opened)->ReadRowGroup(group, leaves);
    if (!read.ok()) return std::unexpected(broken_arrow(shown, kFormat, read.status()));
    const auto& table = *read;
    std::vector<std::shared_ptr<arrow::ChunkedArray>> columns = table->columns();
    const bool is_sound = table->Validate().ok() && check_dictionaries(columns) &&
                          static_cast<std::size_t>(table->num_columns()) == selection.columns.size() &&
                          table->num_rows() == metadata->RowGroup(group)->num_rows();
    if (!is_sound) return std::unexpected(broken_arrow(shown, kFormat, arrow::Status::Invalid("a row group does not hold what it says")));
    Piece piece = convert_chunks(columns, table->num_rows(), selection);
    piece.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(metadata->RowGroup(group)->total_compressed_size(), 0));
    return piece;
  }
};

void collect_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const auto& child : field.children) collect_leaves(child, leaves);
}

class ParquetTableFile final : public TableFile {
 public:
  ParquetTableFile(std::shared_ptr<ParquetSource> source, std::shared_ptr<arrow::Schema> schema, parquet::arrow::SchemaManifest manifest)
      : source_(std::move(source)),
        schema_(std::move(schema)),
        manifest_(std::move(manifest)),
        names_(schema_->field_names()) {}

  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::optional<std::string> fault(std::uint32_t column, const Slot& slot) const override {
    return type_fault(slot, *schema_->field(static_cast<int>(column))->type());
  }
  [[nodiscard]] std::optional<Type> type_of(std::uint32_t column) const override {
    return natural_type(*schema_->field(static_cast<int>(column))->type());
  }

  std::expected<void, LoadError> select(const std::vector<std::uint32_t>& columns, const PieceContext& context) override {
    return guarded(source_->shown, kFormat, [&] { return select_columns(columns, context); });
  }

  std::expected<PieceTask, LoadError> next() override {
    if (group_ == source_->metadata->num_row_groups()) return PieceTask();
    return [source = source_, group = group_++] { return guarded(source->shown, kFormat, [&] { return source->read_group(group); }); };
  }

 private:
  std::expected<void, LoadError> select_columns(const std::vector<std::uint32_t>& columns, const PieceContext& context) {
    source_->selection = arrow_selection(columns, context);
    for (const int column : source_->selection.columns)
      collect_leaves(manifest_.schema_fields[static_cast<std::size_t>(column)], source_->leaves);
    for (std::size_t slot = 0; slot < columns.size(); ++slot) ask_for_dictionary(columns[slot], context.slots[slot]);
    return {};
  }

  // Whether the file holds a column as codes, most likely: the few bytes that each value takes say so.
  [[nodiscard]] bool has_few_bytes_a_value(int leaf) const {
    constexpr std::int64_t kMost = 4;
    for (int group = 0; group < source_->metadata->num_row_groups(); ++group) {
      const auto chunk = source_->metadata->RowGroup(group)->ColumnChunk(leaf);
      if (chunk->total_uncompressed_size() / kMost > chunk->num_values()) return false;
    }
    return true;
  }

  // Text that is codes in the file is read as codes.
  void ask_for_dictionary(std::uint32_t column, const Slot& slot) {
    const auto& field = manifest_.schema_fields[column];
    const bool is_text = slot.spec.type.kind == Kind::kText || slot.spec.type.kind == Kind::kEnum;
    const auto id = field.field->type()->id();
    if (is_text && field.is_leaf() && (id == arrow::Type::STRING || id == arrow::Type::BINARY) &&
        has_few_bytes_a_value(field.column_index)) {
      source_->properties.set_read_dictionary(field.column_index, true);
    }
  }

  std::shared_ptr<ParquetSource> source_;
  std::shared_ptr<arrow::Schema> schema_;
  parquet::arrow::SchemaManifest manifest_;
  std::vector<std::string> names_;
  int group_ = 0;
};

OpenedFile open_source(const std::string& path, const std::string& shown) {
  auto source = std::make_shared<ParquetSource>();
  auto file = open_arrow_file(path, shown);
  if (!file) return std::unexpected(file.error());
  source->file = *file;
  source->shown = shown;
  source->properties.set_pre_buffer(false);
  auto reader = source->reader();
  if (!reader) return std::unexpected(reader.error());
  source->metadata = (*reader)->parquet_reader()->metadata();
  std::shared_ptr<arrow::Schema> schema;
  if (const auto status = (*reader)->GetSchema(&schema); !status.ok()) return std::unexpected(broken_arrow(shown, kFormat, status));
  return std::make_unique<ParquetTableFile>(std::move(source), std::move(schema), (*reader)->manifest());
}

}  // namespace

OpenedFile open_parquet(const std::string& path, const std::string& shown) {
  return guarded(shown, kFormat, [&] { return open_source(path, shown); });
}

}  // namespace segue::io
