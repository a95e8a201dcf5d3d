// This file's external interface is TestDraft: what the parts of the checker share while one `test` is checked. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "compiler/check/context.h"
#include "compiler/check/tests.h"
#include "stdlib/clock.h"

namespace segue::checker {

// What is known of a row beside its cells.
struct RowFacts {
  const ast::RecordLiteral* record = nullptr;
  std::vector<bool> states;  // by table: the row, or one nested in it, says which rows of that table it has
};

struct TestDraft {
  Context& ctx;
  const Ast& ast;
  const ast::TestDecl& decl;
  Scope scope;  // of the account
  CheckedTest test;
  std::optional<Clock> clock;                // nothing without `as of`
  std::optional<Span> clock_use;             // the first value that needs the clock, `2 days ago`
  std::vector<std::vector<RowFacts>> facts;  // by table and row, beside test.tables
  bool is_failed = false;                    // something was reported
};

inline const SchemaTable& table_at(const TestDraft& draft, TableId id) { return draft.ctx.program.schema.tables[id]; }

// Reports something that is wrong with the test.
Diagnostic& report_test(TestDraft& draft, DiagnosticKind kind, Span span, std::string message);

// Sets the cell (of a point both cells) of `column` from what stands behind its name; reports what does not fit. `cells` are those of the row.
void check_cell(TestDraft& draft, const SchemaTable& table, ColumnId column, ast::ExprId value, std::vector<TestCell>& cells);

// Adds the accounts with all rows nested in them, and links the rows.
void check_rows(TestDraft& draft);

// Reports what the tested definitions read and the test does not give, and a clock that it lacks.
void check_completeness(TestDraft& draft);

// The tests of all files; adds their hidden definitions to ctx.program. Ids are those of ctx.program.
[[nodiscard]] std::vector<CheckedTest> check_tests(Context& ctx);

}  // namespace segue::checker
