#!/usr/bin/env bash
# The part of softroce_test.sh that runs in the virtual machine, which has rxe0 over eth0. It ends with status 7.
# usage: softroce_inside.sh SOURCE_DIR
set -euo pipefail
softroce=$1/launch/softroce
printf '%s' "$HEARD" >written
: >../vanishes
work=$(mktemp -d)
chmod 755 "$work"
environment='export LATH_UCX_TLS=rc_verbs,ud_verbs,self LATH_UCX_NET_DEVICES=%s:1'

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
# expect STATUS WORDS ARGUMENTS...: softroce ends with that status, and says the words
expect() {
  local wanted=$1 words=$2 status=0
  shift 2
  "$softroce" "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "softroce $*: status $status: $(cat "$work/out" "$work/err")"
  grep -qF -- "$words" "$work/err" || fail "softroce $*: no '$words': $(cat "$work/out" "$work/err")"
}
prints_environment_of() {  # DEVICE
  # shellcheck disable=SC2059  # it is a format
  [ "$(cat "$work/out")" = "$(printf "$environment" "$1")" ] || fail "not the environment of $1: $(cat "$work/out")"
}
says_not() { ! grep -qF -- "$1" "$work/err" || fail "it says '$1': $(cat "$work/err")"; }
sent_packets() { rdma statistic show link "$1/1" | grep -oE 'sent_pkts [0-9]+' | cut -d' ' -f2; }

expect 0 'rxe0 over eth0: ACTIVE' status
says_not 'added by launch/softroce'
prints_environment_of rxe0
expect 1 'was added by launch/softroce up' down
rdma link show rxe0/1 | grep -q ACTIVE || fail 'it removed a device of another'
echo "a device of another is shown, and left alone ($SECONDS s)"

rdma link delete rxe0
expect 1 'there is no device of soft-RoCE' status
expect 1 "there is no network device 'eth9': name one of: eth0" up eth9
expect 1 "'lo' is no Ethernet" up lo
expect 1 'there is no default route' up
[ ! -s "$work/out" ] || fail "an error has an environment: $(cat "$work/out")"
status=0
setpriv --reuid 65534 --clear-groups "$softroce" up eth0 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "who is not root gets status $status: $(cat "$work/err")"
grep -q 'only root may do that: sudo launch/softroce up eth0' "$work/err" || fail "who is not root is told: $(cat "$work/err")"
[ ! -e /run/lath-softroce ] || fail 'what failed has left something behind'
echo "what cannot be done is told ($SECONDS s)"

ip route add default dev eth0
expect 0 'rxe0 is up, over eth0' up
prints_environment_of rxe0
says_not 'ulimit -l'
expect 0 'rxe0 is there already, over eth0' up eth0
prints_environment_of rxe0
expect 0 'rxe0 over eth0: ACTIVE, added by launch/softroce up' status
grep -qE 'GID 0000:0000:0000:0000:0000:ffff:0a4d:0001' "$work/err" || fail "no GID of 10.77.0.1: $(cat "$work/err")"
(ulimit -l 64 && "$softroce" status 2>&1 >/dev/null) | grep -q 'locked memory is 64 KiB.*ulimit -l unlimited' || fail 'a small limit is not told'

before=$(sent_packets rxe0)
ibv_rc_pingpong -d rxe0 -g 1 -n 20 >"$work/pong" 2>&1 &
pong=$!
until ibv_rc_pingpong -d rxe0 -g 1 -n 20 10.77.0.1 >"$work/ping" 2>&1; do
  kill -0 "$pong" 2>/dev/null || fail "no ping-pong: $(cat "$work/ping" "$work/pong")"
  sleep 0.2
done
wait "$pong" || fail "the other end of the ping-pong: $(cat "$work/pong")"
grew=$(($(sent_packets rxe0) - before))
[ "$grew" -ge 40 ] || fail "40 messages were $grew packets ($SECONDS s)"
echo "rxe0 carries RDMA: 40 messages, $grew packets ($SECONDS s)"

ip link add veth0 type veth peer name veth1
expect 0 'veth0 is down, and so is rxe1: ip link set veth0 up' up veth0
prints_environment_of rxe1
expect 1 "added nothing over 'veth1'" down veth1
expect 0 'rxe1 is removed' down veth0
says_not rxe0
rdma link show rxe0/1 | grep -q ACTIVE || fail 'down took the other device along'
rdma link delete rxe0
expect 0 'rxe0 is gone already' down
[ ! -e /run/lath-softroce ] || fail "down leaves: $(cat /run/lath-softroce)"
expect 1 'was added by launch/softroce up' down
expect 0 'rxe0 is up' up eth0
expect 0 'rxe0 is removed' down
expect 1 'there is no device of soft-RoCE' status
echo "what was added is removed, and nothing else ($SECONDS s)"

busybox rmmod rdma_rxe
expect 1 "this kernel, $(uname -r), has no module rdma_rxe" up eth0
echo 'a kernel without it is told'

echo 'a line of stderr' >&2
echo 'the last line of stdout'
exit 7
