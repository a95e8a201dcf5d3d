// This file's external interface is LiveEvaluation: the answers for all accounts of a project, kept true while rows come, change and go, and the clock moves. A change looks at the
// accounts that it can reach and at the definitions that depend on what has changed, and at nothing else.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/cell_input.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/project.h"

namespace segue {

enum class LiveChangeKind : std::uint8_t { kInsert, kUpdate, kDelete };

// A column as rules write it, or as the data do: columns that only join, and the coordinates of a point.
struct LiveCell {
  std::string_view column;
  CellInput value;
};

// One row. An inserted row has the values that it is given, its key among them or beside; what an update does not name stays as it is. Texts are borrowed for the call.
struct LiveChange {
  LiveChangeKind kind = LiveChangeKind::kInsert;
  std::string_view table;
  CellInput key = {};
  std::span<const LiveCell> cells = {};
};

// One answer of an account that is another than it was.
struct LiveAnswer {
  enum class Kind : std::uint8_t {
    kEntered,  // a segment, or a row an audience
    kLeft,
    kMoved,   // from one of several values to another
    kScored,  // another score
  };
  Kind kind = Kind::kEntered;
  std::size_t definition = 0;           // index into OpenedProject::definitions
  std::optional<std::string> row;       // of an audience: the key of the row, where its table has one
  std::optional<std::string> from, to;  // of kMoved; nothing where the account had, or has, no value
  std::optional<double> before, after;  // of kScored; nothing where the account is new, or gone
};

struct LiveAccount {
  std::string account;  // its key
  std::vector<LiveAnswer> answers;
};

class LiveEvaluation {
 public:
  // Reads the tables and evaluates once, as `evaluate` does, with the same Failures.
  [[nodiscard]] static std::expected<LiveEvaluation, Failure> make(const OpenedProject& project, const EvaluateOptions& options);
  LiveEvaluation(LiveEvaluation&&) noexcept;
  LiveEvaluation& operator=(LiveEvaluation&&) noexcept;
  ~LiveEvaluation();

  // What the first evaluation found.
  [[nodiscard]] std::uint64_t accounts() const;
  [[nodiscard]] const std::vector<DefinitionOutcome>& definitions() const;
  [[nodiscard]] const std::vector<TableSummary>& tables() const;
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const;

  // Makes a change, and gives the accounts with answers that are others now; accounts on a `suppress` list are left out. The error says for people what is wrong with the change, which then
  // has not been made. The time of a call grows with the rows of the accounts concerned; where the change touches what a `top` or `percentile` ranks by, with the table.
  [[nodiscard]] std::expected<std::vector<LiveAccount>, std::string> apply(const LiveChange& change);
  // Moves the clock, which asks all accounts again what depends on it. Refused where rows or amounts were read as the old clock saw them.
  [[nodiscard]] std::expected<std::vector<LiveAccount>, std::string> set_clock(std::int64_t clock);

  // The answers as they are, for an account's key as it stands in data: whether it is a member, its value by index (-1 for none), or the bits of its score. Nothing where there is no such
  // account. `definition` is a place in `definitions()`; not of audiences.
  [[nodiscard]] std::optional<std::int64_t> answer(std::size_t definition, std::string_view account) const;

 private:
  struct State;
  explicit LiveEvaluation(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace segue
