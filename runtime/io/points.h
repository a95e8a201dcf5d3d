// This file's external interface is `settle_points`: the two halves of points looked at together.
#pragma once

#include "runtime/io/piece.h"

namespace segue::io {

// Finds what is bad about points, once both coordinates of all rows have been read: a half that is no number, that lies outside the globe, or that is there without
// the other; or both missing where the point is not optional. Afterwards both halves of a row are known or both are missing.
void settle_points(const PieceContext& context, Piece& piece);

}  // namespace segue::io
