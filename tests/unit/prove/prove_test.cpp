// Many claims: threads, limits, stopping, keys, examples.
#include "compiler/prove/prove.h"

#include <chrono>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/unit/check/fixture.h"

using namespace segue;
using namespace segue::test;

namespace {

ProveOptions plain_options() {
  ProveOptions options;
  options.clock = clock_at_end_of_day(20'515, utc_zone(), {});
  return options;
}

std::vector<Claim> never_claims(const Checked& checked) {
  std::vector<Claim> claims;
  for (const DefinitionId id : checked.result.program.results)
    claims.push_back({.frame = kAccountFrame, .assertions = {{checked.result.program.definition(id).body, true}}, .differ = {}});
  return claims;
}

}  // namespace

TEST_CASE("verdicts do not depend on threads or neighbours", "[prove]") {
  std::string rules;
  for (int i = 0; i < 12; ++i)
    rules +=
        fmt::format("segment s{0} {{\n  where seats > {0} and seats * 2 < {1} and any(events within last {2} days)\n}}\n", i, 6 * i, i + 1);
  const auto checked = check_text(rules);
  REQUIRE(checked->messages.size() < 12);
  const std::vector<Claim> claims = never_claims(*checked);
  const std::vector<Proof> together = prove(checked->result.program, claims, plain_options());
  ProveOptions options = plain_options();
  options.threads = 3;
  std::size_t settled = 0;
  options.progress = [&](std::size_t count) { settled = std::max(settled, count); };
  const std::vector<Proof> threaded = prove(checked->result.program, claims, options);
  CHECK(settled == claims.size());
  for (std::size_t i = 0; i < claims.size(); ++i) {
    CHECK(together[i].verdict == threaded[i].verdict);
    CHECK(prove(checked->result.program, std::span(&claims[i], 1), plain_options())[0].verdict == together[i].verdict);
  }
}

TEST_CASE("a claim that is too hard is unknown, and ends", "[prove]") {
  const auto checked = check_text(
      "segment hard {\n  where seats * seats * year + year * year * seats = 7_919 * seats + 104_729 and seats > 1_000 and year > "
      "1_000\n}\n");
  ProveOptions options = plain_options();
  options.seconds_per_claim = 0.1;
  const auto start = std::chrono::steady_clock::now();
  const Proof proof = prove(checked->result.program, never_claims(*checked), options)[0];
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  CHECK((proof.verdict != ClaimVerdict::kUnknown || !proof.reason.empty()));
}

TEST_CASE("a stop ends it", "[prove]") {
  std::string rules;
  for (int i = 0; i < 200; ++i)
    rules += fmt::format(
        "segment s{0} {{\n  where seats * seats * year + year * year * seats = {0} * seats + 104_729 and seats > 1_000\n}}\n", i);
  const auto checked = check_text(rules);
  ProveOptions options = plain_options();
  options.seconds_per_claim = 5;
  std::stop_source stop;
  options.stop = stop.get_token();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Proof> proofs = prove(checked->result.program, never_claims(*checked), options);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  CHECK(proofs.back().verdict == ClaimVerdict::kUnknown);
}

TEST_CASE("keys follow meanings, not words", "[prove]") {
  const auto keys = [](std::string_view rules) {
    const auto checked = check_text(rules);
    return claim_keys(checked->result.program, never_claims(*checked), plain_options());
  };
  const auto plain = keys("segment a {\n  where seats > 5 and customer\n}\n");
  CHECK(plain == keys("## Other words.\nsegment b {\n  where customer\n    and 5 < seats\n}\n"));
  CHECK(plain == keys("define big = seats > 5\nsegment b {\n  where big and customer\n}\n"));
  CHECK(plain != keys("segment a {\n  where seats > 6 and customer\n}\n"));
  CHECK(keys("segment a {\n  where any(events within last 7 days)\n}\n") !=
        keys("segment a {\n  where any(events within last 8 days)\n}\n"));
}

TEST_CASE("an example states what the claim reads, and little of it", "[prove]") {
  const auto checked = check_text("segment a {\n  where employees >= 150 and count(events where kind = demo) >= 2\n}\n");
  const Proof proof = prove(checked->result.program, never_claims(*checked), plain_options())[0];
  REQUIRE(proof.verdict == ClaimVerdict::kRefuted);
  REQUIRE(proof.example);
  const Schema& schema = checked->result.program.schema;
  const TableId events = *find_table(schema, "events");
  CHECK(proof.example->test.tables[events].size() == 2);
  CHECK(proof.example->is_read[events]);
  CHECK_FALSE(proof.example->reads_clock);
  const TestRow& account = proof.example->test.tables[kAccountTable][0];
  CHECK(account.cells[*find_column(schema.tables[kAccountTable], "employees")].value == Constant{std::int64_t{200}});
  CHECK(account.cells[*find_column(schema.tables[kAccountTable], "seats")].state == TestCell::State::kNotGiven);
}
