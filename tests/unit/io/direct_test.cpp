// Parquet decoded straight into columns against the same values out of Arrow IPC, which are read cell by cell: random tables of all types and encodings,
// with missing and bad cells, must give the same database and the same report.
#include <functional>
#include <map>
#include <random>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include "runtime/io/columnar_file.h"
#include "tests/unit/io/fixture.h"

namespace segue::test {
namespace {

using Draw = std::mt19937_64;
using Arrays = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

std::int64_t pick(Draw& draw, std::int64_t least, std::int64_t greatest) {
  return std::uniform_int_distribution<std::int64_t>(least, greatest)(draw);
}

// A share of nulls in 256ths, none in half of all columns.
int null_share(Draw& draw) {
  const std::int64_t choice = pick(draw, 0, 5);
  return choice < 3 ? 0 : choice == 3 ? 256 : choice == 4 ? 3 : 100;
}

template <typename Builder, typename Value>
std::shared_ptr<arrow::Array> build(const std::shared_ptr<arrow::DataType>& type, std::int64_t rows, Draw& draw, Value value) {
  Builder builder(type, arrow::default_memory_pool());
  const int nulls = null_share(draw);
  for (std::int64_t i = 0; i < rows; ++i) REQUIRE((pick(draw, 0, 255) < nulls ? builder.AppendNull() : builder.Append(value(i))).ok());
  return builder.Finish().ValueOrDie();
}

// Whole numbers of one of several ranges, seldom with an extreme among them.
template <typename ArrowType>
std::shared_ptr<arrow::Array> integers(const std::shared_ptr<arrow::DataType>& type, std::int64_t rows, Draw& draw) {
  using T = typename ArrowType::c_type;
  constexpr std::int64_t kMost = sizeof(T) == 8 ? INT64_MAX : static_cast<std::int64_t>(std::numeric_limits<T>::max());
  constexpr std::int64_t kLeast = std::is_unsigned_v<T> ? 0 : static_cast<std::int64_t>(std::numeric_limits<T>::min());
  const std::int64_t bound = std::min<std::int64_t>(
      kMost, std::vector<std::int64_t>{3, 127, 128, 40'000, 3'000'000'000, kMost}[static_cast<std::size_t>(pick(draw, 0, 5))]);
  const bool has_extremes = pick(draw, 0, 3) == 0;
  return build<typename arrow::TypeTraits<ArrowType>::BuilderType>(type, rows, draw, [&](std::int64_t) {
    if (has_extremes && pick(draw, 0, 200) == 0) return static_cast<T>(pick(draw, 0, 1) == 0 ? kLeast : kMost);
    return static_cast<T>(pick(draw, std::max(kLeast, -bound), bound));
  });
}

std::shared_ptr<arrow::Array> decimals(const std::shared_ptr<arrow::DataType>& type, std::int64_t rows, Draw& draw) {
  const bool is_wide = static_cast<const arrow::DecimalType&>(*type).precision() > 18 && pick(draw, 0, 2) == 0;
  const bool is_small = static_cast<const arrow::DecimalType&>(*type).precision() < 18 || pick(draw, 0, 1) == 0;
  const std::int64_t bound = is_small ? 99'999 : 999'999'999'999;
  return build<arrow::Decimal128Builder>(type, rows, draw, [&](std::int64_t) {
    const arrow::Decimal128 value(pick(draw, -bound, bound));
    return is_wide && pick(draw, 0, 100) == 0 ? arrow::Decimal128(value * arrow::Decimal128(10'000'000'000)) : value;
  });
}

template <typename Builder>
std::shared_ptr<arrow::Array> floats(const std::shared_ptr<arrow::DataType>& type, std::int64_t rows, Draw& draw) {
  const bool has_nan = pick(draw, 0, 1) == 0;
  const std::int64_t distinct = pick(draw, 0, 1) == 0 ? 10 : 1'000'000;
  return build<Builder>(type, rows, draw, [&](std::int64_t) {
    const double value = has_nan && pick(draw, 0, 50) == 0 ? std::nan("") : static_cast<double>(pick(draw, -distinct, distinct)) / 8;
    return static_cast<typename Builder::value_type>(value == 0 ? -0.0 : value);
  });
}

std::shared_ptr<arrow::Array> bools(std::int64_t rows, Draw& draw) {
  arrow::BooleanBuilder builder;
  const int nulls = null_share(draw);
  for (std::int64_t i = 0; i < rows; ++i)
    REQUIRE((pick(draw, 0, 255) < nulls ? builder.AppendNull() : builder.Append(pick(draw, 0, 1) == 0)).ok());
  return builder.Finish().ValueOrDie();
}

// Texts of few or many values, ascending or not, seldom with bytes that are no UTF-8.
std::shared_ptr<arrow::Array> texts(std::int64_t rows, Draw& draw, const std::vector<std::string>& words) {
  const std::int64_t distinct = std::vector<std::int64_t>{3, 300, 1'000'000}[static_cast<std::size_t>(pick(draw, 0, 2))];
  const bool ascends = pick(draw, 0, 2) == 0, has_bad = pick(draw, 0, 3) == 0;
  auto made = build<arrow::BinaryBuilder>(arrow::binary(), rows, draw, [&](std::int64_t i) -> std::string {
    if (has_bad && pick(draw, 0, 300) == 0) return "caf\xe9";
    if (!words.empty()) return words[static_cast<std::size_t>(pick(draw, 0, static_cast<std::int64_t>(words.size()) - 1))];
    return fmt::format("é{:07}", ascends ? i * distinct / 1'000'000 : pick(draw, 0, distinct));
  });
  const auto data = made->data()->Copy();
  data->type = arrow::utf8();
  return arrow::MakeArray(data);
}

std::shared_ptr<arrow::Array> lists(std::int64_t rows, Draw& draw) {
  arrow::ListBuilder builder(arrow::default_memory_pool(), std::make_shared<arrow::StringBuilder>());
  auto& words = static_cast<arrow::StringBuilder&>(*builder.value_builder());
  const int nulls = null_share(draw);
  for (std::int64_t i = 0; i < rows; ++i) {
    if (pick(draw, 0, 255) < nulls) {
      REQUIRE(builder.AppendNull().ok());
      continue;
    }
    REQUIRE(builder.Append().ok());
    for (std::int64_t k = pick(draw, 0, 4); k > 0; --k)
      REQUIRE((pick(draw, 0, 30) == 0 ? words.AppendNull() : words.Append(fmt::format("w{}", pick(draw, 0, 9)))).ok());
  }
  return builder.Finish().ValueOrDie();
}

// Keys: ascending, in disorder, or with a repetition.
std::shared_ptr<arrow::Array> keys(std::int64_t rows, bool is_text, Draw& draw) {
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < rows; ++i) values.push_back(i * 3 + 5);
  const std::int64_t order = pick(draw, 0, 2);
  if (order != 0) std::ranges::shuffle(values, draw);
  if (order == 2 && rows > 3) values[static_cast<std::size_t>(rows / 2)] = values[0];
  if (is_text) {
    arrow::StringBuilder builder;
    for (const std::int64_t value : values) REQUIRE(builder.Append(fmt::format("k{:09}", value)).ok());
    return builder.Finish().ValueOrDie();
  }
  arrow::Int64Builder builder;
  REQUIRE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

struct World {
  TableSpec spec;
  Arrays arrays;
};

World make_world(std::int64_t rows, Draw& draw) {
  World world;
  const bool has_text_key = pick(draw, 0, 1) == 0;
  std::vector<ColumnSpec> columns = {column("id", has_text_key ? "text" : "int")};
  world.arrays.emplace_back("id", keys(rows, has_text_key, draw));
  const auto add = [&](const std::string& type, std::shared_ptr<arrow::Array> values) {
    const std::string name = fmt::format("c{}", columns.size());
    ColumnSpec spec = column(name, type + (pick(draw, 0, 3) == 0 ? "" : "?"));
    spec.bad_is_missing = pick(draw, 0, 1) == 0;
    columns.push_back(spec);
    world.arrays.emplace_back(name, std::move(values));
  };
  const std::vector<std::function<void()>> makers = {
      [&] { add("int", integers<arrow::Int8Type>(arrow::int8(), rows, draw)); },
      [&] { add("int", integers<arrow::UInt16Type>(arrow::uint16(), rows, draw)); },
      [&] { add("int", integers<arrow::Int32Type>(arrow::int32(), rows, draw)); },
      [&] { add("int", integers<arrow::UInt32Type>(arrow::uint32(), rows, draw)); },
      [&] { add("int", integers<arrow::Int64Type>(arrow::int64(), rows, draw)); },
      [&] { add("decimal(2)", integers<arrow::Int64Type>(arrow::int64(), rows, draw)); },
      [&] { add("decimal(2)", decimals(arrow::decimal128(18, 2), rows, draw)); },
      [&] { add("decimal(4)", decimals(arrow::decimal128(9, 2), rows, draw)); },
      [&] { add("decimal(2)", decimals(arrow::decimal128(30, 2), rows, draw)); },
      [&] { add("decimal(1)", decimals(arrow::decimal128(18, 2), rows, draw)); },
      [&] { add("float", floats<arrow::DoubleBuilder>(arrow::float64(), rows, draw)); },
      [&] { add("float", floats<arrow::FloatBuilder>(arrow::float32(), rows, draw)); },
      [&] { add("bool", bools(rows, draw)); },
      [&] { add("date", integers<arrow::Date32Type>(arrow::date32(), rows, draw)); },
      [&] { add("timestamp", integers<arrow::TimestampType>(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), rows, draw)); },
      [&] { add("timestamp", integers<arrow::TimestampType>(arrow::timestamp(arrow::TimeUnit::MILLI), rows, draw)); },
      [&] { add("timestamp", integers<arrow::TimestampType>(arrow::timestamp(arrow::TimeUnit::NANO, "UTC"), rows, draw)); },
      [&] { add("text", texts(rows, draw, {})); },
      [&] { add("text", texts(rows, draw, {"a", "bb", ""})); },
      [&] { add("enum:x,y,z", texts(rows, draw, {"x", "y", "z"})); },
      [&] { add("enum:x,y", texts(rows, draw, {"x", "y", "x", "y", "x", "q"})); },
      [&] { add("list<text>", lists(rows, draw)); },
      [&] { add("list<enum:w0,w1,w2,w3,w4,w5,w6,w7,w8,w9>", lists(rows, draw)); },
      [&] { add("list<enum:w0,w1,w2,w3,w4,w5,w6,w7,w8>", lists(rows, draw)); },
  };
  for (int i = 0; i < 5; ++i) makers[static_cast<std::size_t>(pick(draw, 0, static_cast<std::int64_t>(makers.size()) - 1))]();
  world.spec = table("account", "a", columns);
  if (pick(draw, 0, 3) == 0) {
    add("timestamp", integers<arrow::TimestampType>(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), rows, draw));
    columns.back().type.optional = columns.back().accepts_missing = true;
    world.spec = table("account", "a", columns);
    world.spec.known_at = static_cast<std::uint32_t>(columns.size() - 1);
  }
  world.spec.dedupe = pick(draw, 0, 7) == 0;
  return world;
}

std::shared_ptr<arrow::Table> table_of_arrays(const Arrays& arrays) {
  arrow::FieldVector fields;
  arrow::ArrayVector values;
  for (const auto& [name, array] : arrays) {
    fields.push_back(arrow::field(name, array->type(), array->null_count() != 0 || name.size() % 2 == 0));
    values.push_back(array);
  }
  return arrow::Table::Make(arrow::schema(fields), values);
}

void write_parquet(const std::string& path, const std::shared_ptr<arrow::Table>& table, std::int64_t rows_per_group, Draw& draw) {
  const auto stream = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  parquet::WriterProperties::Builder properties;
  if (pick(draw, 0, 2) == 0) properties.disable_dictionary();
  if (pick(draw, 0, 2) == 0) properties.dictionary_pagesize_limit(64);
  if (pick(draw, 0, 3) == 0) properties.disable_statistics();
  if (pick(draw, 0, 1) == 0) properties.data_page_version(parquet::ParquetDataPageVersion::V2);
  if (pick(draw, 0, 1) == 0) properties.data_pagesize(500)->write_batch_size(64);
  if (pick(draw, 0, 2) == 0) properties.enable_store_decimal_as_integer();
  if (pick(draw, 0, 1) == 0) properties.compression(parquet::Compression::SNAPPY);
  const auto schema = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  const auto written = parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), stream, rows_per_group, properties.build(), schema);
  INFO(written.ToString());
  REQUIRE(written.ok());
  REQUIRE(stream->Close().ok());
}

void write_ipc(const std::string& path, const std::shared_ptr<arrow::Table>& table) {
  const auto stream = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto writer = arrow::ipc::MakeFileWriter(stream, table->schema()).ValueOrDie();
  REQUIRE(writer->WriteTable(*table).ok());
  REQUIRE(writer->Close().ok());
  REQUIRE(stream->Close().ok());
}

std::string said(const TableSpec& spec, const LoadResult& result) {
  const TableReport& report = result.tables[0];
  std::string out =
      fmt::format("{} rows, {} bad, {} later, {} repeated", report.rows_read, report.bad_rows, report.not_yet_known, report.repeated);
  for (const BadValues& bad : result.bad) {
    out += fmt::format("\n{} of `{}`, kind {}, missing {}:", bad.count, spec.columns[bad.column.value_or(0)].name,
                       static_cast<int>(bad.kind), bad.read_as_missing);
    for (const BadExample& example : bad.examples) out += fmt::format(" {} `{}`", example.row, example.value);
  }
  // Either file has a name of its own for what a list holds.
  const std::string_view in_arrow = "list<item: binary>";
  for (std::size_t at = 0; (at = out.find(in_arrow, at)) != std::string::npos;) out.replace(at, in_arrow.size(), "list<element: string>");
  return out;
}

void check_sound(const Column& column) {
  if (column.storage == Storage::kBits || column.storage == Storage::kLists) return;
  REQUIRE(column.data.size() >= ((column.rows + 63) / 64 * 64 + 64) * bytes_of(column.storage));
  for (std::size_t row = 0; row < column.rows; ++row) {
    if (column.is_known(row)) continue;
    CHECK((column.storage == Storage::kFloat64 ? column.float_at(row) == 0
           : column.storage == Storage::kCodes ? column.code_at(row) == 0
                                               : column.int_at(row) == 0));
  }
}

void check_equal(const TableSpec& spec, const LoadResult& direct, const LoadResult& cells) {
  CHECK(said(spec, direct) == said(spec, cells));
  REQUIRE(direct.database.tables[0].rows == cells.database.tables[0].rows);
  for (std::size_t i = 0; i < spec.columns.size(); ++i) {
    INFO("column " << i << " of " << spec.columns[i].from);
    CHECK(shown(spec, direct, i) == shown(spec, cells, i));
    check_sound(direct.database.tables[0].columns[i]);
  }
}

// Group by group: the same rows, and facts that hold.
void check_groups(const TableSpec& spec, const Folder& folder, const LoadOptions& options, const LoadResult& whole) {
  const std::vector<TableSpec> specs = {spec};
  const io::ReadPlan plan = io::make_read_plan(specs, 0, options);
  const auto files = io::source_files(spec, folder.path()).value();
  const auto table = io::open_columnar_table(spec, plan, files, options).value();
  if (!table) {
    CHECK(spec.dedupe);
    return;
  }
  std::uint64_t rows = 0, good = 0;
  for (std::size_t group = 0; group < table->groups().size(); ++group) {
    const auto read = table->read(group, {}, {}).value();
    CHECK(table->groups()[group].first_row == rows);
    CHECK(table->groups()[group].rows == read.rows_read);
    rows += read.rows_read;
    good += read.slots[0].column.rows;
    for (std::uint32_t slot = 0; slot < read.slots.size(); ++slot) {
      const io::GroupFacts facts = table->facts(group, slot);
      const Column& column = read.slots[slot].column;
      for (std::size_t row = 0; row < column.rows; ++row) {
        if (!column.is_known(row)) {
          CHECK(facts.may_be_missing);
          continue;
        }
        CHECK(facts.may_be_known);
        if (facts.integers) CHECK((facts.integers->first <= column.int_at(row) && column.int_at(row) <= facts.integers->second));
        if (facts.floats) CHECK((facts.floats->first <= column.float_at(row) && column.float_at(row) <= facts.floats->second));
      }
      if (!facts.may_be_bad) {
        for (const io::Finding& finding : read.findings) CHECK(finding.slot != slot);
      }
    }
  }
  CHECK(rows == whole.tables[0].rows_read);
  CHECK(good >= whole.database.tables[0].rows);
}

TEST_CASE("Parquet gives the columns and the report that the same cells give one by one") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Draw draw(seed);
    const std::int64_t rows =
        std::vector<std::int64_t>{0, 1, 63, 64, 65, 700, 4095, 4097, 5000}[static_cast<std::size_t>(pick(draw, 0, 8))];
    const std::int64_t per_group =
        std::vector<std::int64_t>{1'000'000, 1'000'000, 1000, 64, 77}[static_cast<std::size_t>(pick(draw, 0, 4))];
    World world = make_world(rows, draw);
    INFO("seed " << seed << ", " << rows << " rows, groups of " << per_group);
    Folder folder;
    const auto table = table_of_arrays(world.arrays);
    write_parquet(folder.file("a.parquet"), table, per_group, draw);
    write_ipc(folder.file("a.arrow"), table);
    LoadOptions options;
    options.root = folder.path();
    options.threads = static_cast<unsigned>(pick(draw, 1, 3));
    options.clock = 1'000;
    TableSpec cells = world.spec;
    world.spec.path = "a.parquet";
    world.spec.files = {"a.parquet"};
    cells.path = "a.arrow";
    cells.files = {"a.arrow"};
    const LoadResult direct = load(folder, {world.spec}, options);
    check_equal(world.spec, direct, load(folder, {cells}, options));
    check_groups(world.spec, folder, options, direct);
  }
}

}  // namespace
}  // namespace segue::test
