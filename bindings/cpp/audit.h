// This file's external interface is `audit`: how often accounts of each protected value are selected. `docs/assess.md`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"

namespace segue {

// Values of fewer accounts than this are marked: their rates say little.
inline constexpr std::uint64_t kSmallGroup = 30;
// A rate below this part of the highest one is flagged: the four-fifths rule of the Uniform Guidelines on Employee Selection Procedures (EEOC, 1978),
// 29 CFR 1607.4 D.
inline constexpr double kFourFifths = 0.8;

// The accounts with one value of a protected column.
struct AuditGroup {
  std::optional<std::string> value;  // nothing: those whose value is missing
  std::uint64_t accounts = 0;
  std::uint64_t selected = 0;
  double rate = 0;              // selected out of accounts
  std::optional<double> ratio;  // to the highest rate; nothing where nobody is selected at all
  bool is_small = false;
  bool is_flagged = false;
};

// One column against one selection: the members of a segment, the accounts with a row in an audience, those with one value of tiers or their like.
struct AuditTable {
  std::size_t definition = 0;          // index into OpenedProject::definitions
  std::optional<std::uint32_t> value;  // index into DefinitionInfo::values
  std::string column;
  std::vector<AuditGroup> groups;  // in the order of the column's values, texts by code point; the missing last
};

struct Audit {
  std::vector<AuditTable> tables;
  std::vector<Diagnostic> diagnostics;  // notes on columns and definitions that are left out
};

// The definitions of an evaluation with EvaluateOptions::audits against each `class: protected` column of the account. Suppressed accounts count.
[[nodiscard]] Audit audit(const OpenedProject& project, const Evaluation& evaluation);

}  // namespace segue
