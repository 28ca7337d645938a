#!/usr/bin/env bash
# Each public header compiles with nothing in front of it, twice, without a warning.
# Usage: headers_test.sh INCLUDE_DIR COMPILER FLAGS...
set -euo pipefail

include_dir=$1
shift

compile_alone() {
  local header=$1
  shift
  printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
    "$@" -x c++ -fsyntax-only -Wall -Wextra -pedantic -Werror - || { echo "FAILED: $header does not stand alone" >&2; return 1; }
}
export -f compile_alone

headers=$(cd "$include_dir" && find . -name '*.h' | sed 's|^\./||' | sort)
[ -n "$headers" ] || { echo "FAILED: no headers in $include_dir" >&2; exit 1; }
printf '%s\n' "$headers" | xargs -P 2 -I HEADER bash -c 'compile_alone "$@"' compile_alone HEADER "$@" -I"$include_dir"
