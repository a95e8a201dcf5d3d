// Rows of child tables in no order: placed in the order of their accounts they are the rows that gathering finds.
#include "runtime/child_order.h"

#include <random>

#include <catch2/catch.hpp>

#include "runtime/frames.h"
#include "tests/unit/runtime/tables.h"

namespace segue::test {
namespace {

template <typename T>
Column random_column(Storage storage, std::size_t rows, std::mt19937_64& random) {
  Column column = int_column({});
  column.storage = storage;
  column.rows = rows;
  column.data.resize((rows + 127) / 64 * 64 * sizeof(T));
  for (std::size_t i = 0; i < rows; ++i) {
    const T value = static_cast<T>(random());
    std::memcpy(column.data.data() + i * sizeof(T), &value, sizeof(T));
  }
  return column;
}

Bitmap random_bits(std::size_t rows, std::mt19937_64& random) {
  Bitmap bits(rows);
  for (std::size_t i = 0; i < rows; ++i) bits.set(i, random() % 2 == 0);
  return bits;
}

// Children of random parents, or of none; some parents have many, some none.
Link random_link(std::size_t parents, std::size_t rows, std::mt19937_64& random) {
  Link link;
  std::vector<RowId> parent_of(rows);
  std::vector<std::vector<RowId>> children(parents);
  for (std::size_t row = 0; row < rows; ++row) {
    parent_of[row] = random() % 7 == 0 ? kNoRow : static_cast<RowId>(random() % 3 == 0 ? random() % parents : random() % parents / 3);
    if (parent_of[row] != kNoRow) children[parent_of[row]].push_back(static_cast<RowId>(row));
  }
  link.parent_of = std::move(parent_of);
  link.offsets.push_back(0);
  for (const std::vector<RowId>& of_parent : children) {
    for (const RowId row : of_parent) link.children.push_back(row);
    link.offsets.push_back(link.children.size());
  }
  return link;
}

Database random_families(std::size_t parents, std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Database database;
  database.tables.resize(2);
  database.tables[0].rows = parents;
  Table& table = database.tables[1];
  table.rows = rows;
  table.columns = {random_column<std::int8_t>(Storage::kInt8, rows, random), random_column<std::int16_t>(Storage::kInt16, rows, random),
                   random_column<std::int32_t>(Storage::kInt32, rows, random), random_column<std::int64_t>(Storage::kInt64, rows, random)};
  table.columns[1].valid = random_bits(rows, random);
  table.columns.push_back(int_column({}));
  table.columns.back().storage = Storage::kBits;
  table.columns.back().bits = random_bits(rows, random);
  table.links.push_back(random_link(parents, rows, random));
  return database;
}

const std::vector<ColumnInput> kAllInputs = {{4, ColumnPart::kBits, Storage::kNone},  {0, ColumnPart::kData, Storage::kInt8},
                                             {3, ColumnPart::kData, Storage::kInt64}, {1, ColumnPart::kData, Storage::kInt16},
                                             {1, ColumnPart::kValid, Storage::kNone}, {2, ColumnPart::kData, Storage::kInt32}};

// Two frames over the children, which read different parts of them.
Program two_frames(std::vector<ColumnInput> first, std::vector<ColumnInput> second) {
  Program program;
  FrameLayout account, children;
  account.is_used = account.is_in_place = children.is_used = true;
  children.table = 1;
  program.frames = {account, children, children};
  program.frames[1].inputs = std::move(first);
  program.frames[2].inputs = std::move(second);
  return program;
}

// A row of an input, by what it is.
std::int64_t value_at(const FrameState& frame, std::size_t input, std::size_t position) {
  const ColumnInput& read = frame.layout->inputs[input];
  const void* from = frame.pointers[input];
  if (read.part != ColumnPart::kData)
    return static_cast<std::int64_t>((static_cast<const std::uint64_t*>(from)[position / 64] >> (position % 64)) & 1);
  switch (bytes_of(read.storage)) {
    case 1: return static_cast<const std::int8_t*>(from)[position];
    case 2: return static_cast<const std::int16_t*>(from)[position];
    case 4: return static_cast<const std::int32_t*>(from)[position];
    default: return static_cast<const std::int64_t*>(from)[position];
  }
}

bool are_same(const FrameState& placed, const FrameState& gathered) {
  const std::size_t shift = placed.lead - gathered.lead;
  bool same = placed.is_placed && !gathered.is_placed && placed.rows == gathered.rows + shift;
  for (std::size_t i = 0; i < placed.offsets.size() && same; ++i) same = placed.offsets[i] == gathered.offsets[i] + shift;
  for (std::size_t at = gathered.lead; at < gathered.rows && same; ++at) {
    same = placed.row(at + shift) == gathered.row(at);
    for (std::size_t input = 0; input < placed.layout->inputs.size() && same; ++input)
      same = value_at(placed, input, at + shift) == value_at(gathered, input, at);
  }
  return same;
}

void check(const Program& program, const Database& database, unsigned threads) {
  const ChildOrder order = order_children(program, database, std::vector<bool>(program.frames.size(), true), threads, std::size_t{1} << 30);
  Batch ordered = make_batch(program, database, &order), gathered = make_batch(program, database);
  const std::size_t accounts = database.tables[0].rows;
  for (std::size_t begin = 0; begin < accounts;) {
    const std::size_t end = std::min(accounts, begin + std::min<std::size_t>(1024, order.left_in_bucket(begin)));
    REQUIRE(fill_batch(ordered, begin, end));
    REQUIRE(fill_batch(gathered, begin, end));
    for (std::size_t frame = 1; frame < program.frames.size(); ++frame) REQUIRE(are_same(ordered.frames[frame], gathered.frames[frame]));
    begin = end;
  }
}

}  // namespace

TEST_CASE("rows in no order are placed where gathering puts them, whatever is read of them") {
  const Program program = two_frames(kAllInputs, {{1, ColumnPart::kData, Storage::kInt16}});
  for (const auto& [parents, rows] : {std::pair<std::size_t, std::size_t>{1, 5}, {300, 2000}, {512, 3}, {513, 900}, {5000, 40'000}})
    check(program, random_families(parents, rows, parents + rows), 1);
  const Database large = random_families(6000, 400'000, 1);
  for (const unsigned threads : {1U, 2U, 3U}) check(program, large, threads);
}

TEST_CASE("several buckets, narrow records and records without fields") {
  const Database large = random_families(40'000, 400'000, 2);
  check(two_frames({{3, ColumnPart::kData, Storage::kInt64}}, {}), large, 2);
  check(two_frames({{0, ColumnPart::kData, Storage::kInt8}}, {}), large, 1);
  check(two_frames({{1, ColumnPart::kValid, Storage::kNone}}, {}), large, 1);
  check(two_frames({}, {}), large, 2);
}

TEST_CASE("what takes too many bytes, lies in order, or is not wanted, is not ordered") {
  const Program program = two_frames(kAllInputs, {});
  const Database database = random_families(1000, 5000, 3);
  CHECK(!order_children(program, database, {true, true, true}, 1, 1000).is_ordered(1));
  CHECK(order_children(program, database, {true, true, false}, 1, 1'000'000).is_ordered(1));
  CHECK(!order_children(program, database, {true, true, false}, 1, 1'000'000).is_ordered(2));
  CHECK(!order_children(program, families(100, true), {true, true, true}, 1, 1'000'000).is_ordered(1));
  CHECK(!order_children(program, families(0, false), {true, true, true}, 1, 1'000'000).is_ordered(1));
}

}  // namespace segue::test
