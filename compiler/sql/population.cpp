// What looks at all rows of a table, or at rows one after another.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/sql/emit.h"

namespace segue::sql {

// Candidates are ranked from the greatest `by` on, missing ones last, ties by the least key.
Text Emitter::operator()(const TopOf& node) {
  const SchemaTable& table = program_.schema.tables[program_.frame(program_.expr(id_).frame).table];
  if (!table.key) return refuse(fmt::format("rows of `{}` have no key, which decides between equal ones", table.name));
  const ExprId candidates_body = program_.definition(node.candidates).body, by_body = program_.definition(node.by).body;
  const Text candidates = column_of(predicate(candidates_body));
  std::string order;
  Text made = candidates;
  Text by = column_of(value(by_body));
  if (type_of(by_body).kind == Kind::kFloat) by = call("({0} + 0)", {by});  // both zeros are one
  const Text first = order_keys(type_of(by_body), by).front();
  order += first.sql + " DESC NULLS LAST, ";
  made.layer = std::max(made.layer, first.layer);
  const std::string key = quoted(dialect_, column_name(rows_, *table.key));
  order += table.columns[*table.key].type.kind == Kind::kText ? fill(dialect_.text_order, {key}) : key;
  const std::string rank = fmt::format("row_number() OVER (PARTITION BY {} ORDER BY {})", candidates.sql, order);
  std::string most = node.count ? int_literal(dialect_, *node.count) : std::string();
  if (!node.count) {
    const std::string all = fmt::format("count(*) OVER (PARTITION BY {})", candidates.sql);
    // Rounded up: rank <= n · share means rank − 1 < n · share, in whole numbers.
    most = fmt::format("{} * {}", fill(dialect_.wide_int, {all}), int_literal(dialect_, node.share));
  }
  made.sql = node.count ? fmt::format("({} AND {} <= {})", candidates.sql, rank, most)
                        : fmt::format("({} AND ({} - 1) * {} < {})", candidates.sql, fill(dialect_.wide_int, {rank}),
                                      power_of_ten(node.share_scale), most);
  made.is_column = false;
  made.is_null = false;
  return query_.hoist(rows_, made);
}

Text Emitter::operator()(const Percentile& node) {
  const ExprId body = program_.definition(node.value).body;
  const Type& type = type_of(body);
  const Text chosen = column_of(value(body));
  const Text compared = type.kind == Kind::kFloat ? call("({0} + 0)", {chosen}) : chosen;  // both zeros are one
  const Text key = column_of(order_keys(type, compared).front());
  Text counts = node.among ? combine("{0} AND {1} IS NOT NULL", {predicate(program_.definition(*node.among).body), chosen}, false)
                           : combine("{0} IS NOT NULL", {chosen}, false);
  counts.is_null = false;
  const Text counted = column_of(counts);
  const std::string count = fmt::format("count(CASE WHEN {} THEN 1 END)", counted.sql);
  const std::string real = std::string(dialect_.float_type);
  Text made = on_columns(fmt::format("(CASE WHEN {{0}} IS NOT NULL THEN CAST({0} OVER (ORDER BY {{2}} ASC NULLS FIRST RANGE BETWEEN "
                                     "UNBOUNDED PRECEDING AND CURRENT ROW) AS {1}) / "
                                     "nullif(CAST({0} OVER () AS {1}), 0) END)",
                                     count, real),
                         {chosen, counted, key});
  made.is_null = true;
  return query_.hoist(rows_, made);
}

// Chains of steps: from each row that meets the first, the earliest later row that meets the next, and so on. No chain from there ends earlier.
Text Emitter::operator()(const Sequence& node) {
  if (!query_.rows[rows_].has_identity)
    return refuse(fmt::format("rows of `{}` have no key, so that nothing can be found for each of them; give the relation a `key`",
                              query_.rows[rows_].prefix));
  const ExprId id = id_;
  const RowsId own = rows_;
  const Opened opened = open_rows(node.rows);
  std::vector<ExprId> wanted = node.steps;
  if (node.within) wanted.push_back(*node.within);
  if (node.by) wanted.push_back(*node.by);
  prepare(opened.rows, wanted);
  rows_ = opened.rows;
  const std::uint32_t grouping = chain(node, own, opened);
  rows_ = own;
  id_ = id;
  query_.join(own, opened.layer, grouping);
  Text found = column_text(query_.aggregate_column(grouping, "bool_or(TRUE)"), true);
  found.layer = opened.layer;
  Text made = call("coalesce({0}, FALSE)", {found});
  made.is_null = false;
  return made;
}

std::uint32_t Emitter::chain(const Sequence& node, RowsId own, const Opened& opened) {
  const SchemaTable& table = program_.schema.tables[program_.frame(node.rows).table];
  const bool is_date = table.columns[*table.time].type.kind == Kind::kDate;
  const Text time = column_text(column_name(rows_, *table.time), true);
  Text by = constant("0");
  if (node.by) by = column_of(identity_text(type_of(*node.by), value(*node.by)));
  std::vector<Text> steps;
  int layer = by.layer;
  for (const ExprId step : node.steps) {
    const Text holds = predicate(step);
    steps.push_back(column_of(node.within ? combine("{0} AND {1}", {predicate(*node.within), holds}, false) : holds));
    layer = std::max(layer, steps.back().layer);
  }
  const auto index = static_cast<std::uint32_t>(query_.groupings.size());
  query_.groupings.push_back(
      {.rows = opened.rows, .of = own, .layer = layer, .name = fmt::format("sequence {}", index + 1), .columns = {}, .steps = {}});
  std::string same;
  for (const std::string& key : query_.rows[own].identity) same += fmt::format("s.{0} = r.{0} AND ", quoted(dialect_, key));
  const auto keys_of = [&](std::string_view alias) {
    std::string list;
    for (const std::string& key : query_.rows[own].identity) list += fmt::format("{}{}, ", alias, quoted(dialect_, key));
    return list;
  };
  const std::string of = quoted(dialect_, "#by"), start = quoted(dialect_, "#start"), last = quoted(dialect_, "#last");
  auto& made = query_.groupings[index].steps;
  const auto name = [&](std::size_t step) { return fmt::format("sequence {} step {}", index + 1, step + 1); };
  made.emplace_back(
      name(0),
      fmt::format(
          "SELECT DISTINCT {0}{1} AS {2}, {3} AS {4}, {3} AS {5}\n  FROM {{0}}\n  WHERE {6} AND {3} IS NOT NULL AND {1} IS NOT NULL",
          keys_of(""), by.sql, of, time.sql, start, last, steps[0].sql));
  for (std::size_t i = 1; i < steps.size(); ++i) {
    made.emplace_back(
        name(i),
        fmt::format("SELECT {0}s.{1}, s.{2}, min(r.{3}) AS {4}\n  FROM {5} AS s JOIN {{0}} AS r ON {6}s.{1} = {7}{8} AND r.{3} > s.{4}\n"
                    "  WHERE r.{9}\n  GROUP BY {0}s.{1}, s.{2}",
                    keys_of("s."), of, start, time.sql, last, quoted(dialect_, name(i - 1)), same, node.by ? "r." : "", by.sql,
                    steps[i].sql));
  }
  made.emplace_back(
      fmt::format("sequence {} found", index + 1),
      fmt::format("SELECT *\n  FROM {}\n  WHERE {}", quoted(dialect_, name(steps.size() - 1)), is_near(node, start, last, is_date)));
  return index;
}

// Whether two moments are at most the limit apart: local days for days and months, exactly otherwise.
std::string Emitter::is_near(const Sequence& node, const std::string& start, const std::string& last, bool is_date) const {
  const std::string limit = int_literal(dialect_, node.limit);
  if (node.limit_kind == Kind::kSpan && !is_date)
    return fmt::format("{} - {} <= {}", fill(dialect_.micros_of, {last}), fill(dialect_.micros_of, {start}), limit);
  const auto day = [&](const std::string& moment) { return is_date ? moment : fill(dialect_.local_day, {moment, zone().sql}); };
  if (node.limit_kind == Kind::kMonths)
    return fmt::format("{} <= {}", day(last),
                       fill(dialect_.add_months, {day(start), int_literal(dialect_, std::clamp<std::int64_t>(node.limit, 0, 100'000))}));
  return fmt::format("{} - {} <= {}", fill(dialect_.day_number, {day(last)}), fill(dialect_.day_number, {day(start)}), limit);
}

}  // namespace segue::sql
