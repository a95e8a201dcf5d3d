// Assessments as tables.
#include "tools/segue/assess_text.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "tools/segue/report.h"
#include "tools/segue/run_text.h"
#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

constexpr std::size_t kMostOverlaps = 40;    // shown
constexpr std::size_t kMostColumns = 3;      // named of those that decide
constexpr std::size_t kMostReach = 60;       // shown
constexpr std::size_t kMostSegments = 6;     // named of a family
constexpr std::size_t kMostValueLines = 40;  // of one definition in a history

std::string title_of(std::string_view text, const Style& style) { return fmt::format("\n  {}\n", painted(style, "1", text)); }

// ── What missing values decide ───────────────────────────────────────────────────────────────────────────────────────────

std::string deciding_text(const Assessment& assessment, std::size_t outcome) {
  std::string text;
  std::size_t shown = 0, all = 0;
  for (const UndecidedBy& undecided : assessment.undecided) {
    if (undecided.outcome != outcome || all++ >= kMostColumns) continue;
    text += fmt::format("{}{} {}", shown++ == 0 ? "" : ", ", printable(undecided.column), grouped(undecided.count));
  }
  return all > shown ? text + fmt::format(", and {} more", all - shown) : text;
}

std::string sizes_text(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment, const Style& style) {
  TextTable table;
  table.columns = {text_column("definition", "1"), number_column("size"),         number_column("share"),
                   number_column("undetermined"),  number_column("of all", "33"), text_column("missing column, and how often")};
  for (std::size_t i = 0; i < evaluation.definitions.size(); ++i) {
    const DefinitionOutcome& outcome = evaluation.definitions[i];
    const DefinitionInfo& info = project.definitions[outcome.definition];
    if (info.kind == ResultKind::kScore) continue;
    table.rows.push_back(
        {printable(info.name), grouped(outcome.size), percent(outcome.share), grouped(outcome.undetermined),
         outcome.undetermined == 0 || info.kind == ResultKind::kAudience ? "" : percent(part_of(outcome.undetermined, evaluation.accounts)),
         deciding_text(assessment, i)});
  }
  return table.rows.empty() ? "" : title_of("size, and what missing values decide", style) + table_text(table, style);
}

// ── Overlaps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::string_view relation_words(SetRelation relation) {
  switch (relation) {
    case SetRelation::kEqual: return "has the same accounts as";
    case SetRelation::kContains: return "contains";
    case SetRelation::kWithin: return "lies within";
    case SetRelation::kOverlaps: return "overlaps";
    case SetRelation::kDisjoint: return "shares nothing with";
  }
  return "";
}

// Those with accounts in common, the closest first.
std::vector<const Overlap*> closest_first(const Assessment& assessment) {
  std::vector<const Overlap*> overlaps;
  for (const Overlap& overlap : assessment.overlaps) {
    if (overlap.both != 0) overlaps.push_back(&overlap);
  }
  std::ranges::stable_sort(overlaps, [](const Overlap* a, const Overlap* b) { return a->jaccard > b->jaccard; });
  return overlaps;
}

std::string overlaps_text(const Assessment& assessment, const Style& style) {
  const std::vector<const Overlap*> overlaps = closest_first(assessment);
  if (overlaps.empty() && assessment.overlaps.empty()) return "";
  TextTable table;
  table.columns = {text_column("accounts of", "1"), text_column(""),
                   text_column("accounts of", "1"), number_column("both"),
                   number_column("of the left"),    number_column("of the right"),
                   number_column("Jaccard")};
  for (std::size_t i = 0; i < std::min(overlaps.size(), kMostOverlaps); ++i) {
    const Overlap& overlap = *overlaps[i];
    const AccountSet& left = assessment.sets[overlap.left];
    const AccountSet& right = assessment.sets[overlap.right];
    table.rows.push_back({printable(left.name), std::string(relation_words(overlap.relation)), printable(right.name), grouped(overlap.both),
                          percent(part_of(overlap.both, left.size)), percent(part_of(overlap.both, right.size)),
                          fmt::format("{:.2f}", overlap.jaccard)});
  }
  std::string text = title_of("overlap", style) + (table.rows.empty() ? "" : table_text(table, style));
  if (overlaps.size() > kMostOverlaps) text += fmt::format("  and {} more\n", counted(overlaps.size() - kMostOverlaps, "pair"));
  if (const std::size_t apart = assessment.overlaps.size() - overlaps.size(); apart != 0)
    text += fmt::format("  {} no account in common\n", counted(apart, "pair") + (apart == 1 ? " has" : " have"));
  if (assessment.sets_left_out != 0)
    text += fmt::format("  the largest {} are compared; {} smaller ones are left out\n", grouped(assessment.sets.size()),
                        grouped(assessment.sets_left_out));
  return text;
}

std::string family_name(const Assessment& assessment, const Family& family) {
  std::string name = family.tag ? printable(*family.tag) : "all segments";
  std::string segments;
  for (std::size_t i = 0; i < std::min(family.sets.size(), kMostSegments); ++i)
    segments += (i == 0 ? "" : ", ") + printable(assessment.sets[family.sets[i]].name);
  if (family.sets.size() > kMostSegments) segments += fmt::format(", and {} more", family.sets.size() - kMostSegments);
  return family.tag ? fmt::format("{} ({})", name, segments) : name;
}

std::string families_text(const Assessment& assessment, const Style& style) {
  if (assessment.families.empty()) return "";
  TextTable table;
  table.columns = {text_column("family", "1"), number_column("in none"), number_column("in one"), number_column("in several")};
  for (const Family& family : assessment.families)
    table.rows.push_back({family_name(assessment, family), grouped(family.none), grouped(family.one), grouped(family.several)});
  return title_of("accounts by how many segments they are in", style) + table_text(table, style);
}

std::string reach_text(const Assessment& assessment, const Style& style) {
  if (assessment.reach.empty()) return "";
  TextTable table;
  table.columns = {text_column("accounts of", "1"), text_column("with a row in", "1"), number_column("accounts"), number_column("of all")};
  for (std::size_t i = 0; i < std::min(assessment.reach.size(), kMostReach); ++i) {
    const Reach& reach = assessment.reach[i];
    const AccountSet& set = assessment.sets[reach.set];
    table.rows.push_back({printable(set.name), printable(assessment.sets[reach.audience].name), grouped(reach.accounts),
                          percent(part_of(reach.accounts, set.size))});
  }
  std::string text = title_of("who can be reached", style) + table_text(table, style);
  if (assessment.reach.size() > kMostReach) text += fmt::format("  and {} more lines\n", grouped(assessment.reach.size() - kMostReach));
  return text;
}

// ── History ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

// A heading of points in time: days alone where they differ.
std::string day_of(const OpenedProject& project, std::int64_t clock) { return local_clock_text(project, clock).substr(0, 10); }

// The points that a terminal has room for: the latest ones.
std::span<const HistoryPoint> shown_points(const History& history, const Style& style) {
  constexpr std::size_t kNameWidth = 30, kPointWidth = 12;
  const std::size_t room = std::max<std::size_t>(2, (std::max(style.width, kNameWidth) - kNameWidth) / kPointWidth);
  const std::span<const HistoryPoint> points = history.points;
  return style.is_terminal && points.size() > room ? points.last(room) : points;
}

// The lines of one definition: its number at each point.
void add_lines(const DefinitionInfo& info, std::span<const HistoryPoint> points, std::size_t index, TextTable& table) {
  const auto add = [&](std::string name, const auto& number_of) {
    std::vector<std::string> row = {std::move(name)};
    for (const HistoryPoint& point : points) row.push_back(number_of(point.definitions[index]));
    table.rows.push_back(std::move(row));
  };
  if (info.kind == ResultKind::kScore) {
    add(printable(info.name) + " (mean)", [](const DefinitionOutcome& outcome) {
      return outcome.score && !std::isnan(outcome.score->mean) ? shown_number(outcome.score->mean) : std::string("-");
    });
    return;
  }
  add(printable(info.name), [](const DefinitionOutcome& outcome) { return grouped(outcome.size); });
  for (std::size_t value = 0; value < std::min(info.values.size(), kMostValueLines); ++value) {
    add("  " + printable(info.values[value].name), [&](const DefinitionOutcome& outcome) { return grouped(outcome.value_sizes[value]); });
  }
}

}  // namespace

std::string assess_text(const OpenedProject& project, const Evaluation& evaluation, const Assessment& assessment, const Style& style) {
  return fmt::format("\n{}\n", painted(style, "1", "assessment")) + sizes_text(project, evaluation, assessment, style) +
         overlaps_text(assessment, style) + families_text(assessment, style) + reach_text(assessment, style);
}

std::string history_text(const OpenedProject& project, const History& history, const Style& style) {
  const std::span<const HistoryPoint> points = shown_points(history, style);
  TextTable table;
  table.columns = {text_column("history", "1")};
  std::vector<std::string> accounts = {"accounts"};
  for (const HistoryPoint& point : points) {
    table.columns.push_back(number_column(day_of(project, point.clock)));
    accounts.push_back(grouped(point.accounts));
  }
  table.rows.push_back(std::move(accounts));
  for (std::size_t i = 0; i < points.back().definitions.size(); ++i)
    add_lines(project.definitions[points.back().definitions[i].definition], points, i, table);
  const std::size_t hidden = history.points.size() - points.size();
  const std::string remark =
      hidden == 0 ? "" : fmt::format("  {} left out; a wider terminal shows them\n", counted(hidden, "earlier point"));
  return "\n" + table_text(table, style) + remark;
}

}  // namespace segue::command
