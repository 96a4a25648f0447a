#!/usr/bin/env bash
# Four embedded ranks that close at once do not wait for each other's drain timeout (10 s); and a store that is closed while other threads are
# inside tells them so. usage: repeated_close_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
timeout 120 mpirun -n 4 --bind-to none "$BUILD/tests/mpi/mpi_repeated_close" 6 >"$work/close.log" 2>&1 || fail "status $?"
cat "$work/close.log"
echo 'over TCP'
LATH_UCX_TLS=tcp,self timeout 120 mpirun -n 2 --bind-to none "$BUILD/tests/mpi/mpi_repeated_close" 20 >"$work/tcp.log" 2>&1 || fail "status $?"
took=$(sed -n 's/^longest close: \([0-9]*\) ms$/\1/p' "$work/close.log")
[ -n "$took" ] || fail 'no figure'
[ "$took" -lt 5000 ] || fail "a close took $took ms"
timeout 60 "$BUILD/tests/mpi/mpi_racing_close" 12 || fail "a store that is closed under its users: status $?"
