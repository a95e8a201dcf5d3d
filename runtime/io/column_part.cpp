// The making of parts.
#include "runtime/io/column_part.h"

#include <new>

#include <sys/mman.h>

#include "runtime/io/used_again.h"

namespace segue::io {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::shared_ptr<std::byte> map_values(std::size_t bytes) {
  void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  ::madvise(mapped, bytes, MADV_HUGEPAGE);
  return {static_cast<std::byte*>(mapped), [bytes](std::byte* values) { ::munmap(values, bytes); }};
}

}  // namespace

std::shared_ptr<std::byte> allocate_values(std::size_t bytes, std::size_t written) {
  if (bytes >= 4 * kLargePage) return map_values((bytes + kLargePage - 1) / kLargePage * kLargePage);
  if (bytes >= kLeastBlock && blocks_are_kept()) {
    std::byte* block = take_block(bytes);
    std::memset(block + written, 0, bytes - written);
    return {block, [bytes](std::byte* old) { give_block(old, bytes); }};
  }
  auto* values = static_cast<std::byte*>(::operator new(bytes, std::align_val_t{64}));
  std::memset(values + written, 0, bytes - written);
  return {values, [](std::byte* old) { ::operator delete(old, std::align_val_t{64}); }};
}

Storage narrowest(std::int64_t least, std::int64_t greatest) {
  const auto fits = [&]<typename T>(T) { return least >= std::numeric_limits<T>::min() && greatest <= std::numeric_limits<T>::max(); };
  return fits(std::int8_t{})    ? Storage::kInt8
         : fits(std::int16_t{}) ? Storage::kInt16
         : fits(std::int32_t{}) ? Storage::kInt32
                                : Storage::kInt64;
}

std::int64_t ColumnPart::number_at(std::size_t row) const {
  if (storage == Storage::kBits) return bits.test(row) ? 1 : 0;
  return with_value_type(storage, [&]<typename T>(T) { return static_cast<std::int64_t>(reinterpret_cast<const T*>(values.get())[row]); });
}

PartBuilder::PartBuilder(std::size_t rows, Storage storage, const Placement& placement, std::size_t first_row) {
  part_.rows = rows;
  part_.storage = storage;
  if (storage == Storage::kBits) {
    part_.bits = Bitmap(rows);
  } else if (placement.storage != Storage::kNone) {
    part_.storage = placement.storage;
    part_.values = {placement.values, placement.values.get() + first_row * bytes_of(placement.storage)};
    part_.is_placed = true;
  }
}

// Values get their memory when the first ones come: by then it is mostly known how wide they are.
void PartBuilder::make_room() {
  if (!part_.values) part_.values = allocate_values(padded_bytes(part_.rows, part_.storage), part_.rows * bytes_of(part_.storage));
}

bool PartBuilder::hold(std::int64_t least, std::int64_t greatest) {
  const Storage needed = narrowest(least, greatest);
  if (bytes_of(needed) <= bytes_of(part_.storage)) return true;
  if (part_.is_placed) return false;
  widen(needed);
  return true;
}

void PartBuilder::widen(Storage storage) {
  if (part_.values) {
    const std::shared_ptr<std::byte> wider = allocate_values(padded_bytes(part_.rows, storage), part_.rows * bytes_of(storage));
    with_value_type(storage, [&]<typename To>(To) { copy_values(part_, filled_, reinterpret_cast<To*>(wider.get())); });
    part_.values = wider;
  }
  part_.storage = storage;
}

void PartBuilder::note_missing(const Batch& batch) {
  if (batch.levels == nullptr) return;
  if (part_.valid.empty()) part_.valid = Bitmap(part_.rows, true);
  std::uint64_t* words = part_.valid.words();
  for (std::size_t i = 0; i < batch.rows;) {
    const std::size_t row = batch.first + i, shift = row % 64, count = std::min(batch.rows - i, 64 - shift);
    std::uint64_t missing = 0;
    for (std::size_t k = 0; k < count; ++k) missing |= static_cast<std::uint64_t>(batch.levels[i + k] ^ 1) << k;
    words[row / 64] &= ~(missing << shift);
    i += count;
  }
}

void PartBuilder::put_bits(const Batch& batch, const bool* values) {
  std::uint64_t* words = part_.bits.words();
  std::size_t next = 0;
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const bool is_known = batch.levels == nullptr || batch.levels[i] != 0;
    const std::size_t row = batch.first + i;
    words[row / 64] |= static_cast<std::uint64_t>(is_known && values[next]) << (row % 64);
    next += is_known ? 1 : 0;
  }
  note_missing(batch);
}

void PartBuilder::set_missing(std::size_t row) {
  if (part_.valid.empty()) part_.valid = Bitmap(part_.rows, true);
  part_.valid.set(row, false);
  with_value_type(part_.storage, [&]<typename T>(T) { reinterpret_cast<T*>(part_.values.get())[row] = T{}; });
}

}  // namespace segue::io
