// The rule files once more, as trees, which say where titles, metadata and expectations stand.
#include "bindings/cpp/diff/declaration_texts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "bindings/cpp/checked_project.h"
#include "compiler/schema/list_file.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

struct TextToken {
  std::uint32_t begin = 0;
  std::string text;
};

bool is_word_letter(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x80 || std::isalnum(byte) != 0 || letter == '_';
}

// End of a text or name in quotes that opens at `at`.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::size_t end_of_token(std::string_view text, std::size_t at) {
  if (text[at] == '"' || text[at] == '`') return end_of_quoted(text, at);
  if (!is_word_letter(text[at])) return at + 1;
  while (at < text.size() && is_word_letter(text[at])) ++at;
  return at;
}

// Words, numbers, texts and signs; comments and blanks are between them.
std::vector<TextToken> tokens_of(std::string_view text, std::uint32_t begin) {
  std::vector<TextToken> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
    } else {
      const std::size_t end = end_of_token(text, at);
      tokens.push_back({begin + static_cast<std::uint32_t>(at), std::string(text.substr(at, end - at))});
      at = end;
    }
  }
  return tokens;
}

// The parts of a declaration that decide nothing.
class IdleSpans {
 public:
  explicit IdleSpans(const ast::Declaration& declaration) {
    std::visit([&](const auto& node) { collect(node); }, declaration.node);
  }

  [[nodiscard]] bool holds(std::uint32_t at) const {
    return std::ranges::any_of(spans_, [&](const Span& span) { return span.begin <= at && at < span.end; });
  }

 private:
  template <typename Node>
  void collect(const Node& node) {
    if constexpr (requires { node.title; }) add(node.title);
    if constexpr (requires { node.metadata; }) {
      for (const ast::Metadata& metadata : node.metadata) spans_.push_back(metadata.span);
    }
    if constexpr (requires {
                    node.metadata;
                    node.expects;
                  }) {
      for (const ast::Expectation& expectation : node.expects) spans_.push_back(expectation.span);
    }
    if constexpr (requires { node.rows; }) {
      for (const ast::Row& row : node.rows) add(row.title);
      if (node.otherwise) add(node.otherwise->title);
    }
    if constexpr (requires { node.shares; }) {
      for (const ast::SplitShare& share : node.shares) add(share.title);
    }
    if constexpr (requires { node.name.span; }) spans_.push_back(node.name.span);
  }
  void add(const std::optional<ast::TextValue>& title) {
    if (title) spans_.push_back(title->span);
  }
  void add(const ast::TextValue&) {}  // a test's

  std::vector<Span> spans_;
};

void add_list_values(const OpenedProject& project, const Ast& ast, const Source& source, const ast::ListDecl& list, DeclarationText& text) {
  if (const auto* literal = std::get_if<ast::ExprId>(&list.values)) {
    if (const auto* elements = std::get_if<ast::ListLiteral>(&ast[*literal].node)) {
      for (const ast::ExprId element : elements->elements) text.values.emplace_back(text_at(source, ast[element].span));
    }
    return;
  }
  const auto& file = std::get<ast::ListFile>(list.values);
  const auto& sources = project.sources.sources;
  const std::string path = std::filesystem::path(file.file.text).lexically_normal().generic_string();
  const auto found = std::ranges::find(sources, path, &Source::path);
  if (found == sources.end()) return;
  const ListFile read = read_list_file(*found, static_cast<SourceId>(found - sources.begin()),
                                       file.column ? std::optional<std::string_view>(file.column->text) : std::nullopt);
  for (const ListValue& value : read.values) text.values.push_back(value.text);
}

DeclarationText text_of(const OpenedProject& project, const Ast& ast, const Source& source, const ast::Declaration& declaration) {
  DeclarationText text;
  text.word = declaration_word(declaration);
  text.file = source.path;
  text.line = position_at(source, declaration.span.begin).line;
  text.text = text_at(source, declaration.span);
  const IdleSpans idle(declaration);
  for (TextToken& token : tokens_of(text.text, declaration.span.begin)) {
    if (!idle.holds(token.begin)) text.meaning.push_back(token.text);
    text.tokens.push_back(std::move(token.text));
  }
  std::erase(text.meaning, "expect");
  if (const auto* list = std::get_if<ast::ListDecl>(&declaration.node)) add_list_values(project, ast, source, *list, text);
  if (const auto* param = std::get_if<ast::ParamDecl>(&declaration.node); param != nullptr && param->value) {
    text.value = text_at(source, ast[*param->value].span);
    text.has_value = true;
  }
  return text;
}

// Whether only an expectation names it: that decides nothing.
bool is_idle_use(const DeclarationText& text, const std::string& name) {
  const auto is_named = [&](const std::vector<std::string>& tokens) {
    return std::ranges::any_of(tokens, [&](const std::string& token) { return token == name || token == "`" + name + "`"; });
  };
  return is_named(text.tokens) && !is_named(text.meaning);
}

}  // namespace

std::map<std::string, DeclarationText> declaration_texts(const OpenedProject& project) {
  std::map<std::string, DeclarationText> texts;
  const CheckResult& check = project.checked->check;
  const auto is_prelude = [&](SourceId id) { return std::ranges::find(check.prelude, id) != check.prelude.end(); };
  std::set<SourceId> rules;
  for (const DeclarationInfo& info : check.declarations) {
    if (!is_prelude(info.span.source)) rules.insert(info.span.source);
  }
  for (const SourceId id : rules) {
    const Source& source = source_of(project.sources, id);
    const Ast ast = parse(source, id).ast;
    for (const ast::Declaration& declaration : ast.declarations) {
      const ast::Name* name = declared_name(declaration);
      if (name != nullptr) texts.emplace(name->text, text_of(project, ast, source, declaration));
    }
  }
  for (const DeclarationInfo& info : check.declarations) {
    const auto text = texts.find(info.name);
    if (text == texts.end()) continue;
    for (const std::uint32_t used : info.uses) {
      if (!is_idle_use(text->second, check.declarations[used].name)) text->second.uses.push_back(check.declarations[used].name);
    }
  }
  return texts;
}

}  // namespace segue
