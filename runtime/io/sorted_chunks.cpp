// Each group's accounts that neither neighbour has rows of are a chunk, and so are those between two such chunks, whose rows lie in several groups.
#include "runtime/io/sorted_chunks.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "runtime/bits.h"
#include "runtime/io/chosen_slots.h"
#include "runtime/io/column_builder.h"
#include "runtime/io/columnar_file.h"
#include "runtime/io/links.h"
#include "runtime/io/load_parts.h"
#include "runtime/io/source_files.h"
#include "runtime/io/table_scan.h"

namespace segue::io {
namespace {

// ── Which tables are of that kind ────────────────────────────────────────────────────────────────────────────────────────

bool has_references(const TableSpec& spec) {
  return std::ranges::any_of(spec.references, [](const ReferenceSpec& reference) { return reference.is_needed; });
}

// The only needed table beside the accounts.
std::optional<std::uint32_t> only_related(const std::vector<TableSpec>& specs) {
  std::optional<std::uint32_t> found;
  for (std::uint32_t table = 1; table < specs.size(); ++table) {
    if (!specs[table].is_needed) continue;
    if (found || specs[table].parents.size() != 1 || specs[table].parents[0].table != 0) return std::nullopt;
    found = table;
  }
  if (!found || has_references(specs[0]) || has_references(specs[*found])) return std::nullopt;
  const TableSpec& spec = specs[*found];
  const bool is_plain = !spec.dedupe && !spec.key && specs[0].columns[*specs[0].key].type.kind == Kind::kInt;
  return is_plain ? found : std::nullopt;
}

bool has_codes(const ReadPlan& plan) {
  return std::ranges::any_of(plan.slots, [](const Slot& slot) { return slot.is_list() || slot.scalar_kind() == Kind::kText; });
}

bool is_plain_plan(const ReadPlan& plan) { return plan.money.empty() && plan.points.empty() && !has_codes(plan); }

// What the groups state of each slot; false where a width is not known.
bool add_slots(const ColumnarTable& opened, const ReadPlan& plan, SortedRows& sorted) {
  for (std::uint32_t slot = 0; slot < plan.slots.size(); ++slot) {
    std::int64_t least = 0, greatest = 0;
    bool may_miss = false;
    for (std::size_t group = 0; group < opened.groups().size(); ++group) {
      const GroupFacts facts = opened.facts(group, slot);
      may_miss = may_miss || facts.may_be_missing;
      if (!plan.slots[slot].has_integers() || !facts.may_be_known) continue;
      if (!facts.integers) return false;
      least = std::min(least, facts.integers->first);
      greatest = std::max(greatest, facts.integers->second);
    }
    if (plan.slots[slot].scalar_kind() == Kind::kEnum) greatest = static_cast<std::int64_t>(plan.slots[slot].spec.enum_values.size());
    const bool has_width = plan.slots[slot].has_integers() || plan.slots[slot].scalar_kind() == Kind::kEnum;
    sorted.storages.push_back(has_width ? narrowest(least, greatest) : Storage::kNone);
    sorted.may_miss.push_back(may_miss);
  }
  return true;
}

// The keys of each group; false where they do not follow one another.
bool add_keys(const ColumnarTable& opened, std::uint32_t join, SortedRows& sorted) {
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (std::size_t group = 0; group < opened.groups().size(); ++group) {
    const GroupFacts facts = opened.facts(group, join);
    sorted.rows += opened.groups()[group].rows;
    sorted.keys.push_back(facts.may_be_known ? facts.integers : std::nullopt);
    if (!facts.may_be_known) continue;
    if (!facts.integers || facts.integers->first < last) return false;
    last = facts.integers->second;
  }
  return true;
}

// ── Rows and columns ─────────────────────────────────────────────────────────────────────────────────────────────────────

Column copied(const Column& column, std::size_t begin, std::size_t end) {
  ColumnBuilder builder;
  builder.append(column, begin, end);
  Column part = builder.finish();
  if (!column.valid.empty() && part.valid.empty()) part.valid = Bitmap(end - begin, true);
  return part;
}

// Some rows of a column, in place where they begin at a whole word.
Column slice(const Column& column, std::size_t begin, std::size_t end) {
  if (!column.is_read() || begin % 64 != 0 || column.storage == Storage::kBits)
    return column.is_read() ? copied(column, begin, end) : column;
  Column part;
  part.type = column.type;
  part.storage = column.storage;
  part.rows = end - begin;
  const std::size_t skipped = begin * bytes_of(column.storage);
  part.data = Buffer::borrow(column.data.data() + skipped, column.data.size() - skipped, nullptr);
  if (!column.valid.empty()) {
    part.valid = Bitmap(part.rows);
    if (part.rows != 0) copy_bit_range(part.valid.words(), 0, column.valid.words(), begin, part.rows);
  }
  return part;
}

Column widened(const Column& column, Storage storage) {
  Column wide;
  wide.type = column.type;
  wide.storage = storage;
  wide.rows = column.rows;
  wide.valid = column.valid;
  const std::size_t size = padded_bytes(column.rows, storage);
  const std::shared_ptr<std::byte> values = allocate_values(size, column.rows * bytes_of(storage));
  with_value_type(storage, [&]<typename To>(To) {
    with_value_type(column.storage, [&]<typename From>(From) {
      std::transform(column.values<From>(), column.values<From>() + column.rows, reinterpret_cast<To*>(values.get()),
                     [](From value) { return static_cast<To>(value); });
    });
  });
  wide.data = Buffer::borrow(values.get(), size, values);
  return wide;
}

// One shape for all groups, so that one program fits them.
void settle_shape(Column& column, Storage storage, bool may_miss) {
  if (storage != Storage::kNone && bytes_of(column.storage) < bytes_of(storage)) column = widened(column, storage);
  if (may_miss && column.type.optional && column.valid.empty()) column.valid = Bitmap(column.rows, true);
}

// Rows that wait for accounts of the next groups, or came before the own ones: columns of the related table with the account of each row.
struct BorderRows {
  std::vector<ColumnBuilder> columns;  // by the schema's index
  std::vector<RowId> accounts;

  void add(const Table& table, std::span<const RowId> parents, std::span<const RowId> rows) {
    columns.resize(table.columns.size());
    for (std::size_t column = 0; column < columns.size(); ++column) {
      if (table.columns[column].is_read()) columns[column].append(table.columns[column], rows);
    }
    for (const RowId row : rows) accounts.push_back(parents[row]);
  }
};

// A part of the accounts with its database.
struct SortedChunk {
  Database database;
  Chunk chunk{.database = database};
  std::size_t begin = 0, end = 0;  // accounts
  bool is_wanted = true;           // `work` gave true
};

// What becomes of a group.
struct GroupWork {
  std::unique_ptr<SortedChunk> own;  // the accounts whose rows all lie in it; null where there are none
  BorderRows before, after;
  std::uint64_t orphans = 0;
  bool is_out_of_order = false;
};

struct Range {
  std::size_t begin = 0, end = 0;
  [[nodiscard]] bool is_empty() const { return begin >= end; }
};

class SortedChunks final : public Chunks {
 public:
  using Otherwise = std::function<std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>>()>;
  SortedChunks(const std::vector<TableSpec>& specs, const LoadOptions& options, const ChunkOptions& chunks, SortedRows sorted,
               Otherwise otherwise)
      : specs_(specs),
        options_(options),
        alignment_(chunks.accounts_of_chunk != 0 ? 1 : 64),
        sorted_(std::move(sorted)),
        otherwise_(std::move(otherwise)) {}

  // Whether the accounts are in order, too; errors are noted.
  bool open() {
    std::vector<TableSpec> accounts = specs_;
    accounts[sorted_.table].is_needed = false;
    auto loaded = load_database(accounts, options_);
    if (!loaded) return fail(std::move(loaded.error()));
    whole_ = std::move(*loaded);
    const Table& table = whole_.database.tables[0];
    const Column& keys = table.columns[*specs_[0].key];
    for (std::size_t row = 1; row < table.rows; ++row) {
      if (keys.int_at(row - 1) >= keys.int_at(row)) return false;
    }
    lookup_ = std::make_unique<KeyLookup>(keys);
    cut(keys);
    ScanOptions scan{.memory = std::size_t{1} << 20, .wanted_slots = nullptr};
    scan.choose = [this](std::uint64_t group, const std::vector<GroupFacts>& facts) { return choose(group, facts); };
    scan_ = std::make_unique<TableScan>(specs_, sorted_.table, options_, spill_, scan);
    if (auto opened = scan_->open(); !opened) return fail(std::move(opened.error()));
    return true;
  }

  [[nodiscard]] LoadResult reports() const override {
    if (instead_) return instead_->reports();
    LoadResult result;
    result.tables = whole_.tables;
    result.bad = whole_.bad;
    result.missing_rates = whole_.missing_rates;
    result.tables[sorted_.table] = scan_->report();
    result.tables[sorted_.table].orphans = orphans_;
    std::ranges::copy(scan_->bad(), std::back_inserter(result.bad));
    std::ranges::stable_sort(result.bad, {}, &BadValues::table);
    return result;
  }
  [[nodiscard]] const std::vector<LoadError>& errors() const override { return instead_ ? instead_->errors() : errors_; }
  [[nodiscard]] unsigned threads() const override { return std::max(1U, options_.threads); }
  [[nodiscard]] Column joined(std::span<const Column> parts) const override {
    ColumnBuilder builder;
    for (const Column& part : parts) builder.append(part, 0, part.rows);
    return builder.finish();
  }

  PassEnd pass(ChunkVisitor& visitor) override {
    if (instead_) return instead_->pass(visitor);
    for (;;) {
      visitor_ = &visitor;
      front_ = 0;
      orphans_ = 0;
      waiting_ = {};
      is_out_of_order_ = false;
      is_unread_.assign(sorted_.keys.size(), false);
      const auto end =
          scan_->pass(threads(), [this](RowBlock& block) { return work(block); }, [this](RowBlock& block) { return put(block); });
      if (is_out_of_order_) return pass_instead(visitor);
      if (end == TableScan::End::kFailed) {
        errors_ = scan_->errors();
        return PassEnd::kFailed;
      }
      if (end == TableScan::End::kStopped) return PassEnd::kStopped;
      if (end == TableScan::End::kDone) return put_rest() ? PassEnd::kDone : PassEnd::kStopped;
      visitor.restart();
    }
  }

 private:
  bool fail(std::vector<LoadError> errors) {
    errors_ = std::move(errors);
    return false;
  }

  PassEnd pass_instead(ChunkVisitor& visitor) {
    auto opened = otherwise_();
    if (!opened) {
      errors_ = std::move(opened.error());
      return PassEnd::kFailed;
    }
    instead_ = std::move(*opened);
    visitor.restart();
    return instead_->pass(visitor);
  }

  // Which accounts each group may have rows of, and which of them no other one has.
  void cut(const Column& keys) {
    const std::size_t groups = sorted_.keys.size(), accounts = keys.rows;
    const auto row_of = [&](std::int64_t key, bool is_after) {
      std::size_t begin = 0, end = accounts;
      while (begin < end) {
        const std::size_t middle = (begin + end) / 2;
        const std::int64_t at = keys.int_at(middle);
        if (at < key || (is_after && at == key)) begin = middle + 1;
        else end = middle;
      }
      return begin;
    };
    std::vector<std::size_t> first(groups + 1, accounts), after(groups + 1, 0);  // of the groups from here on; of those before
    for (std::size_t i = groups; i-- > 0;) first[i] = sorted_.keys[i] ? row_of(sorted_.keys[i]->first, false) : first[i + 1];
    for (std::size_t i = 0; i < groups; ++i) after[i + 1] = sorted_.keys[i] ? row_of(sorted_.keys[i]->second, true) : after[i];
    std::size_t taken = 0;
    for (std::size_t i = 0; i < groups; ++i) {
      may_have_.push_back({first[i], after[i + 1]});
      // Accounts without rows may lie between two groups; they are the former one's.
      const std::size_t begin = std::max(taken, (after[i] + alignment_ - 1) / alignment_ * alignment_);
      const std::size_t end = i + 1 == groups ? accounts : first[i + 1] / alignment_ * alignment_;
      own_.push_back(sorted_.keys[i] ? Range{begin, end} : Range{});
      if (!own_.back().is_empty()) taken = end;
    }
    // Every key between the first and the last is an account's.
    are_dense_ =
        accounts != 0 && static_cast<std::uint64_t>(keys.int_at(accounts - 1)) - static_cast<std::uint64_t>(keys.int_at(0)) == accounts - 1;
  }

  // Rows that change no answer are left out; where none of them can be an orphan, or bad, nothing of them is read.
  std::vector<bool> choose(std::uint64_t group, const std::vector<GroupFacts>& facts) {
    const ReadPlan& plan = scan_->plan();
    ChosenSlots chosen = chosen_slots(plan, sorted_.table, facts, *visitor_);
    if (chosen.needs_rows) return std::move(chosen.wanted);
    const std::lock_guard lock(unread_mutex_);
    is_unread_[group] = true;
    const std::uint32_t join = plan.slot_of_parent[0];
    const GroupFacts& about = facts[join];
    const Column& keys = whole_.database.tables[0].columns[*specs_[0].key];
    const bool has_accounts = are_dense_ && !about.may_be_missing && about.integers && about.integers->first >= keys.int_at(0) &&
                              about.integers->second <= keys.int_at(keys.rows - 1);
    // A join column that no condition needs.
    if (has_accounts && !about.may_be_bad) chosen.wanted[join] = false;
    return std::move(chosen.wanted);
  }

  [[nodiscard]] bool is_unread(std::uint64_t group) {
    const std::lock_guard lock(unread_mutex_);
    return is_unread_[group];
  }

  // The accounts, and the related rows that belong to some of them.
  [[nodiscard]] std::unique_ptr<SortedChunk> make_chunk(std::size_t begin, std::size_t end) const {
    auto made = std::make_unique<SortedChunk>();
    made->begin = begin;
    made->end = end;
    for (const Table& table : whole_.database.tables) {
      Table& part = made->database.tables.emplace_back();
      part.name = table.name;
      part.columns.resize(table.columns.size());
      for (std::size_t i = 0; i < table.columns.size(); ++i) part.columns[i].type = table.columns[i].type;
    }
    Table& accounts = made->database.tables[0];
    const Table& all = whole_.database.tables[0];
    accounts.rows = end - begin;
    for (std::size_t i = 0; i < all.columns.size(); ++i) {
      if (all.columns[i].is_read()) accounts.columns[i] = slice(all.columns[i], begin, end);
    }
    accounts.references.resize(all.references.size());
    made->chunk.first_rows.resize(made->database.tables.size());
    made->chunk.row_numbers.resize(made->database.tables.size());
    made->chunk.first_rows[0] = begin;
    return made;
  }

  Table related(RowBlock& block) const {
    const ReadPlan& plan = scan_->plan();
    for (std::size_t slot = 0; slot < block.slots.size(); ++slot)
      settle_shape(block.slots[slot].column, sorted_.storages[slot], sorted_.may_miss[slot]);
    Table table = make_table(specs_[sorted_.table], plan, block.slots, block.rows);
    table.references.resize(specs_[sorted_.table].references.size());
    return table;
  }

  bool work(RowBlock& block) {
    auto made = std::make_shared<GroupWork>();
    block.work = made;
    const FinishedSlot& join = block.slots[scan_->plan().slot_of_parent[0]];
    const Range own = own_[block.number];
    const bool is_unread_group = is_unread(block.number);
    std::vector<RowId> parents;
    if (!is_unread_group || join.column.rows != 0) parents = lookup_->rows_of(join.column);
    made->orphans = static_cast<std::uint64_t>(std::ranges::count(parents, kNoRow));
    made->is_out_of_order = !lie_within(parents, may_have_[block.number]);
    if (made->is_out_of_order) return true;
    Table table = related(block);
    if (is_unread_group) {
      parents.clear();
      table = no_rows(table);
    }
    const bool is_ascending = ascends(parents);
    divide(table, parents, own, is_ascending, *made);
    if (own.is_empty()) return true;
    made->own = make_chunk(own.begin, own.end);
    table.links.push_back(link_of(parents, own, is_ascending));
    made->own->database.tables[sorted_.table] = std::move(table);
    made->own->is_wanted = visitor_->work(made->own->chunk);
    return true;
  }

  // A table of the same shape.
  static Table no_rows(const Table& table) {
    Table empty;
    empty.name = table.name;
    empty.references.resize(table.references.size());
    for (const Column& column : table.columns) {
      Column& made = empty.columns.emplace_back();
      made.type = column.type;
      if (!column.is_read()) continue;
      made.storage = column.storage;
      if (column.storage == Storage::kBits) made.bits = Bitmap(0);
      else made.data.resize(64 * bytes_of(column.storage));
    }
    return empty;
  }

  static bool lie_within(std::span<const RowId> parents, const Range& range) {
    bool do_lie = true;
    for (const RowId parent : parents) do_lie &= parent == kNoRow || (parent >= range.begin && parent < range.end);
    return do_lie;
  }
  static bool ascends(std::span<const RowId> parents) {
    bool does = true;
    for (std::size_t i = 1; i < parents.size(); ++i) does &= parents[i - 1] <= parents[i];
    return does && (parents.empty() || parents.back() != kNoRow);
  }

  // The rows of accounts that are not the group's own.
  static void divide(const Table& table, std::span<const RowId> parents, const Range& own, bool is_ascending, GroupWork& made) {
    std::vector<RowId> before, after;
    const auto look_at = [&](std::size_t row) {
      const RowId parent = parents[row];
      if (parent == kNoRow) return;
      if (own.is_empty() || parent < own.begin) before.push_back(static_cast<RowId>(row));
      else if (parent >= own.end) after.push_back(static_cast<RowId>(row));
    };
    if (is_ascending && !own.is_empty()) {
      const auto first = static_cast<std::size_t>(std::ranges::lower_bound(parents, own.begin) - parents.begin());
      const auto last = static_cast<std::size_t>(std::ranges::lower_bound(parents, own.end) - parents.begin());
      for (std::size_t row = 0; row < first; ++row) look_at(row);
      for (std::size_t row = last; row < parents.size(); ++row) look_at(row);
    } else {
      for (std::size_t row = 0; row < parents.size(); ++row) look_at(row);
    }
    made.before.add(table, parents, before);
    made.after.add(table, parents, after);
  }

  // Rows of other accounts stand in the table, too, and belong to none.
  static Link link_of(std::vector<RowId>& parents, const Range& own, bool is_ascending) {
    const std::size_t accounts = own.end - own.begin;
    const auto shifted = [&](RowId parent) {
      return parent < own.begin || parent >= own.end ? kNoRow : static_cast<RowId>(parent - own.begin);
    };
    if (!is_ascending) {
      for (RowId& parent : parents) parent = shifted(parent);
      return make_link(std::move(parents), accounts);
    }
    const auto first = static_cast<std::size_t>(std::ranges::lower_bound(parents, own.begin) - parents.begin());
    const auto last = static_cast<std::size_t>(std::ranges::lower_bound(parents, own.end) - parents.begin());
    std::vector<std::uint64_t> offsets(accounts + 1);
    std::size_t next = 0;
    for (std::size_t row = first; row < last; ++row) {
      for (; next <= parents[row] - own.begin; ++next) offsets[next] = row;
    }
    for (; next <= accounts; ++next) offsets[next] = last;
    for (RowId& parent : parents) parent = shifted(parent);
    Link link;
    link.parent_of = std::move(parents);
    link.offsets = std::move(offsets);
    return link;
  }

  bool put(RowBlock& block) {
    auto& made = *static_cast<GroupWork*>(block.work.get());
    if (made.is_out_of_order) return !(is_out_of_order_ = true);
    orphans_ += made.orphans;
    wait_for(made.before);
    if (made.own) {
      if (!put_waiting(made.own->begin)) return false;
      if (!made.own->is_wanted || !visitor_->take(made.own->chunk)) return false;
      front_ = made.own->end;
    }
    wait_for(made.after);
    return true;
  }

  void wait_for(BorderRows& rows) {
    if (waiting_.columns.empty()) waiting_.columns.resize(rows.columns.size());
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
      Column column = rows.columns[i].finish();
      if (!rows.accounts.empty() && column.is_read()) waiting_.columns[i].append(column, 0, column.rows);
    }
    waiting_.accounts.insert(waiting_.accounts.end(), rows.accounts.begin(), rows.accounts.end());
  }

  // The accounts before `end` that no group has for its own.
  bool put_waiting(std::size_t end) {
    if (front_ == end) return true;
    auto made = make_chunk(front_, end);
    Table& table = made->database.tables[sorted_.table];
    table.rows = waiting_.accounts.size();
    table.references.resize(specs_[sorted_.table].references.size());
    const ReadPlan& plan = scan_->plan();
    for (std::size_t slot = 0; slot < plan.slots.size(); ++slot) {
      if (!plan.slots[slot].column) continue;
      const std::uint32_t id = *plan.slots[slot].column;
      if (table.rows != 0) table.columns[id] = waiting_.columns[id].finish();
      else table.columns[id] = empty_column(table.columns[id].type, sorted_.storages[slot], plan.slots[slot]);
      settle_shape(table.columns[id], sorted_.storages[slot], sorted_.may_miss[slot]);
    }
    for (RowId& account : waiting_.accounts) account -= static_cast<RowId>(front_);
    table.links.push_back(make_link(std::move(waiting_.accounts), end - front_));
    waiting_ = {};
    front_ = end;
    return visitor_->work(made->chunk) && visitor_->take(made->chunk);
  }

  static Column empty_column(const Type& type, Storage storage, const Slot& slot) {
    Column column;
    column.type = type;
    column.storage = storage != Storage::kNone ? storage : slot.scalar_kind() == Kind::kBool ? Storage::kBits : Storage::kFloat64;
    if (column.storage != Storage::kBits) column.data.resize(64 * bytes_of(column.storage));
    return column;
  }

  // The accounts after the last group's own ones; one chunk at least.
  bool put_rest() {
    const std::size_t accounts = whole_.database.tables[0].rows;
    if (front_ < accounts) return put_waiting(accounts);
    if (accounts != 0) return true;
    auto empty = make_chunk(0, 0);
    Table& table = empty->database.tables[sorted_.table];
    const ReadPlan& plan = scan_->plan();
    for (std::size_t slot = 0; slot < plan.slots.size(); ++slot) {
      if (const auto id = plan.slots[slot].column)
        table.columns[*id] = empty_column(table.columns[*id].type, sorted_.storages[slot], plan.slots[slot]);
    }
    table.references.resize(specs_[sorted_.table].references.size());
    table.links.push_back(make_link({}, 0));
    return visitor_->work(empty->chunk) && visitor_->take(empty->chunk);
  }

  const std::vector<TableSpec> specs_;
  const LoadOptions& options_;
  const std::size_t alignment_;
  const SortedRows sorted_;
  const Otherwise otherwise_;
  SpillFile spill_;
  LoadResult whole_;
  std::unique_ptr<KeyLookup> lookup_;
  std::unique_ptr<TableScan> scan_;
  std::vector<Range> may_have_, own_;  // by group: accounts
  bool are_dense_ = false;
  std::unique_ptr<Chunks> instead_;  // where the rows were not what was stated
  std::vector<LoadError> errors_;

  // Of a pass.
  ChunkVisitor* visitor_ = nullptr;
  std::size_t front_ = 0;  // accounts that were given
  BorderRows waiting_;     // the rows of those that follow
  std::uint64_t orphans_ = 0;
  bool is_out_of_order_ = false;
  std::mutex unread_mutex_;
  std::vector<bool> is_unread_;  // by group
};

}  // namespace

std::optional<SortedRows> sorted_rows(const std::vector<TableSpec>& specs, const LoadOptions& options) {
  const auto table = only_related(specs);
  if (!table) return std::nullopt;
  const ReadPlan plan = make_read_plan(specs, *table, options);
  if (!is_plain_plan(plan) || !is_plain_plan(make_read_plan(specs, 0, options))) return std::nullopt;
  const auto files = source_files(specs[*table], options.root);
  const bool is_parquet = files && std::ranges::all_of(*files, [](const SourceFile& file) { return file.format == FileFormat::kParquet; });
  if (!is_parquet) return std::nullopt;
  const auto opened = open_columnar_table(specs[*table], plan, *files, options);
  if (!opened || !*opened) return std::nullopt;
  SortedRows sorted{.table = *table, .rows = 0, .keys = {}, .storages = {}, .may_miss = {}};
  const bool are_sorted = add_keys(**opened, plan.slot_of_parent[0], sorted) && add_slots(**opened, plan, sorted);
  return are_sorted ? std::optional(std::move(sorted)) : std::nullopt;
}

std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>> open_sorted_chunks(
    const std::vector<TableSpec>& specs, const LoadOptions& options, const ChunkOptions& chunks, SortedRows sorted,
    const std::function<std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>>()>& otherwise) {
  auto made = std::make_unique<SortedChunks>(specs, options, chunks, std::move(sorted), otherwise);
  if (made->open()) return made;
  if (!made->errors().empty()) return std::unexpected(made->errors());
  return otherwise();
}

}  // namespace segue::io
