// Where results go, and the long layout's values.
#include "runtime/io/write.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/io/column_builder.h"
#include "runtime/io/temporary_file.h"
#include "runtime/io/writers.h"
#include "stdlib/print_value.h"

namespace segue {
namespace io {
namespace {

namespace fs = std::filesystem;

WriteError environment(std::string message) { return {WriteErrorKind::kEnvironment, std::move(message)}; }

std::optional<OutputFormat> output_format(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (ending == ".csv") return OutputFormat::kCsv;
  if (ending == ".parquet") return OutputFormat::kParquet;
  if (ending == ".arrow") return OutputFormat::kArrow;
  return std::nullopt;
}

std::string shown_folder(const fs::path& path) { return path.empty() ? std::string(".") : path.string(); }

std::expected<void, WriteError> check_folder(const fs::path& folder, std::string_view path) {
  const std::string shown = shown_folder(folder);
  struct stat status{};
  if (::stat(shown.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return std::unexpected(write_error(std::string(path), errno));
    return std::unexpected(environment(fmt::format("`{}` cannot be written: the folder `{}` does not exist; make it first", path, shown)));
  }
  if (!S_ISDIR(status.st_mode))
    return std::unexpected(environment(fmt::format("`{}` cannot be written: `{}` is not a folder", path, shown)));
  if (::access(shown.c_str(), W_OK) != 0) return std::unexpected(write_error(std::string(path), errno));
  return {};
}

// The folder that `path` means, without a slash at its end; nothing where it means a file.
std::optional<fs::path> folder_of(std::string_view path) {
  std::error_code ignored;
  if (!path.ends_with('/')) return fs::is_directory(fs::path(path), ignored) ? std::optional<fs::path>(path) : std::nullopt;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return fs::path(path);
}

std::expected<std::string, WriteError> file_in_folder(const fs::path& folder, std::string_view path) {
  std::error_code ignored;
  const bool is_there = fs::exists(folder, ignored);
  if (auto checked = check_folder(is_there ? folder : folder.parent_path(), path); !checked) return std::unexpected(checked.error());
  return (folder / "accounts.parquet").string();
}

WrittenTable table_of(const Output& output) {
  WrittenTable table;
  table.key_name = output.key_name;
  table.key = {output.key, output.key_labels, {}};
  table.columns = output.columns;
  if (output.left_out == nullptr || output.left_out->count() == 0) {
    table.all_rows = output.key->rows;
    return table;
  }
  for (std::size_t row = 0; row < output.key->rows; ++row) {
    if (!output.left_out->test(row)) table.rows.push_back(static_cast<RowId>(row));
  }
  return table;
}

// `account_name` is the name of the accounts' column, which outlives the table.
WrittenTable table_of(const AudienceOutput& output, std::string_view account_name) {
  const KeyCells account = {output.account_key, output.account_key_labels, output.accounts};
  WrittenTable table;
  table.key_name = output.key == nullptr ? account_name : output.key_name;
  table.key = output.key == nullptr ? account : KeyCells{output.key, {}, {}};
  table.second_name = account_name;
  if (output.key != nullptr) table.second = account;
  for (std::size_t row = 0; row < output.accounts.size(); ++row) {
    const RowId owner = output.accounts[row];
    const bool is_written = owner != kNoRow && output.members->test(row) && (output.left_out == nullptr || !output.left_out->test(owner));
    if (is_written) table.rows.push_back(static_cast<RowId>(row));
  }
  return table;
}

// What an audience's file calls the account's key.
std::string account_name_of(const AudienceOutput& output) {
  return (output.key != nullptr && output.key_name == output.account_name ? "account." : "") + output.account_name;
}

// A TableWriter over a temporary file. The shape is its own.
class WrittenFile final : public ResultFile {
 public:
  WrittenFile(std::string path, TemporaryFile file, const WriteOptions& options)
      : path_(std::move(path)),
        options_(options),
        file_(std::move(file)),
        context_{file_.descriptor(), path_, options_} {}

  std::expected<void, WriteError> open(const Output& shape) {
    copy_key(shape.key, key_);
    names_ = shape;
    names_.key = &key_;
    names_.left_out = nullptr;
    return open_table(table_of(names_));
  }

  std::expected<void, WriteError> open(const AudienceOutput& shape) {
    options_.layout = OutputLayout::kWide;
    account_name_ = account_name_of(shape);
    key_name_ = shape.key_name;
    copy_key(shape.key, key_);
    copy_key(shape.account_key, account_key_);
    return open_table(table_of({.key_name = key_name_,
                                .key = shape.key == nullptr ? nullptr : &key_,
                                .account_name = {},
                                .account_key = &account_key_,
                                .account_key_labels = shape.account_key_labels,
                                .members = nullptr,
                                .accounts = {},
                                .left_out = nullptr,
                                .numbers = {}},
                               account_name_));
  }

  std::expected<void, WriteError> append(const Output& output) override { return writer_->write(table_of(output)); }
  std::expected<void, WriteError> append(const AudienceOutput& output) override {
    const WrittenTable table = table_of(output, account_name_);
    if (output.numbers.empty() && numbers_.empty()) return writer_->write(table);
    for (const RowId row : table.rows) numbers_.push_back(output.numbers[row]);
    append_cells(waiting_keys_, table.key, table);
    if (table.second) append_cells(waiting_accounts_, *table.second, table);
    return {};
  }

  std::expected<void, WriteError> close() override {
    if (auto written = write_waiting(); !written) return written;
    if (auto closed = writer_->close(); !closed) return closed;
    if (context_.is_cancelled()) return std::unexpected(cancelled_write());
    return {};
  }

  std::expected<std::string, WriteError> commit() override {
    if (auto committed = file_.commit(); !committed) return std::unexpected(committed.error());
    return path_;
  }

 private:
  // A column of the type without rows.
  static void copy_key(const Column* key, Column& out) {
    if (key != nullptr) out.type = key->type;
  }

  static void append_cells(ColumnBuilder& builder, const KeyCells& cells, const WrittenTable& table) {
    std::vector<RowId> rows;
    for (const RowId row : table.rows) rows.push_back(static_cast<RowId>(cells.cell(row)));
    builder.append(*cells.column, rows);
  }

  // An audience's rows that came out of order.
  std::expected<void, WriteError> write_waiting() {
    if (numbers_.empty()) return {};
    const Column keys = waiting_keys_.finish(), accounts = waiting_accounts_.finish();
    WrittenTable table = shape_;
    table.key.column = &keys;
    if (table.second) table.second->column = &accounts;
    table.all_rows.reset();
    table.rows.resize(numbers_.size());
    std::iota(table.rows.begin(), table.rows.end(), RowId{0});
    std::ranges::sort(table.rows, {}, [&](RowId row) { return numbers_[row]; });
    return writer_->write(table);
  }

  std::expected<void, WriteError> open_table(const WrittenTable& shape) {
    shape_ = shape;
    const OutputFormat format = *output_format(path_);
    auto writer = format == OutputFormat::kCsv ? open_csv_writer(shape, context_) : open_arrow_writer(shape, format, context_);
    if (!writer) return std::unexpected(writer.error());
    writer_ = std::move(*writer);
    return {};
  }

  std::string path_;
  WriteOptions options_;
  TemporaryFile file_;
  WriterContext context_;
  Output names_;
  Column key_, account_key_;
  std::string account_name_, key_name_;
  WrittenTable shape_;
  std::vector<RowId> numbers_;  // of rows that wait
  ColumnBuilder waiting_keys_, waiting_accounts_;
  std::unique_ptr<TableWriter> writer_;
};

// The folder is made where only it is not there.
template <typename Shape>
OpenedResultFile open_result_file(std::string_view path, const Shape& shape, const WriteOptions& options) {
  const auto file = output_file(path);
  if (!file) return std::unexpected(file.error());
  const fs::path folder = fs::path(*file).parent_path();
  if (!folder.empty() && ::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return std::unexpected(write_error(*file, errno));
  auto temporary = TemporaryFile::create(*file, options.on_temporary);
  if (!temporary) return std::unexpected(temporary.error());
  auto written = std::make_unique<WrittenFile>(*file, std::move(*temporary), options);
  if (auto opened = written->open(shape); !opened) return std::unexpected(opened.error());
  return written;
}

// All of it in one call.
template <typename Rows>
std::expected<std::string, WriteError> write_whole(std::string_view path, const Rows& rows, const WriteOptions& options) {
  auto file = open_result_file(path, rows, options);
  if (!file) return std::unexpected(file.error());
  if (auto written = (*file)->append(rows); !written) return std::unexpected(written.error());
  if (auto closed = (*file)->close(); !closed) return std::unexpected(closed.error());
  return (*file)->commit();
}

}  // namespace

std::string key_text(const KeyCells& cells, std::size_t row_of_table) {
  const Column& key = *cells.column;
  const std::size_t row = cells.cell(row_of_table);
  if (!key.is_known(row)) return {};
  switch (key.type.kind) {
    case Kind::kText: return std::string(key.text_at(row));
    case Kind::kBool: return key.bool_at(row) ? "true" : "false";
    case Kind::kFloat: return print_float(key.float_at(row));
    case Kind::kDecimal: return print_decimal(key.int_at(row), key.type.scale);
    case Kind::kDate: return print_date(key.int_at(row));
    case Kind::kTimestamp: return print_timestamp_utc(key.int_at(row));
    case Kind::kEnum: return cells.labels[static_cast<std::size_t>(key.int_at(row))];
    default: return print_int(key.int_at(row));
  }
}

bool long_value(const OutputColumn& column, std::size_t row, std::string& out) {
  switch (column.kind) {
    case OutputKind::kMembers: out = "true"; return column.members->test(row);
    case OutputKind::kScores: out = print_float(column.scores[row]); return true;
    case OutputKind::kLabels:
      if (column.codes[row] < 0) return false;
      out = column.labels[static_cast<std::size_t>(column.codes[row])];
      return true;
  }
  return false;
}

}  // namespace io

std::expected<std::string, WriteError> output_file(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return std::unexpected(io::environment("the output needs a path"));
  if (const auto folder = io::folder_of(path)) return io::file_in_folder(*folder, path);
  const std::filesystem::path file(path);
  if (!io::output_format(file)) {
    return std::unexpected(io::environment(fmt::format(
        "the name `{}` does not say the output's format; let it end in `.csv`, `.parquet` or `.arrow`, or in `/` for a folder", path)));
  }
  if (auto checked = io::check_folder(file.parent_path(), path); !checked) return std::unexpected(checked.error());
  return std::string(path);
}

OpenedResultFile open_results(std::string_view path, const Output& shape, const WriteOptions& options) {
  return io::open_result_file(path, shape, options);
}

OpenedResultFile open_audience(std::string_view path, const AudienceOutput& shape, const WriteOptions& options) {
  return io::open_result_file(path, shape, options);
}

std::expected<std::string, WriteError> write_results(std::string_view path, const Output& output, const WriteOptions& options) {
  return io::write_whole(path, output, options);
}

std::string audience_file(std::string_view accounts_file, std::string_view audience) {
  std::string name;
  for (const char c : audience) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte > 0x20 && byte != 0x7f && std::string_view("/\\:*?\"<>|%").find(c) == std::string_view::npos;
    name += is_plain && !(c == '.' && name.empty()) ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  if (name == "accounts") name = "%61ccounts";
  return (std::filesystem::path(accounts_file).parent_path() / (name + ".parquet")).string();
}

std::expected<std::string, WriteError> write_audience(std::string_view path, const AudienceOutput& output, const WriteOptions& options) {
  return io::write_whole(path, output, options);
}

}  // namespace segue
