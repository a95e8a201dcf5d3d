// Tests on columns beside what is known of the columns' values.
#include "compiler/plan/facts.h"

#include <algorithm>

namespace segue {

namespace {

// Of `all` values whether none or every one lies in one of the ranges, which ascend and neither touch nor overlap.
Outcome within(const IntRange& all, const std::vector<IntRange>& ranges) {
  const auto first = std::ranges::lower_bound(ranges, all.low, {}, &IntRange::high);
  if (first == ranges.end() || first->low > all.high) return Outcome::kNever;
  return first->low <= all.low && all.high <= first->high ? Outcome::kAlways : Outcome::kOpen;
}

Outcome within(const FloatRange& all, const FloatRange& range) {
  if (all.high < range.low || all.low > range.high) return Outcome::kNever;
  return range.low <= all.low && all.high <= range.high ? Outcome::kAlways : Outcome::kOpen;
}

Outcome within(const std::optional<IntRange>& all, const IntRange& range) {
  if (range.is_empty()) return Outcome::kNever;
  if (!all) return Outcome::kOpen;
  if (all->high < range.low || all->low > range.high) return Outcome::kNever;
  return range.low <= all->low && all->high <= range.high ? Outcome::kAlways : Outcome::kOpen;
}

bool is_all_missing(const ColumnFacts& facts) {
  return !facts.may_be_known || (facts.integers && facts.integers->is_empty()) || (facts.floats && facts.floats->is_empty());
}

}  // namespace

KnownInt moment_of(const ClockValue& moment, const Clock& clock) {
  if (moment.count == 0 && moment.unit == TimeUnit::kSecond) return {clock.now, true};
  if (moment.count == 0 && moment.unit == TimeUnit::kDay) return {clock.today, true};
  const TimeAmount shift{moment.count, moment.unit};
  return is_exact(moment.unit) ? moment_timestamp(clock, shift) : moment_date(clock, shift);
}

const ColumnFacts* FactTable::find(TableColumn column) const {
  const auto at = std::ranges::lower_bound(facts_, column, {}, &ColumnFacts::column);
  return at != facts_.end() && at->column == column ? &*at : nullptr;
}

Outcome FactTable::known(TableColumn column) const {
  const ColumnFacts* facts = find(column);
  if (facts == nullptr) return Outcome::kOpen;
  if (is_all_missing(*facts)) return Outcome::kNever;
  return facts->may_be_missing ? Outcome::kOpen : Outcome::kAlways;
}

Outcome FactTable::truth(TableColumn column) const {
  const ColumnFacts* facts = find(column);
  if (facts == nullptr) return Outcome::kOpen;
  return is_all_missing(*facts) ? Outcome::kNever : within(facts->integers, {1, 1});
}

Outcome FactTable::test(const Plan& plan, FrameId frame, const Op& op) {
  if (facts_.empty()) return Outcome::kOpen;
  const auto ranged = ranged_value(op);
  if (!ranged) return Outcome::kOpen;
  const PlanNode& node = plan.node(ranged->value);
  const auto* read = std::get_if<ColumnValue>(&node.op);
  if (read == nullptr || node.frame != frame) return Outcome::kOpen;
  const ColumnFacts* facts = find({plan.frames[index_of(frame)].table, read->column});
  if (facts == nullptr) return Outcome::kOpen;
  if (is_all_missing(*facts)) return Outcome::kNever;
  if (const auto* ints = std::get_if<InRanges>(&op)) return facts->integers ? within(*facts->integers, ints->ranges) : Outcome::kOpen;
  if (const auto* floats = std::get_if<InFloatRange>(&op)) return facts->floats ? within(*facts->floats, floats->range) : Outcome::kOpen;
  if (clock_ == nullptr) return Outcome::kOpen;
  if (const auto* window = std::get_if<InWindow>(&op)) {
    const WindowBounds& covered = bounds(plan, window->window);
    return within(facts->integers, node.type.kind == Kind::kDate ? covered.days : covered.instants);
  }
  const auto range = bound_range(plan, std::get<CompareBound>(op));
  return range ? within(facts->integers, *range) : Outcome::kOpen;
}

const WindowBounds& FactTable::bounds(const Plan& plan, std::uint32_t window) {
  if (bounds_.empty()) bounds_.resize(plan.windows.size());
  if (!bounds_[window]) bounds_[window] = window_bounds(plan.windows[window], *clock_);
  return *bounds_[window];
}

// What the test admits; nothing where more than a moment stands on its other side.
std::optional<IntRange> FactTable::bound_range(const Plan& plan, const CompareBound& test) const {
  const auto* moment = std::get_if<ClockValue>(&plan.node(test.bound).op);
  if (moment == nullptr) return std::nullopt;
  const KnownInt bound = moment_of(*moment, *clock_);
  return bound.known ? exact_range(test.value_scale, test.comparison, bound.value, test.bound_scale) : IntRange{1, 0};
}

// ── Of a plan that is made ──

void add_columns_read(const Plan& plan, const PlanNode& node, std::vector<TableColumn>& columns) {
  const auto add_domain = [&](DomainId domain) {
    if (domain == kNoDomain) return;
    for (const DomainPart& part : plan.domains[domain]) {
      if (!part.literal) columns.push_back({part.table, part.column});
    }
  };
  add_domain(node.domain);
  std::visit(
      [&](const auto& op) {
        if constexpr (requires { op.tables; }) {
          columns.push_back({op.tables.back(), op.column});
        } else if constexpr (requires { op.column; }) {
          columns.push_back({plan.frames[index_of(node.frame)].table, op.column});
        } else if constexpr (requires { op.space; }) {
          for (const DomainId domain : plan.rank_spaces[op.space].domains) add_domain(domain);
        }
      },
      node.op);
}

std::vector<TableColumn> columns_read(const Plan& plan) {
  std::vector<TableColumn> columns;
  for (const NodeId id : plan.live) add_columns_read(plan, plan.node(id), columns);
  std::ranges::sort(columns);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

FactsEffect effect_of(const Plan& plan, const PlanOptions& options) {
  FactsEffect effect;
  FactTable facts(options.facts, options.clock);
  for (const NodeId id : plan.live) {
    const PlanNode& node = plan.node(id);
    if (is_value(node.op)) continue;
    if (const auto* known = std::get_if<ColumnKnown>(&node.op)) {
      effect.known += facts.known({plan.frames[index_of(node.frame)].table, known->column}) != Outcome::kOpen ? 1 : 0;
    } else if (const auto* truth = std::get_if<ColumnBit>(&node.op)) {
      effect.tests += facts.truth({plan.frames[index_of(node.frame)].table, truth->column}) != Outcome::kOpen ? 1 : 0;
    } else {
      effect.tests += facts.test(plan, node.frame, node.op) != Outcome::kOpen ? 1 : 0;
    }
  }
  return effect;
}

}  // namespace segue
