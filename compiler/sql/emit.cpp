// Nodes that speak of one row: what they are in SQL. Each follows its comment in program.h.
#include "compiler/sql/emit.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "compiler/sql/pattern.h"
#include "stdlib/text.h"

namespace segue::sql {
namespace {

// Beyond it a text becomes a column: engines limit how deep brackets nest.
constexpr int kDeepest = 20;

std::string in_brackets(const Text& text) { return text.is_atom ? text.sql : "(" + text.sql + ")"; }

std::string_view symbol_of(CompareOp op) {
  switch (op) {
    case CompareOp::kEq: return "=";
    case CompareOp::kNe: return "<>";
    case CompareOp::kLt: return "<";
    case CompareOp::kLe: return "<=";
    case CompareOp::kGt: return ">";
    case CompareOp::kGe: return ">=";
  }
  return "";
}

}  // namespace

// ── the loop ──

// Emits the wanted expressions and all that they stand on, in order of id: operands come first.
void Emitter::prepare(RowsId rows, std::span<const ExprId> wanted) {
  std::vector<ExprId> pending(wanted.begin(), wanted.end()), all;
  std::set<ExprId> seen(wanted.begin(), wanted.end());
  while (!pending.empty()) {
    const ExprId id = pending.back();
    pending.pop_back();
    all.push_back(id);
    const Node& node = program_.expr(id).node;
    if (std::holds_alternative<Aggregate>(node) || std::holds_alternative<Sequence>(node)) continue;
    for (const ExprId operand : operands_of(id)) {
      if (seen.insert(operand).second) pending.push_back(operand);
    }
  }
  std::ranges::sort(all);
  for (const ExprId id : all) {
    const RowsId own = rows_of_frame(rows, program_.expr(id).frame);
    if (!query_.rows[own].values.contains(index_of(id))) emit(own, id);
  }
}

void Emitter::emit(RowsId rows, ExprId id) {
  const ExprId outer_id = std::exchange(id_, id);
  const RowsId outer_rows = std::exchange(rows_, rows);
  const Expr& expr = program_.expr(id);
  Text text = std::visit(*this, expr.node);
  const bool is_long = text.depth > kDeepest || (uses_[index_of(id)] > 1 && !text.is_column);
  if (is_long) text = query_.hoist(rows, text);
  query_.rows[rows].values[index_of(id)] = std::move(text);
  id_ = outer_id;
  rows_ = outer_rows;
}

// The text of an expression of the rows at hand, or of those around them, whose columns they carry.
Text Emitter::value(ExprId id) const {
  const RowsId own = rows_of_frame(rows_, program_.expr(id).frame);
  Text text = query_.rows[own].values.at(index_of(id));
  if (own != rows_) text.layer = 0;
  return text;
}

Text Emitter::predicate(Text text) {
  if (!text.is_null) return text;
  text.sql = in_brackets(text) + " IS TRUE";
  text.is_atom = text.is_column = text.is_null = false;
  text.depth += 1;
  return text;
}

Text Emitter::predicate(ExprId id) const { return predicate(value(id)); }

Text Emitter::refuse(const std::string& reason) {
  if (refused_.emplace(index_of(id_), reason).second) {
    diagnostics_.push_back(make_diagnostic(DiagnosticKind::kNotInDialect, program_.expr(id_).span,
                                           fmt::format("{} cannot say this exactly: {}", dialect_.title, reason)));
  }
  return constant("NULL", true);
}

// ── pieces ──

Text Emitter::constant(std::string sql, bool is_null) const {
  return {.sql = std::move(sql), .layer = 0, .is_atom = true, .is_column = true, .is_null = is_null, .depth = 0};
}

Text Emitter::column_text(const std::string& name, bool is_null) const { return constant(quoted(dialect_, name), is_null); }

Text Emitter::combine(std::string_view pattern, std::initializer_list<Text> operands, bool is_atom) const {
  Text made{.sql = std::string(pattern), .layer = 0, .is_atom = is_atom, .is_column = false, .is_null = false, .depth = 0};
  std::vector<std::string> texts;
  for (const Text& operand : operands) {
    texts.push_back(in_brackets(operand));
    made.layer = std::max(made.layer, operand.layer);
    made.is_null = made.is_null || operand.is_null;
    made.depth = std::max(made.depth, operand.depth + 1);
  }
  texts.resize(8);
  made.sql = fill(pattern, {texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7]});
  return made;
}

Text Emitter::on_columns(std::string_view pattern, std::vector<Text> operands, bool is_atom) {
  for (Text& operand : operands) operand = column_of(operand);
  operands.resize(std::max<std::size_t>(operands.size(), 6));
  for (Text& operand : operands) operand.is_null = operand.is_null && !operand.sql.empty();
  return combine(pattern, {operands[0], operands[1], operands[2], operands[3], operands[4], operands[5]}, is_atom);
}

Text Emitter::joined(const std::vector<ExprId>& operands, std::string_view word) const {
  Text made{.sql = {}, .layer = 0, .is_atom = false, .is_column = false, .is_null = false, .depth = 0};
  for (const ExprId operand : operands) {
    const Text text = predicate(operand);
    made.sql += (made.sql.empty() ? "" : fmt::format(" {} ", word)) + in_brackets(text);
    made.layer = std::max(made.layer, text.layer);
    made.depth = std::max(made.depth, text.depth + 1);
  }
  return made;
}

Text Emitter::literal(const Type& type, const Constant& constant_value) const {
  if (const auto* truth = std::get_if<bool>(&constant_value)) return constant(*truth ? "TRUE" : "FALSE");
  if (const auto* real = std::get_if<double>(&constant_value)) return constant(float_literal(dialect_, *real));
  if (const auto* text = std::get_if<std::string>(&constant_value)) return constant(text_literal(dialect_, *text));
  const std::int64_t whole = std::get<std::int64_t>(constant_value);
  switch (type.kind) {
    case Kind::kDecimal: return constant(decimal_literal(dialect_, whole, type.scale));
    case Kind::kDate: return constant(date_literal(whole));
    case Kind::kTimestamp: return constant(timestamp_literal(dialect_, whole));
    case Kind::kEnum: return constant(text_literal(dialect_, program_.enums[type.enum_id].values[static_cast<std::size_t>(whole)]));
    case Kind::kMonths: return constant(int_literal(dialect_, std::clamp<std::int64_t>(whole, -200'000, 200'000)));
    default: return constant(int_literal(dialect_, whole));
  }
}

// ── leaves ──

Text Emitter::operator()(const Literal& node) { return literal(type_of(id_), node.value); }

Text Emitter::operator()(const ColumnRead& node) {
  const TableId table = program_.frame(query_.rows[rows_].frame).table;
  const SchemaColumn& column = program_.schema.tables[table].columns[node.column];
  if (column.form == ColumnForm::kMoney && !has_room(column))
    return refuse("these rates have too many digits to multiply an amount exactly");
  return column_text(column_name(rows_, node.column), column.type.optional || column.form == ColumnForm::kMoney);
}

Text Emitter::operator()(const ReferenceRead& node) {
  const TableId table = program_.frame(query_.rows[rows_].frame).table;
  return column_text(limited(query_.rows[rows_].prefix + "." + path_name(table, {node.references, node.column}), 0), true);
}

// A segment is a predicate, whatever its body.
Text Emitter::operator()(const DefinitionRead& node) {
  const Definition& definition = program_.definition(node.definition);
  return definition.kind == DefinitionKind::kSegment ? predicate(definition.body) : value(definition.body);
}

// ── predicates ──

Text Emitter::operator()(const Not& node) { return combine("NOT {0}", {predicate(node.operand)}, false); }
Text Emitter::operator()(const And& node) { return joined(node.operands, "AND"); }
Text Emitter::operator()(const Or& node) { return joined(node.operands, "OR"); }

// Text that compares as the language says: folded where it must be.
Text Emitter::comparable(ExprId id, bool is_folded) { return is_folded ? folded(value(id)) : value(id); }

std::string Emitter::fold_text(std::string_view operand) const {
  needs_folding_ = true;
  return fmt::format("(CASE WHEN {} THEN {} ELSE {} END)", fill(dialect_.is_ascii, {operand}), fill(dialect_.lower_ascii, {operand}),
                     fill(dialect_.translate, {operand, quoted(dialect_, "#upper"), quoted(dialect_, "#lower")}));
}

Text Emitter::folded(const Text& text) {
  Text column = column_of(text);
  column.sql = fold_text(column.sql);
  column.is_column = false;
  column.depth = 1;
  return query_.hoist(rows_, column);
}

Text Emitter::folded_list(const Text& text) {
  needs_folding_ = true;
  const std::string element = fold_text("e");
  Text made = text;
  made.sql = fill(dialect_.transform, {in_brackets(text), element});
  made.is_atom = true;
  made.is_column = false;
  made.depth += 3;
  return made;
}

Text Emitter::compare_known(CompareOp op, const Type& left_type, const Text& left, const Type& right_type, const Text& right) {
  const std::string pattern = fmt::format("{{0}} {} {{1}}", symbol_of(op));
  const bool is_order = op != CompareOp::kEq && op != CompareOp::kNe;
  const auto is_exact = [](const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal; };
  if (left_type.kind == Kind::kText && is_order)
    return combine(pattern, {call(dialect_.text_order, {left}), call(dialect_.text_order, {right})}, false);
  if (left_type.kind == Kind::kEnum && is_order)
    return combine(pattern, {enum_order(left_type, left), enum_order(right_type, right)}, false);
  if (left_type.kind == Kind::kList) return refuse("lists are compared as sets");
  if (is_exact(left_type) && right_type.kind == Kind::kFloat) return compare_exact_float(op, left_type, left, right);
  if (left_type.kind == Kind::kFloat && is_exact(right_type)) {
    constexpr CompareOp kMirrored[] = {CompareOp::kEq, CompareOp::kNe, CompareOp::kGt, CompareOp::kGe, CompareOp::kLt, CompareOp::kLe};
    return compare_exact_float(kMirrored[static_cast<std::size_t>(op)], right_type, right, left);
  }
  if (left_type.kind != right_type.kind && (left_type.kind == Kind::kDays || right_type.kind == Kind::kDays)) {
    const auto micros = [&](const Type& type, const Text& text) {
      return type.kind == Kind::kDays ? call("({0} * 86400000000)", {call(dialect_.wide_int, {text})}) : text;
    };
    return combine(pattern, {micros(left_type, left), micros(right_type, right)}, false);
  }
  return combine(pattern, {left, right}, false);
}

// kNe is the complement of kEq: true where an operand is missing.
Text Emitter::compare(CompareOp op, ExprId left, ExprId right, bool is_folded) {
  Text text = compare_known(op, type_of(left), comparable(left, is_folded), type_of(right), comparable(right, is_folded));
  if (op != CompareOp::kNe) return predicate(text);
  if (!text.is_null) return text;
  text = combine("{0} IS NOT FALSE", {text}, false);
  text.is_null = false;
  return text;
}

Text Emitter::operator()(const Compare& node) { return compare(node.op, node.left, node.right, node.folded); }

Text Emitter::operator()(const Between& node) {
  return combine(
      "{0} AND {1}",
      {compare(CompareOp::kGe, node.operand, node.low, node.folded), compare(CompareOp::kLe, node.operand, node.high, node.folded)}, false);
}

// The values of a set, between commas.
Text Emitter::listing(SetId id) const {
  const ConstantSet& set = program_.sets[index_of(id)];
  Type element = set.type;
  if (element.kind == Kind::kList) element.kind = element.element;
  std::string values;
  for (const Constant& value : set.values) values += (values.empty() ? "" : ", ") + literal(element, value).sql;
  return constant(values);
}

Text Emitter::operator()(const InSet& node) {
  const ConstantSet& set = program_.sets[index_of(node.set)];
  if (set.values.empty()) return constant("FALSE");
  Text operand = comparable(node.operand, set.folded);
  return predicate(combine("{0} IN (" + listing(node.set).sql + ")", {operand}, false));
}

Text Emitter::operator()(const TextTest& node) {
  const Text operand = comparable(node.operand, node.folded), pattern = comparable(node.pattern, node.folded);
  switch (node.op) {
    case TextOp::kContains: return predicate(combine(dialect_.contains, {operand, pattern}, false));
    case TextOp::kStartsWith: return predicate(combine(dialect_.starts_with, {operand, pattern}, false));
    case TextOp::kEndsWith: break;
  }
  return predicate(on_columns(dialect_.ends_with, {operand, pattern}, false));
}

Text Emitter::operator()(const Matches& node) {
  const auto pattern = pattern_in(dialect_.id, node.pattern);
  if (!pattern) return refuse(pattern.error());
  return predicate(combine(dialect_.matches, {value(node.operand), constant(text_literal(dialect_, *pattern))}, false));
}

namespace {

std::string element_type(const Dialect& dialect, const Type& type) {
  switch (type.element) {
    case Kind::kBool: return "BOOLEAN";
    case Kind::kInt: return std::string(dialect.int_type);
    case Kind::kDecimal: return fill(dialect.decimal_type, {"18", std::to_string(type.scale)});
    case Kind::kFloat: return std::string(dialect.float_type);
    case Kind::kDate: return "DATE";
    case Kind::kTimestamp: return dialect.id == SqlDialect::kSpark ? "TIMESTAMP" : "TIMESTAMPTZ";
    default: return std::string(dialect.text_type);
  }
}

}  // namespace

Text Emitter::operator()(const Has& node) {
  const ConstantSet& set = program_.sets[index_of(node.set)];
  const Type& type = type_of(node.operand);
  if (set.values.empty()) return constant(node.op == HasOp::kAny ? "FALSE" : "TRUE");
  const bool is_folded = set.folded || (type.element == Kind::kEnum && program_.enums[type.enum_id].folded);
  Text operand = is_folded ? folded_list(value(node.operand)) : value(node.operand);
  std::string values = listing(node.set).sql;
  if (is_folded && type.element == Kind::kEnum) {
    values.clear();
    for (const Constant& constant : set.values)
      values +=
          (values.empty() ? "" : ", ") +
          text_literal(dialect_, fold(program_.enums[type.enum_id].values[static_cast<std::size_t>(std::get<std::int64_t>(constant))]));
  }
  const std::string list =
      fmt::format("CAST({} AS {})", fill(dialect_.list, {values}), fill(dialect_.list_type, {element_type(dialect_, type)}));
  Text answer = combine(node.op == HasOp::kAll ? dialect_.has_all : dialect_.has_any, {operand, constant(list)}, false);
  if (node.op != HasOp::kNone) return predicate(answer);
  if (!answer.is_null) return combine("NOT {0}", {answer}, false);
  answer = combine("{0} IS NOT TRUE", {answer}, false);
  answer.is_null = false;
  return answer;
}

Text Emitter::operator()(const IsEmpty& node) { return predicate(combine(dialect_.is_empty, {value(node.operand)}, false)); }

Text Emitter::operator()(const IsKnown& node) {
  Text text = combine("{0} IS NOT NULL", {value(node.operand)}, false);
  text.is_null = false;
  return text;
}

Text Emitter::operator()(const Within& node) {
  const Bounds bounds = window(node.window, type_of(node.operand).kind == Kind::kDate);
  if (bounds.is_empty) return constant("FALSE");
  return predicate(combine("{0} BETWEEN {1} AND {2}",
                           {value(node.operand), constant(bounds.low, bounds.is_null), constant(bounds.high, bounds.is_null)}, false));
}

// ── values ──

Text Emitter::operator()(const OrElse& node) {
  const Text operand = value(node.operand), fallback = value(node.fallback);
  Text text = call("coalesce({0}, {1})", {operand, fallback});
  text.is_null = operand.is_null && fallback.is_null;
  return text;
}

Text Emitter::enum_order(const Type& type, const Text& text) {
  std::string cases;
  const std::vector<std::string>& values = program_.enums[type.enum_id].values;
  for (std::size_t i = 0; i < values.size(); ++i) cases += fmt::format(" WHEN {} THEN {}", text_literal(dialect_, values[i]), i);
  return combine("(CASE {0}" + cases + " END)", {text}, true);
}

Text Emitter::enum_value(const Type& type, const Text& order) {
  std::string cases;
  const std::vector<std::string>& values = program_.enums[type.enum_id].values;
  for (std::size_t i = 0; i < values.size(); ++i) cases += fmt::format(" WHEN {} THEN {}", i, text_literal(dialect_, values[i]));
  return combine("(CASE {0}" + cases + " END)", {order}, true);
}

Text Emitter::operator()(const Choice& node) {
  std::vector<ChoiceRow> rows = node.rows;
  if (node.last_wins) std::ranges::reverse(rows);
  const auto name = [&](std::uint32_t value) { return text_literal(dialect_, program_.enums[type_of(id_).enum_id].values[value]); };
  Text made{.sql = "CASE", .layer = 0, .is_atom = true, .is_column = false, .is_null = !node.otherwise, .depth = 0};
  for (const ChoiceRow& row : rows) {
    const Text condition = predicate(row.condition);
    made.sql += fmt::format(" WHEN {} THEN {}", condition.sql, name(row.value));
    made.layer = std::max(made.layer, condition.layer);
    made.depth = std::max(made.depth, condition.depth + 1);
  }
  if (node.otherwise) made.sql += fmt::format(" ELSE {}", name(*node.otherwise));
  made.sql += " END";
  return made;
}

// The name of a cell is its axes' values joined with `/`, so that each axis gives its part.
Text Emitter::operator()(const GridCell& node) {
  const std::vector<std::string>& cells = program_.enums[type_of(id_).enum_id].values;
  Text index = constant("0");
  for (const GridAxis& axis : node.axes) {
    const Type& type = type_of(axis.operand);
    Text operand = value(axis.operand);
    std::string cases;
    for (std::size_t i = 0; i < axis.places.size(); ++i) {
      if (axis.places[i] < 0) continue;
      const std::string name =
          type.kind == Kind::kBool ? (i == 0 ? "FALSE" : "TRUE") : text_literal(dialect_, program_.enums[type.enum_id].values[i]);
      cases += fmt::format(" WHEN {} THEN {}", name, axis.places[i]);
    }
    if (cases.empty()) return constant("NULL", true);
    const std::string pattern = fmt::format("({{0}} * {} + (CASE {{1}}{} END))", axis.size, cases);
    index = combine(pattern, {index, operand}, true);
    index.is_null = true;
  }
  std::string names;
  for (std::size_t i = 0; i < cells.size(); ++i) names += fmt::format(" WHEN {} THEN {}", i, text_literal(dialect_, cells[i]));
  Text made = combine("(CASE {0}" + names + " END)", {index}, true);
  if (node.where) made = combine("(CASE WHEN {0} THEN {1} END)", {predicate(*node.where), made}, true);
  made.is_null = true;
  return made;
}

// Hexadecimal digits of one length compare as the numbers do.
Text Emitter::operator()(const SplitPart& node) {
  const SchemaTable& table = program_.schema.tables[kAccountTable];
  const Text key = call(dialect_.key_text, {column_text(column_name(rows_, *table.key), false)});
  const Text hash = column_of(call(dialect_.split_hash, {constant(text_literal(dialect_, node.seed)), key}));
  const std::vector<std::string>& parts = program_.enums[type_of(id_).enum_id].values;
  std::string cases;
  for (std::size_t i = 0; i + 1 < node.upper.size(); ++i)
    cases +=
        fmt::format(" WHEN {} < '{:013x}' THEN {}", fill(dialect_.text_order, {hash.sql}), node.upper[i], text_literal(dialect_, parts[i]));
  const std::string last = text_literal(dialect_, parts.back());
  Text made = hash;
  made.sql = cases.empty() ? last : fmt::format("(CASE{} ELSE {} END)", cases, last);
  made.is_column = made.is_null = false;
  if (!node.population) return made;
  made = combine("(CASE WHEN {0} THEN {1} END)", {predicate(*node.population), made}, true);
  made.is_null = true;
  return made;
}

Text Emitter::operator()(const Near&) { return refuse("sine and cosine differ from engine to engine in their last digits"); }

// ── answers ──

RowsId Emitter::root_rows(FrameId frame, std::span<const DefinitionId> roots) {
  if (frame == kAccountFrame) return kAccountRows;
  Levels levels;
  for (const DefinitionId root : roots) {
    for (const auto& [of, level] : levels_[index_of(program_.definition(root).body)]) levels[of] = std::max(levels[of], level);
  }
  std::vector<FrameId> way;
  for (; frame != kAccountFrame; frame = program_.frame(frame).outer) way.push_back(frame);
  RowsId rows = kAccountRows;
  for (auto next = way.rbegin(); next != way.rend(); ++next) rows = rows_for(*next, rows, levels[index_of(program_.frame(*next).outer)]);
  return rows;
}

Text Emitter::answer(RowsId rows, DefinitionId id) {
  const Definition& definition = program_.definition(id);
  const ExprId body[] = {definition.body};
  prepare(rows, body);
  rows_ = rows;
  Text text = value(definition.body);
  return type_of(definition.body).kind == Kind::kBool ? predicate(text) : text;
}

}  // namespace segue::sql
