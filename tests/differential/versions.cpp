// Random changes of rules, and what they do.
#include "tests/differential/versions.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/diff/diff.h"
#include "bindings/cpp/evaluate.h"
#include "compiler/diagnostics/render.h"
#include "tests/differential/random.h"

namespace segue::differential {
namespace {

namespace fs = std::filesystem;

// The solver is slow under sanitizers, which are not for its code.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEGUE_TEST_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SEGUE_TEST_SANITIZED)
constexpr bool kAsksSolver = false;
#else
constexpr bool kAsksSolver = true;
#endif

// `a and b and c`, or the same with `or`.
bool is_chain(const Term& term) {
  if (term.type.kind != Kind::kBool || term.parts.size() < 2 || term.texts.size() < 3) return false;
  const std::string& link = term.texts[1];
  if (link != " and " && link != " or ") return false;
  return std::all_of(term.texts.begin() + 1, term.texts.end() - 1, [&](const std::string& text) { return text == link; });
}

bool is_whole_number(const Term& term) {
  return term.is_literal && term.parts.empty() && term.texts.size() == 1 && !term.texts[0].empty() && term.texts[0].size() < 9 &&
         std::ranges::all_of(term.texts[0], [](char letter) { return std::isdigit(static_cast<unsigned char>(letter)) != 0; });
}

template <typename Fits>
void collect_terms(Term& term, const Fits& fits, std::vector<Term*>& found) {
  if (fits(term)) found.push_back(&term);
  for (Term& part : term.parts) collect_terms(part, fits, found);
}

class RulesChange {
 public:
  RulesChange(Random& random, Rules& rules) : random_(random), rules_(rules) {}

  void operator()() {
    for (std::size_t i = 0, count = 1 + random_.below(4); i < count; ++i) {
      switch (random_.below(4)) {
        case 0: shuffle_chain(); break;
        case 1: shorten_chain(); break;
        case 2: change_number(); break;
        default: negate_twice(); break;
      }
    }
  }

 private:
  template <typename Fits>
  Term* any_term(const Fits& fits) {
    std::vector<Term*> found;
    for (Rule& rule : rules_.rules) collect_terms(rule.body, fits, found);
    return found.empty() ? nullptr : found[random_.below(found.size())];
  }
  void shuffle_chain() {
    if (Term* chain = any_term(is_chain)) std::ranges::rotate(chain->parts, chain->parts.begin() + 1);
  }
  void shorten_chain() {
    Term* chain = any_term(is_chain);
    if (chain == nullptr || chain->parts.size() < 3) return;
    chain->parts.pop_back();
    chain->texts.erase(chain->texts.begin() + 1);
  }
  void change_number() {
    Term* literal = any_term(is_whole_number);
    if (literal == nullptr) return;
    int value = 0;
    std::from_chars(literal->texts[0].data(), literal->texts[0].data() + literal->texts[0].size(), value);
    literal->texts[0] = fmt::format("{}", value + 1);
  }
  void negate_twice() {
    Term* chain = any_term(is_chain);
    if (chain == nullptr) return;
    Term inner = std::move(*chain);
    *chain = {};
    chain->type = inner.type;
    chain->scope = inner.scope;
    chain->texts = {"(not (not (", ")))"};
    chain->parts.push_back(std::move(inner));
  }

  Random& random_;
  Rules& rules_;
};

// A version run by itself.
struct SingleRun {
  OpenedProject project;
  Evaluation evaluation;

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    const auto found = std::ranges::find(project.definitions, name, &DefinitionInfo::name);
    if (found == project.definitions.end()) return std::nullopt;
    return static_cast<std::size_t>(found - project.definitions.begin());
  }
};

std::optional<SingleRun> run_version(const fs::path& folder, std::int64_t clock) {
  auto project = open_project(folder / "segue.yaml");
  if (!project || project->has_errors()) return std::nullopt;
  EvaluateOptions options;
  options.data.clock = clock;
  auto evaluation = evaluate(*project, options);
  if (!evaluation) return std::nullopt;
  return SingleRun{std::move(*project), std::move(*evaluation)};
}

struct AnswerChange {
  std::uint64_t entered = 0, left = 0, moved = 0;
};

AnswerChange members_change(const Bitmap& from, const Bitmap& to) {
  AnswerChange change;
  for (std::size_t row = 0; row < from.size(); ++row) {
    if (!from.test(row) && to.test(row)) ++change.entered;
    if (from.test(row) && !to.test(row)) ++change.left;
  }
  change.moved = change.entered + change.left;
  return change;
}

AnswerChange change_of(const SingleRun& base, std::size_t b, const SingleRun& head, std::size_t h) {
  AnswerChange change;
  const auto from = scores(base.evaluation, b), to = scores(head.evaluation, h);
  for (std::size_t row = 0; row < from.size(); ++row) change.moved += from[row] != to[row] ? 1 : 0;
  const auto codes = value_indices(base.evaluation, b), others = value_indices(head.evaluation, h);
  for (std::size_t row = 0; row < codes.size(); ++row) change.moved += codes[row] != others[row] ? 1 : 0;
  if (!from.empty() || !codes.empty()) return change;
  return members_change(members(base.evaluation, b), members(head.evaluation, h));
}

std::optional<std::string> judge(const DiffDefinition& definition, const AnswerChange& change) {
  const auto wrong = [&](std::string_view what) {
    return fmt::format("diff calls `{}` {}, but {}: {} entered, {} left, {} moved", definition.name, word_of(definition.status), what,
                       change.entered, change.left, change.moved);
  };
  const bool is_equal = definition.status == DiffStatus::kUnchanged || definition.status == DiffStatus::kTextOnly;
  if (is_equal && change.moved != 0) return wrong("the runs differ");
  if (definition.status == DiffStatus::kWider && change.left != 0) return wrong("some leave");
  if (definition.status == DiffStatus::kNarrower && change.entered != 0) return wrong("some enter");
  if (!definition.movement) return wrong("it says nothing of the data");
  const DefinitionMovement& movement = *definition.movement;
  if (!movement.lacking.empty()) return wrong("it says " + movement.lacking);
  if (movement.entered != change.entered || movement.left != change.left || movement.moved != change.moved)
    return wrong(fmt::format("it finds that {} entered, {} left, {} moved", movement.entered, movement.left, movement.moved));
  return std::nullopt;
}

}  // namespace

std::optional<std::string> versions_difference(const Case& made, const fs::path& folder) {
  Random random(made.seed + 77);
  Case changed = made;
  RulesChange{random, changed.rules}();
  const fs::path base = folder / "versions" / "base", head = folder / "versions" / "head";
  write_project(made, base);
  write_project(changed, head);
  const auto from = run_version(base, made.world.now), to = run_version(head, made.world.now);
  if (!from || !to) return std::nullopt;
  DiffOptions options;
  options.as_of = clock_of(made);
  options.data.threads = 1;
  options.seconds_per_claim = 0.05;
  options.proves = kAsksSolver;
  const auto found = diff({.base = base.string(), .head = head.string(), .project = std::nullopt}, options);
  if (!found) return "diff fails: " + render_text(found.error().diagnostics, {}, false);
  if (found->failure) return "diff fails on the data: " + render_text(found->diagnostics, found->sources, false);
  for (const DiffDefinition& definition : found->definitions) {
    const auto b = from->find(definition.name), h = to->find(definition.name);
    if (!b || !h) return fmt::format("diff calls `{}` {}", definition.name, word_of(definition.status));
    if (auto wrong = judge(definition, change_of(*from, *b, *to, *h))) return wrong;
  }
  return std::nullopt;
}

}  // namespace segue::differential
