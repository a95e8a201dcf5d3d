// This file's external interface is the table of the command's verbs and options, which reading a call and its help are driven by.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "tools/segue/arguments.h"

namespace segue::command {

struct VerbInfo {
  std::string_view name;
  std::optional<Verb> verb;  // nothing: a later version has it
  std::string_view usage;    // what stands after the name
  std::string_view summary;  // one line
  std::string_view about;    // further lines of its help
  std::string_view examples;
};

enum class OptionId : std::uint8_t {
  kAsOf,
  kParam,
  kSource,
  kOnBadRow,
  kExpect,
  kThreads,
  kMemory,
  kEngine,
  kQuiet,
  kFormat,
  kColor,
  kOut,
  kLayout,
  kPrevious,
  kAudit,
  kAssess,
  kHistory,
  kFollow,
  kMembers,
  kNearly,
  kWhyNot,
  kProfile,
  kCheck,
  kData,
  kStrict,
  kCoverage,
  kNoData,
  kNew,
  kDialect,
  kTable,
  kFrom,
  kAccount,
  kVerify,
  kPrepared,
  kAll,
  kLimit,
  kFailOn,
  kProject,
  kOwners,
};

struct OptionInfo {
  OptionId id;
  std::string_view flag;   // `--as-of`
  std::string_view value;  // what its value is called in help; empty for a flag without
  std::string_view help;
  unsigned verbs;  // bits 1 << Verb
  bool is_repeatable = false;
  bool is_later = false;  // a later version has it
  int words = 1;          // that its value takes
};

[[nodiscard]] std::span<const VerbInfo> verbs();
[[nodiscard]] std::span<const OptionInfo> options();
[[nodiscard]] inline bool takes(const OptionInfo& option, Verb verb) { return (option.verbs >> static_cast<unsigned>(verb) & 1) != 0; }

// The help of the command, and that of one verb.
[[nodiscard]] std::string help_text();
[[nodiscard]] std::string help_text(const VerbInfo& verb);

}  // namespace segue::command
