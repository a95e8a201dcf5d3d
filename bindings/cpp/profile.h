// This file's external interface is Profile: what the phases of a run cost, and which conditions cost most. `docs/profile.md`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/stopwatch.h"

namespace segue {

enum class Phase : std::uint8_t { kParse, kCheck, kPlan, kCompile, kRead, kEvaluate, kWrite };
inline constexpr std::size_t kPhaseCount = 7;

// `parse`, `check` …
[[nodiscard]] std::string_view phase_name(Phase phase);

// A condition or a value that rules ask for, with all that is equal to it in other definitions.
struct ConditionCost {
  std::string text;  // as written where it stands first, on one line
  std::string file;  // relative to the project's folder
  std::uint32_t line = 0;
  double processor_seconds = 0;
  std::vector<std::string> definitions;  // asked for, that need it; by file, then line
};

struct ProfileDetail;

// Give one to OpenOptions, EvaluateOptions and OutputOptions, and each adds its part.
struct Profile {
  static constexpr std::size_t kDearest = 10;

  std::array<Times, kPhaseCount> phases{};  // by Phase
  bool reads_while_evaluating = false;      // tables come in parts: reading is in kEvaluate
  bool is_interpreted = false;              // nothing was planned or compiled, and no condition has a cost of its own

  std::uint64_t files = 0, file_bytes = 0, rows = 0;  // of tables
  std::optional<std::uint64_t> bytes_read;  // through the system's calls, while tables were read and evaluated; not of mapped files

  std::uint64_t conditions_written = 0, conditions_evaluated = 0;           // before sharing, and different ones after it
  std::uint64_t code_in_memory = 0, code_in_folder = 0, code_compiled = 0;  // pieces of machine code, by where they came from
  std::string code_distrust;                                                // why the folder of kept code is not used; empty when it is
  double condition_seconds = 0, combining_seconds = 0;  // of the processor: all conditions and values; `and`, `or`, `not`
  std::vector<ConditionCost> dearest;                   // kDearest at most, the dearest first

  std::uint64_t peak_memory = 0;  // bytes, of the whole process so far
  Times total;                    // since the Profile was made, up to the last part
  Stopwatch watch;
  std::shared_ptr<ProfileDetail> detail;  // private to the library
};

// Adds what lies between its making and its end to a phase; null: does nothing.
class PhaseTimer {
 public:
  PhaseTimer(Profile* profile, Phase phase) : profile_(profile), phase_(phase) {}
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;
  ~PhaseTimer();

 private:
  Profile* profile_;
  Phase phase_;
  Stopwatch watch_;
};

}  // namespace segue
