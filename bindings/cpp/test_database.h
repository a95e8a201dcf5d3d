// This file's external interface is `test_database`: the rows of a test as tables in memory. Private to this folder.
#pragma once

#include "compiler/check/tests.h"
#include "runtime/table.h"

namespace segue {

// All columns count as read; a cell that the test does not give is missing, and nothing asks for it. Rows that do not exist at the test's clock are left out.
struct TestTables {
  Database database;
  std::vector<std::vector<RowId>> rows;  // by table and row of the test: its row here, kNoRow where it is left out
};

[[nodiscard]] TestTables test_database(const Schema& schema, const CheckedTest& test);

}  // namespace segue
