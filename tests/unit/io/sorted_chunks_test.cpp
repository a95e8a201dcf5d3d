// Related rows in the order of the accounts, group by group, against the same tables in memory: accounts whose rows lie in several groups, orphans, missing and
// bad cells, groups without rows, files that state what is not so.
#include "runtime/io/sorted_chunks.h"

#include <algorithm>
#include <random>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

struct EventRow {
  std::optional<std::int64_t> account;
  std::optional<std::int64_t> number;
};

std::shared_ptr<arrow::Array> int_array(const std::vector<EventRow>& rows, std::optional<std::int64_t> EventRow::* member) {
  arrow::Int64Builder builder;
  for (const EventRow& row : rows) REQUIRE((row.*member ? builder.Append(*(row.*member)) : builder.AppendNull()).ok());
  return builder.Finish().ValueOrDie();
}

void write_events(const Folder& folder, const std::vector<EventRow>& rows, std::int64_t group) {
  const auto schema = arrow::schema({arrow::field("account_id", arrow::int64()), arrow::field("n", arrow::int64())});
  const auto made = arrow::Table::Make(schema, {int_array(rows, &EventRow::account), int_array(rows, &EventRow::number)});
  const auto out = arrow::io::FileOutputStream::Open(folder.file("events.parquet")).ValueOrDie();
  REQUIRE(parquet::arrow::WriteTable(*made, arrow::default_memory_pool(), out, group).ok());
  REQUIRE(out->Close().ok());
}

// Events whose groups follow one another by account, in any order inside a group.
std::vector<EventRow> some_events(std::mt19937_64& draw, std::size_t count, std::int64_t accounts, std::size_t group) {
  std::vector<EventRow> rows(count);
  for (EventRow& row : rows) {
    row.account = static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(3 * accounts + 4)) - 2;  // every third is an account's
    if (draw() % 8 != 0) row.number = static_cast<std::int64_t>(draw() % 300);
  }
  std::ranges::sort(rows, {}, &EventRow::account);
  for (std::size_t begin = 0; begin < count; begin += group) {
    const std::size_t end = std::min(count, begin + group);
    if (draw() % 2 == 0)
      std::shuffle(rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(end), draw);
  }
  for (EventRow& row : rows) {
    if (draw() % 40 == 0) row.account.reset();
  }
  return rows;
}

// Accounts with their events' numbers, in order within an account.
class AccountLines final : public ChunkVisitor {
 public:
  static void add(const Database& database, std::vector<std::string>& to) {
    for (std::size_t account = 0; account < database.tables[0].rows; ++account) {
      std::string line = fmt::format("{}:", database.tables[0].columns[0].int_at(account));
      const Table& events = database.tables[1];
      const Link& link = events.links.front();
      for (std::size_t i = link.offsets[account]; i < link.offsets[account + 1]; ++i) {
        const RowId row = link.child(i);
        line += events.columns[0].is_known(row) ? fmt::format(" {}", events.columns[0].int_at(row)) : " -";
      }
      to.push_back(std::move(line));
    }
  }
  bool work(Chunk&) override { return true; }
  bool take(Chunk& chunk) override {
    starts_right = starts_right && chunk.first_rows[0] == lines.size();
    ++chunks;
    add(chunk.database, lines);
    return true;
  }
  void restart() override {
    lines.clear();
    starts_right = true;
  }
  std::vector<std::string> lines;
  std::size_t chunks = 0;
  bool starts_right = true;
};

void check_reports(const LoadResult& found, const LoadResult& expected) {
  for (std::size_t i = 0; i < expected.tables.size(); ++i) {
    CHECK(found.tables[i].rows_read == expected.tables[i].rows_read);
    CHECK(found.tables[i].bad_rows == expected.tables[i].bad_rows);
    CHECK(found.tables[i].orphans == expected.tables[i].orphans);
  }
  REQUIRE(found.bad.size() == expected.bad.size());
  for (std::size_t i = 0; i < expected.bad.size(); ++i) CHECK(found.bad[i].count == expected.bad[i].count);
}

std::vector<TableSpec> specs_of(std::string_view number_type) {
  return {table("account", "a.csv", {column("id", "int")}), relation("events", "events.parquet", "account_id", {column("n", number_type)})};
}

bool is_sorted(const Folder& folder) {
  LoadOptions options;
  options.root = folder.path();
  return io::sorted_rows(specs_of("int"), options).has_value();
}

// How many chunks there were.
std::size_t check_alike(const Folder& folder, const std::vector<TableSpec>& specs, unsigned threads) {
  LoadOptions options;
  options.root = folder.path();
  options.threads = threads;
  const auto whole = load_database(specs, options);
  REQUIRE(whole);
  std::vector<std::string> expected;
  AccountLines::add(whole->database, expected);
  const auto chunks =
      open_chunks(specs, options, {.memory = 1 << 20, .bytes_of_account = 1, .accounts_of_chunk = 2, .answers_accounts_alone = true});
  REQUIRE(chunks);
  std::size_t count = 0;
  for (int pass = 0; pass < 2; ++pass) {
    AccountLines found;
    REQUIRE((*chunks)->pass(found) == PassEnd::kDone);
    CHECK(found.lines == expected);
    CHECK(found.starts_right);
    check_reports((*chunks)->reports(), *whole);
    count = found.chunks;
  }
  return count;
}

std::string account_rows(std::int64_t accounts, bool is_dense) {
  std::string text = "id\n";
  for (std::int64_t i = 0; i < accounts; ++i) text += fmt::format("{}\n", is_dense ? i : 3 * i);
  return text;
}

TEST_CASE("rows in the order of accounts come group by group") {
  Folder folder;
  std::mt19937_64 draw(7);
  for (int round = 0; round < 60; ++round) {
    const auto accounts = static_cast<std::int64_t>(draw() % 30), group = static_cast<std::int64_t>(1 + draw() % 20);
    folder.write("a.csv", account_rows(accounts, round % 2 == 0));
    write_events(folder, some_events(draw, draw() % 120, accounts, static_cast<std::size_t>(group)), group);
    check_alike(folder, specs_of(round % 3 == 0 ? "int" : "int?"), round % 4 == 0 ? 3 : 1);
  }
}

TEST_CASE("each group is evaluated by itself where rows are sorted, and not where they are not") {
  Folder folder;
  folder.write("a.csv", account_rows(40, true));
  std::vector<EventRow> rows;
  for (std::int64_t i = 0; i < 200; ++i) rows.push_back({i / 5, i});
  write_events(folder, rows, 50);
  CHECK(is_sorted(folder));
  CHECK(check_alike(folder, specs_of("int"), 2) == 4);
  std::mt19937_64 draw(3);
  std::ranges::shuffle(rows, draw);
  write_events(folder, rows, 50);
  CHECK_FALSE(is_sorted(folder));
  check_alike(folder, specs_of("int"), 2);
}

// Says of some numbers that no answer depends on the rows.
class NoneBelow final : public ChunkVisitor {
 public:
  explicit NoneBelow(std::int64_t least) : least_(least) {}
  std::vector<bool> needed(std::span<const StatedColumn> stated) override { return {stated[0].range.second >= least_}; }
  bool needs_rows(std::uint32_t, std::span<const StatedColumn> stated) override { return stated[0].range.second >= least_; }
  bool work(Chunk&) override { return true; }
  bool take(Chunk& chunk) override {
    AccountLines::add(chunk.database, lines);
    return true;
  }
  void restart() override { lines.clear(); }
  std::vector<std::string> lines;

 private:
  std::int64_t least_;
};

TEST_CASE("groups whose rows change no answer are left out, and their orphans counted") {
  Folder folder;
  std::vector<EventRow> rows;
  for (std::int64_t i = 0; i < 120; ++i) rows.push_back({i / 4, i % 40 < 20 ? 5 : 50});
  write_events(folder, rows, 20);
  for (const bool is_dense : {true, false}) {
    folder.write("a.csv", account_rows(30, is_dense));
    const std::vector<TableSpec> specs = specs_of("int");
    LoadOptions options;
    options.root = folder.path();
    const auto whole = load_database(specs, options);
    REQUIRE(whole);
    std::vector<std::string> expected;
    AccountLines::add(whole->database, expected);
    for (std::string& line : expected) {
      for (std::size_t at = 0; (at = line.find(" 5", at)) != std::string::npos;) line[at + 2] == '0' ? ++at : (line.erase(at, 2), at);
    }
    const auto chunks =
        open_chunks(specs, options, {.memory = 1 << 20, .bytes_of_account = 1, .accounts_of_chunk = 2, .answers_accounts_alone = true});
    REQUIRE(chunks);
    NoneBelow found(50);
    REQUIRE((*chunks)->pass(found) == PassEnd::kDone);
    CHECK(found.lines == expected);
    check_reports((*chunks)->reports(), *whole);
  }
}

}  // namespace
}  // namespace segue::test
