// Specs, the reader, its report.
#include "bindings/cpp/loaded_data.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/side_files.h"

namespace segue {
namespace {

bool reads_money(const std::vector<TableSpec>& specs) {
  return std::ranges::any_of(specs, [](const TableSpec& table) {
    return table.is_needed && std::ranges::any_of(table.columns, [&](const ColumnSpec& column) {
             return column.form == CellForm::kMoney && (column.is_needed || table.dedupe);
           });
  });
}

// `rates` outlives the options.
LoadOptions load_options(const CheckedProject& project, const DataOptions& options, const ExchangeRates& rates) {
  LoadOptions load{.root = project.workspace.root.string(),
                   .clock = options.clock,
                   .zone = &project.zone,
                   .rates = &rates,
                   .threads = options.threads,
                   .progress = {},
                   .cancel = options.cancel};
  if (options.progress) {
    load.progress = [&options](const LoadProgress& progress) {
      options.progress({fmt::format("reading {}", progress.table), progress.bytes_read, progress.bytes_total});
    };
  }
  return load;
}

}  // namespace

std::expected<LoadedData, Failure> load_data(const CheckedProject& project, const DataOptions& options,
                                             const std::vector<NeededColumns>& needed) {
  const auto specs = table_specs(project, options.sources, needed);
  if (!specs) return std::unexpected(specs.error());
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  // The file of rates is looked at only where it is used.
  const auto rates = reads_money(*specs) ? read_rates(project) : ExchangeRates{};
  if (!rates) return std::unexpected(rates.error());
  auto loaded = (*io)->load_database(*specs, load_options(project, options, *rates));
  if (!loaded) return std::unexpected(load_failure(loaded.error()));
  LoadedData data{.database = nullptr,
                  .tables = table_summaries(loaded->tables),
                  .diagnostics = bad_value_diagnostics(project.schema(), loaded->bad, options.on_bad_row)};
  if (loaded->has_bad_rows() && options.on_bad_row == OnBadRow::kFail) {
    return std::unexpected(Failure{FailureKind::kRules, std::move(data.diagnostics), std::move(data.tables)});
  }
  std::ranges::move(missing_rate_diagnostics(project.schema(), loaded->missing_rates), std::back_inserter(data.diagnostics));
  data.database = std::make_shared<const Database>(std::move(loaded->database));
  return data;
}

}  // namespace segue
