// `segue new`: a project that runs, from data or from nothing.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bindings/cpp/new_project.h"
#include "tools/segue/files.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

namespace fs = std::filesystem;

int fail(const std::string& message) {
  print_error(fmt::format("segue: {}\n", message));
  return 2;
}

// A folder that goes away unless it takes its place.
class NewFolder {
 public:
  explicit NewFolder(const fs::path& target)
      : target_(target),
        path_(target.parent_path() / fmt::format(".{}.{}.tmp", target.filename().string(), ::getpid())) {}
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  std::expected<void, std::string> write(const NewFile& file) const {
    std::error_code error;
    fs::create_directories((path_ / file.path).parent_path(), error);
    if (error) return std::unexpected(fmt::format("cannot write `{}`: {}", target_.string(), error.message()));
    return replace_file((path_ / file.path).string(), file.text);
  }

  // An empty folder in its place is replaced.
  [[nodiscard]] std::expected<void, std::string> commit() const {
    std::error_code error;
    fs::rename(path_, target_, error);
    if (error) return std::unexpected(fmt::format("cannot write `{}`: {}", target_.string(), error.message()));
    return {};
  }

 private:
  fs::path target_, path_;
};

// Why the folder cannot be made.
std::optional<std::string> refusal(const fs::path& target) {
  std::error_code error;
  const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(parent, error)) return fmt::format("the folder `{}` does not exist; make it first", parent.string());
  if (!fs::exists(target, error)) return std::nullopt;
  if (!fs::is_directory(target, error)) return fmt::format("`{}` is a file; name a new folder", target.string());
  if (!fs::is_empty(target, error)) return fmt::format("the folder `{}` is not empty; name a new one", target.string());
  return std::nullopt;
}

// The folder without a slash at its end.
fs::path target_of(const std::string& word) {
  const fs::path path = fs::path(word).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

std::string summary(const fs::path& target, const NewProject& project) {
  std::string text = fmt::format("made {}\n\n", printable(target.string()));
  for (const NewTable& table : project.tables) {
    const std::string place =
        table.name.empty() ? std::string("left out: it belongs to no other table") : fmt::format("`{}`", printable(table.name));
    text += fmt::format("  {}  {}, {}  {}\n", printable(table.file), counted(table.rows, "row"), counted(table.columns, "column"), place);
  }
  return text + fmt::format("\nnext: read {0}/schema.yaml, then\n  segue check --data {0}\n  segue run {0}\n  segue test {0}\n",
                            printable(target.string()));
}

std::string document(const fs::path& target, const NewProject& project) {
  nlohmann::ordered_json json = {{"format", "segue.new/1"}, {"project", target.string()}, {"files", nlohmann::ordered_json::array()}};
  for (const NewFile& file : project.files) json["files"].push_back(file.path);
  json["tables"] = nlohmann::ordered_json::array();
  for (const NewTable& table : project.tables) {
    json["tables"].push_back({{"table", table.name.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(table.name)},
                              {"file", table.file},
                              {"rows", table.rows},
                              {"columns", table.columns},
                              {"key", table.key.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(table.key)}});
  }
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

int run_new_project(const Arguments& arguments) {
  const fs::path target = target_of(arguments.words.front());
  if (const auto reason = refusal(target)) return fail(*reason);
  const std::vector<std::string>& files = arguments.from;
  auto project = files.empty() ? std::expected<NewProject, Failure>(starter_project()) : infer_project(target, files, arguments.account);
  if (!project) {
    Report report;
    const int code = add_failure(report, project.error());
    print_diagnostics(report, arguments, 2);
    return code;
  }
  const NewFolder folder(target);
  for (const NewFile& file : project->files) {
    if (const auto written = folder.write(file); !written) return fail(written.error());
  }
  if (const auto done = folder.commit(); !done) return fail(done.error());
  return print_result(arguments.format == OutputFormat::kJson ? document(target, *project) : summary(target, *project), 0);
}

}  // namespace segue::command
