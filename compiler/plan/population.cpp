// What is asked of all rows before it is asked of each: the expressions over whole tables, in levels, and the graph of what they need.
#include <algorithm>
#include <cassert>
#include <map>
#include <tuple>

#include "compiler/check/walk.h"
#include "compiler/plan/lower_definitions.h"
#include "compiler/plan/plan.h"
#include "compiler/plan/schedule.h"

namespace segue {

namespace {

bool is_population(const Node& node) { return std::holds_alternative<TopOf>(node) || std::holds_alternative<Percentile>(node); }

// The definitions that the roots need, those over whole tables included.
std::vector<bool> needed_definitions(const CheckedProgram& program, const std::vector<DefinitionId>& roots) {
  std::vector<bool> needed(program.definitions.size());
  std::vector<std::uint32_t> seen(program.exprs.size());
  for (const DefinitionId root : roots) needed[index_of(root)] = true;
  for (std::size_t i = program.definitions.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const ExprId id : collect_body(program, DefinitionId{static_cast<std::uint32_t>(i)}, seen).exprs) {
      for_each_definition(program.expr(id).node, [&](DefinitionId read) { needed[index_of(read)] = true; });
    }
  }
  return needed;
}

// The roots of a plan, equal ones once.
class Roots {
 public:
  explicit Roots(Plan& plan) : plan_(plan) {}

  std::uint32_t members(FrameId frame, Bit bit) { return place({frame, bit, kNoNode}, AnswerKind::kMembers); }
  std::uint32_t values(FrameId frame, NodeId value, Bit known) { return place({frame, known, value}, AnswerKind::kValues); }

 private:
  using Key = std::tuple<FrameId, Bit, NodeId>;

  std::uint32_t place(const Key& key, AnswerKind answer) {
    const auto [at, is_new] = places_.emplace(key, static_cast<std::uint32_t>(plan_.roots.size()));
    if (!is_new) return at->second;
    PlanRoot root{
        .answer = answer, .frame = std::get<FrameId>(key), .members = {}, .undetermined = {}, .value = std::get<NodeId>(key), .known = {}};
    (answer == AnswerKind::kMembers ? root.members : root.known) = std::get<Bit>(key);
    plan_.roots.push_back(root);
    return at->second;
  }

  Plan& plan_;
  std::map<Key, std::uint32_t> places_;
};

struct AskPopulation {
  const CheckedProgram& program;
  Lowering& lowering;
  Roots& roots;
  ExprId expr;
  FrameId frame;

  PopulationTerm operator()(const TopOf& node) const {
    const Lowered candidate = lowering.definition(node.candidates, frame);
    Bit unknown = kFalse;
    PopulationTerm term = ranked(node.by, candidate.holds, unknown);
    const Bit is_candidate_unknown = lowering.undetermined(frame, candidate);
    set_unknown(term, lowering.graph().any_of(frame, is_candidate_unknown, lowering.graph().all_of(frame, candidate.possible, unknown)));
    return term;
  }
  PopulationTerm operator()(const Percentile& node) const {
    const Bit among = node.among ? lowering.definition(*node.among, frame).holds : kTrue;
    Bit unknown = kFalse;
    PopulationTerm term = ranked(node.value, among, unknown);
    set_unknown(term, lowering.definition(node.value, frame).unsure);
    return term;
  }
  template <typename T>
  PopulationTerm operator()(const T&) const {
    assert(false && "asks about its own row alone");
    return {};
  }

  PopulationTerm ranked(DefinitionId id, Bit among, Bit& unknown) const {
    const Type type = program.expr(program.definition(id).body).type;
    const Lowered value = lowering.definition(id, frame);
    unknown = lowering.unknown(frame, value);
    return {.expr = expr,
            .among = roots.members(frame, among),
            .values = roots.values(frame, lowering.ranked(frame, value, type), value.known),
            .is_float = type.kind == Kind::kFloat,
            .unknown = {}};
  }
  void set_unknown(PopulationTerm& term, Bit unknown) const {
    if (unknown != kFalse) term.unknown = roots.members(frame, unknown);
  }
};

}  // namespace

std::vector<std::vector<ExprId>> population_levels(const CheckedProgram& program, const std::vector<DefinitionId>& roots) {
  const std::vector<bool> needed = needed_definitions(program, roots);
  std::vector<std::vector<ExprId>> levels;
  std::vector<std::size_t> depths(program.exprs.size());  // levels that the expression stands on
  std::vector<std::uint32_t> seen(program.exprs.size());
  for (std::size_t i = 0; i < program.definitions.size(); ++i) {
    if (!needed[i]) continue;
    for (const ExprId id : collect_body(program, DefinitionId{static_cast<std::uint32_t>(i)}, seen).exprs) {
      const Node& node = program.expr(id).node;
      std::size_t& depth = depths[index_of(id)];
      for_each_operand(node, [&](ExprId operand) { depth = std::max(depth, depths[index_of(operand)]); });
      for_each_definition(node, [&](DefinitionId read) { depth = std::max(depth, depths[index_of(program.definition(read).body)]); });
      if (!is_population(node)) continue;
      if (levels.size() == depth) levels.emplace_back();
      levels[depth].push_back(id);
      ++depth;
    }
  }
  return levels;
}

Plan make_population_plan(const CheckedProgram& program, const std::vector<ExprId>& terms, const PlanOptions& options) {
  Plan plan;
  plan.frames = program.frames;
  plan.windows = program.windows;
  std::vector<DefinitionId> asked;
  for (const ExprId id : terms) for_each_definition(program.expr(id).node, [&](DefinitionId read) { asked.push_back(read); });
  Lowering lowering(program, options, plan);
  lower_definitions(program, asked, lowering);
  Roots roots(plan);
  for (const ExprId id : terms) {
    const Expr& expr = program.expr(id);
    plan.population.push_back(std::visit(AskPopulation{program, lowering, roots, id, expr.frame}, expr.node));
  }
  finish(plan);
  return plan;
}

}  // namespace segue
