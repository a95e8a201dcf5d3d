// Messages of several lines: reviewers see nothing of a diagnostic but its message.
#include "compiler/diagnostics/review_text.h"

#include <filesystem>

#include <fmt/format.h>

namespace segue {
namespace {

// Bytes that are no UTF-8 (a bad cell's value) as U+FFFD, and no control characters but line breaks.
std::string presentable(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = code_point_length(text, at);
    const auto first = static_cast<unsigned char>(text[at]);
    const bool is_bad = length == 1 && (first >= 0x7F || (first < 0x20 && first != '\n'));
    result += is_bad ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
    at += length;
  }
  return result;
}

std::string note_line(const ReviewRun& run, const Note& note, const ResolvedLocation& place) {
  std::string text = "note: " + note_message(note);
  if (place.file.empty()) return text;
  text += fmt::format(" ({}", review_path(run, place.file));
  if (place.start.line != 0) text += fmt::format(":{}", place.start.line);
  return text + ")";
}

}  // namespace

std::string note_message(const Note& note) {
  if (!note.row) return note.message;
  std::string text = fmt::format("row {}", *note.row);
  if (note.value) text += fmt::format(": `{}`", *note.value);
  return note.message.empty() ? text : text + ": " + note.message;
}

std::string review_path(const ReviewRun& run, std::string_view file) {
  const std::filesystem::path path(file);
  if (path.is_absolute()) return path.lexically_normal().generic_string();
  return (std::filesystem::path(run.folder) / path).lexically_normal().generic_string();
}

std::string review_message(const ReviewRun& run, const ReviewFinding& finding, const SourceMap& sources, NotesShown notes) {
  const Diagnostic& diagnostic = finding.diagnostic;
  std::string text = diagnostic.message;
  if (!finding.details.empty()) text += "\n" + finding.details;
  for (const Note& note : diagnostic.notes) {
    const ResolvedLocation place = resolve(note.location, sources);
    if (notes == NotesShown::kAll || place.file.empty()) text += "\n" + note_line(run, note, place);
  }
  if (diagnostic.fix) text += "\nfix: " + diagnostic.fix->message;
  while (text.ends_with('\n')) text.pop_back();
  return presentable(text);
}

}  // namespace segue
