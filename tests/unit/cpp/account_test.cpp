// One account at a time as an embedder asks: the same answers as the whole table's; and changes with who entered and left.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "bindings/cpp/segue.h"

namespace fs = std::filesystem;
using namespace segue;

namespace {

struct Folder {
  fs::path root;
  Folder() {
    std::string name = (fs::temp_directory_path() / "segue-account-XXXXXX").string();
    root = mkdtemp(name.data());
    write("segue.yaml",
          "language: 1\nschema: schema.yaml\nrules: [rules.seg]\ntimezone: Europe/Berlin\nsuppress: [out.csv]\n"
          "sources: {account: accounts.csv, contacts: contacts.csv, logins: logins.csv}\n");
    write("schema.yaml",
          "account:\n  key: id\n  columns: {id: text, employees: int?, industry: {type: enum, values: [Software, Retail], optional: true}, "
          "tags: list<text>, "
          "revenue: 'decimal(2)?', parent_id: text?}\n  references: {parent: {to: account, by: parent_id}}\n"
          "relations:\n  contacts: {of: account, on: id, key: cid, columns: {cid: text, title: {type: text, case: insensitive, optional: "
          "true}}}\n"
          "  logins: {of: contacts, on: cid, time: at, columns: {at: timestamp}}\n");
    write("rules.seg",
          "segment big {\n  where employees >= 100 or parent.employees >= 100\n}\n\n"
          "segment tagged {\n  where tags has any [\"x\"] and industry = Software\n}\n\n"
          "segment awake {\n  where any(contacts where title contains \"chief\" and count(logins within last 7 days) >= 2)\n}\n\n"
          "score worth {\n  +0.1 * revenue or else 0\n  +5 * count(contacts)\n}\n\n"
          "stages way {\n  one: any(contacts)\n  two: awake\n}\n\n"
          "segment best {\n  where employees is known top 1 by employees\n}\n\n"
          "audience chiefs of contacts {\n  where title starts with \"chief\"\n}\n");
    write("accounts.csv",
          "id,employees,industry,tags,revenue,parent_id\na,150,Software,x;y,10.50,\nb,20,Retail,x,,a\nc,,Software,,3.00,b\nd,7,,y,,\n");
    write("contacts.csv", "id,cid,title\na,1,Chief of Staff\na,2,VP\nb,3,CHIEF\nc,4,\n");
    write("logins.csv", "cid,at\n1,2026-02-27T10:00:00Z\n1,2026-02-28T10:00:00Z\n3,2026-02-28T10:00:00Z\n");
    write("out.csv", "d\n");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(root / name) << text; }
  OpenedProject open() const { return open_project(root / "segue.yaml").value(); }
};

DataOptions data_at(const OpenedProject& project) {
  DataOptions options;
  options.clock = parse_clock(project, "2026-03-01").value();
  return options;
}

EvaluateOptions all_at(const OpenedProject& project) {
  EvaluateOptions options;
  options.data = data_at(project);
  return options;
}

std::size_t place_of(const OpenedProject& project, const std::string& name) {
  for (std::size_t i = 0; i < project.definitions.size(); ++i) {
    if (project.definitions[i].name == name) return i;
  }
  FAIL(name);
  return 0;
}

AccountEvaluator evaluator_of(const OpenedProject& project, const AccountOptions& options) {
  auto made = AccountEvaluator::make(project, options);
  REQUIRE(made);
  return std::move(*made);
}

// Account `a`, with a chief who logged in twice, as the tables have it.
void fill(AccountEvaluator& evaluator) {
  const AccountRow account = evaluator.clear();
  const auto set = [&](AccountRow row, const char* table, const char* column, const CellInput& value) {
    REQUIRE(evaluator.set(row, *evaluator.find_column(table, column), value));
  };
  const std::string_view tags[] = {"x", "y"};
  set(account, "account", "id", "a");
  set(account, "account", "employees", std::int64_t{150});
  set(account, "account", "industry", "Software");
  set(account, "account", "tags", std::span<const std::string_view>(tags));
  set(account, "account", "revenue", "10.50");
  const AccountRow chief = evaluator.add(*evaluator.find_table("contacts"), account);
  set(chief, "contacts", "title", "Chief of Staff");
  set(evaluator.add(*evaluator.find_table("contacts"), account), "contacts", "title", "VP");
  for (const char* at : {"2026-02-27T10:00:00Z", "2026-02-28T10:00:00Z"})
    set(evaluator.add(*evaluator.find_table("logins"), chief), "logins", "at", at);
}

}  // namespace

TEST_CASE("an account at hand is answered as in its table") {
  const Folder folder;
  const OpenedProject project = folder.open();
  const auto whole = evaluate(project, all_at(project));
  REQUIRE(whole);
  AccountEvaluator evaluator = evaluator_of(project, {.clock = data_at(project).clock, .names = {}});
  CHECK(evaluator.left_out() == std::vector{place_of(project, "best")});
  for (int round = 0; round < 3; ++round) {
    fill(evaluator);
    evaluator.evaluate();
    for (std::size_t i = 0; i < evaluator.definitions().size(); ++i) {
      const std::size_t index = evaluator.definitions()[i];
      INFO(project.definitions[index].name);
      switch (project.definitions[index].kind) {
        case ResultKind::kSegment: CHECK(evaluator.is_member(i) == members(*whole, index).test(0)); break;
        case ResultKind::kScore: CHECK(evaluator.score(i) == scores(*whole, index)[0]); break;
        case ResultKind::kAudience: CHECK(evaluator.rows(i).size() == 1); break;
        default: CHECK(evaluator.value(i) == value_indices(*whole, index)[0]);
      }
    }
  }
}

TEST_CASE("references of an account lead to look-ups, given or read") {
  const Folder folder;
  const OpenedProject project = folder.open();
  for (const bool reads : {false, true}) {
    AccountOptions options{.clock = data_at(project).clock, .names = {"big"}};
    if (reads) options.lookups = data_at(project);
    AccountEvaluator evaluator = evaluator_of(project, options);
    const AccountColumn id = *evaluator.find_column("account", "id"), employees = *evaluator.find_column("account", "employees");
    if (!reads) {
      const std::pair<AccountColumn, CellInput> cells[] = {{id, "a"}, {employees, std::int64_t{150}}};
      REQUIRE(evaluator.add_lookup(0, cells));
    }
    AccountEvaluator copy = evaluator;
    for (AccountEvaluator* each : {&evaluator, &copy}) {
      REQUIRE(each->set(each->clear(), *each->find_column("account", "parent_id"), "a"));
      each->evaluate();
      CHECK(each->is_member(0));
      REQUIRE(each->set(each->clear(), *each->find_column("account", "parent_id"), "nobody"));
      each->evaluate();
      CHECK(!each->is_member(0));
    }
  }
}

TEST_CASE("what one account cannot answer is refused, and so are values that do not fit") {
  const Folder folder;
  const OpenedProject project = folder.open();
  const auto made = AccountEvaluator::make(project, {.clock = 0, .names = {"best"}});
  REQUIRE(!made);
  CHECK(made.error().kind == FailureKind::kCall);
  CHECK(made.error().diagnostics.front().message.find("`best` compares accounts with one another") == 0);
  AccountEvaluator evaluator = evaluator_of(project, {.clock = 0, .names = {}});
  const AccountRow account = evaluator.clear();
  CHECK(evaluator.set(account, *evaluator.find_column("account", "industry"), "Mining").error() ==
        "`industry`: `Mining` is none of the values; write one of `Software`, `Retail`");
  CHECK(!evaluator.set(account, *evaluator.find_column("account", "tags"), CellInput{}));
  CHECK(!evaluator.find_column("account", "sector"));
}

TEST_CASE("a change says who entered and who left, ranks included, suppressed accounts left out") {
  const Folder folder;
  const OpenedProject project = folder.open();
  auto live = LiveEvaluation::make(project, all_at(project));
  REQUIRE(live);
  CHECK(live->accounts() == 4);
  const LiveCell more[] = {{"employees", std::int64_t{900}}};
  const auto changed = live->apply({.kind = LiveChangeKind::kUpdate, .table = "account", .key = "b", .cells = more});
  REQUIRE(changed);
  REQUIRE(changed->size() == 3);  // b is the largest, a no more; c's parent is large
  CHECK(live->answer(place_of(project, "best"), "b") == 1);
  CHECK(live->answer(place_of(project, "best"), "a") == 0);
  CHECK(live->answer(place_of(project, "big"), "c") == 1);
  const auto hidden = live->apply({.kind = LiveChangeKind::kUpdate, .table = "account", .key = "d", .cells = more});
  REQUIRE(hidden);
  CHECK(hidden->empty());
  CHECK(live->answer(place_of(project, "big"), "d") == 1);
  CHECK(live->apply({.kind = LiveChangeKind::kDelete, .table = "account", .key = "z"}).error() ==
        "`account` has no row `z`; insert it first");
  CHECK(live->apply({.kind = LiveChangeKind::kDelete, .table = "logins", .key = "z"}).error() ==
        "`logins` has no key; rows of it can only be inserted, without `key`");
  const auto later = live->set_clock(parse_clock(project, "2026-04-01").value());
  REQUIRE(later);
  REQUIRE(later->size() == 1);  // the chief of `a` sleeps
  CHECK(later->front().account == "a");
}
