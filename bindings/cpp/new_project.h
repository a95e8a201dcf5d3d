// This file's external interface is `infer_project` and `starter_project`: the files of a new project, from data or from nothing (`segue new`).
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/failure.h"

namespace segue {

struct NewFile {
  std::string path;  // in the project's folder
  std::string text;
};

// What became of one file of data.
struct NewTable {
  std::string name;  // empty: it belongs to no account and was left out
  std::string file;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::string key;  // empty when none
};

struct NewProject {
  std::vector<NewFile> files;
  std::vector<NewTable> tables;
};

// A small project of invented data that runs.
[[nodiscard]] NewProject starter_project();

// A project over the files (or folders) of data, whose folder will be `folder`: types, optional columns, enums, keys, relations and time columns are told from the data, with
// the evidence as comments. `account` names the table of accounts, where the names of the files do not say which it is. A Failure: a file that is missing (kEnvironment) or broken (kRules), no
// table of accounts (kCall), or one without a key (kRules).
[[nodiscard]] std::expected<NewProject, Failure> infer_project(const std::filesystem::path& folder, const std::vector<std::string>& files,
                                                               const std::optional<std::string>& account);

}  // namespace segue
