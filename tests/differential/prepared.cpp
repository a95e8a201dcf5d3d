// Prepared, grown, damaged, held.
#include "tests/differential/prepared.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "compiler/diagnostics/render.h"

namespace segue::differential {
namespace {

namespace fs = std::filesystem;

// The rows of a table from `begin` to `end`.
WorldTable rows_of(const WorldTable& table, std::size_t begin, std::size_t end) {
  WorldTable part = table;
  part.rows = end - begin;
  const auto cut = [&](auto& rows) {
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(end), rows.end());
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(begin));
  };
  for (WorldColumn& column : part.columns) cut(column.cells);
  for (WorldParent& parent : part.parents) cut(parent.parent_of);
  return part;
}

class PreparedComparison {
 public:
  PreparedComparison(const Case& made, const OpenedProject& project, const EvaluateOptions& options, const Evaluation& whole,
                     const fs::path& folder)
      : case_(made),
        project_(project),
        options_(options),
        whole_(whole),
        store_(folder / "prepared"),
        random_(made.seed ^ 0x9e37),
        table_(case_.world.tables[random_.below(case_.world.tables.size())]),
        parts_(folder / "data" / ("parts-" + table_.name)) {
    fs::remove_all(store_);
    fs::remove_all(parts_);
    fs::create_directories(parts_);
    options_.data.prepared_folder = store_.string();
    options_.data.sources = {{table_.name, parts_.string()}};
  }

  std::optional<std::string> run() {
    // What is written of a row depends on whether its number is even; and with `known_at` every fifth row has one behind it that does not exist yet.
    const std::size_t half = random_.below(table_.rows / 10 + 1) * 10;
    write("1.csv", 0, half);
    if (auto failed = prepare_tables()) return failed;
    write("2.csv", half, table_.rows);
    if (random_.chance(30)) {
      if (auto found = compare("before the second part is prepared")) return found;
    }
    if (auto failed = prepare_tables()) return failed;
    if (auto found = compare("prepared")) return found;
    damage();
    if (auto found = compare("damaged")) return found;
    if (auto failed = prepare_tables()) return failed;
    if (auto found = compare("made anew")) return found;
    return compare_held();
  }

 private:
  void write(const char* name, std::size_t begin, std::size_t end) const {
    std::ofstream(parts_ / name, std::ios::binary) << csv_text(case_.world, rows_of(table_, begin, end));
  }

  std::optional<std::string> prepare_tables() const {
    const auto prepared = prepare(project_, {.data = options_.data, .waits = {}});
    if (!prepared) return "cannot be prepared: " + render_text(prepared.error().diagnostics, project_.sources, false);
    return std::nullopt;
  }

  // One file of the store, cut or changed somewhere.
  void damage() {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(store_)) files.push_back(entry.path());
    std::ranges::sort(files);
    const fs::path& path = files[random_.below(files.size())];
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.empty()) return;
    const std::size_t at = random_.below(bytes.size());
    if (random_.chance(50)) bytes.resize(at);
    else bytes[at] = static_cast<char>(bytes[at] ^ 16);
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::optional<std::string> compare(const char* when) const {
    for (const Engine engine : {Engine::kNative, Engine::kInterpreter}) {
      EvaluateOptions options = options_;
      options.engine = engine;
      const auto evaluation = evaluate(project_, options);
      if (!evaluation) return fmt::format("{}: {}", when, render_text(evaluation.error().diagnostics, project_.sources, false));
      if (const auto found = difference(*evaluation)) return fmt::format("{}: {}", when, *found);
    }
    return std::nullopt;
  }

  std::optional<std::string> compare_held() {
    options_.data.uses_prepared = random_.chance(50);
    const auto held = hold_tables(project_, options_.data);
    if (!held) return "cannot be held: " + render_text(held.error().diagnostics, project_.sources, false);
    options_.data.held = *held;
    fs::remove_all(parts_);
    return compare("held");
  }

  std::optional<std::string> difference(const Evaluation& found) const {
    for (std::size_t i = 0; i < whole_.tables.size(); ++i) {
      const TableSummary &a = whole_.tables[i], &b = found.tables[i];
      if (std::tie(a.table, a.rows, a.bad_rows, a.orphans, a.not_yet_known) !=
          std::tie(b.table, b.rows, b.bad_rows, b.orphans, b.not_yet_known))
        return fmt::format("another report of `{}`", a.table);
    }
    for (std::size_t i = 0; i < whole_.definitions.size(); ++i) {
      const DefinitionOutcome &a = whole_.definitions[i], &b = found.definitions[i];
      const Bitmap &in = members(whole_, i), &in_too = members(found, i);
      const bool is_same = a.undetermined == b.undetermined && in.size() == in_too.size() &&
                           std::equal(in.words(), in.words() + in.word_count(), in_too.words()) &&
                           std::ranges::equal(scores(whole_, i), scores(found, i)) &&
                           std::ranges::equal(value_indices(whole_, i), value_indices(found, i));
      if (!is_same) return fmt::format("`{}` has another answer", project_.definitions[a.definition].name);
    }
    return std::nullopt;
  }

  const Case& case_;
  const OpenedProject& project_;
  EvaluateOptions options_;
  const Evaluation& whole_;
  fs::path store_;
  Random random_;
  const WorldTable& table_;
  fs::path parts_;
};

}  // namespace

std::optional<std::string> prepared_difference(const Case& made, const OpenedProject& project, const EvaluateOptions& options,
                                               const Evaluation& whole, const fs::path& folder) {
  return PreparedComparison(made, project, options, whole, folder).run();
}

}  // namespace segue::differential
