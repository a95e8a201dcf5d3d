// This file's external interface is MeaningTable: what expressions mean, with equal ones shared: without spans, names of definitions and other ways to say the same.
// Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/program.h"

namespace segue::proving {

enum class MeaningId : std::uint32_t {};
constexpr std::uint32_t index_of(MeaningId id) { return static_cast<std::uint32_t>(id); }

// What is left of the language's nodes: `!=`, `>`, `between`, `none`, `every`, segments' names and the like are said by others.
enum class MeaningOp : std::uint8_t {
  kConstant,   // `constant`
  kColumn,     // of the row of `frame`
  kReference,  // a column of a row that references lead to
  kNow,
  kToday,
  kMoment,
  kTruth,  // a bool that may be missing, where a predicate stands
  kNot,
  kAnd,  // two or more, flat, sorted, each once
  kOr,
  kEqual,  // `is_folded`; sorted
  kLess,   // first < second
  kLessEqual,
  kInSet,  // two values or more
  kTextTest,
  kMatches,
  kHasAny,
  kHasAll,
  kIsEmpty,
  kIsKnown,
  kWithin,
  kOrElse,
  kNegate,
  kToFloat,
  kRescale,
  kArithmetic,
  kCall,
  kAny,         // condition: some row meets it
  kCount,       // condition
  kShare,       // window, window and condition
  kReduce,      // sum, avg, min, max, distinct: condition and the value is known, value; latest, earliest: condition, value
  kScore,       // value, when, value, when …; `marks`: 1 where negative
  kChoice,      // conditions, the first that holds wins; `marks`: their values, then `otherwise` or kNoMark
  kGrid,        // where, axes
  kSplit,       // population
  kTop,         // candidates, by
  kPercentile,  // value, among
  kNear,        // latitude, longitude
  kSequence,    // steps, each with the window; then `by` where there is one
};

inline constexpr std::uint32_t kNoMark = 0xffff'ffff;

// The first half of a SHA-256: whoever shares it means the same.
using MeaningHash = std::array<std::uint8_t, 16>;

struct MeaningNode {
  MeaningOp op{};
  bool is_folded = false;
  FrameId frame = kAccountFrame;
  Type type;
  std::vector<MeaningId> operands;
  std::vector<std::uint32_t> marks;
  const Node* node = nullptr;          // the construct, for what else it states; null where the checker made none
  const Constant* constant = nullptr;  // of kConstant
  Span span;                           // of the first expression that means it
  MeaningHash hash{};
};

// Borrows the program. Operands have smaller ids than what stands on them.
class MeaningTable {
 public:
  explicit MeaningTable(const CheckedProgram& program);

  // What an expression means; everything below it comes with it.
  MeaningId of(ExprId id);
  // The same where a predicate stands.
  MeaningId truth_of(ExprId id) { return truth(of(id)); }

  [[nodiscard]] const MeaningNode& node(MeaningId id) const { return nodes_[index_of(id)]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const CheckedProgram& program() const { return program_; }
  // A frame in names of tables: the same text for the same frame of another program.
  [[nodiscard]] std::string frame_label(FrameId frame) const;

 private:
  MeaningId make(ExprId id);
  void settle_frame(MeaningNode& node) const;
  MeaningId intern(MeaningNode node, std::string_view label);
  MeaningId truth(MeaningId id);
  MeaningId negation(MeaningId id, const MeaningNode& like);
  MeaningId chain(MeaningOp op, const std::vector<MeaningId>& operands, const MeaningNode& like);
  MeaningId always(const MeaningNode& like);
  MeaningId known(MeaningId value, const MeaningNode& like);
  MeaningId compare(CompareOp op, MeaningId left, MeaningId right, bool is_folded, const MeaningNode& like);
  MeaningId in_set(const InSet& node, MeaningNode like);
  MeaningId aggregate(const Aggregate& node, MeaningNode like);
  MeaningId score(const ScoreSum& node, MeaningNode like);
  MeaningId choice(const Choice& node, MeaningNode like);
  MeaningId sequence(const Sequence& node, MeaningNode like);
  [[nodiscard]] std::string column_label(TableId table, ColumnId column) const;
  [[nodiscard]] std::string reference_label(const ReferenceRead& node, FrameId frame) const;
  [[nodiscard]] std::string type_label(const Type& type) const;
  [[nodiscard]] std::string set_label(const ConstantSet& set) const;
  [[nodiscard]] MeaningId made(ExprId id) const { return static_cast<MeaningId>(by_expr_[segue::index_of(id)]); }

  const CheckedProgram& program_;
  std::vector<MeaningNode> nodes_;
  std::vector<std::uint32_t> by_expr_;
  std::map<MeaningHash, MeaningId> by_hash_;
};

}  // namespace segue::proving
