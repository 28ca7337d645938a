#!/usr/bin/env bash
# Runs a sample against a kvs-local of its own and asks that one what it stored.
# Usage: samples_test.sh CASE BUILD_DIR SOURCE_DIR WORK_DIR
set -euo pipefail

case_name=$1
build_dir=$2
source_dir=$3
work_dir=$4/$1

fail() { echo "FAILED: $*" >&2; exit 1; }

server_pid=
stop_server() {
  if [ -n "$server_pid" ]; then
    kill -TERM "$server_pid" 2>/dev/null || true
    wait "$server_pid" || true
    server_pid=
  fi
}
trap stop_server EXIT

rm -rf "$work_dir"
mkdir -p "$work_dir"
cd "$work_dir"
"$build_dir/emulator/kvs-local" --port 0 --port-file port --data data >kvs-local.log 2>&1 &
server_pid=$!
for _ in $(seq 100); do
  [ ! -s port ] || break
  kill -0 "$server_pid" 2>/dev/null || fail "kvs-local did not start: $(cat kvs-local.log)"
  sleep 0.1
done
[ -s port ] || fail "kvs-local does not listen"

unset AWS_SESSION_TOKEN AWS_REGION
export AWS_ACCESS_KEY_ID=AKIDLOCALKVSEXAMPLE1 AWS_SECRET_ACCESS_KEY=kvslocalSecretKeyForTestsOnly0000EXAMPLE1
export AWS_DEFAULT_REGION=us-west-2
CONTROL_PLANE_URI=http://127.0.0.1:$(cat port)
export CONTROL_PLANE_URI
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
stored=$(python3 -c 'import json, sys
print(sum(fragment["frames"].get("1", 0) for fragment in map(json.loads, sys.stdin) if fragment["persisted"]))' \
  <data/sample/fragments.jsonl)
[ "$stored" -eq "$frames" ] || fail "$stored of $frames frames of the picture were stored"
