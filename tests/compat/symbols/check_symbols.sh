#!/usr/bin/env bash
# Compares what a shared library exports with a list of it.
# Usage: check_symbols.sh LIBRARY LIST [--update]
# With --update it writes the list. A symbol that goes away breaks programs that were linked before: see the number in exports.map.
set -euo pipefail

library=$1
list=$2
mode=${3:-}

# Names as people read them, each with its version. Variants of a constructor have the same name and are listed once.
symbols() {
  nm -DC --defined-only "$library" | cut -d ' ' -f 3- | grep -v '^[A-Z]*_[0-9]*$' |
    sed -e 's/std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >/std::string/g' | LC_ALL=C sort -u
}

if [ "$mode" = --update ]; then
  symbols >"$list"
elif ! diff "$list" <(symbols); then
  echo "FAILED: $library exports (>) what $list does not say (<), or the other way round." >&2
  echo "If that is meant: $0 $library $list --update" >&2
  exit 1
fi
