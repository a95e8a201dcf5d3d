// Specs, the reader, its report.
#include "bindings/cpp/loaded_data.h"

#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/data_diagnostics.h"
#include "bindings/cpp/lazy_libraries.h"

namespace segue {
namespace {

LoadOptions load_options(const CheckedProject& project, const DataOptions& options) {
  LoadOptions load{.root = project.workspace.root.string(),
                   .clock = options.clock,
                   .zone = &project.zone,
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
  auto loaded = (*io)->load_database(*specs, load_options(project, options));
  if (!loaded) return std::unexpected(load_failure(loaded.error()));
  LoadedData data{.database = nullptr,
                  .tables = table_summaries(loaded->tables),
                  .diagnostics = bad_value_diagnostics(project.schema(), loaded->bad, options.on_bad_row)};
  if (loaded->has_bad_rows() && options.on_bad_row == OnBadRow::kFail) {
    return std::unexpected(Failure{FailureKind::kRules, std::move(data.diagnostics), std::move(data.tables)});
  }
  data.database = std::make_shared<const Database>(std::move(loaded->database));
  return data;
}

}  // namespace segue
