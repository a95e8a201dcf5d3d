// Tables in chunks against `load_database`: reports, messages, rows, links, whatever the order of rows and the number of parents.
#include "runtime/io/chunks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "runtime/io/load.h"
#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

// All that is reported of the data.
std::string report_text(const LoadResult& result) {
  std::string text;
  for (const TableReport& table : result.tables)
    text += fmt::format("{} {} {} {} {} {} {}\n", table.name, table.was_read, table.rows_read, table.bad_rows, table.orphans,
                        table.not_yet_known, table.repeated);
  for (const BadValues& bad : result.bad) {
    text += fmt::format("{} {} {} {}: {}\n", bad.table, bad.column.value_or(99), static_cast<int>(bad.kind), bad.count, bad.message);
    for (const BadExample& example : bad.examples)
      text += fmt::format("  {} {} {} {}\n", example.row, example.value, example.file, example.line.value_or(0));
  }
  return text;
}

std::string cell(const Column& column, std::size_t row) {
  if (!column.is_known(row)) return "-";
  return column.storage == Storage::kCodes ? std::string(column.text_at(row)) : std::to_string(column.int_at(row));
}

// Each account with the rows under it, by their first link.
void add_rows(const Database& database, std::vector<std::string>& lines) {
  for (std::size_t account = 0; account < database.tables[0].rows; ++account) {
    std::string line = cell(database.tables[0].columns[0], account) + ":";
    for (std::size_t table = 1; table < database.tables.size(); ++table) {
      const Link& link = database.tables[table].links.front();
      for (std::size_t i = link.offsets[account]; i < link.offsets[account + 1]; ++i)
        line += " " + cell(database.tables[table].columns[0], link.child(i));
      line += " |";
    }
    lines.push_back(std::move(line));
  }
}

class Lines final : public ChunkVisitor {
 public:
  bool work(Chunk&) override { return true; }
  bool take(Chunk& chunk) override {
    starts_right = starts_right && chunk.first_rows[0] == lines.size();
    add_rows(chunk.database, lines);
    return true;
  }
  void restart() override {
    lines.clear();
    starts_right = true;
  }
  std::vector<std::string> lines;
  bool starts_right = true;
};

LoadOptions options_of(const Folder& folder, unsigned threads = 1) {
  LoadOptions options;
  options.root = folder.path();
  options.threads = threads;
  return options;
}

void check_like_whole(const std::vector<TableSpec>& specs, const LoadOptions& options) {
  const auto whole = load_database(specs, options);
  REQUIRE(whole);
  std::vector<std::string> expected;
  add_rows(whole->database, expected);
  for (const std::size_t accounts : {1, 2, 3, 100}) {
    const auto chunks = open_chunks(specs, options, {.memory = 1 << 20, .bytes_of_account = 1, .accounts_of_chunk = accounts});
    REQUIRE(chunks);
    for (int pass = 0; pass < 2; ++pass) {
      Lines found;
      REQUIRE((*chunks)->pass(found) == PassEnd::kDone);
      CHECK(found.lines == expected);
      CHECK(found.starts_right);
      CHECK(report_text((*chunks)->reports()) == report_text(*whole));
    }
  }
}

TEST_CASE("chunks of accounts alone are the accounts, with bad rows, repeated keys and all") {
  Folder folder;
  for (const std::string rows : {"1,5\n2,x\n3,7\n9,\n10,1\n", "3,5\n1,6\n3,7\n2,x\n2,8\n1,9\n,4\n", "", "7,1\n"}) {
    folder.write("a.csv", "id,n\n" + rows);
    const TableSpec accounts = table("account", "a.csv", {column("id", "int"), column("n", "int?")});
    for (const unsigned threads : {1U, 3U}) check_like_whole({accounts}, options_of(folder, threads));
  }
}

TEST_CASE("equal rows and repeated keys of accounts are told apart") {
  Folder folder;
  folder.write("a.csv", "id,n\nb,1\na,2\nb,1\nb,2\na,2\nc,x\nc,4\n");
  TableSpec accounts = table("account", "a.csv", {column("id", "text"), column("n", "int?")});
  accounts.dedupe = true;
  check_like_whole({accounts}, options_of(folder));
}

TEST_CASE("related rows come with their accounts, in any order, from several parents") {
  Folder folder;
  for (const std::string ids : {"1\n2\n3\n4\n5\n", "4\n2\n5\n1\n3\n"}) {
    folder.write("a.csv", "id\n" + ids);
    folder.write("c.csv", "cid,owner\n10,5\n11,1\n12,9\n13,\n14,1\n11,2\n15,x\n16,3\n");
    folder.write("e.csv", "eid,owner,contact\n100,1,16\n101,,14\n102,4,99\n103,,\n104,8,10\n105,2,13\nz,1,10\n");
    TableSpec accounts = table("account", "a.csv", {column("id", "int")});
    TableSpec contacts = table("contacts", "c.csv", {column("cid", "int")});
    contacts.parents = {{.table = 0, .from = "owner", .column = {}}};
    TableSpec events = table("events", "e.csv", {column("eid", "int")});
    events.key.reset();
    events.parents = {{.table = 0, .from = "owner", .column = {}}, {.table = 1, .from = "contact", .column = {}}};
    check_like_whole({accounts, contacts}, options_of(folder));
    check_like_whole({accounts, contacts, events}, options_of(folder, 2));
  }
}

TEST_CASE("tables that rows of cut tables refer to keep all in memory") {
  TableSpec accounts = table("account", "a.csv", {column("id", "int"), column("parent", "int?")});
  CHECK(why_whole({accounts}).empty());
  accounts.references = {{.to = 0, .by = 1, .is_needed = true}};
  CHECK(why_whole({accounts}) == "rows of `account` refer to `account`, which must be in memory whole for that");
}

}  // namespace
}  // namespace segue::test
