// Declarations and their clauses in the one order and layout that they have.
#include "compiler/syntax/format.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "compiler/syntax/format_expr.h"
#include "compiler/syntax/literals.h"
#include "compiler/syntax/parse.h"

namespace segue {
namespace {

using namespace ast;

// Where a clause stands among the others of its block.
enum class Place : std::uint8_t { kMetadata, kRange = 4, kAsOf, kWhere, kExcept, kBody, kOtherwise, kExpect };

// A clause: its text in the source, and how it is laid out.
struct Clause {
  std::uint8_t place = 0;
  Span span;
  std::function<DocId()> build;
  std::vector<Comment> before;
  std::vector<Comment> within;
  std::vector<Comment> after;  // at the end of its last line
};

std::uint8_t metadata_place(std::string_view key) {
  static constexpr std::array<std::string_view, 4> kOrder = {"owner", "tags", "basis", "url"};
  return static_cast<std::uint8_t>(std::ranges::find(kOrder, key) - kOrder.begin());
}

class Formatter {
 public:
  Formatter(const Ast& ast, const Source& source) : ast_(ast), source_(source), exprs_(ast, source, docs_), all_(source, ast.comments) {}

  std::string run() {
    for (std::size_t i = 0; i < ast_.declarations.size(); ++i) declaration(i);
    comments_at_top(all_.take_before(static_cast<std::uint32_t>(source_.text.size() + 1)), static_cast<std::uint32_t>(source_.text.size()),
                    false);
    return std::move(out_);
  }

 private:
  // ---- the file ----

  void declaration(std::size_t index) {
    const Declaration& declaration = ast_.declarations[index];
    comments_at_top(all_.take_before(declaration.span.begin), declaration.span.begin, true);
    if (is_first_of_group(index)) blank_line();
    std::vector<Comment> within = all_.take_before(declaration.span.end);
    const std::vector<Comment> after = trailing_of(declaration, index);
    CommentQueue queue(source_, std::move(within));
    queue_ = &queue;
    exprs_.set_comments(&queue);
    const DocId body = std::visit([&](const auto& node) { return decl(node, declaration); }, declaration.node);
    const std::vector<Comment> left = queue.take_before(declaration.span.end);
    const std::string laid_out = docs_.lay_out(exprs_.concat({body, exprs_.trailing_comments(after)}), 0, kFormatWidth);
    hoist(left, index);
    out_ += laid_out + "\n";
    end_ = declaration.span.end;
    for (const Comment& comment : after) end_ = comment.span.end;
    is_after_comment_ = false;
    docs_ = Documents();
  }

  // Comments behind a declaration on its last line.
  std::vector<Comment> trailing_of(const Declaration& declaration, std::size_t index) {
    const auto next = index + 1 < ast_.declarations.size() ? ast_.declarations[index + 1].span.begin
                                                           : static_cast<std::uint32_t>(source_.text.size() + 1);
    return all_.take_on_line_of(declaration.span.end, next);
  }

  // Comments that no line of the declaration can hold go before it and its doc comment, which they must not become part of.
  void hoist(const std::vector<Comment>& comments, std::size_t index) {
    if (comments.empty()) return;
    std::string lines;
    for (const Comment& comment : comments) {
      const std::string text = all_.text(comment);
      lines += "#" + text.substr(std::min(text.find_first_not_of('#'), text.size())) + "\n";
    }
    out_.insert(ast_.declarations[index].doc ? doc_begin_ : out_.size(), lines);
  }

  [[nodiscard]] bool is_line(const Declaration& declaration) const { return declaration.node.index() <= 3; }  // use, param, list, define

  // Declarations of one line and one kind stand together; a blank line parts all others.
  [[nodiscard]] bool is_first_of_group(std::size_t index) const {
    if (index == 0 || is_after_comment_) return false;
    const Declaration& before = ast_.declarations[index - 1];
    const Declaration& declaration = ast_.declarations[index];
    const bool are_alike =
        is_line(declaration) && declaration.node.index() == before.node.index() && before.doc.has_value() == declaration.doc.has_value();
    return !are_alike || declaration.doc.has_value();
  }

  void blank_line() {
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  }

  // Whether the source has an empty line between two places.
  [[nodiscard]] bool has_empty_line(std::uint32_t begin, std::uint32_t end) const { return all_.line_of(end) > all_.line_of(begin) + 1; }

  // Comments between declarations, with the empty lines that part them.
  void comments_at_top(const std::vector<Comment>& comments, std::uint32_t next, bool has_declaration) {
    if (comments.empty()) return;
    blank_line();
    doc_begin_ = out_.size();
    bool is_doc = false;
    for (const Comment& comment : comments) {
      const std::string text = all_.text(comment);
      const bool is_first = &comment == &comments.front();
      if (!is_first && has_empty_line(end_, comment.span.begin)) {
        blank_line();
        is_doc = false;
      }
      if (!is_doc || !text.starts_with("##")) doc_begin_ = out_.size();
      is_doc = text.starts_with("##");
      if (!is_doc) doc_begin_ = out_.size() + text.size() + 1;
      out_ += text + "\n";
      end_ = comment.span.end;
    }
    if (has_declaration && has_empty_line(end_, next)) {
      blank_line();
      doc_begin_ = out_.size();
    }
    is_after_comment_ = true;
  }

  // ---- parts ----

  DocId text(std::string text) { return docs_.text(std::move(text)); }
  DocId concat(std::vector<DocId> parts) { return docs_.concat(std::move(parts)); }
  [[nodiscard]] std::string name(const Name& name) const { return exprs_.written(name); }
  [[nodiscard]] static std::string title(const std::optional<TextValue>& title) {
    return title ? " " + written_text(title->text) : std::string();
  }

  std::string type(const TypeName& type) const {
    std::string result = type.element.empty() ? name(type.name) : fmt::format("list<{}>", this->type(type.element[0]));
    if (type.argument) result += fmt::format("({})", type.argument->digits);
    return result + (type.is_optional ? "?" : "");
  }

  DocId conditions(const std::vector<ExprId>& conditions) {
    std::vector<DocId> items;
    items.reserve(conditions.size());
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      items.push_back(concat({exprs_.expr(conditions[i]), text(i + 1 < conditions.size() ? "," : "")}));
    }
    return docs_.nest(docs_.fill(std::move(items)));
  }

  DocId top(const Top& top) {
    return concat({text(fmt::format("top {} by ", exprs_.leaf(top.count))), exprs_.expr(top.by, Binding::kOrElse)});
  }

  // `word` and a condition, whose lines open with `and`; then `top`.
  DocId condition_clause(const std::string& word, DocId condition, const std::optional<Top>& top_clause) {
    std::vector<DocId> parts = {text(word), condition};
    if (top_clause) {
      parts.push_back(docs_.nest(docs_.line()));
      parts.push_back(docs_.nest(top(*top_clause)));
    }
    return docs_.group(concat(std::move(parts)));
  }

  // ---- declarations without a block ----

  DocId decl(const UseDecl& node, const Declaration&) {
    if (const auto* path = std::get_if<Path>(&node.what)) return text("use " + exprs_.written(*path));
    return text("use " + written_text(std::get<TextValue>(node.what).text));
  }

  DocId decl(const ParamDecl& node, const Declaration&) {
    const DocId head = text(fmt::format("param {}: {}", name(node.name), type(node.type)));
    return node.value ? concat({head, text(" = "), exprs_.expr(*node.value, Binding::kOrElse)}) : head;
  }

  DocId decl(const ListDecl& node, const Declaration&) {
    const std::string head = "list " + name(node.name);
    if (const auto* values = std::get_if<ExprId>(&node.values)) return concat({text(head + " = "), exprs_.expr(*values)});
    const auto& file = std::get<ListFile>(node.values);
    return text(fmt::format("{} from {}{}", head, written_text(file.file.text), file.column ? " by " + name(*file.column) : ""));
  }

  DocId decl(const DefineDecl& node, const Declaration&) {
    std::string head = "define " + name(node.name);
    for (const Parameter& parameter : node.parameters) {
      head += &parameter == &node.parameters.front() ? "(" : ", ";
      head += fmt::format("{}: {}", name(parameter.name), type(parameter.type));
    }
    if (!node.parameters.empty()) head += ")";
    if (node.relation) head += " for " + exprs_.written(*node.relation);
    if (!node.body) return text(std::move(head));
    return docs_.group(concat({text(head + " = "), exprs_.open_condition(*node.body)}));
  }

  // ---- clauses ----

  void add(std::vector<Clause>& clauses, Place place, Span span, std::function<DocId()> build) {
    clauses.push_back(
        {.place = static_cast<std::uint8_t>(place), .span = span, .build = std::move(build), .before = {}, .within = {}, .after = {}});
  }

  void add_metadata(std::vector<Clause>& clauses, const std::vector<Metadata>& metadata) {
    for (const Metadata& entry : metadata) {
      add(clauses, Place::kMetadata, entry.span, [this, &entry] { return metadata_clause(entry); });
      clauses.back().place = metadata_place(entry.key.text);
    }
  }

  DocId metadata_clause(const Metadata& entry) {
    if (!entry.is_list) return text(fmt::format("{}: {}", entry.key.text, written_text(entry.values[0].text)));
    std::vector<DocId> items;
    for (const TextValue& value : entry.values) {
      const std::string word = is_plain_word(value.text) ? value.text : written_text(value.text);
      items.push_back(text(word + (&value == &entry.values.back() ? "" : ",")));
    }
    return concat({text(entry.key.text + ": ["), docs_.nest(docs_.fill(std::move(items))), text("]")});
  }

  // A text in a list of metadata that needs no quotes.
  static bool is_plain_word(const std::string& text) {
    const bool is_lower = std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    return is_lower && !needs_back_quotes(text) && !unit_of(text) && text != "null" && text != "nil" && text != "undefined" &&
           text != "like" && text != "ilike";
  }

  template <class Decl>
  void add_conditions(std::vector<Clause>& clauses, const Decl& node) {
    static const std::optional<Top> kNoTop;
    const std::optional<Top>* last_top = &kNoTop;
    if constexpr (requires { node.top; }) last_top = &node.top;
    const std::optional<Top>& top = *last_top;
    const bool has_except = !node.except.empty();
    const Span except_span = has_except ? cover(ast_[node.except.front()].span, ast_[node.except.back()].span) : Span{};
    // `top` is written last, but comments beside it stay with the clause that it was written in.
    const bool is_behind_where = top && (!has_except || top->span.begin < except_span.begin);
    if (node.where) {
      const Span span = ast_[*node.where].span;
      add(clauses, Place::kWhere, is_behind_where ? cover(span, top->span) : span, [this, &node, &top, has_except] {
        return condition_clause("where ", exprs_.open_condition(*node.where), has_except ? kNoTop : top);
      });
    }
    if (has_except) {
      add(clauses, Place::kExcept, top && !is_behind_where ? cover(except_span, top->span) : except_span,
          [this, &node, &top] { return condition_clause("except ", conditions(node.except), top); });
    }
  }

  void add_expects(std::vector<Clause>& clauses, const std::vector<Expectation>& expects) {
    for (const Expectation& expectation : expects)
      add(clauses, Place::kExpect, expectation.span, [this, &expectation] { return expect_clause(expectation); });
  }

  DocId expect_clause(const Expectation& expectation) {
    std::vector<DocId> parts = {text("expect ")};
    if (std::holds_alternative<EachValue>(expectation.subject)) parts.push_back(text("each "));
    if (const auto* subject = std::get_if<Name>(&expectation.subject)) {
      const bool is_text = source_.text[subject->span.begin] == '"';
      parts.push_back(text((is_text ? written_text(subject->text) : name(*subject)) + " "));
    }
    parts.push_back(std::visit([&](const auto& claim) { return this->claim(claim); }, expectation.claim));
    return concat(std::move(parts));
  }

  DocId claim(const NotEmptyExpectation&) { return text("not empty"); }
  DocId claim(const DisjointExpectation& claim) { return text("disjoint from " + exprs_.written(claim.other)); }
  DocId claim(const SubsetExpectation& claim) { return text("subset of " + exprs_.written(claim.other)); }
  DocId claim(const MeasureExpectation& claim) {
    static constexpr std::array<std::string_view, 4> kMeasures = {"size", "share", "undetermined", "moved"};
    static constexpr std::array<std::string_view, 5> kBounds = {"between", "at least", "at most", "below", "above"};
    std::vector<DocId> parts = {
        text(fmt::format("{} {} ", kMeasures[static_cast<std::size_t>(claim.measure)], kBounds[static_cast<std::size_t>(claim.bound)])),
        exprs_.expr(claim.low, Binding::kOrElse)};
    if (claim.high) {
      parts.push_back(text(" and "));
      parts.push_back(exprs_.expr(*claim.high, Binding::kOrElse));
    }
    return concat(std::move(parts));
  }

  // ---- declarations with a block ----

  template <class Decl>
  DocId block(const std::string& head, const Declaration& declaration, const Decl& node, std::vector<Clause> clauses) {
    add_metadata(clauses, node.metadata);
    add_expects(clauses, node.expects);
    return block(head, declaration, std::move(clauses));
  }

  // Gives the comments of a block to its clauses, by where they stand in the source; then puts the clauses in order.
  DocId block(const std::string& head, const Declaration& declaration, std::vector<Clause> clauses) {
    std::ranges::stable_sort(clauses, {}, [](const Clause& clause) { return clause.span.begin; });
    std::vector<Comment> after_head;
    std::uint32_t line_end = declaration.span.begin;
    std::vector<Comment>* on_same_line = &after_head;
    for (Clause& clause : clauses) {
      *on_same_line = queue_->take_on_line_of(line_end, clause.span.begin);
      clause.before = queue_->take_before(clause.span.begin);
      clause.within = queue_->take_before(clause.span.end);
      line_end = clause.span.end;
      on_same_line = &clause.after;
    }
    *on_same_line = queue_->take_on_line_of(line_end, declaration.span.end);
    const std::vector<Comment> at_end = queue_->take_before(declaration.span.end);
    std::ranges::stable_sort(clauses, {}, &Clause::place);

    std::vector<DocId> lines;
    lines.reserve(clauses.size() + at_end.size());
    for (Clause& clause : clauses) lines.push_back(concat({docs_.hard_line(), clause_lines(clause)}));
    for (const Comment& comment : at_end) lines.push_back(concat({docs_.hard_line(), text(all_.text(comment))}));
    return concat(
        {text(head + " {"), exprs_.trailing_comments(after_head), docs_.nest(concat(std::move(lines))), docs_.hard_line(), text("}")});
  }

  DocId clause_lines(Clause& clause) {
    CommentQueue within(source_, clause.within);
    exprs_.set_comments(&within);
    const DocId body = clause.build();
    for (const Comment& comment : within.take_before(clause.span.end)) clause.before.push_back(comment);
    const DocId lines = concat({exprs_.comment_lines(clause.before), body, exprs_.trailing_comments(clause.after)});
    exprs_.set_comments(queue_);
    return lines;
  }

  DocId decl(const SegmentDecl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    add_conditions(clauses, node);
    return block(fmt::format("segment {}{}", name(node.name), title(node.title)), declaration, node, std::move(clauses));
  }

  DocId decl(const AudienceDecl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    add_conditions(clauses, node);
    const std::string head =
        fmt::format("audience {}{} of {}", name(node.name), title(node.title), node.relation ? exprs_.written(*node.relation) : "");
    return block(head, declaration, node, std::move(clauses));
  }

  DocId decl(const ScoreDecl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    if (node.range) {
      add(clauses, Place::kRange, node.range->span, [this, &node] {
        return concat(
            {text("range "), exprs_.expr(node.range->low, Binding::kOrElse), text(".."), exprs_.expr(node.range->high, Binding::kOrElse)});
      });
    }
    for (const Term& term : node.terms) add(clauses, Place::kBody, term.span, [this, &term] { return term_clause(term); });
    return block(fmt::format("score {}{}", name(node.name), title(node.title)), declaration, node, std::move(clauses));
  }

  DocId term_clause(const Term& term) {
    std::vector<DocId> parts = {text(term.is_subtracted ? "-" : "+"), exprs_.expr(term.value, Binding::kOrElse)};
    if (term.when) {
      parts.push_back(text(" when "));
      parts.push_back(exprs_.open_condition(*term.when));
    }
    return docs_.group(concat(std::move(parts)));
  }

  template <class Decl>
  DocId rows(const std::string& word, const Decl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    for (const Row& row : node.rows) add(clauses, Place::kBody, row.span, [this, &row] { return row_clause(row); });
    if (node.otherwise) {
      add(clauses, Place::kOtherwise, node.otherwise->span,
          [this, &node] { return text(fmt::format("otherwise {}{}", name(node.otherwise->name), title(node.otherwise->title))); });
    }
    return block(fmt::format("{} {}{}", word, name(node.name), title(node.title)), declaration, node, std::move(clauses));
  }
  DocId decl(const TiersDecl& node, const Declaration& declaration) { return rows("tiers", node, declaration); }
  DocId decl(const StagesDecl& node, const Declaration& declaration) { return rows("stages", node, declaration); }

  DocId row_clause(const Row& row) {
    std::vector<DocId> parts = {text(fmt::format("{}{}: ", name(row.name), title(row.title))), exprs_.open_condition(row.condition)};
    if (!row.except.empty()) parts.push_back(docs_.nest(concat({docs_.line(), text("except "), conditions(row.except)})));
    if (row.top) parts.push_back(docs_.nest(concat({docs_.line(), top(*row.top)})));
    return docs_.group(concat(std::move(parts)));
  }

  DocId decl(const GridDecl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    add_conditions(clauses, node);
    for (const GridAxis& axis : node.axes) {
      add(clauses, Place::kBody, axis.span, [this, &axis] {
        const DocId by = text("by " + exprs_.written(axis.column));
        return axis.values ? concat({by, text(" in "), exprs_.expr(*axis.values, Binding::kOrElse)}) : by;
      });
    }
    return block(fmt::format("grid {}{}", name(node.name), title(node.title)), declaration, node, std::move(clauses));
  }

  DocId decl(const SplitDecl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    for (const SplitShare& share : node.shares) {
      add(clauses, Place::kBody, share.span, [this, &share] {
        return text(fmt::format("{}{} {}", name(share.name), title(share.title), exprs_.source_text(share.share_span)));
      });
    }
    const std::string seed = node.seed ? written_text(node.seed->text) : "";
    std::string head = fmt::format("split {}{}", name(node.name), title(node.title));
    if (node.population) head += " of " + one_line(*node.population);
    return block(fmt::format("{} seed {}", head, seed), declaration, node, std::move(clauses));
  }

  // An expression without breaks.
  std::string one_line(ExprId id) {
    constexpr int kNoWidth = 1 << 30;
    exprs_.set_comments(nullptr);
    std::string result = docs_.lay_out(docs_.group(exprs_.expr(id)), 0, kNoWidth);
    exprs_.set_comments(queue_);
    return result;
  }

  DocId decl(const TestDecl& node, const Declaration& declaration) {
    std::vector<Clause> clauses;
    if (node.as_of)
      add(clauses, Place::kAsOf, node.as_of_span, [this, &node] { return concat({text("as of "), exprs_.expr(*node.as_of)}); });
    for (const TestAccount& account : node.accounts) {
      add(clauses, Place::kBody, account.span, [this, &account] {
        return concat({text(account.name ? fmt::format("account {} ", name(*account.name)) : "account "), exprs_.expr(account.record)});
      });
    }
    for (const TestExpectation& expectation : node.expects) {
      add(clauses, Place::kExpect, expectation.span, [this, &expectation] {
        return concat({text(expectation.account ? fmt::format("expect {}: ", name(*expectation.account)) : "expect "),
                       conditions(expectation.predicates)});
      });
    }
    return block("test " + written_text(node.title.text), declaration, std::move(clauses));
  }

  const Ast& ast_;
  const Source& source_;
  Documents docs_;
  ExprFormatter exprs_;
  CommentQueue all_;
  CommentQueue* queue_ = nullptr;  // of the declaration at hand
  std::string out_;
  std::size_t doc_begin_ = 0;  // in `out_`: of the comments that belong to the next declaration
  std::uint32_t end_ = 0;      // in the source: of what was written last
  bool is_after_comment_ = false;
};

}  // namespace

std::string format(const Ast& ast, const Source& source) { return Formatter(ast, source).run(); }

}  // namespace segue
