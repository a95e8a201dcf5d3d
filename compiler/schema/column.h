// This file's external interface is `read_column`: one entry under `columns` of the schema. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/schema/schema.h"
#include "compiler/schema/yaml_value.h"

namespace segue {

// A column as its entry states it. What names other columns (`currency`, `lat`, `lon`) holds those names until `link_columns`.
// Nothing when it has no type that the language knows. Enum types are interned in `enums`.
[[nodiscard]] std::optional<SchemaColumn> read_column(const YamlReader& reader, const YamlEntry& entry, std::vector<EnumType>& enums);

// Checks the name of a column, reference or relation: not empty, one line, no back-quote (which frees names in rules). `what` says whose.
bool check_name(const YamlReader& reader, const YamlEntry& entry, std::string_view what);

}  // namespace segue
