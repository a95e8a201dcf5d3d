// This file's external interface is Stopwatch: what a piece of work took, on the clock on the wall and of the processor.
#pragma once

#include <chrono>
#include <ctime>

namespace segue {

struct Times {
  double seconds = 0;
  double processor_seconds = 0;  // of all threads of the process

  Times& operator+=(const Times& other) {
    seconds += other.seconds;
    processor_seconds += other.processor_seconds;
    return *this;
  }
  // Never less than nothing: parts of work that is done side by side may take more than the whole.
  friend Times operator-(const Times& a, const Times& b) {
    const auto rest = [](double whole, double part) { return whole > part ? whole - part : 0; };
    return {rest(a.seconds, b.seconds), rest(a.processor_seconds, b.processor_seconds)};
  }
};

// Runs from when it is made.
class Stopwatch {
 public:
  [[nodiscard]] Times elapsed() const {
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(), processor_seconds() - processor_start_};
  }

 private:
  static double processor_seconds() {
    std::timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double processor_start_ = processor_seconds();
};

}  // namespace segue
