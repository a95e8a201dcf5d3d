// What the tests of proofs share.
#include "tests/unit/prove/verdict.h"

#include <fmt/format.h>

#include "bindings/cpp/prove/proofs.h"
#include "compiler/prove/prove.h"
#include "tests/unit/check/fixture.h"

namespace segue::test {
namespace {

const TimeZone& berlin() {
  static const TimeZone zone = *load_time_zone("Europe/Berlin");
  return zone;
}

Claim claim_of(const Checked& checked, std::string_view text) {
  Claim claim;
  if (const std::size_t differ = text.find(" != "); differ != std::string_view::npos) {
    const Definition& first = checked.definition(text.substr(0, differ));
    claim.frame = first.frame;
    claim.differ = std::pair(first.body, checked.definition(text.substr(differ + 4)).body);
    return claim;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(" & ", at), text.size());
    std::string_view name = text.substr(at, end - at);
    const bool holds = !name.starts_with('!');
    if (!holds) name.remove_prefix(1);
    const Definition& definition = checked.definition(name);
    claim.frame = definition.frame;
    claim.assertions.push_back({definition.body, holds});
    at = end + 3;
  }
  return claim;
}

std::string rules_of(std::string_view a, std::string_view b) {
  return fmt::format("segment a {{\n  where {}\n}}\nsegment b {{\n  where {}\n}}\n", a, b);
}

}  // namespace

std::string verdict_of(std::string_view rules, std::string_view text) {
  const auto checked = check_text(rules);
  for (const Diagnostic& each : checked->result.diagnostics) {
    if (each.severity == Severity::kError) return "error: " + message_list(*checked);
  }
  const CheckedProgram& program = checked->result.program;
  const Claim claim = claim_of(*checked, text);
  ProveOptions options;
  options.clock = clock_at_end_of_day(20'515, berlin(), {});  // 2026-03-03
  const Proof proof = prove(program, std::span(&claim, 1), options).front();
  if (proof.verdict == ClaimVerdict::kProved) return "proved";
  if (proof.verdict == ClaimVerdict::kUnknown) return "unknown: " + proof.reason;
  if (!proof.example) return "no example";
  return is_met(program, claim, *proof.example, options.clock) ? "refuted" : "wrong example (" + proof.reason + ")";
}

std::string disjoint(std::string_view a, std::string_view b) { return verdict_of(rules_of(a, b), "a & b"); }
std::string subset(std::string_view a, std::string_view b) { return verdict_of(rules_of(a, b), "a & !b"); }
std::string same(std::string_view a, std::string_view b) { return verdict_of(rules_of(a, b), "a != b"); }
std::string never(std::string_view a) { return verdict_of(rules_of(a, "customer"), "a"); }

}  // namespace segue::test
