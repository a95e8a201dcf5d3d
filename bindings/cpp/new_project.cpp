// What was told from the data, as the files of a project.
#include "bindings/cpp/new_project.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/format.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/new_tables.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

// ── YAML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\t') result += "\\t";
    else result += c;
  }
  return result;
}

std::string yaml(std::string_view text) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool is_word = !text.empty() && is_plain(text.front()) &&
                       std::ranges::all_of(text, [&](char c) { return is_plain(c) || c == '.' || c == '/' || c == '-'; });
  return is_word ? std::string(text) : fmt::format("\"{}\"", escaped(text));
}

std::string yaml_list(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + yaml(value);
  return "[" + list + "]";
}

// ── Schema ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string column_text(const InferredColumn& column) {
  std::string keys;
  if (column.from != column.name) keys += fmt::format(", from: {}", yaml(column.from));
  if (!column.values.empty()) keys += fmt::format(", values: {}", yaml_list(column.values));
  if (!column.true_values.empty()) {
    keys += fmt::format(", true_values: {}, false_values: {}", yaml_list(column.true_values), yaml_list(column.false_values));
  }
  if (!column.format.empty()) keys += fmt::format(", format: {}", yaml(column.format));
  if (column.is_personal) keys += ", class: personal";
  if (keys.empty()) return column.type + (column.is_optional ? "?" : "");
  return fmt::format("{{type: {}{}{}}}", column.type, keys, column.is_optional ? ", optional: true" : "");
}

std::string evidence(const InferredColumn& column, std::uint64_t rows) {
  if (column.is_unique) return fmt::format("{} values, all different", rows);
  std::string text = fmt::format("{} different", column.different);
  if (column.missing != 0) text += fmt::format(", {} of {} empty", column.missing, rows);
  if (!column.remark.empty()) text += "; " + column.remark;
  return text;
}

std::string columns_text(const InferredTable& table, std::string_view indent) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const InferredColumn& column = table.columns[i];
    if (table.is_listed(i))
      text += fmt::format("{}{}: {}  # {}\n", indent, yaml(column.name), column_text(column), evidence(column, table.sample->rows));
  }
  for (const InferredPoint& point : table.points) {
    text += fmt::format("{}{}: {{type: point, lat: {}, lon: {}{}}}\n", indent, point.name, yaml(table.columns[point.latitude].from),
                        yaml(table.columns[point.longitude].from), point.is_optional ? ", optional: true" : "");
  }
  return text.empty() ? fmt::format("{}{{}}\n", indent) : text;
}

std::string link_evidence(const InferredTable& table, const InferredLink& link) {
  const std::uint64_t rows = table.sample->rows, lost = link.known - link.met, empty = rows - link.known;
  std::string text = fmt::format("`{}`: {} of {} rows find theirs", table.columns[link.column].from, link.met, rows);
  if (lost != 0) text += fmt::format(", {} do not", lost);
  if (empty != 0) text += fmt::format(", {} name none", empty);
  return text;
}

std::string relation_text(const std::vector<InferredTable>& tables, const InferredTable& table) {
  std::string text = fmt::format("  {}:\n", yaml(table.name));
  for (const InferredLink& link : table.parents)
    text += fmt::format("    # rows of `{}` by {}\n", tables[link.table].name, link_evidence(table, link));
  if (table.parents.size() == 1) {
    const InferredLink& link = table.parents.front();
    text += fmt::format("    of: {}\n    on: {}\n", yaml(tables[link.table].name), yaml(table.columns[link.column].from));
  } else {
    std::string parents;
    for (const InferredLink& link : table.parents) {
      parents += fmt::format("{}{}: {}", parents.empty() ? "" : ", ", yaml(tables[link.table].name), yaml(table.columns[link.column].from));
    }
    text += fmt::format("    of: {{{}}}\n", parents);
  }
  if (table.key) text += fmt::format("    key: {}\n", yaml(table.columns[*table.key].name));
  if (table.time) text += fmt::format("    time: {}\n", yaml(table.columns[*table.time].name));
  const std::string columns = columns_text(table, "      ");
  return text + (columns == "      {}\n" ? "    columns: {}\n" : "    columns:\n" + columns);
}

bool is_left_out(const InferredTable& table) { return table.name != "account" && table.parents.empty(); }

std::string schema_text(const std::vector<InferredTable>& tables) {
  const InferredTable& account = tables.front();
  std::string text = fmt::format(
      "# Made by `segue new` from the data; what follows a `#` says why. Change what is wrong, then run `segue check --data`.\n"
      "account:\n  key: {}\n  columns:\n{}",
      yaml(account.columns[*account.key].name), columns_text(account, "    "));
  if (account.parent) {
    const bool is_taken = std::ranges::count(account.columns, std::string("parent"), &InferredColumn::name) != 0;
    text += fmt::format("  references:\n    {}: {{to: account, by: {}}}  # {}\n", is_taken ? "parent_account" : "parent",
                        yaml(account.columns[account.parent->column].name), link_evidence(account, *account.parent));
  }
  std::string relations, left_out;
  for (const InferredTable& table : std::span(tables).subspan(1)) {
    if (is_left_out(table)) left_out += fmt::format("# `{}` is left out: no column of it holds the key of another table.\n", table.path);
    else relations += relation_text(tables, table);
  }
  return text + (relations.empty() ? "" : "relations:\n" + relations) + left_out;
}

// ── Project file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string path_from(const fs::path& folder, const std::string& file) {
  std::error_code error;
  const fs::path from = fs::absolute(folder, error).lexically_normal(), to = fs::absolute(file, error).lexically_normal();
  const fs::path relative = to.lexically_relative(from.has_filename() ? from : from.parent_path());
  return (relative.empty() ? to : relative).generic_string();
}

std::string source_text(const fs::path& folder, const InferredTable& table) {
  const std::string path = yaml(path_from(folder, table.path));
  std::string keys;
  if (table.sample->delimiter != ',') {
    keys += fmt::format(", delimiter: {}", table.sample->delimiter == '\t' ? "\"\\t\"" : fmt::format("\"{}\"", table.sample->delimiter));
  }
  if (!table.null_words.empty()) keys += fmt::format(", null_values: {}", yaml_list(table.null_words));
  return keys.empty() ? path : fmt::format("{{path: {}{}}}", path, keys);
}

std::string project_text(const fs::path& folder, const std::vector<InferredTable>& tables) {
  std::string text =
      "# The project. Paths are relative to this folder.\nlanguage: 1\nschema: schema.yaml\nrules: [segments/*.seg, "
      "tests/*.seg]\nsources:\n";
  for (const InferredTable& table : tables) {
    if (!is_left_out(table)) text += fmt::format("  {}: {}\n", yaml(table.name), source_text(folder, table));
  }
  return text;
}

// ── A first segment, and its test ────────────────────────────────────────────────────────────────────────────────────────

struct FirstSegment {
  std::string name, title, condition;
  std::string member, stranger;  // the cells of an account that belongs to it, and of one that does not
};

bool is_usable(const InferredTable& account, std::size_t column) {
  const InferredColumn& inferred = account.columns[column];
  return account.is_listed(column) && account.key != column && !inferred.is_personal;
}

std::string segment_name(const InferredTable& account, std::string_view wanted) {
  std::string name = snake_case(wanted);
  while ((std::ranges::count(account.columns, name, &InferredColumn::name) != 0) || needs_back_quotes(name)) name += "_accounts";
  return name;
}

std::string literal(std::string_view text) { return fmt::format("\"{}\"", escaped(text)); }

// By the most frequent value of an enum, a bool, a related table, or an optional column, in this order.
FirstSegment first_segment(const std::vector<InferredTable>& tables) {
  const InferredTable& account = tables.front();
  for (std::size_t i = 0; i < account.columns.size(); ++i) {
    const InferredColumn& column = account.columns[i];
    if (!is_usable(account, i) || column.type != "enum") continue;
    const std::string name = written_name(column.name), value = literal(column.values[0]);
    return {segment_name(account, fmt::format("{}_{}", column.name, column.values[0])),
            fmt::format("{}: {}", column.name, column.values[0]), fmt::format("{} = {}", name, value), fmt::format("{}: {}", name, value),
            fmt::format("{}: {}", name, literal(column.values[1]))};
  }
  for (std::size_t i = 0; i < account.columns.size(); ++i) {
    const InferredColumn& column = account.columns[i];
    if (!is_usable(account, i) || column.type != "bool") continue;
    const std::string name = written_name(column.name);
    return {segment_name(account, "with_" + column.name), column.name, name, name + ": true", name + ": false"};
  }
  if (tables.size() > 1 && !is_left_out(tables[1])) {
    const std::string name = written_name(tables[1].name);
    return {segment_name(account, "with_" + tables[1].name), fmt::format("With {}", tables[1].name), fmt::format("any({})", name),
            name + ": [{}]", name + ": []"};
  }
  for (std::size_t i = 0; i < account.columns.size(); ++i) {
    const InferredColumn& column = account.columns[i];
    if (!is_usable(account, i) || !column.is_optional || column.type != "text") continue;
    const std::string name = written_name(column.name);
    return {segment_name(account, fmt::format("{}_known", column.name)), fmt::format("{} is known", column.name), name + " is known",
            name + ": \"x\"", name + ": missing"};
  }
  const InferredColumn& key = account.columns[*account.key];
  const std::string name = written_name(key.name);
  const std::string& first = account.sample->columns[*account.key].values.front();
  const bool is_text = key.type == "text";
  return {segment_name(account, "first_account"), "The first account", fmt::format("{} = {}", name, is_text ? literal(first) : first),
          fmt::format("{}: {}", name, is_text ? literal(first) : first),
          fmt::format("{}: {}", name, is_text ? literal(first + "x") : first + "0")};
}

// As `segue fmt` lays it out.
NewFile rules_file(std::string path, std::string text) {
  FormattedRules formatted = format_rules(path, text);
  return {std::move(path), formatted.text.value_or(std::move(text))};
}

void add_rules(const FirstSegment& segment, NewProject& project) {
  project.files.push_back(
      rules_file("segments/first.seg", fmt::format("## A first segment, to be replaced by yours.\nsegment {} {} {{\n  where {}\n}}\n",
                                                   segment.name, literal(segment.title), segment.condition)));
  project.files.push_back(rules_file(
      "tests/first.seg",
      fmt::format(
          "test \"who is in the first segment\" {{\n  account member {{{}}}\n  account stranger {{{}}}\n  expect member: {}\n  expect "
          "stranger: not {}\n}}\n",
          segment.member, segment.stranger, segment.name, segment.name)));
}

std::expected<std::vector<Sample>, Failure> read_samples(const std::vector<std::string>& files) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  std::vector<Sample> samples;
  for (const std::string& file : files) {
    auto sample = (*io)->read_sample(file);
    if (!sample) return std::unexpected(load_failure({sample.error()}));
    samples.push_back(std::move(*sample));
  }
  return samples;
}

}  // namespace

std::expected<NewProject, Failure> infer_project(const fs::path& folder, const std::vector<std::string>& files,
                                                 const std::optional<std::string>& account) {
  const auto samples = read_samples(files);
  if (!samples) return std::unexpected(samples.error());
  const auto tables = infer_tables(*samples, account);
  if (!tables) return std::unexpected(tables.error());
  NewProject project;
  project.files.push_back({"segue.yaml", project_text(folder, *tables)});
  project.files.push_back({"schema.yaml", schema_text(*tables)});
  add_rules(first_segment(*tables), project);
  for (const InferredTable& table : *tables) {
    project.tables.push_back({.name = is_left_out(table) ? std::string() : table.name,
                              .file = table.path,
                              .rows = table.sample->rows,
                              .columns = table.columns.size(),
                              .key = table.key ? table.columns[*table.key].name : std::string()});
  }
  return project;
}

NewProject starter_project() {
  NewProject project;
  project.files.push_back({"segue.yaml",
                           "# The project. Paths are relative to this folder.\nlanguage: 1\nschema: schema.yaml\nrules: [segments/*.seg, "
                           "tests/*.seg]\nsources:\n  account: data/accounts.csv\n  contacts: data/contacts.csv\n"});
  project.files.push_back({"schema.yaml",
                           "# What the tables hold: a type for each column, `?` where a value may be missing.\naccount:\n  key: "
                           "account_id\n  columns:\n    account_id: "
                           "text\n    name: text\n    industry: {type: enum, values: [Software, Fintech, Retail], optional: true}\n    "
                           "employees: int?\n    customer: "
                           "bool\nrelations:\n  contacts:\n    of: account\n    on: account_id\n    key: contact_id\n    columns:\n      "
                           "contact_id: text\n      title: "
                           "text?\n"});
  project.files.push_back(
      {"data/accounts.csv",
       "account_id,name,industry,employees,customer\nA1,Acme,Software,900,false\nA2,Birch,Fintech,,false\nA3,Coral,Software,320,true\n"
       "A4,Dune,,40,false\n"});
  project.files.push_back({"data/contacts.csv", "contact_id,account_id,title\nC1,A1,CFO\nC2,A1,Developer\nC3,A3,\n"});
  project.files.push_back(
      rules_file("segments/first.seg",
                 "## Accounts that we want to win.\nsegment good_fit \"Good fit\" {\n  where employees >= 200 and industry in [Software, "
                 "Fintech]\n  except customer\n  expect size at least 1\n}\n"));
  project.files.push_back(
      rules_file("tests/first.seg",
                 "test \"a customer is won already\" {\n  account {employees: 900, industry: Software, customer: true}\n  expect not "
                 "good_fit\n}\n\ntest \"a large software company is a good fit\" {\n  account {employees: 200, industry: Software, "
                 "customer: false}\n  expect good_fit\n}\n"));
  project.tables = {{"account", "data/accounts.csv", 4, 5, "account_id"}, {"contacts", "data/contacts.csv", 3, 3, "contact_id"}};
  return project;
}

}  // namespace segue
