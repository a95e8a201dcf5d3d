// This file's interface, private to the folder, is Emitter: LLVM IR for the units of a layout that are emitted. Vectors are explicit, nothing relies
// on an optimiser. Constants come from the program's pool, never from the code.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include "compiler/codegen/constants.h"
#include "compiler/codegen/layout.h"

namespace segue {

class Emitter {
 public:
  // `vector_words`: 64-bit words in the widest register that the target has for boolean algebra (2, 4 or 8).
  Emitter(const ProgramLayout& layout, const BoundConstants& constants, const Clock& clock, unsigned vector_words)
      : layout_(layout),
        constants_(constants),
        clock_(clock),
        vector_words_(vector_words) {
    pool_.assign(kOnesWords, -1);
  }

  // Adds the function of a unit to a module.
  void emit(llvm::Module& module, const Unit& unit, const std::string& name);

  // What the functions expect as their pool.
  [[nodiscard]] const std::vector<std::int64_t>& pool() const { return pool_; }

 private:
  static constexpr std::size_t kOnesWords = 8;  // the pool begins with as many words of ones, for complements

  struct Function {
    llvm::IRBuilder<> builder;
    llvm::Value* bits = nullptr;
    llvm::Value* pointers = nullptr;
    llvm::Value* pool = nullptr;
    llvm::Value* words = nullptr;
    std::uint32_t frame = 0;
    llvm::Value* index = nullptr;  // of the loop
  };

  template <typename Body>
  void emit_loop(llvm::Module& module, const std::string& name, const Unit& unit, Body&& body);
  void emit_booleans(llvm::Module& module, const Unit& unit, const std::string& name);
  void emit_rows(llvm::Module& module, const Unit& unit, const std::string& name);
  void emit_value(Function& f, NodeId id, llvm::Value* base, llvm::Value* word);
  llvm::Value* emit_math(Function& f, EmittedMath math, llvm::Value* left, llvm::Value* right, llvm::Value*& missing);
  llvm::Value* emit_comparison(Function& f, const KernelTest& test, llvm::Value* word);
  llvm::Value* load_wide(Function& f, NodeId value, llvm::Value* word);
  using Inlined = std::unordered_map<std::uint32_t, llvm::Value*>;  // by node
  llvm::Value* emit_operand(Function& f, llvm::Value* base, Bit operand, const Inlined& inlined);
  llvm::Value* emit_operands(Function& f, llvm::Value* base, const Op& op, const Inlined& inlined);
  llvm::Value* emit_atom(Function& f, NodeId id, llvm::Value* base, llvm::Value* word);
  llvm::Value* emit_test(Function& f, const PlanNode& node, llvm::Value* word);
  llvm::Value* load_rows(Function& f, NodeId value, llvm::Value* word);
  llvm::Value* emit_int_ranges(Function& f, llvm::Value* values, const std::vector<IntRange>& ranges, bool is_clocked);
  llvm::Value* emit_int_range(Function& f, llvm::Value* values, const IntRange& range, bool is_clocked);
  llvm::Value* emit_float_range(Function& f, llvm::Value* values, const FloatRange& range);
  llvm::Value* emit_known(Function& f, Bit known, llvm::Value* base, llvm::Value* word);
  llvm::Value* load_word(Function& f, std::uint32_t input, llvm::Value* word);
  llvm::Value* splat(Function& f, llvm::Type* vector_type, std::int64_t value);
  llvm::Value* slot_address(Function& f, llvm::Value* base, std::uint32_t slot);
  llvm::Value* pointer(Function& f, std::uint32_t index);

  const ProgramLayout& layout_;
  const BoundConstants& constants_;
  const Clock& clock_;
  unsigned vector_words_;
  std::vector<std::int64_t> pool_;
};

}  // namespace segue
