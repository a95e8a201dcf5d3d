// Words and numbers of the tree, and equality of trees.
#include "compiler/syntax/ast.h"

#include <algorithm>
#include <array>
#include <utility>

namespace segue {
namespace ast {

ExactNumber exact_number(const NumberLiteral& literal) {
  ExactNumber exact{.is_negative = literal.is_negative, .digits = literal.digits, .scale = literal.scale};
  const std::uint32_t shift = literal.suffix == NumberSuffix::kThousand  ? 3
                              : literal.suffix == NumberSuffix::kMillion ? 6
                              : literal.suffix == NumberSuffix::kBillion ? 9
                                                                         : 0;
  if (literal.suffix == NumberSuffix::kPercent) exact.scale += 2;
  if (shift > exact.scale) exact.digits.append(shift - exact.scale, '0');
  exact.scale -= std::min(shift, exact.scale);
  while (exact.scale > 0 && !exact.digits.empty() && exact.digits.back() == '0') {
    exact.digits.pop_back();
    --exact.scale;
  }
  const std::size_t first = exact.digits.find_first_not_of('0');
  exact.digits = first == std::string::npos ? "0" : exact.digits.substr(first);
  if (exact.digits == "0") exact.scale = 0;
  return exact;
}

std::string_view unit_name(TimeUnit unit) {
  static constexpr std::array<std::string_view, 10> kNames = {"second",  "minute", "hour",           "day",        "week", "month",
                                                              "quarter", "year",   "fiscal quarter", "fiscal year"};
  return kNames[static_cast<std::size_t>(unit)];
}

std::string_view aggregate_name(AggregateKind kind) {
  static constexpr std::array<std::string_view, 12> kNames = {"any", "none", "every", "count",    "share",  "sum",
                                                              "avg", "min",  "max",   "distinct", "latest", "earliest"};
  return kNames[static_cast<std::size_t>(kind)];
}

const Name* declared_name(const Declaration& declaration) {
  return std::visit(
      [](const auto& node) -> const Name* {
        if constexpr (requires { node.name; }) return &node.name;
        else return nullptr;
      },
      declaration.node);
}

std::string_view declaration_word(const Declaration& declaration) {
  static constexpr std::array<std::string_view, 12> kWords = {"use",   "param",  "list", "define", "segment",  "score",
                                                              "tiers", "stages", "grid", "split",  "audience", "test"};
  return kWords[declaration.node.index()];
}

// ---- Equality ---------------------------------------------------------------------------------------------------------------

namespace {

// Compares node by node. Depth is that of brackets, which parsing limits.
class Comparer {
 public:
  Comparer(const Ast& first, const Ast& second) : first_(first), second_(second) {}

  bool same(ExprId a, ExprId b) const { return same(first_[a].node, second_[b].node); }
  bool same(const Name& a, const Name& b) const { return a.text == b.text; }
  bool same(const Path& a, const Path& b) const { return same(a.parts, b.parts); }
  bool same(const TextValue& a, const TextValue& b) const { return a.text == b.text; }
  bool same(bool a, bool b) const { return a == b; }
  bool same(std::uint32_t a, std::uint32_t b) const { return a == b; }
  bool same(std::int32_t a, std::int32_t b) const { return a == b; }
  bool same(std::int64_t a, std::int64_t b) const { return a == b; }
  bool same(const std::string& a, const std::string& b) const { return a == b; }
  template <class Enum>
    requires std::is_enum_v<Enum>
  bool same(Enum a, Enum b) const {
    return a == b;
  }
  template <class T>
  bool same(const std::optional<T>& a, const std::optional<T>& b) const {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  }
  template <class T>
  bool same(const std::vector<T>& a, const std::vector<T>& b) const {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!same(a[i], b[i])) return false;
    }
    return true;
  }
  template <class... Nodes>
  bool same(const std::variant<Nodes...>& a, const std::variant<Nodes...>& b) const {
    return a.index() == b.index() && std::visit(
                                         [&](const auto& node) {
                                           using Node = std::decay_t<decltype(node)>;
                                           return same(node, std::get<Node>(b));
                                         },
                                         a);
  }

  bool same(std::monostate, std::monostate) const { return true; }
  bool same(const NumberLiteral& a, const NumberLiteral& b) const {
    return a.is_negative == b.is_negative && a.digits == b.digits && a.scale == b.scale && a.suffix == b.suffix;
  }
  bool same(const TextLiteral& a, const TextLiteral& b) const { return a.text == b.text; }
  bool same(const BoolLiteral& a, const BoolLiteral& b) const { return a.value == b.value; }
  bool same(const DateLiteral& a, const DateLiteral& b) const { return a.year == b.year && a.month == b.month && a.day == b.day; }
  bool same(const TimestampLiteral& a, const TimestampLiteral& b) const {
    return same(a.date, b.date) && a.microseconds == b.microseconds && same(a.offset_minutes, b.offset_minutes);
  }
  bool same(const DurationLiteral& a, const DurationLiteral& b) const { return same(a.count, b.count) && a.unit == b.unit; }
  bool same(const RelativeTime& a, const RelativeTime& b) const {
    return same(a.count, b.count) && a.unit == b.unit && a.is_future == b.is_future;
  }
  bool same(const ListLiteral& a, const ListLiteral& b) const { return same(a.elements, b.elements); }
  bool same(const PathExpr& a, const PathExpr& b) const { return same(a.path, b.path); }
  bool same(const Call& a, const Call& b) const { return same(a.callee, b.callee) && same(a.arguments, b.arguments); }
  bool same(const Window& a, const Window& b) const {
    return a.kind == b.kind && same(a.count, b.count) && a.unit == b.unit && same(a.as_of, b.as_of);
  }
  bool same(const Aggregate& a, const Aggregate& b) const {
    return a.kind == b.kind && same(a.relation, b.relation) && same(a.window, b.window) && same(a.value, b.value) && same(a.where, b.where);
  }
  bool same(const Percentile& a, const Percentile& b) const { return same(a.value, b.value) && same(a.among, b.among); }
  bool same(const Sequence& a, const Sequence& b) const {
    return same(a.relation, b.relation) && same(a.window, b.window) && same(a.by, b.by) && same(a.steps, b.steps) && same(a.limit, b.limit);
  }
  bool same(const Negation& a, const Negation& b) const { return same(a.operand, b.operand); }
  bool same(const Arithmetic& a, const Arithmetic& b) const { return same(a.operands, b.operands) && same(a.ops, b.ops); }
  bool same(const OrElse& a, const OrElse& b) const { return same(a.operands, b.operands); }
  bool same(const Comparison& a, const Comparison& b) const { return a.op == b.op && same(a.left, b.left) && same(a.right, b.right); }
  bool same(const Between& a, const Between& b) const {
    return a.is_negated == b.is_negated && same(a.operand, b.operand) && same(a.low, b.low) && same(a.high, b.high);
  }
  bool same(const Membership& a, const Membership& b) const {
    return a.is_negated == b.is_negated && same(a.operand, b.operand) && same(a.set, b.set);
  }
  bool same(const TextMatch& a, const TextMatch& b) const {
    return a.kind == b.kind && a.is_negated == b.is_negated && same(a.operand, b.operand) && same(a.pattern, b.pattern);
  }
  bool same(const Has& a, const Has& b) const { return a.kind == b.kind && same(a.operand, b.operand) && same(a.set, b.set); }
  bool same(const State& a, const State& b) const { return a.kind == b.kind && same(a.operand, b.operand); }
  bool same(const WithinWindow& a, const WithinWindow& b) const {
    return a.is_negated == b.is_negated && same(a.operand, b.operand) && same(a.window, b.window);
  }
  bool same(const Near& a, const Near& b) const {
    return a.is_negated == b.is_negated && same(a.operand, b.operand) && same(a.latitude, b.latitude) && same(a.longitude, b.longitude) &&
           same(a.distance, b.distance) && a.unit == b.unit;
  }
  bool same(const Not& a, const Not& b) const { return same(a.operand, b.operand); }
  bool same(const Logical& a, const Logical& b) const { return a.op == b.op && same(a.operands, b.operands); }
  bool same(const MissingLiteral&, const MissingLiteral&) const { return true; }
  bool same(const Field& a, const Field& b) const { return same(a.name, b.name) && same(a.value, b.value); }
  bool same(const RecordLiteral& a, const RecordLiteral& b) const { return same(a.fields, b.fields); }

  // The order of metadata is the formatter's.
  bool same(const Metadata& a, const Metadata& b) const { return same(a.key, b.key) && a.is_list == b.is_list && same(a.values, b.values); }
  bool same_metadata(std::vector<Metadata> a, std::vector<Metadata> b) const {
    const auto by_key = [](const Metadata& entry) { return entry.key.text; };
    std::ranges::sort(a, {}, by_key);
    std::ranges::sort(b, {}, by_key);
    return same(a, b);
  }
  bool same(const Top& a, const Top& b) const { return same(a.count, b.count) && same(a.by, b.by); }
  bool same(const MeasureExpectation& a, const MeasureExpectation& b) const {
    return a.measure == b.measure && a.bound == b.bound && same(a.low, b.low) && same(a.high, b.high);
  }
  bool same(const DisjointExpectation& a, const DisjointExpectation& b) const { return same(a.other, b.other); }
  bool same(const SubsetExpectation& a, const SubsetExpectation& b) const { return same(a.other, b.other); }
  bool same(const NotEmptyExpectation&, const NotEmptyExpectation&) const { return true; }
  bool same(const EachValue&, const EachValue&) const { return true; }
  bool same(const Expectation& a, const Expectation& b) const { return same(a.subject, b.subject) && same(a.claim, b.claim); }
  bool same(const Row& a, const Row& b) const {
    return same(a.name, b.name) && same(a.title, b.title) && same(a.condition, b.condition) && same(a.except, b.except) &&
           same(a.top, b.top);
  }
  bool same(const Otherwise& a, const Otherwise& b) const { return same(a.name, b.name) && same(a.title, b.title); }
  bool same(const TypeName& a, const TypeName& b) const {
    return same(a.name, b.name) && same(a.argument, b.argument) && same(a.element, b.element) && a.is_optional == b.is_optional;
  }
  bool same(const Parameter& a, const Parameter& b) const { return same(a.name, b.name) && same(a.type, b.type); }

  bool same(const UseDecl& a, const UseDecl& b) const { return same(a.what, b.what); }
  bool same(const ParamDecl& a, const ParamDecl& b) const { return same(a.name, b.name) && same(a.type, b.type) && same(a.value, b.value); }
  bool same(const ListFile& a, const ListFile& b) const { return same(a.file, b.file) && same(a.column, b.column); }
  bool same(const ListDecl& a, const ListDecl& b) const { return same(a.name, b.name) && same(a.values, b.values); }
  bool same(const DefineDecl& a, const DefineDecl& b) const {
    return same(a.name, b.name) && same(a.parameters, b.parameters) && same(a.relation, b.relation) && same(a.body, b.body);
  }
  template <class Decl>
  bool same_head(const Decl& a, const Decl& b) const {
    return same(a.name, b.name) && same(a.title, b.title) && same_metadata(a.metadata, b.metadata) && same(a.expects, b.expects);
  }
  bool same(const SegmentDecl& a, const SegmentDecl& b) const {
    return same_head(a, b) && same(a.where, b.where) && same(a.except, b.except) && same(a.top, b.top);
  }
  bool same(const Term& a, const Term& b) const {
    return a.is_subtracted == b.is_subtracted && same(a.value, b.value) && same(a.when, b.when);
  }
  bool same(const Range& a, const Range& b) const { return same(a.low, b.low) && same(a.high, b.high); }
  bool same(const ScoreDecl& a, const ScoreDecl& b) const { return same_head(a, b) && same(a.range, b.range) && same(a.terms, b.terms); }
  bool same(const TiersDecl& a, const TiersDecl& b) const {
    return same_head(a, b) && same(a.rows, b.rows) && same(a.otherwise, b.otherwise);
  }
  bool same(const StagesDecl& a, const StagesDecl& b) const {
    return same_head(a, b) && same(a.rows, b.rows) && same(a.otherwise, b.otherwise);
  }
  bool same(const GridAxis& a, const GridAxis& b) const { return same(a.column, b.column) && same(a.values, b.values); }
  bool same(const GridDecl& a, const GridDecl& b) const {
    return same_head(a, b) && same(a.where, b.where) && same(a.except, b.except) && same(a.axes, b.axes);
  }
  bool same(const SplitShare& a, const SplitShare& b) const {
    return same(a.name, b.name) && same(a.title, b.title) && same(a.share, b.share);
  }
  bool same(const SplitDecl& a, const SplitDecl& b) const {
    return same_head(a, b) && same(a.population, b.population) && same(a.seed, b.seed) && same(a.shares, b.shares);
  }
  bool same(const AudienceDecl& a, const AudienceDecl& b) const {
    return same_head(a, b) && same(a.relation, b.relation) && same(a.where, b.where) && same(a.except, b.except) && same(a.top, b.top);
  }
  bool same(const TestAccount& a, const TestAccount& b) const { return same(a.name, b.name) && same(a.record, b.record); }
  bool same(const TestExpectation& a, const TestExpectation& b) const {
    return same(a.account, b.account) && same(a.predicates, b.predicates);
  }
  bool same(const TestDecl& a, const TestDecl& b) const {
    return same(a.title, b.title) && same(a.as_of, b.as_of) && same(a.accounts, b.accounts) && same(a.expects, b.expects);
  }
  bool same(const DocComment& a, const DocComment& b) const { return a.text == b.text; }
  bool same(const Declaration& a, const Declaration& b) const {
    return a.is_broken == b.is_broken && same(a.doc, b.doc) && same(a.node, b.node);
  }

 private:
  const Ast& first_;
  const Ast& second_;
};

}  // namespace
}  // namespace ast

bool same_tree(const Ast& first, const Ast& second) { return ast::Comparer(first, second).same(first.declarations, second.declarations); }

}  // namespace segue
