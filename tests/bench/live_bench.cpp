// Measures what services ask: every account of a project's table as a record of its own, one a call; or one change after the other over all accounts. Prints one JSON object.
//   live_bench PROJECT --mode account|change [--as-of DATE] [--repeats N] [--changes N]
#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bindings/cpp/account.h"
#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/live.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/table_specs.h"

namespace segue::bench {
namespace {

struct Options {
  std::string project, mode = "account", as_of = "2026-11-20";
  unsigned repeats = 5, changes = 20'000;
};

using Clock = std::chrono::steady_clock;
double nanoseconds_since(Clock::time_point start) { return std::chrono::duration<double, std::nano>(Clock::now() - start).count(); }

[[noreturn]] void stop(const std::string& message) {
  fmt::print(stderr, "live_bench: {}\n", message);
  std::exit(1);
}
[[noreturn]] void stop(const Failure& failure) { stop(failure.diagnostics.empty() ? "cancelled" : failure.diagnostics.front().message); }
template <typename T>
T require(std::expected<T, Failure> value) {
  if (!value) stop(value.error());
  return std::move(*value);
}

double quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

// A cell as an embedder has it.
CellInput input_of(const Column& column, std::size_t row) {
  if (!column.is_known(row)) return {};
  switch (column.storage) {
    case Storage::kBits: return column.bool_at(row);
    case Storage::kFloat64: return column.float_at(row);
    case Storage::kCodes: return column.text_at(row);
    case Storage::kNone:
    case Storage::kLists: return {};
    default: return column.int_at(row);
  }
}

DataOptions data_options(std::int64_t clock) { return {.clock = clock, .sources = {}, .progress = {}}; }

LoadedData load_all(const OpenedProject& project, std::int64_t clock) {
  return require(load_data(*project.checked, data_options(clock), all_columns(project.checked->schema())));
}

// — one account

struct Filled {
  AccountColumn column;
  CellInput value;
};

void measure_accounts(const OpenedProject& project, std::int64_t clock, const Options& options) {
  const LoadedData data = load_all(project, clock);
  AccountEvaluator evaluator = require(AccountEvaluator::make(project, {.clock = clock, .names = {}}));
  const Table& accounts = data.database->tables.front();
  std::vector<std::vector<Filled>> records(accounts.rows);
  for (std::uint32_t column = 0; column < accounts.columns.size(); ++column) {
    if (!evaluator.reads({0, column})) continue;
    for (std::size_t row = 0; row < accounts.rows; ++row) records[row].push_back({{0, column}, input_of(accounts.columns[column], row)});
  }
  const std::size_t count = evaluator.definitions().size();
  std::vector<std::uint64_t> sizes(count);
  std::vector<double> times;
  for (unsigned repeat = 0; repeat < options.repeats + 1; ++repeat) {
    const auto start = Clock::now();
    std::uint64_t members = 0;
    for (const std::vector<Filled>& record : records) {
      const AccountRow account = evaluator.clear();
      for (const Filled& each : record) {
        if (auto is_set = evaluator.set(account, each.column, each.value); !is_set) stop(is_set.error());
      }
      evaluator.evaluate();
      for (const std::uint64_t word : evaluator.members()) members += static_cast<std::uint64_t>(std::popcount(word));
    }
    if (repeat > 0) times.push_back(nanoseconds_since(start) / static_cast<double>(std::max<std::size_t>(records.size(), 1)));
    if (members == ~std::uint64_t{0}) stop("no such number");  // keeps the loop
  }
  for (const std::vector<Filled>& record : records) {
    const AccountRow account = evaluator.clear();
    for (const Filled& each : record) static_cast<void>(evaluator.set(account, each.column, each.value));
    evaluator.evaluate();
    for (std::size_t i = 0; i < count; ++i) sizes[i] += evaluator.is_member(i) ? 1 : 0;
  }
  const double median = quantile(times, 0.5);
  fmt::print("{{\"ns_per_call\": {:.1f}, \"ns_per_definition\": {:.3f}, \"calls\": {}, \"sizes\": [{}]}}\n", median,
             median / static_cast<double>(std::max<std::size_t>(count, 1)), records.size() * options.repeats, fmt::join(sizes, ", "));
}

// — one change

struct Made {
  LiveChangeKind kind = LiveChangeKind::kUpdate;
  std::uint32_t table = 0;
  CellInput key;
  std::vector<LiveCell> cells;
};

// An account's cell becomes what it is in another row.
Made some_update(const Schema& schema, const Database& database, std::mt19937_64& random) {
  const Table& accounts = database.tables.front();
  Made made{.kind = LiveChangeKind::kUpdate,
            .table = 0,
            .key = input_of(accounts.columns[*schema.tables[0].key], random() % accounts.rows),
            .cells = {}};
  std::uint32_t column = *schema.tables[0].key;
  while (column == schema.tables[0].key || accounts.columns[column].storage == Storage::kLists || !accounts.columns[column].is_read())
    column = static_cast<std::uint32_t>(random() % accounts.columns.size());
  made.cells.push_back({schema.tables[0].columns[column].name, input_of(accounts.columns[column], random() % accounts.rows)});
  return made;
}

// An event like another one, of some account.
Made some_insertion(const Schema& schema, const Database& database, std::mt19937_64& random, std::int64_t& next_key) {
  const SchemaTable& declared = schema.tables[1];
  const Table& accounts = database.tables.front();
  const Table& events = database.tables[1];
  Made made{.kind = LiveChangeKind::kInsert, .table = 1, .key = {}, .cells = {}};
  const std::size_t like = random() % events.rows;
  for (std::uint32_t column = 0; column < declared.columns.size(); ++column) {
    if (column != declared.key && events.columns[column].is_read() && declared.columns[column].name != declared.parents[0].from)
      made.cells.push_back({declared.columns[column].name, input_of(events.columns[column], like)});
  }
  made.cells.push_back({declared.parents[0].from, input_of(accounts.columns[*schema.tables[0].key], random() % accounts.rows)});
  static std::vector<std::string> keys;
  keys.reserve(10'000'000);
  if (declared.key && declared.columns[*declared.key].type.kind == Kind::kText)
    made.key = std::string_view(keys.emplace_back(fmt::format("new {}", ++next_key)));
  else if (declared.key) made.key = std::int64_t{1} << 40 | ++next_key;
  return made;
}

void measure_changes(const OpenedProject& project, std::int64_t clock, const Options& options) {
  const LoadedData data = load_all(project, clock);
  const Schema& schema = project.checked->schema();
  LiveEvaluation live = require(LiveEvaluation::make(project, {.data = data_options(clock), .names = {}}));
  std::mt19937_64 random(7);
  std::vector<double> times;
  std::uint64_t entered = 0, left = 0, others = 0;
  std::int64_t next_key = 0;
  for (unsigned i = 0; i < options.changes; ++i) {
    const Made made =
        schema.tables.size() > 1 ? some_insertion(schema, *data.database, random, next_key) : some_update(schema, *data.database, random);
    const auto start = Clock::now();
    const auto changed = live.apply({.kind = made.kind, .table = schema.tables[made.table].name, .key = made.key, .cells = made.cells});
    const double time = nanoseconds_since(start) / 1000;
    if (!changed) stop(changed.error());
    if (i >= options.changes / 10) times.push_back(time);  // what comes before grows memory and cuts out parts of the program
    for (const LiveAccount& account : *changed) {
      for (const LiveAnswer& answer : account.answers) {
        ++(answer.kind == LiveAnswer::Kind::kEntered ? entered : answer.kind == LiveAnswer::Kind::kLeft ? left : others);
      }
    }
  }
  fmt::print("{{\"us_per_change\": {:.3f}, \"p99_us\": {:.3f}, \"changes\": {}, \"entered\": {}, \"left\": {}, \"others\": {}}}\n",
             quantile(times, 0.5), quantile(times, 0.99), times.size(), entered, left, others);
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with("--")) options.project = word;
    else if (i + 1 == argc) stop("`" + word + "` needs a value");
    else if (word == "--mode") options.mode = argv[++i];
    else if (word == "--as-of") options.as_of = argv[++i];
    else if (word == "--repeats") options.repeats = static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10));
    else if (word == "--changes") options.changes = static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10));
    else stop("unknown option `" + word + "`");
  }
  if (options.project.empty() || (options.mode != "account" && options.mode != "change")) stop("PROJECT --mode account|change");
  return options;
}

int run(const Options& options) {
  const auto file = require(find_project_file(options.project, options.project));
  const OpenedProject project = require(open_project(file));
  if (project.has_errors()) stop(Failure{FailureKind::kRules, project.diagnostics, {}});
  const std::int64_t clock = require(parse_clock(project, options.as_of));
  if (options.mode == "account") measure_accounts(project, clock, options);
  else measure_changes(project, clock, options);
  return 0;
}

}  // namespace
}  // namespace segue::bench

int main(int argc, char** argv) { return segue::bench::run(segue::bench::read_options(argc, argv)); }
