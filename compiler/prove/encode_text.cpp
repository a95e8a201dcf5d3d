// Texts and lists. A text is a number whose order is that of code points; all that is asked of it besides is a property that constants are known to have or not, and that
// implies or excludes others. A list is a handle that has or has not the elements that are asked for.
#include <algorithm>
#include <cassert>
#include <unordered_set>

#include <fmt/format.h>

#include "compiler/prove/encode.h"
#include "compiler/prove/limits.h"

namespace segue::proving {
namespace {

constexpr std::int64_t kBetweenTexts = 1 << 20;  // more texts than any claim has lie between two constants
constexpr std::size_t kMostInstances = 20'000;
constexpr std::size_t kMostSetChecked = 5'000;
constexpr std::size_t kMostEnumElements = 64;
constexpr std::int64_t kFirstRealCode = std::int64_t{1} << 40;

// A property that can be asked of a text.
class PropertyTest {
 public:
  explicit PropertyTest(const TextProperty& property) : property_(property) {
    if (property.kind == TextProperty::Kind::kMatches) {
      auto compiled = Pattern::compile(property.text);
      assert(compiled && "the checker has compiled it");
      pattern_ = std::move(*compiled);
    }
    if (property.kind != TextProperty::Kind::kInSet) return;
    for (const Constant& value : property.set->values) members_.insert(std::get<std::string>(value));
  }

  // `text` is folded where the property is.
  [[nodiscard]] bool holds(const std::string& text) const {
    switch (property_.kind) {
      case TextProperty::Kind::kContains: return contains(text, property_.text);
      case TextProperty::Kind::kStartsWith: return starts_with(text, property_.text);
      case TextProperty::Kind::kEndsWith: return ends_with(text, property_.text);
      case TextProperty::Kind::kMatches: return pattern_->matches(text);
      case TextProperty::Kind::kInSet: return members_.contains(text);
    }
    return false;
  }
  [[nodiscard]] const std::unordered_set<std::string>& members() const { return members_; }

 private:
  const TextProperty& property_;
  std::optional<Pattern> pattern_;
  std::unordered_set<std::string> members_;
};

bool is_literal_pattern(std::string_view pattern) { return pattern.find_first_of("\\.^$|()[]{}*+?") == std::string_view::npos; }

enum class Relation : std::uint8_t { kNone, kImplies, kExcludes };

// What it says of the second property that the first holds. A folded property says nothing of a raw one.
Relation relation(const TextProperty& a, const PropertyTest& a_test, const TextProperty& b, const PropertyTest& b_test) {
  using enum TextProperty::Kind;
  if (a.is_folded && !b.is_folded) return Relation::kNone;
  const auto as_b = [&](const std::string& text) { return b.is_folded && !a.is_folded ? fold(text) : text; };
  if (a.kind == kInSet) {
    if (a_test.members().size() > kMostSetChecked) return Relation::kNone;
    const auto holding = std::ranges::count_if(a_test.members(), [&](const std::string& text) { return b_test.holds(as_b(text)); });
    if (holding == 0) return Relation::kExcludes;
    return static_cast<std::size_t>(holding) == a_test.members().size() ? Relation::kImplies : Relation::kNone;
  }
  if (a.kind == kMatches || b.kind == kMatches || b.kind == kInSet) return Relation::kNone;
  const std::string text = as_b(a.text);
  if (b.kind == kContains) return contains(text, b.text) ? Relation::kImplies : Relation::kNone;
  if (a.kind != b.kind) return b.text.empty() ? Relation::kImplies : Relation::kNone;
  const auto reaches = a.kind == kStartsWith ? starts_with : ends_with;
  if (reaches(text, b.text)) return Relation::kImplies;
  return reaches(b.text, text) ? Relation::kNone : Relation::kExcludes;
}

}  // namespace

// ---- constants

void Encoder::gather_texts(const std::vector<MeaningId>& reachable) {
  const auto keep = [&](const Constant& constant) {
    const auto* text = std::get_if<std::string>(&constant);
    if (text == nullptr) return;
    texts_.emplace(*text, 0);
    texts_.emplace(fold(*text), 0);
  };
  texts_.emplace("", 0);
  for (const MeaningId id : reachable) {
    const MeaningNode& node = meanings_.node(id);
    if (node.constant != nullptr) keep(*node.constant);
    const SetId* set = nullptr;
    if (node.op == MeaningOp::kInSet) set = &std::get<InSet>(*node.node).set;
    if (node.op == MeaningOp::kHasAny || node.op == MeaningOp::kHasAll) set = &std::get<Has>(*node.node).set;
    if (set == nullptr) continue;
    const ConstantSet& values = program().sets[segue::index_of(*set)];
    if (values.values.size() > kMostSetValues && node.op == MeaningOp::kInSet) continue;
    for (const Constant& value : values.values) keep(value);
  }
  std::int64_t code = 0;
  for (auto& [text, place] : texts_) place = kBetweenTexts * code++;
}

z3::expr Encoder::text_constant(const std::string& text) { return number(texts_.at(text)); }

z3::expr Encoder::text_key(const Symbol& symbol, bool is_folded) {
  folds_texts_ = folds_texts_ || is_folded;
  return is_folded ? fold_(symbol.value) : symbol.value;
}

// ---- properties

z3::expr Encoder::property(TextProperty::Kind kind, bool is_folded, const std::string& text, const ConstantSet* set,
                           const z3::expr& operand) {
  const auto found = std::ranges::find_if(properties_, [&](const TextProperty& each) {
    return each.kind == kind && each.is_folded == is_folded && each.text == text && each.set == set;
  });
  if (found != properties_.end()) return found->holds(operand);
  const z3::func_decl holds =
      context_.function(fmt::format("text property {}", properties_.size()).c_str(), context_.int_sort(), context_.bool_sort());
  properties_.push_back({kind, is_folded, text, set, holds});
  return holds(operand);
}

z3::expr Encoder::text_test(const MeaningNode& node, const std::vector<Symbol>& operands) {
  const auto& test = std::get<TextTest>(*node.node);
  const MeaningNode& pattern = meanings_.node(node.operands[1]);
  const z3::expr key = text_key(operands[0], node.is_folded);
  if (pattern.constant == nullptr) {
    guess("it looks for one text in another that is not written out", node);
    const z3::func_decl holds = context_.function(fmt::format("text in text {}{}", static_cast<int>(test.op), node.is_folded).c_str(),
                                                  context_.int_sort(), context_.int_sort(), context_.bool_sort());
    const z3::expr part = text_key(operands[1], node.is_folded);
    add(holds(key, key));
    add(z3::implies(part == text_constant(""), holds(key, part)));
    return holds(key, part);
  }
  const auto& text = std::get<std::string>(*pattern.constant);
  const TextProperty::Kind kinds[] = {TextProperty::Kind::kContains, TextProperty::Kind::kStartsWith, TextProperty::Kind::kEndsWith};
  return property(kinds[static_cast<int>(test.op)], node.is_folded, node.is_folded ? fold(text) : text, nullptr, key);
}

z3::expr Encoder::matches(const MeaningNode& node, const Symbol& operand) {
  const std::string& pattern = std::get<Matches>(*node.node).pattern;
  const auto kind = is_literal_pattern(pattern) ? TextProperty::Kind::kContains : TextProperty::Kind::kMatches;
  if (kind == TextProperty::Kind::kMatches) guess("it compares patterns (`matches`) with other conditions on the same text", node);
  return property(kind, false, pattern, nullptr, operand.value);
}

z3::expr Encoder::in_text_set(const MeaningNode& node, const Symbol& operand) {
  const ConstantSet& set = program().sets[segue::index_of(std::get<InSet>(*node.node).set)];
  const z3::expr key = text_key(operand, set.folded);
  if (set.values.size() > kMostSetValues) return property(TextProperty::Kind::kInSet, set.folded, "", &set, key);
  std::vector<z3::expr> each;
  for (const Constant& value : set.values) each.push_back(key == text_constant(std::get<std::string>(value)));
  return some_of(each);
}

// What constants have, and what properties say of each other, for each text.
void Encoder::finish_texts() {
  for (std::size_t i = 0; i < text_values_.size() && folds_texts_; ++i) {
    const z3::expr folded = fold_(text_values_[i]);
    add(folded >= 0);
    add(fold_(folded) == folded);
  }
  if (folds_texts_) {
    for (const auto& [text, code] : texts_) add(fold_(number(code)) == text_constant(fold(text)));
  }
  std::vector<PropertyTest> tests;
  tests.reserve(properties_.size());
  for (const TextProperty& each : properties_) tests.emplace_back(each);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    for (const auto& [text, code] : texts_) {
      if (properties_[i].is_folded && !is_folded(text)) continue;
      add(tests[i].holds(text) ? properties_[i].holds(number(code)) : !properties_[i].holds(number(code)));
    }
    for (const z3::expr& value : text_values_) {
      if (properties_[i].kind != TextProperty::Kind::kStartsWith || !orders_texts(properties_[i].is_folded)) continue;
      const z3::expr key = properties_[i].is_folded ? fold_(value) : value;
      add(z3::implies(properties_[i].holds(key), key >= text_constant(properties_[i].text)));
    }
  }
  std::size_t instances = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    for (std::size_t j = 0; j < tests.size(); ++j) {
      const Relation said = i == j ? Relation::kNone : relation(properties_[i], tests[i], properties_[j], tests[j]);
      if (said == Relation::kNone) continue;
      for (const z3::expr& value : text_values_) {
        if (++instances > kMostInstances) return;
        const z3::expr first = properties_[i].holds(properties_[i].is_folded ? fold_(value) : value);
        const z3::expr second = properties_[j].holds(properties_[j].is_folded ? fold_(value) : value);
        add(z3::implies(first, said == Relation::kImplies ? second : !second));
      }
    }
  }
}

// ---- lists

std::size_t Encoder::element_of(const Constant& value, Kind kind, bool is_folded) {
  const auto found = std::ranges::find_if(
      elements_, [&](const Element& each) { return each.value == value && each.kind == kind && each.is_folded == is_folded; });
  if (found != elements_.end()) return static_cast<std::size_t>(found - elements_.begin());
  Element element{value, kind, is_folded, kFirstRealCode + static_cast<std::int64_t>(elements_.size())};
  if (const auto* text = std::get_if<std::string>(&value)) element.code = texts_.at(*text);
  else if (const auto* whole = std::get_if<std::int64_t>(&value)) element.code = *whole;
  else if (const bool* truth = std::get_if<bool>(&value)) element.code = *truth ? 1 : 0;
  elements_.push_back(std::move(element));
  return elements_.size() - 1;
}

z3::expr Encoder::has_element(const z3::expr& list, const Element& element) {
  return (element.is_folded ? folded_element_ : element_)(list, number(element.code));
}

z3::expr Encoder::has(const MeaningNode& node, const Symbol& operand) {
  const ConstantSet& set = program().sets[segue::index_of(std::get<Has>(*node.node).set)];
  std::vector<z3::expr> each;
  for (const Constant& value : set.values) {
    const std::size_t element = element_of(value, set.type.kind, set.folded);
    each.push_back(has_element(operand.value, elements_[element]));
  }
  return node.op == MeaningOp::kHasAll ? all_of(each) : some_of(each);
}

void Encoder::finish_lists() {
  for (const auto& [list, type] : list_values_) {
    std::vector<z3::expr> all;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (elements_[i].kind != type.element) continue;
      const z3::expr has = has_element(list, elements_[i]);
      add(z3::implies(has, not_empty_(list)));
      const auto* text = std::get_if<std::string>(&elements_[i].value);
      if (text == nullptr || elements_[i].is_folded) continue;
      const std::string folded = fold(*text);
      for (const Element& other : elements_) {
        if (other.is_folded && other.value == Constant{folded}) add(z3::implies(has, has_element(list, other)));
      }
    }
    const std::size_t values = type.element == Kind::kBool ? 2 : type.enum_id != kNoEnum ? program().enums[type.enum_id].values.size() : 0;
    if (values == 0 || values > kMostEnumElements) continue;
    for (std::size_t value = 0; value < values; ++value) {
      const std::size_t element = type.element == Kind::kBool
                                      ? element_of(Constant(std::in_place_type<bool>, value == 1), type.element, false)
                                      : element_of(static_cast<std::int64_t>(value), type.element, false);
      all.push_back(has_element(list, elements_[element]));
    }
    add(z3::implies(not_empty_(list), some_of(all)));
    for (const z3::expr& each : all) add(z3::implies(each, not_empty_(list)));
  }
}

}  // namespace segue::proving
