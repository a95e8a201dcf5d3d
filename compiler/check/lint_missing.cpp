// Where a missing value decides: under a negation that nobody guards, and in `every` over no rows. `language.md`, "Missing values": the negation of a
// predicate is its complement, so it holds where the value is missing.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/lint_facts.h"
#include "compiler/syntax/parse.h"

namespace segue::linter {
namespace {

constexpr std::size_t kMostConditions = 64;  // of a `define`, looked at where it is negated

// A value that may be missing, as the author would write it at that place; `text` is empty where it has no name there.
struct OpenValue {
  ExprId id{};
  std::string text;
  std::string through;  // the `define` that tests it
};

// ---- edits

// Whether ` and …` after the expression joins it and nothing else.
bool joins_freely(const Facts& facts, ExprId id) {
  const ExprId parent = facts.places[index_of(id)].parent;
  if (std::holds_alternative<Or>(facts.program.expr(id).node)) return false;
  if (parent == kNoExpr) return true;
  const Node& node = facts.program.expr(parent).node;
  return std::holds_alternative<And>(node) || std::holds_alternative<Aggregate>(node) || std::holds_alternative<ScoreSum>(node) ||
         std::holds_alternative<Choice>(node) || std::holds_alternative<GridCell>(node) || std::holds_alternative<SplitPart>(node) ||
         std::holds_alternative<Sequence>(node);
}

bool stands_in_parentheses(const Facts& facts, Span span) {
  const std::string& text = source_of(facts.sources, span.source).text;
  return span.begin > 0 && text[span.begin - 1] == '(' && span.end < text.size() && text[span.end] == ')';
}

// Puts text before and after a span, with parentheses around all of it where they are needed.
std::vector<Edit> edits_around(Span span, const std::string& before, const std::string& after, bool needs_parentheses) {
  std::vector<Edit> edits;
  const std::string first = (needs_parentheses ? "(" : "") + before;
  if (!first.empty()) edits.push_back({Span{span.source, span.begin, span.begin}, first});
  const std::string last = after + (needs_parentheses ? ")" : "");
  if (!last.empty()) edits.push_back({Span{span.source, span.end, span.end}, last});
  return edits;
}

// `employees is known and industry is known`.
std::string all_known(const std::vector<OpenValue>& values) {
  std::string text;
  for (const OpenValue& value : values) text += fmt::format("{}{} is known", text.empty() ? "" : " and ", value.text);
  return text;
}

std::string some_missing(const std::vector<OpenValue>& values) {
  std::string text;
  for (const OpenValue& value : values) text += fmt::format("{}{} is missing", text.empty() ? "" : " or ", value.text);
  return text;
}

std::string names_of(const std::vector<OpenValue>& values) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, values.size()); ++i)
    text += fmt::format("{}`{}`", i == 0 ? "" : i + 1 == values.size() ? " or " : ", ", values[i].text);
  return values.size() > kShown ? text + " or another value" : text;
}

// ---- values under a negation

const Exception* exception_of(const Facts& facts, ExprId negation) {
  const Expr& expr = facts.program.expr(negation);
  const auto* negated = std::get_if<Not>(&expr.node);
  if (negated == nullptr || facts.program.expr(negated->operand).span != expr.span) return nullptr;
  const auto found = facts.exceptions.find(expr.span);
  return found == facts.exceptions.end() ? nullptr : &found->second;
}

void add_fix(Facts& facts, Diagnostic& diagnostic, ExprId negation, const std::vector<OpenValue>& values) {
  Span span = facts.program.expr(negation).span;
  bool needs_parentheses = !joins_freely(facts, negation) && !stands_in_parentheses(facts, span);
  if (std::holds_alternative<Or>(facts.program.expr(negation).node)) needs_parentheses = true;
  if (const Exception* exception = exception_of(facts, negation)) {
    span = exception->where;
    needs_parentheses = exception->is_or;
  }
  // Of an `or`, the parentheses close before what joins it.
  const bool is_or = exception_of(facts, negation) != nullptr || std::holds_alternative<Or>(facts.program.expr(negation).node);
  const std::string joined = fmt::format(" and {}", all_known(values));
  diagnostic.fix = Fix{fmt::format("add `and {}`", all_known(values)), {}};
  if (is_or && needs_parentheses) {
    diagnostic.fix->edits = edits_around(span, "(", ")" + joined, false);
  } else {
    diagnostic.fix->edits = edits_around(span, "", joined, needs_parentheses);
  }
}

std::string message_of(const Facts& facts, ExprId negation, const std::vector<OpenValue>& values) {
  const std::string known = all_known(values);
  const std::string names = names_of(values);
  const std::string through = values.front().through.empty() ? "" : fmt::format(", which `{}` tests", values.front().through);
  if (const Exception* exception = exception_of(facts, negation)) {
    const FrameId frame = facts.program.expr(negation).frame;
    return fmt::format("{} leaves in the {} for which {} is missing{}; add `and {}` to {} to leave them out too", code(facts, negation),
                       frame == kAccountFrame ? "accounts" : "rows", names, through, known, exception->is_row ? "the row" : "`where`");
  }
  if (facts.places[index_of(negation)].is_about_rows) {
    return fmt::format(
        "a row for which {} is missing{} does not count as {}, and that is what is negated here; add `and {}` if this is meant, "
        "`or {}` if such rows should count",
        names, through, code(facts, negation), known, some_missing(values));
  }
  return fmt::format("{} also holds where {} is missing{}; add `and {}` to leave these out, or `or {}` to say that they belong",
                     code(facts, negation), names, through, known, some_missing(values));
}

// The values behind one negation, each once, in order of the text.
using Negations = std::map<ExprId, std::vector<OpenValue>>;

void add_value(Negations& negations, ExprId negation, OpenValue value) {
  std::vector<OpenValue>& values = negations[negation];
  if (std::ranges::count(values, value.text, &OpenValue::text) == 0) values.push_back(std::move(value));
}

// Where the author can name a column that a `define` reads: `employees`, or `account.employees` when the definition is `account.big`.
std::string name_beside(const Facts& facts, ExprId read, ExprId value) {
  const Expr& expr = facts.program.expr(value);
  const auto* column = std::get_if<ColumnRead>(&expr.node);
  if (column == nullptr || expr.frame != facts.program.expr(read).frame) return {};
  const SchemaTable& table = facts.program.schema.tables[facts.program.frame(expr.frame).table];
  const std::string_view text = text_of(facts, read);
  const std::size_t dot = text.find('(') == std::string_view::npos ? text.rfind('.') : std::string_view::npos;
  const std::string_view path = dot == std::string_view::npos ? std::string_view() : text.substr(0, dot + 1);
  const ColumnId named = table.columns[column->column].point.value_or(column->column);  // a point, of one of its coordinates
  return fmt::format("{}{}", path, written_name(table.columns[named].name));
}

// What the condition of a `define` tests that may be missing; nothing where it asks about missing values itself, or is not plain.
std::vector<ExprId> open_values_of(const Facts& facts, DefinitionId definition) {
  std::vector<ExprId> values;
  std::vector<std::pair<ExprId, bool>> open = {{facts.program.definition(definition).body, false}};
  for (std::size_t step = 0; !open.empty(); ++step) {
    if (step == kMostConditions) return {};
    const auto [id, is_negated] = open.back();
    open.pop_back();
    const Node& node = facts.program.expr(id).node;
    if (std::holds_alternative<IsKnown>(node)) return {};
    if (const auto* negated = std::get_if<Not>(&node)) {
      open.emplace_back(negated->operand, !is_negated);
    } else if (std::holds_alternative<And>(node) || std::holds_alternative<Or>(node)) {
      for (const ExprId operand : flat_operands(facts.program, id)) open.emplace_back(operand, is_negated);
    } else if (const auto* read = std::get_if<DefinitionRead>(&node);
               read != nullptr && facts.program.definition(read->definition).kind == DefinitionKind::kDefine &&
               !facts.program.expr(id).type.optional) {
      open.emplace_back(facts.program.definition(read->definition).body, is_negated);
    } else if (is_negated == is_complement(node)) {
      std::ranges::copy_if(tested_values(facts.program, id), std::back_inserter(values),
                           [&](ExprId value) { return facts.program.expr(value).type.optional; });
    }
  }
  return values;
}

// A negated `define`: what it tests, if every such value has a name here.
void look_into_definition(const Facts& facts, ExprId read, ExprId negation, Negations& negations) {
  const Definition& definition = facts.program.definition(std::get<DefinitionRead>(facts.program.expr(read).node).definition);
  if (definition.kind != DefinitionKind::kDefine) return;
  std::vector<OpenValue> found;
  for (const ExprId value : open_values_of(facts, std::get<DefinitionRead>(facts.program.expr(read).node).definition)) {
    if (is_asked_about(facts, read, value)) continue;
    found.push_back({value, name_beside(facts, read, value), definition.name});
    if (found.back().text.empty()) return;
  }
  for (OpenValue& value : found) add_value(negations, negation, std::move(value));
}

void look_at_predicate(const Facts& facts, ExprId id, Negations& negations) {
  const Place& place = facts.places[index_of(id)];
  const Node& node = facts.program.expr(id).node;
  const bool is_itself = is_complement(node);
  const bool is_negative = (place.roles & kNegative) != 0;
  if (is_negative == is_itself || (place.roles & (kPositive | kNegative)) == 0) return;
  const ExprId negation = is_itself ? id : place.negation;
  if (std::holds_alternative<DefinitionRead>(node) && !facts.program.expr(id).type.optional) {
    if (!place.is_about_rows) look_into_definition(facts, id, negation, negations);
    return;
  }
  for (const ExprId value : tested_values(facts.program, id)) {
    if (!facts.program.expr(value).type.optional || is_asked_about(facts, id, value)) continue;
    add_value(negations, negation, {value, std::string(text_of(facts, value)), {}});
  }
}

// ---- every

// `events within last 30 days`, as `every(events within last 30 days where …)` says it; empty where it cannot be told.
std::string rows_text(const Facts& facts, ExprId id) {
  const auto& aggregate = std::get<Aggregate>(facts.program.expr(id).node);
  const Span whole = facts.program.expr(id).span;
  const Span where = facts.program.expr(*aggregate.where).span;
  if (where.source != whole.source || where.begin < whole.begin || where.begin > whole.end) return {};
  std::string_view text = text_of(facts, id).substr(0, where.begin - whole.begin);
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return {};
  text.remove_prefix(open + 1);
  const auto trim = [&](std::string_view blanks) {
    while (!text.empty() && blanks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  };
  trim(" \r\n\t(");
  if (!text.ends_with("where")) return {};
  text.remove_suffix(5);
  trim(" \r\n\t");
  return std::string(text);
}

void look_at_every(Facts& facts, ExprId id) {
  const auto* every = std::get_if<Aggregate>(&facts.program.expr(id).node);
  if (every == nullptr || every->fn != AggregateFn::kEvery || facts.places[index_of(id)].roles != kPositive) return;
  if (is_looked_for(facts, id, every->rows)) return;
  const std::string& table = facts.program.schema.tables[facts.program.frame(every->rows).table].name;
  const std::string rows = rows_text(facts, id);
  const Span span = facts.program.expr(id).span;
  const std::string advice = rows.empty() ? "" : fmt::format("; add `any({}) and` before it if there must be one", rows);
  Diagnostic& diagnostic =
      warn(facts, id, DiagnosticKind::kEveryOverNoRows, span,
           fmt::format("{} also holds where there are no {}`{}` at all{}", code(facts, id), every->within ? "such " : "", table, advice));
  if (rows.empty()) return;
  const bool needs_parentheses = !joins_freely(facts, id) && !stands_in_parentheses(facts, span);
  diagnostic.fix =
      Fix{fmt::format("add `any({}) and`", rows), edits_around(span, fmt::format("any({}) and ", rows), "", needs_parentheses)};
}

}  // namespace

void lint_missing(Facts& facts) {
  Negations negations;
  for (std::uint32_t i = 0; i < facts.places.size(); ++i) {
    if (facts.places[i].roles == kUnused) continue;
    look_at_predicate(facts, static_cast<ExprId>(i), negations);
    look_at_every(facts, static_cast<ExprId>(i));
  }
  for (auto& [negation, values] : negations) {
    std::ranges::sort(values, {}, [&](const OpenValue& value) { return std::pair(facts.program.expr(value.id).span, value.id); });
    Diagnostic& diagnostic =
        warn(facts, negation, DiagnosticKind::kMissingNegated, facts.program.expr(negation).span, message_of(facts, negation, values));
    add_fix(facts, diagnostic, negation, values);
  }
}

}  // namespace segue::linter
