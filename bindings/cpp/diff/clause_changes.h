// This file's external interface is `clause_changes`: which tests of a definition are others in the other version. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/explain/clauses.h"
#include "compiler/source/source.h"
#include "stdlib/time_zone.h"

namespace segue {

// A test of base and the one of head that stands in its place; one of them is absent where there is none.
struct ClauseChange {
  std::optional<std::uint32_t> base, head;  // clauses of the trees
};

// `canonical` are the ids of canonical_ids for the program of both trees. In the order of head's text, then what only base has.
[[nodiscard]] std::vector<ClauseChange> clause_changes(const CheckedProgram& program, const std::vector<std::uint32_t>& canonical,
                                                       const ClauseTree& base, const ClauseTree& head);

// Which values an expression of the same text meant and means: `200 → 500`, `FI added`. Empty where it cannot be said.
[[nodiscard]] std::string redefined_detail(const CheckedProgram& program, const std::vector<std::uint32_t>& canonical, const TimeZone& zone,
                                           ExprId base, ExprId head);

// The columns that an expression reads, itself or through definitions, as texts.
[[nodiscard]] std::vector<std::string> columns_below(const CheckedProgram& program, ExprId id);

}  // namespace segue
