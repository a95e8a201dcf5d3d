// This file's external interface is `causes_of`: why a definition may mean something else. Private to this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bindings/cpp/diff/compare_versions.h"
#include "bindings/cpp/diff/declaration_texts.h"

namespace segue {

struct VersionTexts {
  std::map<std::string, DeclarationText> base, head;
};

// What changed of what pair number `pair` rests on: its own text, that of declarations that it uses, and columns that it reads.
[[nodiscard]] std::vector<DiffCause> causes_of(const VersionComparison& comparison, const VersionTexts& texts, const ComparedPair& pair);

// How the text of a definition that means the same differs.
[[nodiscard]] std::vector<DiffTextChange> text_changes_of(const VersionComparison& comparison, const VersionTexts& texts,
                                                          const ComparedPair& pair);

}  // namespace segue
