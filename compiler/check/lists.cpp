// How `[..]` and named lists become sets of constants.
#include "compiler/check/lists.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/definitions.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/name_errors.h"
#include "compiler/check/names.h"
#include "stdlib/number.h"
#include "stdlib/parse_value.h"
#include "stdlib/text.h"

namespace segue::checker {
namespace {

// The one representative of constants that the set holds once.
Constant canonical(Constant value, bool is_folded) {
  if (auto* text = std::get_if<std::string>(&value); text != nullptr && is_folded) return fold(*text);
  if (const auto* number = std::get_if<double>(&value)) return canonical_float(*number);
  return value;
}

// Whether a number's raw value of one exact type is one of another.
std::optional<Constant> converted(const Constant& value, const Type& from, const Type& to) {
  if (from.kind == to.kind && from.scale == to.scale && from.enum_id == to.enum_id) return value;
  if (!is_exact(from) || !is_number(to)) return std::nullopt;
  const std::int64_t raw = std::get<std::int64_t>(value);
  if (to.kind == Kind::kFloat) {
    const double nearest = nearest_float(raw, from.scale);
    if (compare_exact_float(raw, from.scale, nearest) != 0) return std::nullopt;
    return Constant{nearest};
  }
  const KnownInt rescaled = rescale_decimal(raw, from.scale, to.scale);
  if (!rescaled.known) return std::nullopt;
  return Constant{rescaled.value};
}

// A value of `[..]` and whether it comes from a `param`, whose repetition is nobody's slip.
struct Element {
  Constant value;
  bool is_from_param = false;
};

void report_unfit_element(Context& ctx, Span span, const Tested& tested, std::string_view what) {
  report(ctx, DiagnosticKind::kTypeMismatch, span,
         fmt::format("{} is {}, and `{}` is {}", code(ctx, span), what, tested.words, describe(ctx, tested.type)));
}

std::optional<Element> element_of_binding(Context& ctx, const Binding& binding, Span span, const Tested& tested) {
  if (!binding.is_constant) {
    report(ctx, DiagnosticKind::kNotConstant, span,
           fmt::format("a list in brackets holds fixed values, and {} differs from row to row; compare it by itself, as in `{} = {}`",
                       code(ctx, span), tested.words, words(ctx, span)));
    return std::nullopt;
  }
  const Constant& value = std::get<Literal>(ctx.program.expr(binding.value).node).value;
  std::optional<Constant> fitting = converted(value, binding.type, tested.type);
  if (!fitting && binding.is_placeholder && is_number(binding.type) && is_number(tested.type))
    fitting = converted(Constant{std::int64_t{1}}, type_of_kind(Kind::kInt), tested.type);
  if (fitting) return Element{std::move(*fitting), true};
  report_unfit_element(ctx, span, tested, describe(ctx, binding.type));
  return std::nullopt;
}

std::optional<Element> element_of_path(Context& ctx, const Scope& scope, const ast::Path& path, const Tested& tested) {
  const ast::Name& first = path.parts.front();
  if (tested.type.kind == Kind::kEnum && path.parts.size() == 1) {
    if (const auto index = enum_index(ctx.program.enums[tested.type.enum_id], first.text)) return Element{*index};
  }
  if (path.parts.size() == 1 && find_bare(ctx, scope, first.text).kind == Resolution::Kind::kNothing) {
    if (tested.type.kind == Kind::kEnum) {
      report_unknown_value(ctx, path.span, first.text, tested.type.enum_id, tested.words);
      return std::nullopt;
    }
    if (tested.type.kind == Kind::kText) {
      const std::string quoted = fmt::format("\"{}\"", first.text);
      report(ctx, DiagnosticKind::kTypeMismatch, path.span,
             fmt::format("`{}` is text, and text is written in quotes; write `{}`", tested.words, quoted),
             fmt::format("write `{}`", quoted), Edit{path.span, quoted});
      return std::nullopt;
    }
  }
  const std::optional<Resolution> found = resolve(ctx, scope, path);
  if (!found) return std::nullopt;
  if (found->kind == Resolution::Kind::kParameter) return element_of_binding(ctx, *found->parameter, path.span, tested);
  if (found->kind == Resolution::Kind::kDefinition) {
    note_use(ctx, scope, found->declaration);
    const Declared& declared = ctx.declared[found->declaration];
    if (declared.state == Declared::State::kFailed) return std::nullopt;
    if (declared.param) return element_of_binding(ctx, *declared.param, path.span, tested);
    if (std::holds_alternative<ast::ListDecl>(declared.declaration->node)) {
      report(ctx, DiagnosticKind::kTypeMismatch, path.span,
             fmt::format("`{}` is a list by itself; write it without the brackets, joined with `or` where both are meant", first.text));
      return std::nullopt;
    }
  }
  report(ctx, DiagnosticKind::kNotConstant, path.span,
         fmt::format("a list in brackets holds fixed values, and {} differs from row to row; compare it by itself, as in `{} = {}`",
                     code(ctx, path.span), tested.words, words(ctx, path.span)));
  return std::nullopt;
}

std::optional<Element> element_of_number(Context& ctx, const ast::NumberLiteral& number, Span span, const Tested& tested) {
  if (!is_number(tested.type)) {
    const bool is_value = tested.type.kind == Kind::kEnum && enum_index(ctx.program.enums[tested.type.enum_id], words(ctx, span));
    if (tested.type.kind != Kind::kText && !is_value) {
      report_unfit_element(ctx, span, tested, "a number");
      return std::nullopt;
    }
    const std::string quoted = fmt::format("\"{}\"", words(ctx, span));
    report(ctx, DiagnosticKind::kTypeMismatch, span,
           fmt::format("`{}` is {}, and {} is a number; write `{}`", tested.words, describe(ctx, tested.type), code(ctx, span), quoted),
           fmt::format("write `{}`", quoted), Edit{span, quoted});
    return std::nullopt;
  }
  std::expected<Constant, std::string> constant = constant_of_number(ast::exact_number(number), tested.type);
  if (constant) return Element{std::move(*constant)};
  report(ctx, DiagnosticKind::kInvalidLiteral, span,
         fmt::format("{} {}, so `{}`, {}, never equals it", code(ctx, span), constant.error(), tested.words, describe(ctx, tested.type)));
  return std::nullopt;
}

std::optional<Element> element_of_text(Context& ctx, const std::string& text, Span span, const Tested& tested) {
  if (tested.type.kind == Kind::kText) return Element{text};
  if (tested.type.kind == Kind::kEnum) {
    if (const auto index = enum_index(ctx.program.enums[tested.type.enum_id], text)) return Element{*index};
    report_unknown_value(ctx, span, text, tested.type.enum_id, tested.words);
    return std::nullopt;
  }
  const bool is_number_in_quotes = is_number(tested.type) && parse_number(text);
  const bool is_day_in_quotes = (tested.type.kind == Kind::kDate || tested.type.kind == Kind::kTimestamp) && parse_date(text).known;
  if (!is_number_in_quotes && !is_day_in_quotes) {
    report_unfit_element(ctx, span, tested, "text");
    return std::nullopt;
  }
  report(ctx, DiagnosticKind::kTypeMismatch, span,
         fmt::format("{} is text, and `{}` is {}; write `{}`", code(ctx, span), tested.words, describe(ctx, tested.type), text),
         fmt::format("write `{}`", text), Edit{span, text});
  return std::nullopt;
}

// Any other constant: a date, a timestamp, a duration, a negation.
std::optional<Element> element_of_value(Context& ctx, const Scope& scope, ast::ExprId id, const Tested& tested) {
  const ast::Expr& expr = scope.ast[id];
  const Value value = check_expr(ctx, scope, id, tested.type.kind == Kind::kEnum ? tested.type.enum_id : kNoEnum);
  if (value.is_failed) return std::nullopt;
  if (value.number) {
    std::expected<Constant, std::string> constant = std::unexpected(std::string());
    if (is_number(tested.type)) constant = constant_of_number(*value.number, tested.type);
    if (constant) return Element{std::move(*constant)};
    report_unfit_element(ctx, expr.span, tested, "a number");
    return std::nullopt;
  }
  const auto* node = std::get_if<Literal>(&expr_of(ctx, value).node);
  if (node == nullptr) {
    report(ctx, DiagnosticKind::kNotConstant, expr.span,
           fmt::format("a list in brackets holds fixed values; compare {} by itself, as in `{} = {}`", code(ctx, expr.span), tested.words,
                       words(ctx, expr.span)));
    return std::nullopt;
  }
  if (value.type.kind == tested.type.kind) return Element{node->value};
  report_unfit_element(ctx, expr.span, tested, describe(ctx, value.type));
  return std::nullopt;
}

std::optional<Element> check_element(Context& ctx, const Scope& scope, ast::ExprId id, const Tested& tested) {
  const ast::Expr& expr = scope.ast[id];
  if (const auto* path = std::get_if<ast::PathExpr>(&expr.node)) return element_of_path(ctx, scope, path->path, tested);
  if (const auto* number = std::get_if<ast::NumberLiteral>(&expr.node)) return element_of_number(ctx, *number, expr.span, tested);
  if (const auto* text = std::get_if<ast::TextLiteral>(&expr.node)) return element_of_text(ctx, text->text, expr.span, tested);
  return element_of_value(ctx, scope, id, tested);
}

SetId add_set(Context& ctx, const Type& type, std::vector<Constant> values, Span span) {
  ConstantSet set;
  set.type = type;
  set.type.optional = false;
  set.folded = type.kind == Kind::kText && type.folded;
  set.values = std::move(values);
  set.span = span;
  ctx.program.sets.push_back(std::move(set));
  return static_cast<SetId>(ctx.program.sets.size() - 1);
}

void report_repeated(Context& ctx, const Scope& scope, const ast::ListLiteral& list, std::size_t index) {
  const Span span = scope.ast[list.elements[index]].span;
  const Span before = scope.ast[list.elements[index - 1]].span;
  report(ctx, DiagnosticKind::kRepeatedValue, span, fmt::format("{} stands in this list already; leave it out", code(ctx, span)),
         fmt::format("leave out {}", code(ctx, span)), Edit{Span{span.source, before.end, span.end}, ""});
}

void report_empty(Context& ctx, Span span) {
  report(ctx, DiagnosticKind::kEmptyList, span,
         "this list is empty, so nothing is in it; write at least one value, or leave the condition out");
}

bool is_day(const Context& ctx, const Scope& scope, ast::ExprId id) {
  if (std::holds_alternative<ast::DateLiteral>(scope.ast[id].node)) return true;
  const auto* path = std::get_if<ast::PathExpr>(&scope.ast[id].node);
  if (path == nullptr || path->path.parts.size() != 1) return false;
  const Resolution found = find_bare(ctx, scope, path->path.parts.front().text);
  if (found.kind == Resolution::Kind::kParameter) return found.parameter->type.kind == Kind::kDate;
  if (found.kind != Resolution::Kind::kDefinition) return false;
  const std::optional<Binding>& param = ctx.declared[found.declaration].param;
  return param && param->type.kind == Kind::kDate;
}

// A list of the prelude knows more values than one company's enum.
bool is_prelude_list(const Context& ctx, DeclId id) {
  return ctx.declared[id].is_prelude && std::holds_alternative<ast::ListDecl>(ctx.declared[id].declaration->node);
}

bool is_stranger(const Context& ctx, const Scope& scope, ast::ExprId id, const Tested& tested) {
  const auto* text = std::get_if<ast::TextLiteral>(&scope.ast[id].node);
  return text != nullptr && !enum_index(ctx.program.enums[tested.type.enum_id], text->text);
}

std::optional<SetId> check_literal_list(Context& ctx, const Scope& scope, const ast::ListLiteral& list, Span span, Tested tested,
                                        bool& are_days) {
  if (list.elements.empty()) {
    report_empty(ctx, span);
    return std::nullopt;
  }
  if (tested.type.kind == Kind::kTimestamp && is_day(ctx, scope, list.elements.front())) {
    are_days = true;
    tested.type.kind = Kind::kDate;
  }
  const bool leaves_out_strangers =
      tested.type.kind == Kind::kEnum && scope.declaration != kNoDecl && is_prelude_list(ctx, scope.declaration);
  std::vector<Constant> values;
  std::map<Constant, bool> is_written;  // by value: as a literal, so that the same literal is a slip
  bool is_failed = false;
  for (std::size_t i = 0; i < list.elements.size(); ++i) {
    if (leaves_out_strangers && is_stranger(ctx, scope, list.elements[i], tested)) continue;
    std::optional<Element> element = check_element(ctx, scope, list.elements[i], tested);
    is_failed = is_failed || !element;
    if (!element) continue;
    Constant value = canonical(std::move(element->value), tested.type.folded);
    const auto [place, is_new] = is_written.try_emplace(value, false);
    if (is_new) values.push_back(std::move(value));
    if (element->is_from_param) continue;
    if (std::exchange(place->second, true)) {
      report_repeated(ctx, scope, list, i);
      is_failed = true;
    }
  }
  if (is_failed) return std::nullopt;
  return add_set(ctx, tested.type, std::move(values), span);
}

// ---- lists from files

std::optional<Constant> constant_of_cell(Context& ctx, const std::string& text, const Type& type) {
  const auto known = [](KnownInt value) { return value.known ? std::optional<Constant>(value.value) : std::nullopt; };
  switch (type.kind) {
    case Kind::kText: return Constant{text};
    case Kind::kInt: return known(parse_int(text));
    case Kind::kDecimal: return known(parse_decimal(text, type.scale));
    case Kind::kDate: return known(parse_date(text));
    case Kind::kTimestamp: return known(parse_timestamp(text, project_zone(ctx)));
    case Kind::kEnum: {
      const std::optional<std::int64_t> index = enum_index(ctx.program.enums[type.enum_id], text);
      return index ? std::optional<Constant>(*index) : std::nullopt;
    }
    case Kind::kFloat: {
      const ParsedFloat parsed = parse_float(text);
      return parsed.state == ParseState::kValue ? std::optional<Constant>(parsed.value) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

void warn_of_strangers(Context& ctx, const Declared& declared, const std::vector<const ListValue*>& strangers, std::size_t count,
                       const Tested& tested) {
  constexpr std::size_t kShown = 3;
  std::string shown;
  for (std::size_t i = 0; i < std::min(kShown, strangers.size()); ++i)
    shown += fmt::format("{}`{}`", i == 0 ? "" : ", ", strangers[i]->text);
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kListValuesNeverMatch, declared.name->span,
             fmt::format("{} of the {} values of `{}` can never equal `{}`, which is {}: {}{}; correct or remove them in the file",
                         strangers.size(), count, declared.name->text, tested.words, describe(ctx, tested.type), shown,
                         strangers.size() > kShown ? ", …" : ""));
  for (std::size_t i = 0; i < std::min(kShown, strangers.size()); ++i)
    diagnostic.notes.push_back(make_note(fmt::format("`{}` stands here", strangers[i]->text), strangers[i]->span));
}

const LoadedList* loaded_list(const Context& ctx, const ast::ListFile& file) {
  for (const LoadedList& list : ctx.input.lists) {
    const bool is_same_column = list.column.has_value() == file.column.has_value() && (!file.column || *list.column == file.column->text);
    if (list.path == file.file.text && is_same_column) return &list;
  }
  return nullptr;
}

std::optional<SetId> check_file_list(Context& ctx, const Declared& declared, const ast::ListFile& file, const Tested& tested) {
  std::vector<Constant> values;
  std::set<Constant> seen;
  std::vector<const ListValue*> strangers;
  const LoadedList* loaded = loaded_list(ctx, file);
  if (loaded == nullptr) return add_set(ctx, tested.type, {}, file.file.span);
  for (const ListValue& each : loaded->file.values) {
    std::optional<Constant> constant = constant_of_cell(ctx, each.text, tested.type);
    if (!constant) {
      strangers.push_back(&each);
      continue;
    }
    Constant value = canonical(std::move(*constant), tested.type.folded);
    if (seen.insert(value).second) values.push_back(std::move(value));
  }
  if (!strangers.empty()) warn_of_strangers(ctx, declared, strangers, loaded->file.values.size(), tested);
  return add_set(ctx, tested.type, std::move(values), file.file.span);
}

// ---- named lists

std::optional<SetId> check_named_list(Context& ctx, DeclId id, Tested tested, bool& are_days) {
  const Declared& declared = ctx.declared[id];
  if (declared.state == Declared::State::kFailed) return std::nullopt;
  const auto& list = std::get<ast::ListDecl>(declared.declaration->node);
  const auto* inline_values = std::get_if<ast::ExprId>(&list.values);
  const Scope scope{*declared.ast, kAccountFrame, {}, id};
  const ast::ListLiteral* literal =
      inline_values == nullptr ? nullptr : std::get_if<ast::ListLiteral>(&(*declared.ast)[*inline_values].node);
  if (literal != nullptr && !literal->elements.empty() && tested.type.kind == Kind::kTimestamp &&
      is_day(ctx, scope, literal->elements.front())) {
    are_days = true;
    tested.type.kind = Kind::kDate;
  }
  const SetKey key{id, tested.type.kind, tested.type.scale, tested.type.folded, tested.type.enum_id};
  const auto known = ctx.sets.find(key);
  if (known != ctx.sets.end()) return known->second;
  std::optional<SetId> set;
  bool are_cut = false;
  if (literal != nullptr) set = check_literal_list(ctx, scope, *literal, (*declared.ast)[*inline_values].span, tested, are_cut);
  if (const auto* file = std::get_if<ast::ListFile>(&list.values)) set = check_file_list(ctx, declared, *file, tested);
  ctx.sets.emplace(key, set);
  return set;
}

// What stands where a list is needed, and is none.
void report_no_list(Context& ctx, const ast::Path& path, const Resolution& found, const Tested& tested) {
  if (found.kind == Resolution::Kind::kColumn) {
    const SchemaColumn& column = ctx.program.schema.tables[found.table].columns[found.column];
    if (column.type.kind == Kind::kList) {
      report(ctx, DiagnosticKind::kUnknownList, path.span,
             fmt::format("`{0}` is a column that holds a list; ask the other way round, as in `{0} has any [{1}]`", words(ctx, path.span),
                         tested.words));
      return;
    }
  }
  std::vector<std::string> lists;
  for (const Declared& declared : ctx.declared) {
    if (std::holds_alternative<ast::ListDecl>(declared.declaration->node)) lists.push_back(declared.name->text);
  }
  Diagnostic& diagnostic =
      report(ctx, DiagnosticKind::kUnknownList, path.span,
             fmt::format("`{0}` is not a list; write the values in brackets, as in `[{0}]`, or compare with `=`", words(ctx, path.span)));
  suggest(ctx, diagnostic, path.span, path.parts.back().text, lists, "");
}

std::optional<SetId> check_list_path(Context& ctx, const Scope& scope, const ast::Path& path, const Tested& tested, bool& are_days) {
  const ast::Name& name = path.parts.front();
  const Resolution bare = path.parts.size() == 1 ? find_bare(ctx, scope, name.text) : Resolution{};
  if (path.parts.size() == 1 && bare.kind == Resolution::Kind::kNothing && !means_elsewhere(ctx, name.text)) {
    if (ctx.has_lost_names) return std::nullopt;
    std::vector<std::string> lists;
    for (const Declared& declared : ctx.declared) {
      if (std::holds_alternative<ast::ListDecl>(declared.declaration->node)) lists.push_back(declared.name->text);
    }
    Diagnostic& diagnostic = report(ctx, DiagnosticKind::kUnknownList, name.span, fmt::format("unknown list `{}`", name.text));
    suggest(ctx, diagnostic, name.span, name.text, lists,
            fmt::format("; write the values in brackets, as in `[{}]`, or declare `list {} = [..]`", words(ctx, name.span), name.text));
    return std::nullopt;
  }
  const std::optional<Resolution> found = resolve(ctx, scope, path);
  if (!found) return std::nullopt;
  if (found->kind == Resolution::Kind::kDefinition) {
    note_use(ctx, scope, found->declaration);
    const Declared& declared = ctx.declared[found->declaration];
    if (std::holds_alternative<ast::ListDecl>(declared.declaration->node))
      return check_named_list(ctx, found->declaration, tested, are_days);
    if (declared.declaration->is_broken) return std::nullopt;
  }
  report_no_list(ctx, path, *found, tested);
  return std::nullopt;
}

// The written value, so that `[SE, "SE"]` and `[1k, 1_000]` are seen to repeat.
std::string raw_key(const Context& ctx, const Ast& ast, ast::ExprId id) {
  const ast::Expr& expr = ast[id];
  if (const auto* path = std::get_if<ast::PathExpr>(&expr.node); path != nullptr && path->path.parts.size() == 1)
    return "t" + path->path.parts.front().text;
  if (const auto* text = std::get_if<ast::TextLiteral>(&expr.node)) return "t" + text->text;
  if (const auto* number = std::get_if<ast::NumberLiteral>(&expr.node)) return "n" + number_text(ast::exact_number(*number));
  return "v" + words(ctx, expr.span);
}

}  // namespace

void check_list_declaration(Context& ctx, DeclId id) {
  Declared& declared = ctx.declared[id];
  const auto& list = std::get<ast::ListDecl>(declared.declaration->node);
  if (const auto* file = std::get_if<ast::ListFile>(&list.values)) {
    const LoadedList* loaded = loaded_list(ctx, *file);
    declared.state = loaded != nullptr && has_errors(loaded->file.diagnostics) ? Declared::State::kFailed : Declared::State::kDone;
    return;
  }
  const ast::Expr& expr = (*declared.ast)[std::get<ast::ExprId>(list.values)];
  const auto* values = std::get_if<ast::ListLiteral>(&expr.node);
  declared.state = Declared::State::kDone;
  if (values == nullptr || values->elements.empty()) {
    report_empty(ctx, expr.span);
    declared.state = Declared::State::kFailed;
    return;
  }
  std::set<std::string> seen;
  const Scope scope{*declared.ast, kAccountFrame, {}, id};
  for (std::size_t i = 0; i < values->elements.size(); ++i) {
    if (!seen.insert(raw_key(ctx, *declared.ast, values->elements[i])).second) report_repeated(ctx, scope, *values, i);
  }
}

std::optional<SetId> check_set(Context& ctx, const Scope& scope, ast::ExprId set, const Tested& tested, bool& are_days) {
  const ast::Expr& expr = scope.ast[set];
  if (const auto* list = std::get_if<ast::ListLiteral>(&expr.node))
    return check_literal_list(ctx, scope, *list, expr.span, tested, are_days);
  if (const auto* path = std::get_if<ast::PathExpr>(&expr.node)) return check_list_path(ctx, scope, path->path, tested, are_days);
  report(ctx, DiagnosticKind::kUnknownList, expr.span,
         fmt::format("{} is not a list; write the values in brackets, as in `[{}]`", code(ctx, expr.span), words(ctx, expr.span)));
  return std::nullopt;
}

}  // namespace segue::checker
