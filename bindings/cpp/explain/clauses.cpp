// From expressions to clauses, and bits up and down the tree.
#include "bindings/cpp/explain/clauses.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "compiler/interpret/condition_text.h"
#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

// Beyond it chains and definitions are one test each.
constexpr std::size_t kMostClauses = 2000;

template <typename NodeType>
const NodeType* clause_node(const CheckedProgram& program, ExprId id) {
  return std::get_if<NodeType>(&program.expr(id).node);
}

class ClauseBuilder {
 public:
  ClauseBuilder(CheckedProgram& program, const SourceMap& sources) : program_(program), sources_(sources) {}

  std::optional<ClauseTree> run(DefinitionId id, const ClauseOptions& options) {
    const Definition& definition = program_.definition(id);
    tree_.definition = id;
    tree_.frame = definition.frame;
    const ExprId body = definition.body;
    if (options.lists) {
      if (!add_list(body, id)) return std::nullopt;
    } else if (const auto* choice = clause_node<Choice>(program_, body)) {
      if (!options.value || !add_choice(Choice(*choice), *options.value, id, options.opens_rows)) return std::nullopt;
    } else if (const auto* cell = clause_node<GridCell>(program_, body)) {
      if (!options.value || !add_cell(GridCell(*cell), *options.value, id)) return std::nullopt;
    } else if (program_.expr(body).type.kind == Kind::kBool) {
      add(body, id);
    } else {
      return std::nullopt;
    }
    finish();
    return std::move(tree_);
  }

 private:
  struct Task {
    ExprId expr{};
    DefinitionId within{};
    bool is_open = false;  // its children are there
  };
  // What a condition is taken apart into.
  struct Parts {
    ClauseKind kind = ClauseKind::kTest;
    std::vector<ExprId> children;
    std::optional<DefinitionId> definition;
  };

  std::uint32_t push(Clause clause) {
    tree_.clauses.push_back(std::move(clause));
    return static_cast<std::uint32_t>(tree_.clauses.size() - 1);
  }

  // Without recursion: a chain of definitions is as long as one likes.
  std::uint32_t add(ExprId root, DefinitionId within) {
    std::vector<Task> tasks = {{root, within}};
    while (!tasks.empty()) {
      const Task task = tasks.back();
      tasks.pop_back();
      if (made_.contains(index_of(task.expr))) continue;
      const Parts parts = parts_of(task.expr);
      if (parts.kind == ClauseKind::kTest || task.is_open) {
        make(task, parts);
        continue;
      }
      known_ += parts.children.size();
      tasks.push_back({task.expr, task.within, true});
      for (auto child = parts.children.rbegin(); child != parts.children.rend(); ++child)
        tasks.push_back({*child, parts.definition.value_or(task.within)});
    }
    return made_.at(index_of(root));
  }

  void make(const Task& task, const Parts& parts) {
    Clause clause{.kind = parts.kind,
                  .expr = task.expr,
                  .text = condition_text(program_, sources_, task.expr),
                  .span = program_.expr(task.expr).span,
                  .within = task.within,
                  .definition = parts.definition,
                  .children = {}};
    for (const ExprId child : parts.children) clause.children.push_back(made_.at(index_of(child)));
    made_.emplace(index_of(task.expr), push(std::move(clause)));
  }

  // The same each time it is asked of an expression, so that what was opened is closed.
  Parts parts_of(ExprId id) {
    const auto [found, is_new] = is_opened_.emplace(index_of(id), false);
    Parts parts = all_parts_of(id);
    if (is_new) found->second = known_ + parts.children.size() <= kMostClauses;
    tree_.is_whole = tree_.is_whole && found->second;
    return found->second ? parts : Parts{};
  }

  Parts all_parts_of(ExprId id) {
    const PeeledCondition peeled = peel_condition(program_, sources_, id);
    if (peeled.is_negated) return is_apart(peeled.inner) ? Parts{ClauseKind::kNot, {peeled.inner}, {}} : Parts{};
    if (const auto* negation = clause_node<Not>(program_, id)) {
      return is_apart(negation->operand) ? Parts{ClauseKind::kNot, {negation->operand}, {}} : Parts{};
    }
    if (const auto* top = clause_node<TopOf>(program_, id))
      return {ClauseKind::kAll, {program_.definition(top->candidates).body, among_first(id, *top)}, {}};
    if (taken_whole_.contains(index_of(id))) return {};
    if (clause_node<And>(program_, id)) return {ClauseKind::kAll, chain_of<And>(id), {}};
    if (clause_node<Or>(program_, id)) return {ClauseKind::kAny, chain_of<Or>(id), {}};
    const auto* read = clause_node<DefinitionRead>(program_, id);
    if (read == nullptr || !is_plain_bool(program_.definition(read->definition).body)) return {};
    return {ClauseKind::kDefinition, {program_.definition(read->definition).body}, read->definition};
  }

  // That a row would be in the top if it were a candidate: who is none is kept out by that alone.
  ExprId among_first(ExprId id, const TopOf& top) {
    const auto [made, is_new] = among_first_.try_emplace(index_of(id));
    if (!is_new) return made->second;
    const DefinitionId candidates = top.candidates;
    const FrameId frame = program_.expr(id).frame;
    const Span span = program_.expr(id).span;
    const ExprId is_none = add_expr(program_, Not{add_expr(program_, DefinitionRead{candidates}, frame)}, frame);
    made->second = add_expr(program_, Or{{id, is_none}}, frame);
    program_.exprs.back().span = span;
    taken_whole_.insert(index_of(made->second));
    return made->second;
  }

  // `where a and b except c` is one chain, though it is two expressions.
  template <typename Chain>
  std::vector<ExprId> chain_of(ExprId id) const {
    std::vector<ExprId> links, open = {id};
    while (!open.empty()) {
      const ExprId next = open.back();
      open.pop_back();
      if (const auto* chain = clause_node<Chain>(program_, next)) open.insert(open.end(), chain->operands.rbegin(), chain->operands.rend());
      else links.push_back(next);
    }
    return links;
  }

  bool is_plain_bool(ExprId id) const { return program_.expr(id).type.kind == Kind::kBool; }

  // Whether what stands below a `not` is more than a test.
  bool is_apart(ExprId id) const {
    if (clause_node<And>(program_, id) || clause_node<Or>(program_, id) || clause_node<Not>(program_, id)) return true;
    const auto* read = clause_node<DefinitionRead>(program_, id);
    return read != nullptr && is_plain_bool(program_.definition(read->definition).body);
  }

  // ---- what is no single condition

  Clause synthetic(ClauseKind kind, std::string text, DefinitionId within, std::vector<std::uint32_t> children) const {
    return {.kind = kind,
            .expr = std::nullopt,
            .text = std::move(text),
            .span = program_.definition(within).name_span,
            .within = within,
            .definition = std::nullopt,
            .children = std::move(children)};
  }

  const std::string& value_name(DefinitionId id, std::uint32_t value) const {
    return program_.enums[program_.expr(program_.definition(id).body).type.enum_id].values[value];
  }

  // That another row does not take the account first (or last).
  std::uint32_t add_other_row(const Choice& choice, const ChoiceRow& row, DefinitionId id, bool opens) {
    const std::string text = fmt::format("not in the {} row `{}`", choice.last_wins ? "later" : "earlier", value_name(id, row.value));
    if (opens) return push(synthetic(ClauseKind::kNot, text, id, {add(row.condition, id)}));
    Clause clause = synthetic(ClauseKind::kTest, text, id, {});
    clause.expr = add_expr(program_, Not{row.condition}, kAccountFrame);
    clause.span = program_.expr(row.condition).span;
    return push(std::move(clause));
  }

  bool add_choice(const Choice& choice, std::uint32_t value, DefinitionId id, bool opens) {
    std::vector<std::uint32_t> children;
    const auto row = std::ranges::find(choice.rows, value, &ChoiceRow::value);
    if (row == choice.rows.end() && choice.otherwise != value) return false;
    if (row != choice.rows.end()) children.push_back(add(row->condition, id));
    const std::size_t place = static_cast<std::size_t>(row - choice.rows.begin());
    for (std::size_t i = 0; i < choice.rows.size(); ++i) {
      const bool comes_first = row == choice.rows.end() || (choice.last_wins ? i > place : i < place);
      if (comes_first) children.push_back(add_other_row(choice, choice.rows[i], id, opens));
    }
    push(synthetic(ClauseKind::kAll, fmt::format("{} = {}", program_.definition(id).name, value_name(id, value)), id, std::move(children)));
    return true;
  }

  // The last axis changes fastest.
  bool add_cell(const GridCell& cell, std::uint32_t value, DefinitionId id) {
    std::vector<std::uint32_t> children;
    std::vector<std::uint32_t> digits(cell.axes.size());
    std::uint32_t rest = value;
    for (std::size_t i = cell.axes.size(); i-- > 0;) {
      digits[i] = rest % cell.axes[i].size;
      rest /= cell.axes[i].size;
    }
    if (cell.where) children.push_back(add(*cell.where, id));
    for (std::size_t i = 0; i < cell.axes.size(); ++i) children.push_back(add_axis(cell.axes[i], digits[i], id));
    push(synthetic(ClauseKind::kAll, fmt::format("{} = \"{}\"", program_.definition(id).name, value_name(id, value)), id,
                   std::move(children)));
    return true;
  }

  std::uint32_t add_axis(const GridAxis& axis, std::uint32_t place, DefinitionId id) {
    const Expr operand = program_.expr(axis.operand);
    std::vector<ExprId> tests;
    std::string shown;
    for (std::size_t value = 0; value < axis.places.size(); ++value) {
      if (axis.places[value] != static_cast<std::int32_t>(place)) continue;
      tests.push_back(axis_test(axis.operand, operand, value));
      const std::string name =
          operand.type.kind == Kind::kBool ? (value == 0 ? "false" : "true") : program_.enums[operand.type.enum_id].values[value];
      shown += (shown.empty() ? "" : " or ") + name;
    }
    Clause clause = synthetic(ClauseKind::kTest, fmt::format("{} is {}", condition_text(program_, sources_, axis.operand), shown), id, {});
    clause.expr = tests.size() == 1 ? tests.front() : add_expr(program_, Or{std::move(tests)}, kAccountFrame);
    clause.span = operand.span;
    return push(std::move(clause));
  }

  // A bool that is missing is in no cell.
  ExprId axis_test(ExprId id, const Expr& operand, std::size_t value) {
    if (operand.type.kind != Kind::kBool) {
      const ExprId literal = add_expr(program_, Literal{static_cast<std::int64_t>(value)}, kAccountFrame,
                                      Type{.kind = Kind::kEnum, .enum_id = operand.type.enum_id});
      return add_expr(program_, Compare{.op = CompareOp::kEq, .left = id, .right = literal}, kAccountFrame);
    }
    const ExprId is_known = add_expr(program_, IsKnown{id}, kAccountFrame);
    const ExprId test = value == 0 ? add_expr(program_, Not{id}, kAccountFrame) : id;
    return add_expr(program_, And{{is_known, test}}, kAccountFrame);
  }

  // ---- conditions of what is no yes or no

  bool add_list(ExprId body, DefinitionId id) {
    const Node node = program_.expr(body).node;
    std::vector<std::uint32_t> children;
    if (const auto* choice = std::get_if<Choice>(&node)) {
      for (const ChoiceRow& row : choice->rows)
        children.push_back(push(synthetic(ClauseKind::kRow, value_name(id, row.value), id, {add(row.condition, id)})));
    } else if (const auto* score = std::get_if<ScoreSum>(&node)) {
      for (const ScoreTerm& term : score->terms) {
        if (!term.when) continue;
        children.push_back(push(synthetic(ClauseKind::kTerm, written_text(sources_, term.span), id, {add(*term.when, id)})));
        tree_.clauses.back().span = term.span;
      }
    } else if (const auto* cell = std::get_if<GridCell>(&node)) {
      if (cell->where) children.push_back(add(*cell->where, id));
    } else if (const auto* part = std::get_if<SplitPart>(&node)) {
      if (part->population) children.push_back(add(*part->population, id));
    } else {
      add(body, id);
      return true;
    }
    if (children.empty()) return false;
    push(synthetic(ClauseKind::kAny, program_.definition(id).name, id, std::move(children)));
    return true;
  }

  // ---- the order of reading

  void finish() {
    const std::size_t count = tree_.clauses.size();
    std::vector<std::uint32_t> ways(count);
    tree_.is_shared.assign(count, false);
    ways[tree_.root()] = 1;
    for (std::uint32_t i = tree_.root() + 1; i-- > 0;) {
      tree_.is_shared[i] = tree_.is_shared[i] || ways[i] > 1;
      for (const std::uint32_t child : tree_.clauses[i].children) {
        ++ways[child];
        if (tree_.is_shared[i]) tree_.is_shared[child] = true;
      }
    }
    std::vector<bool> is_listed(count);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> open = {{tree_.root(), 0}};
    while (!open.empty()) {
      const auto [clause, depth] = open.back();
      open.pop_back();
      if (is_listed[clause]) continue;
      is_listed[clause] = true;
      tree_.in_order.push_back(clause);
      tree_.depths.push_back(depth);
      const std::vector<std::uint32_t>& children = tree_.clauses[clause].children;
      if (tree_.clauses[clause].kind == ClauseKind::kTest) tree_.tests.push_back(clause);
      for (auto child = children.rbegin(); child != children.rend(); ++child) open.emplace_back(*child, depth + 1);
    }
  }

  CheckedProgram& program_;
  const SourceMap& sources_;
  ClauseTree tree_;
  std::unordered_map<std::uint32_t, std::uint32_t> made_;  // clauses by expression
  std::unordered_map<std::uint32_t, bool> is_opened_;
  std::unordered_map<std::uint32_t, ExprId> among_first_;  // by expression of a `top`
  std::unordered_set<std::uint32_t> taken_whole_;
  std::size_t known_ = 0;
};

// Whether a clause answers what its one child does.
bool is_wrapper(ClauseKind kind) { return kind == ClauseKind::kDefinition || kind == ClauseKind::kRow || kind == ClauseKind::kTerm; }

std::uint64_t combined(const Clause& clause, std::span<const std::uint64_t> bits) {
  if (clause.kind == ClauseKind::kNot) return ~bits[clause.children[0]];
  if (is_wrapper(clause.kind)) return bits[clause.children[0]];
  std::uint64_t result = clause.kind == ClauseKind::kAll ? ~std::uint64_t{0} : 0;
  for (const std::uint32_t child : clause.children) result = clause.kind == ClauseKind::kAll ? result & bits[child] : result | bits[child];
  return result;
}

// What is passed down to child i: the rows for which no other child settles the clause.
void pass_down(const Clause& clause, std::span<const std::uint64_t> bits, std::span<std::uint64_t> decides, std::uint64_t own) {
  const std::vector<std::uint32_t>& children = clause.children;
  const bool is_all = clause.kind == ClauseKind::kAll;
  const auto leaves_open = [&](std::uint32_t child) { return is_all ? bits[child] : ~bits[child]; };
  std::uint64_t before = own;
  for (const std::uint32_t child : children) {
    decides[child] = before;
    before &= leaves_open(child);
  }
  std::uint64_t behind = own;
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    decides[*child] &= behind;
    behind &= leaves_open(*child);
  }
}

// For a test that several ways lead to: the tree again, with the test turned round.
std::uint64_t turned_round(const ClauseTree& tree, std::span<const std::uint64_t> bits, std::span<std::uint64_t> scratch,
                           std::uint32_t test) {
  std::ranges::copy(bits, scratch.begin());
  scratch[test] = ~scratch[test];
  for (std::uint32_t i = test + 1; i < tree.clauses.size(); ++i) {
    if (tree.clauses[i].kind != ClauseKind::kTest) scratch[i] = combined(tree.clauses[i], scratch);
  }
  return scratch[tree.root()] ^ bits[tree.root()];
}

}  // namespace

std::optional<ClauseTree> clause_tree(CheckedProgram& program, const SourceMap& sources, DefinitionId definition,
                                      const ClauseOptions& options) {
  return ClauseBuilder(program, sources).run(definition, options);
}

ExprId add_expr(CheckedProgram& program, Node node, FrameId frame, Type type) {
  program.exprs.push_back({.node = std::move(node), .type = type, .frame = frame, .span = {}});
  return ExprId{static_cast<std::uint32_t>(program.exprs.size() - 1)};
}

DefinitionId add_condition(CheckedProgram& program, FrameId frame, ExprId condition) {
  Definition definition;
  definition.kind = frame == kAccountFrame ? DefinitionKind::kSegment : DefinitionKind::kAudience;
  definition.frame = frame;
  definition.body = condition;
  program.definitions.push_back(std::move(definition));
  return DefinitionId{static_cast<std::uint32_t>(program.definitions.size() - 1)};
}

std::vector<std::optional<std::size_t>> add_clause_roots(CheckedProgram& program, const ClauseTree& tree,
                                                         std::vector<DefinitionId>& roots) {
  std::vector<std::optional<std::size_t>> root_of(tree.clauses.size());
  for (std::size_t i = 0; i < tree.clauses.size(); ++i) {
    if (!tree.clauses[i].expr) continue;
    ExprId condition = *tree.clauses[i].expr;
    const FrameId frame = program.expr(condition).frame;
    // A bool that may be missing is a predicate only where one stands.
    if (program.expr(condition).type.optional) condition = add_expr(program, Not{add_expr(program, Not{condition}, frame)}, frame);
    root_of[i] = roots.size();
    roots.push_back(add_condition(program, tree.frame, condition));
  }
  return root_of;
}

void combine_clauses(const ClauseTree& tree, std::span<std::uint64_t> bits) {
  for (std::size_t i = 0; i < tree.clauses.size(); ++i) {
    if (tree.clauses[i].kind != ClauseKind::kTest) bits[i] = combined(tree.clauses[i], bits);
  }
}

void decisive_tests(const ClauseTree& tree, std::span<const std::uint64_t> bits, std::span<std::uint64_t> scratch,
                    std::span<std::uint64_t> decides) {
  std::ranges::fill(decides, 0);
  decides[tree.root()] = ~std::uint64_t{0};
  for (std::uint32_t i = tree.root() + 1; i-- > 0;) {
    const Clause& clause = tree.clauses[i];
    if (clause.kind == ClauseKind::kTest) {
      if (tree.is_shared[i]) decides[i] = turned_round(tree, bits, scratch, i);
      continue;
    }
    const std::uint64_t own = std::exchange(decides[i], 0);
    if (tree.is_shared[i]) continue;
    pass_down(clause, bits, decides, own);
  }
}

std::vector<std::uint32_t> tests_to_change(const ClauseTree& tree, const std::vector<bool>& answers) {
  // How many tests must change for a clause to hold, and to fail.
  std::vector<std::size_t> to_hold(tree.clauses.size()), to_fail(tree.clauses.size());
  const auto sum_of = [&](const Clause& clause, const std::vector<std::size_t>& costs) {
    std::size_t sum = 0;
    for (const std::uint32_t child : clause.children) sum += costs[child];
    return sum;
  };
  const auto least_of = [&](const Clause& clause, const std::vector<std::size_t>& costs) {
    return std::ranges::min(clause.children, {}, [&](std::uint32_t child) { return costs[child]; });
  };
  for (std::size_t i = 0; i < tree.clauses.size(); ++i) {
    const Clause& clause = tree.clauses[i];
    switch (clause.kind) {
      case ClauseKind::kTest:
        to_hold[i] = answers[i] ? 0 : 1;
        to_fail[i] = answers[i] ? 1 : 0;
        break;
      case ClauseKind::kDefinition:
      case ClauseKind::kRow:
      case ClauseKind::kTerm:
        to_hold[i] = to_hold[clause.children[0]];
        to_fail[i] = to_fail[clause.children[0]];
        break;
      case ClauseKind::kNot:
        to_hold[i] = to_fail[clause.children[0]];
        to_fail[i] = to_hold[clause.children[0]];
        break;
      case ClauseKind::kAll:
        to_hold[i] = sum_of(clause, to_hold);
        to_fail[i] = to_fail[least_of(clause, to_fail)];
        break;
      case ClauseKind::kAny:
        to_hold[i] = to_hold[least_of(clause, to_hold)];
        to_fail[i] = sum_of(clause, to_fail);
        break;
    }
  }
  std::vector<bool> is_chosen(tree.clauses.size());
  std::vector<std::pair<std::uint32_t, bool>> open = {{tree.root(), true}};
  while (!open.empty()) {
    const auto [i, holds] = open.back();
    open.pop_back();
    const Clause& clause = tree.clauses[i];
    if ((holds ? to_hold : to_fail)[i] == 0) continue;
    const bool takes_least = clause.kind == (holds ? ClauseKind::kAny : ClauseKind::kAll);
    if (clause.kind == ClauseKind::kTest) is_chosen[i] = true;
    else if (clause.kind == ClauseKind::kNot) open.emplace_back(clause.children[0], !holds);
    else if (takes_least) open.emplace_back(least_of(clause, holds ? to_hold : to_fail), holds);
    else
      for (const std::uint32_t child : clause.children) open.emplace_back(child, holds);
  }
  std::vector<std::uint32_t> tests;
  std::ranges::copy_if(tree.tests, std::back_inserter(tests), [&](std::uint32_t test) { return is_chosen[test]; });
  return tests;
}

}  // namespace segue
