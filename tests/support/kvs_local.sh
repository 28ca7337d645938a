# Sourced by tests in bash: a kvs-local of the test's own, which ends with it.

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

# start_server PROGRAM WORK_DIR: starts it in that folder, emptied, which becomes the current one, and points producers to it. What it
# stores is in data, what it prints in kvs-local.log.
start_server() {
  rm -rf "$2"
  mkdir -p "$2"
  cd "$2"
  "$1" --port 0 --port-file port --data data >kvs-local.log 2>&1 &
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
}

# stored_frames STREAM: how many frames of its first track are persisted.
stored_frames() {
  python3 -c 'import json, sys
print(sum(fragment["frames"].get("1", 0) for fragment in map(json.loads, sys.stdin) if fragment["persisted"]))' \
    <"data/$1/fragments.jsonl"
}
