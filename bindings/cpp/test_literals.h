// This file's external interface is how values stand in rules: cells of data, and answers, as the literals of a `test`. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/check/program.h"
#include "runtime/table.h"
#include "stdlib/time_zone.h"

namespace segue {

// `"Acme \"GmbH\""`.
[[nodiscard]] std::string quoted_text(std::string_view text);

// `Software`, or in quotes where it is no plain name.
[[nodiscard]] std::string enum_literal(std::string_view value);

// All digits, without an exponent; nothing where no literal says it (infinities).
[[nodiscard]] std::optional<std::string> float_literal(double value);

// The cell of a row: a literal, a list of them, or `missing`. Nothing where no literal says it. Times are written in `zone`.
[[nodiscard]] std::optional<std::string> cell_literal(const CheckedProgram& program, const Column& column, std::size_t row,
                                                      const TimeZone& zone);

// A known value of a type that is no list. Nothing where no literal says it.
[[nodiscard]] std::optional<std::string> constant_literal(const CheckedProgram& program, const Type& type, const Constant& value,
                                                          const TimeZone& zone);

}  // namespace segue
