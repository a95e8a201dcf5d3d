// This file's external interface is TextTable: columns of text, aligned, fit for the terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/segue/console.h"

namespace segue::command {

struct TableColumn {
  std::string heading;
  bool is_right = false;    // numbers
  bool can_shrink = false;  // the one whose cells are cut where the terminal is too narrow
  std::string_view paint;   // an SGR code for the cells
  bool can_vanish = false;  // left out where the terminal is too narrow
};

[[nodiscard]] TableColumn text_column(std::string heading, std::string_view paint = "");
[[nodiscard]] TableColumn number_column(std::string heading, std::string_view paint = "");

struct TextTable {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // a cell a column
};

// Lines with a heading, two blanks between columns and before the first. A column without any text is left out.
[[nodiscard]] std::string table_text(const TextTable& table, const Style& style);

// A bar of `width` columns of which `share` (0 to 1) is filled, without trailing blanks; never empty where `share` is not 0.
[[nodiscard]] std::string bar(const Style& style, double share, std::size_t width);

}  // namespace segue::command
