// Tests of lists that ask for no more than 64 values: a bit for each, so that a cell is looked at once, without a search.
#include <bit>

#include "compiler/codegen/kernels.h"

namespace segue {

std::shared_ptr<const ListMaskTest> make_list_mask_test(const ListTest& test) {
  if (test.domain.part_count() != 1 || test.wanted > 64) return nullptr;
  auto made = std::make_shared<ListMaskTest>();
  made->column = &test.domain.column(0);
  made->cells = test.domain.size();
  made->kind = test.kind;
  made->all = test.wanted == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << test.wanted) - 1;
  if (test.kind == ListTestKind::kIsEmpty) return made;
  for (const std::int32_t place : test.places.front()) made->bits.push_back(place < 0 ? 0 : std::uint64_t{1} << place);
  return made;
}

namespace {

template <typename Test>
void write_cells(const MapCall& call, std::size_t cells, const Test& test) {
  for (std::size_t word = 0; word * 64 < call.rows; ++word) {
    std::uint64_t bits = 0;
    for (std::uint64_t rest = call.bits[0][word]; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      const auto cell = static_cast<std::size_t>(call.values[0][word * 64 + i]);
      bits |= std::uint64_t{cell < cells && test(cell)} << i;
    }
    call.out_bits[word] = bits;
  }
}

}  // namespace

void test_list_masks(const MapCall& call) {
  const auto& test = *static_cast<const ListMaskTest*>(call.data);
  const auto* offsets = test.column->offsets.data();
  const auto* codes = test.column->values<std::int32_t>();
  const auto found = [&](std::size_t cell) {
    std::uint64_t mask = 0;
    for (std::size_t at = offsets[cell]; at < offsets[cell + 1]; ++at) mask |= test.bits[static_cast<std::size_t>(codes[at])];
    return mask;
  };
  switch (test.kind) {
    case ListTestKind::kIsEmpty: return write_cells(call, test.cells, [&](std::size_t cell) { return offsets[cell] == offsets[cell + 1]; });
    case ListTestKind::kHasAny: return write_cells(call, test.cells, [&](std::size_t cell) { return found(cell) != 0; });
    case ListTestKind::kHasAll: return write_cells(call, test.cells, [&](std::size_t cell) { return found(cell) == test.all; });
  }
}

}  // namespace segue
