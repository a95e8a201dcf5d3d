// This file's external interface is `compare_versions`: the joined program of two opened versions, and which definition of one is which of the other. Private to this folder.
#pragma once

#include "bindings/cpp/diff/compared.h"
#include "bindings/cpp/diff/open_versions.h"
#include "compiler/check/join.h"

namespace segue {

// What only classification needs beside ComparedVersions.
struct VersionComparison {
  ComparedVersions versions;
  JoinedProgram joined;                  // without its program, which `versions.joined` has
  std::vector<std::uint32_t> canonical;  // of the joined program's expressions: canonical_ids
  std::vector<DiffSetting> settings;     // of the project file, and differences of the schema
};

// `opened` keeps its sides; its projects and files go into the result.
[[nodiscard]] VersionComparison compare_versions(OpenedVersions& opened);

// The canonical number of a definition of the joined program.
[[nodiscard]] std::uint32_t canonical_of(const VersionComparison& comparison, DefinitionId id);

}  // namespace segue
