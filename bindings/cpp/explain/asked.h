// This file's external interface is AskedClauses: a definition taken apart, and what its clauses answer for all rows. Private to this folder.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/explain/clause_values.h"
#include "bindings/cpp/explain/clauses.h"
#include "bindings/cpp/explain/group.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/suppressed.h"

namespace segue {

// A name, or `name=value`; blanks around `=` and quotes around the value do not matter.
struct AskedName {
  std::string name;
  std::optional<std::string> value;
};
[[nodiscard]] AskedName asked_name(std::string_view text);

enum class AskedFor : std::uint8_t { kGroup, kMembers, kClauses };

class AskedClauses {
 public:
  // Reads the tables and evaluates. kMembers and kClauses need a yes or no: tiers, stages and grids with a value.
  [[nodiscard]] static std::expected<AskedClauses, Failure> ask(const OpenedProject& project, std::string_view name, AskedFor what,
                                                                const GroupOptions& options);

  [[nodiscard]] const CheckedProgram& program() const { return *program_; }
  [[nodiscard]] const Definition& definition() const { return program_->definition(definition_); }
  [[nodiscard]] const CheckedProject& checked() const { return *project_->checked; }
  [[nodiscard]] const SourceMap& sources() const { return project_->sources; }
  [[nodiscard]] const Database& database() const { return *data_.database; }
  [[nodiscard]] const Results& results() const { return results_; }
  [[nodiscard]] const DefinitionResult& answer() const { return results_.definitions[0]; }  // of the definition itself
  [[nodiscard]] const std::optional<ClauseTree>& tree() const { return tree_; }
  [[nodiscard]] const ComparedValues& values() const { return values_; }
  [[nodiscard]] const std::vector<std::size_t>& term_roots() const { return term_roots_; }
  [[nodiscard]] FrameId frame() const { return definition().frame; }
  [[nodiscard]] std::uint32_t table() const { return program_->frame(frame()).table; }
  [[nodiscard]] std::size_t table_rows() const { return database().tables[table()].rows; }
  [[nodiscard]] std::optional<std::uint32_t> value() const { return value_; }
  [[nodiscard]] ValueReader reader() const { return {*program_, database(), results_, frame(), checked().zone}; }

  // Rows that count: accounts; of an audience the rows that belong to one.
  [[nodiscard]] const Bitmap& rows() const { return rows_; }
  // Rows that are in: members, or those with the value.
  [[nodiscard]] const Bitmap& members() const { return members_; }
  [[nodiscard]] bool is_suppressed(std::size_t row) const;
  // The account of a row of the frame's table.
  [[nodiscard]] RowId account_of(std::size_t row) const { return account_of_.empty() ? static_cast<RowId>(row) : account_of_[row]; }
  [[nodiscard]] std::string account_key(std::size_t row) const;
  [[nodiscard]] std::string key_of_account(RowId account) const;
  [[nodiscard]] std::string row_key(std::size_t row) const;  // empty for accounts, and where the table has no key

  // What a clause answers, 64 rows at a time: sets `bits` by clause of word `word`.
  void clause_words(std::size_t word, std::vector<std::uint64_t>& bits) const;
  // Its undetermined rows in all.
  [[nodiscard]] std::uint64_t undetermined(std::uint32_t clause) const;
  [[nodiscard]] std::optional<std::size_t> clause_root(std::uint32_t clause) const { return clause_roots_[clause]; }

  // The rows, of accounts with these keys. A Failure where one is not there.
  [[nodiscard]] std::expected<Bitmap, Failure> rows_of_keys(const std::vector<std::string>& keys) const;
  [[nodiscard]] std::expected<std::vector<RowId>, Failure> accounts_of_keys(const std::vector<std::string>& keys) const;
  // How many rows of a group are undetermined, for each of some roots.
  [[nodiscard]] std::expected<std::vector<std::uint64_t>, Failure> undetermined_of(const Bitmap& group,
                                                                                   const std::vector<std::size_t>& roots) const;

  [[nodiscard]] AskedGroup described() const;
  [[nodiscard]] ClauseOutline outline(std::uint32_t clause) const;
  [[nodiscard]] ClauseOutline term_outline(Span span) const;  // of a score
  [[nodiscard]] FailedClause failed(std::uint32_t test, std::size_t row, const ValueReader& reader) const;
  [[nodiscard]] std::vector<TableSummary> tables() const { return data_.tables; }
  [[nodiscard]] std::vector<Diagnostic> diagnostics() const { return data_.diagnostics; }
  // Whether the values of a class of column may be shown of a group.
  [[nodiscard]] bool may_show(DataClass data_class) const;

 private:
  std::expected<void, Failure> find(std::string_view name, AskedFor what);
  std::expected<void, Failure> take_apart(AskedFor what);
  std::expected<void, Failure> evaluate(const GroupOptions& options);
  void find_members();

  const OpenedProject* project_ = nullptr;
  const GroupOptions* options_ = nullptr;
  std::unique_ptr<CheckedProgram> program_;
  DefinitionId definition_{};
  std::optional<std::uint32_t> value_;
  std::optional<ClauseTree> tree_;
  std::vector<std::optional<std::size_t>> clause_roots_;
  ComparedValues values_;
  std::vector<std::size_t> term_roots_;
  std::vector<DefinitionId> roots_;
  LoadedData data_;
  Results results_;
  Suppressed suppressed_;
  std::vector<RowId> account_of_;
  Bitmap rows_, members_;
};

}  // namespace segue
