// Builds the tree of `explain` over the values of one evaluated account, with a worklist in place of recursion.
#include "compiler/interpret/explain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "compiler/interpret/condition_text.h"
#include "compiler/interpret/machine.h"
#include "compiler/interpret/trace_value.h"
#include "compiler/interpret/written_text.h"
#include "stdlib/distance.h"
#include "stdlib/split.h"

namespace segue {
namespace {

template <typename Node>
const Node* node_as(const Expr& expr) {
  return std::get_if<Node>(&expr.node);
}

// What says too much for an operand's line: it has a node besides.
bool has_own_node(const Expr& expr) {
  return node_as<Aggregate>(expr) || node_as<DefinitionRead>(expr) || node_as<Percentile>(expr) || node_as<Sequence>(expr) ||
         node_as<TopOf>(expr);
}

bool stands_alone(const Expr& expr) {
  return node_as<ColumnRead>(expr) || node_as<ReferenceRead>(expr) || node_as<Aggregate>(expr) || node_as<DefinitionRead>(expr) ||
         node_as<Now>(expr) || node_as<Today>(expr) || node_as<FromNow>(expr) || node_as<Call>(expr) || has_own_node(expr);
}

// Of an audience, so many rows that are in and as many that are not say why.
constexpr std::uint64_t kShownRows = 3;

class Explainer {
 public:
  Explainer(const Prepared& prepared, const Schedule& schedule, const Machine& machine, const SourceMap& sources)
      : prepared_(prepared),
        program_(prepared.program),
        machine_(machine),
        sources_(sources) {
    for (const Scope& scope : schedule.scopes) {
      const bool is_of_account = scope.parent == kNoIndex;
      const bool is_visited = schedule.visit != kNoIndex && scope.reducer == schedule.visit;
      for (const Step& step : scope.steps) {
        if (step.reducer != kNoIndex && (is_of_account || is_visited)) reducers_[index_of(step.expr)] = step.reducer;
      }
    }
  }

  Trace run(DefinitionId id, RowId account) {
    begin(id, account);
    const Definition& definition = program_.definition(id);
    add_node(definition.body);
    fill_pending();
    trace_.value = trace_.nodes[0].value;
    trace_.value_title = trace_.nodes[0].title;
    trace_.undetermined = is_open(definition.body);
    return std::move(trace_);
  }

  // An audience: the account, then each of its rows while the machine's values are that row's, then the end.
  void begin_audience(DefinitionId id, RowId account) {
    begin(id, account);
    const Definition& definition = program_.definition(id);
    TraceNode& root = node(add_empty_node());
    root.kind = TraceKind::kAudience;
    root.text = definition.name;
    root.span = definition.name_span;
    root.aggregate.emplace().table = program_.schema.tables[program_.frame(definition.frame).table].name;
  }

  void add_audience_row(DefinitionId id, RowId row) {
    const Definition& definition = program_.definition(id);
    const Verdict verdict = verdict_of(machine_.value(definition.body));
    TraceAggregate& seen = *node(0).aggregate;
    seen.looked_at += 1;
    seen.passed += verdict.holds;
    trace_.undetermined = trace_.undetermined || verdict.unknown;
    const std::uint64_t alike = verdict.holds ? seen.passed : seen.looked_at - seen.passed;
    if (alike <= kShownRows) fill_audience_row(definition, row, verdict);
  }

  Trace end_audience() {
    TraceNode& root = node(0);
    root.value = shown(Value{.bits = static_cast<std::int64_t>(root.aggregate->passed)}, Type{.kind = Kind::kInt});
    root.unknown = trace_.undetermined;
    trace_.value = root.value;
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

  void begin(DefinitionId id, RowId account) {
    trace_.definition = program_.definition(id).name;
    trace_.account = key_of(kAccountTable, account).value_or(TraceValue{});
    shown_.insert(static_cast<std::uint32_t>(id));
  }

  void fill_pending() {
    while (!pending_.empty()) fill_next();
  }

  // Whether three-valued evaluation leaves the answer open: of what gives one of several named values, having none is an answer.
  bool is_open(ExprId id) const {
    const Value& value = machine_.value(id);
    const bool may_have_none = node_as<Choice>(expr(id)) || node_as<GridCell>(expr(id)) || node_as<SplitPart>(expr(id));
    return may_have_none ? value.unsure : is_unknown(value);
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
    out.unknown = is_open(id);
    const auto [inner, is_negated, adds_not] = peel_condition(program_, sources_, id);
    const Definition* named = named_definition(inner);
    out.text = named ? named->name : condition_text(program_, sources_, id);
    if (is_shown_condition(inner)) return fill_shown_above(index);
    if (adds_not && is_compound_condition(expr(inner))) return fill_not(index, inner);
    fill_kind(index, inner);
  }

  // Rows of tiers with `top` speak of the rows before them, whose conditions have been shown.
  bool is_shown_condition(ExprId id) {
    const auto condition = conditions_.find(index_of(id));
    return condition != conditions_.end() && std::exchange(condition->second, true);
  }

  void fill_shown_above(std::uint32_t index) {
    node(index).kind = TraceKind::kTest;
    node(index).is_shown_above = true;
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
    if (const auto* choice = node_as<Choice>(inner)) return fill_choice(index, id, *choice);
    if (const auto* grid = node_as<GridCell>(inner)) return fill_grid(index, *grid);
    if (const auto* split = node_as<SplitPart>(inner)) return fill_split(index, id, *split);
    if (const auto* top = node_as<TopOf>(inner)) return fill_top(index, id, *top);
    if (const auto* percentile = node_as<Percentile>(inner)) return fill_percentile(index, id, *percentile);
    if (const auto* sequence = node_as<Sequence>(inner)) return fill_sequence(index, id, *sequence);
    if (const auto* near = node_as<Near>(inner)) return fill_near(index, *near);
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
      if (has_own_node(expr(current))) continue;  // the rest is its node's
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
      if (has_own_node(expr(id))) return id;
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
    const std::optional<TraceValue> point = point_at(id, machine_.state().rows);
    node(index).operands.push_back({text, point ? *point : shown(value, expr(id).type), is_unknown(value), {}});
    if (has_own_node(expr(id))) add_child(index, id);
  }

  // ---- aggregates

  void fill_aggregate(std::uint32_t index, ExprId id, const Aggregate& aggregate) {
    const ReducerWatch& watch = machine_.watches()[reducers_.at(index_of(id))];
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
      const std::optional<TraceValue> point = point_at(read.expr, row.rows);
      TraceOperand operand{
          read_name(aggregate, read.expr), point ? *point : shown(read.value, expr(read.expr).type), is_unknown(read.value), {}};
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
    const SchemaColumn& column = table.columns[read->column];
    const std::string& name = column.point ? table.columns[*column.point].name : column.name;
    return expr(id).frame == aggregate.rows ? name : table.name + "." + name;
  }

  std::optional<TraceValue> key_of(std::uint32_t table, RowId row) const {
    const std::optional<ColumnId> key = program_.schema.tables[table].key;
    if (!key || !prepared_.database.tables[table].columns[*key].is_read()) return std::nullopt;
    return cell(table, *key, row);
  }

  TraceValue cell(std::uint32_t table, ColumnId column, RowId row) const {
    return shown(column_value(prepared_.database.tables[table].columns[column], row), program_.schema.tables[table].columns[column].type);
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

  // ---- one of several named values

  // The tiers, stages, grid or split whose body it is: its text is a whole declaration, and it has the titles.
  const Definition* named_definition(ExprId id) const {
    if (!node_as<Choice>(expr(id)) && !node_as<GridCell>(expr(id)) && !node_as<SplitPart>(expr(id))) return nullptr;
    const auto found = std::ranges::find_if(program_.definitions, [&](const Definition& definition) {
      return definition.body == id && definition.kind != DefinitionKind::kDefine;
    });
    return found == program_.definitions.end() ? nullptr : &*found;
  }

  const std::string& title_of(ExprId id, std::uint32_t value) const {
    static const std::string kNone;
    const Definition* definition = named_definition(id);
    return definition && value < definition->value_titles.size() ? definition->value_titles[value] : kNone;
  }

  const std::string& name_of(ExprId id, std::uint32_t value) const { return program_.enums[expr(id).type.enum_id].values[value]; }

  void set_title(std::uint32_t index, ExprId id) {
    const Value& value = machine_.value(id);
    node(index).missing = value.missing;
    if (!value.missing) node(index).title = title_of(id, static_cast<std::uint32_t>(value.bits));
  }

  void fill_choice(std::uint32_t index, ExprId id, const Choice& choice) {
    node(index).kind = choice.last_wins ? TraceKind::kStages : TraceKind::kTiers;
    set_title(index, id);
    const std::optional<std::size_t> winner = winner_of(choice);
    for (std::size_t i = 0; i < choice.rows.size(); ++i) {
      const bool is_looked_at = !winner || (choice.last_wins ? i >= *winner : i <= *winner);
      fill_choice_row(index, id, choice.rows[i].value, {.name = {}, .title = {}, .wins = winner == i, .is_looked_at = is_looked_at},
                      choice.rows[i].condition);
    }
    if (choice.otherwise)
      fill_choice_row(index, id, *choice.otherwise,
                      {.name = {}, .title = {}, .wins = !winner, .is_looked_at = !winner, .is_otherwise = true}, {});
  }

  std::optional<std::size_t> winner_of(const Choice& choice) const {
    std::optional<std::size_t> winner;
    for (std::size_t i = 0; i < choice.rows.size(); ++i) {
      if (verdict_of(machine_.value(choice.rows[i].condition)).holds && (choice.last_wins || !winner)) winner = i;
    }
    return winner;
  }

  void fill_choice_row(std::uint32_t choice, ExprId id, std::uint32_t value, TraceChoiceRow row, std::optional<ExprId> condition) {
    const std::uint32_t child = add_empty_node();
    node(choice).children.push_back(child);
    row.name = name_of(id, value);
    row.title = title_of(id, value);
    TraceNode& out = node(child);
    out.kind = TraceKind::kChoiceRow;
    out.text = row.name;
    out.value = shown(Value{.bits = row.wins}, Type{.kind = Kind::kBool});
    const bool is_shown = row.is_looked_at;
    out.row = std::move(row);
    if (!condition) return;
    out.span = expr(*condition).span;
    out.value = shown(*condition);
    out.unknown = is_unknown(machine_.value(*condition));
    if (!is_shown) return;
    conditions_.emplace(index_of(*condition), false);
    add_child(child, *condition);
  }

  void fill_grid(std::uint32_t index, const GridCell& grid) {
    node(index).kind = TraceKind::kGrid;
    node(index).missing = node(index).value.missing;
    for (const GridAxis& axis : grid.axes) {
      add_operands(index, axis.operand);
      const Value& value = machine_.value(axis.operand);
      if (!value.missing && axis.places[static_cast<std::size_t>(value.bits)] < 0)
        note(index, axis.operand, "which the grid does not have");
    }
    if (grid.where) add_child(index, *grid.where);
  }

  void note(std::uint32_t index, ExprId operand, const char* text) {
    const std::string of = written(undesugared(operand));
    for (TraceOperand& each : node(index).operands) {
      if (each.text == of) each.note = text;
    }
  }

  void fill_split(std::uint32_t index, ExprId id, const SplitPart& split) {
    node(index).kind = TraceKind::kSplit;
    set_title(index, id);
    TraceSplit seen{.place = part_of_one(split_place(prepared_, machine_.state(), split)), .parts = {}};
    for (std::uint32_t i = 0; i < split.upper.size(); ++i)
      seen.parts.push_back({name_of(id, i), title_of(id, i), part_of_one(split.upper[i])});
    node(index).split = std::move(seen);
    if (split.population) add_child(index, *split.population);
  }

  static double part_of_one(std::uint64_t hash) { return static_cast<double>(hash) / static_cast<double>(kSplitHashes); }

  // ---- the whole population

  void fill_top(std::uint32_t index, ExprId id, const TopOf& top) {
    const TopRanks& ranks = prepared_.population.tops.at(index_of(id));
    const ExprId candidates = program_.definition(top.candidates).body;
    const std::uint64_t rank = ranks.rank[machine_.state().rows[index_of(expr(id).frame)]];
    node(index).kind = TraceKind::kTop;
    node(index).top = {verdict_of(machine_.value(candidates)).holds, rank, ranks.candidates, ranks.taken};
    add_operands(index, program_.definition(top.by).body);
    add_child(index, candidates);
  }

  void fill_percentile(std::uint32_t index, ExprId id, const Percentile& percentile) {
    const PercentileValues& all = prepared_.population.percentiles.at(index_of(id));
    const ExprId own = program_.definition(percentile.value).body;
    const Value& value = machine_.value(own);
    TracePercentile seen{.of = all.values.size(), .at_most = value.missing ? 0 : all.at_most(value)};
    node(index).kind = TraceKind::kPercentile;
    node(index).missing = machine_.value(id).missing;
    add_operands(index, own);
    if (percentile.among) {
      const ExprId among = program_.definition(*percentile.among).body;
      seen.is_among = verdict_of(machine_.value(among)).holds;
      add_child(index, among);
    }
    node(index).percentile = seen;
  }

  // ---- sequences and distances

  void fill_sequence(std::uint32_t index, ExprId id, const Sequence& sequence) {
    const ReducerWatch& watch = machine_.watches()[reducers_.at(index_of(id))];
    const std::uint32_t table = program_.frame(sequence.rows).table;
    TraceSequence seen{.table = program_.schema.tables[table].name, .looked_at = watch.looked_at, .steps = {}, .rows = {}};
    for (std::size_t i = 0; i < sequence.steps.size(); ++i)
      seen.steps.push_back({written(sequence.steps[i]), i < watch.steps.size() ? watch.steps[i] : 0});
    for (const RowId row : watch.chain) seen.rows.push_back({key_of(table, row), cell(table, *program_.schema.tables[table].time, row)});
    node(index).kind = TraceKind::kSequence;
    node(index).sequence = std::move(seen);
  }

  // A point is one operand, though it is two columns.
  void fill_near(std::uint32_t index, const Near& near) {
    const Value& latitude = machine_.value(near.latitude);
    const Value& longitude = machine_.value(near.longitude);
    node(index).kind = TraceKind::kTest;
    node(index).missing = latitude.missing || longitude.missing;
    node(index).operands.push_back({written(near.latitude), point_value(latitude, longitude), node(index).missing, {}});
    if (node(index).missing) return;
    const double distance = distance_km(float_of(latitude), float_of(longitude), near.center_latitude, near.center_longitude);
    TraceValue value = shown(float_value(std::round(distance * 10) / 10), Type{.kind = Kind::kFloat});
    value.shown += " km";
    node(index).operands.push_back({"distance", std::move(value), false, {}});
  }

  TraceValue point_value(const Value& latitude, const Value& longitude) const {
    const Type type{.kind = Kind::kFloat};
    if (latitude.missing || longitude.missing) return shown(Value{.missing = true}, type);
    const TraceValue first = shown(latitude, type);
    const TraceValue second = shown(longitude, type);
    return {.kind = Kind::kList,
            .data = std::vector{std::get<TraceScalar>(first.data), std::get<TraceScalar>(second.data)},
            .shown = "(" + first.shown + ", " + second.shown + ")"};
  }

  // The point of which an expression reads a coordinate, in the rows given by frame.
  std::optional<TraceValue> point_at(ExprId id, const std::vector<RowId>& rows) const {
    const auto* column = node_as<ColumnRead>(expr(id));
    const auto* reference = node_as<ReferenceRead>(expr(id));
    if (!column && !reference) return std::nullopt;
    std::uint32_t table = program_.frame(expr(id).frame).table;
    RowId row = rows[index_of(expr(id).frame)];
    for (const std::uint32_t step : reference ? reference->references : std::vector<std::uint32_t>()) {
      if (row != kNoRow) row = prepared_.database.tables[table].references[step][row];
      table = program_.schema.tables[table].references[step].to;
    }
    const SchemaTable& schema = program_.schema.tables[table];
    const std::optional<ColumnId> point = schema.columns[column ? column->column : reference->column].point;
    if (!point) return std::nullopt;
    const Column& latitude = prepared_.database.tables[table].columns[*schema.columns[*point].latitude];
    const Column& longitude = prepared_.database.tables[table].columns[*schema.columns[*point].longitude];
    if (!latitude.is_read() || !longitude.is_read()) return std::nullopt;
    if (row == kNoRow) return point_value({.missing = true}, {.missing = true});
    return point_value(column_value(latitude, row), column_value(longitude, row));
  }

  // To be read by people: `near` itself decides by a pinned rule.
  static double distance_km(double latitude, double longitude, double other_latitude, double other_longitude) {
    constexpr double kRadians = std::numbers::pi / 180;
    const double up = std::sin((other_latitude - latitude) * kRadians / 2);
    const double along = std::sin((other_longitude - longitude) * kRadians / 2);
    const double haversine = up * up + std::cos(latitude * kRadians) * std::cos(other_latitude * kRadians) * along * along;
    return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::clamp(haversine, 0.0, 1.0)));
  }

  // ---- audiences

  // Values of the account are the same for all its rows, and stay shown.
  void fill_audience_row(const Definition& definition, RowId row, Verdict verdict) {
    std::erase_if(shown_, [&](std::uint32_t id) { return program_.definitions[id].frame != kAccountFrame; });
    const std::uint32_t table = program_.frame(definition.frame).table;
    const std::uint32_t child = add_empty_node();
    node(0).children.push_back(child);
    TraceNode& out = node(child);
    out.kind = TraceKind::kAudienceRow;
    out.value = shown(value_of(verdict), Type{.kind = Kind::kBool});
    out.unknown = verdict.unknown;
    out.key = key_of(table, row);
    out.text = out.key ? out.key->shown : "a row";
    add_child(child, definition.body);
    fill_pending();
  }

  const Prepared& prepared_;
  const CheckedProgram& program_;
  const Machine& machine_;
  const SourceMap& sources_;
  std::unordered_map<std::uint32_t, std::uint32_t> reducers_;  // index into the schedule's, by expression
  std::unordered_set<std::uint32_t> shown_;                    // definitions
  std::unordered_map<std::uint32_t, bool> conditions_;         // of tiers and stages, by expression: whether they have been shown
  std::vector<Pending> pending_;
  Trace trace_;
};

}  // namespace

Trace explain(const CheckedProgram& program, const Database& database, const Clock& clock, const SourceMap& sources,
              DefinitionId definition, RowId account) {
  const std::array roots = {definition};
  const Population population = *solve_population(program, database, clock, roots);
  const Schedule schedule = make_schedule(program, program.definition(definition).frame, roots);
  const Prepared prepared = prepare(program, database, clock, schedule, population);
  Machine machine(prepared, schedule);
  machine.watch();
  Explainer explainer(prepared, schedule, machine, sources);
  if (schedule.visit == kNoIndex) {
    machine.run(account);
    return explainer.run(definition, account);
  }
  explainer.begin_audience(definition, account);
  machine.run(account, [&](RowId row) { explainer.add_audience_row(definition, row); });
  return explainer.end_audience();
}

}  // namespace segue
