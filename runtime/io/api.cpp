// The folder's one plain symbol.
#include "runtime/io/api.h"

const segue::RuntimeIoApi& segue_runtime_io_api() {
  static constexpr segue::RuntimeIoApi kApi = {&segue::load_database, &segue::estimated_bytes, &segue::are_better_cut, &segue::why_whole,
                                               &segue::open_chunks,   &segue::output_file,     &segue::write_results,  &segue::open_results,
                                               &segue::open_audience, &segue::audience_file,   &segue::write_audience, &segue::read_results,
                                               &segue::read_sample};
  return kApi;
}
