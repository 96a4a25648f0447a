#!/usr/bin/env bash
# `lath doctor` on this very machine. usage: doctor_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
lath=$BUILD/launch/lath
scratch=$work

# A machine on which the tests run is one on which Lath runs: nothing is bad, and JSON says the same.
env -u LATH_CLUSTER_FILE "$lath" doctor >"$scratch/text" || { cat "$scratch/text"; fail "something is bad"; }
cat "$scratch/text"
grep -q '^ok    UCX: version ' "$scratch/text" || fail "UCX is not told"
env -u LATH_CLUSTER_FILE "$lath" --json doctor >"$scratch/json"
python3 -c 'import json, sys; f = json.load(open(sys.argv[1]))["findings"]; assert len(f) > 5
assert all((e["verdict"] == "ok") == ("remedy" not in e) for e in f)' "$scratch/json" || fail "the JSON is not what was agreed"

# Transports that reach nobody, a misspelt setting, and a cluster file that is not there.
if UCX_TLS=self "$lath" doctor >"$scratch/text" 2>&1; then fail "UCX_TLS=self was accepted"; fi
grep -q 'unset UCX_TLS' "$scratch/text" || fail "no remedy for UCX_TLS=self"
LATH_SHARD=2 "$lath" doctor | grep -q 'LATH_SHARD ' || fail "LATH_SHARD was not told"
if "$lath" --cluster-file "$scratch/none.json" doctor >"$scratch/text"; then fail "a missing cluster file was accepted"; fi
grep -q 'lathd --cluster-file' "$scratch/text" || fail "no remedy for a missing cluster file"

HWLOC_SYNTHETIC='core:4 pu:1' "$lath" doctor >"$scratch/text" || fail "made-up cores are no fault"
grep -A1 '^warn  cores: .*HWLOC_SYNTHETIC' "$scratch/text" | grep -q -- '-> unset HWLOC_SYNTHETIC' || fail "made-up cores are not told"
! grep -q '^ok    cores' "$scratch/text" || fail "made-up cores are well"

# A cluster: the way to each node, and a better one that the settings forbid.
start_nodes two 2 --shards 1 --memory 64MiB
"$lath" --cluster-file "$cluster" doctor >"$scratch/text" || { cat "$scratch/text"; fail "a healthy cluster is bad"; }
for node in 0 1; do
  grep -qE "^ok    node $node on [^,]*, way: [a-z,]*(posix|sysv)[a-z,]*, on this host" "$scratch/text" || fail "the way to node $node is not told"
done
LATH_UCX_TLS=tcp,self "$lath" --cluster-file "$cluster" doctor >"$scratch/text" || fail "a slow way is no fault"
grep -A1 '^warn  node 1 .*way: tcp, on this host, but not by shared memory' "$scratch/text" | grep -q -- '-> .*LATH_UCX_TLS' || fail "the slow way has no remedy"
"$lath" --cluster-file "$cluster" nodes | grep -qE '^ +1 +alive +1 +[a-z,]*(posix|sysv)' || fail "lath nodes does not show the way"
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"

# A node that is stopped: its machine takes the connection, and it is told on which host to do what; not to call doctor, nor to change
# UCX's settings.
start_nodes stopped 2 --shards 1 --memory 64MiB
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
for stopped in "${nodes[@]}"; do
  if tr '\0' '\n' <"/proc/$stopped/environ" | grep -x OMPI_COMM_WORLD_RANK=1 >/dev/null; then break; fi
done
kill -STOP "$stopped"
status=0
"$lath" --cluster-file "$cluster" doctor >"$scratch/text" 2>&1 || status=$?
began=$SECONDS
"$lath" --cluster-file "$cluster" --timeout 5 doctor >"$scratch/patient" 2>&1 || true
patience=$((SECONDS - began))
kill -CONT "$stopped"
[ "$patience" -ge 9 ] || fail "lath --timeout 5 doctor asks a port and a shard that say nothing, and ends after $patience s"
cat "$scratch/text"
[ "$status" -eq 1 ] || fail "a node that is stopped is well: status $status"
grep -A1 '^bad   node 1 .*contact port: its machine answers at .*stopped or overloaded' "$scratch/text" |
  grep -q -- "-> on $(hostname): ps -C lathd .*kill -CONT" || fail "no finding, or no remedy, for a node that is stopped"
grep -A1 '^bad   node 1 .*data path: shard 0: no answer in time' "$scratch/text" | grep -q -- '-> on .*kill -CONT' || fail "no remedy for its shards"
grep 'node 1' -A1 "$scratch/text" | grep 'lath doctor' && fail 'who calls doctor is told to call doctor'
"$lath" --cluster-file "$cluster" doctor >"$scratch/text" || { cat "$scratch/text"; fail "a node that goes on is bad"; }
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"

# A node that was killed: it is told where to look for it, and not to change UCX's settings.
export OMPI_MCA_orte_enable_recovery=1  # mpirun would end the other one
start_nodes killed 2 --shards 1 --memory 64MiB
mapfile -t nodes < <(pgrep -P "$cluster_pid" -x lathd)
kill -KILL "${nodes[1]}"
await 10 is_gone_or_zombie "${nodes[1]}" || fail 'it was killed'
if "$lath" --cluster-file "$cluster" doctor >"$scratch/text" 2>&1; then fail "a node that was killed is well"; fi
cat "$scratch/text"
grep -A1 '^bad   node 1 .*contact port: its machine answers but nothing listens at ' "$scratch/text" | grep -q -- '-> .*pgrep lathd' || fail "no remedy for a node that was killed"
grep -A1 '^bad   node 1 .*data path: shard 0: it does not answer' "$scratch/text" | grep -q -- '-> .*pgrep lathd' || fail "no finding for its shards"
status=0
"$lath" --cluster-file "$cluster" stats >"$scratch/stats" 2>&1 || status=$?
[ "$status" -eq 1 ] || fail "lath stats with a node that was killed: status $status"
grep -q 'node 1 shard 0: the shard does not answer: .*lath doctor' "$scratch/stats" || fail 'lath stats does not tell of the shard that is gone'
grep -q 'node 0 shard 0' "$scratch/stats" || fail 'lath stats does not show the shard that is there'
grep -q 'node 1 .*way:' "$scratch/text" && fail 'a way to a node that was killed'
grep -qE '^ok    node 0 .*, data path: 1 shard answers, in [0-9.]+ [um]s$' "$scratch/text" || fail "the node that is there is not told"
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
