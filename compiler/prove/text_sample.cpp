// Candidates: the pieces that are wished for, put together in a few ways.
#include "compiler/prove/text_sample.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace segue::proving {
namespace {

constexpr std::size_t kMostSamples = 24;
constexpr std::size_t kMostNested = 50;
constexpr int kFillers = 60;

using Samples = std::vector<std::string>;

// Reads a pattern leniently: whatever it takes wrongly, the caller's test finds out.
class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {}
  Samples read() { return alternatives(0); }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= pattern_.size(); }

  Samples alternatives(std::size_t depth) {
    Samples all = chain(depth);
    while (!at_end() && pattern_[at_] == '|') {
      ++at_;
      const Samples more = chain(depth);
      all.insert(all.end(), more.begin(), more.end());
    }
    if (all.size() > kMostSamples) all.resize(kMostSamples);
    return all;
  }

  Samples chain(std::size_t depth) {
    Samples all = {""};
    while (!at_end() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      const Samples piece = repeated(atom(depth));
      Samples longer;
      for (const std::string& begin : all) {
        for (const std::string& end : piece) {
          if (longer.size() < kMostSamples) longer.push_back(begin + end);
        }
      }
      all = std::move(longer);
    }
    return all;
  }

  Samples repeated(Samples piece) {
    if (at_end()) return piece;
    const char sign = pattern_[at_];
    if (sign == '{') {
      const std::size_t end = std::min(pattern_.find('}', at_), pattern_.size());
      const int least = std::atoi(std::string(pattern_.substr(at_ + 1, end - at_ - 1)).c_str());
      at_ = end + 1;
      for (std::string& each : piece) {
        std::string times;
        for (int i = 0; i < std::min(least, 100); ++i) times += each;
        each = times;
      }
    } else if (sign == '*' || sign == '?' || sign == '+') {
      ++at_;
      if (sign != '+') piece.insert(piece.begin(), "");
    } else {
      return piece;
    }
    if (!at_end() && pattern_[at_] == '?') ++at_;
    return piece;
  }

  Samples atom(std::size_t depth) {
    const char sign = pattern_[at_++];
    if (sign == '^' || sign == '$') return {""};
    if (sign == '.') return {"a"};
    if (sign == '[') return letters();
    if (sign == '\\') return escape();
    if (sign != '(') return {std::string(1, sign)};
    if (depth > kMostNested) return {""};
    skip_group_sign();
    Samples inside = alternatives(depth + 1);
    if (!at_end()) ++at_;
    return inside;
  }

  // `?:`, `?i`, `?P<name>`
  void skip_group_sign() {
    if (at_end() || pattern_[at_] != '?') return;
    while (!at_end() && pattern_[at_] != ':' && pattern_[at_] != '>' && pattern_[at_] != ')') ++at_;
    if (!at_end() && pattern_[at_] != ')') ++at_;
  }

  Samples escape() {
    if (at_end()) return {""};
    switch (const char sign = pattern_[at_++]) {
      case 'b':
      case 'B':
      case 'A':
      case 'z': return {""};
      case 'd': return {"0"};
      case 'w':
      case 'S':
      case 'D': return {"a"};
      case 's':
      case 'W': return {" "};
      case 'n': return {"\n"};
      case 't': return {"\t"};
      default: return {std::string(1, sign)};
    }
  }

  Samples letters() {
    const bool is_negated = !at_end() && pattern_[at_] == '^';
    std::string members;
    for (std::size_t first = at_; !at_end() && (pattern_[at_] != ']' || at_ == first); ++at_) {
      if (pattern_[at_] == '\\' && at_ + 1 < pattern_.size()) {
        ++at_;
        members += escape().front();
        --at_;
      } else {
        members += pattern_[at_];
      }
    }
    if (!at_end()) ++at_;
    if (members.empty()) return {""};
    if (!is_negated) return {std::string(1, members[0])};
    for (const char each : std::string("ax0 -")) {
      if (members.find(each) == std::string::npos) return {std::string(1, each)};
    }
    return {"~"};
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

const std::string& longest(const Samples& texts) {
  static const std::string kNone;
  const auto found = std::ranges::max_element(texts, {}, &std::string::size);
  return found == texts.end() ? kNone : *found;
}

// The same letters in another case.
Samples case_variants(const std::string& text) {
  Samples variants = {text};
  std::string upper = text, lower = text;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  variants.push_back(upper);
  variants.push_back(lower);
  for (std::size_t i = 0; i < std::min<std::size_t>(text.size(), 12); ++i) {
    std::string one = lower;
    one[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(one[i])));
    variants.push_back(one);
  }
  return variants;
}

std::string filler(int number) {
  if (number == 0) return "";
  const std::string letter(1, static_cast<char>('a' + (number - 1) % 26));
  return number <= 26 ? letter : letter + std::to_string(number / 26 + 1);
}

}  // namespace

std::vector<std::string> pattern_samples(std::string_view pattern) { return PatternReader(pattern).read(); }

std::optional<std::string> sample_text(const TextWish& wish, const std::function<bool(const std::string&)>& is_right) {
  for (const std::string& example : wish.examples) {
    for (const std::string& variant : case_variants(example)) {
      if (is_right(variant)) return variant;
    }
  }
  Samples middles = {""};
  for (const std::string& part : wish.parts) {
    if (middles[0].find(part) != std::string::npos) continue;
    if (!middles[0].empty()) middles[0] += ' ';
    middles[0] += part;
  }
  for (const std::string& pattern : wish.patterns) {
    Samples longer;
    for (const std::string& begin : middles) {
      for (const std::string& sample : pattern_samples(pattern)) {
        if (longer.size() < 2 * kMostSamples) longer.push_back(begin.empty() ? sample : fmt::format("{} {}", begin, sample));
      }
    }
    middles = std::move(longer);
  }
  const std::string& start = longest(wish.starts);
  const std::string& end = longest(wish.ends);
  for (int number = 0; number < kFillers; ++number) {
    for (const std::string& middle : middles) {
      const std::string more = filler(number);
      for (const std::string& text : {fmt::format("{}{}{}{}", start, middle, more, end), fmt::format("{}{}{}{}", start, more, middle, end),
                                      fmt::format("{} {} {}{}", start, middle, more, end)}) {
        if (is_right(text)) return text;
        if (number > 2) continue;
        for (const std::string& variant : case_variants(text)) {
          if (is_right(variant)) return variant;
        }
      }
    }
  }
  // between two texts in their order
  for (const std::string& example : wish.examples) {
    for (const char* more : {" ", "!", "a", "\x01"}) {
      if (is_right(example + more)) return example + more;
    }
  }
  return std::nullopt;
}

}  // namespace segue::proving
