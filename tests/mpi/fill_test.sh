#!/usr/bin/env bash
# A node that has only just come up takes writes faster than its memory is mapped: none is refused while it is under its limit, and
# one over it is refused by name. usage: fill_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
fill=$BUILD/tests/mpi/mpi_fill

start_nodes fresh 1 --shards 1 --memory 512MiB
timeout 120 "$fill" "file:$cluster" 150000 || fail 'a fresh node refused puts under its limit'
if timeout 120 "$fill" "file:$cluster" 800000 2>"$work/over.log"; then fail '800 MB went into a node of 512 MiB'; fi
grep -q "memory is full" "$work/over.log" || fail 'the refusal does not say that the memory is full'
stop_nodes "$cluster_pid" || fail "the node ended with status $?"
