// One definition more: a project whose tables are prepared and whose definitions have been answered gets one further definition, and that one is asked for. Prints one
// JSON object: the median seconds of opening the project anew with it, and from then to its answer.
//   added_bench PROJECT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bindings/cpp/prepare.h"
#include "bindings/cpp/segue.h"

namespace segue::bench {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

template <typename Value>
Value require(std::expected<Value, Failure> result) {
  if (result) return std::move(*result);
  const std::vector<Diagnostic>& diagnostics = result.error().diagnostics;
  std::fprintf(stderr, "added_bench: %s\n", diagnostics.empty() ? "cancelled" : diagnostics.front().message.c_str());
  std::exit(1);
}

// Conditions of the project in a combination that none of its definitions has.
std::string further_definition(int number) {
  const std::string bound = std::to_string(number);
  return "segment added {\n  where c1 >= 21" + bound + "\n    and c2 >= 3" + bound + "0\n    and (c3 >= 500 or c4 >= 41" + bound +
         ")\n    and not c5 >= 900\n}\n";
}

int bench(const std::string& folder) {
  const std::string file = folder + "/segue.yaml";
  const OpenedProject project = require(open_project(file));
  EvaluateOptions options;
  options.data.clock = require(parse_clock(project, "2026-11-20"));
  options.data.held = require(hold_tables(project, options.data));
  const Evaluation all = require(evaluate(project, options));
  std::vector<double> opening, answering;
  std::uint64_t size = 0;
  options.names = {"added"};
  for (int number = 1; number <= 7; ++number) {
    auto start = std::chrono::steady_clock::now();
    OpenOptions with;
    with.further_rules = NamedText{"segments/added.seg", further_definition(number)};
    const OpenedProject more = require(open_project(file, with));
    opening.push_back(seconds_since(start));
    start = std::chrono::steady_clock::now();
    const Evaluation one = require(evaluate(more, options));
    answering.push_back(seconds_since(start));
    size = one.definitions.front().size;
  }
  std::printf("{\"first_result_s\": %.6f, \"open_s\": %.6f, \"accounts\": %zu, \"definitions\": %zu, \"last_size\": %zu}\n",
              median(answering), median(opening), static_cast<std::size_t>(all.accounts), all.definitions.size(),
              static_cast<std::size_t>(size));
  return 0;
}

}  // namespace
}  // namespace segue::bench

int main(int argc, char** argv) {
  if (argc == 2) return segue::bench::bench(argv[1]);
  std::fprintf(stderr, "usage: added_bench PROJECT\n");
  return 2;
}
