// Which expressions say the same: each is written as a key over its operands' meanings, and equal keys share a number (hash-consing).
#include "compiler/check/lint_meaning.h"

#include <algorithm>
#include <bit>
#include <string>
#include <unordered_map>
#include <utility>

namespace segue::linter {
namespace {

// A key under construction. Every part is of fixed width or carries its length, so different parts never make one key.
struct Key {
  std::string bytes;

  Key& add(std::uint64_t part) {
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(part >> shift));
    return *this;
  }
  Key& add(std::int64_t part) { return add(static_cast<std::uint64_t>(part)); }
  Key& add(std::uint32_t part) { return add(std::uint64_t{part}); }
  Key& add(Meaning meaning) { return add(std::uint64_t{meaning.id} * 2 + (meaning.is_negated ? 1 : 0)); }
  Key& add_text(const std::string& text) {
    add(std::uint64_t{text.size()});
    bytes += text;
    return *this;
  }
  Key& add(const Constant& constant) {
    add(std::uint64_t{constant.index()});
    if (const auto* text = std::get_if<std::string>(&constant)) return add_text(*text);
    if (const auto* number = std::get_if<double>(&constant)) return add(std::bit_cast<std::uint64_t>(*number == 0 ? 0.0 : *number));
    if (const auto* whole = std::get_if<std::int64_t>(&constant)) return add(*whole);
    return add(std::uint64_t{std::get<bool>(constant)});
  }
};

std::uint64_t type_part(const Type& type) {
  return std::uint64_t{static_cast<std::uint8_t>(type.kind)} | std::uint64_t{type.scale} << 8 | std::uint64_t{type.folded} << 16 |
         std::uint64_t{static_cast<std::uint8_t>(type.element)} << 24 | std::uint64_t{type.enum_id} << 32;
}

struct Numbering {
  const CheckedProgram& program;
  std::vector<Meaning> meanings;
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::uint32_t> sets;

  std::uint32_t number(Key key) {
    return numbers.try_emplace(std::move(key.bytes), static_cast<std::uint32_t>(numbers.size())).first->second;
  }
  Meaning of(ExprId id) const { return meanings[index_of(id)]; }
};

// Equal sets, whatever the order in which their values are written.
std::uint32_t set_number(Numbering& all, const ConstantSet& set) {
  std::vector<std::string> values;
  values.reserve(set.values.size());
  for (const Constant& value : set.values) values.push_back(Key{}.add(value).bytes);
  std::ranges::sort(values);
  Key key;
  key.add(std::uint64_t{0xff}).add(type_part(set.type)).add(std::uint64_t{set.folded});
  for (const std::string& value : values) key.add_text(value);
  return all.number(std::move(key));
}

void add_operands(const Numbering& all, Key& key, const std::vector<ExprId>& operands) {
  std::vector<std::pair<std::uint32_t, bool>> parts;
  parts.reserve(operands.size());
  for (const ExprId id : operands) parts.emplace_back(all.of(id).id, all.of(id).is_negated);
  std::ranges::sort(parts);
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  for (const auto& [id, is_negated] : parts) key.add(Meaning{id, is_negated});
}

// `a > b` is `b < a`, and `=` holds both ways round.
void add_comparison(const Numbering& all, Key& key, const Compare& compare) {
  Meaning left = all.of(compare.left);
  Meaning right = all.of(compare.right);
  CompareOp op = compare.op == CompareOp::kNe ? CompareOp::kEq : compare.op;
  const bool is_swapped = op == CompareOp::kGt || op == CompareOp::kGe || (op == CompareOp::kEq && right.id < left.id);
  if (is_swapped) std::swap(left, right);
  if (op == CompareOp::kGt) op = CompareOp::kLt;
  if (op == CompareOp::kGe) op = CompareOp::kLe;
  key.add(std::uint64_t{static_cast<std::uint8_t>(op)}).add(std::uint64_t{compare.folded}).add(left).add(right);
}

void add_window(Key& key, const Window& window) {
  key.add(std::uint64_t{static_cast<std::uint8_t>(window.kind)})
      .add(window.count)
      .add(std::uint64_t{static_cast<std::uint8_t>(window.unit)});
  key.add(std::uint64_t{window.as_of.has_value()});
  if (window.as_of) key.add(window.as_of->count).add(std::uint64_t{static_cast<std::uint8_t>(window.as_of->unit)});
}

void add_aggregate(const Numbering& all, Key& key, const Aggregate& aggregate) {
  const AggregateFn fn = aggregate.fn == AggregateFn::kNone ? AggregateFn::kAny : aggregate.fn;
  key.add(std::uint64_t{static_cast<std::uint8_t>(fn)}).add(index_of(aggregate.rows));
  for (const auto& part : {aggregate.within, aggregate.where, aggregate.value}) key.add(part ? all.of(*part) : Meaning{});
}

// What tells a node from others of its construct.
struct Parts {
  const Numbering& all;
  Key& key;

  void operator()(const Literal& node) const { key.add(node.value); }
  void operator()(const ColumnRead& node) const { key.add(node.column); }
  void operator()(const ReferenceRead& node) const {
    for (const std::uint32_t reference : node.references) key.add(reference);
    key.add(node.column);
  }
  void operator()(const DefinitionRead& node) const { key.add(index_of(node.definition)); }
  void operator()(const Now&) const {}
  void operator()(const Today&) const {}
  void operator()(const FromNow& node) const { key.add(node.count).add(std::uint64_t{static_cast<std::uint8_t>(node.unit)}); }
  void operator()(const Not&) const {}
  void operator()(const And& node) const { add_operands(all, key, node.operands); }
  void operator()(const Or& node) const { add_operands(all, key, node.operands); }
  void operator()(const Compare& node) const { add_comparison(all, key, node); }
  void operator()(const Between& node) const {
    key.add(all.of(node.operand)).add(all.of(node.low)).add(all.of(node.high)).add(std::uint64_t{node.folded});
  }
  void operator()(const InSet& node) const { key.add(all.of(node.operand)).add(all.sets[index_of(node.set)]); }
  void operator()(const TextTest& node) const {
    key.add(std::uint64_t{static_cast<std::uint8_t>(node.op)}).add(all.of(node.operand)).add(all.of(node.pattern));
    key.add(std::uint64_t{node.folded});
  }
  void operator()(const Matches& node) const { key.add(all.of(node.operand)).add_text(node.pattern); }
  void operator()(const Has& node) const {
    key.add(std::uint64_t{node.op == HasOp::kAll}).add(all.of(node.operand)).add(all.sets[index_of(node.set)]);
  }
  void operator()(const Within& node) const {
    key.add(all.of(node.operand));
    add_window(key, all.program.windows[index_of(node.window)]);
  }
  void operator()(const OrElse& node) const { key.add(all.of(node.operand)).add(all.of(node.fallback)); }
  void operator()(const Arithmetic& node) const {
    key.add(std::uint64_t{static_cast<std::uint8_t>(node.op)}).add(all.of(node.left)).add(all.of(node.right));
  }
  void operator()(const Call& node) const {
    key.add(std::uint64_t{static_cast<std::uint16_t>(node.builtin)});
    for (const ExprId argument : node.arguments) key.add(all.of(argument));
  }
  void operator()(const Aggregate& node) const { add_aggregate(all, key, node); }
  void operator()(const ScoreSum& node) const {  // a score stands alone in its definition: its place says enough
    for (const ScoreTerm& term : node.terms) key.add(term.span.begin).add(static_cast<std::uint32_t>(term.span.source));
  }
  void operator()(const Choice& node) const {  // stands alone in its definition, as do a grid and a split
    for (const ChoiceRow& row : node.rows) key.add(all.of(row.condition)).add(row.value);
    key.add(std::uint64_t{node.last_wins}).add(node.otherwise.value_or(0xffff'ffff));
  }
  void operator()(const GridCell& node) const {
    if (node.where) key.add(all.of(*node.where));
    for (const GridAxis& axis : node.axes) {
      key.add(all.of(axis.operand));
      for (const std::int32_t place : axis.places) key.add(static_cast<std::uint32_t>(place));
    }
  }
  void operator()(const SplitPart& node) const {
    if (node.population) key.add(all.of(*node.population));
    key.add_text(node.seed);
    for (const std::uint64_t upper : node.upper) key.add(upper);
  }
  void operator()(const TopOf& node) const {
    key.add(index_of(node.candidates)).add(index_of(node.by)).add(node.count.value_or(-1)).add(node.share);
    key.add(std::uint64_t{node.share_scale});
  }
  void operator()(const Percentile& node) const { key.add(index_of(node.value)).add(node.among ? index_of(*node.among) : 0xffff'ffff); }
  void operator()(const Near& node) const {
    key.add(all.of(node.latitude)).add(all.of(node.longitude));
    for (const double number : {node.center_latitude, node.center_longitude, node.kilometres})
      key.add(std::bit_cast<std::uint64_t>(number));
  }
  void operator()(const Sequence& node) const {
    key.add(index_of(node.rows)).add(std::uint64_t{static_cast<std::uint8_t>(node.limit_kind)}).add(node.limit);
    for (const auto& part : {node.within, node.by}) {
      key.add(std::uint64_t{part.has_value()});
      if (part) key.add(all.of(*part));
    }
    for (const ExprId step : node.steps) key.add(all.of(step));
  }
  template <typename Unary>  // IsEmpty, IsKnown, Negate, ToFloat, Rescale
  void operator()(const Unary& node) const {
    key.add(all.of(node.operand));
  }
};

Meaning meaning_of(Numbering& all, const Expr& expr) {
  if (const auto* negated = std::get_if<Not>(&expr.node)) {
    const Meaning operand = all.of(negated->operand);
    return {operand.id, !operand.is_negated};
  }
  Key key;
  key.add(std::uint64_t{expr.node.index()}).add(type_part(expr.type));
  if (!std::holds_alternative<Literal>(expr.node)) key.add(index_of(expr.frame));
  std::visit(Parts{all, key}, expr.node);
  const auto* aggregate = std::get_if<Aggregate>(&expr.node);
  const bool is_none = aggregate != nullptr && aggregate->fn == AggregateFn::kNone;
  return {all.number(std::move(key)), is_none || is_complement(expr.node)};
}

}  // namespace

std::vector<Meaning> meanings_of(const CheckedProgram& program) {
  Numbering all{program, {}, {}, {}};
  for (const ConstantSet& set : program.sets) all.sets.push_back(set_number(all, set));
  all.meanings.reserve(program.exprs.size());
  for (const Expr& expr : program.exprs) all.meanings.push_back(meaning_of(all, expr));
  return std::move(all.meanings);
}

}  // namespace segue::linter
