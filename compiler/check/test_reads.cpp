// What the tested definitions read and a test does not give. `language.md`: an unstated column that matters is an error that says what to add.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/dependencies.h"
#include "compiler/check/test_draft.h"
#include "compiler/check/walk.h"
#include "compiler/syntax/parse.h"

namespace segue::checker {
namespace {

// What a row lacks.
struct Lack {
  TableId table = kAccountTable;
  std::uint32_t row = 0;
  std::vector<std::string> names;   // as they are written
  std::vector<std::string> advice;  // `employees: missing`
  bool has_obvious_fix = true;      // all of it may be `missing` or `[]`
};

bool is_given(const TestDraft& draft, TableId table, std::uint32_t row, std::string_view name) {
  return std::ranges::any_of(draft.facts[table][row].record->fields, [&](const ast::Field& field) { return field.name.text == name; });
}

bool is_join_column(const SchemaTable& table, ColumnId column) {
  return std::ranges::any_of(table.parents, [&](const ParentLink& link) { return link.column == column; });
}

bool lacks_column(const TestDraft& draft, TableId id, std::uint32_t row, ColumnId column) {
  const SchemaTable& table = table_at(draft, id);
  const TestCell::State state = draft.test.tables[id][row].cells[column].state;
  if (is_join_column(table, column)) return state == TestCell::State::kMissing && !table.columns[column].type.optional;
  if (table.key == column) return !is_given(draft, id, row, table.columns[column].name);
  return state == TestCell::State::kNotGiven;
}

void add_column(Lack& lack, const SchemaColumn& column) {
  const std::string name = written_name(column.name);
  lack.names.push_back(fmt::format("`{}`", name));
  lack.advice.push_back(column.type.optional ? fmt::format("{}: missing", name) : fmt::format("{}: …", name));
  lack.has_obvious_fix = lack.has_obvious_fix && column.type.optional;
}

// By table, then row. A coordinate stands for its point.
std::vector<ColumnId> columns_by_name(const SchemaTable& table, const std::vector<bool>& is_read) {
  std::vector<bool> is_needed(table.columns.size());
  for (ColumnId id = 0; id < table.columns.size(); ++id) {
    if (is_read[id]) is_needed[table.columns[id].point.value_or(id)] = true;
  }
  std::vector<ColumnId> columns;
  for (ColumnId id = 0; id < table.columns.size(); ++id) {
    if (is_needed[id]) columns.push_back(id);
  }
  return columns;
}

// The relations that a row of `parent` has to speak of.
std::vector<TableId> relations_needed(const TestDraft& draft, const std::vector<TableReads>& reads, TableId parent) {
  std::vector<TableId> relations;
  for (TableId id = 0; id < reads.size(); ++id) {
    const std::vector<ParentLink>& links = table_at(draft, id).parents;
    for (std::size_t link = 0; link < links.size(); ++link) {
      if (links[link].table == parent && reads[id].parents[link]) relations.push_back(id);
    }
  }
  return relations;
}

std::vector<Lack> lacks_of_table(const TestDraft& draft, const std::vector<TableReads>& reads, TableId id) {
  std::vector<Lack> lacks;
  const SchemaTable& table = table_at(draft, id);
  const std::vector<ColumnId> columns = columns_by_name(table, reads[id].columns);
  const std::vector<TableId> relations = relations_needed(draft, reads, id);
  for (std::uint32_t row = 0; row < draft.test.tables[id].size(); ++row) {
    Lack lack{.table = id, .row = row, .names = {}, .advice = {}};
    for (const ColumnId column : columns) {
      if (lacks_column(draft, id, row, column)) add_column(lack, table.columns[column]);
    }
    for (const TableId relation : relations) {
      if (draft.facts[id][row].states[relation]) continue;
      const std::string name = written_name(table_at(draft, relation).name);
      lack.names.push_back(fmt::format("`{}`", name));
      lack.advice.push_back(fmt::format("{}: []", name));
    }
    if (!lack.names.empty()) lacks.push_back(std::move(lack));
  }
  return lacks;
}

// ---- words

std::string joined(const std::vector<std::string>& parts, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : i + 1 == parts.size() ? last : ", ", parts[i]);
  return text;
}

std::string who(const TestDraft& draft, const Lack& lack) {
  if (lack.table != kAccountTable) return fmt::format("a row of `{}`", table_at(draft, lack.table).name);
  const std::string& name = draft.test.accounts[lack.row];
  return name.empty() ? std::string("the account") : fmt::format("account `{}`", name);
}

Span place_of(const TestDraft& draft, const Lack& lack) {
  const Span record = draft.test.tables[lack.table][lack.row].span;
  if (lack.table != kAccountTable) return {record.source, record.begin, record.begin + 1};
  const ast::TestAccount& account = draft.decl.accounts[lack.row];
  constexpr std::uint32_t kWordLength = 7;  // `account`
  return {record.source, account.span.begin, account.name ? account.name->span.end : account.span.begin + kWordLength};
}

Fix fix_of(const TestDraft& draft, const Lack& lack) {
  const ast::RecordLiteral& record = *draft.facts[lack.table][lack.row].record;
  const Span span = draft.test.tables[lack.table][lack.row].span;
  const std::uint32_t at = record.fields.empty() ? span.begin + 1 : record.fields.front().name.span.begin;
  const std::string text = joined(lack.advice, ", ");
  return {fmt::format("add `{}`", text), {Edit{Span{span.source, at, at}, text + (record.fields.empty() ? "" : ", ")}}};
}

void report_lacks(TestDraft& draft, const std::vector<Lack>& lacks) {
  constexpr std::size_t kMostNotes = 10;
  const Lack& first = lacks.front();
  std::vector<std::string> advice;
  for (const std::string& each : first.advice) advice.push_back(fmt::format("`{}`", each));
  Diagnostic& diagnostic =
      report_test(draft, DiagnosticKind::kIncompleteTest, place_of(draft, first),
                  fmt::format("{} does not say what {} {}, which the tested definitions read; add {}", who(draft, first),
                              joined(first.names, " and "), first.names.size() == 1 ? "is" : "are", joined(advice, " and ")));
  for (std::size_t i = 1; i < std::min(lacks.size(), kMostNotes + 1); ++i) {
    diagnostic.notes.push_back(
        make_note(fmt::format("{} lacks {}", who(draft, lacks[i]), joined(lacks[i].names, " and ")), place_of(draft, lacks[i])));
  }
  if (lacks.size() == 1 && first.has_obvious_fix) diagnostic.fix = fix_of(draft, first);
}

// ---- the clock

bool reads_clock(const Expr& expr) {
  constexpr std::array kFunctions = {std::string_view("days_since"), std::string_view("days_until"), std::string_view("next_anniversary"),
                                     std::string_view("decay")};
  if (const auto* call = std::get_if<Call>(&expr.node))
    return std::ranges::find(kFunctions, builtins()[static_cast<std::size_t>(call->builtin)].name) != kFunctions.end();
  return std::holds_alternative<Now>(expr.node) || std::holds_alternative<Today>(expr.node) || std::holds_alternative<FromNow>(expr.node) ||
         std::holds_alternative<Within>(expr.node);
}

// The first place at which one of the definitions looks at the clock.
std::optional<Span> clock_reader(const CheckedProgram& program, std::span<const DefinitionId> roots) {
  std::vector<bool> is_seen(program.exprs.size());
  for (const DefinitionId id : definitions_needed(program, roots)) {
    std::vector<ExprId> open = {program.definition(id).body};
    while (!open.empty()) {
      const ExprId expr = open.back();
      open.pop_back();
      if (is_seen[index_of(expr)]) continue;
      is_seen[index_of(expr)] = true;
      if (reads_clock(program.expr(expr))) return program.expr(expr).span;
      for_each_operand(program.expr(expr).node, [&](ExprId operand) { open.push_back(operand); });
    }
  }
  return std::nullopt;
}

// A row that says since when it is known.
std::optional<Span> known_at_cell(const TestDraft& draft) {
  for (TableId id = 0; id < draft.test.tables.size(); ++id) {
    const std::optional<ColumnId> known_at = table_at(draft, id).known_at;
    for (std::size_t row = 0; known_at && row < draft.test.tables[id].size(); ++row) {
      if (draft.test.tables[id][row].cells[*known_at].state == TestCell::State::kKnown)
        return draft.facts[id][row].record->fields.front().name.span;
    }
  }
  return std::nullopt;
}

void check_clock_is_given(TestDraft& draft, std::span<const DefinitionId> roots) {
  if (draft.clock) return;
  std::optional<Span> place = draft.clock_use;
  if (!place) place = clock_reader(draft.ctx.program, roots);
  if (!place) place = known_at_cell(draft);
  if (!place) return;
  report_test(draft, DiagnosticKind::kIncompleteTest, draft.test.title_span,
              "this test needs a clock; add a line such as `as of 2026-03-01`, which is what `now` then means")
      .notes.push_back(make_note("this looks at the clock", *place));
}

}  // namespace

void check_completeness(TestDraft& draft) {
  std::vector<DefinitionId> roots;
  for (const TestClaim& claim : draft.test.claims) roots.push_back(claim.definition);
  const std::vector<TableReads> reads = columns_read(draft.ctx.program, roots, ReadsOf::kText);
  for (TableId id = 0; id < reads.size(); ++id) {
    const std::vector<Lack> lacks = lacks_of_table(draft, reads, id);
    if (!lacks.empty()) report_lacks(draft, lacks);
  }
  check_clock_is_given(draft, roots);
}

}  // namespace segue::checker
