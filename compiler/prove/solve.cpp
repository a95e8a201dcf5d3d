// One claim: first at the clock of the call, where an account that meets it can be made at once; where there is none and the clock matters, at any clock.
#include "compiler/prove/solve.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "compiler/prove/encode.h"
#include "compiler/prove/example.h"
#include "compiler/prove/limits.h"

namespace segue::proving {
namespace {

constexpr double kStepsPerSecond = 3'000'000;  // of the solver, about
constexpr std::chrono::duration<double> kLongest(
    3);                                // times the limit, for all that is tried of one claim: a clock stands behind the steps
constexpr double kLongestCheck = 0.6;  // of that, for one question
constexpr double kLongestWishSeconds = 0.1;
constexpr unsigned kStepsPerWish = 30'000;
constexpr std::size_t kMostWishes = 200;
constexpr std::size_t kMostHardWishes = 6;  // that took all their steps
constexpr unsigned kMemoryMegabytes = 600;
constexpr int kClocksTried = 3;  // besides the one of the call

enum class Answer : std::uint8_t { kNone, kSome, kOpen, kOutOfTime, kTooLarge };

struct Attempt {
  Answer answer = Answer::kOutOfTime;
  bool reads_clock = false;
  std::optional<ExampleAccount> example;
  std::vector<Guess> guesses;
  std::optional<Guess> failure;  // why no example could be made
  std::int64_t now = 0;          // the clock of a model of any clock
};

class Attempting {
 public:
  Attempting(MeaningTable& meanings, const Claim& claim, const ProveOptions& options, SymbolicClock clock, Deadline deadline,
             std::vector<std::int64_t> excluded_days = {})
      : meanings_(meanings),
        claim_(claim),
        options_(options),
        clock_(clock),
        deadline_(deadline),
        excluded_days_(std::move(excluded_days)) {}

  Attempt run() {
    const std::stop_callback interrupt(options_.stop, [this] { context_.interrupt(); });
    try {
      solve();
    } catch (const TooLarge&) {
      attempt_.answer = Answer::kTooLarge;
    } catch (const DeadlinePassed&) {
      attempt_.answer = Answer::kOutOfTime;
    } catch (const z3::exception& error) {
      attempt_.answer = Answer::kOutOfTime;
    }
    return std::move(attempt_);
  }

 private:
  [[nodiscard]] double seconds_left() const {
    return std::max(0.0, std::chrono::duration<double>(deadline_ - std::chrono::steady_clock::now()).count());
  }

  // Preprocessing takes no steps, so that a time is set too.
  void set_limits(z3::solver& solver, unsigned steps, double seconds) {
    z3::params params(context_);
    params.set("rlimit", steps);
    params.set("timeout", static_cast<unsigned>(std::clamp(std::min(seconds, seconds_left()) * 1'000, 1.0, 4e9)));
    params.set("max_memory", kMemoryMegabytes);
    params.set("arith.nl.nra", false);  // its polynomials heed neither steps nor time
    solver.set(params);
  }

  void set_claim_limits(z3::solver& solver) {
    set_limits(solver, static_cast<unsigned>(std::min(options_.seconds_per_claim * kStepsPerSecond, 4e9)),
               kLongestCheck * kLongest.count() * options_.seconds_per_claim);
  }

  [[nodiscard]] bool is_over() const { return options_.stop.stop_requested() || seconds_left() == 0; }

  void solve() {
    if (is_over()) return;
    Encoder encoder(meanings_, context_, clock_, claim_, deadline_);
    attempt_.reads_clock = encoder.reads_clock();
    attempt_.guesses = encoder.guesses();
    z3::solver solver(context_, z3::solver::simple());
    for (const z3::expr& fact : encoder.facts()) solver.add(fact);
    for (const z3::expr& condition : encoder.conditions()) solver.add(condition);
    if (is_over()) return;
    set_claim_limits(solver);
    if (!clock_.is_fixed) return solve_any_clock(encoder, solver);
    z3::expr exact = encoder.exact();
    const z3::check_result narrow = solver.check(1, &exact);
    if (narrow == z3::sat) return refute(encoder, solver);
    if (narrow == z3::unsat && !needs(solver.unsat_core(), exact)) {
      attempt_.answer = Answer::kNone;
      return;
    }
    if (is_over()) return;
    set_claim_limits(solver);
    const z3::check_result wide = solver.check();
    attempt_.answer = wide == z3::unsat ? Answer::kNone : wide == z3::sat && narrow == z3::unsat ? Answer::kOpen : Answer::kOutOfTime;
  }

  static bool needs(const z3::expr_vector& core, const z3::expr& assumption) {
    for (unsigned i = 0; i < core.size(); ++i) {
      if (core[static_cast<int>(i)].id() == assumption.id()) return true;
    }
    return false;
  }

  // A clock near that of the call, if any will do.
  void solve_any_clock(Encoder& encoder, z3::solver& solver) {
    for (const std::int64_t day : excluded_days_) {
      const TimeZone& zone = *clock_.clock.zone;
      const z3::expr first = context_.int_val(first_instant_of_day(zone, day)),
                     next = context_.int_val(first_instant_of_day(zone, day + 1));
      if (encoder.now()) solver.add(*encoder.now() < first || *encoder.now() >= next);
    }
    z3::expr exact = encoder.exact();
    z3::check_result result = solver.check(1, &exact);
    if (result != z3::sat && !(result == z3::unsat && !needs(solver.unsat_core(), exact))) {
      if (is_over()) return;
      set_claim_limits(solver);
      result = solver.check();
    }
    attempt_.answer = result == z3::unsat ? Answer::kNone : result == z3::sat ? Answer::kOpen : Answer::kOutOfTime;
    if (result == z3::sat && encoder.now()) (void)solver.get_model().eval(*encoder.now(), true).is_numeral_i64(attempt_.now);
  }

  // Some account meets the claim: the simplest one that is found.
  void refute(Encoder& encoder, z3::solver& solver) {
    attempt_.answer = Answer::kSome;
    if (!claim_.wants_example) return;
    z3::model model = solver.get_model();
    solver.add(encoder.exact());
    set_limits(solver, kStepsPerWish, kLongestWishSeconds);
    std::size_t asked = 0, hard = 0;
    const auto is_granted = [&](z3::expr wish) {
      if (!model.eval(wish, true).is_true()) {
        if (++asked > kMostWishes || hard > kMostHardWishes || is_over()) return false;
        const z3::check_result result = solver.check(1, &wish);
        hard += result == z3::unknown ? 1 : 0;
        if (result != z3::sat) return false;
        model = solver.get_model();
      }
      solver.add(wish);
      return true;
    };
    const auto wish_for = [&](const std::vector<Wish>& wishes) {
      asked = 0;
      for (const Wish& wish : wishes) {
        if (is_over()) return;
        (void)std::ranges::any_of(wish, is_granted);
      }
    };
    wish_for(simpler_rows(encoder));
    wish_for(simpler_values(encoder, model));
    auto example = make_example(encoder, model);
    if (example) {
      attempt_.example = std::move(*example);
      return;
    }
    attempt_.answer = Answer::kOpen;
    const Span place = claim_.assertions.empty() ? Span{} : encoder.program().expr(claim_.assertions[0].predicate).span;
    attempt_.failure = Guess{example.error(), place};
  }

  MeaningTable& meanings_;
  const Claim& claim_;
  const ProveOptions& options_;
  SymbolicClock clock_;
  Deadline deadline_;
  std::vector<std::int64_t> excluded_days_;  // of any clock: at these the claim was tried
  z3::context context_;
  Attempt attempt_;
};

Attempt attempt_at(MeaningTable& meanings, const Claim& claim, const ProveOptions& options, const Clock& clock, Deadline deadline) {
  return Attempting(meanings, claim, options, {true, clock}, deadline).run();
}

Span place_of_claim(const MeaningTable& meanings, const Claim& claim) {
  if (!claim.assertions.empty()) return meanings.program().expr(claim.assertions[0].predicate).span;
  return claim.differ ? meanings.program().expr(claim.differ->first).span : Span{};
}

Proof proof_of(const MeaningTable& meanings, const Claim& claim, Attempt attempt) {
  Proof proof;
  switch (attempt.answer) {
    case Answer::kNone: proof.verdict = ClaimVerdict::kProved; return proof;
    case Answer::kSome:
      proof.verdict = ClaimVerdict::kRefuted;
      proof.example = std::move(attempt.example);
      break;
    case Answer::kOpen: break;
    case Answer::kOutOfTime:
      proof.is_out_of_time = true;
      proof.reason = "the time for one claim was up";
      proof.place = place_of_claim(meanings, claim);
      return proof;
    case Answer::kTooLarge:
      proof.reason = "it rests on more conditions than are looked at together";
      proof.place = place_of_claim(meanings, claim);
      return proof;
  }
  if (attempt.failure) attempt.guesses.insert(attempt.guesses.begin(), *attempt.failure);
  if (!attempt.guesses.empty()) {
    proof.reason = attempt.guesses[0].reason;
    proof.place = attempt.guesses[0].place;
  } else if (proof.verdict == ClaimVerdict::kUnknown) {
    proof.reason = "no account was found, and none was ruled out";
    proof.place = place_of_claim(meanings, claim);
  }
  return proof;
}

}  // namespace

Proof settle(MeaningTable& meanings, const Claim& claim, const ProveOptions& options) {
  const Deadline deadline = std::chrono::steady_clock::now() +
                            std::chrono::duration_cast<Deadline::duration>(kLongest * std::min(options.seconds_per_claim, 1e6));
  Attempt first = attempt_at(meanings, claim, options, options.clock, deadline);
  if (first.answer != Answer::kNone || !first.reads_clock) return proof_of(meanings, claim, std::move(first));
  std::vector<std::int64_t> days = {options.clock.today};
  Attempt any;
  for (int tried = 0; tried < kClocksTried && !options.stop.stop_requested(); ++tried) {
    const bool is_first = tried == 0;
    if (!is_first && std::chrono::steady_clock::now() > deadline) break;
    any = Attempting(meanings, claim, options, {false, options.clock}, deadline, is_first ? std::vector<std::int64_t>() : days).run();
    if (any.answer != Answer::kOpen && is_first) return proof_of(meanings, claim, std::move(any));
    if (any.answer != Answer::kOpen) break;
    const Clock clock = make_clock(any.now, *options.clock.zone, options.clock.rules);
    Attempt there = attempt_at(meanings, claim, options, clock, deadline);
    if (there.answer == Answer::kSome) return proof_of(meanings, claim, std::move(there));
    days.push_back(clock.today);
  }
  any.answer = Answer::kOpen;
  if (any.guesses.empty())
    any.failure = Guess{"whether it can happen depends on the day on which it is asked", place_of_claim(meanings, claim)};
  return proof_of(meanings, claim, std::move(any));
}

}  // namespace segue::proving
