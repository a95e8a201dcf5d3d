// This file's external interface is Emitter: expressions of the checked program as SQL over rows of a Query. One visitor over nodes; its parts stand in
// emit.cpp (nodes of one row), numbers.cpp, times.cpp, aggregates.cpp and population.cpp. Private to this folder.
//
// A missing value is NULL. A predicate is never NULL: where an operand may be, the comparison is wrapped in `IS TRUE`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/sql/dialect.h"
#include "compiler/sql/query.h"
#include "compiler/sql/sql.h"

namespace segue::sql {

// A column reached through references.
struct ReferencePath {
  std::vector<std::uint32_t> references;
  std::uint32_t column = 0;
  friend auto operator<=>(const ReferencePath&, const ReferencePath&) = default;
};

// What the roots need of a table.
struct TableNeeds {
  std::set<std::uint32_t> columns;
  std::set<std::uint32_t> links;
  std::set<ReferencePath> references;
  bool is_read = false;
};

// How many rows a sum may have had: no engine holds more of them for one account.
inline constexpr double kMostRows = 2147483648.0;

[[nodiscard]] inline bool is_exact(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal; }

class Emitter {
 public:
  Emitter(const CheckedProgram& program, const SqlOptions& options, std::span<const DefinitionId> roots);

  // The rows in which a frame's definitions stand, for the account or an audience's relation.
  RowsId root_rows(FrameId frame, std::span<const DefinitionId> roots);
  // The column with a definition's answer.
  Text answer(RowsId rows, DefinitionId id);
  // The statement's common table expressions, behind `WITH`, for what stands in these rows.
  std::string common_tables(RowsId rows) const;
  std::string column_name(RowsId rows, std::uint32_t column) const;
  const Query& query() const { return query_; }

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  bool is_inexact(DefinitionId id) const { return inexact_.contains(index_of(program_.definition(id).body)); }

  // ── nodes, for std::visit ──
  Text operator()(const Literal& node);
  Text operator()(const ColumnRead& node);
  Text operator()(const ReferenceRead& node);
  Text operator()(const DefinitionRead& node);
  Text operator()(const Now& node);
  Text operator()(const Today& node);
  Text operator()(const FromNow& node);
  Text operator()(const Not& node);
  Text operator()(const And& node);
  Text operator()(const Or& node);
  Text operator()(const Compare& node);
  Text operator()(const Between& node);
  Text operator()(const InSet& node);
  Text operator()(const TextTest& node);
  Text operator()(const Matches& node);
  Text operator()(const Has& node);
  Text operator()(const IsEmpty& node);
  Text operator()(const IsKnown& node);
  Text operator()(const Within& node);
  Text operator()(const OrElse& node);
  Text operator()(const Negate& node);
  Text operator()(const ToFloat& node);
  Text operator()(const Rescale& node);
  Text operator()(const Arithmetic& node);
  Text operator()(const Call& node);
  Text operator()(const Aggregate& node);
  Text operator()(const ScoreSum& node);
  Text operator()(const Choice& node);
  Text operator()(const GridCell& node);
  Text operator()(const SplitPart& node);
  Text operator()(const TopOf& node);
  Text operator()(const Percentile& node);
  Text operator()(const Near& node);
  Text operator()(const Sequence& node);
  // Nodes that came later than this emitter.
  template <typename Other>
  Text operator()(const Other&) {
    return refuse("this construct has no form in SQL yet");
  }

 private:
  using Levels = std::map<std::uint32_t, int>;  // by frame: the first layer that has all that an expression needs

  // ── analysis.cpp ──
  void find_needed(std::span<const DefinitionId> roots);
  void note_needs(ExprId id);
  void find_levels();
  Levels levels_of(ExprId id) const;
  std::vector<ExprId> operands_of(ExprId id) const;
  // The rows that the node at hand runs over, and the layer of its own rows at which its answer is there.
  struct Opened {
    RowsId rows = kNoRows;
    int layer = 0;
  };
  Opened open_rows(FrameId frame);
  RowsId rows_for(FrameId frame, RowsId outer, int outer_layer);
  std::vector<std::pair<std::string, std::string>> base_of(RowsId id) const;
  std::string table_rows(TableId table) const;
  std::string stored(TableId table, std::uint32_t column) const;
  // ── money.cpp ──
  bool has_room(const SchemaColumn& column) const;
  std::string rate_of(TableId table, std::uint32_t column) const;
  std::string money(TableId table, std::uint32_t column) const;
  // ── analysis.cpp ──
  std::string plain_name(TableId table, std::uint32_t column) const;
  std::string path_name(TableId table, const ReferencePath& path) const;
  std::string limited(std::string name, std::uint64_t number) const;

  // ── emit.cpp ──
  void prepare(RowsId rows, std::span<const ExprId> wanted);
  void emit(RowsId rows, ExprId id);
  RowsId rows_of_frame(RowsId rows, FrameId frame) const;
  Text value(ExprId id) const;      // of an operand, already emitted
  Text predicate(ExprId id) const;  // never NULL
  static Text predicate(Text text);
  Text refuse(const std::string& reason);
  const Type& type_of(ExprId id) const { return program_.expr(id).type; }

  Text literal(const Type& type, const Constant& constant) const;
  Text column_text(const std::string& name, bool is_null) const;
  Text constant(std::string sql, bool is_null = false) const;
  Text combine(std::string_view pattern, std::initializer_list<Text> operands, bool is_atom) const;
  Text call(std::string_view pattern, std::initializer_list<Text> operands) const { return combine(pattern, operands, true); }
  // The template over operands that are columns, so that it may name them as often as it likes.
  Text on_columns(std::string_view pattern, std::vector<Text> operands, bool is_atom = true);
  Text column_of(const Text& text) { return query_.hoist(rows_, text); }
  Text joined(const std::vector<ExprId>& operands, std::string_view word) const;
  Text listing(SetId set) const;
  Text compare(CompareOp op, ExprId left, ExprId right, bool folded);
  Text compare_known(CompareOp op, const Type& left_type, const Text& left, const Type& right_type, const Text& right);
  Text enum_order(const Type& type, const Text& text);
  Text enum_value(const Type& type, const Text& order);
  Text folded(const Text& text);
  Text folded_list(const Text& text);
  std::string fold_text(std::string_view operand) const;
  Text comparable(ExprId id, bool is_folded);

  // ── numbers.cpp ──
  Text narrow_int(const Text& wide);
  Text narrow_decimal(const Text& wide, int scale);
  Text wide(const Type& type, const Text& text) const;
  Text raw(const Type& type, const Text& text) const;  // the count of 10^-scale
  Text to_float(const Type& type, const Text& text);
  // The float nearest to a quotient of wide ints; `bound` is the greatest |denominator|.
  Text nearest_quotient(const Text& numerator, const Text& denominator, double bound);
  double greatest(ExprId id) const;
  Text compare_exact_float(CompareOp op, const Type& type, const Text& exact, const Text& real);
  Text number_arithmetic(const Arithmetic& node);
  Text divide_exact(const Arithmetic& node);
  Text not_nan(const Text& text) const;

  // ── times.cpp ──
  Text zone() const;
  Text local_day(const Text& instant) const;
  Text date_of(const Text& day) const { return call(dialect_.date_of, {day}); }
  Text day_number(const Text& date) const { return call(dialect_.day_number, {date}); }
  Text known_date(const Text& day_number);
  Text known_instant(const Text& micros);
  Text add_days(const Text& date, const Text& days);
  Text add_months(const Text& date, const Text& months);
  Text instant_of_local(const Text& local_micros);  // µs
  Text moved(const Text& instant, const Text& from_day, const Text& to_day);
  Text offset_at(const Text& micros);
  Text time_arithmetic(const Arithmetic& node);
  Text start_of_period(const Text& date, Period period);
  Text first_of_month(const Text& date, const Text& month_offset);
  Text fiscal_index(const Text& date);
  Text next_anniversary(const Text& date);
  struct Bounds {
    std::string low = {}, high = {};  // columns of the clock, quoted
    bool is_empty = false;
    bool is_null = false;  // may be
  };
  Bounds window(WindowId id, bool is_date);
  Bounds make_window(const Window& window, bool is_date);
  Text shifted_day(const Text& date, TimeAmount amount, bool is_back);
  Bounds day_window(const Text& today, const Text& first, const Text& last, const std::optional<Text>& from, const std::optional<Text>& to,
                    bool is_date);

  // ── aggregates.cpp ──
  // Where the columns of an aggregate go.
  struct Gathering {
    Emitter& emitter;
    RowsId rows, own;
    int layer, own_layer;
    Text add(const std::string& sql, bool is_null = true);
  };
  Text aggregated(const Aggregate& node, RowsId own, const Opened& opened);
  std::vector<Text> time_keys(const Aggregate& node, const Text& chosen);
  Text identity_text(const Type& type, const Text& text);
  std::vector<Text> order_keys(const Type& type, const Text& text);
  std::string first_by(const Text& chosen, const std::string& filter, const std::vector<Text>& keys, bool is_descending) const;

  // ── population.cpp ──
  std::uint32_t chain(const Sequence& node, RowsId own, const Opened& opened);
  std::string is_near(const Sequence& node, const std::string& start, const std::string& last, bool is_date) const;

  const CheckedProgram& program_;
  const SqlOptions& options_;
  const Dialect& dialect_;
  Query query_;
  std::vector<Diagnostic> diagnostics_;
  std::set<std::pair<std::uint32_t, std::string>> refused_;

  std::vector<bool> is_needed_;  // by expression
  std::vector<std::uint32_t> uses_;
  std::vector<Levels> levels_;
  std::vector<TableNeeds> tables_;
  std::set<std::uint32_t> inexact_;  // expressions that rest on a sum of floats
  std::map<std::tuple<std::uint32_t, RowsId, int>, RowsId> known_rows_;
  std::map<std::pair<std::uint32_t, bool>, Bounds> windows_;
  std::set<std::string> used_names_;
  mutable bool needs_folding_ = false;

  // The expression that is being written, and its rows.
  ExprId id_{};
  RowsId rows_ = kClockRows;
};

}  // namespace segue::sql
