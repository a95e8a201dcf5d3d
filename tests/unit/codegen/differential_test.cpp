// Random programs give the same bits on the interpreter and as native code, whatever the processor, the threads, the batches and the sharing.
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include <catch2/catch.hpp>

#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/native.h"
#include "compiler/codegen/schemes.h"
#include "compiler/plan/guards.h"
#include "runtime/float_order.h"
#include "runtime/prepared/column_facts.h"
#include "tests/unit/codegen/random_program.h"
#include "tests/unit/codegen/temporary_folder.h"

namespace segue::test {
namespace {

struct Setting {
  TargetCpu cpu = TargetCpu::kHost;
  unsigned threads = 1;
  std::size_t batch_rows = 0;
  bool share = true;
  std::size_t population_bytes = std::size_t{1} << 30;
  CodeCache* cache = nullptr;
};

Results run_native(const RandomProgram& world, const Setting& setting) {
  auto results = evaluate_native(world.program, world.database, world.clock, world.roots,
                                 {.codegen = {.cpu = setting.cpu, .batch_rows = setting.batch_rows, .cache = setting.cache},
                                  .threads = setting.threads,
                                  .share = setting.share,
                                  .population_bytes = setting.population_bytes});
  REQUIRE(results);
  return std::move(*results);
}

// The first account in which two answers of one root differ, or none.
std::string difference(const Results& expected, const Results& actual) {
  for (std::size_t root = 0; root < expected.definitions.size(); ++root) {
    const DefinitionResult &a = expected.definitions[root], &b = actual.definitions[root];
    for (std::size_t row = 0; row < a.members.size(); ++row) {
      if (a.members.test(row) != b.members.test(row)) return "root " + std::to_string(root) + ", row " + std::to_string(row);
    }
    for (std::size_t row = 0; row < a.scores.size(); ++row) {
      if (std::bit_cast<std::uint64_t>(a.scores[row]) != std::bit_cast<std::uint64_t>(b.scores[row])) {
        return "score " + std::to_string(root) + ", account " + std::to_string(row) + ": " + std::to_string(a.scores[row]) + " " +
               std::to_string(b.scores[row]);
      }
    }
    if (a.members.size() != b.members.size() || a.scores.size() != b.scores.size() || a.codes.size() != b.codes.size())
      return "shape of root " + std::to_string(root);
    for (std::size_t row = 0; row < a.codes.size(); ++row) {
      if (a.codes[row] != b.codes[row])
        return "codes of root " + std::to_string(root) + ", account " + std::to_string(row) + ": " + std::to_string(a.codes[row]) + " " +
               std::to_string(b.codes[row]);
    }
    if (a.undetermined != b.undetermined) {
      return "undetermined of root " + std::to_string(root) + ": " + std::to_string(a.undetermined) + " " + std::to_string(b.undetermined);
    }
  }
  return "";
}

// Roots that neither hold for all accounts nor for none.
std::size_t mixed_roots(const Results& results) {
  return static_cast<std::size_t>(std::count_if(results.definitions.begin(), results.definitions.end(), [](const DefinitionResult& result) {
    return !result.members.empty() && result.members.count() > 0 && result.members.count() < result.members.size();
  }));
}

std::size_t compare_engines(std::uint64_t seed, std::size_t accounts, const std::vector<Setting>& settings) {
  const RandomProgram world(seed, accounts);
  const auto expected = interpret(world.program, world.database, world.clock, world.roots);
  REQUIRE(expected);
  for (const Setting& setting : settings) {
    if (!is_supported(setting.cpu)) continue;
    INFO("seed " << seed << ", accounts " << accounts << ", cpu " << static_cast<int>(setting.cpu) << ", threads " << setting.threads
                 << ", share " << setting.share);
    const std::string found = difference(*expected, run_native(world, setting));
    INFO(found);
    CHECK(found.empty());
  }
  return mixed_roots(*expected);
}

std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("native code and the interpreter give the same bits") {
  const std::uint64_t first = number_of("SEGUE_SEED", 1), count = number_of("SEGUE_PROGRAMS", 60);
  std::size_t mixed = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::size_t sizes[] = {1, 63, 64, 65, 200, 511, 513};
    mixed += compare_engines(seed, sizes[seed % 7], {{}});
  }
  CHECK(mixed > count);  // the programs are not all trivial
}

TEST_CASE("no answer depends on the processor, the threads, the batches or the sharing") {
  const std::uint64_t first = number_of("SEGUE_SEED", 1) + 1'000'000, count = number_of("SEGUE_PROGRAMS", 60) / 7;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::size_t sizes[] = {0, 4095, 4097, 1025};
    compare_engines(seed, sizes[seed % 4],
                    {{TargetCpu::kBaseline, 1, 512, true},
                     {TargetCpu::kAvx2, 2, 0, true},
                     {TargetCpu::kAvx512, 2, 512, false},
                     {TargetCpu::kHost, 2, 1024, false, 1}});
  }
}

// Sorts the values of a column whose rows are all known or all settled by what stands first: missing ones.
template <typename T>
static void sort_column(Column& column) {
  T* values = reinterpret_cast<T*>(column.data.data());
  const std::size_t known = column.valid.empty() ? column.rows : column.valid.count();
  std::vector<T> sorted;
  for (std::size_t row = 0; row < column.rows; ++row) {
    if (column.is_known(row)) sorted.push_back(values[row]);
  }
  std::ranges::sort(sorted);
  std::fill_n(values, column.rows - known, T{});
  std::ranges::copy(sorted, values + (column.rows - known));
  if (column.valid.empty()) return;
  column.valid = Bitmap(column.rows);
  for (std::size_t row = column.rows - known; row < column.rows; ++row) column.valid.set(row);
}

// Sorts some of the columns of every table, so that statistics of blocks settle tests for some of them.
static void cluster(RandomProgram& world, std::uint64_t seed) {
  for (Table& table : world.database.tables) {
    for (std::size_t column = 1; column < table.columns.size(); ++column) {  // the first is the key
      if ((seed + column) % 3 == 0) continue;
      Column& each = table.columns[column];
      if (each.storage == Storage::kInt8) sort_column<std::int8_t>(each);
      if (each.storage == Storage::kInt16) sort_column<std::int16_t>(each);
      if (each.storage == Storage::kInt32) sort_column<std::int32_t>(each);
      if (each.storage == Storage::kInt64) sort_column<std::int64_t>(each);
      if (each.storage == Storage::kFloat64) sort_column<double>(each);
    }
  }
}

// How many blocks of a program leave steps out.
struct LeftOut {
  std::size_t blocks = 0, idle = 0;
};
static void count_left_out(const RandomProgram& world, LeftOut& sum) {
  if (!population_levels(world.program, world.roots).empty()) return;
  const Plan plan = make_plan(world.program, world.roots);
  const auto program = compile(plan, world.database, world.clock, {});
  REQUIRE(program);
  const BlockSchemes schemes = make_schemes(plan, *program, world.database, world.clock);
  for (const std::uint32_t scheme : schemes.of_block) {
    sum.blocks += scheme != 0 ? 1 : 0;
    sum.idle += scheme != 0 && schemes.schemes[scheme].is_idle ? 1 : 0;
  }
}

// Gives every column statistics, and ranks where some of the program's tests compare it; every fifth cut is left out.
static void prepare(RandomProgram& world, std::size_t block_rows = ColumnStatistics::kRows) {
  const bool has_population = !population_levels(world.program, world.roots).empty();  // its plan needs answers first
  const Plan plan = has_population ? Plan{} : make_plan(world.program, world.roots);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::int64_t>> cuts;
  std::size_t number = 0;
  const auto add = [&](NodeId value, std::int64_t low, std::int64_t high) {
    const PlanNode& node = plan.node(value);
    const auto* read = std::get_if<ColumnValue>(&node.op);
    if (read == nullptr) return;
    std::vector<std::int64_t>& of = cuts[{plan.frames[index_of(node.frame)].table, read->column}];
    if (low != std::numeric_limits<std::int64_t>::min() && ++number % 5 != 0) of.push_back(low);
    if (high != std::numeric_limits<std::int64_t>::max() && ++number % 5 != 0) of.push_back(high + 1);
  };
  for (const NodeId id : plan.live) {
    if (const auto* test = std::get_if<InRanges>(&plan.node(id).op)) {
      for (const IntRange& range : test->ranges) add(test->value, range.low, range.high);
    } else if (const auto* floats = std::get_if<InFloatRange>(&plan.node(id).op)) {
      add(floats->value, ordered_float(floats->range.low), ordered_float(floats->range.high));
    }
  }
  for (std::uint32_t table = 0; table < world.database.tables.size(); ++table) {
    std::vector<Column>& columns = world.database.tables[table].columns;
    for (std::uint32_t column = 0; column < columns.size(); ++column) {
      if (columns[column].is_read()) columns[column].statistics = make_statistics(columns[column], block_rows);
      std::vector<std::int64_t>& of = cuts[{table, column}];
      std::ranges::sort(of);
      of.erase(std::unique(of.begin(), of.end()), of.end());
      if (!of.empty()) columns[column].ranks = make_ranks(columns[column], of);
    }
  }
}

TEST_CASE("ranks and statistics of columns change no answer") {
  const std::uint64_t first = number_of("SEGUE_SEED", 1) + 3'000'000, count = number_of("SEGUE_PROGRAMS", 60) / 2;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::size_t sizes[] = {65, 513, 4097, 9000, 1};
    RandomProgram world(seed, sizes[seed % 5]);
    const auto expected = interpret(world.program, world.database, world.clock, world.roots);
    REQUIRE(expected);
    prepare(world);
    for (const Setting& setting : {Setting{}, Setting{.cpu = TargetCpu::kBaseline, .threads = 2, .batch_rows = 1024}}) {
      INFO("seed " << seed);
      const std::string found = difference(*expected, run_native(world, setting));
      INFO(found);
      CHECK(found.empty());
    }
  }
}

TEST_CASE("what statistics of blocks settle is left out, and changes no answer") {
  const std::uint64_t first = number_of("SEGUE_SEED", 1) + 4'000'000, count = number_of("SEGUE_PROGRAMS", 60);
  LeftOut left_out;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::size_t sizes[] = {511, 513, 1536, 1537, 2100};
    RandomProgram world(seed, sizes[seed % 5]);
    cluster(world, seed);
    const auto expected = interpret(world.program, world.database, world.clock, world.roots);
    REQUIRE(expected);
    prepare(world, kBlockRows);
    count_left_out(world, left_out);
    for (const Setting& setting : {Setting{}, Setting{.cpu = TargetCpu::kBaseline, .threads = 2, .batch_rows = 512}}) {
      INFO("seed " << seed);
      const std::string found = difference(*expected, run_native(world, setting));
      INFO(found);
      CHECK(found.empty());
    }
  }
  CHECK(left_out.blocks > 0);
}

// Definitions alone, for together some of them ask for all accounts. The related rows of accounts that the conditions beside them rule out are not there.
TEST_CASE("related rows of accounts that a condition keeps are all that there are, and change no answer") {
  const std::uint64_t first = number_of("SEGUE_SEED", 1) + 5'000'000, count = number_of("SEGUE_PROGRAMS", 60);
  std::size_t guarded = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::size_t sizes[] = {1, 511, 513, 1100};
    RandomProgram world(seed, sizes[seed % 4]);
    const std::vector<DefinitionId> roots = std::exchange(world.roots, {});
    for (const DefinitionId root : roots) {
      world.roots = {root};
      if (!population_levels(world.program, world.roots).empty() || frame_guards(make_plan(world.program, world.roots)).empty()) continue;
      ++guarded;
      const auto expected = interpret(world.program, world.database, world.clock, world.roots);
      REQUIRE(expected);
      for (const Setting& setting : {Setting{}, Setting{.threads = 2, .batch_rows = 512}}) {
        INFO("seed " << seed << ", definition " << world.program.definition(root).name);
        const std::string found = difference(*expected, run_native(world, setting));
        INFO(found);
        CHECK(found.empty());
      }
    }
  }
  CHECK(guarded > 0);
}

// Cuts every third entry of a folder, and changes a byte of every other third.
static void damage(const std::filesystem::path& folder) {
  std::size_t number = 0;
  for (const auto& item : std::filesystem::directory_iterator(folder)) {
    if (++number % 3 == 0) {
      std::filesystem::resize_file(item.path(), item.file_size() * number / (number + 1));
    } else if (number % 3 == 1) {
      std::fstream file(item.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(number * 37 % item.file_size()));
      file.put('\xa5').put('\x5a');
    }
  }
}

TEST_CASE("code that was kept gives the same bits: new, in memory, from a folder, from a damaged folder") {
  const std::uint64_t first = number_of("SEGUE_SEED", 1) + 2'000'000,
                      count = std::max<std::uint64_t>(2, number_of("SEGUE_PROGRAMS", 60) / 10);
  const TemporaryFolder folder;
  std::uint64_t made[4] = {};
  for (const int pass : {0, 1, 2, 3}) {
    if (pass == 2) damage(folder.path());
    CodeCache cache(folder.path());
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
      const std::size_t sizes[] = {65, 513, 0};
      compare_engines(
          seed, sizes[seed % 3],
          {{.cache = &cache}, {.batch_rows = 512, .cache = &cache}, {.cpu = TargetCpu::kBaseline, .threads = 2, .cache = &cache}});
    }
    made[pass] = cache.report().counts.made;
    CHECK(cache.report().counts.in_memory > 0);
    CHECK((cache.report().counts.on_disk > 0) == (pass > 0));
  }
  CHECK(made[0] > 0);
  CHECK(made[1] == 0);
  CHECK((made[2] > 0 && made[2] <= made[0]));
  CHECK(made[3] == 0);
}

}  // namespace segue::test
