// This file's external interface is `dictionary_of`: the tables and columns of the schema, and which entries of a catalogue read them. Private to this folder.
#pragma once

#include <vector>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/report/catalogue.h"

namespace segue {

// `instances` holds, by entry, the definitions that it became: one, or one a use for a `define` with parameters, none for `param` and `list`.
[[nodiscard]] std::vector<CatalogueTable> dictionary_of(const CheckedProject& project, const std::vector<CatalogueEntry>& entries,
                                                        const std::vector<std::vector<DefinitionId>>& instances);

}  // namespace segue
