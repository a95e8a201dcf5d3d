// This file's external interface is the terminal: its width, colours and letters, writing to it, and the progress line.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "bindings/cpp/evaluate.h"
#include "tools/segue/arguments.h"

namespace segue::command {

// What a stream can show.
struct Style {
  bool is_terminal = false;
  bool in_color = false;
  bool is_unicode = false;  // else ASCII only
  std::size_t width = 100;  // columns
};

// Of standard output (1) or standard error (2). Colours: as asked; under `auto` when it is a terminal other than `dumb` and NO_COLOR is not set.
[[nodiscard]] Style style_of(int file, ColorMode color);

// Text in a colour or weight (an SGR code such as "1" or "36"), plain where the style has none.
[[nodiscard]] std::string painted(const Style& style, std::string_view code, std::string_view text);

// Columns that a text takes on a terminal: wide letters take two, combining marks none.
[[nodiscard]] std::size_t display_width(std::string_view text);

// The text cut to `width` columns, with `…` (or `...`) where something is missing.
[[nodiscard]] std::string cut_to_width(const Style& style, std::string_view text, std::size_t width);

// A text of a user with what a terminal would take as a command replaced.
[[nodiscard]] std::string printable(std::string_view text);

// 1234567 as `1,234,567`.
[[nodiscard]] std::string grouped(std::uint64_t number);

// `1 account`, `2 accounts`: the number with its thing.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view thing);

// Writes to standard error. What cannot be written there is lost.
void print_error(std::string_view text);

// Writes all of it to standard output and gives the exit code: `code`, also when the reader has closed the pipe; 2 with a message when it
// cannot be written for another reason.
[[nodiscard]] int print_result(std::string_view text, int code);

// Writes one line on standard error about work that takes longer than a second, when that is a terminal. Its destructor wipes the line.
class ProgressLine {
 public:
  ProgressLine(bool is_wanted, ColorMode color);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { wipe(); }

  void show(const Progress& progress);
  void wipe();

 private:
  bool is_wanted_;
  bool is_shown_ = false;
  Style style_;
  std::chrono::steady_clock::time_point start_, last_;
  std::mutex mutex_;
};

}  // namespace segue::command
