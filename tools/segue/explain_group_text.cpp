// Explanations of groups in plain words.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bindings/cpp/explain/group.h"
#include "tools/segue/explain_group.h"
#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

constexpr std::uint32_t kDeepestOutline = 12;
constexpr std::size_t kShownTraits = 10;
constexpr std::size_t kShownValues = 5;
constexpr std::size_t kShownSets = 10;

std::string thing_of(const AskedGroup& asked) { return asked.relation.empty() ? "account" : "row"; }

std::string things(const AskedGroup& asked, std::uint64_t count) {
  return asked.relation.empty() ? counted(count, "account") : fmt::format("{} of `{}`", counted(count, "row"), printable(asked.relation));
}

std::string asked_text(const AskedGroup& asked) {
  return printable(asked.value ? fmt::format("{} = {}", asked.name, *asked.value) : asked.name);
}

std::string percent_of_group(std::uint64_t part, std::uint64_t whole) { return fmt::format("{:.1f} %", 100.0 * part_of(part, whole)); }

std::string group_heading(const OpenedProject& project, const AskedGroup& asked, std::int64_t clock, const std::string& says,
                          const Style& style) {
  const std::string title = asked.title.empty() ? "" : fmt::format(" \"{}\"", printable(asked.title));
  return fmt::format("{}{}, as of {}: {}\n", painted(style, "1", asked_text(asked)), title, local_clock_text(project, clock), says);
}

// What is shown of a clause: what joins others says how.
std::string outline_words(const ClauseOutline& clause) {
  const std::string indent(2 * std::min(clause.depth, kDeepestOutline), ' ');
  if (clause.word == "all") return indent + "all of these";
  if (clause.word == "any") return indent + "at least one of these";
  return indent + printable(clause.text);
}

// Where a clause stands, if that is in another definition than the one that is asked about.
std::string place_words(const ClauseOutline& clause, const AskedGroup& asked) {
  return clause.definition == asked.name ? "" : fmt::format("  (in `{}`)", printable(clause.definition));
}

// A long condition would leave no room for its numbers.
std::string cut_clause(const Style& style, const std::string& text) {
  return cut_to_width(style, text, style.is_terminal ? std::max<std::size_t>(style.width / 2, 40) : 100);
}

std::string clause_table(const GroupExplanation& out, const Style& style) {
  if (out.clauses.empty()) return "";
  TextTable table;
  table.columns = {text_column("clause"),   number_column("holds", "1"),
                   number_column("fails"),  number_column("undetermined", "33"),
                   number_column("of all"), text_column("")};
  for (const ClauseCounts& counts : out.clauses) {
    table.rows.push_back({cut_clause(style, outline_words(counts.clause)), grouped(counts.holds), grouped(counts.fails),
                          counts.undetermined == 0 ? "" : grouped(counts.undetermined), percent_of_group(counts.all_hold, out.asked.rows),
                          counts.clause.definition == out.asked.name ? "" : fmt::format("in {}", printable(counts.clause.definition))});
  }
  return table_text(table, style) + "\n";
}

std::string traits_table(const GroupExplanation& out, const Style& style) {
  if (out.traits.empty()) return "";
  TextTable table;
  table.columns = {text_column("what they share"), number_column("group", "1"), number_column("all"), number_column("times as often")};
  for (std::size_t i = 0; i < std::min(kShownTraits, out.traits.size()); ++i) {
    const SharedTrait& trait = out.traits[i];
    table.rows.push_back({cut_clause(style, printable(trait.text)), percent_of_group(trait.group, out.size),
                          percent_of_group(trait.all, out.asked.rows), fmt::format("{:.1f}", trait.lift)});
  }
  return table_text(table, style) + "\n";
}

// Floats to six digits.
std::string short_value(const TraceValue& value) {
  const auto* scalar = std::get_if<TraceScalar>(&value.data);
  const double* real = scalar == nullptr ? nullptr : std::get_if<double>(scalar);
  return value.kind == Kind::kFloat && real != nullptr ? fmt::format("{:.6g}", *real) : printable(value.shown);
}

std::string range_words(const ValueProfile::Range& range) {
  if (range.least.shown == range.greatest.shown) return short_value(range.least);
  return fmt::format("{} to {}, half at most {}", short_value(range.least), short_value(range.greatest), short_value(range.median));
}

std::string values_words(const ValueProfile& profile) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kShownValues, profile.values.size()); ++i) {
    const SharedCount& value = profile.values[i];
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", printable(value.value.shown), grouped(value.group));
  }
  const std::size_t shown = std::min(kShownValues, profile.values.size());
  if (profile.distinct > shown) text += fmt::format("{}{} more", shown == 0 ? "" : ", ", grouped(profile.distinct - shown));
  return text;
}

std::string value_table(const GroupExplanation& out, const Style& style) {
  if (out.values.empty()) return "";
  TextTable table;
  table.columns = {text_column("value"), text_column("in the group"), number_column("missing", "33"), text_column("of all")};
  table.columns[1].can_shrink = true;
  for (const ValueProfile& profile : out.values) {
    std::string here = profile.is_withheld   ? "not shown: personal data"
                       : profile.group_range ? range_words(*profile.group_range)
                                             : values_words(profile);
    table.rows.push_back({cut_clause(style, printable(profile.text)), std::move(here),
                          profile.group_missing == 0 ? "" : grouped(profile.group_missing),
                          profile.all_range ? range_words(*profile.all_range) : ""});
  }
  return table_text(table, style) + "\n";
}

std::string answers_table(const GroupExplanation& out, const Style& style) {
  if (out.answers.empty()) return "";
  TextTable table;
  table.columns = {text_column(printable(out.asked.name)), text_column(""), number_column("group", "1"), number_column("share"),
                   number_column("of all")};
  for (const SharedCount& answer : out.answers) {
    table.rows.push_back({answer.value.missing ? "none" : printable(answer.value.shown), printable(answer.title), grouped(answer.group),
                          percent_of_group(answer.group, out.size), percent_of_group(answer.all, out.asked.rows)});
  }
  return table_text(table, style) + "\n";
}

std::string score_tables(const GroupExplanation& out, const Style& style) {
  if (!out.scores) return "";
  std::string text;
  if (out.scores->group_range)
    text += fmt::format("  {} is {}; of all, {}\n\n", printable(out.asked.name), range_words(*out.scores->group_range),
                        range_words(*out.scores->all_range));
  TextTable table;
  table.columns = {text_column("term"), number_column("adds on average", "1"), number_column("to all")};
  for (const TermShare& term : out.terms)
    table.rows.push_back(
        {cut_clause(style, printable(term.clause.text)), fmt::format("{:.4g}", term.group_mean), fmt::format("{:.4g}", term.all_mean)});
  return text + table_text(table, style) + "\n";
}

std::string failed_values_text(const FailedClause& failed) {
  std::string text;
  for (const TraceOperand& operand : failed.values) {
    // The clause itself says what a known bool is.
    if (operand.value.kind == Kind::kBool && !operand.value.missing) continue;
    text += fmt::format("{}{} is {}", text.empty() ? "" : ", ", printable(operand.text),
                        operand.value.missing ? "missing" : short_value(operand.value));
  }
  if (!failed.needs.empty()) text += fmt::format("{}needs {}", text.empty() ? "" : ", ", printable(failed.needs));
  return text;
}

std::string kept_key_text(const std::string& account, const std::string& row) {
  return printable(row.empty() ? account : fmt::format("{} of {}", row, account));
}

std::string not_whole_note(bool is_whole) {
  return is_whole ? "" : "  some conditions are too long to be taken apart, and count as one clause\n";
}

}  // namespace

std::string group_text(const OpenedProject& project, const GroupExplanation& out, const Style& style) {
  const AskedGroup& asked = out.asked;
  std::string says = things(asked, out.size);
  if (!out.is_of_members && asked.kind != "score")
    says += fmt::format(", of which {} {} in", grouped(out.members), out.members == 1 ? "is" : "are");
  says += fmt::format("; of all {}, {}", things(asked, asked.rows),
                      asked.kind == "score" ? "each has a number" : fmt::format("{} are in", percent_of_group(asked.members, asked.rows)));
  std::string text = group_heading(project, asked, out.clock, says, style);
  if (out.undetermined != 0)
    text +=
        painted(style, "33", fmt::format("undetermined: {}, for which missing values decide", counted(out.undetermined, thing_of(asked)))) +
        "\n";
  if (out.suppressed != 0)
    text +=
        painted(style, "33", fmt::format("suppressed: {}, which nothing exported has", counted(out.suppressed, thing_of(asked)))) + "\n";
  text += "\n" + answers_table(out, style) + score_tables(out, style) + clause_table(out, style) + traits_table(out, style) +
          value_table(out, style) + not_whole_note(out.is_whole);
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string nearly_text(const OpenedProject& project, const NearlyExplanation& out, const Style& style) {
  const AskedGroup& asked = out.asked;
  std::string text =
      group_heading(project, asked, out.clock,
                    fmt::format("{} in, {} kept out by one clause alone", things(asked, asked.members), things(asked, out.nearly)), style);
  for (const NearlyClause& clause : out.clauses) {
    text += fmt::format("\n  {}  {}{}\n", painted(style, "1", counted(clause.size, thing_of(asked))), printable(clause.clause.text),
                        place_words(clause.clause, asked));
    for (const KeptOut& kept : clause.first) {
      const std::string values = failed_values_text(kept.clauses.front());
      text +=
          fmt::format("      {}{}{}\n", painted(style, "36", kept_key_text(kept.account, kept.row)), values.empty() ? "" : ": ", values);
    }
    if (clause.size > clause.first.size()) text += fmt::format("      and {} more\n", grouped(clause.size - clause.first.size()));
  }
  return text + not_whole_note(out.is_whole);
}

namespace {

std::string account_lines(const AskedGroup& asked, const AccountWhyNot& account, const Style& style) {
  std::string text = fmt::format("\n  {}: ", painted(style, "36", kept_key_text(account.out.account, account.out.row)));
  if (account.is_in) return text + (account.is_suppressed ? "is in, but suppressed: nothing exported has it\n" : "is in\n");
  const std::size_t count = account.out.clauses.size();
  text += count == 1 ? "one clause keeps it out\n" : fmt::format("{} clauses would have to answer otherwise\n", count);
  for (const FailedClause& failed : account.out.clauses) {
    const std::string values = failed_values_text(failed);
    text += fmt::format("      {}{}\n", printable(failed.clause.text), place_words(failed.clause, asked));
    if (!values.empty()) text += fmt::format("          {}\n", values);
  }
  return text;
}

std::string funnel_table(const WhyNotExplanation& out, const Style& style) {
  TextTable table;
  table.columns = {text_column("clause"), number_column("remaining", "1"), number_column("lost here"), number_column("fails in all")};
  table.rows.push_back(
      {fmt::format("all {}", out.asked.relation.empty() ? "accounts" : printable(out.asked.relation)), grouped(out.asked.rows), "", ""});
  for (const KeepsOutStep& step : out.funnel)
    table.rows.push_back(
        {cut_clause(style, printable(step.clause.text)), grouped(step.remaining), grouped(step.lost), grouped(step.fails)});
  return table_text(table, style);
}

std::string sets_text(const WhyNotExplanation& out, const Style& style) {
  if (out.sets.empty()) return "";
  std::string text = fmt::format("\n  what would have to answer otherwise, at the least:\n");
  std::uint64_t rest = out.other_sets;
  for (std::size_t i = 0; i < out.sets.size(); ++i) {
    const FailingSet& set = out.sets[i];
    if (i >= kShownSets) {
      rest += set.size;
      continue;
    }
    std::string clauses;
    for (const ClauseOutline& clause : set.clauses)
      clauses += fmt::format("{}{}", clauses.empty() ? "" : "  and  ", printable(clause.text));
    const std::string such =
        set.account.empty() ? "" : fmt::format(", such as {}", painted(style, "36", kept_key_text(set.account, set.row)));
    text += fmt::format("    {}  {}{}\n", painted(style, "1", counted(set.size, thing_of(out.asked))), clauses, such);
  }
  if (rest != 0) text += fmt::format("    {}  other clauses\n", counted(rest, thing_of(out.asked)));
  return text;
}

}  // namespace

std::string why_not_text(const OpenedProject& project, const WhyNotExplanation& out, const Style& style) {
  const AskedGroup& asked = out.asked;
  std::string text = group_heading(project, asked, out.clock,
                                   fmt::format("{} in, {} not", things(asked, asked.members), grouped(asked.rows - asked.members)), style);
  for (const AccountWhyNot& account : out.accounts) text += account_lines(asked, account, style);
  for (const std::string& account : out.without_rows)
    text += fmt::format("\n  {}: has no row of `{}`\n", painted(style, "36", printable(account)), printable(asked.relation));
  if (!out.funnel.empty()) text += "\n" + funnel_table(out, style) + sets_text(out, style);
  return text + not_whole_note(out.is_whole);
}

}  // namespace segue::command
