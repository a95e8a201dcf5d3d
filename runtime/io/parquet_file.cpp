// Parquet files as table files: a row group is a piece, decoded where it is converted: straight into parts where every cell is good, else by way of Arrow. Only columns that are asked for are touched, and no
// thread of Arrow's is: its pools are never started.
#include <algorithm>
#include <iterator>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include "runtime/io/arrow_pieces.h"
#include "runtime/io/parquet_direct.h"
#include "runtime/io/parquet_memory.h"
#include "runtime/io/points.h"
#include "runtime/io/table_file.h"
#include "runtime/io/used_again.h"

namespace segue::io {
namespace {

constexpr const char* kParquetFormat = "Parquet";

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
  std::vector<std::vector<int>> leaves;  // by position in the selection
  std::vector<DirectColumn> direct;      // by slot
  const std::vector<Placement>* placements = nullptr;
  std::vector<std::uint64_t> first_rows;  // in the table, by group; where there are placements
  KeepBlocks blocks = {};                 // of one row group for the next

  [[nodiscard]] std::expected<std::unique_ptr<FileReader>, LoadError> reader() const {
    parquet::arrow::FileReaderBuilder builder;
    if (const auto status = builder.Open(file, parquet::default_reader_properties(), metadata); !status.ok()) {
      return std::unexpected(broken_arrow(shown, kParquetFormat, status));
    }
    std::unique_ptr<FileReader> made;
    const auto status = builder.properties(properties)->Build(&made);
    if (!status.ok()) return std::unexpected(broken_arrow(shown, kParquetFormat, status));
    return made;
  }

  [[nodiscard]] std::expected<Piece, LoadError> read_group(int group, const std::vector<bool>& wanted) const {
    const PieceContext& context = *selection.context;
    const auto about = metadata->RowGroup(group);
    if (about->num_rows() < 0) return std::unexpected(unsound());
    Piece piece = good_piece(context, static_cast<std::size_t>(about->num_rows()));
    piece.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(about->total_compressed_size(), 0));
    std::vector<bool> is_open = wanted.empty() ? std::vector<bool>(context.slots.size(), true) : wanted;
    read_directly(group, piece, is_open);
    if (std::ranges::find(is_open, true) != is_open.end()) {
      piece.all_states();
      if (auto read = read_others(group, piece, is_open); !read) return std::unexpected(read.error());
    }
    settle_points(context, piece);
    return piece;
  }

  // Slots whose cells are all good; the others stay open.
  void read_directly(int group, Piece& piece, std::vector<bool>& is_open) const {
    const PieceContext& context = *selection.context;
    std::shared_ptr<parquet::RowGroupReader> opened;
    std::unique_ptr<parquet::ParquetFileReader> bytes;
    for (std::uint32_t slot = 0; slot < direct.size(); ++slot) {
      if (!is_open[slot] || direct[slot].form == DirectForm::kNone) continue;
      if (!bytes) {
        bytes = parquet::ParquetFileReader::Open(file, parquet::ReaderProperties(block_pool()), metadata);
        opened = bytes->RowGroup(group);
      }
      const Placement placement = placements != nullptr ? (*placements)[slot] : Placement{};
      const std::size_t row = placements != nullptr ? first_rows[static_cast<std::size_t>(group)] : 0;
      auto column = read_direct(*opened, direct[slot], context.slots[slot], piece.rows, placement, row);
      if (!column) continue;
      is_open[slot] = false;
      piece.columns[slot] = std::move(*column);
      if (context.slots[slot].is_known_at) mark_not_yet_known(*piece.columns[slot].part, context.known_until, piece.all_states());
    }
  }

  [[nodiscard]] std::expected<void, LoadError> read_others(int group, Piece& piece, const std::vector<bool>& is_open) const {
    const auto opened = reader();
    if (!opened) return std::unexpected(opened.error());
    std::vector<int> columns, open_leaves;
    for (std::size_t slot = 0; slot < is_open.size(); ++slot) {
      if (is_open[slot]) columns.push_back(static_cast<int>(selection.position_of_slot[slot]));
    }
    std::ranges::sort(columns);
    const auto repeated = std::ranges::unique(columns);
    columns.erase(repeated.begin(), repeated.end());
    for (const int column : columns) std::ranges::copy(leaves[static_cast<std::size_t>(column)], std::back_inserter(open_leaves));
    const auto read = (*opened)->ReadRowGroup(group, open_leaves);
    if (!read.ok()) return std::unexpected(broken_arrow(shown, kParquetFormat, read.status()));
    const auto& table = *read;
    std::vector<std::shared_ptr<arrow::ChunkedArray>> found = table->columns();
    const bool is_sound = table->Validate().ok() && check_dictionaries(found) && found.size() == columns.size() &&
                          static_cast<std::size_t>(table->num_rows()) == piece.rows;
    if (!is_sound) return std::unexpected(unsound());
    std::vector<std::shared_ptr<arrow::ChunkedArray>> by_position(leaves.size());
    for (std::size_t i = 0; i < columns.size(); ++i) by_position[static_cast<std::size_t>(columns[i])] = std::move(found[i]);
    for (std::uint32_t slot = 0; slot < is_open.size(); ++slot) {
      if (is_open[slot]) convert_slot(by_position[selection.position_of_slot[slot]], slot, *selection.context, piece);
    }
    return {};
  }

  [[nodiscard]] LoadError unsound() const {
    return broken_arrow(shown, kParquetFormat, arrow::Status::Invalid("a row group does not hold what it says"));
  }
};

void collect_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const auto& child : field.children) collect_leaves(child, leaves);
}

class ParquetTableFile final : public TableFile, public GroupedFile {
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
    return guarded(source_->shown, kParquetFormat, [&] { return select_columns(columns, context); });
  }

  std::expected<PieceTask, LoadError> next() override {
    if (group_ == source_->metadata->num_row_groups()) return PieceTask();
    return [source = source_, group = group_++] {
      return guarded(source->shown, kParquetFormat, [&] { return source->read_group(group, {}); });
    };
  }

  [[nodiscard]] const GroupedFile* grouped() const override { return this; }
  void place(const std::vector<Placement>& placements, std::uint64_t first_row) override {
    source_->placements = &placements;
    source_->first_rows.clear();
    for (const RowGroup& group : groups()) {
      source_->first_rows.push_back(first_row);
      first_row += group.rows;
    }
  }
  [[nodiscard]] std::vector<RowGroup> groups() const override {
    std::vector<RowGroup> groups;
    for (int i = 0; i < source_->metadata->num_row_groups(); ++i) {
      const auto about = source_->metadata->RowGroup(i);
      RowGroup group;
      group.number = static_cast<std::uint32_t>(i);
      group.rows = static_cast<std::uint64_t>(std::max<std::int64_t>(about->num_rows(), 0));
      group.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(about->total_compressed_size(), 0));
      groups.push_back(group);
    }
    return groups;
  }
  [[nodiscard]] GroupFacts facts(std::uint32_t group, std::uint32_t slot) const override {
    try {
      const DirectColumn& column = source_->direct[slot];
      if (column.form == DirectForm::kNone) return {};
      return direct_facts(*source_->metadata->RowGroup(static_cast<int>(group))->ColumnChunk(column.leaf), column,
                          source_->selection.context->slots[slot]);
    } catch (const std::exception&) {
      return {};
    }
  }
  [[nodiscard]] std::expected<Piece, LoadError> read(std::uint32_t group, const std::vector<bool>& wanted) const override {
    return guarded(source_->shown, kParquetFormat, [&] { return source_->read_group(static_cast<int>(group), wanted); });
  }

 private:
  std::expected<void, LoadError> select_columns(const std::vector<std::uint32_t>& columns, const PieceContext& context) {
    source_->selection = arrow_selection(columns, context);
    for (const int column : source_->selection.columns)
      collect_leaves(manifest_.schema_fields[static_cast<std::size_t>(column)], source_->leaves.emplace_back());
    for (std::size_t slot = 0; slot < columns.size(); ++slot) {
      ask_for_dictionary(columns[slot], context.slots[slot]);
      const auto& field = manifest_.schema_fields[columns[slot]];
      if (field.children.size() == 1 && field.children[0].is_leaf()) {
        const auto& element = field.children[0];
        source_->direct.push_back(direct_list(context.slots[slot], *source_->metadata->schema()->Column(element.column_index),
                                              element.column_index, *schema_->field(static_cast<int>(columns[slot]))->type(),
                                              element.level_info.repeated_ancestor_def_level));
        continue;
      }
      source_->direct.push_back(field.is_leaf()
                                    ? direct_column(context.slots[slot], *source_->metadata->schema()->Column(field.column_index),
                                                    field.column_index, *schema_->field(static_cast<int>(columns[slot]))->type())
                                    : DirectColumn{});
    }
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

OpenedFile open_parquet_source(const std::string& path, const std::string& shown) {
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
  if (const auto status = (*reader)->GetSchema(&schema); !status.ok()) return std::unexpected(broken_arrow(shown, kParquetFormat, status));
  return std::make_unique<ParquetTableFile>(std::move(source), std::move(schema), (*reader)->manifest());
}

}  // namespace

OpenedFile open_parquet(const std::string& path, const std::string& shown) {
  return guarded(shown, kParquetFormat, [&] { return open_parquet_source(path, shown); });
}

}  // namespace segue::io
