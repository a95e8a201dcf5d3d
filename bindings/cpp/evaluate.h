// This file's external interface is `evaluate`: the definitions of a project over its tables, and what came of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/cpp/failure.h"
#include "bindings/cpp/output.h"
#include "bindings/cpp/project.h"
#include "runtime/bitmap.h"

namespace segue {

enum class Engine : std::uint8_t {
  kNative,       // compiled to machine code
  kInterpreter,  // the reference: row by row, slow; gives the same answers
};

enum class OnBadRow : std::uint8_t { kFail, kSkip };

// How far a long piece of work is. `total` is 0 where it is not known.
struct Progress {
  std::string step;  // for people: `reading contacts`
  std::uint64_t done = 0, total = 0;
};

struct HeldTables;

// What reading tables needs to know.
struct DataOptions {
  std::int64_t clock = 0;          // `now`, of parse_clock or current_clock
  std::vector<NamedText> sources;  // files to read instead of the project's, by table; relative to the current folder
  OnBadRow on_bad_row = OnBadRow::kFail;
  unsigned threads = 1;
  std::function<void(const Progress&)> progress;  // called now and then, by any thread but never by two at once
  const std::atomic<bool>* cancel = nullptr;      // set from outside: the work ends with kCancelled
  // Of prepare.h. Tables that are held or prepared serve instead of the sources where they are what reading would give; else the sources are read.
  bool uses_prepared = true;
  std::optional<std::string> prepared_folder = {};  // relative to the current folder; nothing: `.segue/prepared` in the project's
  std::shared_ptr<const HeldTables> held = {};
};

struct EvaluateOptions {
  DataOptions data;
  std::vector<std::string> names;  // the definitions asked for; none: all
  Engine engine = Engine::kNative;
  std::optional<std::string> previous = std::nullopt;  // an earlier output, relative to the current folder: who has moved since
  Profile* profile = nullptr;                          // of profile.h: what the evaluation cost is added; asking costs some
  bool audits = false;                                 // `audit` is asked next: the protected columns are read too
  // Bytes that the tables and their answers may take; 0: all are kept in memory, whatever they take. Where they would take more, tables are read in parts, and answers are
  // not kept: there are totals, and the files of `out`, but no members, scores, audit and assessment.
  std::uint64_t memory = 0;
  bool must_keep_memory = false;                    // where neither will do, the evaluation fails; false: all are kept in memory then
  bool keeps_answers = false;                       // they are asked for next: tables are not read in parts
  std::optional<OutputRequest> out = std::nullopt;  // `write_output` is asked next
  std::size_t accounts_of_part = 0;                 // for tests: reads tables in parts of so many accounts
};

// The numbers of a score over all accounts; nothing in an evaluation without accounts.
struct ScoreSummary {
  double min = 0, max = 0;
  double mean = 0;  // the double nearest to the exact sum divided by the count; NaN where infinities of both signs meet
};

// Accounts that had one value of tiers, stages, a grid, a split or a score in an earlier output, and have another one now.
struct Move {
  std::optional<std::string> from, to;  // nothing where the account had, or has, no value
  std::uint64_t size = 0;
};

// How an answer differs from an earlier output.
struct Movement {
  std::uint64_t entered = 0, left = 0;  // accounts of a segment, rows of an audience
  std::vector<Move> moved;              // of the others, in the order of their values; of a score the largest moves only
  std::uint64_t accounts = 0;           // whose answer differs, or one of whose rows entered or left
};

struct DefinitionOutcome {
  std::size_t definition = 0;              // index into OpenedProject::definitions
  std::uint64_t size = 0;                  // members of a segment, rows of an audience, accounts with a value; not of a score
  std::uint64_t accounts = 0;              // of an audience: those with at least one row in it; else like `size`
  double share = 0;                        // `accounts` divided by all accounts; 0 without accounts
  std::uint64_t undetermined = 0;          // accounts, or rows of an audience, for which three-valued evaluation gives unknown
  std::uint64_t suppressed = 0;            // of `size`: those whose account is on a suppress list, which no output holds
  std::vector<std::uint64_t> value_sizes;  // accounts by index into DefinitionInfo::values
  std::uint64_t without_value = 0;         // accounts that have none of the values
  std::optional<ScoreSummary> score;
  std::optional<Movement> movement;  // since EvaluateOptions::previous, where that holds the definition
};

struct ExpectationOutcome {
  std::string definition;
  std::string text;  // as written, without `expect`
  bool holds = false;
  bool is_evaluated = true;  // `moved` without an earlier output says nothing: then `holds` is true
  Location location;
  std::string found;  // for people: what there is, `12 of 50 accounts, 24 %`
};

// What one list of the project's `suppress` did.
struct SuppressListSummary {
  std::string path;             // as the project file writes it
  std::string by;               // the account's column that it goes by
  std::uint64_t values = 0;     // different ones in the file
  std::uint64_t unmatched = 0;  // of them: those that no account has
  std::uint64_t accounts = 0;   // that it lists
};

// The accounts that nothing exported holds.
struct SuppressedSummary {
  std::uint64_t accounts = 0;
  std::vector<SuppressListSummary> lists;
};

struct Answers;
class OutputFiles;

struct Evaluation {
  std::int64_t clock = 0;
  std::uint64_t accounts = 0;                  // those that exist at the clock
  std::vector<DefinitionOutcome> definitions;  // those asked for, by file, then line
  std::vector<ExpectationOutcome> expectations;
  std::optional<SuppressedSummary> suppressed;  // where the project has lists
  std::vector<TableSummary> tables;             // those that were read
  std::vector<Diagnostic> diagnostics;  // about the data: bad rows that were skipped, values read as missing; and about an earlier output
  std::shared_ptr<const Answers> answers;  // null where they were not kept
  std::shared_ptr<OutputFiles> files;      // those of EvaluateOptions::out, written already, where answers were not kept

  [[nodiscard]] bool all_expectations_hold() const {
    for (const ExpectationOutcome& expectation : expectations) {
      if (!expectation.holds) return false;
    }
    return true;
  }
};

// Reads the columns that the definitions asked for need, and evaluates those definitions. A Failure of kRules: the project has errors, rows are
// bad under kFail, or a file is not what it claims to be, the earlier output included. kCall: an unknown definition or table. The outcome depends on the rules, the data, the params and the
// clock only, never on threads or engine.
[[nodiscard]] std::expected<Evaluation, Failure> evaluate(const OpenedProject& project, const EvaluateOptions& options);

// Below, answers were kept.

// The members of outcome number `outcome`: of a segment one bit an account, in the order of the account table; of an audience one bit a row of its
// related table. Empty for the others.
[[nodiscard]] const Bitmap& members(const Evaluation& evaluation, std::size_t outcome);
// The score of each account; empty for the others.
[[nodiscard]] std::span<const double> scores(const Evaluation& evaluation, std::size_t outcome);
// The value of each account as an index into DefinitionInfo::values, -1 where it has none; empty for the others.
[[nodiscard]] std::span<const std::int32_t> value_indices(const Evaluation& evaluation, std::size_t outcome);
// The key of the account in a row, as text.
[[nodiscard]] std::string account_key(const Evaluation& evaluation, std::uint32_t row);

// What reading all tables, all columns, and evaluating all definitions says about the data (`segue check --data`).
struct DataCheck {
  std::uint64_t accounts = 0;
  std::vector<TableSummary> tables;
  std::vector<DefinitionOutcome> definitions;  // empty when bad rows ended the check
  // The project's warnings, those about values that may be missing with a note on how many accounts they decide; bad rows (errors under
  // kFail); orphans; and each segment with undetermined accounts.
  std::vector<Diagnostic> diagnostics;
};

// `options.names` is not looked at: all definitions are evaluated.
[[nodiscard]] std::expected<DataCheck, Failure> check_data(const OpenedProject& project, const EvaluateOptions& options);

}  // namespace segue
