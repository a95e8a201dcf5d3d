// Text and list predicates over dictionaries.
#include "compiler/codegen/texts.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "compiler/plan/text_order.h"
#include "stdlib/ascii_patterns.h"
#include "stdlib/number.h"
#include "stdlib/text.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace segue {

namespace {

const Column& column_of(const DomainPart& part, const Database& database) { return database.tables[part.table].columns[part.column]; }

// Calls `on_text(code, text)`.
template <typename OnText>
void for_each_raw(const TextDomain& domain, OnText&& on_text) {
  const Dictionary* dictionary = domain.only_dictionary();
  if (dictionary == nullptr) {
    for (std::size_t code = 0; code < domain.size(); ++code) on_text(code, domain.at(code));
    return;
  }
  const char* bytes = dictionary->bytes().data();
  std::uint64_t begin = 0;
  for (std::size_t code = 0; code < domain.size(); ++code) {
    const std::uint64_t end = dictionary->ends()[code];
    on_text(code, std::string_view(bytes + begin, end - begin));
    begin = end;
  }
}

// The same, the text folded where that is asked for.
template <typename OnText>
void for_each_text(const TextDomain& domain, bool folded, OnText&& on_text) {
  if (!folded) return for_each_raw(domain, on_text);
  std::string buffer;
  for_each_raw(domain, [&](std::size_t code, std::string_view text) {
    if (!is_folded(text)) {
      fold_into(text, buffer);
      text = buffer;
    }
    on_text(code, text);
  });
}

template <typename Test>
std::vector<std::uint8_t> table_of(const TextDomain& domain, bool folded, Test&& test) {
  std::vector<std::uint8_t> table(domain.size() + 1);
  for_each_text(domain, folded, [&](std::size_t code, std::string_view text) { table[code] = test(text) ? 1 : 0; });
  return table;
}

// Where `part`, which is not empty, begins in the bytes from `from` on: its first and its last byte are looked for together.
std::size_t find_part(std::string_view bytes, std::string_view part, std::size_t from) {
#if defined(__x86_64__)
  constexpr std::size_t kStep = 16;
  const __m128i first = _mm_set1_epi8(part.front()), last = _mm_set1_epi8(part.back());
  const auto matches = [&](std::size_t at, __m128i wanted) {
    return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at)), wanted);
  };
  for (; from + part.size() - 1 + kStep <= bytes.size(); from += kStep) {
    auto both = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(matches(from, first), matches(from + part.size() - 1, last))));
    for (; both != 0; both &= both - 1) {
      const std::size_t at = from + static_cast<std::size_t>(std::countr_zero(both));
      if (std::memcmp(bytes.data() + at, part.data(), part.size()) == 0) return at;
    }
  }
#endif
  return bytes.find(part, from);
}

// `contains` over all texts of a dictionary as one: only where the part is found does it matter which text that is.
std::vector<std::uint8_t> test_contains(const Dictionary& dictionary, std::string_view part) {
  std::vector<std::uint8_t> table(dictionary.size() + 1);
  const std::string_view bytes(dictionary.bytes().data(), dictionary.bytes().size());
  const Array<std::uint64_t>& ends = dictionary.ends();
  std::size_t code = 0;
  for (std::size_t at = find_part(bytes, part, 0); at != std::string_view::npos;) {
    while (ends[code] <= at) ++code;
    const bool is_inside = at + part.size() <= ends[code];
    if (is_inside) table[code] = 1;
    at = find_part(bytes, part, is_inside ? ends[code] : at + 1);
  }
  return table;
}

// `ends with` a short ending, by one number.
std::vector<std::uint8_t> test_ending(const Dictionary& dictionary, std::string_view ending) {
  std::vector<std::uint8_t> table(dictionary.size() + 1);
  std::uint64_t wanted = 0;
  std::memcpy(&wanted, ending.data(), ending.size());
  const char* bytes = dictionary.bytes().data();
  std::uint64_t begin = 0;
  for (std::size_t code = 0; code < dictionary.size(); ++code) {
    const std::uint64_t end = dictionary.ends()[code];
    std::uint64_t last = 0;
    if (end < sizeof(last)) {
      if (end >= ending.size()) std::memcpy(&last, bytes + end - ending.size(), ending.size());
    } else {
      std::memcpy(&last, bytes + end - sizeof(last), sizeof(last));
      last >>= 8 * (sizeof(last) - ending.size());
    }
    table[code] = last == wanted && end - begin >= ending.size() ? 1 : 0;
    begin = end;
  }
  return table;
}

// What one pass over a dictionary's bytes answers.
std::optional<std::vector<std::uint8_t>> test_whole(const TextDomain& domain, const TextPredicate& predicate) {
  const Dictionary* dictionary = domain.only_dictionary();
  if (dictionary == nullptr || predicate.folded || predicate.texts.front().empty()) return std::nullopt;
  const std::string& operand = predicate.texts.front();
  if (predicate.kind == TextTestKind::kContains) return test_contains(*dictionary, operand);
  const bool is_short = operand.size() <= sizeof(std::uint64_t) && std::endian::native == std::endian::little;
  if (predicate.kind == TextTestKind::kEndsWith && is_short) return test_ending(*dictionary, operand);
  return std::nullopt;
}

}  // namespace

TextDomain::TextDomain(const Domain& domain, const Database& database) {
  for (const DomainPart& part : domain) {
    if (part.literal) {
      parts_.push_back({nullptr, *part.literal});
    } else {
      parts_.push_back({column_of(part, database).dictionary, {}});
    }
    const std::size_t entries = part.literal ? 1 : parts_.back().dictionary ? parts_.back().dictionary->size() : 0;
    ends_.push_back(size() + entries);
  }
}

std::string_view TextDomain::at(std::size_t code) const {
  const std::size_t part = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), code) - ends_.begin());
  return parts_[part].dictionary ? parts_[part].dictionary->at(code - begin_of(part)) : std::string_view(parts_[part].literal);
}

ListDomain::ListDomain(const Domain& domain, const Database& database) {
  for (const DomainPart& part : domain) {
    columns_.push_back(&column_of(part, database));
    ends_.push_back(size() + database.tables[part.table].rows);
  }
}

std::size_t ListDomain::part_of(std::size_t cell) const {
  return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), cell) - ends_.begin());
}

std::pair<const std::int32_t*, const std::int32_t*> ListDomain::codes(std::size_t part, std::size_t cell) const {
  const Column& column = *columns_[part];
  const std::size_t row = cell - (part == 0 ? 0 : ends_[part - 1]);
  return {column.values<std::int32_t>() + column.offsets[row], column.values<std::int32_t>() + column.offsets[row + 1]};
}

bool is_list_domain(const Domain& domain, const Database& database) {
  return !domain.front().literal && column_of(domain.front(), database).type.kind == Kind::kList;
}

std::size_t domain_size(const Domain& domain, const Database& database) {
  return is_list_domain(domain, database) ? ListDomain(domain, database).size() : TextDomain(domain, database).size();
}

std::vector<std::uint8_t> test_texts(const TextDomain& domain, const TextPredicate& predicate) {
  if (auto whole = test_whole(domain, predicate)) return std::move(*whole);
  const bool folded = predicate.folded;
  const std::string& operand = predicate.texts.front();
  switch (predicate.kind) {
    case TextTestKind::kIn: {
      const std::unordered_set<std::string_view> wanted(predicate.texts.begin(), predicate.texts.end());
      return table_of(domain, folded, [&](std::string_view text) { return wanted.contains(text); });
    }
    case TextTestKind::kContains: return table_of(domain, folded, [&](std::string_view text) { return contains(text, operand); });
    case TextTestKind::kStartsWith: return table_of(domain, folded, [&](std::string_view text) { return starts_with(text, operand); });
    case TextTestKind::kEndsWith: return table_of(domain, folded, [&](std::string_view text) { return ends_with(text, operand); });
    case TextTestKind::kMatches: return test_patterns(domain, predicate.texts).front();
    default: return table_of(domain, folded, [&](std::string_view text) { return compares(predicate.kind, compare_text(text, operand)); });
  }
}

namespace {

// RE2's own answers, made ready when the first is asked for.
class SlowPatterns {
 public:
  explicit SlowPatterns(const std::vector<std::string>& patterns) : patterns_(patterns) {}

  const std::vector<std::uint8_t>& match(std::string_view text) {
    if (!set_) {
      auto set = PatternSet::compile(patterns_);
      assert(set && "the checker has compiled them");
      set_.emplace(std::move(*set));
    }
    set_->match(text, matched_);
    return matched_;
  }

 private:
  const std::vector<std::string>& patterns_;
  std::optional<PatternSet> set_;
  std::vector<std::uint8_t> matched_;
};

}  // namespace

std::vector<std::vector<std::uint8_t>> test_patterns(const TextDomain& domain, const std::vector<std::string>& patterns) {
  SlowPatterns slow(patterns);
  const auto ascii = AsciiPatterns::compile(patterns);
  std::optional<AsciiMatcher> quick;
  if (ascii) quick.emplace(*ascii);
  std::vector<std::vector<std::uint8_t>> tables(patterns.size(), std::vector<std::uint8_t>(domain.size() + 1));
  for_each_raw(domain, [&](std::size_t code, std::string_view text) {
    if (quick && !quick->is_full()) {
      if (const auto matched = quick->match(text)) {
        for (std::size_t i = 0; i < tables.size(); ++i) tables[i][code] = static_cast<std::uint8_t>(*matched >> i & 1);
        return;
      }
    }
    const std::vector<std::uint8_t>& matched = slow.match(text);
    for (std::size_t i = 0; i < tables.size(); ++i) tables[i][code] = matched[i];
  });
  return tables;
}

// ── lists ──

namespace {

std::int64_t canonical(const Column& column, std::int64_t value) {
  if (column.type.element != Kind::kFloat) return value;
  return std::bit_cast<std::int64_t>(canonical_float(std::bit_cast<double>(value)));
}

std::vector<std::int32_t> text_places(const Column& column, const ListPredicate& predicate) {
  std::unordered_map<std::string_view, std::int32_t> wanted;
  for (std::size_t i = 0; i < predicate.texts.size(); ++i) wanted.emplace(predicate.texts[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> places(column.dictionary->size());
  for (std::size_t code = 0; code < places.size(); ++code) {
    const std::string_view text = column.dictionary->at(code);
    const auto at = predicate.folded ? wanted.find(fold(text)) : wanted.find(text);
    places[code] = at == wanted.end() ? -1 : at->second;
  }
  return places;
}

std::vector<std::int32_t> value_places(const Column& column, const ListPredicate& predicate) {
  std::unordered_map<std::int64_t, std::int32_t> wanted;
  for (std::size_t i = 0; i < predicate.values.size(); ++i)
    wanted.emplace(canonical(column, predicate.values[i]), static_cast<std::int32_t>(i));
  std::vector<std::int32_t> places;
  places.reserve(column.element_values.size());
  for (const std::int64_t value : column.element_values) {
    const auto at = wanted.find(canonical(column, value));
    places.push_back(at == wanted.end() ? -1 : at->second);
  }
  return places;
}

bool has_all(const std::vector<std::int32_t>& places, const std::int32_t* begin, const std::int32_t* end, std::size_t wanted) {
  std::vector<std::int32_t> found;
  for (const std::int32_t* code = begin; code != end; ++code) {
    if (places[static_cast<std::size_t>(*code)] >= 0) found.push_back(places[static_cast<std::size_t>(*code)]);
  }
  if (found.size() < wanted) return false;
  std::sort(found.begin(), found.end());
  return static_cast<std::size_t>(std::unique(found.begin(), found.end()) - found.begin()) == wanted;
}

}  // namespace

ListTest prepare_list_test(const Domain& domain, const Database& database, const ListPredicate& predicate) {
  ListTest test{ListDomain(domain, database), predicate.kind, predicate.is_text ? predicate.texts.size() : predicate.values.size(), {}};
  if (predicate.kind == ListTestKind::kIsEmpty) return test;
  for (std::size_t part = 0; part < test.domain.part_count(); ++part) {
    const Column& column = test.domain.column(part);
    test.places.push_back(column.dictionary ? text_places(column, predicate) : value_places(column, predicate));
  }
  return test;
}

bool holds(const ListTest& test, std::size_t cell) {
  if (cell >= test.domain.size()) return false;
  const std::size_t part = test.domain.part_of(cell);
  const auto [begin, end] = test.domain.codes(part, cell);
  if (test.kind == ListTestKind::kIsEmpty) return begin == end;
  const std::vector<std::int32_t>& places = test.places[part];
  if (test.kind == ListTestKind::kHasAll) return has_all(places, begin, end, test.wanted);
  return std::any_of(begin, end, [&](std::int32_t code) { return places[static_cast<std::size_t>(code)] >= 0; });
}

}  // namespace segue
