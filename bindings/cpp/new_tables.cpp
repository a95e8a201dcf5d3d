// Keys by uniqueness, relations by values that are keys elsewhere.
#include "bindings/cpp/new_tables.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/checked_project.h"
#include "stdlib/parse_value.h"

namespace segue {
namespace {

// How many of the rows with a value must meet a row; fewer where the names say that they are meant to.
constexpr double kLeastMet = 0.9, kLeastMetByName = 0.5;

std::string singular(std::string_view name) {
  std::string word(name);
  if (word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  if (word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
  return word;
}

// `data/contacts.csv.gz` → `contacts`.
std::string name_of(const std::string& path) {
  const std::filesystem::path file(path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
  std::string name = file.filename().string();
  for (const char* ending : {".gz", ".csv", ".tsv", ".txt", ".parquet", ".pq", ".arrow", ".arrows", ".ipc", ".feather"}) {
    if (name.ends_with(ending)) name.resize(name.size() - std::string_view(ending).size());
  }
  return snake_case(name);
}

template <typename Taken>
std::string unused(std::string name, const Taken& is_taken) {
  const std::string stem = name;
  for (int i = 2; is_taken(name); ++i) name = fmt::format("{}_{}", stem, i);
  return name;
}

// ── One table ────────────────────────────────────────────────────────────────────────────────────────────────────────────

bool is_key_type(const std::string& type) { return type == "text" || type == "int"; }

// How much a unique column looks like a key; the first column a little more than the others.
int key_rank(const InferredTable& table, std::size_t column) {
  const std::string& name = table.columns[column].name;
  if (name == "id" || name == singular(table.name) + "_id" || name == table.name + "_id") return 4;
  if (name.ends_with("_id") || name == "key" || name.ends_with("_key") || name == "slug") return 3;
  return column == 0 ? 2 : 1;
}

std::optional<std::size_t> find_key(const InferredTable& table) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const InferredColumn& column = table.columns[i];
    if (!column.is_unique || !is_key_type(column.type)) continue;
    if (!best || key_rank(table, i) > key_rank(table, *best)) best = i;
  }
  return best;
}

int time_rank(const InferredColumn& column) {
  if (column.type != "timestamp" && column.type != "date") return 0;
  const std::string& name = column.name;
  const bool is_named = name.ends_with("_at") || name.ends_with("_ts") || name.ends_with("_on") || name.contains("occurred") ||
                        name.contains("created") || name == "date" || name == "time" || name == "timestamp";
  return 1 + (column.type == "timestamp" ? 4 : 0) + (is_named ? 2 : 0) + (column.is_optional ? 0 : 1);
}

std::optional<std::size_t> find_time(const InferredTable& table) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const int rank = time_rank(table.columns[i]);
    if (rank > 0 && (!best || rank > time_rank(table.columns[*best]))) best = i;
  }
  return best;
}

// What stands before `lat` or `latitude`, `lon` or `longitude`.
std::optional<std::string> stem_before(const std::string& name, std::initializer_list<std::string_view> endings) {
  for (const std::string_view ending : endings) {
    if (name == ending) return std::string();
    if (name.ends_with(fmt::format("_{}", ending))) return name.substr(0, name.size() - ending.size() - 1);
  }
  return std::nullopt;
}

bool holds_degrees(const SampleColumn& column, double limit) {
  return std::ranges::all_of(column.values, [&](const std::string& text) {
    const ParsedFloat value = parse_float(text);
    return value.state == ParseState::kValue && value.value >= -limit && value.value <= limit;
  });
}

bool are_known_together(const SampleColumn& left, const SampleColumn& right) {
  return std::ranges::equal(left.codes, right.codes, [](std::int32_t a, std::int32_t b) { return (a < 0) == (b < 0); });
}

void find_points(InferredTable& table) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto stem = stem_before(table.columns[i].name, {"latitude", "lat"});
    for (std::size_t j = 0; stem && j < table.columns.size(); ++j) {
      if (stem_before(table.columns[j].name, {"longitude", "lon", "lng", "long"}) != stem) continue;
      const SampleColumn &latitude = table.sample->columns[i], &longitude = table.sample->columns[j];
      const bool is_point = !latitude.values.empty() && holds_degrees(latitude, 90) && holds_degrees(longitude, 180) &&
                            are_known_together(latitude, longitude);
      if (is_point) table.points.push_back({stem->empty() ? "location" : *stem + "_location", i, j, table.columns[i].is_optional});
    }
  }
}

InferredTable infer_table(const Sample& sample) {
  InferredTable table;
  table.name = name_of(sample.path);
  table.path = sample.path;
  table.sample = &sample;
  table.null_words = null_words(sample);
  for (const SampleColumn& column : sample.columns) {
    InferredColumn inferred = infer_column(column, sample.rows, table.null_words);
    inferred.name = unused(inferred.name,
                           [&](const std::string& name) { return (std::ranges::count(table.columns, name, &InferredColumn::name) != 0); });
    table.columns.push_back(std::move(inferred));
  }
  table.key = find_key(table);
  find_points(table);
  return table;
}

// ── Between tables ───────────────────────────────────────────────────────────────────────────────────────────────────────

// Rows of `column` with a value, and those whose value is a key of `owner`.
InferredLink counted_link(const InferredTable& table, std::size_t column, const InferredTable& owner, std::size_t owner_id) {
  const SampleColumn& values = table.sample->columns[column];
  const std::vector<std::string>& keys = owner.sample->columns[*owner.key].values;
  const std::unordered_set<std::string_view> known_keys(keys.begin(), keys.end());
  std::vector<bool> is_key;
  for (const std::string& value : values.values) is_key.push_back(known_keys.contains(value));
  InferredLink link{.table = owner_id, .column = column, .known = 0, .met = 0};
  for (const std::int32_t code : values.codes) {
    link.known += code >= 0 ? 1 : 0;
    link.met += code >= 0 && is_key[static_cast<std::size_t>(code)] ? 1 : 0;
  }
  return link;
}

// Whether the column's name says that it holds the owner's key.
bool is_named_for(const InferredColumn& column, const InferredTable& owner) {
  const std::string& key = owner.columns[*owner.key].name;
  const std::string stem = singular(owner.name);
  return (column.name == key && key != "id" && key != "name") || column.name == stem || column.name == stem + "_id" ||
         column.name == fmt::format("{}_{}", stem, key);
}

std::optional<InferredLink> find_link(const InferredTable& table, const InferredTable& owner, std::size_t owner_id) {
  std::optional<InferredLink> best;
  if (!owner.key) return best;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.sample->columns[i].codes.empty()) continue;
    const InferredLink link = counted_link(table, i, owner, owner_id);
    const bool is_named = is_named_for(table.columns[i], owner);
    const double share = link.known == 0 ? 0 : static_cast<double>(link.met) / static_cast<double>(link.known);
    // Numbers are keys elsewhere by chance: there the names must say so.
    const bool is_link =
        is_named ? share >= kLeastMetByName : share >= kLeastMet && owner.columns[*owner.key].type != "int" && link.met > 2;
    if (is_link && (!best || link.met > best->met)) best = link;
  }
  return best;
}

bool is_account_name(const std::string& name) {
  static const std::set<std::string, std::less<>> names = {"account",      "accounts",     "company",       "companies",
                                                           "customers",    "customer",     "organisations", "organizations",
                                                           "organisation", "organization", "firms",         "crm_accounts"};
  return names.contains(name);
}

std::size_t count_children(const std::vector<InferredTable>& tables, std::size_t owner) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) count += i != owner && find_link(tables[i], tables[owner], owner) ? 1 : 0;
  return count;
}

// The table of accounts: as asked, by its name, or the one that most others lead to.
std::optional<std::size_t> find_account(const std::vector<InferredTable>& tables, const std::optional<std::string>& asked) {
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (asked ? tables[i].name == *asked || tables[i].path == *asked : is_account_name(tables[i].name)) return i;
  }
  if (asked) return std::nullopt;
  std::optional<std::size_t> best;
  std::size_t most = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!tables[i].key) continue;
    const std::size_t children = count_children(tables, i);
    if (!best || children > most) {
      best = i;
      most = children;
    }
  }
  return best;
}

Failure no_account(const std::vector<InferredTable>& tables, const std::optional<std::string>& asked) {
  std::string names;
  for (const InferredTable& table : tables) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", table.name);
  if (asked)
    return failure_of(FailureKind::kCall, DiagnosticKind::kUnknownTable,
                      fmt::format("`--account {}` names no table; there are {}", *asked, names));
  return failure_of(
      FailureKind::kRules, DiagnosticKind::kMissingKey,
      fmt::format("none of {} has a column that tells its rows apart, so none can be the table of accounts; give one a key", names));
}

// Accounts that belong to other accounts: `parent_id`.
std::optional<InferredLink> find_parent_account(const InferredTable& account) {
  for (std::size_t i = 0; i < account.columns.size(); ++i) {
    if (i == *account.key || !account.columns[i].name.contains("parent")) continue;
    const InferredLink link = counted_link(account, i, account, 0);
    if (link.known != 0 && static_cast<double>(link.met) >= kLeastMetByName * static_cast<double>(link.known)) return link;
  }
  return std::nullopt;
}

// Adds tables whose parents are there already, until none is left that has one.
void link_tables(std::vector<InferredTable>& tables, std::vector<InferredTable> rest) {
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (std::size_t i = 0; i < rest.size() && !is_new; ++i) {
      for (std::size_t owner = 0; owner < tables.size(); ++owner) {
        auto link = find_link(rest[i], tables[owner], owner);
        const bool is_taken = link && (std::ranges::count(rest[i].parents, link->column, &InferredLink::column) != 0);
        if (link && !is_taken) rest[i].parents.push_back(*link);
      }
      if (rest[i].parents.empty()) continue;
      // A table that leads to one that comes later is left to its first parents.
      rest[i].time = find_time(rest[i]);
      tables.push_back(std::move(rest[i]));
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      is_new = true;
    }
  }
  for (InferredTable& table : rest) tables.push_back(std::move(table));
}

}  // namespace

bool InferredTable::is_join(std::size_t column) const { return (std::ranges::count(parents, column, &InferredLink::column) != 0); }

bool InferredTable::is_listed(std::size_t column) const {
  const bool is_coordinate =
      std::ranges::any_of(points, [&](const InferredPoint& point) { return point.latitude == column || point.longitude == column; });
  return !is_coordinate && (!is_join(column) || key == column);
}

std::expected<std::vector<InferredTable>, Failure> infer_tables(const std::vector<Sample>& samples,
                                                                const std::optional<std::string>& account) {
  std::vector<InferredTable> all;
  for (const Sample& sample : samples) {
    InferredTable table = infer_table(sample);
    table.name = unused(table.name, [&](const std::string& name) { return (std::ranges::count(all, name, &InferredTable::name) != 0); });
    all.push_back(std::move(table));
  }
  const std::optional<std::size_t> found = find_account(all, account);
  if (!found) return std::unexpected(no_account(all, account));
  InferredTable chosen = std::move(all[*found]);
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(*found));
  if (!chosen.key) {
    return std::unexpected(
        failure_of(FailureKind::kRules, DiagnosticKind::kMissingKey,
                   fmt::format("`{}` has no column that is filled in and different in every row, and accounts need such a key; give it one",
                               chosen.path)));
  }
  for (InferredTable& table : all) {
    if (table.name == "account") table.name = "account_rows";
  }
  chosen.name = "account";
  chosen.parent = find_parent_account(chosen);
  std::vector<InferredTable> tables;
  tables.push_back(std::move(chosen));
  link_tables(tables, std::move(all));
  return tables;
}

}  // namespace segue
