// The loop of the interpreter: step by step through a row's expressions, into the rows of an aggregate and back out.
#include "compiler/interpret/machine.h"

#include <cassert>

namespace segue {
namespace {

constexpr std::size_t kWatchedRows = 3;

}  // namespace

Machine::Machine(const Prepared& prepared, const Schedule& schedule) : prepared_(prepared), schedule_(schedule) {
  state_.rows.assign(prepared.program.frames.size(), kNoRow);
  state_.values.resize(prepared.program.exprs.size());
  watches_.resize(schedule.aggregates.size());
}

void Machine::run(RowId account) {
  if (is_watching_) watches_.assign(schedule_.aggregates.size(), {});
  state_.rows[index_of(kAccountFrame)] = account;
  stack_.push_back({});
  while (!stack_.empty()) advance();
  assert(accumulators_.empty());
}

// One step: evaluates an expression, enters the rows of an aggregate, or ends a row.
void Machine::advance() {
  Activation& top = stack_.back();
  const Scope& scope = schedule_.scopes[top.scope];
  if (top.step == scope.steps.size()) return finish_row(top);
  const Step& step = scope.steps[top.step];
  if (step.aggregate == kNoIndex) {
    state_.values[index_of(step.expr)] = evaluate(prepared_, state_, step.expr);
    top.step += 1;
    return;
  }
  accumulators_.push_back(new_accumulator(aggregate_node(step.aggregate)));
  enter(schedule_.aggregates[step.aggregate].outermost);
}

// Starts on the rows that belong to the row of the frame's anchor.
void Machine::enter(std::uint32_t scope) {
  const Frame& frame = prepared_.program.frame(schedule_.scopes[scope].frame);
  const Link& link = link_of(frame);
  const RowId anchor = state_.rows[index_of(frame.anchor)];
  stack_.push_back({.scope = scope, .next = link.offsets[anchor], .end = link.offsets[anchor + 1]});
  if (!take_next_row(stack_.back())) leave();
}

bool Machine::take_next_row(Activation& activation) {
  if (activation.next == activation.end) return false;
  const FrameId frame = schedule_.scopes[activation.scope].frame;
  state_.rows[index_of(frame)] = link_of(prepared_.program.frame(frame)).child(activation.next);
  activation.next += 1;
  activation.step = 0;
  activation.is_descended = false;
  return true;
}

void Machine::finish_row(Activation& activation) {
  const Scope& scope = schedule_.scopes[activation.scope];
  if (scope.inner != kNoIndex && !activation.is_descended) {
    activation.is_descended = true;
    return enter(scope.inner);
  }
  if (scope.inner == kNoIndex && scope.aggregate != kNoIndex) accumulate(scope);
  if (!take_next_row(activation)) leave();
}

// The rows of a scope are done; with the outermost ones of an aggregate, so is the aggregate.
void Machine::leave() {
  const std::uint32_t left = stack_.back().scope;
  stack_.pop_back();
  const std::uint32_t aggregate = schedule_.scopes[left].aggregate;
  if (aggregate == kNoIndex || schedule_.aggregates[aggregate].outermost != left) return;
  state_.values[index_of(schedule_.aggregates[aggregate].expr)] = accumulators_.back().result();
  if (is_watching_) {
    watches_[aggregate].looked_at = accumulators_.back().looked_at();
    watches_[aggregate].passed = accumulators_.back().passed();
  }
  accumulators_.pop_back();
  stack_.back().step += 1;
}

void Machine::accumulate(const Scope& scope) {
  const AggregateRow row = aggregate_row(aggregate_node(scope.aggregate));
  accumulators_.back().add(row);
  const bool is_of_account = schedule_.scopes[schedule_.aggregates[scope.aggregate].outermost].parent == 0;
  if (is_watching_ && is_of_account) observe(scope.aggregate, row);
}

void Machine::observe(std::uint32_t aggregate, const AggregateRow& row) {
  const AggregateFn fn = aggregate_node(aggregate).fn;
  if (fn != AggregateFn::kAny && fn != AggregateFn::kNone && fn != AggregateFn::kEvery) return;
  const Verdict decides = both(row.within, fn == AggregateFn::kEvery ? !row.where : row.where);
  const Verdict shown = fn == AggregateFn::kEvery ? !decides : decides;
  AggregateWatch& watch = watches_[aggregate];
  if (known_true(decides) && watch.deciding.size() < kWatchedRows) watch.deciding.push_back(watched_row(aggregate, shown));
  if (decides.unknown && watch.unknown.size() < kWatchedRows) watch.unknown.push_back(watched_row(aggregate, shown));
}

WatchedRow Machine::watched_row(std::uint32_t aggregate, Verdict verdict) const {
  WatchedRow watched{.rows = state_.rows, .verdict = verdict, .reads = {}};
  const AggregateSchedule& schedule = schedule_.aggregates[aggregate];
  for (std::uint32_t scope = schedule.outermost; scope != kNoIndex; scope = schedule_.scopes[scope].inner) {
    for (const Step& step : schedule_.scopes[scope].steps) {
      const Node& node = prepared_.program.expr(step.expr).node;
      const bool is_read =
          std::holds_alternative<ColumnRead>(node) || std::holds_alternative<ReferenceRead>(node) || step.aggregate != kNoIndex;
      if (is_read) watched.reads.push_back({step.expr, value(step.expr)});
    }
  }
  return watched;
}

AggregateRow Machine::aggregate_row(const Aggregate& node) const {
  AggregateRow row;
  if (node.within) row.within = verdict_of(value(*node.within));
  if (node.where) row.where = verdict_of(value(*node.where));
  if (node.value) row.value = value(*node.value);
  if (node.fn != AggregateFn::kLatest && node.fn != AggregateFn::kEarliest) return row;
  const std::uint32_t table = prepared_.program.frame(node.rows).table;
  const SchemaTable& schema = prepared_.program.schema.tables[table];
  const RowId at = state_.rows[index_of(node.rows)];
  row.time = column_value(prepared_.database.tables[table].columns[*schema.time], at);
  row.key = schema.key ? column_value(prepared_.database.tables[table].columns[*schema.key], at) : Value{.missing = true};
  return row;
}

// Keys never fold.
Accumulator Machine::new_accumulator(const Aggregate& node) const {
  AggregateTypes types;
  if (node.value) types.value = prepared_.program.expr(*node.value).type;
  const SchemaTable& schema = prepared_.program.schema.tables[prepared_.program.frame(node.rows).table];
  if (schema.key) types.key = schema.columns[*schema.key].type;
  types.key.folded = false;
  return {node.fn, types};
}

const Aggregate& Machine::aggregate_node(std::uint32_t aggregate) const {
  return std::get<Aggregate>(prepared_.program.expr(schedule_.aggregates[aggregate].expr).node);
}

}  // namespace segue
