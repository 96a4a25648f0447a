#!/usr/bin/env bash
# Plain mpirun with a hostfile: nodes on two hosts, a client on a third, and an application with nodes inside its ranks. Without Slurm.
# usage: hostfile_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/slurm/hosts.sh
. "$(dirname "$0")/hosts.sh"
# These have no address that mpirun knows, or it would take them for this host: what it starts there goes by the agent, in place of ssh.
# shellcheck disable=SC2119  # no names
network_up
for name in near far; do
  start_host "$name" sleep 600
  printf '%s\n' "${host_pids[-1]}" >"$work/$name.pid"
  cluster_pids+=("${host_pids[-1]}")
  printf '%s slots=2\n' "$name" >>"$work/hostfile"
done
cat >"$work/agent" <<AGENT
#!/usr/bin/env bash
set -euo pipefail
pid=\$(cat "$work/\$1.pid")
shift
exec nsenter -t "\$pid" --uts --ipc --mount sh -c "\$*"
AGENT
chmod +x "$work/agent"
export OMPI_MCA_plm_rsh_agent=$work/agent
is_named() { [ "$(on_host "$1" hostname)" = "$2" ]; }
await 10 is_named 0 near || fail 'there is no host near'
await 10 is_named 1 far || fail 'there is no host far'

echo 'a service of two hosts'
cluster=$work/lath.json
mpirun --hostfile "$work/hostfile" --map-by ppr:1:node --bind-to none lathd --shards 1 --memory 64MiB --cluster-file "$cluster" >"$work/service.log" 2>&1 &
service=$!
cluster_pids+=("$service")
await 60 is_ready "$cluster" "$service" || fail 'the service was not ready within a minute'
[ -e "$cluster" ] || fail 'the nodes ended before they were ready'
shown=$(lath --cluster-file "$cluster" nodes)
for name in near far; do grep -q " alive .* $name\$" <<<"$shown" || fail "no node on $name: $shown"; done
[ "$(hello "file:$cluster" 2>"$work/hello.log")" = 'greeting = hello, lattice' ] || fail 'a client of a third host'
pkill -TERM -x lathd  # those of this test alone: it has its own processes
await 60 is_gone_or_zombie "$service" || fail 'mpirun did not end with its nodes'
wait "$service" || fail "status $? of mpirun"
if [ -e "$cluster" ] || [ -e "$cluster.key" ]; then fail 'the cluster file or its key was left behind'; fi

echo 'a node inside each of four ranks, two on a host'
timeout 120 mpirun --hostfile "$work/hostfile" --bind-to none insitu --steps 20 >"$work/insitu.log" 2>&1 || fail "status $? of the application"
grep -q ' on 4 ranks .* 0 of 80 checks differ' "$work/insitu.log" || fail 'not the answer of the application'

nothing_left
echo "mpirun --hostfile: a service and an application ($SECONDS s)"
