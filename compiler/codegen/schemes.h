// This file's external interface is `make_schemes`: what statistics of blocks let a program leave out.
#pragma once

#include "compiler/plan/plan.h"
#include "runtime/program.h"
#include "runtime/schemes.h"
#include "runtime/table.h"
#include "stdlib/clock.h"

namespace segue {

// Of `program`, which was made of `plan`, over the database. Without schemes where no test is settled for enough blocks to matter, which is told by some of them. Linear
// in the blocks of the columns whose tests are, and in the plan for each of the few ways in which they come out.
[[nodiscard]] BlockSchemes make_schemes(const Plan& plan, const Program& program, const Database& database, const Clock& clock);

}  // namespace segue
