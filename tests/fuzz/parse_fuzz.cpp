// libFuzzer target: any bytes are parsed without a crash, and what is parsed without errors is formatted to a text that says the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"

namespace {

using namespace segue;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_places(const ParseResult& result, const Source& source) {
  for (const Diagnostic& diagnostic : result.diagnostics) {
    const auto* span = std::get_if<Span>(&diagnostic.location);
    check(span != nullptr && span->begin <= span->end && span->end <= source.text.size());
    check(!diagnostic.message.empty() && first_invalid_utf8(diagnostic.message) == diagnostic.message.size());
  }
  for (const ast::Expr& expr : result.ast.exprs) check(expr.span.begin < expr.span.end && expr.span.end <= source.text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Source source = make_source("fuzz.seg", std::string(reinterpret_cast<const char*>(data), size));
  const ParseResult result = parse(source, SourceId{0});
  check_places(result, source);
  if (has_errors(result.diagnostics)) return 0;

  const Source formatted = make_source("formatted.seg", format(result.ast, source));
  const ParseResult again = parse(formatted, SourceId{0});
  check(!has_errors(again.diagnostics));
  check(same_tree(result.ast, again.ast));
  check(result.ast.comments.size() == again.ast.comments.size());
  check(format(again.ast, formatted) == formatted.text);
  return 0;
}
