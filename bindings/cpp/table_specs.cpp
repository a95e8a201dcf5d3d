// Schema and project file in the reader's terms.
#include "bindings/cpp/table_specs.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/schema/glob.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

CellForm cell_form(ColumnForm form) {
  switch (form) {
    case ColumnForm::kPlain: return CellForm::kValue;
    case ColumnForm::kMoney: return CellForm::kMoney;
    case ColumnForm::kPoint: return CellForm::kPoint;
    case ColumnForm::kCoordinate: return CellForm::kCoordinate;
  }
  return CellForm::kValue;
}

ColumnSpec column_spec(const Schema& schema, const SchemaColumn& column) {
  ColumnSpec spec{.name = column.name,
                  .from = column.from,
                  .type = column.type,
                  .accepts_missing = column.accepts_missing,
                  .bad_is_missing = column.bad_is_missing,
                  .true_values = column.true_values,
                  .false_values = column.false_values,
                  .format = column.format,
                  .separator = column.separator,
                  .enum_values = {},
                  .form = cell_form(column.form),
                  .currency_from = column.currency_from,
                  .latitude = column.latitude,
                  .longitude = column.longitude,
                  .point = column.point};
  if (column.type.enum_id != kNoEnum) {
    const EnumType& type = schema.enum_types[column.type.enum_id];
    spec.enum_values = type.values;
    spec.enum_is_folded = type.folded;
  }
  return spec;
}

TableSpec spec_of(const Schema& schema, const SchemaTable& table, const NeededColumns& needed) {
  TableSpec spec{.name = table.name,
                 .path = {},
                 .files = {},
                 .null_values = {},
                 .columns = {},
                 .key = table.key,
                 .known_at = table.known_at,
                 .time = table.time,
                 .dedupe = table.dedupe,
                 .parents = {},
                 .references = {},
                 .is_needed = needed.table};
  for (ColumnId id = 0; id < table.columns.size(); ++id) {
    spec.columns.push_back(column_spec(schema, table.columns[id]));
    spec.columns.back().is_needed = needed.columns[id];
  }
  for (const ParentLink& link : table.parents) spec.parents.push_back({link.table, link.from, link.column});
  for (std::uint32_t i = 0; i < table.references.size(); ++i) {
    spec.references.push_back({table.references[i].to, table.references[i].by, needed.references[i]});
  }
  return spec;
}

// The files that a path means; a path without wildcards is left to the reader, whether it is there or not.
std::vector<std::string> files_of(const fs::path& root, const std::string& path) {
  return is_glob(path) ? expand_glob(root, path) : std::vector<std::string>{path};
}

// A path from the current folder as messages name it: from the project's folder where it lies within, else absolute.
std::string path_from_root(const fs::path& root, const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error).lexically_normal();
  const fs::path folder = fs::absolute(root, error).lexically_normal();
  if (error) return path;
  const fs::path relative = absolute.lexically_relative(folder);
  return (relative.empty() || *relative.begin() == ".." ? absolute : relative).generic_string();
}

// `--source`: another path under the same delimiter and words for missing values. It is relative to the current folder.
void replace_source(const fs::path& root, TableSpec& spec, const std::string& path) {
  const std::string from_root = path_from_root(root, path);
  spec.path = path;
  spec.files = files_of(fs::path(from_root).is_absolute() ? fs::path("/") : root, from_root);
}

void set_source(const CheckedProject& project, std::span<const NamedText> sources, TableSpec& spec) {
  if (const TableSource* source = find_source(project.workspace.project, spec.name)) {
    spec.path = source->path.text;
    spec.files = files_of(project.workspace.root, source->path.text);
    spec.delimiter = source->delimiter;
    spec.null_values = source->null_values;
  }
  const auto given = std::ranges::find(sources, spec.name, &NamedText::name);
  if (given != sources.end()) replace_source(project.workspace.root, spec, given->text);
}

// Whether each table is read: what is needed, the parents of what is read, and the targets of needed references.
std::vector<bool> tables_read(const std::vector<TableSpec>& specs) {
  std::vector<bool> is_read(specs.size());
  std::vector<std::uint32_t> todo;
  const auto add = [&](std::uint32_t table) {
    if (is_read[table]) return;
    is_read[table] = true;
    todo.push_back(table);
  };
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    if (specs[i].is_needed) add(i);
  }
  while (!todo.empty()) {
    const TableSpec& spec = specs[todo.back()];
    todo.pop_back();
    for (const ParentSpec& parent : spec.parents) add(parent.table);
    for (const ReferenceSpec& reference : spec.references) {
      if (reference.is_needed) add(reference.to);
    }
  }
  return is_read;
}

std::vector<Diagnostic> unknown_tables(const Schema& schema, std::span<const NamedText> sources) {
  std::vector<Diagnostic> diagnostics;
  std::vector<std::string> names;
  names.reserve(schema.tables.size());
  for (const SchemaTable& table : schema.tables) names.push_back(table.name);
  for (const NamedText& source : sources) {
    if (find_table(schema, source.name)) continue;
    const std::string message =
        fmt::format("`--source` names `{}`, which is no table of the schema{}", source.name, did_you_mean(source.name, names));
    diagnostics.push_back(make_diagnostic(DiagnosticKind::kUnknownTable, {}, message));
  }
  return diagnostics;
}

std::vector<Diagnostic> missing_sources(const Schema& schema, const std::vector<TableSpec>& specs) {
  std::vector<Diagnostic> diagnostics;
  const std::vector<bool> is_read = tables_read(specs);
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    if (!is_read[i] || !specs[i].path.empty()) continue;
    const std::string message =
        fmt::format("`{}` is read, and the project file names no data for it; add it under `sources`, or give `--source {}=PATH`",
                    specs[i].name, specs[i].name);
    diagnostics.push_back(make_diagnostic(DiagnosticKind::kMissingSource, schema.tables[i].span, message));
    diagnostics.back().severity = Severity::kError;
  }
  return diagnostics;
}

}  // namespace

std::vector<NeededColumns> all_columns(const Schema& schema) {
  std::vector<NeededColumns> needed;
  needed.reserve(schema.tables.size());
  for (const SchemaTable& table : schema.tables) {
    needed.push_back({true, std::vector<bool>(table.columns.size(), true), std::vector<bool>(table.references.size(), true)});
  }
  return needed;
}

std::expected<std::vector<TableSpec>, Failure> table_specs(const CheckedProject& project, std::span<const NamedText> sources,
                                                           const std::vector<NeededColumns>& needed) {
  const Schema& schema = project.schema();
  if (auto unknown = unknown_tables(schema, sources); !unknown.empty())
    return std::unexpected(Failure{FailureKind::kCall, std::move(unknown), {}});
  std::vector<TableSpec> specs;
  for (TableId id = 0; id < schema.tables.size(); ++id) {
    specs.push_back(spec_of(schema, schema.tables[id], needed[id]));
    set_source(project, sources, specs.back());
  }
  if (auto missing = missing_sources(schema, specs); !missing.empty())
    return std::unexpected(Failure{FailureKind::kRules, std::move(missing), {}});
  return specs;
}

}  // namespace segue
