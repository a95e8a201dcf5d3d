// Hashes of splits, against SHA-256 by Python's hashlib.
#include "stdlib/split.h"

#include <string>

#include <catch2/catch.hpp>

using namespace segue;

TEST_CASE("the hash is the first 13 digits of SHA-256 of seed, zero byte and key") {
  CHECK(split_hash("", "") == 0x6e340b9cffb37);
  CHECK(split_hash("2026q3", "A-1") == 0xac466a45cc3ea);
  CHECK(split_hash("2026q3", "A-2") == 0x205ca8ac755f3);
  CHECK(split_hash("seed", "42") == 0x20331046d3fda);
  CHECK(split_hash("s", "é") == 0x0996bd57395b5);
  CHECK(split_hash(std::string(100, 'x'), std::string(100, 'y')) == 0xe2c3ddba62ef7);
  CHECK(split_hash("2026q3", "2026-03-01") == 0x67a9a9cb42c1d);
}

TEST_CASE("seed and key are apart") {
  CHECK(split_hash("ab", "c") != split_hash("a", "bc"));
  CHECK(split_hash("ab", "c") < kSplitHashes);
}
