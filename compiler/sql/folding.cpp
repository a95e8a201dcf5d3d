// The pairs are found by asking for each code point: none folds beyond the Supplementary Multilingual Plane.
#include "compiler/sql/folding.h"

#include <cstdint>

#include "stdlib/text.h"

namespace segue::sql {
namespace {

constexpr std::uint32_t kEnd = 0x20000;

std::string encoded(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xc0 | (code >> 6)), byte(0x80 | (code & 0x3f))};
  if (code < 0x10000) return {byte(0xe0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3f)), byte(0x80 | (code & 0x3f))};
  return {byte(0xf0 | (code >> 18)), byte(0x80 | ((code >> 12) & 0x3f)), byte(0x80 | ((code >> 6) & 0x3f)), byte(0x80 | (code & 0x3f))};
}

std::pair<std::string, std::string> make_table() {
  std::pair<std::string, std::string> table;
  for (std::uint32_t code = 1; code < kEnd; ++code) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const std::string from = encoded(code);
    const std::string to = fold(from);
    if (from == to) continue;
    table.first += from;
    table.second += to;
  }
  return table;
}

}  // namespace

const std::pair<std::string, std::string>& folding_table() {
  static const std::pair<std::string, std::string> kTable = make_table();
  return kTable;
}

}  // namespace segue::sql
