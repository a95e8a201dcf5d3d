// This file's external interface is the lexer's input: the bytes of a source, so that a token's place is its byte offset. Private to
// this folder.
#pragma once

#include <string>
#include <string_view>

#include <antlr4-runtime.h>

namespace segue {

// Hands out bytes. Those outside of ASCII and NUL come as 0x7F: the lexer only needs to know that they are there, and its tables
// are fast for ASCII alone.
class ByteStream final : public antlr4::CharStream {
 public:
  explicit ByteStream(std::string_view text) : text_(text) {}

  void consume() override { ++index_; }
  size_t LA(ssize_t i) override {
    const auto at = static_cast<ssize_t>(index_) + (i > 0 ? i - 1 : i);
    if (i == 0 || at < 0 || at >= static_cast<ssize_t>(text_.size())) return IntStream::EOF;
    const auto byte = static_cast<unsigned char>(text_[static_cast<std::size_t>(at)]);
    return byte == 0 || byte >= 0x80 ? 0x7F : byte;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t /*marker*/) override {}
  size_t index() override { return index_; }
  void seek(size_t index) override { index_ = std::min(index, text_.size()); }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& interval) override {
    const auto begin = static_cast<std::size_t>(std::max<ssize_t>(interval.a, 0));
    const auto end = static_cast<std::size_t>(std::max<ssize_t>(interval.b + 1, 0));
    return begin >= end || begin >= text_.size() ? std::string() : std::string(text_.substr(begin, end - begin));
  }
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  std::size_t index_ = 0;
};

}  // namespace segue
