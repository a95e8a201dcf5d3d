// Both versions over the data: one pass where they can be joined, each by itself where not.
#include "bindings/cpp/diff/movers.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/diff/compared.h"
#include "bindings/cpp/diff/mover_reasons.h"
#include "bindings/cpp/diff/mover_sides.h"
#include "bindings/cpp/engine.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/loaded_data.h"
#include "bindings/cpp/needed_columns.h"
#include "bindings/cpp/outcomes.h"
#include "bindings/cpp/suppressed.h"

namespace segue {
namespace {

// One pass over a joined program: `head` and `base` of a pair are roots.
struct JointRoots {
  std::vector<DefinitionId> roots;
  struct Pair {
    std::optional<std::size_t> base, head;  // indices into `roots`
  };
  std::vector<Pair> pairs;
};

struct JointPass {
  std::shared_ptr<const CheckedProject> project;
  std::shared_ptr<const Database> database;
  std::vector<DefinitionId> roots;
  Results results;
  std::shared_ptr<const Bitmap> suppressed;
};

bool is_asked_for(const MoversOptions& options, std::size_t pair) { return options.asked.empty() || options.asked[pair]; }
bool is_known_equal(const MoversOptions& options, std::size_t pair) { return !options.is_equal.empty() && options.is_equal[pair]; }

// Where head's index of a definition, or base's, is asked for, and it is not in the joined program, it is evaluated apart.
bool is_joint(const ComparedPair& pair) {
  return pair.apart.empty() && pair.reading.empty() && (!pair.base || pair.joined_base) && (!pair.head || pair.joined_head);
}

JointRoots joint_roots(const ComparedVersions& versions, const MoversOptions& options) {
  JointRoots out;
  out.pairs.resize(versions.pairs.size());
  const auto add = [&](std::optional<DefinitionId> id) -> std::optional<std::size_t> {
    if (!id) return std::nullopt;
    out.roots.push_back(*id);
    return out.roots.size() - 1;
  };
  for (std::size_t i = 0; i < versions.pairs.size(); ++i) {
    const ComparedPair& pair = versions.pairs[i];
    if (!is_asked_for(options, i) || !is_joint(pair)) continue;
    if (pair.head) out.pairs[i].head = add(pair.joined_head);
    if (pair.base) out.pairs[i].base = is_known_equal(options, i) && out.pairs[i].head ? out.pairs[i].head : add(pair.joined_base);
  }
  return out;
}

// The joined program under the `suppress` lists of a version.
CheckedProject with_lists_of(const CheckedProject& joined, const CheckedProject& version) {
  CheckedProject out = joined;
  out.workspace = version.workspace;
  return out;
}

void fill_suppressed(DiffData& data, const Bitmap& before, const Bitmap& after) {
  data.suppressed_before = before.count();
  data.suppressed_after = after.count();
  const std::uint64_t both = count_common(before, after);
  data.newly_suppressed = data.suppressed_after - both;
  data.no_longer_suppressed = data.suppressed_before - both;
}

// A column of the joined schema by its name with the table's.
struct JoinedColumn {
  std::size_t table = 0, column = 0;
};

std::optional<JoinedColumn> joined_column(const Schema& schema, std::string_view name) {
  for (std::size_t t = 0; t < schema.tables.size(); ++t) {
    const std::string prefix = schema.tables[t].name + ".";
    if (!name.starts_with(prefix)) continue;
    const auto& columns = schema.tables[t].columns;
    const auto found = std::ranges::find(columns, name.substr(prefix.size()), &SchemaColumn::name);
    if (found != columns.end()) return JoinedColumn{t, static_cast<std::size_t>(found - columns.begin())};
  }
  return std::nullopt;
}

// Tables that are read anyway; another one may not be there.
void need_lost_values(const Schema& schema, const std::vector<LostValueRows>& asked, std::vector<NeededColumns>& needed) {
  for (const LostValueRows& each : asked) {
    const auto place = joined_column(schema, each.column);
    if (!place) continue;
    auto& columns = needed[place->table].columns;
    if (place->table == kAccountTable || std::ranges::find(columns, true) != columns.end()) columns[place->column] = true;
  }
}

void count_lost_values(const CheckedProgram& program, const Database& database, const std::vector<LostValueRows>& asked,
                       FoundMovers& found) {
  for (LostValueRows each : asked) {
    const auto place = joined_column(program.schema, each.column);
    if (!place) continue;
    const Column& column = database.tables[place->table].columns[place->column];
    if (!column.is_read() || column.type.kind != Kind::kEnum) continue;
    const std::vector<std::string>& values = program.enums[column.type.enum_id].values;
    each.all = column.rows;
    for (std::size_t row = 0; row < column.rows; ++row) {
      if (column.is_known(row) && std::ranges::find(each.values, values[static_cast<std::size_t>(column.int_at(row))]) != each.values.end())
        ++each.rows;
    }
    found.lost_values.push_back(std::move(each));
  }
}

std::expected<std::shared_ptr<JointPass>, Failure> run_joint(const ComparedVersions& versions, const MoversOptions& options,
                                                             const JointRoots& joint, FoundMovers& found) {
  const CheckedProject& project = *versions.joined.checked;
  const CheckedProject of_base = with_lists_of(project, *versions.base.checked);
  const CheckedProject of_head = with_lists_of(project, *versions.head.checked);
  std::vector<NeededColumns> needed = needed_columns(project.program(), joint.roots);
  need_suppress_columns(of_head, needed);
  need_suppress_columns(of_base, needed);
  for (const DefinitionId root : joint.roots) {
    const std::uint32_t table = project.program().frame(project.program().definition(root).frame).table;
    if (const auto key = project.schema().tables[table].key) needed[table].columns[*key] = true;
  }
  need_lost_values(project.schema(), options.lost_values, needed);
  auto data = load_data(project, options.data, needed);
  if (!data) return std::unexpected(std::move(data.error()));
  auto after = read_suppressed(of_head, *data->database);
  if (!after) return std::unexpected(std::move(after.error()));
  auto before = read_suppressed(of_base, *data->database);
  if (!before) return std::unexpected(std::move(before.error()));
  EvaluateOptions evaluate_options;
  evaluate_options.data = options.data;
  evaluate_options.engine = options.engine;
  auto results = run_engine(project, project.program(), *data->database, joint.roots, evaluate_options);
  if (!results) return std::unexpected(std::move(results.error()));
  count_lost_values(project.program(), *data->database, options.lost_values, found);
  fill_suppressed(found.data, before->accounts, after->accounts);
  found.data.tables = std::move(data->tables);
  found.data.accounts_before = found.data.accounts_after = data->database->tables[kAccountTable].rows;
  found.diagnostics = std::move(data->diagnostics);
  auto pass = std::make_shared<JointPass>();
  pass->project = versions.joined.checked;
  pass->database = std::move(data->database);
  pass->roots = joint.roots;
  pass->results = std::move(*results);
  if (after->accounts.count() != 0) pass->suppressed = std::make_shared<const Bitmap>(std::move(after->accounts));
  return pass;
}

std::vector<std::string> names_of_values(const CheckedProgram& program, const Definition& definition) {
  if (!has_values(definition.kind)) return {};
  return program.enums[program.expr(definition.body).type.enum_id].values;
}

// Sizes by the values that the version itself has, in its order.
void reorder_sizes(DefinitionOutcome& outcome, const std::vector<std::string>& joined, const std::vector<ValueInfo>& own) {
  std::vector<std::uint64_t> sizes;
  for (const ValueInfo& value : own) {
    const auto place = static_cast<std::size_t>(std::ranges::find(joined, value.name) - joined.begin());
    sizes.push_back(place < outcome.value_sizes.size() ? outcome.value_sizes[place] : 0);
  }
  outcome.value_sizes = std::move(sizes);
}

class JointAnswers {
 public:
  JointAnswers(const ComparedVersions& versions, std::shared_ptr<JointPass> pass) : versions_(versions), pass_(std::move(pass)) {
    const Answered answered{pass_->project->program(), *pass_->database, pass_->roots, pass_->results};
    const std::vector<std::size_t> asked(pass_->roots.size());
    AnswerTotals totals(answered.program, pass_->roots, asked);
    totals.add(answered, {});
    totals.add_suppressed(answered, pass_->suppressed ? *pass_->suppressed : Bitmap(answered.accounts()));
    outcomes_ = totals.outcomes();
  }

  ComparedAnswers answers(std::size_t pair, const JointRoots::Pair& roots, bool is_equal) {
    const ComparedPair& compared = versions_.pairs[pair];
    const OpenedProject& named = compared.head ? versions_.head : versions_.base;
    const DefinitionInfo& info = named.definitions[compared.head ? *compared.head : *compared.base];
    ComparedAnswers out{.name = info.name,
                        .kind = info.kind,
                        .is_equal = is_equal,
                        .base = {},
                        .head = {},
                        .slots = {},
                        .moved = {},
                        .lacking = {},
                        .owner = pass_};
    if (roots.base) out.base = side(*roots.base, versions_.base.definitions[*compared.base], *compared.base);
    if (roots.head) out.head = side(*roots.head, versions_.head.definitions[*compared.head], *compared.head);
    out.slots = slots(pass_->project->program().definition(pass_->roots[roots.head ? *roots.head : *roots.base]).frame);
    return out;
  }

 private:
  SideAnswer side(std::size_t root, const DefinitionInfo& info, std::size_t definition) {
    const CheckedProgram& program = pass_->project->program();
    const DefinitionResult& result = pass_->results.definitions[root];
    SideAnswer out{.members = &result.members,
                   .scores = result.scores,
                   .codes = result.codes,
                   .values = names_of_values(program, program.definition(pass_->roots[root])),
                   .outcome = outcomes_[root]};
    out.outcome->definition = definition;
    if (!out.values.empty()) reorder_sizes(*out.outcome, out.values, info.values);
    return out;
  }

  std::shared_ptr<const Slots> slots(FrameId frame) {
    std::shared_ptr<const Slots>& made = slots_[index_of(frame)];
    if (made) return made;
    const CheckedProgram& program = pass_->project->program();
    auto out = std::make_shared<Slots>();
    out->head = {.project = pass_->project, .database = pass_->database, .table = program.frame(frame).table, .account_of = {}};
    out->count = out->head_rows = pass_->database->tables[out->head.table].rows;
    out->left_out = pass_->suppressed;
    if (frame != kAccountFrame) {
      out->head.account_of = accounts_of_rows(program, *pass_->database, frame);
      if (pass_->suppressed) {
        auto rows = std::make_shared<Bitmap>(out->count);
        for (std::size_t row = 0; row < out->count; ++row) {
          const RowId account = out->head.account_of[row];
          if (account != kNoRow && pass_->suppressed->test(account)) rows->set(row);
        }
        out->left_out = std::move(rows);
      }
    }
    return made = std::move(out);
  }

  const ComparedVersions& versions_;
  std::shared_ptr<JointPass> pass_;
  std::vector<DefinitionOutcome> outcomes_;
  std::map<std::uint32_t, std::shared_ptr<const Slots>> slots_;
};

// ── Each version by itself ───────────────────────────────────────────────────────────────────────────────────────────────

// Base's answers in the order of head's rows, and what only one version has.
struct SeparatePair {
  Bitmap base_members, head_members, in_base, in_head;
  std::vector<double> base_scores, head_scores;
  std::vector<std::int32_t> base_codes, head_codes;
  std::shared_ptr<const Answers> base, head;
};

// By slot, what each row is known by.
std::vector<std::string> row_names(const SlotTable& table, std::size_t rows) {
  std::vector<std::string> names;
  names.reserve(rows);
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string name = table.account(static_cast<RowId>(row));
    if (table.table != kAccountTable) {
      name += '\0' + table.row(static_cast<RowId>(row));
      // Rows without a key are told apart by their order.
      name += fmt::format("\1{}", seen[name]++);
    }
    names.push_back(std::move(name));
  }
  return names;
}

class SeparateVersions {
 public:
  SeparateVersions(const ComparedVersions& versions, const MoversOptions& options) : versions_(versions), options_(options) {}

  // Evaluates what is asked of both; a Failure of head's own is one of the whole, unless the version of the base can go on.
  void run(const std::vector<std::size_t>& pairs) {
    std::vector<std::string> base_names, head_names;
    for (const std::size_t pair : pairs) {
      const ComparedPair& compared = versions_.pairs[pair];
      if (compared.base) base_names.push_back(versions_.base.definitions[*compared.base].name);
      if (compared.head) head_names.push_back(versions_.head.definitions[*compared.head].name);
    }
    if (!base_names.empty()) base_ = evaluate(versions_.base, evaluate_options(std::move(base_names)));
    if (!head_names.empty()) head_ = evaluate(versions_.head, evaluate_options(std::move(head_names)));
  }

  [[nodiscard]] const std::optional<std::expected<Evaluation, Failure>>& base() const { return base_; }
  [[nodiscard]] const std::optional<std::expected<Evaluation, Failure>>& head() const { return head_; }

  ComparedAnswers answers(std::size_t pair) {
    const ComparedPair& compared = versions_.pairs[pair];
    const OpenedProject& named = compared.head ? versions_.head : versions_.base;
    const DefinitionInfo& info = named.definitions[compared.head ? *compared.head : *compared.base];
    ComparedAnswers out{.name = info.name,
                        .kind = info.kind,
                        .is_equal = false,
                        .base = {},
                        .head = {},
                        .slots = {},
                        .moved = {},
                        .lacking = {},
                        .owner = {}};
    if (compared.base && !*base_) return lacking(std::move(out), "the base version", base_->error());
    if (compared.head && !*head_) return lacking(std::move(out), "the head version", head_->error());
    auto own = std::make_shared<SeparatePair>();
    if (compared.base) own->base = (*base_)->answers;
    if (compared.head) own->head = (*head_)->answers;
    const auto base_root = compared.base ? root_of(**base_, *compared.base) : std::nullopt;
    const auto head_root = compared.head ? root_of(**head_, *compared.head) : std::nullopt;
    if (base_root && head_root && !are_alike(versions_.base.definitions[*compared.base], versions_.head.definitions[*compared.head])) {
      out.base = SideAnswer{.scores = {}, .codes = {}, .values = {}, .outcome = (*base_)->definitions[*base_root]};
      out.head = SideAnswer{.scores = {}, .codes = {}, .values = {}, .outcome = (*head_)->definitions[*head_root]};
      return out;
    }
    const std::shared_ptr<const Slots> slots = make_slots(*own, base_root, head_root);
    if (base_root) out.base = spread(*own, *own->base, **base_, *base_root, *slots, true);
    if (head_root) out.head = spread(*own, *own->head, **head_, *head_root, *slots, false);
    out.slots = slots;
    out.owner = own;
    return out;
  }

 private:
  EvaluateOptions evaluate_options(std::vector<std::string> names) const {
    EvaluateOptions out;
    out.data = options_.data;
    out.names = std::move(names);
    out.engine = options_.engine;
    out.keeps_answers = true;
    return out;
  }

  static ComparedAnswers lacking(ComparedAnswers out, std::string_view version, const Failure& failure) {
    out.lacking =
        fmt::format("{} cannot be evaluated: {}", version, failure.diagnostics.empty() ? "" : failure.diagnostics.front().message);
    return out;
  }

  // Whether it makes sense to say who moved: a score and a segment of one name have nobody in common.
  static bool are_alike(const DefinitionInfo& base, const DefinitionInfo& head) {
    return base.kind == head.kind && base.relation == head.relation;
  }

  static std::optional<std::size_t> root_of(const Evaluation& evaluation, std::size_t definition) {
    const auto found = std::ranges::find(evaluation.definitions, definition, &DefinitionOutcome::definition);
    return static_cast<std::size_t>(found - evaluation.definitions.begin());
  }

  static SlotTable table_of(const Answers& answers, std::size_t root) {
    const CheckedProgram& program = answers.project->program();
    const FrameId frame = program.definition(answers.roots[root]).frame;
    SlotTable out{.project = answers.project, .database = answers.database, .table = program.frame(frame).table, .account_of = {}};
    if (frame != kAccountFrame) out.account_of = accounts_of_rows(program, *answers.database, frame);
    return out;
  }

  static std::size_t rows_of(const SlotTable& table) { return table.database->tables[table.table].rows; }

  std::shared_ptr<const Slots> make_slots(SeparatePair& own, std::optional<std::size_t> base_root, std::optional<std::size_t> head_root) {
    auto slots = std::make_shared<Slots>();
    place_of_base_.clear();
    if (base_root) slots->base = table_of(*own.base, *base_root);
    if (head_root) slots->head = table_of(*own.head, *head_root);
    const std::vector<std::string> head_names = head_root ? row_names(slots->head, rows_of(slots->head)) : std::vector<std::string>();
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < head_names.size(); ++i) places.emplace(head_names[i], i);
    slots->head_rows = head_names.size();
    slots->count = slots->head_rows;
    if (base_root) {
      const std::vector<std::string> base_names = row_names(slots->base, rows_of(slots->base));
      for (std::size_t row = 0; row < base_names.size(); ++row) {
        const auto found = places.find(base_names[row]);
        place_of_base_.push_back(found == places.end() ? slots->count++ : found->second);
        if (found == places.end()) slots->gone.push_back(static_cast<RowId>(row));
      }
    }
    own.in_base = Bitmap(slots->count);
    own.in_head = Bitmap(slots->count);
    for (const std::size_t place : place_of_base_) own.in_base.set(place);
    for (std::size_t i = 0; i < slots->head_rows; ++i) own.in_head.set(i);
    slots->in_base = &own.in_base;
    slots->in_head = &own.in_head;
    if (head_root) slots->left_out = left_out(*own.head, slots->head, slots->head_rows);
    return slots;
  }

  static std::shared_ptr<const Bitmap> left_out(const Answers& answers, const SlotTable& table, std::size_t rows) {
    if (answers.suppressed.empty() || answers.suppressed.count() == 0) return nullptr;
    auto out = std::make_shared<Bitmap>(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      const RowId account = table.account_of.empty() ? static_cast<RowId>(row) : table.account_of[row];
      if (account != kNoRow && answers.suppressed.test(account)) out->set(row);
    }
    return out;
  }

  SideAnswer spread(SeparatePair& own, const Answers& answers, const Evaluation& evaluation, std::size_t root, const Slots& slots,
                    bool is_base) {
    const DefinitionResult& result = answers.results.definitions[root];
    Bitmap& members = is_base ? own.base_members : own.head_members;
    std::vector<double>& scores = is_base ? own.base_scores : own.head_scores;
    std::vector<std::int32_t>& codes = is_base ? own.base_codes : own.head_codes;
    const auto place = [&](std::size_t row) { return is_base ? place_of_base_[row] : row; };
    members = Bitmap(slots.count);
    scores.assign(result.scores.empty() ? 0 : slots.count, 0.0);
    codes.assign(result.codes.empty() ? 0 : slots.count, -1);
    for (std::size_t row = 0; row < result.members.size(); ++row) {
      if (result.members.test(row)) members.set(place(row));
    }
    for (std::size_t row = 0; row < result.scores.size(); ++row) scores[place(row)] = result.scores[row];
    for (std::size_t row = 0; row < result.codes.size(); ++row) codes[place(row)] = result.codes[row];
    if (codes.empty() && has_values(answers.project->program().definition(answers.roots[root]).kind)) codes.assign(slots.count, -1);
    if (scores.empty() && answers.project->program().definition(answers.roots[root]).kind == DefinitionKind::kScore)
      scores.assign(slots.count, 0.0);
    return {.members = &members,
            .scores = scores,
            .codes = codes,
            .values = names_of_values(answers.project->program(), answers.project->program().definition(answers.roots[root])),
            .outcome = evaluation.definitions[root]};
  }

  const ComparedVersions& versions_;
  const MoversOptions& options_;
  std::optional<std::expected<Evaluation, Failure>> base_, head_;
  std::vector<std::size_t> place_of_base_;
};

std::uint64_t accounts_of(const std::optional<std::expected<Evaluation, Failure>>& evaluation) {
  return evaluation && *evaluation ? (*evaluation)->accounts : 0;
}

std::expected<void, Failure> add_separate(const ComparedVersions& versions, const MoversOptions& options,
                                          const std::vector<std::size_t>& apart, bool is_alone, FoundMovers& found, KeptMovers& kept) {
  SeparateVersions separate(versions, options);
  separate.run(apart);
  const auto& head = separate.head();
  const auto& base = separate.base();
  for (const auto* each : {&head, &base}) {
    if (*each && !**each && ((*each)->error().kind == FailureKind::kCancelled || is_alone)) {
      // What keeps one version from being evaluated may still leave the other; both failing is the data's fault.
      const bool other_works = (head && *head) || (base && *base);
      if ((*each)->error().kind == FailureKind::kCancelled || !other_works) return std::unexpected((*each)->error());
    }
  }
  found.data.is_one_pass = false;
  if (is_alone) {
    found.data.accounts_before = accounts_of(base);
    found.data.accounts_after = accounts_of(head);
    const auto& told = head && *head ? head : base;
    if (told && *told) {
      found.data.tables = (*told)->tables;
      found.diagnostics = (*told)->diagnostics;
    }
    const auto suppressed = [](const auto& each) { return each && *each && (*each)->suppressed ? (*each)->suppressed->accounts : 0; };
    found.data.suppressed_before = suppressed(base);
    found.data.suppressed_after = suppressed(head);
  }
  for (const std::size_t pair : apart) {
    kept.pairs[pair] = separate.answers(pair);
    found.movements[pair] = movement_between(*kept.pairs[pair]);
  }
  return {};
}

}  // namespace

std::expected<FoundMovers, Failure> find_movers(const ComparedVersions& versions, const MoversOptions& options) {
  FoundMovers found;
  found.data.clock = options.data.clock;
  found.movements.resize(versions.pairs.size());
  auto kept = std::make_shared<KeptMovers>();
  kept->pairs.resize(versions.pairs.size());
  const JointRoots joint = joint_roots(versions, options);
  std::vector<std::size_t> apart;
  for (std::size_t i = 0; i < versions.pairs.size(); ++i) {
    if (is_asked_for(options, i) && !is_joint(versions.pairs[i])) apart.push_back(i);
  }
  bool is_alone = joint.roots.empty();
  if (!is_alone) {
    auto pass = run_joint(versions, options, joint, found);
    if (!pass && (pass.error().kind == FailureKind::kCancelled || pass.error().kind == FailureKind::kCall))
      return std::unexpected(std::move(pass.error()));
    if (pass) {
      JointAnswers answers(versions, *pass);
      for (std::size_t i = 0; i < versions.pairs.size(); ++i) {
        if (!joint.pairs[i].base && !joint.pairs[i].head) continue;
        kept->pairs[i] = answers.answers(i, joint.pairs[i], is_known_equal(options, i));
        found.movements[i] = movement_between(*kept->pairs[i]);
      }
      if (options.explains) {
        const ReasonsInput input{versions, (*pass)->project, (*pass)->database, options};
        if (auto explained = fill_reasons(input, kept->pairs, found.movements); !explained)
          return std::unexpected(std::move(explained.error()));
      }
    } else {
      // What only one version reads may be what the data lack.
      for (std::size_t i = 0; i < versions.pairs.size(); ++i) {
        if (joint.pairs[i].base || joint.pairs[i].head) apart.push_back(i);
      }
      std::ranges::sort(apart);
      is_alone = true;
    }
  }
  if (!apart.empty()) {
    if (auto added = add_separate(versions, options, apart, is_alone, found, *kept); !added)
      return std::unexpected(std::move(added.error()));
  }
  found.kept = std::move(kept);
  return found;
}

}  // namespace segue
