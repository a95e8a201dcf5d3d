// This file's external interface is who moved since an earlier output: `read_earlier` and `compare_with_earlier`. Private to this folder.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "runtime/io/read_results.h"

namespace segue {

// What an earlier `--out PATH` wrote. A Failure: kEnvironment where nothing is there, kRules where it is no output of ours for these accounts.
[[nodiscard]] std::expected<EarlierResults, Failure> read_earlier(const CheckedProject& project, const std::string& path);

// What is compared with what. Accounts that are suppressed now are left out on both sides: no output holds them.
struct EarlierComparison {
  const CheckedProject& project;
  const Answered& answered;
  const EarlierResults& earlier;
  const Bitmap& suppressed;
};

// Fills `movement` of the outcomes that the earlier output holds, and gives a note on each of the others.
[[nodiscard]] std::vector<Diagnostic> compare_with_earlier(const EarlierComparison& comparison, std::vector<DefinitionOutcome>& outcomes);

}  // namespace segue
