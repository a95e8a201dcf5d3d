// Comparing two answers slot by slot.
#include "bindings/cpp/diff/mover_sides.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

#include "bindings/cpp/answered.h"
#include "stdlib/exact_sum.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

constexpr std::size_t kFirstMovers = 10;
constexpr std::size_t kHistogramSteps = 10;

bool is_set_kind(ResultKind kind) { return kind == ResultKind::kSegment || kind == ResultKind::kAudience; }

template <typename Each>
void for_each_slot(const Bitmap& bits, const Each& each) {
  for (std::size_t word = 0; word < bits.word_count(); ++word) {
    for (std::uint64_t rest = bits.words()[word]; rest != 0; rest &= rest - 1)
      each(word * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
  }
}

bool has_member(const std::optional<SideAnswer>& side, std::size_t slot) { return side && side->members->test(slot); }

void find_set_movers(ComparedAnswers& answers, DefinitionMovement& movement) {
  const Slots& slots = *answers.slots;
  Bitmap differs(slots.count);
  const std::uint64_t* base = answers.base ? answers.base->members->words() : nullptr;
  const std::uint64_t* head = answers.head ? answers.head->members->words() : nullptr;
  for (std::size_t word = 0; word < differs.word_count(); ++word)
    differs.words()[word] = (base != nullptr ? base[word] : 0) ^ (head != nullptr ? head[word] : 0);
  for_each_slot(differs, [&](std::size_t slot) {
    if (!slots.is_left_out(slot)) answers.moved.push_back(static_cast<std::uint32_t>(slot));
    else ++(has_member(answers.head, slot) ? movement.entered_suppressed : movement.left_suppressed);
  });
}

// Codes of one version as those of the values of both.
struct SharedValues {
  std::vector<std::string> names;
  std::vector<std::int32_t> of_base, of_head;

  [[nodiscard]] std::int32_t base(std::int32_t code) const { return code < 0 ? -1 : of_base[static_cast<std::size_t>(code)]; }
  [[nodiscard]] std::int32_t head(std::int32_t code) const { return code < 0 ? -1 : of_head[static_cast<std::size_t>(code)]; }
};

SharedValues shared_values(const ComparedAnswers& answers) {
  SharedValues shared;
  std::map<std::string, std::int32_t> places;
  const auto add = [&](const std::optional<SideAnswer>& side, std::vector<std::int32_t>& of_side) {
    if (!side) return;
    for (const std::string& name : side->values) {
      const auto [found, is_new] = places.emplace(name, static_cast<std::int32_t>(shared.names.size()));
      if (is_new) shared.names.push_back(name);
      of_side.push_back(found->second);
    }
  };
  add(answers.base, shared.of_base);
  add(answers.head, shared.of_head);
  return shared;
}

std::int32_t code_at(const std::optional<SideAnswer>& side, std::size_t slot) { return side ? side->codes[slot] : -1; }

void find_value_movers(ComparedAnswers& answers, DefinitionMovement& movement) {
  const SharedValues shared = shared_values(answers);
  const Slots& slots = *answers.slots;
  const std::size_t count = shared.names.size() + 1;
  std::vector<std::uint64_t> sizes(count * count);
  for (std::size_t slot = 0; slot < slots.count; ++slot) {
    if (slots.is_left_out(slot)) continue;
    const std::int32_t from = shared.base(code_at(answers.base, slot));
    const std::int32_t to = shared.head(code_at(answers.head, slot));
    if (from != to) answers.moved.push_back(static_cast<std::uint32_t>(slot));
    ++sizes[(from < 0 ? count - 1 : static_cast<std::size_t>(from)) * count + (to < 0 ? count - 1 : static_cast<std::size_t>(to))];
  }
  const auto name = [&](std::size_t place) { return place + 1 == count ? std::nullopt : std::optional(shared.names[place]); };
  for (std::size_t from = 0; from < count; ++from) {
    for (std::size_t to = 0; to < count; ++to) {
      if (sizes[from * count + to] != 0) movement.matrix.push_back({name(from), name(to), sizes[from * count + to]});
    }
  }
}

bool is_in_both(const Slots& slots, std::size_t slot) {
  return (slots.in_base == nullptr || slots.in_base->test(slot)) && (slots.in_head == nullptr || slots.in_head->test(slot));
}

void fill_histogram(ScoreChange& change, const std::vector<double>& changes) {
  change.low = change.min;
  change.high = change.max;
  if (!std::isfinite(change.high - change.low) || change.high == change.low) return;
  change.histogram.assign(kHistogramSteps, 0);
  const double step = (change.high - change.low) / static_cast<double>(kHistogramSteps);
  for (const double each : changes) {
    if (each == 0) continue;
    const auto place = static_cast<std::size_t>((each - change.low) / step);
    ++change.histogram[std::min(place, kHistogramSteps - 1)];
  }
}

void find_score_movers(ComparedAnswers& answers, DefinitionMovement& movement) {
  if (!answers.base || !answers.head) return;
  const Slots& slots = *answers.slots;
  ScoreChange change;
  std::vector<double> changes;
  ExactSum sum;
  for (std::size_t slot = 0; slot < slots.count; ++slot) {
    if (slots.is_left_out(slot) || !is_in_both(slots, slot)) continue;
    const double from = answers.base->scores[slot], to = answers.head->scores[slot];
    const double by = from == to ? 0.0 : to - from;
    changes.push_back(by);
    sum.add(by);
    ++(to > from ? change.rose : to < from ? change.fell : change.same);
    if (from != to) answers.moved.push_back(static_cast<std::uint32_t>(slot));
  }
  if (changes.empty()) return;
  const auto [least, greatest] = std::ranges::minmax(changes);
  change.min = least;
  change.max = greatest;
  change.mean = sum.average(static_cast<std::int64_t>(changes.size())).value;
  fill_histogram(change, changes);
  const auto middle = changes.begin() + static_cast<std::ptrdiff_t>((changes.size() - 1) / 2);
  std::ranges::nth_element(changes, middle);
  change.median = *middle;
  movement.score = std::move(change);
}

void fill_first(const ComparedAnswers& answers, DefinitionMovement& movement) {
  std::size_t entered = 0, left = 0;
  for (const std::uint32_t slot : answers.moved) {
    if (!is_set_kind(answers.kind)) {
      if (movement.first.size() == kFirstMovers) return;
      movement.first.push_back(moved_account(answers, slot));
      continue;
    }
    std::size_t& count = has_member(answers.head, slot) ? entered : left;
    if (count++ < kFirstMovers) movement.first.push_back(moved_account(answers, slot));
  }
  movement.entered = entered;
  movement.left = left;
}

}  // namespace

std::string SlotTable::account(RowId row) const {
  const RowId account = account_of.empty() ? row : account_of[row];
  return account == kNoRow ? std::string() : cell_text(*project, key_column(*project, *database), account);
}

std::string SlotTable::row(RowId row) const {
  const std::optional<ColumnId> key = project->schema().tables[table].key;
  if (table == kAccountTable || !key) return {};
  return cell_text(*project, database->tables[table].columns[*key], row);
}

std::string value_at(const SideAnswer& answer, std::size_t slot) {
  return answer.codes[slot] < 0 ? std::string() : answer.values[static_cast<std::size_t>(answer.codes[slot])];
}

MovedAccount moved_account(const ComparedAnswers& answers, std::size_t slot) {
  MovedAccount out{
      .account = answers.slots->account(slot), .row = answers.slots->row(slot), .change = MoveChange::kMoved, .from = {}, .to = {}};
  if (is_set_kind(answers.kind)) {
    out.change = has_member(answers.head, slot) ? MoveChange::kEntered : MoveChange::kLeft;
  } else if (answers.kind == ResultKind::kScore) {
    out.change = answers.head->scores[slot] > answers.base->scores[slot] ? MoveChange::kRose : MoveChange::kFell;
    out.from = print_float(answers.base->scores[slot]);
    out.to = print_float(answers.head->scores[slot]);
  } else {
    if (answers.base) out.from = value_at(*answers.base, slot);
    if (answers.head) out.to = value_at(*answers.head, slot);
  }
  return out;
}

DefinitionMovement movement_between(ComparedAnswers& answers) {
  DefinitionMovement movement;
  if (answers.base) movement.before = answers.base->outcome;
  if (answers.head) movement.after = answers.head->outcome;
  movement.lacking = answers.lacking;
  if (!answers.slots || answers.is_equal) return movement;
  if (is_set_kind(answers.kind)) find_set_movers(answers, movement);
  else if (answers.kind == ResultKind::kScore) find_score_movers(answers, movement);
  else find_value_movers(answers, movement);
  movement.moved = answers.moved.size();
  fill_first(answers, movement);
  return movement;
}

std::string_view move_change_word(MoveChange change) {
  switch (change) {
    case MoveChange::kEntered: return "entered";
    case MoveChange::kLeft: return "left";
    case MoveChange::kMoved: return "moved";
    case MoveChange::kRose: return "rose";
    case MoveChange::kFell: return "fell";
  }
  return "";
}

}  // namespace segue
