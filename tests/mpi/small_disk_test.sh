#!/usr/bin/env bash
# A full disk and a small /dev/shm: what cannot start says what there is too little of, and what is enough is not warned of.
# In a mount namespace of its own, which takes root; where that is not to be had, all of it is skipped. usage: small_disk_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
# shellcheck source=tests/shell/refuses.sh
. "$(dirname "$0")/../shell/refuses.sh"
can_or_skip 'a full disk, a /dev/shm of 2 MiB, one that is full of stale segments, one of 64 MiB' \
  unshare -m mount -t tmpfs -o size=2m none /dev/shm

mkdir "$work/full"
full_disk() { mount -t tmpfs -o size=4k none "$work/full" && head -c 4096 /dev/zero >"$work/full/x" && exec lathd --shards 1 --memory 64MiB --cluster-file "$work/full/c.json"; }
small_shm() { mount -t tmpfs -o size=2m none /dev/shm && exec lathd --shards 1 --memory 64MiB --cluster-file "$work/shm.json"; }
# The pages of a process that was killed fill it: a node must not be, and doctor says what to remove.
stale_shm() {
  mount -t tmpfs -o size=8m none /dev/shm && head -c 7m /dev/zero >/dev/shm/ucx_shm_posix_4711
  lath doctor >"$work/doctor.log" || true
  exec lathd --shards 1 --memory 64MiB --cluster-file "$work/shm.json"
}
# The table is in SysV segments: a small /dev/shm does not bound it, and is not warned of.
container_shm() {
  mount -t tmpfs -o size=64m none /dev/shm && lath doctor >"$work/doctor.log" || exit 1
  exec timeout --preserve-status 3 lathd --shards 1 --memory 1GiB --cluster-file "$work/container.json"
}
export -f full_disk small_shm stale_shm container_shm
export work
refuses "$work/full/c.json.key" 'make room' -- unshare -m bash -c full_disk
refuses /dev/shm 'UCX says' -- unshare -m bash -c small_shm
refuses /dev/shm 'lath doctor' -- unshare -m bash -c stale_shm
grep -A1 '^warn  stale segments: 1 segment' "$work/doctor.log" | grep -q -- '-> .*rm /dev/shm/ucx_shm_posix_4711' || fail 'doctor does not say what to remove'
[ ! -e "$work/shm.json.key" ] || fail 'a start that failed left its key file'
unshare -m bash -c container_shm >"$work/container.log" 2>&1 || fail 'a /dev/shm of 64 MiB is too little for a table in SysV segments'
! grep -q warning "$work/container.log" || fail 'a /dev/shm of 64 MiB is warned of'
grep -q '^ok    table memory: SysV memory has ' "$work/doctor.log" || fail 'doctor does not say where the table is'
echo 'small disks: what is too little is named'
