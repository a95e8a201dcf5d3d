// The processor says by `cpuid` what it is and has; the compilers' own levels say whether the operating system goes along.
#include "compiler/codegen/host_cpu.h"

#include <array>
#include <cassert>

#include <fmt/format.h>
#include <fmt/ranges.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace segue {
namespace {

#if defined(__x86_64__)
bool has_level(TargetCpu cpu) {
  switch (cpu) {
    case TargetCpu::kHost: return true;
    case TargetCpu::kBaseline: return __builtin_cpu_supports("x86-64-v2") != 0;
    case TargetCpu::kAvx2: return __builtin_cpu_supports("x86-64-v3") != 0;
    case TargetCpu::kAvx512: return __builtin_cpu_supports("x86-64-v4") != 0;
  }
  return false;
}

// Registers a, b, c and d; zeros where the leaf is not there.
std::array<unsigned, 4> leaf(unsigned number, unsigned part) {
  std::array<unsigned, 4> registers{};
  __get_cpuid_count(number, part, &registers[0], &registers[1], &registers[2], &registers[3]);
  return registers;
}

// The parts of the processor's state that the operating system keeps.
std::array<unsigned, 2> kept_state() {
  constexpr unsigned kOsxsave = 1U << 27;
  std::array<unsigned, 2> state{};
  if ((leaf(1, 0)[2] & kOsxsave) != 0) __asm__("xgetbv" : "=a"(state[0]), "=d"(state[1]) : "c"(0));
  return state;
}

// Vendor, model, and all features that there are words for. Leaf 1's second word numbers the core, and differs from one to the next.
std::optional<std::string> host_identity() {
  std::array<unsigned, 4> model = leaf(1, 0);
  model[1] = 0;
  return fmt::format("{} {} {} {} {} {} {} {} {}", leaf(0, 0), model, leaf(7, 0), leaf(7, 1), leaf(7, 2), leaf(0x19, 0), leaf(0x24, 0),
                     leaf(0x80000001, 0), kept_state());
}
#else
bool has_level(TargetCpu cpu) { return cpu == TargetCpu::kHost; }
std::optional<std::string> host_identity() { return std::nullopt; }
#endif

}  // namespace

bool is_supported(TargetCpu cpu) { return has_level(cpu); }

unsigned vector_words_of(TargetCpu cpu) {
  const bool is_host = cpu == TargetCpu::kHost;
  if (cpu == TargetCpu::kAvx512 || (is_host && has_level(TargetCpu::kAvx512))) return 8;
  if (cpu == TargetCpu::kAvx2 || (is_host && has_level(TargetCpu::kAvx2))) return 4;
  return 2;
}

std::optional<std::string> identity_of(TargetCpu cpu) {
  switch (cpu) {
    case TargetCpu::kHost: return host_identity();
    case TargetCpu::kBaseline: return "x86-64-v2";
    case TargetCpu::kAvx2: return "x86-64-v3";
    case TargetCpu::kAvx512: return "x86-64-v4";
  }
  return std::nullopt;
}

}  // namespace segue
