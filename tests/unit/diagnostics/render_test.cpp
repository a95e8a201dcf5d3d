// Diagnostics as text and as JSON.
#include "compiler/diagnostics/render.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

struct Example {
  SourceMap sources;
  Diagnostic diagnostic;
};

Example example() {
  Example result;
  const SourceId rules = add_source(result.sources, "segments/icp.seg", "segment icp {\n  where employes > 5\n}\n");
  const SourceId schema = add_source(result.sources, "schema.yaml", "employees: int\n");
  const Span span{rules, 22, 30};
  result.diagnostic =
      make_diagnostic(DiagnosticKind::kSyntaxError, span, "unknown column `employes`", "write `employees`", {span, "employees"});
  result.diagnostic.notes.push_back(make_note("columns stand here", Span{schema, 0, 9}));
  return result;
}

TEST_CASE("text shows the line with carets, notes and the fix") {
  const Example e = example();
  CHECK(render_text({&e.diagnostic, 1}, e.sources, false) ==
        "error[syntax-error]: unknown column `employes`\n"
        "  --> segments/icp.seg:2:9\n"
        "     |\n"
        "   2 |   where employes > 5\n"
        "     |         ^^^^^^^^\n"
        "     = note: columns stand here (schema.yaml:1:1)\n"
        "     = fix: write `employees`\n");
}

TEST_CASE("colour is for terminals only") {
  const Example e = example();
  CHECK(render_text({&e.diagnostic, 1}, e.sources, true).find("\x1b[1;31m") != std::string::npos);
  CHECK(render_text({&e.diagnostic, 1}, e.sources, false).find('\x1b') == std::string::npos);
  CHECK(render_text({}, e.sources, true).empty());
}

TEST_CASE("JSON has the fields of the command's page in their order") {
  const Example e = example();
  CHECK(
      render_json(e.diagnostic, e.sources) ==
      R"({"code":"syntax-error","severity":"error","message":"unknown column `employes`","file":"segments/icp.seg",)"
      R"("start":{"line":2,"column":9},"end":{"line":2,"column":17},)"
      R"("notes":[{"message":"columns stand here","file":"schema.yaml","start":{"line":1,"column":1},"end":{"line":1,"column":10}}],)"
      R"("fix":{"message":"write `employees`","edits":[{"start":{"line":2,"column":9},"end":{"line":2,"column":17},"text":"employees"}]}})");
  CHECK(render_json(std::span<const Diagnostic>(), e.sources) == "[]");
}

TEST_CASE("JSON of bad data has table, column, count, rows and values") {
  SourceMap sources;
  Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kInvalidNumber, FileLocation{"data/a.csv", {3, 0}, {}}, "bad");
  diagnostic.data = DataDetails{"account", "employees", 12};
  Note note = make_note("row 2", FileLocation{"data/a.csv", {3, 0}, {}});
  note.row = 2;
  note.value = "a\xFFz";
  diagnostic.notes.push_back(note);
  CHECK(
      render_json(diagnostic, sources) ==
      R"({"code":"invalid-number","severity":"error","message":"bad","file":"data/a.csv","start":{"line":3},"table":"account","column":"employees","count":12,)"
      "\"notes\":[{\"message\":\"row 2\",\"file\":\"data/a.csv\",\"start\":{\"line\":3},\"row\":2,\"value\":\"a\xEF\xBF\xBDz\"}]}");
}

TEST_CASE("a long line is cut around what is wrong, and control characters are not shown") {
  SourceMap sources;
  const SourceId id = add_source(sources, "a.seg", std::string(10'000, 'a') + "\x1b!" + std::string(10'000, 'b'));
  const Diagnostic diagnostic = make_diagnostic(DiagnosticKind::kSyntaxError, Span{id, 10'001, 10'002}, "x");
  const std::string text = render_text({&diagnostic, 1}, sources, false);
  CHECK(text.size() < 1'000);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("!") != std::string::npos);
}

}  // namespace
}  // namespace segue
