// Constructs that give one of several named values: tiers, stages, grids, splits.
#include <catch2/catch.hpp>

#include "stdlib/split.h"
#include "tests/unit/interpret/builder.h"
#include "tests/unit/interpret/tree_text.h"

namespace segue::test {
namespace {

// Two conditions over five accounts: {true, true}, {false, true}, {false, false}, {missing, true}, {true, missing}.
struct Rows : World {
  Rows() : World("big near") {
    add_column(0, "big", bools({true, false, false, kMissing, true}));
    add_column(0, "close", bools({true, true, false, true, kMissing}));
    big = column(0, kAccountFrame, "big");
    close = column(1, kAccountFrame, "near");
    names = enum_of({"first", "second", "rest"});
  }
  Type named() const { return {.kind = Kind::kEnum, .enum_id = names}; }
  std::vector<ChoiceRow> rows() const { return {{big, 0}, {close, 1}}; }

  ExprId big{}, close{};
  EnumTypeId names = 0;
};

std::vector<std::int32_t> codes(World& w, ExprId body, DefinitionKind kind) { return w.run(w.define(body, kind)).codes; }

}  // namespace

TEST_CASE("of tiers the first row that holds wins, of stages the last") {
  Rows w;
  const ExprId tiers = w.add(Choice{w.rows(), {}, false}, w.named());
  CHECK((codes(w, tiers, DefinitionKind::kTiers) == std::vector{0, 1, -1, 1, 0}));
  const ExprId stages = w.add(Choice{w.rows(), {}, true}, w.named());
  CHECK((codes(w, stages, DefinitionKind::kStages) == std::vector{1, 1, -1, 1, 0}));
  const ExprId total = w.add(Choice{w.rows(), 2, false}, w.named());
  CHECK((codes(w, total, DefinitionKind::kTiers) == std::vector{0, 1, 2, 1, 0}));
}

TEST_CASE("tiers are unsure where a row that is looked at is unknown") {
  Rows w;
  // `?` behind what is unsure: the last account's missing `near` is not looked at
  CHECK(w.values(w.add(Choice{w.rows(), 2, false}, w.named())) == "first second rest second? first");
  // stages are looked at from the last row on
  CHECK(w.values(w.add(Choice{w.rows(), 2, true}, w.named())) == "second second rest second first?");
  CHECK(w.run(w.define(w.add(Choice{w.rows(), 2, true}, w.named()), DefinitionKind::kStages)).undetermined == 1);
}

TEST_CASE("a grid's cell has its axes' places as digits") {
  World w;
  const EnumTypeId country = w.enum_of({"US", "FR", "GB"});
  const EnumTypeId cells = w.enum_of({"GB/false", "GB/true", "US/false", "US/true"});
  w.add_column(0, "country", ints({0, 2, 1, kMissing, 0, 2}, {.kind = Kind::kEnum, .enum_id = country}));
  w.add_column(0, "vip", bools({true, false, true, true, kMissing, true}));
  w.add_column(0, "open", bools({true, true, true, true, true, false}));
  const GridAxis by_country{w.column(0), {1, -1, 0}, 2};
  const GridAxis by_vip{w.column(1), {0, 1}, 2};
  const Type type{.kind = Kind::kEnum, .enum_id = cells};
  const ExprId all = w.add(GridCell{{}, {by_country, by_vip}}, type);
  CHECK((codes(w, all, DefinitionKind::kGrid) == std::vector{3, 0, -1, -1, -1, 1}));
  const ExprId some = w.add(GridCell{w.column(2), {by_country, by_vip}}, type);
  CHECK((codes(w, some, DefinitionKind::kGrid) == std::vector{3, 0, -1, -1, -1, -1}));
  // FR has no place, whatever else is known
  CHECK(w.run(w.define(some, DefinitionKind::kGrid)).undetermined == 2);
}

TEST_CASE("a split takes the part into which the key's place falls") {
  World w;
  w.program.schema.tables[0].key = w.add_column(0, "id", ints({1, 2, 3, 4, 5, 6, 7, 8}));
  w.add_column(0, "member", bools({true, true, true, true, true, true, false, kMissing}));
  const std::uint64_t half = kSplitHashes / 2;
  const Type type{.kind = Kind::kEnum, .enum_id = w.enum_of({"control", "campaign"})};
  const auto found = codes(w, w.add(SplitPart{w.column(1), "s", {half, kSplitHashes}}, type), DefinitionKind::kSplit);
  for (std::size_t i = 0; i < 6; ++i) CHECK(found[i] == (split_hash("s", std::to_string(i + 1)) < half ? 0 : 1));
  CHECK(found[6] == -1);
  CHECK(found[7] == -1);
  const ExprId split = w.add(SplitPart{w.column(1), "s", {half, kSplitHashes}}, type);
  CHECK(w.run(w.define(split, DefinitionKind::kSplit)).undetermined == 1);
}

TEST_CASE("tiers show each row up to the one that wins, with its title") {
  Rows w;
  const DefinitionId tiers = w.define(w.add(Choice{w.rows(), 2, false}, w.named()), DefinitionKind::kTiers, "coverage");
  w.program.definitions[static_cast<std::size_t>(tiers)].value_titles = {"Tier 1", "", "Others"};
  const auto explained = [&](RowId row) { return tree_text(explain(w.program, w.database, w.clock, w.sources, tiers, row)); };
  CHECK(explained(0) ==
        "tiers `coverage` first \"Tier 1\"\n"
        "  row `first` true wins\n"
        "    test `big` true\n"
        "  row `second` true not-looked-at\n"
        "  row `rest` false not-looked-at\n");
  CHECK(explained(2) ==
        "tiers `coverage` rest \"Others\"\n"
        "  row `first` false\n"
        "    test `big` false\n"
        "  row `second` false\n"
        "    test `near` false\n"
        "  row `rest` true wins\n");
  CHECK(explain(w.program, w.database, w.clock, w.sources, tiers, 2).value_title == "Others");
}

TEST_CASE("having no value is not undetermined by itself") {
  Rows w;
  const DefinitionId tiers = w.define(w.add(Choice{w.rows(), {}, false}, w.named()), DefinitionKind::kTiers);
  CHECK(explain(w.program, w.database, w.clock, w.sources, tiers, 2).value.missing);
  CHECK_FALSE(explain(w.program, w.database, w.clock, w.sources, tiers, 2).undetermined);
  CHECK(explain(w.program, w.database, w.clock, w.sources, tiers, 3).undetermined);
}

TEST_CASE("the value of tiers is read by other definitions") {
  Rows w;
  const DefinitionId tiers = w.define(w.add(Choice{w.rows(), {}, false}, w.named()), DefinitionKind::kTiers);
  const SetId first = w.set(w.named(), {std::int64_t{0}});
  const ExprId read = w.add(DefinitionRead{tiers}, w.named());
  // nothing is no value: unknown, as a column that is missing
  CHECK(w.verdicts(w.test(InSet{read, first})) == "10--1");
}

}  // namespace segue::test
