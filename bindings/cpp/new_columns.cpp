// Types by trial: the narrowest one that takes every value.
#include "bindings/cpp/new_columns.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "stdlib/parse_value.h"

namespace segue {
namespace {

constexpr std::size_t kMostEnumValues = 30;
constexpr std::size_t kLongestEnumValue = 40;
constexpr std::uint64_t kRowsPerEnumValue = 3;

// A value with the rows that have it.
struct CountedValue {
  std::string text;
  std::uint64_t rows = 0;
};

bool is_one_of(std::string_view text, const std::vector<std::string>& words) { return std::ranges::find(words, text) != words.end(); }

std::vector<CountedValue> counted_values(const SampleColumn& column, const std::vector<std::string>& null_words) {
  std::vector<std::uint64_t> rows(column.values.size());
  for (const std::int32_t code : column.codes) {
    if (code >= 0) ++rows[static_cast<std::size_t>(code)];
  }
  std::vector<CountedValue> values;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    if (!is_one_of(column.values[i], null_words)) values.push_back({column.values[i], rows[i]});
  }
  std::ranges::stable_sort(values, std::greater(), &CountedValue::rows);
  return values;
}

bool all_of(const std::vector<CountedValue>& values, const std::function<bool(const std::string&)>& fits) {
  return std::ranges::all_of(values, [&](const CountedValue& value) { return fits(value.text); });
}

bool has_word(std::string_view name, std::initializer_list<std::string_view> words) {
  const std::string padded = fmt::format("_{}_", name);
  return std::ranges::any_of(words, [&](std::string_view word) { return padded.contains(fmt::format("_{}_", word)); });
}

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return result;
}

// ── Kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Other words for true and false: `Yes`, `n`, and `0`, `1` in a column that is named like a flag.
bool take_bool_words(const std::vector<CountedValue>& values, InferredColumn& column) {
  static const std::vector<std::string> trues = {"yes", "y", "1", "true", "t"}, falses = {"no", "n", "0", "false", "f"};
  const bool has_digits = std::ranges::any_of(values, [](const CountedValue& value) { return value.text == "0" || value.text == "1"; });
  if (has_digits && !has_word(column.name, {"is", "has", "flag", "active", "enabled", "opt", "consent"})) return false;
  for (const CountedValue& value : values) {
    if (is_one_of(lower(value.text), trues)) column.true_values.push_back(value.text);
    else if (is_one_of(lower(value.text), falses)) column.false_values.push_back(value.text);
    else return false;
  }
  return !column.true_values.empty() && !column.false_values.empty();
}

bool take_bool(const std::vector<CountedValue>& values, InferredColumn& column) {
  if (values.size() > 6) return false;
  if (all_of(values, [](const std::string& text) { return parse_bool(text).has_value(); })) {
    column.type = "bool";
    return true;
  }
  if (take_bool_words(values, column)) {
    column.type = "bool";
    return true;
  }
  column.true_values.clear();
  column.false_values.clear();
  return false;
}

// Codes such as `00123` are no numbers.
bool has_leading_zero(const std::string& text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  return text.size() > first + 1 && text[first] == '0' && text[first + 1] != '.';
}

bool take_number(const std::vector<CountedValue>& values, InferredColumn& column) {
  if (std::ranges::any_of(values, [](const CountedValue& value) { return has_leading_zero(value.text); })) return false;
  if (all_of(values, [](const std::string& text) { return parse_int(text).known; })) {
    column.type = "int";
    return true;
  }
  int scale = 0;
  const bool is_exact = all_of(values, [&](const std::string& text) {
    const std::size_t point = text.find('.');
    if (point != std::string::npos) scale = std::max(scale, static_cast<int>(text.size() - point - 1));
    return parse_exact_number(text).known;
  });
  const bool is_money = has_word(column.name, {"amount", "revenue", "price", "value", "cost", "fee", "budget", "total", "arr", "mrr"});
  const bool fits = is_exact && scale >= 1 && scale <= (is_money ? 6 : 2) &&
                    all_of(values, [&](const std::string& text) { return parse_decimal(text, scale).known; });
  if (fits) {
    column.type = fmt::format("decimal({})", scale);
    return true;
  }
  if (!all_of(values, [](const std::string& text) { return parse_float(text).state == ParseState::kValue; })) return false;
  column.type = "float";
  return true;
}

bool take_time(const std::vector<CountedValue>& values, InferredColumn& column) {
  if (all_of(values, [](const std::string& text) { return parse_date(text).known; })) {
    column.type = "date";
    return true;
  }
  if (all_of(values, [](const std::string& text) { return parse_timestamp(text, utc_zone()).known; })) {
    column.type = "timestamp";
    return true;
  }
  static constexpr std::array kFormats = {"%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y"};
  std::vector<std::string> fitting;
  for (const char* format : kFormats) {
    const auto compiled = compile_time_format(format, FormatKind::kDate);
    if (compiled && all_of(values, [&](const std::string& text) { return parse_date(text, *compiled).known; }))
      fitting.emplace_back(format);
  }
  if (fitting.size() > 1) column.remark = fmt::format("dates of the format {} or {}: the values do not say which", fitting[0], fitting[1]);
  if (fitting.size() != 1) return false;
  column.type = "date";
  column.format = fitting.front();
  return true;
}

bool take_list(const std::vector<CountedValue>& values, InferredColumn& column) {
  std::set<std::string> elements;
  std::size_t count = 0, with_separator = 0;
  std::vector<std::string_view> parts;
  for (const CountedValue& value : values) {
    if (value.text.empty() || value.text.size() > 400) return false;
    parts.clear();
    split_list(value.text, ";", parts);
    with_separator += parts.size() > 1 ? 1 : 0;
    count += parts.size() * value.rows;
    for (const std::string_view part : parts) elements.emplace(part);
  }
  if (with_separator < 2 || with_separator * 10 < values.size() || elements.size() * 2 > count) return false;
  column.type = "list<text>";
  column.different = elements.size();
  return true;
}

bool is_enum_value(const std::string& text) {
  return !text.empty() && text.size() <= kLongestEnumValue && text.find_first_of("\r\n\t\"\\") == std::string::npos &&
         text.front() != ' ' && text.back() != ' ';
}

bool take_enum(const std::vector<CountedValue>& values, std::uint64_t known, InferredColumn& column) {
  const bool is_name = has_word(column.name, {"id", "key", "name", "email", "title", "domain", "url"}) || column.is_personal;
  if (is_name || values.size() < 2 || values.size() > kMostEnumValues || known < kRowsPerEnumValue * values.size()) return false;
  if (!all_of(values, is_enum_value)) return false;
  column.type = "enum";
  for (const CountedValue& value : values) column.values.push_back(value.text);
  return true;
}

std::string typed_word(const Type& type) {
  const auto scalar = [](Kind kind, int scale) -> std::string {
    switch (kind) {
      case Kind::kBool: return "bool";
      case Kind::kInt: return "int";
      case Kind::kDecimal: return fmt::format("decimal({})", scale);
      case Kind::kFloat: return "float";
      case Kind::kDate: return "date";
      case Kind::kTimestamp: return "timestamp";
      default: return "text";
    }
  };
  return type.kind == Kind::kList ? fmt::format("list<{}>", scalar(type.element, type.scale)) : scalar(type.kind, type.scale);
}

// The type of values that are text in the file.
void take_type(const std::vector<CountedValue>& values, std::uint64_t known, bool is_csv, InferredColumn& column) {
  column.type = "text";
  if (values.empty()) {
    column.remark = "no row has a value";
    return;
  }
  const bool is_told =
      is_csv && (take_bool(values, column) || take_number(values, column) || take_time(values, column) || take_list(values, column));
  if (!is_told) (void)take_enum(values, known, column);
}

}  // namespace

std::string snake_case(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool follows_lower = i > 0 && ((name[i - 1] >= 'a' && name[i - 1] <= 'z') || (name[i - 1] >= '0' && name[i - 1] <= '9'));
    if (is_upper && follows_lower) result += '_';
    if (is_upper) result += static_cast<char>(c + 32);
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) result += c;
    else if (!result.empty() && result.back() != '_') result += '_';
  }
  while (result.ends_with('_')) result.pop_back();
  if (result.empty()) return "column";
  return result.front() >= '0' && result.front() <= '9' ? "n_" + result : result;
}

std::vector<std::string> null_words(const Sample& sample) {
  std::vector<std::string> words;
  for (const std::string word : {"NULL", "null", "N/A", "n/a", "#N/A", "NaN"}) {
    const bool is_used = std::ranges::any_of(sample.columns, [&](const SampleColumn& column) {
      return !column.type && std::ranges::find(column.values, word) != column.values.end();
    });
    if (is_used) words.push_back(word);
  }
  return words;
}

InferredColumn infer_column(const SampleColumn& column, std::uint64_t rows, const std::vector<std::string>& null_words) {
  InferredColumn inferred;
  inferred.name = snake_case(column.name);
  inferred.from = column.name;
  inferred.is_personal = has_word(inferred.name, {"email", "mail", "phone", "mobile", "firstname", "lastname", "surname", "birthday"}) ||
                         inferred.name.ends_with("first_name") || inferred.name.ends_with("last_name") ||
                         inferred.name.ends_with("full_name");
  const std::vector<CountedValue> values = counted_values(column, column.type ? std::vector<std::string>() : null_words);
  std::uint64_t known = 0;
  for (const CountedValue& value : values) known += value.rows;
  const bool is_list = column.type && column.type->kind == Kind::kList;
  inferred.different = values.size();
  inferred.missing = is_list ? column.missing : rows - known;
  inferred.is_optional = inferred.missing != 0;
  if (column.type && column.type->kind != Kind::kText) inferred.type = typed_word(*column.type);
  else take_type(values, known, !column.type, inferred);
  inferred.is_unique = rows != 0 && inferred.missing == 0 && values.size() == rows && !is_list;
  if (inferred.type.starts_with("list") && !column.type) inferred.is_optional = false;
  return inferred;
}

}  // namespace segue
