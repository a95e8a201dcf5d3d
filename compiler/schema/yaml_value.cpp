// Single values out of a YAML tree, each with its complaint.
#include "compiler/schema/yaml_value.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

namespace segue {
namespace {

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::kEmpty: return "empty";
    case YamlKind::kText: return node.text.empty() ? std::string("an empty text") : fmt::format("`{}`", node.text);
    case YamlKind::kList: return node.items.empty() ? "an empty list" : "a list";
    case YamlKind::kMap: return node.entries.empty() ? "an empty map" : "a map";
  }
  return {};
}

void refuse_value(const YamlReader& reader, const YamlEntry& entry, std::string_view wanted) {
  reader.report.add(DiagnosticKind::kInvalidValue, value_span(reader, entry),
                    fmt::format("`{}` must be {}, but is {}", entry.key, wanted, shown(reader.value(entry))));
}

}  // namespace

Span value_span(const YamlReader& reader, const YamlEntry& entry) {
  const YamlNode& value = reader.value(entry);
  return value.kind == YamlKind::kText && value.span.begin < value.span.end ? value.span : entry.key_span;
}

void refuse_unknown_keys(const YamlReader& reader, const YamlNode& map, std::span<const std::string> known, std::string_view owner) {
  for (const YamlEntry& entry : map.entries) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    Diagnostic& diagnostic = reader.report.add_near(DiagnosticKind::kUnknownKey, entry.key_span,
                                                    fmt::format("unknown key `{}` of {}", entry.key, owner), entry.key, known);
    if (!diagnostic.fix) diagnostic.message += fmt::format("; its keys are {}", quoted_list(known, "and"));
  }
}

std::optional<TextValue> read_text(const YamlReader& reader, const YamlEntry& entry, std::string_view such_as) {
  const YamlNode& value = reader.value(entry);
  if (value.kind == YamlKind::kText && !value.text.empty()) return TextValue{value.text, value.span};
  refuse_value(reader, entry, fmt::format("one text, such as `{}`", such_as));
  return std::nullopt;
}

std::optional<std::size_t> read_word(const YamlReader& reader, const YamlEntry& entry, std::span<const std::string> words) {
  const YamlNode& value = reader.value(entry);
  const std::string wanted = quoted_list(words, "or");
  if (value.kind != YamlKind::kText) {
    refuse_value(reader, entry, wanted);
    return std::nullopt;
  }
  const auto found = std::ranges::find(words, value.text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  reader.report.add_near(DiagnosticKind::kInvalidValue, value_span(reader, entry),
                         fmt::format("`{}` must be {}, but is `{}`", entry.key, wanted, value.text), value.text, words);
  return std::nullopt;
}

std::optional<bool> read_flag(const YamlReader& reader, const YamlEntry& entry) {
  const YamlNode& value = reader.value(entry);
  if (value.kind == YamlKind::kText && value.text == "true") return true;
  if (value.kind == YamlKind::kText && value.text == "false") return false;
  refuse_value(reader, entry, "`true` or `false`");
  return std::nullopt;
}

std::optional<std::int64_t> read_number(const YamlReader& reader, const YamlEntry& entry, std::int64_t low, std::int64_t high) {
  const std::string& text = reader.value(entry).text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (is_whole && low <= number && number <= high) return number;
  refuse_value(reader, entry, fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

std::optional<std::vector<TextValue>> read_texts(const YamlReader& reader, const YamlEntry& entry, std::string_view such_as,
                                                 bool may_be_blank) {
  const YamlNode& value = reader.value(entry);
  if (value.kind != YamlKind::kList || value.items.empty()) {
    refuse_value(reader, entry, fmt::format("a list of one or more values, such as `{}`", such_as));
    return std::nullopt;
  }
  std::vector<TextValue> texts;
  std::unordered_map<std::string_view, Span> seen;
  bool is_good = true;
  for (const YamlId id : value.items) {
    const YamlNode& item = reader.node(id);
    const Span span = item.span.begin < item.span.end ? item.span : entry.key_span;
    if (item.kind != YamlKind::kText || (item.text.empty() && !may_be_blank)) {
      reader.report.add(DiagnosticKind::kInvalidValue, span,
                        fmt::format("a value of `{}` is {}; each must be one text that is not empty", entry.key, shown(item)));
      is_good = false;
    } else if (const auto [first, is_new] = seen.emplace(item.text, span); !is_new) {
      reader.report
          .add(DiagnosticKind::kInvalidValue, span,
               fmt::format("the value `{}` of `{}` stands here a second time; keep one of the two", item.text, entry.key))
          .notes.push_back(make_note("the first one", first->second));
      is_good = false;
    } else {
      texts.push_back(TextValue{item.text, span});
    }
  }
  return is_good ? std::optional(std::move(texts)) : std::nullopt;
}

const YamlNode* read_map(const YamlReader& reader, const YamlEntry& entry, std::string_view such_as) {
  const YamlNode& value = reader.value(entry);
  if (value.kind == YamlKind::kMap) return &value;
  refuse_value(reader, entry, fmt::format("a map, such as `{}`", such_as));
  return nullptr;
}

const YamlEntry* require_entry(const YamlReader& reader, const YamlNode& map, std::string_view key, Span owner_span, std::string_view owner,
                               std::string_view such_as) {
  if (const YamlEntry* entry = find_entry(map, key)) return entry;
  reader.report.add(DiagnosticKind::kMissingKey, owner_span, fmt::format("{} needs `{}`; add a line such as `{}`", owner, key, such_as));
  return nullptr;
}

}  // namespace segue
