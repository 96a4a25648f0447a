#!/usr/bin/env bash
# One-sided reads between processes: by loads and by copies, while the node is stopped, grows and is killed; none over TCP, and none
# where either side is told off.
# LATH_TORTURE_SECONDS makes the torture longer. usage: one_sided_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
client=$BUILD/tests/mpi/mpi_one_sided_client

for way in on get; do
  echo "reads by LATH_ONE_SIDED=$way"
  lathd --cluster-file "$work/$way.json" --shards 1 --memory 256MiB >"$work/$way.log" 2>&1 &
  node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$work/$way.json" "$node" || fail 'the node was not ready'
  LATH_ONE_SIDED=$way timeout 150 "$client" "file:$work/$way.json" "$node" >"$work/$way-client.log" 2>&1 || fail "the client failed ($way)"
  cat "$work/$way-client.log"
  await 10 is_gone_or_zombie "$node" || fail 'the node still lives'
  wait "$node" 2>/dev/null || true
done

echo 'torture: a writer without a pause, readers by loads and by copies'
lathd --cluster-file "$work/torture.json" --shards 1 --memory 256MiB >"$work/torture.log" 2>&1 &
node=$!
cluster_pids+=("$node")
await 30 is_ready "$work/torture.json" "$node" || fail 'the node was not ready'
"$BUILD/tests/mpi/mpi_one_sided_torture" "file:$work/torture.json" "${LATH_TORTURE_SECONDS:-2}" || fail 'wrong answers, or none'
stop_nodes "$node" || fail "the node ended with status $?"

# share CLIENT_ENVIRONMENT...: which part of a bench's gets was read one-sidedly.
share() {
  env "$@" lath --cluster-file "$cluster" --json --timeout 30 bench --keys 1000 --seconds 0.1 2>"$work/bench.log" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["one_sided_share"])' || fail 'lath bench failed'
}

echo 'off, on either side; and over TCP'
cluster=$work/share.json
lathd --cluster-file "$cluster" --shards 1 --memory 64MiB >"$work/share.log" 2>&1 &
node=$!
cluster_pids+=("$node")
await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'
[ "$(share LATH_ONE_SIDED=off)" = 0.0 ] || fail 'a session that was told off has read'
[ "$(share LATH_UCX_TLS=tcp,self)" = 0.0 ] || fail 'TCP was taken for one-sided'
[ "$(share LATH_ONE_SIDED=on)" != 0.0 ] || fail 'nothing was read one-sidedly'
stop_nodes "$node" || fail "the node ended with status $?"
cluster=$work/closed.json
lathd --cluster-file "$cluster" --shards 1 --memory 64MiB --one-sided off >"$work/closed.log" 2>&1 &
node=$!
cluster_pids+=("$node")
await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'
[ "$(share LATH_ONE_SIDED=on)" = 0.0 ] || fail 'a node that was told off was read'
stop_nodes "$node" || fail "the node ended with status $?"
echo 'one-sided reads: right, and never of a node that does not run'
