// Builds small checked programs and tables by hand, so that the interpreter is tested without the phases before it.
#pragma once

#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/interpret/explain.h"
#include "compiler/interpret/interpret.h"
#include "stdlib/clock.h"

namespace segue::test {

template <typename T>
using Cells = std::vector<std::optional<T>>;
inline constexpr std::nullopt_t kMissing = std::nullopt;

inline Type type_of(Kind kind, int scale = 0) { return {.kind = kind, .scale = static_cast<std::uint8_t>(scale)}; }
inline Type folded_text() { return {.kind = Kind::kText, .folded = true}; }
inline const Type kBoolType = type_of(Kind::kBool);
inline const Type kIntType = type_of(Kind::kInt);
inline const Type kFloatType = type_of(Kind::kFloat);
inline const Type kTextType = type_of(Kind::kText);

template <typename T>
Column empty_column(Type type, Storage storage, const Cells<T>& cells) {
  Column column{.type = type, .storage = storage, .rows = cells.size(), .valid = Bitmap(cells.size())};
  for (std::size_t i = 0; i < cells.size(); ++i) column.valid.set(i, cells[i].has_value());
  return column;
}

template <typename Raw>
void append_raw(Column& column, Raw raw) {
  const std::size_t size = column.data.size();
  column.data.resize(size + sizeof raw);
  std::memcpy(column.data.data() + size, &raw, sizeof raw);
}

inline Column bools(const Cells<bool>& cells) {
  Column column = empty_column(kBoolType, Storage::kBits, cells);
  column.bits = Bitmap(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) column.bits.set(i, cells[i].value_or(false));
  return column;
}

inline Column ints(const Cells<std::int64_t>& cells, Type type = kIntType) {
  Column column = empty_column(type, Storage::kInt64, cells);
  for (const auto& cell : cells) append_raw(column, cell.value_or(0));
  return column;
}

inline Column floats(const Cells<double>& cells) {
  Column column = empty_column(kFloatType, Storage::kFloat64, cells);
  for (const auto& cell : cells) append_raw(column, cell.value_or(0));
  return column;
}

inline Column texts(const Cells<std::string>& cells, Type type = kTextType) {
  Column column = empty_column(type, Storage::kCodes, cells);
  auto dictionary = std::make_shared<Dictionary>();
  dictionary->append("");
  for (const auto& cell : cells) append_raw(column, cell ? dictionary->append(*cell) : std::int32_t{0});
  column.dictionary = dictionary;
  return column;
}

inline Column text_lists(const Cells<std::vector<std::string>>& cells, bool folded = false) {
  Column column = empty_column({.kind = Kind::kList, .folded = folded, .element = Kind::kText}, Storage::kLists, cells);
  auto dictionary = std::make_shared<Dictionary>();
  column.offsets.push_back(0);
  for (const auto& cell : cells) {
    if (cell) {
      for (const std::string& text : *cell) append_raw(column, dictionary->append(text));
    }
    column.offsets.push_back(column.data.size() / sizeof(std::int32_t));
  }
  column.dictionary = dictionary;
  return column;
}

// A program over tables of its own; table 0 is the account. Expressions are made bottom up. The text of the rules is given at once, and an
// expression's span is the first place where its words stand.
class World {
 public:
  explicit World(std::string text = "") {
    add_source(sources, "a.seg", std::move(text));
    program.frames.push_back({});
    add_table("account");
    clock = make_clock(0, utc_zone(), {});
  }

  // ---- tables

  std::uint32_t add_table(const std::string& name) {
    program.schema.tables.push_back({.name = name});
    database.tables.push_back({.name = name});
    return static_cast<std::uint32_t>(database.tables.size() - 1);
  }

  std::uint32_t add_column(std::uint32_t table, const std::string& name, Column column) {
    program.schema.tables[table].columns.push_back({.name = name, .type = column.type});
    database.tables[table].rows = column.rows;
    database.tables[table].columns.push_back(std::move(column));
    return static_cast<std::uint32_t>(database.tables[table].columns.size() - 1);
  }

  // The parent's row of each row of `child`.
  std::uint32_t link(std::uint32_t child, std::uint32_t parent, std::vector<RowId> parent_of) {
    Link made{.parent_of = parent_of, .offsets = {0}, .children = {}};
    for (RowId row = 0; row < database.tables[parent].rows; ++row) {
      for (RowId i = 0; i < parent_of.size(); ++i) {
        if (parent_of[i] == row) made.children.push_back(i);
      }
      made.offsets.push_back(made.children.size());
    }
    database.tables[child].rows = parent_of.size();
    database.tables[child].links.push_back(std::move(made));
    program.schema.tables[child].parents.push_back({.table = parent});
    return static_cast<std::uint32_t>(database.tables[child].links.size() - 1);
  }

  FrameId frame(std::uint32_t table, FrameId outer = kAccountFrame, std::optional<FrameId> anchor = {}, std::uint32_t link = 0) {
    program.frames.push_back({.table = table, .outer = outer, .anchor = anchor.value_or(outer), .link = link});
    return FrameId{static_cast<std::uint32_t>(program.frames.size() - 1)};
  }

  // ---- expressions

  ExprId add(Node node, Type type, FrameId frame = kAccountFrame, std::string_view words = "") {
    program.exprs.push_back({.node = std::move(node), .type = type, .frame = frame, .span = span(words)});
    return ExprId{static_cast<std::uint32_t>(program.exprs.size() - 1)};
  }
  ExprId test(Node node, FrameId frame = kAccountFrame, std::string_view words = "") {
    return add(std::move(node), kBoolType, frame, words);
  }

  ExprId column(std::uint32_t index, FrameId frame = kAccountFrame, std::string_view words = "") {
    Type type = program.schema.tables[program.frame(frame).table].columns[index].type;
    return add(ColumnRead{index}, type, frame, words);
  }
  ExprId literal(Constant value, Type type, std::string_view words = "") {
    return add(Literal{std::move(value)}, type, kAccountFrame, words);
  }
  ExprId number(std::int64_t value, std::string_view words = "") { return literal(value, kIntType, words); }

  SetId set(Type type, std::vector<Constant> values, bool folded = false) {
    program.sets.push_back({.type = type, .folded = folded, .values = std::move(values)});
    return SetId{static_cast<std::uint32_t>(program.sets.size() - 1)};
  }
  WindowId window(Window window) {
    program.windows.push_back(window);
    return WindowId{static_cast<std::uint32_t>(program.windows.size() - 1)};
  }

  EnumTypeId enum_of(std::vector<std::string> values, bool ordered = false) {
    program.enums.push_back({.values = std::move(values), .ordered = ordered});
    return static_cast<EnumTypeId>(program.enums.size() - 1);
  }

  DefinitionId define(ExprId body, DefinitionKind kind = DefinitionKind::kSegment, const std::string& name = "it",
                      FrameId frame = kAccountFrame) {
    program.definitions.push_back({.kind = kind, .name = name, .frame = frame, .body = body});
    return DefinitionId{static_cast<std::uint32_t>(program.definitions.size() - 1)};
  }

  // A nameless definition, as `top` and `percentile` read them.
  DefinitionId hidden(ExprId body, FrameId frame = kAccountFrame) { return define(body, DefinitionKind::kDefine, "", frame); }

  Span span(std::string_view words) const {
    const std::size_t begin = words.empty() ? std::string::npos : sources.sources[0].text.find(words);
    if (begin == std::string::npos) return {};
    return {SourceId{0}, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + words.size())};
  }

  // ---- answers

  DefinitionResult run(DefinitionId root) const {
    const DefinitionId roots[] = {root};
    return interpret(program, database, clock, roots)->definitions[0];
  }

  // One character an account: `1` true, `0` false; `+` true and `-` false where three-valued evaluation gives unknown.
  std::string verdicts(ExprId body) {
    std::string out;
    const DefinitionResult all = run(define(body));
    const ExprId unknown = body;
    for (RowId row = 0; row < database.tables[0].rows; ++row) {
      const Trace trace = explain(program, database, clock, sources, define(unknown), row);
      const bool holds = all.members.test(row);
      out += trace.undetermined ? (holds ? '+' : '-') : (holds ? '1' : '0');
    }
    return out;
  }

  // A value for each account as people see it, blank between; `?` behind what is unsure.
  std::string values(ExprId body) {
    std::string out;
    const DefinitionId root = define(body, DefinitionKind::kDefine);
    for (RowId row = 0; row < database.tables[0].rows; ++row) {
      const Trace trace = explain(program, database, clock, sources, root, row);
      const bool is_unsure = trace.undetermined && !trace.value.missing;
      out += (row == 0 ? "" : " ") + trace.value.shown + (is_unsure ? "?" : "");
    }
    return out;
  }

  CheckedProgram program;
  Database database;
  Clock clock;
  SourceMap sources;
};

}  // namespace segue::test
