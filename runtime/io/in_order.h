// This file's external interface is `run_in_order`: jobs that are worked on by several threads and put down in order.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace segue::io {

// `take()` gives the next job, as an optional; `work(job)` runs beside others; `put(job)` is called in the order of taking, one at a time, and ends all
// by false. A thread takes no job before its last one is put, so that as many jobs are held as there are threads.
template <typename Take, typename Work, typename Put>
void run_in_order(unsigned threads, Take take, Work work, Put put) {
  constexpr unsigned kMostThreads = 64;  // more would only wait for one another
  std::mutex take_mutex, put_mutex;
  std::condition_variable turn;
  std::uint64_t taken = 0, next = 0;
  std::atomic<bool> is_over = false;
  const auto loop = [&] {
    for (;;) {
      std::unique_lock taking(take_mutex);
      if (is_over) return;
      auto job = take();
      if (!job) return;
      const std::uint64_t number = taken++;
      taking.unlock();
      if (!is_over) work(*job);
      std::unique_lock putting(put_mutex);
      turn.wait(putting, [&] { return next == number; });
      if (!is_over && !put(*job)) is_over = true;
      ++next;
      turn.notify_all();
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < std::min(threads, kMostThreads); ++i) helpers.emplace_back(loop);
  loop();
}

}  // namespace segue::io
