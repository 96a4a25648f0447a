#!/usr/bin/env bash
# A store of four shards is closed while the only other rank is stopped: the node looks for it for some 6 s, once for all shards, and goes.
# usage: stopped_peer_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
before=$(shared_memory)
for progress in thread caller; do
  timeout 60 mpirun -n 2 --bind-to none "$BUILD/tests/mpi/mpi_stopped_peer" "$progress" 4 >"$work/stopped.log" 2>&1 ||
    fail "$progress: status $?: $(tail -3 "$work/stopped.log")"
  took=$(sed -n "s/^$progress: closed in \([0-9]*\) ms$/\1/p" "$work/stopped.log")
  [ -n "$took" ] || fail "$progress: no figure"
  [ "$took" -lt 12000 ] || fail "$progress: the close took $took ms"
  printf '%s: closed in %s ms\n' "$progress" "$took"
done
expect_nothing_left "$before"
