// The passes of parsing in their order, doc comments, and the reserved words.
#include "compiler/syntax/parse.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "compiler/syntax/tokens.h"

namespace segue {
namespace {

constexpr std::array kReservedWords = {
    ReservedWord{"and", "joins conditions that must all hold"},
    ReservedWord{"audience", "opens a definition of rows of a related table"},
    ReservedWord{"between", "compares with two bounds"},
    ReservedWord{"define", "opens a named condition or value"},
    ReservedWord{"else", "supplies a default: `or else`"},
    ReservedWord{"except", "opens the conditions that exclude"},
    ReservedWord{"expect", "opens what must hold"},
    ReservedWord{"false", "the value of a bool, in tests"},
    ReservedWord{"grid", "opens a definition of cells"},
    ReservedWord{"has", "asks for the values of a list"},
    ReservedWord{"in", "asks whether a value is one of several"},
    ReservedWord{"is", "asks for a state: `is known`"},
    ReservedWord{"list", "opens a named list of values"},
    ReservedWord{"not", "negates a condition"},
    ReservedWord{"or", "joins conditions of which one must hold"},
    ReservedWord{"param", "opens a parameter of the project"},
    ReservedWord{"score", "opens a definition of points"},
    ReservedWord{"segment", "opens a definition of a set of accounts"},
    ReservedWord{"split", "opens a random division"},
    ReservedWord{"stages", "opens a definition of steps, of which the last that fits counts"},
    ReservedWord{"test", "opens a test"},
    ReservedWord{"tiers", "opens a definition of ranks, of which the first that fits counts"},
    ReservedWord{"true", "the value of a bool, in tests"},
    ReservedWord{"use", "brings in another file"},
    ReservedWord{"when", "opens the condition of a score's term"},
    ReservedWord{"where", "opens a condition"},
    ReservedWord{"within", "asks for a window of time"},
};

bool is_doc(std::string_view comment) { return comment.starts_with("##"); }

// The text of a `##` line: without the signs, a blank after them, and blanks at the end.
std::string_view doc_line(std::string_view comment) {
  comment.remove_prefix(2);
  if (comment.starts_with(' ')) comment.remove_prefix(1);
  const std::size_t last = comment.find_last_not_of(" \t\r");
  return comment.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Gives each declaration the `##` lines that stand directly before it: one a line, nothing but line breaks and blanks between.
void attach_doc_comments(Ast& ast, const Source& source) {
  std::size_t next = 0;
  for (ast::Declaration& declaration : ast.declarations) {
    while (next < ast.comments.size() && ast.comments[next].span.begin < declaration.span.begin) ++next;
    std::size_t first = next;
    std::uint32_t limit = declaration.span.begin;
    while (first > 0) {
      const Span comment = ast.comments[first - 1].span;
      const std::string_view gap = std::string_view(source.text).substr(comment.end, limit - comment.end);
      const bool is_adjacent = gap.find_first_not_of(" \t\r\n") == std::string_view::npos && std::ranges::count(gap, '\n') == 1;
      const Position start = position_at(source, comment.begin);
      const bool stands_alone = line_text(source, start.line).find_first_not_of(" \t") == start.column - 1;
      if (!is_adjacent || !stands_alone || !is_doc(text_at(source, comment))) break;
      limit = comment.begin;
      --first;
    }
    if (first == next) continue;
    ast::DocComment doc{.text = {}, .span = cover(ast.comments[first].span, ast.comments[next - 1].span)};
    for (std::size_t i = first; i < next; ++i)
      doc.text += (i == first ? "" : "\n") + std::string(doc_line(text_at(source, ast.comments[i].span)));
    declaration.doc = std::move(doc);
  }
}

bool is_word(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

ParseResult parse(const Source& source, SourceId id) {
  ParseResult result;
  result.ast.source = id;
  Reporter reporter(source, id, result.diagnostics);
  if (source.text.size() > kMaxRuleFileSize) {
    reporter.report(DiagnosticKind::kFileTooLarge, reporter.span(0, 0),
                    fmt::format("this file is larger than {} MB; split it", kMaxRuleFileSize >> 20));
    return result;
  }
  Tokens tokens = lex(reporter);
  mend_slips(tokens, reporter);
  const std::vector<TokenChunk> chunks = find_structure(tokens, reporter);
  result.ast.comments = std::move(tokens.comments);
  parse_chunks(tokens, chunks, reporter, result.ast);
  attach_doc_comments(result.ast, source);
  std::ranges::stable_sort(result.diagnostics, {}, [](const Diagnostic& diagnostic) { return std::get<Span>(diagnostic.location).begin; });
  return result;
}

std::span<const ReservedWord> reserved_words() { return kReservedWords; }

bool needs_back_quotes(std::string_view name) {
  return !is_word(name) || std::ranges::find(kReservedWords, name, &ReservedWord::word) != kReservedWords.end();
}

std::string written_name(std::string_view name) { return needs_back_quotes(name) ? fmt::format("`{}`", name) : std::string(name); }

}  // namespace segue
