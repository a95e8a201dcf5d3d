// This file's external interface is `unite_enums`: the enums of two versions as one list. Private to this folder.
#pragma once

#include <vector>

#include "compiler/check/join_schema.h"

namespace segue::checker {

// Two enums that are the same thing in both versions: that of a column, or of a definition.
struct EnumLink {
  EnumTypeId base = 0, head = 0;
};

// Fills `united.enums` and the places of both. Values in the order of all lists where these agree, else as they appear, head's first.
void unite_enums(const std::vector<EnumType>& base, const std::vector<EnumType>& head, const std::vector<EnumLink>& links,
                 UnitedSchemas& united);

}  // namespace segue::checker
