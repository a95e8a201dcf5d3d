// What the tree says of each construct.
#include "compiler/syntax/parse.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

using namespace ast;

struct Parsed {
  Source source;
  ParseResult result;
};

Parsed parsed(const std::string& text) {
  Parsed p{make_source("a.seg", text), {}};
  p.result = parse(p.source, SourceId{0});
  return p;
}

// The tree of a text without errors.
Parsed whole(const std::string& text) {
  Parsed p = parsed(text);
  for (const Diagnostic& diagnostic : p.result.diagnostics) FAIL(diagnostic.message << " in " << text);
  return p;
}

// The body of `define x = …`, as a node of that type.
template <class Node>
Node body(const std::string& text) {
  const Parsed p = whole("define x = " + text);
  const Expr& expr = p.result.ast[*std::get<DefineDecl>(p.result.ast.declarations[0].node).body];
  INFO(text);
  REQUIRE(std::holds_alternative<Node>(expr.node));
  CHECK(text_at(p.source, expr.span) == text);
  return std::get<Node>(expr.node);
}

template <class Decl>
Decl declaration(const std::string& text) {
  const Parsed p = whole(text);
  REQUIRE(p.result.ast.declarations.size() == 1);
  return std::get<Decl>(p.result.ast.declarations[0].node);
}

TEST_CASE("each predicate has a node of its own whose span is its text") {
  CHECK(body<Comparison>("a != b").op == ComparisonOp::kNotEqual);
  CHECK(body<Between>("a not between 1 and 2").is_negated);
  CHECK(body<Membership>("a in [x, y]").is_negated == false);
  CHECK(body<Membership>("a not in nordics").is_negated);
  CHECK(body<TextMatch>("a not starts with \"x\"").kind == TextMatchKind::kStartsWith);
  CHECK(body<TextMatch>("a matches \"x\"").kind == TextMatchKind::kMatches);
  CHECK(body<Has>("a has none [x]").kind == HasKind::kNone);
  CHECK(body<State>("a is missing").kind == StateKind::kMissing);
  CHECK(body<WithinWindow>("a within last n days").window.kind == WindowKind::kLast);
  CHECK(body<WithinWindow>("a not within previous fiscal year").window.unit == TimeUnit::kFiscalYear);
  CHECK(body<Near>("p near (1.5, -2) within 30 mi").unit == DistanceUnit::kMile);
  CHECK(body<Not>("not a = b").operand == ExprId{2});
  CHECK(body<Logical>("a and b and c").operands.size() == 3);
  CHECK(body<Logical>("(a or b) or c").operands.size() == 3);
}

TEST_CASE("values bind as one reads them") {
  CHECK(body<OrElse>("a + 1 or else b * 2").operands.size() == 2);
  CHECK(body<Comparison>("a or else 0 >= 5").op == ComparisonOp::kGreaterEqual);
  CHECK(body<Arithmetic>("a + b * c - d").ops == std::vector<ArithmeticOp>{ArithmeticOp::kAdd, ArithmeticOp::kSubtract});
  CHECK(body<Arithmetic>("a * b / c").ops.size() == 2);
  CHECK(body<NumberLiteral>("-5").is_negative);
  CHECK(body<Negation>("-a").operand == ExprId{0});
  CHECK(body<DurationLiteral>("30 days").unit == TimeUnit::kDay);
  CHECK(body<RelativeTime>("14 days ago").is_future == false);
  CHECK(body<RelativeTime>("1 month from now").is_future);
  CHECK(body<ListLiteral>("[]").elements.empty());
  CHECK(body<BoolLiteral>("true").value);
  CHECK(body<PathExpr>("account.events").path.parts.size() == 2);
  CHECK(body<DateLiteral>("2026-03-01").month == 3);
  CHECK(body<TimestampLiteral>("2026-03-01T09:30:00Z").offset_minutes == 0);
}

TEST_CASE("aggregates have relation, window, value and condition") {
  const auto sum = body<Aggregate>("sum(contacts.logins within last 30 days as of 7 days ago: a where b)");
  CHECK(sum.kind == AggregateKind::kSum);
  CHECK(sum.relation.parts.size() == 2);
  REQUIRE(sum.window.has_value());
  CHECK(sum.window->as_of.has_value());
  CHECK(sum.value.has_value());
  CHECK(sum.where.has_value());
  CHECK(body<Aggregate>("count(events)").where == std::nullopt);
  CHECK(body<Call>("count(a, b)").arguments.size() == 2);
  CHECK(body<Call>("engagement(30)").arguments.size() == 1);
  CHECK(body<Call>("account.engagement(30)").callee.parts.size() == 2);
  CHECK(body<Percentile>("percentile(e among p)").among.has_value());
  CHECK(body<Percentile>("percentile(e)").among == std::nullopt);
  const auto sequence = body<Sequence>("sequence(events within last 90 days by topic: a then b then c, all within 14 days)");
  CHECK(sequence.steps.size() == 3);
  CHECK(sequence.by.has_value());
  CHECK(sequence.limit.unit == TimeUnit::kDay);
}

TEST_CASE("every window of the language") {
  for (const std::string window : {"last 30 days", "next 90 days", "last 3 months", "last 24 hours", "this quarter", "previous week",
                                   "next year", "this fiscal year", "previous fiscal quarter", "next fiscal year", "last 1 day",
                                   "last n weeks", "last 28 days as of 7 days ago", "next quarter as of 1 month from now"}) {
    body<WithinWindow>("a within " + window);
  }
}

TEST_CASE("words that are not reserved are names") {
  for (const std::string name :
       {"year",  "count", "owner",    "title",   "day",      "days",    "last",     "top",       "range",   "seed",      "size",  "share",
        "any",   "none",  "all",      "by",      "of",       "from",    "for",      "known",     "missing", "empty",     "now",   "today",
        "this",  "next",  "previous", "account", "contains", "matches", "starts",   "ends",      "near",    "with",      "then",  "among",
        "km",    "mi",    "fiscal",   "each",    "least",    "most",    "at",       "as",        "ago",     "otherwise", "moved", "tags",
        "basis", "url",   "sum",      "date",    "quarter",  "months",  "sequence", "percentile"}) {
    INFO(name);
    CHECK_FALSE(needs_back_quotes(name));
    CHECK(parsed("define " + name + "(" + name + ": int) = " + name + " > 5 and account." + name + " in [" + name + ", x] and f(" + name +
                 ") and not " + name)
              .result.diagnostics.empty());
    CHECK(parsed("segment a {\n  where " + name + " and b\n    and " + name + "\n}\n").result.diagnostics.empty());
    CHECK(parsed("test \"t\" { account { " + name + ": 5, b: [{" + name + ": x}] } expect " + name + " }").result.diagnostics.empty());
    CHECK(parsed("stages s {\n  a: customer\n  " + name + ": b\n  c: " + name + "\n}").result.diagnostics.empty());
  }
}

TEST_CASE("a condition on a line of its own is no declaration with a misspelt word") {
  CHECK(whole("define x for contacts =\n  title matches \"(?i)vp\"\n").result.ast.declarations.size() == 1);
  CHECK(whole("define x =\n  name contains \"ltd\"\n    and name matches \"a\"\n").result.ast.declarations.size() == 1);
}

TEST_CASE("reserved words are names in back-quotes only") {
  for (const ReservedWord& reserved : reserved_words()) {
    const std::string word(reserved.word);
    INFO(word);
    CHECK(needs_back_quotes(word));
    const Parsed plain = parsed("define " + word + " = a");
    REQUIRE(plain.result.diagnostics.size() == 1);
    CHECK(plain.result.diagnostics[0].kind == DiagnosticKind::kReservedWord);
    CHECK(parsed("define `" + word + "` = `" + word + "` > 5").result.diagnostics.empty());
  }
}

TEST_CASE("a segment has its parts") {
  const auto segment = declaration<SegmentDecl>(
      "segment s \"T\" { owner: \"o\" tags: [a, \"b c\"] where x except y, z or w top 10% by v expect share at most 5% expect disjoint "
      "from q }");
  CHECK(segment.name.text == "s");
  CHECK(segment.title->text == "T");
  REQUIRE(segment.metadata.size() == 2);
  CHECK(segment.metadata[1].values[1].text == "b c");
  CHECK(segment.except.size() == 2);
  CHECK(segment.top->is_share);
  REQUIRE(segment.expects.size() == 2);
  CHECK(std::get<MeasureExpectation>(segment.expects[0].claim).bound == Bound::kAtMost);
  CHECK(std::get<DisjointExpectation>(segment.expects[1].claim).other.parts[0].text == "q");
}

TEST_CASE("a line of a score that opens with a sign is a term") {
  const auto score = declaration<ScoreDecl>("score s {\n  range 0..100\n  +30 when a\n  -5 * (b\n   + c)\n  + d\n}");
  REQUIRE(score.terms.size() == 3);
  CHECK(score.terms[0].when.has_value());
  CHECK(score.terms[1].is_subtracted);
  CHECK(score.range.has_value());
}

TEST_CASE("tiers and stages have rows, and metadata beside them") {
  const auto tiers = declaration<TiersDecl>(
      "tiers t {\n owner: \"o\"\n a \"A\": b except c, d top 100 by e\n Owner: f\n otherwise g \"G\"\n expect each size at least 20\n "
      "expect a size between 1 and 5\n}");
  CHECK(tiers.metadata.size() == 1);
  REQUIRE(tiers.rows.size() == 2);
  CHECK(tiers.rows[0].except.size() == 2);
  CHECK(tiers.rows[0].top.has_value());
  CHECK(tiers.otherwise->name.text == "g");
  CHECK(std::get<Name>(tiers.expects[1].subject).text == "a");
  CHECK(declaration<StagesDecl>("stages t { a: b owner: c }").rows.size() == 2);
}

TEST_CASE("grid, split, audience and test have their parts") {
  CHECK(declaration<GridDecl>("grid g { where a by b in [x] by c by d in l }").axes.size() == 3);
  const auto split = declaration<SplitDecl>("split s of a and b seed \"z\" { c 10% d \"D\" 90% }");
  CHECK(split.population.has_value());
  CHECK(split.shares.size() == 2);
  CHECK(declaration<AudienceDecl>("audience a of contacts { basis: \"x\" where b except c }").except.size() == 1);
  const auto test = declaration<TestDecl>(
      "test \"t\" { as of 2026-03-01 account a { x: missing, y: [], z: [{w: 2 days ago}], } account b {} expect a: c, d = e expect not f "
      "}");
  CHECK(test.accounts.size() == 2);
  CHECK(test.expects[0].account->text == "a");
  CHECK(test.expects[0].predicates.size() == 2);
}

TEST_CASE("parameters, lists and uses have their parts") {
  CHECK(declaration<ParamDecl>("param p: list<decimal(2)?> = [1]").type.element[0].is_optional);
  CHECK(std::get<ListFile>(declaration<ListDecl>("list l from \"a.csv\" by domain").values).column->text == "domain");
  CHECK(std::holds_alternative<Path>(declaration<UseDecl>("use std.regions").what));
  CHECK(declaration<DefineDecl>("define d(n: int, m: text) for contacts.logins = n").parameters.size() == 2);
}

TEST_CASE("doc comments belong to the next declaration") {
  const Parsed p = whole("## One.\n##  Two.\ndefine a = b\n# plain\ndefine c = d\n## lost\n\ndefine e = f\n");
  const auto& declarations = p.result.ast.declarations;
  REQUIRE(declarations.size() == 3);
  CHECK(declarations[0].doc->text == "One.\n Two.");
  CHECK_FALSE(declarations[1].doc.has_value());
  CHECK_FALSE(declarations[2].doc.has_value());
  CHECK(p.result.ast.comments.size() == 4);
}

TEST_CASE("an error in one declaration leaves the others whole, and keeps its name") {
  const Parsed p = parsed("define a = b\nsegment c {\n  where = 5\n  expect size of\n}\ndefine d = (e\ndefine f = g\n");
  const auto& declarations = p.result.ast.declarations;
  REQUIRE(declarations.size() == 4);
  CHECK_FALSE(declarations[0].is_broken);
  CHECK(declarations[1].is_broken);
  CHECK(declared_name(declarations[1])->text == "c");
  CHECK(declarations[2].is_broken);
  CHECK(declared_name(declarations[2])->text == "d");
  CHECK_FALSE(declarations[3].is_broken);
  CHECK(p.result.diagnostics.size() == 3);
}

TEST_CASE("a slip with one meaning is read as what it means") {
  const Parsed p = parsed("define a = b == 5 && c");
  REQUIRE(p.result.ast.declarations.size() == 1);
  CHECK_FALSE(p.result.ast.declarations[0].is_broken);
  CHECK(p.result.diagnostics.size() == 2);
}

}  // namespace
}  // namespace segue
