// What the tests share that start from text: rules over a schema and rows, all written down in the test.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/interpret/explain.h"
#include "compiler/interpret/interpret.h"

namespace segue::test {

// A table as text: a line of column names, then a line a row; cells end with `|`. An empty cell is missing, or the empty list.
struct TableText {
  std::string name;
  std::string rows;
};

// A checked text and its tables. What does not check or load is in `errors`.
class Told {
 public:
  Told(std::string_view schema, std::string_view rules, const std::vector<TableText>& tables, std::string_view clock);

  // The keys of a segment's members in the order of the table, blank between; each followed by `?` where the answer is unknown, and what is
  // unknown but no member behind a `|`.
  [[nodiscard]] std::string members(std::string_view name) const;
  // A definition's value for each account, as people see it, blank between.
  [[nodiscard]] std::string values(std::string_view name) const;
  [[nodiscard]] Trace explained(std::string_view name, std::string_view key) const;

  std::string errors;

 private:
  void load_table(const TableText& text);
  void link_tables();
  [[nodiscard]] std::string key_at(RowId row) const;
  [[nodiscard]] DefinitionId definition(std::string_view name) const;

  SourceMap sources_;
  std::vector<Ast> files_;
  Schema schema_;
  Project project_;
  CheckResult checked_;
  TimeZone zone_;
  Clock clock_;
  Database database_;
  std::vector<std::vector<std::vector<std::string>>> joins_;  // by table and parent: the join column's cells
};

}  // namespace segue::test
