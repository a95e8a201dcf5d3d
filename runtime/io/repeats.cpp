// Hashing into parts, sorting each.
#include "runtime/io/repeats.h"

#include <algorithm>
#include <random>
#include <span>
#include <utility>

#include "runtime/io/text_index.h"

namespace segue::io {
namespace {

struct Secrets {
  std::array<std::uint64_t, 4> words;
};

const Secrets& secrets() {
  static const Secrets drawn = [] {
    std::random_device random;
    Secrets made{};
    for (std::uint64_t& word : made.words) word = ((std::uint64_t{random()} << 32) | random()) | 1;
    return made;
  }();
  return drawn;
}

}  // namespace

Mark mark_of(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  const auto& words = secrets().words;
  const std::uint64_t high = hash_mix(bits ^ words[0], words[1]), low = hash_mix(bits ^ words[2], words[3]);
  return {hash_mix(high ^ bits, words[2]) ^ bits, low};
}

Mark mark_of(std::string_view text) {
  Mark mark = mark_of(static_cast<std::int64_t>(text.size()));
  for (; text.size() > 8; text.remove_prefix(8)) {
    std::int64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    mark = combined(mark, mark_of(word));
  }
  std::int64_t tail = 0;
  if (!text.empty()) std::memcpy(&tail, text.data(), text.size());
  return combined(mark, mark_of(tail));
}

Mark mark_of(const Column& column, std::size_t row) {
  if (column.storage == Storage::kCodes) return mark_of(column.text_at(row));
  return mark_of(column.storage == Storage::kBits ? std::int64_t{column.bool_at(row)} : column.int_at(row));
}

Mark combined(Mark mark, Mark next) {
  const auto& words = secrets().words;
  return {hash_mix(mark.high ^ words[3], next.high ^ words[0]) + next.low, hash_mix(mark.low ^ words[1], next.low ^ words[2]) + mark.high};
}

std::expected<void, LoadError> MarkedNumbers::add(Mark mark, std::uint64_t number) {
  std::vector<Entry>& pending = pending_[part_of(mark)];
  pending.push_back({mark, number});
  if (pending.size() < most_) return {};
  const auto extent = file_.write(std::as_bytes(std::span(pending)));
  if (!extent) return std::unexpected(extent.error());
  extents_[part_of(mark)].push_back(*extent);
  pending.clear();
  return {};
}

std::expected<std::vector<MarkedNumbers::Entry>, LoadError> MarkedNumbers::part(std::size_t part) const {
  std::vector<Entry> entries;
  for (const Extent& extent : extents_[part]) {
    const std::size_t before = entries.size();
    entries.resize(before + extent.bytes / sizeof(Entry));
    auto done = file_.read(extent, std::as_writable_bytes(std::span(entries).subspan(before)));
    if (!done) return std::unexpected(done.error());
  }
  entries.insert(entries.end(), pending_[part].begin(), pending_[part].end());
  return entries;
}

std::expected<std::vector<RowId>, LoadError> RepeatFinder::repeats() const {
  std::vector<RowId> rows;
  for (std::size_t part = 0; part < MarkedNumbers::kParts; ++part) {
    auto entries = marks_.part(part);
    if (!entries) return std::unexpected(entries.error());
    std::ranges::sort(*entries, {}, [](const MarkedNumbers::Entry& entry) { return std::pair(entry.mark, entry.number); });
    for (std::size_t i = 1; i < entries->size(); ++i) {
      if ((*entries)[i].mark == (*entries)[i - 1].mark) rows.push_back(static_cast<RowId>((*entries)[i].number));
    }
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace segue::io
