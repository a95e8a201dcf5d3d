// What stands behind a column's name in a row of a test: a literal, a `param`, a moment such as `2 days ago`, `missing`, or a list of these.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "compiler/check/names.h"
#include "compiler/check/test_draft.h"
#include "compiler/syntax/parse.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

// A column as messages name it, and the type of one of its values.
struct Wanted {
  std::string name;
  Type type;
};

std::nullopt_t refuse_value(TestDraft& draft, DiagnosticKind kind, Span span, std::string message) {
  report_test(draft, kind, span, std::move(message));
  return std::nullopt;
}

std::string kind_of_value(const Context& ctx, const Type& type) {
  return type.kind == Kind::kBool ? std::string("`true` or `false`") : describe(ctx, type);
}

std::optional<Constant> mismatch(TestDraft& draft, const Wanted& wanted, const Value& value) {
  return refuse_value(draft, DiagnosticKind::kTypeMismatch, value.span,
                      fmt::format("`{}` takes {}, and {} is {}", wanted.name, kind_of_value(draft.ctx, wanted.type),
                                  code(draft.ctx, value.span), describe(draft.ctx, value.type)));
}

// ---- moments

const Clock* clock_for(TestDraft& draft, Span span) {
  if (!draft.clock && !draft.clock_use) draft.clock_use = span;
  return draft.clock ? &*draft.clock : nullptr;
}

// `2 days ago` for a time: that day, at the time of day of the clock.
KnownInt calendar_moment(const Clock& clock, const FromNow& moment) {
  const TimeAmount amount{moment.count, moment.unit};
  const bool is_days = moment.unit == TimeUnit::kDay || moment.unit == TimeUnit::kWeek;
  const KnownInt count = is_days ? days_of(amount) : months_of(amount);
  if (!count.known) return kMissingInt;
  return is_days ? add_days_to_instant(*clock.zone, clock.now, count.value) : add_months_to_instant(*clock.zone, clock.now, count.value);
}

KnownInt moment_value(const Clock& clock, const FromNow& moment, Kind wanted) {
  const TimeAmount amount{moment.count, moment.unit};
  if (wanted == Kind::kDate) return moment_date(clock, amount);
  return is_exact(moment.unit) ? moment_timestamp(clock, amount) : calendar_moment(clock, moment);
}

std::optional<Constant> check_moment(TestDraft& draft, const Wanted& wanted, const Value& value, const FromNow& moment) {
  const bool is_time = wanted.type.kind == Kind::kTimestamp;
  if (!is_time && (wanted.type.kind != Kind::kDate || is_exact(moment.unit))) return mismatch(draft, wanted, value);
  const Clock* clock = clock_for(draft, value.span);
  if (clock == nullptr) return Constant{std::int64_t{0}};  // reported when all is known
  const KnownInt instant = moment_value(*clock, moment, wanted.type.kind);
  if (instant.known) return Constant{instant.value};
  return refuse_value(draft, DiagnosticKind::kInvalidLiteral, value.span,
                      fmt::format("{} lies outside the years 1 to 9999", code(draft.ctx, value.span)));
}

// `now` and `today`, which as a time is now, as `2 days ago` is two days before now.
std::optional<Constant> check_clock(TestDraft& draft, const Wanted& wanted, const Value& value, bool is_now) {
  const bool is_time = wanted.type.kind == Kind::kTimestamp;
  if (!is_time && (is_now || wanted.type.kind != Kind::kDate)) return mismatch(draft, wanted, value);
  const Clock* clock = clock_for(draft, value.span);
  return Constant{clock == nullptr ? std::int64_t{0} : is_time ? clock->now : clock->today};
}

// ---- literals

std::optional<Constant> check_number(TestDraft& draft, const Wanted& wanted, const Value& value) {
  if (!is_number(wanted.type)) return mismatch(draft, wanted, value);
  auto constant = constant_of_number(*value.number, wanted.type);
  if (constant) return std::move(*constant);
  return refuse_value(
      draft, DiagnosticKind::kInvalidLiteral, value.span,
      fmt::format("{} {}; `{}` takes {}", code(draft.ctx, value.span), constant.error(), wanted.name, describe(draft.ctx, wanted.type)));
}

// A value of another number type, of a `param`, where it stands for the same number.
std::optional<Constant> converted_number(const Type& wanted, const Type& given, const Constant& constant) {
  if (given.kind == wanted.kind && given.scale == wanted.scale) return constant;
  if (!is_exact(given)) return std::nullopt;
  const std::int64_t raw = std::get<std::int64_t>(constant);
  if (wanted.kind == Kind::kFloat) return Constant{nearest_float(raw, given.scale)};
  if (wanted.kind != Kind::kDecimal || wanted.scale < given.scale) return std::nullopt;
  const KnownInt wider = rescale_decimal(raw, given.scale, wanted.scale);
  return wider.known ? std::optional<Constant>(wider.value) : std::nullopt;
}

std::optional<Constant> check_literal(TestDraft& draft, const Wanted& wanted, const Value& value, const Constant& constant) {
  const Type& type = wanted.type;
  if (is_number(type) && is_number(value.type)) {
    auto number = converted_number(type, value.type, constant);
    return number ? std::move(number) : mismatch(draft, wanted, value);
  }
  // A day where a time is wanted is its first moment.
  if (type.kind == Kind::kTimestamp && value.type.kind == Kind::kDate)
    return Constant{first_instant_of_day(project_zone(draft.ctx), std::get<std::int64_t>(constant))};
  const bool is_same = type.kind == value.type.kind && (type.kind != Kind::kEnum || type.enum_id == value.type.enum_id);
  return is_same ? std::optional(constant) : mismatch(draft, wanted, value);
}

// `name: Acme`, `customer: yes`: a bare name that means nothing; true where it was reported.
bool report_bare_name(TestDraft& draft, const Wanted& wanted, ast::ExprId id) {
  const ast::Expr& expr = draft.ast[id];
  const auto* path = std::get_if<ast::PathExpr>(&expr.node);
  if (path == nullptr || path->path.parts.size() != 1 || wanted.type.kind == Kind::kEnum) return false;
  const std::string& name = path->path.parts.front().text;
  if (wanted.type.kind == Kind::kText) {
    const Resolution found = find_bare(draft.ctx, draft.scope, name);
    const bool is_param = found.kind == Resolution::Kind::kDefinition && draft.ctx.declared[found.declaration].param;
    if (is_param) return false;
    const std::string quoted = fmt::format("\"{}\"", name);
    report_test(draft, DiagnosticKind::kTypeMismatch, expr.span,
                fmt::format("`{}` takes text, which stands in quotes: {}", wanted.name, quoted))
        .fix = Fix{fmt::format("write `{}`", quoted), {Edit{expr.span, quoted}}};
    return true;
  }
  if (find_bare(draft.ctx, draft.scope, name).kind != Resolution::Kind::kNothing) return false;
  report_test(draft, DiagnosticKind::kTypeMismatch, expr.span,
              fmt::format("`{}` takes {}, and `{}` is none", wanted.name, kind_of_value(draft.ctx, wanted.type), name));
  return true;
}

std::optional<Constant> check_scalar(TestDraft& draft, const Wanted& wanted, ast::ExprId id) {
  const ast::Expr& expr = draft.ast[id];
  if (std::holds_alternative<ast::RecordLiteral>(expr.node) || std::holds_alternative<ast::ListLiteral>(expr.node)) {
    return refuse_value(draft, DiagnosticKind::kTypeMismatch, expr.span,
                        fmt::format("`{}` takes one value: {}", wanted.name, kind_of_value(draft.ctx, wanted.type)));
  }
  if (report_bare_name(draft, wanted, id)) return std::nullopt;
  const std::size_t reported = draft.ctx.diagnostics.size();
  const Value value = check_expr(draft.ctx, draft.scope, id, wanted.type.kind == Kind::kEnum ? wanted.type.enum_id : kNoEnum);
  draft.is_failed = draft.is_failed || value.is_failed || draft.ctx.diagnostics.size() != reported;
  if (value.is_failed) return std::nullopt;
  if (value.number) return check_number(draft, wanted, value);
  const Node& node = expr_of(draft.ctx, value).node;
  if (const auto* constant = std::get_if<Literal>(&node)) {
    const Constant copy = constant->value;
    return check_literal(draft, wanted, value, copy);
  }
  if (const auto* moment = std::get_if<FromNow>(&node)) {
    const FromNow copy = *moment;
    return check_moment(draft, wanted, value, copy);
  }
  if (std::holds_alternative<Now>(node) || std::holds_alternative<Today>(node))
    return check_clock(draft, wanted, value, std::holds_alternative<Now>(node));
  return refuse_value(draft, DiagnosticKind::kNotConstant, value.span,
                      fmt::format("{} is not a fixed value; in a test write what `{}` is, a `param`, or a moment such as `2 days ago`",
                                  code(draft.ctx, value.span), wanted.name));
}

// ---- cells of more than one value

void check_list(TestDraft& draft, const SchemaColumn& column, ast::ExprId id, TestCell& cell) {
  const auto* list = std::get_if<ast::ListLiteral>(&draft.ast[id].node);
  if (list == nullptr) {
    report_test(draft, DiagnosticKind::kTypeMismatch, draft.ast[id].span,
                fmt::format("`{0}` takes a list in brackets, as in `{0}: [{1}]`", column.name, words(draft.ctx, draft.ast[id].span)));
    return;
  }
  Type element = type_of_kind(column.type.element);
  element.scale = column.type.scale;
  element.enum_id = column.type.enum_id;
  cell.state = TestCell::State::kKnown;
  for (const ast::ExprId each : list->elements) {
    const auto constant = check_scalar(draft, Wanted{column.name, element}, each);
    if (constant && std::ranges::find(cell.elements, *constant) == cell.elements.end()) cell.elements.push_back(*constant);
  }
}

bool is_within(const Constant& degrees, double most) { return std::get<double>(degrees) >= -most && std::get<double>(degrees) <= most; }

// `location: [52.5, 13.4]`.
void check_point(TestDraft& draft, const SchemaColumn& column, ast::ExprId id, std::vector<TestCell>& cells) {
  constexpr double kMostLatitude = 90, kMostLongitude = 180;
  const ast::Expr& expr = draft.ast[id];
  const auto* list = std::get_if<ast::ListLiteral>(&expr.node);
  const auto report_form = [&] {
    report_test(draft, DiagnosticKind::kTypeMismatch, expr.span,
                fmt::format("`{0}` takes latitude and longitude in degrees, as in `{0}: [52.5, 13.4]`", column.name));
  };
  if (list == nullptr || list->elements.size() != 2) return report_form();
  const Wanted wanted{column.name, type_of_kind(Kind::kFloat)};
  const auto latitude = check_scalar(draft, wanted, list->elements[0]);
  const auto longitude = check_scalar(draft, wanted, list->elements[1]);
  if (!latitude || !longitude) return;
  if (!is_within(*latitude, kMostLatitude) || !is_within(*longitude, kMostLongitude)) return report_form();
  cells[*column.latitude] = {TestCell::State::kKnown, *latitude, {}};
  cells[*column.longitude] = {TestCell::State::kKnown, *longitude, {}};
}

void set_missing(const SchemaColumn& column, std::vector<TestCell>& cells, ColumnId id) {
  cells[id].state = TestCell::State::kMissing;
  if (column.form != ColumnForm::kPoint) return;
  cells[*column.latitude].state = TestCell::State::kMissing;
  cells[*column.longitude].state = TestCell::State::kMissing;
}

}  // namespace

Diagnostic& report_test(TestDraft& draft, DiagnosticKind kind, Span span, std::string message) {
  draft.is_failed = true;
  return report(draft.ctx, kind, span, std::move(message));
}

void check_cell(TestDraft& draft, const SchemaTable& table, ColumnId id, ast::ExprId value, std::vector<TestCell>& cells) {
  const SchemaColumn& column = table.columns[id];
  if (std::holds_alternative<ast::MissingLiteral>(draft.ast[value].node)) {
    if (column.type.optional) return set_missing(column, cells, id);
    report_test(draft, DiagnosticKind::kInvalidTest, draft.ast[value].span,
                fmt::format("`{}` is never missing: the schema does not make it optional; give it a value", column.name))
        .notes.push_back(make_note("it is declared here", column.span));
    return;
  }
  if (column.form == ColumnForm::kPoint) {
    cells[id].state = TestCell::State::kKnown;
    return check_point(draft, column, value, cells);
  }
  if (column.type.kind == Kind::kList) return check_list(draft, column, value, cells[id]);
  if (auto constant = check_scalar(draft, Wanted{column.name, column.type}, value))
    cells[id] = {TestCell::State::kKnown, std::move(*constant), {}};
}

}  // namespace segue::checker
