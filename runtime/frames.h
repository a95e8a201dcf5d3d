// This file's interface, private to the folder, is FrameState: the rows of one frame in a batch, and where their bits and values lie.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/child_order.h"
#include "runtime/program.h"
#include "runtime/table.h"

namespace segue {

// Positions lead … rows - 1 are the batch's rows; those before `lead`, which align what is read in place, and those from `rows` to the end of
// the last word hold anything.
struct FrameState {
  const FrameLayout* layout = nullptr;
  const Table* table = nullptr;
  bool is_in_place = false;  // in this batch: layouts say where it may be
  std::size_t lead = 0;
  std::size_t rows = 0;
  bool is_placed = false;              // in this batch: among the rows of a bucket (ChildOrder)
  std::size_t base = 0;                // in place: the table's row at position 0; placed: the child's number
  const RowId* ids = nullptr;          // placed or gathered: the table's rows by position
  std::vector<RowId> row_ids;          // gathered: what `ids` leads to
  std::vector<std::uint32_t> offsets;  // by position of `outer`, + 1: the positions here
  std::vector<std::uint64_t, AlignedAllocator<std::uint64_t>> bits;
  std::vector<AlignedBytes> gathered;  // by input
  std::vector<std::int64_t, AlignedAllocator<std::int64_t>> values;
  std::size_t capacity = 0;                        // rows of a value slot
  std::vector<const void*> pointers;               // inputs, then value slots
  std::vector<std::vector<std::int64_t>> widened;  // by input: its rows as int64, once some step has asked for them
  std::vector<bool> is_widened;                    // in this batch

  [[nodiscard]] std::size_t words() const { return (rows + 63) / 64; }
  [[nodiscard]] std::size_t blocks() const { return (rows + kBlockRows - 1) / kBlockRows; }
  [[nodiscard]] std::uint64_t* bit_block(std::uint32_t slot, std::size_t block) {
    return bits.data() + (block * layout->bit_slots + slot) * kBlockWords;
  }
  [[nodiscard]] std::int64_t* value_slot(std::uint32_t slot) { return values.data() + slot * capacity; }
  [[nodiscard]] RowId row(std::size_t position) const { return is_in_place ? static_cast<RowId>(base + position) : ids[position]; }
};

// One batch in one thread.
struct Batch {
  const Program& program;
  const Database& database;
  const ChildOrder* order = nullptr;  // null: rows in no order are gathered
  std::vector<PlacedRows> placed;     // by table of `order`
  std::vector<FrameState> frames;
  std::vector<std::vector<std::uint32_t>> spans;  // by span of the program, where frames lie between
  std::vector<std::uint64_t> scratch_filter, scratch_bits;
  std::vector<std::vector<std::int64_t>> scratch_values;
  bool is_too_large = false;  // a frame that was narrowed has too many rows
};

[[nodiscard]] Batch make_batch(const Program& program, const Database& database, const ChildOrder* order = nullptr);

// Puts the accounts begin … end - 1 into the batch, and the rows of every frame under them, but for frames that are narrowed and those that `needed`, by frame, leaves
// out (null: none). `begin` is a multiple of kBlockRows; the accounts are of one bucket of the order. False where a frame would have more than 2^31 rows.
[[nodiscard]] bool fill_batch(Batch& batch, std::size_t begin, std::size_t end, const std::vector<bool>* needed = nullptr);

// The same for frames that are narrowed, each after the one that it lies in; `kept`, by account of the batch, are the bits of those whose rows matter.
[[nodiscard]] bool fill_narrowed(Batch& batch, std::span<const std::uint32_t> frames, const std::uint64_t* kept);

// Positions of a span's rows by position of its outer frame, + 1.
[[nodiscard]] inline const std::vector<std::uint32_t>& span_offsets(const Batch& batch, std::uint32_t span) {
  const RowSpan& frames = batch.program.spans[span];
  const FrameState& rows = batch.frames[frames.rows];
  return rows.layout->outer == frames.to ? rows.offsets : batch.spans[span];
}

// `rows` (at most kBlockRows, a multiple of 64) values from position `begin`, a multiple of kBlockRows; in `buffer` where they are not int64 already.
[[nodiscard]] const std::int64_t* load_values(const Batch& batch, const FrameState& frame, const ValueRef& value, std::size_t begin,
                                              std::size_t rows, std::int64_t* buffer);

// The words of a block; in `buffer` where the reference is inverted or has no slot.
[[nodiscard]] const std::uint64_t* load_bits(FrameState& frame, BitRef bit, std::size_t block, std::uint64_t* buffer);

// All words of a frame one after the other, and back.
void copy_bits(FrameState& frame, BitRef bit, std::vector<std::uint64_t>& out);
void store_bits(FrameState& frame, std::uint32_t slot, const std::vector<std::uint64_t>& words);

}  // namespace segue
