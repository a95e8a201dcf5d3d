// What lies behind an evaluation, and keys as text.
#include "bindings/cpp/answers.h"

#include "stdlib/print_value.h"

namespace segue {

Answered answered_of(const Answers& answers) { return {answers.project->program(), *answers.database, answers.roots, answers.results}; }

const Column& key_column(const CheckedProject& project, const Database& database) {
  return database.tables[kAccountTable].columns[*project.schema().tables[kAccountTable].key];
}

std::string cell_text(const CheckedProject& project, const Column& column, std::size_t row) {
  switch (column.type.kind) {
    case Kind::kText: return std::string(column.text_at(row));
    case Kind::kBool: return column.bool_at(row) ? "true" : "false";
    case Kind::kFloat: return print_float(column.float_at(row));
    case Kind::kDecimal: return print_decimal(column.int_at(row), column.type.scale);
    case Kind::kDate: return print_date(column.int_at(row));
    case Kind::kTimestamp: return print_timestamp_utc(column.int_at(row));
    case Kind::kEnum: return project.program().enums[column.type.enum_id].values[static_cast<std::size_t>(column.int_at(row))];
    default: return print_int(column.int_at(row));
  }
}

}  // namespace segue
