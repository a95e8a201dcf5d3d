// This file's external interface is ComparedVersions: two versions of a project, opened, and joined into one program as far as they agree on the data. Private to this folder.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/project.h"

namespace segue {

// One definition in both versions; one of them is absent where it was added or removed.
struct ComparedPair {
  std::optional<std::size_t> base, head;                 // indices into the versions' OpenedProject::definitions
  std::optional<DefinitionId> joined_base, joined_head;  // the same in the joined program
  // Why the joined program gives another answer than a run of each version may, or cannot give one: a column that it reads is read differently. Empty: both can be evaluated
  // in one pass. With a text each version is evaluated by itself.
  std::string apart;
  // The same, but only where equal rules may answer otherwise over the same data: another set of values alone may not.
  std::string reading;
};

struct ComparedVersions {
  OpenedProject base, head;
  // Both programs in one, over the united schema: a CheckedProject of its own, of which `check.program` holds base's definitions, then head's, `workspace.project` head's sources (and those of
  // tables that only base has), by paths that are absolute or relative to `root`, the folder of head's project in the work tree. Base's sources are set to the same, so that
  // all three are evaluated over the same data.
  OpenedProject joined;
  std::vector<ComparedPair> pairs;                      // by file, then line, of head; then what only base has
  std::vector<std::shared_ptr<const void>> kept_files;  // temporary folders that hold the files of revisions
};

}  // namespace segue
