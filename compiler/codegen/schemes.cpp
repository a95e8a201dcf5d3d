// Tests beside the statistics of a block; from their outcomes what is left to find out, and so which steps run.
#include "compiler/codegen/schemes.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <optional>

#include "compiler/codegen/constants.h"
#include "compiler/plan/settled.h"

namespace segue {

namespace {

constexpr std::size_t kMostSampled = 64, kLeastSettled = 4;  // of 64 blocks
constexpr std::size_t kMostSchemes = 64;
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min(), kHighest = std::numeric_limits<std::int64_t>::max();

// ── Tests ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// A test on a column with statistics, or (`ranges` is empty) whether it is known. Ranges as statistics have values: floats in their order as integers.
struct BlockTest {
  NodeId node{};
  std::uint32_t frame = 0;
  const Column* column = nullptr;
  std::optional<std::vector<IntRange>> ranges;
};

class TestFinder {
 public:
  TestFinder(const Plan& plan, const Program& program, const Database& database, const Clock& clock)
      : plan_(plan),
        program_(program),
        database_(database),
        clock_(clock) {}

  std::vector<BlockTest> tests() {
    std::vector<BlockTest> tests;
    for (const NodeId id : plan_.live) {
      const PlanNode& node = plan_.node(id);
      if (is_value(node.op) || node.frame == kNoFrame || !lies_in_order(index_of(node.frame))) continue;
      if (const auto* known = std::get_if<ColumnKnown>(&node.op)) {
        if (const Column* column = described(node.frame, known->column)) tests.push_back({id, index_of(node.frame), column, {}});
      } else if (const auto ranged = ranged_value(node.op)) {
        const PlanNode& read = plan_.node(ranged->value);
        const auto* of = std::get_if<ColumnValue>(&read.op);
        const Column* column = of != nullptr && read.frame == node.frame ? described(node.frame, of->column) : nullptr;
        if (column != nullptr) tests.push_back({id, index_of(node.frame), column, ranges_of(node.op)});
      }
    }
    return tests;
  }

 private:
  // Whether the rows under neighbouring accounts are neighbours.
  [[nodiscard]] bool lies_in_order(std::uint32_t frame) const {
    const FrameLayout& layout = program_.frames[frame];
    return layout.is_used && layout.is_in_place && layout.outer == 0;
  }
  [[nodiscard]] const Column* described(FrameId frame, std::uint32_t column) const {
    const Column& found = column_of(database_, program_.added, program_.frames[index_of(frame)].table, column);
    return found.statistics != nullptr && !found.statistics->missing.empty() ? &found : nullptr;
  }
  std::vector<IntRange> ranges_of(const Op& op) {
    if (const auto* test = std::get_if<InRanges>(&op)) return test->ranges;
    if (const auto* test = std::get_if<InFloatRange>(&op)) return {ordered_range(test->range)};
    if (const auto* test = std::get_if<InWindow>(&op)) return {window_range(plan_, clock_, *test)};
    if (!constants_) constants_ = bind_constants(plan_, clock_);
    return {bound_range(*constants_, std::get<CompareBound>(op))};
  }

  const Plan& plan_;
  const Program& program_;
  const Database& database_;
  const Clock& clock_;
  std::optional<BoundConstants> constants_;
};

// ── Outcomes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// What statistics say of neighbouring rows.
struct Extent {
  std::int64_t least = kHighest, greatest = kLowest;  // of the known values; the one above the other where there are none
  bool has_missing = false;
};

// The blocks that hold the rows begin … end - 1; they may hold others, too.
Extent extent_of(const Column& column, std::size_t begin, std::size_t end) {
  const ColumnStatistics& statistics = *column.statistics;
  Extent extent;
  for (std::size_t i = begin / statistics.block_rows; i * statistics.block_rows < end; ++i) {
    const std::size_t rows = std::min(statistics.block_rows, column.rows - i * statistics.block_rows);
    extent.has_missing = extent.has_missing || statistics.missing[i] > 0;
    if (statistics.missing[i] >= rows) continue;
    extent.least = std::min(extent.least, statistics.least[i]);
    extent.greatest = std::max(extent.greatest, statistics.greatest[i]);
  }
  return extent;
}

// Ranges ascend and neither touch nor overlap.
Outcome outcome_in(const Extent& extent, const BlockTest& test) {
  const bool has_known = extent.least <= extent.greatest;
  if (!has_known) return Outcome::kNever;
  if (!test.ranges) return extent.has_missing ? Outcome::kOpen : Outcome::kAlways;
  const auto first = std::ranges::lower_bound(*test.ranges, extent.least, {}, &IntRange::high);
  if (first == test.ranges->end() || first->is_empty() || first->low > extent.greatest) return Outcome::kNever;
  return first->low <= extent.least && extent.greatest <= first->high ? Outcome::kAlways : Outcome::kOpen;
}

class BlockOutcomes {
 public:
  BlockOutcomes(std::vector<BlockTest> tests, const Program& program, const Database& database, std::size_t block_rows)
      : tests_(std::move(tests)),
        program_(program),
        database_(database),
        block_rows_(block_rows),
        accounts_(database.tables.front().rows),
        blocks_((accounts_ + block_rows - 1) / block_rows) {
    std::erase_if(tests_, [&](const BlockTest& test) { return !pays(test); });
  }

  [[nodiscard]] const std::vector<BlockTest>& tests() const { return tests_; }
  [[nodiscard]] std::size_t blocks() const { return blocks_; }
  // By test.
  void find(std::size_t block, std::vector<Outcome>& outcomes) const {
    outcomes.resize(tests_.size());
    for (std::size_t i = 0; i < tests_.size(); ++i) outcomes[i] = outcome(tests_[i], block);
  }

 private:
  [[nodiscard]] Outcome outcome(const BlockTest& test, std::size_t block) const {
    std::size_t begin = block * block_rows_, end = std::min(accounts_, begin + block_rows_);
    if (test.frame != 0) {
      const FrameLayout& layout = program_.frames[test.frame];
      const Array<std::uint64_t>& offsets = database_.tables[layout.table].links[layout.link].offsets;
      begin = offsets[begin], end = offsets[end];
    }
    return begin == end ? Outcome::kNever : outcome_in(extent_of(*test.column, begin, end), test);
  }

  // Whether enough of some blocks are settled.
  [[nodiscard]] bool pays(const BlockTest& test) const {
    const std::size_t sampled = std::min(blocks_, kMostSampled);
    std::size_t settled = 0;
    for (std::size_t i = 0; i < sampled; ++i) settled += outcome(test, i * blocks_ / sampled) != Outcome::kOpen ? 1 : 0;
    return settled * kMostSampled >= kLeastSettled * sampled && settled > 0;
  }

  std::vector<BlockTest> tests_;
  const Program& program_;
  const Database& database_;
  std::size_t block_rows_, accounts_, blocks_;
};

// ── Schemes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

class SchemeMaker {
 public:
  SchemeMaker(const Plan& plan, const Program& program) : plan_(plan), program_(program) {}

  SkipScheme make(const std::vector<Outcome>& tests) {
    settled_ = settle(plan_, tests);
    scheme_ = {.skips = std::vector<bool>(program_.steps.size()), .lines = {}, .frames = std::vector<bool>(program_.frames.size())};
    scheme_.lines.resize(program_.steps.size());
    is_read_.assign(plan_.nodes.size(), false);
    choose_steps();
    choose_frames();
    for (std::size_t step = 0; step < program_.steps.size(); ++step) {
      if (!scheme_.skips[step]) note_reads(step);
    }
    for (std::size_t step = 0; step < program_.steps.size(); ++step) {
      if (scheme_.skips[step]) add_lines(step);
    }
    const auto left_out = static_cast<std::size_t>(std::ranges::count(scheme_.skips, true));
    scheme_.is_idle = left_out == program_.steps.size();
    scheme_.share = static_cast<double>(left_out) / static_cast<double>(std::max<std::size_t>(1, program_.steps.size()));
    return std::move(scheme_);
  }

 private:
  [[nodiscard]] Outcome outcome(Bit bit) const { return outcome_of(bit, settled_.outcomes); }
  [[nodiscard]] Bit bit_of_root(std::uint32_t root, bool is_undetermined) const {
    return is_undetermined ? plan_.roots[root].undetermined : plan_.roots[root].members;
  }

  // The roots that a function finishes are counted behind those of the function before it.
  template <typename Visit>
  void each_finished(std::size_t step, Visit visit) const {
    const auto* function = std::get_if<CompiledStep>(&program_.steps[step]);
    if (function == nullptr) return;
    std::size_t end = program_.counters.size();
    for (std::size_t next = step + 1; next < program_.steps.size(); ++next) {
      if (const auto* later = std::get_if<CompiledStep>(&program_.steps[next])) {
        end = later->counters;
        break;
      }
    }
    for (std::size_t i = function->counters; i < end; ++i)
      visit(bit_of_root(program_.counters[i].root, program_.counters[i].is_undetermined));
  }

  [[nodiscard]] bool runs(std::size_t step) const {
    if (std::holds_alternative<FlushValueStep>(program_.steps[step])) return true;
    if (const auto* flush = std::get_if<FlushStep>(&program_.steps[step]))
      return outcome(bit_of_root(flush->root, flush->is_undetermined)) != Outcome::kNever;
    bool finishes = false;
    each_finished(step, [&](Bit bit) { finishes = finishes || outcome(bit) != Outcome::kNever; });
    return finishes || std::ranges::any_of(program_.step_nodes[step], [&](std::uint32_t node) { return settled_.is_used[node]; });
  }

  void choose_steps() {
    for (std::size_t step = 0; step < program_.steps.size(); ++step)
      scheme_.skips[step] = !std::holds_alternative<NarrowStep>(program_.steps[step]) && !runs(step);
  }

  void use_frame(std::uint32_t frame) { scheme_.frames[frame] = true; }

  void use_frames(const Step& step) {
    std::visit(
        [&](const auto& of) {
          if constexpr (requires { of.frame; }) use_frame(of.frame);
          if constexpr (requires { of.span; }) use_frame(program_.spans[of.span].rows), use_frame(program_.spans[of.span].to);
          if constexpr (requires { of.frames.rows; }) use_frame(of.frames.rows), use_frame(of.frames.to);
        },
        step);
  }

  void choose_frames() {
    for (std::size_t step = 0; step < program_.steps.size(); ++step) {
      if (!scheme_.skips[step]) use_frames(program_.steps[step]);
    }
    // What a frame lies in stands before it.
    for (std::size_t frame = program_.frames.size() - 1; frame > 0; --frame) {
      if (scheme_.frames[frame]) use_frame(program_.frames[frame].outer), use_frame(program_.frames[frame].anchor);
    }
    for (std::size_t step = 0; step < program_.steps.size(); ++step) {
      if (const auto* narrow = std::get_if<NarrowStep>(&program_.steps[step]))
        scheme_.skips[step] = std::ranges::none_of(narrow->frames, [&](std::uint32_t frame) { return scheme_.frames[frame]; });
    }
  }

  void note_read(Bit bit) { is_read_[index_of(bit.node())] = true; }

  void note_reads(std::size_t step) {
    for (const std::uint32_t node : program_.step_nodes[step])
      for_each_operand(plan_.nodes[node].op, [](NodeId) {}, [&](Bit bit) { note_read(bit); });
    each_finished(step, [&](Bit bit) { note_read(bit); });
    if (const auto* flush = std::get_if<FlushStep>(&program_.steps[step])) note_read(bit_of_root(flush->root, flush->is_undetermined));
    if (const auto* values = std::get_if<FlushValueStep>(&program_.steps[step])) note_read(plan_.roots[values->root].known);
    has_narrowed_ = has_narrowed_ || std::holds_alternative<NarrowStep>(program_.steps[step]);
  }

  // What a guard reads is known by slot alone: then all that is settled is written.
  void add_lines(std::size_t step) {
    for (const std::uint32_t node : program_.step_nodes[step]) {
      const Outcome outcome = settled_.outcomes[node];
      const std::uint32_t slot = program_.node_slots[node], frame = index_of(plan_.nodes[node].frame);
      if (is_value(plan_.nodes[node].op) || outcome == Outcome::kOpen || slot == kNoSlot || !scheme_.frames[frame]) continue;
      if (is_read_[node] || has_narrowed_) scheme_.lines[step].push_back({frame, slot, outcome == Outcome::kAlways});
    }
  }

  const Plan& plan_;
  const Program& program_;
  SettledPlan settled_;
  SkipScheme scheme_;
  std::vector<bool> is_read_;  // by node: by a step that runs
  bool has_narrowed_ = false;
};

}  // namespace

BlockSchemes make_schemes(const Plan& plan, const Program& program, const Database& database, const Clock& clock) {
  std::vector<BlockTest> all = TestFinder(plan, program, database, clock).tests();
  if (all.empty()) return {};
  BlockSchemes schemes{.block_rows = all.front().column->statistics->block_rows, .of_block = {}, .schemes = {SkipScheme{}}};
  const BlockOutcomes outcomes(std::move(all), program, database, schemes.block_rows);
  if (outcomes.tests().empty() || outcomes.blocks() == 0) return {};
  std::map<std::vector<Outcome>, std::uint32_t> known;
  std::vector<Outcome> found, last, tests(plan.nodes.size(), Outcome::kOpen);
  for (std::size_t block = 0; block < outcomes.blocks(); ++block) {
    outcomes.find(block, found);
    if (block > 0 && found == last) {
      schemes.of_block.push_back(schemes.of_block.back());
      continue;
    }
    last = found;
    const auto [at, is_new] = known.try_emplace(found, 0);
    if (is_new && schemes.schemes.size() < kMostSchemes) {
      for (std::size_t i = 0; i < found.size(); ++i) tests[index_of(outcomes.tests()[i].node)] = found[i];
      SkipScheme scheme = SchemeMaker(plan, program).make(tests);
      if (scheme.share > 0) {
        at->second = static_cast<std::uint32_t>(schemes.schemes.size());
        schemes.schemes.push_back(std::move(scheme));
      }
    }
    schemes.of_block.push_back(at->second);
  }
  if (schemes.schemes.size() < 2) return {};
  return schemes;
}

}  // namespace segue
