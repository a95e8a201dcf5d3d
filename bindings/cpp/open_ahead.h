// This file's external interface is `open_ahead`: the parts of Segue that are opened on first use, opened while something else is done.
#pragma once

#include <thread>

namespace segue {

// Opens what an evaluation will need (the readers of files, the code generator) in a thread of its own, while rules are read, say. Never necessary:
// what is not open is opened when it is needed, and what cannot be opened is reported then. It takes some ten milliseconds; the thread is waited for where
// it is destroyed.
[[nodiscard]] std::jthread open_ahead();

}  // namespace segue
