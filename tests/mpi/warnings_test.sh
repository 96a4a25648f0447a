#!/usr/bin/env bash
# What is amiss with a cluster that runs nevertheless is told by name, with the remedy: nodes that were told different replications,
# and a node that leaves before it could hand everything over. usage: warnings_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

cluster=$work/odd.json
common=(--cluster-file "$cluster" --shards 1 --memory 16MiB --drain-timeout-ms 1000)
mpirun --bind-to none -n 1 lathd "${common[@]}" --replication 1x1 : -n 1 lathd "${common[@]}" --replication 2x1 --replication-prefix hot/=2x1 \
  >"$work/odd.log" 2>&1 &
cluster_pid=$!
cluster_pids+=("$cluster_pid")
await 60 is_ready "$cluster" "$cluster_pid" || fail 'the nodes were not ready'
[ -e "$cluster" ] || fail 'the nodes ended before they were ready'
# told SETTING TEXT: one warning of it, by one node.
told() {
  [ "$(grep -c "setting '$1' of node 1 is '$2'" "$work/odd.log")" -eq 1 ] || fail "'$1' of node 1 was not told once"
  grep -q "setting '$1'.*node 0's.*give all nodes the same --$1\$" "$work/odd.log" || fail "no remedy for '$1'"
}
told replication 2x1
told replication-prefix hot/=2x1
[ "$(lath --cluster-file "$cluster" ring hot/k | grep -c '^node ')" -eq 1 ] || fail "node 0's replication does not hold"

# Both are filled up: the one that stays has no room for the keys of the other.
if timeout 120 "$BUILD/tests/mpi/mpi_fill" "file:$cluster" 200000 2>"$work/fill.log"; then fail '200 MB went into 32 MiB'; fi
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
kill -TERM "${nodes[0]}"
was_told() { grep -q 'the drain timeout ended before everything was handed over' "$work/odd.log"; }
await 30 was_told || fail 'that not everything was handed over is not told'
grep -qE 'up to [1-9][0-9]+ of [1-9][0-9]+ keys, of 1 shard.*--memory.*--drain-timeout-ms' "$work/odd.log" || fail 'no count, or no remedy'
grep 'warning' "$work/odd.log"
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
