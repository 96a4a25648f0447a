#!/usr/bin/env bash
# lathd under mpirun comes up, serves clients that are not in MPI, drains on SIGTERM, and leaves nothing behind.
# usage: lathd_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
client=$BUILD/tests/mpi/mpi_client
before=$(shared_memory)
nodes_of() { pgrep -P "$1" -x lathd; }
log_has() { grep -q "$1" "$2"; }

echo 'one node, without mpirun'
lathd --cluster-file "$work/alone.json" --shards 1 --memory 64MiB >"$work/alone.log" 2>&1 &
alone=$!
cluster_pids+=("$alone")
await 30 is_ready "$work/alone.json" "$alone" || fail 'a node alone was not ready'
await 5 log_has 'lathd: 1 node x 1 shard ready' "$work/alone.log" || fail 'no summary line'
timeout 30 "$client" "file:$work/alone.json" 0 500 || fail 'the client of one node failed'
[ "$(stat -c %a "$work/alone.json.key")" = 600 ] || fail 'the key file is open to others'
stop_nodes "$alone" || fail "SIGTERM gave status $?, not 0"
if [ -e "$work/alone.json" ] || [ -e "$work/alone.json.key" ]; then fail 'files were left behind'; fi

echo 'its cluster file is removed while it serves: the key that it made goes all the same, and another key stays'
for key in made another; do
  lathd --cluster-file "$work/early.json" --shards 1 --memory 64MiB >"$work/early.log" 2>&1 &
  node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$work/early.json" "$node" || fail 'a node alone was not ready'
  [ "$key" = made ] || tr 0-9a-f 1-9a-f0 <"$work/early.json.key" >"$work/another.key"
  [ "$key" = made ] || cat "$work/another.key" >"$work/early.json.key"
  rm "$work/early.json"
  stop_nodes "$node" || fail "SIGTERM gave status $?, not 0"
  [ "$key" = another ] || [ ! -e "$work/early.json.key" ] || fail 'the key file was left behind'
done
cmp "$work/another.key" "$work/early.json.key" || fail "another's key file was removed"

echo '--cpus: the threads that work run there and nowhere else, also where shards share a core'
usable=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
cpu=${usable##*[,-]}  # the last one
for shards in 1 2; do
  lathd --cluster-file "$work/cpus.json" --cpus "$cpu" --shards "$shards" --memory 64MiB >"$work/cpus.log" 2>&1 &
  node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$work/cpus.json" "$node" || fail 'a node with --cpus was not ready'
  for task in "/proc/$node/task"/*; do
    # The first thread and the one of this name wait for signals.
    if [ "${task##*/}" -eq "$node" ] || [ "$(<"$task/comm")" = signals ]; then continue; fi
    allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$task/status")
    [ "$allowed" = "$cpu" ] || fail "--cpus $cpu --shards $shards: thread ${task##*/} ($(<"$task/comm")) may run on $allowed"
  done
  stop_nodes "$node" || fail "SIGTERM gave status $?, not 0"
done

echo 'two nodes under mpirun'
start_nodes two 2 --shards 1 --memory 64MiB
await 5 log_has 'lathd: 2 nodes x 1 shard ready, cluster file' "$work/two.log" || fail 'no summary line'
timeout 30 "$client" "file:$cluster" 0 1000 || fail 'the client of two nodes failed'
timeout 30 "$client" "file:$cluster" 0 1000 read || fail 'a second client does not read what the first has put'
LATH_KEY_FILE=$cluster.key timeout 30 "$client" "tcp://$(grep -oE '"contact": "[^"]*"' "$cluster" | head -n 1 | cut -d'"' -f4)" 0 10 read ||
  fail 'tcp:// does not serve'

echo 'two nodes with two cluster files: the first node has its way and says so, and whoever is last removes its files'
mpirun --bind-to none -n 1 lathd --cluster-file "$work/first.json" --shards 1 --memory 64MiB \
  : -n 1 lathd --cluster-file "$work/second.json" --shards 1 --memory 64MiB >"$work/apart.log" 2>&1 &
apart=$!
cluster_pids+=("$apart")
await 60 is_ready "$work/first.json" "$apart" || fail 'nodes with two cluster files were not ready'
grep -q "setting 'cluster-file' of node 1 is '$work/second.json', and node 0's, .* is '$work/first.json'" "$work/apart.log" ||
  fail 'that a node was given another cluster file is not told'
mapfile -t nodes < <(nodes_of "$apart")
for node in "${nodes[@]}"; do
  kill -TERM "$node"
  await 20 is_gone_or_zombie "$node" || fail 'the node did not leave'
done
await 20 is_gone_or_zombie "$apart" || fail 'mpirun did not end with its last node'
behind=$(find "$work" -name 'first.json*' -o -name 'second.json*')
[ -z "$behind" ] || fail "left behind: $behind"

echo 'one node leaves by SIGINT: it hands over what it has, and exits with 0'
mapfile -t nodes < <(nodes_of "$cluster_pid")
[ "${#nodes[@]}" -eq 2 ] || fail "mpirun has ${#nodes[@]} nodes"
kill -INT "${nodes[1]}"
await 20 is_gone_or_zombie "${nodes[1]}" || fail 'the node did not leave'
await 5 log_has 'view 1 of 2 nodes alive' "$work/two.log" || fail 'the node that stays has not heard of it'
told_by_both() { [ "$(grep -c "$1\$" "$work/two.log")" -eq 2 ]; }
await 5 told_by_both 'view 1 of 2 nodes alive' || fail 'that a node left is not told once by each'
grep -q 'node 1 .*view 1 of 2 nodes alive, 1 leaving$' "$work/two.log" || fail 'that a node leaves is not told'
timeout 30 "$client" "file:$cluster" 0 1000 read || fail 'keys were lost with the node that left'
kill -TERM "${nodes[0]}"
await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end with its last node'
status=0
wait "$cluster_pid" || status=$?
[ "$status" -eq 0 ] || fail "nodes that drained gave status $status"
if [ -e "$cluster" ] || [ -e "$cluster.key" ]; then fail 'files were left behind'; fi

echo 'one end, told to the process and to its group: the node drains'
status=0
timeout --preserve-status 3 lathd --cluster-file "$work/both.json" --shards 1 --memory 64MiB >"$work/both.log" 2>&1 || status=$?
[ "$status" -eq 0 ] || fail "a node that timeout(1) ended gave status $status"
grep -q ' stopped$' "$work/both.log" || fail 'a node that timeout(1) ended did not drain'
if [ -e "$work/both.json" ] || [ -e "$work/both.json.key" ]; then fail 'files were left behind'; fi

echo 'a second signal within the second repeats the first, a later one ends at once'
start_nodes twice 2 --shards 1 --memory 64MiB --replication 1x1
timeout 30 "$client" "file:$cluster" 0 1000 || fail 'the client failed'  # what only one node has is handed over before it ends
mapfile -t nodes < <(nodes_of "$cluster_pid")
kill -STOP "${nodes[1]}"
kill -TERM "${nodes[0]}"
sleep 0.3
kill -TERM "${nodes[0]}"
sleep 0.2
is_gone_or_zombie "${nodes[0]}" && fail 'it did not wait for the node that is stopped'
sleep 0.7
kill -TERM "${nodes[0]}"
await 3 is_gone_or_zombie "${nodes[0]}" || fail 'the later SIGTERM was not heeded'
kill -CONT "${nodes[1]}"
# mpirun ends the others when one of them fails.
await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
for node in "${nodes[@]}"; do await 10 is_gone_or_zombie "$node" || fail "node $node is still there"; done

expect_nothing_left "$before"
echo 'lathd: comes up, serves, drains, leaves nothing'
