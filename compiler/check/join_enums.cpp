// The enums of two versions, united by the names of their values.
#include "compiler/check/join_enums.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace segue::checker {
namespace {

// Sets of enums of both versions that have to be one: base's stand behind head's.
class EnumClasses {
 public:
  explicit EnumClasses(std::size_t size) : parent_(size) {
    for (std::size_t i = 0; i < size; ++i) parent_[i] = i;
  }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  // The lower one stands for both, so that classes come in head's order.
  void unite(std::size_t a, std::size_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parent_;
};

using ValueLists = std::vector<const EnumType*>;

std::vector<std::string> values_by_appearance(const ValueLists& lists) {
  std::vector<std::string> all;
  for (const EnumType* list : lists) {
    for (const std::string& value : list->values) {
      if (std::ranges::find(all, value) == all.end()) all.push_back(value);
    }
  }
  return all;
}

// All values such that those of each list stand in its order; nothing where lists contradict one another.
std::optional<std::vector<std::string>> values_in_order(const ValueLists& lists) {
  const std::vector<std::string> all = values_by_appearance(lists);
  std::map<std::string, std::vector<std::string>> followers;
  std::map<std::string, std::size_t> before;
  for (const EnumType* list : lists) {
    for (std::size_t i = 1; i < list->values.size(); ++i) {
      followers[list->values[i - 1]].push_back(list->values[i]);
      ++before[list->values[i]];
    }
  }
  std::vector<std::string> ordered;
  std::vector<bool> is_placed(all.size());
  while (ordered.size() < all.size()) {
    std::size_t next = 0;
    while (next < all.size() && (is_placed[next] || before[all[next]] != 0)) ++next;
    if (next == all.size()) return std::nullopt;
    is_placed[next] = true;
    ordered.push_back(all[next]);
    for (const std::string& follower : followers[all[next]]) --before[follower];
  }
  return ordered;
}

EnumType united_type(const ValueLists& lists) {
  EnumType type = *lists.front();
  for (const EnumType* list : lists) type.ordered = type.ordered || list->ordered;
  type.values = values_in_order(lists).value_or(values_by_appearance(lists));
  return type;
}

EnumPlaces places_in(const EnumType& united, EnumTypeId id, const EnumType& own) {
  EnumPlaces places{.id = id, .values = {}};
  for (std::size_t i = 0; i < own.values.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(std::ranges::find(united.values, own.values[i]) - united.values.begin());
    if (!places.values.empty() && places.values.back() > place) places.keeps_order = false;
    if (place != i) places.keeps_indices = false;
    places.values.push_back(place);
  }
  return places;
}

}  // namespace

void unite_enums(const std::vector<EnumType>& base, const std::vector<EnumType>& head, const std::vector<EnumLink>& links,
                 UnitedSchemas& united) {
  EnumClasses classes(head.size() + base.size());
  for (const EnumLink& link : links) classes.unite(link.head, head.size() + link.base);
  const auto type_of = [&](std::size_t i) -> const EnumType& { return i < head.size() ? head[i] : base[i - head.size()]; };
  std::map<std::size_t, ValueLists> lists;
  for (std::size_t i = 0; i < head.size() + base.size(); ++i) lists[classes.find(i)].push_back(&type_of(i));
  std::map<std::size_t, EnumTypeId> ids;
  for (const auto& [representative, members] : lists) {
    ids[representative] = static_cast<EnumTypeId>(united.enums.size());
    united.enums.push_back(united_type(members));
  }
  for (std::size_t i = 0; i < head.size() + base.size(); ++i) {
    const EnumTypeId id = ids[classes.find(i)];
    (i < head.size() ? united.head : united.base).enums.push_back(places_in(united.enums[id], id, type_of(i)));
  }
}

}  // namespace segue::checker
