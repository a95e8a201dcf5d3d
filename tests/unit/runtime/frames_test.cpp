// The rows of frames in batches, in place and gathered.
#include "runtime/frames.h"

#include <catch2/catch.hpp>

#include "tests/unit/runtime/tables.h"

namespace segue::test {
namespace {

Program program_of(bool in_place) {
  Program program;
  FrameLayout account, children;
  account.is_used = account.is_in_place = true;
  children.is_used = true;
  children.is_in_place = in_place;
  children.table = 1;
  children.inputs = {{0, ColumnPart::kData, Storage::kInt32}};
  children.bit_slots = 2;
  children.value_slots = 1;
  program.frames = {account, children};
  program.spans = {{1, 0}};
  return program;
}

}  // namespace

TEST_CASE("the children of a batch's rows stand one after the other, in place and gathered") {
  for (const bool in_place : {true, false}) {
    const Database database = families(2000, in_place);
    const Program program = program_of(in_place);
    Batch batch = make_batch(program, database);
    std::int32_t next = 0;
    for (std::size_t begin = 0; begin < 2000; begin += 512) {
      const std::size_t end = std::min<std::size_t>(2000, begin + 512);
      REQUIRE(fill_batch(batch, begin, end));
      const FrameState& frame = batch.frames[1];
      const std::vector<std::uint32_t>& offsets = span_offsets(batch, 0);
      const auto* values = static_cast<const std::int32_t*>(frame.pointers[0]);
      REQUIRE(reinterpret_cast<std::uintptr_t>(values) % 64 == 0);
      for (std::size_t i = 0; i < end - begin; ++i) {
        REQUIRE(offsets[i + 1] - offsets[i] == (begin + i) % 3);
        for (std::size_t at = offsets[i]; at < offsets[i + 1]; ++at) REQUIRE(values[at] == next++);
      }
    }
  }
}

TEST_CASE("bits go into blocks and come back") {
  const Database database = families(2000, true);
  const Program program = program_of(true);
  Batch batch = make_batch(program, database);
  REQUIRE(fill_batch(batch, 512, 2000));
  FrameState& frame = batch.frames[1];
  std::vector<std::uint64_t> words((frame.blocks() + 1) * kBlockWords), back;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = i * 0x9e37'79b9'7f4a'7c15;
  store_bits(frame, 1, words);
  copy_bits(frame, {1, false}, back);
  for (std::size_t i = 0; i < frame.words(); ++i) REQUIRE(back[i] == words[i]);
  copy_bits(frame, {1, true}, back);
  for (std::size_t i = 0; i < frame.words(); ++i) REQUIRE(back[i] == ~words[i]);
  copy_bits(frame, {kNoSlot, true}, back);
  CHECK(back[0] == ~std::uint64_t{0});
}

TEST_CASE("values of any width are read as integers") {
  const Database database = families(1000, true);
  const Program program = program_of(true);
  Batch batch = make_batch(program, database);
  REQUIRE(fill_batch(batch, 512, 1000));
  std::int64_t buffer[kBlockRows];
  const FrameState& frame = batch.frames[1];
  const std::int64_t* values = load_values(batch, frame, {ValueSource::kColumn, 0, Storage::kInt32}, 0, 64, buffer);
  CHECK(values[frame.lead] == static_cast<std::int64_t>(frame.base + frame.lead));
  const std::int64_t* rows = load_values(batch, frame, {ValueSource::kRows, 0, Storage::kInt64}, 0, 64, buffer);
  CHECK(rows[frame.lead] == static_cast<std::int64_t>(frame.base + frame.lead));
}

}  // namespace segue::test
