// This file's external interface is Recipe: what a function does, as flat plain data without LLVM. A recipe, the target and its width of vectors determine the
// machine code entirely; constants, the clock, data and their number are no part of it, so code may be kept by its recipe.
#pragma once

#include <cstdint>
#include <vector>

namespace segue {

// Raised whenever the same recipe makes other code, or CompiledCall changes: kept code is of one version.
inline constexpr std::uint32_t kRecipeVersion = 2;

// Elements of a vector of 64 rows.
enum class Lane : std::uint8_t { kNone, kInt8, kInt16, kInt32, kInt64, kFloat64 };

// Results are of three forms: `bits` (of 64 rows as a word; in functions over bits as many words as the widest register has), `mask` (64 results of a comparison)
// and `rows` (64 values). `a` and `b` are instructions where nothing else is said.
enum class Operation : std::uint8_t {
  kZeros,      // bits
  kOnes,       // bits
  kLoadSlot,   // bits: of bit slot a
  kLoadInput,  // bits: of pointer a, a column's. Over rows only
  kAnd,        // of two bits or two masks, as the next ones
  kOr,
  kNot,
  kStoreSlot,  // a to bit slot b
  kCount,      // adds the number of bits in a to counter b
  kKeep,       // a to the bitmap of output b
  kLoadRows,   // rows: of pointer a
  kLoadPool,   // rows: entry a of the pool, 64 times
  kNarrow,     // rows: a as int16, saturated
  kWiden,      // rows: a as int64
  kEqual,      // mask, as the next ones
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kBits,  // bits: of mask a
  kAdd,   // rows, as the next ones
  kSubtract,
  kMultiply,
  kXor,  // also of two bits
  kAndRows,
  kIsNegative,  // mask
  kIsNan,       // mask
  kStoreRows,   // a to pointer b
};

struct RecipeInstruction {
  Operation operation{};
  Lane lane = Lane::kNone;     // of rows
  std::uint16_t reserved = 0;  // there are no bytes without meaning, so that instructions may be hashed and compared as bytes
  std::uint32_t a = 0, b = 0;
  friend bool operator==(const RecipeInstruction&, const RecipeInstruction&) = default;
};

struct Recipe {
  bool is_over_bits = false;  // whole blocks, a vector of words at a time; else 64 rows at a time
  std::vector<RecipeInstruction> instructions;
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

}  // namespace segue
