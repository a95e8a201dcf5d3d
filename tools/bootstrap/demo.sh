#!/usr/bin/env bash
# demo.sh SEGUE EXAMPLE: what `./dev demo` shows, from a folder that is set up and built.
set -euo pipefail
segue=$1 example=$2 as_of=2026-11-20

show() { printf '\n$ segue'; printf ' %s' "$@"; printf '\n\n'; (cd "$example" && "$segue" "$@"); }

show run --as-of $as_of
show explain finance_engaged A00028 --as-of $as_of
