// What the rules declare, from the checked program and, for what it no longer has, from the text of the rules once more.
#include "bindings/cpp/report/catalogue.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "bindings/cpp/checked_project.h"
#include "bindings/cpp/report/dictionary.h"
#include "compiler/check/walk.h"
#include "compiler/schema/column_type.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

constexpr std::size_t kNoEntry = ~std::size_t{0};

// The trees of all files of rules, and the declarations in them by where their name stands.
struct Trees {
  std::vector<Ast> trees;
  std::map<Span, std::pair<std::size_t, std::size_t>> places;  // tree, declaration
};

std::set<SourceId> rule_sources(const CheckedProject& project) {
  std::set<SourceId> ids(project.workspace.rules.begin(), project.workspace.rules.end());
  for (const DeclarationInfo& declaration : project.check.declarations) ids.insert(declaration.name_span.source);
  for (const CheckedTest& test : project.check.tests.tests) ids.insert(test.title_span.source);
  return ids;
}

Trees parse_again(const OpenedProject& project) {
  Trees all;
  for (const SourceId id : rule_sources(*project.checked)) {
    all.trees.push_back(parse(source_of(project.sources, id), id).ast);
    const std::vector<ast::Declaration>& declarations = all.trees.back().declarations;
    for (std::size_t i = 0; i < declarations.size(); ++i) {
      if (const ast::Name* name = declared_name(declarations[i])) all.places[name->span] = {all.trees.size() - 1, i};
    }
  }
  return all;
}

// ---- one entry

// Fills an entry from its declaration as written.
class EntryWriter {
 public:
  EntryWriter(const OpenedProject& project, const Ast& tree, CatalogueEntry& entry) : project_(project), tree_(tree), entry_(entry) {}

  void operator()(const ast::UseDecl&) {}
  void operator()(const ast::TestDecl&) {}
  void operator()(const ast::ParamDecl& param) { entry_.type = text(param.type.span); }
  void operator()(const ast::ListDecl& list) { entry_.list = list_of(list); }
  void operator()(const ast::DefineDecl& define) {
    for (const ast::Parameter& parameter : define.parameters) entry_.parameters.push_back({parameter.name.text, text(parameter.type.span)});
    if (define.relation) entry_.relation = text(define.relation->span);
  }
  void operator()(const ast::SegmentDecl& segment) { add_head(segment); }
  void operator()(const ast::ScoreDecl& score) { add_head(score); }
  void operator()(const ast::TiersDecl& tiers) { add_rows(tiers); }
  void operator()(const ast::StagesDecl& stages) { add_rows(stages); }
  void operator()(const ast::GridDecl& grid) {
    add_head(grid);
    for (const ast::GridAxis& axis : grid.axes)
      entry_.rows.push_back({text(axis.column.span), {}, axis.values ? text(tree_[*axis.values].span) : std::string()});
  }
  void operator()(const ast::SplitDecl& split) {
    add_head(split);
    for (const ast::SplitShare& share : split.shares) entry_.rows.push_back({share.name.text, title(share.title), text(share.share_span)});
  }
  void operator()(const ast::AudienceDecl& audience) {
    add_head(audience);
    if (audience.relation) entry_.relation = text(audience.relation->span);
  }

 private:
  [[nodiscard]] std::string text(Span span) const { return std::string(text_at(source_of(project_.sources, span.source), span)); }
  [[nodiscard]] static std::string title(const std::optional<ast::TextValue>& value) { return value ? value->text : std::string(); }

  template <typename Declaration>
  void add_head(const Declaration& declaration) {
    entry_.is_result = !entry_.is_prelude;
    entry_.title = title(declaration.title);
    for (const ast::Metadata& metadata : declaration.metadata) {
      for (const ast::TextValue& value : metadata.values) {
        if (metadata.key.text == "owner") entry_.owner = value.text;
        if (metadata.key.text == "basis") entry_.basis = value.text;
        if (metadata.key.text == "url") entry_.url = value.text;
        if (metadata.key.text == "tags") entry_.tags.push_back(value.text);
      }
    }
    for (const ast::Expectation& expectation : declaration.expects) entry_.expectations.push_back(text(expectation.span));
  }

  template <typename Declaration>
  void add_rows(const Declaration& declaration) {
    add_head(declaration);
    for (const ast::Row& row : declaration.rows) entry_.rows.push_back({row.name.text, title(row.title), condition(row)});
    if (declaration.otherwise) entry_.rows.push_back({declaration.otherwise->name.text, title(declaration.otherwise->title), "otherwise"});
  }

  // From the condition to the end of its row: `except` and `top` belong to it.
  [[nodiscard]] std::string condition(const ast::Row& row) const {
    return text({row.span.source, tree_[row.condition].span.begin, row.span.end});
  }

  [[nodiscard]] CatalogueList list_of(const ast::ListDecl& list) const {
    std::set<std::string> values;
    if (const auto* literal = std::get_if<ast::ExprId>(&list.values)) {
      for (const ast::ExprId element : std::get<ast::ListLiteral>(tree_[*literal].node).elements) values.insert(text(tree_[element].span));
      return {.values = values.size(), .file = {}, .column = {}};
    }
    const auto& file = std::get<ast::ListFile>(list.values);
    std::optional<std::string> column;
    if (file.column) column = file.column->text;
    const std::string path = std::filesystem::path(file.file.text).lexically_normal().generic_string();
    for (std::uint32_t id = 0; id < project_.sources.sources.size(); ++id) {
      const Source& source = project_.sources.sources[id];
      if (source.path != file.file.text && source.path != path) continue;
      for (ListValue& value : read_list_file(source, SourceId{id}, column).values) values.insert(std::move(value.text));
      break;
    }
    return {.values = values.size(), .file = file.file.text, .column = column.value_or(std::string())};
  }

  const OpenedProject& project_;
  const Ast& tree_;
  CatalogueEntry& entry_;
};

// What a `define` gives, as a schema would write it.
std::string type_of(const CheckedProgram& program, const std::vector<DefinitionId>& instances) {
  if (instances.empty()) return {};
  const Type& type = program.expr(program.definition(instances.front()).body).type;
  std::string text = column_type_text(ColumnForm::kPlain, type);
  if (text.empty()) text = "duration";
  return type.optional ? text + "?" : text;
}

CatalogueEntry entry_of(const OpenedProject& project, const Trees& trees, const DeclarationInfo& info,
                        const std::vector<DefinitionId>& instances) {
  const Source& source = source_of(project.sources, info.name_span.source);
  CatalogueEntry entry;
  entry.name = info.name;
  entry.kind = info.word;
  entry.text = text_at(source, info.span);
  entry.file = source.path;
  entry.line = position_at(source, info.name_span.begin).line;
  entry.is_prelude = std::ranges::count(project.checked->check.prelude, info.name_span.source) > 0;
  const auto [tree, index] = trees.places.at(info.name_span);
  const ast::Declaration& declaration = trees.trees[tree].declarations[index];
  if (declaration.doc) entry.doc = declaration.doc->text;
  std::visit(EntryWriter(project, trees.trees[tree], entry), declaration.node);
  if (entry.kind == "define") entry.type = type_of(project.checked->program(), instances);
  return entry;
}

// ---- the catalogue

// The declarations to show: the project's, then those of the prelude that these rest on.
std::vector<std::size_t> shown_declarations(const CheckedProject& project) {
  const std::vector<DeclarationInfo>& declarations = project.check.declarations;
  const auto is_prelude = [&](std::size_t id) { return std::ranges::count(project.check.prelude, declarations[id].name_span.source) > 0; };
  std::vector<std::size_t> shown, prelude;
  std::vector<bool> is_met(declarations.size());
  for (std::size_t id = 0; id < declarations.size(); ++id) {
    if (!is_prelude(id)) shown.push_back(id);
  }
  std::vector<std::size_t> open = shown;
  while (!open.empty()) {
    const std::size_t id = open.back();
    open.pop_back();
    if (is_met[id]) continue;
    is_met[id] = true;
    if (is_prelude(id)) prelude.push_back(id);
    std::ranges::copy(declarations[id].uses, std::back_inserter(open));
  }
  std::ranges::sort(prelude);
  shown.insert(shown.end(), prelude.begin(), prelude.end());
  return shown;
}

// The definitions of a program by where the name of their declaration stands.
std::map<Span, std::vector<DefinitionId>> definitions_by_name(const CheckedProgram& program) {
  std::map<Span, std::vector<DefinitionId>> found;
  for (std::uint32_t id = 0; id < program.definitions.size(); ++id) {
    if (!program.definitions[id].name.empty()) found[program.definitions[id].name_span].push_back(DefinitionId{id});
  }
  return found;
}

// The entries that a claim of a test names.
std::set<std::size_t> claimed_entries(const CheckedProgram& program, DefinitionId claim, const std::map<Span, std::size_t>& by_name) {
  std::set<std::size_t> entries;
  std::vector<ExprId> open = {program.definition(claim).body};
  while (!open.empty()) {
    const Expr& expr = program.expr(open.back());
    open.pop_back();
    for_each_operand(expr.node, [&](const ExprId& operand) { open.push_back(operand); });
    for_each_definition(expr.node, [&](const DefinitionId& read) {
      const Definition& definition = program.definition(read);
      if (const auto found = by_name.find(definition.name_span); found != by_name.end()) entries.insert(found->second);
      else if (definition.name.empty()) open.push_back(definition.body);
    });
  }
  return entries;
}

void add_tests(const OpenedProject& project, const std::map<Span, std::size_t>& by_name, Catalogue& catalogue) {
  const CheckedTests& checked = project.checked->check.tests;
  for (const CheckedTest& test : checked.tests) {
    const ResolvedLocation place = resolve(test.title_span, project.sources);
    std::set<std::size_t> entries;
    for (const TestClaim& claim : test.claims) entries.merge(claimed_entries(checked.program, claim.definition, by_name));
    for (const std::size_t entry : entries) catalogue.entries[entry].tests.push_back(catalogue.tests.size());
    catalogue.tests.push_back({test.title, std::string(place.file), place.start.line, {entries.begin(), entries.end()}});
  }
}

void add_files(const OpenedProject& project, Catalogue& catalogue) {
  const CheckedProject& checked = *project.checked;
  std::set<std::string> files;
  for (const SourceId id : rule_sources(checked)) {
    std::string path = source_of(project.sources, id).path;
    if (std::ranges::count(checked.check.prelude, id) == 0) {
      files.insert(std::move(path));
      continue;
    }
    std::ranges::replace(path, '/', '.');
    catalogue.prelude.push_back(std::move(path));
  }
  catalogue.files.assign(files.begin(), files.end());
  std::ranges::sort(catalogue.prelude);
}

}  // namespace

Catalogue catalogue_of(const OpenedProject& project) {
  const CheckedProject& checked = *project.checked;
  const std::vector<DeclarationInfo>& declarations = checked.check.declarations;
  const Trees trees = parse_again(project);
  const std::map<Span, std::vector<DefinitionId>> definitions = definitions_by_name(checked.program());
  Catalogue catalogue;
  std::vector<std::size_t> entry_ids(declarations.size(), kNoEntry);
  std::vector<std::vector<DefinitionId>> instances;
  std::map<Span, std::size_t> by_name;
  const std::vector<std::size_t> shown = shown_declarations(checked);
  for (const std::size_t id : shown) {
    const auto found = definitions.find(declarations[id].name_span);
    instances.push_back(found == definitions.end() ? std::vector<DefinitionId>() : found->second);
    by_name[declarations[id].name_span] = entry_ids[id] = catalogue.entries.size();
    catalogue.entries.push_back(entry_of(project, trees, declarations[id], instances.back()));
  }
  for (const std::size_t id : shown) {
    for (const std::uint32_t used : declarations[id].uses) {
      catalogue.entries[entry_ids[id]].uses.push_back(entry_ids[used]);
      catalogue.entries[entry_ids[used]].used_by.push_back(entry_ids[id]);
    }
  }
  for (CatalogueEntry& entry : catalogue.entries) {
    std::ranges::sort(entry.uses);
    std::ranges::sort(entry.used_by);
  }
  add_tests(project, by_name, catalogue);
  add_files(project, catalogue);
  catalogue.tables = dictionary_of(checked, catalogue.entries, instances);
  return catalogue;
}

CatalogueGaps gaps_of(const Catalogue& catalogue) {
  CatalogueGaps gaps;
  for (std::size_t i = 0; i < catalogue.entries.size(); ++i) {
    const CatalogueEntry& entry = catalogue.entries[i];
    if (entry.is_prelude) continue;
    if (entry.doc.empty()) gaps.docs.push_back(i);
    if (entry.is_result && entry.owner.empty()) gaps.owners.push_back(i);
    if (entry.is_result && entry.tests.empty()) gaps.tests.push_back(i);
  }
  return gaps;
}

}  // namespace segue
