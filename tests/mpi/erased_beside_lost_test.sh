#!/usr/bin/env bash
# What is erased while a node is lost: its tombstones cost no core while they wait for the node; and once another node leaves, fields are
# erased of maps that the lost one had no part in. Of the others, the erase of a field, which then has to know what the lost one held, is told
# as what it is, while keys are erased.
# usage: erased_beside_lost_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others when one is killed
lath_on() { timeout 60 lath --cluster-file "$cluster" --timeout 20 "$@"; }
# Of the shards that answer: the lost one does not, which is lath's status.
turns() { { lath_on --json stats 2>/dev/null || true; } | python3 -c 'import json, sys
print(sum(each["turns"] for each in json.load(sys.stdin) if "shard" in each))'; }
kill_one() {  # sets nodes; the second is killed
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  kill -KILL "${nodes[1]}"
  await 30 grep -q 'is lost: ' "$1" || fail 'a killed node is not noticed'
}

start_nodes idle 2 --shards 1 --memory 64MiB
kill_one "$work/idle.log"
timeout 60 "$BUILD/tests/mpi/mpi_client" "file:$cluster" 0 20000 >"$work/client.log" 2>&1 || fail 'the survivor does not serve'
{ lath_on stats || true; } >"$work/stats.log" 2>&1
tail -n 1 "$work/stats.log" | grep -q '^lath: .*node 1' || fail 'what lath stats cannot tell stands among what it tells'
lath_on put erased v
lath_on erase erased
sleep 3
before=$(turns)
sleep 4
grown=$(($(turns) - before))
# A quiet shard turns some 20 times a second, for its clock and its questions about the other.
[ "$grown" -lt 800 ] || fail "beside a lost node a shard that does nothing has turned $grown times in 4 s"
echo "quiet beside a lost node: $grown turns in 4 s"
kill -TERM "${nodes[0]}"
await 30 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'

start_nodes maps 4 --shards 1 --memory 64MiB --drain-timeout-ms 2000
holders() { lath_on ring "$1" | grep -oE 'node [0-9]+'; }
declare -A holders_before
for number in $(seq 16); do
  lath_on map put "m$number" f v
  holders_before[$number]=$(holders "m$number")
done
kill_one "$work/maps.log"
kill -TERM "${nodes[3]}"
await 30 is_gone_or_zombie "${nodes[3]}" || fail 'a node did not leave'
apart=0 shared=0
for number in $(seq 16); do
  status=0
  if grep -qx 'node 1' <<<"${holders_before[$number]}"$'\n'"$(holders "m$number")"; then
    shared=$((shared + 1))
    [ "$shared" -le 3 ] || continue
    timeout 60 lath --cluster-file "$cluster" --timeout 3 map erase "m$number" f >"$work/erase.log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || grep -q 'LATH_E_TIMEOUT' "$work/erase.log" || fail 'an erase of a field ends neither well nor by its time'
    [ "$status" -eq 0 ] || grep -q 'a node that may hold older parts of it does not say so; nothing was applied' "$work/erase.log" || fail 'it is not told why'
    lath_on erase "m$number" || fail 'a key is not erased'
  else
    apart=$((apart + 1))
    lath_on map erase "m$number" f || fail "m$number: the lost node had no part in it, and a field is not erased"
    lath_on map get "m$number" f >"$work/get.log" 2>&1 || status=$?
    { [ "$status" -eq 3 ] && grep -q LATH_E_NOT_FOUND "$work/get.log"; } || fail "m$number: an erased field is read, status $status"
  fi
done
{ [ "$apart" -gt 0 ] && [ "$shared" -gt 0 ]; } || fail "of 16 maps the lost node had a part in $shared, and none in $apart"
kill -TERM "${nodes[0]}" "${nodes[2]}"
await 30 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
echo 'what is erased beside a lost node: quiet, and told'
