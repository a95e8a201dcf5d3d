// A comment: what happened in one line, a table, and the rest folded.
#include <algorithm>

#include <fmt/format.h>

#include "tools/segue/diff_documents.h"
#include "tools/segue/diff_text.h"
#include "tools/segue/markdown.h"

namespace segue::command {
namespace {

// GitHub takes 65,536 characters, and whoever posts the comment adds some.
constexpr std::size_t kMostCharacters = 60'000;
constexpr std::size_t kMostRows = 100;
constexpr std::size_t kRoomForEnd = 400;

// A line of ours: what stands between back-quotes is code, all else is text.
std::string line_with_code(std::string_view line) {
  std::string text;
  while (!line.empty()) {
    const std::size_t begin = line.find('`');
    const std::size_t end = begin == std::string_view::npos ? begin : line.find('`', begin + 1);
    if (end == std::string_view::npos) return text + markdown_text(line);
    text += markdown_text(line.substr(0, begin)) + markdown_code(line.substr(begin + 1, end - begin - 1));
    line.remove_prefix(end + 1);
  }
  return text;
}

bool is_told(const DiffDefinition& definition) {
  return definition.status != DiffStatus::kUnchanged || (definition.movement && definition.movement->moved > 0);
}

// A revision as code; `the work tree` is plain.
std::string side_markdown(const DiffSide& side) {
  const std::string words = side_words(side);
  if (side.commit.empty()) return markdown_text(words);
  return markdown_code(side.label) + markdown_text(words.substr(side.label.size()));
}

std::string summary_line(const Diff& diff) {
  const std::string moved = diff_movement_counts(diff);
  const std::string sides = fmt::format("**Segue diff**: {} → {}\n\n", side_markdown(diff.base), side_markdown(diff.head));
  return sides + fmt::format("**{}**{}\n", diff_counts(diff), moved.empty() ? "" : "; " + moved);
}

std::string table_row(const DiffDefinition& definition) {
  std::string name = markdown_code(definition.name, true);
  if (!definition.base_name.empty()) name += fmt::format(" (was {})", markdown_code(definition.base_name, true));
  const std::string undetermined = undetermined_change(definition);
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", name, kind_name(definition.kind), status_words(definition),
                     size_change(definition), member_change(definition), undetermined);
}

std::string table_of(const Diff& diff) {
  std::string text;
  std::size_t rows = 0;
  for (const DiffDefinition& definition : diff.definitions) {
    if (!is_told(definition)) continue;
    if (rows++ < kMostRows) text += table_row(definition);
  }
  if (rows == 0) return {};
  text = "\n| definition | kind | change | size | moved | undetermined |\n|---|---|---|---|---|---|\n" + text;
  return rows <= kMostRows ? text : text + fmt::format("\n… and {} more definitions\n", rows - kMostRows);
}

std::string breaking_list(const Diff& diff) {
  if (diff.breaking.empty()) return {};
  std::string text = "\n**Breaking changes**\n\n";
  for (std::size_t i = 0; i < std::min(diff.breaking.size(), kMostRows); ++i) {
    const DiffBreaking& breaking = diff.breaking[i];
    text += fmt::format("- {} ({})\n", line_with_code(breaking.message), markdown_code(fmt::format("{}:{}", breaking.file, breaking.line)));
  }
  return diff.breaking.size() <= kMostRows ? text : text + fmt::format("- … and {} more\n", diff.breaking.size() - kMostRows);
}

// What a definition has to say beyond its row; empty when nothing.
std::string details_of(const DiffDefinition& definition) {
  std::string lines;
  // That a text changed which means the same is said by its row.
  const bool is_said = definition.status == DiffStatus::kTextOnly && definition.causes.size() == 1;
  if (is_said && meaning_lines(definition, "`").empty() && movement_lines(definition, "`").empty()) return {};
  for (const DiffCause& cause : definition.causes) lines += fmt::format("- through {}\n", line_with_code(cause_line(cause, "`")));
  for (const std::string& line : meaning_lines(definition, "`")) lines += fmt::format("- {}\n", line_with_code(line));
  for (const std::string& line : movement_lines(definition, "`")) lines += fmt::format("- {}\n", line_with_code(line));
  for (const DiffExample& example : definition.examples) {
    if (!example.test.empty())
      lines +=
          fmt::format("\n{}", markdown_block("segue", std::string_view(example.test).substr(0, example.test.find_last_not_of('\n') + 1)));
  }
  if (lines.empty()) return {};
  const std::string name = markdown_text(definition.name);
  return fmt::format("\n<details><summary>{}: {}</summary>\n\n{}\n</details>\n", name, status_words(definition), lines);
}

std::string settings_of(const Diff& diff) {
  if (diff.settings.empty()) return {};
  std::string lines;
  for (std::size_t i = 0; i < std::min(diff.settings.size(), kMostRows); ++i)
    lines += fmt::format("- {}: {}\n", markdown_code(diff.settings[i].name), line_with_code(diff.settings[i].detail));
  return fmt::format("\n<details><summary>Schema and project: {} changes</summary>\n\n{}\n</details>\n", diff.settings.size(), lines);
}

}  // namespace

std::string diff_markdown(const Diff& diff, const DiffVerdict& verdict) {
  std::string text = summary_line(diff);
  for (const std::string& failed : verdict.failed) text += fmt::format("\nFails on {}.\n", markdown_code(failed));
  text += breaking_list(diff) + table_of(diff);
  for (const std::string& note : diff.notes) text += fmt::format("\n_{}_\n", line_with_code(note));
  text += settings_of(diff);
  std::size_t left_out = 0;
  for (const DiffDefinition& definition : diff.definitions) {
    if (!is_told(definition)) continue;
    const std::string details = details_of(definition);
    if (text.size() + details.size() + kRoomForEnd > kMostCharacters) ++left_out;
    else text += details;
  }
  if (left_out != 0) text += fmt::format("\n… the details of {} more definitions are left out; `segue diff` shows them\n", left_out);
  return text;
}

}  // namespace segue::command
