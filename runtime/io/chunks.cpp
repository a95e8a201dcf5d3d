// Accounts by blocks of their files, or parts of accounts and related rows from disk.
#include "runtime/io/chunks.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "runtime/io/chosen_slots.h"
#include "runtime/io/chunk_parts.h"
#include "runtime/io/column_builder.h"
#include "runtime/io/in_order.h"
#include "runtime/io/links.h"
#include "runtime/io/load_parts.h"
#include "runtime/io/sorted_chunks.h"
#include "runtime/io/source_files.h"
#include "runtime/io/table_scan.h"

namespace segue {
namespace {

using namespace io;

// ── Which tables are cut ─────────────────────────────────────────────────────────────────────────────────────────────────

bool is_cut(const std::vector<TableSpec>& specs, std::size_t table) {
  return specs[table].is_needed && (table == 0 || !specs[table].parents.empty());
}

std::vector<TableSpec> closed(std::vector<TableSpec> specs) {
  close_needs(specs);
  return specs;
}

// ── What both kinds share ────────────────────────────────────────────────────────────────────────────────────────────────

// A column that reads another one's values, which stay where they are.
Column borrowed(const Column& column) {
  Column view;
  view.type = column.type;
  view.storage = column.storage;
  view.rows = column.rows;
  if (!column.valid.empty()) view.valid = Bitmap::borrow(column.valid.words(), column.valid.size(), nullptr);
  if (!column.bits.empty()) view.bits = Bitmap::borrow(column.bits.words(), column.bits.size(), nullptr);
  if (column.data.size() != 0) view.data = Buffer::borrow(column.data.data(), column.data.size(), nullptr);
  if (!column.offsets.empty())
    view.offsets = Array<std::uint64_t>::borrow(std::as_const(column.offsets).data(), column.offsets.size(), nullptr);
  view.dictionary = column.dictionary;
  view.element_values = column.element_values;
  return view;
}

Table borrowed(const Table& table) {
  Table view;
  view.name = table.name;
  view.rows = table.rows;
  for (const Column& column : table.columns) view.columns.push_back(borrowed(column));
  for (const auto& reference : table.references) {
    auto& made = view.references.emplace_back();
    if (!reference.empty()) made = Array<RowId>::borrow(std::as_const(reference).data(), reference.size(), nullptr);
  }
  return view;
}

// Part of the reports of all tables.
void add_reports(const TableScan& scan, std::uint32_t table, LoadResult& result) {
  result.tables[table] = scan.report();
  std::ranges::copy(scan.bad(), std::back_inserter(result.bad));
  std::ranges::copy(scan.missing_rates(), std::back_inserter(result.missing_rates));
}

class CutTables : public Chunks {
 public:
  CutTables(std::vector<TableSpec> specs, const LoadOptions& options, const ChunkOptions& chunks)
      : specs_(std::move(specs)),
        options_(options),
        chunks_(chunks),
        lookups_(specs_.size()),
        scans_(specs_.size()),
        orphans_(specs_.size()) {}

  [[nodiscard]] LoadResult reports() const override {
    LoadResult result;
    result.tables = whole_.tables;
    result.bad = whole_.bad;
    result.missing_rates = whole_.missing_rates;
    for (std::uint32_t table = 0; table < specs_.size(); ++table) {
      if (!scans_[table]) continue;
      add_reports(*scans_[table], table, result);
      result.tables[table].orphans = orphans_[table];
    }
    std::ranges::stable_sort(result.bad, {}, &BadValues::table);
    std::ranges::stable_sort(result.missing_rates, {}, &MissingRates::table);
    return result;
  }
  [[nodiscard]] const std::vector<LoadError>& errors() const override { return errors_; }
  [[nodiscard]] unsigned threads() const override { return std::max(1U, options_.threads); }
  [[nodiscard]] Column joined(std::span<const Column> parts) const override {
    ColumnBuilder builder;
    for (const Column& part : parts) builder.append(part, 0, part.rows);
    return builder.finish();
  }

 protected:
  // Reads the tables that stay whole, and looks at the files of the others.
  bool open_tables(const decltype(ScanOptions::choose)& choose_of_accounts = {}) {
    std::vector<TableSpec> whole = specs_;
    for (std::size_t table = 0; table < specs_.size(); ++table) whole[table].is_needed = specs_[table].is_needed && !is_cut(specs_, table);
    auto loaded = load_database(whole, options_);
    if (!loaded) return fail(std::move(loaded.error()));
    whole_ = std::move(*loaded);
    for (std::uint32_t table = 0; table < specs_.size(); ++table) {
      if (!is_cut(specs_, table)) {
        if (specs_[table].is_needed && specs_[table].key)
          lookups_[table] = std::make_unique<KeyLookup>(whole_.database.tables[table].columns[*specs_[table].key]);
        continue;
      }
      ScanOptions scan{.memory = static_cast<std::size_t>(chunks_.memory / 8), .wanted_slots = nullptr};
      if (table == 0) scan.choose = choose_of_accounts;
      scans_[table] = std::make_unique<TableScan>(specs_, table, options_, spill_, scan);
      if (auto opened = scans_[table]->open(); !opened) return fail(std::move(opened.error()));
    }
    return true;
  }

  bool fail(std::vector<LoadError> errors) {
    errors_ = std::move(errors);
    return false;
  }

  // The tables that stay whole, and the others by name.
  [[nodiscard]] Database base() const {
    Database database;
    for (const Table& table : whole_.database.tables) database.tables.push_back(borrowed(table));
    return database;
  }

  void link_references(std::size_t table, Database& database) const {
    Table& rows = database.tables[table];
    rows.references.resize(specs_[table].references.size());
    for (std::size_t i = 0; i < specs_[table].references.size(); ++i) {
      const ReferenceSpec& reference = specs_[table].references[i];
      if (reference.is_needed) rows.references[i] = lookups_[reference.to]->rows_of(rows.columns[reference.by]);
    }
  }

  const std::vector<TableSpec> specs_;
  const LoadOptions& options_;
  const ChunkOptions chunks_;
  SpillFile spill_;
  LoadResult whole_;
  std::vector<std::unique_ptr<KeyLookup>> lookups_;  // by table, of those that stay whole
  std::vector<std::unique_ptr<TableScan>> scans_;    // by table, of the others
  std::vector<std::uint64_t> orphans_;
  std::vector<LoadError> errors_;
};

// A chunk with its database.
struct OwnedChunk {
  explicit OwnedChunk(Database made) : database(std::move(made)), chunk{.database = database} {
    chunk.first_rows.resize(database.tables.size());
    chunk.row_numbers.resize(database.tables.size());
  }
  OwnedChunk(const OwnedChunk&) = delete;
  OwnedChunk& operator=(const OwnedChunk&) = delete;

  Database database;
  std::vector<std::vector<RowId>> numbers;  // by table, of the chunk's rows
  Chunk chunk;
  bool is_wanted = true;  // `work` gave true
};

// ── Accounts that stand alone ────────────────────────────────────────────────────────────────────────────────────────────

// Each block of the accounts' files is a chunk.
class AccountChunks final : public CutTables {
 public:
  using CutTables::CutTables;
  bool open() {
    return open_tables([this](std::uint64_t, const std::vector<GroupFacts>& facts) {
      return chosen_slots(scans_[0]->plan(), 0, facts, *visitor_).wanted;
    });
  }

  PassEnd pass(ChunkVisitor& visitor) override {
    for (;;) {
      visitor_ = &visitor;
      rows_ = 0;
      has_given_ = is_stopped_ = false;
      const TableScan::End end =
          scans_[0]->pass(threads(), [this](RowBlock& block) { return work(block); }, [this](RowBlock& block) { return put(block); });
      if (end == TableScan::End::kFailed) {
        fail(scans_[0]->errors());
        return PassEnd::kFailed;
      }
      if (end == TableScan::End::kStopped) return PassEnd::kStopped;
      if (end == TableScan::End::kDone) break;
      starts_.clear();
      visitor.restart();
    }
    if (has_given_) return PassEnd::kDone;
    OwnedChunk empty(database_of(empty_slots(scans_[0]->plan()), 0));
    return visitor.work(empty.chunk) && visitor.take(empty.chunk) ? PassEnd::kDone : PassEnd::kStopped;
  }

 private:
  [[nodiscard]] std::size_t most_rows() const {
    constexpr std::size_t kMost = std::size_t{1} << 21;
    return chunks_.accounts_of_chunk != 0 ? chunks_.accounts_of_chunk : kMost;
  }

  [[nodiscard]] Database database_of(std::vector<FinishedSlot> slots, std::size_t rows) const {
    Database database = base();
    database.tables[0] = make_table(specs_[0], scans_[0]->plan(), slots, rows);
    link_references(0, database);
    return database;
  }

  bool work(RowBlock& block) {
    if (block.rows == 0 || block.rows > most_rows()) return true;
    auto made = std::make_shared<OwnedChunk>(database_of(std::move(block.slots), block.rows));
    if (block.number < starts_.size()) made->chunk.first_rows[0] = starts_[block.number];
    made->is_wanted = visitor_->work(made->chunk);
    block.work = std::move(made);
    return true;
  }

  bool put(RowBlock& block) {
    if (block.number >= starts_.size()) starts_.push_back(rows_);
    if (block.rows == 0) return true;
    has_given_ = true;
    if (block.work) {
      auto& made = *static_cast<OwnedChunk*>(block.work.get());
      made.chunk.first_rows[0] = rows_;
      rows_ += block.rows;
      return made.is_wanted && visitor_->take(made.chunk);
    }
    for (std::size_t begin = 0; begin < block.rows; begin += most_rows()) {
      if (!put_part(block, begin, std::min(block.rows, begin + most_rows()))) return false;
    }
    return true;
  }

  // Of a block that is too large for one chunk.
  bool put_part(const RowBlock& block, std::size_t begin, std::size_t end) {
    std::vector<FinishedSlot> slots;
    for (const FinishedSlot& slot : block.slots) {
      ColumnBuilder builder;
      builder.append(slot.column, begin, end);
      slots.push_back({builder.finish(), {}});
    }
    OwnedChunk part(database_of(std::move(slots), end - begin));
    part.chunk.first_rows[0] = rows_;
    rows_ += end - begin;
    return visitor_->work(part.chunk) && visitor_->take(part.chunk);
  }

  ChunkVisitor* visitor_ = nullptr;
  std::uint64_t rows_ = 0;
  bool has_given_ = false, is_stopped_ = false;
  std::vector<std::uint64_t> starts_;  // by block: its first row among the good ones; while the first pass runs, of those that were put
};

// ── Accounts with related rows ───────────────────────────────────────────────────────────────────────────────────────────

// All tables are laid on disk, cut into parts by accounts; a chunk is some neighbouring parts.
class RelatedChunks final : public CutTables {
 public:
  using CutTables::CutTables;

  bool open() {
    if (!open_tables()) return false;
    for (std::uint32_t table = 0; table < specs_.size(); ++table) {
      parted_.push_back(nullptr);
      if (scans_[table]) parted_.back() = std::make_unique<PartedTable>(spill_, scans_[table]->plan());
    }
    for (const std::uint32_t table : parents_first()) {
      if (!(table == 0 ? lay_accounts() : lay_related(table))) return false;
    }
    is_exact_ = indexes_.at(0).is_exact();
    indexes_.clear();
    gather_parts();
    return true;
  }

  PassEnd pass(ChunkVisitor& visitor) override {
    std::size_t next = 0;
    bool is_stopped = false;
    std::vector<std::uint64_t> first_rows(specs_.size());
    struct Job {
      std::size_t number = 0;
      std::unique_ptr<OwnedChunk> made;
      std::vector<std::uint64_t> orphans;
      std::optional<LoadError> error;
    };
    const bool is_first = !has_passed_;
    run_in_order(
        threads(), [&] { return next < chunk_begins_.size() - 1 ? std::optional(Job{next++, nullptr, {}, std::nullopt}) : std::nullopt; },
        [&](Job& job) {
          auto made = load_chunk(chunk_begins_[job.number], chunk_begins_[job.number + 1], job.orphans);
          if (!made) {
            job.error = made.error();
            return;
          }
          job.made = std::move(*made);
          if (job.number < starts_.size()) job.made->chunk.first_rows = starts_[job.number];
          job.made->is_wanted = visitor.work(job.made->chunk);
        },
        [&](Job& job) {
          if (job.error) return fail({*job.error});
          Chunk& chunk = job.made->chunk;
          chunk.first_rows = first_rows;
          if (job.number >= starts_.size()) starts_.push_back(first_rows);
          for (std::size_t table = 0; table < specs_.size(); ++table) {
            if (scans_[table]) first_rows[table] += chunk.database.tables[table].rows;
            if (is_first && scans_[table]) orphans_[table] += job.orphans[table];
          }
          is_stopped = !(job.made->is_wanted && visitor.take(chunk));
          return !is_stopped;
        });
    if (!errors_.empty()) return PassEnd::kFailed;
    if (is_stopped) return PassEnd::kStopped;
    has_passed_ = true;
    return PassEnd::kDone;
  }

 private:
  // Cut tables, parents before children.
  [[nodiscard]] std::vector<std::uint32_t> parents_first() const {
    std::vector<std::uint32_t> order;
    std::vector<bool> is_done(specs_.size());
    for (bool grows = true; grows;) {
      grows = false;
      for (std::uint32_t table = 0; table < specs_.size(); ++table) {
        const bool is_ready = std::ranges::all_of(specs_[table].parents, [&](const ParentSpec& parent) { return is_done[parent.table]; });
        if (is_done[table] || !is_cut(specs_, table) || !is_ready) continue;
        order.push_back(table);
        is_done[table] = grows = true;
      }
    }
    return order;
  }

  // Reads a table to its end, again where that is asked for.
  bool scan_whole(std::uint32_t table, const std::function<void()>& start, const TableScan::Visit& work, const TableScan::Visit& put) {
    for (;;) {
      start();
      switch (scans_[table]->pass(threads(), work, put)) {
        case TableScan::End::kDone: return true;
        case TableScan::End::kAgain: continue;
        case TableScan::End::kStopped: return false;  // an error is noted already
        case TableScan::End::kFailed: return fail(scans_[table]->errors());
      }
    }
  }

  [[nodiscard]] std::uint64_t all_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& scan : scans_) bytes += scan ? scan->file_bytes() : 0;
    return bytes;
  }

  [[nodiscard]] std::uint64_t part_bytes() const { return std::max<std::uint64_t>(chunk_bytes() / 4, std::uint64_t{1} << 20); }
  [[nodiscard]] std::uint64_t chunk_bytes() const {
    return std::max<std::uint64_t>(chunks_.memory / (4 * threads()), std::uint64_t{1} << 20);
  }

  // Accounts of a part, so that they and their related rows take about so much.
  [[nodiscard]] std::size_t accounts_of_part(const RowBlock& first) const {
    if (chunks_.accounts_of_chunk != 0) return chunks_.accounts_of_chunk;
    const std::uint64_t rows_in_all =
        std::max<std::uint64_t>(first.rows, scans_[0]->file_bytes() * first.rows_read / std::max<std::uint64_t>(first.bytes, 1));
    const std::uint64_t bytes_in_all = all_bytes() * 2 + rows_in_all * chunks_.bytes_of_account;
    const std::uint64_t parts = std::clamp<std::uint64_t>(bytes_in_all / part_bytes() + 1, 1, 4096);
    return static_cast<std::size_t>(rows_in_all / parts + 1);
  }

  [[nodiscard]] std::size_t pending_bytes() const {
    return static_cast<std::size_t>(std::max<std::uint64_t>(chunks_.memory / 4, std::uint64_t{1} << 20));
  }

  [[nodiscard]] bool is_parent(std::uint32_t table) const {
    return std::ranges::any_of(specs_, [&](const TableSpec& spec) {
      return spec.is_needed && std::ranges::any_of(spec.parents, [&](const ParentSpec& parent) { return parent.table == table; });
    });
  }

  bool lay_accounts() {
    PartedTable& parted = *parted_[0];
    PartIndex index;
    std::size_t of_part = 0;
    std::uint64_t rows = 0;
    const auto put = [&](RowBlock& block) {
      if (of_part == 0) of_part = accounts_of_part(block);
      const std::vector<RowId> good = block.good_rows();
      const Column& keys = block.slots[*scans_[0]->plan().slot_of_column[*specs_[0].key]].column;
      for (std::size_t begin = 0; begin < block.rows;) {
        const auto part = static_cast<std::uint32_t>(rows / of_part);
        const std::size_t end = std::min<std::size_t>(block.rows, begin + (part + 1) * of_part - rows);
        std::vector<RowId> chosen(end - begin);
        for (std::size_t i = begin; i < end; ++i) chosen[i - begin] = static_cast<RowId>(i);
        if (auto added = parted.add(part, block.slots, chosen, block.first_row, good); !added) return fail({added.error()});
        index.add(keys, begin, end, part);
        rows += end - begin;
        begin = end;
      }
      if (auto kept = parted.keep_below(pending_bytes()); !kept) return fail({kept.error()});
      return true;
    };
    const auto start = [&] {
      parted.clear();
      rows = 0;
      index = PartIndex(specs_[0].columns[*specs_[0].key].type.kind == Kind::kText);
    };
    if (!scan_whole(0, start, [](RowBlock&) { return true; }, put)) return false;
    index.finish(scans_[0]->has_ascending_keys() && !is_joined_with_others());
    indexes_.emplace(0, std::move(index));
    if (auto flushed = parted.flush(); !flushed) return fail({flushed.error()});
    return true;
  }

  // Whether rows have several parents, one of which is the account: what they meet must then be known row by row.
  [[nodiscard]] bool is_joined_with_others() const {
    return std::ranges::any_of(specs_, [](const TableSpec& spec) { return spec.is_needed && spec.parents.size() > 1; });
  }

  // Which rows of a block go to which part.
  struct Routed {
    std::map<std::uint32_t, std::vector<RowId>> rows;
    std::vector<std::pair<Mark, std::uint32_t>> keys;  // of tables that are parents themselves
    std::uint64_t orphans = 0;
  };

  bool lay_related(std::uint32_t table) {
    PartedTable& parted = *parted_[table];
    const bool has_children = is_parent(table);
    PartIndex index;
    const auto work = [&](RowBlock& block) {
      auto routed = std::make_shared<Routed>();
      route(table, block, has_children, *routed);
      block.work = std::move(routed);
      return true;
    };
    const auto put = [&](RowBlock& block) {
      auto& routed = *static_cast<Routed*>(block.work.get());
      const std::vector<RowId> good = block.good_rows();
      for (const auto& [part, rows] : routed.rows) {
        if (auto added = parted.add(part, block.slots, rows, block.first_row, good); !added) return fail({added.error()});
      }
      for (const auto& [mark, part] : routed.keys) index.add(mark, part);
      orphans_[table] += routed.orphans;
      if (auto kept = parted.keep_below(pending_bytes()); !kept) return fail({kept.error()});
      return true;
    };
    const auto start = [&] {
      parted.clear();
      index = PartIndex();
      orphans_[table] = 0;
    };
    if (!scan_whole(table, start, work, put)) return false;
    index.finish(false);
    if (has_children) indexes_.emplace(table, std::move(index));
    if (auto flushed = parted.flush(); !flushed) return fail({flushed.error()});
    return true;
  }

  void route(std::uint32_t table, const RowBlock& block, bool has_children, Routed& routed) const {
    const TableSpec& spec = specs_[table];
    const ReadPlan& plan = scans_[table]->plan();
    std::vector<bool> has_parent(block.rows), is_orphan(block.rows);
    std::vector<std::vector<std::uint32_t>> parts(block.rows);
    bool is_exact = true;
    for (std::size_t i = 0; i < spec.parents.size(); ++i) {
      const PartIndex& index = indexes_.at(spec.parents[i].table);
      const FinishedSlot& join = block.slots[plan.slot_of_parent[i]];
      is_exact = is_exact && index.is_exact();
      for (std::size_t row = 0; row < block.rows; ++row) {
        if (!join.column.is_known(row)) continue;
        if (index.find(join.column, row, parts[row])) has_parent[row] = true;
        else is_orphan[row] = true;
      }
      for (const RowId row : join.unfit) is_orphan[row] = true;
    }
    const Column* keys = spec.key && has_children ? &block.slots[*plan.slot_of_column[*spec.key]].column : nullptr;
    for (std::size_t row = 0; row < block.rows; ++row) {
      // Where the index only knows where a parent would be, the chunk finds out.
      if (is_exact ? is_orphan[row] || !has_parent[row] : parts[row].empty()) ++routed.orphans;
      std::ranges::sort(parts[row]);
      const auto again = std::ranges::unique(parts[row]);
      parts[row].erase(again.begin(), again.end());
      for (const std::uint32_t part : parts[row]) routed.rows[part].push_back(static_cast<RowId>(row));
      if (keys == nullptr || !keys->is_known(row)) continue;
      const Mark mark = mark_of(*keys, row);
      for (const std::uint32_t part : parts[row]) routed.keys.emplace_back(mark, part);
      if (parts[row].empty()) routed.keys.emplace_back(mark, PartIndex::kNoPart);
    }
  }

  // Neighbouring parts make a chunk as long as they fit.
  void gather_parts() {
    std::size_t parts = 0;
    for (const auto& parted : parted_) parts = parted ? std::max(parts, parted->parts()) : parts;
    chunk_begins_ = {0};
    std::uint64_t bytes = 0;
    for (std::uint32_t part = 0; part < parts; ++part) {
      std::uint64_t more = 0;
      for (const auto& parted : parted_) more += parted ? parted->bytes(part) : 0;
      more += parted_[0]->rows(part) * chunks_.bytes_of_account;
      const bool is_full = chunks_.accounts_of_chunk != 0 || bytes + more > chunk_bytes();
      if (part > chunk_begins_.back() && is_full) {
        chunk_begins_.push_back(part);
        bytes = 0;
      }
      bytes += more;
    }
    chunk_begins_.push_back(static_cast<std::uint32_t>(parts));
  }

  std::expected<std::unique_ptr<OwnedChunk>, LoadError> load_chunk(std::uint32_t begin, std::uint32_t end,
                                                                   std::vector<std::uint64_t>& orphans) const {
    auto made = std::make_unique<OwnedChunk>(base());
    made->numbers.resize(specs_.size());
    orphans.assign(specs_.size(), 0);
    std::vector<std::vector<FinishedSlot>> joins(specs_.size());
    for (std::size_t table = 0; table < specs_.size(); ++table) {
      if (!parted_[table]) continue;
      auto slots = parted_[table]->read(begin, end, made->numbers[table]);
      if (!slots) return std::unexpected(slots.error());
      made->database.tables[table] = make_table(specs_[table], scans_[table]->plan(), *slots, made->numbers[table].size());
      joins[table] = std::move(*slots);
      if (table != 0) made->chunk.row_numbers[table] = made->numbers[table];
    }
    for (std::size_t table = 0; table < specs_.size(); ++table) {
      if (parted_[table]) link(table, joins[table], made->database, orphans[table]);
    }
    return made;
  }

  void link(std::size_t id, const std::vector<FinishedSlot>& joins, Database& database, std::uint64_t& orphans) const {
    const ReadPlan& plan = scans_[id]->plan();
    Table& table = database.tables[id];
    for (std::size_t i = 0; i < specs_[id].parents.size(); ++i) {
      const std::uint32_t parent = specs_[id].parents[i].table, slot = plan.slot_of_parent[i];
      const std::optional<std::uint32_t> column = plan.slots[slot].column;
      const Column& join = column ? table.columns[*column] : joins[slot].column;
      const KeyLookup lookup(database.tables[parent].columns[*specs_[parent].key]);
      std::vector<RowId> parents = lookup.rows_of(join);
      if (specs_[id].parents.size() == 1 && parent == 0 && !is_exact_)
        orphans += static_cast<std::uint64_t>(std::ranges::count(parents, kNoRow));
      table.links.push_back(make_link(std::move(parents), database.tables[parent].rows));
    }
    link_references(id, database);
  }

  std::vector<std::unique_ptr<PartedTable>> parted_;
  std::map<std::uint32_t, PartIndex> indexes_;      // by table, of parents
  bool is_exact_ = true;                            // the index of the accounts knows which keys there are
  std::vector<std::uint32_t> chunk_begins_;         // the first part of each chunk, and the end
  std::vector<std::vector<std::uint64_t>> starts_;  // by chunk: first rows by table
  bool has_passed_ = false;
};

constexpr std::uint64_t kManyRows = 4'000'000, kLargeGroup = 256 * 1024;  // from which on reading in chunks is the faster way

bool is_large(const std::optional<SortedRows>& sorted) {
  return sorted && sorted->rows >= kManyRows && sorted->rows / sorted->keys.size() >= kLargeGroup;
}

// About how many bytes in memory one of a file stands for, while it is read.
std::uint64_t growth(FileFormat format) {
  switch (format) {
    case FileFormat::kCsv: return 4;
    case FileFormat::kCsvGzip: return 20;
    case FileFormat::kParquet: return 8;
    case FileFormat::kArrow: return 3;
  }
  return 4;
}

struct TableSize {
  std::uint64_t rows = 0, bytes = 0;  // about
};

// What the groups of columnar files say, or else a guess.
std::expected<TableSize, std::vector<LoadError>> table_size(const std::vector<TableSpec>& specs, std::uint32_t table,
                                                            const LoadOptions& options) {
  constexpr std::uint64_t kBytesOfRow = 32;  // in a file
  const auto files = source_files(specs[table], options.root);
  if (!files) return std::unexpected(std::vector{files.error()});
  TableSize size;
  const bool is_columnar = std::ranges::all_of(*files, [](const SourceFile& file) { return file.format == FileFormat::kParquet; });
  const ReadPlan plan = make_read_plan(specs, table, options);
  if (is_columnar) {
    const auto opened = open_columnar_table(specs[table], plan, *files, options);
    if (!opened) return std::unexpected(opened.error());
    for (std::size_t group = 0; *opened && group < (*opened)->groups().size(); ++group) {
      size.rows += (*opened)->groups()[group].rows;
      for (std::uint32_t slot = 0; slot < plan.slots.size(); ++slot) size.bytes += (*opened)->facts(group, slot).bytes * 2;
    }
    if (*opened) return size;
  }
  for (const SourceFile& file : *files) {
    size.bytes += file.bytes * growth(file.format);
    size.rows += file.bytes * growth(file.format) / kBytesOfRow;
  }
  return size;
}

template <typename Made>
std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>> opened(std::unique_ptr<Made> made) {
  if (!made->open()) return std::unexpected(made->errors());
  return made;
}

}  // namespace

std::expected<std::uint64_t, std::vector<LoadError>> estimated_bytes(const std::vector<TableSpec>& specs_as_asked,
                                                                     const LoadOptions& options, std::uint64_t bytes_of_account) {
  const std::vector<TableSpec> specs = closed(specs_as_asked);
  std::uint64_t total = 0;
  for (std::uint32_t table = 0; table < specs.size(); ++table) {
    if (!specs[table].is_needed) continue;
    const auto size = table_size(specs, table, options);
    if (!size) return std::unexpected(size.error());
    total += size->bytes + (table == 0 ? size->rows * bytes_of_account : 0);
  }
  return total;
}

bool are_better_cut(const std::vector<TableSpec>& specs_as_asked, const LoadOptions& options, bool answers_accounts_alone) {
  const std::vector<TableSpec> specs = closed(specs_as_asked);
  for (std::size_t table = 1; table < specs.size(); ++table) {
    if (specs[table].is_needed) return answers_accounts_alone && is_large(sorted_rows(specs, options));
  }
  const auto files = source_files(specs[0], options.root);
  const bool is_parquet = files && std::ranges::all_of(*files, [](const SourceFile& file) { return file.format == FileFormat::kParquet; });
  if (!is_parquet) return false;
  const ReadPlan plan = make_read_plan(specs, 0, options);
  const bool has_codes =
      std::ranges::any_of(plan.slots, [](const Slot& slot) { return slot.is_list() || slot.scalar_kind() == Kind::kText; });
  if (has_codes) return false;
  const auto opened = open_columnar_table(specs[0], plan, *files, options);
  if (!opened || !*opened) return false;
  std::uint64_t rows = 0;
  for (const RowGroup& group : (*opened)->groups()) rows += group.rows;
  return rows >= kManyRows && rows / (*opened)->groups().size() >= kLargeGroup;
}

std::string why_whole(const std::vector<TableSpec>& specs_as_asked) {
  const std::vector<TableSpec> specs = closed(specs_as_asked);
  for (std::size_t table = 0; table < specs.size(); ++table) {
    if (!specs[table].is_needed) continue;
    for (const ReferenceSpec& reference : specs[table].references) {
      if (reference.is_needed && is_cut(specs, reference.to))
        return "rows of `" + specs[table].name + "` refer to `" + specs[reference.to].name + "`, which must be in memory whole for that";
    }
    for (const ParentSpec& parent : specs[table].parents) {
      if (!is_cut(specs, parent.table))
        return "`" + specs[table].name + "` belongs to `" + specs[parent.table].name + "`, which belongs to no account";
    }
  }
  return {};
}

std::expected<std::unique_ptr<Chunks>, std::vector<LoadError>> open_chunks(const std::vector<TableSpec>& specs_as_asked,
                                                                           const LoadOptions& options, const ChunkOptions& chunks) {
  std::vector<TableSpec> specs = closed(specs_as_asked);
  const bool has_related = std::ranges::any_of(specs, [](const TableSpec& spec) { return spec.is_needed && !spec.parents.empty(); });
  if (has_related) {
    const auto otherwise = [specs, &options, chunks]() { return opened(std::make_unique<RelatedChunks>(specs, options, chunks)); };
    auto sorted = chunks.answers_accounts_alone ? sorted_rows(specs, options) : std::nullopt;
    const bool is_sorted = is_large(sorted) || (sorted && chunks.accounts_of_chunk != 0);
    return is_sorted ? open_sorted_chunks(specs, options, chunks, std::move(*sorted), otherwise) : otherwise();
  }
  return opened(std::make_unique<AccountChunks>(std::move(specs), options, chunks));
}

}  // namespace segue
