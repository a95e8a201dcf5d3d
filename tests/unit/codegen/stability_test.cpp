// No definition that is added makes the others dearer by more than its own share: counted in what functions and kernels do, never in time.
#include <array>
#include <fstream>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/check/check.h"
#include "compiler/codegen/layout.h"
#include "compiler/codegen/recipe.h"
#include "compiler/schema/schema.h"
#include "compiler/syntax/parse.h"

namespace segue::test {
namespace {

// ── Definitions over the schema of examples/abm, of the forms and numbers that people choose ─────────────────────────────

using Draw = std::mt19937;

std::string one_of(Draw& draw, const std::vector<std::string>& texts) { return texts[draw() % texts.size()]; }

std::string account_condition(Draw& draw) {
  const std::string number = std::to_string(50 * (1 + draw() % 8)), days = one_of(draw, {"7", "30", "90", "180"});
  return one_of(draw,
                {"industry in [" + one_of(draw, {"Software", "Fintech", "Retail, Logistics"}) + "]",
                 "hq_country in [" + one_of(draw, {"DE", "US, CA", "FR, NL, SE", "GB"}) + "]", "employees between " + number + " and 999",
                 "employees >= " + number, "annual_revenue >= " + number + "k", "technologies has any [\"SAP\", \"Oracle\"]",
                 "fit >= " + number, "reach < " + number, "renewal_on within next " + days + " days",
                 "rival_contract_ends_on between 30 days from now and " + number + " days from now", "plan >= business",
                 "seats_used / seats_bought >= " + one_of(draw, {"50%", "80%", "90%"}), "seats_used + " + number + " <= seats_bought",
                 "time_zone starts with \"Europe/\"", "name matches \"" + one_of(draw, {"gmbh", "bank", "labs"}) + "\"",
                 "hq near (52.52, 13.405) within " + number + " km", "customer", "not partner", "parent.customer"});
}

std::string event_filter(Draw& draw) {
  return one_of(draw, {"kind = visit", "kind in [webinar, pricing_view]", "intensity >= medium", "topic = \"treasury\""});
}

std::string related_condition(Draw& draw) {
  const std::string days = one_of(draw, {"7", "30", "90"}), least = one_of(draw, {"1", "2", "3"});
  return one_of(
      draw, {"count(events within last " + days + " days where " + event_filter(draw) + ") >= " + least,
             "any(events where " + event_filter(draw) + ")", "count(contacts where department = Finance and active) >= " + least,
             "distinct(contacts: department where active) >= " + least, "sum(opportunities: amount where stage = won) >= " + least + "0k",
             "none(opportunities where created_on within last " + days + " days)",
             "any(contacts where department = Sales and any(events within last " + days + " days where " + event_filter(draw) + "))",
             "latest(opportunities: stage) = won"});
}

std::string definition_text(Draw& draw, int number) {
  const auto condition = [&] { return draw() % 3 == 0 ? related_condition(draw) : account_condition(draw); };
  if (number % 10 == 9) {
    return fmt::format("score s{} {{\n  +{} when {}\n  -5 when {}\n}}\n", number, 5 * (1 + draw() % 5), condition(), condition());
  }
  std::string text = fmt::format("segment s{} {{\n  where {}", number, condition());
  for (std::size_t i = draw() % 5; i > 0; --i) text += " and " + condition();
  if (draw() % 2 == 0) text += fmt::format(" and ({} or {})", condition(), condition());
  if (number > 10 && draw() % 5 == 0) text += fmt::format(" and s{}", draw() % 8);
  return text + "\n}\n";
}

CheckedProgram checked(const std::string& rules) {
  SourceMap sources;
  std::ifstream file(SEGUE_SOURCE_DIR "/examples/abm/schema.yaml");
  std::stringstream schema_text;
  schema_text << file.rdbuf();
  const SourceId schema_id = add_source(sources, "schema.yaml", schema_text.str()), id = add_source(sources, "rules.seg", rules);
  const SchemaResult schema = load_schema(source_of(sources, schema_id), schema_id);
  const ParseResult parsed = parse(source_of(sources, id), id);
  const Project project;
  CheckResult result = check({.files = std::span(&parsed.ast, 1), .schema = schema.schema, .project = project, .sources = sources});
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.severity == Severity::kError) FAIL(diagnostic.message);
  }
  return std::move(result.program);
}

// ── What a program costs ─────────────────────────────────────────────────────────────────────────────────────────────────

Storage storage_of(Kind kind) {
  switch (kind) {
    case Kind::kBool: return Storage::kBits;
    case Kind::kEnum: return Storage::kInt8;
    case Kind::kInt:
    case Kind::kDate: return Storage::kInt32;
    case Kind::kFloat: return Storage::kFloat64;
    case Kind::kText: return Storage::kCodes;
    case Kind::kList: return Storage::kLists;
    default: return Storage::kInt64;
  }
}

// Without rows; nothing but the shape matters.
Database shape_of(const Schema& schema) {
  Database database;
  for (const SchemaTable& each : schema.tables) {
    Table& table = database.tables.emplace_back();
    for (const SchemaColumn& column : each.columns) {
      Column& made = table.columns.emplace_back();
      made.type = column.type;
      made.storage = storage_of(column.type.kind);
      if (column.type.optional) made.valid = Bitmap(1);
    }
    table.links.resize(each.parents.size());
    table.references.resize(each.references.size());
  }
  return database;
}

struct Cost {
  std::size_t words = 0;        // what functions do for 512 rows, in words of vectors, roughly
  std::size_t kernels = 0;      // steps that call one
  std::size_t arithmetic = 0;   // values that functions compute, for which kernels may have to stand in
  std::size_t block_bytes = 0;  // that a block of accounts takes: batches are as large as the cache holds
};

Cost cost_of(const CheckedProgram& program, const std::vector<DefinitionId>& roots, const Database& database) {
  const Clock clock = make_clock(20'000 * kMicrosPerDay, utc_zone(), {});
  const Plan plan = make_plan(program, roots);
  const BoundConstants constants = bind_constants(plan, clock);
  const ProgramLayout layout(plan, database, nullptr, constants);
  Cost cost;
  for (const Unit& unit : layout.units()) {
    if (unit.kind == NodeClass::kStep || unit.kind == NodeClass::kGroups) cost.kernels += unit.nodes.size();
    if (unit.kind == NodeClass::kValue) cost.arithmetic += unit.nodes.size();
    const bool is_emitted = unit.kind == NodeClass::kValue || unit.kind == NodeClass::kAtom || unit.kind == NodeClass::kBoolean;
    if (!is_emitted) continue;
    const Recipe recipe = make_recipe(layout, constants, clock, unit, true).recipe;
    cost.words += recipe.instructions.size() * (recipe.is_over_bits ? 1 : kBlockWords);
  }
  const FrameLayout& account = layout.frames.front();
  cost.block_bytes = kBlockRows * (account.value_slots * 8 + account.inputs.size() * 4) + account.bit_slots * kBlockRows / 8;
  return cost;
}

// What one more function costs beside what it does, and what a value in a slot of its own takes more.
constexpr std::size_t kSpareWords = 64, kSpareBytes = 2 * kBlockRows * 8;

void check_share(const Cost& before, const Cost& alone, const Cost& after) {
  CHECK(after.words <= before.words + alone.words + kSpareWords);
  CHECK(after.kernels <= before.kernels + alone.kernels + alone.arithmetic);
  CHECK(after.block_bytes <= before.block_bytes + alone.block_bytes + kSpareBytes);
}

// Definitions of `program`, one more at a time, wherever among the others it stands.
void check_stability(const CheckedProgram& program, const std::vector<std::size_t>& order, std::size_t first) {
  const Database database = shape_of(program.schema);
  std::vector<bool> is_in(program.results.size());
  const auto roots = [&] {
    std::vector<DefinitionId> chosen;
    for (std::size_t i = 0; i < is_in.size(); ++i) {
      if (is_in[i]) chosen.push_back(program.results[i]);
    }
    return chosen;
  };
  for (std::size_t i = 0; i < first; ++i) is_in[order[i]] = true;
  Cost before = cost_of(program, roots(), database);
  for (std::size_t i = first; i < order.size(); ++i) {
    const DefinitionId added = program.results[order[i]];
    INFO("adding " << program.definition(added).name << " to " << i);
    is_in[order[i]] = true;
    const Cost after = cost_of(program, roots(), database);
    check_share(before, cost_of(program, {added}, database), after);
    before = after;
  }
}

std::vector<std::size_t> shuffled(std::size_t count, Draw& draw) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[draw() % i]);
  return order;
}

std::vector<std::size_t> in_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  return order;
}

}  // namespace

TEST_CASE("a realistic definition more costs no more than it does alone") {
  Draw draw(5);
  constexpr int kDefinitions = 230;
  std::string rules;
  for (int i = 0; i < kDefinitions; ++i) rules += definition_text(draw, i);
  const CheckedProgram program = checked(rules);
  check_stability(program, shuffled(kDefinitions, draw), 200);
}

TEST_CASE("the first definitions cost no more together than alone") {
  Draw draw(6);
  constexpr int kDefinitions = 40;
  std::string rules;
  for (int i = 0; i < kDefinitions; ++i) rules += definition_text(draw, i);
  check_stability(checked(rules), shuffled(kDefinitions, draw), 0);
}

TEST_CASE("arithmetic beyond what is compiled does not pull the rest along") {
  std::string rules;
  constexpr int kDefinitions = kMaxEmittedMath + 8;
  for (int i = 0; i < kDefinitions; ++i) rules += fmt::format("segment s{} {{ where seats_used + {} > seats_bought }}\n", i, i);
  check_stability(checked(rules), in_order(kDefinitions), kDefinitions - 16);
}

TEST_CASE("chains grow without a jump where they become trees") {
  const Database database = shape_of(checked("segment s { where customer }").schema);
  std::string chain = "customer";
  std::size_t before = 0, steepest = 0;
  for (int terms = 1; terms < 140; ++terms) {
    chain += fmt::format(" and reach >= {} or partner and fit < {}", 2 * terms, 3 * terms);
    if (terms % 4 != 0 && (terms < 28 || terms > 36)) continue;
    const CheckedProgram program = checked("segment s { where " + chain + " }");
    const std::size_t words = cost_of(program, {program.results.front()}, database).words;
    if (before != 0) steepest = std::max(steepest, words - before);
    before = words;
  }
  constexpr std::size_t kMostOfFourTerms = 4 * 160;
  CHECK(steepest <= kMostOfFourTerms);
}

}  // namespace segue::test
