// This file's external interface is how large a claim may become before it is given up, and how that is told inside the folder. Private to this folder.
#pragma once

#include <chrono>
#include <cstddef>

namespace segue::proving {

inline constexpr std::size_t kMostMeanings = 20'000;
inline constexpr std::size_t kMostSymbols = 40'000;
inline constexpr std::size_t kMostRows = 150;
inline constexpr std::size_t kMostSetValues = 64;  // of an `in` that is written out for the solver

using Deadline = std::chrono::steady_clock::time_point;  // of one claim, for all that is tried of it

// Thrown by the encoder, caught where a claim is settled.
struct TooLarge {};
struct DeadlinePassed {};

}  // namespace segue::proving
