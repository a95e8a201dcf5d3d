// Explanations of groups for scripts.
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/segue/explain_group.h"
#include "tools/segue/explain_json.h"
#include "tools/segue/json.h"

namespace segue::command {
namespace {

using GroupFields = std::vector<std::pair<std::string_view, std::string>>;

std::string group_fields_text(const GroupFields& fields) {
  std::string text = "{";
  for (std::size_t i = 0; i < fields.size(); ++i)
    text += fmt::format("{}\"{}\": {}", i == 0 ? "" : ",\n ", fields[i].first, fields[i].second);
  return text + "}\n";
}

Json group_text_json(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json shown_json(const TraceValue& value) { return Json::parse(trace_value_json(value)); }

Json outline_json(const ClauseOutline& clause, const SourceMap& sources) {
  const ResolvedLocation place = resolve(clause.span, sources);
  Json json{{"text", clause.text}, {"kind", clause.word}, {"depth", clause.depth}, {"definition", clause.definition}};
  json["file"] = group_text_json(std::string(place.file));
  json["line"] = place.file.empty() ? Json(nullptr) : Json(place.start.line);
  return json;
}

// What a document opens with.
GroupFields opened_fields(std::string_view format, const Report& report, const AskedGroup* asked) {
  GroupFields fields = {{"format", dump(format)},
                        {"as_of", report.clock ? dump(clock_text(*report.clock)) : "null"},
                        {"timezone", report.project ? dump(report.project->timezone) : "null"},
                        {"definition", dump(asked != nullptr ? asked->name : report.name)}};
  if (asked == nullptr) return fields;
  if (asked->value) fields.emplace_back("value", dump(*asked->value));
  if (!asked->title.empty()) fields.emplace_back("title", dump(asked->title));
  fields.emplace_back("kind", dump(asked->kind));
  if (!asked->relation.empty()) fields.emplace_back("relation", dump(asked->relation));
  fields.emplace_back("all", dump(Json{{"size", asked->rows}, {"members", asked->members}, {"undetermined", asked->undetermined}}));
  return fields;
}

template <typename Element, typename Make>
std::string json_lines(const std::vector<Element>& elements, const Make& make) {
  std::vector<std::string> entries;
  for (const Element& element : elements) entries.push_back(dump(make(element)));
  return lines(entries);
}

Json counts_json(const ClauseCounts& counts, const SourceMap& sources) {
  Json json = outline_json(counts.clause, sources);
  json["holds"] = counts.holds;
  json["fails"] = counts.fails;
  json["undetermined"] = counts.undetermined;
  json["all"] = {{"holds", counts.all_hold}, {"undetermined", counts.all_undetermined}};
  return json;
}

Json range_json(const std::optional<ValueProfile::Range>& range) {
  if (!range) return nullptr;
  return {{"min", shown_json(range->least)}, {"median", shown_json(range->median)}, {"max", shown_json(range->greatest)}};
}

Json shared_json(const SharedCount& shared) {
  Json json{{"value", shown_json(shared.value)}, {"size", shared.group}, {"all", shared.all}};
  if (!shared.title.empty()) json["title"] = shared.title;
  return json;
}

Json value_profile_json(const ValueProfile& profile) {
  Json json{{"text", profile.text},
            {"withheld", profile.is_withheld},
            {"known", profile.group_known},
            {"missing", profile.group_missing},
            {"all", {{"known", profile.all_known}, {"missing", profile.all_missing}}}};
  if (profile.is_withheld) return json;
  if (profile.group_range || profile.all_range) {
    json["range"] = range_json(profile.group_range);
    json["all"]["range"] = range_json(profile.all_range);
    json["all"]["in_range"] = profile.all_in_range;
    return json;
  }
  json["distinct"] = profile.distinct;
  Json values = Json::array();
  for (const SharedCount& value : profile.values) values.push_back(shared_json(value));
  json["values"] = std::move(values);
  return json;
}

Json kept_out_json(const KeptOut& out, const SourceMap& sources) {
  Json json{{"account", out.account}};
  if (!out.row.empty()) json["row"] = out.row;
  Json clauses = Json::array();
  for (const FailedClause& failed : out.clauses) {
    Json clause = outline_json(failed.clause, sources);
    Json operands = Json::array();
    for (const TraceOperand& operand : failed.values) operands.push_back({{"text", operand.text}, {"value", shown_json(operand.value)}});
    clause["operands"] = std::move(operands);
    clause["needs"] = group_text_json(failed.needs);
    clauses.push_back(std::move(clause));
  }
  json["clauses"] = std::move(clauses);
  return json;
}

}  // namespace

std::string group_document(const Report& report, const GroupExplanation* explanation) {
  GroupFields fields = opened_fields("segue.explain-group/1", report, explanation == nullptr ? nullptr : &explanation->asked);
  if (explanation != nullptr) {
    const SourceMap& sources = sources_of(report);
    const GroupExplanation& out = *explanation;
    fields.emplace_back("group", dump(Json{{"members_only", out.is_of_members},
                                           {"accounts", out.is_of_members ? Json(nullptr) : Json(out.accounts)},
                                           {"size", out.size},
                                           {"members", out.members},
                                           {"undetermined", out.undetermined},
                                           {"suppressed", out.suppressed}}));
    fields.emplace_back("clauses", json_lines(out.clauses, [&](const ClauseCounts& counts) { return counts_json(counts, sources); }));
    fields.emplace_back("traits", json_lines(out.traits, [](const SharedTrait& trait) {
                          return Json{{"text", trait.text}, {"size", trait.group}, {"all", trait.all}, {"lift", number(trait.lift)}};
                        }));
    fields.emplace_back("values", json_lines(out.values, value_profile_json));
    if (!out.answers.empty()) fields.emplace_back("answers", json_lines(out.answers, shared_json));
    if (out.scores) fields.emplace_back("score", dump(value_profile_json(*out.scores)));
    if (out.scores) {
      fields.emplace_back("terms", json_lines(out.terms, [](const TermShare& term) {
                            return Json{
                                {"text", term.clause.text}, {"mean", number(term.group_mean)}, {"all", {{"mean", number(term.all_mean)}}}};
                          }));
    }
    fields.emplace_back("taken_apart", dump(out.is_whole));
  }
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return group_fields_text(fields);
}

std::string nearly_document(const Report& report, const NearlyExplanation* explanation) {
  GroupFields fields = opened_fields("segue.explain-nearly/1", report, explanation == nullptr ? nullptr : &explanation->asked);
  if (explanation != nullptr) {
    const SourceMap& sources = sources_of(report);
    fields.emplace_back("nearly", dump(explanation->nearly));
    fields.emplace_back("clauses", json_lines(explanation->clauses, [&](const NearlyClause& nearly) {
                          Json json = outline_json(nearly.clause, sources);
                          json["size"] = nearly.size;
                          Json first = Json::array();
                          for (const KeptOut& out : nearly.first) {
                            Json entry = kept_out_json(out, sources);
                            entry["operands"] = entry["clauses"][0]["operands"];
                            entry["needs"] = entry["clauses"][0]["needs"];
                            entry.erase("clauses");
                            first.push_back(std::move(entry));
                          }
                          json["first"] = std::move(first);
                          return json;
                        }));
    fields.emplace_back("taken_apart", dump(explanation->is_whole));
  }
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return group_fields_text(fields);
}

std::string why_not_document(const Report& report, const WhyNotExplanation* explanation) {
  GroupFields fields = opened_fields("segue.explain-why-not/1", report, explanation == nullptr ? nullptr : &explanation->asked);
  if (explanation != nullptr) {
    const SourceMap& sources = sources_of(report);
    fields.emplace_back("funnel", json_lines(explanation->funnel, [&](const KeepsOutStep& step) {
                          Json json = outline_json(step.clause, sources);
                          json["remaining"] = step.remaining;
                          json["lost"] = step.lost;
                          json["fails"] = step.fails;
                          return json;
                        }));
    fields.emplace_back("sets", json_lines(explanation->sets, [&](const FailingSet& set) {
                          Json clauses = Json::array();
                          for (const ClauseOutline& clause : set.clauses) clauses.push_back(outline_json(clause, sources));
                          Json json{{"clauses", std::move(clauses)}, {"size", set.size}, {"account", group_text_json(set.account)}};
                          if (!set.row.empty()) json["row"] = set.row;
                          return json;
                        }));
    fields.emplace_back("other_sets", dump(explanation->other_sets));
    fields.emplace_back("accounts", json_lines(explanation->accounts, [&](const AccountWhyNot& account) {
                          Json json = kept_out_json(account.out, sources);
                          json["in"] = account.is_in;
                          json["suppressed"] = account.is_suppressed;
                          return json;
                        }));
    if (!explanation->without_rows.empty()) fields.emplace_back("without_rows", dump(explanation->without_rows));
    fields.emplace_back("taken_apart", dump(explanation->is_whole));
  }
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return group_fields_text(fields);
}

}  // namespace segue::command
