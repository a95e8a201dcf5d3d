// Two versions in one CheckedProject, and their definitions in pairs.
#include "bindings/cpp/diff/compare_versions.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/canonical.h"
#include "compiler/check/walk.h"

namespace segue {
namespace {

// What a project file says that changes what rules mean.
struct ProjectChanges {
  std::string calendar, money;  // for people; empty when nothing
};

void note_change(std::string& detail, std::vector<DiffSetting>& settings, std::string name, const std::string& from,
                 const std::string& to) {
  if (from == to) return;
  const std::string change = fmt::format("`{}` → `{}`", from.empty() ? "none" : from, to.empty() ? "none" : to);
  detail += fmt::format("{}{} {}", detail.empty() ? "" : "; ", name, change);
  settings.push_back({std::move(name), change});
}

std::string rates_text(const CheckedProject& project) {
  const auto& rates = project.workspace.project.rates;
  if (!rates) return {};
  const auto text = read_file(project.workspace.root / rates->text, rates->text);
  return text ? *text : std::string();
}

ProjectChanges project_changes(const CheckedProject& base, const CheckedProject& head, std::vector<DiffSetting>& settings) {
  const Project& from = base.workspace.project;
  const Project& to = head.workspace.project;
  ProjectChanges changes;
  note_change(changes.calendar, settings, "timezone", from.timezone, to.timezone);
  note_change(changes.calendar, settings, "week_starts", fmt::format("day {}", from.week_starts), fmt::format("day {}", to.week_starts));
  note_change(changes.calendar, settings, "fiscal_year_starts", fmt::format("month {}", from.fiscal_year_starts),
              fmt::format("month {}", to.fiscal_year_starts));
  note_change(changes.money, settings, "currency", from.currency, to.currency);
  if (rates_text(base) != rates_text(head)) {
    changes.money += changes.money.empty() ? "other exchange rates" : "; other exchange rates";
    settings.push_back({"rates", "other exchange rates"});
  }
  std::string ignored;
  const auto lists = [](const Project& project) {
    std::string names;
    for (const SuppressList& list : project.suppress)
      names += (names.empty() ? "" : ", ") + std::filesystem::path(list.path.text).filename().string();
    return names;
  };
  note_change(ignored, settings, "suppress", lists(from), lists(to));
  return changes;
}

// Which definitions of a program look at the calendar, and which at money, themselves or through others.
struct ProjectReads {
  std::vector<bool> calendar, money;
};

class ProjectReadsWalk {
 public:
  explicit ProjectReadsWalk(const CheckedProgram& program)
      : program_(program),
        reads_{std::vector<bool>(program.definitions.size()), std::vector<bool>(program.definitions.size())} {}

  ProjectReads operator()() {
    for (std::size_t d = 0; d < program_.definitions.size(); ++d) walk(d);
    return std::move(reads_);
  }

 private:
  void walk(std::size_t d) {
    std::vector<ExprId> open = {program_.definitions[d].body};
    while (!open.empty()) {
      const Expr& expr = program_.expr(open.back());
      open.pop_back();
      look(d, expr);
      for_each_operand(expr.node, [&](ExprId operand) { open.push_back(operand); });
      for_each_definition(expr.node, [&](DefinitionId id) {
        if (reads_.calendar[index_of(id)]) reads_.calendar[d] = true;
        if (reads_.money[index_of(id)]) reads_.money[d] = true;
      });
    }
  }

  void look(std::size_t d, const Expr& expr) {
    const Node& node = expr.node;
    if (std::holds_alternative<Now>(node) || std::holds_alternative<Today>(node) || std::holds_alternative<FromNow>(node) ||
        std::holds_alternative<Within>(node) || std::holds_alternative<Sequence>(node) || expr.type.kind == Kind::kTimestamp)
      reads_.calendar[d] = true;
    if (std::holds_alternative<Call>(node)) {
      for (const ExprId argument : std::get<Call>(node).arguments) {
        if (program_.expr(argument).type.kind == Kind::kDate) reads_.calendar[d] = true;
      }
    }
    const SchemaColumn* column = column_of(expr);
    if (column != nullptr && column->form == ColumnForm::kMoney) reads_.money[d] = true;
  }

  const SchemaColumn* column_of(const Expr& expr) const {
    TableId table = program_.frame(expr.frame).table;
    if (const auto* read = std::get_if<ColumnRead>(&expr.node)) return &program_.schema.tables[table].columns[read->column];
    const auto* read = std::get_if<ReferenceRead>(&expr.node);
    if (read == nullptr) return nullptr;
    for (const std::uint32_t reference : read->references) table = program_.schema.tables[table].references[reference].to;
    return &program_.schema.tables[table].columns[read->column];
  }

  const CheckedProgram& program_;
  ProjectReads reads_;
};

// A version that does not exist is one without definitions over the other's schema.
void stand_in(OpenedProject& missing, const OpenedProject& other) {
  auto checked = std::make_shared<CheckedProject>(*other.checked);
  CheckedProgram& program = checked->check.program;
  program.definitions.clear();
  program.results.clear();
  program.exprs.clear();
  program.sets.clear();
  program.windows.clear();
  program.frames.resize(1);
  checked->check.declarations.clear();
  checked->check.tests = {};
  missing.root = other.root;
  missing.timezone = other.timezone;
  missing.sources = other.sources;
  missing.checked = std::move(checked);
}

void add_joined(ComparedVersions& versions, JoinedProgram& joined) {
  auto checked = std::make_shared<CheckedProject>(*versions.head.checked);
  checked->check.program = std::move(joined.program);
  checked->check.declarations.clear();
  checked->check.tests = {};
  OpenedProject& project = versions.joined;
  project.root = versions.head.root;
  project.timezone = versions.head.timezone;
  project.sources = versions.head.sources;
  for (const Source& source : versions.base.sources.sources) project.sources.sources.push_back(source);
  project.definitions = versions.head.definitions;
  project.definitions.insert(project.definitions.end(), versions.base.definitions.begin(), versions.base.definitions.end());
  project.checked = std::move(checked);
}

// Pairs by name, then what was renamed: definitions of one kind that say the same.
class Pairing {
 public:
  explicit Pairing(VersionComparison& comparison) : comparison_(comparison), versions_(comparison.versions) {}

  void operator()() {
    std::vector<bool> is_paired(versions_.base.definitions.size());
    for (std::size_t h = 0; h < versions_.head.definitions.size(); ++h) {
      versions_.pairs.push_back(pair_of(std::nullopt, h));
      const auto b = base_named(versions_.head.definitions[h].name);
      if (!b) continue;
      versions_.pairs.back() = pair_of(b, h);
      is_paired[*b] = true;
    }
    for (std::size_t b = 0; b < is_paired.size(); ++b) {
      if (is_paired[b] || pair_renamed(b)) continue;
      versions_.pairs.push_back(pair_of(b, std::nullopt));
    }
    add_reasons();
  }

 private:
  std::optional<std::size_t> base_named(const std::string& name) const {
    const auto found = std::ranges::find(versions_.base.definitions, name, &DefinitionInfo::name);
    if (found == versions_.base.definitions.end()) return std::nullopt;
    return static_cast<std::size_t>(found - versions_.base.definitions.begin());
  }

  ComparedPair pair_of(std::optional<std::size_t> base, std::optional<std::size_t> head) const {
    ComparedPair pair;
    pair.base = base;
    pair.head = head;
    if (base) pair.joined_base = comparison_.joined.base[index_of(versions_.base.checked->program().results[*base])];
    if (head) pair.joined_head = comparison_.joined.head[index_of(versions_.head.checked->program().results[*head])];
    return pair;
  }

  bool pair_renamed(std::size_t b) {
    const ComparedPair own = pair_of(b, std::nullopt);
    if (!own.joined_base) return false;
    for (ComparedPair& pair : versions_.pairs) {
      if (pair.base || !pair.joined_head || !mean_same(*own.joined_base, *pair.joined_head)) continue;
      pair = pair_of(b, pair.head);
      return true;
    }
    return false;
  }

  bool mean_same(DefinitionId base, DefinitionId head) const {
    const CheckedProgram& program = versions_.joined.checked->program();
    const Definition& from = program.definition(base);
    const Definition& to = program.definition(head);
    return from.kind == to.kind && from.frame == to.frame && canonical_of(comparison_, base) == canonical_of(comparison_, head);
  }

  // Why a pair is evaluated by itself.
  void add_reasons() {
    std::vector<DiffSetting>& settings = comparison_.settings;
    const ProjectChanges changes = project_changes(*versions_.base.checked, *versions_.head.checked, settings);
    const ProjectReads base = ProjectReadsWalk(versions_.base.checked->program())();
    const ProjectReads head = ProjectReadsWalk(versions_.head.checked->program())();
    for (ComparedPair& pair : versions_.pairs) {
      note_other_kind(pair);
      if (pair.base)
        add_reason(pair, versions_.base, *pair.base, base, changes, comparison_.joined.base_reads, comparison_.joined.base_left_out);
      if (pair.head)
        add_reason(pair, versions_.head, *pair.head, head, changes, comparison_.joined.head_reads, comparison_.joined.head_left_out);
    }
    for (const SchemaDifference& difference : comparison_.joined.differences) settings.push_back({difference.name, difference.detail});
  }

  void note_other_kind(ComparedPair& pair) const {
    if (!pair.base || !pair.head) return;
    const DefinitionInfo& from = versions_.base.definitions[*pair.base];
    const DefinitionInfo& to = versions_.head.definitions[*pair.head];
    if (from.kind != to.kind) pair.apart = fmt::format("it was `{}` and is `{}`", kind_name(from.kind), kind_name(to.kind));
    else if (from.relation != to.relation) pair.apart = fmt::format("it was of `{}` and is of `{}`", from.relation, to.relation);
  }

  void add_reason(ComparedPair& pair, const OpenedProject& project, std::size_t index, const ProjectReads& reads,
                  const ProjectChanges& changes, const std::vector<std::vector<std::uint32_t>>& differences,
                  const std::vector<std::string>& left_out) const {
    const std::size_t id = index_of(project.checked->program().results[index]);
    const auto note = [&](const std::string& reason, bool is_reading) {
      if (pair.apart.empty()) pair.apart = reason;
      if (is_reading && pair.reading.empty()) pair.reading = reason;
    };
    if (!left_out[id].empty()) note(left_out[id], true);
    if (reads.calendar[id] && !changes.calendar.empty()) note(changes.calendar, true);
    if (reads.money[id] && !changes.money.empty()) note(changes.money, true);
    for (const std::uint32_t number : differences[id]) {
      const SchemaDifference& difference = comparison_.joined.differences[number];
      if (difference.effect < SchemaEffect::kValues) continue;
      note(fmt::format("`{}`: {}", difference.name, difference.detail), difference.effect > SchemaEffect::kValues);
    }
  }

  VersionComparison& comparison_;
  ComparedVersions& versions_;
};

}  // namespace

std::uint32_t canonical_of(const VersionComparison& comparison, DefinitionId id) {
  return comparison.canonical[index_of(comparison.versions.joined.checked->program().definition(id).body)];
}

VersionComparison compare_versions(OpenedVersions& opened) {
  VersionComparison comparison;
  ComparedVersions& versions = comparison.versions;
  versions.base = std::move(opened.base);
  versions.head = std::move(opened.head);
  versions.kept_files = opened.kept_files;
  if (!opened.base_side.exists) stand_in(versions.base, versions.head);
  if (!opened.head_side.exists) stand_in(versions.head, versions.base);
  const auto shift = static_cast<std::uint32_t>(versions.head.sources.sources.size());
  comparison.joined = join(versions.base.checked->program(), versions.head.checked->program(), shift);
  add_joined(versions, comparison.joined);
  comparison.canonical = canonical_ids(versions.joined.checked->program());
  Pairing{comparison}();
  return comparison;
}

}  // namespace segue
