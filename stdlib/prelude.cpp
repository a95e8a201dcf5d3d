// The files of stdlib/prelude, which the build puts into the library.
#include "stdlib/prelude.h"

#include <algorithm>

namespace segue {
namespace {

constexpr PreludePart kParts[] = {
#include "stdlib/prelude_texts.inc"
};
static_assert(std::ranges::is_sorted(kParts, {}, &PreludePart::name));

}  // namespace

std::span<const PreludePart> prelude_parts() { return kParts; }

std::optional<std::string_view> prelude_text(std::string_view name) {
  const auto* part = std::ranges::find(kParts, name, &PreludePart::name);
  if (part == std::end(kParts)) return std::nullopt;
  return part->text;
}

}  // namespace segue
