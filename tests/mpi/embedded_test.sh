#!/usr/bin/env bash
# lath_open_mpi puts a node into every rank: 1, 2 and 4 ranks count together exactly, and leave nothing behind.
# usage: embedded_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
before=$(shared_memory)
for ranks in 1 2 4; do
  timeout 90 mpirun -n "$ranks" --bind-to none "$BUILD/tests/mpi/mpi_embedded" 200 >"$work/embedded.log" 2>&1 || fail "$ranks ranks: status $?"
  grep -q "embedded: $ranks ranks agree" "$work/embedded.log" || fail "$ranks ranks did not agree"
  cat "$work/embedded.log"
done
# A setting that cannot be is everybody's error, and nobody hangs.
status=0
LATH_SHARDS=0 timeout 60 mpirun -n 2 --bind-to none "$BUILD/tests/mpi/mpi_embedded" >"$work/refused.log" 2>&1 || status=$?
case "$status" in 0 | 124) fail "LATH_SHARDS=0 gave status $status" ;; esac
grep -q "'shards'" "$work/refused.log" || fail 'the error does not name the setting'
expect_nothing_left "$before"
