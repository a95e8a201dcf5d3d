// This file's external interface is PageCursor: the pages of a flat column of a Parquet row group, as batches of codes or of plain values. Seen by the reader of
// Parquet only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/io/column_part.h"
#include "runtime/io/packed_numbers.h"

namespace parquet {
class DataPage;
class Page;
class PageReader;
}  // namespace parquet

namespace segue::io {

// Rows of a batch, at most.
inline constexpr std::size_t kPageBatch = 4096;

enum class PageFound : std::uint8_t {
  kDictionary,  // its entries are in `bytes`
  kCodes,       // a batch of rows, of which `codes` holds the known ones: they are within the dictionary
  kPlain,       // a batch of rows, the values of which are next in `bytes`: whoever takes them tells by `consume` where they end
  kEnd,         // all rows were there
  kForeign,     // what this reader does not know, or does not find to be whole
};

// Arrow's reader of pages decompresses them; levels and codes are unpacked here.
class PageCursor {
 public:
  PageCursor(std::unique_ptr<parquet::PageReader> pages, bool is_nullable, std::size_t rows);
  PageCursor(const PageCursor&) = delete;
  PageCursor& operator=(const PageCursor&) = delete;
  ~PageCursor();

  // Goes on. Throws what Arrow's reader throws.
  [[nodiscard]] PageFound next();

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  void consume(std::size_t bytes) { bytes_ = bytes_.subspan(bytes); }
  [[nodiscard]] std::size_t entries() const { return entries_; }
  [[nodiscard]] const Batch& batch() const { return batch_; }
  // The rows of the batch that have a value.
  [[nodiscard]] std::size_t known() const { return known_; }
  // Their codes, and one more.
  [[nodiscard]] const std::int32_t* codes() const { return codes_.data(); }

 private:
  enum class Form : std::uint8_t { kCodes, kPlain };
  [[nodiscard]] PageFound open_page();
  [[nodiscard]] bool open_data(const parquet::DataPage& page, std::span<const std::uint8_t> levels, std::span<const std::uint8_t> values);
  [[nodiscard]] bool read_levels();

  std::unique_ptr<parquet::PageReader> pages_;
  std::shared_ptr<parquet::Page> page_;
  const bool is_nullable_;
  const std::size_t rows_;
  std::size_t row_ = 0;   // that comes next
  std::size_t left_ = 0;  // rows of the page
  Form form_ = Form::kPlain;
  bool has_missing_ = false;  // the page may have rows without a value
  PackedNumbers level_numbers_, code_numbers_;
  std::span<const std::uint8_t> bytes_;
  std::size_t entries_ = 0, known_ = 0;
  Batch batch_;
  std::vector<std::int32_t> codes_;
  std::vector<std::int16_t> levels_;
};

}  // namespace segue::io
