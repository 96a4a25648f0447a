#!/usr/bin/env bash
# A node that is stopped or killed is told of by each of the others in its log, once, with its host and what to do, and once more when it
# is back; and lath stats counts it. Nobody reads or writes meanwhile. Over shared memory and TCP. usage: told_losses_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others when one is killed

# of_rank RANK: the pid of that one of `nodes`.
of_rank() {
  local pid
  for pid in "${nodes[@]}"; do
    if tr '\0' '\n' <"/proc/$pid/environ" | grep -x "OMPI_COMM_WORLD_RANK=$1" >/dev/null; then printf '%s\n' "$pid"; fi
  done
}
# told_once NODE TEXT: that node's log has one warning with the text.
told_once() { [ "$(grep -c "warning node $1 control: $2" "$log")" -eq 1 ]; }
# count: asks the nodes that answer for their counters. counted NODE NAME LEAST MOST: what that node said lies between the two.
count() { lath --cluster-file "$cluster" --timeout 2 --json stats 2>"$work/stats.log" >"$work/stats.json" || true; }
counted() {
  local value
  value=$(python3 - "$work/stats.json" "$1" "$2" <<'EOT'
import json, sys
for entry in json.load(open(sys.argv[1])):
    if entry["node"] == int(sys.argv[2]) and "shard" not in entry: print(entry[sys.argv[3]])
EOT
  )
  if [ "$value" -lt "$3" ] || [ "$value" -gt "$4" ]; then fail "$way: $2 of node $1 is '$value', not $3 to $4"; fi
}

for way in shared-memory tcp; do
  if [ "$way" = tcp ]; then export LATH_UCX_TLS=tcp,self; fi
  start_nodes "told-$way" 3 --shards 1 --memory 64MiB
  log=$work/told-$way.log
  mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
  [ "${#nodes[@]}" -eq 3 ] || fail "mpirun has ${#nodes[@]} nodes"
  first=$(of_rank 0) second=$(of_rank 1) third=$(of_rank 2)

  kill -STOP "$third"
  for node in 0 1; do
    await 20 told_once "$node" "node 2 on $(hostname) .*is lost: .*the other replicas of its keys serve them.*lath doctor" ||
      fail "$way: node $node does not tell that node 2 is stopped"
  done
  count
  for node in 0 1; do counted "$node" control_nodes_lost 1 1; done
  kill -CONT "$third"
  for node in 0 1; do
    await 10 told_once "$node" 'node 2 on .* is back, after ' || fail "$way: node $node does not tell that node 2 is back"
  done
  count
  for node in 0 1 2; do counted "$node" control_nodes_lost 0 0; done

  kill -KILL "$second"
  for node in 0 2; do
    await 12 told_once "$node" 'node 1 on .* is lost: the peer.*the other replicas of its keys' || fail "$way: node $node does not tell that node 1 was killed"
  done
  count
  for node in 0 2; do
    counted "$node" control_nodes_lost 1 1
    counted "$node" control_peers_failed 1 1000
  done
  sleep 9  # long enough for a question to be given up
  count
  for node in 0 2; do counted "$node" control_given_up 1 1000; done
  [ "$(grep -c ' is lost' "$log")" -eq 4 ] || fail "$way: losses are told again, or of others"
  grep 'is lost\|is back' "$log"
  kill -TERM "$first" "$third"
  await 30 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
done
