// Aggregates: one GROUP BY over the rows of a relation for all aggregates that look at the same rows, joined to the rows that they belong to.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "compiler/sql/emit.h"

namespace segue::sql {

namespace {}  // namespace

// The rows that an aggregate runs over, through every frame between, built on the layers that its operands need.
Emitter::Opened Emitter::open_rows(FrameId frame) {
  Levels levels;
  for (const ExprId operand : operands_of(id_)) {
    for (const auto& [of, level] : levels_[index_of(operand)]) levels[of] = std::max(levels[of], level);
  }
  std::vector<FrameId> way;
  for (; frame != program_.expr(id_).frame; frame = program_.frame(frame).outer) way.push_back(frame);
  std::ranges::reverse(way);
  Opened opened{.rows = rows_, .layer = levels[index_of(program_.expr(id_).frame)] + 1};
  for (const FrameId next : way) opened.rows = rows_for(next, opened.rows, levels[index_of(program_.frame(next).outer)]);
  return opened;
}

// What makes two values the same for `distinct`.
Text Emitter::identity_text(const Type& type, const Text& text) {
  if (type.kind == Kind::kText && type.folded) return folded(text);
  if (type.kind == Kind::kFloat) return call("({0} + 0)", {text});
  if (type.kind != Kind::kList) return text;
  const bool is_folded = type.folded || (type.element == Kind::kEnum && program_.enums[type.enum_id].folded);
  return call(dialect_.sorted_distinct, {is_folded ? folded_list(text) : text});
}

// What a value is ordered by, first key first.
std::vector<Text> Emitter::order_keys(const Type& type, const Text& text) {
  if (type.kind == Kind::kText && type.folded) return {call(dialect_.text_order, {folded(text)}), call(dialect_.text_order, {text})};
  if (type.kind == Kind::kText) return {call(dialect_.text_order, {text})};
  if (type.kind == Kind::kEnum) return {enum_order(type, text)};
  return {text};
}

// The value of the row that stands first in the order of the keys.
std::string Emitter::first_by(const Text& chosen, const std::string& filter, const std::vector<Text>& keys, bool is_descending) const {
  std::string order;
  if (!dialect_.first_by.empty()) {
    for (const Text& key : keys)
      order += fmt::format("{}{} {}", order.empty() ? "" : ", ", key.sql, is_descending ? "DESC NULLS LAST" : "ASC NULLS FIRST");
    return fill(dialect_.first_by, {chosen.sql, filter, order});
  }
  for (const Text& key : keys) order += (order.empty() ? "" : ", ") + key.sql;
  return fmt::format("{}({}, struct({})) FILTER (WHERE {})", is_descending ? "max_by" : "min_by", chosen.sql, order, filter);
}

Text Emitter::operator()(const Aggregate& node) {
  if (!query_.rows[rows_].has_identity)
    return refuse(fmt::format("rows of `{}` have no key, so that nothing can be counted for each of them; give the relation a `key`",
                              query_.rows[rows_].prefix));
  const ExprId id = id_;
  const RowsId own = rows_;
  const Opened opened = open_rows(node.rows);
  std::vector<ExprId> wanted;
  for (const auto& operand : {node.within, node.where, node.value}) {
    if (operand) wanted.push_back(*operand);
  }
  prepare(opened.rows, wanted);
  rows_ = opened.rows;
  Text result = aggregated(node, own, opened);
  rows_ = own;
  id_ = id;
  return result;
}

// Adds the column to the grouping and gives its name in the rows around.
Text Emitter::Gathering::add(const std::string& sql, bool is_null) {
  const std::uint32_t grouping = emitter.query_.grouping_of(rows, layer, own);
  emitter.query_.join(own, own_layer, grouping);
  const std::string column = emitter.query_.aggregate_column(grouping, sql);
  Text text = emitter.column_text(column, is_null);
  text.layer = own_layer;
  return text;
}

// A row without any row to aggregate meets NULL.
Text Emitter::aggregated(const Aggregate& node, RowsId own, const Opened& opened) {
  const Text within = node.within ? predicate(*node.within) : constant("TRUE");
  const Text where = node.where ? predicate(*node.where) : constant("TRUE");
  const auto both = [&](const Text& claim) {
    if (!node.within) return claim;
    return node.where ? combine("{0} AND {1}", {within, claim}, false) : within;
  };
  const Text passes = both(where);
  const bool is_timed = node.fn == AggregateFn::kLatest || node.fn == AggregateFn::kEarliest;
  Text chosen = node.value ? value(*node.value) : constant("NULL");
  const Type type = node.value ? type_of(*node.value) : Type{};
  std::vector<Text> keys;
  if (node.fn == AggregateFn::kDistinct) chosen = identity_text(type, chosen);
  if (node.fn == AggregateFn::kMin || node.fn == AggregateFn::kMax) keys = order_keys(type, chosen);
  if (is_timed) keys = time_keys(node, chosen);
  if (is_timed && keys.empty()) return constant("NULL", true);
  int layer = std::max({within.layer, where.layer, chosen.layer});
  for (const Text& key : keys) layer = std::max(layer, key.layer);
  Gathering gathering{*this, opened.rows, own, layer, opened.layer};
  const auto filtered = [&](const std::string& call_sql, const std::string& condition) {
    return condition == "TRUE" ? call_sql : fill(dialect_.filtered, {call_sql, condition});
  };
  const auto finish = [&](Text text) {
    rows_ = own;
    return text;
  };
  switch (node.fn) {
    case AggregateFn::kAny:
    case AggregateFn::kNone: {
      Text found = call("coalesce({0}, FALSE)", {gathering.add(fmt::format("bool_or({})", passes.sql))});
      found.is_null = false;
      return finish(node.fn == AggregateFn::kAny ? found : combine("NOT {0}", {found}, false));
    }
    case AggregateFn::kEvery: {
      const Text broken = node.where ? both(combine("NOT {0}", {where}, false)) : constant("FALSE");
      Text kept = combine("NOT {0}", {call("coalesce({0}, FALSE)", {gathering.add(fmt::format("bool_or({})", broken.sql))})}, false);
      kept.is_null = false;
      return finish(kept);
    }
    case AggregateFn::kCount:
    case AggregateFn::kDistinct: {
      const std::string counted = node.fn == AggregateFn::kCount ? "count(*)" : fmt::format("count(DISTINCT {})", chosen.sql);
      Text count = call("coalesce({0}, 0)", {gathering.add(filtered(counted, passes.sql))});
      count.is_null = false;
      return finish(count);
    }
    case AggregateFn::kShare: {
      const Text part = gathering.add(filtered("count(*)", passes.sql)), all = gathering.add(filtered("count(*)", within.sql));
      Text share = call(fmt::format("(CAST({{0}} AS {0}) / nullif(CAST({{1}} AS {0}), 0))", dialect_.float_type), {part, all});
      share.is_null = true;
      return finish(share);
    }
    case AggregateFn::kSum: {
      if (type.kind == Kind::kFloat) {
        const Text sum = call("coalesce({0}, 0)", {gathering.add(filtered(fmt::format("sum({})", chosen.sql), passes.sql))});
        rows_ = own;
        return not_nan(sum);
      }
      const std::string addend = type.kind == Kind::kInt ? wide(type, chosen).sql : chosen.sql;
      const Text sum = call("coalesce({0}, 0)", {gathering.add(filtered(fmt::format("sum({})", addend), passes.sql))});
      rows_ = own;
      return type.kind == Kind::kDecimal ? narrow_decimal(sum, type.scale) : narrow_int(sum);
    }
    case AggregateFn::kAvg: {
      const Text count = gathering.add(filtered(fmt::format("count({})", chosen.sql), passes.sql));
      const std::string addend = is_exact(type) ? raw(type, chosen).sql : chosen.sql;
      const Text sum = gathering.add(filtered(fmt::format("sum({})", addend), passes.sql));
      rows_ = own;
      if (type.kind == Kind::kFloat) return not_nan(call("({0} / nullif({1}, 0))", {sum, count}));
      const Text denominator = call(fmt::format("({{0}} * {})", power_of_ten(scale_of(type))), {call(dialect_.wide_int, {count})});
      return nearest_quotient(call(dialect_.wide_sum, {sum}), denominator, kMostRows * std::pow(10.0, scale_of(type)));
    }
    case AggregateFn::kMin:
    case AggregateFn::kMax: {
      const bool is_max = node.fn == AggregateFn::kMax;
      const char* name = is_max ? "max" : "min";
      if (type.kind == Kind::kEnum) {
        const Text order = gathering.add(filtered(fmt::format("{}({})", name, keys.front().sql), passes.sql));
        rows_ = own;
        Text best = enum_value(type, order);
        best.is_null = true;
        return best;
      }
      if (keys.size() == 1) return finish(gathering.add(filtered(fmt::format("{}({})", name, keys.front().sql), passes.sql)));
      const Text known = combine("{0} AND {1} IS NOT NULL", {passes, chosen}, false);
      return finish(gathering.add(first_by(chosen, known.sql, keys, is_max)));
    }
    case AggregateFn::kLatest:
    case AggregateFn::kEarliest: {
      const Text timed = combine("{0} AND {1} IS NOT NULL", {passes, keys.front()}, false);
      return finish(gathering.add(first_by(chosen, timed.sql, keys, node.fn == AggregateFn::kLatest)));
    }
  }
  return constant("NULL", true);
}

// By time, then key; without a key by value. Nothing where that was refused.
std::vector<Text> Emitter::time_keys(const Aggregate& node, const Text& chosen) {
  const SchemaTable& table = program_.schema.tables[program_.frame(node.rows).table];
  std::vector<Text> keys = {column_text(column_name(rows_, *table.time), true)};
  if (table.key) {
    const Text key = column_text(column_name(rows_, *table.key), false);
    keys.push_back(table.columns[*table.key].type.kind == Kind::kText ? call(dialect_.text_order, {key}) : key);
    return keys;
  }
  const Type& type = type_of(*node.value);
  if (type.kind == Kind::kList) {
    refuse(fmt::format("rows of `{}` with the same time are told apart by their lists, which have no order here; give the relation a `key`",
                       table.name));
    return {};
  }
  const bool is_literal = chosen.is_column && !chosen.sql.starts_with(dialect_.quote);  // the same for all
  if (is_literal) return keys;
  for (const Text& key : order_keys(type, chosen)) keys.push_back(key);
  return keys;
}

}  // namespace segue::sql
