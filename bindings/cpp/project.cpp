// From a project file on disk to a checked program: reading, parsing, following `use` and `list … from`, checking.
#include "bindings/cpp/project.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/profile.h"
#include "compiler/check/lint.h"
#include "compiler/schema/list_file.h"
#include "compiler/syntax/parse.h"
#include "stdlib/parse_value.h"
#include "stdlib/prelude.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

// The trees and lists of a project while it is being read.
struct Reading {
  Workspace workspace;
  std::vector<Ast> trees;
  std::vector<LoadedList> lists;
  std::vector<SourceId> prelude;  // the parts of the prelude that are used
  std::vector<Diagnostic> diagnostics;
  std::vector<Diagnostic> unreadable;  // files that rules name
  bool is_checkable = false;           // project file and schema are sound: else everything in the rules would be unknown
};

// A span as a place that stands on its own, for a Failure that carries no sources.
Location place_of(Span span, const SourceMap& sources) {
  const ResolvedLocation place = resolve(span, sources);
  return FileLocation{std::string(place.file), place.start, place.end};
}

void parse_rules(Reading& reading, SourceId id) {
  ParseResult parsed = parse(source_of(reading.workspace.sources, id), id);
  std::ranges::move(parsed.diagnostics, std::back_inserter(reading.diagnostics));
  reading.trees.push_back(std::move(parsed.ast));
}

void read_list(Reading& reading, const OutsideFile& file, SourceId id) {
  const auto is_same = [&](const LoadedList& list) { return list.path == file.path && list.column == file.column; };
  if (std::ranges::any_of(reading.lists, is_same)) return;
  reading.lists.push_back({file.path, file.column, read_list_file(source_of(reading.workspace.sources, id), id, file.column)});
}

// `use std.regions`: its path is `std/regions`, and so it is called in messages. A part that is not there is for `check` to report.
void read_prelude(Reading& reading, const OutsideFile& file, std::vector<SourceId>& rules) {
  std::string name = file.path;
  std::ranges::replace(name, '/', '.');
  const std::optional<std::string_view> text = prelude_text(name);
  const auto is_same = [&](SourceId id) { return source_of(reading.workspace.sources, id).path == file.path; };
  if (!text || std::ranges::any_of(reading.prelude, is_same)) return;
  reading.prelude.push_back(add_source(reading.workspace.sources, file.path, std::string(*text)));
  rules.push_back(reading.prelude.back());
}

// Reads the files that one tree names; those of rules that are new join `rules`.
void read_outside_files(Reading& reading, const Ast& tree, std::vector<SourceId>& rules, std::set<SourceId>& known) {
  for (const OutsideFile& file : outside_files(tree)) {
    if (file.kind == OutsideFile::Kind::kPrelude) {
      read_prelude(reading, file, rules);
      continue;
    }
    const auto id = read_source(reading.workspace.sources, reading.workspace.root, file.path);
    if (!id) {
      reading.unreadable.push_back(
          make_diagnostic(DiagnosticKind::kUnreadableFile, place_of(file.span, reading.workspace.sources), id.error().message));
    } else if (file.kind == OutsideFile::Kind::kList) {
      read_list(reading, file, *id);
    } else if (known.insert(*id).second) {
      rules.push_back(*id);
    }
  }
}

// Parses the rule files and those that they name, each once.
void read_rules(Reading& reading, const OpenOptions& options) {
  std::vector<SourceId> rules = reading.workspace.rules;
  if (options.further_rules)
    rules.push_back(add_source(reading.workspace.sources, options.further_rules->name, options.further_rules->text));
  std::set<SourceId> known(rules.begin(), rules.end());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    parse_rules(reading, rules[i]);
    read_outside_files(reading, reading.trees[i], rules, known);
  }
}

std::expected<Reading, Failure> read_project(const std::filesystem::path& project_file, const OpenOptions& options) {
  auto workspace = load_workspace(project_file);
  if (!workspace) {
    Location place;
    if (!workspace.error().path.empty()) place = FileLocation{.file = workspace.error().path, .start = {}, .end = {}};
    return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnreadableFile, workspace.error().message, place));
  }
  Reading reading{.workspace = std::move(*workspace), .trees = {}, .lists = {}, .prelude = {}, .diagnostics = {}, .unreadable = {}};
  reading.diagnostics = std::exchange(reading.workspace.diagnostics, {});
  reading.is_checkable = !has_errors(reading.diagnostics);
  read_rules(reading, options);
  if (!reading.unreadable.empty()) return std::unexpected(Failure{FailureKind::kEnvironment, std::move(reading.unreadable), {}});
  return reading;
}

DiagnosticKind kind_of(CallError::Kind kind) {
  return kind == CallError::Kind::kUnknownParam ? DiagnosticKind::kUnknownParam : DiagnosticKind::kParamValue;
}

// What is wrong with the params that were given.
std::vector<Diagnostic> call_diagnostics(const CheckResult& result, bool lacking) {
  std::vector<Diagnostic> diagnostics;
  for (const CallError& error : result.call_errors) {
    if ((error.kind == CallError::Kind::kLacksValue) == lacking)
      diagnostics.push_back(make_diagnostic(kind_of(error.kind), {}, error.message));
  }
  return diagnostics;
}

ResultKind kind_of(DefinitionKind kind) {
  switch (kind) {
    case DefinitionKind::kSegment: return ResultKind::kSegment;
    case DefinitionKind::kScore: return ResultKind::kScore;
    case DefinitionKind::kTiers: return ResultKind::kTiers;
    case DefinitionKind::kStages: return ResultKind::kStages;
    case DefinitionKind::kGrid: return ResultKind::kGrid;
    case DefinitionKind::kSplit: return ResultKind::kSplit;
    case DefinitionKind::kAudience: return ResultKind::kAudience;
    case DefinitionKind::kDefine: break;
  }
  assert(false && "a `define` is no result");
  return ResultKind::kSegment;
}

std::vector<ValueInfo> values_of(const CheckedProgram& program, const Definition& definition) {
  std::vector<ValueInfo> values;
  if (!has_values(kind_of(definition.kind))) return values;
  const std::vector<std::string>& names = program.enums[program.expr(definition.body).type.enum_id].values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    values.push_back({names[i], i < definition.value_titles.size() ? definition.value_titles[i] : std::string()});
  }
  return values;
}

DefinitionInfo info_of(const CheckedProgram& program, const Definition& definition, const SourceMap& sources) {
  const ResolvedLocation place = resolve(definition.name_span, sources);
  const bool is_audience = definition.kind == DefinitionKind::kAudience;
  return {.name = definition.name,
          .kind = kind_of(definition.kind),
          .title = definition.title,
          .doc = definition.doc,
          .owner = definition.owner,
          .tags = definition.tags,
          .basis = definition.basis,
          .values = values_of(program, definition),
          .relation = is_audience ? program.schema.tables[program.frame(definition.frame).table].name : std::string(),
          .file = std::string(place.file),
          .line = place.start.line};
}

// Names and types.
CheckResult check_rules(const Reading& reading, const OpenOptions& options) {
  std::vector<ParamValue> params;
  params.reserve(options.params.size());
  for (const NamedText& param : options.params) params.push_back({param.name, param.text});
  std::vector<std::string> parts;
  for (const PreludePart& part : prelude_parts()) parts.emplace_back(part.name);
  return check({.files = reading.trees,
                .schema = reading.workspace.schema,
                .project = reading.workspace.project,
                .sources = reading.workspace.sources,
                .lists = reading.lists,
                .params = params,
                .prelude = reading.prelude,
                .prelude_parts = parts});
}

CalendarRules calendar_of(const Project& project) {
  return {.week_start = static_cast<Weekday>(project.week_starts), .fiscal_month = project.fiscal_year_starts};
}

// Adds what the check says, but for its words about a place at which the parser found an error: they would only follow from it.
void add_check_diagnostics(std::vector<Diagnostic>& all, const std::vector<Diagnostic>& checked) {
  std::set<Span> settled;
  for (const Diagnostic& diagnostic : all) {
    if (const Span* span = std::get_if<Span>(&diagnostic.location)) settled.insert(*span);
  }
  for (const Diagnostic& diagnostic : checked) {
    const Span* span = std::get_if<Span>(&diagnostic.location);
    if (!span || !settled.contains(*span)) all.push_back(diagnostic);
  }
}

// Params that do not exist or take no such value; nothing where the rules themselves are in error, which may be why.
std::optional<Failure> call_failure(const CheckResult& result) {
  std::vector<Diagnostic> wrong = call_diagnostics(result, false);
  if (has_errors(result.diagnostics) || wrong.empty()) return std::nullopt;
  return Failure{FailureKind::kCall, std::move(wrong), {}};
}

}  // namespace

std::string_view version() { return SEGUE_VERSION; }

std::string_view kind_name(ResultKind kind) {
  switch (kind) {
    case ResultKind::kSegment: return "segment";
    case ResultKind::kScore: return "score";
    case ResultKind::kTiers: return "tiers";
    case ResultKind::kStages: return "stages";
    case ResultKind::kGrid: return "grid";
    case ResultKind::kSplit: return "split";
    case ResultKind::kAudience: return "audience";
  }
  return "";
}

bool has_values(ResultKind kind) {
  return kind == ResultKind::kTiers || kind == ResultKind::kStages || kind == ResultKind::kGrid || kind == ResultKind::kSplit;
}

Failure failure_of(FailureKind kind, DiagnosticKind diagnostic, std::string message, Location location) {
  return {kind, {make_diagnostic(diagnostic, std::move(location), std::move(message))}, {}};
}

Clock clock_of(const CheckedProject& project, std::int64_t now) { return make_clock(now, project.zone, project.rules); }

std::expected<std::filesystem::path, Failure> find_project_file(const std::filesystem::path& path, const std::filesystem::path& current) {
  auto file = find_project(path, current);
  if (!file) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnreadableFile, file.error().message));
  return *file;
}

std::expected<OpenedProject, Failure> open_project(const std::filesystem::path& project_file, const OpenOptions& options) {
  auto parsing = std::make_optional<PhaseTimer>(options.profile, Phase::kParse);
  auto reading = read_project(project_file, options);
  parsing.reset();
  if (!reading) return std::unexpected(std::move(reading.error()));
  const PhaseTimer checking(options.profile, Phase::kCheck);
  auto checked = std::make_shared<CheckedProject>();
  checked->code = std::make_shared<const KeptCode>(options.code_folder);
  OpenedProject project;
  project.root = reading->workspace.root;
  project.timezone = reading->workspace.project.timezone;
  project.diagnostics = std::move(reading->diagnostics);
  if (reading->is_checkable) {
    checked->check = check_rules(*reading, options);
    if (auto failure = call_failure(checked->check)) return std::unexpected(std::move(*failure));
    checked->lacking_params = call_diagnostics(checked->check, true);
    add_check_diagnostics(project.diagnostics, checked->check.diagnostics);
    if (options.warns && !project.has_errors()) {
      std::ranges::move(lint({.checked = checked->check, .files = reading->trees, .sources = reading->workspace.sources}),
                        std::back_inserter(project.diagnostics));
    }
  }
  checked->zone = load_time_zone(project.timezone).value_or(utc_zone());
  checked->rules = calendar_of(reading->workspace.project);
  project.sources = std::move(reading->workspace.sources);
  checked->workspace = std::move(reading->workspace);
  for (const DefinitionId id : checked->program().results) {
    project.definitions.push_back(info_of(checked->program(), checked->program().definition(id), project.sources));
  }
  sort_diagnostics(project.diagnostics, project.sources);
  project.checked = std::move(checked);
  return project;
}

bool is_clock(std::string_view as_of) { return parse_date(as_of).known || parse_timestamp(as_of, utc_zone()).known; }

std::expected<std::int64_t, Failure> parse_clock(const OpenedProject& project, std::string_view as_of) {
  const TimeZone& zone = project.checked->zone;
  if (const KnownInt day = parse_date(as_of); day.known) return clock_at_end_of_day(day.value, zone, project.checked->rules).now;
  if (const KnownInt instant = parse_timestamp(as_of, zone); instant.known) return instant.value;
  return std::unexpected(failure_of(
      FailureKind::kCall, DiagnosticKind::kInvalidClock,
      fmt::format("`{}` is neither a date such as `2026-03-01` nor a time such as `2026-03-01T09:30` or `2026-03-01T09:30:00Z`", as_of)));
}

std::int64_t current_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string clock_text(std::int64_t clock) { return print_timestamp_utc(clock); }

std::string local_clock_text(const OpenedProject& project, std::int64_t clock) {
  const TimeZone& zone = project.checked->zone;
  const std::int64_t seconds = local_time_of_day(zone, clock) / kMicrosPerSecond;
  return fmt::format("{} {:02}:{:02}:{:02} {}", print_date(local_day_of(zone, clock)), seconds / 3600, seconds / 60 % 60, seconds % 60,
                     project.timezone);
}

}  // namespace segue
