// What stands among others: named values, percentiles, sequences, places, amounts with a unit.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/syntax/parse.h"
#include "tests/differential/author.h"

namespace segue::differential {

std::vector<std::uint32_t> Author::plain_chain(std::uint32_t table) const {
  std::vector<std::uint32_t> chain = {table};
  while (chain.back() != 0) chain.push_back(world_.tables[chain.back()].parents[0].table);
  std::ranges::reverse(chain);
  return chain;
}

std::optional<Term> Author::special_predicate(const Scope& scope, int depth) {
  switch (random_.below(4)) {
    case 0: return named_test(scope);
    case 1: return depth > 0 ? sequence(scope, depth) : std::nullopt;
    case 2: return near(scope);
    default: return amount_test(scope, depth);
  }
}

// `t0 in [r0, r2]`, `j1 >= r1`.
std::optional<Term> Author::named_test(const Scope& scope) {
  if (named.empty()) return std::nullopt;
  const Named& chosen = random_.one_of(named);
  const std::string name = (scope.own() == 0 ? "" : "account.") + chosen.name;
  const std::string& value = random_.one_of(chosen.values);
  std::string text;
  switch (random_.below(chosen.is_ordered ? 4 : 3)) {
    case 0: text = fmt::format("{} {} {}", name, random_.one_of({"=", "!="}), value); break;
    case 1: text = fmt::format("{} is {}", name, random_.one_of({"known", "missing"})); break;
    case 2: {
      std::string list = value;
      if (const std::string& other = random_.one_of(chosen.values); other != value) list += ", " + other;
      text = fmt::format("{} {}in [{}]", name, not_word(), list);
      break;
    }
    default: text = fmt::format("{} {} {}", name, random_.one_of({"<", "<=", ">", ">="}), value);
  }
  return make(type_of(Kind::kBool), scope, {text}, {}, Grade::kComparison);
}

std::string Author::sequence_limit(const WorldTable& table) {
  const bool is_date = table.columns[*table.time].type.kind == Kind::kDate;
  if (!is_date && random_.chance(35)) return counted_unit(random_.between(1, 200), random_.one_of<std::string>({"hour", "minute"}));
  return counted_unit(random_.between(1, 20), random_.one_of<std::string>({"day", "day", "week", "month", "quarter", "year"}));
}

std::optional<Term> Author::sequence(const Scope& scope, int depth) {
  std::vector<Relation> all = relations(scope);
  std::erase_if(all, [&](const Relation& relation) { return !world_.tables[relation.rows.own()].time; });
  if (all.empty()) return std::nullopt;
  const Relation relation = random_.one_of(all);
  const WorldTable& table = world_.tables[relation.rows.own()];
  std::vector<std::string> texts = {"sequence(" + relation.path};
  if (random_.chance(35)) texts.back() += " within " + window(table.columns[*table.time].type.kind, relation.rows);
  const WorldColumn& by = random_.one_of(table.columns);
  if (by.form == WorldForm::kPlain && by.type.kind != Kind::kList && random_.chance(50)) texts.back() += " by " + written_name(by.name);
  texts.back() += ": ";
  std::vector<Term> steps;
  for (std::size_t i = 0, count = 2 + random_.below(2); i < count; ++i) {
    steps.push_back(bracketed(predicate(relation.rows, depth - 1), Grade::kChain));
    texts.push_back(i + 1 == count ? fmt::format(", all within {})", sequence_limit(table)) : " then ");
  }
  return make(type_of(Kind::kBool), scope, std::move(texts), std::move(steps));
}

std::optional<Term> Author::special_column(const Scope& scope, std::initializer_list<WorldForm> forms) {
  std::vector<const WorldColumn*> fitting;
  for (const WorldColumn& column : world_.tables[scope.own()].columns) {
    if (std::ranges::find(forms, column.form) != forms.end()) fitting.push_back(&column);
  }
  if (fitting.empty()) return std::nullopt;
  const WorldColumn& chosen = *random_.one_of(fitting);
  return make(chosen.type, scope, {written_name(chosen.name)});
}

std::optional<Term> Author::near(const Scope& scope) {
  const auto point = special_column(scope, {WorldForm::kPoint});
  if (!point) return std::nullopt;
  const Type truth = type_of(Kind::kBool);
  if (random_.chance(15)) return make(truth, scope, {"", random_.chance(50) ? " is known" : " is missing"}, {*point}, Grade::kComparison);
  const std::string center =
      random_.one_of<std::string>({"52.52, 13.405", "52.5, 13.4", "-17, 179.5", "-17.25, -179.9", "90, 0", "0, 0", "-90, 45", "0, 180"});
  const std::string distance =
      random_.one_of<std::string>({"1 km", "50 km", "50 mi", "0.5 km", "120.5 km", "10_000 km", "20_015.2 km", "6_000 mi", "100 km"});
  return make(truth, scope, {"", fmt::format(" {}near ({}) within {}", not_word(), center, distance)}, {*point}, Grade::kComparison);
}

// An amount of money or of something else, of the row at hand or summed over rows that have one.
std::optional<Term> Author::amount(const Scope& scope, int depth) {
  if (random_.chance(60)) {
    if (auto found = special_column(scope, {WorldForm::kMoney, WorldForm::kUnit})) return found;
  }
  std::vector<Relation> all = relations(scope);
  random_.shuffle(all);
  for (const Relation& relation : all) {
    const auto inner = special_column(relation.rows, {WorldForm::kMoney, WorldForm::kUnit});
    if (!inner) continue;
    return aggregate(random_.one_of({"sum", "min", "max"}), inner->type, scope, relation, inner, false, std::max(depth, 1));
  }
  return std::nullopt;
}

// Beside an amount stands a plain number, or another amount of its unit.
std::optional<Term> Author::amount_test(const Scope& scope, int depth) {
  const auto left = amount(scope, depth);
  if (!left) return std::nullopt;
  const Type truth = type_of(Kind::kBool);
  const bool is_money = left->type.kind == Kind::kDecimal;
  const std::string low = random_.one_of<std::string>({"0", "1", "-5", "40"}), high = is_money ? "12.5k" : "127";
  switch (random_.below(5)) {
    case 0: return make(truth, scope, {"", random_.chance(50) ? " is known" : " is missing"}, {*left}, Grade::kComparison);
    case 1: return make(truth, scope, {"", fmt::format(" {}between {} and {}", not_word(), low, high)}, {*left}, Grade::kComparison);
    case 2: return make(truth, scope, {"", " / ", " >= 90%"}, {*left, *left}, Grade::kComparison);
    case 3: return make(truth, scope, {"", " + ", fmt::format(" >= {}", high)}, {*left, *left}, Grade::kComparison);
    default:
      return make(truth, scope, {"", fmt::format(" {} {}", random_.one_of({"=", "!=", "<", ">=", ">"}), random_.chance(50) ? low : high)},
                  {*left}, Grade::kComparison);
  }
}

Term Author::ranked(const Scope& scope, int depth) {
  if (random_.chance(20)) {
    if (auto found = amount(scope, depth)) return *found;
  }
  for (int i = 0; i < 4; ++i) {
    const Kind kind = kind_at_hand(scope, {Kind::kInt, Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate, Kind::kTimestamp,
                                           Kind::kEnum, Kind::kDays, Kind::kSpan});
    Term found = value(kind, scope, depth);
    if (!found.is_literal && is_ordered(found.type)) return bracketed(std::move(found));
  }
  return call("days_since", type_of(Kind::kInt), leaf(Kind::kDate, scope));
}

// Of accounts only, and of no parameter's value.
std::optional<Term> Author::percentile(const Scope& scope, int depth) {
  if (scope.own() != 0 || scope.tables.size() > 1 || !scope.parameters.empty()) return std::nullopt;
  Term value = ranked(scope, depth - 1);
  if (random_.chance(50)) return make(type_of(Kind::kFloat), scope, {"percentile(", ")"}, {std::move(value)});
  Term among = predicate(scope, depth - 1);
  return make(type_of(Kind::kFloat), scope, {"percentile(", " among ", ")"}, {std::move(value), std::move(among)});
}

Term Author::decay(const Scope& scope, int depth) {
  const bool is_date = random_.chance(40);
  Term time = value(is_date ? Kind::kDate : Kind::kTimestamp, scope, depth - 1);
  const std::string half_life = is_date || random_.chance(60)
                                    ? counted_unit(random_.between(1, 60), random_.one_of<std::string>({"day", "week"}))
                                    : counted_unit(random_.between(1, 300), "hour");
  Type type = type_of(Kind::kFloat);
  type.optional = true;
  return make(type, scope, {"decay(", fmt::format(", {})", half_life)}, {std::move(time)});
}

}  // namespace segue::differential
