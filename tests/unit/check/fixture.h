// What the tests of the checker share: rules as text over one schema, to diagnostics and to a program.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/check/check.h"

namespace segue::test {

// A checked text and all that it borrows.
struct Checked {
  SourceMap sources;
  std::vector<Ast> files;
  Schema schema;
  Project project;
  std::vector<LoadedList> lists;
  CheckResult result;
  SourceId rules{};

  // `code: message`, one a diagnostic, those of syntax first.
  std::vector<std::string> messages;

  // The rules after the first diagnostic's fix.
  [[nodiscard]] std::string fixed() const;

  // The definition of that name (the last one, when there are several).
  [[nodiscard]] const Definition& definition(std::string_view name) const;
  [[nodiscard]] const Expr& body(std::string_view name) const;
};

// Further input of a check.
struct Setup {
  std::vector<ParamValue> params = {};
  std::vector<std::pair<std::string, std::string>> list_files = {};  // path, text
  std::vector<std::string> more_files = {};                          // further rules
  std::vector<std::pair<std::string, std::string>> prelude = {};     // parts, such as `std.regions`, and their text
};

// What tests compare messages with where there should be none, so that a failure shows them.
inline constexpr std::string_view kNothing;

// The messages, joined by ` | `; empty when there are none.
[[nodiscard]] std::string message_list(const Checked& checked);

[[nodiscard]] std::unique_ptr<Checked> check_text(std::string_view rules, const Setup& setup = {});

// A segment with this condition.
[[nodiscard]] std::unique_ptr<Checked> check_condition(std::string_view condition, const Setup& setup = {});

// The one diagnostic of a condition; several are joined by ` | `, none is empty.
[[nodiscard]] std::string message_of(std::string_view condition);
[[nodiscard]] std::string message_of_rules(std::string_view rules, const Setup& setup = {});

// The condition after its fix.
[[nodiscard]] std::string fixed(std::string_view condition);

// The type of a `define x = …` in words: `int`, `decimal(2)?`, `text folded`.
[[nodiscard]] std::string type_of(std::string_view expression);

}  // namespace segue::test
