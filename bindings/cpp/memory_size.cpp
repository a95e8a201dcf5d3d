// Numbers with units; /proc/meminfo and control groups.
#include "bindings/cpp/memory_size.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

namespace segue {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr std::array<Unit, 8> kUnits = {{{"kib", 1024.0},
                                         {"mib", 1048576.0},
                                         {"gib", 1073741824.0},
                                         {"tib", 1099511627776.0},
                                         {"kb", 1e3},
                                         {"mb", 1e6},
                                         {"gb", 1e9},
                                         {"tb", 1e12}}};

// The number in a file that holds one; nothing for `max` and for files that are not there.
std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

std::optional<std::uint64_t> machine_has_left() {
  std::ifstream file("/proc/meminfo");
  for (std::string name; file >> name;) {
    std::uint64_t kilobytes = 0;
    if (name == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
    file.ignore(256, '\n');
  }
  return std::nullopt;
}

// Of control groups, version 2 or 1.
std::optional<std::uint64_t> group_has_left(const char* most_path, const char* used_path) {
  const auto most = number_in(most_path), used = number_in(used_path);
  if (!most || !used) return std::nullopt;
  return *most > *used ? *most - *used : 0;
}

}  // namespace

std::optional<std::uint64_t> parse_memory(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !(number > 0)) return std::nullopt;
  std::string name(end, text.data() + text.size());
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto unit = std::ranges::find(kUnits, std::string_view(name), &Unit::name);
  if (unit == kUnits.end()) return std::nullopt;
  const double bytes = std::floor(number * unit->bytes);
  if (bytes < 1 || bytes > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::string shown_memory(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kNames = {"KiB", "MiB", "GiB", "TiB"};
  double number = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; number >= 1024 && unit + 1 < kNames.size(); ++unit) number /= 1024;
  // Rounded up, so that what is told to be needed is enough.
  std::string text = fmt::format("{:.1f}", std::ceil(number * 10) / 10);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + std::string(kNames[unit]);
}

std::uint64_t available_memory() {
  std::uint64_t least = 0;
  const auto take = [&](std::optional<std::uint64_t> left) {
    if (left && (least == 0 || *left < least)) least = std::max<std::uint64_t>(*left, 1);
  };
  take(machine_has_left());
  take(group_has_left("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"));
  take(group_has_left("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"));
  return least;
}

}  // namespace segue
