// This file's external interface is CheckedTest: a `test` of the rules, typed and resolved, as plain data: rows of tables, a clock, and what is
// expected of them. `language.md`, "Expectations and tests".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/source/source.h"
#include "runtime/constant.h"

namespace segue {

// One cell of a test's row.
struct TestCell {
  enum class State : std::uint8_t {
    kNotGiven,  // nothing that is tested reads it
    kMissing,
    kKnown,
  };
  State state = State::kNotGiven;
  Constant value;                  // of a scalar, in the column's type
  std::vector<Constant> elements;  // of a list, each once
};

struct TestRow {
  std::vector<TestCell> cells;                        // by the schema table's column index
  std::vector<std::optional<std::uint32_t>> parents;  // by parent index: the row of that parent's table; nothing where it has none
  bool exists = true;                                 // false: its `known_at` lies after the clock
  Span span;                                          // of its braces
};

// `expect a: icp, coverage = one_to_one` makes two of these.
struct TestClaim {
  std::uint32_t account = 0;  // row of the account table
  DefinitionId definition{};  // a hidden bool of the account, in CheckedTests::program
  Span span;                  // of the predicate
};

struct CheckedTest {
  std::string title;
  Span title_span;
  Span span;                                 // of the whole declaration
  std::int64_t clock = 0;                    // µs since 1970-01-01T00:00:00Z; any where the test has none, since nothing looks at it
  std::vector<std::vector<TestRow>> tables;  // by the schema's table index
  std::vector<std::string> accounts;         // their names by row; empty where the only one has none
  std::vector<TestClaim> claims;             // in order of the text
};

// The tests of all files, by path, then line. `program` holds the project's definitions and, behind them, one hidden definition a claim; it is empty without
// tests. It is a program of its own so that nothing else meets those.
struct CheckedTests {
  CheckedProgram program;
  std::vector<CheckedTest> tests;
};

}  // namespace segue
