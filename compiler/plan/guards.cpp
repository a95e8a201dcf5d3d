// From the roots down: for which accounts somebody asks what a node is.
#include "compiler/plan/guards.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace segue {

namespace {

constexpr std::size_t kMostTerms = 16, kMostBits = 6;

// The accounts for which all bits of some term are set: none without terms; all where one term is empty.
using Term = std::vector<Bit>;
using Accounts = std::vector<Term>;

bool is_everyone(const Accounts& accounts) { return accounts.size() == 1 && accounts.front().empty(); }

void add_everyone(Accounts& accounts) { accounts = {Term{}}; }

// Terms that another one holds anyway are dropped; beyond the limit nobody is left out.
void add_term(Accounts& accounts, const Term& term) {
  const auto holds = [](const Term& wide, const Term& narrow) { return std::ranges::includes(narrow, wide); };
  if (std::ranges::any_of(accounts, [&](const Term& other) { return holds(other, term); })) return;
  std::erase_if(accounts, [&](const Term& other) { return holds(term, other); });
  accounts.push_back(term);
  if (accounts.size() > kMostTerms) add_everyone(accounts);
}

Term with_bit(Term term, Bit bit) {
  if (term.size() >= kMostBits || std::ranges::binary_search(term, bit)) return term;
  term.insert(std::ranges::upper_bound(term, bit), bit);
  return term;
}

class GuardFinder {
 public:
  explicit GuardFinder(const Plan& plan)
      : plan_(plan),
        group_of_(plan.frames.size(), kAccountFrame),
        is_related_(plan.nodes.size()),
        asked_for_(plan.nodes.size()),
        rows_asked_for_(plan.frames.size()) {}

  std::vector<FrameGuard> guards() {
    group_frames();
    find_related();
    ask_for_roots();
    for (const NodeId id : plan_.live | std::views::reverse) {
      if (is_related_[index_of(id)]) ask_for_operands(id);
    }
    return made_guards();
  }

 private:
  // Frames go by the one under the account's that they lie in.
  void group_frames() {
    for (std::uint32_t i = 1; i < plan_.frames.size(); ++i) {
      const FrameId outer = plan_.frames[i].outer;
      group_of_[i] = outer == kAccountFrame || outer == kNoFrame ? FrameId{i} : group_of_[index_of(outer)];
    }
  }

  // What depends on rows of another frame than the account's.
  void find_related() {
    for (const NodeId id : plan_.live) {
      const PlanNode& node = plan_.node(id);
      bool is_related = (node.frame != kAccountFrame && node.frame != kNoFrame) || rows_read(node.op) != kNoFrame;
      for_each_operand(
          node.op, [&](NodeId value) { is_related = is_related || is_related_[index_of(value)]; },
          [&](Bit bit) { is_related = is_related || is_related_[index_of(bit.node())]; });
      is_related_[index_of(id)] = is_related;
    }
  }

  void ask_for_roots() {
    for (const PlanRoot& root : plan_.roots) {
      for (const Bit bit : {root.members, root.undetermined, root.known}) add_everyone(asked_for_[index_of(bit.node())]);
      if (root.value != kNoNode) add_everyone(asked_for_[index_of(root.value)]);
      if (root.frame != kAccountFrame) add_everyone(rows_asked_for_[index_of(group_of_[index_of(root.frame)])]);
    }
  }

  void ask_for_operands(NodeId id) {
    const PlanNode& node = plan_.node(id);
    if (node.frame != kAccountFrame) {
      each_operand_of_accounts(node.op, [&](NodeId operand) { add_everyone(asked_for_[index_of(operand)]); });
      return;
    }
    if (const FrameId rows = rows_read(node.op); rows != kNoFrame) ask(rows_asked_for_[index_of(group_of_[index_of(rows)])], id, {});
    if (const auto* all = std::get_if<AllOf>(&node.op)) return ask_for_chain(id, all->operands, false);
    if (const auto* any = std::get_if<AnyOf>(&node.op)) return ask_for_chain(id, any->operands, true);
    each_operand_of_accounts(node.op, [&](NodeId operand) { ask(asked_for_[index_of(operand)], id, {}); });
  }

  template <typename Visit>
  void each_operand_of_accounts(const Op& op, Visit visit) const {
    const auto look = [&](NodeId operand) {
      if (is_related_[index_of(operand)] && plan_.node(operand).frame == kAccountFrame) visit(operand);
    };
    for_each_operand(op, look, [&](Bit bit) { look(bit.node()); });
  }

  // An operand matters where none of those beside it that are cheap decides the chain.
  void ask_for_chain(NodeId id, const std::vector<Bit>& operands, bool is_any) {
    Term beside;
    for (const Bit operand : operands) {
      if (!is_related_[index_of(operand.node())] && plan_.node(operand.node()).frame == kAccountFrame)
        beside = with_bit(std::move(beside), is_any ? ~operand : operand);
    }
    for (const Bit operand : operands) {
      if (is_related_[index_of(operand.node())]) ask(asked_for_[index_of(operand.node())], id, beside);
    }
  }

  // Wherever the node is asked for and the bits beside the operand are set.
  void ask(Accounts& accounts, NodeId by, const Term& beside) {
    if (is_everyone(accounts)) return;
    for (Term term : asked_for_[index_of(by)]) {
      for (const Bit bit : beside) term = with_bit(std::move(term), bit);
      add_term(accounts, term);
    }
  }

  std::vector<FrameGuard> made_guards() {
    std::vector<FrameGuard> guards;
    for (std::uint32_t i = 1; i < plan_.frames.size(); ++i) {
      Accounts& accounts = rows_asked_for_[i];
      if (group_of_[i] != FrameId{i} || accounts.empty() || is_everyone(accounts)) continue;
      FrameGuard& guard = guards.emplace_back();
      guard.terms = std::move(accounts);
      for (std::uint32_t frame = i; frame < plan_.frames.size(); ++frame) {
        if (group_of_[frame] == FrameId{i}) guard.frames.push_back(FrameId{frame});
      }
    }
    return guards;
  }

  const Plan& plan_;
  std::vector<FrameId> group_of_;         // by frame
  std::vector<bool> is_related_;          // by node
  std::vector<Accounts> asked_for_;       // by node of the account's frame that is related
  std::vector<Accounts> rows_asked_for_;  // by frame under the account's
};

}  // namespace

std::vector<FrameGuard> frame_guards(const Plan& plan) {
  return plan.frames.size() < 2 ? std::vector<FrameGuard>() : GuardFinder(plan).guards();
}

}  // namespace segue
