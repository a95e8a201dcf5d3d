// This file's external interface is the list of tokens that the passes between lexer and parser work on, and how they report.
// Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/ast.h"

namespace segue {

// What a token's error means for the declaration around it.
enum class Damage : std::uint8_t {
  kNone,
  kBroken,  // it can be parsed, but does not say what was meant
  kFatal,   // parsing it would only give follow-up errors
};

inline constexpr std::uint32_t kNoText = 0xffff'ffff;

struct Token {
  std::uint32_t begin = 0;  // bytes of the source
  std::uint32_t end = 0;
  std::uint32_t text = kNoText;  // of texts, and of names in quotes: index into Tokens::texts
  std::uint16_t type = 0;        // of SegueLexer
  bool opens_line = false;
  bool opens_clause = false;  // of a block: where parsing goes on after an error
  Damage damage = Damage::kNone;
};

struct Tokens {
  std::vector<Token> list;
  std::vector<std::string> texts;  // decoded
  std::vector<ast::Comment> comments;
};

// At most `limit` characters of a text, for a message: one line, `…` for what is left out, U+FFFD for what cannot be shown.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t limit = 40);

// All of a text, fit to be shown.
[[nodiscard]] inline std::string printable(std::string_view text) { return excerpt(text, text.size()); }

// Collects diagnostics of one file, up to a limit: who pastes a binary file wants one screen.
class Reporter {
 public:
  Reporter(const Source& source, SourceId id, std::vector<Diagnostic>& diagnostics) : source_(source), id_(id), diagnostics_(diagnostics) {}

  [[nodiscard]] const Source& source() const { return source_; }
  [[nodiscard]] SourceId id() const { return id_; }
  [[nodiscard]] Span span(std::uint32_t begin, std::uint32_t end) const { return {.source = id_, .begin = begin, .end = end}; }
  [[nodiscard]] Span span(const Token& token) const { return span(token.begin, token.end); }
  [[nodiscard]] std::string_view text(const Token& token) const { return text_at(source_, span(token)); }

  void report(Diagnostic diagnostic) {
    if (diagnostics_.size() >= kMaxDiagnostics) return;
    diagnostic.message = printable(diagnostic.message);
    if (diagnostic.fix) diagnostic.fix->message = printable(diagnostic.fix->message);
    diagnostics_.push_back(std::move(diagnostic));
  }
  void report(DiagnosticKind kind, Span at, std::string message) { report(make_diagnostic(kind, at, std::move(message))); }
  // With a fix that replaces `edited`, which is often the place itself.
  void report(DiagnosticKind kind, Span at, std::string message, std::string fix_message, Span edited, std::string replacement) {
    report(make_diagnostic(kind, at, std::move(message), std::move(fix_message), {.span = edited, .text = std::move(replacement)}));
  }

  static constexpr std::size_t kMaxDiagnostics = 100;

 private:
  const Source& source_;
  SourceId id_;
  std::vector<Diagnostic>& diagnostics_;
};

// lex.cpp: the tokens of a source. Comments go to the side; what cannot be read is reported and mended or marked.
[[nodiscard]] Tokens lex(Reporter& reporter);

// slips.cpp: reports what other languages write and puts our own tokens in its place.
void mend_slips(Tokens& tokens, Reporter& reporter);

// A declaration's tokens: [begin, end) of Tokens::list.
struct TokenChunk {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t depth = 0;  // of its brackets
  Damage damage = Damage::kNone;
};

// structure.cpp: cuts the file into its declarations; checks brackets and depth; settles which words are names, which signs open a
// term, and where clauses start.
[[nodiscard]] std::vector<TokenChunk> find_structure(Tokens& tokens, Reporter& reporter);

// grammar.cpp: parses one chunk and appends its declaration.
void parse_chunks(const Tokens& tokens, const std::vector<TokenChunk>& chunks, Reporter& reporter, Ast& ast);

}  // namespace segue
