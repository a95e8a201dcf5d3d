// This file's external interface is `block_pool`: Arrow's memory out of blocks that are used again. Seen by the reader of Parquet only.
#pragma once

#include <arrow/type_fwd.h>

namespace segue::io {

[[nodiscard]] arrow::MemoryPool* block_pool();

}  // namespace segue::io
