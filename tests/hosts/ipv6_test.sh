#!/usr/bin/env bash
# Hosts with IPv6 addresses alone, with IPv4 addresses alone, and with both: the same commands, without a setting for it, and every type
# arrives. usage: ipv6_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"
# shellcheck source=tests/hosts/values.sh
. "$here/values.sh"

node_count=2
make_hosts 3 1500 ipv6
contacts_are() {  # PATTERN
  [ "$(grep -cE "\"contact\": \"$1:[0-9]+\"" "$cluster")" -eq 2 ] || fail "not at $1: $(cat "$cluster")"
}
arrives() {  # NAME
  write_values h3 values 1
  write_values h2 values 2
  values_are h3 values
  stop_host_nodes || fail "$1: the nodes ended with status $?"
  echo "$1: every type arrives"
}

start_host_nodes ipv6
contacts_are '\[fd91:8::[12]\]'
where=$(grep -oE '\[fd91:8::2\]:[0-9]+' "$cluster")
on h3 timeout 20 lath --store "tcp://$where" --key-file "$cluster.key" put at-an-address v || fail "no client comes in at $where"
arrives 'IPv6 alone'

start_host_nodes named --contact '[::]:0'
contacts_are '\[fd91:8::[12]\]'
arrives 'IPv6 alone, and asked for'

for host in h1 h2 h3; do on "$host" ip address add "$(ipv4_of "$host")/24" dev eth0; done
start_host_nodes both
contacts_are '10\.91\.8\.[12]'
arrives 'both'

for host in h1 h2 h3; do on "$host" ip -6 address flush dev eth0; done
start_host_nodes ipv4
contacts_are '10\.91\.8\.[12]'
arrives 'IPv4 alone'
