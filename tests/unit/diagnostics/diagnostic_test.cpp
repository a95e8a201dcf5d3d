// The table of kinds, and the order and fixes of diagnostics.
#include "compiler/diagnostics/diagnostic.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

namespace segue {
namespace {

TEST_CASE("every kind has a code and a text of its own") {
  std::set<std::string_view> codes;
  for (const DiagnosticInfo& info : diagnostic_kinds()) {
    CHECK(&info_of(info.kind) == &info);
    CHECK(codes.insert(info.code).second);
    CHECK_FALSE(info.text.empty());
    CHECK(std::ranges::all_of(info.code, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }));
  }
}

TEST_CASE("diagnostics are ordered by file, line and column, and stand once") {
  SourceMap sources;
  const SourceId b = add_source(sources, "b.seg", "one\ntwo");
  const SourceId a = add_source(sources, "a.seg", "one\ntwo");
  const auto kind = DiagnosticKind::kSyntaxError;
  std::vector<Diagnostic> diagnostics = {
      make_diagnostic(kind, std::monostate{}, "nowhere"), make_diagnostic(kind, Span{b, 0, 1}, "b"),
      make_diagnostic(kind, Span{a, 4, 5}, "a2"),         make_diagnostic(kind, Span{a, 1, 2}, "a1 second"),
      make_diagnostic(kind, Span{a, 1, 2}, "a1 first"),   make_diagnostic(kind, FileLocation{"a.seg", {1, 1}, {1, 1}}, "a0"),
      make_diagnostic(kind, Span{a, 1, 2}, "a1 second")};
  sort_diagnostics(diagnostics, sources);
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : diagnostics) messages.push_back(diagnostic.message);
  CHECK(messages == std::vector<std::string>{"a0", "a1 second", "a1 first", "a2", "b", "nowhere"});
}

TEST_CASE("a fix is applied to the text of its source") {
  const SourceId here{0};
  const Fix fix{"x", {{Span{here, 6, 11}, "there"}, {Span{here, 0, 0}, "> "}, {Span{SourceId{1}, 0, 5}, "not here"}}};
  CHECK(apply_fix("hello world", here, fix) == "> hello there");
}

TEST_CASE("errors are told from warnings") {
  std::vector<Diagnostic> diagnostics;
  CHECK_FALSE(has_errors(diagnostics));
  diagnostics.push_back(make_diagnostic(DiagnosticKind::kSyntaxError, std::monostate{}, "x"));
  CHECK(has_errors(diagnostics));
  diagnostics[0].severity = Severity::kWarning;
  CHECK_FALSE(has_errors(diagnostics));
}

}  // namespace
}  // namespace segue
