// This file's external interface is Program: what codegen makes of a plan, as plain data. Steps in order, each over the rows of one frame in a
// batch; compiled functions and kernels are pointers; where bits and values lie is settled. `run` (run.h) executes it.
//
// Bits lie in blocks of 512 rows: a frame's block holds one 64-byte line for each of its bit slots, so that a function reaches all its operands from
// one pointer. Values lie in columns of 8 bytes a row. A frame's rows are cut and padded so that row 64 k of a batch is aligned.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "runtime/lines.h"
#include "runtime/table.h"

namespace segue {

inline constexpr std::uint32_t kNoSlot = 0xffff'ffff;

// One bit for each row of a frame: a slot's, perhaps inverted. Without a slot it is false for all rows; inverted, true.
struct BitRef {
  std::uint32_t slot = kNoSlot;
  bool is_inverted = false;
};

enum class ValueSource : std::uint8_t {
  kColumn,    // input `index` of the frame, as `storage` says
  kSlot,      // value slot `index`, int64
  kConstant,  // constant `index` of the program
  kRows,      // the table's row numbers
};
struct ValueRef {
  ValueSource source = ValueSource::kSlot;
  std::uint32_t index = 0;
  Storage storage = Storage::kInt64;
};

// A part of a column that a frame's steps read, in place where the frame's rows lie in the table's order, else gathered.
enum class ColumnPart : std::uint8_t { kData, kValid, kBits, kRanks };
struct ColumnInput {
  std::uint32_t column = 0;
  ColumnPart part = ColumnPart::kData;
  Storage storage = Storage::kNone;  // of kData and kRanks
  friend bool operator==(const ColumnInput&, const ColumnInput&) = default;
};

// Columns that an evaluation puts behind those of the tables, numbered on from them: answers about whole tables that later programs read.
struct AddedColumns {
  std::vector<std::vector<Column>> tables;  // by table
};

// A column of a table, or one that was added to it.
[[nodiscard]] inline const Column& column_of(const Database& database, const AddedColumns* added, std::uint32_t table,
                                             std::uint32_t column) {
  const std::vector<Column>& own = database.tables[table].columns;
  return column < own.size() ? own[column] : added->tables[table][column - own.size()];
}

// Frame 0 is the account's. The others as in the checked program: rows of `table` under each row of `anchor`, for each row of `outer`.
struct FrameLayout {
  bool is_used = false;
  bool is_in_place = false;  // the rows of a batch are neighbours in the table
  std::uint32_t table = 0, outer = 0, anchor = 0, link = 0;
  std::vector<ColumnInput> inputs;
  std::uint32_t bit_slots = 0;
  std::uint32_t value_slots = 0;
  std::uint32_t live_slot = kNoSlot;  // where functions find which positions are rows; kNoSlot where none asks
  bool is_narrowed = false;           // its rows are put in place by a NarrowStep, not before the steps
};

// Where the rows of an inner frame under each row of an outer one lie, through every frame between.
struct RowSpan {
  std::uint32_t rows = 0, to = 0;
  friend bool operator==(const RowSpan&, const RowSpan&) = default;
};

// What a compiled function gets: everything that it reaches, so that its code depends on none of it. It does the words (of 64 rows) begin … end - 1 of a
// frame in a batch; one over bits does whole blocks of them.
struct CompiledCall {
  std::uint64_t* bits = nullptr;            // the frame's blocks
  const void* const* pointers = nullptr;    // the frame's inputs and then its value slots
  const std::int64_t* pool = nullptr;       // the function's part of the program's
  std::uint64_t* counters = nullptr;        // the function's: kBlockWords words each, whose sum counts
  std::uint64_t* const* outputs = nullptr;  // the function's: bitmaps of all accounts
  std::uint64_t block_bytes = 0;            // from a block to the next
  std::uint64_t output_offset = 0;          // bytes into the bitmaps where the batch begins
  std::uint64_t begin = 0, end = 0;
};
using CompiledFn = void (*)(const CompiledCall* call);

// Up to one block of rows: `rows` is a multiple of 64, and includes rows that nobody asks for.
struct MapCall {
  std::span<const std::int64_t* const> values;
  std::span<const std::uint64_t* const> bits;
  std::int64_t* out = nullptr;
  std::uint64_t* out_bits = nullptr;
  std::span<std::uint64_t* const> more_bits;  // of several tests at once
  std::size_t rows = 0;
  const void* data = nullptr;
};
using MapKernel = void (*)(const MapCall& call);

// Group i, for begin <= i < end, are the rows offsets[i] to offsets[i + 1]; those whose bit in `filter` is set count.
struct ReduceCall {
  const std::uint32_t* offsets = nullptr;
  std::size_t begin = 0, end = 0;
  const std::uint64_t* filter = nullptr;
  std::span<const std::int64_t* const> values;
  std::int64_t* out = nullptr;        // by group
  std::uint64_t* out_bits = nullptr;  // by group, zero on entry
  const void* data = nullptr;
};
using ReduceKernel = void (*)(const ReduceCall& call);

// Several reductions over the same groups in one pass, which reads bits and values as they lie in memory. `bits` are of rows: a word holds anything where no
// row of a group is.
struct GroupsCall {
  const std::uint32_t* offsets = nullptr;  // as of ReduceCall
  std::size_t begin = 0, end = 0;
  std::span<const BitLines> bits;
  std::span<const RowValues> values;
  std::span<std::int64_t* const> out;        // by result, by group
  std::span<std::uint64_t* const> out_bits;  // by result, by group, zero on entry
  const void* data = nullptr;
};
using GroupsKernel = void (*)(const GroupsCall& call);

struct CompiledStep {
  std::uint32_t frame = 0;
  CompiledFn function = nullptr;
  bool is_over_bits = false;
  std::uint32_t pool = 0, counters = 0, outputs = 0;  // where the function's part of the program's begins
};
struct MapStep {
  std::uint32_t frame = 0;
  MapKernel kernel = nullptr;
  std::shared_ptr<const void> data;
  std::vector<ValueRef> values;
  std::vector<BitRef> bits;
  std::uint32_t out_value = kNoSlot;
  std::uint32_t out_bits = kNoSlot;
  std::vector<std::uint32_t> more_bits = {};
};
struct ReduceStep {
  std::uint32_t span = 0;  // index into Program::spans
  ReduceKernel kernel = nullptr;
  std::shared_ptr<const void> data;
  BitRef filter;
  std::vector<ValueRef> values;
  std::uint32_t out_value = kNoSlot;
  std::uint32_t out_bits = kNoSlot;
};
struct GroupsStep {
  std::uint32_t span = 0;
  GroupsKernel kernel = nullptr;
  std::shared_ptr<const void> data;
  std::vector<BitRef> bits;
  std::vector<ValueRef> values;
  std::vector<std::uint32_t> out_values, out_bits;  // slots
};
struct BroadcastValueStep {
  std::uint32_t span = 0;
  ValueRef value;
  std::uint32_t out = 0;
};
struct BroadcastBitStep {
  std::uint32_t span = 0;
  BitRef bit;
  std::uint32_t out = 0;
};
// `pick` holds, for each row of the outer frame, a position in the inner one, or -1.
struct PickedValueStep {
  RowSpan frames;
  ValueRef pick, value;
  std::uint32_t out = 0;
};
struct PickedBitStep {
  RowSpan frames;
  ValueRef pick;
  BitRef bit;
  std::uint32_t out = 0;
};
// The members of a root, or the rows for which it is not determined, that no function finishes itself.
struct FlushStep {
  std::uint32_t root = 0;
  BitRef bit;
  std::uint32_t frame = 0;
  bool is_undetermined = false;
};
struct FlushValueStep {
  std::uint32_t root = 0;
  ValueRef value;
  BitRef known;
  std::uint32_t frame = 0;
};
// Puts the rows of frames in place: of accounts alone for which all bits of some term are set, since for the others nobody asks what the steps after it make of
// them. They then have no rows; or, where leaving them out would not pay, all that they have.
struct NarrowStep {
  std::vector<std::uint32_t> frames;       // ascending: one under the account's and those inside it
  std::vector<std::vector<BitRef>> terms;  // of the account's frame
};
using Step = std::variant<CompiledStep, MapStep, ReduceStep, GroupsStep, BroadcastValueStep, BroadcastBitStep, PickedValueStep,
                          PickedBitStep, FlushStep, FlushValueStep, NarrowStep>;

enum class RootKind : std::uint8_t {
  kMembers,
  kScores,
  kCodes,   // -1 where not known
  kValues,  // RunResults::values; `members` then holds the rows whose value is known
  kNothing,
};
struct RootLayout {
  RootKind kind = RootKind::kMembers;
  std::uint32_t table = 0;  // one answer for each of its rows
};

// What a program takes for granted of a column that it reads.
struct ColumnShape {
  std::uint32_t table = 0, column = 0;
  Storage storage = Storage::kNone;
  bool may_be_missing = false;
  std::shared_ptr<const Dictionary> dictionary;
  std::shared_ptr<const RankCodes> ranks;  // where tests read them
  friend bool operator==(const ColumnShape&, const ColumnShape&) = default;
};

// What a compiled function counts.
struct Counter {
  std::uint32_t root = 0;
  bool is_undetermined = false;  // else members
};

// Bound to a clock, to the added columns that it was compiled for, and to the shape of the database: it may be run over others that it fits (run.h), whatever
// their rows, by several threads at once.
struct Program {
  std::vector<FrameLayout> frames;
  std::vector<RowSpan> spans;
  std::vector<Step> steps;
  std::vector<std::vector<std::uint32_t>> step_nodes;  // by step: the nodes of the plan that it evaluates; of a flush none
  std::vector<std::uint32_t> node_slots;               // by node of the plan: the slot of its bit, kNoSlot where it has none
  std::vector<std::int64_t, AlignedAllocator<std::int64_t>> constants;  // each kBlockRows times
  std::vector<std::int64_t> pool;
  std::vector<RootLayout> roots;
  std::vector<Counter> counters;
  std::vector<std::uint32_t> outputs;  // roots whose bitmaps compiled functions write
  bool keeps_members = true;           // false: compiled for sizes alone
  std::vector<ColumnShape> shape;
  const Database* bound_to = nullptr;   // where steps look up rows of the very database that it was compiled for; it fits no other
  const AddedColumns* added = nullptr;  // borrowed; null where none of them is read
  std::size_t batch_rows = 4096;        // accounts in a batch, at most; a multiple of kBlockRows
  std::shared_ptr<void> code;           // owns the compiled functions
};

}  // namespace segue
