// Tables of files of groups: each group is a table of its own until its columns are finished.
#include "runtime/io/columnar_file.h"

#include <algorithm>
#include <utility>

#include "runtime/io/money.h"
#include "runtime/io/table_file.h"

namespace segue::io {
namespace {

class GroupedTable final : public ColumnarTable {
 public:
  GroupedTable(const TableSpec& spec, const ReadPlan& plan, const std::vector<SourceFile>& files, const LoadOptions& options)
      : spec_(spec),
        plan_(plan),
        options_(options),
        files_(files),
        context_{plan.slots, plan.points, plan.known_until} {}

  // Whether all files are there and have groups.
  std::expected<bool, std::vector<LoadError>> open() {
    std::uint64_t row = 0;
    for (std::uint32_t file = 0; file < files_.size(); ++file) {
      auto opened = open_table_file(spec_, plan_, files_[file], context_);
      if (!opened) {
        for (LoadError& error : opened.error()) error.table = spec_.name;
        return std::unexpected(std::move(opened.error()));
      }
      if ((*opened)->grouped() == nullptr) return false;
      for (RowGroup group : (*opened)->grouped()->groups()) {
        group.file = file;
        group.first_row = std::exchange(row, row + group.rows);
        groups_.push_back(group);
      }
      opened_.push_back(std::move(*opened));
    }
    return true;
  }

  [[nodiscard]] const std::vector<RowGroup>& groups() const override { return groups_; }

  [[nodiscard]] GroupFacts facts(std::size_t group, std::uint32_t slot) const override {
    return grouped(group).facts(groups_[group].number, slot);
  }

  [[nodiscard]] std::expected<GroupRows, LoadError> read(std::size_t group, const std::vector<bool>& wanted,
                                                         const Bitmap& bad) const override {
    const std::vector<bool> slots = with_companions(wanted);
    auto data = read_data(group, slots);
    if (!data) return std::unexpected(std::move(data.error()));
    mark_bad(bad, *data);
    GroupRows rows;
    rows.rows_read = data->rows();
    if (auto added = add_bad_keys(group, slots, *data, rows); !added) return std::unexpected(std::move(added.error()));
    convert_money(*data, spec_, 0, plan_, options_, rows.missing_rates);
    rows.findings = std::move(data->findings);
    shift_rows(groups_[group].first_row, rows);
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
      rows.slots.push_back(slots[slot] ? finish_slot(*data, plan_, slot) : FinishedSlot{});
    rows.states = std::move(data->states);
    return rows;
  }

  [[nodiscard]] BadExample example_at(std::uint64_t row, std::string value) const override {
    const auto after = std::ranges::upper_bound(groups_, row, {}, &RowGroup::first_row);
    return {row + 1, std::move(value), files_[(after - 1)->file].shown, std::nullopt};
  }

 private:
  [[nodiscard]] const GroupedFile& grouped(std::size_t group) const { return *opened_[groups_[group].file]->grouped(); }

  // What is wanted, what tells which rows exist, and what points and money stand on.
  [[nodiscard]] std::vector<bool> with_companions(std::vector<bool> wanted) const {
    if (wanted.empty()) return std::vector<bool>(plan_.slots.size(), true);
    for (std::size_t slot = 0; slot < wanted.size(); ++slot) {
      if (plan_.slots[slot].is_known_at) wanted[slot] = true;
    }
    for (const MoneySlots& money : plan_.money) {
      if (!wanted[money.amount]) continue;
      wanted[money.currency] = true;
      if (money.time) wanted[*money.time] = true;
    }
    for (const PointSlots& point : plan_.points) {
      const bool is_wanted = wanted[point.latitude] || wanted[point.longitude];
      wanted[point.latitude] = wanted[point.longitude] = is_wanted;
    }
    return wanted;
  }

  [[nodiscard]] std::expected<TableData, LoadError> read_data(std::size_t group, const std::vector<bool>& slots) const {
    TableData data;
    data.files = {files_[groups_[group].file]};
    data.slots.resize(plan_.slots.size());
    auto piece = grouped(group).read(groups_[group].number, slots);
    if (!piece) {
      piece.error().table = spec_.name;
      return std::unexpected(std::move(piece.error()));
    }
    make_parts(plan_, data, *piece);
    append_piece(data, std::move(*piece), 0);
    return data;
  }

  static void mark_bad(const Bitmap& bad, TableData& data) {
    if (bad.empty() || bad.count() == 0) return;
    std::vector<RowState>& states = data.all_states();
    for (std::size_t row = 0; row < states.size(); ++row) {
      if (bad.test(row) && states[row] == RowState::kGood) states[row] = RowState::kBad;
    }
  }

  // Bad rows are seldom: their keys are read once more.
  std::expected<void, LoadError> add_bad_keys(std::size_t group, const std::vector<bool>& slots, const TableData& data,
                                              GroupRows& rows) const {
    if (!spec_.key || data.rows_in(RowState::kBad) == 0) return {};
    const std::uint32_t key = *plan_.slot_of_column[*spec_.key];
    if (!slots[key]) return {};
    std::vector<bool> only(slots.size());
    only[key] = true;
    auto keys = read_data(group, only);
    if (!keys) return std::unexpected(std::move(keys.error()));
    std::vector<RowState>& states = keys->all_states();
    for (std::size_t row = 0; row < states.size(); ++row) {
      const bool has_key = data.state(row) == RowState::kBad && !keys->slots[key].pieces[0].is_missing(row);
      states[row] = has_key ? RowState::kGood : RowState::kBad;
    }
    rows.bad_keys = finish_slot(*keys, plan_, key);
    return {};
  }

  static void shift_rows(std::uint64_t first_row, GroupRows& rows) {
    for (Finding& finding : rows.findings) {
      for (Finding::Example& example : finding.examples) example.row += first_row;
    }
    for (MissingRates& missing : rows.missing_rates) {
      for (BadExample& example : missing.examples) example.row += first_row;
    }
  }

  const TableSpec& spec_;
  const ReadPlan& plan_;
  const LoadOptions& options_;
  std::vector<SourceFile> files_;
  const PieceContext context_;
  std::vector<std::unique_ptr<TableFile>> opened_;
  std::vector<RowGroup> groups_;
};

}  // namespace

std::expected<std::unique_ptr<ColumnarTable>, std::vector<LoadError>> open_columnar_table(const TableSpec& spec, const ReadPlan& plan,
                                                                                          const std::vector<SourceFile>& files,
                                                                                          const LoadOptions& options) {
  constexpr std::size_t kMostFiles = 1000;  // each stays open
  const bool can_be = !spec.dedupe && files.size() <= kMostFiles &&
                      std::ranges::all_of(files, [](const SourceFile& file) { return file.format == FileFormat::kParquet; });
  if (!can_be) return nullptr;
  auto table = std::make_unique<GroupedTable>(spec, plan, files, options);
  const auto opened = table->open();
  if (!opened) return std::unexpected(opened.error());
  if (!*opened) return nullptr;
  return table;
}

}  // namespace segue::io
