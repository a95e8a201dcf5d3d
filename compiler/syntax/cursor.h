// This file's external interface is `Cursor`: the children of a node of ANTLR's tree, from left to right. Private to this folder.
#pragma once

#include <cassert>
#include <cstddef>
#include <type_traits>
#include <typeinfo>

#include "antlr/SegueParser.h"

namespace segue {

class Cursor {
 public:
  explicit Cursor(const antlr4::ParserRuleContext& node) : children_(node.children) {}

  [[nodiscard]] bool is_done() const { return next_ >= children_.size(); }

  // The type of the next child if it is a token, else INVALID_TYPE.
  [[nodiscard]] std::size_t token_type() const {
    const auto* terminal = is_done() ? nullptr : dynamic_cast<const antlr4::tree::TerminalNode*>(children_[next_]);
    return terminal == nullptr ? antlr4::Token::INVALID_TYPE : const_cast<antlr4::tree::TerminalNode*>(terminal)->getSymbol()->getType();
  }

  // The index of the next child, a token.
  std::size_t take_token() {
    auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(children_[next_++]);
    assert(terminal != nullptr);
    return terminal->getSymbol()->getTokenIndex();
  }

  // Passes the next child when it is a token of that type.
  bool pass(std::size_t type) {
    if (token_type() != type) return false;
    ++next_;
    return true;
  }

  // The next child, when it is of that rule.
  template <class Rule>
  [[nodiscard]] Rule* peek_rule() const {
    if (is_done()) return nullptr;
    antlr4::tree::ParseTree* child = children_[next_];
    if constexpr (std::is_same_v<Rule, antlr4::ParserRuleContext>) return dynamic_cast<Rule*>(child);
    // nothing derives from the class of one rule, so that there is no hierarchy to search
    return typeid(*child) == typeid(Rule) ? static_cast<Rule*>(child) : nullptr;
  }
  template <class Rule>
  Rule& take_rule() {
    Rule* rule = peek_rule<Rule>();
    assert(rule != nullptr);
    ++next_;
    return *rule;
  }

 private:
  const std::vector<antlr4::tree::ParseTree*>& children_;
  std::size_t next_ = 0;
};

}  // namespace segue
