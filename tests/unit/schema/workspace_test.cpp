// Projects on disk: finding them, their rule files, and files that are not there.
#include "compiler/schema/workspace.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "compiler/schema/glob.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

// A folder of its own for one test.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("segue_schema_test_" + std::to_string(::getpid()) + "_" + std::to_string(next_++))) {
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  static inline int next_ = 0;
  fs::path path_;
};

constexpr const char* kSchema = "account: {key: id, columns: {id: text}}\n";
std::string project_with(const std::string& rules) {
  return "language: 1\nschema: schema.yaml\nrules: " + rules + "\nsources: {account: a.csv}\n";
}

TEST_CASE("patterns match names") {
  CHECK(glob_matches("*.seg", "a.seg"));
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("a*b*c", "aXbYbZc"));
  CHECK(glob_matches("?.seg", "ä.seg"));
  CHECK(glob_matches("[a-c]x", "bx"));
  CHECK(glob_matches("[!a-c]x", "dx"));
  CHECK(glob_matches("[]]", "]"));
  CHECK(glob_matches("[", "["));
  CHECK_FALSE(glob_matches("*.seg", "a.segx"));
  CHECK_FALSE(glob_matches("?", ""));
  CHECK_FALSE(glob_matches("[!a]", "a"));
  CHECK_FALSE(glob_matches(std::string(50, '*') + "b", std::string(10'000, 'a')));
}

TEST_CASE("a pattern's files are sorted, each once, without hidden ones") {
  const Folder folder;
  for (const char* name : {"b.seg", "a/x.seg", "a/b/c/y.seg", ".hidden/z.seg", "a/.z.seg", "a/x.txt"}) folder.write(name, "");
  using Paths = std::vector<std::string>;
  CHECK(expand_glob(folder.path(), "**/*.seg") == Paths{"a/b/c/y.seg", "a/x.seg", "b.seg"});
  CHECK(expand_glob(folder.path(), "**/**/*.seg") == Paths{"a/b/c/y.seg", "a/x.seg", "b.seg"});
  CHECK(expand_glob(folder.path(), "a/*.seg") == Paths{"a/x.seg"});
  CHECK(expand_glob(folder.path(), "./a/../b.seg") == Paths{"b.seg"});
  CHECK(expand_glob(folder.path(), "a/**") == Paths{"a/b/c/y.seg", "a/x.seg", "a/x.txt"});
  CHECK(expand_glob(folder.path(), "*/b/**/y.seg") == Paths{"a/b/c/y.seg"});
  CHECK(expand_glob(folder.path(), "nothing/*").empty());
  CHECK(expand_glob(folder.path(), "a").empty());
  CHECK(expand_glob(folder.path(), (folder.path() / "*.seg").string()) == Paths{(folder.path() / "b.seg").string()});
}

TEST_CASE("the nearest project file upward is found") {
  const Folder folder;
  folder.write("segue.yaml", "");
  folder.write("a/b/x", "");
  CHECK(find_project("", folder.path() / "a/b").value() == folder.path() / "segue.yaml");
  CHECK(find_project(folder.path(), "").value() == folder.path() / "segue.yaml");
  CHECK(find_project(folder.path() / "segue.yaml", "").value() == folder.path() / "segue.yaml");
  CHECK_FALSE(find_project(folder.path() / "a", ""));
  CHECK_FALSE(find_project(folder.path() / "no.yaml", ""));
  CHECK_FALSE(find_project(folder.path() / "a/b/x", ""));
}

TEST_CASE("a workspace holds project file, schema and rule files in order of path") {
  const Folder folder;
  folder.write("segue.yaml", project_with("[segments/**/*.seg, \"*.seg\"]"));
  folder.write("schema.yaml", kSchema);
  folder.write("segments/b.seg", "b");
  folder.write("segments/a/z.seg", "a");
  folder.write("c.seg", "c");
  const auto workspace = load_workspace(folder.path() / "segue.yaml");
  REQUIRE(workspace);
  CHECK(workspace->diagnostics.empty());
  std::vector<std::string> paths;
  for (const Source& source : workspace->sources.sources) paths.push_back(source.path);
  CHECK(paths == std::vector<std::string>{"segue.yaml", "schema.yaml", "c.seg", "segments/a/z.seg", "segments/b.seg"});
  CHECK(workspace->rules.size() == 3);
  CHECK(source_of(workspace->sources, workspace->rules[1]).text == "a");
  CHECK(workspace->schema.tables.size() == 1);
}

TEST_CASE("a pattern without files is a warning, a folder an error with a fix") {
  const Folder folder;
  folder.write("schema.yaml", kSchema);
  folder.write("segments/readme.txt", "");
  folder.write("segue.yaml", project_with("[segments/*]"));
  const auto warned = load_workspace(folder.path() / "segue.yaml");
  REQUIRE(warned->diagnostics.size() == 1);
  CHECK(warned->diagnostics[0].kind == DiagnosticKind::kNoRuleFiles);
  CHECK(warned->diagnostics[0].severity == Severity::kWarning);
  folder.write("segue.yaml", project_with("[segments]"));
  const auto refused = load_workspace(folder.path() / "segue.yaml");
  REQUIRE(refused->diagnostics.size() == 1);
  CHECK(refused->diagnostics[0].fix->edits[0].text == "segments/**/*.seg");
}

TEST_CASE("a file that is not there, or is a folder, is the environment's fault and is named") {
  const Folder folder;
  CHECK(load_workspace(folder.path() / "segue.yaml").error().message == "cannot read `segue.yaml`: there is no such file; check the path");
  folder.write("segue.yaml", project_with("[a.seg]"));
  CHECK(load_workspace(folder.path() / "segue.yaml").error().message ==
        "cannot read `schema.yaml`: there is no such file; check the path (named in `segue.yaml`, line 2)");
  fs::create_directories(folder.path() / "schema.yaml");
  CHECK(load_workspace(folder.path() / "segue.yaml").error().message ==
        "cannot read `schema.yaml`: it is a folder; name a file (named in `segue.yaml`, line 2)");
  fs::remove(folder.path() / "schema.yaml");
  folder.write("schema.yaml", kSchema);
  CHECK(load_workspace(folder.path() / "segue.yaml").error().path == "a.seg");
}

TEST_CASE("what the project file says wrong is told before a file that is not there") {
  const Folder folder;
  folder.write("segue.yaml", project_with("[x/*.seg]") + "week_starts: someday\n");
  const auto workspace = load_workspace(folder.path() / "segue.yaml");
  REQUIRE(workspace);
  CHECK(has_errors(workspace->diagnostics));
}

TEST_CASE("a file is read into the sources once") {
  const Folder folder;
  folder.write("lists/a.csv", "x\n");
  SourceMap sources;
  const SourceId first = read_source(sources, folder.path(), "lists/a.csv").value();
  CHECK(read_source(sources, folder.path(), "./lists/../lists/a.csv").value() == first);
  CHECK(sources.sources.size() == 1);
  CHECK_FALSE(read_source(sources, folder.path(), "lists/b.csv"));
}

}  // namespace
}  // namespace segue
