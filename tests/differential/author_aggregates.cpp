// Aggregates over related tables, and windows.
#include <algorithm>

#include <fmt/format.h>

#include "tests/differential/author.h"

namespace segue::differential {
namespace {

constexpr std::size_t kDeepestScope = 4;

// Tables that have `table` as a parent.
std::vector<std::uint32_t> children_of(const World& world, std::uint32_t table) {
  std::vector<std::uint32_t> children;
  for (std::uint32_t i = 0; i < world.tables.size(); ++i) {
    if (std::ranges::find(world.tables[i].parents, table, &WorldParent::table) != world.tables[i].parents.end()) children.push_back(i);
  }
  return children;
}

// The most rows of `table` under one row of `parent`.
std::size_t largest_group(const World& world, std::uint32_t table, std::uint32_t parent) {
  const WorldTable& from = world.tables[table];
  const auto link = std::ranges::find(from.parents, parent, &WorldParent::table);
  std::vector<std::size_t> sizes(world.tables[parent].rows + 1);
  for (const RowId row : link->parent_of) ++sizes[row == kNoRow ? world.tables[parent].rows : row];
  sizes.pop_back();
  return sizes.empty() ? 0 : *std::ranges::max_element(sizes);
}

}  // namespace

// Every way to name rows from here, a step or two long: from the row itself, or from one around it. Rows around rows around rows are kept few: the
// interpreter visits each combination.
std::vector<Author::Relation> Author::relations(const Scope& scope) {
  std::vector<Relation> found;
  const auto add = [&](const std::string& prefix, std::uint32_t from) {
    for (const std::uint32_t child : children_of(world_, from)) {
      const std::string path = prefix + world_.tables[child].name;
      Relation relation{path, scope};
      relation.rows.tables.push_back(child);
      found.push_back(relation);
      for (const std::uint32_t grandchild : children_of(world_, child)) {
        found.push_back({path + "." + world_.tables[grandchild].name, relation.rows});
        found.back().rows.tables.push_back(grandchild);
      }
    }
  };
  const std::vector<std::uint32_t> own_children = children_of(world_, scope.own());
  add("", scope.own());
  for (std::size_t i = 0; i + 1 < scope.tables.size(); ++i) {
    const std::uint32_t outer = scope.tables[i];
    const bool is_shadowed = std::ranges::find(own_children, outer) != own_children.end() || outer == scope.own();
    if (!is_shadowed) add(world_.tables[outer].name + ".", outer);
  }
  std::erase_if(found, [&](const Relation& relation) {
    if (relation.rows.tables.size() > kDeepestScope) return true;
    std::size_t combinations = world_.tables[0].rows;
    for (std::size_t i = 1; i < relation.rows.tables.size(); ++i) {
      const std::uint32_t table = relation.rows.tables[i];
      std::size_t largest = world_.tables[table].rows;
      for (const WorldParent& parent : world_.tables[table].parents) {
        if (parent.table == relation.rows.tables[i - 1]) largest = largest_group(world_, table, parent.table);
      }
      combinations = i == 1 ? std::min(combinations * (largest + 1), world_.tables[table].rows + largest) : combinations * (largest + 1);
    }
    return combinations > 60'000;
  });
  return found;
}

std::string Author::window(Kind of, const Scope& scope) {
  std::string text;
  const std::string unit = random_.one_of<std::string>({"day", "day", "day", "week", "month", "quarter", "year"});
  std::string count_name;
  for (const Known& each : known) {
    if (each.kind == Known::Kind::kParam && each.type.kind == Kind::kInt && random_.chance(40)) count_name = each.name;
  }
  for (const Parameter& each : scope.parameters) {
    if (each.type.kind == Kind::kInt && each.is_constant && random_.chance(70)) count_name = each.name;
  }
  switch (random_.below(3)) {
    case 0: {
      const bool is_exact = of == Kind::kTimestamp && random_.chance(30);
      const std::string counted = is_exact ? random_.one_of<std::string>({"hour", "minute", "second"}) : unit;
      const std::string direction = random_.chance(75) ? "last" : "next";
      const std::int64_t count = random_.chance(20) ? random_.between(1, 400) : random_.between(1, 14);
      text = count_name.empty() ? fmt::format("{} {}", direction, counted_unit(count, counted))
                                : fmt::format("{} {} {}s", direction, count_name, counted);
      break;
    }
    default:
      text = fmt::format("{} {}", random_.one_of({"this", "previous", "next"}),
                         random_.chance(25) ? random_.one_of<std::string>({"fiscal year", "fiscal quarter"}) : unit);
  }
  if (random_.chance(25)) {
    text += fmt::format(" as of {} {}",
                        counted_unit(random_.between(0, 40), random_.one_of<std::string>({"day", "week", "month", "quarter", "year"})),
                        random_.chance(80) ? "ago" : "from now");
  }
  return text;
}

Term Author::aggregate(const char* name, Type type, const Scope& scope, const Relation& relation, std::optional<Term> value,
                       bool needs_where, int depth) {
  const WorldTable& table = world_.tables[relation.rows.own()];
  std::string text = fmt::format("{}({}", name, relation.path);
  if (table.time && random_.chance(35)) text += " within " + window(table.columns[*table.time].type.kind, relation.rows);
  std::vector<std::string> texts = {text};
  std::vector<Term> parts;
  if (value) {
    texts.back() += ": ";
    parts.push_back(*value);
    texts.emplace_back();
  }
  if (needs_where || random_.chance(60)) {
    texts.back() += " where ";
    parts.push_back(predicate(relation.rows, depth - 1));
    texts.emplace_back();
  }
  texts.back() += ")";
  return make(type, scope, std::move(texts), std::move(parts));
}

std::optional<Term> Author::aggregate_predicate(const Scope& scope, int depth) {
  const std::vector<Relation> all = relations(scope);
  if (all.empty()) return std::nullopt;
  const char* name = random_.one_of<const char*>({"any", "none", "every"});
  return aggregate(name, type_of(Kind::kBool), scope, random_.one_of(all), std::nullopt, std::string_view(name) == "every", depth);
}

std::optional<Term> Author::aggregate_value(Kind kind, const Scope& scope, int depth) {
  const std::vector<Relation> all = relations(scope);
  if (all.empty()) return std::nullopt;
  const Relation relation = random_.one_of(all);
  const bool has_time = world_.tables[relation.rows.own()].time.has_value();
  if (kind == Kind::kInt && random_.chance(60)) {
    if (random_.chance(60)) return aggregate("count", type_of(kind), scope, relation, std::nullopt, false, depth);
    const Kind of = random_.one_of({Kind::kBool, Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kText, Kind::kDate,
                                    Kind::kTimestamp, Kind::kEnum, Kind::kDays, Kind::kSpan});
    return aggregate("distinct", type_of(kind), scope, relation, value(of, relation.rows, depth - 1), false, depth);
  }
  if (kind == Kind::kFloat && random_.chance(50)) {
    if (random_.chance(35)) return aggregate("share", type_of(kind), scope, relation, std::nullopt, true, depth);
    return aggregate("avg", type_of(kind), scope, relation, number(relation.rows, depth - 1), false, depth);
  }
  Term inner = value(kind, relation.rows, depth - 1);
  const Type type = inner.type;
  const bool is_number = kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat;
  const bool has_order = kind != Kind::kBool && kind != Kind::kMonths && is_ordered(type);
  std::vector<const char*> names;
  if (is_number) names.push_back("sum");
  if (has_order) names.insert(names.end(), {"min", "max"});
  if (has_time) names.insert(names.end(), {"latest", "earliest"});
  if (names.empty()) return std::nullopt;
  return aggregate(random_.one_of(names), type, scope, relation, std::move(inner), false, depth);
}

}  // namespace segue::differential
