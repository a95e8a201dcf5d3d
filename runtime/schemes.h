// This file's external interface is BlockSchemes: which steps of a program the rows of a block can do without, because statistics of the block settle what they
// would find out.
#pragma once

#include <cstdint>
#include <vector>

namespace segue {

// A settled bit that a step which is left out would have written, and that another reads.
struct SettledLine {
  std::uint32_t frame = 0, slot = 0;
  bool is_set = false;
};

struct SkipScheme {
  std::vector<bool> skips;                      // by step of the program
  std::vector<std::vector<SettledLine>> lines;  // by step that is left out: what is written in its stead
  std::vector<bool> frames;                     // by frame: some step that runs needs its rows
  bool is_idle = false;                         // no step runs
  double share = 0;                             // of the steps that are left out
};

// Of one program over one database.
struct BlockSchemes {
  std::size_t block_rows = 0;           // a multiple of kBlockRows
  std::vector<std::uint32_t> of_block;  // by block of accounts: an index into `schemes`
  std::vector<SkipScheme> schemes;      // that of index 0 leaves out nothing, and holds nothing
};

}  // namespace segue
