// Measures the way from files to machine code of a project (tests/bench/realistic.py writes one): parse and check, plan, compile, compile from the cache. Prints one JSON object of
// the best of some repetitions, in milliseconds of processor time, and the peak of memory.
//   compile_bench PROJECT_FILE [REPETITIONS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <limits>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/needed_columns.h"
#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/compile.h"

namespace segue::bench {
namespace {

// 2026-11-20, the end of the data of examples/abm.
constexpr std::int64_t kClock = 1'795'215'600'000'000;

double cpu_milliseconds() { return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

class Best {
 public:
  template <typename Work>
  auto measure(Work&& work) {
    const double start = cpu_milliseconds();
    auto result = work();
    best_ = std::min(best_, cpu_milliseconds() - start);
    return result;
  }
  [[nodiscard]] double milliseconds() const { return best_; }

 private:
  double best_ = std::numeric_limits<double>::infinity();
};

long peak_kibibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "compile_bench: %s\n", message.c_str());
  std::exit(1);
}

void run(const char* path, int repetitions) {
  Best front_end, planning, compiling, loading;
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("segue_compile_bench_" + std::to_string(getpid()));
  std::size_t definitions = 0, conditions = 0;
  for (int i = 0; i < repetitions; ++i) {
    const auto project = front_end.measure([&] { return open_project(path, OpenOptions()); });
    if (!project || project->has_errors()) fail("the project has errors");
    const CheckedProgram& program = project->checked->program();
    DataOptions options;
    options.clock = kClock;
    const auto data = load_data(*project->checked, options, needed_columns(program, program.results));
    if (!data) fail("the tables cannot be read");
    const Plan plan = planning.measure([&] { return make_plan(program, program.results); });
    const Clock clock = clock_of(*project->checked, kClock);
    std::filesystem::remove_all(folder);
    for (Best* best : {&compiling, &loading}) {  // what the first keeps the second finds
      const auto compiled = best->measure([&] {
        CodeCache cache(folder);
        CodegenOptions codegen;
        codegen.cache = &cache;
        return compile(plan, *data->database, clock, codegen);
      });
      if (!compiled) fail(compiled.error());
    }
    definitions = program.results.size();
    conditions = plan.live.size();
  }
  std::printf(
      "{\"definitions\": %zu, \"nodes\": %zu, \"front_end_ms\": %.2f, \"plan_ms\": %.2f, \"compile_ms\": %.2f, \"cached_ms\": %.2f, "
      "\"peak_kib\": %ld}\n",
      definitions, conditions, front_end.milliseconds(), planning.milliseconds(), compiling.milliseconds(), loading.milliseconds(),
      peak_kibibytes());
}

}  // namespace
}  // namespace segue::bench

int main(int count, char** arguments) {
  if (count < 2) segue::bench::fail("write a project file");
  segue::bench::run(arguments[1], count > 2 ? std::atoi(arguments[2]) : 3);
}
