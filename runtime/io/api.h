// This file's external interface is `segue_runtime_io_api`: the folder's functions behind one plain symbol, for those who open
// libsegue_runtime_io.so on first use, because Arrow's libraries cost start-up time.
#pragma once

#include "runtime/io/chunks.h"
#include "runtime/io/load.h"
#include "runtime/io/read_results.h"
#include "runtime/io/sample.h"
#include "runtime/io/write.h"

namespace segue {

struct RuntimeIoApi {
  decltype(&segue::load_database) load_database;
  decltype(&segue::estimated_bytes) estimated_bytes;
  decltype(&segue::are_better_cut) are_better_cut;
  decltype(&segue::why_whole) why_whole;
  decltype(&segue::open_chunks) open_chunks;
  decltype(&segue::output_file) output_file;
  decltype(&segue::write_results) write_results;
  decltype(&segue::open_results) open_results;
  decltype(&segue::open_audience) open_audience;
  decltype(&segue::audience_file) audience_file;
  decltype(&segue::write_audience) write_audience;
  decltype(&segue::read_results) read_results;
  decltype(&segue::read_sample) read_sample;
};

}  // namespace segue

extern "C" const segue::RuntimeIoApi& segue_runtime_io_api();
