#!/usr/bin/env bash
# A host that vanishes says no goodbye: its network is cut. A node notices that a client is gone within half a minute, also while news is
# on its way there, and a client that its node is gone: it looks for another, and its calls end with an error.
# Two network namespaces with a cable between them, made here and gone with the test. Needs root. usage: cut_network_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
kSkipped=77
if ! unshare -n -m true 2>/dev/null; then
  echo 'SKIPPED: this user may not make network namespaces, so that a cut network was NOT tested: run it as root'
  exit "$kSkipped"
fi

# here: the nodes' host. there: the clients'. Each is how a command is run there; arrays, so that $! is the command itself.
namespace() {  # sets holder
  rm -f "$work/apart"
  # With a /sys of its own: UCX looks for its devices there.
  unshare -n -m bash -c "mount -t sysfs none /sys && touch '$work/apart' && exec sleep 600" &
  holder=$!
  cluster_pids+=("$holder")
  await 5 test -e "$work/apart" || fail 'no network namespace'
}
namespace && here=(nsenter -t "$holder" -n -m)
namespace && there=(nsenter -t "$holder" -n -m env "LATH_UCX_TLS=tcp,self" LATH_UCX_NET_DEVICES=lathb LATH_LOG_LEVEL=info)
mpirun() { exec "${here[@]}" mpirun "$@"; }  # of start_nodes, which calls it in the background
"${here[@]}" ip link set lo up
"${there[@]}" ip link set lo up
"${here[@]}" ip link add latha type veth peer name lathb netns "$holder"
"${here[@]}" ip address add 10.91.7.1/24 dev latha
"${there[@]}" ip address add 10.91.7.2/24 dev lathb
cable() {  # up|down of the end there: the end here stays up, and only the other host is gone
  "${here[@]}" ip link set latha up
  "${there[@]}" ip link set lathb "$1"
  [ "$1" = down ] || await 5 is_up || fail 'the cable carries nothing'
}
# UCX takes no device that has no carrier yet.
is_up() { "${here[@]}" grep -qx up /sys/class/net/latha/operstate && "${there[@]}" grep -qx up /sys/class/net/lathb/operstate; }
cable up

counter() { "${here[@]}" lath --cluster-file "$cluster" stats 2>"$work/stats.log" | awk -v name="$1" '$1 == name { sum += $2 } END { print sum + 0 }'; }
contacts() { [ "$(counter contact_clients)" -eq $(($1 + 1)) ]; }  # and the one that asks
is_said() { grep -q "$1" "$2"; }
client_there() {  # NAME: sets client
  mkfifo "$work/$1.in"
  "${there[@]}" "$BUILD/tests/mpi/mpi_patient" "file:$cluster" waits 4 <"$work/$1.in" >"$work/$1.log" 2>&1 &
  client=$!
  cluster_pids+=("$client")
  # shellcheck disable=SC2034  # held open, so that the client waits
  exec {hold}>"$work/$1.in"
  await 30 is_said ready "$work/$1.log" || fail "$1: the client is not ready"
  await 10 contacts 1 || fail "$1: $(counter contact_clients) contacts, not 2"
}
# falls_within_half_a_minute WHAT SINCE
falls_within_half_a_minute() {
  await 30 contacts 0 || fail "$1: $(counter contact_clients) contacts half a minute later"
  [ $((SECONDS - $2)) -le 30 ] || fail "$1: noticed after $((SECONDS - $2)) s"
  echo "$1: noticed after $((SECONDS - $2)) s"
}

start_nodes cut 2 --shards 1 --memory 64MiB --replication 2x1 --contact 10.91.7.1:0 --interface latha
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
[ "${#nodes[@]}" -eq 2 ] || fail "mpirun has ${#nodes[@]} nodes"
contacts 0 || fail "$(counter contact_clients) contacts of nobody"

client_there idle
cable down
falls_within_half_a_minute 'the host of an idle client vanishes' "$SECONDS"
await 5 is_said 'contact connection lost' "$work/idle.log" || fail 'the client has not noticed that it is cut off'
kill -KILL "$client"
cable up

client_there told
cable down
since=$SECONDS
kill -TERM "${nodes[1]}"  # the others are told: what is sent there is never acknowledged
await 20 is_gone_or_zombie "${nodes[1]}" || fail 'the node did not leave'
falls_within_half_a_minute 'the host of a client that is being told something vanishes' "$since"
kill -KILL "$client"
cable up

client_there lost
"${there[@]}" lath --cluster-file "$cluster" --timeout 45 wait nothing-here >"$work/wait.log" 2>&1 &
waiting=$!
cluster_pids+=("$waiting")
await 10 contacts 2 || fail 'the second client is not there'
"${here[@]}" ip link set latha down
since=$SECONDS
await 30 is_said 'contact connection lost' "$work/lost.log" || fail 'half a minute later the client has not noticed that its node is gone'
echo "the node's host vanishes: noticed after $((SECONDS - since)) s"
status=0
"${there[@]}" lath --cluster-file "$cluster" --timeout 3 get k >"$work/get.log" 2>&1 || status=$?
[ "$status" -eq 1 ] || fail "a get of a node that is gone gave status $status"
grep -q 'LATH_E_TIMEOUT\|LATH_E_UNREACHABLE' "$work/get.log" || fail 'the get does not say why'
await 50 is_gone_or_zombie "$waiting" || fail 'a wait outlasts its timeout'
status=0
wait "$waiting" || status=$?
[ "$status" -eq 1 ] || fail "a wait at a node that is gone gave status $status"
grep 'LATH_E_TIMEOUT\|LATH_E_UNREACHABLE' "$work/wait.log" || fail 'the wait does not say why'
echo "its wait ended after $((SECONDS - since)) s"
kill -KILL "$client"
"${here[@]}" ip link set latha up
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
