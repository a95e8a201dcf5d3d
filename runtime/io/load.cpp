// From specs to a database: which tables are read, then each table, then what links them.
#include "runtime/io/load.h"

#include <algorithm>
#include <memory>

#include "runtime/for_all.h"
#include "runtime/io/finish.h"
#include "runtime/io/links.h"
#include "runtime/io/load_parts.h"
#include "runtime/io/messages.h"
#include "runtime/io/money.h"
#include "runtime/io/table_data.h"

namespace segue {
namespace {

using namespace io;

// A table that was read, with what links need beyond its columns.
struct LoadedTable {
  ReadPlan plan;
  std::vector<FinishedSlot> joins;  // by slot; those that are columns of the schema have moved into the table
};

// ── One table ────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<FinishedSlot> finish_slots(TableData& data, const ReadPlan& plan, unsigned threads) {
  std::vector<FinishedSlot> finished(plan.slots.size());
  for_all(plan.slots.size(), threads, [&](std::size_t slot) { finished[slot] = finish_slot(data, plan, slot); });
  return finished;
}

// ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

class Linker {
 public:
  Linker(const std::vector<TableSpec>& specs, const std::vector<LoadedTable>& loaded, LoadResult& result, unsigned threads)
      : specs_(specs),
        loaded_(loaded),
        result_(result),
        threads_(threads),
        lookups_(specs.size()) {}

  void link(std::size_t table) {
    link_parents(table);
    link_references(table);
  }

 private:
  [[nodiscard]] Table& table(std::size_t id) { return result_.database.tables[id]; }

  const KeyLookup& lookup(std::size_t id) {
    if (!lookups_[id]) lookups_[id] = std::make_unique<KeyLookup>(table(id).columns[*specs_[id].key]);
    return *lookups_[id];
  }

  [[nodiscard]] const Column& join_column(std::size_t id, std::uint32_t slot) {
    const std::optional<std::uint32_t> column = loaded_[id].plan.slots[slot].column;
    return column ? table(id).columns[*column] : loaded_[id].joins[slot].column;
  }

  void link_parents(std::size_t id) {
    const TableSpec& spec = specs_[id];
    std::vector<JoinColumn> joins;
    std::vector<std::vector<RowId>> parents_of;
    for (std::size_t parent = 0; parent < spec.parents.size(); ++parent) {
      const std::uint32_t slot = loaded_[id].plan.slot_of_parent[parent];
      parents_of.push_back(lookup(spec.parents[parent].table).rows_of(join_column(id, slot), threads_));
    }
    for (std::size_t parent = 0; parent < spec.parents.size(); ++parent) {
      const std::uint32_t slot = loaded_[id].plan.slot_of_parent[parent];
      joins.push_back({join_column(id, slot), loaded_[id].joins[slot].unfit, parents_of[parent]});
    }
    result_.tables[id].orphans = count_orphans(table(id).rows, joins);
    for (std::size_t parent = 0; parent < spec.parents.size(); ++parent) {
      table(id).links.push_back(make_link(std::move(parents_of[parent]), table(spec.parents[parent].table).rows, threads_));
    }
  }

  void link_references(std::size_t id) {
    table(id).references.resize(specs_[id].references.size());
    for (std::size_t i = 0; i < specs_[id].references.size(); ++i) {
      const ReferenceSpec& reference = specs_[id].references[i];
      if (reference.is_needed) table(id).references[i] = lookup(reference.to).rows_of(table(id).columns[reference.by], threads_);
    }
  }

  const std::vector<TableSpec>& specs_;
  const std::vector<LoadedTable>& loaded_;
  LoadResult& result_;
  unsigned threads_;
  std::vector<std::unique_ptr<KeyLookup>> lookups_;
};

// ── All tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────

class Loader {
 public:
  Loader(std::vector<TableSpec> specs, const LoadOptions& options) : specs_(std::move(specs)), options_(options), loaded_(specs_.size()) {
    close_needs(specs_);
    result_.database.tables.resize(specs_.size());
    result_.tables.resize(specs_.size());
  }

  std::expected<LoadResult, std::vector<LoadError>> load() {
    find_files();
    ProgressMeter progress(options_, total_bytes());
    for (std::uint32_t table = 0; table < specs_.size(); ++table) {
      name_table(table);
      if (is_ready(table)) result_.database.tables[table] = *options_.ready[table];
      if (specs_[table].is_needed && !is_cancelled_ && files_[table]) load_table(table, progress);
    }
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    Linker linker(specs_, loaded_, result_, options_.threads);
    for (std::size_t table = 0; table < specs_.size(); ++table) {
      if (specs_[table].is_needed && !is_ready(table)) linker.link(table);
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool is_ready(std::size_t table) const { return table < options_.ready.size() && options_.ready[table] != nullptr; }

  void find_files() {
    files_.resize(specs_.size());
    for (std::size_t table = 0; table < specs_.size(); ++table) {
      if (!specs_[table].is_needed || is_ready(table)) continue;
      auto found = source_files(specs_[table], options_.root);
      if (found) {
        files_[table] = std::move(*found);
      } else {
        found.error().table = specs_[table].name;
        errors_.push_back(found.error());
      }
    }
  }

  [[nodiscard]] std::uint64_t total_bytes() const {
    std::uint64_t total = 0;
    for (const auto& files : files_) {
      for (const SourceFile& file : files.value_or(std::vector<SourceFile>())) total += file.bytes;
    }
    return total;
  }

  void name_table(std::uint32_t table) {
    result_.tables[table].name = specs_[table].name;
    result_.database.tables[table].name = specs_[table].name;
    result_.database.tables[table].columns.resize(specs_[table].columns.size());
    for (std::size_t column = 0; column < specs_[table].columns.size(); ++column) {
      result_.database.tables[table].columns[column].type = specs_[table].columns[column].type;
    }
  }

  void load_table(std::uint32_t table, ProgressMeter& progress) {
    const TableSpec& spec = specs_[table];
    ReadPlan plan = make_read_plan(specs_, table, options_);
    auto data = read_table(spec, plan, std::move(*files_[table]), options_, progress);
    if (!data) {
      is_cancelled_ = data.error().front().kind == LoadErrorKind::kCancelled;
      if (is_cancelled_) errors_.clear();
      errors_.insert(errors_.end(), data.error().begin(), data.error().end());
      return;
    }
    settle_rows(*data, spec, plan);
    for (const Finding& finding : data->findings) result_.bad.push_back(bad_values(spec, table, plan, *data, finding));
    sort_bad_values(table);
    result_.tables[table] = report_of(spec, *data);
    const auto rows = static_cast<std::size_t>(data->rows_in(RowState::kGood));
    convert_money(*data, spec, table, plan, options_, result_.missing_rates);
    std::vector<FinishedSlot> finished = finish_slots(*data, plan, options_.threads);
    result_.database.tables[table] = make_table(spec, plan, finished, rows);
    loaded_[table] = {std::move(plan), std::move(finished)};
  }

  // Slots are not in the order of columns.
  void sort_bad_values(std::uint32_t table) {
    const auto first = std::ranges::find(result_.bad, table, &BadValues::table);
    std::sort(first, result_.bad.end(),
              [](const BadValues& a, const BadValues& b) { return std::pair(a.column, a.kind) < std::pair(b.column, b.kind); });
  }

  std::vector<TableSpec> specs_;
  const LoadOptions& options_;
  std::vector<std::optional<std::vector<SourceFile>>> files_;
  std::vector<LoadedTable> loaded_;
  std::vector<LoadError> errors_;
  bool is_cancelled_ = false;
  LoadResult result_;
};

}  // namespace

std::expected<LoadResult, std::vector<LoadError>> load_database(const std::vector<TableSpec>& specs, const LoadOptions& options) {
  return Loader(specs, options).load();
}

}  // namespace segue
