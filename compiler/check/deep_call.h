// This file's external interface is `deep_call`: recursion that cannot overflow the stack, for the two places where `check` follows
// nesting (brackets in brackets, definitions with parameters in definitions with parameters).
#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>

namespace segue::checker {

// Where the stack in use begins. Make one on entry and hand it down.
struct StackBase {
  std::uintptr_t address = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
};

// Far below the smallest stack that a thread gets by default.
inline constexpr std::size_t kStackShare = 1 << 20;

// Calls `body`; once the stack in use holds more than its share, on the fresh stack of a thread that is waited for.
template <typename Body>
void deep_call(StackBase& base, const Body& body) {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if ((here > base.address ? here - base.address : base.address - here) < kStackShare) return body();
  const StackBase outer = base;
  std::thread([&] {
    base = StackBase{reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0))};
    body();
  }).join();
  base = outer;
}

}  // namespace segue::checker
