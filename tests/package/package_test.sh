#!/usr/bin/env bash
# Installs the build and uses it from outside.
# Usage: package_test.sh CASE BUILD_DIR SOURCE_DIR WORK_DIR VERSION CXX
#
# Case "install" comes first. The tree is installed in one place and moved to another, so that the other
# cases show that it can be moved.
set -euo pipefail

case_name=$1
build_dir=$2
source_dir=$3
work_dir=$4
version=$5
cxx=$6
prefix=$work_dir/moved

fail() { echo "FAILED: $*" >&2; exit 1; }

# The folder under the prefix that holds $1.
folder_of() { dirname "$(cd "$prefix" && find . -name "$1" | head -n 1)"; }

expect_version() {
  local output
  output=$("$1") || fail "$1 ends with status $?"
  [ "$output" = "kvsproducer $version" ] || fail "$1 says '$output'"
}

case "$case_name" in
  install)
    rm -rf "$work_dir"
    cmake --install "$build_dir" --prefix "$work_dir/first" >/dev/null
    mv "$work_dir/first" "$prefix"
    ;;

  headers)
    # The public headers, and no others. Those of libKinesisVideoProducer are for tests/compat.
    diff <(cd "$prefix/include" && find . -type f -not -path './KinesisVideoProducer/*' | sort) \
         <({ cd "$source_dir/pic/include" && find . -name '*.h'; cd "$source_dir/producer/include" && find . -name '*.h'; } |
           sort) || fail "installed headers (<) are not those of the tree (>)"
    ;;

  headers_alone)
    # Each compiles by itself also in programs that are not C++20, for which the build has checked that, and all do together.
    for compiler in "$cxx" clang++; do
      command -v "$compiler" >/dev/null || fail "there is no $compiler: scripts/setup --tests installs it"
      options=(-fsyntax-only -Wall -Wextra -Wpedantic -Werror "-I$prefix/include" -x c++)
      for header in "$prefix"/include/kvs/*.h; do
        "$compiler" -std=c++17 "${options[@]}" - <<<"#include \"kvs/$(basename "$header")\"" || fail "$header with $compiler"
      done
      for header in "$prefix"/include/kvs/*.h; do echo "#include \"kvs/$(basename "$header")\""; done |
        "$compiler" -std=c++20 "${options[@]}" - || fail "all with $compiler -std=c++20"
    done
    ;;

  find_package)
    rm -rf "$work_dir/cmake_consumer"
    cmake -S "$source_dir/tests/package/consumer" -B "$work_dir/cmake_consumer" -G Ninja \
      -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
    cmake --build "$work_dir/cmake_consumer"
    expect_version "$work_dir/cmake_consumer/consumer"
    ;;

  pkg_config)
    PKG_CONFIG_PATH=$prefix/$(folder_of kvsproducer.pc)
    export PKG_CONFIG_PATH
    [ "$(pkg-config --modversion kvsproducer)" = "$version" ] || fail "version"
    # shellcheck disable=SC2046
    "$cxx" -std=c++17 "$source_dir/tests/package/consumer/main.cc" -o "$work_dir/pkg_config_consumer" \
      $(pkg-config --cflags --libs kvsproducer) "-Wl,-rpath,$(pkg-config --variable=libdir kvsproducer)"
    expect_version "$work_dir/pkg_config_consumer"
    # As the README says.
    # shellcheck disable=SC2046
    "$cxx" -std=c++17 "$source_dir/samples/minimal.cc" -o "$work_dir/minimal" $(pkg-config --cflags --libs kvsproducer)
    ;;

  plugin)
    GST_PLUGIN_PATH_1_0=$prefix/$(folder_of libgstkvssink.so)
    export GST_PLUGIN_PATH_1_0
    export GST_REGISTRY_1_0=$work_dir/registry.bin
    unset LD_LIBRARY_PATH GST_DEBUG
    output=$(gst-inspect-1.0 kvssink 2>"$work_dir/stderr.txt") || fail "gst-inspect-1.0 does not find kvssink"
    [ "$(head -n 1 <<<"$output")" = 'Factory Details:' ] || fail "the plugin prints: $(head -n 1 <<<"$output")"
    grep -qE '^  Rank +none \(0\)$' <<<"$output" || fail "rank: $(grep Rank <<<"$output")"
    grep -qE '^  License +MIT/X11$' <<<"$output" || fail "licence: $(grep License <<<"$output")"
    grep -qE '^  Filename +.*/libgstkvssink\.so$' <<<"$output" || fail "file name"
    grep -qF "$prefix" <<<"$output" || fail "another kvssink was found: $(grep Filename <<<"$output")"
    [ ! -s "$work_dir/stderr.txt" ] || fail "loading the plugin prints: $(cat "$work_dir/stderr.txt")"
    ;;

  kvs_local)
    "$prefix/bin/kvs-local" --version | grep -qF "$version" || fail "kvs-local --version"
    ;;

  paths)
    # What is installed does not point back to where it was built.
    if grep -rlF --include='*.cmake' --include='*.pc' --include='*.h' -e "$build_dir" -e "$source_dir" "$prefix"; then
      fail "these files name the build or source folder"
    fi
    while read -r file; do
      if readelf -d "$file" 2>/dev/null | grep -E 'R(UN)?PATH' | grep -vE "\[.ORIGIN"; then
        fail "$file has a run path of its own"
      fi
    done < <(find "$prefix" -type f \( -name '*.so*' -o -path '*/bin/*' \))
    ;;

  *)
    fail "unknown case $case_name"
    ;;
esac
