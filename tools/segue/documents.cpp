// The JSON documents. Each field of a document starts a line, and so does each entry of its lists; inside they are compact.
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/segue/report.h"

namespace segue::command {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Fields of a document, in order; values are JSON.
using Fields = std::vector<std::pair<std::string_view, std::string>>;

std::string document(const Fields& fields) {
  std::string text = "{";
  for (std::size_t i = 0; i < fields.size(); ++i)
    text += fmt::format("{}\"{}\": {}", i == 0 ? "" : ",\n ", fields[i].first, fields[i].second);
  return text + "}\n";
}

std::string lines(const std::vector<std::string>& entries) {
  std::string text = "[";
  for (std::size_t i = 0; i < entries.size(); ++i) text += (i == 0 ? "\n  " : ",\n  ") + entries[i];
  return text + "]";
}

// JSON has no infinities: they are texts, as in CSV; what is no number is null.
Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value == 0 ? 0.0 : value;
}

Json text_or_null(bool is_known, const std::string& text) { return is_known ? Json(text) : Json(nullptr); }

void add_score(const std::optional<ScoreSummary>& score, Json& json) {
  json["min"] = score ? number(score->min) : Json(nullptr);
  json["max"] = score ? number(score->max) : Json(nullptr);
  json["mean"] = score ? number(score->mean) : Json(nullptr);
}

void add_values(const DefinitionInfo& info, const DefinitionOutcome& outcome, Json& json) {
  Json& values = json["values"] = Json::array();
  for (std::size_t i = 0; i < info.values.size(); ++i) {
    values.push_back({{"name", info.values[i].name}, {"title", info.values[i].title}, {"size", outcome.value_sizes[i]}});
  }
  if (outcome.without_value != 0) values.push_back({{"name", nullptr}, {"title", ""}, {"size", outcome.without_value}});
  json["undetermined"] = outcome.undetermined;
}

void add_members(const DefinitionInfo& info, const DefinitionOutcome& outcome, Json& json) {
  json["size"] = outcome.size;
  if (info.kind == ResultKind::kAudience) json["accounts"] = outcome.accounts;
  json["share"] = outcome.share;
  json["undetermined"] = outcome.undetermined;
}

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

void add_movement(const DefinitionInfo& info, const Movement& movement, Json& json) {
  if (info.kind == ResultKind::kSegment || info.kind == ResultKind::kAudience) {
    json["entered"] = movement.entered;
    json["left"] = movement.left;
    return;
  }
  Json& moved = json["moved"] = Json::array();
  for (const Move& move : movement.moved) {
    moved.push_back({{"from", text_or_null(move.from)}, {"to", text_or_null(move.to)}, {"size", move.size}});
  }
}

std::string definition_json(const OpenedProject& project, const DefinitionOutcome& outcome) {
  const DefinitionInfo& info = project.definitions[outcome.definition];
  Json json = {{"name", info.name}, {"kind", kind_name(info.kind)}, {"title", info.title}, {"file", info.file}, {"line", info.line}};
  json["owner"] = info.owner;
  json["tags"] = info.tags;
  if (info.kind == ResultKind::kScore) add_score(outcome.score, json);
  else if (has_values(info.kind)) add_values(info, outcome, json);
  else add_members(info, outcome, json);
  if (info.kind != ResultKind::kScore) json["suppressed"] = outcome.suppressed;
  if (outcome.movement) add_movement(info, *outcome.movement, json);
  return dump(json);
}

std::string definitions_json(const OpenedProject& project, const std::vector<DefinitionOutcome>& outcomes) {
  std::vector<std::string> entries;
  entries.reserve(outcomes.size());
  for (const DefinitionOutcome& outcome : outcomes) entries.push_back(definition_json(project, outcome));
  return lines(entries);
}

std::string expectations_json(const std::vector<ExpectationOutcome>& expectations) {
  std::vector<std::string> entries;
  entries.reserve(expectations.size());
  for (const ExpectationOutcome& expectation : expectations) {
    const Json holds = expectation.is_evaluated ? Json(expectation.holds) : Json(nullptr);
    entries.push_back(
        dump({{"definition", expectation.definition}, {"text", expectation.text}, {"holds", holds}, {"found", expectation.found}}));
  }
  return lines(entries);
}

std::string tables_json(const std::vector<TableSummary>& tables) {
  std::vector<std::string> entries;
  entries.reserve(tables.size());
  for (const TableSummary& table : tables) {
    entries.push_back(dump({{"table", table.table}, {"rows", table.rows}, {"bad_rows", table.bad_rows}, {"orphans", table.orphans}}));
  }
  return lines(entries);
}

std::string diagnostics_json(const Report& report) {
  std::vector<std::string> entries;
  entries.reserve(report.diagnostics.size());
  for (const Diagnostic& diagnostic : report.diagnostics) entries.push_back(render_json(diagnostic, sources_of(report)));
  return lines(entries);
}

// The clock and its zone, as far as they are known.
Fields heading(std::string_view format, const Report& report) {
  const std::string clock = report.clock ? clock_text(*report.clock) : "";
  const std::string zone = report.project ? report.project->timezone : "";
  return {{"format", dump(format)},
          {"as_of", dump(text_or_null(!clock.empty(), clock))},
          {"timezone", dump(text_or_null(!zone.empty(), zone))}};
}

Json scalar_json(const TraceScalar& scalar) {
  if (const auto* truth = std::get_if<bool>(&scalar)) return *truth;
  if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return *whole;
  if (const auto* real = std::get_if<double>(&scalar)) return number(*real);
  if (const auto* text = std::get_if<std::string>(&scalar)) return *text;
  return nullptr;
}

Json value_json(const TraceValue& value) {
  if (value.missing) return nullptr;
  if (const auto* scalar = std::get_if<TraceScalar>(&value.data)) return scalar_json(*scalar);
  Json list = Json::array();
  for (const TraceScalar& element : std::get<std::vector<TraceScalar>>(value.data)) list.push_back(scalar_json(element));
  return list;
}

Json position_json(Position position) { return {{"line", position.line}, {"column", position.column}}; }

Json span_json(Span span, const SourceMap& sources) {
  const ResolvedLocation place = resolve(span, sources);
  if (place.file.empty()) return nullptr;
  return {{"file", place.file}, {"start", position_json(place.start)}, {"end", position_json(place.end)}};
}

Json operands_json(const std::vector<TraceOperand>& operands) {
  Json list = Json::array();
  for (const TraceOperand& operand : operands) {
    list.push_back({{"text", operand.text}, {"value", value_json(operand.value)}, {"missing", operand.value.missing}});
  }
  return list;
}

Json aggregate_json(const TraceAggregate& aggregate) {
  Json rows = Json::array();
  for (const TraceRow& row : aggregate.deciding) {
    Json entry = Json::object();
    if (row.key) entry["key"] = value_json(*row.key);
    entry["holds"] = row.holds;
    entry["operands"] = operands_json(row.values);
    rows.push_back(std::move(entry));
  }
  return {{"table", aggregate.table}, {"rows", aggregate.looked_at}, {"passed", aggregate.passed}, {"deciding", std::move(rows)}};
}

std::string_view term_name(TermState state) {
  switch (state) {
    case TermState::kAdded: return "added";
    case TermState::kMissing: return "missing";
    case TermState::kDoesNotApply: return "does_not_apply";
  }
  return "";
}

// A node without its children.
Json node_json(const TraceNode& node, const SourceMap& sources) {
  Json json = {{"text", node.text},
               {"value", value_json(node.value)},
               {"missing", node.value.missing},
               {"unknown", node.unknown},
               {"span", span_json(node.span, sources)}};
  if (node.definition) {
    json["definition"] = {{"name", node.definition->name},
                          {"span", span_json(node.definition->name_span, sources)},
                          {"shown_above", node.definition->is_shown_above}};
  }
  if (node.aggregate) json["aggregate"] = aggregate_json(*node.aggregate);
  if (node.term) json["term"] = term_name(*node.term);
  if (node.before_range) json["before_range"] = value_json(*node.before_range);
  json["operands"] = operands_json(node.operands);
  return json;
}

// The tree as text, without recursion: definitions that use each other make it as deep as they like.
std::string tree_json(const Trace& trace, const SourceMap& sources) {
  struct Open {
    std::uint32_t node = 0;
    std::size_t next = 0;  // of its children
  };
  std::string text;
  std::vector<Open> open;
  const auto begin = [&](std::uint32_t node) {
    std::string head = dump(node_json(trace.nodes[node], sources));
    head.pop_back();
    text += head + ",\"children\":[";
    open.push_back({node});
  };
  begin(0);
  while (!open.empty()) {
    const std::vector<std::uint32_t>& children = trace.nodes[open.back().node].children;
    if (open.back().next == children.size()) {
      text += "]}";
      open.pop_back();
      continue;
    }
    if (open.back().next > 0) text += ',';
    begin(children[open.back().next++]);
  }
  return text;
}

}  // namespace

const SourceMap& sources_of(const Report& report) {
  static const SourceMap none;
  return report.project ? report.project->sources : none;
}

std::string run_document(const Report& report) {
  Fields fields = heading("segue.run/1", report);
  const bool is_done = report.evaluation.has_value();
  fields.emplace_back("accounts", is_done ? std::to_string(report.evaluation->accounts) : "null");
  fields.emplace_back("definitions", is_done ? definitions_json(*report.project, report.evaluation->definitions) : "[]");
  fields.emplace_back("expectations", is_done ? expectations_json(report.evaluation->expectations) : "[]");
  fields.emplace_back("data", tables_json(report.tables));
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return document(fields);
}

std::string check_document(const Report& report) {
  Fields fields = {{"format", dump("segue.check/1")}, {"diagnostics", diagnostics_json(report)}};
  if (report.data_check) {
    fields.emplace_back("as_of", dump(clock_text(*report.clock)));
    fields.emplace_back("definitions", definitions_json(*report.project, report.data_check->definitions));
    fields.emplace_back("data", tables_json(report.tables));
  }
  return document(fields);
}

std::string explain_document(const Report& report) {
  Fields fields = heading("segue.explain/1", report);
  const bool is_done = report.explanation.has_value();
  const Trace* trace = is_done ? &report.explanation->trace : nullptr;
  fields.emplace_back("definition", dump(report.name));
  fields.emplace_back("account", is_done ? dump(value_json(trace->account)) : dump(report.key));
  fields.emplace_back("value", is_done ? dump(value_json(trace->value)) : "null");
  fields.emplace_back("undetermined", is_done ? dump(trace->undetermined) : "null");
  fields.emplace_back("tree", is_done ? tree_json(*trace, sources_of(report)) : "null");
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return document(fields);
}

}  // namespace segue::command
