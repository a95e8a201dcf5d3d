// Conditions of every form.
#include <algorithm>

#include <fmt/format.h>

#include "tests/differential/author.h"

namespace segue::differential {

Term Author::predicate(const Scope& scope, int depth) {
  if (depth > 0 && random_.chance(35)) return joined(scope, depth);
  if (depth > 0 && random_.chance(12))
    return make(type_of(Kind::kBool), scope, {"not ", ""}, {bracketed(predicate(scope, depth - 1), Grade::kChain)}, Grade::kComparison);
  return simple_predicate(scope, depth);
}

Term Author::joined(const Scope& scope, int depth) {
  const std::string word = random_.chance(55) ? " and " : " or ";
  std::vector<std::string> texts = {""};
  std::vector<Term> parts;
  for (std::size_t i = 0, count = random_.chance(5) ? 6 + random_.below(70) : 2 + random_.below(3); i < count; ++i) {
    parts.push_back(bracketed(predicate(scope, count > 5 ? 0 : depth - 1), random_.chance(70) ? Grade::kChain : Grade::kComparison));
    texts.push_back(i + 1 == count ? "" : word);
  }
  return make(type_of(Kind::kBool), scope, std::move(texts), std::move(parts), Grade::kChain);
}

Term Author::simple_predicate(const Scope& scope, int depth) {
  if (depth > 0 && random_.chance(35)) {
    if (auto found = aggregate_predicate(scope, depth)) return *found;
  }
  if (random_.chance(15)) {
    if (auto found = special_predicate(scope, depth)) return *found;
  }
  switch (random_.below(12)) {
    case 0:
    case 1:
    case 2: return compare(scope, depth);
    case 3: return between(scope, depth);
    case 4:
    case 5: return in(scope, depth);
    case 6: return text_test(scope, depth);
    case 7: return list_test(scope, depth);
    case 8: return state(scope, depth);
    case 9: return within(scope, depth);
    case 10:
      if (auto found = earlier(Kind::kBool, scope, depth)) return *found;
      return compare(scope, depth);
    default: return value(Kind::kBool, scope, depth);
  }
}

Term Author::compare_two(const Scope& scope, const Term& left, const char* op, const Term& right) {
  const auto side = [&](const Term& term) { return term.type.kind == Kind::kBool ? bracketed(term) : term; };
  return make(type_of(Kind::kBool), scope, {"", fmt::format(" {} ", op), ""}, {side(left), side(right)}, Grade::kComparison);
}

// What `left` may be compared with.
Term Author::beside(const Term& left, const Scope& scope, int depth) {
  const Kind kind = left.type.kind;
  if (kind == Kind::kEnum) {
    if (random_.chance(25)) {
      if (auto found = column(Kind::kEnum, scope); found && found->type.enum_id == left.type.enum_id) return *found;
    }
    Term made = literal(kind, scope, left.type.enum_id);
    if (const auto held = held_literal(left, left.type)) made.texts = {*held};
    return made;
  }
  if (const auto held = random_.chance(45) ? held_literal(left, left.type) : std::nullopt) {
    Term made = literal(kind, scope);
    made.texts = {*held};
    made.type = left.type;
    return made;
  }
  const bool is_number = kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat;
  if (is_number) {
    if (random_.chance(55)) {
      Term made = literal(kind, scope);
      made.texts = {scalar_literal(kind, left.type.scale, kNoEnum)};
      return made;
    }
    return random_.chance(15) && left.type.scale < 3 ? literal(Kind::kDecimal, scope) : number(scope, depth - 1);
  }
  if (random_.chance(50)) return literal(kind, scope);
  if (kind == Kind::kDate || kind == Kind::kTimestamp)
    return value(random_.chance(60) ? kind : random_.one_of({Kind::kDate, Kind::kTimestamp}), scope, depth - 1);
  if (kind == Kind::kDays || kind == Kind::kSpan)
    return value(random_.chance(60) ? kind : random_.one_of({Kind::kDays, Kind::kSpan}), scope, depth - 1);
  return value(kind, scope, depth - 1);
}

namespace {

constexpr std::initializer_list<Kind> kComparable = {Kind::kInt,  Kind::kInt,  Kind::kDecimal,   Kind::kDecimal, Kind::kFloat, Kind::kFloat,
                                                     Kind::kText, Kind::kDate, Kind::kTimestamp, Kind::kEnum,    Kind::kDays,  Kind::kSpan};

}  // namespace

Term Author::compare(const Scope& scope, int depth) {
  Term left = value(kind_at_hand(scope, kComparable), scope, depth);
  Term right = beside(left, scope, depth);
  const bool has_order = is_ordered(left.type);
  const char* op = has_order ? random_.one_of<const char*>({"=", "!=", "<", "<=", ">", ">="}) : random_.one_of<const char*>({"=", "!="});
  // A bare enum value on the left would be a name.
  if (left.type.kind != Kind::kEnum && random_.chance(15)) std::swap(left, right);
  return compare_two(scope, left, op, right);
}

Term Author::between(const Scope& scope, int depth) {
  Term operand = value(kind_at_hand(scope, kComparable), scope, depth);
  if (!is_ordered(operand.type)) return compare_two(scope, operand, "!=", beside(operand, scope, depth));
  Term low = beside(operand, scope, depth), high = beside(operand, scope, depth);
  return make(type_of(Kind::kBool), scope, {"", fmt::format(" {}between ", not_word()), " and ", ""},
              {std::move(operand), std::move(low), std::move(high)}, Grade::kComparison);
}

// A list in brackets, or a named one of such values.
Term Author::set_for(const Type& type, const Scope& scope, const Term& of) {
  for (const Known& each : known) {
    const bool is_alike = each.kind == Known::Kind::kList && each.type.kind == type.kind && each.type.enum_id == type.enum_id;
    if (is_alike && random_.chance(30)) return make(type, scope, {each.name});
  }
  return list_literal(type, scope, of);
}

Term Author::in(const Scope& scope, int depth) {
  const Kind kind = kind_at_hand(scope, {Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kText, Kind::kDate, Kind::kTimestamp,
                                         Kind::kEnum, Kind::kEnum, Kind::kDays, Kind::kSpan});
  Term operand = value(kind, scope, depth);
  if (operand.is_literal) operand = leaf(kind, scope);
  Type element = operand.type;
  element.optional = false;
  if (!operand.column && element.kind == Kind::kDecimal)
    element.scale = std::min<std::uint8_t>(element.scale, 1);  // its own digits may be fewer
  Term set = set_for(element, scope, operand);
  return make(type_of(Kind::kBool), scope, {"", fmt::format(" {}in ", not_word()), ""}, {std::move(operand), std::move(set)},
              Grade::kComparison);
}

Term Author::text_test(const Scope& scope, int depth) {
  Term operand = value(Kind::kText, scope, depth);
  if (random_.chance(30)) {
    const std::string pattern = random_.one_of<std::string>({"(?i)\\\\b(chief|vp|head)\\\\b", "^a", "b$", "^$", "", "(?i)ss", "[A-Z]",
                                                             "\\\\.", "a.b", "(?i)σ", "[0-9]+", "^.$", "ß", "^(?i)k"});
    return make(type_of(Kind::kBool), scope, {"", fmt::format(" {}matches \"{}\"", not_word(), pattern)}, {std::move(operand)},
                Grade::kComparison);
  }
  Term pattern = random_.chance(75) ? literal(Kind::kText, scope) : value(Kind::kText, scope, depth - 1);
  const char* word = random_.one_of<const char*>({"contains", "starts with", "ends with"});
  return make(type_of(Kind::kBool), scope, {"", fmt::format(" {}{} ", not_word(), word), ""}, {std::move(operand), std::move(pattern)},
              Grade::kComparison);
}

Term Author::list_test(const Scope& scope, int depth) {
  std::optional<Term> first = column(Kind::kList, scope);
  if (!first) return in(scope, depth);
  Term operand = *first;
  const std::optional<Term> second = random_.chance(30) ? column(Kind::kList, scope) : std::nullopt;
  const auto key = [](const Term& term) { return std::tuple(term.type.element, term.type.enum_id, term.type.scale, term.type.folded); };
  if (second && key(operand) == key(*second)) operand = make(operand.type, scope, {"", " or else ", ""}, {operand, *second}, Grade::kChain);
  if (random_.chance(20)) return make(type_of(Kind::kBool), scope, {"", " is empty"}, {std::move(operand)}, Grade::kComparison);
  Type element = operand.type;
  element.kind = operand.type.element;
  element.optional = false;
  return make(type_of(Kind::kBool), scope, {"", fmt::format(" has {} ", random_.one_of({"any", "all", "none"})), ""},
              {operand, set_for(element, scope, operand)}, Grade::kComparison);
}

Term Author::state(const Scope& scope, int depth) {
  Term operand = value(kind_at_hand(scope, {Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate, Kind::kTimestamp,
                                            Kind::kEnum, Kind::kBool, Kind::kDays, Kind::kSpan}),
                       scope, depth);
  if (operand.type.kind == Kind::kBool) operand = bracketed(operand);
  return make(type_of(Kind::kBool), scope, {"", random_.chance(60) ? " is known" : " is missing"}, {std::move(operand)},
              Grade::kComparison);
}

Term Author::within(const Scope& scope, int depth) {
  const Kind kind = kind_at_hand(scope, {Kind::kDate, Kind::kTimestamp});
  Term operand = value(kind, scope, depth);
  return make(type_of(Kind::kBool), scope, {"", fmt::format(" {}within {}", not_word(), window(kind, scope))}, {std::move(operand)},
              Grade::kComparison);
}

}  // namespace segue::differential
