#!/usr/bin/env bash
# A node that is told to end while it starts ends soon, says what it waited for, and takes the files with it that were made for the start:
# where another process of the launch does not come to MPI's start, to a step of ours, or to MPI's end.
# usage: told_to_end_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
before=$(shared_memory)
cp "$BUILD/tests/mpi/libmpi_never_finalizes.so" "$work/"  # LD_PRELOAD takes a blank in a path for its end

# ends_at CALL OTHER...: node 0 is told to end while it waits for that other process at that call of MPI's.
ends_at() {
  local call=$1 launch node
  shift
  mpirun --enable-recovery -n 1 --bind-to none lathd --shards 1 --memory 64MiB --start-timeout-ms 50000 --cluster-file "$work/told.json" \
    : -n 1 "$@" >"$work/told.log" 2>&1 &
  launch=$!
  cluster_pids+=("$launch")
  has_node() { node=$(pgrep -P "$launch" -x lathd | head -n 1) && [ -n "$node" ]; }
  await 10 has_node || fail "$call: no node was started"
  sleep 5  # until it waits, on a slow machine too
  is_gone "$node" && fail "$call: it waits for nobody"
  kill -TERM "$node"
  await 3 is_gone_or_zombie "$node" || fail "$call: a node that was told to end waits on"
  await 5 grep -q "^lathd: .*$call: told to end by a signal, while it waited for " "$work/told.log" || fail "$call: it does not say so"
  if [ -e "$work/told.json" ] || [ -e "$work/told.json.key" ]; then fail "$call: files were left behind"; fi
  pkill -KILL -P "$launch" || true  # not mpirun: it can crash or hang at SIGTERM
  await 20 is_gone_or_zombie "$launch" || fail "$call: mpirun did not end"
  cat "$work/told.log"
}
ends_at MPI_Init_thread sleep 60
ends_at 'the log: .*' "$BUILD/tests/mpi/mpi_absent" never 50000
ends_at MPI_Finalize env LD_PRELOAD="$work/libmpi_never_finalizes.so" "$BUILD/launch/lathd" --shards 1 --memory 64MiB --start-timeout-ms 50000

expect_nothing_left "$before"
echo 'told to end while it starts: soon, and without a trace'
