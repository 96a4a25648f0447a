#!/usr/bin/env bash
# An idle node of 2 shards uses under 2 % of a core, measured over 5 s by the kernel's own account of its time.
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

ticks() { awk '{ print $14 + $15 }' "/proc/$node/stat"; }
before=$(ticks)
sleep 5
after=$(ticks)
percent=$(awk -v used=$((after - before)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", 100 * used / hz / 5 }')
printf 'an idle node of 2 shards uses %s %% of a core\n' "$percent"
awk -v p="$percent" 'BEGIN { exit !(p < 2) }' || fail 'an idle node uses 2 % of a core or more'
stop_nodes "$node" || fail "the node ended with status $?"
