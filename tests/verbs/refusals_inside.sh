#!/usr/bin/env bash
# The part of refusals_test.sh that runs in the virtual machine. usage: refusals_inside.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export LATH_UCX_TLS=rc_verbs,ud_verbs,self
chmod 777 "$work"

# refuses WHAT WORDS... -- COMMAND...: fails within 20 s of an emulated machine, by one line of `lathd` with all the words
refuses() {
  local what=$1 words=() status=0 word
  shift
  while [ "$1" != -- ]; do words+=("$1"); shift; done
  shift
  timeout 20 "$@" >"$work/refused" 2>&1 || status=$?
  [ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "$what: status $status: $(cat "$work/refused")"
  [ "$(grep -c '^lathd: ' "$work/refused")" -eq 1 ] || fail "$what: not one error: $(cat "$work/refused")"
  for word in "${words[@]}"; do
    grep '^lathd: ' "$work/refused" | grep -qF -- "$word" || fail "$what: no '$word': $(cat "$work/refused")"
  done
  echo "$what: told ($SECONDS s)"
}
node=(lathd --shards 1 --memory 64MiB --cluster-file "$work/refused.json")

ulimit -l 64
refuses 'too little locked memory' 'RDMA cannot pin' 'ulimit -l unlimited' -- setpriv --reuid 65534 --clear-groups "${node[@]}"
setpriv --reuid 65534 --clear-groups lath doctor >"$work/doctor" 2>&1 || true
grep -A1 '^bad   memlock limit: 64.0 KiB' "$work/doctor" | grep -q 'ulimit -l unlimited' || fail "lath doctor: $(cat "$work/doctor")"
ulimit -l unlimited
LATH_UCX_IB_GID_INDEX=77 refuses 'a GID that is not there' 'no way to other processes is left' 'LATH_UCX_TLS' -- "${node[@]}"
LATH_UCX_NET_DEVICES=mlx5_9:1 refuses 'a device that is not there' 'no way to other processes is left' 'LATH_UCX_NET_DEVICES' -- "${node[@]}"
rdma link delete rxe0
refuses 'no device' 'no way to other processes is left' 'LATH_UCX_TLS' -- "${node[@]}"
echo "verbs: what RDMA lacks is told ($SECONDS s)"
