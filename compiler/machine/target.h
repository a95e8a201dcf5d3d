// This file's external interface is TargetCpu: which instructions code may use.
#pragma once

#include <cstdint>

namespace segue {

// Answers are the same with all.
enum class TargetCpu : std::uint8_t {
  kHost,      // what this machine has
  kBaseline,  // x86-64-v2 (SSE 4.2)
  kAvx2,      // x86-64-v3
  kAvx512,    // x86-64-v4
};

}  // namespace segue
