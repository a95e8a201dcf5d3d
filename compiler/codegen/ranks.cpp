// Places of texts and lists in an order, so that comparing, choosing and counting them is comparing integers.
#include <algorithm>
#include <bit>
#include <numeric>
#include <unordered_map>

#include "compiler/codegen/texts.h"
#include "runtime/float_order.h"
#include "stdlib/number.h"
#include "stdlib/text.h"

namespace segue {

namespace {

// Sorted distinct places for `count` items under a three-way order.
template <typename Order>
std::vector<std::int64_t> places_of(std::size_t count, Order&& order) {
  std::vector<std::uint32_t> items(count);
  std::iota(items.begin(), items.end(), 0U);
  std::sort(items.begin(), items.end(), [&](std::uint32_t a, std::uint32_t b) { return order(a, b) < 0; });
  std::vector<std::int64_t> places(count);
  std::int64_t place = -1;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == 0 || order(items[i - 1], items[i]) != 0) ++place;
    places[items[i]] = place;
  }
  return places;
}

// Places that tell only what is equal.
std::vector<std::int64_t> identities_of(const std::vector<std::string>& texts) {
  std::unordered_map<std::string_view, std::int64_t> ids;
  std::vector<std::int64_t> places;
  places.reserve(texts.size());
  for (const std::string& text : texts) places.push_back(ids.emplace(text, static_cast<std::int64_t>(ids.size())).first->second);
  return places;
}

// One table for all items cut into one for each domain, with the code past its end.
Places cut(const std::vector<std::int64_t>& places, const std::vector<std::size_t>& sizes) {
  Places result;
  std::size_t begin = 0;
  for (const std::size_t size : sizes) {
    result.emplace_back(places.begin() + static_cast<std::ptrdiff_t>(begin), places.begin() + static_cast<std::ptrdiff_t>(begin + size));
    result.back().push_back(0);
    begin += size;
  }
  return result;
}

std::vector<std::int64_t> text_places(const std::vector<std::string>& raw, const RankSpace& space) {
  std::vector<std::string> texts = raw;
  if (space.folded) {
    for (std::string& text : texts) text = fold(text);
  }
  if (!space.is_ordered) return identities_of(texts);
  return places_of(texts.size(), [&](std::size_t a, std::size_t b) {
    const int order = compare_text(texts[a], texts[b]);
    return order != 0 || !space.is_unique ? order : compare_text(raw[a], raw[b]);
  });
}

Places rank_texts(const Plan& plan, const RankSpace& space, const Database& database) {
  std::vector<std::string> texts;
  std::vector<std::size_t> sizes;
  for (const DomainId id : space.domains) {
    const TextDomain domain(plan.domains[id], database);
    if (space.domains.size() == 1 && !space.is_ordered && !space.folded && domain.is_distinct()) {
      std::vector<std::int64_t> identity(domain.size() + 1);
      std::iota(identity.begin(), identity.end(), 0);
      return {std::move(identity)};
    }
    for (std::size_t code = 0; code < domain.size(); ++code) texts.emplace_back(domain.at(code));
    sizes.push_back(domain.size());
  }
  return cut(text_places(texts, space), sizes);
}

// ── lists: by their elements from the least on ──

std::int64_t ordered_bits(const Column& column, std::int64_t value) {
  if (column.type.element != Kind::kFloat) return value;
  return ordered_float_key(value);
}

// Places of the elements of all columns, first by value, then also apart what is equal but not the same.
struct ElementPlaces {
  std::vector<std::vector<std::int64_t>> by_value, exact;  // by column, by code
};

ElementPlaces element_places(const std::vector<const Column*>& columns, bool folded) {
  std::vector<std::string> texts;
  std::vector<std::int64_t> values, equal_values;
  std::vector<std::size_t> sizes;
  for (const Column* column : columns) {
    if (column->dictionary) {
      for (std::size_t code = 0; code < column->dictionary->size(); ++code) texts.emplace_back(column->dictionary->at(code));
      sizes.push_back(column->dictionary->size());
    } else {
      for (const std::int64_t value : column->element_values) {
        values.push_back(ordered_bits(*column, value));
        equal_values.push_back(values.back() == -1 && column->type.element == Kind::kFloat ? 0 : values.back());  // -0.0 equals 0.0
      }
      sizes.push_back(column->element_values.size());
    }
  }
  if (!texts.empty()) {
    return {cut(text_places(texts, {{}, folded, true, false}), sizes), cut(text_places(texts, {{}, folded, true, true}), sizes)};
  }
  return {cut(equal_values, sizes), cut(values, sizes)};
}

struct ListKey {
  std::vector<std::int64_t> by_value, exact;
};

ListKey key_of(const ListDomain& domain, std::size_t part, std::size_t cell, const std::vector<std::int64_t>& by_value,
               const std::vector<std::int64_t>& exact) {
  ListKey key;
  const auto [begin, end] = domain.codes(part, cell);
  for (const std::int32_t* code = begin; code != end; ++code) {
    key.by_value.push_back(by_value[static_cast<std::size_t>(*code)]);
    key.exact.push_back(exact[static_cast<std::size_t>(*code)]);
  }
  std::sort(key.by_value.begin(), key.by_value.end());
  key.by_value.erase(std::unique(key.by_value.begin(), key.by_value.end()), key.by_value.end());
  std::sort(key.exact.begin(), key.exact.end());
  return key;
}

Places rank_lists(const Plan& plan, const RankSpace& space, const Database& database) {
  std::vector<ListDomain> domains;
  std::vector<const Column*> columns;
  for (const DomainId id : space.domains) {
    domains.emplace_back(plan.domains[id], database);
    for (std::size_t part = 0; part < domains.back().part_count(); ++part) columns.push_back(&domains.back().column(part));
  }
  const ElementPlaces elements = element_places(columns, space.folded);
  std::vector<ListKey> keys;
  std::vector<std::size_t> sizes;
  std::size_t first_column = 0;
  for (const ListDomain& domain : domains) {
    for (std::size_t cell = 0; cell < domain.size(); ++cell) {
      const std::size_t part = domain.part_of(cell);
      keys.push_back(key_of(domain, part, cell, elements.by_value[first_column + part], elements.exact[first_column + part]));
    }
    sizes.push_back(domain.size());
    first_column += domain.part_count();
  }
  const auto order = [](const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) { return (a > b) - (a < b); };
  return cut(places_of(keys.size(),
                       [&](std::size_t a, std::size_t b) {
                         const int by_value = order(keys[a].by_value, keys[b].by_value);
                         return by_value != 0 || !space.is_unique ? by_value : order(keys[a].exact, keys[b].exact);
                       }),
             sizes);
}

}  // namespace

Places rank(const Plan& plan, const RankSpace& space, const Database& database) {
  return is_list_domain(plan.domains[space.domains.front()], database) ? rank_lists(plan, space, database)
                                                                       : rank_texts(plan, space, database);
}

}  // namespace segue
