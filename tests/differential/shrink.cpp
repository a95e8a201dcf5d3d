// Making a failing case small: without settings, declarations, parts of conditions, rows, columns and tables that do not matter. What the checker
// then refuses fails in another way, and so is not taken.
#include <algorithm>

#include "tests/differential/case.h"

namespace segue::differential {
namespace {

class Shrinker {
 public:
  Shrinker(Case made, const std::string& category, const Judge& judge, std::chrono::steady_clock::time_point until)
      : best_(std::move(made)),
        category_(category),
        judge_(judge),
        until_(until) {}

  Case run() {
    bool is_smaller = true;
    while (is_smaller && !is_late()) {
      is_smaller = false;
      is_smaller |= drop_checks();
      is_smaller |= drop_rules();
      is_smaller |= drop_rows();
      is_smaller |= simplify_terms();
      is_smaller |= drop_tables();
      is_smaller |= drop_columns();
    }
    return std::move(best_);
  }

 private:
  bool is_late() const { return std::chrono::steady_clock::now() > until_; }

  bool try_case(Case candidate) {
    if (is_late()) return false;
    const auto failure = judge_(candidate);
    if (!failure || failure->category != category_) return false;
    best_ = std::move(candidate);
    return true;
  }

  bool drop_checks() {
    bool is_smaller = false;
    for (bool Case::* check : {&Case::with_files, &Case::with_permutation, &Case::with_explain, &Case::with_subset}) {
      Case candidate = best_;
      candidate.*check = false;
      if (best_.*check) is_smaller |= try_case(std::move(candidate));
    }
    for (std::size_t i = best_.settings.size(); i-- > 0;) {
      Case candidate = best_;
      candidate.settings.erase(candidate.settings.begin() + static_cast<std::ptrdiff_t>(i));
      is_smaller |= try_case(std::move(candidate));
    }
    return is_smaller;
  }

  // Halves, quarters, …, single ones.
  template <typename Count, typename Without>
  bool drop_ranges(Count count, Without without) {
    bool is_smaller = false;
    for (std::size_t step = std::max<std::size_t>(count() / 2, 1); count() > 0; step /= 2) {
      for (std::size_t end = count(); end > 0 && !is_late();) {
        const std::size_t begin = end > step ? end - step : 0;
        is_smaller |= try_case(without(begin, end));
        end = begin;
      }
      if (step == 1 || is_late()) break;
    }
    return is_smaller;
  }

  bool drop_rules() {
    return drop_ranges([&] { return best_.rules.rules.size(); },
                       [&](std::size_t begin, std::size_t end) {
                         Case candidate = best_;
                         auto& rules = candidate.rules.rules;
                         end = std::min(end, rules.size());
                         rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(std::min(begin, end)),
                                     rules.begin() + static_cast<std::ptrdiff_t>(end));
                         return candidate;
                       });
  }

  bool drop_rows() {
    bool is_smaller = false;
    for (std::uint32_t table = 0; table < best_.world.tables.size(); ++table) {
      is_smaller |= drop_ranges([&, table] { return best_.world.tables[table].rows; },
                                [&, table](std::size_t begin, std::size_t end) {
                                  Case candidate = best_;
                                  candidate.world = without_rows(best_.world, table, begin, end);
                                  return candidate;
                                });
    }
    return is_smaller;
  }

  bool drop_tables() {
    bool is_smaller = false;
    for (std::size_t table = best_.world.tables.size(); table-- > 1;) {
      auto world = without_table(best_.world, static_cast<std::uint32_t>(table));
      if (!world) continue;
      Case candidate = best_;
      candidate.world = std::move(*world);
      is_smaller |= try_case(std::move(candidate));
    }
    return is_smaller;
  }

  bool drop_columns() {
    bool is_smaller = false;
    for (std::uint32_t table = 0; table < best_.world.tables.size(); ++table) {
      for (std::size_t column = best_.world.tables[table].columns.size(); column-- > 0 && !is_late();) {
        auto world = without_column(best_.world, table, static_cast<std::uint32_t>(column));
        if (!world) continue;
        Case candidate = best_;
        candidate.world = std::move(*world);
        is_smaller |= try_case(std::move(candidate));
      }
    }
    return is_smaller;
  }

  // ── terms ──

  using Way = std::vector<std::size_t>;

  static Term& at(Term& term, const Way& way) {
    Term* found = &term;
    for (const std::size_t part : way) found = &found->parts[part];
    return *found;
  }

  static void ways_into(const Term& term, Way& way, std::vector<Way>& all) {
    for (std::size_t i = 0; i < term.parts.size(); ++i) {
      way.push_back(i);
      all.push_back(way);
      ways_into(term.parts[i], way, all);
      way.pop_back();
    }
  }

  static bool is_alike(const Term& a, const Term& b) { return a.type.kind == b.type.kind && a.scope == b.scope; }

  static void inner_terms(const Term& term, const Term& wanted, std::vector<Term>& found) {
    for (const Term& part : term.parts) {
      if (is_alike(part, wanted)) found.push_back(part);
      inner_terms(part, wanted, found);
    }
  }

  // What may stand for `term`: what stands in it, it without a part of a chain, or a plain value.
  static std::vector<Term> smaller(const Term& term) {
    std::vector<Term> found;
    inner_terms(term, term, found);
    if (term.parts.size() > 2) {
      for (std::size_t i = 0; i < term.parts.size(); ++i) {
        Term shorter = term;
        shorter.parts.erase(shorter.parts.begin() + static_cast<std::ptrdiff_t>(i));
        shorter.texts.erase(shorter.texts.begin() + static_cast<std::ptrdiff_t>(i == 0 ? 1 : i));
        found.push_back(std::move(shorter));
      }
    }
    const std::string plain = term.type.kind == Kind::kInt       ? "1"
                              : term.type.kind == Kind::kDecimal ? "0.5"
                              : term.type.kind == Kind::kText    ? "\"a\""
                              : term.type.kind == Kind::kDate    ? "today"
                              : term.type.kind == Kind::kDays    ? "1 day"
                                                                 : "";
    if (!plain.empty() && (!term.parts.empty() || term.texts[0].size() > 8)) {
      Term literal = term;
      literal.parts.clear();
      literal.texts = {plain};
      found.push_back(std::move(literal));
    }
    return found;
  }

  bool simplify_rule(std::size_t rule) {
    bool is_smaller = false;
    std::vector<Way> ways;
    Way way;
    ways_into(best_.rules.rules[rule].body, way, ways);
    for (std::size_t i = 0; i < ways.size() && !is_late(); ++i) {
      bool is_taken = false;
      for (Term& term : smaller(at(best_.rules.rules[rule].body, ways[i]))) {
        Case candidate = best_;
        at(candidate.rules.rules[rule].body, ways[i]) = std::move(term);
        is_taken = try_case(std::move(candidate));
        if (is_taken) break;
      }
      if (!is_taken) continue;
      is_smaller = true;
      ways.clear();
      ways_into(best_.rules.rules[rule].body, way, ways);
      --i;  // the same place again: ways before it are as they were
    }
    return is_smaller;
  }

  // What must answer as another does is changed in neither.
  bool is_twin(const Rule& rule) const {
    if (category_ != "twins") return false;
    return rule.twin.has_value() ||
           std::ranges::any_of(best_.rules.rules, [&](const Rule& other) { return other.twin && other.twin->of == rule.name; });
  }

  bool simplify_terms() {
    bool is_smaller = false;
    for (std::size_t rule = 0; rule < best_.rules.rules.size(); ++rule) {
      if (!is_twin(best_.rules.rules[rule])) is_smaller |= simplify_rule(rule);
    }
    return is_smaller;
  }

  Case best_;
  const std::string& category_;
  const Judge& judge_;
  std::chrono::steady_clock::time_point until_;
};

}  // namespace

Case shrunk(Case made, const std::string& category, const Judge& judge, std::chrono::steady_clock::time_point until) {
  return Shrinker(std::move(made), category, judge, until).run();
}

}  // namespace segue::differential
