// This file's external interface is what the documents share: JSON with its fields in order, compact, and lists with an entry a line.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace segue::command {

using Json = nlohmann::ordered_json;

// One line; what is no UTF-8 in a text is replaced.
[[nodiscard]] std::string dump(const Json& json);

// JSON has no infinities: they are texts, as in CSV; what is no number is null.
[[nodiscard]] Json number(double value);

// A list whose entries, JSON already, have a line each.
[[nodiscard]] std::string lines(const std::vector<std::string>& entries);

}  // namespace segue::command
