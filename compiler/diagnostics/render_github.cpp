// Diagnostics as workflow commands of GitHub Actions: the runner reads them from the log of a step.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "compiler/diagnostics/review.h"
#include "compiler/diagnostics/review_text.h"

namespace segue {
namespace {

std::string_view github_command(Severity severity) { return severity == Severity::kNote ? "notice" : severity_name(severity); }

// The runner's own rules: `%`, CR and LF in a message, `:` and `,` as well in a property.
std::string github_escaped(std::string_view text, bool is_property) {
  std::string result;
  for (const char letter : text) {
    const bool is_special = letter == '%' || letter == '\r' || letter == '\n' || (is_property && (letter == ':' || letter == ','));
    if (is_special) result += fmt::format("%{:02X}", static_cast<unsigned>(letter));
    else result += letter;
  }
  return result;
}

std::string github_place(const ReviewRun& run, const ResolvedLocation& place) {
  if (place.file.empty()) return "";
  std::string text = fmt::format("file={},", github_escaped(review_path(run, place.file), true));
  if (place.start.line == 0) return text;
  const std::uint32_t last = std::max(place.end.line, place.start.line);
  text += fmt::format("line={},endLine={},", place.start.line, last);
  if (last == place.start.line && place.start.column != 0)
    text += fmt::format("col={},endColumn={},", place.start.column, std::max(place.end.column, place.start.column));
  return text;
}

std::string github_line(const ReviewRun& run, const ReviewFinding& finding, const SourceMap& sources) {
  const Diagnostic& diagnostic = finding.diagnostic;
  const std::string_view title = finding.title.empty() ? info_of(diagnostic.kind).code : std::string_view(finding.title);
  return fmt::format("::{} {}title={}::{}\n", github_command(diagnostic.severity), github_place(run, resolve(diagnostic.location, sources)),
                     github_escaped(title, true), github_escaped(review_message(run, finding, sources, NotesShown::kAll), false));
}

}  // namespace

std::string render_github(const ReviewRun& run, const SourceMap& sources) {
  std::string text;
  for (const ReviewFinding& finding : run.findings) text += github_line(run, finding, sources);
  return text;
}

}  // namespace segue
