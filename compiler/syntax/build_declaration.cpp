// Declarations and their clauses: which clause may stand where, and how often.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/build.h"
#include "compiler/syntax/build_expr.h"
#include "compiler/syntax/token_classes.h"

namespace segue {

using namespace ast;

namespace {

using P = antlr::SegueParser;

constexpr std::array<std::string_view, 4> kMetadataKeys = {"owner", "tags", "basis", "url"};

bool is_metadata_key(std::string_view word) { return std::ranges::find(kMetadataKeys, word) != kMetadataKeys.end(); }

bool is_snake_case(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// `IdealCustomer` as `ideal_customer`, `ICP` as `icp`.
std::string to_snake_case(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_upper = name[i] >= 'A' && name[i] <= 'Z';
    const bool follows_lower = i > 0 && !(name[i - 1] >= 'A' && name[i - 1] <= 'Z') && name[i - 1] != '_';
    if (is_upper && follows_lower) result += '_';
    result += is_upper ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  return result;
}

// What a block's clauses say, whatever the kind of definition; each kind takes what it knows.
struct Block {
  std::vector<Metadata> metadata;
  std::optional<ExprId> where;
  std::optional<Span> where_span;
  std::vector<ExprId> except;
  std::optional<Span> except_span;
  std::optional<Top> top;
  std::optional<Range> range;
  std::optional<Otherwise> otherwise;
  std::vector<Expectation> expects;
  std::vector<Term> terms;
  std::vector<Row> rows;
  std::vector<GridAxis> axes;
  std::vector<SplitShare> shares;
};

// The clauses that a kind of definition knows.
struct Allowed {
  std::string_view kind;  // `segment`
  bool where = false, top = false, range = false, terms = false, rows = false, axes = false, shares = false;
};

class DeclarationBuilder {
 public:
  explicit DeclarationBuilder(BuildContext& context) : context_(context), exprs_(context) {}

  Declaration run(P::DeclarationContext& tree) {
    Declaration result;
    result.span = exprs_.span(tree);
    auto& inner = *static_cast<antlr4::ParserRuleContext*>(tree.children[0]);
    Cursor cursor(inner);
    cursor.take_token();
    result.node = node(inner.getRuleIndex(), cursor);
    exprs_.finish();
    return result;
  }

 private:
  DeclarationNode node(std::size_t rule, Cursor& cursor) {
    switch (rule) {
      case P::RuleUseDecl: return use(cursor);
      case P::RuleParamDecl: return param(cursor);
      case P::RuleListDecl: return list(cursor);
      case P::RuleDefineDecl: return define(cursor);
      case P::RuleSegmentDecl: return segment(cursor);
      case P::RuleScoreDecl: return score(cursor);
      case P::RuleTiersDecl: return rows<TiersDecl>(cursor, "tiers");
      case P::RuleStagesDecl: return rows<StagesDecl>(cursor, "stages");
      case P::RuleGridDecl: return grid(cursor);
      case P::RuleSplitDecl: return split(cursor);
      case P::RuleAudienceDecl: return audience(cursor);
      default: return test(cursor);
    }
  }

  // ---- parts ----

  // A name that is being declared.
  Name declared(Cursor& cursor) {
    Name name = exprs_.name(cursor.take_rule<P::NameContext>());
    if (name.is_quoted || is_snake_case(name.text)) return name;
    const std::string fixed = to_snake_case(name.text);
    exprs_.reporter().report(
        DiagnosticKind::kInvalidName, name.span,
        fmt::format("`{}` is not a name for a definition: names are lower-case words joined by `_`; write `{}`", name.text, fixed),
        fmt::format("write `{}`", fixed), name.span, fixed);
    return name;
  }

  Name plain_name(Cursor& cursor) { return exprs_.name(cursor.take_rule<P::NameContext>()); }
  ExprId condition(Cursor& cursor) { return exprs_.condition(cursor.take_rule<P::ConditionContext>()).id; }
  ExprId value(Cursor& cursor) { return exprs_.value(cursor.take_rule<P::ValueContext>()).id; }
  Path path(Cursor& cursor) { return exprs_.path(cursor.take_rule<P::PathContext>()); }

  std::optional<TextValue> title(Cursor& cursor) {
    if (cursor.token_type() != P::STRING) return std::nullopt;
    return exprs_.text(cursor.take_token());
  }

  TypeName type_name(P::TypeNameContext& tree) {
    TypeName type;
    type.span = exprs_.span(tree);
    Cursor cursor(tree);
    if (cursor.token_type() == P::LIST) {
      const std::size_t token = cursor.take_token();
      type.name = {.text = "list", .span = exprs_.span(token), .is_quoted = false};
      cursor.pass(P::LT);
      type.element.push_back(type_name(cursor.take_rule<P::TypeNameContext>()));
      cursor.pass(P::GT);
    } else {
      type.name = plain_name(cursor);
      if (cursor.pass(P::LPAREN)) type.argument = exprs_.number(cursor.take_token());
      cursor.pass(P::RPAREN);
    }
    type.is_optional = cursor.pass(P::QUESTION);
    return type;
  }

  Top top(P::TopContext& tree) {
    Cursor cursor(tree);
    cursor.take_token();
    Top result;
    result.span = exprs_.span(tree);
    result.count = exprs_.count(cursor);
    const auto* literal = std::get_if<NumberLiteral>(&exprs_.expr(result.count).node);
    result.is_share = literal != nullptr && literal->suffix == NumberSuffix::kPercent;
    cursor.pass(P::BY);
    result.by = value(cursor);
    return result;
  }

  std::vector<ExprId> conditions(Cursor& cursor) {
    std::vector<ExprId> result;
    while (cursor.peek_rule<P::ConditionContext>() != nullptr) {
      result.push_back(condition(cursor));
      cursor.pass(P::COMMA);
    }
    return result;
  }

  // ---- declarations without a block ----

  UseDecl use(Cursor& cursor) {
    if (cursor.token_type() != P::STRING) return {path(cursor)};
    TextValue file = exprs_.text(cursor.take_token());
    if (file.text.starts_with("std.")) {
      exprs_.reporter().report(DiagnosticKind::kSyntaxError, file.span,
                               fmt::format("a part of the prelude is named without quotes; write `{}`", file.text),
                               fmt::format("write `{}`", file.text), file.span, file.text);
      exprs_.break_declaration();
    }
    return {std::move(file)};
  }

  ParamDecl param(Cursor& cursor) {
    ParamDecl result{.name = declared(cursor), .type = {}, .value = std::nullopt};
    cursor.pass(P::COLON);
    result.type = type_name(cursor.take_rule<P::TypeNameContext>());
    if (cursor.pass(P::EQ)) result.value = value(cursor);
    return result;
  }

  ListDecl list(Cursor& cursor) {
    Name name = declared(cursor);
    if (cursor.pass(P::FROM)) {
      ListFile file{.file = exprs_.text(cursor.take_token()), .column = std::nullopt};
      if (cursor.pass(P::BY)) file.column = plain_name(cursor);
      return {.name = std::move(name), .values = std::move(file)};
    }
    cursor.pass(P::EQ);
    const ExprId values = value(cursor);
    if (!std::holds_alternative<ListLiteral>(exprs_.expr(values).node)) {
      exprs_.fail(DiagnosticKind::kSyntaxError, exprs_.expr(values).span,
                  "expected the values of the list in `[` and `]`, or `from` and the file that holds them");
    }
    return {.name = std::move(name), .values = values};
  }

  DefineDecl define(Cursor& cursor) {
    DefineDecl result{.name = declared(cursor), .parameters = {}, .relation = std::nullopt, .body = std::nullopt};
    const bool has_parentheses = cursor.pass(P::LPAREN);
    while (auto* tree = cursor.peek_rule<P::ParameterContext>()) {
      cursor.take_rule<P::ParameterContext>();
      Cursor inner(*tree);
      Parameter parameter{.name = declared(inner), .type = {}};
      inner.pass(P::COLON);
      parameter.type = type_name(inner.take_rule<P::TypeNameContext>());
      result.parameters.push_back(std::move(parameter));
      cursor.pass(P::COMMA);
    }
    if (has_parentheses && result.parameters.empty()) {
      exprs_.reporter().report(DiagnosticKind::kSyntaxError, result.name.span,
                               "a definition without parameters has no parentheses; remove `()`");
      exprs_.break_declaration();
    }
    cursor.pass(P::RPAREN);
    if (cursor.pass(P::FOR)) result.relation = path(cursor);
    cursor.pass(P::EQ);
    result.body = condition(cursor);
    return result;
  }

  // ---- declarations with a block ----

  SegmentDecl segment(Cursor& cursor) {
    SegmentDecl result;
    result.name = declared(cursor);
    result.title = title(cursor);
    Block block = clauses(cursor, {.kind = "segment", .where = true, .top = true});
    need(block.where.has_value(), result.name, "segment `{}` has no `where`; say which accounts belong to it");
    result.metadata = std::move(block.metadata);
    result.where = block.where;
    result.except = std::move(block.except);
    result.top = block.top;
    result.expects = std::move(block.expects);
    return result;
  }

  AudienceDecl audience(Cursor& cursor) {
    AudienceDecl result;
    result.name = declared(cursor);
    result.title = title(cursor);
    cursor.pass(P::OF);
    result.relation = path(cursor);
    Block block = clauses(cursor, {.kind = "audience", .where = true, .top = true});
    need(block.where.has_value(), result.name, "audience `{}` has no `where`; say which rows belong to it");
    result.metadata = std::move(block.metadata);
    result.where = block.where;
    result.except = std::move(block.except);
    result.top = block.top;
    result.expects = std::move(block.expects);
    return result;
  }

  ScoreDecl score(Cursor& cursor) {
    ScoreDecl result;
    result.name = declared(cursor);
    result.title = title(cursor);
    Block block = clauses(cursor, {.kind = "score", .range = true, .terms = true});
    need(!block.terms.empty(), result.name, "score `{}` has no terms; write one a line, such as `+10 when customer`");
    result.metadata = std::move(block.metadata);
    result.range = block.range;
    result.terms = std::move(block.terms);
    result.expects = std::move(block.expects);
    return result;
  }

  template <class Decl>
  Decl rows(Cursor& cursor, std::string_view kind) {
    Decl result;
    result.name = declared(cursor);
    result.title = title(cursor);
    Block block = clauses(cursor, {.kind = kind, .rows = true});
    need(!block.rows.empty(), result.name,
         kind == "tiers" ? "tiers `{}` have no rows; write one a line, such as `first \"Tier 1\": customer`"
                         : "stages `{}` have no rows; write one a line, such as `aware: any(events)`");
    result.metadata = std::move(block.metadata);
    result.rows = std::move(block.rows);
    result.otherwise = std::move(block.otherwise);
    result.expects = std::move(block.expects);
    return result;
  }

  GridDecl grid(Cursor& cursor) {
    GridDecl result;
    result.name = declared(cursor);
    result.title = title(cursor);
    Block block = clauses(cursor, {.kind = "grid", .where = true, .axes = true});
    need(!block.axes.empty(), result.name, "grid `{}` has no axis; write `by` and a column");
    result.metadata = std::move(block.metadata);
    result.where = block.where;
    result.except = std::move(block.except);
    result.axes = std::move(block.axes);
    result.expects = std::move(block.expects);
    return result;
  }

  SplitDecl split(Cursor& cursor) {
    SplitDecl result;
    result.name = declared(cursor);
    result.title = title(cursor);
    if (cursor.pass(P::OF)) result.population = condition(cursor);
    cursor.pass(P::SEED);
    result.seed = exprs_.text(cursor.take_token());
    Block block = clauses(cursor, {.kind = "split", .shares = true});
    need(!block.shares.empty(), result.name, "split `{}` has no shares; write one a line, such as `control 10%`");
    result.metadata = std::move(block.metadata);
    result.shares = std::move(block.shares);
    result.expects = std::move(block.expects);
    return result;
  }

  void need(bool has_it, const Name& name, std::string_view message) {
    if (has_it || has_misplaced_) return;
    exprs_.fail(DiagnosticKind::kMissingClause, name.span, fmt::format(fmt::runtime(message), name.text));
  }

  // ---- clauses ----

  Block clauses(Cursor& cursor, const Allowed& allowed) {
    cursor.pass(P::LBRACE);
    Block block;
    while (cursor.token_type() != P::RBRACE) {
      antlr4::ParserRuleContext* outer = cursor.peek_rule<P::ClauseContext>();
      if (outer == nullptr) outer = cursor.peek_rule<P::RowClauseContext>();
      cursor.take_rule<antlr4::ParserRuleContext>();
      clause(*static_cast<antlr4::ParserRuleContext*>(outer->children[0]), allowed, block);
    }
    return block;
  }

  void clause(antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    Cursor cursor(tree);
    const Span whole = exprs_.span(tree);
    switch (tree.getRuleIndex()) {
      case P::RuleWhereClause: return where(cursor, tree, allowed, block);
      case P::RuleExceptClause: return except(cursor, tree, allowed, block);
      case P::RuleExpectClause: return expect(cursor, block);
      case P::RuleAxisClause: return axis(cursor, tree, allowed, block);
      case P::RuleRangeClause: return range(cursor, tree, allowed, block);
      case P::RuleOtherwiseClause: return otherwise(cursor, tree, allowed, block);
      case P::RuleTermClause: return term(cursor, tree, allowed, block);
      case P::RuleShareClause: return share(cursor, tree, allowed, block);
      case P::RuleEntryClause: return entry(cursor, whole, allowed, block);
      default: return row(cursor, whole, block);
    }
  }

  // Reports a clause that the definition does not know; true when it knows it.
  bool allow(bool is_allowed, antlr4::ParserRuleContext& tree, const Allowed& allowed, std::string_view owner) {
    if (is_allowed) return true;
    const Span at = exprs_.span(tree.start->getTokenIndex());
    const std::string article = std::string_view("aeiou").contains(allowed.kind[0])   ? "an"
                                : allowed.kind == "tiers" || allowed.kind == "stages" ? ""
                                                                                      : "a";
    exprs_.fail(DiagnosticKind::kMisplacedClause, at,
                fmt::format("`{}` does not belong in {}{}{}; it belongs in {}", exprs_.source_text(at), article, article.empty() ? "" : " ",
                            allowed.kind, owner));
    has_misplaced_ = true;
    return false;
  }

  // Reports a clause that stands a second time; true when it is the first.
  bool is_first(const std::optional<Span>& before, Span at, std::string_view word, std::string_view advice) {
    if (!before) return true;
    Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kRepeatedClause, at, fmt::format("a second `{}`; {}", word, advice));
    diagnostic.notes.push_back(make_note("the first stands here", *before));
    exprs_.reporter().report(std::move(diagnostic));
    exprs_.break_declaration();
    return false;
  }

  void where(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (!allow(allowed.where, tree, allowed, "a segment, an audience or a grid")) return;
    const Span at = exprs_.span(cursor.take_token());
    if (!is_first(block.where_span, at, "where", "join the conditions of both with `and`")) return;
    block.where_span = at;
    block.where = condition(cursor);
    take_top(cursor, allowed, block);
  }

  void except(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (!allow(allowed.where, tree, allowed, "a segment, an audience or a grid")) return;
    const Span at = exprs_.span(cursor.take_token());
    if (!is_first(block.except_span, at, "except", "one `except` takes several conditions, with commas between them")) return;
    block.except_span = at;
    block.except = conditions(cursor);
    take_top(cursor, allowed, block);
  }

  void take_top(Cursor& cursor, const Allowed& allowed, Block& block) {
    auto* tree = cursor.peek_rule<P::TopContext>();
    if (tree == nullptr || !allow(allowed.top, *tree, allowed, "a segment, an audience or a row of tiers")) return;
    const std::optional<Span> before = block.top ? std::optional(block.top->span) : std::nullopt;
    if (is_first(before, exprs_.span(tree->start->getTokenIndex()), "top", "a definition has at most one")) block.top = top(*tree);
  }

  void axis(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (is_past_mistake_ && !allowed.axes) return;  // the `by` of `bottom 10 by …`
    if (!allow(allowed.axes, tree, allowed, "a grid")) return;
    cursor.take_token();
    GridAxis result{.column = path(cursor), .values = std::nullopt, .span = exprs_.span(tree)};
    if (cursor.pass(P::IN)) result.values = value(cursor);
    block.axes.push_back(std::move(result));
  }

  void range(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (!allow(allowed.range, tree, allowed, "a score")) return;
    const Span at = exprs_.span(cursor.take_token());
    if (!is_first(block.range ? std::optional(block.range->span) : std::nullopt, at, "range", "a score has at most one")) return;
    Range result;
    result.span = exprs_.span(tree);
    result.low = value(cursor);
    cursor.pass(P::DOTDOT);
    result.high = value(cursor);
    for (const ExprId bound : {result.low, result.high}) {
      if (!std::holds_alternative<NumberLiteral>(exprs_.expr(bound).node)) {
        exprs_.fail(DiagnosticKind::kSyntaxError, exprs_.expr(bound).span, "the bounds of a range are numbers, as in `range 0..100`");
      }
    }
    block.range = result;
  }

  void otherwise(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (!allow(allowed.rows, tree, allowed, "tiers or stages")) return;
    const Span at = exprs_.span(cursor.take_token());
    if (!is_first(block.otherwise ? std::optional(block.otherwise->span) : std::nullopt, at, "otherwise",
                  "it names the value of all the rest, and stands once"))
      return;
    Otherwise result{.name = plain_name(cursor), .title = std::nullopt, .span = exprs_.span(tree)};
    result.title = title(cursor);
    block.otherwise = std::move(result);
  }

  void term(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (!allow(allowed.terms, tree, allowed, "a score")) return;
    Term result;
    result.span = exprs_.span(tree);
    result.is_subtracted = cursor.token_type() == P::TERM_MINUS;
    result.sign_span = exprs_.span(cursor.take_token());
    result.value = value(cursor);
    if (cursor.pass(P::WHEN)) result.when = condition(cursor);
    block.terms.push_back(result);
  }

  // `top 10`, `limit 10`, `bottom 10 by …`: what reads as a share of a split, and cannot be one.
  bool mistaken_top(antlr4::ParserRuleContext& tree) {
    const Span word = exprs_.span(tree.start->getTokenIndex());
    const std::string written = exprs_.source_text(word);
    if (is_past_mistake_) return true;  // the `to` of `range 0 to 100`
    if (written == "range") {
      exprs_.fail(DiagnosticKind::kMisplacedClause, word, "two points stand between the bounds of a range, as in `range 0..100`");
      has_misplaced_ = is_past_mistake_ = true;
      return true;
    }
    if (written != "top" && written != "limit" && written != "bottom") return false;
    const std::string count = exprs_.source_text(exprs_.span(tree.stop->getTokenIndex()));
    exprs_.fail(DiagnosticKind::kMisplacedClause, word,
                written == "top" ? fmt::format("`top {0}` stands behind a condition and says by what it ranks, as in "
                                               "`where customer top {0} by revenue`",
                                               count)
                : written == "limit"
                    ? fmt::format("there is no `limit`; say which accounts are kept, as in `where customer top {} by revenue`", count)
                    : fmt::format("there is no `bottom`; put a minus before a number for the least, as in "
                                  "`where customer top {} by -revenue`",
                                  count));
    has_misplaced_ = true;
    is_past_mistake_ = true;
    return true;
  }

  void share(Cursor& cursor, antlr4::ParserRuleContext& tree, const Allowed& allowed, Block& block) {
    if (!allowed.shares && mistaken_top(tree)) return;
    if (!allow(allowed.shares, tree, allowed, "a split")) return;
    SplitShare result;
    result.span = exprs_.span(tree);
    result.name = plain_name(cursor);
    result.title = title(cursor);
    const std::size_t token = cursor.take_token();
    result.share = exprs_.number(token);
    result.share_span = exprs_.span(token);
    if (result.share.suffix != NumberSuffix::kPercent) {
      const std::string fixed = exprs_.source_text(result.share_span) + "%";
      exprs_.reporter().report(DiagnosticKind::kInvalidNumber, result.share_span, fmt::format("a share is a percentage; write `{}`", fixed),
                               fmt::format("write `{}`", fixed), result.share_span, fixed);
      exprs_.break_declaration();
    }
    block.shares.push_back(std::move(result));
  }

  void entry(Cursor& cursor, Span whole, const Allowed& allowed, Block& block) {
    const Name key = plain_name(cursor);
    cursor.pass(P::COLON);
    const ExprId value = condition(cursor);
    const Span written = exprs_.expr(value).span;
    if (allowed.shares && std::holds_alternative<NumberLiteral>(exprs_.expr(value).node)) {
      has_misplaced_ = true;
      exprs_.reporter().report(DiagnosticKind::kSyntaxError, key.span, "no colon stands between a part of a split and its share",
                               "leave the colon out", exprs_.reporter().span(key.span.end, written.begin), " ");
      return exprs_.break_declaration();
    }
    add_metadata(key, value, whole, block);
  }

  void row(Cursor& cursor, Span whole, Block& block) {
    Row result;
    result.span = whole;
    result.name = plain_name(cursor);
    result.title = title(cursor);
    cursor.pass(P::COLON);
    result.condition = condition(cursor);
    const ExprNode& node = exprs_.expr(result.condition).node;
    const bool holds_text = std::holds_alternative<TextLiteral>(node) || std::holds_alternative<ListLiteral>(node);
    if (holds_text && !result.title && is_metadata_key(result.name.text)) return add_metadata(result.name, result.condition, whole, block);
    if (cursor.pass(P::EXCEPT)) result.except = conditions(cursor);
    if (auto* tree = cursor.peek_rule<P::TopContext>()) result.top = top(*tree);
    block.rows.push_back(std::move(result));
  }

  void add_metadata(const Name& key, ExprId value, Span whole, Block& block) {
    if (!is_metadata_key(key.text)) {
      exprs_.break_declaration();
      const std::vector<std::string> keys(kMetadataKeys.begin(), kMetadataKeys.end());
      const auto meant = nearest_name(key.text, keys);
      if (meant) {
        return exprs_.reporter().report(DiagnosticKind::kUnknownMetadata, key.span,
                                        fmt::format("unknown metadata `{}`; did you mean `{}`?", key.text, *meant),
                                        fmt::format("write `{}`", *meant), key.span, *meant);
      }
      return exprs_.reporter().report(DiagnosticKind::kUnknownMetadata, key.span,
                                      fmt::format("unknown metadata `{}`; there are `owner`, `tags`, `basis` and `url`", key.text));
    }
    const auto before = std::ranges::find(block.metadata, key.text, [](const Metadata& entry) { return entry.key.text; });
    if (before != block.metadata.end() && !is_first(before->key.span, key.span, key.text, "write one with a list of both")) return;
    Metadata result{.key = key, .values = {}, .is_list = false, .span = whole};
    const Expr& written = exprs_.expr(value);
    if (const auto* list = std::get_if<ListLiteral>(&written.node)) {
      result.is_list = true;
      for (const ExprId element : list->elements) add_metadata_value(element, true, result);
    } else {
      add_metadata_value(value, false, result);
    }
    block.metadata.push_back(std::move(result));
  }

  // A text, or in a list a bare name.
  void add_metadata_value(ExprId id, bool is_element, Metadata& metadata) {
    const Expr& written = exprs_.expr(id);
    if (const auto* text = std::get_if<TextLiteral>(&written.node)) {
      metadata.values.push_back({.text = text->text, .span = written.span});
      return;
    }
    const auto* name = std::get_if<PathExpr>(&written.node);
    if (is_element && name != nullptr && name->path.parts.size() == 1) {
      metadata.values.push_back({.text = name->path.parts[0].text, .span = written.span});
      return;
    }
    const std::string fixed = fmt::format("\"{}\"", exprs_.source_text(written.span));
    exprs_.reporter().report(DiagnosticKind::kInvalidMetadata, written.span,
                             fmt::format("`{}` is a text or a list of texts; write it in double quotes", metadata.key.text),
                             "write it in double quotes", written.span, fixed);
    exprs_.break_declaration();
  }

  // ---- expectations ----

  void expect(Cursor& cursor, Block& block) {
    cursor.take_token();
    auto& tree = cursor.take_rule<P::ExpectationContext>();
    Expectation result;
    result.span = exprs_.span(tree);
    Cursor inner(tree);
    switch (inner.token_type()) {
      case P::NOT: result.claim = NotEmptyExpectation{}; break;
      case P::DISJOINT:
        inner.take_token();
        inner.take_token();
        result.claim = DisjointExpectation{path(inner)};
        break;
      case P::SUBSET:
        inner.take_token();
        inner.take_token();
        result.claim = SubsetExpectation{path(inner)};
        break;
      default: measure(inner, result);
    }
    block.expects.push_back(std::move(result));
  }

  void measure(Cursor& cursor, Expectation& result) {
    if (cursor.token_type() == P::EACH) {
      result.subject = EachValue{exprs_.span(cursor.take_token())};
    } else if (cursor.token_type() == P::STRING) {
      const TextValue cell = exprs_.text(cursor.take_token());
      result.subject = Name{.text = cell.text, .span = cell.span, .is_quoted = true};
    } else if (cursor.peek_rule<P::NameContext>() != nullptr) {
      result.subject = plain_name(cursor);
    }
    const std::size_t measured = cursor.take_rule<P::MeasureContext>().start->getType();
    MeasureExpectation claim;
    claim.measure = measured == P::SIZE    ? Measure::kSize
                    : measured == P::SHARE ? Measure::kShare
                    : measured == P::MOVED ? Measure::kMoved
                                           : Measure::kUndetermined;
    Cursor bound(cursor.take_rule<P::BoundContext>());
    std::size_t word = context_.tokens[bound.take_token()].type;
    if (word == P::AT) word = context_.tokens[bound.take_token()].type;
    claim.bound = word == P::BETWEEN ? Bound::kBetween
                  : word == P::LEAST ? Bound::kAtLeast
                  : word == P::MOST  ? Bound::kAtMost
                  : word == P::BELOW ? Bound::kBelow
                                     : Bound::kAbove;
    claim.low = value(bound);
    if (bound.pass(P::AND)) claim.high = value(bound);
    result.claim = claim;
  }

  // ---- tests ----

  TestDecl test(Cursor& cursor) {
    TestDecl result;
    result.title = exprs_.text(cursor.take_token());
    cursor.pass(P::LBRACE);
    while (auto* tree = cursor.peek_rule<P::TestClauseContext>()) {
      cursor.take_rule<P::TestClauseContext>();
      test_clause(*static_cast<antlr4::ParserRuleContext*>(tree->children[0]), result);
    }
    const Name name{.text = result.title.text, .span = result.title.span, .is_quoted = true};
    need(!result.accounts.empty(), name, "test \"{}\" has no `account`; say what the account looks like");
    need(!result.expects.empty(), name, "test \"{}\" has no `expect`; say what must hold");
    return result;
  }

  void test_clause(antlr4::ParserRuleContext& tree, TestDecl& test) {
    Cursor cursor(tree);
    const Span first = exprs_.span(cursor.take_token());
    switch (tree.getRuleIndex()) {
      case P::RuleAsOfClause: {
        if (!is_first(test.as_of ? std::optional(test.as_of_span) : std::nullopt, first, "as of", "a test has one clock")) return;
        cursor.pass(P::OF);
        test.as_of_span = exprs_.span(tree);
        test.as_of = value(cursor);
        const Expr& written = exprs_.expr(*test.as_of);
        const bool is_moment = std::holds_alternative<DateLiteral>(written.node) || std::holds_alternative<TimestampLiteral>(written.node);
        if (!is_moment)
          exprs_.fail(DiagnosticKind::kSyntaxError, written.span, "`as of` takes a date or a timestamp, as in `as of 2026-03-01`");
        return;
      }
      case P::RuleAccountClause: {
        TestAccount account{.name = std::nullopt, .record = {}, .span = exprs_.span(tree)};
        if (cursor.peek_rule<P::NameContext>() != nullptr) account.name = plain_name(cursor);
        account.record = exprs_.record(cursor.take_rule<P::RecordContext>());
        test.accounts.push_back(std::move(account));
        return;
      }
      default: {
        TestExpectation expectation{.account = std::nullopt, .predicates = {}, .span = {}};
        if (cursor.peek_rule<P::NameContext>() != nullptr) expectation.account = plain_name(cursor);
        cursor.pass(P::COLON);
        expectation.predicates = conditions(cursor);
        const Token& after_expect = context_.tokens[tree.start->getTokenIndex() + 1];
        expectation.span = exprs_.reporter().span(after_expect.begin, exprs_.span(tree).end);
        test.expects.push_back(std::move(expectation));
      }
    }
  }

  BuildContext& context_;
  ExprBuilder exprs_;
  bool has_misplaced_ = false;
  bool is_past_mistake_ = false;
};

// An empty node of the declaration that opens with this token.
DeclarationNode empty_node(std::size_t type, Name name) {
  switch (type) {
    case P::USE: return UseDecl{Path{.parts = {}, .span = name.span}};
    case P::PARAM: return ParamDecl{.name = std::move(name), .type = {}, .value = std::nullopt};
    case P::LIST: return ListDecl{.name = std::move(name), .values = ListFile{}};
    case P::DEFINE: return DefineDecl{.name = std::move(name), .parameters = {}, .relation = std::nullopt, .body = std::nullopt};
    case P::SEGMENT:
      return SegmentDecl{.name = std::move(name), .title = {}, .metadata = {}, .where = {}, .except = {}, .top = {}, .expects = {}};
    case P::SCORE: return ScoreDecl{.name = std::move(name), .title = {}, .metadata = {}, .range = {}, .terms = {}, .expects = {}};
    case P::TIERS: return TiersDecl{.name = std::move(name), .title = {}, .metadata = {}, .rows = {}, .otherwise = {}, .expects = {}};
    case P::STAGES: return StagesDecl{.name = std::move(name), .title = {}, .metadata = {}, .rows = {}, .otherwise = {}, .expects = {}};
    case P::GRID:
      return GridDecl{.name = std::move(name), .title = {}, .metadata = {}, .where = {}, .except = {}, .axes = {}, .expects = {}};
    case P::SPLIT:
      return SplitDecl{.name = std::move(name), .title = {}, .metadata = {}, .population = {}, .seed = {}, .shares = {}, .expects = {}};
    case P::AUDIENCE:
      return AudienceDecl{
          .name = std::move(name), .title = {}, .relation = {}, .metadata = {}, .where = {}, .except = {}, .top = {}, .expects = {}};
    default: return TestDecl{.title = {.text = name.text, .span = name.span}, .as_of = {}, .as_of_span = {}, .accounts = {}, .expects = {}};
  }
}

}  // namespace

std::string token_text(const Token& token, const std::vector<std::string>& texts, const Reporter& reporter) {
  return token.text != kNoText ? texts[token.text] : std::string(reporter.text(token));
}

Declaration build_declaration(P::DeclarationContext& tree, BuildContext& context) { return DeclarationBuilder(context).run(tree); }

Declaration broken_declaration(const std::vector<Token>& tokens, const std::vector<std::string>& texts, const Reporter& reporter) {
  Name name{.text = {}, .span = reporter.span(tokens[0]), .is_quoted = false};
  if (tokens.size() > 1 && (is_name_type(tokens[1].type) || is_reserved_type(tokens[1].type) || tokens[1].type == P::STRING)) {
    name = {
        .text = token_text(tokens[1], texts, reporter), .span = reporter.span(tokens[1]), .is_quoted = tokens[1].type == P::QUOTED_NAME};
  }
  return {.node = empty_node(tokens[0].type, std::move(name)),
          .doc = std::nullopt,
          .span = reporter.span(tokens.front().begin, tokens.back().end),
          .is_broken = true};
}

}  // namespace segue
