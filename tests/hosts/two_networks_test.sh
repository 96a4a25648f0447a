#!/usr/bin/env bash
# Hosts with two networks, of which nobody says which to use, and one of them is cut at a host: its clients and those of others end in
# time, served where the other network is left, and once the cable is back all is merged. usage: two_networks_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

keys=4
call_ms=8000   # for a call that may take 4 s, with its start on a busy machine
tool_ms=10000  # for one that asks every node
acknowledged=()
tried=()
make_hosts 4
add_network

now_ms() { date +%s%3N; }
# in_time MS WHAT COMMAND...: the command's status, and its output in $work/told.out, where it does not take longer.
in_time() {
  local ms=$1 what=$2 began status=0 took
  shift 2
  began=$(now_ms)
  "$@" >"$work/told.out" 2>&1 || status=$?
  took=$(($(now_ms) - began))
  [ "$took" -le "$ms" ] || fail "$what: it took $took ms, not $ms: ${*}: $(cat "$work/told.out")"
  return "$status"
}
told() { cat "$work/told.out"; }
# By clients that come anew; of keys that are of different replicas.
are_served() {  # HOST WHAT
  local key
  for key in $(seq "$keys"); do
    in_time "$call_ms" "$2: a put on $1" lath_on "$1" --timeout 4 put "key/$key" "$2" || fail "$2: a put on $1 fails: $(told)"
    in_time "$call_ms" "$2: a get on $1" lath_on "$1" --timeout 4 get "key/$key" || fail "$2: a get on $1 fails: $(told)"
    [ "$(told)" = "$2" ] || fail "$2: a get on $1 gives $(told)"
  done
}
# adds HOST WHAT: each key once; they come through, or say why not. Counts in `acknowledged` and `tried`.
adds() {
  local key
  for key in $(seq "$keys"); do
    tried[key]=$((${tried[key]:-0} + 1))
    if in_time "$call_ms" "$2: an addition on $1" lath_on "$1" --timeout 4 counter add "count/$key" 1; then
      acknowledged[key]=$((${acknowledged[key]:-0} + 1))
    else
      grep -qE 'LATH_E_(TIMEOUT|UNREACHABLE|UNKNOWN)' "$work/told.out" || fail "$2: an addition on $1 fails and does not say why: $(told)"
    fi
  done
  echo "$2: of ${tried[*]} additions ${acknowledged[*]} came through"
}
tools_end() {  # HOST WHAT: whatever they find
  local tool status
  for tool in nodes doctor; do
    status=0
    in_time "$tool_ms" "$2: lath $tool on $1" lath_on "$1" "$tool" || status=$?
    [ "$status" -le 1 ] || fail "$2: lath $tool on $1 gives status $status: $(told)"
  done
}
contact_answers() {  # HOST ADDRESS
  local port
  port=$(contact_port "$1")
  in_time "$call_ms" "the contact port of $1" \
    on h4 timeout 20 lath --store "tcp://$2:$port" --key-file "$cluster.key" --timeout 4 get key/1 ||
    fail "no client comes in at $2:$port: $(told)"
}
contact_port() { grep -oE "($(ipv4_of "$1")|$(second_ipv4_of "$1")):[0-9]+" "$cluster" | cut -d: -f2; }  # HOST
lost_now() { (lath_on h4 stats 2>/dev/null || true) | awk '$1 == "control_nodes_lost" { sum += $2; ++nodes } END { print nodes, sum }'; }
none_is_lost() { [ "$(lost_now)" = "$node_count 0" ]; }
# On what was acknowledged, and at most what was tried: who is told nothing may have been heard.
all_agree() {
  local host key counts
  for key in $(seq "$keys"); do
    counts=$(for host in h1 h2 h3 h4; do lath_on "$host" counter get "count/$key" 2>&1 || true; done)
    echo "count/$key: ${counts//$'\n'/ } of ${acknowledged[key]:-0} to ${tried[key]}" >"$work/counts"
    [[ $(sort -u <<<"$counts") =~ ^[0-9]+$ ]] || return 1
    counts=${counts%%$'\n'*}
    [ "$counts" -ge "${acknowledged[key]:-0}" ] && [ "$counts" -le "${tried[key]}" ] || return 1
  done
}
drop_on_eth1() {  # HOST
  on "$1" nft -f - <<'END'
table inet lath_test {
  chain arriving { type filter hook input priority 0; iifname "eth1" drop; }
  chain leaving { type filter hook output priority 0; oifname "eth1" drop; }
}
END
}

start_nodes two-networks "$node_count" --shards 1 --memory 64MiB
are_served h4 'both networks'
are_served h1 'both networks'

link h4-eth1 down
are_served h4 "the second network of a client's host is unplugged"
tools_end h4 "the second network of a client's host is unplugged"
link h4-eth1 up
drop_on_eth1 h4
are_served h4 "the second network of a client's host takes and gives nothing"
tools_end h4 "the second network of a client's host takes and gives nothing"
on h4 nft flush ruleset
are_served h4 "both networks of a client's host again"
echo "a client whose host has lost one of two networks is served"

link h3-eth1 down
for host in h4 h1; do are_served "$host" "the second network of a node's host is unplugged"; done
tools_end h4 "the second network of a node's host is unplugged"
contact_answers h3 "$(ipv4_of h3)"
all_nodes_live || fail 'a node has ended'
link h3-eth1 up
await 40 none_is_lost || fail "nodes are lost, though the second cable is back: $(lath_on h4 nodes 2>&1)"
are_served h4 "both networks of a node's host again"
echo "nodes of which one has lost its second network serve"

link h3 down
for host in h4 h3; do adds "$host" "the first network of a node's host is unplugged, $host"; done
tools_end h4 "the first network of a node's host is unplugged"
contact_answers h1 "$(ipv4_of h1)"
all_nodes_live || fail 'a node has ended'
link h3 up
await 60 none_is_lost || fail "nodes are lost, though the first cable is back: $(lath_on h4 nodes 2>&1)"
for host in h4 h3; do are_served "$host" "both networks of every host again, $host"; done
await 60 all_agree || fail "the hosts do not agree: $(cat "$work/counts")"
echo 'all is merged'

all_nodes_live || fail 'a node has ended'
stop_host_nodes || fail "the nodes ended with status $?"
echo 'of two networks either may be cut: nothing hangs, and all is merged'
