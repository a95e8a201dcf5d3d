// The rule on personal data.
#include "compiler/check/basis.h"

#include <optional>
#include <vector>

#include <fmt/format.h>

#include "compiler/check/walk.h"

namespace segue::checker {
namespace {

// The column as the author knows it: the point, of one of its coordinates.
const SchemaColumn* known_column(const SchemaTable& table, ColumnId column) {
  return &table.columns[table.columns[column].point.value_or(column)];
}

const SchemaColumn* read_column(const CheckedProgram& program, const Expr& expr) {
  const SchemaTable& table = program.schema.tables[program.frame(expr.frame).table];
  if (const auto* read = std::get_if<ColumnRead>(&expr.node)) return known_column(table, read->column);
  const auto* read = std::get_if<ReferenceRead>(&expr.node);
  if (read == nullptr) return nullptr;
  const SchemaTable* at = &table;
  for (const std::uint32_t reference : read->references) at = &program.schema.tables[at->references[reference].to];
  return known_column(*at, read->column);
}

bool is_guarded(const SchemaColumn& column) {
  return column.data_class == DataClass::kPersonal || column.data_class == DataClass::kSensitive;
}

// The first guarded column that a body reads; `of_defines` holds the answers for the definitions before it.
const SchemaColumn* guarded_column(const CheckedProgram& program, ExprId body, const std::vector<const SchemaColumn*>& of_defines,
                                   std::vector<std::uint32_t>& seen, std::uint32_t mark) {
  std::vector<ExprId> open = {body};
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (seen[index_of(id)] == mark) continue;
    seen[index_of(id)] = mark;
    const Expr& expr = program.expr(id);
    const SchemaColumn* column = read_column(program, expr);
    for_each_definition(expr.node, [&](DefinitionId read) {
      if (of_defines[index_of(read)] != nullptr) column = of_defines[index_of(read)];
    });
    if (column != nullptr && is_guarded(*column)) return column;
    for_each_operand(expr.node, [&](ExprId operand) { open.push_back(operand); });
  }
  return nullptr;
}

void report_missing_basis(Context& ctx, const Definition& definition, const SchemaColumn& column) {
  const std::string_view what = column.data_class == DataClass::kSensitive ? "sensitive" : "personal";
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kMissingBasis, definition.name_span,
             fmt::format("`{}` reads `{}`, which is {} data, and does not say why it may; add `basis: \"…\"`, such as the form of consent",
                         definition.name, column.name, what));
  diagnostic.notes.push_back(make_note(fmt::format("`{}` is declared as {} here", column.name, what), column.span));
}

}  // namespace

void check_basis(Context& ctx) {
  const CheckedProgram& program = ctx.program;
  std::vector<const SchemaColumn*> of_defines(program.definitions.size(), nullptr);
  std::vector<std::uint32_t> seen(program.exprs.size(), 0);
  for (std::uint32_t i = 0; i < program.definitions.size(); ++i) {
    const Definition& definition = program.definitions[i];
    const SchemaColumn* column = guarded_column(program, definition.body, of_defines, seen, i + 1);
    if (definition.kind == DefinitionKind::kDefine) of_defines[i] = column;
    else if (column != nullptr && definition.basis.empty()) report_missing_basis(ctx, definition, *column);
  }
}

}  // namespace segue::checker
