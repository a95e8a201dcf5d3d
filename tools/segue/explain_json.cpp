// A trace as JSON.
#include "tools/segue/explain_json.h"

#include <utility>

#include "tools/segue/json.h"

namespace segue::command {
namespace {

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

Json span_json(Span span, const SourceMap& sources) {
  const ResolvedLocation place = resolve(span, sources);
  if (place.file.empty()) return nullptr;
  return {{"file", place.file}, {"start", position_json(place.start)}, {"end", position_json(place.end)}};
}

Json operands_json(const std::vector<TraceOperand>& operands) {
  Json list = Json::array();
  for (const TraceOperand& operand : operands) {
    list.push_back(
        {{"text", operand.text}, {"value", value_json(operand.value)}, {"missing", operand.value.missing}, {"unknown", operand.unknown}});
    if (!operand.note.empty()) list.back()["note"] = operand.note;
  }
  return list;
}

Json aggregate_json(const TraceAggregate& aggregate) {
  Json rows = Json::array();
  for (const TraceRow& row : aggregate.deciding) {
    Json entry = Json::object();
    if (row.key) entry["key"] = value_json(*row.key);
    entry["holds"] = row.holds;
    entry["unknown"] = row.unknown;
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

Json choice_row_json(const TraceChoiceRow& row) {
  return {{"name", row.name}, {"title", row.title}, {"wins", row.wins}, {"looked_at", row.is_looked_at}, {"otherwise", row.is_otherwise}};
}

Json split_json(const TraceSplit& split) {
  Json parts = Json::array();
  for (const TraceSplit::Part& part : split.parts) parts.push_back({{"name", part.name}, {"title", part.title}, {"upper", part.upper}});
  return {{"place", split.place}, {"parts", std::move(parts)}};
}

Json top_json(const TraceTop& top) {
  const Json rank = top.rank == 0 ? Json(nullptr) : Json(top.rank);
  return {{"candidate", top.is_candidate}, {"rank", rank}, {"candidates", top.candidates}, {"taken", top.taken}};
}

Json sequence_json(const TraceSequence& sequence) {
  Json steps = Json::array(), rows = Json::array();
  for (const TraceSequence::Step& step : sequence.steps) steps.push_back({{"text", step.text}, {"passed", step.passed}});
  for (const TraceSequence::Row& row : sequence.rows) {
    Json entry = Json::object();
    if (row.key) entry["key"] = value_json(*row.key);
    entry["time"] = value_json(row.time);
    rows.push_back(std::move(entry));
  }
  return {{"table", sequence.table}, {"rows", sequence.looked_at}, {"steps", std::move(steps)}, {"made_by", std::move(rows)}};
}

// What a node of one of the larger constructs says besides.
void add_construct(Json& json, const TraceNode& node) {
  if (!node.title.empty()) json["title"] = node.title;
  if (node.is_shown_above) json["shown_above"] = true;
  if (node.key) json["key"] = value_json(*node.key);
  if (node.row) json["row"] = choice_row_json(*node.row);
  if (node.split) json["split"] = split_json(*node.split);
  if (node.top) json["top"] = top_json(*node.top);
  if (node.percentile) {
    json["percentile"] = {{"among", node.percentile->is_among}, {"of", node.percentile->of}, {"at_most", node.percentile->at_most}};
  }
  if (node.sequence) json["sequence"] = sequence_json(*node.sequence);
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
  add_construct(json, node);
  if (node.aggregate) json["aggregate"] = aggregate_json(*node.aggregate);
  if (node.term) json["term"] = term_name(*node.term);
  if (node.before_range) json["before_range"] = value_json(*node.before_range);
  json["operands"] = operands_json(node.operands);
  return json;
}

}  // namespace

std::string trace_value_json(const TraceValue& value) { return dump(value_json(value)); }

// Without recursion: definitions that use each other make it as deep as they like.
std::string trace_json(const Trace& trace, const SourceMap& sources) {
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

}  // namespace segue::command
