// `segue prepare`: the tables of a project, read once and kept ready.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/run_text.h"
#include "tools/segue/text_table.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kKibi = 1024;
  if (bytes < kKibi) return fmt::format("{} B", bytes);
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes) / kKibi;
  std::size_t unit = 0;
  for (; size >= kKibi && unit < 3; ++unit) size /= kKibi;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

std::string prepared_text(const PreparedTables& prepared, const Style& style) {
  TextTable table{
      .columns = {text_column("table"), number_column("rows"), number_column("columns"), number_column("size"), text_column("")},
      .rows = {}};
  for (const PreparedTable& one : prepared.tables) {
    table.rows.push_back(
        {printable(one.table), grouped(one.rows), grouped(one.columns), size_text(one.bytes), std::string(state_name(one.state))});
  }
  return fmt::format("{}\n  in {}\n", table_text(table, style), printable(prepared.folder));
}

int prepare_opened(Report& report, const Arguments& arguments) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  const PrepareOptions options{.data = data_options(report, arguments, progress), .waits = [&] {
                                 if (!arguments.is_quiet) print_error("waiting for another `segue prepare` of this project to end\n");
                               }};
  auto prepared = prepare(*report.project, options);
  progress.wipe();
  if (!prepared) return add_failure(report, prepared.error());
  report.tables = prepared->data;
  std::ranges::copy(prepared->diagnostics, std::back_inserter(report.diagnostics));
  sort_diagnostics(report.diagnostics, sources_of(report));
  report.prepared = std::move(*prepared);
  return 0;
}

int verify_into(Report& report, const Arguments& arguments) {
  DataOptions options;
  options.prepared_folder = arguments.prepared;
  auto verified = verify_prepared(*report.project, options);
  if (!verified) return add_failure(report, verified.error());
  std::ranges::copy(verified->diagnostics, std::back_inserter(report.diagnostics));
  report.verified = std::move(*verified);
  return report.verified->diagnostics.empty() ? 0 : 1;
}

int prepare_into(Report& report, const Arguments& arguments) {
  const auto file = find_only_project(arguments.words.empty() ? std::nullopt : std::optional(arguments.words.front()));
  if (!file) return add_failure(report, file.error());
  int code = 0;
  if (!open_into(report, arguments, *file, code)) return code;
  return arguments.verifies ? verify_into(report, arguments) : prepare_opened(report, arguments);
}

std::string result_text(const Report& report, const Style& style) {
  if (report.prepared) return prepared_text(*report.prepared, style);
  if (!report.verified || !report.verified->diagnostics.empty()) return "";
  return fmt::format("{} in {}: all as written\n", counted(report.verified->files, "file"), printable(report.verified->folder));
}

}  // namespace

int run_prepare(const Arguments& arguments) {
  Report report;
  const int code = prepare_into(report, arguments);
  print_diagnostics(report, arguments, code);
  if (!arguments.is_quiet && arguments.format == OutputFormat::kText)
    print_error(data_text(report.tables, style_of(STDERR_FILENO, arguments.color)));
  if (arguments.format == OutputFormat::kJson) return print_result(prepare_document(report), code);
  return print_result(result_text(report, style_of(STDOUT_FILENO, arguments.color)), code);
}

}  // namespace segue::command
