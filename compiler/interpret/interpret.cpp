// Runs the machine over all accounts and writes down what the roots answer.
#include "compiler/interpret/interpret.h"

#include <algorithm>

#include "compiler/interpret/machine.h"
#include "compiler/interpret/population.h"

namespace segue {
namespace {

constexpr std::size_t kAccountsBetweenReports = 256;

// Room for the answers over the rows of each root's frame.
Results empty_results(const CheckedProgram& program, const Database& database, std::span<const DefinitionId> roots) {
  Results results;
  for (const DefinitionId root : roots) {
    DefinitionResult& result = results.definitions.emplace_back();
    const Definition& definition = program.definition(root);
    const std::size_t rows = database.tables[program.frame(definition.frame).table].rows;
    const Kind kind = program.expr(definition.body).type.kind;
    if (kind == Kind::kBool) result.members = Bitmap(rows);
    if (kind == Kind::kFloat) result.scores.assign(rows, 0.0);
    if (kind == Kind::kEnum) result.codes.assign(rows, -1);
  }
  return results;
}

void write_result(DefinitionResult& result, RowId row, const Value& value) {
  if (!result.scores.empty()) {
    result.scores[row] = value.missing ? 0.0 : float_of(value);
  } else if (!result.codes.empty()) {
    result.codes[row] = value.missing ? -1 : static_cast<std::int32_t>(value.bits);
    result.undetermined += value.unsure;
  } else if (!result.members.empty()) {
    const Verdict verdict = verdict_of(value);
    result.members.set(row, verdict.holds);
    result.undetermined += verdict.unknown;
  }
}

// The frames in which roots stand, each once.
std::vector<FrameId> frames_of(const CheckedProgram& program, std::span<const DefinitionId> roots) {
  std::vector<FrameId> frames;
  for (const DefinitionId root : roots) {
    const FrameId frame = program.definition(root).frame;
    if (std::ranges::find(frames, frame) == frames.end()) frames.push_back(frame);
  }
  return frames;
}

// The roots of one frame for all rows. False when `goes_on`, given the number of accounts done, stopped it.
bool answer_frame(const CheckedProgram& program, const Database& database, const Clock& clock, const Population& population,
                  std::span<const DefinitionId> roots, FrameId frame, const std::function<bool(std::size_t)>& goes_on, Results& results,
                  std::vector<std::uint8_t>* seen) {
  std::vector<DefinitionId> here;
  std::vector<DefinitionResult*> answers;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (program.definition(roots[i]).frame != frame) continue;
    here.push_back(roots[i]);
    answers.push_back(&results.definitions[i]);
  }
  const Schedule schedule = make_schedule(program, frame, here);
  const Prepared prepared = prepare(program, database, clock, schedule, population);
  Machine machine(prepared, schedule);
  machine.note_conditions(seen);
  for (RowId account = 0; account < database.tables[kAccountTable].rows; ++account) {
    if (account % kAccountsBetweenReports == 0 && !goes_on(account)) return false;
    machine.run(account, [&](RowId row) {
      for (std::size_t i = 0; i < here.size(); ++i) write_result(*answers[i], row, machine.value(program.definition(here[i]).body));
    });
  }
  return true;
}

}  // namespace

std::optional<Results> interpret(const CheckedProgram& program, const Database& database, const Clock& clock,
                                 std::span<const DefinitionId> roots, const InterpretProgress& progress, ConditionsSeen* seen) {
  if (seen != nullptr && seen->by_expr.size() < program.exprs.size()) seen->by_expr.resize(program.exprs.size());
  std::vector<std::uint8_t>* conditions = seen == nullptr ? nullptr : &seen->by_expr;
  const std::size_t accounts = database.tables[kAccountTable].rows;
  const auto goes_on = [&](std::size_t done) { return !progress || progress(done, accounts); };
  const auto population = solve_population(program, database, clock, roots, [&] { return goes_on(0); }, conditions);
  if (!population) return std::nullopt;
  Results results = empty_results(program, database, roots);
  const std::vector<FrameId> frames = frames_of(program, roots);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto goes_on_here = [&](std::size_t done) { return goes_on((i * accounts + done) / frames.size()); };
    if (!answer_frame(program, database, clock, *population, roots, frames[i], goes_on_here, results, conditions)) return std::nullopt;
  }
  if (!goes_on(accounts)) return std::nullopt;
  return results;
}

}  // namespace segue
