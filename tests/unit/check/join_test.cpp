// Two versions as one program: what is shared, what is moved, what is left out; and which expressions say the same.
#include "compiler/check/join.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "compiler/check/canonical.h"
#include "compiler/check/check.h"
#include "compiler/syntax/parse.h"

namespace segue::test {
namespace {

// Rules over a schema of their own, checked without errors.
CheckedProgram program_of(const std::string& columns, const std::string& rules) {
  SourceMap sources;
  const SourceId schema_id = add_source(sources, "schema.yaml", "account:\n  key: id\n  columns:\n    id: text\n" + columns);
  const SourceId rules_id = add_source(sources, "rules.seg", rules);
  const SchemaResult schema = load_schema(source_of(sources, schema_id), schema_id);
  REQUIRE(schema.diagnostics.empty());
  const ParseResult parsed = parse(source_of(sources, rules_id), rules_id);
  const std::vector<Ast> files = {parsed.ast};
  const Project project;
  CheckResult result = check({.files = files, .schema = schema.schema, .project = project, .sources = sources});
  REQUIRE(!has_errors(result.diagnostics));
  return std::move(result.program);
}

std::optional<DefinitionId> place_of(const CheckedProgram& program, const std::vector<std::optional<DefinitionId>>& places,
                                     std::string_view name) {
  const auto found = std::ranges::find(program.definitions, name, &Definition::name);
  REQUIRE(found != program.definitions.end());
  return places[static_cast<std::size_t>(found - program.definitions.begin())];
}

std::size_t index_in(const CheckedProgram& program, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(program.definitions, name, &Definition::name) - program.definitions.begin());
}

// Whether a definition of that name says the same in both.
bool says_same(const std::string& base_rules, const std::string& head_rules, const std::string& columns = "    n: int?\n    b: bool\n",
               const std::string& head_columns = "") {
  const CheckedProgram base = program_of(columns, base_rules);
  const CheckedProgram head = program_of(head_columns.empty() ? columns : head_columns, head_rules);
  const JoinedProgram joined = join(base, head, 2);
  const auto ids = canonical_ids(joined.program);
  const auto b = place_of(base, joined.base, "s");
  const auto h = place_of(head, joined.head, "s");
  REQUIRE((b && h));
  return ids[index_of(joined.program.definition(*b).body)] == ids[index_of(joined.program.definition(*h).body)];
}

const SchemaDifference& difference(const JoinedProgram& joined, std::string_view name) {
  const auto found = std::ranges::find(joined.differences, name, &SchemaDifference::name);
  REQUIRE(found != joined.differences.end());
  return *found;
}

TEST_CASE("the order of conditions and what is a definition of its own do not matter") {
  CHECK(says_same("segment s { where n > 5 and b }", "segment s { where b and n > 5 }"));
  CHECK(says_same("segment s { where n > 5 and b }", "define big = n > 5\nsegment s { where big and b }"));
  CHECK(says_same("segment s { where n > 5 or b or n < 2 }", "define x = n < 2 or n > 5\nsegment s { where x or b }"));
  CHECK(says_same("segment s { where n in [1, 2] }", "segment s { where n in [2, 1] }"));
  CHECK_FALSE(says_same("segment s { where n > 5 and b }", "segment s { where n > 5 or b }"));
  CHECK_FALSE(says_same("segment s { where n > 5 }", "segment s { where n > 6 }"));
}

TEST_CASE("columns are the same by name wherever they stand") {
  CHECK(says_same("segment s { where n > 5 }", "segment s { where n > 5 }", "    n: int?\n    m: int?\n",
                  "    m: int?\n    x: text\n    n: int?\n"));
  CHECK_FALSE(says_same("segment s { where n > 5 }", "segment s { where m > 5 }", "    n: int?\n    m: int?\n"));
}

TEST_CASE("values of an enum are the same by name") {
  const std::string base = "    e: {type: enum, values: [a, b, c]}\n";
  const std::string head = "    e: {type: enum, values: [c, d, a]}\n";
  CHECK(says_same("segment s { where e = c }", "segment s { where e = c }", base, head));
  CHECK(says_same("segment s { where e in [a, c] }", "segment s { where e in [a, c] }", base, head));
  CHECK_FALSE(says_same("segment s { where e = a }", "segment s { where e = c }", base, head));
  const JoinedProgram joined = join(program_of(base, "segment s { where e = b }"), program_of(head, "segment s { where e = d }"), 2);
  const SchemaDifference& found = difference(joined, "account.e");
  CHECK(found.effect == SchemaEffect::kValues);
  CHECK(found.lost_values == std::vector<std::string>{"b"});
  CHECK(found.detail == "value `b` removed; value `d` added");
}

TEST_CASE("tiers are united by the names of their rows") {
  const std::string columns = "    n: int\n";
  CHECK(says_same("tiers s {\n hot: n > 5\n cold: n < 2\n}", "tiers s {\n hot: n > 5\n cold: n < 2\n}", columns));
  const CheckedProgram base = program_of(columns, "tiers s {\n hot: n > 5\n cold: n < 2\n}");
  const CheckedProgram head = program_of(columns, "tiers s {\n warm: n > 4\n hot: n > 5\n}");
  const JoinedProgram joined = join(base, head, 2);
  const auto b = place_of(base, joined.base, "s");
  const auto h = place_of(head, joined.head, "s");
  REQUIRE((b && h));
  const Expr& from = joined.program.expr(joined.program.definition(*b).body);
  const Expr& to = joined.program.expr(joined.program.definition(*h).body);
  REQUIRE(from.type.enum_id == to.type.enum_id);
  CHECK(joined.program.enums[to.type.enum_id].values == std::vector<std::string>{"warm", "hot", "cold"});
  CHECK(std::get<Choice>(from.node).rows[0].value == 1);
  CHECK(std::get<Choice>(from.node).rows[1].value == 2);
}

TEST_CASE("what reads a column of another type is left out, alone") {
  const CheckedProgram base =
      program_of("    n: int\n    b: bool\n", "segment s { where n > 5 }\nsegment t { where b }\nsegment u { where s and b }");
  const CheckedProgram head = program_of("    n: text\n    b: bool\n", "segment s { where n = \"5\" }\nsegment t { where b }");
  const JoinedProgram joined = join(base, head, 2);
  CHECK_FALSE(place_of(base, joined.base, "s"));
  CHECK_FALSE(place_of(base, joined.base, "u"));
  CHECK(place_of(base, joined.base, "t"));
  CHECK(joined.base_left_out[index_in(base, "s")] == "`account.n`: int → text");
  CHECK(difference(joined, "account.n").effect == SchemaEffect::kIncompatible);
  CHECK(joined.base_reads[index_in(base, "u")].size() == 1);
}

TEST_CASE("a value that only one version may miss may be missing in both") {
  const JoinedProgram joined =
      join(program_of("    n: int\n", "segment s { where n + 1 > 5 }"), program_of("    n: int?\n", "segment s { where n + 1 > 5 }"), 2);
  CHECK(joined.program.schema.tables[0].columns[1].type.optional);
  for (const Expr& expr : joined.program.exprs) {
    if (std::holds_alternative<Arithmetic>(expr.node)) CHECK(expr.type.optional);
  }
  CHECK(difference(joined, "account.n").effect == SchemaEffect::kValues);
}

TEST_CASE("comparisons by order need the order of both") {
  const std::string base = "    e: {type: enum, values: [low, mid, high], ordered: true}\n";
  const std::string head = "    e: {type: enum, values: [high, mid, low], ordered: true}\n";
  const CheckedProgram from = program_of(base, "segment s { where e < high }\nsegment t { where e = high }");
  const JoinedProgram joined = join(from, program_of(head, "segment s { where e < high }\nsegment t { where e = high }"), 2);
  CHECK_FALSE(place_of(from, joined.base, "s"));
  CHECK(place_of(from, joined.base, "t"));
}

TEST_CASE("spans of base point behind the sources of head") {
  const JoinedProgram joined =
      join(program_of("    b: bool\n", "segment s { where b }"), program_of("    b: bool\n", "segment s { where b }"), 2);
  CHECK(joined.program.definitions[0].name_span.source == SourceId{1});
  CHECK(joined.program.definitions[1].name_span.source == SourceId{3});
}

}  // namespace
}  // namespace segue::test
