// This file's external interface turns values into what `explain` shows. Private to the interpreter.
#pragma once

#include <span>

#include "compiler/interpret/trace.h"
#include "compiler/interpret/value.h"
#include "stdlib/time_zone.h"

namespace segue {

// `enums` are the program's; timestamps are shown in `zone`.
[[nodiscard]] TraceValue trace_value(const Value& value, const Type& type, std::span<const EnumType> enums, const TimeZone& zone);

}  // namespace segue
