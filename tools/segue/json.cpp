// How values are laid out.
#include "tools/segue/json.h"

#include <cmath>

namespace segue::command {

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value == 0 ? 0.0 : value;
}

std::string lines(const std::vector<std::string>& entries) {
  std::string text = "[";
  for (std::size_t i = 0; i < entries.size(); ++i) text += (i == 0 ? "\n  " : ",\n  ") + entries[i];
  return text + "]";
}

}  // namespace segue::command
