// The catalogue as one page of Markdown.
#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/segue/console.h"
#include "tools/segue/doc_text.h"
#include "tools/segue/markdown.h"

namespace segue::command {
namespace {

// What the graph may hold: `mermaid` draws no more edges than 500, and more nodes are no picture.
constexpr std::size_t kMostNodes = 150;
constexpr std::size_t kMostEdges = 400;
// Names that one line lists before it only counts.
constexpr std::size_t kMostNames = 20;

class CatalogueWriter {
 public:
  CatalogueWriter(const Catalogue& catalogue, const std::optional<std::string>& files) : catalogue_(catalogue), files_(files) {
    std::map<std::string, int> times;
    for (const CatalogueEntry& entry : catalogue.entries) {
      const std::string anchor = heading_anchor(fmt::format("{} {}", entry.kind, entry.name));
      const int time = times[anchor]++;
      anchors_.push_back(time == 0 ? anchor : fmt::format("{}-{}", anchor, time));
    }
  }

  std::string write() {
    text_ = "# Catalogue of definitions\n\n";
    add_summary();
    add_index();
    add_graph();
    text_ += "\n## Definitions\n";
    for (std::size_t i = 0; i < catalogue_.entries.size(); ++i) add_entry(i);
    add_tests();
    add_dictionary();
    add_gaps();
    return std::move(text_);
  }

 private:
  // ---- pieces

  [[nodiscard]] std::string link(std::size_t entry) const {
    return fmt::format("[{}](#{})", markdown_code(catalogue_.entries[entry].name, true), anchors_[entry]);
  }

  [[nodiscard]] std::string links(std::span<const std::size_t> entries) const {
    std::string list;
    for (std::size_t i = 0; i < std::min(entries.size(), kMostNames); ++i) list += (i == 0 ? "" : ", ") + link(entries[i]);
    if (entries.size() > kMostNames) list += fmt::format(" and {} more", entries.size() - kMostNames);
    return list;
  }

  static std::string place(const CatalogueEntry& entry) {
    if (!entry.is_prelude) return markdown_code(entry.file);
    std::string part = entry.file;
    std::ranges::replace(part, '/', '.');
    return fmt::format("{} of the prelude", markdown_code(part));
  }

  // A line of a file of rules, with a link where the way there is known.
  [[nodiscard]] std::string line_link(const std::string& file, std::uint32_t line) const {
    const std::string text = fmt::format("{}, line {}", markdown_code(file, true), line);
    return files_ ? fmt::format("[{}]({}#L{})", text, link_path(*files_ + file), line) : text;
  }

  static std::string joined(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + markdown_text(text);
    return list;
  }

  void add_item(std::string_view what, const std::string& text) {
    if (!text.empty()) text_ += fmt::format("- {}: {}\n", what, text);
  }

  // ---- parts

  void add_summary() {
    std::vector<std::pair<std::string, std::size_t>> kinds;
    for (const CatalogueEntry& entry : catalogue_.entries) {
      const auto found = std::ranges::find(kinds, entry.kind, &std::pair<std::string, std::size_t>::first);
      if (found == kinds.end()) kinds.emplace_back(entry.kind, 1);
      else ++found->second;
    }
    std::string list;
    for (const auto& [kind, count] : kinds) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, markdown_code(kind));
    text_ += fmt::format("{} in {}: {}. {}; {} of data.\n", counted(catalogue_.entries.size(), "declaration"),
                         counted(catalogue_.files.size(), "file"), list.empty() ? "none" : list, counted(catalogue_.tests.size(), "test"),
                         counted(catalogue_.tables.size(), "table"));
    if (catalogue_.prelude.empty()) return;
    std::string parts;
    for (const std::string& part : catalogue_.prelude) parts += (parts.empty() ? "" : ", ") + markdown_code(part);
    text_ += fmt::format("Parts of the prelude: {}.\n", parts);
  }

  void add_index() {
    text_ += "\n## Index\n\n| name | kind | title | owner | tags |\n|---|---|---|---|---|\n";
    std::vector<std::size_t> order(catalogue_.entries.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return catalogue_.entries[i].name; });
    for (const std::size_t i : order) {
      const CatalogueEntry& entry = catalogue_.entries[i];
      text_ += fmt::format("| {} | {} | {} | {} | {} |\n", link(i), entry.kind, markdown_text(entry.title), markdown_text(entry.owner),
                           joined(entry.tags));
    }
  }

  void add_entry(std::size_t index) {
    const CatalogueEntry& entry = catalogue_.entries[index];
    if (index == 0 || catalogue_.entries[index - 1].file != entry.file) text_ += fmt::format("\n### {}\n", place(entry));
    text_ += fmt::format("\n#### {} {}\n\n", entry.kind, markdown_code(entry.name));
    if (!entry.title.empty()) text_ += fmt::format("**{}**\n\n", markdown_text(entry.title));
    if (!entry.doc.empty()) text_ += markdown_quote(entry.doc) + "\n";
    text_ += markdown_block("segue", entry.text) + "\n";
    add_rows(entry);
    add_facts(entry);
  }

  void add_rows(const CatalogueEntry& entry) {
    if (entry.rows.empty()) return;
    text_ += fmt::format("| {} | title | {} |\n|---|---|---|\n", entry.kind == "grid" ? "axis" : "value",
                         entry.kind == "split"  ? "share"
                         : entry.kind == "grid" ? "values"
                                                : "where");
    for (const CatalogueRow& row : entry.rows)
      text_ += fmt::format("| {} | {} | {} |\n", markdown_code(row.name, true), markdown_text(row.title), markdown_code(row.text, true));
    text_ += "\n";
  }

  void add_facts(const CatalogueEntry& entry) {
    add_item("place", entry.is_prelude ? place(entry) : line_link(entry.file, entry.line));
    add_item("owner", markdown_text(entry.owner));
    add_item("tags", joined(entry.tags));
    add_item("basis", markdown_text(entry.basis));
    add_item("more", markdown_text(entry.url));
    add_item("of", markdown_code(entry.relation));
    std::string parameters;
    for (const CatalogueParameter& parameter : entry.parameters)
      parameters += (parameters.empty() ? "" : ", ") + markdown_code(fmt::format("{}: {}", parameter.name, parameter.type));
    add_item("parameters", parameters);
    add_item(entry.kind == "define" ? "gives" : "type", markdown_code(entry.type));
    if (entry.list) add_item("values", list_text(*entry.list));
    for (const std::string& expectation : entry.expectations) add_item("expects", markdown_code(expectation));
    add_item("uses", links(entry.uses));
    add_item("used by", links(entry.used_by));
    std::string tests;
    for (const std::size_t test : entry.tests)
      tests += fmt::format("{}“{}”", tests.empty() ? "" : ", ", markdown_text(catalogue_.tests[test].title));
    add_item("tested by", tests);
  }

  static std::string list_text(const CatalogueList& list) {
    std::string text = std::to_string(list.values);
    if (!list.file.empty()) text += " from " + markdown_code(list.file);
    return list.column.empty() ? text : fmt::format("{} by {}", text, markdown_code(list.column));
  }

  void add_tests() {
    if (catalogue_.tests.empty()) return;
    text_ += "\n## Tests\n\n| test | of | place |\n|---|---|---|\n";
    for (const CatalogueTest& test : catalogue_.tests)
      text_ += fmt::format("| {} | {} | {} |\n", markdown_text(test.title), links(test.entries), line_link(test.file, test.line));
  }

  // ---- the graph

  void add_graph() {
    std::vector<bool> is_linked(catalogue_.entries.size());
    std::size_t nodes = 0, edges = 0;
    for (std::size_t i = 0; i < is_linked.size(); ++i) {
      is_linked[i] = !catalogue_.entries[i].uses.empty() || !catalogue_.entries[i].used_by.empty();
      nodes += is_linked[i] ? 1 : 0;
      edges += catalogue_.entries[i].uses.size();
    }
    text_ += "\n## Graph\n\nAn arrow leads from what uses to what is used.";
    if (nodes < is_linked.size())
      text_ += fmt::format(" {} {} nothing and {} not used.", counted(is_linked.size() - nodes, "declaration"),
                           is_linked.size() - nodes == 1 ? "uses" : "use", is_linked.size() - nodes == 1 ? "is" : "are");
    const bool fits = nodes <= kMostNodes && edges <= kMostEdges;
    if (!fits) text_ += fmt::format(" Of {}, what uses what is drawn by file.", counted(nodes, "declaration"));
    text_ += "\n\n" + markdown_block("mermaid", fits ? graph_of_entries(is_linked) : graph_of_files());
  }

  [[nodiscard]] std::string graph_of_entries(const std::vector<bool>& is_linked) const {
    std::string graph = "graph LR\n";
    for (std::size_t i = 0; i < is_linked.size(); ++i) {
      if (!is_linked[i]) continue;
      const CatalogueEntry& entry = catalogue_.entries[i];
      if (last_linked(is_linked, i) != entry.file)
        graph += fmt::format("{}  subgraph f{}[\"{}\"]\n", graph.ends_with("LR\n") ? "" : "  end\n", i, mermaid_text(entry.file));
      const bool is_value = entry.kind == "param" || entry.kind == "list";
      const char* open = entry.is_result ? "[" : is_value ? "[/" : "(";
      const char* close = entry.is_result ? "]" : is_value ? "/]" : ")";
      graph += fmt::format("    n{}{}\"{}\"{}\n", i, open, mermaid_text(entry.name), close);
    }
    if (!graph.ends_with("LR\n")) graph += "  end\n";
    for (std::size_t i = 0; i < is_linked.size(); ++i) {
      for (const std::size_t used : catalogue_.entries[i].uses) graph += fmt::format("  n{} --> n{}\n", i, used);
    }
    return graph.substr(0, graph.size() - 1);
  }

  // The file of the entry drawn before; empty for the first.
  [[nodiscard]] std::string last_linked(const std::vector<bool>& is_linked, std::size_t i) const {
    while (i-- > 0) {
      if (is_linked[i]) return catalogue_.entries[i].file;
    }
    return {};
  }

  // One node a file, or, where these are too many, a folder.
  [[nodiscard]] std::string graph_of_files() const {
    const auto group = [&](const CatalogueEntry& entry) {
      const bool by_folder = catalogue_.files.size() > kMostNodes;
      return by_folder ? entry.file.substr(0, std::min(entry.file.rfind('/'), entry.file.size())) : entry.file;
    };
    std::map<std::string, std::size_t> sizes;
    std::map<std::pair<std::string, std::string>, std::size_t> counts;
    for (const CatalogueEntry& entry : catalogue_.entries) {
      ++sizes[group(entry)];
      for (const std::size_t used : entry.uses) {
        if (group(catalogue_.entries[used]) != group(entry)) ++counts[{group(entry), group(catalogue_.entries[used])}];
      }
    }
    std::vector<std::pair<std::size_t, std::pair<std::string, std::string>>> edges;
    for (const auto& [edge, count] : counts) edges.emplace_back(count, edge);
    std::ranges::stable_sort(edges, std::greater(), &std::pair<std::size_t, std::pair<std::string, std::string>>::first);
    edges.resize(std::min(edges.size(), kMostEdges));
    std::map<std::string, std::size_t> ids;
    std::string graph = "graph LR";
    const auto id_of = [&](const std::string& name) {
      const auto [found, is_new] = ids.try_emplace(name, ids.size());
      if (is_new) graph += fmt::format("\n  n{}[\"{}: {}\"]", found->second, mermaid_text(name), sizes[name]);
      return found->second;
    };
    for (const auto& [count, edge] : edges) {
      const std::size_t from = id_of(edge.first), to = id_of(edge.second);
      graph += fmt::format("\n  n{} -->|{}| n{}", from, count, to);
    }
    return graph;
  }

  // ---- the data

  static std::string type_text(const CatalogueColumn& column) {
    std::string type = markdown_code(column.type + (column.is_optional ? "?" : ""), true);
    if (!column.unit.empty()) type += " in " + markdown_text(column.unit);
    if (column.values.empty()) return type;
    std::string values;
    for (std::size_t i = 0; i < std::min(column.values.size(), kMostNames); ++i)
      values += (i == 0 ? "" : column.is_ordered ? " < " : ", ") + markdown_text(column.values[i]);
    if (column.values.size() > kMostNames) values += fmt::format(" and {} more", column.values.size() - kMostNames);
    return type + ": " + values;
  }

  [[nodiscard]] std::string readers_text(const CatalogueColumn& column) const {
    std::string text = links(column.readers);
    if (column.through.empty()) return text;
    if (!text.empty()) text += "; ";
    return text + fmt::format("through these {} more", column.through.size());
  }

  void add_dictionary() {
    text_ += "\n## Data\n";
    add_guarded();
    for (const CatalogueTable& table : catalogue_.tables) add_table(table);
    std::string unread;
    for (const CatalogueTable& table : catalogue_.tables) {
      for (const CatalogueColumn& column : table.columns) {
        if (!column.readers.empty() || !column.roles.empty()) continue;
        unread += (unread.empty() ? "" : ", ") + markdown_code(fmt::format("{}.{}", table.name, column.name));
      }
    }
    text_ += fmt::format("\n### Columns that nothing reads\n\n{}\n", unread.empty() ? "None." : unread);
  }

  // Who reads personal and sensitive columns, on which basis, and who reads protected ones.
  void add_guarded() {
    std::string rows;
    for (const std::string_view data_class : {"personal", "sensitive", "protected"}) {
      for (const CatalogueTable& table : catalogue_.tables) {
        for (const CatalogueColumn& column : table.columns) {
          if (column.data_class != data_class) continue;
          std::vector<std::size_t> readers = column.readers;
          readers.insert(readers.end(), column.through.begin(), column.through.end());
          rows += fmt::format("| {} | {} | {} | {} |\n", markdown_code(fmt::format("{}.{}", table.name, column.name), true), data_class,
                              readers.empty() ? "nobody" : links(readers), joined(bases_of(readers)));
        }
      }
    }
    text_ += "\n### Personal, sensitive and protected columns\n\n";
    text_ += rows.empty() ? "None.\n" : "| column | class | read by, directly or not | basis |\n|---|---|---|---|\n" + rows;
  }

  [[nodiscard]] std::vector<std::string> bases_of(const std::vector<std::size_t>& entries) const {
    std::set<std::string> bases;
    for (const std::size_t entry : entries) {
      if (!catalogue_.entries[entry].basis.empty()) bases.insert(catalogue_.entries[entry].basis);
    }
    return {bases.begin(), bases.end()};
  }

  void add_table(const CatalogueTable& table) {
    text_ += fmt::format("\n### table {}\n\n", markdown_code(table.name));
    for (const CatalogueParent& parent : table.parents)
      add_item("of", fmt::format("{} by {}", markdown_code(parent.table), markdown_code(parent.column)));
    for (const CatalogueReference& reference : table.references)
      add_item("leads to", fmt::format("{}, a row of {}, by {}", markdown_code(reference.name), markdown_code(reference.table),
                                       markdown_code(reference.column)));
    add_item("source", table.source.empty() ? "none in the project file" : markdown_code(table.source));
    text_ += "\n| column | type | class | role | read by |\n|---|---|---|---|---|\n";
    for (const CatalogueColumn& column : table.columns) {
      std::string roles = joined(column.roles);
      if (!column.from.empty()) roles += fmt::format("{}in the data {}", roles.empty() ? "" : ", ", markdown_code(column.from, true));
      text_ += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_code(column.name, true), type_text(column), column.data_class, roles,
                           readers_text(column));
    }
  }

  // ---- gaps

  void add_gaps() {
    const CatalogueGaps gaps = gaps_of(catalogue_);
    text_ += "\n## Gaps\n\n";
    add_item("without a doc comment", gaps.docs.empty() ? "none" : links(gaps.docs));
    add_item("without an owner", gaps.owners.empty() ? "none" : links(gaps.owners));
    add_item("without a test", gaps.tests.empty() ? "none" : links(gaps.tests));
  }

  const Catalogue& catalogue_;
  const std::optional<std::string>& files_;
  std::vector<std::string> anchors_;
  std::string text_;
};

}  // namespace

std::string catalogue_markdown(const Catalogue& catalogue, const std::optional<std::string>& files) {
  return CatalogueWriter(catalogue, files).write();
}

}  // namespace segue::command
