// This file's external interface is points on the globe: a column of type point is two coordinates, which `near`, `is known` and `is missing` ask about, and nothing else.
#pragma once

#include <optional>

#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace segue::checker {

// The two coordinates of a point, as floats.
struct PointRead {
  Value latitude, longitude;
};

// The point that an expression names, bare or by references; nothing where it names none. `is_failed` is set where the name meant nothing, which was reported.
[[nodiscard]] std::optional<PointRead> read_point(Context& ctx, const Scope& scope, ast::ExprId id, bool& is_failed);

// Reports a point that stands where a value is needed.
void report_bare_point(Context& ctx, const SchemaColumn& column, Span span);

}  // namespace segue::checker
