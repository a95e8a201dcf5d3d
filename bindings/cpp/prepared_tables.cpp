// From a manifest to a database, if all of it is still true.
#include "bindings/cpp/prepared_tables.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/project.h"
#include "bindings/cpp/side_files.h"
#include "runtime/prepared/column_sections.h"

namespace segue {
namespace {

const StoredColumn* find_column(const StoredTable& table, std::string_view name) {
  const auto found = std::ranges::find(table.columns, name, &StoredColumn::name);
  return found == table.columns.end() ? nullptr : &*found;
}

// ── Whether it is true ───────────────────────────────────────────────────────────────────────────────────────────────────

bool has_columns(const StoredTable& stored, const TableSpec& spec, const std::vector<bool>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] && find_column(stored, spec.columns[i].name) == nullptr) return false;
  }
  return true;
}

bool is_wanted(const TableSpec& spec, const std::vector<bool>& wanted, std::uint32_t column) {
  return wanted[column] || (spec.columns[column].form == CellForm::kPoint && wanted[*spec.columns[column].latitude]);
}

// Rows are bad for what is wrong in columns that are read: with fewer columns, fewer rows may be.
bool has_the_same_bad_rows(const TableNotes& notes, const TableSpec& spec, const std::vector<bool>& wanted) {
  return std::ranges::all_of(
      notes.bad, [&](const BadValues& bad) { return bad.read_as_missing || !bad.column || is_wanted(spec, wanted, *bad.column); });
}

// What concerns the columns that are wanted.
void keep_wanted(TableNotes& notes, const TableSpec& spec, const std::vector<bool>& wanted) {
  std::erase_if(notes.bad, [&](const BadValues& bad) { return bad.column && !is_wanted(spec, wanted, *bad.column); });
  std::erase_if(notes.missing_rates, [&](const MissingRates& missing) { return !wanted[missing.column]; });
}

bool has_rates(const CheckedProject& project, const StoredTable& stored) {
  const auto rates = read_rates(project);
  return rates && rates_digest(*rates) == stored.rates;
}

// The first table whose sources are others than those that it was made of.
std::optional<std::string> changed_table(const std::string& root, const std::vector<TableSpec>& specs, const FittingTables& fitting) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const StoredTable* stored = fitting.tables[i];
    if (stored == nullptr) continue;
    const auto now = stamp_sources(root, specs[i].files, false);
    if (!now || now->size() != stored->sources.size() || unchanged_sources(root, stored->sources, *now) != now->size())
      return specs[i].name;
  }
  return std::nullopt;
}

// ── Databases ────────────────────────────────────────────────────────────────────────────────────────────────────────────

PreparedResult result_of(const std::vector<TableSpec>& specs, FittingTables fitting, std::shared_ptr<const Database> database) {
  PreparedResult result{.database = std::move(database), .tables = {}, .bad = {}, .missing_rates = {}};
  for (std::size_t i = 0; i < specs.size(); ++i) {
    result.tables.push_back(std::move(fitting.notes[i].report));
    result.tables.back().name = specs[i].name;
    std::ranges::move(fitting.notes[i].bad, std::back_inserter(result.bad));
    std::ranges::move(fitting.notes[i].missing_rates, std::back_inserter(result.missing_rates));
  }
  return result;
}

std::expected<std::shared_ptr<const Database>, std::string> mapped_database(const std::string& folder, const std::vector<TableSpec>& specs,
                                                                            const std::vector<std::vector<bool>>& wanted,
                                                                            const Manifest& manifest) {
  auto database = std::make_shared<Database>();
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    if (wanted[i].empty()) {
      database->tables.push_back(unread_table(specs[i]));
      continue;
    }
    auto table = mapped_table(folder, *manifest.find(specs[i].name), specs, i, wanted[i], manifest, false);
    if (!table) return std::unexpected(std::move(table.error()));
    database->tables.push_back(std::move(*table));
  }
  return database;
}

PreparedAnswer with_note(Severity severity, std::string message) {
  PreparedAnswer answer;
  answer.diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnusedPrepared, {}, std::move(message)));
  answer.diagnostics.back().severity = severity;
  return answer;
}

// Other sources are asked for, and other clocks, on purpose.
PreparedAnswer misfit(Misfit reason, const DataOptions& options) {
  const bool is_reading = reason == Misfit::kReading && options.sources.empty();
  if (!is_reading && reason != Misfit::kRates) return {};
  return with_note(
      Severity::kNote,
      fmt::format("{} changed since the tables were prepared, so that the sources are read; `segue prepare` "
                  "makes the tables in `{}` true again",
                  is_reading ? "the schema or the sources in the project file have" : "the exchange rates have", shown_folder(options)));
}

bool has_types(const Database& database, const std::vector<TableSpec>& specs) {
  if (database.tables.size() != specs.size()) return false;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto same = [](const Column& column, const ColumnSpec& spec) { return column.type == spec.type; };
    if (!std::ranges::equal(database.tables[i].columns, specs[i].columns, same)) return false;
  }
  return true;
}

PreparedAnswer on_disk(const CheckedProject& project, const DataOptions& options, const std::vector<TableSpec>& specs,
                       const std::vector<std::vector<bool>>& wanted, bool is_last_attempt) {
  const std::string folder = prepared_folder(project, options).string(), shown = shown_folder(options);
  const auto manifest = read_manifest(folder, version());
  if (!manifest) {
    const bool is_asked = options.prepared_folder.has_value();
    if (manifest.error() == ManifestFault::kNone && !is_asked) return {};
    return with_note(Severity::kWarning, fault_message(manifest.error(), shown));
  }
  auto fitting = fitting_tables(project, specs, wanted, *manifest, options.clock);
  if (!fitting) return misfit(fitting.error(), options);
  if (const auto changed = changed_table(project.workspace.root.string(), specs, *fitting)) {
    return with_note(Severity::kNote, fmt::format("the data of `{}` have changed since the tables were prepared, and are read anew; `segue "
                                                  "prepare` makes the tables in `{}` true again",
                                                  *changed, shown));
  }
  auto database = mapped_database(folder, specs, wanted, *manifest);
  if (!database && !is_last_attempt)
    return on_disk(project, options, specs, wanted, true);  // another process has put others in their place
  if (!database) {
    return with_note(Severity::kWarning,
                     fmt::format("of the prepared tables in `{}`, the file {}; they are not used; `segue prepare` makes "
                                 "them anew",
                                 shown, database.error()));
  }
  return {.result = result_of(specs, std::move(*fitting), std::move(*database)), .diagnostics = {}};
}

}  // namespace

std::filesystem::path prepared_folder(const CheckedProject& project, const DataOptions& options) {
  return options.prepared_folder ? std::filesystem::path(*options.prepared_folder) : project.workspace.root / ".segue" / "prepared";
}

std::string shown_folder(const DataOptions& options) { return options.prepared_folder.value_or(".segue/prepared"); }

std::string fault_message(ManifestFault fault, const std::string& folder) {
  switch (fault) {
    case ManifestFault::kNone: return fmt::format("there are no prepared tables in `{}`; `segue prepare` makes them", folder);
    case ManifestFault::kForeign:
      return fmt::format("the prepared tables in `{}` are of another version of Segue, and are not used; `segue prepare` makes them anew",
                         folder);
    case ManifestFault::kDamaged:
      return fmt::format("the prepared tables in `{}` are damaged, and are not used; `segue prepare` makes them anew", folder);
    case ManifestFault::kUnsafe:
      return fmt::format(
          "anybody may write to `{}`, so that the prepared tables in it are not trusted; take that permission away (`chmod o-w`)", folder);
  }
  return {};
}

Table unread_table(const TableSpec& spec) {
  Table table;
  table.name = spec.name;
  table.columns.resize(spec.columns.size());
  for (std::size_t i = 0; i < spec.columns.size(); ++i) table.columns[i].type = spec.columns[i].type;
  return table;
}

std::expected<FittingTables, Misfit> fitting_tables(const CheckedProject& project, const std::vector<TableSpec>& specs,
                                                    const std::vector<std::vector<bool>>& wanted, const Manifest& manifest,
                                                    std::int64_t clock) {
  FittingTables fitting{.tables = std::vector<const StoredTable*>(specs.size()), .notes = std::vector<TableNotes>(specs.size())};
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    if (wanted[i].empty()) continue;
    const TableSpec& spec = specs[i];
    const StoredTable* stored = manifest.find(spec.name);
    if (stored == nullptr) return std::unexpected(Misfit::kTable);
    if (stored->reading != reading_digest(project, specs, i)) return std::unexpected(Misfit::kReading);
    if (!has_columns(*stored, spec, wanted[i])) return std::unexpected(Misfit::kTable);
    if (!stored->clocks.holds(clock)) return std::unexpected(Misfit::kClock);
    if (wants_money(spec, wanted[i]) && !has_rates(project, *stored)) return std::unexpected(Misfit::kRates);
    auto notes = decoded_notes(stored->notes, i);
    if (!notes || !has_the_same_bad_rows(*notes, spec, wanted[i])) return std::unexpected(Misfit::kBadRows);
    keep_wanted(*notes, spec, wanted[i]);
    fitting.tables[i] = stored;
    fitting.notes[i] = std::move(*notes);
  }
  return fitting;
}

std::expected<Table, std::string> mapped_table(const std::string& folder, const StoredTable& stored, const std::vector<TableSpec>& specs,
                                               std::uint32_t id, const std::vector<bool>& wanted, const Manifest& manifest,
                                               bool is_thorough) {
  const TableSpec& spec = specs[id];
  Table table = unread_table(spec);
  table.rows = stored.rows;
  std::string fault;
  // Maps a file and makes `set` look at it; false, with a fault, where either fails.
  const auto use = [&](const StoredFile& file, auto set) {
    const auto mapped = map_sections(folder, file, is_thorough);
    if (mapped && set(*mapped)) return true;
    fault = fmt::format("`{}` {}", file.name, mapped ? "has changed" : mapped.error());
    return false;
  };
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const StoredColumn& from = *find_column(stored, spec.columns[i].name);
    Column& column = table.columns[i];
    column.storage = from.storage;
    column.rows = stored.rows;
    if (!use(from.file, [&](const MappedFile& file) { return set_sections(column, file); })) return std::unexpected(fault);
    if (!from.ranks) continue;
    const auto set_ranks = [&](const MappedFile& file) { return (column.ranks = ranks_of(file, stored.rows)) != nullptr; };
    if (!use(*from.ranks, set_ranks)) return std::unexpected(fault);
  }
  for (std::size_t i = 0; i < spec.parents.size() && i < stored.links.size(); ++i) {
    const StoredTable* parent = manifest.find(specs[spec.parents[i].table].name);
    const auto set_link = [&](const MappedFile& file) {
      auto link = parent == nullptr ? std::nullopt : link_of(file, stored.rows, parent->rows);
      if (link) table.links.push_back(std::move(*link));
      return link.has_value();
    };
    if (!use(stored.links[i], set_link)) return std::unexpected(fault);
  }
  table.references.resize(spec.references.size());
  for (std::size_t i = 0; i < spec.references.size() && i < stored.references.size(); ++i) {
    if (!spec.references[i].is_needed) continue;
    const auto set_reference = [&](const MappedFile& file) {
      auto reference = reference_of(file, stored.rows);
      if (reference) table.references[i] = std::move(*reference);
      return reference.has_value();
    };
    if (!use(stored.references[i], set_reference)) return std::unexpected(fault);
  }
  return table;
}

PreparedAnswer prepared_result(const CheckedProject& project, const DataOptions& options, const std::vector<TableSpec>& specs) {
  const std::vector<std::vector<bool>> wanted = columns_wanted(specs);
  if (options.held) {
    auto fitting = fitting_tables(project, specs, wanted, options.held->manifest, options.clock);
    if (fitting && has_types(*options.held->database, specs))
      return {.result = result_of(specs, std::move(*fitting), options.held->database), .diagnostics = {}};
  }
  if (!options.uses_prepared) return {};
  return on_disk(project, options, specs, wanted, false);
}

}  // namespace segue
