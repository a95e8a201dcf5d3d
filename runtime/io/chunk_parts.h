// This file's external interface is how tables lie on disk by parts of accounts: PartedTable holds the rows of each part, PartIndex knows in which part a key is.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/io/column_builder.h"
#include "runtime/io/finish.h"
#include "runtime/io/repeats.h"
#include "runtime/io/spill_file.h"

namespace segue::io {

// The slots of a table without rows.
[[nodiscard]] std::vector<FinishedSlot> empty_slots(const ReadPlan& plan);

// In which parts the rows of a table are, by their keys.
class PartIndex {
 public:
  static constexpr std::uint32_t kNoPart = 0xffff'ffff;
  PartIndex() = default;
  explicit PartIndex(bool has_text) : has_text_(has_text) {}

  // The rows begin … end - 1 of accounts, of which all keys are known; parts come in order.
  void add(const Column& keys, std::size_t begin, std::size_t end, std::uint32_t part);
  void add(Mark mark, std::uint32_t part) { marks_.emplace_back(mark, part); }
  // No key is added afterwards. Where keys ascend from part to part, the first of each part is all that is kept: then `find` gives where a key would be.
  void finish(bool by_first_keys);

  [[nodiscard]] bool is_exact() const { return first_numbers_.empty() && first_texts_.empty(); }
  // Adds the parts of a known cell's key; whether there is such a row, even if no part has it.
  bool find(const Column& column, std::size_t row, std::vector<std::uint32_t>& parts) const;

 private:
  bool has_text_ = false;
  std::vector<std::int64_t> first_numbers_;
  std::vector<std::string> first_texts_;
  std::vector<std::pair<Mark, std::uint32_t>> marks_;  // sorted
};

class PartedTable {
 public:
  PartedTable(SpillFile& file, const ReadPlan& plan) : file_(file), plan_(plan) {}

  // Adds rows of a block; `numbers` are those of its good rows, counted from `first_row`.
  [[nodiscard]] std::expected<void, LoadError> add(std::uint32_t part, const std::vector<FinishedSlot>& slots, std::span<const RowId> rows,
                                                   std::uint64_t first_row, const std::vector<RowId>& numbers);
  // Writes to disk until no more than so many bytes wait in memory.
  [[nodiscard]] std::expected<void, LoadError> keep_below(std::size_t bytes);
  [[nodiscard]] std::expected<void, LoadError> flush() { return keep_below(0); }
  void clear() { parts_.clear(); }

  [[nodiscard]] std::size_t parts() const { return parts_.size(); }
  [[nodiscard]] std::uint64_t rows(std::size_t part) const { return part < parts_.size() ? parts_[part].rows : 0; }
  [[nodiscard]] std::uint64_t bytes(std::size_t part) const { return part < parts_.size() ? parts_[part].written : 0; }
  // All rows of some parts, in the order of the table, with their numbers.
  [[nodiscard]] std::expected<std::vector<FinishedSlot>, LoadError> read(std::uint32_t begin, std::uint32_t end,
                                                                         std::vector<RowId>& numbers) const;

 private:
  struct Part {
    std::vector<ColumnBuilder> pending;
    std::vector<RowId> numbers;
    std::vector<Extent> extents;
    std::uint64_t rows = 0, written = 0;
    [[nodiscard]] std::size_t bytes() const;
  };
  [[nodiscard]] std::expected<void, LoadError> write(Part& part);

  SpillFile& file_;
  const ReadPlan& plan_;
  std::vector<Part> parts_;
};

}  // namespace segue::io
