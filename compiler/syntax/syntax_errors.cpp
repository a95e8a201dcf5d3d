// Plain words for what does not fit: what was expected, after what, and what stands there.
#include "compiler/syntax/syntax_errors.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "antlr/SegueLexer.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/construct_errors.h"
#include "compiler/syntax/token_classes.h"

namespace segue {
namespace {

using L = antlr::SegueParser;

// Words that other languages or plain English compare with.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kWordsForOperators = {{
    {"greater", "`>`"},
    {"more", "`>`"},
    {"over", "`>`"},
    {"above", "`>`"},
    {"exceeds", "`>`"},
    {"gt", "`>`"},
    {"less", "`<`"},
    {"fewer", "`<`"},
    {"under", "`<`"},
    {"below", "`<`"},
    {"lt", "`<`"},
    {"equals", "`=`"},
    {"equal", "`=`"},
    {"eq", "`=`"},
    {"gte", "`>=`"},
    {"lte", "`<=`"},
    {"at", "`>=` or `<=`"},
    {"includes", "`contains`"},
    {"include", "`contains`"},
    {"like", "`contains`"},
    {"startswith", "`starts with`"},
    {"endswith", "`ends with`"},
    {"regex", "`matches`"},
    {"exists", "`is known`"},
    {"starts", "`starts with`"},
    {"ends", "`ends with`"},
}};

class Explainer {
 public:
  Explainer(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter)
      : tokens_(tokens),
        failure_(failure),
        reporter_(reporter) {}

  [[nodiscard]] std::optional<Repair> repair() const {
    if (failure_.start >= tokens_.size() || failure_.start == 0) return std::nullopt;
    if (auto found = clause_repair()) return found;
    if (auto found = find_row_repair(tokens_, failure_, reporter_)) return found;
    return connector_repair();
  }

  [[nodiscard]] Diagnostic diagnostic() const {
    if (failure_.offending >= tokens_.size()) return at_end();
    if (auto found = mistaken_header()) return std::move(*found);
    if (auto found = several_values()) return std::move(*found);
    if (auto found = explain_construct(tokens_, failure_, reporter_)) return std::move(*found);
    if (auto found = mistaken_clause()) return std::move(*found);
    if (auto found = side_by_side(failure_.start)) return std::move(*found);
    if (failure_.start < failure_.offending || failure_.expected == nullptr) return unfit(failure_.offending);
    if (failure_.start > 1 && expects(L::RBRACKET)) {
      if (auto found = torn_value(failure_.start)) return std::move(*found);
    }
    return expected_instead();
  }

 private:
  [[nodiscard]] std::size_t type(std::size_t i) const { return i < tokens_.size() ? tokens_[i].type : antlr4::Token::INVALID_TYPE; }
  [[nodiscard]] std::string text(std::size_t i) const { return excerpt(reporter_.text(tokens_[i]), 30); }
  [[nodiscard]] Span span(std::size_t i) const { return reporter_.span(tokens_[i]); }

  // ---- repairs ----

  // `wher customer`, `expct size …`: a word that opens a line and is near to one that opens clauses.
  [[nodiscard]] std::optional<Repair> clause_repair() const {
    static const std::vector<std::string> kWords = {"where", "except", "expect"};
    const std::size_t i = failure_.start;
    const bool stands_first = tokens_[i].opens_line || type(i - 1) == L::LBRACE;
    if (type(i) != L::NAME || !stands_first || !starts_operand(type(i + 1)) || tokens_[i + 1].opens_line) return std::nullopt;
    const auto meant = nearest_name(reporter_.text(tokens_[i]), kWords);
    if (!meant) return std::nullopt;
    const std::uint16_t type = *meant == "where" ? L::WHERE : *meant == "except" ? L::EXCEPT : L::EXPECT;
    return Repair{.index = i,
                  .type = type,
                  .inserts = false,
                  .diagnostic = make_diagnostic(DiagnosticKind::kSyntaxError, span(i),
                                                fmt::format("`{}` opens no clause; did you mean `{}`?", text(i), *meant),
                                                fmt::format("write `{}`", *meant), {.span = span(i), .text = *meant})};
  }

  [[nodiscard]] std::optional<Repair> connector_repair() const {
    const std::size_t i = failure_.start;
    const bool are_conditions =
        tokens_[i].opens_line && ends_operand(type(i - 1)) && starts_operand(type(i)) && type(i) != L::MINUS && type(i + 1) != L::COLON;
    if (!are_conditions || !is_in_condition(i)) return std::nullopt;
    const bool is_or = connector_before(i) == L::OR;
    const std::string_view word = is_or ? "or" : "and";
    const Span before = reporter_.span(tokens_[i].begin, tokens_[i].begin);
    return Repair{.index = i,
                  .type = static_cast<std::uint16_t>(is_or ? L::OR : L::AND),
                  .inserts = true,
                  .diagnostic = make_diagnostic(DiagnosticKind::kMissingAnd, span(i),
                                                fmt::format("`{}` is missing between this line and the one before", word),
                                                fmt::format("write `{}`", word), {.span = before, .text = fmt::format("{} ", word)})};
  }

  // The token that opens the clause around `i`; 0 in a declaration without a block.
  [[nodiscard]] std::size_t clause_start(std::size_t i) const {
    do {
      if (i > 0) --i;
    } while (i > 0 && !tokens_[i].opens_clause);
    return i;
  }

  [[nodiscard]] bool is_in_condition(std::size_t i) const {
    const std::size_t start = clause_start(i);
    switch (type(start)) {
      case L::DEFINE:
      case L::WHERE:
      case L::EXCEPT: return true;
      case L::TERM_PLUS:
      case L::TERM_MINUS:
        return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(start), tokens_.begin() + static_cast<std::ptrdiff_t>(i),
                           [](const Token& token) { return token.type == L::WHEN; });
      case L::EXPECT: return type(0) == L::TEST;
      default: return (type(0) == L::TIERS || type(0) == L::STAGES) && start > 0;
    }
  }

  // `and` or `or`: the last one at the level of `i`; `and` when there is none.
  [[nodiscard]] std::size_t connector_before(std::size_t i) const {
    std::size_t closed = 0;
    while (i > 0) {
      --i;
      if (tokens_[i].opens_clause || (is_opener(type(i)) && closed == 0)) break;
      if (is_opener(type(i))) --closed;
      if (is_closer(type(i))) ++closed;
      if (closed == 0 && type(i) == L::OR && type(i + 1) != L::ELSE) return L::OR;
      if (closed == 0 && type(i) == L::AND) break;
    }
    return L::AND;
  }

  // ---- messages ----

  [[nodiscard]] Diagnostic at_end() const {
    const std::size_t last = tokens_.size() - 1;
    const std::uint32_t end = tokens_[last].end;
    const std::string what = failure_.expected == nullptr ? std::string() : expected_text();
    const std::string message = what.empty() ? fmt::format("this definition ends too early, after `{}`", text(last))
                                             : fmt::format("expected {} after `{}`, but the definition ends here", what, text(last));
    return make_diagnostic(DiagnosticKind::kSyntaxError, reporter_.span(end, end), message);
  }

  // `previous 2 weeks`, `this 1 month`: calendar periods are not counted.
  [[nodiscard]] std::optional<Diagnostic> counted_period(std::size_t i) const {
    const bool is_counted =
        i > 0 && (type(i - 1) == L::THIS || type(i - 1) == L::PREVIOUS) && type(i) == L::NUMBER && type(i + 1) == L::UNIT;
    if (!is_counted) return std::nullopt;
    const std::string word(text(i - 1));
    const std::string units(text(i + 1));
    const std::string unit = units.ends_with('s') ? units.substr(0, units.size() - 1) : units;
    std::string message = fmt::format("`{0}` takes no number; write `{0} {1}`", word, unit);
    if (type(i - 1) == L::PREVIOUS)
      message += fmt::format(" for the whole {} before this one, or `last {} {}` for the time up to now", unit, text(i), units);
    return make_diagnostic(DiagnosticKind::kIncompleteWindow, span(i), std::move(message));
  }

  [[nodiscard]] Diagnostic unfit(std::size_t i) const {
    if (auto found = counted_period(i)) return *std::move(found);
    std::string message =
        i == 0 ? fmt::format("`{}` does not fit here", text(i)) : fmt::format("`{}` does not fit after `{}`", text(i), text(i - 1));
    return make_diagnostic(DiagnosticKind::kSyntaxError, span(i), std::move(message));
  }

  [[nodiscard]] Diagnostic mended(std::size_t first, std::size_t last, const std::string& what, std::string_view right) const {
    const Span all = reporter_.span(tokens_[first].begin, tokens_[last].end);
    return make_diagnostic(DiagnosticKind::kSyntaxError, all, fmt::format("{}; write `{}`", what, right), fmt::format("write `{}`", right),
                           {.span = all, .text = std::string(right)});
  }

  [[nodiscard]] std::string_view written(std::size_t first, std::size_t last) const {
    return text_at(reporter_.source(), reporter_.span(tokens_[first].begin, tokens_[last].end));
  }

  // `segment big-accounts {` and `segment big Big accounts {`: a name of other characters, a title without quotes.
  [[nodiscard]] std::optional<Diagnostic> mistaken_header() const {
    const std::size_t i = failure_.start;
    if (i != 2 || i != failure_.offending || type(0) == L::DEFINE || type(0) == L::PARAM || type(0) == L::LIST ||
        failure_.expected == nullptr || !expects(L::LBRACE))
      return std::nullopt;
    std::size_t last = i;
    while (last + 1 < tokens_.size() && !tokens_[last + 1].opens_line && type(last + 1) != L::LBRACE) ++last;
    if (type(last + 1) != L::LBRACE) return std::nullopt;
    const std::string_view rest = written(i, last);
    if (type(i) == L::NAME && rest.find('"') == std::string_view::npos)
      return mended(i, last, "a title stands in double quotes", fmt::format("\"{}\"", rest));
    if (type(i) != L::MINUS || rest.find_first_of(" \t\"") != std::string_view::npos) return std::nullopt;
    std::string name(written(1, last));
    std::ranges::replace(name, '-', '_');
    return mended(1, last, "a name has letters, digits and `_`", name);
  }

  // `industry = Software, Fintech`.
  [[nodiscard]] std::optional<Diagnostic> several_values() const {
    const std::size_t i = failure_.start;
    const auto is_value = [&](std::size_t at) { return type(at) == L::NAME || type(at) == L::STRING || type(at) == L::NUMBER; };
    if (i < 3 || i != failure_.offending || type(i) != L::COMMA || type(i - 2) != L::EQ || !is_value(i - 1)) return std::nullopt;
    std::size_t last = i - 1;
    while (type(last + 1) == L::COMMA && is_value(last + 2) && !tokens_[last + 2].opens_line) last += 2;
    if (last == i - 1) return std::nullopt;
    return mended(i - 2, last, "several values are asked for with `in`", fmt::format("in [{}]", written(i - 1, last)));
  }

  // `count(events last 30 days)`, `renewal_on in next 30 days`: a window without its `within`.
  [[nodiscard]] std::optional<Diagnostic> bare_window(std::size_t i) const {
    const auto opens_window = [&](std::size_t at) { return (type(at) == L::LAST || type(at) == L::NEXT) && type(at + 1) == L::NUMBER; };
    const std::size_t first = opens_window(i) ? i : i - 1;
    if (!opens_window(first)) return std::nullopt;
    const std::size_t last = type(first + 2) == L::UNIT ? first + 2 : first + 1;
    const bool is_in = first > 0 && type(first - 1) == L::IN;
    return mended(is_in ? first - 1 : first, last, "a window stands behind `within`", fmt::format("within {}", written(first, last)));
  }

  // `fit > 80 percent`; `industry = Financial Services`.
  [[nodiscard]] std::optional<Diagnostic> torn_value(std::size_t i) const {
    if (type(i - 1) == L::NUMBER && (text(i) == "percent" || text(i) == "pct"))
      return mended(i - 1, i, "a percentage has its sign behind the number", fmt::format("{}%", text(i - 1)));
    const bool is_compared =
        i > 1 && (type(i - 2) == L::EQ || type(i - 2) == L::NE || type(i - 2) == L::LBRACKET || type(i - 2) == L::COMMA);
    if (!is_compared || type(i - 1) != L::NAME || type(i) != L::NAME) return std::nullopt;
    std::size_t last = i;
    while (type(last + 1) == L::NAME && !tokens_[last + 1].opens_line) ++last;
    return mended(i - 1, last, "a value of several words stands in double quotes", fmt::format("\"{}\"", written(i - 1, last)));
  }

  // Two operands without anything between them, on one line.
  [[nodiscard]] std::optional<Diagnostic> side_by_side(std::size_t i) const {
    if (i == 0 || tokens_[i].opens_line || !ends_operand(type(i - 1)) || !starts_operand(type(i)) || type(i) == L::MINUS)
      return std::nullopt;
    const bool ends_condition =
        i < failure_.offending || failure_.expected == nullptr || expects(L::RBRACE) || expects(L::RPAREN) || expects(antlr4::Token::EOF);
    if (!ends_condition) return std::nullopt;
    if (auto found = bare_window(i)) return found;
    const auto word = std::ranges::find(kWordsForOperators, text(i), &std::pair<std::string_view, std::string_view>::first);
    if (word != kWordsForOperators.end()) {
      return make_diagnostic(DiagnosticKind::kSyntaxError, span(i), fmt::format("`{}` does not compare; write {}", text(i), word->second));
    }
    if (text(i - 1) == "if") {
      return make_diagnostic(DiagnosticKind::kSyntaxError, span(i - 1),
                             "there is no `if`; write each case as a row of `tiers` or a term of a `score`");
    }
    if (auto found = torn_value(i)) return found;
    return make_diagnostic(DiagnosticKind::kSyntaxError, span(i),
                           fmt::format("`{}` and `{}` stand side by side; join two conditions with `and` or `or`", text(i - 1), text(i)));
  }

  // A name where a clause should start, that goes on like no clause: `foo`, `name equals "x"`.
  [[nodiscard]] std::optional<Diagnostic> mistaken_clause() const {
    std::size_t i = failure_.start;
    if (i == failure_.offending) {  // behind a name and a text, as if a share of a split stood there
      const bool is_share = expects(L::NUMBER) && failure_.expected->size() == 1 && i > 1 && type(i - 1) == L::STRING;
      if (!is_share) return std::nullopt;
      i -= 2;
    }
    if (i == 0 || !is_name_type(type(i)) || type(0) == L::TEST) return std::nullopt;
    if (auto found = side_by_side(i)) return found;
    const bool stands_first = type(i - 1) == L::LBRACE || tokens_[i].opens_line;
    if (!stands_first || i + 1 < failure_.offending) return std::nullopt;
    const std::string_view advice = type(0) == L::TIERS || type(0) == L::STAGES ? "a row is a name, a colon and a condition"
                                    : type(0) == L::SPLIT                       ? "a share is a name and a percentage"
                                                          : "clauses open with `where`, `except`, `expect` and the like";
    return make_diagnostic(DiagnosticKind::kSyntaxError, span(i), fmt::format("`{}` opens no clause; {}", text(i), advice));
  }

  [[nodiscard]] Diagnostic expected_instead() const {
    const std::size_t i = failure_.start;
    const std::string what = expected_text();
    if (what.empty()) return unfit(i);
    const std::string after = i == 0 ? std::string() : fmt::format(" after `{}`", text(i - 1));
    Diagnostic diagnostic =
        make_diagnostic(DiagnosticKind::kSyntaxError, span(i), fmt::format("expected {}{}, found `{}`", what, after, text(i)));
    const bool may_be_name =
        is_reserved_type(type(i)) && !tokens_[i].opens_clause && type(i) != L::AND && type(i) != L::OR && type(i) != L::NOT;
    if (may_be_name && (expects_value() || expects(L::NAME))) {
      diagnostic.notes.push_back(make_note(fmt::format("`{}` is a reserved word; a column of that name stands in back-quotes", text(i))));
    }
    return diagnostic;
  }

  [[nodiscard]] bool expects(std::size_t token_type) const { return failure_.expected->contains(token_type); }
  [[nodiscard]] bool expects_value() const { return expects(L::NUMBER) && expects(L::STRING) && expects(L::LPAREN); }

  [[nodiscard]] std::string expected_text() const {
    const std::size_t before = failure_.offending > 0 ? type(failure_.offending - 1) : antlr4::Token::INVALID_TYPE;
    if (expects_value()) {
      const bool is_condition =
          before == L::WHERE || before == L::EXCEPT || before == L::AND || before == L::OR || before == L::NOT || before == L::WHEN;
      return is_condition ? "a condition" : "a value";
    }
    if (expects(L::ACCOUNT) && expects(L::EXPECT) && !expects(L::WHERE)) return "`account`, `as of`, `expect` or `}`";
    if (expects(L::WHERE) && expects(L::EXPECT) && expects(L::RBRACE)) return "a clause such as `where`, or `}`";
    if (expects(L::LAST) && expects(L::PREVIOUS) && expects(L::NUMBER)) return "a window, such as `last 30 days` or `this quarter`";
    if (expects(L::NOT) && expects(L::STRING) && expects(L::UNDETERMINED))
      return "what is to hold, such as `size at least 20` or `not empty`";
    if (expects(L::NAME)) return expects(L::STRING) ? "a name or a text" : expects(L::NUMBER) ? "a number or a name" : "a name";
    return listed();
  }

  // All that is expected, when it is little.
  [[nodiscard]] std::string listed() const {
    constexpr std::size_t kMost = 6;
    std::vector<std::string> words;
    for (const ssize_t token_type : failure_.expected->toList()) {
      if (token_type == static_cast<ssize_t>(antlr4::Token::EOF)) continue;
      words.push_back(word_for(static_cast<std::size_t>(token_type)));
    }
    if (words.empty() || words.size() > kMost) return {};
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
  }

  [[nodiscard]] static std::string word_for(std::size_t token_type) {
    switch (token_type) {
      case L::NUMBER: return "a number";
      case L::STRING: return "a text in double quotes";
      case L::UNIT: return "a unit such as `days`";
      case L::TERM_PLUS: return "a line that opens with `+`";
      case L::TERM_MINUS: return "a line that opens with `-`";
      default: break;
    }
    static const antlr::SegueLexer kLexer(nullptr);
    std::string literal = kLexer.getVocabulary().getLiteralName(token_type);  // as 'and'
    std::ranges::replace(literal, '\'', '`');
    return literal.empty() ? std::string("something else") : literal;
  }

  const std::vector<Token>& tokens_;
  const ParseFailure& failure_;
  const Reporter& reporter_;
};

}  // namespace

std::optional<Repair> find_repair(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter) {
  return Explainer(tokens, failure, reporter).repair();
}

Diagnostic explain_failure(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter) {
  return Explainer(tokens, failure, reporter).diagnostic();
}

}  // namespace segue
