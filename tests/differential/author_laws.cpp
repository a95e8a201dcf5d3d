// Laws of the language: two conditions in different words that hold for the same rows. They show what both engines get wrong alike.
#include <algorithm>

#include <fmt/format.h>

#include "tests/differential/author.h"

namespace segue::differential {

Law Author::both(Term first, Term second, bool is_as_undetermined) { return {std::move(first), std::move(second), is_as_undetermined}; }

Law Author::law(const Scope& scope, int depth) {
  if (random_.chance(45)) {
    if (auto found = row_law(scope, depth)) return *found;
  }
  return random_.chance(35) ? time_law(scope, depth) : value_law(scope, depth);
}

// What aggregates say of the rows of a relation.
std::optional<Law> Author::row_law(const Scope& scope, int depth) {
  const std::vector<Relation> all = relations(scope);
  if (all.empty()) return std::nullopt;
  const Relation relation = random_.one_of(all);
  const WorldTable& table = world_.tables[relation.rows.own()];
  const bool has_window = table.time && random_.chance(40);
  const std::string rows = relation.path + (has_window ? " within " + window(table.columns[*table.time].type.kind, relation.rows) : "");
  const Term p = predicate(relation.rows, depth - 1);
  const Type truth = type_of(Kind::kBool);
  const auto say = [&](std::vector<std::string> texts, std::vector<Term> parts) {
    return make(truth, scope, std::move(texts), std::move(parts), Grade::kComparison);
  };
  const std::string where = "(" + rows + " where ", claim = where + "not (";
  switch (random_.below(7)) {
    case 0: return both(say({"every" + where, ")"}, {p}), say({"none" + claim, "))"}, {p}), true);
    case 1: return both(say({"any" + where, ")"}, {p}), say({"count" + where, ") >= 1"}, {p}), false);
    case 2: return both(say({"none" + where, ")"}, {p}), say({"not any" + where, ")"}, {p}), true);
    case 3:
      return both(say({fmt::format("count({}) = count", rows) + where, ") + count" + claim, "))"}, {p, p}),
                  say({fmt::format("count({}) >= 0", rows)}, {}), false);
    case 4: return both(say({"share" + where, ") = 1"}, {p}), say({"every" + where, fmt::format(") and any({})", rows)}, {p}), false);
    case 5: {
      const Term q = predicate(relation.rows, depth - 1);
      return both(say({"any" + where + "(", ") or (", "))"}, {p, q}), say({"any" + where, ") or any" + where, ")"}, {p, q}), false);
    }
    default: {
      const auto e = column(Kind::kInt, relation.rows);
      if (!e) return std::nullopt;
      Term k = literal(Kind::kInt, scope);
      if (const auto held = held_literal(*e, e->type)) k.texts = {*held};
      const std::string op = random_.one_of<std::string>({" >= ", " > "});
      return both(say({fmt::format("max({}: ", rows), " where ", ")" + op, ""}, {*e, p, k}),
                  say({"any" + where + "(", ") and ", op, ")"}, {p, *e, k}), false);
    }
  }
}

// What comparisons, sets and defaults say of values.
Law Author::value_law(const Scope& scope, int depth) {
  Term x = value(kind_at_hand(scope, {Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate, Kind::kTimestamp, Kind::kEnum}),
                 scope, depth);
  if (x.is_literal) x = leaf(x.type.kind, scope);
  if (x.is_literal) x = call("year", type_of(Kind::kInt), leaf(Kind::kDate, scope));
  const Term a = beside(x, scope, 1), b = beside(x, scope, 1);
  const Type truth = type_of(Kind::kBool);
  const Term o = bracketed(x);
  const auto say = [&](std::vector<std::string> texts, std::vector<Term> parts) {
    return make(truth, scope, std::move(texts), std::move(parts), Grade::kComparison);
  };
  switch (random_.below(5)) {
    case 0: return both(say({"", " != ", ""}, {x, a}), say({"not ", " = ", ""}, {x, a}), true);
    case 1:
      if (!is_ordered(x.type)) break;
      return both(say({"", " between ", " and ", ""}, {x, a, b}), say({"(", " >= ", " and ", " <= ", ")"}, {x, a, x, b}), true);
    case 2:
      if (!is_ordered(x.type)) break;
      return both(say({"", " <= ", ""}, {x, a}), say({"(", " < ", " or ", " = ", ")"}, {x, a, x, a}), false);
    case 3: return both(say({"", " is known"}, {o}), say({"", " = ", ""}, {o, o}), false);
    default: break;
  }
  Type element = x.type;
  element.optional = false;
  if (!x.column && element.kind == Kind::kDecimal) element.scale = std::min<std::uint8_t>(element.scale, 1);
  const Term set = list_literal(element, scope, x);
  return both(say({"", " not in ", ""}, {x, set}), say({"not (", " in ", ")"}, {x, set}), true);
}

// What windows say, in dates.
Law Author::time_law(const Scope& scope, int depth) {
  const Kind kind = kind_at_hand(scope, {Kind::kDate, Kind::kTimestamp});
  const Term x = value(kind, scope, depth);
  const Type truth = type_of(Kind::kBool);
  const auto say = [&](std::vector<std::string> texts, std::vector<Term> parts) {
    return make(truth, scope, std::move(texts), std::move(parts), Grade::kComparison);
  };
  const std::int64_t n = random_.between(1, 40);
  switch (random_.below(5)) {
    case 0: {
      const std::string low = fmt::format(" >= {} ago and ", counted_unit(n - 1, "day"));
      if (kind == Kind::kDate)
        return both(say({"", fmt::format(" within last {}", counted_unit(n, "day"))}, {x}), say({"(", low, " <= date(now))"}, {x, x}),
                    true);
      return both(say({"", fmt::format(" within last {}", counted_unit(n, "day"))}, {x}), say({"(", low, " <= now)"}, {x, x}), true);
    }
    case 1: {
      const std::string unit = random_.one_of<std::string>({"month", "quarter", "year"});
      const std::string low = fmt::format(" > {} ago and ", counted_unit(n % 9 + 1, unit));
      return both(say({"", fmt::format(" within last {}", counted_unit(n % 9 + 1, unit))}, {x}),
                  say({"(", low, kind == Kind::kDate ? " <= date(now))" : " <= now)"}, {x, x}), true);
    }
    case 2: {
      const std::string high = fmt::format(" <= {} from now)", counted_unit(n - 1, "day"));
      return both(say({"", fmt::format(" within next {}", counted_unit(n, "day"))}, {x}),
                  say({"(", kind == Kind::kDate ? " >= date(now) and " : " >= now and ", high}, {x, x}), true);
    }
    case 3: return both(say({"", " within this month"}, {x}), say({"start_of_month(", ") = start_of_month(date(now))"}, {x}), true);
    default:
      return both(say({"", " within this fiscal quarter"}, {x}),
                  say({"(fiscal_year(", ") = fiscal_year(date(now)) and fiscal_quarter(", ") = fiscal_quarter(date(now)))"}, {x, x}), true);
  }
}

}  // namespace segue::differential
