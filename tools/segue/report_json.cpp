// The documents of other verbs, whole, and beside them what only the page draws.
#include "tools/segue/report_json.h"

#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/report/histogram.h"
#include "tools/segue/doc_text.h"
#include "tools/segue/json.h"
#include "tools/segue/test_json.h"

namespace segue::command {
namespace {

const std::string& name_of(const Report& report, std::size_t outcome) {
  return report.project->definitions[report.evaluation->definitions[outcome].definition].name;
}

std::string funnels_json(const Report& report, const Funnels& funnels) {
  std::vector<std::string> entries;
  for (const Funnel& funnel : funnels.funnels) {
    Json steps = Json::array();
    for (const FunnelStep& step : funnel.steps) steps.push_back({{"text", step.text}, {"accounts", step.accounts}});
    entries.push_back(
        dump({{"definition", name_of(report, funnel.outcome)}, {"steps", std::move(steps)}, {"suppressed", funnel.suppressed}}));
  }
  return fmt::format("{{\"left_out\": {}, \"funnels\": {}}}", funnels.left_out, lines(entries));
}

// Which sets an intersection has, as their places in the list of sets.
std::string intersections_json(const Report& report, const Intersections& all) {
  Json sets = Json::array();
  for (const std::size_t set : all.sets) sets.push_back(name_of(report, set));
  std::vector<std::string> entries;
  for (const Intersection& intersection : all.intersections) {
    Json members = Json::array();
    for (std::size_t set = 0; set < all.sets.size(); ++set) {
      if ((intersection.sets >> set & 1) != 0) members.push_back(set);
    }
    entries.push_back(dump({{"sets", std::move(members)}, {"accounts", intersection.accounts}}));
  }
  return fmt::format("{{\"sets\": {}, \"sets_left_out\": {}, \"accounts_left_out\": {}, \"intersections\": {}}}", dump(sets),
                     all.sets_left_out, all.accounts_left_out, lines(entries));
}

std::string histogram_json(const std::string& name, const Histogram& histogram) {
  Json bars = Json::array();
  for (const HistogramBar& bar : histogram.bars)
    bars.push_back({{"from", number(bar.from)}, {"to", number(bar.to)}, {"accounts", bar.accounts}});
  Json quantiles = Json::array();
  for (std::size_t i = 0; i < histogram.quantiles.size(); ++i)
    quantiles.push_back({{"part", kQuantiles[i]}, {"value", number(histogram.quantiles[i])}});
  return dump({{"definition", name}, {"bars", std::move(bars)}, {"quantiles", std::move(quantiles)}, {"infinite", histogram.infinite}});
}

std::string scores_json(const Report& report) {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i < report.evaluation->definitions.size(); ++i) {
    if (report.project->definitions[report.evaluation->definitions[i].definition].kind == ResultKind::kScore)
      entries.push_back(histogram_json(name_of(report, i), histogram_of(scores(*report.evaluation, i))));
  }
  return lines(entries);
}

// A document of another verb, as a value.
std::string without_line_break(std::string document) {
  document.pop_back();
  return document;
}

}  // namespace

std::string report_document(const Report& report, const PageContent& content) {
  const bool has_answers = report.evaluation.has_value();
  std::string text = fmt::format("{{\"format\": \"segue.report/1\",\n \"version\": {},\n \"project\": {},\n \"local_time\": {}",
                                 dump(version()), report.project ? dump(report.project->root.filename().string()) : "null",
                                 report.project && report.clock ? dump(local_clock_text(*report.project, *report.clock)) : "null");
  text += fmt::format(",\n \"run\": {}", without_line_break(run_document(report)));
  text += fmt::format(",\n \"test\": {}", content.tests ? without_line_break(test_document(report, &*content.tests)) : "null");
  text += fmt::format(",\n \"doc\": {}", without_line_break(catalogue_document(content.catalogue, Report{})));
  text += fmt::format(",\n \"funnels\": {}", content.funnels ? funnels_json(report, *content.funnels) : "null");
  text += fmt::format(",\n \"overlaps\": {}", content.intersections ? intersections_json(report, *content.intersections) : "null");
  return text + fmt::format(",\n \"scores\": {}}}\n", has_answers ? scores_json(report) : "null");
}

}  // namespace segue::command
