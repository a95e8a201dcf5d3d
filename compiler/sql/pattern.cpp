// RE2's syntax, one token after another: what another engine reads otherwise is written in a way that all read alike, or refused. Whether a pattern
// is found at all does not depend on how greedy it is, nor on what it captures.
#include "compiler/sql/pattern.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <vector>

#include "compiler/sql/folding.h"
#include "stdlib/ascii.h"
#include "stdlib/text.h"

namespace segue::sql {
namespace {

constexpr std::string_view kWord = "0-9A-Za-z_", kDigit = "0-9", kSpace = "\\t\\n\\f\\r ";
constexpr std::string_view kMeta = "\\.+*?()|[]{}^$";

// Code points of UTF-8, as texts.
std::vector<std::string> letters_of(std::string_view text) {
  std::vector<std::string> letters;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) letters.emplace_back();
    letters.back() += c;
  }
  return letters;
}

// All letters that fold as this one does, itself included.
std::string same_letters(const std::string& letter) {
  static const std::map<std::string, std::string> kOrbits = [] {
    std::map<std::string, std::string> orbits;
    const std::vector<std::string> from = letters_of(folding_table().first), to = letters_of(folding_table().second);
    for (std::size_t i = 0; i < from.size(); ++i) {
      std::string& orbit = orbits[to[i]];
      if (orbit.empty()) orbit = to[i];
      orbit += from[i];
    }
    return orbits;
  }();
  const auto found = kOrbits.find(fold(letter));
  return found == kOrbits.end() ? letter : found->second;
}

bool is_ascii_word(char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '_'; }

struct Flags {
  bool is_folded = false;   // (?i)
  bool dot_is_all = false;  // (?s)
};

class Translation {
 public:
  Translation(SqlDialect dialect, std::string_view pattern) : dialect_(dialect), letters_(letters_of(pattern)) {}

  std::expected<std::string, std::string> run() {
    while (at_ < letters_.size() && reason_.empty()) step();
    if (!reason_.empty()) return std::unexpected("its regular expressions have no " + reason_);
    return out_;
  }

 private:
  bool is_done() const { return at_ >= letters_.size(); }
  std::string_view peek(std::size_t ahead = 0) const {
    return at_ + ahead < letters_.size() ? std::string_view(letters_[at_ + ahead]) : std::string_view();
  }
  std::string take() { return is_done() ? std::string() : letters_[at_++]; }
  void refuse(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }

  void step() {
    const std::string letter = take();
    if (letter == "\\") return escape();
    if (letter == "[") return bracket();
    if (letter == "(") return open();
    if (letter == ")") return close();
    if (letter == "|") return emit("|", false);
    if (letter == ".") return emit(folds_.back().dot_is_all ? "[\\s\\S]" : "[^\\n]", true);
    if (letter == "^") return emit(begin(), false);
    if (letter == "$") return emit(end(), false);
    if (letter == "*" || letter == "+" || letter == "?") return repeat(letter);
    if (letter == "{") return counted();
    literal(letter);
  }

  static std::string begin() { return "\\A"; }
  std::string end() const { return dialect_ == SqlDialect::kSpark ? "\\z" : "\\Z"; }

  void emit(std::string_view text, bool may_repeat) {
    out_ += text;
    may_repeat_ = may_repeat;
  }

  void literal(const std::string& letter) {
    const std::string orbit = folds_.back().is_folded ? same_letters(letter) : letter;
    if (orbit != letter) return emit("[" + orbit + "]", true);
    emit(kMeta.find(letter) != std::string_view::npos ? "\\" + letter : letter, true);
  }

  void escape() {
    const std::string letter = take();
    const std::string word(kWord);
    if (letter == "d" || letter == "w" || letter == "s") return emit("[" + std::string(class_of(letter)) + "]", true);
    if (letter == "D" || letter == "W" || letter == "S") return emit("[^" + std::string(class_of(lower(letter))) + "]", true);
    if (letter == "b") return emit("(?:(?<![" + word + "])(?=[" + word + "])|(?<=[" + word + "])(?![" + word + "]))", false);
    if (letter == "B") return emit("(?:(?<![" + word + "])(?![" + word + "])|(?<=[" + word + "])(?=[" + word + "]))", false);
    if (letter == "A") return emit(begin(), false);
    if (letter == "z") return emit(end(), false);
    if (letter == "n" || letter == "t" || letter == "r" || letter == "f") return emit("\\" + letter, true);
    if (letter.size() == 1 && !is_ascii_word(letter[0])) return literal(letter);
    refuse("`\\" + letter + "` that means the same");
  }

  static std::string lower(std::string text) {
    text[0] = static_cast<char>(text[0] + 32);
    return text;
  }
  static std::string_view class_of(std::string_view letter) { return letter == "d" ? kDigit : letter == "w" ? kWord : kSpace; }

  // `(?i)`, `(?s)`, `(?:`, `(?i:`, `(?P<name>`, `(?<name>`, `(`
  void open() {
    Flags flags = folds_.back();
    if (peek() != "?") return push(flags);
    take();
    if (peek() == "P" || peek() == "<") {
      while (!is_done() && take() != ">") {
      }
      return push(flags);
    }
    while (!is_done() && peek() != ":" && peek() != ")") {
      const std::string flag = take();
      if (flag == "i") flags.is_folded = true;
      else if (flag == "s") flags.dot_is_all = true;
      else if (flag != "U") return refuse("flag `" + flag + "` that means the same");
    }
    if (take() == ":") return push(flags);
    folds_.back() = flags;
  }

  void push(Flags flags) {
    folds_.push_back(flags);
    emit("(?:", false);
  }
  void close() {
    if (folds_.size() > 1) folds_.pop_back();
    emit(")", true);
  }

  void repeat(const std::string& sign) {
    if (!may_repeat_) return refuse("repeated anchors");
    out_ += sign;
    skip_lazy();
  }

  void skip_lazy() {
    if (peek() == "?") take();
    may_repeat_ = false;
  }

  // `{2}`, `{2,}`, `{2,5}`; anything else is a brace.
  void counted() {
    std::size_t ahead = 0;
    std::string text;
    while (at_ + ahead < letters_.size() && letters_[at_ + ahead].size() == 1 &&
           (std::isdigit(static_cast<unsigned char>(letters_[at_ + ahead][0])) != 0 || letters_[at_ + ahead] == ","))
      text += letters_[at_ + ahead++];
    const bool is_count = peek(ahead) == "}" && !text.empty() && text[0] != ',' && std::ranges::count(text, ',') <= 1;
    if (!is_count) return literal("{");
    at_ += ahead + 1;
    if (!may_repeat_) return refuse("repeated anchors");
    if (text.find_first_not_of(",0123456789") != std::string::npos || is_beyond(text)) return refuse("repetitions of more than 255 times");
    out_ += "{" + text + "}";
    skip_lazy();
  }

  static bool is_beyond(const std::string& text) {
    const auto comma = text.find(',');
    const std::string low = text.substr(0, comma), high = comma == std::string::npos ? low : text.substr(comma + 1);
    return low.size() > 3 || high.size() > 3 || std::stoi(low) > 255 || (!high.empty() && std::stoi(high) > 255);
  }

  // One member of a bracket: a code point, or a class written out. Nothing where it was refused.
  struct Member {
    std::string letter, members;
  };
  std::optional<Member> member() {
    std::string letter = take();
    if (letter == "[" && peek() == ":") {
      refuse("`[:…:]` that means the same");
      return std::nullopt;
    }
    if (letter != "\\") return Member{.letter = letter, .members = {}};
    letter = take();
    if (letter == "d" || letter == "w" || letter == "s") return Member{.letter = {}, .members = std::string(class_of(letter))};
    constexpr std::string_view kNames = "ntrf", kControls = "\n\t\r\f";
    if (const auto at = kNames.find(letter); letter.size() == 1 && at != std::string_view::npos)
      return Member{.letter = std::string(1, kControls[at]), .members = {}};
    if (letter.size() == 1 && !is_ascii_word(letter[0])) return Member{.letter = letter, .members = {}};
    refuse("`\\" + letter + "` in brackets that means the same");
    return std::nullopt;
  }

  static std::string in_bracket(const std::string& letter) {
    const bool is_plain = letter.size() > 1 || is_ascii_word(letter[0]) || letter[0] == ' ' || static_cast<unsigned char>(letter[0]) < 32;
    return is_plain ? letter : "\\" + letter;
  }

  void bracket() {
    std::string members;
    const bool is_negated = peek() == "^";
    if (is_negated) take();
    for (bool is_first = true; !is_done() && (is_first || peek() != "]"); is_first = false) {
      const auto low = member();
      if (!low) return;
      if (low->letter.empty()) {
        members += low->members;
        continue;
      }
      if (peek() == "-" && peek(1) != "]" && !peek(1).empty()) {
        take();
        const auto high = member();
        if (!high) return;
        if (!add_range(members, low->letter, high->letter)) return;
        continue;
      }
      for (const std::string& letter : letters_of(folds_.back().is_folded ? same_letters(low->letter) : low->letter))
        members += in_bracket(letter);
    }
    take();
    emit((is_negated ? "[^" : "[") + members + "]", true);
  }

  bool add_range(std::string& members, const std::string& low, const std::string& high) {
    members += in_bracket(low) + "-" + in_bracket(high);
    if (!folds_.back().is_folded) return true;
    if (low.size() > 1 || high.size() > 1) {
      refuse("ranges of other letters without case");
      return false;
    }
    for (char c = low[0]; c <= high[0] && c > 0; ++c) {
      if (!is_ascii_letter(c)) continue;
      for (const std::string& letter : letters_of(same_letters(std::string(1, c)))) members += letter;
    }
    return true;
  }

  SqlDialect dialect_;
  std::vector<std::string> letters_;
  std::size_t at_ = 0;
  std::string out_, reason_;
  bool may_repeat_ = false;
  std::vector<Flags> folds_ = {{}};  // of the groups that are open
};

}  // namespace

std::expected<std::string, std::string> pattern_in(SqlDialect dialect, std::string_view pattern) {
  if (dialect == SqlDialect::kDuckdb) return std::string(pattern);
  return Translation(dialect, pattern).run();
}

}  // namespace segue::sql
