#!/usr/bin/env bash
# A rank that never comes to the start does not hold the others: they end with an error that says what was waited for, where it is
# known for whom, and what to do. One that comes with arguments that cannot be is everybody's error, at once.
# usage: absent_rank_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

# opens MODE TIMEOUT_MS TOLD: three ranks of which the last is odd; returns once so many have told.
opens() {
  mpirun -n 3 --bind-to none "$BUILD/tests/mpi/mpi_absent" "$1" "$2" >"$work/$1.log" 2>&1 &
  local launch=$!
  cluster_pids+=("$launch")
  have_told() { [ "$(grep -c '^rank [012]: ' "$work/$1.log")" -eq "$2" ]; }
  await 40 have_told "$1" "$3" || fail "$1: the others hang"
  pkill -KILL -P "$launch"  # not mpirun: it can crash or hang at SIGTERM
  await 20 is_gone_or_zombie "$launch" || fail "$1: mpirun did not end"
  cat "$work/$1.log"
}
# misses MODE: the others wait for the last one as long as they were told to.
misses() {
  opens "$1" 1500 2
  [ "$(grep -c '^rank [01]: LATH_E_TIMEOUT.*: lath_open_mpi: ' "$work/$1.log")" -eq 2 ] || fail "$1: not a timeout of lath_open_mpi"
  [ "$(grep -c 'raise options.open_timeout_ns' "$work/$1.log")" -eq 2 ] || fail "$1: no remedy"
}
# refused MODE WHAT: all are told of what is wrong with the last one's call.
refused() {
  opens "$1" 60000 3
  [ "$(grep -c "^rank [01]: LATH_E_INVALID.*: lath_open_mpi: node 2: $2" "$work/$1.log")" -eq 2 ] || fail "$1: not told to the others"
  grep -q "^rank 2: LATH_E_INVALID.*: lath_open_mpi: $2" "$work/$1.log" || fail "$1: the last rank is not told"
}
misses never
grep -q '^rank 0: .*MPI_Comm_idup: the other ranks did not come within 1500 ms' "$work/never.log" || fail 'the step is not named'
misses leaves
grep -q '^rank 0: .*at the settings: .*: rank 2 did not come within 1500 ms' "$work/leaves.log" || fail 'the missing rank is not named'
refused options 'options->size is 1; start from LATH_OPTIONS_INIT'
refused nowhere 'store is NULL; pass where to store the handle'

# lathd: a process of the launch that never starts MPI; MPI_Init itself waits for it.
status=0
timeout 60 mpirun -n 2 --bind-to none lathd --shards 1 --memory 64MiB --start-timeout-ms 1500 : -n 1 sleep 100 \
  >"$work/lathd.log" 2>&1 || status=$?
case "$status" in 0 | 124) fail "lathd with a missing node gave status $status" ;; esac
grep -q '^lathd: MPI_Init_thread: another node of the launch did not come within 1500 ms: .*--start-timeout-ms' "$work/lathd.log" ||
  fail 'lathd does not tell'
echo 'a rank that does not come: told by the others, who end'
