// One account, found by its key, and the trace of one definition for it.
#include "bindings/cpp/explain.h"

#include <utility>

#include "bindings/cpp/find_account.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/names.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/suppressed.h"
#include "compiler/interpret/explain.h"

namespace segue {
std::expected<Explanation, Failure> explain_account(const OpenedProject& project, std::string_view name, std::string_view key,
                                                    const DataOptions& options) {
  if (auto sound = require_sound(project); !sound) return std::unexpected(std::move(sound.error()));
  const auto definition = explained_definition(project, name);
  if (!definition) return std::unexpected(definition.error());
  const CheckedProject& checked = *project.checked;
  std::vector<NeededColumns> needed = needed_columns(checked.program(), std::span(&*definition, 1));
  need_suppress_columns(checked, needed);
  auto data = load_data(checked, options, needed);
  if (!data) return std::unexpected(std::move(data.error()));
  const auto account = find_account(checked, *data->database, key, options);
  if (!account) return std::unexpected(account.error());
  const auto suppressed = read_suppressed(checked, *data->database);
  if (!suppressed) return std::unexpected(suppressed.error());
  return Explanation{
      .trace = explain(checked.program(), *data->database, clock_of(checked, options.clock), project.sources, *definition, *account),
      .title = checked.program().definition(*definition).title,
      .is_suppressed = suppressed->accounts.test(*account),
      .clock = options.clock,
      .tables = std::move(data->tables),
      .diagnostics = std::move(data->diagnostics)};
}

}  // namespace segue
