// This file's external interface is OutputFiles: the answers of a project written as they come, beside the places of their files. Private to this folder.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/cpp/answered.h"
#include "bindings/cpp/output.h"
#include "bindings/cpp/project.h"
#include "runtime/io/write.h"

namespace segue {

struct RuntimeIoApi;

class OutputFiles {
 public:
  // `asked` holds indices into the project's definitions: the first roots of all that is appended.
  [[nodiscard]] static std::expected<OutputFiles, Failure> open(const OpenedProject& project, std::span<const std::size_t> asked,
                                                                std::string_view path, const OutputOptions& options);

  // Further accounts with their rows. `numbers`, by table: the numbers in the whole table of rows that come out of order; else empty.
  [[nodiscard]] std::expected<void, Failure> append(const Answered& answered, const Bitmap& suppressed,
                                                    std::span<const std::span<const RowId>> numbers);
  // Ends all files.
  [[nodiscard]] std::expected<void, Failure> close();
  // Puts the closed files in their places.
  [[nodiscard]] std::expected<WrittenOutput, Failure> commit();

 private:
  struct Audience {
    std::size_t root = 0;
    std::unique_ptr<ResultFile> file;
  };
  std::expected<void, Failure> open_audiences(const RuntimeIoApi& io, std::string_view path, const WriteOptions& options);
  [[nodiscard]] Output accounts_output(const Answered& answered, const Column& key, const Bitmap* suppressed) const;

  const OpenedProject* project_ = nullptr;
  std::vector<std::size_t> asked_;
  std::unique_ptr<ResultFile> accounts_;
  std::vector<Audience> audiences_;
  std::vector<Diagnostic> left_out_;
};

}  // namespace segue
