// The table, and help made of it.
#include "tools/segue/options.h"

#include <string>

#include <fmt/format.h>

namespace segue::command {
namespace {

constexpr unsigned bit(Verb verb) { return 1U << static_cast<unsigned>(verb); }
constexpr unsigned kEvaluating = bit(Verb::kCheck) | bit(Verb::kRun) | bit(Verb::kExplain);
constexpr unsigned kTesting = kEvaluating | bit(Verb::kTest);
constexpr unsigned kReading = kTesting | bit(Verb::kPrepare);
constexpr unsigned kAllVerbs = kReading | bit(Verb::kFmt) | bit(Verb::kSql) | bit(Verb::kNew);

constexpr std::string_view kProjectHelp =
    "PROJECT is a folder with a `segue.yaml`, or a .yaml file; left out, it is the nearest\n"
    "`segue.yaml` in the current folder or above it.\n";

constexpr VerbInfo kVerbs[] = {
    {"new", Verb::kNew, "DIR [--from FILE...]", "start a project, from data files or from nothing",
     "DIR is the folder to make. FILE is a CSV, Parquet or Arrow file, or a folder of them, with the rows of one\n"
     "table; types, keys and relations are told from the data, with the evidence as comments.\n",
     "  segue new first-steps             a small project with invented data\n"
     "  segue new abm --from data/accounts.csv data/contacts.csv data/events.csv\n"},
    {"check", Verb::kCheck, "[PROJECT]", "parse and check everything", "",
     "  segue check                       the project around the current folder\n"
     "  segue check --data --strict       the tables as well, and warnings fail\n"
     "  segue check --format json\n"},
    {"fmt", Verb::kFmt, "[PATH...]", "format rule files in place",
     "PATH is a file, or a folder whose .seg files are formatted; `-` reads standard input. Left out,\n"
     "it is the folder of the nearest `segue.yaml`, or else the current folder.\n",
     "  segue fmt                         every rule file of the project\n"
     "  segue fmt --check segments        list what would change, change nothing\n"
     "  segue fmt - < icp.seg\n"},
    {"run", Verb::kRun, "[PROJECT] [NAME...]", "evaluate all definitions, or those named", "",
     "  segue run                         all segments and scores, as of now\n"
     "  segue run icp intent --as-of 2026-03-01\n"
     "  segue run --param min_employees=500 --out icp.parquet icp\n"
     "  segue run ./abm --source account=today.csv --format json\n"
     "  segue run --previous last-week/ --out this-week/\n"
     "  segue run --assess --audit --history monthly 12\n"},
    {"explain", Verb::kExplain, "[PROJECT] NAME KEY", "why one account is in a segment, or not", "",
     "  segue explain icp A00042\n"
     "  segue explain icp A00042 --as-of 2026-03-01 --format json\n"},
    {"test", Verb::kTest, "[PROJECT] [NAME...]", "run tests and expectations, or write a test from an account",
     "PROJECT is a folder with a `segue.yaml`, or a .yaml file; left out, it is the nearest. NAME is a part of\n"
     "the title of a test, or of `expect icp: size at least 10`. With `--new`, NAME is a definition and KEY the\n"
     "key of an account.\n",
     "  segue test                        all tests, then what definitions expect of the data\n"
     "  segue test --no-data competitor   the tests with that word in their title\n"
     "  segue test --coverage\n"
     "  segue test --new icp A00042 --out tests/icp.seg\n"},
    {"prepare", Verb::kPrepare, "[PROJECT]", "read the tables once and keep them ready", "",
     "  segue prepare                     `run`, `explain`, `test` and `check --data` are faster from then on\n"
     "  segue prepare                     again, when data or rules have changed: only what is new is read\n"
     "  segue prepare --verify            whether all files are what was written\n"},
    {"diff", {}, "", "compare two versions of a project", "", ""},
    {"prove", {}, "", "what always holds", "", ""},
    {"report", {}, "", "one page for people who do not read code", "", ""},
    {"sql", Verb::kSql, "[PROJECT] [NAME...]", "the same definitions for another engine", "",
     "  segue sql --dialect duckdb        all definitions; the clock is a parameter of the statement\n"
     "  segue sql icp --dialect postgresql --as-of 2026-03-01\n"
     "  segue sql --dialect spark --table account=crm.accounts\n"},
    {"lsp", {}, "", "language server", "", ""},
    {"doc", {}, "", "a catalogue of the definitions", "", ""},
};

constexpr OptionInfo kOptions[] = {
    {OptionId::kAsOf, "--as-of", "TIME", "the time that `now` means: a date (its end) or a time; otherwise now",
     kReading | bit(Verb::kSql)},
    {OptionId::kParam, "--param", "NAME=VALUE", "another value for a param; can be repeated", kReading | bit(Verb::kSql), true},
    {OptionId::kSource, "--source", "TABLE=PATH", "another file for a table; can be repeated", kReading, true},
    {OptionId::kOnBadRow, "--on-bad-row", "fail|skip", "what to do with rows that do not fit the schema (fail)", kReading},
    {OptionId::kExpect, "--expect", "fail|warn", "what a broken expectation does (fail)", kTesting},
    {OptionId::kOut, "--out", "PATH", "write the answers to a .parquet, .csv or .arrow file, or to a folder", bit(Verb::kRun)},
    {OptionId::kOut, "--out", "FILE", "append the test of `--new` to a file of rules", bit(Verb::kTest)},
    {OptionId::kOut, "--out", "DIR", "keep them there instead of in `.segue/prepared` of the project", bit(Verb::kPrepare)},
    {OptionId::kVerify, "--verify", "", "change nothing, compare every file with its checksum", bit(Verb::kPrepare)},
    {OptionId::kPrepared, "--prepared", "DIR|off", "prepared tables elsewhere, or none (`.segue/prepared` of the project)", kTesting},
    {OptionId::kLayout, "--layout", "wide|long", "a column a definition, or a row an account and definition (wide)", bit(Verb::kRun)},
    {OptionId::kPrevious, "--previous", "PATH", "an earlier output: who entered, left or moved since", bit(Verb::kRun) | bit(Verb::kTest)},
    {OptionId::kAudit, "--audit", "", "how often accounts of each protected value are selected", bit(Verb::kRun)},
    {OptionId::kAssess, "--assess", "", "overlaps, reach, and the columns whose missing values decide", bit(Verb::kRun)},
    {OptionId::kHistory, "--history", "STEP N", "sizes at N past clocks: daily, weekly, monthly or quarterly", bit(Verb::kRun), false,
     false, 2},
    {OptionId::kProfile, "--profile", "", "what each phase cost, and the dearest conditions, on standard error", bit(Verb::kRun)},
    {OptionId::kFollow, "--follow", "", "then read changes as JSON lines, and say who enters and who leaves", bit(Verb::kRun)},
    {OptionId::kCheck, "--check", "", "change nothing, list the files that would change", bit(Verb::kFmt)},
    {OptionId::kData, "--data", "", "read all tables too: bad rows, orphans, what missing values decide", bit(Verb::kCheck)},
    {OptionId::kStrict, "--strict", "", "warnings fail", bit(Verb::kCheck)},
    {OptionId::kCoverage, "--coverage", "", "which conditions tests made true and false, beside the source", bit(Verb::kTest)},
    {OptionId::kNoData, "--no-data", "", "leave out what definitions expect of the data", bit(Verb::kTest)},
    {OptionId::kNew, "--new", "", "write a test of definition NAME from the account KEY", bit(Verb::kTest)},
    {OptionId::kDialect, "--dialect", "duckdb|postgresql|spark", "the engine that the statements are for", bit(Verb::kSql)},
    {OptionId::kTable, "--table", "TABLE=NAME", "what the engine calls a table, as SQL; can be repeated", bit(Verb::kSql), true},
    {OptionId::kFrom, "--from", "FILE...", "the data, a file or folder a table", bit(Verb::kNew), true},
    {OptionId::kAccount, "--account", "TABLE", "which table holds the accounts, where the names of files do not say it", bit(Verb::kNew)},
    {OptionId::kThreads, "--threads", "N", "threads to use (all)", kReading},
    {OptionId::kMemory, "--memory", "SIZE", "what tables and answers may take, such as 2GiB (most of what is free)", bit(Verb::kRun)},
    {OptionId::kEngine, "--engine", "native|interpreter", "compiled, or the slow reference (native)", kTesting},
    {OptionId::kFormat, "--format", "text|json", "for people, or for scripts (text)", kReading | bit(Verb::kSql) | bit(Verb::kNew)},
    {OptionId::kColor, "--color", "auto|always|never", "colours (auto; NO_COLOR is heeded)", kAllVerbs},
    {OptionId::kQuiet, "--quiet", "", "on standard error nothing but errors", kAllVerbs},
};

std::string option_line(std::string_view flag, std::string_view value, std::string_view help) {
  const std::string left = value.empty() ? std::string(flag) : fmt::format("{} {}", flag, value);
  return fmt::format("  {:<29} {}\n", left, help);
}

}  // namespace

std::span<const VerbInfo> verbs() { return kVerbs; }
std::span<const OptionInfo> options() { return kOptions; }

std::string help_text() {
  std::string text = "segue: segments of business accounts, checked and compiled\n\nUsage: segue VERB [OPTION...]\n\nVerbs:\n";
  for (const VerbInfo& verb : kVerbs) {
    if (verb.verb) text += option_line(verb.name, verb.usage, verb.summary);
  }
  text += "\nOptions:\n";
  text += option_line("--help", "", "this help; after a verb, that of the verb");
  text += option_line("--version", "", "the version");
  text += "\nExamples:\n  segue check\n  segue run --as-of 2026-03-01\n  segue explain icp A00042\n";
  return text;
}

std::string help_text(const VerbInfo& info) {
  std::string text = fmt::format("segue {}: {}\n\nUsage: segue {} {} [OPTION...]\n\n", info.name, info.summary, info.name, info.usage);
  text += info.about.empty() ? kProjectHelp : info.about;
  text += "\nOptions:\n";
  for (const OptionInfo& option : kOptions) {
    if (takes(option, *info.verb) && !option.is_later) text += option_line(option.flag, option.value, option.help);
  }
  text += option_line("--help", "", "this help");
  return text + fmt::format("\nExamples:\n{}", info.examples);
}

}  // namespace segue::command
