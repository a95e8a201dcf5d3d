// The rule of `sequence`: order, ties, groups and limits.
#include "stdlib/sequence.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace segue;

namespace {

// Each row: group, time, and the steps that it meets as digits.
struct Row {
  std::uint64_t group;
  std::int64_t time;
  std::string steps;
};

bool holds(const std::vector<Row>& rows, std::size_t steps, SequenceLimit limit, const TimeZone& zone = utc_zone()) {
  std::vector<SequenceRow> sorted;
  for (std::size_t i = 0; i < rows.size(); ++i) sorted.push_back({rows[i].group, rows[i].time, i});
  std::sort(sorted.begin(), sorted.end());
  return has_sequence(std::span<const SequenceRow>(sorted), steps, limit, zone,
                      [&](std::size_t row, std::size_t step) { return rows[row].steps.contains(static_cast<char>('0' + step)); });
}

constexpr SequenceLimit days(std::int64_t amount) { return {Kind::kDays, amount, true}; }

std::int64_t instant(std::int64_t day, int hour) { return day * kMicrosPerDay + hour * kMicrosPerHour; }

}  // namespace

TEST_CASE("the second step is strictly later than the first") {
  CHECK(holds({{0, 1, "0"}, {0, 2, "1"}}, 2, days(14)));
  CHECK(!holds({{0, 1, "0"}, {0, 1, "1"}}, 2, days(14)));
  CHECK(!holds({{0, 1, "01"}}, 2, days(14)));
  CHECK(holds({{0, 1, "01"}, {0, 2, "01"}}, 2, days(14)));
  CHECK(!holds({{0, 2, "0"}, {0, 1, "1"}}, 2, days(14)));
  CHECK(!holds({}, 2, days(14)));
}

TEST_CASE("the rows are of one group") {
  CHECK(!holds({{1, 1, "0"}, {2, 2, "1"}}, 2, days(14)));
  CHECK(holds({{1, 1, "0"}, {2, 2, "1"}, {2, 1, "0"}}, 2, days(14)));
}

TEST_CASE("the limit is inclusive, and the last start counts") {
  CHECK(holds({{0, 1, "0"}, {0, 15, "1"}}, 2, days(14)));
  CHECK(!holds({{0, 1, "0"}, {0, 16, "1"}}, 2, days(14)));
  CHECK(holds({{0, 1, "0"}, {0, 10, "0"}, {0, 20, "1"}}, 2, days(14)));
  CHECK(!holds({{0, 1, "0"}, {0, 2, "1"}}, 2, days(0)));
  CHECK(!holds({{0, 1, "0"}, {0, 2, "1"}}, 2, days(-1)));
  // a later start that does not reach the middle step does not hide an earlier one that does
  CHECK(holds({{0, 1, "0"}, {0, 3, "1"}, {0, 4, "0"}, {0, 5, "2"}}, 3, days(4)));
  CHECK(!holds({{0, 1, "0"}, {0, 3, "1"}, {0, 4, "0"}, {0, 6, "2"}}, 3, days(4)));
}

TEST_CASE("three steps stand in their order") {
  CHECK(holds({{0, 1, "0"}, {0, 2, "1"}, {0, 3, "2"}}, 3, days(2)));
  CHECK(!holds({{0, 1, "0"}, {0, 3, "1"}, {0, 2, "2"}}, 3, days(9)));
  CHECK(!holds({{0, 1, "0"}, {0, 2, "1"}, {0, 2, "2"}}, 3, days(9)));
}

TEST_CASE("days are local days, hours are exact") {
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  const std::int64_t day = 20'541;  // 2026-03-29, when the clocks go forward
  const SequenceLimit one_day{Kind::kDays, 1, false};
  CHECK(holds({{0, instant(day, 0), "0"}, {0, instant(day + 1, 21), "1"}}, 2, one_day, berlin));
  CHECK(!holds({{0, instant(day, 0), "0"}, {0, instant(day + 1, 22), "1"}}, 2, one_day, berlin));  // midnight of the next day there
  const SequenceLimit hours{Kind::kSpan, 24 * kMicrosPerHour, false};
  CHECK(holds({{0, instant(day, 0), "0"}, {0, instant(day + 1, 0), "1"}}, 2, hours, berlin));
  CHECK(!holds({{0, instant(day, 0), "0"}, {0, instant(day + 1, 0) + 1, "1"}}, 2, hours, berlin));
}

TEST_CASE("months clamp to the end of the month") {
  const SequenceLimit month{Kind::kMonths, 1, true};
  const auto day = [](int year, int month_of_year, int day_of_month) { return day_of_civil(CivilDate{year, month_of_year, day_of_month}); };
  CHECK(holds({{0, day(2026, 1, 31), "0"}, {0, day(2026, 2, 28), "1"}}, 2, month));
  CHECK(!holds({{0, day(2026, 1, 31), "0"}, {0, day(2026, 3, 1), "1"}}, 2, month));
  CHECK(holds({{0, day(9999, 12, 30), "0"}, {0, day(9999, 12, 31), "1"}}, 2, month));
}
