#!/usr/bin/env bash
# Builds a program for Amazon's SDK against an installed tree, and runs it.
# Usage: package_test.sh CASE SOURCE_DIR PREFIX WORK_DIR CXX
set -euo pipefail

case_name=$1
source_dir=$2
prefix=$3
work_dir=$4/$1
cxx=$5
program=$source_dir/tests/compat/programs/traps.cc

fail() { echo "FAILED: $*" >&2; exit 1; }

# The folder under the prefix that holds $1.
folder_of() { dirname "$(find "$prefix" -name "$1" | head -n 1)"; }

rm -rf "$work_dir"
mkdir -p "$work_dir"
cd "$work_dir"

case "$case_name" in
  headers)
    # The public headers, and no others.
    diff <(cd "$prefix/include/KinesisVideoProducer" && find . -type f | sort) \
         <(cd "$source_dir/producer/compat/include" && find . -type f | sort) ||
      fail "installed headers (<) are not those of the tree (>)"
    ;;

  old_paths)
    libdir=$(folder_of libKinesisVideoProducer.so)
    "$cxx" -std=c++11 -Wall -Wextra -Werror "$program" -o program \
      -I"$prefix/src" -I"$prefix/src/credential-providers" -I"$prefix/src/common" \
      -L"$libdir" -lKinesisVideoProducer -llog4cplus -pthread "-Wl,-rpath,$libdir"
    ./program || fail "the program ends with status $?"
    ;;

  c_headers)
    printf '#include <%s>\nFrame frame = EOFR_FRAME_INITIALIZER;\n' com/amazonaws/kinesis/video/cproducer/Include.h >headers.c
    "$cxx" -x c -fsyntax-only -Wall -Wextra -Werror -I"$prefix/include" headers.c
    "$cxx" -x c++ -std=c++11 -fsyntax-only -Wall -Wextra -Werror -I"$prefix/include" headers.c
    ;;

  pkg_config)
    PKG_CONFIG_PATH=$(folder_of libKinesisVideoProducer.pc)
    export PKG_CONFIG_PATH
    # shellcheck disable=SC2046
    "$cxx" -std=c++14 "$program" -o program $(pkg-config --cflags --libs libKinesisVideoProducer) -pthread \
      "-Wl,-rpath,$(pkg-config --variable=libdir libKinesisVideoProducer)"
    ./program || fail "the program ends with status $?"
    ;;

  find_package)
    cmake -S "$source_dir/tests/compat/package/consumer" -B build -G Ninja -DCMAKE_CXX_COMPILER="$cxx" \
      -DCMAKE_PREFIX_PATH="$prefix" -DPROGRAM="$program" >/dev/null
    cmake --build build
    build/consumer || fail "the program ends with status $?"
    ;;

  *)
    fail "unknown case $case_name"
    ;;
esac
