#!/usr/bin/env bash
# Runs camera.cc against a kvs-local of its own, and asks that one what it stored.
# Usage: camera_test.sh KVS_LOCAL WORK_DIR PROGRAM
set -euo pipefail

kvs_local=$1
work_dir=$2
program=$3

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
"$kvs_local" --port 0 --port-file port --data data >kvs-local.log 2>&1 &
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
output=$("$program" camera) || fail "the program ends with status $?: $output"
stop_server

# Three seconds, with a key frame every second.
[ "$(tail -n 1 <<<"$output")" = 'persisted 3' ] || fail "the program says: $output"
stored=$(python3 -c 'import json, sys
print(sum(fragment["frames"].get("1", 0) for fragment in map(json.loads, sys.stdin) if fragment["persisted"]))' \
  <data/camera/fragments.jsonl)
[ "$stored" -eq 75 ] || fail "$stored of 75 frames were stored"
