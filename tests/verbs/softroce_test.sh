#!/usr/bin/env bash
# launch/softroce adds a device that carries RDMA, shows it and takes it away again, and says what is wrong where it cannot; and
# launch/softroce-vm, in which all that happens, is told from its command by nothing but the RDMA. usage: softroce_test.sh BUILD_DIR
set -euo pipefail
# shellcheck source=tests/verbs/vm.sh
. "$(dirname "$0")/vm.sh"

# refuses WORDS ARGUMENTS...: softroce-vm does, or softroce where `program` says so, with exit status 2
refuses() {
  local words=$1 status=0
  shift
  "$program" "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq 2 ] || fail "$program $*: status $status: $(cat "$work/err")"
  grep -qF -- "$words" "$work/err" || fail "$program $*: no '$words': $(cat "$work/err")"
}
program=$softroce_vm
refuses 'no command'
refuses 'no command' -m 512
refuses 'no command after --' --
refuses "-m wants a number, not 'much'" -m much -- true
refuses '-t wants a value' -t
refuses "-w: there is no folder '$work/none'" -w "$work/none" -- true
refuses '--pair takes two texts' --pair true
refuses "unknown argument 'true'" true
program=$source_dir/launch/softroce
refuses 'up, down or status?'
refuses "unknown argument 'sideways'" sideways
refuses 'status takes nothing' status eth0
refuses 'up takes one network device' up eth0 eth1
"$softroce_vm" --help | grep -q '^usage: launch/softroce-vm fetch' || fail '--help does not tell the usage'

status=0
"$softroce_vm" -t 1 -- sleep 60 2>"$work/err" || status=$?
[ "$status" -eq 124 ] || fail "out of time is status $status: $(cat "$work/err")"

mkdir "$work/a folder"
cd "$work/a folder"
status=0
HEARD='what is said' in_vm -w "$work/a folder" -- "$here/softroce_inside.sh" "$source_dir" >"$work/out" 2>"$work/err" || status=$?
cat "$work/err" >&2
grep -vx 'the last line of stdout' "$work/out" || true
[ "$status" -eq 7 ] || fail "the script's status 7 is $status"
[ "$(tail -n 1 "$work/out")" = 'the last line of stdout' ] || fail 'stdout does not come out whole'
grep -qx 'a line of stderr' "$work/err" || fail 'stderr does not come out'
[ "$(cat "$work/a folder/written")" = 'what is said' ] || fail 'a -w folder was not written to'
[ ! -e "$work/vanishes" ] || fail 'what the guest writes elsewhere is on the host'
