// Runs the machine over all accounts and writes down what the roots answer.
#include "compiler/interpret/interpret.h"

#include "compiler/interpret/machine.h"

namespace segue {
namespace {

constexpr std::size_t kAccountsBetweenReports = 256;

Results empty_results(const CheckedProgram& program, std::span<const DefinitionId> roots, std::size_t accounts) {
  Results results;
  for (const DefinitionId root : roots) {
    DefinitionResult& result = results.definitions.emplace_back();
    const Kind kind = program.expr(program.definition(root).body).type.kind;
    if (kind == Kind::kBool) result.members = Bitmap(accounts);
    if (kind == Kind::kFloat) result.scores.assign(accounts, 0.0);
  }
  return results;
}

void write_result(DefinitionResult& result, RowId account, const Value& value) {
  if (!result.scores.empty()) {
    result.scores[account] = value.missing ? 0.0 : float_of(value);
  } else if (!result.members.empty()) {
    const Verdict verdict = verdict_of(value);
    result.members.set(account, verdict.holds);
    result.undetermined += verdict.unknown;
  }
}

}  // namespace

std::optional<Results> interpret(const CheckedProgram& program, const Database& database, const Clock& clock,
                                 std::span<const DefinitionId> roots, const InterpretProgress& progress) {
  const std::size_t accounts = database.tables[0].rows;
  const Schedule schedule = make_schedule(program, roots);
  const Prepared prepared = prepare(program, database, clock, schedule);
  Machine machine(prepared, schedule);
  Results results = empty_results(program, roots, accounts);
  for (RowId account = 0; account < accounts; ++account) {
    if (progress && account % kAccountsBetweenReports == 0 && !progress(account, accounts)) return std::nullopt;
    machine.run(account);
    for (std::size_t i = 0; i < roots.size(); ++i)
      write_result(results.definitions[i], account, machine.value(program.definition(roots[i]).body));
  }
  if (progress && !progress(accounts, accounts)) return std::nullopt;
  return results;
}

}  // namespace segue
