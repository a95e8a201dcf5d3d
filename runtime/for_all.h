// This file's external interface is `for_all` and `for_ranges`: independent work, by as many threads as there may be.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace segue {

// Runs `action(i)` for all i.
inline void for_all(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& action) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) action(i);
  };
  std::vector<std::thread> helpers;
  for (unsigned i = 1; i < std::min<std::size_t>(threads, count); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
}

// Runs `action(begin, end)` for ranges that make up 0 … count - 1; small ones by this thread alone.
inline void for_ranges(std::size_t count, unsigned threads, const std::function<void(std::size_t, std::size_t)>& action) {
  constexpr std::size_t kRange = std::size_t{1} << 16;
  if (count <= 2 * kRange) return action(0, count);
  for_all((count + kRange - 1) / kRange, threads, [&](std::size_t i) { action(i * kRange, std::min(count, (i + 1) * kRange)); });
}

}  // namespace segue
