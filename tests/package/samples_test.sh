#!/usr/bin/env bash
# Runs a sample against a kvs-local of its own and asks that one what it stored.
# Usage: samples_test.sh CASE BUILD_DIR SOURCE_DIR WORK_DIR
set -euo pipefail

case_name=$1
build_dir=$2
source_dir=$3
work_dir=$4/$1

# shellcheck source=../support/kvs_local.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/kvs_local.sh"

start_server "$build_dir/emulator/kvs-local" "$work_dir"
export GST_PLUGIN_PATH=$build_dir/plugin GST_REGISTRY=$work_dir/registry.bin

# Six seconds of picture with a key frame every two.
readonly picture='videotestsrc num-buffers=150 ! video/x-raw,width=160,height=120,framerate=25/1 ! x264enc key-int-max=50
  option-string=scenecut=0'
readonly frames=150
case "$case_name" in
  minimal)
    # shellcheck disable=SC2086
    gst-launch-1.0 -q $picture bframes=0 ! video/x-h264,stream-format=byte-stream,alignment=au ! filesink location=in.h264
    "$build_dir/samples/minimal" sample in.h264 "$CONTROL_PLANE_URI" || fail "minimal ends with status $?"
    ;;
  file)
    # shellcheck disable=SC2086
    gst-launch-1.0 -q mp4mux name=mux ! filesink location=in.mp4 $picture ! h264parse ! queue ! mux. \
      audiotestsrc num-buffers=258 ! audioconvert ! voaacenc ! aacparse ! queue ! mux.
    "$source_dir/samples/launch/file.sh" in.mp4 sample || fail "file.sh ends with status $?"
    ;;
  *) fail "unknown case $case_name" ;;
esac
stop_server

grep -q ' 0 errors' kvs-local.log || fail "kvs-local saw errors: $(cat kvs-local.log)"
stored=$(stored_frames sample)
[ "$stored" -eq "$frames" ] || fail "$stored of $frames frames of the picture were stored"
