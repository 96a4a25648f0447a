#!/usr/bin/env bash
# A rank that never comes to the start does not hold the others: they end with an error that says what was waited for, where it is
# known for whom, and what to do. usage: absent_rank_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

# opens MODE: three ranks of which the last is not there; returns once the other two have told.
opens() {
  mpirun -n 3 --bind-to none "$BUILD/tests/mpi/mpi_absent" "$1" 1500 >"$work/$1.log" 2>&1 &
  local launch=$!
  cluster_pids+=("$launch")
  have_told() { [ "$(grep -c '^rank [01]: ' "$work/$1.log")" -eq 2 ]; }
  await 40 have_told "$1" || fail "$1: the others hang"
  [ "$(grep -c '^rank [01]: LATH_E_TIMEOUT' "$work/$1.log")" -eq 2 ] || fail "$1: not a timeout"
  [ "$(grep -c 'raise options.open_timeout_ns' "$work/$1.log")" -eq 2 ] || fail "$1: no remedy"
  kill -TERM "$launch"
  await 20 is_gone_or_zombie "$launch" || fail "$1: mpirun did not end"
  cat "$work/$1.log"
}
opens never
grep -q '^rank 0: .*MPI_Comm_idup: the other ranks did not come within 1500 ms' "$work/never.log" || fail 'the step is not named'
opens refused
grep -q '^rank 2: LATH_E_INVALID' "$work/refused.log" || fail 'the last rank did not refuse its options'
grep -q '^rank 0: .*at the settings: .*: rank 2 did not come within 1500 ms' "$work/refused.log" || fail 'the missing rank is not named'

# lathd: a process of the launch that never starts MPI; MPI_Init itself waits for it.
status=0
timeout 60 mpirun -n 2 --bind-to none lathd --shards 1 --memory 64MiB --start-timeout-ms 1500 : -n 1 sleep 100 \
  >"$work/lathd.log" 2>&1 || status=$?
case "$status" in 0 | 124) fail "lathd with a missing node gave status $status" ;; esac
grep -q '^lathd: MPI_Init_thread: another node of the launch did not come within 1500 ms: .*--start-timeout-ms' "$work/lathd.log" ||
  fail 'lathd does not tell'
echo 'a rank that does not come: told by the others, who end'
