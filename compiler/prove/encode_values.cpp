// Columns, constants, and what chooses or adds up values.
#include <algorithm>
#include <cassert>
#include <limits>

#include <fmt/format.h>

#include "compiler/prove/encode.h"
#include "stdlib/calendar.h"
#include "stdlib/number.h"
#include "stdlib/time_zone.h"

namespace segue::proving {

// ---- columns

// What every value of the type is within.
void Encoder::add_range(const Type& type, const z3::expr& value) {
  switch (type.kind) {
    case Kind::kInt: return add(between(value, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
    case Kind::kDecimal: return add(between(value, -kMaxDecimalRaw, kMaxDecimalRaw));
    case Kind::kFloat:
      return add(value >= real_of(-std::numeric_limits<double>::infinity()) && value <= real_of(std::numeric_limits<double>::infinity()));
    case Kind::kDate: return add(between(value, kMinDay, kMaxDay));
    case Kind::kTimestamp: return add(between(value, (kMinDay - 2) * kMicrosPerDay, (kMaxDay + 2) * kMicrosPerDay));
    case Kind::kEnum: return add(between(value, 0, static_cast<std::int64_t>(program().enums[type.enum_id].values.size()) - 1));
    case Kind::kText: return add(value >= 0);
    default: return;
  }
}

Symbol Encoder::column_at(std::uint32_t row, ColumnId id) {
  if (const auto found = rows_[row].columns.find(id); found != rows_[row].columns.end()) return found->second;
  const SchemaTable& table = program().schema.tables[rows_[row].table];
  const SchemaColumn& column = table.columns[id];
  const std::string name = fmt::format("{}.{}", rows_[row].name, column.name);
  const z3::expr known = column.type.optional ? context_.bool_const((name + " is known").c_str()) : yes_;
  const Symbol symbol{known, context_.constant(name.c_str(), sort_of(column.type.kind))};
  rows_[row].columns.emplace(id, symbol);
  add_range(column.type, symbol.value);
  if (column.type.kind == Kind::kText) text_values_.push_back(symbol.value);
  if (column.type.kind == Kind::kList) list_values_.emplace_back(symbol.value, column.type);
  for (std::uint32_t link = 0; link < table.parents.size(); ++link) {
    const auto parent = rows_[row].parents[link];
    if (table.parents[link].column != id || !parent) continue;
    const ColumnId key = *program().schema.tables[table.parents[link].table].key;
    if (program().schema.tables[table.parents[link].table].columns[key].type.kind != column.type.kind) continue;
    const Symbol named = column_at(*parent, key);
    const z3::expr same = all_of({symbol.known, symbol.value == named.value});
    add(rows_[row].own_link == link ? same : z3::implies(exact_, same));
  }
  if (table.known_at == id) {
    // a row that is not known yet does not exist
    const z3::expr until = column.type.kind == Kind::kDate ? today_of() : now_of();
    add(z3::implies(symbol.known, symbol.value <= until));
  }
  if (column.form == ColumnForm::kCoordinate) {
    const SchemaColumn& point = table.columns[*column.point];
    const bool is_latitude = point.latitude == id;
    const std::int64_t limit = is_latitude ? 90 : 180;
    add(symbol.value >= context_.real_val(-limit) && symbol.value <= context_.real_val(limit));
    const Symbol other = column_at(row, is_latitude ? *point.longitude : *point.latitude);
    add(symbol.known == other.known);
  }
  return symbol;
}

std::uint32_t Encoder::referenced(std::uint32_t row, std::uint32_t reference) {
  if (const auto found = rows_[row].references.find(reference); found != rows_[row].references.end()) return found->second;
  const SchemaReference& to = program().schema.tables[rows_[row].table].references[reference];
  const std::uint32_t id = add_row(to.to, fmt::format("{} {} of {}", to.name, rows_.size(), row));
  rows_[row].references.emplace(reference, id);
  rows_[id].present = context_.bool_const((rows_[id].name + " exists").c_str());
  rows_[id].count = if_else(rows_[id].present, number(1), number(0));
  rows_[id].reached_by = std::pair(row, reference);
  const z3::expr is_named = column_at(row, to.by).known;
  add(z3::implies(rows_[id].present, is_named));
  tables_read_[to.to] = true;
  return id;
}

Symbol Encoder::reference_at(const MeaningNode& node, std::uint32_t row) {
  const auto& read = std::get<ReferenceRead>(*node.node);
  std::vector<z3::expr> known;
  for (const std::uint32_t reference : read.references) {
    row = referenced(row, reference);
    known.push_back(rows_[row].present);
  }
  Symbol symbol = column_at(row, read.column);
  known.push_back(symbol.known);
  symbol.known = all_of(known);
  return symbol;
}

Symbol Encoder::constant(const MeaningNode& node) {
  const Constant& constant = *node.constant;
  if (const bool* truth = std::get_if<bool>(&constant)) return {yes_, *truth ? yes_ : no_};
  if (const double* real = std::get_if<double>(&constant)) return {yes_, real_of(*real)};
  if (const auto* text = std::get_if<std::string>(&constant)) return {yes_, text_constant(*text)};
  return {yes_, number(std::get<std::int64_t>(constant))};
}

// ---- choices

Symbol Encoder::or_else(const MeaningNode&, const std::vector<Symbol>& operands) {
  if (operands[0].known.is_true()) return operands[0];
  return {some_of({operands[0].known, operands[1].known}), if_else(operands[0].known, operands[0].value, operands[1].value)};
}

Symbol Encoder::choice(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const std::uint32_t otherwise = node.marks.back();
  z3::expr known = otherwise == kNoMark ? no_ : yes_;
  z3::expr value = number(otherwise == kNoMark ? 0 : otherwise);
  for (std::size_t i = operands.size(); i-- > 0;) {
    const z3::expr holds = truth(operands[i]);
    known = some_of({holds, known});
    value = if_else(holds, number(node.marks[i]), value);
  }
  return {known, value};
}

Symbol Encoder::grid(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const auto& grid = std::get<GridCell>(*node.node);
  std::vector<z3::expr> is_in = {truth(operands[0])};
  z3::expr cell = number(0);
  for (std::size_t i = 0; i < grid.axes.size(); ++i) {
    const GridAxis& axis = grid.axes[i];
    const Symbol& operand = operands[i + 1];
    const bool is_bool = meanings_.node(node.operands[i + 1]).type.kind == Kind::kBool;
    z3::expr place = number(0);
    std::vector<z3::expr> has_place;
    for (std::size_t value = 0; value < axis.places.size(); ++value) {
      if (axis.places[value] < 0) continue;
      const z3::expr is_it =
          is_bool ? (value == 1 ? operand.value : !operand.value) : operand.value == number(static_cast<std::int64_t>(value));
      has_place.push_back(is_it);
      place = if_else(is_it, number(axis.places[value]), place);
    }
    is_in.push_back(operand.known);
    is_in.push_back(some_of(has_place));
    cell = cell * number(axis.size) + place;
  }
  return {all_of(is_in), cell};
}

// ---- what depends on others, or on the key

Symbol Encoder::split(MeaningId id, const std::vector<Symbol>& operands) {
  const auto& split = std::get<SplitPart>(*meanings_.node(id).node);
  const z3::expr part = context_.int_const(fmt::format("part {}", index_of(id)).c_str());
  add(between(part, 0, static_cast<std::int64_t>(split.upper.size()) - 1));
  // a share of nothing has nobody
  for (std::size_t i = 0; i < split.upper.size(); ++i) {
    if (split.upper[i] == (i == 0 ? 0 : split.upper[i - 1])) add(part != number(static_cast<std::int64_t>(i)));
  }
  wanted_.push_back({id, 0, part});
  return {truth(operands[0]), part};
}

// Of an account alone in the world: it is at the top where it is a candidate.
Symbol Encoder::top(MeaningId id, std::uint32_t place, const std::vector<Symbol>& operands) {
  const MeaningNode& node = meanings_.node(id);
  const auto& top = std::get<TopOf>(*node.node);
  const z3::expr candidate = truth(operands[0]);
  if (top.count && *top.count <= 0) return predicate(no_);
  if (!top.count && top.share <= 0) return predicate(no_);
  const z3::expr holds = context_.bool_const(fmt::format("top {} {}", index_of(id), place).c_str());
  add(z3::implies(holds, candidate));
  add(z3::implies(exact_, holds == candidate));
  guess("who is at the top depends on other accounts", node);
  return predicate(holds);
}

Symbol Encoder::percentile(MeaningId id, const std::vector<Symbol>& operands) {
  const MeaningNode& node = meanings_.node(id);
  const z3::expr among = truth(operands[1]);
  const z3::expr some = context_.bool_const(fmt::format("some among {}", index_of(id)).c_str());
  const z3::expr part = context_.real_const(fmt::format("percentile {}", index_of(id)).c_str());
  const z3::expr known = all_of({operands[0].known, some});
  add(part >= 0 && part <= 1);
  add(z3::implies(operands[0].known && among, some && part > 0));
  add(z3::implies(exact_ && operands[0].known, some == among && part == 1));
  guess("a percentile depends on other accounts", node);
  return {known, part};
}

Symbol Encoder::near(MeaningId id, std::uint32_t place, const std::vector<Symbol>& operands) {
  const MeaningNode& node = meanings_.node(id);
  const auto& circle = std::get<Near>(*node.node);
  const std::string name = fmt::format("near {:a} {:a} {:a}", circle.center_latitude, circle.center_longitude, circle.kilometres);
  const z3::func_decl is_near = context_.function(name.c_str(), context_.real_sort(), context_.real_sort(), context_.bool_sort());
  const z3::expr inside = is_near(operands[0].value, operands[1].value);
  for (const Wanted& other : wanted_) {
    const auto* outer = std::get_if<Near>(meanings_.node(other.meaning).node);
    const bool has_same_center =
        outer != nullptr && outer->center_latitude == circle.center_latitude && outer->center_longitude == circle.center_longitude;
    if (!has_same_center || other.row != placed_[place].row) continue;
    add(outer->kilometres >= circle.kilometres ? z3::implies(inside, other.answer) : z3::implies(other.answer, inside));
  }
  wanted_.push_back({id, placed_[place].row, inside});
  guess("it compares distances", node);
  return predicate(all_of({operands[0].known, operands[1].known, inside}));
}

// ---- scores

// The exact sum of the terms, rounded once, then clamped.
Symbol Encoder::score(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const auto& score = std::get<ScoreSum>(*node.node);
  int scale = 0;
  bool is_exact = true;
  for (std::size_t i = 0; i < operands.size(); i += 2) {
    const Type& type = meanings_.node(node.operands[i]).type;
    is_exact = is_exact && type.kind != Kind::kFloat;
    if (type.kind == Kind::kDecimal) scale = std::max(scale, int{type.scale});
  }
  const z3::expr infinity = real_of(std::numeric_limits<double>::infinity());
  z3::expr_vector terms(context_), infinities(context_);
  for (std::size_t i = 0; i < operands.size(); i += 2) {
    const Type& type = meanings_.node(node.operands[i]).type;
    const z3::expr counts = all_of({truth(operands[i + 1]), operands[i].known});
    const int own_scale = type.kind == Kind::kDecimal ? type.scale : 0;
    z3::expr value = operands[i].value;
    if (is_exact) value = value * power_of_10(scale - own_scale);
    else if (type.kind != Kind::kFloat) value = real_of(ExactNumber{value, own_scale});
    else {
      infinities.push_back(z3::ite(all_of({counts, value >= infinity || value <= -infinity}), number(1), number(0)));
    }
    if (node.marks[i / 2] != 0) value = -value;
    terms.push_back(if_else(counts, value, is_exact ? number(0) : context_.real_val(0)));
  }
  const z3::expr total = terms.empty() ? (is_exact ? number(0) : context_.real_val(0)) : z3::sum(terms);
  Symbol symbol{yes_, total};
  guess("it adds up fractions that are rounded", node);
  if (is_exact) symbol = nearest(yes_, {total, scale});
  else {
    const z3::expr count = infinities.empty() ? number(0) : z3::sum(infinities);
    symbol.value = rounded(total, count == 0, count);
  }
  if (!score.range) return symbol;
  const z3::expr low = real_of(score.range->first), high = real_of(score.range->second);
  const z3::expr value = symbol.value;
  symbol.value = z3::ite(value < low, low, z3::ite(value > high, high, value));
  if (symbol.nearest_to) {
    // the thresholds of a comparison are those of the sum before it is clamped
    clamped_.emplace(symbol.value.id(), value);
    kept_.push_back(symbol.value);
  }
  return symbol;
}

}  // namespace segue::proving
