// Many claims on a few threads.
#include "compiler/prove/prove.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <z3++.h>

#include "compiler/prove/meaning.h"
#include "compiler/prove/solve.h"
#include "stdlib/sha256.h"

namespace segue {
namespace {

// Changes whenever a claim may be settled otherwise than before.
constexpr int kEncodingVersion = 4;

std::string solver_version() {
  unsigned major = 0, minor = 0, build = 0, revision = 0;
  Z3_get_version(&major, &minor, &build, &revision);
  return fmt::format("{}.{}.{}.{}", major, minor, build, revision);
}

void know_meanings(proving::MeaningTable& meanings, std::span<const Claim> claims) {
  for (const Claim& claim : claims) {
    for (const Assertion& each : claim.assertions) (void)meanings.truth_of(each.predicate);
    if (!claim.differ) continue;
    (void)meanings.of(claim.differ->first);
    (void)meanings.of(claim.differ->second);
  }
}

std::string hex_of(std::span<const std::uint8_t> bytes) {
  std::string hex;
  for (const std::uint8_t byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace

std::vector<Proof> prove(const CheckedProgram& program, std::span<const Claim> claims, const ProveOptions& options) {
  proving::MeaningTable meanings(program);
  know_meanings(meanings, claims);
  std::vector<Proof> proofs(claims.size());
  std::atomic<std::size_t> next = 0, settled = 0;
  std::mutex progress;
  const auto work = [&] {
    for (std::size_t i = next++; i < claims.size(); i = next++) {
      if (options.stop.stop_requested()) {
        proofs[i].reason = "it was stopped before it came to this";
        continue;
      }
      proofs[i] = proving::settle(meanings, claims[i], options);
      const std::size_t count = ++settled;
      if (!options.progress) continue;
      const std::lock_guard lock(progress);
      options.progress(count);
    }
  };
  const std::size_t threads = std::clamp<std::size_t>(options.threads, 1, std::max<std::size_t>(claims.size(), 1));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  return proofs;
}

std::vector<std::string> claim_keys(const CheckedProgram& program, std::span<const Claim> claims, const ProveOptions& options) {
  proving::MeaningTable meanings(program);
  know_meanings(meanings, claims);
  const Clock& clock = options.clock;
  const std::string rules = fmt::format("{} {} {} {} {} {}", kEncodingVersion, solver_version(), clock.zone->name,
                                        static_cast<int>(clock.rules.week_start), clock.rules.fiscal_month, options.seconds_per_claim);
  std::vector<std::string> keys;
  for (const Claim& claim : claims) {
    std::string text = fmt::format("{} {} {}", rules, meanings.frame_label(claim.frame), claim.wants_example);
    const auto name = [&](proving::MeaningId id) { return hex_of(meanings.node(id).hash); };
    for (const Assertion& each : claim.assertions)
      text += fmt::format(" {}{}", each.holds ? "+" : "-", name(meanings.truth_of(each.predicate)));
    if (claim.differ) text += fmt::format(" differ {} {}", name(meanings.of(claim.differ->first)), name(meanings.of(claim.differ->second)));
    keys.push_back(hex_of(sha256(std::as_bytes(std::span(text.data(), text.size())))));
  }
  return keys;
}

}  // namespace segue
