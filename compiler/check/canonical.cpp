// Hash-consing: each expression becomes a key of its own fields and the numbers of its operands.
#include "compiler/check/canonical.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>
#include <unordered_map>

#include "compiler/check/walk.h"

namespace segue {
namespace {

// Bytes that tell two lists of fields apart.
class CanonicalKey {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void add(T value) {
    std::int64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    text_.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  }
  void add(const std::string& text) {
    add(text.size());
    text_ += text;
  }
  void add(const Constant& constant) {
    add(constant.index());
    std::visit([&](const auto& value) { add(value); }, constant);
  }
  template <typename T>
  void add_all(const std::vector<T>& values) {
    add(values.size());
    for (const T& value : values) add(value);
  }
  template <typename T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  void add(const Type& type) {
    add(type.kind);
    add(type.scale);
    add(type.folded);
    add(type.element);
    add(type.enum_id);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class CanonicalNumbers {
 public:
  explicit CanonicalNumbers(const CheckedProgram& program) : program_(program) {}

  std::vector<std::uint32_t> operator()() {
    // Operands stand before what uses them, and definitions before who reads them, but exprs of a definition need not stand in that order.
    for (const Definition& definition : program_.definitions) settle(definition.body);
    for (std::uint32_t i = 0; i < program_.exprs.size(); ++i) settle(static_cast<ExprId>(i));
    return std::move(ids_);
  }

 private:
  static constexpr std::uint32_t kOpen = 0xffff'ffff;

  void settle(ExprId root) {
    ids_.resize(program_.exprs.size(), kOpen);
    std::vector<ExprId> open = {root};
    while (!open.empty()) {
      const ExprId id = open.back();
      const std::size_t before = open.size();
      if (of(id) == kOpen) {
        for_each_operand(program_.expr(id).node, [&](ExprId operand) { push(open, operand); });
        for_each_definition(program_.expr(id).node, [&](DefinitionId read) { push(open, program_.definition(read).body); });
      }
      if (open.size() != before) continue;
      if (of(id) == kOpen) ids_[index_of(id)] = number_of(program_.expr(id));
      open.pop_back();
    }
  }

  void push(std::vector<ExprId>& open, ExprId id) const {
    if (of(id) == kOpen) open.push_back(id);
  }

  std::uint32_t of(ExprId id) const { return ids_[index_of(id)]; }
  std::uint32_t of(DefinitionId id) const { return of(program_.definition(id).body); }

  std::uint32_t numbered(CanonicalKey& key) {
    return numbers_.try_emplace(key.take(), static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

  std::uint32_t number_of(const Expr& expr) {
    if (const auto* read = std::get_if<DefinitionRead>(&expr.node)) return of(read->definition);
    if (const auto* all = std::get_if<And>(&expr.node)) return chain(expr, all->operands);
    if (const auto* any = std::get_if<Or>(&expr.node)) return chain(expr, any->operands);
    CanonicalKey key;
    key.add(expr.node.index());
    key.add(expr.type);
    key.add(expr.frame);
    add_own(key, expr.node);
    for_each_operand(expr.node, [&](ExprId operand) { key.add(of(operand)); });
    return numbered(key);
  }

  // Operands in any order, each once, those of an operand of the same kind with them.
  std::uint32_t chain(const Expr& expr, const std::vector<ExprId>& operands) {
    std::vector<std::uint32_t> parts;
    for (const ExprId operand : operands) {
      const auto inner = parts_.find({expr.node.index(), of(operand)});
      if (inner != parts_.end()) parts.insert(parts.end(), inner->second.begin(), inner->second.end());
      else parts.push_back(of(operand));
    }
    std::ranges::sort(parts);
    parts.erase(std::ranges::unique(parts).begin(), parts.end());
    if (parts.size() == 1) return parts.front();
    CanonicalKey key;
    key.add(expr.node.index());
    key.add_all(parts);
    const std::uint32_t number = numbered(key);
    parts_[{expr.node.index(), number}] = std::move(parts);
    return number;
  }

  void add_set(CanonicalKey& key, SetId id) const {
    const ConstantSet& set = program_.sets[index_of(id)];
    key.add(set.type);
    key.add(set.folded);
    std::vector<Constant> values = set.values;
    std::ranges::sort(values);
    key.add_all(values);
  }

  void add_window(CanonicalKey& key, WindowId id) const {
    const Window& window = program_.windows[index_of(id)];
    key.add(window.kind);
    key.add(window.count);
    key.add(window.unit);
    key.add(window.as_of.has_value());
    if (window.as_of) {
      key.add(window.as_of->count);
      key.add(window.as_of->unit);
    }
  }

  // What a node has beside its operands.
  void add_own(CanonicalKey& key, const Node& node) const {
    const auto add = [&](const auto& construct) {
      using Construct = std::remove_cvref_t<decltype(construct)>;
      if constexpr (std::is_same_v<Construct, Literal>) key.add(construct.value);
      if constexpr (std::is_same_v<Construct, ColumnRead>) key.add(construct.column);
      if constexpr (std::is_same_v<Construct, ReferenceRead>) {
        key.add_all(construct.references);
        key.add(construct.column);
      }
      if constexpr (std::is_same_v<Construct, FromNow>) {
        key.add(construct.count);
        key.add(construct.unit);
      }
      if constexpr (std::is_same_v<Construct, Compare>) key.add(construct.op);
      if constexpr (std::is_same_v<Construct, TextTest>) key.add(construct.op);
      if constexpr (std::is_same_v<Construct, Compare> || std::is_same_v<Construct, Between> || std::is_same_v<Construct, TextTest>)
        key.add(construct.folded);
      if constexpr (std::is_same_v<Construct, InSet> || std::is_same_v<Construct, Has>) add_set(key, construct.set);
      if constexpr (std::is_same_v<Construct, Has>) key.add(construct.op);
      if constexpr (std::is_same_v<Construct, Matches>) key.add(construct.pattern);
      if constexpr (std::is_same_v<Construct, Within>) add_window(key, construct.window);
      if constexpr (std::is_same_v<Construct, Arithmetic>) key.add(construct.op);
      if constexpr (std::is_same_v<Construct, Call>) key.add(construct.builtin);
      if constexpr (std::is_same_v<Construct, Aggregate>) {
        key.add(construct.fn);
        key.add(construct.rows);
        key.add(construct.within.has_value());
        key.add(construct.value.has_value());
      }
      if constexpr (std::is_same_v<Construct, ScoreSum>) {
        for (const ScoreTerm& term : construct.terms) {
          key.add(term.negative);
          key.add(term.when.has_value());
        }
        key.add(construct.range.has_value());
        if (construct.range) {
          key.add(construct.range->first);
          key.add(construct.range->second);
        }
      }
      if constexpr (std::is_same_v<Construct, Choice>) {
        for (const ChoiceRow& row : construct.rows) key.add(row.value);
        key.add(construct.otherwise);
        key.add(construct.last_wins);
      }
      if constexpr (std::is_same_v<Construct, GridCell>) {
        for (const GridAxis& axis : construct.axes) {
          key.add_all(axis.places);
          key.add(axis.size);
        }
      }
      if constexpr (std::is_same_v<Construct, SplitPart>) {
        key.add(construct.seed);
        key.add_all(construct.upper);
      }
      if constexpr (std::is_same_v<Construct, TopOf>) {
        key.add(of(construct.candidates));
        key.add(of(construct.by));
        key.add(construct.count);
        key.add(construct.share);
        key.add(construct.share_scale);
      }
      if constexpr (std::is_same_v<Construct, Percentile>) {
        key.add(of(construct.value));
        key.add(construct.among ? std::optional(of(*construct.among)) : std::nullopt);
      }
      if constexpr (std::is_same_v<Construct, Near>) {
        key.add(construct.center_latitude);
        key.add(construct.center_longitude);
        key.add(construct.kilometres);
      }
      if constexpr (std::is_same_v<Construct, Sequence>) {
        key.add(construct.rows);
        key.add(construct.within.has_value());
        key.add(construct.by.has_value());
        key.add(construct.limit_kind);
        key.add(construct.limit);
      }
    };
    std::visit(add, node);
    // How many operands there are, where that is not said above.
    std::size_t operands = 0;
    for_each_operand(node, [&](ExprId) { ++operands; });
    key.add(operands);
  }

  struct PartsHash {
    std::size_t operator()(const std::pair<std::size_t, std::uint32_t>& key) const { return key.first * 0x9e3779b97f4a7c15U + key.second; }
  };

  const CheckedProgram& program_;
  std::vector<std::uint32_t> ids_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::unordered_map<std::pair<std::size_t, std::uint32_t>, std::vector<std::uint32_t>, PartsHash> parts_;  // of chains
};

}  // namespace

std::vector<std::uint32_t> canonical_ids(const CheckedProgram& program) { return CanonicalNumbers(program)(); }

}  // namespace segue
