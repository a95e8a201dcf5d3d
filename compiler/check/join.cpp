// Two programs in one: each is cut to what has a place in the united schema, then all ids move.
#include "compiler/check/join.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/compact.h"
#include "compiler/check/join_schema.h"
#include "compiler/check/walk.h"

namespace segue {
namespace {

using checker::EnumPlaces;
using checker::SchemaPlaces;

void merge_reads(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& from) {
  if (from.empty()) return;
  into.insert(into.end(), from.begin(), from.end());
  std::ranges::sort(into);
  into.erase(std::ranges::unique(into).begin(), into.end());
}

bool is_order_test(CompareOp op) { return op != CompareOp::kEq && op != CompareOp::kNe; }

// What each definition of one version reads that differs, and whether it has a common meaning at all.
class JoinReader {
 public:
  JoinReader(const CheckedProgram& program, const SchemaPlaces& places, const std::vector<SchemaDifference>& differences)
      : program_(program),
        places_(places),
        differences_(differences),
        reads(program.definitions.size()),
        left_out(program.definitions.size()) {}

  void operator()() {
    std::vector<bool> seen(program_.exprs.size());
    for (std::size_t d = 0; d < program_.definitions.size(); ++d) read_definition(d, seen);
  }

 private:
  const CheckedProgram& program_;
  const SchemaPlaces& places_;
  const std::vector<SchemaDifference>& differences_;

 public:
  std::vector<std::vector<std::uint32_t>> reads;
  std::vector<std::string> left_out;

 private:
  void read_definition(std::size_t d, std::vector<bool>& seen) {
    std::vector<ExprId> open = {program_.definitions[d].body}, walked;
    read_frame(d, program_.definitions[d].frame);
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      if (seen[index_of(id)]) continue;
      seen[index_of(id)] = true;
      walked.push_back(id);
      read_expr(d, program_.expr(id));
      for_each_operand(program_.expr(id).node, [&](ExprId operand) { open.push_back(operand); });
    }
    for (const ExprId id : walked) seen[index_of(id)] = false;  // another definition may share it
    for (const std::uint32_t index : reads[d]) {
      const SchemaDifference& difference = differences_[index];
      if (difference.effect == SchemaEffect::kIncompatible) leave_out(d, fmt::format("`{}`: {}", difference.name, difference.detail));
    }
  }

  void leave_out(std::size_t d, const std::string& reason) {
    if (left_out[d].empty()) left_out[d] = reason;
  }

  void read_table(std::size_t d, TableId table) { merge_reads(reads[d], places_.of_table[table]); }

  void read_frame(std::size_t d, FrameId id) {
    while (id != kNoFrame) {
      read_table(d, program_.frame(id).table);
      id = program_.frame(id).outer;
    }
  }

  void read_expr(std::size_t d, const Expr& expr) {
    const TableId table = program_.frame(expr.frame).table;
    if (const auto* column = std::get_if<ColumnRead>(&expr.node)) merge_reads(reads[d], places_.of_column[table][column->column]);
    if (const auto* reference = std::get_if<ReferenceRead>(&expr.node)) read_reference(d, table, *reference);
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) read_frame(d, aggregate->rows);
    if (const auto* sequence = std::get_if<Sequence>(&expr.node)) read_frame(d, sequence->rows);
    for_each_definition(expr.node, [&](DefinitionId id) {
      merge_reads(reads[d], reads[index_of(id)]);
      if (!left_out[index_of(id)].empty()) leave_out(d, left_out[index_of(id)]);
    });
    judge_order(d, expr);
    judge_indices(d, expr);
  }

  void read_reference(std::size_t d, TableId table, const ReferenceRead& read) {
    for (const std::uint32_t reference : read.references) {
      const SchemaReference& step = program_.schema.tables[table].references[reference];
      merge_reads(reads[d], places_.of_reference[table][reference]);
      merge_reads(reads[d], places_.of_column[table][step.by]);
      table = step.to;
      read_table(d, table);
    }
    merge_reads(reads[d], places_.of_column[table][read.column]);
  }

  const EnumPlaces* enum_of(const Type& type) const { return type.enum_id == kNoEnum ? nullptr : &places_.enums[type.enum_id]; }

  void need_order(std::size_t d, const Type& type) {
    const EnumPlaces* places = enum_of(type);
    if (places != nullptr && !places->keeps_order)
      leave_out(d, fmt::format("the values of `{}` stand in another order", program_.enums[type.enum_id].name));
  }

  // Nodes that look at the order of an enum's values.
  void judge_order(std::size_t d, const Expr& expr) {
    const auto operand_type = [&](ExprId id) { need_order(d, program_.expr(id).type); };
    if (const auto* compare = std::get_if<Compare>(&expr.node); compare != nullptr && is_order_test(compare->op))
      operand_type(compare->left);
    if (const auto* between = std::get_if<Between>(&expr.node)) operand_type(between->operand);
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) {
      if (aggregate->fn == AggregateFn::kMin || aggregate->fn == AggregateFn::kMax) operand_type(*aggregate->value);
    }
    if (const auto* call = std::get_if<Call>(&expr.node)) {
      for (const ExprId argument : call->arguments) operand_type(argument);
    }
    if (const auto* top = std::get_if<TopOf>(&expr.node)) operand_type(program_.definition(top->by).body);
    if (const auto* percentile = std::get_if<Percentile>(&expr.node)) operand_type(program_.definition(percentile->value).body);
  }

  // Nodes whose value is an index by their own reckoning.
  void judge_indices(std::size_t d, const Expr& expr) {
    const bool counts = std::holds_alternative<GridCell>(expr.node) || std::holds_alternative<SplitPart>(expr.node) ||
                        std::holds_alternative<Call>(expr.node);
    const EnumPlaces* places = enum_of(expr.type);
    if (counts && places != nullptr && !places->keeps_indices) leave_out(d, "its values are others");
  }
};

// Moves one version into the joined program.
class JoinMover {
 public:
  JoinMover(CheckedProgram& joined, const SchemaPlaces& places) : joined_(joined), places_(places) {}

  // The new ids of `program`'s definitions follow from the number of those that were there.
  void operator()(CheckedProgram program) {
    shift_ = {.definitions = static_cast<std::uint32_t>(joined_.definitions.size()),
              .exprs = static_cast<std::uint32_t>(joined_.exprs.size()),
              .sets = static_cast<std::uint32_t>(joined_.sets.size()),
              .windows = static_cast<std::uint32_t>(joined_.windows.size())};
    own_frames_ = program.frames;
    own_schema_ = &program.schema;
    own_exprs_ = &program.exprs;
    move_frames();
    std::vector<Expr> moved = program.exprs;
    for (Expr& expr : moved) move_expr(expr);
    std::ranges::move(moved, std::back_inserter(joined_.exprs));
    for (ConstantSet& set : program.sets) joined_.sets.push_back(moved_set(std::move(set)));
    std::ranges::copy(program.windows, std::back_inserter(joined_.windows));
    for (Definition& definition : program.definitions) joined_.definitions.push_back(moved_definition(std::move(definition), *own_exprs_));
    for (const DefinitionId id : program.results) joined_.results.push_back(static_cast<DefinitionId>(index_of(id) + shift_.definitions));
  }

 private:
  struct Shift {
    std::uint32_t definitions = 0, exprs = 0, sets = 0, windows = 0;
  };

  // An outer frame stands before those inside it.
  void move_frames() {
    frames_.clear();
    for (const Frame& own : own_frames_) {
      Frame frame = own;
      frame.table = places_.tables[own.table];
      if (own.outer != kNoFrame) frame.outer = frames_[index_of(own.outer)];
      if (own.anchor != kNoFrame) frame.anchor = frames_[index_of(own.anchor)];
      if (own.anchor != kNoFrame) frame.link = places_.parents[own.table][own.link];
      auto found = std::ranges::find(joined_.frames, frame);
      if (found == joined_.frames.end()) found = joined_.frames.insert(found, frame);
      frames_.push_back(static_cast<FrameId>(found - joined_.frames.begin()));
    }
  }

  void move_span(Span& span) const {
    if (span.source != kNoSource) span.source = static_cast<SourceId>(static_cast<std::uint32_t>(span.source) + places_.source_shift);
  }

  std::uint32_t moved_value(const Type& own, std::uint32_t value) const { return places_.enums[own.enum_id].values[value]; }

  Constant moved_constant(const Type& own, Constant constant) const {
    if (own.enum_id != kNoEnum) {
      if (auto* index = std::get_if<std::int64_t>(&constant)) *index = moved_value(own, static_cast<std::uint32_t>(*index));
    }
    return constant;
  }

  Type moved_type(Type type) const {
    if (type.enum_id != kNoEnum) type.enum_id = places_.enums[type.enum_id].id;
    type.unit = type.unit < places_.units.size() ? places_.units[type.unit] : std::uint16_t{0};
    return type;
  }

  ConstantSet moved_set(ConstantSet set) const {
    for (Constant& value : set.values) value = moved_constant(set.type, std::move(value));
    set.type = moved_type(set.type);
    move_span(set.span);
    return set;
  }

  void move_axis(GridAxis& axis) const {
    const Type& own = (*own_exprs_)[index_of(axis.operand)].type;
    if (own.enum_id == kNoEnum) return;
    std::vector<std::int32_t> places(joined_.enums[places_.enums[own.enum_id].id].values.size(), -1);
    for (std::size_t i = 0; i < axis.places.size(); ++i) places[moved_value(own, static_cast<std::uint32_t>(i))] = axis.places[i];
    axis.places = std::move(places);
  }

  void move_reads(Expr& expr) const {
    TableId table = own_frames_[index_of(expr.frame)].table;
    if (auto* column = std::get_if<ColumnRead>(&expr.node)) column->column = *places_.columns[table][column->column];
    if (auto* read = std::get_if<ReferenceRead>(&expr.node)) {
      for (std::uint32_t& reference : read->references) {
        const TableId next = own_schema_->tables[table].references[reference].to;
        reference = *places_.references[table][reference];
        table = next;
      }
      read->column = *places_.columns[table][read->column];
    }
  }

  void move_values(Expr& expr) const {
    if (auto* literal = std::get_if<Literal>(&expr.node)) literal->value = moved_constant(expr.type, std::move(literal->value));
    if (auto* choice = std::get_if<Choice>(&expr.node)) {
      for (ChoiceRow& row : choice->rows) row.value = moved_value(expr.type, row.value);
      if (choice->otherwise) choice->otherwise = moved_value(expr.type, *choice->otherwise);
    }
    if (auto* grid = std::get_if<GridCell>(&expr.node)) {
      for (GridAxis& axis : grid->axes) move_axis(axis);
    }
  }

  void move_expr(Expr& expr) const {
    move_reads(expr);
    move_values(expr);
    expr.frame = frames_[index_of(expr.frame)];
    expr.type = moved_type(expr.type);
    move_span(expr.span);
    for_each_operand(expr.node, [&](ExprId& id) { id = static_cast<ExprId>(index_of(id) + shift_.exprs); });
    for_each_definition(expr.node, [&](DefinitionId& id) { id = static_cast<DefinitionId>(index_of(id) + shift_.definitions); });
    if (auto* in = std::get_if<InSet>(&expr.node)) in->set = static_cast<SetId>(index_of(in->set) + shift_.sets);
    if (auto* has = std::get_if<Has>(&expr.node)) has->set = static_cast<SetId>(index_of(has->set) + shift_.sets);
    if (auto* within = std::get_if<Within>(&expr.node)) within->window = static_cast<WindowId>(index_of(within->window) + shift_.windows);
    if (auto* aggregate = std::get_if<Aggregate>(&expr.node)) aggregate->rows = frames_[index_of(aggregate->rows)];
    if (auto* sequence = std::get_if<Sequence>(&expr.node)) sequence->rows = frames_[index_of(sequence->rows)];
    if (auto* sum = std::get_if<ScoreSum>(&expr.node)) {
      for (ScoreTerm& term : sum->terms) move_span(term.span);
    }
  }

  Definition moved_definition(Definition definition, const std::vector<Expr>& own_exprs) const {
    const Type& own = own_exprs[index_of(definition.body)].type;
    if (own.enum_id != kNoEnum && !definition.value_titles.empty()) {
      std::vector<std::string> titles(joined_.enums[places_.enums[own.enum_id].id].values.size());
      for (std::size_t i = 0; i < definition.value_titles.size(); ++i)
        titles[moved_value(own, static_cast<std::uint32_t>(i))] = std::move(definition.value_titles[i]);
      definition.value_titles = std::move(titles);
    }
    definition.frame = frames_[index_of(definition.frame)];
    definition.body = static_cast<ExprId>(index_of(definition.body) + shift_.exprs);
    move_span(definition.name_span);
    move_span(definition.span);
    return definition;
  }

  CheckedProgram& joined_;
  const SchemaPlaces& places_;
  Shift shift_;
  std::vector<Frame> own_frames_;
  std::vector<FrameId> frames_;
  const Schema* own_schema_ = nullptr;
  const std::vector<Expr>* own_exprs_ = nullptr;
};

// A value that one version always knew may be missing to the other: whatever is made of it may be, too.
void spread_missing(CheckedProgram& program) {
  for (Expr& expr : program.exprs) {
    bool is_optional = false;
    const auto operand_is = [&](ExprId id) { return program.expr(id).type.optional; };
    if (const auto* column = std::get_if<ColumnRead>(&expr.node)) {
      is_optional = program.schema.tables[program.frame(expr.frame).table].columns[column->column].type.optional;
    } else if (const auto* either = std::get_if<OrElse>(&expr.node)) {
      is_optional = operand_is(either->operand) && operand_is(either->fallback);
    } else if (std::holds_alternative<Negate>(expr.node) || std::holds_alternative<ToFloat>(expr.node) ||
               std::holds_alternative<Rescale>(expr.node) || std::holds_alternative<Arithmetic>(expr.node) ||
               std::holds_alternative<Call>(expr.node)) {
      for_each_operand(expr.node, [&](ExprId id) { is_optional = is_optional || operand_is(id); });
    } else if (const auto* read = std::get_if<DefinitionRead>(&expr.node)) {
      is_optional = program.expr(program.definition(read->definition).body).type.optional;
    }
    expr.type.optional = expr.type.optional || is_optional;
  }
}

// The program without what has no place, and where each definition of it goes.
CheckedProgram cut(CheckedProgram program, const std::vector<std::string>& left_out, std::uint32_t shift,
                   std::vector<std::optional<DefinitionId>>& places) {
  std::vector<DefinitionId> kept;
  for (std::size_t i = 0; i < program.definitions.size(); ++i) {
    program.definitions[i].expectations.clear();
    if (left_out[i].empty()) kept.push_back(static_cast<DefinitionId>(i));
  }
  std::vector<DefinitionId> results = std::exchange(program.results, {});
  CheckedProgram rest = checker::compact(std::move(program), kept, places);
  for (const DefinitionId id : results) {
    if (places[index_of(id)]) rest.results.push_back(*places[index_of(id)]);
  }
  for (auto& place : places) {
    if (place) place = static_cast<DefinitionId>(index_of(*place) + shift);
  }
  return rest;
}

}  // namespace

JoinedProgram join(const CheckedProgram& base, const CheckedProgram& head, std::uint32_t source_shift) {
  checker::UnitedSchemas united = checker::unite_schemas(base, head, source_shift);
  JoinedProgram joined;
  const auto read = [&](const CheckedProgram& program, const SchemaPlaces& places, auto& reads, auto& left_out) {
    JoinReader reader(program, places, united.differences);
    reader();
    reads = std::move(reader.reads);
    left_out = std::move(reader.left_out);
  };
  read(head, united.head, joined.head_reads, joined.head_left_out);
  read(base, united.base, joined.base_reads, joined.base_left_out);
  joined.program.schema = std::move(united.schema);
  joined.program.enums = std::move(united.enums);
  joined.program.units = std::move(united.units);
  JoinMover(joined.program, united.head)(cut(head, joined.head_left_out, 0, joined.head));
  const auto shift = static_cast<std::uint32_t>(joined.program.definitions.size());
  JoinMover(joined.program, united.base)(cut(base, joined.base_left_out, shift, joined.base));
  spread_missing(joined.program);
  joined.differences = std::move(united.differences);
  return joined;
}

}  // namespace segue
