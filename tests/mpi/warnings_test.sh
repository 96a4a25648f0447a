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
# Open MPI would end the node that stays, and with it all keys, if the one that left exited with 3.
await 20 is_gone_or_zombie "${nodes[0]}" || fail 'the node did not leave'
grep -q 'the exit status is 0, and not 3.*--enable-recovery' "$work/odd.log" || fail 'why the exit status is 0 is not told'
sleep 2
is_gone_or_zombie "${nodes[1]}" && fail 'the node that stays was ended with the one that left'
grep 'warning' "$work/odd.log"
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"

echo 'a replication that cannot be met is told once'
start_nodes few 2 --shards 1 --memory 64MiB --replication 5x1
[ "$(grep -c "warning.*setting 'replication', '5x1', asks for 5 nodes, and there are 2: " "$work/few.log")" -eq 1 ] || fail '5 of 2 nodes are not told once'
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
LATH_REPLICATION=1x5 LATH_SHARDS=2 lath --store embedded: put k v 2>"$work/embedded.log" || fail 'it does not open'
[ "$(grep -c "setting 'replication', '1x5', asks for 5 shards of each, and node 0 has 2: " "$work/embedded.log")" -eq 1 ] || fail '5 of 2 shards are not told once'

echo 'cores of a machine that the environment has made up are told once'
HWLOC_SYNTHETIC='numa:2 core:2 pu:1' lathd --cluster-file "$work/made-up.json" --memory 64MiB >"$work/made-up.log" 2>&1 &
cluster_pid=$!
cluster_pids+=("$cluster_pid")
await 30 is_ready "$work/made-up.json" "$cluster_pid" || fail 'the node was not ready'
stop_nodes "$cluster_pid" || fail "the node ended with status $?"
[ "$(grep -c 'HWLOC_SYNTHETIC' "$work/made-up.log")" -eq 1 ] || fail 'made-up cores are not told once'
grep -q 'To use this machine.s: unset HWLOC_SYNTHETIC$' "$work/made-up.log" || fail 'made-up cores have no remedy'
[ "$(grep -c 'warning' "$work/made-up.log")" -eq 1 ] || fail 'more is warned of than the made-up cores'

echo 'a node whose process may not map more is full, says why, and goes on'
lathd --cluster-file "$work/wide.json" --shards 1 --memory 2GiB >"$work/wide.log" 2>&1 &
cluster_pid=$!
cluster_pids+=("$cluster_pid")
await 30 is_ready "$work/wide.json" "$cluster_pid" || fail 'the node was not ready'
mapped=$(sed -n 's/^VmSize:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$cluster_pid/status")
stop_nodes "$cluster_pid" || fail "the node ended with status $?"
(
  ulimit -v $((mapped + 450000))
  exec lathd --cluster-file "$work/narrow.json" --shards 1 --memory 2GiB
) >"$work/narrow.log" 2>&1 &
cluster_pid=$!
cluster_pids+=("$cluster_pid")
await 30 is_ready "$work/narrow.json" "$cluster_pid" || fail 'the node was not ready'
lath --cluster-file "$work/narrow.json" put kept yes >"$work/narrow.put" || fail 'nothing can be put'
if timeout 120 "$BUILD/tests/mpi/mpi_fill" "file:$work/narrow.json" 1000000 2>"$work/fill.log"; then fail '1 GB went into 700 MB'; fi
grep -q "the node's memory is full" "$work/fill.log" || fail 'what is full did not say so'
[ "$(lath --cluster-file "$work/narrow.json" get kept)" = yes ] || fail 'what was there before cannot be read'
stop_nodes "$cluster_pid" || fail "the node ended with status $?"
grep -q "error.*the table cannot grow: the process's address space (ulimit -v) has [0-9]* MiB of memory left" "$work/narrow.log" || fail 'why it is full is not told'

echo 'where it ends nobody else, a node that could not hand everything over exits with 3'
# What mpirun counts is not told of one process: each node is started by a shell of its own, which is.
export OMPI_MCA_orte_enable_recovery=1
cluster=$work/full.json
# shellcheck disable=SC2016  # for the shells that mpirun starts
mpirun --bind-to none -n 2 bash -c 'status=0; lathd "$@" || status=$?; echo "status of $OMPI_COMM_WORLD_RANK: $status"; exit "$status"' bash \
  --cluster-file "$cluster" --shards 1 --memory 16MiB --drain-timeout-ms 1000 --replication 1x1 >"$work/full.log" 2>&1 &
cluster_pid=$!
cluster_pids+=("$cluster_pid")
await 60 is_ready "$cluster" "$cluster_pid" || fail 'the nodes were not ready'
if timeout 120 "$BUILD/tests/mpi/mpi_fill" "file:$cluster" 200000 2>"$work/fill.log"; then fail '200 MB went into 32 MiB'; fi
mapfile -t shells < <(pgrep -P "$cluster_pid" -x bash)
mapfile -t nodes < <(for shell in "${shells[@]}"; do pgrep -P "$shell" -x lathd; done)
[ "${#nodes[@]}" -eq 2 ] || fail "there are ${#nodes[@]} nodes"
kill -TERM "${nodes[0]}"
ended_with() { grep -q "^status of [01]: $1\$" "$work/full.log"; }
await 30 ended_with 3 || fail 'a node that did not hand everything over did not exit with 3'
kill -TERM "${nodes[1]}"
await 30 ended_with 0 || fail 'the last node, which had nobody to hand anything to, did not exit with 0'
await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
wait "$cluster_pid" || true
