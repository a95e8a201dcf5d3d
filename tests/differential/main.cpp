// Random programs over random tables, on every engine and in every setting: `segue_differential [--seed N] [--seconds N] [--iterations N]
// [--shrink-seconds N] [--keep-going] [--show] [--out FOLDER] [--write FOLDER]`. `--show` prints the rules of the seed instead, `--write` writes the
// projects of so many seeds, each with its clock, and evaluates nothing. Exits with 1 on a disagreement, after printing it as a small project.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "tests/differential/isolated.h"

namespace segue::differential {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::uint64_t seed = std::random_device()();
  std::uint64_t seconds = 120;
  std::uint64_t iterations = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t shrink_seconds = 90;
  bool keep_going = false, is_show = false;
  std::string out, write;
};

std::optional<std::uint64_t> number_of(const char* text) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text, &end, 10);
  if (*text == '\0' || *end != '\0') return std::nullopt;
  return number;
}

std::optional<Options> parse_options(int count, char** arguments) {
  Options options;
  if (const char* seconds = std::getenv("SEGUE_DIFFERENTIAL_SECONDS")) options.seconds = number_of(seconds).value_or(options.seconds);
  bool has_seconds = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--keep-going") {
      options.keep_going = true;
      continue;
    }
    if (name == "--show") {
      options.is_show = true;
      continue;
    }
    if (i + 1 == count) return std::nullopt;
    const char* text = arguments[++i];
    if (name == "--out") {
      options.out = text;
      continue;
    }
    if (name == "--write") {
      options.write = text;
      continue;
    }
    const auto number = number_of(text);
    if (!number) return std::nullopt;
    if (name == "--seed") options.seed = *number;
    else if (name == "--seconds") options.seconds = *number, has_seconds = true;
    else if (name == "--iterations") options.iterations = *number;
    else if (name == "--shrink-seconds") options.shrink_seconds = *number;
    else return std::nullopt;
  }
  const bool has_count = options.iterations != std::numeric_limits<std::uint64_t>::max();
  if (has_count && !has_seconds) options.seconds = 1'000'000;
  return options;
}

// A folder of our own that goes when we go.
struct Scratch {
  std::filesystem::path folder;
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "segue-differential-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return;
    folder = pattern;
    setenv("SEGUE_CACHE_DIR", (folder / "code").c_str(), 1);  // and no code of the user's
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::remove_all(folder, ignored);
  }
};

void report(const Case& made, const Failure& failure, const std::string& out) {
  fmt::print("FAILED, seed {} ({})\n{}\n", made.seed, failure.category, failure.message);
  for (const auto& [path, text] : project_files(made)) fmt::print("──── {}\n{}", path, text);
  fmt::print("──── segue run --as-of {} --engine native\n", clock_of(made));
  for (const Setting& setting : made.settings) fmt::print("──── {}\n", to_text(setting));
  if (!out.empty()) write_project(made, std::filesystem::path(out) / std::to_string(made.seed));
  std::fflush(stdout);
}

// Shrinks and prints the case of a seed that failed. True when `check` refused its rules.
bool report_seed(std::uint64_t seed, const Options& options, const std::filesystem::path& folder) {
  const Case made = make_case(seed);
  const Judge judge = [&](const Case& candidate) { return judge_isolated(candidate, folder); };
  const auto failure = judge(made);
  if (!failure) {
    fmt::print("FAILED, seed {}: it failed once, and not when it was tried again\n", seed);
    return false;
  }
  fmt::print("seed {} fails ({}); making it small\n", seed, failure->category);
  std::fflush(stdout);
  const Case small = shrunk(made, failure->category, judge, SteadyClock::now() + std::chrono::seconds(options.shrink_seconds));
  report(small, judge(small).value_or(*failure), options.out);
  return failure->category.starts_with("refused: ");
}

// The generator knows nearly all that `check` refuses, but not all: a rare refusal is to be read and is no disagreement, several are a failure.
std::uint64_t refusals_borne(std::uint64_t programs) { return programs > 1 ? 2 + programs / 200 : 0; }

int show(const Options& options) {
  const Case made = make_case(options.seed);
  fmt::print("{}\n{}", schema_text(made.world), to_text(made.rules));
  return 0;
}

int write(const Options& options) {
  for (std::uint64_t seed = options.seed; seed < options.seed + options.iterations; ++seed) {
    const Case made = make_case(seed);
    const std::filesystem::path folder = std::filesystem::path(options.write) / std::to_string(seed);
    write_project(made, folder);
    std::ofstream(folder / "clock.txt") << clock_of(made) << '\n';
  }
  return 0;
}

int run(const Options& options) {
  const Scratch scratch;
  fmt::print("seed {}\n", options.seed);
  std::fflush(stdout);
  const SteadyClock::time_point until = SteadyClock::now() + std::chrono::seconds(options.seconds);
  std::uint64_t done = 0, failures = 0, refusals = 0;
  Tally tally;
  while (done < options.iterations && SteadyClock::now() < until) {
    const Progress progress = run_worker({options.seed + done, options.iterations - done, until}, scratch.folder);
    done += progress.done;
    tally.definitions += progress.tally.definitions;
    tally.decided += progress.tally.decided;
    tally.answers += progress.tally.answers;
    if (!progress.failed) break;
    ++done;
    if (report_seed(*progress.failed, options, scratch.folder)) {
      ++refusals;
      continue;
    }
    ++failures;
    if (!options.keep_going) break;
  }
  fmt::print(
      "{} programs, {} definitions ({} that hold for some accounts and not for others), {} answers compared; {} refused, {} failed\n", done,
      tally.definitions, tally.decided, tally.answers, refusals, failures);
  return failures == 0 && refusals <= refusals_borne(done) ? 0 : 1;
}

}  // namespace
}  // namespace segue::differential

int main(int count, char** arguments) {
  const auto options = segue::differential::parse_options(count, arguments);
  if (!options) {
    fmt::print(stderr,
               "usage: segue_differential [--seed N] [--seconds N] [--iterations N] [--shrink-seconds N] [--keep-going] [--show] [--out "
               "FOLDER] [--write FOLDER]\n");
    return 2;
  }
  if (!options->write.empty()) return segue::differential::write(*options);
  if (options->is_show) return segue::differential::show(*options);
  return segue::differential::run(*options);
}
