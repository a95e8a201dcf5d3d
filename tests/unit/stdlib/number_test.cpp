// Exact arithmetic: overflow, scales, rounding, comparison by exact value, and ranges of raw values.
#include "stdlib/number.h"

#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace segue {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Int128 wide(bool is_negative, std::uint64_t high, std::uint64_t low) {
  const Int128 magnitude = static_cast<Int128>((UInt128{high} << 64) | low);
  return is_negative ? -magnitude : magnitude;
}

struct RatioCase {
  bool is_negative;
  std::uint64_t n_high, n_low, d_high, d_low, bits;
};
struct QuotientCase {
  std::int64_t a;
  int a_scale;
  std::int64_t b;
  int b_scale;
  std::uint64_t bits;
};
struct ComparisonCase {
  std::int64_t a;
  int scale;
  std::uint64_t b;
  int expected;
};

#define RATIO(...) {__VA_ARGS__},
#define QUOTIENT(...)
#define COMPARISON(...)
#define SUM(...)
#define ZONE(...)
const std::vector<RatioCase> kRatios = {
#include "cases.inc"
};
#undef RATIO
#undef QUOTIENT
#define RATIO(...)
#define QUOTIENT(...) {__VA_ARGS__},
const std::vector<QuotientCase> kQuotients = {
#include "cases.inc"
};
#undef QUOTIENT
#undef COMPARISON
#define QUOTIENT(...)
#define COMPARISON(...) {__VA_ARGS__},
const std::vector<ComparisonCase> kComparisons = {
#include "cases.inc"
};
#undef RATIO
#undef QUOTIENT
#undef COMPARISON
#undef SUM
#undef ZONE

const Comparison kAll[] = {Comparison::kEqual, Comparison::kLess, Comparison::kLessEqual, Comparison::kGreater, Comparison::kGreaterEqual};

bool contains(IntRange range, std::int64_t raw) { return range.low <= raw && raw <= range.high; }
bool contains(FloatRange range, double value) { return range.low <= value && value <= range.high; }

}  // namespace

TEST_CASE("an int beyond 64 bits is missing") {
  CHECK(add_int(kGreatest, 0) == KnownInt{kGreatest, true});
  CHECK(add_int(kGreatest, 1) == kMissingInt);
  CHECK(subtract_int(kLeast, 1) == kMissingInt);
  CHECK(subtract_int(-1, kLeast) == KnownInt{kGreatest, true});
  CHECK(multiply_int(kGreatest, 2) == kMissingInt);
  CHECK(multiply_int(std::int64_t{1} << 32, std::int64_t{1} << 31) == kMissingInt);
  CHECK(multiply_int(-(std::int64_t{1} << 32), std::int64_t{1} << 31) == KnownInt{kLeast, true});
  CHECK(negate_int(kLeast) == kMissingInt);
  CHECK(negate_int(kGreatest) == KnownInt{-kGreatest, true});
}

TEST_CASE("decimals keep the larger scale in sums and add scales in products") {
  CHECK(add_decimal(125, 2, 5, 1) == KnownInt{175, true});  // 1.25 + 0.5
  CHECK(subtract_decimal(1, 0, 1, 18) == KnownInt{999'999'999'999'999'999, true});
  CHECK(multiply_decimal(125, -5) == KnownInt{-625, true});  // 1.25 × -0.5
}

TEST_CASE("a decimal beyond 18 digits is missing") {
  CHECK(add_decimal(kMaxDecimalRaw, 2, 1, 2) == kMissingInt);
  CHECK(add_decimal(kMaxDecimalRaw, 0, 0, 0) == KnownInt{kMaxDecimalRaw, true});
  CHECK(add_decimal(1'000, 0, 0, 15) == kMissingInt);  // 1000.000000000000000 has 19 digits
  CHECK(add_decimal(999, 0, 0, 15) == KnownInt{999'000'000'000'000'000, true});
  CHECK(add_decimal(kGreatest, 0, -kMaxDecimalRaw, 18) == kMissingInt);
  CHECK(multiply_decimal(1'000'000'000, 1'000'000'000) == kMissingInt);
  CHECK(multiply_decimal(kLeast, kLeast) == kMissingInt);
  CHECK(negate_decimal(kMaxDecimalRaw) == KnownInt{-kMaxDecimalRaw, true});
  CHECK(decimal_from_wide(-Int128{kMaxDecimalRaw} - 1) == kMissingInt);
}

TEST_CASE("rescaling is exact or missing") {
  CHECK(rescale_decimal(125, 2, 4) == KnownInt{12'500, true});
  CHECK(rescale_decimal(12'500, 4, 2) == KnownInt{125, true});
  CHECK(rescale_decimal(12'501, 4, 2) == kMissingInt);
  CHECK(rescale_decimal(-12'500, 4, 3) == KnownInt{-1'250, true});
  CHECK(rescale_decimal(10, 0, 17) == kMissingInt);
  CHECK(rescale_decimal(9, 0, 17) == KnownInt{900'000'000'000'000'000, true});
  CHECK(rescale_decimal(kGreatest, 0, 0) == kMissingInt);
}

TEST_CASE("floats keep infinities, and what is not a number is missing") {
  CHECK(add_float(kInfinity, 1) == KnownFloat{kInfinity, true});
  CHECK(add_float(kInfinity, -kInfinity) == kMissingFloat);
  CHECK(multiply_float(kInfinity, 0) == kMissingFloat);
  CHECK(multiply_float(1e300, 1e300) == KnownFloat{kInfinity, true});
  CHECK(divide_float(1, 0) == kMissingFloat);
  CHECK(divide_float(1, -0.0) == kMissingFloat);
  CHECK(divide_float(kInfinity, kInfinity) == kMissingFloat);
  CHECK(divide_float(1, kInfinity) == KnownFloat{0, true});
  CHECK(!std::signbit(canonical_float(-0.0)));
}

TEST_CASE("a quotient of exact numbers is the nearest double") {
  CHECK(divide_exact(35, 0, 50, 0) == KnownFloat{0.7, true});
  CHECK(divide_exact(1, 0, 3, 0) == KnownFloat{1.0 / 3.0, true});
  CHECK(divide_exact(-1, 1, 3, 2) == KnownFloat{-10.0 / 3.0, true});  // -0.1 / 0.03
  CHECK(divide_exact(1, 0, 0, 5) == kMissingFloat);
  CHECK(divide_exact(0, 0, -7, 0) == KnownFloat{0, true});
  CHECK(divide_exact(kLeast, 0, -1, 0) == KnownFloat{0x1p63, true});
  // 2^53 + 1 lies half way; the double above and below would both come of rounding twice
  CHECK(divide_exact(9'007'199'254'740'993, 0, 1, 0) == KnownFloat{9007199254740992.0, true});
  CHECK(divide_exact(9'007'199'254'740'995, 0, 1, 0) == KnownFloat{9007199254740996.0, true});
  for (const QuotientCase& c : kQuotients) {
    INFO(c.a << "e-" << c.a_scale << " / " << c.b << "e-" << c.b_scale);
    CHECK(std::bit_cast<std::uint64_t>(divide_exact(c.a, c.a_scale, c.b, c.b_scale).value) == c.bits);
  }
}

TEST_CASE("a ratio of wide integers is the nearest double") {
  for (const RatioCase& c : kRatios) {
    const double result = nearest_ratio(wide(c.is_negative, c.n_high, c.n_low), static_cast<UInt128>(wide(false, c.d_high, c.d_low)));
    CHECK(std::bit_cast<std::uint64_t>(result) == c.bits);
  }
}

TEST_CASE("an exact number becomes the nearest double") {
  CHECK(nearest_float(70, 2) == 0.7);
  CHECK(nearest_float(1, 18) == 1e-18);
  CHECK(nearest_float(kMaxDecimalRaw, 18) == 1.0);
  CHECK(nearest_float(-123'456'789'012'345'678, 4) == -12345678901234.5678);
  CHECK(nearest_float(kGreatest, 0) == 0x1p63);
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    const auto raw = static_cast<std::int64_t>(random()) >> (random() % 63);
    const int scale = static_cast<int>(random() % 19);
    CHECK(nearest_float(raw, scale) == nearest_float_of_text(std::to_string(raw) + "e-" + std::to_string(scale)));
  }
}

TEST_CASE("a number in text becomes the nearest double, whatever its length") {
  CHECK(nearest_float_of_text("0.1") == 0.1);
  CHECK(nearest_float_of_text("9007199254740993") == 9007199254740992.0);
  CHECK(nearest_float_of_text("9007199254740993." + std::string(400, '0') + "1") == 9007199254740994.0);
  CHECK(nearest_float_of_text("1" + std::string(400, '0')) == kInfinity);
  CHECK(nearest_float_of_text("-1e999") == -kInfinity);
  CHECK(nearest_float_of_text("1e-999") == 0);
  CHECK(nearest_float_of_text("0." + std::string(400, '0') + "1") == 0);
  CHECK(nearest_float_of_text("0e999999999999999999999") == 0);
  CHECK(nearest_float_of_text("1e999999999999999999999") == kInfinity);
  CHECK(nearest_float_of_text("1e-999999999999999999999") == 0);
  CHECK(nearest_float_of_text("0." + std::string(400, '0') + "1e402") == 10);
}

TEST_CASE("an average of exact numbers is rounded once") {
  CHECK(average_exact(0, 0, 0) == kMissingFloat);
  CHECK(average_exact(10, 0, 4) == KnownFloat{2.5, true});
  CHECK(average_exact(100, 2, 3) == KnownFloat{1.0 / 3.0, true});
  // the sum, 2^62 + 1, is no double; rounding it first would lose the one
  CHECK(average_exact((Int128{1} << 62) + 1, 0, std::int64_t{1} << 60) == KnownFloat{4.0, true});
  CHECK(average_exact((Int128{1} << 53) + 1, 0, 3) == KnownFloat{3002399751580331.0, true});
}

TEST_CASE("numbers compare by exact value") {
  CHECK(compare_exact(10, 1, 1, 0) == 0);
  CHECK(compare_exact(1, 18, 0, 0) == 1);
  CHECK(compare_exact(kGreatest, 0, kGreatest, 18) == 1);
  CHECK(compare_exact(kLeast, 18, kLeast, 0) == 1);
  CHECK(compare_exact_float(9'007'199'254'740'993, 0, 9007199254740992.0) == 1);
  CHECK(compare_exact_float(kGreatest, 0, 0x1p63) == -1);
  CHECK(compare_exact_float(kLeast, 0, -0x1p63) == 0);
  CHECK(compare_exact_float(1, 1, 0.1) == -1);  // the double 0.1 is a little more than a tenth
  CHECK(compare_exact_float(3, 1, 0.3) == 1);   // and 0.3 a little less than three
  CHECK(compare_exact_float(25, 2, 0.25) == 0);
  CHECK(compare_exact_float(0, 5, -0.0) == 0);
  CHECK(compare_exact_float(0, 5, 5e-324) == -1);
  CHECK(compare_exact_float(0, 5, -5e-324) == 1);
  CHECK(compare_exact_float(-1, 18, -5e-324) == -1);
  CHECK(compare_exact_float(kGreatest, 0, kInfinity) == -1);
  CHECK(compare_exact_float(kLeast, 0, -kInfinity) == 1);
  CHECK(compare_float(-0.0, 0.0) == 0);
  for (const ComparisonCase& c : kComparisons) {
    INFO(c.a << "e-" << c.scale << " ? " << std::bit_cast<double>(c.b));
    CHECK(compare_exact_float(c.a, c.scale, std::bit_cast<double>(c.b)) == c.expected);
  }
}

TEST_CASE("a comparison with a constant is a range of raw values") {
  CHECK(exact_range(0, Comparison::kLess, 5, 1) == IntRange{kLeast, 0});              // x < 0.5
  CHECK(exact_range(0, Comparison::kGreaterEqual, -5, 1) == IntRange{0, kGreatest});  // x >= -0.5
  CHECK(exact_range(0, Comparison::kEqual, 5, 1).is_empty());
  CHECK(exact_range(2, Comparison::kEqual, 5, 1) == IntRange{50, 50});
  CHECK(exact_range(18, Comparison::kLess, 10, 0) == IntRange{kLeast, kGreatest});  // every raw lies below 10 × 10^18
  CHECK(exact_range(18, Comparison::kGreater, 10, 0).is_empty());
  CHECK(exact_range(0, Comparison::kGreater, kGreatest, 0).is_empty());
  CHECK(exact_range(0, Comparison::kLess, kLeast, 0).is_empty());
  CHECK(exact_range(0, Comparison::kLess, kInfinity) == IntRange{kLeast, kGreatest});
  CHECK(exact_range(0, Comparison::kEqual, -kInfinity).is_empty());
  CHECK(exact_range(0, Comparison::kGreaterEqual, 0x1p63).is_empty());
  CHECK(exact_range(0, Comparison::kEqual, -0x1p63) == IntRange{kLeast, kLeast});
  CHECK(float_range(Comparison::kEqual, 1, 1).is_empty());  // no double is a tenth
  CHECK(float_range(Comparison::kLessEqual, 1, 1) == FloatRange{-kInfinity, std::nextafter(0.1, 0.0)});
  CHECK(float_range(Comparison::kGreater, 1, 1) == FloatRange{0.1, kInfinity});
  CHECK(float_range(Comparison::kLess, 0, 0) == FloatRange{-kInfinity, -5e-324});
  CHECK(contains(float_range(Comparison::kEqual, 0, 0), -0.0));
  CHECK(float_range(Comparison::kLess, -kInfinity).is_empty());
  CHECK(float_range(Comparison::kGreater, kInfinity).is_empty());
  CHECK(float_range(Comparison::kLess, kInfinity) == FloatRange{-kInfinity, std::numeric_limits<double>::max()});
}

TEST_CASE("ranges agree with comparisons around the constant") {
  std::mt19937_64 random(11);
  for (int i = 0; i < 1'000; ++i) {
    const auto constant = static_cast<std::int64_t>(random()) >> (random() % 63);
    const int constant_scale = static_cast<int>(random() % 19);
    const int scale = static_cast<int>(random() % 19);
    const double near = nearest_float(constant, constant_scale);
    const double as_raw = near * static_cast<double>(kPowersOf10[scale]);
    const std::int64_t raw = std::abs(as_raw) < 0x1p62 ? static_cast<std::int64_t>(as_raw) : static_cast<std::int64_t>(random());
    for (const Comparison comparison : kAll) {
      for (const std::int64_t x : {raw - 1, raw, raw + 1}) {
        CHECK(contains(exact_range(scale, comparison, constant, constant_scale), x) ==
              holds(comparison, compare_exact(x, scale, constant, constant_scale)));
        CHECK(contains(exact_range(scale, comparison, near), x) == holds(comparison, compare_exact_float(x, scale, near)));
      }
      for (const double x : {near, std::nextafter(near, kInfinity), std::nextafter(near, -kInfinity)}) {
        CHECK(contains(float_range(comparison, constant, constant_scale), x) ==
              holds(comparison, -compare_exact_float(constant, constant_scale, x)));
        CHECK(contains(float_range(comparison, near), x) == holds(comparison, compare_float(x, near)));
      }
    }
  }
}

}  // namespace segue
