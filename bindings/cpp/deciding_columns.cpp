// Further definitions behind those of the program.
#include "bindings/cpp/deciding_columns.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/walk.h"

namespace segue {
namespace {

// Appends to a copy of the program.
class Builder {
 public:
  explicit Builder(CheckedProgram& program) : program_(program) {}

  ExprId add(Node node, FrameId frame, Type type = {}) {
    program_.exprs.push_back({.node = std::move(node), .type = type, .frame = frame, .span = {}});
    return ExprId{static_cast<std::uint32_t>(program_.exprs.size() - 1)};
  }

  // The body of a definition that is unknown, or unsure, exactly where `id` is and `missing`, which is never unknown, holds: where it does not, every
  // condition is certainly false.
  ExprId restricted(DefinitionId id, ExprId missing) {
    const Definition& definition = program_.definition(id);
    const Expr body = program_.expr(definition.body);
    if (const auto* choice = std::get_if<Choice>(&body.node)) return restricted_choice(*choice, missing, body.type);
    if (const auto* cell = std::get_if<GridCell>(&body.node)) {
      GridCell narrow = *cell;
      narrow.where = both(cell->where, missing, kAccountFrame);
      return add(std::move(narrow), kAccountFrame, body.type);
    }
    if (const auto* part = std::get_if<SplitPart>(&body.node)) {
      SplitPart narrow = *part;
      narrow.population = both(part->population, missing, kAccountFrame);
      return add(std::move(narrow), kAccountFrame, body.type);
    }
    return both(add(DefinitionRead{id}, definition.frame, body.type), missing, definition.frame);
  }

  // Whether a value is missing, seen from the row of `frame`: where it is one of rows below that, whether some of them misses it.
  ExprId is_missing(ExprId value, FrameId frame) {
    FrameId here = program_.expr(value).frame;
    ExprId missing = add(Not{add(IsKnown{value}, here)}, here);
    while (!is_around(here, frame)) {
      const FrameId outer = program_.frame(here).outer;
      missing = add(Aggregate{.fn = AggregateFn::kAny, .rows = here, .within = {}, .where = missing, .value = {}}, outer);
      here = outer;
    }
    return missing;
  }

  DefinitionId define(const Definition& like, ExprId body) {
    Definition definition;
    definition.kind = like.kind;
    definition.frame = like.frame;
    definition.body = body;
    program_.definitions.push_back(std::move(definition));
    return DefinitionId{static_cast<std::uint32_t>(program_.definitions.size() - 1)};
  }

 private:
  ExprId both(std::optional<ExprId> condition, ExprId missing, FrameId frame) {
    return condition ? add(And{{*condition, missing}}, frame) : missing;
  }

  ExprId restricted_choice(const Choice& choice, ExprId missing, Type type) {
    Choice narrow = choice;
    for (ChoiceRow& row : narrow.rows) row.condition = both(row.condition, missing, kAccountFrame);
    return add(std::move(narrow), kAccountFrame, type);
  }

  // Whether a row of `inner` stands inside one of `frame`, or is it.
  [[nodiscard]] bool is_around(FrameId frame, FrameId inner) const {
    while (inner != frame && inner != kAccountFrame) inner = program_.frame(inner).outer;
    return inner == frame;
  }

  CheckedProgram& program_;
};

std::string column_name(const SchemaTable& table, std::uint32_t column) {
  const std::optional<ColumnId> point = table.columns[column].point;
  return table.columns[point.value_or(column)].name;
}

std::string reference_name(const Schema& schema, std::uint32_t table, const ReferenceRead& read) {
  std::string name;
  for (const std::uint32_t reference : read.references) {
    name += schema.tables[table].references[reference].name + ".";
    table = schema.tables[table].references[reference].to;
  }
  return name + column_name(schema.tables[table], read.column);
}

// What a leaf that may be missing is called; nothing for any other expression.
std::string leaf_name(const CheckedProgram& program, const Expr& expr) {
  if (!expr.type.optional) return {};
  const std::uint32_t table = program.frame(expr.frame).table;
  std::string name;
  if (const auto* read = std::get_if<ColumnRead>(&expr.node)) name = column_name(program.schema.tables[table], read->column);
  if (const auto* read = std::get_if<ReferenceRead>(&expr.node)) name = reference_name(program.schema, table, *read);
  return name.empty() || table == kAccountTable ? name : fmt::format("{}.{}", program.schema.tables[table].name, name);
}

// A column is read in as many places as the rules like: one of each frame is enough.
void add_leaf(const CheckedProgram& program, ExprId id, std::vector<ExprId>& leaves) {
  const auto is_same = [&](ExprId other) { return program.expr(other).frame == program.expr(id).frame; };
  if (std::ranges::none_of(leaves, is_same)) leaves.push_back(id);
}

// The leaves below a definition that may be missing, by name.
std::map<std::string, std::vector<ExprId>> leaves_of(const CheckedProgram& program, DefinitionId root) {
  std::map<std::string, std::vector<ExprId>> leaves;
  std::vector<bool> is_seen(program.exprs.size());
  std::vector<ExprId> todo = {program.definition(root).body};
  while (!todo.empty()) {
    const ExprId id = todo.back();
    todo.pop_back();
    if (is_seen[index_of(id)]) continue;
    is_seen[index_of(id)] = true;
    const Expr& expr = program.expr(id);
    if (std::string name = leaf_name(program, expr); !name.empty()) add_leaf(program, id, leaves[std::move(name)]);
    for_each_operand(expr.node, [&](const ExprId& operand) { todo.push_back(operand); });
    for_each_definition(expr.node, [&](const DefinitionId& read) { todo.push_back(program.definition(read).body); });
  }
  return leaves;
}

}  // namespace

DecidingProgram deciding_program(const CheckedProgram& program, const std::vector<DefinitionId>& roots,
                                 const std::vector<std::size_t>& asked) {
  DecidingProgram deciding{.program = program, .roots = {}, .columns = {}};
  Builder builder(deciding.program);
  for (const std::size_t root : asked) {
    const Definition& definition = program.definition(roots[root]);
    for (const auto& [name, leaves] : leaves_of(program, roots[root])) {
      std::vector<ExprId> missing;
      for (const ExprId leaf : leaves) missing.push_back(builder.is_missing(leaf, definition.frame));
      const ExprId some = missing.size() == 1 ? missing.front() : builder.add(Or{std::move(missing)}, definition.frame);
      deciding.roots.push_back(builder.define(definition, builder.restricted(roots[root], some)));
      deciding.columns.push_back({root, name});
    }
  }
  return deciding;
}

}  // namespace segue
