// Passes over the data: one for each level of what is asked of whole tables, whose answers become columns, then the definitions.
#include "compiler/codegen/native.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "compiler/codegen/schemes.h"
#include "compiler/plan/needed.h"
#include "runtime/bits.h"
#include "runtime/float_order.h"
#include "runtime/population.h"
#include "runtime/run.h"

namespace segue {

namespace {

double float_of(std::int64_t ordered) { return std::bit_cast<double>(ordered_float_key(ordered)); }

// Between which values a column lies, and whether any is missing, by the sums that somebody made.
void add_statistics(const Column& column, ColumnFacts& facts) {
  const ColumnStatistics& statistics = *column.statistics;
  IntRange range{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < statistics.missing.size(); ++i) {
    missing += statistics.missing[i];
    if (statistics.missing[i] >= std::min(statistics.block_rows, column.rows - i * statistics.block_rows)) continue;
    range.low = std::min(range.low, statistics.least[i]);
    range.high = std::max(range.high, statistics.greatest[i]);
  }
  facts.may_be_missing &= missing != 0;
  facts.may_be_known = missing < column.rows;
  if (!facts.may_be_known) return;
  if (column.type.kind == Kind::kFloat) facts.floats = FloatRange{float_of(range.low), float_of(range.high)};
  else facts.integers = range;
}

// What the columns say of themselves.
std::vector<ColumnFacts> facts_of(const Database& database) {
  std::vector<ColumnFacts> facts;
  for (std::uint32_t table = 0; table < database.tables.size(); ++table) {
    const std::vector<Column>& all = database.tables[table].columns;
    for (std::uint32_t column = 0; column < all.size(); ++column) {
      const bool is_whole = all[column].type.optional && all[column].valid.empty();
      if (!all[column].is_read() || (!is_whole && !all[column].statistics)) continue;
      facts.push_back({.column = {table, column}, .may_be_missing = !is_whole});
      if (all[column].statistics) add_statistics(all[column], facts.back());
    }
  }
  return facts;
}

// Equal where the facts are.
std::vector<std::int64_t> key_of(const std::vector<ColumnFacts>& facts) {
  std::vector<std::int64_t> key;
  for (const ColumnFacts& fact : facts) {
    key.insert(key.end(), {std::int64_t{fact.column.table} << 32 | fact.column.column,
                           (fact.may_be_missing ? 1 : 0) + (fact.may_be_known ? 2 : 0) + (fact.integers ? 4 : 0) + (fact.floats ? 8 : 0)});
    if (fact.integers) key.insert(key.end(), {fact.integers->low, fact.integers->high});
    if (fact.floats) key.insert(key.end(), {std::bit_cast<std::int64_t>(fact.floats->low), std::bit_cast<std::int64_t>(fact.floats->high)});
  }
  return key;
}

NativeFailure failure_of(RunFailure failure) {
  return {failure == RunFailure::kStopped ? NativeFailureKind::kStopped : NativeFailureKind::kTooManyRows, {}};
}

// ── Columns of whole tables, and their parts ─────────────────────────────────────────────────────────────────────────────

// Bits that are appended to.
struct GrowingBits {
  std::vector<std::uint64_t> words;
  std::size_t size = 0;

  void append(const Bitmap& bits) {
    words.resize((size + bits.size() + 511) / 512 * 8);
    if (!bits.empty()) copy_bit_range(words.data(), size, bits.words(), 0, bits.size());
    size += bits.size();
  }
  [[nodiscard]] Bitmap take() {
    Bitmap bitmap(size);
    std::copy_n(words.begin(), std::min(words.size(), bitmap.word_count()), bitmap.words());
    words = {};
    return bitmap;
  }
};

Bitmap part_of(const Bitmap& bits, std::size_t begin, std::size_t rows) {
  if (bits.empty()) return {};
  Bitmap part(rows);
  if (rows != 0) copy_bit_range(part.words(), 0, bits.words(), begin, rows);
  return part;
}

// Some rows of a column of bits or floats.
Column part_of(const Column& column, std::size_t begin, std::size_t rows) {
  if (rows == column.rows) return column;
  Column part;
  part.type = column.type;
  part.storage = column.storage;
  part.rows = rows;
  part.valid = part_of(column.valid, begin, rows);
  part.bits = part_of(column.bits, begin, rows);
  if (const std::size_t width = bytes_of(column.storage); width != 0) {
    part.data.resize((rows + 127) / 64 * 64 * width);
    std::memcpy(part.data.data(), std::as_const(column.data).data() + begin * width, rows * width);
  }
  return part;
}

// ── Plans and programs of chunks ─────────────────────────────────────────────────────────────────────────────────────────

// Whether a plan reads texts or lists: its program is then bound to the codes of one database.
bool reads_codes(const Plan& plan, const Database& database) {
  return std::ranges::any_of(columns_read(plan), [&](const TableColumn& read) {
    const std::vector<Column>& columns = database.tables[read.table].columns;
    return read.column < columns.size() &&
           (columns[read.column].storage == Storage::kCodes || columns[read.column].storage == Storage::kLists);
  });
}

// Plans by facts, and the programs of each, of one pass.
class Programs {
 public:
  using MakePlan = std::function<Plan(const std::vector<ColumnFacts>&)>;
  Programs(MakePlan make_plan, const CodegenOptions& codegen, const Clock& clock, NativeProfile* profile)
      : make_plan_(std::move(make_plan)),
        codegen_(codegen),
        clock_(clock),
        profile_(profile) {}

  struct Planned {
    std::shared_ptr<const Plan> plan;
    std::shared_ptr<const Program> program;
  };
  std::expected<Planned, std::string> program_for(const Database& database, const AddedColumns* added) {
    Made& made = made_for(facts_of(database));
    if (added != nullptr || reads_codes(*made.plan, database)) return compiled(made, database, added);
    // Chunks of one shape wait for the first one's program.
    const std::lock_guard compiling(made.compiling);
    {
      const std::lock_guard lock(mutex_);
      for (const auto& program : made.programs) {
        if (fits(*program, database)) return Planned{made.plan, program};
      }
    }
    auto planned = compiled(made, database, nullptr);
    if (!planned) return planned;
    const std::lock_guard lock(mutex_);
    if (made.programs.size() < kMost) made.programs.push_back(planned->program);
    return planned;
  }

  // The columns that matter where the facts hold.
  std::vector<TableColumn> columns_needed(const std::vector<ColumnFacts>& facts) {
    PlanOptions options;
    options.facts = facts;
    options.clock = &clock_;
    return segue::columns_needed(*made_for({}).plan, options);
  }
  // Whether rows of a related table matter where they hold.
  bool needs_rows(std::uint32_t table, const std::vector<ColumnFacts>& facts) {
    PlanOptions options;
    options.facts = facts;
    options.clock = &clock_;
    return are_rows_needed(*made_for({}).plan, table, options);
  }

 private:
  static constexpr std::size_t kMost = 16;

  struct Made {
    std::shared_ptr<const Plan> plan;
    std::vector<std::shared_ptr<const Program>> programs;
    std::mutex compiling;
  };

  std::expected<Planned, std::string> compiled(const Made& made, const Database& database, const AddedColumns* added) {
    CodegenOptions codegen = codegen_;
    codegen.added = added;
    const Stopwatch watch;
    auto program = compile(*made.plan, database, clock_, codegen);
    count(&NativeProfile::compile, watch);
    if (!program) return std::unexpected(std::move(program.error()));
    return Planned{made.plan, std::make_shared<const Program>(std::move(*program))};
  }

  Made& made_for(const std::vector<ColumnFacts>& facts) {
    const std::lock_guard lock(mutex_);
    Made& made = made_[key_of(facts)];
    if (made.plan) return made;
    const Stopwatch watch;
    made.plan = std::make_shared<const Plan>(make_plan_(facts));
    count(&NativeProfile::plan, watch);
    return made;
  }

  void count(Times NativeProfile::* phase, const Stopwatch& watch) {
    if (profile_ == nullptr) return;
    const std::lock_guard lock(profile_->mutex);
    profile_->*phase += watch.elapsed();
  }

  MakePlan make_plan_;
  const CodegenOptions& codegen_;
  const Clock& clock_;
  NativeProfile* profile_;
  std::mutex mutex_;                                // guards the rest
  std::map<std::vector<std::int64_t>, Made> made_;  // by key_of facts
};

// ── Passes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<ColumnFacts> facts_of_stated(std::span<const StatedColumn> stated) {
  std::vector<ColumnFacts> facts;
  for (const StatedColumn& column : stated) {
    facts.push_back(
        {.column = {column.table, column.column}, .may_be_missing = column.may_be_missing, .may_be_known = column.may_be_known});
    if (column.may_be_known) facts.back().integers = IntRange{column.range.first, column.range.second};
  }
  return facts;
}

// One pass: each chunk's program is run, its answers go on to `taker`.
class ProgramPass final : public ChunkVisitor {
 public:
  struct Setting {
    const NativeOptions& options;
    const AddedColumns& added;
    unsigned threads = 1;      // of a run
    bool runs_alone = true;    // no chunk is worked on beside another
    std::size_t accounts = 0;  // in all, where that is known
  };
  ProgramPass(const Setting& setting, Programs& programs, const Clock& clock, const ChunkTaker& taker)
      : setting_(setting),
        programs_(programs),
        clock_(clock),
        taker_(taker) {}

  bool needs_rows(std::uint32_t table, std::span<const StatedColumn> stated) override {
    return !setting_.options.stand_ins || programs_.needs_rows(table, facts_of_stated(stated));
  }

  std::vector<bool> needed(std::span<const StatedColumn> stated) override {
    if (!setting_.options.stand_ins) return ChunkVisitor::needed(stated);
    const std::vector<ColumnFacts> facts = facts_of_stated(stated);
    const std::vector<TableColumn> columns = programs_.columns_needed(facts);
    std::vector<bool> needed;
    for (const ColumnFacts& fact : facts) needed.push_back(std::ranges::binary_search(columns, fact.column));
    return needed;
  }

  bool work(Chunk& chunk) override {
    const AddedColumns added = added_of(chunk);
    const bool has_added = std::ranges::any_of(added.tables, [](const auto& columns) { return !columns.empty(); });
    const auto planned = programs_.program_for(chunk.database, has_added ? &added : nullptr);
    if (!planned) return fail({NativeFailureKind::kNoCode, planned.error()});
    RunOptions run_options{.threads = setting_.threads, .keep_members = setting_.options.codegen.keep_members};
    run_options.order_bytes = setting_.options.order_bytes;
    if (setting_.options.progress) run_options.progress = [&](std::size_t done, std::size_t) { return report(done); };
    std::vector<double> step_seconds;
    if (setting_.options.profile != nullptr) run_options.step_seconds = &step_seconds;
    const BlockSchemes schemes = make_schemes(*planned->plan, *planned->program, chunk.database, clock_);
    if (!schemes.schemes.empty()) run_options.schemes = &schemes;
    auto results = run(*planned->program, chunk.database, run_options);
    if (!results) return fail(failure_of(results.error()));
    if (setting_.options.profile != nullptr) add_run(*setting_.options.profile, planned->plan, *planned->program, step_seconds);
    chunk.results = std::move(*results);
    return true;
  }

  bool take(Chunk& chunk) override {
    const std::size_t rows = chunk.database.tables.front().rows;
    if (!taker_.take(chunk)) return fail({NativeFailureKind::kStopped, {}});
    done_ += rows;
    return true;
  }

  void restart() override {
    done_ = 0;
    taker_.restart();
  }

  [[nodiscard]] const std::optional<NativeFailure>& failure() const { return failure_; }

 private:
  bool fail(NativeFailure failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    return false;
  }

  // One caller at a time.
  bool report(std::size_t done) {
    const std::lock_guard lock(mutex_);
    return setting_.options.progress(done_ + (setting_.runs_alone ? done : 0), setting_.accounts);
  }

  // The parts of added columns that belong to a chunk.
  AddedColumns added_of(const Chunk& chunk) const {
    AddedColumns part;
    part.tables.resize(setting_.added.tables.size());
    for (std::size_t table = 0; table < part.tables.size(); ++table) {
      for (const Column& column : setting_.added.tables[table])
        part.tables[table].push_back(part_of(column, chunk.first_rows[table], chunk.database.tables[table].rows));
    }
    return part;
  }

  const Setting setting_;
  Programs& programs_;
  const Clock& clock_;
  const ChunkTaker& taker_;
  std::mutex mutex_;
  std::optional<NativeFailure> failure_;
  std::atomic<std::size_t> done_ = 0;
};

// Answers of all chunks of a pass, one after the other.
class WholeAnswers {
 public:
  explicit WholeAnswers(const Plan& plan) : plan_(plan) { restart(); }

  void restart() {
    answers_ = {};
    answers_.values.resize(plan_.roots.size());
    answers_.results.definitions.resize(plan_.roots.size());
    members_.assign(plan_.roots.size(), {});
  }

  void take(Chunk& chunk) {
    for (std::size_t root = 0; root < plan_.roots.size(); ++root) {
      members_[root].append(chunk.results.results.definitions[root].members);
      std::vector<std::int64_t>& values = answers_.values[root];
      values.insert(values.end(), chunk.results.values[root].begin(), chunk.results.values[root].end());
    }
  }

  RunResults finish() {
    for (std::size_t root = 0; root < plan_.roots.size(); ++root) answers_.results.definitions[root].members = members_[root].take();
    return std::move(answers_);
  }

 private:
  const Plan& plan_;
  std::vector<GrowingBits> members_;
  RunResults answers_;
};

class Evaluation {
 public:
  // `whole` is the source's one chunk, where it has one.
  Evaluation(const CheckedProgram& program, ChunkSource& source, const Database* whole, const Clock& clock, const NativeOptions& options)
      : program_(program),
        source_(source),
        clock_(clock),
        options_(options),
        whole_(whole),
        plan_options_{.share = options.share,
                      .facts = whole == nullptr ? std::vector<ColumnFacts>() : facts_of(*whole),
                      .population = {},
                      .clock = &clock} {
    added_.tables.resize(program.schema.tables.size());
  }

  // The terms of a level, as many at once as memory allows.
  std::expected<void, NativeFailure> answer_level(const std::vector<ExprId>& terms) {
    for (std::size_t begin = 0; begin < terms.size();) {
      const std::size_t count = fitting_terms(std::span(terms).subspan(begin));
      const auto first = terms.begin() + static_cast<std::ptrdiff_t>(begin);
      if (auto answered = answer_terms({first, first + static_cast<std::ptrdiff_t>(count)}); !answered) return answered;
      begin += count;
    }
    return {};
  }

  std::expected<void, NativeFailure> answer(const std::vector<DefinitionId>& roots, const ChunkTaker& taker) {
    return pass([&](const std::vector<ColumnFacts>& facts) { return make_plan(program_, roots, with(facts)); }, options_, taker);
  }

 private:
  PlanOptions with(const std::vector<ColumnFacts>& facts) const {
    PlanOptions options = plan_options_;
    options.facts = facts;
    return options;
  }

  std::expected<void, NativeFailure> pass(Programs::MakePlan make_plan, const NativeOptions& options, const ChunkTaker& taker) {
    Programs programs(std::move(make_plan), options.codegen, clock_, options.profile);
    const bool runs_alone = source_.threads() <= 1;
    const std::size_t accounts = whole_ == nullptr ? 0 : whole_->tables.front().rows;
    ProgramPass visitor({options, added_, runs_alone ? options.threads : 1, runs_alone, accounts}, programs, clock_, taker);
    const PassEnd end = source_.pass(visitor);
    if (end == PassEnd::kFailed) return std::unexpected(NativeFailure{NativeFailureKind::kNoRows, {}});
    if (visitor.failure()) return std::unexpected(*visitor.failure());
    return {};
  }

  // At least one; what several rank by is kept once. How many rows there are is known after the first pass.
  std::size_t fitting_terms(std::span<const ExprId> terms) const {
    std::size_t bytes = 0;
    std::map<DefinitionId, std::size_t> kept;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const Expr& expr = program_.expr(terms[i]);
      const std::size_t rows = rows_of(program_.frame(expr.frame).table);
      const auto* top = std::get_if<TopOf>(&expr.node);
      const DefinitionId by = top != nullptr ? top->by : std::get<Percentile>(expr.node).value;
      bytes += rows / 4 + (kept.emplace(by, rows).second ? rows * sizeof(std::int64_t) : 0);
      if (i > 0 && bytes > options_.population_bytes) return i;
    }
    return terms.size();
  }

  // Before the first pass it might be any number, but for a database in memory.
  std::size_t rows_of(std::uint32_t table) const {
    constexpr std::size_t kMany = std::size_t{1} << 32;
    if (whole_ != nullptr) return whole_->tables[table].rows;
    return rows_.empty() ? kMany : rows_[table];
  }

  std::expected<void, NativeFailure> answer_terms(const std::vector<ExprId>& terms) {
    const Plan plan = make_population_plan(program_, terms, plan_options_);
    WholeAnswers answers(plan);
    std::vector<std::vector<Column>> keys(added_.tables.size());
    const ChunkTaker taker{.take =
                               [&](Chunk& chunk) {
                                 answers.take(chunk);
                                 take_keys(terms, chunk, keys);
                                 return true;
                               },
                           .restart =
                               [&] {
                                 answers.restart();
                                 rows_.clear();
                                 for (auto& parts : keys) parts.clear();
                               }};
    rows_.clear();
    NativeOptions options = options_;
    options.codegen.keep_members = true;
    // One plan for all chunks: facts of single ones would give others their own roots.
    const auto passed = pass([&](const std::vector<ColumnFacts>&) { return Plan(plan); }, options, taker);
    if (!passed) return passed;
    const RunResults results = answers.finish();
    for (const PopulationTerm& term : plan.population) plan_options_.population.push_back(answer_term(term, results, keys));
    return {};
  }

  // The keys by which ties are settled, and how many rows there are.
  void take_keys(const std::vector<ExprId>& terms, const Chunk& chunk, std::vector<std::vector<Column>>& keys) {
    rows_.resize(added_.tables.size());
    for (std::size_t table = 0; table < rows_.size(); ++table) rows_[table] += chunk.database.tables[table].rows;
    std::vector<bool> is_taken(keys.size());
    for (const ExprId term : terms) {
      const Expr& expr = program_.expr(term);
      const std::uint32_t table = program_.frame(expr.frame).table;
      if (whole_ != nullptr || !std::holds_alternative<TopOf>(expr.node) || is_taken[table]) continue;
      is_taken[table] = true;
      keys[table].push_back(source_.joined(std::span(&chunk.database.tables[table].columns[*program_.schema.tables[table].key], 1)));
    }
  }

  PopulationAnswer answer_term(const PopulationTerm& term, const RunResults& results, const std::vector<std::vector<Column>>& keys) {
    const Expr& expr = program_.expr(term.expr);
    const std::uint32_t table = program_.frame(expr.frame).table;
    const std::vector<DefinitionResult>& answers = results.results.definitions;
    const Bitmap& among = answers[term.among].members;
    const RankedValues values{results.values[term.values], answers[term.values].members, term.is_float};
    PopulationAnswer answer{.expr = term.expr, .column = 0, .may_be_missing = false, .unknown = {}};
    if (const auto* top = std::get_if<TopOf>(&expr.node)) {
      const std::size_t count = top_count(among.count(), top->count, top->share, top->share_scale);
      const Column joined = whole_ == nullptr ? source_.joined(keys[table]) : Column();
      answer.column = add(table, bits_column(top_rows(among, values, count, whole_ == nullptr ? joined : key_of(table))));
    } else {
      Column parts = percentiles(among, values);
      answer.may_be_missing = parts.valid.count() < parts.rows;
      if (!answer.may_be_missing) parts.valid = Bitmap();
      answer.column = add(table, std::move(parts));
    }
    if (term.unknown && answers[*term.unknown].members.count() > 0)
      answer.unknown = add(table, bits_column(answers[*term.unknown].members));
    return answer;
  }

  const Column& key_of(std::uint32_t table) const { return whole_->tables[table].columns[*program_.schema.tables[table].key]; }

  std::uint32_t add(std::uint32_t table, Column column) {
    added_.tables[table].push_back(std::move(column));
    return static_cast<std::uint32_t>(program_.schema.tables[table].columns.size() + added_.tables[table].size() - 1);
  }

  const CheckedProgram& program_;
  ChunkSource& source_;
  const Clock& clock_;
  const NativeOptions& options_;
  const Database* whole_;
  PlanOptions plan_options_;
  AddedColumns added_;
  std::vector<std::size_t> rows_;  // by table, of the last pass
};

std::expected<void, NativeFailure> evaluate(Evaluation evaluation, const CheckedProgram& program, const std::vector<DefinitionId>& roots,
                                            const ChunkTaker& taker) {
  for (const std::vector<ExprId>& level : population_levels(program, roots)) {
    if (auto answered = evaluation.answer_level(level); !answered) return answered;
  }
  return evaluation.answer(roots, taker);
}

// A database in memory is one chunk.
class WholeDatabase final : public ChunkSource {
 public:
  explicit WholeDatabase(const Database& database) : database_(database) {}
  PassEnd pass(ChunkVisitor& visitor) override {
    Chunk chunk{.database = database_, .first_rows = std::vector<std::uint64_t>(database_.tables.size())};
    return visitor.work(chunk) && visitor.take(chunk) ? PassEnd::kDone : PassEnd::kStopped;
  }
  [[nodiscard]] Column joined(std::span<const Column> parts) const override { return parts.front(); }

 private:
  const Database& database_;
};

}  // namespace

std::expected<void, NativeFailure> evaluate_chunks(const CheckedProgram& program, ChunkSource& source, const Clock& clock,
                                                   const std::vector<DefinitionId>& roots, const NativeOptions& options,
                                                   const ChunkTaker& taker) {
  return evaluate(Evaluation(program, source, nullptr, clock, options), program, roots, taker);
}

std::expected<Results, NativeFailure> evaluate_native(const CheckedProgram& program, const Database& database, const Clock& clock,
                                                      const std::vector<DefinitionId>& roots, const NativeOptions& options) {
  WholeDatabase source(database);
  Results results;
  const ChunkTaker taker{.take =
                             [&](Chunk& chunk) {
                               results = std::move(chunk.results.results);
                               return true;
                             },
                         .restart = [] {}};
  const auto done = evaluate(Evaluation(program, source, &database, clock, options), program, roots, taker);
  if (!done) return std::unexpected(done.error());
  return results;
}

}  // namespace segue
