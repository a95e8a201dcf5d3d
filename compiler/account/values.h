// This file's external interface is ValuePools, texts and lists as small numbers, and ValueTests, what a plan asks about them: each text is looked at once
// a question, whenever it first turns up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"
#include "stdlib/text.h"

namespace segue {

// Sequences of items, each once, numbered from 1; 0 stands for nothing. What `at` gives lives until the next `id_of`.
template <typename T>
class Pool {
 public:
  Pool() { clear(); }

  std::uint32_t id_of(std::span<const T> items) {
    const auto bytes = std::as_bytes(items);
    const std::size_t hash = std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t id = slots_[at];
      if (id == 0) return append(items, hash, at);
      if (hashes_[id] == hash && std::ranges::equal(this->at(id), items)) return id;
    }
  }
  [[nodiscard]] std::span<const T> at(std::uint32_t id) const {
    const std::size_t begin = id == 0 ? 0 : ends_[id - 1];
    return std::span(items_).subspan(begin, ends_[id] - begin);
  }
  // Ids given, and the one for nothing.
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::size_t bytes() const { return items_.size() * sizeof(T) + ends_.size() * 24; }
  void clear() {
    items_.clear();
    ends_.assign(1, 0);
    hashes_.assign(1, 0);
    slots_.assign(1024, 0);
  }

 private:
  std::uint32_t append(std::span<const T> items, std::size_t hash, std::size_t slot) {
    const auto id = static_cast<std::uint32_t>(ends_.size());
    items_.insert(items_.end(), items.begin(), items.end());
    ends_.push_back(items_.size());
    hashes_.push_back(hash);
    slots_[slot] = id;
    if (ends_.size() * 2 > slots_.size()) grow();
    return id;
  }
  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::uint32_t id = 1; id < ends_.size(); ++id) {
      std::size_t at = hashes_[id] & (slots_.size() - 1);
      while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = id;
    }
  }

  std::vector<T> items_;
  std::vector<std::size_t> ends_, hashes_;  // by id
  std::vector<std::uint32_t> slots_;        // a power of two
};

// What cells hold in place of texts and lists. The elements of a list ascend; texts among them are ids, floats their bits.
struct ValuePools {
  Pool<char> texts;
  Pool<std::int64_t> lists;
  std::uint64_t generation = 0;  // counts the resets, after which no id means what it meant

  std::int64_t text(std::string_view text) { return texts.id_of({text.data(), text.size()}); }
  [[nodiscard]] std::string_view text_at(std::int64_t id) const {
    const auto items = texts.at(static_cast<std::uint32_t>(id));
    return {items.data(), items.size()};
  }
  [[nodiscard]] std::size_t bytes() const { return texts.bytes() + lists.bytes(); }
  void clear() {
    texts.clear(), lists.clear();
    ++generation;
  }
};

// The text and list predicates and the rank spaces of one plan. Copies are independent. Every call names the pools that the ids are of: always the same ones.
class ValueTests {
 public:
  explicit ValueTests(const Plan& plan);

  [[nodiscard]] bool holds_text(const ValuePools& pools, std::uint32_t predicate, std::int64_t text);
  [[nodiscard]] bool holds_list(const ValuePools& pools, std::uint32_t predicate, Kind element, std::int64_t list);
  // A number in whose order texts, or lists of `element`, stand in the space; equal where they are equal there.
  [[nodiscard]] std::int64_t place(ValuePools& pools, std::uint32_t space, const Type& type, std::int64_t id);
  // The text or list of a place.
  [[nodiscard]] std::int64_t at_place(std::uint32_t space, std::int64_t place) const;
  // How often places have been given anew: those of earlier are then good for nothing.
  [[nodiscard]] std::uint64_t renumberings() const { return renumberings_; }
  // Forgets what it knows of ids, once the pools are cleared.
  void follow(const ValuePools& pools);

 private:
  // First what compares, then what tells equal ones apart where they must be.
  using Key = std::pair<std::vector<std::string>, std::vector<std::string>>;
  struct TextTest {
    TextPredicate predicate;
    std::shared_ptr<const Pattern> pattern;
    std::vector<std::uint8_t> known;  // by id: 0 not looked at, 1 false, 2 true
  };
  struct ListTest {
    ListPredicate predicate;
    std::map<std::string, std::int32_t, std::less<>> texts;
    std::map<std::int64_t, std::int32_t> values;
    std::vector<std::int32_t> places;  // of texts, by id: kNotSeen, -1 for one that is not wanted
  };
  struct Space {
    RankSpace space;
    std::map<Key, std::int64_t> places;
    std::vector<std::int64_t> by_id;  // kNoPlace where not looked at
    std::unordered_map<std::int64_t, std::int64_t> ids;
  };

  static bool looks(const TextTest& test, std::string_view text);
  static std::int32_t place_in(const ValuePools& pools, ListTest& test, Kind element, std::int64_t value);
  static Key key_of(const ValuePools& pools, const RankSpace& space, const Type& type, std::int64_t id);
  std::int64_t insert(Space& space, Key key);
  void renumber(Space& space);

  std::vector<TextTest> text_tests_;
  std::vector<ListTest> list_tests_;
  std::vector<Space> spaces_;
  std::vector<std::int32_t> found_;
  std::uint64_t generation_ = 0, renumberings_ = 0;
};

}  // namespace segue
