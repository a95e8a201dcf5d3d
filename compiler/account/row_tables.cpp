// Rows in memory.
#include "compiler/account/row_tables.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace segue {

// ── keys ──

namespace {

std::size_t hash_of(std::int64_t value) {
  std::uint64_t bits = std::bit_cast<std::uint64_t>(value) * 0x9e37'79b9'7f4a'7c15;
  return bits ^ (bits >> 29);
}

}  // namespace

std::size_t KeyIndex::slot_of(std::int64_t value) const {
  std::size_t at = hash_of(value) & (slots_.size() - 1);
  while (slots_[at] != kNoBucket && values_[slots_[at]] != value) at = (at + 1) & (slots_.size() - 1);
  return at;
}

BucketId KeyIndex::find(std::int64_t value) const { return slots_.empty() ? kNoBucket : slots_[slot_of(value)]; }

BucketId KeyIndex::place(std::int64_t value) {
  assert(values_.size() == rows_.size() && "buckets without a value come last");
  if (2 * values_.size() >= slots_.size()) {
    slots_.resize(std::max<std::size_t>(64, slots_.size() * 2));
    fill_slots();
  }
  BucketId& bucket = slots_[slot_of(value)];
  if (bucket != kNoBucket) return bucket;
  bucket = add();
  values_.push_back(value);
  return bucket;
}

void KeyIndex::fill_slots() {
  std::ranges::fill(slots_, kNoBucket);
  for (BucketId bucket = 0; bucket < values_.size(); ++bucket) slots_[slot_of(values_[bucket])] = bucket;
}

// ── chains ──

void Chain::put(RowId row, BucketId bucket) {
  if (row >= buckets_.size()) buckets_.resize(row + 1, kNoBucket), next_.resize(row + 1, kNoRow), previous_.resize(row + 1, kNoRow);
  if (buckets_[row] != kNoBucket) take(row);
  buckets_[row] = bucket;
  if (bucket == kNoBucket) return;
  if (bucket >= first_.size()) first_.resize(std::max<std::size_t>(bucket + 1, first_.size() + first_.size() / 2), kNoRow);
  next_[row] = first_[bucket], previous_[row] = kNoRow;
  if (first_[bucket] != kNoRow) previous_[first_[bucket]] = row;
  first_[bucket] = row;
}

void Chain::take(RowId row) {
  const BucketId bucket = this->bucket(row);
  if (bucket == kNoBucket) return;
  if (next_[row] != kNoRow) previous_[next_[row]] = previous_[row];
  (previous_[row] != kNoRow ? next_[previous_[row]] : first_[bucket]) = next_[row];
  buckets_[row] = kNoBucket;
}

// ── rows ──

void RowTable::lay_out(const std::vector<bool>& is_kept, std::size_t link_count, std::size_t reference_count) {
  places_.assign(is_kept.size(), kNotKept);
  std::uint32_t count = 0;
  for (std::size_t column = 0; column < is_kept.size(); ++column) {
    if (is_kept[column]) places_[column] = count++;
  }
  known_words_ = std::max<std::size_t>(1, (count + 63) / 64);
  stride_ = known_words_ + count;
  links.resize(link_count), references.resize(reference_count);
}

void RowTable::set(RowId row, std::uint32_t column, std::optional<std::int64_t> value) {
  const std::uint32_t place = places_[column];
  std::int64_t* words = cells_.data() + std::size_t{row} * stride_;
  const std::uint64_t bit = std::uint64_t{1} << (place % 64), known = static_cast<std::uint64_t>(words[place / 64]);
  words[place / 64] = static_cast<std::int64_t>(value ? known | bit : known & ~bit);
  words[known_words_ + place] = value.value_or(0);
}

RowId RowTable::add() {
  if (!free_.empty()) {
    const RowId row = free_.back();
    free_.pop_back();
    std::fill_n(cells_.begin() + static_cast<std::ptrdiff_t>(std::size_t{row} * stride_), stride_, 0);
    exists_[row] = 1;
    return row;
  }
  const auto row = static_cast<RowId>(exists_.size());
  exists_.push_back(1);
  key_of.push_back(kNoBucket);
  cells_.resize(cells_.size() + stride_);
  return row;
}

void RowTable::remove(RowId row) {
  exists_[row] = 0;
  key_of[row] = kNoBucket;
  free_.push_back(row);
}

void RowTable::truncate(std::size_t size) { exists_.resize(size), key_of.resize(size), cells_.resize(size * stride_); }

// ── tables ──

RowTables make_row_tables(const Schema& schema, const KeptColumns& kept) {
  RowTables made;
  made.tables.resize(schema.tables.size());
  for (std::size_t i = 0; i < schema.tables.size(); ++i)
    made.tables[i].lay_out(kept.columns[i], schema.tables[i].parents.size(), schema.tables[i].references.size());
  return made;
}

CellReader::CellReader(const Column& column, ValuePools& pools) : column_(column), pools_(pools) {
  if (!column.dictionary) return;
  for (std::size_t code = 0; code < column.dictionary->size(); ++code) texts_.push_back(pools.text(column.dictionary->at(code)));
}

std::optional<std::int64_t> CellReader::cell(std::size_t row) {
  if (!column_.is_known(row)) return std::nullopt;
  switch (column_.storage) {
    case Storage::kBits: return column_.bool_at(row) ? 1 : 0;
    case Storage::kFloat64: return std::bit_cast<std::int64_t>(column_.float_at(row));
    case Storage::kCodes: return texts_[static_cast<std::size_t>(column_.code_at(row))];
    case Storage::kNone: return std::nullopt;
    case Storage::kLists: break;
    default: return column_.int_at(row);
  }
  elements_.clear();
  for (std::size_t at = column_.offsets[row]; at < column_.offsets[row + 1]; ++at) {
    const auto code = static_cast<std::size_t>(column_.values<std::int32_t>()[at]);
    elements_.push_back(column_.dictionary ? texts_[code] : column_.element_values[code]);
  }
  std::ranges::sort(elements_);
  return pools_.lists.id_of(elements_);
}

namespace {

void load_cells(RowTable& to, const Table& from, ValuePools& pools) {
  for (RowId row = 0; row < from.rows; ++row) to.add();
  for (std::uint32_t column = 0; column < from.columns.size(); ++column) {
    if (!to.keeps(column) || !from.columns[column].is_read()) continue;
    CellReader reader(from.columns[column], pools);
    for (RowId row = 0; row < from.rows; ++row) to.set(row, column, reader.cell(row));
  }
}

// Rows of a table without a key get buckets all the same: others may lie under them.
void load_keys(RowTable& table, std::optional<ColumnId> key) {
  for (RowId row = 0; row < table.size(); ++row) {
    const auto value = key && table.keeps(*key) ? table.cell(row, *key) : std::nullopt;
    if (key && table.keeps(*key) && !value) continue;
    table.key_of[row] = value ? table.keys.place(*value) : table.keys.add();
    table.keys.set_row(table.key_of[row], row);
  }
}

// From the last row on, so that chains lie in the order of rows.
void load_link(RowTables& made, std::uint32_t table, std::size_t index, const Schema& schema, const Link& link) {
  const ParentLink& parent = schema.tables[table].parents[index];
  RowTable &rows = made.tables[table], &parents = made.tables[parent.table];
  for (auto row = static_cast<RowId>(rows.size()); row-- > 0;) {
    const RowId of = link.parent_of[row];
    if (of != kNoRow) {
      rows.links[index].put(row, parents.key_of[of]);
    } else if (parent.column && rows.keeps(*parent.column)) {
      const auto value = rows.cell(row, *parent.column);
      rows.links[index].put(row, value ? parents.keys.place(*value) : kNoBucket);
    } else {
      rows.links[index].put(row, kNoBucket);
    }
  }
}

void load_reference(RowTables& made, std::uint32_t table, std::size_t index, const Schema& schema, const auto& target_of) {
  const SchemaReference& reference = schema.tables[table].references[index];
  RowTable &rows = made.tables[table], &targets = made.tables[reference.to];
  for (auto row = static_cast<RowId>(rows.size()); row-- > 0;) {
    const auto value = rows.keeps(reference.by) ? rows.cell(row, reference.by) : std::nullopt;
    if (target_of[row] != kNoRow) rows.references[index].put(row, targets.key_of[target_of[row]]);
    else if (value) rows.references[index].put(row, targets.keys.place(*value));
  }
}

}  // namespace

RowTables load_row_tables(const Schema& schema, const KeptColumns& kept, const Database& database) {
  RowTables made = make_row_tables(schema, kept);
  for (std::uint32_t i = 0; i < schema.tables.size(); ++i) {
    load_cells(made.tables[i], database.tables[i], made.pools);
    load_keys(made.tables[i], schema.tables[i].key);
  }
  for (std::uint32_t i = 0; i < schema.tables.size(); ++i) {
    const Table& from = database.tables[i];
    for (std::size_t link = 0; link < from.links.size(); ++link) {
      if (from.links[link].parent_of.size() == from.rows) load_link(made, i, link, schema, from.links[link]);
    }
    for (std::size_t reference = 0; reference < from.references.size(); ++reference) {
      if (kept.references[i][reference] && from.references[reference].size() == from.rows)
        load_reference(made, i, reference, schema, from.references[reference]);
    }
  }
  return made;
}

// ── pools ──

namespace {

// The id in `to` of what `id` is in `from`.
std::int64_t moved(const Type& type, const ValuePools& from, ValuePools& to, std::int64_t id) {
  if (id == 0) return 0;
  if (type.kind == Kind::kText) return to.text(from.text_at(id));
  const auto old = from.lists.at(static_cast<std::uint32_t>(id));
  std::vector<std::int64_t> elements(old.begin(), old.end());
  if (type.element == Kind::kText) {
    for (std::int64_t& element : elements) element = to.text(from.text_at(element));
    std::ranges::sort(elements);
  }
  return to.lists.id_of(elements);
}

}  // namespace

void renew_pools(const Schema& schema, RowTables& tables) {
  const ValuePools old = std::move(tables.pools);
  tables.pools = ValuePools();
  tables.pools.generation = old.generation + 1;
  for (std::size_t i = 0; i < tables.tables.size(); ++i) {
    RowTable& table = tables.tables[i];
    const SchemaTable& declared = schema.tables[i];
    for (std::uint32_t column = 0; column < declared.columns.size(); ++column) {
      const Type& type = declared.columns[column].type;
      if (!table.keeps(column) || (type.kind != Kind::kText && type.kind != Kind::kList)) continue;
      for (RowId row = 0; row < table.size(); ++row) {
        if (!table.exists(row)) continue;
        if (const auto cell = table.cell(row, column)) table.set(row, column, moved(type, old, tables.pools, *cell));
      }
    }
    if (!declared.key || declared.columns[*declared.key].type.kind != Kind::kText) continue;
    table.keys.renew([&](std::int64_t value) { return tables.pools.text(old.text_at(value)); });
  }
}

}  // namespace segue
