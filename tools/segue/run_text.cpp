// Results as tables for people.
#include "tools/segue/run_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

constexpr std::size_t kBarWidth = 24;

std::string percent(double share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  return fmt::format("{:.1f} %", 100 * share);
}

// Two digits after the point are enough for people; whole numbers have none.
std::string shown_number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  if (text.find('.') == std::string::npos) return text;  // inf, nan
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string heading(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  const std::string_view dot = style.is_unicode ? "·" : "-";
  return fmt::format("{} {} as of {}\n", painted(style, "1", counted(evaluation.accounts, "account")), dot,
                     local_clock_text(project, evaluation.clock));
}

std::string segments_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  TextTable table;
  table.columns = {{.heading = "segment", .is_right = false, .can_shrink = false, .paint = "1"},
                   {.heading = "title", .is_right = false, .can_shrink = true, .paint = ""},
                   {.heading = "accounts", .is_right = true, .can_shrink = false, .paint = ""},
                   {.heading = "share", .is_right = true, .can_shrink = false, .paint = ""},
                   {.heading = "", .is_right = false, .can_shrink = false, .paint = "36"},
                   {.heading = "undetermined", .is_right = true, .can_shrink = false, .paint = "33"}};
  for (const DefinitionOutcome& outcome : evaluation.definitions) {
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (info.kind != ResultKind::kSegment) continue;
    table.rows.push_back({printable(info.name), printable(info.title), grouped(outcome.size), percent(outcome.share),
                          bar(style, outcome.share, kBarWidth), outcome.undetermined == 0 ? "" : grouped(outcome.undetermined)});
  }
  return table.rows.empty() ? "" : "\n" + table_text(table, style);
}

std::string scores_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  TextTable table;
  table.columns = {{.heading = "score", .is_right = false, .can_shrink = false, .paint = "1"},
                   {.heading = "title", .is_right = false, .can_shrink = true, .paint = ""},
                   {.heading = "least", .is_right = true, .can_shrink = false, .paint = ""},
                   {.heading = "mean", .is_right = true, .can_shrink = false, .paint = ""},
                   {.heading = "greatest", .is_right = true, .can_shrink = false, .paint = ""}};
  for (const DefinitionOutcome& outcome : evaluation.definitions) {
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (info.kind != ResultKind::kScore) continue;
    const auto number = [&](double ScoreSummary::* part) { return outcome.score ? shown_number(*outcome.score.*part) : std::string("-"); };
    table.rows.push_back(
        {printable(info.name), printable(info.title), number(&ScoreSummary::min), number(&ScoreSummary::mean), number(&ScoreSummary::max)});
  }
  return table.rows.empty() ? "" : "\n" + table_text(table, style);
}

std::string expectations_text(const Evaluation& evaluation, const Style& style) {
  std::string text;
  for (const ExpectationOutcome& expectation : evaluation.expectations) {
    const std::string_view yes = style.is_unicode ? "✓" : "ok";
    const std::string_view no = style.is_unicode ? "✗" : "NO";
    const std::string mark = expectation.holds ? painted(style, "32", yes) : painted(style, "1;31", no);
    text += fmt::format("  {} {}: {} ({})\n", mark, printable(expectation.definition), printable(expectation.text), expectation.found);
  }
  return text.empty() ? "" : fmt::format("\n{}\n{}", painted(style, "2", "  expected"), text);
}

std::string table_line(const TableSummary& table, std::size_t name_width, std::size_t rows_width, const Style& style) {
  std::string line = fmt::format("  {:<{}}  {:>{}}", printable(table.table), name_width, counted(table.rows, "row"), rows_width);
  if (table.bad_rows != 0) line += "  " + painted(style, "31", fmt::format("{} bad", grouped(table.bad_rows)));
  if (table.orphans != 0) line += "  " + painted(style, "33", fmt::format("{} without a parent", grouped(table.orphans)));
  if (table.not_yet_known != 0) line += fmt::format("  {} not yet known", grouped(table.not_yet_known));
  return line + "\n";
}

}  // namespace

std::string run_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  return heading(project, evaluation, style) + segments_text(project, evaluation, style) + scores_text(project, evaluation, style) +
         expectations_text(evaluation, style);
}

std::string data_text(const std::vector<TableSummary>& tables, const Style& style) {
  if (tables.empty()) return "";
  std::size_t name_width = 0, rows_width = 0;
  for (const TableSummary& table : tables) {
    name_width = std::max(name_width, display_width(table.table));
    rows_width = std::max(rows_width, counted(table.rows, "row").size());
  }
  std::string text = "read\n";
  for (const TableSummary& table : tables) text += table_line(table, name_width, rows_width, style);
  return text;
}

}  // namespace segue::command
