// The accounts of a test with the rows nested in them: which column or relation each field means, whose rows they are, and their keys.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/name_errors.h"
#include "compiler/check/names.h"
#include "compiler/check/test_draft.h"
#include "compiler/syntax/parse.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

struct RowPlace {
  TableId table = kAccountTable;
  std::uint32_t row = 0;
};

TestRow& row_at(TestDraft& draft, RowPlace place) { return draft.test.tables[place.table][place.row]; }
RowFacts& facts_at(TestDraft& draft, RowPlace place) { return draft.facts[place.table][place.row]; }

// ---- what a field means

bool is_child(const TestDraft& draft, TableId child, TableId parent) { return link_to(draft.ctx, child, parent).has_value(); }

// `contacts`, `events`: what may be nested in a row of the table.
std::vector<std::string> child_names(const TestDraft& draft, TableId table) {
  std::vector<std::string> names;
  for (const TableId child : children_of(draft.ctx.program.schema, table)) names.push_back(table_at(draft, child).name);
  return names;
}

// A relation that lies elsewhere: `logins` in an account, whose rows belong to contacts.
void report_nested_elsewhere(TestDraft& draft, TableId table, TableId relation, const ast::Name& name) {
  const std::string& parent = table_at(draft, table_at(draft, relation).parents.front().table).name;
  report_test(draft, DiagnosticKind::kInvalidTest, name.span,
              fmt::format("rows of `{}` belong to `{}`, not to `{}`; write them inside a row of `{}`", name.text, parent,
                          table_at(draft, table).name, parent));
}

void report_reference(TestDraft& draft, const SchemaTable& table, const SchemaReference& reference, const ast::Name& name) {
  const std::string& by = table.columns[reference.by].name;
  report_test(draft, DiagnosticKind::kInvalidTest, name.span,
              fmt::format("`{0}` is found by `{1}`; give `{1}: \"…\"`, the key of another row of the test", name.text, by));
}

void report_unknown_field(TestDraft& draft, TableId id, const ast::Name& name) {
  const SchemaTable& table = table_at(draft, id);
  if (const auto reference = find_reference(table, name.text)) return report_reference(draft, table, table.references[*reference], name);
  const auto relation = find_table(draft.ctx.program.schema, name.text);
  if (relation && *relation != kAccountTable) return report_nested_elsewhere(draft, id, *relation, name);
  std::vector<std::string> candidates = column_names(draft.ctx, id);
  std::ranges::move(child_names(draft, id), std::back_inserter(candidates));
  Diagnostic& diagnostic = report_test(draft, DiagnosticKind::kUnknownColumn, name.span,
                                       fmt::format("`{}` has no column and no related table `{}`", table.name, name.text));
  suggest(draft.ctx, diagnostic, name.span, name.text, candidates);
}

bool report_repeated(TestDraft& draft, const ast::RecordLiteral& record, std::size_t at) {
  const ast::Name& name = record.fields[at].name;
  const auto begin = record.fields.begin();
  const auto first =
      std::find_if(begin, begin + static_cast<std::ptrdiff_t>(at), [&](const auto& each) { return each.name.text == name.text; });
  if (first == begin + static_cast<std::ptrdiff_t>(at)) return false;
  report_test(draft, DiagnosticKind::kInvalidTest, name.span, fmt::format("`{}` is given twice; leave one out", name.text))
      .notes.push_back(make_note("it is given here already", first->name.span));
  return true;
}

// ---- rows

void check_record(TestDraft& draft, RowPlace place, const std::vector<RowPlace>& around);

// A row with the rows around it, outermost first.
RowPlace add_row(TestDraft& draft, TableId table, const ast::RecordLiteral& record, Span span, const std::vector<RowPlace>& around) {
  const SchemaTable& schema = table_at(draft, table);
  TestRow row;
  row.cells.resize(schema.columns.size());
  row.span = span;
  for (const ParentLink& link : schema.parents) {
    const auto parent = std::ranges::find(around.rbegin(), around.rend(), link.table, &RowPlace::table);
    row.parents.push_back(parent == around.rend() ? std::nullopt : std::optional(parent->row));
  }
  draft.test.tables[table].push_back(std::move(row));
  draft.facts[table].push_back(RowFacts{&record, std::vector<bool>(draft.ctx.program.schema.tables.size())});
  return {table, static_cast<std::uint32_t>(draft.test.tables[table].size() - 1)};
}

void report_not_rows(TestDraft& draft, const ast::Name& name, const ast::Expr& value) {
  const bool is_record = std::holds_alternative<ast::RecordLiteral>(value.node);
  Diagnostic& diagnostic = report_test(
      draft, DiagnosticKind::kTypeMismatch, value.span,
      is_record ? fmt::format("`{0}` takes rows in brackets, as in `{0}: [{{…}}]`", name.text)
                : fmt::format("`{0}` is a related table; give its rows, as in `{0}: [{{…}}]`, or `{0}: []` for none", name.text));
  if (!is_record) return;
  const std::string rows = fmt::format("[{}]", text_at(source_of(draft.ctx.input.sources, value.span.source), value.span));
  diagnostic.fix = Fix{"put brackets around", {Edit{value.span, rows}}};
}

void check_nested(TestDraft& draft, TableId table, const ast::Field& field, const std::vector<RowPlace>& around) {
  const ast::Expr& value = draft.ast[field.value];
  const auto* list = std::get_if<ast::ListLiteral>(&value.node);
  const auto is_record = [&](ast::ExprId id) { return std::holds_alternative<ast::RecordLiteral>(draft.ast[id].node); };
  if (list == nullptr || !std::ranges::all_of(list->elements, is_record)) return report_not_rows(draft, field.name, value);
  for (const RowPlace& place : around) facts_at(draft, place).states[table] = true;
  for (const ast::ExprId id : list->elements) {
    const auto& record = std::get<ast::RecordLiteral>(draft.ast[id].node);
    check_record(draft, add_row(draft, table, record, draft.ast[id].span, around), around);
  }
}

void check_field(TestDraft& draft, RowPlace place, const ast::Field& field, const std::vector<RowPlace>& here) {
  const SchemaTable& table = table_at(draft, place.table);
  if (const auto column = find_column(table, field.name.text)) {
    std::vector<TestCell> cells = std::move(row_at(draft, place).cells);
    check_cell(draft, table, *column, field.value, cells);
    row_at(draft, place).cells = std::move(cells);
    return;
  }
  const auto relation = find_table(draft.ctx.program.schema, field.name.text);
  if (relation && is_child(draft, *relation, place.table)) return check_nested(draft, *relation, field, here);
  report_unknown_field(draft, place.table, field.name);
}

void check_record(TestDraft& draft, RowPlace place, const std::vector<RowPlace>& around) {
  const ast::RecordLiteral& record = *facts_at(draft, place).record;
  std::vector<RowPlace> here = around;
  here.push_back(place);
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (!report_repeated(draft, record, i)) check_field(draft, place, record.fields[i], here);
  }
}

// ---- accounts

void check_account_name(TestDraft& draft, std::size_t at) {
  const ast::TestAccount& account = draft.decl.accounts[at];
  if (!account.name) {
    if (draft.decl.accounts.size() == 1) return;
    const Span word{account.span.source, account.span.begin, account.span.begin + 7};  // `account`
    report_test(draft, DiagnosticKind::kInvalidTest, word, "of several accounts each has a name; write `account a {…}`");
    return;
  }
  for (std::size_t i = 0; i < at; ++i) {
    if (!draft.decl.accounts[i].name || draft.decl.accounts[i].name->text != account.name->text) continue;
    report_test(draft, DiagnosticKind::kInvalidTest, account.name->span,
                fmt::format("two accounts are called `{}`; give one another name", account.name->text))
        .notes.push_back(make_note("the other one stands here", draft.decl.accounts[i].name->span));
    return;
  }
}

// ---- keys

using KeyedRows = std::map<Constant, std::uint32_t>;

// What a row's key is where the test does not say: an account's name; else the number of the row.
std::optional<Constant> usual_key(const TestDraft& draft, RowPlace place, const Type& type, std::uint32_t number) {
  const std::string& account = place.table == kAccountTable ? draft.test.accounts[place.row] : std::string();
  switch (type.kind) {
    case Kind::kText:
      if (place.table == kAccountTable && number == place.row + 1) return account.empty() ? std::string("account") : account;
      return fmt::format("{} {}", table_at(draft, place.table).name, number);
    case Kind::kInt: return std::int64_t{number};
    case Kind::kDecimal: {
      const KnownInt raw = rescale_decimal(number, 0, type.scale);
      return raw.known ? std::optional<Constant>(raw.value) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

void report_lacking_key(TestDraft& draft, const SchemaTable& table, const TestRow& row) {
  const Span brace{row.span.source, row.span.begin, row.span.begin + 1};
  const std::string& key = table.columns[*table.key].name;
  report_test(draft, DiagnosticKind::kIncompleteTest, brace,
              fmt::format("this row of `{}` needs its key `{}`; add `{}: …`", table.name, key, key));
}

// Two rows of which one may stand there twice under `dedupe`: all is given, but for join columns, and all is equal.
bool is_equal_row(const SchemaTable& table, const TestRow& first, const TestRow& second) {
  for (ColumnId id = 0; id < table.columns.size(); ++id) {
    if (std::ranges::any_of(table.parents, [&](const ParentLink& link) { return link.column == id; })) continue;
    const TestCell& a = first.cells[id];
    const TestCell& b = second.cells[id];
    const bool is_equal = a.state == b.state && a.value == b.value && a.elements == b.elements;
    if (a.state == TestCell::State::kNotGiven || !is_equal) return false;
  }
  return first.parents == second.parents;
}

void report_repeated_key(TestDraft& draft, const SchemaTable& table, const TestRow& row, const TestRow& earlier) {
  const auto brace = [](const TestRow& each) { return Span{each.span.source, each.span.begin, each.span.begin + 1}; };
  report_test(draft, DiagnosticKind::kInvalidTest, brace(row),
              fmt::format("two rows of `{}` have the same `{}`; give one of them another", table.name, table.columns[*table.key].name))
      .notes.push_back(make_note("the other one stands here", brace(earlier)));
}

// Keys that the test gives; of rows that are equal under `dedupe` the first exists.
KeyedRows given_keys(TestDraft& draft, TableId id) {
  const SchemaTable& table = table_at(draft, id);
  KeyedRows rows;
  for (std::uint32_t i = 0; i < draft.test.tables[id].size(); ++i) {
    TestRow& row = draft.test.tables[id][i];
    const TestCell& cell = row.cells[*table.key];
    if (cell.state != TestCell::State::kKnown) continue;
    const auto [place, is_new] = rows.try_emplace(cell.value, i);
    if (is_new) continue;
    const TestRow& earlier = draft.test.tables[id][place->second];
    if (table.dedupe && is_equal_row(table, row, earlier)) row.exists = false;
    else report_repeated_key(draft, table, row, earlier);
  }
  return rows;
}

KeyedRows settle_keys(TestDraft& draft, TableId id) {
  const SchemaTable& table = table_at(draft, id);
  KeyedRows rows = given_keys(draft, id);
  for (std::uint32_t i = 0; i < draft.test.tables[id].size(); ++i) {
    TestCell& cell = draft.test.tables[id][i].cells[*table.key];
    if (cell.state == TestCell::State::kKnown) continue;
    std::uint32_t number = i + 1;
    std::optional<Constant> key = usual_key(draft, {id, i}, table.columns[*table.key].type, number);
    while (key && rows.contains(*key)) key = usual_key(draft, {id, i}, table.columns[*table.key].type, ++number);
    if (!key) {
      report_lacking_key(draft, table, draft.test.tables[id][i]);
      continue;
    }
    rows.emplace(*key, i);
    cell = {TestCell::State::kKnown, *key, {}};
  }
  return rows;
}

// A table without a key, under `dedupe`.
void drop_equal_rows(TestDraft& draft, TableId id) {
  std::vector<TestRow>& rows = draft.test.tables[id];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < i && rows[i].exists; ++j)
      rows[i].exists = !(rows[j].exists && is_equal_row(table_at(draft, id), rows[i], rows[j]));
  }
}

// ---- join columns

void report_other_parent(TestDraft& draft, const SchemaTable& table, const ParentLink& link, const TestRow& row) {
  const Span brace{row.span.source, row.span.begin, row.span.begin + 1};
  const std::string& column = table.columns[*link.column].name;
  report_test(draft, DiagnosticKind::kInvalidTest, brace,
              fmt::format("this row of `{}` stands inside a row of `{}` and names another one with `{}`; leave `{}` out", table.name,
                          table_at(draft, link.table).name, column, column));
}

// A join column that is a column too follows from where the row stands, or says where it belongs.
void settle_link(TestDraft& draft, RowPlace place, std::uint32_t link_id, const std::vector<KeyedRows>& keys) {
  const SchemaTable& table = table_at(draft, place.table);
  const ParentLink& link = table.parents[link_id];
  if (!link.column) return;
  TestRow& row = row_at(draft, place);
  TestCell& cell = row.cells[*link.column];
  std::optional<std::uint32_t>& parent = row.parents[link_id];
  if (cell.state == TestCell::State::kKnown) {
    const auto named = keys[link.table].find(cell.value);
    const auto found = named == keys[link.table].end() ? std::nullopt : std::optional(named->second);
    if (parent && found != parent) return report_other_parent(draft, table, link, row);
    parent = found;
    if (parent) draft.facts[link.table][*parent].states[place.table] = true;
  } else if (parent && cell.state == TestCell::State::kNotGiven) {
    cell = draft.test.tables[link.table][*parent].cells[*table_at(draft, link.table).key];
  } else if (cell.state == TestCell::State::kMissing) {
    if (parent) return report_other_parent(draft, table, link, row);
  } else {
    cell.state = TestCell::State::kMissing;
  }
}

// ---- rows that are not known yet

bool is_known_yet(const Clock& clock, const SchemaColumn& column, const TestCell& cell) {
  if (cell.state != TestCell::State::kKnown) return true;
  const std::int64_t at = std::get<std::int64_t>(cell.value);
  return column.type.kind == Kind::kDate ? at <= clock.today : at <= clock.now;
}

void settle_known_at(TestDraft& draft, TableId id) {
  const SchemaTable& table = table_at(draft, id);
  if (!table.known_at || !draft.clock) return;
  for (TestRow& row : draft.test.tables[id]) {
    row.exists = row.exists && is_known_yet(*draft.clock, table.columns[*table.known_at], row.cells[*table.known_at]);
  }
}

}  // namespace

void check_rows(TestDraft& draft) {
  const std::size_t tables = draft.ctx.program.schema.tables.size();
  draft.test.tables.resize(tables);
  draft.facts.resize(tables);
  for (std::size_t i = 0; i < draft.decl.accounts.size(); ++i) {
    const ast::TestAccount& account = draft.decl.accounts[i];
    check_account_name(draft, i);
    draft.test.accounts.push_back(account.name ? account.name->text : std::string());
    const ast::Expr& record = draft.ast[account.record];
    check_record(draft, add_row(draft, kAccountTable, std::get<ast::RecordLiteral>(record.node), record.span, {}), {});
  }
  if (draft.is_failed) return;
  std::vector<KeyedRows> keys(tables);
  for (TableId id = 0; id < tables; ++id) {
    if (table_at(draft, id).key) keys[id] = settle_keys(draft, id);
    else if (table_at(draft, id).dedupe) drop_equal_rows(draft, id);
  }
  for (TableId id = 0; id < tables; ++id) {
    for (std::uint32_t row = 0; row < draft.test.tables[id].size(); ++row) {
      for (std::uint32_t link = 0; link < table_at(draft, id).parents.size(); ++link) settle_link(draft, {id, row}, link, keys);
    }
    settle_known_at(draft, id);
  }
}

}  // namespace segue::checker
