// Writing results: `command.md`, "Output".
#include "runtime/io/write.h"

#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "runtime/io/api.h"
#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

// Three accounts, read from a file, and a definition of each kind.
struct Example {
  Folder folder;
  LoadResult accounts;
  Bitmap members{3};
  std::vector<double> scores = {0.1, 1e21, -2};
  std::vector<std::int32_t> codes = {1, -1, 0};
  std::vector<std::string> labels = {"tier, one", "two"};
  Output output;

  explicit Example(const std::string& keys = "id\na\n\"b \"\"x\"\"\"\n\"\"\n", std::string_view type = "text") {
    folder.write("in.csv", keys);
    accounts = load(folder, {table("account", "in.csv", {column("id", type)})});
    members.set(0);
    members.set(2);
    output.key_name = "id";
    output.key = &accounts.database.tables[0].columns[0];
    output.columns.push_back({"icp", OutputKind::kMembers, &members, {}, {}, {}});
    output.columns.push_back({"fit", OutputKind::kScores, nullptr, scores, {}, {}});
    output.columns.push_back({"tier", OutputKind::kLabels, nullptr, {}, codes, labels});
  }

  std::string write(const std::string& name, const WriteOptions& options = {}) {
    const auto written = write_results(folder.file(name), output, options);
    INFO((written ? std::string() : written.error().message));
    REQUIRE(written.has_value());
    return *written;
  }

  // Nothing but `in.csv` and what is named lies in the folder.
  [[nodiscard]] bool holds_only(const std::string& name) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      if (entry.path().filename() != "in.csv" && entry.path().filename() != name) return false;
    }
    return true;
  }
};

// The written file as the reader sees it.
std::string read_back(const Folder& folder, const std::string& name, std::string_view key_type) {
  const TableSpec spec =
      table("account", name, {column("id", key_type), column("icp", "bool"), column("fit", "float"), column("tier", "text?")});
  const LoadResult result = load(folder, {spec});
  return shown(spec, result, 0) + " " + shown(spec, result, 1) + " " + shown(spec, result, 2) + " " + shown(spec, result, 3);
}

TEST_CASE("wide CSV has a row an account and a column a definition") {
  Example example;
  example.write("out.csv");
  CHECK(example.folder.read("out.csv") ==
        "id,icp,fit,tier\n"
        "a,true,0.1,two\n"
        "\"b \"\"x\"\"\",false,1e+21,\n"
        "\"\",true,-2,\"tier, one\"\n");
  CHECK(example.holds_only("out.csv"));
}

TEST_CASE("long CSV has a row for each member, score and label") {
  Example example;
  WriteOptions options;
  options.layout = OutputLayout::kLong;
  example.write("out.csv", options);
  CHECK(example.folder.read("out.csv") ==
        "account,definition,value\n"
        "a,icp,true\na,fit,0.1\na,tier,two\n"
        "\"b \"\"x\"\"\",fit,1e+21\n"
        "\"\",icp,true\n\"\",fit,-2\n\"\",tier,\"tier, one\"\n");
}

TEST_CASE("Parquet and Arrow files keep the types, the key's included") {
  for (const char* name : {"out.parquet", "out.arrow"}) {
    Example text;
    text.write(name);
    CHECK(read_back(text.folder, name, "text") == "a|b \"x\"| true|false|true 0.1|1e+21|-2 two|-|tier, one");
    Example number("id\n5\n-6\n7\n", "int");
    number.write(name);
    CHECK(read_back(number.folder, name, "int").starts_with("5|-6|7 "));
    Example decimal("id\n5.25\n-6\n7\n", "decimal(2)");
    decimal.write(name);
    CHECK(read_back(decimal.folder, name, "decimal(2)").starts_with("5.25|-6.00|7.00 "));
    Example date("id\n2026-01-01\n2026-01-02\n0001-01-01\n", "date");
    date.write(name);
    CHECK(read_back(date.folder, name, "date").starts_with("2026-01-01|2026-01-02|0001-01-01 "));
    Example time("id\n2026-01-01T00:00:00Z\n2026-01-02T00:00:00Z\n2026-01-03T00:00:00.5Z\n", "timestamp");
    time.write(name);
    CHECK(read_back(time.folder, name, "timestamp").starts_with("2026-01-01T00:00:00Z|2026-01-02T00:00:00Z|2026-01-03T00:00:00.5Z "));
  }
}

TEST_CASE("the long layout in Parquet and Arrow has three columns") {
  for (const char* name : {"out.parquet", "out.arrow"}) {
    Example example("id\n5\n6\n7\n", "int");
    WriteOptions options;
    options.layout = OutputLayout::kLong;
    example.write(name, options);
    TableSpec spec = table("account", name, {column("account", "int"), column("definition", "text"), column("value", "text")});
    spec.key.reset();
    const LoadResult result = load(example.folder, {spec});
    CHECK(shown(spec, result, 0) == "5|5|5|6|7|7|7");
    CHECK(shown(spec, result, 1) == "icp|fit|tier|fit|icp|fit|tier");
    CHECK(shown(spec, result, 2) == "true|0.1|two|1e+21|true|-2|tier, one");
  }
}

TEST_CASE("an existing folder, or a path that ends in a slash, is a folder") {
  Example example;
  std::filesystem::create_directory(example.folder.file("there"));
  CHECK(example.write("there") == example.folder.file("there/accounts.parquet"));
  CHECK(example.write("new/") == example.folder.file("new/accounts.parquet"));
  CHECK(std::filesystem::exists(example.folder.file("new/accounts.parquet")));
}

TEST_CASE("a missing parent folder and an unknown ending are errors, before any work") {
  Folder folder;
  CHECK(output_file(folder.file("no/out.csv")).error().message ==
        "`" + folder.file("no/out.csv") + "` cannot be written: the folder `" + folder.file("no") + "` does not exist; make it first");
  CHECK_FALSE(output_file(folder.file("no/new/")).has_value());
  CHECK_FALSE(output_file("").has_value());
  CHECK(output_file("out.xlsx").error().message ==
        "the name `out.xlsx` does not say the output's format; let it end in `.csv`, `.parquet` or `.arrow`, or in `/` for a folder");
  CHECK(output_file("out.csv").value() == "out.csv");
}

TEST_CASE("an interrupted write leaves the old file and nothing else") {
  for (const std::string name : {"out.csv", "out.parquet", "out.arrow"}) {
    Example example;
    example.folder.write(name, "old");
    const std::atomic<bool> cancel = true;
    WriteOptions options;
    options.cancel = &cancel;
    const auto written = write_results(example.folder.file(name), example.output, options);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().kind == WriteErrorKind::kCancelled);
    CHECK(example.folder.read(name) == "old");
    CHECK(example.holds_only(name));
  }
}

TEST_CASE("a signal handler is told the name that a file has before it takes its place") {
  Example example;
  std::vector<std::string> told;
  WriteOptions options;
  options.on_temporary = [&](const std::string& path) { told.push_back(path); };
  REQUIRE(write_results(example.folder.file("out.csv"), example.output, options));
  REQUIRE(told.size() == 2);
  CHECK(told[0].starts_with(example.folder.path()));
  CHECK(told[1].empty());
  CHECK(example.holds_only("out.csv"));
}

TEST_CASE("a target that cannot be replaced is an error, and nothing remains beside it") {
  Example example;
  const std::string long_name(250, 'x');  // the temporary name is longer than a name may be
  const auto written = write_results(example.folder.file(long_name + ".csv"), example.output, {});
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().kind == WriteErrorKind::kEnvironment);
  CHECK(example.holds_only("out.csv"));
}

TEST_CASE("the plain symbol gives the same functions") {
  CHECK(segue_runtime_io_api().load_database == &load_database);
  CHECK(segue_runtime_io_api().write_results == &write_results);
}

}  // namespace
}  // namespace segue::test
