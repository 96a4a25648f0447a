#!/usr/bin/env bash
# A host whose cable is pulled: the others notice and say so, and serve its keys; its own clients and theirs go on writing. The cable is
# back, and so is the node: what was written on either side arrives on the other, and nobody crashed or hangs. usage: link_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

keys=4
make_hosts 4
start_host_nodes link --replication 3x1

# Every key once, each by a client that comes anew and is done within seconds.
add_from() {  # HOST
  local i
  for i in $(seq "$keys"); do
    timed 5 "$1: an addition" lath_on "$1" counter add "key/$i" 1
  done
}
timed() {  # SECONDS WHAT COMMAND...
  local began=$SECONDS
  "${@:3}" >"$work/timed.out" 2>&1 || fail "$2 failed: $(cat "$work/timed.out")"
  [ $((SECONDS - began)) -le "$1" ] || fail "$2 took $((SECONDS - began)) s"
}
counts_are() {  # HOST NUMBER
  local i
  for i in $(seq "$keys"); do
    [ "$(lath_on "$1" counter get "key/$i" 2>&1 | tee "$work/count")" = "$2" ] || return 1
  done
}
is_said_by_both() { # WHAT NODE
  local node
  for node in 0 1; do grep -q "warning node $node control: node $2 on .* is $1" "$work/link.log" || return 1; done
}
# At each node that answers; stats fails where one does not.
lost_now() { (lath_on h4 stats 2>/dev/null || true) | awk '$1 == "control_nodes_lost" { printf "%s%s", comma, $2; comma = " " }'; }
# A batch that no replica has acknowledged is sent again every second.
sent_again() { lath_on h4 stats | awk '$1 == "batches_resent" || $1 == "dirty_keys" { sum += $2 } END { print sum }'; }
all_is_acknowledged() {
  local before
  before=$(sent_again)
  sleep 2.5
  [ "$(sent_again)" = "$before" ]
}
none_is_lost() { [ "$(lost_now)" = '0 0 0' ]; }

add_from h4
await 10 counts_are h4 1 || fail 'the counts are wrong before anything happened'

link h3 down
cut=$SECONDS
add_from h4
await 5 counts_are h4 2 || fail 'keys of the lost node are not served by the others'
add_from h3  # a client there, which has that node alone
await 5 counts_are h3 2 || fail 'a client of the host that is cut off does not read what it wrote'
await 25 is_said_by_both lost 2 || fail "nodes 0 and 1 have not said within $((SECONDS - cut)) s that node 2 is lost"
echo "the others said so $((SECONDS - cut)) s after the cable was pulled"
counted=$(lost_now)
[[ $counted == '1 1'* ]] || fail "lath stats does not count the lost node: $counted"
all_nodes_live || fail 'a node has ended'

link h3 up
mended=$SECONDS
await 40 is_said_by_both back 2 || fail "nodes 0 and 1 have not said within $((SECONDS - mended)) s that node 2 is back"
echo "the node was back $((SECONDS - mended)) s after the cable was"
await 10 none_is_lost || fail "a node is lost still: $(lost_now)"
# On a connection that outlives the cut, TCP may wait once more for as long as that lasted before it sends again.
await 60 counts_are h4 3 || fail 'what was written at the node that was cut off has not arrived at the others'
await 60 counts_are h3 3 || fail 'what was written meanwhile has not arrived at the node that was cut off'
await 60 all_is_acknowledged || fail 'replicas do not acknowledge what they are sent'
echo "all was merged $((SECONDS - mended)) s after the cable was back"

# Both others are cut off: what the node tells now, it holds itself.
link h1 down
link h2 down
counts_are h3 3 || fail "the node does not hold by itself what was written meanwhile: $(cat "$work/count")"
link h1 up
link h2 up
await 40 none_is_lost || fail "nodes are lost, though their cables are back: $(lost_now)"

all_nodes_live || fail 'a node has ended'
stop_host_nodes || fail "the nodes ended with status $?"
echo 'a cable pulled: noticed, served by the others, and merged when it was back'
