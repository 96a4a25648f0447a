#!/usr/bin/env bash
# 4 nodes of 2 shards on the cores of one machine: several clients and 4 ranks at once get right answers, while a node is stopped too, after
# one has left and after one was killed. Over shared memory and TCP. usage: more_shards_than_cores_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others when one is killed
client=$BUILD/tests/mpi/mpi_client
before=$(shared_memory)

# all_clients [read]: three at once, each its own 500 keys, or (read) what the next one has put.
all_clients() {
  local pids=() number
  for number in 0 1 2; do
    timeout 60 "$client" "file:$cluster" $((number * 500)) 500 "$@" >"$work/client-$number.log" 2>&1 &
    pids+=("$!")
  done
  for pid in "${pids[@]}"; do wait "$pid" || fail "$way, $when: a client ended with status $?"; done
}
says() {  # TEXT COMMAND...
  local text=$1
  shift
  timeout 120 "$@" >"$work/run.log" 2>&1 || fail "$way, $when: this failed: $*"
  grep -q "$text" "$work/run.log" || fail "$way, $when: no '$text' from: $*"
}
shards_are() { [ "$(lath --cluster-file "$cluster" --json nodes | python3 -c 'import json, sys; print(sum(node["shards"] for node in json.load(sys.stdin)))')" = "$1" ]; }

for way in shared-memory tcp; do
  if [ "$way" = tcp ]; then export LATH_UCX_TLS=tcp,self; fi
  start_nodes "wide-$way" 4 --shards 2 --memory 64MiB
  log=$work/wide-$way.log
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  [ "${#nodes[@]}" -eq 4 ] || fail "mpirun has ${#nodes[@]} nodes"
  [ "$(grep -c 'share cores' "$log")" -eq 1 ] || fail "$way: it is not said once that they share cores"

  when='all nodes there'
  shards_are 8 || fail "$way: not 8 shards"
  all_clients
  all_clients read
  says 'equal to the exact count' mpirun -n 4 --bind-to none wordcount --store "file:$cluster"
  says ' 0 of 40 checks differ' mpirun -n 4 --bind-to none insitu --store "file:$cluster" --steps 10 --size 64

  timeout 60 "$BUILD/tests/soak/soak_client" "file:$cluster" "$way" 1 3 >"$work/types.out" 2>"$work/types.log" || fail "$way: a value of some type is wrong"
  read -r _ _ operations unsure unanswered <"$work/types.out"
  [ "$operations" -gt 100 ] || fail "$way: only $operations operations on every type"
  [ $((unsure + unanswered)) -eq 0 ] || fail "$way: $unsure operations unsure, $unanswered unanswered"

  when='one is stopped'
  kill -STOP "${nodes[1]}"
  all_clients read
  kill -CONT "${nodes[1]}"

  when='one has left'
  kill -TERM "${nodes[2]}"
  await 30 is_gone_or_zombie "${nodes[2]}" || fail "$way: the node did not leave"
  all_clients read
  all_clients

  when='one more was killed'
  kill -KILL "${nodes[3]}"
  all_clients read
  all_clients

  kill -TERM "${nodes[0]}" "${nodes[1]}"
  await 30 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
done
expect_nothing_left "$before"
echo 'more shards than cores: all answers right'
