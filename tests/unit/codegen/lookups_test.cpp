// Tests of texts and lists by code against one look at each text and cell: any number of tests together, long lists, texts at the ends of a dictionary.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/codegen/kernels.h"
#include "stdlib/text.h"

using namespace segue;

namespace {

std::shared_ptr<const Dictionary> dictionary_of(const std::vector<std::string>& texts) {
  auto dictionary = std::make_shared<Dictionary>();
  for (const std::string& text : texts) dictionary->append(text);
  return dictionary;
}

// One table of one column.
Database database_of(Column column) {
  Table table;
  table.rows = column.rows;
  table.columns.push_back(std::move(column));
  Database database;
  database.tables.push_back(std::move(table));
  return database;
}

Database texts_of(const std::vector<std::string>& texts) {
  Column column;
  column.type.kind = Kind::kText;
  column.storage = Storage::kCodes;
  column.dictionary = dictionary_of(texts);
  return database_of(std::move(column));
}

// Cells of up to `most` of so many codes.
Database lists_of(std::size_t rows, std::size_t codes, std::size_t most, std::mt19937& random) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < codes; ++i) texts.push_back("t" + std::to_string(i));
  std::vector<std::int32_t> values;
  Column column;
  column.offsets.push_back(0);
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t wanted = random() % (most + 1);
    for (std::size_t code = 0; code < codes && wanted > 0; ++code) {
      if (random() % (codes - code) >= wanted) continue;
      values.push_back(static_cast<std::int32_t>(code));
      --wanted;
    }
    column.offsets.push_back(values.size());
  }
  column.type.kind = Kind::kList;
  column.type.element = Kind::kText;
  column.storage = Storage::kLists;
  column.rows = rows;
  column.dictionary = dictionary_of(texts);
  column.data.resize((values.size() + 128) * sizeof(std::int32_t));
  std::copy(values.begin(), values.end(), reinterpret_cast<std::int32_t*>(column.data.data()));
  return database_of(std::move(column));
}

// The answers of all tests for one block of rows.
std::vector<std::vector<std::uint64_t>> answers(const LookupTests& data, const std::vector<std::int64_t>& values,
                                                const std::vector<std::uint64_t>& known) {
  std::vector<std::vector<std::uint64_t>> words(data.tests.size(), std::vector<std::uint64_t>(known.size(), 0xdead));
  std::vector<std::uint64_t*> out;
  for (auto& one : words) out.push_back(one.data());
  const std::int64_t* value_data = values.data();
  const std::uint64_t* known_data = known.data();
  test_lookups({.values = {&value_data, 1},
                .bits = {&known_data, 1},
                .out = nullptr,
                .out_bits = nullptr,
                .more_bits = out,
                .rows = values.size(),
                .data = &data});
  return words;
}

bool bit(const std::vector<std::uint64_t>& words, std::size_t row) { return (words[row / 64] >> (row % 64) & 1) != 0; }

}  // namespace

TEST_CASE("tests of texts look up a code together, however many they are") {
  std::mt19937 random(7);
  for (const std::size_t count : {1, 7, 8, 9, 16, 17, 31, 32, 33, 64}) {
    constexpr std::size_t kCodes = 50;
    std::vector<std::vector<std::uint8_t>> tables(count, std::vector<std::uint8_t>(kCodes + 1));
    LookupTests data;
    for (auto& table : tables) {
      for (std::size_t code = 0; code < kCodes; ++code) table[code] = random() % 3 == 0 ? 1 : 0;
      data.add(table);
    }
    std::vector<std::int64_t> codes(192);
    for (std::int64_t& code : codes) code = static_cast<std::int64_t>(random() % (kCodes + 1));
    const std::vector<std::uint64_t> known{random(), 0, ~std::uint64_t{0}};
    const auto words = answers(data, codes, known);
    for (std::size_t test = 0; test < count; ++test) {
      for (std::size_t row = 0; row < codes.size(); ++row) {
        if (bit(words[test], row) != (bit(known, row) && tables[test][static_cast<std::size_t>(codes[row])] != 0))
          FAIL("test " << test << " of " << count << ", row " << row);
      }
    }
  }
}

TEST_CASE("tests of lists look up a cell together, however long it is") {
  std::mt19937 random(11);
  for (const std::size_t codes : {1, 15, 31, 32, 33, 40, 300}) {
    for (const std::size_t tests : {1, 5, 12, 20}) {
      const Database database = lists_of(128, codes, std::min<std::size_t>(codes, 40), random);
      const Domain domain{{.table = 0, .column = 0, .literal = std::nullopt}};
      LookupTests data;
      std::vector<ListTest> alone;
      for (std::size_t i = 0; i < tests; ++i) {
        ListPredicate predicate{.kind = static_cast<ListTestKind>(random() % 3), .folded = false, .is_text = true};
        for (std::size_t value = random() % 3 + 1; value > 0 && predicate.kind != ListTestKind::kIsEmpty; --value) {
          const std::string text = "t" + std::to_string(random() % (codes + 3));
          if (std::ranges::find(predicate.texts, text) == predicate.texts.end()) predicate.texts.push_back(text);
        }
        alone.push_back(prepare_list_test(domain, database, predicate));
        data.add(alone.back(), predicate);
      }
      std::vector<std::int64_t> cells(128);
      for (std::int64_t& cell : cells) cell = static_cast<std::int64_t>(random() % 129);  // 128 is no cell
      const std::vector<std::uint64_t> known{~std::uint64_t{0}, random()};
      const auto words = answers(data, cells, known);
      for (std::size_t test = 0; test < tests; ++test) {
        for (std::size_t row = 0; row < cells.size(); ++row) {
          if (bit(words[test], row) != (bit(known, row) && holds(alone[test], static_cast<std::size_t>(cells[row]))))
            FAIL("test " << test << " of " << tests << " over " << codes << " codes, row " << row);
        }
      }
    }
  }
}

TEST_CASE("tests of a whole dictionary are those of each text") {
  std::mt19937 random(3);
  const auto word = [&](std::size_t most) {
    std::string text;
    for (std::size_t length = random() % (most + 1); length > 0; --length) text += "abA."[random() % 4];
    return text;
  };
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> texts(random() % 40);
    for (std::string& text : texts) text = word(random() % 2 == 0 ? 4 : 40);
    const Database database = texts_of(texts);
    const TextDomain domain({{.table = 0, .column = 0, .literal = std::nullopt}}, database);
    for (const TextTestKind kind : {TextTestKind::kContains, TextTestKind::kStartsWith, TextTestKind::kEndsWith}) {
      for (const bool folded : {false, true}) {
        const std::string operand = folded ? fold(word(10)) : word(random() % 2 == 0 ? 3 : 10);
        const auto table = test_texts(domain, {.kind = kind, .folded = folded, .texts = {operand}});
        REQUIRE(table.size() == texts.size() + 1);
        CHECK(table.back() == 0);
        for (std::size_t code = 0; code < texts.size(); ++code) {
          const std::string text = folded ? fold(texts[code]) : texts[code];
          const bool expected = kind == TextTestKind::kContains     ? contains(text, operand)
                                : kind == TextTestKind::kStartsWith ? starts_with(text, operand)
                                                                    : ends_with(text, operand);
          INFO(text << " and " << operand);
          CHECK((table[code] != 0) == expected);
        }
      }
    }
  }
}

TEST_CASE("patterns see texts that are not ASCII") {
  const std::vector<std::string> texts{"Bank GmbH", "Bänk GmbH", "", "\xe2\x84\xaa", "k", "gmbh"};
  const Database database = texts_of(texts);
  const TextDomain domain({{.table = 0, .column = 0, .literal = std::nullopt}}, database);
  const std::vector<std::string> patterns{"(?i)\\bgmbh\\b", "^.{1}$", "(?i)k$", "ä"};
  for (const std::size_t count : {3, 4}) {  // with the fourth all are RE2's
    const std::vector<std::string> asked(patterns.begin(), patterns.begin() + static_cast<std::ptrdiff_t>(count));
    const auto tables = test_patterns(domain, asked);
    for (std::size_t i = 0; i < count; ++i) {
      const Pattern pattern = *Pattern::compile(asked[i]);
      for (std::size_t code = 0; code < texts.size(); ++code) CHECK((tables[i][code] != 0) == pattern.matches(texts[code]));
    }
  }
}
