// From the values of symbols to rows of tables: copies of rows, keys, texts that have what they should, points in circles.
#include "compiler/prove/example.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "compiler/prove/text_sample.h"
#include "stdlib/calendar.h"
#include "stdlib/distance.h"
#include "stdlib/number.h"
#include "stdlib/print_value.h"
#include "stdlib/split.h"

namespace segue::proving {
namespace {

constexpr std::size_t kMostExampleRows = 300;
constexpr std::int64_t kMostKeysTried = 20'000;
constexpr std::int64_t kSmall[] = {1, 10, 100, 1'000, 10'000, 100'000, 10'000'000};
constexpr std::int64_t kRound[] = {0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 100'000, 1'000'000, 10'000'000};
constexpr std::int64_t kFewRows[] = {1, 2, 3, 4, 5, 6, 8, 11, 16, 21, 31, 51, 101};

std::optional<std::int64_t> whole_value(const z3::model& model, const z3::expr& value) {
  std::int64_t number = 0;
  const z3::expr evaluated = model.eval(value, true);
  return evaluated.is_numeral_i64(number) ? std::optional(number) : std::nullopt;
}

double real_value(const z3::model& model, const z3::expr& value) {
  std::string digits = model.eval(value, true).get_decimal_string(40);
  if (digits.ends_with('?')) digits.pop_back();
  return nearest_float_of_text(digits);
}

class ExampleBuilder {
 public:
  ExampleBuilder(Encoder& encoder, const z3::model& model) : encoder_(encoder), model_(model), schema_(encoder.program().schema) {}

  std::expected<ExampleAccount, std::string> build() {
    example_.reads_clock = encoder_.reads_clock();
    example_.test.clock = encoder_.clock().clock.now;
    example_.is_read = encoder_.tables_read();
    example_.test.tables.resize(schema_.tables.size());
    example_.test.accounts = {};
    if (!choose_texts()) return std::unexpected(failure_);
    if (!add_rows()) return std::unexpected(fmt::format("an example would need more than {} rows", kMostExampleRows));
    settle_given();
    settle_keys();
    if (!settle_split()) return std::unexpected("no key was found that falls into the parts of the splits");
    settle_links();
    if (!settle_points()) return std::unexpected("no place was found that lies as far from the others as it should");
    for (std::size_t i = 0; i < example_.test.tables[kAccountTable].size(); ++i)
      example_.test.accounts.push_back(i == 0 ? "" : fmt::format("other_{}", i));
    if (example_.test.accounts.size() > 1) example_.test.accounts[0] = "one";
    return std::move(example_);
  }

 private:
  [[nodiscard]] bool is_true(const z3::expr& value) const { return model_.eval(value, true).is_true(); }

  // ---- texts

  // The texts of all columns of rows that are there, by their numbers.
  bool choose_texts() {
    for (const auto& [text, code] : encoder_.texts()) by_code_.emplace(code, text);
    for (const SymbolicRow& row : encoder_.rows()) {
      if (!is_true(row.present)) continue;
      for (const auto& [column, symbol] : row.columns) {
        if (schema_.tables[row.table].columns[column].type.kind != Kind::kText || !is_true(symbol.known)) continue;
        if (!choose_text(symbol.value)) {
          failure_ = fmt::format("no text was found for `{}` that has all that it should", schema_.tables[row.table].columns[column].name);
          return false;
        }
      }
    }
    return true;
  }

  bool choose_text(const z3::expr& value) {
    const std::int64_t code = whole_value(model_, value).value_or(0);
    if (by_code_.contains(code)) return true;
    const std::int64_t folded_code = whole_value(model_, encoder_.fold_of(value)).value_or(0);
    TextWish wish;
    struct Asked {
      const TextProperty* property;
      bool holds;
    };
    std::vector<Asked> asked;
    for (const TextProperty& each : encoder_.text_properties()) {
      const bool holds = is_true(each.holds(each.is_folded ? encoder_.fold_of(value) : value));
      asked.push_back({&each, holds});
      if (!holds) continue;
      if (each.kind == TextProperty::Kind::kStartsWith) wish.starts.push_back(each.text);
      if (each.kind == TextProperty::Kind::kEndsWith) wish.ends.push_back(each.text);
      if (each.kind == TextProperty::Kind::kContains) wish.parts.push_back(each.text);
      if (each.kind == TextProperty::Kind::kMatches) wish.patterns.push_back(each.text);
      if (each.kind != TextProperty::Kind::kInSet) continue;
      for (const Constant& member : each.set->values) wish.examples.push_back(std::get<std::string>(member));
    }
    std::map<const TextProperty*, Pattern> patterns;
    std::map<const TextProperty*, std::unordered_set<std::string>> members;
    for (const Asked& each : asked) {
      if (each.property->kind == TextProperty::Kind::kMatches) patterns.emplace(each.property, *Pattern::compile(each.property->text));
      if (each.property->kind != TextProperty::Kind::kInSet) continue;
      for (const Constant& member : each.property->set->values) members[each.property].insert(std::get<std::string>(member));
    }
    const bool is_folding = folded_code != code && by_code_.contains(folded_code);
    if (is_folding) wish.examples.push_back(by_code_.at(folded_code));
    if (encoder_.orders_texts(false) || encoder_.orders_texts(true)) {
      for (const auto& [other, text] : by_code_) wish.examples.push_back(text);
    }
    const auto holds = [&](const TextProperty& property, const std::string& text) {
      switch (property.kind) {
        case TextProperty::Kind::kContains: return contains(text, property.text);
        case TextProperty::Kind::kStartsWith: return starts_with(text, property.text);
        case TextProperty::Kind::kEndsWith: return ends_with(text, property.text);
        case TextProperty::Kind::kMatches: return patterns.at(&property).matches(text);
        case TextProperty::Kind::kInSet: return members.at(&property).contains(text);
      }
      return false;
    };
    const auto is_right = [&](const std::string& text) {
      if (text.empty() || !is_utf8(text)) return false;
      const std::string folded = fold(text);
      for (const Asked& each : asked) {
        if (holds(*each.property, each.property->is_folded ? folded : text) != each.holds) return false;
      }
      for (const auto& [other, taken] : by_code_) {
        if (text == taken) return false;
        if (encoder_.folds_texts() && (folded == fold(taken)) != (folded_code == fold_code(other))) return false;
        if (encoder_.orders_texts(false) && (compare_text(text, taken) < 0) != (code < other)) return false;
        const int folded_order = compare_text(folded, fold(taken));
        if (encoder_.orders_texts(true) && (folded_order < 0) != (folded_code < fold_code(other))) return false;
      }
      return true;
    };
    const auto found = sample_text(wish, is_right);
    if (!found) return false;
    by_code_.emplace(code, *found);
    fold_codes_.emplace(code, folded_code);
    return true;
  }

  std::int64_t fold_code(std::int64_t code) {
    if (const auto found = fold_codes_.find(code); found != fold_codes_.end()) return found->second;
    const auto constant = encoder_.texts().find(fold(by_code_.at(code)));
    return constant == encoder_.texts().end() ? code : constant->second;
  }

  // ---- rows

  // A row of which there are several stands several times, and so does all that is inside it.
  bool add_rows() {
    made_.resize(encoder_.rows().size());
    std::size_t count = 0;
    for (std::uint32_t id = 0; id < encoder_.rows().size(); ++id) {
      const SymbolicRow& row = encoder_.rows()[id];
      if (!is_true(row.present)) continue;
      const auto copies = static_cast<std::size_t>(whole_value(model_, row.count).value_or(1));
      count += copies;
      if (count > kMostExampleRows) return false;
      std::vector<std::optional<std::uint32_t>> around = {std::nullopt};
      if (row.own_link) around.assign(made_[*row.parents[*row.own_link]].begin(), made_[*row.parents[*row.own_link]].end());
      for (const auto& parent : around) {
        for (std::size_t copy = 0; copy < copies; ++copy) add_row(id, parent);
      }
    }
    example_.row = made_[encoder_.claimed_row()].at(0);
    return true;
  }

  void add_row(std::uint32_t id, std::optional<std::uint32_t> parent) {
    const SymbolicRow& row = encoder_.rows()[id];
    TestRow made;
    made.cells.resize(schema_.tables[row.table].columns.size());
    made.parents.resize(row.parents.size());
    for (std::size_t link = 0; link < row.parents.size(); ++link) {
      if (row.own_link == link) made.parents[link] = parent;
      else if (row.parents[link] && !made_[*row.parents[link]].empty()) made.parents[link] = made_[*row.parents[link]][0];
    }
    for (const auto& [column, symbol] : row.columns) made.cells[column] = cell_of(schema_.tables[row.table].columns[column].type, symbol);
    std::vector<TestRow>& rows = example_.test.tables[row.table];
    made_[id].push_back(static_cast<std::uint32_t>(rows.size()));
    rows.push_back(std::move(made));
  }

  TestCell cell_of(const Type& type, const Symbol& symbol) {
    TestCell cell;
    cell.state = is_true(symbol.known) ? TestCell::State::kKnown : TestCell::State::kMissing;
    if (cell.state == TestCell::State::kMissing) return cell;
    switch (type.kind) {
      case Kind::kBool: cell.value = is_true(symbol.value); break;
      case Kind::kFloat: cell.value = real_value(model_, symbol.value); break;
      case Kind::kText: cell.value = by_code_.at(whole_value(model_, symbol.value).value_or(0)); break;
      case Kind::kList: cell.elements = elements_of(type, symbol.value); break;
      default: cell.value = whole_value(model_, symbol.value).value_or(0); break;
    }
    return cell;
  }

  std::vector<Constant> elements_of(const Type& type, const z3::expr& list) {
    std::vector<Constant> elements;
    std::vector<Constant> absent;
    const auto holds = [&](const Constant& value) { return std::ranges::find(elements, value) != elements.end(); };
    for (const bool is_folded : {false, true}) {
      for (const Encoder::Element& element : encoder_.elements()) {
        if (element.kind != type.element || element.is_folded != is_folded) continue;
        const bool is_in = is_true(encoder_.has_element(list, element));
        if (!is_in) absent.push_back(element.value);
        const auto folds_to = [&](const Constant& other) {
          return fold(std::get<std::string>(other)) == std::get<std::string>(element.value);
        };
        const bool is_there = is_folded && type.element == Kind::kText && std::ranges::any_of(elements, folds_to);
        if (is_in && !is_there && !holds(element.value)) elements.push_back(element.value);
      }
    }
    if (elements.empty() && is_true(encoder_.is_not_empty(list))) elements.push_back(another(type, absent));
    return elements;
  }

  // A value that is none of those.
  Constant another(const Type& type, const std::vector<Constant>& absent) const {
    for (std::int64_t number = 1;; ++number) {
      Constant value = number;
      if (type.element == Kind::kText) value = number == 1 ? std::string("other") : fmt::format("other {}", number);
      if (type.element == Kind::kFloat) value = static_cast<double>(number);
      if (type.element == Kind::kBool) value = number == 1;
      if (type.element == Kind::kEnum) value = number - 1;
      if (std::ranges::find(absent, value) == absent.end() || number > 1'000) return value;
    }
  }

  // What one row of a table states, all do.
  void settle_given() {
    for (TableId table = 0; table < schema_.tables.size(); ++table) {
      std::vector<TestRow>& rows = example_.test.tables[table];
      for (ColumnId column = 0; column < schema_.tables[table].columns.size(); ++column) {
        const bool is_given = std::ranges::any_of(
            encoder_.rows(), [&](const SymbolicRow& row) { return row.table == table && row.columns.contains(column); });
        if (!is_given) continue;
        for (TestRow& row : rows) {
          TestCell& cell = row.cells[column];
          if (cell.state == TestCell::State::kNotGiven) cell = plain_cell(schema_.tables[table].columns[column].type);
        }
      }
    }
  }

  static TestCell plain_cell(const Type& type) {
    TestCell cell;
    cell.state = type.optional ? TestCell::State::kMissing : TestCell::State::kKnown;
    if (type.kind == Kind::kBool) cell.value = false;
    else if (type.kind == Kind::kFloat) cell.value = 0.0;
    else if (type.kind == Kind::kText) cell.value = std::string("a");
    else cell.value = std::int64_t{0};
    return cell;
  }

  // ---- keys, as a test has them where it does not say

  static std::optional<Constant> key_of(const SchemaTable& table, bool is_account, std::int64_t number) {
    const Type& type = table.columns[*table.key].type;
    if (type.kind == Kind::kText) {
      if (is_account) return number == 1 ? std::string("one") : fmt::format("other_{}", number - 1);
      return fmt::format("{} {}", table.name, number);
    }
    if (type.kind == Kind::kDecimal) return number * kPowersOf10[type.scale];
    if (type.kind == Kind::kFloat) return static_cast<double>(number);
    if (type.kind == Kind::kBool) return number == 1;
    return number;
  }

  void settle_keys() {
    for (TableId id = 0; id < schema_.tables.size(); ++id) {
      const SchemaTable& table = schema_.tables[id];
      if (!table.key) continue;
      std::vector<Constant> taken;
      for (const TestRow& row : example_.test.tables[id]) {
        if (row.cells[*table.key].state == TestCell::State::kKnown) taken.push_back(row.cells[*table.key].value);
      }
      std::int64_t number = 0;
      for (TestRow& row : example_.test.tables[id]) {
        TestCell& cell = row.cells[*table.key];
        if (cell.state == TestCell::State::kKnown) continue;
        do cell = {TestCell::State::kKnown, *key_of(table, id == kAccountTable, ++number), {}};
        while (std::ranges::find(taken, cell.value) != taken.end());
      }
    }
  }

  // A key that falls into the parts that are asked for.
  bool settle_split() {
    struct Part {
      const SplitPart* split;
      std::int64_t part;
    };
    std::vector<Part> parts;
    for (const Encoder::Wanted& each : encoder_.wanted()) {
      const auto* split = std::get_if<SplitPart>(encoder_.meanings().node(each.meaning).node);
      if (split != nullptr) parts.push_back({split, whole_value(model_, each.answer).value_or(0)});
    }
    if (parts.empty()) return true;
    example_.reads_key = true;
    const SchemaTable& table = schema_.tables[kAccountTable];
    TestCell& cell = example_.test.tables[kAccountTable][0].cells[*table.key];
    const bool is_fixed = encoder_.rows()[0].columns.contains(*table.key);
    const auto falls = [&](const Constant& key) {
      const std::string text = print_plain(key, table.columns[*table.key].type, encoder_.program().enums);
      return std::ranges::all_of(parts, [&](const Part& each) {
        const std::uint64_t hash = split_hash(each.split->seed, text);
        std::int64_t part = 0;
        while (hash >= each.split->upper[static_cast<std::size_t>(part)]) ++part;
        return part == each.part;
      });
    };
    if (falls(cell.value)) return true;
    for (std::int64_t number = 1'000; !is_fixed && number < 1'000 + kMostKeysTried; ++number) {
      const auto key = key_of(table, true, number);
      if (!falls(*key)) continue;
      cell.value = *key;
      return true;
    }
    return false;
  }

  static std::string print_plain(const Constant& key, const Type& type, std::span<const EnumType> enums) {
    if (const auto* text = std::get_if<std::string>(&key)) return *text;
    if (const double* real = std::get_if<double>(&key)) return print_float(*real);
    if (const bool* truth = std::get_if<bool>(&key)) return *truth ? "true" : "false";
    const auto whole = std::get<std::int64_t>(key);
    switch (type.kind) {
      case Kind::kEnum: return enums[type.enum_id].values[static_cast<std::size_t>(whole)];
      case Kind::kDecimal: return print_decimal(whole, type.scale);
      case Kind::kDate: return print_date(whole);
      case Kind::kTimestamp: return print_timestamp_utc(whole);
      default: return print_int(whole);
    }
  }

  // A join column, where it is listed, names the parent.
  void settle_links() {
    for (TableId id = 0; id < schema_.tables.size(); ++id) {
      const SchemaTable& table = schema_.tables[id];
      for (TestRow& row : example_.test.tables[id]) {
        for (std::size_t link = 0; link < table.parents.size(); ++link) {
          const ParentLink& parent = table.parents[link];
          if (!parent.column || row.cells[*parent.column].state == TestCell::State::kKnown) continue;
          TestCell& cell = row.cells[*parent.column];
          if (row.parents[link]) cell = example_.test.tables[parent.table][*row.parents[link]].cells[*schema_.tables[parent.table].key];
          else cell.state = TestCell::State::kMissing;
        }
      }
    }
  }

  // ---- points

  bool settle_points() {
    for (std::uint32_t id = 0; id < encoder_.rows().size(); ++id) {
      struct Circle {
        const Near* near;
        bool is_inside;
      };
      std::vector<Circle> circles;
      std::optional<ColumnId> latitude, longitude;
      for (const Encoder::Wanted& each : encoder_.wanted()) {
        const MeaningNode& node = encoder_.meanings().node(each.meaning);
        const auto* near = std::get_if<Near>(node.node);
        if (near == nullptr || each.row != id) continue;
        const MeaningNode& operand = encoder_.meanings().node(node.operands[0]);
        if (operand.op != MeaningOp::kColumn) continue;
        latitude = std::get<ColumnRead>(*operand.node).column;
        longitude = std::get<ColumnRead>(*encoder_.meanings().node(node.operands[1]).node).column;
        circles.push_back({near, is_true(each.answer)});
      }
      if (circles.empty() || made_[id].empty()) continue;
      std::vector<std::pair<double, double>> places;
      for (const Circle& circle : circles) {
        constexpr double kKilometresPerDegree = 111.2;
        const double radius = circle.near->kilometres / kKilometresPerDegree;
        for (const double step : {0.0, 0.5 * radius, 0.95 * radius, 1.05 * radius, 1.5 * radius, 3 * radius, 10.0}) {
          places.emplace_back(std::clamp(circle.near->center_latitude + step, -90.0, 90.0), circle.near->center_longitude);
          places.emplace_back(std::clamp(circle.near->center_latitude - step, -90.0, 90.0), circle.near->center_longitude);
        }
      }
      for (double north = -80; north <= 80; north += 20) {
        for (double east = -180; east < 180; east += 20) places.emplace_back(north, east);
      }
      const auto fits = [&](const std::pair<double, double>& place) {
        return std::ranges::all_of(circles, [&](const Circle& circle) {
          const Near& near = *circle.near;
          return is_near(place.first, place.second, near.center_latitude, near.center_longitude, near.kilometres) == circle.is_inside;
        });
      };
      const auto found = std::ranges::find_if(places, fits);
      if (found == places.end()) return false;
      for (const std::uint32_t row : made_[id]) {
        std::vector<TestCell>& cells = example_.test.tables[encoder_.rows()[id].table][row].cells;
        if (cells[*latitude].state != TestCell::State::kKnown) continue;
        cells[*latitude].value = found->first;
        cells[*longitude].value = found->second;
      }
    }
    return true;
  }

  Encoder& encoder_;
  const z3::model& model_;
  const Schema& schema_;
  ExampleAccount example_;
  std::map<std::int64_t, std::string> by_code_;
  std::map<std::int64_t, std::int64_t> fold_codes_;
  std::vector<std::vector<std::uint32_t>> made_;  // by symbolic row: rows of its table
  std::string failure_;
};

// Small and round values first.
void add_simpler_value(std::vector<Wish>& wishes, const Type& type, const z3::expr& value, const SymbolicClock& clock,
                       z3::context& context) {
  const auto number = [&](std::int64_t whole) { return context.int_val(whole); };
  Wish exact, range;
  switch (type.kind) {
    case Kind::kBool: exact.push_back(!value); break;
    case Kind::kInt:
    case Kind::kDecimal: {
      const std::int64_t unit = type.kind == Kind::kDecimal ? kPowersOf10[type.scale] : 1;
      for (const std::int64_t round : kRound) {
        if (round <= kMaxDecimalRaw / unit) exact.push_back(value == number(round * unit));
      }
      for (const std::int64_t small : kSmall) {
        if (small <= kMaxDecimalRaw / unit) range.push_back(value >= 0 && value <= number(small * unit));
      }
      if (unit > 1) wishes.push_back({z3::mod(value, number(unit)) == 0});
      break;
    }
    case Kind::kFloat:
      for (const std::int64_t round : kRound) exact.push_back(value == context.real_val(round));
      for (const std::int64_t small : kSmall) range.push_back(value >= 0 && value <= context.real_val(small));
      break;
    case Kind::kDate:
      for (const std::int64_t days : {0, 1, 10, 30, 100, 400, 4'000}) {
        exact.push_back(value == number(clock.clock.today - days));
        exact.push_back(value == number(clock.clock.today + days));
        range.push_back(value >= number(clock.clock.today - days) && value <= number(clock.clock.today + days));
      }
      break;
    case Kind::kTimestamp: {
      const std::int64_t noon = clock.clock.now - clock.clock.now % kMicrosPerDay + kMicrosPerDay / 2;
      for (const std::int64_t days : {1, 2, 10, 30, 100, 400}) exact.push_back(value == number(noon - days * kMicrosPerDay));
      exact.push_back(value == number(noon + kMicrosPerDay));
      wishes.push_back({z3::mod(value, number(kMicrosPerHour)) == 0});
      for (const std::int64_t days : {1, 30, 400, 4'000})
        range.push_back(value >= number(clock.clock.now - days * kMicrosPerDay) && value <= number(clock.clock.now + days * kMicrosPerDay));
      break;
    }
    default: break;
  }
  for (const z3::expr& each : range) exact.push_back(each);
  if (!exact.empty()) wishes.push_back(std::move(exact));
}

}  // namespace

std::vector<Wish> simpler_rows(const Encoder& encoder) {
  std::vector<Wish> wishes;
  if (encoder.rows().size() == 1) return wishes;
  z3::context& context = encoder.exact().ctx();
  z3::expr_vector counts(context);
  for (const SymbolicRow& row : encoder.rows()) counts.push_back(row.count);
  const z3::expr all = z3::sum(counts);
  Wish few;
  for (const std::int64_t rows : kFewRows) few.push_back(all <= context.int_val(rows));
  wishes.push_back(std::move(few));
  for (std::size_t i = encoder.rows().size(); i-- > 0;) {
    if (!encoder.rows()[i].present.is_true()) wishes.push_back({!encoder.rows()[i].present});
  }
  return wishes;
}

std::vector<Wish> simpler_values(Encoder& encoder, const z3::model& model) {
  std::vector<Wish> wishes;
  for (const SymbolicRow& row : encoder.rows()) {
    if (!model.eval(row.present, true).is_true()) continue;
    for (const auto& [column, symbol] : row.columns) {
      const Type& type = encoder.program().schema.tables[row.table].columns[column].type;
      if (!symbol.known.is_true()) wishes.push_back({symbol.known});
      if (type.kind == Kind::kList) wishes.push_back({!encoder.is_not_empty(symbol.value)});
      add_simpler_value(wishes, type, symbol.value, encoder.clock(), symbol.value.ctx());
    }
  }
  return wishes;
}

std::expected<ExampleAccount, std::string> make_example(Encoder& encoder, const z3::model& model) {
  return ExampleBuilder(encoder, model).build();
}

}  // namespace segue::proving
