// A profile as tables, and as JSON.
#include "tools/segue/profile_text.h"

#include <fmt/format.h>

#include "tools/segue/json.h"
#include "tools/segue/run_text.h"
#include "tools/segue/text_table.h"

namespace segue::command {
namespace {

std::string seconds_text(double seconds) { return fmt::format("{:.3f}", seconds); }

// `512 bytes`, `3.4 MB`.
std::string bytes_text(std::uint64_t bytes) {
  constexpr double kStep = 1000;
  constexpr std::array<const char*, 4> kUnits{"kB", "MB", "GB", "TB"};
  if (static_cast<double>(bytes) < kStep) return counted(bytes, "byte");
  double number = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  for (; number >= kStep && unit + 1 < kUnits.size(); ++unit) number /= kStep;
  return fmt::format("{:.1f} {}", number, kUnits[unit]);
}

Times sum_of(const Profile& profile) {
  Times sum;
  for (const Times& phase : profile.phases) sum += phase;
  return sum;
}

std::string shown_phase(const Profile& profile, Phase phase) {
  if (phase == Phase::kEvaluate && profile.reads_while_evaluating) return "read and evaluate";
  return std::string(phase_name(phase));
}

bool is_shown(const Profile& profile, Phase phase) {
  if (phase == Phase::kRead) return !profile.reads_while_evaluating;
  return !profile.is_interpreted || (phase != Phase::kPlan && phase != Phase::kCompile);
}

std::string phases_text(const Profile& profile, const Style& style) {
  TextTable table{.columns = {text_column("phase"), number_column("seconds"), number_column("processor")}, .rows = {}};
  const auto add = [&](const std::string& name, const Times& times) {
    table.rows.push_back({name, seconds_text(times.seconds), seconds_text(times.processor_seconds)});
  };
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (is_shown(profile, Phase(i))) add(shown_phase(profile, Phase(i)), profile.phases[i]);
  }
  add("everything else", profile.total - sum_of(profile));
  add("in all", profile.total);
  return table_text(table, style);
}

std::string code_text(const Profile& profile) {
  std::string text = fmt::format("machine code: {} compiled, {} found in memory, {} in the folder of kept code\n",
                                 counted(profile.code_compiled, "piece"), profile.code_in_memory, profile.code_in_folder);
  if (!profile.code_distrust.empty()) text += fmt::format("kept code is not used: {}\n", printable(profile.code_distrust));
  return text;
}

std::string counts_text(const Profile& profile) {
  std::string text =
      fmt::format("tables: {} in {} of {}", counted(profile.rows, "row"), counted(profile.files, "file"), bytes_text(profile.file_bytes));
  if (profile.bytes_read) text += fmt::format("; {} were read", bytes_text(*profile.bytes_read));
  text += '\n';
  if (!profile.is_interpreted) {
    text += fmt::format("conditions: {} written, {} evaluated after sharing\n", grouped(profile.conditions_written),
                        grouped(profile.conditions_evaluated));
    text += code_text(profile);
  }
  return text + fmt::format("memory: {} at most\n", bytes_text(profile.peak_memory));
}

// `a, b and 4 others`.
std::string users_text(const std::vector<std::string>& definitions) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, definitions.size()); ++i) text += (i == 0 ? "" : ", ") + definitions[i];
  if (definitions.size() > kNamed)
    text += fmt::format(" and {} other{}", definitions.size() - kNamed, definitions.size() == kNamed + 1 ? "" : "s");
  return text;
}

double evaluated_seconds(const Profile& profile) { return profile.condition_seconds + profile.combining_seconds; }

double share_of(const Profile& profile, double seconds) {
  return evaluated_seconds(profile) > 0 ? seconds / evaluated_seconds(profile) : 0;
}

std::string conditions_text(const Profile& profile, const Style& style) {
  if (profile.is_interpreted)
    return "the interpreter goes row by row, without a plan: no condition has a cost of its own; `--engine native` shows them\n";
  if (profile.dearest.empty()) return "";
  TextTable table{.columns = {number_column("milliseconds"), number_column("share"), text_column("condition"), text_column("where"),
                              text_column("needed by")},
                  .rows = {}};
  table.columns[2].can_shrink = true;
  table.columns[4].can_vanish = true;
  const auto add = [&](double seconds, const std::string& text, const std::string& where, const std::string& users) {
    table.rows.push_back({seconds_text(seconds * 1000), percent(share_of(profile, seconds)), text, where, users});
  };
  double others = profile.condition_seconds;
  for (const ConditionCost& cost : profile.dearest) {
    others -= cost.processor_seconds;
    add(cost.processor_seconds, printable(cost.text), fmt::format("{}:{}", printable(cost.file), cost.line), users_text(cost.definitions));
  }
  if (profile.dearest.size() == Profile::kDearest) add(std::max(others, 0.0), "all other conditions", "", "");
  add(profile.combining_seconds, "`and`, `or`, `not`", "", "");
  return table_text(table, style);
}

Json times_json(const Times& times) { return {{"seconds", times.seconds}, {"processor_seconds", times.processor_seconds}}; }

Json phases_json(const Profile& profile) {
  Json phases = Json::object();
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const bool is_known = is_shown(profile, Phase(i));
    phases[std::string(phase_name(Phase(i)))] = is_known ? times_json(profile.phases[i]) : Json(nullptr);
  }
  return phases;
}

Json dearest_json(const Profile& profile) {
  Json conditions = Json::array();
  for (const ConditionCost& cost : profile.dearest) {
    conditions.push_back({{"condition", cost.text},
                          {"file", cost.file},
                          {"line", cost.line},
                          {"processor_seconds", cost.processor_seconds},
                          {"share", share_of(profile, cost.processor_seconds)},
                          {"definitions", cost.definitions}});
  }
  return conditions;
}

}  // namespace

std::string profile_text(const Profile& profile, const Style& style) {
  return fmt::format("{}\n{}\n{}", phases_text(profile, style), counts_text(profile), conditions_text(profile, style));
}

std::string profile_json(const Profile& profile) {
  const Json none(nullptr);
  Json json = {{"version", 1}, {"engine", profile.is_interpreted ? "interpreter" : "native"}, {"total", times_json(profile.total)}};
  json["phases"] = phases_json(profile);
  json["data"] = {{"files", profile.files},
                  {"file_bytes", profile.file_bytes},
                  {"bytes_read", profile.bytes_read ? Json(*profile.bytes_read) : none},
                  {"rows", profile.rows}};
  json["peak_memory"] = profile.peak_memory;
  json["conditions"] =
      profile.is_interpreted ? none : Json{{"written", profile.conditions_written}, {"evaluated", profile.conditions_evaluated}};
  json["code"] =
      profile.is_interpreted
          ? none
          : Json{{"in_memory", profile.code_in_memory}, {"in_folder", profile.code_in_folder}, {"compiled", profile.code_compiled}};
  json["condition_seconds"] = profile.is_interpreted ? none : Json(profile.condition_seconds);
  json["combining_seconds"] = profile.is_interpreted ? none : Json(profile.combining_seconds);
  json["dearest"] = dearest_json(profile);
  return dump(json);
}

}  // namespace segue::command
