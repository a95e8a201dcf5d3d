#!/usr/bin/env bash
# Formats all of our C++ in place, or with `--check` names the files that would change, and fails when there are any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

over_sources() {
  find bindings compiler runtime stdlib tests tools \( -name '*.cpp' -o -name '*.h' \) -print0 | sort -z | xargs -0 -r -P "$(nproc)" "$@"
}

check='for file; do clang-format-19 "$file" | cmp -s - "$file" || echo "$file: not formatted; \`./dev fmt\` does it"; done'
if [ "${1-}" = --check ]; then
  findings=$(over_sources -n 16 bash -c "$check" _)
  [ -z "$findings" ] || { echo "$findings"; exit 1; }
else
  over_sources -n 16 clang-format-19 -i
fi
