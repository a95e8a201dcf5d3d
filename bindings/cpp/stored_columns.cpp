// Columns to be stored.
#include "bindings/cpp/stored_columns.h"

#include <algorithm>
#include <string>

#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/protected_columns.h"
#include "bindings/cpp/suppressed.h"

namespace segue {

std::vector<NeededColumns> all_with_source(const CheckedProject& project, const DataOptions& options) {
  std::vector<NeededColumns> needed = all_columns(project.schema());
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const std::string& name = project.schema().tables[i].name;
    const bool is_given = std::ranges::find(options.sources, name, &NamedText::name) != options.sources.end();
    needed[i].table = i == kAccountTable || is_given || find_source(project.workspace.project, name) != nullptr;
    if (needed[i].table) continue;
    std::fill(needed[i].columns.begin(), needed[i].columns.end(), false);
  }
  // References to tables without a source lead nowhere that anybody could ask for.
  for (std::size_t i = 0; i < needed.size(); ++i) {
    for (std::size_t k = 0; k < needed[i].references.size(); ++k)
      needed[i].references[k] = needed[i].table && needed[project.schema().tables[i].references[k].to].table;
  }
  return needed;
}

std::vector<NeededColumns> asked_columns(const CheckedProject& project) {
  std::vector<NeededColumns> needed = needed_columns(project.program(), project.program().results);
  need_suppress_columns(project, needed);
  need_protected_columns(project.schema(), needed);
  return needed;
}

bool leave_out_bad(const std::vector<NeededColumns>& asked, const LoadResult& loaded, std::vector<TableSpec>& specs) {
  bool leaves_out = false;
  for (const BadValues& bad : loaded.bad) {
    if (bad.read_as_missing || !bad.column || asked[bad.table].columns[*bad.column]) continue;
    TableSpec& spec = specs[bad.table];
    const ColumnSpec& column = spec.columns[*bad.column];
    const bool is_point = column.form == CellForm::kPoint;
    if (is_point && (asked[bad.table].columns[*column.latitude] || asked[bad.table].columns[*column.longitude])) continue;
    for (const auto& id : {bad.column, column.latitude, column.longitude}) {
      if (!id) continue;
      leaves_out = leaves_out || spec.columns[*id].is_needed;
      spec.columns[*id].is_needed = false;
    }
  }
  return leaves_out;
}

}  // namespace segue
