// Reading CSV: `language.md`, "Data files", column "in CSV".
#include <catch2/catch.hpp>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

// The column `x` of a file with columns id and x, one row a cell.
std::string cells(std::string_view type, const std::vector<std::string>& texts, ColumnSpec (*change)(ColumnSpec) = nullptr) {
  Folder folder;
  std::string csv = "id,x\n";
  for (std::size_t i = 0; i < texts.size(); ++i) csv += std::to_string(i) + "," + texts[i] + "\n";
  folder.write("a.csv", csv);
  ColumnSpec x = column("x", type);
  x.bad_is_missing = true;
  if (change != nullptr) x = change(x);
  TableSpec spec = table("account", "a.csv", {column("id", "int"), x});
  spec.null_values = {"NULL"};
  const LoadResult result = load(folder, {spec});
  // Bad cells are shown as `!`.
  std::string out;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    std::string value = shown(spec, result.database.tables[0], 1, row);
    for (const BadValues& bad : result.bad) {
      for (const BadExample& example : bad.examples) {
        if (example.row == row + 1) value = "!";
      }
    }
    out += (row == 0 ? "" : "|") + value;
  }
  return out;
}

TEST_CASE("an empty cell is missing, a quoted empty one is empty text and bad elsewhere") {
  CHECK(cells("text?", {"", "\"\"", "NULL", "\"NULL\"", "NA", " "}) == "-||-|NULL|NA| ");
  CHECK(cells("int?", {"", "\"\"", "NULL", "\"5\"", "NA", " "}) == "-|!|-|5|!|!");
  CHECK(cells("date?", {"", "\"\""}) == "-|!");
  CHECK(cells("list<text>?", {"", "\"\"", "NULL"}) == "-|!|-");
}

TEST_CASE("bools are true and false in any case, or the column's own words") {
  CHECK(cells("bool", {"true", "FALSE", "True", "1", "yes"}) == "true|false|true|!|!");
  const auto own_words = [](ColumnSpec spec) {
    spec.true_values = {"Yes", "1"};
    spec.false_values = {"No", "0"};
    return spec;
  };
  CHECK(cells("bool", {"Yes", "0", "1", "No", "true", "yes"}, own_words) == "true|false|true|false|!|!");
}

TEST_CASE("numbers are plain digits") {
  CHECK(cells("int", {"5", "-7", "5.0", "5.5", "1e3", "1_000", "9223372036854775807", "9223372036854775808"}) ==
        "5|-7|5|!|!|!|9223372036854775807|!");
  CHECK(cells("decimal(2)", {"5", "5.25", "-0.5", "5.250", "5.251", "9999999999999999.99", "10000000000000000"}) ==
        "5.00|5.25|-0.50|5.25|!|9999999999999999.99|!");
  CHECK(cells("float?", {"0.1", "1e3", "inf", "-inf", "nan", "x"}) == "0.1|1000|inf|-inf|-|!");
}

TEST_CASE("a float that is not a number is missing, and so bad where the column is not optional") {
  Folder folder;
  folder.write("a.csv", "id,x\n1,nan\n2,1\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "float")});
  const LoadResult result = load(folder, {spec});
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].kind == BadKind::kMissing);
  CHECK(shown(spec, result, 1) == "1");
}

TEST_CASE("dates and timestamps follow ISO 8601, the zone and the column's format") {
  CHECK(cells("date", {"2026-03-01", "2026-02-29", "0001-01-01", "9999-12-31", "01.03.2026"}) == "2026-03-01|!|0001-01-01|9999-12-31|!");
  const auto german = [](ColumnSpec spec) {
    spec.format = "%d.%m.%Y";
    return spec;
  };
  CHECK(cells("date", {"01.03.2026", "2026-03-01"}, german) == "2026-03-01|!");
  CHECK(cells("timestamp", {"2026-03-01T09:30:00Z", "2026-03-01 09:30", "2026-03-01T09:30:00.5+02:00", "2026-03-01"}) ==
        "2026-03-01T09:30:00Z|2026-03-01T09:30:00Z|2026-03-01T07:30:00.5Z|!");
}

TEST_CASE("a timestamp without a zone is wall time in the project's zone") {
  Folder folder;
  // 02:30 does not exist on that day in March, and happens twice on that day in October.
  folder.write("a.csv", "id,x\n1,2026-07-01T12:00:00\n2,2026-03-29 02:30:00\n3,2026-10-25 02:30:00\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "timestamp")});
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  LoadOptions options;
  options.zone = &berlin;
  CHECK(shown(spec, load(folder, {spec}, options), 1) == "2026-07-01T10:00:00Z|2026-03-29T01:30:00Z|2026-10-25T00:30:00Z");
}

TEST_CASE("enum values match exactly, or folded") {
  CHECK(cells("enum:Software,Fintech", {"Software", "fintech", "Other", "\"Fintech\""}) == "Software|!|!|Fintech");
  const auto folded = [](ColumnSpec spec) {
    spec.enum_is_folded = true;
    return spec;
  };
  CHECK(cells("enum:Software,Fintech", {"SOFTWARE", "fintech", "Other"}, folded) == "Software|Fintech|!");
}

TEST_CASE("lists are split, blanks and empty values dropped, repeated ones merged") {
  CHECK(cells("list<text>", {"b;a", " a ; ;b;;", "a;a", "", ";"}) == "[a, b]|[a, b]|[a]|[]|[]");
  CHECK(cells("list<int>", {"1; 2;1", "1;x", ""}) == "[1, 2]|!|[]");
  CHECK(cells("list<float>", {"0;-0;0.0", "1;nan"}) == "[0]|[1]");
  CHECK(cells("list<enum:a,b>", {"b;a", "c"}) == "[a, b]|!");
  const auto pipes = [](ColumnSpec spec) {
    spec.separator = "|";
    return spec;
  };
  CHECK(cells("list<text>", {"a;b|c"}, pipes) == "[a;b, c]");
}

TEST_CASE("quoted cells hold delimiters, newlines and doubled quotes; lines are counted past them") {
  Folder folder;
  folder.write("a.csv", "\xef\xbb\xbf\"id\",x\r\n1,\"a,b\"\r\n2,\"two\nlines\"\r\n3,\"say \"\"hi\"\"\"\r\n4,5\" pipe\r\n5,\"x\"y\r\n6,z");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "text")});
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 1) == "a,b|two\nlines|say \"hi\"|5\" pipe|z");
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].kind == BadKind::kType);
  REQUIRE(result.bad[0].examples.size() == 1);
  CHECK(result.bad[0].examples[0].row == 5);
  CHECK(result.bad[0].examples[0].line == 7);
  CHECK(result.bad[0].examples[0].value == "\"x\"y");
}

TEST_CASE("a row with too few or too many cells is bad, an empty line is no row") {
  Folder folder;
  folder.write("a.csv", "id;x\n1;a\n2\n\n3;b;c\n4;d\n");
  TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "text")});
  spec.delimiter = ';';
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 0) == "1|4");
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].kind == BadKind::kCells);
  CHECK_FALSE(result.bad[0].column.has_value());
  CHECK(result.bad[0].count == 2);
  CHECK(result.bad[0].examples[0].row == 2);
  CHECK(result.bad[0].examples[0].line == 3);
  CHECK(result.bad[0].examples[1].row == 3);
  CHECK(result.bad[0].examples[1].line == 5);
  CHECK(result.tables[0].rows_read == 4);
  CHECK(result.tables[0].bad_rows == 2);
}

TEST_CASE("a cell that is not UTF-8 is bad where the column is read") {
  Folder folder;
  folder.write("a.csv", "id,x,y\n1,ok,\xff\n2,caf\xe9,ok\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "text")});
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 0) == "1");
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].kind == BadKind::kEncoding);
  CHECK(result.bad[0].examples[0].value == "caf\xef\xbf\xbd");
}

TEST_CASE("only columns that are needed are read, and only their cells are checked") {
  Folder folder;
  folder.write("a.csv", "id,x,y\n1,5,bad\n");
  ColumnSpec y = column("y", "int");
  y.is_needed = false;
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "int"), y});
  const LoadResult result = load(folder, {spec});
  CHECK(result.bad.empty());
  CHECK_FALSE(result.database.tables[0].columns[2].is_read());
  CHECK(shown(spec, result, 1) == "5");
}

TEST_CASE("a CSV file may be large, and its pieces make one table with any number of threads") {
  Folder folder;
  std::string csv = "id,name,note,n\n";
  const int rows = 60'000;
  for (int i = 0; i < rows; ++i) {
    csv += "k" + std::to_string(i) + ",name " + std::to_string(i % 97) + ",\"line\nbreak, " + std::to_string(i) + "\"," +
           std::to_string(i * 7 % 1000) + "\n";
  }
  folder.write("a.csv", csv);
  const TableSpec spec =
      table("account", "a.csv", {column("id", "text"), column("name", "text"), column("note", "text"), column("n", "int")});
  for (const unsigned threads : {1U, 2U, 5U}) {
    LoadOptions options;
    options.threads = threads;
    const LoadResult result = load(folder, {spec}, options);
    const Table& account = result.database.tables[0];
    REQUIRE(account.rows == rows);
    CHECK(account.columns[1].dictionary->size() == 97);
    CHECK(account.columns[3].storage == Storage::kInt16);
    for (const int row : {0, 1, 777, 30'000, rows - 1}) {
      const auto at = static_cast<std::size_t>(row);
      CHECK(shown(spec, account, 0, at) == "k" + std::to_string(row));
      CHECK(shown(spec, account, 1, at) == "name " + std::to_string(row % 97));
      CHECK(shown(spec, account, 2, at) == "line\nbreak, " + std::to_string(row));
      CHECK(shown(spec, account, 3, at) == std::to_string(row * 7 % 1000));
    }
  }
}

TEST_CASE("the header may be all there is; a file without one is broken") {
  Folder folder;
  folder.write("a.csv", "id,x\n");
  folder.write("empty.csv", "");
  folder.write("bom.csv", "\xef\xbb\xbf");
  TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "int")});
  CHECK(load(folder, {spec}).database.tables[0].rows == 0);
  for (const char* name : {"empty.csv", "bom.csv"}) {
    spec.files = {name};
    const LoadError error = load_error(folder, {spec});
    CHECK(error.kind == LoadErrorKind::kData);
    CHECK(error.message == std::string("`") + name + "` is broken: it is empty; a CSV file starts with a line of column names");
  }
}

TEST_CASE("an unclosed quote breaks the file, and the message says where it starts") {
  Folder folder;
  folder.write("a.csv", "id,x\n1,a\n2,\"b\n3,c\n");
  folder.write("h.csv", "id,\"x\n1,a\n");
  TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "text")});
  CHECK(load_error(folder, {spec}).message == "`a.csv` is broken: a quote is not closed in the row that starts in line 3");
  spec.files = {"h.csv"};
  CHECK(load_error(folder, {spec}).message == "`h.csv` is broken: a quote is not closed in the row that starts in line 1");
}

TEST_CASE("a column that the file lacks is an error that lists the nearest names") {
  Folder folder;
  folder.write("a.csv", "id,Employes,name\n1,2,3\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("employees", "int")});
  const LoadError error = load_error(folder, {spec});
  CHECK(error.kind == LoadErrorKind::kData);
  CHECK(error.file == "a.csv");
  CHECK(error.message ==
        "`a.csv` has no column `employees`, which the schema declares for `account`; the nearest names in it are `Employes`, `name`, `id`");
}

TEST_CASE("two columns of one name are an error where the schema names them") {
  Folder folder;
  folder.write("a.csv", "id,x,x,y,y\n1,2,3,4,5\n");
  const TableSpec spec = table("account", "a.csv", {column("id", "int"), column("x", "int")});
  CHECK(load_error(folder, {spec}).message == "`a.csv` has 2 columns named `x`; give each its own name");
}

TEST_CASE("gzip is read by its ending, and damaged data are an error") {
  Folder folder;
  const std::string csv = "id,x\n1,a\n2,b\n";
  folder.write("plain.csv", csv);
  REQUIRE(std::system(("gzip -k " + folder.file("plain.csv")).c_str()) == 0);
  TableSpec spec = table("account", "plain.csv.gz", {column("id", "int"), column("x", "text")});
  CHECK(shown(spec, load(folder, {spec}), 1) == "a|b");
  const std::string packed = folder.read("plain.csv.gz");
  folder.write("cut.csv.gz", packed.substr(0, packed.size() - 6));
  folder.write("text.csv.gz", csv);
  folder.write("packed.csv", packed);
  for (const char* name : {"cut.csv.gz", "text.csv.gz", "packed.csv"}) {
    spec.files = {name};
    const LoadError error = load_error(folder, {spec});
    CHECK(error.kind == LoadErrorKind::kData);
    CHECK(error.file == name);
  }
}

}  // namespace
}  // namespace segue::test
