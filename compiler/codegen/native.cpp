// Passes over the data: one for each level of what is asked of whole tables, whose answers become columns, then the definitions.
#include "compiler/codegen/native.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "runtime/population.h"
#include "runtime/run.h"

namespace segue {

namespace {

// Optional columns in which the data hold no missing value: the plan need not ask.
std::vector<ColumnFacts> never_missing(const Database& database) {
  std::vector<ColumnFacts> facts;
  for (std::uint32_t table = 0; table < database.tables.size(); ++table) {
    const std::vector<Column>& all = database.tables[table].columns;
    for (std::uint32_t column = 0; column < all.size(); ++column) {
      if (all[column].is_read() && all[column].type.optional && all[column].valid.empty()) {
        facts.push_back({.column = {table, column}, .may_be_missing = false});
      }
    }
  }
  return facts;
}

NativeFailure failure_of(RunFailure failure) {
  return {failure == RunFailure::kStopped ? NativeFailureKind::kStopped : NativeFailureKind::kTooManyRows, {}};
}

class Evaluation {
 public:
  Evaluation(const CheckedProgram& program, const Database& database, const Clock& clock, const NativeOptions& options)
      : program_(program),
        database_(database),
        clock_(clock),
        options_(options),
        plan_options_{.share = options.share, .facts = never_missing(database), .population = {}} {
    added_.tables.resize(database.tables.size());
  }

  std::expected<RunResults, NativeFailure> answer(const Plan& plan) const {
    CodegenOptions codegen = options_.codegen;
    codegen.added = &added_;
    const auto compiled = compile(plan, database_, clock_, codegen);
    if (!compiled) return std::unexpected(NativeFailure{NativeFailureKind::kNoCode, compiled.error()});
    auto results = run(*compiled, database_, {.threads = options_.threads, .keep_members = true, .progress = options_.progress});
    if (!results) return std::unexpected(failure_of(results.error()));
    return std::move(*results);
  }

  std::expected<RunResults, NativeFailure> answer(const std::vector<DefinitionId>& roots) const {
    return answer(make_plan(program_, roots, plan_options_));
  }

  // The terms of a level, as many at once as memory allows.
  std::expected<void, NativeFailure> answer_level(const std::vector<ExprId>& terms) {
    for (std::size_t begin = 0; begin < terms.size();) {
      const std::size_t count = fitting_terms(std::span(terms).subspan(begin));
      const auto first = terms.begin() + static_cast<std::ptrdiff_t>(begin);
      if (auto answered = answer_terms({first, first + static_cast<std::ptrdiff_t>(count)}); !answered) return answered;
      begin += count;
    }
    return {};
  }

 private:
  // At least one; what several rank by is kept once.
  std::size_t fitting_terms(std::span<const ExprId> terms) const {
    std::size_t bytes = 0;
    std::map<DefinitionId, std::size_t> kept;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const Expr& expr = program_.expr(terms[i]);
      const std::size_t rows = database_.tables[program_.frame(expr.frame).table].rows;
      const auto* top = std::get_if<TopOf>(&expr.node);
      const DefinitionId by = top != nullptr ? top->by : std::get<Percentile>(expr.node).value;
      bytes += rows / 4 + (kept.emplace(by, rows).second ? rows * sizeof(std::int64_t) : 0);
      if (i > 0 && bytes > options_.population_bytes) return i;
    }
    return terms.size();
  }

  std::expected<void, NativeFailure> answer_terms(const std::vector<ExprId>& terms) {
    const Plan plan = make_population_plan(program_, terms, plan_options_);
    auto results = answer(plan);
    if (!results) return std::unexpected(std::move(results.error()));
    for (const PopulationTerm& term : plan.population) plan_options_.population.push_back(answer_term(term, *results));
    return {};
  }

  PopulationAnswer answer_term(const PopulationTerm& term, const RunResults& results) {
    const Expr& expr = program_.expr(term.expr);
    const std::uint32_t table = program_.frame(expr.frame).table;
    const std::vector<DefinitionResult>& answers = results.results.definitions;
    const Bitmap& among = answers[term.among].members;
    const RankedValues values{results.values[term.values], answers[term.values].members, term.is_float};
    PopulationAnswer answer{.expr = term.expr, .column = 0, .may_be_missing = false, .unknown = {}};
    if (const auto* top = std::get_if<TopOf>(&expr.node)) {
      const std::size_t count = top_count(among.count(), top->count, top->share, top->share_scale);
      answer.column = add(table, bits_column(top_rows(among, values, count, key_of(table))));
    } else {
      Column parts = percentiles(among, values);
      answer.may_be_missing = parts.valid.count() < parts.rows;
      if (!answer.may_be_missing) parts.valid = Bitmap();
      answer.column = add(table, std::move(parts));
    }
    if (term.unknown && answers[*term.unknown].members.count() > 0)
      answer.unknown = add(table, bits_column(answers[*term.unknown].members));
    return answer;
  }

  const Column& key_of(std::uint32_t table) const { return database_.tables[table].columns[*program_.schema.tables[table].key]; }

  std::uint32_t add(std::uint32_t table, Column column) {
    added_.tables[table].push_back(std::move(column));
    return static_cast<std::uint32_t>(database_.tables[table].columns.size() + added_.tables[table].size() - 1);
  }

  const CheckedProgram& program_;
  const Database& database_;
  const Clock& clock_;
  const NativeOptions& options_;
  PlanOptions plan_options_;
  AddedColumns added_;
};

}  // namespace

std::expected<Results, NativeFailure> evaluate_native(const CheckedProgram& program, const Database& database, const Clock& clock,
                                                      const std::vector<DefinitionId>& roots, const NativeOptions& options) {
  Evaluation evaluation(program, database, clock, options);
  for (const std::vector<ExprId>& level : population_levels(program, roots)) {
    if (auto answered = evaluation.answer_level(level); !answered) return std::unexpected(std::move(answered.error()));
  }
  auto results = evaluation.answer(roots);
  if (!results) return std::unexpected(std::move(results.error()));
  return std::move(results->results);
}

}  // namespace segue
