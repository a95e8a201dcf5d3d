// What can be seen before parsing: where declarations and clauses start, whether brackets match and how deep they nest, which words
// are names, and which signs open a term of a score.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/literals.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/token_classes.h"
#include "compiler/syntax/tokens.h"

namespace segue {
namespace {

using L = antlr::SegueParser;

constexpr std::size_t kMaxTypeNesting = 10;
constexpr std::size_t kMaxUnmatched = 100;  // closing brackets of one declaration that are told

constexpr std::array<std::string_view, 12> kDeclarationWords = {"use",   "param",  "list", "define", "segment",  "score",
                                                                "tiers", "stages", "grid", "split",  "audience", "test"};
// What other languages call it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kOtherWords = {{{"import", "use"},
                                                                                       {"include", "use"},
                                                                                       {"def", "define"},
                                                                                       {"let", "define"},
                                                                                       {"const", "param"},
                                                                                       {"parameter", "param"},
                                                                                       {"tier", "tiers"},
                                                                                       {"stage", "stages"}}};

std::optional<std::string> declaration_word_for(std::string_view word) {
  std::string lower = lower_case(word);
  const auto other = std::ranges::find(kOtherWords, lower, &std::pair<std::string_view, std::string_view>::first);
  if (other != kOtherWords.end()) return std::string(other->second);
  const std::vector<std::string> words(kDeclarationWords.begin(), kDeclarationWords.end());
  if (std::ranges::find(words, lower) != words.end()) return lower;
  return nearest_name(lower, words);
}

std::uint16_t declaration_type_of(std::string_view word) {
  const auto index = std::ranges::find(kDeclarationWords, word) - kDeclarationWords.begin();
  return static_cast<std::uint16_t>(L::USE + index);
}

// ---- Where declarations start -----------------------------------------------------------------------------------------------

class Splitter {
 public:
  explicit Splitter(const Tokens& tokens, const Reporter& reporter) : tokens_(tokens.list), reporter_(reporter) {}

  std::vector<TokenChunk> run() {
    std::vector<TokenChunk> chunks;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (i == 0 || starts_declaration(i)) {
        begin_ = i;
        depth_ = 0;
        is_closed_ = false;
        chunks.push_back({.begin = i, .end = i, .depth = 0, .damage = Damage::kNone});
      }
      chunks.back().end = i + 1;
      track(tokens_[i].type);
    }
    return chunks;
  }

 private:
  [[nodiscard]] std::size_t type(std::size_t i) const { return i < tokens_.size() ? tokens_[i].type : antlr4::Token::INVALID_TYPE; }

  void track(std::size_t token_type) {
    if (is_opener(token_type)) ++depth_;
    if (!is_closer(token_type) || depth_ == 0) return;
    --depth_;
    is_closed_ = depth_ == 0 && token_type == L::RBRACE;
  }

  [[nodiscard]] bool opens_header(std::size_t i) const {
    const std::size_t next = type(i + 1);
    return is_name_type(next) || is_reserved_type(next) || next == L::STRING;
  }

  [[nodiscard]] bool starts_declaration(std::size_t i) const {
    if (is_closed_) return !is_closer(tokens_[i].type);
    if (is_declaration_type(tokens_[i].type)) {
      if (tokens_[i].opens_line) return opens_header(i) || type(i + 1) == L::LBRACE;
      return depth_ == 0 && i > begin_ + 1 && opens_header(i) && (ends_operand(type(i - 1)) || type(i - 1) == L::QUESTION);
    }
    return depth_ == 0 && tokens_[i].opens_line && is_mistyped_start(i);
  }

  // `segmnt icp {`, `Segment icp "…" {`: two words side by side that something follows which only declarations have.
  [[nodiscard]] bool is_mistyped_start(std::size_t i) const {
    if (tokens_[i].type != L::NAME) return false;
    // `title matches "…"` on a line of its own is a condition.
    const bool is_named = is_name_type(type(i + 1)) && type(i + 1) != L::MATCHES && type(i + 1) != L::CONTAINS;
    const std::size_t after = type(i + 2);
    const bool is_header =
        (is_named && (after == L::LBRACE || after == L::EQ || after == L::STRING || after == L::FROM || after == L::FOR)) ||
        (type(i + 1) == L::STRING && after == L::LBRACE);
    const std::string word = lower_case(reporter_.text(tokens_[i]));
    const bool is_word = std::ranges::find(kDeclarationWords, word) != kDeclarationWords.end() ||
                         std::ranges::find(kOtherWords, word, &std::pair<std::string_view, std::string_view>::first) != kOtherWords.end();
    return is_header || (is_word && (is_named || type(i + 1) == L::STRING));
  }

  const std::vector<Token>& tokens_;
  const Reporter& reporter_;
  std::size_t begin_ = 0;  // of the current declaration
  std::size_t depth_ = 0;
  bool is_closed_ = false;  // the block of the current declaration has ended
};

// ---- Inside a declaration ---------------------------------------------------------------------------------------------------

class ChunkPass {
 public:
  ChunkPass(Tokens& tokens, TokenChunk& chunk, Reporter& reporter, bool is_last)
      : tokens_(tokens.list),
        chunk_(chunk),
        reporter_(reporter),
        is_last_(is_last) {}

  void run() {
    settle_first_word();
    check_length();
    for (std::size_t i = chunk_.begin; i < chunk_.end; ++i) damage(tokens_[i].damage);
    for (std::size_t i = chunk_.begin; i < chunk_.end && chunk_.damage != Damage::kFatal; ++i) visit(i);
    if (chunk_.damage != Damage::kFatal) report_unclosed_at_end();
  }

 private:
  [[nodiscard]] std::size_t type(std::size_t i) const { return i < chunk_.end ? tokens_[i].type : antlr4::Token::INVALID_TYPE; }
  [[nodiscard]] std::size_t type_before(std::size_t i) const {
    return i > chunk_.begin ? tokens_[i - 1].type : antlr4::Token::INVALID_TYPE;
  }
  [[nodiscard]] std::string_view text(std::size_t i) const { return reporter_.text(tokens_[i]); }
  [[nodiscard]] bool in_block() const { return open_.size() == 1 && tokens_[open_[0]].type == L::LBRACE; }
  [[nodiscard]] std::size_t declaration() const { return tokens_[chunk_.begin].type; }
  void damage(Damage found) { chunk_.damage = std::max(chunk_.damage, found); }

  // What stands where a declaration should.
  void settle_first_word() {
    Token& first = tokens_[chunk_.begin];
    if (is_declaration_type(first.type)) return;
    const bool is_word = first.type != L::QUOTED_NAME && (is_name_type(first.type) || is_reserved_type(first.type));
    const auto meant = is_word ? declaration_word_for(text(chunk_.begin)) : std::nullopt;
    const Span at = reporter_.span(first);
    if (!meant) {
      damage(Damage::kFatal);
      if (first.damage != Damage::kNone) return;
      reporter_.report(is_closer(first.type) ? DiagnosticKind::kUnmatchedBracket : DiagnosticKind::kSyntaxError, at,
                       is_closer(first.type) ? fmt::format("this `{}` closes nothing; remove it", text(chunk_.begin))
                                             : fmt::format("expected a definition here, such as `segment` or `define`, found `{}`",
                                                           excerpt(text(chunk_.begin))));
      return;
    }
    const bool is_case = lower_case(text(chunk_.begin)) == *meant;
    reporter_.report(is_case ? DiagnosticKind::kForeignKeyword : DiagnosticKind::kSyntaxError, at,
                     is_case ? fmt::format("`{}` is written `{}`", text(chunk_.begin), *meant)
                             : fmt::format("`{}` opens no definition; did you mean `{}`?", excerpt(text(chunk_.begin)), *meant),
                     fmt::format("write `{}`", *meant), at, *meant);
    first.type = declaration_type_of(*meant);
  }

  void check_length() {
    if (chunk_.end - chunk_.begin <= kMaxDeclarationTokens) return;
    reporter_.report(
        DiagnosticKind::kTooLong, reporter_.span(tokens_[chunk_.begin]),
        "this definition has more than 1,000,000 words and signs; split it, and move long lists to a file: `list x from \"x.csv\"`");
    damage(Damage::kFatal);
  }

  void visit(std::size_t i) {
    settle_word(i);
    settle_sign(i);
    if (is_opener(type(i))) open(i);
    else if (is_closer(type(i))) close(i);
    else count_prefix(i);
    check_type_depth(i);
    if (in_block() && i > open_[0]) tokens_[i].opens_clause = opens_clause(i);
  }

  // ---- words ----

  void settle_word(std::size_t i) {
    if (type(i) == L::UNIT && tokens_[i].opens_line && !is_window_word(type_before(i))) tokens_[i].type = L::NAME;
    if (i == chunk_.begin || !is_reserved_type(type(i)) || !is_name_place(i)) return;
    reporter_.report(DiagnosticKind::kReservedWord, reporter_.span(tokens_[i]),
                     fmt::format("`{}` is a reserved word; as a name it stands in back-quotes", text(i)), "write it in back-quotes",
                     reporter_.span(tokens_[i]), fmt::format("`{}`", text(i)));
    tokens_[i].type = L::NAME;
  }

  static bool is_window_word(std::size_t type) {
    return type == L::LAST || type == L::NEXT || type == L::THIS || type == L::PREVIOUS || type == L::FISCAL;
  }

  // Whether the reserved word at `i` can only be meant as a name.
  [[nodiscard]] bool is_name_place(std::size_t i) const {
    const std::size_t before = type_before(i);
    const std::size_t next = type(i + 1);
    if (type(i) == L::LIST && next == L::LT) return false;
    if (before == L::DOT || next == L::DOT) return true;
    if (i == chunk_.begin + 1 && declaration() != L::TEST && declaration() != L::USE) return names_declaration(next);
    if (next == L::COLON && (tokens_[i].opens_line || before == L::LBRACE || before == L::COMMA || before == L::LPAREN)) return true;
    if (is_declaration_type(type(i))) return true;
    if (type(i) == L::TRUE || type(i) == L::FALSE || ends_operand(before)) return false;
    const bool is_clause_word = type(i) == L::WHERE || type(i) == L::EXCEPT || type(i) == L::EXPECT;
    if (is_clause_word && in_block() && (tokens_[i].opens_line || before == L::LBRACE)) return false;
    return ends_value(next) || (type(i) != L::NOT && (next == L::IS || next == L::IN || next == L::BETWEEN || next == L::HAS));
  }

  static bool names_declaration(std::size_t next) {
    return next == L::LBRACE || next == L::EQ || next == L::LPAREN || next == L::COLON || next == L::STRING || next == L::FOR ||
           next == L::FROM || next == L::OF || next == L::SEED;
  }

  // What can follow a value, and nothing else.
  static bool ends_value(std::size_t next) {
    return is_comparison_type(next) || next == L::COMMA || next == L::RPAREN || next == L::RBRACKET || next == L::STAR ||
           next == L::SLASH || next == L::PLUS;
  }

  // ---- signs and clauses ----

  void settle_sign(std::size_t i) {
    const bool is_sign = type(i) == L::PLUS || type(i) == L::MINUS;
    if (!is_sign || declaration() != L::SCORE || !in_block()) return;
    if (tokens_[i].opens_line || type_before(i) == L::LBRACE) tokens_[i].type = type(i) == L::PLUS ? L::TERM_PLUS : L::TERM_MINUS;
  }

  [[nodiscard]] bool opens_clause(std::size_t i) const {
    const bool has_rows = declaration() == L::TIERS || declaration() == L::STAGES;
    switch (type(i)) {
      case L::WHERE:
      case L::EXPECT: return true;
      case L::EXCEPT: return !has_rows;
      case L::TERM_PLUS:
      case L::TERM_MINUS: return true;
      default: break;
    }
    if (!tokens_[i].opens_line && type_before(i) != L::LBRACE) return false;
    if (type(i) == L::BY || type(i) == L::RANGE || type(i) == L::OTHERWISE || type(i) == L::ACCOUNT || type(i) == L::AS) return true;
    if (!is_name_type(type(i))) return false;
    return type(i + 1) == L::COLON || type(i + 1) == L::NUMBER ||
           (type(i + 1) == L::STRING && (type(i + 2) == L::COLON || type(i + 2) == L::NUMBER));
  }

  // ---- brackets and depth ----

  void open(std::size_t i) {
    open_.push_back(i);
    prefixes_.push_back(0);
    has_brace_ = has_brace_ || type(i) == L::LBRACE;
    const std::size_t depth = open_.size() - (tokens_[open_[0]].type == L::LBRACE ? 1 : 0);
    chunk_.depth = std::max(chunk_.depth, depth);
    if (depth > kMaxNesting) report_too_deep(i, "brackets");
  }

  void close(std::size_t i) {
    const std::size_t opener = type(i) == L::RPAREN ? L::LPAREN : type(i) == L::RBRACKET ? L::LBRACKET : L::LBRACE;
    const auto matching = std::find_if(open_.rbegin(), open_.rend(), [&](std::size_t at) { return tokens_[at].type == opener; });
    // A parenthesis does not reach over the brace of the block that it stands in.
    const auto block = opener == L::LBRACE
                           ? open_.rend()
                           : std::find_if(open_.rbegin(), open_.rend(), [&](std::size_t at) { return tokens_[at].type == L::LBRACE; });
    if (matching == open_.rend() || matching > block) return close_unmatched(i);
    if (matching != open_.rbegin()) report_unclosed(*(matching.base()), i);
    const auto kept = static_cast<std::size_t>(matching.base() - open_.begin()) - 1;
    pop_to(kept);
  }

  void pop_to(std::size_t kept) {
    open_.resize(kept);
    for (; prefixes_.size() > kept + 1; prefixes_.pop_back()) prefix_depth_ -= prefixes_.back();
    reset_prefixes();
  }

  void close_unmatched(std::size_t i) {
    if (++unmatched_ > kMaxUnmatched) damage(Damage::kFatal);
    const bool is_wrong_kind = !open_.empty() && tokens_[open_.back()].type != L::LBRACE && type(i) != L::RBRACE;
    if (is_wrong_kind) {
      const std::string_view right = tokens_[open_.back()].type == L::LPAREN ? ")" : "]";
      reporter_.report(DiagnosticKind::kUnmatchedBracket, reporter_.span(tokens_[i]),
                       fmt::format("`{}` cannot close a `{}`; write `{}`", text(i), text(open_.back()), right),
                       fmt::format("write `{}`", right), reporter_.span(tokens_[i]), std::string(right));
      tokens_[i].type = right == ")" ? L::RPAREN : L::RBRACKET;
      pop_to(open_.size() - 1);
      return;
    }
    if (type(i) == L::RBRACE && !has_brace_) return;  // the parser says that the opening one is missing
    reporter_.report(DiagnosticKind::kUnmatchedBracket, reporter_.span(tokens_[i]),
                     fmt::format("this `{}` closes nothing; remove it", text(i)), "remove it", reporter_.span(tokens_[i]), "");
    tokens_[i].type = antlr4::Token::INVALID_TYPE;
  }

  static std::string_view closer_of(std::string_view opener) { return opener == "(" ? ")" : opener == "[" ? "]" : "}"; }

  // The bracket at `opener` is still open where `at` closes something around it.
  void report_unclosed(std::size_t opener, std::size_t at) {
    const std::string_view closer = closer_of(text(opener));
    std::size_t last = opener;  // the bracket's own line is the likeliest
    while (last + 1 < at && !tokens_[last + 1].opens_line) ++last;
    const std::uint32_t end = tokens_[last].end;
    Diagnostic diagnostic =
        make_diagnostic(DiagnosticKind::kUnclosedBracket, reporter_.span(tokens_[opener]),
                        fmt::format("this `{}` is not closed; write `{}` where it ends", text(opener), closer),
                        fmt::format("write `{}`", closer), {.span = reporter_.span(end, end), .text = std::string(closer)});
    if (at < chunk_.end)
      diagnostic.notes.push_back(make_note(fmt::format("this `{}` closes what stands around it", text(at)), reporter_.span(tokens_[at])));
    reporter_.report(std::move(diagnostic));
    damage(Damage::kFatal);
  }

  void report_unclosed_at_end() {
    if (open_.empty()) return;
    const auto inner = std::ranges::find_if(open_, [&](std::size_t at) { return tokens_[at].type != L::LBRACE; });
    if (inner != open_.end()) return report_unclosed(*inner, chunk_.end);
    const std::uint32_t end = tokens_[chunk_.end - 1].end;
    Diagnostic diagnostic = make_diagnostic(
        DiagnosticKind::kUnclosedBracket, reporter_.span(tokens_[open_.back()]),
        is_last_ ? "this `{` is not closed; write `}` at the end" : "this `{` is not closed; write `}` before the next definition",
        "write `}`", {.span = reporter_.span(end, end), .text = "\n}"});
    if (!is_last_) diagnostic.notes.push_back(make_note("the next definition starts here", reporter_.span(tokens_[chunk_.end])));
    reporter_.report(std::move(diagnostic));
    damage(Damage::kFatal);
  }

  // Counts `not` and minus signs that apply to one another, brackets between them included.
  void count_prefix(std::size_t i) {
    const bool is_prefix = (type(i) == L::NOT || type(i) == L::MINUS) && !ends_operand(type_before(i));
    if (!is_prefix) return reset_prefixes();
    ++prefixes_.back();
    if (++prefix_depth_ > kMaxNesting) report_too_deep(i, type(i) == L::NOT ? "`not`" : "minus signs");
  }

  void reset_prefixes() {
    prefix_depth_ -= prefixes_.back();
    prefixes_.back() = 0;
  }

  void check_type_depth(std::size_t i) {
    if (type(i) == L::LIST && type(i + 1) == L::LT) {
      if (++type_depth_ > kMaxTypeNesting) report_too_deep(i, "types");
    } else if (type(i) != L::LT) {
      type_depth_ = 0;
    }
  }

  void report_too_deep(std::size_t i, std::string_view what) {
    const std::size_t limit = what == "types" ? kMaxTypeNesting : kMaxNesting;
    reporter_.report(DiagnosticKind::kTooDeep, reporter_.span(tokens_[i]),
                     fmt::format("{} nest more than {} levels deep here; give the inner part a name with `define`", what,
                                 limit == kMaxNesting ? "1,000" : "10"));
    damage(Damage::kFatal);
  }

  std::vector<Token>& tokens_;
  TokenChunk& chunk_;
  Reporter& reporter_;
  bool is_last_;
  bool has_brace_ = false;
  std::size_t unmatched_ = 0;                // closing brackets
  std::vector<std::size_t> open_;            // brackets that are open
  std::vector<std::size_t> prefixes_ = {0};  // prefixes before each open bracket, and those that stand last
  std::size_t prefix_depth_ = 0;             // their sum
  std::size_t type_depth_ = 0;
};

}  // namespace

std::vector<TokenChunk> find_structure(Tokens& tokens, Reporter& reporter) {
  std::vector<TokenChunk> chunks = Splitter(tokens, reporter).run();
  for (TokenChunk& chunk : chunks) {
    const bool is_last = &chunk == &chunks.back();
    ChunkPass(tokens, chunk, reporter, is_last).run();
  }
  return chunks;
}

}  // namespace segue
