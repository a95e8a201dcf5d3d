// What people write who know other languages: each slip is reported with its fix, and its tokens are replaced by ours, so that nothing
// follows from it. One pass from left to right; `out` is what has been settled.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "compiler/syntax/literals.h"
#include "compiler/syntax/token_classes.h"
#include "compiler/syntax/tokens.h"

namespace segue {
namespace {

using L = antlr::SegueParser;

struct Word {
  std::string_view text;
  std::uint16_t type;
};
// Words that may be shouted: `AND`, `Between`.
constexpr std::array kInfixWords = {
    Word{"and", L::AND},       Word{"or", L::OR},           Word{"in", L::IN},           Word{"is", L::IS},
    Word{"has", L::HAS},       Word{"between", L::BETWEEN}, Word{"within", L::WITHIN},   Word{"contains", L::CONTAINS},
    Word{"starts", L::STARTS}, Word{"ends", L::ENDS},       Word{"matches", L::MATCHES}, Word{"when", L::WHEN}};
constexpr std::array kClauseWords = {Word{"where", L::WHERE}, Word{"except", L::EXCEPT}, Word{"expect", L::EXPECT}};
constexpr std::array kStateWords = {Word{"empty", L::EMPTY}, Word{"known", L::KNOWN}, Word{"missing", L::MISSING}};

template <std::size_t N>
const Word* find_word(const std::array<Word, N>& words, std::string_view text) {
  const auto found = std::ranges::find(words, text, &Word::text);
  return found == words.end() ? nullptr : &*found;
}

class SlipsPass {
 public:
  SlipsPass(Tokens& tokens, Reporter& reporter) : tokens_(tokens), in_(tokens.list), reporter_(reporter) { out_.reserve(in_.size()); }

  void run() {
    for (at_ = 0; at_ < in_.size();) {
      if (!mend()) {
        track_brackets(in_[at_]);
        out_.push_back(in_[at_++]);
      }
    }
    in_ = std::move(out_);
  }

 private:
  [[nodiscard]] const Token* ahead(std::size_t count) const { return at_ + count < in_.size() ? &in_[at_ + count] : nullptr; }
  [[nodiscard]] std::size_t type_ahead(std::size_t count) const {
    return ahead(count) == nullptr ? antlr4::Token::INVALID_TYPE : ahead(count)->type;
  }
  [[nodiscard]] std::size_t last_type() const { return out_.empty() ? antlr4::Token::INVALID_TYPE : out_.back().type; }
  [[nodiscard]] bool follows_operand() const { return !out_.empty() && ends_operand(out_.back().type); }
  [[nodiscard]] std::string_view text(const Token& token) const { return reporter_.text(token); }
  [[nodiscard]] std::string lower_ahead(std::size_t count) const {
    return ahead(count) == nullptr ? std::string() : lower_case(text(*ahead(count)));
  }
  [[nodiscard]] bool touches(std::size_t count) const {
    return ahead(count) != nullptr && in_[at_ + count - 1].end == in_[at_ + count].begin;
  }
  [[nodiscard]] std::size_t depth() const { return brackets_.size(); }
  [[nodiscard]] bool in_block() const { return depth() == 1 && brackets_.back() == L::LBRACE; }

  void track_brackets(const Token& token) {
    if (is_opener(token.type)) brackets_.push_back(token.type);
    if (is_closer(token.type) && !brackets_.empty()) brackets_.pop_back();
    // An unclosed bracket must not reach into the next declaration.
    if (is_declaration_type(token.type) && token.opens_line) brackets_.clear();
  }

  // Replaces the next `count` tokens by one of ours, after a report.
  void replace(std::size_t count, std::size_t type) {
    Token token = in_[at_];
    token.end = in_[at_ + count - 1].end;
    token.type = static_cast<std::uint16_t>(type);
    token.text = kNoText;
    track_brackets(token);
    out_.push_back(token);
    at_ += count;
  }

  // Reports that the next `count` tokens are written `ours`, and replaces them.
  bool rewrite(DiagnosticKind kind, std::size_t count, std::size_t type, std::string_view ours) {
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + count - 1].end);
    reporter_.report(kind, at, fmt::format("`{}` is written `{}`", excerpt(text_at(reporter_.source(), at)), ours),
                     fmt::format("write `{}`", ours), at, std::string(ours));
    replace(count, type);
    return true;
  }

  // Reports a token that is not needed, and leaves it out.
  bool drop(DiagnosticKind kind, std::string message) {
    const Span at = reporter_.span(in_[at_]);
    reporter_.report(kind, at, std::move(message), "remove it", at, "");
    ++at_;
    return true;
  }

  bool mend() {
    const std::size_t type = in_[at_].type;
    switch (type) {
      case L::FOREIGN_EQ: return mend_null_comparison() || rewrite(DiagnosticKind::kForeignOperator, 1, L::EQ, "=");
      case L::FOREIGN_NE: return mend_null_comparison() || rewrite(DiagnosticKind::kForeignOperator, 1, L::NE, "!=");
      case L::FOREIGN_LE: return rewrite(DiagnosticKind::kForeignOperator, 1, L::LE, "<=");
      case L::FOREIGN_GE: return rewrite(DiagnosticKind::kForeignOperator, 1, L::GE, ">=");
      case L::FOREIGN_AND: return rewrite_spaced("and", L::AND);
      case L::FOREIGN_OR: return rewrite_spaced("or", L::OR);
      case L::FOREIGN_NOT: return rewrite_spaced("not", L::NOT);
      case L::EQ: return mend_null_comparison() || mend_metadata_equals();
      case L::NE: return mend_null_comparison();
      case L::SEMICOLON: return drop(DiagnosticKind::kForeignPunctuation, "`;` ends nothing here; remove it");
      case L::PERCENT: return mend_lone_percent();
      case L::NUMBER: return mend_percent() || mend_thousands() || mend_date();
      case L::COMMA: return mend_comma();
      case L::COLON: return mend_clause_colon();
      case L::LPAREN: return mend_set_parentheses();
      case L::STRING: return mend_pattern();
      case L::DOT: return mend_bare_fraction();
      case L::IS: return mend_is();
      default: return is_name_type(type) && type != L::QUOTED_NAME && mend_word();
    }
  }

  // `!customer` becomes `not customer`: with a blank where there was none.
  bool rewrite_spaced(std::string_view ours, std::size_t type) {
    const Span at = reporter_.span(in_[at_]);
    std::string replacement(ours);
    if (!out_.empty() && out_.back().end == in_[at_].begin && ends_operand(out_.back().type)) replacement.insert(0, 1, ' ');
    if (touches(1)) replacement += ' ';
    reporter_.report(DiagnosticKind::kForeignOperator, at, fmt::format("`{}` is written `{}`", text(in_[at_]), ours),
                     fmt::format("write `{}`", ours), at, replacement);
    replace(1, type);
    return true;
  }

  // ---- null ----

  [[nodiscard]] bool is_null(std::size_t count) const {
    if (type_ahead(count) != L::NAME) return false;
    const std::string word = lower_ahead(count);
    return word == "null" || word == "nil" || word == "undefined";
  }

  // Replaces the next `count` tokens by `is known` or `is missing`.
  bool rewrite_state(std::size_t count, bool is_known) {
    const std::string_view ours = is_known ? "is known" : "is missing";
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + count - 1].end);
    reporter_.report(DiagnosticKind::kNullValue, at, fmt::format("there is no null: a value is known or missing; write `{}`", ours),
                     fmt::format("write `{}`", ours), at, std::string(ours));
    Token is = in_[at_];
    is.type = L::IS;
    out_.push_back(is);
    Token state = in_[at_ + count - 1];
    state.type = is_known ? L::KNOWN : L::MISSING;
    state.opens_line = false;
    out_.push_back(state);
    at_ += count;
    return true;
  }

  // `= null`, `!= null`, `== NULL`.
  bool mend_null_comparison() {
    if (!is_null(1)) return false;
    const std::size_t type = in_[at_].type;
    return rewrite_state(2, type == L::NE || type == L::FOREIGN_NE);
  }

  // `is null`, `IS NOT NULL`; `is Software` and `is not Software`, which compare.
  bool mend_is() {
    if (is_null(1)) return rewrite_state(2, false);
    const bool has_not = type_ahead(1) == L::NOT || (type_ahead(1) == L::NAME && lower_ahead(1) == "not");
    if (has_not && is_null(2)) return rewrite_state(3, true);
    const std::size_t asked = has_not ? 2 : 1;
    const bool is_state = find_word(kStateWords, lower_ahead(asked)) != nullptr;
    const bool compares = follows_operand() && starts_operand(type_ahead(asked)) && type_ahead(asked) != L::NOT && !is_state;
    return compares && rewrite(DiagnosticKind::kForeignOperator, has_not ? 2 : 1, has_not ? L::NE : L::EQ, has_not ? "!=" : "=");
  }

  // ---- words ----

  bool mend_word() {
    if (is_null(0)) return mend_lone_null();
    if (mend_like() || mend_pair("not")) return true;
    const std::string word = lower_ahead(0);
    const bool is_shouted = in_[at_].type == L::NAME && word != text(in_[at_]);
    return is_shouted && (mend_shouted_infix(word) || mend_shouted_not(word) || mend_shouted_clause(word) || mend_shouted_state(word) ||
                          mend_shouted_bool(word));
  }

  // `null` as a value: in a test it is `missing`, elsewhere nothing stands for it.
  bool mend_lone_null() {
    const Span at = reporter_.span(in_[at_]);
    const bool is_field = last_type() == L::COLON && depth() > 1;
    if (is_field) {
      reporter_.report(DiagnosticKind::kNullValue, at, "there is no null; write `missing`", "write `missing`", at, "missing");
      replace(1, L::MISSING);
      return true;
    }
    reporter_.report(DiagnosticKind::kNullValue, at,
                     "there is no null: ask with `is missing` or `is known`, give a default with `or else`");
    in_[at_].damage = Damage::kBroken;
    out_.push_back(in_[at_++]);
    return true;
  }

  // `NOT IN`, `NOT BETWEEN`: handled word by word; here `is NOT`.
  bool mend_pair(std::string_view word) {
    if (last_type() != L::IS || in_[at_].type != L::NAME || lower_ahead(0) != word) return false;
    return rewrite(DiagnosticKind::kForeignKeyword, 1, L::NOT, "not");
  }

  bool mend_shouted_infix(const std::string& word) {
    const Word* ours = find_word(kInfixWords, word);
    if (ours == nullptr || ahead(1) == nullptr) return false;
    const bool stands_between =
        (follows_operand() || last_type() == L::NOT) && (starts_operand(type_ahead(1)) || is_reserved_type(type_ahead(1)));
    return stands_between && retype(*ours);
  }

  // Reports a shouted word and lets it go through the pass again as ours. `IS NULL` is told as a whole.
  bool retype(const Word& ours) {
    const bool is_null_test = ours.type == L::IS && (is_null(1) || (lower_ahead(1) == "not" && is_null(2)));
    in_[at_].type = ours.type;
    if (is_null_test) return true;
    const Span at = reporter_.span(in_[at_]);
    reporter_.report(DiagnosticKind::kForeignKeyword, at, fmt::format("`{}` is written `{}`", text(in_[at_]), ours.text),
                     fmt::format("write `{}`", ours.text), at, std::string(ours.text));
    return true;
  }

  bool mend_shouted_not(const std::string& word) {
    if (word != "not" || ahead(1) == nullptr) return false;
    const bool is_infix = follows_operand() && find_word(kInfixWords, lower_ahead(1)) != nullptr;
    const bool is_prefix = !follows_operand() && starts_operand(type_ahead(1)) && type_ahead(1) != L::MINUS;
    return (is_infix || is_prefix) && rewrite(DiagnosticKind::kForeignKeyword, 1, L::NOT, "not");
  }

  bool mend_shouted_clause(const std::string& word) {
    const Word* ours = find_word(kClauseWords, word);
    const bool stands_first = in_[at_].opens_line || last_type() == L::LBRACE || follows_operand();
    return ours != nullptr && stands_first && starts_operand(type_ahead(1)) &&
           rewrite(DiagnosticKind::kForeignKeyword, 1, ours->type, ours->text);
  }

  bool mend_shouted_state(const std::string& word) {
    const Word* ours = find_word(kStateWords, word);
    const bool is_asked = last_type() == L::IS || (last_type() == L::NOT && out_.size() > 1 && out_[out_.size() - 2].type == L::IS);
    return ours != nullptr && is_asked && rewrite(DiagnosticKind::kForeignKeyword, 1, ours->type, ours->text);
  }

  // `TRUE` beside `=` or as a value in a test.
  bool mend_shouted_bool(const std::string& word) {
    const bool is_value = last_type() == L::EQ || last_type() == L::NE || last_type() == L::COLON;
    if (!is_value || (word != "true" && word != "false")) return false;
    return rewrite(DiagnosticKind::kForeignKeyword, 1, word == "true" ? L::TRUE : L::FALSE, word);
  }

  // ---- patterns ----

  // `like "%x%"`: the operator that says the same.
  bool mend_like() {
    const std::string word = lower_ahead(0);
    const bool is_like = in_[at_].type == L::NAME && (word == "like" || word == "ilike") && (follows_operand() || last_type() == L::NOT);
    if (!is_like || type_ahead(1) != L::STRING) return false;
    const std::string pattern = tokens_.texts[in_[at_ + 1].text];
    const bool is_open_left = pattern.starts_with('%');
    const bool is_open_right = pattern.ends_with('%') && pattern.size() > 1;
    const std::string_view ours = is_open_left && is_open_right ? "contains"
                                  : is_open_left                ? "ends with"
                                  : is_open_right               ? "starts with"
                                                                : "=";
    const std::string plain = trimmed(pattern, is_open_left, is_open_right);
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + 1].end);
    const std::string fixed = fmt::format("{} {}", ours, written_text(plain));
    reporter_.report(DiagnosticKind::kForeignKeyword, at, fmt::format("there is no `{}`; write `{}`", text(in_[at_]), excerpt(fixed)),
                     fmt::format("write `{}`", excerpt(fixed)), at, fixed);
    push_operator(ours);
    Token value = in_[at_ + 1];
    tokens_.texts[value.text] = plain;
    out_.push_back(value);
    at_ += 2;
    return true;
  }

  static std::string trimmed(std::string_view pattern, bool left, bool right) {
    if (left) pattern.remove_prefix(1);
    if (right && !pattern.empty()) pattern.remove_suffix(1);
    return std::string(pattern);
  }

  void push_operator(std::string_view ours) {
    Token token = in_[at_];
    token.type = ours == "=" ? L::EQ : ours == "contains" ? L::CONTAINS : ours == "ends with" ? L::ENDS : L::STARTS;
    out_.push_back(token);
    if (token.type == L::ENDS || token.type == L::STARTS) {
      token.type = L::WITH;
      token.opens_line = false;
      out_.push_back(token);
    }
  }

  [[nodiscard]] bool follows_text_operator() const {
    if (out_.size() < 2) return false;
    const std::size_t before = out_[out_.size() - 2].type;
    if (last_type() == L::WITH) return before == L::STARTS || before == L::ENDS;
    return (last_type() == L::CONTAINS || last_type() == L::MATCHES) && (ends_operand(before) || before == L::NOT);
  }

  // `contains "%x%"`: the operator already says where the text stands.
  bool mend_pattern() {
    if (!follows_text_operator() || in_[at_].text == kNoText || in_[at_].damage != Damage::kNone) return false;
    const std::string pattern = tokens_.texts[in_[at_].text];
    if (pattern.size() < 2) return false;
    const char sign = pattern.front() == '*' || pattern.back() == '*' ? '*' : '%';
    const bool is_regex = last_type() == L::MATCHES;
    const bool is_left = pattern.front() == sign;
    const bool is_amount = pattern[pattern.size() - 2] >= '0' && pattern[pattern.size() - 2] <= '9';  // `50%` may be meant
    const bool is_right = pattern.back() == sign && (is_left || !is_amount);
    if (!is_left && !is_right) return false;
    if (is_regex && (sign == '*' || is_left != is_right)) return false;
    const std::string fixed = written_text(trimmed(pattern, is_left, is_right));
    const Span at = reporter_.span(in_[at_]);
    const std::string_view ours =
        last_type() == L::CONTAINS || is_regex ? "the text may stand anywhere" : "the rest of the text may be anything";
    reporter_.report(DiagnosticKind::kTextPattern, at,
                     fmt::format("`{}` is no placeholder here: {}, so write {}", sign, ours, excerpt(fixed)),
                     fmt::format("write {}", excerpt(fixed)), at, fixed);
    tokens_.texts[in_[at_].text] = trimmed(pattern, is_left, is_right);
    out_.push_back(in_[at_++]);
    return true;
  }

  // ---- numbers and dates ----

  // `90 %`.
  bool mend_percent() {
    if (type_ahead(1) != L::PERCENT || text(in_[at_]).ends_with('%')) return false;
    const std::string fixed = std::string(text(in_[at_])) + '%';
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + 1].end);
    reporter_.report(DiagnosticKind::kInvalidNumber, at, fmt::format("no blank stands between a number and `%`; write `{}`", fixed),
                     fmt::format("write `{}`", fixed), at, fixed);
    Token token = in_[at_];
    token.damage = Damage::kBroken;
    out_.push_back(token);
    at_ += 2;
    return true;
  }

  // `a % b`: read as some operator, so that only this is told.
  bool mend_lone_percent() {
    const Span at = reporter_.span(in_[at_]);
    reporter_.report(DiagnosticKind::kForeignPunctuation, at, "`%` stands directly behind a number, as in `90%`; here it means nothing");
    in_[at_].damage = Damage::kBroken;
    in_[at_].type = L::SLASH;
    return true;
  }

  // The next tokens are numbers of these numbers of digits with `separator` between them and no blanks.
  [[nodiscard]] bool are_glued(std::span<const std::size_t> digits, std::size_t separator) const {
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (i > 0 && (!touches(2 * i - 1) || !touches(2 * i) || type_ahead(2 * i - 1) != separator)) return false;
      if (type_ahead(2 * i) != L::NUMBER || !is_plain(text(in_[at_ + 2 * i]), digits[i])) return false;
    }
    return true;
  }
  static bool is_plain(std::string_view number, std::size_t most_digits) {
    return number.size() <= most_digits && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  }

  // `1,000,000` outside of lists and calls.
  bool mend_thousands() {
    const bool is_list = !brackets_.empty() && brackets_.back() != L::LBRACE;
    if (is_list || !is_plain(text(in_[at_]), 3)) return false;
    std::size_t count = 1;
    while (touches(count) && touches(count + 1) && type_ahead(count) == L::COMMA && type_ahead(count + 1) == L::NUMBER &&
           text(in_[at_ + count + 1]).size() == 3)
      count += 2;
    if (count == 1) return false;
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + count - 1].end);
    std::string fixed(text_at(reporter_.source(), at));
    std::ranges::replace(fixed, ',', '_');
    return mend_to_number(count, DiagnosticKind::kInvalidNumber,
                          fmt::format("a number is grouped with `_`, not with commas; write `{}`", fixed), fixed);
  }

  // `2026-3-1`, `2026/03/01`, `3/1/2026`.
  bool mend_date() {
    static constexpr std::array<std::size_t, 3> kYearFirst = {4, 2, 2};
    static constexpr std::array<std::size_t, 3> kYearLast = {2, 2, 4};
    const bool is_year_first = (are_glued(kYearFirst, L::MINUS) || are_glued(kYearFirst, L::SLASH)) && text(in_[at_]).size() == 4;
    if (is_year_first) {
      const std::string fixed = fmt::format("{}-{:0>2}-{:0>2}", text(in_[at_]), text(in_[at_ + 2]), text(in_[at_ + 4]));
      return mend_to_number(5, DiagnosticKind::kInvalidDate,
                            fmt::format("a date is written with four, two and two digits; write `{}`", fixed), fixed);
    }
    if (!are_glued(kYearLast, L::SLASH) || text(in_[at_ + 4]).size() != 4) return false;
    return mend_to_number(5, DiagnosticKind::kInvalidDate, "a date is written as year, month and day: `2026-03-01`", std::nullopt);
  }

  // One token in place of `count`; what it says is not worked out, so its declaration is broken.
  bool mend_to_number(std::size_t count, DiagnosticKind kind, std::string message, const std::optional<std::string>& fixed) {
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + count - 1].end);
    if (fixed) reporter_.report(kind, at, std::move(message), fmt::format("write `{}`", *fixed), at, *fixed);
    else reporter_.report(kind, at, std::move(message));
    Token token = in_[at_];
    token.damage = Damage::kBroken;
    out_.push_back(token);
    at_ += count;
    return true;
  }

  // `.5`.
  bool mend_bare_fraction() {
    if (!touches(1) || type_ahead(1) != L::NUMBER || follows_operand()) return false;
    const Span at = reporter_.span(in_[at_].begin, in_[at_ + 1].end);
    const std::string fixed = "0" + std::string(text_at(reporter_.source(), at));
    reporter_.report(DiagnosticKind::kInvalidNumber, at, fmt::format("a number opens with a digit; write `{}`", fixed),
                     fmt::format("write `{}`", fixed), at, fixed);
    Token token = in_[at_ + 1];
    token.damage = Damage::kBroken;
    out_.push_back(token);
    at_ += 2;
    return true;
  }

  // ---- punctuation ----

  // A comma at the end of a clause.
  bool mend_comma() {
    if (!in_block()) return false;
    const Token* next = ahead(1);
    if (next == nullptr) return false;
    const bool is_clause = next->type == L::RBRACE || next->type == L::WHERE || next->type == L::EXCEPT || next->type == L::EXPECT ||
                           (next->opens_line && is_name_type(next->type) && type_ahead(2) == L::COLON);
    return is_clause && drop(DiagnosticKind::kForeignPunctuation, "no comma stands between clauses; remove it");
  }

  // `where: customer`.
  bool mend_clause_colon() {
    if (out_.empty() || !in_block()) return false;
    const bool is_clause = last_type() == L::WHERE || last_type() == L::EXCEPT || last_type() == L::EXPECT;
    const bool stands_first = out_.back().opens_line || (out_.size() > 1 && out_[out_.size() - 2].type == L::LBRACE);
    return is_clause && stands_first &&
           drop(DiagnosticKind::kForeignPunctuation, fmt::format("no colon stands after `{}`; remove it", text(out_.back())));
  }

  // `owner = "marketing"` as metadata.
  bool mend_metadata_equals() {
    if (out_.empty() || !in_block() || out_.back().type != L::NAME || type_ahead(1) != L::STRING) return false;
    const std::string_view key = text(out_.back());
    const bool is_metadata = key == "owner" || key == "basis" || key == "url" || key == "tags";
    const bool stands_first = out_.back().opens_line || (out_.size() > 1 && out_[out_.size() - 2].type == L::LBRACE);
    if (!is_metadata || !stands_first) return false;
    const Span at = reporter_.span(out_.back().end, in_[at_].end);
    reporter_.report(DiagnosticKind::kForeignPunctuation, reporter_.span(in_[at_]),
                     fmt::format("metadata is written with a colon: `{}: …`", key), fmt::format("write `{}:`", key), at, ":");
    replace(1, L::COLON);
    return true;
  }

  // `in ("a", "b")`, `has any ("a")`.
  bool mend_set_parentheses() {
    const bool is_has = out_.size() > 1 && out_[out_.size() - 2].type == L::HAS;
    if (last_type() != L::IN && !is_has) return false;
    const std::optional<std::size_t> close = closing_parenthesis();
    const bool may_be_list = close == at_ + 2 && is_name_type(type_ahead(1));  // `in (nordics)`: harmless
    if (!close || may_be_list) return false;
    const Span open_span = reporter_.span(in_[at_]);
    const Span close_span = reporter_.span(in_[*close]);
    Diagnostic diagnostic =
        make_diagnostic(DiagnosticKind::kForeignPunctuation, open_span, "a set of values stands in `[` and `]`, not in parentheses");
    diagnostic.fix = Fix{.message = "write `[` and `]`", .edits = {{open_span, "["}, {close_span, "]"}}};
    reporter_.report(std::move(diagnostic));
    in_[*close].type = L::RBRACKET;
    replace(1, L::LBRACKET);
    return true;
  }

  // The `)` that closes the next token.
  [[nodiscard]] std::optional<std::size_t> closing_parenthesis() {
    std::size_t open = 0;
    for (std::size_t i = at_; i < in_.size() && scan_budget_ > 0; ++i, --scan_budget_) {
      if (in_[i].type == L::LPAREN) ++open;
      if (in_[i].type == L::RPAREN && --open == 0) return i;
      if (in_[i].type == L::LBRACE || in_[i].type == L::RBRACE) return std::nullopt;
    }
    return std::nullopt;
  }

  Tokens& tokens_;
  std::vector<Token>& in_;
  std::vector<Token> out_;
  std::vector<std::size_t> brackets_;
  Reporter& reporter_;
  std::size_t at_ = 0;
  std::size_t scan_budget_ = 1'000'000;  // keeps the search for closing parentheses linear in what people write and cheap on the rest
};

}  // namespace

void mend_slips(Tokens& tokens, Reporter& reporter) { SlipsPass(tokens, reporter).run(); }

}  // namespace segue
