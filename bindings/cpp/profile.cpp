// From steps and phases to what a person can read.
#include "bindings/cpp/profile.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include <sys/resource.h>

#include "bindings/cpp/profile_detail.h"
#include "bindings/cpp/table_specs.h"
#include "compiler/plan/plan.h"

namespace segue {

// Filled by native code, over one or several evaluations.
struct ProfileDetail {
  NativeProfile native;
};

namespace {

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  constexpr std::uint64_t kUnit = 1024;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * kUnit;
}

void note_whole(Profile& profile) {
  profile.total = profile.watch.elapsed();
  profile.peak_memory = peak_memory();
}

Times& time_of(Profile& profile, Phase phase) { return profile.phases[static_cast<std::size_t>(phase)]; }

// On one line, with single blanks.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char each : text) {
    const bool is_blank = each == ' ' || each == '\n' || each == '\t' || each == '\r';
    if (!is_blank) line += each;
    else if (!line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

struct Dear {
  std::vector<ExprId> exprs;
  double seconds = 0;
};

// By the place in the text: a `define` with arguments is there once for all its uses.
std::vector<Dear> dearest_of(const CheckedProgram& program, const std::vector<double>& seconds) {
  std::map<Span, Dear> by_place;
  for (std::uint32_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i] == kNotEvaluated) continue;
    Dear& dear = by_place[program.exprs[i].span];
    dear.exprs.push_back(ExprId{i});
    dear.seconds += seconds[i];
  }
  std::vector<Dear> all;
  for (auto& [span, dear] : by_place) all.push_back(std::move(dear));
  std::ranges::sort(all, {}, [](const Dear& dear) { return std::pair(-dear.seconds, dear.exprs.front()); });
  if (all.size() > Profile::kDearest) all.resize(Profile::kDearest);
  return all;
}

ConditionCost cost_of(const OpenedProject& project, const Plan& plan, const Dear& dear) {
  constexpr std::size_t kMostExprs = 64;
  const CheckedProgram& program = project.checked->program();
  const Span span = program.expr(dear.exprs.front()).span;
  const ResolvedLocation place = resolve(span, project.sources);
  ConditionCost cost{.text = on_one_line(text_at(source_of(project.sources, span.source), span)),
                     .file = std::string(place.file),
                     .line = place.start.line,
                     .processor_seconds = dear.seconds,
                     .definitions = {}};
  std::vector<bool> uses(program.definitions.size());
  for (std::size_t begin = 0; begin < dear.exprs.size(); begin += kMostExprs) {
    const auto first = dear.exprs.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kMostExprs, dear.exprs.size() - begin));
    for (const auto& definitions : definitions_using(plan, {first, first + count})) {
      for (const DefinitionId id : definitions) uses[index_of(id)] = true;
    }
  }
  for (const DefinitionId id : program.results) {
    if (uses[index_of(id)]) cost.definitions.push_back(program.definition(id).name);
  }
  return cost;
}

void count_files(Profile& profile, const OpenedProject& project, const EvaluateOptions& options, std::span<const TableSummary> tables) {
  std::vector<NeededColumns> needed = all_columns(project.checked->schema());
  for (std::size_t table = 0; table < needed.size(); ++table) {
    const std::string& name = project.checked->schema().tables[table].name;
    needed[table].table = std::ranges::find(tables, name, &TableSummary::table) != tables.end();
  }
  const auto specs = table_specs(*project.checked, options.data.sources, needed);
  if (!specs) return;
  for (std::size_t table = 0; table < needed.size(); ++table) {
    if (!needed[table].table) continue;
    for (const std::string& file : (*specs)[table].files) {
      std::error_code ignored;
      const std::uintmax_t size = std::filesystem::file_size(project.root / file, ignored);
      ++profile.files;
      if (!ignored) profile.file_bytes += size;
    }
  }
}

}  // namespace

std::string_view phase_name(Phase phase) {
  constexpr std::array<std::string_view, kPhaseCount> kNames{"parse", "check", "plan", "compile", "read", "evaluate", "write"};
  return kNames[static_cast<std::size_t>(phase)];
}

PhaseTimer::~PhaseTimer() {
  if (profile_ == nullptr) return;
  time_of(*profile_, phase_) += watch_.elapsed();
  note_whole(*profile_);
}

NativeProfiling::NativeProfiling(Profile* profile, const CodegenApi& api, const CodeCache& cache)
    : profile_(profile),
      api_(api),
      cache_(cache) {
  if (profile_ == nullptr) return;
  before_ = api_.code_report(cache_).counts;
  if (!profile_->detail) profile_->detail = std::make_shared<ProfileDetail>();
}

NativeProfiling::~NativeProfiling() {
  if (profile_ == nullptr) return;
  NativeProfile& native = profile_->detail->native;
  time_of(*profile_, Phase::kPlan) += std::exchange(native.plan, {});
  time_of(*profile_, Phase::kCompile) += std::exchange(native.compile, {});
  const CodeReport report = api_.code_report(cache_);
  profile_->code_in_memory += report.counts.in_memory - before_.in_memory;
  profile_->code_in_folder += report.counts.on_disk - before_.on_disk;
  profile_->code_compiled += report.counts.made - before_.made;
  profile_->code_distrust = report.distrust;
}

NativeProfile* NativeProfiling::get() const { return profile_ == nullptr ? nullptr : &profile_->detail->native; }

std::optional<std::uint64_t> bytes_read_so_far() {
  std::FILE* file = std::fopen("/proc/self/io", "r");
  if (file == nullptr) return std::nullopt;
  unsigned long long bytes = 0;
  const int found = std::fscanf(file, "rchar: %llu", &bytes);
  std::fclose(file);
  return found == 1 ? std::optional<std::uint64_t>(bytes) : std::nullopt;
}

EvaluationProfiling::EvaluationProfiling(const OpenedProject& project, const EvaluateOptions& options)
    : project_(project),
      options_(options) {
  if (options.profile == nullptr) return;
  before_ = time_of(*options.profile, Phase::kPlan);
  before_ += time_of(*options.profile, Phase::kCompile);
  bytes_before_ = bytes_read_so_far();
}

void EvaluationProfiling::finish(std::span<const DefinitionId> roots, std::span<const TableSummary> tables, bool reads_while_evaluating) {
  if (options_.profile == nullptr) return;
  Profile& profile = *options_.profile;
  // The engine's time holds that of planning and compiling.
  Times made = time_of(profile, Phase::kPlan);
  made += time_of(profile, Phase::kCompile);
  time_of(profile, Phase::kEvaluate) = time_of(profile, Phase::kEvaluate) - (made - before_);
  const auto bytes = bytes_read_so_far();
  if (bytes && bytes_before_) profile.bytes_read = profile.bytes_read.value_or(0) + (*bytes - *bytes_before_);
  for (const TableSummary& table : tables) profile.rows += table.rows;
  count_files(profile, project_, options_, tables);
  profile.reads_while_evaluating |= reads_while_evaluating;
  profile.is_interpreted = options_.engine == Engine::kInterpreter;
  note_whole(profile);
  if (!profile.detail || !profile.detail->native.answers) return;
  const NativeProfile& native = profile.detail->native;
  const CheckedProgram& program = project_.checked->program();
  const ConditionCounts counts = count_conditions(program, {roots.begin(), roots.end()}, *native.answers);
  profile.conditions_written = counts.written;
  profile.conditions_evaluated = counts.evaluated;
  profile.combining_seconds = native.combining_seconds;
  profile.condition_seconds = 0;
  for (const double seconds : native.expr_seconds) profile.condition_seconds += std::max(seconds, 0.0);
  profile.dearest.clear();
  for (const Dear& dear : dearest_of(program, native.expr_seconds)) profile.dearest.push_back(cost_of(project_, *native.answers, dear));
}

}  // namespace segue
