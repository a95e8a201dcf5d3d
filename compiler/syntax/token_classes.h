// This file's external interface is which tokens are names, words, operands. Private to this folder.
#pragma once

#include "antlr/SegueParser.h"
#include "compiler/syntax/tokens.h"

namespace segue {

// Names and the words that mean something in their place only.
[[nodiscard]] inline bool is_name_type(std::size_t type) {
  return type >= antlr::SegueParser::ABOVE && type <= antlr::SegueParser::QUOTED_NAME;
}

[[nodiscard]] inline bool is_reserved_type(std::size_t type) {
  return type >= antlr::SegueParser::USE && type <= antlr::SegueParser::FALSE;
}

// The words that open a declaration.
[[nodiscard]] inline bool is_declaration_type(std::size_t type) {
  return type >= antlr::SegueParser::USE && type <= antlr::SegueParser::TEST;
}

[[nodiscard]] inline bool is_literal_type(std::size_t type) {
  using L = antlr::SegueParser;
  return type == L::NUMBER || type == L::STRING || type == L::DATE || type == L::TIMESTAMP || type == L::TRUE || type == L::FALSE;
}

[[nodiscard]] inline bool is_opener(std::size_t type) {
  using L = antlr::SegueParser;
  return type == L::LPAREN || type == L::LBRACKET || type == L::LBRACE;
}

[[nodiscard]] inline bool is_closer(std::size_t type) {
  using L = antlr::SegueParser;
  return type == L::RPAREN || type == L::RBRACKET || type == L::RBRACE;
}

// Whether a value or condition may end with this token, or open with it.
[[nodiscard]] inline bool ends_operand(std::size_t type) {
  using L = antlr::SegueParser;
  return is_name_type(type) || is_literal_type(type) || type == L::RPAREN || type == L::RBRACKET;
}
[[nodiscard]] inline bool starts_operand(std::size_t type) {
  using L = antlr::SegueParser;
  return is_name_type(type) || is_literal_type(type) || type == L::LPAREN || type == L::LBRACKET || type == L::NOT || type == L::MINUS;
}

[[nodiscard]] inline bool is_comparison_type(std::size_t type) { return type >= antlr::SegueParser::EQ && type <= antlr::SegueParser::GT; }

}  // namespace segue
