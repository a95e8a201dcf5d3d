// A look at each key: who asks for one account has read the table anyway.
#include "bindings/cpp/find_account.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "compiler/diagnostics/suggest.h"

namespace segue {
namespace {

// Keys that did-you-mean looks at: a million would take seconds.
constexpr std::size_t kMostCandidates = 100'000;

Failure unknown_account(const CheckedProject& project, const Column& keys, std::string_view key, const DataOptions& options) {
  const std::size_t count = std::min(keys.rows, kMostCandidates);
  std::vector<std::string> candidates;
  candidates.reserve(count);
  for (std::size_t row = 0; row < count; ++row) candidates.push_back(cell_text(project, keys, row));
  return failure_of(FailureKind::kCall, DiagnosticKind::kUnknownAccount,
                    fmt::format("no account has the key `{}` at {}{}", key, clock_text(options.clock), did_you_mean(key, candidates)));
}

}  // namespace

std::expected<RowId, Failure> find_account(const CheckedProject& project, const Database& database, std::string_view key,
                                           const DataOptions& options) {
  const Column& keys = key_column(project, database);
  const bool is_text = keys.type.kind == Kind::kText;
  for (std::size_t row = 0; row < keys.rows; ++row) {
    if (is_text ? keys.text_at(row) == key : cell_text(project, keys, row) == key) return static_cast<RowId>(row);
  }
  return std::unexpected(unknown_account(project, keys, key, options));
}

}  // namespace segue
