// Which rows an aggregate runs over: relations of relations, paths, several parents, references, rows around it, orphans.
#include <catch2/catch.hpp>

#include "tests/unit/interpret/builder.h"

namespace segue::test {
namespace {

// Two accounts; contacts 0 and 1 are the first's, 2 the second's, 3 an orphan; each has logins; events belong to accounts and to contacts.
struct Nested : World {
  Nested() {
    add_column(0, "tier", ints({1, 2}));
    contacts = add_table("contacts");
    logins = add_table("logins");
    events = add_table("events");
    link(contacts, 0, {0, 0, 1, kNoRow});
    active = add_column(contacts, "active", bools({true, false, true, true}));
    level = add_column(contacts, "level", ints({1, 2, 2, 2}));
    link(logins, contacts, {0, 0, 1, 2, 3, kNoRow});
    weight = add_column(logins, "weight", ints({1, 2, 4, 8, 16, 32}));
    link(events, 0, {0, 0, 1});
    link(events, contacts, {1, 0, kNoRow});
    size = add_column(events, "size", ints({2, 1, 2}));
    contact = frame(contacts);
  }

  std::uint32_t contacts = 0, logins = 0, events = 0;
  std::uint32_t active = 0, level = 0, weight = 0, size = 0;
  FrameId contact{};
};

}  // namespace

TEST_CASE("a path runs over the rows of all rows between, orphans left out") {
  Nested w;
  const FrameId login = w.frame(w.logins, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kSum, login, {}, {}, w.column(w.weight, login)}, kIntType)) == "7 8");
  // a condition may speak of the row between
  const ExprId is_active = w.column(w.active, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kSum, login, {}, is_active, w.column(w.weight, login)}, kIntType)) == "3 8");
}

TEST_CASE("an inner relation is aggregated for each row of the outer one") {
  Nested w;
  const FrameId login = w.frame(w.logins, w.contact);
  const ExprId weight = w.add(Aggregate{AggregateFn::kSum, login, {}, {}, w.column(w.weight, login)}, kIntType, w.contact);
  const ExprId is_heavy = w.test(Compare{CompareOp::kGe, weight, w.number(3)}, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, is_heavy, {}}, kIntType)) == "2 1");
  const ExprId both = w.test(And{{is_heavy, w.column(w.active, w.contact)}}, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, both, {}}, kIntType)) == "1 1");
}

TEST_CASE("a relation with several parents gives each parent its own rows") {
  Nested w;
  const FrameId of_account = w.frame(w.events, kAccountFrame);
  const FrameId of_contact = w.frame(w.events, w.contact, w.contact, 1);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, of_account, {}, {}, {}}, kIntType)) == "2 1");
  const ExprId count = w.add(Aggregate{AggregateFn::kCount, of_contact, {}, {}, {}}, kIntType, w.contact);
  const ExprId has_one = w.test(Compare{CompareOp::kEq, count, w.number(1)}, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, has_one, {}}, kIntType)) == "2 0");
}

TEST_CASE("the account's columns are read inside a relation") {
  Nested w;
  const ExprId tier = w.column(0);
  const ExprId matches = w.test(Compare{CompareOp::kEq, w.column(w.level, w.contact), tier}, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, matches, {}}, kIntType)) == "1 1");
}

TEST_CASE("the account's other relation inside a relation") {
  Nested w;
  // without a word about the contact it is one value for the account
  const FrameId plain = w.frame(w.events, kAccountFrame);
  const ExprId count = w.add(Aggregate{AggregateFn::kCount, plain, {}, {}, {}}, kIntType);
  const ExprId as_many = w.test(Compare{CompareOp::kGe, count, w.column(w.level, w.contact)}, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, as_many, {}}, kIntType)) == "2 0");
  // with one, the rows are the account's for each contact
  const FrameId correlated = w.frame(w.events, w.contact, kAccountFrame);
  const ExprId same = w.test(Compare{CompareOp::kEq, w.column(w.size, correlated), w.column(w.level, w.contact)}, correlated);
  const ExprId has_same = w.add(Aggregate{AggregateFn::kAny, correlated, {}, same, {}}, kBoolType, w.contact);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kCount, w.contact, {}, has_same, {}}, kIntType)) == "2 1");
}

TEST_CASE("a path that hangs on the account inside another relation") {
  Nested w;
  // for each event: the account's contacts' logins that weigh as much as the event
  const FrameId event = w.frame(w.events, kAccountFrame);
  const FrameId contact = w.frame(w.contacts, event, kAccountFrame);
  const FrameId login = w.frame(w.logins, contact, contact);
  const ExprId same = w.test(Compare{CompareOp::kEq, w.column(w.weight, login), w.column(w.size, event)}, login);
  const ExprId count = w.add(Aggregate{AggregateFn::kCount, login, {}, same, {}}, kIntType, event);
  CHECK(w.values(w.add(Aggregate{AggregateFn::kSum, event, {}, {}, count}, kIntType)) == "2 0");
}

TEST_CASE("a reference leads to another row, or nowhere") {
  World w;
  w.add_column(0, "customer", bools({true, kMissing, false}));
  w.program.schema.tables[0].references.push_back({.name = "parent"});
  w.database.tables[0].references.push_back({1, 0, kNoRow});
  const ExprId parent = w.add(ReferenceRead{{0}, 0}, kBoolType);
  const ExprId grandparent = w.add(ReferenceRead{{0, 0}, 0}, kBoolType);
  CHECK(w.verdicts(parent) == "-1-");
  CHECK(w.verdicts(grandparent) == "1--");
}

TEST_CASE("a condition of a relation is shared by several aggregates") {
  Nested w;
  const DefinitionId is_active = w.define(w.column(w.active, w.contact), DefinitionKind::kDefine, "is_active", w.contact);
  const ExprId first = w.test(DefinitionRead{is_active}, w.contact);
  const ExprId second = w.test(Not{w.test(DefinitionRead{is_active}, w.contact)}, w.contact);
  const ExprId some = w.add(Aggregate{AggregateFn::kCount, w.contact, {}, first, {}}, kIntType);
  const ExprId others = w.add(Aggregate{AggregateFn::kCount, w.contact, {}, second, {}}, kIntType);
  CHECK(w.values(some) == "1 1");
  CHECK(w.values(others) == "1 0");
}

}  // namespace segue::test
