// Expressions as documents behind format_expr.h.
#include "compiler/syntax/format_expr.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "compiler/syntax/literals.h"
#include "compiler/syntax/parse.h"

namespace segue {

using namespace ast;

namespace {

// Words that mean something in their place: a name in back-quotes keeps them when it is one of these.
constexpr std::array<std::string_view, 66> kTouchyWords = {
    "above",     "account",    "ago",      "all",       "among",        "any",      "as",    "at",   "avg",     "below",  "by",
    "contains",  "count",      "disjoint", "distinct",  "each",         "earliest", "empty", "ends", "every",   "fiscal", "for",
    "from",      "ilike",      "km",       "known",     "last",         "latest",   "least", "like", "matches", "max",    "mi",
    "min",       "missing",    "most",     "moved",     "near",         "next",     "nil",   "none", "now",     "null",   "of",
    "otherwise", "percentile", "previous", "range",     "seed",         "sequence", "share", "size", "starts",  "subset", "sum",
    "then",      "this",       "top",      "undefined", "undetermined", "with",     "owner", "tags", "basis",   "url",    "today"};

bool keeps_back_quotes(std::string_view name) {
  const std::string lower = lower_case(name);
  return needs_back_quotes(name) || needs_back_quotes(lower) || unit_of(lower).has_value() ||
         std::ranges::find(kTouchyWords, lower) != kTouchyWords.end();
}

std::string_view comparison_word(ComparisonOp op) {
  static constexpr std::array<std::string_view, 6> kWords = {"=", "!=", "<", "<=", ">", ">="};
  return kWords[static_cast<std::size_t>(op)];
}

std::string_view arithmetic_word(ArithmeticOp op) {
  static constexpr std::array<std::string_view, 4> kWords = {"+", "-", "*", "/"};
  return kWords[static_cast<std::size_t>(op)];
}

}  // namespace

// ---- Comments ---------------------------------------------------------------------------------------------------------------

std::uint32_t CommentQueue::line_of(std::uint32_t offset) const {
  const auto after = std::ranges::upper_bound(source_.line_starts, offset);
  return static_cast<std::uint32_t>(after - source_.line_starts.begin());
}

std::vector<Comment> CommentQueue::take_before(std::uint32_t offset) {
  std::vector<Comment> taken;
  while (next_ < comments_.size() && comments_[next_].span.begin < offset) taken.push_back(comments_[next_++]);
  return taken;
}

std::vector<Comment> CommentQueue::take_on_line_of(std::uint32_t end, std::uint32_t offset) {
  std::vector<Comment> taken;
  const std::uint32_t line = line_of(end);
  while (next_ < comments_.size() && comments_[next_].span.begin < offset && line_of(comments_[next_].span.begin) == line)
    taken.push_back(comments_[next_++]);
  return taken;
}

std::string CommentQueue::text(const Comment& comment) const {
  std::string_view text = text_at(source_, comment.span);
  const std::size_t last = text.find_last_not_of(" \t\r");
  return std::string(text.substr(0, last + 1));
}

std::vector<Comment> ExprFormatter::take_before(std::uint32_t offset) {
  return comments_ == nullptr ? std::vector<Comment>() : comments_->take_before(offset);
}

std::vector<Comment> ExprFormatter::take_on_line_of(std::uint32_t end, std::uint32_t offset) {
  return comments_ == nullptr ? std::vector<Comment>() : comments_->take_on_line_of(end, offset);
}

DocId ExprFormatter::comment_lines(const std::vector<Comment>& comments) {
  std::vector<DocId> parts;
  for (const Comment& comment : comments) {
    parts.push_back(text(comments_->text(comment)));
    parts.push_back(docs_.hard_line());
  }
  return concat(std::move(parts));
}

DocId ExprFormatter::trailing_comments(const std::vector<Comment>& comments) {
  std::vector<DocId> parts;
  parts.reserve(comments.size());
  for (const Comment& comment : comments) parts.push_back(docs_.trailing("  " + comments_->text(comment)));
  return concat(std::move(parts));
}

// ---- Names and leaves -------------------------------------------------------------------------------------------------------

std::string ExprFormatter::written(const Name& name) const {
  return name.is_quoted && keeps_back_quotes(name.text) ? fmt::format("`{}`", name.text) : written_name(name.text);
}

std::string ExprFormatter::written(const Path& path) const {
  std::string result;
  for (const Name& part : path.parts) result += (result.empty() ? "" : ".") + written(part);
  return result;
}

std::string ExprFormatter::leaf(ExprId id) const {
  const Expr& counted = ast_[id];
  const auto* named = std::get_if<PathExpr>(&counted.node);
  return named != nullptr ? written(named->path) : source_text(counted.span);
}

std::string ExprFormatter::duration(ExprId count, TimeUnit unit) const {
  const auto* literal = std::get_if<NumberLiteral>(&ast_[count].node);
  const bool is_one = literal != nullptr && exact_number(*literal).digits == "1" && exact_number(*literal).scale == 0;
  return fmt::format("{} {}{}", leaf(count), unit_name(unit), is_one ? "" : "s");
}

std::string ExprFormatter::moment(const RelativeTime& time) const {
  return duration(time.count, time.unit) + (time.is_future ? " from now" : " ago");
}

DocId ExprFormatter::node(const NumberLiteral& node, Span span) {
  std::string written = source_text(span);
  if (node.is_negative) {  // what stands between sign and digits goes
    const std::size_t digits = written.find_first_of("0123456789");
    written = "-" + written.substr(digits == std::string::npos ? 0 : digits);
    written.resize(written.find_last_of("0123456789kMbn%") + 1);
  }
  return text(std::move(written));
}
DocId ExprFormatter::node(const TextLiteral& node, Span) { return text(written_text(node.text)); }
DocId ExprFormatter::node(const BoolLiteral& node, Span) { return text(node.value ? "true" : "false"); }
DocId ExprFormatter::node(const DateLiteral&, Span span) { return text(source_text(span)); }
DocId ExprFormatter::node(const TimestampLiteral&, Span span) { return text(source_text(span)); }
DocId ExprFormatter::node(const DurationLiteral& node, Span) { return text(duration(node.count, node.unit)); }
DocId ExprFormatter::node(const RelativeTime& node, Span) { return text(moment(node)); }
DocId ExprFormatter::node(const PathExpr& node, Span) { return path(node.path); }
DocId ExprFormatter::node(const MissingLiteral&, Span) { return text("missing"); }

// ---- Binding ----------------------------------------------------------------------------------------------------------------

Binding ExprFormatter::binding_of(const ExprNode& node) const {
  if (std::holds_alternative<Logical>(node)) return Binding::kCondition;
  if (std::holds_alternative<OrElse>(node)) return Binding::kOrElse;
  if (const auto* chain = std::get_if<Arithmetic>(&node)) {
    return chain->ops[0] == ArithmeticOp::kAdd || chain->ops[0] == ArithmeticOp::kSubtract ? Binding::kSum : Binding::kProduct;
  }
  const bool is_predicate =
      std::holds_alternative<Comparison>(node) || std::holds_alternative<Between>(node) || std::holds_alternative<Membership>(node) ||
      std::holds_alternative<TextMatch>(node) || std::holds_alternative<Has>(node) || std::holds_alternative<State>(node) ||
      std::holds_alternative<WithinWindow>(node) || std::holds_alternative<Near>(node) || std::holds_alternative<Not>(node);
  return is_predicate ? Binding::kPredicate : Binding::kAtom;
}

DocId ExprFormatter::expr(ExprId id, Binding at_least) {
  const bool needs_parentheses = binding_of(ast_[id].node) < at_least;
  if (!needs_parentheses) return bare(id);
  return concat({text("("), bare(id), text(")")});
}

DocId ExprFormatter::bare(ExprId id) {
  const Expr& written = ast_[id];
  return std::visit([&](const auto& inner) { return node(inner, written.span); }, written.node);
}

DocId ExprFormatter::open_condition(ExprId id) {
  const auto* chain = std::get_if<Logical>(&ast_[id].node);
  return chain == nullptr ? bare(id) : logical(*chain);
}

// ---- Conditions -------------------------------------------------------------------------------------------------------------

// Each operand with the comments before and in it; connectors open their lines.
DocId ExprFormatter::logical(const Logical& chain) {
  const std::string word = chain.op == LogicalOp::kAnd ? "and " : "or ";
  std::vector<DocId> parts;
  std::uint32_t end = 0;
  for (std::size_t i = 0; i < chain.operands.size(); ++i) {
    const Span span = ast_[chain.operands[i]].span;
    const bool is_first = i == 0;
    if (!is_first) parts.push_back(trailing_comments(take_on_line_of(end, span.begin)));
    std::vector<Comment> before = take_before(span.begin);
    const DocId operand = expr(chain.operands[i], Binding::kPredicate);
    const std::vector<Comment> within = take_before(span.end);
    before.insert(before.end(), within.begin(), within.end());
    if (!is_first) parts.push_back(docs_.line());
    parts.push_back(comment_lines(before));
    parts.push_back(is_first ? operand : concat({text(word), operand}));
    end = span.end;
  }
  return docs_.nest(concat(std::move(parts)));
}

DocId ExprFormatter::tail(ExprId operand, bool is_negated, const std::string& word, DocId rest) {
  return docs_.group(docs_.nest(concat({expr(operand, Binding::kOrElse), docs_.line(), text((is_negated ? "not " : "") + word), rest})));
}

DocId ExprFormatter::node(const Comparison& node, Span) {
  return tail(node.left, false, fmt::format("{} ", comparison_word(node.op)), expr(node.right, Binding::kOrElse));
}

DocId ExprFormatter::node(const Between& node, Span) {
  return tail(node.operand, node.is_negated, "between ",
              concat({expr(node.low, Binding::kOrElse), text(" and "), expr(node.high, Binding::kOrElse)}));
}

// Sets open on the line of their operand: a long list breaks inside.
DocId ExprFormatter::node(const Membership& node, Span) {
  return docs_.group(
      concat({expr(node.operand, Binding::kOrElse), text(node.is_negated ? " not in " : " in "), expr(node.set, Binding::kOrElse)}));
}

DocId ExprFormatter::node(const Has& node, Span) {
  const std::string word = node.kind == HasKind::kAny ? "any" : node.kind == HasKind::kAll ? "all" : "none";
  return docs_.group(concat({expr(node.operand, Binding::kOrElse), text(fmt::format(" has {} ", word)), expr(node.set, Binding::kOrElse)}));
}

DocId ExprFormatter::node(const TextMatch& node, Span) {
  static constexpr std::array<std::string_view, 4> kWords = {"contains ", "starts with ", "ends with ", "matches "};
  return tail(node.operand, node.is_negated, std::string(kWords[static_cast<std::size_t>(node.kind)]),
              expr(node.pattern, Binding::kOrElse));
}

DocId ExprFormatter::node(const State& node, Span) {
  static constexpr std::array<std::string_view, 3> kWords = {" is empty", " is known", " is missing"};
  return concat({expr(node.operand, Binding::kOrElse), text(std::string(kWords[static_cast<std::size_t>(node.kind)]))});
}

DocId ExprFormatter::node(const WithinWindow& node, Span) { return tail(node.operand, node.is_negated, "within ", window(node.window)); }

DocId ExprFormatter::node(const Near& node, Span) {
  return tail(node.operand, node.is_negated, "near (",
              concat({expr(node.latitude, Binding::kOrElse), text(", "), expr(node.longitude, Binding::kOrElse), text(") within "),
                      expr(node.distance, Binding::kOrElse), text(node.unit == DistanceUnit::kKilometre ? " km" : " mi")}));
}

DocId ExprFormatter::node(const Not& node, Span) { return concat({text("not "), expr(node.operand, Binding::kPredicate)}); }

// ---- Values -----------------------------------------------------------------------------------------------------------------

bool ExprFormatter::opens_with_minus(ExprId id) const {
  const ExprNode& node = ast_[id].node;
  if (std::holds_alternative<Negation>(node)) return true;
  const auto* literal = std::get_if<NumberLiteral>(&node);
  if (literal != nullptr) return literal->is_negative;
  const auto* chain = std::get_if<Arithmetic>(&node);
  return chain != nullptr && opens_with_minus(chain->operands[0]);
}

// Operators end their lines, and no line opens with a sign: in a score such a line would be a term of its own.
DocId ExprFormatter::node(const Arithmetic& node, Span) {
  const bool is_sum = node.ops[0] == ArithmeticOp::kAdd || node.ops[0] == ArithmeticOp::kSubtract;
  const Binding inner = is_sum ? Binding::kProduct : Binding::kAtom;
  std::vector<DocId> parts = {expr(node.operands[0], inner)};
  for (std::size_t i = 1; i < node.operands.size(); ++i) {
    parts.push_back(text(fmt::format(" {}", arithmetic_word(node.ops[i - 1]))));
    parts.push_back(opens_with_minus(node.operands[i]) ? text(" ") : docs_.line());
    parts.push_back(expr(node.operands[i], inner));
  }
  return docs_.group(docs_.nest(concat(std::move(parts))));
}

DocId ExprFormatter::node(const OrElse& node, Span) {
  std::vector<DocId> parts = {expr(node.operands[0], Binding::kSum)};
  for (std::size_t i = 1; i < node.operands.size(); ++i) {
    parts.push_back(docs_.line());
    parts.push_back(text("or else "));
    parts.push_back(expr(node.operands[i], Binding::kSum));
  }
  return docs_.group(docs_.nest(concat(std::move(parts))));
}

DocId ExprFormatter::node(const Negation& node, Span) { return concat({text("-"), expr(node.operand, Binding::kAtom)}); }

DocId ExprFormatter::node(const ListLiteral& node, Span span) {
  std::vector<DocId> items;
  bool has_comments = false;
  std::uint32_t end = span.begin;
  for (std::size_t i = 0; i < node.elements.size(); ++i) {
    const Span at = ast_[node.elements[i]].span;
    const std::vector<Comment> after_last = i == 0 ? std::vector<Comment>() : take_on_line_of(end, at.begin);
    if (!after_last.empty()) items.back() = concat({items.back(), trailing_comments(after_last)});
    std::vector<Comment> before = take_before(at.begin);
    const DocId element = expr(node.elements[i]);
    const std::vector<Comment> within = take_before(at.end);
    before.insert(before.end(), within.begin(), within.end());
    has_comments = has_comments || !before.empty() || !after_last.empty();
    const DocId item = i + 1 < node.elements.size() ? concat({element, text(",")}) : element;
    items.push_back(before.empty() ? item : concat({comment_lines(before), item}));
    end = at.end;
  }
  const std::vector<Comment> last = take_on_line_of(end, span.end);
  const std::vector<Comment> below = take_before(span.end);
  has_comments = has_comments || !last.empty() || !below.empty();
  if (!has_comments) return docs_.group(concat({text("["), docs_.nest(docs_.fill(std::move(items))), text("]")}));
  std::vector<DocId> inner = {docs_.hard_line(), docs_.fill(std::move(items))};
  if (!last.empty()) inner.push_back(trailing_comments(last));
  for (const Comment& comment : below) {
    inner.push_back(docs_.hard_line());
    inner.push_back(text(comments_->text(comment)));
  }
  return concat({text("["), docs_.nest(concat(std::move(inner))), docs_.hard_line(), text("]")});
}

DocId ExprFormatter::record(const RecordLiteral& node, Span span) {
  std::vector<DocId> items;
  bool has_comments = false;
  std::uint32_t end = span.begin;
  for (std::size_t i = 0; i < node.fields.size(); ++i) {
    const Field& field = node.fields[i];
    const std::uint32_t begin = field.name.span.begin;
    const std::vector<Comment> after_last = take_on_line_of(end, begin);
    if (!after_last.empty() && i > 0) items.back() = concat({items.back(), trailing_comments(after_last)});
    std::vector<Comment> before = i > 0 ? std::vector<Comment>() : after_last;
    for (const Comment& comment : take_before(begin)) before.push_back(comment);
    const DocId value = expr(field.value);
    end = ast_[field.value].span.end;
    for (const Comment& comment : take_before(end)) before.push_back(comment);
    has_comments = has_comments || !before.empty() || !after_last.empty();
    const DocId item = concat({text(written(field.name) + ": "), value, text(i + 1 < node.fields.size() ? "," : "")});
    items.push_back(before.empty() ? item : concat({comment_lines(before), item}));
  }
  const std::vector<Comment> last = take_on_line_of(end, span.end);
  const std::vector<Comment> below = take_before(span.end);
  has_comments = has_comments || !last.empty() || !below.empty();
  std::vector<DocId> inner = {has_comments ? docs_.hard_line() : docs_.soft_line(), docs_.fill(std::move(items))};
  if (!last.empty()) inner.push_back(trailing_comments(last));
  for (const Comment& comment : below) {
    inner.push_back(docs_.hard_line());
    inner.push_back(text(comments_->text(comment)));
  }
  return docs_.group(
      concat({text("{"), docs_.nest(concat(std::move(inner))), has_comments ? docs_.hard_line() : docs_.soft_line(), text("}")}));
}

// ---- Calls ------------------------------------------------------------------------------------------------------------------

DocId ExprFormatter::node(const Call& node, Span) {
  std::vector<DocId> arguments;
  arguments.reserve(node.arguments.size());
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    arguments.push_back(concat({expr(node.arguments[i]), text(i + 1 < node.arguments.size() ? "," : "")}));
  }
  return docs_.group(concat({text(written(node.callee) + "("), docs_.nest(docs_.fill(std::move(arguments))), text(")")}));
}

DocId ExprFormatter::rows(const Path& relation, const std::optional<Window>& in_window) {
  if (!in_window) return path(relation);
  return concat({path(relation), text(" within "), window(*in_window)});
}

DocId ExprFormatter::node(const Aggregate& node, Span) {
  std::vector<DocId> inner = {rows(node.relation, node.window)};
  if (node.value) {
    inner.push_back(text(":"));
    inner.push_back(docs_.line());
    inner.push_back(expr(*node.value));
  }
  if (node.where) {
    inner.push_back(docs_.line());
    inner.push_back(text("where "));
    inner.push_back(expr(*node.where));
  }
  return docs_.group(concat({text(std::string(aggregate_name(node.kind)) + "("), docs_.nest(concat(std::move(inner))), text(")")}));
}

DocId ExprFormatter::node(const Percentile& node, Span) {
  if (!node.among) return concat({text("percentile("), expr(node.value), text(")")});
  return docs_.group(
      concat({text("percentile("), docs_.nest(concat({expr(node.value), docs_.line(), text("among "), expr(*node.among)})), text(")")}));
}

DocId ExprFormatter::node(const Sequence& node, Span) {
  std::vector<DocId> inner = {rows(node.relation, node.window)};
  if (node.by) inner.push_back(text(" by " + written(*node.by)));
  inner.push_back(text(":"));
  for (std::size_t i = 0; i < node.steps.size(); ++i) {
    inner.push_back(docs_.line());
    if (i > 0) inner.push_back(text("then "));
    inner.push_back(expr(node.steps[i]));
  }
  inner.push_back(text(","));
  inner.push_back(docs_.line());
  inner.push_back(text("all within " + duration(node.limit.count, node.limit.unit)));
  return docs_.group(concat({text("sequence("), docs_.nest(concat(std::move(inner))), text(")")}));
}

DocId ExprFormatter::window(const Window& node) {
  static constexpr std::array<std::string_view, 5> kWords = {"last", "next", "this", "previous", "next"};
  std::string written(kWords[static_cast<std::size_t>(node.kind)]);
  written += ' ';
  written += node.count ? duration(*node.count, node.unit) : std::string(unit_name(node.unit));
  if (node.as_of) written += " as of " + moment(*node.as_of);
  return text(std::move(written));
}

}  // namespace segue
