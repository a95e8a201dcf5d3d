// Diagnostics for people: the source line with a caret under what is wrong, notes, and the fix.
//
//   error[unknown-column]: unknown column `employes` of `account`; did you mean `employees`?
//     --> segments/icp.seg:4:9
//      |
//    4 |   where employes > 200
//      |         ^^^^^^^^
//      = fix: write `employees`
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "compiler/diagnostics/render.h"

namespace segue {
namespace {

constexpr std::size_t kLongestLine = 160;  // code points of a source line that are shown

struct Palette {
  std::string_view error, warning, note, frame, fix, bold, off;
};
constexpr Palette kColours = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[34m", "\x1b[32m", "\x1b[1m", "\x1b[0m"};
constexpr Palette kPlain = {};

std::string_view colour_of(Severity severity, const Palette& palette) {
  switch (severity) {
    case Severity::kError: return palette.error;
    case Severity::kWarning: return palette.warning;
    case Severity::kNote: return palette.note;
  }
  return {};
}

std::string place_text(const ResolvedLocation& place) {
  std::string text(place.file);
  if (place.start.line != 0) text += fmt::format(":{}", place.start.line);
  if (place.start.line != 0 && place.start.column != 0) text += fmt::format(":{}", place.start.column);
  return text;
}

// A piece of a line around the columns that matter, fit for a terminal.
struct Excerpt {
  std::string text;
  std::string carets;
};

// True for bytes that a terminal might take as a command.
bool is_control(std::string_view point) { return point.size() == 1 && (static_cast<unsigned char>(point[0]) < 0x20 || point[0] == 0x7F); }

// What is shown for one code point: tabs as a blank, so that carets stand right; what cannot be shown as U+FFFD.
std::string_view shown(std::string_view point) {
  if (point == "\t") return " ";
  const bool is_invalid = point.size() == 1 && static_cast<unsigned char>(point[0]) >= 0x80;
  return is_invalid || is_control(point) ? "\xEF\xBF\xBD" : point;
}

Excerpt excerpt_of(std::string_view line, std::uint32_t first, std::uint32_t last) {
  const std::uint32_t from = first > kLongestLine / 2 ? first - static_cast<std::uint32_t>(kLongestLine / 2) : 1;
  Excerpt excerpt;
  if (from > 1) {
    excerpt.text = "…";
    excerpt.carets = " ";
  }
  std::uint32_t column = 1;
  std::size_t offset = 0;
  for (; offset < line.size() && column < from + kLongestLine; ++column) {
    const std::size_t length = code_point_length(line, offset);
    if (column >= from) {
      excerpt.text += shown(line.substr(offset, length));
      if (column < last) excerpt.carets += column >= first ? '^' : ' ';
    }
    offset += length;
  }
  if (offset < line.size()) excerpt.text += "…";
  if (first >= last || first >= column) excerpt.carets += '^';
  return excerpt;
}

// The source line with carets; empty when the place is not in a source.
void append_excerpt(std::string& out, const Location& location, const SourceMap& sources, std::string_view colour, const Palette& palette) {
  const auto* span = std::get_if<Span>(&location);
  if (span == nullptr || span->source == kNoSource) return;
  const Source& source = source_of(sources, span->source);
  const Position start = position_at(source, span->begin);
  const Position end = position_at(source, span->end);
  const std::string_view line = line_text(source, start.line);
  const auto line_end = static_cast<std::uint32_t>(count_code_points(line) + 1);
  const Excerpt excerpt = excerpt_of(line, start.column, end.line == start.line ? end.column : line_end);
  out += fmt::format("{}     |{}\n", palette.frame, palette.off);
  out += fmt::format("{}{:>4} |{} {}\n", palette.frame, start.line, palette.off, excerpt.text);
  out += fmt::format("{}     |{} {}{}{}\n", palette.frame, palette.off, colour, excerpt.carets, palette.off);
}

void append_place(std::string& out, const Location& location, const SourceMap& sources, const Palette& palette) {
  const ResolvedLocation place = resolve(location, sources);
  if (!place.file.empty()) out += fmt::format("{}  -->{} {}\n", palette.frame, palette.off, place_text(place));
}

void append_note(std::string& out, const Note& note, const SourceMap& sources, const Palette& palette) {
  const ResolvedLocation place = resolve(note.location, sources);
  std::string text = note.message;
  if (note.row) text += fmt::format("{}row {}", text.empty() ? "" : " ", *note.row);
  if (note.value) text += fmt::format("{}`{}`", text.empty() ? "" : ": ", *note.value);
  if (!place.file.empty()) text += fmt::format(" ({})", place_text(place));
  for (std::size_t offset = 0; offset < text.size(); ++offset) {
    if (is_control(std::string_view(text).substr(offset, 1))) text[offset] = ' ';
  }
  out += fmt::format("{}     ={} {}note:{} {}\n", palette.frame, palette.off, palette.note, palette.off, text);
}

void append_diagnostic(std::string& out, const Diagnostic& diagnostic, const SourceMap& sources, const Palette& palette) {
  const std::string_view colour = colour_of(diagnostic.severity, palette);
  out += fmt::format("{}{}[{}]{}{}: {}{}\n", colour, severity_name(diagnostic.severity), info_of(diagnostic.kind).code, palette.off,
                     palette.bold, diagnostic.message, palette.off);
  append_place(out, diagnostic.location, sources, palette);
  append_excerpt(out, diagnostic.location, sources, colour, palette);
  for (const Note& note : diagnostic.notes) append_note(out, note, sources, palette);
  if (diagnostic.fix) {
    out += fmt::format("{}     ={} {}fix:{} {}\n", palette.frame, palette.off, palette.fix, palette.off, diagnostic.fix->message);
  }
}

}  // namespace

std::string render_text(std::span<const Diagnostic> diagnostics, const SourceMap& sources, bool in_color) {
  std::string out;
  for (std::size_t i = 0; i < diagnostics.size(); ++i) {
    if (i > 0) out += '\n';
    append_diagnostic(out, diagnostics[i], sources, in_color ? kColours : kPlain);
  }
  return out;
}

}  // namespace segue
