// This file's external interface is `write_results`: memberships, scores and labels of accounts as a .csv, .parquet or .arrow file; `write_audience`; and
// ResultFile, the same as results come.
// `command.md`, "Output".
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bitmap.h"
#include "runtime/table.h"

namespace segue {

enum class OutputKind : std::uint8_t {
  kMembers,  // bool
  kScores,   // float
  kLabels,   // text, or missing
};

// One definition. Everything is borrowed; each has one entry an account, in the order of the key column.
struct OutputColumn {
  std::string name;
  OutputKind kind = OutputKind::kMembers;
  const Bitmap* members = nullptr;      // kMembers
  std::span<const double> scores;       // kScores
  std::span<const std::int32_t> codes;  // kLabels: index into `labels`, -1 for missing
  std::span<const std::string> labels;
};

struct Output {
  std::string key_name;                     // heads the first column of the wide layout
  const Column* key = nullptr;              // keeps its type in Parquet and Arrow
  std::span<const std::string> key_labels;  // the values of a key of type enum
  std::vector<OutputColumn> columns;
  const Bitmap* left_out = nullptr;  // rows of which nothing is written; null: none
};

// The rows of a related table that an audience holds, for a file of its own: the relation's key, where it has one, and the account's. Everything is borrowed.
struct AudienceOutput {
  std::string key_name;  // heads the column of the relation's key; not used where it has none
  const Column* key = nullptr;
  std::string account_name;  // heads the column of the account's key; where the two are equal, it is written `account.` and the name
  const Column* account_key = nullptr;
  std::span<const std::string> account_key_labels;  // as Output::key_labels
  const Bitmap* members = nullptr;                  // by row of the relation
  std::span<const RowId> accounts;                  // by row of the relation: its account's row; members without one are not written
  const Bitmap* left_out = nullptr;                 // by account: whose rows are not written; null: none
  // By row of the relation: its number among all rows, where rows come out of order: they wait in memory and are written in the order of their numbers. Empty: rows
  // come in order.
  std::span<const RowId> numbers;
};

enum class OutputLayout : std::uint8_t {
  kWide,  // a row an account: the key, then a column a definition
  kLong,  // `account`, `definition`, `value`: a row an account and definition, in the order of accounts, then definitions; none for who is no
          // member or has no label
};

struct WriteOptions {
  OutputLayout layout = OutputLayout::kWide;
  const std::atomic<bool>* cancel = nullptr;  // set from outside: the new file is removed, the old one stays
  // Told a temporary file's path when it gets a name, which in most file systems is just before it takes its place, and "" when that is gone, so that a signal
  // handler can remove it.
  std::function<void(const std::string& path)> on_temporary;
};

enum class WriteErrorKind : std::uint8_t { kEnvironment, kCancelled };

struct WriteError {
  WriteErrorKind kind = WriteErrorKind::kEnvironment;
  std::string message;  // whole: it names the path
};

// The file that `--out path` means: `path` itself, or `accounts.parquet` in it where it is a folder or ends in `/` (the folder is made when
// written; its parent must exist). An error where the ending is none of the three, or the parent folder is missing. Call it before long work.
[[nodiscard]] std::expected<std::string, WriteError> output_file(std::string_view path);

// A file of results that is written as they come, beside its place.
class ResultFile {
 public:
  ResultFile() = default;
  ResultFile(const ResultFile&) = delete;
  ResultFile& operator=(const ResultFile&) = delete;
  virtual ~ResultFile() = default;  // removes what is written, unless it was put in its place

  // Writes further accounts, or rows: an Output, or an AudienceOutput, as the file was opened for. The bytes do not depend on how rows are cut into calls.
  virtual std::expected<void, WriteError> append(const Output& output) = 0;
  virtual std::expected<void, WriteError> append(const AudienceOutput& output) = 0;
  // Ends the file; nothing is appended afterwards.
  virtual std::expected<void, WriteError> close() = 0;
  // Puts the closed file on disk and in its place; gives its path.
  virtual std::expected<std::string, WriteError> commit() = 0;
};
using OpenedResultFile = std::expected<std::unique_ptr<ResultFile>, WriteError>;

// Starts a file. Of `shape` names, labels, kinds and the keys' types are looked at, and copied but for the labels.
[[nodiscard]] OpenedResultFile open_results(std::string_view path, const Output& shape, const WriteOptions& options);
[[nodiscard]] OpenedResultFile open_audience(std::string_view path, const AudienceOutput& shape, const WriteOptions& options);

// Writes the file beside its place and renames it when it is whole and on disk; gives its path. On failure nothing remains.
[[nodiscard]] std::expected<std::string, WriteError> write_results(std::string_view path, const Output& output,
                                                                   const WriteOptions& options);

// The file of an audience in the folder of `accounts_file`, which `output_file` gave for a folder: its name and `.parquet`, but for characters that no name of a
// file can have (written `%2F`), and for what would be the accounts' own file.
[[nodiscard]] std::string audience_file(std::string_view accounts_file, std::string_view audience);

// Writes an audience to `path`, as `write_results` does; a row a member, in the order of the relation. The layout does not matter.
[[nodiscard]] std::expected<std::string, WriteError> write_audience(std::string_view path, const AudienceOutput& output,
                                                                    const WriteOptions& options);

}  // namespace segue
