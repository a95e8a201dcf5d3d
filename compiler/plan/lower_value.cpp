// Values: constants, columns, the clock, arithmetic and functions, defaults, scores.
#include <array>
#include <bit>
#include <cassert>

#include "compiler/plan/lowering.h"

namespace segue {

namespace {

std::int64_t bits_of(const Constant& value) {
  if (const auto* number = std::get_if<double>(&value)) return std::bit_cast<std::int64_t>(*number);
  return std::get<std::int64_t>(value);
}

constexpr std::string_view symbol(ArithmeticOp op) {
  constexpr std::array<std::string_view, 4> kSymbols{"+", "-", "*", "/"};
  return kSymbols[static_cast<std::size_t>(op)];
}

bool is_duration(Kind kind) { return kind == Kind::kDays || kind == Kind::kMonths || kind == Kind::kSpan; }

}  // namespace

Lowered Lowering::literal(const Literal& node, const Type& type) {
  if (const auto* truth = std::get_if<bool>(&node.value)) {
    const Bit bit = *truth ? kTrue : kFalse;
    return {.holds = bit, .certain = bit, .possible = bit};
  }
  if (const auto* text = std::get_if<std::string>(&node.value)) {
    const DomainId domain = graph_.domain({DomainPart{0, 0, *text}});
    return {.value = graph_.intern(kNoFrame, type, ConstantValue{0}, domain)};
  }
  return {.value = graph_.intern(kNoFrame, type, ConstantValue{bits_of(node.value)})};
}

Lowered Lowering::column(FrameId frame, const ColumnRead& node, const Type& type) {
  const Bit known = column_known(frame, node.column);
  if (type.kind == Kind::kBool) return bool_value(frame, column_bit(frame, node.column, known), known, kFalse);
  DomainId domain = kNoDomain;
  if (type.kind == Kind::kText || type.kind == Kind::kList)
    domain = graph_.domain({DomainPart{program_.frame(frame).table, node.column, {}}});
  return {.value = graph_.intern(frame, type, ColumnValue{node.column}, domain), .known = known};
}

Bit Lowering::column_bit(FrameId frame, std::uint32_t column, Bit known) {
  switch (graph_.facts().truth({program_.frame(frame).table, column})) {
    case Outcome::kOpen: return graph_.bit(frame, ColumnBit{column});
    case Outcome::kNever: return kFalse;
    case Outcome::kAlways: return known;
  }
  return kFalse;
}

Lowered Lowering::reference(FrameId frame, const ReferenceRead& node, const Type& type) {
  std::vector<std::uint32_t> tables;
  tables.reserve(node.references.size());
  std::uint32_t table = program_.frame(frame).table;
  for (const std::uint32_t reference : node.references) tables.push_back(table = program_.schema.tables[table].references[reference].to);
  const Bit known = graph_.bit(frame, ReferenceKnown{node.references, tables, node.column});
  if (type.kind == Kind::kBool)
    return bool_value(frame, graph_.bit(frame, ReferenceBit{node.references, tables, node.column}), known, kFalse);
  DomainId domain = kNoDomain;
  if (type.kind == Kind::kText || type.kind == Kind::kList) domain = graph_.domain({DomainPart{table, node.column, {}}});
  return {.value = graph_.intern(frame, type, ReferenceValue{node.references, tables, node.column}, domain), .known = known};
}

Lowered Lowering::moment(const FromNow& node, const Type& type) {
  const ClockValue op{node.count, node.unit};
  const NodeId value = graph_.intern(kNoFrame, type, op);
  if (options_.clock != nullptr) return {.value = value, .known = moment_of(op, *options_.clock).known ? kTrue : kFalse};
  return {.value = value, .known = graph_.bit(kNoFrame, KnownOf{value})};
}

Lowered Lowering::or_else(FrameId frame, const OrElse& node, const Type& type) {
  const Lowered first = operand(node.operand, frame), second = operand(node.fallback, frame);
  if (first.known == kTrue) return first;
  const Bit known = graph_.any_of(frame, first.known, second.known);
  const Bit unsure = graph_.any_of(frame, this->unsure(frame, first), graph_.all_of(frame, ~first.known, this->unsure(frame, second)));
  if (type.kind == Kind::kBool) {
    return bool_value(frame, graph_.any_of(frame, first.holds, graph_.all_of(frame, ~first.known, second.holds)), known, unsure);
  }
  if (first.known == kFalse || second.known == kFalse)
    return {.value = first.known == kFalse ? second.value : first.value, .known = known, .unsure = unsure};
  DomainId domain = graph_.node(first.value).domain;
  if (domain != kNoDomain) {
    Domain parts = graph_.plan().domains[domain];
    const Domain& others = graph_.plan().domains[graph_.node(second.value).domain];
    parts.insert(parts.end(), others.begin(), others.end());
    domain = graph_.domain(std::move(parts));
  }
  return {.value = graph_.intern(frame, type, Select{first.known, first.value, second.value}, domain), .known = known, .unsure = unsure};
}

Lowered Lowering::map(FrameId frame, BuiltinId builtin, std::span<const ExprId> ids, const Type& type) {
  assert(ids.size() == 1 || ids.size() == 2);
  const bool is_free = is_frame_free(lowered(ids.front()).value) && is_frame_free(lowered(ids.back()).value);
  const FrameId at = is_free ? kNoFrame : frame;
  const auto value = [&](ExprId id) { return is_free ? plain_operand(id, frame) : operand(id, frame); };
  const Lowered left = value(ids.front()), right = ids.size() == 2 ? value(ids.back()) : Lowered{};
  Map node{.builtin = builtin, .left = left.value, .right = right.value, .known = graph_.all_of(at, left.known, right.known)};
  node.left_scale = scale_of(program_.expr(ids.front()).type);
  if (ids.size() == 2) node.right_scale = scale_of(program_.expr(ids.back()).type);
  const NodeId id = graph_.intern(at, type, node);
  const Bit unsure = graph_.any_of(frame, left.unsure, right.unsure);
  if (!is_free && segue::builtin(builtin).name == "decay" && is_constant(right.value) && constant(right.value) > 0)
    return {.value = id, .known = is_past(at, left, program_.expr(ids.front()).type.kind), .unsure = unsure};
  return {.value = id, .known = graph_.bit(at, KnownOf{id}), .unsure = unsure};
}

// Whether a time is known and not in the future: then it has a `decay` by any half-life above 0.
Bit Lowering::is_past(FrameId frame, const Lowered& time, Kind kind) {
  const ClockValue clock{0, kind == Kind::kDate ? TimeUnit::kDay : TimeUnit::kSecond};
  const NodeId bound = graph_.intern(kNoFrame, Type{.kind = kind}, clock);
  return graph_.bit(frame, CompareBound{time.value, time.known, Comparison::kLessEqual, bound, 0, 0});
}

Lowered Lowering::negate(FrameId frame, const Negate& node, const Type& type) {
  Type operand = program_.expr(node.operand).type;
  if (is_duration(operand.kind)) operand = Type{.kind = Kind::kInt};
  const Builtin* row = find_builtin(Form::kPrefix, "-", std::span(&operand, 1));
  assert(row != nullptr);
  return map(frame, row->id, std::span(&node.operand, 1), type);
}

Lowered Lowering::to_float(FrameId frame, const ToFloat& node, const Type& type) {
  Lowered result = plain_operand(node.operand, frame);
  const FrameId at = graph_.node(result.value).frame;
  result.value = graph_.intern(at, type, ToFloatValue{result.value, scale_of(program_.expr(node.operand).type)});
  return result;
}

Lowered Lowering::rescale(FrameId frame, const Rescale& node, const Type& type) {
  Lowered result = plain_operand(node.operand, frame);
  const FrameId at = graph_.node(result.value).frame;
  const std::uint8_t from = scale_of(program_.expr(node.operand).type);
  result.value = graph_.intern(at, type, RescaleValue{result.value, result.known, from, type.scale});
  result.known = graph_.bit(at, KnownOf{result.value});
  return result;
}

Lowered Lowering::arithmetic(FrameId frame, const Arithmetic& node, const Type& type) {
  std::array<ExprId, 2> ids{node.left, node.right};
  std::array<Type, 2> types{program_.expr(ids[0]).type, program_.expr(ids[1]).type};
  if (is_duration(types[0].kind) && (types[1].kind == Kind::kDate || types[1].kind == Kind::kTimestamp)) {
    std::swap(ids[0], ids[1]);
    std::swap(types[0], types[1]);
  }
  const Builtin* row = find_builtin(Form::kInfix, symbol(node.op), types);
  assert(row != nullptr);
  return map(frame, row->id, ids, type);
}

Lowered Lowering::score(FrameId frame, const ScoreSum& node, const Type& type) {
  ScoreValue score{.range = node.range};
  std::vector<Bit> unsure;
  for (const ScoreTerm& term : node.terms) {
    const Lowered value = operand(term.value, frame);
    const Lowered when =
        term.when ? operand(*term.when, frame) : Lowered{.holds = kTrue, .certain = kTrue, .possible = kTrue, .is_predicate = true};
    unsure.push_back(graph_.all_of(frame, when.possible, ~when.certain));
    unsure.push_back(graph_.all_of(frame, when.certain, unknown(frame, value)));
    const Bit counts = graph_.leaf_all_of(frame, {when.holds, value.known});
    if (counts == kFalse) continue;
    score.values.push_back(value.value);
    score.when.push_back(counts);
    score.negative.push_back(term.negative);
  }
  return {.value = graph_.intern(frame, type, std::move(score)), .unsure = graph_.any_of(frame, std::move(unsure))};
}

}  // namespace segue
