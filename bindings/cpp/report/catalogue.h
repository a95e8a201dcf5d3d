// This file's external interface is `catalogue_of`: all that the rules declare and all columns of the schema, with what uses what, as plain data for
// documents. It reads no data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/cpp/project.h"

namespace segue {

struct CatalogueParameter {
  std::string name;
  std::string type;  // as written
};

// A row of tiers or stages with its condition, a part of a split with its share, an axis of a grid with its values: as written.
struct CatalogueRow {
  std::string name;
  std::string title;  // empty when none
  std::string text;
};

struct CatalogueList {
  std::size_t values = 0;  // different ones
  std::string file;        // empty where they stand in the rules
  std::string column;      // of the file; empty when none is named
};

// One declaration. Other entries and tests are told by their index in the catalogue.
struct CatalogueEntry {
  std::string name;
  std::string kind;   // the word that opens it: `segment`, `define`, `param`, …
  std::string title;  // empty when none, as the next five
  std::string doc;
  std::string owner;
  std::string basis;
  std::string url;
  std::string relation;  // of an audience or a `define … for`
  std::string type;      // of a `param` as written, of a `define` what it gives; empty for others
  std::vector<std::string> tags;
  std::vector<CatalogueParameter> parameters;
  std::vector<CatalogueRow> rows;
  std::optional<CatalogueList> list;
  std::vector<std::string> expectations;  // as written, without `expect`
  std::string text;                       // the whole declaration as written
  std::string file;                       // relative to the project's folder; `std/regions` for a part of the prelude
  std::uint32_t line = 0;
  bool is_prelude = false;
  bool is_result = false;  // gives an answer for each account or row
  std::vector<std::size_t> uses, used_by;
  std::vector<std::size_t> tests;  // that expect something of it
};

struct CatalogueTest {
  std::string title;
  std::string file;
  std::uint32_t line = 0;
  std::vector<std::size_t> entries;  // of which it expects something
};

struct CatalogueColumn {
  std::string name;
  std::string from;                 // the name in the data where it is another; empty otherwise
  std::string type;                 // as a schema writes it, without `?`
  std::string unit;                 // empty when none
  std::string data_class;           // `personal`, `sensitive` or `protected`; empty otherwise
  std::vector<std::string> values;  // of an enum
  bool is_ordered = false;          // of an enum
  bool is_optional = false;
  std::vector<std::string> roles;    // `key`, `time`, `known at`, `belongs to account`, `leads to parent`, `suppresses`
  std::vector<std::size_t> readers;  // entries whose own text names it
  std::vector<std::size_t> through;  // entries that read it by way of others only
};

struct CatalogueParent {
  std::string table;
  std::string column;  // of the data, that holds the parent's key
};

struct CatalogueReference {
  std::string name;
  std::string table;
  std::string column;
};

struct CatalogueTable {
  std::string name;
  std::string source;  // as the project file writes it; empty when it has none
  std::vector<CatalogueParent> parents;
  std::vector<CatalogueReference> references;
  std::vector<CatalogueColumn> columns;
};

struct Catalogue {
  std::vector<CatalogueEntry> entries;  // the project's by file and line, then those of the prelude that they rest on
  std::vector<CatalogueTest> tests;     // by file and line
  std::vector<CatalogueTable> tables;   // the account first
  std::vector<std::string> prelude;     // the parts that are used: `std.regions`
  std::vector<std::string> files;       // of rules, sorted, those without declarations included
};

// Of a project without errors.
[[nodiscard]] Catalogue catalogue_of(const OpenedProject& project);

// What a catalogue still lacks, as indices of its entries: the project's own definitions without a doc comment, those with answers without an owner, and those with
// answers that no test speaks of.
struct CatalogueGaps {
  std::vector<std::size_t> docs, owners, tests;
};
[[nodiscard]] CatalogueGaps gaps_of(const Catalogue& catalogue);

}  // namespace segue
