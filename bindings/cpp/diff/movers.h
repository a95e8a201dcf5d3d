// This file's external interface is `find_movers`: what two versions of a project mean on the data: sizes, who enters and leaves, and which clause decided.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/output.h"

namespace segue {

struct ComparedVersions;

enum class MoveChange : std::uint8_t {
  kEntered,  // is in a segment, or a row in an audience, that it was not in
  kLeft,
  kMoved,  // has another value of tiers, stages, a grid or a split, or has one, or none, now
  kRose,   // of a score
  kFell,
};
[[nodiscard]] std::string_view move_change_word(MoveChange change);  // `entered` …

// One account, or row of an audience, that a definition answers differently.
struct MovedAccount {
  std::string account;  // its key
  std::string row;      // of an audience: the row's key; empty where its table has none
  MoveChange change{};
  std::string from, to;  // values, or numbers of a score; empty for none, and where `change` says all
};

// How the numbers of a score changed, over the accounts of both versions; accounts whose number is the same count with 0.
struct ScoreChange {
  double min = 0, median = 0, mean = 0, max = 0;  // of `to - from`
  std::uint64_t rose = 0, fell = 0, same = 0;
  // Ten equal steps from `low` to `high`, of the accounts that changed: empty where none did, or where a change is no finite number.
  double low = 0, high = 0;
  std::vector<std::uint64_t> histogram;
};

// Why accounts moved: one clause, or several that only together make the difference.
struct MoveReason {
  enum class Kind : std::uint8_t {
    kBecame,     // a clause stands in place of another one
    kAdded,      // a clause that was not there
    kRemoved,    // a clause that is gone
    kRedefined,  // the same text, of which a list, a param, a column or a definition means something else
    kMissing,    // the answer is undetermined: `missing` has no value there, and stands in what decides in head
    kSeveral,    // no clause alone: `clauses` together
    kOther,      // of a score: terms that others outweigh; of `top`, `percentile`: other accounts moved
  };
  struct Clause {
    Kind kind{};
    std::string before, after;  // as written; one of them is empty for kAdded, kRemoved
    std::string detail;         // for people: what the same text meant and means, `200 → 500`; usually empty
    std::string definition;     // in whose text it stands, where that is another one than the one compared
    std::string file;           // of the clause, in head, or in base where it is gone
    std::uint32_t line = 0;
  };
  Kind kind{};
  std::vector<std::string> missing;  // of kMissing: what it compares, as written: `employees`
  std::vector<Clause> clauses;       // one; several for kSeveral; none for kOther
  MoveChange change{};
  std::optional<std::string> from, to;  // of definitions with values: the move that it is about
  std::uint64_t size = 0;               // accounts, or rows, that moved for it
  std::string account;                  // one of them, by its key; of an audience its row is `row`
  std::string row;
  std::vector<NamedText> values;  // what the clauses read there: `employees` and `250`
};

// One definition on the data. Accounts that a `suppress` list of the head version holds are left out of all that names or counts movers, as of `--previous`.
struct DefinitionMovement {
  std::optional<DefinitionOutcome> before,
      after;                            // sizes, values, undetermined; of the version that has the definition. `movement` is not filled
  std::uint64_t entered = 0, left = 0;  // accounts of a segment, rows of an audience
  // Of those, which head answers undetermined: they rest on a missing value. Nothing where it was not asked, as of `reasons`.
  std::optional<std::uint64_t> entered_undetermined, left_undetermined;
  std::uint64_t entered_suppressed = 0, left_suppressed = 0;  // beside those: suppressed now, so that only sizes count them
  std::uint64_t moved = 0;  // accounts, or rows, that `first` is about: entered + left, those with another value, those with another number
  std::vector<Move>
      matrix;  // of definitions with values: the moves in the order of the values, base's then what is new in head; and who stayed, `from` = `to`
  std::vector<MovedAccount>
      first;  // the first ten that entered and the first ten that left, or the first ten that moved, in the order of the account table
  std::optional<ScoreChange> score;  // of a score that both versions have
  std::vector<MoveReason> reasons;   // the largest first; not of definitions that were added or removed
  bool has_all_reasons = true;       // false: the definition has too many clauses, or too many definitions moved, to ask of each
  std::string lacking;               // why nothing is said: the data lack a column, …; all else is empty then
};

// What is said of both versions' data as a whole.
struct DiffData {
  std::int64_t clock = 0;
  std::uint64_t accounts_before = 0,
                accounts_after = 0;  // that exist at the clock; they differ only where the versions read the tables differently
  std::uint64_t suppressed_before = 0, suppressed_after = 0;
  std::uint64_t newly_suppressed = 0,
                no_longer_suppressed = 0;  // accounts that the lists of one version hold and those of the other do not
  std::vector<TableSummary> tables;        // that were read, by head's schema
  bool is_one_pass = true;                 // both versions ran in one pass; false: some definitions by themselves
};

struct KeptMovers;

// Rows that have one of the values that head's schema takes out of an enum.
struct LostValueRows {
  std::string column;               // `account.stage`
  std::vector<std::string> values;  // that only base has
  std::uint64_t rows = 0, all = 0;  // that have one; of the table
};

struct FoundMovers {
  DiffData data;
  std::vector<std::optional<DefinitionMovement>> movements;  // by ComparedVersions::pairs; nothing where it was not asked for
  std::vector<LostValueRows> lost_values;                    // of MoversOptions::lost_values, those that could be counted
  std::vector<Diagnostic> diagnostics;                       // about the data, of the joined (or head's) sources
  std::shared_ptr<const KeptMovers> kept;                    // of `write_movers`
};

struct MoversOptions {
  DataOptions data;
  Engine engine = Engine::kNative;
  // By pair: whether it is asked for. Empty: all. A pair of which both sides are known to mean the same needs not be asked for: it costs nothing to leave it out.
  std::vector<bool> asked;
  // By pair: both are known to be equal: only its size is told.
  std::vector<bool> is_equal;
  std::vector<LostValueRows> lost_values;  // to be counted
  bool explains = true;                    // `reasons` are filled
};

// A Failure where the data cannot be read or are bad, as of `evaluate`.
[[nodiscard]] std::expected<FoundMovers, Failure> find_movers(const ComparedVersions& versions, const MoversOptions& options);

// All movers, a row each: the account's key, `definition`, `row` (where an audience moved), `change`, `from`, `to`; by definition, then in the order of the account
// table. `.csv`, `.parquet` and `.arrow`, written beside and renamed when whole.
[[nodiscard]] std::expected<WrittenOutput, Failure> write_movers(const ComparedVersions& versions, const FoundMovers& found,
                                                                 std::string_view path, const OutputOptions& options);

}  // namespace segue
