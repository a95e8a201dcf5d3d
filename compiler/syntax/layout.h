// This file's external interface is a small pretty printer: a document says where lines may break, `lay_out` chooses.
// The algorithm is Wadler's ("A prettier printer", 1998) with fills, on an explicit stack. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace segue {

enum class DocId : std::uint32_t {};

class Documents {
 public:
  // Text without line breaks.
  DocId text(std::string text);
  // A comment that ends its line: the next thing must be a break. It does not count towards the width.
  DocId trailing(std::string text);
  // A blank, or a break where the group around it is broken.
  DocId line();
  // Nothing, or a break.
  DocId soft_line();
  // Always a break; the groups around it are broken.
  DocId hard_line();
  DocId concat(std::vector<DocId> parts);
  // Breaks within are indented by two more blanks.
  DocId nest(DocId part);
  // On one line if it fits; otherwise each line() directly in it is a break.
  DocId group(DocId part);
  // Items with breaks between them where needed only; what stands before a break (a comma) is part of its item.
  DocId fill(std::vector<DocId> items);

  // Whether a break is forced somewhere within.
  [[nodiscard]] bool is_broken(DocId id) const { return nodes_[static_cast<std::size_t>(id)].has_break; }

  // The text of a document that starts at `indent`, without blanks at line ends.
  [[nodiscard]] std::string lay_out(DocId root, int indent, int width) const;

 private:
  friend class Layout;
  enum class Kind : std::uint8_t { kText, kTrailing, kLine, kSoftLine, kHardLine, kConcat, kNest, kGroup, kFill };
  struct Node {
    Kind kind = Kind::kText;
    bool has_break = false;
    int width = 0;  // of text, in code points
    std::string text;
    std::vector<DocId> parts;
  };
  DocId add(Node node);

  std::vector<Node> nodes_;
};

}  // namespace segue
