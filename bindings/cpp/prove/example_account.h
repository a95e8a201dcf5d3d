// This file's external interface is how an account that the solver made up is shown: its values, as rules would write them, and a `test` block around it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings/cpp/project.h"
#include "compiler/prove/prove.h"

namespace segue {

struct ExampleRow;

// One value, or the rows of a related table.
struct ExampleField {
  std::string name;              // as rules write it
  std::string text;              // the literal; empty where there are rows
  bool is_relation = false;      // `rows` say it, which may be none
  std::vector<ExampleRow> rows;  // nested in this one
};
struct ExampleRow {
  std::vector<ExampleField> fields;
};

// The accounts of an example: the one that it is about, then those that references lead to.
struct ShownExample {
  std::string clock;  // as `as of` takes it
  bool reads_clock = false;
  std::vector<std::string> names;    // of the accounts; empty where there is one
  std::vector<ExampleRow> accounts;  // at least one
};

// All that `roots` read is given: what the claim did not look at is missing, or where that may not be, the plainest value. `has_keys`: also keys that no rule
// names, which settle ties and splits. Nothing where a value is none that rules can write.
[[nodiscard]] std::optional<ShownExample> shown_example(const CheckedProgram& program, std::span<const DefinitionId> roots,
                                                        const ExampleAccount& example, const Clock& zone, bool has_keys = false);

// `{employees: 300, events: [{kind: demo}]}`, without the outer braces.
[[nodiscard]] std::string row_line(const ExampleRow& row);

// A formatted `test` that states `expected`, a predicate, of the example's account.
[[nodiscard]] std::optional<std::string> example_test(const ShownExample& example, std::string_view title, std::string_view expected,
                                                      bool has_clock);

// What comes of a test of `project` (opened with `opening`) once it stands in its rules: whether it passes; nothing where it does not check.
[[nodiscard]] std::optional<bool> outcome_of_test(const OpenedProject& project, const OpenOptions& opening, const std::string& test);

// The test with a clock only where it needs one, that the project takes and that ends as `passes` says; empty where there is none.
[[nodiscard]] std::string sound_test(const OpenedProject& project, const OpenOptions& opening, const ShownExample& example,
                                     std::string_view title, std::string_view expected, bool passes);

}  // namespace segue
