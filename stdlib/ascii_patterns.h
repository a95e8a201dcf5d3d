// This file's external interface is patterns of plain ASCII, of which several are tested in one pass over a text by an automaton that is made as texts ask for
// its states. What the patterns of RE2 can say beyond is left to RE2: `compile` then gives nothing, and `match` gives nothing for a text that is not ASCII.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace segue {

using AsciiSet = std::bitset<128>;

// A nondeterministic automaton, after Thompson (1968): nodes that read a byte, fork, ask something of the place in the text, or end a pattern.
struct AsciiNode {
  enum class Kind : std::uint8_t { kByte, kFork, kBegin, kEnd, kBoundary, kNoBoundary, kMatch };
  Kind kind = Kind::kMatch;
  std::uint16_t pattern = 0;
  std::uint32_t next = 0, other = 0;  // `other` of a fork; of a byte the number of its set
};

class AsciiPatterns {
 public:
  static constexpr std::size_t kMostPatterns = 64;

  // Of patterns that RE2 has accepted.
  [[nodiscard]] static std::optional<AsciiPatterns> compile(std::span<const std::string> patterns);

  const std::vector<AsciiNode>& nodes() const { return nodes_; }
  const std::vector<AsciiSet>& sets() const { return sets_; }
  const std::vector<std::uint32_t>& starts() const { return starts_; }  // by pattern

 private:
  std::vector<AsciiNode> nodes_;
  std::vector<AsciiSet> sets_;
  std::vector<std::uint32_t> starts_;
};

// The deterministic automaton of some patterns, whose states are sets of nodes, made when first needed. Of one thread; the patterns are borrowed.
class AsciiMatcher {
 public:
  explicit AsciiMatcher(const AsciiPatterns& patterns);
  AsciiMatcher(const AsciiMatcher&) = delete;
  AsciiMatcher& operator=(const AsciiMatcher&) = delete;

  // A bit for each pattern that matches somewhere in the text. Nothing where the text is not ASCII, or where there are too many states.
  [[nodiscard]] std::optional<std::uint64_t> match(std::string_view text) {
    std::uint32_t state = 0;
    for (const char c : text) {
      const std::uint32_t column = column_of_[static_cast<std::uint8_t>(c)];
      std::uint32_t next = next_[state + column];
      if (next == kUnknown) next = step(state, column);
      if (next == kUnknown) return std::nullopt;
      state = next;
    }
    std::uint32_t last = next_[state + end_column_];
    if (last == kUnknown) last = step(state, end_column_);
    if (last == kUnknown) return std::nullopt;
    return states_[last / width_].matched;
  }
  // Whether there were too many states; most texts have no answer then.
  [[nodiscard]] bool is_full() const { return states_.size() == kMostStates; }

 private:
  static constexpr std::uint32_t kUnknown = 0xffff'ffff;
  static constexpr std::size_t kMostStates = 4096;

  // What is known between two bytes: nodes that the last byte led to, patterns that have matched, and what stood before.
  struct State {
    std::vector<std::uint32_t> nodes;
    std::uint64_t matched = 0;
    bool is_begin = false, is_after_word = false;
  };
  using Key = std::tuple<std::vector<std::uint32_t>, std::uint64_t, bool, bool>;

  std::uint32_t step(std::uint32_t state, std::uint32_t column);
  std::uint32_t number_of(State state);
  void add_columns();
  // What follows from `node` without reading, where the next byte is in `column`.
  void follow(std::uint32_t node, const State& from, std::uint32_t column);

  const AsciiPatterns& patterns_;
  std::array<std::uint32_t, 256> column_of_{};  // bytes that no set tells apart share one
  std::vector<std::uint8_t> byte_of_;           // by column: one of its bytes
  std::uint32_t foreign_column_ = 0, end_column_ = 0, width_ = 0;
  std::vector<State> states_;
  std::vector<std::uint32_t> next_;  // by state and column: where the next state's columns begin
  std::map<Key, std::uint32_t> numbers_;
  // while a step is made
  std::vector<std::uint32_t> pending_, reading_;
  std::vector<std::uint32_t> seen_;  // by node: the round
  std::uint32_t round_ = 0;
  std::uint64_t found_ = 0;
};

}  // namespace segue
