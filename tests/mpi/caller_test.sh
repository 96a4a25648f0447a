#!/usr/bin/env bash
# With LATH_PROGRESS_CALLER a rank is a shard; it answers its peers also while it sits in MPI_Barrier or computes, read one-sidedly or by
# messages, and nothing is left behind. usage: caller_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
before=$(shared_memory)
for one_sided in on off; do
  LATH_ONE_SIDED=$one_sided timeout 90 mpirun -n 2 --bind-to none "$BUILD/tests/mpi/mpi_caller" >"$work/caller.log" 2>&1 ||
    fail "one-sided reads $one_sided: status $?"
  grep -q '^caller: all was answered$' "$work/caller.log" || fail "one-sided reads $one_sided: it did not come to its end"
  printf 'one-sided reads %s\n' "$one_sided"
  cat "$work/caller.log"
done
expect_nothing_left "$before"
