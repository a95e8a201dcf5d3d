// This file's external interface is Report: how the readers of this folder say what is wrong, in one voice. Private to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/source/source.h"

namespace segue {

// Appends to a list of diagnostics that it borrows.
class Report {
 public:
  explicit Report(std::vector<Diagnostic>& diagnostics) : diagnostics_(diagnostics) {}

  // Adds a diagnostic of the kind's usual severity. The reference holds until the next one is added.
  Diagnostic& add(DiagnosticKind kind, Span span, std::string message);

  // Whether the text of a source is UTF-8; where it is not, its first byte that is none is reported.
  bool accepts_utf8(SourceId id, std::string_view text);

  // As `add`, with the nearest of `candidates` as a question at the end of the message and as a fix that replaces the span.
  Diagnostic& add_near(DiagnosticKind kind, Span span, std::string_view message, std::string_view name,
                       std::span<const std::string> candidates);

 private:
  std::vector<Diagnostic>& diagnostics_;
};

// Keeps the first hundred diagnostics of a file by place, and says at the last how many follow: who reads more has mended none.
void keep_first(std::vector<Diagnostic>& diagnostics);

// `a`, `b` and `c`, each in back-quotes; `last` is the word before the last one.
[[nodiscard]] std::string quoted_list(std::span<const std::string> words, std::string_view last);

}  // namespace segue
