// What the warnings know of every expression, gathered in loops over the flat program: operands stand before what uses them, so a loop from the
// back meets every user first, and nothing recurses over what the author wrote.
#include "compiler/check/lint_facts.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/lint_meaning.h"
#include "compiler/check/walk.h"
#include "stdlib/print_value.h"

namespace segue::linter {
namespace {

// What a definition's own condition makes sure of, for whoever joins it with `and`.
using Exports = std::vector<Surroundings>;
constexpr std::size_t kMostExports = 64;
constexpr std::size_t kMostSteps = 64;  // into one operand, in search of what it asks

bool is_wrapper(const Node& node) {
  return std::holds_alternative<Arithmetic>(node) || std::holds_alternative<Negate>(node) || std::holds_alternative<ToFloat>(node) ||
         std::holds_alternative<Rescale>(node) || std::holds_alternative<Call>(node);
}

// Calls `visit` for an expression and what it is made of, as long as `enters` says so, a bounded number of them.
template <typename Enters, typename Visit>
void walk_parts(const CheckedProgram& program, ExprId root, const Enters& enters, const Visit& visit) {
  std::vector<ExprId> open = {root};
  for (std::size_t step = 0; step < kMostSteps && !open.empty(); ++step) {
    const ExprId id = open.back();
    open.pop_back();
    visit(id);
    const Node& node = program.expr(id).node;
    if (enters(node)) for_each_operand(node, [&](ExprId operand) { open.push_back(operand); });
  }
}

// A value that is known, and with it all that it is computed from.
void add_known_value(const CheckedProgram& program, const std::vector<Meaning>& meanings, ExprId value, Surroundings& found) {
  walk_parts(program, value, is_wrapper, [&](ExprId id) { found.values.push_back(meanings[index_of(id)].id); });
}

// Related rows that a condition looks for: `any(contacts)`, `count(contacts) >= 2`.
void add_frames(const CheckedProgram& program, ExprId condition, bool is_joined, Surroundings& found) {
  const auto enters = [](const Node& node) {
    return std::holds_alternative<Compare>(node) || std::holds_alternative<Between>(node) || is_wrapper(node);
  };
  walk_parts(program, condition, enters, [&](ExprId id) {
    const auto* aggregate = std::get_if<Aggregate>(&program.expr(id).node);
    const bool is_for_none =
        aggregate != nullptr && (aggregate->fn == AggregateFn::kEvery || (is_joined && aggregate->fn == AggregateFn::kNone));
    if (aggregate != nullptr && !is_for_none) found.frames.push_back(index_of(aggregate->rows));
  });
}

struct Asker {
  const CheckedProgram& program;
  const std::vector<Meaning>& meanings;
  const Exports& exports;
};

// What one operand of an `and` (`is_joined`) or `or` asks about.
void add_asked(const Asker& asker, ExprId operand, bool is_joined, Surroundings& found) {
  bool is_negated = false;
  while (const auto* negated = std::get_if<Not>(&asker.program.expr(operand).node)) {
    operand = negated->operand;
    is_negated = !is_negated;
  }
  const Node& node = asker.program.expr(operand).node;
  add_frames(asker.program, operand, is_joined, found);
  if (const auto* known = std::get_if<IsKnown>(&node)) return add_known_value(asker.program, asker.meanings, known->operand, found);
  if (const auto* read = std::get_if<DefinitionRead>(&node)) {
    const Surroundings& given = asker.exports[index_of(read->definition)];
    found.values.insert(found.values.end(), given.values.begin(), given.values.end());
    found.frames.insert(found.frames.end(), given.frames.begin(), given.frames.end());
  }
  if (!is_joined || is_negated != is_complement(node)) return;
  for (const ExprId value : tested_values(asker.program, operand)) add_known_value(asker.program, asker.meanings, value, found);
}

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

Surroundings asked_by(const Asker& asker, const std::vector<ExprId>& operands, bool is_joined) {
  Surroundings found;
  for (const ExprId operand : operands) add_asked(asker, operand, is_joined, found);
  sort_unique(found.values);
  sort_unique(found.frames);
  return found;
}

Exports exports_of(const CheckedProgram& program, const std::vector<Meaning>& meanings) {
  Exports exports;
  exports.reserve(program.definitions.size());
  for (const Definition& definition : program.definitions) {
    const Asker asker{program, meanings, exports};
    const bool is_and = std::holds_alternative<And>(program.expr(definition.body).node);
    const bool is_predicate = program.expr(definition.body).type.kind == Kind::kBool;
    Surroundings found;
    if (is_predicate) found = asked_by(asker, is_and ? flat_operands(program, definition.body) : std::vector{definition.body}, true);
    if (found.values.size() > kMostExports) found.values.clear();
    if (found.frames.size() > kMostExports) found.frames.clear();
    exports.push_back(std::move(found));
  }
  return exports;
}

// ---- places

struct Placing {
  Facts& facts;
  const Exports& exports;

  const Expr& expr(ExprId id) const { return facts.program.expr(id); }
};

void put(Placing& all, ExprId id, const Place& place) {
  Place& own = all.facts.places[index_of(id)];
  if (own.roles == kUnused) own = place;
  else own.roles |= place.roles;
}

std::uint8_t flipped(std::uint8_t roles) {
  const bool is_positive = (roles & kPositive) != 0;
  const bool is_negative = (roles & kNegative) != 0;
  return static_cast<std::uint8_t>((is_positive ? kNegative : 0) | (is_negative ? kPositive : 0));
}

void place_not(Placing& all, ExprId id, const Not& node) {
  Place place = all.facts.places[index_of(id)];
  if ((place.roles & kValue) != 0) place.roles = kPositive;
  place.roles = flipped(place.roles);
  const bool is_negative = (place.roles & kNegative) != 0;
  if (!is_negative) place.negation = kNoExpr;
  else if (place.negation == kNoExpr) place.negation = id;
  if (!is_negative) place.is_about_rows = false;
  place.parent = id;
  place.is_chained = false;
  put(all, node.operand, place);
}

template <typename Junction>
void place_junction(Placing& all, ExprId id, const Junction& node) {
  constexpr bool kIsAnd = std::is_same_v<Junction, And>;
  Place place = all.facts.places[index_of(id)];
  if (!place.is_chained) {
    const Asker asker{all.facts.program, all.facts.meanings, all.exports};
    Surroundings asked = asked_by(asker, flat_operands(all.facts.program, id), kIsAnd && place.roles == kPositive);
    asked.around = place.surroundings;
    place.surroundings = static_cast<std::uint32_t>(all.facts.surroundings.size());
    all.facts.surroundings.push_back(std::move(asked));
  }
  place.parent = id;
  for (const ExprId operand : node.operands) {
    place.is_chained = std::holds_alternative<Junction>(all.expr(operand).node);
    put(all, operand, place);
  }
}

// The condition of an aggregate: `any` and `every` hand the negations around them on, `none` is one itself, the others count.
void place_aggregate(Placing& all, ExprId id, const Aggregate& node) {
  Place place = all.facts.places[index_of(id)];
  place.parent = id;
  place.is_chained = false;
  const Place around = place;
  place.negation = kNoExpr;
  place.is_about_rows = false;
  place.roles = kValue;
  if (node.value) put(all, *node.value, place);
  const bool is_quantifier = node.fn == AggregateFn::kAny || node.fn == AggregateFn::kNone || node.fn == AggregateFn::kEvery;
  place.roles = kPositive;
  if (is_quantifier && (around.roles & kValue) == 0) place.roles = around.roles;
  if (node.fn == AggregateFn::kNone) place.roles = flipped(place.roles);
  const bool is_negative = (place.roles & kNegative) != 0;
  place.is_about_rows = is_negative;
  if (node.where) {
    if (is_negative) place.negation = *node.where;
    put(all, *node.where, place);
  }
  place.roles = kPositive;
  place.is_about_rows = false;
  place.negation = kNoExpr;
  if (node.within) put(all, *node.within, place);
}

void place_score(Placing& all, ExprId id, const ScoreSum& node) {
  Place place = all.facts.places[index_of(id)];
  place.parent = id;
  for (const ScoreTerm& term : node.terms) {
    place.roles = kValue;
    put(all, term.value, place);
    place.roles = kPositive;
    if (term.when) put(all, *term.when, place);
  }
}

// Rows of tiers or stages, the condition of a grid, those of whom a split is made: conditions of their own.
template <typename Conditions>
void place_conditions(Placing& all, ExprId id, const Conditions& conditions) {
  Place place = all.facts.places[index_of(id)];
  place.roles = kPositive;
  place.parent = id;
  place.negation = kNoExpr;
  place.is_chained = false;
  place.is_about_rows = false;
  for (const ExprId condition : conditions) put(all, condition, place);
}

void place_values(Placing& all, ExprId id, const std::vector<ExprId>& values) {
  Place place = all.facts.places[index_of(id)];
  place.roles = kValue;
  place.parent = id;
  place.negation = kNoExpr;
  place.is_chained = false;
  for (const ExprId value : values) put(all, value, place);
}

// The steps of a sequence, as the condition of an `any`: they hand the negations around them on.
void place_sequence(Placing& all, ExprId id, const Sequence& node) {
  Place place = all.facts.places[index_of(id)];
  place.parent = id;
  place.is_chained = false;
  if ((place.roles & kValue) != 0) place.roles = kPositive;
  const bool is_negative = (place.roles & kNegative) != 0;
  place.is_about_rows = is_negative;
  for (const ExprId step : node.steps) {
    place.negation = is_negative ? step : kNoExpr;
    put(all, step, place);
  }
  if (node.within) place_conditions(all, id, std::array{*node.within});
  if (node.by) place_values(all, id, {*node.by});
}

bool place_construct(Placing& all, ExprId id, const Node& node) {
  if (const auto* choice = std::get_if<Choice>(&node)) {
    for (const ChoiceRow& row : choice->rows) place_conditions(all, id, std::array{row.condition});
    return true;
  }
  if (const auto* grid = std::get_if<GridCell>(&node)) {
    if (grid->where) place_conditions(all, id, std::array{*grid->where});
    for (const GridAxis& axis : grid->axes) place_values(all, id, {axis.operand});
    return true;
  }
  if (const auto* split = std::get_if<SplitPart>(&node)) {
    if (split->population) place_conditions(all, id, std::array{*split->population});
    return true;
  }
  if (const auto* sequence = std::get_if<Sequence>(&node)) {
    place_sequence(all, id, *sequence);
    return true;
  }
  return false;
}

void place_operands(Placing& all, ExprId id) {
  const Node& node = all.expr(id).node;
  if (const auto* negated = std::get_if<Not>(&node)) return place_not(all, id, *negated);
  if (const auto* joined = std::get_if<And>(&node)) return place_junction(all, id, *joined);
  if (const auto* either = std::get_if<Or>(&node)) return place_junction(all, id, *either);
  if (const auto* aggregate = std::get_if<Aggregate>(&node)) return place_aggregate(all, id, *aggregate);
  if (const auto* score = std::get_if<ScoreSum>(&node)) return place_score(all, id, *score);
  if (place_construct(all, id, node)) return;
  std::vector<ExprId> operands;
  for_each_operand(node, [&](ExprId operand) { operands.push_back(operand); });
  place_values(all, id, operands);
}

// What each definition says, as its author wrote it: of the candidates of a row of tiers without the rows before it, which nobody wrote.
std::vector<ExprId> written_bodies(const CheckedProgram& program) {
  std::vector<ExprId> bodies;
  for (const Definition& definition : program.definitions) bodies.push_back(definition.body);
  for (const Definition& definition : program.definitions) {
    const auto* choice = std::get_if<Choice>(&program.expr(definition.body).node);
    for (std::size_t i = 1; choice != nullptr && i < choice->rows.size(); ++i) {
      const auto* top = std::get_if<TopOf>(&program.expr(choice->rows[i].condition).node);
      if (top == nullptr) continue;
      ExprId& body = bodies[index_of(top->candidates)];
      body = std::get<And>(program.expr(body).node).operands.front();
    }
  }
  return bodies;
}

void place_all(Facts& facts) {
  const Exports exports = exports_of(facts.program, facts.meanings);
  facts.places.resize(facts.program.exprs.size());
  Placing all{facts, exports};
  const std::vector<ExprId> bodies = written_bodies(facts.program);
  for (std::uint32_t i = 0; i < bodies.size(); ++i) {
    Place place;
    place.definition = i;
    place.roles = facts.program.expr(bodies[i]).type.kind == Kind::kBool ? kPositive : kValue;
    put(all, bodies[i], place);
  }
  for (std::size_t i = facts.program.exprs.size(); i-- > 0;) {
    if (facts.places[i].roles != kUnused) place_operands(all, static_cast<ExprId>(i));
  }
}

// ---- from the text

void add_exceptions(Facts& facts, const Ast& ast, ast::ExprId condition, const std::vector<ast::ExprId>& except, bool is_row) {
  const ast::Expr& where = ast[condition];
  const auto* logical = std::get_if<ast::Logical>(&where.node);
  const bool is_or = logical != nullptr && logical->op == ast::LogicalOp::kOr;
  for (const ast::ExprId id : except) facts.exceptions.emplace(ast[id].span, Exception{where.span, is_or, is_row});
}

// The exceptions of a declaration.
struct ExceptionsOf {
  Facts& facts;
  const Ast& ast;

  template <typename Decl>
  void operator()(const Decl& decl) const {
    if constexpr (requires { decl.except; }) {
      if (decl.where) add_exceptions(facts, ast, *decl.where, decl.except, false);
    } else if constexpr (std::is_same_v<Decl, ast::TiersDecl> || std::is_same_v<Decl, ast::StagesDecl>) {
      for (const ast::Row& row : decl.rows) add_exceptions(facts, ast, row.condition, row.except, true);
    }
  }
};

bool has_open_params(const LintInput& input) {
  return std::ranges::any_of(input.checked.call_errors, [](const CallError& error) { return error.kind == CallError::Kind::kLacksValue; });
}

bool contains(const std::vector<std::uint32_t>& sorted, std::uint32_t number) { return std::ranges::binary_search(sorted, number); }

bool is_among(const Facts& facts, std::uint32_t surroundings, std::uint32_t value) {
  for (; surroundings != kNone; surroundings = facts.surroundings[surroundings].around) {
    if (contains(facts.surroundings[surroundings].values, value)) return true;
  }
  return false;
}

std::string value_text(const Constant& value, const Type& type) {
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("\"{}\"", *text);
  if (const auto* number = std::get_if<double>(&value)) return print_float(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  const std::int64_t whole = std::get<std::int64_t>(value);
  switch (type.kind) {
    case Kind::kInt: return print_int(whole);
    case Kind::kDecimal: return print_decimal(whole, type.scale);
    case Kind::kDate: return print_date(whole);
    case Kind::kDays: return print_days(whole);
    case Kind::kMonths: return print_months(whole);
    case Kind::kSpan: return print_span(whole);
    default: return {};
  }
}

}  // namespace

Facts gather_facts(const LintInput& input) {
  Facts facts{input.checked.program, input.sources, meanings_of(input.checked.program), {}, {}, {}, has_open_params(input)};
  for (const Ast& ast : input.files) {
    for (const ast::Declaration& declaration : ast.declarations) std::visit(ExceptionsOf{facts, ast}, declaration.node);
  }
  place_all(facts);
  return facts;
}

std::vector<ExprId> flat_operands(const CheckedProgram& program, ExprId id) {
  const bool is_and = std::holds_alternative<And>(program.expr(id).node);
  std::vector<ExprId> flat;
  std::vector<ExprId> open = {id};
  while (!open.empty()) {
    const ExprId next = open.back();
    open.pop_back();
    const Node& node = program.expr(next).node;
    const std::vector<ExprId>* inner = nullptr;
    if (is_and && std::holds_alternative<And>(node)) inner = &std::get<And>(node).operands;
    if (!is_and && std::holds_alternative<Or>(node)) inner = &std::get<Or>(node).operands;
    if (inner == nullptr) flat.push_back(next);
    else open.insert(open.end(), inner->rbegin(), inner->rend());
  }
  return flat;
}

bool is_never_missing(const CheckedProgram& program, ExprId id) {
  bool is_sure = true;
  const auto enters = [](const Node& node) { return std::holds_alternative<Call>(node) || std::holds_alternative<ToFloat>(node); };
  walk_parts(program, id, enters, [&](ExprId part) {
    const Expr& expr = program.expr(part);
    const auto* aggregate = std::get_if<Aggregate>(&expr.node);
    const auto* read = std::get_if<DefinitionRead>(&expr.node);
    const bool is_count = aggregate != nullptr && (aggregate->fn == AggregateFn::kCount || aggregate->fn == AggregateFn::kDistinct);
    const bool is_result = read != nullptr && program.definition(read->definition).kind != DefinitionKind::kDefine;
    const bool is_plain = std::holds_alternative<ColumnRead>(expr.node) || std::holds_alternative<Literal>(expr.node) ||
                          std::holds_alternative<Today>(expr.node) || std::holds_alternative<Now>(expr.node);
    is_sure = is_sure && !expr.type.optional && (is_count || is_result || is_plain || enters(expr.node));
  });
  return is_sure;
}

bool is_asked_about(const Facts& facts, ExprId id, ExprId value) {
  const std::uint32_t surroundings = facts.places[index_of(id)].surroundings;
  if (is_among(facts, surroundings, facts.meanings[index_of(value)].id)) return true;
  if (!is_wrapper(facts.program.expr(value).node)) return false;
  // Asked about are all the values that it is computed from and that may be missing.
  bool is_each_asked = true;
  walk_parts(facts.program, value, is_wrapper, [&](ExprId part) {
    const Expr& expr = facts.program.expr(part);
    if (is_wrapper(expr.node) || !expr.type.optional) return;
    is_each_asked = is_each_asked && is_among(facts, surroundings, facts.meanings[index_of(part)].id);
  });
  return is_each_asked;
}

bool is_looked_for(const Facts& facts, ExprId id, FrameId rows) {
  std::uint32_t at = facts.places[index_of(id)].surroundings;
  for (; at != kNone; at = facts.surroundings[at].around) {
    if (contains(facts.surroundings[at].frames, index_of(rows))) return true;
  }
  return false;
}

std::vector<ExprId> tested_values(const CheckedProgram& program, ExprId id) {
  const Node& node = program.expr(id).node;
  if (const auto* compare = std::get_if<Compare>(&node)) return {compare->left, compare->right};
  if (const auto* between = std::get_if<Between>(&node)) return {between->operand, between->low, between->high};
  if (const auto* in = std::get_if<InSet>(&node)) return {in->operand};
  if (const auto* text = std::get_if<TextTest>(&node)) return {text->operand, text->pattern};
  if (const auto* matches = std::get_if<Matches>(&node)) return {matches->operand};
  if (const auto* has = std::get_if<Has>(&node)) return {has->operand};
  if (const auto* empty = std::get_if<IsEmpty>(&node)) return {empty->operand};
  if (const auto* within = std::get_if<Within>(&node)) return {within->operand};
  if (const auto* near = std::get_if<Near>(&node)) return {near->latitude};  // both coordinates are missing together
  if (program.expr(id).type.optional) return {id};                           // a column of true or false
  return {};
}

bool is_complement(const Node& node) {
  if (const auto* compare = std::get_if<Compare>(&node)) return compare->op == CompareOp::kNe;
  if (const auto* has = std::get_if<Has>(&node)) return has->op == HasOp::kNone;
  return false;
}

std::string_view text_of(const Facts& facts, ExprId id) {
  const Span span = facts.program.expr(id).span;
  return span.source == kNoSource ? std::string_view() : text_at(source_of(facts.sources, span.source), span);
}

std::string words(const Facts& facts, ExprId id) {
  constexpr std::size_t kMost = 60;
  std::string squeezed;
  for (const char each : text_of(facts, id)) {
    const bool is_blank = each == ' ' || each == '\n' || each == '\r' || each == '\t';
    if (!is_blank) squeezed.push_back(each);
    else if (!squeezed.empty() && squeezed.back() != ' ') squeezed.push_back(' ');
  }
  if (squeezed.size() <= kMost) return squeezed;
  std::size_t end = 0;
  while (end + code_point_length(squeezed, end) < kMost) end += code_point_length(squeezed, end);
  return squeezed.substr(0, end) + "…";
}

std::string code(const Facts& facts, ExprId id) {
  const Expr& expr = facts.program.expr(id);
  const auto* negated = std::get_if<Not>(&expr.node);
  const bool is_excepted =
      negated != nullptr && facts.program.expr(negated->operand).span == expr.span && facts.exceptions.contains(expr.span);
  return fmt::format("`{}{}`", is_excepted ? "except " : "", words(facts, id));
}

bool is_written_out(const Facts& facts, ExprId id) {
  const Expr& expr = facts.program.expr(id);
  const std::string_view text = text_of(facts, id);
  if (text.empty()) return false;
  const bool is_name = (text.front() >= 'a' && text.front() <= 'z') || (text.front() >= 'A' && text.front() <= 'Z') || text.front() == '`';
  if (!is_name || expr.type.kind == Kind::kBool) return !is_name;
  if (expr.type.kind != Kind::kEnum) return false;
  // A bare value of an enum, unless a parameter bears the name.
  const auto* literal = std::get_if<Literal>(&expr.node);
  const auto* index = literal == nullptr ? nullptr : std::get_if<std::int64_t>(&literal->value);
  return index != nullptr && facts.program.enums[expr.type.enum_id].values[static_cast<std::size_t>(*index)] == text;
}

std::string named_values(const Facts& facts, ExprId id) {
  std::vector<std::string> named;
  const auto enters = [](const Node& node) { return !std::holds_alternative<Aggregate>(node); };
  walk_parts(facts.program, id, enters, [&](ExprId part) {
    const Expr& expr = facts.program.expr(part);
    const auto* literal = std::get_if<Literal>(&expr.node);
    if (literal == nullptr || is_written_out(facts, part)) return;
    const std::string value = value_text(literal->value, expr.type);
    if (!value.empty()) named.push_back(fmt::format("`{}` being {}", words(facts, part), value));
  });
  std::ranges::sort(named);
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named.empty() ? "" : fmt::format(" with {}", fmt::join(named, " and "));
}

Diagnostic& warn(Facts& facts, ExprId owner, DiagnosticKind kind, Span span, std::string message) {
  facts.findings.push_back({facts.places[index_of(owner)].definition, make_diagnostic(kind, span, std::move(message))});
  return facts.findings.back().diagnostic;
}

}  // namespace segue::linter
