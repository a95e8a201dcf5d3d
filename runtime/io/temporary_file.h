// This file's external interface is TemporaryFile: a file that is written beside its place and takes it when it is whole and on disk.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "runtime/io/write.h"

namespace segue::io {

class TemporaryFile {
 public:
  // Makes the file in the folder of `target`: without a name where the system can, else with one that no other process uses.
  [[nodiscard]] static std::expected<TemporaryFile, WriteError> create(const std::string& target,
                                                                       std::function<void(const std::string&)> on_temporary);

  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();  // removes the file unless it was committed

  [[nodiscard]] int descriptor() const { return descriptor_; }
  // Puts the file on disk and in its place.
  [[nodiscard]] std::expected<void, WriteError> commit();

 private:
  TemporaryFile() = default;
  std::expected<void, WriteError> open_named();
  bool link();

  std::string target_, path_;
  int descriptor_ = -1;
  bool has_name_ = false;
  std::function<void(const std::string&)> on_temporary_;
};

// An error about writing `path`, in the system's words.
[[nodiscard]] WriteError write_error(const std::string& path, int error_number);

}  // namespace segue::io
