// What is proved, as a warning that a marketer understands: what is, then what to do.
#include "bindings/cpp/prove/findings.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/coverage.h"

namespace segue {
namespace {

constexpr std::size_t kMostLetters = 60;

std::string cut_words(std::string text) {
  if (count_code_points(text) <= kMostLetters) return text;
  std::size_t end = 0;
  for (std::size_t letters = 0; letters < kMostLetters; ++letters) end += code_point_length(text, end);
  return text.substr(0, end) + "…";
}

ProofFinding finding(const Definition& definition, FindingKind kind, DiagnosticKind as, Span span, std::string message) {
  return {kind, definition.name, make_diagnostic(as, span, std::move(message))};
}

// The definition, as a sentence about one of its conditions begins.
std::string place_of_condition(const FindingWords& words, const StandingCondition& condition) {
  const Definition& definition = words.definition(condition.definition);
  switch (condition.role) {
    case ConditionRole::kBody: return fmt::format("`{}`", definition.name);
    case ConditionRole::kRow: return fmt::format("row `{}` of `{}`", words.row_name(condition.definition, condition.row), definition.name);
    case ConditionRole::kTerm: return fmt::format("the term of `{}` under {}", definition.name, words.code(condition.expr));
    case ConditionRole::kGrid: return fmt::format("`{}`", definition.name);
    default: return words.code(condition.expr);
  }
}

bool is_of_rows(ConditionRole role) {
  return role == ConditionRole::kRows || role == ConditionRole::kEveryRow || role == ConditionRole::kStep;
}

// What a condition that stands by itself is about: accounts, or rows of a related table.
std::string_view table_of_condition(const FindingWords& words, const StandingCondition& condition) {
  const std::uint32_t table = words.program.frame(condition.frame).table;
  return table == kAccountTable ? std::string_view("account") : std::string_view(words.program.schema.tables[table].name);
}

std::string one_of(const FindingWords& words, const StandingCondition& condition) {
  const std::string_view table = table_of_condition(words, condition);
  return table == "account" ? std::string("account") : fmt::format("row of `{}`", table);
}

// Why a clause of an `and` always holds where it is looked at, because of another one.
std::string why_always(const FindingWords& words, const ClauseInside& clause, const Assertion& because) {
  const std::string other = words.code(because.predicate);
  const bool is_other_excepted = words.is_excepted(because.predicate);
  if (!because.holds) return fmt::format("it is looked at only where {} does not hold, and there it always holds", other);
  if (words.is_excepted(clause.expr))
    return is_other_excepted ? fmt::format("{} is excepted already, and whatever meets it meets that too", other)
                             : fmt::format("whatever meets {} never meets it", other);
  return fmt::format("whatever {} {} meets it too", is_other_excepted ? "does not meet" : "meets", other);
}

std::string why_idle(const FindingWords& words, const ClauseInside& clause, const IdleReason& reason) {
  const bool is_excepted = words.is_excepted(clause.expr);
  if (reason.is_alone) return clause.is_in_and && !is_excepted ? "it always holds" : "it never holds";
  if (!reason.because) return "what stands beside it decides already";
  if (clause.is_in_and) return why_always(words, clause, *reason.because);
  const std::string other = words.code(reason.because->predicate);
  return reason.because->holds ? fmt::format("it is looked at only where {} holds, and there it never holds", other)
                               : fmt::format("whatever meets it meets {} too", other);
}

}  // namespace

std::string FindingWords::code(ExprId id) const { return fmt::format("`{}`", cut_words(text_on_one_line(sources, program.expr(id).span))); }

// `except` joins what it excludes to a `where` with an exact complement over the same text; before it stands `except`, or a comma.
bool FindingWords::is_excepted(ExprId id) const {
  const Expr& expr = program.expr(id);
  const auto* negated = std::get_if<Not>(&expr.node);
  if (negated == nullptr || program.expr(negated->operand).span != expr.span) return false;
  const std::string_view text = source_of(sources, expr.span.source).text;
  std::string_view before = text.substr(0, expr.span.begin);
  while (!before.empty() && (before.back() == ' ' || before.back() == '\n' || before.back() == '\r' || before.back() == '\t'))
    before.remove_suffix(1);
  return before.ends_with("except") || before.ends_with(',');
}

std::string_view FindingWords::row_name(DefinitionId id, std::uint32_t row) const {
  const Expr& body = program.expr(program.definition(id).body);
  const auto& choice = std::get<Choice>(body.node);
  return program.enums[body.type.enum_id].values[choice.rows[row].value];
}

ProofFinding never_holds_finding(const FindingWords& words, const StandingCondition& condition) {
  const Definition& definition = words.definition(condition.definition);
  std::string message =
      fmt::format("{} never holds: no {} can meet all that it asks", place_of_condition(words, condition), one_of(words, condition));
  if (condition.role == ConditionRole::kTerm)
    message =
        fmt::format("{} never counts: no account can meet it; leave the term out, or ask for less", place_of_condition(words, condition));
  else if (is_of_rows(condition.role)) message += "; change it, or leave the whole condition out";
  else message += "; ask for less, or delete it";
  const Span span = condition.role == ConditionRole::kBody ? definition.name_span : words.program.expr(condition.expr).span;
  return finding(definition, FindingKind::kNeverHolds, DiagnosticKind::kNeverHolds, span, std::move(message));
}

ProofFinding always_holds_finding(const FindingWords& words, const StandingCondition& condition) {
  const Definition& definition = words.definition(condition.definition);
  std::string message = fmt::format("{} always holds: every {} meets it", place_of_condition(words, condition), one_of(words, condition));
  if (condition.role == ConditionRole::kTerm)
    message = fmt::format("{} always counts: every account meets it; leave the `when` out", place_of_condition(words, condition));
  else if (condition.role == ConditionRole::kRows) message += "; leave the `where` out";
  else message += "; ask for more, or leave it out";
  const Span span = condition.role == ConditionRole::kBody ? definition.name_span : words.program.expr(condition.expr).span;
  return finding(definition, FindingKind::kAlwaysHolds, DiagnosticKind::kAlwaysHolds, span, std::move(message));
}

ProofFinding never_matters_finding(const FindingWords& words, const StandingCondition& condition, const ClauseInside& clause,
                                   const IdleReason& reason) {
  const Definition& definition = words.definition(condition.definition);
  const Span span = words.program.expr(clause.expr).span;
  const std::string_view except = words.is_excepted(clause.expr) ? "`except` of " : "";
  ProofFinding made = finding(definition, FindingKind::kNeverMatters, DiagnosticKind::kRedundantCondition, span,
                              fmt::format("{}{} never matters in `{}`: {}; leave it out", except, words.code(clause.expr), definition.name,
                                          why_idle(words, clause, reason)));
  if (reason.because && words.program.expr(reason.because->predicate).span != span)
    made.diagnostic.notes.push_back(make_note("this decides already", words.program.expr(reason.because->predicate).span));
  return made;
}

ProofFinding shadowed_row_finding(const FindingWords& words, DefinitionId id, std::optional<std::uint32_t> row,
                                  std::span<const std::uint32_t> rows) {
  const Definition& definition = words.definition(id);
  const Expr& body = words.program.expr(definition.body);
  const auto& choice = std::get<Choice>(body.node);
  const auto name_of = [&](std::uint32_t each) { return fmt::format("`{}`", words.row_name(id, each)); };
  const std::string_view where = choice.last_wins ? "below" : "above";
  if (!row) {
    return finding(definition, FindingKind::kShadowedRow, DiagnosticKind::kShadowedRow, definition.name_span,
                   fmt::format("`otherwise {}` of `{}` is never reached: every account meets a row; leave it out, or ask for more in a row",
                               words.program.enums[body.type.enum_id].values[*choice.otherwise], definition.name));
  }
  const std::string taken = rows.size() == 1 ? fmt::format("{} {} takes whoever meets it", name_of(rows[0]), where)
                                             : fmt::format("the rows {} take whoever meets it", where);
  ProofFinding made =
      finding(definition, FindingKind::kShadowedRow, DiagnosticKind::kShadowedRow, words.program.expr(choice.rows[*row].condition).span,
              fmt::format("row {} of `{}` is never reached: {}; {}", name_of(*row), definition.name, taken,
                          choice.last_wins ? "move it down, or leave it out" : "move it up, or leave it out"));
  for (const std::uint32_t each : rows)
    made.diagnostic.notes.push_back(
        make_note(fmt::format("{} stands here", name_of(each)), words.program.expr(choice.rows[each].condition).span));
  return made;
}

ProofFinding same_meaning_finding(const FindingWords& words, DefinitionId first, DefinitionId second) {
  const Definition& kept = words.definition(first);
  const Definition& repeated = words.definition(second);
  const bool is_score = words.program.expr(kept.body).type.kind == Kind::kFloat;
  ProofFinding made = finding(repeated, FindingKind::kSameMeaning, DiagnosticKind::kSameMeaning, repeated.name_span,
                              fmt::format("`{}` means the same as `{}`: {}; write one in terms of the other, or delete one", repeated.name,
                                          kept.name, is_score ? "every account scores the same in both" : "who is in one is in the other"));
  made.diagnostic.notes.push_back(make_note(fmt::format("`{}` stands here", kept.name), kept.name_span));
  return made;
}

std::string_view finding_name(FindingKind kind) {
  switch (kind) {
    case FindingKind::kNeverHolds: return "never-holds";
    case FindingKind::kAlwaysHolds: return "always-holds";
    case FindingKind::kNeverMatters: return "never-matters";
    case FindingKind::kShadowedRow: return "shadowed-row";
    case FindingKind::kSameMeaning: return "same-meaning";
  }
  return "";
}

}  // namespace segue
