// This file's external interface is how distinct texts get their codes: LocalTexts within a piece of a table, DictionaryBuilder over
// all pieces of a column. Both are open-addressing hash tables with linear probing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
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
  std::memcpy(&tail, at, left);
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

// The texts of a piece. Where nearly all texts differ, looking for equal ones is given up: entries may then repeat.
class LocalTexts {
 public:
  std::int32_t code_of(std::string_view text) {
    const std::uint64_t hash = hash_text(text);
    const auto next = static_cast<std::int32_t>(entries.size());
    ++asked_;
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
    entries.push_back({text, hash});
    return next;
  }
  // A copy of a text that does not lie in the file as it is.
  std::string_view keep(std::string text) { return owned_.emplace_back(std::move(text)); }

  std::vector<HashedText> entries;

 private:
  HashSlots slots_;
  std::size_t asked_ = 0;
  bool is_distinct_ = false;
  std::deque<std::string> owned_;
};

// The dictionary of a column, over all its pieces.
class DictionaryBuilder {
 public:
  // The codes of a piece's entries.
  std::vector<std::int32_t> merge(const std::vector<HashedText>& entries) {
    std::vector<std::int32_t> codes(entries.size());
    constexpr std::size_t kAhead = 8;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i + kAhead < entries.size()) slots_.prefetch(entries[i + kAhead].hash);
      codes[i] = code_of(entries[i]);
    }
    return codes;
  }
  [[nodiscard]] std::size_t size() const { return dictionary_.size(); }
  [[nodiscard]] std::string_view at(std::int64_t code) const { return dictionary_.at(static_cast<std::size_t>(code)); }
  [[nodiscard]] Dictionary take() { return std::move(dictionary_); }

 private:
  std::int32_t code_of(const HashedText& entry) {
    if (slots_.is_full()) slots_.grow(hashes_.size() * 2, [&](std::int32_t code) { return hashes_[static_cast<std::size_t>(code)]; });
    const std::int32_t found = slots_.find_or_insert(entry.hash, static_cast<std::int32_t>(hashes_.size()), [&](std::int32_t code) {
      return hashes_[static_cast<std::size_t>(code)] == entry.hash && dictionary_.at(static_cast<std::size_t>(code)) == entry.text;
    });
    if (found >= 0) return found;
    hashes_.push_back(entry.hash);
    return dictionary_.append(entry.text);
  }

  Dictionary dictionary_;
  std::vector<std::uint64_t> hashes_;
  HashSlots slots_;
};

}  // namespace segue::io
