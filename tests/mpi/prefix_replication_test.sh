#!/usr/bin/env bash
# 3 nodes of 2 shards, where keys are on one shard alone, but those of a prefix on all six: lath ring says so, each kind is written and
# read, and when two nodes are killed the prefix's keys are all still there. usage: prefix_replication_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the others with those that are killed
before=$(shared_memory)
lath_on() { timeout 60 lath --cluster-file "$cluster" --timeout 20 "$@"; }
stats() { lath_on --json stats | python3 -c 'import json, sys
print(*[each[sys.argv[1]] for each in json.load(sys.stdin) if "shard" in each])' "$1"; }  # COUNTER: of each shard

start_nodes prefix 3 --shards 2 --memory 64MiB --replication 1x1 --replication-prefix hot/=3x2 --replication-prefix hot/warm/=2x1
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)

# places KEY NODES SHARDS: how many distinct shards have the key, of how many nodes.
places() {
  local found
  found=$(lath_on --json ring "$1" | python3 -c 'import json, sys
places = json.load(sys.stdin)
print(len({each["node"] for each in places}), len({(each["node"], each["shard"]) for each in places}), len(places))')
  [ "$found" = "$2 $3 $3" ] || fail "$1: nodes, shards and places are $found, not $2 $3 $3"
}
for number in 1 2 3 4 5 6 7 8; do
  places "hot/$number" 3 6
  places "hot/warm/$number" 2 2
  places "cold/$number" 1 1
  places "hot$number" 1 1
  lath_on put "hot/$number" "value $number" || fail 'a key of the prefix is not written'
  lath_on counter add "hot/counter/$number" "$number" || fail 'a counter of the prefix is not written'
  lath_on put "cold/$number" "value $number" || fail 'a key without the prefix is not written'
  [ "$(lath_on get "cold/$number")" = "value $number" ] || fail 'a key without the prefix is not read'
done

# All six shards hold the 16 keys of the prefix, and each of the others is on one.
all_hold_them() {
  local counts
  read -r -a counts < <(stats keys)
  [ "${#counts[@]}" -eq 6 ] || return 1
  for count in "${counts[@]}"; do [ "$count" -ge 16 ] || return 1; done
  [ "$(IFS=+; echo $((${counts[*]})))" -eq $((6 * 16 + 8)) ]
}
await 20 all_hold_them || fail "keys of the six shards: $(stats keys)"

kill -KILL "${nodes[0]}" "${nodes[2]}"
for number in 1 2 3 4 5 6 7 8; do
  [ "$(lath_on get "hot/$number")" = "value $number" ] || fail "hot/$number is lost with two nodes"
  [ "$(lath_on counter get "hot/counter/$number")" = "$number" ] || fail "hot/counter/$number is lost with two nodes"
done
kill -TERM "${nodes[1]}"
await 30 is_gone_or_zombie "$cluster_pid" || fail 'mpirun did not end'
expect_nothing_left "$before"
echo 'prefixes: each kind of key is on as many nodes and shards as it should'
