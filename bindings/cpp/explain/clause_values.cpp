// The values below a test, from its text; and a test's bounds in words.
#include "bindings/cpp/explain/clause_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/compare_op.h"
#include "compiler/check/walk.h"
#include "compiler/interpret/condition_text.h"
#include "compiler/interpret/trace_value.h"
#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

bool is_number_kind(Kind kind) { return kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat; }

// A condition below conversions that have its text.
ExprId below_conversions(const CheckedProgram& program, ExprId id) {
  while (true) {
    const Expr& expr = program.expr(id);
    std::optional<ExprId> operand;
    if (const auto* node = std::get_if<ToFloat>(&expr.node)) operand = node->operand;
    if (const auto* node = std::get_if<Rescale>(&expr.node)) operand = node->operand;
    if (!operand) return id;
    id = *operand;
  }
}

class ValueCollector {
 public:
  ValueCollector(CheckedProgram& program, const SourceMap& sources, const ClauseTree& tree, std::vector<DefinitionId>& roots)
      : program_(program),
        sources_(sources),
        tree_(tree),
        roots_(roots) {}

  ComparedValues run() {
    out_.of_clause.resize(tree_.clauses.size());
    for (const std::uint32_t test : tree_.tests) {
      if (tree_.clauses[test].expr) collect(test, *tree_.clauses[test].expr);
    }
    return std::move(out_);
  }

 private:
  void collect(std::uint32_t test, ExprId condition) {
    std::vector<ExprId> open = {peel_condition(program_, sources_, condition).inner};
    while (!open.empty()) {
      const ExprId id = below_conversions(program_, open.back());
      open.pop_back();
      if (add(test, id)) continue;
      const Node node = program_.expr(id).node;
      if (std::holds_alternative<Aggregate>(node) || std::holds_alternative<Sequence>(node)) continue;
      std::vector<ExprId> operands;
      for_each_operand(node, [&](const ExprId& operand) { operands.push_back(operand); });
      // What stands for `top` says of its candidates what other clauses say.
      const bool is_top = std::holds_alternative<Or>(node) && std::holds_alternative<TopOf>(program_.expr(operands.front()).node);
      if (is_top) operands.resize(1);
      if (const auto* top = std::get_if<TopOf>(&node)) operands = {program_.definition(top->by).body};
      if (const auto* percentile = std::get_if<Percentile>(&node)) operands = {program_.definition(percentile->value).body};
      open.insert(open.end(), operands.rbegin(), operands.rend());
    }
  }

  // Whether the expression is a value that is shown; what is below it then is not.
  bool add(std::uint32_t test, ExprId id) {
    const auto found = made_.find(index_of(id));
    if (found != made_.end()) return list(test, found->second);
    const Expr expr = program_.expr(id);
    ComparedValue value{.expr = id, .text = written_text(sources_, expr.span), .type = expr.type, .references = {}};
    value.type.optional = true;
    if (!set_source(value, expr)) return false;
    out_.values.push_back(std::move(value));
    const auto place = static_cast<std::uint32_t>(out_.values.size() - 1);
    made_.emplace(index_of(id), place);
    return list(test, place);
  }

  bool list(std::uint32_t test, std::uint32_t place) {
    std::vector<std::uint32_t>& here = out_.of_clause[test];
    const auto is_same = [&](std::uint32_t other) { return out_.values[other].text == out_.values[place].text; };
    if (std::ranges::none_of(here, is_same)) here.push_back(place);
    return true;
  }

  bool set_source(ComparedValue& value, const Expr& expr) {
    if (const auto* read = std::get_if<ColumnRead>(&expr.node)) {
      value.column = read->column;
      return set_column(value, expr.frame, program_.frame(expr.frame).table);
    }
    if (const auto* read = std::get_if<ReferenceRead>(&expr.node)) {
      value.column = read->column;
      value.references = read->references;
      std::uint32_t table = program_.frame(expr.frame).table;
      for (const std::uint32_t reference : read->references) table = program_.schema.tables[table].references[reference].to;
      return set_column(value, expr.frame, table);
    }
    const bool is_value = std::holds_alternative<Aggregate>(expr.node) || std::holds_alternative<DefinitionRead>(expr.node) ||
                          std::holds_alternative<Percentile>(expr.node) || std::holds_alternative<Call>(expr.node);
    return is_value && tree_.frame == kAccountFrame && expr.frame == kAccountFrame && set_root(value);
  }

  bool set_column(ComparedValue& value, FrameId frame, std::uint32_t table) {
    FrameId around = tree_.frame;
    while (around != frame && around != kAccountFrame) around = program_.frame(around).anchor;
    if (around != frame) return false;
    const SchemaColumn& column = program_.schema.tables[table].columns[value.column];
    value.data_class = column.data_class;
    // A coordinate is half of a point.
    if (column.point) return false;
    value.source = ComparedSource::kColumn;
    return true;
  }

  bool set_root(ComparedValue& value) {
    value.root = roots_.size();
    if (value.type.kind == Kind::kBool) {
      const ExprId twice = add_expr(program_, Not{add_expr(program_, Not{value.expr}, kAccountFrame)}, kAccountFrame);
      roots_.push_back(add_condition(program_, kAccountFrame, twice));
      value.source = ComparedSource::kBits;
      return true;
    }
    if (value.type.kind == Kind::kEnum) {
      roots_.push_back(add_root(DefinitionKind::kTiers, value.expr));
      value.source = ComparedSource::kCodes;
      return true;
    }
    if (!is_number_kind(value.type.kind)) return false;
    const Type number{.kind = Kind::kFloat};
    ScoreSum sum{.terms = {{.value = value.expr, .when = std::nullopt, .negative = false, .span = {}}}, .range = std::nullopt};
    roots_.push_back(add_root(DefinitionKind::kScore, add_expr(program_, std::move(sum), kAccountFrame, number)));
    value.known_root = roots_.size();
    roots_.push_back(add_condition(program_, kAccountFrame, add_expr(program_, IsKnown{value.expr}, kAccountFrame)));
    value.source = ComparedSource::kNumber;
    return true;
  }

  DefinitionId add_root(DefinitionKind kind, ExprId body) {
    const DefinitionId id = add_condition(program_, kAccountFrame, body);
    program_.definitions.back().kind = kind;
    return id;
  }

  CheckedProgram& program_;
  const SourceMap& sources_;
  const ClauseTree& tree_;
  std::vector<DefinitionId>& roots_;
  ComparedValues out_;
  std::unordered_map<std::uint32_t, std::uint32_t> made_;
};

// A number of a root in its own type.
Value number_of(double number, const Type& type) {
  if (type.kind == Kind::kFloat) return float_value(number);
  const double scaled = type.kind == Kind::kDecimal ? number * std::pow(10.0, type.scale) : number;
  return {.bits = std::llround(std::clamp(scaled, -9.2e18, 9.2e18))};
}

// The words of a bound, for a value that has to be on the side that `op` says.
std::string_view bound_words(CompareOp op) {
  switch (op) {
    case CompareOp::kEq: return "to be ";
    case CompareOp::kNe: return "to be other than ";
    case CompareOp::kLt: return "less than ";
    case CompareOp::kLe: return "at most ";
    case CompareOp::kGt: return "more than ";
    case CompareOp::kGe: return "at least ";
  }
  return "";
}

CompareOp turned(CompareOp op, bool is_negated) {
  if (!is_negated) return op;
  switch (op) {
    case CompareOp::kEq: return CompareOp::kNe;
    case CompareOp::kNe: return CompareOp::kEq;
    case CompareOp::kLt: return CompareOp::kGe;
    case CompareOp::kLe: return CompareOp::kGt;
    case CompareOp::kGt: return CompareOp::kLe;
    case CompareOp::kGe: return CompareOp::kLt;
  }
  return op;
}

struct Bounded {
  ExprId operand{};
  CompareOp op{};
  ExprId bound{};
};

bool is_constant(const CheckedProgram& program, ExprId id) {
  return std::holds_alternative<Literal>(program.expr(below_conversions(program, id)).node);
}

// Which bound a test that does not hold sets.
std::optional<Bounded> failed_bound(const CheckedProgram& program, const PeeledCondition& peeled, const Value& value, const Type& type) {
  const Expr& inner = program.expr(peeled.inner);
  if (const auto* compare = std::get_if<Compare>(&inner.node)) {
    if (is_constant(program, compare->right)) return Bounded{compare->left, turned(compare->op, peeled.is_negated), compare->right};
    if (is_constant(program, compare->left))
      return Bounded{compare->right, turned(mirrored(compare->op), peeled.is_negated), compare->left};
  }
  const auto* between = std::get_if<Between>(&inner.node);
  if (between == nullptr || peeled.is_negated || !is_constant(program, between->low)) return std::nullopt;
  const Expr& low = program.expr(below_conversions(program, between->low));
  const bool is_below = value.missing || low.type.kind != type.kind || low.type.scale != type.scale ||
                        compare_values(type, value, constant_value(std::get<Literal>(low.node).value)) < 0;
  return is_below ? Bounded{between->operand, CompareOp::kGe, between->low} : Bounded{between->operand, CompareOp::kLe, between->high};
}

}  // namespace

ComparedValues compared_values(CheckedProgram& program, const SourceMap& sources, const ClauseTree& tree,
                               std::vector<DefinitionId>& roots) {
  return ValueCollector(program, sources, tree, roots).run();
}

const std::vector<RowId>& ValueReader::rows_of(FrameId frame) const {
  const auto [found, is_new] = rows_.try_emplace(index_of(frame));
  if (!is_new || frame == frame_) return found->second;
  std::vector<RowId>& rows = found->second;
  rows.resize(database_.tables[program_.frame(frame_).table].rows);
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = static_cast<RowId>(row);
  for (FrameId here = frame_; here != frame; here = program_.frame(here).anchor) {
    const Frame& inner = program_.frame(here);
    const Array<RowId>& parent_of = database_.tables[inner.table].links[inner.link].parent_of;
    for (RowId& row : rows) {
      if (row != kNoRow) row = parent_of[row];
    }
  }
  return rows;
}

Value ValueReader::value(const ComparedValue& value, RowId row) const {
  const Value missing{.missing = true};
  if (value.source == ComparedSource::kBits) return {.bits = results_.definitions[value.root].members.test(row)};
  if (value.source == ComparedSource::kCodes) {
    const std::int32_t code = results_.definitions[value.root].codes[row];
    return code < 0 ? missing : Value{.bits = code};
  }
  if (value.source == ComparedSource::kNumber) {
    if (!results_.definitions[value.known_root].members.test(row)) return missing;
    return number_of(results_.definitions[value.root].scores[row], value.type);
  }
  const FrameId frame = program_.expr(value.expr).frame;
  if (frame != frame_) row = rows_of(frame)[row];
  std::uint32_t table = program_.frame(frame).table;
  for (const std::uint32_t reference : value.references) {
    if (row != kNoRow) row = database_.tables[table].references[reference][row];
    table = program_.schema.tables[table].references[reference].to;
  }
  const Column& column = database_.tables[table].columns[value.column];
  return row == kNoRow || !column.is_read() ? missing : column_value(column, row);
}

TraceValue ValueReader::shown(const ComparedValue& value, RowId row) const { return shown(this->value(value, row), value.type); }

TraceValue ValueReader::shown(const Value& value, const Type& type) const { return trace_value(value, type, program_.enums, zone_); }

std::optional<NeededValue> needed_value(const CheckedProgram& program, const SourceMap& sources, const ComparedValues& values,
                                        const ClauseTree& tree, std::uint32_t test, const ValueReader& reader, RowId row) {
  const Clause& clause = tree.clauses[test];
  if (!clause.expr || values.of_clause[test].empty()) return std::nullopt;
  const std::uint32_t place = values.of_clause[test].front();
  const ComparedValue& compared = values.values[place];
  const auto bounded = failed_bound(program, peel_condition(program, sources, *clause.expr), reader.value(compared, row), compared.type);
  if (!bounded || below_conversions(program, bounded->operand) != compared.expr) return std::nullopt;
  const Expr& bound = program.expr(below_conversions(program, bounded->bound));
  const auto* literal = std::get_if<Literal>(&bound.node);
  if (literal == nullptr) return std::nullopt;
  const std::string text = reader.shown(constant_value(literal->value), bound.type).shown;
  return NeededValue{place, fmt::format("{}{}", bound_words(bounded->op), text)};
}

}  // namespace segue
