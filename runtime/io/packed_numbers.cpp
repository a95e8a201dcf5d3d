// The unpacking of bits: with one permutation of bytes and one shift for 16 numbers (AVX-512 VBMI) or 8 (AVX2), after D. Lemire and L. Boytsov, "Decoding
// billions of integers per second through vectorization" (2015), else number by number.
#include "runtime/io/packed_numbers.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace segue::io {
namespace {

using Layout = PackedNumbers::Layout;

static_assert(std::endian::native == std::endian::little);

// Unpacks numbers from the one with index `first` on, of the bits that start at `bytes`, and gives the greatest; nothing is read at `end` or behind.
using UnpackBits = std::uint32_t (*)(const Layout& layout, const std::uint8_t* bytes, const std::uint8_t* end, std::size_t first,
                                     std::size_t count, std::int32_t* to);

std::uint32_t unpack_one_by_one(const Layout& layout, const std::uint8_t* bytes, const std::uint8_t* end, std::size_t first,
                                std::size_t count, std::int32_t* to) {
  std::uint32_t greatest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t bit = (first + i) * static_cast<std::size_t>(layout.width);
    const std::uint8_t* at = bytes + bit / 8;
    std::uint64_t word = 0;
    if (end - at >= 8) std::memcpy(&word, at, 8);
    else std::memcpy(&word, at, static_cast<std::size_t>(end - at));
    const std::uint32_t number = static_cast<std::uint32_t>(word >> (bit % 8)) & layout.mask;
    to[i] = static_cast<std::int32_t>(number);
    greatest = std::max(greatest, number);
  }
  return greatest;
}

#if defined(__x86_64__)

constexpr int kWidestOfVector = 25;  // a number and the bits before it in its first byte are within 32

// Numbers before the first that starts a byte.
std::size_t numbers_before(std::size_t first, std::size_t count) { return std::min(count, (8 - first % 8) % 8); }

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) std::uint32_t unpack_avx512(const Layout& layout, const std::uint8_t* bytes,
                                                                                   const std::uint8_t* end, std::size_t first,
                                                                                   std::size_t count, std::int32_t* to) {
  const std::size_t before = numbers_before(first, count);
  std::uint32_t greatest = unpack_one_by_one(layout, bytes, end, first, before, to);
  __m512i most = _mm512_setzero_si512();
  const __m512i places = _mm512_load_si512(layout.bytes.data()), shifts = _mm512_load_si512(layout.shifts.data());
  const __m512i mask = _mm512_set1_epi32(static_cast<int>(layout.mask));
  const std::uint8_t* at = bytes + (first + before) / 8 * static_cast<std::size_t>(layout.width);
  const std::size_t step = 2 * static_cast<std::size_t>(layout.width);
  for (std::size_t i = before; i < count; i += 16, at += step) {
    const auto rest = static_cast<std::size_t>(end - at);
    const __mmask64 is_there = rest >= 64 ? ~__mmask64{0} : (__mmask64{1} << rest) - 1;
    // With masks of ones, for g++ 12 takes what the others leave open for uninitialised.
    const __m512i wide = _mm512_maskz_permutexvar_epi8(~__mmask64{0}, places, _mm512_maskz_loadu_epi8(is_there, at));
    const __mmask16 are_asked = count - i >= 16 ? __mmask16{0xffff} : static_cast<__mmask16>((1U << (count - i)) - 1);
    const __m512i numbers = _mm512_and_si512(_mm512_maskz_srlv_epi32(are_asked, wide, shifts), mask);
    most = _mm512_maskz_max_epu32(__mmask16{0xffff}, most, numbers);
    _mm512_storeu_si512(to + i, numbers);
  }
  alignas(64) std::array<std::uint32_t, 16> parts;
  _mm512_store_si512(parts.data(), most);
  for (const std::uint32_t part : parts) greatest = std::max(greatest, part);
  return greatest;
}

__attribute__((target("avx2"))) std::uint32_t unpack_avx2(const Layout& layout, const std::uint8_t* bytes, const std::uint8_t* end,
                                                          std::size_t first, std::size_t count, std::int32_t* to) {
  const std::size_t before = numbers_before(first, count);
  std::uint32_t greatest = unpack_one_by_one(layout, bytes, end, first, before, to);
  __m256i most = _mm256_setzero_si256();
  const auto width = static_cast<std::size_t>(layout.width);
  // Of the upper four numbers the places count from the byte in which they begin.
  const __m128i low = _mm_load_si128(reinterpret_cast<const __m128i*>(layout.bytes.data()));
  const __m128i high =
      _mm_sub_epi8(_mm_load_si128(reinterpret_cast<const __m128i*>(layout.bytes.data() + 16)), _mm_set1_epi8(static_cast<char>(width / 2)));
  const __m256i places = _mm256_set_m128i(high, low);
  const __m256i shifts = _mm256_load_si256(reinterpret_cast<const __m256i*>(layout.shifts.data()));
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(layout.mask));
  const std::uint8_t* at = bytes + (first + before) / 8 * width;
  for (std::size_t i = before; i < count; i += 8, at += width) {
    std::array<std::uint8_t, 32> last;
    const std::uint8_t* from = at;
    if (end - at < 32) {
      last = {};
      std::memcpy(last.data(), at, static_cast<std::size_t>(end - at));
      from = last.data();
    }
    const __m128i lower = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i upper = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + width / 2));
    const __m256i wide = _mm256_shuffle_epi8(_mm256_set_m128i(upper, lower), places);
    const __m256i numbers = _mm256_and_si256(_mm256_srlv_epi32(wide, shifts), mask);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), numbers);
    if (count - i >= 8) {
      most = _mm256_max_epu32(most, numbers);
    } else {
      for (std::size_t k = i; k < count; ++k) greatest = std::max(greatest, static_cast<std::uint32_t>(to[k]));
    }
  }
  alignas(32) std::array<std::uint32_t, 8> parts;
  _mm256_store_si256(reinterpret_cast<__m256i*>(parts.data()), most);
  for (const std::uint32_t part : parts) greatest = std::max(greatest, part);
  return greatest;
}

UnpackBits best_unpack() {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")) return unpack_avx512;
  if (__builtin_cpu_supports("avx2")) return unpack_avx2;
  return unpack_one_by_one;
}

UnpackBits unpack_for(int width) {
  static const UnpackBits best = best_unpack();
  return width <= kWidestOfVector ? best : unpack_one_by_one;
}

#else

UnpackBits unpack_for(int) { return unpack_one_by_one; }

#endif

}  // namespace

PackedNumbers::PackedNumbers(const std::uint8_t* bytes, std::size_t size, int width) : at_(bytes), end_(bytes + size) {
  layout_.width = width;
  layout_.mask = width >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << width) - 1;
  for (std::size_t i = 0; i < 16; ++i) {
    const std::size_t bit = i * static_cast<std::size_t>(width);
    layout_.shifts[i] = bit % 8;
    for (std::size_t k = 0; k < 4; ++k) layout_.bytes[4 * i + k] = static_cast<std::uint8_t>(bit / 8 + k);
  }
}

// A run's head tells how long it is, and by its last bit of which kind.
bool PackedNumbers::start_run() {
  std::uint64_t head = 0;
  for (int shift = 0;; shift += 7) {
    if (at_ == end_ || shift > 28) return false;
    head |= std::uint64_t{*at_ & 0x7fU} << shift;
    if ((*at_++ & 0x80) == 0) break;
  }
  const auto width = static_cast<std::size_t>(layout_.width), rest = static_cast<std::size_t>(end_ - at_);
  left_ = static_cast<std::size_t>(head >> 1);
  bits_ = nullptr;
  if ((head & 1) != 0) {
    // The last run may be cut where the numbers end.
    const std::size_t bytes = std::min(left_ * width, rest);
    left_ = width == 0 ? left_ * 8 : std::min(left_ * 8, bytes * 8 / width);
    bits_ = at_;
    packed_ = 0;
    at_ += bytes;
    return left_ != 0;
  }
  const std::size_t bytes = (width + 7) / 8;
  if (rest < bytes || left_ == 0) return false;
  std::uint32_t value = 0;
  std::memcpy(&value, at_, bytes);
  at_ += bytes;
  repeated_ = static_cast<std::int32_t>(value);
  return true;
}

bool PackedNumbers::read(std::int32_t* to, std::size_t count, std::uint32_t greatest) {
  const UnpackBits unpack = unpack_for(layout_.width);
  while (count != 0) {
    if (left_ == 0 && !start_run()) return false;
    const std::size_t now = std::min(count, left_);
    if (bits_ == nullptr) {
      std::fill_n(to, now, repeated_);
      if (static_cast<std::uint32_t>(repeated_) > greatest) return false;
    } else if (unpack(layout_, bits_, end_, packed_, now, to) > greatest) {
      return false;
    }
    packed_ += now;
    left_ -= now;
    to += now;
    count -= now;
  }
  return true;
}

bool PackedNumbers::skip_all(std::int32_t value, std::size_t count) {
  if (left_ == 0 && !start_run()) return false;
  if (bits_ != nullptr || repeated_ != value || left_ < count) return false;
  left_ -= count;
  return true;
}

}  // namespace segue::io
