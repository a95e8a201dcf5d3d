// Conditions and values: from ANTLR's flat chains to our tree. Calls and windows are in build_call.cpp.
#include "compiler/syntax/build_expr.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/syntax/literals.h"

namespace segue {

using namespace ast;

// ---- Tools ------------------------------------------------------------------------------------------------------------------

Span ExprBuilder::span(const antlr4::ParserRuleContext& tree) const {
  const Token& first = context_.tokens[tree.start->getTokenIndex()];
  const Token& last = context_.tokens[tree.stop->getTokenIndex()];
  return context_.reporter.span(first.begin, last.end);
}

void ExprBuilder::fail(DiagnosticKind kind, Span at, std::string message) {
  context_.reporter.report(kind, at, std::move(message));
  break_declaration();
}

ExprId ExprBuilder::add(ExprNode node, Span at) {
  context_.ast.exprs.push_back({.node = std::move(node), .span = at});
  return ExprId{static_cast<std::uint32_t>(context_.ast.exprs.size() - 1)};
}

Name ExprBuilder::name(P::NameContext& tree) const {
  const Token& token = context_.tokens[tree.start->getTokenIndex()];
  return {.text = token_text(token, context_.texts, context_.reporter),
          .span = context_.reporter.span(token),
          .is_quoted = token.type == P::QUOTED_NAME};
}

Path ExprBuilder::path(P::PathContext& tree) const {
  Path path{.parts = {}, .span = span(tree)};
  for (Cursor cursor(tree); !cursor.is_done(); cursor.pass(P::DOT)) path.parts.push_back(name(cursor.take_rule<P::NameContext>()));
  return path;
}

TextValue ExprBuilder::text(std::size_t token) const {
  return {.text = token_text(context_.tokens[token], context_.texts, context_.reporter), .span = span(token)};
}

NumberLiteral ExprBuilder::number(std::size_t token) const {
  const auto read = read_number(source_text(span(token)));
  const auto* literal = std::get_if<NumberLiteral>(&read);
  return literal == nullptr ? NumberLiteral{.is_negative = false, .digits = "0", .scale = 0, .suffix = NumberSuffix::kNone}
                            : *literal;  // it was reported by the lexer
}

ExprId ExprBuilder::count(Cursor& cursor) {
  if (auto* word = cursor.peek_rule<P::NameContext>()) {
    const Name counted = name(*word);
    cursor.take_rule<P::NameContext>();
    return add(PathExpr{Path{.parts = {counted}, .span = counted.span}}, counted.span);
  }
  const std::size_t token = cursor.take_token();
  return add(number(token), span(token));
}

// ---- Conditions -------------------------------------------------------------------------------------------------------------

ExprBuilder::Built ExprBuilder::condition(P::ConditionContext& tree) {
  std::vector<Built> operands;
  std::vector<std::size_t> connectors;
  Cursor cursor(tree);
  operands.push_back(predicate(cursor.take_rule<P::PredicateContext>()));
  bool has_and = false;
  bool has_or = false;
  while (!cursor.is_done()) {
    (cursor.token_type() == P::AND ? has_and : has_or) = true;
    connectors.push_back(cursor.take_token());
    operands.push_back(predicate(cursor.take_rule<P::PredicateContext>()));
  }
  if (connectors.empty()) return operands[0];
  if (has_and && has_or) return mixed_logical(operands, connectors);
  return logical(std::move(operands), has_and ? LogicalOp::kAnd : LogicalOp::kOr);
}

ExprBuilder::Built ExprBuilder::logical(std::vector<Built> operands, LogicalOp op) {
  const Span whole = cover(operands.front().outer, operands.back().outer);
  Logical node{.op = op, .operands = {}};
  for (const Built& operand : operands) {
    const auto* inner = std::get_if<Logical>(&expr(operand.id).node);
    if (inner != nullptr && inner->op == op) node.operands.insert(node.operands.end(), inner->operands.begin(), inner->operands.end());
    else node.operands.push_back(operand.id);
  }
  return {add(std::move(node), whole), whole};
}

// `a and b or c`: an error, read as other languages read it so that the rest can be checked.
ExprBuilder::Built ExprBuilder::mixed_logical(const std::vector<Built>& operands, const std::vector<std::size_t>& connectors) {
  std::vector<Built> alternatives;
  std::vector<Edit> edits;
  std::size_t second = 0;  // the first connector that is another than the one before
  while (context_.tokens[connectors[second]].type == context_.tokens[connectors[0]].type) ++second;
  for (std::size_t i = 0; i < operands.size();) {
    std::vector<Built> run = {operands[i]};
    for (; i < connectors.size() && context_.tokens[connectors[i]].type == P::AND; ++i) run.push_back(operands[i + 1]);
    ++i;
    if (run.size() == 1) {
      alternatives.push_back(run[0]);
      continue;
    }
    const Span begin = run.front().outer;
    const Span end = run.back().outer;
    edits.push_back({context_.reporter.span(begin.begin, begin.begin), "("});
    edits.push_back({context_.reporter.span(end.end, end.end), ")"});
    alternatives.push_back(logical(std::move(run), LogicalOp::kAnd));
  }
  const Span at = span(connectors[second]);
  Diagnostic diagnostic =
      make_diagnostic(DiagnosticKind::kMixedAndOr, at, "`and` and `or` stand at one level; write parentheses around what belongs together");
  diagnostic.fix = Fix{.message = "write parentheses around what `and` joins", .edits = std::move(edits)};
  diagnostic.notes.push_back(make_note(fmt::format("`{}` stands here", source_text(span(connectors[0]))), span(connectors[0])));
  reporter().report(std::move(diagnostic));
  return logical(std::move(alternatives), LogicalOp::kOr);
}

ExprBuilder::Built ExprBuilder::predicate(P::PredicateContext& tree) {
  Cursor cursor(tree);
  std::vector<std::size_t> nots;
  while (cursor.token_type() == P::NOT) nots.push_back(cursor.take_token());
  Built built = value(cursor.take_rule<P::ValueContext>());
  if (auto* first = cursor.peek_rule<P::TailContext>()) {
    const ExprId id = tail(*first, built);
    built = {id, expr(id).span};
    cursor.take_rule<P::TailContext>();
  }
  if (auto* second = cursor.peek_rule<P::TailContext>()) {
    const std::size_t token = second->start->getTokenIndex();
    fail(DiagnosticKind::kChainedComparison, span(token),
         fmt::format("`{}` follows a comparison; write two comparisons joined by `and`, or `between`", source_text(span(token))));
  }
  for (auto it = nots.rbegin(); it != nots.rend(); ++it) {
    const Span whole = cover(span(*it), built.outer);
    built = {add(Not{built.id}, whole), whole};
  }
  return built;
}

ExprId ExprBuilder::tail(P::TailContext& tree, Built operand) {
  const Span whole = cover(operand.outer, span(tree));
  Cursor cursor(tree);
  std::optional<std::size_t> not_token;
  if (cursor.token_type() == P::NOT) not_token = cursor.take_token();
  const bool is_negated = not_token.has_value();
  switch (cursor.token_type()) {
    case P::BETWEEN: {
      cursor.take_token();
      const ExprId low = value(cursor.take_rule<P::ValueContext>()).id;
      cursor.take_token();
      const ExprId high = value(cursor.take_rule<P::ValueContext>()).id;
      return add(Between{.is_negated = is_negated, .operand = operand.id, .low = low, .high = high}, whole);
    }
    case P::IN: {
      cursor.take_token();
      const ExprId set = value(cursor.take_rule<P::ValueContext>()).id;
      return add(Membership{.is_negated = is_negated, .operand = operand.id, .set = set}, whole);
    }
    case P::CONTAINS:
    case P::STARTS:
    case P::ENDS:
    case P::MATCHES: return text_tail(cursor, operand, is_negated, whole);
    case P::HAS: return has_tail(cursor, operand, not_token, whole);
    case P::IS: return state_tail(cursor, operand, whole);
    case P::WITHIN: return within_tail(cursor, operand, is_negated, whole);
    case P::NEAR: return near_tail(cursor, operand, is_negated, whole);
    default: return comparison_tail(cursor, operand, whole);
  }
}

ExprId ExprBuilder::comparison_tail(Cursor& cursor, Built operand, Span whole) {
  const std::size_t token = cursor.take_token();
  const auto op = [&] {
    switch (context_.tokens[token].type) {
      case P::NE: return ComparisonOp::kNotEqual;
      case P::LT: return ComparisonOp::kLess;
      case P::LE: return ComparisonOp::kLessEqual;
      case P::GT: return ComparisonOp::kGreater;
      case P::GE: return ComparisonOp::kGreaterEqual;
      default: return ComparisonOp::kEqual;
    }
  }();
  const ExprId right = value(cursor.take_rule<P::ValueContext>()).id;
  return add(Comparison{.op = op, .op_span = span(token), .left = operand.id, .right = right}, whole);
}

ExprId ExprBuilder::text_tail(Cursor& cursor, Built operand, bool is_negated, Span whole) {
  const std::size_t type = context_.tokens[cursor.take_token()].type;
  cursor.pass(P::WITH);
  const auto kind = type == P::CONTAINS ? TextMatchKind::kContains
                    : type == P::STARTS ? TextMatchKind::kStartsWith
                    : type == P::ENDS   ? TextMatchKind::kEndsWith
                                        : TextMatchKind::kMatches;
  const ExprId pattern = value(cursor.take_rule<P::ValueContext>()).id;
  return add(TextMatch{.kind = kind, .is_negated = is_negated, .operand = operand.id, .pattern = pattern}, whole);
}

ExprId ExprBuilder::has_tail(Cursor& cursor, Built operand, std::optional<std::size_t> not_token, Span whole) {
  const std::size_t has_token = cursor.take_token();
  const std::size_t kind_token = cursor.take_token();
  const std::size_t type = context_.tokens[kind_token].type;
  HasKind kind = type == P::ANY ? HasKind::kAny : type == P::ALL ? HasKind::kAll : HasKind::kNone;
  const ExprId set = value(cursor.take_rule<P::ValueContext>()).id;
  if (!not_token) return add(Has{.kind = kind, .operand = operand.id, .set = set}, whole);
  if (kind == HasKind::kAll) {
    fail(DiagnosticKind::kNegatedState, span(*not_token), "`not` does not stand before `has`; write `not` before the whole condition");
    return add(Has{.kind = kind, .operand = operand.id, .set = set}, whole);
  }
  kind = kind == HasKind::kAny ? HasKind::kNone : HasKind::kAny;
  const std::string ours = kind == HasKind::kAny ? "has any" : "has none";
  reporter().report(DiagnosticKind::kNegatedState, cover(span(*not_token), span(kind_token)),
                    fmt::format("`not` does not stand before `has`; write `{}`", ours), fmt::format("write `{}`", ours),
                    cover(span(*not_token), span(kind_token)), ours);
  static_cast<void>(has_token);
  return add(Has{.kind = kind, .operand = operand.id, .set = set}, whole);
}

ExprId ExprBuilder::state_tail(Cursor& cursor, Built operand, Span whole) {
  cursor.take_token();
  std::optional<std::size_t> not_token;
  if (cursor.token_type() == P::NOT) not_token = cursor.take_token();
  const std::size_t token = cursor.take_token();
  const std::size_t type = context_.tokens[token].type;
  const StateKind kind = type == P::EMPTY ? StateKind::kEmpty : type == P::KNOWN ? StateKind::kKnown : StateKind::kMissing;
  if (not_token) return negated_state(kind, operand, span(*not_token), span(token), whole);
  return add(State{.kind = kind, .operand = operand.id}, whole);
}

// `is not known` has a word of its own, `is not empty` has `not` in front.
ExprId ExprBuilder::negated_state(StateKind kind, Built operand, Span not_span, Span state_span, Span whole) {
  if (kind == StateKind::kEmpty) {
    Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kNegatedState, not_span,
                                            "`not` does not stand behind `is`; write `not` before the whole condition");
    diagnostic.fix =
        Fix{.message = "write `not` before the condition",
            .edits = {{reporter().span(whole.begin, whole.begin), "not "}, {reporter().span(not_span.begin, state_span.begin), ""}}};
    reporter().report(std::move(diagnostic));
    return add(Not{add(State{.kind = kind, .operand = operand.id}, whole)}, whole);
  }
  const bool asks_known = kind == StateKind::kKnown;
  const std::string ours = asks_known ? "missing" : "known";
  reporter().report(DiagnosticKind::kNegatedState, cover(not_span, state_span), fmt::format("write `is {}`", ours),
                    fmt::format("write `is {}`", ours), cover(not_span, state_span), ours);
  return add(State{.kind = asks_known ? StateKind::kMissing : StateKind::kKnown, .operand = operand.id}, whole);
}

ExprId ExprBuilder::within_tail(Cursor& cursor, Built operand, bool is_negated, Span whole) {
  cursor.take_token();
  auto& tree = cursor.take_rule<P::WindowContext>();
  std::optional<DurationLiteral> bare;
  const Window seen = window(tree, bare);
  const ExprId id = add(WithinWindow{.is_negated = is_negated, .operand = operand.id, .window = seen}, whole);
  if (bare) bare_windows_.push_back({.owner = id, .duration = *bare, .span = span(tree)});
  return id;
}

ExprId ExprBuilder::near_tail(Cursor& cursor, Built operand, bool is_negated, Span whole) {
  cursor.take_token();
  cursor.pass(P::LPAREN);
  const ExprId latitude = value(cursor.take_rule<P::ValueContext>()).id;
  cursor.pass(P::COMMA);
  const ExprId longitude = value(cursor.take_rule<P::ValueContext>()).id;
  cursor.pass(P::RPAREN);
  cursor.pass(P::WITHIN);
  const ExprId distance = value(cursor.take_rule<P::ValueContext>()).id;
  const DistanceUnit unit = cursor.token_type() == P::KM ? DistanceUnit::kKilometre : DistanceUnit::kMile;
  return add(Near{.is_negated = is_negated,
                  .operand = operand.id,
                  .latitude = latitude,
                  .longitude = longitude,
                  .distance = distance,
                  .unit = unit},
             whole);
}

// ---- Values -----------------------------------------------------------------------------------------------------------------

ExprBuilder::Built ExprBuilder::value(P::ValueContext& tree) {
  std::vector<Built> alternatives;  // that `or else` separates
  std::vector<Built> operands;      // of the current one
  std::vector<ArithmeticOp> ops;
  const auto close_alternative = [&] {
    alternatives.push_back(chain(operands, ops, 0, operands.size()));
    operands.clear();
    ops.clear();
  };
  for (Cursor cursor(tree); !cursor.is_done();) {
    std::vector<std::size_t> signs;
    while (cursor.token_type() == P::MINUS) signs.push_back(cursor.take_token());
    operands.push_back(signed_atom(signs, cursor.take_rule<P::AtomContext>()));
    if (cursor.is_done()) break;
    switch (cursor.token_type()) {
      case P::PLUS: ops.push_back(ArithmeticOp::kAdd); break;
      case P::MINUS: ops.push_back(ArithmeticOp::kSubtract); break;
      case P::STAR: ops.push_back(ArithmeticOp::kMultiply); break;
      case P::SLASH: ops.push_back(ArithmeticOp::kDivide); break;
      default: close_alternative();
    }
    const bool is_or_else = cursor.token_type() == P::OR;
    cursor.take_token();
    if (is_or_else) cursor.take_token();
  }
  close_alternative();
  return or_else(alternatives);
}

ExprBuilder::Built ExprBuilder::or_else(const std::vector<Built>& operands) {
  if (operands.size() == 1) return operands[0];
  const Span whole = cover(operands.front().outer, operands.back().outer);
  OrElse node;
  for (const Built& operand : operands) {
    const auto* inner = std::get_if<OrElse>(&expr(operand.id).node);
    if (inner != nullptr) node.operands.insert(node.operands.end(), inner->operands.begin(), inner->operands.end());
    else node.operands.push_back(operand.id);
  }
  return {add(std::move(node), whole), whole};
}

// Sums of products.
ExprBuilder::Built ExprBuilder::chain(std::vector<Built>& operands, const std::vector<ArithmeticOp>& ops, std::size_t begin,
                                      std::size_t end) {
  std::vector<Built> terms;
  std::vector<ArithmeticOp> signs;
  std::size_t term_begin = begin;
  for (std::size_t i = begin; i + 1 < end; ++i) {
    if (ops[i] != ArithmeticOp::kAdd && ops[i] != ArithmeticOp::kSubtract) continue;
    terms.push_back(products(operands, ops, term_begin, i + 1));
    signs.push_back(ops[i]);
    term_begin = i + 1;
  }
  terms.push_back(products(operands, ops, term_begin, end));
  return arithmetic(std::move(terms), std::move(signs));
}

ExprBuilder::Built ExprBuilder::products(const std::vector<Built>& operands, const std::vector<ArithmeticOp>& ops, std::size_t begin,
                                         std::size_t end) {
  const auto first = static_cast<std::ptrdiff_t>(begin);
  const auto last = static_cast<std::ptrdiff_t>(end);
  return arithmetic({operands.begin() + first, operands.begin() + last}, {ops.begin() + first, ops.begin() + (last - 1)});
}

static bool is_additive(ArithmeticOp op) { return op == ArithmeticOp::kAdd || op == ArithmeticOp::kSubtract; }

ExprBuilder::Built ExprBuilder::arithmetic(std::vector<Built> operands, std::vector<ArithmeticOp> ops) {
  if (operands.size() == 1) return operands[0];
  const Span whole = cover(operands.front().outer, operands.back().outer);
  Arithmetic node;
  const auto* first = std::get_if<Arithmetic>(&expr(operands.front().id).node);
  const bool goes_on = first != nullptr && is_additive(first->ops.front()) == is_additive(ops.front());  // `(a + b) + c` is `a + b + c`
  if (goes_on) node = *first;
  else node.operands.push_back(operands.front().id);
  for (std::size_t i = 1; i < operands.size(); ++i) node.operands.push_back(operands[i].id);
  node.ops.insert(node.ops.end(), ops.begin(), ops.end());
  return {add(std::move(node), whole), whole};
}

ExprBuilder::Built ExprBuilder::signed_atom(const std::vector<std::size_t>& signs, P::AtomContext& tree) {
  Built built = atom(tree);
  for (auto it = signs.rbegin(); it != signs.rend(); ++it) {
    const Span whole = cover(span(*it), built.outer);
    auto* literal = std::get_if<NumberLiteral>(&context_.ast.exprs[static_cast<std::size_t>(built.id)].node);
    if (literal != nullptr && !literal->is_negative) {
      literal->is_negative = true;
      context_.ast.exprs[static_cast<std::size_t>(built.id)].span = whole;
      built.outer = whole;
    } else {
      built = {add(Negation{built.id}, whole), whole};
    }
  }
  return built;
}

ExprBuilder::Built ExprBuilder::atom(P::AtomContext& tree) {
  const Span whole = span(tree);
  Cursor cursor(tree);
  if (auto* dotted = cursor.peek_rule<P::PathContext>()) {
    Path callee = path(*dotted);
    cursor.take_rule<P::PathContext>();
    if (cursor.is_done()) return {add(PathExpr{std::move(callee)}, whole), whole};
    cursor.pass(P::LPAREN);
    return {call(std::move(callee), arguments(cursor), whole), whole};
  }
  if (cursor.pass(P::LPAREN)) return {condition(cursor.take_rule<P::ConditionContext>()).id, whole};
  if (cursor.pass(P::LBRACKET)) return {list(cursor, whole), whole};
  const bool is_single = tree.children.size() == 1;
  return {is_single ? literal(cursor.take_token()) : duration(cursor, whole), whole};
}

ExprId ExprBuilder::literal(std::size_t token) {
  const Span at = span(token);
  switch (context_.tokens[token].type) {
    case P::NUMBER: return add(number(token), at);
    case P::STRING: return add(TextLiteral{text(token).text}, at);
    case P::DATE: {
      const auto read = read_date(source_text(at));
      return add(std::holds_alternative<DateLiteral>(read) ? std::get<DateLiteral>(read) : DateLiteral{}, at);
    }
    case P::TIMESTAMP: {
      const auto read = read_timestamp(source_text(at));
      return add(std::holds_alternative<TimestampLiteral>(read) ? std::get<TimestampLiteral>(read) : TimestampLiteral{}, at);
    }
    default: return add(BoolLiteral{context_.tokens[token].type == P::TRUE}, at);
  }
}

ExprId ExprBuilder::duration(Cursor& cursor, Span whole) {
  const ExprId counted = count(cursor);
  const std::size_t unit_token = cursor.take_token();
  check_unit_number(unit_token, counted);
  const TimeUnit in_unit = unit(unit_token);
  if (cursor.is_done()) return add(DurationLiteral{.count = counted, .unit = in_unit}, whole);
  return add(RelativeTime{.count = counted, .unit = in_unit, .is_future = cursor.token_type() == P::FROM}, whole);
}

ExprId ExprBuilder::list(Cursor& cursor, Span whole) {
  ListLiteral node;
  while (auto* element = cursor.peek_rule<P::ConditionContext>()) {
    cursor.take_rule<P::ConditionContext>();
    node.elements.push_back(condition(*element).id);
    cursor.pass(P::COMMA);
  }
  return add(std::move(node), whole);
}

// ---- Values of tests --------------------------------------------------------------------------------------------------------

ExprId ExprBuilder::record(P::RecordContext& tree) {
  RecordLiteral node;
  Cursor cursor(tree);
  cursor.pass(P::LBRACE);
  while (auto* field = cursor.peek_rule<P::FieldContext>()) {
    cursor.take_rule<P::FieldContext>();
    Cursor inner(*field);
    const Name key = name(inner.take_rule<P::NameContext>());
    inner.pass(P::COLON);
    node.fields.push_back({.name = key, .value = field_value(inner.take_rule<P::FieldValueContext>())});
    cursor.pass(P::COMMA);
  }
  return add(std::move(node), span(tree));
}

ExprId ExprBuilder::field_value(P::FieldValueContext& tree) {
  Cursor cursor(tree);
  if (auto* inner = cursor.peek_rule<P::RecordContext>()) return record(*inner);
  if (auto* inner = cursor.peek_rule<P::ConditionContext>()) {
    const ExprId id = condition(*inner).id;
    const auto* name = std::get_if<PathExpr>(&expr(id).node);
    const bool is_missing =
        name != nullptr && name->path.parts.size() == 1 && !name->path.parts[0].is_quoted && name->path.parts[0].text == "missing";
    return is_missing ? add(MissingLiteral{}, expr(id).span) : id;
  }
  ListLiteral node;
  cursor.pass(P::LBRACKET);
  while (auto* inner = cursor.peek_rule<P::RecordContext>()) {
    cursor.take_rule<P::RecordContext>();
    node.elements.push_back(record(*inner));
    cursor.pass(P::COMMA);
  }
  return add(std::move(node), span(tree));
}

}  // namespace segue
