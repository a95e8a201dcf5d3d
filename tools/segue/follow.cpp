// Lines in, lines out, each flushed: whoever reads them may be waiting.
#include "tools/segue/follow.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "tools/segue/json.h"
#include "tools/segue/verbs.h"

namespace segue::command {
namespace {

// One line of the input, without its end; false at the end of the input. Lines of any length.
class Lines {
 public:
  bool next(std::string& line) {
    line.clear();
    for (;;) {
      const std::size_t end = buffer_.find('\n', begin_);
      if (end != std::string::npos) {
        line.assign(buffer_, begin_, end - begin_);
        begin_ = end + 1;
        return true;
      }
      buffer_.erase(0, std::exchange(begin_, 0));
      if (!read_more()) {
        line.swap(buffer_);
        return !line.empty();
      }
    }
  }

 private:
  bool read_more() {
    char bytes[1 << 16];
    const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  std::string buffer_;
  std::size_t begin_ = 0;
};

// A value of a change, with the texts that it borrows.
class Values {
 public:
  std::expected<CellInput, std::string> of(const Json& json) {
    if (json.is_null()) return CellInput{};
    if (json.is_boolean()) return CellInput{json.get<bool>()};
    if (json.is_array()) return list(json);
    if (json.is_object()) return std::unexpected("a value is a text, a number, true, false, null, or a list of texts or numbers");
    return CellInput{text(json)};
  }

 private:
  // Numbers keep the digits that they have: columns read them as CSV files would.
  std::string_view text(const Json& json) { return texts_.emplace_back(json.is_string() ? json.get<std::string>() : json.dump()); }

  std::expected<CellInput, std::string> list(const Json& json) {
    std::vector<std::string_view>& items = lists_.emplace_back();
    for (const Json& item : json) {
      if (!item.is_primitive() || item.is_null()) return std::unexpected("a list holds texts or numbers");
      items.push_back(text(item));
    }
    return CellInput{std::span<const std::string_view>(items)};
  }

  std::deque<std::string> texts_;
  std::deque<std::vector<std::string_view>> lists_;
};

std::optional<std::string> text_field(const Json& line, const char* name) {
  const auto at = line.find(name);
  return at == line.end() || !at->is_string() ? std::nullopt : std::optional(at->get<std::string>());
}

// The answers of one account as lines.
void add_lines(const OpenedProject& project, std::uint64_t line, const LiveAccount& account, std::string& text) {
  for (const LiveAnswer& answer : account.answers) {
    Json json = {{"line", line}, {"account", account.account}, {"definition", project.definitions[answer.definition].name}};
    const auto optional_text = [](const std::optional<std::string>& value) { return value ? Json(*value) : Json(); };
    const auto optional_number = [](const std::optional<double>& value) { return value ? number(*value) : Json(); };
    switch (answer.kind) {
      case LiveAnswer::Kind::kEntered: json["change"] = "entered"; break;
      case LiveAnswer::Kind::kLeft: json["change"] = "left"; break;
      case LiveAnswer::Kind::kMoved:
        json["change"] = "moved", json["from"] = optional_text(answer.from), json["to"] = optional_text(answer.to);
        break;
      case LiveAnswer::Kind::kScored:
        json["change"] = "scored", json["from"] = optional_number(answer.before), json["to"] = optional_number(answer.after);
        break;
    }
    if (project.definitions[answer.definition].kind == ResultKind::kAudience) json["row"] = optional_text(answer.row);
    text += dump(json) + "\n";
  }
}

// The first line: what there is before any change.
std::string opening(const Report& report, const LiveEvaluation& live) {
  Json json = {{"format", "segue.follow/1"},
               {"as_of", clock_text(*report.clock)},
               {"timezone", report.project->timezone},
               {"accounts", live.accounts()},
               {"definitions", Json::array()}};
  for (const DefinitionOutcome& outcome : live.definitions()) {
    const DefinitionInfo& info = report.project->definitions[outcome.definition];
    Json definition = {{"name", info.name}, {"kind", kind_name(info.kind)}};
    if (info.kind != ResultKind::kScore) definition["size"] = outcome.size;
    json["definitions"].push_back(std::move(definition));
  }
  return dump(json) + "\n";
}

class Follower {
 public:
  Follower(const OpenedProject& project, LiveEvaluation& live) : project_(project), live_(live) {}

  // The lines that an input line leads to. The error says what is wrong with it and what to write.
  std::expected<std::string, std::string> take(std::uint64_t number, const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return std::unexpected("this is no JSON; write one object a line");
    if (!json.is_object()) return std::unexpected("this is no JSON object; write one object a line");
    const auto accounts = json.contains("as_of") ? move_clock(json) : change(json);
    if (!accounts) return std::unexpected(accounts.error());
    std::string lines;
    for (const LiveAccount& account : *accounts) add_lines(project_, number, account, lines);
    return lines;
  }

 private:
  using Result = std::expected<std::vector<LiveAccount>, std::string>;

  Result move_clock(const Json& json) {
    if (json.size() != 1) return std::unexpected("`as_of` stands alone on its line");
    const auto text = text_field(json, "as_of");
    if (!text || !is_clock(*text))
      return std::unexpected("`as_of` takes a date such as \"2026-03-01\" or a time such as \"2026-03-01T09:30:00Z\"");
    const auto clock = parse_clock(project_, *text);
    if (!clock) return std::unexpected(clock.error().diagnostics.front().message);
    return live_.set_clock(*clock);
  }

  Result change(const Json& json) {
    for (const auto& [name, value] : json.items()) {
      if (name != "table" && name != "op" && name != "key" && name != "row")
        return std::unexpected(fmt::format("unknown field `{}`; a change has `table`, `op`, `key` and `row`", name));
    }
    const auto table = text_field(json, "table"), op = text_field(json, "op");
    if (!table) return std::unexpected("`table` is missing; name the table that changes, such as \"account\"");
    LiveChange change{.kind = LiveChangeKind::kInsert, .table = *table, .key = {}, .cells = {}};
    if (op == "update") change.kind = LiveChangeKind::kUpdate;
    else if (op == "delete") change.kind = LiveChangeKind::kDelete;
    else if (op != "insert") return std::unexpected("`op` takes \"insert\", \"update\" or \"delete\"");
    Values values;
    if (const auto key = json.find("key"); key != json.end()) {
      const auto value = values.of(*key);
      if (!value) return std::unexpected("`key`: " + value.error());
      change.key = *value;
    }
    std::vector<LiveCell> cells;
    if (const auto row = json.find("row"); row != json.end()) {
      if (!row->is_object()) return std::unexpected("`row` is an object of columns and values");
      for (const auto& [name, value] : row->items()) {
        const auto cell = values.of(value);
        if (!cell) return std::unexpected(fmt::format("`{}`: {}", name, cell.error()));
        cells.push_back({name, *cell});
      }
    }
    if (change.kind == LiveChangeKind::kDelete && !cells.empty()) return std::unexpected("a \"delete\" takes `key` alone, not `row`");
    change.cells = cells;
    return live_.apply(change);
  }

  const OpenedProject& project_;
  LiveEvaluation& live_;
};

// False where the output is closed, which ends the command quietly, or cannot be written: `code` is what it ends with.
bool put(std::string_view text, int& code) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EPIPE) {
      print_error(fmt::format("segue: cannot write to standard output: {}\n", std::strerror(errno)));
      code = 2;
    }
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

int follow_lines(const OpenedProject& project, LiveEvaluation& live, int code) {
  Follower follower(project, live);
  Lines input;
  std::string line;
  for (std::uint64_t number = 1; input.next(line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto lines = follower.take(number, line);
    if (!lines) {
      print_error(fmt::format("line {}: error: {}\n", number, printable(lines.error())));
      code = 1;
    } else if (!put(*lines, code)) {
      return code;
    }
  }
  return code;
}

}  // namespace

int follow(Report& report, const Arguments& arguments, const std::vector<std::string>& names) {
  ProgressLine progress(!arguments.is_quiet, arguments.color);
  auto live = LiveEvaluation::make(*report.project,
                                   {.data = data_options(report, arguments, progress), .names = names, .engine = arguments.engine});
  progress.wipe();
  if (!live) return add_failure(report, live.error());
  report.tables = live->tables();
  report.diagnostics.insert(report.diagnostics.end(), live->diagnostics().begin(), live->diagnostics().end());
  sort_diagnostics(report.diagnostics, sources_of(report));
  print_diagnostics(report, arguments, 0);
  report.diagnostics.clear();
  int code = 0;
  if (!put(opening(report, *live), code)) return code;
  return follow_lines(*report.project, *live, code);
}

}  // namespace segue::command
