// Amounts times rates.
#include "runtime/io/money.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "runtime/io/messages.h"
#include "stdlib/print_value.h"

namespace segue::io {
namespace {

constexpr ExchangeRate kOwnRate = {0, 1, 0};

// value / 10^digits, rounded half to even; 0 <= digits <= 36.
Int128 divided(Int128 value, int digits) {
  Int128 divisor = 1;
  for (int i = 0; i < digits; ++i) divisor *= 10;
  const bool is_negative = value < 0;
  const Int128 size = is_negative ? -value : value;
  Int128 quotient = size / divisor;
  const Int128 rest = size % divisor;
  const Int128 to_next = divisor - rest;
  if (rest > to_next || (rest == to_next && quotient % 2 != 0)) ++quotient;
  return is_negative ? -quotient : quotient;
}

// The rates that one currency has.
struct CurrencyRates {
  bool is_own = false;
  const std::vector<ExchangeRate>* rates = nullptr;

  [[nodiscard]] const ExchangeRate* on(std::int64_t day) const {
    if (is_own) return &kOwnRate;
    if (rates == nullptr) return nullptr;
    const auto after = std::ranges::upper_bound(*rates, day, {}, &ExchangeRate::valid_from);
    return after == rates->begin() ? nullptr : &*(after - 1);
  }
};

class MoneyColumn {
 public:
  MoneyColumn(TableData& data, const ReadPlan& plan, const MoneySlots& slots, const LoadOptions& options)
      : data_(data),
        slots_(slots),
        options_(options),
        digits_(plan.slots[slots.amount].spec.type.scale),
        time_is_date_(slots.time && plan.slots[*slots.time].spec.type.kind == Kind::kDate),
        clock_day_(local_day_of(*options.zone, options.clock)) {
    const DictionaryBuilder& names = data.slots[slots.currency].dictionary;
    for (std::size_t code = 0; code < names.size(); ++code) by_code_.push_back(rates_of(names.at(static_cast<std::int64_t>(code))));
  }

  void convert() {
    std::size_t row = 0;
    for (std::size_t piece = 0; piece < data_.piece_rows.size(); ++piece) {
      for (std::size_t i = 0; i < data_.piece_rows[piece]; ++i, ++row) {
        if (data_.state(row) == RowState::kGood && !is_missing(slots_.amount, piece, i)) convert_cell(piece, i, row);
      }
    }
  }

  MissingRates take_missing() {
    missing_.currencies.assign(counts_.begin(), counts_.end());
    return std::move(missing_);
  }

 private:
  [[nodiscard]] CurrencyRates rates_of(std::string_view currency) const {
    if (options_.rates == nullptr) return {};
    if (currency == options_.rates->currency) return {true, nullptr};
    const auto found = options_.rates->by_currency.find(currency);
    return {false, found == options_.rates->by_currency.end() ? nullptr : &found->second};
  }

  [[nodiscard]] bool is_missing(std::uint32_t slot, std::size_t piece, std::size_t i) const {
    const std::vector<std::uint8_t>& missing = data_.slots[slot].pieces[piece].missing;
    return !missing.empty() && missing[i] != 0;
  }

  [[nodiscard]] std::int64_t day_of(std::size_t piece, std::size_t i) const {
    if (!slots_.time || is_missing(*slots_.time, piece, i)) return clock_day_;
    const std::int64_t time = data_.slots[*slots_.time].pieces[piece].numbers[i];
    return time_is_date_ ? time : local_day_of(*options_.zone, time);
  }

  void convert_cell(std::size_t piece, std::size_t i, std::size_t row) {
    ColumnPiece& amounts = data_.slots[slots_.amount].pieces[piece];
    const bool has_currency = !is_missing(slots_.currency, piece, i);
    const std::int32_t code = has_currency ? data_.slots[slots_.currency].pieces[piece].codes[i] : -1;
    const CurrencyRates rates = has_currency ? by_code_[static_cast<std::size_t>(code)] : CurrencyRates{};
    const std::int64_t day = rates.is_own ? clock_day_ : day_of(piece, i);
    const ExchangeRate* rate = rates.on(day);
    if (rate == nullptr) note_missing(amounts.numbers[i], amounts.scales[i], code, day, row);
    const KnownInt value = rate == nullptr ? kMissingInt : converted_amount(amounts.numbers[i], amounts.scales[i], *rate, digits_);
    amounts.numbers[i] = value.value;
    if (value.known) return;
    if (amounts.missing.empty()) amounts.missing.resize(amounts.numbers.size());
    amounts.missing[i] = 1;
  }

  void note_missing(std::int64_t raw, int scale, std::int32_t code, std::int64_t day, std::size_t row) {
    const std::string currency = code < 0 ? std::string() : printable(data_.slots[slots_.currency].dictionary.at(code));
    ++counts_[currency];
    if (missing_.count++ >= kExamples) return;
    missing_.examples.push_back(example_at(
        data_, row, fmt::format("{}{}{} on {}", print_decimal(raw, scale), currency.empty() ? "" : " ", currency, print_date(day))));
  }

  TableData& data_;
  const MoneySlots& slots_;
  const LoadOptions& options_;
  int digits_;
  bool time_is_date_;
  std::int64_t clock_day_;
  std::vector<CurrencyRates> by_code_;
  std::map<std::string, std::uint64_t> counts_;
  MissingRates missing_;
};

}  // namespace

KnownInt converted_amount(std::int64_t raw, int scale, const ExchangeRate& rate, int digits) {
  Int128 product = Int128{raw} * rate.raw;
  const int excess = scale + rate.scale - digits;
  if (excess > 0) product = divided(product, excess);
  if (product > kMaxDecimalRaw || product < -kMaxDecimalRaw) return kMissingInt;
  for (int i = excess; i < 0; ++i) product *= 10;
  if (product > kMaxDecimalRaw || product < -kMaxDecimalRaw) return kMissingInt;
  return {static_cast<std::int64_t>(product), true};
}

void convert_money(TableData& data, const TableSpec& spec, std::uint32_t table, const ReadPlan& plan, const LoadOptions& options,
                   std::vector<MissingRates>& missing_rates) {
  for (const MoneySlots& slots : plan.money) {
    const std::vector<ColumnPiece>& amounts = data.slots[slots.amount].pieces;
    if (std::ranges::all_of(amounts, [](const ColumnPiece& piece) { return piece.numbers.empty(); })) continue;
    MoneyColumn column(data, plan, slots, options);
    column.convert();
    MissingRates missing = column.take_missing();
    if (missing.count == 0) continue;
    missing.table = table;
    missing.column = slots.column;
    missing.message = missing_rates_message(spec, missing, options.rates == nullptr ? std::string_view() : options.rates->currency);
    missing_rates.push_back(std::move(missing));
  }
}

}  // namespace segue::io
