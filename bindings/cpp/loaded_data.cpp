// Specs, prepared tables or the reader, and what was said of the data.
#include "bindings/cpp/loaded_data.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/lazy_libraries.h"
#include "bindings/cpp/prepared_tables.h"
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

std::expected<PreparedResult, Failure> read_sources(const CheckedProject& project, const DataOptions& options,
                                                    const std::vector<TableSpec>& specs) {
  const auto reading = source_reading(project, options, specs);
  if (!reading) return std::unexpected(reading.error());
  auto loaded = (*reading)->io->load_database((*reading)->specs, (*reading)->load);
  if (!loaded) return std::unexpected(load_failure(loaded.error()));
  return PreparedResult{.database = std::make_shared<const Database>(std::move(loaded->database)),
                        .tables = std::move(loaded->tables),
                        .bad = std::move(loaded->bad),
                        .missing_rates = std::move(loaded->missing_rates)};
}

std::expected<LoadedData, Failure> judged(const CheckedProject& project, const DataOptions& options, const std::vector<TableReport>& tables,
                                          const std::vector<BadValues>& bad, const std::vector<MissingRates>& missing_rates) {
  LoadedData data{.database = nullptr,
                  .tables = table_summaries(tables),
                  .diagnostics = bad_value_diagnostics(project.schema(), bad, options.on_bad_row)};
  const auto has_bad_rows = [](const TableReport& table) { return table.bad_rows != 0; };
  if (options.on_bad_row == OnBadRow::kFail && std::ranges::any_of(tables, has_bad_rows)) {
    return std::unexpected(Failure{FailureKind::kRules, std::move(data.diagnostics), std::move(data.tables)});
  }
  std::ranges::move(missing_rate_diagnostics(project.schema(), missing_rates), std::back_inserter(data.diagnostics));
  return data;
}

}  // namespace

std::expected<std::unique_ptr<const SourceReading>, Failure> source_reading(const CheckedProject& project, const DataOptions& options,
                                                                            std::vector<TableSpec> specs) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  // The file of rates is looked at only where it is used.
  auto rates = reads_money(specs) ? read_rates(project) : ExchangeRates{};
  if (!rates) return std::unexpected(rates.error());
  auto reading =
      std::make_unique<SourceReading>(SourceReading{.specs = std::move(specs), .rates = std::move(*rates), .load = {}, .io = *io});
  reading->load = load_options(project, options, reading->rates);
  return reading;
}

std::expected<LoadedData, Failure> judged_data(const CheckedProject& project, const DataOptions& options, const LoadResult& result) {
  return judged(project, options, result.tables, result.bad, result.missing_rates);
}

std::expected<LoadedData, Failure> load_data(const CheckedProject& project, const DataOptions& options,
                                             const std::vector<NeededColumns>& needed) {
  const auto specs = table_specs(project, options.sources, needed);
  if (!specs) return std::unexpected(specs.error());
  PreparedAnswer prepared = prepared_result(project, options, *specs);
  std::expected<PreparedResult, Failure> found = prepared.result ? std::move(*prepared.result) : read_sources(project, options, *specs);
  if (!found) return std::unexpected(std::move(found.error()));
  auto data = judged(project, options, found->tables, found->bad, found->missing_rates);
  if (!data) return data;
  data->database = std::move(found->database);
  std::ranges::move(prepared.diagnostics, std::back_inserter(data->diagnostics));
  return data;
}

}  // namespace segue
