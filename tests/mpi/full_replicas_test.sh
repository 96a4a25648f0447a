#!/usr/bin/env bash
# Two nodes that are full, each a replica of the other: new keys are refused, what was taken is on both and outlives either, and updates,
# reads and erases go on. usage: full_replicas_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others when one is killed
full=$BUILD/tests/mpi/mpi_full_replicas

for victim in 0 1; do
  start_nodes "full-$victim" 2 --shards 1 --memory 64MiB
  timeout 120 "$full" "file:$cluster" fill "$work/kept" $(((64 << 20) * 85 / 100)) || fail 'a full cluster does not go on as it should'
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  [ "${#nodes[@]}" -eq 2 ] || fail "mpirun has ${#nodes[@]} nodes"
  kill -KILL "${nodes[victim]}"
  timeout 120 "$full" "file:$cluster" check "$work/kept" $((256 << 20)) || fail "the other node does not hold all that the cluster has taken"
  kill -TERM "${nodes[1 - victim]}"
  await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
done
