// YAML text → YamlDocument, over yaml-cpp's events: they show duplicate keys, aliases and further documents, which its nodes hide.
#include "compiler/schema/yaml.h"

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "compiler/schema/report.h"

namespace segue {
namespace {

constexpr std::string_view kYamlBlanks = " \t";
constexpr std::uint64_t kMaxRepeatedNodes = 100'000;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_break(char c) { return c == '\n' || c == '\r'; }

std::uint32_t offset(std::size_t position) { return static_cast<std::uint32_t>(position); }

// ── Where a token of the text ends; yaml-cpp only says where it begins ───────────────────────────────────────────────────────

std::size_t end_of_double_quoted(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    else if (text[i] == '"') return i + 1;
  }
  return std::string_view::npos;
}

std::size_t end_of_single_quoted(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != '\'') continue;
    if (i + 1 < text.size() && text[i + 1] == '\'') ++i;
    else return i + 1;
  }
  return std::string_view::npos;
}

// A plain text may run over several lines, which the value joins with blanks.
std::size_t end_of_plain(std::string_view text, std::size_t at, std::string_view value) {
  for (const char c : value) {
    if (is_blank(c) || is_break(c)) {
      while (at < text.size() && (is_blank(text[at]) || is_break(text[at]))) ++at;
    } else {
      ++at;
    }
  }
  return std::min(at, text.size());
}

std::size_t end_of_line(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_of("\r\n", at);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t end_of_text(std::string_view text, std::size_t at, std::string_view value, bool is_plain) {
  if (is_plain || at >= text.size()) return end_of_plain(text, at, value);
  std::size_t end = std::string_view::npos;
  if (text[at] == '"') end = end_of_double_quoted(text, at);
  if (text[at] == '\'') end = end_of_single_quoted(text, at);
  return end == std::string_view::npos ? end_of_line(text, at) : end;
}

// Steps over `&anchor` and `!tag` in front of a value.
std::size_t skip_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    while (at < text.size() && !is_blank(text[at]) && !is_break(text[at])) ++at;
    while (at < text.size() && (is_blank(text[at]) || is_break(text[at]))) ++at;
  }
  return at;
}

// yaml-cpp tells a plain `null` or `~` as an empty value; in our files plain scalars are text.
std::string_view null_word(std::string_view text, std::size_t at, bool is_key) {
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (text.substr(std::min(at, text.size()), word.size()) != word) continue;
    const std::size_t next = at + word.size();
    if (next >= text.size() || std::string_view(" \t\r\n,]}").contains(text[next])) return word;
    if (is_key && text[next] == ':') return word;
  }
  return {};
}

// yaml-cpp takes tabs on a line that holds nothing, or a comment, for indentation.
void mask_blank_tabs(std::string& text) {
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = end_of_line(text, line);
    const std::size_t content = std::min(text.find_first_not_of(" \t", line), end);
    if (content == end || text[content] == '#') {
      std::replace(text.begin() + static_cast<std::ptrdiff_t>(line), text.begin() + static_cast<std::ptrdiff_t>(content), '\t', ' ');
    }
    line = std::min(text.find('\n', line), text.size() - 1) + 1;
  }
}

// yaml-cpp ends a plain text in brackets at a `?`, as YAML 1.0 did; `[text?, int?]` is good YAML since. It is shown this control
// character instead (of the same length, and refused in our files) wherever `?` cannot be the sign of a key.
constexpr char kQuestionMark = '\x01';

std::string masked_text(std::string_view text) {
  std::string masked(text);
  mask_blank_tabs(masked);
  for (std::size_t at = text.find('?'); at != std::string_view::npos; at = text.find('?', at + 1)) {
    const bool is_first = at == 0 || std::string_view(" \t\r\n[]{},").contains(text[at - 1]);
    const bool is_last = at + 1 == text.size() || is_blank(text[at + 1]) || is_break(text[at + 1]);
    if (!is_first || !is_last) masked[at] = kQuestionMark;
  }
  return masked;
}

std::string with_question_marks(std::string text) {
  std::ranges::replace(text, kQuestionMark, '?');
  return text;
}

// ── The tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

YamlNode empty_node(Span span) {
  YamlNode node;
  node.span = span;
  return node;
}

// Thrown through yaml-cpp to leave it where a further document starts.
struct FurtherDocument {
  std::size_t at = 0;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Source& source, SourceId id, YamlDocument& document)
      : text_(source.text),
        id_(id),
        document_(document),
        report_(document.diagnostics),
        base_(text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

  [[nodiscard]] std::size_t position(const YAML::Mark& mark) const {
    const std::size_t at = base_ + static_cast<std::size_t>(std::max(mark.pos, 0));
    return std::min(at, text_.size());
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (is_complete_) throw FurtherDocument{position(mark)};
  }
  void OnDocumentEnd() override { is_complete_ = true; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t at = skip_properties(text_, position(mark));
    const std::string_view word = null_word(text_, at, expects_key());
    YamlNode node;
    node.kind = word.empty() ? YamlKind::kEmpty : YamlKind::kText;
    node.is_plain = true;
    node.text = word;
    node.span = Span{id_, offset(at), offset(at + word.size())};
    finish(append(std::move(node), 1), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t at = position(mark);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      const std::size_t end = text_.find_first_of(" \t\r\n,]}", at);
      const Span span{id_, offset(at), offset(end == std::string_view::npos ? text_.size() : end)};
      report_.add(DiagnosticKind::kYamlSyntax, span, "an alias stands inside the value that it repeats; write the value out");
      if (!open_.empty()) open_.back().is_dropped = true;
      return finish(append(empty_node(span), 1), YAML::NullAnchor);
    }
    repeated_ += sizes_[static_cast<std::uint32_t>(found->second)];
    if (repeated_ <= kMaxRepeatedNodes) return finish(found->second, YAML::NullAnchor);
    const Span span{id_, offset(at), offset(std::min(at + 1, text_.size()))};
    if (!has_reported_aliases_) {
      report_.add(DiagnosticKind::kYamlSyntax, span, "aliases (`*`) repeat more than 100,000 values up to here; write the values out");
    }
    has_reported_aliases_ = true;
    finish(append(empty_node(span), 1), YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    const std::size_t start = position(mark);
    const std::size_t at = skip_properties(text_, start);
    YamlNode node;
    node.kind = YamlKind::kText;
    node.is_plain = tag != "!" && (at >= text_.size() || (text_[at] != '"' && text_[at] != '\''));
    node.text = with_question_marks(value);
    node.span = Span{id_, offset(at), offset(end_of_text(text_, at, value, node.is_plain))};
    refuse_tag(tag, start);
    finish(append(std::move(node), 1), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    start(YamlKind::kList, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    start(YamlKind::kMap, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override { end(); }

 private:
  // A list or map whose end has not come yet.
  struct Open {
    YamlId id{};
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::uint64_t size = 1;
    bool has_key = false;  // of a map: the next node is a value
    YamlEntry entry;
    bool is_dropped = false;  // the key is in error already
    std::unordered_map<std::string, Span> keys;
  };

  [[nodiscard]] bool opens_bracket(std::size_t at) const { return at < text_.size() && (text_[at] == '[' || text_[at] == '{'); }

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && document_.node(open_.back().id).kind == YamlKind::kMap && !open_.back().has_key;
  }

  YamlId append(YamlNode node, std::uint64_t size) {
    last_event_ = node.span.end;
    document_.nodes.push_back(std::move(node));
    sizes_.push_back(size);
    return static_cast<YamlId>(document_.nodes.size() - 1);
  }

  void start(YamlKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const std::size_t begin = position(mark);
    const std::size_t at = skip_properties(text_, begin);
    refuse_tag(tag, begin);
    YamlNode node;
    node.kind = kind;
    node.span = Span{id_, offset(at), offset(at)};
    const YamlId id = append(std::move(node), 1);
    open_.push_back(Open{.id = id, .anchor = anchor, .size = 1, .has_key = false, .entry = {}, .is_dropped = false, .keys = {}});
  }

  void end() {
    const Open done = std::move(open_.back());
    open_.pop_back();
    YamlNode& node = document_.nodes[static_cast<std::uint32_t>(done.id)];
    node.span.end = std::max(node.span.end, last_event_);
    if (opens_bracket(node.span.begin)) close_bracket(node);
    sizes_[static_cast<std::uint32_t>(done.id)] = done.size;
    finish(done.id, done.anchor);
  }

  // The end of a list or map in brackets is the bracket after its last value.
  void close_bracket(YamlNode& node) {
    std::size_t at = std::max<std::size_t>(node.span.end, node.span.begin + 1);
    while (at < text_.size() && std::string_view(" \t\r\n,:").contains(text_[at])) ++at;
    if (at < text_.size() && (text_[at] == ']' || text_[at] == '}')) node.span.end = offset(at + 1);
    last_event_ = std::max(last_event_, node.span.end);
  }

  // Puts a node that is whole where it belongs.
  void finish(YamlId id, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = id;
    if (open_.empty()) {
      document_.root = id;
      return;
    }
    Open& parent = open_.back();
    parent.size += sizes_[static_cast<std::uint32_t>(id)];
    YamlNode& node = document_.nodes[static_cast<std::uint32_t>(parent.id)];
    if (node.kind == YamlKind::kList) node.items.push_back(id);
    else if (!parent.has_key) take_key(parent, id);
    else take_value(parent, id);
  }

  void take_key(Open& map, YamlId id) {
    const YamlNode& node = document_.node(id);
    map.has_key = true;
    map.is_dropped = false;
    map.entry = YamlEntry{node.text, node.span, {}};
    if (node.kind != YamlKind::kText) {
      map.is_dropped = true;
      report_.add(
          DiagnosticKind::kYamlSyntax, node.span,
          node.kind == YamlKind::kEmpty ? "a key is missing here; write `key: value`" : "a key must be one text; write `key: value`");
      return;
    }
    const auto [first, is_new] = map.keys.emplace(node.text, node.span);
    if (is_new) return;
    map.is_dropped = true;
    report_
        .add(DiagnosticKind::kDuplicateKey, node.span,
             fmt::format("the key `{}` stands here a second time; keep one of the two", node.text))
        .notes.push_back(make_note("the first one", first->second));
  }

  void take_value(Open& map, YamlId id) {
    map.has_key = false;
    YamlNode& value = document_.nodes[static_cast<std::uint32_t>(id)];
    if (value.kind == YamlKind::kEmpty) value.span = map.entry.key_span;
    if (map.is_dropped) return;
    map.entry.value = id;
    document_.nodes[static_cast<std::uint32_t>(map.id)].entries.push_back(std::move(map.entry));
  }

  void refuse_tag(const std::string& tag, std::size_t at) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const std::size_t end = text_.find_first_of(" \t\r\n,]}", at);
    const Span span{id_, offset(at), offset(end == std::string_view::npos ? text_.size() : end)};
    report_.add(DiagnosticKind::kYamlSyntax, span,
                "a text that begins with `!` is a tag in YAML, which these files do not use; put the text in double quotes");
  }

  std::string_view text_;
  SourceId id_;
  YamlDocument& document_;
  Report report_;
  std::size_t base_;
  std::vector<std::uint64_t> sizes_;  // nodes below each node, with aliases written out
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, YamlId> anchors_;
  std::uint64_t repeated_ = 0;
  bool has_reported_aliases_ = false;
  bool is_complete_ = false;
  std::uint32_t last_event_ = 0;
};

// ── What is refused before yaml-cpp sees it ──────────────────────────────────────────────────────────────────────────────────

bool is_forbidden(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c == '\r') return at + 1 >= text.size() || text[at + 1] != '\n';
  return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
}

bool refuse_bytes(std::string_view text, SourceId id, Report& report) {
  if (!report.accepts_utf8(id, text)) return true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_forbidden(text, at)) continue;
    report.add(DiagnosticKind::kYamlSyntax, Span{id, offset(at), offset(at + 1)},
               fmt::format("a control character (U+{:04X}) stands here; delete it", static_cast<unsigned char>(text[at])));
    return true;
  }
  return false;
}

// One diagnostic for all lines that tabs indent, with a fix that writes two blanks for each tab.
bool refuse_tabs(std::string_view text, SourceId id, Report& report) {
  std::vector<Span> tabs;
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t content = text.find_first_not_of(" \t", line);
    const std::size_t end = end_of_line(text, line);
    if (content < end && text[content] != '#') {
      for (std::size_t at = line; at < content; ++at) {
        if (text[at] == '\t') tabs.push_back(Span{id, offset(at), offset(at + 1)});
      }
    }
    const std::size_t next = text.find('\n', line);
    line = next == std::string_view::npos ? text.size() : next + 1;
  }
  if (tabs.empty()) return false;
  Diagnostic& diagnostic =
      report.add(DiagnosticKind::kYamlSyntax, tabs.front(), "a tab indents this line, which YAML does not allow; indent with blanks");
  diagnostic.fix = Fix{.message = "write two blanks for each tab", .edits = {}};
  for (const Span& tab : tabs) diagnostic.fix->edits.push_back(Edit{tab, "  "});
  return true;
}

// ── What yaml-cpp refuses, in our words ──────────────────────────────────────────────────────────────────────────────────────

bool says(const YAML::Exception& error, const char* message) { return error.msg.starts_with(message); }

// What is open at a place in the text: brackets, the innermost last, and a quote that is never closed. A light reading of the
// text, for messages only.
struct OpenSigns {
  std::vector<std::size_t> brackets;
  std::optional<std::size_t> quote;
};

// Whether a value may begin at `at`: nothing stands before it on its line, or a sign that a value follows.
bool may_begin_value(std::string_view text, std::size_t at) {
  while (at > 0 && is_blank(text[at - 1])) --at;
  return at == 0 || std::string_view("\r\n:-?[{,").contains(text[at - 1]);
}

OpenSigns open_signs(std::string_view text, std::size_t limit) {
  OpenSigns open;
  for (std::size_t at = 0; at < std::min(limit, text.size()); ++at) {
    const char c = text[at];
    if (c == '#' && (at == 0 || is_blank(text[at - 1]) || is_break(text[at - 1]))) {
      at = end_of_line(text, at);
    } else if ((c == '"' || c == '\'') && may_begin_value(text, at)) {
      const std::size_t end = c == '"' ? end_of_double_quoted(text, at) : end_of_single_quoted(text, at);
      if (end == std::string_view::npos) open.quote = at;
      if (open.quote) break;
      at = end - 1;
    } else if ((c == '[' || c == '{') && (!open.brackets.empty() || may_begin_value(text, at))) {
      open.brackets.push_back(at);
    } else if ((c == ']' || c == '}') && !open.brackets.empty()) {
      open.brackets.pop_back();
    }
  }
  return open;
}

struct Complaint {
  std::size_t at = 0;
  std::size_t end = 0;
  std::string message;
  std::string replacement = {};  // empty when none is plain
};

std::string quoted_piece(std::string_view text, std::size_t at) {
  std::size_t end = text.find_first_of(" \t\r\n,]}", at);
  if (end == std::string_view::npos) end = text.size();
  return std::string(text.substr(at, std::min<std::size_t>(end - at, 80)));
}

Complaint star_complaint(std::string_view text, std::size_t at) {
  while (at > 0 && text[std::min(at, text.size() - 1)] != '*' && text[std::min(at, text.size() - 1)] != '&' && !is_break(text[at - 1]))
    --at;
  const std::string piece = quoted_piece(text, at);
  const std::string quoted = fmt::format("\"{}\"", piece);
  return {at, at + piece.size(),
          fmt::format("a text that begins with `{}` needs quotes; write `{}`", piece.empty() ? "*" : piece.substr(0, 1), quoted), quoted};
}

Complaint bracket_complaint(std::string_view text, std::size_t bracket) {
  return {bracket, bracket + 1,
          fmt::format("this `{}` is not closed as it should; separate its values with commas and end it with `{}`", text[bracket],
                      text[bracket] == '[' ? ']' : '}')};
}

// A line that cannot follow those above it.
Complaint line_complaint(std::string_view text, std::size_t at) {
  while (at > 0 && !is_break(text[at - 1])) --at;
  at = std::min(text.find_first_not_of(kYamlBlanks, at), text.size());
  return {at, std::max(at, end_of_line(text, at)),
          "this line does not fit the lines above it; check its indentation, and write a blank after each `:`"};
}

// `a: b: c`, or a line that is indented wrongly: yaml-cpp tells them alike.
Complaint colon_complaint(std::string_view text, std::size_t at) {
  const std::size_t line = at == 0 ? 0 : text.find_last_of("\r\n", at - 1) + 1;
  if (text.substr(line, at - line).find(": ") == std::string_view::npos) return line_complaint(text, at);
  return {at, at + 1, "a second `:` on this line; put a text that holds `: ` in double quotes, or start a new line"};
}

Complaint complaint_of(const YAML::Exception& error, std::size_t at, std::string_view text) {
  namespace msg = YAML::ErrorMsg;
  const std::size_t end = std::min(at + 1, text.size());
  const OpenSigns open = open_signs(text, at);
  if (says(error, msg::UNKNOWN_ANCHOR) || says(error, msg::CHAR_IN_ALIAS) || says(error, msg::ALIAS_NOT_FOUND) ||
      says(error, msg::CHAR_IN_ANCHOR) || says(error, msg::ANCHOR_NOT_FOUND) || says(error, msg::ALIAS_CONTENT)) {
    return star_complaint(text, at);
  }
  if (says(error, msg::BAD_FILE)) return {at, end, "lists and maps nest more than 500 levels deep here; write them flatter"};
  if (open.quote) return {*open.quote, *open.quote + 1, "this quote is never closed; write the same quote at the end of the text"};
  if (says(error, msg::INVALID_ESCAPE) || says(error, msg::INVALID_HEX) || says(error, msg::INVALID_UNICODE)) {
    return {at, end, "this is no escape that YAML knows; write `\\\\` for a backslash, or use single quotes"};
  }
  if (!open.brackets.empty()) return bracket_complaint(text, open.brackets.back());
  if (says(error, msg::FLOW_END)) return {at, end, fmt::format("this `{}` closes no bracket; delete it, or open one", text.substr(at, 1))};
  if (says(error, msg::BLOCK_ENTRY)) return {at, end, "a list entry (`-`) cannot stand here; start it on a line of its own, or use `[…]`"};
  if (says(error, msg::MAP_VALUE) || says(error, msg::MAP_KEY)) return colon_complaint(text, at);
  if (says(error, msg::UNKNOWN_TOKEN) && at < text.size()) {
    return {at, end, fmt::format("a text cannot begin with `{}` unless it stands in double quotes", text.substr(at, 1))};
  }
  return line_complaint(text, at);
}

void report_further_document(std::string_view text, SourceId id, std::size_t at, Report& report) {
  const Span span{id, offset(at), offset(std::min(end_of_line(text, at), at + 3))};
  if (text.substr(at).starts_with("---")) {
    report.add(DiagnosticKind::kYamlSyntax, span, "a second YAML document starts here; keep one document a file");
  } else {
    report.add(DiagnosticKind::kYamlSyntax, span, line_complaint(text, at).message);
  }
}

void read_documents(const Source& source, SourceId id, YamlDocument& document, Report& report) {
  const std::string_view text = source.text;
  TreeBuilder tree(source, id, document);
  try {
    std::istringstream stream{masked_text(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(tree)) parser.HandleNextDocument(tree);
    return;
  } catch (const FurtherDocument& further) {
    report_further_document(text, id, further.at, report);
    return;  // what the first document says can still be checked
  } catch (const YAML::Exception& error) {
    const Complaint complaint = complaint_of(error, tree.position(error.mark), text);
    const Span span{id, offset(complaint.at), offset(complaint.end)};
    Diagnostic& diagnostic = report.add(DiagnosticKind::kYamlSyntax, span, complaint.message);
    if (!complaint.replacement.empty()) {
      diagnostic.fix = Fix{fmt::format("write `{}`", complaint.replacement), {Edit{span, complaint.replacement}}};
    }
  }
  document.root.reset();
}

}  // namespace

YamlDocument parse_yaml(const Source& source, SourceId id) {
  YamlDocument document;
  Report report(document.diagnostics);
  if (refuse_bytes(source.text, id, report) || refuse_tabs(source.text, id, report)) return document;
  read_documents(source, id, document, report);
  return document;
}

const YamlEntry* find_entry(const YamlNode& map, std::string_view key) {
  const auto found = std::ranges::find(map.entries, key, &YamlEntry::key);
  return found == map.entries.end() ? nullptr : &*found;
}

}  // namespace segue
