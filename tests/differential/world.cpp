// Random schemas and rows: missing values, empty and skewed groups, extremes, ties, changes of clocks.
#include "tests/differential/world.h"

#include <algorithm>
#include <limits>
#include <set>

#include "stdlib/calendar.h"
#include "stdlib/time_zone.h"

namespace segue::differential {
namespace {

const std::vector<std::string>& column_names() {
  static const std::vector<std::string> kNames = {"year", "count", "owner", "title", "share", "size",  "Annual Revenue", "where", "kind",
                                                  "open", "score", "last",  "days",  "name",  "state", "today",          "level", "in"};
  return kNames;
}

class Maker {
 public:
  Maker(Random& random, std::size_t accounts) : random_(random), accounts_(accounts) {}

  World make() {
    make_calendar();
    make_enums();
    make_rates();
    add_account();
    const std::size_t relations = random_.chance(10) ? 0 : 1 + random_.below(5);
    const std::vector<std::string> names = {"contacts", "events", "logins", "deals", "visits"};
    for (std::size_t i = 0; i < std::min(relations, names.size()); ++i) add_relation(names[i]);
    for (WorldTable& table : world_.tables) add_references(table);
    return std::move(world_);
  }

 private:
  // ── calendar ──

  void make_calendar() {
    world_.zone =
        random_.one_of<const char*>({"UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns",
                                     "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca"});
    world_.calendar.week_start = static_cast<Weekday>(random_.below(7));
    world_.calendar.fiscal_month = static_cast<std::uint8_t>(random_.between(1, 12));
    zone_ = load_time_zone(world_.zone).value_or(utc_zone());
    today_ = random_.one_of<std::int64_t>({20'513, 20'530, 20'531, 20'541, 20'512, 20'751, 20'388, 20'759, 19'782, 20'453}) +
             random_.between(-2, 2);
    const std::int64_t begin = first_instant_of_day(zone_, today_), end = last_instant_of_day(zone_, today_);
    world_.now = random_.chance(20)   ? begin
                 : random_.chance(30) ? end
                                      : begin + static_cast<std::int64_t>(random_.bits() >> 1) % (end - begin);
    today_ = local_day_of(zone_, world_.now);
  }

  void make_enums() {
    const std::vector<std::string> pools[] = {
        {"Alpha", "Beta", "Gamma", "Delta", "Financial Services"}, {"low", "medium", "high"}, {"red", "green"}};
    for (const auto& pool : pools) {
      world_.enums.push_back({.values = pool, .ordered = random_.chance(60), .folded = random_.chance(15), .name = {}});
    }
  }

  void make_rates() {
    for (const char* currency : {"USD", "GBP"}) {
      for (std::size_t i = 0; i < 1 + random_.below(3); ++i) {
        const std::int64_t from = today_ - 300 + 100 * static_cast<std::int64_t>(i) + random_.between(-3, 3);
        world_.rates.push_back({currency, from, random_.one_of<std::int64_t>({9'215, 11'850, 10'000, 5'000, 1, 12'345})});
      }
    }
  }

  // ── values ──

  // How the values of one column are spread.
  enum class Spread : std::uint8_t { kOne, kFew, kNarrow, kMiddle, kWide, kExtreme };
  Spread spread() {
    return random_.one_of({Spread::kOne, Spread::kFew, Spread::kFew, Spread::kNarrow, Spread::kMiddle, Spread::kWide, Spread::kExtreme});
  }

  std::int64_t integer(Spread spread) {
    switch (spread) {
      case Spread::kOne: return 7;
      case Spread::kFew: return random_.between(-1, 4);
      case Spread::kNarrow: return random_.between(-128, 127);
      case Spread::kMiddle: return random_.between(-1000, 40'000);
      case Spread::kWide: return random_.between(-3'000'000'000, 3'000'000'000);
      case Spread::kExtreme: break;
    }
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max(), kMin = std::numeric_limits<std::int64_t>::min();
    return random_.one_of<std::int64_t>({kMax, kMax - 1, kMin, kMin + 1, 0, 1, -1, static_cast<std::int64_t>(random_.bits()),
                                         (std::int64_t{1} << 53) + 1, 3'037'000'500, 2});
  }

  std::int64_t decimal(Spread spread) {
    if (spread != Spread::kExtreme) return integer(spread);
    constexpr std::int64_t kMax = 999'999'999'999'999'999;
    return random_.one_of<std::int64_t>(
        {kMax, -kMax, kMax - 1, 1, 0, -1, static_cast<std::int64_t>(random_.bits()) % kMax, 500, 100'000'000'000'000'000});
  }

  double real(Spread spread) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    switch (spread) {
      case Spread::kOne: return 0.1;
      case Spread::kFew: return random_.one_of({0.0, -0.0, 0.5, 1.0, 2.5, 0.1, 0.3});
      case Spread::kNarrow: return 0.1 * static_cast<double>(random_.between(-20, 40));
      case Spread::kMiddle: return static_cast<double>(random_.between(-100'000, 100'000)) / 1024;
      case Spread::kWide:
        return static_cast<double>(random_.between(-1'000'000, 1'000'000)) * random_.one_of({1e-30, 1e-3, 1.0, 1e15, 1e80});
      case Spread::kExtreme: break;
    }
    return random_.one_of({kInfinity, -kInfinity, 1.7976931348623157e308, -1.7976931348623157e308, 5e-324, -5e-324, 0.0, -0.0,
                           9007199254740993.0, 9223372036854775807.0, 1e-308, 1.0, 0.1, 1e17, 123456789012345.67});
  }

  std::int64_t day(Spread spread) {
    switch (spread) {
      case Spread::kOne: return today_;
      case Spread::kFew: return today_ + random_.between(-2, 2);
      case Spread::kNarrow: return today_ + random_.between(-40, 40);
      case Spread::kMiddle: return today_ + random_.between(-500, 500);
      case Spread::kWide: return random_.between(-20'000, 40'000);
      case Spread::kExtreme: break;
    }
    constexpr std::int64_t kFirst = -719'162, kLast = 2'932'896;  // 0001-01-01, 9999-12-31
    return random_.one_of<std::int64_t>(
        {kFirst, kLast, kFirst + 1, kLast - 40, today_, 19'782 /* 2024-02-29 */, today_ + random_.between(-40, 40)});
  }

  std::int64_t instant(Spread spread) {
    if (spread == Spread::kOne) return world_.now;
    if (random_.chance(30)) {  // edges of local days and of the clock
      const std::int64_t local =
          today_ + random_.one_of<std::int64_t>({0, -1, 1, -6, -7, -8, -29, -30, -31, 29, 30, random_.between(-100, 100)});
      return random_.chance(50) ? first_instant_of_day(zone_, local) - random_.between(0, 1) : last_instant_of_day(zone_, local);
    }
    if (random_.chance(15))
      return world_.now + random_.one_of<std::int64_t>({0, 1, -1, 3'600'000'000 * 24, -3'600'000'000 * 24, -3'600'000'000});
    if (spread == Spread::kExtreme && random_.chance(30))
      return random_.one_of<std::int64_t>({-62'135'000'000'000'000, 253'402'000'000'000'000});
    if (spread == Spread::kFew) return first_instant_of_day(zone_, today_) + random_.between(-3, 3) * 3'600'000'000;
    if (!zone_.starts.empty() && random_.chance(15)) {  // changes of clocks
      const std::size_t i = zone_.starts.size() - 1 - random_.below(std::min<std::size_t>(zone_.starts.size(), 10));
      const auto near = std::ranges::lower_bound(zone_.starts, world_.now);
      const std::int64_t change = near != zone_.starts.end() && random_.chance(80) ? *near : zone_.starts[i];
      if (change < 253'000'000'000'000'000) return change + random_.between(-2, 2) * 1'800'000'000 - random_.between(0, 1);
    }
    return world_.now + random_.between(-400 * 24, 100 * 24) * 3'600'000'000 + random_.between(0, 3'599'999'999);
  }

  std::string text(Spread spread) {
    const std::vector<std::string>& all = words();
    if (spread == Spread::kOne) return all[3];
    if (spread == Spread::kFew) return all[random_.below(5)];
    if (spread == Spread::kWide) return all[random_.below(all.size())] + " " + std::to_string(random_.below(300));
    return all[random_.below(all.size())];
  }

  Constant scalar(Kind kind, std::uint32_t enum_id, Spread spread) {
    switch (kind) {
      case Kind::kBool: return random_.chance(spread == Spread::kOne ? 100 : spread == Spread::kFew ? 10 : 50);
      case Kind::kInt: return integer(spread);
      case Kind::kDecimal: return decimal(spread);
      case Kind::kFloat: return real(spread);
      case Kind::kText: return text(spread);
      case Kind::kDate: return day(spread);
      case Kind::kTimestamp: return instant(spread);
      case Kind::kEnum: return static_cast<std::int64_t>(random_.below(world_.enums[enum_id].values.size()));
      default: return std::int64_t{0};
    }
  }

  Cell cell(const Type& type, Spread spread, int missing) {
    Cell made;
    if (type.optional && random_.chance(missing)) {
      made.is_known = false;
      return made;
    }
    if (type.kind != Kind::kList) {
      made.value = scalar(type.kind, type.enum_id, spread);
      return made;
    }
    const std::size_t count = random_.chance(30) ? 0 : random_.below(5);
    std::set<Constant> values;
    for (std::size_t i = 0; i < count; ++i) {
      Constant value = scalar(type.element, type.enum_id, spread == Spread::kExtreme ? Spread::kNarrow : spread);
      if (type.element == Kind::kText && std::get<std::string>(value).empty()) continue;
      if (type.element == Kind::kFloat) value = std::get<double>(value) + 0.0;
      values.insert(std::move(value));
    }
    made.list.assign(values.begin(), values.end());
    return made;
  }

  // ── columns ──

  Type random_type() {
    Type type;
    type.optional = random_.chance(50);
    switch (random_.below(14)) {
      case 0:
      case 1: type.kind = Kind::kBool; break;
      case 2:
      case 3: type.kind = Kind::kInt; break;
      case 4:
      case 5:
        type.kind = Kind::kDecimal;
        type.scale = random_.one_of<std::uint8_t>({0, 1, 2, 2, 4, 9, 18});
        break;
      case 6: type.kind = Kind::kFloat; break;
      case 7: type.kind = Kind::kText; break;
      case 8:
        type.kind = Kind::kText;
        type.folded = true;
        break;
      case 9: type.kind = Kind::kDate; break;
      case 10: type.kind = Kind::kTimestamp; break;
      case 11: type.kind = Kind::kEnum; break;
      default:
        type.kind = Kind::kList;
        type.element = random_.one_of({Kind::kText, Kind::kText, Kind::kInt, Kind::kDate, Kind::kDecimal, Kind::kFloat, Kind::kEnum});
        type.folded = type.element == Kind::kText && random_.chance(40);
        if (type.element == Kind::kDecimal) type.scale = 1;
    }
    if (type.kind == Kind::kEnum || type.element == Kind::kEnum) type.enum_id = static_cast<EnumTypeId>(random_.below(world_.enums.size()));
    return type;
  }

  std::vector<Cell> cells(const Type& type, std::size_t rows) {
    std::vector<Cell> made;
    const Spread how = spread();
    const int missing = random_.one_of({0, 5, 30, 90});
    for (std::size_t i = 0; i < rows; ++i) made.push_back(cell(type, how, missing));
    return made;
  }

  std::string fresh_name(const WorldTable& table, std::size_t number) {
    if (random_.chance(25)) {
      const std::string& name = random_.one_of(column_names());
      if (std::ranges::find(table.columns, name, &WorldColumn::name) == table.columns.end()) return name;
    }
    return "c" + std::to_string(number);
  }

  void add_columns(WorldTable& table) {
    const std::size_t count = 4 + random_.below(10);
    for (std::size_t i = 0; i < count; ++i) {
      const Type type = random_type();
      table.columns.push_back({.name = fresh_name(table, i), .type = type, .cells = cells(type, table.rows)});
    }
  }

  void add_key(WorldTable& table) {
    Type type;
    type.kind = random_.chance(60) ? Kind::kText : Kind::kInt;
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < table.rows; ++i) numbers.push_back(static_cast<std::int64_t>(i) - 2);
    random_.shuffle(numbers);
    std::vector<Cell> made;
    for (const std::int64_t number : numbers) {
      Cell cell;
      if (type.kind == Kind::kText) cell.value = (number % 3 == 0 ? "K" : "k") + std::to_string(number);
      else cell.value = number;
      made.push_back(std::move(cell));
    }
    table.key = static_cast<std::uint32_t>(table.columns.size());
    table.columns.push_back({.name = table.name + "_id", .type = type, .cells = std::move(made)});
  }

  void add_time(WorldTable& table) {
    Type type;
    type.kind = random_.chance(60) ? Kind::kTimestamp : Kind::kDate;
    type.optional = random_.chance(30);
    table.time = static_cast<std::uint32_t>(table.columns.size());
    table.columns.push_back({.name = "at", .type = type, .cells = cells(type, table.rows)});
  }

  // ── points, money, units, what is known when ──

  void add_special_columns(WorldTable& table) {
    if (random_.chance(35)) add_point(table);
    if (random_.chance(30)) add_money(table);
    if (random_.chance(25)) {
      Type type;
      type.kind = Kind::kInt;
      type.optional = random_.chance(50);
      table.columns.push_back({.name = "seats", .type = type, .cells = cells(type, table.rows), .form = WorldForm::kUnit});
    }
    if (random_.chance(25)) add_known_at(table);
  }

  void add_point(WorldTable& table) {
    WorldColumn column{.name = "place", .type = {}, .cells = {}, .form = WorldForm::kPoint};
    column.type.kind = Kind::kFloat;
    column.type.optional = random_.chance(50);
    for (std::size_t i = 0; i < table.rows; ++i) {
      Cell cell;
      cell.is_known = !column.type.optional || !random_.chance(25);
      if (cell.is_known) cell.list = point();
      column.cells.push_back(std::move(cell));
    }
    table.columns.push_back(std::move(column));
  }

  std::vector<Constant> point() {
    const auto part = [&](double center, double spread) {
      return center + spread * static_cast<double>(random_.between(-1000, 1000)) / 1000;
    };
    switch (random_.below(6)) {
      case 0: return {random_.one_of({90.0, -90.0, 0.0, -0.0}), random_.one_of({180.0, -180.0, 0.0, 90.0})};
      case 1: return {part(0, 90), part(0, 180)};
      case 2: return {52.52, 13.405};
      case 3: return {part(-17, 1), random_.chance(50) ? part(179, 1) : part(-179, 1)};
      default: return {part(52.5, 1), part(13.4, 1)};
    }
  }

  void add_money(WorldTable& table) {
    WorldColumn column{.name = "price", .type = {}, .cells = {}, .form = WorldForm::kMoney};
    column.type.kind = Kind::kDecimal;
    column.type.scale = 2;
    column.type.optional = true;
    const Spread how = spread();
    for (std::size_t row = 0; row < table.rows; ++row) {
      Cell cell;
      if (!random_.chance(10)) cell.amount = decimal(how);
      cell.currency = random_.one_of<const char*>({"EUR", "EUR", "USD", "GBP", "JPY", ""});
      const std::optional<std::int64_t> value = cell.amount ? in_euros(*cell.amount, cell.currency, day_of(table, row)) : std::nullopt;
      cell.is_known = value.has_value();
      if (value) cell.value = *value;
      column.cells.push_back(std::move(cell));
    }
    table.columns.push_back(std::move(column));
  }

  // The local day of the row's time, else of the clock.
  std::int64_t day_of(const WorldTable& table, std::size_t row) const {
    if (!table.time || !table.columns[*table.time].cells[row].is_known) return today_;
    const WorldColumn& time = table.columns[*table.time];
    const std::int64_t at = std::get<std::int64_t>(time.cells[row].value);
    return time.type.kind == Kind::kDate ? at : local_day_of(zone_, at);
  }

  // Rounded half to even; nothing without a rate, or beyond 18 digits.
  std::optional<std::int64_t> in_euros(std::int64_t amount, const std::string& currency, std::int64_t day) const {
    if (currency == "EUR") return amount;
    const WorldRate* latest = nullptr;
    for (const WorldRate& rate : world_.rates) {
      const bool is_valid = rate.currency == currency && rate.valid_from <= day;
      if (is_valid && (latest == nullptr || rate.valid_from > latest->valid_from)) latest = &rate;
    }
    if (latest == nullptr) return std::nullopt;
    const __int128 product = static_cast<__int128>(amount) * latest->rate;
    __int128 whole = product / 10'000;
    const __int128 rest = product % 10'000;
    const __int128 twice = rest < 0 ? -2 * rest : 2 * rest;
    if (twice > 10'000 || (twice == 10'000 && whole % 2 != 0)) whole += product < 0 ? -1 : 1;
    constexpr __int128 kMost = 999'999'999'999'999'999;
    if (whole > kMost || whole < -kMost) return std::nullopt;
    return static_cast<std::int64_t>(whole);
  }

  void add_known_at(WorldTable& table) {
    Type type;
    type.kind = random_.chance(50) ? Kind::kTimestamp : Kind::kDate;
    type.optional = random_.chance(30);
    std::vector<Cell> made = cells(type, table.rows);
    for (Cell& cell : made) {
      if (!cell.is_known) continue;
      const std::int64_t latest = type.kind == Kind::kDate ? today_ : world_.now;
      cell.value = std::min(std::get<std::int64_t>(cell.value), latest);
    }
    table.known_at = static_cast<std::uint32_t>(table.columns.size());
    table.columns.push_back({.name = "known", .type = type, .cells = std::move(made)});
  }

  // ── tables ──

  void add_account() {
    WorldTable table;
    table.name = "account";
    table.rows = accounts_;
    add_key(table);
    add_columns(table);
    add_special_columns(table);
    world_.tables.push_back(std::move(table));
  }

  // Whom each row belongs to: nobody, one parent that has most, its neighbours', or anyone.
  std::vector<RowId> parents(std::size_t rows, std::size_t parent_rows) {
    std::vector<RowId> made;
    const int orphans = random_.one_of({0, 0, 5, 40}), skew = random_.one_of({0, 0, 30, 90});
    const bool in_order = random_.chance(40);
    for (std::size_t i = 0; i < rows; ++i) {
      const bool is_orphan = parent_rows == 0 || random_.chance(orphans);
      made.push_back(is_orphan ? kNoRow : static_cast<RowId>(random_.chance(skew) ? parent_rows / 2 : random_.below(parent_rows)));
    }
    if (in_order) std::ranges::sort(made);
    return made;
  }

  void add_relation(const std::string& name) {
    WorldTable table;
    table.name = name;
    const auto first = static_cast<std::uint32_t>(random_.chance(60) ? 0 : random_.below(world_.tables.size()));
    const std::size_t parent_rows = world_.tables[first].rows;
    table.rows = random_.chance(5) ? 0 : parent_rows * random_.one_of<std::size_t>({1, 2, 3, 5}) / random_.one_of<std::size_t>({1, 2});
    if (parent_rows < 100 && random_.chance(20)) table.rows += 70 + random_.below(200);
    std::vector<std::uint32_t> of = {first};
    const auto second = static_cast<std::uint32_t>(random_.below(world_.tables.size()));
    if (random_.chance(35) && second != first) of.push_back(second);
    for (const std::uint32_t parent : of) {
      if (!world_.tables[parent].key) add_key(world_.tables[parent]);
      table.parents.push_back(
          {.table = parent, .join = "join_" + world_.tables[parent].name, .parent_of = parents(table.rows, world_.tables[parent].rows)});
    }
    add_columns(table);
    if (random_.chance(75)) add_time(table);
    if (random_.chance(60)) add_key(table);
    add_special_columns(table);
    world_.tables.push_back(std::move(table));
  }

  void add_references(WorldTable& table) {
    for (std::size_t i = 0; i < random_.below(3); ++i) {
      const auto to = static_cast<std::uint32_t>(random_.below(world_.tables.size()));
      if (!world_.tables[to].key) continue;
      const WorldColumn keys = world_.tables[to].columns[*world_.tables[to].key];
      Type type = keys.type;
      type.optional = true;
      std::vector<Cell> made;
      for (std::size_t row = 0; row < table.rows; ++row) {
        Cell cell;
        cell.is_known = !random_.chance(15);
        if (!keys.cells.empty() && random_.chance(90)) cell.value = keys.cells[random_.below(keys.cells.size())].value;
        else if (keys.type.kind == Kind::kText) cell.value = std::string("nowhere");
        else cell.value = std::int64_t{999'999};
        made.push_back(std::move(cell));
      }
      table.references.push_back({.name = "ref" + std::to_string(i), .to = to, .by = static_cast<std::uint32_t>(table.columns.size())});
      table.columns.push_back({.name = "by" + std::to_string(i), .type = type, .cells = std::move(made)});
    }
  }

  Random& random_;
  std::size_t accounts_;
  World world_;
  TimeZone zone_;
  std::int64_t today_ = 0;
};

}  // namespace

const std::vector<std::string>& words() {
  static const std::vector<std::string> kWords = {"",         "a",  "A",          "ab",     "aB",      "Ab",      "Chief", "chief officer",
                                                  "VP Sales", "vp", "head of IT", "Straße", "STRASSE", "ẞ",       "ß",     "Σς",
                                                  "σσ",       "K",  "ﬁ",          "İ",      "é",       "e\u0301", "a,b",   "say \"hi\"",
                                                  "null",     "NA", "日本",       "😀",     "a|b",     "a.b",     "zebra", "a b"};
  return kWords;
}

World make_world(Random& random, std::size_t accounts) { return Maker(random, accounts).make(); }

}  // namespace segue::differential
