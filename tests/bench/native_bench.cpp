// Measures the native engine on generated tables in memory, without files: definitions of 8 terms over 200 shared conditions, and counts of events by
// account; beside each the same work in hand-written C++ over the same bitmaps. Then tiers that rank all accounts by a score that decays. Prints one
// JSON object a line.
//   native_bench [--accounts N] [--events N] [--threads N] [--cpu host|baseline|avx2|avx512] [--definitions N] [--only definitions|events|tiers]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "compiler/codegen/compile.h"
#include "compiler/codegen/native.h"
#include "runtime/run.h"
#include "tests/bench/by_hand.h"

namespace segue::bench {
namespace {

constexpr std::size_t kColumns = 20, kConditions = 200, kTerms = 8;

struct Options {
  std::size_t accounts = 10'000'000, events = 20'000'000;
  unsigned threads = 1;
  TargetCpu cpu = TargetCpu::kHost;
  std::vector<std::size_t> definitions{1, 100, 1000};
  std::string only;  // `definitions`, `events` or `tiers`; empty: all
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Processor time of this process, which other processes on a busy machine do not lengthen.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::uint64_t next_random(std::uint64_t& state) {  // splitmix64
  std::uint64_t z = state += 0x9e37'79b9'7f4a'7c15;
  z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
  z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
  return z ^ (z >> 31);
}

// Uniform values from 0 to 999.
Column int_column(std::size_t rows, std::uint64_t seed) {
  Column column{.type = {.kind = Kind::kInt},
                .storage = Storage::kInt32,
                .rows = rows,
                .valid = {},
                .bits = {},
                .data = {},
                .offsets = {},
                .dictionary = {},
                .element_values = {}};
  column.data.resize((rows + 64 + 63) / 64 * 64 * sizeof(std::int32_t));
  auto* values = reinterpret_cast<std::int32_t*>(column.data.data());
  for (std::size_t i = 0; i < rows; ++i) values[i] = static_cast<std::int32_t>(next_random(seed) % 1000);
  return column;
}

ExprId add(CheckedProgram& program, Node node, Type type, FrameId frame = kAccountFrame) {
  program.exprs.push_back({std::move(node), type, frame, {}});
  return ExprId{static_cast<std::uint32_t>(program.exprs.size() - 1)};
}

SchemaTable schema_table(std::string name, std::size_t columns) {
  SchemaTable table;
  table.name = std::move(name);
  for (std::size_t i = 0; i < columns; ++i) {
    SchemaColumn column;
    column.name = "c" + std::to_string(i);
    column.type = {.kind = Kind::kInt};
    table.columns.push_back(std::move(column));
  }
  return table;
}

ExprId at_least(CheckedProgram& program, std::uint32_t column, std::int64_t bound, FrameId frame = kAccountFrame) {
  const ExprId left = add(program, ColumnRead{column}, {.kind = Kind::kInt}, frame);
  const ExprId right = add(program, Literal{bound}, {.kind = Kind::kInt});
  return add(program, Compare{CompareOp::kGe, left, right, false}, {}, frame);
}

// `[1, 2, 3]`
std::string list_of(const std::vector<std::uint64_t>& sizes) {
  std::string text = "[";
  for (const std::uint64_t size : sizes) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

// Which conditions a definition asks: five that must hold, two of which one must, one that must not.
struct Terms {
  std::size_t condition[kTerms];
};

std::vector<Terms> choose_terms(std::size_t definitions) {
  std::uint64_t state = 7;
  std::vector<Terms> result(definitions);
  for (Terms& terms : result) {
    for (std::size_t& condition : terms.condition) condition = next_random(state) % kConditions;
  }
  return result;
}

std::uint32_t column_of(std::size_t condition) { return static_cast<std::uint32_t>(condition % kColumns); }
std::int64_t bound_of(std::size_t condition) { return static_cast<std::int64_t>(20 + (condition / kColumns) * 45 + condition % 7); }

CheckedProgram program_of(const std::vector<Terms>& definitions) {
  CheckedProgram program;
  program.schema.tables.push_back(schema_table("account", kColumns));
  program.frames.push_back({});
  for (const Terms& terms : definitions) {
    std::vector<ExprId> tests;
    for (const std::size_t condition : terms.condition) tests.push_back(at_least(program, column_of(condition), bound_of(condition)));
    const ExprId either = add(program, Or{{tests[5], tests[6]}}, {});
    const ExprId excluded = add(program, Not{tests[7]}, {});
    const ExprId body = add(program, And{{tests[0], tests[1], tests[2], tests[3], tests[4], either, excluded}}, {});
    Definition definition;
    definition.kind = DefinitionKind::kSegment;
    definition.body = body;
    program.definitions.push_back(std::move(definition));
    program.results.push_back(DefinitionId{static_cast<std::uint32_t>(program.definitions.size() - 1)});
  }
  return program;
}

struct Timing {
  double plan = 0, compile = 0, run = 0, compile_cpu = 0, run_cpu = 0;
  std::vector<std::uint64_t> sizes;
};

Timing measure(const CheckedProgram& program, const Database& database, const Options& options) {
  Timing timing;
  auto start = std::chrono::steady_clock::now();
  const Plan plan = make_plan(program, program.results);
  timing.plan = seconds_since(start);
  start = std::chrono::steady_clock::now();
  const double before_compile = cpu_seconds();
  const auto compiled =
      compile(plan, database, make_clock(0, utc_zone(), {}), {.cpu = options.cpu, .batch_rows = 0, .keep_members = false});
  timing.compile = seconds_since(start);
  timing.compile_cpu = cpu_seconds() - before_compile;
  if (!compiled) {
    std::fprintf(stderr, "%s\n", compiled.error().c_str());
    std::exit(1);
  }
  timing.run = timing.run_cpu = 1e9;
  for (int repeat = 0; repeat < 3; ++repeat) {
    start = std::chrono::steady_clock::now();
    const double before_run = cpu_seconds();
    auto results = run(*compiled, database, {.threads = options.threads, .keep_members = false, .progress = {}});
    timing.run = std::min(timing.run, seconds_since(start));
    timing.run_cpu = std::min(timing.run_cpu, cpu_seconds() - before_run);
    timing.sizes = std::move(results->sizes);
  }
  return timing;
}

// The same counts by hand: each condition once into a bitmap, the definitions over the bitmaps, in blocks that stay in the cache.
double by_hand(const Database& database, const std::vector<Terms>& definitions, std::vector<std::uint64_t>& sizes) {
  constexpr std::size_t kRows = 4096, kWords = kRows / 64;
  const std::size_t rows = database.tables[0].rows;
  std::vector<std::uint64_t> bits(kConditions * kWords);
  sizes.assign(definitions.size(), 0);
  std::vector<bool> needed(kConditions);
  for (const Terms& terms : definitions) {
    for (const std::size_t condition : terms.condition) needed[condition] = true;
  }
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t begin = 0; begin < rows; begin += kRows) {
    const std::size_t count = std::min(kRows, rows - begin);
    for (std::size_t condition = 0; condition < kConditions; ++condition) {
      if (!needed[condition]) continue;
      const std::int32_t* values = database.tables[0].columns[column_of(condition)].values<std::int32_t>() + begin;
      compare(values, (count + 63) / 64, static_cast<std::int32_t>(bound_of(condition)), bits.data() + condition * kWords);
    }
    const std::size_t words = (count + 63) / 64;
    const std::uint64_t last = count % 64 == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << (count % 64)) - 1;
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      const std::uint64_t* t[kTerms];
      for (std::size_t k = 0; k < kTerms; ++k) t[k] = bits.data() + definitions[i].condition[k] * kWords;
      sizes[i] += count_members(t, words, last);
    }
  }
  return seconds_since(start);
}

void bench_definitions(const Options& options) {
  Database database;
  Table& account = database.tables.emplace_back();
  account.name = "account";
  account.rows = options.accounts;
  for (std::size_t i = 0; i < kColumns; ++i) account.columns.push_back(int_column(options.accounts, i + 1));
  for (const std::size_t count : options.definitions) {
    const std::vector<Terms> terms = choose_terms(count);
    const Timing timing = measure(program_of(terms), database, options);
    std::vector<std::uint64_t> expected;
    const double hand = by_hand(database, terms, expected);
    const double decisions = static_cast<double>(count) * static_cast<double>(options.accounts);
    std::printf(
        "{\"bench\": \"definitions\", \"definitions\": %zu, \"accounts\": %zu, \"threads\": %u, \"plan_s\": %.4f, \"compile_s\": %.4f, "
        "\"run_s\": %.4f, "
        "\"compile_cpu_s\": %.4f, \"run_cpu_s\": %.4f, \"decisions_per_s\": %.4g, \"by_hand_s\": %.4f, \"agrees\": %s, \"sizes\": %s}\n",
        count, options.accounts, options.threads, timing.plan, timing.compile, timing.run, timing.compile_cpu, timing.run_cpu,
        decisions / timing.run, hand, timing.sizes == expected ? "true" : "false", list_of(timing.sizes).c_str());
    std::fflush(stdout);
  }
}

// Twenty segments, each `count(events where kind >= k) >= n`.
void bench_events(const Options& options) {
  const std::size_t accounts = std::max<std::size_t>(1, options.events / 20);
  Database database;
  Table& account = database.tables.emplace_back();
  account.rows = accounts;
  Table& events = database.tables.emplace_back();
  events.rows = options.events;
  events.columns.push_back(int_column(options.events, 99));
  Link& link = events.links.emplace_back();
  std::uint64_t state = 5;
  std::vector<std::uint64_t> per_account(accounts);
  for (std::size_t i = 0; i < options.events; ++i) ++per_account[next_random(state) % accounts];
  link.offsets.push_back(0);
  for (std::size_t i = 0; i < accounts; ++i) {
    link.parent_of.own().insert(link.parent_of.own().end(), per_account[i], static_cast<RowId>(i));
    link.offsets.push_back(link.offsets.back() + per_account[i]);
  }
  CheckedProgram program;
  program.schema.tables = {schema_table("account", 0), schema_table("events", 1)};
  program.frames = {{}, {1, kAccountFrame, kAccountFrame, 0}};
  constexpr std::size_t kSegments = 20;
  for (std::size_t i = 0; i < kSegments; ++i) {
    const ExprId filter = at_least(program, 0, static_cast<std::int64_t>(i * 50), FrameId{1});
    const ExprId count = add(program, Aggregate{AggregateFn::kCount, FrameId{1}, {}, filter, {}}, {.kind = Kind::kInt});
    const ExprId body =
        add(program, Compare{CompareOp::kGe, count, add(program, Literal{std::int64_t{5}}, {.kind = Kind::kInt}), false}, {});
    Definition definition;
    definition.kind = DefinitionKind::kSegment;
    definition.body = body;
    program.definitions.push_back(std::move(definition));
    program.results.push_back(DefinitionId{static_cast<std::uint32_t>(i)});
  }
  const Timing timing = measure(program, database, options);
  std::vector<std::uint64_t> expected(kSegments);
  const std::int32_t* values = events.columns[0].values<std::int32_t>();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kSegments; ++i) {
    for (std::size_t group = 0; group < accounts; ++group) {
      expected[i] += count_at_least(values, link.offsets[group], link.offsets[group + 1], static_cast<std::int32_t>(i * 50)) >= 5;
    }
  }
  const double hand = seconds_since(start);
  std::printf(
      "{\"bench\": \"events\", \"events\": %zu, \"accounts\": %zu, \"segments\": %zu, \"threads\": %u, \"compile_s\": %.4f, \"run_s\": "
      "%.4f, \"run_cpu_s\": %.4f, "
      "\"ns_per_event_and_segment\": %.4f, \"by_hand_s\": %.4f, \"agrees\": %s, \"sizes\": %s}\n",
      options.events, accounts, kSegments, options.threads, timing.plan + timing.compile, timing.run, timing.run_cpu,
      timing.run * 1e9 / static_cast<double>(options.events * kSegments), hand, timing.sizes == expected ? "true" : "false",
      list_of(timing.sizes).c_str());
}

// ── tiers with `top` by a score with `decay` ──

constexpr std::int64_t kToday = 20'000, kHalfLife = 90, kTopCount = 1'000, kLeast = 500;

// `top 1000 by s`, then `top 10% by s` of the rest, then who passes a condition; s = 30 * decay(day, 90 days) + c1, where c0 gives the day.
CheckedProgram tiers_program() {
  CheckedProgram program;
  program.schema.tables.push_back(schema_table("account", 3));
  program.schema.tables[0].columns[0].type = {.kind = Kind::kDate};
  program.schema.tables[0].key = 2;
  program.frames.push_back({});
  const auto define = [&](DefinitionKind kind, ExprId body) {
    Definition definition;
    definition.kind = kind;
    definition.body = body;
    program.definitions.push_back(std::move(definition));
    return DefinitionId{static_cast<std::uint32_t>(program.definitions.size() - 1)};
  };
  const Type whole{.kind = Kind::kInt}, real{.kind = Kind::kFloat}, tier{.kind = Kind::kEnum, .optional = true};
  const ExprId day = add(program, ColumnRead{0}, {.kind = Kind::kDate}),
               half_life = add(program, Literal{kHalfLife}, {.kind = Kind::kDays});
  const ExprId decay = add(program, Call{BuiltinId::kDecayDate, {day, half_life}}, real);
  const ExprId weight = add(program, Literal{30.0}, real), number = add(program, ColumnRead{1}, whole);
  const ExprId recent = add(program, Arithmetic{ArithmeticOp::kMultiply, weight, decay}, real);
  const ExprId sum = add(program, ScoreSum{{{recent, {}, false, {}}, {number, {}, false, {}}}, {}}, real);
  const DefinitionId score = define(DefinitionKind::kScore, sum);
  const ExprId passes = at_least(program, 1, kLeast);
  const auto top = [&](ExprId candidates, TopOf node) {
    node.candidates = define(DefinitionKind::kDefine, candidates);
    node.by = score;
    return add(program, node, {});
  };
  const ExprId first = top(passes, {.candidates = {}, .by = {}, .count = kTopCount, .share = 0, .share_scale = 0});
  const ExprId others = add(program, And{{passes, add(program, Not{first}, {})}}, {});
  const ExprId second = top(others, {.candidates = {}, .by = {}, .count = {}, .share = 1, .share_scale = 1});
  const ExprId tiers = add(program, Choice{{{first, 0}, {second, 1}, {passes, 2}}, 3, false}, tier);
  program.results = {define(DefinitionKind::kTiers, tiers)};
  return program;
}

// The sizes of the tiers, by hand: an exponential for each day, sums, and two selections.
std::vector<std::uint64_t> tiers_by_hand(const Database& database) {
  const Table& account = database.tables[0];
  const std::int32_t *days = account.columns[0].values<std::int32_t>(), *numbers = account.columns[1].values<std::int32_t>();
  std::vector<double> weights(1'000), scores;
  for (std::size_t age = 0; age < weights.size(); ++age) weights[age] = 30 * std::exp2(-static_cast<double>(age) / kHalfLife);
  for (std::size_t i = 0; i < account.rows; ++i) {
    if (numbers[i] >= kLeast) scores.push_back(weights[static_cast<std::size_t>(kToday - days[i])] + numbers[i]);
  }
  const auto first = static_cast<std::ptrdiff_t>(std::min<std::size_t>(kTopCount, scores.size()));
  std::nth_element(scores.begin(), scores.begin() + first, scores.end(), std::greater<>());
  const std::uint64_t second = (scores.size() - static_cast<std::size_t>(first) + 9) / 10;
  std::nth_element(scores.begin() + first, scores.begin() + first + static_cast<std::ptrdiff_t>(second), scores.end(), std::greater<>());
  const auto taken = static_cast<std::uint64_t>(first) + second;
  return {static_cast<std::uint64_t>(first), second, scores.size() - taken, account.rows - scores.size()};
}

void bench_tiers(const Options& options) {
  Database database;
  Table& account = database.tables.emplace_back();
  account.rows = options.accounts;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) account.columns.push_back(int_column(options.accounts, seed));
  auto* days = reinterpret_cast<std::int32_t*>(account.columns[0].data.data());
  auto* keys = reinterpret_cast<std::int32_t*>(account.columns[2].data.data());
  for (std::size_t i = 0; i < options.accounts; ++i) {
    days[i] = static_cast<std::int32_t>(kToday - days[i]);
    keys[i] = static_cast<std::int32_t>(i);
  }
  account.columns[0].type = {.kind = Kind::kDate};
  const CheckedProgram program = tiers_program();
  const Clock clock = make_clock(kToday * kMicrosPerDay, utc_zone(), {});
  auto start = std::chrono::steady_clock::now();
  const double before = cpu_seconds();
  const auto results =
      evaluate_native(program, database, clock, program.results, {.codegen = {.cpu = options.cpu}, .threads = options.threads});
  const double run = seconds_since(start), run_cpu = cpu_seconds() - before;
  std::vector<std::uint64_t> sizes(4);
  for (const std::int32_t code : results->definitions.front().codes) ++sizes[static_cast<std::size_t>(code)];
  start = std::chrono::steady_clock::now();
  const std::vector<std::uint64_t> expected = tiers_by_hand(database);
  const double hand = seconds_since(start);
  std::printf(
      "{\"bench\": \"tiers\", \"accounts\": %zu, \"threads\": %u, \"compile_s\": 0, \"run_s\": %.4f, \"run_cpu_s\": %.4f, \"by_hand_s\": "
      "%.4f, "
      "\"agrees\": %s, \"sizes\": %s}\n",
      options.accounts, options.threads, run, run_cpu, hand, sizes == expected ? "true" : "false", list_of(sizes).c_str());
}

TargetCpu cpu_of(const std::string& name) {
  if (name == "baseline") return TargetCpu::kBaseline;
  if (name == "avx2") return TargetCpu::kAvx2;
  return name == "avx512" ? TargetCpu::kAvx512 : TargetCpu::kHost;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    const auto number = static_cast<std::size_t>(std::strtoull(argv[i + 1], nullptr, 10));
    if (flag == "--accounts") options.accounts = number;
    if (flag == "--events") options.events = number;
    if (flag == "--threads") options.threads = static_cast<unsigned>(number);
    if (flag == "--cpu") options.cpu = cpu_of(argv[i + 1]);
    if (flag == "--definitions") options.definitions = {number};
    if (flag == "--only") options.only = argv[i + 1];
  }
  return options;
}

}  // namespace
}  // namespace segue::bench

int main(int argc, char** argv) {
  const segue::bench::Options options = segue::bench::options_of(argc, argv);
  const auto asks = [&](const char* bench) { return options.only.empty() || options.only == bench; };
  if (asks("definitions")) segue::bench::bench_definitions(options);
  if (asks("events")) segue::bench::bench_events(options);
  if (asks("tiers")) segue::bench::bench_tiers(options);
  return 0;
}
