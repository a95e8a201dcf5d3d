// This file's external interface is pieces of Markdown made of texts that may hold anything. Documents for repositories are put together from them.
#pragma once

#include <string>
#include <string_view>

namespace segue::command {

// A text of a user on one line: whatever Markdown or HTML would take as more than letters is escaped.
[[nodiscard]] std::string markdown_text(std::string_view text);

// Code in a line; `in_table` also escapes what ends a cell. Empty for an empty text.
[[nodiscard]] std::string markdown_code(std::string_view text, bool in_table = false);

// A block of code, with a line break at its end.
[[nodiscard]] std::string markdown_block(std::string_view language, std::string_view text);

// Markdown that a user wrote, as a quotation, with a line break at its end: nothing in it reaches beyond, tags of HTML are shown instead of obeyed, and its headings are bold lines, since
// headings belong to the document around it.
[[nodiscard]] std::string markdown_quote(std::string_view markdown);

// A text in double quotes of a `mermaid` graph, without the quotes.
[[nodiscard]] std::string mermaid_text(std::string_view text);

// A path of files as the target of a link.
[[nodiscard]] std::string link_path(std::string_view path);

// The anchor that GitHub and GitLab give a heading, before they number those that are there already.
[[nodiscard]] std::string heading_anchor(std::string_view heading);

}  // namespace segue::command
