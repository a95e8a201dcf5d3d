// This file's external interface is AccountEvaluator: the answers for one account that an embedder has at hand, without files and tables: a record, its related rows, a call.
//
//   auto evaluator = segue::AccountEvaluator::make(*project, {.clock = segue::current_clock()});
//   const auto industry = *evaluator->find_column("account", "industry");
//   auto account = evaluator->clear();
//   evaluator->set(account, industry, "Software");
//   auto contact = evaluator->add(*evaluator->find_table("contacts"), account);
//   evaluator->evaluate();
//   if (evaluator->is_member(0)) …
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/cpp/cell_input.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/project.h"

namespace segue {

struct AccountOptions {
  std::int64_t clock = 0;          // `now`, of parse_clock or current_clock
  std::vector<std::string> names;  // the definitions asked for; none: all that one account alone can answer
  // Reads the tables that references lead to from the project's data. Without it they hold what `add_lookup` is given.
  std::optional<DataOptions> lookups = std::nullopt;
};

// A column of a table, by the schema's indices, and a row of the record at hand.
struct AccountColumn {
  std::uint32_t table = 0, column = 0;
};
struct AccountRow {
  std::uint32_t table = 0, row = 0;
};

// One for each thread: copies are independent of each other. Nothing is allocated in a call once the memory has grown to the largest account, but for texts that no account had
// before. The answers are those of `evaluate` over a table with that account, to the bit.
class AccountEvaluator {
 public:
  // A Failure: the project has errors (kRules), or a definition is not there, or it compares accounts with one another (`top`, `percentile`), which an account alone cannot answer
  // (kCall).
  [[nodiscard]] static std::expected<AccountEvaluator, Failure> make(const OpenedProject& project, const AccountOptions& options);
  AccountEvaluator(const AccountEvaluator& other);
  AccountEvaluator(AccountEvaluator&&) noexcept;
  AccountEvaluator& operator=(AccountEvaluator&&) noexcept;
  ~AccountEvaluator();

  // Indices into OpenedProject::definitions: those that are answered, in order, and those left out for comparing accounts with one another.
  [[nodiscard]] const std::vector<std::size_t>& definitions() const;
  [[nodiscard]] const std::vector<std::size_t>& left_out() const;

  [[nodiscard]] std::optional<std::uint32_t> find_table(std::string_view name) const;
  [[nodiscard]] std::optional<AccountColumn> find_column(std::string_view table, std::string_view column) const;
  // The coordinates of a point, in degrees.
  [[nodiscard]] std::optional<std::pair<AccountColumn, AccountColumn>> find_point(std::string_view table, std::string_view column) const;
  // Whether any definition looks at it: a column that none reads need not be set.
  [[nodiscard]] bool reads(AccountColumn column) const;

  void set_clock(std::int64_t clock);
  // A row that references lead to, for all accounts to come. The error is of a value, or of a key that is missing.
  [[nodiscard]] std::expected<void, std::string> add_lookup(std::uint32_t table,
                                                            std::span<const std::pair<AccountColumn, CellInput>> cells);

  // Begins another account, whose values are all missing; gives its row.
  AccountRow clear();
  // A row of a related table under a row of the record: it belongs to that, and to the nearest row around it of each further parent that its table has.
  AccountRow add(std::uint32_t table, AccountRow parent);
  // A money amount is given in the project's currency. The error says what is wrong with the value; the cell is then as it was.
  std::expected<void, std::string> set(AccountRow row, AccountColumn column, const CellInput& value);

  void evaluate();
  // The answers of the last `evaluate`, by place in `definitions()`.
  [[nodiscard]] std::span<const std::uint64_t> members() const;  // one bit each; of segments
  [[nodiscard]] bool is_member(std::size_t definition) const { return ((members()[definition / 64] >> (definition % 64)) & 1) != 0; }
  [[nodiscard]] double score(std::size_t definition) const;
  [[nodiscard]] std::int32_t value(std::size_t definition) const;            // as an index into DefinitionInfo::values; -1 for none
  [[nodiscard]] std::vector<AccountRow> rows(std::size_t definition) const;  // of an audience

 private:
  struct State;
  explicit AccountEvaluator(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace segue
