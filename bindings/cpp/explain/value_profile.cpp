// Counting values, ranges of numbers, and how much more often the group has them.
#include "bindings/cpp/explain/value_profile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace segue {
namespace {

constexpr std::size_t kNamedValues = 10;
constexpr double kLeastLift = 1.05;  // what is hardly more frequent tells nothing

bool is_counted(Kind kind) { return kind == Kind::kBool || kind == Kind::kEnum || kind == Kind::kText || kind == Kind::kList; }

bool is_ranged(Kind kind) {
  return kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kFloat || kind == Kind::kDate || kind == Kind::kTimestamp;
}

template <typename Each>
void for_each_row(const Bitmap& rows, const Each& each) {
  for (std::size_t word = 0; word < rows.word_count(); ++word) {
    for (std::uint64_t bits = rows.words()[word]; bits != 0; bits &= bits - 1) {
      each(static_cast<RowId>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
    }
  }
}

// ---- values that are counted one by one

struct ValueTally {
  Value value;
  std::uint64_t group = 0, all = 0;
};

// By what makes two values equal; a text is its bytes, anything else its bits.
struct ValueTallies {
  std::unordered_map<std::int64_t, std::size_t> by_bits;
  std::unordered_map<std::string_view, std::size_t> by_text;
  std::vector<ValueTally> tallies;

  std::size_t* find(const Value& value, bool is_text) {
    if (is_text) {
      const auto found = by_text.find(value.text);
      return found == by_text.end() ? nullptr : &found->second;
    }
    const auto found = by_bits.find(value.bits);
    return found == by_bits.end() ? nullptr : &found->second;
  }
  void add(const Value& value, bool is_text) {
    if (const std::size_t* place = find(value, is_text)) {
      ++tallies[*place].group;
      return;
    }
    if (is_text) by_text.emplace(value.text, tallies.size());
    else by_bits.emplace(value.bits, tallies.size());
    tallies.push_back({value, 1, 0});
  }
};

template <typename Each>
void for_each_value(const Value& value, const Type& type, const Each& each) {
  if (value.missing) return;
  if (type.kind != Kind::kList) return each(value);
  for (const Value& element : list_elements(type, value.list)) each(element);
}

void count_values(const ProfiledValue& profiled, const ValueReader& reader, const Bitmap& rows, const Bitmap& group, ValueProfile& out) {
  const Type type = profiled.type.kind == Kind::kList ? element_type(profiled.type) : profiled.type;
  const bool is_text = type.kind == Kind::kText;
  ValueTallies tallies;
  for_each_row(group, [&](RowId row) {
    for_each_value(profiled.value(row), profiled.type, [&](const Value& value) { tallies.add(value, is_text); });
  });
  for_each_row(rows, [&](RowId row) {
    for_each_value(profiled.value(row), profiled.type, [&](const Value& value) {
      if (const std::size_t* place = tallies.find(value, is_text)) ++tallies.tallies[*place].all;
    });
  });
  out.distinct = tallies.tallies.size();
  std::erase_if(tallies.tallies, [&](const ValueTally& tally) { return tally.group < profiled.least_count; });
  const std::size_t named = std::min(kNamedValues, tallies.tallies.size());
  const auto comes_first = [&](const ValueTally& a, const ValueTally& b) {
    return a.group != b.group ? a.group > b.group : order_values(type, a.value, b.value) < 0;
  };
  std::ranges::partial_sort(tallies.tallies, tallies.tallies.begin() + static_cast<std::ptrdiff_t>(named), comes_first);
  for (std::size_t i = 0; i < named; ++i) {
    const ValueTally& tally = tallies.tallies[i];
    out.values.push_back({.value = reader.shown(tally.value, type), .title = {}, .group = tally.group, .all = tally.all});
  }
}

// ---- numbers

double place_of(const Value& value, const Type& type) {
  return type.kind == Kind::kFloat ? float_of(value) : static_cast<double>(value.bits);
}

using PlacedRows = std::vector<std::pair<double, RowId>>;

PlacedRows placed_rows(const ProfiledValue& profiled, const Bitmap& rows) {
  PlacedRows placed;
  for_each_row(rows, [&](RowId row) {
    const Value value = profiled.value(row);
    if (!value.missing) placed.emplace_back(place_of(value, profiled.type), row);
  });
  return placed;
}

// The median is the lower one of two in the middle.
std::optional<ValueProfile::Range> range_of(const ProfiledValue& profiled, const ValueReader& reader, PlacedRows& placed) {
  if (placed.empty()) return std::nullopt;
  const auto shown = [&](RowId row) { return reader.shown(profiled.value(row), profiled.type); };
  const auto middle = placed.begin() + static_cast<std::ptrdiff_t>((placed.size() - 1) / 2);
  std::ranges::nth_element(placed, middle);
  const auto [least, greatest] = std::ranges::minmax(placed);
  return ValueProfile::Range{shown(least.second), shown(middle->second), shown(greatest.second)};
}

void measure_values(const ProfiledValue& profiled, const ValueReader& reader, const Bitmap& rows, const Bitmap& group, ValueProfile& out) {
  PlacedRows of_group = placed_rows(profiled, group);
  PlacedRows of_all = placed_rows(profiled, rows);
  out.group_range = range_of(profiled, reader, of_group);
  out.all_range = range_of(profiled, reader, of_all);
  if (of_group.empty()) return;
  const auto [least, greatest] = std::ranges::minmax(of_group);
  out.all_in_range = static_cast<std::uint64_t>(
      std::ranges::count_if(of_all, [&](const auto& each) { return each.first >= least.first && each.first <= greatest.first; }));
}

// ---- what is telling

struct RankedTrait {
  SharedTrait trait;
  double telling = 0;
};

void add_trait(std::vector<RankedTrait>& traits, std::string text, std::uint64_t in_group, std::uint64_t in_all, std::uint64_t group,
               std::uint64_t all) {
  if (in_all == 0 || in_group == 0 || in_group * 2 < group || (in_group == 1 && group > 1)) return;
  const double share = static_cast<double>(in_group) / static_cast<double>(group);
  const double lift = share / (static_cast<double>(in_all) / static_cast<double>(all));
  if (lift < kLeastLift) return;
  traits.push_back(
      {.trait = {.text = std::move(text), .group = in_group, .all = in_all, .lift = lift}, .telling = share * std::log2(lift)});
}

// Floats to six digits: the rest tells nothing.
std::string bound_text(const TraceValue& value) {
  const auto* scalar = std::get_if<TraceScalar>(&value.data);
  const double* real = scalar == nullptr ? nullptr : std::get_if<double>(scalar);
  return value.kind == Kind::kFloat && real != nullptr ? fmt::format("{:.6g}", *real) : value.shown;
}

std::string range_text(const ValueProfile& profile) {
  const std::string least = bound_text(profile.group_range->least);
  const std::string greatest = bound_text(profile.group_range->greatest);
  return least == greatest ? fmt::format("{} is {}", profile.text, least) : fmt::format("{} is {} to {}", profile.text, least, greatest);
}

}  // namespace

ValueProfile profile_value(const ProfiledValue& profiled, const ValueReader& reader, const Bitmap& rows, const Bitmap& group) {
  ValueProfile out{.text = profiled.text,
                   .is_withheld = profiled.is_withheld,
                   .is_list = profiled.type.kind == Kind::kList,
                   .values = {},
                   .group_range = {},
                   .all_range = {}};
  for_each_row(group, [&](RowId row) { ++(profiled.value(row).missing ? out.group_missing : out.group_known); });
  for_each_row(rows, [&](RowId row) { ++(profiled.value(row).missing ? out.all_missing : out.all_known); });
  if (profiled.is_withheld) return out;
  if (is_counted(profiled.type.kind)) count_values(profiled, reader, rows, group, out);
  if (is_ranged(profiled.type.kind)) measure_values(profiled, reader, rows, group, out);
  return out;
}

std::vector<SharedTrait> shared_traits(const std::vector<ValueProfile>& profiles, std::uint64_t group, std::uint64_t all,
                                       std::size_t most) {
  std::vector<RankedTrait> ranked;
  for (const ValueProfile& profile : profiles) {
    if (profile.is_withheld) continue;
    add_trait(ranked, profile.text + " is missing", profile.group_missing, profile.all_missing, group, all);
    for (const SharedCount& value : profile.values)
      add_trait(ranked, fmt::format("{} {} {}", profile.text, profile.is_list ? "has" : "is", value.value.shown), value.group, value.all,
                group, all);
    if (profile.group_range) add_trait(ranked, range_text(profile), profile.group_known, profile.all_in_range, group, all);
  }
  std::ranges::stable_sort(ranked, [](const RankedTrait& a, const RankedTrait& b) { return a.telling > b.telling; });
  std::vector<SharedTrait> traits;
  for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i) traits.push_back(std::move(ranked[i].trait));
  return traits;
}

}  // namespace segue
