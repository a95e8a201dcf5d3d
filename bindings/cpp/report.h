// This file's external interface is how diagnostics are shown, as text for the terminal, as JSON and for reviews, and did-you-mean for what a caller offers.
#pragma once

#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/review.h"
#include "compiler/diagnostics/suggest.h"
