// The order of work: from the claim down to its columns, each meaning once a row, without recursion but for rows inside rows.
#include "compiler/prove/encode.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "compiler/prove/limits.h"

namespace segue::proving {
namespace {

constexpr std::size_t kFactsPerLook = 64;  // at the clock

bool looks_at_rows(MeaningOp op) {
  return op == MeaningOp::kAny || op == MeaningOp::kCount || op == MeaningOp::kShare || op == MeaningOp::kReduce ||
         op == MeaningOp::kSequence;
}

}  // namespace

Encoder::Encoder(MeaningTable& meanings, z3::context& context, SymbolicClock clock, const Claim& claim, Deadline deadline)
    : meanings_(meanings),
      context_(context),
      clock_(clock),
      claim_(claim),
      exact_(context.bool_const("exact")),
      yes_(context.bool_val(true)),
      no_(context.bool_val(false)),
      tables_read_(meanings.program().schema.tables.size()),
      fold_(context.function("fold", context.int_sort(), context.int_sort())),
      element_(context.function("has", context.int_sort(), context.int_sort(), context.bool_sort())),
      folded_element_(context.function("has folded", context.int_sort(), context.int_sort(), context.bool_sort())),
      not_empty_(context.function("not empty", context.int_sort(), context.bool_sort())),
      nearest_(context.function("nearest", context.real_sort(), context.real_sort())),
      nearest_infinite_(context.function("nearest infinite", context.real_sort(), context.int_sort(), context.real_sort())) {
  deadline_ = deadline;
  std::vector<MeaningId> roots;
  for (const Assertion& each : claim.assertions) roots.push_back(meanings.truth_of(each.predicate));
  if (claim.differ) {
    roots.push_back(meanings.of(claim.differ->first));
    roots.push_back(meanings.of(claim.differ->second));
  }
  gather(roots);
  claimed_ = claimed_place(claim.frame);
  for (std::size_t i = 0; i < claim.assertions.size(); ++i) {
    const z3::expr holds = holds_at(roots[i], claimed_);
    conditions_.push_back(claim.assertions[i].holds ? holds : !holds);
  }
  if (claim.differ) {
    const MeaningId left = roots[roots.size() - 2], right = roots.back();
    const Symbol a = at(left, claimed_), b = at(right, claimed_);
    const z3::expr equal = equal_values(meanings.node(left).type, a, meanings.node(right).type, b, false);
    conditions_.push_back(a.known != b.known || (a.known && b.known && !equal));
  }
  finish();
}

// What the claim stands on, operands first; what it says of texts and rows is known before anything is encoded.
void Encoder::gather(const std::vector<MeaningId>& roots) {
  std::vector<bool> is_seen(meanings_.size());
  std::vector<MeaningId> open = roots, reachable;
  while (!open.empty()) {
    const MeaningId id = open.back();
    open.pop_back();
    if (is_seen[index_of(id)]) continue;
    is_seen[index_of(id)] = true;
    reachable.push_back(id);
    const MeaningNode& node = meanings_.node(id);
    open.insert(open.end(), node.operands.begin(), node.operands.end());
  }
  if (reachable.size() > kMostMeanings) throw TooLarge{};
  std::ranges::sort(reachable, {}, [&](MeaningId id) { return meanings_.node(id).hash; });
  gather_texts(reachable);
  gather_needs(reachable);
}

void Encoder::add(const z3::expr& fact) {
  if (fact.is_true()) return;
  facts_.push_back(fact);
  if (facts_.size() % kFactsPerLook == 0 && std::chrono::steady_clock::now() > deadline_) throw DeadlinePassed{};
}

void Encoder::guess(std::string reason, const MeaningNode& node) { guesses_.push_back({std::move(reason), node.span}); }

std::string Encoder::fresh_name(std::string_view name) { return fmt::format("{} {}", name, names_++); }

z3::sort Encoder::sort_of(Kind kind) {
  return kind == Kind::kBool ? context_.bool_sort() : kind == Kind::kFloat ? context_.real_sort() : context_.int_sort();
}

z3::expr Encoder::fresh(std::string_view name, const Type& type) { return context_.constant(fresh_name(name).c_str(), sort_of(type.kind)); }

z3::expr Encoder::truth(const Symbol& symbol) {
  return symbol.known.is_true() ? symbol.value : symbol.known.is_false() ? no_ : symbol.known && symbol.value;
}

Symbol Encoder::predicate(const z3::expr& holds) { return {yes_, holds}; }

z3::expr Encoder::all_of(const std::vector<z3::expr>& operands) {
  z3::expr_vector open(context_);
  for (const z3::expr& operand : operands) {
    if (operand.is_false()) return no_;
    if (!operand.is_true()) open.push_back(operand);
  }
  return open.empty() ? yes_ : open.size() == 1 ? open[0] : z3::mk_and(open);
}

z3::expr Encoder::some_of(const std::vector<z3::expr>& operands) {
  z3::expr_vector open(context_);
  for (const z3::expr& operand : operands) {
    if (operand.is_true()) return yes_;
    if (!operand.is_false()) open.push_back(operand);
  }
  return open.empty() ? no_ : open.size() == 1 ? open[0] : z3::mk_or(open);
}

z3::expr Encoder::between(const z3::expr& value, std::int64_t low, std::int64_t high) {
  return value >= number(low) && value <= number(high);
}

z3::expr Encoder::if_else(const z3::expr& condition, const z3::expr& then, const z3::expr& otherwise) {
  if (condition.is_true()) return then;
  if (condition.is_false()) return otherwise;
  return z3::ite(condition, then, otherwise);
}

// Of two known values of kinds that compare with each other.
z3::expr Encoder::equal_values(const Type& left_type, const Symbol& left, const Type& right_type, const Symbol& right, bool is_folded) {
  if (left_type.kind == Kind::kText) return text_key(left, is_folded) == text_key(right, is_folded);
  if (left_type.kind == Kind::kDecimal && right_type.kind == Kind::kDecimal && left_type.scale != right_type.scale)
    return left.value * power_of_10(right_type.scale) == right.value * power_of_10(left_type.scale);
  return left.value == right.value;
}

// ---- meanings at rows

// The place at or around `place` that is of the frame.
std::uint32_t Encoder::place_of(FrameId frame, std::uint32_t place) const {
  while (placed_[place].frame != frame) {
    assert(placed_[place].frame != kAccountFrame && "an expression outside its frame");
    place = placed_[place].outer;
  }
  return place;
}

z3::expr Encoder::holds_at(MeaningId id, std::uint32_t place) { return truth(at(id, place)); }

Symbol Encoder::at(MeaningId root, std::uint32_t around) {
  const auto key_of = [&](MeaningId id) { return (std::uint64_t{index_of(id)} << 32) | place_of(meanings_.node(id).frame, around); };
  std::vector<MeaningId> open = {root};
  while (!open.empty()) {
    const MeaningId id = open.back();
    if (memo_.contains(key_of(id))) {
      open.pop_back();
      continue;
    }
    const MeaningNode& node = meanings_.node(id);
    const std::size_t before = open.size();
    if (!looks_at_rows(node.op)) {
      for (const MeaningId operand : node.operands) {
        if (!memo_.contains(key_of(operand))) open.push_back(operand);
      }
    }
    if (open.size() != before) continue;
    const Symbol made = make(id, static_cast<std::uint32_t>(key_of(id)));
    memo_.emplace(key_of(id), made);
    if (memo_.size() > kMostSymbols) throw TooLarge{};
    open.pop_back();
  }
  return memo_.at(key_of(root));
}

Symbol Encoder::make(MeaningId id, std::uint32_t place) {
  const MeaningNode& node = meanings_.node(id);
  if (looks_at_rows(node.op)) return aggregate(id, place);
  std::vector<Symbol> operands;
  for (const MeaningId operand : node.operands) operands.push_back(at(operand, place));
  const auto truths = [&] {
    std::vector<z3::expr> each;
    for (const Symbol& operand : operands) each.push_back(truth(operand));
    return each;
  };
  switch (node.op) {
    case MeaningOp::kConstant: return constant(node);
    case MeaningOp::kColumn: return column_at(placed_[place].row, std::get<ColumnRead>(*node.node).column);
    case MeaningOp::kReference: return reference_at(node, placed_[place].row);
    case MeaningOp::kNow: return {yes_, now_of()};
    case MeaningOp::kToday: return {yes_, today_of()};
    case MeaningOp::kMoment: return moment(node);
    case MeaningOp::kTruth: return predicate(truth(operands[0]));
    case MeaningOp::kNot: return predicate(!truth(operands[0]));
    case MeaningOp::kAnd: return predicate(all_of(truths()));
    case MeaningOp::kOr: return predicate(some_of(truths()));
    case MeaningOp::kEqual:
    case MeaningOp::kLess:
    case MeaningOp::kLessEqual: return compare(node, operands);
    case MeaningOp::kInSet: return predicate(all_of({operands[0].known, in_set(node, operands[0])}));
    case MeaningOp::kTextTest: return predicate(all_of({operands[0].known, operands[1].known, text_test(node, operands)}));
    case MeaningOp::kMatches: return predicate(all_of({operands[0].known, matches(node, operands[0])}));
    case MeaningOp::kHasAny:
    case MeaningOp::kHasAll: return predicate(all_of({operands[0].known, has(node, operands[0])}));
    case MeaningOp::kIsEmpty: return predicate(all_of({operands[0].known, !not_empty_(operands[0].value)}));
    case MeaningOp::kIsKnown: return predicate(operands[0].known);
    case MeaningOp::kWithin: return predicate(all_of({operands[0].known, within(node, meanings_.node(node.operands[0]), operands[0])}));
    case MeaningOp::kOrElse: return or_else(node, operands);
    case MeaningOp::kNegate: return negate(node, operands[0]);
    case MeaningOp::kToFloat:
      guess("it compares fractions that are rounded", node);
      return nearest(operands[0].known,
                     {operands[0].value,
                      meanings_.node(node.operands[0]).type.kind == Kind::kDecimal ? meanings_.node(node.operands[0]).type.scale : 0});
    case MeaningOp::kRescale: return rescale(node, operands[0]);
    case MeaningOp::kArithmetic: return arithmetic(node, operands);
    case MeaningOp::kCall: return call(node, operands);
    case MeaningOp::kScore: return score(node, operands);
    case MeaningOp::kChoice: return choice(node, operands);
    case MeaningOp::kGrid: return grid(node, operands);
    case MeaningOp::kSplit: return split(id, operands);
    case MeaningOp::kTop: return top(id, place, operands);
    case MeaningOp::kPercentile: return percentile(id, operands);
    case MeaningOp::kNear: return near(id, place, operands);
    default: break;
  }
  assert(false && "a meaning that nothing encodes");
  return predicate(no_);
}

void Encoder::finish() {
  finish_rows();
  finish_keys();
  finish_lists();
  finish_texts();
  finish_times();
}

}  // namespace segue::proving
