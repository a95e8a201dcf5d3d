// The twelve aggregates, over rows with and without missing values, two-valued and three-valued.
#include <limits>

#include <catch2/catch.hpp>

#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

// Accounts with the rows of one relation each.
struct Related : World {
  Related(std::size_t accounts, std::vector<RowId> parent_of) {
    add_column(0, "id", ints(Cells<std::int64_t>(accounts, 1)));
    relation = add_table("events");
    link(relation, 0, std::move(parent_of));
    rows = frame(relation);
  }

  ExprId column_of(const std::string& name, Column column) {
    const std::uint32_t index = add_column(relation, name, std::move(column));
    return add(ColumnRead{index}, program.schema.tables[relation].columns[index].type, rows);
  }

  ExprId aggregate(AggregateFn fn, Type type, std::optional<ExprId> where = {}, std::optional<ExprId> value = {},
                   std::optional<ExprId> within = {}) {
    return add(Aggregate{fn, rows, within, where, value}, type);
  }

  std::uint32_t relation = 0;
  FrameId rows{};
};

}  // namespace

TEST_CASE("over no rows each aggregate gives what the table says") {
  Related w(1, {});
  const ExprId open = w.column_of("open", bools({}));
  const ExprId amount = w.column_of("amount", ints({}));
  w.program.schema.tables[w.relation].time = w.add_column(w.relation, "at", ints({}, type_of(Kind::kDate)));
  CHECK(w.verdicts(w.aggregate(AggregateFn::kAny, kBoolType, open)) == "0");
  CHECK(w.verdicts(w.aggregate(AggregateFn::kNone, kBoolType, open)) == "1");
  CHECK(w.verdicts(w.aggregate(AggregateFn::kEvery, kBoolType, open)) == "1");
  CHECK(w.values(w.aggregate(AggregateFn::kCount, kIntType)) == "0");
  CHECK(w.values(w.aggregate(AggregateFn::kSum, kIntType, {}, amount)) == "0");
  CHECK(w.values(w.aggregate(AggregateFn::kDistinct, kIntType, {}, amount)) == "0");
  for (const AggregateFn fn : {AggregateFn::kAvg, AggregateFn::kShare})
    CHECK(w.values(w.aggregate(fn, kFloatType, open, amount)) == "missing");
  for (const AggregateFn fn : {AggregateFn::kMin, AggregateFn::kMax, AggregateFn::kLatest, AggregateFn::kEarliest}) {
    CHECK(w.values(w.aggregate(fn, kIntType, {}, amount)) == "missing");
  }
}

TEST_CASE("any, none and every spread unknown over their rows") {
  // accounts: {true}, {false}, {missing}, {true, missing}, {false, missing}, {}
  Related w(6, {0, 1, 2, 3, 3, 4, 4});
  const ExprId open = w.column_of("open", bools({true, false, kMissing, true, kMissing, false, kMissing}));
  CHECK(w.verdicts(w.aggregate(AggregateFn::kAny, kBoolType, open)) == "10-1-0");
  CHECK(w.verdicts(w.aggregate(AggregateFn::kNone, kBoolType, open)) == "01+0+1");
  CHECK(w.verdicts(w.aggregate(AggregateFn::kEvery, kBoolType, open)) == "10--01");
  CHECK(w.values(w.aggregate(AggregateFn::kCount, kIntType, open)) == "1 0 0? 1? 0? 0");
  CHECK(w.values(w.aggregate(AggregateFn::kShare, kFloatType, open)) == "1 0 0? 0.5? 0? missing");
}

TEST_CASE("rows outside the window are not looked at") {
  Related w(2, {0, 0, 0, 1, 1});
  const ExprId is_recent = w.column_of("recent", bools({true, true, false, false, kMissing}));
  const ExprId open = w.column_of("open", bools({true, true, false, false, false}));
  CHECK(w.verdicts(w.aggregate(AggregateFn::kEvery, kBoolType, open, {}, is_recent)) == "1+");
  CHECK(w.values(w.aggregate(AggregateFn::kShare, kFloatType, open, {}, is_recent)) == "1 missing");
  CHECK(w.values(w.aggregate(AggregateFn::kCount, kIntType, {}, {}, is_recent)) == "2 0?");
  // a row that is known not to pass is out, whatever its time
  CHECK(w.values(w.aggregate(AggregateFn::kCount, kIntType, open, {}, is_recent)) == "2 0");
}

TEST_CASE("a row whose own value is missing does not count") {
  Related w(3, {0, 0, 0, 1, 2});
  const ExprId amount = w.column_of("amount", ints({1, 4, kMissing, kMissing, 4}));
  CHECK(w.values(w.aggregate(AggregateFn::kSum, kIntType, {}, amount)) == "5? 0? 4");
  CHECK(w.values(w.aggregate(AggregateFn::kAvg, kFloatType, {}, amount)) == "2.5? missing 4");
  CHECK(w.values(w.aggregate(AggregateFn::kMin, kIntType, {}, amount)) == "1? missing 4");
  CHECK(w.values(w.aggregate(AggregateFn::kMax, kIntType, {}, amount)) == "4? missing 4");
  CHECK(w.values(w.aggregate(AggregateFn::kDistinct, kIntType, {}, amount)) == "2? 0? 1");
  CHECK(w.verdicts(w.test(Compare{CompareOp::kGe, w.aggregate(AggregateFn::kSum, kIntType, {}, amount), w.number(5)})) == "+-0");
}

TEST_CASE("an aggregate that is missing because a value is missing stays unsure behind or else") {
  Related w(2, {0});
  const ExprId amount = w.column_of("amount", ints({kMissing}));
  const ExprId most = w.aggregate(AggregateFn::kMax, kIntType, {}, amount);
  CHECK(w.values(w.add(OrElse{most, w.number(0)}, kIntType)) == "0? 0");
}

TEST_CASE("sums are exact and missing only at the end") {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  Related w(2, {0, 0, 0, 1, 1});
  const ExprId n = w.column_of("n", ints({kMost, kMost, -kMost, kMost, 1}));
  CHECK(w.values(w.aggregate(AggregateFn::kSum, kIntType, {}, n)) == "9223372036854775807 missing");
  const Type decimal = type_of(Kind::kDecimal, 2);
  const ExprId d = w.column_of("d", ints({999'999'999'999'999'999, 1, -1, 999'999'999'999'999'999, 1}, decimal));
  CHECK(w.values(w.aggregate(AggregateFn::kSum, decimal, {}, d)) == "9999999999999999.99 missing");
  const ExprId f = w.column_of("f", floats({1e308, 1e308, -1e308, 0.1, 0.2}));
  CHECK(w.values(w.aggregate(AggregateFn::kSum, kFloatType, {}, f)) == "1e+308 0.30000000000000004");
  CHECK(w.values(w.aggregate(AggregateFn::kAvg, kFloatType, {}, n)) == "3074457345618258432 4611686018427387904");
}

TEST_CASE("distinct counts under folding, and zeros of both signs once") {
  Related w(1, {0, 0, 0});
  const ExprId raw = w.column_of("raw", texts({"A", "a", "b"}));
  const ExprId folded = w.column_of("folded", texts({"A", "a", "b"}, folded_text()));
  const ExprId f = w.column_of("f", floats({0.0, -0.0, 1.0}));
  CHECK(w.values(w.aggregate(AggregateFn::kDistinct, kIntType, {}, raw)) == "3");
  CHECK(w.values(w.aggregate(AggregateFn::kDistinct, kIntType, {}, folded)) == "2");
  CHECK(w.values(w.aggregate(AggregateFn::kDistinct, kIntType, {}, f)) == "2");
}

TEST_CASE("of texts that folding makes equal min takes the least and max the greatest by code point") {
  Related w(1, {0, 0, 0});
  const ExprId name = w.column_of("name", texts({"beta", "BETA", "Alpha"}, folded_text()));
  CHECK(w.values(w.aggregate(AggregateFn::kMax, folded_text(), {}, name)) == "\"beta\"");
  CHECK(w.values(w.aggregate(AggregateFn::kMin, folded_text(), {}, name)) == "\"Alpha\"");
}

TEST_CASE("latest and earliest break ties by key, then by value") {
  // one account each: by time; by key; without a time; a tie in all but the value
  Related w(4, {0, 0, 1, 1, 2, 2, 3, 3});
  const auto relation = w.relation;
  w.program.schema.tables[relation].time = w.add_column(relation, "at", ints({5, 9, 7, 7, kMissing, 1, 4, 4}, type_of(Kind::kTimestamp)));
  const std::uint32_t key = w.add_column(relation, "event_id", texts({"z", "a", "B", "a", "x", "y", "k", "k"}, folded_text()));
  const ExprId kind = w.column_of("kind", ints({1, 2, 3, 4, 5, 6, 7, kMissing}));
  // without a key the greatest (least) value decides, a missing one being the least
  CHECK(w.values(w.aggregate(AggregateFn::kLatest, kIntType, {}, kind)) == "2 4 6? 7");
  CHECK(w.values(w.aggregate(AggregateFn::kEarliest, kIntType, {}, kind)) == "1 3 6? missing");
  // keys never fold: "B" stands before "a"
  w.program.schema.tables[relation].key = key;
  CHECK(w.values(w.aggregate(AggregateFn::kLatest, kIntType, {}, kind)) == "2 4 6? 7");
  CHECK(w.values(w.aggregate(AggregateFn::kEarliest, kIntType, {}, kind)) == "1 3 6? missing");
}

TEST_CASE("a key decides before the value does") {
  Related w(1, {0, 0});
  w.program.schema.tables[w.relation].time = w.add_column(w.relation, "at", ints({7, 7}, type_of(Kind::kDate)));
  w.program.schema.tables[w.relation].key = w.add_column(w.relation, "id", ints({1, 2}));
  const ExprId kind = w.column_of("kind", ints({9, kMissing}));
  const ExprId latest = w.aggregate(AggregateFn::kLatest, kIntType, {}, kind);
  CHECK(w.values(latest) == "missing");
  CHECK(w.values(w.add(OrElse{latest, w.number(0)}, kIntType)) == "0");
  CHECK(w.values(w.aggregate(AggregateFn::kEarliest, kIntType, {}, kind)) == "9");
}

TEST_CASE("every type has a least and a greatest value") {
  Related w(1, {0, 0});
  const ExprId on = w.column_of("on", ints({day_of_civil({2026, 1, 2}), day_of_civil({2025, 1, 2})}, type_of(Kind::kDate)));
  const ExprId f = w.column_of("f", floats({-1.5, std::numeric_limits<double>::infinity()}));
  CHECK(w.values(w.aggregate(AggregateFn::kMin, type_of(Kind::kDate), {}, on)) == "2025-01-02");
  CHECK(w.values(w.aggregate(AggregateFn::kMax, type_of(Kind::kDate), {}, on)) == "2026-01-02");
  CHECK(w.values(w.aggregate(AggregateFn::kMin, kFloatType, {}, f)) == "-1.5");
  CHECK(w.values(w.aggregate(AggregateFn::kMax, kFloatType, {}, f)) == "inf");
}

}  // namespace segue::test
