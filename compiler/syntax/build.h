// This file's external interface is the step from ANTLR's parse tree of one declaration to ours. Private to this folder.
#pragma once

#include <vector>

#include "antlr/SegueParser.h"
#include "compiler/syntax/tokens.h"

namespace segue {

// What building a declaration needs. `tokens` are those that were parsed, by their index in ANTLR's stream.
struct BuildContext {
  const std::vector<Token>& tokens;
  const std::vector<std::string>& texts;
  Reporter& reporter;
  Ast& ast;
  bool is_broken = false;  // an error was found that leaves open what was meant
};

// build_declaration.cpp: the declaration of a tree that was parsed without errors. Reports what the grammar does not know.
[[nodiscard]] ast::Declaration build_declaration(antlr::SegueParser::DeclarationContext& tree, BuildContext& context);

// The declaration of a chunk that could not be parsed: broken, with its name when there is one.
[[nodiscard]] ast::Declaration broken_declaration(const std::vector<Token>& tokens, const std::vector<std::string>& texts,
                                                  const Reporter& reporter);

// The text of a name or text token.
[[nodiscard]] std::string token_text(const Token& token, const std::vector<std::string>& texts, const Reporter& reporter);

}  // namespace segue
