// Sequences and distances.
#include <catch2/catch.hpp>

#include "tests/unit/interpret/builder.h"
#include "tests/unit/interpret/tree_text.h"

namespace segue::test {
namespace {

const Type kDateType = type_of(Kind::kDate);

// Events with a day, a person, and whether they are a visit or a demo.
struct Visits : World {
  Visits(std::vector<RowId> parent_of, const Cells<std::int64_t>& at, const Cells<std::string>& who, const Cells<bool>& visit,
         const Cells<bool>& demo, Type time = kDateType)
      : World("visit demo") {
    add_column(0, "id", ints(Cells<std::int64_t>(1 + *std::ranges::max_element(parent_of), 1)));
    events = add_table("events");
    link(events, 0, std::move(parent_of));
    program.schema.tables[events].time = add_column(events, "at", ints(at, time));
    const std::uint32_t by_column = add_column(events, "who", texts(who, folded_text()));
    const std::uint32_t visit_column = add_column(events, "visit", bools(visit));
    const std::uint32_t demo_column = add_column(events, "demo", bools(demo));
    rows = frame(events);
    by = column(by_column, rows);
    steps = {column(visit_column, rows, "visit"), column(demo_column, rows, "demo")};
  }

  ExprId sequence(Kind kind, std::int64_t limit, bool is_by = false, std::optional<ExprId> within = {}) {
    return test(Sequence{rows, within, is_by ? std::optional(by) : std::nullopt, steps, kind, limit});
  }

  std::uint32_t events = 0;
  FrameId rows{};
  ExprId by{};
  std::vector<ExprId> steps;
};

}  // namespace

TEST_CASE("a sequence wants a strictly later row within the limit") {
  // accounts: 14 days apart; 15; the same day; the wrong way round
  Visits w({0, 0, 1, 1, 2, 2, 3, 3}, {1, 15, 1, 16, 3, 3, 5, 4}, Cells<std::string>(8, "a"),
           {true, false, true, false, true, false, true, false}, {false, true, false, true, false, true, false, true});
  CHECK(w.verdicts(w.sequence(Kind::kDays, 14)) == "1000");
  CHECK(w.verdicts(w.sequence(Kind::kDays, 15)) == "1100");
  CHECK(w.verdicts(w.sequence(Kind::kMonths, 1)) == "1100");
}

TEST_CASE("a later first row may be what brings a sequence within its limit") {
  Visits w({0, 0, 0}, {1, 50, 60}, Cells<std::string>(3, "a"), {true, true, false}, {false, false, true});
  CHECK(w.verdicts(w.sequence(Kind::kDays, 10)) == "1");
  CHECK(w.verdicts(w.sequence(Kind::kDays, 9)) == "0");
}

TEST_CASE("one value of `by` has all rows; a missing one takes no part") {
  // accounts: Ann and ann; Ann and Bob; both unknown
  Visits w({0, 0, 1, 1, 2, 2}, {1, 2, 1, 2, 1, 2}, {"Ann", "ann", "Ann", "Bob", kMissing, kMissing},
           {true, false, true, false, true, false}, {false, true, false, true, false, true});
  CHECK(w.verdicts(w.sequence(Kind::kDays, 5, true)) == "100");
  CHECK(w.verdicts(w.sequence(Kind::kDays, 5)) == "111");
}

TEST_CASE("a sequence is unknown where rows that may meet a step would make it") {
  // accounts: a visit and perhaps a demo; the same beside a demo that is certain; perhaps a visit after the demo
  Visits w({0, 0, 1, 1, 1, 2, 2}, {1, 2, 1, 2, 3, 1, 2}, Cells<std::string>(7, "a"), {true, false, true, false, false, false, kMissing},
           {false, kMissing, false, kMissing, true, true, false});
  CHECK(w.verdicts(w.sequence(Kind::kDays, 5)) == "-10");
}

TEST_CASE("rows outside the window, and those without a time, take no part") {
  Visits w({0, 0, 1, 1, 2, 2}, {1, 2, kMissing, 2, 1, 2}, Cells<std::string>(6, "a"), {true, false, true, false, true, false},
           {false, true, false, true, false, true});
  const std::uint32_t recent = w.add_column(w.events, "recent", bools({false, true, true, true, kMissing, true}));
  CHECK(w.verdicts(w.sequence(Kind::kDays, 5, false, w.column(recent, w.rows))) == "00-");
}

TEST_CASE("limits of time count local days, or exactly") {
  const std::int64_t hour = 3'600'000'000;
  // 23:00 and 25 hours later: two local days apart in UTC
  Visits w({0, 0}, {23 * hour, 48 * hour}, {"a", "a"}, {true, false}, {false, true}, type_of(Kind::kTimestamp));
  CHECK(w.verdicts(w.sequence(Kind::kSpan, 25 * hour)) == "1");
  CHECK(w.verdicts(w.sequence(Kind::kSpan, 25 * hour - 1)) == "0");
  CHECK(w.verdicts(w.sequence(Kind::kDays, 2)) == "1");
  CHECK(w.verdicts(w.sequence(Kind::kDays, 1)) == "0");
}

TEST_CASE("a sequence shows the rows that make it") {
  Visits w({0, 0, 0}, {1, 2, 9}, Cells<std::string>(3, "a"), {true, true, false}, {false, false, true});
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(w.sequence(Kind::kDays, 7)), 0);
  CHECK(tree_text(trace) == "sequence `` true; visit 2; demo 1; at 1970-01-03; at 1970-01-10\n");
}

TEST_CASE("near is false without a point, and its complement true") {
  World w("place");
  w.add_column(0, "place.latitude", floats({52.52, 48.86, kMissing}));
  w.add_column(0, "place.longitude", floats({13.405, 2.35, kMissing}));
  // of Potsdam
  const auto near = [&](double kilometres) {
    return w.test(Near{w.column(0, kAccountFrame, "place"), w.column(1, kAccountFrame, "place"), 52.4, 13.06, kilometres});
  };
  CHECK(w.verdicts(near(50)) == "10-");
  CHECK(w.verdicts(near(5)) == "00-");
  CHECK(w.verdicts(w.test(Not{near(50)})) == "01+");
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, w.define(near(50)), 0);
  CHECK(tree_text(trace) == "test `` true; place = (52.52, 13.405); distance = 26.9 km\n");
}

}  // namespace segue::test
