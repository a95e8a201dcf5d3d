// CLI11 splits the words into options and their values; what they mean, and every message, is decided here.
#include "tools/segue/arguments.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <string_view>
#include <thread>
#include <type_traits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bindings/cpp/memory_size.h"
#include "bindings/cpp/report.h"
#include "tools/segue/options.h"

namespace segue::command {
namespace {

constexpr unsigned kMostThreads = 1024;
constexpr std::uint32_t kMostPoints = 1000;  // of a history

using Words = std::vector<std::string>;

EarlyEnd refusal(std::string message, std::string_view verb = {}) {
  const std::string help = verb.empty() ? "segue --help" : fmt::format("segue {} --help", verb);
  return {fmt::format("segue: {}\nTry `{}`.\n", message, help), 2};
}

// What was given for one option, in order.
struct Given {
  const OptionInfo* info = nullptr;
  Words values;
  std::size_t count = 0;  // of a flag
};

std::vector<std::string> flags_of(Verb verb) {
  std::vector<std::string> flags = {"--help"};
  for (const OptionInfo& option : options()) {
    if (takes(option, verb) && !option.is_later) flags.emplace_back(option.flag);
  }
  return flags;
}

// A word that opens like an option: `-` alone is standard input.
bool is_flag(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

EarlyEnd unknown_flag(const std::string& word, const VerbInfo& info) {
  const std::string flag = word.substr(0, word.find('='));
  return refusal(fmt::format("`{}` has no option `{}`{}", info.name, flag, did_you_mean(flag, flags_of(*info.verb))), info.name);
}

// Splits the words; those that are no option stay in `rest`. The message of what CLI11 finds wrong.
std::optional<std::string> split(CLI::App& app, std::deque<Given>& given, Words words, Words& rest) {
  for (Given& option : given) {
    const std::string flag(option.info->flag);
    if (option.info->value.empty()) app.add_flag(flag, option.count);
    else
      app.add_option(flag, option.values)
          ->expected(option.info->words)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  app.set_help_flag();
  app.allow_extras();
  std::ranges::reverse(words);  // CLI11 takes them from the end
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  rest = app.remaining();
  return std::nullopt;
}

// The option that is last among the words and so lacks its value, for a message.
std::string lacking_value(const Words& words, const std::deque<Given>& given) {
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    for (const Given& option : given) {
      if (*word == option.info->flag && !option.info->value.empty())
        return fmt::format("`{}` needs a value: {}", *word, option.info->value);
    }
  }
  return {};
}

// `name=value`.
std::expected<NamedText, std::string> named_text(const OptionInfo& info, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return std::unexpected(fmt::format("`{}` takes {}, not `{}`", info.flag, info.value, text));
  return NamedText{text.substr(0, equals), text.substr(equals + 1)};
}

std::string not_one_of(const OptionInfo& info, const std::string& text) {
  Words choices;
  for (std::size_t begin = 0; begin <= info.value.size();) {
    const std::size_t end = std::min(info.value.find('|', begin), info.value.size());
    choices.emplace_back(info.value.substr(begin, end - begin));
    begin = end + 1;
  }
  std::string list;
  for (std::size_t i = 0; i < choices.size(); ++i)
    list += fmt::format("{}`{}`", i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ", choices[i]);
  return fmt::format("`{}` takes {}, not `{}`", info.flag, list, text);
}

// Sets `target` to what the word stands for.
template <typename T>
std::optional<std::string> choose(const OptionInfo& info, const std::string& text, T& target,
                                  std::initializer_list<std::pair<std::string_view, std::type_identity_t<T>>> choices) {
  for (const auto& [word, value] : choices) {
    if (text != word) continue;
    target = value;
    return std::nullopt;
  }
  return not_one_of(info, text);
}

std::optional<std::string> set_threads(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  unsigned threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error == std::errc{} && end == text.data() + text.size() && threads >= 1 && threads <= kMostThreads) {
    arguments.threads = threads;
    return std::nullopt;
  }
  return fmt::format("`{}` takes a number from 1 to {}, not `{}`", info.flag, kMostThreads, text);
}

std::optional<std::string> set_limit(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  constexpr double kMostSeconds = 3600;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), arguments.limit);
  if (error == std::errc{} && end == text.data() + text.size() && arguments.limit > 0 && arguments.limit <= kMostSeconds)
    return std::nullopt;
  return fmt::format("`{}` takes a number of seconds such as `0.5` or `10`, at most {}, not `{}`", info.flag, kMostSeconds, text);
}

std::optional<std::string> set_memory(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  arguments.memory = parse_memory(text);
  if (arguments.memory) return std::nullopt;
  return fmt::format("`{}` takes a size such as `2GiB` or `500MB` (KiB, MiB, GiB, TiB, KB, MB, GB or TB), not `{}`", info.flag, text);
}

// Whether the word is one of the option's `a|b|c`.
bool is_choice(const OptionInfo& info, std::string_view word) {
  return !word.contains('|') && fmt::format("|{}|", info.value).find(fmt::format("|{}|", word)) != std::string::npos;
}

// One of the formats that the verb has.
std::optional<std::string> set_format(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  if (!is_choice(info, text)) return not_one_of(info, text);
  return choose(info, text, arguments.format,
                {{"text", OutputFormat::kText},
                 {"json", OutputFormat::kJson},
                 {"github", OutputFormat::kGithub},
                 {"sarif", OutputFormat::kSarif},
                 {"markdown", OutputFormat::kMarkdown},
                 {"html", OutputFormat::kHtml},
                 {"codeowners", OutputFormat::kCodeowners}});
}

std::optional<std::string> set_clock(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  if (!is_clock(text)) {
    return fmt::format("`{}` takes a date such as `2026-03-01` or a time such as `2026-03-01T09:30` or `2026-03-01T09:30:00Z`, not `{}`",
                       info.flag, text);
  }
  arguments.as_of = text;
  return std::nullopt;
}

std::optional<std::string> add_named(const OptionInfo& info, const std::string& text, std::vector<NamedText>& target) {
  auto named = named_text(info, text);
  if (!named) return named.error();
  for (const NamedText& earlier : target) {
    if (earlier.name == named->name) return fmt::format("`{} {}=...` stands twice", info.flag, named->name);
  }
  target.push_back(std::move(*named));
  return std::nullopt;
}

std::optional<std::string> set_path(const OptionInfo& info, const std::string& text, std::optional<std::string>& target) {
  if (text.empty()) return fmt::format("`{}` needs a value: {}", info.flag, info.value);
  target = text;
  return std::nullopt;
}

// `@acme/{}`, or `sales=@acme/sales-team`.
std::optional<std::string> add_owner(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  const bool is_pattern = text.find("{}") != std::string::npos;
  const std::size_t equals = text.find('=');
  const std::string_view written = std::string_view(text).substr(is_pattern || equals == std::string::npos ? 0 : equals + 1);
  if ((!is_pattern && (equals == std::string::npos || equals == 0)) || written.find('@') == std::string_view::npos)
    return fmt::format("`{}` takes `@acme/{{}}`, whose `{{}}` becomes the owner, or `sales=@acme/sales-team`, not `{}`", info.flag, text);
  arguments.owners.push_back(text);
  return std::nullopt;
}

std::optional<std::string> set_fail_on(const std::string& text, Arguments& arguments) {
  auto limits = parse_fail_on(text);
  if (!limits) return std::move(limits.error());
  arguments.fail_on = std::move(*limits);
  return std::nullopt;
}

// `monthly 12`.
std::optional<std::string> set_history(const OptionInfo& info, const Words& values, Arguments& arguments) {
  HistoryRequest request;
  OptionInfo steps = info;
  steps.value = "daily|weekly|monthly|quarterly";
  if (auto message = choose(steps, values[0], request.step,
                            {{"daily", HistoryStep::kDaily},
                             {"weekly", HistoryStep::kWeekly},
                             {"monthly", HistoryStep::kMonthly},
                             {"quarterly", HistoryStep::kQuarterly}}))
    return message;
  const std::string& text = values[1];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), request.points);
  if (error != std::errc{} || end != text.data() + text.size() || request.points < 1 || request.points > kMostPoints)
    return fmt::format("`{}` takes a number of points from 1 to {} after its step, such as `monthly 12`, not `{}`", info.flag, kMostPoints,
                       text);
  arguments.history = request;
  return std::nullopt;
}

// One value of an option; the message of what is wrong with it.
std::optional<std::string> set_value(const OptionInfo& info, const std::string& text, Arguments& arguments) {
  switch (info.id) {
    case OptionId::kAsOf: return set_clock(info, text, arguments);
    case OptionId::kParam: return add_named(info, text, arguments.params);
    case OptionId::kSource: return add_named(info, text, arguments.sources);
    case OptionId::kOnBadRow: return choose(info, text, arguments.on_bad_row, {{"fail", OnBadRow::kFail}, {"skip", OnBadRow::kSkip}});
    case OptionId::kExpect: return choose(info, text, arguments.expect_fails, {{"fail", true}, {"warn", false}});
    case OptionId::kThreads: return set_threads(info, text, arguments);
    case OptionId::kLimit: return set_limit(info, text, arguments);
    case OptionId::kFailOn: return set_fail_on(text, arguments);
    case OptionId::kProject: return set_path(info, text, arguments.project);
    case OptionId::kMemory: return set_memory(info, text, arguments);
    case OptionId::kEngine:
      arguments.has_engine = true;
      return choose(info, text, arguments.engine, {{"native", Engine::kNative}, {"interpreter", Engine::kInterpreter}});
    case OptionId::kFormat: return set_format(info, text, arguments);
    case OptionId::kColor:
      return choose(info, text, arguments.color,
                    {{"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}});
    case OptionId::kDialect:
      return choose(info, text, arguments.dialect, {{"duckdb", "duckdb"}, {"postgresql", "postgresql"}, {"spark", "spark"}});
    case OptionId::kTable: return add_named(info, text, arguments.tables);
    case OptionId::kOut: return set_path(info, text, arguments.verb == Verb::kPrepare ? arguments.prepared : arguments.out);
    case OptionId::kPrepared:
      arguments.uses_prepared = text != "off";
      return arguments.uses_prepared ? set_path(info, text, arguments.prepared) : std::nullopt;
    case OptionId::kOwners: return add_owner(info, text, arguments);
    case OptionId::kAccount: return set_path(info, text, arguments.account);
    case OptionId::kFrom:
      if (text.empty()) return fmt::format("`{}` needs a value: {}", info.flag, info.value);
      arguments.from.push_back(text);
      return std::nullopt;
    case OptionId::kPrevious: return set_path(info, text, arguments.previous);
    case OptionId::kLayout: return choose(info, text, arguments.layout, {{"wide", Layout::kWide}, {"long", Layout::kLong}});
    default: return std::nullopt;
  }
}

void set_flag(OptionId id, Arguments& arguments) {
  if (id == OptionId::kQuiet) arguments.is_quiet = true;
  if (id == OptionId::kCheck) arguments.checks_format = true;
  const ExplainMode mode = id == OptionId::kMembers  ? ExplainMode::kMembers
                           : id == OptionId::kNearly ? ExplainMode::kNearly
                           : id == OptionId::kWhyNot ? ExplainMode::kWhyNot
                                                     : ExplainMode::kAccounts;
  if (mode != ExplainMode::kAccounts) {
    arguments.has_two_modes = arguments.explain_mode != ExplainMode::kAccounts && arguments.explain_mode != mode;
    arguments.explain_mode = mode;
  }
  if (id == OptionId::kCoverage) arguments.covers = true;
  if (id == OptionId::kNoData) arguments.leaves_data = true;
  if (id == OptionId::kNew) arguments.is_new = true;
  if (id == OptionId::kData) arguments.reads_data = true;
  if (id == OptionId::kStrict) arguments.is_strict = true;
  if (id == OptionId::kAll) arguments.lists_all = true;
  if (id == OptionId::kAudit) arguments.audits = true;
  if (id == OptionId::kVerify) arguments.verifies = true;
  if (id == OptionId::kAssess) arguments.assesses = true;
  if (id == OptionId::kFollow) arguments.follows = true;
  if (id == OptionId::kProfile) arguments.profiles = true;
}

std::optional<std::string> set_option(const Given& option, Arguments& arguments) {
  const OptionInfo& info = *option.info;
  if (option.count == 0 && option.values.empty()) return std::nullopt;
  if (info.is_later) return fmt::format("`{}` is not supported yet", info.flag);
  if (option.count != 0) set_flag(info.id, arguments);
  if (option.values.size() > static_cast<std::size_t>(info.words) && !info.is_repeatable)
    return fmt::format("`{}` stands twice", info.flag);
  if (info.words > 1 && option.values.size() < static_cast<std::size_t>(info.words))
    return fmt::format("`{}` needs {} values, such as `{} monthly 12`", info.flag, info.words, info.flag);
  if (info.id == OptionId::kHistory) return set_history(info, option.values, arguments);
  for (const std::string& value : option.values) {
    if (auto message = set_value(info, value, arguments)) return message;
  }
  return std::nullopt;
}

// `segue test --new NAME KEY` writes, any other call of `segue test` runs.
std::optional<std::string> check_test(const Arguments& arguments, bool has_only_project) {
  const Words& words = arguments.words;
  if (!arguments.is_new && arguments.out) return "`--out` needs `--new NAME KEY`";
  if (!arguments.is_new) return std::nullopt;
  if (arguments.previous) return "`--new` and `--previous` do not go together";
  if (arguments.covers || arguments.leaves_data)
    return fmt::format("`--new` and `{}` do not go together", arguments.covers ? "--coverage" : "--no-data");
  if (words.size() < 2 || has_only_project) return "`test --new` needs the NAME of a definition and the KEY of an account";
  if (words.size() > 3) return fmt::format("`test --new` takes PROJECT, NAME and KEY; `{}` is one too many", words[3]);
  if (arguments.format != OutputFormat::kText) return "`--new` writes rules, so it has no other `--format`";
  return std::nullopt;
}

// `segue new DIR --from FILE FILE`: the words behind the first are files, too.
std::optional<std::string> take_files(Arguments& arguments) {
  Words& words = arguments.words;
  if (words.empty()) return "`new` needs the DIR of the project to make";
  if (arguments.from.empty() && words.size() > 1) return fmt::format("`new` takes one DIR; `{}` is one too many", words[1]);
  if (arguments.from.empty() && arguments.account) return "`--account` needs `--from FILE...`";
  arguments.from.insert(arguments.from.end(), words.begin() + 1, words.end());
  words.resize(1);
  return std::nullopt;
}

// A page is no text for a terminal: somebody has to say where it goes.
std::optional<std::string> check_report(const Arguments& arguments) {
  if (arguments.words.size() > 1) return fmt::format("`report` takes one PROJECT; `{}` is one too many", arguments.words[1]);
  if (!arguments.out && arguments.format != OutputFormat::kJson) return "`report` needs `--out FILE.html` (`--out -` prints the page)";
  if (!arguments.leaves_data) return std::nullopt;
  const char* other = arguments.previous ? "--previous" : arguments.history ? "--history" : nullptr;
  return other == nullptr ? std::nullopt : std::optional(fmt::format("`--no-data` and `{}` do not go together", other));
}

// What a verb needs or refuses beyond its options.
std::optional<std::string> check_explain(const Arguments& arguments, bool has_only_project) {
  const Words& words = arguments.words;
  if (arguments.has_two_modes) return "`--members`, `--nearly` and `--why-not` do not go together";
  if (arguments.explain_mode == ExplainMode::kAccounts)
    return words.size() < 2 || has_only_project ? std::optional("`explain` needs the NAME of a definition and the KEY of an account")
                                                : std::nullopt;
  if (words.empty()) return "`explain` needs the NAME of a definition";
  if (arguments.explain_mode != ExplainMode::kWhyNot && words.size() > 2)
    return fmt::format("with `--members` or `--nearly`, `explain` takes PROJECT and NAME; `{}` is one too many", words[2]);
  return std::nullopt;
}

std::optional<std::string> check_words(const Arguments& arguments) {
  const Words& words = arguments.words;
  if (arguments.verb == Verb::kCheck && words.size() > 1) return fmt::format("`check` takes one PROJECT; `{}` is one too many", words[1]);
  if (arguments.verb == Verb::kDoc && words.size() > 1) return fmt::format("`doc` takes one PROJECT; `{}` is one too many", words[1]);
  if (arguments.verb == Verb::kDoc && arguments.checks_format && arguments.out.value_or("-") == "-") return "`--check` needs `--out PATH`";
  if (arguments.verb == Verb::kDoc && !arguments.owners.empty() && arguments.format != OutputFormat::kCodeowners)
    return "`--owners` needs `--format codeowners`";
  if (arguments.verb == Verb::kReport) return check_report(arguments);
  if (arguments.verb == Verb::kDiff && words.size() > 2) return fmt::format("`diff` takes BASE and HEAD; `{}` is one too many", words[2]);
  if (arguments.verb == Verb::kPrepare && words.size() > 1)
    return fmt::format("`prepare` takes one PROJECT; `{}` is one too many", words[1]);
  const bool has_only_project =
      words.size() == 2 && (words[0] == "." || words[0].find('/') != std::string::npos || words[0].ends_with(".yaml"));
  if (arguments.verb == Verb::kExplain) return check_explain(arguments, has_only_project);
  if (arguments.verb == Verb::kSql && !arguments.dialect)
    return "`sql` needs `--dialect duckdb`, `--dialect postgresql` or `--dialect spark`";
  if (arguments.verb == Verb::kTest) return check_test(arguments, has_only_project);
  if (arguments.verb == Verb::kFmt && words.size() > 1 && std::ranges::find(words, "-") != words.end())
    return "`-` stands alone: `segue fmt -`";
  return std::nullopt;
}

// `--follow` goes on after the first answers; what looks at those as a whole belongs to a run of its own.
std::optional<std::string> check_follow(const Arguments& arguments) {
  if (arguments.format == OutputFormat::kJson) return "`--follow` writes JSON lines of its own; leave out `--format json`";
  const char* other = arguments.out        ? "--out"
                      : arguments.previous ? "--previous"
                      : arguments.audits   ? "--audit"
                      : arguments.assesses ? "--assess"
                      : arguments.profiles ? "--profile"
                      : arguments.memory   ? "--memory"
                      : arguments.history  ? "--history"
                                           : nullptr;
  return other == nullptr ? std::nullopt : std::optional(fmt::format("`--follow` and `{}` do not go together", other));
}

std::optional<std::string> check_together(const Arguments& arguments, const std::deque<Given>& given) {
  if (arguments.follows) {
    if (auto message = check_follow(arguments)) return message;
  }
  for (const Given& option : given) {
    if (option.info->id == OptionId::kLayout && !option.values.empty() && !arguments.out) return "`--layout` needs `--out PATH`";
  }
  return check_words(arguments);
}

std::expected<Arguments, EarlyEnd> read_call(const VerbInfo& info, const Words& words) {
  Arguments arguments;
  arguments.verb = *info.verb;
  arguments.threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  const auto end = std::ranges::find(words, "--");
  const Words before(words.begin(), end);
  if (std::ranges::any_of(before, [](const std::string& word) { return word == "--help" || word == "-h"; })) {
    return std::unexpected(EarlyEnd{help_text(info), 0});
  }
  std::deque<Given> given;
  for (const OptionInfo& option : options()) {
    if (takes(option, *info.verb)) given.push_back({.info = &option, .values = {}});
  }
  CLI::App app;
  if (const auto message = split(app, given, before, arguments.words)) {
    const std::string lacking = lacking_value(before, given);
    return std::unexpected(refusal(lacking.empty() ? *message : lacking, info.name));
  }
  for (const std::string& word : arguments.words) {
    if (is_flag(word)) return std::unexpected(unknown_flag(word, info));
  }
  if (end != words.end()) arguments.words.insert(arguments.words.end(), end + 1, words.end());
  for (const Given& option : given) {
    if (const auto message = set_option(option, arguments)) return std::unexpected(refusal(*message, info.name));
  }
  if (arguments.verb == Verb::kNew) {
    if (const auto message = take_files(arguments)) return std::unexpected(refusal(*message, info.name));
  }
  if (const auto message = check_together(arguments, given)) return std::unexpected(refusal(*message, info.name));
  return arguments;
}

const VerbInfo* find_verb(std::string_view name) {
  const auto found = std::ranges::find(verbs(), name, &VerbInfo::name);
  return found == verbs().end() ? nullptr : &*found;
}

EarlyEnd unknown_verb(const std::string& word) {
  Words names;
  for (const VerbInfo& info : verbs()) names.emplace_back(info.name);
  if (is_flag(word)) return refusal(fmt::format("unknown option `{}`; options stand after the verb: `segue run {}`", word, word));
  return refusal(fmt::format("unknown verb `{}`{}", word, did_you_mean(word, names)));
}

EarlyEnd help_of(const Words& words) {
  if (words.size() < 2) return {help_text(), 0};
  const VerbInfo* info = find_verb(words[1]);
  if (info == nullptr) return unknown_verb(words[1]);
  if (!info->verb) return refusal(fmt::format("`segue {}` is not supported yet", info->name));
  return {help_text(*info), 0};
}

}  // namespace

std::expected<Arguments, EarlyEnd> read_arguments(const Words& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") return std::unexpected(help_of(words));
  if (words[0] == "--version" || words[0] == "-V") return std::unexpected(EarlyEnd{fmt::format("segue {}\n", version()), 0});
  const VerbInfo* info = find_verb(words[0]);
  if (info == nullptr) return std::unexpected(unknown_verb(words[0]));
  if (!info->verb) return std::unexpected(refusal(fmt::format("`segue {}` is not supported yet", info->name)));
  return read_call(*info, Words(words.begin() + 1, words.end()));
}

}  // namespace segue::command
