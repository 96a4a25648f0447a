#!/usr/bin/env bash
# The part of pair_test.sh that runs on the first of two machines. usage: pair_inside.sh BUILD_DIR SHARED_FOLDER
set -euo pipefail
BUILD=$1
export FOLLOWER=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/shell/cluster.sh
. "$here/../shell/cluster.sh"
# shellcheck source=tests/verbs/tell.sh
. "$here/tell.sh"
values=$BUILD/tests/verbs/verbs_values
cluster=$FOLLOWER/pair.json
trap 'touch "$FOLLOWER/end"; cluster_clean_up' EXIT

on_other() { tell "PATH=$(printf '%q' "$PATH"); $(printf '%q ' "$@")"; }  # COMMAND...
lath_here() { timeout 60 lath --cluster-file "$cluster" --timeout 20 "$@"; }
lath_other() { on_other timeout 60 lath --cluster-file "$cluster" --timeout 20 "$@"; }
packets() { rdma statistic show link rxe0/1 | grep -oE 'sent_pkts [0-9]+' | cut -d' ' -f2; }
packets_other() { tell "$(declare -f packets); packets"; }
all_live() { pgrep -x lathd >/dev/null && [ "$(on_other pgrep -c -x lathd)" -eq 2 ]; }

before=$(packets) before_other=$(packets_other)
export PATH=$here:$PATH OMPI_MCA_plm_rsh_agent=follower_agent.sh OMPI_MCA_orte_tmpdir_base=/tmp
one=(lathd --cluster-file "$cluster" --shards 1 --memory 64MiB --replication 3x1)
mpirun --host node1 -n 1 --bind-to none "${one[@]}" : --host node2 -n 1 "${one[@]}" : \
  --host node2 -n 1 -x LATH_UCX_TLS=tcp,self "${one[@]}" >"$work/pair.log" 2>&1 &
cluster_pid=$!
cluster_pids+=("$cluster_pid")
await 90 is_ready "$cluster" "$cluster_pid" || fail 'the nodes were not ready within 90 s'
[ -e "$cluster" ] || fail 'the nodes ended before they were ready'
echo "three nodes on two machines ($SECONDS s)"
# A machine that is slow at the start is reached over TCP for a minute: not what is in question here.
ways_are_best() {
  lath_here nodes >"$work/here" && lath_other nodes >"$work/other" && is_way here 0 '(posix|sysv)' && is_way here 1 rc_verbs && is_way here 2 tcp &&
    is_way other 0 rc_verbs && is_way other 1 '(posix|sysv)' && is_way other 2 tcp
}
is_way() { grep -qE "^ +$2 +alive +1 +[^ ]*$3" "$work/$1"; }  # here|other NODE WAY
await 90 ways_are_best || fail "not each pair by its best way: $(cat "$work/here" "$work/other")"
echo "each pair by its best way ($SECONDS s)"

"$values" "file:$cluster" write 1 || fail 'part 1 is not written'
on_other "$values" "file:$cluster" write 2 || fail 'part 2 is not written on the other machine'
"$values" "file:$cluster" read || fail 'what was written is not read'
on_other "$values" "file:$cluster" read || fail 'what was written is not read on the other machine'
grew=$(($(packets) - before)) grew_other=$(($(packets_other) - before_other))
# Each has sent its part of every type to the other's node, and been answered; from which node a tensor is pulled is the nodes' business.
[ "$grew" -ge 100 ] || fail "the first machine's rxe0 has sent $grew packets: it was not the way"
[ "$grew_other" -ge 100 ] || fail "the second machine's rxe0 has sent $grew_other packets: it was not the way"
echo "every type, and a tensor of 16 MiB: $grew and $grew_other packets ($SECONDS s)"

link() { tc qdisc "$1" dev eth0 root netem loss 100%; }  # add: nothing that is sent arrives; delete
on_other tc qdisc add dev eth0 root netem loss 100%
link add
lath_here counter add cut 1 >/dev/null || fail 'with the link cut the first machine is not served'
lath_other counter add cut 10 >/dev/null || fail 'with the link cut the second machine is not served'
await 40 grep -q 'node 1 on node2.* is lost' "$work/pair.log" || fail 'the first machine does not notice that the link is cut'
[ "$(lath_here counter get cut)" = 1 ] || fail 'the link is not cut'
all_live || fail 'a node has ended when the link was cut'
echo "the link is cut, and both sides are served ($SECONDS s)"

link delete
on_other tc qdisc delete dev eth0 root
agree() { [ "$(lath_here counter get cut)" = 11 ] && [ "$(lath_other counter get cut)" = 11 ]; }
await 90 agree || fail "the two sides do not agree: $(lath_here counter get cut) and $(lath_other counter get cut), not 11"
all_live || fail 'a node has ended when the link was restored'
echo "the link is restored, and both sides agree ($SECONDS s)"

on_other pkill -TERM -x lathd
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
echo "verbs: a cluster on two machines ($SECONDS s)"
