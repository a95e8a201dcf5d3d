// One account at a time as an embedder asks: the same answers as the whole table's; and changes with who entered and left.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>
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

// More conditions than one look-up reaches, several of a value; definitions that others use, complements and alternatives.
TEST_CASE("hundreds of definitions about one account are answered as in its table") {
  constexpr int kColumns = 30, kDefinitions = 500;
  const Folder folder;
  std::string columns, rules, rows = "id";
  for (int i = 0; i < kColumns; ++i) columns += fmt::format(", c{}: int?", i), rows += fmt::format(",c{}", i);
  for (int row = 0; row < 40; ++row) {
    rows += fmt::format("\n{}", row);
    for (int i = 0; i < kColumns; ++i) rows += (row + i) % 7 == 0 ? "," : fmt::format(",{}", (row * 37 + i * i * 11) % 1000);
  }
  for (int i = 0; i < kDefinitions; ++i) {
    const auto test = [&](int k) { return fmt::format("c{} >= {}", (i * 3 + k * 7) % kColumns, (i * 13 + k * 101) % 1000); };
    rules +=
        fmt::format("segment d{} {{\n  where {} and ({} or {} or {}) and not {}\n}}\n\n", i, test(0), test(1), test(2), test(3), test(4));
    if (i > 1 && i % 2 == 0) rules += fmt::format("segment e{} {{\n  where not d{} and (d{} or {})\n}}\n\n", i, i - 1, i - 2, test(5));
    if (i % 50 == 0) rules += fmt::format("score s{} {{\n  +1 when d{}\n  +0.5 * c1 or else 0\n}}\n\n", i, i);
  }
  folder.write("segue.yaml", "language: 1\nschema: schema.yaml\nrules: [rules.seg]\nsources: {account: accounts.csv}\n");
  folder.write("schema.yaml", "account:\n  key: id\n  columns: {id: int" + columns + "}\n");
  folder.write("rules.seg", rules);
  folder.write("accounts.csv", rows + "\n");
  const OpenedProject project = folder.open();
  REQUIRE(!project.has_errors());
  const auto whole = evaluate(project, all_at(project));
  REQUIRE(whole);
  AccountEvaluator evaluator = evaluator_of(project, {.clock = data_at(project).clock, .names = {}});
  for (int row = 0; row < 40; ++row) {
    const AccountRow account = evaluator.clear();
    for (int i = 0; i < kColumns; ++i) {
      if ((row + i) % 7 != 0)
        REQUIRE(
            evaluator.set(account, *evaluator.find_column("account", fmt::format("c{}", i)), std::int64_t{(row * 37 + i * i * 11) % 1000}));
    }
    evaluator.evaluate();
    for (std::size_t i = 0; i < evaluator.definitions().size(); ++i) {
      const std::size_t index = evaluator.definitions()[i];
      INFO(project.definitions[index].name << " of " << row);
      if (project.definitions[index].kind == ResultKind::kSegment)
        CHECK(evaluator.is_member(i) == members(*whole, index).test(static_cast<std::size_t>(row)));
      else CHECK(evaluator.score(i) == scores(*whole, index)[static_cast<std::size_t>(row)]);
    }
  }
}

// Counts and sums take the difference; the clock and the account's own columns make them anew.
TEST_CASE("totals follow rows that come, change, move and go") {
  const Folder folder;
  folder.write("segue.yaml", "language: 1\nschema: schema.yaml\nrules: [rules.seg]\nsources: {account: accounts.csv, deals: deals.csv}\n");
  folder.write(
      "schema.yaml",
      "account:\n  key: id\n  columns: {id: text, least: 'decimal(2)'}\nrelations:\n  deals: {of: account, on: id, key: did, time: "
      "at, columns: {did: text, at: timestamp, worth: 'decimal(2)?'}}\n");
  folder.write("rules.seg",
               "segment often {\n  where count(deals within last 7 days) >= 2\n}\n\n"
               "segment rich {\n  where sum(deals: worth) >= 10\n}\n\n"
               "segment ample {\n  where any(deals where worth > account.least)\n}\n\n"
               "segment solid {\n  where avg(deals: worth) >= 5 and count(deals) >= 2\n}\n");
  folder.write("accounts.csv", "id,least\na,3.00\nb,4.00\n");
  folder.write("deals.csv", "id,did,at,worth\na,1,2026-02-27T10:00:00Z,2.50\nb,2,2026-02-28T10:00:00Z,\n");
  const OpenedProject project = folder.open();
  REQUIRE(!project.has_errors());
  auto live = LiveEvaluation::make(project, all_at(project));
  REQUIRE(live);
  const auto answers = [&](const char* account) {
    std::string text;
    for (const char* name : {"often", "rich", "ample", "solid"})
      text += live->answer(place_of(project, name), account) == 1 ? name[0] : '-';
    return text;
  };
  const auto apply = [&](LiveChangeKind kind, const char* table, const char* key, std::vector<LiveCell> cells) {
    const auto changed = live->apply({.kind = kind, .table = table, .key = key, .cells = cells});
    REQUIRE(changed);
    return changed->size();
  };
  CHECK(answers("a") == "----");
  CHECK(apply(LiveChangeKind::kInsert, "deals", "3", {{"id", "a"}, {"at", "2026-02-26T10:00:00Z"}, {"worth", "7.50"}}) == 1);
  CHECK(answers("a") == "oras");
  CHECK(apply(LiveChangeKind::kUpdate, "deals", "3", {{"worth", "7.49"}}) == 1);
  CHECK(answers("a") == "o-a-");
  CHECK(apply(LiveChangeKind::kUpdate, "account", "a", {{"least", "7.49"}}) == 1);
  CHECK(answers("a") == "o---");
  CHECK(apply(LiveChangeKind::kUpdate, "deals", "3", {{"id", "b"}}) == 2);
  CHECK(answers("a") == "----");
  CHECK(answers("b") == "o-as");
  REQUIRE(live->set_clock(parse_clock(project, "2026-03-06").value()));
  CHECK(answers("b") == "--as");
  CHECK(apply(LiveChangeKind::kUpdate, "deals", "3", {{"at", "2026-03-05T10:00:00Z"}, {"worth", CellInput{}}}) == 1);
  CHECK(answers("b") == "o---");
  CHECK(apply(LiveChangeKind::kDelete, "deals", "2", {}) == 1);
  CHECK(answers("b") == "----");
  CHECK(apply(LiveChangeKind::kDelete, "account", "b", {}) == 0);
  CHECK(apply(LiveChangeKind::kInsert, "deals", "4", {{"id", "b"}, {"at", "2026-03-05T11:00:00Z"}, {"worth", "12.00"}}) == 0);
  CHECK(apply(LiveChangeKind::kInsert, "account", "b", {{"least", "1.00"}}) == 1);
  CHECK(answers("b") == "oras");
}
