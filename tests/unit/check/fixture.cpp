// What the tests of the checker share.
#include "tests/unit/check/fixture.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "compiler/schema/project.h"
#include "compiler/schema/schema.h"
#include "compiler/syntax/parse.h"

namespace segue::test {
namespace {

constexpr std::string_view kSchema = R"(account:
  key: account_id
  columns:
    account_id: text
    name: text
    domain: {type: text, case: insensitive}
    industry: {type: enum, values: [Software, Fintech, Healthcare, "Financial Services"], optional: true}
    size: {type: enum, values: [small, medium, large], ordered: true}
    plan: {type: enum, values: [Free, Pro], case: insensitive}
    employees: int?
    seats: int
    revenue: {type: decimal(2), optional: true}
    rate: decimal(4)
    fine: decimal(18)
    fit: float
    ratio: float?
    technologies: list<text>
    tags: {type: list<text>, case: insensitive, optional: true}
    visits: list<int>
    customer: bool
    partner: bool?
    founded: date?
    signed_on: date
    seen_at: timestamp
    parent_id: text?
    budget: {type: decimal(2), unit: EUR}
    amount_due: {type: money, currency: due_currency}
    location: {type: point, lat: hq_lat, lon: hq_lon, optional: true}
    mail: {type: text, class: personal}
    health: {type: int, class: sensitive}
    year: int
    "Annual Revenue": int
  references: {parent: {to: account, by: parent_id}}
relations:
  contacts:
    of: account
    on: account_id
    key: contact_id
    columns: {contact_id: text, title: text?, department: {type: enum, values: [Finance, IT]}, active: bool, age: int?, boss_id: text?}
    references: {boss: {to: contacts, by: boss_id}}
  events:
    of: {account: account_id, contacts: contact_id}
    time: occurred_at
    key: event_id
    columns: {event_id: text, occurred_at: timestamp, kind: {type: enum, values: [demo, webinar, pricing]}, topic: text?, points: int, weight: float}
  deals:
    of: account
    on: account_id
    time: closed_on
    key: deal_id
    columns: {deal_id: text, closed_on: date, won: bool, value: decimal(2), stage: {type: enum, values: [open, proposal, won], ordered: true}}
  logins: {of: contacts, on: contact_id, time: at, columns: {at: timestamp, device: text?}}
)";

std::string kind_name(Kind kind) {
  constexpr std::string_view kNames[] = {"bool",      "int",  "decimal", "float", "text", "date",
                                         "timestamp", "days", "months",  "span",  "enum", "list"};
  return std::string(kNames[static_cast<std::size_t>(kind)]);
}

std::string type_text(const Type& type) {
  std::string text = kind_name(type.kind);
  if (type.kind == Kind::kDecimal) text += fmt::format("({})", type.scale);
  if (type.kind == Kind::kList) text += fmt::format("<{}>", kind_name(type.element));
  if (type.folded) text += " folded";
  if (type.optional) text += "?";
  return text;
}

void add_file(Checked& all, std::string path, std::string_view text) {
  const SourceId id = add_source(all.sources, std::move(path), std::string(text));
  ParseResult parsed = parse(source_of(all.sources, id), id);
  for (const Diagnostic& each : parsed.diagnostics) all.messages.push_back(fmt::format("{}: {}", info_of(each.kind).code, each.message));
  all.files.push_back(std::move(parsed.ast));
}

void load_lists(Checked& all, const Setup& setup) {
  for (const Ast& ast : all.files) {
    for (const OutsideFile& file : outside_files(ast)) {
      for (const auto& [path, text] : setup.list_files) {
        if (file.kind != OutsideFile::Kind::kList || path != file.path) continue;
        const SourceId id = add_source(all.sources, path, text);
        const auto column = file.column ? std::optional<std::string_view>(*file.column) : std::nullopt;
        all.lists.push_back({file.path, file.column, read_list_file(source_of(all.sources, id), id, column)});
      }
    }
  }
}

}  // namespace

std::unique_ptr<Checked> check_text(std::string_view rules, const Setup& setup) {
  auto all = std::make_unique<Checked>();
  const SourceId schema_id = add_source(all->sources, "schema.yaml", std::string(kSchema));
  SchemaResult schema = load_schema(source_of(all->sources, schema_id), schema_id);
  for (const Diagnostic& each : schema.diagnostics) all->messages.push_back("schema: " + each.message);
  all->schema = std::move(schema.schema);
  all->project.timezone = "Europe/Berlin";
  all->project.currency = "EUR";
  add_file(*all, "a.seg", rules);
  all->rules = all->files.front().source;
  for (std::size_t i = 0; i < setup.more_files.size(); ++i) add_file(*all, fmt::format("b{}.seg", i), setup.more_files[i]);
  load_lists(*all, setup);
  std::vector<SourceId> prelude;
  std::vector<std::string> parts;
  for (const auto& [part, text] : setup.prelude) {
    add_file(*all, part, text);
    prelude.push_back(all->files.back().source);
    parts.push_back(part);
  }
  all->result = check(CheckInput{all->files, all->schema, all->project, all->sources, all->lists, setup.params, prelude, parts});
  for (const Diagnostic& each : all->result.diagnostics)
    all->messages.push_back(fmt::format("{}: {}", info_of(each.kind).code, each.message));
  return all;
}

std::unique_ptr<Checked> check_condition(std::string_view condition, const Setup& setup) {
  return check_text(fmt::format("segment s {{\n  where {}\n}}\n", condition), setup);
}

std::string message_list(const Checked& checked) { return fmt::format("{}", fmt::join(checked.messages, " | ")); }

std::string message_of_rules(std::string_view rules, const Setup& setup) { return message_list(*check_text(rules, setup)); }

std::string message_of(std::string_view condition) { return message_of_rules(fmt::format("segment s {{\n  where {}\n}}\n", condition)); }

std::string Checked::fixed() const {
  for (const Diagnostic& each : result.diagnostics) {
    if (each.fix) return apply_fix(source_of(sources, rules).text, rules, *each.fix);
  }
  return "no fix";
}

std::string fixed(std::string_view condition) {
  std::string text = check_condition(condition)->fixed();
  constexpr std::string_view kBefore = "segment s {\n  where ";
  constexpr std::string_view kAfter = "\n}\n";
  if (!text.starts_with(kBefore) || !text.ends_with(kAfter)) return text;
  return text.substr(kBefore.size(), text.size() - kBefore.size() - kAfter.size());
}

const Definition& Checked::definition(std::string_view name) const {
  const auto& all = result.program.definitions;
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const Definition& each) { return each.name == name; });
  assert(found != all.rend());
  return *found;
}

const Expr& Checked::body(std::string_view name) const { return result.program.expr(definition(name).body); }

std::string type_of(std::string_view expression) {
  const std::unique_ptr<Checked> checked = check_text(fmt::format("define x = {}\n", expression));
  if (!checked->messages.empty()) return fmt::format("{}", fmt::join(checked->messages, " | "));
  return type_text(checked->body("x").type);
}

}  // namespace segue::test
