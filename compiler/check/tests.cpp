// The tests of all files: clock, accounts, expectations, one after the other.
#include "compiler/check/tests.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/check/test_draft.h"

namespace segue::checker {
namespace {

CalendarRules calendar_of(const Project& project) {
  return {.week_start = static_cast<Weekday>(project.week_starts), .fiscal_month = project.fiscal_year_starts};
}

// ---- clock

// A bare date is the end of that local day.
void check_clock(TestDraft& draft) {
  if (!draft.decl.as_of) return;
  const ast::Expr& expr = draft.ast[*draft.decl.as_of];
  const TimeZone& zone = project_zone(draft.ctx);
  const CalendarRules rules = calendar_of(draft.ctx.input.project);
  if (const auto* date = std::get_if<ast::DateLiteral>(&expr.node)) draft.clock = clock_at_end_of_day(day_of(*date), zone, rules);
  if (const auto* timestamp = std::get_if<ast::TimestampLiteral>(&expr.node)) {
    if (const auto instant = instant_of(draft.ctx, *timestamp)) draft.clock = make_clock(*instant, zone, rules);
    else
      report_test(draft, DiagnosticKind::kInvalidLiteral, expr.span,
                  fmt::format("{} lies outside the years 1 to 9999 in the project's time zone", code(draft.ctx, expr.span)));
  }
  if (draft.clock) draft.test.clock = draft.clock->now;
}

// ---- expectations

DefinitionId add_hidden_definition(Context& ctx, ExprId body, Span span) {
  Definition definition;
  definition.kind = DefinitionKind::kDefine;
  definition.body = body;
  definition.name_span = span;
  definition.span = span;
  ctx.program.definitions.push_back(std::move(definition));
  return static_cast<DefinitionId>(ctx.program.definitions.size() - 1);
}

void report_unknown_account(TestDraft& draft, const ast::Name& name) {
  std::vector<std::string> names;
  for (const std::string& account : draft.test.accounts) {
    if (!account.empty()) names.push_back(account);
  }
  Diagnostic& diagnostic =
      report_test(draft, DiagnosticKind::kInvalidTest, name.span, fmt::format("no account of this test is called `{}`", name.text));
  suggest(draft.ctx, diagnostic, name.span, name.text, names,
          names.empty() ? "; its only account has no name, so write `expect …` without one" : "; check how it is spelled");
}

// The account that an `expect` speaks of; nothing where that was reported.
std::optional<std::uint32_t> claimed_account(TestDraft& draft, const ast::TestExpectation& expectation) {
  if (!expectation.account) {
    if (draft.test.accounts.size() == 1) return 0;
    report_test(draft, DiagnosticKind::kInvalidTest, expectation.span,
                fmt::format("the test has several accounts; say whose this is, as in `expect {}: …`",
                            draft.test.accounts.front().empty() ? "a" : draft.test.accounts.front()));
    return std::nullopt;
  }
  const auto found = std::ranges::find(draft.test.accounts, expectation.account->text);
  if (found != draft.test.accounts.end() && !found->empty()) return static_cast<std::uint32_t>(found - draft.test.accounts.begin());
  report_unknown_account(draft, *expectation.account);
  return std::nullopt;
}

void check_expectation(TestDraft& draft, const ast::TestExpectation& expectation) {
  const auto account = claimed_account(draft, expectation);
  for (const ast::ExprId id : expectation.predicates) {
    const std::size_t reported = draft.ctx.diagnostics.size();
    const std::optional<ExprId> body = check_predicate(draft.ctx, draft.scope, id);
    draft.is_failed = draft.is_failed || !body || draft.ctx.diagnostics.size() != reported;
    if (!body || !account) continue;
    const Span span = draft.ast[id].span;
    draft.test.claims.push_back({*account, add_hidden_definition(draft.ctx, *body, span), span});
  }
}

void check_claimed_accounts_exist(TestDraft& draft) {
  for (const TestClaim& claim : draft.test.claims) {
    if (draft.test.tables[kAccountTable][claim.account].exists) continue;
    report_test(draft, DiagnosticKind::kInvalidTest, claim.span,
                "the account does not exist yet at the test's clock (`known_at`), so nothing can be expected of it");
    return;
  }
}

// ---- a test

std::optional<CheckedTest> check_test(Context& ctx, const Ast& ast, const ast::Declaration& declaration) {
  const auto& decl = std::get<ast::TestDecl>(declaration.node);
  TestDraft draft{.ctx = ctx,
                  .ast = ast,
                  .decl = decl,
                  .scope = Scope{ast, kAccountFrame, {}, kNoDecl},
                  .test = {},
                  .clock = {},
                  .clock_use = {},
                  .facts = {}};
  draft.test.title = decl.title.text;
  draft.test.title_span = decl.title.span;
  draft.test.span = declaration.span;
  check_clock(draft);
  check_rows(draft);
  for (const ast::TestExpectation& expectation : decl.expects) check_expectation(draft, expectation);
  if (!draft.is_failed) check_completeness(draft);
  if (!draft.is_failed) check_claimed_accounts_exist(draft);
  if (draft.is_failed) return std::nullopt;
  return std::move(draft.test);
}

}  // namespace

std::vector<CheckedTest> check_tests(Context& ctx) {
  std::vector<const Ast*> files;
  for (const Ast& ast : ctx.input.files) files.push_back(&ast);
  const auto path_of = [&](const Ast* ast) -> const std::string& { return source_of(ctx.input.sources, ast->source).path; };
  std::ranges::stable_sort(files, {}, path_of);
  std::vector<CheckedTest> tests;
  for (const Ast* ast : files) {
    if (std::ranges::find(ctx.input.prelude, ast->source) != ctx.input.prelude.end()) continue;  // the prelude's own
    for (const ast::Declaration& declaration : ast->declarations) {
      if (declaration.is_broken || !std::holds_alternative<ast::TestDecl>(declaration.node)) continue;
      if (auto test = check_test(ctx, *ast, declaration)) tests.push_back(std::move(*test));
    }
  }
  return tests;
}

}  // namespace segue::checker
