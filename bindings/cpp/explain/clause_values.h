// This file's external interface is what clauses compare: columns, aggregates, scores; and reading them for a row. Private to the facade.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/explain/clauses.h"
#include "compiler/interpret/trace.h"
#include "compiler/interpret/value.h"
#include "runtime/results.h"
#include "runtime/table.h"
#include "stdlib/time_zone.h"

namespace segue {

// Where the value of a row comes from.
enum class ComparedSource : std::uint8_t {
  kColumn,  // a column of the tables
  kNumber,  // a root that is a score, and one that says whether it is known
  kCodes,   // a root that gives enum indices
  kBits,    // a root that is a bool
};

struct ComparedValue {
  ExprId expr{};
  std::string text;  // as written: `employees`, `count(contacts)`
  Type type;
  ComparedSource source = ComparedSource::kColumn;
  DataClass data_class = DataClass::kOpen;  // of the column
  std::uint32_t column = 0;                 // kColumn: of the table that `references` lead to from the frame's
  std::vector<std::uint32_t> references;
  std::size_t root = 0, known_root = 0;
};

// The values of a tree's tests, each once.
struct ComparedValues {
  std::vector<ComparedValue> values;
  std::vector<std::vector<std::uint32_t>> of_clause;  // by clause, in the order of its text
};

// Adds the roots that it takes to read them, behind `roots`. Values that no root gives (texts and dates of aggregates) are left out.
[[nodiscard]] ComparedValues compared_values(CheckedProgram& program, const SourceMap& sources, const ClauseTree& tree,
                                             std::vector<DefinitionId>& roots);

// Everything is borrowed but `values`.
class ValueReader {
 public:
  ValueReader(const CheckedProgram& program, const Database& database, const Results& results, FrameId frame, const TimeZone& zone)
      : program_(program),
        database_(database),
        results_(results),
        frame_(frame),
        zone_(zone) {}

  // Of a row of the frame's table.
  [[nodiscard]] Value value(const ComparedValue& value, RowId row) const;
  [[nodiscard]] TraceValue shown(const ComparedValue& value, RowId row) const;
  // As a text of output has it: without quotes. Empty for a missing one.
  [[nodiscard]] TraceValue shown(const Value& value, const Type& type) const;

 private:
  [[nodiscard]] const std::vector<RowId>& rows_of(FrameId frame) const;

  const CheckedProgram& program_;
  const Database& database_;
  const Results& results_;
  FrameId frame_;
  const TimeZone& zone_;
  mutable std::map<std::uint32_t, std::vector<RowId>> rows_;  // by frame around: of each row the row there
};

// What a test would need of the value that it compares, beside what it is: `at least 200`. Nothing where the condition's own text says it best.
struct NeededValue {
  std::uint32_t value = 0;  // index into ComparedValues::values
  std::string needs;
};
[[nodiscard]] std::optional<NeededValue> needed_value(const CheckedProgram& program, const SourceMap& sources, const ComparedValues& values,
                                                      const ClauseTree& tree, std::uint32_t test, const ValueReader& reader, RowId row);

}  // namespace segue
