// This file's external interface is how diagnostics are shown, as text for the terminal and as JSON, and did-you-mean for what a caller offers.
#pragma once

#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/suggest.h"
