// This file turns the rows of `builtins.def` into the table and looks rows up in it.
#include "stdlib/builtins.h"

#include <algorithm>
#include <cassert>

#include "stdlib/kernels.h"

namespace segue {

namespace {

// The words of `builtins.def`.
namespace rows {

using enum Form;
using enum Shape;
using enum MissingRule;

using Parameters = std::array<Shape, kMaxParameters>;

constexpr Parameters parameters(Shape first, Shape second = Shape::kNone, Shape third = Shape::kNone) { return {first, second, third}; }

constexpr Builtin kTable[] = {
#define SEGUE_BUILTIN(id, form, name, shapes, result, missing, kernel, doc, example) \
  {BuiltinId::k##id, form, name, parameters shapes, result, missing, kernel, doc, example},
#include "stdlib/builtins.def"
#undef SEGUE_BUILTIN
};

}  // namespace rows

bool is_exact_number(Kind kind) { return kind == Kind::kInt || kind == Kind::kDecimal; }
bool is_number(Kind kind) { return is_exact_number(kind) || kind == Kind::kFloat; }
bool is_ordered(Kind kind) { return kind != Kind::kBool && kind != Kind::kList && kind != Kind::kMonths; }

bool accepts_all(const Builtin& row, std::span<const Type> operands) {
  return row.arity() == operands.size() && std::equal(operands.begin(), operands.end(), row.parameters.begin(),
                                                      [](const Type& type, Shape shape) { return accepts(shape, type); });
}

}  // namespace

std::size_t Builtin::arity() const {
  return static_cast<std::size_t>(std::find(parameters.begin(), parameters.end(), Shape::kNone) - parameters.begin());
}

std::span<const Builtin> builtins() { return rows::kTable; }

const Builtin& builtin(BuiltinId id) {
  const auto index = static_cast<std::size_t>(id);
  assert(index < std::size(rows::kTable));
  return rows::kTable[index];
}

bool accepts(Shape shape, const Type& type) {
  switch (shape) {
    case Shape::kAny: return true;
    case Shape::kBool: return type.kind == Kind::kBool;
    case Shape::kInt: return type.kind == Kind::kInt;
    case Shape::kDecimal: return type.kind == Kind::kDecimal;
    case Shape::kExact: return is_exact_number(type.kind);
    case Shape::kFloat: return type.kind == Kind::kFloat;
    case Shape::kNumber: return is_number(type.kind);
    case Shape::kText: return type.kind == Kind::kText;
    case Shape::kDate: return type.kind == Kind::kDate;
    case Shape::kTimestamp: return type.kind == Kind::kTimestamp;
    case Shape::kDays: return type.kind == Kind::kDays;
    case Shape::kMonths: return type.kind == Kind::kMonths;
    case Shape::kSpan: return type.kind == Kind::kSpan;
    case Shape::kEnum:
    case Shape::kOrderedEnum: return type.kind == Kind::kEnum;
    case Shape::kOrdered: return is_ordered(type.kind);
    case Shape::kList: return type.kind == Kind::kList;
    case Shape::kNone:
    case Shape::kWeekday:
    case Shape::kSet:
    case Shape::kRelation:
    case Shape::kSame: return false;
  }
  return false;
}

const Builtin* find_builtin(Form form, std::string_view name, std::span<const Type> operands) {
  for (const Builtin& row : builtins()) {
    if (row.form == form && row.name == name && accepts_all(row, operands)) return &row;
  }
  return nullptr;
}

bool is_builtin(Form form, std::string_view name) {
  return std::any_of(builtins().begin(), builtins().end(), [&](const Builtin& row) { return row.form == form && row.name == name; });
}

std::string_view describe(Shape shape) {
  switch (shape) {
    case Shape::kNone: return "nothing";
    case Shape::kAny: return "a value";
    case Shape::kBool: return "true or false";
    case Shape::kInt: return "a whole number";
    case Shape::kDecimal: return "a decimal";
    case Shape::kExact: return "a whole number or decimal";
    case Shape::kFloat: return "a float";
    case Shape::kNumber: return "a number";
    case Shape::kText: return "text";
    case Shape::kDate: return "a date";
    case Shape::kTimestamp: return "a timestamp";
    case Shape::kDays: return "a number of days";
    case Shape::kMonths: return "a number of months";
    case Shape::kSpan: return "an exact time";
    case Shape::kEnum: return "a named value";
    case Shape::kOrderedEnum: return "a named value with an order";
    case Shape::kWeekday: return "a day of the week";
    case Shape::kOrdered: return "a value with an order";
    case Shape::kSet: return "a list of values";
    case Shape::kList: return "a list column";
    case Shape::kRelation: return "the rows of a related table";
    case Shape::kSame: return "a value of the same type";
  }
  return "";
}

}  // namespace segue
