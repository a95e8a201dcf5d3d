// Which files a table has: folders, several files, missing ones, parts that differ; progress and interruption.
#include <catch2/catch.hpp>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

TEST_CASE("the files of a table may order their columns differently") {
  Folder folder;
  folder.write("1.csv", "id,x\n1,a\n");
  folder.write("2.csv", "x,more,id\nb,?,2\n");
  TableSpec spec = table("account", "*.csv", {column("id", "int"), column("x", "text")});
  spec.files = {"1.csv", "2.csv"};
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 0) == "1|2");
  CHECK(shown(spec, result, 1) == "a|b");
}

TEST_CASE("a part that lacks a column is an error with its name") {
  Folder folder;
  folder.write("1.csv", "id,x\n1,a\n");
  folder.write("2.csv", "id,y\n2,b\n");
  TableSpec spec = table("account", "*.csv", {column("id", "int"), column("x", "text")});
  spec.files = {"1.csv", "2.csv"};
  const LoadError error = load_error(folder, {spec});
  CHECK(error.file == "2.csv");
  CHECK(error.table == "account");
  CHECK(error.message == "`2.csv` has no column `x`, which the schema declares for `account`; the nearest names in it are `y`, `id`");
}

TEST_CASE("a folder means the data files in it and below, by path") {
  Folder folder;
  folder.write("d/b.csv", "id\n2\n");
  folder.write("d/a/z.csv", "id\n1\n");
  folder.write("d/c.tsv", "id\n3\n");
  folder.write("d/notes.md", "no data");
  folder.write("d/_old/x.csv", "id\n9\n");
  folder.write("d/.hidden.csv", "id\n9\n");
  folder.write("none/notes.md", "no data");
  TableSpec spec = table("account", "d", {column("id", "int")});
  CHECK(shown(spec, load(folder, {spec}), 0) == "1|2|3");
  spec.files = {"none"};
  const LoadError error = load_error(folder, {spec});
  CHECK(error.kind == LoadErrorKind::kEnvironment);
  CHECK(error.message == "the folder `none` holds no file that ends in `.csv`, `.csv.gz`, `.parquet` or `.arrow`");
}

TEST_CASE("what is not there is an error of the environment") {
  Folder folder;
  TableSpec spec = table("account", "absent.csv", {column("id", "int")});
  LoadError error = load_error(folder, {spec});
  CHECK(error.kind == LoadErrorKind::kEnvironment);
  CHECK(error.message == "`absent.csv` does not exist; correct the path in `sources`");
  spec.path = "data/*.csv";
  spec.files = {};
  error = load_error(folder, {spec});
  CHECK(error.kind == LoadErrorKind::kEnvironment);
  CHECK(error.message == "no file matches `data/*.csv`, the source of `account`; correct the path in `sources`");
}

TEST_CASE("a name that says no format is an error") {
  Folder folder;
  folder.write("a.xlsx", "x");
  const LoadError error = load_error(folder, {table("account", "a.xlsx", {column("id", "int")})});
  CHECK(error.kind == LoadErrorKind::kData);
  CHECK(error.message == "the name `a.xlsx` does not say the file's format; let it end in `.csv`, `.csv.gz`, `.parquet` or `.arrow`");
}

TEST_CASE("all columns and tables in error are named in one go") {
  Folder folder;
  folder.write("a.csv", "id\n1\n");
  folder.write("e.csv", "account\n1\n");
  LoadOptions options;
  options.root = folder.path();
  const auto result = load_database({table("account", "a.csv", {column("id", "int"), column("x", "int"), column("y", "int")}),
                                     relation("events", "e.csv", "account", {column("z", "int")})},
                                    options);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().size() == 3);
  CHECK(result.error()[2].table == "events");
}

TEST_CASE("progress reaches the size of all files") {
  Folder folder;
  folder.write("a.csv", "id\n1\n2\n");
  LoadProgress last;
  LoadOptions options;
  options.progress = [&](const LoadProgress& progress) { last = progress; };
  load(folder, {table("account", "a.csv", {column("id", "int")})}, options);
  CHECK(last.table == "account");
  CHECK(last.bytes_total == 7);
  CHECK(last.bytes_read == 7);
}

TEST_CASE("reading can be interrupted") {
  Folder folder;
  folder.write("a.csv", "id\n1\n");
  const std::atomic<bool> cancel = true;
  LoadOptions options;
  options.cancel = &cancel;
  CHECK(load_error(folder, {table("account", "a.csv", {column("id", "int")})}, options).kind == LoadErrorKind::kCancelled);
}

TEST_CASE("any bytes in a CSV file give a table or an error") {
  Folder folder;
  std::uint64_t seed = 42;
  const std::string_view alphabet = "a1,\"\n\r;\\ \t\xc3\xa9\xff";
  for (int round = 0; round < 300; ++round) {
    std::string csv = round % 2 == 0 ? "id,x\n" : "";
    for (int i = 0; i < 80; ++i) {
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      csv += (seed >> 60) == 0 ? '\0' : alphabet[(seed >> 33) % alphabet.size()];
    }
    folder.write("a.csv", csv);
    LoadOptions options;
    options.root = folder.path();
    const auto result = load_database({table("account", "a.csv", {column("id", "int"), column("x", "list<text>")})}, options);
    CHECK((result.has_value() || !result.error().front().message.empty()));
  }
}

}  // namespace
}  // namespace segue::test
