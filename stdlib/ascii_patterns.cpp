// Reading the syntax of patterns, as far as it is about ASCII, and following many of them at once.
#include "stdlib/ascii_patterns.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

#include "stdlib/ascii.h"

namespace segue {

namespace {

constexpr std::size_t kMostNodes = 2000;

bool is_word_byte(std::uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
}

AsciiSet range_set(char first, char last) {
  AsciiSet set;
  for (int c = first; c <= last; ++c) set.set(static_cast<std::size_t>(c));
  return set;
}

AsciiSet with_both_cases(AsciiSet set) {
  for (std::size_t c = 'a'; c <= 'z'; ++c) {
    const bool either = set.test(c) || set.test(c - 32);
    set.set(c, either);
    set.set(c - 32, either);
  }
  return set;
}

// `\d`, `\W` and the like.
std::optional<AsciiSet> class_of_letter(char letter) {
  AsciiSet set;
  switch (letter) {
    case 'd':
    case 'D': set = range_set('0', '9'); break;
    case 'w':
    case 'W': set = range_set('0', '9') | range_set('a', 'z') | range_set('A', 'Z') | range_set('_', '_'); break;
    case 's':
    case 'S':
      for (const char c : {'\t', '\n', '\f', '\r', ' '}) set.set(static_cast<std::size_t>(c));
      break;
    default: return std::nullopt;
  }
  return letter <= 'Z' ? ~set : set;
}

// The character that an escape stands for.
std::optional<char> escaped(char c) {
  if (c > ' ' && c < 0x7f && !is_ascii_digit(c) && !is_ascii_letter(c)) return c;
  switch (c) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'f': return '\f';
    case 'v': return '\v';
    default: return std::nullopt;
  }
}

// ── syntax: a tree of what a pattern says ──

struct Piece {
  enum class Kind : std::uint8_t { kSet, kBegin, kEnd, kBoundary, kNoBoundary, kSequence, kChoice, kRepeat };
  Kind kind = Kind::kSequence;
  AsciiSet set;
  std::vector<std::size_t> parts;  // of a sequence, a choice, or the one that is repeated
  int least = 0, most = 0;         // of a repetition; -1: without end
};

// Gives up, by nullopt, where it is not sure.
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  std::optional<std::size_t> read() {
    const auto whole = choice(0);
    return whole && at_ == text_.size() ? whole : std::nullopt;
  }
  std::vector<Piece> pieces;

 private:
  static constexpr int kMostDepth = 100;

  std::size_t add(Piece piece) {
    pieces.push_back(std::move(piece));
    return pieces.size() - 1;
  }
  std::size_t add(Piece::Kind kind) { return add({.kind = kind, .set = {}, .parts = {}}); }
  std::size_t add(AsciiSet set) { return add({.kind = Piece::Kind::kSet, .set = folds_ ? with_both_cases(set) : set, .parts = {}}); }

  [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }

  std::optional<std::size_t> choice(int depth) {
    if (depth > kMostDepth) return std::nullopt;
    Piece all{.kind = Piece::Kind::kChoice, .set = {}, .parts = {}};
    do {
      const auto one = sequence(depth);
      if (!one) return std::nullopt;
      all.parts.push_back(*one);
    } while (take('|'));
    return all.parts.size() == 1 ? all.parts.front() : add(std::move(all));
  }

  std::optional<std::size_t> sequence(int depth) {
    Piece all{.kind = Piece::Kind::kSequence, .set = {}, .parts = {}};
    while (at_ < text_.size() && !is_at('|') && !is_at(')')) {
      if (text_.substr(at_).starts_with("(?i)")) {
        at_ += 4;
        folds_ = true;
        if (at_ < text_.size() && std::string_view("*+?{").contains(text_[at_])) return std::nullopt;
        continue;
      }
      auto one = atom(depth);
      if (one) one = repeated(*one);
      if (!one) return std::nullopt;
      all.parts.push_back(*one);
    }
    return add(std::move(all));
  }

  std::optional<std::size_t> group(int depth) {
    const bool outer = folds_;
    if (take('?')) {
      if (take('i')) folds_ = true;
      if (!take(':')) return std::nullopt;
    }
    const auto inside = choice(depth + 1);
    folds_ = outer;
    return inside && take(')') ? inside : std::nullopt;
  }

  std::optional<std::size_t> atom(int depth) {
    const char c = text_[at_++];
    switch (c) {
      case '(': return group(depth);
      case '[': return class_in_brackets();
      case '\\': return escape();
      case '^': return add(Piece::Kind::kBegin);
      case '$': return add(Piece::Kind::kEnd);
      case '.': return add({.kind = Piece::Kind::kSet, .set = ~range_set('\n', '\n'), .parts = {}});
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']': return std::nullopt;
      default: return c >= ' ' && c < 0x7f ? std::optional(add(range_set(c, c))) : std::nullopt;
    }
  }

  std::optional<std::size_t> escape() {
    if (at_ == text_.size()) return std::nullopt;
    const char c = text_[at_++];
    switch (c) {
      case 'b': return add(Piece::Kind::kBoundary);
      case 'B': return add(Piece::Kind::kNoBoundary);
      case 'A': return add(Piece::Kind::kBegin);
      case 'z': return add(Piece::Kind::kEnd);
      default: break;
    }
    if (const auto set = class_of_letter(c)) return add({.kind = Piece::Kind::kSet, .set = *set, .parts = {}});
    const auto letter = escaped(c);
    return letter ? std::optional(add(range_set(*letter, *letter))) : std::nullopt;
  }

  std::optional<std::size_t> class_in_brackets() {
    const bool is_negated = take('^');
    AsciiSet set;
    for (bool is_first = true; !is_at(']') || is_first; is_first = false) {
      if (at_ == text_.size() || is_at('[') || is_at(']')) return std::nullopt;
      if (is_at('\\') && at_ + 1 < text_.size()) {
        if (const auto letter_class = class_of_letter(text_[at_ + 1])) {
          set |= *letter_class;
          at_ += 2;
          if (is_at('-')) return std::nullopt;
          continue;
        }
      }
      if (is_at('-') && !is_first && !text_.substr(at_).starts_with("-]")) return std::nullopt;
      const auto first = class_character();
      if (!first) return std::nullopt;
      auto last = first;
      if (is_at('-') && !text_.substr(at_).starts_with("-]")) {
        ++at_;
        last = at_ < text_.size() && !is_at('[') && !is_at('-') ? class_character() : std::nullopt;
        if (!last || *last < *first) return std::nullopt;
      }
      set |= range_set(*first, *last);
    }
    ++at_;
    if (folds_) set = with_both_cases(set);
    return add({.kind = Piece::Kind::kSet, .set = is_negated ? ~set : set, .parts = {}});
  }

  std::optional<char> class_character() {
    const char c = text_[at_++];
    if (c == '\\') return at_ < text_.size() ? escaped(text_[at_++]) : std::nullopt;
    return c >= ' ' && c < 0x7f ? std::optional(c) : std::nullopt;
  }

  std::optional<std::size_t> repeated(std::size_t part) {
    if (at_ == text_.size() || !std::string_view("*+?{").contains(text_[at_])) return part;
    if (pieces[part].kind >= Piece::Kind::kBegin && pieces[part].kind <= Piece::Kind::kNoBoundary) return std::nullopt;
    Piece piece{.kind = Piece::Kind::kRepeat, .set = {}, .parts = {part}};
    const char c = text_[at_++];
    if (c == '{') {
      const auto bounds = counted();
      if (!bounds) return std::nullopt;
      std::tie(piece.least, piece.most) = *bounds;
    } else {
      piece.least = c == '+' ? 1 : 0;
      piece.most = c == '?' ? 1 : -1;
    }
    take('?');  // which of several matches is found does not matter
    if (at_ < text_.size() && std::string_view("*+?{").contains(text_[at_])) return std::nullopt;
    return add(std::move(piece));
  }

  // `3}`, `3,}` or `3,5}`
  std::optional<std::pair<int, int>> counted() {
    const auto least = number();
    if (!least) return std::nullopt;
    int most = *least;
    if (take(',')) {
      most = -1;
      if (!is_at('}')) {
        const auto given = number();
        if (!given || *given < *least) return std::nullopt;
        most = *given;
      }
    }
    return take('}') ? std::optional(std::pair(*least, most)) : std::nullopt;
  }

  std::optional<int> number() {
    int value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0 || value > 1000) return std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool folds_ = false;
};

// ── from the tree to nodes, from the last to the first ──

struct NodeWriter {
  std::vector<AsciiNode>& nodes;
  std::vector<AsciiSet>& sets;
  const std::vector<Piece>& pieces;
  std::uint16_t pattern = 0;

  std::uint32_t add(AsciiNode::Kind kind, std::uint32_t next, std::uint32_t other = 0) {
    nodes.push_back({kind, pattern, next, other});
    return static_cast<std::uint32_t>(nodes.size() - 1);
  }
  [[nodiscard]] bool is_full() const { return nodes.size() > kMostNodes; }

  // Where a piece begins that goes on at `next`.
  std::uint32_t write(std::size_t id, std::uint32_t next) {
    const Piece& piece = pieces[id];
    switch (piece.kind) {
      case Piece::Kind::kSet:
        sets.push_back(piece.set);
        return add(AsciiNode::Kind::kByte, next, static_cast<std::uint32_t>(sets.size() - 1));
      case Piece::Kind::kBegin: return add(AsciiNode::Kind::kBegin, next);
      case Piece::Kind::kEnd: return add(AsciiNode::Kind::kEnd, next);
      case Piece::Kind::kBoundary: return add(AsciiNode::Kind::kBoundary, next);
      case Piece::Kind::kNoBoundary: return add(AsciiNode::Kind::kNoBoundary, next);
      case Piece::Kind::kSequence:
        for (std::size_t i = piece.parts.size(); i-- > 0;) next = write(piece.parts[i], next);
        return next;
      case Piece::Kind::kChoice: {
        std::uint32_t first = write(piece.parts.back(), next);
        for (std::size_t i = piece.parts.size() - 1; i-- > 0;) first = add(AsciiNode::Kind::kFork, write(piece.parts[i], next), first);
        return first;
      }
      case Piece::Kind::kRepeat: return repeat(piece, next);
    }
    return next;
  }

  std::uint32_t repeat(const Piece& piece, std::uint32_t next) {
    std::uint32_t first = next;
    if (piece.most < 0) {
      first = add(AsciiNode::Kind::kFork, next, next);
      const std::uint32_t inside = write(piece.parts.front(), first);
      nodes[first].other = inside;
    }
    for (int i = piece.least; i < piece.most && !is_full(); ++i)
      first = add(AsciiNode::Kind::kFork, next, write(piece.parts.front(), first));
    for (int i = 0; i < piece.least && !is_full(); ++i) first = write(piece.parts.front(), first);
    return first;
  }
};

}  // namespace

std::optional<AsciiPatterns> AsciiPatterns::compile(std::span<const std::string> patterns) {
  if (patterns.size() > kMostPatterns) return std::nullopt;
  AsciiPatterns made;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    PatternReader reader(patterns[i]);
    const auto whole = reader.read();
    if (!whole) return std::nullopt;
    NodeWriter writer{made.nodes_, made.sets_, reader.pieces, static_cast<std::uint16_t>(i)};
    made.starts_.push_back(writer.write(*whole, writer.add(AsciiNode::Kind::kMatch, 0)));
    if (writer.is_full()) return std::nullopt;
  }
  return made;
}

// ── the automaton ──

AsciiMatcher::AsciiMatcher(const AsciiPatterns& patterns) : patterns_(patterns), seen_(patterns.nodes().size()) {
  add_columns();
  number_of({.nodes = {}, .matched = 0, .is_begin = true, .is_after_word = false});
}

void AsciiMatcher::add_columns() {
  AsciiSet words;
  for (std::uint8_t byte = 0; byte < 128; ++byte) words.set(byte, is_word_byte(byte));
  std::map<std::vector<bool>, std::uint32_t> columns;
  for (std::uint8_t byte = 0; byte < 128; ++byte) {
    std::vector<bool> within{words.test(byte)};
    for (const AsciiSet& set : patterns_.sets()) within.push_back(set.test(byte));
    const auto [at, is_new] = columns.emplace(std::move(within), static_cast<std::uint32_t>(columns.size()));
    if (is_new) byte_of_.push_back(byte);
    column_of_[byte] = at->second;
  }
  foreign_column_ = static_cast<std::uint32_t>(columns.size());
  end_column_ = foreign_column_ + 1;
  width_ = end_column_ + 1;
  std::fill(column_of_.begin() + 128, column_of_.end(), foreign_column_);
}

std::uint32_t AsciiMatcher::number_of(State state) {
  const auto [at, is_new] = numbers_.try_emplace({state.nodes, state.matched, state.is_begin, state.is_after_word}, kUnknown);
  if (!is_new) return at->second;
  if (states_.size() == kMostStates) {
    numbers_.erase(at);
    return kUnknown;
  }
  at->second = static_cast<std::uint32_t>(next_.size());
  next_.resize(next_.size() + width_, kUnknown);
  states_.push_back(std::move(state));
  return at->second;
}

void AsciiMatcher::follow(std::uint32_t first, const State& from, std::uint32_t column) {
  const bool is_end = column == end_column_;
  const bool is_boundary = from.is_after_word != (!is_end && is_word_byte(byte_of_[column]));
  pending_.assign(1, first);
  while (!pending_.empty()) {
    const std::uint32_t id = pending_.back();
    pending_.pop_back();
    if (seen_[id] == round_) continue;
    seen_[id] = round_;
    const AsciiNode& node = patterns_.nodes()[id];
    const auto go_on = [&](bool holds) {
      if (holds) pending_.push_back(node.next);
    };
    switch (node.kind) {
      case AsciiNode::Kind::kByte: reading_.push_back(id); break;
      case AsciiNode::Kind::kFork:
        pending_.push_back(node.other);
        pending_.push_back(node.next);
        break;
      case AsciiNode::Kind::kBegin: go_on(from.is_begin); break;
      case AsciiNode::Kind::kEnd: go_on(is_end); break;
      case AsciiNode::Kind::kBoundary: go_on(is_boundary); break;
      case AsciiNode::Kind::kNoBoundary: go_on(!is_boundary); break;
      case AsciiNode::Kind::kMatch: found_ |= std::uint64_t{1} << node.pattern; break;
    }
  }
}

std::uint32_t AsciiMatcher::step(std::uint32_t state, std::uint32_t column) {
  if (column == foreign_column_) return kUnknown;
  const State from = states_[state / width_];
  ++round_;
  reading_.clear();
  found_ = from.matched;
  for (const std::uint32_t node : from.nodes) follow(node, from, column);
  for (std::size_t i = 0; i < patterns_.starts().size(); ++i) {
    if ((from.matched >> i & 1) == 0) follow(patterns_.starts()[i], from, column);
  }
  State to{.nodes = {}, .matched = found_, .is_begin = false, .is_after_word = false};
  if (column != end_column_) {
    to.is_after_word = is_word_byte(byte_of_[column]);
    for (const std::uint32_t id : reading_) {
      const AsciiNode& node = patterns_.nodes()[id];
      if ((found_ >> node.pattern & 1) == 0 && patterns_.sets()[node.other].test(byte_of_[column])) to.nodes.push_back(node.next);
    }
  }
  std::ranges::sort(to.nodes);
  to.nodes.erase(std::unique(to.nodes.begin(), to.nodes.end()), to.nodes.end());
  const std::uint32_t number = number_of(std::move(to));
  if (number != kUnknown) next_[state + column] = number;
  return number;
}

}  // namespace segue
