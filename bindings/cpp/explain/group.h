// This file's external interface is `explain` for groups: `explain_group` (why these accounts are in, and what they share), `explain_nearly` (who fails by one clause
// only) and `explain_why_not` (what keeps accounts out). docs/explain.md.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/project.h"
#include "compiler/interpret/trace.h"
#include "compiler/source/source.h"

namespace segue {

struct GroupOptions {
  DataOptions data;
  Engine engine = Engine::kNative;
};

// A definition as it is asked about: by name, of tiers, stages and grids also with a value, `coverage=one_to_one`.
struct AskedGroup {
  std::string name;
  std::optional<std::string> value;
  std::string title;
  std::string kind;           // `segment`, `tiers`, … `define`
  std::string relation;       // of an audience: the related table, whose rows are counted in place of accounts
  std::uint64_t rows = 0;     // accounts, or rows, in all
  std::uint64_t members = 0;  // of them: those that are in; of definitions with values those with one, or with the value; 0 for a score
  std::uint64_t undetermined = 0;  // of them: those that are undetermined
};

// One clause, as an outline shows it.
struct ClauseOutline {
  std::string text;
  std::string word;  // `test`, `all`, `any`, `not`, `definition`, `row` (of tiers and stages), `term` (of a score)
  std::uint32_t depth = 0;
  std::string definition;  // in whose text it stands
  Span span;
};

struct ClauseCounts {
  ClauseOutline clause;
  std::uint64_t holds = 0, fails = 0, undetermined = 0;  // of the group; the undetermined are among the two others
  std::uint64_t all_hold = 0, all_undetermined = 0;      // of all
};

// One of the values that a definition gives, or that a column has.
struct SharedCount {
  TraceValue value;
  std::string title;  // of tiers, stages and splits
  std::uint64_t group = 0, all = 0;
};

// A value that clauses compare, in the group and in all rows.
struct ValueProfile {
  std::string text;  // `employees`
  bool is_withheld =
      false;  // personal or sensitive data without a `basis`, or of so small a group that values would name persons: known and missing are counted only
  bool is_list = false;  // `values` are elements, of which a row may have several
  std::uint64_t group_known = 0, group_missing = 0, all_known = 0, all_missing = 0;
  std::uint64_t distinct = 0;       // values in the group
  std::vector<SharedCount> values;  // of bools, enums, texts and lists: the ten that most of the group have
  struct Range {
    TraceValue least, median, greatest;
  };
  std::optional<Range> group_range, all_range;  // of numbers, dates and times with a known value
  std::uint64_t all_in_range = 0;               // of all rows: those between the group's least and greatest
};

// What most of the group share, the most telling first: how much more often it is met in the group than in all rows.
struct SharedTrait {
  std::string text;  // `industry is Software`, `employees is 210 to 4800`
  std::uint64_t group = 0, all = 0;
  double lift = 0;  // share of the group, by share of all
};

// A term of a score: what it adds.
struct TermShare {
  ClauseOutline clause;
  double group_mean = 0, all_mean = 0;
};

struct GroupExplanation {
  AskedGroup asked;
  bool is_of_members = false;  // `--members`; else the accounts were named
  std::uint64_t accounts = 0;  // that were named
  std::uint64_t size = 0;      // of the group: accounts, or rows
  std::uint64_t members = 0;   // of them: those that are in
  std::uint64_t undetermined = 0;
  std::uint64_t suppressed = 0;       // of them: those of accounts on a `suppress` list
  std::vector<ClauseCounts> clauses;  // in the order of reading
  std::vector<ValueProfile> values;   // in the order of the text
  std::vector<SharedTrait> traits;    // at most twenty
  std::vector<SharedCount> answers;   // of definitions with values that were asked about as a whole
  std::optional<ValueProfile> scores;
  std::vector<TermShare> terms;  // of a score
  bool is_whole = true;          // false: too many clauses, so that some are not taken apart
  std::int64_t clock = 0;
  std::vector<TableSummary> tables;
  std::vector<Diagnostic> diagnostics;
};

// Of a clause that does not hold: what it saw.
struct FailedClause {
  ClauseOutline clause;
  std::vector<TraceOperand> values;
  std::string needs;  // `at least 200`, of the first of the values; empty where the clause itself says it
};

// An account, or a row of an audience, with the clauses that keep it out.
struct KeptOut {
  std::string account;  // its key
  std::string row;      // of an audience: the row's key, where its table has one
  std::vector<FailedClause> clauses;
};

struct NearlyClause {
  ClauseOutline clause;
  std::uint64_t size = 0;      // rows that it alone keeps out
  std::vector<KeptOut> first;  // the first ten that no `suppress` list holds, in the order of the table
};

struct NearlyExplanation {
  AskedGroup asked;
  std::uint64_t nearly = 0;           // rows that some clause alone keeps out
  std::vector<NearlyClause> clauses;  // the largest first, without those of none
  bool is_whole = true;
  std::int64_t clock = 0;
  std::vector<TableSummary> tables;
  std::vector<Diagnostic> diagnostics;
};

// A step of the funnel: the clauses that a definition joins by `and`, in the order of the text.
struct KeepsOutStep {
  ClauseOutline clause;
  std::uint64_t remaining = 0;  // rows for which it and all before it hold
  std::uint64_t lost = 0;       // rows that it is the first to keep out
  std::uint64_t fails = 0;      // rows for which it does not hold, whatever the others say
};

struct FailingSet {
  std::vector<ClauseOutline> clauses;  // that must all answer otherwise; as few as there can be
  std::uint64_t size = 0;              // rows for which these are the ones
  std::string account, row;            // the first of them that no `suppress` list holds; empty where all are suppressed
};

struct AccountWhyNot {
  KeptOut out;         // no clauses where it is in
  bool is_in = false;  // of an audience: of this row
  bool is_suppressed = false;
};

struct WhyNotExplanation {
  AskedGroup asked;
  std::vector<KeepsOutStep> funnel;
  std::vector<FailingSet> sets;           // the twenty largest
  std::uint64_t other_sets = 0;           // rows of further ones
  std::vector<AccountWhyNot> accounts;    // those that were named: one entry an account, of an audience one a row
  std::vector<std::string> without_rows;  // of an audience: named accounts that have no row at all
  bool is_whole = true;
  std::int64_t clock = 0;
  std::vector<TableSummary> tables;
  std::vector<Diagnostic> diagnostics;
};

// `name` is a result, or a `define` of the account without parameters that is a bool; `keys` the accounts' keys, none for all members. Failures as of explain_account, and (kCall) for
// definitions of which this cannot be asked.
[[nodiscard]] std::expected<GroupExplanation, Failure> explain_group(const OpenedProject& project, const std::string& name,
                                                                     const std::vector<std::string>& keys, const GroupOptions& options);
[[nodiscard]] std::expected<NearlyExplanation, Failure> explain_nearly(const OpenedProject& project, const std::string& name,
                                                                       const GroupOptions& options);
[[nodiscard]] std::expected<WhyNotExplanation, Failure> explain_why_not(const OpenedProject& project, const std::string& name,
                                                                        const std::vector<std::string>& keys, const GroupOptions& options);

}  // namespace segue
