// This file's external interface is `resolve`: what a bare or dotted name means where it stands. `language.md`, "Names and files".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/context.h"

namespace segue::checker {

struct Resolution {
  enum class Kind : std::uint8_t { kNothing, kParameter, kColumn, kDefinition, kNow, kToday };

  Kind kind = Kind::kNothing;
  const Binding* parameter = nullptr;
  FrameId frame = kAccountFrame;          // of kColumn and kDefinition: whose row is read
  std::vector<std::uint32_t> references;  // of kColumn: the way to `table`, none for a column of the frame's own table
  TableId table = kAccountTable;
  ColumnId column = 0;
  DeclId declaration = kNoDecl;
};

// What a bare name means; kNothing, without a word, where it means nothing.
[[nodiscard]] Resolution find_bare(const Context& ctx, const Scope& scope, std::string_view name);

// What a path means as a value; nothing where that was reported.
[[nodiscard]] std::optional<Resolution> resolve(Context& ctx, const Scope& scope, const ast::Path& path);

// The frame that `account.` or the name of an outer relation leads to: outer rows from the innermost on, then the row at hand.
[[nodiscard]] std::optional<FrameId> frame_named(const Context& ctx, const Scope& scope, std::string_view name);

// The relation of a declaration's rows, or the account.
[[nodiscard]] TableId table_of_declaration(const Context& ctx, const Declared& declared);
[[nodiscard]] bool is_for_relation(const Declared& declared);
[[nodiscard]] bool is_param_or_list(const Declared& declared);

// `contacts.logins`: how the account's rules name a relation.
[[nodiscard]] std::string path_to_relation(const Context& ctx, TableId table);

// Whether so many names may still be looked at for did-you-mean; counts them.
[[nodiscard]] bool may_suggest(Context& ctx, std::size_t candidates);

// Ends a message with the nearest of the candidates and a fix that writes it, or with `otherwise` where none is near.
void suggest(Context& ctx, Diagnostic& diagnostic, Span span, std::string_view name, const std::vector<std::string>& candidates,
             std::string_view otherwise = "; check how it is spelled");

}  // namespace segue::checker
