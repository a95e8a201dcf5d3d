// This file's external interface is Case, a program with its tables; `find_failure`, which holds every engine and setting against the
// interpreter; and `shrunk`, which makes a failing case small.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/codegen/compile.h"
#include "tests/differential/rules.h"
#include "tests/differential/world.h"

namespace segue::differential {

// One way to run native code.
struct Setting {
  TargetCpu cpu = TargetCpu::kHost;
  unsigned threads = 1;
  std::size_t batch_rows = 0;
  bool is_shared = true;
  std::size_t population_bytes = std::size_t{1} << 30;  // a small one cuts what stands on whole tables into several passes
};

[[nodiscard]] std::string to_text(const Setting& setting);

struct Case {
  std::uint64_t seed = 0;
  World world;
  Rules rules;
  std::vector<Setting> settings;
  bool with_permutation = false, with_files = false, with_explain = false, with_subset = false;
};

// The case of a seed, the same on every machine with the same compiler.
[[nodiscard]] Case make_case(std::uint64_t seed);

// `category` says what kind of failure it is, so that shrinking does not slip into another; `message` is for people.
struct Failure {
  std::string category;
  std::string message;
};

// Counts what was compared, for the last line.
struct Tally {
  std::uint64_t definitions = 0;
  std::uint64_t decided = 0;  // segments that hold for some accounts and not for others
  std::uint64_t answers = 0;  // definitions × accounts × settings
};

// Checks and evaluates the case in every way that it asks for. The first disagreement, or nothing. Scratch files lie in `folder`.
[[nodiscard]] std::optional<Failure> find_failure(const Case& made, const std::filesystem::path& folder, Tally& tally);

// The project as files: path and text.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> project_files(const Case& made);
void write_project(const Case& made, const std::filesystem::path& folder);

// The moment for `--as-of`.
[[nodiscard]] std::string clock_of(const Case& made);

// A smaller case that fails in the same way, as far as `until`. `judge` says how a case fails.
using Judge = std::function<std::optional<Failure>(const Case&)>;
[[nodiscard]] Case shrunk(Case made, const std::string& category, const Judge& judge, std::chrono::steady_clock::time_point until);

}  // namespace segue::differential
