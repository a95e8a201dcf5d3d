// The checking of definitions: each once for its own sake, and once more for every frame and every arguments that it is used with.
#include "compiler/check/definitions.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/bodies.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/check/relations.h"
#include "compiler/check/types.h"
#include "compiler/check/walk.h"
#include "compiler/syntax/parse.h"

namespace segue::checker {
namespace {

// ---- cycles

void report_cycle(Context& ctx, DeclId id, Span use) {
  constexpr std::size_t kShown = 12;
  const auto start = std::ranges::find(ctx.active, id, &Use::declaration);
  std::vector<Use> cycle(start, ctx.active.end());
  cycle.front().span = use;  // who closes the circle asks for its first member
  std::ranges::rotate(cycle, std::ranges::min_element(cycle, {}, &Use::declaration));
  std::string way;
  for (std::size_t i = 0; i < std::min(kShown, cycle.size()); ++i) way += ctx.declared[cycle[i].declaration].name->text + " → ";
  if (cycle.size() > kShown) way += "… → ";
  const ast::Name& first = *ctx.declared[cycle.front().declaration].name;
  Diagnostic& diagnostic = report(ctx, DiagnosticKind::kDefinitionCycle, first.span,
                                  fmt::format("`{}` is defined by itself: {}{}; leave one of these uses out", first.text, way, first.text));
  for (std::size_t i = 0; i < std::min(kShown, cycle.size()); ++i) {
    const Use& next = cycle[(i + 1) % cycle.size()];
    diagnostic.notes.push_back(make_note(
        fmt::format("`{}` uses `{}` here", ctx.declared[cycle[i].declaration].name->text, ctx.declared[next.declaration].name->text),
        next.span));
  }
}

DefinitionId add_definition(Context& ctx, const Declared& declared, FrameId frame, Definition definition) {
  definition.name = declared.name->text;
  if (declared.declaration->doc) definition.doc = declared.declaration->doc->text;
  definition.frame = frame;
  definition.name_span = declared.name->span;
  definition.span = declared.declaration->span;
  ctx.program.definitions.push_back(std::move(definition));
  return static_cast<DefinitionId>(ctx.program.definitions.size() - 1);
}

// ---- uses with arguments or in further frames

std::string key_of_constant(const Constant& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("{}:{}", text->size(), *text);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{:a}", *number);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  return std::get<bool>(value) ? "true" : "false";
}

// What tells one argument from another: what it says, as far as that is short, else which expression it is.
std::string key_of(const Context& ctx, ExprId id, int depth = 0) {
  constexpr int kDeepest = 50;
  const Expr& expr = ctx.program.expr(id);
  const std::string type = fmt::format("{}.{}.{}", static_cast<int>(expr.type.kind), expr.type.scale, expr.type.folded ? 'f' : '-');
  if (const auto* constant = std::get_if<Literal>(&expr.node)) return fmt::format("L{}:{}", type, key_of_constant(constant->value));
  if (const auto* column = std::get_if<ColumnRead>(&expr.node)) return fmt::format("C{}.{}", index_of(expr.frame), column->column);
  if (const auto* read = std::get_if<DefinitionRead>(&expr.node))
    return fmt::format("D{}.{}", index_of(expr.frame), index_of(read->definition));
  if (depth < kDeepest) {
    if (const auto* sum = std::get_if<Arithmetic>(&expr.node)) {
      return fmt::format("A{}({},{})", static_cast<int>(sum->op), key_of(ctx, sum->left, depth + 1), key_of(ctx, sum->right, kDeepest));
    }
    if (const auto* negated = std::get_if<Negate>(&expr.node)) return fmt::format("N({})", key_of(ctx, negated->operand, depth + 1));
  }
  return fmt::format("E{}", index_of(id));
}

// An argument as what stands for the parameter.
std::optional<Binding> bind_argument(Context& ctx, const Declared& declared, const Binding& parameter, Value argument, FrameId frame) {
  if (argument.is_failed) return std::nullopt;
  if (argument.number && is_number(parameter.type))
    argument = settled_as(ctx, std::move(argument), parameter.type, fmt::format("`{}`", declared.name->text));
  argument = settled(ctx, std::move(argument));
  if (argument.is_failed) return std::nullopt;
  if (!is_acceptable(parameter.type, argument.type)) {
    const bool are_numbers = is_number(parameter.type) && is_number(argument.type);
    report(ctx, DiagnosticKind::kTypeMismatch, argument.span,
           fmt::format("`{}` takes {} for `{}`, and {} is {}", declared.name->text,
                       are_numbers ? type_name(parameter.type) : describe(ctx, parameter.type), parameter.name, code(ctx, argument.span),
                       are_numbers ? type_name(argument.type) : describe(ctx, argument.type)));
    return std::nullopt;
  }
  if (ctx.frame_depths[index_of(expr_of(ctx, argument).frame)] > ctx.frame_depths[index_of(frame)]) {
    report(ctx, DiagnosticKind::kWrongArguments, argument.span,
           fmt::format("`{}` is about a row of `{}`, so {} cannot be given to it: it belongs to a row of `{}`", declared.name->text,
                       table_of(ctx, frame).name, code(ctx, argument.span), table_of(ctx, expr_of(ctx, argument).frame).name));
    return std::nullopt;
  }
  if (argument.type.kind == Kind::kDecimal && argument.type.scale != parameter.type.scale) {
    Type wider = argument.type;
    wider.scale = parameter.type.scale;
    argument = make(ctx, Rescale{argument.id}, wider, expr_of(ctx, argument).frame, argument.span);
  }
  const bool is_constant = std::holds_alternative<Literal>(expr_of(ctx, argument).node) && argument.type.kind != Kind::kList;
  return Binding{parameter.name, argument.type, argument.id, is_constant, false};
}

void report_argument_count(Context& ctx, const Declared& declared, std::size_t given, Span span) {
  std::string form = written_name(declared.name->text);
  for (std::size_t i = 0; i < declared.parameters.size(); ++i)
    form += fmt::format("{}{}", i == 0 ? "(" : ", ", declared.parameters[i].name);
  if (!declared.parameters.empty()) form += ")";
  const std::size_t needed = declared.parameters.size();
  Diagnostic& diagnostic = report(ctx, DiagnosticKind::kWrongArguments, span,
                                  needed == 0 ? fmt::format("`{}` takes no values; write `{}`", declared.name->text, form)
                                              : fmt::format("`{}` needs {} value{} and has {}; write `{}`", declared.name->text, needed,
                                                            needed == 1 ? "" : "s", given == 0 ? "none" : fmt::format("{}", given), form));
  diagnostic.notes.push_back(make_note(fmt::format("`{}` is declared here", declared.name->text), declared.name->span));
}

std::optional<std::vector<Binding>> bind_arguments(Context& ctx, const Declared& declared, std::span<const Value> arguments, FrameId frame,
                                                   Span span) {
  if (arguments.size() != declared.parameters.size()) {
    report_argument_count(ctx, declared, arguments.size(), span);
    return std::nullopt;
  }
  std::vector<Binding> bindings;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::optional<Binding> binding = bind_argument(ctx, declared, declared.parameters[i], arguments[i], frame);
    if (binding) bindings.push_back(*binding);
  }
  if (bindings.size() != arguments.size()) return std::nullopt;
  return bindings;
}

std::optional<DefinitionId> make_instance(Context& ctx, DeclId id, FrameId frame, std::span<const Binding> bindings, Span use) {
  const Declared& declared = ctx.declared[id];
  const std::size_t reported = ctx.diagnostics.size();
  // Names in a body mean what they mean where it was written: what is about no table stands there, whatever rows its arguments are about.
  const FrameId stand = is_for_relation(declared) ? frame : declared.frame;
  std::optional<Definition> body;
  deep_call(ctx.stack, [&] { body = check_body(ctx, Scope{*declared.ast, stand, bindings, id}, *declared.declaration); });
  // The body is sound by itself: what is wrong is wrong with this use.
  for (std::size_t i = reported; i < ctx.diagnostics.size(); ++i) {
    if (ctx.diagnostics[i].severity == Severity::kError)
      ctx.diagnostics[i].notes.push_back(make_note(fmt::format("in `{}` as it is used here", declared.name->text), use));
  }
  if (!body) return std::nullopt;
  return add_definition(ctx, declared, frame, std::move(*body));
}

// An audience inside rows that are reached another way than its own.
void report_rows_of_others(Context& ctx, const Declared& declared, FrameId frame, Span use) {
  const std::string& rows = table_of(ctx, frame).name;
  const std::string around = table_of(ctx, ctx.program.frame(frame).anchor).name;
  report(ctx, DiagnosticKind::kMisplacedName, use,
         fmt::format("`{0}` is an audience among all rows of `{1}`, and this is about those of one row of `{2}`; write its condition as "
                     "`define … for {1}`, and use that here and there",
                     declared.name->text, rows, around));
}

std::optional<DefinitionId> instance_of(Context& ctx, DeclId id, FrameId frame, std::span<const Binding> bindings, Span use) {
  const Declared& declared = ctx.declared[id];
  if (bindings.empty() && frame == declared.frame) return declared.definition;
  if (std::holds_alternative<ast::AudienceDecl>(declared.declaration->node)) {
    report_rows_of_others(ctx, declared, frame, use);
    return std::nullopt;
  }
  std::string key = fmt::format("{}@{}", id, index_of(frame));
  for (const Binding& binding : bindings) key += "|" + key_of(ctx, binding.value);
  const auto known = ctx.instances.find(key);
  if (known != ctx.instances.end()) return known->second;
  if (ctx.instances.size() >= kMaxInstances) {
    if (!std::exchange(ctx.has_too_many_instances, true)) {
      report(ctx, DiagnosticKind::kTooManyInstances, use,
             fmt::format("definitions with parameters make more than {} different definitions of each other; use fewer different values",
                         kMaxInstances));
    }
    return std::nullopt;
  }
  const std::optional<DefinitionId> made = make_instance(ctx, id, frame, bindings, use);
  ctx.instances.emplace(std::move(key), made);
  return made;
}

// Whether a node says something of a row by itself, or of many.
bool reads_rows(const Node& node) {
  return std::holds_alternative<ColumnRead>(node) || std::holds_alternative<ReferenceRead>(node) ||
         std::holds_alternative<Aggregate>(node) || std::holds_alternative<Sequence>(node) || std::holds_alternative<Percentile>(node) ||
         std::holds_alternative<TopOf>(node);
}

bool check_once(Context& ctx, DeclId id) {
  const Declared& declared = ctx.declared[id];
  std::optional<Definition> body;
  deep_call(ctx.stack,
            [&] { body = check_body(ctx, Scope{*declared.ast, declared.frame, declared.parameters, id}, *declared.declaration); });
  if (!body) return false;
  ctx.declared[id].definition = add_definition(ctx, declared, declared.frame, std::move(*body));
  return true;
}

// The plain frame of the rows that a `define … for` or an audience is about; false where that was reported.
bool set_rows(Context& ctx, DeclId id, const ast::Path& relation) {
  Declared& declared = ctx.declared[id];
  const Scope account{*declared.ast, kAccountFrame, {}, id};
  const std::optional<RelationPath> path = resolve_rows(ctx, account, relation);
  if (path) declared.frame = frame_of_relation(ctx, account, *path, relation.span);
  return path.has_value();
}

bool check_parameters(Context& ctx, Declared& declared, const ast::DefineDecl& define) {
  bool is_failed = false;
  for (const ast::Parameter& parameter : define.parameters) {
    const std::optional<Type> type = check_type_name(ctx, parameter.type);
    is_failed = is_failed || !type;
    if (std::ranges::count(declared.parameters, parameter.name.text, &Binding::name) > 0) {
      report(ctx, DiagnosticKind::kDuplicateDefinition, parameter.name.span,
             fmt::format("`{}` has two parameters called `{}`; give one another name", define.name.text, parameter.name.text));
      is_failed = true;
    }
    if (!type) continue;
    const Value example = literal(ctx, placeholder_of(*type), *type, parameter.name.span);
    declared.parameters.push_back(Binding{parameter.name.text, *type, example.id, type->kind != Kind::kList, true});
  }
  return !is_failed;
}

}  // namespace

void prepare_define(Context& ctx, DeclId id) {
  Declared& declared = ctx.declared[id];
  const auto& define = std::get<ast::DefineDecl>(declared.declaration->node);
  bool is_sound = !define.relation || set_rows(ctx, id, *define.relation);
  if (!check_parameters(ctx, declared, define)) is_sound = false;
  if (!is_sound) declared.state = Declared::State::kFailed;
}

void prepare_audience(Context& ctx, DeclId id) {
  Declared& declared = ctx.declared[id];
  const auto& audience = std::get<ast::AudienceDecl>(declared.declaration->node);
  if (audience.relation && !set_rows(ctx, id, *audience.relation)) declared.state = Declared::State::kFailed;
}

void note_use(Context& ctx, const Scope& scope, DeclId used) {
  if (scope.declaration != kNoDecl) ctx.declared[scope.declaration].uses.push_back(used);
}

bool ensure_checked(Context& ctx, DeclId id, Span use) {
  const Declared::State state = ctx.declared[id].state;
  if (state == Declared::State::kActive) report_cycle(ctx, id, use);
  if (state != Declared::State::kUnchecked) return state == Declared::State::kDone;
  ctx.declared[id].state = Declared::State::kActive;
  ctx.active.push_back({id, use});
  const bool is_sound = check_once(ctx, id);
  ctx.active.pop_back();
  ctx.declared[id].state = is_sound ? Declared::State::kDone : Declared::State::kFailed;
  return is_sound;
}

// Whether a definition comes from a declaration with parameters.
static bool has_parameters(const Context& ctx, const Definition& definition) {
  for (const auto* names : {&ctx.by_name, &ctx.prelude_by_name}) {
    const auto found = names->find(definition.name);
    if (found == names->end() || ctx.declared[found->second].name->span != definition.name_span) continue;
    return !ctx.declared[found->second].parameters.empty();
  }
  return false;
}

bool is_about_no_table(const Context& ctx, DeclId id) {
  const Declared& declared = ctx.declared[id];
  if (!declared.definition || declared.parameters.empty() || is_for_relation(declared)) return false;
  // Parameters are constants in the body that was checked for its own sake, so what it reads it reads itself.
  std::vector<ExprId> open = {ctx.program.definition(*declared.definition).body};
  std::set<DefinitionId> seen = {*declared.definition};
  bool is_free = true;
  while (is_free && !open.empty()) {
    const ExprId at = open.back();
    open.pop_back();
    const Node& node = ctx.program.expr(at).node;
    is_free = !reads_rows(node);
    for_each_operand(node, [&](ExprId operand) { open.push_back(operand); });
    for_each_definition(node, [&](DefinitionId read) {
      is_free = is_free && has_parameters(ctx, ctx.program.definition(read));
      if (seen.insert(read).second) open.push_back(ctx.program.definition(read).body);
    });
  }
  return is_free;
}

// Tiers, stages, grids and splits.
static bool is_named_values(const ast::Declaration& declaration) {
  return std::holds_alternative<ast::TiersDecl>(declaration.node) || std::holds_alternative<ast::StagesDecl>(declaration.node) ||
         std::holds_alternative<ast::GridDecl>(declaration.node) || std::holds_alternative<ast::SplitDecl>(declaration.node);
}

// Whether a declaration's value may be other than true or false, or a number.
static bool may_be_enum(const ast::Declaration& declaration) {
  return std::holds_alternative<ast::DefineDecl>(declaration.node) || is_named_values(declaration);
}

Type type_of_definition(Context& ctx, DeclId id) {
  const Declared& declared = ctx.declared[id];
  if (declared.param) return declared.param->type;
  // Inside its own text: whoever reads it reports the circle.
  if (declared.state == Declared::State::kActive) return type_of_kind(is_named_values(*declared.declaration) ? Kind::kEnum : Kind::kBool);
  if (!may_be_enum(*declared.declaration) || !ensure_checked(ctx, id, declared.name->span)) return {};
  return ctx.program.expr(ctx.program.definition(*declared.definition).body).type;
}

Value read_definition(Context& ctx, const Scope& scope, DeclId id, FrameId frame, std::span<const Value> arguments, Span span) {
  note_use(ctx, scope, id);
  const Declared& declared = ctx.declared[id];
  if (declared.state == Declared::State::kFailed) return {};
  if (std::holds_alternative<ast::ListDecl>(declared.declaration->node)) {
    report(ctx, DiagnosticKind::kMisplacedName, span,
           fmt::format("`{0}` is a list; ask whether something is in it, as in `x in {0}`", declared.name->text));
    return {};
  }
  if (declared.param) {
    if (!arguments.empty()) report_argument_count(ctx, declared, arguments.size(), span);
    const auto& value = std::get<Literal>(ctx.program.expr(declared.param->value).node).value;
    return arguments.empty() ? literal(ctx, value, declared.param->type, span) : Value{};
  }
  if (!ensure_checked(ctx, id, span)) return {};
  const std::optional<std::vector<Binding>> bindings = bind_arguments(ctx, declared, arguments, frame, span);
  if (!bindings) return {};
  const std::optional<DefinitionId> instance = instance_of(ctx, id, frame, *bindings, span);
  if (!instance) return {};
  const Definition& definition = ctx.program.definition(*instance);
  Type type = ctx.program.expr(definition.body).type;
  if (definition.kind == DefinitionKind::kSegment || definition.kind == DefinitionKind::kAudience) type.optional = false;
  return make(ctx, DefinitionRead{*instance}, type, frame, span);
}

}  // namespace segue::checker
