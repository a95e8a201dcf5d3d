// This file's external interface is `rank_cuts`: the bounds of all comparisons that definitions make on columns as they are. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/plan/plan.h"

namespace segue {

// By column: ascending, distinct, as RankCodes has them.
[[nodiscard]] std::map<TableColumn, std::vector<std::int64_t>> rank_cuts(const CheckedProgram& program);

}  // namespace segue
