#!/usr/bin/env bash
# The floors: two pinned cores, shared memory, one shard and one client, 8 B keys and values, 1 M keys. Batches of 128 reach 5 M gets/s and
# 5 M puts/s (best of three rounds, or of six where three were not enough); where raw UCX is slower than the 0.15 us of a quiet machine (the
# median of what was measured), because others use the cores, the 5 M are lowered by the same factor, and the test says so; but to no less
# than a half. A half is what one other process as busy as ours leaves of a core, and the slowest state of a machine of its own that was
# seen (0.64 us, bench/README.md) still gave 5.2 M: less than that is our own doing, or no machine to measure on.
# A blocking get's median is under 3 x 2 x ucp_am_lat, measured by ucx_perftest right before and after it.
# usage: floors_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
# shellcheck source=tests/shell/bench_rows.sh
. "$(dirname "$0")/../shell/bench_rows.sh"
[ "$(nproc)" -ge 2 ] || fail 'the floors are for two cores'

am_lat_us() {  # one way, median
  local port=$1 server
  taskset -c 0 ucx_perftest -t ucp_am_lat -s 8 -n 200000 -p "$port" >"$work/perftest-server.log" 2>&1 &
  server=$!
  sleep 0.5
  taskset -c 1 ucx_perftest 127.0.0.1 -t ucp_am_lat -s 8 -n 200000 -p "$port" >"$work/perftest.log" 2>&1 || fail 'ucx_perftest failed'
  wait "$server" || true
  perftest_latency_us "$work/perftest.log"
}
best() { awk -v a="$1" -v b="$2" -v how="$3" 'BEGIN { print (a == "" || (how == "max" ? b > a : b < a)) ? b : a }'; }

cluster=$work/floors.json
taskset -c 0 lathd --shards 1 --memory 512MiB --cluster-file "$cluster" >"$work/lathd.log" 2>&1 &
node=$!
cluster_pids+=("$node")
await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'

# The cores of a shared machine change their speed by the minute: each round measures raw UCX right before and right after, and has its own ratio.
puts='' gets='' ratio='' lats=()
for round in 1 2 3 4 5 6; do
  before=$(am_lat_us $((13400 + round)))
  taskset -c 1 lath --cluster-file "$cluster" --timeout 60 bench --seconds 1 >"$work/bench.log" 2>&1 || fail 'lath bench failed'
  after=$(am_lat_us $((13410 + round)))
  lats+=("$before" "$after")
  get_us=$(bench_figure "$work/bench.log" 'get, blocking' 2)
  put_rate=$(bench_figure "$work/bench.log" 'put, batches' 1)
  get_rate=$(bench_figure "$work/bench.log" 'get, batches' 1)
  puts=$(best "$puts" "$put_rate" max)
  gets=$(best "$gets" "$get_rate" max)
  this=$(awk -v g="$get_us" -v b="$before" -v a="$after" 'BEGIN { printf "%.2f", g / (b + a) }')
  printf 'round %s: a blocking get takes %s us, ucp_am_lat %s us before and %s us after, one way: %s x two of them\n' \
    "$round" "$get_us" "$before" "$after" "$this"
  ratio=$(best "$ratio" "$this" min)
  [ "$round" -ge 3 ] && awk -v p="$puts" -v g="$gets" -v r="$ratio" 'BEGIN { exit !(p >= 5e6 && g >= 5e6 && r < 3) }' && break
done
lat_us=$(printf '%s\n' "${lats[@]}" | sort -g | awk '{ of[NR] = $1 } END { printf "%.3f", (of[NR / 2] + of[NR / 2 + 1]) / 2 }')
cat "$work/bench.log"
printf 'puts/s %s, gets/s %s, a blocking get at %s x (2 x ucp_am_lat)\n' "$puts" "$gets" "$ratio"
floor=$(awk -v l="$lat_us" 'BEGIN { part = l > 0.15 ? 0.15 / l : 1; printf "%d", 5e6 * (part > 0.5 ? part : 0.5) }')
[ "$floor" -eq 5000000 ] || printf 'raw UCX is slow here (%s us): the floor of batches is %s/s\n' "$lat_us" "$floor"
awk -v p="$puts" -v g="$gets" -v f="$floor" 'BEGIN { exit !(p >= f && g >= f) }' || fail "batches are under $floor operations a second (ucp_am_lat: $lat_us us)"
awk -v r="$ratio" 'BEGIN { exit !(r < 3) }' || fail 'a blocking get takes 3 x 2 x am_lat or more'
stop_nodes "$node" || fail "the node ended with status $?"
