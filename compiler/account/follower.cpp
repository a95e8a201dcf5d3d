// A change: what it touches, whom it can reach, what is asked again.
#include "compiler/account/follower.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "runtime/population.h"

namespace segue {

namespace {

constexpr std::size_t kSpareBytes = std::size_t{64} << 20;       // of texts and lists that nothing holds any more
constexpr std::size_t kLeastTotalBytes = std::size_t{64} << 20;  // that totals may take

std::optional<std::int64_t> kept_cell(const RowTable& table, RowId row, ColumnId column) {
  return table.keeps(column) ? table.cell(row, column) : std::nullopt;
}

}  // namespace

// ── the start ──

AccountFollower::AccountFollower(const CheckedProgram& program, const KeptColumns& kept, const Database& database, const Clock& clock,
                                 const std::vector<DefinitionId>& roots, const Results* answers, ChainWay way)
    : program_(program),
      schema_(program.schema),
      added_(program.schema.tables.size()) {
  PlanOptions options;
  const std::vector<std::vector<ExprId>> terms = population_levels(program, roots);
  levels_.resize(terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (const ExprId id : terms[i]) {
      const std::uint32_t table = program.frame(program.expr(id).frame).table;
      const auto column = static_cast<std::uint32_t>(schema_.tables[table].columns.size()) + added_[table]++;
      levels_[i].terms.push_back({.expr = id, .table = table, .column = column});
    }
  }
  std::vector<Plan> plans = make_level_plans(options);
  plans.push_back(make_plan(program, roots, options));

  KeptColumns all = kept;
  for (const Plan& plan : plans) add_kept_columns(plan, schema_, all);
  for (std::size_t table = 0; table < schema_.tables.size(); ++table) {
    if (const auto key = schema_.tables[table].key) all.columns[table][*key] = true;
    all.columns[table].resize(schema_.tables[table].columns.size() + added_[table], true);
  }
  tables_ = load_row_tables(schema_, all, database);
  kept_bytes_ = tables_.pools.bytes();

  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    level.program = std::make_unique<AccountProgram>(std::move(plans[i]), schema_, added_, way);
    level.run = std::make_unique<AccountRun>(*level.program, clock);
    for (const PlanRoot& root : level.program->roots()) {
      level.roots.emplace_back().table = level.program->plan().frames[index_of(root.frame)].table;
      has_row_answers_ |= root.frame != kAccountFrame;
    }
  }
  answering_ = std::make_unique<AccountProgram>(std::move(plans.back()), schema_, added_, way);
  run_ = std::make_unique<AccountRun>(*answering_, clock);
  find_referenced();
  lay_out_answers();
  begin_change();
  reach_all();
  SourceSet sources = answering_->no_sources();
  answering_->add_rows(sources, 0);
  for (Level& level : levels_) {
    evaluate_level(level, sources);
    for (const Term& term : level.terms) rank(level, term, sources);
  }
  if (answers != nullptr) {
    take_answers(*answers);
    const ProgramPart totals = answering_->total_part();
    for (const RowId account : has_totals_ ? reached_ : std::vector<RowId>{}) run_->run(totals, tables_, account, totals_of(account));
  } else {
    for (const RowId account : reached_) evaluate_account(answering_->whole(), account);
  }
  changes_.clear(), change_ids_.clear();
}

// The plans of the levels, each of which reads the answers of those before.
std::vector<Plan> AccountFollower::make_level_plans(PlanOptions& options) {
  std::vector<Plan> plans;
  for (Level& level : levels_) {
    std::vector<ExprId> exprs;
    for (const Term& term : level.terms) exprs.push_back(term.expr);
    plans.push_back(make_population_plan(program_, exprs, options));
    for (std::size_t i = 0; i < level.terms.size(); ++i) {
      Term& term = level.terms[i];
      const PopulationTerm& made = plans.back().population[i];
      term.among = made.among, term.values = made.values, term.is_float = made.is_float;
      const bool is_top = std::holds_alternative<TopOf>(program_.expr(term.expr).node);
      options.population.push_back({.expr = term.expr, .column = term.column, .may_be_missing = !is_top, .unknown = {}});
    }
  }
  return plans;
}

void AccountFollower::lay_out_answers() {
  std::uint32_t words = 0;
  for (const PlanRoot& root : answering_->roots()) {
    Store& store = stores_.emplace_back();
    if (root.frame != kAccountFrame) {
      store = {Store::Kind::kRows, static_cast<std::uint32_t>(row_answers_.size())};
      row_answers_.emplace_back().table = answering_->plan().frames[index_of(root.frame)].table;
      has_row_answers_ = true;
    } else if (root.answer == AnswerKind::kMembers) {
      store = {Store::Kind::kBit, static_cast<std::uint32_t>(stores_.size() - 1)};  // as the run has it
    } else {
      store = {root.answer == AnswerKind::kScores ? Store::Kind::kScore : Store::Kind::kCode, words++};
    }
  }
  bit_words_ = (stores_.size() + 63) / 64;
  stride_ = bit_words_ + words;
  lay_out_totals();
  grow_answers();
}

// They take no more memory than the tables do. Ranking changes other rows than the one that comes or goes.
void AccountFollower::lay_out_totals() {
  std::size_t bytes = kLeastTotalBytes;
  for (const RowTable& table : tables_.tables) bytes = std::max(bytes, table.cell_bytes());
  const std::size_t words = answering_->total_words();
  has_totals_ = levels_.empty() && words > 0 && words * sizeof(std::uint32_t) * tables_.tables[0].size() <= bytes;
}

std::uint32_t* AccountFollower::totals_of(RowId account) {
  return has_totals_ ? totals_.data() + account * answering_->total_words() : nullptr;
}

void AccountFollower::grow_answers() {
  answers_.resize(tables_.tables[0].size() * stride_);
  reached_in_.resize(tables_.tables[0].size());
  if (has_totals_) totals_.resize(tables_.tables[0].size() * answering_->total_words());
  const auto grow = [&](RowAnswers& answers) {
    const std::size_t rows = tables_.tables[answers.table].size();
    answers.bits.resize(rows), answers.values.resize(rows), answers.seen.resize(rows);
  };
  for (RowAnswers& each : row_answers_) grow(each);
  for (Level& level : levels_) {
    for (RowAnswers& each : level.roots) grow(each);
  }
}

void AccountFollower::take_answers(const Results& answers) {
  for (std::size_t root = 0; root < stores_.size(); ++root) {
    const Store& store = stores_[root];
    const DefinitionResult& given = answers.definitions[root];
    for (RowId row = 0; row < given.members.size(); ++row) {
      if (!given.members.test(row)) continue;
      if (store.kind == Store::Kind::kRows) row_answers_[store.index].bits[row] = 1;
      else answers_[row * stride_ + store.index / 64] |= static_cast<std::int64_t>(std::uint64_t{1} << (store.index % 64));
    }
    for (RowId row = 0; row < given.scores.size(); ++row)
      answers_[row * stride_ + bit_words_ + store.index] = std::bit_cast<std::int64_t>(given.scores[row]);
    for (RowId row = 0; row < given.codes.size(); ++row) answers_[row * stride_ + bit_words_ + store.index] = given.codes[row];
  }
}

std::int64_t AccountFollower::answer(std::uint32_t root, RowId row) const {
  const Store& store = stores_[root];
  if (store.kind == Store::Kind::kRows) return row_answers_[store.index].bits[row];
  const std::int64_t* words = answers_.data() + row * stride_;
  if (store.kind != Store::Kind::kBit) return words[bit_words_ + store.index];
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(words[store.index / 64]) >> (store.index % 64)) & 1);
}

const ProgramPart& AccountFollower::part(Parts& parts, const AccountProgram& program, const SourceSet& sources) {
  const auto found = parts.find(sources);
  return found != parts.end() ? found->second : parts.emplace(sources, program.part(sources)).first->second;
}

// Of the change at hand, whose row `changed_` is.
const ProgramPart& AccountFollower::answering_part(const SourceSet& sources) {
  const auto found = parts_.find(sources);
  if (found != parts_.end()) return found->second;
  ProgramPart& made = parts_.emplace(sources, answering_->part(sources)).first->second;
  made.takes_difference = has_totals_ && changed_ && answering_->takes_difference(made, sources, changed_->first);
  return made;
}

// ── whom a change reaches ──

void AccountFollower::begin_change() {
  ++turn_;
  changed_.reset();
  reached_.clear();
  changes_.clear(), change_ids_.clear();
}

void AccountFollower::find_referenced() {
  for (const SchemaTable& table : schema_.tables) referenced_cells_.emplace_back(table.columns.size());
  const auto look = [&](const Plan& plan) {
    for (const NodeId id : plan.live) {
      const PlanNode& node = plan.node(id);
      std::visit(
          [&](const auto& op) {
            if constexpr (requires { op.references; }) {
              std::uint32_t table = plan.frames[index_of(node.frame)].table;
              for (std::size_t i = 0; i < op.references.size(); ++i) {
                if (i > 0) referenced_cells_[table][schema_.tables[table].references[op.references[i]].by] = true;
                table = op.tables[i];
              }
              referenced_cells_[table][op.column] = true;
            }
          },
          node.op);
    }
  };
  for (const Level& level : levels_) look(level.program->plan());
  look(answering_->plan());
}

// The accounts above a row, by whichever parents.
void AccountFollower::reach_accounts(std::uint32_t from, RowId first) {
  climbing_.assign(1, {from, first});
  while (!climbing_.empty()) {
    const auto [table, row] = climbing_.back();
    climbing_.pop_back();
    if (table == kAccountTable) {
      if (std::exchange(reached_in_[row], turn_) != turn_) reached_.push_back(row);
      continue;
    }
    const std::vector<ParentLink>& parents = schema_.tables[table].parents;
    for (std::size_t link = 0; link < parents.size(); ++link) {
      const RowId parent = tables_.tables[parents[link].table].keys.row(tables_.tables[table].links[link].bucket(row));
      if (parent != kNoRow) climbing_.emplace_back(parents[link].table, parent);
    }
  }
}

// The row's accounts, and those of rows whose references lead to it.
void AccountFollower::reach(std::uint32_t table, RowId row, bool is_read_by_reference) {
  std::vector<std::pair<std::uint32_t, RowId>> rows{{table, row}};
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const auto [to, target] = rows[at];
    for (std::uint32_t from = 0; is_read_by_reference && from < schema_.tables.size(); ++from) {
      for (std::size_t i = 0; i < schema_.tables[from].references.size(); ++i) {
        if (schema_.tables[from].references[i].to != to) continue;
        const Chain& chain = tables_.tables[from].references[i];
        for (RowId source = chain.first(tables_.tables[to].key_of[target]); source != kNoRow; source = chain.next(source)) {
          if (std::ranges::find(rows, std::pair(from, source)) == rows.end()) rows.emplace_back(from, source);
        }
      }
    }
    reach_accounts(to, target);
  }
}

void AccountFollower::reach_all() {
  for (RowId account = 0; account < tables_.tables[0].size(); ++account) {
    if (tables_.tables[0].exists(account)) reach_accounts(kAccountTable, account);
  }
}

// Rows of related tables that have an answer under the accounts reached: the change may take them away from there.
void AccountFollower::note_rows(const SourceSet& sources) {
  if (!has_row_answers_) return;
  note_rows(*run_, answering_part(sources),
            [&](std::uint32_t root) { return stores_[root].kind == Store::Kind::kRows ? &row_answers_[stores_[root].index] : nullptr; });
  for (Level& level : levels_)
    note_rows(*level.run, part(level.parts, *level.program, sources), [&](std::uint32_t root) { return &level.roots[root]; });
}

void AccountFollower::note_rows(AccountRun& run, const ProgramPart& part, const std::function<RowAnswers*(std::uint32_t)>& answers_of) {
  for (const RowId account : reached_) {
    run.collect_rows(part, tables_, account);
    for (const std::uint32_t root : part.roots) {
      RowAnswers* answers = answers_of(root);
      if (answers == nullptr || answers->table == kAccountTable) continue;
      for (const RowId row : run.rows(root)) {
        if (answers->bits[row] != 0)
          answers->noted.push_back({row, account, key_at(kAccountTable, account).value_or(0), key_at(answers->table, row)});
      }
    }
  }
}

// ── evaluation ──

void AccountFollower::evaluate(SourceSet sources) {
  for (Level& level : levels_) {
    evaluate_level(level, sources);
    if (!std::exchange(level.is_dirty, false)) continue;
    for (const Term& term : level.terms) rank(level, term, sources);
  }
  const ProgramPart& asked = answering_part(sources);
  for (const RowId account : reached_) evaluate_account(asked, account);
  for (const std::uint32_t root : asked.roots) {
    if (stores_[root].kind != Store::Kind::kRows) continue;
    for (const RowAnswers::Noted& gone : take_unseen(row_answers_[stores_[root].index]))
      report(gone.account, gone.account_key, {.root = root, .row_key = gone.row_key, .before = 1, .after = 0});
  }
}

void AccountFollower::evaluate_level(Level& level, const SourceSet& sources) {
  const ProgramPart& asked = part(level.parts, *level.program, sources);
  for (const RowId account : reached_) evaluate_level(level, asked, account);
  for (RowAnswers& each : level.roots) level.is_dirty |= !take_unseen(each).empty();
  // Places that have been given anew are those of all rows.
  while (level.renumberings != level.run->renumberings()) {
    level.renumberings = level.run->renumberings();
    for (RowId account = 0; account < tables_.tables[0].size(); ++account) {
      if (tables_.tables[0].exists(account)) evaluate_level(level, level.program->whole(), account);
    }
  }
}

void AccountFollower::evaluate_level(Level& level, const ProgramPart& asked, RowId account) {
  if (asked.roots.empty()) return;
  level.run->run(asked, tables_, account);
  ++evaluations_;
  for (const std::uint32_t root : asked.roots) {
    RowAnswers& answers = level.roots[root];
    const bool is_members = level.program->roots()[root].answer == AnswerKind::kMembers;
    const std::vector<RowId>& rows = level.run->rows(root);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint8_t bit = (is_members ? level.run->is_member(root, i) : level.run->is_known(root, i)) ? 1 : 0;
      const std::int64_t value = is_members ? 0 : level.run->value(root, i);
      answers.seen[rows[i]] = turn_;
      level.is_dirty |= std::exchange(answers.bits[rows[i]], bit) != bit;
      level.is_dirty |= std::exchange(answers.values[rows[i]], value) != value;
    }
  }
}

// Rows that lay under an account and do so no more; without an account a row has no answer.
std::vector<AccountFollower::RowAnswers::Noted> AccountFollower::take_unseen(RowAnswers& answers) const {
  std::vector<RowAnswers::Noted> unseen;
  for (const RowAnswers::Noted& noted : answers.noted) {
    if (answers.seen[noted.row] == turn_ || answers.bits[noted.row] == 0) continue;
    answers.bits[noted.row] = 0, answers.values[noted.row] = 0;
    unseen.push_back(noted);
  }
  answers.noted.clear();
  return unseen;
}

// The keys of a table's rows, as ranking compares them.
Column AccountFollower::key_column(std::uint32_t index) const {
  const RowTable& table = tables_.tables[index];
  const ColumnId key = *schema_.tables[index].key;
  Column column;
  column.type = schema_.tables[index].columns[key].type;
  column.rows = table.size();
  column.storage = column.type.kind == Kind::kText    ? Storage::kCodes
                   : column.type.kind == Kind::kFloat ? Storage::kFloat64
                                                      : Storage::kInt64;
  column.data.resize((table.size() + 64) * bytes_of(column.storage));
  auto dictionary = std::make_shared<Dictionary>();
  for (RowId row = 0; row < table.size(); ++row) {
    const std::int64_t value = table.exists(row) ? table.cell(row, key).value_or(0) : 0;
    if (column.storage == Storage::kCodes)
      reinterpret_cast<std::int32_t*>(column.data.data())[row] = dictionary->append(tables_.pools.text_at(value));
    else reinterpret_cast<std::int64_t*>(column.data.data())[row] = value;
  }
  column.dictionary = std::move(dictionary);
  return column;
}

// Ranks all rows anew. Those whose place is another are changed rows themselves.
void AccountFollower::rank(const Level& level, const Term& term, SourceSet& sources) {
  RowTable& table = tables_.tables[term.table];
  const RowAnswers &among = level.roots[term.among], &values = level.roots[term.values];
  Bitmap candidates(table.size()), known(table.size());
  for (RowId row = 0; row < table.size(); ++row) candidates.set(row, among.bits[row] != 0), known.set(row, values.bits[row] != 0);
  const RankedValues ranked{values.values, known, term.is_float};
  const auto* top = std::get_if<TopOf>(&program_.expr(term.expr).node);
  const Column answers =
      top == nullptr ? percentiles(candidates, ranked)
                     : bits_column(top_rows(candidates, ranked, top_count(candidates.count(), top->count, top->share, top->share_scale),
                                            key_column(term.table)));
  bool is_changed = false;
  for (RowId row = 0; row < table.size(); ++row) {
    if (!table.exists(row)) continue;
    std::optional<std::int64_t> cell;
    if (top != nullptr) cell = answers.bool_at(row) ? 1 : 0;
    else if (answers.is_known(row)) cell = std::bit_cast<std::int64_t>(answers.float_at(row));
    if (cell == table.cell(row, term.column)) continue;
    table.set(row, term.column, cell);
    reach_accounts(term.table, row);
    is_changed = true;
  }
  if (is_changed) answering_->add_cell(sources, term.table, term.column);
}

// The row as it was counts no more in the totals of its accounts.
void AccountFollower::take_away(const SourceSet& sources) {
  const ProgramPart& asked = answering_part(sources);
  if (!asked.takes_difference) return;
  for (const RowId account : reached_)
    run_->run_difference(asked, tables_, account, totals_of(account),
                         {.table = changed_->first, .row = changed_->second, .is_taken = true});
}

void AccountFollower::evaluate_account(const ProgramPart& asked, RowId account) {
  if (asked.roots.empty()) return;
  if (asked.takes_difference) {
    run_->run_difference(asked, tables_, account, totals_of(account),
                         {.table = changed_->first, .row = changed_->second, .is_taken = false});
  } else {
    run_->run(asked, tables_, account, totals_of(account));
  }
  ++evaluations_;
  found_.clear();
  std::int64_t* words = answers_.data() + account * stride_;
  for (const MemberWord& member : asked.members) {
    const auto old = static_cast<std::uint64_t>(words[member.word]);
    std::uint64_t changed = (old ^ run_->members()[member.word]) & member.mask;
    words[member.word] = static_cast<std::int64_t>(old ^ changed);
    for (; changed != 0; changed &= changed - 1) {
      const auto bit = static_cast<std::uint32_t>(std::countr_zero(changed));
      const std::int64_t before = static_cast<std::int64_t>((old >> bit) & 1);
      found_.push_back({.root = member.word * 64 + bit, .row_key = {}, .before = before, .after = 1 - before});
    }
  }
  for (const std::uint32_t root : asked.others) evaluate_root(root, account);
  if (found_.empty()) return;
  if (!asked.others.empty()) std::ranges::stable_sort(found_, {}, &AnswerChange::root);
  const std::int64_t key = *key_at(kAccountTable, account);
  for (const AnswerChange& change : found_) report(account, key, change);
}

void AccountFollower::evaluate_root(std::uint32_t root, RowId account) {
  const Store& store = stores_[root];
  if (store.kind == Store::Kind::kRows) return evaluate_rows(root);
  std::int64_t& word = answers_[account * stride_ + bit_words_ + store.index];
  const std::int64_t after = store.kind == Store::Kind::kCode && !run_->is_known(root) ? -1 : run_->value(root),
                     before = std::exchange(word, after);
  if (before != after || (new_account_ == account && store.kind == Store::Kind::kScore))
    found_.push_back({.root = root, .row_key = {}, .before = before, .after = after});
}

void AccountFollower::evaluate_rows(std::uint32_t root) {
  RowAnswers& answers = row_answers_[stores_[root].index];
  const std::vector<RowId>& rows = run_->rows(root);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool after = run_->is_member(root, i);
    answers.seen[rows[i]] = turn_;
    if (std::exchange(answers.bits[rows[i]], after ? 1 : 0) == (after ? 1 : 0)) continue;
    found_.push_back({.root = root, .row_key = key_at(answers.table, rows[i]), .before = !after, .after = after});
  }
}

void AccountFollower::report(RowId account, std::int64_t key, AnswerChange change) {
  const auto [at, is_first] = change_ids_.try_emplace(key, changes_.size());
  if (is_first) changes_.push_back({key, account, new_account_ == account, {}});
  changes_[at->second].answers.push_back(change);
}

// ── changes ──

std::optional<std::int64_t> AccountFollower::key_at(std::uint32_t table, RowId row) const {
  const auto key = schema_.tables[table].key;
  return key ? kept_cell(tables_.tables[table], row, *key) : std::nullopt;
}

RowId AccountFollower::row_of(const RowChange& change) const {
  const KeyIndex& keys = tables_.tables[change.table].keys;
  return change.key ? keys.row(keys.find(*change.key)) : kNoRow;
}

std::optional<ChangeRefusal> AccountFollower::refusal(const RowChange& change) const {
  const bool has_key = schema_.tables[change.table].key.has_value();
  if (change.kind != ChangeKind::kInsert && !has_key) return ChangeRefusal::kNoKey;
  if (has_key && !change.key) return ChangeRefusal::kKeyMissing;
  const bool is_there = row_of(change) != kNoRow;
  if (change.kind != ChangeKind::kInsert && !is_there) return ChangeRefusal::kUnknownRow;
  if (change.kind == ChangeKind::kInsert && is_there) return ChangeRefusal::kRepeatedKey;
  return std::nullopt;
}

void AccountFollower::make_room() {
  if (tables_.pools.bytes() < 2 * kept_bytes_ + kSpareBytes) return;
  renew_pools(schema_, tables_);
  kept_bytes_ = tables_.pools.bytes();
}

std::expected<std::span<const AccountChange>, ChangeRefusal> AccountFollower::apply(const RowChange& change) {
  if (const auto refused = refusal(change)) return std::unexpected(*refused);
  begin_change();
  switch (change.kind) {
    case ChangeKind::kInsert: insert(change); break;
    case ChangeKind::kUpdate: update(change); break;
    case ChangeKind::kDelete: remove(change); break;
  }
  return end_change();
}

std::span<const AccountChange> AccountFollower::end_change() {
  new_account_.reset();
  std::erase_if(changes_, [](const AccountChange& change) { return change.answers.empty(); });
  return changes_;
}

std::span<const AccountChange> AccountFollower::set_clock(const Clock& clock) {
  begin_change();
  SourceSet sources = answering_->no_sources();
  answering_->add_clock(sources);
  run_->set_clock(clock);
  for (Level& level : levels_) level.run->set_clock(clock);
  reach_all();
  evaluate(std::move(sources));
  return end_change();
}

// Under `dedupe` a row that equals another one, in all columns and parents, counts once.
bool AccountFollower::is_repeated(const RowChange& change) const {
  const SchemaTable& declared = schema_.tables[change.table];
  const RowTable& table = tables_.tables[change.table];
  if (!declared.dedupe || declared.key) return false;
  const auto wanted_bucket = [&](std::uint32_t link) {
    const auto given = std::ranges::find(change.parents, link, &ParentChange::link);
    return given == change.parents.end() || !given->key ? kNoBucket : tables_.tables[declared.parents[link].table].keys.find(*given->key);
  };
  const auto equals = [&](RowId row) {
    for (std::uint32_t link = 0; link < declared.parents.size(); ++link) {
      if (table.links[link].bucket(row) != wanted_bucket(link)) return false;
    }
    for (std::uint32_t column = 0; column < declared.columns.size(); ++column) {
      const auto given = std::ranges::find(change.cells, column, &CellChange::column);
      if (table.keeps(column) && table.cell(row, column) != (given == change.cells.end() ? std::nullopt : given->value)) return false;
    }
    return true;
  };
  for (RowId row = table.links[0].first(wanted_bucket(0)); row != kNoRow; row = table.links[0].next(row)) {
    if (equals(row)) return true;
  }
  return false;
}

void AccountFollower::insert(const RowChange& change) {
  if (is_repeated(change)) return;
  RowTable& table = tables_.tables[change.table];
  const SchemaTable& declared = schema_.tables[change.table];
  const RowId row = table.add();
  if (declared.key) table.set(row, *declared.key, change.key);
  table.key_of[row] = declared.key ? table.keys.place(*change.key) : kNoBucket;
  if (declared.key) table.keys.set_row(table.key_of[row], row);
  for (const CellChange& cell : change.cells) set_cell(change.table, row, cell);
  if (declared.key) set_cell(change.table, row, {*declared.key, change.key});
  set_parents(change.table, row, change.parents);
  grow_answers();
  if (change.table == kAccountTable) {
    new_account_ = row;
    std::fill_n(answers_.begin() + static_cast<std::ptrdiff_t>(row * stride_), stride_, 0);
    for (const Store& store : stores_) {
      if (store.kind == Store::Kind::kCode) answers_[row * stride_ + bit_words_ + store.index] = -1;
    }
  }
  SourceSet sources = answering_->no_sources();
  answering_->add_rows(sources, change.table);
  changed_ = {change.table, row};
  reach(change.table, row, true);
  evaluate(std::move(sources));
}

void AccountFollower::update(const RowChange& change) {
  const RowTable& table = tables_.tables[change.table];
  const RowId row = row_of(change);
  SourceSet sources = answering_->no_sources();
  bool is_referenced = false, is_changed = false, moves = false;
  for (const CellChange& cell : change.cells) {
    if (!table.keeps(cell.column) || table.cell(row, cell.column) == cell.value) continue;
    answering_->add_cell(sources, change.table, cell.column);
    is_referenced |= referenced_cells_[change.table][cell.column];
    is_changed = true;
  }
  for (const ParentChange& parent : change.parents) {
    const KeyIndex& keys = tables_.tables[schema_.tables[change.table].parents[parent.link].table].keys;
    const BucketId bucket = parent.key ? keys.find(*parent.key) : kNoBucket;
    moves |= bucket != table.links[parent.link].bucket(row) || (parent.key && bucket == kNoBucket);
  }
  if (!is_changed && !moves) return;
  if (moves) answering_->add_rows(sources, change.table);
  changed_ = {change.table, row};
  reach(change.table, row, is_referenced);
  if (moves) note_rows(sources);
  take_away(sources);
  for (const CellChange& cell : change.cells) set_cell(change.table, row, cell);
  set_parents(change.table, row, change.parents);
  if (moves) reach(change.table, row, is_referenced);
  evaluate(std::move(sources));
}

void AccountFollower::remove(const RowChange& change) {
  RowTable& table = tables_.tables[change.table];
  const RowId row = row_of(change);
  SourceSet sources = answering_->no_sources();
  answering_->add_rows(sources, change.table);
  changed_ = {change.table, row};
  reach(change.table, row, true);
  note_rows(sources);
  take_away(sources);
  if (change.table == kAccountTable) forget_account(row);
  for (Chain& link : table.links) link.put(row, kNoBucket);
  for (Chain& reference : table.references) reference.put(row, kNoBucket);
  table.keys.set_row(table.key_of[row], kNoRow);
  for (std::size_t column = 0; column < table.column_count(); ++column) {
    if (table.keeps(static_cast<std::uint32_t>(column))) table.set(row, static_cast<std::uint32_t>(column), std::nullopt);
  }
  table.remove(row);
  evaluate(std::move(sources));
}

// What it was in it leaves.
void AccountFollower::forget_account(RowId row) {
  std::erase(reached_, row);
  const std::int64_t key = *key_at(kAccountTable, row);
  for (std::uint32_t root = 0; root < stores_.size(); ++root) {
    if (stores_[root].kind == Store::Kind::kRows) continue;
    const std::int64_t before = answer(root, row), after = stores_[root].kind == Store::Kind::kCode ? -1 : 0;
    if (before != after || stores_[root].kind == Store::Kind::kScore)
      report(kNoRow, key, {.root = root, .row_key = {}, .before = before, .after = after});
  }
  std::fill_n(answers_.begin() + static_cast<std::ptrdiff_t>(row * stride_), stride_, 0);
  for (Level& level : levels_) {
    for (RowAnswers& each : level.roots) {
      if (each.table != kAccountTable) continue;
      each.bits[row] = 0, each.values[row] = 0;
      level.is_dirty = true;
    }
  }
}

void AccountFollower::set_parents(std::uint32_t table, RowId row, const std::vector<ParentChange>& parents) {
  for (const ParentChange& parent : parents) {
    KeyIndex& keys = tables_.tables[schema_.tables[table].parents[parent.link].table].keys;
    tables_.tables[table].links[parent.link].put(row, parent.key ? keys.place(*parent.key) : kNoBucket);
  }
}

void AccountFollower::set_cell(std::uint32_t index, RowId row, const CellChange& change) {
  RowTable& table = tables_.tables[index];
  if (!table.keeps(change.column)) return;
  table.set(row, change.column, change.value);
  const std::vector<SchemaReference>& references = schema_.tables[index].references;
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (references[i].by != change.column) continue;
    table.references[i].put(row, change.value ? tables_.tables[references[i].to].keys.place(*change.value) : kNoBucket);
  }
}

}  // namespace segue
