#!/usr/bin/env bash
# The part of cluster_test.sh that runs in the virtual machine. usage: cluster_inside.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
values=$BUILD/tests/verbs/verbs_values
export LATH_UCX_TLS=rc_verbs,ud_verbs,self LATH_UCX_NET_DEVICES=rxe0:1

count() { rdma statistic show link rxe0/1 | grep -oE "$1 [0-9]+" | cut -d' ' -f2; }  # COUNTER
lath_on() { timeout 60 lath --cluster-file "$cluster" --timeout 30 "$@"; }           # lath's arguments...
sums() { lath_on --json stats | python3 -c 'import json, sys
shards = [each for each in json.load(sys.stdin) if "shard" in each]
print(*(sum(each[name] for each in shards) for name in sys.argv[1:]))' "$@"; }  # COUNTER...: over all shards

sent=$(count sent_pkts)
# The keys of the torture have one replica each: of two, a reader may see the one that the writer has not reached yet.
start_nodes verbs 2 --shards 1 --memory 96MiB --replication-prefix k=1x1 --replication-prefix 'a key=1x1'
echo "two nodes ($SECONDS s)"
"$values" "file:$cluster" write 1 || fail 'part 1 is not written'
"$values" "file:$cluster" write 2 || fail 'part 2 is not written'
"$values" "file:$cluster" read || fail 'what was written is not read'
grew=$(($(count sent_pkts) - sent))
# A tensor of 16 MiB is written, copied to the other node and read: in packets of 4 KiB at most, 12288.
[ "$grew" -ge 12288 ] || fail "rxe0 has sent $grew packets: it was not the way"
read -r merged pulled < <(sums merges_grown large_bytes)
[ "$merged" -ge 10 ] || fail "the nodes have merged only $merged entries of each other's"
[ "$pulled" -ge $((16 << 20)) ] || fail "the nodes have pulled only $pulled bytes of the tensor"
echo "every type, and a tensor of 16 MiB: $grew packets of rxe0, $merged merges ($SECONDS s)"

lath_on nodes >"$work/nodes.out"
[ "$(grep -cE '^ +[01] +alive +1 +rc_verbs' "$work/nodes.out")" -eq 2 ] || fail "lath nodes: $(cat "$work/nodes.out")"
lath_on doctor >"$work/doctor.out" || true  # of this machine it says that it has little memory
for words in 'RDMA device rxe0: in software over eth0.*GIDs 0 fe80' 'RC_RETRY_COUNT=6, chosen by Lath: 7' 'UD_ETH_DGID_CHECK=n, chosen by Lath' \
  'node 0 on node1, way: rc_verbs' 'node 1 on node1, data path: 1 shard answers'; do
  grep -qE "$words" "$work/doctor.out" || fail "lath doctor does not say '$words': $(cat "$work/doctor.out")"
done
! grep '^bad' "$work/doctor.out" || fail 'lath doctor finds something bad'
echo "lath nodes and lath doctor tell of it ($SECONDS s)"

timeout 120 "$BUILD/tests/mpi/mpi_one_sided_torture" "file:$cluster" 2 60 >"$work/torture.out" 2>&1 || fail "torture: $(cat "$work/torture.out")"
sed 's/^/torture: /' "$work/torture.out"
echo "reads by RDMA are right ($SECONDS s)"

stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
export OMPI_MCA_orte_enable_recovery=1
start_nodes killed 2 --shards 1 --memory 64MiB
lath_on counter add count 1 || fail 'an addition fails'
victim=$(pgrep -x lathd | tail -n 1)
kill -KILL "$victim"
began=$SECONDS
await 30 grep -q 'is lost: ' "$work/killed.log" || fail 'a killed node is not noticed'
echo "a killed node is noticed within $((SECONDS - began)) s"
lath_on counter add count 1 || fail 'the survivor takes no addition'
[ "$(lath_on counter get count)" = 2 ] || fail "of two additions the survivor has: $(lath_on counter get count)"
[ "$(pgrep -c -x lathd)" -eq 1 ] || fail 'the survivor is gone'
stop_nodes "$cluster_pid" || true  # the status is the killed node's
echo "verbs: a cluster of two nodes over rc_verbs ($SECONDS s)"
