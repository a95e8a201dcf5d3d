// Results as tables for people.
#include "tools/segue/run_text.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

constexpr std::size_t kBarWidth = 24;
// Values of one definition that a table shows: a grid may have thousands, of which the largest are shown.
constexpr std::size_t kMostValues = 40;

std::string heading(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  const std::string_view dot = style.is_unicode ? "·" : "-";
  return fmt::format("{} {} as of {}\n", painted(style, "1", counted(evaluation.accounts, "account")), dot,
                     local_clock_text(project, evaluation.clock));
}

TableColumn title_column() { return {.heading = "title", .is_right = false, .can_shrink = true, .paint = ""}; }
TableColumn spare_column(std::string heading) {
  return {.heading = std::move(heading), .is_right = false, .can_shrink = false, .paint = "2", .can_vanish = true};
}

std::string tags_text(const DefinitionInfo& info) {
  std::string text;
  for (const std::string& tag : info.tags) text += (text.empty() ? "" : ", ") + tag;
  return printable(text);
}

// A number, or nothing where there is nothing to tell.
std::string unless_zero(std::uint64_t number) { return number == 0 ? "" : grouped(number); }

std::string entered_text(const DefinitionOutcome& outcome) {
  return outcome.movement ? fmt::format("+{} -{}", grouped(outcome.movement->entered), grouped(outcome.movement->left)) : "";
}

std::string moved_text(const DefinitionOutcome& outcome) { return outcome.movement ? grouped(outcome.movement->accounts) : ""; }

std::string segments_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  TextTable table;
  table.columns = {text_column("segment", "1"), title_column(),           number_column("accounts"),
                   number_column("share"),      text_column("", "36"),    number_column("undetermined", "33"),
                   number_column("suppressed"), number_column("changes"), spare_column("owner"),
                   spare_column("tags")};
  for (const DefinitionOutcome& outcome : evaluation.definitions) {
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (info.kind != ResultKind::kSegment) continue;
    table.rows.push_back({printable(info.name), printable(info.title), grouped(outcome.size), percent(outcome.share),
                          bar(style, outcome.share, kBarWidth), unless_zero(outcome.undetermined), unless_zero(outcome.suppressed),
                          entered_text(outcome), printable(info.owner), tags_text(info)});
  }
  return table.rows.empty() ? "" : "\n" + table_text(table, style);
}

std::string audiences_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  TextTable table;
  table.columns = {text_column("audience", "1"), title_column(),           number_column("rows"), text_column("of"),
                   number_column("accounts"),    number_column("share"),   text_column("", "36"), number_column("undetermined", "33"),
                   number_column("suppressed"),  number_column("changes"), spare_column("owner"), spare_column("tags")};
  for (const DefinitionOutcome& outcome : evaluation.definitions) {
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (info.kind != ResultKind::kAudience) continue;
    table.rows.push_back({printable(info.name), printable(info.title), grouped(outcome.size), printable(info.relation),
                          grouped(outcome.accounts), percent(outcome.share), bar(style, outcome.share, kBarWidth),
                          unless_zero(outcome.undetermined), unless_zero(outcome.suppressed), entered_text(outcome), printable(info.owner),
                          tags_text(info)});
  }
  return table.rows.empty() ? "" : "\n" + table_text(table, style);
}

std::string scores_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  TextTable table;
  table.columns = {text_column("score", "1"), title_column(),           number_column("least"), number_column("mean"),
                   number_column("greatest"), number_column("changes"), spare_column("owner"),  spare_column("tags")};
  for (const DefinitionOutcome& outcome : evaluation.definitions) {
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (info.kind != ResultKind::kScore) continue;
    const auto number = [&](double ScoreSummary::* part) { return outcome.score ? shown_number(*outcome.score.*part) : std::string("-"); };
    table.rows.push_back({printable(info.name), printable(info.title), number(&ScoreSummary::min), number(&ScoreSummary::mean),
                          number(&ScoreSummary::max), moved_text(outcome), printable(info.owner), tags_text(info)});
  }
  return table.rows.empty() ? "" : "\n" + table_text(table, style);
}

// The values that are shown, in their order: all, or of many the largest.
std::vector<std::size_t> shown_values(const DefinitionOutcome& outcome) {
  std::vector<std::size_t> values(outcome.value_sizes.size());
  std::iota(values.begin(), values.end(), std::size_t{0});
  if (values.size() <= kMostValues) return values;
  std::ranges::stable_sort(values, [&](std::size_t a, std::size_t b) { return outcome.value_sizes[a] > outcome.value_sizes[b]; });
  values.resize(kMostValues);
  std::ranges::sort(values);
  return values;
}

// What is said of the values that are not shown.
std::string hidden_values(const DefinitionOutcome& outcome, const std::vector<std::size_t>& shown) {
  const std::size_t hidden = outcome.value_sizes.size() - shown.size();
  if (hidden == 0) return "";
  const auto empty = static_cast<std::size_t>(std::ranges::count(outcome.value_sizes, std::uint64_t{0}));
  const auto shown_empty =
      static_cast<std::size_t>(std::ranges::count_if(shown, [&](std::size_t v) { return outcome.value_sizes[v] == 0; }));
  return fmt::format("    and {} smaller values, {} of them empty\n", grouped(hidden), grouped(empty - shown_empty));
}

std::vector<std::string> value_row(const std::string& name, const std::string& title, std::uint64_t size, const Evaluation& evaluation,
                                   const Style& style) {
  const double share = evaluation.accounts == 0 ? 0.0 : static_cast<double>(size) / static_cast<double>(evaluation.accounts);
  return {"  " + printable(name), printable(title), grouped(size), percent(share), bar(style, share, kBarWidth), "", "", "", "", ""};
}

// One of tiers, stages, grids and splits: a line for the whole, then one a value.
std::string values_text(const DefinitionInfo& info, const DefinitionOutcome& outcome, const Evaluation& evaluation, const Style& style) {
  TextTable table;
  table.columns = {text_column(std::string(kind_name(info.kind)), "1"),
                   title_column(),
                   number_column("accounts"),
                   number_column("share"),
                   text_column("", "36"),
                   number_column("undetermined", "33"),
                   number_column("suppressed"),
                   number_column("moved"),
                   spare_column("owner"),
                   spare_column("tags")};
  table.rows.push_back({printable(info.name), printable(info.title), grouped(outcome.size), percent(outcome.share), "",
                        unless_zero(outcome.undetermined), unless_zero(outcome.suppressed), moved_text(outcome), printable(info.owner),
                        tags_text(info)});
  const std::vector<std::size_t> shown = shown_values(outcome);
  for (const std::size_t value : shown) {
    table.rows.push_back(value_row(info.values[value].name, info.values[value].title, outcome.value_sizes[value], evaluation, style));
  }
  if (outcome.without_value != 0) table.rows.push_back(value_row("(none)", "", outcome.without_value, evaluation, style));
  return "\n" + table_text(table, style) + hidden_values(outcome, shown);
}

std::string all_values_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  std::string text;
  for (const DefinitionOutcome& outcome : evaluation.definitions) {
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (has_values(info.kind)) text += values_text(info, outcome, evaluation, style);
  }
  return text;
}

std::string mark_of(const ExpectationOutcome& expectation, const Style& style) {
  if (!expectation.is_evaluated) return painted(style, "33", "?");
  const std::string_view yes = style.is_unicode ? "✓" : "ok";
  const std::string_view no = style.is_unicode ? "✗" : "NO";
  return expectation.holds ? painted(style, "32", yes) : painted(style, "1;31", no);
}

std::string expectations_text(const Evaluation& evaluation, const Style& style) {
  std::string text;
  for (const ExpectationOutcome& expectation : evaluation.expectations) {
    text += fmt::format("  {} {}: {} ({})\n", mark_of(expectation, style), printable(expectation.definition), printable(expectation.text),
                        printable(expectation.found));
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

std::string percent(double share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  return fmt::format("{:.1f} %", 100 * share);
}

std::string shown_number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  if (text.find('.') == std::string::npos) return text;  // inf, nan
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string run_text(const OpenedProject& project, const Evaluation& evaluation, const Style& style) {
  return heading(project, evaluation, style) + segments_text(project, evaluation, style) + scores_text(project, evaluation, style) +
         all_values_text(project, evaluation, style) + audiences_text(project, evaluation, style) + expectations_text(evaluation, style);
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
