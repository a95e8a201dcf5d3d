// What definitions rest on.
#include "compiler/check/dependencies.h"

#include <algorithm>

#include "compiler/check/walk.h"

namespace segue {
namespace {

// Calls `visit` for each expression below `body` once; `is_seen` is by expression.
template <typename Visit>
void for_each_expr(const CheckedProgram& program, ExprId body, std::vector<bool>& is_seen, const Visit& visit) {
  std::vector<ExprId> open = {body};
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (is_seen[index_of(id)]) continue;
    is_seen[index_of(id)] = true;
    visit(program.expr(id));
    for_each_operand(program.expr(id).node, [&](ExprId operand) { open.push_back(operand); });
  }
}

// Gathers what is read.
struct Reads {
  const CheckedProgram& program;
  std::vector<TableReads> tables;
  ReadsOf of = ReadsOf::kEvaluation;

  void read_table(TableId id) {
    const SchemaTable& table = program.schema.tables[id];
    TableReads& reads = tables[id];
    if (reads.is_read) return;
    reads.is_read = true;
    if (of == ReadsOf::kText) return;
    if (table.key) reads.columns[*table.key] = true;
    if (table.known_at) reads.columns[*table.known_at] = true;
    if (table.dedupe) reads.columns.assign(reads.columns.size(), true);
  }

  void read_column(TableId table, ColumnId column) {
    read_table(table);
    tables[table].columns[column] = true;
  }

  // The frame's rows and all rows around them.
  void read_frame(FrameId id) {
    while (id != kAccountFrame) {
      const Frame& frame = program.frame(id);
      const ParentLink& parent = program.schema.tables[frame.table].parents[frame.link];
      read_table(frame.table);
      tables[frame.table].parents[frame.link] = true;
      if (parent.column && of == ReadsOf::kEvaluation) tables[frame.table].columns[*parent.column] = true;
      read_table(parent.table);
      if (frame.anchor != frame.outer) read_frame(frame.anchor);
      id = frame.outer;
    }
  }

  void read_references(TableId table, const ReferenceRead& read) {
    for (const std::uint32_t index : read.references) {
      const SchemaReference& reference = program.schema.tables[table].references[index];
      read_column(table, reference.by);
      tables[table].references[index] = true;
      table = reference.to;
      read_table(table);
    }
    read_column(table, read.column);
  }

  void read_aggregate(const Aggregate& aggregate) {
    read_frame(aggregate.rows);
    const TableId id = program.frame(aggregate.rows).table;
    const SchemaTable& table = program.schema.tables[id];
    const bool needs_time = aggregate.fn == AggregateFn::kLatest || aggregate.fn == AggregateFn::kEarliest;
    if (needs_time && table.time) read_column(id, *table.time);
  }

  void read_expr(const Expr& expr) {
    const TableId table = program.frame(expr.frame).table;
    if (const auto* column = std::get_if<ColumnRead>(&expr.node)) read_column(table, column->column);
    if (const auto* reference = std::get_if<ReferenceRead>(&expr.node)) read_references(table, *reference);
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) read_aggregate(*aggregate);
    if (const auto* sequence = std::get_if<Sequence>(&expr.node)) {
      read_frame(sequence->rows);
      const TableId rows = program.frame(sequence->rows).table;
      read_column(rows, *program.schema.tables[rows].time);
    }
  }
};

std::vector<TableReads> nothing_read(const Schema& schema) {
  std::vector<TableReads> tables;
  for (const SchemaTable& table : schema.tables) {
    tables.push_back({false, std::vector<bool>(table.columns.size()), std::vector<bool>(table.parents.size()),
                      std::vector<bool>(table.references.size())});
  }
  return tables;
}

std::vector<bool> needed_flags(const CheckedProgram& program, std::span<const DefinitionId> roots, std::vector<bool>& is_seen) {
  std::vector<bool> is_needed(program.definitions.size());
  for (const DefinitionId root : roots) is_needed[index_of(root)] = true;
  // A definition stands after all that it reads.
  for (std::size_t i = is_needed.size(); i-- > 0;) {
    if (!is_needed[i]) continue;
    for_each_expr(program, program.definitions[i].body, is_seen,
                  [&](const Expr& expr) { for_each_definition(expr.node, [&](DefinitionId id) { is_needed[index_of(id)] = true; }); });
  }
  return is_needed;
}

}  // namespace

std::vector<DefinitionId> definitions_needed(const CheckedProgram& program, std::span<const DefinitionId> roots) {
  std::vector<bool> is_seen(program.exprs.size());
  const std::vector<bool> is_needed = needed_flags(program, roots, is_seen);
  std::vector<DefinitionId> needed;
  for (std::uint32_t i = 0; i < is_needed.size(); ++i) {
    if (is_needed[i]) needed.push_back(static_cast<DefinitionId>(i));
  }
  return needed;
}

std::vector<TableReads> columns_read(const CheckedProgram& program, std::span<const DefinitionId> roots, ReadsOf of) {
  Reads reads{program, nothing_read(program.schema), of};
  reads.read_table(kAccountTable);
  std::vector<bool> is_seen(program.exprs.size());
  const std::vector<bool> is_needed = needed_flags(program, roots, is_seen);
  for (std::size_t i = 0; i < is_seen.size(); ++i) {
    if (is_seen[i]) reads.read_expr(program.exprs[i]);
  }
  for (std::size_t i = 0; i < is_needed.size(); ++i) {
    if (is_needed[i]) reads.read_frame(program.definitions[i].frame);
  }
  return reads.tables;
}

std::vector<TableReads> columns_named(const CheckedProgram& program, std::span<const DefinitionId> definitions) {
  Reads reads{program, nothing_read(program.schema), ReadsOf::kText};
  std::vector<bool> is_seen(program.exprs.size());
  std::vector<DefinitionId> open(definitions.begin(), definitions.end());
  while (!open.empty()) {
    const Definition& definition = program.definition(open.back());
    open.pop_back();
    reads.read_frame(definition.frame);
    for_each_expr(program, definition.body, is_seen, [&](const Expr& expr) {
      reads.read_expr(expr);
      for_each_definition(expr.node, [&](DefinitionId id) {
        if (program.definition(id).name.empty())
          open.push_back(id);  // a part of the text that stands by itself, such as what `top` ranks by
      });
    });
  }
  return reads.tables;
}

}  // namespace segue
