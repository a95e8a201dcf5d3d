// Codes, bits and texts become groups with names.
#include "bindings/cpp/protected_columns.h"

#include <map>

#include <fmt/format.h>

#include "bindings/cpp/answers.h"
#include "stdlib/text.h"

namespace segue {
namespace {

// Different texts beyond which a column says who an account is rather than of what kind.
constexpr std::size_t kMostTexts = 100;

bool is_comparable(const SchemaColumn& column) {
  const Kind kind = column.type.kind;
  return column.form == ColumnForm::kPlain && (kind == Kind::kEnum || kind == Kind::kBool || kind == Kind::kText);
}

// The order of a value among those of its column: enums as declared, false before true, texts by code point.
using ValueOrder = std::pair<std::int64_t, std::string>;

ValueOrder order_of(const Column& column, std::size_t row) {
  if (column.type.kind == Kind::kEnum) return {column.int_at(row), {}};
  if (column.type.kind == Kind::kBool) return {column.bool_at(row) ? 1 : 0, {}};
  const std::string_view text = column.text_at(row);
  return {0, column.type.folded ? fold(text) : std::string(text)};
}

// One value with its name: of texts that fold to the same the least.
struct Value {
  std::string name;
  std::uint32_t number = 0;
};

void keep_least(std::string& name, std::string text) {
  if (text < name) name = std::move(text);
}

}  // namespace

std::vector<ColumnId> protected_columns(const Schema& schema) {
  std::vector<ColumnId> found;
  const std::vector<SchemaColumn>& columns = schema.tables[kAccountTable].columns;
  for (ColumnId id = 0; id < columns.size(); ++id) {
    if (columns[id].data_class == DataClass::kProtected && columns[id].form != ColumnForm::kCoordinate) found.push_back(id);
  }
  return found;
}

void need_protected_columns(const Schema& schema, std::vector<NeededColumns>& needed) {
  for (const ColumnId id : protected_columns(schema)) {
    if (is_comparable(schema.tables[kAccountTable].columns[id])) needed[kAccountTable].columns[id] = true;
  }
}

std::expected<AccountGroups, std::string> groups_of(const CheckedProject& project, const Database& database, ColumnId id) {
  const SchemaColumn& declared = project.schema().tables[kAccountTable].columns[id];
  if (!is_comparable(declared)) return std::unexpected("only enums, yes-or-no columns and texts have values to compare");
  const Column& column = database.tables[kAccountTable].columns[id];
  std::map<ValueOrder, Value> values;
  bool has_missing = false;
  for (std::size_t row = 0; row < column.rows; ++row) {
    if (!column.is_known(row)) {
      has_missing = true;
      continue;
    }
    std::string text = cell_text(project, column, row);
    const auto [value, is_new] = values.try_emplace(order_of(column, row), Value{text, 0});
    if (!is_new) keep_least(value->second.name, std::move(text));
    if (column.type.kind == Kind::kText && values.size() > kMostTexts)
      return std::unexpected(fmt::format("it has more than {} different texts", kMostTexts));
  }
  AccountGroups groups;
  for (auto& [order, value] : values) {
    value.number = static_cast<std::uint32_t>(groups.values.size());
    groups.values.emplace_back(value.name);
  }
  if (has_missing) groups.values.emplace_back();
  const auto missing = static_cast<std::uint32_t>(values.size());
  for (std::size_t row = 0; row < column.rows; ++row) {
    groups.group_of.push_back(column.is_known(row) ? values.find(order_of(column, row))->second.number : missing);
  }
  return groups;
}

}  // namespace segue
