// From bytes to tokens: ANTLR's lexer, and what it cannot know. Texts get their escapes resolved, wrong quotes and foreign comments
// are reported and read as what they mean, characters without a meaning are reported and left out.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "antlr/SegueLexer.h"
#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/literals.h"
#include "compiler/syntax/tokens.h"

namespace segue {
namespace {

using antlr::SegueLexer;

// Characters that look like ours and are not: from other keyboards, from text processors.
struct Lookalike {
  std::string_view character;
  std::string_view ours;
  std::uint16_t type;
};
constexpr std::array kLookalikes = {
    Lookalike{"≥", ">=", SegueLexer::GE},   Lookalike{"≤", "<=", SegueLexer::LE},   Lookalike{"≠", "!=", SegueLexer::NE},
    Lookalike{"×", "*", SegueLexer::STAR},  Lookalike{"÷", "/", SegueLexer::SLASH}, Lookalike{"−", "-", SegueLexer::MINUS},
    Lookalike{"–", "-", SegueLexer::MINUS}, Lookalike{"—", "-", SegueLexer::MINUS},
};
constexpr std::array<std::string_view, 8> kSpecialBlanks = {"\u00A0", "\u2007", "\u202F", "\u200B", "\u200C", "\u200D", "\uFEFF", "\u3000"};
constexpr std::array<std::string_view, 9> kDoubleQuotes = {"“", "”", "„", "‟", "«", "»", "″", "＂", "〝"};
constexpr std::array<std::string_view, 8> kSingleQuotes = {"'", "‘", "’", "‚", "‹", "›", "′", "´"};

template <std::size_t N>
bool is_one_of(std::string_view character, const std::array<std::string_view, N>& set) {
  return std::ranges::find(set, character) != set.end();
}

bool is_word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_word_start(char c) { return is_word_byte(c) && (c < '0' || c > '9'); }

constexpr std::string_view kPlainSigns = "{}[](),:?*+";
constexpr std::array<std::size_t, kPlainSigns.size()> kPlainSignTypes = {
    SegueLexer::LBRACE, SegueLexer::RBRACE, SegueLexer::LBRACKET, SegueLexer::RBRACKET, SegueLexer::LPAREN, SegueLexer::RPAREN,
    SegueLexer::COMMA,  SegueLexer::COLON,  SegueLexer::QUESTION, SegueLexer::STAR,     SegueLexer::PLUS};

class LexerPass {
 public:
  explicit LexerPass(Reporter& reporter) : reporter_(reporter), text_(reporter.source().text), stream_(text_), lexer_(&stream_) {
    lexer_.removeErrorListeners();
    if (text_.starts_with(kByteOrderMark)) stream_.seek(kByteOrderMark.size());
  }

  Tokens run() {
    while (true) {
      if (take_plain()) continue;
      const auto token = lexer_.nextToken();
      if (token->getType() == antlr4::Token::EOF) break;
      const auto type = static_cast<std::uint16_t>(token->getType());
      const auto begin = static_cast<std::uint32_t>(token->getStartIndex()), end = static_cast<std::uint32_t>(token->getStopIndex() + 1);
      if (is_word_start(text_[begin])) word_types_.emplace(bytes(begin, end), type);
      take(type, begin, end);
    }
    return std::move(tokens_);
  }

 private:
  // ── what needs no automaton ──
  // ANTLR's lexer takes half of the time of parsing. Most of a file is plain: blanks, words that it has read before, signs that begin nothing longer,
  // whole numbers, texts without escapes. These are taken here, as it would take them.

  bool take_plain() {
    const std::size_t begin = std::min(text_.find_first_not_of(" \t\r\n", stream_.index()), text_.size());
    stream_.seek(begin);
    if (begin == text_.size()) return false;
    const char first = text_[begin];
    if (is_word_start(first)) return take_known_word(begin);
    if (first >= '0' && first <= '9') return take_plain_number(begin);
    if (first == '"') return take_plain_text(begin);
    if (first == '#') return take_until(SegueLexer::COMMENT, begin, std::min(text_.find_first_of("\r\n", begin), text_.size()));
    const std::size_t sign = kPlainSigns.find(first);
    return sign != std::string_view::npos && take_until(kPlainSignTypes[sign], begin, begin + 1);
  }

  bool take_until(std::size_t type, std::size_t begin, std::size_t end) {
    stream_.seek(end);
    take(static_cast<std::uint16_t>(type), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
    return true;
  }

  [[nodiscard]] std::size_t word_end(std::size_t begin) const {
    std::size_t end = begin;
    while (end < text_.size() && is_word_byte(text_[end])) ++end;
    return end;
  }

  bool take_known_word(std::size_t begin) {
    const std::size_t end = word_end(begin);
    const auto known = word_types_.find(bytes(begin, end));
    return known != word_types_.end() && take_until(known->second, begin, end);
  }

  // Neither a fraction nor a share nor perhaps a date.
  bool take_plain_number(std::size_t begin) {
    const std::size_t end = word_end(begin);
    const bool may_go_on = end < text_.size() && (text_[end] == '.' || text_[end] == '%' || text_[end] == '-');
    return !may_go_on && take_until(SegueLexer::NUMBER, begin, end);
  }

  bool take_plain_text(std::size_t begin) {
    const std::size_t end = text_.find_first_of("\"\\\r\n", begin + 1);
    return end != std::string_view::npos && text_[end] == '"' && take_until(SegueLexer::STRING, begin, end + 1);
  }

  // ── tokens ──

  [[nodiscard]] std::string_view bytes(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }
  [[nodiscard]] std::string_view character_at(std::size_t offset) const { return text_.substr(offset, code_point_length(text_, offset)); }
  // Where the line around `offset` ends. Offsets only grow, so a line is searched once.
  [[nodiscard]] std::uint32_t line_end(std::size_t offset) {
    if (offset > line_end_ || line_end_ == 0)
      line_end_ = static_cast<std::uint32_t>(std::min(text_.find_first_of("\r\n", offset), text_.size()));
    return line_end_;
  }

  // Whether only blanks and comments stand between the token before and `begin`, with a line break among them.
  bool opens_line(std::uint32_t begin) {
    const bool opens = tokens_.list.empty() || bytes(tokens_.list.back().end, begin).find('\n') != std::string_view::npos;
    return opens;
  }

  Token& push(std::uint16_t type, std::uint32_t begin, std::uint32_t end, Damage damage = Damage::kNone) {
    const bool opens = opens_line(begin);
    tokens_.list.push_back(
        {.begin = begin, .end = end, .text = kNoText, .type = type, .opens_line = opens, .opens_clause = false, .damage = damage});
    return tokens_.list.back();
  }

  void set_text(Token& token, std::string text) {
    token.text = static_cast<std::uint32_t>(tokens_.texts.size());
    tokens_.texts.push_back(std::move(text));
  }

  void take(std::uint16_t type, std::uint32_t begin, std::uint32_t end) {
    switch (type) {
      case SegueLexer::COMMENT: return take_comment(begin, end);
      case SegueLexer::FOREIGN_COMMENT: return skip_foreign_comment(begin, end);
      case SegueLexer::STRING: return take_text(begin, end);
      case SegueLexer::UNCLOSED_TEXT: return take_unclosed_text(begin, end);
      case SegueLexer::QUOTED_NAME: return take_quoted_name(begin, end);
      case SegueLexer::UNCLOSED_NAME: return take_unclosed_name(begin, end);
      case SegueLexer::NUMBER: return take_literal(type, begin, end, DiagnosticKind::kInvalidNumber, read_number(bytes(begin, end)));
      case SegueLexer::DATE: return take_literal(type, begin, end, DiagnosticKind::kInvalidDate, read_date(bytes(begin, end)));
      case SegueLexer::TIMESTAMP: return take_literal(type, begin, end, DiagnosticKind::kInvalidDate, read_timestamp(bytes(begin, end)));
      case SegueLexer::MINUS: return take_minus(begin, end);
      case SegueLexer::APOSTROPHE: return take_wrong_quotes(begin, end);
      case SegueLexer::OTHER: return take_other(begin);
      default: push(type, begin, end);
    }
  }

  // Reports bytes that are not UTF-8 in what may hold any characters; true when there are none.
  bool check_utf8(std::uint32_t begin, std::uint32_t end) {
    const std::string_view text = bytes(begin, end);
    const std::size_t invalid = first_invalid_utf8(text);
    if (invalid < text.size()) {
      const auto at = static_cast<std::uint32_t>(begin + invalid);
      reporter_.report(DiagnosticKind::kInvalidUtf8, reporter_.span(at, at + 1),
                       "this byte is not part of a character in UTF-8; save the file as UTF-8");
      return false;
    }
    const std::size_t nul = text.find('\0');
    if (nul == std::string_view::npos) return true;
    const auto at = static_cast<std::uint32_t>(begin + nul);
    reporter_.report(DiagnosticKind::kUnknownCharacter, reporter_.span(at, at + 1), "a NUL byte stands here; remove it", "remove it",
                     reporter_.span(at, at + 1), "");
    return false;
  }

  void take_comment(std::uint32_t begin, std::uint32_t end) {
    check_utf8(begin, end);
    tokens_.comments.push_back({reporter_.span(begin, end)});
  }

  void skip_foreign_comment(std::uint32_t begin, std::uint32_t end) {
    std::uint32_t comment_end = line_end(end);
    if (bytes(begin, end) == "/*") {
      const std::size_t close = is_comment_close_gone_ ? std::string_view::npos : text_.find("*/", end);
      is_comment_close_gone_ = close == std::string_view::npos;
      if (!is_comment_close_gone_) comment_end = static_cast<std::uint32_t>(close + 2);
      reporter_.report(DiagnosticKind::kForeignPunctuation, reporter_.span(begin, end),
                       "`/*` opens no comment; a comment is `#` up to the end of its line");
    } else {
      report_line_comment(begin, end);
    }
    stream_.seek(comment_end);
  }

  void report_line_comment(std::uint32_t begin, std::uint32_t end) {
    reporter_.report(DiagnosticKind::kForeignPunctuation, reporter_.span(begin, end),
                     fmt::format("`{}` opens no comment; write `#`", bytes(begin, end)), "write `#`", reporter_.span(begin, end), "#");
  }

  // `-- like this` on a line of its own is a comment of SQL's.
  void take_minus(std::uint32_t begin, std::uint32_t end) {
    const std::size_t next = text_.substr(begin).starts_with("-- ") ? text_.find_first_not_of(' ', begin + 3) : std::string_view::npos;
    const bool is_value = next == std::string_view::npos || text_[next] == '(' || (text_[next] >= '0' && text_[next] <= '9');
    const bool is_comment = !is_value && opens_line(begin);
    if (!is_comment) {
      push(SegueLexer::MINUS, begin, end);
      return;
    }
    report_line_comment(begin, begin + 2);
    stream_.seek(line_end(begin));
  }

  void take_text(std::uint32_t begin, std::uint32_t end) {
    const bool is_valid = check_utf8(begin, end);
    std::vector<EscapeProblem> problems;
    std::string text = read_text(bytes(begin + 1, end - 1), problems);
    for (const EscapeProblem& found : problems) report_escape(begin + 1, found);
    set_text(push(SegueLexer::STRING, begin, end, is_valid && problems.empty() ? Damage::kNone : Damage::kBroken), std::move(text));
  }

  void report_escape(std::uint32_t offset, const EscapeProblem& found) {
    const Span at = reporter_.span(static_cast<std::uint32_t>(offset + found.begin), static_cast<std::uint32_t>(offset + found.end));
    report_literal(DiagnosticKind::kUnknownEscape, at, found.problem);
  }

  void report_literal(DiagnosticKind kind, Span at, const LiteralProblem& problem) {
    if (problem.replacement) {
      reporter_.report(kind, at, problem.message + fmt::format("; write `{}`", *problem.replacement),
                       fmt::format("write `{}`", *problem.replacement), at, *problem.replacement);
    } else {
      reporter_.report(kind, at, problem.message);
    }
  }

  template <class Literal>
  void take_literal(std::uint16_t type, std::uint32_t begin, std::uint32_t end, DiagnosticKind kind,
                    const std::variant<Literal, LiteralProblem>& read) {
    const auto* problem = std::get_if<LiteralProblem>(&read);
    if (problem != nullptr) report_literal(kind, reporter_.span(begin, end), *problem);
    push(type, begin, end, problem == nullptr ? Damage::kNone : Damage::kBroken);
  }

  // `"Sales”` is closed by a quote of another kind; otherwise nothing tells where the text was to end.
  void take_unclosed_text(std::uint32_t begin, std::uint32_t end) {
    const std::string_view rest = bytes(begin + 1, end);
    const std::size_t close = std::min({rest.find("”"), rest.find("“"), rest.find("»")});
    if (close != std::string_view::npos) {
      const auto close_at = static_cast<std::uint32_t>(begin + 1 + close);
      const auto after = static_cast<std::uint32_t>(close_at + code_point_length(text_, close_at));
      report_wrong_quotes(begin, after, rest.substr(0, close));
      stream_.seek(after);
      return;
    }
    check_utf8(begin, end);
    reporter_.report(DiagnosticKind::kUnclosedText, reporter_.span(begin, end),
                     "this text is not closed on its line; write `\"` where it ends");
    set_text(push(SegueLexer::STRING, begin, end, Damage::kFatal), std::string(rest));
  }

  void take_quoted_name(std::uint32_t begin, std::uint32_t end) {
    const bool is_valid = check_utf8(begin, end);
    const bool is_empty = end - begin == 2;
    if (is_empty)
      reporter_.report(DiagnosticKind::kInvalidName, reporter_.span(begin, end), "a name in back-quotes has at least one character");
    set_text(push(SegueLexer::QUOTED_NAME, begin, end, is_valid && !is_empty ? Damage::kNone : Damage::kBroken),
             std::string(bytes(begin + 1, end - 1)));
  }

  void take_unclosed_name(std::uint32_t begin, std::uint32_t end) {
    check_utf8(begin, end);
    reporter_.report(DiagnosticKind::kUnclosedName, reporter_.span(begin, end),
                     "this name is not closed on its line; write a back-quote where it ends");
    set_text(push(SegueLexer::QUOTED_NAME, begin, end, Damage::kFatal), std::string(bytes(begin + 1, end)));
  }

  // Text that opens with a quote other than `"`: up to the next quote of that family on the line.
  void take_wrong_quotes(std::uint32_t begin, std::uint32_t after_open) {
    const bool is_single = is_one_of(character_at(begin), kSingleQuotes);
    const std::uint32_t end = line_end(begin);
    std::uint32_t at = after_open;
    while (at < end && !closes(character_at(at), is_single)) at += static_cast<std::uint32_t>(character_at(at).size());
    if (at >= end) {
      reporter_.report(DiagnosticKind::kWrongQuotes, reporter_.span(begin, after_open),
                       fmt::format("text stands in double quotes, as in \"Salesforce\", not in `{}`", character_at(begin)));
      set_text(push(SegueLexer::STRING, begin, end, Damage::kFatal), std::string(bytes(after_open, end)));
      stream_.seek(end);
      return;
    }
    const auto after = static_cast<std::uint32_t>(at + character_at(at).size());
    report_wrong_quotes(begin, after, bytes(after_open, at));
    stream_.seek(after);
  }

  [[nodiscard]] static bool closes(std::string_view character, bool is_single) {
    return is_single ? is_one_of(character, kSingleQuotes) : character == "\"" || is_one_of(character, kDoubleQuotes);
  }

  void report_wrong_quotes(std::uint32_t begin, std::uint32_t end, std::string_view content) {
    const bool is_valid = check_utf8(begin, end);
    const std::string fixed = written_text(content);
    const Span at = reporter_.span(begin, end);
    reporter_.report(DiagnosticKind::kWrongQuotes, at, fmt::format("text stands in double quotes; write {}", excerpt(fixed)),
                     fmt::format("write {}", excerpt(fixed)), at, fixed);
    set_text(push(SegueLexer::STRING, begin, end, is_valid ? Damage::kNone : Damage::kBroken), std::string(content));
  }

  void take_other(std::uint32_t begin) {
    const std::string_view character = character_at(begin);
    const auto end = static_cast<std::uint32_t>(begin + character.size());
    stream_.seek(end);
    if (character.size() == 1) return skip_sign(begin);
    if (is_one_of(character, kSpecialBlanks)) return skip_special_blank(begin, end);
    if (is_one_of(character, kDoubleQuotes) || is_one_of(character, kSingleQuotes)) return take_wrong_quotes(begin, end);
    const auto* same = std::ranges::find(kLookalikes, character, &Lookalike::character);
    if (same != kLookalikes.end()) return take_lookalike(*same, begin, end);
    take_foreign_word(begin);
  }

  // A byte that is no UTF-8, a control character, or a sign that means nothing: a run of them is one error.
  void skip_sign(std::uint32_t begin) {
    const auto byte = static_cast<unsigned char>(text_[begin]);
    const bool goes_on = begin == last_skipped_end_;
    last_skipped_end_ = begin + 1;
    if (goes_on) return;
    if (byte >= 0x80) {
      check_utf8(begin, begin + 1);
    } else if (byte < 0x20 || byte == 0x7F) {
      reporter_.report(DiagnosticKind::kUnknownCharacter, reporter_.span(begin, begin + 1),
                       fmt::format("a control character (number {}) stands here; remove it", byte), "remove it",
                       reporter_.span(begin, begin + 1), "");
    } else {
      reporter_.report(DiagnosticKind::kUnknownCharacter, reporter_.span(begin, begin + 1),
                       fmt::format("`{}` means nothing here; remove it", text_[begin]), "remove it", reporter_.span(begin, begin + 1), "");
      const bool is_operator = text_[begin] == '^' || text_[begin] == '~';  // elsewhere: what stands around it is two operands
      if (is_operator) push(SegueLexer::STAR, begin, begin + 1, Damage::kBroken);
    }
  }

  void skip_special_blank(std::uint32_t begin, std::uint32_t end) {
    const bool goes_on = begin == last_skipped_end_;
    last_skipped_end_ = end;
    if (goes_on) return;
    reporter_.report(DiagnosticKind::kUnknownCharacter, reporter_.span(begin, end),
                     "a special blank stands here, as text processors make them; write a plain one", "write a plain blank",
                     reporter_.span(begin, end), " ");
  }

  void take_lookalike(const Lookalike& same, std::uint32_t begin, std::uint32_t end) {
    reporter_.report(DiagnosticKind::kForeignOperator, reporter_.span(begin, end),
                     fmt::format("`{}` is written `{}`", same.character, same.ours), fmt::format("write `{}`", same.ours),
                     reporter_.span(begin, end), std::string(same.ours));
    push(same.type, begin, end);
  }

  [[nodiscard]] bool is_word_character(std::string_view character) const {
    if (character.size() == 1) return is_word_byte(character[0]);
    return !is_one_of(character, kSpecialBlanks) && !is_one_of(character, kDoubleQuotes) && !is_one_of(character, kSingleQuotes) &&
           std::ranges::find(kLookalikes, character, &Lookalike::character) == kLookalikes.end();
  }

  // `größe`, `Österreich`: one word, whatever the lexer made of its beginning.
  void take_foreign_word(std::uint32_t letter) {
    std::uint32_t begin = letter;
    const bool goes_on = !tokens_.list.empty() && tokens_.list.back().end == letter && is_word_byte(text_[letter - 1]) &&
                         is_word_byte(text_[tokens_.list.back().begin]);
    if (goes_on) {
      begin = tokens_.list.back().begin;
      tokens_.list.pop_back();
    }
    auto end = static_cast<std::uint32_t>(letter + character_at(letter).size());
    while (end < text_.size() && is_word_character(character_at(end))) end += static_cast<std::uint32_t>(character_at(end).size());
    stream_.seek(end);
    const std::string_view word = bytes(begin, end);
    reporter_.report(
        DiagnosticKind::kUnknownCharacter, reporter_.span(begin, end),
        fmt::format(
            "`{}` has characters other than a to z, digits and `_`; a name that has them stands in back-quotes, a value in double quotes",
            excerpt(word)));
    set_text(push(SegueLexer::QUOTED_NAME, begin, end, Damage::kBroken), std::string(word));
  }

  Reporter& reporter_;
  std::string_view text_;
  ByteStream stream_;
  SegueLexer lexer_;
  Tokens tokens_;
  std::unordered_map<std::string_view, std::uint16_t> word_types_;  // as the lexer read them
  std::uint32_t last_skipped_end_ = 0xffff'ffff;
  std::uint32_t line_end_ = 0;
  bool is_comment_close_gone_ = false;  // no `*/` stands behind what has been read
};

}  // namespace

std::string excerpt(std::string_view text, std::size_t limit) {
  std::string result;
  std::size_t count = 0;
  for (std::size_t offset = 0; offset < text.size() && count <= limit; ++count) {
    const std::size_t length = code_point_length(text, offset);
    const bool is_shown = static_cast<unsigned char>(text[offset]) >= 0x20 && text[offset] != 0x7F &&
                          (length > 1 || static_cast<unsigned char>(text[offset]) < 0x80);
    if (count == limit) return result + "…";
    if (is_shown) result.append(text.substr(offset, length));
    else result += text[offset] == '\n' || text[offset] == '\t' || text[offset] == '\r' ? " " : "\uFFFD";
    offset += length;
  }
  return result;
}

Tokens lex(Reporter& reporter) { return LexerPass(reporter).run(); }

}  // namespace segue
