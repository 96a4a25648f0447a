#!/usr/bin/env bash
# A client whose network does not reach the addresses that the nodes advertise: one clear error that names what cannot be reached and
# what to do, within 5 s or the client's own timeout, and never a hang. One that cannot be reached itself is served. usage: unreachable_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

make_hosts 4
start_host_nodes unreachable --replication 2x1
lath_on h4 put kept precious
ports=$(grep -oE "$(ipv4_of 'h[123]'):[0-9]+" "$cluster" | cut -d: -f2 | paste -sd,)  # of the contacts

# What h4 sends is not delivered, by these rules.
bar() {  # RULE...
  local rule
  on h4 nft flush ruleset
  on h4 nft add table inet lath_test
  on h4 nft add chain inet lath_test leaving '{ type filter hook output priority 0; }'
  for rule in "$@"; do on h4 nft add rule inet lath_test leaving "$rule"; done
}
# refuses WHAT WORDS... -- lath's arguments...: fails within 5 s, by one line with all the words.
refuses() {
  local what=$1 words=() status=0 began=$SECONDS word
  shift
  while [ "$1" != -- ]; do words+=("$1"); shift; done
  shift
  lath_on h4 "$@" >"$work/refused.out" 2>"$work/refused.err" || status=$?
  [ $((SECONDS - began)) -le 5 ] || fail "$what: it took $((SECONDS - began)) s: lath $*"
  [ "$status" -eq 1 ] || fail "$what: status $status: lath $*: $(cat "$work/refused.err")"
  [ "$(grep -c '^lath: ' "$work/refused.err")" -eq 1 ] || fail "$what: not one error: $(cat "$work/refused.err")"
  for word in "${words[@]}"; do grep -qF -- "$word" "$work/refused.err" || fail "$what: no '$word': $(cat "$work/refused.err")"; done
}
# doctor_says WHAT REMEDY
doctor_says() {
  local status=0
  lath_on h4 doctor >"$work/doctor.out" 2>&1 || status=$?
  [ "$status" -eq 1 ] || fail "lath doctor gives status $status: $(cat "$work/doctor.out")"
  [ "$(grep -A1 -E "^bad +node [012] on h[123], $1" "$work/doctor.out" | grep -cF -- "$2")" -eq 3 ] ||
    fail "lath doctor does not tell of three nodes '$1' and '$2': $(cat "$work/doctor.out")"
}

on h4 ip route flush dev eth0
refuses 'no route' LATH_E_UNREACHABLE 'Network is unreachable' "$(ipv4_of h1):" "$(ipv4_of h3):" doctor -- get kept
doctor_says 'contact port: there is no way to its machine' 'ip route get'
on h4 ip route add 10.91.8.0/24 dev eth0

bar 'oifname "eth0" reject with icmpx admin-prohibited'
refuses 'a firewall that says so' LATH_E_UNREACHABLE "cannot connect to $(ipv4_of h1):" doctor -- get kept

bar 'oifname "eth0" drop'
refuses 'a firewall that says nothing' LATH_E_TIMEOUT 'Connection timed out' "$(ipv4_of h1):" doctor -- --timeout 4 get kept
doctor_says 'contact port: nothing answers at' 'nft list ruleset'

# The contact ports are reached, and what UCX advertises is not.
bar "tcp dport { $ports } accept" 'oifname "eth0" drop'
refuses "UCX's ports" 'the shard' 'LATH_E_TIMEOUT' 'lath doctor' -- --timeout 4 get kept
refuses "UCX's ports" 'the shard' 'LATH_E_TIMEOUT' 'lath doctor' -- --timeout 4 counter add count 1
doctor_says 'data path: shard 0: no answer in time' 'name a network that both have by LATH_UCX_NET_DEVICES or LATH_INTERFACE'
[ "$(lath_on h4 nodes | grep -cE 'alive +1 +none +h')" -eq 3 ] || fail "lath nodes shows a way to nodes that UCX does not reach: $(lath_on h4 nodes)"

bar "tcp dport { $ports } accept" 'oifname "eth0" meta l4proto tcp reject with tcp reset'
refuses "UCX's ports, closed" LATH_E_UNREACHABLE 'none of its replicas could be reached' 'see lath nodes and lath doctor' -- --timeout 4 get kept

# One node alone is out of reach: its keys are served by their other replicas.
bar "ip daddr $(ipv4_of h1) drop"
for key in 1 2 3 4; do
  began=$SECONDS
  lath_on h4 counter add "key/$key" 1 || fail "an addition fails since one of three nodes is out of reach"
  [ $((SECONDS - began)) -le 5 ] || fail "an addition took $((SECONDS - began)) s since one of three nodes is out of reach"
done

# A client's host that lets nobody in: it is answered on the connections that it makes.
on h4 nft flush ruleset
on h4 nft add table inet lath_test
on h4 nft add chain inet lath_test arriving '{ type filter hook input priority 0; }'
on h4 nft add rule inet lath_test arriving 'iifname "eth0" tcp flags & (syn | ack) == syn counter drop'
for key in 1 2 3 4; do
  began=$SECONDS
  lath_on h4 counter add "inward/$key" 1 || fail 'an addition fails since its client lets nobody in'
  [ "$(lath_on h4 counter get "inward/$key")" = 1 ] || fail 'a client that lets nobody in does not read what it wrote'
  [ $((SECONDS - began)) -le 5 ] || fail "two calls took $((SECONDS - began)) s since their client lets nobody in"
done

on h4 nft flush ruleset
[ "$(lath_on h4 get kept)" = precious ] || fail 'a key is lost'
[ "$(lath_on h1 counter get key/1)" = 1 ] || fail 'an addition is lost'
all_nodes_live || fail 'a node has ended'
stop_host_nodes || fail "the nodes ended with status $?"
echo 'what cannot be reached is told, with what to do, and nothing hangs'
