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
    for (std::size_t i = 0; i < size; ++i) add_result(i);
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
    author_.known.push_back({Known::Kind::kParam, name, type, 0, {}, false});
  }

  void add_list(std::size_t number) {
    const std::string name = fmt::format("l{}", number);
    Type type;
    type.kind = random_.one_of({Kind::kText, Kind::kInt, Kind::kEnum, Kind::kDate});
    type.folded = true;  // so that the values differ under either comparison
    if (type.kind == Kind::kEnum) type.enum_id = static_cast<EnumTypeId>(random_.below(world_.enums.size()));
    rules_.rules.push_back({name, "list", {}, whole({fmt::format("list {} = ", name), "\n"}, {author_.list_literal(type, {})})});
    author_.known.push_back({Known::Kind::kList, name, type, 0, {}, false});
  }

  void add_result(std::size_t number) {
    if (random_.chance(30)) {
      switch (random_.below(6)) {
        case 0: return add_choice(number, "tiers");
        case 1: return add_choice(number, "stages");
        case 2: return add_grid(number);
        case 3: return add_split(number);
        default: return add_audience(number);
      }
    }
    random_.chance(25) ? add_score(number) : add_segment(number);
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
    texts.emplace_back();
    bool has_except = add_except(texts, parts, scope, "\n  ");
    if (random_.chance(15)) {
      add_top(texts, parts, scope);
      has_except = true;
    }
    texts.back() += "\n}\n";
    const Term where = parts.front();
    rules_.rules.push_back({name, "segment", {}, whole(std::move(texts), std::move(parts))});
    author_.known.push_back({Known::Kind::kValue, name, {}, 0, {}, false});
    if (!has_except && random_.chance(30)) {
      const std::string other = "not_" + name;
      rules_.rules.push_back(
          {other, "segment", Twin{name, true, true}, whole({fmt::format("segment {} {{\n  where not (", other), ")\n}\n"}, {where})});
    }
  }

  // Behind what stands last in `texts`. True when it wrote something.
  bool add_except(std::vector<std::string>& texts, std::vector<Term>& parts, const Scope& scope, const std::string& before) {
    if (!random_.chance(25)) return false;
    texts.back() += before + "except ";
    for (std::size_t i = 0, count = 1 + random_.below(2); i < count; ++i) {
      parts.push_back(author_.predicate(scope, 1));
      texts.emplace_back(i + 1 < count ? ", " : "");
    }
    return true;
  }

  void add_top(std::vector<std::string>& texts, std::vector<Term>& parts, const Scope& scope) {
    texts.back() +=
        fmt::format(" top {} by ", random_.one_of<std::string>({"1", "2", "3", "10", "70", "1%", "10%", "33.3%", "50%", "0.5%", "100%"}));
    parts.push_back(author_.ranked(scope, 1));
    texts.emplace_back();
  }

  void add_choice(std::size_t number, const std::string& word) {
    const std::string name = fmt::format("s{}", number);
    const bool is_tiers = word == "tiers";
    std::vector<std::string> texts = {fmt::format("{} {} {{\n", word, name)};
    std::vector<Term> parts;
    Named made{name, {}, !is_tiers, true};
    for (std::size_t i = 0, count = 1 + random_.below(4); i < count; ++i) {
      made.values.push_back(fmt::format("r{}", i));
      texts.back() += fmt::format("  r{}{}: ", i, random_.chance(30) ? fmt::format(" \"Row {}\"", i) : "");
      parts.push_back(author_.predicate({}, 2));
      texts.emplace_back();
      if (is_tiers) add_except(texts, parts, {}, " ");
      if (is_tiers && random_.chance(30)) add_top(texts, parts, {});
      texts.back() += "\n";
    }
    if (random_.chance(40)) {
      made.values.emplace_back("rest");
      texts.back() += "  otherwise rest\n";
    }
    texts.back() += "}\n";
    rules_.rules.push_back({name, word, {}, whole(std::move(texts), std::move(parts))});
    author_.named.push_back(std::move(made));
  }

  // An axis as it is written, and its values' names.
  struct Axis {
    std::string text;
    std::vector<std::string> names;
  };

  std::optional<Axis> axis() {
    if (!author_.named.empty() && random_.chance(30)) {
      const Named& chosen = random_.one_of(author_.named);
      if (!chosen.is_axis) return std::nullopt;
      return Axis{chosen.name, chosen.values};
    }
    const WorldColumn& column = random_.one_of(world_.tables[0].columns);
    if (column.form != WorldForm::kPlain) return std::nullopt;
    if (column.type.kind == Kind::kBool) return Axis{written_name(column.name), {"false", "true"}};
    if (column.type.kind != Kind::kEnum) return std::nullopt;
    Axis made{written_name(column.name), world_.enums[column.type.enum_id].values};
    if (random_.chance(50)) return made;
    made.names.resize(1 + random_.below(made.names.size()));
    random_.shuffle(made.names);
    std::string list;
    for (const std::string& value : made.names) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", value);
    made.text += fmt::format(" in [{}]", list);
    return made;
  }

  void add_grid(std::size_t number) {
    const std::string name = fmt::format("s{}", number);
    std::vector<std::string> texts = {fmt::format("grid {} {{\n", name)};
    std::vector<Term> parts;
    if (random_.chance(50)) {
      texts.back() += "  where ";
      parts.push_back(author_.predicate({}, 2));
      texts.emplace_back();
      add_except(texts, parts, {}, "\n  ");
      texts.back() += "\n";
    }
    Named made{name, {}, false, false};
    std::vector<std::string> seen;
    for (int tries = 0; tries < 8 && seen.size() < 3; ++tries) {
      const auto next = axis();
      if (!next || std::ranges::find(seen, next->text.substr(0, next->text.find(' '))) != seen.end()) continue;
      seen.push_back(next->text.substr(0, next->text.find(' ')));
      texts.back() += "  by " + next->text + "\n";
      std::vector<std::string> cells;
      for (const std::string& before : made.values.empty() ? std::vector<std::string>{""} : made.values) {
        for (const std::string& value : next->names) cells.push_back(before.empty() ? value : before + "/" + value);
      }
      made.values = std::move(cells);
    }
    if (seen.empty()) return add_segment(number);
    for (std::string& value : made.values) value = fmt::format("\"{}\"", value);
    texts.back() += "}\n";
    rules_.rules.push_back({name, "grid", {}, whole(std::move(texts), std::move(parts))});
    author_.named.push_back(std::move(made));
  }

  void add_split(std::size_t number) {
    const std::string name = fmt::format("s{}", number);
    std::string of;
    for (const Known& each : author_.known) {
      const bool is_bool = each.kind == Known::Kind::kValue && each.type.kind == Kind::kBool && each.table == 0;
      if (is_bool && each.parameters.empty() && random_.chance(40)) of = " of " + each.name;
    }
    const std::string shares = random_.one_of<std::string>(
        {"  a 10%\n  b 90%\n", "  a 33.3%\n  b 33.3%\n  c 33.4%\n", "  a 50%\n  b 50%\n", "  a 0.5%\n  b 99.5%\n"});
    const std::string text = fmt::format("split {}{} seed \"{}\" {{\n{}}}\n", name, of, random_.one_of({"", "2026q3", "x"}), shares);
    rules_.rules.push_back({name, "split", {}, whole({text})});
    Named made{name, {"a", "b"}, false, false};
    if (shares.find("  c ") != std::string::npos) made.values.emplace_back("c");
    author_.named.push_back(std::move(made));
  }

  void add_audience(std::size_t number) {
    if (world_.tables.size() == 1) return add_segment(number);
    const std::string name = fmt::format("s{}", number);
    const auto table = static_cast<std::uint32_t>(1 + random_.below(world_.tables.size() - 1));
    Scope scope;
    scope.tables = author_.plain_chain(table);
    std::vector<std::string> texts = {fmt::format("audience {} of {} {{\n  where ", name, relation_path(table))};
    std::vector<Term> parts = {author_.predicate(scope, 2)};
    texts.emplace_back();
    add_except(texts, parts, scope, "\n  ");
    if (world_.tables[table].key && random_.chance(30)) add_top(texts, parts, scope);
    texts.back() += "\n}\n";
    rules_.rules.push_back({name, "audience", {}, whole(std::move(texts), std::move(parts))});
    Known made{Known::Kind::kValue, name, {}, table, {}};
    made.is_audience = true;
    author_.known.push_back(std::move(made));
  }

  // Two segments that say one thing in two ways.
  void add_law(std::size_t number) {
    if (random_.chance(20)) return add_population_law(number);
    const Law law = author_.law({}, 2);
    const std::string names[] = {fmt::format("e{}", number), fmt::format("f{}", number)};
    const auto text = [](const std::string& name) { return fmt::format("segment {} {{\n  where ", name); };
    rules_.rules.push_back({names[0], "segment", {}, whole({text(names[0]), "\n}\n"}, {law.first})});
    rules_.rules.push_back(
        {names[1], "segment", Twin{names[0], false, law.is_as_undetermined}, whole({text(names[1]), "\n}\n"}, {law.second})});
  }

  // All candidates are the top of them; a percentile is known where its value is, as nothing else decides.
  void add_population_law(std::size_t number) {
    const std::string names[] = {fmt::format("e{}", number), fmt::format("f{}", number)};
    const auto head = [](const std::string& name) { return fmt::format("segment {} {{\n  where ", name); };
    const Term by = author_.ranked({}, 1);
    if (random_.chance(50)) {
      const Term p = author_.predicate({}, 2);
      rules_.rules.push_back({names[0], "segment", {}, whole({head(names[0]), "\n}\n"}, {p})});
      rules_.rules.push_back(
          {names[1], "segment", Twin{names[0], false, false}, whole({head(names[1]), " top 100% by ", "\n}\n"}, {p, by})});
      return;
    }
    rules_.rules.push_back({names[0], "segment", {}, whole({head(names[0]), " is known\n}\n"}, {by})});
    rules_.rules.push_back(
        {names[1], "segment", Twin{names[0], false, true}, whole({head(names[1]) + "percentile(", ") is known\n}\n"}, {by})});
  }

  void add_score(std::size_t number) {
    const std::string name = fmt::format("s{}", number);
    std::vector<std::string> texts = {
        fmt::format("score {} {{\n{}", name, random_.chance(40) ? random_.one_of({"  range 0..100\n", "  range -2.5..1k\n"}) : "")};
    std::vector<Term> parts;
    for (std::size_t i = 0, count = 1 + random_.below(4); i < count; ++i) {
      texts.back() += random_.chance(70) ? "  +" : "  -";
      const auto amount = random_.chance(10) ? author_.amount({}, 2) : std::nullopt;
      parts.push_back(amount ? *amount : author_.number({}, 2));
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
    author_.known.push_back({Known::Kind::kValue, name, type, 0, {}, false});
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
