// Tables and columns of two versions, united by name.
#include "compiler/check/join_schema.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/check/join_enums.h"
#include "compiler/schema/column_type.h"

namespace segue::checker {
namespace {

bool has_enum(const Type& type) { return type.enum_id != kNoEnum; }

bool are_equal(const EnumType& base, const EnumType& head) {
  return base.values == head.values && base.ordered == head.ordered && base.folded == head.folded;
}

// Whether values of both have one meaning, once enums are united.
bool have_common_meaning(const SchemaColumn& base, const SchemaColumn& head) {
  const Type& a = base.type;
  const Type& b = head.type;
  return base.form == head.form && a.kind == b.kind && a.scale == b.scale && a.folded == b.folded && a.element == b.element &&
         has_enum(a) == has_enum(b);
}

std::string joined_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
  return text;
}

std::string column_text(const SchemaColumn& column) {
  return fmt::format("{}{}", column_type_text(column.form, column.type), column.type.optional && column.accepts_missing ? "?" : "");
}

// What is declared differently, piece by piece; the gravest effect stands for all.
class ColumnComparison {
 public:
  ColumnComparison(const CheckedProgram& base, const CheckedProgram& head) : base_(base), head_(head) {}

  SchemaDifference compare(const SchemaColumn& from, const SchemaColumn& to) {
    difference_ = {};
    if (!have_common_meaning(from, to)) note(SchemaEffect::kIncompatible, fmt::format("{} → {}", column_text(from), column_text(to)));
    else if (column_text(from) != column_text(to)) note(SchemaEffect::kValues, fmt::format("{} → {}", column_text(from), column_text(to)));
    if (has_enum(from.type) && has_enum(to.type)) compare_values(base_.enums[from.type.enum_id], head_.enums[to.type.enum_id]);
    compare_reading(from, to);
    if (from.unit != to.unit) note(SchemaEffect::kNone, fmt::format("unit `{}` → `{}`", from.unit, to.unit));
    if (from.data_class != to.data_class) note(SchemaEffect::kNone, "who may look at it changed");
    return std::move(difference_);
  }

 private:
  void note(SchemaEffect effect, const std::string& detail) {
    difference_.effect = std::max(difference_.effect, effect);
    difference_.detail += (difference_.detail.empty() ? "" : "; ") + detail;
  }
  void compare_values(const EnumType& from, const EnumType& to) {
    std::vector<std::string> lost, gained;
    std::ranges::copy_if(from.values, std::back_inserter(lost),
                         [&](const auto& value) { return std::ranges::find(to.values, value) == to.values.end(); });
    std::ranges::copy_if(to.values, std::back_inserter(gained),
                         [&](const auto& value) { return std::ranges::find(from.values, value) == from.values.end(); });
    if (!lost.empty()) note(SchemaEffect::kValues, fmt::format("value{} {} removed", lost.size() == 1 ? "" : "s", joined_names(lost)));
    if (!gained.empty()) note(SchemaEffect::kValues, fmt::format("value{} {} added", gained.size() == 1 ? "" : "s", joined_names(gained)));
    if (lost.empty() && gained.empty() && from.values != to.values) note(SchemaEffect::kValues, "its values stand in another order");
    if (from.ordered != to.ordered)
      note(SchemaEffect::kNone, to.ordered ? "its values are ordered now" : "its values are not ordered any more");
    if (from.folded != to.folded)
      note(SchemaEffect::kReading, to.folded ? "upper and lower case are the same now" : "upper and lower case differ now");
    difference_.lost_values = std::move(lost);
  }
  void compare_reading(const SchemaColumn& from, const SchemaColumn& to) {
    const auto place = [](const SchemaColumn& column) {
      return column.form == ColumnForm::kPoint ? column.latitude_from + ", " + column.longitude_from : column.from;
    };
    if (place(from) != place(to)) note(SchemaEffect::kReading, fmt::format("read from `{}` instead of `{}`", place(to), place(from)));
    if (from.currency_from != to.currency_from) note(SchemaEffect::kReading, "another column holds its currency");
    if (from.bad_is_missing != to.bad_is_missing)
      note(SchemaEffect::kReading, to.bad_is_missing ? "bad values are missing now" : "bad values are no longer missing");
    // A value that one version does not know is missing to it, not bad.
    if (from.bad_is_missing && to.bad_is_missing && difference_.effect == SchemaEffect::kValues)
      difference_.effect = SchemaEffect::kReading;
    if (from.true_values != to.true_values || from.false_values != to.false_values)
      note(SchemaEffect::kReading, "other texts are true and false");
    if (from.format != to.format) note(SchemaEffect::kReading, fmt::format("format `{}` → `{}`", from.format, to.format));
    if (from.separator != to.separator) note(SchemaEffect::kReading, fmt::format("separator `{}` → `{}`", from.separator, to.separator));
  }

  const CheckedProgram& base_;
  const CheckedProgram& head_;
  SchemaDifference difference_;
};

std::string name_of(const SchemaTable& table, const std::optional<ColumnId>& column) {
  return column ? table.columns[*column].name : std::string("none");
}

// What is different of the rows themselves: who they are, since when they are there, which belong together.
std::string rows_detail(const Schema& base, const SchemaTable& from, const Schema& head, const SchemaTable& to) {
  std::string detail;
  const auto note = [&](const std::string& text) { detail += (detail.empty() ? "" : "; ") + text; };
  const auto compare = [&](std::string_view what, const std::optional<ColumnId>& a, const std::optional<ColumnId>& b) {
    const std::string before = name_of(from, a);
    const std::string after = name_of(to, b);
    if (before != after) note(fmt::format("{} `{}` → `{}`", what, before, after));
  };
  compare("key", from.key, to.key);
  compare("time", from.time, to.time);
  compare("known_at", from.known_at, to.known_at);
  if (from.dedupe != to.dedupe) note(to.dedupe ? "equal rows count once now" : "equal rows count each now");
  for (const ParentLink& link : from.parents) {
    const std::string& parent = base.tables[link.table].name;
    const auto same = std::ranges::find_if(to.parents, [&](const ParentLink& other) { return head.tables[other.table].name == parent; });
    if (same == to.parents.end()) note(fmt::format("it no longer belongs to `{}`", parent));
    else if (same->from != link.from) note(fmt::format("it belongs to `{}` by `{}` instead of `{}`", parent, same->from, link.from));
  }
  for (const ParentLink& link : to.parents) {
    const std::string& parent = head.tables[link.table].name;
    if (std::ranges::none_of(from.parents, [&](const ParentLink& other) { return base.tables[other.table].name == parent; }))
      note(fmt::format("it belongs to `{}`, too", parent));
  }
  return detail;
}

class Unite {
 public:
  Unite(const CheckedProgram& base, const CheckedProgram& head, std::uint32_t source_shift) : base_(base), head_(head) {
    united_.base.source_shift = source_shift;
  }

  UnitedSchemas operator()() {
    place_units(head_, united_.head);
    place_units(base_, united_.base);
    unite_enums(base_.enums, head_.enums, links(), united_);
    place_tables();
    for (TableId t = 0; t < united_.schema.tables.size(); ++t) unite_table(t);
    for (TableId t = 0; t < united_.schema.tables.size(); ++t) add_links(t);
    united_.schema.enum_types = united_.enums;
    return std::move(united_);
  }

 private:
  void place_units(const CheckedProgram& program, SchemaPlaces& places) {
    for (const UnitOfMeasure& unit : program.units) {
      auto found = std::ranges::find(united_.units, unit);
      if (found == united_.units.end()) found = united_.units.insert(found, unit);
      places.units.push_back(static_cast<std::uint16_t>(found - united_.units.begin()));
    }
  }

  const SchemaTable* find(const CheckedProgram& program, std::string_view name) const {
    const auto table = find_table(program.schema, name);
    return table ? &program.schema.tables[*table] : nullptr;
  }

  std::vector<EnumLink> links() const {
    std::vector<EnumLink> links;
    const auto link = [&](const Type& base, const Type& head) {
      if (has_enum(base) && has_enum(head) && base.kind == head.kind) links.push_back({base.enum_id, head.enum_id});
    };
    for (const SchemaTable& table : base_.schema.tables) {
      const SchemaTable* other = find(head_, table.name);
      if (other == nullptr) continue;
      for (const SchemaColumn& column : table.columns) {
        if (const auto same = find_column(*other, column.name)) link(column.type, other->columns[*same].type);
      }
    }
    for (EnumTypeId b = 0; b < base_.enums.size(); ++b) {
      for (EnumTypeId h = 0; h < head_.enums.size(); ++h) {
        if (are_equal(base_.enums[b], head_.enums[h])) links.push_back({b, h});
      }
    }
    for (const Definition& definition : base_.definitions) {
      const auto same = std::ranges::find_if(
          head_.definitions, [&](const Definition& other) { return other.name == definition.name && other.kind == definition.kind; });
      if (same != head_.definitions.end()) link(base_.expr(definition.body).type, head_.expr(same->body).type);
    }
    return links;
  }

  // Head's tables, then those that only base has.
  void place_tables() {
    const auto add_table = [&](const std::string& name, Span span) {
      united_.schema.tables.emplace_back();
      united_.schema.tables.back().name = name;
      united_.schema.tables.back().span = span;
    };
    for (const SchemaTable& table : head_.schema.tables) add_table(table.name, table.span);
    for (const SchemaTable& table : base_.schema.tables) {
      if (find(head_, table.name) == nullptr) add_table(table.name, shifted(table.span));
    }
    const auto place = [&](const Schema& schema, SchemaPlaces& places) {
      for (const SchemaTable& table : schema.tables) {
        places.tables.push_back(*find_table(united_.schema, table.name));
        places.columns.emplace_back(table.columns.size());
        places.parents.emplace_back(table.parents.size());
        places.references.emplace_back(table.references.size());
        places.of_table.emplace_back();
        places.of_column.emplace_back(table.columns.size());
        places.of_reference.emplace_back(table.references.size());
      }
    };
    place(head_.schema, united_.head);
    place(base_.schema, united_.base);
  }

  Span shifted(Span span) const {
    if (span.source != kNoSource) span.source = static_cast<SourceId>(static_cast<std::uint32_t>(span.source) + united_.base.source_shift);
    return span;
  }

  std::uint32_t add(SchemaDifference difference) {
    united_.differences.push_back(std::move(difference));
    return static_cast<std::uint32_t>(united_.differences.size() - 1);
  }

  void unite_table(TableId id) {
    const std::string name = united_.schema.tables[id].name;
    const auto b = find_table(base_.schema, name);
    const auto h = find_table(head_.schema, name);
    if (!b) {
      united_.head.of_table[*h].push_back(add({.name = name,
                                               .detail = "added",
                                               .effect = SchemaEffect::kAdded,
                                               .is_table = true,
                                               .lost_values = {},
                                               .base_span = {},
                                               .head_span = head_.schema.tables[*h].span}));
    }
    if (!h) {
      united_.base.of_table[*b].push_back(add({.name = name,
                                               .detail = "removed",
                                               .effect = SchemaEffect::kRemoved,
                                               .is_table = true,
                                               .lost_values = {},
                                               .base_span = shifted(base_.schema.tables[*b].span),
                                               .head_span = {}}));
    }
    if (b && h) compare_rows(*b, *h);
    // What rules may name stands before what is hidden.
    for (const bool hidden : {false, true}) {
      if (h) add_columns(id, h, b, hidden);
      if (b) add_base_columns(id, *b, h, hidden);
    }
    settle_columns(id, b, h);
  }

  void compare_rows(TableId b, TableId h) {
    const SchemaTable& from = base_.schema.tables[b];
    const SchemaTable& to = head_.schema.tables[h];
    const std::string detail = rows_detail(base_.schema, from, head_.schema, to);
    if (detail.empty()) return;
    const bool same_time = name_of(from, from.time) == name_of(to, to.time);
    const std::uint32_t index = add({.name = to.name,
                                     .detail = detail,
                                     .effect = same_time ? SchemaEffect::kReading : SchemaEffect::kIncompatible,
                                     .is_table = true,
                                     .lost_values = {},
                                     .base_span = shifted(from.span),
                                     .head_span = to.span});
    united_.base.of_table[b].push_back(index);
    united_.head.of_table[h].push_back(index);
  }

  void add_columns(TableId id, std::optional<TableId> h, std::optional<TableId> b, bool hidden) {
    SchemaTable& table = united_.schema.tables[id];
    const SchemaTable& own = head_.schema.tables[*h];
    for (ColumnId c = 0; c < own.columns.size(); ++c) {
      if ((own.columns[c].form == ColumnForm::kCoordinate) != hidden) continue;
      united_.head.columns[*h][c] = static_cast<ColumnId>(table.columns.size());
      table.columns.push_back(own.columns[c]);
      if (!hidden && b && !named_column(base_.schema.tables[*b], own.columns[c].name)) {
        united_.head.of_column[*h][c].push_back(add({.name = fmt::format("{}.{}", own.name, own.columns[c].name),
                                                     .detail = "added",
                                                     .effect = SchemaEffect::kAdded,
                                                     .lost_values = {},
                                                     .base_span = {},
                                                     .head_span = own.columns[c].span}));
      }
    }
  }

  // Hidden ones too, which have no entry in `column_ids`.
  static std::optional<ColumnId> named_column(const SchemaTable& table, std::string_view name) {
    const auto found = std::ranges::find(table.columns, name, &SchemaColumn::name);
    if (found == table.columns.end()) return std::nullopt;
    return static_cast<ColumnId>(found - table.columns.begin());
  }

  void add_base_columns(TableId id, TableId b, std::optional<TableId> h, bool hidden) {
    SchemaTable& table = united_.schema.tables[id];
    const SchemaTable& own = base_.schema.tables[b];
    for (ColumnId c = 0; c < own.columns.size(); ++c) {
      const SchemaColumn& column = own.columns[c];
      if ((column.form == ColumnForm::kCoordinate) != hidden) continue;
      const auto same = h ? named_column(head_.schema.tables[*h], column.name) : std::nullopt;
      if (same) {
        compare_columns(id, b, c, *h, *same);
      } else {
        united_.base.columns[b][c] = static_cast<ColumnId>(table.columns.size());
        table.columns.push_back(column);
        table.columns.back().span = shifted(column.span);
        if (h && !hidden) {
          united_.base.of_column[b][c].push_back(add({.name = fmt::format("{}.{}", own.name, column.name),
                                                      .detail = "removed",
                                                      .effect = SchemaEffect::kRemoved,
                                                      .lost_values = {},
                                                      .base_span = shifted(column.span),
                                                      .head_span = {}}));
        }
      }
    }
  }

  void compare_columns(TableId id, TableId b, ColumnId c, TableId h, ColumnId same) {
    const SchemaColumn& from = base_.schema.tables[b].columns[c];
    const SchemaColumn& to = head_.schema.tables[h].columns[same];
    SchemaDifference difference = ColumnComparison(base_, head_).compare(from, to);
    const ColumnId place = *united_.head.columns[h][same];
    SchemaColumn& united = united_.schema.tables[id].columns[place];
    if (difference.effect != SchemaEffect::kIncompatible) united_.base.columns[b][c] = place;
    united.type.optional = united.type.optional || from.type.optional;
    united.accepts_missing = united.accepts_missing || from.accepts_missing;
    if (difference.detail.empty()) return;
    difference.name = fmt::format("{}.{}", united_.schema.tables[id].name, to.name);
    difference.base_span = shifted(from.span);
    difference.head_span = to.span;
    const std::uint32_t index = add(std::move(difference));
    united_.base.of_column[b][c].push_back(index);
    united_.head.of_column[h][same].push_back(index);
  }

  // Ids inside the columns, which so far are those of the version that a column comes from.
  void settle_columns(TableId id, std::optional<TableId> b, std::optional<TableId> h) {
    SchemaTable& table = united_.schema.tables[id];
    const SchemaTable& own = h ? head_.schema.tables[*h] : base_.schema.tables[*b];
    SchemaPlaces& places = h ? united_.head : united_.base;
    const std::size_t own_id = h ? *h : *b;
    const auto moved = [&](const std::optional<ColumnId>& column) { return column ? places.columns[own_id][*column] : std::nullopt; };
    table.key = moved(own.key);
    table.time = moved(own.time);
    table.known_at = moved(own.known_at);
    table.dedupe = own.dedupe;
    if (h) settle_columns_of(table, head_, *h, united_.head, {});
    if (b) settle_columns_of(table, base_, *b, united_.base, h);
    for (ColumnId c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].form != ColumnForm::kCoordinate) table.column_ids.emplace(table.columns[c].name, c);
    }
  }

  // Of base those alone that head has not.
  void settle_columns_of(SchemaTable& table, const CheckedProgram& program, TableId own_id, const SchemaPlaces& places,
                         std::optional<TableId> other) {
    const SchemaTable& own = program.schema.tables[own_id];
    for (ColumnId c = 0; c < own.columns.size(); ++c) {
      const auto place = places.columns[own_id][c];
      if (!place || (other && named_column(head_.schema.tables[*other], own.columns[c].name))) continue;
      SchemaColumn& column = table.columns[*place];
      if (has_enum(column.type)) column.type.enum_id = places.enums[column.type.enum_id].id;
      column.type.unit = column.type.unit < places.units.size() ? places.units[column.type.unit] : std::uint16_t{0};
      for (std::optional<ColumnId>* inner : {&column.latitude, &column.longitude, &column.point}) {
        if (*inner) *inner = places.columns[own_id][**inner];
      }
    }
  }

  // Parents and references, once all tables have their columns.
  void add_links(TableId id) {
    SchemaTable& table = united_.schema.tables[id];
    if (const auto h = find_table(head_.schema, table.name)) add_links_of(table, head_, *h, united_.head, false);
    if (const auto b = find_table(base_.schema, table.name)) add_links_of(table, base_, *b, united_.base, true);
  }

  void add_links_of(SchemaTable& table, const CheckedProgram& program, TableId own_id, SchemaPlaces& places, bool is_base) {
    const SchemaTable& own = program.schema.tables[own_id];
    for (std::size_t i = 0; i < own.parents.size(); ++i) {
      const TableId to = places.tables[own.parents[i].table];
      auto found = std::ranges::find(table.parents, to, &ParentLink::table);
      if (found == table.parents.end()) {
        ParentLink link = own.parents[i];
        link.table = to;
        if (link.column) link.column = places.columns[own_id][*link.column];
        if (is_base) link.span = shifted(link.span);
        found = table.parents.insert(found, std::move(link));
      }
      places.parents[own_id][i] = static_cast<std::uint32_t>(found - table.parents.begin());
    }
    for (std::size_t i = 0; i < own.references.size(); ++i) place_reference(table, own, own_id, i, places, is_base);
  }

  void place_reference(SchemaTable& table, const SchemaTable& own, TableId own_id, std::size_t i, SchemaPlaces& places, bool is_base) {
    const SchemaReference& reference = own.references[i];
    const TableId to = places.tables[reference.to];
    const auto by = places.columns[own_id][reference.by];
    const auto found = std::ranges::find(table.references, reference.name, &SchemaReference::name);
    if (found != table.references.end() && found->to == to && by && found->by == *by) {
      places.references[own_id][i] = static_cast<std::uint32_t>(found - table.references.begin());
    } else if (found == table.references.end() && by) {
      places.references[own_id][i] = static_cast<std::uint32_t>(table.references.size());
      table.references.push_back({reference.name, to, *by, is_base ? shifted(reference.span) : reference.span});
    } else {
      places.of_reference[own_id][i].push_back(add({.name = fmt::format("{}.{}", own.name, reference.name),
                                                    .detail = "leads elsewhere",
                                                    .effect = SchemaEffect::kIncompatible,
                                                    .lost_values = {},
                                                    .base_span = shifted(reference.span),
                                                    .head_span = {}}));
    }
  }

  const CheckedProgram& base_;
  const CheckedProgram& head_;
  UnitedSchemas united_;
};

}  // namespace

UnitedSchemas unite_schemas(const CheckedProgram& base, const CheckedProgram& head, std::uint32_t source_shift) {
  return Unite(base, head, source_shift)();
}

}  // namespace segue::checker
