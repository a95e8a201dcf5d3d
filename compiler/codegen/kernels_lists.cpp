// Several tests of one column of texts or lists at once. Each entry of the dictionary has a bit for each test of texts, or for each value that some test of lists
// asks for; eight of them are looked up together, as a byte a row, and then turned into words.
#include <bit>
#include <cstring>

#include "compiler/codegen/kernels.h"

namespace segue {

namespace {

constexpr std::size_t kPlanesPerByte = 8;

// Bit `plane` of 64 bytes as a word.
std::uint64_t plane_of(const std::uint8_t (&bytes)[64], std::size_t plane) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + i * 8, sizeof(eight));
    // The lowest bits of eight bytes, gathered into the highest byte of a product.
    word |= ((((eight >> plane) & 0x0101'0101'0101'0101) * 0x0102'0408'1020'4080) >> 56) << (i * 8);
  }
  return word;
}

void look_up_texts(const std::int64_t* codes, const std::vector<std::uint8_t>& table, std::uint8_t (&bytes)[64]) {
  for (std::size_t i = 0; i < 64; ++i) bytes[i] = table[static_cast<std::size_t>(codes[i])];
}

void look_up_lists(const LookupTests& data, const std::int64_t* cells, const std::vector<std::uint8_t>& table, std::uint8_t (&bytes)[64]) {
  const auto* offsets = data.lists->offsets.data();
  const auto* codes = data.lists->values<std::int32_t>();
  for (std::size_t i = 0; i < 64; ++i) {
    const auto cell = static_cast<std::size_t>(cells[i]);
    std::uint8_t found = 0;
    if (cell < data.lists->rows) {
      for (std::size_t at = offsets[cell]; at < offsets[cell + 1]; ++at) found |= table[static_cast<std::size_t>(codes[at])];
    }
    bytes[i] = found;
  }
}

std::uint64_t empty_cells(const LookupTests& data, const std::int64_t* cells) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto cell = static_cast<std::size_t>(cells[i]);
    word |= std::uint64_t{cell < data.lists->rows && data.lists->offsets[cell] == data.lists->offsets[cell + 1]} << i;
  }
  return word;
}

std::uint64_t answer(const LookupTests& data, const LookupTests::Test& test, const std::int64_t* values, const std::uint64_t* planes) {
  if (test.is_empty) return empty_cells(data, values);
  std::uint64_t result = test.is_all ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t plane : test.planes) result = test.is_all ? result & planes[plane] : result | planes[plane];
  return result;
}

}  // namespace

void test_lookups(const MapCall& call) {
  const auto& data = *static_cast<const LookupTests*>(call.data);
  for (std::size_t word = 0; word * 64 < call.rows; ++word) {
    const std::int64_t* values = call.values[0] + word * 64;
    const std::uint64_t known = call.bits[0][word];
    std::uint64_t planes[LookupTests::kMaxPlanes];
    for (std::size_t eight = 0; eight < data.tables.size() && known != 0; ++eight) {
      std::uint8_t bytes[64];
      if (data.lists != nullptr) look_up_lists(data, values, data.tables[eight], bytes);
      else look_up_texts(values, data.tables[eight], bytes);
      for (std::size_t plane = 0; plane < kPlanesPerByte; ++plane) planes[eight * kPlanesPerByte + plane] = plane_of(bytes, plane);
    }
    for (std::size_t i = 0; i < data.tests.size(); ++i)
      call.more_bits[i][word] = known == 0 ? 0 : answer(data, data.tests[i], values, planes) & known;
  }
}

// ── how they are made ──

bool LookupTests::has_room_for(const ListPredicate& predicate) const {
  return plane_count + predicate.texts.size() + predicate.values.size() <= kMaxPlanes;
}

// A new one.
std::size_t LookupTests::add_plane(std::size_t codes) {
  if (plane_count % kPlanesPerByte == 0) tables.emplace_back(codes + 1);
  return plane_count++;
}

void LookupTests::set(std::size_t plane, std::size_t code) {
  tables[plane / kPlanesPerByte][code] |= static_cast<std::uint8_t>(1U << (plane % kPlanesPerByte));
}

void LookupTests::add(const std::vector<std::uint8_t>& holds) {
  const std::size_t plane = add_plane(holds.size());
  for (std::size_t code = 0; code < holds.size(); ++code) {
    if (holds[code] != 0) set(plane, code);
  }
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
