// The table, and help made of it.
#include "tools/segue/options.h"

#include <string>

#include <fmt/format.h>

namespace segue::command {
namespace {

constexpr unsigned bit(Verb verb) { return 1U << static_cast<unsigned>(verb); }
constexpr unsigned kEvaluating = bit(Verb::kCheck) | bit(Verb::kRun) | bit(Verb::kExplain) | bit(Verb::kReport) | bit(Verb::kDiff);
constexpr unsigned kTesting = kEvaluating | bit(Verb::kTest);
constexpr unsigned kReading = kTesting | bit(Verb::kPrepare);
constexpr unsigned kReviewing = bit(Verb::kCheck) | bit(Verb::kTest) | bit(Verb::kProve);
constexpr unsigned kAllVerbs = kReading | bit(Verb::kFmt) | bit(Verb::kSql) | bit(Verb::kNew) | bit(Verb::kDoc) | bit(Verb::kProve);

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
    {"explain", Verb::kExplain, "[PROJECT] NAME KEY...", "why accounts are in a segment, or not",
     "With one KEY, clause by clause with the values; with several, what they share. NAME=VALUE asks about a value of\n"
     "tiers, stages or a grid.\n",
     "  segue explain icp A00042\n"
     "  segue explain icp A00042 --as-of 2026-03-01 --format json\n"
     "  segue explain icp A00042 A00077 A00105     what the three share\n"
     "  segue explain --members coverage=one_to_one\n"
     "  segue explain --nearly icp                 who fails by one clause only, and by which\n"
     "  segue explain --why-not icp A00107         what would have to change\n"},
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
    {"diff", Verb::kDiff, "[BASE] [HEAD]", "what a change of rules means: proved, and on the data",
     "BASE and HEAD are git revisions or folders (`./NAME` where a revision has the same name); left out, they are\n"
     "the revision HEAD and the work tree. `A..B` is both; `A...B` compares B with where it left A. The data are those of\n"
     "the work tree for both.\n",
     "  segue diff                        what is not committed yet\n"
     "  segue diff main...                what this branch changes\n"
     "  segue diff v1.2 v1.3 --format markdown --fail-on \"breaking,entering>5%\"\n"
     "  segue diff ../last-week . --no-data\n"},
    {"prove", Verb::kProve, "[PROJECT] [NAME...]", "what always holds, whatever the data",
     "PROJECT is a folder with a `segue.yaml`, or a .yaml file; left out, it is the nearest. NAME is a definition.\n"
     "Expectations (`disjoint from`, `subset of`, `not empty`) are proved, refuted with an account that breaks them,\n"
     "or left open with the reason. Conditions that never or always hold, clauses that never matter, rows that are\n"
     "never reached and definitions that mean the same are findings. What was proved once is kept.\n",
     "  segue prove                       all definitions\n"
     "  segue prove --strict icp          findings fail as well\n"
     "  segue prove --all                 also what is as it should be, and what is open\n"},
    {"report", Verb::kReport, "[PROJECT]", "one page for people who do not read code", "",
     "  segue report --out segments.html\n"
     "  segue report --out segments.html --as-of 2026-03-01 --history monthly 12\n"
     "  segue report --out segments.html --previous last-week/\n"
     "  segue report --out segments.html --no-data    the definitions alone\n"},
    {"sql", Verb::kSql, "[PROJECT] [NAME...]", "the same definitions for another engine", "",
     "  segue sql --dialect duckdb        all definitions; the clock is a parameter of the statement\n"
     "  segue sql icp --dialect postgresql --as-of 2026-03-01\n"
     "  segue sql --dialect spark --table account=crm.accounts\n"},
    {"lsp", {}, "", "language server", "", ""},
    {"doc", Verb::kDoc, "[PROJECT]", "a catalogue of the definitions", "",
     "  segue doc --out docs/segments.md\n"
     "  segue doc --format html --out segments.html\n"
     "  segue doc --format codeowners --owners \"@acme/{}\" --out .github/CODEOWNERS\n"
     "  segue doc --out docs/segments.md --check    whether the file is up to date\n"},
};

constexpr OptionInfo kOptions[] = {
    {OptionId::kAsOf, "--as-of", "TIME", "the time that `now` means: a date (its end) or a time; otherwise now",
     kReading | bit(Verb::kSql)},
    {OptionId::kAsOf, "--as-of", "TIME", "examples lie near this time (today); what is proved holds at any", bit(Verb::kProve)},
    {OptionId::kParam, "--param", "NAME=VALUE", "another value for a param; can be repeated",
     kReading | bit(Verb::kSql) | bit(Verb::kProve), true},
    {OptionId::kSource, "--source", "TABLE=PATH", "another file for a table; can be repeated", kReading, true},
    {OptionId::kOnBadRow, "--on-bad-row", "fail|skip", "what to do with rows that do not fit the schema (fail)", kReading},
    {OptionId::kExpect, "--expect", "fail|warn", "what a broken expectation does (fail)", kTesting & ~bit(Verb::kDiff)},
    {OptionId::kOut, "--out", "PATH", "write the answers to a .parquet, .csv or .arrow file, or to a folder", bit(Verb::kRun)},
    {OptionId::kOut, "--out", "FILE", "append the test of `--new` to a file of rules", bit(Verb::kTest)},
    {OptionId::kOut, "--out", "FILE.html", "write the page to this file; `-` prints it", bit(Verb::kReport)},
    {OptionId::kOut, "--out", "DIR", "keep them there instead of in `.segue/prepared` of the project", bit(Verb::kPrepare)},
    {OptionId::kOut, "--out", "PATH", "write the document to this file; `-` prints it", bit(Verb::kDoc)},
    {OptionId::kOut, "--out", "PATH", "write all who enter, leave or move to a .parquet, .csv or .arrow file", bit(Verb::kDiff)},
    {OptionId::kFailOn, "--fail-on", "LIST", "fail on breaking, changed, unproved, entering>5%, leaving>100, moving>1%", bit(Verb::kDiff)},
    {OptionId::kProject, "--project", "PROJECT", "the project that revisions are of; otherwise the nearest", bit(Verb::kDiff)},
    {OptionId::kOwners, "--owners", "@ORG/{}", "how an owner is written in CODEOWNERS; `sales=@acme/team` for one; can be repeated",
     bit(Verb::kDoc), true},
    {OptionId::kVerify, "--verify", "", "change nothing, compare every file with its checksum", bit(Verb::kPrepare)},
    {OptionId::kPrepared, "--prepared", "DIR|off", "prepared tables elsewhere, or none (`.segue/prepared` of the project)", kTesting},
    {OptionId::kLayout, "--layout", "wide|long", "a column a definition, or a row an account and definition (wide)", bit(Verb::kRun)},
    {OptionId::kPrevious, "--previous", "PATH", "an earlier output: who entered, left or moved since",
     bit(Verb::kRun) | bit(Verb::kTest) | bit(Verb::kReport)},
    {OptionId::kAudit, "--audit", "", "how often accounts of each protected value are selected", bit(Verb::kRun)},
    {OptionId::kAssess, "--assess", "", "overlaps, reach, and the columns whose missing values decide", bit(Verb::kRun)},
    {OptionId::kHistory, "--history", "STEP N", "sizes at N past clocks: daily, weekly, monthly or quarterly",
     bit(Verb::kRun) | bit(Verb::kReport), false, false, 2},
    {OptionId::kProfile, "--profile", "", "what each phase cost, and the dearest conditions, on standard error", bit(Verb::kRun)},
    {OptionId::kFollow, "--follow", "", "then read changes as JSON lines, and say who enters and who leaves", bit(Verb::kRun)},
    {OptionId::kMembers, "--members", "", "what all members of the definition share", bit(Verb::kExplain)},
    {OptionId::kNearly, "--nearly", "", "who fails by one clause only, and by which", bit(Verb::kExplain)},
    {OptionId::kWhyNot, "--why-not", "", "the clauses that keep accounts out: all, or those with a KEY", bit(Verb::kExplain)},
    {OptionId::kCheck, "--check", "", "change nothing, list the files that would change", bit(Verb::kFmt)},
    {OptionId::kCheck, "--check", "", "write nothing, fail when the file of `--out` is not up to date", bit(Verb::kDoc)},
    {OptionId::kData, "--data", "", "read all tables too: bad rows, orphans, what missing values decide", bit(Verb::kCheck)},
    {OptionId::kStrict, "--strict", "", "warnings fail", bit(Verb::kCheck)},
    {OptionId::kStrict, "--strict", "", "findings and open expectations fail", bit(Verb::kProve)},
    {OptionId::kAll, "--all", "", "also what is as it should be, and what is open", bit(Verb::kProve)},
    {OptionId::kLimit, "--limit", "SECONDS", "time for each claim (1)", bit(Verb::kProve) | bit(Verb::kDiff)},
    {OptionId::kCoverage, "--coverage", "", "which conditions tests made true and false, beside the source", bit(Verb::kTest)},
    {OptionId::kNoData, "--no-data", "", "leave out what definitions expect of the data", bit(Verb::kTest)},
    {OptionId::kNoData, "--no-data", "", "read no data: the definitions and their tests alone", bit(Verb::kReport)},
    {OptionId::kNoData, "--no-data", "", "read no data: only what can be proved", bit(Verb::kDiff)},
    {OptionId::kNew, "--new", "", "write a test of definition NAME from the account KEY", bit(Verb::kTest)},
    {OptionId::kDialect, "--dialect", "duckdb|postgresql|spark", "the engine that the statements are for", bit(Verb::kSql)},
    {OptionId::kTable, "--table", "TABLE=NAME", "what the engine calls a table, as SQL; can be repeated", bit(Verb::kSql), true},
    {OptionId::kFrom, "--from", "FILE...", "the data, a file or folder a table", bit(Verb::kNew), true},
    {OptionId::kAccount, "--account", "TABLE", "which table holds the accounts, where the names of files do not say it", bit(Verb::kNew)},
    {OptionId::kThreads, "--threads", "N", "threads to use (all)", kReading | bit(Verb::kProve)},
    {OptionId::kMemory, "--memory", "SIZE", "what tables and answers may take, such as 2GiB (most of what is free)", bit(Verb::kRun)},
    {OptionId::kEngine, "--engine", "native|interpreter", "compiled, or the slow reference (native)", kTesting},
    {OptionId::kFormat, "--format", "text|json", "for people, or for scripts (text)",
     (kReading | bit(Verb::kSql) | bit(Verb::kNew)) & ~(kReviewing | bit(Verb::kReport) | bit(Verb::kDiff))},
    {OptionId::kFormat, "--format", "text|json|markdown", "for people, for scripts, or for a pull request (text)", bit(Verb::kDiff)},
    {OptionId::kFormat, "--format", "html|json", "for people, or for scripts (html)", bit(Verb::kReport)},
    {OptionId::kFormat, "--format", "text|json|github|sarif", "for people, for scripts, or for reviews (text)", kReviewing},
    {OptionId::kFormat, "--format", "markdown|html|json|codeowners", "the kind of document (markdown)", bit(Verb::kDoc)},
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
