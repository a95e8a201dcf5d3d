// The rows of each frame in a batch: children of neighbours in place, others gathered once for all that reads them.
#include "runtime/frames.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace segue {

namespace {

constexpr std::size_t kMaxFrameRows = std::size_t{1} << 31;

std::size_t rounded_up(std::size_t rows) { return (rows + kBlockRows - 1) / kBlockRows * kBlockRows; }

// ── which rows ──

void place_account(FrameState& frame, std::size_t begin, std::size_t end) {
  frame.base = begin;
  frame.lead = 0;
  frame.rows = end - begin;
}

void place_children(FrameState& frame, const FrameState& outer, const Link& link) {
  const std::uint64_t* offsets = link.offsets.data() + outer.base;
  const std::size_t first = offsets[outer.lead], last = offsets[outer.rows];
  frame.base = first / 64 * 64;
  frame.lead = first - frame.base;
  frame.rows = last - frame.base;
  if (first == last) frame.rows = frame.lead;
  frame.offsets.assign(outer.rows + 1, static_cast<std::uint32_t>(frame.lead));
  for (std::size_t i = outer.lead; i <= outer.rows; ++i) frame.offsets[i] = static_cast<std::uint32_t>(offsets[i] - frame.base);
}

// The position in the anchor of each position of `outer`, which lies inside it.
std::vector<std::uint32_t> owners(const Batch& batch, const FrameState& outer, std::uint32_t outer_id, std::uint32_t anchor_id) {
  std::vector<std::uint32_t> result(outer.rows);
  for (std::size_t i = 0; i < outer.rows; ++i) result[i] = static_cast<std::uint32_t>(i);
  for (std::uint32_t id = outer_id; id != anchor_id;) {
    const FrameState& frame = batch.frames[id];
    const std::uint32_t next = frame.layout->outer;
    std::vector<std::uint32_t> owner(frame.rows);
    for (std::size_t i = batch.frames[next].lead; i < batch.frames[next].rows; ++i) {
      for (std::size_t at = frame.offsets[i]; at < frame.offsets[i + 1]; ++at) owner[at] = static_cast<std::uint32_t>(i);
    }
    for (std::size_t i = outer.lead; i < outer.rows; ++i) result[i] = owner[result[i]];
    id = next;
  }
  return result;
}

// `kept`: the bits of the outer rows that count; null where all do.
bool gather_children(const Batch& batch, FrameState& frame, const FrameState& outer, const Link& link, const std::uint64_t* kept) {
  const FrameLayout& layout = *frame.layout;
  const bool is_direct = layout.outer == layout.anchor;
  const FrameState& anchor = batch.frames[layout.anchor];
  const std::vector<std::uint32_t> owner = is_direct ? std::vector<std::uint32_t>{} : owners(batch, outer, layout.outer, layout.anchor);
  frame.row_ids.clear();
  frame.offsets.assign(outer.rows + 1, 0);
  for (std::size_t i = outer.lead; i < outer.rows; ++i) {
    frame.offsets[i + 1] = static_cast<std::uint32_t>(frame.row_ids.size());
    if (kept != nullptr && ((kept[i / 64] >> (i % 64)) & 1) == 0) continue;
    const RowId parent = is_direct ? outer.row(i) : anchor.row(owner[i]);
    if (frame.row_ids.size() + (link.offsets[parent + 1] - link.offsets[parent]) > kMaxFrameRows) return false;
    for (std::size_t child = link.offsets[parent]; child < link.offsets[parent + 1]; ++child) frame.row_ids.push_back(link.child(child));
    frame.offsets[i + 1] = static_cast<std::uint32_t>(frame.row_ids.size());
  }
  frame.lead = 0;
  frame.rows = frame.row_ids.size();
  frame.ids = frame.row_ids.data();
  return true;
}

// ── what is read of them ──

template <typename T>
void gather_data(const FrameState& frame, const void* data, AlignedBytes& out) {
  out.resize((rounded_up(frame.rows) + 64) * sizeof(T));
  T* to = reinterpret_cast<T*>(out.data());
  const T* from = static_cast<const T*>(data);
  for (std::size_t i = 0; i < frame.rows; ++i) to[i] = from[frame.row_ids[i]];
  std::fill(to + frame.rows, to + frame.words() * 64, T{});
}

void gather_bits(const FrameState& frame, const Bitmap& bits, AlignedBytes& out) {
  out.assign((rounded_up(frame.rows) / 64 + 8) * sizeof(std::uint64_t), std::byte{0});
  auto* to = reinterpret_cast<std::uint64_t*>(out.data());
  for (std::size_t i = 0; i < frame.rows; ++i) to[i / 64] |= std::uint64_t{bits.test(frame.row_ids[i])} << (i % 64);
}

const void* gathered_input(FrameState& frame, const Column& column, const ColumnInput& input, AlignedBytes& out) {
  if (input.part == ColumnPart::kBits || input.part == ColumnPart::kValid) {
    gather_bits(frame, input.part == ColumnPart::kBits ? column.bits : column.valid, out);
    return out.data();
  }
  const std::byte* data = input.part == ColumnPart::kRanks ? column.ranks->data.data() : column.data.data();
  switch (bytes_of(input.storage)) {
    case 1: gather_data<std::int8_t>(frame, data, out); break;
    case 2: gather_data<std::int16_t>(frame, data, out); break;
    case 4: gather_data<std::int32_t>(frame, data, out); break;
    default: gather_data<std::int64_t>(frame, data, out); break;
  }
  return out.data();
}

const void* input_in_place(const FrameState& frame, const Column& column, const ColumnInput& input) {
  switch (input.part) {
    case ColumnPart::kValid: return column.valid.words() + frame.base / 64;
    case ColumnPart::kBits: return column.bits.words() + frame.base / 64;
    case ColumnPart::kData: return column.data.data() + frame.base * bytes_of(input.storage);
    case ColumnPart::kRanks: return column.ranks->data.data() + frame.base * bytes_of(input.storage);
  }
  return nullptr;
}

// The bits of positions that are rows.
void mark_rows(FrameState& frame) {
  for (std::size_t block = 0; block < frame.blocks(); ++block) {
    std::uint64_t* words = frame.bit_block(frame.layout->live_slot, block);
    for (std::size_t i = 0; i < kBlockWords; ++i) {
      const std::size_t first = block * kBlockRows + i * 64, count = first >= frame.rows ? 0 : frame.rows - first;
      words[i] = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    }
  }
}

std::size_t id_of(const Batch& batch, const FrameState& frame) { return static_cast<std::size_t>(&frame - batch.frames.data()); }

// Where an input lies: in the table, among the rows of a bucket, or gathered.
const void* input_of(const Batch& batch, FrameState& frame, std::size_t index) {
  const ColumnInput& input = frame.layout->inputs[index];
  if (frame.is_placed) {
    const std::size_t id = id_of(batch, frame), table = batch.order->table_of[id];
    return placed_input(batch.order->tables[table], batch.placed[table], batch.order->field_of[id][index], frame.base);
  }
  const Column& column = column_of(batch.database, batch.program.added, frame.layout->table, input.column);
  return frame.is_in_place ? input_in_place(frame, column, input) : gathered_input(frame, column, input, frame.gathered[index]);
}

void attach(const Batch& batch, FrameState& frame) {
  const FrameLayout& layout = *frame.layout;
  const std::size_t needed = rounded_up(frame.rows);
  if (frame.bits.size() < needed / 64 * layout.bit_slots) frame.bits.resize(needed / 64 * layout.bit_slots);
  if (frame.capacity < needed) {
    frame.capacity = needed;
    frame.values.assign(needed * layout.value_slots, 0);
  }
  for (std::size_t i = 0; i < layout.inputs.size(); ++i) {
    frame.pointers[i] = input_of(batch, frame, i);
  }
  frame.is_widened.assign(layout.inputs.size(), false);
  if (layout.live_slot != kNoSlot) mark_rows(frame);
  for (std::uint32_t slot = 0; slot < layout.value_slots; ++slot) frame.pointers[layout.inputs.size() + slot] = frame.value_slot(slot);
}

// Rows in no order, which lie in that of their accounts among those of their bucket.
void place_ordered(Batch& batch, FrameState& frame, const Link& link) {
  const FrameState& account = batch.frames.front();
  const std::uint32_t table = batch.order->table_of[id_of(batch, frame)];
  place_bucket(*batch.order, table, link, account.base >> batch.order->shift, batch.placed[table]);
  place_children(frame, account, link);
  frame.ids = link.children.data() + frame.base;
}

// Puts the rows of one frame in place, those of its outer frame being there; `kept` as in gather_children.
bool fill_frame(Batch& batch, FrameState& frame, const std::uint64_t* kept) {
  const Link& link = frame.table->links[frame.layout->link];
  const FrameState& outer = batch.frames[frame.layout->outer];
  frame.is_in_place = frame.layout->is_in_place && outer.is_in_place && kept == nullptr;
  frame.is_placed = kept == nullptr && batch.order != nullptr && batch.order->is_ordered(id_of(batch, frame));
  if (frame.is_in_place) place_children(frame, outer, link);
  else if (frame.is_placed) place_ordered(batch, frame, link);
  else if (!gather_children(batch, frame, outer, link, kept)) return false;
  if (frame.rows > kMaxFrameRows) return false;
  attach(batch, frame);
  return true;
}

// Whether the rows of the kept accounts are few enough to be copied: where they lie in place, copies have to pay for themselves.
bool narrowing_pays(const Batch& batch, const FrameState& frame, const std::uint64_t* kept) {
  constexpr std::uint64_t kLeastShare = 2;
  const FrameState& account = batch.frames.front();
  const std::uint64_t* offsets = frame.table->links[frame.layout->link].offsets.data() + account.base;
  if (!frame.layout->is_in_place) return true;
  std::uint64_t rows = 0;
  for (std::size_t word = 0; word < account.words(); ++word) {
    for (std::uint64_t bits = kept[word]; bits != 0; bits &= bits - 1) {
      const std::size_t i = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      rows += offsets[i + 1] - offsets[i];
    }
  }
  return rows * kLeastShare < offsets[account.rows] - offsets[0];
}

void compose_span(Batch& batch, std::uint32_t span) {
  const RowSpan& frames = batch.program.spans[span];
  if (batch.frames[frames.rows].layout->outer == frames.to) return;
  std::vector<std::uint32_t> chain;
  for (std::uint32_t id = frames.rows; id != frames.to; id = batch.frames[id].layout->outer) chain.push_back(id);
  std::vector<std::uint32_t>& offsets = batch.spans[span];
  offsets = batch.frames[chain.back()].offsets;
  chain.pop_back();
  for (; !chain.empty(); chain.pop_back()) {
    for (std::uint32_t& offset : offsets) offset = batch.frames[chain.back()].offsets[offset];
  }
}

template <typename T>
const std::int64_t* widen(const void* from, std::size_t begin, std::size_t rows, std::int64_t* buffer) {
  const T* values = static_cast<const T*>(from) + begin;
  std::copy_n(values, rows, buffer);
  return buffer;
}

const std::int64_t* row_numbers(const FrameState& frame, std::size_t begin, std::size_t rows, std::int64_t* buffer) {
  for (std::size_t i = 0; i < rows; ++i) buffer[i] = begin + i < frame.rows ? frame.row(begin + i) : 0;
  return buffer;
}

}  // namespace

Batch make_batch(const Program& program, const Database& database, const ChildOrder* order) {
  Batch batch{.program = program,
              .database = database,
              .order = order,
              .placed = {},
              .frames = {},
              .spans = {},
              .scratch_filter = {},
              .scratch_bits = {},
              .scratch_values = {},
              .is_too_large = false};
  batch.frames.resize(program.frames.size());
  batch.spans.resize(program.spans.size());
  if (order != nullptr) batch.placed.resize(order->tables.size());
  for (std::size_t i = 0; i < program.frames.size(); ++i) {
    FrameState& frame = batch.frames[i];
    frame.layout = &program.frames[i];
    frame.table = &database.tables[frame.layout->table];
    frame.is_in_place = frame.layout->is_in_place;
    frame.gathered.resize(frame.layout->inputs.size());
    frame.widened.resize(frame.layout->inputs.size());
    frame.pointers.resize(frame.layout->inputs.size() + frame.layout->value_slots);
  }
  return batch;
}

bool fill_batch(Batch& batch, std::size_t begin, std::size_t end, const std::vector<bool>* needed) {
  place_account(batch.frames.front(), begin, end);
  attach(batch, batch.frames.front());
  const auto is_left_out = [&](std::size_t id) { return batch.frames[id].layout->is_narrowed || (needed != nullptr && !(*needed)[id]); };
  for (std::size_t id = 1; id < batch.frames.size(); ++id) {
    if (batch.frames[id].layout->is_used && !is_left_out(id) && !fill_frame(batch, batch.frames[id], nullptr)) return false;
  }
  for (std::uint32_t span = 0; span < batch.program.spans.size(); ++span) {
    if (!is_left_out(batch.program.spans[span].rows)) compose_span(batch, span);
  }
  return true;
}

bool fill_narrowed(Batch& batch, std::span<const std::uint32_t> frames, const std::uint64_t* kept) {
  const bool pays = narrowing_pays(batch, batch.frames[frames.front()], kept);
  for (const std::uint32_t id : frames) {
    if (!fill_frame(batch, batch.frames[id], pays && id == frames.front() ? kept : nullptr)) return false;
  }
  for (std::uint32_t span = 0; span < batch.program.spans.size(); ++span) {
    if (std::ranges::find(frames, batch.program.spans[span].rows) != frames.end()) compose_span(batch, span);
  }
  return true;
}

const std::int64_t* load_values(const Batch& batch, const FrameState& frame, const ValueRef& value, std::size_t begin, std::size_t rows,
                                std::int64_t* buffer) {
  switch (value.source) {
    case ValueSource::kConstant: return batch.program.constants.data() + value.index * kBlockRows;
    case ValueSource::kRows: return row_numbers(frame, begin, rows, buffer);
    case ValueSource::kSlot: return frame.values.data() + value.index * frame.capacity + begin;
    case ValueSource::kColumn: break;
  }
  const void* from = frame.pointers[value.index];
  switch (bytes_of(value.storage)) {
    case 1: return widen<std::int8_t>(from, begin, rows, buffer);
    case 2: return widen<std::int16_t>(from, begin, rows, buffer);
    case 4: return widen<std::int32_t>(from, begin, rows, buffer);
    default: return static_cast<const std::int64_t*>(from) + begin;
  }
}

const std::uint64_t* load_bits(FrameState& frame, BitRef bit, std::size_t block, std::uint64_t* buffer) {
  if (bit.slot == kNoSlot) {
    std::fill(buffer, buffer + kBlockWords, bit.is_inverted ? ~std::uint64_t{0} : 0);
    return buffer;
  }
  const std::uint64_t* words = frame.bit_block(bit.slot, block);
  if (!bit.is_inverted) return words;
  for (std::size_t i = 0; i < kBlockWords; ++i) buffer[i] = ~words[i];
  return buffer;
}

void copy_bits(FrameState& frame, BitRef bit, std::vector<std::uint64_t>& out) {
  out.resize((frame.blocks() + 1) * kBlockWords);
  for (std::size_t block = 0; block < frame.blocks(); ++block) {
    std::uint64_t* to = out.data() + block * kBlockWords;
    const std::uint64_t* words = load_bits(frame, bit, block, to);
    if (words != to) std::memcpy(to, words, kBlockWords * sizeof(std::uint64_t));
  }
}

void store_bits(FrameState& frame, std::uint32_t slot, const std::vector<std::uint64_t>& words) {
  for (std::size_t block = 0; block < frame.blocks(); ++block) {
    std::memcpy(frame.bit_block(slot, block), words.data() + block * kBlockWords, kBlockWords * sizeof(std::uint64_t));
  }
}

}  // namespace segue
