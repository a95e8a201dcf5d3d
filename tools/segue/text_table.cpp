// Widths by what a terminal shows, not by bytes.
#include "tools/segue/text_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace segue::command {
namespace {

constexpr std::string_view kGap = "  ";

std::vector<std::size_t> natural_widths(const TextTable& table) {
  std::vector<std::size_t> widths(table.columns.size());
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] != 0) widths[i] = std::max(widths[i], display_width(table.columns[i].heading));
  }
  return widths;
}

std::size_t total_width(const std::vector<std::size_t>& widths) {
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width == 0 ? 0 : width + kGap.size();
  return total;
}

// On a terminal the columns that can vanish give way, the last first, then the one that can shrink; elsewhere nothing is cut.
void fit(const TextTable& table, const Style& style, std::vector<std::size_t>& widths) {
  if (!style.is_terminal) return;
  for (std::size_t i = widths.size(); i-- > 0 && total_width(widths) > style.width;) {
    if (table.columns[i].can_vanish) widths[i] = 0;
  }
  const std::size_t total = total_width(widths);
  if (total <= style.width) return;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (table.columns[i].can_shrink) widths[i] -= std::min(total - style.width, widths[i] - std::min<std::size_t>(widths[i], 4));
  }
}

std::string cell_text(const Style& style, const TableColumn& column, const std::string& text, std::size_t width, std::string_view paint) {
  const std::string shown = cut_to_width(style, text, width);
  const std::string padding(width - std::min(width, display_width(shown)), ' ');
  const std::string painted_text = painted(style, paint, shown);
  return column.is_right ? padding + painted_text : painted_text + padding;
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

TableColumn text_column(std::string heading, std::string_view paint) {
  return {.heading = std::move(heading), .is_right = false, .can_shrink = false, .paint = paint};
}

TableColumn number_column(std::string heading, std::string_view paint) {
  return {.heading = std::move(heading), .is_right = true, .can_shrink = false, .paint = paint};
}

std::string table_text(const TextTable& table, const Style& style) {
  std::vector<std::size_t> widths = natural_widths(table);
  fit(table, style, widths);
  const auto line = [&](const auto& text_of, const auto& paint_of) {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] != 0) text += std::string(kGap) + cell_text(style, table.columns[i], text_of(i), widths[i], paint_of(i));
    }
    return without_trailing_blanks(text);
  };
  std::string text = line([&](std::size_t i) { return table.columns[i].heading; }, [](std::size_t) { return std::string_view("2"); });
  for (const auto& row : table.rows) {
    text += line([&](std::size_t i) { return row[i]; }, [&](std::size_t i) { return table.columns[i].paint; });
  }
  return text;
}

std::string bar(const Style& style, double share, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  std::string text;
  if (style.is_unicode) {
    const auto eighths = static_cast<std::size_t>(share > 0 ? std::max(1.0, std::round(filled * 8)) : 0);
    for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
    return text + std::string(kEighths[eighths % 8]);
  }
  return std::string(static_cast<std::size_t>(share > 0 ? std::max(1.0, std::round(filled)) : 0), '#');
}

}  // namespace segue::command
