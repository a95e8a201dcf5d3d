// Reading Parquet and Arrow IPC: `language.md`, "Data files", column "in Parquet and Arrow".
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/json/from_string.h>
#include <catch2/catch.hpp>
#include <parquet/arrow/writer.h>

#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

// An array of JSON values.
std::shared_ptr<arrow::Array> array(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

std::shared_ptr<arrow::Table> arrow_table(const Columns& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, values] : columns) {
    fields.push_back(arrow::field(name, values->type()));
    arrays.push_back(values);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

void write_parquet(const std::string& path, const Columns& columns, std::int64_t rows_per_group = 1 << 20) {
  const auto stream = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  REQUIRE(parquet::arrow::WriteTable(*arrow_table(columns), arrow::default_memory_pool(), stream, rows_per_group,
                                     parquet::default_writer_properties(), properties)
              .ok());
  REQUIRE(stream->Close().ok());
}

void write_ipc(const std::string& path, const Columns& columns, bool is_stream) {
  const auto table = arrow_table(columns);
  const auto stream = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto writer = is_stream ? arrow::ipc::MakeStreamWriter(stream, table->schema()).ValueOrDie()
                                : arrow::ipc::MakeFileWriter(stream, table->schema()).ValueOrDie();
  REQUIRE(writer->WriteTable(*table).ok());
  REQUIRE(writer->Close().ok());
  REQUIRE(stream->Close().ok());
}

std::shared_ptr<arrow::Array> ids(std::int64_t count) {
  arrow::Int64Builder builder;
  for (std::int64_t i = 0; i < count; ++i) REQUIRE(builder.Append(i).ok());
  return builder.Finish().ValueOrDie();
}

// What a column of the type reads as, from an IPC file; `!` is a bad value.
std::string values(std::string_view type, const std::shared_ptr<arrow::Array>& x, const TimeZone& zone = utc_zone()) {
  Folder folder;
  write_ipc(folder.file("a.arrow"), {{"id", ids(x->length())}, {"x", x}}, false);
  ColumnSpec spec = column("x", type);
  spec.bad_is_missing = true;
  const TableSpec account = table("account", "a.arrow", {column("id", "int"), spec});
  LoadOptions options;
  options.zone = &zone;
  const LoadResult result = load(folder, {account}, options);
  std::string out;
  for (std::size_t row = 0; row < static_cast<std::size_t>(x->length()); ++row) {
    std::string value = shown(account, result.database.tables[0], 1, row);
    for (const BadValues& bad : result.bad) {
      for (const BadExample& example : bad.examples) {
        if (example.row == row + 1) value = "!";
      }
    }
    out += (row == 0 ? "" : "|") + value;
  }
  return out;
}

// What is said of a column of the wrong type.
std::string fault(std::string_view type, const std::shared_ptr<arrow::Array>& x) {
  Folder folder;
  write_ipc(folder.file("a.arrow"), {{"id", ids(x->length())}, {"x", x}}, false);
  const LoadError error = load_error(folder, {table("account", "a.arrow", {column("id", "int"), column("x", type)})});
  CHECK(error.kind == LoadErrorKind::kData);
  return error.message;
}

TEST_CASE("whole numbers may have any width that fits") {
  CHECK(values("int?", array(arrow::int8(), "[-5, null]")) == "-5|-");
  CHECK(values("int?", array(arrow::uint16(), "[65535]")) == "65535");
  CHECK(values("int?", array(arrow::uint64(), "[5, 9223372036854775808]")) == "5|!");
  CHECK(values("int?", array(arrow::float64(), "[200.0, 0.5, 1e300, NaN]")) == "200|!|!|!");
  CHECK(values("int?", array(arrow::decimal128(20, 2), R"(["7.00", "7.50"])")) == "7|!");
  CHECK(values("decimal(2)?", array(arrow::int32(), "[7]")) == "7.00");
  CHECK(values("decimal(2)?", array(arrow::int64(), "[9999999999999999, 10000000000000000]")) == "9999999999999999.00|!");
}

TEST_CASE("decimals rescale exactly or are bad") {
  CHECK(values("decimal(2)?", array(arrow::decimal128(18, 2), R"(["12.34", null])")) == "12.34|-");
  CHECK(values("decimal(2)?", array(arrow::decimal128(30, 4), R"(["12.3400", "12.3401", "100000000000000000.0000"])")) == "12.34|!|!");
  CHECK(values("decimal(6)?", array(arrow::decimal32(9, 2), R"(["1234567.89"])")) == "1234567.890000");
  CHECK(values("decimal(1)?", array(arrow::decimal64(18, 0), R"(["12"])")) == "12.0");
  CHECK(values("decimal(2)?", array(arrow::decimal256(60, 10), R"(["12.3400000000", "0.0010000000"])")) == "12.34|!");
  CHECK(values("float?", array(arrow::decimal128(18, 1), R"(["0.1"])")) == "0.1");
}

TEST_CASE("a scale that no decimal should have is no trouble") {
  const auto scaled = [](std::int32_t scale) {
    arrow::Decimal128Builder builder(arrow::decimal128(38, scale));
    REQUIRE(builder.Append(arrow::Decimal128(5)).ok());
    return builder.Finish().ValueOrDie();
  };
  CHECK(values("int?", scaled(-2)) == "500");
  CHECK(values("float?", scaled(-2)) == "500");
  for (const std::int32_t scale : {-37, -1'000'000, 60, 1'000'000}) CHECK(values("decimal(2)?", scaled(scale)) == "!");
}

TEST_CASE("a float that is not a number is missing") {
  CHECK(values("float?", array(arrow::float64(), "[0.1, NaN, null, Inf]")) == "0.1|-|-|inf");
  CHECK(values("float?", array(arrow::float32(), "[0.5]")) == "0.5");
  CHECK(values("float?", array(arrow::float16(), "[0.5]")) == "0.5");
  CHECK(values("float?", array(arrow::int64(), "[3, 9007199254740993]")) == "3|!");
}

TEST_CASE("dates lie in the years 0001 to 9999") {
  CHECK(values("date?", array(arrow::date32(), "[0, 2932896, 2932897, null]")) == "1970-01-01|9999-12-31|!|-");
  CHECK(values("date?", array(arrow::date64(), "[86400000, 86400001]")) == "1970-01-02|!");
}

TEST_CASE("timestamps have any unit; without a zone they are wall time in the project's zone") {
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  CHECK(values("timestamp?", array(arrow::timestamp(arrow::TimeUnit::SECOND, "UTC"), "[0]"), berlin) == "1970-01-01T00:00:00Z");
  CHECK(values("timestamp?", array(arrow::timestamp(arrow::TimeUnit::MILLI, "America/New_York"), "[1500]"), berlin) ==
        "1970-01-01T00:00:01.5Z");
  CHECK(values("timestamp?", array(arrow::timestamp(arrow::TimeUnit::MICRO), "[0]"), berlin) == "1969-12-31T23:00:00Z");
  CHECK(values("timestamp?", array(arrow::timestamp(arrow::TimeUnit::NANO, "UTC"), "[1000, 1001]")) == "1970-01-01T00:00:00.000001Z|!");
  CHECK(values("timestamp?", array(arrow::timestamp(arrow::TimeUnit::SECOND, "UTC"), "[9223372036854775807]")) == "!");
}

TEST_CASE("text has any encoding of text, with bad cells where it is not UTF-8") {
  for (const auto& type : {arrow::utf8(), arrow::large_utf8(), arrow::utf8_view(), arrow::dictionary(arrow::int8(), arrow::utf8())}) {
    CHECK(values("text?", array(type, R"(["a", null, "", "a long text that does not lie in the view itself"])")) ==
          "a|-||a long text that does not lie in the view itself");
    CHECK(values("enum:a,b", array(type, R"(["b", "a", "c"])")) == "b|a|!");
  }
  arrow::BinaryBuilder bytes;
  REQUIRE(bytes.Append("caf\xe9").ok());
  auto data = bytes.Finish().ValueOrDie()->data()->Copy();
  data->type = arrow::utf8();
  CHECK(values("text?", arrow::MakeArray(data)) == "!");
}

TEST_CASE("lists come from lists of any layout; missing elements are dropped") {
  for (const auto& type : {arrow::list(arrow::utf8()), arrow::large_list(arrow::utf8()), arrow::list_view(arrow::utf8()),
                           arrow::list(arrow::dictionary(arrow::int32(), arrow::utf8()))}) {
    CHECK(values("list<text>?", array(type, R"([["b", "a", "b"], null, [], ["c", null]])")) == "[a, b]|-|[]|[c]");
  }
  CHECK(values("list<int>?", array(arrow::fixed_size_list(arrow::int16(), 2), "[[1, 2], null]")) == "[1, 2]|-");
  CHECK(values("list<enum:a,b>", array(arrow::list(arrow::utf8()), R"([["a"], ["x"]])")) == "[a]|!");
  CHECK(values("list<text>", array(arrow::list(arrow::utf8()), "[null]")) == "!");
}

TEST_CASE("a column of type null is missing throughout") {
  for (const char* type : {"int?", "text?", "bool?", "date?", "list<text>?", "enum:a?"})
    CHECK(values(type, array(arrow::null(), "[null, null]")) == "-|-");
}

TEST_CASE("a bool comes from bool only") {
  CHECK(values("bool?", array(arrow::boolean(), "[true, false, null]")) == "true|false|-");
  CHECK(fault("bool", array(arrow::int8(), "[1]")) ==
        "in `a.arrow`, column `x` is `int8` in the file, and `bool` in the schema; correct the type in the schema, or write the file anew");
}

TEST_CASE("another type altogether is an error about the column that names both") {
  CHECK(fault("int", array(arrow::utf8(), R"(["1"])")).find("is `string` in the file, and `int` in the schema") != std::string::npos);
  CHECK(fault("text", array(arrow::int64(), "[1]")).find("is `int64` in the file, and `text` in the schema") != std::string::npos);
  CHECK(fault("date", array(arrow::timestamp(arrow::TimeUnit::MICRO), "[1]")).find("`date` in the schema") != std::string::npos);
  CHECK(fault("timestamp", array(arrow::utf8(), R"(["x"])")).find("`timestamp` in the schema") != std::string::npos);
  CHECK(fault("decimal(2)", array(arrow::float64(), "[1]")).find("`decimal(2)` in the schema") != std::string::npos);
  CHECK(fault("list<text>", array(arrow::utf8(), R"(["x"])")).find("`list<text>` in the schema") != std::string::npos);
  CHECK(fault("text", array(arrow::list(arrow::utf8()), R"([["x"]])")).find("`text` in the schema") != std::string::npos);
  CHECK(fault("enum:a", array(arrow::int8(), "[1]")).find("`enum` in the schema") != std::string::npos);
}

TEST_CASE("Parquet is read by row groups, Arrow by batches, file and stream alike, by any number of threads") {
  Folder folder;
  const std::int64_t rows = 1'000;
  arrow::StringBuilder names;
  arrow::BooleanBuilder flags;
  for (std::int64_t i = 0; i < rows; ++i) {
    REQUIRE(names.Append("n" + std::to_string(i % 7)).ok());
    REQUIRE((i % 5 == 0 ? flags.AppendNull() : flags.Append(i % 2 == 0)).ok());
  }
  const Columns columns = {
      {"unused", ids(rows)}, {"name", names.Finish().ValueOrDie()}, {"flag", flags.Finish().ValueOrDie()}, {"id", ids(rows)}};
  write_parquet(folder.file("a.parquet"), columns, 130);
  write_ipc(folder.file("a.arrow"), columns, false);
  write_ipc(folder.file("b.arrow"), columns, true);
  for (const char* name : {"a.parquet", "a.arrow", "b.arrow"}) {
    for (const unsigned threads : {1U, 3U}) {
      LoadOptions options;
      options.threads = threads;
      const TableSpec spec = table("account", name, {column("id", "int"), column("name", "text"), column("flag", "bool?")});
      const LoadResult result = load(folder, {spec}, options);
      const Table& account = result.database.tables[0];
      REQUIRE(account.rows == rows);
      CHECK(account.columns[1].dictionary->size() == 7);
      CHECK(account.columns[2].valid.count() == 800);
      for (const std::size_t row : {0UL, 129UL, 130UL, 999UL}) {
        CHECK(shown(spec, account, 0, row) == std::to_string(row));
        CHECK(shown(spec, account, 1, row) == "n" + std::to_string(row % 7));
        CHECK(shown(spec, account, 2, row) == (row % 5 == 0 ? "-" : row % 2 == 0 ? "true" : "false"));
      }
    }
  }
}

TEST_CASE("bad values in Parquet are reported by row and value, without a line") {
  Folder folder;
  write_parquet(folder.file("a.parquet"), {{"id", ids(4)}, {"x", array(arrow::utf8(), R"(["a", "b", "z", null])")}}, 3);
  const TableSpec spec = table("account", "a.parquet", {column("id", "int"), column("x", "enum:a,b")});
  const LoadResult result = load(folder, {spec});
  CHECK(shown(spec, result, 1) == "a|b");
  REQUIRE(result.bad.size() == 2);
  CHECK(result.bad[0].kind == BadKind::kMissing);
  CHECK(result.bad[0].examples[0].row == 4);
  CHECK(result.bad[1].kind == BadKind::kEnum);
  CHECK(result.bad[1].examples[0].row == 3);
  CHECK(result.bad[1].examples[0].value == "z");
  CHECK_FALSE(result.bad[1].examples[0].line.has_value());
}

TEST_CASE("files that were cut off, changed or misnamed are an error, never a crash") {
  Folder folder;
  const Columns columns = {{"id", ids(300)},
                           {"x", ids(300)},
                           {"t", array(
                                     arrow::utf8(), "[" + [] {
                                       std::string texts = "\"t0\"";
                                       for (int i = 1; i < 300; ++i) texts += ",\"t" + std::to_string(i) + "\"";
                                       return texts;
                                     }() + "]")}};
  write_parquet(folder.file("a.parquet"), columns, 100);
  write_ipc(folder.file("a.arrow"), columns, false);
  write_ipc(folder.file("b.arrow"), columns, true);
  const auto spec = [](const std::string& name) {
    return table("account", name, {column("id", "int"), column("x", "int"), column("t", "text")});
  };
  for (const char* name : {"a.parquet", "a.arrow", "b.arrow"}) {
    const std::string whole = folder.read(name);
    const std::string broken = std::string("cut") + name;
    for (std::size_t size = 0; size < whole.size(); size += size < 16 || size + 16 > whole.size() ? 1 : 37) {
      folder.write(broken, whole.substr(0, size));
      const LoadError error = load_error(folder, {spec(broken)});
      CHECK(error.kind == LoadErrorKind::kData);
      CHECK(error.file == broken);
    }
    // Any byte may differ: the answer is a table or an error.
    for (std::size_t at = 0; at < whole.size(); at += 11) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0xff);
      folder.write(broken, changed);
      LoadOptions options;
      options.root = folder.path();
      const auto result = load_database({spec(broken)}, options);
      CHECK((result.has_value() || !result.error().front().message.empty()));
    }
  }
  folder.write("text.parquet", "id,x,t\n1,2,3\n");
  folder.write("text.arrow", "id,x,t\n1,2,3\n");
  folder.write("parquet.csv", folder.read("a.parquet"));
  folder.write("arrow.parquet", folder.read("a.arrow"));
  for (const char* name : {"text.parquet", "text.arrow", "parquet.csv", "arrow.parquet"}) {
    const LoadError error = load_error(folder, {spec(name)});
    CHECK(error.kind == LoadErrorKind::kData);
    CHECK(error.message.find("`" + std::string(name) + "` is broken: ") == 0);
  }
}

// What amounts in euros read as; `!` is a bad value.
std::string amounts(const std::shared_ptr<arrow::Array>& x) {
  Folder folder;
  std::string euros = "[";
  for (std::int64_t i = 0; i < x->length(); ++i) euros += i == 0 ? "\"EUR\"" : ", \"EUR\"";
  write_parquet(folder.file("a.parquet"), {{"id", ids(x->length())}, {"x", x}, {"currency", array(arrow::utf8(), euros + "]")}});
  ColumnSpec spec = money("x", "money?");
  spec.bad_is_missing = true;
  const TableSpec account = table("account", "a.parquet", {column("id", "int"), spec});
  const ExchangeRates rates = {"EUR", {}};
  LoadOptions options;
  options.rates = &rates;
  const LoadResult result = load(folder, {account}, options);
  return shown(account, result, 1) + (result.bad.empty() ? "" : " !" + std::to_string(result.bad.front().count));
}

TEST_CASE("amounts of money are whole numbers and decimals of any width and scale, exactly") {
  CHECK(amounts(array(arrow::int8(), "[5, null]")) == "5.00|-");
  CHECK(amounts(array(arrow::int64(), "[1000000000000000000, 7]")) == "-|7.00 !1");
  CHECK(amounts(array(arrow::uint64(), "[18446744073709551615]")) == "- !1");
  CHECK(amounts(array(arrow::decimal128(10, 3), R"(["1.005", "1.015", "-2.675"])")) == "1.00|1.02|-2.68");
  CHECK(amounts(array(arrow::decimal256(40, 20), R"(["1.50000000000000000000", "0.00000000000000000001"])")) == "1.50|- !1");
  CHECK(amounts(array(arrow::decimal128(38, 2), R"(["123456789012345678.00", "1234567890123456789.00"])")) == "-|- !1");
}

TEST_CASE("floats are no amounts of money, and text is none in Parquet") {
  Folder folder;
  write_parquet(folder.file("a.parquet"),
                {{"id", ids(1)}, {"x", array(arrow::float64(), "[1.5]")}, {"currency", array(arrow::utf8(), R"(["EUR"])")}});
  const LoadError error = load_error(folder, {table("account", "a.parquet", {column("id", "int"), money("x", "money")})});
  CHECK(error.message ==
        "in `a.parquet`, column `x` is `double` in the file, and `money` in the schema; correct the type in the schema, or write the file "
        "anew");
}

TEST_CASE("points are read from numbers of any width, and a missing half is null or NaN") {
  Folder folder;
  write_parquet(folder.file("a.parquet"), {{"id", ids(4)},
                                           {"lat", array(arrow::float32(), "[52.5, NaN, null, 91]")},
                                           {"lon", array(arrow::decimal128(6, 2), R"(["13.40", null, null, "0.00"])")}});
  std::vector<ColumnSpec> columns = {column("id", "int")};
  add_point(columns, "place", "point?");
  const TableSpec account = table("account", "a.parquet", columns);
  const LoadResult result = load(folder, {account});
  CHECK(shown(account, result, 2) == "52.5|-|-");
  CHECK(shown(account, result, 3) == "13.4|-|-");
  REQUIRE(result.bad.size() == 1);
  CHECK(result.bad[0].column == 1U);
  CHECK(result.bad[0].examples[0].value == "91, 0");
}

}  // namespace
}  // namespace segue::test
