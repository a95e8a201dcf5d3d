// The document `segue.diff/1`.
#include <cstdlib>

#include <fmt/format.h>

#include "tools/segue/diff_documents.h"
#include "tools/segue/json.h"

namespace segue::command {
namespace {

Json side_json(const DiffSide& side) {
  return {{"label", side.label}, {"commit", side.commit.empty() ? Json(nullptr) : Json(side.commit)}, {"exists", side.exists}};
}

Json cause_json(const DiffCause& cause) {
  return {{"kind", word_of(cause.kind)}, {"name", cause.name}, {"detail", cause.detail},
          {"chain", cause.chain},        {"file", cause.file}, {"line", cause.line}};
}

Json example_json(const DiffExample& example) {
  return {{"account", example.account}, {"from", example.from}, {"to", example.to}, {"test", example.test}};
}

Json added_json(const DiffAddedValue& value) { return {{"name", value.name}, {"proved_empty", value.is_empty}}; }

Json text_or_none(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json text_or_none(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

Json diff_outcome_json(const std::optional<DefinitionOutcome>& outcome) {
  if (!outcome) return nullptr;
  Json json = {{"size", outcome->size}, {"accounts", outcome->accounts}, {"undetermined", outcome->undetermined}};
  if (outcome->score)
    json["score"] = {{"min", number(outcome->score->min)}, {"max", number(outcome->score->max)}, {"mean", number(outcome->score->mean)}};
  return json;
}

Json mover_json(const MovedAccount& mover) {
  return {{"account", mover.account},
          {"row", text_or_none(mover.row)},
          {"change", move_change_word(mover.change)},
          {"from", text_or_none(mover.from)},
          {"to", text_or_none(mover.to)}};
}

Json score_json(const ScoreChange& score) {
  return {{"min", number(score.min)},   {"median", number(score.median)},
          {"mean", number(score.mean)}, {"max", number(score.max)},
          {"rose", score.rose},         {"fell", score.fell},
          {"same", score.same},         {"low", number(score.low)},
          {"high", number(score.high)}, {"histogram", score.histogram}};
}

std::string_view reason_kind(MoveReason::Kind kind) {
  switch (kind) {
    case MoveReason::Kind::kBecame: return "became";
    case MoveReason::Kind::kAdded: return "added";
    case MoveReason::Kind::kRemoved: return "removed";
    case MoveReason::Kind::kRedefined: return "redefined";
    case MoveReason::Kind::kMissing: return "missing";
    case MoveReason::Kind::kSeveral: return "several";
    case MoveReason::Kind::kOther: return "other";
  }
  return "";
}

Json reason_json(const MoveReason& reason) {
  Json clauses = Json::array();
  for (const MoveReason::Clause& clause : reason.clauses) {
    clauses.push_back({{"kind", reason_kind(clause.kind)},
                       {"before", text_or_none(clause.before)},
                       {"after", text_or_none(clause.after)},
                       {"detail", clause.detail},
                       {"definition", text_or_none(clause.definition)},
                       {"file", clause.file},
                       {"line", clause.line}});
  }
  Json values = Json::array();
  for (const NamedText& value : reason.values) values.push_back({{"name", value.name}, {"value", value.text}});
  return {{"kind", reason_kind(reason.kind)},
          {"change", move_change_word(reason.change)},
          {"from", text_or_none(reason.from)},
          {"to", text_or_none(reason.to)},
          {"size", reason.size},
          {"missing", reason.missing},
          {"clauses", std::move(clauses)},
          {"account", text_or_none(reason.account)},
          {"row", text_or_none(reason.row)},
          {"values", std::move(values)}};
}

Json movement_json(const DefinitionMovement& movement) {
  Json json = {{"before", diff_outcome_json(movement.before)},
               {"after", diff_outcome_json(movement.after)},
               {"entered", movement.entered},
               {"left", movement.left},
               {"suppressed", {{"entered", movement.entered_suppressed}, {"left", movement.left_suppressed}}},
               {"moved", movement.moved}};
  Json& matrix = json["matrix"] = Json::array();
  for (const Move& move : movement.matrix)
    matrix.push_back({{"from", text_or_none(move.from)}, {"to", text_or_none(move.to)}, {"size", move.size}});
  if (movement.score) json["score"] = score_json(*movement.score);
  Json& first = json["first"] = Json::array();
  for (const MovedAccount& mover : movement.first) first.push_back(mover_json(mover));
  if (movement.entered_undetermined) json["entered_undetermined"] = *movement.entered_undetermined;
  if (movement.left_undetermined) json["left_undetermined"] = *movement.left_undetermined;
  Json& reasons = json["reasons"] = Json::array();
  for (const MoveReason& reason : movement.reasons) reasons.push_back(reason_json(reason));
  json["has_all_reasons"] = movement.has_all_reasons;
  json["lacking"] = text_or_none(movement.lacking);
  return json;
}

std::string definition_json(const DiffDefinition& definition) {
  Json changes = Json::array(), added = Json::array(), causes = Json::array(), examples = Json::array();
  for (const DiffTextChange change : definition.text_changes) changes.push_back(word_of(change));
  for (const DiffCause& cause : definition.causes) causes.push_back(cause_json(cause));
  for (const DiffAddedValue& value : definition.added_values) added.push_back(added_json(value));
  for (const DiffExample& example : definition.examples) examples.push_back(example_json(example));
  return dump({{"name", definition.name},
               {"base_name", definition.base_name.empty() ? Json(definition.name) : Json(definition.base_name)},
               {"kind", kind_name(definition.kind)},
               {"title", definition.title},
               {"file", definition.file},
               {"line", definition.line},
               {"status", word_of(definition.status)},
               {"text_changes", std::move(changes)},
               {"proof", word_of(definition.proof)},
               {"reason", text_or_none(definition.reason)},
               {"causes", std::move(causes)},
               {"added_values", std::move(added)},
               {"examples", std::move(examples)},
               {"movement", definition.movement ? movement_json(*definition.movement) : Json(nullptr)}});
}

std::string data_json(const DiffData& data) {
  Json tables = Json::array();
  for (const TableSummary& table : data.tables)
    tables.push_back({{"table", table.table}, {"rows", table.rows}, {"bad_rows", table.bad_rows}});
  return dump({{"as_of", clock_text(data.clock)},
               {"accounts", {{"before", data.accounts_before}, {"after", data.accounts_after}}},
               {"suppressed",
                {{"before", data.suppressed_before},
                 {"after", data.suppressed_after},
                 {"newly", data.newly_suppressed},
                 {"no_longer", data.no_longer_suppressed}}},
               {"tables", std::move(tables)},
               {"one_pass", data.is_one_pass}});
}

// What there is of a difference, without the braces.
std::string diff_fields(const Diff& diff, const DiffVerdict& verdict) {
  std::vector<std::string> definitions, breaking, settings;
  for (const DiffDefinition& definition : diff.definitions) definitions.push_back(definition_json(definition));
  for (const DiffBreaking& each : diff.breaking)
    breaking.push_back(dump({{"code", each.code},
                             {"name", each.name},
                             {"message", each.message},
                             {"file", each.file},
                             {"line", each.line},
                             {"rows", each.rows ? Json(*each.rows) : Json(nullptr)}}));
  for (const DiffSetting& each : diff.settings) settings.push_back(dump({{"name", each.name}, {"detail", each.detail}}));
  return fmt::format(
      " \"base\": {},\n \"head\": {},\n \"definitions\": {},\n \"breaking\": {},\n \"settings\": {},\n \"data\": {},\n \"notes\": {},\n "
      "\"written\": {},\n \"failed_on\": {},\n",
      dump(side_json(diff.base)), dump(side_json(diff.head)), lines(definitions), lines(breaking), lines(settings),
      diff.data ? data_json(*diff.data) : "null", dump(Json(diff.notes)), dump(Json(diff.written)), dump(Json(verdict.failed)));
}

}  // namespace

std::string diff_document(const Report& report, const Diff* diff, const DiffVerdict& verdict) {
  std::vector<std::string> diagnostics;
  const SourceMap& sources = diff != nullptr ? diff->sources : sources_of(report);
  for (const Diagnostic& diagnostic : report.diagnostics) diagnostics.push_back(render_json(diagnostic, sources));
  return fmt::format("{{\"format\": \"segue.diff/1\",\n{} \"diagnostics\": {}}}\n", diff != nullptr ? diff_fields(*diff, verdict) : "",
                     lines(diagnostics));
}

}  // namespace segue::command
