// What the checker says of a name that means nothing where it stands.
#include "compiler/check/name_errors.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "compiler/check/names.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/parse.h"
#include "stdlib/builtins.h"

namespace segue::checker {
void report_written(Context& ctx, Span span, std::string_view message, const std::string& right) {
  report(ctx, DiagnosticKind::kMisplacedName, span, fmt::format("{}; write `{}`", message, right), fmt::format("write `{}`", right),
         Edit{span, right});
}

namespace {

// What a declaration is, in words: `a segment`.
std::string kind_of(const Declared& declared) { return fmt::format("a `{}`", declaration_word(*declared.declaration)); }

// A definition that does not fit the rows at hand.
bool report_misplaced_definition(Context& ctx, const Scope& scope, const ast::Name& name) {
  const auto found = ctx.by_name.find(name.text);
  if (found == ctx.by_name.end()) return false;
  const Declared& declared = ctx.declared[found->second];
  const std::string written = written_name(name.text);
  if (declared.declaration->is_broken) return true;  // what it stands for is not known
  if (!is_for_relation(declared)) {
    report_written(ctx, name.span,
                   fmt::format("`{}` is about the account, and this is about a row of `{}`", name.text, table_of(ctx, scope.frame).name),
                   fmt::format("account.{}", written));
    return true;
  }
  const TableId table = table_of_declaration(ctx, declared);
  if (declared.state == Declared::State::kFailed && table == kAccountTable) return true;  // its relation is in error
  const std::string& relation = ctx.program.schema.tables[table].name;
  const std::string about = fmt::format("`{}` is about a row of `{}`", name.text, relation);
  if (frame_named(ctx, scope, relation)) {
    report_written(ctx, name.span, about, fmt::format("{}.{}", written_name(relation), written));
  } else {
    report_written(ctx, name.span, about, fmt::format("any({} where {})", path_to_relation(ctx, table), written));
  }
  return true;
}

bool has_column_or_reference(const SchemaTable& table, std::string_view name) {
  return find_column(table, name) || find_reference(table, name);
}

// A column of a row around this one.
bool report_outer_column(Context& ctx, const Scope& scope, const ast::Name& name) {
  for (FrameId frame = ctx.program.frame(scope.frame).outer; frame != kNoFrame; frame = ctx.program.frame(frame).outer) {
    const SchemaTable& table = table_of(ctx, frame);
    if (!find_column(table, name.text)) continue;
    report_written(
        ctx, name.span,
        fmt::format("`{}` is a column of `{}`, and this is about a row of `{}`", name.text, table.name, table_of(ctx, scope.frame).name),
        fmt::format("{}.{}", written_name(table.name), written_name(name.text)));
    return true;
  }
  return false;
}

bool report_reference_as_value(Context& ctx, const SchemaTable& table, const ast::Name& name) {
  const std::optional<std::uint32_t> reference = find_reference(table, name.text);
  if (!reference) return false;
  const SchemaTable& target = ctx.program.schema.tables[table.references[*reference].to];
  report(ctx, DiagnosticKind::kMisplacedName, name.span,
         fmt::format("`{}` leads to a row of `{}`; write which column of it is meant, such as `{}.{}`", name.text, target.name,
                     written_name(name.text), written_name(target.columns.front().name)));
  return true;
}

// A column of a related table, of which there are many rows.
bool report_related_column(Context& ctx, const Scope& scope, const ast::Name& name) {
  const TableId here = ctx.program.frame(scope.frame).table;
  std::optional<TableId> owner;
  for (const TableId table : children_of(ctx.program.schema, here)) {
    if (!owner && find_column(ctx.program.schema.tables[table], name.text)) owner = table;
  }
  for (TableId table = 1; !owner && table < ctx.program.schema.tables.size(); ++table) {
    if (here == kAccountTable && find_column(ctx.program.schema.tables[table], name.text)) owner = table;
  }
  if (!owner) return false;
  const bool is_child = link_to(ctx, *owner, here).has_value();
  const std::string relation = is_child ? written_name(ctx.program.schema.tables[*owner].name) : path_to_relation(ctx, *owner);
  report(ctx, DiagnosticKind::kMisplacedName, name.span,
         fmt::format(
             "`{0}` is a column of `{1}`, which may have many rows; ask about them, as in `any({2} where {3} …)` or `latest({2}: {3})`",
             name.text, ctx.program.schema.tables[*owner].name, relation, written_name(name.text)));
  return true;
}

// Whether a declaration names a value so.
struct NamesValue {
  std::string_view value;

  template <typename Parts>
  bool is_among(const Parts& parts) const {
    return std::ranges::any_of(parts, [&](const auto& part) { return part.name.text == value; });
  }
  template <typename Decl>
  bool operator()(const Decl& decl) const {
    if constexpr (requires { decl.otherwise; }) return is_among(decl.rows) || (decl.otherwise && decl.otherwise->name.text == value);
    else if constexpr (requires { decl.shares; }) return is_among(decl.shares);
    else return false;
  }
};

// The name of a tier, a stage or a part of a split that stands alone.
bool report_bare_named_value(Context& ctx, const Scope& scope, const ast::Name& name) {
  for (const Declared& declared : ctx.declared) {
    if (!std::visit(NamesValue{name.text}, declared.declaration->node)) continue;
    const std::string_view path = scope.frame == kAccountFrame ? "" : "account.";
    const std::string right = fmt::format("{}{} = {}", path, written_name(declared.name->text), written_name(name.text));
    report_written(ctx, name.span, fmt::format("`{}` is a value of `{}`, not a condition", name.text, declared.name->text), right);
    return true;
  }
  return false;
}

bool report_bare_enum_value(Context& ctx, const Scope& scope, const ast::Name& name) {
  for (const SchemaColumn& column : table_of(ctx, scope.frame).columns) {
    if (column.type.kind != Kind::kEnum || std::ranges::count(ctx.program.enums[column.type.enum_id].values, name.text) == 0) continue;
    const std::string right = fmt::format("{} = {}", written_name(column.name), written_name(name.text));
    report_written(ctx, name.span, fmt::format("`{}` is a value of `{}`, not a condition", name.text, column.name), right);
    return true;
  }
  return report_bare_named_value(ctx, scope, name);
}

// Everything that may stand as a bare name here.
std::vector<std::string> names_here(const Context& ctx, const Scope& scope) {
  std::vector<std::string> names = column_names(ctx, ctx.program.frame(scope.frame).table);
  for (const Binding& parameter : scope.parameters) names.emplace_back(parameter.name);
  for (const auto& [name, declaration] : ctx.by_name) {
    const Declared& declared = ctx.declared[declaration];
    if (is_param_or_list(declared) || table_of_declaration(ctx, declared) == ctx.program.frame(scope.frame).table) names.emplace_back(name);
  }
  for (const TableId table : children_of(ctx.program.schema, ctx.program.frame(scope.frame).table)) {
    names.push_back(ctx.program.schema.tables[table].name);
  }
  for (const SchemaReference& reference : table_of(ctx, scope.frame).references) names.push_back(reference.name);
  names.insert(names.end(), {"now", "today"});
  return names;
}

// All names that may be meant; none once did-you-mean has looked at enough of them.
std::vector<std::string> candidates_here(Context& ctx, const Scope& scope) {
  const std::size_t count = ctx.by_name.size() + table_of(ctx, scope.frame).columns.size();
  return may_suggest(ctx, count) ? names_here(ctx, scope) : std::vector<std::string>();
}

// A column of the data that joins a relation to its parent, and is not listed among the columns.
bool report_join_column(Context& ctx, TableId table, const ast::Name& name) {
  const Schema& schema = ctx.program.schema;
  const SchemaTable& owner = schema.tables[table];
  const auto link = std::ranges::find(owner.parents, name.text, &ParentLink::from);
  if (link == owner.parents.end() || link->column) return false;
  const std::string& parent = schema.tables[link->table].name;
  Diagnostic& diagnostic = report(
      ctx, DiagnosticKind::kUnknownColumn, name.span,
      fmt::format(
          "`{0}` only joins `{1}` to `{2}`; to use it, list it among the columns of `{1}` in the schema, with the type of the key of `{2}`",
          name.text, owner.name, parent));
  diagnostic.notes.push_back(make_note(fmt::format("`{}` is joined to `{}` here", owner.name, parent), link->span));
  return true;
}

void report_nothing_like_it(Context& ctx, const Scope& scope, const ast::Name& name) {
  const std::vector<std::string> candidates = candidates_here(ctx, scope);
  const std::optional<std::string> nearest = nearest_name(name.text, candidates);
  if (!nearest && ctx.has_lost_names) return;
  const SchemaTable& table = table_of(ctx, scope.frame);
  const bool is_column = !nearest || find_column(table, *nearest);
  Diagnostic& diagnostic =
      is_column ? report(ctx, DiagnosticKind::kUnknownColumn, name.span, fmt::format("unknown column `{}` of `{}`", name.text, table.name))
                : report(ctx, DiagnosticKind::kUnknownName, name.span, fmt::format("unknown name `{}`", name.text));
  suggest(ctx, diagnostic, name.span, name.text, candidates);
}

// Columns and definitions of the rows of one table.
std::vector<std::string> names_of_rows(const Context& ctx, TableId table) {
  std::vector<std::string> names = column_names(ctx, table);
  for (const auto& [name, declaration] : ctx.by_name) {
    const Declared& declared = ctx.declared[declaration];
    if (!is_param_or_list(declared) && table_of_declaration(ctx, declared) == table) names.emplace_back(name);
  }
  return names;
}

// `account.x` or `contacts.x` where x is declared, and not about these rows.
bool report_foreign_definition(Context& ctx, const ast::Path& path, TableId table) {
  const ast::Name& name = path.parts[1];
  const auto found = ctx.by_name.find(name.text);
  if (found == ctx.by_name.end()) return false;
  const Declared& declared = ctx.declared[found->second];
  if (declared.declaration->is_broken) return true;
  if (is_param_or_list(declared)) {
    report_written(ctx, path.span, fmt::format("`{}` is {} and belongs to no table", name.text, kind_of(declared)),
                   written_name(name.text));
    return true;
  }
  const std::string& about = ctx.program.schema.tables[table_of_declaration(ctx, declared)].name;
  report(ctx, DiagnosticKind::kMisplacedName, path.span,
         fmt::format("`{}` is about a row of `{}`, not of `{}`; use it where such a row is meant", name.text, about,
                     ctx.program.schema.tables[table].name));
  return true;
}

}  // namespace

std::vector<std::string> column_names(const Context& ctx, TableId table) { return column_names(ctx.program.schema.tables[table]); }

bool has_near_name(Context& ctx, const Scope& scope, std::string_view name) {
  return nearest_name(name, candidates_here(ctx, scope)).has_value();
}

bool means_elsewhere(const Context& ctx, std::string_view name) {
  if (ctx.by_name.contains(name)) return true;
  return std::ranges::any_of(ctx.program.schema.tables,
                             [&](const SchemaTable& table) { return table.name == name || has_column_or_reference(table, name); });
}

void report_relation_as_value(Context& ctx, Span span, std::string_view relation) {
  report(ctx, DiagnosticKind::kMisplacedName, span,
         fmt::format("`{0}` is a related table, not a value; ask about its rows, as in `any({0} where …)` or `count({0})`", relation));
}

void report_unknown_bare(Context& ctx, const Scope& scope, const ast::Name& name) {
  const SchemaTable& table = table_of(ctx, scope.frame);
  if (report_misplaced_definition(ctx, scope, name) || report_outer_column(ctx, scope, name)) return;
  if (report_reference_as_value(ctx, table, name)) return;
  if (find_table(ctx.program.schema, name.text)) {
    if (name.text != "account") return report_relation_as_value(ctx, name.span, written_name(name.text));
    report(ctx, DiagnosticKind::kMisplacedName, name.span,
           "`account` is the row itself, not a value; write `account.` and a column or a definition");
    return;
  }
  if (report_related_column(ctx, scope, name) || report_bare_enum_value(ctx, scope, name)) return;
  if (is_builtin(Form::kFunction, name.text)) {
    report(ctx, DiagnosticKind::kMisplacedName, name.span,
           fmt::format("`{0}` is a function; write what it is to be taken of, as in `{0}(…)`", name.text));
    return;
  }
  if (report_join_column(ctx, ctx.program.frame(scope.frame).table, name)) return;
  report_nothing_like_it(ctx, scope, name);
}

void report_unknown_in_frame(Context& ctx, const ast::Path& path, FrameId frame) {
  const ast::Name& name = path.parts[1];
  const TableId table = ctx.program.frame(frame).table;
  const SchemaTable& owner = ctx.program.schema.tables[table];
  if (report_reference_as_value(ctx, owner, name) || report_foreign_definition(ctx, path, table)) return;
  if (report_join_column(ctx, table, name)) return;
  const std::optional<TableId> relation = find_table(ctx.program.schema, name.text);
  if (relation && link_to(ctx, *relation, table)) return report_relation_as_value(ctx, path.span, words(ctx, path.span));
  std::vector<std::string> candidates;
  if (may_suggest(ctx, ctx.by_name.size() + owner.columns.size())) candidates = names_of_rows(ctx, table);
  if (ctx.has_lost_names && table == kAccountTable && !nearest_name(name.text, candidates)) return;
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownColumn, name.span, fmt::format("unknown column `{}` of `{}`", name.text, owner.name));
  suggest(ctx, diagnostic, name.span, name.text, candidates);
}

void report_unknown_path(Context& ctx, const Scope& scope, const ast::Path& path) {
  const ast::Name& first = path.parts.front();
  const ast::Name& second = path.parts[1];
  const SchemaTable& here = table_of(ctx, scope.frame);
  if (const std::optional<TableId> table = find_table(ctx.program.schema, first.text)) {
    const SchemaTable& relation = ctx.program.schema.tables[*table];
    const std::optional<TableId> last = find_table(ctx.program.schema, path.parts.back().text);
    if (last && !find_column(relation, second.text)) return report_relation_as_value(ctx, path.span, words(ctx, path.span));
    report(ctx, DiagnosticKind::kMisplacedName, path.span,
           fmt::format(
               "`{0}` may have many rows, so `{1}` is not one value; ask about them, as in `any({0} where {2} …)` or `latest({0}: {2})`",
               written_name(first.text), words(ctx, path.span), written_name(second.text)));
    return;
  }
  const Resolution found = find_bare(ctx, scope, first.text);
  if (found.kind != Resolution::Kind::kNothing) {
    const std::string_view what = found.kind == Resolution::Kind::kColumn ? "a column" : "a single value";
    report(ctx, DiagnosticKind::kMisplacedName, path.span,
           fmt::format("`{}` is {} and has no parts, so `{}` means nothing", first.text, what, words(ctx, path.span)));
    return;
  }
  std::vector<std::string> candidates = {"account"};
  for (const SchemaReference& reference : here.references) candidates.push_back(reference.name);
  for (FrameId frame = scope.frame; frame != kNoFrame; frame = ctx.program.frame(frame).outer)
    candidates.push_back(table_of(ctx, frame).name);
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownName, first.span, fmt::format("unknown name `{}` before `.{}`", first.text, second.text));
  suggest(ctx, diagnostic, first.span, first.text, candidates);
}

void report_unknown_reference(Context& ctx, TableId table, const ast::Name& name, const ast::Name& next) {
  const SchemaTable& owner = ctx.program.schema.tables[table];
  if (find_column(owner, name.text)) {
    report(ctx, DiagnosticKind::kMisplacedName, name.span,
           fmt::format("`{}` is a column of `{}` and has no parts, so `.{}` means nothing", name.text, owner.name, next.text));
    return;
  }
  const std::optional<TableId> relation = find_table(ctx.program.schema, name.text);
  if (relation && link_to(ctx, *relation, table)) return report_relation_as_value(ctx, name.span, written_name(name.text));
  std::vector<std::string> candidates;
  for (const SchemaReference& reference : owner.references) candidates.push_back(reference.name);
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownName, name.span, fmt::format("`{}` is not a reference of `{}`", name.text, owner.name));
  suggest(ctx, diagnostic, name.span, name.text, candidates);
}

void report_unknown_referenced_column(Context& ctx, TableId table, const ast::Name& name) {
  const SchemaTable& owner = ctx.program.schema.tables[table];
  if (report_reference_as_value(ctx, owner, name)) return;
  if (find_table(ctx.program.schema, name.text)) {
    report(ctx, DiagnosticKind::kMisplacedName, name.span,
           fmt::format("a reference reads columns of `{}`, and `{}` is a related table; write a column", owner.name, name.text));
    return;
  }
  if (ctx.by_name.contains(name.text)) {
    report(ctx, DiagnosticKind::kMisplacedName, name.span,
           fmt::format("a reference reads columns of `{}`, and `{}` is a definition; write a column", owner.name, name.text));
    return;
  }
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownColumn, name.span, fmt::format("unknown column `{}` of `{}`", name.text, owner.name));
  suggest(ctx, diagnostic, name.span, name.text, column_names(ctx, table));
}

}  // namespace segue::checker
