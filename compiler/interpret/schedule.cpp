// Finds what has to be evaluated, from the roots down, with a worklist in place of recursion.
#include "compiler/interpret/schedule.h"

#include <algorithm>
#include <cassert>
#include <unordered_set>

namespace segue {
namespace {

// The operands of a node, one overload a kind: a new node that is forgotten here does not compile.
struct Operands {
  const CheckedProgram& program;
  std::vector<ExprId>& out;

  void add(ExprId id) const { out.push_back(id); }

  void operator()(const Literal&) const {}
  void operator()(const ColumnRead&) const {}
  void operator()(const ReferenceRead&) const {}
  void operator()(const Now&) const {}
  void operator()(const Today&) const {}
  void operator()(const FromNow&) const {}
  void operator()(const Aggregate&) const {}
  void operator()(const DefinitionRead& node) const { add(program.definition(node.definition).body); }
  void operator()(const Not& node) const { add(node.operand); }
  void operator()(const And& node) const { out.insert(out.end(), node.operands.begin(), node.operands.end()); }
  void operator()(const Or& node) const { out.insert(out.end(), node.operands.begin(), node.operands.end()); }
  void operator()(const Compare& node) const { add(node.left), add(node.right); }
  void operator()(const Between& node) const { add(node.operand), add(node.low), add(node.high); }
  void operator()(const InSet& node) const { add(node.operand); }
  void operator()(const TextTest& node) const { add(node.operand), add(node.pattern); }
  void operator()(const Matches& node) const { add(node.operand); }
  void operator()(const Has& node) const { add(node.operand); }
  void operator()(const IsEmpty& node) const { add(node.operand); }
  void operator()(const IsKnown& node) const { add(node.operand); }
  void operator()(const Within& node) const { add(node.operand); }
  void operator()(const OrElse& node) const { add(node.operand), add(node.fallback); }
  void operator()(const Negate& node) const { add(node.operand); }
  void operator()(const ToFloat& node) const { add(node.operand); }
  void operator()(const Rescale& node) const { add(node.operand); }
  void operator()(const Arithmetic& node) const { add(node.left), add(node.right); }
  void operator()(const Call& node) const { out.insert(out.end(), node.arguments.begin(), node.arguments.end()); }
  void operator()(const Choice& node) const {
    for (const ChoiceRow& row : node.rows) add(row.condition);
  }
  void operator()(const GridCell& node) const {
    if (node.where) add(*node.where);
    for (const GridAxis& axis : node.axes) add(axis.operand);
  }
  void operator()(const SplitPart& node) const {
    if (node.population) add(*node.population);
  }
  void operator()(const TopOf&) const {}
  void operator()(const Percentile&) const {}
  void operator()(const Near& node) const { add(node.latitude), add(node.longitude); }
  void operator()(const Sequence&) const {}
  void operator()(const ScoreSum& node) const {
    for (const ScoreTerm& term : node.terms) {
      add(term.value);
      if (term.when) add(*term.when);
    }
  }
};

class Scheduler {
 public:
  explicit Scheduler(const CheckedProgram& program) : program_(program) { schedule_.scopes.push_back({}); }

  Schedule run(std::span<const DefinitionId> roots) {
    for (const DefinitionId root : roots) need(0, program_.definition(root).body);
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
    if (const auto* aggregate = std::get_if<Aggregate>(&program_.expr(expr).node)) {
      step.aggregate = open_aggregate(scope, expr, *aggregate);
    } else {
      operands_.clear();
      append_operands(program_, expr, operands_);
      for (const ExprId operand : operands_) need(scope, operand);
    }
    schedule_.scopes[scope].steps.push_back(step);
  }

  std::uint32_t open_aggregate(std::uint32_t scope, ExprId expr, const Aggregate& aggregate) {
    const auto index = static_cast<std::uint32_t>(schedule_.aggregates.size());
    schedule_.aggregates.push_back({.expr = expr});
    std::uint32_t current = scope;
    for (const FrameId frame : way_to(aggregate.rows, scope)) {
      const auto opened = static_cast<std::uint32_t>(schedule_.scopes.size());
      schedule_.scopes.push_back({.frame = frame, .parent = current, .aggregate = index});
      if (current == scope) schedule_.aggregates[index].outermost = opened;
      if (current != scope) schedule_.scopes[current].inner = opened;
      current = opened;
    }
    schedule_.aggregates[index].innermost = current;
    for (const auto& operand : {aggregate.within, aggregate.where, aggregate.value}) {
      if (operand) need(current, *operand);
    }
    return index;
  }

  // The frames from the row around the aggregate to the rows that it runs over, outermost first.
  std::vector<FrameId> way_to(FrameId rows, std::uint32_t scope) const {
    std::vector<FrameId> way;
    for (FrameId frame = rows; !stands_around(frame, scope); frame = program_.frame(frame).anchor) way.push_back(frame);
    assert(!way.empty() && "an aggregate over the row that it stands in");
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
  std::visit(Operands{program, operands}, program.expr(id).node);
}

Schedule make_schedule(const CheckedProgram& program, std::span<const DefinitionId> roots) { return Scheduler(program).run(roots); }

}  // namespace segue
