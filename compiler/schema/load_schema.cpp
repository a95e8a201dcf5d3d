// The text of a schema file → Schema: first every table by itself, then what leads from one table to another.
#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/schema/column.h"
#include "compiler/schema/column_type.h"
#include "compiler/schema/schema.h"
#include "compiler/schema/yaml_value.h"

namespace segue {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kTableExample = "account: {key: account_id, columns: {account_id: text}}";

// How many relations of a circle a message names.
constexpr std::size_t kMostInCircle = 8;

// A table with its map in the file, for the second pass.
struct TableEntry {
  TableId id = kAccountTable;
  const YamlNode* map = nullptr;
  bool has_broken_columns = false;  // then nothing is said about columns that seem to be missing
};

class SchemaReader {
 public:
  SchemaReader(const YamlDocument& document, Report& report) : reader_{document, report} {}

  Schema read() {
    const YamlNode& root = reader_.node(*reader_.document.root);
    if (root.kind != YamlKind::kMap) {
      refuse(root.span, fmt::format("a schema is a map; write for example `{}`", kTableExample));
      return {};
    }
    static const Words keys = {"account", "relations"};
    refuse_unknown_keys(reader_, root, keys, "the schema");
    declare_tables(root);
    for (TableEntry& entry : entries_) read_columns(entry);
    for (const TableEntry& entry : entries_) {
      link_columns(table_of(entry));
      add_coordinates(table_of(entry));
    }
    for (const TableEntry& entry : entries_) read_roles(entry);
    for (const TableEntry& entry : entries_) read_links(entry);
    refuse_cycles();
    return std::move(schema_);
  }

 private:
  SchemaTable& table_of(const TableEntry& entry) { return schema_.tables[entry.id]; }
  void refuse(Span span, std::string message, DiagnosticKind kind = DiagnosticKind::kInvalidValue) {
    reader_.report.add(kind, span, std::move(message));
  }

  // ── Tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

  void declare_tables(const YamlNode& root) {
    const Span start = root.entries.empty() ? root.span : root.entries.front().key_span;
    schema_.tables.push_back(SchemaTable{});
    schema_.tables.front().name = "account";
    schema_.tables.front().span = start;
    const YamlEntry* account = require_entry(reader_, root, "account", start, "the schema", kTableExample);
    if (account != nullptr) declare_table(*account, kAccountTable);
    const YamlEntry* relations = find_entry(root, "relations");
    if (relations == nullptr || reader_.value(*relations).kind == YamlKind::kEmpty) return;
    const YamlNode* map = read_map(reader_, *relations, "contacts: {of: account, on: account_id, columns: {title: text?}}");
    if (map == nullptr) return;
    for (const YamlEntry& entry : map->entries) declare_relation(entry);
  }

  void declare_relation(const YamlEntry& entry) {
    if (!check_name(reader_, entry, "a relation")) return;
    if (entry.key == "account") return refuse(entry.key_span, "`account` is the account table; give the relation another name");
    declare_table(entry, static_cast<TableId>(schema_.tables.size()));
  }

  void declare_table(const YamlEntry& entry, TableId id) {
    if (id == schema_.tables.size()) schema_.tables.push_back(SchemaTable{});
    schema_.tables[id].name = entry.key;
    schema_.tables[id].span = entry.key_span;
    ids_.emplace(entry.key, id);
    const YamlNode* map = read_map(reader_, entry, "{key: account_id, columns: {account_id: text}}");
    if (map == nullptr) {
      broken_tables_.push_back(id);
      return;
    }
    entries_.push_back(TableEntry{id, map, false});
    check_table_keys(*map, id);
  }

  void check_table_keys(const YamlNode& map, TableId id) {
    static const Words account_keys = {"key", "columns", "references", "known_at", "dedupe"};
    static const Words relation_keys = {"of", "on", "key", "columns", "references", "time", "known_at", "dedupe"};
    if (id != kAccountTable) return refuse_unknown_keys(reader_, map, relation_keys, "a relation");
    YamlNode others;
    others.kind = YamlKind::kMap;
    for (const YamlEntry& entry : map.entries) {
      if (entry.key != "of" && entry.key != "on" && entry.key != "time") others.entries.push_back(entry);
      else
        refuse(entry.key_span, fmt::format("`{}` is for relations; the account table has none", entry.key), DiagnosticKind::kMisplacedKey);
    }
    refuse_unknown_keys(reader_, others, account_keys, "the account table");
  }

  // ── Columns ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  void read_columns(TableEntry& entry) {
    SchemaTable& table = table_of(entry);
    const YamlEntry* columns =
        require_entry(reader_, *entry.map, "columns", table.span, fmt::format("the table `{}`", table.name), "columns: {name: text}");
    entry.has_broken_columns = true;
    if (columns == nullptr) return;
    const YamlNode* map = read_map(reader_, *columns, "columns: {name: text}");
    if (map == nullptr) return;
    entry.has_broken_columns = false;
    for (const YamlEntry& column : map->entries) {
      std::optional<SchemaColumn> read = read_column(reader_, column, schema_.enum_types);
      if (!read) {
        broken_columns_.insert(column_key(entry.id, column.key));
        continue;
      }
      table.column_ids.emplace(read->name, static_cast<ColumnId>(table.columns.size()));
      table.columns.push_back(std::move(*read));
    }
  }

  static std::string column_key(TableId table, std::string_view column) { return fmt::format("{}/{}", table, column); }

  // Money and points name other columns: as the schema lists them where it does, else as the data do.
  void link_columns(SchemaTable& table) {
    for (SchemaColumn& column : table.columns) {
      link_column(table, column, column.currency_from, "currency", {Kind::kText, Kind::kEnum});
      link_column(table, column, column.latitude_from, "lat", {Kind::kFloat, Kind::kDecimal, Kind::kInt});
      link_column(table, column, column.longitude_from, "lon", {Kind::kFloat, Kind::kDecimal, Kind::kInt});
    }
  }

  void link_column(const SchemaTable& table, const SchemaColumn& column, std::string& name, std::string_view key, std::vector<Kind> kinds) {
    const std::optional<ColumnId> id = find_column(table, name);
    if (!id) return;
    const SchemaColumn& other = table.columns[*id];
    if (other.form != ColumnForm::kPlain || std::ranges::find(kinds, other.type.kind) == kinds.end()) {
      refuse(column.span,
             fmt::format("`{}` of the column `{}` is the column `{}`, which is `{}`; it must be {}", key, column.name, other.name,
                         column_type_text(other.form, other.type), key == "currency" ? "text or an enum" : "a number"),
             DiagnosticKind::kUnfitColumn);
      return;
    }
    name = other.from;
  }

  // The hidden columns of all points, behind the columns that the schema names.
  static void add_coordinates(SchemaTable& table) {
    const std::size_t named = table.columns.size();
    for (ColumnId id = 0; id < named; ++id) {
      if (table.columns[id].form != ColumnForm::kPoint) continue;
      table.columns[id].latitude = add_coordinate(table, id, "latitude", table.columns[id].latitude_from);
      table.columns[id].longitude = add_coordinate(table, id, "longitude", table.columns[id].longitude_from);
    }
  }

  static ColumnId add_coordinate(SchemaTable& table, ColumnId point_id, std::string_view which, const std::string& from) {
    const SchemaColumn& point = table.columns[point_id];
    SchemaColumn coordinate;
    coordinate.name = fmt::format("{}.{}", point.name, which);
    coordinate.from = from;
    coordinate.type.kind = Kind::kFloat;
    coordinate.type.optional = point.type.optional;
    coordinate.form = ColumnForm::kCoordinate;
    coordinate.accepts_missing = point.accepts_missing;
    coordinate.bad_is_missing = point.bad_is_missing;
    coordinate.data_class = point.data_class;
    coordinate.point = point_id;
    coordinate.span = point.span;
    table.columns.push_back(std::move(coordinate));
    return static_cast<ColumnId>(table.columns.size() - 1);
  }

  // ── Key, time, known_at, dedupe ─────────────────────────────────────────────────────────────────────────────────────────

  void read_roles(const TableEntry& entry) {
    SchemaTable& table = table_of(entry);
    if (entry.id == kAccountTable) (void)require_entry(reader_, *entry.map, "key", table.span, "the account table", "key: account_id");
    table.key = read_key(entry);
    if (entry.id != kAccountTable) table.time = read_time(entry, "time");
    table.known_at = read_time(entry, "known_at");
    if (const YamlEntry* dedupe = find_entry(*entry.map, "dedupe")) table.dedupe = read_flag(reader_, *dedupe).value_or(false);
    if (!table.key && find_entry(*entry.map, "key") != nullptr) broken_tables_.push_back(entry.id);
    if (!table.key && entry.id == kAccountTable) broken_tables_.push_back(entry.id);
  }

  // The column that `name` means; complains when there is none, unless it is there with an error of its own.
  std::optional<ColumnId> column_named(const TableEntry& entry, const TextValue& name, std::string_view advice) {
    const SchemaTable& table = table_of(entry);
    if (const std::optional<ColumnId> id = find_column(table, name.text)) return id;
    if (entry.has_broken_columns || broken_columns_.contains(column_key(entry.id, name.text))) return std::nullopt;
    Diagnostic& diagnostic =
        reader_.report.add_near(DiagnosticKind::kUnknownColumn, name.span,
                                fmt::format("unknown column `{}` of `{}`", name.text, table.name), name.text, column_names(table));
    if (!diagnostic.fix) diagnostic.message += fmt::format("; {}", advice);
    return std::nullopt;
  }

  std::optional<ColumnId> column_at(const TableEntry& entry, std::string_view key) {
    const YamlEntry* role = find_entry(*entry.map, key);
    if (role == nullptr) return std::nullopt;
    const std::optional<TextValue> name = read_text(reader_, *role, fmt::format("{}: account_id", key));
    return name ? column_named(entry, *name, "list it under `columns`") : std::nullopt;
  }

  std::optional<ColumnId> read_key(const TableEntry& entry) {
    const std::optional<ColumnId> id = column_at(entry, "key");
    if (!id) return std::nullopt;
    const SchemaColumn& column = table_of(entry).columns[*id];
    const Span span = value_span(reader_, *find_entry(*entry.map, "key"));
    const std::string_view flaw = key_flaw(column);
    if (flaw.empty()) return id;
    reader_.report.add(DiagnosticKind::kUnfitColumn, span, fmt::format("the key `{}` {}", column.name, flaw))
        .notes.push_back(make_note("the column", column.span));
    return std::nullopt;
  }

  static std::string_view key_flaw(const SchemaColumn& column) {
    const Kind kind = column.type.kind;
    const bool is_good =
        kind == Kind::kText || kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kDate || kind == Kind::kTimestamp;
    if (column.form != ColumnForm::kPlain || !is_good)
      return "cannot tell rows apart by its type; a key is text, an int, decimal, date or timestamp";
    if (column.accepts_missing) return "cannot be optional, because every row needs one; make the column's type one without `?`";
    if (column.bad_is_missing) return "cannot have `on_bad: missing`, because every row needs one; delete `on_bad`";
    return {};
  }

  std::optional<ColumnId> read_time(const TableEntry& entry, std::string_view key) {
    const std::optional<ColumnId> id = column_at(entry, key);
    if (!id) return std::nullopt;
    const SchemaColumn& column = table_of(entry).columns[*id];
    const Kind kind = column.type.kind;
    if (column.form == ColumnForm::kPlain && (kind == Kind::kTimestamp || kind == Kind::kDate)) return id;
    refuse(value_span(reader_, *find_entry(*entry.map, key)),
           fmt::format("`{}` is the column `{}`, which is `{}`; it must be a timestamp or a date", key, column.name,
                       column_type_text(column.form, column.type)),
           DiagnosticKind::kUnfitColumn);
    return std::nullopt;
  }

  // ── Parents and references ──────────────────────────────────────────────────────────────────────────────────────────────

  void read_links(const TableEntry& entry) {
    if (entry.id != kAccountTable) read_parents(entry);
    const YamlEntry* references = find_entry(*entry.map, "references");
    if (references == nullptr) return;
    const YamlNode* map = read_map(reader_, *references, "references: {parent: {to: account, by: parent_id}}");
    if (map == nullptr) return;
    for (const YamlEntry& reference : map->entries) read_reference(entry, reference);
  }

  void read_parents(const TableEntry& entry) {
    const std::string owner = fmt::format("the relation `{}`", table_of(entry).name);
    const YamlEntry* of = require_entry(reader_, *entry.map, "of", table_of(entry).span, owner, "of: account");
    const YamlEntry* on = find_entry(*entry.map, "on");
    if (of == nullptr) return;
    const YamlNode& value = reader_.value(*of);
    if (value.kind == YamlKind::kMap && !value.entries.empty()) {
      if (on != nullptr) refuse(on->key_span, "`on` repeats what the map under `of` says; delete it", DiagnosticKind::kMisplacedKey);
      for (const YamlEntry& parent : value.entries) read_parent(entry, {parent.key, parent.key_span}, parent);
      return;
    }
    if (value.kind != YamlKind::kText || value.text.empty()) {
      return refuse(value_span(reader_, *of),
                    "`of` must name a table, such as `of: account`, or several with their columns, such as `of: {account: account_id}`");
    }
    on = require_entry(reader_, *entry.map, "on", table_of(entry).span, owner, "on: account_id");
    if (on != nullptr) read_parent(entry, {value.text, value.span}, *on);
  }

  // `name` is the parent's, the value of `join` the column of this relation that holds its key.
  void read_parent(const TableEntry& entry, const TextValue& name, const YamlEntry& join) {
    const std::optional<TableId> parent = table_named(name);
    const std::optional<TextValue> column = read_text(reader_, join, fmt::format("{}: account_id", join.key));
    if (!parent || !column || !require_key(*parent, name.span, table_of(entry).name)) return;
    ParentLink link;
    link.table = *parent;
    link.column = find_column(table_of(entry), column->text);
    link.from = link.column ? table_of(entry).columns[*link.column].from : column->text;
    link.span = name.span;
    if (link.column && !fits_key(entry, *link.column, *parent, column->span)) return;
    table_of(entry).parents.push_back(std::move(link));
  }

  void read_reference(const TableEntry& entry, const YamlEntry& reference) {
    static const Words keys = {"to", "by"};
    if (!check_name(reader_, reference, "a reference") || !check_reference_name(entry, reference)) return;
    const YamlNode* map = read_map(reader_, reference, "parent: {to: account, by: parent_id}");
    if (map == nullptr) return;
    refuse_unknown_keys(reader_, *map, keys, "a reference");
    const std::string owner = fmt::format("the reference `{}`", reference.key);
    const YamlEntry* to = require_entry(reader_, *map, "to", reference.key_span, owner, "to: account");
    const YamlEntry* by = require_entry(reader_, *map, "by", reference.key_span, owner, "by: parent_id");
    const std::optional<TextValue> target = to == nullptr ? std::nullopt : read_text(reader_, *to, "to: account");
    const std::optional<TextValue> column = by == nullptr ? std::nullopt : read_text(reader_, *by, "by: parent_id");
    if (target && column) link_reference(entry, reference, *target, *column);
  }

  void link_reference(const TableEntry& entry, const YamlEntry& reference, const TextValue& target, const TextValue& column) {
    const std::optional<TableId> table = table_named(target);
    const std::optional<ColumnId> id = column_named(entry, column, "list it under `columns`");
    if (!table || !id || !require_key(*table, target.span, reference.key) || !fits_key(entry, *id, *table, column.span)) return;
    table_of(entry).references.push_back(SchemaReference{reference.key, *table, *id, reference.key_span});
  }

  bool check_reference_name(const TableEntry& entry, const YamlEntry& reference) {
    const bool is_column =
        table_of(entry).column_ids.contains(reference.key) || broken_columns_.contains(column_key(entry.id, reference.key));
    if (!is_column && !ids_.contains(reference.key)) return true;
    refuse(reference.key_span, fmt::format("the reference `{}` is named like a {}; give it another name", reference.key,
                                           is_column ? fmt::format("column of `{}`", table_of(entry).name) : std::string("table")));
    return false;
  }

  std::optional<TableId> table_named(const TextValue& name) {
    const auto found = ids_.find(name.text);
    if (found != ids_.end()) return found->second;
    Words names;
    for (const SchemaTable& table : schema_.tables) names.push_back(table.name);
    Diagnostic& diagnostic =
        reader_.report.add_near(DiagnosticKind::kUnknownTable, name.span, fmt::format("unknown table `{}`", name.text), name.text, names);
    if (!diagnostic.fix) diagnostic.message += "; write `account` or the name of a relation";
    return std::nullopt;
  }

  // A table that others lead to needs a key; silent where its key is in error already.
  bool require_key(TableId id, Span span, std::string_view user) {
    const SchemaTable& table = schema_.tables[id];
    if (table.key) return true;
    if (std::ranges::find(broken_tables_, id) != broken_tables_.end()) return false;
    reader_.report
        .add(DiagnosticKind::kMissingKey, span,
             fmt::format("`{}` leads to `{}` by its key, but `{}` has none; add `key:` there", user, table.name, table.name))
        .notes.push_back(make_note(fmt::format("`{}` is declared here", table.name), table.span));
    return false;
  }

  bool fits_key(const TableEntry& entry, ColumnId id, TableId target, Span span) {
    const SchemaColumn& column = table_of(entry).columns[id];
    const SchemaTable& table = schema_.tables[target];
    const SchemaColumn& key = table.columns[*table.key];
    if (column.form == ColumnForm::kPlain && column.type.kind == key.type.kind && column.type.scale == key.type.scale) return true;
    reader_.report
        .add(DiagnosticKind::kUnfitColumn, span,
             fmt::format("the column `{}` of `{}` is `{}`, but the key `{}` of `{}` is `{}`; give both one type", column.name,
                         table_of(entry).name, column_type_text(column.form, column.type), key.name, table.name,
                         column_type_text(key.form, key.type)))
        .notes.push_back(make_note("the key", key.span));
    return false;
  }

  // ── Circles of `of` ─────────────────────────────────────────────────────────────────────────────────────────────────────

  // Walks upward from each relation without recursion; a parent that is still on the walk closes a circle, whose link is dropped.
  void refuse_cycles() {
    enum class Mark : std::uint8_t { kNew, kOpen, kDone };
    std::vector<Mark> marks(schema_.tables.size(), Mark::kNew);
    struct Step {
      TableId table;
      std::size_t next = 0;
    };
    for (TableId start = 0; start < schema_.tables.size(); ++start) {
      if (marks[start] != Mark::kNew) continue;
      std::vector<Step> walk = {{start}};
      marks[start] = Mark::kOpen;
      while (!walk.empty()) {
        Step& step = walk.back();
        std::vector<ParentLink>& parents = schema_.tables[step.table].parents;
        if (step.next == parents.size()) {
          marks[step.table] = Mark::kDone;
          walk.pop_back();
          continue;
        }
        const TableId parent = parents[step.next].table;
        if (marks[parent] == Mark::kOpen) {
          std::vector<TableId> circle;
          circle.reserve(walk.size());
          for (const Step& past : walk) circle.push_back(past.table);
          circle.erase(circle.begin(), std::ranges::find(circle, parent));
          report_circle(circle, parents[step.next].span);
          parents.erase(parents.begin() + static_cast<std::ptrdiff_t>(step.next));
          continue;
        }
        ++step.next;
        if (marks[parent] == Mark::kDone) continue;
        marks[parent] = Mark::kOpen;
        walk.push_back({parent});
      }
    }
  }

  void report_circle(const std::vector<TableId>& circle, Span span) {
    std::string path;
    for (const TableId id : std::span(circle).first(std::min(circle.size(), kMostInCircle)))
      path += fmt::format("`{}` of ", schema_.tables[id].name);
    if (circle.size() > kMostInCircle) path += "… of ";
    refuse(span,
           fmt::format("relations cannot be `of` each other in a circle: {}`{}`; one of them must be of `account`", path,
                       schema_.tables[circle.front()].name),
           DiagnosticKind::kRelationCycle);
  }

  YamlReader reader_;
  Schema schema_;
  std::vector<TableEntry> entries_;
  std::unordered_map<std::string, TableId> ids_;
  std::vector<TableId> broken_tables_;              // whose key is in error
  std::unordered_set<std::string> broken_columns_;  // by column_key: there, but in error
};

}  // namespace

SchemaResult load_schema(const Source& source, SourceId id) {
  SchemaResult result;
  const YamlDocument document = parse_yaml(source, id);
  result.diagnostics = document.diagnostics;
  Report report(result.diagnostics);
  if (document.root && document.node(*document.root).kind != YamlKind::kEmpty) {
    result.schema = SchemaReader(document, report).read();
  } else if (!has_errors(document.diagnostics)) {
    report.add(DiagnosticKind::kMissingKey, Span{id, 0, 0}, fmt::format("the schema is empty; write for example `{}`", kTableExample));
  }
  keep_first(result.diagnostics);
  return result;
}

}  // namespace segue
