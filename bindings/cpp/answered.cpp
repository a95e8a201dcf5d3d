// From rows and codes to accounts.
#include "bindings/cpp/answered.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace segue {
namespace {

Bitmap accounts_of_members(const Answered& answered, FrameId frame, const Bitmap& members) {
  const std::vector<RowId> account_of = accounts_of_rows(answered.program, answered.database, frame);
  Bitmap accounts(answered.accounts());
  for (std::size_t row = 0; row < account_of.size(); ++row) {
    if (account_of[row] != kNoRow && members.test(row)) accounts.set(account_of[row]);
  }
  return accounts;
}

Bitmap accounts_with_code(std::span<const std::int32_t> codes, std::optional<std::uint32_t> value) {
  Bitmap accounts(codes.size());
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (value ? codes[row] == static_cast<std::int32_t>(*value) : codes[row] >= 0) accounts.set(row);
  }
  return accounts;
}

}  // namespace

std::vector<RowId> accounts_of_rows(const CheckedProgram& program, const Database& database, FrameId frame) {
  std::vector<RowId> rows(database.tables[program.frame(frame).table].rows);
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = static_cast<RowId>(row);
  while (frame != kAccountFrame) {
    const Frame& here = program.frame(frame);
    const Array<RowId>& parent_of = database.tables[here.table].links[here.link].parent_of;
    for (RowId& row : rows) {
      if (row != kNoRow) row = parent_of[row];
    }
    frame = here.anchor;
  }
  return rows;
}

Bitmap accounts_named(const Answered& answered, std::size_t root, std::optional<std::uint32_t> value) {
  const Definition& definition = answered.definition(root);
  const DefinitionResult& result = answered.results.definitions[root];
  if (definition.kind == DefinitionKind::kAudience) return accounts_of_members(answered, definition.frame, result.members);
  if (has_values(definition.kind)) return accounts_with_code(result.codes, value);
  return result.members;
}

bool has_values(DefinitionKind kind) {
  return kind == DefinitionKind::kTiers || kind == DefinitionKind::kStages || kind == DefinitionKind::kGrid ||
         kind == DefinitionKind::kSplit;
}

std::uint64_t count_common(const Bitmap& left, const Bitmap& right) {
  std::uint64_t count = 0;
  const std::size_t words = std::min(left.word_count(), right.word_count());
  for (std::size_t i = 0; i < words; ++i) count += static_cast<std::uint64_t>(std::popcount(left.words()[i] & right.words()[i]));
  return count;
}

}  // namespace segue
