// Points, row by row.
#include "runtime/io/points.h"

#include <algorithm>

#include <fmt/format.h>

#include "stdlib/print_value.h"

namespace segue::io {
namespace {

// One coordinate; rows are asked for in their order.
class Half {
 public:
  Half(ColumnPiece& column, double limit) : column_(column), limit_(limit) {}

  void go_to(std::size_t row) {
    row_ = row;
    while (next_ < column_.unfit.size() && column_.unfit[next_] < row) ++next_;
  }
  [[nodiscard]] bool is_unfit() const { return next_ < column_.unfit.size() && column_.unfit[next_] == row_; }
  [[nodiscard]] bool is_absent() const { return !is_unfit() && !column_.missing.empty() && column_.missing[row_] != 0; }
  [[nodiscard]] bool is_good() const {
    return !is_unfit() && !is_absent() && column_.floats[row_] >= -limit_ && column_.floats[row_] <= limit_;
  }
  [[nodiscard]] std::string shown() const {
    if (is_unfit()) return next_ < column_.unfit_texts.size() ? column_.unfit_texts[next_] : std::string();
    return is_absent() ? std::string() : print_float(column_.floats[row_]);
  }
  void set_missing() {
    if (column_.missing.empty()) column_.missing.resize(column_.floats.size());
    column_.missing[row_] = 1;
    column_.floats[row_] = 0;
  }
  void forget_unfit() {
    column_.unfit.clear();
    column_.unfit_texts.clear();
  }

 private:
  ColumnPiece& column_;
  double limit_;
  std::size_t row_ = 0, next_ = 0;
};

class PointCheck {
 public:
  PointCheck(const PieceContext& context, const PointSlots& point, Piece& piece)
      : point_(point),
        spec_(context.slots[point.latitude].spec),
        piece_(piece),
        latitude_(piece.columns[point.latitude], 90),
        longitude_(piece.columns[point.longitude], 180),
        no_point_{point.latitude, BadKind::kType, 0, {}},
        missing_{point.latitude, BadKind::kMissing, 0, {}} {}

  void run() {
    for (std::size_t row = 0; row < piece_.rows; ++row) {
      latitude_.go_to(row);
      longitude_.go_to(row);
      if (!latitude_.is_good() || !longitude_.is_good()) look_at(row);
    }
    latitude_.forget_unfit();
    longitude_.forget_unfit();
    for (Finding* finding : {&no_point_, &missing_}) {
      if (finding->count != 0) piece_.findings.push_back(std::move(*finding));
    }
  }

 private:
  // A row without two good halves.
  void look_at(std::size_t row) {
    const bool is_alive = piece_.states[row] <= RowState::kBad;
    const bool is_absent = latitude_.is_absent() && longitude_.is_absent();
    if (is_alive && !(is_absent && point_.accepts_missing)) add(is_absent ? missing_ : no_point_, row);
    latitude_.set_missing();
    longitude_.set_missing();
  }

  void add(Finding& finding, std::size_t row) {
    const bool is_missing = &finding == &missing_;
    if (finding.count++ < kExamples)
      finding.examples.push_back({row, is_missing ? std::string() : fmt::format("{}, {}", latitude_.shown(), longitude_.shown())});
    if (!spec_.bad_is_missing) piece_.states[row] = RowState::kBad;
  }

  const PointSlots& point_;
  const ColumnSpec& spec_;
  Piece& piece_;
  Half latitude_, longitude_;
  Finding no_point_, missing_;
};

}  // namespace

void settle_points(const PieceContext& context, Piece& piece) {
  for (const PointSlots& point : context.points) {
    const bool is_read =
        piece.columns[point.latitude].floats.size() == piece.rows && piece.columns[point.longitude].floats.size() == piece.rows;
    if (is_read) PointCheck(context, point, piece).run();
  }
}

}  // namespace segue::io
