// Counting who is selected, by protected value.
#include "bindings/cpp/audit.h"

#include <algorithm>

#include <fmt/format.h>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/answers.h"
#include "bindings/cpp/protected_columns.h"

namespace segue {
namespace {

// Values of one definition that are compared: a grid may have thousands.
constexpr std::size_t kMostValues = 100;

// A protected column with the accounts of each value.
struct Grouping {
  std::string column;
  AccountGroups groups;
  std::vector<std::uint64_t> accounts;  // by group
};

std::vector<std::uint64_t> accounts_by_group(const AccountGroups& groups) {
  std::vector<std::uint64_t> accounts(groups.values.size());
  for (const std::uint32_t group : groups.group_of) ++accounts[group];
  return accounts;
}

std::vector<Grouping> groupings_of(const CheckedProject& project, const Database& database, std::vector<Diagnostic>& notes) {
  std::vector<Grouping> groupings;
  for (const ColumnId id : protected_columns(project.schema())) {
    const SchemaColumn& column = project.schema().tables[kAccountTable].columns[id];
    auto groups = groups_of(project, database, id);
    if (groups) {
      std::vector<std::uint64_t> accounts = accounts_by_group(*groups);
      groupings.push_back({column.name, std::move(*groups), std::move(accounts)});
    } else {
      notes.push_back(make_diagnostic(DiagnosticKind::kNotAudited, column.span,
                                      fmt::format("`{}` is protected and left out of the audit: {}", column.name, groups.error())));
    }
  }
  if (groupings.empty() && notes.empty())
    notes.push_back(make_diagnostic(DiagnosticKind::kNotAudited, {},
                                    "there is nothing to audit: no column of the account has `class: protected` in the schema"));
  return groupings;
}

// The groups of a column with the number selected in each.
std::vector<AuditGroup> compared(const Grouping& grouping, const std::vector<std::uint64_t>& selected) {
  std::vector<AuditGroup> groups;
  double highest = 0;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    AuditGroup& group = groups.emplace_back();
    group.value = grouping.groups.values[i];
    group.accounts = grouping.accounts[i];
    group.selected = selected[i];
    group.rate = share_of(group.selected, group.accounts);
    group.is_small = group.accounts < kSmallGroup;
    highest = std::max(highest, group.rate);
  }
  for (AuditGroup& group : groups) {
    if (highest > 0) group.ratio = group.rate / highest;
    group.is_flagged = group.ratio && *group.ratio < kFourFifths;
  }
  return groups;
}

std::vector<std::uint64_t> selected_by_group(const Grouping& grouping, const Bitmap& selected) {
  std::vector<std::uint64_t> counts(grouping.groups.values.size());
  for (std::size_t row = 0; row < grouping.groups.group_of.size(); ++row) counts[grouping.groups.group_of[row]] += selected.test(row);
  return counts;
}

void audit_members(const Answered& answered, std::size_t root, std::size_t definition, const std::vector<Grouping>& groupings,
                   Audit& audit) {
  const Bitmap selected = accounts_named(answered, root);
  for (const Grouping& grouping : groupings) {
    audit.tables.push_back({.definition = definition,
                            .value = {},
                            .column = grouping.column,
                            .groups = compared(grouping, selected_by_group(grouping, selected))});
  }
}

// All values in one pass over the accounts.
std::vector<std::vector<std::uint64_t>> selected_by_value(const Grouping& grouping, std::span<const std::int32_t> codes,
                                                          std::size_t values) {
  std::vector<std::vector<std::uint64_t>> counts(values, std::vector<std::uint64_t>(grouping.groups.values.size()));
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (codes[row] >= 0) ++counts[static_cast<std::size_t>(codes[row])][grouping.groups.group_of[row]];
  }
  return counts;
}

void audit_values(std::span<const std::int32_t> codes, std::size_t values, std::size_t definition, const std::vector<Grouping>& groupings,
                  Audit& audit) {
  for (const Grouping& grouping : groupings) {
    const auto selected = selected_by_value(grouping, codes, values);
    for (std::size_t value = 0; value < values; ++value) {
      audit.tables.push_back({.definition = definition,
                              .value = static_cast<std::uint32_t>(value),
                              .column = grouping.column,
                              .groups = compared(grouping, selected[value])});
    }
  }
}

}  // namespace

Audit audit(const OpenedProject& project, const Evaluation& evaluation) {
  const Answers& answers = *evaluation.answers;
  const Answered answered = answered_of(answers);
  Audit audit;
  const std::vector<Grouping> groupings = groupings_of(*answers.project, *answers.database, audit.diagnostics);
  for (std::size_t root = 0; root < evaluation.definitions.size(); ++root) {
    const std::size_t definition = evaluation.definitions[root].definition;
    const DefinitionInfo& info = project.definitions[definition];
    if (info.kind == ResultKind::kScore) continue;
    if (!has_values(info.kind)) {
      audit_members(answered, root, definition, groupings, audit);
    } else if (info.values.size() <= kMostValues) {
      audit_values(answers.results.definitions[root].codes, info.values.size(), definition, groupings, audit);
    } else {
      audit.diagnostics.push_back(
          make_diagnostic(DiagnosticKind::kNotAudited, answered.definition(root).name_span,
                          fmt::format("`{}` is left out of the audit: it has {} values, and at most {} are compared", info.name,
                                      info.values.size(), kMostValues)));
    }
  }
  return audit;
}

}  // namespace segue
