// This file's external interface is the constant: a known value that stands in a program rather than in a table.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace segue {

// A known value. The alternative follows from the kind of its Type:
//   bool          kBool
//   std::int64_t  kInt; kDecimal (count of 10^-scale); kDate (days); kTimestamp and kSpan (microseconds); kDays; kMonths; kEnum (index)
//   double        kFloat
//   std::string   kText
using Constant = std::variant<bool, std::int64_t, double, std::string>;

}  // namespace segue
