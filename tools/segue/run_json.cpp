// Answers as JSON.
#include "tools/segue/run_json.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "tools/segue/json.h"
#include "tools/segue/report.h"

namespace segue::command {
namespace {

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

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

// The values between which an account moved: numbers of a score, else names.
Json moved_value(const DefinitionInfo& info, const std::optional<std::string>& value) {
  return info.kind == ResultKind::kScore && value ? number(std::strtod(value->c_str(), nullptr)) : text_or_null(value);
}

void add_movement(const DefinitionInfo& info, const Movement& movement, Json& json) {
  if (info.kind == ResultKind::kSegment || info.kind == ResultKind::kAudience) {
    json["entered"] = movement.entered;
    json["left"] = movement.left;
    return;
  }
  Json& moved = json["moved"] = Json::array();
  for (const Move& move : movement.moved) {
    moved.push_back({{"from", moved_value(info, move.from)}, {"to", moved_value(info, move.to)}, {"size", move.size}});
  }
}

void add_answers(const DefinitionInfo& info, const DefinitionOutcome& outcome, Json& json) {
  if (info.kind == ResultKind::kScore) add_score(outcome.score, json);
  else if (has_values(info.kind)) add_values(info, outcome, json);
  else add_members(info, outcome, json);
}

Json definition_json(const DefinitionInfo& info, const DefinitionOutcome& outcome) {
  Json json = {{"name", info.name}, {"kind", kind_name(info.kind)}, {"title", info.title}, {"file", info.file}, {"line", info.line}};
  json["owner"] = info.owner;
  json["tags"] = info.tags;
  add_answers(info, outcome, json);
  if (info.kind != ResultKind::kScore) json["suppressed"] = outcome.suppressed;
  if (outcome.movement) add_movement(info, *outcome.movement, json);
  return json;
}

// ── Assessment ───────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string_view relation_name(SetRelation relation) {
  switch (relation) {
    case SetRelation::kEqual: return "equal";
    case SetRelation::kContains: return "contains";
    case SetRelation::kWithin: return "within";
    case SetRelation::kOverlaps: return "overlaps";
    case SetRelation::kDisjoint: return "disjoint";
  }
  return "";
}

Json decided_by_json(const Assessment& assessment, std::size_t outcome) {
  Json columns = Json::array();
  for (const UndecidedBy& undecided : assessment.undecided) {
    if (undecided.outcome != outcome) continue;
    columns.push_back({{"column", undecided.column}, {"undetermined", undecided.count}});
  }
  return columns;
}

std::string assessed_definition(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment,
                                std::size_t index) {
  const DefinitionOutcome& outcome = evaluation.definitions[index];
  const DefinitionInfo& info = project.definitions[outcome.definition];
  Json json = {{"name", info.name}, {"kind", kind_name(info.kind)}, {"owner", info.owner}, {"tags", info.tags}};
  json["size"] = outcome.size;
  json["share"] = outcome.share;
  json["undetermined"] = outcome.undetermined;
  json["undetermined_share"] =
      info.kind == ResultKind::kAudience ? Json(nullptr) : Json(part_of(outcome.undetermined, evaluation.accounts));
  json["decided_by"] = decided_by_json(assessment, index);
  if (outcome.movement) add_movement(info, *outcome.movement, json);
  return dump(json);
}

std::string assessed_definitions(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment) {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
    if (project.definitions[evaluation.definitions[i].definition].kind != ResultKind::kScore)
      entries.push_back(assessed_definition(project, evaluation, assessment, i));
  }
  return lines(entries);
}

std::string overlaps_json(const Assessment& assessment) {
  std::vector<std::string> entries;
  for (const Overlap& overlap : assessment.overlaps) {
    const AccountSet& left = assessment.sets[overlap.left];
    const AccountSet& right = assessment.sets[overlap.right];
    entries.push_back(dump({{"left", left.name},
                            {"right", right.name},
                            {"left_size", left.size},
                            {"right_size", right.size},
                            {"both", overlap.both},
                            {"jaccard", overlap.jaccard},
                            {"relation", relation_name(overlap.relation)}}));
  }
  return lines(entries);
}

std::string families_json(const Assessment& assessment) {
  std::vector<std::string> entries;
  for (const Family& family : assessment.families) {
    Json segments = Json::array();
    for (const std::size_t set : family.sets) segments.push_back(assessment.sets[set].name);
    entries.push_back(dump({{"family", text_or_null(family.tag)},
                            {"segments", std::move(segments)},
                            {"none", family.none},
                            {"one", family.one},
                            {"several", family.several}}));
  }
  return lines(entries);
}

std::string reach_json(const Assessment& assessment) {
  std::vector<std::string> entries;
  for (const Reach& reach : assessment.reach) {
    const AccountSet& set = assessment.sets[reach.set];
    entries.push_back(dump({{"definition", set.name},
                            {"audience", assessment.sets[reach.audience].name},
                            {"accounts", reach.accounts},
                            {"share", part_of(reach.accounts, set.size)}}));
  }
  return lines(entries);
}

Json group_json(const AuditGroup& group) {
  return {{"value", text_or_null(group.value)},
          {"accounts", group.accounts},
          {"selected", group.selected},
          {"rate", group.rate},
          {"ratio", group.ratio ? Json(*group.ratio) : Json(nullptr)},
          {"small", group.is_small},
          {"flagged", group.is_flagged}};
}

}  // namespace

std::string definitions_json(const OpenedProject& project, const std::vector<DefinitionOutcome>& outcomes) {
  std::vector<std::string> entries;
  entries.reserve(outcomes.size());
  for (const DefinitionOutcome& outcome : outcomes)
    entries.push_back(dump(definition_json(project.definitions[outcome.definition], outcome)));
  return lines(entries);
}

std::string expectations_json(const std::vector<ExpectationOutcome>& expectations) {
  std::vector<std::string> entries;
  entries.reserve(expectations.size());
  for (const ExpectationOutcome& expectation : expectations) {
    const Json holds = expectation.is_evaluated ? Json(expectation.holds) : Json(nullptr);
    entries.push_back(dump({{"definition", expectation.definition}, {"text", expectation.text}, {"holds", holds}}));
  }
  return lines(entries);
}

std::string suppressed_json(const SuppressedSummary& suppressed) {
  Json lists = Json::array();
  for (const SuppressListSummary& list : suppressed.lists) {
    lists.push_back(
        {{"path", list.path}, {"by", list.by}, {"values", list.values}, {"unmatched", list.unmatched}, {"accounts", list.accounts}});
  }
  return dump({{"accounts", suppressed.accounts}, {"lists", std::move(lists)}});
}

std::string audit_json(const OpenedProject& project, const Audit& audit) {
  std::vector<std::string> entries;
  for (const AuditTable& table : audit.tables) {
    const DefinitionInfo& info = project.definitions[table.definition];
    Json groups = Json::array();
    for (const AuditGroup& group : table.groups) groups.push_back(group_json(group));
    entries.push_back(dump({{"definition", info.name},
                            {"value", table.value ? Json(info.values[*table.value].name) : Json(nullptr)},
                            {"column", table.column},
                            {"groups", std::move(groups)}}));
  }
  return lines(entries);
}

std::string assess_json(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment) {
  return fmt::format(
      "{{\"definitions\": {},\n \"overlaps\": {},\n \"all_overlaps\": {},\n \"sets_left_out\": {},\n \"families\": {},\n \"reach\": {}}}",
      assessed_definitions(project, evaluation, assessment), overlaps_json(assessment), assessment.has_all_overlaps,
      assessment.sets_left_out, families_json(assessment), reach_json(assessment));
}

std::string history_json(const OpenedProject& project, const History& history) {
  std::vector<std::string> entries;
  for (const HistoryPoint& point : history.points) {
    Json definitions = Json::array();
    for (const DefinitionOutcome& outcome : point.definitions) {
      const DefinitionInfo& info = project.definitions[outcome.definition];
      Json json = {{"name", info.name}};
      add_answers(info, outcome, json);
      definitions.push_back(std::move(json));
    }
    entries.push_back(dump({{"as_of", clock_text(point.clock)}, {"accounts", point.accounts}, {"definitions", std::move(definitions)}}));
  }
  return lines(entries);
}

}  // namespace segue::command
