// The JSON documents. Each field of a document starts a line, and so does each entry of its lists; inside they are compact.
#include <utility>

#include <fmt/format.h>

#include "tools/segue/explain_json.h"
#include "tools/segue/json.h"
#include "tools/segue/profile_text.h"
#include "tools/segue/report.h"
#include "tools/segue/run_json.h"

namespace segue::command {
namespace {

// Fields of a document, in order; values are JSON.
using Fields = std::vector<std::pair<std::string_view, std::string>>;

std::string document(const Fields& fields) {
  std::string text = "{";
  for (std::size_t i = 0; i < fields.size(); ++i)
    text += fmt::format("{}\"{}\": {}", i == 0 ? "" : ",\n ", fields[i].first, fields[i].second);
  return text + "}\n";
}

Json text_or_null(bool is_known, const std::string& text) { return is_known ? Json(text) : Json(nullptr); }

std::string tables_json(const std::vector<TableSummary>& tables) {
  std::vector<std::string> entries;
  entries.reserve(tables.size());
  for (const TableSummary& table : tables) {
    entries.push_back(dump({{"table", table.table}, {"rows", table.rows}, {"bad_rows", table.bad_rows}, {"orphans", table.orphans}}));
  }
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

// What options ask for beside the answers.
void add_asked(const Report& report, Fields& fields) {
  if (!report.evaluation) return;
  const OpenedProject& project = *report.project;
  if (report.evaluation->suppressed) fields.emplace_back("suppressed", suppressed_json(*report.evaluation->suppressed));
  if (report.audit) fields.emplace_back("audit", audit_json(project, *report.audit));
  if (report.assessment) fields.emplace_back("assess", assess_json(project, *report.evaluation, *report.assessment));
  if (report.history) fields.emplace_back("history", history_json(project, *report.history));
}

}  // namespace

std::string diagnostics_json(const Report& report) {
  std::vector<std::string> entries;
  entries.reserve(report.diagnostics.size());
  for (const Diagnostic& diagnostic : report.diagnostics) entries.push_back(render_json(diagnostic, sources_of(report)));
  return lines(entries);
}

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
  add_asked(report, fields);
  if (report.profile) fields.emplace_back("profile", profile_json(*report.profile));
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

std::string_view state_name(PreparedState state) {
  switch (state) {
    case PreparedState::kKept: return "kept";
    case PreparedState::kExtended: return "extended";
    case PreparedState::kRead: return "read";
  }
  return "";
}

std::string prepare_document(const Report& report) {
  Fields fields = heading("segue.prepare/1", report);
  std::vector<std::string> tables;
  if (report.prepared) {
    for (const PreparedTable& table : report.prepared->tables) {
      tables.push_back(dump(Json{{"table", table.table},
                                 {"state", state_name(table.state)},
                                 {"rows", table.rows},
                                 {"columns", table.columns},
                                 {"ranked_columns", table.ranked},
                                 {"bytes", table.bytes}}));
    }
    fields.emplace_back("folder", dump(report.prepared->folder));
  }
  if (report.verified) {
    fields.emplace_back("folder", dump(report.verified->folder));
    fields.emplace_back("files", dump(report.verified->files));
  }
  fields.emplace_back("tables", lines(tables));
  fields.emplace_back("data", tables_json(report.tables));
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return document(fields);
}

std::string explain_document(const Report& report) {
  Fields fields = heading("segue.explain/1", report);
  const bool is_done = report.explanation.has_value();
  const Trace* trace = is_done ? &report.explanation->trace : nullptr;
  fields.emplace_back("definition", dump(report.name));
  fields.emplace_back("account", is_done ? trace_value_json(trace->account) : dump(report.key));
  fields.emplace_back("value", is_done ? trace_value_json(trace->value) : "null");
  if (is_done && !trace->value_title.empty()) fields.emplace_back("value_title", dump(trace->value_title));
  fields.emplace_back("undetermined", is_done ? dump(trace->undetermined) : "null");
  fields.emplace_back("suppressed", is_done ? dump(report.explanation->is_suppressed) : "null");
  fields.emplace_back("tree", is_done ? trace_json(*trace, sources_of(report)) : "null");
  fields.emplace_back("diagnostics", diagnostics_json(report));
  return document(fields);
}

}  // namespace segue::command
