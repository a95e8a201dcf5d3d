// Facts of files as facts of columns.
#include "runtime/io/chosen_slots.h"

#include <algorithm>
#include <utility>

namespace segue::io {
namespace {

// Whether leaving the slot unread changes nothing but the answers of conditions on it.
bool is_free(const ReadPlan& plan, std::uint32_t id, const GroupFacts& facts) {
  const Slot& slot = plan.slots[id];
  return slot.column && !slot.is_key && !slot.is_known_at && !slot.is_join && !slot.is_list() && slot.has_integers() && !facts.may_be_bad &&
         std::ranges::find(plan.slot_of_parent, id) == plan.slot_of_parent.end();
}

}  // namespace

ChosenSlots chosen_slots(const ReadPlan& plan, std::uint32_t table, const std::vector<GroupFacts>& facts, ChunkVisitor& visitor) {
  ChosenSlots chosen{.wanted = std::vector<bool>(facts.size(), true)};
  std::vector<StatedColumn> stated;
  std::vector<std::size_t> slots;
  for (std::uint32_t i = 0; i < facts.size(); ++i) {
    if (!is_free(plan, i, facts[i]) || (facts[i].may_be_known && !facts[i].integers)) continue;
    stated.push_back({table, *plan.slots[i].column, facts[i].may_be_missing, facts[i].may_be_known,
                      facts[i].integers.value_or(std::pair<std::int64_t, std::int64_t>{0, 0})});
    slots.push_back(i);
  }
  if (stated.empty()) return chosen;
  // By column, as a visitor expects them.
  std::vector<std::size_t> order(stated.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return stated[i].column; });
  std::vector<StatedColumn> sorted;
  for (const std::size_t i : order) sorted.push_back(stated[i]);
  const std::vector<bool> needed = visitor.needed(sorted);
  for (std::size_t i = 0; i < order.size(); ++i) chosen.wanted[slots[order[i]]] = needed[i];
  chosen.needs_rows = table == 0 || visitor.needs_rows(table, sorted);
  return chosen;
}

}  // namespace segue::io
