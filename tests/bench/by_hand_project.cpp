// With the widest instructions that the processor has: AVX-512 where it is there, else what the compiler makes of it.
#include "tests/bench/by_hand_project.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include <immintrin.h>

namespace segue::bench {
namespace {

constexpr std::size_t kRows = 2048, kWords = kRows / 64;  // of a block: the bits of 200 conditions stay in the first cache

#define SEGUE_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq")))

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vpopcntdq");
}

struct Condition {
  std::size_t column = 0;
  std::int64_t bound = 0;
};
struct Pair {
  std::uint64_t kinds = 0;
  std::int64_t least = 0, since = 0;
};
struct AtLeast {
  std::size_t pair = 0;
  std::uint32_t count = 0;
};
struct Question {
  std::size_t must = 0;
  bool excludes = false;
  std::vector<Condition> conditions;
  std::vector<std::vector<std::size_t>> definitions;
  std::vector<Pair> pairs;
  std::vector<AtLeast> counts;
};

Question question_of(const std::string& path) {
  Question question;
  std::ifstream file(path);
  for (std::string line, word; std::getline(file, line);) {
    std::istringstream words(line);
    words >> word;
    if (word == "terms") words >> question.must >> question.excludes;
    if (word == "condition") words >> question.conditions.emplace_back().column >> question.conditions.back().bound;
    if (word == "definition") {
      std::vector<std::size_t>& definition = question.definitions.emplace_back();
      for (std::size_t i = 0; words >> i;) definition.push_back(i);
    }
    if (word == "pair") {
      Pair& pair = question.pairs.emplace_back();
      words >> pair.kinds >> pair.least >> pair.since;
    }
    if (word == "at_least") words >> question.counts.emplace_back().pair >> question.counts.back().count;
  }
  return question;
}

// ── one bit a row where values[row] >= bound ──

SEGUE_AVX512 void compare_avx512(const std::int16_t* values, std::size_t words, std::int16_t bound, std::uint64_t* bits) {
  const __m512i limit = _mm512_set1_epi16(bound);
  for (std::size_t word = 0; word < words; ++word) {
    const std::uint64_t low = _mm512_cmpge_epi16_mask(_mm512_loadu_si512(values + word * 64), limit);
    const std::uint64_t high = _mm512_cmpge_epi16_mask(_mm512_loadu_si512(values + word * 64 + 32), limit);
    bits[word] = low | high << 32;
  }
}

void compare(const std::int16_t* values, std::size_t words, std::int16_t bound, std::uint64_t* bits) {
  if (has_avx512()) return compare_avx512(values, words, bound, bits);
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < 64; ++i) result |= std::uint64_t{values[word * 64 + i] >= bound} << i;
    bits[word] = result;
  }
}

// ── who is in a definition ──

std::uint64_t members(const std::uint64_t* const* terms, std::size_t must, bool excludes, std::size_t w) {
  std::uint64_t all = terms[must][w] | terms[must + 1][w];
  for (std::size_t k = 0; k < must; ++k) all &= terms[k][w];
  return excludes ? all & ~terms[must + 2][w] : all;
}

template <std::size_t kMust, bool kExcludes>
SEGUE_AVX512 std::uint64_t count_avx512(const std::uint64_t* const* terms) {
  __m512i total = _mm512_setzero_si512();
  for (std::size_t w = 0; w < kWords; w += 8) {
    __m512i all = _mm512_or_si512(_mm512_loadu_si512(terms[kMust] + w), _mm512_loadu_si512(terms[kMust + 1] + w));
    for (std::size_t k = 0; k < kMust; ++k) all = _mm512_and_si512(all, _mm512_loadu_si512(terms[k] + w));
    if constexpr (kExcludes) all = _mm512_andnot_si512(_mm512_loadu_si512(terms[kMust + 2] + w), all);
    total = _mm512_add_epi64(total, _mm512_popcnt_epi64(all));
  }
  return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(total));
}

// Blocks that are whole; the last one word by word.
std::uint64_t count_members(const std::uint64_t* const* terms, const Question& question, std::size_t rows) {
  if (rows == kRows && has_avx512()) {
    if (question.must == 5 && question.excludes) return count_avx512<5, true>(terms);
    if (question.must == 2 && !question.excludes) return count_avx512<2, false>(terms);
  }
  std::uint64_t total = 0;
  for (std::size_t w = 0; w * 64 < rows; ++w) {
    const std::size_t left = rows - w * 64;
    const std::uint64_t mask = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
    total += static_cast<std::uint64_t>(std::popcount(members(terms, question.must, question.excludes, w) & mask));
  }
  return total;
}

const Column& account_column(const Database& database, std::size_t number) {
  return database.tables[0].columns[number + 1];  // behind the key
}

// One definition alone reads its columns once, without bitmaps in between.
SEGUE_AVX512 std::uint64_t count_alone_avx512(const std::vector<const std::int16_t*>& columns, const std::vector<std::int16_t>& bounds,
                                              const Question& question, std::size_t begin, std::size_t end) {
  const std::size_t must = question.must;
  std::uint64_t total = 0;
  for (std::size_t row = begin; row < end; row += 32) {
    const auto test = [&](std::size_t k) SEGUE_AVX512 {
      return _mm512_cmpge_epi16_mask(_mm512_loadu_si512(columns[k] + row), _mm512_set1_epi16(bounds[k]));
    };
    std::uint32_t all = test(must) | test(must + 1);
    for (std::size_t k = 0; k < must; ++k) all &= test(k);
    if (question.excludes) all &= ~test(must + 2);
    if (end - row < 32) all &= (std::uint32_t{1} << (end - row)) - 1;
    total += static_cast<std::uint64_t>(std::popcount(all));
  }
  return total;
}

std::uint64_t count_alone(const Database& database, const Question& question, std::size_t begin, std::size_t end) {
  std::vector<const std::int16_t*> columns;
  std::vector<std::int16_t> bounds;
  for (const std::size_t i : question.definitions.front()) {
    columns.push_back(account_column(database, question.conditions[i].column).values<std::int16_t>());
    bounds.push_back(static_cast<std::int16_t>(question.conditions[i].bound));
  }
  return count_alone_avx512(columns, bounds, question, begin, end);
}

using Sizes = std::vector<std::uint64_t>;

void count_definitions(const Database& database, const Question& question, std::size_t begin, std::size_t end, Sizes& sizes) {
  if (question.definitions.size() == 1 && has_avx512()) {
    sizes[0] += count_alone(database, question, begin, end);
    return;
  }
  std::vector<bool> needed(question.conditions.size());
  for (const auto& definition : question.definitions) {
    for (const std::size_t condition : definition) needed[condition] = true;
  }
  std::vector<std::uint64_t> bits((question.conditions.size() + 1) * kWords);
  for (std::size_t from = begin; from < end; from += kRows) {
    const std::size_t rows = std::min(kRows, end - from);
    for (std::size_t i = 0; i < question.conditions.size(); ++i) {
      if (!needed[i]) continue;
      const std::int16_t* values = account_column(database, question.conditions[i].column).values<std::int16_t>() + from;
      compare(values, (rows + 63) / 64, static_cast<std::int16_t>(question.conditions[i].bound), bits.data() + i * kWords);
    }
    for (std::size_t i = 0; i < question.definitions.size(); ++i) {
      std::array<const std::uint64_t*, 16> terms{};
      for (std::size_t k = 0; k < question.definitions[i].size(); ++k) terms[k] = bits.data() + question.definitions[i][k] * kWords;
      sizes[i] += count_members(terms.data(), question, rows);
    }
  }
}

// ── events, grouped by account: columns kind (an enum), number (int), occurred_at; in the order of the schema behind the key of the join ──

struct Events {
  const std::int8_t* kind = nullptr;
  const std::int16_t* number = nullptr;
  const std::int64_t* at = nullptr;
  const std::uint64_t* offsets = nullptr;
};

SEGUE_AVX512 std::uint64_t events_avx512(const Events& events, std::size_t row, const Pair& pair) {
  const __m512i kinds = _mm512_loadu_si512(events.kind + row);
  std::uint64_t result = 0;
  for (std::uint64_t left = pair.kinds; left != 0; left &= left - 1) {
    result |= _mm512_cmpeq_epi8_mask(kinds, _mm512_set1_epi8(static_cast<char>(std::countr_zero(left))));
  }
  if (pair.least > 0) {
    const __m512i least = _mm512_set1_epi16(static_cast<std::int16_t>(pair.least));
    result &= _mm512_cmpge_epi16_mask(_mm512_loadu_si512(events.number + row), least) |
              std::uint64_t{_mm512_cmpge_epi16_mask(_mm512_loadu_si512(events.number + row + 32), least)} << 32;
  }
  return result;
}

SEGUE_AVX512 std::uint64_t since_avx512(const Events& events, std::size_t row, std::int64_t since) {
  const __m512i limit = _mm512_set1_epi64(since);
  std::uint64_t result = 0;
  for (unsigned part = 0; part < 8; ++part) {
    result |= std::uint64_t{_mm512_cmpge_epi64_mask(_mm512_loadu_si512(events.at + row + part * 8), limit)} << (part * 8);
  }
  return result;
}

std::uint64_t events_plain(const Events& events, std::size_t row, const Pair& pair) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    result |= std::uint64_t{(pair.kinds >> events.kind[row + i] & 1) != 0 && events.number[row + i] >= pair.least} << i;
  }
  return result;
}

std::uint64_t since_plain(const Events& events, std::size_t row, std::int64_t since) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < 64; ++i) result |= std::uint64_t{events.at[row + i] >= since} << i;
  return result;
}

// Bits set in rows [begin, end) of `bits`.
std::uint32_t count_bits(const std::uint64_t* bits, std::size_t begin, std::size_t end) {
  std::uint32_t count = 0;
  while (begin < end) {
    const std::size_t stop = std::min(end, (begin / 64 + 1) * 64), width = stop - begin;
    const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    count += static_cast<std::uint32_t>(std::popcount(bits[begin / 64] >> (begin % 64) & mask));
    begin = stop;
  }
  return count;
}

void count_events(const Events& events, const Question& question, std::size_t begin, std::size_t end, Sizes& sizes) {
  const bool wide = has_avx512();
  std::vector<std::int64_t> instants;
  for (const Pair& pair : question.pairs) {
    if (std::ranges::find(instants, pair.since) == instants.end()) instants.push_back(pair.since);
  }
  std::vector<std::vector<std::uint64_t>> bits(question.pairs.size());
  std::vector<std::uint32_t> counts(question.pairs.size());
  std::vector<std::uint64_t> late(instants.size());
  for (std::size_t account = begin; account < end;) {
    std::size_t next = account;  // as many accounts as have about a thousand events
    while (next < end && (next == account || events.offsets[next + 1] - events.offsets[account] <= 1024)) ++next;
    const std::size_t first = events.offsets[account] / 64 * 64, last = events.offsets[next];
    for (auto& one : bits) one.resize((last - first + 63) / 64);
    for (std::size_t word = 0; first + word * 64 < last; ++word) {
      const std::size_t row = first + word * 64;
      for (std::size_t i = 0; i < instants.size(); ++i)
        late[i] = wide ? since_avx512(events, row, instants[i]) : since_plain(events, row, instants[i]);
      for (std::size_t i = 0; i < question.pairs.size(); ++i) {
        const Pair& pair = question.pairs[i];
        const auto instant = static_cast<std::size_t>(std::ranges::find(instants, pair.since) - instants.begin());
        bits[i][word] = late[instant] & (wide ? events_avx512(events, row, pair) : events_plain(events, row, pair));
      }
    }
    for (; account < next; ++account) {
      for (std::size_t i = 0; i < question.pairs.size(); ++i) {
        counts[i] = count_bits(bits[i].data(), events.offsets[account] - first, events.offsets[account + 1] - first);
      }
      for (std::size_t i = 0; i < question.counts.size(); ++i) sizes[i] += counts[question.counts[i].pair] >= question.counts[i].count;
    }
  }
}

Events events_of(const Database& database) {
  const Table& table = database.tables[1];
  Events events;
  events.offsets = table.links.front().offsets.data();
  for (const Column& column : table.columns) {
    if (column.storage == Storage::kInt8) events.kind = column.values<std::int8_t>();
    if (column.storage == Storage::kInt16) events.number = column.values<std::int16_t>();
    if (column.storage == Storage::kInt64) events.at = column.values<std::int64_t>();
  }
  return events;
}

}  // namespace

HandResult answer_by_hand(const Database& database, const std::string& file, unsigned threads, unsigned repeats) {
  const Question question = question_of(file);
  const std::size_t accounts = database.tables[0].rows;
  const bool asks_events = !question.pairs.empty();
  HandResult result;
  std::vector<double> seconds;
  for (unsigned repeat = 0; repeat < repeats; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Sizes> parts(threads, Sizes(asks_events ? question.counts.size() : question.definitions.size()));
    const auto work = [&](unsigned part) {
      const std::size_t begin = accounts * part / threads / kRows * kRows;
      const std::size_t end = part + 1 == threads ? accounts : accounts * (part + 1) / threads / kRows * kRows;
      if (asks_events) count_events(events_of(database), question, begin, end, parts[part]);
      else count_definitions(database, question, begin, end, parts[part]);
    };
    {
      std::vector<std::jthread> others;
      for (unsigned part = 1; part < threads; ++part) others.emplace_back(work, part);
      work(0);
    }
    result.sizes = parts.front();
    for (unsigned part = 1; part < threads; ++part) std::ranges::transform(result.sizes, parts[part], result.sizes.begin(), std::plus<>());
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(seconds);
  result.seconds = seconds[seconds.size() / 2];
  return result;
}

}  // namespace segue::bench
