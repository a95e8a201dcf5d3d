// This file's external interface is `parse_yaml`: a YAML text as a flat tree in which every scalar is text and everything has its
// place. Private to this folder; yaml-cpp is seen in yaml.cpp only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"

namespace segue {

enum class YamlId : std::uint32_t {};

enum class YamlKind : std::uint8_t { kEmpty, kText, kList, kMap };

struct YamlEntry {
  std::string key;
  Span key_span;
  YamlId value{};
};

struct YamlNode {
  YamlKind kind = YamlKind::kEmpty;
  bool is_plain = false;           // a text without quotes
  std::string text;                // kText
  Span span;                       // of a block list or map: from its first entry on; of an empty value: its key
  std::vector<YamlId> items;       // kList
  std::vector<YamlEntry> entries;  // kMap: in order, each key once
};

// Nodes are addressed by id; one that has an anchor may stand in several places.
struct YamlDocument {
  std::vector<YamlNode> nodes;
  std::optional<YamlId> root;  // none for an empty text, and for one that is not YAML
  std::vector<Diagnostic> diagnostics;

  [[nodiscard]] const YamlNode& node(YamlId id) const { return nodes[static_cast<std::uint32_t>(id)]; }
};

// Any bytes give a tree or diagnostics: text that is not UTF-8, control characters, tabs in the indentation, what is not YAML,
// a key twice, a further document, tags, and aliases that repeat more than 100,000 values.
[[nodiscard]] YamlDocument parse_yaml(const Source& source, SourceId id);

// The entry of a map; nullptr where there is none.
[[nodiscard]] const YamlEntry* find_entry(const YamlNode& map, std::string_view key);

}  // namespace segue
