#!/usr/bin/env bash
# Runs clang-format over all of our C++ with the given arguments: `-i` rewrites, `--dry-run -Werror` checks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
find bindings compiler runtime stdlib tests tools \( -name '*.cpp' -o -name '*.h' \) -print0 | sort -z | xargs -0 -r -n 16 -P "$(nproc)" clang-format-19 "$@"
