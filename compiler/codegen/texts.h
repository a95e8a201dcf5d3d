// This file's interface, private to the folder, is what text and list conditions become: tables by code, made by one look at each entry of the
// dictionaries. Codes of a domain count its parts one after the other; one more code, past the end, stands for nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/table.h"

namespace segue {

// The entries of a domain of texts.
class TextDomain {
 public:
  TextDomain(const Domain& domain, const Database& database);

  [[nodiscard]] std::size_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  [[nodiscard]] std::string_view at(std::size_t code) const;
  // Where the entries of a part begin.
  [[nodiscard]] std::size_t begin_of(std::size_t part) const { return part == 0 ? 0 : ends_[part - 1]; }
  // The dictionary whose codes are those of the domain, where there is one.
  [[nodiscard]] const Dictionary* only_dictionary() const { return parts_.size() == 1 ? parts_.front().dictionary.get() : nullptr; }
  // Whether no two codes have one text.
  [[nodiscard]] bool is_distinct() const { return parts_.size() == 1; }

 private:
  struct Part {
    std::shared_ptr<const Dictionary> dictionary;
    std::string literal;
  };
  std::vector<Part> parts_;
  std::vector<std::size_t> ends_;
};

// The cells of a domain of lists.
class ListDomain {
 public:
  ListDomain(const Domain& domain, const Database& database);

  [[nodiscard]] std::size_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  [[nodiscard]] std::size_t part_count() const { return columns_.size(); }
  [[nodiscard]] const Column& column(std::size_t part) const { return *columns_[part]; }
  [[nodiscard]] std::size_t part_of(std::size_t cell) const;
  // The codes of a cell in its part's column.
  [[nodiscard]] std::pair<const std::int32_t*, const std::int32_t*> codes(std::size_t part, std::size_t cell) const;

 private:
  std::vector<const Column*> columns_;
  std::vector<std::size_t> ends_;
};

// Number of codes of a domain, of texts or of lists.
[[nodiscard]] std::size_t domain_size(const Domain& domain, const Database& database);
[[nodiscard]] bool is_list_domain(const Domain& domain, const Database& database);

// By code: 1 where the predicate holds.
[[nodiscard]] std::vector<std::uint8_t> test_texts(const TextDomain& domain, const TextPredicate& predicate);

// The same for several `matches`, which look at each entry together.
[[nodiscard]] std::vector<std::vector<std::uint8_t>> test_patterns(const TextDomain& domain, const std::vector<std::string>& patterns);

// A list predicate, ready for cells.
struct ListTest {
  ListDomain domain;
  ListTestKind kind{};
  std::size_t wanted = 0;                         // number of values in the set
  std::vector<std::vector<std::int32_t>> places;  // by part, by code of the column: which value of the set, or -1
};
[[nodiscard]] ListTest prepare_list_test(const Domain& domain, const Database& database, const ListPredicate& predicate);
[[nodiscard]] bool holds(const ListTest& test, std::size_t cell);

// By domain of the space, by code: the place.
using Places = std::vector<std::vector<std::int64_t>>;
[[nodiscard]] Places rank(const Plan& plan, const RankSpace& space, const Database& database);

}  // namespace segue
