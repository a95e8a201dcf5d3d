// Accounts of a world as records of an embedder, one after the other, held against the interpreter's answers for the whole tables.
#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "stdlib/print_value.h"
#include "tests/differential/live.h"

namespace segue::differential {
namespace {

class Records {
 public:
  Records(const World& world, const OpenedProject& project, AccountEvaluator& evaluator)
      : world_(world),
        project_(project),
        evaluator_(evaluator) {}

  // The account with all its rows; false where a row hangs on parents that are not nested in each other, which no record says.
  bool fill(std::size_t account) {
    rows_.assign(world_.tables.size(), {});
    rows_[0].push_back({account, evaluator_.clear()});
    set_cells(0, account, rows_[0].front().second);
    for (std::uint32_t table = 1; table < world_.tables.size(); ++table) {
      for (std::size_t row = 0; row < world_.tables[table].rows; ++row) {
        if (!add(table, row)) return false;
      }
    }
    return true;
  }

  std::optional<std::string> difference(const Results& expected, std::size_t account) {
    evaluator_.evaluate();
    for (std::size_t i = 0; i < evaluator_.definitions().size(); ++i) {
      const std::size_t index = evaluator_.definitions()[i];
      const DefinitionInfo& info = project_.definitions[index];
      const DefinitionResult& wanted = expected.definitions[index];
      bool is_same = true;
      if (info.kind == ResultKind::kSegment) is_same = evaluator_.is_member(i) == wanted.members.test(account);
      else if (info.kind == ResultKind::kScore)
        is_same = std::bit_cast<std::uint64_t>(evaluator_.score(i)) == std::bit_cast<std::uint64_t>(wanted.scores[account]);
      else if (info.kind == ResultKind::kAudience) is_same = evaluator_.rows(i).size() == rows_in(info.relation, wanted.members);
      else is_same = evaluator_.value(i) == wanted.codes[account];
      if (!is_same) return fmt::format("{} of account {} as a record", info.name, account);
    }
    return std::nullopt;
  }

 private:
  using Row = std::pair<std::size_t, AccountRow>;  // of the world, of the record

  const Row* find(std::uint32_t table, RowId row) const {
    const auto found = std::ranges::find(rows_[table], std::size_t{row}, &Row::first);
    return found == rows_[table].end() ? nullptr : &*found;
  }

  std::size_t rows_in(const std::string& relation, const Bitmap& members) const {
    const std::uint32_t table = *evaluator_.find_table(relation);
    return static_cast<std::size_t>(std::ranges::count_if(rows_[table], [&](const Row& row) { return members.test(row.first); }));
  }

  // The innermost of a row's parents has to lie in the others.
  bool add(std::uint32_t table, std::size_t row) {
    const WorldTable& from = world_.tables[table];
    const Row* inner = nullptr;
    std::size_t count = 0, named = 0;
    for (const WorldParent& parent : from.parents) {
      const RowId of = parent.parent_of[row];
      named += of != kNoRow ? 1 : 0;
      const Row* found = of == kNoRow ? nullptr : find(parent.table, of);
      if (found == nullptr) continue;
      ++count;
      inner = found;  // parents stand before children, the account first
    }
    if (count == 0) return true;  // of no concern to this account
    if (count != named || count != from.parents.size()) return from.parents.size() == 1;
    for (const WorldParent& parent : from.parents) {
      if (!lies_in(inner->second.table, inner->first, parent.table, parent.parent_of[row])) return false;
    }
    rows_[table].push_back({row, evaluator_.add(table, inner->second)});
    set_cells(table, row, rows_[table].back().second);
    return true;
  }

  bool lies_in(std::uint32_t table, std::size_t row, std::uint32_t outer, RowId outer_row) const {
    if (table == outer) return row == outer_row;
    for (const WorldParent& parent : world_.tables[table].parents) {
      if (parent.parent_of[row] != kNoRow && lies_in(parent.table, parent.parent_of[row], outer, outer_row)) return true;
    }
    return false;
  }

  void set_cells(std::uint32_t table, std::size_t row, AccountRow to) {
    for (const WorldColumn& column : world_.tables[table].columns) {
      const Cell& cell = column.cells[row];
      const std::string& name = world_.tables[table].name;
      if (column.form == WorldForm::kPoint) {
        const auto point = *evaluator_.find_point(name, column.name);
        set(to, point.first, cell.is_known ? CellInput{std::get<double>(cell.list[0])} : CellInput{});
        set(to, point.second, cell.is_known ? CellInput{std::get<double>(cell.list[1])} : CellInput{});
        continue;
      }
      const AccountColumn at = *evaluator_.find_column(name, column.name);
      if (!cell.is_known) {
        static_cast<void>(evaluator_.set(to, at, {}));
      } else if (column.type.kind == Kind::kList) {
        set_list(to, at, column.type, cell);
      } else {
        set(to, at, std::visit([](const auto& value) { return CellInput{value}; }, cell.value));
      }
    }
  }

  void set_list(AccountRow to, AccountColumn at, const Type& type, const Cell& cell) {
    std::vector<std::string> texts;
    for (const Constant& element : cell.list) texts.push_back(element_text(type, element));
    std::vector<std::string_view> views(texts.begin(), texts.end());
    set(to, at, std::span<const std::string_view>(views));
  }

  std::string element_text(const Type& type, const Constant& element) const {
    if (const auto* text = std::get_if<std::string>(&element)) return *text;
    if (const auto* truth = std::get_if<bool>(&element)) return *truth ? "true" : "false";
    if (const auto* number = std::get_if<double>(&element)) return print_float(*number);
    const std::int64_t value = std::get<std::int64_t>(element);
    switch (type.element) {
      case Kind::kDecimal: return print_decimal(value, type.scale);
      case Kind::kDate: return print_date(value);
      case Kind::kTimestamp: return print_timestamp_utc(value);
      case Kind::kEnum: return world_.enums[type.enum_id].values[static_cast<std::size_t>(value)];
      default: return print_int(value);
    }
  }

  void set(AccountRow to, AccountColumn at, const CellInput& value) {
    if (auto is_set = evaluator_.set(to, at, value); !is_set) refused_ = is_set.error();
  }

 public:
  std::string refused_;

 private:
  const World& world_;
  const OpenedProject& project_;
  AccountEvaluator& evaluator_;
  std::vector<std::vector<Row>> rows_;  // by table
};

}  // namespace

std::optional<std::string> record_failure(const World& world, const OpenedProject& project, const Results& expected) {
  DataOptions data;
  data.clock = world.now;
  auto evaluator = AccountEvaluator::make(project, {.clock = world.now, .names = {}, .lookups = data});
  if (!evaluator) return "no evaluator: " + evaluator.error().diagnostics.front().message;
  Records records(world, project, *evaluator);
  for (std::size_t account = 0; account < std::min<std::size_t>(world.tables[0].rows, 40); ++account) {
    if (!records.fill(account)) continue;
    if (!records.refused_.empty()) return "a value is refused: " + records.refused_;
    if (auto found = records.difference(expected, account)) return found;
  }
  return std::nullopt;
}

}  // namespace segue::differential
