// This file's external interface is AccountFollower: the answers of all accounts, kept true while rows come, change and go one at a time. A change re-evaluates, for the accounts
// that it can reach, what depends on what has changed, and says what came of it.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/account/program.h"
#include "compiler/account/row_tables.h"
#include "compiler/account/run.h"
#include "compiler/check/program.h"
#include "runtime/results.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

enum class ChangeKind : std::uint8_t { kInsert, kUpdate, kDelete };

// Cells as RowTables keeps them: texts and lists are ids of its pools.
struct CellChange {
  std::uint32_t column = 0;
  std::optional<std::int64_t> value;
};
// The key that a row names in a parent's table.
struct ParentChange {
  std::uint32_t link = 0;  // index into the schema table's parents
  std::optional<std::int64_t> key;
};
struct RowChange {
  std::uint32_t table = 0;
  ChangeKind kind = ChangeKind::kInsert;
  std::optional<std::int64_t> key;  // of the row, in tables that have one
  std::vector<CellChange> cells;    // columns that nothing reads are passed over; the key's own is not among them
  std::vector<ParentChange> parents;
};

// Why a change is not made; the tables are as they were.
enum class ChangeRefusal : std::uint8_t {
  kNoKey,        // the table has no key by which a row could be found
  kKeyMissing,   // a row of a table with a key comes without
  kUnknownRow,   // no row has the key
  kRepeatedKey,  // a row has it already
};

// An answer that is another than it was. Of members 1 or 0; of scores the bits of the double; of codes the enum index, -1 for none.
struct AnswerChange {
  std::uint32_t root = 0;
  std::optional<std::int64_t> row_key;  // of an audience: the row's key, where its table has one
  std::int64_t before = 0, after = 0;
};
struct AccountChange {
  std::int64_t key = 0;
  RowId account = kNoRow;  // kNoRow for one that is gone
  bool is_new = false;
  std::vector<AnswerChange> answers;
};

class AccountFollower {
 public:
  // `program` is borrowed, and so is the clock's zone. The columns that `needed_columns` names have been read. `answers` are those of `roots` over the database, by whichever
  // engine; null: they are made here.
  AccountFollower(const CheckedProgram& program, const KeptColumns& kept, const Database& database, const Clock& clock,
                  const std::vector<DefinitionId>& roots, const Results* answers, ChainWay way = best_chain_way());
  AccountFollower(const AccountFollower&) = delete;
  AccountFollower& operator=(const AccountFollower&) = delete;

  [[nodiscard]] RowTables& tables() { return tables_; }
  [[nodiscard]] const RowTables& tables() const { return tables_; }

  // Forgets texts that nothing holds any more, once they are many. Ids given before mean nothing then: call it before a change's texts are put into the pools.
  void make_room();
  // Makes a change. The accounts whose answers it changed, valid until the next call.
  [[nodiscard]] std::expected<std::span<const AccountChange>, ChangeRefusal> apply(const RowChange& change);
  // The clock is another: everything that depends on it is asked again, of all accounts.
  [[nodiscard]] std::span<const AccountChange> set_clock(const Clock& clock);

  // The answers as they are, by root and row: as AnswerChange has them.
  [[nodiscard]] std::int64_t answer(std::uint32_t root, RowId row) const;
  [[nodiscard]] std::size_t evaluations() const { return evaluations_; }  // accounts that were evaluated so far, for tests

 private:
  // A root whose answers lie by row of its table: an audience, or what a population term needs.
  struct RowAnswers {
    struct Noted {
      RowId row = kNoRow, account = kNoRow;
      std::int64_t account_key = 0;
      std::optional<std::int64_t> row_key;
    };
    std::uint32_t table = 0;
    std::vector<std::uint8_t> bits;    // members, or known
    std::vector<std::int64_t> values;  // of values
    std::vector<std::uint32_t> seen;   // the change in which the row was evaluated last
    std::vector<Noted> noted;          // of the change at hand: rows with an answer under the accounts that it reaches, as they were before
  };
  // `top` and `percentile` are columns behind the schema's.
  struct Term {
    ExprId expr{};
    std::uint32_t among = 0, values = 0;
    bool is_float = false;
    std::uint32_t table = 0, column = 0;
  };
  using Parts = std::map<SourceSet, ProgramPart>;
  // What is asked of all rows before it is asked of each: one level of it.
  struct Level {
    std::unique_ptr<AccountProgram> program;
    std::unique_ptr<AccountRun> run;
    std::vector<Term> terms;
    std::vector<RowAnswers> roots;
    Parts parts;
    std::uint64_t renumberings = 0;
    bool is_dirty = false;
  };
  // Where a root of the definitions has its answers: a bit or a word of the account's, or the rows of an audience.
  struct Store {
    enum class Kind : std::uint8_t { kBit, kScore, kCode, kRows } kind = Kind::kBit;
    std::uint32_t index = 0;
  };

  [[nodiscard]] std::vector<Plan> make_level_plans(PlanOptions& options);
  void lay_out_answers();
  void take_answers(const Results& answers);
  void lay_out_totals();
  [[nodiscard]] static const ProgramPart& part(Parts& parts, const AccountProgram& program, const SourceSet& sources);
  [[nodiscard]] const ProgramPart& answering_part(const SourceSet& sources);
  [[nodiscard]] std::uint32_t* totals_of(RowId account);
  void take_away(const SourceSet& sources);

  void begin_change();
  void find_referenced();
  void reach(std::uint32_t table, RowId row, bool is_read_by_reference);
  void reach_accounts(std::uint32_t from, RowId first);
  void reach_all();
  void note_rows(const SourceSet& sources);
  void note_rows(AccountRun& run, const ProgramPart& part, const std::function<RowAnswers*(std::uint32_t)>& answers_of);

  void evaluate(SourceSet sources);
  void evaluate_level(Level& level, const SourceSet& sources);
  void evaluate_level(Level& level, const ProgramPart& part, RowId account);
  [[nodiscard]] std::vector<RowAnswers::Noted> take_unseen(RowAnswers& answers) const;
  void rank(const Level& level, const Term& term, SourceSet& sources);
  [[nodiscard]] Column key_column(std::uint32_t table) const;
  void evaluate_account(const ProgramPart& part, RowId account);
  void evaluate_root(std::uint32_t root, RowId account);
  void evaluate_rows(std::uint32_t root);
  void report(RowId account, std::int64_t key, AnswerChange change);
  void grow_answers();
  void forget_account(RowId row);
  std::span<const AccountChange> end_change();

  [[nodiscard]] std::optional<ChangeRefusal> refusal(const RowChange& change) const;
  [[nodiscard]] RowId row_of(const RowChange& change) const;
  void insert(const RowChange& change);
  void update(const RowChange& change);
  void remove(const RowChange& change);
  [[nodiscard]] bool is_repeated(const RowChange& change) const;
  void set_parents(std::uint32_t table, RowId row, const std::vector<ParentChange>& parents);
  void set_cell(std::uint32_t table, RowId row, const CellChange& change);
  [[nodiscard]] std::optional<std::int64_t> key_at(std::uint32_t table, RowId row) const;

  const CheckedProgram& program_;
  const Schema& schema_;
  std::vector<std::uint32_t> added_;  // columns behind the schema's, by table
  RowTables tables_;
  std::vector<Level> levels_;
  std::unique_ptr<AccountProgram> answering_;
  std::unique_ptr<AccountRun> run_;
  Parts parts_;
  std::vector<Store> stores_;  // by root
  std::vector<RowAnswers> row_answers_;
  std::size_t bit_words_ = 0, stride_ = 0;
  std::vector<std::int64_t> answers_;  // by account: bits, then scores and codes
  bool has_totals_ = false;
  std::vector<std::uint32_t> totals_;                // by account: kept, so that a row more or less takes no pass over the others
  std::vector<std::vector<bool>> referenced_cells_;  // by table, column: read through a reference
  bool has_row_answers_ = false;

  // Of the change at hand.
  std::uint32_t turn_ = 0;
  std::optional<std::pair<std::uint32_t, RowId>> changed_;  // table and row
  std::vector<RowId> reached_;                              // accounts
  std::vector<std::pair<std::uint32_t, RowId>> climbing_;
  std::vector<std::uint32_t> reached_in_;  // by account: the last change that reached it
  std::vector<AnswerChange> found_;        // of the account at hand
  std::vector<AccountChange> changes_;
  std::map<std::int64_t, std::size_t> change_ids_;  // by the account's key
  std::optional<RowId> new_account_;
  std::size_t evaluations_ = 0, kept_bytes_ = 0;
};

}  // namespace segue
