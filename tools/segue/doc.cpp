// `segue doc`: the catalogue of the definitions, the dictionary of the data, and who owns which file.
#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "bindings/cpp/report/catalogue.h"
#include "bindings/cpp/report/codeowners.h"
#include "tools/report/page.h"
#include "tools/segue/doc_text.h"
#include "tools/segue/files.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

int complain_of_doc(const std::string& message) {
  print_error(fmt::format("segue: {}\n", message));
  return 2;
}

// Whether the document goes to standard output.
bool is_printed(const Arguments& arguments) { return !arguments.out || *arguments.out == "-"; }

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// What the file of `--out` holds so far; empty where there is none, and without `--out`.
std::expected<std::string, std::string> text_so_far(const Arguments& arguments) {
  return !is_printed(arguments) && is_there(*arguments.out) ? read_whole(*arguments.out) : std::string();
}

// `--owners`, taken apart.
CodeownersNames codeowners_names(const Arguments& arguments) {
  CodeownersNames names;
  for (const std::string& text : arguments.owners) {
    const std::size_t equals = text.find('=');
    if (text.find("{}") != std::string::npos) names.pattern = text;
    else names.owners.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return names;
}

std::expected<std::string, std::string> codeowners_text(const Catalogue& catalogue, const Report& report, const Arguments& arguments) {
  const auto block = codeowners_block(catalogue, path_in_repository(report.project->root), codeowners_names(arguments));
  if (block) {
    const auto so_far = text_so_far(arguments);
    return so_far ? with_codeowners_block(*so_far, *block) : so_far;
  }
  std::string list;
  for (const std::string& owner : block.error()) list += fmt::format("{}`{}`", list.empty() ? "" : ", ", printable(owner));
  return std::unexpected(
      fmt::format("CODEOWNERS knows users, teams and e-mails, and cannot name {}; say how owners are written, such as `--owners "
                  "\"@acme/{{}}\"` for all or `--owners \"sales=@acme/sales-team\"` for one",
                  list));
}

// From the folder of `--out` to the project's, such as `../`; nothing where the document goes to standard output.
std::optional<std::string> way_to_rules(const Report& report, const Arguments& arguments) {
  if (is_printed(arguments)) return std::nullopt;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(*arguments.out, error).parent_path();
  const std::string way = std::filesystem::relative(report.project->root, folder, error).generic_string();
  return error || way == "." ? std::string() : way + "/";
}

std::expected<std::string, std::string> document_text(const Catalogue& catalogue, const Report& report, const Arguments& arguments) {
  switch (arguments.format) {
    case OutputFormat::kCodeowners: return codeowners_text(catalogue, report, arguments);
    case OutputFormat::kHtml: return page_around(doc_page_shell(), "Catalogue of definitions", catalogue_document(catalogue, report));
    case OutputFormat::kJson: return catalogue_document(catalogue, report);
    default: return catalogue_markdown(catalogue, way_to_rules(report, arguments));
  }
}

int check_document_file(const std::string& text, const Arguments& arguments) {
  const auto so_far = text_so_far(arguments);
  if (!so_far) return complain_of_doc(so_far.error());
  if (*so_far == text) return 0;
  print_error(fmt::format("segue: `{}` is not up to date; write it by the same call without `--check`\n", *arguments.out));
  return 1;
}

int write_document_file(const std::string& text, const Arguments& arguments) {
  const std::filesystem::path folder = std::filesystem::path(*arguments.out).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error))
    return complain_of_doc(fmt::format("cannot write `{}`: there is no folder `{}`", *arguments.out, folder.string()));
  const auto written = replace_file(*arguments.out, text);
  if (!written) return complain_of_doc(written.error());
  if (!arguments.is_quiet) print_error(fmt::format("wrote {}\n", *arguments.out));
  return 0;
}

// Opens the project; the exit code.
int open_documented(Report& report, const Arguments& arguments) {
  const auto file = find_only_project(arguments.words.empty() ? std::nullopt : std::optional(arguments.words.front()));
  if (!file) return add_failure(report, file.error());
  int code = 0;
  (void)open_into(report, arguments, *file, code);
  return code;
}

}  // namespace

int run_doc(const Arguments& arguments) {
  Report report;
  const int code = open_documented(report, arguments);
  print_diagnostics(report, arguments, code);
  if (code != 0) return arguments.format == OutputFormat::kJson ? print_result(catalogue_document({}, report), code) : code;
  const auto text = document_text(catalogue_of(*report.project), report, arguments);
  if (!text) return complain_of_doc(text.error());
  if (is_printed(arguments)) return print_result(*text, 0);
  return arguments.checks_format ? check_document_file(*text, arguments) : write_document_file(*text, arguments);
}

}  // namespace segue::command
