#!/usr/bin/env bash
# The kernel's limits of SysV segments: where they are too low for a node, or for its table, the limit is named, and what to set.
# In IPC and mount namespaces of its own, which takes root; where these are not to be had, all of it is skipped.
# usage: few_segments_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
# shellcheck source=tests/shell/refuses.sh
. "$(dirname "$0")/../shell/refuses.sh"
can_or_skip 'a low kernel.shmall, kernel.shmmni, kernel.shmmax; a table that has little room' \
  unshare -im bash -c 'sysctl -qw kernel.shmall=1024 && mount -t tmpfs -o size=32m none /dev/shm'

few_segments() { sysctl -qw "$1" && exec lathd --shards 1 --memory 64MiB --cluster-file "$work/segments.json"; }
short_table() {
  sysctl -qw kernel.shmall=16384 && mount -t tmpfs -o size=32m none /dev/shm
  lath doctor >"$work/doctor.log" && exit 1
  exec timeout --preserve-status 3 lathd --shards 1 --memory 1GiB --cluster-file "$work/short.json"
}
export -f few_segments short_table
export work
for limit in kernel.shmall=1024 kernel.shmmni=2 kernel.shmmax=4194304; do
  refuses 'UCX cannot make a worker' "${limit%=*}" -- unshare -i bash -c "few_segments $limit"
done
unshare -im bash -c short_table >"$work/short.log" 2>&1 || fail 'a table that has little room is no reason not to start'
grep -q 'warning.*kernel.shmall leaves 64 MiB of SysV memory.*sysctl kernel.shmall=' "$work/short.log" || fail 'the limit of SysV memory is not named'
grep -q '^bad   table memory: .*kernel.shmall leaves 64 MiB' "$work/doctor.log" || fail 'doctor does not name the limit of SysV memory'
echo 'few segments: the limit is named'
