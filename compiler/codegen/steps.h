// This file's interface, private to the folder, is StepMaker: the step of a node that has a kernel of its own.
#pragma once

#include <map>
#include <span>

#include "compiler/codegen/kernels.h"
#include "compiler/codegen/layout.h"
#include "compiler/codegen/texts.h"
#include "runtime/program.h"
#include "stdlib/clock.h"

namespace segue {

class StepMaker {
 public:
  // Both are borrowed; `vector_words` as of the processor that the program is for (vector_words_of).
  StepMaker(ProgramLayout& layout, const Clock& clock, unsigned vector_words);

  [[nodiscard]] Step make(NodeId id);

  // How many of the tests from the first on, each a look-up (ProgramLayout::is_lookup), one step can answer; at least one.
  [[nodiscard]] std::size_t lookups_together(std::span<const NodeId> tests) const;
  [[nodiscard]] Step make_lookups(std::span<const NodeId> tests);

  // The step of a unit of NodeClass::kGroups.
  [[nodiscard]] Step make_groups(std::span<const NodeId> nodes);

 private:
  friend struct MakeStep;
  Step make_distinct(std::span<const NodeId> nodes);
  Step make_decay_sums(std::span<const NodeId> nodes);
  Step make_sequences(std::span<const NodeId> nodes);
  const Places& places_of(std::uint32_t space);
  std::shared_ptr<const void> text_table(DomainId domain, std::uint32_t predicate);

  ProgramLayout& layout_;
  const Clock& clock_;
  unsigned vector_words_;
  std::shared_ptr<const OwnedClock> time_;
  using Table = std::shared_ptr<const void>;
  std::map<std::uint32_t, Places> places_;                       // by rank space
  std::map<DomainId, std::map<std::uint32_t, Table>> patterns_;  // by domain: the `matches` asked of it, by predicate; null until needed
};

}  // namespace segue
