// This file's external interface is the type of a column as the schema writes it: `int?`, `decimal(2)`, `list<text>`. Private to this
// folder.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "compiler/schema/schema.h"

namespace segue {

struct ColumnType {
  ColumnForm form = ColumnForm::kPlain;
  Type type;  // an enum's values are not known here; `type.optional` for `T?`
};

// What is wrong with the text of a type, and what to write instead where that is plain.
struct TypeError {
  bool is_unknown = false;  // no such type; else it is written wrongly
  std::string message;
  std::string replacement;  // empty when nothing is near
};

[[nodiscard]] std::expected<ColumnType, TypeError> parse_column_type(std::string_view text);

// The type as the schema writes it, without `?`: for messages.
[[nodiscard]] std::string column_type_text(ColumnForm form, const Type& type);

}  // namespace segue
