// Parts against the whole.
#include "tests/differential/parts.h"

#include <algorithm>
#include <bit>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "compiler/diagnostics/render.h"
#include "tests/differential/random.h"

namespace segue::differential {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string score_text(const std::optional<ScoreSummary>& score) {
  if (!score) return "none";
  return fmt::format("{:a} {:a} {:a}", score->min, score->max, score->mean);
}

// All that is said of an answer.
std::string outcome_text(const DefinitionOutcome& outcome) {
  std::string text = fmt::format("size {}, accounts {}, share {}, undetermined {}, suppressed {}, without {}, score {}, values",
                                 outcome.size, outcome.accounts, outcome.share, outcome.undetermined, outcome.suppressed,
                                 outcome.without_value, score_text(outcome.score));
  for (const std::uint64_t size : outcome.value_sizes) text += fmt::format(" {}", size);
  return text;
}

std::string table_text(const TableSummary& table) {
  return fmt::format("{}: {} rows, {} bad, {} orphans, {} not yet known", table.table, table.rows, table.bad_rows, table.orphans,
                     table.not_yet_known);
}

std::optional<std::string> totals_difference(const OpenedProject& project, const Evaluation& whole, const Evaluation& parted) {
  if (whole.accounts != parted.accounts) return fmt::format("{} accounts instead of {}", parted.accounts, whole.accounts);
  for (std::size_t i = 0; i < whole.definitions.size(); ++i) {
    const std::string expected = outcome_text(whole.definitions[i]), found = outcome_text(parted.definitions[i]);
    if (expected != found)
      return fmt::format("{}: expected {}; got {}", project.definitions[whole.definitions[i].definition].name, expected, found);
  }
  for (std::size_t i = 0; i < whole.expectations.size(); ++i) {
    if (whole.expectations[i].holds != parted.expectations[i].holds || whole.expectations[i].found != parted.expectations[i].found)
      return fmt::format("expected `{}` of {}; got `{}`", whole.expectations[i].found, whole.expectations[i].text,
                         parted.expectations[i].found);
  }
  for (std::size_t i = 0; i < whole.tables.size(); ++i) {
    if (table_text(whole.tables[i]) != table_text(parted.tables[i]))
      return fmt::format("expected {}; got {}", table_text(whole.tables[i]), table_text(parted.tables[i]));
  }
  return std::nullopt;
}

// The files of an output, by name, with their bytes.
std::vector<std::pair<std::string, std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& path : paths) files.emplace_back(fs::path(path).filename().string(), bytes_of(path));
  return files;
}

std::optional<std::string> files_difference(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
  const auto a = files_of(expected), b = files_of(found);
  if (a.size() != b.size()) return fmt::format("{} files instead of {}", b.size(), a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return fmt::format("{} has other bytes", a[i].first);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parts_difference(const OpenedProject& project, const EvaluateOptions& options, const Evaluation& whole,
                                            const fs::path& folder, std::uint64_t seed) {
  Random random(seed + 5);
  constexpr const char* kNames[] = {"out.csv", "out.arrow", "out.parquet", "out/"};
  for (int round = 0; round < 3; ++round) {
    const std::size_t accounts = random.one_of<std::size_t>({1, 2, 7, 63, 64, 65, 500, 1000});
    if (whole.accounts / accounts > 300) continue;
    const std::string name = kNames[random.below(std::size(kNames))];
    const OutputOptions output{.layout = random.chance(50) ? Layout::kLong : Layout::kWide, .on_temporary = {}};
    const fs::path expected_folder = folder / "expected", found_folder = folder / "found";
    for (const fs::path& each : {expected_folder, found_folder}) {
      fs::remove_all(each);
      fs::create_directories(each);
    }
    EvaluateOptions parts = options;
    parts.memory = std::uint64_t{64} << 20;
    parts.accounts_of_part = accounts;
    parts.out = OutputRequest{.path = (found_folder / name).string(), .options = output};
    const auto parted = evaluate(project, parts);
    const std::string setting = fmt::format("parts of {} accounts, {} threads, {}{}", accounts, options.data.threads, name,
                                            output.layout == Layout::kLong ? ", long" : "");
    if (!parted) return fmt::format("{}: {}", setting, render_text(parted.error().diagnostics, project.sources, false));
    if (parted->answers) return std::nullopt;  // some reference keeps a table whole
    if (const auto found = totals_difference(project, whole, *parted)) return fmt::format("{}: {}", setting, *found);
    EvaluateOptions totals = parts;
    totals.out.reset();
    const auto counted = evaluate(project, totals);
    if (!counted) return fmt::format("{}: without output: {}", setting, render_text(counted.error().diagnostics, project.sources, false));
    if (const auto found = totals_difference(project, whole, *counted)) return fmt::format("{}, without output: {}", setting, *found);
    const auto expected = write_output(project, whole, (expected_folder / name).string(), output);
    const auto written = write_output(project, *parted, parts.out->path, output);
    if (!expected || !written) return fmt::format("{}: the output cannot be written", setting);
    if (const auto found = files_difference(expected->paths, written->paths)) return fmt::format("{}: {}", setting, *found);
  }
  return std::nullopt;
}

}  // namespace segue::differential
