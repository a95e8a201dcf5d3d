// This file's external interface is Encoder: a claim as formulas about one account whose columns, and whose related rows, are symbols. docs/design/proofs.md says how each
// construct is modelled. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <z3++.h>

#include "compiler/prove/limits.h"
#include "compiler/prove/meaning.h"
#include "compiler/prove/prove.h"
#include "stdlib/text.h"

namespace segue::proving {

// A number raw / 10^scale.
struct ExactNumber {
  z3::expr raw;  // a whole number
  int scale = 0;
};

struct Quotient {
  z3::expr numerator, denominator;  // reals
};

// A value as formulas. By kind: bools are Bool; floats Real (infinities are ±10^400); texts are numbers whose order is that of code points; lists are handles; all else is
// the int64 that the language computes on, as Int.
struct Symbol {
  z3::expr known;
  z3::expr value;
  std::optional<ExactNumber> nearest_to = {};  // a float that is the double nearest to this
  std::optional<Quotient> quotient = {};       // a float that is the double nearest to this
};

// One row of a table, or with a count above one several that are equal in all that the claim reads.
struct SymbolicRow {
  TableId table = kAccountTable;
  std::string name;
  z3::expr present;
  z3::expr count;
  std::vector<std::optional<std::uint32_t>> parents;  // by parent of the table: a symbolic row
  std::optional<std::uint32_t> own_link;              // the parent by which it came to be; it may belong to others
  std::map<ColumnId, Symbol> columns;
  std::map<std::uint32_t, std::uint32_t> references;                  // by reference of the table: a symbolic row
  std::optional<std::pair<std::uint32_t, std::uint32_t>> reached_by;  // row and reference that lead here
};

// A symbolic row as a row of a frame.
struct PlacedRow {
  FrameId frame = kAccountFrame;
  std::uint32_t outer = 0;              // a placed row
  std::uint32_t row = 0;                // a symbolic row
  std::optional<z3::expr> weight = {};  // how many such rows there are, where that is not the row's count
  std::optional<z3::expr> is_there = {};
};

// The rows that may belong to a symbolic row by one parent link of their table.
struct RowSet {
  std::vector<std::uint32_t> rows;                         // symbolic rows
  std::vector<std::pair<std::uint32_t, z3::expr>> shared;  // those of another set that belong here too where the formula holds
};

// How many rows of a set a claim needs to speak of.
struct RowNeed {
  std::size_t some = 0;         // conditions of which only matters whether some row meets them
  std::set<MeaningId> counted;  // conditions whose rows are counted
  bool is_between = false;      // rows inside its rows are asked for from further out
  bool is_partial = false;      // more would be needed to speak of all cases
};

// The rows of a frame that meet a condition.
struct Tally {
  z3::expr some;
  z3::expr number;
};

// A text that a claim compares with, or a property of texts.
struct TextProperty {
  enum class Kind : std::uint8_t { kContains, kStartsWith, kEndsWith, kMatches, kInSet } kind{};
  bool is_folded = false;
  std::string text;                  // pattern; folded where it is
  const ConstantSet* set = nullptr;  // of kInSet
  z3::func_decl holds;
};

// What the solver could not see through.
struct Guess {
  std::string reason;
  Span place;
};

// `now` as the formulas see it: a fixed clock, or any.
struct SymbolicClock {
  bool is_fixed = false;
  Clock clock;  // zone and rules; the moment where it is fixed
};

class Encoder {
 public:
  // Borrows all.
  Encoder(MeaningTable& meanings, z3::context& context, SymbolicClock clock, const Claim& claim, Deadline deadline);

  // The claim's conditions; holding together with the facts they mean that an account meets them. With `exact` besides, which narrows what was left open, the account can be
  // made from a model.
  [[nodiscard]] const std::vector<z3::expr>& conditions() const { return conditions_; }
  [[nodiscard]] const std::vector<z3::expr>& facts() const { return facts_; }
  [[nodiscard]] const z3::expr& exact() const { return exact_; }
  [[nodiscard]] const std::vector<Guess>& guesses() const { return guesses_; }
  [[nodiscard]] bool reads_clock() const { return reads_clock_; }
  [[nodiscard]] bool is_too_large() const { return is_too_large_; }

  // For the example.
  [[nodiscard]] const std::vector<SymbolicRow>& rows() const { return rows_; }
  [[nodiscard]] const SymbolicClock& clock() const { return clock_; }
  [[nodiscard]] const std::optional<z3::expr>& now() const { return now_; }
  [[nodiscard]] std::uint32_t claimed_row() const { return placed_[claimed_].row; }
  [[nodiscard]] const CheckedProgram& program() const { return meanings_.program(); }
  [[nodiscard]] const std::map<std::string, std::int64_t>& texts() const { return texts_; }
  [[nodiscard]] const std::vector<TextProperty>& text_properties() const { return properties_; }
  [[nodiscard]] z3::expr fold_of(const z3::expr& text) { return fold_(text); }
  // Whether texts (or folded ones) are compared by their order.
  [[nodiscard]] bool orders_texts(bool is_folded) const { return is_folded ? orders_folded_texts_ : orders_texts_; }
  [[nodiscard]] bool folds_texts() const { return folds_texts_; }
  // Of list handles: the elements that are asked for, with whether folded.
  struct Element {
    Constant value;
    Kind kind{};
    bool is_folded = false;
    std::int64_t code = 0;
  };
  [[nodiscard]] const std::vector<Element>& elements() const { return elements_; }
  [[nodiscard]] z3::expr has_element(const z3::expr& list, const Element& element);
  [[nodiscard]] z3::expr is_not_empty(const z3::expr& list) { return not_empty_(list); }
  // Splits and circles whose answers the example has to bring about.
  struct Wanted {
    MeaningId meaning{};
    std::uint32_t row = 0;  // symbolic
    z3::expr answer;
  };
  [[nodiscard]] const std::vector<Wanted>& wanted() const { return wanted_; }
  [[nodiscard]] const MeaningTable& meanings() const { return meanings_; }
  // Tables over whose rows the claim looks.
  [[nodiscard]] const std::vector<bool>& tables_read() const { return tables_read_; }

 private:
  // ---- encode.cpp: the order of work
  void gather(const std::vector<MeaningId>& roots);
  std::uint32_t claimed_place(FrameId frame);
  Symbol at(MeaningId id, std::uint32_t place);
  Symbol make(MeaningId id, std::uint32_t place);
  z3::expr holds_at(MeaningId id, std::uint32_t place);
  std::uint32_t place_of(FrameId frame, std::uint32_t place) const;
  void finish();
  void add(const z3::expr& fact);
  void guess(std::string reason, const MeaningNode& node);
  z3::expr truth(const Symbol& symbol);
  Symbol predicate(const z3::expr& holds);
  z3::expr all_of(const std::vector<z3::expr>& operands);
  z3::expr some_of(const std::vector<z3::expr>& operands);
  z3::expr number(std::int64_t value) { return context_.int_val(value); }
  z3::expr between(const z3::expr& value, std::int64_t low, std::int64_t high);
  z3::expr fresh(std::string_view name, const Type& type);
  z3::sort sort_of(Kind kind);
  std::string fresh_name(std::string_view name);
  z3::expr equal_values(const Type& left_type, const Symbol& left, const Type& right_type, const Symbol& right, bool is_folded);
  z3::expr if_else(const z3::expr& condition, const z3::expr& then, const z3::expr& otherwise);

  // ---- encode_values.cpp: columns, choices, scores and the rest
  Symbol column_at(std::uint32_t row, ColumnId column);
  std::uint32_t referenced(std::uint32_t row, std::uint32_t reference);
  Symbol reference_at(const MeaningNode& node, std::uint32_t row);
  Symbol constant(const MeaningNode& node);
  Symbol or_else(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol choice(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol grid(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol split(MeaningId id, const std::vector<Symbol>& operands);
  Symbol top(MeaningId id, std::uint32_t place, const std::vector<Symbol>& operands);
  Symbol percentile(MeaningId id, const std::vector<Symbol>& operands);
  Symbol near(MeaningId id, std::uint32_t place, const std::vector<Symbol>& operands);
  Symbol score(const MeaningNode& node, const std::vector<Symbol>& operands);
  void add_range(const Type& type, const z3::expr& value);

  // ---- encode_numbers.cpp
  z3::expr real_of(double value);
  z3::expr real_of(const ExactNumber& number);
  z3::expr power_of_10(int exponent);
  Symbol nearest(const z3::expr& known, const ExactNumber& number);
  z3::expr rounded(const z3::expr& real, const z3::expr& is_plain, const z3::expr& infinities);
  void link_threshold(const Symbol& left, double constant);
  z3::expr compare_numbers(MeaningOp op, const MeaningNode& left_node, const Symbol& left, const MeaningNode& right_node,
                           const Symbol& right);
  Symbol arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol exact_arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol float_arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol negate(const MeaningNode& node, const Symbol& operand);
  Symbol rescale(const MeaningNode& node, const Symbol& operand);
  Symbol call(const MeaningNode& node, const std::vector<Symbol>& operands);
  Symbol compare(const MeaningNode& node, const std::vector<Symbol>& operands);
  z3::expr in_set(const MeaningNode& node, const Symbol& operand);

  // ---- encode_text.cpp
  void gather_texts(const std::vector<MeaningId>& reachable);
  z3::expr text_constant(const std::string& text);
  z3::expr text_key(const Symbol& symbol, bool is_folded);
  z3::expr text_test(const MeaningNode& node, const std::vector<Symbol>& operands);
  z3::expr matches(const MeaningNode& node, const Symbol& operand);
  z3::expr property(TextProperty::Kind kind, bool is_folded, const std::string& text, const ConstantSet* set, const z3::expr& operand);
  z3::expr in_text_set(const MeaningNode& node, const Symbol& operand);
  z3::expr has(const MeaningNode& node, const Symbol& operand);
  std::size_t element_of(const Constant& value, Kind kind, bool is_folded);
  void finish_texts();
  void finish_lists();

  // ---- encode_time.cpp
  z3::expr now_of();
  z3::expr today_of();
  z3::expr day_of(const z3::expr& instant);
  z3::expr compare_day(MeaningOp op, const z3::expr& instant, const z3::expr& day, bool is_instant_left);
  z3::expr day_at_least(const z3::expr& instant, const z3::expr& day);
  Symbol moment(const MeaningNode& node);
  z3::expr within(const MeaningNode& node, const MeaningNode& operand_node, const Symbol& operand);
  z3::expr within_any_clock(const MeaningNode& node, const Window& window, bool is_date, const z3::expr& value);
  std::optional<z3::expr> border(const z3::expr& base, const Window& window, bool is_high);
  std::optional<z3::expr> shifted_day(const z3::expr& base, TimeAmount shift);
  z3::expr border_at(const z3::expr& base, const std::string& key, const std::vector<std::int32_t>& offsets);
  z3::expr unknown_test(std::string_view name);
  Symbol time_arithmetic(const MeaningNode& node, const std::vector<Symbol>& operands);
  z3::expr months_later(const z3::expr& day, const z3::expr& months);
  z3::expr is_instant_symbol(const z3::expr& value);
  z3::expr start_of_year(const z3::expr& year);
  Symbol time_call(const MeaningNode& node, std::string_view name, const std::vector<Symbol>& operands);
  struct Civil {
    z3::expr year, month, day, month_start;
  };
  Civil civil(const z3::expr& day);
  z3::expr start_of_month(const z3::expr& year, const z3::expr& month);
  void finish_times();
  bool has_one_offset() const;

  // ---- encode_rows.cpp
  void gather_needs(const std::vector<MeaningId>& reachable);
  std::string set_key(FrameId frame) const;
  std::vector<FrameId> path_to(FrameId rows, FrameId owner) const;
  RowSet& row_set(std::uint32_t anchor_place, FrameId frame);
  std::uint32_t add_row(TableId table, std::string name);
  std::uint32_t place_row(FrameId frame, std::uint32_t outer, std::uint32_t row);
  std::vector<std::uint32_t> leaves(std::uint32_t owner, FrameId rows);
  z3::expr is_there(std::uint32_t place, std::uint32_t owner);
  z3::expr weight(std::uint32_t place, std::uint32_t owner);
  Tally tally(std::uint32_t owner, FrameId rows, MeaningId condition, const MeaningNode& node, bool is_counted);
  FrameId rows_of(const MeaningNode& node) const;
  Symbol aggregate(MeaningId id, std::uint32_t place);
  Symbol share(const MeaningNode& node, std::uint32_t owner, FrameId rows);
  Symbol extreme(const MeaningNode& node, std::uint32_t owner, FrameId rows, bool is_greatest);
  Symbol last(const MeaningNode& node, std::uint32_t owner, FrameId rows, bool is_latest);
  Symbol sum(const MeaningNode& node, std::uint32_t owner, FrameId rows);
  Symbol average(const MeaningNode& node, std::uint32_t owner, FrameId rows);
  Symbol distinct(const MeaningNode& node, std::uint32_t owner, FrameId rows);
  Symbol sequence(const MeaningNode& node, std::uint32_t owner, FrameId rows);
  z3::expr chain_of(const MeaningNode& node, std::uint32_t owner, const std::vector<std::uint32_t>& rows, FrameId frame);
  void finish_rows();
  void finish_keys();

  MeaningTable& meanings_;
  z3::context& context_;
  SymbolicClock clock_;
  const Claim& claim_;
  std::vector<z3::expr> conditions_;
  Deadline deadline_;
  std::vector<z3::expr> facts_;
  z3::expr exact_;
  z3::expr yes_, no_;
  std::vector<Guess> guesses_;
  bool reads_clock_ = false;
  bool is_too_large_ = false;
  std::uint32_t names_ = 0;
  std::uint32_t claimed_ = 0;
  std::unordered_map<std::uint64_t, Symbol> memo_;
  std::vector<SymbolicRow> rows_;
  std::vector<PlacedRow> placed_;
  std::vector<bool> tables_read_;
  std::vector<Wanted> wanted_;

  std::map<unsigned, z3::expr> clamped_;  // by clamped value: what it was before
  std::vector<z3::expr> kept_;            // whose numbers stand in maps

  // texts and lists
  std::map<std::string, std::int64_t> texts_;
  std::vector<TextProperty> properties_;
  std::vector<z3::expr> text_values_;  // of columns
  std::vector<std::pair<z3::expr, Type>> list_values_;
  std::vector<Element> elements_;
  z3::func_decl fold_, element_, folded_element_, not_empty_, nearest_, nearest_infinite_;
  bool orders_texts_ = false, orders_folded_texts_ = false;
  bool folds_texts_ = false;

  // time
  std::optional<z3::expr> now_, today_;
  struct DayOf {
    z3::expr instant, day;
  };
  std::vector<DayOf> days_;
  struct DayLimit {
    z3::expr instant;
    std::int64_t day;  // whether the instant lies on it or later was asked
  };
  std::vector<DayLimit> day_limits_;
  std::map<unsigned, z3::expr> day_of_ast_;
  std::map<unsigned, Civil> civil_of_ast_;
  struct Border {
    z3::expr base, day;
    const std::vector<std::int32_t>* offsets;  // from the base, for each day of 400 years
  };
  std::map<std::string, std::size_t> border_ids_;
  std::vector<Border> borders_;

  // rows
  std::map<std::string, RowNeed> needs_;
  std::map<std::string, RowSet> sets_;
  std::map<std::string, std::uint32_t> places_;
  struct OpenTally {
    std::uint32_t owner;
    FrameId rows;
    MeaningId condition;
    z3::expr rest;
  };
  std::vector<OpenTally> open_tallies_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, Tally> tallies_;
};

}  // namespace segue::proving
