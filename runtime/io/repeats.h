// This file's external interface is RepeatFinder: which rows of a table of any size repeat an earlier one, in a key or altogether.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/spill_file.h"
#include "runtime/table.h"

namespace segue::io {

// What stands for a value: 128 bits, from secrets that are drawn anew in each process, so that two different values of 4 billion share one with a
// probability below 10^-19, whoever chooses them.
struct Mark {
  std::uint64_t high = 0, low = 0;
  friend auto operator<=>(const Mark&, const Mark&) = default;
};
[[nodiscard]] Mark mark_of(std::string_view text);
[[nodiscard]] Mark mark_of(std::int64_t number);
// Of a known cell of a key or a join column.
[[nodiscard]] Mark mark_of(const Column& column, std::size_t row);
// Of a sequence: start with one of them, and go on with the next.
[[nodiscard]] Mark combined(Mark mark, Mark next);

// Marks with a number each, cut by their first bits into parts that fit in memory; those that do not fit now are on disk.
class MarkedNumbers {
 public:
  struct Entry {
    Mark mark;
    std::uint64_t number = 0;
  };
  static constexpr std::size_t kParts = 256;

  // At most about `memory` bytes stay in memory.
  MarkedNumbers(SpillFile& file, std::size_t memory) : file_(file), most_(memory / sizeof(Entry) / kParts + 64) {}
  std::expected<void, LoadError> add(Mark mark, std::uint64_t number);
  // The entries of a part, in the order in which they were added.
  [[nodiscard]] std::expected<std::vector<Entry>, LoadError> part(std::size_t part) const;
  [[nodiscard]] static std::size_t part_of(Mark mark) { return mark.high >> 56; }

 private:
  SpillFile& file_;
  std::size_t most_;
  std::array<std::vector<Entry>, kParts> pending_;
  std::array<std::vector<Extent>, kParts> extents_;
};

class RepeatFinder {
 public:
  RepeatFinder(SpillFile& file, std::size_t memory) : marks_(file, memory) {}
  // Rows come in ascending order.
  std::expected<void, LoadError> add(Mark mark, RowId row) { return marks_.add(mark, row); }
  // All rows whose mark an earlier row has, ascending.
  [[nodiscard]] std::expected<std::vector<RowId>, LoadError> repeats() const;

 private:
  MarkedNumbers marks_;
};

}  // namespace segue::io
