// What the parts of the checker share: reporting, types in words, expressions and frames.
#include "compiler/check/context.h"

#include <cassert>
#include <utility>

#include <fmt/format.h>

namespace segue::checker {

Diagnostic& report(Context& ctx, DiagnosticKind kind, Span span, std::string message) {
  ctx.diagnostics.push_back(make_diagnostic(kind, span, std::move(message)));
  return ctx.diagnostics.back();
}

Diagnostic& report(Context& ctx, DiagnosticKind kind, Span span, std::string message, std::string fix_message, Edit edit) {
  ctx.diagnostics.push_back(make_diagnostic(kind, span, std::move(message), std::move(fix_message), std::move(edit)));
  return ctx.diagnostics.back();
}

std::string words(const Context& ctx, Span span) {
  constexpr std::size_t kLongest = 60;
  if (span.source == kNoSource) return {};
  const std::string_view text = text_at(source_of(ctx.input.sources, span.source), span);
  std::string squeezed;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const bool is_blank = text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r';
    if (is_blank && (squeezed.empty() || squeezed.back() == ' ')) {
      ++at;
      continue;
    }
    if (++characters > kLongest) return squeezed + "…";
    const std::size_t length = code_point_length(text, at);
    squeezed += is_blank ? " " : std::string(text.substr(at, length));
    at += length;
  }
  return squeezed;
}

std::string code(const Context& ctx, Span span) {
  const std::string text = words(ctx, span);
  // A name in back-quotes brings its own.
  return text.starts_with('`') && text.ends_with('`') && text.size() > 1 ? text : fmt::format("`{}`", text);
}

std::string describe(const Context& ctx, const Type& type) {
  switch (type.kind) {
    case Kind::kBool: return "a condition";
    case Kind::kInt: return "a whole number";
    case Kind::kDecimal: return "a decimal number";
    case Kind::kFloat: return "a number";
    case Kind::kText: return "text";
    case Kind::kDate: return "a date";
    case Kind::kTimestamp: return "a time";
    case Kind::kDays: return "a number of days";
    case Kind::kMonths: return "a number of months";
    case Kind::kSpan: return "a length of time";
    case Kind::kList: return "a list";
    case Kind::kEnum: break;
  }
  return fmt::format("a fixed value such as `{}`", ctx.program.enums[type.enum_id].values.front());
}

bool is_exact(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal; }
bool is_number(const Type& type) { return is_exact(type) || type.kind == Kind::kFloat; }
bool is_duration(const Type& type) { return type.kind == Kind::kDays || type.kind == Kind::kMonths || type.kind == Kind::kSpan; }

bool is_declared_by_rules(const Context& ctx, EnumTypeId id) {
  return id >= ctx.program.schema.enum_types.size() && id != ctx.weekday_enum;
}

Type type_of_kind(Kind kind, bool is_optional) {
  Type type;
  type.kind = kind;
  type.optional = is_optional;
  return type;
}

const Expr& expr_of(const Context& ctx, const Value& value) {
  assert(!value.is_failed && !value.number);
  return ctx.program.expr(value.id);
}

Value make(Context& ctx, Node node, const Type& type, FrameId frame, Span span) {
  const auto id = static_cast<ExprId>(ctx.program.exprs.size());
  ctx.program.exprs.push_back(Expr{std::move(node), type, frame, span});
  return Value{.is_failed = false, .number = {}, .id = id, .type = type, .span = span};
}

Value literal(Context& ctx, Constant constant, const Type& type, Span span) {
  return make(ctx, Literal{std::move(constant)}, type, kAccountFrame, span);
}

const SchemaTable& table_of(const Context& ctx, FrameId frame) { return ctx.program.schema.tables[ctx.program.frame(frame).table]; }

FrameId intern_frame(Context& ctx, const Frame& frame) {
  const auto next = static_cast<FrameId>(ctx.program.frames.size());
  const auto [place, is_new] = ctx.frame_ids.try_emplace({frame.table, frame.outer, frame.anchor, frame.link}, next);
  if (is_new) {
    ctx.program.frames.push_back(frame);
    ctx.frame_depths.push_back(frame.outer == kNoFrame ? 0 : ctx.frame_depths[index_of(frame.outer)] + 1);
  }
  return place->second;
}

FrameId inner_frame(const Context& ctx, FrameId first, FrameId second) {
  return ctx.frame_depths[index_of(first)] >= ctx.frame_depths[index_of(second)] ? first : second;
}

std::optional<std::uint32_t> link_to(const Context& ctx, TableId child, TableId parent) {
  const std::vector<ParentLink>& parents = ctx.program.schema.tables[child].parents;
  for (std::uint32_t link = 0; link < parents.size(); ++link) {
    if (parents[link].table == parent) return link;
  }
  return std::nullopt;
}

const TimeZone& project_zone(Context& ctx) {
  if (!ctx.zone) {
    std::expected<TimeZone, std::string> zone = load_time_zone(ctx.input.project.timezone);
    ctx.zone = zone ? *zone : utc_zone();  // the project's reader has reported a zone that is not there
  }
  return *ctx.zone;
}

}  // namespace segue::checker
