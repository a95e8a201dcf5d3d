// This file's external interface is memory that is used again: large blocks that are given back wait for the next ones of about their size while files are read,
// so that the system need not clear new pages for each row group.
#pragma once

#include <cstddef>

namespace segue::io {

// Blocks from so many bytes on are kept; smaller ones are left to others.
inline constexpr std::size_t kLeastBlock = std::size_t{128} << 10;

// At a page's boundary, not cleared. Throws std::bad_alloc.
[[nodiscard]] std::byte* take_block(std::size_t bytes);
// Gives back a block of so many bytes.
void give_block(std::byte* block, std::size_t bytes);
// Whether what is given back now would be kept.
[[nodiscard]] bool blocks_are_kept();

// As long as one of these is there, blocks are kept; the last one lets go of all.
class KeepBlocks {
 public:
  KeepBlocks();
  KeepBlocks(const KeepBlocks&) = delete;
  KeepBlocks& operator=(const KeepBlocks&) = delete;
  ~KeepBlocks();
};

}  // namespace segue::io
