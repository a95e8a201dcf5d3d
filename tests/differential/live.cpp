// Every account by itself, then random changes: after each the answers are those of a fresh evaluation, and what was reported is what has changed.
#include "tests/differential/live.h"

#include <algorithm>
#include <bit>
#include <map>

#include <fmt/format.h>

#include "compiler/account/follower.h"
#include "compiler/interpret/interpret.h"

namespace segue::differential {
namespace {

std::int64_t bits_of(const Constant& value, ValuePools& pools) {
  if (const auto* text = std::get_if<std::string>(&value)) return pools.text(*text);
  if (const auto* number = std::get_if<double>(&value)) return std::bit_cast<std::int64_t>(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  return std::get<std::int64_t>(value);
}

std::int64_t answer_of(const DefinitionResult& result, std::size_t row) {
  if (!result.members.empty()) return result.members.test(row) ? 1 : 0;
  if (!result.codes.empty()) return result.codes[row];
  return std::bit_cast<std::int64_t>(result.scores[row]);
}

class Live {
 public:
  Live(const World& world, const CheckedProgram& program, const Clock& clock, std::vector<DefinitionId> roots, const Results& expected,
       std::uint64_t seed)
      : world_(world),
        program_(program),
        clock_(clock),
        roots_(std::move(roots)),
        random_(seed),
        follower_(program, all(program.schema), make_database(world, program.schema), clock, roots_, seed % 2 == 0 ? &expected : nullptr,
                  seed % 3 == 0 ? ChainWay::kOneByOne : best_chain_way()) {}

  std::optional<std::string> run(const Results& expected, int steps) {
    if (auto found = difference(expected, "one account at a time")) return found;
    for (int step = 0; step < steps; ++step) {
      if (auto found = change()) return found;
    }
    return std::nullopt;
  }

 private:
  static KeptColumns all(const Schema& schema) {
    KeptColumns kept;
    for (const SchemaTable& table : schema.tables)
      kept.columns.emplace_back(table.columns.size(), true), kept.references.emplace_back(table.references.size(), true);
    return kept;
  }

  std::optional<std::int64_t> key_of(std::uint32_t table, std::size_t row) {
    const WorldTable& from = world_.tables[table];
    return from.key ? std::optional(bits_of(from.columns[*from.key].cells[row].value, pools())) : std::nullopt;
  }
  ValuePools& pools() { return follower_.tables().pools; }
  RowId follower_row(std::uint32_t table, std::size_t row) {
    const auto key = key_of(table, row);
    const KeyIndex& keys = follower_.tables().tables[table].keys;
    return key ? keys.row(keys.find(*key)) : static_cast<RowId>(row);
  }
  std::uint32_t table_of(std::size_t root) const { return program_.frame(program_.definition(roots_[root]).frame).table; }

  std::optional<std::string> difference(const Results& expected, const std::string& after) {
    for (std::uint32_t root = 0; root < expected.definitions.size(); ++root) {
      const std::uint32_t table = table_of(root);
      for (std::size_t row = 0; row < world_.tables[table].rows; ++row) {
        const std::int64_t wanted = answer_of(expected.definitions[root], row), found = follower_.answer(root, follower_row(table, row));
        if (wanted != found)
          return fmt::format("{} of row {} after {}: expected {}, got {}", program_.definition(roots_[root]).name, row, after, wanted,
                             found);
      }
    }
    return std::nullopt;
  }

  // ── changes of the world and of the tables alike ──

  void add_cells(std::vector<CellChange>& cells, std::uint32_t table, std::uint32_t column, const Cell& cell) {
    const WorldColumn& of = world_.tables[table].columns[column];
    const SchemaColumn& declared = program_.schema.tables[table].columns[column];
    if (of.form == WorldForm::kPoint) {
      for (const std::size_t part : {0, 1})
        cells.push_back({part == 0 ? *declared.latitude : *declared.longitude,
                         cell.is_known ? std::optional(bits_of(cell.list[part], pools())) : std::nullopt});
      return;
    }
    std::optional<std::int64_t> value;
    if (cell.is_known && of.type.kind == Kind::kList) {
      std::vector<std::int64_t> elements;
      for (const Constant& element : cell.list) elements.push_back(bits_of(element, pools()));
      std::ranges::sort(elements);
      value = pools().lists.id_of(elements);
    } else if (cell.is_known) {
      value = bits_of(cell.value, pools());
    }
    cells.push_back({column, value});
  }

  // A cell that some row has.
  std::optional<Cell> some_cell(std::uint32_t table, std::uint32_t column) {
    const WorldTable& from = world_.tables[table];
    if (from.rows == 0) return std::nullopt;
    return from.columns[column].cells[random_.below(from.rows)];
  }
  RowId some_parent(const WorldParent& parent) {
    const std::size_t rows = world_.tables[parent.table].rows;
    return rows == 0 || random_.chance(10) ? kNoRow : static_cast<RowId>(random_.below(rows));
  }
  ParentChange parent_change(std::uint32_t link, const WorldParent& parent, RowId row) {
    return {link, row == kNoRow ? std::nullopt : key_of(parent.table, row)};
  }

  // A key that no row has had.
  Constant new_key(const Type& type) {
    ++fresh_;
    if (type.kind == Kind::kText) return fmt::format("new {}", fresh_);
    return std::int64_t{1'000'000} + fresh_;
  }

  std::optional<RowChange> insertion(std::uint32_t table) {
    WorldTable& to = world_.tables[table];
    if (to.rows == 0) return std::nullopt;
    RowChange change{.table = table, .kind = ChangeKind::kInsert, .key = {}, .cells = {}, .parents = {}};
    for (std::uint32_t column = 0; column < to.columns.size(); ++column) {
      Cell cell = *some_cell(table, column);
      if (to.key == column) cell.value = new_key(to.columns[column].type);
      else add_cells(change.cells, table, column, cell);
      to.columns[column].cells.push_back(std::move(cell));
    }
    for (std::uint32_t link = 0; link < to.parents.size(); ++link) {
      const RowId parent = some_parent(to.parents[link]);
      change.parents.push_back(parent_change(link, to.parents[link], parent));
      to.parents[link].parent_of.push_back(parent);
    }
    ++to.rows;
    change.key = key_of(table, to.rows - 1);
    return change;
  }

  std::optional<RowChange> update(std::uint32_t table) {
    WorldTable& to = world_.tables[table];
    if (to.rows == 0 || !to.key) return std::nullopt;
    const std::size_t row = random_.below(to.rows);
    RowChange change{.table = table, .kind = ChangeKind::kUpdate, .key = key_of(table, row), .cells = {}, .parents = {}};
    for (std::size_t i = 0; i < 1 + random_.below(3); ++i) {
      const auto column = static_cast<std::uint32_t>(random_.below(to.columns.size()));
      if (column == *to.key) continue;
      to.columns[column].cells[row] = *some_cell(table, column);
      add_cells(change.cells, table, column, to.columns[column].cells[row]);
    }
    for (std::uint32_t link = 0; link < to.parents.size() && random_.chance(30); ++link) {
      const RowId parent = some_parent(to.parents[link]);
      change.parents.push_back(parent_change(link, to.parents[link], parent));
      to.parents[link].parent_of[row] = parent;
    }
    return change;
  }

  std::optional<RowChange> deletion(std::uint32_t table) {
    const WorldTable& from = world_.tables[table];
    if (from.rows < 2 || !from.key) return std::nullopt;
    const std::size_t row = random_.below(from.rows);
    RowChange change{.table = table, .kind = ChangeKind::kDelete, .key = key_of(table, row), .cells = {}, .parents = {}};
    world_ = without_rows(world_, table, row, row + 1);
    return change;
  }

  std::optional<std::string> change() {
    if (random_.chance(10)) renew_pools(program_.schema, follower_.tables());
    const auto table = static_cast<std::uint32_t>(random_.below(world_.tables.size()));
    const std::size_t kind = random_.below(4);
    std::string name = fmt::format("{} in {}",
                                   kind == 0   ? "an insertion"
                                   : kind == 1 ? "a deletion"
                                               : "an update",
                                   world_.tables[table].name);
    const auto made = kind == 0 ? insertion(table) : kind == 1 ? deletion(table) : update(table);
    if (!made) return std::nullopt;
    const std::map<std::pair<std::uint32_t, std::int64_t>, std::int64_t> before = account_answers();
    const auto applied = follower_.apply(*made);
    if (!applied) return fmt::format("{} is refused", name);
    if (auto found = misreported(before, *applied)) return *found + " after " + name;
    const auto fresh = interpret(program_, make_database(world_, program_.schema), clock_, roots_);
    if (!fresh) return "the interpreter gave no answer";
    return difference(*fresh, name);
  }

  using Answers = std::map<std::pair<std::uint32_t, std::int64_t>, std::int64_t>;  // by root and the account's key

  Answers account_answers() {
    Answers answers;
    const RowTable& accounts = follower_.tables().tables[0];
    const std::uint32_t key = *program_.schema.tables[0].key;
    for (std::uint32_t root = 0; root < roots_.size(); ++root) {
      if (table_of(root) != 0) continue;
      for (RowId row = 0; row < accounts.size(); ++row) {
        if (accounts.exists(row)) answers[{root, *accounts.cell(row, key)}] = follower_.answer(root, row);
      }
    }
    return answers;
  }

  // What is reported, put on what was, is what is.
  std::optional<std::string> misreported(Answers answers, std::span<const AccountChange> changes) {
    for (const AccountChange& account : changes) {
      for (const AnswerChange& each : account.answers) {
        if (table_of(each.root) != 0) continue;
        const auto at = answers.find({each.root, account.key});
        if (at != answers.end() && at->second != each.before) return "an answer is reported that was none before";
        answers[{each.root, account.key}] = each.after;
      }
    }
    for (const auto& [key, answer] : account_answers()) {
      const auto at = answers.find(key);
      const bool is_default = at == answers.end() && (answer == 0 || answer == -1);
      if (!is_default && (at == answers.end() || at->second != answer)) return "an answer that has changed is not reported";
    }
    return std::nullopt;
  }

  World world_;
  const CheckedProgram& program_;
  Clock clock_;
  std::vector<DefinitionId> roots_;
  Random random_;
  AccountFollower follower_;
  std::int64_t fresh_ = 0;
};

}  // namespace

std::optional<std::string> live_failure(const World& world, const CheckedProgram& program, const Clock& clock, const Results& expected,
                                        std::uint64_t seed) {
  if (auto found = Live(world, program, clock, program.results, expected, seed + 5).run(expected, 8)) return found;
  // One definition alone reads little: totals of its rows can take the difference.
  const std::size_t count = program.results.size();
  if (count == 0) return std::nullopt;
  const std::vector<DefinitionId> one{program.results[seed % count]};
  const Results alone{.definitions = {expected.definitions[seed % count]}};
  return Live(world, program, clock, one, alone, seed).run(alone, 20);
}

}  // namespace segue::differential
