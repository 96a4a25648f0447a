#!/usr/bin/env bash
# What quickstart and the tests take for left behind is that: files in /dev/shm and SysV segments that came and were not removed; not what
# was there before, and not what a living process has. And no setting of the caller's reaches them. usage: surroundings_test.sh
set -euo pipefail
# shellcheck source=launch/surroundings.sh
. "$(dirname "$0")/../../launch/surroundings.sh"
segments=() file=/dev/shm/lath_surroundings_$$ holder=
clean_up() {
  for id in "${segments[@]}"; do ipcrm -m "$id" 2>/dev/null || true; done
  rm -f "$file"
  [ -z "$holder" ] || kill "$holder" 2>/dev/null || true
}
trap clean_up EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
make_segment() { segments+=("$(ipcmk -M 4096 | grep -oE '[0-9]+$')"); }  # its maker has ended when this returns

make_segment
before=$(shared_memory)
grep -q "^SysV segment ${segments[0]} of pid " <<<"$before" || fail "a SysV segment is not seen: $before"
[ -z "$(shared_memory_left "$before")" ] || fail 'what was there before is taken for left behind'

make_segment
left=$(shared_memory_left "$before")
[[ $left =~ ^"SysV segment ${segments[1]} of pid "[0-9]+$ ]] || fail "a SysV segment that was left is told as '$left'"
touch "$file"
left=$(shared_memory_left "$before")
if [ "$(wc -l <<<"$left")" -ne 2 ] || ! grep -qx "$file" <<<"$left"; then fail "with a file that was left it tells '$left'"; fi
rm "$file"
ipcrm -m "${segments[1]}"
[ -z "$(shared_memory_left "$before")" ] || fail 'what was removed is taken for left behind'

# Its id, told when it is there; its maker lives until its input ends or it is killed.
coproc maker { exec python3 -c 'import ctypes, sys; print(ctypes.CDLL(None).shmget(0, 4096, 0o600), flush=True); sys.stdin.read()'; }
# shellcheck disable=SC2154  # coproc sets it
holder=$maker_PID pid=$maker_PID
read -r id <&"${maker[0]}"
segments+=("$id")
shared_memory | grep -qx "SysV segment $id of pid $holder" || fail 'the segment of a living process is not seen'
[ -z "$(shared_memory_left "$before")" ] || fail 'the segment of a living process is taken for left behind'
kill "$holder"
wait "$holder" || true
holder=
[ "$(shared_memory_left "$before")" = "SysV segment $id of pid $pid" ] || fail 'the segment of a process that was killed is not told'

export LATH_CLUSTER_FILE=a LATH_ONE_SIDED=off LATH_UCX_TLS=tcp LATH_SEED=7 LATH_SKIP_DEPS=1
forget_settings
kept=$(env | grep '^LATH_' | sort | tr '\n' ' ')
[ "$kept" = 'LATH_SEED=7 LATH_SKIP_DEPS=1 ' ] || fail "of the caller's settings there are left: $kept"
echo 'surroundings: what was left behind is told, and no setting is taken over'
