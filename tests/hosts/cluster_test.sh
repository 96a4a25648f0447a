#!/usr/bin/env bash
# Three nodes on three hosts, started by one mpirun, and clients on a fourth that know the cluster file alone: every type is written
# and read across hosts, also by contact address; the tools show three hosts, all of them reached over TCP.
# usage: cluster_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"
# shellcheck source=tests/hosts/values.sh
. "$here/values.sh"

make_hosts 4
start_host_nodes demo

lath_on h4 nodes >"$work/nodes.out"
for node in 0 1 2; do
  grep -qE "^ +$node +alive +1 +tcp +h$((node + 1))\$" "$work/nodes.out" || fail "lath nodes does not show node $node: $(cat "$work/nodes.out")"
  grep -q "\"contact\": \"10.91.8.$((node + 1)):" "$cluster" || fail "the cluster file does not tell where node $node is: $(cat "$cluster")"
  lath_on h4 ring | grep -qE "^ +$node +0 +[1-9]" || fail "lath ring: node $node has no share"
done
lath_on h1 nodes | grep -qE '^ +0 +alive +1 +.*(posix|sysv).* h1$' || fail 'a client on h1 does not reach its own node by shared memory'

write_values h4 values 1
write_values h1 values 2  # beside a node
for host in h4 h1 h3; do values_are "$host" values; done
for host in h1 h2 h3; do
  where=$(grep -oE "$(ipv4_of "$host"):[0-9]+" "$cluster")
  [ "$(on h4 timeout 20 lath --store "tcp://$where" --key-file "$cluster.key" get values/bytes)" = hello ] || fail "no client comes in at $where"
done

sent() { lath_on h4 --json stats | python3 -c 'import json, sys
print(sum(e["batches_received"] > 0 for e in json.load(sys.stdin) if "shard" in e))'; }
[ "$(sent)" -eq 3 ] || fail "only $(sent) nodes have heard of another's updates"
lath_on h4 doctor >"$work/doctor.out" || fail "lath doctor finds something wrong: $(cat "$work/doctor.out")"
[ "$(grep -c 'way: tcp$' "$work/doctor.out")" -eq 3 ] || fail "lath doctor does not show three ways over TCP: $(cat "$work/doctor.out")"

stop_host_nodes || fail "the nodes ended with status $?"
[ ! -e "$cluster" ] || fail 'the cluster file stays after a clean end'
echo 'three nodes on three hosts, and clients on a fourth: every type arrives'
