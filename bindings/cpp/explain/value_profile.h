// This file's external interface is `profile_value`: how a value lies in a group and in all rows; and what of it is telling. Private to this folder.
#pragma once

#include <functional>
#include <vector>

#include "bindings/cpp/explain/asked.h"

namespace segue {

// What is profiled: a value by row.
struct ProfiledValue {
  std::string text;
  Type type;
  bool is_withheld = false;       // known and missing are counted only
  std::uint64_t least_count = 1;  // values that fewer rows of the group have are not named
  std::function<Value(RowId)> value;
};

// Of the rows of `rows`, of which `group` are some.
[[nodiscard]] ValueProfile profile_value(const ProfiledValue& value, const ValueReader& reader, const Bitmap& rows, const Bitmap& group);

// What at least half of the group have, and more often than all: the most telling first, at most `most`.
[[nodiscard]] std::vector<SharedTrait> shared_traits(const std::vector<ValueProfile>& profiles, std::uint64_t group, std::uint64_t all,
                                                     std::size_t most);

}  // namespace segue
