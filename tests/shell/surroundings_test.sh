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
# Of what is taken for left behind, what this test has made: other programs may come and go.
left() { shared_memory_left "$before" | grep -xE "$file|SysV segment ($(IFS='|'; printf '%s' "${segments[*]}")) of pid [0-9]+" || true; }
make_segment() { segments+=("$(ipcmk -M 4096 | grep -oE '[0-9]+$')"); }  # its maker has ended when this returns

make_segment
before=$(shared_memory)
grep -q "^SysV segment ${segments[0]} of pid " <<<"$before" || fail "a SysV segment is not seen: $before"
[ -z "$(left)" ] || fail 'what was there before is taken for left behind'

make_segment
found=$(left)
[[ $found =~ ^"SysV segment ${segments[1]} of pid "[0-9]+$ ]] || fail "a SysV segment that was left is told as '$found'"
head -c 4096 /dev/zero >"$file"
found=$(left)
if [ "$(wc -l <<<"$found")" -ne 2 ] || ! grep -qx "$file" <<<"$found"; then fail "with a file that was left it tells '$found'"; fi
rm "$file"
ipcrm -m "${segments[1]}"
[ -z "$(left)" ] || fail 'what was removed is taken for left behind'

# A process that has a segment and a mapped file, until it is killed. It tells the segment's id when both are there.
has_both='import ctypes, mmap, sys
file = open(sys.argv[1], "w+b")
file.truncate(4096)
mapped = mmap.mmap(file.fileno(), 4096)
print(ctypes.CDLL(None).shmget(0, 4096, 0o600), flush=True)
sys.stdin.read()'
coproc maker { exec python3 -c "$has_both" "$file"; }
# shellcheck disable=SC2154  # coproc sets it
holder=$maker_PID pid=$maker_PID
read -r id <&"${maker[0]}"
segments+=("$id")
grep -qx "SysV segment $id of pid $holder" <<<"$(shared_memory)" || fail 'the segment of a living process is not seen'
grep -qx "$file" <<<"$(shared_memory)" || fail 'the file of a living process is not seen'
[ -z "$(left)" ] || fail "what a living process has is taken for left behind: $(left)"
kill "$holder"
wait "$holder" || true
holder=
[ "$(left)" = "$file"$'\n'"SysV segment $id of pid $pid" ] || fail "of a process that was killed it tells '$(left)'"

export LATH_CLUSTER_FILE=a LATH_ONE_SIDED=off LATH_UCX_TLS=tcp LATH_SEED=7 LATH_SKIP_DEPS=1
forget_settings
kept=$(env | grep '^LATH_' | sort | tr '\n' ' ')
[ "$kept" = 'LATH_SEED=7 LATH_SKIP_DEPS=1 ' ] || fail "of the caller's settings there are left: $kept"
echo 'surroundings: what was left behind is told, and no setting is taken over'
