#!/usr/bin/env bash
# What lathd cannot do under mpirun is one error, on every node, and nothing is left: no process, no file.
# usage: lathd_refusals_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

# refused TEXT FLAG...: both nodes end, and TEXT is told once.
refused() {
  local text=$1 status=0
  shift
  timeout 60 mpirun -n 2 --bind-to none lathd "$@" >"$work/refused.log" 2>&1 || status=$?
  [ "$status" -ne 0 ] || fail "accepted: $*"
  [ "$status" -ne 124 ] || fail "hung: $*"
  [ "$(grep -c "^lathd: .*$text" "$work/refused.log")" -eq 1 ] || fail "'$text' was not told once: $*"
}

refused 'memory' --shards 64 --memory 64MiB --cluster-file "$work/a.json"
refused 'cannot write the cluster file' --shards 1 --memory 64MiB --cluster-file "$work/none/a.json"
refused 'needs a contact port' --shards 1 --memory 64MiB --contact none --cluster-file "$work/a.json"
printf 'mine\n' >"$work/foreign.json"
refused 'is not a cluster file' --shards 1 --memory 64MiB --cluster-file "$work/foreign.json"
[ "$(cat "$work/foreign.json")" = mine ] || fail 'a foreign file was written over'
printf 'x\n' >"$work/b.json.key" && chmod 644 "$work/b.json.key"
refused 'chmod 600' --shards 1 --memory 64MiB --cluster-file "$work/b.json"
# Both nodes are on one host: a fixed port is free for one of them only.
refused 'contact.* nodes of one host need different ports' --shards 1 --memory 64MiB --contact 127.0.0.1:47361 --cluster-file "$work/c.json"
behind=$(find "$work" -name '[ac].json*')
[ -z "$behind" ] || fail "left behind: $behind"

start_nodes first 1 --shards 1 --memory 64MiB
refused 'is running' --shards 1 --memory 64MiB --cluster-file "$cluster"
[ -e "$cluster" ] || fail 'the running cluster lost its file'
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
kill -KILL "${nodes[0]}"
await 20 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
# What a crash left is replaced, with a word of warning.
mpirun -n 1 --bind-to none lathd --cluster-file "$cluster" --shards 1 --memory 64MiB >"$work/again.log" 2>&1 &
again=$!
cluster_pids+=("$again")
was_replaced() { grep -q 'replacing the stale' "$work/again.log" && grep -q 'ready' "$work/again.log"; }
await 30 was_replaced || fail 'a stale file was not replaced'
mapfile -t nodes < <(pgrep -P "$again" -x lathd)
kill -TERM "${nodes[0]}"
await 20 is_gone_or_zombie "$again" || fail 'the node did not end'
# Of two that start at once with one cluster file one has it, and the other ends and says why.
race=$work/race.json
pids=()
for number in 0 1; do
  lathd --shards 1 --memory 64MiB --cluster-file "$race" >"$work/race-$number.log" 2>&1 &
  pids+=("$!")
  cluster_pids+=("$!")
done
one_has_ended() { is_gone_or_zombie "${pids[0]}" || is_gone_or_zombie "${pids[1]}"; }
await 30 one_has_ended || fail 'two nodes have one cluster file'
late=0
is_gone_or_zombie "${pids[0]}" || late=1
status=0
wait "${pids[$late]}" || status=$?
[ "$status" -eq 1 ] || fail "the node that was late ended with status $status"
grep -q 'another cluster has just written the cluster file\|belongs to a cluster that is running' "$work/race-$late.log" ||
  fail 'the node that was late does not say why'
await 10 lath --cluster-file "$race" --timeout 5 put k v || fail 'the node that was early does not serve'
kill -TERM "${pids[1 - late]}"
wait "${pids[1 - late]}" || fail 'the node that was early did not drain'
cluster_pids=()
[ ! -e "$race" ] || fail 'the file of the node that was early is left'
echo 'refusals: each told once, nothing left'
