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
  watches_.resize(schedule.reducers.size());
}

void Machine::run(RowId account, const Visit& visit) {
  visit_ = &visit;
  state_.rows[index_of(kAccountFrame)] = account;
  stack_.push_back({});
  while (!stack_.empty()) advance();
  assert(reducers_.empty());
  if (schedule_.visit == kNoIndex && visit) visit(account);
}

// One step: evaluates an expression, enters the rows of a reducer, or ends a row.
void Machine::advance() {
  Activation& top = stack_.back();
  const Scope& scope = schedule_.scopes[top.scope];
  if (top.step == scope.steps.size()) return finish_row(top);
  const Step& step = scope.steps[top.step];
  if (step.reducer == kNoIndex) {
    set_value(step.expr, evaluate(prepared_, state_, step.expr));
    top.step += 1;
    return;
  }
  if (is_watching_) watches_[step.reducer] = {};
  reducers_.push_back(new_reducer(schedule_.reducers[step.reducer]));
  enter(schedule_.reducers[step.reducer].outermost);
}

void Machine::set_value(ExprId id, const Value& value) {
  state_.values[index_of(id)] = value;
  if (conditions_ == nullptr || prepared_.program.expr(id).type.kind != Kind::kBool) return;
  (*conditions_)[index_of(id)] |= verdict_of(value).holds ? 1 : 2;
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
  if (scope.inner == kNoIndex && scope.reducer != kNoIndex) reduce(scope);
  if (!take_next_row(activation)) leave();
}

// The rows of a scope are done; with the outermost ones of a reducer, so is the reducer.
void Machine::leave() {
  const std::uint32_t left = stack_.back().scope;
  stack_.pop_back();
  const std::uint32_t reducer = schedule_.scopes[left].reducer;
  if (reducer == kNoIndex || schedule_.reducers[reducer].outermost != left) return;
  finish(reducer);
  reducers_.pop_back();
  stack_.back().step += 1;
}

void Machine::finish(std::uint32_t reducer) {
  const Reducer& done = reducers_.back();
  const ExprId expr = schedule_.reducers[reducer].expr;
  if (const auto* accumulator = std::get_if<Accumulator>(&done)) set_value(expr, accumulator->result());
  if (const auto* sequence = std::get_if<SequenceRows>(&done)) set_value(expr, sequence->result());
  if (is_watching_) observe_end(reducer);
}

// One row of a reducer.
void Machine::reduce(const Scope& scope) {
  Reducer& reducer = reducers_.back();
  if (auto* sequence = std::get_if<SequenceRows>(&reducer)) {
    add_to_sequence(*sequence, std::get<Sequence>(node_of(scope.reducer)));
  } else if (auto* accumulator = std::get_if<Accumulator>(&reducer)) {
    const auto& node = std::get<Aggregate>(node_of(scope.reducer));
    const AggregateRow row = aggregate_row(node);
    accumulator->add(row);
    if (is_watching_ && is_watched(scope.reducer)) observe(scope.reducer, node.fn, row);
  } else if (*visit_) {
    (*visit_)(state_.rows[index_of(scope.frame)]);
  }
}

// A row without a time or without its `by` takes no part.
void Machine::add_to_sequence(SequenceRows& rows, const Sequence& node) {
  const std::uint32_t table = prepared_.program.frame(node.rows).table;
  const RowId at = state_.rows[index_of(node.rows)];
  const Value time = column_value(prepared_.database.tables[table].columns[*prepared_.program.schema.tables[table].time], at);
  if (time.missing || (node.by && value(*node.by).missing)) return;
  SequencedRow row{.row = at, .time = time.bits, .by = {}, .steps = {}};
  if (node.by) row.by = identity_of(prepared_.program.expr(*node.by).type, value(*node.by));
  const Verdict within = node.within ? verdict_of(value(*node.within)) : Verdict{.holds = true};
  row.is_in_window = within.holds;
  for (const ExprId step : node.steps) row.steps.push_back(both(within, verdict_of(value(step))));
  rows.add(std::move(row));
}

// Whether a reducer belongs to the account, or to a row that is visited.
bool Machine::is_watched(std::uint32_t reducer) const {
  const std::uint32_t around = schedule_.scopes[schedule_.reducers[reducer].outermost].parent;
  return around == 0 || (schedule_.visit != kNoIndex && schedule_.scopes[around].reducer == schedule_.visit);
}

void Machine::observe(std::uint32_t reducer, AggregateFn fn, const AggregateRow& row) {
  if (fn != AggregateFn::kAny && fn != AggregateFn::kNone && fn != AggregateFn::kEvery) return;
  const Verdict decides = both(row.within, fn == AggregateFn::kEvery ? !row.where : row.where);
  const Verdict shown = fn == AggregateFn::kEvery ? !decides : decides;
  ReducerWatch& watch = watches_[reducer];
  if (known_true(decides) && watch.deciding.size() < kWatchedRows) watch.deciding.push_back(watched_row(reducer, shown));
  if (decides.unknown && watch.unknown.size() < kWatchedRows) watch.unknown.push_back(watched_row(reducer, shown));
}

void Machine::observe_end(std::uint32_t reducer) {
  ReducerWatch& watch = watches_[reducer];
  if (const auto* accumulator = std::get_if<Accumulator>(&reducers_.back())) {
    watch.looked_at = accumulator->looked_at();
    watch.passed = accumulator->passed();
  } else if (const auto* sequence = std::get_if<SequenceRows>(&reducers_.back())) {
    watch.looked_at = sequence->looked_at();
    watch.steps = sequence->passed();
    watch.chain = sequence->chain();
  }
}

WatchedRow Machine::watched_row(std::uint32_t reducer, Verdict verdict) const {
  WatchedRow watched{.rows = state_.rows, .verdict = verdict, .reads = {}};
  const ReducerSchedule& schedule = schedule_.reducers[reducer];
  for (std::uint32_t scope = schedule.outermost; scope != kNoIndex; scope = schedule_.scopes[scope].inner) {
    for (const Step& step : schedule_.scopes[scope].steps) {
      const Node& node = prepared_.program.expr(step.expr).node;
      const bool is_read =
          std::holds_alternative<ColumnRead>(node) || std::holds_alternative<ReferenceRead>(node) || step.reducer != kNoIndex;
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

Machine::Reducer Machine::new_reducer(const ReducerSchedule& reducer) const {
  if (reducer.expr == kVisit) return {};
  const Node& node = prepared_.program.expr(reducer.expr).node;
  if (const auto* aggregate = std::get_if<Aggregate>(&node)) return new_accumulator(*aggregate);
  const SchemaTable& schema = prepared_.program.schema.tables[prepared_.program.frame(reducer.rows).table];
  return SequenceRows(std::get<Sequence>(node), schema.columns[*schema.time].type.kind, *prepared_.clock.zone);
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

const Node& Machine::node_of(std::uint32_t reducer) const { return prepared_.program.expr(schedule_.reducers[reducer].expr).node; }

}  // namespace segue
