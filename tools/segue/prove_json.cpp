// Expectations, findings (diagnostics with their kind and definition), and with `--all` facts and open questions.
#include "tools/segue/prove_json.h"

#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/coverage.h"

namespace segue::command {
namespace {

Json example_row_json(const ExampleRow& row) {
  Json json = Json::object();
  for (const ExampleField& field : row.fields) {
    if (!field.is_relation) {
      json[field.name] = field.text;
      continue;
    }
    Json rows = Json::array();
    for (const ExampleRow& nested : field.rows) rows.push_back(example_row_json(nested));
    json[field.name] = std::move(rows);
  }
  return json;
}

Json place_of_span(const OpenedProject& project, Span span) {
  if (span.source == kNoSource) return nullptr;
  const ResolvedLocation place = resolve(span, project.sources);
  return {{"file", place.file},
          {"start", {{"line", place.start.line}, {"column", place.start.column}}},
          {"end", {{"line", place.end.line}, {"column", place.end.column}}},
          {"text", text_on_one_line(project.sources, span)}};
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string proved_expectation_json(const OpenedProject& project, const ProvedExpectation& each) {
  const ResolvedLocation place = resolve(each.span, project.sources);
  return dump({{"definition", each.definition},
               {"text", each.text},
               {"file", place.file},
               {"line", place.start.line},
               {"verdict", verdict_name(each.verdict)},
               {"reason", text_or_null(each.reason)},
               {"reason_place", place_of_span(project, each.reason_place)},
               {"example", each.example ? shown_example_json(*each.example) : Json(nullptr)},
               {"test", text_or_null(each.test)}});
}

std::string finding_json(const OpenedProject& project, const ProofFinding& finding) {
  std::string text = render_json(finding.diagnostic, project.sources);
  text.pop_back();
  return fmt::format("{}, \"kind\": {}, \"definition\": {}}}", text, dump(Json(finding_name(finding.kind))),
                     dump(Json(finding.definition)));
}

std::string open_question_json(const OpenedProject& project, const OpenQuestion& question) {
  const ResolvedLocation place = resolve(question.span, project.sources);
  return dump({{"definition", question.definition},
               {"text", question.text},
               {"file", place.file},
               {"line", place.start.line},
               {"reason", question.reason},
               {"reason_place", place_of_span(project, question.reason_place)}});
}

std::string fact_json(const OpenedProject& project, const ProvedFact& fact) {
  const ResolvedLocation place = resolve(fact.span, project.sources);
  return dump({{"definition", fact.definition}, {"text", fact.text}, {"file", place.file}, {"line", place.start.line}});
}

template <typename Items, typename ToJson>
std::string section(std::string_view name, const OpenedProject& project, const Items& items, const ToJson& to_json) {
  std::vector<std::string> entries;
  for (const auto& item : items) entries.push_back(to_json(project, item));
  return fmt::format(",\n \"{}\": {}", name, lines(entries));
}

}  // namespace

Json shown_example_json(const ShownExample& example) {
  Json accounts = Json::array();
  for (std::size_t i = 0; i < example.accounts.size(); ++i)
    accounts.push_back(
        {{"name", example.names.empty() ? Json(nullptr) : Json(example.names[i])}, {"values", example_row_json(example.accounts[i])}});
  return {{"clock", example.reads_clock ? Json(example.clock) : Json(nullptr)}, {"accounts", std::move(accounts)}};
}

std::string_view verdict_name(ClaimVerdict verdict) {
  return verdict == ClaimVerdict::kProved ? "proved" : verdict == ClaimVerdict::kRefuted ? "refuted" : "unknown";
}

std::string prove_document(const Report& report, const ProvedProject* proved, bool lists_all) {
  std::string text = "{\"format\": \"segue.prove/1\"";
  const ProvedProject nothing;
  const ProvedProject& found = proved == nullptr ? nothing : *proved;
  const OpenedProject none;
  const OpenedProject& project = report.project ? *report.project : none;
  text += fmt::format(",\n \"claims\": {},\n \"kept\": {},\n \"open\": {}", found.claims, found.kept, found.open.size());
  text += section("expectations", project, found.expectations, proved_expectation_json);
  text += section("findings", project, found.findings, finding_json);
  if (lists_all) text += section("facts", project, found.facts, fact_json);
  if (lists_all) text += section("questions", project, found.open, open_question_json);
  std::vector<std::string> diagnostics;
  for (const Diagnostic& diagnostic : report.diagnostics) diagnostics.push_back(render_json(diagnostic, sources_of(report)));
  return text + fmt::format(",\n \"diagnostics\": {}}}\n", lines(diagnostics));
}

}  // namespace segue::command
