// This file's external interface is ClauseTree: what a definition asks of an account, or of a row, taken apart into conditions that can be asked one by one. Private to
// the facade.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/source/source.h"
#include "runtime/bitmap.h"

namespace segue {

enum class ClauseKind : std::uint8_t {
  kTest,        // a condition that is not taken apart
  kAll,         // `and`, `except`
  kAny,         // `or`
  kNot,         // of what is taken apart
  kDefinition,  // another definition, whose body is the one child
  kRow,         // of tiers or stages, of ClauseOptions::lists: its condition is the one child
  kTerm,        // of a score, likewise: its `when`
};

struct Clause {
  ClauseKind kind = ClauseKind::kTest;
  std::optional<ExprId> expr;  // the condition; nothing where no single one stands for the clause
  std::string text;            // as written, on one line
  Span span;
  DefinitionId within{};                   // in whose text it stands
  std::optional<DefinitionId> definition;  // kDefinition
  std::vector<std::uint32_t> children;     // smaller than its own index
};

// Children stand before parents, the root last. What is read twice is one clause.
struct ClauseTree {
  DefinitionId definition{};
  FrameId frame = kAccountFrame;  // whose rows are asked
  std::vector<Clause> clauses;
  std::vector<std::uint32_t> tests;     // the clauses that are not taken apart, in the order of reading
  std::vector<std::uint32_t> in_order;  // all, in the order of reading: what stands around comes first
  std::vector<std::uint32_t> depths;    // by place in `in_order`
  std::vector<bool> is_shared;          // by clause: there are several ways from the root to it
  bool is_whole = true;                 // false: too many conditions, so that some that could be taken apart are not

  [[nodiscard]] std::uint32_t root() const { return static_cast<std::uint32_t>(clauses.size() - 1); }
};

// Of a definition that is a bool; of tiers and stages the tree of having `value`, of a grid that of being in the cell. `program` gets further expressions where no condition of its own
// stands for a clause. With `opens_rows` the rows that come before a row of tiers are taken apart, too. Nothing for scores, splits, and what is no bool; with `lists` the conditions
// that these, tiers, stages and grids have in them, where there are any: the tree then only lists them.
struct ClauseOptions {
  std::optional<std::uint32_t> value;
  bool opens_rows = false;
  bool lists = false;
};
[[nodiscard]] std::optional<ClauseTree> clause_tree(CheckedProgram& program, const SourceMap& sources, DefinitionId definition,
                                                    const ClauseOptions& options = {});

// Adds a nameless definition to the program that asks `condition` of the rows of `frame`.
DefinitionId add_condition(CheckedProgram& program, FrameId frame, ExprId condition);
ExprId add_expr(CheckedProgram& program, Node node, FrameId frame, Type type = {});

// One for each clause that has an expression, in order, behind `roots`; gives by clause the index into `roots`.
[[nodiscard]] std::vector<std::optional<std::size_t>> add_clause_roots(CheckedProgram& program, const ClauseTree& tree,
                                                                       std::vector<DefinitionId>& roots);

// The answers of 64 rows, by clause: `bits` has the tests' and gets those of all others.
void combine_clauses(const ClauseTree& tree, std::span<std::uint64_t> bits);
// By clause, for each of 64 rows, whether the answer would be another if that test alone answered otherwise; 0 for what is no test. `scratch` is of the same size.
void decisive_tests(const ClauseTree& tree, std::span<const std::uint64_t> bits, std::span<std::uint64_t> scratch,
                    std::span<std::uint64_t> decides);

// The tests of which all must answer otherwise for the root to hold, as few as there can be where no condition stands in two places; empty where it holds. `answers` by clause.
[[nodiscard]] std::vector<std::uint32_t> tests_to_change(const ClauseTree& tree, const std::vector<bool>& answers);

}  // namespace segue
