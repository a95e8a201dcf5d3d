// Finds what has to be evaluated, from the roots down, with a worklist in place of recursion.
#include "compiler/interpret/schedule.h"

#include <algorithm>
#include <cassert>
#include <unordered_set>

#include "compiler/check/walk.h"

namespace segue {
namespace {

class Scheduler {
 public:
  explicit Scheduler(const CheckedProgram& program) : program_(program) { schedule_.scopes.push_back({}); }

  Schedule run(FrameId frame, std::span<const DefinitionId> roots) {
    const std::uint32_t scope = frame == kAccountFrame ? 0 : open_visit(frame);
    for (const DefinitionId root : roots) need(scope, program_.definition(root).body);
    while (!pending_.empty()) {
      const Pending next = pending_.back();
      pending_.pop_back();
      expand(next.scope, next.expr);
    }
    sort_steps();
    return std::move(schedule_);
  }

 private:
  struct Pending {
    std::uint32_t scope;
    ExprId expr;
  };

  // An expression of an outer frame is evaluated once, in that frame's row.
  void need(std::uint32_t scope, ExprId expr) {
    while (schedule_.scopes[scope].frame != program_.expr(expr).frame) {
      scope = schedule_.scopes[scope].parent;
      assert(scope != kNoIndex && "an expression of a frame that does not stand around it");
    }
    const std::uint64_t key = (std::uint64_t{scope} << 32) | index_of(expr);
    if (needed_.insert(key).second) pending_.push_back({scope, expr});
  }

  void expand(std::uint32_t scope, ExprId expr) {
    Step step{expr};
    const Node& node = program_.expr(expr).node;
    if (const auto* aggregate = std::get_if<Aggregate>(&node)) {
      step.reducer = open_reducer(scope, expr, aggregate->rows);
    } else if (const auto* sequence = std::get_if<Sequence>(&node)) {
      step.reducer = open_reducer(scope, expr, sequence->rows);
    }
    operands_.clear();
    if (step.reducer == kNoIndex) append_operands(program_, expr, operands_);
    else for_each_operand(node, [&](ExprId operand) { operands_.push_back(operand); });
    const std::uint32_t where = step.reducer == kNoIndex ? scope : schedule_.reducers[step.reducer].innermost;
    for (const ExprId operand : operands_) need(where, operand);
    schedule_.scopes[scope].steps.push_back(step);
  }

  // The rows in which the roots stand, in a step of its own behind all others. Gives their scope.
  std::uint32_t open_visit(FrameId rows) {
    schedule_.visit = open_reducer(0, kVisit, rows);
    schedule_.scopes[0].steps.push_back({kVisit, schedule_.visit});
    return schedule_.reducers[schedule_.visit].innermost;
  }

  std::uint32_t open_reducer(std::uint32_t scope, ExprId expr, FrameId rows) {
    const auto index = static_cast<std::uint32_t>(schedule_.reducers.size());
    schedule_.reducers.push_back({.expr = expr, .rows = rows});
    std::uint32_t current = scope;
    for (const FrameId frame : way_to(rows, scope)) {
      const auto opened = static_cast<std::uint32_t>(schedule_.scopes.size());
      schedule_.scopes.push_back({.frame = frame, .parent = current, .reducer = index});
      if (current == scope) schedule_.reducers[index].outermost = opened;
      if (current != scope) schedule_.scopes[current].inner = opened;
      current = opened;
    }
    schedule_.reducers[index].innermost = current;
    return index;
  }

  // The frames from the row around the aggregate to the rows that it runs over, outermost first.
  std::vector<FrameId> way_to(FrameId rows, std::uint32_t scope) const {
    std::vector<FrameId> way;
    for (FrameId frame = rows; !stands_around(frame, scope); frame = program_.frame(frame).anchor) way.push_back(frame);
    assert(!way.empty() && "rows that are the row that they belong to");
    std::reverse(way.begin(), way.end());
    return way;
  }

  bool stands_around(FrameId frame, std::uint32_t scope) const {
    for (; scope != kNoIndex; scope = schedule_.scopes[scope].parent) {
      if (schedule_.scopes[scope].frame == frame) return true;
    }
    return false;
  }

  void sort_steps() {
    for (Scope& scope : schedule_.scopes) {
      std::sort(scope.steps.begin(), scope.steps.end(), [](const Step& a, const Step& b) { return a.expr < b.expr; });
    }
  }

  const CheckedProgram& program_;
  Schedule schedule_;
  std::vector<Pending> pending_;
  std::vector<ExprId> operands_;
  std::unordered_set<std::uint64_t> needed_;
};

}  // namespace

void append_operands(const CheckedProgram& program, ExprId id, std::vector<ExprId>& operands) {
  const Node& node = program.expr(id).node;
  for_each_definition(node, [&](DefinitionId read) { operands.push_back(program.definition(read).body); });
  if (std::holds_alternative<Aggregate>(node) || std::holds_alternative<Sequence>(node)) return;
  for_each_operand(node, [&](ExprId operand) { operands.push_back(operand); });
}

Schedule make_schedule(const CheckedProgram& program, FrameId frame, std::span<const DefinitionId> roots) {
  return Scheduler(program).run(frame, roots);
}

}  // namespace segue
