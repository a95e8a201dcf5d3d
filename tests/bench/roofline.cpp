// What this machine's memory gives: bytes a second that one thread, and all that are asked for, read from memory, from the second and from the first cache.
// Prints one JSON object.
//   roofline [--threads N]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <immintrin.h>

namespace {

// Words at the begin of a line of the caches: a load of 64 bytes that lies in two lines counts twice.
struct Words {
  explicit Words(std::size_t bytes) : lines(bytes / sizeof(Line), Line{1}) {}
  const std::uint64_t* data() const { return lines.front().words; }
  std::size_t size() const { return lines.size() * 8; }

  struct alignas(64) Line {
    std::uint64_t words[8];
  };
  std::vector<Line> lines;
};

// Reads all words `rounds` times; what is made of them keeps the compiler from leaving it out. Four sums, so that no load waits for an operation.
__attribute__((target("avx512f"))) std::uint64_t read_avx512(const Words& words, std::size_t rounds) {
  __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
  const std::uint64_t* end = words.data() + words.size() / 32 * 32;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const std::uint64_t* at = words.data(); at != end; at += 32) {
      a = _mm512_or_si512(a, _mm512_loadu_si512(at));
      b = _mm512_or_si512(b, _mm512_loadu_si512(at + 8));
      c = _mm512_or_si512(c, _mm512_loadu_si512(at + 16));
      d = _mm512_or_si512(d, _mm512_loadu_si512(at + 24));
    }
    __asm__ volatile("" ::: "memory");
  }
  return static_cast<std::uint64_t>(_mm512_reduce_or_epi64(_mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d))));
}

__attribute__((target("avx2"))) inline __m256i load(const std::uint64_t* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

__attribute__((target("avx2"))) std::uint64_t read_avx2(const Words& words, std::size_t rounds) {
  __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
  const std::uint64_t* end = words.data() + words.size() / 16 * 16;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const std::uint64_t* at = words.data(); at != end; at += 16) {
      a = _mm256_or_si256(a, load(at));
      b = _mm256_or_si256(b, load(at + 4));
      c = _mm256_or_si256(c, load(at + 8));
      d = _mm256_or_si256(d, load(at + 12));
    }
    __asm__ volatile("" ::: "memory");
  }
  return static_cast<std::uint64_t>(_mm256_extract_epi64(_mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d)), 0));
}

std::uint64_t read_all(const Words& words, std::size_t rounds) {
  return __builtin_cpu_supports("avx512f") ? read_avx512(words, rounds) : read_avx2(words, rounds);
}

// Bytes a second, best of five, of `threads` threads that each read `bytes` of their own.
double bandwidth(std::size_t bytes, unsigned threads) {
  const std::vector<Words> memory(threads, Words(bytes));
  const std::size_t rounds = std::max<std::size_t>(1, (std::size_t{1} << 31) / bytes);
  double best = 0;
  volatile std::uint64_t kept = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    {
      std::vector<std::jthread> others;
      for (unsigned i = 1; i < threads; ++i) others.emplace_back([&, i] { kept = kept + read_all(memory[i], rounds); });
      kept = kept + read_all(memory[0], rounds);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, static_cast<double>(bytes) * static_cast<double>(rounds) * threads / seconds);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned threads = argc == 3 && std::string(argv[1]) == "--threads" ? static_cast<unsigned>(std::atoi(argv[2])) : 1;
  constexpr std::size_t kFirst = 16 << 10, kSecond = 384 << 10, kMemory = std::size_t{512} << 20;
  std::printf("{\"threads\": %u, \"memory\": %.4g, \"second_cache\": %.4g, \"first_cache\": %.4g}\n", threads, bandwidth(kMemory, threads),
              bandwidth(kSecond, threads), bandwidth(kFirst, threads));
}
