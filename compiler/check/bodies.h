// This file's external interface is the bodies of definitions: what stands in a segment, a score, a `define`, tiers, stages, a grid, a split or an
// audience, as one expression. Each construct over named values has a file of its own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/context.h"

namespace segue::checker {

// The body of a definition in the rows of `scope`; fills the definition but its name and its expectations. Nothing where it is in error.
[[nodiscard]] std::optional<Definition> check_body(Context& ctx, const Scope& scope, const ast::Declaration& declaration);

// ---- one a construct; `span` is the whole declaration's

[[nodiscard]] std::optional<Definition> check_tiers(Context& ctx, const Scope& scope, const ast::TiersDecl& tiers, Span span);
[[nodiscard]] std::optional<Definition> check_stages(Context& ctx, const Scope& scope, const ast::StagesDecl& stages, Span span);
[[nodiscard]] std::optional<Definition> check_grid(Context& ctx, const Scope& scope, const ast::GridDecl& grid, Span span);
[[nodiscard]] std::optional<Definition> check_split(Context& ctx, const Scope& scope, const ast::SplitDecl& split, Span span);

// ---- what they share

// The texts behind one key of the metadata; joined by commas in `metadata_text`.
[[nodiscard]] std::vector<std::string> metadata_values(const std::vector<ast::Metadata>& metadata, std::string_view key);
[[nodiscard]] std::string metadata_text(const std::vector<ast::Metadata>& metadata, std::string_view key);

// A definition of `kind` with its title and metadata.
template <typename Decl>
[[nodiscard]] Definition described(const Decl& decl, DefinitionKind kind) {
  Definition definition;
  definition.kind = kind;
  if (decl.title) definition.title = decl.title->text;
  definition.owner = metadata_text(decl.metadata, "owner");
  definition.tags = metadata_values(decl.metadata, "tags");
  definition.basis = metadata_text(decl.metadata, "basis");
  definition.url = metadata_text(decl.metadata, "url");
  return definition;
}

// `where`, and not each of `except`; `where` may be absent when there is an `except`. Nothing where it was reported.
[[nodiscard]] std::optional<ExprId> check_conditions(Context& ctx, const Scope& scope, std::optional<ast::ExprId> where,
                                                     std::span<const ast::ExprId> except);

// The enum whose values are the names of a definition's rows; nothing where a name stands twice (reported).
[[nodiscard]] std::optional<Type> type_of_rows(Context& ctx, std::string_view definition, std::span<const ast::Name* const> names,
                                               bool is_ordered);

}  // namespace segue::checker
