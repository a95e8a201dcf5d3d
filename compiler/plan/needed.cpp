// A bit that facts make the same for all rows needs none of its operands: its tests come out alike for all values that the facts allow.
#include "compiler/plan/needed.h"

#include <algorithm>
#include <ranges>

#include "compiler/plan/facts.h"
#include "compiler/plan/settled.h"

namespace segue {

namespace {

class NeededColumnsOfPlan {
 public:
  NeededColumnsOfPlan(const Plan& plan, const PlanOptions& options)
      : plan_(plan),
        facts_(options.facts, options.clock),
        outcomes_(plan.nodes.size(), Outcome::kOpen),
        tests_(plan.nodes.size(), Outcome::kOpen),
        is_used_(plan.nodes.size()) {}

  std::vector<TableColumn> columns() {
    std::vector<TableColumn> columns;
    for_each_used([&](NodeId id) { add_columns_read(plan_, plan_.node(id), columns); });
    std::ranges::sort(columns);
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    return columns;
  }

  bool are_rows_needed(std::uint32_t table) {
    bool are = false;
    for_each_used([&](NodeId id) {
      const FrameId* rows = rows_of(plan_.node(id).op);
      are = are || (rows != nullptr && plan_.frames[index_of(*rows)].table == table && !takes_no_row(plan_.node(id).op));
    });
    return are;
  }

 private:
  // Calls `visit` for each node that still matters, those that use others first.
  template <typename Visit>
  void for_each_used(Visit visit) {
    outcomes_[index_of(kFalse.node())] = Outcome::kNever;
    for (const NodeId id : plan_.live) outcomes_[index_of(id)] = outcome_of_node(id);
    for (const PlanRoot& root : plan_.roots) {
      use(root.members);
      use(root.undetermined);
      use(root.known);
      if (root.value != kNoNode) use(root.value);
    }
    for (const NodeId id : plan_.live | std::views::reverse) {
      if (!is_used_[index_of(id)]) continue;
      visit(id);
      use_operands(id);
    }
  }

  // The rows that a node looks at by itself; null of those that stand for one row, or for rows that another node picked.
  static const FrameId* rows_of(const Op& op) {
    return std::visit(
        [](const auto& each) -> const FrameId* {
          if constexpr (requires { each.rows; } && !requires { each.pick; }) return &each.rows;
          else return nullptr;
        },
        op);
  }
  // Whether facts leave no row to a node that looks at rows.
  [[nodiscard]] bool takes_no_row(const Op& op) const {
    return std::visit(
        [this](const auto& each) {
          if constexpr (requires { each.filter; }) return outcome(each.filter) == Outcome::kNever;
          else if constexpr (requires {
                               each.steps;
                               each.rows;
                             })
            return std::ranges::any_of(each.steps, [this](Bit step) { return outcome(step) == Outcome::kNever; });
          else return false;
        },
        op);
  }

  [[nodiscard]] Outcome outcome(Bit bit) const { return outcome_of(bit, outcomes_); }
  // Not as `settle` has it: facts may be those of some related rows, and what they settle for these is open for their account.
  Outcome outcome_of_node(NodeId id) {
    const PlanNode& node = plan_.node(id);
    if (std::holds_alternative<FalseBit>(node.op)) return Outcome::kNever;
    if (const auto* all = std::get_if<AllOf>(&node.op)) return outcome_of_chain(all->operands, Outcome::kNever, outcomes_);
    if (const auto* any = std::get_if<AnyOf>(&node.op)) return outcome_of_chain(any->operands, Outcome::kAlways, outcomes_);
    if (const auto* known = std::get_if<ColumnKnown>(&node.op))
      return facts_.known({plan_.frames[index_of(node.frame)].table, known->column});
    const auto ranged = ranged_value(node.op);
    if (!ranged) return Outcome::kOpen;
    const Outcome test = tests_[index_of(id)] = facts_.test(plan_, node.frame, node.op);
    return test == Outcome::kAlways ? outcome(ranged->known) : test;
  }

  void use(NodeId id) { is_used_[index_of(id)] = true; }
  void use(Bit bit) {
    if (outcome(bit) == Outcome::kOpen) use(bit.node());
  }
  void use_operands(NodeId id) {
    const Op& op = plan_.node(id).op;
    if (tests_[index_of(id)] == Outcome::kAlways) return use(ranged_value(op)->known);
    if (takes_no_row(op)) return;
    for_each_operand(op, [this](NodeId value) { use(value); }, [this](Bit bit) { use(bit); });
  }

  const Plan& plan_;
  FactTable facts_;
  std::vector<Outcome> outcomes_;  // by node that is a bit: of all rows
  std::vector<Outcome> tests_;     // by node that is a test: of the rows whose value is known
  std::vector<bool> is_used_;      // by node
};

}  // namespace

std::vector<TableColumn> columns_needed(const Plan& plan, const PlanOptions& options) {
  return NeededColumnsOfPlan(plan, options).columns();
}

bool are_rows_needed(const Plan& plan, std::uint32_t table, const PlanOptions& options) {
  return NeededColumnsOfPlan(plan, options).are_rows_needed(table);
}

}  // namespace segue
