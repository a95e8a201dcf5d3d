// From a definition along what it uses to the texts that changed.
#include "bindings/cpp/diff/causes.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace segue {
namespace {

constexpr std::size_t kMostNamedValues = 5;

std::string shown_values(const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kMostNamedValues); ++i) text += fmt::format("{}`{}`", i == 0 ? "" : ", ", values[i]);
  return values.size() > kMostNamedValues ? text + ", …" : text;
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& others) {
  const std::set<std::string> taken(others.begin(), others.end());
  std::vector<std::string> rest;
  std::ranges::copy_if(all, std::back_inserter(rest), [&](const std::string& value) { return !taken.contains(value); });
  return rest;
}

std::string list_detail(const DeclarationText& from, const DeclarationText& to) {
  const std::vector<std::string> added = without(to.values, from.values);
  const std::vector<std::string> removed = without(from.values, to.values);
  std::string detail;
  if (!added.empty()) detail = fmt::format("{} value{} added: {}", added.size(), added.size() == 1 ? "" : "s", shown_values(added));
  if (!removed.empty())
    detail += fmt::format("{}{} value{} removed: {}", detail.empty() ? "" : "; ", removed.size(), removed.size() == 1 ? "" : "s",
                          shown_values(removed));
  return detail;
}

DiffCauseKind kind_of_word(const std::string& word) {
  if (word == "list") return DiffCauseKind::kList;
  return word == "param" ? DiffCauseKind::kParam : DiffCauseKind::kDefinition;
}

bool says_other(const DeclarationText& from, const DeclarationText& to) { return from.meaning != to.meaning || from.values != to.values; }

std::string detail_of(const DeclarationText& from, const DeclarationText& to) {
  if (to.word == "list") return list_detail(from, to);
  if (to.word == "param" && from.value != to.value)
    return fmt::format("`{}` → `{}`", from.value.empty() ? "none" : from.value, to.value.empty() ? "none" : to.value);
  return {};
}

// What stands on the way from one declaration to another one.
struct UseStep {
  std::string name;
  std::vector<std::string> chain;
};

class CauseSearch {
 public:
  explicit CauseSearch(const VersionTexts& texts) : texts_(texts) {}

  std::vector<DiffCause> operator()(const std::string& base_name, const std::string& name) {
    add_itself(base_name, name);
    walk(texts_.head, name);
    walk(texts_.base, base_name);
    return std::move(causes_);
  }

 private:
  void add_itself(const std::string& base_name, const std::string& name) {
    const auto from = texts_.base.find(base_name);
    const auto to = texts_.head.find(name);
    if (from == texts_.base.end() || to == texts_.head.end()) return;
    seen_ = {base_name, name};
    if (says_other(from->second, to->second)) add(DiffCauseKind::kItself, name, {}, {}, to->second);
  }

  void walk(const std::map<std::string, DeclarationText>& texts, const std::string& start) {
    std::deque<UseStep> open = {{start, {}}};
    std::set<std::string> met = {start};
    while (!open.empty()) {
      const UseStep step = std::move(open.front());
      open.pop_front();
      const auto text = texts.find(step.name);
      if (text == texts.end()) continue;
      if (step.name != start) judge(step);
      std::vector<std::string> chain = step.chain;
      if (step.name != start) chain.push_back(step.name);
      for (const std::string& used : text->second.uses) {
        if (met.insert(used).second) open.push_back({used, chain});
      }
    }
  }

  void judge(const UseStep& step) {
    const auto from = texts_.base.find(step.name);
    const auto to = texts_.head.find(step.name);
    // What only one version has is part of the text that names it.
    if (from == texts_.base.end() || to == texts_.head.end() || !says_other(from->second, to->second)) return;
    if (!seen_.insert(step.name).second) return;
    add(kind_of_word(to->second.word), step.name, detail_of(from->second, to->second), step.chain, to->second);
  }

  void add(DiffCauseKind kind, const std::string& name, std::string detail, std::vector<std::string> chain, const DeclarationText& place) {
    causes_.push_back(
        {.kind = kind, .name = name, .detail = std::move(detail), .chain = std::move(chain), .file = place.file, .line = place.line});
  }

  const VersionTexts& texts_;
  std::set<std::string> seen_;
  std::vector<DiffCause> causes_;
};

void add_columns(const VersionComparison& comparison, const ComparedPair& pair, std::vector<DiffCause>& causes) {
  std::set<std::uint32_t> numbers;
  const auto collect = [&](const OpenedProject& project, const std::optional<std::size_t>& index, const auto& reads) {
    if (!index) return;
    const auto& own = reads[index_of(project.checked->program().results[*index])];
    numbers.insert(own.begin(), own.end());
  };
  collect(comparison.versions.base, pair.base, comparison.joined.base_reads);
  collect(comparison.versions.head, pair.head, comparison.joined.head_reads);
  for (const std::uint32_t number : numbers) {
    const SchemaDifference& difference = comparison.joined.differences[number];
    if (difference.effect < SchemaEffect::kValues) continue;
    const ResolvedLocation place =
        resolve(difference.head_span.source == kNoSource ? difference.base_span : difference.head_span, comparison.versions.joined.sources);
    causes.push_back({.kind = DiffCauseKind::kColumn,
                      .name = difference.name,
                      .detail = difference.detail,
                      .chain = {},
                      .file = std::string(place.file),
                      .line = place.start.line});
  }
}

bool same_in_any_order(std::vector<std::string> one, std::vector<std::string> other) {
  std::ranges::sort(one);
  std::ranges::sort(other);
  return one == other;
}

bool is_described_otherwise(const Definition& from, const Definition& to) {
  return from.title != to.title || from.doc != to.doc || from.owner != to.owner || from.tags != to.tags || from.basis != to.basis ||
         from.url != to.url || from.value_titles != to.value_titles;
}

const Definition& result_of(const OpenedProject& project, std::size_t index) {
  return project.checked->program().definition(project.checked->program().results[index]);
}

}  // namespace

std::vector<DiffCause> causes_of(const VersionComparison& comparison, const VersionTexts& texts, const ComparedPair& pair) {
  const std::string& base_name = comparison.versions.base.definitions[*pair.base].name;
  std::vector<DiffCause> causes = CauseSearch(texts)(base_name, comparison.versions.head.definitions[*pair.head].name);
  add_columns(comparison, pair, causes);
  if (causes.empty() && !pair.apart.empty())
    causes.push_back({.kind = DiffCauseKind::kProject, .name = "project", .detail = pair.apart, .chain = {}, .file = {}, .line = 0});
  return causes;
}

std::vector<DiffTextChange> text_changes_of(const VersionComparison& comparison, const VersionTexts& texts, const ComparedPair& pair) {
  const Definition& from = result_of(comparison.versions.base, *pair.base);
  const Definition& to = result_of(comparison.versions.head, *pair.head);
  const auto base = texts.base.find(from.name);
  const auto head = texts.head.find(to.name);
  if (base == texts.base.end() || head == texts.head.end()) return {};
  const DeclarationText& a = base->second;
  const DeclarationText& b = head->second;
  std::vector<DiffTextChange> changes;
  if (a.tokens == b.tokens && a.text != b.text) changes.push_back(DiffTextChange::kReformatted);
  if (a.meaning != b.meaning) {
    if (same_in_any_order(a.meaning, b.meaning)) changes.push_back(DiffTextChange::kReordered);
    else if (same_in_any_order(a.uses, b.uses)) changes.push_back(DiffTextChange::kRewritten);
    else changes.push_back(DiffTextChange::kRefactored);
  }
  if (from.name != to.name) changes.push_back(DiffTextChange::kRenamed);
  if (is_described_otherwise(from, to)) changes.push_back(DiffTextChange::kDescribed);
  std::ranges::sort(changes);
  return changes;
}

}  // namespace segue
