// This file's external interface is the parts of a table as sections of files and back: columns, ranks, links, references.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/prepared/section_file.h"
#include "runtime/table.h"

namespace segue {

// The bytes of a part; they lie in what it was made of.
[[nodiscard]] std::vector<ByteSpan> sections_of(const Column& column);
[[nodiscard]] std::vector<ByteSpan> sections_of(const RankCodes& ranks);
[[nodiscard]] std::vector<ByteSpan> sections_of(const Link& link);
[[nodiscard]] std::vector<ByteSpan> sections_of(const Array<RowId>& reference);

// The parts over mapped sections. Nothing where their sizes do not fit `rows`. `type`, `storage` and `rows` of the column are set by the caller first.
[[nodiscard]] bool set_sections(Column& column, const MappedFile& file);
[[nodiscard]] std::shared_ptr<const RankCodes> ranks_of(const MappedFile& file, std::size_t rows);
[[nodiscard]] std::optional<Link> link_of(const MappedFile& file, std::size_t rows, std::size_t parents);
[[nodiscard]] std::optional<Array<RowId>> reference_of(const MappedFile& file, std::size_t rows);

}  // namespace segue
