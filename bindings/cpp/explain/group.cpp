// What a group's clauses answer, and how its values lie beside those of all.
#include "bindings/cpp/explain/group.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "bindings/cpp/explain/asked.h"
#include "bindings/cpp/explain/value_profile.h"
#include "stdlib/exact_sum.h"

namespace segue {
namespace {

// Of personal data no value is named that fewer have.
constexpr std::uint64_t kLeastPersons = 5;
constexpr std::size_t kMostTraits = 20;

std::uint64_t ones(std::uint64_t bits) { return static_cast<std::uint64_t>(std::popcount(bits)); }

// The clauses in the order of reading, with what holds in the group and in all rows; and how many of the group are undetermined.
std::expected<void, Failure> count_clauses(const AskedClauses& asked, const Bitmap& group, GroupExplanation& out) {
  if (!asked.tree()) return {};
  const ClauseTree& tree = *asked.tree();
  std::vector<std::uint64_t> in_group(tree.clauses.size()), in_all(tree.clauses.size()), bits;
  for (std::size_t word = 0; word < group.word_count(); ++word) {
    asked.clause_words(word, bits);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      in_group[i] += ones(bits[i] & group.words()[word]);
      in_all[i] += ones(bits[i] & asked.rows().words()[word]);
    }
  }
  const bool is_bool = asked.program().expr(asked.definition().body).type.kind == Kind::kBool;
  std::vector<std::size_t> roots;
  if (is_bool) roots.push_back(0);
  for (const std::uint32_t clause : tree.in_order) {
    if (asked.clause_root(clause)) roots.push_back(*asked.clause_root(clause));
  }
  const auto undetermined = asked.undetermined_of(group, roots);
  if (!undetermined) return std::unexpected(undetermined.error());
  std::size_t next = 0;
  if (is_bool) out.undetermined = (*undetermined)[next++];
  const bool only_lists = !tree.clauses[tree.root()].expr && tree.clauses[tree.root()].kind == ClauseKind::kAny;
  for (const std::uint32_t clause : tree.in_order) {
    if (only_lists && clause == tree.root()) continue;
    ClauseCounts& counts = out.clauses.emplace_back(ClauseCounts{.clause = asked.outline(clause)});
    if (only_lists) --counts.clause.depth;
    counts.holds = in_group[clause];
    counts.fails = out.size - in_group[clause];
    if (asked.clause_root(clause)) counts.undetermined = (*undetermined)[next++];
    counts.all_hold = in_all[clause];
    counts.all_undetermined = asked.undetermined(clause);
  }
  return {};
}

std::vector<ValueProfile> value_profiles(const AskedClauses& asked, const Bitmap& group, std::uint64_t size) {
  std::vector<ValueProfile> profiles;
  const ValueReader reader = asked.reader();
  for (const ComparedValue& value : asked.values().values) {
    if (value.source == ComparedSource::kBits) continue;  // the clauses say that
    const bool is_personal = value.data_class == DataClass::kPersonal || value.data_class == DataClass::kSensitive;
    const bool is_withheld = is_personal && (!asked.may_show(value.data_class) || size < kLeastPersons);
    const bool is_again = std::ranges::any_of(profiles, [&](const ValueProfile& other) { return other.text == value.text; });
    if (is_again) continue;
    const ProfiledValue profiled{.text = value.text,
                                 .type = value.type,
                                 .is_withheld = is_withheld,
                                 .least_count = is_personal ? kLeastPersons : 1,
                                 .value = [&](RowId row) { return reader.value(value, row); }};
    profiles.push_back(profile_value(profiled, reader, asked.rows(), group));
    // The least and the greatest number are each somebody's.
    if (is_personal) profiles.back().group_range.reset();
    if (is_personal) profiles.back().all_range.reset();
  }
  return profiles;
}

// Who has which of a definition's values; the last entry are those that have none, where there are any.
std::vector<SharedCount> answer_counts(const AskedClauses& asked, const Bitmap& group) {
  const Definition& definition = asked.definition();
  const Type type = asked.program().expr(definition.body).type;
  const std::size_t count = asked.program().enums[type.enum_id].values.size();
  std::vector<SharedCount> counts(count + 1);
  const std::vector<std::int32_t>& codes = asked.answer().codes;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    SharedCount& here = counts[codes[row] < 0 ? count : static_cast<std::size_t>(codes[row])];
    ++here.all;
    here.group += group.test(row);
  }
  const ValueReader reader = asked.reader();
  for (std::size_t i = 0; i <= count; ++i) {
    counts[i].value = reader.shown(i == count ? Value{.missing = true} : Value{.bits = static_cast<std::int64_t>(i)}, type);
    if (i < definition.value_titles.size()) counts[i].title = definition.value_titles[i];
  }
  if (counts.back().all == 0) counts.pop_back();
  return counts;
}

double mean_of(const std::vector<double>& scores, const Bitmap& rows) {
  ExactSum sum;
  std::uint64_t count = 0;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (!rows.test(row)) continue;
    sum.add(scores[row]);
    ++count;
  }
  return count == 0 ? 0.0 : sum.average(static_cast<std::int64_t>(count)).value;
}

void fill_score(const AskedClauses& asked, const Bitmap& group, GroupExplanation& out) {
  const ValueReader reader = asked.reader();
  const std::vector<double>& scores = asked.answer().scores;
  const ProfiledValue profiled{
      .text = asked.definition().name, .type = Type{.kind = Kind::kFloat}, .is_withheld = false, .least_count = 1, .value = [&](RowId row) {
        return float_value(scores[row]);
      }};
  out.scores = profile_value(profiled, reader, asked.rows(), group);
  const auto& score = std::get<ScoreSum>(asked.program().expr(asked.definition().body).node);
  for (std::size_t i = 0; i < score.terms.size(); ++i) {
    const std::vector<double>& term = asked.results().definitions[asked.term_roots()[i]].scores;
    out.terms.push_back(
        {.clause = asked.term_outline(score.terms[i].span), .group_mean = mean_of(term, group), .all_mean = mean_of(term, asked.rows())});
  }
}

}  // namespace

std::expected<GroupExplanation, Failure> explain_group(const OpenedProject& project, const std::string& name,
                                                       const std::vector<std::string>& keys, const GroupOptions& options) {
  const auto asked = AskedClauses::ask(project, name, keys.empty() ? AskedFor::kMembers : AskedFor::kGroup, options);
  if (!asked) return std::unexpected(asked.error());
  GroupExplanation out;
  out.asked = asked->described();
  out.is_of_members = keys.empty();
  Bitmap group = asked->members();
  if (!keys.empty()) {
    auto rows = asked->rows_of_keys(keys);
    if (!rows) return std::unexpected(std::move(rows.error()));
    group = std::move(*rows);
    out.accounts = asked->accounts_of_keys(keys)->size();
  }
  out.size = group.count();
  for (std::size_t row = 0; row < group.size(); ++row) {
    if (!group.test(row)) continue;
    out.members += asked->members().test(row);
    out.suppressed += asked->is_suppressed(row);
  }
  if (auto counted = count_clauses(*asked, group, out); !counted) return std::unexpected(std::move(counted.error()));
  out.values = value_profiles(*asked, group, out.size);
  out.traits = shared_traits(out.values, out.size, out.asked.rows, kMostTraits);
  const DefinitionKind kind = asked->definition().kind;
  if (kind == DefinitionKind::kScore) fill_score(*asked, group, out);
  else if (!asked->answer().codes.empty() && !asked->value()) out.answers = answer_counts(*asked, group);
  out.is_whole = !asked->tree() || asked->tree()->is_whole;
  out.clock = options.data.clock;
  out.tables = asked->tables();
  out.diagnostics = asked->diagnostics();
  return out;
}

}  // namespace segue
