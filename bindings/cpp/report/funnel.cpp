// Further definitions behind those of the program, one a step: the first clause, the first two, and so on.
#include "bindings/cpp/report/funnel.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/coverage.h"
#include "bindings/cpp/engine.h"
#include "compiler/check/walk.h"

namespace segue {
namespace {

constexpr std::size_t kMostFunnels = 200;
constexpr std::size_t kMostSteps = 12;  // clauses behind them make up the last one

// The clauses that a body joins by `and`, in the order of the text: of `where`s, `except`s and what stands inside them.
std::vector<ExprId> clauses_of(const CheckedProgram& program, ExprId body) {
  std::vector<ExprId> clauses, open = {body};
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    const auto* both = std::get_if<And>(&program.expr(id).node);
    if (both == nullptr) clauses.push_back(id);
    else open.insert(open.end(), both->operands.rbegin(), both->operands.rend());
  }
  return clauses;
}

// Whether the text of a negation says so itself, as `x not in s` does; an `except` does not.
bool says_its_negation(const CheckedProgram& program, const SourceMap& sources, const Not& negation, Span span) {
  const Expr& operand = program.expr(negation.operand);
  if (operand.span != span) return true;
  std::optional<Span> first;
  for_each_operand(operand.node, [&](const ExprId& id) {
    if (!first) first = program.expr(id).span;
  });
  if (!first || first->source != span.source || first->end >= span.end) return false;
  std::string_view rest = text_at(source_of(sources, span.source), {span.source, first->end, span.end});
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n)"), rest.size()));
  return rest.starts_with("not ") || rest.starts_with("is ");
}

std::string clause_text(const CheckedProgram& program, const SourceMap& sources, ExprId clause) {
  const Expr& expr = program.expr(clause);
  std::string text = text_on_one_line(sources, expr.span);
  const auto* negation = std::get_if<Not>(&expr.node);
  if (negation == nullptr || says_its_negation(program, sources, *negation, expr.span)) return text;
  const bool is_simple = text.find(' ') == std::string::npos;
  return is_simple ? "not " + text : fmt::format("not ({})", text);
}

// The definitions whose funnels are drawn, as indices into the evaluation's: audiences first.
std::vector<std::size_t> drawn(const OpenedProject& project, const Evaluation& evaluation) {
  std::vector<std::size_t> chosen;
  for (const ResultKind kind : {ResultKind::kAudience, ResultKind::kSegment}) {
    for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
      if (project.definitions[evaluation.definitions[i].definition].kind == kind) chosen.push_back(i);
    }
  }
  return chosen;
}

// What is evaluated besides, and where its answers go.
struct FunnelProgram {
  CheckedProgram program;
  std::vector<DefinitionId> roots;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // funnel, step
};

void add_step(FunnelProgram& steps, const Definition& like, std::vector<ExprId> clauses) {
  CheckedProgram& program = steps.program;
  ExprId body = clauses.front();
  if (clauses.size() > 1) {
    program.exprs.push_back({.node = And{std::move(clauses)}, .type = {}, .frame = like.frame, .span = {}});
    body = ExprId{static_cast<std::uint32_t>(program.exprs.size() - 1)};
  }
  Definition definition;
  definition.kind = like.kind;
  definition.frame = like.frame;
  definition.body = body;
  program.definitions.push_back(std::move(definition));
  steps.roots.push_back(DefinitionId{static_cast<std::uint32_t>(program.definitions.size() - 1)});
}

// The steps of one definition, all but the last of which are still to be counted.
Funnel begin_funnel(const OpenedProject& project, const Evaluation& evaluation, std::size_t outcome, std::size_t place,
                    FunnelProgram& steps) {
  const Answers& answers = *evaluation.answers;
  const CheckedProgram& program = answers.project->program();
  const Definition& definition = program.definition(answers.roots[outcome]);
  const std::vector<ExprId> clauses = clauses_of(program, definition.body);
  Funnel funnel{.outcome = outcome, .steps = {}};
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    std::string text = clause_text(program, project.sources, clauses[i]);
    if (i >= kMostSteps) {
      funnel.steps.back().text += " and " + text;
      continue;
    }
    funnel.steps.push_back({std::move(text), evaluation.definitions[outcome].accounts});
    if (i + 1 == std::min(clauses.size(), kMostSteps)) continue;
    add_step(steps, definition, {clauses.begin(), clauses.begin() + static_cast<std::ptrdiff_t>(i) + 1});
    steps.places.emplace_back(place, i);
  }
  return funnel;
}

}  // namespace

std::expected<Funnels, Failure> funnels_of(const OpenedProject& project, const Evaluation& evaluation, const EvaluateOptions& options) {
  const Answers& answers = *evaluation.answers;
  std::vector<std::size_t> chosen = drawn(project, evaluation);
  Funnels all;
  all.left_out = chosen.size() - std::min(chosen.size(), kMostFunnels);
  chosen.resize(chosen.size() - all.left_out);
  FunnelProgram steps{.program = answers.project->program(), .roots = {}, .places = {}};
  const Answered answered = answered_of(answers);
  for (const std::size_t outcome : chosen) {
    all.funnels.push_back(begin_funnel(project, evaluation, outcome, all.funnels.size(), steps));
    all.funnels.back().suppressed = count_common(accounts_named(answered, outcome), answers.suppressed);
  }
  if (steps.roots.empty()) return all;
  const auto results = run_engine(*answers.project, steps.program, *answers.database, steps.roots, options);
  if (!results) return std::unexpected(results.error());
  const Answered counted{steps.program, *answers.database, steps.roots, *results};
  for (std::size_t i = 0; i < steps.places.size(); ++i) {
    const auto [funnel, step] = steps.places[i];
    all.funnels[funnel].steps[step].accounts = accounts_named(counted, i).count();
  }
  return all;
}

}  // namespace segue
