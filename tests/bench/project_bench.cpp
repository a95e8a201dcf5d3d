// Measures the phases of a project in memory: its tables are read once, then all its definitions are planned, compiled and run several times, sizes alone.
// Prints one JSON object. With --hand FILE the same question is also answered by hand-written C++ over the same columns; with --whole the run is
// evaluate_native, whole-population passes and compiling included.
//   project_bench PROJECT [--as-of DATE] [--threads N] [--repeats N] [--cpu host|baseline|avx2|avx512] [--hand FILE] [--whole 1]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/project.h"
#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/compile.h"
#include "compiler/codegen/native.h"
#include "compiler/plan/plan.h"
#include "runtime/run.h"
#include "tests/bench/by_hand_project.h"

namespace segue::bench {
namespace {

struct Options {
  std::string project, as_of = "2026-11-20", hand;
  unsigned threads = 1, repeats = 5;
  TargetCpu cpu = TargetCpu::kHost;
  bool whole = false;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

[[noreturn]] void stop(const std::string& message) {
  fmt::print(stderr, "project_bench: {}\n", message);
  std::exit(1);
}
[[noreturn]] void stop(const Failure& failure) { stop(failure.diagnostics.empty() ? "cancelled" : failure.diagnostics.front().message); }

// Seconds of wall and of processor time, each the median of the repeats.
struct Seconds {
  std::vector<double> wall, cpu;
  template <typename Work>
  auto measure(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    const double before = cpu_seconds();
    auto result = work();
    wall.push_back(seconds_since(start));
    cpu.push_back(cpu_seconds() - before);
    return result;
  }
  static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values.empty() ? 0 : values[(values.size() - 1) / 2];
  }
  std::string text(const char* name) const {
    return fmt::format("\"{0}_s\": {1:.6f}, \"{0}_cpu_s\": {2:.6f}", name, median(wall), median(cpu));
  }
};

std::vector<std::uint64_t> sizes_of(const Results& results) {
  std::vector<std::uint64_t> sizes;
  for (const DefinitionResult& result : results.definitions) {
    if (result.codes.empty()) {
      sizes.push_back(result.members.count());
      continue;
    }
    // of tiers: by value, those without one last
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(std::max(0, *std::ranges::max_element(result.codes) + 1)));
    for (const std::int32_t code : result.codes) {
      if (code >= 0) ++counts[static_cast<std::size_t>(code)];
    }
    sizes.insert(sizes.end(), counts.begin(), counts.end());
  }
  return sizes;
}

// Columns in which the data hold no missing value: the plan need not ask.
std::vector<ColumnFacts> never_missing(const Database& database) {
  std::vector<ColumnFacts> facts;
  for (std::uint32_t table = 0; table < database.tables.size(); ++table) {
    for (std::uint32_t column = 0; column < database.tables[table].columns.size(); ++column) {
      const Column& read = database.tables[table].columns[column];
      if (read.is_read() && read.type.optional && read.valid.empty()) facts.push_back({.column = {table, column}, .may_be_missing = false});
    }
  }
  return facts;
}

// What is counted: all results but scores, which are numbers.
std::vector<DefinitionId> counted(const CheckedProgram& program) {
  std::vector<DefinitionId> roots;
  for (const DefinitionId id : program.results) {
    if (program.definition(id).kind != DefinitionKind::kScore) roots.push_back(id);
  }
  return roots;
}

// Whether the tables are prepared ones, whose columns are recoded.
bool has_ranks(const Database& database) {
  return std::ranges::any_of(database.tables, [](const Table& table) {
    return std::ranges::any_of(table.columns, [](const Column& column) { return column.ranks != nullptr; });
  });
}

struct Measured {
  Seconds plan, compile, again, unused, run;
  std::vector<std::uint64_t> sizes;
};

Measured measure(const CheckedProject& project, const Database& database, const Clock& clock, const Options& options) {
  const auto codegen = codegen_api();
  if (!codegen) stop(codegen.error());
  Measured measured;
  const std::vector<DefinitionId> roots = counted(project.program());
  if (options.whole) {
    for (unsigned repeat = 0; repeat < options.repeats; ++repeat) {
      const auto results = measured.run.measure([&] {
        return (*codegen)->evaluate_native(project.program(), database, clock, roots,
                                           {.codegen = {.cpu = options.cpu}, .threads = options.threads});
      });
      if (!results) stop(results.error().message);
      measured.sizes = sizes_of(*results);
    }
    return measured;
  }
  const std::shared_ptr<CodeCache> kept = (*codegen)->make_code_cache(std::filesystem::path());
  for (unsigned round = 0; round < 5;
       ++round) {  // twice without kept code, then three times with it, of which the first has nothing to find
    CodegenOptions compiling{.cpu = options.cpu, .keep_members = false};
    compiling.cache = round < 2 ? nullptr : kept.get();
    const auto plan_options = PlanOptions{.share = true, .facts = never_missing(database), .population = {}};
    const Plan plan = measured.plan.measure([&] { return make_plan(project.program(), roots, plan_options); });
    Seconds& seconds = round < 2 ? measured.compile : round == 2 ? measured.unused : measured.again;
    const auto program = seconds.measure([&] { return (*codegen)->compile(plan, database, clock, compiling); });
    if (!program) stop(program.error());
    for (unsigned repeat = 0; round == 4 && repeat < options.repeats; ++repeat) {
      auto results = measured.run.measure([&] {
        const BlockSchemes schemes = (*codegen)->make_schemes(plan, *program, database, clock);
        RunOptions run_options{.threads = options.threads, .keep_members = false, .progress = {}};
        if (!schemes.schemes.empty()) run_options.schemes = &schemes;
        return run(*program, database, run_options);
      });
      if (!results) stop("the run failed");
      measured.sizes = std::move(results->sizes);
    }
  }
  return measured;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (!flag.starts_with("--")) {
      options.project = flag;
      continue;
    }
    if (++i == argc) stop(flag + " needs a value");
    const std::string value = argv[i];
    const auto number = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    if (flag == "--as-of") options.as_of = value;
    else if (flag == "--threads") options.threads = number;
    else if (flag == "--repeats") options.repeats = number;
    else if (flag == "--hand") options.hand = value;
    else if (flag == "--whole") options.whole = number != 0;
    else if (flag == "--cpu")
      options.cpu = value == "baseline" ? TargetCpu::kBaseline
                    : value == "avx2"   ? TargetCpu::kAvx2
                    : value == "avx512" ? TargetCpu::kAvx512
                                        : TargetCpu::kHost;
    else stop("unknown flag " + flag);
  }
  return options;
}

int bench(const Options& options) {
  Seconds open, load;
  const auto project = open.measure([&] { return open_project(options.project + "/segue.yaml"); });
  if (!project) stop(project.error());
  if (project->has_errors()) stop(project->diagnostics.front().message);
  const auto now = parse_clock(*project, options.as_of);
  if (!now) stop(now.error());
  const CheckedProject& checked = *project->checked;
  DataOptions data_options;
  data_options.clock = *now;
  data_options.threads = 2;
  const auto data =
      load.measure([&] { return load_data(checked, data_options, needed_columns(checked.program(), counted(checked.program()))); });
  if (!data) stop(data.error());
  const Measured measured = measure(checked, *data->database, clock_of(checked, *now), options);
  std::string by_hand;
  if (!options.hand.empty()) {
    const HandResult result = answer_by_hand(*data->database, options.hand, options.threads, options.repeats);
    by_hand = fmt::format(", \"hand_s\": {:.6f}, \"hand_agrees\": {}", result.seconds, result.sizes == measured.sizes);
  }
  fmt::print("{{{}, {}, {}, {}, {}, {}, ", open.text("open"), load.text("load"), measured.plan.text("plan"),
             measured.compile.text("compile"), measured.again.text("again"), measured.run.text("run"));
  fmt::print("\"threads\": {}, \"accounts\": {}, \"prepared\": {}, \"sizes\": [{}]{}}}\n", options.threads, data->database->tables[0].rows,
             has_ranks(*data->database), fmt::join(measured.sizes, ", "), by_hand);
  return 0;
}

}  // namespace
}  // namespace segue::bench

int main(int argc, char** argv) {
  const segue::bench::Options options = segue::bench::options_of(argc, argv);
  std::fflush(stdout);
  const int code = segue::bench::bench(options);
  std::fflush(stdout);
  std::_Exit(code);
}
