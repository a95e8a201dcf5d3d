// This file's interface, private to the folder, is the kernels of compiled programs that are neither emitted nor plain reductions: they call the very kernels of
// stdlib that the interpreter calls, over arrays. Each comes with what it finds in MapCall::data or ReduceCall::data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/codegen/texts.h"
#include "compiler/plan/plan.h"
#include "runtime/program.h"
#include "stdlib/builtins.h"
#include "stdlib/clock.h"
#include "stdlib/distance.h"
#include "stdlib/sequence.h"

namespace segue {

// Operands in the order named; `known` and other conditions are bits[0], bits[1], …

// A clock with its time zone.
struct OwnedClock {
  explicit OwnedClock(const Clock& from) : zone(*from.zone), clock(from) { clock.zone = &zone; }
  OwnedClock(const OwnedClock&) = delete;
  OwnedClock& operator=(const OwnedClock&) = delete;

  TimeZone zone;
  Clock clock;
};

struct BuiltinData {
  BatchKernel kernel = nullptr;
  std::shared_ptr<const OwnedClock> time;
  std::uint8_t left_scale = 0, right_scale = 0;
};
void map_builtin(const MapCall& call);   // values: one or two; bits: known. out, out_bits: known
void test_builtin(const MapCall& call);  // values: two; bits: known. out_bits

struct ScaleData {
  int from = 0, to = 0;
};
void map_to_float(const MapCall& call);  // values: one. out
void map_rescale(const MapCall& call);   // values: one; bits: known. out, out_bits: known

// Codes of the second operand begin at `*data`, an int64; of numbers it is 0.
void map_select(const MapCall& call);  // values: two; bits: condition. out

void map_bit(const MapCall& call);  // bits: one. out: 1 or 0

// `data` is a vector of uint8 by code.
void test_codes(const MapCall& call);  // values: codes; bits: known. out_bits
// `data` is a vector of int64 by code.
void map_codes(const MapCall& call);  // values: codes. out

// `data` is a vector of IntRange, ascending, or of FloatRange.
void test_ranges(const MapCall& call);        // values: one; bits: known. out_bits
void test_float_ranges(const MapCall& call);  // values: one; bits: known. out_bits

// `data` is a ListTest.
void test_lists(const MapCall& call);  // values: cells; bits: known. out_bits

// Several tests of one column of texts or of lists.
struct LookupTests {
  static constexpr std::size_t kMaxPlanes = 64;
  struct Test {  // on the bits of a row's entries
    bool is_all = false, is_empty = false;
    std::vector<std::uint8_t> planes;
  };
  using Wanted = std::tuple<bool, std::string, std::int64_t>;  // folded, a text, else a value

  const Column* lists = nullptr;  // null where codes are of texts
  std::vector<Test> tests;
  std::vector<std::uint8_t> table;  // by code: an entry of 1, 2, 4 or 8 bytes, as planes need, with a bit for each
  std::size_t plane_count = 0;
  std::map<Wanted, std::uint8_t> plane_by_value;

  [[nodiscard]] bool has_room_for(const ListPredicate& predicate) const;
  void add(const std::vector<std::uint8_t>& holds);  // a test of texts, by code; at most kMaxPlanes
  // A test of lists, whose domain has one part.
  void add(const ListTest& test, const ListPredicate& predicate);

 private:
  std::size_t add_plane(std::size_t codes);
  void set(std::size_t plane, std::size_t code);
};
void test_lookups(const MapCall& call);  // values: codes, or cells; bits: known. more_bits: by test

struct TextPairData {
  TextDomain left, right;
  TextOp op{};
  bool folded = false;
};
void test_text_pairs(const MapCall& call);  // values: two of codes; bits: known. out_bits

struct ReferenceData {
  std::vector<RowId> targets;  // by row; kNoRow where a reference leads nowhere
  const Column* column = nullptr;
};
void map_reference(const MapCall& call);         // values: rows. out
void test_reference(const MapCall& call);        // values: rows. out_bits: the bool, false where missing
void test_reference_known(const MapCall& call);  // values: rows. out_bits

struct ScoreData {
  struct Term {
    bool is_float = false, is_negative = false;
    int scale = 0;
  };
  std::vector<Term> terms;
  std::optional<std::pair<double, double>> range;
};
void map_score(const MapCall& call);  // values: terms; bits: terms. out

// `data` is a FirstOf's codes and what else there is.
struct FirstOfData {
  std::vector<std::int64_t> codes;  // by condition
  std::int64_t otherwise = 0;
};
void map_first_of(const MapCall& call);  // bits: conditions. out

// `data` is a vector of offsets by code for each value, -1 for a code that is in no cell.
using CellOffsets = std::vector<std::vector<std::int64_t>>;
void map_cell(const MapCall& call);  // values: codes; bits: known. out, out_bits: known

struct SplitData {
  Type key;
  TextDomain texts;  // of a text key
  std::string seed;
  std::vector<std::uint64_t> upper;
};
void map_split(const MapCall& call);  // values: key; bits: wanted. out

// `data` is a NearCircle.
void test_near(const MapCall& call);  // values: latitude, longitude; bits: known. out_bits

// Sequences of rows of the same groups, in the same order.
struct SequencesData {
  struct Asked {
    SequenceLimit limit;
    std::uint32_t out = 0;
  };
  struct Way {                         // the same steps within several limits
    std::vector<std::uint32_t> steps;  // which bits
    std::vector<Asked> spans;          // limits of Kind::kSpan
    std::vector<Asked> calendar;       // others
  };
  std::vector<Way> ways;
  bool has_by = false, is_by_float = false;
  std::shared_ptr<const OwnedClock> time;

  void add(const std::vector<std::uint32_t>& steps, const SequenceLimit& limit, std::uint32_t out);

 private:
  std::map<std::vector<std::uint32_t>, std::size_t> way_by_steps_;
};
void test_sequences(const GroupsCall& call);  // values: time, `by` where there is one; bits: of steps. out_bits

// Sums of `decay` of one column under several filters.
struct DecaySumsData {
  struct Asked {
    std::int64_t half_life = 0;  // above 0
    std::uint32_t out = 0;
  };
  struct Part {
    std::uint32_t bits = 0;  // of rows whose time is known and not in the future
    std::vector<Asked> asked;
  };
  std::shared_ptr<const OwnedClock> time;
  bool is_date = false;
  std::int64_t unit = 1;  // of half-lives, in what times are counted in
  std::vector<Part> parts;
};
// For processors whose widest register has so many 64-bit words (vector_words_of).
[[nodiscard]] GroupsKernel decay_sums_kernel(unsigned vector_words);  // values: time; bits: of parts. out, out_bits: known

// out, out_bits: known. `data` is an int, the scale; of floats null.
void reduce_sum_int(const ReduceCall& call);
void reduce_sum_decimal(const ReduceCall& call);
void reduce_sum_float(const ReduceCall& call);
void reduce_average_exact(const ReduceCall& call);
void reduce_average_float(const ReduceCall& call);

// For PickOrder: the order of two codes of a text.
struct TextOrder {
  TextDomain domain;
  bool folded = false;
};
[[nodiscard]] int compare_codes(const void* data, std::int64_t a, std::int64_t b);

}  // namespace segue
