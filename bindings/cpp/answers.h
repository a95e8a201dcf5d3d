// This file's external interface is Answers: what stands behind an Evaluation, and the keys of accounts as text. Private to this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/checked_project.h"
#include "runtime/results.h"
#include "runtime/table.h"

namespace segue {

struct Answers {
  std::shared_ptr<const CheckedProject> project;
  std::shared_ptr<const Database> database;
  std::vector<DefinitionId> roots;  // the outcomes' definitions, then those that expectations compare them with
  Results results;                  // by root
  Bitmap suppressed;                // by account: on a suppress list
};

[[nodiscard]] Answered answered_of(const Answers& answers);

// The column of the accounts' keys.
[[nodiscard]] const Column& key_column(const CheckedProject& project, const Database& database);

// A known cell of a key's type as text: bare, as it stands in the data.
[[nodiscard]] std::string cell_text(const CheckedProject& project, const Column& column, std::size_t row);

}  // namespace segue
