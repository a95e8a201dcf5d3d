// Outputs, params and the schema, seen by those who read or write them.
#include "bindings/cpp/diff/breaking.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace segue {
namespace {

// `a`, `b` and 3 more.
std::string some_names(const std::set<std::string>& names) {
  constexpr std::size_t kMost = 3;
  std::string text;
  std::size_t count = 0;
  for (const std::string& name : names) {
    if (count++ == kMost) return text + fmt::format(" and {} more", names.size() - kMost);
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
  }
  return text;
}

class BreakingSearch {
 public:
  BreakingSearch(const VersionComparison& comparison, const VersionTexts& texts)
      : comparison_(comparison),
        base_(comparison.versions.base),
        head_(comparison.versions.head),
        texts_(texts) {}

  std::vector<DiffBreaking> operator()() {
    for (const ComparedPair& pair : comparison_.versions.pairs) {
      if (pair.base && !pair.head) add_removed(base_.definitions[*pair.base]);
      if (pair.base && pair.head) compare(base_.definitions[*pair.base], head_.definitions[*pair.head]);
    }
    add_params();
    for (std::uint32_t i = 0; i < comparison_.joined.differences.size(); ++i) add_difference(i);
    return std::move(breaking_);
  }

 private:
  void add(std::string code, std::string name, std::string message, std::string file, std::uint32_t line) {
    breaking_.push_back({std::move(code), std::move(name), std::move(message), std::move(file), line, std::nullopt});
  }

  static std::string_view output_of(const DefinitionInfo& info) { return info.kind == ResultKind::kAudience ? "file" : "column"; }

  void add_removed(const DefinitionInfo& info) {
    add("definition-removed", info.name,
        fmt::format("the {} `{}` is gone, and outputs lose its {}; keep it until nobody reads it", kind_name(info.kind), info.name,
                    output_of(info)),
        info.file, info.line);
  }

  void compare(const DefinitionInfo& from, const DefinitionInfo& to) {
    if (from.name != to.name) {
      add("definition-renamed", from.name,
          fmt::format("the {} `{}` is called `{}` now, and so is its {} in outputs; tell who reads it, or keep both for a while",
                      kind_name(from.kind), from.name, to.name, output_of(from)),
          to.file, to.line);
    }
    if (from.kind != to.kind) {
      add("kind-changed", to.name,
          fmt::format("`{}` was `{}` and is `{}`, so its values in outputs are of another type; give the new one another name", to.name,
                      kind_name(from.kind), kind_name(to.kind)),
          to.file, to.line);
    } else if (from.relation != to.relation) {
      add("relation-changed", to.name,
          fmt::format("the audience `{}` has rows of `{}` instead of `{}`, with other keys; give the new one another name", to.name,
                      to.relation, from.relation),
          to.file, to.line);
    } else {
      compare_values(from, to);
    }
  }

  void compare_values(const DefinitionInfo& from, const DefinitionInfo& to) {
    std::vector<std::string> before, after;
    for (const ValueInfo& value : from.values) before.push_back(value.name);
    for (const ValueInfo& value : to.values) after.push_back(value.name);
    std::set<std::string> gone;
    for (const std::string& value : before) {
      if (std::ranges::find(after, value) == after.end()) gone.insert(value);
    }
    if (!gone.empty()) {
      add("value-removed", to.name,
          fmt::format("`{}` has no {} any more; whoever looks for {} in outputs finds nobody", to.name, some_names(gone),
                      gone.size() == 1 ? "it" : "them"),
          to.file, to.line);
    }
    std::erase_if(before, [&](const std::string& value) { return gone.contains(value); });
    std::erase_if(after, [&](const std::string& value) { return std::ranges::find(before, value) == before.end(); });
    if (to.kind == ResultKind::kStages && before != after) {
      add("values-reordered", to.name,
          fmt::format(
              "the stages of `{}` stand in another order, so comparisons such as `{} >= {}` mean something else; check who compares them",
              to.name, to.name, after.back()),
          to.file, to.line);
    }
  }

  void add_params() {
    for (const auto& [name, text] : texts_.base) {
      if (text.word != "param") continue;
      const auto now = texts_.head.find(name);
      if (now == texts_.head.end() || now->second.word != "param") {
        add("param-removed", name, fmt::format("the param `{}` is gone, and `--param {}=…` fails; take it out of calls", name, name),
            text.file, text.line);
      } else if (text.has_value && !now->second.has_value) {
        add("param-needs-value", name,
            fmt::format("the param `{}` has no value of its own any more; give one with `--param {}=…` in all calls", name, name),
            now->second.file, now->second.line);
      }
    }
  }

  // The definitions that read a difference, of both versions.
  std::set<std::string> readers_of(std::uint32_t number) const {
    std::set<std::string> names;
    const auto collect = [&](const OpenedProject& project, const auto& reads) {
      const CheckedProgram& program = project.checked->program();
      for (std::size_t i = 0; i < program.results.size(); ++i) {
        const auto& own = reads[index_of(program.results[i])];
        if (std::ranges::find(own, number) != own.end()) names.insert(project.definitions[i].name);
      }
    };
    collect(base_, comparison_.joined.base_reads);
    collect(head_, comparison_.joined.head_reads);
    return names;
  }

  void add_difference(std::uint32_t number) {
    const SchemaDifference& difference = comparison_.joined.differences[number];
    const std::set<std::string> readers = readers_of(number);
    const bool is_gone = difference.effect == SchemaEffect::kRemoved;
    const bool lacks_values = !difference.lost_values.empty();
    if (readers.empty() || !(is_gone || lacks_values || difference.effect == SchemaEffect::kIncompatible ||
                             (difference.is_table && difference.effect == SchemaEffect::kReading)))
      return;
    const ResolvedLocation place = resolve(is_gone ? difference.base_span : difference.head_span, comparison_.versions.joined.sources);
    const std::string read = fmt::format("{} read{} it", some_names(readers), readers.size() == 1 ? "s" : "");
    const auto note = [&](std::string code, const std::string& message) {
      add(std::move(code), difference.name, message, std::string(place.file), place.start.line);
    };
    if (is_gone) {
      note(difference.is_table ? "relation-removed" : "column-removed",
           fmt::format("`{}` is gone from the schema; {}", difference.name, read));
    } else if (difference.is_table) {
      note("key-changed",
           fmt::format("the rows of `{}` are told apart or joined otherwise ({}); {}", difference.name, difference.detail, read));
    } else if (difference.effect == SchemaEffect::kIncompatible) {
      note("type-changed", fmt::format("`{}` has another type ({}); {}", difference.name, difference.detail, read));
    } else {
      std::set<std::string> lost(difference.lost_values.begin(), difference.lost_values.end());
      note("enum-value-removed",
           fmt::format("`{}` has no {} any more: rows with {} are bad from now on; {}; clean the data first, or keep the value",
                       difference.name, some_names(lost), lost.size() == 1 ? "it" : "them", read));
    }
  }

  const VersionComparison& comparison_;
  const OpenedProject& base_;
  const OpenedProject& head_;
  const VersionTexts& texts_;
  std::vector<DiffBreaking> breaking_;
};

}  // namespace

std::vector<DiffBreaking> breaking_changes(const VersionComparison& comparison, const VersionTexts& texts) {
  return BreakingSearch(comparison, texts)();
}

}  // namespace segue
