// The likely mistakes with the larger constructs, each with what to write instead.
#include "compiler/syntax/construct_errors.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "compiler/syntax/literals.h"
#include "compiler/syntax/token_classes.h"

namespace segue {
namespace {

using L = antlr::SegueParser;

class ConstructErrors {
 public:
  ConstructErrors(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter)
      : tokens_(tokens),
        reporter_(reporter),
        at_(failure.start),
        offending_(failure.offending) {}

  [[nodiscard]] std::optional<Repair> row_repair() const {
    std::size_t colon = at_ + 1;
    if (!has_rows() || !stands_first(at_) || type(at_) != L::NAME) return std::nullopt;
    if (type(colon) == L::STRING) ++colon;
    const bool is_equals = type(colon) == L::EQ && (at_ == first_row() || is_comparison_behind(colon + 1));
    const bool is_bare = is_name_type(type(colon)) && !opens_line(colon) && is_condition_behind(colon + 1);
    if (!is_equals && !is_bare) return std::nullopt;
    const std::uint32_t end = tokens_[colon - 1].end;
    const Span edited = is_equals ? reporter_.span(end, tokens_[colon].end) : reporter_.span(end, end);
    return Repair{
        .index = colon,
        .type = L::COLON,
        .inserts = !is_equals,
        .diagnostic = make_diagnostic(DiagnosticKind::kSyntaxError, span(at_),
                                      fmt::format("a row is a name, a colon and a condition; write `{}:`", written(at_, colon - 1)),
                                      fmt::format("write `{}:`", written(at_, colon - 1)), {.span = edited, .text = ":"})};
  }

  [[nodiscard]] std::optional<Diagnostic> diagnostic() const {
    if (at_ == 0 || at_ >= tokens_.size()) return std::nullopt;
    if (auto found = row()) return found;
    if (auto found = axis()) return found;
    if (auto found = share()) return found;
    if (auto found = expectation()) return found;
    if (auto found = header()) return found;
    if (auto found = term()) return found;
    if (auto found = top()) return found;
    if (auto found = near()) return found;
    if (auto found = steps()) return found;
    return unit();
  }

 private:
  [[nodiscard]] std::size_t type(std::size_t i) const { return i < tokens_.size() ? tokens_[i].type : antlr4::Token::INVALID_TYPE; }
  [[nodiscard]] std::string text(std::size_t i) const {
    return i < tokens_.size() ? excerpt(reporter_.text(tokens_[i]), 30) : std::string();
  }
  [[nodiscard]] Span span(std::size_t i) const { return reporter_.span(tokens_[i]); }
  [[nodiscard]] bool opens_line(std::size_t i) const { return i >= tokens_.size() || tokens_[i].opens_line; }
  [[nodiscard]] bool stands_first(std::size_t i) const { return i > 0 && (tokens_[i].opens_line || type(i - 1) == L::LBRACE); }
  [[nodiscard]] bool has_rows() const { return type(0) == L::TIERS || type(0) == L::STAGES; }
  [[nodiscard]] std::string written(std::size_t first, std::size_t last) const {
    return std::string(text_at(reporter_.source(), reporter_.span(tokens_[first].begin, tokens_[last].end)));
  }

  // Where the first row of tiers may stand.
  [[nodiscard]] std::size_t first_row() const {
    std::size_t i = 0;
    while (i < tokens_.size() && type(i) != L::LBRACE) ++i;
    return i + 1;
  }

  [[nodiscard]] bool is_comparison_behind(std::size_t i) const {
    for (; !opens_line(i); ++i) {
      if (is_comparison_type(type(i)) || type(i) == L::IN || type(i) == L::BETWEEN || type(i) == L::HAS || type(i) == L::IS) return true;
    }
    return false;
  }
  // Whether the name before `i` opens a condition: `employees > 5`, `any(…)`.
  [[nodiscard]] bool is_condition_behind(std::size_t i) const {
    return is_comparison_type(type(i)) || type(i) == L::LPAREN || type(i) == L::IN || type(i) == L::BETWEEN || type(i) == L::HAS ||
           type(i) == L::IS || type(i) == L::DOT;
  }

  [[nodiscard]] std::optional<Diagnostic> say(std::size_t i, std::string message) const {
    return make_diagnostic(DiagnosticKind::kSyntaxError, span(i), std::move(message));
  }
  // With a fix that writes `right` in place of the tokens from `first` to `last`.
  [[nodiscard]] std::optional<Diagnostic> mend(std::size_t first, std::size_t last, const std::string& what,
                                               const std::string& right) const {
    const Span all = reporter_.span(tokens_[first].begin, tokens_[last].end);
    return make_diagnostic(DiagnosticKind::kSyntaxError, all, fmt::format("{}; write `{}`", what, right), fmt::format("write `{}`", right),
                           {.span = all, .text = right});
  }
  // With a fix that leaves out the token at `i`, and the blank before it.
  [[nodiscard]] std::optional<Diagnostic> leave_out(std::size_t i, const std::string& what) const {
    const std::uint32_t begin = opens_line(i) ? tokens_[i].begin : tokens_[i - 1].end;
    return make_diagnostic(DiagnosticKind::kSyntaxError, span(i), what, fmt::format("leave out `{}`", text(i)),
                           {.span = reporter_.span(begin, tokens_[i].end), .text = ""});
  }

  // `"Tier 1"` as `tier_1`.
  [[nodiscard]] static std::string name_of(std::string_view title) {
    std::string name;
    for (const char c : title) {
      const bool is_upper = c >= 'A' && c <= 'Z';
      const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && !name.empty());
      if (is_upper) name += static_cast<char>(c - 'A' + 'a');
      else if (is_plain) name += c;
      else if (!name.empty() && name.back() != '_') name += '_';
    }
    while (name.ends_with('_')) name.pop_back();
    return name.empty() ? "first" : name;
  }

  // ---- tiers and stages ----

  [[nodiscard]] std::optional<Diagnostic> row() const {
    if (!has_rows()) return std::nullopt;
    const std::size_t next = at_ + 1;
    if (stands_first(at_) && (type(at_) == L::ELSE || text(at_) == "default") && is_name_type(type(next)))
      return mend(at_, next, "who matches no row is named behind `otherwise`", fmt::format("otherwise {}", text(next)));
    if (stands_first(at_) && (type(at_) == L::ELSE || text(at_) == "default"))
      return say(at_, fmt::format("`{}` opens no row; write `otherwise` and the name of the value for all the rest", text(at_)));
    if (stands_first(at_) && type(at_) == L::STRING && type(next) == L::COLON) {
      return mend(at_, at_, "a row opens with a name, and its title follows",
                  fmt::format("{} {}", name_of(written(at_, at_)), written(at_, at_)));
    }
    if (type(at_) == L::WHERE && type(at_ - 1) == L::COLON) return leave_out(at_, "a row is a condition already; leave `where` out");
    return std::nullopt;
  }

  // ---- grids ----

  [[nodiscard]] std::optional<Diagnostic> axis() const {
    const bool is_behind_axis = type(0) == L::GRID && type(at_ - 2) == L::BY && ends_operand(type(at_ - 1));
    if (type(0) == L::GRID && stands_first(at_) && type(at_) == L::NAME && (type(at_ + 1) == L::RBRACE || opens_line(at_ + 1)))
      return mend(at_, at_, "an axis opens with `by`", fmt::format("by {}", text(at_)));
    if (!is_behind_axis) return std::nullopt;
    if (type(at_) == L::COMMA || type(at_) == L::AND)
      return make_diagnostic(DiagnosticKind::kSyntaxError, span(at_), "each axis of a grid has its own `by`; write `by`", "write `by`",
                             {.span = span(at_), .text = type(at_) == L::COMMA ? " by" : "by"});
    if (type(at_) == L::EQ && !opens_line(at_ + 1))
      return mend(at_, at_ + 1, "the values of an axis stand behind `in`", fmt::format("in [{}]", text(at_ + 1)));
    return std::nullopt;
  }

  // ---- splits ----

  [[nodiscard]] std::optional<Diagnostic> share() const {
    if (type(0) != L::SPLIT) return std::nullopt;
    if (type(at_ - 1) == L::SEED && type(at_) == L::NUMBER) return mend(at_, at_, "a seed is a text", fmt::format("\"{}\"", text(at_)));
    if (type(at_) == L::LBRACE && type(at_ - 2) != L::SEED)
      return say(at_ - 1, "a split has a seed, a text that stays the same as long as the parts do, as in `split holdout seed \"2026q3\"`");
    if (type(at_) == L::OF && type(at_ - 2) == L::SEED) return say(at_, "`of` and the condition stand before `seed`");
    if (type(at_) == L::COMMA && type(at_ - 1) == L::NUMBER)
      return leave_out(at_, "no comma stands between the parts of a split; leave it out");
    if (type(at_) == L::NAME && type(at_ - 1) == L::NUMBER)
      return say(at_, fmt::format("a part of a split is a name and its percentage, as in `{} 10%`", text(at_)));
    return std::nullopt;
  }

  // ---- expectations ----

  [[nodiscard]] std::optional<Diagnostic> expectation() const {
    const std::size_t before = type(offending_ - 1);
    const bool is_measure = before == L::SIZE || before == L::SHARE || before == L::UNDETERMINED || before == L::MOVED;
    if (offending_ >= tokens_.size() || type(0) == L::TEST || !in_expectation()) return std::nullopt;
    if (is_measure && is_comparison_type(type(offending_))) {
      const std::size_t sign = type(offending_);
      const std::string_view ours = sign == L::GT   ? "above"
                                    : sign == L::GE ? "at least"
                                    : sign == L::LT ? "below"
                                    : sign == L::LE ? "at most"
                                                    : "";
      if (!ours.empty())
        return mend(offending_, offending_, fmt::format("`expect` says `{}` in words", text(offending_)), std::string(ours));
      return say(offending_,
                 fmt::format("`expect {} {}` allows one number only; write `between … and …`", text(offending_ - 1), text(offending_)));
    }
    if (before == L::DISJOINT && is_name_type(type(offending_)))
      return mend(offending_ - 1, offending_, "`from` stands behind `disjoint`", fmt::format("disjoint from {}", text(offending_)));
    if (before == L::SUBSET && is_name_type(type(offending_)))
      return mend(offending_ - 1, offending_, "`of` stands behind `subset`", fmt::format("subset of {}", text(offending_)));
    const std::size_t bound = type(at_) == L::AT ? at_ : at_ - 1;
    if (at_ == offending_ && type(bound) == L::AT && (type(bound + 1) == L::LEAST || type(bound + 1) == L::MOST))
      return mend(bound, bound + 1, "`expect` says what has a bound, such as the size", fmt::format("size at {}", text(bound + 1)));
    return std::nullopt;
  }

  // Whether `expect` stands before, on this line.
  [[nodiscard]] bool in_expectation() const {
    for (std::size_t i = offending_; i > 0; --i) {
      if (type(i) == L::EXPECT) return true;
      if (tokens_[i].opens_line) return false;
    }
    return false;
  }

  // ---- first lines ----

  [[nodiscard]] std::optional<Diagnostic> header() const {
    if (type(0) == L::AUDIENCE && at_ == 2 && (type(2) == L::FOR || type(2) == L::FROM) && is_name_type(type(3)))
      return mend(2, 2, "an audience is `of` a related table", "of");
    if (type(0) == L::AUDIENCE && at_ == 2 && type(2) == L::LBRACE)
      return say(1, fmt::format("an audience names the related table whose rows it holds, as in `audience {} of contacts`", text(1)));
    if (type(0) == L::USE && offending_ == 2 && type(2) == L::SLASH && is_name_type(type(3)))
      return mend(1, 3, "the parts of the prelude are named with a point", fmt::format("{}.{}", text(1), text(3)));
    if (type(0) != L::TEST) return std::nullopt;
    if (at_ == 1 && is_name_type(type(1)) && type(2) == L::LBRACE)
      return mend(1, 1, "the title of a test is a text", fmt::format("\"{}\"", text(1)));
    if (type(at_) == L::COLON && type(at_ - 1) == L::ACCOUNT) return leave_out(at_, "no colon stands behind `account`; leave it out");
    if (type(at_) == L::EQ && is_name_type(type(at_ - 1)) && (type(at_ - 2) == L::LBRACE || type(at_ - 2) == L::COMMA))
      return mend(at_, at_, "in a test a value stands behind a colon", ":");
    return std::nullopt;
  }

  // ---- scores ----

  [[nodiscard]] std::optional<Diagnostic> term() const {
    if (type(0) != L::SCORE) return std::nullopt;
    if (stands_first(at_) && type(at_) == L::NUMBER)
      return mend(at_, at_, "a line of a score opens with `+` or `-`", fmt::format("+{}", text(at_)));
    if (text(at_) == "if" && ends_operand(type(at_ - 1))) return mend(at_, at_, "the condition of a line stands behind `when`", "when");
    for (std::size_t i = at_; i > 0 && i + 5 > at_; --i) {
      if (type(i - 1) == L::RANGE && type(i) == L::NUMBER)
        return say(i - 1, "two points stand between the bounds of a range, as in `range 0..100`");
    }
    return std::nullopt;
  }

  // ---- top ----

  [[nodiscard]] std::optional<Diagnostic> top() const {
    const bool counts = type(at_) == L::NUMBER && type(at_ - 1) == L::TOP;
    if (counts && (type(at_ - 2) == L::AND || type(at_ - 2) == L::OR) && type(at_ + 1) == L::BY)
      return leave_out(at_ - 2, fmt::format("no `{}` stands before `top`; leave it out", text(at_ - 2)));
    if (counts)
      return say(at_ - 1,
                 fmt::format("`top` keeps some of those who meet a condition; write the condition before it, as in `customer top {} by …`",
                             text(at_)));
    if (!ranks()) return std::nullopt;
    if (text(at_) == "desc" || text(at_) == "descending")
      return leave_out(at_, fmt::format("`top` keeps the greatest anyway; leave `{}` out", text(at_)));
    if (text(at_) == "asc" || text(at_) == "ascending")
      return say(at_, "`top` keeps the greatest; for the least, put a minus before a number, as in `top 10 by -employees`");
    return std::nullopt;
  }

  // Whether `top 10 by` stands before, on this line.
  [[nodiscard]] bool ranks() const {
    for (std::size_t i = at_; i > 2 && !opens_line(i); --i) {
      if (type(i - 1) == L::BY && type(i - 3) == L::TOP) return true;
    }
    return false;
  }

  // ---- near ----

  [[nodiscard]] std::optional<Diagnostic> near() const {
    constexpr std::string_view kExample = "`location near (52.5, 13.4) within 50 km`";
    if (type(at_) == L::NEAR && ends_operand(type(at_ - 1)) && type(at_ + 1) != L::LPAREN)
      return say(at_, fmt::format("`near` takes a latitude and a longitude in parentheses, as in {}", kExample));
    // Behind `near 52.5` and `near "Berlin"`, which read as shares of a split.
    if (type(at_ - 2) == L::NEAR && (type(at_ - 1) == L::STRING || type(at_ - 1) == L::NUMBER))
      return say(at_ - 2, fmt::format("`near` takes a latitude and a longitude in parentheses, as in {}", kExample));
    if ((type(at_) == L::KM || type(at_) == L::MI) && type(at_ - 1) == L::NUMBER && type(at_ - 2) == L::WITHIN)
      return say(at_, fmt::format("a distance needs a place from which it is measured, as in {}", kExample));
    if (type(at_ - 1) == L::NUMBER && type(at_ - 2) == L::WITHIN && type(at_ - 3) == L::RPAREN) return distance();
    if (!is_in_place()) return std::nullopt;
    if (type(at_ - 1) == L::RPAREN) return say(at_ - 1, fmt::format("`near` needs a distance behind the place, as in {}", kExample));
    return say(at_,
               fmt::format("a place is a latitude and a longitude with points in them and one comma between them, as in {}", kExample));
  }

  // The word behind the number of a distance.
  [[nodiscard]] std::optional<Diagnostic> distance() const {
    constexpr std::array<std::string_view, 4> kMiles = {"mile", "miles", "mls", "Mi"};
    constexpr std::array<std::string_view, 7> kKilometres = {"kilometers", "kilometres", "kilometer", "kilometre", "kms", "KM", "Km"};
    const std::string unit = text(at_);
    if (std::ranges::find(kMiles, unit) != kMiles.end()) return mend(at_, at_, "a distance is in `km` or `mi`", "mi");
    if (std::ranges::find(kKilometres, unit) != kKilometres.end()) return mend(at_, at_, "a distance is in `km` or `mi`", "km");
    return say(at_ - 1, fmt::format("a distance is in `km` or `mi`; write one of them behind `{}`", text(at_ - 1)));
  }

  // Whether `near (` stands before, and nothing but numbers and commas between.
  [[nodiscard]] bool is_in_place() const {
    std::size_t i = at_;
    while (i > 1 && (type(i - 1) == L::NUMBER || type(i - 1) == L::COMMA || type(i - 1) == L::MINUS || type(i - 1) == L::RPAREN)) --i;
    return i > 1 && i < at_ && type(i - 1) == L::LPAREN && type(i - 2) == L::NEAR;
  }

  // ---- sequences ----

  [[nodiscard]] std::optional<Diagnostic> steps() const {
    if (type(at_ - 1) == L::THEN && (type(at_ - 2) == L::AND || type(at_ - 2) == L::OR))
      return leave_out(at_ - 2, fmt::format("`then` joins the steps of a sequence alone; leave `{}` out", text(at_ - 2)));
    if (type(at_) != L::THEN || !ends_operand(type(at_ - 1))) return std::nullopt;
    return say(
        at_,
        "`then` joins the steps of a sequence, behind a colon: `sequence(events: kind = demo then kind = webinar, all within 14 days)`");
  }

  // ---- units ----

  // `contract > 5000 EUR`, where the clause or condition ends behind it.
  [[nodiscard]] std::optional<Diagnostic> unit() const {
    if (type(at_) != L::NAME || opens_line(at_) || type(at_ - 1) != L::NUMBER || !is_comparison_type(type(at_ - 2))) return std::nullopt;
    const std::size_t next = type(at_ + 1);
    const bool ends_there = opens_line(at_ + 1) || next == L::RBRACE || next == L::RPAREN || next == L::AND || next == L::OR;
    if (!ends_there || text(at_) == "percent" || text(at_) == "pct") return std::nullopt;
    return leave_out(at_, fmt::format("a number takes the unit or the currency of what it is compared with; write `{}` without `{}`",
                                      text(at_ - 1), text(at_)));
  }

  const std::vector<Token>& tokens_;
  const Reporter& reporter_;
  std::size_t at_;
  std::size_t offending_;
};

}  // namespace

std::optional<Repair> find_row_repair(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter) {
  if (failure.start == 0 || failure.start >= tokens.size()) return std::nullopt;
  return ConstructErrors(tokens, failure, reporter).row_repair();
}

std::optional<Diagnostic> explain_construct(const std::vector<Token>& tokens, const ParseFailure& failure, const Reporter& reporter) {
  return ConstructErrors(tokens, failure, reporter).diagnostic();
}

}  // namespace segue
