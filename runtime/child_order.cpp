// Partitions what is read of a table's rows by buckets of accounts, and places a bucket's rows. Loops go by columns over tiles of rows, so that each is short and
// typed; a tile's records stay in the cache between them.
#include "runtime/child_order.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <numeric>
#include <utility>

#include <sys/mman.h>

#include "runtime/for_all.h"
#include "runtime/integer_width.h"

namespace segue {

namespace {

constexpr std::size_t kTileRows = 1024;
constexpr std::size_t kBucketBytes = std::size_t{1} << 20;  // of placed rows, about
constexpr std::size_t kMostBuckets = 2048;                  // more would write to more places than the caches hold
constexpr unsigned kLeastShift = std::countr_zero(kBlockRows), kMostShift = 15;
constexpr std::size_t kMostBucketRows = std::size_t{1} << 31;
constexpr std::size_t kAheadBytes = 64;  // a bucket's next line is on its way before it is written
constexpr std::size_t kPlaceBytes = sizeof(std::uint16_t);

bool is_bit(const ColumnInput& input) { return input.part == ColumnPart::kBits || input.part == ColumnPart::kValid; }

std::uint32_t field_bytes(const ColumnInput& input) { return is_bit(input) ? 1 : static_cast<std::uint32_t>(bytes_of(input.storage)); }

template <typename T>
T read_as(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// ── Which rows are ordered, and how their records look ───────────────────────────────────────────────────────────────────

std::uint32_t find_or_add(std::vector<OrderedTable>& tables, const FrameLayout& frame) {
  const auto at = std::ranges::find_if(tables, [&](const OrderedTable& one) { return one.table == frame.table && one.link == frame.link; });
  if (at != tables.end()) return static_cast<std::uint32_t>(at - tables.begin());
  tables.emplace_back();
  tables.back().table = frame.table;
  tables.back().link = frame.link;
  return static_cast<std::uint32_t>(tables.size() - 1);
}

std::uint32_t find_or_add(std::vector<OrderedField>& fields, const ColumnInput& input) {
  const auto at = std::ranges::find_if(fields, [&](const OrderedField& field) { return field.input == input; });
  if (at != fields.end()) return static_cast<std::uint32_t>(at - fields.begin());
  fields.push_back({.input = input, .offset = 0, .bytes = field_bytes(input)});
  return static_cast<std::uint32_t>(fields.size() - 1);
}

// One after the other, unaligned: what counts is how much memory is written and read.
void lay_out(OrderedTable& table) {
  if (table.fields.empty()) return;
  std::uint32_t at = kPlaceBytes;
  for (OrderedField& field : table.fields) field.offset = std::exchange(at, at + field.bytes);
  table.record_bytes = at;
}

std::size_t row_bytes_of(const OrderedTable& table) {
  return std::accumulate(table.fields.begin(), table.fields.end(), std::size_t{1},
                         [](std::size_t sum, const OrderedField& field) { return sum + field.bytes; });
}

const Link& link_of(const Database& database, const OrderedTable& table) { return database.tables[table.table].links[table.link]; }

// As many accounts as have about kBucketBytes of rows on the average.
unsigned suitable_shift(const ChildOrder& order, const Database& database) {
  const std::size_t accounts = database.tables.front().rows;
  double bytes = 0;
  for (const OrderedTable& table : order.tables) {
    bytes += static_cast<double>(link_of(database, table).offsets.back()) * static_cast<double>(row_bytes_of(table));
  }
  unsigned shift = kLeastShift;
  const auto is_small = [&] {
    return (accounts >> shift) > kMostBuckets ||
           bytes / static_cast<double>(accounts) * static_cast<double>(std::size_t{2} << shift) <= static_cast<double>(kBucketBytes);
  };
  while (shift < kMostShift && is_small()) ++shift;
  return shift;
}

std::size_t bucket_count(const ChildOrder& order, std::size_t accounts) { return ((accounts - 1) >> order.shift) + 1; }

// Where the children of a bucket's accounts begin.
std::uint64_t first_child(const Link& link, std::size_t bucket, unsigned shift) {
  return link.offsets[std::min(link.offsets.size() - 1, bucket << shift)];
}

bool has_large_bucket(const ChildOrder& order, const Database& database, const OrderedTable& table) {
  const Link& link = link_of(database, table);
  for (std::size_t bucket = 0; bucket < bucket_count(order, database.tables.front().rows); ++bucket) {
    if (first_child(link, bucket + 1, order.shift) - first_child(link, bucket, order.shift) >= kMostBucketRows) return true;
  }
  return false;
}

std::size_t records_bytes(const Database& database, const OrderedTable& table) {
  return link_of(database, table).offsets.back() * table.record_bytes;
}

// ── Writing records ──────────────────────────────────────────────────────────────────────────────────────────────────────

// On large pages where the system has them: records are written all over the place.
std::unique_ptr<std::byte, FreeBytes> large_bytes(std::size_t bytes) {
  constexpr std::size_t kPage = std::size_t{2} << 20;
  const std::size_t rounded = (bytes + kPage - 1) / kPage * kPage;
  void* memory = std::aligned_alloc(bytes < kPage ? 64 : kPage, bytes < kPage ? (bytes + 63) / 64 * 64 : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  if (bytes >= kPage) madvise(memory, rounded, MADV_HUGEPAGE);
  return std::unique_ptr<std::byte, FreeBytes>(static_cast<std::byte*>(memory));
}

// One part of a table's rows on its way to the buckets.
struct RecordWriter {
  const ChildOrder& order;
  const Database& database;
  const AddedColumns* added;
  const OrderedTable& table;
  std::vector<std::byte*> next;      // by bucket
  std::vector<std::byte> no_bucket;  // where orphans go
  std::byte* to[kTileRows] = {};     // by row of a tile

  void write(std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; row += kTileRows) write_tile(row, std::min(kTileRows, end - row));
  }

  void write_tile(std::size_t row, std::size_t count) {
    const RowId* parents = link_of(database, table).parent_of.data() + row;
    const RowId in_bucket = (RowId{1} << order.shift) - 1;
    for (std::size_t i = 0; i < count; ++i) {
      const RowId parent = parents[i];
      std::byte*& place = parent == kNoRow ? to[i] : next[parent >> order.shift];
      to[i] = parent == kNoRow ? no_bucket.data() : place;
      if (parent != kNoRow) place += table.record_bytes;
      __builtin_prefetch(place + kAheadBytes);
      const auto account = static_cast<std::uint16_t>(parent & in_bucket);
      std::memcpy(to[i], &account, sizeof(account));
    }
    for (const OrderedField& field : table.fields) write_field(field, row, count);
  }

  void write_field(const OrderedField& field, std::size_t row, std::size_t count) {
    const Column& column = column_of(database, added, table.table, field.input.column);
    if (is_bit(field.input)) {
      const Bitmap& bits = field.input.part == ColumnPart::kBits ? column.bits : column.valid;
      for (std::size_t i = 0; i < count; ++i) to[i][field.offset] = std::byte{bits.test(row + i)};
      return;
    }
    const std::byte* data = field.input.part == ColumnPart::kRanks ? column.ranks->data.data() : column.data.data();
    with_width(field.bytes, [&]<typename T>(T) {
      const std::byte* from = data + row * sizeof(T);
      for (std::size_t i = 0; i < count; ++i) std::memcpy(to[i] + field.offset, from + i * sizeof(T), sizeof(T));
    });
  }
};

// Rows of a part by bucket.
std::vector<std::uint64_t> count_rows(const Link& link, unsigned shift, std::size_t buckets, std::size_t begin, std::size_t end) {
  std::vector<std::uint64_t> counts(buckets);
  for (std::size_t row = begin; row < end; ++row) {
    if (link.parent_of[row] != kNoRow) ++counts[link.parent_of[row] >> shift];
  }
  return counts;
}

// Each thread takes a run of rows; a bucket has those of the first thread first. With one thread all is known without counting.
void write_records(const ChildOrder& order, const Program& program, const Database& database, OrderedTable& table, unsigned threads) {
  const Link& link = link_of(database, table);
  const std::size_t rows = link.parent_of.size(), buckets = bucket_count(order, database.tables.front().rows);
  const std::size_t parts = rows < (std::size_t{1} << 18) ? 1 : std::max(1U, threads);
  table.records = large_bytes(records_bytes(database, table));
  std::vector<std::vector<std::uint64_t>> counts(parts);
  const auto begin_of = [&](std::size_t part) { return rows * part / parts; };
  if (parts > 1) {
    for_all(parts, threads,
            [&](std::size_t part) { counts[part] = count_rows(link, order.shift, buckets, begin_of(part), begin_of(part + 1)); });
  }
  std::vector<std::vector<std::byte*>> next(parts, std::vector<std::byte*>(buckets));
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    std::byte* place = table.records.get() + first_child(link, bucket, order.shift) * table.record_bytes;
    for (std::size_t part = 0; part < parts; ++part) {
      next[part][bucket] = place;
      if (parts > 1) place += counts[part][bucket] * table.record_bytes;
    }
  }
  for_all(parts, threads, [&](std::size_t part) {
    RecordWriter writer{.order = order,
                        .database = database,
                        .added = program.added,
                        .table = table,
                        .next = std::move(next[part]),
                        .no_bucket = std::vector<std::byte>(table.record_bytes),
                        .to = {}};
    writer.write(begin_of(part), begin_of(part + 1));
  });
}

// ── Placing a bucket ─────────────────────────────────────────────────────────────────────────────────────────────────────

// Positions of a bucket, of which those from `first` to `end` are rows.
struct PlacedRange {
  std::size_t first = 0, end = 0;
  [[nodiscard]] std::size_t padded() const { return (end + 63) / 64 * 64 + 64; }
};

// Zeros around the rows, whatever was there before.
void make_room(const OrderedField& field, const PlacedRange& range, AlignedBytes& column) {
  if (is_bit(field.input)) {
    column.assign(range.padded() / 8, std::byte{0});
    return;
  }
  if (column.size() < range.padded() * field.bytes) column.resize(range.padded() * field.bytes);
  std::memset(column.data(), 0, range.first * field.bytes);
  std::memset(column.data() + range.end * field.bytes, 0, (range.padded() - range.end) * field.bytes);
}

void place_field(const OrderedField& field, const std::byte* records, std::size_t record_bytes, const std::uint32_t* positions,
                 std::size_t count, AlignedBytes& column) {
  const std::byte* from = records + field.offset;
  if (is_bit(field.input)) {
    auto* words = reinterpret_cast<std::uint64_t*>(column.data());
    for (std::size_t i = 0; i < count; ++i)
      words[positions[i] / 64] |= std::to_integer<std::uint64_t>(from[i * record_bytes]) << (positions[i] % 64);
    return;
  }
  with_width(field.bytes, [&]<typename T>(T) {
    T* to = reinterpret_cast<T*>(column.data());
    for (std::size_t i = 0; i < count; ++i) to[positions[i]] = read_as<T>(from + i * record_bytes);
  });
}

void place_records(const OrderedTable& table, const std::byte* records, std::size_t count, PlacedRows& placed) {
  std::uint32_t positions[kTileRows];
  for (std::size_t begin = 0; begin < count; begin += kTileRows) {
    const std::size_t rows = std::min(kTileRows, count - begin);
    const std::byte* tile = records + begin * table.record_bytes;
    for (std::size_t i = 0; i < rows; ++i) positions[i] = placed.next[read_as<std::uint16_t>(tile + i * table.record_bytes)]++;
    for (std::size_t field = 0; field < table.fields.size(); ++field)
      place_field(table.fields[field], tile, table.record_bytes, positions, rows, placed.columns[field]);
  }
}

}  // namespace

void FreeBytes::operator()(std::byte* bytes) const { std::free(bytes); }  // NOLINT(cppcoreguidelines-no-malloc): aligned_alloc's

ChildOrder order_children(const Program& program, const Database& database, const std::vector<bool>& is_wanted, unsigned threads,
                          std::size_t most_bytes) {
  ChildOrder order;
  order.table_of.resize(program.frames.size(), kNoSlot);
  order.field_of.resize(program.frames.size());
  if (database.tables.front().rows == 0) return order;
  for (std::size_t id = 1; id < program.frames.size(); ++id) {
    const FrameLayout& frame = program.frames[id];
    if (!is_wanted[id] || !frame.is_used || frame.outer != 0 || frame.anchor != 0) continue;
    const Table& table = database.tables[frame.table];
    const Link& link = table.links[frame.link];
    if (link.children.empty() || link.parent_of.size() != table.rows) continue;
    order.table_of[id] = find_or_add(order.tables, frame);
    for (const ColumnInput& input : frame.inputs) order.field_of[id].push_back(find_or_add(order.tables[order.table_of[id]].fields, input));
  }
  std::size_t bytes = 0;
  for (OrderedTable& table : order.tables) {
    lay_out(table);
    bytes += records_bytes(database, table);
  }
  order.shift = suitable_shift(order, database);
  const bool is_too_large = bytes > most_bytes || std::ranges::any_of(order.tables, [&](const OrderedTable& table) {
                              return has_large_bucket(order, database, table);
                            });
  if (is_too_large) return {};
  for (OrderedTable& table : order.tables) {
    if (table.record_bytes != 0) write_records(order, program, database, table, threads);
  }
  return order;
}

void place_bucket(const ChildOrder& order, std::size_t table, const Link& link, std::size_t bucket, PlacedRows& placed) {
  if (placed.bucket == bucket) return;
  const OrderedTable& from = order.tables[table];
  placed.bucket = bucket;
  const std::size_t account = bucket << order.shift, accounts = link.offsets.size() - 1;
  const std::size_t count = std::min(std::size_t{1} << order.shift, accounts - account);
  const std::uint64_t* offsets = link.offsets.data() + account;
  placed.origin = offsets[0] / 64 * 64;
  if (from.fields.empty()) return;
  placed.next.resize(std::size_t{1} << order.shift);
  for (std::size_t i = 0; i < count; ++i) placed.next[i] = static_cast<std::uint32_t>(offsets[i] - placed.origin);
  const PlacedRange range{offsets[0] - placed.origin, offsets[count] - placed.origin};
  placed.columns.resize(from.fields.size());
  for (std::size_t field = 0; field < from.fields.size(); ++field) make_room(from.fields[field], range, placed.columns[field]);
  place_records(from, from.records.get() + offsets[0] * from.record_bytes, offsets[count] - offsets[0], placed);
}

const void* placed_input(const OrderedTable& table, const PlacedRows& placed, std::size_t field, std::size_t first) {
  const std::size_t position = first - placed.origin;
  const std::byte* column = placed.columns[field].data();
  return is_bit(table.fields[field].input) ? column + position / 8 : column + position * table.fields[field].bytes;
}

}  // namespace segue
