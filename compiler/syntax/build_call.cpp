// Calls, aggregates, sequences and windows.
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/build_expr.h"
#include "compiler/syntax/literals.h"

namespace segue {

using namespace ast;

namespace {

constexpr std::array kAggregateKinds = {AggregateKind::kAny,   AggregateKind::kNone,     AggregateKind::kEvery,  AggregateKind::kCount,
                                        AggregateKind::kShare, AggregateKind::kSum,      AggregateKind::kAvg,    AggregateKind::kMin,
                                        AggregateKind::kMax,   AggregateKind::kDistinct, AggregateKind::kLatest, AggregateKind::kEarliest};

std::optional<AggregateKind> aggregate_kind(const Path& callee) {
  if (callee.parts.size() != 1 || callee.parts[0].is_quoted) return std::nullopt;
  for (const AggregateKind kind : kAggregateKinds) {
    if (callee.parts[0].text == aggregate_name(kind)) return kind;
  }
  return std::nullopt;
}

bool is_called(const Path& callee, std::string_view name) {
  return callee.parts.size() == 1 && !callee.parts[0].is_quoted && callee.parts[0].text == name;
}

// What is said of a call of `percentile` that is not written as one.
template <typename Argument>
Diagnostic mistaken_percentile(const ExprBuilder& exprs, const Path& callee, const std::vector<Argument>& arguments) {
  if (arguments.size() != 1) {
    return make_diagnostic(DiagnosticKind::kSyntaxError, callee.span,
                           arguments.empty() ? "`percentile` ranks accounts by a value; name it, as in `percentile(revenue) >= 90%`"
                                             : "`percentile` takes one value, and tells which share of all accounts has at most as much; "
                                               "compare it, as in `percentile(revenue) >= 90%`");
  }
  const Argument& argument = arguments[0];
  const std::string first = exprs.source_text(exprs.expr(argument.first).span);
  if (argument.where && argument.steps.empty() && !argument.by) {
    const std::string right = fmt::format("{} among {}", first, exprs.source_text(exprs.expr(*argument.where).span));
    return make_diagnostic(DiagnosticKind::kSyntaxError, argument.span,
                           fmt::format("whom to compare with stands behind `among`; write `percentile({})`", excerpt(right)),
                           "write `among`", {.span = argument.span, .text = right});
  }
  return make_diagnostic(DiagnosticKind::kSyntaxError, argument.span,
                         fmt::format("`percentile` compares accounts by one value of theirs; make one of the rows first, as in "
                                     "`percentile(sum({}))`",
                                     excerpt(exprs.source_text(argument.span))));
}

// What is said of a call of `sequence` that is not written as one.
template <typename Argument>
Diagnostic mistaken_sequence(const Path& callee, const std::vector<Argument>& arguments, bool opens_with_relation) {
  constexpr std::string_view kExample = "`sequence(events: kind = demo then kind = webinar, all within 14 days)`";
  if (!opens_with_relation) {
    return make_diagnostic(DiagnosticKind::kSyntaxError, callee.span,
                           fmt::format("`sequence` opens with the related table whose rows follow each other, as in {}", kExample));
  }
  const Argument& rows = arguments[0];
  if (rows.where || rows.among) {
    return make_diagnostic(DiagnosticKind::kSyntaxError, rows.span,
                           fmt::format("a sequence has no `{}`; write what each row must meet into its steps, as in {}",
                                       rows.where ? "where" : "among", kExample));
  }
  if (rows.steps.size() < 2) {
    const bool has_commas = rows.steps.size() == 1 && arguments.size() > 2;
    return make_diagnostic(DiagnosticKind::kSyntaxError, rows.span,
                           has_commas ? fmt::format("the steps of a sequence are joined by `then`, not by a comma, as in {}", kExample)
                                      : fmt::format("a sequence has at least two steps, joined by `then`, as in {}", kExample));
  }
  return make_diagnostic(DiagnosticKind::kSyntaxError, arguments.size() > 1 ? arguments[1].span : rows.span,
                         "a sequence ends with the time in which all of it happens; write it behind a comma, as in `, all within 14 days`");
}

bool is_exact(TimeUnit unit) { return unit == TimeUnit::kSecond || unit == TimeUnit::kMinute || unit == TimeUnit::kHour; }

}  // namespace

std::vector<ExprBuilder::Argument> ExprBuilder::arguments(Cursor& cursor) {
  std::vector<Argument> result;
  while (auto* tree = cursor.peek_rule<P::ArgumentContext>()) {
    cursor.take_rule<P::ArgumentContext>();
    result.push_back(argument(*tree));
    cursor.pass(P::COMMA);
  }
  return result;
}

ExprBuilder::Argument ExprBuilder::argument(P::ArgumentContext& tree) {
  Cursor cursor(tree);
  Argument result{.first = condition(cursor.take_rule<P::ConditionContext>()).id,
                  .by = std::nullopt,
                  .steps = {},
                  .where = std::nullopt,
                  .among = std::nullopt,
                  .span = span(tree)};
  if (cursor.pass(P::BY)) result.by = path(cursor.take_rule<P::PathContext>());
  if (cursor.pass(P::COLON)) {
    do {
      result.steps.push_back(condition(cursor.take_rule<P::ConditionContext>()).id);
    } while (cursor.pass(P::THEN));
  }
  if (cursor.pass(P::WHERE)) result.where = condition(cursor.take_rule<P::ConditionContext>()).id;
  else if (cursor.pass(P::AMONG)) result.among = condition(cursor.take_rule<P::ConditionContext>()).id;
  return result;
}

ExprId ExprBuilder::call(Path callee, std::vector<Argument> arguments, Span whole) {
  if (const auto found = sequence(callee, arguments, whole)) return *found;
  if (const auto found = aggregate(callee, arguments, whole)) return *found;
  const bool is_percentile =
      is_called(callee, "percentile") && arguments.size() == 1 && !arguments[0].by && arguments[0].steps.empty() && !arguments[0].where;
  if (is_percentile) return add(Percentile{.value = arguments[0].first, .among = arguments[0].among}, whole);
  std::optional<Diagnostic> mistake;
  if (is_called(callee, "percentile")) mistake = mistaken_percentile(*this, callee, arguments);
  else if (is_called(callee, "sequence")) mistake = mistaken_sequence(callee, arguments, !arguments.empty() && relation_of(arguments[0]));
  else if (is_called(callee, "near"))
    mistake = make_diagnostic(DiagnosticKind::kSyntaxError, callee.span,
                              "`near` stands behind the place, as in `location near (52.5, 13.4) within 50 km`");
  if (mistake) {
    // What a step or a limit would be said to lack is said by this.
    std::erase_if(bare_windows_, [&](const BareWindow& bare) { return whole.begin <= bare.span.begin && bare.span.end <= whole.end; });
    reporter().report(*std::move(mistake));
    break_declaration();
    return add(Call{.callee = std::move(callee), .arguments = {}}, whole);
  }
  Call node{.callee = std::move(callee), .arguments = {}};
  for (const Argument& argument : arguments) {
    node.arguments.push_back(argument.first);
    if (argument.is_plain()) continue;
    const std::string& name = node.callee.parts.back().text;
    std::vector<std::string> known = {"percentile", "sequence"};
    std::ranges::transform(kAggregateKinds, std::back_inserter(known),
                           [](AggregateKind kind) { return std::string(aggregate_name(kind)); });
    const bool is_known = std::ranges::find(known, name) != known.end();
    fail(DiagnosticKind::kSyntaxError, is_known ? argument.span : node.callee.span,
         is_known ? fmt::format("this is not how `{}` is written; it takes the name of a relation, as in `count(events where kind = demo)`",
                                name)
                  : fmt::format("`{}` takes plain values; conditions on rows belong to `any`, `count`, `sum` and their like{}",
                                excerpt(name), did_you_mean(name, known)));
  }
  return add(std::move(node), whole);
}

std::optional<ExprBuilder::Relation> ExprBuilder::relation_of(const Argument& argument) const {
  const ExprNode& node = expr(argument.first).node;
  if (const auto* named = std::get_if<PathExpr>(&node)) return Relation{.path = named->path, .window = std::nullopt};
  const auto* within = std::get_if<WithinWindow>(&node);
  if (within == nullptr || within->is_negated) return std::nullopt;
  const auto* named = std::get_if<PathExpr>(&expr(within->operand).node);
  if (named == nullptr) return std::nullopt;
  return Relation{.path = named->path, .window = within->window};
}

std::optional<ExprId> ExprBuilder::aggregate(const Path& callee, const std::vector<Argument>& arguments, Span whole) {
  const auto kind = aggregate_kind(callee);
  if (!kind || arguments.size() != 1) return std::nullopt;
  const Argument& argument = arguments[0];
  const auto relation = relation_of(argument);
  if (!relation || argument.by || argument.among || argument.steps.size() > 1) return std::nullopt;
  return add(Aggregate{.kind = *kind,
                       .kind_span = callee.span,
                       .relation = relation->path,
                       .window = relation->window,
                       .value = argument.steps.empty() ? std::nullopt : std::optional(argument.steps[0]),
                       .where = argument.where},
             whole);
}

std::optional<ExprId> ExprBuilder::sequence(const Path& callee, const std::vector<Argument>& arguments, Span whole) {
  if (!is_called(callee, "sequence") || arguments.size() != 2) return std::nullopt;
  const Argument& rows = arguments[0];
  const auto relation = relation_of(rows);
  const auto limit = relation_of(arguments[1]);
  const auto bare = std::ranges::find(bare_windows_, arguments[1].first, &BareWindow::owner);
  const bool is_limit = limit && arguments[1].is_plain() && limit->path.parts.size() == 1 && limit->path.parts[0].text == "all" &&
                        bare != bare_windows_.end();
  if (!relation || rows.where || rows.among || rows.steps.size() < 2 || !is_limit) return std::nullopt;
  Sequence node{.relation = relation->path,
                .window = relation->window,
                .by = rows.by,
                .steps = rows.steps,
                .limit = bare->duration,
                .limit_span = bare->span};
  bare_windows_.erase(bare);
  return add(std::move(node), whole);
}

// ---- Windows ----------------------------------------------------------------------------------------------------------------

TimeUnit ExprBuilder::unit(std::size_t token) const { return unit_of(source_text(span(token))).value_or(TimeUnit::kDay); }

// Units are singular with a literal 1 and plural otherwise.
void ExprBuilder::check_unit_number(std::size_t unit_token, ExprId counted) {
  const auto* literal = std::get_if<NumberLiteral>(&expr(counted).node);
  bool is_one = false;
  if (literal != nullptr) {
    const ExactNumber exact = exact_number(*literal);
    is_one = exact.digits == "1" && exact.scale == 0;
  }
  const std::string right = std::string(unit_name(unit(unit_token))) + (is_one ? "" : "s");
  const std::string written = source_text(span(unit_token));
  if (written == right) return;
  reporter().report(DiagnosticKind::kUnitNumber, span(unit_token),
                    is_one ? fmt::format("a unit is singular with 1; write `{}`", right)
                           : fmt::format("a unit is plural with any number but 1; write `{}`", right),
                    fmt::format("write `{}`", right), span(unit_token), right);
}

// A literal count of a window is a whole number of at least 1.
void ExprBuilder::check_count(ExprId counted) {
  const auto* literal = std::get_if<NumberLiteral>(&expr(counted).node);
  if (literal == nullptr) return;
  const ExactNumber exact = exact_number(*literal);
  if (exact.scale == 0 && exact.digits != "0") return;
  fail(DiagnosticKind::kWindowCount, expr(counted).span,
       fmt::format("`{}` cannot count a window; write a whole number of at least 1", source_text(expr(counted).span)));
}

Window ExprBuilder::window(P::WindowContext& tree, std::optional<DurationLiteral>& bare) {
  Window result;
  result.span = span(tree);
  Cursor cursor(tree);
  const std::size_t first_type = cursor.token_type();
  if (first_type != P::LAST && first_type != P::NEXT && first_type != P::THIS && first_type != P::PREVIOUS) {
    result.count = count(cursor);
    const std::size_t unit_token = cursor.take_token();
    check_unit_number(unit_token, *result.count);
    result.unit = unit(unit_token);
    bare = DurationLiteral{.count = *result.count, .unit = result.unit};
    return result;
  }
  const std::size_t first = cursor.take_token();
  const bool is_period = cursor.token_type() == P::FISCAL || cursor.token_type() == P::UNIT;
  if (is_period) {
    const bool is_fiscal = cursor.pass(P::FISCAL);
    period_window(first, is_fiscal, cursor.take_token(), result);
  } else {
    result.kind = first_type == P::LAST ? WindowKind::kLast : WindowKind::kNext;
    counted_window(cursor, result);
  }
  if (auto* moment = cursor.peek_rule<P::AsOfContext>()) as_of(*moment, result);
  return result;
}

void ExprBuilder::counted_window(Cursor& cursor, Window& window) {
  window.count = count(cursor);
  check_count(*window.count);
  std::optional<std::size_t> fiscal;
  if (cursor.token_type() == P::FISCAL) fiscal = cursor.take_token();
  const std::size_t unit_token = cursor.take_token();
  window.unit = unit(unit_token);
  if (!fiscal) return check_unit_number(unit_token, *window.count);
  const std::string_view name = unit_name(window.unit);
  fail(DiagnosticKind::kIncompleteWindow, cover(span(*fiscal), span(unit_token)),
       fmt::format("fiscal periods are not counted; write `this fiscal {0}`, `previous fiscal {0}` or `next fiscal {0}`", name));
}

void ExprBuilder::period_window(std::size_t first, bool is_fiscal, std::size_t unit_token, Window& window) {
  const std::size_t type = context_.tokens[first].type;
  const TimeUnit plain = unit(unit_token);
  const std::string name = (is_fiscal ? "fiscal " : "") + std::string(unit_name(plain));
  window.unit = !is_fiscal ? plain : plain == TimeUnit::kQuarter ? TimeUnit::kFiscalQuarter : TimeUnit::kFiscalYear;
  window.kind = type == P::THIS ? WindowKind::kThisPeriod : type == P::NEXT ? WindowKind::kNextPeriod : WindowKind::kPreviousPeriod;
  const Span whole = cover(span(first), span(unit_token));
  if (is_fiscal && plain != TimeUnit::kYear && plain != TimeUnit::kQuarter) {
    return fail(DiagnosticKind::kIncompleteWindow, whole,
                fmt::format("there is no `{}`; there are `fiscal year` and `fiscal quarter`", name));
  }
  if (is_exact(plain)) {
    return fail(DiagnosticKind::kIncompleteWindow, whole,
                fmt::format("`{}` is not a calendar period; write a number, as in `last 24 hours`", source_text(whole)));
  }
  if (type == P::LAST) {
    const std::string rolling = is_fiscal                  ? std::string()
                                : plain == TimeUnit::kWeek ? "`last 7 days` for the days up to now, or "
                                                           : fmt::format("`last 1 {}` for the days up to now, or ", name);
    reporter().report(DiagnosticKind::kIncompleteWindow, whole,
                      fmt::format("`{}` can be read in two ways; write {}`previous {}` for the whole {} before this one",
                                  source_text(whole), rolling, name, name),
                      fmt::format("write `previous {}`", name), whole, "previous " + name);
    return break_declaration();
  }
  const std::string written = source_text(span(unit_token));
  if (written == unit_name(plain)) return;
  reporter().report(DiagnosticKind::kUnitNumber, span(unit_token), fmt::format("a period is singular; write `{}`", unit_name(plain)),
                    fmt::format("write `{}`", unit_name(plain)), span(unit_token), std::string(unit_name(plain)));
}

void ExprBuilder::as_of(P::AsOfContext& tree, Window& window) {
  Cursor cursor(tree);
  cursor.pass(P::AS);
  const std::size_t of = cursor.take_token();
  const ExprId counted = count(cursor);
  const std::size_t unit_token = cursor.take_token();
  check_unit_number(unit_token, counted);
  window.as_of = RelativeTime{.count = counted, .unit = unit(unit_token), .is_future = cursor.token_type() == P::FROM};
  window.as_of_span = reporter().span(expr(counted).span.begin, span(tree).end);
  static_cast<void>(of);
}

void ExprBuilder::finish() {
  for (const BareWindow& bare : bare_windows_) {
    const std::string written = source_text(bare.span);
    const Span before = reporter().span(bare.span.begin, bare.span.begin);
    reporter().report(DiagnosticKind::kIncompleteWindow, bare.span,
                      fmt::format("`{0}` does not say which; write `last {0}` or `next {0}`", written),
                      fmt::format("write `last {}`", written), before, "last ");
    break_declaration();
  }
  bare_windows_.clear();
}

}  // namespace segue
