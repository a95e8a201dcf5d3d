// One case in every way it can be evaluated, held against the interpreter.
#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "bindings/cpp/segue.h"
#include "compiler/check/check.h"
#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/native.h"
#include "compiler/diagnostics/render.h"
#include "compiler/interpret/explain.h"
#include "compiler/interpret/interpret.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"
#include "stdlib/print_value.h"
#include "tests/differential/case.h"
#include "tests/differential/facts.h"
#include "tests/differential/live.h"
#include "tests/differential/parts.h"
#include "tests/differential/prepared.h"
#include "tests/differential/proofs.h"
#include "tests/differential/versions.h"

namespace segue::differential {
namespace {

constexpr std::uint64_t kSeedsPerProof = 8;  // one case in so many is asked for proofs
constexpr std::uint64_t kSeedsPerDiff = 10;  // and one in so many of those read from files is compared with a changed version
constexpr std::size_t kLiveAccounts = 100;   // each change is followed by a fresh evaluation on the interpreter

// A program checked against its schema.
struct Checked {
  SourceMap sources;
  Project project;
  CheckResult result;
  std::optional<Failure> failure;
};

std::string code_of_first_error(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::kError) return std::string(info_of(diagnostic.kind).code);
  }
  return {};
}

std::vector<Diagnostic> errors_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<Diagnostic> errors;
  std::ranges::copy_if(diagnostics, std::back_inserter(errors), [](const Diagnostic& each) { return each.severity == Severity::kError; });
  return errors;
}

Checked check_texts(const Case& made, const std::string& rules) {
  Checked checked;
  std::vector<Diagnostic> diagnostics;
  const auto keep = [&](std::vector<Diagnostic> more) { std::ranges::move(more, std::back_inserter(diagnostics)); };
  const SourceId project_id = add_source(checked.sources, "segue.yaml", project_text(made.world));
  ProjectResult project = load_project(source_of(checked.sources, project_id), project_id);
  keep(std::move(project.diagnostics));
  checked.project = std::move(project.project);
  const SourceId schema_id = add_source(checked.sources, "schema.yaml", schema_text(made.world));
  SchemaResult schema = load_schema(source_of(checked.sources, schema_id), schema_id);
  keep(std::move(schema.diagnostics));
  if (!has_errors(diagnostics)) {
    const SourceId id = add_source(checked.sources, "rules.seg", rules);
    ParseResult parsed = parse(source_of(checked.sources, id), id);
    keep(std::move(parsed.diagnostics));
    checked.result =
        check({.files = std::span(&parsed.ast, 1), .schema = schema.schema, .project = checked.project, .sources = checked.sources});
    keep(checked.result.diagnostics);
  }
  if (has_errors(diagnostics)) {
    checked.failure = Failure{"refused: " + code_of_first_error(diagnostics), render_text(errors_of(diagnostics), checked.sources, false)};
  }
  return checked;
}

// A row by its key, or by its number in a table without one.
std::string row_name(const World& world, std::uint32_t table, std::size_t row) {
  const WorldTable& rows = world.tables[table];
  if (!rows.key) return fmt::format("#{}", row);
  const Constant& key = rows.columns[*rows.key].cells[row].value;
  const auto* text = std::get_if<std::string>(&key);
  return text != nullptr ? *text : std::to_string(std::get<std::int64_t>(key));
}

std::string account_name(const World& world, std::size_t row) { return row_name(world, 0, row); }

// One answer of a definition, exactly.
std::string answer_text(const DefinitionResult& result, std::size_t row) {
  if (!result.members.empty()) return result.members.test(row) ? "true" : "false";
  if (!result.codes.empty()) return std::to_string(result.codes[row]);
  return fmt::format("{} ({:a})", print_float(result.scores[row]), result.scores[row]);
}

bool is_same_answer(const DefinitionResult& a, std::size_t row_of_a, const DefinitionResult& b, std::size_t row_of_b) {
  if (!a.members.empty()) return a.members.test(row_of_a) == b.members.test(row_of_b);
  if (!a.codes.empty()) return a.codes[row_of_a] == b.codes[row_of_b];
  return std::bit_cast<std::uint64_t>(a.scores[row_of_a]) == std::bit_cast<std::uint64_t>(b.scores[row_of_b]);
}

bool has_population_terms(const CheckedProgram& program) {
  return std::ranges::any_of(program.exprs, [](const Expr& expr) {
    return std::holds_alternative<TopOf>(expr.node) || std::holds_alternative<Percentile>(expr.node);
  });
}

// Everything that one evaluation of a case shares.
class Comparison {
 public:
  Comparison(const Case& made, const std::filesystem::path& folder, Tally& tally) : case_(made), folder_(folder), tally_(tally) {}

  std::optional<Failure> run() {
    checked_ = check_texts(case_, to_text(case_.rules));
    if (checked_.failure) return checked_.failure;
    zone_ = load_time_zone(case_.world.zone).value_or(utc_zone());
    clock_ = make_clock(case_.world.now, zone_, case_.world.calendar);
    database_ = make_database(case_.world, program().schema);
    auto expected = interpret(program(), database_, clock_, program().results);
    if (!expected) return Failure{"interpreter stopped", "the interpreter gave no answer"};
    expected_ = std::move(*expected);
    count();
    if (auto failure = formatted()) return failure;
    if (auto failure = twins()) return failure;
    for (const Setting& setting : case_.settings) {
      if (auto failure = native(setting)) return failure;
    }
    if (auto failure = planned_with_facts()) return failure;
    if (accounts() <= kLiveAccounts) {
      if (auto found = live_failure(case_.world, program(), clock_, expected_, case_.seed)) return Failure{"live", std::move(*found)};
    }
    if (case_.with_permutation) {
      if (auto failure = reordered()) return failure;
    }
    if (case_.with_explain) {
      if (auto failure = explained()) return failure;
    }
    if (case_.with_subset) {
      if (auto failure = asked_alone()) return failure;
    }
    if (case_.seed % kSeedsPerProof == 0) {
      if (auto failure = proved()) return failure;
    }
    if (case_.with_files) return from_files();
    return std::nullopt;
  }

 private:
  const CheckedProgram& program() const { return checked_.result.program; }
  std::size_t accounts() const { return case_.world.tables[0].rows; }
  const std::string& name_of(std::size_t result) const { return program().definition(program().results[result]).name; }

  void count() {
    for (const DefinitionResult& each : expected_.definitions) {
      ++tally_.definitions;
      tally_.answers += accounts();
      if (!each.members.empty() && each.members.count() > 0 && each.members.count() < accounts()) ++tally_.decided;
    }
  }

  std::uint32_t table_of(std::size_t result) const { return program().frame(program().definition(program().results[result]).frame).table; }

  // The first difference of two answers to the same question; row i of table t of `actual` is row order[t][i] of what is expected, if there is an order.
  std::optional<std::string> difference(const Results& actual, const std::vector<std::vector<RowId>>* order = nullptr) const {
    for (std::size_t i = 0; i < expected_.definitions.size(); ++i) {
      const DefinitionResult &a = expected_.definitions[i], &b = actual.definitions[i];
      if (a.members.size() != b.members.size() || a.scores.size() != b.scores.size() || a.codes.size() != b.codes.size())
        return fmt::format("{}: as many answers as rows are missing", name_of(i));
      const std::uint32_t table = table_of(i);
      for (std::size_t row = 0; row < case_.world.tables[table].rows; ++row) {
        const std::size_t old = order == nullptr ? row : (*order)[table][row];
        if (is_same_answer(a, old, b, row)) continue;
        return fmt::format("{}, row {}: expected {}, got {}", name_of(i), row_name(case_.world, table, old), answer_text(a, old),
                           answer_text(b, row));
      }
      if (a.undetermined != b.undetermined)
        return fmt::format("{}: expected {} undetermined, got {}", name_of(i), a.undetermined, b.undetermined);
    }
    return std::nullopt;
  }

  std::expected<Results, Failure> run_native(const Database& database, const Setting& setting) {
    return run_native(database, setting, program().results);
  }

  std::expected<Results, Failure> run_native(const Database& database, const Setting& setting, const std::vector<DefinitionId>& roots) {
    NativeOptions options;
    options.codegen.cpu = setting.cpu;
    options.codegen.batch_rows = setting.batch_rows;
    options.threads = setting.threads;
    options.share = setting.is_shared;
    options.population_bytes = setting.population_bytes;
    CodeCache cache(default_cache_folder());  // what another setting, or another case, has kept
    if (case_.seed % 2 == 0) options.codegen.cache = &cache;
    auto results = evaluate_native(program(), database, clock_, roots, options);
    if (!results) return std::unexpected(Failure{"native run failed", "the run stopped: " + results.error().message});
    tally_.answers += accounts() * results->definitions.size();
    return std::move(*results);
  }

  std::optional<Failure> native(const Setting& setting) {
    if (!is_supported(setting.cpu)) return std::nullopt;
    const auto results = run_native(database_, setting);
    if (!results) return results.error();
    const auto found = difference(*results);
    if (!found) return std::nullopt;
    return Failure{"native", fmt::format("interpreter and native code ({}) disagree: {}", to_text(setting), *found)};
  }

  // The formatter keeps the meaning, and formats its own text to itself.
  std::optional<Failure> formatted() {
    const std::string once = reformatted(to_text(case_.rules));
    const Checked again = check_texts(case_, once);
    if (again.failure)
      return Failure{"formatted: " + again.failure->category,
                     fmt::format("the formatted text is refused:\n{}\n{}", again.failure->message, once)};
    if (reformatted(once) != once)
      return Failure{"format twice", fmt::format("formatting twice gives another text:\n{}\n──\n{}", once, reformatted(once))};
    const bool is_same = has_population_terms(program()) ? is_answered_alike(again.result.program) : is_planned_alike(again.result.program);
    if (is_same) return std::nullopt;
    return Failure{"format meaning", fmt::format("the formatted text has another meaning:\n{}", once)};
  }

  bool is_planned_alike(const CheckedProgram& other) const {
    return to_text(make_plan(program(), program().results)) == to_text(make_plan(other, other.results));
  }

  bool is_answered_alike(const CheckedProgram& other) const {
    const auto results = interpret(other, database_, clock_, other.results);
    return results && results->definitions.size() == expected_.definitions.size() && !difference(*results);
  }

  static std::string reformatted(const std::string& rules) {
    SourceMap sources;
    const SourceId id = add_source(sources, "rules.seg", rules);
    const ParseResult parsed = parse(source_of(sources, id), id);
    return format(parsed.ast, source_of(sources, id));
  }

  // p and `not p` partition the accounts, and are unknown for the same ones; two ways to say one thing hold for the same accounts.
  std::optional<Failure> twins() {
    for (const Rule& rule : case_.rules.rules) {
      if (!rule.twin) continue;
      const DefinitionResult *first = result_named(rule.twin->of), *second = result_named(rule.name);
      if (first == nullptr || second == nullptr) continue;
      const char* what = rule.twin->is_complement ? "complements" : "the same";
      for (std::size_t row = 0; row < accounts(); ++row) {
        if ((first->members.test(row) != second->members.test(row)) == rule.twin->is_complement) continue;
        return Failure{"twins",
                       fmt::format("{} and {} are not {} for account {}", rule.twin->of, rule.name, what, account_name(case_.world, row))};
      }
      if (rule.twin->is_as_undetermined && first->undetermined != second->undetermined) {
        return Failure{
            "twins", fmt::format("{} has {} undetermined, {} has {}", rule.twin->of, first->undetermined, rule.name, second->undetermined)};
      }
    }
    return std::nullopt;
  }

  const DefinitionResult* result_named(const std::string& name) const {
    for (std::size_t i = 0; i < expected_.definitions.size(); ++i) {
      if (name_of(i) == name) return &expected_.definitions[i];
    }
    return nullptr;
  }

  // The order of rows decides nothing.
  std::optional<Failure> reordered() {
    Random random(case_.seed + 1);
    std::vector<std::vector<RowId>> order;
    const World other = permuted(case_.world, random, order);
    const Database database = make_database(other, program().schema);
    const auto plain = interpret(program(), database, clock_, program().results);
    if (!plain) return Failure{"interpreter stopped", "the interpreter gave no answer"};
    if (const auto found = difference(*plain, &order))
      return Failure{"order", fmt::format("the interpreter depends on the order of rows: {}", *found)};
    const auto fast = run_native(database, {});
    if (!fast) return fast.error();
    if (const auto found = difference(*fast, &order))
      return Failure{"native order", fmt::format("native code on reordered rows disagrees: {}", *found)};
    return std::nullopt;
  }

  // What is proved holds for these rows too.
  std::optional<Failure> proved() {
    Random random(case_.seed + 5);
    auto found = proof_failure(program(), checked_.sources, database_, clock_, random);
    if (!found) return std::nullopt;
    return Failure{"proofs", std::move(*found)};
  }

  std::optional<Failure> planned_with_facts() {
    Random random(case_.seed + 4);
    const auto found = differs_with_facts(program(), case_.world, clock_, random, tally_.answers);
    if (!found) return std::nullopt;
    return Failure{"facts", fmt::format("a plan that knows facts of a part of the data disagrees: {}", *found)};
  }

  // A definition answers the same whether it is asked for alone or among others.
  std::optional<Failure> asked_alone() {
    Random random(case_.seed + 3);
    const std::vector<DefinitionId>& all = program().results;
    if (all.empty()) return std::nullopt;
    const std::size_t chosen = random.below(all.size());
    const auto alone = run_native(database_, {}, {all[chosen]});
    if (!alone) return alone.error();
    Results among = expected_;
    among.definitions[chosen] = alone->definitions[0];
    if (const auto found = difference(among)) return Failure{"alone", fmt::format("asked for alone, native code disagrees: {}", *found)};
    const auto plain = interpret(program(), database_, clock_, std::span(&all[chosen], 1));
    if (!plain) return Failure{"interpreter stopped", "the interpreter gave no answer"};
    among.definitions[chosen] = plain->definitions[0];
    if (const auto found = difference(among))
      return Failure{"alone interpreted", fmt::format("asked for alone, the interpreter disagrees: {}", *found)};
    return std::nullopt;
  }

  // `explain` says of single accounts what `run` says of all.
  std::optional<Failure> explained() {
    Random random(case_.seed + 2);
    if (accounts() == 0 || program().results.empty()) return std::nullopt;
    const std::size_t result = random.below(program().results.size());
    const DefinitionResult& expected = expected_.definitions[result];
    std::uint64_t undetermined = 0, rows = 0;
    const bool is_audience = table_of(result) != 0;
    const bool asks_all = accounts() <= 30;
    for (std::size_t i = 0; i < (asks_all ? accounts() : 5); ++i) {
      const std::size_t row = asks_all ? i : random.below(accounts());
      const Trace trace = explain(program(), database_, clock_, checked_.sources, program().results[result], static_cast<RowId>(row));
      undetermined += trace.undetermined ? 1 : 0;
      if (is_audience) rows += static_cast<std::uint64_t>(std::get<std::int64_t>(std::get<TraceScalar>(trace.value.data)));
      else if (trace.value.data != TraceData(expected_value(result, row)))
        return Failure{"explain", fmt::format("explain of {} for account {} says {}", name_of(result), account_name(case_.world, row),
                                              trace.value.shown)};
    }
    if (asks_all && is_audience && rows != expected.members.count())
      return Failure{"explain audience",
                     fmt::format("explain of {} finds {} rows, run {}", name_of(result), rows, expected.members.count())};
    if (!asks_all || is_audience || !expected.scores.empty() || undetermined == expected.undetermined) return std::nullopt;
    return Failure{"explain undetermined",
                   fmt::format("explain of {} finds {} undetermined, run {}", name_of(result), undetermined, expected.undetermined)};
  }

  using TraceData = std::variant<TraceScalar, std::vector<TraceScalar>>;

  // What `explain` should give as the value.
  TraceScalar expected_value(std::size_t result, std::size_t row) const {
    const DefinitionResult& expected = expected_.definitions[result];
    if (!expected.members.empty()) return bool(expected.members.test(row));
    if (!expected.scores.empty()) {
      const double score = expected.scores[row];
      return std::isfinite(score) ? TraceScalar(score) : TraceScalar(print_float(score));
    }
    const Type& type = program().expr(program().definition(program().results[result]).body).type;
    const std::int32_t code = expected.codes[row];
    return code < 0 ? TraceScalar() : TraceScalar(program().enums[type.enum_id].values[static_cast<std::size_t>(code)]);
  }

  // The same project read from files by the facade.
  std::optional<Failure> from_files() {
    write_project(case_, folder_);
    if (case_.seed % kSeedsPerDiff == 0) {
      if (auto found = versions_difference(case_, folder_)) return Failure{"versions", std::move(*found)};
    }
    const auto project = open_project(folder_ / "segue.yaml");
    if (!project) return Failure{"files: project", render_text(project.error().diagnostics, {}, false)};
    if (auto found = record_failure(case_.world, *project, expected_)) return Failure{"records", std::move(*found)};
    for (const Engine engine : {Engine::kNative, Engine::kInterpreter}) {
      EvaluateOptions options;
      options.data.clock = case_.world.now;
      options.data.threads = 1 + static_cast<unsigned>(case_.seed % 2);
      options.engine = engine;
      const auto evaluation = evaluate(*project, options);
      if (!evaluation) return Failure{"files: data", render_text(evaluation.error().diagnostics, project->sources, false)};
      Results results;
      for (std::size_t i = 0; i < evaluation->definitions.size(); ++i) {
        DefinitionResult each{
            .members = members(*evaluation, i), .scores = {}, .codes = {}, .undetermined = evaluation->definitions[i].undetermined};
        each.scores.assign(scores(*evaluation, i).begin(), scores(*evaluation, i).end());
        each.codes.assign(value_indices(*evaluation, i).begin(), value_indices(*evaluation, i).end());
        results.definitions.push_back(std::move(each));
      }
      if (const auto found = difference(results)) {
        return Failure{"files", fmt::format("tables read from files give other answers ({}): {}",
                                            engine == Engine::kNative ? "native" : "interpreter", *found)};
      }
      if (engine == Engine::kInterpreter) continue;
      if (case_.seed % 2 == 0) {
        if (const auto found = prepared_difference(case_, *project, options, *evaluation, folder_)) return Failure{"prepared", *found};
      }
      if (const auto found = parts_difference(*project, options, *evaluation, folder_, case_.seed)) return Failure{"parts", *found};
    }
    return std::nullopt;
  }

  const Case& case_;
  const std::filesystem::path& folder_;
  Tally& tally_;
  Checked checked_;
  TimeZone zone_;
  Clock clock_;
  Database database_;
  Results expected_;
};

}  // namespace

std::string to_text(const Setting& setting) {
  constexpr const char* kCpus[] = {"host", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
  return fmt::format("{}, {} thread{}, batches of {}, sharing {}", kCpus[static_cast<std::size_t>(setting.cpu)], setting.threads,
                     setting.threads == 1 ? "" : "s", setting.batch_rows == 0 ? "the usual size" : std::to_string(setting.batch_rows),
                     setting.is_shared ? "on" : "off");
}

std::optional<Failure> find_failure(const Case& made, const std::filesystem::path& folder, Tally& tally) {
  return Comparison(made, folder, tally).run();
}

}  // namespace segue::differential
