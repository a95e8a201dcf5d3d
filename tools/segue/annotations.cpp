// The forms themselves are the facade's; here is where the project lies in its repository.
#include "tools/segue/annotations.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace segue::command {
namespace {

// The nearest folder upward that git calls a work tree: `.git` is a folder, or in a linked work tree a file.
std::filesystem::path work_tree_of(std::filesystem::path folder) {
  std::error_code error;
  for (;; folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / ".git", error)) return folder;
    if (!folder.has_relative_path()) return {};
  }
}

// Where a folder lies under another, with a `/` at its end: empty for that one itself, nothing outside of it.
std::optional<std::string> place_under(const std::filesystem::path& folder, const std::filesystem::path& root) {
  const std::string relative = folder.lexically_relative(root).generic_string();
  if (relative.empty() || relative == ".." || relative.starts_with("../")) return std::nullopt;
  return relative == "." ? "" : relative + "/";
}

std::string folder_in_repository(const std::filesystem::path& project) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::weakly_canonical(project, error);
  if (error) return "";
  const std::filesystem::path tree = work_tree_of(folder);
  const std::filesystem::path root = tree.empty() ? std::filesystem::current_path(error) : tree;
  return place_under(folder, root).value_or("");
}

}  // namespace

bool is_for_review(OutputFormat format) { return format == OutputFormat::kGithub || format == OutputFormat::kSarif; }

std::vector<ReviewFinding> findings_of(const Report& report) {
  std::vector<ReviewFinding> findings;
  for (const Diagnostic& diagnostic : report.diagnostics) findings.push_back({diagnostic, "", ""});
  return findings;
}

std::string review_document(const Report& report, std::vector<ReviewFinding> findings, OutputFormat format, int code,
                            std::vector<ReviewCount> counts) {
  const ReviewRun run = {.findings = std::move(findings),
                         .folder = report.project ? folder_in_repository(report.project->root) : "",
                         .version = std::string(version()),
                         .exit_code = code,
                         .counts = std::move(counts)};
  return format == OutputFormat::kSarif ? render_sarif(run, sources_of(report)) : render_github(run, sources_of(report));
}

}  // namespace segue::command
