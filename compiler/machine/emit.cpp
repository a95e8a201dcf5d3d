// Emission. A function has one loop whose body is one basic block: of boolean algebra over a vector of words, of tests over 64 rows.
#include "compiler/machine/emit.h"

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

#include "runtime/program.h"

namespace segue {

namespace {

constexpr std::size_t kLineBytes = kBlockWords * sizeof(std::uint64_t);
constexpr unsigned kRowsPerWord = 64;
// Slots are addressed from the middle of what an instruction reaches with a short displacement of 64-byte lines.
constexpr std::size_t kBiasSlots = 128;
constexpr std::size_t kPrefetchBytes = 4096;

std::size_t bytes_of(Lane lane) {
  switch (lane) {
    case Lane::kInt8: return 1;
    case Lane::kInt16: return 2;
    case Lane::kInt32: return 4;
    default: return 8;
  }
}

class Emitter {
 public:
  Emitter(llvm::Module& module, const Recipe& recipe, unsigned vector_words, const std::string& name)
      : recipe_(recipe),
        vector_words_(vector_words),
        b_(module.getContext()) {
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {b_.getPtrTy()}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
    bits_type_ = recipe.is_over_bits ? static_cast<llvm::Type*>(llvm::FixedVectorType::get(b_.getInt64Ty(), vector_words))
                                     : static_cast<llvm::Type*>(b_.getInt64Ty());
  }

  void emit() {
    auto* entry = llvm::BasicBlock::Create(b_.getContext(), "", function_);
    auto* loop = llvm::BasicBlock::Create(b_.getContext(), "", function_);
    auto* exit = llvm::BasicBlock::Create(b_.getContext(), "", function_);
    b_.SetInsertPoint(entry);
    load_arguments();
    llvm::Value *first = argument(offsetof(CompiledCall, begin)), *end = argument(offsetof(CompiledCall, end));
    if (recipe_.is_over_bits) {  // whole blocks, a vector at a time
      const auto vectors = static_cast<std::uint64_t>(std::countr_zero(vectors_per_block()));
      first = b_.CreateShl(b_.CreateLShr(first, std::uint64_t{3}), vectors);
      end = b_.CreateShl(b_.CreateLShr(b_.CreateAdd(end, b_.getInt64(kBlockWords - 1)), std::uint64_t{3}), vectors);
    }
    b_.CreateBr(loop);
    b_.SetInsertPoint(loop);
    llvm::PHINode* index = b_.CreatePHI(b_.getInt64Ty(), 2);
    index->addIncoming(first, entry);
    index_ = index;
    locate();
    for (std::size_t i = 0; i < recipe_.instructions.size(); ++i) made_.push_back(emit(recipe_.instructions[i]));
    llvm::Value* next = b_.CreateAdd(index, b_.getInt64(1));
    index->addIncoming(next, loop);
    b_.CreateCondBr(b_.CreateICmpULT(next, end), loop, exit);
    b_.SetInsertPoint(exit);
    b_.CreateRetVoid();
  }

 private:
  std::uint64_t vectors_per_block() const { return kBlockWords / vector_words_; }

  llvm::Value* argument(std::size_t offset, llvm::Type* type = nullptr) {
    llvm::Value* address = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), function_->getArg(0), offset);
    return b_.CreateAlignedLoad(type == nullptr ? b_.getInt64Ty() : type, address, llvm::Align(8));
  }

  void load_arguments() {
    // The distance stands in a block of its own: in the loop's, LLVM would fold it into every address, and make each of them long.
    bits_ = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), argument(offsetof(CompiledCall, bits), b_.getPtrTy()), kBiasSlots * kLineBytes);
    pointers_ = argument(offsetof(CompiledCall, pointers), b_.getPtrTy());
    pool_ = argument(offsetof(CompiledCall, pool), b_.getPtrTy());
    counters_ = argument(offsetof(CompiledCall, counters), b_.getPtrTy());
    outputs_ = argument(offsetof(CompiledCall, outputs), b_.getPtrTy());
    block_bytes_ = argument(offsetof(CompiledCall, block_bytes));
    output_offset_ = argument(offsetof(CompiledCall, output_offset));
  }

  // Where the bits of this turn of the loop lie.
  void locate() {
    const std::uint64_t parts = recipe_.is_over_bits ? vectors_per_block() : kBlockWords;
    const std::uint64_t part_bytes = recipe_.is_over_bits ? vector_words_ * sizeof(std::uint64_t) : sizeof(std::uint64_t);
    llvm::Value* block = b_.CreateLShr(index_, static_cast<std::uint64_t>(std::countr_zero(parts)));
    part_ = b_.CreateMul(b_.CreateAnd(index_, parts - 1), b_.getInt64(part_bytes));
    line_ = b_.CreateInBoundsGEP(b_.getInt8Ty(), bits_, b_.CreateAdd(b_.CreateMul(block, block_bytes_), part_));
    output_ = b_.CreateAdd(output_offset_, b_.CreateMul(index_, b_.getInt64(part_bytes)));
  }

  llvm::Align bits_align() const { return llvm::Align(recipe_.is_over_bits ? vector_words_ * 8 : 8); }

  llvm::Value* slot_address(std::uint32_t slot) {
    const auto distance = static_cast<std::int64_t>(slot * kLineBytes) - static_cast<std::int64_t>(kBiasSlots * kLineBytes);
    return b_.CreateInBoundsGEP(b_.getInt8Ty(), line_, b_.getInt64(static_cast<std::uint64_t>(distance)));
  }
  llvm::Value* pointer(llvm::Value* from, std::uint32_t index) {
    llvm::Value* address = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), from, index * sizeof(void*));
    return b_.CreateAlignedLoad(b_.getPtrTy(), address, llvm::Align(8));
  }
  llvm::Value* rows_address(std::uint32_t index, Lane lane) {
    return b_.CreateInBoundsGEP(b_.getInt8Ty(), pointer(pointers_, index),
                                b_.CreateMul(index_, b_.getInt64(bytes_of(lane) * kRowsPerWord)));
  }
  llvm::Type* element(Lane lane) {
    return lane == Lane::kFloat64 ? b_.getDoubleTy() : static_cast<llvm::Type*>(b_.getIntNTy(static_cast<unsigned>(8 * bytes_of(lane))));
  }
  llvm::Type* rows_type(Lane lane) { return llvm::FixedVectorType::get(element(lane), kRowsPerWord); }

  // 64 rows stay in registers where they take an eighth or fewer of those of AVX2, a quarter of those of AVX-512; else each use loads them.
  llvm::Value* rows(std::uint32_t at) {
    const RecipeInstruction& from = recipe_.instructions[at];
    if (from.operation == Operation::kLoadRows && made_[at] == nullptr) return load_rows(from);
    return made_[at];
  }
  // The next batch of a column follows this one, but not the next column: processors see it late.
  void prefetch_rows(const RecipeInstruction& from) {
    llvm::Value* address = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), rows_address(from.a, from.lane), kPrefetchBytes);
    for (std::size_t at = 0; at < bytes_of(from.lane) * kRowsPerWord; at += kLineBytes) {
      llvm::Value* line = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), address, at);
      b_.CreateIntrinsic(llvm::Intrinsic::prefetch, {b_.getPtrTy()}, {line, b_.getInt32(0), b_.getInt32(3), b_.getInt32(1)});
    }
  }
  llvm::Value* load_rows(const RecipeInstruction& from) {
    return b_.CreateAlignedLoad(rows_type(from.lane), rows_address(from.a, from.lane), llvm::Align(64));
  }
  bool stays(Lane lane) const { return bytes_of(lane) * kRowsPerWord <= vector_words_ * 8 * (vector_words_ == 8 ? 8 : 2); }

  // A value of the pool in every lane; the pool is little-endian, so a narrower element lies where its word does.
  llvm::Value* load_pool(const RecipeInstruction& from) {
    llvm::Value* address = b_.CreateConstInBoundsGEP1_64(b_.getInt64Ty(), pool_, from.a);
    return b_.CreateVectorSplat(kRowsPerWord, b_.CreateAlignedLoad(element(from.lane), address, llvm::Align(8)));
  }

  void count(llvm::Value* bits, std::uint32_t counter) {
    llvm::Value* address = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), counters_, counter * kLineBytes);
    llvm::Value* before = b_.CreateAlignedLoad(bits_type_, address, bits_align());
    llvm::Value* more = b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits);
    b_.CreateAlignedStore(b_.CreateAdd(before, more), address, bits_align());
  }

  // All ones, from memory: a constant would keep LLVM's fast way of selecting instructions from all that follows in the block, which takes four times as long.
  llvm::Value* ones() {
    llvm::Module& module = *function_->getParent();
    llvm::GlobalVariable* words = module.getGlobalVariable("ones", true);
    if (words == nullptr) {
      auto* type = llvm::ArrayType::get(b_.getInt64Ty(), kBlockWords);
      words =
          new llvm::GlobalVariable(module, type, true, llvm::GlobalValue::InternalLinkage, llvm::Constant::getAllOnesValue(type), "ones");
      words->setAlignment(llvm::Align(kLineBytes));
    }
    return b_.CreateAlignedLoad(bits_type_, words, bits_align());
  }

  // Where masks are registers, the comparison itself can be the other way round.
  llvm::Value* complement(std::uint32_t at) {
    const RecipeInstruction& from = recipe_.instructions[at];
    if (recipe_.is_over_bits) return b_.CreateXor(made_[at], ones());
    if (from.operation != Operation::kBits || vector_words_ != 8) return b_.CreateNot(made_[at]);
    return b_.CreateBitCast(b_.CreateNot(made_[from.a]), bits_type_);
  }

  llvm::Value* compare(const RecipeInstruction& of) {
    using Predicate = llvm::CmpInst::Predicate;
    llvm::Value *left = rows(of.a), *right = rows(of.b);
    const bool is_float = left->getType()->isFPOrFPVectorTy();
    const auto predicate = [&](Predicate floats, Predicate integers) { return is_float ? floats : integers; };
    switch (of.operation) {
      case Operation::kLess: return b_.CreateCmp(predicate(Predicate::FCMP_OLT, Predicate::ICMP_SLT), left, right);
      case Operation::kLessEqual: return b_.CreateCmp(predicate(Predicate::FCMP_OLE, Predicate::ICMP_SLE), left, right);
      case Operation::kGreater: return b_.CreateCmp(predicate(Predicate::FCMP_OGT, Predicate::ICMP_SGT), left, right);
      case Operation::kGreaterEqual: return b_.CreateCmp(predicate(Predicate::FCMP_OGE, Predicate::ICMP_SGE), left, right);
      default: return b_.CreateCmp(predicate(Predicate::FCMP_OEQ, Predicate::ICMP_EQ), left, right);
    }
  }

  llvm::Value* calculate(const RecipeInstruction& of) {
    llvm::Value *left = rows(of.a), *right = rows(of.b);
    const bool is_float = of.lane == Lane::kFloat64;
    switch (of.operation) {
      case Operation::kAdd: return is_float ? b_.CreateFAdd(left, right) : b_.CreateAdd(left, right);
      case Operation::kSubtract: return is_float ? b_.CreateFSub(left, right) : b_.CreateSub(left, right);
      case Operation::kMultiply: return is_float ? b_.CreateFMul(left, right) : b_.CreateMul(left, right);
      case Operation::kXor: return b_.CreateXor(left, right);
      default: return b_.CreateAnd(left, right);
    }
  }

  llvm::Value* narrow(llvm::Value* values, Lane lane) {
    llvm::Type* to = rows_type(lane);
    const auto greatest = (std::int64_t{1} << (8 * bytes_of(lane) - 1)) - 1;
    const auto limit = [&](std::int64_t bound) { return llvm::ConstantInt::getSigned(values->getType(), bound); };
    values = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, values, limit(greatest));
    return b_.CreateTrunc(b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, values, limit(-greatest - 1)), to);
  }

  // What the instruction makes; null where nothing.
  llvm::Value* emit(const RecipeInstruction& of) {
    switch (of.operation) {
      case Operation::kZeros: return llvm::Constant::getNullValue(bits_type_);
      case Operation::kOnes: return llvm::Constant::getAllOnesValue(bits_type_);
      case Operation::kLoadSlot: return b_.CreateAlignedLoad(bits_type_, slot_address(of.a), bits_align());
      case Operation::kLoadInput:
        return b_.CreateAlignedLoad(bits_type_, b_.CreateInBoundsGEP(b_.getInt64Ty(), pointer(pointers_, of.a), index_), llvm::Align(8));
      case Operation::kAnd: return b_.CreateAnd(made_[of.a], made_[of.b]);
      case Operation::kOr: return b_.CreateOr(made_[of.a], made_[of.b]);
      case Operation::kNot: return complement(of.a);
      case Operation::kStoreSlot: b_.CreateAlignedStore(made_[of.a], slot_address(of.b), bits_align()); return nullptr;
      case Operation::kCount: count(made_[of.a], of.b); return nullptr;
      case Operation::kKeep:
        b_.CreateAlignedStore(made_[of.a], b_.CreateInBoundsGEP(b_.getInt8Ty(), pointer(outputs_, of.b), output_), llvm::Align(8));
        return nullptr;
      case Operation::kLoadRows: prefetch_rows(of); return stays(of.lane) ? load_rows(of) : nullptr;
      case Operation::kLoadPool: return load_pool(of);
      case Operation::kNarrow: return narrow(rows(of.a), of.lane);
      case Operation::kWiden: return b_.CreateSExt(rows(of.a), rows_type(of.lane));
      case Operation::kEqual:
      case Operation::kLess:
      case Operation::kLessEqual:
      case Operation::kGreater:
      case Operation::kGreaterEqual: return compare(of);
      case Operation::kBits: return b_.CreateBitCast(made_[of.a], bits_type_);
      case Operation::kAdd:
      case Operation::kSubtract:
      case Operation::kMultiply:
      case Operation::kXor:
      case Operation::kAndRows: return calculate(of);
      case Operation::kIsNegative: return b_.CreateICmpSLT(made_[of.a], llvm::Constant::getNullValue(made_[of.a]->getType()));
      case Operation::kIsNan: return b_.CreateFCmpUNO(made_[of.a], made_[of.a]);
      case Operation::kStoreRows: b_.CreateAlignedStore(made_[of.a], rows_address(of.b, of.lane), llvm::Align(64)); return nullptr;
    }
    assert(false && "no such operation");
    return nullptr;
  }

  const Recipe& recipe_;
  unsigned vector_words_;
  llvm::IRBuilder<> b_;
  llvm::Function* function_ = nullptr;
  llvm::Type* bits_type_ = nullptr;
  llvm::Value *bits_ = nullptr, *pointers_ = nullptr, *pool_ = nullptr, *counters_ = nullptr, *outputs_ = nullptr;
  llvm::Value *block_bytes_ = nullptr, *output_offset_ = nullptr;
  llvm::Value *index_ = nullptr, *part_ = nullptr, *line_ = nullptr, *output_ = nullptr;
  std::vector<llvm::Value*> made_;  // by instruction
};

}  // namespace

void emit_recipe(llvm::Module& module, const Recipe& recipe, unsigned vector_words, const std::string& name) {
  Emitter(module, recipe, vector_words, name).emit();
}

}  // namespace segue
