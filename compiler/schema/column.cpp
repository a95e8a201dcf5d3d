// One entry under `columns` of the schema → SchemaColumn.
#include "compiler/schema/column.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "compiler/schema/column_type.h"
#include "stdlib/parse_value.h"
#include "stdlib/text.h"

namespace segue {
namespace {

using Words = std::vector<std::string>;

const Words& column_keys() {
  static const Words keys = {"type", "optional", "from",        "case",         "values", "ordered",   "unit",   "currency", "digits",
                             "lat",  "lon",      "true_values", "false_values", "format", "separator", "on_bad", "class"};
  return keys;
}

// The kind that a column's single values have.
Kind scalar_kind(const Type& type) { return type.kind == Kind::kList ? type.element : type.kind; }

bool is_number(const SchemaColumn& column) {
  const Kind kind = column.type.kind;
  return column.form == ColumnForm::kPlain && (kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat);
}

bool holds(const SchemaColumn& column, Kind kind) { return column.form == ColumnForm::kPlain && scalar_kind(column.type) == kind; }

// A key that only some types take: which, in words and as a test.
struct FitRule {
  std::string_view key;
  std::string_view owners;
  bool (*fits)(const SchemaColumn&);
};

constexpr auto kIsEnum = [](const SchemaColumn& c) { return holds(c, Kind::kEnum); };
constexpr auto kIsMoney = [](const SchemaColumn& c) { return c.form == ColumnForm::kMoney; };
constexpr auto kIsPoint = [](const SchemaColumn& c) { return c.form == ColumnForm::kPoint; };
constexpr auto kIsBool = [](const SchemaColumn& c) { return holds(c, Kind::kBool); };

constexpr std::array kFitRules = {
    FitRule{"from", "columns other than points", [](const SchemaColumn& c) { return !kIsPoint(c); }},
    FitRule{"case", "text and enums", [](const SchemaColumn& c) { return holds(c, Kind::kText) || holds(c, Kind::kEnum); }},
    FitRule{"values", "enums", kIsEnum},
    FitRule{"ordered", "enums", kIsEnum},
    FitRule{"unit", "numbers", [](const SchemaColumn& c) { return is_number(c); }},
    FitRule{"currency", "money", kIsMoney},
    FitRule{"digits", "money", kIsMoney},
    FitRule{"lat", "points", kIsPoint},
    FitRule{"lon", "points", kIsPoint},
    FitRule{"true_values", "bools", kIsBool},
    FitRule{"false_values", "bools", kIsBool},
    FitRule{"format", "dates and timestamps", [](const SchemaColumn& c) { return holds(c, Kind::kDate) || holds(c, Kind::kTimestamp); }},
    FitRule{"separator", "lists", [](const SchemaColumn& c) { return c.type.kind == Kind::kList; }},
};

std::vector<std::string> texts_of(std::vector<TextValue> values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (TextValue& value : values) texts.push_back(std::move(value.text));
  return texts;
}

// Reads the keys of one column, one function a group of keys.
class ColumnReader {
 public:
  ColumnReader(const YamlReader& reader, const YamlEntry& entry, const YamlNode& map, std::vector<EnumType>& enums)
      : reader_(reader),
        entry_(entry),
        map_(map),
        enums_(enums) {}

  std::optional<SchemaColumn> read() {
    refuse_unknown_keys(reader_, map_, column_keys(), "a column");
    if (!read_type()) return std::nullopt;
    refuse_unfit_keys();
    read_optional();
    read_source();
    read_case();
    const bool is_whole = read_enum();
    read_number_keys();
    read_bool_words();
    read_text_form();
    read_governance();
    return is_whole ? std::optional(std::move(column_)) : std::nullopt;
  }

  // The short form `employees: int?` comes here directly.
  bool take_type(const TextValue& text) {
    const std::expected<ColumnType, TypeError> parsed = parse_column_type(text.text);
    if (!parsed) {
      const TypeError& error = parsed.error();
      Diagnostic& diagnostic =
          reader_.report.add(error.is_unknown ? DiagnosticKind::kUnknownType : DiagnosticKind::kInvalidValue, text.span, error.message);
      if (!error.replacement.empty()) {
        diagnostic.fix = Fix{fmt::format("write `{}`", error.replacement), {Edit{text.span, error.replacement}}};
      }
      return false;
    }
    column_.name = entry_.key;
    column_.from = parsed->form == ColumnForm::kPoint ? std::string() : entry_.key;
    column_.form = parsed->form;
    column_.type = parsed->type;
    column_.accepts_missing = parsed->type.optional;
    column_.span = entry_.key_span;
    return true;
  }
  // Of the short form: what would need further keys is an error.
  bool needs_no_keys(Span span) {
    const bool is_enum = scalar_kind(column_.type) == Kind::kEnum;
    if (column_.form == ColumnForm::kPlain && !is_enum) return true;
    const std::string_view such_as = column_.form == ColumnForm::kMoney   ? "{type: money, currency: currency_code}"
                                     : column_.form == ColumnForm::kPoint ? "{type: point, lat: latitude, lon: longitude}"
                                     : column_.type.kind == Kind::kList   ? "{type: list<enum>, values: [small, large]}"
                                                                          : "{type: enum, values: [small, large]}";
    reader_.report.add(DiagnosticKind::kMissingKey, span,
                       fmt::format("{} needs more than its type; write for example `{}: {}`", label(), entry_.key, such_as));
    return false;
  }
  SchemaColumn take() { return std::move(column_); }

 private:
  [[nodiscard]] const YamlEntry* find(std::string_view key) const { return find_entry(map_, key); }
  [[nodiscard]] std::string label() const { return fmt::format("the column `{}`", entry_.key); }
  void refuse(Span span, std::string message) const { reader_.report.add(DiagnosticKind::kInvalidValue, span, std::move(message)); }

  bool read_type() {
    const YamlEntry* type = require_entry(reader_, map_, "type", entry_.key_span, label(), "type: text");
    if (type == nullptr) return false;
    const std::optional<TextValue> text = read_text(reader_, *type, "type: text");
    return text && take_type(*text);
  }

  void refuse_unfit_keys() {
    for (const FitRule& rule : kFitRules) {
      const YamlEntry* entry = find(rule.key);
      if (entry == nullptr || rule.fits(column_)) continue;
      reader_.report.add(
          DiagnosticKind::kMisplacedKey, entry->key_span,
          fmt::format("`{}` is for {}; {} is `{}`", rule.key, rule.owners, label(), column_type_text(column_.form, column_.type)));
    }
  }

  void read_optional() {
    const YamlEntry* entry = find("optional");
    if (entry == nullptr) return;
    const std::optional<bool> flag = read_flag(reader_, *entry);
    if (!flag) return;
    if (!*flag && column_.accepts_missing) {
      refuse(value_span(reader_, *entry), fmt::format("{} is optional by the `?` of its type; delete the `?` or this line", label()));
    }
    column_.accepts_missing = column_.accepts_missing || *flag;
    column_.type.optional = column_.accepts_missing;
  }

  std::optional<std::string> text_of(std::string_view key, std::string_view such_as) const {
    const YamlEntry* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    std::optional<TextValue> value = read_text(reader_, *entry, such_as);
    return value ? std::optional(std::move(value->text)) : std::nullopt;
  }

  void read_source() {
    if (auto from = text_of("from", "from: \"Annual Revenue\"")) column_.from = *from;
    if (column_.form != ColumnForm::kPoint) return;
    (void)require_entry(reader_, map_, "lat", entry_.key_span, label(), "lat: latitude");
    (void)require_entry(reader_, map_, "lon", entry_.key_span, label(), "lon: longitude");
    column_.from.clear();
    column_.latitude_from = text_of("lat", "lat: latitude").value_or("");
    column_.longitude_from = text_of("lon", "lon: longitude").value_or("");
    if (!column_.latitude_from.empty() && column_.latitude_from == column_.longitude_from) {
      refuse(value_span(reader_, *find("lon")), "`lat` and `lon` name the same column; each needs its own");
    }
  }

  void read_case() {
    static const Words words = {"insensitive"};
    const YamlEntry* entry = find("case");
    if (entry != nullptr && read_word(reader_, *entry, words)) is_folded_ = true;
    column_.type.folded = is_folded_ && holds(column_, Kind::kText);
  }

  // False when the values are not known.
  bool read_enum() {
    if (!kIsEnum(column_)) return true;
    const YamlEntry* entry = require_entry(reader_, map_, "values", entry_.key_span, label(), "values: [small, large]");
    EnumType type;
    type.name = entry_.key;
    type.folded = is_folded_;
    if (const YamlEntry* ordered = find("ordered")) type.ordered = read_flag(reader_, *ordered).value_or(false);
    if (entry == nullptr) return false;
    const std::optional<std::vector<TextValue>> values = read_texts(reader_, *entry, "[small, large]");
    if (!values || !(check_values(*values) && (!is_folded_ || check_folded(*values)))) return false;
    type.values = texts_of(*values);
    column_.type.enum_id = intern_enum(enums_, std::move(type));
    return true;
  }

  bool check_values(const std::vector<TextValue>& values) const {
    bool is_good = true;
    for (const TextValue& value : values) {
      if (value.text.find_first_of("\r\n") == std::string::npos) continue;
      refuse(value.span, "a value of an enum is one line of text; delete the line break");
      is_good = false;
    }
    return is_good;
  }

  bool check_folded(const std::vector<TextValue>& values) const {
    std::unordered_map<std::string, const TextValue*> seen;
    bool is_good = true;
    for (const TextValue& value : values) {
      const auto [first, is_new] = seen.emplace(fold(value.text), &value);
      if (is_new) continue;
      refuse(value.span,
             fmt::format("`{}` and `{}` are one value with `case: insensitive`; keep one of the two", first->second->text, value.text));
      is_good = false;
    }
    return is_good;
  }

  void read_number_keys() {
    if (auto unit = text_of("unit", "unit: EUR"); unit && is_number(column_)) column_.unit = *unit;
    if (column_.form != ColumnForm::kMoney) return;
    // Whatever the cell holds, its currency may have no rate.
    column_.type.optional = true;
    (void)require_entry(reader_, map_, "currency", entry_.key_span, label(), "currency: currency_code");
    column_.currency_from = text_of("currency", "currency: currency_code").value_or("");
    if (const YamlEntry* digits = find("digits")) {
      column_.type.scale = static_cast<std::uint8_t>(read_number(reader_, *digits, 0, 18).value_or(2));
    }
  }

  std::vector<TextValue> words_of(std::string_view key) const {
    const YamlEntry* entry = find(key);
    if (entry == nullptr) return {};
    return read_texts(reader_, *entry, key == "true_values" ? "[\"Yes\", \"1\"]" : "[\"No\", \"0\"]").value_or(std::vector<TextValue>{});
  }

  void read_bool_words() {
    if (!kIsBool(column_)) return;
    const std::vector<TextValue> trues = words_of("true_values");
    const std::vector<TextValue> falses = words_of("false_values");
    column_.true_values = texts_of(trues);
    column_.false_values = texts_of(falses);
    if (trues.empty() && falses.empty()) return;
    // Who states one side only leaves the other as it is.
    if (trues.empty()) column_.true_values = {"true", "True", "TRUE"};
    if (falses.empty()) column_.false_values = {"false", "False", "FALSE"};
    refuse_ambiguous(falses.empty() ? trues : falses, falses.empty() ? column_.false_values : column_.true_values);
  }

  void refuse_ambiguous(const std::vector<TextValue>& words, const std::vector<std::string>& others) const {
    for (const TextValue& word : words) {
      if (std::ranges::find(others, word.text) == others.end()) continue;
      refuse(word.span, fmt::format("`{}` means both true and false; keep it on one side", word.text));
    }
  }

  void read_text_form() {
    if (const YamlEntry* entry = find("format")) read_format(*entry);
    if (auto separator = text_of("separator", "separator: \"|\"")) {
      const bool is_usable =
          separator->find_first_of("\"\r\n") == std::string::npos && separator->find_first_not_of(" \t") != std::string::npos;
      if (!is_usable)
        refuse(value_span(reader_, *find("separator")), "a separator must be a sign such as `;` or `|`, not a blank, quote or line break");
      else column_.separator = *separator;
    }
  }

  void read_format(const YamlEntry& entry) {
    const bool is_date = holds(column_, Kind::kDate);
    const std::optional<TextValue> format = read_text(reader_, entry, "format: \"%d.%m.%Y\"");
    if (!format || (!is_date && !holds(column_, Kind::kTimestamp))) return;
    const auto compiled = compile_time_format(format->text, is_date ? FormatKind::kDate : FormatKind::kTimestamp);
    if (!compiled) return refuse(format->span, fmt::format("the format `{}` cannot be used: {}", format->text, compiled.error()));
    column_.format = format->text;
  }

  void read_governance() {
    static const Words bad_words = {"missing"};
    static const Words classes = {"personal", "sensitive", "protected"};
    if (const YamlEntry* entry = find("on_bad"); entry != nullptr && read_word(reader_, *entry, bad_words)) {
      column_.bad_is_missing = true;
      column_.type.optional = true;
    }
    if (const YamlEntry* entry = find("class")) {
      if (const auto chosen = read_word(reader_, *entry, classes)) column_.data_class = static_cast<DataClass>(*chosen + 1);
    }
  }

  const YamlReader& reader_;
  const YamlEntry& entry_;
  const YamlNode& map_;
  std::vector<EnumType>& enums_;
  SchemaColumn column_;
  bool is_folded_ = false;
};

void refuse_shape(const YamlReader& reader, const YamlEntry& entry, const YamlNode& value) {
  std::string message = fmt::format("the column `{}` needs a type; write for example `{}: text`", entry.key, entry.key);
  if (value.kind == YamlKind::kList)
    message += fmt::format(", or `{}: {{type: enum, values: […]}}` for a closed list of values", entry.key);
  reader.report.add(DiagnosticKind::kInvalidValue, entry.key_span, std::move(message));
}

}  // namespace

std::optional<SchemaColumn> read_column(const YamlReader& reader, const YamlEntry& entry, std::vector<EnumType>& enums) {
  if (!check_name(reader, entry, "a column")) return std::nullopt;
  const YamlNode& value = reader.value(entry);
  ColumnReader column(reader, entry, value, enums);
  if (value.kind == YamlKind::kMap) return column.read();
  if (value.kind != YamlKind::kText || value.text.empty()) {
    refuse_shape(reader, entry, value);
    return std::nullopt;
  }
  if (!column.take_type(TextValue{value.text, value.span}) || !column.needs_no_keys(value.span)) return std::nullopt;
  return column.take();
}

bool check_name(const YamlReader& reader, const YamlEntry& entry, std::string_view what) {
  if (!entry.key.empty() && entry.key.find_first_of("`\r\n\t") == std::string::npos) return true;
  reader.report.add(
      DiagnosticKind::kInvalidValue, entry.key_span,
      entry.key.empty()
          ? fmt::format("the name of {} is empty; write one", what)
          : fmt::format("the name of {} may hold no back-quote, tab or line break; write another, and `from:` where the data keep theirs",
                        what));
  return false;
}

}  // namespace segue
