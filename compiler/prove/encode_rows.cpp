// Related rows. What a claim says of the rows of a relation is a boolean function of which conditions some row meets, and of how many do. So it is enough to speak of a
// few rows: one for each condition that some row may have to meet, and one for each combination of the conditions that are counted, with a count. docs/design/proofs.md.
#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "compiler/prove/encode.h"
#include "compiler/prove/limits.h"
#include "stdlib/number.h"

namespace segue::proving {
namespace {

constexpr std::size_t kMostRowsAtDepth[] = {12, 6, 3, 2};
constexpr std::size_t kMostCounted = 3;  // conditions whose combinations all get a row
constexpr std::int64_t kMostEqualRows = 100'000;
constexpr std::int64_t kEqualRowsAdded[] = {1, 2, 3, 5, 10, 100};  // how many equal rows an example's sum may be of
constexpr std::size_t kMostChains = 300;                           // ways to go through a sequence that are written out
constexpr std::size_t kMostComparedTallies = 4;
constexpr std::size_t kMostFactsCompared = 4'000;
constexpr unsigned kImplicationSteps = 30'000;
constexpr unsigned kImplicationMilliseconds = 500;  // that the steps never take, but in arithmetic that counts none

AggregateFn fn_of(const MeaningNode& node) { return std::get<Aggregate>(*node.node).fn; }

// How many rows a construct may have to speak of besides counted ones.
std::size_t rows_needed(const MeaningNode& node) {
  if (node.op == MeaningOp::kAny) return 1;
  if (node.op == MeaningOp::kSequence) return std::get<Sequence>(*node.node).steps.size();
  if (node.op != MeaningOp::kReduce) return 0;
  const AggregateFn fn = fn_of(node);
  return fn == AggregateFn::kSum || fn == AggregateFn::kDistinct ? 3 : 1;
}

}  // namespace

FrameId Encoder::rows_of(const MeaningNode& node) const {
  if (node.op == MeaningOp::kSequence) return std::get<Sequence>(*node.node).rows;
  return std::get<Aggregate>(*node.node).rows;
}

// ---- which rows there are

// The tables and links by which a row of the frame belongs to the account, wherever its frame stands.
std::string Encoder::set_key(FrameId id) const {
  std::string key;
  for (; id != kAccountFrame; id = program().frame(id).anchor) {
    const Frame& frame = program().frame(id);
    key = fmt::format("/{}.{}{}", frame.table, frame.link, key);
  }
  return key;
}

// The frames from that of the rows out to the first whose rows belong to a row at or around the owner's.
std::vector<FrameId> Encoder::path_to(FrameId rows, FrameId owner) const {
  const auto is_around = [&](FrameId frame) {
    for (FrameId at = owner;; at = program().frame(at).outer) {
      if (at == frame) return true;
      if (at == kAccountFrame) return false;
    }
  };
  std::vector<FrameId> path;
  for (FrameId at = rows; !is_around(at); at = program().frame(at).anchor) path.push_back(at);
  return path;
}

void Encoder::gather_needs(const std::vector<MeaningId>& reachable) {
  tables_read_[kAccountTable] = true;
  for (const MeaningId id : reachable) {
    const MeaningNode& node = meanings_.node(id);
    const bool is_about_rows = node.op == MeaningOp::kAny || node.op == MeaningOp::kCount || node.op == MeaningOp::kShare ||
                               node.op == MeaningOp::kReduce || node.op == MeaningOp::kSequence;
    if (!is_about_rows) continue;
    const FrameId rows = rows_of(node);
    const std::vector<FrameId> path = path_to(rows, node.frame);
    std::size_t some = rows_needed(node);
    RowNeed& need = needs_[set_key(rows)];
    if (node.op == MeaningOp::kCount || node.op == MeaningOp::kShare) need.counted.insert(node.operands.begin(), node.operands.end());
    need.some += some;
    if (path.size() == 1 && program().frame(rows).outer != program().frame(rows).anchor) need.is_partial = true;
    for (std::size_t i = 1; i < path.size(); ++i) {
      RowNeed& outer = needs_[set_key(path[i])];
      outer.some += std::max<std::size_t>(some, 1);
      outer.is_between = true;
    }
    for (FrameId at = rows; at != kAccountFrame; at = program().frame(at).anchor) {
      needs_.try_emplace(set_key(at));
      tables_read_[program().frame(at).table] = true;
    }
  }
  for (FrameId at = claim_.frame; at != kAccountFrame; at = program().frame(at).outer) tables_read_[program().frame(at).table] = true;
}

std::uint32_t Encoder::add_row(TableId table, std::string name) {
  if (rows_.size() >= kMostRows) throw TooLarge{};
  SymbolicRow row{.table = table,
                  .name = std::move(name),
                  .present = yes_,
                  .count = number(1),
                  .parents = std::vector<std::optional<std::uint32_t>>(program().schema.tables[table].parents.size()),
                  .own_link = {},
                  .columns = {},
                  .references = {},
                  .reached_by = {}};
  rows_.push_back(std::move(row));
  return static_cast<std::uint32_t>(rows_.size() - 1);
}

std::uint32_t Encoder::place_row(FrameId frame, std::uint32_t outer, std::uint32_t row) {
  const auto [place, is_new] =
      places_.try_emplace(fmt::format("{} {} {}", segue::index_of(frame), outer, row), static_cast<std::uint32_t>(placed_.size()));
  if (is_new) placed_.push_back({.frame = frame, .outer = outer, .row = row, .weight = {}, .is_there = {}});
  return place->second;
}

namespace {

struct SetPath {
  std::string key;
  std::vector<std::pair<TableId, std::uint32_t>> steps;  // table and link
};

SetPath parse_key(const std::string& key) {
  SetPath path{key, {}};
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t end = std::min(key.find('/', at + 1), key.size());
    const std::size_t dot = key.find('.', at);
    path.steps.emplace_back(static_cast<TableId>(std::stoul(key.substr(at + 1, dot - at - 1))),
                            static_cast<std::uint32_t>(std::stoul(key.substr(dot + 1, end - dot - 1))));
    at = end;
  }
  return path;
}

std::string set_id(std::uint32_t anchor, TableId table, std::uint32_t link) { return fmt::format("{} {}.{}", anchor, table, link); }

}  // namespace

// All rows of the claim: the account, the row that it is about, and below each row those that its conditions may have to speak of.
std::uint32_t Encoder::claimed_place(FrameId claimed) {
  add_row(kAccountTable, "account");
  std::uint32_t place = place_row(kAccountFrame, 0, 0);
  std::vector<FrameId> frames;
  for (FrameId at = claimed; at != kAccountFrame; at = program().frame(at).outer) frames.insert(frames.begin(), at);
  std::map<std::string, std::vector<std::uint32_t>> rows_by_key = {{"", {0}}};
  for (const FrameId id : frames) {
    const Frame& frame = program().frame(id);
    const std::uint32_t anchor = placed_[place_of(frame.anchor, place)].row;
    const std::uint32_t row = add_row(frame.table, fmt::format("{} of the claim", program().schema.tables[frame.table].name));
    rows_[row].parents[frame.link] = anchor;
    rows_[row].own_link = frame.link;
    sets_[set_id(anchor, frame.table, frame.link)].rows.push_back(row);
    rows_by_key[set_key(id)].push_back(row);
    place = place_row(id, place, row);
  }
  std::vector<SetPath> paths;
  for (const auto& [key, need] : needs_) paths.push_back(parse_key(key));
  std::ranges::stable_sort(paths, {}, [](const SetPath& path) { return path.steps.size(); });
  // A row that belongs to another row of the account can be among the account's own too.
  for (const SetPath& path : paths) {
    for (const SetPath& other : paths) {
      const bool is_deeper = other.steps.size() > path.steps.size() && other.steps.back().first == path.steps.back().first;
      if (!is_deeper) continue;
      for (std::size_t depth = 1; depth < other.steps.size(); ++depth) {
        std::string around;
        for (std::size_t i = 0; i < depth; ++i) around += fmt::format("/{}.{}", other.steps[i].first, other.steps[i].second);
        needs_[around].is_between = true;
      }
    }
  }
  for (const SetPath& path : paths) {
    RowNeed& need = needs_[path.key];
    const auto [table, link] = path.steps.back();
    const std::string around = path.key.substr(0, path.key.rfind('/'));
    const std::size_t counted = need.counted.size() <= kMostCounted ? (std::size_t{1} << need.counted.size()) - 1 : need.counted.size();
    const std::size_t most = kMostRowsAtDepth[std::min<std::size_t>(path.steps.size(), std::size(kMostRowsAtDepth)) - 1];
    if (need.some + counted > most) need.is_partial = true;
    const std::size_t wanted = std::min(most, need.some + counted);
    for (const std::uint32_t anchor : std::vector(rows_by_key[around])) {
      RowSet& set = sets_[set_id(anchor, table, link)];
      for (std::size_t i = 0; i < wanted; ++i) {
        const std::uint32_t id = add_row(table, fmt::format("{} {} of {}", program().schema.tables[table].name, i, anchor));
        SymbolicRow& row = rows_[id];
        row.parents[link] = anchor;
        row.own_link = link;
        row.count = context_.int_const(fmt::format("count {}", id).c_str());
        row.present = context_.bool_const(fmt::format("present {}", id).c_str());
        add(row.count >= 0 && row.count <= number(need.is_between ? 1 : kMostEqualRows));
        add(row.present == (row.count >= 1));
        set.rows.push_back(id);
        rows_by_key[path.key].push_back(id);
      }
    }
  }
  for (std::uint32_t id = 0; id < rows_.size(); ++id) {
    // rows of the same table, inside another row of the account
    for (std::uint32_t link = 0; link < rows_[id].parents.size(); ++link) {
      if (rows_[id].own_link != link) continue;
      std::vector<z3::expr> there = {rows_[id].present};
      for (std::optional<std::uint32_t> at = rows_[id].parents[link]; at;) {
        const SymbolicRow& around = rows_[*at];
        there.push_back(around.present);
        std::optional<std::uint32_t> next;
        for (const auto& parent : around.parents) {
          if (parent) next = parent;
        }
        if (!next) break;
        for (std::uint32_t other = 0; other < rows_[id].parents.size(); ++other) {
          const auto set = sets_.find(set_id(*next, rows_[id].table, other));
          const TableId parent_table = program().schema.tables[rows_[id].table].parents[other].table;
          if (other == link || parent_table != rows_[*next].table || rows_[id].parents[other]) continue;
          const z3::expr member = context_.bool_const(fmt::format("also {} of {}", id, *next).c_str());
          add(z3::implies(exact_, member));
          there.push_back(member);
          if (set != sets_.end()) set->second.shared.emplace_back(id, all_of(there));
          there.pop_back();
          rows_[id].parents[other] = next;
        }
        at = next;
      }
    }
  }
  return place;
}

RowSet& Encoder::row_set(std::uint32_t anchor_place, FrameId id) {
  const Frame& frame = program().frame(id);
  return sets_[set_id(placed_[anchor_place].row, frame.table, frame.link)];
}

// The rows of the frame that belong to the owner's, through every frame between.
std::vector<std::uint32_t> Encoder::leaves(std::uint32_t owner, FrameId rows) {
  const std::vector<FrameId> path = path_to(rows, placed_[owner].frame);
  std::vector<std::uint32_t> places;
  for (std::size_t i = path.size(); i-- > 0;) {
    const Frame& frame = program().frame(path[i]);
    std::vector<std::uint32_t> around;
    if (i + 1 == path.size()) around.push_back(place_of(frame.outer, owner));
    else around = places;
    places.clear();
    for (const std::uint32_t outer : around) {
      const RowSet& set = row_set(place_of(frame.anchor, outer), path[i]);
      for (const std::uint32_t row : set.rows) places.push_back(place_row(path[i], outer, row));
      for (const auto& [row, is_there] : set.shared) {
        const std::uint32_t place = place_row(path[i], outer, row);
        placed_[place].is_there = is_there;
        placed_[place].weight = if_else(is_there, rows_[row].count, number(0));
        places.push_back(place);
      }
    }
  }
  return places;
}

// Whether the row, and those between it and the owner, exist.
z3::expr Encoder::is_there(std::uint32_t place, std::uint32_t owner) {
  const std::vector<FrameId> path = path_to(placed_[place].frame, placed_[owner].frame);
  std::vector<z3::expr> there;
  for (std::size_t i = 0; i < path.size(); ++i, place = placed_[place].outer)
    there.push_back(placed_[place].is_there ? *placed_[place].is_there : rows_[placed_[place].row].present);
  return all_of(there);
}

z3::expr Encoder::weight(std::uint32_t place, std::uint32_t owner) {
  z3::expr own = placed_[place].weight ? *placed_[place].weight : rows_[placed_[place].row].count;
  if (path_to(placed_[place].frame, placed_[owner].frame).size() == 1) return own;
  return if_else(is_there(place, owner), own, number(0));
}

// ---- how many rows meet a condition

Tally Encoder::tally(std::uint32_t owner, FrameId rows, MeaningId condition, const MeaningNode& node, bool is_counted) {
  const auto key = std::tuple(owner, segue::index_of(rows), index_of(condition));
  if (const auto found = tallies_.find(key); found != tallies_.end()) return found->second;
  const std::vector<FrameId> path = path_to(rows, placed_[owner].frame);
  const RowNeed need = needs_[set_key(rows)];
  is_counted = is_counted || need.counted.contains(condition);
  bool is_open = is_counted && (path.size() > 1 || need.is_between || need.counted.size() > kMostCounted);
  for (const FrameId frame : path) is_open = is_open || needs_[set_key(frame)].is_partial;
  std::vector<z3::expr> some;
  z3::expr sum = number(0);
  for (const std::uint32_t place : leaves(owner, rows)) {
    const z3::expr holds = holds_at(condition, place);
    some.push_back(all_of({is_there(place, owner), holds}));
    if (is_counted && !holds.is_false()) sum = sum + if_else(holds, weight(place, owner), number(0));
  }
  if (is_open) {
    const z3::expr rest = context_.int_const(fresh_name("rest").c_str());
    add(rest >= 0);
    add(z3::implies(exact_, rest == 0));
    open_tallies_.push_back({owner, rows, condition, rest});
    some.push_back(rest > 0);
    sum = sum + rest;
    guess(fmt::format("more is asked about the rows of `{}` than can be looked at together",
                      program().schema.tables[program().frame(rows).table].name),
          node);
  }
  const Tally made{some_of(some), sum};
  tallies_.emplace(key, made);
  return made;
}

// What is left open of a condition is at most what is left open of one that it implies.
void Encoder::finish_rows() {
  struct Asked {
    z3::expr is_more, at_most;
  };
  std::vector<Asked> asked;
  const std::size_t count = std::min(open_tallies_.size(), kMostComparedTallies);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const OpenTally a = open_tallies_[i], b = open_tallies_[j];
      if (i == j || a.owner != b.owner || a.rows != b.rows) continue;
      const std::vector<std::uint32_t> places = leaves(a.owner, a.rows);
      if (!places.empty()) asked.push_back({holds_at(a.condition, places[0]) && !holds_at(b.condition, places[0]), a.rest <= b.rest});
    }
  }
  if (asked.empty() || facts_.size() > kMostFactsCompared) return;
  z3::solver solver(context_, z3::solver::simple());
  z3::params params(context_);
  params.set("rlimit", kImplicationSteps);
  params.set("timeout", kImplicationMilliseconds);
  solver.set(params);
  for (const z3::expr& fact : facts_) solver.add(fact);
  for (const Asked& each : asked) {
    solver.push();
    solver.add(each.is_more);
    const z3::check_result implied = solver.check();
    solver.pop();
    if (implied == z3::unknown) return;  // the others would be as hard
    if (implied == z3::unsat) add(each.at_most);
  }
}

// Keys of rows of one table differ; a row that a reference leads to has the key that it is found by. This narrows what an example may be, and is not needed to prove.
void Encoder::finish_keys() {
  const auto count = static_cast<std::uint32_t>(rows_.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!rows_[i].reached_by) continue;
    const auto [from, reference] = *rows_[i].reached_by;
    const SchemaReference& by = program().schema.tables[rows_[from].table].references[reference];
    const ColumnId key = *program().schema.tables[by.to].key;
    const Symbol found_by = column_at(from, by.by);
    add(z3::implies(rows_[i].present, found_by.known && column_at(i, key).value == found_by.value));
    // what leads nowhere is no row's key
    for (std::uint32_t other = 0; other < count; ++other) {
      if (rows_[other].table != by.to) continue;
      const z3::expr is_other = rows_[other].present && column_at(other, key).value == found_by.value;
      if (other != i) add(z3::implies(exact_ && rows_[from].present && found_by.known && !rows_[i].present, !is_other));
    }
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& key = program().schema.tables[rows_[i].table].key;
    if (!key || !rows_[i].columns.contains(*key)) continue;
    add(z3::implies(exact_, rows_[i].count <= 1));
    for (std::size_t j = 0; j < i; ++j) {
      if (rows_[j].table != rows_[i].table || !rows_[j].columns.contains(*key)) continue;
      const z3::expr both = rows_[i].present && rows_[j].present && exact_;
      add(z3::implies(both, rows_[i].columns.at(*key).value != rows_[j].columns.at(*key).value));
    }
  }
}

// ---- aggregates

Symbol Encoder::aggregate(MeaningId id, std::uint32_t owner) {
  const MeaningNode& node = meanings_.node(id);
  const FrameId rows = rows_of(node);
  switch (node.op) {
    case MeaningOp::kAny: return predicate(tally(owner, rows, node.operands[0], node, false).some);
    case MeaningOp::kCount: return {yes_, tally(owner, rows, node.operands[0], node, true).number};
    case MeaningOp::kShare: return share(node, owner, rows);
    case MeaningOp::kSequence: return sequence(node, owner, rows);
    default: break;
  }
  switch (fn_of(node)) {
    case AggregateFn::kMin: return extreme(node, owner, rows, false);
    case AggregateFn::kMax: return extreme(node, owner, rows, true);
    case AggregateFn::kLatest: return last(node, owner, rows, true);
    case AggregateFn::kEarliest: return last(node, owner, rows, false);
    case AggregateFn::kSum: return sum(node, owner, rows);
    case AggregateFn::kAvg: return average(node, owner, rows);
    default: assert(fn_of(node) == AggregateFn::kDistinct); return distinct(node, owner, rows);
  }
}

Symbol Encoder::share(const MeaningNode& node, std::uint32_t owner, FrameId rows) {
  const Tally looked_at = tally(owner, rows, node.operands[0], node, true);
  const Tally met = tally(owner, rows, node.operands[1], node, true);
  add(met.number <= looked_at.number);
  const z3::expr part = fresh("share", node.type);
  add(part >= 0 && part <= 1);
  add(z3::implies(looked_at.some, (part == 0) == !met.some));
  add(z3::implies(looked_at.some && met.number == looked_at.number, part == 1));
  Symbol symbol{looked_at.some, part};
  symbol.quotient = Quotient{z3::to_real(met.number), z3::to_real(looked_at.number)};
  guess("it compares shares of rows with something other than a number", node);
  return symbol;
}

Symbol Encoder::extreme(const MeaningNode& node, std::uint32_t owner, FrameId rows, bool is_greatest) {
  const Tally tested = tally(owner, rows, node.operands[0], node, false);
  const MeaningNode& value_node = meanings_.node(node.operands[1]);
  const bool is_folded = value_node.type.folded;
  Symbol extreme{tested.some, fresh("extreme", node.type)};
  if (value_node.type.kind == Kind::kText) {
    text_values_.push_back(extreme.value);
    (is_folded ? orders_folded_texts_ : orders_texts_) = true;
  }
  std::vector<z3::expr> one_of;
  for (const std::uint32_t place : leaves(owner, rows)) {
    const z3::expr is_in = all_of({is_there(place, owner), holds_at(node.operands[0], place)});
    const Symbol value = at(node.operands[1], place);
    one_of.push_back(is_in && value.value == extreme.value);
    const z3::expr a = value_node.type.kind == Kind::kText ? text_key(value, is_folded) : value.value;
    const z3::expr b = value_node.type.kind == Kind::kText ? text_key(extreme, is_folded) : extreme.value;
    add(z3::implies(is_in, is_greatest ? a <= b : a >= b));
  }
  for (const OpenTally& open : open_tallies_) {
    if (open.owner == owner && open.rows == rows && open.condition == node.operands[0]) one_of.push_back(open.rest > 0);
  }
  add(z3::implies(tested.some, some_of(one_of)));
  return extreme;
}

// The value in the row with the last (first) time.
Symbol Encoder::last(const MeaningNode& node, std::uint32_t owner, FrameId rows, bool is_latest) {
  (void)tally(owner, rows, node.operands[0], node, false);
  const SchemaTable& table = program().schema.tables[program().frame(rows).table];
  const MeaningNode& value_node = meanings_.node(node.operands[1]);
  struct Candidate {
    z3::expr is_in, time;
    Symbol value;
  };
  std::vector<Candidate> candidates;
  for (const std::uint32_t place : leaves(owner, rows)) {
    const Symbol time = column_at(placed_[place].row, *table.time);
    candidates.push_back(
        {all_of({is_there(place, owner), holds_at(node.operands[0], place), time.known}), time.value, at(node.operands[1], place)});
  }
  Symbol result{context_.bool_const(fresh_name("latest is known").c_str()), fresh("latest", node.type)};
  if (node.type.kind == Kind::kText) text_values_.push_back(result.value);
  if (node.type.kind == Kind::kList) list_values_.emplace_back(result.value, node.type);
  if (node.type.kind == Kind::kEnum) add_range(node.type, result.value);
  std::vector<z3::expr> some, chosen, chosen_alone;
  for (const Candidate& each : candidates) {
    std::vector<z3::expr> best = {each.is_in, each.value.known == result.known,
                                  z3::implies(result.known, each.value.value == result.value)};
    std::vector<z3::expr> alone = best;
    for (const Candidate& other : candidates) {
      if (&other == &each) continue;
      best.push_back(z3::implies(other.is_in, is_latest ? other.time <= each.time : other.time >= each.time));
      alone.push_back(z3::implies(other.is_in, is_latest ? other.time < each.time : other.time > each.time));
    }
    some.push_back(each.is_in);
    chosen.push_back(all_of(best));
    chosen_alone.push_back(all_of(alone));
  }
  add(z3::implies(exact_ && some_of(some), some_of(chosen_alone)));
  for (const OpenTally& open : open_tallies_) {
    if (open.owner != owner || open.rows != rows || open.condition != node.operands[0]) continue;
    some.push_back(open.rest > 0);
    chosen.push_back(open.rest > 0);
  }
  const z3::expr any = some_of(some);
  add(z3::implies(any, some_of(chosen)));
  add(z3::implies(!any, !result.known));
  if (!value_node.type.optional) add(z3::implies(any, result.known));
  return result;
}

Symbol Encoder::sum(const MeaningNode& node, std::uint32_t owner, FrameId rows) {
  const Tally added = tally(owner, rows, node.operands[0], node, false);
  const bool is_real = node.type.kind == Kind::kFloat;
  const z3::expr zero = is_real ? context_.real_val(0) : number(0);
  const z3::expr total = fresh("sum", node.type);
  z3::expr small_sum = zero;
  std::vector<z3::expr> above, below;
  for (const std::uint32_t place : leaves(owner, rows)) {
    const z3::expr is_in = all_of({is_there(place, owner), holds_at(node.operands[0], place)});
    const z3::expr value = at(node.operands[1], place).value;
    const z3::expr count = weight(place, owner);
    z3::expr some_rows = zero;
    std::vector<z3::expr> counts = {count == 0};
    for (const std::int64_t equal : kEqualRowsAdded) {
      counts.push_back(count == number(equal));
      some_rows = z3::ite(counts.back(), (is_real ? context_.real_val(equal) : number(equal)) * value, some_rows);
    }
    small_sum = small_sum + z3::ite(is_in, some_rows, zero);
    add(z3::implies(exact_ && is_in, some_of(counts)));
    above.push_back(is_in && value > zero);
    below.push_back(is_in && value < zero);
  }
  for (const OpenTally& open : open_tallies_) {
    if (open.owner != owner || open.rows != rows || open.condition != node.operands[0]) continue;
    above.push_back(open.rest > 0);
    below.push_back(open.rest > 0);
  }
  add(z3::implies(exact_, total == small_sum));
  add(z3::implies(!added.some, total == zero));
  add(z3::implies(total > zero, some_of(above)));
  add(z3::implies(total < zero, some_of(below)));
  guess("it compares a sum over rows with more than zero", node);
  if (is_real) return {yes_, total};
  const std::int64_t limit = node.type.kind == Kind::kDecimal ? kMaxDecimalRaw : std::numeric_limits<std::int64_t>::max();
  return {between(total, node.type.kind == Kind::kDecimal ? -limit : std::numeric_limits<std::int64_t>::min(), limit), total};
}

Symbol Encoder::average(const MeaningNode& node, std::uint32_t owner, FrameId rows) {
  const Tally added = tally(owner, rows, node.operands[0], node, false);
  const MeaningNode& value_node = meanings_.node(node.operands[1]);
  const z3::expr mean = fresh("avg", node.type);
  z3::expr deviations = context_.real_val(0);
  for (const std::uint32_t place : leaves(owner, rows)) {
    const z3::expr is_in = all_of({is_there(place, owner), holds_at(node.operands[0], place)});
    const Symbol value = at(node.operands[1], place);
    const int scale = value_node.type.kind == Kind::kDecimal ? value_node.type.scale : 0;
    const z3::expr real = value_node.type.kind == Kind::kFloat ? value.value : real_of(ExactNumber{value.value, scale});
    add(z3::implies(exact_ && is_in, weight(place, owner) <= 1));
    deviations = deviations + z3::ite(is_in, real - mean, context_.real_val(0));
  }
  add(z3::implies(exact_, deviations == 0));
  guess("it compares an average over rows", node);
  return {added.some, mean};
}

Symbol Encoder::distinct(const MeaningNode& node, std::uint32_t owner, FrameId rows) {
  const Tally counted = tally(owner, rows, node.operands[0], node, false);
  const MeaningNode& value_node = meanings_.node(node.operands[1]);
  const z3::expr different = fresh("distinct", node.type);
  add(different >= 0);
  add((different >= 1) == counted.some);
  z3::expr seen = number(0);
  struct Candidate {
    z3::expr is_in, value;
  };
  std::vector<Candidate> earlier;
  std::vector<z3::expr> pairs;
  for (const std::uint32_t place : leaves(owner, rows)) {
    const z3::expr is_in = all_of({is_there(place, owner), holds_at(node.operands[0], place)});
    const Symbol symbol = at(node.operands[1], place);
    const z3::expr value = value_node.type.kind == Kind::kText ? text_key(symbol, value_node.type.folded) : symbol.value;
    std::vector<z3::expr> is_new = {is_in};
    for (const Candidate& other : earlier) {
      is_new.push_back(!(other.is_in && other.value == value));
      pairs.push_back(all_of({is_in, other.is_in, other.value != value}));
    }
    seen = seen + z3::ite(all_of(is_new), number(1), number(0));
    earlier.push_back({is_in, value});
  }
  if (value_node.type.kind != Kind::kList) {
    add(different >= seen);
    add(z3::implies(exact_, different == seen));
  }
  for (const OpenTally& open : open_tallies_) {
    if (open.owner == owner && open.rows == rows && open.condition == node.operands[0]) pairs.push_back(open.rest > 0);
  }
  add(z3::implies(different >= 2, some_of(pairs)));
  guess("it compares the number of different values with more than two", node);
  return {yes_, different};
}

// ---- sequences

// Whether some of the rows, one a step, are a chain.
z3::expr Encoder::chain_of(const MeaningNode& node, std::uint32_t owner, const std::vector<std::uint32_t>& rows, FrameId frame) {
  const auto& sequence = std::get<Sequence>(*node.node);
  const SchemaTable& table = program().schema.tables[program().frame(frame).table];
  const Kind time_kind = table.columns[*table.time].type.kind;
  std::vector<z3::expr> parts;
  std::optional<z3::expr> before;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Symbol time = column_at(placed_[rows[i]].row, *table.time);
    parts.push_back(all_of({is_there(rows[i], owner), holds_at(node.operands[i], rows[i]), time.known}));
    if (before) parts.push_back(*before < time.value);
    before = time.value;
    if (!sequence.by) continue;
    const Symbol by = at(node.operands.back(), rows[i]), first = at(node.operands.back(), rows[0]);
    const Type& type = meanings_.node(node.operands.back()).type;
    parts.push_back(all_of({by.known, equal_values(type, by, type, first, type.folded)}));
  }
  const z3::expr first = column_at(placed_[rows[0]].row, *table.time).value;
  const bool is_date = time_kind == Kind::kDate;
  if (sequence.limit_kind == Kind::kSpan) parts.push_back(*before - first <= number(sequence.limit));
  else {
    const z3::expr first_day = is_date ? first : day_of(first), last_day = is_date ? *before : day_of(*before);
    const std::int64_t days = sequence.limit_kind == Kind::kMonths ? sequence.limit * 28 : sequence.limit;
    parts.push_back(last_day - first_day <= number(days));
  }
  return all_of(parts);
}

Symbol Encoder::sequence(const MeaningNode& node, std::uint32_t owner, FrameId rows) {
  const auto& sequence = std::get<Sequence>(*node.node);
  const z3::expr holds = context_.bool_const(fresh_name("sequence").c_str());
  for (std::size_t i = 0; i < sequence.steps.size(); ++i) add(z3::implies(holds, tally(owner, rows, node.operands[i], node, false).some));
  const std::vector<std::uint32_t> places = leaves(owner, rows);
  std::size_t ways = 1;
  for (std::size_t i = 0; i < sequence.steps.size(); ++i) ways *= places.size();
  guess("it asks for a sequence of rows", node);
  if (ways > kMostChains || places.empty()) {
    add(z3::implies(exact_, !holds));
    return predicate(holds);
  }
  std::vector<z3::expr> chains;
  for (std::size_t way = 0; way < ways; ++way) {
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = 0, at = way; i < sequence.steps.size(); ++i, at /= places.size()) chosen.push_back(places[at % places.size()]);
    chains.push_back(chain_of(node, owner, chosen, rows));
  }
  add(z3::implies(exact_, holds == some_of(chains)));
  return predicate(holds);
}

}  // namespace segue::proving
