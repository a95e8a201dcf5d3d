// The document `segue.doc/1`. Entries, tests and columns name entries by their place in `definitions`, from 0.
#include <fmt/format.h>

#include "tools/segue/doc_text.h"
#include "tools/segue/json.h"

namespace segue::command {
namespace {

Json entry_json(const CatalogueEntry& entry) {
  Json json = {{"name", entry.name}, {"kind", entry.kind}, {"file", entry.file}, {"line", entry.line}};
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  add("title", entry.title);
  add("doc", entry.doc);
  add("owner", entry.owner);
  if (!entry.tags.empty()) json["tags"] = entry.tags;
  add("basis", entry.basis);
  add("url", entry.url);
  add("relation", entry.relation);
  add("type", entry.type);
  for (const CatalogueParameter& parameter : entry.parameters)
    json["parameters"].push_back({{"name", parameter.name}, {"type", parameter.type}});
  for (const CatalogueRow& row : entry.rows) {
    Json each = {{"name", row.name}};
    if (!row.title.empty()) each["title"] = row.title;
    if (!row.text.empty()) each["text"] = row.text;
    json["rows"].push_back(std::move(each));
  }
  if (entry.list) {
    json["values"] = entry.list->values;
    add("from", entry.list->file);
    add("by", entry.list->column);
  }
  if (!entry.expectations.empty()) json["expectations"] = entry.expectations;
  json["text"] = entry.text;
  if (entry.is_prelude) json["prelude"] = true;
  json["uses"] = entry.uses;
  json["used_by"] = entry.used_by;
  json["tests"] = entry.tests;
  return json;
}

Json column_json(const CatalogueColumn& column) {
  Json json = {{"name", column.name}, {"type", column.type}, {"optional", column.is_optional}};
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  add("from", column.from);
  add("unit", column.unit);
  add("class", column.data_class);
  if (!column.values.empty()) {
    json["values"] = column.values;
    json["ordered"] = column.is_ordered;
  }
  if (!column.roles.empty()) json["roles"] = column.roles;
  json["read_by"] = column.readers;
  json["read_through"] = column.through;
  return json;
}

std::string table_json(const CatalogueTable& table) {
  Json json = {{"name", table.name}, {"source", table.source.empty() ? Json(nullptr) : Json(table.source)}};
  for (const CatalogueParent& parent : table.parents) json["of"].push_back({{"table", parent.table}, {"by", parent.column}});
  for (const CatalogueReference& reference : table.references)
    json["references"].push_back({{"name", reference.name}, {"to", reference.table}, {"by", reference.column}});
  for (const CatalogueColumn& column : table.columns) json["columns"].push_back(column_json(column));
  return dump(json);
}

}  // namespace

std::string catalogue_document(const Catalogue& catalogue, const Report& report) {
  std::vector<std::string> entries, tests, tables, diagnostics;
  for (const CatalogueEntry& entry : catalogue.entries) entries.push_back(dump(entry_json(entry)));
  for (const CatalogueTest& test : catalogue.tests)
    tests.push_back(dump({{"title", test.title}, {"file", test.file}, {"line", test.line}, {"definitions", test.entries}}));
  for (const CatalogueTable& table : catalogue.tables) tables.push_back(table_json(table));
  for (const Diagnostic& diagnostic : report.diagnostics) diagnostics.push_back(render_json(diagnostic, sources_of(report)));
  const CatalogueGaps gaps = gaps_of(catalogue);
  return fmt::format(
      "{{\"format\": \"segue.doc/1\",\n \"definitions\": {},\n \"tests\": {},\n \"tables\": {},\n \"files\": {},\n \"prelude\": {},\n "
      "\"gaps\": {},\n \"diagnostics\": {}}}\n",
      lines(entries), lines(tests), lines(tables), dump(catalogue.files), dump(catalogue.prelude),
      dump({{"doc", gaps.docs}, {"owner", gaps.owners}, {"test", gaps.tests}}), lines(diagnostics));
}

}  // namespace segue::command
