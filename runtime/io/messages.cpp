// The reader's words.
#include "runtime/io/messages.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "runtime/io/piece.h"

namespace segue::io {
namespace {

std::string type_words(Kind kind, int scale) {
  switch (kind) {
    case Kind::kBool: return "`bool`; write `true` or `false`, or give the column `true_values` and `false_values`";
    case Kind::kInt: return "`int`; write plain digits, such as 200";
    case Kind::kDecimal: return fmt::format("`decimal({0})`; write plain digits, at most {0} after the point and 18 in all", scale);
    case Kind::kFloat: return "`float`; write plain digits, such as 0.25";
    case Kind::kDate: return "`date`; write dates such as 2026-03-01, or give the column a `format`";
    case Kind::kTimestamp: return "`timestamp`; write times such as 2026-03-01T09:30:00Z";
    case Kind::kText: return "`text`; write a quote inside a quoted value twice";
    default: return "its type; correct them";
  }
}

std::string misfit_words(const ColumnSpec& column) {
  if (column.form == CellForm::kMoney) return "`money`; write plain digits, at most 18 of them, and the currency in its own column";
  if (column.form == CellForm::kPoint) {
    return "`point`; write a latitude from -90 to 90 and a longitude from -180 to 180 in plain digits, or leave both cells empty";
  }
  const Type& type = column.type;
  if (type.kind != Kind::kList) return type_words(type.kind, type.scale);
  if (type.element == Kind::kText)
    return "a list of `text`; leave a cell without values empty, without quotes, and write a quote inside a quoted value twice";
  const std::string element = type_words(type.element, type.scale);
  const std::size_t name_end = element.find(';');
  return "a list of " + element.substr(0, name_end) + element.substr(name_end);
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string what_is_bad(const TableSpec& spec, const BadValues& bad) {
  const auto values = [&](std::string_view one, std::string_view many) {
    const ColumnSpec& column = spec.columns[*bad.column];
    return fmt::format("{} of `{}` in `{}` {}", counted(bad.count, "value", "values"), column.name, spec.name, bad.count == 1 ? one : many);
  };
  std::string rows = fmt::format("{} of `{}`", counted(bad.count, "row", "rows"), spec.name);
  const std::string column = bad.column ? spec.columns[*bad.column].name : std::string();
  switch (bad.kind) {
    case BadKind::kType: return values("does not fit ", "do not fit ") + misfit_words(spec.columns[*bad.column]);
    case BadKind::kMissing:
      return fmt::format("{} {} no value in `{}`; fill it in, or declare the column `optional: true` in the schema", rows,
                         bad.count == 1 ? "has" : "have", column);
    case BadKind::kEnum:
      return values("is", "are") + " not among the column's values; correct the data, or add what is right to `values` in the schema";
    case BadKind::kKeyMissing:
      return fmt::format("{} {} no key in `{}`; give every row its own", rows, bad.count == 1 ? "has" : "have", column);
    case BadKind::kKeyRepeated:
      return fmt::format("{} {} the key of an earlier row in `{}`; give every row its own", rows, bad.count == 1 ? "repeats" : "repeat",
                         column);
    case BadKind::kEncoding: return values("is", "are") + " not UTF-8; save the file as UTF-8";
    case BadKind::kCells:
      return fmt::format("{} {} too few or too many cells; put values that hold a `{}` in quotes", rows, bad.count == 1 ? "has" : "have",
                         spec.delimiter);
  }
  return rows;
}

// Levenshtein's distance, letters of either case alike.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// The three names nearest to `name`, nearest first; equally near ones in the file's order.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3, kLongest = 200;
  std::vector<std::pair<std::size_t, std::size_t>> ranked;
  ranked.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    ranked.emplace_back(distance(name.substr(0, kLongest), std::string_view(names[i]).substr(0, kLongest)), i);
  std::ranges::sort(ranked);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < std::min(kShown, ranked.size()); ++i) found.push_back(printable(names[ranked[i].second]));
  return found;
}

}  // namespace

std::string bad_values_message(const TableSpec& spec, const BadValues& bad) {
  return what_is_bad(spec, bad) + (bad.read_as_missing ? " (`on_bad: missing`: read as missing)" : "");
}

std::string missing_rates_message(const TableSpec& spec, const MissingRates& missing, std::string_view currency) {
  constexpr std::size_t kShown = 5;
  auto currencies = missing.currencies;
  std::ranges::stable_sort(currencies, std::greater(), [](const auto& entry) { return entry.second; });
  std::string shown;
  for (std::size_t i = 0; i < std::min(kShown, currencies.size()); ++i) {
    const auto& [name, count] = currencies[i];
    shown += fmt::format("{}{} {}", i == 0 ? "" : ", ", count, name.empty() ? "without a currency" : fmt::format("in `{}`", name));
  }
  if (currencies.size() > kShown) shown += ", …";
  return fmt::format(
      "{} of `{}` in `{}` {} missing, because there is no rate to `{}` for the day ({}); add it to the file under `rates` in the project "
      "file",
      counted(missing.count, "amount", "amounts"), spec.columns[missing.column].name, spec.name, missing.count == 1 ? "is" : "are",
      currency, shown);
}

std::string lacking_column_message(const TableSpec& spec, std::string_view file, std::string_view column,
                                   const std::vector<std::string>& names) {
  std::string shown;
  for (const std::string& name : nearest(column, names)) shown += (shown.empty() ? "`" : ", `") + name + "`";
  const std::string rest = shown.empty() ? "it has no column at all" : "the nearest names in it are " + shown;
  return fmt::format("`{}` has no column `{}`, which the schema declares for `{}`; {}", file, column, spec.name, rest);
}

}  // namespace segue::io
