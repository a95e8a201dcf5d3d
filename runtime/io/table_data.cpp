// Reading the files of a table. Files are cut into tasks from front to back; threads take a task each, convert it, and put the pieces
// together in order, so that no result depends on their number.
#include "runtime/io/table_data.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "runtime/io/messages.h"

namespace segue::io {
namespace {

constexpr unsigned kMostThreads = 64;  // more would only wait for one another

bool is_same_scalar(const ColumnSpec& a, const ColumnSpec& b) {
  return a.type.kind == b.type.kind && a.type.scale == b.type.scale && a.enum_values == b.enum_values &&
         a.enum_is_folded == b.enum_is_folded;
}

std::uint32_t add_slot(ReadPlan& plan, Slot slot) {
  plan.slots.push_back(std::move(slot));
  return static_cast<std::uint32_t>(plan.slots.size() - 1);
}

void add_column(ReadPlan& plan, const TableSpec& spec, std::uint32_t column, const TimeZone& zone) {
  if (plan.slot_of_column[column]) return;
  Slot slot = make_slot(spec.columns[column], zone);
  slot.column = column;
  slot.is_key = spec.key == column;
  slot.is_known_at = spec.known_at == column;
  plan.slot_of_column[column] = add_slot(plan, std::move(slot));
}

void add_parent(ReadPlan& plan, const ParentSpec& parent, const std::vector<TableSpec>& specs, const TableSpec& spec,
                const TimeZone& zone) {
  const TableSpec& owner = specs[parent.table];
  const ColumnSpec& key = owner.columns[*owner.key];
  const std::optional<std::uint32_t> listed = parent.column ? plan.slot_of_column[*parent.column] : std::nullopt;
  const bool is_shared = listed && is_same_scalar(spec.columns[*parent.column], key) && !spec.columns[*parent.column].bad_is_missing;
  plan.slot_of_parent.push_back(is_shared ? *listed : add_slot(plan, make_join_slot(parent.from, key, zone)));
}

// Which columns are read: those that are needed, all under `dedupe`, both halves of a point, and the time that money goes by. Points are their coordinates.
std::vector<bool> wanted_columns(const TableSpec& spec) {
  std::vector<bool> is_wanted(spec.columns.size());
  for (std::size_t i = 0; i < is_wanted.size(); ++i) is_wanted[i] = spec.columns[i].is_needed || spec.dedupe;
  for (std::size_t i = 0; i < is_wanted.size(); ++i) {
    const ColumnSpec& column = spec.columns[i];
    if (column.form == CellForm::kMoney && is_wanted[i] && spec.time) is_wanted[*spec.time] = true;
    if (column.form != CellForm::kPoint) continue;
    const bool is_read = is_wanted[i] || is_wanted[*column.latitude] || is_wanted[*column.longitude];
    is_wanted[*column.latitude] = is_wanted[*column.longitude] = is_read;
    is_wanted[i] = false;
  }
  return is_wanted;
}

// What points and money need beyond their columns.
void add_companions(ReadPlan& plan, const TableSpec& spec) {
  for (std::uint32_t i = 0; i < spec.columns.size(); ++i) {
    const ColumnSpec& column = spec.columns[i];
    if (column.form == CellForm::kPoint && plan.slot_of_column[*column.latitude]) {
      plan.points.push_back({*plan.slot_of_column[*column.latitude], *plan.slot_of_column[*column.longitude], column.accepts_missing});
    }
    if (column.form != CellForm::kMoney || !plan.slot_of_column[i]) continue;
    Slot currency = make_currency_slot(column.currency_from);
    currency.column = i;
    currency.spec.bad_is_missing = column.bad_is_missing;
    const std::uint32_t currency_slot = add_slot(plan, std::move(currency));
    plan.money.push_back({i, *plan.slot_of_column[i], currency_slot, spec.time ? plan.slot_of_column[*spec.time] : std::nullopt});
  }
}

// ── One file ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<std::string> expected_names(const TableSpec& spec) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const ColumnSpec& column : spec.columns) add(column.from);
  for (const ParentSpec& parent : spec.parents) add(parent.from);
  for (const ColumnSpec& column : spec.columns) add(column.currency_from);
  return names;
}

LoadError data_error(const TableSpec& spec, const SourceFile& file, std::string message) {
  return {LoadErrorKind::kData, std::move(message), file.shown, spec.name};
}

std::vector<LoadError> check_names(const TableSpec& spec, const SourceFile& file, const std::vector<std::string>& names) {
  std::vector<LoadError> errors;
  for (const std::string& wanted : expected_names(spec)) {
    const auto count = std::ranges::count(names, wanted);
    if (count == 0) errors.push_back(data_error(spec, file, lacking_column_message(spec, file.shown, wanted, names)));
    if (count > 1) {
      errors.push_back(
          data_error(spec, file, fmt::format("`{}` has {} columns named `{}`; give each its own name", file.shown, count, wanted)));
    }
  }
  return errors;
}

// The file's column of each slot, after all checks of names and types.
std::expected<std::vector<std::uint32_t>, std::vector<LoadError>> columns_of_slots(const TableSpec& spec, const ReadPlan& plan,
                                                                                   const SourceFile& file, const TableFile& opened) {
  std::vector<LoadError> errors = check_names(spec, file, opened.names());
  if (!errors.empty()) return std::unexpected(std::move(errors));
  std::vector<std::uint32_t> columns;
  for (const Slot& slot : plan.slots) {
    const auto found = std::ranges::find(opened.names(), slot.spec.from);
    columns.push_back(static_cast<std::uint32_t>(found - opened.names().begin()));
    if (const auto fault = opened.fault(columns.back(), slot)) {
      errors.push_back(data_error(spec, file, fmt::format("in `{}`, column `{}` {}", file.shown, slot.spec.from, *fault)));
    }
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return columns;
}

// ── Pieces ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

void append_states(TableData& data, const Piece& piece) {
  const bool are_good = std::ranges::all_of(piece.states, [](RowState state) { return state == RowState::kGood; });
  if (are_good && data.states.empty()) return;
  std::vector<RowState>& all = data.all_states();
  if (piece.states.empty()) all.resize(all.size() + piece.rows, RowState::kGood);
  else all.insert(all.end(), piece.states.begin(), piece.states.end());
}

// The codes of parts get their final meaning when the table is there, by all threads.
void append_column(SlotData& slot, ColumnPiece piece) {
  piece.code_map = slot.dictionary.merge(piece.texts);
  piece.texts = LocalTexts();
  if (!piece.part) {
    for (std::int32_t& code : piece.codes) code = piece.code_map(code);
    piece.code_map = {};
  }
  slot.pieces.push_back(std::move(piece));
}

// ── All files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

class TableReader {
 public:
  TableReader(const TableSpec& spec, const ReadPlan& plan, const LoadOptions& options, ProgressMeter& progress, TableData& data)
      : spec_(spec),
        plan_(plan),
        options_(options),
        progress_(progress),
        data_(data),
        context_{plan.slots, plan.points, plan.known_until} {}

  std::vector<LoadError> read() {
    place();
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < std::min(options_.threads, kMostThreads); ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    return std::move(errors_);
  }

 private:
  struct Job {
    PieceTask task;
    std::uint64_t number = 0;
    std::uint32_t file = 0;
  };

  void work() {
    for (;;) {
      std::optional<Job> job = take();
      if (!job) return;
      std::expected<Piece, LoadError> piece = job->task();
      if (piece) make_parts(plan_, data_, *piece);
      put(*job, std::move(piece));
    }
  }

  [[nodiscard]] bool is_cancelled() const { return options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed); }

  // The next task in order; nothing at the end or after an error.
  std::optional<Job> take() {
    const std::lock_guard lock(take_mutex_);
    while (!is_stopped_) {
      if (is_cancelled()) {
        stop({{LoadErrorKind::kCancelled, "interrupted", {}, spec_.name}}, jobs_);
        break;
      }
      if (!file_) {
        if (next_file_ == data_.files.size()) break;
        if (!open_next()) break;
      }
      auto task = file_->next();
      if (!task) {
        stop({task.error()}, jobs_);
        break;
      }
      if (*task) return Job{std::move(*task), jobs_++, static_cast<std::uint32_t>(next_file_ - 1)};
      file_.reset();
    }
    return std::nullopt;
  }

  // ── Placements ──

  // Opens all files beforehand, where they are few and all of groups; whatever is wrong with one is found again, and said, when its turn comes.
  bool open_all() {
    constexpr std::size_t kMostFiles = 64;
    if (data_.files.size() > kMostFiles) return false;
    if (!std::ranges::all_of(data_.files, [](const SourceFile& file) { return file.format == FileFormat::kParquet; })) return false;
    for (const SourceFile& source : data_.files) {
      auto opened = open_table_file(spec_, plan_, source, context_);
      if (!opened || (*opened)->grouped() == nullptr) {
        opened_.clear();
        return false;
      }
      opened_.push_back(std::move(*opened));
    }
    return true;
  }

  // Gives columns their places, where the files say how wide they are.
  void place() {
    if (!open_all()) return;
    std::uint64_t rows = 0;
    std::vector<std::uint64_t> first_rows;
    for (const auto& file : opened_) {
      first_rows.push_back(rows);
      for (const RowGroup& group : file->grouped()->groups()) rows += group.rows;
    }
    if (rows > kMostRows) return;
    for (std::uint32_t slot = 0; slot < plan_.slots.size(); ++slot) place_slot(slot, rows);
    for (std::size_t file = 0; file < opened_.size(); ++file) opened_[file]->place(placements_, first_rows[file]);
  }

  void place_slot(std::uint32_t slot, std::uint64_t rows) {
    Placement& placement = placements_.emplace_back();
    const Storage storage = storage_of(slot);
    if (storage == Storage::kNone) return;
    placement.storage = storage;
    placement.values = allocate_values(padded_bytes(rows, storage));
    data_.slots[slot].placement = placement;
  }

  // The width of a slot's column; kNone where it is not known before it is read.
  [[nodiscard]] Storage storage_of(std::uint32_t id) const {
    const Slot& slot = plan_.slots[id];
    if (slot.is_list() || slot.keeps_vectors || slot.is_coordinate) return Storage::kNone;
    switch (slot.scalar_kind()) {
      case Kind::kBool: return Storage::kNone;
      case Kind::kFloat: return Storage::kFloat64;
      case Kind::kText: return Storage::kCodes;
      case Kind::kEnum: return narrowest(0, static_cast<std::int64_t>(slot.spec.enum_values.size()));
      default: return stated_storage(id);
    }
  }

  [[nodiscard]] Storage stated_storage(std::uint32_t slot) const {
    std::int64_t least = 0, greatest = 0;
    for (const auto& file : opened_) {
      const std::size_t groups = file->grouped()->groups().size();
      for (std::size_t group = 0; group < groups; ++group) {
        const GroupFacts facts = file->grouped()->facts(static_cast<std::uint32_t>(group), slot);
        if (!facts.may_be_known) continue;
        if (!facts.integers) return Storage::kNone;
        least = std::min(least, facts.integers->first);
        greatest = std::max(greatest, facts.integers->second);
      }
    }
    return narrowest(least, greatest);
  }

  bool open_next() {
    if (!opened_.empty()) {
      file_ = std::move(opened_[next_file_++]);
      return true;
    }
    const SourceFile& source = data_.files[next_file_++];
    auto opened = open_table_file(spec_, plan_, source, context_);
    if (!opened) return stop(opened.error(), jobs_);
    file_ = std::move(*opened);
    return true;
  }

  // Ends the reading; what happened first, in the order of the data, is kept.
  bool stop(std::vector<LoadError> errors, std::uint64_t number) {
    const std::lock_guard lock(stop_mutex_);
    for (LoadError& error : errors) error.table = spec_.name;
    if (errors_.empty() || number < error_number_) {
      errors_ = std::move(errors);
      error_number_ = number;
    }
    is_stopped_ = true;
    return false;
  }

  // Appends the piece when those before it are there.
  void put(const Job& job, std::expected<Piece, LoadError> piece) {
    std::unique_lock lock(put_mutex_);
    turn_.wait(lock, [&] { return next_piece_ == job.number; });
    if (!piece) {
      stop({piece.error()}, job.number);
    } else if (data_.rows() + piece->rows > kMostRows) {
      stop({{LoadErrorKind::kData,
             fmt::format("`{}` has more than {} rows, the most that a table can have", spec_.name, kMostRows),
             {},
             {}}},
           job.number);
    } else if (!is_stopped_ || job.number < error_number_) {
      progress_.add(spec_.name, piece->bytes);
      append_piece(data_, std::move(*piece), job.file);
    }
    ++next_piece_;
    turn_.notify_all();
  }

  const TableSpec& spec_;
  const ReadPlan& plan_;
  const LoadOptions& options_;
  ProgressMeter& progress_;
  TableData& data_;
  const PieceContext context_;

  std::vector<Placement> placements_;
  std::vector<std::unique_ptr<TableFile>> opened_;

  std::mutex take_mutex_;  // guards the next four
  std::unique_ptr<TableFile> file_;
  std::size_t next_file_ = 0;
  std::uint64_t jobs_ = 0;

  std::mutex put_mutex_;  // guards data_, progress_ and the next one
  std::uint64_t next_piece_ = 0;
  std::condition_variable turn_;

  std::mutex stop_mutex_;  // guards the next one
  std::vector<LoadError> errors_;
  std::atomic<std::uint64_t> error_number_ = 0;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace

ReadPlan make_read_plan(const std::vector<TableSpec>& specs, std::size_t table, const LoadOptions& options) {
  const TableSpec& spec = specs[table];
  ReadPlan plan;
  plan.slot_of_column.resize(spec.columns.size());
  if (spec.known_at) {
    add_column(plan, spec, *spec.known_at, *options.zone);
    const bool is_date = spec.columns[*spec.known_at].type.kind == Kind::kDate;
    plan.known_until = is_date ? local_day_of(*options.zone, options.clock) : options.clock;
  }
  if (spec.key) add_column(plan, spec, *spec.key, *options.zone);
  const std::vector<bool> is_wanted = wanted_columns(spec);
  for (std::uint32_t column = 0; column < spec.columns.size(); ++column) {
    if (is_wanted[column]) add_column(plan, spec, column, *options.zone);
  }
  add_companions(plan, spec);
  for (const ParentSpec& parent : spec.parents) add_parent(plan, parent, specs, spec, *options.zone);
  for (Slot& slot : plan.slots) slot.keeps_vectors = spec.dedupe;
  for (const MoneySlots& money : plan.money) {
    plan.slots[money.amount].keeps_vectors = plan.slots[money.currency].keeps_vectors = true;
    if (money.time) plan.slots[*money.time].keeps_vectors = true;
  }
  return plan;
}

std::expected<std::unique_ptr<TableFile>, std::vector<LoadError>> open_table_file(const TableSpec& spec, const ReadPlan& plan,
                                                                                  const SourceFile& source, const PieceContext& context) {
  auto opened = open_file(source, spec);
  if (!opened) return std::unexpected(std::vector{opened.error()});
  auto columns = columns_of_slots(spec, plan, source, **opened);
  if (!columns) return std::unexpected(std::move(columns.error()));
  if (auto selected = (*opened)->select(*columns, context); !selected) return std::unexpected(std::vector{selected.error()});
  return std::move(*opened);
}

void make_parts(const ReadPlan& plan, const TableData& data, Piece& piece) {
  for (std::size_t slot = 0; slot < plan.slots.size(); ++slot) {
    if (!plan.slots[slot].keeps_vectors) make_part(plan.slots[slot], piece.rows, piece.columns[slot]);
    if (data.slots[slot].dictionary.wants_hashes()) piece.columns[slot].texts.hash();
  }
}

void append_piece(TableData& data, Piece piece, std::uint32_t file) {
  piece.origin.first_row = data.rows();
  piece.origin.file = file;
  for (Finding& finding : piece.findings) {
    for (Finding::Example& example : finding.examples) example.row += piece.origin.first_row;
    add_finding(data.findings, std::move(finding));
  }
  append_states(data, piece);
  for (std::size_t slot = 0; slot < piece.columns.size(); ++slot) append_column(data.slots[slot], std::move(piece.columns[slot]));
  data.origins.push_back(std::move(piece.origin));
  data.piece_rows.push_back(piece.rows);
  data.row_count += piece.rows;
}

std::uint64_t TableData::rows_in(RowState state) const {
  if (states.empty()) return state == RowState::kGood ? row_count : 0;
  return static_cast<std::uint64_t>(std::ranges::count(states, state));
}

void add_finding(std::vector<Finding>& findings, Finding&& finding) {
  const auto place = std::ranges::lower_bound(findings, std::pair(finding.slot, finding.kind), {},
                                              [](const Finding& f) { return std::pair(f.slot, f.kind); });
  if (place == findings.end() || place->slot != finding.slot || place->kind != finding.kind) {
    findings.insert(place, std::move(finding));
    return;
  }
  place->count += finding.count;
  for (Finding::Example& example : finding.examples) {
    if (place->examples.size() < kExamples) place->examples.push_back(std::move(example));
  }
}

BadExample example_at(const TableData& data, std::uint64_t row, std::string value) {
  const auto after = std::ranges::upper_bound(data.origins, row, {}, &PieceOrigin::first_row);
  const PieceOrigin& origin = *(after - 1);
  const std::uint64_t in_piece = row - origin.first_row;
  BadExample example{row + 1, std::move(value), data.files[origin.file].shown, std::nullopt};
  if (origin.has_lines) example.line = origin.first_line + (origin.line_offsets.empty() ? in_piece : origin.line_offsets[in_piece]);
  return example;
}

std::expected<TableData, std::vector<LoadError>> read_table(const TableSpec& spec, const ReadPlan& plan, std::vector<SourceFile> files,
                                                            const LoadOptions& options, ProgressMeter& progress) {
  TableData data;
  data.files = std::move(files);
  data.slots.resize(plan.slots.size());
  std::vector<LoadError> errors = TableReader(spec, plan, options, progress, data).read();
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return data;
}

}  // namespace segue::io
