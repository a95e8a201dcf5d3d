// Random typed programs over random tables, made by hand-written rules of what may stand where, so that both engines are compared without the
// phases before them. Tables hold missing values, empty groups, infinities and extremes.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <random>

#include "stdlib/text.h"
#include "tests/unit/interpret/builder.h"

namespace segue::test {

class RandomProgram : public World {
 public:
  explicit RandomProgram(std::uint64_t seed, std::size_t accounts) : random_(seed) {
    clock = make_clock(1'772'000'000'000'000, utc_zone(), {.week_start = Weekday::kMonday, .fiscal_month = 2});
    make_tables(accounts);
    make_frames();
    for (int i = 0; i < 2; ++i) make_named();
    for (int i = 0; i < 3; ++i) defines.push_back(define(expression(Kind::kBool, kAccountFrame, 3), DefinitionKind::kDefine));
    for (int i = 0; i < 2; ++i) make_named();
    for (int i = 0; i < 2; ++i) make_audience();
    make_grid();
    for (int i = 0; i < 5; ++i) roots.push_back(define(expression(Kind::kBool, kAccountFrame, 4)));
    for (int i = 0; i < 2; ++i) roots.push_back(define(score(kAccountFrame), DefinitionKind::kScore));
    finish();
  }

  std::vector<DefinitionId> defines, roots;

 private:
  // Columns of every table, by number.
  enum : std::uint32_t {
    kKey,
    kFlag,
    kMaybe,
    kSmall,
    kBig,
    kMoney,
    kRatio,
    kName,
    kFolded,
    kDay,
    kTime,
    kStage,
    kTags,
    kParent,
    kLatitude,
    kLongitude
  };

  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

  // ── tables ──

  std::string word() {
    static const std::array<const char*, 12> kWords{"", "a", "A", "Ab", "ab", "aB", "Chief", "chief officer", "VP Sales", "ß", "ẞ", "Σς"};
    return kWords[below(kWords.size())];
  }
  std::int64_t integer() {
    switch (below(8)) {
      case 0: return std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(below(2));
      case 1: return std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(below(2));
      case 2: return static_cast<std::int64_t>(random_() >> 1);
      default: return static_cast<std::int64_t>(below(20)) - 10;
    }
  }
  std::int64_t money() {
    return chance(10) ? one_of({999'999'999'999'999'999, -999'999'999'999'999'999}) : static_cast<std::int64_t>(below(2000)) - 1000;
  }
  double real() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    switch (below(9)) {
      case 0: return kInfinity;
      case 1: return -kInfinity;
      case 2: return -0.0;
      case 3: return 0.0;
      case 4: return 1e300;
      case 5: return 0.1 * static_cast<double>(below(100));
      default: return static_cast<double>(below(20)) - 10;
    }
  }
  std::int64_t day() { return chance(5) ? one_of({kMinDay, kMaxDay}) : 20'500 + static_cast<std::int64_t>(below(60)) - 40; }
  std::int64_t instant() { return clock.now + (static_cast<std::int64_t>(below(2000)) - 1200) * 3'600'000'000; }

  template <typename T, typename Make>
  Cells<T> cells(std::size_t rows, int missing, Make make) {
    Cells<T> result;
    for (std::size_t i = 0; i < rows; ++i) result.push_back(chance(missing) ? std::optional<T>() : std::optional<T>(make()));
    return result;
  }

  static Column narrow(const Column& column, Storage storage) {
    Column result = column;
    result.storage = storage;
    result.data = Buffer();
    for (std::size_t i = 0; i < column.rows; ++i) {
      if (storage == Storage::kInt8) append_raw(result, static_cast<std::int8_t>(column.int_at(i)));
      if (storage == Storage::kInt16) append_raw(result, static_cast<std::int16_t>(column.int_at(i)));
      if (storage == Storage::kInt32) append_raw(result, static_cast<std::int32_t>(column.int_at(i)));
    }
    return result;
  }

  static Column dictionary_texts(const Cells<std::string>& cells, Type type) {
    Column column = empty_column(type, Storage::kCodes, cells);
    auto dictionary = std::make_shared<Dictionary>();
    std::map<std::string, std::int32_t> codes;
    for (const auto& cell : cells) {
      if (cell && !codes.contains(*cell)) codes.emplace(*cell, dictionary->append(*cell));
      append_raw(column, cell ? codes.at(*cell) : std::int32_t{0});
    }
    column.dictionary = dictionary;
    return column;
  }

  Column tags(std::size_t rows) {
    Column column = empty_column({.kind = Kind::kList, .folded = false, .element = Kind::kText}, Storage::kLists,
                                 cells<int>(rows, 20, [] { return 1; }));
    auto dictionary = std::make_shared<Dictionary>();
    for (const char* text : {"x", "X", "y", "z", "Salesforce"}) dictionary->append(text);
    column.offsets.push_back(0);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::int32_t code = 0; code < 5 && column.valid.test(i); ++code) {
        if (chance(25)) append_raw(column, code);
      }
      column.offsets.push_back(column.data.size() / sizeof(std::int32_t));
    }
    column.dictionary = dictionary;
    return column;
  }

  void fill_table(std::uint32_t table, std::size_t rows) {
    std::int64_t next = 0;
    const bool by_text = chance(50);
    // Distinct, and in no order.
    const auto key = [&] { return (next++ * 7919 + 13) % 1'000'003 - 500'000; };
    if (by_text) {
      add_column(
          table, "key",
          dictionary_texts(cells<std::string>(rows, 0, [&] { return (chance(20) ? "é" : "k") + std::to_string(key()); }), kTextType));
    } else {
      add_column(table, "key",
                 narrow(ints(cells<std::int64_t>(rows, 0, key), type_of(chance(70) ? Kind::kInt : Kind::kDate)), Storage::kInt32));
    }
    add_column(table, "flag", bools(cells<bool>(rows, 0, [&] { return chance(50); })));
    add_column(table, "maybe", bools(cells<bool>(rows, 30, [&] { return chance(50); })));
    add_column(table, "small",
               narrow(ints(cells<std::int64_t>(rows, chance(50) ? 20 : 0, [&] { return static_cast<std::int64_t>(below(30)) - 10; })),
                      one_of({Storage::kInt8, Storage::kInt16, Storage::kInt32})));
    add_column(table, "big", ints(cells<std::int64_t>(rows, 15, [&] { return integer(); })));
    add_column(table, "money", ints(cells<std::int64_t>(rows, 15, [&] { return money(); }), type_of(Kind::kDecimal, 2)));
    add_column(table, "ratio", floats(cells<double>(rows, 15, [&] { return real(); })));
    add_column(table, "name", dictionary_texts(cells<std::string>(rows, 15, [&] { return word(); }), kTextType));
    add_column(table, "folded", dictionary_texts(cells<std::string>(rows, 0, [&] { return word(); }), folded_text()));
    add_column(table, "day", narrow(ints(cells<std::int64_t>(rows, 15, [&] { return day(); }), type_of(Kind::kDate)), Storage::kInt32));
    add_column(table, "time", ints(cells<std::int64_t>(rows, 10, [&] { return instant(); }), type_of(Kind::kTimestamp)));
    Type stage = type_of(Kind::kEnum);
    stage.enum_id = 0;
    add_column(table, "stage",
               narrow(ints(cells<std::int64_t>(rows, chance(50) ? 15 : 0, [&] { return static_cast<std::int64_t>(below(5)); }), stage),
                      Storage::kInt8));
    add_column(table, "tags", tags(rows));
    add_column(table, "parent", ints(cells<std::int64_t>(rows, 0, [&] { return std::int64_t{0}; })));
    Cells<double> latitudes = cells<double>(rows, 15, [&] { return static_cast<double>(below(1801)) / 10 - 90; }), longitudes;
    for (const auto& latitude : latitudes)
      longitudes.push_back(latitude ? std::optional(static_cast<double>(below(3601)) / 10 - 180) : std::nullopt);
    add_column(table, "latitude", floats(latitudes));
    add_column(table, "longitude", floats(longitudes));
    SchemaTable& schema = program.schema.tables[table];
    if (table == 0 || chance(60)) schema.key = kKey;
    schema.time = one_of<std::uint32_t>({kDay, kTime});
    schema.references.push_back({.name = "parent", .to = 0, .by = kParent});
    std::vector<RowId> targets;
    for (std::size_t i = 0; i < rows; ++i) targets.push_back(chance(20) || accounts_ == 0 ? kNoRow : static_cast<RowId>(below(accounts_)));
    database.tables[table].references.push_back(std::move(targets));
    database.tables[table].rows = rows;
  }

  // Children of each parent, some of none; in the parent's order, or anyhow.
  std::vector<RowId> parents(std::size_t rows, std::size_t parent_rows, bool in_order) {
    std::vector<RowId> result;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t parent = chance(30) ? parent_rows / 3 : below(std::max<std::size_t>(parent_rows, 1));
      result.push_back(chance(in_order ? 0 : 5) || parent_rows == 0 ? kNoRow : static_cast<RowId>(parent));
    }
    if (in_order) std::sort(result.begin(), result.end());
    return result;
  }

  void link_fast(std::uint32_t child, std::uint32_t parent, std::vector<RowId> parent_of) {
    Link made{.parent_of = parent_of, .offsets = {}, .children = {}};
    std::vector<std::vector<RowId>> groups(database.tables[parent].rows);
    for (RowId i = 0; i < parent_of.size(); ++i) {
      if (parent_of[i] != kNoRow) groups[parent_of[i]].push_back(i);
    }
    made.offsets.push_back(0);
    for (const auto& group : groups) {
      made.children.own().insert(made.children.own().end(), group.begin(), group.end());
      made.offsets.push_back(made.children.size());
    }
    if (std::is_sorted(parent_of.begin(), parent_of.end())) made.children.clear();
    database.tables[child].links.push_back(std::move(made));
    program.schema.tables[child].parents.push_back({.table = parent});
  }

  void make_tables(std::size_t accounts) {
    accounts_ = accounts;
    program.enums.push_back({.values = {"a", "b", "c", "d", "e"}, .ordered = true, .folded = false, .name = "stage"});
    fill_table(0, accounts);
    contacts_ = add_table("contacts"), logins_ = add_table("logins"), events_ = add_table("events");
    const std::size_t contacts = accounts * 2 / (1 + below(3)), logins = contacts * 2 / (1 + below(3)),
                      events = accounts * 3 / (1 + below(4));
    fill_table(contacts_, contacts);
    link_fast(contacts_, 0, parents(contacts, accounts, chance(50)));
    fill_table(logins_, logins);
    link_fast(logins_, contacts_, parents(logins, contacts, chance(50)));
    fill_table(events_, events);
    link_fast(events_, 0, parents(events, accounts, chance(50)));
    link_fast(events_, contacts_, parents(events, contacts, false));
  }

  // As readers leave columns: padded, and optional in the schema where values may be missing.
  void finish() {
    for (std::size_t table = 0; table < database.tables.size(); ++table) {
      for (std::size_t i = 0; i < database.tables[table].columns.size(); ++i) {
        Column& column = database.tables[table].columns[i];
        column.data.resize(column.data.size() + 128 * 8);
        const bool is_full = column.valid.count() == column.rows;
        if (is_full && chance(70)) column.valid = Bitmap();
        program.schema.tables[table].columns[i].type.optional = !is_full;
      }
    }
  }

  // ── expressions ──

  std::vector<FrameId> visible(FrameId frame) const {
    std::vector<FrameId> result;
    for (FrameId at = frame; at != kNoFrame; at = program.frame(at).outer) result.push_back(at);
    return result;
  }
  std::size_t depth(FrameId frame) const { return visible(frame).size(); }
  FrameId frame_of(std::initializer_list<ExprId> operands) const {
    FrameId innermost = kAccountFrame;
    for (const ExprId id : operands) {
      if (depth(program.expr(id).frame) > depth(innermost)) innermost = program.expr(id).frame;
    }
    return innermost;
  }
  FrameId frame_of(const std::vector<ExprId>& operands) const {
    FrameId innermost = kAccountFrame;
    for (const ExprId id : operands)
      innermost = frame_of({id}) != kAccountFrame && depth(frame_of({id})) > depth(innermost) ? frame_of({id}) : innermost;
    return innermost;
  }

  FrameId intern_frame(Frame frame) {
    for (std::uint32_t i = 0; i < program.frames.size(); ++i) {
      if (program.frames[i] == frame) return FrameId{i};
    }
    program.frames.push_back(frame);
    return FrameId{static_cast<std::uint32_t>(program.frames.size() - 1)};
  }

  ExprId read(std::uint32_t index, FrameId frame) {
    Type type = program.schema.tables[program.frame(frame).table].columns[index].type;
    if (chance(15))
      return add(ReferenceRead{chance(50) ? std::vector<std::uint32_t>{0} : std::vector<std::uint32_t>{0, 0}, index}, type, frame);
    return add(ColumnRead{index}, type, frame);
  }

  struct Target {
    FrameId rows, of;
  };
  Target rows_under(FrameId context) {
    const std::vector<FrameId> chain = visible(context);
    const FrameId anchor = chain[below(chain.size())];
    const std::uint32_t table = program.frame(anchor).table;
    const FrameId outer = anchor != context && chance(25) && depth(context) < 3 ? context : anchor;
    if (table == 0) {
      if (chance(50)) return {intern_frame({events_, outer, anchor, 0}), outer};
      const FrameId contacts = intern_frame({contacts_, outer, anchor, 0});
      if (chance(30)) return {intern_frame({logins_, contacts, contacts, 0}), outer};
      return {contacts, outer};
    }
    if (table == contacts_)
      return chance(50) ? Target{intern_frame({logins_, outer, anchor, 0}), outer}
                        : Target{intern_frame({events_, outer, anchor, 1}), outer};
    return {intern_frame({contacts_, kAccountFrame, kAccountFrame, 0}), kAccountFrame};
  }

  ExprId aggregate(AggregateFn fn, Type type, FrameId context, int depth_left, std::optional<Kind> value_kind) {
    const Target target = rows_under(context);
    Aggregate node{fn, target.rows, {}, {}, {}};
    if (chance(30)) node.within = within(target.rows);
    const bool needs_where = fn == AggregateFn::kEvery || fn == AggregateFn::kShare;
    if (needs_where || chance(60)) node.where = expression(Kind::kBool, target.rows, depth_left - 1);
    if (value_kind) node.value = expression(*value_kind, target.rows, std::min(1, depth_left - 1));
    if (value_kind)
      type = fn == AggregateFn::kSum || fn == AggregateFn::kMin || fn == AggregateFn::kMax || fn == AggregateFn::kLatest ||
                     fn == AggregateFn::kEarliest
                 ? program.expr(*node.value).type
                 : type;
    return add(node, type, target.of);
  }

  ExprId within(FrameId frame) {
    const bool dates = chance(50);
    const ExprId time = expression(dates ? Kind::kDate : Kind::kTimestamp, frame, 0);
    Window window;
    window.kind = one_of({WindowKind::kLast, WindowKind::kNext, WindowKind::kThis, WindowKind::kPrevious, WindowKind::kFollowing});
    const bool counted = window.kind == WindowKind::kLast || window.kind == WindowKind::kNext;
    window.count = counted ? static_cast<std::int64_t>(below(40)) : 1;
    window.unit = counted && !dates && chance(30)
                      ? TimeUnit::kHour
                      : one_of({TimeUnit::kDay, TimeUnit::kWeek, TimeUnit::kMonth, TimeUnit::kQuarter, TimeUnit::kYear});
    if (!counted && chance(20)) window.unit = TimeUnit::kFiscalYear;
    if (chance(20)) window.as_of = TimeAmount{-static_cast<std::int64_t>(below(20)), TimeUnit::kDay};
    return add(Within{time, this->window(window)}, kBoolType, frame_of({time}));
  }

  ExprId call(std::string_view name, ExprId operand, Type type) {
    const Type operands[] = {program.expr(operand).type};
    return add(Call{find_builtin(Form::kFunction, name, operands)->id, {operand}}, type, frame_of({operand}));
  }

  ExprId arithmetic(ArithmeticOp op, ExprId left, ExprId right, Type type) {
    return add(Arithmetic{op, left, right}, type, frame_of({left, right}));
  }

  // As the checker does: a float beside an exact number takes it to the nearest double.
  ExprId as_float(ExprId id) {
    if (program.expr(id).type.kind == Kind::kFloat) return id;
    return add(ToFloat{id}, kFloatType, program.expr(id).frame);
  }

  ExprId score(FrameId frame) {
    ScoreSum node;
    std::vector<ExprId> operands;
    for (std::size_t i = 0; i < 1 + below(4); ++i) {
      ScoreTerm term{.value = expression(one_of({Kind::kInt, Kind::kDecimal, Kind::kFloat}), frame, 2),
                     .when = {},
                     .negative = chance(30),
                     .span = {}};
      operands.push_back(term.value);
      if (chance(60)) operands.push_back(*(term.when = expression(Kind::kBool, frame, 2)));
      node.terms.push_back(term);
    }
    if (chance(50)) node.range = std::pair(0.0, 100.0);
    return add(std::move(node), kFloatType, frame);
  }

  ExprId expression(Kind kind, FrameId frame, int depth_left) {
    switch (kind) {
      case Kind::kBool: return predicate(frame, depth_left);
      case Kind::kInt: return integer_expression(frame, depth_left);
      case Kind::kDecimal: return decimal_expression(frame, depth_left);
      case Kind::kFloat: return float_expression(frame, depth_left);
      case Kind::kText: return text_expression(frame, depth_left);
      case Kind::kDate: return date_expression(frame, depth_left);
      case Kind::kTimestamp: return timestamp_expression(frame, depth_left);
      case Kind::kEnum:
        if (!named_.empty() && chance(25)) return add(DefinitionRead{one_of_vector(named_)}, stage_type(), kAccountFrame);
        return plain(kStage, Kind::kEnum, frame, depth_left);
      case Kind::kList: return plain(kTags, Kind::kList, frame, depth_left);
      default: return add(Literal{std::int64_t{3}}, kIntType);
    }
  }

  FrameId some_frame(FrameId frame) {
    const std::vector<FrameId> chain = visible(frame);
    return chance(80) ? frame : chain[below(chain.size())];
  }

  ExprId or_else(ExprId first, ExprId second) {
    Type type = program.expr(first).type;
    type.folded = type.folded || program.expr(second).type.folded;
    return add(OrElse{first, second}, type, frame_of({first, second}));
  }

  // Columns, choices among rows, defaults.
  ExprId plain(std::uint32_t index, Kind kind, FrameId frame, int depth_left) {
    if (depth_left <= 0 || chance(50)) return read(index, some_frame(frame));
    Type type = program.schema.tables[0].columns[index].type;
    if (chance(50)) return or_else(expression(kind, frame, depth_left - 1), expression(kind, frame, depth_left - 1));
    if (kind != Kind::kList && chance(50)) return aggregate(one_of({AggregateFn::kMin, AggregateFn::kMax}), type, frame, depth_left, kind);
    return aggregate(one_of({AggregateFn::kLatest, AggregateFn::kEarliest}), type, frame, depth_left, kind);
  }

  ExprId integer_expression(FrameId frame, int depth_left) {
    if (depth_left <= 0)
      return chance(30) ? add(Literal{chance(80) ? static_cast<std::int64_t>(below(12)) - 4 : integer()}, kIntType)
                        : plain(chance(60) ? kSmall : kBig, Kind::kInt, frame, 0);
    switch (below(9)) {
      case 0:
        return arithmetic(one_of({ArithmeticOp::kAdd, ArithmeticOp::kSubtract, ArithmeticOp::kMultiply}),
                          integer_expression(frame, depth_left - 1), integer_expression(frame, depth_left - 1), kIntType);
      case 1: {
        const ExprId operand = integer_expression(frame, depth_left - 1);
        return add(Negate{operand}, kIntType, frame_of({operand}));
      }
      case 2: return aggregate(AggregateFn::kCount, kIntType, frame, depth_left, {});
      case 3: return aggregate(AggregateFn::kSum, kIntType, frame, depth_left, Kind::kInt);
      case 4:
        return aggregate(AggregateFn::kDistinct, kIntType, frame, depth_left,
                         one_of({Kind::kInt, Kind::kText, Kind::kFloat, Kind::kEnum, Kind::kList, Kind::kBool, Kind::kDate}));
      case 5:
        return call(one_of({"year", "month", "day", "days_since", "fiscal_quarter"}), date_expression(frame, depth_left - 1), kIntType);
      default: return plain(chance(60) ? kSmall : kBig, Kind::kInt, frame, depth_left);
    }
  }

  ExprId decimal_expression(FrameId frame, int depth_left) {
    const Type type = type_of(Kind::kDecimal, 2);
    if (depth_left <= 0)
      return chance(30) ? add(Literal{static_cast<std::int64_t>(below(3000)) - 1000}, type) : read(kMoney, some_frame(frame));
    switch (below(5)) {
      case 0: {
        const ExprId operand = integer_expression(frame, depth_left - 1);
        return add(Rescale{operand}, type, frame_of({operand}));
      }
      case 1:
        return arithmetic(one_of({ArithmeticOp::kAdd, ArithmeticOp::kSubtract}), decimal_expression(frame, depth_left - 1),
                          integer_expression(frame, depth_left - 1), type);
      case 2: return aggregate(AggregateFn::kSum, type, frame, depth_left, Kind::kDecimal);
      default: return plain(kMoney, Kind::kDecimal, frame, depth_left);
    }
  }

  ExprId float_expression(FrameId frame, int depth_left) {
    if (depth_left <= 0) return chance(30) ? add(Literal{chance(50) ? real() : 0.5}, kFloatType) : read(kRatio, some_frame(frame));
    switch (below(9)) {
      case 7: return percentile(depth_left);
      case 8: return decay(frame, depth_left);
      case 0:
        return arithmetic(one_of({ArithmeticOp::kAdd, ArithmeticOp::kSubtract, ArithmeticOp::kMultiply, ArithmeticOp::kDivide}),
                          float_expression(frame, depth_left - 1),
                          as_float(expression(one_of({Kind::kFloat, Kind::kInt}), frame, depth_left - 1)), kFloatType);
      case 1:
        return arithmetic(ArithmeticOp::kDivide, integer_expression(frame, depth_left - 1),
                          expression(one_of({Kind::kDecimal, Kind::kInt}), frame, depth_left - 1), kFloatType);
      case 2: return aggregate(AggregateFn::kShare, kFloatType, frame, depth_left, {});
      case 3: return aggregate(AggregateFn::kAvg, kFloatType, frame, depth_left, one_of({Kind::kInt, Kind::kDecimal, Kind::kFloat}));
      case 4: return aggregate(AggregateFn::kSum, kFloatType, frame, depth_left, Kind::kFloat);
      default: return plain(kRatio, Kind::kFloat, frame, depth_left);
    }
  }

  ExprId text_expression(FrameId frame, int depth_left) {
    if (chance(15)) return add(Literal{word()}, kTextType);
    return plain(chance(50) ? kName : kFolded, Kind::kText, frame, depth_left);
  }

  ExprId date_expression(FrameId frame, int depth_left) {
    const Type type = type_of(Kind::kDate);
    if (chance(10)) return add(Today{}, type);
    if (chance(10)) return add(FromNow{static_cast<std::int64_t>(below(40)) - 30, one_of({TimeUnit::kDay, TimeUnit::kMonth})}, type);
    if (chance(5)) return add(Literal{day()}, type);
    if (depth_left <= 0) return read(kDay, some_frame(frame));
    switch (below(5)) {
      case 0:
        return arithmetic(one_of({ArithmeticOp::kAdd, ArithmeticOp::kSubtract}), date_expression(frame, depth_left - 1),
                          add(Literal{std::int64_t{5}}, type_of(one_of({Kind::kDays, Kind::kMonths}))), type);
      case 1: return call("start_of_month", date_expression(frame, depth_left - 1), type);
      case 2: return call("date", timestamp_expression(frame, depth_left - 1), type);
      default: return plain(kDay, Kind::kDate, frame, depth_left);
    }
  }

  ExprId timestamp_expression(FrameId frame, int depth_left) {
    const Type type = type_of(Kind::kTimestamp);
    if (chance(10)) return add(Now{}, type);
    if (chance(10)) return add(FromNow{static_cast<std::int64_t>(below(400)) - 300, TimeUnit::kHour}, type);
    if (depth_left > 0 && chance(20))
      return arithmetic(ArithmeticOp::kAdd, timestamp_expression(frame, depth_left - 1),
                        add(Literal{std::int64_t{3'600'000'000}}, type_of(Kind::kSpan)), type);
    return plain(kTime, Kind::kTimestamp, frame, depth_left);
  }

  ExprId compare(FrameId frame, int depth_left) {
    CompareOp op = one_of({CompareOp::kEq, CompareOp::kNe, CompareOp::kLt, CompareOp::kLe, CompareOp::kGt, CompareOp::kGe});
    const Kind numbers[] = {Kind::kInt, Kind::kDecimal, Kind::kFloat};
    const Kind kind = one_of({Kind::kInt, Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate, Kind::kTimestamp, Kind::kEnum,
                              Kind::kBool, Kind::kDays});
    if (kind == Kind::kBool) op = one_of({CompareOp::kEq, CompareOp::kNe});
    ExprId left{}, right{};
    if (kind == Kind::kDays) {
      const bool spans = chance(50);
      const Kind point = spans ? Kind::kTimestamp : Kind::kDate;
      left = arithmetic(ArithmeticOp::kSubtract, expression(point, frame, depth_left - 1), expression(point, frame, depth_left - 1),
                        type_of(spans ? Kind::kSpan : Kind::kDays));
      right = add(Literal{chance(50) ? std::int64_t{4} : std::int64_t{86'400'000'000}}, type_of(chance(50) ? Kind::kSpan : Kind::kDays));
    } else {
      left = expression(kind, frame, depth_left - 1);
      const bool is_number = kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat;
      right = is_number ? expression(numbers[below(3)], frame, chance(50) ? 0 : depth_left - 1) : expression(kind, frame, depth_left - 1);
    }
    if (kind == Kind::kEnum && chance(60)) right = add(Literal{static_cast<std::int64_t>(below(5))}, program.expr(left).type);
    const bool folded = kind == Kind::kText && (program.expr(left).type.folded || program.expr(right).type.folded);
    return add(Compare{op, left, right, folded}, kBoolType, frame_of({left, right}));
  }

  ExprId in_set(FrameId frame, int depth_left) {
    const Kind kind = one_of({Kind::kInt, Kind::kText, Kind::kEnum, Kind::kFloat});
    const ExprId operand = expression(kind, frame, depth_left - 1);
    const Type type = program.expr(operand).type;
    std::vector<Constant> values;
    const std::size_t count = 1 + below(chance(20) ? 40 : 4);
    for (std::size_t i = 0; i < count; ++i) {
      if (kind == Kind::kText) values.push_back(type.folded ? fold(word()) : word());
      if (kind == Kind::kInt) values.push_back(static_cast<std::int64_t>(below(60)) - 30);
      if (kind == Kind::kEnum) values.push_back(static_cast<std::int64_t>(i % 5));
      if (kind == Kind::kFloat) values.push_back(canonical_float(real()));
      for (std::size_t j = 0; j + 1 < values.size(); ++j) {
        if (values[j] == values.back()) {
          values.pop_back();
          break;
        }
      }
    }
    return add(InSet{operand, set(type, std::move(values), type.folded)}, kBoolType, frame_of({operand}));
  }

  ExprId text_test(FrameId frame, int depth_left) {
    const ExprId left = text_expression(frame, depth_left - 1);
    if (chance(30)) return add(Matches{left, one_of<std::string>({"(?i)chief", "^a", "s$", "\\bVP\\b"})}, kBoolType, frame_of({left}));
    const ExprId right = chance(60) ? add(Literal{word()}, kTextType) : text_expression(frame, depth_left - 1);
    const bool folded = program.expr(left).type.folded || program.expr(right).type.folded;
    return add(TextTest{one_of({TextOp::kContains, TextOp::kStartsWith, TextOp::kEndsWith}), left, right, folded}, kBoolType,
               frame_of({left, right}));
  }

  ExprId list_test(FrameId frame, int depth_left) {
    const ExprId list = expression(Kind::kList, frame, depth_left - 1);
    if (chance(20)) return add(IsEmpty{list}, kBoolType, frame_of({list}));
    std::vector<Constant> values{std::string(one_of({"x", "salesforce", "none"}))};
    if (chance(60)) values.push_back(std::string("y"));
    const bool folded = chance(30);
    return add(Has{one_of({HasOp::kAny, HasOp::kAll, HasOp::kNone}), list, set(kTextType, std::move(values), folded)}, kBoolType,
               frame_of({list}));
  }

  ExprId predicate(FrameId frame, int depth_left) {
    if (depth_left <= 0) return read(chance(50) ? kFlag : kMaybe, some_frame(frame));
    switch (below(20)) {
      case 16: return sequence(frame, depth_left);
      case 17: return near(frame);
      case 18: return top(depth_left);
      case 19:
        if (audiences_.empty()) return sequence(frame, depth_left);
        return count_of_audience();
      case 0: {
        const ExprId operand = predicate(frame, depth_left - 1);
        return add(Not{operand}, kBoolType, frame_of({operand}));
      }
      case 1:
      case 2:
      case 3: {
        std::vector<ExprId> operands;
        for (std::size_t i = 0; i < 2 + below(3); ++i) operands.push_back(predicate(frame, depth_left - 1));
        const FrameId at = frame_of(operands);
        return chance(50) ? add(And{std::move(operands)}, kBoolType, at) : add(Or{std::move(operands)}, kBoolType, at);
      }
      case 4: {
        const Kind kind = one_of({Kind::kInt, Kind::kDate, Kind::kFloat, Kind::kText});
        const ExprId operand = expression(kind, frame, depth_left - 1), low = expression(kind, frame, 0), high = expression(kind, frame, 0);
        const bool folded =
            kind == Kind::kText && (program.expr(operand).type.folded || program.expr(low).type.folded || program.expr(high).type.folded);
        return add(Between{operand, low, high, folded}, kBoolType, frame_of({operand, low, high}));
      }
      case 5: return in_set(frame, depth_left);
      case 6: return text_test(frame, depth_left);
      case 7: return list_test(frame, depth_left);
      case 8: {
        const ExprId operand =
            expression(one_of({Kind::kInt, Kind::kText, Kind::kFloat, Kind::kBool, Kind::kDate, Kind::kList}), frame, depth_left - 1);
        return add(IsKnown{operand}, kBoolType, frame_of({operand}));
      }
      case 9: return within(frame);
      case 10: return or_else(predicate(frame, depth_left - 1), predicate(frame, depth_left - 1));
      case 11:
      case 12: return aggregate(one_of({AggregateFn::kAny, AggregateFn::kNone, AggregateFn::kEvery}), kBoolType, frame, depth_left, {});
      case 13:
        if (defines.empty() || chance(50))
          return aggregate(one_of({AggregateFn::kLatest, AggregateFn::kEarliest}), kBoolType, frame, depth_left, Kind::kBool);
        return add(DefinitionRead{defines[below(defines.size())]}, kBoolType, kAccountFrame);
      default: return compare(frame, depth_left);
    }
  }

  // ── named values, whole tables, places, sequences ──

  Type stage_type() const { return {.kind = Kind::kEnum, .optional = true, .enum_id = 0}; }
  template <typename T>
  T one_of_vector(const std::vector<T>& values) {
    return values[below(values.size())];
  }

  // Frames in which every row of a table stands at most once: those of audiences.
  void make_frames() {
    plain_frames_ = {intern_frame({contacts_, kAccountFrame, kAccountFrame, 0}), intern_frame({events_, kAccountFrame, kAccountFrame, 0})};
    plain_frames_.push_back(intern_frame({logins_, plain_frames_.front(), plain_frames_.front(), 0}));
  }

  DefinitionId hidden(Kind kind, FrameId frame, int depth_left) {
    return define(expression(kind, frame, depth_left), DefinitionKind::kDefine, "", frame);
  }

  ExprId top_of(FrameId frame, int depth_left) {
    const Kind by = one_of({Kind::kInt, Kind::kInt, Kind::kDecimal, Kind::kFloat, Kind::kText, Kind::kDate, Kind::kTimestamp, Kind::kEnum});
    TopOf node{.candidates = hidden(Kind::kBool, frame, depth_left - 1), .by = hidden(by, frame, depth_left - 1)};
    if (chance(50)) {
      node.count = static_cast<std::int64_t>(below(12));
    } else {
      node.share = static_cast<std::int64_t>(below(1100));
      node.share_scale = 3;
    }
    return add(node, kBoolType, frame);
  }
  // Nested ones make levels; few of them do, for each costs a pass.
  ExprId top(int depth_left) {
    if (chance(60)) return read(chance(50) ? kFlag : kMaybe, kAccountFrame);
    return top_of(kAccountFrame, std::min(depth_left, 2));
  }

  ExprId percentile(int depth_left) {
    if (chance(50)) return read(kRatio, kAccountFrame);
    Percentile node{.value =
                        hidden(one_of({Kind::kInt, Kind::kFloat, Kind::kDate, Kind::kText}), kAccountFrame, std::min(depth_left - 1, 1))};
    if (chance(50)) node.among = hidden(Kind::kBool, kAccountFrame, std::min(depth_left - 1, 1));
    Type type = kFloatType;
    type.optional = true;
    return add(node, type, kAccountFrame);
  }

  ExprId decay(FrameId frame, int depth_left) {
    const bool dates = chance(50);
    const ExprId time = expression(dates ? Kind::kDate : Kind::kTimestamp, frame, depth_left - 1);
    const bool days = dates || chance(50);
    const ExprId half_life = add(Literal{days ? std::int64_t{14} : std::int64_t{7'200'000'000}}, type_of(days ? Kind::kDays : Kind::kSpan));
    const Type types[] = {program.expr(time).type, program.expr(half_life).type};
    return add(Call{find_builtin(Form::kFunction, "decay", types)->id, {time, half_life}}, kFloatType, frame_of({time}));
  }

  ExprId near(FrameId frame) {
    const FrameId at = some_frame(frame);
    const auto coordinate = [&](std::uint32_t column) {
      return add(ColumnRead{column}, program.schema.tables[program.frame(at).table].columns[column].type, at);
    };
    const Near node{.latitude = coordinate(kLatitude),
                    .longitude = coordinate(kLongitude),
                    .center_latitude = static_cast<double>(below(181)) - 90,
                    .center_longitude = static_cast<double>(below(361)) - 180,
                    .kilometres = chance(10) ? 30'000.0 : 100.0 * static_cast<double>(1 + below(150))};
    return add(node, kBoolType, at);
  }

  ExprId sequence(FrameId context, int depth_left) {
    const Target target = rows_under(context);
    Sequence node{.rows = target.rows};
    if (chance(30)) node.within = within(target.rows);
    if (chance(50)) node.by = read(one_of<std::uint32_t>({kName, kFolded, kStage, kSmall, kMaybe, kRatio, kDay}), target.rows);
    for (std::size_t i = 0; i < 2 + below(2); ++i) node.steps.push_back(expression(Kind::kBool, target.rows, std::min(1, depth_left - 1)));
    const SchemaTable& table = program.schema.tables[program.frame(target.rows).table];
    const bool dates = table.columns[*table.time].type.kind == Kind::kDate;
    node.limit_kind = dates ? one_of({Kind::kDays, Kind::kMonths}) : one_of({Kind::kDays, Kind::kMonths, Kind::kSpan});
    node.limit = node.limit_kind == Kind::kDays     ? static_cast<std::int64_t>(below(40))
                 : node.limit_kind == Kind::kMonths ? static_cast<std::int64_t>(below(3))
                                                    : static_cast<std::int64_t>(below(500)) * 3'600'000'000;
    return add(node, kBoolType, target.of);
  }

  ExprId count_of_audience() {
    const DefinitionId audience = one_of_vector(audiences_);
    const FrameId rows = program.definition(audience).frame;
    const ExprId holds = add(DefinitionRead{audience}, kBoolType, rows);
    return add(Aggregate{one_of({AggregateFn::kAny, AggregateFn::kNone}), rows, {}, holds, {}}, kBoolType, kAccountFrame);
  }

  void make_audience() {
    const FrameId frame = one_of_vector(plain_frames_);
    const bool ranks = program.schema.tables[program.frame(frame).table].key && chance(50);
    const ExprId body = ranks ? top_of(frame, 3) : expression(Kind::kBool, frame, 3);
    audiences_.push_back(define(body, DefinitionKind::kAudience, "it", frame));
    roots.push_back(audiences_.back());
  }

  void make_named() {
    const std::size_t shape = below(3);
    ExprId body{};
    if (shape == 2) {
      SplitPart split{.seed = word(), .upper = {kSplitTenth, 3 * kSplitTenth, 4 * kSplitTenth, std::uint64_t{1} << 52}};
      if (chance(60)) split.population = expression(Kind::kBool, kAccountFrame, 2);
      body = add(std::move(split), stage_type());
    } else {
      Choice choice{.last_wins = shape == 1};
      for (std::uint32_t i = 0; i < 1 + below(6); ++i) choice.rows.push_back({expression(Kind::kBool, kAccountFrame, 3), i % 4});
      if (chance(50)) choice.otherwise = 4;
      body = add(std::move(choice), stage_type());
    }
    named_.push_back(define(body, std::array{DefinitionKind::kTiers, DefinitionKind::kStages, DefinitionKind::kSplit}[shape]));
    roots.push_back(named_.back());
  }

  void make_grid() {
    GridCell grid;
    std::uint32_t cells = 1;
    for (std::size_t i = 0; i < 1 + below(3); ++i) {
      const bool is_enum = chance(60);
      GridAxis axis{.operand = expression(is_enum ? Kind::kEnum : Kind::kBool, kAccountFrame, 2)};
      for (std::size_t value = 0; value < (is_enum ? 5 : 2); ++value)
        axis.places.push_back(chance(15) ? -1 : static_cast<std::int32_t>(axis.size++));
      axis.size = std::max<std::uint32_t>(axis.size, 1);
      cells *= axis.size;
      grid.axes.push_back(std::move(axis));
    }
    if (chance(50)) grid.where = expression(Kind::kBool, kAccountFrame, 2);
    program.enums.push_back({.values = std::vector<std::string>(cells, "cell"), .ordered = false, .folded = false, .name = "grid"});
    const Type type{.kind = Kind::kEnum, .optional = true, .enum_id = static_cast<EnumTypeId>(program.enums.size() - 1)};
    roots.push_back(define(add(std::move(grid), type), DefinitionKind::kGrid));
  }

  static constexpr std::uint64_t kSplitTenth = (std::uint64_t{1} << 52) / 10;
  std::vector<FrameId> plain_frames_;
  std::vector<DefinitionId> named_, audiences_;
  std::mt19937_64 random_;
  std::size_t accounts_ = 0;
  std::uint32_t contacts_ = 0, logins_ = 0, events_ = 0;
};

}  // namespace segue::test
