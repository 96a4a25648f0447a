#!/usr/bin/env bash
# What is put is what is got, small and large, where the network takes packets of 1500 bytes, and of 9000. usage: mtu_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"
# shellcheck source=tests/hosts/values.sh
. "$here/values.sh"

node_count=2
make_hosts 3
set_mtu() {  # BYTES
  local host
  for host in h1 h2 h3; do
    on switch ip link set "$host" mtu "$1"
    on "$host" ip link set eth0 mtu "$1"
  done
}
greatest_packet_at() { on "$1" cat /sys/class/net/eth0/mtu; }  # HOST

# Of sizes at the edges of a packet, and of where a value begins to be pulled.
sizes_arrive() {
  local size
  for size in 0 1 1400 1460 1500 8900 8960 9000 9001 65536 65537; do
    head -c "$size" "$work/large" >"$work/part"
    lath_on h3 put "size/$1/$size" --file "$work/part"
    lath_on h3 get "size/$1/$size" --file "$work/got"
    cmp "$work/part" "$work/got" || fail "MTU $1: $size bytes did not come back whole"
  done
}
for mtu in 1500 9000; do
  set_mtu "$mtu"
  [ "$(greatest_packet_at h2)" -eq "$mtu" ] || fail "h2 has an MTU of $(greatest_packet_at h2)"
  start_host_nodes "mtu-$mtu"
  write_values h3 values 1
  write_values h2 values 2
  values_are h3 values
  sizes_arrive "$mtu"
  stop_host_nodes || fail "MTU $mtu: the nodes ended with status $?"
  echo "MTU $mtu: every size and type arrives"
done
