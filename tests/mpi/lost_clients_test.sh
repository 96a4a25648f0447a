#!/usr/bin/env bash
# A client that is killed leaves nothing at a node: its waits and what is remembered of its session go within seconds, though it said no
# goodbye, and though it was stopped before. One that is only stopped keeps what it has. usage: lost_clients_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

counter() { lath --cluster-file "$cluster" stats | awk -v name="$1" '$1 == name { sum += $2 } END { print sum + 0 }'; }
counts() { [ "$(counter "$1")" -eq "$2" ]; }
is_said() { grep -q "$1" "$2"; }

for way in shared-memory tcp; do
  if [ "$way" = tcp ]; then export LATH_UCX_TLS=tcp,self; fi
  cluster=$work/$way.json
  lathd --cluster-file "$cluster" --shards 1 --memory 64MiB >"$work/$way.log" 2>&1 &
  node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'
  clients=()
  for number in 1 2; do
    mkfifo "$work/$way.$number.in"
    "$BUILD/tests/mpi/mpi_patient" "file:$cluster" waits 20 <"$work/$way.$number.in" >"$work/client-$way-$number.log" 2>&1 &
    clients+=("$!")
    # shellcheck disable=SC2034  # held open, so that the client waits
    exec {hold}>"$work/$way.$number.in"
    await 30 is_said ready "$work/client-$way-$number.log" || fail 'a client is not ready'
  done
  await 10 counts waiters 40 || fail "$(counter waiters) waits are parked, not 40"
  kill -STOP "${clients[1]}"
  kill -KILL "${clients[0]}"
  await 15 counts waiters 20 || fail "$way: $(counter waiters) waits are left, of one client that is stopped"
  await 5 counts sessions 1 || fail "$way: $(counter sessions) sessions are remembered"
  sleep 2
  counts waiters 20 || fail "$way: a client that is only stopped has lost its waits"
  kill -KILL "${clients[1]}"
  await 15 counts waiters 0 || fail "$way: $(counter waiters) waits are left of clients that are dead"
  await 5 counts sessions 0 || fail "$way: $(counter sessions) sessions are left of clients that are dead"
  counts peers_failed 2 || fail "$way: $(counter peers_failed) connections failed, not 2: a goodbye is no failure"
  stop_nodes "$node" || fail "SIGTERM gave status $?"
  echo "$way: nothing is left of dead clients"
done
