// Both versions of a definition are taken apart, and their tests asked of all rows in one further pass. A change decided where turning round the test alone brings back
// the other version's answer.
#include "bindings/cpp/diff/mover_reasons.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

#include "bindings/cpp/diff/clause_changes.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/explain/clause_values.h"
#include "bindings/cpp/explain/clauses.h"
#include "bindings/cpp/explain/group_columns.h"
#include "compiler/check/canonical.h"
#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

// Definitions that are explained, the ones with the most movers; moves of each, the most frequent; and rows that are looked at one by one.
constexpr std::size_t kMostExplained = 40;
constexpr std::size_t kMostExplainedMoves = 6;
constexpr std::size_t kMostSingleRows = 20'000;
constexpr std::size_t kMostReasons = 10;

// One direction of movers of one definition: those that entered, that left, or that moved from one value to another.
struct ExplainedMove {
  std::size_t pair = 0;
  MoveChange change{};
  std::optional<std::string> from, to;
  ClauseTree base, head;
  bool is_out_in_head = true;  // base's tree holds and head's does not; false: the other way round
  std::vector<std::optional<std::size_t>> base_roots, head_roots;
  ComparedValues base_values, head_values;
  Bitmap rows;                                        // the movers
  std::optional<std::size_t> undetermined_root = {};  // of a set: head's answer, of the movers alone
};

struct ExplainedScore {
  struct Term {
    std::optional<ScoreTerm> base, head;
    std::optional<std::size_t> base_root, head_root;
  };
  std::size_t pair = 0;
  std::vector<Term> terms;
};

class MoverReasons {
 public:
  MoverReasons(const ReasonsInput& input, const std::vector<std::optional<ComparedAnswers>>& answers,
               std::vector<std::optional<DefinitionMovement>>& movements)
      : input_(input),
        answers_(answers),
        movements_(movements),
        project_(*input.project),
        program_(input.project->program()),
        database_(borrowed_tables(input.database)) {}

  std::expected<void, Failure> run() {
    for (const std::size_t pair : explained_pairs()) take_apart(pair);
    if (roots_.empty()) return {};
    canonical_ = canonical_ids(program_);
    pair_terms();
    EvaluateOptions options;
    options.data = input_.options.data;
    options.engine = input_.options.engine;
    auto results = run_engine(project_, program_, database_, roots_, options);
    if (!results) return std::unexpected(std::move(results.error()));
    results_ = std::move(*results);
    for (const ExplainedMove& move : moves_) explain(move);
    for (const ExplainedScore& score : scores_) explain(score);
    for (std::optional<DefinitionMovement>& movement : movements_) {
      if (!movement) continue;
      std::ranges::stable_sort(movement->reasons, [](const MoveReason& a, const MoveReason& b) { return a.size > b.size; });
    }
    return {};
  }

 private:
  // ---- which are asked

  std::vector<std::size_t> explained_pairs() {
    std::vector<std::size_t> pairs;
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      if (answers_[i] && answers_[i]->base && answers_[i]->head && !answers_[i]->moved.empty()) pairs.push_back(i);
    }
    std::ranges::stable_sort(pairs, [&](std::size_t a, std::size_t b) { return answers_[a]->moved.size() > answers_[b]->moved.size(); });
    for (std::size_t i = kMostExplained; i < pairs.size(); ++i) movements_[pairs[i]]->has_all_reasons = false;
    pairs.resize(std::min(pairs.size(), kMostExplained));
    return pairs;
  }

  DefinitionId base_id(std::size_t pair) const { return *input_.versions.pairs[pair].joined_base; }
  DefinitionId head_id(std::size_t pair) const { return *input_.versions.pairs[pair].joined_head; }

  void take_apart(std::size_t pair) {
    const ComparedAnswers& answers = *answers_[pair];
    if (answers.kind == ResultKind::kScore) return take_score_apart(pair);
    if (!has_values(answers.kind)) {
      add_move(pair, MoveChange::kEntered, false, {}, {}, {}, [&](std::size_t slot) { return answers.head->members->test(slot); });
      add_move(pair, MoveChange::kLeft, true, {}, {}, {}, [&](std::size_t slot) { return answers.base->members->test(slot); });
      return;
    }
    take_moves_apart(pair);
  }

  // Of a move between two values: why it does not have the first any more, or, where it had none, why it has the second now.
  void take_moves_apart(std::size_t pair) {
    const ComparedAnswers& answers = *answers_[pair];
    std::vector<Move> moves;
    std::ranges::copy_if(movements_[pair]->matrix, std::back_inserter(moves), [](const Move& move) { return move.from != move.to; });
    std::ranges::stable_sort(moves, [](const Move& a, const Move& b) { return a.size > b.size; });
    if (moves.size() > kMostExplainedMoves) movements_[pair]->has_all_reasons = false;
    moves.resize(std::min(moves.size(), kMostExplainedMoves));
    for (const Move& move : moves) {
      const auto is_it = [&](std::size_t slot) {
        return value_at(*answers.base, slot) == move.from.value_or("") && value_at(*answers.head, slot) == move.to.value_or("");
      };
      if (answers.kind == ResultKind::kSplit) {
        take_split_apart(pair, move, is_it);
        continue;
      }
      const bool goes_by_from = move.from && code_of(*answers.head, *move.from);
      const std::optional<std::string>& value = goes_by_from ? move.from : move.to;
      if (!value) continue;
      const auto base = code_of(*answers.base, *value), head = code_of(*answers.head, *value);
      // A value that a version does not have: nobody can have it there, and no clause says so.
      if (!base || !head) movements_[pair]->has_all_reasons = false;
      else
        add_move(pair, MoveChange::kMoved, goes_by_from, {.value = base, .opens_rows = true}, {.value = head, .opens_rows = true}, move,
                 is_it);
    }
  }

  // Who was of no part, or is of none, entered or left what the split is of; the parts themselves are cut by chance.
  template <typename IsIt>
  void take_split_apart(std::size_t pair, const Move& move, const IsIt& is_it) {
    if (move.from && move.to) {
      movements_[pair]->has_all_reasons = false;
      return;
    }
    const ClauseOptions population{.value = std::nullopt, .lists = true};
    add_move(pair, MoveChange::kMoved, move.from.has_value(), population, population, move, is_it);
  }

  static std::optional<std::uint32_t> code_of(const SideAnswer& side, const std::string& value) {
    const auto found = std::ranges::find(side.values, value);
    return found == side.values.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - side.values.begin()));
  }

  template <typename IsIt>
  void add_move(std::size_t pair, MoveChange change, bool is_out_in_head, const ClauseOptions& of_base, const ClauseOptions& of_head,
                const Move& names, const IsIt& is_it) {
    const ComparedAnswers& answers = *answers_[pair];
    Bitmap rows(answers.slots->count);
    for (const std::uint32_t slot : answers.moved) {
      if (is_it(slot)) rows.set(slot);
    }
    if (rows.count() == 0) return;
    auto base = clause_tree(program_, input_.versions.joined.sources, base_id(pair), of_base);
    auto head = clause_tree(program_, input_.versions.joined.sources, head_id(pair), of_head);
    if (!base || !head) {
      movements_[pair]->has_all_reasons = false;
      return;
    }
    ExplainedMove move{.pair = pair,
                       .change = change,
                       .from = names.from,
                       .to = names.to,
                       .base = std::move(*base),
                       .head = std::move(*head),
                       .is_out_in_head = is_out_in_head,
                       .base_roots = {},
                       .head_roots = {},
                       .base_values = {},
                       .head_values = {},
                       .rows = std::move(rows),
                       .undetermined_root = {}};
    if (change != MoveChange::kMoved) add_undetermined(move);
    movements_[pair]->has_all_reasons = movements_[pair]->has_all_reasons && move.base.is_whole && move.head.is_whole;
    move.base_roots = add_clause_roots(program_, move.base, roots_);
    move.head_roots = add_clause_roots(program_, move.head, roots_);
    move.base_values = compared_values(program_, input_.versions.joined.sources, move.base, roots_);
    move.head_values = compared_values(program_, input_.versions.joined.sources, move.head, roots_);
    moves_.push_back(std::move(move));
  }

  void add_undetermined(ExplainedMove& move) {
    const FrameId frame = move.head.frame;
    const ExprId is_mover = add_group_column(program_, frame);
    append_group(database_, program_.frame(frame).table, move.rows);
    const ExprId answer = add_expr(program_, DefinitionRead{head_id(move.pair)}, frame);
    move.undetermined_root = roots_.size();
    roots_.push_back(add_condition(program_, frame, add_expr(program_, And{{answer, is_mover}}, frame)));
  }

  // ---- tests

  // 64 rows of a tree.
  void fill_bits(const ClauseTree& tree, const std::vector<std::optional<std::size_t>>& roots, std::size_t word,
                 std::vector<std::uint64_t>& bits) const {
    bits.assign(tree.clauses.size(), 0);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      if (roots[i]) bits[i] = results_.definitions[*roots[i]].members.words()[word];
    }
    combine_clauses(tree, bits);
  }

  struct Tally {
    std::uint64_t size = 0;
    std::size_t first = 0;
    void add(std::uint64_t rows, std::size_t word) {
      if (rows == 0) return;
      if (size == 0) first = word * 64 + static_cast<std::size_t>(std::countr_zero(rows));
      size += static_cast<std::uint64_t>(std::popcount(rows));
    }
  };

  // What decided: changes, or, where the answer is undetermined, values that are missing.
  struct DecidedBy {
    std::vector<std::size_t> changes;  // none: something else, or `missing`
    std::vector<std::string> missing;
    auto operator<=>(const DecidedBy&) const = default;
  };

  // What head's test compares and the row lacks; empty where the test has an answer all the same.
  std::vector<std::string> missing_values(const ExplainedMove& move, const ValueReader& reader, std::uint32_t test, std::size_t row) const {
    const std::optional<ExprId> expr = move.head.clauses[test].expr;
    if (!expr) return {};
    const Node* node = &program_.expr(*expr).node;
    if (const auto* negated = std::get_if<Not>(node)) node = &program_.expr(negated->operand).node;
    if (std::holds_alternative<IsKnown>(*node)) return {};
    std::vector<std::string> missing;
    for (const std::uint32_t place : move.head_values.of_clause[test]) {
      const ComparedValue& value = move.head_values.values[place];
      if (reader.value(value, static_cast<RowId>(row)).missing) missing.push_back(value.text);
    }
    return missing;
  }

  // As far as all that decided rests on missing values.
  DecidedBy decided_by(const ExplainedMove& move, const std::vector<ClauseChange>& changes, const ValueReader& reader, bool may_be_missing,
                       std::vector<std::size_t> together, std::size_t row) const {
    DecidedBy by{.changes = std::move(together), .missing = {}};
    if (!may_be_missing) return by;
    for (const std::size_t change : by.changes) {
      const std::optional<std::uint32_t>& test = changes[change].head;
      std::vector<std::string> missing = test ? missing_values(move, reader, *test, row) : std::vector<std::string>();
      if (missing.empty()) {
        by.missing.clear();
        return by;
      }
      for (std::string& name : missing) {
        if (std::ranges::find(by.missing, name) == by.missing.end()) by.missing.push_back(std::move(name));
      }
    }
    if (!by.missing.empty()) by.changes.clear();
    return by;
  }

  void explain(const ExplainedMove& move) {
    const ValueReader reader(program_, *input_.database, results_, move.head.frame, project_.zone);
    const std::uint64_t undetermined = move.undetermined_root ? results_.definitions[*move.undetermined_root].undetermined : 0;
    std::map<std::vector<std::string>, std::vector<std::size_t>> of_missing;  // the changes of the first row
    const std::vector<ClauseChange> changes = clause_changes(program_, canonical_, move.base, move.head);
    std::map<DecidedBy, Tally> tallies;
    std::vector<std::uint64_t> base, head, base_decides(move.base.clauses.size()), head_decides(move.head.clauses.size());
    std::vector<std::uint64_t> base_scratch(base_decides.size()), head_scratch(head_decides.size());
    std::size_t single_rows = 0;
    for (std::size_t word = 0; word < move.rows.word_count(); ++word) {
      std::uint64_t open = move.rows.words()[word];
      if (open == 0) continue;
      fill_bits(move.base, move.base_roots, word, base);
      fill_bits(move.head, move.head_roots, word, head);
      decisive_tests(move.base, base, base_scratch, base_decides);
      decisive_tests(move.head, head, head_scratch, head_decides);
      for (std::size_t i = 0; i < changes.size() && open != 0; ++i) {
        const ClauseChange& change = changes[i];
        // In the version that has it not, the test alone keeps it out; one that is gone alone let it in.
        const std::optional<std::uint32_t>& keeps_out = move.is_out_in_head ? change.head : change.base;
        const std::vector<std::uint64_t>& out_decides = move.is_out_in_head ? head_decides : base_decides;
        const std::vector<std::uint64_t>& in_decides = move.is_out_in_head ? base_decides : head_decides;
        std::uint64_t decided = keeps_out ? out_decides[*keeps_out] : in_decides[move.is_out_in_head ? *change.base : *change.head];
        if (change.base && change.head) decided &= base[*change.base] ^ head[*change.head];
        decided &= open;
        open &= ~decided;
        if (undetermined == 0) {
          tallies[{{i}, {}}].add(decided, word);
          continue;
        }
        for (; decided != 0; decided &= decided - 1) {
          const std::size_t row = word * 64 + static_cast<std::size_t>(std::countr_zero(decided));
          DecidedBy by = decided_by(move, changes, reader, true, {i}, row);
          if (!by.missing.empty()) of_missing.try_emplace(by.missing, std::vector<std::size_t>{i});
          tallies[std::move(by)].add(decided & ~(decided - 1), word);
        }
      }
      for (; open != 0; open &= open - 1) {
        const std::uint64_t bit = open & ~(open - 1);
        std::vector<std::size_t> together;
        if (++single_rows <= kMostSingleRows) together = several(move, changes, base, head, bit);
        const std::size_t row = word * 64 + static_cast<std::size_t>(std::countr_zero(bit));
        DecidedBy by = decided_by(move, changes, reader, undetermined != 0, together, row);
        if (!by.missing.empty()) of_missing.try_emplace(by.missing, together);
        tallies[std::move(by)].add(bit, word);
      }
    }
    add_reasons(move, changes, tallies, of_missing);
    if (!move.undetermined_root) return;
    DefinitionMovement& movement = *movements_[move.pair];
    (move.change == MoveChange::kEntered ? movement.entered_undetermined : movement.left_undetermined) = undetermined;
  }

  // The changes that only together bring back the answer: those that differ in the row, as far as one of the fewest tests to change is among them.
  static std::vector<std::size_t> several(const ExplainedMove& move, const std::vector<ClauseChange>& changes,
                                          const std::vector<std::uint64_t>& base, const std::vector<std::uint64_t>& head,
                                          std::uint64_t bit) {
    const ClauseTree& out = move.is_out_in_head ? move.head : move.base;
    const std::vector<std::uint64_t>& bits = move.is_out_in_head ? head : base;
    std::vector<bool> answers(bits.size());
    for (std::size_t i = 0; i < bits.size(); ++i) answers[i] = (bits[i] & bit) != 0;
    const std::vector<std::uint32_t> tests = tests_to_change(out, answers);
    std::vector<std::size_t> together;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const std::optional<std::uint32_t>& test = move.is_out_in_head ? changes[i].head : changes[i].base;
      const bool differs = changes[i].base && changes[i].head ? ((base[*changes[i].base] ^ head[*changes[i].head]) & bit) != 0 : true;
      if (test && differs && std::ranges::find(tests, *test) != tests.end()) together.push_back(i);
    }
    return together;
  }

  MoveReason::Clause clause_of(const ExplainedMove& move, const ClauseChange& change) const {
    const Clause* base = change.base ? &move.base.clauses[*change.base] : nullptr;
    const Clause* head = change.head ? &move.head.clauses[*change.head] : nullptr;
    const Clause& shown = head != nullptr ? *head : *base;
    MoveReason::Clause out;
    out.kind = base == nullptr ? MoveReason::Kind::kAdded : head == nullptr ? MoveReason::Kind::kRemoved : MoveReason::Kind::kBecame;
    if (base != nullptr) out.before = base->text;
    if (head != nullptr) out.after = head->text;
    if (base != nullptr && head != nullptr && base->text == head->text) {
      out.kind = MoveReason::Kind::kRedefined;
      out.detail = redefined_detail(program_, canonical_, project_.zone, *base->expr, *head->expr);
    }
    const DefinitionId compared = head != nullptr ? head_id(move.pair) : base_id(move.pair);
    if (index_of(shown.within) != index_of(compared)) out.definition = program_.definition(shown.within).name;
    const ResolvedLocation place = resolve(shown.span, input_.versions.joined.sources);
    out.file = place.file;
    out.line = place.file.empty() ? 0 : place.start.line;
    return out;
  }

  void add_values(const ExplainedMove& move, const ClauseChange& change, std::size_t row, std::vector<NamedText>& values) const {
    const bool is_head = change.head.has_value();
    const ComparedValues& compared = is_head ? move.head_values : move.base_values;
    const ClauseTree& tree = is_head ? move.head : move.base;
    const ValueReader reader(program_, *input_.database, results_, tree.frame, project_.zone);
    for (const std::uint32_t place : compared.of_clause[is_head ? *change.head : *change.base]) {
      const ComparedValue& value = compared.values[place];
      const bool is_personal = value.data_class == DataClass::kPersonal || value.data_class == DataClass::kSensitive;
      if (is_personal && program_.definition(tree.definition).basis.empty()) continue;
      const TraceValue shown = reader.shown(value, static_cast<RowId>(row));
      const auto is_there = [&](const NamedText& other) { return other.name == value.text; };
      if (std::ranges::none_of(values, is_there)) values.push_back({value.text, shown.missing ? "missing" : shown.shown});
    }
  }

  MoveReason begun_reason(const ExplainedMove& move, const Tally& tally) const {
    const Slots& slots = *answers_[move.pair]->slots;
    MoveReason reason;
    reason.kind = MoveReason::Kind::kOther;
    reason.change = move.change;
    reason.from = move.from;
    reason.to = move.to;
    reason.size = tally.size;
    reason.account = slots.account(tally.first);
    reason.row = slots.row(tally.first);
    return reason;
  }

  void add_reasons(const ExplainedMove& move, const std::vector<ClauseChange>& changes, const std::map<DecidedBy, Tally>& tallies,
                   const std::map<std::vector<std::string>, std::vector<std::size_t>>& of_missing) {
    std::vector<std::pair<const DecidedBy*, const Tally*>> sorted;
    for (const auto& [by, tally] : tallies) {
      if (tally.size != 0) sorted.emplace_back(&by, &tally);
    }
    std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second->size > b.second->size; });
    Tally rest;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const auto& [by, tally] = sorted[i];
      const std::vector<std::size_t>& together = by->missing.empty() ? by->changes : of_missing.at(by->missing);
      if (together.empty() || i >= kMostReasons) {
        if (rest.size == 0) rest.first = tally->first;
        rest.size += tally->size;
        continue;
      }
      MoveReason reason = begun_reason(move, *tally);
      for (const std::size_t change : together) {
        reason.clauses.push_back(clause_of(move, changes[change]));
        add_values(move, changes[change], tally->first, reason.values);
      }
      reason.kind = together.size() == 1 ? reason.clauses.front().kind : MoveReason::Kind::kSeveral;
      if (!by->missing.empty()) reason.kind = MoveReason::Kind::kMissing;
      reason.missing = by->missing;
      movements_[move.pair]->reasons.push_back(std::move(reason));
    }
    if (rest.size != 0) movements_[move.pair]->reasons.push_back(begun_reason(move, rest));
  }

  // ---- scores

  void take_score_apart(std::size_t pair) {
    const auto* base = std::get_if<ScoreSum>(&program_.expr(program_.definition(base_id(pair)).body).node);
    const auto* head = std::get_if<ScoreSum>(&program_.expr(program_.definition(head_id(pair)).body).node);
    if (base == nullptr || head == nullptr) return;
    ExplainedScore score{.pair = pair, .terms = {}};
    const std::vector<ScoreTerm> of_base = base->terms, of_head = head->terms;
    for (const ScoreTerm& term : of_base) score.terms.push_back({.base = term, .head = {}, .base_root = add_term(term), .head_root = {}});
    for (const ScoreTerm& term : of_head) score.terms.push_back({.base = {}, .head = term, .base_root = {}, .head_root = add_term(term)});
    scores_.push_back(std::move(score));
  }

  std::size_t add_term(const ScoreTerm& term) {
    const ExprId sum = add_expr(program_, ScoreSum{.terms = {term}, .range = std::nullopt}, kAccountFrame, Type{.kind = Kind::kFloat});
    roots_.push_back(add_condition(program_, kAccountFrame, sum));
    program_.definitions.back().kind = DefinitionKind::kScore;
    return roots_.size() - 1;
  }

  std::uint32_t meaning(ExprId id) const { return canonical_[index_of(id)]; }
  bool has_same_when(const ScoreTerm& a, const ScoreTerm& b) const {
    return a.when.has_value() == b.when.has_value() && (!a.when || meaning(*a.when) == meaning(*b.when));
  }
  bool has_same_value(const ScoreTerm& a, const ScoreTerm& b) const {
    return a.negative == b.negative && meaning(a.value) == meaning(b.value);
  }

  // Terms of base and head that are one term; those that mean the same are left out.
  void pair_terms() {
    for (ExplainedScore& score : scores_) {
      std::vector<ExplainedScore::Term> base, head, paired;
      for (const ExplainedScore::Term& term : score.terms) (term.base ? base : head).push_back(term);
      const auto pair_by = [&](const auto& is_pair, bool is_kept) {
        for (auto to = head.begin(); to != head.end();) {
          const auto from = std::ranges::find_if(base, [&](const ExplainedScore::Term& term) { return is_pair(*term.base, *to->head); });
          if (from == base.end()) {
            ++to;
            continue;
          }
          if (is_kept) paired.push_back({from->base, to->head, from->base_root, to->head_root});
          base.erase(from);
          to = head.erase(to);
        }
      };
      const SourceMap& sources = input_.versions.joined.sources;
      pair_by([&](const ScoreTerm& a, const ScoreTerm& b) { return has_same_when(a, b) && has_same_value(a, b); }, false);
      pair_by([&](const ScoreTerm& a, const ScoreTerm& b) { return written_text(sources, a.span) == written_text(sources, b.span); }, true);
      pair_by([&](const ScoreTerm& a, const ScoreTerm& b) { return a.when && has_same_when(a, b); }, true);
      pair_by(
          [&](const ScoreTerm& a, const ScoreTerm& b) {
            return columns_below(program_, a.value) == columns_below(program_, b.value) && a.when.has_value() == b.when.has_value() &&
                   (!a.when || columns_below(program_, *a.when) == columns_below(program_, *b.when));
          },
          true);
      std::ranges::move(head, std::back_inserter(paired));
      std::ranges::move(base, std::back_inserter(paired));
      score.terms = std::move(paired);
    }
  }

  double term_change(const ExplainedScore::Term& term, std::size_t row) const {
    const double from = term.base_root ? results_.definitions[*term.base_root].scores[row] : 0.0;
    const double to = term.head_root ? results_.definitions[*term.head_root].scores[row] : 0.0;
    return from == to ? 0.0 : to - from;
  }

  // The term that changed the number the most, in the direction in which it went.
  void explain(const ExplainedScore& score) {
    const ComparedAnswers& answers = *answers_[score.pair];
    std::map<std::pair<std::size_t, bool>, Tally> tallies;
    for (const std::uint32_t slot : answers.moved) {
      const bool rose = answers.head->scores[slot] > answers.base->scores[slot];
      std::size_t decided = score.terms.size();
      double most = 0;
      for (std::size_t i = 0; i < score.terms.size(); ++i) {
        const double by = rose ? term_change(score.terms[i], slot) : -term_change(score.terms[i], slot);
        if (!(by > most)) continue;
        most = by;
        decided = i;
      }
      Tally& tally = tallies[{decided, rose}];
      if (tally.size++ == 0) tally.first = slot;
    }
    for (const auto& [key, tally] : tallies) add_term_reason(score, key.first, key.second, tally);
  }

  void add_term_reason(const ExplainedScore& score, std::size_t term, bool rose, const Tally& tally) {
    const Slots& slots = *answers_[score.pair]->slots;
    MoveReason reason;
    reason.kind = MoveReason::Kind::kOther;
    reason.change = rose ? MoveChange::kRose : MoveChange::kFell;
    reason.size = tally.size;
    reason.account = slots.account(tally.first);
    if (term < score.terms.size()) {
      reason.clauses.push_back(term_clause(score.terms[term]));
      reason.kind = reason.clauses.front().kind;
    }
    movements_[score.pair]->reasons.push_back(std::move(reason));
  }

  MoveReason::Clause term_clause(const ExplainedScore::Term& term) const {
    const SourceMap& sources = input_.versions.joined.sources;
    MoveReason::Clause out;
    out.kind = !term.base ? MoveReason::Kind::kAdded : !term.head ? MoveReason::Kind::kRemoved : MoveReason::Kind::kBecame;
    if (term.base) out.before = written_text(sources, term.base->span);
    if (term.head) out.after = written_text(sources, term.head->span);
    if (term.base && term.head && out.before == out.after) {
      out.kind = MoveReason::Kind::kRedefined;
      out.detail = redefined_detail(program_, canonical_, project_.zone, term.base->value, term.head->value);
      if (out.detail.empty() && term.base->when && term.head->when)
        out.detail = redefined_detail(program_, canonical_, project_.zone, *term.base->when, *term.head->when);
    }
    const ResolvedLocation place = resolve(term.head ? term.head->span : term.base->span, sources);
    out.file = place.file;
    out.line = place.file.empty() ? 0 : place.start.line;
    return out;
  }

  const ReasonsInput& input_;
  const std::vector<std::optional<ComparedAnswers>>& answers_;
  std::vector<std::optional<DefinitionMovement>>& movements_;
  const CheckedProject& project_;
  CheckedProgram program_;  // with further definitions, and columns of who moved
  Database database_;
  std::vector<DefinitionId> roots_;
  std::vector<std::uint32_t> canonical_;
  std::vector<ExplainedMove> moves_;
  std::vector<ExplainedScore> scores_;
  Results results_;
};

}  // namespace

std::expected<void, Failure> fill_reasons(const ReasonsInput& input, const std::vector<std::optional<ComparedAnswers>>& answers,
                                          std::vector<std::optional<DefinitionMovement>>& movements) {
  return MoverReasons(input, answers, movements).run();
}

}  // namespace segue
