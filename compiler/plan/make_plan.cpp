// From definitions to the graph: what the roots need, in order, lowered one expression at a time.
#include "compiler/plan/lower_definitions.h"
#include "compiler/plan/plan.h"
#include "compiler/plan/schedule.h"

namespace segue {

namespace {

AnswerKind answer_of(const Type& type) {
  switch (type.kind) {
    case Kind::kBool: return AnswerKind::kMembers;
    case Kind::kFloat: return AnswerKind::kScores;
    case Kind::kEnum: return AnswerKind::kCodes;
    default: return AnswerKind::kNothing;
  }
}

PlanRoot root_of(const CheckedProgram& program, Lowering& lowering, DefinitionId id) {
  const Definition& definition = program.definition(id);
  PlanRoot root{.definition = id,
                .kind = definition.kind,
                .answer = answer_of(program.expr(definition.body).type),
                .frame = definition.frame,
                .members = {},
                .undetermined = {},
                .value = kNoNode,
                .known = {}};
  const Lowered body = lowering.definition(id, definition.frame);
  if (root.answer == AnswerKind::kMembers) {
    root.members = body.holds;
    root.undetermined = lowering.undetermined(definition.frame, body);
  } else {
    const bool is_nothing = body.known == kFalse && root.answer != AnswerKind::kNothing;
    root.value = is_nothing ? lowering.nothing(program.expr(definition.body).type) : body.value;
    root.known = body.known;
    if (root.answer == AnswerKind::kCodes) root.undetermined = body.unsure;
  }
  return root;
}

}  // namespace

void lower_definitions(const CheckedProgram& program, const std::vector<DefinitionId>& roots, Lowering& lowering) {
  const auto scheduled = schedule(program, roots);
  std::size_t count = 0;
  for (const auto& [definition, exprs] : scheduled) count += exprs.size();
  lowering.graph().reserve(count / 2);
  for (const auto& [definition, exprs] : scheduled) {
    lowering.graph().begin_definition();
    for (const ExprId id : exprs) lowering.lower(id);
    const Lowered& body = lowering.lowered(program.definition(definition).body);
    for (const Bit bit : {body.holds, body.certain, body.possible}) lowering.graph().use(bit);
  }
}

Plan make_plan(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const PlanOptions& options) {
  Plan plan;
  plan.frames = program.frames;
  plan.windows = program.windows;
  Lowering lowering(program, options, plan);
  lower_definitions(program, roots, lowering);
  for (const DefinitionId root : roots) plan.roots.push_back(root_of(program, lowering, root));
  finish(plan);
  return plan;
}

}  // namespace segue
