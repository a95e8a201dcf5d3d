// This file's external interface is Context: what the parts of the checker share while one program is checked, and the few
// ways in which they add to it. Private to this folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/check/deep_call.h"
#include "compiler/check/program.h"
#include "stdlib/time_zone.h"

namespace segue::checker {

// Index into Context::declared.
using DeclId = std::uint32_t;
inline constexpr DeclId kNoDecl = 0xffff'ffff;

// A parameter of a `define` inside its body, with what stands for it.
struct Binding {
  std::string_view name;
  Type type;
  ExprId value{};
  bool is_constant = false;     // the value is a Literal
  bool is_placeholder = false;  // the body is checked for its own sake: the value is an example
};

// Where an expression stands.
struct Scope {
  const Ast& ast;
  FrameId frame = kAccountFrame;
  std::span<const Binding> parameters;
  DeclId declaration = kNoDecl;
};
[[nodiscard]] inline Scope in_frame(const Scope& scope, FrameId frame) { return {scope.ast, frame, scope.parameters, scope.declaration}; }

// The outcome of checking an expression. A literal number stays `number` until its neighbour says what it is to be: see literals.h.
// What failed has been reported; whoever rests on it fails in silence.
struct Value {
  bool is_failed = true;
  std::optional<ast::ExactNumber> number;
  ExprId id{};
  Type type;
  Span span;
};

// A name that a file declares.
struct Declared {
  enum class State : std::uint8_t { kUnchecked, kActive, kDone, kFailed };

  const Ast* ast = nullptr;
  const ast::Declaration* declaration = nullptr;
  const ast::Name* name = nullptr;
  State state = State::kUnchecked;
  bool is_prelude = false;
  FrameId frame = kAccountFrame;    // where it stands: the account, or the plain frame of a `define … for` or an audience
  std::vector<Binding> parameters;  // of a `define`, with placeholders
  std::optional<Binding> param;     // of a `param`: its value
  std::optional<DefinitionId> definition;
  std::vector<DeclId> uses;
};

// A declaration, and where it is used.
struct Use {
  DeclId declaration = kNoDecl;
  Span span;
};

// A dotted or bare name somewhere in a file.
struct Mention {
  std::uint32_t begin = 0;
  const ast::Path* path = nullptr;
};

// Kind, scale, folding, enum: what the values of a set are made for.
using SetKey = std::tuple<DeclId, Kind, std::uint8_t, bool, EnumTypeId>;

struct Context {
  explicit Context(const CheckInput& all) : input(all) {}

  const CheckInput& input;
  CheckedProgram program;
  std::vector<Diagnostic> diagnostics;
  std::vector<CallError> call_errors;

  std::vector<Declared> declared;
  std::unordered_map<std::string_view, DeclId> by_name;          // the project's own come before the prelude's
  std::unordered_map<std::string_view, DeclId> prelude_by_name;  // what names mean inside the prelude, whatever the project calls so
  std::vector<Use> active;      // the definitions that are being checked, outermost first, with where each was asked for
  bool has_lost_names = false;  // a `use` was refused: names may be unknown through no fault of the author

  std::vector<std::uint32_t> frame_depths;  // of program.frames
  std::map<std::tuple<std::uint32_t, FrameId, FrameId, std::uint32_t>, FrameId> frame_ids;
  std::unordered_map<std::string, std::optional<DefinitionId>> instances;      // of definitions with arguments or in further frames
  bool has_too_many_instances = false;                                         // and said so
  std::map<SetKey, std::optional<SetId>> sets;                                 // of named lists
  std::unordered_map<const Ast*, std::vector<Mention>> mentions;               // in order of place
  std::map<std::vector<std::pair<std::string, int>>, std::uint16_t> unit_ids;  // of program.units but the first
  std::optional<Span> beside;  // what a bare value of an enum stands beside while it is checked: whose values it should be one of
  EnumTypeId weekday_enum = kNoEnum;
  std::optional<TimeZone> zone;            // loaded on first use
  std::size_t comparisons_left = 300'000;  // of names, for did-you-mean: bounded for files full of unknown names
  StackBase stack;
};

// ---- reporting

// Adds a diagnostic; the reference holds until the next one is added.
Diagnostic& report(Context& ctx, DiagnosticKind kind, Span span, std::string message);

// The same with a fix that replaces `edit.span`.
Diagnostic& report(Context& ctx, DiagnosticKind kind, Span span, std::string message, std::string fix_message, Edit edit);

// The user's own words, blanks squeezed, cut after 60 characters; with back-quotes around in `code`.
[[nodiscard]] std::string words(const Context& ctx, Span span);
[[nodiscard]] std::string code(const Context& ctx, Span span);

// ---- types in words

// `a whole number`, `text`, `a date`, `a fixed value such as `Software``, …
[[nodiscard]] std::string describe(const Context& ctx, const Type& type);
[[nodiscard]] bool is_number(const Type& type);
[[nodiscard]] bool is_exact(const Type& type);                               // int or decimal
[[nodiscard]] bool is_duration(const Type& type);                            // days, months or exact time
[[nodiscard]] bool is_declared_by_rules(const Context& ctx, EnumTypeId id);  // tiers, stages and the like, rather than the schema

// ---- building

[[nodiscard]] Type type_of_kind(Kind kind, bool is_optional = false);
[[nodiscard]] const Expr& expr_of(const Context& ctx, const Value& value);
[[nodiscard]] Value make(Context& ctx, Node node, const Type& type, FrameId frame, Span span);
[[nodiscard]] Value literal(Context& ctx, Constant constant, const Type& type, Span span);

// ---- frames

[[nodiscard]] const SchemaTable& table_of(const Context& ctx, FrameId frame);
[[nodiscard]] FrameId intern_frame(Context& ctx, const Frame& frame);
[[nodiscard]] FrameId inner_frame(const Context& ctx, FrameId first, FrameId second);  // the deeper of two of one chain
[[nodiscard]] std::optional<std::uint32_t> link_to(const Context& ctx, TableId child, TableId parent);

// The zone of the project.
[[nodiscard]] const TimeZone& project_zone(Context& ctx);

}  // namespace segue::checker
