// A program that embeds Segue: consumer PROJECT SEGMENT AS_OF prints how many accounts the segment has.
#include <iostream>

#include "bindings/cpp/segue.h"

namespace {

int fail(const segue::Failure& failure) {
  for (const segue::Diagnostic& diagnostic : failure.diagnostics) std::cerr << diagnostic.message << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto file = segue::find_project_file(argv[1], {});
  if (!file) return fail(file.error());
  const auto project = segue::open_project(*file);
  if (!project) return fail(project.error());
  const auto clock = segue::parse_clock(*project, argv[3]);
  if (!clock) return fail(clock.error());
  segue::EvaluateOptions options;
  options.data.clock = *clock;
  options.names = {argv[2]};
  const auto evaluation = segue::evaluate(*project, options);
  if (!evaluation) return fail(evaluation.error());
  std::cout << evaluation->definitions.front().size << '\n';
}
