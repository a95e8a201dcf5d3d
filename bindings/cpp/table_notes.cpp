// Specs and reports as bytes.
#include "bindings/cpp/table_notes.h"

#include <algorithm>
#include <utility>

#include "runtime/prepared/bytes.h"

namespace segue {
namespace {

void put_text(ByteWriter& out, const std::string& text) { out.put(std::string_view(text)); }

void put_example(ByteWriter& out, const BadExample& example) {
  out.put(example.row);
  put_text(out, example.value);
  put_text(out, example.file);
  out.put(example.line);
}

BadExample take_example(ByteReader& in) {
  BadExample example;
  example.row = in.take<std::uint64_t>();
  example.value = in.take_text();
  example.file = in.take_text();
  example.line = in.take_optional<std::uint64_t>();
  return example;
}

void put_bad(ByteWriter& out, const BadValues& bad) {
  out.put(bad.column);
  out.put(bad.kind);
  out.put(bad.count);
  out.put(bad.read_as_missing);
  out.put_all(bad.examples, put_example);
  put_text(out, bad.message);
}

BadValues take_bad(ByteReader& in) {
  BadValues bad;
  bad.column = in.take_optional<std::uint32_t>();
  bad.kind = in.take<BadKind>();
  bad.count = in.take<std::uint64_t>();
  bad.read_as_missing = in.take<bool>();
  bad.examples = in.take_all(take_example);
  bad.message = in.take_text();
  return bad;
}

void put_missing(ByteWriter& out, const MissingRates& missing) {
  out.put(missing.column);
  out.put(missing.count);
  out.put_all(missing.currencies, [](ByteWriter& to, const std::pair<std::string, std::uint64_t>& currency) {
    put_text(to, currency.first);
    to.put(currency.second);
  });
  out.put_all(missing.examples, put_example);
  put_text(out, missing.message);
}

MissingRates take_missing(ByteReader& in) {
  MissingRates missing;
  missing.column = in.take<std::uint32_t>();
  missing.count = in.take<std::uint64_t>();
  missing.currencies = in.take_all([](ByteReader& from) {
    std::pair<std::string, std::uint64_t> currency;
    currency.first = from.take_text();
    currency.second = from.take<std::uint64_t>();
    return currency;
  });
  missing.examples = in.take_all(take_example);
  missing.message = in.take_text();
  return missing;
}

// Ids of enums and units may change without the column.
void put_type(ByteWriter& out, const Type& type) {
  out.put(type.kind);
  out.put(type.scale);
  out.put(type.optional);
  out.put(type.folded);
  out.put(type.element);
}

void put_column(ByteWriter& out, const ColumnSpec& column) {
  put_text(out, column.name);
  put_text(out, column.from);
  put_type(out, column.type);
  out.put(column.accepts_missing);
  out.put(column.bad_is_missing);
  for (const auto* words : {&column.true_values, &column.false_values, &column.enum_values}) out.put_all(*words, put_text);
  put_text(out, column.format);
  put_text(out, column.separator);
  out.put(column.enum_is_folded);
  out.put(column.form);
  put_text(out, column.currency_from);
  out.put(column.latitude);
  out.put(column.longitude);
  out.put(column.point);
}

// A row's way to a row of another table: by a key of that type.
void put_target(ByteWriter& out, const TableSpec& target) {
  put_text(out, target.name);
  out.put(target.key);
  if (target.key) put_column(out, target.columns[*target.key]);
}

Sha256Digest digest_of(const ByteWriter& out) { return sha256(std::as_bytes(std::span(out.bytes()))); }

template <typename T>
std::vector<T> of_table(const std::vector<T>& all, std::uint32_t table) {
  std::vector<T> some;
  std::ranges::copy_if(all, std::back_inserter(some), [&](const T& one) { return one.table == table; });
  return some;
}

// Marks the columns of a table that reader's `wanted_columns` would read, and its key, known_at and listed join columns.
std::vector<bool> columns_wanted(const TableSpec& spec) {
  std::vector<bool> wanted(spec.columns.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = spec.columns[i].is_needed || spec.dedupe;
  for (const auto& column : {spec.key, spec.known_at}) {
    if (column) wanted[*column] = true;
  }
  for (const ReferenceSpec& reference : spec.references) wanted[reference.by] = wanted[reference.by] || reference.is_needed;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const ColumnSpec& column = spec.columns[i];
    if (column.form == CellForm::kMoney && wanted[i] && spec.time) wanted[*spec.time] = true;
    if (column.form != CellForm::kPoint) continue;
    const bool is_read = wanted[i] || wanted[*column.latitude] || wanted[*column.longitude];
    wanted[*column.latitude] = wanted[*column.longitude] = is_read;
    wanted[i] = false;
  }
  return wanted;
}

}  // namespace

std::string encoded_notes(const TableNotes& notes) {
  ByteWriter out;
  put_text(out, notes.report.name);
  out.put(notes.report.was_read);
  out.put(notes.report.rows_read);
  out.put(notes.report.bad_rows);
  out.put(notes.report.orphans);
  out.put(notes.report.not_yet_known);
  out.put(notes.report.repeated);
  out.put_all(notes.bad, put_bad);
  out.put_all(notes.missing_rates, put_missing);
  return out.bytes();
}

std::optional<TableNotes> decoded_notes(std::string_view bytes, std::uint32_t table) {
  ByteReader in(bytes);
  TableNotes notes;
  notes.report.name = in.take_text();
  notes.report.was_read = in.take<bool>();
  notes.report.rows_read = in.take<std::uint64_t>();
  notes.report.bad_rows = in.take<std::uint64_t>();
  notes.report.orphans = in.take<std::uint64_t>();
  notes.report.not_yet_known = in.take<std::uint64_t>();
  notes.report.repeated = in.take<std::uint64_t>();
  notes.bad = in.take_all(take_bad);
  notes.missing_rates = in.take_all(take_missing);
  if (!in.is_at_end()) return std::nullopt;
  for (BadValues& bad : notes.bad) bad.table = table;
  for (MissingRates& missing : notes.missing_rates) missing.table = table;
  return notes;
}

TableNotes notes_of(const LoadResult& loaded, std::uint32_t table) {
  return {loaded.tables[table], of_table(loaded.bad, table), of_table(loaded.missing_rates, table)};
}

Sha256Digest reading_digest(const CheckedProject& project, const std::vector<TableSpec>& specs, std::uint32_t table) {
  const TableSpec& spec = specs[table];
  ByteWriter out;
  put_text(out, project.workspace.project.timezone);
  put_text(out, spec.name);
  put_text(out, spec.path);
  out.put(spec.delimiter);
  out.put_all(spec.null_values, put_text);
  out.put_all(spec.columns, put_column);
  out.put(spec.key);
  out.put(spec.known_at);
  out.put(spec.time);
  out.put(spec.dedupe);
  out.put_all(spec.parents, [&](ByteWriter& to, const ParentSpec& parent) {
    put_target(to, specs[parent.table]);
    put_text(to, parent.from);
    to.put(parent.column);
  });
  out.put_all(spec.references, [&](ByteWriter& to, const ReferenceSpec& reference) {
    put_target(to, specs[reference.to]);
    to.put(reference.by);
  });
  return digest_of(out);
}

Sha256Digest rates_digest(const ExchangeRates& rates) {
  ByteWriter out;
  put_text(out, rates.currency);
  for (const auto& [currency, of_currency] : rates.by_currency) {
    put_text(out, currency);
    out.put_all(of_currency, [](ByteWriter& to, const ExchangeRate& rate) {
      to.put(rate.valid_from);
      to.put(rate.raw);
      to.put(rate.scale);
    });
  }
  return digest_of(out);
}

std::vector<std::vector<bool>> columns_wanted(const std::vector<TableSpec>& specs) {
  std::vector<std::vector<bool>> wanted(specs.size());
  std::vector<bool> is_read(specs.size());
  std::vector<std::size_t> open;
  const auto need = [&](std::size_t table) {
    if (is_read[table]) return;
    is_read[table] = true;
    open.push_back(table);
  };
  for (std::size_t table = 0; table < specs.size(); ++table) {
    if (specs[table].is_needed) need(table);
  }
  while (!open.empty()) {
    const std::size_t table = open.back();
    open.pop_back();
    wanted[table] = columns_wanted(specs[table]);
    for (const ParentSpec& parent : specs[table].parents) need(parent.table);
    for (const ReferenceSpec& reference : specs[table].references) {
      if (reference.is_needed) need(reference.to);
    }
  }
  return wanted;
}

bool wants_money(const TableSpec& spec, const std::vector<bool>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] && spec.columns[i].form == CellForm::kMoney) return true;
  }
  return false;
}

}  // namespace segue
