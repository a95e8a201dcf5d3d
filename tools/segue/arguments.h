// This file's external interface is the call of the command as plain data: `read_arguments` makes it from the words of the command line.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/history.h"
#include "bindings/cpp/output.h"
#include "tools/segue/fail_on.h"

namespace segue::command {

enum class Verb : std::uint8_t { kCheck, kFmt, kRun, kExplain, kSql, kTest, kNew, kPrepare, kReport, kDoc, kProve, kDiff };
enum class OutputFormat : std::uint8_t { kText, kJson, kMarkdown, kHtml, kCodeowners, kGithub, kSarif };
enum class ColorMode : std::uint8_t { kAuto, kAlways, kNever };

// What `explain` is asked: about named accounts, `--members`, `--nearly` or `--why-not`.
enum class ExplainMode : std::uint8_t { kAccounts, kMembers, kNearly, kWhyNot };

// `--history monthly 12`.
struct HistoryRequest {
  HistoryStep step = HistoryStep::kMonthly;
  std::uint32_t points = 0;
};

// One call. What a verb does not take keeps its default.
struct Arguments {
  Verb verb = Verb::kCheck;
  std::vector<std::string> words;  // what is no option, in order
  std::optional<std::string> as_of;
  std::vector<NamedText> params, sources;
  OnBadRow on_bad_row = OnBadRow::kFail;
  bool expect_fails = true;  // `--expect fail`
  unsigned threads = 1;
  std::optional<std::uint64_t> memory;  // run --memory, in bytes
  Engine engine = Engine::kNative;
  bool is_quiet = false;
  OutputFormat format = OutputFormat::kText;
  ColorMode color = ColorMode::kAuto;
  std::optional<std::string> out;
  Layout layout = Layout::kWide;
  std::optional<std::string> previous;
  bool audits = false;    // run --audit
  bool assesses = false;  // run --assess
  bool profiles = false;  // run --profile
  bool follows = false;   // run --follow
  std::optional<HistoryRequest> history;
  ExplainMode explain_mode = ExplainMode::kAccounts;
  bool has_two_modes = false;           // explain: two of them were given
  bool has_engine = false;              // `--engine` was given
  bool covers = false;                  // test --coverage
  bool leaves_data = false;             // test --no-data
  bool is_new = false;                  // test --new
  bool checks_format = false;           // fmt --check, doc --check
  bool reads_data = false;              // check --data
  bool is_strict = false;               // check --strict, prove --strict
  bool lists_all = false;               // prove --all
  double limit = 1;                     // prove --limit, in seconds
  std::optional<std::string> dialect;   // sql --dialect
  std::vector<NamedText> tables;        // sql --table
  std::vector<std::string> from;        // new --from, and the words behind it
  std::optional<std::string> account;   // new --account
  bool verifies = false;                // prepare --verify
  std::vector<std::string> owners;      // doc --owners
  bool uses_prepared = true;            // `--prepared off` was not given
  std::vector<FailOn> fail_on;          // diff --fail-on
  std::optional<std::string> project;   // diff --project
  std::optional<std::string> prepared;  // --prepared DIR, prepare --out DIR
};

// What ends the command before it has anything to do: text for standard output (help, the version) with code 0, or for standard error with code 2.
struct EarlyEnd {
  std::string text;
  int code = 0;
};

// `words` are those after the command's own name. A call that cannot be understood ends early with a message that says what to write.
[[nodiscard]] std::expected<Arguments, EarlyEnd> read_arguments(const std::vector<std::string>& words);

}  // namespace segue::command
