// The conditions of a program, found by walking down from each definition.
#include "bindings/cpp/coverage.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/check/walk.h"

namespace segue {
namespace {

// Where an expression stands: as a condition by itself, as an operand of `and` or `or`, or as a value.
enum class Standing : std::uint8_t { kCondition, kOperand, kValue };

struct Found {
  std::string definition;
  std::vector<WrittenCondition::Instance> instances;
};

// The operand behind which `not` stands in `x not in s`.
std::optional<ExprId> tested_operand(const Node& node) {
  if (const auto* between = std::get_if<Between>(&node)) return between->operand;
  if (const auto* in = std::get_if<InSet>(&node)) return in->operand;
  if (const auto* test = std::get_if<TextTest>(&node)) return test->operand;
  if (const auto* matches = std::get_if<Matches>(&node)) return matches->operand;
  if (const auto* within = std::get_if<Within>(&node)) return within->operand;
  if (const auto* known = std::get_if<IsKnown>(&node)) return known->operand;
  if (const auto* near = std::get_if<Near>(&node)) return near->latitude;
  return std::nullopt;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n)");
  return begin != std::string_view::npos && text.substr(begin).starts_with(word);
}

class Walker {
 public:
  Walker(const CheckedProgram& program, const SourceMap& sources) : program_(program), sources_(sources), is_met_(program.exprs.size()) {}

  // What lies below the body of a definition; conditions outside of its own text belong to another one.
  void walk(const std::string& name, Span within, ExprId body) {
    open_ = {{body, Standing::kCondition}};
    while (!open_.empty()) {
      const auto [id, position] = open_.back();
      open_.pop_back();
      visit(name, within, id, position);
    }
  }

  std::map<Span, Found> take() { return std::move(found_); }

 private:
  const Expr& expr(ExprId id) const { return program_.expr(id); }

  void visit(const std::string& name, Span within, ExprId id, Standing position) {
    if (const auto* negation = std::get_if<Not>(&expr(id).node)) return open_.emplace_back(negation->operand, position), void();
    const bool is_junction = std::holds_alternative<And>(expr(id).node) || std::holds_alternative<Or>(expr(id).node);
    const bool is_recorded = position == Standing::kOperand || (position == Standing::kCondition && !is_junction);
    if (is_recorded) record(name, within, id);
    if (is_met_[index_of(id)]) return;
    is_met_[index_of(id)] = true;
    push_operands(expr(id).node, is_junction);
  }

  void record(const std::string& name, Span within, ExprId id) {
    const Span span = expr(id).span;
    if (expr(id).type.kind != Kind::kBool || std::holds_alternative<Literal>(expr(id).node)) return;
    if (span.source != within.source || span.begin < within.begin || span.end > within.end) return;
    Found& found = found_[span];
    found.definition = name;
    const auto is_known = [&](const WrittenCondition::Instance& instance) { return instance.expr == id; };
    if (std::ranges::none_of(found.instances, is_known)) found.instances.push_back({id, is_written_negated(expr(id))});
  }

  bool is_written_negated(const Expr& condition) const {
    const std::optional<ExprId> operand = tested_operand(condition.node);
    if (!operand || expr(*operand).span.source != condition.span.source) return false;
    const Span behind{condition.span.source, std::min(expr(*operand).span.end, condition.span.end), condition.span.end};
    const std::string_view text = text_at(source_of(sources_, behind.source), behind);
    if (std::holds_alternative<IsKnown>(condition.node)) return text.find("missing") != std::string_view::npos;
    return begins_with_word(text, "not");
  }

  // Each operand with what it is to its construct.
  void push_operands(const Node& node, bool is_junction) {
    const auto condition = [&](std::optional<ExprId> id) {
      if (id) open_.emplace_back(*id, Standing::kCondition);
    };
    const auto value = [&](std::optional<ExprId> id) {
      if (id) open_.emplace_back(*id, Standing::kValue);
    };
    if (const auto* aggregate = std::get_if<Aggregate>(&node)) {
      condition(aggregate->within);
      condition(aggregate->where);
      value(aggregate->value);
    } else if (const auto* sum = std::get_if<ScoreSum>(&node)) {
      for (const ScoreTerm& term : sum->terms) {
        value(term.value);
        condition(term.when);
      }
    } else if (const auto* choice = std::get_if<Choice>(&node)) {
      for (const ChoiceRow& row : choice->rows) condition(row.condition);
    } else if (const auto* cell = std::get_if<GridCell>(&node)) {
      condition(cell->where);
      for (const GridAxis& axis : cell->axes) value(axis.operand);
    } else if (const auto* part = std::get_if<SplitPart>(&node)) {
      condition(part->population);
    } else if (const auto* sequence = std::get_if<Sequence>(&node)) {
      condition(sequence->within);
      value(sequence->by);
      for (const ExprId step : sequence->steps) condition(step);
    } else {
      for_each_operand(node, [&](ExprId id) { open_.emplace_back(id, is_junction ? Standing::kOperand : Standing::kValue); });
    }
  }

  const CheckedProgram& program_;
  const SourceMap& sources_;
  std::vector<std::pair<ExprId, Standing>> open_;
  std::vector<bool> is_met_;
  std::map<Span, Found> found_;
};

// The named definition in whose text a hidden one stands.
const Definition* owner_of(const std::vector<const Definition*>& named, Span span) {
  for (const Definition* definition : named) {
    const Span text = definition->span;
    if (text.source == span.source && text.begin <= span.begin && span.end <= text.end) return definition;
  }
  return nullptr;
}

}  // namespace

std::vector<WrittenCondition> written_conditions(const CheckedProgram& program, const SourceMap& sources) {
  std::vector<const Definition*> named;
  for (const Definition& definition : program.definitions) {
    if (!definition.name.empty()) named.push_back(&definition);
  }
  Walker walker(program, sources);
  for (const Definition& definition : program.definitions) {
    const Definition* owner = definition.name.empty() ? owner_of(named, program.expr(definition.body).span) : &definition;
    if (owner != nullptr) walker.walk(owner->name, owner->span, definition.body);
  }
  std::vector<WrittenCondition> conditions;
  for (auto& [span, found] : walker.take()) conditions.push_back({span, std::move(found.definition), std::move(found.instances)});
  const auto place = [&](const WrittenCondition& condition) {
    return std::pair(source_of(sources, condition.span.source).path, condition.span);
  };
  std::ranges::stable_sort(conditions, {}, place);
  return conditions;
}

Coverage coverage_of(const std::vector<WrittenCondition>& conditions, const ConditionsSeen& seen, const SourceMap& sources) {
  constexpr std::uint8_t kWasTrue = 1, kWasFalse = 2;
  Coverage coverage;
  for (const WrittenCondition& condition : conditions) {
    CoveredCondition covered{condition.definition, text_on_one_line(sources, condition.span), condition.span};
    for (const auto& [expr, is_negated] : condition.instances) {
      const std::uint8_t bits = index_of(expr) < seen.by_expr.size() ? seen.by_expr[index_of(expr)] : 0;
      covered.was_true = covered.was_true || (bits & (is_negated ? kWasFalse : kWasTrue)) != 0;
      covered.was_false = covered.was_false || (bits & (is_negated ? kWasTrue : kWasFalse)) != 0;
    }
    coverage.conditions.push_back(std::move(covered));
  }
  return coverage;
}

std::size_t Coverage::covered() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(conditions, [](const CoveredCondition& condition) { return condition.was_true && condition.was_false; }));
}

std::string text_on_one_line(const SourceMap& sources, Span span) {
  std::string text;
  for (const char letter : text_at(source_of(sources, span.source), span)) {
    const bool is_blank = letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
    if (!is_blank) text += letter;
    else if (!text.empty() && text.back() != ' ') text += ' ';
  }
  return text;
}

}  // namespace segue
