// This file's external interface is `sample_text`: a text with properties that were asked for, made up and tested. Private to this folder.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segue::proving {

// What the text should have in it; hints for where to look.
struct TextWish {
  std::vector<std::string> starts, ends, parts;
  std::vector<std::string> patterns;  // RE2, that should match
  std::vector<std::string> examples;  // texts that may do as they are, or with other letters' case
};

// The first text that comes to mind for which `is_right` holds; nothing when none does.
[[nodiscard]] std::optional<std::string> sample_text(const TextWish& wish, const std::function<bool(const std::string&)>& is_right);

// Texts that the pattern probably matches, each a way through its alternatives; shortest repetitions.
[[nodiscard]] std::vector<std::string> pattern_samples(std::string_view pattern);

}  // namespace segue::proving
