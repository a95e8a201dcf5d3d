// This file's interface, private to the folder, is `make_recipe`: what the function of a unit does (compiler/machine/recipe.h), and what it finds in its pool.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/codegen/constants.h"
#include "compiler/codegen/layout.h"
#include "compiler/machine/recipe.h"

namespace segue {

// What a unit's function does, and what it finds in its part of the pool.
struct UnitCode {
  Recipe recipe;
  std::vector<std::int64_t> pool;
  std::vector<Finish> counted;      // by counter of the function
  std::vector<std::uint32_t> kept;  // roots, by output of the function
};

// `keeps_members`: the bitmaps of finished roots are wanted, not only their sizes.
[[nodiscard]] UnitCode make_recipe(const ProgramLayout& layout, const BoundConstants& constants, const Clock& clock, const Unit& unit,
                                   bool keeps_members);

}  // namespace segue
