// A difference in words.
#include "tools/segue/diff_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

constexpr std::size_t kMostReasons = 5;
constexpr std::size_t kMostAddedValues = 10;

std::string marked(std::string_view mark, std::string_view text) { return fmt::format("{}{}{}", mark, text, mark); }

std::string joined_texts(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

std::string_view status_text(DiffStatus status) { return status == DiffStatus::kTextOnly ? "text only" : word_of(status); }

bool is_of_members(const DiffDefinition& definition) {
  return definition.kind == ResultKind::kSegment || definition.kind == ResultKind::kAudience;
}

std::string signed_number(double value) { return fmt::format("{}{}", value > 0 ? "+" : "", value); }

std::string clause_words(const MoveReason::Clause& clause, std::string_view mark) {
  const std::string detail = clause.detail.empty() ? "" : fmt::format(" ({})", clause.detail);
  switch (clause.kind) {
    case MoveReason::Kind::kBecame: return fmt::format("{} became {}{}", marked(mark, clause.before), marked(mark, clause.after), detail);
    case MoveReason::Kind::kAdded: return fmt::format("{} was added{}", marked(mark, clause.after), detail);
    case MoveReason::Kind::kRemoved: return fmt::format("{} was taken out{}", marked(mark, clause.before), detail);
    case MoveReason::Kind::kRedefined:
      return fmt::format("{} means something else{}", marked(mark, clause.after.empty() ? clause.before : clause.after), detail);
    case MoveReason::Kind::kMissing:
    case MoveReason::Kind::kSeveral:
    case MoveReason::Kind::kOther: break;
  }
  return "";
}

std::string reason_words(const MoveReason& reason, std::string_view mark) {
  if (reason.clauses.empty()) return "of what other accounts, or other terms, do";
  std::vector<std::string> clauses;
  if (reason.kind == MoveReason::Kind::kMissing) {
    for (const std::string& name : reason.missing) clauses.push_back(marked(mark, name));
    return fmt::format("{} {} missing", joined_texts(clauses, " and "), clauses.size() == 1 ? "is" : "are");
  }
  for (const MoveReason::Clause& clause : reason.clauses) {
    std::string words = clause_words(clause, mark);
    if (!clause.definition.empty()) words += fmt::format(" in {}", marked(mark, clause.definition));
    clauses.push_back(std::move(words));
  }
  return joined_texts(clauses, " and ");
}

std::uint64_t all_of(const DiffDefinition& definition, const MoveReason& reason) {
  if (reason.change == MoveChange::kEntered) return definition.movement->entered;
  if (reason.change == MoveChange::kLeft) return definition.movement->left;
  return definition.movement->moved;
}

// `113 of 120 left because `employees >= 200` became `employees >= 500`; for instance A00012: employees 350`.
std::string reason_line(const DiffDefinition& definition, const MoveReason& reason, std::string_view mark) {
  std::string line = fmt::format("{} of {} {}", grouped(reason.size), grouped(all_of(definition, reason)), move_change_word(reason.change));
  if (reason.from || reason.to) line += fmt::format(" from {} to {}", reason.from.value_or("none"), reason.to.value_or("none"));
  line += fmt::format(" because {}", reason_words(reason, mark));
  if (reason.account.empty()) return line;
  line += fmt::format("; for instance {}", reason.account);
  std::vector<std::string> values;
  for (const NamedText& value : reason.values) values.push_back(fmt::format("{} {}", value.name, value.text));
  return values.empty() ? line : fmt::format("{}: {}", line, joined_texts(values, ", "));
}

std::string mover_words(const MovedAccount& mover) {
  const std::string key = mover.row.empty() ? mover.account : fmt::format("{} ({})", mover.row, mover.account);
  const bool says_values = !mover.from.empty() || !mover.to.empty();
  return says_values ? fmt::format("{} ({} → {})", key, mover.from.empty() ? "none" : mover.from, mover.to.empty() ? "none" : mover.to)
                     : key;
}

void add_first(const DefinitionMovement& movement, MoveChange change, std::uint64_t count, std::vector<std::string>& lines) {
  std::vector<std::string> keys;
  for (const MovedAccount& mover : movement.first) {
    if (mover.change == change) keys.push_back(mover_words(mover));
  }
  if (keys.empty()) return;
  lines.push_back(
      fmt::format("{} {}: {}{}", grouped(count), move_change_word(change), joined_texts(keys, ", "), keys.size() < count ? ", …" : ""));
}

void add_score(const ScoreChange& score, std::vector<std::string>& lines) {
  if (score.rose + score.fell == 0) return;
  lines.push_back(fmt::format("{} rose, {} fell, {} the same; the change is {} to {}, median {}, mean {}", grouped(score.rose),
                              grouped(score.fell), grouped(score.same), signed_number(score.min), signed_number(score.max),
                              signed_number(score.median), signed_number(score.mean)));
  const std::uint64_t most = score.histogram.empty() ? 0 : *std::ranges::max_element(score.histogram);
  if (most == 0) return;
  std::string bars;
  static constexpr std::array<const char*, 9> kBars = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  for (const std::uint64_t count : score.histogram) bars += kBars[count == 0 ? 0 : 1 + (count * 7) / most];
  lines.push_back(fmt::format("{} {} {}", signed_number(score.low), bars, signed_number(score.high)));
}

std::string status_paint(DiffStatus status) {
  switch (status) {
    case DiffStatus::kUnchanged: return "2";
    case DiffStatus::kTextOnly: return "32";
    case DiffStatus::kRemoved: return "31";
    case DiffStatus::kAdded: return "36";
    default: return "33";
  }
}

std::string_view status_sign(DiffStatus status) {
  switch (status) {
    case DiffStatus::kUnchanged: return " ";
    case DiffStatus::kTextOnly: return "=";
    case DiffStatus::kWider: return ">";
    case DiffStatus::kNarrower: return "<";
    case DiffStatus::kUnknown: return "?";
    case DiffStatus::kAdded: return "+";
    case DiffStatus::kRemoved: return "-";
    case DiffStatus::kChanged: return "~";
  }
  return " ";
}

std::string definition_text(const DiffDefinition& definition, const Style& style) {
  std::string head = fmt::format("{} {}", status_sign(definition.status), definition.name);
  if (!definition.base_name.empty()) head += fmt::format(" (was {})", definition.base_name);
  std::string text = fmt::format("{}  {}: {}", painted(style, status_paint(definition.status), head), kind_name(definition.kind),
                                 status_words(definition));
  for (const std::string& part : {size_change(definition), member_change(definition)}) {
    if (!part.empty()) text += "  " + part;
  }
  text += fmt::format("  {}\n", painted(style, "2", fmt::format("{}:{}", definition.file, definition.line)));
  const auto add = [&](std::string_view sign, const std::string& line) { text += fmt::format("    {} {}\n", sign, printable(line)); };
  for (const DiffCause& cause : definition.causes) add("through", cause_line(cause, "`"));
  for (const std::string& line : meaning_lines(definition, "`")) add("-", line);
  if (const std::string undetermined = undetermined_change(definition); !undetermined.empty())
    add("-", fmt::format("undetermined: {}", undetermined));
  for (const std::string& line : movement_lines(definition, "`")) add("-", line);
  return text;
}

// For terminals that show ASCII alone.
std::string in_ascii(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> kPlain[] = {{"→", "->"}, {"−", "-"}, {"…", "..."}, {"–", "-"}, {"·", "_"},
                                                                             {"▁", "1"},  {"▂", "2"}, {"▃", "3"},   {"▄", "4"}, {"▅", "5"},
                                                                             {"▆", "6"},  {"▇", "7"}, {"█", "8"}};
  for (const auto& [letter, plain] : kPlain) {
    for (std::size_t at = text.find(letter); at != std::string::npos; at = text.find(letter, at + plain.size()))
      text.replace(at, letter.size(), plain);
  }
  return text;
}

bool is_shown(const DiffDefinition& definition) {
  return definition.status != DiffStatus::kUnchanged || (definition.movement && definition.movement->moved > 0);
}

std::string breaking_text(const Diff& diff, const Style& style) {
  if (diff.breaking.empty()) return {};
  std::string text = painted(style, "1;31", "Breaking changes") + "\n";
  for (const DiffBreaking& breaking : diff.breaking)
    text += fmt::format("  ! {}  {}\n", breaking.message, painted(style, "2", fmt::format("{}:{}", breaking.file, breaking.line)));
  return text + "\n";
}

std::string settings_text(const Diff& diff, const Style& style) {
  if (diff.settings.empty()) return {};
  std::string text = painted(style, "1", "Schema and project") + "\n";
  for (const DiffSetting& setting : diff.settings) text += fmt::format("  ~ {}: {}\n", setting.name, setting.detail);
  return text + "\n";
}

std::string suppressed_text(const DiffData& data) {
  if (data.newly_suppressed + data.no_longer_suppressed == 0) return {};
  return fmt::format("Suppressed: {} newly, {} no longer\n", grouped(data.newly_suppressed), grouped(data.no_longer_suppressed));
}

}  // namespace

std::string diff_counts(const Diff& diff) {
  std::vector<std::string> parts;
  for (const DiffStatus status : {DiffStatus::kRemoved, DiffStatus::kAdded, DiffStatus::kChanged, DiffStatus::kWider, DiffStatus::kNarrower,
                                  DiffStatus::kUnknown, DiffStatus::kTextOnly, DiffStatus::kUnchanged}) {
    const auto count = std::ranges::count(diff.definitions, status, &DiffDefinition::status);
    if (count != 0) parts.push_back(fmt::format("{} {}", count, status_text(status)));
  }
  if (!diff.breaking.empty()) parts.insert(parts.begin(), fmt::format("{} breaking", diff.breaking.size()));
  return parts.empty() ? "no definitions" : joined_texts(parts, ", ");
}

std::string diff_movement_counts(const Diff& diff) {
  if (!diff.data) return {};
  std::uint64_t entered = 0, left = 0, moved = 0;
  for (const DiffDefinition& definition : diff.definitions) {
    if (!definition.movement) continue;
    entered += definition.movement->entered;
    left += definition.movement->left;
    if (!is_of_members(definition)) moved += definition.movement->moved;
  }
  return fmt::format("{} entered, {} left, {} moved", grouped(entered), grouped(left), grouped(moved));
}

std::string status_words(const DiffDefinition& definition) {
  std::vector<std::string> parts;
  for (const DiffTextChange change : definition.text_changes) {
    if (definition.status == DiffStatus::kTextOnly) parts.emplace_back(word_of(change));
  }
  if (definition.status == DiffStatus::kTextOnly && definition.proof == DiffProof::kSolver) parts.emplace_back("proved equal");
  if (definition.status == DiffStatus::kTextOnly && definition.proof == DiffProof::kSamePlan)
    parts.emplace_back("proved equal: the same conditions");
  if (definition.status == DiffStatus::kWider) parts.emplace_back("nobody leaves, proved");
  if (definition.status == DiffStatus::kNarrower) parts.emplace_back("nobody enters, proved");
  std::string text(status_text(definition.status));
  return parts.empty() ? text : fmt::format("{} ({})", text, joined_texts(parts, ", "));
}

std::string cause_line(const DiffCause& cause, std::string_view code_mark) {
  if (cause.kind == DiffCauseKind::kItself) return fmt::format("its own text{}", cause.detail.empty() ? "" : ": " + cause.detail);
  if (cause.kind == DiffCauseKind::kProject) return fmt::format("the project: {}", cause.detail);
  std::string line = fmt::format("{} {}", word_of(cause.kind), marked(code_mark, cause.name));
  if (!cause.chain.empty()) line += fmt::format(" (by way of {})", joined_texts(cause.chain, ", "));
  return cause.detail.empty() ? line : fmt::format("{}: {}", line, cause.detail);
}

// `value `hot` added: no account can have it, which is proved`.
void add_added_values(const DiffDefinition& definition, bool is_empty, std::string_view mark, std::vector<std::string>& lines) {
  std::vector<std::string> names;
  for (const DiffAddedValue& value : definition.added_values) {
    if (value.is_empty == is_empty) names.push_back(marked(mark, value.name));
  }
  if (names.empty()) return;
  const std::size_t count = names.size();
  const std::string more = count <= kMostAddedValues ? "" : fmt::format(" and {} more", count - kMostAddedValues);
  names.resize(std::min(count, kMostAddedValues));
  lines.push_back(fmt::format("value{} {}{} added{}", count == 1 ? "" : "s", joined_texts(names, ", "), more,
                              !is_empty    ? ""
                              : count == 1 ? ": no account can have it (proved)"
                                           : ": no account can have them (proved)"));
}

std::vector<std::string> meaning_lines(const DiffDefinition& definition, std::string_view code_mark) {
  std::vector<std::string> lines;
  for (const bool is_empty : {false, true}) add_added_values(definition, is_empty, code_mark, lines);
  if (!definition.reason.empty()) lines.push_back(definition.reason);
  for (const DiffExample& example : definition.examples) {
    const std::string change = example.to.empty() ? "the answers differ" : fmt::format("{} → {}", example.from, example.to);
    lines.push_back(fmt::format("{} for an account such as {}", change, marked(code_mark, example.account)));
  }
  return lines;
}

// Who moved for want of a value: the size of the segment does not tell.
void add_undetermined_movers(std::optional<std::uint64_t> count, std::uint64_t movers, std::string_view word,
                             std::vector<std::string>& lines) {
  if (count.value_or(0) != 0)
    lines.push_back(fmt::format("{} of {} {} are undetermined: they rest on a missing value", grouped(*count), grouped(movers), word));
}

std::vector<std::string> movement_lines(const DiffDefinition& definition, std::string_view code_mark) {
  std::vector<std::string> lines;
  if (!definition.movement) return lines;
  const DefinitionMovement& movement = *definition.movement;
  if (!movement.lacking.empty()) return {fmt::format("on the data: {}", movement.lacking)};
  for (const Move& move : movement.matrix) {
    if (move.from != move.to)
      lines.push_back(fmt::format("{} → {}: {}", move.from.value_or("none"), move.to.value_or("none"), grouped(move.size)));
  }
  if (movement.score) add_score(*movement.score, lines);
  add_first(movement, MoveChange::kEntered, movement.entered, lines);
  add_first(movement, MoveChange::kLeft, movement.left, lines);
  add_first(movement, MoveChange::kMoved, movement.moved, lines);
  add_undetermined_movers(movement.entered_undetermined, movement.entered, "entered", lines);
  add_undetermined_movers(movement.left_undetermined, movement.left, "left", lines);
  for (std::size_t i = 0; i < std::min(movement.reasons.size(), kMostReasons); ++i)
    lines.push_back(reason_line(definition, movement.reasons[i], code_mark));
  if (movement.reasons.size() > kMostReasons) lines.push_back(fmt::format("… and {} more reasons", movement.reasons.size() - kMostReasons));
  return lines;
}

std::string size_change(const DiffDefinition& definition) {
  if (!definition.movement || !is_of_members(definition)) return {};
  const auto size = [](const std::optional<DefinitionOutcome>& outcome) { return outcome ? grouped(outcome->size) : std::string("–"); };
  if (!definition.movement->before && !definition.movement->after) return {};
  return fmt::format("{} → {}", size(definition.movement->before), size(definition.movement->after));
}

std::string member_change(const DiffDefinition& definition) {
  if (!definition.movement) return {};
  const DefinitionMovement& movement = *definition.movement;
  if (is_of_members(definition)) {
    const std::uint64_t suppressed = movement.entered_suppressed + movement.left_suppressed;
    if (movement.entered + movement.left + suppressed == 0) return {};
    const std::string change = fmt::format("+{} −{}", grouped(movement.entered), grouped(movement.left));
    return suppressed == 0 ? change : fmt::format("{}, {} suppressed", change, grouped(suppressed));
  }
  return movement.moved == 0 ? std::string() : fmt::format("{} moved", grouped(movement.moved));
}

std::string undetermined_change(const DiffDefinition& definition) {
  if (!definition.movement || !definition.movement->before || !definition.movement->after) return {};
  const std::uint64_t before = definition.movement->before->undetermined;
  const std::uint64_t after = definition.movement->after->undetermined;
  return before == after ? std::string() : fmt::format("{} → {}", grouped(before), grouped(after));
}

std::string side_words(const DiffSide& side) {
  std::string words = side.label;
  if (!side.commit.empty() && !side.commit.starts_with(side.label)) words += fmt::format(" ({})", side.commit.substr(0, 8));
  return side.exists ? words : words + ", which has no such project";
}

std::string diff_text(const Diff& diff, const Style& style) {
  std::string text = fmt::format("{} → {}\n", side_words(diff.base), side_words(diff.head));
  for (const std::string& note : diff.notes) text += fmt::format("note: {}\n", note);
  text += "\n";
  text += breaking_text(diff, style) + settings_text(diff, style);
  bool any = false;
  for (const DiffDefinition& definition : diff.definitions) {
    if (!is_shown(definition)) continue;
    text += definition_text(definition, style);
    any = true;
  }
  if (any) text += "\n";
  if (diff.data) text += suppressed_text(*diff.data);
  for (const std::string& path : diff.written) text += fmt::format("wrote {}\n", path);
  const std::string moved = diff_movement_counts(diff);
  text += fmt::format("{}{}\n", diff_counts(diff), moved.empty() ? "" : "; " + moved);
  return style.is_unicode ? text : in_ascii(std::move(text));
}

}  // namespace segue::command
