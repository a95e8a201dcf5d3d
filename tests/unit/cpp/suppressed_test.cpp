// Lists of suppressed accounts, matched with the account table.
#include "bindings/cpp/suppressed.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/segue.h"

namespace fs = std::filesystem;
using namespace segue;

namespace {

// A project of accounts whose `suppress` is given.
struct ListedProject {
  fs::path root;

  explicit ListedProject(const std::string& suppress) {
    std::string name = (fs::temp_directory_path() / "segue-suppressed-XXXXXX").string();
    root = mkdtemp(name.data());
    write("segue.yaml",
          "language: 1\nschema: schema.yaml\nrules: [\"*.seg\"]\nsources: {account: accounts.csv}\nsuppress: [" + suppress + "]\n");
    write("schema.yaml",
          "account:\n  key: id\n  columns:\n    id: {type: text, case: insensitive}\n    domain: {type: text, case: insensitive, optional: "
          "true, from: \"Web Domain\"}\n    number: int?\n    tags: list<text>\n    since: {type: date, format: \"%d.%m.%Y\", optional: "
          "true}\n");
    write("rules.seg", "segment any_account {\n  where number is known\n}\n");
    write("accounts.csv",
          "id,Web Domain,number,tags,since\na,Acme.com,7,x,01.03.2026\nA,acme.com,8,,\nb,,,,\n\"c,d\",STRASSE.de,70,,02.03.2026\n");
  }
  ListedProject(const ListedProject&) = delete;
  ListedProject& operator=(const ListedProject&) = delete;
  ~ListedProject() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(root / name, std::ios::binary) << text; }

  [[nodiscard]] OpenedProject open() const {
    auto project = open_project(root / "segue.yaml");
    REQUIRE(project);
    return std::move(*project);
  }

  [[nodiscard]] std::expected<Suppressed, Failure> read() const {
    const OpenedProject project = open();
    REQUIRE_FALSE(project.has_errors());
    const CheckedProject& checked = *project.checked;
    std::vector<NeededColumns> needed = {{true, std::vector<bool>(checked.schema().tables[0].columns.size()), {}}};
    need_suppress_columns(checked, needed);
    const auto data = load_data(checked, {}, needed);
    REQUIRE(data);
    return read_suppressed(checked, *data->database);
  }
};

// The accounts as bits, then `values/unmatched/accounts` of each list.
std::string shown(const std::expected<Suppressed, Failure>& suppressed) {
  if (!suppressed) return suppressed.error().diagnostics.front().message;
  std::string text;
  for (std::size_t row = 0; row < suppressed->accounts.size(); ++row) text += suppressed->accounts.test(row) ? '1' : '0';
  for (const SuppressListOutcome& list : suppressed->lists) {
    text += " " + std::to_string(list.values) + "/" + std::to_string(list.unmatched) + "/" + std::to_string(list.accounts);
  }
  return text;
}

}  // namespace

TEST_CASE("a list of keys has one a line, and keys never fold") {
  const ListedProject project("opted_out.csv");
  project.write("opted_out.csv",
                "\xEF\xBB\xBF"
                "a\r\n\r\n  b \r\nnobody\r\na\r\n");
  CHECK(shown(project.read()) == "1010 3/1/2");
  project.write("opted_out.csv", "\"c,d\"\n");
  CHECK(shown(project.read()) == "0001 1/0/1");
  project.write("opted_out.csv", "");
  CHECK(shown(project.read()) == "0000 0/0/0");
}

TEST_CASE("a CSV whose header names the column is read by it, other files line by line") {
  const ListedProject project("{path: list.csv, by: domain}");
  project.write("list.csv", "reason,domain\nold,ACME.COM\nnew,strasse.de\n,\n");
  CHECK(shown(project.read()) == "1101 2/0/3");
  project.write("list.csv", "Web Domain\nacme.com\n");
  CHECK(shown(project.read()) == "1100 1/0/2");
  project.write("list.csv", "acme.com\nACME.com\n");
  CHECK(shown(project.read()) == "1100 1/0/2");
  const ListedProject by_key("list.csv");
  by_key.write("list.csv", "name,id\nAcme,a\n");
  CHECK(shown(by_key.read()) == "1000 1/0/1");
}

TEST_CASE("values are compared in the column's type, and what does not fit it matches nobody") {
  const ListedProject numbers("{path: list.csv, by: number}");
  numbers.write("list.csv", "7.0\n7\nseven\n80\n");
  CHECK(shown(numbers.read()) == "1000 3/2/1");
  const ListedProject dates("{path: list.csv, by: since}");
  dates.write("list.csv", "01.03.2026\n2026-03-02\n");
  CHECK(shown(dates.read()) == "1001 2/0/2");
}

TEST_CASE("several lists add up, and each is counted by itself") {
  const ListedProject project("one.csv, {path: two.csv, by: domain}");
  project.write("one.csv", "a\nb\n");
  project.write("two.csv", "acme.com\n");
  CHECK(shown(project.read()) == "1110 2/0/2 1/0/2");
  const auto suppressed = project.read();
  CHECK(suppressed->lists[0].by == "id");
  CHECK(suppressed->lists[1].path == "two.csv");
  CHECK(suppressed->lists[1].by == "domain");
}

TEST_CASE("a list that is not there is the environment's fault, one that cannot be read as one the rules'") {
  const ListedProject project("gone.csv");
  CHECK(project.read().error().kind == FailureKind::kEnvironment);
  project.write("gone.csv", "name,account\nAcme,a\n");
  const auto failed = project.read();
  CHECK(failed.error().kind == FailureKind::kRules);
  CHECK(shown(failed).starts_with("the header has no column `id`"));
  CHECK(std::get<FileLocation>(failed.error().diagnostics.front().location).file == "gone.csv");
}

TEST_CASE("a list goes by a column of single values") {
  const OpenedProject project = ListedProject("{path: list.csv, by: tags}").open();
  REQUIRE(project.has_errors());
  CHECK(project.diagnostics.front().kind == DiagnosticKind::kUnfitColumn);
}
