// Selection rates as tables.
#include "tools/segue/audit_text.h"

#include <fmt/format.h>

#include "tools/segue/run_text.h"
#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

// What is to be said of a group: flagged and small stand beside each other, so that no flag goes without its doubt.
std::string remark(const AuditGroup& group) {
  std::string text;
  if (group.is_flagged) text = "below four fifths";
  if (group.is_small) text += fmt::format("{}fewer than {} accounts", text.empty() ? "" : ", but of ", kSmallGroup);
  return text;
}

std::string selection_name(const OpenedProject& project, const AuditTable& table) {
  const DefinitionInfo& info = project.definitions[table.definition];
  if (!table.value) return printable(info.name);
  return printable(fmt::format("{} = {}", info.name, info.values[*table.value].name));
}

std::string table_of(const OpenedProject& project, const AuditTable& audited, const Style& style) {
  TextTable table;
  table.columns = {text_column(printable(audited.column), "1"),
                   number_column("accounts"),
                   number_column("selected"),
                   number_column("rate"),
                   number_column("ratio"),
                   text_column("", "33")};
  for (const AuditGroup& group : audited.groups) {
    table.rows.push_back({group.value ? printable(*group.value) : "(missing)", grouped(group.accounts), grouped(group.selected),
                          percent(group.rate), group.ratio ? fmt::format("{:.2f}", *group.ratio) : "-", remark(group)});
  }
  return fmt::format("\n  {} by {}\n{}", painted(style, "1", selection_name(project, audited)), printable(audited.column),
                     table_text(table, style));
}

std::size_t flagged_count(const Audit& audit) {
  std::size_t count = 0;
  for (const AuditTable& table : audit.tables) {
    for (const AuditGroup& group : table.groups) count += group.is_flagged;
  }
  return count;
}

}  // namespace

std::string audit_text(const OpenedProject& project, const Audit& audit, const Style& style) {
  if (audit.tables.empty()) return "";
  std::string text = fmt::format("\n{}\n", painted(style, "1", "audit"));
  for (const AuditTable& table : audit.tables) text += table_of(project, table, style);
  const std::size_t flagged = flagged_count(audit);
  if (flagged == 0) return text + "\n  no rate is below four fifths of the highest of its column\n";
  return text + fmt::format("\n  {} below four fifths of the highest of its column (the four-fifths rule, EEOC 1978)\n",
                            counted(flagged, "rate") + (flagged == 1 ? " is" : " are"));
}

}  // namespace segue::command
