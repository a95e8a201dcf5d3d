// In rounds, each of which needs what the one before found: conditions and expectations; clauses; why those are idle; meanings.
#include "bindings/cpp/prove/prove_project.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/coverage.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/prove/findings.h"
#include "bindings/cpp/prove/proof_store.h"
#include "bindings/cpp/prove/same_meaning.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

// What the rounds share.
struct Proving {
  const OpenedProject& project;
  const OpenOptions& opening;
  const ProvingOptions& options;
  const CheckedProgram& program;
  FindingWords words;
  ProofStore store;
  ProofOptions solving;
  std::vector<DefinitionId> asked;
  std::vector<ExampleAccount> accounts;  // that showed something: they tell definitions apart
  std::set<DefinitionId> settled;        // never or always hold: nothing else is said of them
  ProvedProject found;

  [[nodiscard]] const Definition& definition(DefinitionId id) const { return program.definition(id); }
};

using Settled = std::expected<std::vector<Proof>, Failure>;

Settled settle(Proving& all, std::string_view step, std::span<const Claim> claims) {
  if (all.options.progress)
    all.solving.progress = [&](std::size_t done, std::size_t count) { all.options.progress({std::string(step), done, count}); };
  auto settled = settle_claims(all.program, claims, all.solving, all.store);
  if (!settled) return std::unexpected(std::move(settled.error()));
  all.found.claims += claims.size();
  all.found.kept += settled->kept;
  if (all.options.stop.stop_requested()) return std::unexpected(Failure{.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}});
  return std::move(settled->proofs);
}

void add_open(Proving& all, DefinitionId id, std::string text, Span span, const Proof& proof) {
  all.found.open.push_back({all.definition(id).name, std::move(text), span, proof.reason, proof.place});
}

// ---- names

std::expected<std::vector<DefinitionId>, Failure> asked_about(const OpenedProject& project, const std::vector<std::string>& names) {
  const CheckedProgram& program = project.checked->program();
  std::vector<DefinitionId> named = named_definitions(program, project.checked->check.prelude);
  if (names.empty()) return named;
  std::vector<std::string> known;
  for (const DefinitionId id : named) known.push_back(program.definition(id).name);
  Failure failure{.kind = FailureKind::kCall, .diagnostics = {}, .tables = {}};
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    failure.diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnknownDefinition, {},
                                                  fmt::format("no definition is called `{}`{}", name, did_you_mean(name, known))));
  }
  if (!failure.diagnostics.empty()) return std::unexpected(std::move(failure));
  std::erase_if(named, [&](DefinitionId id) { return std::ranges::find(names, program.definition(id).name) == names.end(); });
  return named;
}

// ---- expectations

struct AskedExpectation {
  DefinitionId definition{};
  const Expectation* expectation = nullptr;
};

std::vector<AskedExpectation> logical_expectations(const Proving& all) {
  std::vector<AskedExpectation> asked;
  for (const DefinitionId id : all.asked) {
    for (const Expectation& each : all.definition(id).expectations) {
      const bool is_logical =
          each.subject == ExpectSubject::kDisjoint || each.subject == ExpectSubject::kSubset || each.subject == ExpectSubject::kNotEmpty;
      const std::string name = fmt::format("expect {}: {}", all.definition(id).name, each.text);
      const auto is_part = [&](const std::string& part) { return name.find(part) != std::string::npos; };
      const bool is_asked = all.options.parts.empty() || std::ranges::any_of(all.options.parts, is_part);
      if (is_logical && is_asked) asked.push_back({id, &each});
    }
  }
  return asked;
}

Claim claim_of(const Proving& all, const AskedExpectation& asked) {
  const Definition& definition = all.definition(asked.definition);
  Claim claim{.frame = definition.frame, .assertions = {{definition.body, true}}, .differ = {}};
  if (asked.expectation->other) {
    const ExprId other = all.definition(*asked.expectation->other).body;
    claim.assertions.push_back({other, asked.expectation->subject == ExpectSubject::kDisjoint});
  }
  return claim;
}

// `contacts.logins`: the relation of an audience from the account on.
std::string path_of_frame(const CheckedProgram& program, FrameId frame) {
  std::vector<std::string> names;
  for (; frame != kAccountFrame; frame = program.frame(frame).outer)
    names.push_back(written_name(program.schema.tables[program.frame(frame).table].name));
  std::ranges::reverse(names);
  return fmt::format("{}", fmt::join(names, "."));
}

// What a test of the example states: what the expectation says of it.
std::string stated(const Proving& all, const AskedExpectation& asked) {
  const Definition& definition = all.definition(asked.definition);
  const Expectation& expectation = *asked.expectation;
  const std::string name = written_name(definition.name);
  const bool is_of_rows = definition.frame != kAccountFrame;
  const std::string path = is_of_rows ? path_of_frame(all.program, definition.frame) : "";
  if (expectation.subject == ExpectSubject::kNotEmpty) return is_of_rows ? fmt::format("any({} where {})", path, name) : name;
  const bool is_disjoint = expectation.subject == ExpectSubject::kDisjoint;
  const std::string other = expectation.text.substr(std::string_view(is_disjoint ? "disjoint from" : "subset of").size());
  const std::string both = fmt::format("{} and {}{}", name, is_disjoint ? "" : "not ", other);
  return is_of_rows ? fmt::format("none({} where {})", path, both) : fmt::format("not ({})", both);
}

std::string title_of(const Proving& all, const AskedExpectation& asked) {
  return fmt::format("{} is {}{}", all.definition(asked.definition).name, asked.expectation->subject == ExpectSubject::kSubset ? "a " : "",
                     text_on_one_line(all.project.sources, asked.expectation->span));
}

void show_example(Proving& all, const AskedExpectation& asked, const Proof& proof, ProvedExpectation& made) {
  if (!proof.example) return;
  std::vector<DefinitionId> roots = {asked.definition};
  if (asked.expectation->other) roots.push_back(*asked.expectation->other);
  const bool passes = made.verdict == ClaimVerdict::kProved;
  for (const bool has_keys : {false, true}) {
    made.example = shown_example(all.program, roots, *proof.example, all.solving.clock, has_keys);
    if (!made.example) return;
    if (all.options.expectations_only) return;
    made.test = sound_test(all.project, all.opening, *made.example, title_of(all, asked), stated(all, asked), passes);
    if (!made.test.empty()) return;
  }
}

void add_expectation(Proving& all, const AskedExpectation& asked, const Proof& proof) {
  const Expectation& expectation = *asked.expectation;
  ProvedExpectation made{.definition = all.definition(asked.definition).name,
                         .text = text_on_one_line(all.project.sources, expectation.span),
                         .span = expectation.span,
                         .verdict = proof.verdict,
                         .reason = proof.reason,
                         .reason_place = proof.place,
                         .example = {},
                         .test = {}};
  if (made.verdict != ClaimVerdict::kUnknown) made.reason.clear();
  if (expectation.subject == ExpectSubject::kNotEmpty && proof.verdict != ClaimVerdict::kUnknown) {
    const bool is_empty = proof.verdict == ClaimVerdict::kProved;
    made.verdict = is_empty ? ClaimVerdict::kRefuted : ClaimVerdict::kProved;
    if (is_empty) made.reason = "nothing can meet all that it asks";
  }
  show_example(all, asked, proof, made);
  all.found.expectations.push_back(std::move(made));
}

std::expected<void, Failure> prove_expectations(Proving& all) {
  const std::vector<AskedExpectation> asked = logical_expectations(all);
  std::vector<Claim> claims;
  for (const AskedExpectation& each : asked) claims.push_back(claim_of(all, each));
  auto proofs = settle(all, "proving expectations", claims);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    add_expectation(all, asked[i], (*proofs)[i]);
    if ((*proofs)[i].example) all.accounts.push_back(std::move(*(*proofs)[i].example));
  }
  return {};
}

// ---- findings that are right for every use of a `define` with parameters

struct FindingOfUse {
  DefinitionId definition{};
  ProofFinding finding;
};

void keep_right_findings(Proving& all, std::vector<FindingOfUse> findings) {
  std::map<Span, std::size_t> uses;
  for (const DefinitionId id : all.asked) ++uses[all.definition(id).name_span];
  std::map<std::pair<FindingKind, Span>, std::set<DefinitionId>> users;
  const auto key = [](const FindingOfUse& each) { return std::pair(each.finding.kind, std::get<Span>(each.finding.diagnostic.location)); };
  for (const FindingOfUse& each : findings) users[key(each)].insert(each.definition);
  for (FindingOfUse& each : findings) {
    const auto found = users.find(key(each));
    if (found == users.end() || found->second.size() != uses[all.definition(each.definition).name_span]) continue;
    users.erase(found);  // said once
    all.found.findings.push_back(std::move(each.finding));
  }
}

// ---- conditions

// What is known of each standing condition.
struct ConditionVerdicts {
  ClaimVerdict never{}, always{};
};

std::string whether(const Proving& all, const StandingCondition& condition, std::string_view what) {
  const Definition& definition = all.definition(condition.definition);
  switch (condition.role) {
    case ConditionRole::kBody:
    case ConditionRole::kGrid: return fmt::format("whether `{}` {}", definition.name, what);
    case ConditionRole::kRow:
      return fmt::format("whether row `{}` of `{}` {}", all.words.row_name(condition.definition, condition.row), definition.name, what);
    default: return fmt::format("whether {} in `{}` {}", all.words.code(condition.expr), definition.name, what);
  }
}

// A row that always holds, and rows that `every` tests, say something all the same.
bool is_asked_whether_always(const StandingCondition& condition) {
  return condition.role != ConditionRole::kRow && condition.role != ConditionRole::kEveryRow && condition.role != ConditionRole::kStep;
}

void note_condition(Proving& all, const StandingCondition& condition, Proof& never, Proof& always, std::vector<FindingOfUse>& findings) {
  const Span span = all.program.expr(condition.expr).span;
  if (never.verdict == ClaimVerdict::kProved) findings.push_back({condition.definition, never_holds_finding(all.words, condition)});
  if (never.verdict == ClaimVerdict::kUnknown) add_open(all, condition.definition, whether(all, condition, "can hold"), span, never);
  if (is_asked_whether_always(condition)) {
    if (always.verdict == ClaimVerdict::kProved) findings.push_back({condition.definition, always_holds_finding(all.words, condition)});
    if (always.verdict == ClaimVerdict::kUnknown)
      add_open(all, condition.definition, whether(all, condition, "always holds"), span, always);
  }
  const bool is_body = condition.role == ConditionRole::kBody;
  if (is_body && (never.verdict == ClaimVerdict::kProved || always.verdict == ClaimVerdict::kProved))
    all.settled.insert(condition.definition);
  if (is_body && never.verdict == ClaimVerdict::kRefuted && always.verdict == ClaimVerdict::kRefuted)
    all.found.facts.push_back({all.definition(condition.definition).name,
                               fmt::format("`{}` can hold, and does not always", all.definition(condition.definition).name),
                               all.definition(condition.definition).name_span});
  if (is_body && never.example) all.accounts.push_back(std::move(*never.example));
}

std::expected<std::vector<ConditionVerdicts>, Failure> prove_conditions(Proving& all, std::span<const StandingCondition> conditions,
                                                                        std::vector<FindingOfUse>& findings) {
  std::vector<Claim> claims;
  for (const StandingCondition& condition : conditions) {
    const bool is_body = condition.role == ConditionRole::kBody;
    claims.push_back(never_holds(condition));
    claims.push_back(always_holds(condition));
    claims.rbegin()[0].wants_example = false;
    claims.rbegin()[1].wants_example = is_body;
  }
  auto proofs = settle(all, "proving conditions", claims);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  std::vector<ConditionVerdicts> verdicts;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    Proof& never = (*proofs)[2 * i];
    Proof& always = (*proofs)[2 * i + 1];
    verdicts.push_back({never.verdict, always.verdict});
    note_condition(all, conditions[i], never, always, findings);
  }
  return verdicts;
}

// ---- rows of tiers and stages

struct AskedRow {
  DefinitionId definition{};
  std::optional<std::uint32_t> row;   // nothing: `otherwise`
  std::vector<std::uint32_t> before;  // rows that are looked at first
};

const Choice* choice_of(const Proving& all, DefinitionId id) {
  return std::get_if<Choice>(&all.program.expr(all.definition(id).body).node);
}

// Rows that can hold at all; one that cannot is told of already.
std::vector<AskedRow> asked_rows(const Proving& all, std::span<const StandingCondition> conditions,
                                 std::span<const ConditionVerdicts> verdicts) {
  std::set<std::pair<DefinitionId, std::uint32_t>> never;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i].role == ConditionRole::kRow && verdicts[i].never == ClaimVerdict::kProved)
      never.emplace(conditions[i].definition, conditions[i].row);
  }
  std::vector<AskedRow> asked;
  for (const DefinitionId id : all.asked) {
    const Choice* choice = choice_of(all, id);
    if (choice == nullptr) continue;
    const auto count = static_cast<std::uint32_t>(choice->rows.size());
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < count; ++row) rows.push_back(choice->last_wins ? count - 1 - row : row);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (!never.contains({id, rows[i]})) asked.push_back({id, rows[i], {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(i)}});
    }
    if (choice->otherwise) asked.push_back({id, std::nullopt, std::move(rows)});
  }
  return asked;
}

Claim claim_of_row(const Proving& all, const AskedRow& asked, std::span<const std::uint32_t> before) {
  const Choice& choice = *choice_of(all, asked.definition);
  Claim claim{.frame = all.definition(asked.definition).frame, .assertions = {}, .differ = {}, .wants_example = false};
  if (asked.row) claim.assertions.push_back({choice.rows[*asked.row].condition, true});
  for (const std::uint32_t row : before) claim.assertions.push_back({choice.rows[row].condition, false});
  return claim;
}

// The one row that takes all of it, where there is one.
std::expected<void, Failure> tell_shadowed(Proving& all, std::span<const AskedRow> shadowed, std::vector<FindingOfUse>& findings) {
  std::vector<Claim> claims;
  for (const AskedRow& asked : shadowed) {
    for (const std::uint32_t row : asked.before) claims.push_back(claim_of_row(all, asked, std::span(&row, 1)));
  }
  auto proofs = settle(all, "proving rows", claims);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  std::size_t at = 0;
  for (const AskedRow& asked : shadowed) {
    std::vector<std::uint32_t> because = asked.before;
    for (const std::uint32_t row : asked.before) {
      if ((*proofs)[at++].verdict == ClaimVerdict::kProved && because.size() == asked.before.size() && because.size() > 1) because = {row};
    }
    std::ranges::sort(because);
    findings.push_back({asked.definition, shadowed_row_finding(all.words, asked.definition, asked.row, because)});
  }
  return {};
}

std::expected<void, Failure> prove_rows(Proving& all, std::span<const StandingCondition> conditions,
                                        std::span<const ConditionVerdicts> verdicts, std::vector<FindingOfUse>& findings) {
  const std::vector<AskedRow> asked = asked_rows(all, conditions, verdicts);
  std::vector<Claim> claims;
  for (const AskedRow& each : asked) claims.push_back(claim_of_row(all, each, each.before));
  auto proofs = settle(all, "proving rows", claims);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  std::vector<AskedRow> shadowed;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Definition& definition = all.definition(asked[i].definition);
    const std::string what = asked[i].row
                                 ? fmt::format("row `{}` of `{}`", all.words.row_name(asked[i].definition, *asked[i].row), definition.name)
                                 : fmt::format("`otherwise` of `{}`", definition.name);
    const Choice& choice = *choice_of(all, asked[i].definition);
    const Span span = asked[i].row ? all.program.expr(choice.rows[*asked[i].row].condition).span : definition.name_span;
    if ((*proofs)[i].verdict == ClaimVerdict::kProved) shadowed.push_back(asked[i]);
    else if ((*proofs)[i].verdict == ClaimVerdict::kRefuted) all.found.facts.push_back({definition.name, what + " can be reached", span});
    else add_open(all, asked[i].definition, "whether " + what + " can be reached", span, (*proofs)[i]);
  }
  return tell_shadowed(all, shadowed, findings);
}

// ---- clauses

struct Clauses {
  std::span<const StandingCondition> conditions;
  std::vector<ClauseInside> clauses;
};

// Of several idle operands of one junction some may be idle only because the others are there: from the last on, each is asked about without those that are left out already.
std::expected<std::vector<std::size_t>, Failure> idle_together(Proving& all, const Clauses& inside, const std::vector<std::size_t>& idle) {
  std::map<std::pair<std::size_t, ExprId>, std::vector<std::size_t>> open;
  for (const std::size_t i : idle) open[{inside.clauses[i].condition, inside.clauses[i].junction}].push_back(i);
  std::map<std::pair<std::size_t, ExprId>, std::vector<ExprId>> left_out;
  std::vector<std::size_t> kept;
  while (!open.empty()) {
    std::vector<Claim> claims;
    for (const auto& [junction, candidates] : open)
      claims.push_back(never_matters(inside.conditions, inside.clauses[candidates.back()], left_out[junction]));
    auto proofs = settle(all, "proving clauses", claims);
    if (!proofs) return std::unexpected(std::move(proofs.error()));
    std::size_t at = 0;
    for (auto it = open.begin(); it != open.end();) {
      const std::size_t candidate = it->second.back();
      it->second.pop_back();
      if ((*proofs)[at++].verdict == ClaimVerdict::kProved) {
        kept.push_back(candidate);
        left_out[it->first].push_back(inside.clauses[candidate].expr);
      }
      it = it->second.empty() ? open.erase(it) : std::next(it);
    }
  }
  std::ranges::sort(kept);
  return kept;
}

// Nothing is said of a part of what is to be left out as a whole.
void drop_enclosed(const Clauses& inside, std::vector<std::size_t>& idle) {
  std::set<std::pair<std::size_t, ExprId>> dropped;
  for (const std::size_t i : idle) dropped.emplace(inside.clauses[i].condition, inside.clauses[i].expr);
  std::erase_if(idle, [&](std::size_t i) {
    const ClauseInside& clause = inside.clauses[i];
    return std::ranges::any_of(clause.enclosing, [&](ExprId each) { return dropped.contains({clause.condition, each}); });
  });
}

// Why each is idle: by itself, or because of one other condition.
std::expected<std::vector<IdleReason>, Failure> idle_reasons(Proving& all, const Clauses& inside, const std::vector<std::size_t>& idle) {
  std::vector<Claim> claims;
  for (const std::size_t i : idle) {
    const ClauseInside& clause = inside.clauses[i];
    const Assertion own{clause.expr, !clause.is_in_and};
    const Claim alone{.frame = inside.conditions[clause.condition].frame, .assertions = {own}, .differ = {}, .wants_example = false};
    claims.push_back(alone);
    for (const Assertion& each : clause.around) {
      claims.push_back(alone);
      claims.back().assertions.insert(claims.back().assertions.begin(), each);
    }
  }
  auto proofs = settle(all, "proving clauses", claims);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  std::vector<IdleReason> reasons;
  std::size_t at = 0;
  for (const std::size_t i : idle) {
    IdleReason& reason = reasons.emplace_back();
    reason.is_alone = (*proofs)[at++].verdict == ClaimVerdict::kProved;
    for (const Assertion& each : inside.clauses[i].around) {
      if ((*proofs)[at++].verdict == ClaimVerdict::kProved && !reason.because) reason.because = each;
    }
  }
  return reasons;
}

std::expected<void, Failure> tell_idle(Proving& all, const Clauses& inside, const std::vector<std::size_t>& proved,
                                       std::vector<FindingOfUse>& findings) {
  auto idle = idle_together(all, inside, proved);
  if (!idle) return std::unexpected(std::move(idle.error()));
  drop_enclosed(inside, *idle);
  const auto reasons = idle_reasons(all, inside, *idle);
  if (!reasons) return std::unexpected(reasons.error());
  for (std::size_t i = 0; i < idle->size(); ++i) {
    const ClauseInside& clause = inside.clauses[(*idle)[i]];
    const StandingCondition& condition = inside.conditions[clause.condition];
    findings.push_back({condition.definition, never_matters_finding(all.words, condition, clause, (*reasons)[i])});
  }
  return {};
}

// Of a condition that never or always holds, each clause may be left out: nothing is said of them.
std::expected<void, Failure> prove_clauses(Proving& all, std::span<const StandingCondition> conditions,
                                           std::span<const ConditionVerdicts> verdicts, std::vector<FindingOfUse>& findings) {
  Clauses inside{conditions, clauses_inside(all.program, conditions)};
  std::erase_if(inside.clauses, [&](const ClauseInside& clause) {
    const ConditionVerdicts& verdict = verdicts[clause.condition];
    return verdict.never == ClaimVerdict::kProved || verdict.always == ClaimVerdict::kProved;
  });
  std::vector<Claim> claims;
  for (const ClauseInside& clause : inside.clauses) claims.push_back(never_matters(conditions, clause, {}));
  auto proofs = settle(all, "proving clauses", claims);
  if (!proofs) return std::unexpected(std::move(proofs.error()));
  std::vector<std::size_t> idle;
  for (std::size_t i = 0; i < inside.clauses.size(); ++i) {
    const ClauseInside& clause = inside.clauses[i];
    const DefinitionId id = conditions[clause.condition].definition;
    const std::string what = fmt::format("{} in `{}`", all.words.code(clause.expr), all.definition(id).name);
    const Span span = all.program.expr(clause.expr).span;
    if ((*proofs)[i].verdict == ClaimVerdict::kProved) idle.push_back(i);
    else if ((*proofs)[i].verdict == ClaimVerdict::kRefuted) all.found.facts.push_back({all.definition(id).name, what + " matters", span});
    else add_open(all, id, "whether " + what + " matters", span, (*proofs)[i]);
  }
  return tell_idle(all, inside, idle, findings);
}

// ---- meanings

// Definitions without parameters that are bools or scores, and that some but not all meet. Those that were not asked about are compared too.
std::vector<DefinitionId> comparable_definitions(const Proving& all) {
  const std::vector<DefinitionId> named = named_definitions(all.program, all.project.checked->check.prelude);
  std::map<Span, std::size_t> uses;
  for (const DefinitionId id : named) ++uses[all.definition(id).name_span];
  std::vector<DefinitionId> candidates;
  for (const DefinitionId id : named) {
    const Kind kind = all.program.expr(all.definition(id).body).type.kind;
    const bool is_score = all.definition(id).kind == DefinitionKind::kScore;
    if ((kind == Kind::kBool || is_score) && uses[all.definition(id).name_span] == 1 && !all.settled.contains(id)) candidates.push_back(id);
  }
  std::ranges::sort(candidates, {}, [&](DefinitionId id) {
    const Span span = all.definition(id).name_span;
    return std::pair(std::string_view(source_of(all.project.sources, span.source).path), span.begin);
  });
  return candidates;
}

std::expected<void, Failure> prove_meanings(Proving& all) {
  const std::vector<DefinitionId> candidates = comparable_definitions(all);
  const auto settler = [&](std::span<const Claim> claims) { return settle(all, "comparing definitions", claims); };
  const auto meanings = same_meanings(all.program, candidates, std::move(all.accounts), all.solving.clock, settler);
  if (!meanings) return std::unexpected(meanings.error());
  const auto is_asked = [&](DefinitionId id) { return std::ranges::find(all.asked, id) != all.asked.end(); };
  for (const auto& [first, second] : meanings->same) {
    if (is_asked(first) || is_asked(second)) all.found.findings.push_back(same_meaning_finding(all.words, first, second));
  }
  for (const auto& [pair, proof] : meanings->open) {
    const std::string text =
        fmt::format("whether `{}` and `{}` mean the same", all.definition(pair.first).name, all.definition(pair.second).name);
    if (is_asked(pair.first) || is_asked(pair.second)) add_open(all, pair.second, text, all.definition(pair.second).name_span, proof);
  }
  return {};
}

std::expected<void, Failure> find_findings(Proving& all) {
  const std::vector<StandingCondition> conditions = standing_conditions(all.program, all.asked);
  std::vector<FindingOfUse> findings;
  const auto verdicts = prove_conditions(all, conditions, findings);
  if (!verdicts) return std::unexpected(verdicts.error());
  if (auto done = prove_rows(all, conditions, *verdicts, findings); !done) return done;
  if (auto done = prove_clauses(all, conditions, *verdicts, findings); !done) return done;
  keep_right_findings(all, std::move(findings));
  return prove_meanings(all);
}

// ---- order

template <typename Item, typename SpanOf>
void sort_by_place(std::vector<Item>& items, const SourceMap& sources, const SpanOf& span_of) {
  std::ranges::stable_sort(items, {}, [&](const Item& item) {
    const Span span = span_of(item);
    const std::string_view path = span.source == kNoSource ? std::string_view() : std::string_view(source_of(sources, span.source).path);
    return std::pair(path, span.begin);
  });
}

// The same text once: a `define` with parameters is there once for each use.
template <typename Item>
void drop_repeated(std::vector<Item>& items) {
  std::set<std::pair<Span, std::string>> seen;
  std::erase_if(items, [&](const Item& item) { return !seen.emplace(item.span, item.text).second; });
}

void sort_found(ProvedProject& found, const SourceMap& sources) {
  const auto own_span = [](const auto& item) { return item.span; };
  drop_repeated(found.open);
  drop_repeated(found.facts);
  sort_by_place(found.expectations, sources, own_span);
  sort_by_place(found.open, sources, own_span);
  sort_by_place(found.facts, sources, own_span);
  sort_by_place(found.findings, sources, [](const ProofFinding& each) { return std::get<Span>(each.diagnostic.location); });
}

// The end of today, so that examples have a bare date.
Clock clock_of_examples(const CheckedProject& project, std::optional<std::int64_t> asked) {
  if (asked) return clock_of(project, *asked);
  return clock_at_end_of_day(local_day_of(project.zone, current_clock()), project.zone, project.rules);
}

Proving make_proving(const OpenedProject& project, const OpenOptions& opening, const ProvingOptions& options,
                     std::vector<DefinitionId> asked) {
  const CheckedProgram& program = project.checked->program();
  return {.project = project,
          .opening = opening,
          .options = options,
          .program = program,
          .words = {program, project.sources},
          .store = ProofStore(options.folder ? options.folder : opening.code_folder),
          .solving = {.clock = clock_of_examples(*project.checked, options.clock),
                      .seconds_per_claim = options.seconds_per_claim,
                      .threads = options.threads,
                      .stop = options.stop},
          .asked = std::move(asked),
          .accounts = {},
          .settled = {},
          .found = {}};
}

}  // namespace

std::expected<ProvedProject, Failure> prove_project(const OpenedProject& project, const OpenOptions& opening,
                                                    const ProvingOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  auto asked = asked_about(project, options.names);
  if (!asked) return std::unexpected(std::move(asked.error()));
  Proving all = make_proving(project, opening, options, std::move(*asked));
  auto done = prove_expectations(all);
  if (done && !options.expectations_only) done = find_findings(all);
  all.store.save();
  if (!done) return std::unexpected(std::move(done.error()));
  sort_found(all.found, project.sources);
  return std::move(all.found);
}

std::optional<Diagnostic> diagnostic_of(const OpenedProject& project, const ProvedExpectation& expectation) {
  if (expectation.verdict == ClaimVerdict::kProved) return std::nullopt;
  const bool is_refuted = expectation.verdict == ClaimVerdict::kRefuted;
  const std::string why = expectation.example
                              ? fmt::format("an account such as {{{}}} breaks it", row_line(expectation.example->accounts.front()))
                              : expectation.reason;
  const std::string what = fmt::format("`{}` is not always `{}`", expectation.definition, expectation.text);
  Diagnostic made = is_refuted ? make_diagnostic(DiagnosticKind::kRefutedExpectation, expectation.span,
                                                 fmt::format("{}: {}; change the definition, or what is expected of it", what, why))
                               : make_diagnostic(DiagnosticKind::kUnprovedExpectation, expectation.span,
                                                 fmt::format("it is not proved that `{}` is `{}`: {}; `segue test` checks it on the data",
                                                             expectation.definition, expectation.text, why));
  if (!is_refuted && expectation.reason_place.source != kNoSource)
    made.notes.push_back(
        make_note(fmt::format("this is what the proof stops at: `{}`", text_on_one_line(project.sources, expectation.reason_place)),
                  expectation.reason_place));
  return made;
}

}  // namespace segue
