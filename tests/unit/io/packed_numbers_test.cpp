// Numbers of a few bits, read back from runs of both kinds in portions of any size, and refused where bytes are lacking.
#include "runtime/io/packed_numbers.h"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

namespace segue::test {
namespace {

using io::PackedNumbers;
using Bytes = std::vector<std::uint8_t>;

void add_head(Bytes& bytes, std::uint64_t head) {
  for (; head >= 0x80; head >>= 7) bytes.push_back(static_cast<std::uint8_t>(head | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(head));
}

// Eight numbers a group, bits side by side.
void add_packed(Bytes& bytes, const std::vector<std::uint32_t>& numbers, int width) {
  add_head(bytes, numbers.size() / 8 << 1 | 1);
  const std::size_t begin = bytes.size();
  bytes.resize(begin + numbers.size() / 8 * static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (int k = 0; k < width; ++k) {
      const std::size_t bit = i * static_cast<std::size_t>(width) + static_cast<std::size_t>(k);
      bytes[begin + bit / 8] = static_cast<std::uint8_t>(bytes[begin + bit / 8] | (numbers[i] >> k & 1) << bit % 8);
    }
  }
}

void add_repeated(Bytes& bytes, std::uint32_t number, std::size_t count, int width) {
  add_head(bytes, count << 1);
  for (int k = 0; k < width; k += 8) bytes.push_back(static_cast<std::uint8_t>(number >> k));
}

// As many bytes as there are, so that a read behind them is found out.
std::unique_ptr<std::uint8_t[]> exactly(const Bytes& bytes) {
  auto made = std::make_unique<std::uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), made.get());
  return made;
}

TEST_CASE("packed numbers of all widths come back from runs of both kinds") {
  std::mt19937_64 draw(7);
  for (int width = 0; width <= 32; ++width) {
    const auto greatest = static_cast<std::uint32_t>((std::uint64_t{1} << width) - 1);
    Bytes bytes;
    std::vector<std::uint32_t> expected;
    for (int run = 0; run < 20; ++run) {
      if (draw() % 2 == 0) {
        const auto number = static_cast<std::uint32_t>(draw()) & greatest;
        const std::size_t count = draw() % 40 + 1;
        add_repeated(bytes, number, count, width);
        expected.insert(expected.end(), count, number);
      } else {
        std::vector<std::uint32_t> numbers(8 * (draw() % 70 + 1));
        for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(draw()) & greatest;
        add_packed(bytes, numbers, width);
        expected.insert(expected.end(), numbers.begin(), numbers.end());
      }
    }
    const auto exact = exactly(bytes);
    PackedNumbers packed(exact.get(), bytes.size(), width);
    std::vector<std::int32_t> read(expected.size() + PackedNumbers::kSlack);
    INFO("width " << width);
    for (std::size_t at = 0; at < expected.size();) {
      const std::size_t count = std::min<std::size_t>(expected.size() - at, draw() % 100 + 1);
      REQUIRE(packed.read(read.data() + at, count, greatest));
      at += count;
    }
    read.resize(expected.size());
    CHECK(std::equal(read.begin(), read.end(), expected.begin(),
                     [](std::int32_t a, std::uint32_t b) { return static_cast<std::uint32_t>(a) == b; }));
    std::vector<std::int32_t> more(1 + PackedNumbers::kSlack);
    CHECK_FALSE(packed.read(more.data(), 1, greatest));
  }
}

TEST_CASE("packed numbers above what is allowed are refused, whichever of a run they are") {
  for (std::size_t place = 0; place < 24; ++place) {
    std::vector<std::uint32_t> numbers(24, 5);
    numbers[place] = 6;
    Bytes bytes;
    add_packed(bytes, numbers, 3);
    const auto exact = exactly(bytes);
    std::vector<std::int32_t> read(24 + PackedNumbers::kSlack);
    CHECK_FALSE(PackedNumbers(exact.get(), bytes.size(), 3).read(read.data(), 24, 5));
    CHECK(PackedNumbers(exact.get(), bytes.size(), 3).read(read.data(), 24, 6));
    CHECK(PackedNumbers(exact.get(), bytes.size(), 3).read(read.data(), place, 5));
  }
}

TEST_CASE("packed numbers that are cut off, or have heads that no run has, are refused") {
  std::vector<std::int32_t> read(64 + PackedNumbers::kSlack);
  Bytes bytes;
  add_packed(bytes, std::vector<std::uint32_t>(16, 3), 7);
  add_repeated(bytes, 300, 9, 12);
  for (std::size_t size = 0; size < 15; ++size) {
    const auto exact = exactly(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK_FALSE(PackedNumbers(exact.get(), size, 7).read(read.data(), 16, 127));
  }
  const Bytes endless(10, 0xff), nothing(4, 0);
  CHECK_FALSE(PackedNumbers(endless.data(), endless.size(), 1).read(read.data(), 1, 1));
  CHECK_FALSE(PackedNumbers(nothing.data(), nothing.size(), 1).read(read.data(), 1, 1));
  CHECK_FALSE(PackedNumbers().read(read.data(), 1, 1));
}

TEST_CASE("packed numbers are passed over where one run says that all are equal") {
  Bytes bytes;
  add_repeated(bytes, 1, 10, 1);
  add_repeated(bytes, 0, 5, 1);
  PackedNumbers packed(bytes.data(), bytes.size(), 1);
  CHECK(packed.skip_all(1, 4));
  CHECK_FALSE(packed.skip_all(0, 1));
  CHECK_FALSE(packed.skip_all(1, 7));
  CHECK(packed.skip_all(1, 6));
  CHECK(packed.skip_all(0, 5));
  CHECK_FALSE(packed.skip_all(0, 1));
}

}  // namespace
}  // namespace segue::test
