// Numbers are little-endian, texts have their length in front. A place is the number of the expression in a walk over the claim, since spans move.
#include "bindings/cpp/prove/proof_bytes.h"

#include <algorithm>
#include <bit>
#include <concepts>
#include <utility>
#include <vector>

#include "compiler/check/walk.h"

namespace segue {
namespace {

constexpr std::uint32_t kNoPlace = 0xffff'ffff;

// The expressions that a claim rests on, each once, in an order that its structure alone decides.
std::vector<ExprId> exprs_of_claim(const CheckedProgram& program, const Claim& claim) {
  std::vector<ExprId> open;
  if (claim.differ) open = {claim.differ->second, claim.differ->first};
  for (auto it = claim.assertions.rbegin(); it != claim.assertions.rend(); ++it) open.push_back(it->predicate);
  std::vector<bool> is_seen(program.exprs.size());
  std::vector<ExprId> order;
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (is_seen[index_of(id)]) continue;
    is_seen[index_of(id)] = true;
    order.push_back(id);
    const Node& node = program.expr(id).node;
    for_each_operand(node, [&](ExprId operand) { open.push_back(operand); });
    for_each_definition(node, [&](DefinitionId definition) { open.push_back(program.definition(definition).body); });
  }
  return order;
}

std::uint32_t place_in_claim(const CheckedProgram& program, const Claim& claim, Span span) {
  if (span.source == kNoSource) return kNoPlace;
  const std::vector<ExprId> order = exprs_of_claim(program, claim);
  const auto found = std::ranges::find(order, span, [&](ExprId id) { return program.expr(id).span; });
  return found == order.end() ? kNoPlace : static_cast<std::uint32_t>(found - order.begin());
}

Span span_at_place(const CheckedProgram& program, const Claim& claim, std::uint32_t place) {
  if (place == kNoPlace) return {};
  const std::vector<ExprId> order = exprs_of_claim(program, claim);
  return place < order.size() ? program.expr(order[place]).span : Span{};
}

// ---- writing

struct ByteWriter {
  std::string bytes;

  template <std::integral T>
  void put(T number) {
    const auto bits = static_cast<std::uint64_t>(number);
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<char>(bits >> (8 * i)));
  }
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes += text;
  }
  void put(const Constant& constant) {
    put(static_cast<std::uint8_t>(constant.index()));
    if (const auto* text = std::get_if<std::string>(&constant)) return put_text(*text);
    if (const auto* real = std::get_if<double>(&constant)) return put(std::bit_cast<std::uint64_t>(*real));
    if (const auto* truth = std::get_if<bool>(&constant)) return put(static_cast<std::uint8_t>(*truth));
    put(std::get<std::int64_t>(constant));
  }
};

void put_cells(ByteWriter& to, const SchemaTable& table, const TestRow& row) {
  const auto is_given = [](const TestCell& cell) { return cell.state != TestCell::State::kNotGiven; };
  to.put(static_cast<std::uint32_t>(std::ranges::count_if(row.cells, is_given)));
  for (ColumnId id = 0; id < row.cells.size(); ++id) {
    const TestCell& cell = row.cells[id];
    if (!is_given(cell)) continue;
    to.put_text(table.columns[id].name);
    to.put(static_cast<std::uint8_t>(cell.state));
    to.put(cell.value);
    to.put(static_cast<std::uint32_t>(cell.elements.size()));
    for (const Constant& element : cell.elements) to.put(element);
  }
}

void put_row(ByteWriter& to, const SchemaTable& table, const TestRow& row) {
  put_cells(to, table, row);
  to.put(static_cast<std::uint8_t>(row.exists));
  to.put(static_cast<std::uint32_t>(row.parents.size()));
  for (const auto& parent : row.parents) to.put(parent.value_or(0xffff'ffff));
}

void put_example(ByteWriter& to, const Schema& schema, const ExampleAccount& example) {
  to.put(example.test.clock);
  to.put(static_cast<std::uint8_t>(example.reads_clock));
  to.put(example.row);
  to.put(static_cast<std::uint32_t>(example.test.accounts.size()));
  for (const std::string& account : example.test.accounts) to.put_text(account);
  to.put(static_cast<std::uint32_t>(example.test.tables.size()));
  for (TableId id = 0; id < example.test.tables.size(); ++id) {
    to.put_text(schema.tables[id].name);
    to.put(static_cast<std::uint8_t>(id < example.is_read.size() && example.is_read[id]));
    to.put(static_cast<std::uint32_t>(example.test.tables[id].size()));
    for (const TestRow& row : example.test.tables[id]) put_row(to, schema.tables[id], row);
  }
}

// ---- reading

struct ByteReader {
  std::string_view rest;
  bool is_broken = false;

  template <std::integral T>
  T take() {
    if (rest.size() < sizeof(T)) {
      is_broken = true;
      rest = {};
      return T{};
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{static_cast<unsigned char>(rest[i])} << (8 * i);
    rest.remove_prefix(sizeof(T));
    return static_cast<T>(bits);
  }
  std::string take_text() {
    const auto size = take<std::uint32_t>();
    if (size > rest.size()) {
      is_broken = true;
      return {};
    }
    std::string text(rest.substr(0, size));
    rest.remove_prefix(size);
    return text;
  }
  // A number of things that follow, of which each takes a byte at least.
  std::uint32_t take_count() {
    const auto count = take<std::uint32_t>();
    if (count <= rest.size()) return count;
    is_broken = true;
    return 0;
  }
  Constant take_constant() {
    switch (take<std::uint8_t>()) {
      case 0: return take<std::uint8_t>() != 0;
      case 1: return take<std::int64_t>();
      case 2: return std::bit_cast<double>(take<std::uint64_t>());
      case 3: return take_text();
      default: is_broken = true; return false;
    }
  }
};

void take_cells(ByteReader& from, const SchemaTable& table, TestRow& row) {
  row.cells.resize(table.columns.size());
  const std::uint32_t cells = from.take_count();
  for (std::uint32_t i = 0; i < cells && !from.is_broken; ++i) {
    const std::string name = from.take_text();
    const auto column = std::ranges::find(table.columns, name, &SchemaColumn::name);
    TestCell cell;
    cell.state = static_cast<TestCell::State>(from.take<std::uint8_t>());
    cell.value = from.take_constant();
    cell.elements.resize(from.take_count());
    for (Constant& element : cell.elements) element = from.take_constant();
    if (column == table.columns.end() || cell.state > TestCell::State::kKnown) from.is_broken = true;
    else row.cells[static_cast<std::size_t>(column - table.columns.begin())] = std::move(cell);
  }
}

TestRow take_row(ByteReader& from, const SchemaTable& table) {
  TestRow row;
  take_cells(from, table, row);
  row.exists = from.take<std::uint8_t>() != 0;
  if (from.take<std::uint32_t>() != table.parents.size()) from.is_broken = true;
  for (std::size_t i = 0; i < table.parents.size(); ++i) {
    const auto parent = from.take<std::uint32_t>();
    row.parents.push_back(parent == 0xffff'ffff ? std::nullopt : std::optional(parent));
  }
  return row;
}

bool has_whole_links(const Schema& schema, const CheckedTest& test) {
  for (TableId id = 0; id < test.tables.size(); ++id) {
    for (const TestRow& row : test.tables[id]) {
      for (std::size_t link = 0; link < row.parents.size(); ++link) {
        if (row.parents[link] && *row.parents[link] >= test.tables[schema.tables[id].parents[link].table].size()) return false;
      }
    }
  }
  return !test.tables[kAccountTable].empty();
}

ExampleAccount take_example(ByteReader& from, const Schema& schema) {
  ExampleAccount example;
  example.test.clock = from.take<std::int64_t>();
  example.reads_clock = from.take<std::uint8_t>() != 0;
  example.row = from.take<std::uint32_t>();
  example.test.accounts.resize(from.take_count());
  for (std::string& account : example.test.accounts) account = from.take_text();
  example.test.tables.resize(schema.tables.size());
  example.is_read.resize(schema.tables.size());
  const std::uint32_t tables = from.take_count();
  for (std::uint32_t i = 0; i < tables && !from.is_broken; ++i) {
    const auto table = find_table(schema, from.take_text());
    const bool is_read = from.take<std::uint8_t>() != 0;
    const std::uint32_t rows = from.take_count();
    if (!table) {
      from.is_broken = from.is_broken || rows != 0;
      continue;
    }
    example.is_read[*table] = is_read;
    for (std::uint32_t row = 0; row < rows && !from.is_broken; ++row)
      example.test.tables[*table].push_back(take_row(from, schema.tables[*table]));
  }
  if (!from.is_broken && !has_whole_links(schema, example.test)) from.is_broken = true;
  return example;
}

}  // namespace

std::string proof_bytes(const CheckedProgram& program, const Claim& claim, const Proof& proof) {
  ByteWriter to;
  to.put(static_cast<std::uint8_t>(proof.verdict));
  to.put(static_cast<std::uint8_t>(proof.is_out_of_time));
  to.put_text(proof.reason);
  to.put(place_in_claim(program, claim, proof.place));
  to.put(static_cast<std::uint8_t>(proof.example.has_value()));
  if (proof.example) put_example(to, program.schema, *proof.example);
  return std::move(to.bytes);
}

std::optional<Proof> proof_from_bytes(const CheckedProgram& program, const Claim& claim, std::string_view bytes) {
  ByteReader from{bytes};
  Proof proof;
  proof.verdict = static_cast<ClaimVerdict>(from.take<std::uint8_t>());
  proof.is_out_of_time = from.take<std::uint8_t>() != 0;
  proof.reason = from.take_text();
  proof.place = span_at_place(program, claim, from.take<std::uint32_t>());
  if (from.take<std::uint8_t>() != 0) proof.example = take_example(from, program.schema);
  if (from.is_broken || !from.rest.empty() || proof.verdict > ClaimVerdict::kUnknown) return std::nullopt;
  return proof;
}

}  // namespace segue
