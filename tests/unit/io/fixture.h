// What the tests of reading and writing share: a folder of their own, specs in few words, columns as text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/load.h"

namespace segue::test {

// A new folder that goes when the test ends.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  // Writes a file, and folders on the way to it.
  void write(std::string_view name, std::string_view bytes) const;
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  std::filesystem::path path_;
};

// A column that is needed. `type` as the schema writes it: `int?`, `decimal(2)`, `list<text>`; an enum as `enum:a,b`.
ColumnSpec column(std::string name, std::string_view type);

// Appends a point with its two coordinates, which lie in columns `lat` and `lon` of the data; `type` is `point` or `point?`. Gives the point's index; its
// coordinates are the next two.
std::uint32_t add_point(std::vector<ColumnSpec>& columns, std::string name, std::string_view type);

// A column of money with `digits`, beside its currency in the column `currency`; `type` is `money` or `money?`.
ColumnSpec money(std::string name, std::string_view type, int digits = 2);

// A needed table that is read from `file`; the first column is its key.
TableSpec table(std::string name, std::string file, std::vector<ColumnSpec> columns);

// A relation of the account (table 0), without a key.
TableSpec relation(std::string name, std::string file, std::string join, std::vector<ColumnSpec> columns);

// A value as text: `-` for missing, `[a, b]` for a list, timestamps in UTC.
std::string shown(const TableSpec& spec, const Table& table, std::size_t column, std::size_t row);

// All values of a column, `|` between them.
std::string shown(const TableSpec& spec, const LoadResult& result, std::size_t column, std::size_t table_id = 0);

// Reads what must be readable.
LoadResult load(const Folder& folder, const std::vector<TableSpec>& specs, LoadOptions options = {});

// The first error of what must not be.
LoadError load_error(const Folder& folder, const std::vector<TableSpec>& specs, LoadOptions options = {});

}  // namespace segue::test
