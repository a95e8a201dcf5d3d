// This file's external interface is `infer_column`: what a column is, told from its values. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/sample.h"

namespace segue {

// A column as the schema will declare it.
struct InferredColumn {
  std::string name;  // snake_case
  std::string from;  // in the data
  std::string type;  // `int`, `enum`, …; without `?`
  bool is_optional = false;
  bool is_personal = false;
  bool is_unique = false;           // known in every row, and different in each
  std::vector<std::string> values;  // of an enum, the most frequent first
  std::vector<std::string> true_values, false_values;
  std::string format;
  std::uint64_t missing = 0, different = 0;
  std::string remark;  // what is worth a look
};

// Unquoted texts that stand for a missing value in the sample.
[[nodiscard]] std::vector<std::string> null_words(const Sample& sample);

// `rows` are those of the table.
[[nodiscard]] InferredColumn infer_column(const SampleColumn& column, std::uint64_t rows, const std::vector<std::string>& null_words);

// `Annual Revenue` → `annual_revenue`.
[[nodiscard]] std::string snake_case(std::string_view name);

}  // namespace segue
