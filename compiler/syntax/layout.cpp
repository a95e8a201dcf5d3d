// Choosing line breaks behind layout.h.
#include "compiler/syntax/layout.h"

#include <utility>

#include "compiler/source/source.h"

namespace segue {

DocId Documents::add(Node node) {
  for (const DocId part : node.parts) node.has_break = node.has_break || is_broken(part);
  nodes_.push_back(std::move(node));
  return DocId{static_cast<std::uint32_t>(nodes_.size() - 1)};
}

DocId Documents::text(std::string text) {
  const int width = static_cast<int>(count_code_points(text));
  return add({.kind = Kind::kText, .has_break = false, .width = width, .text = std::move(text), .parts = {}});
}
DocId Documents::trailing(std::string text) {
  return add({.kind = Kind::kTrailing, .has_break = true, .width = 0, .text = std::move(text), .parts = {}});
}
DocId Documents::line() { return add({.kind = Kind::kLine, .has_break = false, .width = 1, .text = {}, .parts = {}}); }
DocId Documents::soft_line() { return add({.kind = Kind::kSoftLine, .has_break = false, .width = 0, .text = {}, .parts = {}}); }
DocId Documents::hard_line() { return add({.kind = Kind::kHardLine, .has_break = true, .width = 0, .text = {}, .parts = {}}); }
DocId Documents::concat(std::vector<DocId> parts) {
  return add({.kind = Kind::kConcat, .has_break = false, .width = 0, .text = {}, .parts = std::move(parts)});
}
DocId Documents::nest(DocId part) { return add({.kind = Kind::kNest, .has_break = false, .width = 0, .text = {}, .parts = {part}}); }
DocId Documents::group(DocId part) { return add({.kind = Kind::kGroup, .has_break = false, .width = 0, .text = {}, .parts = {part}}); }
DocId Documents::fill(std::vector<DocId> items) {
  return add({.kind = Kind::kFill, .has_break = false, .width = 0, .text = {}, .parts = std::move(items)});
}

class Layout {
 public:
  Layout(const Documents& documents, int width) : documents_(documents), width_(width) {}

  std::string run(DocId root, int indent) {
    column_ = indent;
    stack_.push_back({.id = root, .indent = indent, .is_flat = false, .next = 0});
    while (!stack_.empty()) step();
    return std::move(out_);
  }

 private:
  using Kind = Documents::Kind;
  // A node that is being laid out; `next` is the part that comes next.
  struct Frame {
    DocId id{};
    int indent = 0;
    bool is_flat = false;
    std::size_t next = 0;
  };

  [[nodiscard]] const Documents::Node& node(DocId id) const { return documents_.nodes_[static_cast<std::size_t>(id)]; }

  void step() {
    Frame& frame = stack_.back();
    const Documents::Node& current = node(frame.id);
    if (frame.next >= current.parts.size()) {
      const Frame leaf = frame;
      stack_.pop_back();
      if (current.parts.empty()) write(current, leaf);
      return;
    }
    const DocId part = current.parts[frame.next++];
    switch (current.kind) {
      case Kind::kNest: return push(part, frame.indent + 2, frame.is_flat);
      case Kind::kGroup: return push(part, frame.indent, frame.is_flat || fits(part));
      case Kind::kFill: return fill(part);
      default: return push(part, frame.indent, frame.is_flat);
    }
  }

  void push(DocId id, int indent, bool is_flat) { stack_.push_back({.id = id, .indent = indent, .is_flat = is_flat, .next = 0}); }

  // The next item of the fill on top of the stack: on this line if all of it fits there.
  void fill(DocId item) {
    const Frame frame = stack_.back();
    const bool is_first = frame.next == 1;
    if (!is_first) {
      const bool goes_on = frame.is_flat || (!ends_in_comment_ && fits_alone(item, column_ + 1));
      if (goes_on) write_text(" ", 1);
      else break_line(frame.indent);
    }
    push(item, frame.indent, frame.is_flat);
  }

  void write(const Documents::Node& leaf, const Frame& frame) {
    switch (leaf.kind) {
      case Kind::kText: return write_text(leaf.text, leaf.width);
      case Kind::kTrailing:
        out_ += leaf.text;
        ends_in_comment_ = true;
        return;
      case Kind::kHardLine: return break_line(frame.indent);
      case Kind::kLine:
        if (frame.is_flat) return write_text(" ", 1);
        return break_line(frame.indent);
      case Kind::kSoftLine:
        if (!frame.is_flat) break_line(frame.indent);
        return;
      default: return;  // empty
    }
  }

  void write_text(const std::string& text, int width) {
    if (width == 0) return;
    if (ends_in_comment_) break_line(last_indent_);  // nothing may follow a comment on its line
    out_ += text;
    column_ += width;
  }

  void break_line(int indent) {
    while (out_.ends_with(' ')) out_.pop_back();
    out_ += '\n';
    out_.append(static_cast<std::size_t>(indent), ' ');
    column_ = indent;
    last_indent_ = indent;
    ends_in_comment_ = false;
  }

  [[nodiscard]] bool fits_alone(DocId id, int column) const {
    if (node(id).has_break) return false;
    std::vector<Frame> local = {{.id = id, .indent = 0, .is_flat = true, .next = 0}};
    return measure(local, column) <= width_;
  }

  // Whether a group fits on the line together with all that follows it up to the next possible break.
  [[nodiscard]] bool fits(DocId id) const {
    if (node(id).has_break) return false;
    std::vector<Frame> local = {{.id = id, .indent = 0, .is_flat = true, .next = 0}};
    int column = measure(local, column_);
    for (std::size_t i = stack_.size(); i-- > 0 && column <= width_;) {
      bool has_broken = false;
      column = measure_rest(stack_[i], column, has_broken);
      if (has_broken) break;
    }
    return column <= width_;
  }

  // The column after `local`, laid out flat; more than the width as soon as it is.
  int measure(std::vector<Frame>& local, int column) const {
    while (!local.empty() && column <= width_) {
      Frame& frame = local.back();
      const Documents::Node& current = node(frame.id);
      if (frame.next >= current.parts.size()) {
        column += current.parts.empty() ? current.width : 0;
        local.pop_back();
        continue;
      }
      if (current.kind == Kind::kFill && frame.next > 0) ++column;
      const DocId part = current.parts[frame.next++];
      local.push_back({.id = part, .indent = 0, .is_flat = true, .next = 0});
    }
    return column;
  }

  // The column after what is left of a frame, up to its first break.
  int measure_rest(const Frame& outer, int column, bool& has_broken) const {
    std::vector<Frame> local = {outer};
    while (!local.empty() && column <= width_) {
      Frame& frame = local.back();
      const Documents::Node& current = node(frame.id);
      if (frame.next >= current.parts.size()) {
        const bool is_break =
            current.kind == Kind::kHardLine || (!frame.is_flat && (current.kind == Kind::kLine || current.kind == Kind::kSoftLine));
        if (is_break || current.kind == Kind::kTrailing) {
          has_broken = true;
          return column;
        }
        column += current.parts.empty() ? current.width : 0;
        local.pop_back();
        continue;
      }
      if (current.kind == Kind::kFill && !frame.is_flat && frame.next > 0) {
        has_broken = true;
        return column;
      }
      const DocId part = current.parts[frame.next++];
      // A group further on breaks if it must: only what comes before its first break counts.
      const bool is_flat = frame.is_flat || (current.kind == Kind::kGroup && !node(part).has_break);
      local.push_back({.id = part, .indent = 0, .is_flat = is_flat, .next = 0});
    }
    return column;
  }

  const Documents& documents_;
  int width_;
  std::string out_;
  int column_ = 0;
  int last_indent_ = 0;
  bool ends_in_comment_ = false;
  std::vector<Frame> stack_;
};

std::string Documents::lay_out(DocId root, int indent, int width) const { return Layout(*this, width).run(root, indent); }

}  // namespace segue
