// Sizes of memory as people write them.
#include "bindings/cpp/memory_size.h"

#include <catch2/catch.hpp>

namespace segue::test {
namespace {

TEST_CASE("sizes are numbers with units of 1024 or 1000, in any case") {
  CHECK(parse_memory("2GiB") == std::uint64_t{2} << 30);
  CHECK(parse_memory("1.5 gib") == std::uint64_t{3} << 29);
  CHECK(parse_memory("64000KB") == 64'000'000U);
  CHECK(parse_memory("1TiB") == std::uint64_t{1} << 40);
  for (const char* text : {"", "2", "GiB", "2GX", "-1GiB", "0MiB", "0.1", "nan GiB", "1e3MiB", "9999999999999TiB", "2GiB "})
    CHECK_FALSE(parse_memory(text));
}

TEST_CASE("what is shown is at least what it stands for") {
  CHECK(shown_memory(1) == "0.1KiB");
  CHECK(shown_memory(std::uint64_t{1} << 30) == "1GiB");
  CHECK(shown_memory((std::uint64_t{1} << 30) + 1) == "1.1GiB");
  CHECK(parse_memory(shown_memory(123'456'789)).value_or(0) >= 123'456'789U);
}

}  // namespace
}  // namespace segue::test
