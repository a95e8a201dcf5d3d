// Amounts in the currency of the project: times the latest rate of the row's day, exactly, rounded half to even.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "compiler/sql/emit.h"

namespace segue::sql {
namespace {

// What the widest exact numbers of all engines hold.
constexpr int kMostDigits = 37;

int digits_of(std::int64_t value) {
  int digits = 1;
  for (; value > 9; value /= 10) ++digits;
  return digits;
}

// All rates count units of 10^-scale.
int common_scale(const ExchangeRates& rates) {
  int scale = 0;
  for (const auto& [currency, all] : rates.by_currency) {
    for (const ExchangeRate& rate : all) scale = std::max<int>(scale, rate.scale);
  }
  return scale;
}

}  // namespace

// Twice an amount of 18 digits times any rate has to fit.
bool Emitter::has_room(const SchemaColumn&) const {
  const int scale = common_scale(options_.rates);
  int most = 1 + scale;
  for (const auto& [currency, all] : options_.rates.by_currency) {
    for (const ExchangeRate& rate : all) most = std::max(most, digits_of(rate.raw) + scale - rate.scale);
  }
  return most + 19 <= kMostDigits;
}

// The rate of a row `r`, as a whole number of 10^-scale; NULL without one.
std::string Emitter::rate_of(TableId id, std::uint32_t column) const {
  const SchemaTable& table = program_.schema.tables[id];
  const int scale = common_scale(options_.rates);
  std::string day = "o." + quoted(dialect_, "#today");
  if (table.time) {
    const SchemaColumn& time = table.columns[*table.time];
    const std::string stored = "r." + quoted(dialect_, time.from);
    day = fmt::format("coalesce({}, {})", time.type.kind == Kind::kDate ? stored : fill(dialect_.local_day, {stored, zone().sql}), day);
  }
  const auto number = [](const std::string& digits) { return fmt::format("CAST('{}' AS DECIMAL(38, 0))", digits); };
  std::string cases;
  const auto add = [&](const std::string& currency, const std::string& rate) {
    cases += fmt::format(" WHEN {} THEN {}", text_literal(dialect_, currency), rate);
  };
  if (!options_.rates.currency.empty()) add(options_.rates.currency, number(power_of_ten(scale)));
  for (const auto& [currency, all] : options_.rates.by_currency) {
    if (currency == options_.rates.currency) continue;
    std::string rates;
    for (auto rate = all.rbegin(); rate != all.rend(); ++rate)
      rates += fmt::format(" WHEN {} >= {} THEN {}", day, date_literal(rate->valid_from),
                           number(std::to_string(rate->raw) + std::string(static_cast<std::size_t>(scale - rate->scale), '0')));
    if (!rates.empty()) add(currency, fmt::format("(CASE{} END)", rates));
  }
  if (cases.empty()) return "CAST(NULL AS DECIMAL(38, 0))";
  return fmt::format("(CASE r.{}{} END)", quoted(dialect_, table.columns[column].currency_from), cases);
}

// An amount of the row `r`, whose rate stands beside it.
std::string Emitter::money(TableId id, std::uint32_t column) const {
  const SchemaColumn& schema = program_.schema.tables[id].columns[column];
  const int scale = common_scale(options_.rates), digits = schema.type.scale;
  const std::string amount = "r." + quoted(dialect_, schema.from), rate = "r." + quoted(dialect_, fmt::format("rate {}", column + 1));
  const std::string raw_amount = fill(dialect_.raw_decimal, {amount, std::to_string(digits), power_of_ten(digits)});
  const std::string whole_rate = fill(dialect_.wide_sum, {rate});
  const std::string product = fmt::format("(abs({}) * {})", raw_amount, whole_rate), unit = power_of_ten(scale);
  const std::string quotient = fill(dialect_.quotient, {product, unit}), rest = fill(dialect_.remainder, {product, unit});
  const std::string up = fmt::format("(CASE WHEN {0} * 2 > {1} OR ({0} * 2 = {1} AND {2} <> 0) THEN 1 ELSE 0 END)", rest, unit,
                                     fill(dialect_.remainder, {quotient, "2"}));
  const std::string fits = fmt::format("{} * 2 < {}{}", product, "1999999999999999999", std::string(static_cast<std::size_t>(scale), '0'));
  const std::string step = digits == 0 ? "1" : "0." + std::string(static_cast<std::size_t>(digits - 1), '0') + "1";
  const std::string rounded =
      fmt::format("CAST(({} + {}) * (CASE WHEN {} < 0 THEN -1 ELSE 1 END) AS DECIMAL(19, 0))", quotient, up, amount);
  const std::string decimal = fill(dialect_.decimal_type, {"18", std::to_string(digits)});
  return fmt::format("(CASE WHEN {} THEN CAST({} * {} AS {}) END)", fits, rounded, dialect_.id == SqlDialect::kSpark ? step + "BD" : step,
                     decimal);
}

}  // namespace segue::sql
