// This file's external interface is what the checker says of a name that means nothing where it stands: what it would mean elsewhere and how
// to write that, or the nearest name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/context.h"

namespace segue::checker {

// A bare name in the value place.
void report_unknown_bare(Context& ctx, const Scope& scope, const ast::Name& name);

// `account.x` or `contacts.x` whose second part is unknown there.
void report_unknown_in_frame(Context& ctx, const ast::Path& path, FrameId frame);

// A dotted name whose first part is neither a reference nor a row around.
void report_unknown_path(Context& ctx, const Scope& scope, const ast::Path& path);

// A part of a chain of references, before the last, that is no reference of `table`.
void report_unknown_reference(Context& ctx, TableId table, const ast::Name& name, const ast::Name& next);

// The last part of a chain of references.
void report_unknown_referenced_column(Context& ctx, TableId table, const ast::Name& name);

// A relation where a value stands: `any(contacts where …)`.
void report_relation_as_value(Context& ctx, Span span, std::string_view relation);

// A name that means something, but must be written as `right` where it stands.
void report_written(Context& ctx, Span span, std::string_view message, const std::string& right);

// Whether something that may stand here has a similar name; whether something in schema or rules has this very name, wherever it may stand.
[[nodiscard]] bool has_near_name(Context& ctx, const Scope& scope, std::string_view name);
[[nodiscard]] bool means_elsewhere(const Context& ctx, std::string_view name);

// Names of the table's columns.
[[nodiscard]] std::vector<std::string> column_names(const Context& ctx, TableId table);

}  // namespace segue::checker
