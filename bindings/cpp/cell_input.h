// This file's external interface is CellInput: a value that an embedder gives for a column.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace segue {

// Nothing: missing. An int64 is the value as columns hold it: an int, a decimal in units of its last digit, days since 1970-01-01, µs since
// 1970-01-01T00:00:00Z, the index of an enum's value. A text stands for a value of any type, written as in CSV files (`12.50`, `2026-03-01`, `Software`, `true`); so do the texts of a
// list. Texts are borrowed for the call alone.
using CellInput = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, std::span<const std::string_view>>;

}  // namespace segue
