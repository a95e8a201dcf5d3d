// Constructs over all rows: top, percentile, audiences.
#include <catch2/catch.hpp>

#include "tests/unit/interpret/builder.h"
#include "tests/unit/interpret/tree_text.h"

namespace segue::test {
namespace {

// Six accounts; their keys do not stand in order.
struct Ranked : World {
  Ranked() : World("seats") {
    program.schema.tables[0].key = add_column(0, "id", texts({"f", "e", "d", "c", "b", "a"}));
    add_column(0, "seats", ints({10, 20, kMissing, 20, 30, 5}));
    add_column(0, "open", bools({true, true, true, true, false, kMissing}));
    seats = hidden(column(1, kAccountFrame, "seats"));
    open = hidden(column(2));
    all = hidden(literal(true, kBoolType));
  }
  TopOf top(DefinitionId candidates, std::int64_t count) const { return {.candidates = candidates, .by = seats, .count = count}; }
  TopOf part(DefinitionId candidates, std::int64_t share, std::uint8_t scale) const {
    return {.candidates = candidates, .by = seats, .share = share, .share_scale = scale};
  }
  DefinitionId seats{}, open{}, all{};
};

}  // namespace

TEST_CASE("top keeps the greatest, ties by the least key, missing last") {
  Ranked w;
  // e and c tie at 20: c comes first; d's seats are missing, which leaves open where it stands
  CHECK(w.verdicts(w.test(w.top(w.all, 1))) == "00-010");
  CHECK(w.verdicts(w.test(w.top(w.all, 2))) == "00-110");
  CHECK(w.verdicts(w.test(w.top(w.all, 3))) == "01-110");
  CHECK(w.verdicts(w.test(w.top(w.all, 5))) == "11-111");
  CHECK(w.verdicts(w.test(w.top(w.all, 6))) == "11+111");
  CHECK(w.verdicts(w.test(w.top(w.all, 0))) == "00-000");
  CHECK(w.verdicts(w.test(w.top(w.all, 100))) == "11+111");
}

TEST_CASE("top chooses among the candidates only") {
  Ranked w;
  CHECK(w.verdicts(w.test(w.top(w.open, 1))) == "00-10-");
  CHECK(w.verdicts(w.test(w.top(w.open, 3))) == "11-10-");
}

TEST_CASE("top of a share is rounded up") {
  Ranked w;
  CHECK(w.verdicts(w.test(w.part(w.all, 1, 2))) == "00-010");   // 1 % of 6
  CHECK(w.verdicts(w.test(w.part(w.all, 5, 1))) == "01-110");   // 50 %
  CHECK(w.verdicts(w.test(w.part(w.all, 51, 2))) == "11-110");  // 51 %: 4
  CHECK(w.verdicts(w.test(w.part(w.all, 0, 2))) == "00-000");
  CHECK(w.verdicts(w.test(w.part(w.all, 2, 0))) == "11+111");
}

TEST_CASE("texts that folding makes equal, and zeros of both signs, tie") {
  World w;
  w.program.schema.tables[0].key = w.add_column(0, "id", texts({"B", "a"}));
  w.add_column(0, "name", texts({"x", "X"}, folded_text()));
  w.add_column(0, "f", floats({-0.0, 0.0}));
  const DefinitionId all = w.hidden(w.literal(true, kBoolType));
  for (const std::uint32_t column : {1U, 2U}) {
    CHECK(w.verdicts(w.test(TopOf{.candidates = all, .by = w.hidden(w.column(column)), .count = 1})) == "10");
  }
}

TEST_CASE("a percentile is the part whose value is at most the account's") {
  Ranked w;
  CHECK(w.values(w.add(Percentile{w.seats, {}}, kFloatType)) == "0.4 0.8 missing 0.8 1 0.2");
  // among the open ones: 10, 20, 20; others are measured against them
  const std::string third = "0.3333333333333333";
  CHECK(w.values(w.add(Percentile{w.seats, w.open}, kFloatType)) == third + " 1 missing 1 1 0");
  const DefinitionId none = w.hidden(w.literal(false, kBoolType));
  CHECK(w.values(w.add(Percentile{w.seats, none}, kFloatType)) == "missing missing missing missing missing missing");
}

TEST_CASE("a percentile is unsure where the account's own value is") {
  Ranked w;
  const DefinitionId filled = w.hidden(w.add(OrElse{w.column(1), w.number(0)}, kIntType));
  CHECK(w.values(w.add(Percentile{filled, {}}, kFloatType)).find('?') == std::string::npos);
  // a sum over a row whose value is missing
  const std::uint32_t deals = w.add_table("deals");
  w.link(deals, 0, {0, 1});
  const std::uint32_t amount = w.add_column(deals, "amount", ints({kMissing, 3}));
  const FrameId deal = w.frame(deals);
  const DefinitionId sum = w.hidden(w.add(Aggregate{AggregateFn::kSum, deal, {}, {}, w.column(amount, deal)}, kIntType));
  CHECK(w.values(w.add(Percentile{sum, {}}, kFloatType)).starts_with("0.8333333333333334? 1 "));
}

TEST_CASE("population constructs stand on each other") {
  Ranked w;
  const DefinitionId first = w.hidden(w.test(w.top(w.all, 2)));  // c and b
  const DefinitionId rest = w.hidden(w.test(Not{w.test(DefinitionRead{first})}));
  CHECK(w.verdicts(w.test(w.top(rest, 1))) == "01-000");
  const DefinitionId share = w.hidden(w.add(Percentile{w.seats, first}, kFloatType));
  const ExprId best = w.test(TopOf{.candidates = w.all, .by = share, .count = 2});
  // percentiles among {c: 20, b: 30}: f 0, e 0.5, c 0.5, b 1, a 0
  CHECK(w.verdicts(best) == "00-110");
}

TEST_CASE("top shows the rank, what it ranks by and how many candidates there are") {
  Ranked w;
  const ExprId top = w.test(w.top(w.open, 2), kAccountFrame, "seats");
  const auto explained = [&](RowId row) { return tree_text(explain(w.program, w.database, w.clock, w.sources, w.define(top), row)); };
  CHECK(explained(0) ==
        "top `seats` false; seats = 10; rank 3 of 4, top 2\n"
        "  test `` true\n");
  CHECK(explained(4).starts_with("top `seats` false; seats = 30; rank 0 of 4, top 2\n"));
  const ExprId percentile = w.add(Percentile{w.seats, {}}, kFloatType);
  const ExprId high = w.test(Compare{CompareOp::kGe, percentile, w.literal(0.5, kFloatType, "seats")});
  CHECK(tree_text(explain(w.program, w.database, w.clock, w.sources, w.define(high), 1)) ==
        "test `` true;  = 0.8; seats = 0.5\n"
        "  percentile `` 0.8; seats = 20; 4 of 5\n");
}

namespace {

// Two accounts with contacts; the fifth contact is an orphan.
struct Invited : World {
  Invited() : World("senior") {
    program.schema.tables[0].key = add_column(0, "id", texts({"x", "y"}));
    add_column(0, "icp", bools({true, true}));
    contacts = add_table("contacts");
    link(contacts, 0, {0, 1, 0, 1, kNoRow});
    program.schema.tables[contacts].key = add_column(contacts, "contact_id", texts({"c5", "c4", "c3", "c2", "c1"}));
    senior = add_column(contacts, "senior", bools({true, false, kMissing, true, true}));
    score = add_column(contacts, "score", ints({1, 2, 3, 3, 9}));
    contact = frame(contacts);
  }
  std::uint32_t contacts = 0, senior = 0, score = 0;
  FrameId contact{};
};

std::string rows_of(const DefinitionResult& result, std::size_t rows) {
  std::string out;
  for (std::size_t i = 0; i < rows; ++i) out += result.members.test(i) ? '1' : '0';
  return out;
}

}  // namespace

TEST_CASE("an audience has the rows of its relation that belong to an account") {
  Invited w;
  const ExprId body = w.test(And{{w.column(1), w.column(w.senior, w.contact)}}, w.contact);
  const DefinitionId audience = w.define(body, DefinitionKind::kAudience, "invites", w.contact);
  const DefinitionResult result = w.run(audience);
  CHECK(rows_of(result, 5) == "10010");
  CHECK(result.undetermined == 1);
  // its name is a condition of the relation
  const ExprId member = w.test(DefinitionRead{audience}, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, member, {}}, kIntType)) == "1? 1");
}

TEST_CASE("top in an audience ranks the relation's rows, ties by its key") {
  Invited w;
  const DefinitionId candidates = w.hidden(w.test(IsKnown{w.column(w.score, w.contact)}, w.contact), w.contact);
  const DefinitionId by = w.hidden(w.column(w.score, w.contact), w.contact);
  const ExprId top = w.test(TopOf{.candidates = candidates, .by = by, .count = 1}, w.contact);
  // the orphan's 9 does not count; c2 and c3 tie
  CHECK(rows_of(w.run(w.define(top, DefinitionKind::kAudience, "best", w.contact)), 5) == "00010");
}

TEST_CASE("roots of different frames are answered together") {
  Invited w;
  const DefinitionId roots[] = {w.define(w.column(w.senior, w.contact), DefinitionKind::kAudience, "a", w.contact), w.define(w.column(1))};
  const auto results = interpret(w.program, w.database, w.clock, roots);
  CHECK(rows_of(results->definitions[0], 5) == "10010");
  CHECK(rows_of(results->definitions[1], 2) == "11");
}

TEST_CASE("an audience says of an account which of its rows are in") {
  Invited w;
  const ExprId body = w.column(w.senior, w.contact, "senior");
  const DefinitionId audience = w.define(body, DefinitionKind::kAudience, "invites", w.contact);
  const Trace trace = explain(w.program, w.database, w.clock, w.sources, audience, 0);
  CHECK(tree_text(trace) ==
        "audience `invites` 1 unknown; 1/2\n"
        "  audience-row `\"c5\"` true\n"
        "    test `senior` true\n"
        "  audience-row `\"c3\"` false unknown\n"
        "    test `senior` false missing unknown; senior = missing\n");
  CHECK(trace.value.shown == "1");
  CHECK(trace.undetermined);
}

}  // namespace segue::test
