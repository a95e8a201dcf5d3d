// This file's external interface is Rules: a random program as trees of text whose parts can be taken out one by one, and `write_rules`, which
// writes one that the checker must accept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/type.h"
#include "tests/differential/random.h"
#include "tests/differential/world.h"

namespace segue::differential {

// How tightly a term binds: where it needs brackets.
enum class Grade : std::uint8_t {
  kAtom,
  kComparison,  // in brackets where it is a value's operand
  kChain,       // and where it is a condition's
};

// A piece of a condition: texts[0] parts[0] texts[1] … ; one text more than parts. Terms of one sort and scope may stand for each other.
struct Term {
  Type type;
  std::vector<std::uint32_t> scope;  // the tables of the rows around it, the account first
  std::vector<std::string> texts;
  std::vector<Term> parts;
  Grade grade = Grade::kAtom;
  bool is_literal = false;
  // The table and column that a plain column reads: where fitting literals are found.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> column;
};

[[nodiscard]] std::string to_text(const Term& term);

// A segment that must answer as another does, or the opposite.
struct Twin {
  std::string of;
  bool is_complement = false;
  bool is_as_undetermined = false;  // unknown for just as many accounts
};

// One declaration: its name and the terms in it.
struct Rule {
  std::string name;
  std::string word;  // `segment`, `score`, `tiers`, `audience`, `define`, `param`, `list`, …
  std::optional<Twin> twin;
  Term body;
};

struct Rules {
  std::vector<Rule> rules;
};

[[nodiscard]] std::string to_text(const Rules& rules);

// About `size` segments and scores over `world`, with the definitions, params and lists that they use.
[[nodiscard]] Rules write_rules(Random& random, const World& world, std::size_t size);

}  // namespace segue::differential
