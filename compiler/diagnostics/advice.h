// This file's external interface is the advice on each kind of diagnostic: what to do about it, as the documentation states it.
#pragma once

#include <string>

#include "compiler/diagnostics/diagnostic.h"

namespace segue {

// The line of docs/generate/advice.txt, without the places that its links lead to.
[[nodiscard]] std::string advice_of(DiagnosticKind kind);

}  // namespace segue
