// The formats by name, and CSV files as table files.
#include "runtime/io/table_file.h"

#include <algorithm>

#include "runtime/io/csv_file.h"

namespace segue::io {
namespace {

// Positions of the distinct columns, and for each slot which of them it reads.
struct Selection {
  std::vector<std::uint32_t> columns;
  std::vector<std::uint32_t> field_of_slot;
};

Selection distinct_columns(const std::vector<std::uint32_t>& of_slots) {
  Selection selection;
  for (const std::uint32_t column : of_slots) {
    const auto found = std::ranges::find(selection.columns, column);
    selection.field_of_slot.push_back(static_cast<std::uint32_t>(found - selection.columns.begin()));
    if (found == selection.columns.end()) selection.columns.push_back(column);
  }
  return selection;
}

class CsvTableFile final : public TableFile {
 public:
  CsvTableFile(std::unique_ptr<CsvFile> file, const std::vector<std::string>& null_values)
      : file_(std::move(file)),
        null_values_(null_values) {}

  [[nodiscard]] const std::vector<std::string>& names() const override { return file_->header(); }
  [[nodiscard]] std::optional<std::string> fault(std::uint32_t, const Slot&) const override { return std::nullopt; }
  [[nodiscard]] std::optional<Type> type_of(std::uint32_t) const override { return std::nullopt; }

  std::expected<void, LoadError> select(const std::vector<std::uint32_t>& columns, const PieceContext& context) override {
    Selection selection = distinct_columns(columns);
    file_->select(selection.columns);
    fields_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(selection.field_of_slot));
    context_ = &context;
    return {};
  }

  std::expected<PieceTask, LoadError> next() override {
    auto block = file_->next_block();
    if (!block) return std::unexpected(block.error());
    if (!*block) return PieceTask();
    return [block = std::make_shared<CsvBlock>(std::move(**block)), fields = fields_, context = context_,
            &null_values = null_values_]() -> std::expected<Piece, LoadError> {
      return convert_csv(std::move(*block), *context, *fields, null_values);
    };
  }

 private:
  std::unique_ptr<CsvFile> file_;
  const std::vector<std::string>& null_values_;
  std::shared_ptr<const std::vector<std::uint32_t>> fields_;
  const PieceContext* context_ = nullptr;
};

bool ends_with_word(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  return std::ranges::equal(name.substr(name.size() - ending.size()), ending,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

std::optional<FileFormat> format_of(std::string_view name) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return ends_with_word(name, ending); });
  };
  if (is_one_of({".csv", ".tsv", ".txt"})) return FileFormat::kCsv;
  if (is_one_of({".csv.gz", ".tsv.gz", ".txt.gz"})) return FileFormat::kCsvGzip;
  if (is_one_of({".parquet", ".pq"})) return FileFormat::kParquet;
  if (is_one_of({".arrow", ".arrows", ".ipc", ".feather"})) return FileFormat::kArrow;
  return std::nullopt;
}

OpenedFile open_csv(const std::string& path, const std::string& shown, bool is_gzip, char delimiter,
                    const std::vector<std::string>& null_values) {
  auto file = CsvFile::open(path, shown, is_gzip, delimiter);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<CsvTableFile>(std::move(*file), null_values);
}

}  // namespace segue::io
