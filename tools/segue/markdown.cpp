// Escaping, as CommonMark and GitHub's extensions ask for it.
#include "tools/segue/markdown.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

namespace segue::command {
namespace {

bool is_letter(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0; }

// The longest run of backticks in a text.
std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char letter : text) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    begin = end + 1;
  }
  return lines;
}

std::string_view without_indent(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

// The run of backticks or tildes that opens or ends a block of code; empty for any other line.
std::string_view fence_of(std::string_view line) {
  line = without_indent(line);
  if (!line.starts_with("```") && !line.starts_with("~~~")) return {};
  return line.substr(0, std::min(line.find_first_not_of(line[0]), line.size()));
}

// Whether the `<` at `at` opens what a browser would take as a tag; an address in angle brackets is a link.
bool opens_tag(std::string_view line, std::size_t at) {
  const std::string_view rest = line.substr(at + 1);
  if (rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("mailto:") || rest.empty()) return false;
  return is_letter(rest[0]) || rest[0] == '/' || rest[0] == '!' || rest[0] == '?';
}

// A line of text with tags escaped outside of its code. Code that goes on in the next line is not looked for: a backslash too many is all that comes of it.
std::string without_tags(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t run = std::min(line.find_first_not_of('`', i), line.size()) - i;
    if (run == 0) {
      if (line[i] == '<' && opens_tag(line, i)) text += '\\';
      text += line[i++];
      continue;
    }
    const std::string_view ticks = line.substr(i, run);
    std::size_t end = line.find(ticks, i + run);
    while (end != std::string_view::npos && end + run < line.size() && line[end + run] == '`') {
      end = line.find(ticks, std::min(line.find_first_not_of('`', end), line.size()));
    }
    const std::size_t stop = end == std::string_view::npos ? i + run : end + run;
    text += line.substr(i, stop - i);
    i = stop;
  }
  return text;
}

// `## What for` as `**What for**`.
std::string without_heading(std::string_view line) {
  const std::string_view bare = without_indent(line);
  const std::size_t signs = std::min(bare.find_first_not_of('#'), bare.size());
  if (signs == 0 || signs > 6 || (signs < bare.size() && bare[signs] != ' ')) return without_tags(line);
  std::string_view title = without_indent(bare.substr(signs));
  title = title.substr(0, title.find_last_not_of(" #") + 1);
  return title.empty() ? std::string() : "**" + without_tags(title) + "**";
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (std::string_view("\\`*_{}[]<>|#!~&$").find(letter) != std::string_view::npos) escaped += '\\';
    escaped += letter == '\n' || letter == '\r' || letter == '\t' ? ' ' : letter;
  }
  return escaped;
}

std::string markdown_code(std::string_view text, bool in_table) {
  if (text.empty()) return {};
  const std::string ticks(longest_run(text) + 1, '`');
  const bool needs_blanks = text.starts_with('`') || text.ends_with('`');
  std::string code = ticks + (needs_blanks ? " " : "");
  bool was_blank = false;
  for (const char letter : text) {
    const bool is_blank = letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
    if (is_blank && was_blank) continue;
    if (in_table && letter == '|') code += '\\';
    code += is_blank ? ' ' : letter;
    was_blank = is_blank;
  }
  return code + (needs_blanks ? " " : "") + ticks;
}

std::string markdown_block(std::string_view language, std::string_view text) {
  const std::string fence(std::max<std::size_t>(3, longest_run(text) + 1), '`');
  std::string block = fence + std::string(language) + "\n";
  for (const std::string_view line : lines_of(text)) block.append(line).append("\n");
  return block + fence + "\n";
}

std::string markdown_quote(std::string_view markdown) {
  std::string quote, fence;
  for (const std::string_view line : lines_of(markdown)) {
    const std::string_view here = fence_of(line);
    const std::string text = fence.empty() && here.empty() ? without_heading(line) : std::string(line);
    if (fence.empty()) fence = here;
    else if (here.starts_with(fence) && without_indent(line).size() == here.size()) fence.clear();
    quote += text.empty() ? ">\n" : "> " + text + "\n";
  }
  return quote;
}

std::string mermaid_text(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (is_letter(letter) || letter == '_' || letter == ' ' || letter == '.' || letter == '/' || letter == '-' || (letter & 0x80) != 0)
      escaped += letter;
    else escaped += "#" + std::to_string(static_cast<int>(letter)) + ";";
  }
  return escaped;
}

std::string link_path(std::string_view path) {
  std::string target;
  for (const char letter : path) {
    const auto byte = static_cast<unsigned char>(letter);
    if (is_letter(letter) || byte >= 0x80 || std::string_view("-._~/").find(letter) != std::string_view::npos) target += letter;
    else target += fmt::format("%{:02X}", byte);
  }
  return target;
}

std::string heading_anchor(std::string_view heading) {
  std::string anchor;
  for (const char letter : heading) {
    if (letter == ' ') anchor += '-';
    else if (is_letter(letter) || letter == '_' || letter == '-' || (letter & 0x80) != 0)
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return anchor;
}

}  // namespace segue::command
