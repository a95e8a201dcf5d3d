// Definitions, params and lists: what they may say of each other, and what the checker says when they may not.
#include <catch2/catch.hpp>

#include "compiler/diagnostics/diagnostic.h"
#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

struct DefinitionCase {
  std::string_view rules;
  std::string_view message;
};

constexpr DefinitionCase kDefinitionCases[] = {
    {"segment a { where b }\nsegment b { where c or customer }\nsegment c { where a }\nsegment d { where a }",
     "definition-cycle: `a` is defined by itself: a → b → c → a; leave one of these uses out"},
    {"define f(n: int) = f(n)", "definition-cycle: `f` is defined by itself: f → f; leave one of these uses out"},
    {"segment x { where customer }\nsegment x { where partner }",
     "duplicate-definition: `x` is defined twice; give one of them another name"},
    {"segment employees { where customer }",
     "name-taken: `employees` is a column of `account`, so nothing else may bear this name; give the definition another one"},
    {"define title for contacts = active",
     "name-taken: `title` is a column of `contacts`, so nothing else may bear this name; give the definition another one"},
    {"define boss_man for contacts = active\nsegment a { where boss_man }",
     "misplaced-name: `boss_man` is about a row of `contacts`; write `any(contacts where boss_man)`"},
    {"define boss_man for contacts = active\nsegment a { where account.boss_man }",
     "misplaced-name: `boss_man` is about a row of `contacts`, not of `account`; use it where such a row is meant"},
    {"segment b { where customer }\nsegment a { where any(contacts where b) }",
     "misplaced-name: `b` is about the account, and this is about a row of `contacts`; write `account.b`"},
    {"define x for contacts = customer",
     "misplaced-name: `customer` is a column of `account`, and this is about a row of `contacts`; write `account.customer`"},
    {"define e for foo = active", "unknown-relation: `foo` is not a related table of `account`; check how it is spelled"},
    {"define e(a: int, a: int) = employees > a", "duplicate-definition: `e` has two parameters called `a`; give one another name"},
    {"define f(n: int) = employees > n\nsegment a { where f(1, 2) }", "wrong-arguments: `f` needs 1 value and has 2; write `f(n)`"},
    {"define f(n: int) = employees > n\nsegment a { where f }", "wrong-arguments: `f` needs 1 value and has none; write `f(n)`"},
    {"segment b { where customer }\nsegment a { where b(3) }", "wrong-arguments: `b` takes no values; write `b`"},
    {"segment b { where customer }\nsegment a { where b() }", "wrong-arguments: `b` is not called; write `b`"},
    {"define f(n: int) = employees > n\nsegment a { where f(\"x\") }",
     "type-mismatch: `f` takes a whole number for `n`, and `\"x\"` is text"},
    {"define f(n: int) = employees > n\nsegment a { where f(2.5) }",
     "invalid-literal: `2.5` is not a whole number; `f` takes a whole number"},
    {"define f(x: float) = fit > x\nsegment a { where f(seats) }", "type-mismatch: `f` takes `float` for `x`, and `seats` is `int`"},
    {"define f(n: int) = any(events within last n days)\nsegment a { where f(seats) }",
     "not-constant: `n` is a count here, so it must be given as a fixed number or a `param`, not as a value that differs from "
     "row to row"},
    {"define f(n: int) = employees > n\nsegment a { where any(contacts where account.f(age)) }",
     "wrong-arguments: `f` is about a row of `account`, so `age` cannot be given to it: it belongs to a row of `contacts`"},
    {"define f(p: text) = name matches p\nsegment a { where f(\"(\") }",
     "invalid-pattern: the pattern `p` cannot be read: a parenthesis is not closed in `(`; add `)`"},
    {"define unused(n: int) = n > foo", "unknown-column: unknown column `foo` of `account`; check how it is spelled"},
    {"segment a { where employes > 3 }\nsegment b { where a and customer }",
     "unknown-column: unknown column `employes` of `account`; did you mean `employees`?"},
    {"define g for logins = contacts.active and account.customer\n"
     "segment a { where any(contacts.logins where g) and any(contacts where any(logins where g)) }",
     ""},
    {"define g for events = contacts.active\nsegment a { where any(events where g) }",
     "misplaced-name: `contacts` may have many rows, so `contacts.active` is not one value; ask about them, as in `any(contacts where "
     "active …)` "
     "or `latest(contacts: active)`"},
    {"param n: int = 3\ndefine f(x: int) = seats in [x, 5]\nsegment a { where seats in [n, 3] and f(5) }", ""},
    // params
    {"param n: string = \"x\"", "unknown-type: unknown type `string`; write `text`"},
    {"param n: itn = 3", "unknown-type: unknown type `itn`; did you mean `int`?"},
    {"param m: int = \"x\"", "invalid-param: `m` is declared as a whole number, and `\"x\"` is text"},
    {"param p: decimal = 1", "invalid-param: `decimal` needs its number of digits after the point; write `decimal(2)`"},
    {"param p: decimal(19) = 1", "invalid-param: a decimal number has 0 to 18 digits after the point; write `decimal(2)`"},
    {"param q: int? = 1", "invalid-param: a `param` always has a value, so its type has no `?`; write `int`"},
    {"param r: list<text> = [\"a\"]", "invalid-param: a `param` is a single value; for several write `list r = [..]`"},
    {"param s: decimal(2) = 0.005", "invalid-literal: `0.005` has more than 2 digits after the point; `s` takes a decimal number"},
    {"param s: money = 5", "unknown-type: `money` is a type of columns only; an amount is a `decimal(2)`, in the currency of the project"},
    {"param v: text = Software", "not-constant: a `param` has a fixed value; `Software` is a name, so write the value itself in quotes"},
    {"param v: date = 3 days ago",
     "not-constant: a `param` has a fixed value, such as a number, text in quotes or a date; `3 days ago` is none"},
    {"param n: int = 3\nsegment a { where any(contacts where age > account.n) }",
     "misplaced-name: `n` is a `param` and belongs to no table; write `n`"},
    // lists
    {"list l = []", "empty-list: this list is empty, so nothing is in it; write at least one value, or leave the condition out"},
    {"list l = [a, \"a\"]", "repeated-value: `\"a\"` stands in this list already; leave it out"},
    {"list l = [1k, 1_000]", "repeated-value: `1_000` stands in this list already; leave it out"},
    {"list l = [SE]\nsegment a { where name in l and name not in l }",
     "type-mismatch: `name` is text, and text is written in quotes; write `\"SE\"`"},
    {"list l = [Sofware]\nsegment a { where industry in l }",
     "unknown-enum-value: `Sofware` is not one of the values of `industry`; did you mean `Software`?"},
    {"list l = [\"A.com\", \"a.com\"]\nsegment a { where name in l }", ""},
    {"list l = [\"A.com\", \"a.com\"]\nsegment a { where domain in l }",
     "repeated-value: `\"a.com\"` stands in this list already; leave it out"},
    {"list nordics = [SE]\nsegment a { where nordics }",
     "misplaced-name: `nordics` is a list; ask whether something is in it, as in `x in nordics`"},
    {"list nordics = [\"SE\"]\nsegment a { where name in nordic }", "unknown-list: unknown list `nordic`; did you mean `nordics`?"},
    {"list nordics = [\"SE\"]\nsegment a { where name in [nordics, \"x\"] }",
     "type-mismatch: `nordics` is a list by itself; write it without the brackets, joined with `or` where both are meant"},
    // scores
    {"score s { range 100..0\n +30 when customer\n}",
     "invalid-literal: `range 100..0` ends below its start; write the smaller number first"},
    {"score s {\n + customer\n}",
     "type-mismatch: a term of a score is a number, and `customer` is a condition; say how much it counts, as in `+10 when customer`"},
    {"score s {\n + name\n}", "type-mismatch: a term of a score is a number, and `name` is text; name a number"},
    {"score s {\n +1\n}\nsegment a { where s }", "not-a-condition: `s` is a number, not a condition; compare it, as in `s > 0`"},
    {"score s {\n +1\n expect size at least 3\n}",
     "invalid-expectation: every account has a score, so `size at least 3` says nothing of `s`; write it into a segment"},
    // expectations
    {"segment a { where customer\n expect size at least 10% }",
     "invalid-expectation: `size` counts accounts, and `size at least 10%` asks for a part of them; write `share` instead of `size`"},
    {"segment a { where customer\n expect size between 10 and 5 }",
     "invalid-expectation: `size between 10 and 5` can never hold; write the smaller number first"},
    {"segment a { where customer\n expect share above 150% }",
     "invalid-expectation: a share lies between 0% and 100%, so `share above 150%` means nothing; write another bound"},
    {"segment a { where customer\n expect size at least seats }",
     "invalid-expectation: `expect` takes a fixed number or a `param` here, and `seats` is neither"},
    // personal data
    {"segment a { where mail contains \"x\" }",
     "missing-basis: `a` reads `mail`, which is personal data, and does not say why it may; add `basis: \"…\"`, such as the form of "
     "consent"},
    {"define ill = health > 3\nsegment a { where ill }",
     "missing-basis: `a` reads `health`, which is sensitive data, and does not say why it may; add `basis: \"…\"`, such as the form of "
     "consent"},
    {"segment b { basis: \"form\"\n where mail contains \"x\" }\nsegment a { where b }", ""},
    // the prelude
    {"use std.regions\nsegment a { where name in nordics and blah }", "unknown-part: the prelude has no part `std.regions`"},
};

}  // namespace

TEST_CASE("what definitions may not say of each other gets a message that says what to write") {
  for (const DefinitionCase& each : kDefinitionCases) {
    INFO(each.rules);
    CHECK(message_of_rules(each.rules) == each.message);
  }
}

TEST_CASE("a cycle shows who uses whom, where") {
  const auto checked = check_text("segment a { where b }\nsegment b { where a }\n");
  const std::vector<Note>& notes = checked->result.diagnostics.at(0).notes;
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].message == "`a` uses `b` here");
  CHECK(std::get<Span>(notes[0].location).begin == 18);
  CHECK(notes[1].message == "`b` uses `a` here");
  CHECK(std::get<Span>(notes[1].location).begin == 40);
}

TEST_CASE("several errors are reported in one go, in order, and nothing follows from them") {
  const auto checked = check_text(
      "define broken = employes > 3\nsegment a { where broken and foo = 1 }\nsegment b { where a or bar = 2 }\nsegment c { where "
      "industry = nothing_like_it and customer = true }\n");
  CHECK(checked->messages == std::vector<std::string>{
                                 "unknown-column: unknown column `employes` of `account`; did you mean `employees`?",
                                 "unknown-column: unknown column `foo` of `account`; check how it is spelled",
                                 "unknown-column: unknown column `bar` of `account`; check how it is spelled",
                                 ("unknown-enum-value: `nothing_like_it` is not one of the values of `industry`; write one of `Software`, "
                                  "`Fintech`, `Healthcare`, `Financial Services`"),
                                 "compared-bool: `customer` is true or false by itself; write `customer`",
                             });
}

TEST_CASE("a definition whose syntax is broken is no unknown name") {
  const auto checked = check_text("define broken = and\nsegment a { where broken }\n");
  for (const std::string& message : checked->messages) CHECK(message.find("unknown-") == std::string::npos);
}

TEST_CASE("params take their value from the call") {
  const std::string_view rules =
      "param n: int = 30\nparam d: decimal(2) = 1\nparam f: float = 1\nparam t: text = \"x\"\nparam b: bool = true\nparam day: date = "
      "2026-01-01\nparam w: duration = 1 day\nsegment a { where employees > n and rate > d and fit > f and name = t and b and founded + w "
      "> day "
      "}\n";
  const auto values = [&](const Setup& setup) {
    const auto checked = check_text(rules, setup);
    CHECK(checked->messages.empty());
    CHECK(checked->result.call_errors.empty());
    std::vector<Constant> all;
    for (const Expr& expr : checked->result.program.exprs) {
      if (const auto* literal = std::get_if<Literal>(&expr.node)) all.push_back(literal->value);
    }
    return all;
  };
  using Int = std::int64_t;
  CHECK(values({}) == std::vector<Constant>{Int{30}, Int{100}, 1.0, std::string("x"), true, Int{1}, Int{20454}});
  const Setup setup{
      .params = {{"n", "5_000"}, {"d", "2.5"}, {"f", "10%"}, {"t", "a b"}, {"b", "false"}, {"day", "1970-01-02"}, {"w", "2 weeks"}},
      .list_files = {},
      .more_files = {}};
  CHECK(values(setup) == std::vector<Constant>{Int{5000}, Int{250}, 0.1, std::string("a b"), false, Int{14}, Int{1}});
}

TEST_CASE("a call that gives params wrongly is told apart from rules in error") {
  const auto errors = [](std::string_view rules, std::vector<ParamValue> params) {
    std::vector<std::string> all;
    const auto checked = check_text(rules, Setup{.params = std::move(params), .list_files = {}, .more_files = {}});
    CHECK(checked->messages.empty());
    for (const CallError& error : checked->result.call_errors) all.push_back(error.message);
    return all;
  };
  CHECK(errors("param minimum: int = 30", {{"minimun", "3"}}) ==
        std::vector<std::string>{"there is no param `minimun`; did you mean `minimum`?"});
  CHECK(errors("param n: int = 30", {{"n", "3.5"}}) ==
        std::vector<std::string>{"`--param n=3.5`: `n` is a whole number, and `3.5` is not one"});
  CHECK(errors("param d: date = 2026-01-01", {{"d", "soon"}}) ==
        std::vector<std::string>{"`--param d=soon`: `d` is a date, and `soon` is not one"});
  CHECK(errors("param n: int\nsegment a { where employees > n }", {}) ==
        std::vector<std::string>{"the param `n` has no value; give it with `--param n=…`"});
  CHECK(errors("param n: int\nsegment a { where employees > n }", {{"n", "3"}}).empty());
}

TEST_CASE("a list's file takes the type of the column that is tested, and strangers in it are counted") {
  const auto checked = check_text(
      "list l from \"l.csv\" by value\nlist m from \"m.txt\"\nsegment a { where industry in l and name in l and seats in l and domain in m "
      "and not (domain in m) }\n",
      Setup{.params = {},
            .list_files = {{"l.csv", "id,value\n1,Software\n2,Nonsense\n3,Software\n4,7\n"}, {"m.txt", "A.com\na.COM\nb.com\n"}},
            .more_files = {}});
  CHECK(checked->messages ==
        std::vector<std::string>{
            "list-values-never-match: 2 of the 4 values of `l` can never equal `industry`, which is a fixed value such as `Software`: "
            "`Nonsense`, `7`; correct or remove them in the file",
            "list-values-never-match: 3 of the 4 values of `l` can never equal `seats`, which is a whole number: `Software`, `Nonsense`, "
            "`Software`; correct or remove them in the file",
        });
  const std::vector<ConstantSet>& sets = checked->result.program.sets;
  REQUIRE(sets.size() == 4);
  CHECK(sets[0].values == std::vector<Constant>{std::int64_t{0}});
  CHECK(sets[1].values == std::vector<Constant>{std::string("Software"), std::string("Nonsense"), std::string("7")});
  CHECK(sets[2].values == std::vector<Constant>{std::int64_t{7}});
  CHECK(sets[3].folded);
  CHECK(sets[3].values == std::vector<Constant>{std::string("a.com"), std::string("b.com")});
}

TEST_CASE("the files that rules name are listed, and all files are one namespace") {
  const auto checked = check_text("use \"b0.seg\"\nlist l from \"l.csv\" by value\nsegment a { where other }\n",
                                  Setup{.params = {}, .list_files = {}, .more_files = {"segment other { where customer }\n"}});
  CHECK(checked->messages.empty());
  const std::vector<OutsideFile> files = outside_files(checked->files.front());
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "b0.seg");
  CHECK(files[1].column == "value");
  REQUIRE(checked->result.program.results.size() == 2);
  CHECK(checked->result.program.definition(checked->result.program.results[0]).name == "a");
}

TEST_CASE("each declaration knows whom it uses and who uses it") {
  const auto checked = check_text("param n: int = 3\ndefine big = employees > n\nsegment a { where big and big }\nlist l = [\"x\"]\n");
  const std::vector<DeclarationInfo>& all = checked->result.declarations;
  REQUIRE(all.size() == 4);
  CHECK(all[0].used_by == std::vector<std::uint32_t>{1});
  CHECK(all[2].uses == std::vector<std::uint32_t>{1});
  CHECK(all[1].word == "define");
  CHECK(all[2].definition.has_value());
  CHECK(all[3].used_by.empty());
}

}  // namespace segue::test
