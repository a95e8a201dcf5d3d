// Diagnostics as JSON, in the shape that command.md states.
#include <string>

#include <nlohmann/json.hpp>

#include "compiler/diagnostics/render.h"

namespace segue {
namespace {

using Json = nlohmann::ordered_json;

Json position_json(Position position) {
  Json json = {{"line", position.line}};
  if (position.column != 0) json["column"] = position.column;
  return json;
}

// Adds `file`, `start` and `end`, as far as they are known.
void add_location(Json& json, const Location& location, const SourceMap& sources) {
  const ResolvedLocation place = resolve(location, sources);
  if (place.file.empty()) return;
  json["file"] = place.file;
  if (place.start.line != 0) json["start"] = position_json(place.start);
  if (place.end.line != 0) json["end"] = position_json(place.end);
}

Json note_json(const Note& note, const SourceMap& sources) {
  Json json = {{"message", note.message}};
  add_location(json, note.location, sources);
  if (note.row) json["row"] = *note.row;
  if (note.value) json["value"] = *note.value;
  return json;
}

Json edit_json(const Edit& edit, const ResolvedLocation& diagnostic_place, const SourceMap& sources) {
  const ResolvedLocation place = resolve(edit.span, sources);
  Json json = Json::object();
  if (place.file != diagnostic_place.file) json["file"] = place.file;
  json["start"] = position_json(place.start);
  json["end"] = position_json(place.end);
  json["text"] = edit.text;
  return json;
}

Json fix_json(const Fix& fix, const ResolvedLocation& diagnostic_place, const SourceMap& sources) {
  Json edits = Json::array();
  for (const Edit& edit : fix.edits) edits.push_back(edit_json(edit, diagnostic_place, sources));
  return {{"message", fix.message}, {"edits", std::move(edits)}};
}

Json diagnostic_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  Json json = {{"code", info_of(diagnostic.kind).code}, {"severity", severity_name(diagnostic.severity)}, {"message", diagnostic.message}};
  add_location(json, diagnostic.location, sources);
  if (diagnostic.data) {
    json["table"] = diagnostic.data->table;
    if (!diagnostic.data->column.empty()) json["column"] = diagnostic.data->column;
    json["count"] = diagnostic.data->count;
  }
  Json notes = Json::array();
  for (const Note& note : diagnostic.notes) notes.push_back(note_json(note, sources));
  json["notes"] = std::move(notes);
  if (diagnostic.fix) json["fix"] = fix_json(*diagnostic.fix, resolve(diagnostic.location, sources), sources);
  return json;
}

// Bytes that are not UTF-8 (a bad cell's value) become U+FFFD: the document itself is always UTF-8.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources) { return dump(diagnostic_json(diagnostic, sources)); }

std::string render_json(std::span<const Diagnostic> diagnostics, const SourceMap& sources) {
  Json array = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) array.push_back(diagnostic_json(diagnostic, sources));
  return dump(array);
}

}  // namespace segue
