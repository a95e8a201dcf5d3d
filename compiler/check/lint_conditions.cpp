// Conditions that always or never hold by type or range, alone or beside their neighbours, and conditions that repeat or add nothing. Nothing is said
// unless it is certain for every row and any data.
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/lint_facts.h"
#include "compiler/check/lint_ranges.h"

namespace segue::linter {
namespace {

constexpr std::size_t kMostCompared = 32;  // conditions on one value, each with each

std::string raw(const Facts& facts, ExprId id) { return std::string(text_of(facts, id)); }

bool is_predicate(const Facts& facts, ExprId id) { return (facts.places[index_of(id)].roles & (kPositive | kNegative)) != 0; }

// ---- one condition

// What a condition comes down to.
enum class Outcome : std::uint8_t { kOpen, kNever, kAlways, kKnown, kMissing };

Outcome complement_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNever: return Outcome::kAlways;
    case Outcome::kAlways: return Outcome::kNever;
    case Outcome::kKnown: return Outcome::kMissing;
    case Outcome::kMissing: return Outcome::kKnown;
    default: return outcome;
  }
}

// The condition as the author wrote it: `x not in [..]` rather than the `x in [..]` inside it.
ExprId as_written(const Facts& facts, ExprId id) {
  const ExprId parent = facts.places[index_of(id)].parent;
  if (parent == kNoExpr || !std::holds_alternative<Not>(facts.program.expr(parent).node)) return id;
  const Span span = facts.program.expr(id).span;
  return facts.program.expr(parent).span == span && !facts.exceptions.contains(span) ? parent : id;
}

// A value that is there in every row makes `known` always, and `missing` never hold.
Outcome beside_value(const Facts& facts, ExprId subject, Outcome outcome) {
  if (!is_never_missing(facts.program, subject)) return outcome;
  if (outcome == Outcome::kKnown) return Outcome::kAlways;
  return outcome == Outcome::kMissing ? Outcome::kNever : outcome;
}

Outcome outcome_of(const Facts& facts, const Constraint& constraint) {
  Outcome outcome = Outcome::kOpen;
  if (constraint.holds.empty()) outcome = constraint.is_negated ? Outcome::kMissing : Outcome::kNever;
  if (constraint.holds == constraint.all) outcome = constraint.is_negated ? Outcome::kAlways : Outcome::kKnown;
  return beside_value(facts, constraint.subject, outcome);
}

void report_outcome(Facts& facts, ExprId id, ExprId subject, Outcome outcome, const std::string& reason) {
  const ExprId written = as_written(facts, id);
  if (written != id) outcome = complement_of(outcome);
  const std::string because = reason.empty() ? "" : fmt::format(": {}", reason);
  const std::string condition = code(facts, written) + named_values(facts, written);
  const Span span = facts.program.expr(written).span;
  if (outcome == Outcome::kNever) {
    warn(facts, id, DiagnosticKind::kNeverHolds, span, fmt::format("{} never holds{}", condition, because));
  } else if (outcome == Outcome::kAlways) {
    warn(facts, id, DiagnosticKind::kAlwaysHolds, span, fmt::format("{} always holds{}; leave it out", condition, because));
  } else {
    const bool is_known = outcome == Outcome::kKnown;
    const std::string right = fmt::format("{} is {}", raw(facts, subject), is_known ? "known" : "missing");
    Diagnostic& diagnostic = warn(facts, id, is_known ? DiagnosticKind::kAlwaysHolds : DiagnosticKind::kNeverHolds, span,
                                  fmt::format("{} {}{}; if that is meant, write `{} is {}`", condition,
                                              is_known ? "holds for every value that is known" : "holds for no value that is known",
                                              because, words(facts, subject), is_known ? "known" : "missing"));
    diagnostic.fix = Fix{fmt::format("write `{} is {}`", words(facts, subject), is_known ? "known" : "missing"), {Edit{span, right}}};
  }
}

void report_reversed(Facts& facts, ExprId id, const Between& between) {
  const ExprId written = as_written(facts, id);
  const bool is_plain = named_values(facts, between.low).empty() && named_values(facts, between.high).empty();
  const bool is_negated = written != id;
  const std::string advice = is_plain ? fmt::format("; write `between {} and {}`", words(facts, between.high), words(facts, between.low))
                                      : fmt::format("; the smaller bound comes first{}", named_values(facts, written));
  Diagnostic& diagnostic = warn(facts, id, DiagnosticKind::kReversedBetween, facts.program.expr(written).span,
                                fmt::format("{} {} holds: `{}` comes after `{}`{}", code(facts, written), is_negated ? "always" : "never",
                                            words(facts, between.low), words(facts, between.high), advice));
  if (!is_plain) return;
  diagnostic.fix = Fix{"exchange the bounds",
                       {Edit{facts.program.expr(between.low).span, raw(facts, between.high)},
                        Edit{facts.program.expr(between.high).span, raw(facts, between.low)}}};
}

// `share(…) >= 50`, where `50%` is meant.
void suggest_percent(Facts& facts, ExprId id, Diagnostic& diagnostic) {
  const auto* compare = std::get_if<Compare>(&facts.program.expr(id).node);
  if (compare == nullptr) return;
  for (const ExprId side : {compare->left, compare->right}) {
    const auto* literal = std::get_if<Literal>(&facts.program.expr(side).node);
    const auto* number = literal == nullptr ? nullptr : std::get_if<double>(&literal->value);
    const std::string text = raw(facts, side);
    if (number == nullptr || *number <= 1 || *number > 100 || text.find_first_not_of("0123456789.") != std::string::npos) continue;
    diagnostic.message += fmt::format("; write `{}%`", text);
    diagnostic.fix = Fix{fmt::format("write `{}%`", text), {Edit{facts.program.expr(side).span, text + "%"}}};
  }
}

bool is_share(const Facts& facts, ExprId id) {
  const Node& node = facts.program.expr(id).node;
  const auto* aggregate = std::get_if<Aggregate>(&node);
  return std::holds_alternative<Percentile>(node) || (aggregate != nullptr && aggregate->fn == AggregateFn::kShare);
}

std::string reason_for(const Facts& facts, const Constraint& constraint) {
  std::string limits = limits_of(facts, constraint.subject);
  if (!limits.empty()) return limits;
  const Expr& subject = facts.program.expr(constraint.subject);
  if (constraint.measure == Measure::kEnum)
    return constraint.holds.empty() ? fmt::format("{} has no such value", code(facts, constraint.subject))
                                    : fmt::format("these are all the values of {}", code(facts, constraint.subject));
  if (subject.type.kind == Kind::kInt) return fmt::format("{} is a whole number", code(facts, constraint.subject));
  return {};
}

void look_at_constraint(Facts& facts, TextRanks& texts, ExprId id) {
  const std::optional<Constraint> constraint = constraint_of(facts, texts, id);
  if (!constraint) return;
  if (constraint->is_reversed) return report_reversed(facts, id, std::get<Between>(facts.program.expr(id).node));
  const Outcome outcome = outcome_of(facts, *constraint);
  if (outcome == Outcome::kOpen) return;
  report_outcome(facts, id, constraint->subject, outcome, reason_for(facts, *constraint));
  if (outcome != Outcome::kKnown && is_share(facts, constraint->subject)) suggest_percent(facts, id, facts.findings.back().diagnostic);
}

// `x = x`, `x < x`.
void look_at_same_sides(Facts& facts, ExprId id, const Compare& compare) {
  if (facts.meanings[index_of(compare.left)] != facts.meanings[index_of(compare.right)]) return;
  if (std::holds_alternative<Literal>(facts.program.expr(compare.left).node)) return;
  Outcome outcome = Outcome::kKnown;
  if (compare.op == CompareOp::kLt || compare.op == CompareOp::kGt) outcome = Outcome::kNever;
  if (compare.op == CompareOp::kNe) outcome = Outcome::kMissing;
  report_outcome(facts, id, compare.left, beside_value(facts, compare.left, outcome), "both sides are the same");
}

void look_at_known(Facts& facts, ExprId id, const IsKnown& known) {
  const Expr& value = facts.program.expr(known.operand);
  const bool is_column = std::holds_alternative<ColumnRead>(value.node);
  const bool is_count = std::holds_alternative<Aggregate>(value.node);
  if ((!is_column && !is_count) || !is_never_missing(facts.program, known.operand)) return;
  report_outcome(facts, id, known.operand, Outcome::kAlways,
                 is_column ? fmt::format("the schema says that every row has {}", code(facts, known.operand)) : "a count is never missing");
}

void look_at_window(Facts& facts, ExprId id, const Within& within) {
  const Window& window = facts.program.windows[index_of(within.window)];
  const bool is_rolling = window.kind == WindowKind::kLast || window.kind == WindowKind::kNext;
  if (!is_rolling || window.count >= 1 || facts.has_open_params) return;
  const ExprId written = as_written(facts, id);
  warn(facts, id, written == id ? DiagnosticKind::kNeverHolds : DiagnosticKind::kAlwaysHolds, facts.program.expr(written).span,
       fmt::format("{} {} holds: its number is {} here, and a window below 1 covers nothing", code(facts, written),
                   written == id ? "never" : "always", window.count));
}

void look_at_condition(Facts& facts, TextRanks& texts, ExprId id) {
  const Node& node = facts.program.expr(id).node;
  if (const auto* known = std::get_if<IsKnown>(&node)) return look_at_known(facts, id, *known);
  if (const auto* within = std::get_if<Within>(&node)) return look_at_window(facts, id, *within);
  if (const auto* compare = std::get_if<Compare>(&node)) look_at_same_sides(facts, id, *compare);
  const auto* between = std::get_if<Between>(&node);
  if (between != nullptr && is_certainly_later(facts.program, between->low, between->high)) return report_reversed(facts, id, *between);
  if (between != nullptr || std::holds_alternative<Compare>(node) || std::holds_alternative<InSet>(node))
    look_at_constraint(facts, texts, id);
}

// ---- conditions beside each other

// One `and` or `or` with all its operands, those of its like inside it included.
struct Junction {
  ExprId id{};
  bool is_and = true;
  std::vector<ExprId> operands;

  [[nodiscard]] const char* word() const { return is_and ? "and" : "or"; }
};

struct Member {
  std::size_t index = 0;  // into Junction::operands
  Constraint constraint;
};
using Group = std::vector<Member>;

Span span_of(const Facts& facts, ExprId id) { return facts.program.expr(id).span; }

// The text between two operands is `and`, `or` or a comma, and nothing else.
bool are_neighbours(const Facts& facts, ExprId first, ExprId second) {
  const Span a = span_of(facts, first);
  const Span b = span_of(facts, second);
  if (a.source != b.source || a.end >= b.begin) return false;
  std::string_view between = text_at(source_of(facts.sources, a.source), Span{a.source, a.end, b.begin});
  const auto is_blank = [](char each) { return each == ' ' || each == '\n' || each == '\r' || each == '\t'; };
  while (!between.empty() && is_blank(between.front())) between.remove_prefix(1);
  while (!between.empty() && is_blank(between.back())) between.remove_suffix(1);
  return between == "and" || between == "or" || between == ",";
}

// Takes one operand out of the text, where it stands beside another without parentheses between them.
std::optional<Fix> removal(const Facts& facts, const Junction& junction, std::size_t index) {
  const Span own = span_of(facts, junction.operands[index]);
  const std::string message = fmt::format("leave {} out", code(facts, junction.operands[index]));
  if (index > 0 && are_neighbours(facts, junction.operands[index - 1], junction.operands[index])) {
    const Span before = span_of(facts, junction.operands[index - 1]);
    return Fix{message, {Edit{Span{own.source, before.end, own.end}, ""}}};
  }
  if (index + 1 < junction.operands.size() && are_neighbours(facts, junction.operands[index], junction.operands[index + 1])) {
    const Span after = span_of(facts, junction.operands[index + 1]);
    return Fix{message, {Edit{Span{own.source, own.begin, after.begin}, ""}}};
  }
  return std::nullopt;
}

Diagnostic& warn_pair(Facts& facts, DiagnosticKind kind, ExprId first, ExprId second, std::string message) {
  Diagnostic& diagnostic = warn(facts, second, kind, span_of(facts, second), std::move(message));
  if (span_of(facts, first) != span_of(facts, second))
    diagnostic.notes.push_back(make_note(fmt::format("{} stands here", code(facts, first)), span_of(facts, first)));
  return diagnostic;
}

std::string both_named(const Facts& facts, ExprId first, ExprId second) {
  const std::string a = named_values(facts, first);
  std::string b = named_values(facts, second);
  if (a.empty() || a == b) return b;
  return b.empty() ? a : a + " and" + b.substr(5);  // past ` with`
}

// The constant of `x = c`, `x != c`; kNoExpr for anything else.
ExprId compared_constant(const Facts& facts, ExprId id, CompareOp op) {
  const auto* compare = std::get_if<Compare>(&facts.program.expr(id).node);
  const bool is_plain = compare != nullptr && compare->op == op && std::holds_alternative<Literal>(facts.program.expr(compare->right).node);
  return is_plain ? compare->right : kNoExpr;
}

// `x = a and x = b` is meant as `x in [a, b]`, `x != a or x != b` as `x not in [a, b]`.
bool suggest_list(Facts& facts, const Junction& junction, ExprId first, ExprId second, Diagnostic& diagnostic) {
  const CompareOp op = junction.is_and ? CompareOp::kEq : CompareOp::kNe;
  const ExprId a = compared_constant(facts, first, op);
  const ExprId b = compared_constant(facts, second, op);
  if (a == kNoExpr || b == kNoExpr) return false;
  const ExprId subject = std::get<Compare>(facts.program.expr(first).node).left;
  const std::string right =
      fmt::format("{} {} [{}, {}]", raw(facts, subject), junction.is_and ? "in" : "not in", raw(facts, a), raw(facts, b));
  diagnostic.message += fmt::format("; write `{}`", right);
  if (junction.is_and && facts.program.expr(subject).frame != kAccountFrame)
    diagnostic.message += ", or ask twice, as in `any(…) and any(…)`, if two rows are meant";
  if (are_neighbours(facts, first, second))
    diagnostic.fix = Fix{fmt::format("write `{}`", right), {Edit{cover(span_of(facts, first), span_of(facts, second)), right}}};
  return true;
}

bool are_complements(const Facts& facts, ExprId first, ExprId second) {
  return facts.meanings[index_of(first)].id == facts.meanings[index_of(second)].id;
}

void report_never_together(Facts& facts, const Junction& junction, ExprId first, ExprId second) {
  const bool is_one = span_of(facts, first) == span_of(facts, second);
  const std::string what =
      is_one ? fmt::format("{}{} never holds", code(facts, second), named_values(facts, second))
             : fmt::format("{} and {}{} never hold together", code(facts, first), code(facts, second), both_named(facts, first, second));
  Diagnostic& diagnostic = warn_pair(facts, DiagnosticKind::kNeverHolds, first, second, what);
  if (is_one || suggest_list(facts, junction, first, second, diagnostic)) return;
  const bool is_plain = !are_complements(facts, first, second) && !code(facts, second).starts_with("`except ");
  diagnostic.message += is_plain ? "; write `or` if one of them is enough, or leave one out" : "; leave one of them out";
}

void report_always_together(Facts& facts, const Junction& junction, ExprId first, ExprId second, ExprId known) {
  const std::string when = known == kNoExpr ? "always holds" : fmt::format("holds for every {} that is known", code(facts, known));
  Diagnostic& diagnostic =
      warn_pair(facts, DiagnosticKind::kAlwaysHolds, first, second,
                fmt::format("{} or {}{} {}", code(facts, first), code(facts, second), both_named(facts, first, second), when));
  if (suggest_list(facts, junction, first, second, diagnostic)) return;
  if (known == kNoExpr) {
    diagnostic.message +=
        are_complements(facts, first, second) ? "; leave them out" : "; write `and` if both are needed, or leave them out";
    return;
  }
  diagnostic.message += fmt::format("; write `and` if both are needed, or `{} is known` if that is meant", words(facts, known));
}

// The same condition twice, or a condition and its complement; whether the latter was found.
bool look_for_repeats(Facts& facts, const Junction& junction) {
  std::unordered_map<std::uint32_t, std::size_t> first_of;
  bool is_settled = false;
  for (std::size_t i = 0; i < junction.operands.size(); ++i) {
    const ExprId operand = junction.operands[i];
    const Meaning meaning = facts.meanings[index_of(operand)];
    const auto [found, is_new] = first_of.try_emplace(meaning.id, i);
    if (is_new || std::holds_alternative<Literal>(facts.program.expr(operand).node)) continue;
    const ExprId other = junction.operands[found->second];
    if (facts.meanings[index_of(other)] == meaning) {
      Diagnostic& diagnostic = warn_pair(facts, DiagnosticKind::kRepeatedCondition, other, operand,
                                         fmt::format("{} says the same as {}, and both stand in one `{}`; leave one out",
                                                     code(facts, operand), code(facts, other), junction.word()));
      if (code(facts, operand) == code(facts, other))
        diagnostic.message = fmt::format("{} stands twice in one `{}`; leave one out", code(facts, operand), junction.word());
      diagnostic.fix = removal(facts, junction, i);
      continue;
    }
    if (!std::exchange(is_settled, true)) {
      if (junction.is_and) report_never_together(facts, junction, other, operand);
      else report_always_together(facts, junction, other, operand, kNoExpr);
    }
  }
  return is_settled;
}

// `x is missing and x > 5`.
bool look_for_missing(Facts& facts, const Junction& junction) {
  std::unordered_map<std::uint32_t, ExprId> missing;
  for (const ExprId operand : junction.operands) {
    const auto* negated = std::get_if<Not>(&facts.program.expr(operand).node);
    const auto* known = negated == nullptr ? nullptr : std::get_if<IsKnown>(&facts.program.expr(negated->operand).node);
    if (known != nullptr) missing.try_emplace(facts.meanings[index_of(known->operand)].id, operand);
  }
  if (missing.empty()) return false;
  for (const ExprId operand : junction.operands) {
    const Node& node = facts.program.expr(operand).node;
    if (std::holds_alternative<Not>(node) || is_complement(node)) continue;
    for (const ExprId value : tested_values(facts.program, operand)) {
      const auto found = missing.find(facts.meanings[index_of(value)].id);
      if (found == missing.end()) continue;
      const bool is_later = span_of(facts, found->second) < span_of(facts, operand);
      report_never_together(facts, junction, is_later ? found->second : operand, is_later ? operand : found->second);
      return true;
    }
  }
  return false;
}

// The operands that compare one value with constants, each group in order of the text. What is settled alone was reported alone.
std::vector<Group> groups_of(const Facts& facts, TextRanks& texts, const Junction& junction) {
  std::map<std::pair<std::uint32_t, Measure>, std::size_t> places;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < junction.operands.size(); ++i) {
    std::optional<Constraint> constraint = constraint_of(facts, texts, junction.operands[i]);
    if (!constraint || constraint->holds.empty() || constraint->holds == constraint->all) continue;
    const std::pair key(facts.meanings[index_of(constraint->subject)].id, constraint->measure);
    const auto [found, is_new] = places.try_emplace(key, groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].push_back({i, std::move(*constraint)});
  }
  return groups;
}

Ranges together(const Junction& junction, const Constraint& a, const Constraint& b) {
  return junction.is_and ? intersection(a.holds, b.holds) : united(a.holds, b.holds, a.step);
}

// `and`: nothing is left; `or`: everything is covered.
bool is_settled(const Junction& junction, const Constraint& of, const Ranges& all) { return junction.is_and ? all.empty() : all == of.all; }

// The first two that settle it alone; the first and the last of the group where it takes more.
std::pair<std::size_t, std::size_t> culprits(const Junction& junction, const Group& group) {
  for (std::size_t j = 1; j < group.size() && j < kMostCompared; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      const Ranges both = together(junction, group[i].constraint, group[j].constraint);
      if (is_settled(junction, group[i].constraint, both)) return {i, j};
    }
  }
  return {0, group.size() - 1};
}

bool look_for_settled(Facts& facts, const Junction& junction, const Group& group) {
  const ExprId subject = group.front().constraint.subject;
  const bool is_always_there = is_never_missing(facts.program, subject);
  Ranges all = group.front().constraint.holds;
  for (std::size_t i = 1; i < group.size(); ++i) {
    all = junction.is_and ? intersection(all, group[i].constraint.holds) : united(all, group[i].constraint.holds, group[i].constraint.step);
  }
  if (!is_settled(junction, group.front().constraint, all)) return false;
  const bool is_any_negated = std::ranges::any_of(group, [](const Member& member) { return member.constraint.is_negated; });
  const bool are_all_negated = std::ranges::all_of(group, [](const Member& member) { return member.constraint.is_negated; });
  const auto [first, second] = culprits(junction, group);
  const ExprId a = junction.operands[group[first].index];
  const ExprId b = junction.operands[group[second].index];
  if (!junction.is_and) {
    report_always_together(facts, junction, a, b, is_any_negated || is_always_there ? kNoExpr : subject);
  } else if (!are_all_negated || is_always_there) {
    report_never_together(facts, junction, a, b);
  }
  return true;
}

// Whether, beside `kept`, `other` changes nothing.
bool adds_nothing(const Facts& facts, const Junction& junction, const Constraint& kept, const Constraint& other) {
  const Constraint& stronger = junction.is_and ? kept : other;
  const Constraint& weaker = junction.is_and ? other : kept;
  if (!is_within(stronger.holds, weaker.holds)) return false;
  return !stronger.is_negated || weaker.is_negated || is_never_missing(facts.program, kept.subject);
}

void look_for_redundant(Facts& facts, const Junction& junction, const Group& group) {
  if (group.size() > kMostCompared) return;
  std::vector<bool> is_out(group.size());
  for (std::size_t i = group.size(); i-- > 0;) {
    for (std::size_t k = 0; k < group.size() && !is_out[i]; ++k) {
      const ExprId other = junction.operands[group[i].index];
      const ExprId kept = junction.operands[group[k].index];
      const bool is_pair = k != i && !is_out[k] && !group[i].constraint.is_by_name && !group[k].constraint.is_by_name;
      if (!is_pair || span_of(facts, other) == span_of(facts, kept)) continue;
      if (facts.meanings[index_of(other)] == facts.meanings[index_of(kept)]) continue;  // repeated, and said so
      if (!adds_nothing(facts, junction, group[k].constraint, group[i].constraint)) continue;
      is_out[i] = true;
      Diagnostic& diagnostic = warn_pair(facts, DiagnosticKind::kRedundantCondition, kept, other,
                                         fmt::format("{} adds nothing beside {}; leave it out", code(facts, other), code(facts, kept)));
      diagnostic.fix = removal(facts, junction, group[i].index);
    }
  }
}

void look_at_junction(Facts& facts, TextRanks& texts, ExprId id) {
  const bool is_and = std::holds_alternative<And>(facts.program.expr(id).node);
  const Junction junction{id, is_and, flat_operands(facts.program, id)};
  if (look_for_repeats(facts, junction) || (is_and && look_for_missing(facts, junction))) return;
  for (const Group& group : groups_of(facts, texts, junction)) {
    if (group.size() < 2 || look_for_settled(facts, junction, group)) continue;
    look_for_redundant(facts, junction, group);
  }
}

}  // namespace

void lint_conditions(Facts& facts) {
  TextRanks texts;
  for (std::uint32_t i = 0; i < facts.places.size(); ++i) {
    const auto id = static_cast<ExprId>(i);
    if (!is_predicate(facts, id)) continue;
    const Node& node = facts.program.expr(id).node;
    const bool is_junction = std::holds_alternative<And>(node) || std::holds_alternative<Or>(node);
    if (!is_junction) look_at_condition(facts, texts, id);
    else if (!facts.places[i].is_chained) look_at_junction(facts, texts, id);
  }
}

}  // namespace segue::linter
