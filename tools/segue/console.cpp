// Columns of the terminal, colours, and writing that knows when it failed.
#include "tools/segue/console.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/segue/signals.h"

namespace segue::command {
namespace {

constexpr std::size_t kNarrowest = 60;
constexpr std::size_t kWidest = 160;
constexpr std::chrono::milliseconds kPatience{1000};
constexpr std::chrono::milliseconds kPause{100};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

bool speaks_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(environment(name));
    if (value.empty()) continue;
    std::ranges::transform(value, value.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::size_t width_of(int file) {
  winsize size = {};
  if (ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return Style{}.width;
  return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
}

struct Letter {
  char32_t point = 0;
  std::size_t length = 1;
};

// The code point at an offset; a byte that is no UTF-8 stands for itself.
Letter letter_at(std::string_view text, std::size_t offset) {
  const std::size_t length = std::max<std::size_t>(code_point_length(text, offset), 1);
  const auto first = static_cast<unsigned char>(text[offset]);
  if (length == 1) return {first, 1};
  char32_t point = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (static_cast<unsigned char>(text[offset + i]) & 0x3F);
  return {point, length};
}

bool lies_in(char32_t point, char32_t low, char32_t high) { return point >= low && point <= high; }

// The blocks that terminals show two columns wide (Unicode's East Asian Width W and F), and those of marks that take none.
std::size_t letter_width(char32_t point) {
  if (lies_in(point, 0x300, 0x36F) || lies_in(point, 0x200B, 0x200F) || lies_in(point, 0xFE00, 0xFE0F)) return 0;
  const bool is_wide = lies_in(point, 0x1100, 0x115F) || lies_in(point, 0x2E80, 0xA4CF) || lies_in(point, 0xAC00, 0xD7A3) ||
                       lies_in(point, 0xF900, 0xFAFF) || lies_in(point, 0xFE30, 0xFE6F) || lies_in(point, 0xFF00, 0xFF60) ||
                       lies_in(point, 0xFFE0, 0xFFE6) || lies_in(point, 0x1F300, 0x1FAFF) || lies_in(point, 0x20000, 0x3FFFD);
  return is_wide ? 2 : 1;
}

}  // namespace

Style style_of(int file, ColorMode color) {
  Style style;
  style.is_terminal = isatty(file) == 1;
  style.is_unicode = speaks_unicode();
  if (style.is_terminal) style.width = width_of(file);
  const bool may_color = style.is_terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  style.in_color = color == ColorMode::kAlways || (color == ColorMode::kAuto && may_color);
  return style;
}

std::string painted(const Style& style, std::string_view code, std::string_view text) {
  if (!style.in_color || text.empty() || code.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t offset = 0; offset < text.size();) {
    const Letter letter = letter_at(text, offset);
    width += letter_width(letter.point);
    offset += letter.length;
  }
  return width;
}

std::string cut_to_width(const Style& style, std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::string_view mark = style.is_unicode ? "…" : "...";
  const std::size_t room = width - std::min(width, display_width(mark));
  std::size_t used = 0, offset = 0;
  while (offset < text.size()) {
    const Letter letter = letter_at(text, offset);
    if (used + letter_width(letter.point) > room) break;
    used += letter_width(letter.point);
    offset += letter.length;
  }
  return std::string(text.substr(0, offset)) + std::string(mark);
}

std::string printable(std::string_view text) {
  std::string shown(text);
  for (char& byte : shown) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) byte = ' ';
  }
  return shown;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", grouped(number), thing, number == 1 ? "" : "s");
}

void print_error(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int print_result(std::string_view text, int code) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return code;
    if (written < 0) {
      print_error(fmt::format("segue: cannot write to standard output: {}\n", std::strerror(errno)));
      return 2;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return code;
}

ProgressLine::ProgressLine(bool is_wanted, ColorMode color)
    : style_(style_of(STDERR_FILENO, color)),
      start_(std::chrono::steady_clock::now()) {
  is_wanted_ = is_wanted && style_.is_terminal;
}

void ProgressLine::show(const Progress& progress) {
  if (!is_wanted_) return;
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - start_ < kPatience || (is_shown_ && now - last_ < kPause)) return;
  std::string line = progress.step;
  if (progress.total != 0) line += fmt::format(" {:>3} %", std::min<std::uint64_t>(100, progress.done * 100 / progress.total));
  line += fmt::format("  {} s", std::chrono::duration_cast<std::chrono::seconds>(now - start_).count());
  print_error("\r\x1b[K" + cut_to_width(style_, printable(line), style_.width - 1));
  set_progress_shown(true);
  is_shown_ = true;
  last_ = now;
}

void ProgressLine::wipe() {
  if (!is_shown_) return;
  print_error("\r\x1b[K");
  set_progress_shown(false);
  is_shown_ = false;
}

}  // namespace segue::command
