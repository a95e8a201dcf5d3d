// Tiers, stages, grids, splits, audiences, `top` and `percentile`: the program that they make, and what they may not say.
#include <algorithm>

#include <catch2/catch.hpp>

#include "compiler/check/dependencies.h"
#include "compiler/check/lint.h"
#include "compiler/check/walk.h"
#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

using Names = std::vector<std::string>;

const EnumType& values_of(const Checked& checked, std::string_view name) {
  return checked.result.program.enums[checked.body(name).type.enum_id];
}

template <typename Construct>
const Construct& body_as(const Checked& checked, std::string_view name) {
  return std::get<Construct>(checked.body(name).node);
}

template <typename Construct>
const Construct& node_as(const Checked& checked, ExprId id) {
  return std::get<Construct>(checked.result.program.expr(id).node);
}

const Definition& definition_at(const Checked& checked, DefinitionId id) { return checked.result.program.definition(id); }

bool reads_personal_or_key(const Checked& checked, std::string_view name, TableId table, std::string_view column) {
  const CheckedProgram& program = checked.result.program;
  std::vector<DefinitionId> roots;
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    if (program.definitions[i].name == name) roots.push_back(static_cast<DefinitionId>(i));
  }
  return columns_read(program, roots)[table].columns[*find_column(program.schema.tables[table], column)];
}

struct ConstructCase {
  std::string_view rules;
  std::string_view message;
};

void check_messages(std::span<const ConstructCase> cases) {
  for (const ConstructCase& each : cases) {
    INFO(each.rules);
    CHECK(message_of_rules(each.rules) == each.message);
  }
}

std::string lint_of(const Checked& checked) {
  std::string all;
  for (const Diagnostic& each : lint(LintInput{checked.result, checked.files, checked.sources}))
    all += (all.empty() ? "" : " | ") + std::string(info_of(each.kind).code) + ": " + each.message;
  return all;
}

}  // namespace

TEST_CASE("tiers are an enum of their rows, the first that holds winning, unordered") {
  const auto checked =
      check_text("tiers t {\n one \"Tier 1\": customer\n two: seats > 3 except partner\n otherwise rest \"The rest\"\n}\n");
  REQUIRE(message_list(*checked) == kNothing);
  const auto& choice = body_as<Choice>(*checked, "t");
  CHECK(values_of(*checked, "t").values == Names{"one", "two", "rest"});
  CHECK(!values_of(*checked, "t").ordered);
  CHECK(!checked->body("t").type.optional);
  CHECK(!choice.last_wins);
  CHECK(choice.otherwise == 2);
  CHECK(choice.rows.size() == 2);
  CHECK(choice.rows[1].value == 1);
  CHECK(std::holds_alternative<And>(checked->result.program.expr(choice.rows[1].condition).node));
  CHECK(checked->definition("t").value_titles == Names{"Tier 1", "", "The rest"});
  CHECK(checked->result.program.results.size() == 1);
}

TEST_CASE("stages are ordered by their rows, the last that holds winning, and may have no value") {
  const auto checked = check_text("stages j {\n aware: seats > 1\n engaged: seats > 2\n}\nsegment s { where j >= engaged }\n");
  REQUIRE(message_list(*checked) == kNothing);
  CHECK(body_as<Choice>(*checked, "j").last_wins);
  CHECK(values_of(*checked, "j").ordered);
  CHECK(checked->body("j").type.optional);
  const auto& compare = body_as<Compare>(*checked, "s");
  CHECK(std::get<std::int64_t>(node_as<Literal>(*checked, compare.right).value) == 1);
}

TEST_CASE("who is in no stage has come the least far, and is in no tier last") {
  const auto checked = check_text(
      "stages j {\n aware: seats > 1\n otherwise nowhere \"No stage\"\n}\ntiers t {\n otherwise none_of_them\n one: customer\n}\n");
  REQUIRE(message_list(*checked) == kNothing);
  CHECK(values_of(*checked, "j").values == Names{"nowhere", "aware"});
  CHECK(body_as<Choice>(*checked, "j").otherwise == 0);
  CHECK(body_as<Choice>(*checked, "j").rows[0].value == 1);
  CHECK(checked->definition("j").value_titles == Names{"No stage", ""});
  CHECK(values_of(*checked, "t").values == Names{"one", "none_of_them"});
}

TEST_CASE("a tiers row with top ranks those that the earlier rows left") {
  const auto checked =
      check_text("tiers t {\n one: customer top 10 by fit\n two: seats > 3 except partner top 10% by revenue\n otherwise rest\n}\n");
  REQUIRE(message_list(*checked) == kNothing);
  const auto& choice = body_as<Choice>(*checked, "t");
  const auto& first = node_as<TopOf>(*checked, choice.rows[0].condition);
  CHECK(first.count == 10);
  CHECK(std::holds_alternative<ColumnRead>(checked->result.program.expr(definition_at(*checked, first.candidates).body).node));
  const auto& second = node_as<TopOf>(*checked, choice.rows[1].condition);
  CHECK(!second.count);
  CHECK(second.share == 1);
  CHECK(second.share_scale == 1);
  const Definition& candidates = definition_at(*checked, second.candidates);
  CHECK(candidates.kind == DefinitionKind::kDefine);
  CHECK(candidates.name.empty());
  const auto& left = node_as<And>(*checked, candidates.body);
  REQUIRE(left.operands.size() == 2);
  CHECK(node_as<Not>(*checked, left.operands[1]).operand == choice.rows[0].condition);
}

TEST_CASE("top in a segment ranks what where and except leave, and a param may count") {
  const auto checked = check_text(
      "param n: int = 0\nparam m: int = -3\nsegment a { where customer\n except partner top n by founded }\n"
      "segment b { where customer top m by size }");
  REQUIRE(message_list(*checked) == kNothing);
  const auto& top = body_as<TopOf>(*checked, "a");
  CHECK(top.count == 0);
  CHECK(body_as<TopOf>(*checked, "b").count == 0);
  CHECK(std::holds_alternative<And>(checked->result.program.expr(definition_at(*checked, top.candidates).body).node));
  CHECK(reads_personal_or_key(*checked, "a", kAccountTable, "account_id"));
  CHECK(reads_personal_or_key(*checked, "a", kAccountTable, "founded"));
}

TEST_CASE("a grid's cells are named by the values of its axes, the first one varying last") {
  const auto checked = check_text(
      "tiers t {\n a: customer\n b: seats > 1\n}\n"
      "grid g {\n where seats > 0\n by industry in [Fintech, \"Financial Services\"]\n by partner\n by t\n}\ngrid total {\n by size\n by "
      "customer\n}\n");
  REQUIRE(message_list(*checked) == kNothing);
  CHECK(values_of(*checked, "g").values == Names{"Fintech/true/a", "Fintech/true/b", "Fintech/false/a", "Fintech/false/b",
                                                 "Financial Services/true/a", "Financial Services/true/b", "Financial Services/false/a",
                                                 "Financial Services/false/b"});
  const auto& cell = body_as<GridCell>(*checked, "g");
  CHECK(cell.where);
  REQUIRE(cell.axes.size() == 3);
  CHECK(cell.axes[0].places == std::vector<std::int32_t>{-1, 0, -1, 1});
  CHECK(cell.axes[1].places == std::vector<std::int32_t>{1, 0});
  CHECK(cell.axes[2].size == 2);
  CHECK(checked->body("g").type.optional);
  CHECK(!checked->body("total").type.optional);
}

TEST_CASE("a split's parts end where the cumulated shares lie, rounded up") {
  const auto checked =
      check_text("split h of customer seed \"s\" {\n a 10%\n b 33.3%\n c 56.7%\n}\nsplit all seed \"\" {\n x 50%\n y 50%\n}\n");
  REQUIRE(message_list(*checked) == kNothing);
  const auto& part = body_as<SplitPart>(*checked, "h");
  CHECK(part.seed == "s");
  CHECK(part.population);
  constexpr std::uint64_t kAll = std::uint64_t{1} << 52;
  CHECK(part.upper == std::vector<std::uint64_t>{450359962737050, 1950058638651425, kAll});
  CHECK(checked->body("h").type.optional);
  CHECK(body_as<SplitPart>(*checked, "all").upper == std::vector<std::uint64_t>{kAll / 2, kAll});
  CHECK(!checked->body("all").type.optional);
  CHECK(values_of(*checked, "h").values == Names{"a", "b", "c"});
}

TEST_CASE("an audience far from the account keeps the rows on the way, though its condition reads none of them") {
  const auto checked = check_text("audience phones of contacts.logins {\n where account.customer\n}\n");
  REQUIRE(message_list(*checked) == kNothing);
  const CheckedProgram& program = checked->result.program;
  const Frame phones = program.frame(checked->definition("phones").frame);
  for (const FrameId around : {phones.outer, phones.anchor}) {
    REQUIRE(index_of(around) < program.frames.size());
    CHECK(program.frame(around).table == 1);
    CHECK(program.frame(around).outer == kAccountFrame);
  }
}

TEST_CASE("an audience stands in the plain frame of its relation, and is a bool there") {
  const auto checked = check_text(
      "audience cfo of contacts {\n where account.customer and age > 3 top 2 by age\n}\naudience phones of contacts.logins {\n where "
      "device = \"x\"\n}\n"
      "segment s { where count(contacts where cfo) >= 2 and any(contacts.logins where phones) }\n");
  REQUIRE(message_list(*checked) == kNothing);
  const Definition& cfo = checked->definition("cfo");
  CHECK(cfo.kind == DefinitionKind::kAudience);
  CHECK(checked->result.program.frame(cfo.frame) == Frame{1, kAccountFrame, kAccountFrame, 0});
  const Frame phones = checked->result.program.frame(checked->definition("phones").frame);
  CHECK(checked->result.program.frame(phones.outer) == Frame{1, kAccountFrame, kAccountFrame, 0});
  const auto& top = body_as<TopOf>(*checked, "cfo");
  CHECK(definition_at(*checked, top.candidates).frame == cfo.frame);
  CHECK(reads_personal_or_key(*checked, "cfo", 1, "contact_id"));
  CHECK(checked->result.program.results.size() == 3);
}

TEST_CASE("a percentile is a number of the account, wherever it stands") {
  const auto checked = check_text(
      "define rank(x: int) = percentile(x among customer)\nsegment a { where percentile(seats) > 90% and rank(employees) <= 0.5 }\n"
      "segment b { where any(contacts where age > 3 and percentile(account.seats) > 90%) }\n");
  REQUIRE(message_list(*checked) == kNothing);
  for (const Expr& expr : checked->result.program.exprs) {
    const auto* percentile = std::get_if<Percentile>(&expr.node);
    if (percentile == nullptr) continue;
    CHECK(expr.frame == kAccountFrame);
    CHECK(expr.type.kind == Kind::kFloat);
    CHECK(expr.type.optional == percentile->among.has_value());
    CHECK(definition_at(*checked, percentile->value).frame == kAccountFrame);
  }
}

TEST_CASE("definitions stand after all that they read, hidden ones too") {
  const auto checked = check_text(
      "segment last { where t = a and g in [\"true/a\"] and h = x }\nsplit h of percentile(f) > 0.5 seed \"1\" {\n x 100%\n}\n"
      "grid g {\n by customer\n by t\n}\ntiers t {\n a: seats > 3 top 4 by f\n b: s\n}\nscore f {\n +1\n}\nsegment s { where percentile(f) "
      "> 0.1 }\n");
  REQUIRE(message_list(*checked) == kNothing);
  const CheckedProgram& program = checked->result.program;
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    std::vector<ExprId> open = {program.definitions[i].body};
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      for_each_definition(program.expr(id).node, [&](DefinitionId read) { CHECK(index_of(read) < i); });
      for_each_operand(program.expr(id).node, [&](ExprId operand) { open.push_back(operand); });
    }
  }
}

TEST_CASE("values of rules are enum values wherever one is expected") {
  const std::string rules =
      "tiers t {\n one: customer\n two: seats > 1\n}\nsplit h seed \"1\" {\n a 50%\n b 50%\n}\ngrid g {\n by industry\n by customer\n}\n"
      "define engaged = seats > 5\nstages j {\n aware: seats > 1\n engaged: engaged\n}\n";
  for (const std::string_view condition :
       {"t in [one, two]", "t = one", "one = t", "t is missing", "j >= engaged", "j between aware and engaged", "g = \"Fintech/true\"",
        "g not in [\"Financial Services/false\"]", "h = a", "any(contacts where account.t = one)",
        "any(contacts where account.j < engaged)", "(t or else two) = one"}) {
    INFO(condition);
    CHECK(message_of_rules(rules + "segment s { where " + std::string(condition) + " }") == kNothing);
  }
  CHECK(message_of_rules(rules + "segment s { where t > one }") == "not-ordered: the values of `t` have no order; write `t in [..]`");
  CHECK(message_of_rules(rules + "segment s { where t = three }") ==
        "unknown-enum-value: `three` is not one of the values of `t`; write one of `one`, `two`");
  CHECK(message_of_rules(rules + "segment s { where t }") ==
        "not-a-condition: `t` is a fixed value such as `one`, not a condition; compare it, as in `t = one`");
}

TEST_CASE("what constructs may not say gets a message that says what to write") {
  constexpr ConstructCase kCases[] = {
      // rows
      {"tiers t {\n one: customer\n one: partner\n}",
       "duplicate-definition: `t` has two values called `one`; give one of them another name"},
      {"stages t {\n one: customer\n otherwise one\n}",
       "duplicate-definition: `t` has two values called `one`; give one of them another name"},
      {"stages t {\n one: customer top 3 by seats\n}",
       "misplaced-clause: `top 3 by seats` does not belong in stages, where the last row that holds wins; rank in a segment, and name it "
       "in "
       "the row"},
      {"tiers t {\n one: t = one\n}", "definition-cycle: `t` is defined by itself: t → t; leave one of these uses out"},
      {"segment a { where t = one }\ntiers t {\n one: a\n}",
       "definition-cycle: `a` is defined by itself: a → t → a; leave one of these uses out"},
      {"segment a { where customer top 3 by f }\nscore f {\n +1 when percentile(seats among a) > 0.5\n}",
       "definition-cycle: `a` is defined by itself: a → f → a; leave one of these uses out"},
      // top
      {"segment a { where customer top 0 by seats }", "invalid-top: `top 0` keeps nothing; write a whole number of at least 1"},
      {"segment a { where customer top 0% by seats }",
       "invalid-top: `0%` of all is nothing; write a percentage above 0% and up to 100%, as in `top 10% by …`"},
      {"segment a { where customer top 150% by seats }",
       "invalid-top: `150%` of all is more than there is; write a percentage above 0% and up to 100%, as in `top 10% by …`"},
      {"segment a { where customer top 2.5 by seats }",
       "invalid-literal: `2.5` is not a whole number; a count is a whole number such as `30`"},
      {"segment a { where customer top seats by fit }",
       "not-constant: `seats` differs from row to row; write a whole number or the name of a `param`"},
      {"segment a { where customer top 3 by partner }",
       "type-mismatch: `top` ranks by a value that has an order, and `partner` is a condition; name a number or a date"},
      {"segment a { where customer top 3 by technologies }",
       "type-mismatch: `top` ranks by a value that has an order, and `technologies` is a list; name a number or a date"},
      {"segment a { where customer top 3 by industry }",
       "not-ordered: `top` needs an order, and the values of `industry` have none; name a number or a date, or give it `ordered: true` in "
       "the schema"},
      {"tiers t {\n one: customer\n}\nsegment a { where customer top 3 by t }",
       "not-ordered: `top` needs an order, and the values of `t` have none; name a number or a date"},
      {"audience a of logins {\n where device = \"x\" top 3 by at\n}",
       "no-row-key: `top` settles ties by the key of the rows, and `logins` has none; add `key:` with the column that names a row to it in "
       "the schema"},
      // percentile
      {"segment a { where any(contacts where percentile(age) > 0.5) }",
       "wrong-arguments: `percentile` compares accounts with each other, and `age` belongs to a row of `contacts`; name a column or a "
       "definition of the account"},
      {"segment a { where any(contacts where percentile(account.seats among active) > 0.5) }",
       "wrong-arguments: `percentile` compares accounts with each other, and `active` belongs to a row of `contacts`; name a column or a "
       "definition of the account"},
      {"segment a { where percentile(industry) > 0.5 }",
       "not-ordered: `percentile` needs an order, and the values of `industry` have none; name a number or a date, or give it `ordered: "
       "true` in the schema"},
      {"segment a { where percentile(seats) }",
       "not-a-condition: `percentile(seats)` is a number, not a condition; compare it, as in "
       "`percentile(seats) > 0`"},
      // grids
      {"grid g {\n by name\n}",
       "invalid-grid: the values of an axis are known beforehand, and `name` is text; declare its values in the "
       "schema, as in `{type: enum, values: [..]}`"},
      {"grid g {\n by seats\n}",
       "invalid-grid: the values of an axis are known beforehand, and `seats` is a whole number; sort it into "
       "bands with `tiers` first, and name these here"},
      {"grid g {\n by founded\n}",
       "invalid-grid: the values of an axis are known beforehand, and `founded` is a date; name a column with "
       "fixed values, a condition, tiers or stages"},
      {"grid g {\n by industry in [Softwear]\n}",
       "unknown-enum-value: `Softwear` is not one of the values of `industry`; did you mean "
       "`Software`?"},
      {"grid g {\n by industry in [Software, Software]\n}", "repeated-value: `Software` stands in this list already; leave it out"},
      {"grid g {\n by customer in [yes]\n}",
       "invalid-grid: `customer` is true or false, and `yes` is neither; write `by customer` for both"},
      {"grid g {\n by customer in [true, true]\n}", "repeated-value: `true` stands in this list already; leave it out"},
      {"grid g {\n by customer in []\n}",
       "invalid-grid: `customer` is true or false; write `by customer` for both, or `by customer in [true]`"},
      {"grid g {\n by industry\n by industry\n}", "repeated-value: `industry` is an axis of this grid already; leave it out"},
      {"tiers t {\n `a/b`: customer\n a: partner\n}\ntiers u {\n c: customer\n `b/c`: partner\n}\ngrid g {\n by t\n by u\n}",
       "invalid-grid: two cells of `g` would both be called `a/b/c`, because values of its axes hold a `/`; leave one of these values out"},
      // splits
      {"split s seed \"1\" {\n a 10%\n b 80%\n}",
       "invalid-split: the shares of `s` sum to 90%, not to 100%; 10% of the accounts would be in no part"},
      {"split s seed \"1\" {\n a 33.4%\n b 66.65%\n}",
       "invalid-split: the shares of `s` sum to 100.05%, not to 100%; make one of them smaller"},
      {"split s seed \"1\" {\n a 0%\n b 100%\n}",
       "invalid-split: nobody falls into a share of `0%`; write a share above 0%, or leave `a` out"},
      {"split s seed \"1\" {\n a 1000%\n}", "invalid-split: `1000%` is more than there is; a share is at most 100%"},
      {"split s seed \"1\" {\n a 50%\n a 50%\n}", "duplicate-definition: `s` has two values called `a`; give one of them another name"},
      // audiences
      {"audience a of contacts {\n where active\n}\nsegment s { where a }",
       "misplaced-name: `a` is about a row of `contacts`; write `any(contacts where a)`"},
      {"audience a of contacts {\n where active\n}\nsegment s { where any(events where a) }",
       "misplaced-name: `a` is about a row of `contacts`; write `any(contacts where a)`"},
      {"audience a of events {\n where points > 3\n}\nsegment s { where any(contacts where any(events where a)) }",
       "misplaced-name: `a` is an audience among all rows of `events`, and this is about those of one row of `contacts`; write its "
       "condition as `define … for events`, and use that here and there"},
      {"audience a of customers {\n where active\n}",
       "unknown-relation: `customers` is not a related table of `account`; check how it is spelled"},
      {"audience active of contacts {\n where age > 3\n}",
       "name-taken: `active` is a column of `contacts`, so nothing else may bear this name; give the definition another one"},
      // personal data, through hidden definitions too
      {"segment a { where customer top 3 by health }",
       "missing-basis: `a` reads `health`, which is sensitive data, and does not say why it may; add `basis: \"…\"`, such as the form of "
       "consent"},
      {"tiers t {\n one: mail = \"x\"\n}",
       "missing-basis: `t` reads `mail`, which is personal data, and does not say why it may; add `basis: \"…\"`, such as the form of "
       "consent"},
      {"define d = percentile(health)\ngrid g {\n where d > 0.5\n by customer\n}",
       "missing-basis: `g` reads `health`, which is sensitive data, and does not say why it may; add `basis: \"…\"`, such as the form of "
       "consent"},
      {"tiers t {\n basis: \"form\"\n one: mail = \"x\"\n}\nsegment a { where t = one }", ""},
  };
  check_messages(kCases);
}

TEST_CASE("a grid with cells beyond measure is refused") {
  std::string rules;
  for (const char* name : {"a", "b", "c"}) {
    rules += std::string("tiers ") + name + " {\n";
    for (int i = 0; i < 50; ++i) rules += " v" + std::to_string(i) + ": seats > " + std::to_string(i) + "\n";
    rules += "}\n";
  }
  CHECK(message_of_rules(rules + "grid g {\n by a\n by b\n by c\n}\n") ==
        "invalid-grid: `g` has more than 100000 cells; leave an axis out, or list the values that matter with `in [..]`");
  CHECK(message_of_rules(rules + "grid g {\n by a\n by b\n}\n") == kNothing);
}

TEST_CASE("the prelude has names, and neither results nor warnings") {
  const Setup setup{{},
                    {},
                    {},
                    {{"std.regions",
                      "list dach = [\"Software\", \"Nowhere\"]\ndefine few = seats != 3\nsegment big { where seats > 3 }\n"
                      "define many = not partner\n"}}};
  const auto checked = check_text("use std.regions\nsegment a { where industry in dach and not few }\n", setup);
  REQUIRE(message_list(*checked) == kNothing);
  CHECK(lint_of(*checked) == kNothing);
  CHECK(checked->result.program.results.size() == 1);
  CHECK(checked->result.program.sets.front().values.size() == 1);
  CHECK(checked->result.program.definitions.size() == 2);
  CHECK(outside_files(checked->files.front()).front().path == "std/regions");
  CHECK(outside_files(checked->files.front()).front().kind == OutsideFile::Kind::kPrelude);
  CHECK(message_of_rules("use std.region\nsegment a { where customer }", setup) ==
        "unknown-part: the prelude has no part `std.region`; did you mean `std.regions`?");
  CHECK(message_of_rules("use std.weather\nsegment a { where customer }", setup) ==
        "unknown-part: the prelude has no part `std.weather`; there are `std.regions`");
  // The project's names and columns come first, and change nothing inside the prelude.
  const Setup taken{
      {},
      {},
      {},
      {{"std.regions", "list dach = [\"Software\"]\ndefine seats(x: int) = x > 1\ndefine is_dach(x: text) = x in dach and seats(3)\n"}}};
  const auto shadowed =
      check_text("use std.regions\nlist dach = [\"a\", \"b\"]\nsegment a { where name in dach and seats > 3 and is_dach(name) }", taken);
  REQUIRE(message_list(*shadowed) == kNothing);
  REQUIRE(shadowed->result.program.sets.size() == 2);
  CHECK(std::ranges::count(shadowed->result.program.sets, 1, [](const ConstantSet& set) { return set.values.size(); }) == 1);
}

TEST_CASE("a definition that speaks of its parameters only stands in any rows") {
  constexpr std::string_view kRules =
      "param least: int = 3\nlist words = [\"a\"]\ndefine older(n: int) = n > least\ndefine far(n: int, t: text) = older(n) and t in "
      "words\n"
      "define mixed(n: int) = n > seats\n";
  const auto checked = check_text(std::string(kRules) +
                                  "segment s { where any(contacts where far(age, title)) and far(seats, name) and any(contacts where "
                                  "older(account.seats) and any(logins where far(contacts.age, device))) }\n");
  REQUIRE(message_list(*checked) == kNothing);
  std::vector<std::uint32_t> depths;
  for (const Definition& definition : checked->result.program.definitions) {
    if (definition.name == "far") depths.push_back(index_of(definition.frame));
  }
  CHECK(depths.size() == 3);
  CHECK(message_of_rules(std::string(kRules) + "segment s { where any(contacts where mixed(age)) }") ==
        "misplaced-name: `mixed` is about the account, and this is about a row of `contacts`; write `account.mixed`");
}

TEST_CASE("warnings know rows, cells, parts and rankings") {
  const auto warnings = [](std::string_view rules) {
    const auto checked = check_text(rules);
    REQUIRE(message_list(*checked) == kNothing);
    return lint_of(*checked);
  };
  CHECK(warnings("tiers t {\n one: customer top 3 by seats\n two: seats > 1 and employees > 3 top 2 by fit\n three: seats > 5 top 2 by "
                 "fit\n}\n") == kNothing);
  CHECK(
      warnings("tiers t {\n one: customer\n two: employees != 3\n}\n") ==
      "missing-negated: `employees != 3` also holds where `employees` is missing; add `and employees is known` to leave these out, or `or "
      "employees is missing` to say that they belong");
  CHECK(warnings("tiers t {\n one: customer except employees > 3\n}\n") ==
        "missing-negated: `except employees > 3` leaves in the accounts for which `employees` is missing; add `and employees is known` to "
        "the row to leave them out too");
  CHECK(warnings("stages j {\n one: seats > 3\n two: seats > 4\n}\nsegment s { where j != one }\n") ==
        "missing-negated: `j != one` also holds where `j` is missing; add `and j is known` to leave these out, or `or j is missing` to say "
        "that they belong");
  CHECK(warnings("tiers j {\n one: seats > 3\n otherwise rest\n}\nsegment s { where j != one }\n") == kNothing);
  CHECK(warnings("segment s { where percentile(seats) > 90 }\n") ==
        "never-holds: `percentile(seats) > 90` never holds: a percentile lies between 0% and 100%; write `90%`");
  CHECK(warnings("audience a of contacts {\n where active\n except age > 3\n}\n") ==
        "missing-negated: `except age > 3` leaves in the rows for which `age` is missing; add `and age is known` to `where` to leave them "
        "out too");
  CHECK(warnings("grid g {\n where not employees > 3\n by customer\n}\n") ==
        "missing-negated: `not employees > 3` also holds where `employees` is missing; add `and employees is known` to leave these out, or "
        "`or employees is missing` to say that they belong");
}

}  // namespace segue::test
