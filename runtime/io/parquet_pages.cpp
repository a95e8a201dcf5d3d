// Pages of both versions of the format: definition levels, then values.
#include "runtime/io/parquet_pages.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <parquet/column_page.h>
#include <parquet/column_reader.h>

namespace segue::io {

PageCursor::PageCursor(std::unique_ptr<parquet::PageReader> pages, bool is_nullable, std::size_t rows)
    : pages_(std::move(pages)),
      is_nullable_(is_nullable),
      rows_(rows),
      codes_(kPageBatch + PackedNumbers::kSlack) {}

PageCursor::~PageCursor() = default;

PageFound PageCursor::next() {
  if (left_ == 0) {
    const PageFound found = open_page();
    if (found != PageFound::kCodes && found != PageFound::kPlain) return found;
  }
  batch_ = {row_, std::min(left_, kPageBatch), nullptr};
  known_ = batch_.rows;
  if (has_missing_ && !read_levels()) return PageFound::kForeign;
  row_ += batch_.rows;
  left_ -= batch_.rows;
  if (form_ == Form::kPlain) return PageFound::kPlain;
  if (known_ != 0 && (entries_ == 0 || !code_numbers_.read(codes_.data(), known_, static_cast<std::uint32_t>(entries_ - 1))))
    return PageFound::kForeign;
  codes_[known_] = 0;
  return PageFound::kCodes;
}

// The next page that has rows, or a dictionary.
PageFound PageCursor::open_page() {
  while ((page_ = pages_->NextPage())) {
    const std::span<const std::uint8_t> all(page_->data(), static_cast<std::size_t>(page_->size()));
    if (page_->type() == parquet::PageType::DICTIONARY_PAGE) {
      const auto& dictionary = static_cast<const parquet::DictionaryPage&>(*page_);
      const bool is_plain =
          dictionary.encoding() == parquet::Encoding::PLAIN || dictionary.encoding() == parquet::Encoding::PLAIN_DICTIONARY;
      if (!is_plain || dictionary.num_values() < 0) return PageFound::kForeign;
      if (entries_ != 0) return PageFound::kForeign;
      bytes_ = all;
      entries_ = static_cast<std::size_t>(dictionary.num_values());
      return PageFound::kDictionary;
    }
    bool is_open = false;
    if (page_->type() == parquet::PageType::DATA_PAGE) {
      const auto& page = static_cast<const parquet::DataPageV1&>(*page_);
      std::uint32_t size = 0;
      if (is_nullable_) {
        if (page.definition_level_encoding() != parquet::Encoding::RLE || all.size() < sizeof(size)) return PageFound::kForeign;
        std::memcpy(&size, all.data(), sizeof(size));
        if (size > all.size() - sizeof(size)) return PageFound::kForeign;
      }
      const std::size_t begin = is_nullable_ ? sizeof(size) : 0;
      is_open = open_data(page, all.subspan(begin, size), all.subspan(begin + size));
    } else if (page_->type() == parquet::PageType::DATA_PAGE_V2) {
      const auto& page = static_cast<const parquet::DataPageV2&>(*page_);
      const auto size = static_cast<std::size_t>(page.definition_levels_byte_length());
      is_open = page.repetition_levels_byte_length() == 0 && size <= all.size() && (is_nullable_ || size == 0) &&
                open_data(page, all.first(size), all.subspan(size));
    }
    if (!is_open) return PageFound::kForeign;
    if (left_ != 0) return form_ == Form::kCodes ? PageFound::kCodes : PageFound::kPlain;
  }
  return row_ == rows_ ? PageFound::kEnd : PageFound::kForeign;
}

bool PageCursor::open_data(const parquet::DataPage& page, std::span<const std::uint8_t> levels, std::span<const std::uint8_t> values) {
  if (page.num_values() < 0 || static_cast<std::size_t>(page.num_values()) > rows_ - row_) return false;
  left_ = static_cast<std::size_t>(page.num_values());
  if (left_ == 0) return true;
  has_missing_ = false;
  if (is_nullable_) {
    level_numbers_ = PackedNumbers(levels.data(), levels.size(), 1);
    has_missing_ = !level_numbers_.skip_all(1, left_);
  }
  bytes_ = values;
  if (page.encoding() == parquet::Encoding::PLAIN) {
    form_ = Form::kPlain;
    return true;
  }
  if (page.encoding() != parquet::Encoding::RLE_DICTIONARY && page.encoding() != parquet::Encoding::PLAIN_DICTIONARY) return false;
  form_ = Form::kCodes;
  // A page without known values may lack even the width.
  const int width = values.empty() ? 0 : values.front();
  if (width > 32 || (values.empty() && !has_missing_)) return false;
  code_numbers_ = values.empty() ? PackedNumbers() : PackedNumbers(values.data() + 1, values.size() - 1, width);
  return true;
}

bool PageCursor::read_levels() {
  levels_.resize(kPageBatch);
  std::int32_t* read = codes_.data();  // until the codes are there
  if (!level_numbers_.read(read, batch_.rows, 1)) return false;
  std::int32_t known = 0;
  for (std::size_t i = 0; i < batch_.rows; ++i) {
    known += read[i];
    levels_[i] = static_cast<std::int16_t>(read[i]);
  }
  known_ = static_cast<std::size_t>(known);
  if (known_ != batch_.rows) batch_.levels = levels_.data();
  return true;
}

}  // namespace segue::io
