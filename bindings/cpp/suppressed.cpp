// Lists of accounts, matched with the table.
#include "bindings/cpp/suppressed.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "bindings/cpp/side_files.h"
#include "compiler/schema/list_file.h"
#include "stdlib/parse_value.h"
#include "stdlib/print_value.h"
#include "stdlib/text.h"

namespace segue {
namespace {

const SchemaTable& account_table(const CheckedProject& project) { return project.schema().tables[kAccountTable]; }

// The account's column that a list goes by.
ColumnId column_of(const CheckedProject& project, const SuppressList& list) {
  const SchemaTable& account = account_table(project);
  return list.by ? find_column(account, list.by->text).value_or(*account.key) : *account.key;
}

bool is_folded(const CheckedProject& project, const SchemaColumn& column) {
  if (column.type.enum_id != kNoEnum) return project.program().enums[column.type.enum_id].folded;
  return column.type.folded && column.type.kind == Kind::kText;
}

// ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// The text of the file's first line, without quotes, byte-order mark and what ends the line.
std::string_view first_line(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

bool has_field(std::string_view line, std::string_view name) {
  for (;;) {
    const std::size_t end = std::min(line.find(','), line.size());
    std::string_view field = line.substr(0, end);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    if (field == name) return true;
    if (end == line.size()) return false;
    line.remove_prefix(end + 1);
  }
}

// A file whose first line names the column is a CSV with a header; so is one with several columns. Any other holds a value a line.
ListFile read_list(const SideFile& file, const SchemaColumn& column) {
  const std::string_view header = first_line(file.source().text);
  for (const std::string& name : {column.name, column.from}) {
    if (has_field(header, name)) return read_list_file(file.source(), file.id, name);
  }
  if (header.contains(',') && !header.starts_with('"')) return read_list_file(file.source(), file.id, column.name);
  return read_list_file(file.source(), file.id, std::nullopt);
}

// ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

}  // namespace

// A value in the form in which equal ones are equal texts: as `cell_text` shows it, folded where the column folds. Nothing where the text does not fit the column's type.
class SuppressedValueForm {
 public:
  SuppressedValueForm(const CheckedProject& project, ColumnId id)
      : project_(project),
        column_(account_table(project).columns[id]),
        is_folded_(is_folded(project, column_) && account_table(project).key != id),
        is_date_(column_.type.kind == Kind::kDate) {
    if (column_.format.empty()) return;
    auto format = compile_time_format(column_.format, is_date_ ? FormatKind::kDate : FormatKind::kTimestamp);
    if (format) format_ = std::move(*format);
  }

  [[nodiscard]] std::optional<std::string> of_text(const std::string& text) const {
    switch (column_.type.kind) {
      case Kind::kInt: return shown(parse_int(text), [](std::int64_t value) { return print_int(value); });
      case Kind::kDecimal:
        return shown(parse_decimal(text, column_.type.scale), [&](std::int64_t raw) { return print_decimal(raw, column_.type.scale); });
      case Kind::kDate: return shown(day_of(text), [](std::int64_t day) { return print_date(day); });
      case Kind::kTimestamp: return shown(instant_of(text), [](std::int64_t instant) { return print_timestamp_utc(instant); });
      case Kind::kFloat: return float_text(text);
      case Kind::kBool: return bool_text(text);
      default: return is_folded_ ? fold(text) : text;
    }
  }

  [[nodiscard]] std::string of_cell(const Column& cells, std::size_t row) const {
    std::string text = cell_text(project_, cells, row);
    return is_folded_ ? fold(text) : text;
  }

 private:
  template <typename Print>
  static std::optional<std::string> shown(KnownInt value, Print print) {
    return value.known ? std::optional<std::string>(print(value.value)) : std::nullopt;
  }

  // In the column's own form, or as people write it in rules.
  [[nodiscard]] KnownInt day_of(const std::string& text) const {
    const KnownInt day = format_ ? parse_date(text, *format_) : kMissingInt;
    return day.known ? day : parse_date(text);
  }
  [[nodiscard]] KnownInt instant_of(const std::string& text) const {
    const KnownInt instant = format_ ? parse_timestamp(text, *format_, project_.zone) : kMissingInt;
    return instant.known ? instant : parse_timestamp(text, project_.zone);
  }

  static std::optional<std::string> float_text(const std::string& text) {
    const ParsedFloat value = parse_float(text);
    return value.state == ParseState::kValue ? std::optional(print_float(value.value)) : std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> bool_text(const std::string& text) const {
    const bool has_words = !column_.true_values.empty();
    const std::optional<bool> value = has_words ? parse_bool(text, column_.true_values, column_.false_values) : parse_bool(text);
    if (!value) return std::nullopt;
    return *value ? "true" : "false";
  }

  const CheckedProject& project_;
  const SchemaColumn& column_;
  bool is_folded_;
  bool is_date_;
  std::optional<TimeFormat> format_;
};

// A list's different values, and which of them some account has.
struct SuppressLists::List {
  SuppressListOutcome outcome;
  ColumnId column = 0;
  SuppressedValueForm form;
  std::unordered_map<std::string, std::size_t> number_of_value;
  std::vector<bool> is_matched;  // by value
};

void need_suppress_columns(const CheckedProject& project, std::vector<NeededColumns>& needed) {
  for (const SuppressList& list : project.workspace.project.suppress) {
    needed[kAccountTable].table = true;
    needed[kAccountTable].columns[column_of(project, list)] = true;
  }
}

SuppressLists::SuppressLists() = default;
SuppressLists::SuppressLists(SuppressLists&&) noexcept = default;
SuppressLists& SuppressLists::operator=(SuppressLists&&) noexcept = default;
SuppressLists::~SuppressLists() = default;

std::expected<SuppressLists, Failure> SuppressLists::read(const CheckedProject& project) {
  SuppressLists lists;
  for (const SuppressList& source : project.workspace.project.suppress) {
    const auto file = read_side_file(project, source.path);
    if (!file) return std::unexpected(file.error());
    const ColumnId id = column_of(project, source);
    const ListFile values = read_list(*file, account_table(project).columns[id]);
    if (has_errors(values.diagnostics)) return std::unexpected(side_file_failure(*file, values.diagnostics));
    List& list = lists.lists_.emplace_back(List{.outcome = {.path = source.path.text, .by = account_table(project).columns[id].name},
                                                .column = id,
                                                .form = SuppressedValueForm(project, id),
                                                .number_of_value = {},
                                                .is_matched = {}});
    std::set<std::string> seen;
    for (const ListValue& value : values.values) {
      const std::optional<std::string> wanted = list.form.of_text(value.text);
      if (!seen.insert(wanted.value_or(value.text)).second) continue;
      if (wanted) list.number_of_value.emplace(*wanted, list.outcome.values);
      ++list.outcome.values;
    }
    list.is_matched.resize(list.outcome.values);
  }
  return lists;
}

Bitmap SuppressLists::match(const Database& database) {
  const Table& table = database.tables[kAccountTable];
  Bitmap accounts(table.rows);
  for (List& list : lists_) {
    const Column& cells = table.columns[list.column];
    for (std::size_t row = 0; row < cells.rows; ++row) {
      if (!cells.is_known(row)) continue;
      const auto found = list.number_of_value.find(list.form.of_cell(cells, row));
      if (found == list.number_of_value.end()) continue;
      list.is_matched[found->second] = true;
      ++list.outcome.accounts;
      accounts.set(row);
    }
  }
  return accounts;
}

void SuppressLists::restart() {
  for (List& list : lists_) {
    list.outcome.accounts = 0;
    list.is_matched.assign(list.is_matched.size(), false);
  }
}

std::vector<SuppressListOutcome> SuppressLists::outcomes() const {
  std::vector<SuppressListOutcome> outcomes;
  for (const List& list : lists_) {
    outcomes.push_back(list.outcome);
    outcomes.back().unmatched = static_cast<std::uint64_t>(std::ranges::count(list.is_matched, false));
  }
  return outcomes;
}

std::optional<SuppressedSummary> summary_of(std::uint64_t accounts, const std::vector<SuppressListOutcome>& lists) {
  if (lists.empty()) return std::nullopt;
  SuppressedSummary summary{.accounts = accounts, .lists = {}};
  for (const SuppressListOutcome& list : lists) summary.lists.push_back({list.path, list.by, list.values, list.unmatched, list.accounts});
  return summary;
}

std::expected<Suppressed, Failure> read_suppressed(const CheckedProject& project, const Database& database) {
  auto lists = SuppressLists::read(project);
  if (!lists) return std::unexpected(std::move(lists.error()));
  Bitmap accounts = lists->match(database);
  return Suppressed{.accounts = std::move(accounts), .lists = lists->outcomes()};
}

bool SuppressedValues::holds(const std::string& text) const { return values.contains(is_folded ? fold(text) : text); }

std::expected<std::vector<SuppressedValues>, Failure> read_suppressed_values(const CheckedProject& project) {
  std::vector<SuppressedValues> lists;
  for (const SuppressList& list : project.workspace.project.suppress) {
    const auto file = read_side_file(project, list.path);
    if (!file) return std::unexpected(file.error());
    const ColumnId id = column_of(project, list);
    const SchemaColumn& column = account_table(project).columns[id];
    ListFile read = read_list(*file, column);
    if (has_errors(read.diagnostics)) return std::unexpected(side_file_failure(*file, std::move(read.diagnostics)));
    const SuppressedValueForm form(project, id);
    SuppressedValues& values = lists.emplace_back();
    values.column = id;
    values.is_folded = is_folded(project, column) && account_table(project).key != id;
    for (const ListValue& value : read.values) {
      if (auto wanted = form.of_text(value.text)) values.values.insert(std::move(*wanted));
    }
  }
  return lists;
}

}  // namespace segue
