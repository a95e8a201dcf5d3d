// This file's external interface is the reading of single values out of a YAML tree, each with its complaint. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schema/report.h"
#include "compiler/schema/yaml.h"

namespace segue {

// A document with where its complaints go.
struct YamlReader {
  const YamlDocument& document;
  Report& report;

  [[nodiscard]] const YamlNode& node(YamlId id) const { return document.node(id); }
  [[nodiscard]] const YamlNode& value(const YamlEntry& entry) const { return document.node(entry.value); }
};

struct TextValue {
  std::string text;
  Span span;
};

// Where a complaint about an entry's value points: the value itself when it is a text or stands in brackets on the key's line, else the key.
[[nodiscard]] Span value_span(const YamlReader& reader, const YamlEntry& entry);

// Complains of every key of `map` that is not in `known`; `owner` names what the map describes: `a column`.
void refuse_unknown_keys(const YamlReader& reader, const YamlNode& map, std::span<const std::string> known, std::string_view owner);

// The value as text that is not empty; `such_as` shows a good one: `name: text`.
[[nodiscard]] std::optional<TextValue> read_text(const YamlReader& reader, const YamlEntry& entry, std::string_view such_as);

// The value as one of `words`.
[[nodiscard]] std::optional<std::size_t> read_word(const YamlReader& reader, const YamlEntry& entry, std::span<const std::string> words);

// `true` or `false`.
[[nodiscard]] std::optional<bool> read_flag(const YamlReader& reader, const YamlEntry& entry);

// A whole number from `low` to `high`.
[[nodiscard]] std::optional<std::int64_t> read_number(const YamlReader& reader, const YamlEntry& entry, std::int64_t low,
                                                      std::int64_t high);

// A list of one or more texts, each once; none is empty unless `may_be_blank`.
[[nodiscard]] std::optional<std::vector<TextValue>> read_texts(const YamlReader& reader, const YamlEntry& entry, std::string_view such_as,
                                                               bool may_be_blank = false);

// The entry's value as a map; complains otherwise.
[[nodiscard]] const YamlNode* read_map(const YamlReader& reader, const YamlEntry& entry, std::string_view such_as);

// The entry of that key; complains at `owner_span` when there is none.
[[nodiscard]] const YamlEntry* require_entry(const YamlReader& reader, const YamlNode& map, std::string_view key, Span owner_span,
                                             std::string_view owner, std::string_view such_as);

}  // namespace segue
