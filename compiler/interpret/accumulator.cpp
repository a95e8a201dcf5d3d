// The twelve aggregates.
#include "compiler/interpret/accumulator.h"

namespace segue {
namespace {

// The order of two values that may be missing, a missing one being the least.
int order_with_missing(const Type& type, const Value& a, const Value& b) {
  if (a.missing || b.missing) return static_cast<int>(b.missing) - static_cast<int>(a.missing);
  return order_values(type, a, b);
}

}  // namespace

void Accumulator::add(const AggregateRow& row) {
  looked_at_ += row.within.holds;
  passed_ += row.within.holds && row.where.holds;
  switch (fn_) {
    case AggregateFn::kAny:
    case AggregateFn::kNone:
    case AggregateFn::kEvery: return add_quantified(row);
    case AggregateFn::kShare: return add_shared(row);
    case AggregateFn::kLatest:
    case AggregateFn::kEarliest: return add_timed(row);
    default: return add_value(row);
  }
}

// `any` and `none` look for a row that passes, `every` for one that breaks the claim.
void Accumulator::add_quantified(const AggregateRow& row) {
  const Verdict found = both(row.within, fn_ == AggregateFn::kEvery ? !row.where : row.where);
  holds_somewhere_ = holds_somewhere_ || found.holds;
  is_decided_ = is_decided_ || known_true(found);
  has_unknown_row_ = has_unknown_row_ || found.unknown;
}

void Accumulator::add_shared(const AggregateRow& row) {
  unsure_ = unsure_ || row.within.unknown || (row.within.holds && row.where.unknown);
}

// kCount has no value, and needs none.
void Accumulator::add_value(const AggregateRow& row) {
  const Verdict filter = both(row.within, row.where);
  unsure_ = unsure_ || filter.unknown;
  if (!filter.holds || fn_ == AggregateFn::kCount) return;
  unsure_ = unsure_ || is_unknown(row.value);
  if (row.value.missing) return;
  values_ += 1;
  take_value(row.value);
}

void Accumulator::take_value(const Value& value) {
  if (fn_ == AggregateFn::kDistinct) {
    identities_.insert(identity_of(types_.value, value));
  } else if (fn_ == AggregateFn::kMin || fn_ == AggregateFn::kMax) {
    const int order = has_best_ ? order_values(types_.value, value, best_) : 0;
    if (!has_best_ || (fn_ == AggregateFn::kMin ? order < 0 : order > 0)) best_ = value;
    has_best_ = true;
  } else if (types_.value.kind == Kind::kFloat) {
    float_sum_.add(float_of(value));
  } else {
    exact_sum_ += value.bits;
  }
}

void Accumulator::add_timed(const AggregateRow& row) {
  const Verdict filter = both(row.within, row.where);
  unsure_ = unsure_ || filter.unknown;
  if (!filter.holds) return;
  unsure_ = unsure_ || row.time.missing;
  if (row.time.missing || (has_best_ && !precedes(row))) return;
  has_best_ = true;
  best_row_ = row;
}

// Whether a row is chosen before the best so far: by time, then key, then value.
bool Accumulator::precedes(const AggregateRow& candidate) const {
  int order = compare_int(candidate.time.bits, best_row_.time.bits);
  if (order == 0) order = order_with_missing(types_.key, candidate.key, best_row_.key);
  if (order == 0) order = order_with_missing(types_.value, candidate.value, best_row_.value);
  return fn_ == AggregateFn::kLatest ? order > 0 : order < 0;
}

Value Accumulator::result() const {
  Value result;
  switch (fn_) {
    case AggregateFn::kAny:
    case AggregateFn::kNone:
    case AggregateFn::kEvery: return quantified();
    case AggregateFn::kCount: result.bits = static_cast<std::int64_t>(passed_); break;
    case AggregateFn::kDistinct: result.bits = static_cast<std::int64_t>(identities_.size()); break;
    case AggregateFn::kShare:
      result = known_or_missing(divide_exact(static_cast<std::int64_t>(passed_), 0, static_cast<std::int64_t>(looked_at_), 0));
      break;
    case AggregateFn::kSum: result = sum(); break;
    case AggregateFn::kAvg: result = average(); break;
    case AggregateFn::kMin:
    case AggregateFn::kMax: result = has_best_ ? best_ : Value{.missing = true}; break;
    case AggregateFn::kLatest:
    case AggregateFn::kEarliest: result = has_best_ ? best_row_.value : Value{.missing = true}; break;
  }
  // What is unsure of the row that was chosen stays so; of `min` and `max` every value has been counted already.
  result.unsure = result.unsure || unsure_;
  return result;
}

Value Accumulator::quantified() const {
  const bool is_any = fn_ == AggregateFn::kAny;
  return value_of({.holds = is_any == holds_somewhere_, .unknown = !is_decided_ && has_unknown_row_});
}

Value Accumulator::sum() const {
  if (types_.value.kind == Kind::kFloat) return known_or_missing(float_sum_.total());
  return known_or_missing(types_.value.kind == Kind::kDecimal ? decimal_from_wide(exact_sum_) : int_from_wide(exact_sum_));
}

Value Accumulator::average() const {
  const auto count = static_cast<std::int64_t>(values_);
  if (types_.value.kind == Kind::kFloat) return known_or_missing(float_sum_.average(count));
  return known_or_missing(average_exact(exact_sum_, scale_of(types_.value), count));
}

}  // namespace segue
