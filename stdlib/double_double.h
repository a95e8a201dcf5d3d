// This file's external interface is DoubleDouble: numbers of about 106 bits as the sum of two doubles, for functions that have to be pinned to the last bit. The
// error-free sum is Knuth's, the error-free product Dekker's with Veltkamp's splitting (T. J. Dekker, "A floating-point technique for extending the available precision", 1971); no fused
// multiply-add, so every machine gives the same bits. Private to stdlib. Operands are far from the ends of the range of doubles.
#pragma once

namespace segue {

struct DoubleDouble {
  double high = 0;  // the double nearest to the value
  double low = 0;
};

// a + b exactly.
constexpr DoubleDouble sum_of(double a, double b) {
  const double sum = a + b;
  const double rest = sum - a;
  return {sum, (a - (sum - rest)) + (b - rest)};
}

// a + b exactly, where |a| >= |b| or a is 0.
constexpr DoubleDouble ordered_sum_of(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// a · b exactly.
constexpr DoubleDouble product_of(double a, double b) {
  constexpr double kSplit = 134'217'729;  // 2^27 + 1
  const double product = a * b;
  const double a_shifted = kSplit * a;
  const double a_high = a_shifted - (a_shifted - a);
  const double a_low = a - a_high;
  const double b_shifted = kSplit * b;
  const double b_high = b_shifted - (b_shifted - b);
  const double b_low = b - b_high;
  return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

constexpr DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }

constexpr DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = sum_of(a.high, b.high);
  const DoubleDouble low = sum_of(a.low, b.low);
  const DoubleDouble sum = ordered_sum_of(high.high, high.low + low.high);
  return ordered_sum_of(sum.high, sum.low + low.low);
}

constexpr DoubleDouble operator+(DoubleDouble a, double b) {
  const DoubleDouble high = sum_of(a.high, b);
  return ordered_sum_of(high.high, high.low + a.low);
}

constexpr DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }

constexpr DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = product_of(a.high, b.high);
  return ordered_sum_of(product.high, product.low + (a.high * b.low + a.low * b.high));
}

constexpr DoubleDouble operator*(DoubleDouble a, double b) {
  const DoubleDouble product = product_of(a.high, b);
  return ordered_sum_of(product.high, product.low + a.low * b);
}

constexpr DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
  const double first = a.high / b.high;
  const DoubleDouble rest = a - b * first;
  const double second = rest.high / b.high;
  const DoubleDouble rest_again = rest - b * second;
  return ordered_sum_of(first, second) + rest_again.high / b.high;
}

constexpr bool operator<=(DoubleDouble a, DoubleDouble b) { return a.high < b.high || (a.high == b.high && a.low <= b.low); }

}  // namespace segue
