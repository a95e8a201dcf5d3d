// This file's external interface is `read_suppressed`: the accounts that nothing exported may hold, by the `suppress` lists of the project file.
// `language.md`, "Governance". Private to this folder.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/table_specs.h"
#include "runtime/bitmap.h"
#include "runtime/table.h"

namespace segue {

// What one list did.
struct SuppressListOutcome {
  std::string path;             // as the project file writes it
  std::string by;               // the account's column: the key, unless the list says `by`
  std::uint64_t values = 0;     // different ones in the file
  std::uint64_t unmatched = 0;  // of them: those that no account has, those that do not fit the column's type included
  std::uint64_t accounts = 0;   // that it lists
};

struct Suppressed {
  Bitmap accounts;                         // one bit an account, in the order of the table; all false where the project has no lists
  std::vector<SuppressListOutcome> lists;  // in the order of the project file
};

// What one list holds, for accounts that are in no Database: values as `cell_text` shows cells of the column, folded where it folds.
struct SuppressedValues {
  ColumnId column = 0;
  bool is_folded = false;
  std::set<std::string> values;
  [[nodiscard]] bool holds(const std::string& text) const;
};
[[nodiscard]] std::expected<std::vector<SuppressedValues>, Failure> read_suppressed_values(const CheckedProject& project);

// Marks the columns that the lists go by, so that `database` has them. Call it on what goes to `load_data` when anything is exported or `suppressed` is shown.
void need_suppress_columns(const CheckedProject& project, std::vector<NeededColumns>& needed);

// The lists, read once and matched with accounts as they come. Texts are compared as rules compare the column (folded with `case: insensitive`; keys never fold), other
// values in the column's type.
class SuppressLists {
 public:
  // A Failure: kEnvironment where a file is missing, kRules where it is no list.
  [[nodiscard]] static std::expected<SuppressLists, Failure> read(const CheckedProject& project);
  SuppressLists();
  SuppressLists(SuppressLists&&) noexcept;
  SuppressLists& operator=(SuppressLists&&) noexcept;
  SuppressLists(const SuppressLists&) = delete;
  SuppressLists& operator=(const SuppressLists&) = delete;
  ~SuppressLists();

  // Which accounts of `database` any list holds; its columns of `need_suppress_columns` have been read.
  [[nodiscard]] Bitmap match(const Database& database);
  // What was matched counts for nothing.
  void restart();
  // What the lists did, over all accounts that were matched.
  [[nodiscard]] std::vector<SuppressListOutcome> outcomes() const;

 private:
  struct List;
  std::vector<List> lists_;
};

// What is told of them: of so many accounts in any list. Nothing where there are no lists.
[[nodiscard]] std::optional<SuppressedSummary> summary_of(std::uint64_t accounts, const std::vector<SuppressListOutcome>& lists);

// The same for a database in memory.
[[nodiscard]] std::expected<Suppressed, Failure> read_suppressed(const CheckedProject& project, const Database& database);

}  // namespace segue
