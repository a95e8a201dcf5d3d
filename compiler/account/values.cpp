// Questions about texts and lists, answered once each and kept.
#include "compiler/account/values.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <numeric>
#include <set>

#include "compiler/plan/text_order.h"
#include "runtime/float_order.h"
#include "stdlib/number.h"

namespace segue {

namespace {

constexpr std::int32_t kNotSeen = -2;
constexpr std::int64_t kNoPlace = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kStep = std::int64_t{1} << 32;  // between places where there is room
constexpr std::int64_t kFarthest = std::int64_t{1} << 62;

std::string folded_if(bool folded, std::string_view text) { return folded ? fold(text) : std::string(text); }

// A number as a text that has its place in the order of texts.
std::string sortable(std::int64_t value) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63);
  std::string text(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) text[i] = static_cast<char>(bits >> (56 - 8 * i));
  return text;
}

std::int64_t canonical(Kind element, std::int64_t bits) {
  return element == Kind::kFloat ? std::bit_cast<std::int64_t>(canonical_float(std::bit_cast<double>(bits))) : bits;
}

// Floats by their bits as integers in the order of the numbers.
std::int64_t ordered(Kind element, std::int64_t bits) { return element == Kind::kFloat ? ordered_float_key(bits) : bits; }

}  // namespace

ValueTests::ValueTests(const Plan& plan) {
  for (const TextPredicate& predicate : plan.text_predicates) {
    TextTest& test = text_tests_.emplace_back(TextTest{predicate, nullptr, {}});
    std::ranges::sort(test.predicate.texts);
    if (predicate.kind != TextTestKind::kMatches) continue;
    auto pattern = Pattern::compile(predicate.texts.front());
    assert(pattern && "the checker has compiled it");
    test.pattern = std::make_shared<const Pattern>(std::move(*pattern));
  }
  for (const ListPredicate& predicate : plan.list_predicates) {
    ListTest& test = list_tests_.emplace_back(ListTest{predicate, {}, {}, {}});
    for (std::size_t i = 0; i < predicate.texts.size(); ++i) test.texts.emplace(predicate.texts[i], static_cast<std::int32_t>(i));
    for (std::size_t i = 0; i < predicate.values.size(); ++i) test.values.emplace(predicate.values[i], static_cast<std::int32_t>(i));
  }
  for (const RankSpace& space : plan.rank_spaces) spaces_.push_back({space, {}, {}, {}});
}

void ValueTests::follow(const ValuePools& pools) {
  if (generation_ == pools.generation) return;
  generation_ = pools.generation, ++renumberings_;
  for (TextTest& test : text_tests_) test.known.clear();
  for (ListTest& test : list_tests_) test.places.clear();
  for (Space& space : spaces_) space.places.clear(), space.by_id.clear(), space.ids.clear();
}

// ── predicates ──

bool ValueTests::looks(const TextTest& test, std::string_view raw) {
  const TextPredicate& predicate = test.predicate;
  if (predicate.kind == TextTestKind::kMatches) return test.pattern->matches(raw);
  std::string buffer;
  std::string_view text = raw;
  if (predicate.folded && !is_folded(raw)) fold_into(raw, buffer), text = buffer;
  const std::string& operand = predicate.texts.front();
  switch (predicate.kind) {
    case TextTestKind::kIn:
      return std::ranges::binary_search(predicate.texts, text, std::less<>{},
                                        [](const std::string& each) { return std::string_view(each); });
    case TextTestKind::kContains: return contains(text, operand);
    case TextTestKind::kStartsWith: return starts_with(text, operand);
    case TextTestKind::kEndsWith: return ends_with(text, operand);
    default: return compares(predicate.kind, compare_text(text, operand));
  }
}

bool ValueTests::holds_text(const ValuePools& pools, std::uint32_t predicate, std::int64_t text) {
  if (text == 0) return false;
  TextTest& test = text_tests_[predicate];
  const auto id = static_cast<std::size_t>(text);
  if (id >= test.known.size()) test.known.resize(std::max(pools.texts.size(), test.known.size() * 2));
  if (test.known[id] == 0) test.known[id] = looks(test, pools.text_at(text)) ? 2 : 1;
  return test.known[id] == 2;
}

std::int32_t ValueTests::place_in(const ValuePools& pools, ListTest& test, Kind element, std::int64_t value) {
  if (!test.predicate.is_text) {
    for (const auto& [wanted, place] : test.values) {
      if (canonical(element, wanted) == canonical(element, value)) return place;
    }
    return -1;
  }
  const auto id = static_cast<std::size_t>(value);
  if (id >= test.places.size()) test.places.resize(std::max(pools.texts.size(), test.places.size() * 2), kNotSeen);
  if (test.places[id] == kNotSeen) {
    const auto found = test.texts.find(folded_if(test.predicate.folded, pools.text_at(value)));
    test.places[id] = found == test.texts.end() ? -1 : found->second;
  }
  return test.places[id];
}

bool ValueTests::holds_list(const ValuePools& pools, std::uint32_t predicate, Kind element, std::int64_t list) {
  if (list == 0) return false;
  ListTest& test = list_tests_[predicate];
  const std::span<const std::int64_t> elements = pools.lists.at(static_cast<std::uint32_t>(list));
  if (test.predicate.kind == ListTestKind::kIsEmpty) return elements.empty();
  const auto wanted = [&](std::int64_t value) { return place_in(pools, test, element, value); };
  if (test.predicate.kind == ListTestKind::kHasAny)
    return std::ranges::any_of(elements, [&](std::int64_t value) { return wanted(value) >= 0; });
  found_.clear();
  for (const std::int64_t value : elements) {
    if (const std::int32_t place = wanted(value); place >= 0) found_.push_back(place);
  }
  std::ranges::sort(found_);
  const auto distinct = static_cast<std::size_t>(std::unique(found_.begin(), found_.end()) - found_.begin());
  return distinct == (test.predicate.is_text ? test.predicate.texts.size() : test.predicate.values.size());
}

// ── places ──

ValueTests::Key ValueTests::key_of(const ValuePools& pools, const RankSpace& space, const Type& type, std::int64_t id) {
  if (type.kind != Kind::kList) {
    const std::string_view text = pools.text_at(id);
    return {{folded_if(space.folded, text)}, space.is_unique ? std::vector{std::string(text)} : std::vector<std::string>{}};
  }
  std::set<std::string> by_value;
  std::multiset<std::pair<std::string, std::string>> exact;
  for (const std::int64_t element : pools.lists.at(static_cast<std::uint32_t>(id))) {
    const bool is_text = type.element == Kind::kText;
    std::string raw = is_text ? std::string(pools.text_at(element)) : sortable(ordered(type.element, element));
    std::string value = is_text ? folded_if(space.folded, raw) : sortable(ordered(type.element, canonical(type.element, element)));
    if (space.is_unique) exact.emplace(is_text ? value : raw, std::move(raw));
    by_value.insert(std::move(value));
  }
  Key key{{by_value.begin(), by_value.end()}, {}};
  for (const auto& [value, raw] : exact) key.second.push_back(value), key.second.push_back(raw);
  return key;
}

std::int64_t ValueTests::place(ValuePools& pools, std::uint32_t index, const Type& type, std::int64_t id) {
  if (id == 0) return 0;
  Space& space = spaces_[index];
  const auto at = static_cast<std::size_t>(id);
  if (at >= space.by_id.size())
    space.by_id.resize(std::max({type.kind == Kind::kList ? pools.lists.size() : pools.texts.size(), at + 1, space.by_id.size() * 2}),
                       kNoPlace);
  if (space.by_id[at] != kNoPlace) return space.by_id[at];
  Key key = key_of(pools, space.space, type, id);
  const auto found = space.places.find(key);
  const std::int64_t place = found != space.places.end() ? found->second : insert(space, std::move(key));
  space.by_id.resize(std::max(space.by_id.size(), at + 1), kNoPlace);
  space.by_id[at] = place;
  space.ids.emplace(place, id);
  return place;
}

std::int64_t ValueTests::at_place(std::uint32_t space, std::int64_t place) const {
  const auto found = spaces_[space].ids.find(place);
  return found == spaces_[space].ids.end() ? 0 : found->second;
}

// Between its neighbours; where they leave no room, all places are given anew.
std::int64_t ValueTests::insert(Space& space, Key key) {
  const auto next = space.places.lower_bound(key);
  const bool is_first = next == space.places.begin(), is_last = next == space.places.end();
  std::int64_t place = 0;
  if (is_first && is_last) place = 0;
  else if (is_first) place = next->second - kStep;
  else if (is_last) place = std::prev(next)->second + kStep;
  else place = std::midpoint(std::prev(next)->second, next->second);
  const bool has_room =
      place > -kFarthest && place < kFarthest && (is_first || place > std::prev(next)->second) && (is_last || place < next->second);
  const auto made = space.places.emplace_hint(next, std::move(key), place);
  if (!has_room) renumber(space);
  return made->second;
}

void ValueTests::renumber(Space& space) {
  const std::int64_t step = std::min(kStep, kFarthest / static_cast<std::int64_t>(space.places.size() + 1));
  std::int64_t place = 0;
  for (auto& [key, at] : space.places) at = place += step;
  space.by_id.clear(), space.ids.clear();
  ++renumberings_;
}

}  // namespace segue
