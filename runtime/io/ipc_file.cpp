// Arrow IPC files, of the file and the stream format, as table files: a record batch is a piece. Batches are read one after the other
// and converted in any thread.
#include <algorithm>
#include <cstring>
#include <utility>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/reader.h>

#include "runtime/io/arrow_pieces.h"
#include "runtime/io/table_file.h"

namespace segue::io {
namespace {

constexpr const char* kIpcFormat = "Arrow";

using ArrowBatch = std::shared_ptr<arrow::RecordBatch>;

// A reader of either format.
struct IpcReader {
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file;
  std::shared_ptr<arrow::ipc::RecordBatchStreamReader> stream;
  int next_batch = 0;

  [[nodiscard]] std::shared_ptr<arrow::Schema> schema() const { return file ? file->schema() : stream->schema(); }
  // Null at the end.
  arrow::Result<ArrowBatch> next() {
    if (stream) return stream->Next();
    if (next_batch == file->num_record_batches()) return ArrowBatch();
    return file->ReadRecordBatch(next_batch++);
  }
};

arrow::Result<bool> has_file_magic(arrow::io::RandomAccessFile& file) {
  char start[6] = {};
  ARROW_ASSIGN_OR_RAISE(const std::int64_t count, file.ReadAt(0, sizeof(start), start));
  return count == sizeof(start) && std::memcmp(start, "ARROW1", sizeof(start)) == 0;
}

// A stream that was cut off between two batches reads as a whole one but for the mark at its end.
arrow::Status check_end_of_stream(arrow::io::RandomAccessFile& file) {
  ARROW_ASSIGN_OR_RAISE(const std::int64_t size, file.GetSize());
  char start[4] = {}, end[8] = {};
  ARROW_RETURN_NOT_OK(file.ReadAt(0, sizeof(start), start));
  const std::int64_t length = std::min<std::int64_t>(size, sizeof(end));
  ARROW_RETURN_NOT_OK(file.ReadAt(size - length, length, end));
  const bool is_legacy = std::memcmp(start, "\xff\xff\xff\xff", 4) != 0;
  const bool has_end = is_legacy ? std::memcmp(end + 4, "\0\0\0\0", 4) == 0 : std::memcmp(end, "\xff\xff\xff\xff\0\0\0\0", 8) == 0;
  return has_end ? arrow::Status::OK() : arrow::Status::Invalid("the mark at the end of the stream is not there");
}

arrow::Result<IpcReader> open_reader(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::vector<int>& columns) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  options.included_fields = columns;
  IpcReader reader;
  ARROW_ASSIGN_OR_RAISE(const bool is_file, has_file_magic(*file));
  if (is_file) {
    ARROW_ASSIGN_OR_RAISE(reader.file, arrow::ipc::RecordBatchFileReader::Open(file, options));
    return reader;
  }
  ARROW_RETURN_NOT_OK(check_end_of_stream(*file));
  ARROW_RETURN_NOT_OK(file->Seek(0));
  ARROW_ASSIGN_OR_RAISE(reader.stream,
                        arrow::ipc::RecordBatchStreamReader::Open(std::static_pointer_cast<arrow::io::InputStream>(file), options));
  return reader;
}

LoadError unsound(const std::string& shown) {
  return broken_arrow(shown, kIpcFormat, arrow::Status::Invalid("a batch does not hold what it says"));
}

std::expected<Piece, LoadError> convert_batch(const ArrowBatch& batch, const ArrowSelection& selection, const std::string& shown) {
  std::vector<std::shared_ptr<arrow::ChunkedArray>> columns;
  if (static_cast<std::size_t>(batch->num_columns()) != selection.columns.size()) return std::unexpected(unsound(shown));
  for (const auto& column : batch->columns()) {
    const auto checked = checked_bytes(column);
    if (!checked || checked->length() != batch->num_rows()) return std::unexpected(unsound(shown));
    columns.push_back(std::make_shared<arrow::ChunkedArray>(checked));
  }
  return convert_chunks(columns, batch->num_rows(), selection);
}

class IpcTableFile final : public TableFile {
 public:
  IpcTableFile(std::shared_ptr<arrow::io::RandomAccessFile> file, std::string shown, IpcReader reader)
      : file_(std::move(file)),
        shown_(std::move(shown)),
        reader_(std::move(reader)),
        schema_(reader_.schema()),
        names_(schema_->field_names()) {}

  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::optional<std::string> fault(std::uint32_t column, const Slot& slot) const override {
    return type_fault(slot, *schema_->field(static_cast<int>(column))->type());
  }
  [[nodiscard]] std::optional<Type> type_of(std::uint32_t column) const override {
    return natural_type(*schema_->field(static_cast<int>(column))->type());
  }

  std::expected<void, LoadError> select(const std::vector<std::uint32_t>& columns, const PieceContext& context) override {
    selection_ = std::make_shared<const ArrowSelection>(arrow_selection(columns, context));
    return guarded(shown_, kIpcFormat, [&]() -> std::expected<void, LoadError> {
      auto reader = open_reader(file_, selection_->columns);
      if (!reader.ok()) return std::unexpected(broken_arrow(shown_, kIpcFormat, reader.status()));
      reader_ = std::move(*reader);
      return {};
    });
  }

  std::expected<PieceTask, LoadError> next() override {
    auto batch = guarded(shown_, kIpcFormat, [&]() -> std::expected<ArrowBatch, LoadError> {
      auto read = reader_.next();
      if (!read.ok()) return std::unexpected(broken_arrow(shown_, kIpcFormat, read.status()));
      return *read;
    });
    if (!batch) return std::unexpected(batch.error());
    if (!*batch) return PieceTask();
    return [batch = *batch, selection = selection_, shown = shown_, bytes = bytes_of_batch()] {
      auto piece = guarded(shown, kIpcFormat, [&] { return convert_batch(batch, *selection, shown); });
      if (piece) piece->bytes = bytes;
      return piece;
    };
  }

 private:
  // For progress: where a stream stands; a file's batches count alike.
  std::uint64_t bytes_of_batch() {
    const std::int64_t size = file_->GetSize().ValueOr(0);
    const std::int64_t position =
        reader_.stream ? file_->Tell().ValueOr(size) : size * reader_.next_batch / reader_.file->num_record_batches();
    const std::int64_t before = std::exchange(position_, position);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(position - before, 0));
  }

  std::int64_t position_ = 0;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::string shown_;
  IpcReader reader_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::string> names_;
  std::shared_ptr<const ArrowSelection> selection_;
};

OpenedFile open_ipc_source(const std::string& path, const std::string& shown) {
  auto file = open_arrow_file(path, shown);
  if (!file) return std::unexpected(file.error());
  auto reader = open_reader(*file, {});
  if (!reader.ok()) return std::unexpected(broken_arrow(shown, kIpcFormat, reader.status()));
  return std::make_unique<IpcTableFile>(std::move(*file), shown, std::move(*reader));
}

}  // namespace

OpenedFile open_arrow(const std::string& path, const std::string& shown) {
  return guarded(shown, kIpcFormat, [&] { return open_ipc_source(path, shown); });
}

}  // namespace segue::io
