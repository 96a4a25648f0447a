#!/usr/bin/env bash
# A network that loses 7 of 100 packets at every host: what is written arrives, and every addition counts once, though connecting takes
# seconds, and frames come late and are sent again. usage: loss_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"
# shellcheck source=tests/hosts/values.sh
. "$here/values.sh"

# Patient: who loses the first packet of a connection waits for a second, then two, then four.
lath_on() {  # HOST lath's arguments...
  local host=$1
  shift
  on "$host" timeout 60 lath --timeout 50 --cluster-file "$cluster" "$@"
}

percent=7
additions=256  # by each client
clients=(h4 h4 h1)
visits=12  # by clients that come anew for each, one after the other: connecting is where a network that loses packets hurts
visitors=(h4 h4 h4 h4 h1 h2)
make_hosts 4
start_host_nodes loss --replication 2x1
lose "$percent" h1 h2 h3 h4

pids=()
for i in "${!clients[@]}"; do
  (enter "${clients[$i]}" timeout 100 "$BUILD/tests/hosts/hosts_counts" "file:$cluster" "$additions") >"$work/client-$i.log" 2>&1 &
  pids+=("$!")
  cluster_pids+=("$!")
done
visit() {  # HOST
  local i
  for i in $(seq "$visits"); do lath_on "$1" counter add visits 1 || return 1; done
}
for i in "${!visitors[@]}"; do
  visit "${visitors[$i]}" >"$work/visitor-$i.log" 2>&1 &
  pids+=("$!")
  cluster_pids+=("$!")
done
write_values h4 values 1
write_values h2 values 2
for pid in "${pids[@]}"; do
  await 100 is_gone_or_zombie "$pid" || fail 'a client hangs'
  wait "$pid" || fail "a client ended with status $?"
done
all_nodes_live || fail 'a node has ended'
values_are h4 values

expected=$((additions * ${#clients[@]} / 4))  # of each of their four keys
visited=$((visits * ${#visitors[@]}))
counts_are_at() {  # HOST
  local key
  for key in 0 1 2 3; do
    [ "$(lath_on "$1" counter get "count/$key" 2>&1 | tee "$work/count")" = "$expected" ] || return 1
  done
  [ "$(lath_on "$1" counter get visits 2>&1 | tee "$work/count")" = "$visited" ]
}
for host in h4 h2; do await 20 counts_are_at "$host" || fail "$host counts $(cat "$work/count"), not $expected, or $visited visits"; done
for host in h1 h2 h3 h4; do
  lost=$(lost_at "$host")
  [ "$lost" -gt 0 ] || fail "no packet was lost at $host: that tests nothing"
  echo "$host lost $lost packets"
done

lose 0 h1 h2 h3 h4
for host in h4 h1 h2 h3; do
  await 20 counts_are_at "$host" || fail "$host counts $(cat "$work/count") once nothing is lost, not $expected, or $visited visits"
done
all_nodes_live || fail 'a node has ended'
stop_host_nodes || fail "the nodes ended with status $?"
echo "$((additions * ${#clients[@]} + visited)) additions, each counted once"
