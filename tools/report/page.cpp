// The assembler puts the pages into the command: a literal of their size would take compilers long.
#include "tools/report/page.h"

#include <cassert>

// NOLINTBEGIN(cppcoreguidelines-macro-usage,hicpp-no-assembler): a file's bytes have no other portable way into a program before C++26's #embed
#define SEGUE_PAGE(name)                                                                      \
  __asm__(                                                                                    \
      ".pushsection .rodata,\"a\",@progbits\n"                                                \
      ".global segue_page_" #name "\n.hidden segue_page_" #name "\nsegue_page_" #name         \
      ":\n"                                                                                   \
      ".incbin \"" SEGUE_PAGES_FOLDER "/" #name                                               \
      ".html\"\n"                                                                             \
      ".global segue_page_" #name "_end\n.hidden segue_page_" #name "_end\nsegue_page_" #name \
      "_end:\n.byte 0\n"                                                                      \
      ".popsection\n");                                                                       \
  extern "C" const char segue_page_##name[];                                                  \
  extern "C" const char segue_page_##name##_end[]
SEGUE_PAGE(report);
SEGUE_PAGE(doc);
// NOLINTEND(cppcoreguidelines-macro-usage,hicpp-no-assembler)

namespace segue::command {
namespace {

constexpr std::string_view kTitleMark = "@@TITLE@@";
constexpr std::string_view kDataMark = "@@DATA@@";

void append_html(std::string_view text, std::string& page) {
  for (const char letter : text) {
    if (letter == '&') page += "&amp;";
    else if (letter == '<') page += "&lt;";
    else if (letter == '>') page += "&gt;";
    else if (letter == '"') page += "&quot;";
    else page += letter;
  }
}

// In JSON a `<` stands in texts only, where it may be written so.
void append_json(std::string_view json, std::string& page) {
  for (const char letter : json) {
    if (letter == '<') page += "\\u003c";
    else page += letter;
  }
}

}  // namespace

std::string_view report_page_shell() { return {segue_page_report, segue_page_report_end}; }
std::string_view doc_page_shell() { return {segue_page_doc, segue_page_doc_end}; }

std::string page_around(std::string_view shell, std::string_view title, std::string_view json) {
  std::string page;
  page.reserve(shell.size() + json.size());
  const std::size_t data = shell.find(kDataMark);
  assert(data != std::string_view::npos);
  std::size_t at = 0;
  for (std::size_t mark = shell.find(kTitleMark); mark < data; mark = shell.find(kTitleMark, at)) {
    page += shell.substr(at, mark - at);
    append_html(title, page);
    at = mark + kTitleMark.size();
  }
  page += shell.substr(at, data - at);
  append_json(json, page);
  page += shell.substr(data + kDataMark.size());
  return page;
}

}  // namespace segue::command
