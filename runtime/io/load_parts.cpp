// Needs, reports and tables, for whoever puts a database together.
#include "runtime/io/load_parts.h"

#include <algorithm>
#include <utility>

#include "runtime/io/messages.h"

namespace segue::io {

// Marks parents of what is read, targets of needed references, and the columns that references go by.
void close_needs(std::vector<TableSpec>& specs) {
  std::vector<std::size_t> open;
  const auto need = [&](std::size_t table) {
    if (specs[table].is_needed) return;
    specs[table].is_needed = true;
    open.push_back(table);
  };
  for (std::size_t table = 0; table < specs.size(); ++table) {
    if (specs[table].is_needed) open.push_back(table);
  }
  while (!open.empty()) {
    TableSpec& spec = specs[open.back()];
    open.pop_back();
    for (const ParentSpec& parent : spec.parents) need(parent.table);
    for (const ReferenceSpec& reference : spec.references) {
      if (!reference.is_needed) continue;
      spec.columns[reference.by].is_needed = true;
      need(reference.to);
    }
  }
}

BadValues bad_values(const TableSpec& spec, std::uint32_t table, const ReadPlan& plan, const TableData& data, const Finding& finding) {
  BadValues bad;
  bad.table = table;
  bad.kind = finding.kind;
  bad.count = finding.count;
  if (finding.kind != BadKind::kCells) {
    const Slot& slot = plan.slots[finding.slot];
    bad.column = spec.columns[*slot.column].point.value_or(*slot.column);
    bad.read_as_missing = slot.spec.bad_is_missing && !slot.is_key;
  }
  for (const Finding::Example& example : finding.examples) bad.examples.push_back(example_at(data, example.row, example.value));
  bad.message = bad_values_message(spec, bad);
  return bad;
}

TableReport report_of(const TableSpec& spec, const TableData& data) {
  TableReport report;
  report.name = spec.name;
  report.was_read = true;
  report.rows_read = data.rows();
  report.bad_rows = data.rows_in(RowState::kBad) + data.rows_in(RowState::kMalformed);
  report.not_yet_known = data.rows_in(RowState::kNotYetKnown);
  report.repeated = data.rows_in(RowState::kRepeated);
  return report;
}

Table make_table(const TableSpec& spec, const ReadPlan& plan, std::vector<FinishedSlot>& finished, std::size_t rows) {
  Table table;
  table.name = spec.name;
  table.rows = rows;
  table.columns.resize(spec.columns.size());
  for (std::size_t column = 0; column < spec.columns.size(); ++column) {
    table.columns[column].type = spec.columns[column].type;
    if (plan.slot_of_column[column]) table.columns[column] = std::move(finished[*plan.slot_of_column[column]].column);
  }
  return table;
}

}  // namespace segue::io
