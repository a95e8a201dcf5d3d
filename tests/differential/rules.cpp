// Random declarations: params, lists, definitions, segments, scores.
#include "tests/differential/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/syntax/parse.h"
#include "tests/differential/author.h"

namespace segue::differential {
namespace {

class RulesMaker {
 public:
  RulesMaker(Random& random, const World& world) : random_(random), author_(random, world), world_(world) {}

  Rules make(std::size_t size) {
    for (std::size_t i = 0; i < random_.below(3); ++i) add_param(i);
    for (std::size_t i = 0; i < random_.below(3); ++i) add_list(i);
    const std::size_t defines = random_.below(size / 2 + 1);
    for (std::size_t i = 0; i < defines; ++i) add_define(i);
    for (std::size_t i = 0; i < size; ++i) random_.chance(25) ? add_score(i) : add_segment(i);
    for (std::size_t i = 0; i < random_.below(4); ++i) add_law(i);
    return std::move(rules_);
  }

 private:
  static Term whole(std::vector<std::string> texts, std::vector<Term> parts = {}) {
    Term term;
    term.texts = std::move(texts);
    term.parts = std::move(parts);
    return term;
  }

  static std::string type_text(const Type& type) {
    switch (type.kind) {
      case Kind::kBool: return "bool";
      case Kind::kInt: return "int";
      case Kind::kDecimal: return fmt::format("decimal({})", type.scale);
      case Kind::kFloat: return "float";
      case Kind::kDate: return "date";
      case Kind::kTimestamp: return "timestamp";
      case Kind::kDays:
      case Kind::kSpan: return "duration";
      default: return "text";
    }
  }

  Type parameter_type() {
    Type type;
    type.kind = random_.one_of(
        {Kind::kInt, Kind::kInt, Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate, Kind::kTimestamp, Kind::kDays});
    if (type.kind == Kind::kDecimal) type.scale = 4;
    return type;
  }

  void add_param(std::size_t number) {
    const std::string name = fmt::format("p{}", number);
    const Type type = parameter_type();
    const Term value = author_.literal(type.kind, {});
    rules_.rules.push_back({name, "param", {}, whole({fmt::format("param {}: {} = ", name, type_text(type)), "\n"}, {value})});
    author_.known.push_back({Known::Kind::kParam, name, type, 0, {}});
  }

  void add_list(std::size_t number) {
    const std::string name = fmt::format("l{}", number);
    Type type;
    type.kind = random_.one_of({Kind::kText, Kind::kInt, Kind::kEnum, Kind::kDate});
    type.folded = true;  // so that the values differ under either comparison
    if (type.kind == Kind::kEnum) type.enum_id = static_cast<EnumTypeId>(random_.below(world_.enums.size()));
    rules_.rules.push_back({name, "list", {}, whole({fmt::format("list {} = ", name), "\n"}, {author_.list_literal(type, {})})});
    author_.known.push_back({Known::Kind::kList, name, type, 0, {}});
  }

  // The rows that a definition speaks of: the account's, or those of a relation by its path.
  std::string relation_path(std::uint32_t table) const {
    std::string path = world_.tables[table].name;
    while (world_.tables[table].parents[0].table != 0) {
      table = world_.tables[table].parents[0].table;
      path = world_.tables[table].name + "." + path;
    }
    return path;
  }

  void add_define(std::size_t number) {
    Known made{Known::Kind::kValue, fmt::format("d{}", number), {}, 0, {}};
    Scope scope;
    std::string head = "define " + made.name;
    if (random_.chance(35)) {
      for (std::size_t i = 0, count = 1 + random_.below(2); i < count; ++i) {
        const Type type = parameter_type();
        const Parameter parameter{fmt::format("v{}", i), type, random_.chance(40)};
        made.parameters.push_back(parameter);
        scope.parameters.push_back(parameter);
        head += fmt::format("{}v{}: {}", i == 0 ? "(" : ", ", i, type_text(type));
      }
      head += ")";
    }
    if (world_.tables.size() > 1 && random_.chance(45)) {
      made.table = static_cast<std::uint32_t>(1 + random_.below(world_.tables.size() - 1));
      std::vector<std::uint32_t> chain = {made.table};
      while (chain.back() != 0) chain.push_back(world_.tables[chain.back()].parents[0].table);
      scope.tables.assign(chain.rbegin(), chain.rend());
      head += " for " + relation_path(made.table);
    }
    const Kind kind = random_.chance(60) ? Kind::kBool
                                         : random_.one_of({Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate,
                                                           Kind::kTimestamp, Kind::kEnum, Kind::kDays});
    const Term body = kind == Kind::kBool ? author_.predicate(scope, 2) : author_.value(kind, scope, 2);
    made.type = body.type;
    rules_.rules.push_back({made.name, "define", {}, whole({head + " = ", "\n"}, {body})});
    author_.known.push_back(std::move(made));
  }

  void add_segment(std::size_t number) {
    const std::string name = fmt::format("s{}", number);
    const Scope scope;
    std::vector<std::string> texts = {fmt::format("segment {} {{\n  where ", name)};
    std::vector<Term> parts = {author_.predicate(scope, 3)};
    const bool has_except = random_.chance(25);
    if (has_except) {
      texts.emplace_back("\n  except ");
      for (std::size_t i = 0, count = 1 + random_.below(2); i < count; ++i) {
        parts.push_back(author_.predicate(scope, 1));
        if (i + 1 < count) texts.emplace_back(", ");
      }
    }
    texts.emplace_back("\n}\n");
    const Term where = parts.front();
    rules_.rules.push_back({name, "segment", {}, whole(std::move(texts), std::move(parts))});
    author_.known.push_back({Known::Kind::kValue, name, {}, 0, {}});
    if (!has_except && random_.chance(30)) {
      const std::string other = "not_" + name;
      rules_.rules.push_back(
          {other, "segment", Twin{name, true, true}, whole({fmt::format("segment {} {{\n  where not (", other), ")\n}\n"}, {where})});
    }
  }

  // Two segments that say one thing in two ways.
  void add_law(std::size_t number) {
    const Law law = author_.law({}, 2);
    const std::string names[] = {fmt::format("e{}", number), fmt::format("f{}", number)};
    const auto text = [](const std::string& name) { return fmt::format("segment {} {{\n  where ", name); };
    rules_.rules.push_back({names[0], "segment", {}, whole({text(names[0]), "\n}\n"}, {law.first})});
    rules_.rules.push_back(
        {names[1], "segment", Twin{names[0], false, law.is_as_undetermined}, whole({text(names[1]), "\n}\n"}, {law.second})});
  }

  void add_score(std::size_t number) {
    const std::string name = fmt::format("s{}", number);
    std::vector<std::string> texts = {
        fmt::format("score {} {{\n{}", name, random_.chance(40) ? random_.one_of({"  range 0..100\n", "  range -2.5..1k\n"}) : "")};
    std::vector<Term> parts;
    for (std::size_t i = 0, count = 1 + random_.below(4); i < count; ++i) {
      texts.back() += random_.chance(70) ? "  +" : "  -";
      Term value = author_.number({}, 2);
      parts.push_back(std::move(value));
      texts.emplace_back();
      if (random_.chance(55)) {
        texts.back() += " when ";
        parts.push_back(author_.predicate({}, 2));
        texts.emplace_back();
      }
      texts.back() += "\n";
    }
    texts.back() += "}\n";
    rules_.rules.push_back({name, "score", {}, whole(std::move(texts), std::move(parts))});
    Type type;
    type.kind = Kind::kFloat;
    author_.known.push_back({Known::Kind::kValue, name, type, 0, {}});
  }

  Random& random_;
  Author author_;
  const World& world_;
  Rules rules_;
};

}  // namespace

std::string to_text(const Term& term) {
  std::string text = term.texts[0];
  for (std::size_t i = 0; i < term.parts.size(); ++i) text += to_text(term.parts[i]) + term.texts[i + 1];
  return text;
}

std::string to_text(const Rules& rules) {
  std::string text;
  for (const Rule& rule : rules.rules) text += to_text(rule.body);
  return text;
}

Rules write_rules(Random& random, const World& world, std::size_t size) { return RulesMaker(random, world).make(size); }

}  // namespace segue::differential
