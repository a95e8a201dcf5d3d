// All movers as a table, through the writers of `run --out`.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "bindings/cpp/diff/compared.h"
#include "bindings/cpp/diff/mover_sides.h"
#include "bindings/cpp/diff/movers.h"
#include "bindings/cpp/lazy_libraries.h"
#include "runtime/io/api.h"

namespace segue {
namespace {

// Rows that are handed to the writer at once.
constexpr std::size_t kMoversOfBatch = 65'536;

// A column of texts, each text once.
struct MoverTexts {
  std::vector<std::string> labels;
  std::vector<std::int32_t> codes;
  std::unordered_map<std::string, std::int32_t> known;

  void add(const std::string& text) {
    if (text.empty()) {
      codes.push_back(-1);
      return;
    }
    const auto [found, is_new] = known.emplace(text, static_cast<std::int32_t>(labels.size()));
    if (is_new) labels.push_back(text);
    codes.push_back(found->second);
  }
  [[nodiscard]] OutputColumn column(std::string name) const {
    return {.name = std::move(name), .kind = OutputKind::kLabels, .members = nullptr, .scores = {}, .codes = codes, .labels = labels};
  }
};

struct MoverBatch {
  MoverTexts keys, definition, row, change, from, to;

  void add(const ComparedAnswers& answers, std::size_t slot) {
    const MovedAccount moved = moved_account(answers, slot);
    keys.add(moved.account);
    definition.add(answers.name);
    row.add(moved.row);
    change.add(std::string(move_change_word(moved.change)));
    from.add(moved.from);
    to.add(moved.to);
  }

  // The key is a text whatever its type: what only base has is of base's.
  [[nodiscard]] Column key_column() const {
    Column column;
    column.type = Type{.kind = Kind::kText};
    column.storage = Storage::kCodes;
    column.rows = keys.codes.size();
    auto dictionary = std::make_shared<Dictionary>();
    for (const std::string& label : keys.labels) dictionary->append(label);
    column.dictionary = std::move(dictionary);
    column.data.resize((column.rows + 128) / 64 * 64 * sizeof(std::int32_t));
    std::ranges::copy(keys.codes, reinterpret_cast<std::int32_t*>(column.data.data()));
    return column;
  }

  [[nodiscard]] Output output(const std::string& key_name, const Column& key, bool has_rows) const {
    Output out{.key_name = key_name, .key = &key, .key_labels = {}, .columns = {}, .left_out = nullptr};
    out.columns.push_back(definition.column("definition"));
    if (has_rows) out.columns.push_back(row.column("row"));
    out.columns.push_back(change.column("change"));
    out.columns.push_back(from.column("from"));
    out.columns.push_back(to.column("to"));
    return out;
  }
};

Failure movers_failure(const WriteError& error) {
  if (error.kind == WriteErrorKind::kCancelled) return {.kind = FailureKind::kCancelled, .diagnostics = {}, .tables = {}};
  return failure_of(FailureKind::kEnvironment, DiagnosticKind::kUnwritableFile, error.message);
}

bool names_rows(const KeptMovers& kept) {
  return std::ranges::any_of(kept.pairs,
                             [](const auto& pair) { return pair && pair->kind == ResultKind::kAudience && !pair->moved.empty(); });
}

std::expected<void, WriteError> write_batches(ResultFile& file, const KeptMovers& kept, const std::string& key_name, bool has_rows) {
  MoverBatch batch;
  const auto flush = [&]() -> std::expected<void, WriteError> {
    const Column key = batch.key_column();
    auto done = file.append(batch.output(key_name, key, has_rows));
    batch = {};
    return done;
  };
  for (const std::optional<ComparedAnswers>& pair : kept.pairs) {
    if (!pair) continue;
    for (const std::uint32_t slot : pair->moved) {
      batch.add(*pair, slot);
      if (batch.keys.codes.size() < kMoversOfBatch) continue;
      if (auto done = flush(); !done) return done;
    }
  }
  if (!batch.keys.codes.empty()) return flush();
  return {};
}

}  // namespace

std::expected<WrittenOutput, Failure> write_movers(const ComparedVersions& versions, const FoundMovers& found, std::string_view path,
                                                   const OutputOptions& options) {
  const auto io = runtime_io_api();
  if (!io) return std::unexpected(failure_of(FailureKind::kEnvironment, DiagnosticKind::kInternalFailure, io.error()));
  const SchemaTable& accounts = versions.head.checked->schema().tables[kAccountTable];
  const std::string key_name = accounts.columns[*accounts.key].name;
  const bool has_rows = names_rows(*found.kept);
  const MoverBatch none;
  const Column no_keys = none.key_column();
  const WriteOptions write{.layout = OutputLayout::kWide, .cancel = options.cancel, .on_temporary = options.on_temporary};
  auto file = (*io)->open_results(path, none.output(key_name, no_keys, has_rows), write);
  if (!file) return std::unexpected(movers_failure(file.error()));
  if (auto done = write_batches(**file, *found.kept, key_name, has_rows); !done) return std::unexpected(movers_failure(done.error()));
  if (auto closed = (*file)->close(); !closed) return std::unexpected(movers_failure(closed.error()));
  auto put = (*file)->commit();
  if (!put) return std::unexpected(movers_failure(put.error()));
  return WrittenOutput{.paths = {std::move(*put)}, .diagnostics = {}};
}

}  // namespace segue
