#!/usr/bin/env bash
# Nodes that shared memory has made deaf, as a process does that is killed while it sends to them, are reached over TCP within seconds: by
# each other, by a client that was there before, and by newcomers. No call fails. usage: deaf_shards_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
export LATH_UCX_TLS=posix,tcp,self

start_nodes deaf 2 --shards 1 --memory 64MiB
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
[ "${#nodes[@]}" -eq 2 ] || fail "mpirun has ${#nodes[@]} nodes"

mkfifo "$work/line"
exec {line}<>"$work/line"
"$BUILD/tests/mpi/mpi_patient" "file:$cluster" reads 32 <"$work/line" >"$work/client.log" 2>&1 &
client=$!
await 30 grep -q ready "$work/client.log" || fail 'the client was not ready'
lath --cluster-file "$cluster" counter add steps 1

for node in "${nodes[@]}"; do
  holes=$("$BUILD/tests/mpi/mpi_deafen" "$node")
  [ "$holes" -ge 2 ] || fail "a node with a shard and a control thread has $holes queues"
done

echo go >&"$line"
await 40 is_gone_or_zombie "$client" || fail 'the client that was there before hangs'
wait "$client" || fail "the client that was there before: $(cat "$work/client.log")"
slowest=$(sed -n 's/^slowest //p' "$work/client.log")
[ "$slowest" -lt 15000 ] || fail "a get of the client that was there before took $slowest ms"

began=$SECONDS
lath --cluster-file "$cluster" --timeout 10 counter add steps 1 2>"$work/add.log" || fail 'a newcomer cannot add'
grep -q 'answers over TCP and not by shared memory' "$work/add.log" || fail 'the nodes were not deaf: this tests nothing'
adds=$((SECONDS - began))

# The nodes' own: each has noticed, and merge batches flow again.
detoured() {
  lath --cluster-file "$cluster" --timeout 10 --json stats 2>"$work/stats.log" >"$work/stats.json" || return 1
  python3 - "$work/stats.json" <<'EOT'
import json, sys
shards = [entry for entry in json.load(open(sys.argv[1])) if "shard" in entry]
sys.exit(0 if len(shards) == 2 and all(entry["transport_detours"] > 0 and entry["dirty_keys"] == 0 for entry in shards) else 1)
EOT
}
await 40 detoured || fail "the nodes do not reach each other over TCP: $(cat "$work/stats.json")"
total=$(lath --cluster-file "$cluster" --timeout 10 counter get steps 2>/dev/null) || fail 'the counter cannot be read'
[ "$total" = 2 ] || fail "the counter is $total, not 2"

# Idle again, they sleep: UCX, which has a hole in its queue, never lets them.
cpu_ticks() { local sum=0 pid; for pid in "${nodes[@]}"; do sum=$((sum + $(cut -d' ' -f14,15 "/proc/$pid/stat" | tr ' ' +))); done; echo "$sum"; }
ticks=$(cpu_ticks)
sleep 4
ticks=$(($(cpu_ticks) - ticks))
[ "$ticks" -lt "$(getconf CLK_TCK)" ] || fail "two idle nodes took $ticks ticks in 4 s"

stop_nodes "$cluster_pid" || fail "SIGTERM gave status $?"
echo "deaf nodes: a get waited for $slowest ms at most, a newcomer for $adds s"
