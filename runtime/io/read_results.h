// This file's external interface is `read_results`: what an earlier `segue run --out` wrote, for `--previous`. `command.md`, "Output".
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/load.h"
#include "runtime/type.h"

namespace segue {

// An audience whose file is looked for in a folder.
struct EarlierAudienceSpec {
  std::string name;
  std::optional<Type> key_type;  // of the relation's key; nothing where it has none
};

// What the reader must know of the project that asks.
struct EarlierSpec {
  std::string key_name;  // the account's key, as rules write it
  Type key_type;         // keys are compared in its form: `7` and `7.0` of an int are one key
  std::vector<EarlierAudienceSpec> audiences;
};

// The answers of one definition in the wide or the long layout.
struct EarlierColumn {
  std::string name;
  std::vector<std::string>
      values;  // the distinct ones, as text: `true` and `false` (wide only) of a segment, a score's shortest text, a value's name
  std::vector<std::int32_t> codes;  // by account: index into `values`; -1 where there is none
};

// The rows of an audience's file.
struct EarlierAudience {
  std::string name;
  bool has_keys = false;
  std::vector<std::string> keys;      // the relation's, by row, as text; empty where the relation has none
  std::vector<std::string> accounts;  // by row
};

struct EarlierResults {
  // In the long layout accounts of which nothing is said do not appear, nor do segments without members.
  bool is_long = false;
  std::vector<std::string> accounts;  // their keys as text, as `--out` writes them in CSV; each once
  std::vector<EarlierColumn> definitions;
  std::vector<EarlierAudience> audiences;  // those of EarlierSpec::audiences that the folder holds
};

// Reads `path`: a .csv, .parquet or .arrow file of either layout (long is one with the columns account, definition, value), or a folder that holds
// `accounts` with one of these endings. Errors: kEnvironment where nothing is there or it cannot be read; kData where it is no such output, or one of other accounts
// (another key). Paths are relative to the current folder.
[[nodiscard]] std::expected<EarlierResults, LoadError> read_results(std::string_view path, const EarlierSpec& spec);

}  // namespace segue
