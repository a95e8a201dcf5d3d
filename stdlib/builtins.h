// This file's external interface is THE table of the language's functions and operators, one row an overload (`builtins.def`), and how their
// kernels are called. Type checker, interpreter, native code and the reference page are driven by it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/type.h"
#include "stdlib/clock.h"
#include "stdlib/number.h"

namespace segue {

// What a parameter accepts, or what a result is. kExact is an int or a decimal, kNumber also a float; where a float stands beside an exact
// number in arithmetic, the caller takes the exact one to the nearest double first (`nearest_float`).
enum class Shape : std::uint8_t {
  kNone,
  kAny,
  kBool,
  kInt,
  kDecimal,
  kExact,
  kFloat,
  kNumber,
  kText,
  kDate,
  kTimestamp,
  kDays,
  kMonths,
  kSpan,
  kEnum,
  kOrderedEnum,
  kWeekday,   // result only: the enum `monday` to `sunday`
  kOrdered,   // any type that `<` compares
  kSet,       // `[..]` or a named list
  kList,      // a column of type list
  kRelation,  // the rows of a related table, filtered
  kSame,      // result only: the type of the first parameter
};

// How the row is written.
enum class Form : std::uint8_t { kFunction, kInfix, kPrefix, kPostfix, kAggregate };

// What a missing operand does. An unknown overflow or a division by zero makes the result missing besides.
enum class MissingRule : std::uint8_t {
  kPropagates,  // missing
  kFalse,       // false; unknown in three-valued evaluation
  kAsks,        // answers about it, never unknown
  kDefaults,    // supplies another value
  kSkips,       // a row without the value does not count
};

// What a kernel may look at besides its operands. Scales are those of decimal operands, 0 for ints.
struct KernelContext {
  const Clock& clock;
  std::uint8_t left_scale = 0;
  std::uint8_t right_scale = 0;
};

// One value. Operands and result are int64: ints, decimals' raws, days, µs, enum indexes as they are, bools as 0 and 1, floats as their bits
// (`std::bit_cast`). Called with known operands only.
using ScalarKernel = KnownInt (*)(const KernelContext& context, const std::int64_t* operands);

// `n` values. Bit i of `known` (64 a word, lowest first) says on entry whether the operands of value i are known, on return whether the result is;
// `out` is 0 where it is not. `b` is null for kernels of one operand. `out` may be `a` or `b`.
using BatchKernel = void (*)(const KernelContext& context, const std::int64_t* a, const std::int64_t* b, std::int64_t* out,
                             std::uint64_t* known, std::size_t n);

// Two texts, folded by the caller where their type is.
using TextKernel = bool (*)(std::string_view text, std::string_view operand);

// All null where the row is desugared, or evaluated by the machinery of sets and aggregates.
struct Kernel {
  ScalarKernel scalar = nullptr;
  BatchKernel batch = nullptr;
  TextKernel text = nullptr;
};

enum class BuiltinId : std::uint16_t {
#define SEGUE_BUILTIN(id, form, name, parameters, result, missing, kernel, doc, example) k##id,
#include "stdlib/builtins.def"
#undef SEGUE_BUILTIN
};

inline constexpr std::size_t kMaxParameters = 3;

struct Builtin {
  BuiltinId id;
  Form form;
  std::string_view name;
  std::array<Shape, kMaxParameters> parameters;  // kNone after the last
  Shape result;
  MissingRule missing;
  Kernel kernel;
  std::string_view doc;      // one sentence for the reference page and for hovering
  std::string_view example;  // a predicate that holds, in the language

  [[nodiscard]] std::size_t arity() const;
};

// All rows, in the order of the table; the index is the id.
[[nodiscard]] std::span<const Builtin> builtins();

[[nodiscard]] const Builtin& builtin(BuiltinId id);

// Whether a value of `type` may stand where `shape` is asked for. Any enum stands for an ordered one: whether it is ordered stands in the table of
// enum types, which the caller has. No type stands for a relation or a set.
[[nodiscard]] bool accepts(Shape shape, const Type& type);

// The first row of that form and name that accepts the operands; null where none does.
[[nodiscard]] const Builtin* find_builtin(Form form, std::string_view name, std::span<const Type> operands);

// Whether any row of that form has the name; tells an unknown function from wrong operands.
[[nodiscard]] bool is_builtin(Form form, std::string_view name);

// For messages: `a date`, `a whole number`.
[[nodiscard]] std::string_view describe(Shape shape);

}  // namespace segue
