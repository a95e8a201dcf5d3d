// What has changed is read, what has not is kept, and all of it becomes visible at once.
#include "bindings/cpp/prepare.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/prepared_tables.h"
#include "bindings/cpp/rank_cuts.h"
#include "bindings/cpp/side_files.h"
#include "bindings/cpp/stored_clocks.h"
#include "bindings/cpp/stored_columns.h"
#include "runtime/for_all.h"
#include "runtime/prepared/append.h"
#include "runtime/prepared/column_facts.h"
#include "runtime/prepared/column_sections.h"

namespace segue {
namespace {

using Columns = std::vector<std::vector<bool>>;  // by table

// One table on its way from sources to files.
struct Work {
  PreparedState state = PreparedState::kRead;
  StoredTable stored;  // of the version before; then of the one to come
  TableNotes notes;
  Table table;
  bool has_new_rows = false;  // its columns are not those that are stored
};

class Preparer {
 public:
  Preparer(const OpenedProject& project, const DataOptions& options, const RuntimeIoApi& io)
      : project_(*project.checked),
        options_(options),
        io_(io),
        root_(project_.workspace.root.string()) {}

  // Reads everything, into memory. The specs' needs say what has been read.
  std::expected<void, Failure> read_all() {
    if (auto begun = begin(); !begun) return begun;
    if (auto read = read_changed(); !read) return read;
    describe();
    return {};
  }

  // Reads what has changed since `before` was stored in `folder`.
  std::expected<void, Failure> read_since(const Manifest& before, const std::string& folder) {
    before_ = &before;
    folder_ = folder;
    return read_all();
  }

  // Writes what is new; the manifest is to be replaced by the one it gives.
  std::expected<Manifest, Failure> write(const std::string& folder) {
    folder_ = folder;
    const std::uint64_t generation = next_generation(folder);
    std::vector<Writing> writings;
    for (std::uint32_t i = 0; i < works_.size(); ++i) {
      if (is_wanted(i)) plan_files(i, generation, writings);
    }
    std::atomic<int> error = 0;
    if (options_.progress) options_.progress({"writing", 0, writings.size()});
    for_all(writings.size(), options_.threads, [&](std::size_t i) {
      if (error != 0) return;
      const auto written = write_sections(folder, writings[i].name, writings[i].sections);
      if (written) *writings[i].file = *written;
      else error = written.error();
    });
    if (error != 0) return std::unexpected(cannot_write(error));
    for (const Writing& writing : writings) wait_for_tick(writing.file->stamp);
    return manifest();
  }

  [[nodiscard]] Manifest manifest() const {
    Manifest made{.version = std::string(version()), .tables = {}};
    for (std::uint32_t i = 0; i < works_.size(); ++i) {
      if (is_wanted(i)) made.tables.push_back(works_[i].stored);
    }
    return made;
  }

  [[nodiscard]] Failure cannot_write(int error) const {
    return failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnwritableFile,
                      fmt::format("the prepared tables in `{}` cannot be written: {}", shown_folder(options_), std::strerror(error)));
  }

  [[nodiscard]] PreparedTables report() const {
    PreparedTables prepared{.folder = shown_folder(options_), .tables = {}, .data = {}, .diagnostics = {}};
    LoadResult said = reports();
    prepared.data = table_summaries(said.tables);
    prepared.diagnostics = bad_value_diagnostics(project_.schema(), said.bad, options_.on_bad_row);
    std::ranges::move(missing_rate_diagnostics(project_.schema(), said.missing_rates), std::back_inserter(prepared.diagnostics));
    for (std::uint32_t i = 0; i < works_.size(); ++i) {
      if (is_wanted(i)) prepared.tables.push_back(report_of(works_[i]));
    }
    return prepared;
  }

  [[nodiscard]] std::shared_ptr<const Database> take_database() {
    auto database = std::make_shared<Database>();
    for (std::uint32_t i = 0; i < works_.size(); ++i)
      database->tables.push_back(is_wanted(i) ? std::move(works_[i].table) : unread_table(specs_[i]));
    return database;
  }

 private:
  struct Writing {
    std::string name;
    std::vector<ByteSpan> sections;
    StoredFile* file = nullptr;
  };

  [[nodiscard]] bool is_wanted(std::size_t table) const { return !wanted_[table].empty(); }

  // ── What has changed ──

  std::expected<void, Failure> begin() {
    auto specs = table_specs(project_, options_.sources, all_with_source(project_, options_));
    if (!specs) return std::unexpected(std::move(specs.error()));
    specs_ = std::move(*specs);
    asked_ = asked_columns(project_);
    wanted_ = columns_wanted(specs_);
    // What is read along with others is read whole.
    for (std::size_t i = 0; i < specs_.size(); ++i) specs_[i].is_needed = is_wanted(i);
    if (auto rates = read_money_rates(); !rates) return rates;
    works_.resize(specs_.size());
    forced_.resize(specs_.size());
    stamps_.resize(specs_.size());
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      // A path that is not there is for the reader to report.
      if (is_wanted(i)) stamps_[i] = stamp_sources(root_, specs_[i].files, true).value_or(std::vector<SourceStamp>());
    }
    return {};
  }

  // The file of rates is looked at only where it is used.
  std::expected<void, Failure> read_money_rates() {
    bool is_used = false;
    for (std::size_t i = 0; i < specs_.size(); ++i) is_used = is_used || wants_money(specs_[i], wanted_[i]);
    if (!is_used) return {};
    auto rates = read_rates(project_);
    if (!rates) return std::unexpected(std::move(rates.error()));
    rates_ = std::move(*rates);
    return {};
  }

  // Whether a stored table can serve as it is, or as the first part of the new one.
  PreparedState state_of(std::uint32_t id) {
    const StoredTable* stored = before_ == nullptr ? nullptr : before_->find(specs_[id].name);
    if (stored == nullptr || forced_[id] || stored->reading != reading_digest(project_, specs_, id)) return PreparedState::kRead;
    const bool has_money = wants_money(specs_[id], wanted_[id]);
    if (!stored->clocks.holds(options_.clock) || (has_money && stored->rates != rates_digest(rates_))) return PreparedState::kRead;
    if (stamps_[id].empty() || unchanged_sources(root_, stored->sources, stamps_[id]) != stored->sources.size())
      return PreparedState::kRead;
    auto notes = decoded_notes(stored->notes, id);
    if (!notes || !has_all_columns(*stored, id)) return PreparedState::kRead;
    works_[id].stored = *stored;
    works_[id].notes = std::move(*notes);
    if (!map_stored(id)) return PreparedState::kRead;
    const bool has_grown = stamps_[id].size() > stored->sources.size();
    if (!has_grown) return PreparedState::kKept;
    const bool may_be_extended = !specs_[id].dedupe && works_[id].notes.report.not_yet_known == 0 && !refers_to_itself(id);
    return may_be_extended ? PreparedState::kExtended : PreparedState::kRead;
  }

  // All that the schema has. What was left out for its bad values, and is still not asked for, is left out again.
  bool has_all_columns(const StoredTable& stored, std::uint32_t id) {
    for (std::size_t i = 0; i < wanted_[id].size(); ++i) {
      const bool is_stored = std::ranges::find(stored.columns, specs_[id].columns[i].name, &StoredColumn::name) != stored.columns.end();
      if (!wanted_[id][i] || is_stored) continue;
      if (is_asked(id, i)) return false;
      specs_[id].columns[i].is_needed = wanted_[id][i] = false;
    }
    return stored.links.size() == specs_[id].parents.size() && stored.references.size() == specs_[id].references.size();
  }

  bool is_asked(std::uint32_t id, std::size_t column) const {
    const std::optional<std::uint32_t> point = specs_[id].columns[column].point;
    return asked_[id].columns[column] || (point && asked_[id].columns[*point]);
  }

  // Maps the table as it was stored, and takes note of files that have been copied since.
  bool map_stored(std::uint32_t id) {
    Work& work = works_[id];
    auto table = mapped_table(folder_, work.stored, specs_, id, wanted_[id], *before_, false);
    if (!table) return false;
    refresh_stamps(folder_, work.stored);
    work.table = std::move(*table);
    work.has_new_rows = false;
    return true;
  }

  bool refers_to_itself(std::uint32_t id) const {
    return std::ranges::any_of(specs_[id].references, [&](const ReferenceSpec& reference) { return reference.to == id; });
  }

  template <typename Visit>
  void for_each_target(std::uint32_t id, Visit visit) const {
    for (const ParentSpec& parent : specs_[id].parents) visit(parent.table);
    for (const ReferenceSpec& reference : specs_[id].references) {
      if (reference.is_needed && reference.to != id) visit(reference.to);
    }
  }

  // Rows that found no parent, or no target, might find one among new rows.
  bool may_find_more(std::uint32_t id) const {
    const Work& work = works_[id];
    if (work.notes.report.orphans != 0) return true;
    for (std::size_t i = 0; i < specs_[id].references.size(); ++i) {
      const Column& by = work.table.columns[specs_[id].references[i].by];
      const Array<RowId>& rows = work.table.references[i];
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (rows[row] == kNoRow && by.is_known(row)) return true;
      }
    }
    return false;
  }

  // What stands on a table that is read anew is read anew; and what a table that is read stands on is not extended at the same time.
  void settle_states() {
    for (std::uint32_t i = 0; i < works_.size(); ++i) works_[i].state = is_wanted(i) ? state_of(i) : PreparedState::kKept;
    for (bool has_changed = true; has_changed;) {
      has_changed = false;
      for (std::uint32_t i = 0; i < works_.size(); ++i) {
        if (is_wanted(i)) for_each_target(i, [&](std::uint32_t target) { has_changed = settle(i, target) || has_changed; });
      }
    }
  }

  bool settle(std::uint32_t id, std::uint32_t target) {
    PreparedState& mine = works_[id].state;
    PreparedState& its = works_[target].state;
    const auto before = std::pair(mine, its);
    if (its == PreparedState::kRead) mine = PreparedState::kRead;
    if (its == PreparedState::kExtended && mine == PreparedState::kRead) its = PreparedState::kRead;
    if (its == PreparedState::kExtended && mine != PreparedState::kRead) {
      if (may_find_more(id)) mine = PreparedState::kRead;
      else mine = PreparedState::kExtended;  // at least its links
    }
    return before != std::pair(mine, its);
  }

  // ── Reading ──

  std::expected<void, Failure> read_changed() {
    for (;;) {
      settle_states();
      if (auto read = read_whole(); !read) return read;
      const auto extended = extend_all();
      if (!extended) return std::unexpected(extended.error());
      if (*extended) break;
    }
    return check_sources();
  }

  LoadOptions load_options(std::vector<const Table*> ready) const {
    LoadOptions load{.root = root_,
                     .clock = options_.clock,
                     .zone = &project_.zone,
                     .rates = &rates_,
                     .threads = options_.threads,
                     .ready = std::move(ready),
                     .progress = {},
                     .cancel = options_.cancel};
    if (options_.progress) {
      load.progress = [this](const LoadProgress& progress) {
        options_.progress({fmt::format("reading {}", progress.table), progress.bytes_read, progress.bytes_total});
      };
    }
    return load;
  }

  // The tables in `state`, as they are.
  std::vector<const Table*> tables_but(PreparedState state) const {
    std::vector<const Table*> ready(works_.size());
    for (std::size_t i = 0; i < works_.size(); ++i) {
      if (is_wanted(i) && works_[i].state != state) ready[i] = &works_[i].table;
    }
    return ready;
  }

  std::expected<void, Failure> read_whole() {
    std::vector<TableSpec> specs = specs_;
    bool reads = false;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      specs[i].is_needed = is_wanted(i) && works_[i].state == PreparedState::kRead;
      reads = reads || specs[i].is_needed;
    }
    if (!reads) return {};
    auto loaded = io_.load_database(specs, load_options(tables_but(PreparedState::kRead)));
    if (!loaded) return std::unexpected(load_failure(loaded.error()));
    if (loaded->has_bad_rows() && leave_out_bad(asked_, *loaded, specs)) {
      for (std::size_t i = 0; i < specs.size(); ++i) {
        for (std::size_t k = 0; k < specs[i].columns.size(); ++k) specs_[i].columns[k].is_needed = specs[i].columns[k].is_needed;
      }
      loaded = io_.load_database(specs, load_options(tables_but(PreparedState::kRead)));
      if (!loaded) return std::unexpected(load_failure(loaded.error()));
    }
    wanted_ = columns_wanted(specs_);
    if (loaded->has_bad_rows() && options_.on_bad_row == OnBadRow::kFail) {
      return std::unexpected(Failure{FailureKind::kRules, bad_value_diagnostics(project_.schema(), loaded->bad, options_.on_bad_row),
                                     table_summaries(loaded->tables)});
    }
    for (std::uint32_t i = 0; i < specs.size(); ++i) {
      if (!specs[i].is_needed) continue;
      works_[i].notes = notes_of(*loaded, i);
      works_[i].table = std::move(loaded->database.tables[i]);
      works_[i].has_new_rows = true;
    }
    return {};
  }

  // Targets before what stands on them. False: a table could not be extended, and has to be read whole.
  std::expected<bool, Failure> extend_all() {
    std::vector<bool> is_done(works_.size());
    for (std::size_t i = 0; i < works_.size(); ++i) is_done[i] = works_[i].state != PreparedState::kExtended;
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (std::uint32_t i = 0; i < works_.size(); ++i) {
        bool is_next = !is_done[i];
        for_each_target(i, [&](std::uint32_t target) { is_next = is_next && is_done[target]; });
        if (!is_next) continue;
        const auto extended = extend(i);
        if (!extended || !*extended) return extended;
        is_done[i] = goes_on = true;
      }
    }
    // Tables that refer to one another in a circle have no order.
    for (std::size_t i = 0; i < works_.size(); ++i) {
      if (!is_done[i]) forced_[i] = true;
    }
    return std::ranges::find(is_done, false) == is_done.end();
  }

  std::expected<bool, Failure> extend(std::uint32_t id) {
    Work& work = works_[id];
    std::vector<TableSpec> specs = specs_;
    for (TableSpec& spec : specs) spec.is_needed = false;
    specs[id].files.clear();
    for (std::size_t i = work.stored.sources.size(); i < stamps_[id].size(); ++i) specs[id].files.push_back(stamps_[id][i].path);
    if (specs[id].files.empty()) return relink(id, nullptr);
    specs[id].is_needed = true;
    std::vector<const Table*> ready = tables_but(PreparedState::kRead);
    for (std::size_t i = 0; i < works_.size(); ++i) {
      if (is_wanted(i) && i != id) ready[i] = &works_[i].table;
    }
    ready[id] = nullptr;
    auto loaded = io_.load_database(specs, load_options(std::move(ready)));
    const bool is_cancelled = !loaded && loaded.error().front().kind == LoadErrorKind::kCancelled;
    if (is_cancelled) return std::unexpected(load_failure(loaded.error()));
    if (!loaded || !is_clean(id, *loaded)) {
      forced_[id] = true;
      return false;
    }
    return relink(id, &*loaded);
  }

  // Whether new rows say nothing that would have to be told beside what the old ones said.
  bool is_clean(std::uint32_t id, const LoadResult& loaded) const {
    const TableReport& report = loaded.tables[id];
    if (!loaded.bad.empty() || !loaded.missing_rates.empty() || report.not_yet_known != 0 || !works_[id].notes.missing_rates.empty())
      return false;
    const auto& key = specs_[id].key;
    return !key || !share_a_value(works_[id].table.columns[*key], loaded.database.tables[id].columns[*key]);
  }

  // The old rows, then the new ones, if any; and links to parents that may have grown.
  bool relink(std::uint32_t id, const LoadResult* loaded) {
    Work& work = works_[id];
    const Table* added = loaded == nullptr ? nullptr : &loaded->database.tables[id];
    Table& table = work.table;
    for (std::size_t i = 0; i < specs_[id].parents.size(); ++i) {
      const Array<RowId>& before = table.links[i].parent_of;
      std::vector<RowId> parent_of(before.begin(), before.end());
      if (added != nullptr) parent_of.insert(parent_of.end(), added->links[i].parent_of.begin(), added->links[i].parent_of.end());
      table.links[i] = link_by_parent(std::move(parent_of), works_[specs_[id].parents[i].table].table.rows);
    }
    if (added == nullptr) return true;
    for (std::size_t i = 0; i < table.references.size(); ++i) {
      const Array<RowId>& before = table.references[i];
      std::vector<RowId> rows(before.begin(), before.end());
      rows.insert(rows.end(), added->references[i].begin(), added->references[i].end());
      table.references[i] = std::move(rows);
    }
    for_all(table.columns.size(), options_.threads, [&](std::size_t i) {
      if (wanted_[id][i]) table.columns[i] = joined_columns(table.columns[i], added->columns[i]);
    });
    table.rows += added->rows;
    work.has_new_rows = true;
    work.notes.report.rows_read += loaded->tables[id].rows_read;
    work.notes.report.orphans += loaded->tables[id].orphans;
    return true;
  }

  // Whether the sources are still what they were before they were read.
  std::expected<void, Failure> check_sources() {
    for (std::size_t i = 0; i < works_.size(); ++i) {
      if (!is_wanted(i)) continue;
      const auto now = stamp_sources(root_, specs_[i].files, false);
      if (now && now->size() == stamps_[i].size() && unchanged_sources(root_, stamps_[i], *now) == now->size()) continue;
      return std::unexpected(
          failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnreadableFile,
                     fmt::format("the data of `{}` changed while they were read; prepare the tables again", specs_[i].name)));
    }
    return {};
  }

  // ── What is known of the tables ──

  void describe() {
    const auto cuts = rank_cuts(project_.program());
    std::vector<TableColumn> all;
    for (std::uint32_t i = 0; i < works_.size(); ++i) {
      if (!is_wanted(i)) continue;
      for (std::uint32_t k = 0; k < wanted_[i].size(); ++k) {
        if (wanted_[i][k]) all.push_back({i, k});
      }
      set_stored(i);
    }
    for_all(all.size(), options_.threads, [&](std::size_t i) {
      Column& column = works_[all[i].table].table.columns[all[i].column];
      if (!column.statistics) column.statistics = make_statistics(column);
      const auto found = cuts.find(all[i]);
      const bool has_them = column.ranks && found != cuts.end() && column.ranks->cuts == found->second;
      if (!has_them) column.ranks = found == cuts.end() ? nullptr : make_ranks(column, found->second);
    });
  }

  // All but the files.
  void set_stored(std::uint32_t id) {
    Work& work = works_[id];
    StoredTable& stored = work.stored;
    stored.sources = stamps_[id];
    stored.rows = work.table.rows;
    stored.notes = encoded_notes(work.notes);
    if (work.state == PreparedState::kKept) return;
    stored.name = specs_[id].name;
    stored.reading = reading_digest(project_, specs_, id);
    const ClockRange before = work.state == PreparedState::kExtended ? stored.clocks : kAllClocks;
    stored.clocks = both_clocks(before, clocks_of_rows(specs_[id], work.notes, options_.clock));
    stored.rates = {};
    if (wants_money(specs_[id], wanted_[id])) {
      stored.rates = rates_digest(rates_);
      stored.clocks = both_clocks(stored.clocks, clocks_of_money(project_, rates_, work.notes, options_.clock));
    }
    const std::vector<StoredColumn> old = work.state == PreparedState::kRead ? std::vector<StoredColumn>() : std::move(stored.columns);
    stored.columns.clear();
    for (std::size_t i = 0; i < wanted_[id].size(); ++i) {
      if (!wanted_[id][i]) continue;
      const auto same = std::ranges::find(old, specs_[id].columns[i].name, &StoredColumn::name);
      stored.columns.push_back({.name = specs_[id].columns[i].name, .storage = work.table.columns[i].storage, .file = {}, .ranks = {}});
      // The columns of a table of which only links have changed.
      if (same != old.end() && !work.has_new_rows) stored.columns.back() = *same;
    }
    stored.links.assign(specs_[id].parents.size(), {});
    stored.references.assign(specs_[id].references.size(), {});
  }

  // ── Writing ──

  void plan_files(std::uint32_t id, std::uint64_t generation, std::vector<Writing>& writings) {
    Work& work = works_[id];
    const auto add = [&](std::string_view part, std::size_t index, std::vector<ByteSpan> sections, StoredFile& file) {
      writings.push_back({file_name(fmt::format("{}-{}", id, specs_[id].name), part, index, generation), std::move(sections), &file});
    };
    const bool is_new = work.state != PreparedState::kKept;
    for (std::size_t i = 0; i < wanted_[id].size(); ++i) {
      if (!wanted_[id][i]) continue;
      const Column& column = work.table.columns[i];
      StoredColumn& stored = *std::ranges::find(work.stored.columns, specs_[id].columns[i].name, &StoredColumn::name);
      if (stored.file.name.empty()) add("column", i, sections_of(column), stored.file);
      if (!column.ranks) stored.ranks.reset();
      else if (!stored.ranks || !column.ranks->data.is_borrowed()) add("ranks", i, sections_of(*column.ranks), stored.ranks.emplace());
    }
    for (std::size_t i = 0; is_new && i < work.table.links.size(); ++i)
      add("link", i, sections_of(work.table.links[i]), work.stored.links[i]);
    for (std::size_t i = 0; is_new && i < work.table.references.size(); ++i)
      add("reference", i, sections_of(work.table.references[i]), work.stored.references[i]);
  }

  // ── Reports ──

  LoadResult reports() const {
    LoadResult said;
    for (std::uint32_t i = 0; i < works_.size(); ++i) {
      if (!is_wanted(i)) continue;
      said.tables.push_back(works_[i].notes.report);
      std::ranges::copy(works_[i].notes.bad, std::back_inserter(said.bad));
      std::ranges::copy(works_[i].notes.missing_rates, std::back_inserter(said.missing_rates));
    }
    return said;
  }

  static PreparedTable report_of(const Work& work) {
    PreparedTable report{.table = work.stored.name,
                         .rows = work.stored.rows,
                         .columns = work.stored.columns.size(),
                         .ranked = 0,
                         .bytes = 0,
                         .state = work.state};
    for (const StoredColumn& column : work.stored.columns) report.ranked += column.ranks ? 1 : 0;
    for (const StoredFile* file : files_of(work.stored)) report.bytes += file->stamp.bytes;
    return report;
  }

  const CheckedProject& project_;
  const DataOptions& options_;
  const RuntimeIoApi& io_;
  std::string root_, folder_;
  const Manifest* before_ = nullptr;
  ExchangeRates rates_;
  std::vector<TableSpec> specs_;
  std::vector<NeededColumns> asked_;  // by the rules
  Columns wanted_;
  std::vector<Work> works_;                       // by table
  std::vector<bool> forced_;                      // to be read whole
  std::vector<std::vector<SourceStamp>> stamps_;  // by table: before it was read
};

std::expected<const RuntimeIoApi*, Failure> opened_io() {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  return *io;
}

}  // namespace

std::expected<PreparedTables, Failure> prepare(const OpenedProject& project, const PrepareOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto io = opened_io();
  if (!io) return std::unexpected(io.error());
  const std::string folder = prepared_folder(*project.checked, options.data).string();
  Preparer preparer(project, options.data, **io);
  if (const auto made = make_store(folder); !made) return std::unexpected(preparer.cannot_write(made.error()));
  const auto lock = StoreLock::take(folder, [&] {
    if (options.waits) options.waits();
  });
  if (!lock) return std::unexpected(preparer.cannot_write(lock.error()));
  const auto before = read_manifest(folder, version());
  const Manifest none;
  if (auto read = preparer.read_since(before ? *before : none, folder); !read) return std::unexpected(std::move(read.error()));
  const auto manifest = preparer.write(folder);
  if (!manifest) return std::unexpected(manifest.error());
  if (const auto replaced = replace_manifest(folder, *manifest); !replaced) return std::unexpected(preparer.cannot_write(replaced.error()));
  return preparer.report();
}

std::expected<VerifiedTables, Failure> verify_prepared(const OpenedProject& project, const DataOptions& options) {
  const std::string folder = prepared_folder(*project.checked, options).string();
  const auto manifest = read_manifest(folder, version());
  VerifiedTables verified{.folder = shown_folder(options), .files = 0, .diagnostics = {}};
  if (!manifest) {
    const bool is_absent = manifest.error() == ManifestFault::kNone;
    return std::unexpected(failure_of(is_absent ? FailureKind::kEnvironment : FailureKind::kRules, DiagnosticKind::kDamagedPrepared,
                                      fault_message(manifest.error(), verified.folder)));
  }
  for (const StoredTable& table : manifest->tables) {
    for (const StoredFile* file : files_of(table)) {
      ++verified.files;
      const auto mapped = map_sections(folder, *file, true);
      if (mapped) continue;
      verified.diagnostics.push_back(
          make_diagnostic(DiagnosticKind::kDamagedPrepared, {},
                          fmt::format("of the prepared table `{}`, the file `{}` {}; `segue prepare` makes it anew", table.name, file->name,
                                      mapped.error())));
    }
  }
  return verified;
}

std::expected<std::shared_ptr<const HeldTables>, Failure> hold_tables(const OpenedProject& project, const DataOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto io = opened_io();
  if (!io) return std::unexpected(io.error());
  const std::string folder = prepared_folder(*project.checked, options).string();
  const auto before = options.uses_prepared ? read_manifest(folder, version()) : std::unexpected(ManifestFault::kNone);
  const Manifest none;
  Preparer preparer(project, options, **io);
  if (auto read = preparer.read_since(before ? *before : none, folder); !read) return std::unexpected(std::move(read.error()));
  auto held = std::make_shared<HeldTables>();
  held->manifest = preparer.manifest();
  held->database = preparer.take_database();
  return held;
}

}  // namespace segue
