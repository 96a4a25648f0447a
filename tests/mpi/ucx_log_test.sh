#!/usr/bin/env bash
# A peer that was killed is an expected event: no line of UCX's own reaches a node's, the command's or an application's output, unless
# it was asked for; then it is a line of our log, with node and shard. Nor is a setting told as unused that Lath itself hands to UCX.
# usage: ucx_log_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the other node

# kill_one NAME [lathd flags]: 2 nodes and a client that is at work when one of the two is killed; leaves NAME.log and client.log.
kill_one() {
  local name=$1 nodes client
  shift
  start_nodes "$name" 2 --shards 1 --memory 64MiB --drain-timeout-ms 500 "$@"
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  timeout 4 "$BUILD/tests/mpi/mpi_client" "file:$cluster" 0 1000000 >"$work/client.log" 2>&1 &
  client=$!
  sleep 0.5
  kill -KILL "${nodes[1]}"
  wait "$client" || true  # its requests to the dead node fail or wait: what matters is what it prints
  lath --cluster-file "$cluster" --timeout 2 put after death >>"$work/client.log" 2>&1 || true
  kill -TERM "${nodes[0]}"
  await 30 is_gone_or_zombie "$cluster_pid" || fail 'the node that is left did not drain'
  wait "$cluster_pid" 2>/dev/null || true
  cluster_pids=()
}

echo 'as it is by default'
kill_one silent
! grep -H UCX "$work/silent.log" "$work/client.log" || fail "UCX's own lines are shown"

echo 'as it was asked for'
LATH_LOG_UCX=warn kill_one told --log-ucx warn
grep -qE 'warning node 0 (shard 0|control): UCX: .* \([a-z_]+\.c:[0-9]+\)' "$work/told.log" || fail "UCX's lines are not in the log"
! grep -HE 'UCX  [A-Z]+' "$work/told.log" "$work/client.log" || fail "UCX writes past the log"

echo 'settings that we pass on to UCX, which takes them for unused'
LATH_UCX_MM_ERROR_HANDLING=y lath --store embedded: put k v >"$work/used.log" 2>&1 || fail 'a setting for UCX is refused'
! grep unused "$work/used.log" || fail 'a setting that is used is told as unused'
LATH_UCX_MM_ERROR_HANDLING=y LATH_UCX_FROB=1 LATH_UCX_CROAK=1 lath --store embedded: put k v >"$work/unused.log" 2>&1 ||
  fail 'an unknown setting for UCX is refused'
grep -qE 'unused env variables: LATH_UCX_(FROB,LATH_UCX_CROAK|CROAK,LATH_UCX_FROB) ' "$work/unused.log" || fail 'unused settings are not told'
echo "UCX's lines: silent by default, in the log when asked for"
