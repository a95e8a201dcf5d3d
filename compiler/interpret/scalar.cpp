// The meaning of every node that speaks of one row. Each follows its comment in program.h.
#include "compiler/interpret/scalar.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "stdlib/builtins.h"
#include "stdlib/distance.h"
#include "stdlib/exact_sum.h"
#include "stdlib/number.h"
#include "stdlib/split.h"

namespace segue {
namespace {

bool satisfies(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEq: return order == 0;
    case CompareOp::kNe: return order != 0;
    case CompareOp::kLt: return order < 0;
    case CompareOp::kLe: return order <= 0;
    case CompareOp::kGt: return order > 0;
    case CompareOp::kGe: return order >= 0;
  }
  return false;
}

bool is_exact_number(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal; }
bool is_duration(const Type& type) { return type.kind == Kind::kDays || type.kind == Kind::kMonths || type.kind == Kind::kSpan; }

// The order of two known values of kinds that compare with each other.
int compare_operands(const Type& left_type, const Value& left, const Type& right_type, const Value& right, bool folded) {
  if (left_type.kind == right_type.kind && !is_exact_number(left_type)) {
    Type type = left_type;
    type.folded = folded;
    return compare_values(type, left, right);
  }
  const bool is_left_float = left_type.kind == Kind::kFloat;
  const bool is_right_float = right_type.kind == Kind::kFloat;
  if (is_left_float) return -compare_exact_float(right.bits, scale_of(right_type), float_of(left));
  if (is_right_float) return compare_exact_float(left.bits, scale_of(left_type), float_of(right));
  if (is_exact_number(left_type)) return compare_exact(left.bits, scale_of(left_type), right.bits, scale_of(right_type));
  assert(is_duration(left_type) && is_duration(right_type) && "operands that do not compare");
  const auto micros = [](const Type& type, const Value& value) {
    return Int128{value.bits} * (type.kind == Kind::kDays ? kMicrosPerDay : 1);
  };
  const Int128 a = micros(left_type, left);
  const Int128 b = micros(right_type, right);
  return (a > b) - (a < b);
}

void add_term(ExactSum& sum, const Type& type, const Value& addend, bool negative) {
  if (type.kind == Kind::kFloat) return sum.add(negative ? -float_of(addend) : float_of(addend));
  if (!negative) return sum.add_exact(addend.bits, scale_of(type));
  // -n in two steps, since the opposite of the least int is no int: ~n is -n - 1
  sum.add_exact(~addend.bits, scale_of(type));
  sum.add_exact(1, scale_of(type));
}

class Evaluator {
 public:
  Evaluator(const Prepared& prepared, const RowState& state, ExprId id)
      : prepared_(prepared),
        state_(state),
        id_(id),
        expr_(prepared.program.expr(id)) {}

  Value operator()(const Literal& node) const { return constant_value(node.value); }

  Value operator()(const ColumnRead& node) const {
    return column_value(prepared_.database.tables[frame().table].columns[node.column], state_.rows[index_of(expr_.frame)]);
  }

  Value operator()(const ReferenceRead& node) const {
    std::uint32_t table = frame().table;
    RowId row = state_.rows[index_of(expr_.frame)];
    for (const std::uint32_t reference : node.references) {
      row = prepared_.database.tables[table].references[reference][row];
      if (row == kNoRow) return {.missing = true};
      table = prepared_.program.schema.tables[table].references[reference].to;
    }
    return column_value(prepared_.database.tables[table].columns[node.column], row);
  }

  // A segment or an audience is a predicate, whatever its body: never missing.
  Value operator()(const DefinitionRead& node) const {
    const Definition& definition = prepared_.program.definition(node.definition);
    const Value& body = value(definition.body);
    const bool is_predicate = definition.kind == DefinitionKind::kSegment || definition.kind == DefinitionKind::kAudience;
    return is_predicate ? value_of(verdict_of(body)) : body;
  }

  Value operator()(const Now&) const { return {.bits = prepared_.clock.now}; }
  Value operator()(const Today&) const { return {.bits = prepared_.clock.today}; }
  Value operator()(const FromNow& node) const {
    const TimeAmount shift{node.count, node.unit};
    return known_or_missing(is_exact(node.unit) ? moment_timestamp(prepared_.clock, shift) : moment_date(prepared_.clock, shift));
  }

  Value operator()(const Not& node) const { return value_of(!verdict(node.operand)); }
  Value operator()(const And& node) const {
    Verdict result{.holds = true};
    for (const ExprId operand : node.operands) result = both(result, verdict(operand));
    return value_of(result);
  }
  Value operator()(const Or& node) const {
    Verdict result;
    for (const ExprId operand : node.operands) result = either(result, verdict(operand));
    return value_of(result);
  }

  Value operator()(const Compare& node) const { return value_of(compare(node.op, node.left, node.right, node.folded)); }
  Value operator()(const Between& node) const {
    return value_of(
        both(compare(CompareOp::kGe, node.operand, node.low, node.folded), compare(CompareOp::kLe, node.operand, node.high, node.folded)));
  }

  Value operator()(const InSet& node) const {
    const Value& operand = value(node.operand);
    return test({&operand}, [&] { return find_in_set(*prepared_.sets[index_of(node.set)], operand).has_value(); });
  }

  Value operator()(const TextTest& node) const {
    const Value& operand = value(node.operand);
    const Value& pattern = value(node.pattern);
    return test({&operand, &pattern}, [&] {
      return node.folded ? holds(node.op, fold(operand.text), fold(pattern.text)) : holds(node.op, operand.text, pattern.text);
    });
  }

  Value operator()(const Matches& node) const {
    const Value& operand = value(node.operand);
    return test({&operand}, [&] { return prepared_.patterns.at(index_of(id_)).matches(operand.text); });
  }

  Value operator()(const Has& node) const {
    const Value& operand = value(node.operand);
    const HasOp op = node.op == HasOp::kAll ? HasOp::kAll : HasOp::kAny;
    const Verdict answer = verdict_of(test({&operand}, [&] { return list_has(op, node, operand); }));
    return value_of(node.op == HasOp::kNone ? !answer : answer);
  }

  Value operator()(const IsEmpty& node) const {
    const Value& operand = value(node.operand);
    return test({&operand}, [&] { return list_elements(type_of(node.operand), operand.list).empty(); });
  }

  Value operator()(const IsKnown& node) const { return {.bits = !value(node.operand).missing}; }

  Value operator()(const Within& node) const {
    const Value& operand = value(node.operand);
    const WindowBounds& bounds = *prepared_.windows[index_of(node.window)];
    const IntRange& range = type_of(node.operand).kind == Kind::kDate ? bounds.days : bounds.instants;
    return test({&operand}, [&] { return operand.bits >= range.low && operand.bits <= range.high; });
  }

  Value operator()(const OrElse& node) const {
    const Value& operand = value(node.operand);
    if (!operand.missing) return operand;
    Value result = value(node.fallback);
    result.unsure = result.unsure || operand.unsure;
    return result;
  }

  Value operator()(const Negate& node) const {
    const std::array operands = {node.operand};
    if (kernel()) return call(operands);
    return compute(operands, [](const std::int64_t* a) { return negate_int(a[0]); });
  }

  Value operator()(const ToFloat& node) const {
    const std::array operands = {node.operand};
    const int scale = scale_of(type_of(node.operand));
    return compute(operands,
                   [&](const std::int64_t* a) { return KnownInt{std::bit_cast<std::int64_t>(nearest_float(a[0], scale)), true}; });
  }

  Value operator()(const Rescale& node) const {
    const std::array operands = {node.operand};
    const int scale = scale_of(type_of(node.operand));
    return compute(operands, [&](const std::int64_t* a) { return rescale_decimal(a[0], scale, expr_.type.scale); });
  }

  Value operator()(const Arithmetic& node) const {
    const std::array operands = {node.left, node.right};
    if (kernel()) return call(operands);
    assert(type_of(node.left).kind == Kind::kMonths && type_of(node.right).kind == Kind::kMonths && "arithmetic without a kernel");
    const auto combine = node.op == ArithmeticOp::kAdd ? add_int : subtract_int;
    return compute(operands, [&](const std::int64_t* a) { return combine(a[0], a[1]); });
  }

  Value operator()(const Call& node) const { return call(node.arguments); }

  Value operator()(const Aggregate&) const {
    assert(false && "an aggregate is evaluated over its rows");
    return {};
  }

  Value operator()(const Sequence&) const {
    assert(false && "a sequence is evaluated over its rows");
    return {};
  }

  // Looks at the rows one after the other until one holds.
  Value operator()(const Choice& node) const {
    Value chosen{.missing = !node.otherwise, .bits = node.otherwise.value_or(0)};
    for (std::size_t i = 0; i < node.rows.size(); ++i) {
      const ChoiceRow& row = node.rows[node.last_wins ? node.rows.size() - 1 - i : i];
      const Verdict condition = verdict(row.condition);
      chosen.unsure = chosen.unsure || condition.unknown;
      if (condition.holds) return {.unsure = chosen.unsure, .bits = row.value};
    }
    return chosen;
  }

  // In a cell is who meets `where` and has a place on each axis, as one conjunction.
  Value operator()(const GridCell& node) const {
    Verdict is_in = node.where ? verdict(*node.where) : Verdict{.holds = true};
    std::int64_t cell = 0;
    for (const GridAxis& axis : node.axes) {
      const Value& operand = value(axis.operand);
      const std::int32_t place = operand.missing ? -1 : axis.places[static_cast<std::size_t>(operand.bits)];
      is_in = both(is_in, {.holds = place >= 0, .unknown = is_unknown(operand)});
      cell = cell * axis.size + std::max(place, 0);
    }
    return {.missing = !is_in.holds, .unsure = is_in.unknown, .bits = is_in.holds ? cell : 0};
  }

  Value operator()(const SplitPart& node) const {
    const Verdict population = node.population ? verdict(*node.population) : Verdict{.holds = true};
    Value part{.missing = !population.holds, .unsure = population.unknown};
    const std::uint64_t place = split_place(prepared_, state_, node);
    while (place >= node.upper[static_cast<std::size_t>(part.bits)]) part.bits += 1;
    return part;
  }

  // A row that is no candidate has no rank.
  Value operator()(const TopOf& node) const {
    const TopRanks& ranks = prepared_.population.tops.at(index_of(id_));
    const std::uint64_t rank = ranks.rank[state_.rows[index_of(expr_.frame)]];
    const Verdict candidate = verdict(prepared_.program.definition(node.candidates).body);
    const Value& by = value(prepared_.program.definition(node.by).body);
    return value_of({.holds = rank > 0 && rank <= ranks.taken, .unknown = candidate.unknown || (candidate.holds && is_unknown(by))});
  }

  Value operator()(const Percentile& node) const {
    const PercentileValues& all = prepared_.population.percentiles.at(index_of(id_));
    const Value& own = value(prepared_.program.definition(node.value).body);
    if (own.missing) return {.missing = true, .unsure = own.unsure};
    Value result =
        known_or_missing(divide_exact(static_cast<std::int64_t>(all.at_most(own)), 0, static_cast<std::int64_t>(all.values.size()), 0));
    result.unsure = own.unsure;
    return result;
  }

  Value operator()(const Near& node) const {
    const Value& latitude = value(node.latitude);
    const Value& longitude = value(node.longitude);
    return test({&latitude, &longitude}, [&] {
      return is_near(float_of(latitude), float_of(longitude), node.center_latitude, node.center_longitude, node.kilometres);
    });
  }

  Value operator()(const ScoreSum& node) const {
    Value result = score_sum(prepared_, state_, node);
    if (!node.range) return result;
    const double clamped = std::min(std::max(float_of(result), node.range->first), node.range->second);
    result.bits = std::bit_cast<std::int64_t>(clamped);
    return result;
  }

 private:
  const Frame& frame() const { return prepared_.program.frame(expr_.frame); }
  const Value& value(ExprId id) const { return state_.values[index_of(id)]; }
  const Type& type_of(ExprId id) const { return prepared_.program.expr(id).type; }
  Verdict verdict(ExprId id) const { return verdict_of(value(id)); }
  ScalarKernel kernel() const { return prepared_.kernels[index_of(id_)]; }

  // A predicate that is false with a missing operand, and unknown with an unknown one.
  template <typename Predicate>
  Value test(std::initializer_list<const Value*> operands, Predicate holds) const {
    Value result;
    bool is_missing = false;
    for (const Value* operand : operands) {
      result.unsure = result.unsure || is_unknown(*operand);
      is_missing = is_missing || operand->missing;
    }
    result.bits = !is_missing && holds();
    return result;
  }

  Verdict compare(CompareOp op, ExprId left, ExprId right, bool folded) const {
    const Value& a = value(left);
    const Value& b = value(right);
    const bool unknown = is_unknown(a) || is_unknown(b);
    if (a.missing || b.missing) return {.holds = op == CompareOp::kNe, .unknown = unknown};
    return {.holds = satisfies(op, compare_operands(type_of(left), a, type_of(right), b, folded)), .unknown = unknown};
  }

  static bool holds(TextOp op, std::string_view text, std::string_view part) {
    switch (op) {
      case TextOp::kContains: return contains(text, part);
      case TextOp::kStartsWith: return starts_with(text, part);
      case TextOp::kEndsWith: return ends_with(text, part);
    }
    return false;
  }

  // kAny: some element is one of the set's values. kAll: each of the set's values is an element.
  bool list_has(HasOp op, const Has& node, const Value& operand) const {
    const SetLookup& set = *prepared_.sets[index_of(node.set)];
    std::vector<bool> found(set.index.size());
    for (const Value& element : list_elements(type_of(node.operand), operand.list)) {
      if (const auto position = find_in_set(set, element)) found[*position] = true;
    }
    const auto count = static_cast<std::size_t>(std::count(found.begin(), found.end(), true));
    return op == HasOp::kAll ? count == found.size() : count > 0;
  }

  // The value of known operands under `function`; missing where one is missing.
  template <typename Function>
  Value compute(std::span<const ExprId> ids, Function function) const {
    std::array<std::int64_t, kMaxParameters> operands{};
    Value result;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Value& operand = value(ids[i]);
      operands[i] = operand.bits;
      result.missing = result.missing || operand.missing;
      result.unsure = result.unsure || operand.unsure;
    }
    if (result.missing) return result;
    const KnownInt known = function(operands.data());
    result.missing = !known.known;
    result.bits = known.value;
    return result;
  }

  Value call(std::span<const ExprId> ids) const {
    assert(kernel() && ids.size() <= kMaxParameters);
    const auto scale = [&](std::size_t i) { return static_cast<std::uint8_t>(i < ids.size() ? scale_of(type_of(ids[i])) : 0); };
    const KernelContext context{prepared_.clock, scale(0), scale(1)};
    return compute(ids, [&](const std::int64_t* operands) { return kernel()(context, operands); });
  }

  const Prepared& prepared_;
  const RowState& state_;
  ExprId id_;
  const Expr& expr_;
};

}  // namespace

Value evaluate(const Prepared& prepared, const RowState& state, ExprId id) {
  return std::visit(Evaluator(prepared, state, id), prepared.program.expr(id).node);
}

std::uint64_t split_place(const Prepared& prepared, const RowState& state, const SplitPart& split) {
  const SchemaTable& schema = prepared.program.schema.tables[kAccountTable];
  const Column& keys = prepared.database.tables[kAccountTable].columns[*schema.key];
  const Value key = column_value(keys, state.rows[index_of(kAccountFrame)]);
  return split_hash(split.seed, plain_text(key, schema.columns[*schema.key].type, prepared.program.enums));
}

Value score_sum(const Prepared& prepared, const RowState& state, const ScoreSum& score) {
  ExactSum sum;
  bool unsure = false;
  for (const ScoreTerm& term : score.terms) {
    const Verdict when = term.when ? verdict_of(state.values[index_of(*term.when)]) : Verdict{.holds = true};
    const Value& addend = state.values[index_of(term.value)];
    unsure = unsure || when.unknown || (when.holds && is_unknown(addend));
    if (when.holds && !addend.missing) add_term(sum, prepared.program.expr(term.value).type, addend, term.negative);
  }
  // Infinities of both signs leave nothing to round: the score, which is never missing, is then 0.
  Value result = float_value(sum.total().value);
  result.unsure = unsure;
  return result;
}

}  // namespace segue
