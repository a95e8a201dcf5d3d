// Builds the tree of `explain` over the values of one evaluated account, with a worklist in place of recursion.
#include "compiler/interpret/explain.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "compiler/interpret/machine.h"
#include "compiler/interpret/trace_value.h"
#include "compiler/interpret/written_text.h"

namespace segue {
namespace {

template <typename Node>
const Node* node_as(const Expr& expr) {
  return std::get_if<Node>(&expr.node);
}

// The operand whose end the negating word of `x not in s` follows.
std::optional<ExprId> tested_operand(const Expr& expr) {
  if (const auto* node = node_as<Between>(expr)) return node->operand;
  if (const auto* node = node_as<InSet>(expr)) return node->operand;
  if (const auto* node = node_as<TextTest>(expr)) return node->operand;
  if (const auto* node = node_as<Matches>(expr)) return node->operand;
  if (const auto* node = node_as<Within>(expr)) return node->operand;
  if (const auto* node = node_as<IsKnown>(expr)) return node->operand;
  return std::nullopt;
}

bool stands_alone(const Expr& expr) {
  return node_as<ColumnRead>(expr) || node_as<ReferenceRead>(expr) || node_as<Aggregate>(expr) || node_as<DefinitionRead>(expr) ||
         node_as<Now>(expr) || node_as<Today>(expr) || node_as<FromNow>(expr) || node_as<Call>(expr);
}

class Explainer {
 public:
  Explainer(const Prepared& prepared, const Schedule& schedule, const Machine& machine, const SourceMap& sources)
      : prepared_(prepared),
        program_(prepared.program),
        machine_(machine),
        sources_(sources) {
    for (const Step& step : schedule.scopes[0].steps) {
      if (step.aggregate != kNoIndex) aggregates_[index_of(step.expr)] = step.aggregate;
    }
  }

  Trace run(DefinitionId id, RowId account) {
    const Definition& definition = program_.definition(id);
    trace_.definition = definition.name;
    trace_.account = key_of(kAccountTable, account).value_or(TraceValue{});
    shown_.insert(static_cast<std::uint32_t>(id));
    add_node(definition.body);
    while (!pending_.empty()) fill_next();
    trace_.value = trace_.nodes[0].value;
    trace_.undetermined = is_unknown(machine_.value(definition.body));
    return std::move(trace_);
  }

 private:
  struct Pending {
    std::uint32_t node;
    ExprId expr;
  };

  const Expr& expr(ExprId id) const { return program_.expr(id); }
  TraceNode& node(std::uint32_t index) { return trace_.nodes[index]; }
  std::string written(ExprId id) const { return written_text(sources_, expr(id).span); }

  TraceValue shown(const Value& value, const Type& type) const { return trace_value(value, type, program_.enums, *prepared_.clock.zone); }

  // A bool shows what it means where a predicate stands.
  TraceValue shown(ExprId id) const {
    const Value& value = machine_.value(id);
    const Type& type = expr(id).type;
    return shown(type.kind == Kind::kBool ? value_of(verdict_of(value)) : value, type);
  }

  std::uint32_t add_empty_node() {
    trace_.nodes.emplace_back();
    return static_cast<std::uint32_t>(trace_.nodes.size() - 1);
  }

  // A node that `fill` completes later.
  std::uint32_t add_node(ExprId id) {
    const std::uint32_t index = add_empty_node();
    pending_.push_back({index, id});
    return index;
  }

  void add_child(std::uint32_t parent, ExprId id) {
    const std::uint32_t child = add_node(id);
    node(parent).children.push_back(child);
  }

  // In the order of reading, so that a definition shows its body where it is met first.
  void fill_next() {
    const Pending next = pending_.back();
    pending_.pop_back();
    const std::size_t below = pending_.size();
    fill(next.node, next.expr);
    std::reverse(pending_.begin() + static_cast<std::ptrdiff_t>(below), pending_.end());
  }

  // ---- one node

  void fill(std::uint32_t index, ExprId id) {
    TraceNode& out = node(index);
    out.span = expr(id).span;
    out.value = shown(id);
    out.unknown = is_unknown(machine_.value(id));
    const auto [inner, is_negated] = peel(id);
    const bool adds_not = is_negated != is_written_negated(inner);
    out.text = adds_not ? negated_text(inner) : written(id);
    if (adds_not && is_compound(expr(inner))) return fill_not(index, inner);
    fill_kind(index, inner);
  }

  // Below the `not`s that have their operand's text: `x not in s`, `except x`.
  std::pair<ExprId, bool> peel(ExprId id) const {
    bool is_negated = false;
    for (const auto* negation = node_as<Not>(expr(id)); negation && expr(negation->operand).span == expr(id).span;
         negation = node_as<Not>(expr(id))) {
      is_negated = !is_negated;
      id = negation->operand;
    }
    return {id, is_negated};
  }

  bool is_written_negated(ExprId id) const {
    const std::optional<ExprId> operand = tested_operand(expr(id));
    if (!operand) return false;
    Span rest = expr(id).span;
    const Span& before = expr(*operand).span;
    if (before.source != rest.source || before.end < rest.begin || before.end > rest.end)
      return has_negating_word(written_text(sources_, rest));
    rest.begin = before.end;
    const std::string text = written_text(sources_, rest);
    return node_as<IsKnown>(expr(id)) ? text.ends_with("missing") : next_word_is(text, 0, "not");
  }

  // For an operand that does not stand in the condition's own text.
  static bool has_negating_word(std::string_view text) {
    return text.ends_with(" is missing") || text.find(" not ") != std::string_view::npos;
  }

  static bool is_compound(const Expr& expr) {
    return node_as<And>(expr) || node_as<Or>(expr) || node_as<Not>(expr) || node_as<DefinitionRead>(expr) || node_as<Aggregate>(expr);
  }

  std::string negated_text(ExprId id) const {
    const bool needs_brackets = node_as<And>(expr(id)) || node_as<Or>(expr(id));
    return needs_brackets ? "not (" + written(id) + ")" : "not " + written(id);
  }

  void fill_not(std::uint32_t index, ExprId operand) {
    node(index).kind = TraceKind::kNot;
    add_child(index, operand);
  }

  void fill_kind(std::uint32_t index, ExprId id) {
    const Expr& inner = expr(id);
    if (const auto* conjunction = node_as<And>(inner)) return fill_chain(index, TraceKind::kAnd, conjunction->operands);
    if (const auto* disjunction = node_as<Or>(inner)) return fill_chain(index, TraceKind::kOr, disjunction->operands);
    if (const auto* negation = node_as<Not>(inner)) return fill_not(index, negation->operand);
    if (const auto* read = node_as<DefinitionRead>(inner)) return fill_definition(index, id, read->definition);
    if (const auto* aggregate = node_as<Aggregate>(inner)) return fill_aggregate(index, id, *aggregate);
    if (const auto* score = node_as<ScoreSum>(inner)) return fill_score(index, id, *score);
    node(index).kind = inner.type.kind == Kind::kBool ? TraceKind::kTest : TraceKind::kValue;
    fill_leaf(index, id);
  }

  void fill_chain(std::uint32_t index, TraceKind kind, const std::vector<ExprId>& operands) {
    node(index).kind = kind;
    for (const ExprId operand : operands) add_child(index, operand);
  }

  void fill_definition(std::uint32_t index, ExprId id, DefinitionId read) {
    const Definition& definition = program_.definition(read);
    const bool is_new = shown_.insert(static_cast<std::uint32_t>(read)).second;
    node(index).kind = TraceKind::kDefinition;
    node(index).missing = machine_.value(id).missing;
    node(index).definition = TraceDefinition{definition.name, definition.name_span, !is_new};
    if (is_new) add_child(index, definition.body);
  }

  // ---- conditions and the values that they compare

  void fill_leaf(std::uint32_t index, ExprId id) {
    std::vector<ExprId> operands;
    append_operands(program_, id, operands);
    bool is_missing = machine_.value(id).missing;
    for (const ExprId operand : operands) is_missing = is_missing || machine_.value(operand).missing;
    // `x or else y` is missing with both only, which its own value says already.
    node(index).missing = node_as<OrElse>(expr(id)) ? machine_.value(id).missing : is_missing;
    for (const ExprId operand : operands) add_operands(index, operand);
    // A bare column says its value by itself, but not that it is missing.
    if (operands.empty() && is_missing) add_operand(index, id);
  }

  // A value with what it is made of: itself, then the columns, functions and aggregates in it, each text once.
  void add_operands(std::uint32_t index, ExprId id) {
    std::vector<ExprId> stack = {id};
    bool is_direct = true;
    while (!stack.empty()) {
      const ExprId current = undesugared(stack.back());
      stack.pop_back();
      if (is_shown_operand(current, is_direct)) add_operand(index, current);
      is_direct = false;
      if (node_as<DefinitionRead>(expr(current))) continue;  // its body is its node's
      const std::size_t below = stack.size();
      append_operands(program_, current, stack);
      std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(below), stack.end());
    }
  }

  // A conversion has the text of the value that it converts.
  ExprId undesugared(ExprId id) const {
    std::vector<ExprId> operands;
    while (true) {
      operands.clear();
      if (node_as<DefinitionRead>(expr(id))) return id;
      append_operands(program_, id, operands);
      if (operands.size() != 1 || expr(operands[0]).span != expr(id).span) return id;
      id = operands[0];
    }
  }

  // Of long sums the parts are shown, not every partial sum. A literal says what it is; a parameter's value does not stand in the text.
  bool is_shown_operand(ExprId id, bool is_direct) const {
    if (!node_as<Literal>(expr(id))) return is_direct || stands_alone(expr(id));
    const std::string text = written(id);
    const bool is_word =
        !text.empty() && (text[0] == '`' || text[0] == '_' || (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    return is_word && text != shown(id).shown;
  }

  void add_operand(std::uint32_t index, ExprId id) {
    const std::string text = written(id);
    for (const TraceOperand& operand : node(index).operands) {
      if (operand.text == text) return;
    }
    const Value& value = machine_.value(id);
    node(index).operands.push_back({text, shown(value, expr(id).type), is_unknown(value)});
    if (node_as<Aggregate>(expr(id)) || node_as<DefinitionRead>(expr(id))) add_child(index, id);
  }

  // ---- aggregates

  void fill_aggregate(std::uint32_t index, ExprId id, const Aggregate& aggregate) {
    const AggregateWatch& watch = machine_.watches()[aggregates_.at(index_of(id))];
    const std::uint32_t table = program_.frame(aggregate.rows).table;
    TraceAggregate seen{.table = program_.schema.tables[table].name, .looked_at = watch.looked_at, .passed = watch.passed, .deciding = {}};
    const auto& rows = watch.deciding.empty() && node(index).unknown ? watch.unknown : watch.deciding;
    for (const WatchedRow& row : rows) seen.deciding.push_back(trace_row(aggregate, row));
    node(index).kind = TraceKind::kAggregate;
    node(index).missing = machine_.value(id).missing;
    node(index).aggregate = std::move(seen);
  }

  TraceRow trace_row(const Aggregate& aggregate, const WatchedRow& row) const {
    const std::uint32_t table = program_.frame(aggregate.rows).table;
    TraceRow out{
        .key = key_of(table, row.rows[index_of(aggregate.rows)]), .holds = row.verdict.holds, .unknown = row.verdict.unknown, .values = {}};
    for (const WatchedRow::Read& read : row.reads) {
      TraceOperand operand{read_name(aggregate, read.expr), shown(read.value, expr(read.expr).type), is_unknown(read.value)};
      const auto is_same = [&](const TraceOperand& other) { return other.text == operand.text; };
      if (std::none_of(out.values.begin(), out.values.end(), is_same)) out.values.push_back(std::move(operand));
    }
    return out;
  }

  // A column by its name, with its table's where that is another than the aggregate's.
  std::string read_name(const Aggregate& aggregate, ExprId id) const {
    const auto* read = node_as<ColumnRead>(expr(id));
    if (!read) return written(id);
    const SchemaTable& table = program_.schema.tables[program_.frame(expr(id).frame).table];
    const std::string& name = table.columns[read->column].name;
    return expr(id).frame == aggregate.rows ? name : table.name + "." + name;
  }

  std::optional<TraceValue> key_of(std::uint32_t table, RowId row) const {
    const std::optional<ColumnId> key = program_.schema.tables[table].key;
    if (!key || !prepared_.database.tables[table].columns[*key].is_read()) return std::nullopt;
    return shown(column_value(prepared_.database.tables[table].columns[*key], row), program_.schema.tables[table].columns[*key].type);
  }

  // ---- scores

  void fill_score(std::uint32_t index, ExprId id, const ScoreSum& score) {
    node(index).kind = TraceKind::kScore;
    const Value sum = score_sum(prepared_, machine_.state(), score);
    if (float_of(sum) != float_of(machine_.value(id))) node(index).before_range = shown(sum, expr(id).type);
    for (const ScoreTerm& term : score.terms) {
      const std::uint32_t child = add_empty_node();
      node(index).children.push_back(child);
      fill_term(child, term);
    }
  }

  void fill_term(std::uint32_t index, const ScoreTerm& term) {
    const Value& value = machine_.value(term.value);
    const Verdict when = term.when ? verdict_of(machine_.value(*term.when)) : Verdict{.holds = true};
    TraceNode& out = node(index);
    out.kind = TraceKind::kTerm;
    out.span = term.span;
    out.text = written_text(sources_, term.span);
    out.term = !when.holds ? TermState::kDoesNotApply : value.missing ? TermState::kMissing : TermState::kAdded;
    out.value = contribution(term, *out.term);
    out.missing = out.term == TermState::kMissing;
    out.unknown = when.unknown || (when.holds && is_unknown(value));
    add_operands(index, term.value);
    if (term.when) add_child(index, *term.when);
  }

  TraceValue contribution(const ScoreTerm& term, TermState state) const {
    if (state == TermState::kDoesNotApply) return shown(Value{}, Type{.kind = Kind::kInt});
    Value value = machine_.value(term.value);
    Type type = expr(term.value).type;
    if (!term.negative || value.missing) return shown(value, type);
    if (type.kind == Kind::kFloat) return shown(float_value(-float_of(value)), type);
    // The opposite of the least int is no int.
    if (value.bits == std::numeric_limits<std::int64_t>::min())
      return shown(float_value(-static_cast<double>(value.bits)), Type{.kind = Kind::kFloat});
    value.bits = -value.bits;
    return shown(value, type);
  }

  const Prepared& prepared_;
  const CheckedProgram& program_;
  const Machine& machine_;
  const SourceMap& sources_;
  std::unordered_map<std::uint32_t, std::uint32_t> aggregates_;  // index into the schedule's, by expression
  std::unordered_set<std::uint32_t> shown_;                      // definitions
  std::vector<Pending> pending_;
  Trace trace_;
};

}  // namespace

Trace explain(const CheckedProgram& program, const Database& database, const Clock& clock, const SourceMap& sources,
              DefinitionId definition, RowId account) {
  const std::array roots = {definition};
  const Schedule schedule = make_schedule(program, roots);
  const Prepared prepared = prepare(program, database, clock, schedule);
  Machine machine(prepared, schedule);
  machine.watch();
  machine.run(account);
  return Explainer(prepared, schedule, machine, sources).run(definition, account);
}

}  // namespace segue
