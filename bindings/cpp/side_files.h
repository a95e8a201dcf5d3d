// This file's external interface is the reading of the small files that a project file names beside its data: lists of suppressed accounts and rates.
// Private to this folder.
#pragma once

#include <expected>
#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/failure.h"
#include "runtime/exchange_rates.h"

namespace segue {

// A file that the project file names, by itself.
struct SideFile {
  SourceMap sources;  // it alone
  SourceId id{};

  [[nodiscard]] const Source& source() const { return source_of(sources, id); }
};

// A missing or unreadable file is a Failure (kEnvironment) at the place that names it.
[[nodiscard]] std::expected<SideFile, Failure> read_side_file(const CheckedProject& project, const ProjectText& path);

// A Failure (kRules) of what is wrong in the file, with places that do not depend on `file`.
[[nodiscard]] Failure side_file_failure(const SideFile& file, std::vector<Diagnostic> diagnostics);

// The rates of the project; those of its currency alone where it names no file.
[[nodiscard]] std::expected<ExchangeRates, Failure> read_rates(const CheckedProject& project);

}  // namespace segue
