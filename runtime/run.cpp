// The run loop: batches of accounts are handed out to threads, and each batch goes through the steps of the program.
#include "runtime/run.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <ctime>
#include <new>
#include <thread>

#include "runtime/frames.h"
#include "runtime/run_groups.h"

namespace segue {

namespace {

constexpr std::size_t kLineBytes = kBlockWords * sizeof(std::uint64_t);

// What a thread adds to the results; counts merge at the end, bits and scores of different batches lie apart.
struct Output {
  RunResults& shared;
  std::vector<std::uint64_t> sizes, undetermined;
  std::vector<std::uint64_t, AlignedAllocator<std::uint64_t>> counters;
  std::vector<std::uint64_t*> outputs;  // bitmaps; where none are kept, all one that nobody reads
  std::vector<std::uint64_t, AlignedAllocator<std::uint64_t>> unread;
  std::vector<double> step_seconds;  // empty where nobody asks
};

struct Execute {
  Batch& batch;
  Output& output;

  void operator()(const CompiledStep& step) const { call(step, 0, batch.frames[step.frame].words()); }

  // The words begin … end - 1 of the frame's rows.
  void call(const CompiledStep& step, std::size_t begin, std::size_t end) const {
    FrameState& frame = batch.frames[step.frame];
    if (begin >= end) return;
    const CompiledCall call{.bits = frame.bits.data(),
                            .pointers = frame.pointers.data(),
                            .pool = batch.program.pool.data() + step.pool,
                            .counters = output.counters.data() + step.counters * kBlockWords,
                            .outputs = output.outputs.data() + step.outputs,
                            .block_bytes = frame.layout->bit_slots * kLineBytes,
                            .output_offset = output.unread.empty() ? frame.base / 8 : 0,
                            .begin = begin,
                            .end = end};
    step.function(&call);
  }

  void operator()(const MapStep& step) const {
    FrameState& frame = batch.frames[step.frame];
    alignas(64) std::int64_t value_buffers[kMaxFixed][kBlockRows];
    alignas(64) std::uint64_t bit_buffers[kMaxFixed][kBlockWords];
    std::vector<std::vector<std::int64_t>> more_values(step.values.size() > kMaxFixed ? step.values.size() - kMaxFixed : 0);
    std::vector<std::array<std::uint64_t, kBlockWords>> more_bits(step.bits.size() > kMaxFixed ? step.bits.size() - kMaxFixed : 0);
    for (auto& buffer : more_values) buffer.resize(kBlockRows);
    std::vector<const std::int64_t*> values(step.values.size());
    std::vector<const std::uint64_t*> bits(step.bits.size());
    std::vector<std::uint64_t*> more_bits_out(step.more_bits.size());
    for (std::size_t block = 0; block < frame.blocks(); ++block) {
      const std::size_t begin = block * kBlockRows, rows = std::min(kBlockRows, frame.words() * 64 - begin);
      for (std::size_t i = 0; i < more_bits_out.size(); ++i) more_bits_out[i] = frame.bit_block(step.more_bits[i], block);
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] =
            load_values(batch, frame, step.values[i], begin, rows, i < kMaxFixed ? value_buffers[i] : more_values[i - kMaxFixed].data());
      }
      for (std::size_t i = 0; i < bits.size(); ++i) {
        bits[i] = load_bits(frame, step.bits[i], block, i < kMaxFixed ? bit_buffers[i] : more_bits[i - kMaxFixed].data());
      }
      step.kernel({.values = values,
                   .bits = bits,
                   .out = step.out_value == kNoSlot ? nullptr : frame.value_slot(step.out_value) + begin,
                   .out_bits = step.out_bits == kNoSlot ? nullptr : frame.bit_block(step.out_bits, block),
                   .more_bits = more_bits_out,
                   .rows = rows,
                   .data = step.data.get()});
    }
  }

  void operator()(const ReduceStep& step) const {
    const RowSpan& span = batch.program.spans[step.span];
    FrameState& rows = batch.frames[span.rows];
    FrameState& to = batch.frames[span.to];
    copy_bits(rows, step.filter, batch.scratch_filter);
    batch.scratch_bits.assign((to.blocks() + 1) * kBlockWords, 0);
    std::vector<const std::int64_t*> values;
    values.reserve(step.values.size());
    for (std::size_t i = 0; i < step.values.size(); ++i) values.push_back(all_values(rows, step.values[i], i));
    step.kernel({.offsets = span_offsets(batch, step.span).data(),
                 .begin = to.lead,
                 .end = to.rows,
                 .filter = batch.scratch_filter.data(),
                 .values = values,
                 .out = step.out_value == kNoSlot ? nullptr : to.value_slot(step.out_value),
                 .out_bits = batch.scratch_bits.data(),
                 .data = step.data.get()});
    if (step.out_value != kNoSlot) clear_margins(to, step.out_value);
    if (step.out_bits != kNoSlot) store_bits(to, step.out_bits, batch.scratch_bits);
  }

  void operator()(const GroupsStep& step) const { run_groups(batch, step); }

  void operator()(const BroadcastValueStep& step) const {
    const RowSpan& span = batch.program.spans[step.span];
    FrameState& from = batch.frames[span.to];
    FrameState& to = batch.frames[span.rows];
    const std::int64_t* values = all_values(from, step.value, 0);
    const std::vector<std::uint32_t>& offsets = span_offsets(batch, step.span);
    std::int64_t* out = to.value_slot(step.out);
    for (std::size_t i = from.lead; i < from.rows; ++i) std::fill(out + offsets[i], out + offsets[i + 1], values[i]);
    clear_margins(to, step.out);
  }

  void operator()(const BroadcastBitStep& step) const {
    const RowSpan& span = batch.program.spans[step.span];
    FrameState& from = batch.frames[span.to];
    FrameState& to = batch.frames[span.rows];
    copy_bits(from, step.bit, batch.scratch_filter);
    batch.scratch_bits.assign((to.blocks() + 1) * kBlockWords, 0);
    const std::vector<std::uint32_t>& offsets = span_offsets(batch, step.span);
    for (std::size_t i = from.lead; i < from.rows; ++i) {
      if ((batch.scratch_filter[i / 64] >> (i % 64)) & 1) set_range(batch.scratch_bits, offsets[i], offsets[i + 1]);
    }
    store_bits(to, step.out, batch.scratch_bits);
  }

  void operator()(const PickedValueStep& step) const {
    FrameState& rows = batch.frames[step.frames.rows];
    FrameState& to = batch.frames[step.frames.to];
    const std::int64_t* values = all_values(rows, step.value, 0);
    const std::int64_t* pick = all_values(to, step.pick, 1);
    std::int64_t* out = to.value_slot(step.out);
    for (std::size_t i = to.lead; i < to.rows; ++i) out[i] = pick[i] < 0 ? 0 : values[pick[i]];
    clear_margins(to, step.out);
  }

  void operator()(const PickedBitStep& step) const {
    FrameState& rows = batch.frames[step.frames.rows];
    FrameState& to = batch.frames[step.frames.to];
    copy_bits(rows, step.bit, batch.scratch_filter);
    const std::int64_t* pick = all_values(to, step.pick, 0);
    batch.scratch_bits.assign((to.blocks() + 1) * kBlockWords, 0);
    for (std::size_t i = to.lead; i < to.rows; ++i) {
      if (pick[i] < 0) continue;
      const auto row = static_cast<std::size_t>(pick[i]);
      batch.scratch_bits[i / 64] |= ((batch.scratch_filter[row / 64] >> (row % 64)) & 1) << (i % 64);
    }
    store_bits(to, step.out, batch.scratch_bits);
  }

  void operator()(const NarrowStep& step) const {
    FrameState& account = batch.frames.front();
    std::vector<std::uint64_t>& kept = batch.scratch_filter;
    kept.assign((account.blocks() + 1) * kBlockWords, 0);
    for (const std::vector<BitRef>& term : step.terms) {
      for (std::size_t block = 0; block < account.blocks(); ++block) add_term(account, term, block, kept.data() + block * kBlockWords);
    }
    for (std::size_t word = 0; word < account.words(); ++word) kept[word] = rows_only(account, word * 64, kept[word]);
    batch.is_too_large = !fill_narrowed(batch, step.frames, kept.data());
  }

  void operator()(const FlushStep& step) const {
    FrameState& frame = batch.frames[step.frame];
    std::uint64_t buffer[kBlockWords];
    for (std::size_t block = 0; block < frame.blocks(); ++block) {
      const std::uint64_t* words = load_bits(frame, step.bit, block, buffer);
      if (step.is_undetermined) {
        output.undetermined[step.root] += count_block(frame, block, words);
      } else {
        output.sizes[step.root] +=
            step.frame == 0 ? flush_accounts(frame, step.root, block, words) : flush_rows(frame, step.root, block, words);
      }
    }
  }

  void operator()(const FlushValueStep& step) const {
    FrameState& frame = batch.frames[step.frame];
    DefinitionResult& result = output.shared.results.definitions[step.root];
    const RootKind kind = batch.program.roots[step.root].kind;
    std::int64_t buffer[kBlockRows];
    std::uint64_t bit_buffer[kBlockWords];
    for (std::size_t block = 0; block < frame.blocks(); ++block) {
      const std::size_t begin = block * kBlockRows, rows = std::min(kBlockRows, frame.words() * 64 - begin);
      const std::int64_t* values = load_values(batch, frame, step.value, begin, rows, buffer);
      const std::uint64_t* known = load_bits(frame, step.known, block, bit_buffer);
      const std::size_t end = std::min(rows, frame.rows - begin);
      for (std::size_t i = begin < frame.lead ? std::min(end, frame.lead - begin) : 0; i < end; ++i) {
        const RowId row = frame.row(begin + i);
        const bool is_known = ((known[i / 64] >> (i % 64)) & 1) != 0;
        if (kind == RootKind::kScores) result.scores[row] = is_known ? std::bit_cast<double>(values[i]) : 0.0;
        if (kind == RootKind::kCodes) result.codes[row] = is_known ? static_cast<std::int32_t>(values[i]) : -1;
        if (kind == RootKind::kValues) output.shared.values[step.root][row] = is_known ? values[i] : 0;
      }
      if (kind == RootKind::kValues)
        step.frame == 0 ? flush_accounts(frame, step.root, block, known) : flush_rows(frame, step.root, block, known);
    }
  }

 private:
  static constexpr std::size_t kMaxFixed = 4;

  // Adds the rows of a block for which all bits of the term are set.
  static void add_term(FrameState& frame, const std::vector<BitRef>& term, std::size_t block, std::uint64_t* to) {
    std::array<std::uint64_t, kBlockWords> all;
    all.fill(~std::uint64_t{0});
    for (const BitRef bit : term) {
      std::uint64_t buffer[kBlockWords];
      const std::uint64_t* words = load_bits(frame, bit, block, buffer);
      for (std::size_t i = 0; i < kBlockWords; ++i) all[i] &= words[i];
    }
    for (std::size_t i = 0; i < kBlockWords; ++i) to[i] |= all[i];
  }

  // A frame's values as one column of int64.
  const std::int64_t* all_values(FrameState& frame, const ValueRef& value, std::size_t scratch) const {
    if (value.source == ValueSource::kSlot) return frame.value_slot(value.index);
    if (value.source == ValueSource::kColumn && (value.storage == Storage::kInt64 || value.storage == Storage::kFloat64)) {
      return static_cast<const std::int64_t*>(frame.pointers[value.index]);
    }
    if (value.source == ValueSource::kColumn) {
      if (!frame.is_widened[value.index]) widen_all(frame, value, frame.widened[value.index]);
      frame.is_widened[value.index] = true;
      return frame.widened[value.index].data();
    }
    if (batch.scratch_values.size() <= scratch) batch.scratch_values.resize(scratch + 1);
    widen_all(frame, value, batch.scratch_values[scratch]);
    return batch.scratch_values[scratch].data();
  }

  void widen_all(const FrameState& frame, const ValueRef& value, std::vector<std::int64_t>& out) const {
    out.resize(frame.blocks() * kBlockRows + 1);
    for (std::size_t begin = 0; begin < frame.rows; begin += kBlockRows) {
      const std::size_t rows = std::min(kBlockRows, frame.words() * 64 - begin);
      const std::int64_t* values = load_values(batch, frame, value, begin, rows, out.data() + begin);
      if (values != out.data() + begin) std::copy_n(values, rows, out.data() + begin);
    }
  }

  // Rows that nobody asks for hold zero, which is a value of every type.
  static void clear_margins(FrameState& frame, std::uint32_t slot) {
    std::int64_t* out = frame.value_slot(slot);
    std::fill(out, out + std::min(frame.lead, frame.rows), 0);
    std::fill(out + frame.rows, out + frame.words() * 64, 0);
  }

  static void set_range(std::vector<std::uint64_t>& words, std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end;) {
      const std::size_t stop = std::min(end, (at / 64 + 1) * 64), count = stop - at;
      const std::uint64_t ones = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
      words[at / 64] |= ones << (at % 64);
      at = stop;
    }
  }

  // The members among a block's accounts, which no other batch holds; gives their number.
  std::uint64_t flush_accounts(const FrameState& frame, std::uint32_t root, std::size_t block, const std::uint64_t* words) const {
    Bitmap& members = output.shared.results.definitions[root].members;
    const std::size_t rows = std::min(kBlockRows, frame.rows - block * kBlockRows);
    if (!members.empty()) write_words(members.words() + (frame.base / 64 + block * kBlockWords), words, rows);
    return count_rows(words, rows);
  }

  // The same of a related table, where a word may hold rows of several batches.
  std::uint64_t flush_rows(const FrameState& frame, std::uint32_t root, std::size_t block, const std::uint64_t* words) const {
    Bitmap& members = output.shared.results.definitions[root].members;
    std::uint64_t count = 0;
    const auto add = [&](std::size_t word, std::uint64_t bits) {
      if (bits != 0) std::atomic_ref(members.words()[word]).fetch_or(bits, std::memory_order_relaxed);
    };
    for (std::size_t i = 0; i < kBlockWords; ++i) {
      const std::size_t first = block * kBlockRows + i * 64;
      std::uint64_t bits = rows_only(frame, first, words[i]);
      count += static_cast<std::uint64_t>(std::popcount(bits));
      if (members.empty()) continue;
      if (frame.is_in_place) {
        add((frame.base + first) / 64, bits);
        continue;
      }
      for (; bits != 0; bits &= bits - 1) {
        const RowId row = frame.row(first + static_cast<std::size_t>(std::countr_zero(bits)));
        add(row / 64, std::uint64_t{1} << (row % 64));
      }
    }
    return count;
  }

  // A word without the positions that are no rows of the batch; `first` is that of its lowest bit.
  static std::uint64_t rows_only(const FrameState& frame, std::size_t first, std::uint64_t word) {
    const auto below = [first](std::size_t position) {
      if (position <= first) return std::uint64_t{0};
      return position - first >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (position - first)) - 1;
    };
    return word & below(frame.rows) & ~below(frame.lead);
  }

  static std::uint64_t count_block(const FrameState& frame, std::size_t block, const std::uint64_t* words) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kBlockWords; ++i)
      count += static_cast<std::uint64_t>(std::popcount(rows_only(frame, block * kBlockRows + i * 64, words[i])));
    return count;
  }

  static std::uint64_t last_mask(std::size_t rows) { return rows % 64 == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << (rows % 64)) - 1; }

  static std::uint64_t count_rows(const std::uint64_t* words, std::size_t rows) {
    std::uint64_t count = 0;
    const std::size_t full = rows / 64;
    for (std::size_t i = 0; i < full; ++i) count += static_cast<std::uint64_t>(std::popcount(words[i]));
    if (rows % 64 != 0) count += static_cast<std::uint64_t>(std::popcount(words[full] & last_mask(rows)));
    return count;
  }

  static void write_words(std::uint64_t* to, const std::uint64_t* words, std::size_t rows) {
    std::memcpy(to, words, (rows + 63) / 64 * sizeof(std::uint64_t));
    if (rows % 64 != 0) to[rows / 64] &= last_mask(rows);
  }
};

// Bytes that one row of a frame takes in a batch.
std::size_t row_bytes(const FrameLayout& frame) {
  const std::size_t gathered = frame.is_in_place ? 0 : 8 * frame.inputs.size() + sizeof(RowId);
  return 8 * frame.value_slots + frame.bit_slots / 8 + gathered + 1;
}

// Rows of each frame under accounts begin … end - 1: known where they lie directly under accounts, else by the average.
std::vector<double> frame_rows(const Program& program, const Database& database, std::size_t begin, std::size_t end) {
  std::vector<double> rows(program.frames.size());
  rows.front() = static_cast<double>(end - begin);
  for (std::size_t i = 1; i < program.frames.size(); ++i) {
    const FrameLayout& frame = program.frames[i];
    if (!frame.is_used) continue;
    const Array<std::uint64_t>& offsets = database.tables[frame.table].links[frame.link].offsets;
    const auto parents = static_cast<double>(std::max<std::size_t>(1, offsets.size() - 1));
    rows[i] = frame.outer == 0 ? static_cast<double>(offsets[end] - offsets[begin])
                               : rows[frame.outer] * static_cast<double>(offsets.back()) / parents;
  }
  return rows;
}

double child_bytes(const Program& program, const Database& database, std::size_t begin, std::size_t end) {
  const std::vector<double> rows = frame_rows(program, database, begin, end);
  double bytes = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) bytes += rows[i] * static_cast<double>(row_bytes(program.frames[i]));
  return bytes;
}

// The scheme of a batch, and the accounts from its first on that have the same; without schemes that of index 0 and all.
std::pair<std::uint32_t, std::size_t> scheme_at(const BlockSchemes* schemes, std::size_t begin, std::size_t accounts) {
  if (schemes == nullptr) return {0, accounts - begin};
  std::size_t block = begin / schemes->block_rows;
  const std::uint32_t scheme = schemes->of_block[block];
  while (block < schemes->of_block.size() && schemes->of_block[block] == scheme) ++block;
  return {scheme, std::min(accounts, block * schemes->block_rows) - begin};
}

struct BatchCut {
  std::size_t begin = 0;
  std::uint32_t scheme = 0;
};

// Where batches begin: no more accounts than the program says, all of one scheme and of one bucket, and children that stay in the cache where accounts allow it.
std::vector<BatchCut> cut_batches(const Program& program, const Database& database, const BlockSchemes* schemes, const ChildOrder& order) {
  constexpr double kChildBytes = 1 << 20;
  const std::size_t accounts = database.tables.front().rows;
  std::vector<BatchCut> begins;
  for (std::size_t begin = 0; begin < accounts;) {
    const auto [scheme, most] = scheme_at(schemes, begin, accounts);
    begins.push_back({begin, scheme});
    if (scheme != 0 && schemes->schemes[scheme].is_idle) {
      begin += most;
      continue;
    }
    std::size_t rows = std::min({program.batch_rows, most, order.left_in_bucket(begin)});
    while (rows > kBlockRows && child_bytes(program, database, begin, std::min(accounts, begin + rows)) > kChildBytes) {
      rows = std::max(kBlockRows, rows / 2 / kBlockRows * kBlockRows);
    }
    begin += rows;
  }
  begins.push_back({accounts, 0});
  return begins;
}

RunResults empty_results(const Program& program, const Database& database, bool keep_members) {
  RunResults results;
  results.sizes.resize(program.roots.size());
  results.values.resize(program.roots.size());
  results.results.definitions.resize(program.roots.size());
  for (std::size_t i = 0; i < program.roots.size(); ++i) {
    DefinitionResult& result = results.results.definitions[i];
    const RootKind kind = program.roots[i].kind;
    const std::size_t rows = database.tables[program.roots[i].table].rows;
    if (kind == RootKind::kValues || (kind == RootKind::kMembers && keep_members)) result.members = Bitmap(rows);
    if (kind == RootKind::kScores) result.scores.resize(rows);
    if (kind == RootKind::kCodes) result.codes.resize(rows, -1);
    if (kind == RootKind::kValues) results.values[i].resize(rows);
  }
  return results;
}

Output make_output(const Program& program, RunResults& results) {
  Output output{.shared = results,
                .sizes = std::vector<std::uint64_t>(program.roots.size()),
                .undetermined = std::vector<std::uint64_t>(program.roots.size()),
                .counters = {},
                .outputs = {},
                .unread = {},
                .step_seconds = {}};
  output.counters.resize(program.counters.size() * kBlockWords);
  const auto is_kept = [&](std::uint32_t root) { return !results.results.definitions[root].members.empty(); };
  const bool keeps = std::ranges::all_of(program.outputs, is_kept);
  if (!keeps) output.unread.resize(program.batch_rows / 64);
  for (const std::uint32_t root : program.outputs)
    output.outputs.push_back(keeps ? results.results.definitions[root].members.words() : output.unread.data());
  return output;
}

void add_counts(const Program& program, const Output& output, RunResults& results) {
  for (std::size_t i = 0; i < program.roots.size(); ++i) {
    results.sizes[i] += output.sizes[i];
    results.results.definitions[i].undetermined += output.undetermined[i];
  }
  for (std::size_t i = 0; i < program.counters.size(); ++i) {
    const Counter& counter = program.counters[i];
    std::uint64_t& total = counter.is_undetermined ? results.results.definitions[counter.root].undetermined : results.sizes[counter.root];
    for (std::size_t word = 0; word < kBlockWords; ++word) total += output.counters[i * kBlockWords + word];
  }
}

// The first batch of each run of batches that a thread takes together, and one past the last: those of one bucket, whose rows are placed once; else some
// neighbours, for what is fetched ahead at the end of one belongs to the next.
std::vector<std::size_t> runs_of(const std::vector<BatchCut>& cuts, const ChildOrder& order, std::size_t threads) {
  constexpr std::size_t kMostTogether = 16, kLeastRuns = 16;  // of batches; of a thread
  const std::size_t batches = cuts.size() - 1, together = std::clamp<std::size_t>(batches / (threads * kLeastRuns), 1, kMostTogether);
  const auto begins = [&](std::size_t at) {
    if (order.tables.empty()) return at % together == 0;
    return at == 0 || order.left_in_bucket(cuts[at].begin) >= order.left_in_bucket(cuts[at - 1].begin);
  };
  std::vector<std::size_t> runs;
  for (std::size_t at = 0; at < batches; ++at) {
    if (begins(at)) runs.push_back(at);
  }
  runs.push_back(batches);
  return runs;
}

// Which frames' rows are worth ordering: those that most accounts need.
std::vector<bool> ordered_frames(const Program& program, const BlockSchemes* schemes) {
  std::vector<bool> ordered;
  for (std::size_t id = 0; id < program.frames.size(); ++id) {
    std::size_t needed = 0;
    for (std::size_t block = 0; schemes != nullptr && block < schemes->of_block.size(); ++block) {
      const std::uint32_t scheme = schemes->of_block[block];
      needed += scheme == 0 || (!schemes->schemes[scheme].is_idle && schemes->schemes[scheme].frames[id]) ? 1 : 0;
    }
    ordered.push_back(!program.frames[id].is_narrowed && (schemes == nullptr || 2 * needed > schemes->of_block.size()));
  }
  return ordered;
}

// Rows in no order, brought into it, unless memory is too short for that.
ChildOrder order_or_gather(const Program& program, const Database& database, const RunOptions& options) {
  try {
    return order_children(program, database, ordered_frames(program, options.schemes), options.threads, options.order_bytes);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

// What the threads share.
struct Work {
  const Program& program;
  const Database& database;
  const RunOptions& options;
  const ChildOrder& order;
  const std::vector<BatchCut> cuts;
  const std::vector<std::size_t> runs;  // runs_of `cuts`
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::size_t reported = 0;  // by the calling thread
  std::atomic<bool> is_stopped{false};
  std::atomic<bool> is_too_large{false};
};

// Boolean algebra goes through all its functions tile by tile, so that the bits of a tile stay in the second-level cache. Tiles that fit into the first
// are slower: the code of a thousand definitions does not, and is fetched once a tile.
std::size_t tile_words(const FrameLayout& frame) {
  constexpr std::size_t kTileBytes = 256 * 1024;
  return std::max<std::size_t>(1, kTileBytes / (frame.bit_slots * kLineBytes + 1)) * kBlockWords;
}

bool is_skipped(const SkipScheme* scheme, std::size_t step) { return scheme != nullptr && scheme->skips[step]; }

// One past the last of the functions over bits of one frame that follow each other from `first` on; `first` where it is none.
std::size_t end_of_algebra(const std::vector<Step>& steps, std::size_t first, const SkipScheme* scheme) {
  const auto* begin = std::get_if<CompiledStep>(&steps[first]);
  std::size_t end = first;
  for (; begin != nullptr && end < steps.size(); ++end) {
    const auto* step = std::get_if<CompiledStep>(&steps[end]);
    if (step == nullptr || !step->is_over_bits || step->frame != begin->frame || is_skipped(scheme, end)) break;
  }
  return end;
}

// Adds the processor's seconds that a step took, where somebody asks.
class StepTimer {
 public:
  explicit StepTimer(std::vector<double>& seconds) : seconds_(seconds) {
    if (!seconds_.empty()) before_ = thread_seconds();
  }
  void add_to(std::size_t step) {
    if (seconds_.empty()) return;
    const double now = thread_seconds();
    seconds_[step] += now - before_;
    before_ = now;
  }

 private:
  static double thread_seconds() {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  std::vector<double>& seconds_;
  double before_ = 0;
};

// What a step that is left out would have written.
void write_settled(Batch& batch, const std::vector<SettledLine>& lines) {
  for (const SettledLine& line : lines) {
    FrameState& frame = batch.frames[line.frame];
    for (std::size_t block = 0; block < frame.blocks(); ++block)
      std::memset(frame.bit_block(line.slot, block), line.is_set ? 0xff : 0, kLineBytes);
  }
}

void run_steps(const Program& program, Batch& batch, Output& output, const SkipScheme* scheme) {
  const Execute execute{batch, output};
  StepTimer timer(output.step_seconds);
  for (std::size_t i = 0; i < program.steps.size() && !batch.is_too_large;) {
    if (is_skipped(scheme, i)) {
      write_settled(batch, scheme->lines[i++]);
      continue;
    }
    const std::size_t end = end_of_algebra(program.steps, i, scheme);
    if (end - i < 2) {
      std::visit(execute, program.steps[i]);
      timer.add_to(i++);
      continue;
    }
    const FrameState& frame = batch.frames[std::get<CompiledStep>(program.steps[i]).frame];
    const std::size_t tile = tile_words(*frame.layout);
    for (std::size_t begin = 0; begin < frame.words(); begin += tile) {
      for (std::size_t step = i; step < end; ++step) {
        execute.call(std::get<CompiledStep>(program.steps[step]), begin, std::min(frame.words(), begin + tile));
        timer.add_to(step);
      }
    }
    i = end;
  }
}

// One batch; false where it is too large.
bool run_batch(const Work& shared, Batch& batch, Output& output, std::size_t at) {
  const std::uint32_t id = shared.cuts[at].scheme;
  const SkipScheme* scheme = id == 0 ? nullptr : &shared.options.schemes->schemes[id];
  if (scheme != nullptr && scheme->is_idle) return true;
  if (!fill_batch(batch, shared.cuts[at].begin, shared.cuts[at + 1].begin, scheme == nullptr ? nullptr : &scheme->frames)) return false;
  run_steps(shared.program, batch, output, scheme);
  return !batch.is_too_large;
}

// One batch, and the report that it is done.
void work_at(Work& shared, Batch& batch, Output& output, bool reports, std::size_t at) {
  if (!run_batch(shared, batch, output, at)) {
    shared.is_too_large = true;
    return;
  }
  const std::size_t done = shared.done += shared.cuts[at + 1].begin - shared.cuts[at].begin;
  if (!reports || !shared.options.progress) return;
  shared.reported = done;
  if (!shared.options.progress(done, shared.cuts.back().begin)) shared.is_stopped = true;
}

void work(Work& shared, Output& output, bool reports) {
  Batch batch = make_batch(shared.program, shared.database, &shared.order);
  while (!shared.is_stopped && !shared.is_too_large) {
    const std::size_t run = shared.next++;
    if (run + 1 >= shared.runs.size()) return;
    for (std::size_t at = shared.runs[run]; at < shared.runs[run + 1] && !shared.is_stopped && !shared.is_too_large; ++at)
      work_at(shared, batch, output, reports, at);
  }
}

// The same; memory that one batch cannot get is a batch that is too large.
void work_or_stop(Work& shared, Output& output, bool reports) {
  try {
    work(shared, output, reports);
  } catch (const std::bad_alloc&) {
    shared.is_too_large = true;
  }
}

}  // namespace

bool fits(const Program& program, const Database& database) {
  if (program.bound_to != nullptr) return program.bound_to == &database;
  for (const ColumnShape& shape : program.shape) {
    const Column& column = column_of(database, program.added, shape.table, shape.column);
    const bool is_same = column.storage == shape.storage && column.valid.empty() != shape.may_be_missing &&
                         column.dictionary == shape.dictionary && (shape.ranks == nullptr || column.ranks == shape.ranks);
    if (!is_same) return false;
  }
  const auto is_in_order = [&](const FrameLayout& frame) {
    return !frame.is_used || !frame.is_in_place || &frame == &program.frames.front() ||
           database.tables[frame.table].links[frame.link].children.empty();
  };
  return std::ranges::all_of(program.frames, is_in_order);
}

std::expected<RunResults, RunFailure> run(const Program& program, const Database& database, const RunOptions& options) {
  assert(program.keeps_members || !options.keep_members);
  RunResults results = empty_results(program, database, options.keep_members);
  const ChildOrder order = order_or_gather(program, database, options);
  const std::vector<BatchCut> cuts = cut_batches(program, database, options.schemes, order);
  Work shared{program, database, options, order, cuts, runs_of(cuts, order, std::max(options.threads, 1U))};
  if (options.progress && !options.progress(0, shared.cuts.back().begin)) return std::unexpected(RunFailure::kStopped);
  const std::size_t batches = shared.cuts.size() - 1;
  const std::size_t count = std::clamp<std::size_t>(options.threads, 1, std::max<std::size_t>(batches, 1));
  std::vector<Output> outputs;
  for (std::size_t i = 0; i < count; ++i) {
    outputs.push_back(make_output(program, results));
    if (options.step_seconds != nullptr) outputs.back().step_seconds.resize(program.steps.size());
  }
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < count; ++i) threads.emplace_back([&shared, &output = outputs[i]] { work_or_stop(shared, output, false); });
    work_or_stop(shared, outputs.front(), true);
  }
  if (shared.is_too_large) return std::unexpected(RunFailure::kTooManyRows);
  // Other threads may have done the last batches, or all.
  const bool is_told = shared.reported == shared.cuts.back().begin;
  if (!shared.is_stopped && !is_told && options.progress && !options.progress(shared.done, shared.cuts.back().begin))
    shared.is_stopped = true;
  if (shared.is_stopped) return std::unexpected(RunFailure::kStopped);
  if (options.step_seconds != nullptr) options.step_seconds->resize(program.steps.size());
  for (const Output& output : outputs) {
    add_counts(program, output, results);
    for (std::size_t i = 0; i < output.step_seconds.size(); ++i) (*options.step_seconds)[i] += output.step_seconds[i];
  }
  return results;
}

}  // namespace segue
