// This file's external interface is `page_around`: the page of a verb, filled.
#pragma once

#include <string>
#include <string_view>

namespace segue::command {

// The pages that build.mjs has made.
[[nodiscard]] std::string_view report_page_shell();
[[nodiscard]] std::string_view doc_page_shell();

// The page with its title, a text, and its data, JSON. Nothing in either can end the elements that they stand in.
[[nodiscard]] std::string page_around(std::string_view shell, std::string_view title, std::string_view json);

}  // namespace segue::command
