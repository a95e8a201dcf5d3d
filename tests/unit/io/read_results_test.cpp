// Earlier outputs: whatever `write_results` and `write_audience` write is read back.
#include "runtime/io/read_results.h"

#include <catch2/catch.hpp>

#include "runtime/io/write.h"
#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

// Four accounts with a definition of each kind, and contacts of which some are an audience.
struct Outputs {
  Folder folder;
  LoadResult data;
  Bitmap members{4};
  std::vector<double> scores = {0.1, 1e21, -2, 0.1};
  std::vector<std::int32_t> codes = {1, -1, 0, 1};
  std::vector<std::string> labels = {"tier, one", "two"};
  Bitmap left_out{4};
  Bitmap invited{5};
  Output output;
  AudienceOutput audience;

  explicit Outputs(std::string_view key_type = "text", const std::string& keys = "a\n\"b \"\"x\"\"\"\nc\nd\n") {
    folder.write("in.csv", "id\n" + keys);
    folder.write("contacts.csv", "id,account\n1,a\n2,c\n3,nobody\n4,d\n5,a\n");
    data = load(folder, {table("account", "in.csv", {column("id", key_type)}),
                         relation("contacts", "contacts.csv", "account", {column("id", "int")})});
    members.set(0);
    members.set(2);
    output.key_name = "id";
    output.key = &data.database.tables[0].columns[0];
    output.columns.push_back({"icp", OutputKind::kMembers, &members, {}, {}, {}});
    output.columns.push_back({"fit", OutputKind::kScores, nullptr, scores, {}, {}});
    output.columns.push_back({"tier", OutputKind::kLabels, nullptr, {}, codes, labels});
    audience.key_name = "id";
    audience.key = &data.database.tables[1].columns[0];
    audience.account_name = "id";
    audience.account_key = output.key;
    audience.members = &invited;
    audience.accounts = data.database.tables[1].links[0].parent_of;
    for (std::size_t row = 0; row < 4; ++row) invited.set(row);
  }

  void write(const std::string& name, OutputLayout layout = OutputLayout::kWide) {
    const auto written = write_results(folder.file(name), output, {layout, nullptr, {}});
    INFO((written ? std::string() : written.error().message));
    REQUIRE(written.has_value());
  }
  void write_invited(const std::string& name) {
    const auto written = write_audience(audience_file(folder.file("out/accounts.parquet"), name), audience, {});
    INFO((written ? std::string() : written.error().message));
    REQUIRE(written.has_value());
  }
};

EarlierSpec spec_of(Kind kind = Kind::kText) {
  EarlierSpec spec;
  spec.key_name = "id";
  spec.key_type.kind = kind;
  return spec;
}

std::string shown_results(const EarlierColumn& column) {
  std::string text = column.name + ":";
  for (const std::int32_t code : column.codes) text += " " + (code < 0 ? "-" : column.values[static_cast<std::size_t>(code)]);
  return text;
}

std::string shown_results(const EarlierResults& results) {
  std::string text;
  for (const std::string& account : results.accounts) text += account + "|";
  for (const EarlierColumn& column : results.definitions) text += " " + shown_results(column);
  return text;
}

std::string read(const std::string& path, const EarlierSpec& spec = spec_of()) {
  const auto results = read_results(path, spec);
  return results ? shown_results(*results) : results.error().message;
}

TEST_CASE("a wide output is read back in each format") {
  Outputs outputs;
  for (const std::string name : {"out.csv", "out.parquet", "out.arrow"}) {
    outputs.write(name);
    CHECK(read(outputs.folder.file(name)) == "a|b \"x\"|c|d| icp: true false true false fit: 0.1 1e+21 -2 0.1 tier: two - tier, one two");
  }
}

TEST_CASE("a long output is read back in each format; who has no row has no value") {
  Outputs outputs;
  for (const std::string name : {"out.csv", "out.parquet", "out.arrow"}) {
    outputs.write(name, OutputLayout::kLong);
    const auto results = read_results(outputs.folder.file(name), spec_of());
    REQUIRE(results.has_value());
    CHECK(results->is_long);
    CHECK(shown_results(*results) == "a|b \"x\"|c|d| icp: true - true - fit: 0.1 1e+21 -2 0.1 tier: two - tier, one two");
  }
}

TEST_CASE("rows that are left out are in no file, whatever its layout and format") {
  Outputs outputs;
  outputs.left_out.set(0);
  outputs.left_out.set(3);
  outputs.output.left_out = &outputs.left_out;
  for (const std::string name : {"out.csv", "out.parquet", "out.arrow"}) {
    outputs.write(name);
    CHECK(read(outputs.folder.file(name)) == "b \"x\"|c| icp: false true fit: 1e+21 -2 tier: - tier, one");
    outputs.write(name, OutputLayout::kLong);
    CHECK(read(outputs.folder.file(name)) == "b \"x\"|c| fit: 1e+21 -2 icp: - true tier: - tier, one");
  }
}

TEST_CASE("keys that are no text keep their type, and are compared in it") {
  Outputs outputs("int", "7\n8\n9\n10\n");
  for (const std::string name : {"out.csv", "out.parquet"}) {
    outputs.write(name);
    CHECK(read(outputs.folder.file(name), spec_of(Kind::kInt)).starts_with("7|8|9|10| icp"));
  }
  outputs.folder.write("by_hand.csv", "id,icp\n7.0,true\n");
  CHECK(read(outputs.folder.file("by_hand.csv"), spec_of(Kind::kInt)) == "7| icp: true");
}

TEST_CASE("a folder holds the accounts and a file for each audience") {
  Outputs outputs;
  outputs.write("out/");
  outputs.left_out.set(3);
  outputs.audience.left_out = &outputs.left_out;
  outputs.write_invited("invited");
  outputs.audience.key = nullptr;
  outputs.write_invited("key/less");
  Type int_type;
  int_type.kind = Kind::kInt;
  EarlierSpec spec = spec_of();
  spec.audiences = {{"invited", int_type}, {"key/less", std::nullopt}, {"absent", std::nullopt}};
  const auto results = read_results(outputs.folder.file("out"), spec);
  REQUIRE(results.has_value());
  CHECK(results->accounts.size() == 4);
  REQUIRE(results->audiences.size() == 2);
  CHECK(results->audiences[0].keys == std::vector<std::string>{"1", "2"});
  CHECK(results->audiences[0].accounts == std::vector<std::string>{"a", "c"});
  CHECK_FALSE(results->audiences[1].has_keys);
  CHECK(results->audiences[1].accounts == std::vector<std::string>{"a", "c"});
  CHECK(read_results(outputs.folder.file("out/"), spec).has_value());
}

TEST_CASE("names of audiences become names of files that are none of the accounts'") {
  CHECK(audience_file("out/accounts.parquet", "cfo_invites") == "out/cfo_invites.parquet");
  CHECK(audience_file("out/accounts.parquet", "accounts") == "out/%61ccounts.parquet");
  CHECK(audience_file("out/accounts.parquet", "../x y") == "out/%2E.%2Fx%20y.parquet");
}

TEST_CASE("what is no output of these accounts is said to be none") {
  Folder folder;
  folder.write("other.csv", "name,icp\na,true\n");
  folder.write("repeated.csv", "id,icp\na,true\na,false\n");
  folder.write("empty/notes.txt", "x");
  folder.write("keys.csv", "id,icp\nseven,true\n");
  const auto kind = [&](const std::string& name, const EarlierSpec& spec = spec_of()) {
    const auto results = read_results(folder.file(name), spec);
    REQUIRE_FALSE(results.has_value());
    return results.error().kind;
  };
  CHECK(kind("absent.csv") == LoadErrorKind::kEnvironment);
  CHECK(kind("absent/") == LoadErrorKind::kEnvironment);
  CHECK(kind("other.csv") == LoadErrorKind::kData);
  CHECK(kind("repeated.csv") == LoadErrorKind::kData);
  CHECK(kind("empty") == LoadErrorKind::kData);
  CHECK(kind("empty/notes.txt") == LoadErrorKind::kData);
  CHECK(kind("keys.csv", spec_of(Kind::kInt)) == LoadErrorKind::kData);
  CHECK(read(folder.file("other.csv")) ==
        "`" + folder.file("other.csv") +
            "` is no output of `segue run --out` for these accounts: its first column is `name`, not the key `id`");
}

}  // namespace
}  // namespace segue::test
