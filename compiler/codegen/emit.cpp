// Emission. A function has one loop whose body is one basic block: of boolean algebra over a vector of words, of tests over 64 rows.
#include "compiler/codegen/emit.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>

namespace segue {

namespace {

constexpr std::size_t kLineBytes = kBlockWords * sizeof(std::uint64_t);
constexpr unsigned kRowsPerWord = 64;

// A range as values of a narrower integer; one that holds none of them is empty there too.
IntRange narrowed(const IntRange& range, std::size_t bytes) {
  const std::int64_t greatest = std::numeric_limits<std::int64_t>::max() >> (8 * (8 - bytes)), least = -greatest - 1;
  const IntRange result{std::max(range.low, least), std::min(range.high, greatest)};
  return result.is_empty() ? IntRange{1, 0} : result;
}

}  // namespace

// void name(bits, pointers, pool, words): calls `body(function)` for each index from 0 to `count(words) - 1`.
template <typename Body>
void Emitter::emit_loop(llvm::Module& module, const std::string& name, const Unit& unit, Body&& body) {
  llvm::LLVMContext& context = module.getContext();
  llvm::Type* pointer_type = llvm::PointerType::getUnqual(context);
  llvm::Type* int_type = llvm::Type::getInt64Ty(context);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer_type, pointer_type, pointer_type, int_type}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  auto* entry = llvm::BasicBlock::Create(context, "", function);
  auto* loop = llvm::BasicBlock::Create(context, "", function);
  auto* exit = llvm::BasicBlock::Create(context, "", function);
  Function f{
      llvm::IRBuilder<>(entry), function->getArg(0), function->getArg(1), function->getArg(2), function->getArg(3), unit.frame, nullptr};
  llvm::Value* count = f.words;
  if (unit.kind == NodeClass::kBoolean) {  // whole blocks, a vector at a time
    llvm::Value* blocks = f.builder.CreateLShr(f.builder.CreateAdd(f.words, f.builder.getInt64(kBlockWords - 1)), std::uint64_t{3});
    count = f.builder.CreateMul(blocks, f.builder.getInt64(kBlockWords / vector_words_));
  }
  f.builder.CreateBr(loop);
  f.builder.SetInsertPoint(loop);
  llvm::PHINode* index = f.builder.CreatePHI(int_type, 2);
  index->addIncoming(f.builder.getInt64(0), entry);
  f.index = index;
  body(f);
  llvm::Value* next = f.builder.CreateAdd(index, f.builder.getInt64(1));
  index->addIncoming(next, loop);
  f.builder.CreateCondBr(f.builder.CreateICmpULT(next, count), loop, exit);
  f.builder.SetInsertPoint(exit);
  f.builder.CreateRetVoid();
}

void Emitter::emit(llvm::Module& module, const Unit& unit, const std::string& name) {
  if (unit.kind == NodeClass::kBoolean) {
    emit_booleans(module, unit, name);
  } else {
    emit_rows(module, unit, name);
  }
}

llvm::Value* Emitter::slot_address(Function& f, llvm::Value* base, std::uint32_t slot) {
  return f.builder.CreateConstInBoundsGEP1_64(f.builder.getInt8Ty(), base, slot * kLineBytes);
}

llvm::Value* Emitter::pointer(Function& f, std::uint32_t index) {
  llvm::Value* address = f.builder.CreateConstInBoundsGEP1_64(f.builder.getInt8Ty(), f.pointers, index * sizeof(void*));
  return f.builder.CreateAlignedLoad(f.builder.getPtrTy(), address, llvm::Align(8));
}

// ── boolean algebra ──

void Emitter::emit_booleans(llvm::Module& module, const Unit& unit, const std::string& name) {
  emit_loop(module, name, unit, [&](Function& f) {
    llvm::IRBuilder<>& b = f.builder;
    const std::uint64_t stride = layout_.frames[f.frame].bit_slots * kLineBytes, vectors = kBlockWords / vector_words_;
    llvm::Value* block = b.CreateLShr(f.index, static_cast<std::uint64_t>(std::countr_zero(vectors)));
    llvm::Value* part = b.CreateAnd(f.index, vectors - 1);
    llvm::Value* offset = b.CreateAdd(b.CreateMul(block, b.getInt64(stride)), b.CreateMul(part, b.getInt64(vector_words_ * 8)));
    llvm::Value* base = b.CreateInBoundsGEP(b.getInt8Ty(), f.bits, offset);
    Inlined inlined;
    for (const NodeId id : unit.nodes) {
      llvm::Value* result = emit_operands(f, base, layout_.plan().node(id).op, inlined);
      if (layout_.is_inlined(id)) {
        inlined[index_of(id)] = result;
      } else {
        b.CreateAlignedStore(result, slot_address(f, base, layout_.bit_slot(id)), llvm::Align(vector_words_ * 8));
      }
    }
  });
}

llvm::Value* Emitter::emit_operand(Function& f, llvm::Value* base, Bit operand, const Inlined& inlined) {
  if (const auto at = inlined.find(index_of(operand.node())); at != inlined.end()) return at->second;
  llvm::Type* vector = llvm::FixedVectorType::get(f.builder.getInt64Ty(), vector_words_);
  const BitRef ref = layout_.ref(Bit{operand.raw & ~1U});
  if (ref.slot != kNoSlot) return f.builder.CreateAlignedLoad(vector, slot_address(f, base, ref.slot), llvm::Align(vector_words_ * 8));
  // What the data or the clock have settled.
  return ref.is_inverted ? llvm::Constant::getAllOnesValue(vector) : llvm::Constant::getNullValue(vector);
}

// Operands come sorted by complement, so that one inversion does for all that are complemented: a and not b and not c = a and not (b or c).
llvm::Value* Emitter::emit_operands(Function& f, llvm::Value* base, const Op& op, const Inlined& inlined) {
  const bool is_all = std::holds_alternative<AllOf>(op);
  const std::vector<Bit>& operands = is_all ? std::get<AllOf>(op).operands : std::get<AnyOf>(op).operands;
  llvm::Value *plain = nullptr, *complemented = nullptr;
  const auto join = [&](llvm::Value* so_far, llvm::Value* next, bool conjunction) {
    if (so_far == nullptr) return next;
    return conjunction ? f.builder.CreateAnd(so_far, next) : f.builder.CreateOr(so_far, next);
  };
  for (const Bit operand : operands) {
    llvm::Value* next = emit_operand(f, base, operand, inlined);
    llvm::Value*& side = operand.is_negated() ? complemented : plain;
    side = join(side, next, operand.is_negated() ? !is_all : is_all);
  }
  if (complemented == nullptr) return plain;
  llvm::Type* vector = llvm::FixedVectorType::get(f.builder.getInt64Ty(), vector_words_);
  llvm::Value* ones = f.builder.CreateAlignedLoad(vector, f.pool, llvm::Align(8));
  return join(plain, f.builder.CreateXor(complemented, ones), is_all);
}

// ── tests and values ──

void Emitter::emit_rows(llvm::Module& module, const Unit& unit, const std::string& name) {
  emit_loop(module, name, unit, [&](Function& f) {
    llvm::IRBuilder<>& b = f.builder;
    const std::uint64_t stride = layout_.frames[f.frame].bit_slots * kLineBytes;
    llvm::Value* block = b.CreateLShr(f.index, std::uint64_t{std::countr_zero(kBlockWords)});
    llvm::Value* part = b.CreateAnd(f.index, kBlockWords - 1);
    llvm::Value* offset = b.CreateAdd(b.CreateMul(block, b.getInt64(stride)), b.CreateShl(part, std::uint64_t{3}));
    llvm::Value* base = b.CreateInBoundsGEP(b.getInt8Ty(), f.bits, offset);
    for (const NodeId id : unit.nodes) {
      if (unit.kind == NodeClass::kValue) {
        emit_value(f, id, base, f.index);
      } else {
        b.CreateAlignedStore(emit_atom(f, id, base, f.index), slot_address(f, base, layout_.bit_slot(id)), llvm::Align(8));
      }
    }
  });
}

llvm::Value* Emitter::load_word(Function& f, std::uint32_t input, llvm::Value* word) {
  llvm::Value* address = f.builder.CreateInBoundsGEP(f.builder.getInt64Ty(), pointer(f, input), word);
  return f.builder.CreateAlignedLoad(f.builder.getInt64Ty(), address, llvm::Align(8));
}

llvm::Value* Emitter::emit_known(Function& f, Bit known, llvm::Value* base, llvm::Value* word) {
  if (const auto input = layout_.validity_input(known)) return load_word(f, *input, word);
  const BitRef ref = layout_.ref(known);
  if (ref.slot == kNoSlot) return f.builder.getInt64(ref.is_inverted ? ~std::uint64_t{0} : 0);
  llvm::Value* bits = f.builder.CreateAlignedLoad(f.builder.getInt64Ty(), slot_address(f, base, ref.slot), llvm::Align(8));
  return ref.is_inverted ? f.builder.CreateNot(bits) : bits;
}

llvm::Value* Emitter::emit_atom(Function& f, NodeId id, llvm::Value* base, llvm::Value* word) {
  const PlanNode& node = layout_.plan().node(id);
  if (std::holds_alternative<ColumnKnown>(node.op)) return load_word(f, *layout_.validity_input(bit_of(id)), word);
  if (std::holds_alternative<ColumnBit>(node.op)) {
    llvm::Value* bits = load_word(f, layout_.bits_input(id), word);
    const auto valid = layout_.validity_of_bits(id);
    return valid ? f.builder.CreateAnd(bits, load_word(f, *valid, word)) : bits;
  }
  const Bit known = std::visit(
      [](const auto& op) {
        if constexpr (requires { op.known; }) return op.known;
        else return kTrue;
      },
      node.op);
  llvm::Value* holds = emit_test(f, node, word);
  const BitRef ref = layout_.ref(known);
  const bool is_always_known = ref.slot == kNoSlot && ref.is_inverted && !layout_.validity_input(known);
  return is_always_known ? holds : f.builder.CreateAnd(holds, emit_known(f, known, base, word));
}

llvm::Value* Emitter::load_rows(Function& f, NodeId value, llvm::Value* word) {
  llvm::IRBuilder<>& b = f.builder;
  const ValueRef ref = layout_.ref(value);
  const bool is_float = layout_.plan().node(value).type.kind == Kind::kFloat;
  const std::size_t bytes = ref.source == ValueSource::kColumn ? bytes_of(ref.storage) : 8;
  const auto inputs = static_cast<std::uint32_t>(layout_.frames[f.frame].inputs.size());
  llvm::Value* rows = pointer(f, ref.source == ValueSource::kColumn ? ref.index : inputs + ref.index);
  llvm::Value* address = b.CreateInBoundsGEP(b.getInt8Ty(), rows, b.CreateMul(word, b.getInt64(bytes * kRowsPerWord)));
  llvm::Type* element = is_float ? b.getDoubleTy() : static_cast<llvm::Type*>(b.getIntNTy(static_cast<unsigned>(8 * bytes)));
  return b.CreateAlignedLoad(llvm::FixedVectorType::get(element, kRowsPerWord), address, llvm::Align(64));
}

// 64 rows as one word.
llvm::Value* Emitter::emit_test(Function& f, const PlanNode& node, llvm::Value* word) {
  if (const auto* test = std::get_if<InRanges>(&node.op)) return emit_int_ranges(f, load_rows(f, test->value, word), test->ranges, false);
  if (const auto* test = std::get_if<InFloatRange>(&node.op)) return emit_float_range(f, load_rows(f, test->value, word), test->range);
  if (const auto* test = std::get_if<KernelTest>(&node.op)) return emit_comparison(f, *test, word);
  if (const auto* test = std::get_if<InWindow>(&node.op)) {
    return emit_int_ranges(f, load_rows(f, test->value, word), {window_range(layout_.plan(), clock_, *test)}, true);
  }
  const auto& test = std::get<CompareBound>(node.op);
  return emit_int_ranges(f, load_rows(f, test.value, word), {bound_range(constants_, test)}, true);
}

llvm::Value* Emitter::emit_int_ranges(Function& f, llvm::Value* values, const std::vector<IntRange>& ranges, bool is_clocked) {
  llvm::Value* any = nullptr;
  for (const IntRange& range : ranges) {
    llvm::Value* holds = emit_int_range(f, values, range, is_clocked);
    any = any == nullptr ? holds : f.builder.CreateOr(any, holds);
  }
  return any;
}

// A bound that is the least or the greatest integer is no bound. Which bounds there are is part of the code unless the clock sets them; what they are is not.
llvm::Value* Emitter::emit_int_range(Function& f, llvm::Value* values, const IntRange& range, bool is_clocked) {
  llvm::IRBuilder<>& b = f.builder;
  const IntRange bounds = narrowed(range, values->getType()->getScalarSizeInBits() / 8);
  const auto as_word = [&](llvm::Value* rows) { return b.CreateBitCast(rows, b.getInt64Ty()); };
  if (!is_clocked && range.low == range.high && bounds.low == bounds.high)
    return as_word(b.CreateICmpEQ(values, splat(f, values->getType(), bounds.low)));
  // Complements of what lies outside: a processor compares with `greater`, not with `at least`.
  llvm::Value* outside = nullptr;
  if (is_clocked || bounds.is_empty() || range.low != std::numeric_limits<std::int64_t>::min()) {
    outside = b.CreateICmpSLT(values, splat(f, values->getType(), bounds.low));
  }
  if (is_clocked || bounds.is_empty() || range.high != std::numeric_limits<std::int64_t>::max()) {
    llvm::Value* above = b.CreateICmpSGT(values, splat(f, values->getType(), bounds.high));
    outside = outside == nullptr ? above : b.CreateOr(outside, above);
  }
  if (outside == nullptr) return b.getInt64(~std::uint64_t{0});
  return b.CreateNot(as_word(outside));
}

llvm::Value* Emitter::emit_float_range(Function& f, llvm::Value* values, const FloatRange& range) {
  llvm::IRBuilder<>& b = f.builder;
  const auto bound = [&](double value) { return splat(f, values->getType(), std::bit_cast<std::int64_t>(value)); };
  const double infinity = std::numeric_limits<double>::infinity();
  llvm::Value* inside = nullptr;
  if (range.low != -infinity) inside = b.CreateFCmpOGE(values, bound(range.low));
  if (range.high != infinity) {
    llvm::Value* below = b.CreateFCmpOLE(values, bound(range.high));
    inside = inside == nullptr ? below : b.CreateAnd(inside, below);
  }
  return inside == nullptr ? b.getInt64(~std::uint64_t{0}) : b.CreateBitCast(inside, b.getInt64Ty());
}

// 64 rows as int64 or double.
llvm::Value* Emitter::load_wide(Function& f, NodeId value, llvm::Value* word) {
  llvm::IRBuilder<>& b = f.builder;
  const PlanNode& node = layout_.plan().node(value);
  const bool is_float = node.type.kind == Kind::kFloat;
  llvm::Type* vector = llvm::FixedVectorType::get(is_float ? b.getDoubleTy() : static_cast<llvm::Type*>(b.getInt64Ty()), kRowsPerWord);
  if (node.frame == kNoFrame) return splat(f, vector, constants_.values[index_of(value)].value);
  llvm::Value* rows = load_rows(f, value, word);
  return is_float ? rows : b.CreateSExt(rows, vector);
}

// 64 rows as one word: two values of a row beside each other.
llvm::Value* Emitter::emit_comparison(Function& f, const KernelTest& test, llvm::Value* word) {
  using Predicate = llvm::CmpInst::Predicate;
  llvm::Value *left = load_wide(f, test.left, word), *right = load_wide(f, test.right, word);
  const bool is_float = layout_.plan().node(test.left).type.kind == Kind::kFloat;
  const std::string_view symbol = builtin(test.builtin).name;
  Predicate predicate = is_float ? Predicate::FCMP_OEQ : Predicate::ICMP_EQ;
  if (symbol == "<") predicate = is_float ? Predicate::FCMP_OLT : Predicate::ICMP_SLT;
  if (symbol == "<=") predicate = is_float ? Predicate::FCMP_OLE : Predicate::ICMP_SLE;
  if (symbol == ">") predicate = is_float ? Predicate::FCMP_OGT : Predicate::ICMP_SGT;
  if (symbol == ">=") predicate = is_float ? Predicate::FCMP_OGE : Predicate::ICMP_SGE;
  return f.builder.CreateBitCast(f.builder.CreateCmp(predicate, left, right), f.builder.getInt64Ty());
}

// The result; `missing` has a bit for each row whose result is none. What the row then holds does not matter: any int or float does.
llvm::Value* Emitter::emit_math(Function& f, EmittedMath math, llvm::Value* left, llvm::Value* right, llvm::Value*& missing) {
  llvm::IRBuilder<>& b = f.builder;
  llvm::Value *result = nullptr, *lost = nullptr;
  switch (math) {
    case EmittedMath::kAddInt:  // overflows where both operands have the sign that the result has not
      result = b.CreateAdd(left, right);
      lost = b.CreateAnd(b.CreateXor(left, result), b.CreateXor(right, result));
      break;
    case EmittedMath::kSubtractInt:
      result = b.CreateSub(left, right);
      lost = b.CreateAnd(b.CreateXor(left, right), b.CreateXor(left, result));
      break;
    case EmittedMath::kMultiplyInt: return b.CreateMul(left, right);
    case EmittedMath::kAddFloat: result = b.CreateFAdd(left, right); break;
    case EmittedMath::kSubtractFloat: result = b.CreateFSub(left, right); break;
    case EmittedMath::kMultiplyFloat: result = b.CreateFMul(left, right); break;
    case EmittedMath::kNone: assert(false && "is not emitted"); break;
  }
  llvm::Value* is_lost =
      lost != nullptr ? b.CreateICmpSLT(lost, llvm::Constant::getNullValue(lost->getType())) : b.CreateFCmpUNO(result, result);
  missing = b.CreateBitCast(is_lost, b.getInt64Ty());
  return result;
}

void Emitter::emit_value(Function& f, NodeId id, llvm::Value* base, llvm::Value* word) {
  llvm::IRBuilder<>& b = f.builder;
  const Map& map = std::get<Map>(layout_.plan().node(id).op);
  llvm::Value* missing = nullptr;
  llvm::Value* result = emit_math(f, layout_.math_of(map), load_wide(f, map.left, word), load_wide(f, map.right, word), missing);
  const auto inputs = static_cast<std::uint32_t>(layout_.frames[f.frame].inputs.size());
  llvm::Value* rows = pointer(f, inputs + layout_.value_slot(id));
  b.CreateAlignedStore(result, b.CreateInBoundsGEP(b.getInt64Ty(), rows, b.CreateMul(word, b.getInt64(kRowsPerWord))), llvm::Align(64));
  if (layout_.known_slot(id) == kNoSlot) return;
  llvm::Value* known = emit_known(f, map.known, base, word);
  if (missing != nullptr) known = b.CreateAnd(known, b.CreateNot(missing));
  b.CreateAlignedStore(known, slot_address(f, base, layout_.known_slot(id)), llvm::Align(8));
}

// A value of the pool in every lane; the pool is little-endian, so a narrower element lies where its word does.
llvm::Value* Emitter::splat(Function& f, llvm::Type* vector_type, std::int64_t value) {
  pool_.push_back(value);
  llvm::Value* address = f.builder.CreateConstInBoundsGEP1_64(f.builder.getInt64Ty(), f.pool, pool_.size() - 1);
  llvm::Value* element = f.builder.CreateAlignedLoad(vector_type->getScalarType(), address, llvm::Align(8));
  return f.builder.CreateVectorSplat(kRowsPerWord, element);
}

}  // namespace segue
