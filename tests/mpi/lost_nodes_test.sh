#!/usr/bin/env bash
# A node that was killed or is stopped holds nobody up: what it held is read from its replica within a second or so, and another node that
# is told to stop leaves in seconds, not after its drain timeout. Over shared memory and TCP. usage: lost_nodes_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others when one is killed
common=(--shards 1 --memory 64MiB --drain-timeout-ms 60000)

two_nodes() {  # NAME: sets first, second
  start_nodes "$1" 2 "${common[@]}"
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  [ "${#nodes[@]}" -eq 2 ] || fail "mpirun has ${#nodes[@]} nodes"
  first=${nodes[0]} second=${nodes[1]}
}
# leaves_within SECONDS WHAT: node `first` ends.
leaves_within() {
  local began=$SECONDS
  kill -TERM "$first"
  await "$1" is_gone_or_zombie "$first" || fail "$2: the node that is told to stop waits longer than $1 s"
  echo "$2: left after $((SECONDS - began)) s"
}
end_cluster() {
  kill -KILL "$second" 2>/dev/null || true
  await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
}
is_said() { grep -q "$1" "$2"; }

for way in shared-memory tcp; do
  if [ "$way" = tcp ]; then export LATH_UCX_TLS=tcp,self; fi

  two_nodes "stopped-$way"
  mkfifo "$work/$way.in"
  "$BUILD/tests/mpi/mpi_patient" "file:$cluster" reads 32 <"$work/$way.in" >"$work/reads-$way.log" 2>&1 &
  reader=$!
  exec 7>"$work/$way.in"
  await 30 is_said ready "$work/reads-$way.log" || fail 'the reader is not ready'
  kill -STOP "$second"
  echo go >&7
  exec 7>&-
  await 30 is_gone_or_zombie "$reader" || fail "$way: the reads hang"
  wait "$reader" || fail "$way: the reads failed"
  slowest=$(sed -n 's/^slowest //p' "$work/reads-$way.log")
  echo "$way, a node is stopped: the slowest read took $slowest ms"
  [ "$slowest" -lt 2000 ] || fail "$way: a read took $slowest ms while a node is stopped"
  leaves_within 15 "$way, the other node is stopped"
  end_cluster

  two_nodes "killed-$way"
  kill -KILL "$second"
  await 10 is_gone_or_zombie "$second" || fail 'it was killed'
  leaves_within 12 "$way, the other node was killed"
  end_cluster
  # The killed node may have been alive for all that the other knew: the file stays, and whoever opens it is told.
  if lath --cluster-file "$cluster" --timeout 5 get k >"$work/stale.log" 2>&1; then fail 'a cluster of dead nodes was opened'; fi
  grep -q 'the file is stale: remove it' "$work/stale.log" || fail 'the stale file is not told of'
done
