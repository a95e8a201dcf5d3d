// Tests without a partner of the same meaning, paired by their text, then by what they read.
#include "bindings/cpp/diff/clause_changes.h"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/walk.h"
#include "compiler/interpret/trace_value.h"

namespace segue {
namespace {

constexpr std::size_t kMostChangedValues = 5;

std::vector<std::uint32_t> without_partner(const std::vector<std::uint32_t>& canonical, const ClauseTree& tree, const ClauseTree& other) {
  std::unordered_set<std::uint32_t> there;
  for (const std::uint32_t test : other.tests) {
    if (other.clauses[test].expr) there.insert(canonical[index_of(*other.clauses[test].expr)]);
  }
  std::vector<std::uint32_t> alone;
  for (const std::uint32_t test : tree.tests) {
    if (tree.clauses[test].expr && !there.contains(canonical[index_of(*tree.clauses[test].expr)])) alone.push_back(test);
  }
  return alone;
}

using IsPair = std::function<bool(std::uint32_t base, std::uint32_t head)>;

void pair_up(std::vector<std::uint32_t>& base, const std::vector<std::uint32_t>& head, std::vector<std::optional<std::uint32_t>>& partner,
             const IsPair& is_pair) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (partner[i]) continue;
    const auto found = std::ranges::find_if(base, [&](std::uint32_t test) { return is_pair(test, head[i]); });
    if (found == base.end()) continue;
    partner[i] = *found;
    base.erase(found);
  }
}

// The parts of an expression in the order of its operands, definitions not followed.
std::vector<ExprId> parts_below(const CheckedProgram& program, ExprId id) {
  std::vector<ExprId> parts, open = {id};
  while (!open.empty()) {
    const ExprId next = open.back();
    open.pop_back();
    parts.push_back(next);
    std::vector<ExprId> operands;
    for_each_operand(program.expr(next).node, [&](ExprId operand) { operands.push_back(operand); });
    open.insert(open.end(), operands.rbegin(), operands.rend());
  }
  return parts;
}

std::string constant_text(const CheckedProgram& program, const TimeZone& zone, const Constant& constant, const Type& type) {
  return trace_value(constant_value(constant), type, program.enums, zone).shown;
}

std::optional<SetId> set_of(const Node& node) {
  if (const auto* in = std::get_if<InSet>(&node)) return in->set;
  if (const auto* has = std::get_if<Has>(&node)) return has->set;
  return std::nullopt;
}

std::string missing_values(const CheckedProgram& program, const TimeZone& zone, SetId from, SetId in, std::string_view word) {
  const ConstantSet& all = program.sets[index_of(from)];
  const std::set<Constant> there(program.sets[index_of(in)].values.begin(), program.sets[index_of(in)].values.end());
  std::string text;
  std::size_t count = 0;
  for (const Constant& value : all.values) {
    if (there.contains(value)) continue;
    if (++count <= kMostChangedValues) text += fmt::format("{}{}", text.empty() ? "" : ", ", constant_text(program, zone, value, all.type));
  }
  if (count == 0) return {};
  if (count > kMostChangedValues) text += fmt::format(" and {} more", count - kMostChangedValues);
  return fmt::format("{} {}", text, word);
}

std::string part_change(const CheckedProgram& program, const std::vector<std::uint32_t>& canonical, const TimeZone& zone, ExprId base,
                        ExprId head) {
  const Expr& from = program.expr(base);
  const Expr& to = program.expr(head);
  const auto* before = std::get_if<Literal>(&from.node);
  const auto* after = std::get_if<Literal>(&to.node);
  if (before != nullptr && after != nullptr && (before->value != after->value || from.type.scale != to.type.scale))
    return fmt::format("{} → {}", constant_text(program, zone, before->value, from.type),
                       constant_text(program, zone, after->value, to.type));
  const auto base_set = set_of(from.node), head_set = set_of(to.node);
  if (base_set && head_set) {
    const std::string added = missing_values(program, zone, *head_set, *base_set, "added");
    const std::string removed = missing_values(program, zone, *base_set, *head_set, "removed");
    return added + (added.empty() || removed.empty() ? "" : ", ") + removed;
  }
  const auto* read = std::get_if<DefinitionRead>(&to.node);
  if (read != nullptr && canonical[index_of(base)] != canonical[index_of(head)])
    return fmt::format("`{}` means something else", program.definition(read->definition).name);
  return {};
}

}  // namespace

std::vector<ClauseChange> clause_changes(const CheckedProgram& program, const std::vector<std::uint32_t>& canonical, const ClauseTree& base,
                                         const ClauseTree& head) {
  std::vector<std::uint32_t> of_base = without_partner(canonical, base, head);
  const std::vector<std::uint32_t> of_head = without_partner(canonical, head, base);
  std::vector<std::optional<std::uint32_t>> partner(of_head.size());
  pair_up(of_base, of_head, partner,
          [&](std::uint32_t from, std::uint32_t to) { return base.clauses[from].text == head.clauses[to].text; });
  pair_up(of_base, of_head, partner, [&](std::uint32_t from, std::uint32_t to) {
    const std::vector<std::string> reads = columns_below(program, *head.clauses[to].expr);
    return !reads.empty() && reads == columns_below(program, *base.clauses[from].expr);
  });
  std::vector<ClauseChange> changes;
  for (std::size_t i = 0; i < of_head.size(); ++i) changes.push_back({partner[i], of_head[i]});
  for (const std::uint32_t test : of_base) changes.push_back({test, std::nullopt});
  return changes;
}

std::string redefined_detail(const CheckedProgram& program, const std::vector<std::uint32_t>& canonical, const TimeZone& zone, ExprId base,
                             ExprId head) {
  const std::vector<ExprId> from = parts_below(program, base);
  const std::vector<ExprId> to = parts_below(program, head);
  if (from.size() != to.size()) return {};
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::string change = part_change(program, canonical, zone, from[i], to[i]);
    if (!change.empty()) return change;
  }
  return {};
}

std::vector<std::string> columns_below(const CheckedProgram& program, ExprId id) {
  std::set<std::string> columns;
  std::vector<ExprId> open = {id};
  std::unordered_set<std::uint32_t> seen;
  while (!open.empty()) {
    const ExprId next = open.back();
    open.pop_back();
    if (!seen.insert(index_of(next)).second) continue;
    const Expr& expr = program.expr(next);
    const SchemaTable& table = program.schema.tables[program.frame(expr.frame).table];
    if (const auto* read = std::get_if<ColumnRead>(&expr.node)) columns.insert(table.name + "." + table.columns[read->column].name);
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node))
      columns.insert(program.schema.tables[program.frame(aggregate->rows).table].name);
    if (std::holds_alternative<ReferenceRead>(expr.node)) columns.insert(table.name + " reference");
    for_each_operand(expr.node, [&](ExprId operand) { open.push_back(operand); });
    for_each_definition(expr.node, [&](DefinitionId read) { open.push_back(program.definition(read).body); });
  }
  return {columns.begin(), columns.end()};
}

}  // namespace segue
