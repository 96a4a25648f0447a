#!/usr/bin/env bash
# MPI_Finalize where it is least expected: before lath_close, which works; before lath_open_mpi, or in its place, which is told; and in a
# launch of lathd of which one process does not come to it, which the others notice. usage: finalized_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
before=$(shared_memory)

# launch MODE SECONDS: sets status, 124 for a hang.
launch() {
  status=0
  timeout -k 5 "$2" mpirun -n 3 --bind-to none "$BUILD/tests/mpi/mpi_finalized" "$1" >"$work/$1.log" 2>&1 || status=$?
  cat "$work/$1.log"
}
ranks_are_gone() { ! pgrep -f "^$BUILD/tests/mpi/mpi_finalized" >/dev/null; }
# run MODE: sets status, which is not that of a hang or a signal.
run() {
  launch "$1" 60
  [ "$status" -ne 124 ] || fail "$1: it hangs"
  [ "$status" -lt 128 ] || fail "$1: it died of a signal ($status)"
}
run works
[ "$status" -eq 0 ] || fail "a store that outlives MPI: status $status"
[ "$(grep -c '^rank [012]: closed after MPI' "$work/works.log")" -eq 3 ] || fail 'not every rank has closed'
grep -i 'warn\|error' "$work/works.log" | grep -v 'nodes share cores' && fail 'what is documented to work is complained of'

run late
[ "$status" -eq 0 ] || fail "opening after MPI: status $status"
[ "$(grep -c '^rank [012]: LATH_E_INVALID.*: lath_open_mpi: .*is finalized' "$work/late.log")" -eq 3 ] || fail 'opening after MPI_Finalize is not told as that'

# What Lath owes are the lines, in time, and that the way out which they name is one: MPI_Abort ends every rank. mpirun's own end is not
# judged: with a rank in MPI_Finalize, Open MPI 4.1's hangs or dies of a signal once in some five times (without Lath too), when no rank is left.
told() { [ "$(grep -c '^rank [01]: LATH_E_TIMEOUT.*: lath_open_mpi: .*did not come within [23] s.*MPI_Abort' "$work/instead.log")" -eq 2 ]; }
mpirun -n 3 --bind-to none "$BUILD/tests/mpi/mpi_finalized" instead >"$work/instead.log" 2>&1 &
mpirun=$!
cluster_pids+=("$mpirun")
await 20 told || fail 'MPI_Finalize instead of the opening: the others are not told'
await 10 ranks_are_gone || fail 'a rank outlives MPI_Abort'
await 3 is_gone "$mpirun" || kill -KILL "$mpirun" || true
if stop_nodes "$mpirun"; then fail 'MPI_Finalize instead of the opening: status 0'; fi
cat "$work/instead.log"

echo 'lathd: one process of the launch does not come to MPI_Finalize'
status=0
cp "$BUILD/tests/mpi/libmpi_never_finalizes.so" "$work/"  # LD_PRELOAD takes a blank in a path for its end
timeout -k 5 60 mpirun -n 1 --bind-to none lathd --shards 1 --memory 64MiB --start-timeout-ms 1500 --cluster-file "$work/watch.json" \
  : -n 1 env LD_PRELOAD="$work/libmpi_never_finalizes.so" "$BUILD/launch/lathd" --shards 1 --memory 64MiB --start-timeout-ms 50000 \
  >"$work/watch.log" 2>&1 || status=$?
cat "$work/watch.log"
case "$status" in 0 | 124) fail "a node that does not come to MPI_Finalize gave status $status" ;; esac
[ "$(grep -c '^lathd: MPI_Finalize: another node of the launch did not come within 1500 ms: .*--start-timeout-ms' "$work/watch.log")" -eq 1 ] ||
  fail 'the other does not tell'
if [ -e "$work/watch.json" ] || [ -e "$work/watch.json.key" ]; then fail 'files were left behind'; fi
expect_nothing_left "$before"
echo 'MPI_Finalize: where it comes early, late or never, it is told, and nobody hangs'
