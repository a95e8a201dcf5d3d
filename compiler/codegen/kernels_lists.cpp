// Several tests of one column of texts or lists at once. Each entry of the dictionary has a bit, a plane, for each test of texts, or for each value that some test of
// lists asks for. A row has the bits of its entries together, found in one look-up each; 64 rows' bits are then turned into a word for each plane.
#include <algorithm>
#include <bit>
#include <cstring>

#include "compiler/codegen/kernels.h"
#include "runtime/integer_width.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if !defined(__clang__)
// What g++ 12 says of its own header.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#endif

namespace segue {

namespace {

constexpr std::size_t kPlanesPerByte = 8, kWordRows = 64;
// Entries past the last, so that four bytes may be read at each.
constexpr std::size_t kMoreEntries = 4;

// Bytes of an entry that has so many planes.
std::size_t entry_width(std::size_t planes) {
  return std::bit_ceil(std::max<std::size_t>(1, (planes + kPlanesPerByte - 1) / kPlanesPerByte));
}

template <typename Entry>
Entry entry_at(const std::uint8_t* table, std::size_t code) {
  Entry entry{};
  std::memcpy(&entry, table + code * sizeof(Entry), sizeof(Entry));
  return entry;
}

// ── from the bits of 64 rows to words ──

#if defined(__x86_64__)

// Bit `plane` of 64 bytes as a word.
std::uint64_t plane_of(const std::uint8_t (&bytes)[kWordRows], int plane) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
    word |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_slli_epi16(sixteen, 7 - plane)))) << (16 * i);
  }
  return word;
}

#else

std::uint64_t plane_of(const std::uint8_t (&bytes)[kWordRows], int plane) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + i * 8, sizeof(eight));
    // The lowest bits of eight bytes, gathered into the highest byte of a product.
    word |= ((((eight >> plane) & 0x0101'0101'0101'0101) * 0x0102'0408'1020'4080) >> 56) << (i * 8);
  }
  return word;
}

#endif

template <typename Entry>
void planes_of(const Entry (&entries)[kWordRows], std::size_t count, std::uint64_t* planes) {
  for (std::size_t first = 0; first < count; first += kPlanesPerByte) {
    std::uint8_t bytes[kWordRows];
    for (std::size_t i = 0; i < kWordRows; ++i) bytes[i] = static_cast<std::uint8_t>(entries[i] >> first);
    for (std::size_t plane = first; plane < std::min(count, first + kPlanesPerByte); ++plane)
      planes[plane] = plane_of(bytes, static_cast<int>(plane - first));
  }
}

// ── the bits of a row ──

template <typename Entry>
void look_up_texts(const std::int64_t* codes, const std::uint8_t* table, Entry (&entries)[kWordRows]) {
  for (std::size_t i = 0; i < kWordRows; ++i) entries[i] = entry_at<Entry>(table, static_cast<std::size_t>(codes[i]));
}

template <typename Entry>
void look_up_lists(const Column& lists, const std::int64_t* cells, const std::uint8_t* table, Entry (&entries)[kWordRows]) {
  const auto* offsets = lists.offsets.data();
  const auto* codes = lists.values<std::int32_t>();
  for (std::size_t i = 0; i < kWordRows; ++i) {
    const auto cell = static_cast<std::size_t>(cells[i]);
    Entry found = 0;
    if (cell < lists.rows) {
      for (std::size_t at = offsets[cell]; at < offsets[cell + 1]; ++at)
        found |= entry_at<Entry>(table, static_cast<std::size_t>(codes[at]));
    }
    entries[i] = found;
  }
}

std::uint64_t empty_cells(const LookupTests& data, const std::int64_t* cells) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < kWordRows; ++i) {
    const auto cell = static_cast<std::size_t>(cells[i]);
    word |= std::uint64_t{cell < data.lists->rows && data.lists->offsets[cell] == data.lists->offsets[cell + 1]} << i;
  }
  return word;
}

// ── the same with wide registers ──

#if defined(__x86_64__)

#define SEGUE_LOOKUPS __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2")))

bool has_wide_lookups() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2");
  return has;
}

// A byte of each of 64 entries, that from bit `first` on.
SEGUE_LOOKUPS inline __m512i bytes_of_entries(const std::uint8_t* entries, unsigned /*first*/) { return _mm512_loadu_si512(entries); }
SEGUE_LOOKUPS inline __m512i bytes_of_entries(const std::uint16_t* entries, unsigned first) {
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(first));
  const __m256i low = _mm512_cvtepi16_epi8(_mm512_srl_epi16(_mm512_loadu_si512(entries), shift));
  const __m256i high = _mm512_cvtepi16_epi8(_mm512_srl_epi16(_mm512_loadu_si512(entries + 32), shift));
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}
SEGUE_LOOKUPS inline __m512i bytes_of_entries(const std::uint32_t* entries, unsigned first) {
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(first));
  const auto sixteen = [&](int i)
                           SEGUE_LOOKUPS { return _mm512_cvtepi32_epi8(_mm512_srl_epi32(_mm512_loadu_si512(entries + 16 * i), shift)); };
  __m512i bytes = _mm512_castsi128_si512(sixteen(0));
  bytes = _mm512_inserti32x4(bytes, sixteen(1), 1);
  bytes = _mm512_inserti32x4(bytes, sixteen(2), 2);
  return _mm512_inserti32x4(bytes, sixteen(3), 3);
}
SEGUE_LOOKUPS inline __m512i bytes_of_entries(const std::uint64_t* entries, unsigned first) {
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(first));
  std::uint8_t bytes[kWordRows];
  for (std::size_t i = 0; i < kWordRows; i += 8)
    _mm_storel_epi64(reinterpret_cast<__m128i*>(bytes + i), _mm512_cvtepi64_epi8(_mm512_srl_epi64(_mm512_loadu_si512(entries + i), shift)));
  return _mm512_loadu_si512(bytes);
}

template <typename Entry>
SEGUE_LOOKUPS void planes_of_wide(const Entry (&entries)[kWordRows], std::size_t count, std::uint64_t* planes) {
  for (std::size_t first = 0; first < count; first += kPlanesPerByte) {
    const __m512i bytes = bytes_of_entries(entries, static_cast<unsigned>(first));
    const std::size_t end = std::min(count, first + kPlanesPerByte);
    for (std::size_t plane = first; plane < end; ++plane)
      planes[plane] = _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(static_cast<char>(1U << (plane - first))));
  }
}

// Entries of up to 32 bits of up to 32 codes, in two registers; of more codes they are gathered.
struct ListTable {
  static constexpr std::size_t kInRegisters = 32;
  std::uint32_t entries[kInRegisters] = {};
  bool is_small = false;
};

template <typename Entry>
ListTable list_table(const std::vector<std::uint8_t>& table) {
  ListTable made;
  const std::size_t count = table.size() / sizeof(Entry);
  made.is_small = count <= ListTable::kInRegisters + kMoreEntries;
  for (std::size_t code = 0; made.is_small && code < std::min(count, ListTable::kInRegisters); ++code)
    made.entries[code] = static_cast<std::uint32_t>(entry_at<Entry>(table.data(), code));
  return made;
}

// The codes of most cells fit into a register: one step for each, however many there are.
template <typename Entry, bool IsSmall>
SEGUE_LOOKUPS void look_up_lists_wide(const Column& lists, const std::int64_t* cells, const std::uint8_t* table, const ListTable& small,
                                      Entry (&entries)[kWordRows]) {
  const auto* offsets = lists.offsets.data();
  const auto* codes = lists.values<std::int32_t>();
  const __m512i low = _mm512_loadu_si512(small.entries), high = _mm512_loadu_si512(small.entries + 16);
  for (std::size_t i = 0; i < kWordRows; ++i) {
    const auto cell = static_cast<std::size_t>(cells[i]);
    __m512i found = _mm512_setzero_si512();
    for (std::size_t at = cell < lists.rows ? offsets[cell] : 0, end = cell < lists.rows ? offsets[cell + 1] : 0;;) {
      const auto lanes = static_cast<__mmask16>(_bzhi_u32(0xffff, static_cast<unsigned>(std::min<std::size_t>(end - at, 16))));
      const __m512i which = _mm512_maskz_loadu_epi32(lanes, codes + at);
      if constexpr (IsSmall) found = _mm512_or_si512(found, _mm512_maskz_permutex2var_epi32(lanes, low, which, high));
      else found = _mm512_or_si512(found, _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), lanes, which, table, sizeof(Entry)));
      if (end - at <= 16) break;
      at += 16;
    }
    entries[i] = static_cast<Entry>(_mm512_reduce_or_epi32(found));
  }
}

#endif

// ── the tests ──

std::uint64_t answer(const LookupTests& data, const LookupTests::Test& test, const std::int64_t* values, const std::uint64_t* planes) {
  if (test.is_empty) return empty_cells(data, values);
  std::uint64_t result = test.is_all ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t plane : test.planes) result = test.is_all ? result & planes[plane] : result | planes[plane];
  return result;
}

template <typename LookUp>
void answer_words(const MapCall& call, const LookUp& look_up) {
  const auto& data = *static_cast<const LookupTests*>(call.data);
  for (std::size_t word = 0; word * kWordRows < call.rows; ++word) {
    const std::int64_t* values = call.values[0] + word * kWordRows;
    const std::uint64_t known = call.bits[0][word];
    std::uint64_t planes[LookupTests::kMaxPlanes];
    if (known != 0 && data.plane_count != 0) look_up(values, planes);
    for (std::size_t i = 0; i < data.tests.size(); ++i)
      call.more_bits[i][word] = known == 0 ? 0 : answer(data, data.tests[i], values, planes) & known;
  }
}

template <typename Entry>
void test_entries(const MapCall& call) {
  const auto& data = *static_cast<const LookupTests*>(call.data);
  const std::uint8_t* table = data.table.data();
  answer_words(call, [&](const std::int64_t* values, std::uint64_t* planes) {
    Entry entries[kWordRows];
    if (data.lists != nullptr) look_up_lists(*data.lists, values, table, entries);
    else look_up_texts(values, table, entries);
    planes_of(entries, data.plane_count, planes);
  });
}

#if defined(__x86_64__)

template <typename Entry>
void test_entries_wide(const MapCall& call) {
  const auto& data = *static_cast<const LookupTests*>(call.data);
  const std::uint8_t* table = data.table.data();
  const ListTable small = data.lists != nullptr ? list_table<Entry>(data.table) : ListTable{};
  answer_words(call, [&](const std::int64_t* values, std::uint64_t* planes) {
    Entry entries[kWordRows];
    if (data.lists == nullptr) look_up_texts(values, table, entries);
    else if (sizeof(Entry) > sizeof(std::uint32_t)) look_up_lists(*data.lists, values, table, entries);
    else if (small.is_small) look_up_lists_wide<Entry, true>(*data.lists, values, table, small, entries);
    else look_up_lists_wide<Entry, false>(*data.lists, values, table, small, entries);
    planes_of_wide(entries, data.plane_count, planes);
  });
}

#endif

}  // namespace

void test_lookups(const MapCall& call) {
  const auto& data = *static_cast<const LookupTests*>(call.data);
  with_width(entry_width(data.plane_count), [&](auto entry) {
#if defined(__x86_64__)
    if (has_wide_lookups()) return test_entries_wide<decltype(entry)>(call);
#endif
    test_entries<decltype(entry)>(call);
  });
}

// ── how they are made ──

bool LookupTests::has_room_for(const ListPredicate& predicate) const {
  return plane_count + predicate.texts.size() + predicate.values.size() <= kMaxPlanes;
}

// A new one, in wider entries where these are full.
std::size_t LookupTests::add_plane(std::size_t codes) {
  const std::size_t width = entry_width(plane_count), wanted = entry_width(plane_count + 1);
  if (plane_count == 0) table.assign((codes + kMoreEntries) * width, 0);
  if (wanted != width) {
    std::vector<std::uint8_t> wider(table.size() / width * wanted);
    for (std::size_t code = 0; code < table.size() / width; ++code)
      std::memcpy(wider.data() + code * wanted, table.data() + code * width, width);
    table = std::move(wider);
  }
  return plane_count++;
}

void LookupTests::set(std::size_t plane, std::size_t code) {
  table[code * entry_width(plane_count) + plane / kPlanesPerByte] |= static_cast<std::uint8_t>(1U << (plane % kPlanesPerByte));
}

void LookupTests::add(const std::vector<std::uint8_t>& holds) {
  const std::size_t plane = add_plane(holds.size());
  const std::size_t width = entry_width(plane_count), shift = plane % kPlanesPerByte;
  std::uint8_t* byte = table.data() + plane / kPlanesPerByte;
  for (std::size_t code = 0; code < holds.size(); ++code, byte += width) *byte |= static_cast<std::uint8_t>((holds[code] & 1U) << shift);
  tests.push_back({.is_all = false, .is_empty = false, .planes = {static_cast<std::uint8_t>(plane)}});
}

void LookupTests::add(const ListTest& test, const ListPredicate& predicate) {
  lists = &test.domain.column(0);
  Test made{.is_all = test.kind == ListTestKind::kHasAll, .is_empty = test.kind == ListTestKind::kIsEmpty, .planes = {}};
  for (std::size_t place = 0; place < test.wanted && !made.is_empty; ++place) {
    const std::vector<std::int32_t>& places = test.places.front();
    const Wanted wanted{predicate.folded, predicate.is_text ? predicate.texts[place] : std::string(),
                        predicate.is_text ? 0 : predicate.values[place]};
    const auto [at, is_new] = plane_by_value.try_emplace(wanted, std::uint8_t{0});
    if (is_new) {
      const std::size_t plane = add_plane(places.size());
      at->second = static_cast<std::uint8_t>(plane);
      for (std::size_t code = 0; code < places.size(); ++code) {
        if (places[code] == static_cast<std::int32_t>(place)) set(plane, code);
      }
    }
    made.planes.push_back(at->second);
  }
  tests.push_back(std::move(made));
}

}  // namespace segue
