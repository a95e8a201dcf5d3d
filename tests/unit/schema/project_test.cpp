// What a project file says, as data.
#include "compiler/schema/project.h"

#include <catch2/catch.hpp>

namespace segue {
namespace {

ProjectResult load_project_text(std::string text) { return load_project(make_source("segue.yaml", std::move(text)), SourceId{0}); }

constexpr const char* kMandatory = "language: 1\nschema: schema.yaml\nrules: [segments/**/*.seg]\nsources: {account: a.csv}\n";

TEST_CASE("what is not said has its default") {
  const ProjectResult result = load_project_text(kMandatory);
  CHECK(result.diagnostics.empty());
  CHECK(result.project.timezone == "UTC");
  CHECK(result.project.week_starts == 0);
  CHECK(result.project.fiscal_year_starts == 1);
  CHECK(result.project.suppress.empty());
  CHECK(result.project.currency.empty());
  CHECK(find_source(result.project, "account")->delimiter == ',');
  CHECK(find_source(result.project, "contacts") == nullptr);
}

TEST_CASE("every key of a project file is read") {
  const ProjectResult result = load_project_text(
      "language: 1\nschema: s/schema.yaml\nrules: [a/*.seg, \"*.seg\"]\ntimezone: Europe/Berlin\nweek_starts: sunday\nfiscal_year_starts: "
      "february\n"
      "sources:\n  account: data/accounts.parquet\n  contacts: {path: data/c.csv, delimiter: \"\\t\", null_values: [\"NULL\", NA]}\n"
      "suppress: [lists/opted_out.csv, {path: lists/embargoed.csv, by: domain}]\ncurrency: EUR\nrates: data/rates.csv\n");
  CHECK(result.diagnostics.empty());
  const Project& project = result.project;
  CHECK(project.schema.text == "s/schema.yaml");
  CHECK(project.rules.size() == 2);
  CHECK(project.rules[1].text == "*.seg");
  CHECK(project.timezone == "Europe/Berlin");
  CHECK(project.week_starts == 6);
  CHECK(project.fiscal_year_starts == 2);
  CHECK(find_source(project, "account")->path.text == "data/accounts.parquet");
  CHECK(find_source(project, "contacts")->delimiter == '\t');
  CHECK(find_source(project, "contacts")->null_values == std::vector<std::string>{"NULL", "NA"});
  REQUIRE(project.suppress.size() == 2);
  CHECK_FALSE(project.suppress[0].by);
  CHECK(project.suppress[1].by->text == "domain");
  CHECK(project.currency == "EUR");
  CHECK(project.rates->text == "data/rates.csv");
}

TEST_CASE("money needs the project's currency, which is said at the column") {
  const Schema schema =
      load_schema(make_source("schema.yaml", "account: {key: id, columns: {id: text, fee: {type: money, currency: cur}}}"), SourceId{1})
          .schema;
  const std::vector<Diagnostic> diagnostics = check_project(load_project_text(kMandatory).project, schema);
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].kind == DiagnosticKind::kMissingKey);
  CHECK(diagnostics[0].severity == Severity::kError);
  CHECK(std::get<Span>(diagnostics[0].location).source == SourceId{1});
  CHECK(check_project(load_project_text(std::string(kMandatory) + "currency: EUR\n").project, schema).empty());
}

TEST_CASE("an empty project file says what it needs") {
  for (const std::string text : {"", "# nothing\n"}) {
    const ProjectResult result = load_project_text(text);
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].message.find("`language`, `schema`, `rules` and `sources`") != std::string::npos);
  }
}

}  // namespace
}  // namespace segue
