// The examples of `builtins.def` are executed: each must hold for the account of the project in examples/, on both engines.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "bindings/cpp/segue.h"
#include "stdlib/builtins.h"

namespace fs = std::filesystem;

namespace segue {
namespace {

// A copy of the project with one segment a row; removed at the end.
struct ExampleProject {
  fs::path root;

  ExampleProject() {
    std::string name = (fs::temp_directory_path() / "segue-examples-XXXXXX").string();
    root = mkdtemp(name.data());
    fs::copy(fs::path(SEGUE_SOURCE_DIR) / "tests/unit/stdlib/examples", root, fs::copy_options::recursive);
    std::ofstream rules(root / "examples.seg");
    for (const Builtin& row : builtins()) rules << "segment row_" << static_cast<int>(row.id) << " {\n  where " << row.example << "\n}\n\n";
  }
  ExampleProject(const ExampleProject&) = delete;
  ExampleProject& operator=(const ExampleProject&) = delete;
  ~ExampleProject() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
};

}  // namespace

TEST_CASE("every example of the table of builtins holds, on both engines") {
  const ExampleProject folder;
  const auto project = open_project(folder.root / "segue.yaml");
  REQUIRE(project);
  for (const Diagnostic& diagnostic : project->diagnostics) {
    INFO(diagnostic.message);
    CHECK(diagnostic.severity != Severity::kError);
  }
  REQUIRE(project->definitions.size() == builtins().size());
  for (const Engine engine : {Engine::kInterpreter, Engine::kNative}) {
    EvaluateOptions options;
    options.data.clock = parse_clock(*project, "2026-07-15").value();
    options.engine = engine;
    const auto evaluation = evaluate(*project, options);
    REQUIRE(evaluation);
    for (std::size_t i = 0; i < evaluation->definitions.size(); ++i) {
      INFO(builtins()[i].example);
      CHECK(evaluation->definitions[i].size == 1);
      CHECK(evaluation->definitions[i].undetermined == 0);
    }
  }
}

}  // namespace segue
