// This file's interface, private to the folder, is how a step that does several reductions at once finds its operands and leaves its results.
#pragma once

#include "runtime/frames.h"
#include "runtime/program.h"

namespace segue {

void run_groups(Batch& batch, const GroupsStep& step);

}  // namespace segue
