// From expressions to meanings, bottom up and without recursion.
#include "compiler/prove/meaning.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include <fmt/format.h>

#include "compiler/check/walk.h"
#include "stdlib/sha256.h"

namespace segue::proving {
namespace {

constexpr std::uint32_t kNotMade = 0xffff'ffff;
const Constant kTrueConstant{true};

std::string constant_label(const Constant& constant) {
  if (const bool* truth = std::get_if<bool>(&constant)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&constant)) return fmt::format("{}", *number);
  if (const double* real = std::get_if<double>(&constant)) return fmt::format("f{:a}", *real);
  const std::string& text = std::get<std::string>(constant);
  return fmt::format("\"{}:{}", text.size(), text);
}

std::string amount_label(const TimeAmount& amount) { return fmt::format("{} {}", amount.count, static_cast<int>(amount.unit)); }

std::string window_label(const Window& window) {
  return fmt::format("{} {} {}{}", static_cast<int>(window.kind), window.count, static_cast<int>(window.unit),
                     window.as_of ? " as of " + amount_label(*window.as_of) : "");
}

MeaningHash hash_of(std::string_view label, std::span<const MeaningId> operands, const std::vector<MeaningNode>& nodes) {
  std::string bytes(label);
  for (const MeaningId operand : operands) {
    const MeaningHash& hash = nodes[index_of(operand)].hash;
    bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  }
  const Sha256Digest digest = sha256(std::as_bytes(std::span(bytes.data(), bytes.size())));
  MeaningHash hash{};
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

bool is_predicate_kind(DefinitionKind kind) { return kind == DefinitionKind::kSegment || kind == DefinitionKind::kAudience; }

std::string grid_label(const GridCell& grid) {
  std::string label = "grid";
  for (const GridAxis& axis : grid.axes) {
    label += fmt::format(" {}:", axis.size);
    for (const std::int32_t place : axis.places) label += fmt::format(" {}", place);
  }
  return label;
}

}  // namespace

MeaningTable::MeaningTable(const CheckedProgram& program) : program_(program), by_expr_(program.exprs.size(), kNotMade) {}

MeaningId MeaningTable::of(ExprId root) {
  std::vector<ExprId> open = {root};
  while (!open.empty()) {
    const ExprId id = open.back();
    if (by_expr_[segue::index_of(id)] != kNotMade) {
      open.pop_back();
      continue;
    }
    const std::size_t before = open.size();
    const auto need = [&](ExprId below) {
      if (by_expr_[segue::index_of(below)] == kNotMade) open.push_back(below);
    };
    for_each_operand(program_.expr(id).node, need);
    for_each_definition(program_.expr(id).node, [&](DefinitionId definition) { need(program_.definition(definition).body); });
    if (open.size() != before) continue;
    const MeaningId meaning = make(id);
    by_expr_[segue::index_of(id)] = index_of(meaning);
  }
  return made(root);
}

// ---- labels

std::string MeaningTable::type_label(const Type& type) const {
  std::string label = fmt::format("{} {} {} {} {}", static_cast<int>(type.kind), type.scale, type.optional, type.folded,
                                  type.kind == Kind::kList ? static_cast<int>(type.element) : 0);
  if (type.enum_id == kNoEnum) return label;
  for (const std::string& value : program_.enums[type.enum_id].values) label += fmt::format(" {}:{}", value.size(), value);
  return label;
}

std::string MeaningTable::column_label(TableId table, ColumnId column) const {
  const SchemaTable& schema = program_.schema.tables[table];
  return fmt::format("{}.{} ({})", schema.name, schema.columns[column].name, type_label(schema.columns[column].type));
}

std::string MeaningTable::reference_label(const ReferenceRead& node, FrameId frame) const {
  TableId table = program_.frame(frame).table;
  std::string label = "reference " + frame_label(frame);
  for (const std::uint32_t index : node.references) {
    const SchemaReference& reference = program_.schema.tables[table].references[index];
    label += fmt::format(" {} by {}", reference.name, column_label(table, reference.by));
    table = reference.to;
  }
  return label + " " + column_label(table, node.column);
}

std::string MeaningTable::frame_label(FrameId id) const {
  std::string label;
  while (id != kAccountFrame) {
    const Frame& frame = program_.frame(id);
    const SchemaTable& table = program_.schema.tables[frame.table];
    label += fmt::format("{} of {}{} in ", table.name, program_.schema.tables[table.parents[frame.link].table].name,
                         frame.anchor == frame.outer ? "" : " around");
    id = frame.outer;
  }
  return label + "account";
}

std::string MeaningTable::set_label(const ConstantSet& set) const {
  std::vector<std::string> values;
  for (const Constant& value : set.values) values.push_back(constant_label(value));
  std::ranges::sort(values);
  std::string label = fmt::format("{} of {}", set.folded, type_label(set.type));
  for (const std::string& value : values) label += " " + value;
  return label;
}

// ---- sharing

// The innermost frame of what a node stands on, so that equal nodes have equal frames whoever made them first.
void MeaningTable::settle_frame(MeaningNode& node) const {
  switch (node.op) {
    case MeaningOp::kColumn:
    case MeaningOp::kReference:
    case MeaningOp::kAny:
    case MeaningOp::kCount:
    case MeaningOp::kShare:
    case MeaningOp::kReduce:
    case MeaningOp::kSequence:
    case MeaningOp::kSplit:
    case MeaningOp::kTop:
    case MeaningOp::kPercentile: return;
    default: break;
  }
  const auto depth = [&](FrameId id) {
    std::size_t steps = 0;
    for (; id != kAccountFrame; id = program_.frame(id).outer) ++steps;
    return steps;
  };
  node.frame = kAccountFrame;
  for (const MeaningId operand : node.operands) {
    const FrameId frame = nodes_[index_of(operand)].frame;
    if (depth(frame) > depth(node.frame)) node.frame = frame;
  }
}

MeaningId MeaningTable::intern(MeaningNode node, std::string_view label) {
  settle_frame(node);
  node.hash = hash_of(fmt::format("{} {}", static_cast<int>(node.op), label), node.operands, nodes_);
  const auto [place, is_new] = by_hash_.try_emplace(node.hash, static_cast<MeaningId>(nodes_.size()));
  if (is_new) nodes_.push_back(std::move(node));
  return place->second;
}

MeaningId MeaningTable::truth(MeaningId id) {
  MeaningNode node = nodes_[index_of(id)];
  if (!node.type.optional || node.op == MeaningOp::kTruth) return id;
  node.op = MeaningOp::kTruth;
  node.type.optional = false;
  node.operands = {id};
  return intern(std::move(node), "");
}

MeaningId MeaningTable::negation(MeaningId id, const MeaningNode& like) {
  const MeaningId operand = truth(id);
  if (nodes_[index_of(operand)].op == MeaningOp::kNot) return nodes_[index_of(operand)].operands[0];
  MeaningNode node = like;
  node.op = MeaningOp::kNot;
  node.type = {.kind = Kind::kBool};
  node.operands = {operand};
  return intern(std::move(node), "");
}

MeaningId MeaningTable::chain(MeaningOp op, const std::vector<MeaningId>& operands, const MeaningNode& like) {
  std::vector<MeaningId> flat;
  for (const MeaningId each : operands) {
    const MeaningId operand = truth(each);
    const MeaningNode& node = nodes_[index_of(operand)];
    if (node.op == op) flat.insert(flat.end(), node.operands.begin(), node.operands.end());
    else if (op != MeaningOp::kAnd || node.constant != &kTrueConstant) flat.push_back(operand);
  }
  std::ranges::sort(flat, {}, [&](MeaningId id) { return nodes_[index_of(id)].hash; });
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return always(like);
  if (flat.size() == 1) return flat[0];
  MeaningNode node = like;
  node.op = op;
  node.type = {.kind = Kind::kBool};
  node.operands = std::move(flat);
  return intern(std::move(node), "");
}

MeaningId MeaningTable::always(const MeaningNode& like) {
  MeaningNode node = like;
  node.op = MeaningOp::kConstant;
  node.type = {.kind = Kind::kBool};
  node.frame = kAccountFrame;
  node.operands = {};
  node.constant = &kTrueConstant;
  return intern(std::move(node), "always");
}

MeaningId MeaningTable::known(MeaningId value, const MeaningNode& like) {
  MeaningNode node = like;
  node.op = MeaningOp::kIsKnown;
  node.frame = nodes_[index_of(value)].frame;
  node.type = {.kind = Kind::kBool};
  node.operands = {value};
  return intern(std::move(node), "");
}

MeaningId MeaningTable::compare(CompareOp op, MeaningId left, MeaningId right, bool is_folded, const MeaningNode& like) {
  if (op == CompareOp::kNe) return negation(compare(CompareOp::kEq, left, right, is_folded, like), like);
  if (op == CompareOp::kGt || op == CompareOp::kGe) std::swap(left, right);
  if (op == CompareOp::kEq && nodes_[index_of(right)].hash < nodes_[index_of(left)].hash) std::swap(left, right);
  const bool is_strict = op == CompareOp::kLt || op == CompareOp::kGt;
  MeaningNode node = like;
  node.op = op == CompareOp::kEq ? MeaningOp::kEqual : is_strict ? MeaningOp::kLess : MeaningOp::kLessEqual;
  node.type = {.kind = Kind::kBool};
  node.is_folded = is_folded;
  node.operands = {left, right};
  return intern(std::move(node), is_folded ? "folded" : "");
}

MeaningId MeaningTable::in_set(const InSet& in, MeaningNode like) {
  const ConstantSet& set = program_.sets[segue::index_of(in.set)];
  if (set.values.size() == 1) {
    MeaningNode value = like;
    value.op = MeaningOp::kConstant;
    value.frame = kAccountFrame;
    value.type = set.type;
    value.type.optional = false;
    value.constant = set.values.data();
    const MeaningId constant = intern(std::move(value), type_label(set.type) + constant_label(set.values[0]));
    return compare(CompareOp::kEq, made(in.operand), constant, set.folded, like);
  }
  like.op = MeaningOp::kInSet;
  like.is_folded = set.folded;
  like.operands = {made(in.operand)};
  return intern(std::move(like), set_label(set));
}

// ---- constructs

MeaningId MeaningTable::aggregate(const Aggregate& node, MeaningNode like) {
  const std::string rows = frame_label(node.rows);
  MeaningNode inside = like;  // of what is said of one row
  inside.frame = node.rows;
  const MeaningId within = node.within ? truth(made(*node.within)) : always(inside);
  const MeaningId where = node.where ? truth(made(*node.where)) : always(inside);
  const MeaningId both = chain(MeaningOp::kAnd, {within, where}, inside);
  MeaningNode any = like;
  any.op = MeaningOp::kAny;
  any.type = {.kind = Kind::kBool};
  switch (node.fn) {
    case AggregateFn::kAny:
    case AggregateFn::kNone: {
      any.operands = {both};
      const MeaningId some = intern(any, rows);
      return node.fn == AggregateFn::kAny ? some : negation(some, like);
    }
    case AggregateFn::kEvery: {
      any.operands = {chain(MeaningOp::kAnd, {within, negation(where, inside)}, inside)};
      return negation(intern(any, rows), like);
    }
    case AggregateFn::kCount: like.op = MeaningOp::kCount; break;
    case AggregateFn::kShare: like.op = MeaningOp::kShare; break;
    default: like.op = MeaningOp::kReduce; break;
  }
  like.operands = {both};
  if (node.fn == AggregateFn::kShare) like.operands = {within, both};
  if (node.value) {
    const MeaningId value = made(*node.value);
    const bool takes_missing = node.fn == AggregateFn::kLatest || node.fn == AggregateFn::kEarliest;
    if (!takes_missing && nodes_[index_of(value)].type.optional)
      like.operands = {chain(MeaningOp::kAnd, {both, known(value, inside)}, inside)};
    like.operands.push_back(value);
  }
  return intern(std::move(like), fmt::format("{} {}", static_cast<int>(node.fn), rows));
}

MeaningId MeaningTable::score(const ScoreSum& node, MeaningNode like) {
  struct Part {
    MeaningId value, when;
    std::uint32_t negative;
  };
  std::vector<Part> parts;
  for (const ScoreTerm& term : node.terms)
    parts.push_back({made(term.value), term.when ? truth(made(*term.when)) : always(like), term.negative});
  const auto order = [&](const Part& part) {
    return std::tuple(nodes_[index_of(part.value)].hash, nodes_[index_of(part.when)].hash, part.negative);
  };
  std::ranges::sort(parts, {}, order);
  std::string label = node.range ? fmt::format("{:a} {:a}", node.range->first, node.range->second) : "";
  like.op = MeaningOp::kScore;
  like.operands = {};
  for (const Part& part : parts) {
    like.operands.push_back(part.value);
    like.operands.push_back(part.when);
    like.marks.push_back(part.negative);
    label += part.negative != 0 ? " -" : " +";
  }
  return intern(std::move(like), label);
}

MeaningId MeaningTable::choice(const Choice& node, MeaningNode like) {
  like.op = MeaningOp::kChoice;
  like.operands = {};
  for (std::size_t i = 0; i < node.rows.size(); ++i) {
    const ChoiceRow& row = node.rows[node.last_wins ? node.rows.size() - 1 - i : i];
    like.operands.push_back(truth(made(row.condition)));
    like.marks.push_back(row.value);
  }
  like.marks.push_back(node.otherwise.value_or(kNoMark));
  std::string label = type_label(like.type);
  for (const std::uint32_t mark : like.marks) label += fmt::format(" {}", mark);
  return intern(std::move(like), label);
}

MeaningId MeaningTable::sequence(const Sequence& node, MeaningNode like) {
  MeaningNode inside = like;
  inside.frame = node.rows;
  const MeaningId within = node.within ? truth(made(*node.within)) : always(inside);
  like.op = MeaningOp::kSequence;
  like.operands = {};
  for (const ExprId step : node.steps) like.operands.push_back(chain(MeaningOp::kAnd, {within, made(step)}, inside));
  if (node.by) like.operands.push_back(made(*node.by));
  return intern(std::move(like),
                fmt::format("{} {} {} {}", node.by.has_value(), static_cast<int>(node.limit_kind), node.limit, frame_label(node.rows)));
}

MeaningId MeaningTable::make(ExprId id) {
  const Expr& expr = program_.expr(id);
  MeaningNode like{.op = {}, .frame = expr.frame, .type = expr.type, .operands = {}, .marks = {}, .node = &expr.node, .span = expr.span};
  for_each_operand(expr.node, [&](ExprId operand) { like.operands.push_back(made(operand)); });
  const auto plain = [&](MeaningOp op, std::string_view text) {
    like.op = op;
    return intern(std::move(like), text);
  };
  const auto each = [&](const auto& node) -> MeaningId {
    using T = std::remove_cvref_t<decltype(node)>;
    if constexpr (std::is_same_v<T, Literal>) {
      like.constant = &node.value;
      return plain(MeaningOp::kConstant, type_label(expr.type) + constant_label(node.value));
    } else if constexpr (std::is_same_v<T, ColumnRead>) {
      return plain(MeaningOp::kColumn, frame_label(expr.frame) + column_label(program_.frame(expr.frame).table, node.column));
    } else if constexpr (std::is_same_v<T, ReferenceRead>) {
      return plain(MeaningOp::kReference, reference_label(node, expr.frame));
    } else if constexpr (std::is_same_v<T, DefinitionRead>) {
      const Definition& definition = program_.definition(node.definition);
      return is_predicate_kind(definition.kind) ? truth(made(definition.body)) : made(definition.body);
    } else if constexpr (std::is_same_v<T, Now>) {
      return plain(MeaningOp::kNow, "");
    } else if constexpr (std::is_same_v<T, Today>) {
      return plain(MeaningOp::kToday, "");
    } else if constexpr (std::is_same_v<T, FromNow>) {
      return plain(MeaningOp::kMoment, amount_label({node.count, node.unit}));
    } else if constexpr (std::is_same_v<T, Not>) {
      return negation(made(node.operand), like);
    } else if constexpr (std::is_same_v<T, And>) {
      return chain(MeaningOp::kAnd, like.operands, like);
    } else if constexpr (std::is_same_v<T, Or>) {
      return chain(MeaningOp::kOr, like.operands, like);
    } else if constexpr (std::is_same_v<T, Compare>) {
      return compare(node.op, made(node.left), made(node.right), node.folded, like);
    } else if constexpr (std::is_same_v<T, Between>) {
      const MeaningId low = compare(CompareOp::kLe, made(node.low), made(node.operand), node.folded, like);
      const MeaningId high = compare(CompareOp::kLe, made(node.operand), made(node.high), node.folded, like);
      return chain(MeaningOp::kAnd, {low, high}, like);
    } else if constexpr (std::is_same_v<T, InSet>) {
      return in_set(node, like);
    } else if constexpr (std::is_same_v<T, TextTest>) {
      like.is_folded = node.folded;
      return plain(MeaningOp::kTextTest, fmt::format("{} {}", static_cast<int>(node.op), node.folded));
    } else if constexpr (std::is_same_v<T, Matches>) {
      return plain(MeaningOp::kMatches, node.pattern);
    } else if constexpr (std::is_same_v<T, Has>) {
      const ConstantSet& set = program_.sets[segue::index_of(node.set)];
      const MeaningNode same = like;
      like.is_folded = set.folded;
      const bool is_all = node.op == HasOp::kAll && set.values.size() > 1;
      const MeaningId has = plain(is_all ? MeaningOp::kHasAll : MeaningOp::kHasAny, set_label(set));
      return node.op == HasOp::kNone ? negation(has, same) : has;
    } else if constexpr (std::is_same_v<T, IsEmpty>) {
      return plain(MeaningOp::kIsEmpty, "");
    } else if constexpr (std::is_same_v<T, IsKnown>) {
      return plain(MeaningOp::kIsKnown, "");
    } else if constexpr (std::is_same_v<T, Within>) {
      return plain(MeaningOp::kWithin, window_label(program_.windows[segue::index_of(node.window)]));
    } else if constexpr (std::is_same_v<T, OrElse>) {
      return plain(MeaningOp::kOrElse, type_label(expr.type));
    } else if constexpr (std::is_same_v<T, Negate>) {
      return plain(MeaningOp::kNegate, "");
    } else if constexpr (std::is_same_v<T, ToFloat>) {
      return plain(MeaningOp::kToFloat, "");
    } else if constexpr (std::is_same_v<T, Rescale>) {
      return plain(MeaningOp::kRescale, type_label(expr.type));
    } else if constexpr (std::is_same_v<T, Arithmetic>) {
      return plain(MeaningOp::kArithmetic, fmt::format("{} {}", static_cast<int>(node.op), type_label(expr.type)));
    } else if constexpr (std::is_same_v<T, Call>) {
      return plain(MeaningOp::kCall, builtin(node.builtin).name);
    } else if constexpr (std::is_same_v<T, Aggregate>) {
      return aggregate(node, like);
    } else if constexpr (std::is_same_v<T, ScoreSum>) {
      return score(node, like);
    } else if constexpr (std::is_same_v<T, Choice>) {
      return choice(node, like);
    } else if constexpr (std::is_same_v<T, GridCell>) {
      like.operands = {node.where ? truth(made(*node.where)) : always(like)};
      for (const GridAxis& axis : node.axes) like.operands.push_back(made(axis.operand));
      return plain(MeaningOp::kGrid, grid_label(node));
    } else if constexpr (std::is_same_v<T, SplitPart>) {
      like.operands = {node.population ? truth(made(*node.population)) : always(like)};
      std::string parts = node.seed;
      for (const std::uint64_t upper : node.upper) parts += fmt::format(" {}", upper);
      return plain(MeaningOp::kSplit, parts);
    } else if constexpr (std::is_same_v<T, TopOf>) {
      like.operands = {truth(made(program_.definition(node.candidates).body)), made(program_.definition(node.by).body)};
      return plain(MeaningOp::kTop, fmt::format("{} {} {}", node.count.value_or(-1), node.share, node.share_scale));
    } else if constexpr (std::is_same_v<T, Percentile>) {
      like.operands = {made(program_.definition(node.value).body),
                       node.among ? truth(made(program_.definition(*node.among).body)) : always(like)};
      return plain(MeaningOp::kPercentile, "");
    } else if constexpr (std::is_same_v<T, Near>) {
      return plain(MeaningOp::kNear, fmt::format("{:a} {:a} {:a}", node.center_latitude, node.center_longitude, node.kilometres));
    } else {
      static_assert(std::is_same_v<T, Sequence>);
      return sequence(node, like);
    }
  };
  return std::visit(each, expr.node);
}

}  // namespace segue::proving
