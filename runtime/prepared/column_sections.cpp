// Each part has its sections in a fixed order; those that it lacks are empty.
#include "runtime/prepared/column_sections.h"

#include <utility>

namespace segue {
namespace {

enum ColumnSection : std::size_t {
  kData,
  kValid,
  kBits,
  kOffsets,
  kTexts,
  kTextEnds,
  kElements,
  kLeasts,
  kGreatests,
  kMissing,
  kColumnSections
};
enum RankSection : std::size_t { kCuts, kWidth, kRankData, kRankSections };
enum LinkSection : std::size_t { kParentOf, kLinkOffsets, kChildren, kLinkSections };

ByteSpan bytes_of_bits(const Bitmap& bits) { return std::as_bytes(std::span(bits.words(), bits.word_count())); }
template <typename T>
ByteSpan bytes_in(const T& array) {
  return std::as_bytes(std::span(array.data(), array.size()));
}

std::size_t padded_rows(std::size_t rows) { return (rows + 63) / 64 * 64 + 64; }

template <typename T>
std::span<const T> values_in(ByteSpan section) {
  return {reinterpret_cast<const T*>(section.data()), section.size() / sizeof(T)};
}
template <typename T>
Array<T> array_in(const MappedFile& file, std::size_t section) {
  const auto values = values_in<T>(file.sections[section]);
  return values.empty() ? Array<T>() : Array<T>::borrow(values.data(), values.size(), file.owner);
}
template <typename T>
std::vector<T> vector_in(const MappedFile& file, std::size_t section) {
  const auto values = values_in<T>(file.sections[section]);
  return {values.begin(), values.end()};
}

// A bitmap of `rows`, or none where the section is empty; false where it has another size.
bool set_bits(Bitmap& bits, const MappedFile& file, std::size_t section, std::size_t rows) {
  const ByteSpan bytes = file.sections[section];
  if (bytes.empty()) return true;
  if (bytes.size() != (rows + 511) / 512 * 64) return false;
  bits = Bitmap::borrow(reinterpret_cast<const std::uint64_t*>(bytes.data()), rows, file.owner);
  return true;
}

bool set_statistics(Column& column, const MappedFile& file) {
  if (file.sections[kMissing].empty()) return true;
  auto statistics = std::make_shared<ColumnStatistics>();
  statistics->least = vector_in<std::int64_t>(file, kLeasts);
  statistics->greatest = vector_in<std::int64_t>(file, kGreatests);
  statistics->missing = vector_in<std::uint32_t>(file, kMissing);
  const std::size_t blocks = (column.rows + ColumnStatistics::kRows - 1) / ColumnStatistics::kRows;
  if (statistics->least.size() != blocks || statistics->greatest.size() != blocks || statistics->missing.size() != blocks) return false;
  column.statistics = std::move(statistics);
  return true;
}

bool set_dictionary(Column& column, const MappedFile& file) {
  const bool has_texts = column.storage == Storage::kCodes || (column.storage == Storage::kLists && column.type.element == Kind::kText);
  if (!has_texts) return true;
  const Array<std::uint64_t> ends = array_in<std::uint64_t>(file, kTextEnds);
  const std::size_t bytes = file.sections[kTexts].size();
  if ((ends.empty() ? 0 : ends.back()) != bytes) return false;
  column.dictionary = std::make_shared<const Dictionary>(array_in<char>(file, kTexts), ends);
  return true;
}

// How many values `data` holds, without its padding.
std::optional<std::size_t> count_of(const Column& column) {
  if (column.storage != Storage::kLists) return column.rows;
  if (column.offsets.size() != column.rows + 1) return std::nullopt;
  return column.offsets.back();
}

}  // namespace

std::vector<ByteSpan> sections_of(const Column& column) {
  std::vector<ByteSpan> sections(kColumnSections);
  sections[kData] = {column.data.data(), column.data.size()};
  if (!column.valid.empty()) sections[kValid] = bytes_of_bits(column.valid);
  if (column.storage == Storage::kBits) sections[kBits] = bytes_of_bits(column.bits);
  sections[kOffsets] = bytes_in(column.offsets);
  if (column.dictionary) {
    sections[kTexts] = bytes_in(column.dictionary->bytes());
    sections[kTextEnds] = bytes_in(column.dictionary->ends());
  }
  sections[kElements] = bytes_in(column.element_values);
  if (column.statistics) {
    sections[kLeasts] = bytes_in(column.statistics->least);
    sections[kGreatests] = bytes_in(column.statistics->greatest);
    sections[kMissing] = bytes_in(column.statistics->missing);
  }
  return sections;
}

std::vector<ByteSpan> sections_of(const RankCodes& ranks) {
  std::vector<ByteSpan> sections(kRankSections);
  sections[kCuts] = bytes_in(ranks.cuts);
  sections[kWidth] = std::as_bytes(std::span(&ranks.storage, 1));
  sections[kRankData] = {ranks.data.data(), ranks.data.size()};
  return sections;
}

std::vector<ByteSpan> sections_of(const Link& link) {
  std::vector<ByteSpan> sections(kLinkSections);
  sections[kParentOf] = bytes_in(link.parent_of);
  sections[kLinkOffsets] = bytes_in(link.offsets);
  sections[kChildren] = bytes_in(link.children);
  return sections;
}

std::vector<ByteSpan> sections_of(const Array<RowId>& reference) { return {bytes_in(reference)}; }

bool set_sections(Column& column, const MappedFile& file) {
  if (file.sections.size() != kColumnSections) return false;
  column.offsets = array_in<std::uint64_t>(file, kOffsets);
  const auto count = count_of(column);
  if (!count) return false;
  const std::size_t width = column.storage == Storage::kLists ? sizeof(std::int32_t) : bytes_of(column.storage);
  if (width != 0 && file.sections[kData].size() < padded_rows(*count) * width) return false;
  if (width != 0) column.data = Buffer::borrow(file.sections[kData].data(), file.sections[kData].size(), file.owner);
  if (!set_bits(column.valid, file, kValid, column.rows) || !set_bits(column.bits, file, kBits, column.rows)) return false;
  if (column.storage == Storage::kBits && column.bits.size() != column.rows) return false;
  column.element_values = vector_in<std::int64_t>(file, kElements);
  return set_dictionary(column, file) && set_statistics(column, file);
}

std::shared_ptr<const RankCodes> ranks_of(const MappedFile& file, std::size_t rows) {
  if (file.sections.size() != kRankSections || file.sections[kWidth].size() != sizeof(Storage)) return nullptr;
  auto ranks = std::make_shared<RankCodes>();
  ranks->cuts = vector_in<std::int64_t>(file, kCuts);
  ranks->storage = *reinterpret_cast<const Storage*>(file.sections[kWidth].data());
  const ByteSpan data = file.sections[kRankData];
  const std::size_t width = bytes_of(ranks->storage);
  if ((width != 1 && width != 2) || data.size() < (rows + 127) / 64 * 64 * width) return nullptr;
  ranks->data = Buffer::borrow(data.data(), data.size(), file.owner);
  return ranks;
}

std::optional<Link> link_of(const MappedFile& file, std::size_t rows, std::size_t parents) {
  if (file.sections.size() != kLinkSections) return std::nullopt;
  Link link{.parent_of = array_in<RowId>(file, kParentOf),
            .offsets = array_in<std::uint64_t>(file, kLinkOffsets),
            .children = array_in<RowId>(file, kChildren)};
  if (link.parent_of.size() != rows || link.offsets.size() != parents + 1) return std::nullopt;
  const std::uint64_t children = std::as_const(link).offsets.back();
  if (children > rows || (!link.children.empty() && link.children.size() != children)) return std::nullopt;
  return link;
}

std::optional<Array<RowId>> reference_of(const MappedFile& file, std::size_t rows) {
  if (file.sections.size() != 1) return std::nullopt;
  Array<RowId> reference = array_in<RowId>(file, 0);
  if (reference.size() != rows) return std::nullopt;
  return reference;
}

}  // namespace segue
