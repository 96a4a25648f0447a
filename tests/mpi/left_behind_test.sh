#!/usr/bin/env bash
# A flush after a node has left: what it handed over to others is held; where nobody stays, nobody knows. usage: left_behind_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others with one

flush_after() {  # NAME NODES STATUS
  local nodes
  start_nodes "$1" "$2" --shards 1 --memory 64MiB
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  timeout 60 "$BUILD/tests/mpi/mpi_left_behind" "file:$cluster" 100 "${nodes[0]}" >"$work/$1.flush" 2>&1 || fail "$1: $(cat "$work/$1.flush")"
  grep -q "^flush: $3:" "$work/$1.flush" || fail "$1: $(cat "$work/$1.flush"), not $3"
  for node in "${nodes[@]:1}"; do kill -TERM "$node"; done
  await 20 is_gone_or_zombie "$cluster_pid" || fail "$1: mpirun did not end"
}
flush_after stays 2 LATH_OK
flush_after nobody 1 LATH_E_UNKNOWN
