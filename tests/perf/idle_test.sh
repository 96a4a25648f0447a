#!/usr/bin/env bash
# An idle node of 2 shards uses under 1 % of a core, measured over 5 s by the kernel's own account of its time.
# usage: idle_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

cluster=$work/idle.json
lathd --shards 2 --cluster-file "$cluster" >"$work/lathd.log" 2>&1 &
node=$!
cluster_pids+=("$node")
await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'
lath --cluster-file "$cluster" put greeting hello
sleep 2

# Of all its threads, in nanoseconds: the clock's ticks are too coarse.
used_ns() { cat "/proc/$node"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }
before=$(used_ns)
sleep 5
after=$(used_ns)
percent=$(awk -v used=$((after - before)) 'BEGIN { printf "%.2f", used / 1e9 / 5 * 100 }')
printf 'an idle node of 2 shards uses %s %% of a core\n' "$percent"
awk -v p="$percent" 'BEGIN { exit !(p < 1) }' || fail 'an idle node uses 1 % of a core or more'
stop_nodes "$node" || fail "the node ended with status $?"
