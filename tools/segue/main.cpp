// The command `segue`: reads the call, hands it to its verb, and turns what can only be a mistake of ours into words.
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tools/segue/arguments.h"
#include "tools/segue/console.h"
#include "tools/segue/signals.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// The code of a mistake of ours, as sysexits.h has it (EX_SOFTWARE).
constexpr int kInternalFailure = 70;

int run_verb(const Arguments& arguments) {
  switch (arguments.verb) {
    case Verb::kCheck: return run_check(arguments);
    case Verb::kFmt: return run_fmt(arguments);
    case Verb::kRun: return run_run(arguments);
    case Verb::kExplain: return run_explain(arguments);
    case Verb::kSql: return run_sql(arguments);
    case Verb::kTest: return run_test(arguments);
    case Verb::kNew: return run_new_project(arguments);
    case Verb::kPrepare: return run_prepare(arguments);
    case Verb::kProve: return run_prove(arguments);
    case Verb::kReport: return run_report(arguments);
    case Verb::kDoc: return run_doc(arguments);
    case Verb::kDiff: return run_diff(arguments);
  }
  return kInternalFailure;
}

int run_command(const std::vector<std::string>& words) {
  const auto arguments = read_arguments(words);
  if (arguments) return run_verb(*arguments);
  const EarlyEnd& end = arguments.error();
  if (end.code == 0) return print_result(end.text, 0);
  print_error(end.text);
  return end.code;
}

int report_exception(const char* what) {
  print_error(fmt::format(
      "segue: internal failure: {}\nThis is a bug of Segue, not of your rules; please report it with the command that you gave, this "
      "message, and the output of `segue --version`.\n",
      what));
  return kInternalFailure;
}

}  // namespace
}  // namespace segue::command

int main(int count, char** words) {
  using namespace segue::command;
  install_signal_handlers();
  try {
    return run_command(std::vector<std::string>(words + (count > 0 ? 1 : 0), words + count));
  } catch (const std::bad_alloc&) {
    print_error("segue: there is not enough memory; give the computer more, or read less data at a time\n");
    return 2;
  } catch (const std::exception& error) {
    return report_exception(error.what());
  }
}
