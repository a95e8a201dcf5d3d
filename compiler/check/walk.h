// This file's external interface is `for_each_operand` and `for_each_definition`: what a node stands on, for passes that go over a whole program.
#pragma once

#include "compiler/check/program.h"

namespace segue {

// Calls `visit(ExprId&)` (or `const ExprId&`) for each operand of a node, in the order of the text. The one dispatch that a new node has to join.
template <typename NodeRef, typename Visit>
void for_each_operand(NodeRef& node, const Visit& visit) {
  const auto each = [&](auto& construct) {
    using Construct = std::remove_cvref_t<decltype(construct)>;
    if constexpr (std::is_same_v<Construct, Literal> || std::is_same_v<Construct, ColumnRead> || std::is_same_v<Construct, ReferenceRead> ||
                  std::is_same_v<Construct, DefinitionRead> || std::is_same_v<Construct, Now> || std::is_same_v<Construct, Today> ||
                  std::is_same_v<Construct, FromNow> || std::is_same_v<Construct, TopOf> || std::is_same_v<Construct, Percentile>) {
      // reads the row, the clock or definitions only
    } else if constexpr (std::is_same_v<Construct, And> || std::is_same_v<Construct, Or>) {
      for (auto& operand : construct.operands) visit(operand);
    } else if constexpr (std::is_same_v<Construct, Call>) {
      for (auto& argument : construct.arguments) visit(argument);
    } else if constexpr (std::is_same_v<Construct, Compare> || std::is_same_v<Construct, Arithmetic>) {
      visit(construct.left);
      visit(construct.right);
    } else if constexpr (std::is_same_v<Construct, Between>) {
      visit(construct.operand);
      visit(construct.low);
      visit(construct.high);
    } else if constexpr (std::is_same_v<Construct, TextTest>) {
      visit(construct.operand);
      visit(construct.pattern);
    } else if constexpr (std::is_same_v<Construct, OrElse>) {
      visit(construct.operand);
      visit(construct.fallback);
    } else if constexpr (std::is_same_v<Construct, Aggregate>) {
      if (construct.within) visit(*construct.within);
      if (construct.value) visit(*construct.value);
      if (construct.where) visit(*construct.where);
    } else if constexpr (std::is_same_v<Construct, ScoreSum>) {
      for (auto& term : construct.terms) {
        visit(term.value);
        if (term.when) visit(*term.when);
      }
    } else if constexpr (std::is_same_v<Construct, Choice>) {
      for (auto& row : construct.rows) visit(row.condition);
    } else if constexpr (std::is_same_v<Construct, GridCell>) {
      if (construct.where) visit(*construct.where);
      for (auto& axis : construct.axes) visit(axis.operand);
    } else if constexpr (std::is_same_v<Construct, SplitPart>) {
      if (construct.population) visit(*construct.population);
    } else if constexpr (std::is_same_v<Construct, Near>) {
      visit(construct.latitude);
      visit(construct.longitude);
    } else if constexpr (std::is_same_v<Construct, Sequence>) {
      if (construct.within) visit(*construct.within);
      if (construct.by) visit(*construct.by);
      for (auto& step : construct.steps) visit(step);
    } else {
      visit(construct.operand);
    }
  };
  std::visit(each, node);
}

// Calls `visit(DefinitionId&)` (or `const DefinitionId&`) for each definition that a node reads itself.
template <typename NodeRef, typename Visit>
void for_each_definition(NodeRef& node, const Visit& visit) {
  if (auto* read = std::get_if<DefinitionRead>(&node)) visit(read->definition);
  if (auto* top = std::get_if<TopOf>(&node)) {
    visit(top->candidates);
    visit(top->by);
  }
  if (auto* percentile = std::get_if<Percentile>(&node)) {
    visit(percentile->value);
    if (percentile->among) visit(*percentile->among);
  }
}

}  // namespace segue
