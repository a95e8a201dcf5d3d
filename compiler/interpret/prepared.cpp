// Looks up kernels, patterns, sets and windows before any row is seen.
#include "compiler/interpret/prepared.h"

#include <array>
#include <cassert>

#include "stdlib/builtins.h"

namespace segue {
namespace {

// How builtins.def writes the operators.
constexpr std::array<std::string_view, 4> kArithmeticSymbols = {"+", "-", "*", "/"};
std::string_view symbol_of(ArithmeticOp op) { return kArithmeticSymbols[static_cast<std::size_t>(op)]; }

// Durations have no row of their own where plain integer arithmetic does.
ScalarKernel find_kernel(Form form, std::string_view name, std::initializer_list<Type> operands) {
  const Builtin* row = find_builtin(form, name, std::span(operands.begin(), operands.size()));
  return row ? row->kernel.scalar : nullptr;
}

class Preparation {
 public:
  Preparation(Prepared& out) : out_(out), program_(out.program) {}

  void add(ExprId id) {
    id_ = id;
    std::visit(*this, program_.expr(id).node);
  }

  void operator()(const Arithmetic& node) {
    set_kernel(find_kernel(Form::kInfix, symbol_of(node.op), {type_of(node.left), type_of(node.right)}));
  }
  void operator()(const Negate& node) { set_kernel(find_kernel(Form::kPrefix, "-", {type_of(node.operand)})); }
  void operator()(const Call& node) { set_kernel(builtin(node.builtin).kernel.scalar); }
  void operator()(const InSet& node) { add_set(node.set); }
  void operator()(const Has& node) { add_set(node.set); }
  void operator()(const Matches& node) {
    auto pattern = Pattern::compile(node.pattern);
    assert(pattern && "`check` has compiled the pattern");
    out_.patterns.emplace(index_of(id_), std::move(*pattern));
  }
  void operator()(const Within& node) {
    auto& bounds = out_.windows[index_of(node.window)];
    if (!bounds) bounds = window_bounds(program_.windows[index_of(node.window)], out_.clock);
  }
  template <typename Node>
  void operator()(const Node&) {}  // the others need nothing

 private:
  const Type& type_of(ExprId id) const { return program_.expr(id).type; }
  void set_kernel(ScalarKernel kernel) { out_.kernels[index_of(id_)] = kernel; }

  void add_set(SetId id) {
    auto& lookup = out_.sets[index_of(id)];
    if (lookup) return;
    const ConstantSet& set = program_.sets[index_of(id)];
    lookup.emplace();
    lookup->element = set.type.kind == Kind::kList ? element_type(set.type) : set.type;
    lookup->element.folded = set.folded;
    for (const Constant& value : set.values) {
      const auto position = static_cast<std::uint32_t>(lookup->index.size());
      lookup->index.emplace(identity_of(lookup->element, constant_value(value)), position);
    }
  }

  Prepared& out_;
  const CheckedProgram& program_;
  ExprId id_{};
};

}  // namespace

Prepared prepare(const CheckedProgram& program, const Database& database, const Clock& clock, const Schedule& schedule,
                 const Population& population) {
  Prepared prepared{.program = program, .database = database, .clock = clock, .population = population};
  prepared.kernels.resize(program.exprs.size());
  prepared.sets.resize(program.sets.size());
  prepared.windows.resize(program.windows.size());
  Preparation preparation(prepared);
  for (const Scope& scope : schedule.scopes) {
    for (const Step& step : scope.steps) {
      if (step.expr != kVisit) preparation.add(step.expr);
    }
  }
  return prepared;
}

std::optional<std::uint32_t> find_in_set(const SetLookup& set, const Value& value) {
  const auto found = set.index.find(identity_of(set.element, value));
  if (found == set.index.end()) return std::nullopt;
  return found->second;
}

}  // namespace segue
