// This file's external interface is how distinct texts get their codes: LocalTexts within a piece of a table, DictionaryBuilder over
// all pieces of a column. Both are open-addressing hash tables with linear probing.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/table.h"

namespace segue::io {

// A hash of bytes, for tables in memory only: multiply and fold 128-bit products, after Wang Yi's wyhash.
inline std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t kFirst = 0xa076'1d64'78bd'642f, kSecond = 0xe703'7ed1'a0b4'28db;
  std::uint64_t hash = text.size() * kFirst;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    hash = hash_mix(hash ^ word, kSecond);
  }
  std::uint64_t tail = 0;
  if (left != 0) std::memcpy(&tail, at, left);
  return hash_mix(hash ^ tail, kFirst ^ kSecond);
}

inline std::uint64_t hash_int(std::int64_t value) {
  return hash_mix(static_cast<std::uint64_t>(value) ^ 0xa076'1d64'78bd'642f, 0xe703'7ed1'a0b4'28db);
}

// Slots of a hash table: a code, and the upper half of its hash so that most collisions are seen without a look at the text.
class HashSlots {
 public:
  struct Slot {
    std::uint32_t tag = 0;
    std::int32_t code = -1;
  };

  // The code for which `equal(code)` holds, or -1 after making room for `next_code`.
  template <typename Equal>
  std::int32_t find_or_insert(std::uint64_t hash, std::int32_t next_code, Equal equal) {
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
      Slot& slot = slots_[i];
      if (slot.code < 0) {
        slot = {tag, next_code};
        ++used_;
        return -1;
      }
      if (slot.tag == tag && equal(slot.code)) return slot.code;
    }
  }
  template <typename Equal>
  [[nodiscard]] std::int32_t find(std::uint64_t hash, Equal equal) const {
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.code < 0) return -1;
      if (slot.tag == tag && equal(slot.code)) return slot.code;
    }
  }
  [[nodiscard]] bool is_full() const { return used_ * 2 >= slots_.size(); }
  // Makes room for `count` entries; `hash_of(code)` gives the hashes of those that are there.
  template <typename HashOf>
  void grow(std::size_t count, HashOf hash_of) {
    std::vector<Slot> old(std::bit_ceil(std::max<std::size_t>(count * 2, 64)));
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.code < 0) continue;
      std::size_t i = hash_of(slot.code) & mask_;
      while (slots_[i].code >= 0) i = (i + 1) & mask_;
      slots_[i] = slot;
    }
  }
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

 private:
  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::size_t mask_ = 63;
  std::size_t used_ = 0;
};

struct HashedText {
  std::string_view text;  // borrowed
  std::uint64_t hash = 0;
};

// The texts of a piece. Texts that come in ascending order are told apart by comparing neighbours, and not hashed until one breaks the order. Where nearly
// all texts differ, looking for equal ones is given up: entries may then repeat.
class LocalTexts {
 public:
  std::int32_t code_of(std::string_view text) {
    ++asked_;
    if (ascends_) {
      const int order = entries.empty() ? 1 : text.compare(entries.back().text);
      if (order == 0) return static_cast<std::int32_t>(entries.size() - 1);
      if (order > 0) return append({text, 0});
      start_hashing();
    }
    return hashed_code(text);
  }
  // The same of a text that does not stay where it is: a new one is copied.
  std::int32_t code_of_copy(std::string_view text) {
    const std::size_t before = entries.size();
    const std::int32_t code = code_of(text);
    if (entries.size() != before) entries.back().text = copied(text);
    return code;
  }
  // A copy of a text that does not lie in the file as it is.
  std::string_view keep(std::string_view text) { return copied(text); }

  // Whether the entries ascend, and so differ; they have no hashes then until `hash` is called.
  [[nodiscard]] bool ascends() const { return ascends_; }
  void hash() {
    if (!ascends_ || is_hashed_) return;
    for (HashedText& entry : entries) entry.hash = hash_text(entry.text);
    is_hashed_ = true;
  }

  std::vector<HashedText> entries;

 private:
  std::int32_t append(const HashedText& entry) {
    entries.push_back(entry);
    return static_cast<std::int32_t>(entries.size() - 1);
  }

  void start_hashing() {
    hash();
    ascends_ = false;
    slots_.grow(entries.size() * 2, [](std::int32_t) { return std::uint64_t{0}; });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      slots_.find_or_insert(entries[i].hash, static_cast<std::int32_t>(i), [](std::int32_t) { return false; });
    }
  }

  std::int32_t hashed_code(std::string_view text) {
    const std::uint64_t hash = hash_text(text);
    const auto next = static_cast<std::int32_t>(entries.size());
    if (!is_distinct_) {
      if (slots_.is_full()) {
        is_distinct_ = asked_ > 2'000 && entries.size() * 10 > asked_ * 9;
        if (!is_distinct_) slots_.grow(entries.size() * 2, [&](std::int32_t code) { return entries[static_cast<std::size_t>(code)].hash; });
      }
      if (!is_distinct_) {
        const std::int32_t found =
            slots_.find_or_insert(hash, next, [&](std::int32_t code) { return entries[static_cast<std::size_t>(code)].text == text; });
        if (found >= 0) return found;
      }
    }
    return append({text, hash});
  }

  std::string_view copied(std::string_view text) {
    constexpr std::size_t kBlock = std::size_t{64} << 10;
    if (text.size() > kBlock / 4) {
      char* own = large_.emplace_back(std::make_unique_for_overwrite<char[]>(text.size())).get();
      return {own, text.copy(own, text.size())};
    }
    if (blocks_.empty() || used_ + text.size() > kBlock) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
      used_ = 0;
    }
    char* at = blocks_.back().get() + used_;
    used_ += text.size();
    return {at, text.copy(at, text.size())};
  }

  HashSlots slots_;
  std::size_t asked_ = 0;
  bool is_distinct_ = false;
  bool ascends_ = true;
  bool is_hashed_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0;  // of the last block
  std::vector<std::unique_ptr<char[]>> large_;
};

// What the codes of a piece become: `codes[code]`, or where `codes` is empty, code + offset.
struct CodeMap {
  std::vector<std::int32_t> codes;
  std::int32_t offset = 0;
  [[nodiscard]] bool is_identity() const { return codes.empty() && offset == 0; }
  [[nodiscard]] std::int32_t operator()(std::int32_t code) const {
    return codes.empty() ? code + offset : codes[static_cast<std::size_t>(code)];
  }
};

// The dictionary of a column, over all its pieces. Nothing is hashed while all texts come in ascending order.
class DictionaryBuilder {
 public:
  CodeMap merge(LocalTexts& texts) {
    if (texts.entries.empty()) return {};
    if (is_ascending() && texts.ascends()) {
      const int order = size() == 0 ? 1 : texts.entries.front().text.compare(at(static_cast<std::int64_t>(size()) - 1));
      if (order >= 0) return append_ascending(texts, order == 0);
    }
    texts.hash();
    return merge_hashed(texts.entries);
  }
  // Whether texts should have their hashes before they are merged; may be asked by any thread.
  [[nodiscard]] bool wants_hashes() const { return !is_ascending(); }
  // The code of one text.
  std::int32_t add(const HashedText& entry) {
    start_hashing();
    return code_of(entry);
  }
  [[nodiscard]] std::size_t size() const { return dictionary_.size(); }
  // Memory in use, about.
  [[nodiscard]] std::size_t bytes() const { return text_bytes_ + hashes_.capacity() * 40; }
  [[nodiscard]] std::string_view at(std::int64_t code) const { return dictionary_.at(static_cast<std::size_t>(code)); }
  [[nodiscard]] Dictionary take() { return std::move(dictionary_); }

 private:
  [[nodiscard]] bool is_ascending() const { return std::atomic_ref(ascends_).load(std::memory_order_relaxed); }

  // `is_shared`: the first text is the last one that is there.
  CodeMap append_ascending(const LocalTexts& texts, bool is_shared) {
    CodeMap map;
    map.offset = static_cast<std::int32_t>(size()) - (is_shared ? 1 : 0);
    for (std::size_t i = is_shared ? 1 : 0; i < texts.entries.size(); ++i) append(texts.entries[i].text);
    return map;
  }

  void append(std::string_view text) {
    text_bytes_ += text.size();
    dictionary_.append(text);
  }

  void start_hashing() {
    if (!is_ascending()) return;
    std::atomic_ref(ascends_).store(false, std::memory_order_relaxed);
    slots_.grow(std::max<std::size_t>(size() * 2, 64), [](std::int32_t) { return std::uint64_t{0}; });
    for (std::size_t code = 0; code < size(); ++code) {
      hashes_.push_back(hash_text(dictionary_.at(code)));
      slots_.find_or_insert(hashes_.back(), static_cast<std::int32_t>(code), [](std::int32_t) { return false; });
    }
  }

  CodeMap merge_hashed(const std::vector<HashedText>& entries) {
    start_hashing();
    CodeMap map;
    map.codes.resize(entries.size());
    constexpr std::size_t kAhead = 8;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i + kAhead < entries.size()) slots_.prefetch(entries[i + kAhead].hash);
      map.codes[i] = code_of(entries[i]);
    }
    return map;
  }

  std::int32_t code_of(const HashedText& entry) {
    if (slots_.is_full()) slots_.grow(hashes_.size() * 2, [&](std::int32_t code) { return hashes_[static_cast<std::size_t>(code)]; });
    const std::int32_t found = slots_.find_or_insert(entry.hash, static_cast<std::int32_t>(hashes_.size()), [&](std::int32_t code) {
      return hashes_[static_cast<std::size_t>(code)] == entry.hash && dictionary_.at(static_cast<std::size_t>(code)) == entry.text;
    });
    if (found >= 0) return found;
    hashes_.push_back(entry.hash);
    append(entry.text);
    return static_cast<std::int32_t>(size() - 1);
  }

  Dictionary dictionary_;
  std::vector<std::uint64_t> hashes_;
  HashSlots slots_;
  std::size_t text_bytes_ = 0;
  mutable bool ascends_ = true;  // read by other threads, too
};

}  // namespace segue::io
