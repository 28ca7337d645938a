#!/usr/bin/env bash
# Runs camera.cc against a kvs-local of its own, and asks that one what it stored.
# Usage: camera_test.sh KVS_LOCAL WORK_DIR PROGRAM
set -euo pipefail

kvs_local=$1
work_dir=$2
program=$3

# shellcheck source=../../support/kvs_local.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../support/kvs_local.sh"

start_server "$kvs_local" "$work_dir"
output=$("$program" camera) || fail "the program ends with status $?: $output"
stop_server

# Three seconds, with a key frame every second.
[ "$(tail -n 1 <<<"$output")" = 'persisted 3' ] || fail "the program says: $output"
stored=$(stored_frames camera)
[ "$stored" -eq 75 ] || fail "$stored of 75 frames were stored"
