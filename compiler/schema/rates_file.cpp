// The file of rates → ExchangeRates.
#include "compiler/schema/rates_file.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "compiler/schema/csv_records.h"
#include "stdlib/parse_value.h"
#include "stdlib/print_value.h"

namespace segue {
namespace {

constexpr DiagnosticKind kKind = DiagnosticKind::kBrokenRatesFile;

// Where the three columns stand.
struct RateColumns {
  std::size_t currency = 0, valid_from = 0, rate = 0;
};

class RatesReader {
 public:
  RatesReader(std::string_view text, SourceId id, std::string_view currency, RatesFile& file)
      : id_(id),
        report_(file.diagnostics),
        reader_(text, id, kKind, report_),
        file_(file) {
    file_.rates.currency = currency;
  }

  void read() {
    std::vector<CsvField> fields;
    (void)reader_.next(fields);
    const std::size_t width = fields.size();
    if (!file_.diagnostics.empty()) return;
    const std::optional<RateColumns> columns = find_columns(fields);
    if (!columns) return;
    while (reader_.next(fields)) {
      if (fields.size() == width) read_row(fields[columns->currency], fields[columns->valid_from], fields[columns->rate]);
      else report_row_length(fields, width, kKind, report_);
    }
    for (auto& [currency, rates] : file_.rates.by_currency) std::ranges::sort(rates, {}, &ExchangeRate::valid_from);
  }

 private:
  std::optional<RateColumns> find_columns(const std::vector<CsvField>& header) {
    const auto currency = find_csv_column(header, "currency", id_, kKind, report_);
    const auto valid_from = find_csv_column(header, "valid_from", id_, kKind, report_);
    const auto rate = find_csv_column(header, "rate", id_, kKind, report_);
    if (!currency || !valid_from || !rate) return std::nullopt;
    return RateColumns{*currency, *valid_from, *rate};
  }

  void read_row(const CsvField& currency, const CsvField& valid_from, const CsvField& rate) {
    if (currency.text.empty()) return refuse(currency, "the currency is empty; write its code, such as `USD`");
    const KnownInt day = parse_date(valid_from.text);
    if (!day.known) return refuse(valid_from, fmt::format("`{}` is no date; write dates such as 2026-03-01", valid_from.text));
    const KnownExact value = parse_exact_number(rate.text);
    if (!value.known || value.raw <= 0) {
      return refuse(
          rate, fmt::format("`{}` is no rate; write a number above zero in plain digits, such as 0.92, with at most 18 digits", rate.text));
    }
    if (currency.text == file_.rates.currency) {
      if (value.raw == 1 && value.scale == 0) return;
      return refuse(rate, fmt::format("`{}` is the project's own currency, whose rate is always 1; delete the row", currency.text));
    }
    add(currency, valid_from, ExchangeRate{day.value, value.raw, value.scale});
  }

  void add(const CsvField& currency, const CsvField& valid_from, ExchangeRate rate) {
    const auto [first, is_new] = days_.emplace(std::pair(currency.text, rate.valid_from), valid_from.span);
    if (is_new) {
      file_.rates.by_currency[currency.text].push_back(rate);
      return;
    }
    report_
        .add(kKind, valid_from.span,
             fmt::format("`{}` has two rates from {}; keep one of the two", currency.text, print_date(rate.valid_from)))
        .notes.push_back(make_note("the first one", first->second));
  }

  void refuse(const CsvField& field, std::string message) { report_.add(kKind, field.span, std::move(message)); }

  SourceId id_;
  Report report_;
  CsvReader reader_;
  RatesFile& file_;
  std::map<std::pair<std::string, std::int64_t>, Span> days_;
};

}  // namespace

RatesFile read_rates_file(const Source& source, SourceId id, std::string_view currency) {
  RatesFile file;
  const std::string_view text = source.text;
  if (!Report(file.diagnostics).accepts_utf8(id, text)) return file;
  RatesReader(text, id, currency, file).read();
  keep_first(file.diagnostics);
  return file;
}

}  // namespace segue
