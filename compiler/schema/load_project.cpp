// The text of a project file → Project, and what project and schema must say of each other.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/schema/project.h"
#include "compiler/schema/yaml_value.h"
#include "stdlib/time_zone.h"

namespace segue {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kProjectExample = "language: 1";

const Words& project_keys() {
  static const Words keys = {"language",           "schema",  "rules",    "timezone", "week_starts",
                             "fiscal_year_starts", "sources", "suppress", "currency", "rates"};
  return keys;
}

class ProjectReader {
 public:
  ProjectReader(const YamlDocument& document, const YamlNode& root, Report& report) : reader_{document, report}, root_(root) {}

  Project read() {
    project_.span = root_.entries.empty() ? root_.span : root_.entries.front().key_span;
    refuse_unknown_keys(reader_, root_, project_keys(), "the project file");
    read_language();
    if (const YamlEntry* schema = require("schema", "schema: schema.yaml")) project_.schema = path_of(*schema, "schema: schema.yaml");
    read_rules();
    read_time();
    read_sources();
    read_suppress();
    read_money();
    return std::move(project_);
  }

 private:
  [[nodiscard]] const YamlEntry* find(std::string_view key) const { return find_entry(root_, key); }
  [[nodiscard]] const YamlEntry* require(std::string_view key, std::string_view such_as) const {
    return require_entry(reader_, root_, key, project_.span, "the project file", such_as);
  }
  void refuse(Span span, std::string message) { reader_.report.add(DiagnosticKind::kInvalidValue, span, std::move(message)); }

  ProjectText path_of(const YamlEntry& entry, std::string_view such_as) {
    std::optional<TextValue> value = read_text(reader_, entry, such_as);
    return value ? ProjectText{std::move(value->text), value->span} : ProjectText{};
  }

  void read_language() {
    const YamlEntry* entry = require("language", kProjectExample);
    if (entry == nullptr) return;
    const YamlNode& value = reader_.value(*entry);
    if (value.kind == YamlKind::kText && value.text == "1") return;
    refuse(value_span(reader_, *entry),
           value.kind == YamlKind::kText
               ? fmt::format("`language` is `{}`, but this version of Segue reads language 1; write `language: 1`", value.text)
               : std::string("`language` must be the version of the language; write `language: 1`"));
  }

  void read_rules() {
    const std::string_view such_as = "[segments/**/*.seg]";
    const YamlEntry* entry = require("rules", "rules: [segments/**/*.seg]");
    if (entry == nullptr) return;
    const YamlNode& value = reader_.value(*entry);
    if (value.kind == YamlKind::kText && !value.text.empty()) {
      project_.rules.push_back(ProjectText{value.text, value.span});
      return;
    }
    const auto globs = read_texts(reader_, *entry, such_as);
    if (!globs) return;
    for (const TextValue& glob : *globs) project_.rules.push_back(ProjectText{glob.text, glob.span});
  }

  // ── Calendar ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  void read_time() {
    static const Words weekdays = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    static const Words months = {"january", "february", "march",     "april",   "may",      "june",
                                 "july",    "august",   "september", "october", "november", "december"};
    if (const YamlEntry* zone = find("timezone")) read_timezone(*zone);
    if (const YamlEntry* entry = find("week_starts")) {
      project_.week_starts = static_cast<std::uint8_t>(read_word(reader_, *entry, weekdays).value_or(0));
    }
    if (const YamlEntry* entry = find("fiscal_year_starts")) {
      project_.fiscal_year_starts = static_cast<std::uint8_t>(read_word(reader_, *entry, months).value_or(0) + 1);
    }
  }

  void read_timezone(const YamlEntry& entry) {
    const std::optional<TextValue> name = read_text(reader_, entry, "timezone: Europe/Berlin");
    if (!name) return;
    if (load_time_zone(name->text)) {
      project_.timezone = name->text;
      return;
    }
    Diagnostic& diagnostic = reader_.report.add_near(DiagnosticKind::kInvalidValue, name->span,
                                                     fmt::format("unknown time zone `{}`", name->text), name->text, time_zone_names());
    if (!diagnostic.fix) diagnostic.message += "; write an IANA name, such as `Europe/Berlin`, `America/New_York` or `UTC`";
  }

  // ── Data ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  void read_sources() {
    const YamlEntry* entry = require("sources", "sources: {account: data/accounts.csv}");
    if (entry == nullptr) return;
    const YamlNode* map = read_map(reader_, *entry, "sources: {account: data/accounts.csv}");
    if (map == nullptr) return;
    if (map->entries.empty()) refuse(entry->key_span, "`sources` must name the data of each table, such as `account: data/accounts.csv`");
    for (const YamlEntry& source : map->entries) read_source(source);
  }

  void read_source(const YamlEntry& entry) {
    TableSource source;
    source.table = ProjectText{entry.key, entry.key_span};
    const YamlNode& value = reader_.value(entry);
    if (value.kind != YamlKind::kMap) source.path = path_of(entry, fmt::format("{}: data/{}.csv", entry.key, entry.key));
    else read_source_keys(entry, value, source);
    project_.sources.push_back(std::move(source));
  }

  void read_source_keys(const YamlEntry& entry, const YamlNode& map, TableSource& source) {
    static const Words keys = {"path", "delimiter", "null_values"};
    refuse_unknown_keys(reader_, map, keys, "a source");
    const std::string such_as = fmt::format("path: data/{}.csv", entry.key);
    const YamlEntry* path = require_entry(reader_, map, "path", entry.key_span, fmt::format("the source of `{}`", entry.key), such_as);
    if (path != nullptr) source.path = path_of(*path, such_as);
    if (const YamlEntry* delimiter = find_entry(map, "delimiter")) read_delimiter(*delimiter, source);
    if (const YamlEntry* nulls = find_entry(map, "null_values")) {
      if (auto values = read_texts(reader_, *nulls, "[\"NULL\"]", true)) {
        for (TextValue& value : *values) source.null_values.push_back(std::move(value.text));
      }
    }
  }

  void read_delimiter(const YamlEntry& entry, TableSource& source) {
    const std::optional<TextValue> text = read_text(reader_, entry, "delimiter: \";\"");
    if (!text) return;
    const bool is_good = text->text.size() == 1 && static_cast<unsigned char>(text->text[0]) < 0x80 &&
                         text->text.find_first_of("\"\r\n") == std::string::npos;
    if (is_good) source.delimiter = text->text[0];
    else refuse(text->span, fmt::format("`delimiter` must be one sign, such as `\";\"` or `\"\\t\"` for a tab, but is `{}`", text->text));
  }

  void read_suppress() {
    const YamlEntry* entry = find("suppress");
    if (entry == nullptr) return;
    const YamlNode& value = reader_.value(*entry);
    if (value.kind != YamlKind::kList) {
      return refuse(value_span(reader_, *entry),
                    "`suppress` must be a list of files, such as `[lists/opted_out.csv, {path: lists/embargoed.csv, by: domain}]`");
    }
    for (const YamlId item : value.items) read_suppress_list(*entry, reader_.node(item));
  }

  void read_suppress_list(const YamlEntry& entry, const YamlNode& item) {
    if (item.kind == YamlKind::kText && !item.text.empty()) {
      project_.suppress.push_back(SuppressList{ProjectText{item.text, item.span}, std::nullopt});
      return;
    }
    if (item.kind != YamlKind::kMap) {
      return refuse(item.kind == YamlKind::kList ? item.span : entry.key_span,
                    "an entry of `suppress` must be a path, or a map such as `{path: lists/embargoed.csv, by: domain}`");
    }
    static const Words keys = {"path", "by"};
    refuse_unknown_keys(reader_, item, keys, "an entry of `suppress`");
    const YamlEntry* path = require_entry(reader_, item, "path", item.span, "an entry of `suppress`", "path: lists/embargoed.csv");
    SuppressList list;
    if (path != nullptr) list.path = path_of(*path, "path: lists/embargoed.csv");
    if (const YamlEntry* by = find_entry(item, "by")) list.by = path_of(*by, "by: domain");
    if (!list.path.text.empty()) project_.suppress.push_back(std::move(list));
  }

  void read_money() {
    if (const YamlEntry* currency = find("currency")) project_.currency = path_of(*currency, "currency: EUR").text;
    if (const YamlEntry* rates = find("rates")) {
      ProjectText path = path_of(*rates, "rates: data/rates.csv");
      if (!path.text.empty()) project_.rates = std::move(path);
    }
  }

  YamlReader reader_;
  const YamlNode& root_;
  Project project_;
};

Words table_names(const Schema& schema) {
  Words names;
  for (const SchemaTable& table : schema.tables) names.push_back(table.name);
  return names;
}

void check_sources(const Project& project, const Schema& schema, Report& report) {
  const Words names = table_names(schema);
  for (const TableSource& source : project.sources) {
    if (find_table(schema, source.table.text)) continue;
    Diagnostic& diagnostic = report.add_near(DiagnosticKind::kUnknownTable, source.table.span,
                                             fmt::format("unknown table `{}`", source.table.text), source.table.text, names);
    if (!diagnostic.fix) diagnostic.message += fmt::format("; the schema has {}", quoted_list(names, "and"));
  }
  if (project.sources.empty()) return;  // reported where they should stand
  for (const std::string& name : names) {
    if (find_source(project, name) != nullptr) continue;
    Diagnostic& diagnostic =
        report.add(DiagnosticKind::kMissingSource, project.span,
                   fmt::format("the table `{}` has no source; add one under `sources`, such as `{}: data/{}.csv`", name, name, name));
    if (name == "account") diagnostic.severity = Severity::kError;
  }
}

// A column whose values a line of text can state.
bool can_be_listed(const SchemaColumn& column) { return column.form == ColumnForm::kPlain && column.type.kind != Kind::kList; }

void check_suppress(const Project& project, const Schema& schema, Report& report) {
  const SchemaTable& account = schema.tables[kAccountTable];
  const Words names = column_names(account);
  for (const SuppressList& list : project.suppress) {
    if (!list.by || list.by->text.empty()) continue;
    const std::optional<ColumnId> column = find_column(account, list.by->text);
    if (!column) {
      report.add_near(DiagnosticKind::kUnknownColumn, list.by->span, fmt::format("unknown column `{}` of `account`", list.by->text),
                      list.by->text, names);
    } else if (!can_be_listed(account.columns[*column])) {
      report
          .add(DiagnosticKind::kUnfitColumn, list.by->span,
               fmt::format("the column `{}` cannot be told from a list's text; write `by:` a column of single values, such as text or "
                           "numbers, or leave it out for the key",
                           list.by->text))
          .notes.push_back(make_note("the column", account.columns[*column].span));
    }
  }
}

// Amounts are read in the project's currency.
void check_money(const Project& project, const Schema& schema, Report& report) {
  if (!project.currency.empty()) return;
  for (const SchemaTable& table : schema.tables) {
    for (const SchemaColumn& column : table.columns) {
      if (column.form != ColumnForm::kMoney) continue;
      report
          .add(DiagnosticKind::kMissingKey, column.span,
               fmt::format(
                   "the column `{}` of `{}` is `money`, but the project file states no currency to read it in; add there for example "
                   "`currency: EUR`",
                   column.name, table.name))
          .notes.push_back(make_note("the project file", project.span));
    }
  }
}

}  // namespace

ProjectResult load_project(const Source& source, SourceId id) {
  ProjectResult result;
  const YamlDocument document = parse_yaml(source, id);
  result.diagnostics = document.diagnostics;
  Report report(result.diagnostics);
  const YamlNode* root = document.root ? &document.node(*document.root) : nullptr;
  const bool is_empty = root == nullptr || root->kind == YamlKind::kEmpty;
  if (!is_empty && root->kind == YamlKind::kMap) {
    result.project = ProjectReader(document, *root, report).read();
  } else if (!is_empty) {
    report.add(DiagnosticKind::kInvalidValue, root->span, "a project file is a map of `key: value` lines; it starts with `language: 1`");
  } else if (!has_errors(document.diagnostics)) {
    report.add(DiagnosticKind::kMissingKey, Span{id, 0, 0},
               "the project file is empty; it needs `language`, `schema`, `rules` and `sources`, and starts with `language: 1`");
  }
  keep_first(result.diagnostics);
  return result;
}

std::vector<Diagnostic> check_project(const Project& project, const Schema& schema) {
  std::vector<Diagnostic> diagnostics;
  if (schema.tables.empty()) return diagnostics;
  Report report(diagnostics);
  check_sources(project, schema, report);
  check_suppress(project, schema, report);
  check_money(project, schema, report);
  return diagnostics;
}

const TableSource* find_source(const Project& project, std::string_view table) {
  const auto found = std::ranges::find_if(project.sources, [&](const TableSource& source) { return source.table.text == table; });
  return found == project.sources.end() ? nullptr : &*found;
}

}  // namespace segue
