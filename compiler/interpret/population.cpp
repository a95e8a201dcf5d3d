// Each `top` and `percentile` has a pass of its own over all rows: slow, and plain.
#include "compiler/interpret/population.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "compiler/check/walk.h"
#include "compiler/interpret/machine.h"
#include "compiler/interpret/prepared.h"
#include "compiler/interpret/schedule.h"

namespace segue {
namespace {

constexpr std::size_t kAccountsBetweenQuestions = 256;

bool is_of_population(const Node& node) { return std::holds_alternative<TopOf>(node) || std::holds_alternative<Percentile>(node); }

// The last of the definitions that an expression reads itself.
std::uint32_t last_definition(const Node& node) {
  std::uint32_t last = 0;
  for_each_definition(node, [&](DefinitionId read) { last = std::max(last, static_cast<std::uint32_t>(read)); });
  return last;
}

// All that the roots need, in every frame; those over the population, so that operands come first: a definition stands behind all that it needs.
std::vector<ExprId> population_nodes(const CheckedProgram& program, std::span<const DefinitionId> roots) {
  std::vector<bool> seen(program.exprs.size());
  std::vector<ExprId> pending, found;
  const auto need = [&](ExprId id) {
    if (!seen[index_of(id)]) pending.push_back(id);
    seen[index_of(id)] = true;
  };
  for (const DefinitionId root : roots) need(program.definition(root).body);
  while (!pending.empty()) {
    const ExprId id = pending.back();
    pending.pop_back();
    const Node& node = program.expr(id).node;
    if (is_of_population(node)) found.push_back(id);
    for_each_operand(node, need);
    for_each_definition(node, [&](DefinitionId read) { need(program.definition(read).body); });
  }
  std::ranges::sort(found, {}, [&](ExprId id) { return std::pair(last_definition(program.expr(id).node), id); });
  return found;
}

// A row that is ranked.
struct Candidate {
  RowId row = 0;
  Value by;
  Value key;
};

struct RankOrder {
  Type by;
  Type key;

  // Greatest first, a missing one last; then by key, which never folds.
  bool operator()(const Candidate& a, const Candidate& b) const {
    if (a.by.missing != b.by.missing) return b.by.missing;
    const int order = a.by.missing ? 0 : compare_values(by, a.by, b.by);
    return order != 0 ? order > 0 : compare_values(key, a.key, b.key) < 0;
  }
};

// Candidates times the share, rounded up. A share has at most 18 digits.
std::uint64_t part_of(std::uint64_t candidates, std::int64_t share, std::uint8_t scale) {
  if (share <= 0) return 0;
  Int128 whole = 1;
  for (int i = 0; i < scale; ++i) whole *= 10;
  const Int128 taken = (Int128{static_cast<std::int64_t>(candidates)} * share + whole - 1) / whole;
  return static_cast<std::uint64_t>(std::min(taken, Int128{static_cast<std::int64_t>(candidates)}));
}

class Solver {
 public:
  Solver(const CheckedProgram& program, const Database& database, const Clock& clock, const std::function<bool()>& goes_on,
         std::vector<std::uint8_t>* conditions)
      : program_(program),
        database_(database),
        clock_(clock),
        goes_on_(goes_on),
        conditions_(conditions) {}

  std::optional<Population> run(std::span<const DefinitionId> roots) {
    for (const ExprId id : population_nodes(program_, roots)) {
      const Node& node = program_.expr(id).node;
      const auto* top = std::get_if<TopOf>(&node);
      if (top ? !rank(id, *top) : !collect(id, std::get<Percentile>(node))) return std::nullopt;
    }
    return std::move(population_);
  }

 private:
  const Value& body_value(const Machine& machine, DefinitionId id) const { return machine.value(program_.definition(id).body); }
  const Type& type_of(DefinitionId id) const { return program_.expr(program_.definition(id).body).type; }

  // Evaluates definitions of one frame for all its rows. False where it was stopped.
  template <typename Visit>
  bool visit_rows(std::span<const DefinitionId> definitions, const Visit& visit) {
    const Schedule schedule = make_schedule(program_, program_.definition(definitions[0]).frame, definitions);
    const Prepared prepared = prepare(program_, database_, clock_, schedule, population_);
    Machine machine(prepared, schedule);
    machine.note_conditions(conditions_);
    for (RowId account = 0; account < database_.tables[kAccountTable].rows; ++account) {
      if (account % kAccountsBetweenQuestions == 0 && goes_on_ && !goes_on_()) return false;
      machine.run(account, [&](RowId row) { visit(machine, row); });
    }
    return true;
  }

  bool rank(ExprId id, const TopOf& top) {
    const std::uint32_t table = program_.frame(program_.definition(top.candidates).frame).table;
    const std::optional<ColumnId> key = program_.schema.tables[table].key;
    assert(key && "`check` refuses `top` over a table without a key");
    const Column& keys = database_.tables[table].columns[*key];
    std::vector<Candidate> candidates;
    const bool is_done = visit_rows(std::array{top.candidates, top.by}, [&](const Machine& machine, RowId row) {
      const bool is_candidate = verdict_of(body_value(machine, top.candidates)).holds;
      if (is_candidate) candidates.push_back({row, body_value(machine, top.by), column_value(keys, row)});
    });
    RankOrder order{type_of(top.by), program_.schema.tables[table].columns[*key].type};
    order.key.folded = false;
    std::sort(candidates.begin(), candidates.end(), order);
    population_.tops[index_of(id)] = ranks_of(top, candidates, database_.tables[table].rows);
    return is_done;
  }

  static TopRanks ranks_of(const TopOf& top, const std::vector<Candidate>& sorted, std::size_t rows) {
    TopRanks ranks{.rank = std::vector<std::uint64_t>(rows), .candidates = sorted.size()};
    const std::int64_t count = std::max<std::int64_t>(top.count.value_or(0), 0);
    ranks.taken = top.count ? std::min<std::uint64_t>(static_cast<std::uint64_t>(count), sorted.size())
                            : part_of(sorted.size(), top.share, top.share_scale);
    for (std::size_t i = 0; i < sorted.size(); ++i) ranks.rank[sorted[i].row] = i + 1;
    return ranks;
  }

  bool collect(ExprId id, const Percentile& percentile) {
    assert(program_.definition(percentile.value).frame == kAccountFrame && "`check` refuses `percentile` of anything but accounts");
    std::vector<DefinitionId> definitions = {percentile.value};
    if (percentile.among) definitions.push_back(*percentile.among);
    PercentileValues all{.type = type_of(percentile.value), .values = {}};
    const bool is_done = visit_rows(definitions, [&](const Machine& machine, RowId) {
      const bool is_among = !percentile.among || verdict_of(body_value(machine, *percentile.among)).holds;
      const Value& value = body_value(machine, percentile.value);
      if (is_among && !value.missing) all.values.push_back(value);
    });
    std::ranges::sort(all.values, [&](const Value& a, const Value& b) { return compare_values(all.type, a, b) < 0; });
    population_.percentiles[index_of(id)] = std::move(all);
    return is_done;
  }

  const CheckedProgram& program_;
  const Database& database_;
  const Clock& clock_;
  const std::function<bool()>& goes_on_;
  std::vector<std::uint8_t>* conditions_;
  Population population_;
};

}  // namespace

std::uint64_t PercentileValues::at_most(const Value& value) const {
  const auto less = [&](const Value& a, const Value& b) { return compare_values(type, a, b) < 0; };
  return static_cast<std::uint64_t>(std::upper_bound(values.begin(), values.end(), value, less) - values.begin());
}

std::optional<Population> solve_population(const CheckedProgram& program, const Database& database, const Clock& clock,
                                           std::span<const DefinitionId> roots, const std::function<bool()>& goes_on,
                                           std::vector<std::uint8_t>* conditions) {
  return Solver(program, database, clock, goes_on, conditions).run(roots);
}

}  // namespace segue
