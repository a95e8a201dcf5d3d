// What the roots need: expressions, tables, columns, the layers that they stand in; and the rows that are made of tables.
#include <algorithm>
#include <cassert>
#include <limits>

#include <fmt/format.h>

#include "compiler/check/dependencies.h"
#include "compiler/check/walk.h"
#include "compiler/sql/assembly.h"
#include "compiler/sql/emit.h"
#include "compiler/sql/folding.h"
#include "stdlib/text.h"

namespace segue::sql {
namespace {

// More layers than any one node takes: empty layers cost nothing.
constexpr int kLayersOfNode = 24;

// PostgreSQL cuts names at 63 bytes.
constexpr std::size_t kLongestName = 56;

void raise(std::map<std::uint32_t, int>& levels, const std::map<std::uint32_t, int>& others) {
  for (const auto& [frame, level] : others) {
    int& known = levels[frame];
    known = std::max(known, level);
  }
}

}  // namespace

Emitter::Emitter(const CheckedProgram& program, const SqlOptions& options, std::span<const DefinitionId> roots)
    : program_(program),
      options_(options),
      dialect_(dialect_of(options.dialect)),
      query_{.dialect = dialect_} {
  find_needed(roots);
  find_levels();
  query_.rows.push_back({.frame = kNoFrame, .name = "clock", .prefix = "clock", .identity = {}, .layers = {}, .values = {}, .hoisted = {}});
  query_.rows[kClockRows].layers[0] = {};
  rows_for(kAccountFrame, kClockRows, std::numeric_limits<int>::max());
}

std::vector<ExprId> Emitter::operands_of(ExprId id) const {
  std::vector<ExprId> operands;
  const Node& node = program_.expr(id).node;
  for_each_definition(node, [&](DefinitionId read) { operands.push_back(program_.definition(read).body); });
  for_each_operand(node, [&](ExprId operand) { operands.push_back(operand); });
  return operands;
}

void Emitter::find_needed(std::span<const DefinitionId> roots) {
  is_needed_.assign(program_.exprs.size(), false);
  uses_.assign(program_.exprs.size(), 0);
  tables_.resize(program_.schema.tables.size());
  std::vector<ExprId> pending;
  const auto need = [&](ExprId id) {
    uses_[index_of(id)] += 1;
    if (is_needed_[index_of(id)]) return;
    is_needed_[index_of(id)] = true;
    pending.push_back(id);
  };
  for (const DefinitionId root : roots) need(program_.definition(root).body);
  while (!pending.empty()) {
    const ExprId id = pending.back();
    pending.pop_back();
    note_needs(id);
    for (const ExprId operand : operands_of(id)) need(operand);
  }
  const std::vector<TableReads> reads = columns_read(program_, roots);
  for (std::size_t table = 0; table < reads.size(); ++table) {
    tables_[table].is_read = reads[table].is_read;
    for (std::uint32_t i = 0; i < reads[table].columns.size(); ++i) {
      if (reads[table].columns[i]) tables_[table].columns.insert(i);
    }
    for (std::uint32_t i = 0; i < reads[table].parents.size(); ++i) {
      if (reads[table].parents[i]) tables_[table].links.insert(i);
    }
  }
  for (const DefinitionId root : roots) {  // an audience answers with keys
    for (FrameId id = program_.definition(root).frame; id != kAccountFrame; id = program_.frame(id).outer) {
      const Frame& frame = program_.frame(id);
      const SchemaTable& table = program_.schema.tables[frame.table];
      if (table.key) tables_[frame.table].columns.insert(*table.key);
      tables_[frame.table].links.insert(frame.link);
    }
  }
  tables_[kAccountTable].columns.insert(*program_.schema.tables[kAccountTable].key);
  for (TableId table = 0; table < tables_.size(); ++table) {
    for (const std::uint32_t column : tables_[table].columns) {
      const Type& type = program_.schema.tables[table].columns[column].type;
      needs_folding_ = needs_folding_ || (type.kind == Kind::kEnum && program_.enums[type.enum_id].folded);
    }
  }
}

void Emitter::note_needs(ExprId id) {
  const Expr& expr = program_.expr(id);
  if (const auto* read = std::get_if<ReferenceRead>(&expr.node))
    tables_[program_.frame(expr.frame).table].references.insert({read->references, read->column});
}

Emitter::Levels Emitter::levels_of(ExprId id) const {
  const Expr& expr = program_.expr(id);
  const std::vector<ExprId> operands = operands_of(id);
  Levels levels{{index_of(expr.frame), 0}};
  for (const ExprId operand : operands) raise(levels, levels_[index_of(operand)]);
  FrameId rows = kNoFrame;
  if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) rows = aggregate->rows;
  if (const auto* sequence = std::get_if<Sequence>(&expr.node)) rows = sequence->rows;
  for (; rows != kNoFrame && rows != expr.frame; rows = program_.frame(rows).outer) levels.erase(index_of(rows));
  if (!operands.empty() || std::holds_alternative<Aggregate>(expr.node)) levels[index_of(expr.frame)] += kLayersOfNode;
  return levels;
}

void Emitter::find_levels() {
  levels_.resize(program_.exprs.size());
  for (std::uint32_t i = 0; i < program_.exprs.size(); ++i) {
    if (!is_needed_[i]) continue;
    const ExprId id{i};
    levels_[i] = levels_of(id);
    bool is_inexact = false;
    if (const auto* aggregate = std::get_if<Aggregate>(&program_.expr(id).node)) {
      const bool adds = aggregate->fn == AggregateFn::kSum || aggregate->fn == AggregateFn::kAvg;
      is_inexact = adds && type_of(*aggregate->value).kind == Kind::kFloat;
    }
    for (const ExprId operand : operands_of(id)) is_inexact = is_inexact || inexact_.contains(index_of(operand));
    if (is_inexact) inexact_.insert(i);
  }
}

RowsId Emitter::rows_for(FrameId frame, RowsId outer, int outer_layer) {
  const auto [known, is_new] = known_rows_.try_emplace({index_of(frame), outer, outer_layer}, kNoRows);
  if (!is_new) return known->second;
  const SchemaTable& table = program_.schema.tables[program_.frame(frame).table];
  const auto id = static_cast<RowsId>(query_.rows.size());
  known->second = id;
  Rows rows{.frame = frame,
            .outer = outer,
            .outer_layer = outer_layer,
            .name = {},
            .prefix = table.name,
            .identity = {},
            .layers = {},
            .values = {},
            .hoisted = {}};
  for (RowsId around = outer; around != kNoRows; around = query_.rows[around].outer) {
    if (query_.rows[around].prefix == rows.prefix) rows.prefix += " again";
  }
  std::string name = frame == kAccountFrame ? "accounts" : rows.prefix + " of " + query_.rows[outer].name;
  while (!used_names_.insert(name).second) name += "'";
  rows.name = limited(name, id);
  rows.identity = query_.rows[outer].identity;
  rows.has_identity = query_.rows[outer].has_identity && table.key.has_value();
  rows.layers[0] = {};
  query_.rows.push_back(std::move(rows));
  if (table.key) query_.rows[id].identity.push_back(column_name(id, *table.key));
  return id;
}

std::string Emitter::limited(std::string name, std::uint64_t number) const {
  if (name.size() <= kLongestName) return name;
  std::size_t end = kLongestName - 12;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return fmt::format("{}~{}", name.substr(0, end), number);
}

std::string Emitter::plain_name(TableId table, std::uint32_t column) const {
  return limited(program_.schema.tables[table].columns[column].name, column);
}

std::string Emitter::column_name(RowsId rows, std::uint32_t column) const {
  const TableId table = program_.frame(query_.rows[rows].frame).table;
  return limited(query_.rows[rows].prefix + "." + program_.schema.tables[table].columns[column].name,
                 std::uint64_t{rows} * 100'000 + column);
}

std::string Emitter::path_name(TableId table, const ReferencePath& path) const {
  std::string name;
  std::uint64_t number = table;
  for (const std::uint32_t reference : path.references) {
    name += program_.schema.tables[table].references[reference].name + ".";
    table = program_.schema.tables[table].references[reference].to;
    number = number * 31 + reference + 1;
  }
  return limited(name + program_.schema.tables[table].columns[path.column].name, number * 31 + path.column);
}

// A stored column as definitions see it, of the table `r`.
std::string Emitter::stored(TableId table, std::uint32_t column) const {
  const SchemaColumn& schema = program_.schema.tables[table].columns[column];
  std::string plain = "r." + quoted(dialect_, schema.from);
  if (schema.form == ColumnForm::kMoney) return money(table, column);
  if (schema.form == ColumnForm::kPoint) return "NULL";
  if (schema.form == ColumnForm::kCoordinate) {  // both are missing where one is, or lies outside
    const SchemaColumn& point = program_.schema.tables[table].columns[*schema.point];
    return fmt::format("(CASE WHEN r.{} BETWEEN -90 AND 90 AND r.{} BETWEEN -180 AND 180 THEN {} END)",
                       quoted(dialect_, point.latitude_from), quoted(dialect_, point.longitude_from), plain);
  }
  if (schema.type.kind == Kind::kFloat) return fmt::format("nullif({}, {})", plain, fill("CAST('NaN' AS {0})", {dialect_.float_type}));
  if (schema.type.kind != Kind::kEnum || !program_.enums[schema.type.enum_id].folded) return plain;
  std::string cases;
  for (const std::string& value : program_.enums[schema.type.enum_id].values)
    cases += " WHEN " + text_literal(dialect_, fold(value)) + " THEN " + text_literal(dialect_, value);
  return "CASE " + fold_text(plain) + cases + " END";
}

// The rows of a table that exist at the clock, by the names of the schema.
std::string Emitter::table_rows(TableId id) const {
  const SchemaTable& table = program_.schema.tables[id];
  std::string columns;
  const auto add = [&](const std::string& sql, const std::string& name) {
    columns += (columns.empty() ? "" : ",\n    ") + sql + " AS " + quoted(dialect_, name);
  };
  for (const std::uint32_t column : tables_[id].columns) add(stored(id, column), plain_name(id, column));
  for (const std::uint32_t column : tables_[id].columns) {
    if (!table.dedupe || table.columns[column].form != ColumnForm::kMoney) continue;  // rows are equal as they are stored
    add("r." + quoted(dialect_, table.columns[column].from), fmt::format("stored {}", column + 1));
    add("r." + quoted(dialect_, table.columns[column].currency_from), fmt::format("currency {}", column + 1));
  }
  for (const std::uint32_t link : tables_[id].links)
    add("r." + quoted(dialect_, table.parents[link].from), fmt::format("parent {}", link + 1));
  const auto named = options_.tables.find(table.name);
  std::string source = (named == options_.tables.end() ? quoted(dialect_, table.name) : named->second) + " AS r";
  const std::string clock = quoted(dialect_, query_.name_of(kClockRows, std::numeric_limits<int>::max())) + " AS o";
  std::string rates;
  for (const std::uint32_t column : tables_[id].columns) {
    if (table.columns[column].form == ColumnForm::kMoney)
      rates += fmt::format(", {} AS {}", rate_of(id, column), quoted(dialect_, fmt::format("rate {}", column + 1)));
  }
  if (!rates.empty()) source = fmt::format("(SELECT r.*{} FROM {} CROSS JOIN {}) AS r", rates, source, clock);
  std::string sql = fmt::format("SELECT {}{}\n  FROM {} CROSS JOIN {}", table.dedupe ? "DISTINCT " : "", columns, source, clock);
  if (table.known_at) {
    const SchemaColumn& known_at = table.columns[*table.known_at];
    const char* moment = known_at.type.kind == Kind::kDate ? "#today" : "#now";
    sql += fmt::format("\n  WHERE r.{} <= o.{}", quoted(dialect_, known_at.from), quoted(dialect_, moment));
    if (known_at.type.optional) sql += fmt::format(" OR r.{} IS NULL", quoted(dialect_, known_at.from));
  }
  return sql;
}

std::vector<std::pair<std::string, std::string>> Emitter::base_of(RowsId id) const {
  const Rows& rows = query_.rows[id];
  if (id == kClockRows) {
    const std::string clock = options_.clock ? timestamp_literal(dialect_, *options_.clock) : std::string(dialect_.parameter);
    std::string now = "SELECT " + clock + " AS " + quoted(dialect_, "#now");
    if (needs_folding_) {
      const auto [from, to] = folding_table();
      now += ", " + text_literal(dialect_, from) + " AS " + quoted(dialect_, "#upper") + ", " + text_literal(dialect_, to) + " AS " +
             quoted(dialect_, "#lower");
    }
    const std::string today = fill(dialect_.local_day, {"p." + quoted(dialect_, "#now"), text_literal(dialect_, options_.timezone)});
    return {{rows.name, fmt::format("SELECT p.*, {} AS {}\n  FROM ({}) AS p", today, quoted(dialect_, "#today"), now)}};
  }
  const Frame& frame = program_.frame(rows.frame);
  std::vector<std::pair<std::string, std::string>> parts;
  const auto name_of_table = [&](TableId table) { return limited("rows of " + program_.schema.tables[table].name, table); };
  const auto need_table = [&](TableId table) { parts.emplace_back(name_of_table(table), table_rows(table)); };
  need_table(frame.table);
  std::string columns, joins;
  for (const std::uint32_t column : tables_[frame.table].columns)
    columns += ",\n    r." + quoted(dialect_, plain_name(frame.table, column)) + " AS " + quoted(dialect_, column_name(id, column));
  std::map<std::vector<std::uint32_t>, std::string> followed;
  for (const ReferencePath& path : tables_[frame.table].references) {
    std::string from = "r";
    TableId table = frame.table;
    std::vector<std::uint32_t> way;
    for (const std::uint32_t reference : path.references) {
      const SchemaReference& schema = program_.schema.tables[table].references[reference];
      way.push_back(reference);
      std::string& alias = followed[way];
      if (alias.empty()) {
        alias = fmt::format("p{}", followed.size());
        need_table(schema.to);
        joins += fmt::format("\n  LEFT JOIN {} AS {} ON {}.{} = {}.{}", quoted(dialect_, name_of_table(schema.to)), alias, alias,
                             quoted(dialect_, plain_name(schema.to, *program_.schema.tables[schema.to].key)), from,
                             quoted(dialect_, plain_name(table, schema.by)));
      }
      from = alias;
      table = schema.to;
    }
    columns += fmt::format(",\n    {}.{} AS {}", from, quoted(dialect_, plain_name(table, path.column)),
                           quoted(dialect_, limited(rows.prefix + "." + path_name(frame.table, path), 0)));
  }
  const std::string outer = quoted(dialect_, query_.name_of(rows.outer, rows.outer_layer)) + " AS o";
  const std::string table = quoted(dialect_, name_of_table(frame.table)) + " AS r";
  std::string from = fmt::format("{} CROSS JOIN {}", outer, table);
  if (rows.frame != kAccountFrame) {
    const RowsId anchor = rows_of_frame(rows.outer, frame.anchor);
    const SchemaTable& parent = program_.schema.tables[program_.frame(frame.anchor).table];
    from = fmt::format("{} JOIN {} ON r.{} = o.{}", outer, table, quoted(dialect_, fmt::format("parent {}", frame.link + 1)),
                       quoted(dialect_, column_name(anchor, *parent.key)));
  }
  parts.emplace_back(rows.name, fmt::format("SELECT o.*{}\n  FROM {}{}", columns, from, joins));
  return parts;
}

RowsId Emitter::rows_of_frame(RowsId rows, FrameId frame) const {
  while (rows != kNoRows && query_.rows[rows].frame != frame) rows = query_.rows[rows].outer;
  assert(rows != kNoRows && "an expression of a frame that does not stand around it");
  return rows;
}

std::string Emitter::common_tables(RowsId rows) const {
  const auto base = [this](RowsId id) { return base_of(id); };
  Assembly assembly(query_, base);
  assembly.add_rows(rows, std::numeric_limits<int>::max());
  std::string text;
  for (const auto& [name, body, is_large] : assembly.parts()) {
    // Made once: an engine that put its text at each place that names it would repeat what that stands on, and so on.
    const std::string reference = quoted(dialect_, name);
    const auto names_it = [&](const CommonTable& part) {
      return part.body.find("FROM " + reference) != std::string::npos || part.body.find("JOIN " + reference) != std::string::npos;
    };
    const bool is_once = is_large || std::ranges::count_if(assembly.parts(), names_it) > 1;
    text += fmt::format("{}{} AS{} (\n  {}\n)", text.empty() ? "" : ",\n", reference, is_once ? dialect_.materialized : "", body);
  }
  return text;
}

}  // namespace segue::sql
