// The run loop: steps over batches, on any number of threads.
#include "runtime/run.h"

#include <catch2/catch.hpp>

#include "runtime/kernels_reduce.h"
#include "tests/unit/runtime/tables.h"

namespace segue::test {
namespace {

// Whether a row has two children: counts them, then compares.
void is_two(const MapCall& call) {
  for (std::size_t word = 0; word * 64 < call.rows; ++word) {
    call.out_bits[word] = 0;
    for (std::size_t i = 0; i < 64; ++i) call.out_bits[word] |= std::uint64_t{call.values[0][word * 64 + i] == 2} << i;
  }
}

Program count_children(bool in_place) {
  Program program;
  FrameLayout account, children;
  account.is_used = account.is_in_place = children.is_used = true;
  account.bit_slots = account.value_slots = 1;
  children.is_in_place = in_place;
  children.table = 1;
  program.frames = {account, children};
  program.spans = {{1, 0}};
  program.steps.push_back(ReduceStep{0, reduce_count, nullptr, {kNoSlot, true}, {}, 0, kNoSlot});
  program.steps.push_back(MapStep{0, is_two, nullptr, {{ValueSource::kSlot, 0, Storage::kInt64}}, {}, kNoSlot, 0});
  program.steps.push_back(FlushStep{0, {0, false}, 0, false});
  program.steps.push_back(FlushStep{0, {kNoSlot, true}, 0, true});
  program.roots = {{RootKind::kMembers, 0}};
  program.batch_rows = 1024;
  return program;
}

}  // namespace

TEST_CASE("members and counts do not depend on threads or on where children lie") {
  for (const bool in_place : {true, false}) {
    const Database database = families(10'000, in_place);
    const Program program = count_children(in_place);
    for (const unsigned threads : {1U, 2U, 5U}) {
      const auto results = run(program, database, {.threads = threads, .keep_members = true, .progress = {}});
      REQUIRE(results);
      CHECK(results->sizes.front() == 3333);
      CHECK(results->results.definitions.front().undetermined == 10'000);
      const Bitmap& members = results->results.definitions.front().members;
      CHECK(members.count() == 3333);
      for (std::size_t i = 0; i < 10'000; ++i) REQUIRE(members.test(i) == (i % 3 == 2));
    }
  }
}

TEST_CASE("a program runs over every database of its shape, and tells which those are") {
  const Program in_order = count_children(true);
  for (const std::size_t accounts : {0, 1, 1000, 5000}) {
    const Database database = families(accounts, true);
    REQUIRE(fits(in_order, database));
    const auto results = run(in_order, database, {.threads = 2, .keep_members = true, .progress = {}});
    REQUIRE(results);
    CHECK(results->sizes.front() == accounts / 3);
  }
  CHECK(!fits(in_order, families(10, false)));
  Program bound = count_children(false);
  const Database own = families(10, false), other = families(10, false);
  bound.bound_to = &own;
  CHECK((fits(bound, own) && !fits(bound, other)));
}

TEST_CASE("a program fits columns of the storage, with the missing values and the dictionary that it was compiled for") {
  Database database = families(10, true);
  Column column;
  column.storage = Storage::kInt16;
  database.tables[0].columns = {column};
  Program program = count_children(true);
  program.shape = {{0, 0, Storage::kInt16, false, nullptr, nullptr}};
  CHECK(fits(program, database));
  database.tables[0].columns[0].storage = Storage::kInt32;
  CHECK(!fits(program, database));
  database.tables[0].columns[0] = column;
  database.tables[0].columns[0].valid = Bitmap(10);
  CHECK(!fits(program, database));
  database.tables[0].columns[0] = column;
  database.tables[0].columns[0].dictionary = std::make_shared<const Dictionary>();
  CHECK(!fits(program, database));
}

TEST_CASE("sizes alone can be asked for") {
  const Database database = families(1000, true);
  const auto results = run(count_children(true), database, {.threads = 1, .keep_members = false, .progress = {}});
  REQUIRE(results);
  CHECK(results->sizes.front() == 333);
  CHECK(results->results.definitions.front().members.empty());
}

TEST_CASE("a run reports how far it is and stops when it is told to") {
  const Database database = families(5000, true);
  std::vector<std::size_t> reports;
  const auto all =
      run(count_children(true), database, {.threads = 1, .keep_members = true, .progress = [&](std::size_t done, std::size_t accounts) {
                                             reports.push_back(done);
                                             return accounts == 5000;
                                           }});
  CHECK(all);
  CHECK(reports.front() == 0);
  CHECK(reports.back() == 5000);
  const auto stopped = run(count_children(true), database,
                           {.threads = 2, .keep_members = true, .progress = [](std::size_t done, std::size_t) { return done == 0; }});
  REQUIRE(!stopped);
  CHECK(stopped.error() == RunFailure::kStopped);
}

TEST_CASE("a table without rows has empty answers") {
  const auto results = run(count_children(true), families(0, true), {});
  REQUIRE(results);
  CHECK(results->sizes.front() == 0);
}

}  // namespace segue::test
