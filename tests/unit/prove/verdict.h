// What the tests of proofs share: a claim over rules as text, to its verdict in words.
#pragma once

#include <string>
#include <string_view>

namespace segue::test {

// That no account meets all of these: names of definitions joined by ` & `, `!` before what does not hold; or `a != b`. `proved`, `refuted` (and the interpreter agrees
// with the example), `wrong example`, or `unknown: ` and the reason. With `frame` the claim is about a row of that audience's relation.
[[nodiscard]] std::string verdict_of(std::string_view rules, std::string_view claim);

// The same of segments `a`, `b`, … with these conditions, where the claim is that `a` and `b` are disjoint, that `a` lies within `b`, or that they are the same.
[[nodiscard]] std::string disjoint(std::string_view a, std::string_view b);
[[nodiscard]] std::string subset(std::string_view a, std::string_view b);
[[nodiscard]] std::string same(std::string_view a, std::string_view b);
[[nodiscard]] std::string never(std::string_view a);

}  // namespace segue::test
