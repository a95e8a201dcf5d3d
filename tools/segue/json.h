// This file's external interface is what the documents share: JSON with its fields in order, compact, and lists with an entry a line.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "bindings/cpp/segue.h"

namespace segue::command {

using Json = nlohmann::ordered_json;

// One line; what is no UTF-8 in a text is replaced.
[[nodiscard]] std::string dump(const Json& json);

// JSON has no infinities: they are texts, as in CSV; what is no number is null.
[[nodiscard]] Json number(double value);

// A place in a text; both count from 1.
[[nodiscard]] inline Json position_json(Position position) { return {{"line", position.line}, {"column", position.column}}; }

// A list whose entries, JSON already, have a line each.
[[nodiscard]] std::string lines(const std::vector<std::string>& entries);

}  // namespace segue::command
