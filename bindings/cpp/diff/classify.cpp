// Same text, same condition, then the solver: the cheapest that settles it.
#include "bindings/cpp/diff/classify.h"

#include <algorithm>
#include <map>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/explain/clauses.h"
#include "bindings/cpp/prove/example_account.h"
#include "bindings/cpp/prove/proofs.h"
#include "bindings/cpp/test_database.h"
#include "compiler/interpret/interpret.h"
#include "compiler/plan/plan.h"

namespace segue {
namespace {

// A test is tried out in the whole project, which takes its time in a large one: who reviews reads a few.
constexpr std::size_t kMostTests = 20;

bool is_membership(ResultKind kind) { return kind == ResultKind::kSegment || kind == ResultKind::kAudience; }

bool same_root(const PlanRoot& a, const PlanRoot& b) {
  return a.answer == b.answer && a.frame == b.frame && a.members == b.members && a.undetermined == b.undetermined && a.value == b.value &&
         a.known == b.known;
}

// Which of the claims of a pair is which.
struct AskedClaims {
  std::size_t pair = 0;
  std::size_t leaves = 0, enters = 0;  // of a membership
  std::size_t differs = 0;             // of the others
  bool is_membership = false;
  std::size_t added = 0;  // the first of those of the values that were added: one each
};

class Classifier {
 public:
  Classifier(const VersionComparison& comparison, const VersionTexts& texts, const DiffOptions& options, std::int64_t clock)
      : comparison_(comparison),
        versions_(comparison.versions),
        texts_(texts),
        options_(options),
        program_(versions_.joined.checked->program()),
        clock_(clock_of(*versions_.joined.checked, clock)) {}

  std::expected<std::vector<DiffDefinition>, Failure> operator()() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < versions_.pairs.size(); ++i) {
      definitions_.push_back(described(versions_.pairs[i]));
      add_values(definitions_[i], versions_.pairs[i]);
      if (!settle_by_text(i)) open.push_back(i);
    }
    make_shared_plan(open);
    std::erase_if(open, [&](std::size_t i) { return settle_by_plan(i); });
    if (options_.proves && !open.empty()) {
      if (auto proved = settle_by_solver(open); !proved) return std::unexpected(std::move(proved.error()));
    } else {
      for (const std::size_t i : open) set_unknown(i, "nothing was asked of the solver");
    }
    return std::move(definitions_);
  }

 private:
  DiffDefinition described(const ComparedPair& pair) const {
    const DefinitionInfo& info = pair.head ? versions_.head.definitions[*pair.head] : versions_.base.definitions[*pair.base];
    DiffDefinition definition;
    definition.name = info.name;
    definition.kind = info.kind;
    definition.title = info.title;
    definition.file = info.file;
    definition.line = info.line;
    if (pair.base && pair.head && versions_.base.definitions[*pair.base].name != info.name)
      definition.base_name = versions_.base.definitions[*pair.base].name;
    return definition;
  }

  void add_values(DiffDefinition& definition, const ComparedPair& pair) const {
    if (!pair.base || !pair.head || is_other_thing(pair)) return;
    const std::vector<ValueInfo>& before = versions_.base.definitions[*pair.base].values;
    for (const ValueInfo& value : versions_.head.definitions[*pair.head].values) {
      if (std::ranges::find(before, value.name, &ValueInfo::name) == before.end()) definition.added_values.push_back({.name = value.name});
    }
  }

  void set_unknown(std::size_t i, std::string reason) {
    definitions_[i].status = DiffStatus::kUnknown;
    definitions_[i].reason = std::move(reason);
  }

  // Without looking into expressions. False: the two conditions have to be compared.
  bool settle_by_text(std::size_t i) {
    const ComparedPair& pair = versions_.pairs[i];
    DiffDefinition& definition = definitions_[i];
    if (!pair.base || !pair.head) {
      definition.status = pair.base ? DiffStatus::kRemoved : DiffStatus::kAdded;
      return true;
    }
    definition.causes = causes_of(comparison_, texts_, pair);
    definition.text_changes = text_changes_of(comparison_, texts_, pair);
    if (is_other_thing(pair)) {
      definition.status = DiffStatus::kChanged;
      definition.reason = pair.apart;
      return true;
    }
    if (!pair.joined_base || !pair.joined_head) {
      set_unknown(i, fmt::format("the two cannot be compared: {}", pair.apart));
      return true;
    }
    if (canonical_of(comparison_, *pair.joined_base) != canonical_of(comparison_, *pair.joined_head)) return false;
    if (!pair.reading.empty()) {
      set_unknown(i, fmt::format("the rules say the same, and read the data otherwise: {}", pair.reading));
      return true;
    }
    const bool rests_on_same =
        std::ranges::all_of(definition.causes, [](const DiffCause& cause) { return cause.kind == DiffCauseKind::kColumn; });
    settle_equal(i, rests_on_same ? DiffProof::kSameText : DiffProof::kSamePlan);
    return true;
  }

  void settle_equal(std::size_t i, DiffProof proof) {
    DiffDefinition& definition = definitions_[i];
    definition.proof = proof;
    const bool is_same = proof == DiffProof::kSameText && definition.text_changes.empty();
    definition.status = is_same ? DiffStatus::kUnchanged : DiffStatus::kTextOnly;
    // Whoever had such a value would have another answer than in base.
    for (DiffAddedValue& value : definition.added_values) value.is_empty = true;
  }

  bool is_other_thing(const ComparedPair& pair) const {
    const DefinitionInfo& from = versions_.base.definitions[*pair.base];
    const DefinitionInfo& to = versions_.head.definitions[*pair.head];
    return from.kind != to.kind || from.relation != to.relation;
  }

  // One graph of all that is open: what is one node there is equal for all data. Constructs over the whole population are left to the solver.
  bool settle_by_plan(std::size_t i) {
    const auto places = roots_.find(i);
    if (places == roots_.end() || !same_root(plan_.roots[places->second.first], plan_.roots[places->second.second])) return false;
    if (!versions_.pairs[i].reading.empty()) {
      set_unknown(i, fmt::format("the rules say the same, and read the data otherwise: {}", versions_.pairs[i].reading));
      return true;
    }
    settle_equal(i, DiffProof::kSamePlan);
    return true;
  }

  void make_shared_plan(const std::vector<std::size_t>& open) {
    std::vector<DefinitionId> roots;
    for (const std::size_t i : open) {
      const std::vector<DefinitionId> both = {*versions_.pairs[i].joined_base, *versions_.pairs[i].joined_head};
      if (!population_levels(program_, both).empty()) continue;
      roots_[i] = {roots.size(), roots.size() + 1};
      roots.insert(roots.end(), both.begin(), both.end());
    }
    plan_ = make_plan(program_, roots);
  }

  std::expected<void, Failure> settle_by_solver(const std::vector<std::size_t>& open) {
    std::vector<Claim> claims;
    std::vector<AskedClaims> asked;
    CheckedProgram program = program_;
    for (const std::size_t i : open) asked.push_back(add_claims(i, program, claims));
    std::stop_source stop;
    if (options_.data.cancel != nullptr && *options_.data.cancel) stop.request_stop();
    const auto progress = [&](std::size_t done, std::size_t all) {
      if (options_.data.cancel != nullptr && *options_.data.cancel) stop.request_stop();
      if (options_.data.progress) options_.data.progress({.step = "proving", .done = done, .total = all});
    };
    auto settled = settle_claims(program, claims,
                                 {.clock = clock_,
                                  .seconds_per_claim = options_.seconds_per_claim,
                                  .threads = options_.data.threads,
                                  .stop = stop.get_token(),
                                  .folder = options_.code_folder,
                                  .progress = progress});
    if (!settled) return std::unexpected(std::move(settled.error()));
    for (const AskedClaims& each : asked) judge(each, settled->proofs);
    return {};
  }

  // That a value is had by somebody; `program` gets the condition.
  static Claim has_value(CheckedProgram& program, DefinitionId id, const std::string& name) {
    const ExprId body = program.definition(id).body;
    const FrameId frame = program.definition(id).frame;
    const Type type = program.expr(body).type;
    const auto& values = program.enums[type.enum_id].values;
    const std::int64_t place = std::ranges::find(values, name) - values.begin();
    const ExprId literal = add_expr(program, Literal{place}, kAccountFrame, Type{.kind = Kind::kEnum, .enum_id = type.enum_id});
    const ExprId is_it = add_expr(program, Compare{.op = CompareOp::kEq, .left = body, .right = literal}, frame);
    return {.frame = frame, .assertions = {{is_it, true}}, .differ = std::nullopt, .wants_example = false};
  }

  AskedClaims add_claims(std::size_t i, CheckedProgram& program, std::vector<Claim>& claims) const {
    const ComparedPair& pair = versions_.pairs[i];
    const Definition& base = program_.definition(*pair.joined_base);
    const Definition& head = program_.definition(*pair.joined_head);
    AskedClaims asked{.pair = i, .is_membership = is_membership(definitions_[i].kind), .added = claims.size()};
    for (const DiffAddedValue& value : definitions_[i].added_values) claims.push_back(has_value(program, *pair.joined_head, value.name));
    if (!asked.is_membership) {
      asked.differs = claims.size();
      claims.push_back({.frame = base.frame, .assertions = {}, .differ = std::pair(base.body, head.body)});
      return asked;
    }
    const auto claim = [&](bool is_in_base) {
      claims.push_back({.frame = base.frame, .assertions = {{base.body, is_in_base}, {head.body, !is_in_base}}, .differ = std::nullopt});
      return claims.size() - 1;
    };
    asked.leaves = claim(true);
    asked.enters = claim(false);
    return asked;
  }

  void judge(const AskedClaims& asked, const std::vector<Proof>& proofs) {
    if (asked.is_membership) judge_membership(asked.pair, proofs[asked.leaves], proofs[asked.enters]);
    else judge_value(asked.pair, proofs[asked.differs]);
    DiffDefinition& definition = definitions_[asked.pair];
    for (std::size_t i = 0; i < definition.added_values.size(); ++i) {
      if (proofs[asked.added + i].verdict == ClaimVerdict::kProved) definition.added_values[i].is_empty = true;
    }
    const std::string& reading = versions_.pairs[asked.pair].reading;
    if (reading.empty() || definition.status == DiffStatus::kChanged || definition.status == DiffStatus::kUnknown) return;
    // What was proved of the rules says nothing of accounts whose cells are read otherwise.
    definition.proof = DiffProof::kNone;
    set_unknown(asked.pair, fmt::format("the data are read otherwise: {}", reading));
  }

  void judge_membership(std::size_t i, const Proof& leaves, const Proof& enters) {
    DiffDefinition& definition = definitions_[i];
    const bool nobody_leaves = leaves.verdict == ClaimVerdict::kProved;
    const bool nobody_enters = enters.verdict == ClaimVerdict::kProved;
    const bool some_leave = leaves.verdict == ClaimVerdict::kRefuted;
    const bool some_enter = enters.verdict == ClaimVerdict::kRefuted;
    if (nobody_leaves && nobody_enters) return settle_equal(i, DiffProof::kSolver);
    add_example(i, enters, false);
    add_example(i, leaves, true);
    if (nobody_leaves && some_enter) {
      definition.status = DiffStatus::kWider;
      definition.proof = DiffProof::kSolver;
    } else if (nobody_enters && some_leave) {
      definition.status = DiffStatus::kNarrower;
      definition.proof = DiffProof::kSolver;
    } else if (some_leave || some_enter) {
      definition.status = DiffStatus::kChanged;
      if (!(some_leave && some_enter))
        definition.reason =
            fmt::format("whether accounts can {} is not known: {}", some_leave ? "enter" : "leave", (some_leave ? enters : leaves).reason);
    } else {
      const std::string known = nobody_leaves ? "nobody leaves (proved); " : nobody_enters ? "nobody enters (proved); " : "";
      set_unknown(i, known + (nobody_leaves || enters.verdict == ClaimVerdict::kUnknown ? enters : leaves).reason);
    }
  }

  void judge_value(std::size_t i, const Proof& differs) {
    if (differs.verdict == ClaimVerdict::kProved) return settle_equal(i, DiffProof::kSolver);
    if (differs.verdict == ClaimVerdict::kUnknown) return set_unknown(i, differs.reason);
    definitions_[i].status = DiffStatus::kChanged;
    add_example(i, differs, true);
  }

  void add_example(std::size_t i, const Proof& proof, bool was_in) {
    if (!proof.example) return;
    const ComparedPair& pair = versions_.pairs[i];
    const std::vector<DefinitionId> roots = {*pair.joined_base, *pair.joined_head};
    const auto shown = shown_example(program_, roots, *proof.example, clock_);
    if (!shown) return;
    DiffExample example{.account = row_line(shown->accounts.front()), .from = {}, .to = {}, .test = {}};
    if (shown->reads_clock) example.account += fmt::format(", as of {}", shown->clock);
    if (is_membership(definitions_[i].kind)) {
      example.from = was_in ? "in" : "out";
      example.to = was_in ? "out" : "in";
    } else {
      set_answers(example, roots, *proof.example);
    }
    if (definitions_[i].kind == ResultKind::kSegment && tests_++ < kMostTests) {
      const std::string& name = definitions_[i].name;
      example.test =
          sound_test(versions_.head, {}, *shown, fmt::format("{} {} this account", name, was_in ? "no longer holds" : "now holds"),
                     was_in ? "not " + name : name, true);
    }
    definitions_[i].examples.push_back(std::move(example));
  }

  // What each version answers for the example, a value or a number.
  void set_answers(DiffExample& example, const std::vector<DefinitionId>& roots, const ExampleAccount& account) const {
    const TestTables tables = test_database(program_.schema, account.test);
    if (account.row >= tables.rows[kAccountTable].size() || tables.rows[kAccountTable][account.row] == kNoRow) return;
    const RowId row = tables.rows[kAccountTable][account.row];
    const auto results = interpret(program_, tables.database, make_clock(account.test.clock, *clock_.zone, clock_.rules), roots);
    if (!results) return;
    example.from = answer_of(roots[0], results->definitions[0], row);
    example.to = answer_of(roots[1], results->definitions[1], row);
  }

  std::string answer_of(DefinitionId id, const DefinitionResult& result, RowId row) const {
    if (!result.scores.empty()) return fmt::format("{}", result.scores[row]);
    if (result.codes.empty() || result.codes[row] < 0) return "none";
    return program_.enums[program_.expr(program_.definition(id).body).type.enum_id].values[static_cast<std::size_t>(result.codes[row])];
  }

  const VersionComparison& comparison_;
  const ComparedVersions& versions_;
  const VersionTexts& texts_;
  const DiffOptions& options_;
  const CheckedProgram& program_;
  Clock clock_;
  std::vector<DiffDefinition> definitions_;
  std::size_t tests_ = 0;  // that were made
  Plan plan_;
  std::map<std::size_t, std::pair<std::size_t, std::size_t>> roots_;  // of the plan, by pair
};

}  // namespace

std::expected<std::vector<DiffDefinition>, Failure> classify(const VersionComparison& comparison, const VersionTexts& texts,
                                                             const DiffOptions& options, std::int64_t clock) {
  return Classifier(comparison, texts, options, clock)();
}

}  // namespace segue
