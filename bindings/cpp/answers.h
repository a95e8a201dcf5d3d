// This file's external interface is Answers: what stands behind an Evaluation, and the keys of accounts as text. Private to this folder.
#pragma once

#include <memory>
#include <string>

#include "bindings/cpp/checked_project.h"
#include "runtime/results.h"
#include "runtime/table.h"

namespace segue {

struct Answers {
  std::shared_ptr<const CheckedProject> project;
  std::shared_ptr<const Database> database;
  Results results;  // by outcome
};

// The column of the accounts' keys.
[[nodiscard]] const Column& key_column(const CheckedProject& project, const Database& database);

// A known cell of a key's type as text: bare, as it stands in the data.
[[nodiscard]] std::string cell_text(const CheckedProject& project, const Column& column, std::size_t row);

}  // namespace segue
