// A program without what checking left behind: examples of parameters, bodies that were only tried, literals that took another type.
#include "compiler/check/compact.h"

#include <optional>
#include <utility>

#include "compiler/check/walk.h"

namespace segue::checker {
namespace {

// What is reached, by id.
struct Reached {
  std::vector<bool> definitions, exprs, sets, windows, frames;
};

// A frame, and all that stand around it or on the way to it.
void reach_frame(const CheckedProgram& program, Reached& reached, FrameId first) {
  std::vector<FrameId> open = {first};
  while (!open.empty()) {
    const FrameId id = open.back();
    open.pop_back();
    if (id == kNoFrame || reached.frames[index_of(id)]) continue;
    reached.frames[index_of(id)] = true;
    open.push_back(program.frame(id).outer);
    open.push_back(program.frame(id).anchor);
  }
}

void reach_parts(const CheckedProgram& program, Reached& reached, const Node& node) {
  if (const auto* in = std::get_if<InSet>(&node)) reached.sets[index_of(in->set)] = true;
  if (const auto* has = std::get_if<Has>(&node)) reached.sets[index_of(has->set)] = true;
  if (const auto* within = std::get_if<Within>(&node)) reached.windows[index_of(within->window)] = true;
  if (const auto* aggregate = std::get_if<Aggregate>(&node)) reach_frame(program, reached, aggregate->rows);
  if (const auto* sequence = std::get_if<Sequence>(&node)) reach_frame(program, reached, sequence->rows);
  for_each_definition(node, [&](DefinitionId id) { reached.definitions[index_of(id)] = true; });
}

void reach_exprs(const CheckedProgram& program, Reached& reached, ExprId root) {
  std::vector<ExprId> open = {root};
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (reached.exprs[index_of(id)]) continue;
    reached.exprs[index_of(id)] = true;
    const Expr& expr = program.expr(id);
    reach_frame(program, reached, expr.frame);
    reach_parts(program, reached, expr.node);
    for_each_operand(expr.node, [&](ExprId operand) { open.push_back(operand); });
  }
}

// A definition stands after all that it reads, so one pass from the back finds all.
Reached reach(const CheckedProgram& program, const std::vector<DefinitionId>& kept) {
  Reached reached{std::vector<bool>(program.definitions.size()), std::vector<bool>(program.exprs.size()),
                  std::vector<bool>(program.sets.size()), std::vector<bool>(program.windows.size()),
                  std::vector<bool>(program.frames.size())};
  reached.frames[index_of(kAccountFrame)] = true;
  for (const DefinitionId id : kept) {
    reached.definitions[index_of(id)] = true;
    // What an expectation compares with may stand behind its definition.
    for (const Expectation& expectation : program.definition(id).expectations) {
      if (expectation.other) reached.definitions[index_of(*expectation.other)] = true;
    }
  }
  for (std::size_t i = program.definitions.size(); i-- > 0;) {
    if (!reached.definitions[i]) continue;
    reach_frame(program, reached, program.definitions[i].frame);
    reach_exprs(program, reached, program.definitions[i].body);
  }
  return reached;
}

// New places of what stays.
std::vector<std::uint32_t> places(const std::vector<bool>& stays) {
  std::vector<std::uint32_t> place(stays.size());
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < stays.size(); ++i) {
    place[i] = next;
    next += stays[i] ? 1 : 0;
  }
  return place;
}

template <typename Element>
void keep(std::vector<Element>& all, const std::vector<bool>& stays) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!stays[i]) continue;
    if (next != i) all[next] = std::move(all[i]);
    ++next;
  }
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(next), all.end());
}

template <typename Id>
void move_to(Id& id, const std::vector<std::uint32_t>& place) {
  id = static_cast<Id>(place[index_of(id)]);
}

struct Places {
  std::vector<std::uint32_t> definitions, exprs, sets, windows, frames;
};

void rename_expr(Expr& expr, const Places& places) {
  move_to(expr.frame, places.frames);
  for_each_operand(expr.node, [&](ExprId& operand) { move_to(operand, places.exprs); });
  if (auto* in = std::get_if<InSet>(&expr.node)) move_to(in->set, places.sets);
  if (auto* has = std::get_if<Has>(&expr.node)) move_to(has->set, places.sets);
  if (auto* within = std::get_if<Within>(&expr.node)) move_to(within->window, places.windows);
  if (auto* aggregate = std::get_if<Aggregate>(&expr.node)) move_to(aggregate->rows, places.frames);
  if (auto* sequence = std::get_if<Sequence>(&expr.node)) move_to(sequence->rows, places.frames);
  for_each_definition(expr.node, [&](DefinitionId& id) { move_to(id, places.definitions); });
}

}  // namespace

CheckedProgram compact(CheckedProgram program, const std::vector<DefinitionId>& kept, std::vector<std::optional<DefinitionId>>& renamed) {
  const Reached reached = reach(program, kept);
  const Places moved{places(reached.definitions), places(reached.exprs), places(reached.sets), places(reached.windows),
                     places(reached.frames)};
  renamed.assign(program.definitions.size(), std::nullopt);
  for (std::size_t i = 0; i < renamed.size(); ++i) {
    if (reached.definitions[i]) renamed[i] = static_cast<DefinitionId>(moved.definitions[i]);
  }
  keep(program.definitions, reached.definitions);
  keep(program.exprs, reached.exprs);
  keep(program.sets, reached.sets);
  keep(program.windows, reached.windows);
  keep(program.frames, reached.frames);
  for (Expr& expr : program.exprs) rename_expr(expr, moved);
  for (Definition& definition : program.definitions) {
    move_to(definition.frame, moved.frames);
    move_to(definition.body, moved.exprs);
    for (Expectation& expectation : definition.expectations) {
      if (expectation.other) move_to(*expectation.other, moved.definitions);
    }
  }
  for (Frame& frame : program.frames) {
    if (frame.outer != kNoFrame) move_to(frame.outer, moved.frames);
    if (frame.anchor != kNoFrame) move_to(frame.anchor, moved.frames);
  }
  return program;
}

}  // namespace segue::checker
