#!/usr/bin/env bash
# A node grows to 10 M keys beside a client that waits for each batch, on two cores that its control thread, which maps the table's memory,
# has to share with one of them. Few batches of 78125 take over 1 ms, and none long: 15 to 23, up to 6 ms, on a quiet machine, of which its kernel itself causes ten
# (a program that only reads the clock sees them too). With extents that are mapped and touched in one go it was 130. Best of three rounds:
# other users of the machine delay batches as well.
# usage: growth_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
[ "$(nproc)" -ge 2 ] || fail 'this is for two cores'

for cpus in 0 0,1; do  # the control thread beside the shard, and beside the client
  least='' shortest=''
  for round in 1 2 3; do
    cluster=$work/growth-$cpus-$round.json
    taskset -c "$cpus" lathd --shards 1 --memory 2GiB --cluster-file "$cluster" >"$work/lathd.log" 2>&1 &
    node=$!
    cluster_pids+=("$node")
    await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'
    taskset -c 1 "$BUILD/tests/perf/perf_growth" "file:$cluster" 10000000 >"$work/growth.log" 2>&1 || fail 'the keys were not put'
    stop_nodes "$node" || fail "the node ended with status $?"
    printf 'node on %s: %s\n' "$cpus" "$(cat "$work/growth.log")"
    long_ones=$(awk '{ print $4 }' "$work/growth.log")
    longest=$(awk '{ printf "%d", $(NF - 1) + 0.5 }' "$work/growth.log")
    if [ -z "$least" ] || [ "$long_ones" -lt "$least" ]; then least=$long_ones; fi
    if [ -z "$shortest" ] || [ "$longest" -lt "$shortest" ]; then shortest=$longest; fi
    if [ "$least" -le 50 ] && [ "$shortest" -le 12 ]; then break; fi
  done
  [ "$least" -le 50 ] || fail "$least batches took over 1 ms while the table grew"
  [ "$shortest" -le 12 ] || fail "a batch took $shortest ms while the table grew"
done
