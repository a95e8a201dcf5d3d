// This file's external interface is `declaration_texts`: what each declaration of a version says, apart from layout and comments. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/project.h"

namespace segue {

struct DeclarationText {
  std::string word;  // `segment`, `define`, `list` …
  std::string file;  // relative to the project's folder
  std::uint32_t line = 0;
  std::string text;                  // as written
  std::vector<std::string> tokens;   // all but comments
  std::vector<std::string> meaning;  // of them those that decide: without title, metadata and expectations, and without its own name
  std::vector<std::string> values;   // of a list: as written, or the lines of its file
  std::string value;                 // of a param
  bool has_value = false;            // of a param
  std::vector<std::string> uses;     // the names of the declarations that decide
};

// By name, without the prelude's.
[[nodiscard]] std::map<std::string, DeclarationText> declaration_texts(const OpenedProject& project);

}  // namespace segue
