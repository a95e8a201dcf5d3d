// This file's external interface is Author: writes random terms of a wanted type for a scope. Private to the generator.
#pragma once

#include <string>
#include <vector>

#include "tests/differential/rules.h"

namespace segue::differential {

inline constexpr EnumTypeId kWeekdayEnum = 1000;

struct Parameter {
  std::string name;
  Type type;
  bool is_constant = false;  // given as a literal or a param only, so that it may count units of time
};

// What earlier declarations offer.
struct Known {
  enum class Kind : std::uint8_t { kValue, kParam, kList };
  Kind kind = Kind::kValue;
  std::string name;
  Type type;                // of kList: of its values
  std::uint32_t table = 0;  // of the row that a value is about
  std::vector<Parameter> parameters;
  bool is_audience = false;  // named by rows of the plain relation only
};

// Tiers, stages, a grid or a split.
struct Named {
  std::string name;
  std::vector<std::string> values;  // as they are written
  bool is_ordered = false;
  bool is_axis = false;  // may be an axis of a grid
};

// Where a term stands.
struct Scope {
  std::vector<std::uint32_t> tables = {0};
  std::vector<Parameter> parameters;
  [[nodiscard]] std::uint32_t own() const { return tables.back(); }
};

// Two conditions that hold for the same rows.
struct Law {
  Term first, second;
  bool is_as_undetermined = false;
};

class Author {
 public:
  Author(Random& random, const World& world) : random_(random), world_(world) {}

  // A condition, and a value of a kind; `depth` is how much may stand inside.
  Term predicate(const Scope& scope, int depth);
  Term value(Kind kind, const Scope& scope, int depth);
  Term number(const Scope& scope, int depth);
  Term literal(Kind kind, const Scope& scope, EnumTypeId enum_id = kNoEnum);
  // `[a, b]`: distinct values that a value of `type` can have.
  Term list_literal(const Type& type, const Scope& scope);
  // Some of them are values that the column `of` holds.
  Term list_literal(const Type& type, const Scope& scope, const Term& of);

  // A law of the language (author_laws.cpp).
  Law law(const Scope& scope, int depth);

  // What rows may be ranked by: a value with an order, of the scope's own row; `percentile`s and amounts among them (author_population.cpp).
  Term ranked(const Scope& scope, int depth);
  // A number that a score may add, of whatever unit.
  std::optional<Term> amount(const Scope& scope, int depth);
  // The rows of a relation by the tables around them, named by their first parents.
  std::vector<std::uint32_t> plain_chain(std::uint32_t table) const;

  std::vector<Known> known;
  std::vector<Named> named;

 private:
  // values that stand among others, sequences, places, amounts with a unit (author_population.cpp)
  std::optional<Term> special_predicate(const Scope& scope, int depth);
  std::optional<Term> named_test(const Scope& scope);
  std::optional<Term> sequence(const Scope& scope, int depth);
  std::optional<Term> near(const Scope& scope);
  std::optional<Term> amount_test(const Scope& scope, int depth);
  std::optional<Term> special_column(const Scope& scope, std::initializer_list<WorldForm> forms);
  std::optional<Term> percentile(const Scope& scope, int depth);
  Term decay(const Scope& scope, int depth);
  std::string sequence_limit(const WorldTable& table);
  // laws (author_laws.cpp)
  std::optional<Law> row_law(const Scope& scope, int depth);
  Law value_law(const Scope& scope, int depth);
  Law time_law(const Scope& scope, int depth);
  Law both(Term first, Term second, bool is_as_undetermined);

  // values (author_values.cpp)
  Term int_value(const Scope& scope, int depth);
  Term decimal_value(const Scope& scope, int depth);
  Term float_value(const Scope& scope, int depth);
  Term text_value(const Scope& scope, int depth);
  Term date_value(const Scope& scope, int depth);
  Term timestamp_value(const Scope& scope, int depth);
  Term duration_value(Kind kind, const Scope& scope, int depth);
  Term enum_value(const Scope& scope, int depth);
  Term bool_value(const Scope& scope, int depth);
  Term leaf(Kind kind, const Scope& scope);
  Term arithmetic(const Term& left, const char* op, const Term& right);
  Term or_else(Kind kind, const Scope& scope, int depth);
  Term call(const char* name, Type type, Term argument);
  std::optional<Term> column(Kind kind, const Scope& scope);
  std::optional<Term> column_of(const Scope& scope, const std::string& prefix, std::uint32_t table, Kind kind);
  std::optional<Term> earlier(Kind kind, const Scope& scope, int depth);
  bool is_among(const Scope& scope, std::uint32_t table) const;
  Kind kind_at_hand(const Scope& scope, std::initializer_list<Kind> kinds);
  Term day_count(const Scope& scope, int depth);

  // aggregates (author_aggregates.cpp)
  struct Relation {
    std::string path;
    Scope rows;
  };
  std::vector<Relation> relations(const Scope& scope);
  std::optional<Term> aggregate_predicate(const Scope& scope, int depth);
  std::optional<Term> aggregate_value(Kind kind, const Scope& scope, int depth);
  Term aggregate(const char* name, Type type, const Scope& scope, const Relation& relation, std::optional<Term> value, bool needs_where,
                 int depth);
  std::string window(Kind of, const Scope& scope);
  std::string counted_unit(std::int64_t count, const std::string& unit);

  // predicates (author_predicates.cpp)
  Term simple_predicate(const Scope& scope, int depth);
  Term compare(const Scope& scope, int depth);
  Term compare_two(const Scope& scope, const Term& left, const char* op, const Term& right);
  Term beside(const Term& left, const Scope& scope, int depth);
  Term between(const Scope& scope, int depth);
  Term in(const Scope& scope, int depth);
  Term text_test(const Scope& scope, int depth);
  Term list_test(const Scope& scope, int depth);
  Term state(const Scope& scope, int depth);
  Term within(const Scope& scope, int depth);
  Term joined(const Scope& scope, int depth);
  Term set_for(const Type& type, const Scope& scope, const Term& of);

  // building blocks
  Term make(Type type, const Scope& scope, std::vector<std::string> texts, std::vector<Term> parts = {}, Grade grade = Grade::kAtom);
  Term bracketed(Term term, Grade from = Grade::kComparison);
  static Type type_of(Kind kind);
  const char* not_word() { return random_.chance(30) ? "not " : ""; }
  // A value that the column of `of` holds, as a literal; nothing where it is no column, or none can be written.
  std::optional<std::string> held_literal(const Term& of, const Type& type);
  std::string constant_text(const Type& type, const Constant& value);
  Term constant_argument(const Type& type, const Scope& scope);
  std::string scalar_literal(Kind kind, std::uint8_t scale, EnumTypeId enum_id);
  bool is_ordered(const Type& type) const {
    return type.kind != Kind::kEnum || type.enum_id == kWeekdayEnum || world_.enums[type.enum_id].ordered;
  }

  Random& random_;
  const World& world_;
};

}  // namespace segue::differential
