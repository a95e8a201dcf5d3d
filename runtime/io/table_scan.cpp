// Blocks of a table: several tasks of a file, or a row group. What needs all rows, such as keys that repeat, is known after a pass, and used by the next.
#include "runtime/io/table_scan.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <utility>

#include "runtime/io/in_order.h"
#include "runtime/io/load_parts.h"
#include "runtime/io/messages.h"
#include "runtime/io/money.h"
#include "runtime/io/table_file.h"
#include "stdlib/print_value.h"

namespace segue::io {
namespace {

constexpr std::size_t kPiecesOfBlock = 8;  // tasks that make a block, of CSV; a row group is one by itself

std::int64_t mark_bits(double value) { return std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value); }

// What a cell is, under `dedupe`: equal cells have equal marks.
Mark cell_mark(const Slot& slot, const SlotData& data, const ColumnPiece& piece, std::size_t row) {
  if (std::ranges::binary_search(piece.unfit, static_cast<std::uint32_t>(row))) return {2, 2};
  if (slot.is_list() ? !piece.missing.empty() && piece.missing[row] != 0 : piece.is_missing(row)) return {1, 1};
  const Kind kind = slot.scalar_kind();
  const auto text = [&](std::int32_t code) { return mark_of(data.dictionary.at(code)); };
  if (!slot.is_list()) {
    if (kind == Kind::kText) return text(static_cast<std::int32_t>(piece.number_at(row)));
    const Mark mark = mark_of(kind == Kind::kFloat ? mark_bits(piece.floats[row]) : piece.number_at(row));
    return slot.is_money ? combined(mark, mark_of(std::int64_t{piece.scales[row]})) : mark;
  }
  std::vector<Mark> elements;
  for (std::size_t i = row == 0 ? 0 : piece.ends[row - 1]; i < piece.ends[row]; ++i) {
    if (kind == Kind::kText) elements.push_back(text(piece.codes[i]));
    else elements.push_back(mark_of(kind == Kind::kFloat ? mark_bits(std::bit_cast<double>(piece.numbers[i])) : piece.numbers[i]));
  }
  std::ranges::sort(elements);
  const auto again = std::ranges::unique(elements);
  elements.erase(again.begin(), again.end());
  Mark mark = mark_of(static_cast<std::int64_t>(elements.size()));
  for (const Mark& element : elements) mark = combined(mark, element);
  return mark;
}

// Calls `visit(row, piece, row in it)`.
template <typename Visit>
void each_row(const TableData& data, Visit visit) {
  std::size_t row = 0;
  for (std::size_t piece = 0; piece < data.piece_rows.size(); ++piece) {
    for (std::size_t i = 0; i < data.piece_rows[piece]; ++i, ++row) visit(row, piece, i);
  }
}

std::vector<Mark> marks_of_rows(const TableData& data, const ReadPlan& plan) {
  std::vector<Mark> marks;
  each_row(data, [&](std::size_t row, std::size_t piece, std::size_t i) {
    if (data.state(row) != RowState::kGood) return;
    Mark mark;
    for (std::size_t slot = 0; slot < plan.slots.size(); ++slot)
      mark = combined(mark, cell_mark(plan.slots[slot], data.slots[slot], data.slots[slot].pieces[piece], i));
    marks.push_back(mark);
  });
  return marks;
}

BadKey key_of_piece(const SlotData& data, bool is_text, std::size_t piece, std::size_t i, std::size_t row) {
  const ColumnPiece& column = data.pieces[piece];
  BadKey key{static_cast<std::uint32_t>(row), 0, {}};
  if (is_text) key.text = data.dictionary.at(column.number_at(i));
  else key.number = column.number_at(i);
  return key;
}

BadKey key_of_column(const Column& column, std::size_t at, std::size_t row) {
  BadKey key{static_cast<std::uint32_t>(row), 0, {}};
  if (column.storage == Storage::kCodes) key.text = column.text_at(at);
  else key.number = column.storage == Storage::kBits ? std::int64_t{column.bool_at(at)} : column.int_at(at);
  return key;
}

// Whether the keys of all rows, which are known, ascend.
bool ascend(const Column& column) {
  if (column.storage == Storage::kBits) return column.rows < 2 || (column.rows == 2 && !column.bool_at(0) && column.bool_at(1));
  if (column.storage == Storage::kCodes) {
    for (std::size_t row = 1; row < column.rows; ++row) {
      if (column.text_at(row - 1) >= column.text_at(row)) return false;
    }
    return true;
  }
  return with_value_type(column.storage, [&]<typename T>(T) {
    const T* values = column.values<T>();
    bool is_above = true;
    for (std::size_t row = 1; row < column.rows; ++row) is_above &= values[row - 1] < values[row];
    return is_above;
  });
}

// A part whose rows all hold the least number that is stated, or nothing where all are missing.
ColumnPart stand_in(const GroupFacts& facts, std::size_t rows) {
  const auto range = facts.may_be_known ? *facts.integers : std::pair<std::int64_t, std::int64_t>{0, 0};
  PartBuilder builder(rows, narrowest(std::min<std::int64_t>(range.first, 0), std::max<std::int64_t>(range.second, 0)), {}, 0);
  builder.put({0, rows, nullptr}, [&](std::size_t) { return range.first; });
  ColumnPart part = builder.take();
  if (!facts.may_be_known) part.valid = Bitmap(rows);
  return part;
}

std::string shown_key(const Slot& slot, const BadKey& key) {
  switch (slot.spec.type.kind) {
    case Kind::kText: return printable(key.text);
    case Kind::kDecimal: return print_decimal(key.number, slot.spec.type.scale);
    case Kind::kDate: return print_date(key.number);
    case Kind::kTimestamp: return print_timestamp(key.number, *slot.zone);
    case Kind::kEnum: return slot.spec.enum_values[static_cast<std::size_t>(key.number)];
    case Kind::kBool: return key.number != 0 ? "true" : "false";
    default: return print_int(key.number);
  }
}

std::span<const RowId> rows_within(const std::vector<RowId>& rows, std::uint64_t begin, std::uint64_t end) {
  const auto first = std::ranges::lower_bound(rows, begin), last = std::ranges::lower_bound(rows, end);
  return {first, last};
}

}  // namespace

struct TableScan::Job {
  RowBlock block;
  std::vector<std::pair<PieceTask, std::uint32_t>> tasks;  // with the file of each
  std::vector<std::size_t> groups;
};

std::vector<RowId> RowBlock::good_rows() const {
  std::vector<RowId> numbers;
  numbers.reserve(rows);
  for (std::size_t row = 0; row < rows_read; ++row) {
    if (states.empty() || states[row] == RowState::kGood) numbers.push_back(static_cast<RowId>(row));
  }
  return numbers;
}

TableScan::TableScan(const std::vector<TableSpec>& specs, std::uint32_t table, const LoadOptions& options, SpillFile& spill,
                     ScanOptions scan)
    : specs_(specs),
      table_(table),
      spec_(specs[table]),
      options_(options),
      spill_(spill),
      scan_(std::move(scan)),
      plan_(make_read_plan(specs, table, options)),
      context_{plan_.slots, plan_.points, plan_.known_until} {}

std::expected<void, std::vector<LoadError>> TableScan::open() {
  auto found = source_files(spec_, options_.root);
  if (!found) {
    found.error().table = spec_.name;
    return std::unexpected(std::vector{found.error()});
  }
  files_ = std::move(*found);
  return {};
}

std::uint64_t TableScan::file_bytes() const {
  std::uint64_t total = 0;
  for (const SourceFile& file : files_) total += file.bytes;
  return total;
}

void TableScan::start_pass() {
  file_.reset();
  next_file_ = 0;
  jobs_ = rows_ = 0;
  errors_.clear();
  is_counting_ = !is_counted_;
  if (!is_counting_) return;
  report_ = TableReport{.name = spec_.name, .was_read = true};
  bad_.clear();
  missing_rates_.clear();
  last_key_.reset();
  keys_.reset();
  equal_rows_.reset();
  if (knows_repeats_) return;
  if (spec_.key && !keys_ascend_) keys_ = std::make_unique<RepeatFinder>(spill_, scan_.memory / 2);
  if (spec_.dedupe) equal_rows_ = std::make_unique<RepeatFinder>(spill_, scan_.memory / 2);
}

bool TableScan::fail(std::vector<LoadError> errors) {
  for (LoadError& error : errors) error.table = spec_.name;
  errors_ = std::move(errors);
  return false;
}

std::optional<TableScan::Job> TableScan::take() {
  auto job = take_pieces();
  if (job) job->block.number = jobs_++;
  return job;
}

// Tasks of one file after the other; an error is the last job.
std::optional<TableScan::Job> TableScan::take_pieces() {
  Job job;
  std::size_t most = kPiecesOfBlock;
  while (job.tasks.size() < most && !job.block.error && job.block.more_errors.empty()) {
    if (options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed)) {
      job.block.error = LoadError{LoadErrorKind::kCancelled, "interrupted", {}, spec_.name};
      break;
    }
    if (!file_) {
      if (next_file_ == files_.size()) break;
      auto opened = open_table_file(spec_, plan_, files_[next_file_++], context_);
      if (!opened) {
        job.block.more_errors = std::move(opened.error());
        break;
      }
      file_ = std::move(*opened);
      next_group_ = 0;
      groups_ = file_->grouped() == nullptr ? 0 : static_cast<std::uint32_t>(file_->grouped()->groups().size());
    }
    auto task = next_task();
    const FileFormat format = files_[next_file_ - 1].format;
    if (format == FileFormat::kParquet || format == FileFormat::kArrow) most = 1;
    if (!task) job.block.error = task.error();
    else if (*task) job.tasks.emplace_back(std::move(*task), static_cast<std::uint32_t>(next_file_ - 1));
    else file_.reset();
  }
  if (job.tasks.empty() && !job.block.error && job.block.more_errors.empty()) return std::nullopt;
  return job;
}

std::expected<PieceTask, LoadError> TableScan::next_task() {
  if (!scan_.choose || file_->grouped() == nullptr) return file_->next();
  if (next_group_ == groups_) return PieceTask();
  return [this, file = file_, group = next_group_++, number = jobs_] { return read_chosen(*file->grouped(), group, number); };
}

std::expected<Piece, LoadError> TableScan::read_chosen(const GroupedFile& file, std::uint32_t group, std::uint64_t number) const {
  std::vector<GroupFacts> facts;
  for (std::uint32_t slot = 0; slot < plan_.slots.size(); ++slot) facts.push_back(file.facts(group, slot));
  const std::vector<bool> wanted = scan_.choose(number, facts);
  auto piece = file.read(group, wanted);
  for (std::size_t slot = 0; piece && slot < wanted.size(); ++slot) {
    if (!wanted[slot]) piece->columns[slot].part = stand_in(facts[slot], piece->rows);
  }
  return piece;
}

std::uint64_t TableScan::base_of(const RowBlock& block) const { return block.number < bases_.size() ? bases_[block.number] : 0; }

// Rows that an earlier pass found to repeat others.
void TableScan::exclude_rows(TableData& data, RowBlock& block) const {
  if (repeated_rows_.empty() && repeated_keys_.empty()) return;
  const std::uint64_t base = base_of(block);
  for (const RowId row : rows_within(repeated_rows_, base, base + data.rows())) data.all_states()[row - base] = RowState::kRepeated;
  const auto repeated = rows_within(repeated_keys_, base, base + data.rows());
  if (repeated.empty()) return;
  const std::uint32_t slot = *plan_.slot_of_column[*spec_.key];
  Finding finding{.slot = slot, .kind = BadKind::kKeyRepeated, .count = repeated.size(), .examples = {}};
  const bool is_text = plan_.slots[slot].scalar_kind() == Kind::kText;
  std::size_t next = 0;
  each_row(data, [&](std::size_t row, std::size_t piece, std::size_t i) {
    if (next == repeated.size() || repeated[next] != base + row) return;
    ++next;
    data.all_states()[row] = RowState::kBad;
    if (finding.examples.size() < kExamples)
      finding.examples.push_back({row, shown_key(plan_.slots[slot], key_of_piece(data.slots[slot], is_text, piece, i, row))});
  });
  add_finding(data.findings, std::move(finding));
}

void TableScan::finish_pieces(TableData& data, RowBlock& block) const {
  exclude_rows(data, block);
  if (spec_.key && is_counting_) {
    const SlotData& keys = data.slots[*plan_.slot_of_column[*spec_.key]];
    const bool is_text = plan_.slots[*plan_.slot_of_column[*spec_.key]].scalar_kind() == Kind::kText;
    if (!data.states.empty())
      each_row(data, [&](std::size_t row, std::size_t piece, std::size_t i) {
        if (data.state(row) == RowState::kBad && !keys.pieces[piece].is_missing(i))
          block.bad_keys.push_back(key_of_piece(keys, is_text, piece, i, row));
      });
  }
  if (equal_rows_) block.row_marks = marks_of_rows(data, plan_);
  for (const Finding& finding : data.findings) block.bad.push_back(bad_values(spec_, table_, plan_, data, finding));
  convert_money(data, spec_, table_, plan_, options_, block.missing_rates);
  for (std::size_t slot = 0; slot < plan_.slots.size(); ++slot) block.slots.push_back(finish_slot(data, plan_, slot));
  block.rows_read = data.rows();
  block.rows = static_cast<std::size_t>(data.rows_in(RowState::kGood));
  if (block.rows != block.rows_read) block.states = std::move(data.states);
}

void TableScan::read_pieces(Job& job) const {
  TableData data;
  data.files = files_;
  data.slots.resize(plan_.slots.size());
  for (auto& [task, file] : job.tasks) {
    std::expected<Piece, LoadError> piece = task();
    task = nullptr;
    if (!piece) {
      job.block.error = piece.error();
      job.block.more_errors.clear();
      return;
    }
    job.block.bytes += piece->bytes;
    make_parts(plan_, data, *piece);
    append_piece(data, std::move(*piece), file);
  }
  finish_pieces(data, job.block);
}

TableScan::End TableScan::pass(unsigned threads, const Visit& work, const Visit& put) {
  start_pass();
  bool is_stopped = false;
  run_in_order(
      threads, [&] { return take(); },
      [&](Job& job) {
        read_pieces(job);
        if (job.block.error || !job.block.more_errors.empty()) return;
        note_keys(job.block);
        work(job.block);
      },
      [&](Job& job) {
        RowBlock& block = job.block;
        block.first_row = rows_;
        if (block.error) return fail({*block.error});
        if (!block.more_errors.empty()) return fail(std::move(block.more_errors));
        if (!count(block)) return false;
        is_stopped = !put(block);
        return !is_stopped;
      });
  if (!errors_.empty()) return End::kFailed;
  if (is_stopped) return End::kStopped;
  if (is_counting_ && spec_.key && !keys_ascend_ && !keys_ && !knows_repeats_) return End::kAgain;
  if (is_counting_ && !knows_repeats_ && find_repeats()) return End::kAgain;
  if (!errors_.empty()) return End::kFailed;
  is_counted_ = true;
  for (BadValues& bad : bad_) bad.message = bad_values_message(spec_, bad);
  for (MissingRates& missing : missing_rates_)
    missing.message = missing_rates_message(spec_, missing, options_.rates == nullptr ? std::string_view() : options_.rates->currency);
  return End::kDone;
}

// Which rows repeat others: then the pass has to be made again without them.
bool TableScan::find_repeats() {
  knows_repeats_ = true;
  if (equal_rows_) {
    auto rows = equal_rows_->repeats();
    if (!rows) return fail({rows.error()});
    repeated_rows_ = std::move(*rows);
  }
  if (keys_) {
    auto rows = keys_->repeats();
    if (!rows) return fail({rows.error()});
    std::ranges::set_difference(*rows, repeated_rows_, std::back_inserter(repeated_keys_));
  }
  keys_.reset();
  equal_rows_.reset();
  return !repeated_rows_.empty() || !repeated_keys_.empty();
}

// Adds a block to the report; false ends the pass.
bool TableScan::count(RowBlock& block) {
  if (block.number >= bases_.size()) bases_.push_back(rows_);
  rows_ += block.rows_read;
  if (rows_ > kMostRows) {
    return fail({{LoadErrorKind::kData,
                  "`" + spec_.name + "` has more than " + std::to_string(kMostRows) + " rows, the most that a table can have",
                  {},
                  {}}});
  }
  if (!is_counting_) return true;
  report_.rows_read += block.rows_read;
  for (const RowState state : block.states) {
    report_.bad_rows += state == RowState::kBad || state == RowState::kMalformed;
    report_.not_yet_known += state == RowState::kNotYetKnown;
    report_.repeated += state == RowState::kRepeated;
  }
  count_findings(block);
  if (options_.progress) options_.progress({spec_.name, 0, 0});
  return knows_repeats_ || look_at_keys(block);
}

void TableScan::count_findings(RowBlock& block) {
  const auto add_examples = [&](std::vector<BadExample>& to, std::vector<BadExample>& from) {
    for (BadExample& example : from) {
      if (to.size() >= kExamples) return;
      example.row += block.first_row;
      to.push_back(std::move(example));
    }
  };
  for (BadValues& bad : block.bad) {
    const auto place = std::ranges::lower_bound(bad_, std::pair(bad.column, bad.kind), {},
                                                [](const BadValues& each) { return std::pair(each.column, each.kind); });
    const bool is_known = place != bad_.end() && place->column == bad.column && place->kind == bad.kind;
    std::vector<BadExample> examples = std::exchange(bad.examples, {});
    const std::uint64_t count = std::exchange(bad.count, 0);
    BadValues& total = is_known ? *place : *bad_.insert(place, std::move(bad));
    total.count += count;
    add_examples(total.examples, examples);
  }
  for (MissingRates& missing : block.missing_rates) {
    auto place = std::ranges::find(missing_rates_, missing.column, &MissingRates::column);
    if (place == missing_rates_.end()) {
      missing_rates_.push_back({.table = table_, .column = missing.column, .count = 0, .currencies = {}, .examples = {}, .message = {}});
      place = missing_rates_.end() - 1;
    }
    place->count += missing.count;
    std::map<std::string, std::uint64_t> currencies(place->currencies.begin(), place->currencies.end());
    for (const auto& [currency, count] : missing.currencies) currencies[currency] += count;
    place->currencies.assign(currencies.begin(), currencies.end());
    add_examples(place->examples, missing.examples);
  }
}

// What blocks say of their keys, so that nobody needs the columns afterwards.
void TableScan::note_keys(RowBlock& block) const {
  if (!spec_.key || !is_counting_ || knows_repeats_ || (!keys_ascend_ && !keys_)) return;
  const Column& column = block.slots[*plan_.slot_of_column[*spec_.key]].column;
  const bool is_text = column.storage == Storage::kCodes;
  if (!keys_ && block.bad_keys.empty() && block.rows != 0 && column.valid.empty()) {
    block.keys_ascend = ascend(column);
    block.first_key = key_of_column(column, 0, 0);
    block.last_key = key_of_column(column, block.rows - 1, 0);
    return;
  }
  const std::vector<RowId> rows = block.states.empty() ? std::vector<RowId>() : block.good_rows();
  const auto row_of = [&](std::size_t i) { return rows.empty() ? static_cast<RowId>(i) : rows[i]; };
  const auto look_at = [&](BadKey key) {
    if (keys_) return block.key_marks.emplace_back(key.row, is_text ? mark_of(key.text) : mark_of(key.number)), void();
    const bool is_greater = !block.last_key || (is_text ? block.last_key->text < key.text : block.last_key->number < key.number);
    block.keys_ascend = block.keys_ascend && is_greater;
    if (!block.first_key) block.first_key = key;
    block.last_key = std::move(key);
  };
  std::size_t next_bad = 0;
  for (std::size_t i = 0; i <= block.rows && block.keys_ascend; ++i) {
    for (; next_bad < block.bad_keys.size() && (i == block.rows || block.bad_keys[next_bad].row < row_of(i)); ++next_bad)
      look_at(block.bad_keys[next_bad]);
    if (i < block.rows && column.is_known(i)) look_at(key_of_column(column, i, row_of(i)));
  }
}

// As long as keys ascend, none repeats another. Where they do not, their marks are collected, in another pass.
bool TableScan::look_at_keys(const RowBlock& block) {
  if (equal_rows_) {
    const std::vector<RowId> rows = block.good_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto added = equal_rows_->add(block.row_marks[i], static_cast<RowId>(block.first_row + rows[i]));
      if (!added) return fail({added.error()});
    }
  }
  for (const auto& [row, mark] : block.key_marks) {
    const auto added = keys_->add(mark, static_cast<RowId>(block.first_row + row));
    if (!added) return fail({added.error()});
  }
  if (!spec_.key || keys_ || !block.first_key) return true;
  const BadKey& first = *block.first_key;
  const bool is_text = plan_.slots[*plan_.slot_of_column[*spec_.key]].scalar_kind() == Kind::kText;
  const bool is_greater = !last_key_ || (is_text ? last_key_->text < first.text : last_key_->number < first.number);
  keys_ascend_ = keys_ascend_ && block.keys_ascend && is_greater;
  last_key_ = block.last_key;
  return keys_ascend_;
}

}  // namespace segue::io
