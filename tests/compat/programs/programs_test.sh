#!/usr/bin/env bash
# A program in the style of those for Amazon's SDK compiles without a warning.
# Usage: programs_test.sh INCLUDE_DIR SOURCE COMPILER FLAGS...
set -euo pipefail

include_dir=$1
source=$2
shift 2
# The folders that the build files of such programs name.
"$@" -fsyntax-only -Wall -Wextra -Werror -I"$include_dir" -I"$include_dir/credential-providers" -I"$include_dir/common" \
  -I"$include_dir/gstreamer" "$source"
