#!/usr/bin/env bash
# A node that was killed or is stopped holds nobody up: what it held is read from its replica within a second or so, waits that were
# parked there go on there, and another node that is told to stop leaves in seconds, not after its drain timeout; the stopped one learns of
# that once it goes on. Over shared memory and TCP. usage: lost_nodes_test.sh BUILD_DIR
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
# while_stopped reads|moves MS: a client that has just got ready does so while node `second` is stopped, none of it slower than MS.
while_stopped() {
  local log=$work/$1-$way.log client slowest
  rm -f "$work/client.in"
  mkfifo "$work/client.in"
  "$BUILD/tests/mpi/mpi_patient" "file:$cluster" "$1" 32 <"$work/client.in" >"$log" 2>&1 &
  client=$!
  exec 7>"$work/client.in"
  await 30 is_said ready "$log" || fail "$1: the client is not ready"
  kill -STOP "$second"
  echo go >&7
  exec 7>&-
  await 60 is_gone_or_zombie "$client" || fail "$way, $1: the client hangs"
  wait "$client" || fail "$way, $1: the client failed"
  slowest=$(sed -n 's/^slowest //p' "$log")
  echo "$way, $1 while a node is stopped: the slowest took $slowest ms"
  [ "$slowest" -lt "$2" ] || fail "$way: one of $1 took $slowest ms while a node is stopped"
}
# Clients that come while a node is stopped write to the other one soon, rather than wait for the first word of the stopped one.
newcomers_write() {
  local key began slowest=0 took
  for key in a b c d e f g h; do
    began=$(date +%s%N)
    lath --cluster-file "$cluster" put "$key" v || fail "$way: put of $key by a newcomer while a node is stopped"
    took=$((($(date +%s%N) - began) / 1000000))
    if [ "$took" -gt "$slowest" ]; then slowest=$took; fi
  done
  echo "$way, puts by newcomers while a node is stopped: the slowest took $slowest ms"
  [ "$slowest" -lt 4000 ] || fail "$way: a newcomer's put took $slowest ms while a node is stopped"
}
is_said() { grep -q "$1" "$2"; }
# of_rank RANK: the pid of that one of `nodes`.
of_rank() {
  local pid
  for pid in "${nodes[@]}"; do
    if tr '\0' '\n' <"/proc/$pid/environ" | grep -x "OMPI_COMM_WORLD_RANK=$1" >/dev/null; then printf '%s\n' "$pid"; fi
  done
}
# Node 0 says its first hello to node 2, which is stopped, and leaves: nobody tells node 2 again.
learns_what_it_missed() {
  start_nodes "missed-$way" 3 "${common[@]}"
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  [ "${#nodes[@]}" -eq 3 ] || fail "mpirun has ${#nodes[@]} nodes"
  first=$(of_rank 0) second=$(of_rank 1) third=$(of_rank 2)
  kill -STOP "$third"
  leaves_within 15 "$way, one of the two others is stopped"
  kill -CONT "$third"
  await 5 is_said 'node 2 control: view 2 of 3 nodes alive' "$work/missed-$way.log" || fail "$way: node 2 has not learned that node 0 left"
  sleep 2  # long enough for UCX to look after its connections
  ! is_gone_or_zombie "$third" || fail "$way: node 2 is gone"
  kill -TERM "$second" "$third"
  await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
}

for way in shared-memory tcp; do
  if [ "$way" = tcp ]; then export LATH_UCX_TLS=tcp,self; fi

  two_nodes "stopped-$way"
  while_stopped reads 2000
  kill -CONT "$second"
  while_stopped moves 2000
  newcomers_write
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

  learns_what_it_missed
done
