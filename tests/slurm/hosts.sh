# shellcheck shell=bash
# This machine as several hosts, for one test. Sourced first; needs BUILD. It starts the test anew inside namespaces of its own (processes,
# network, mounts, hostname, IPC): no port and no process of the machine is touched, and whatever ends the test ends what it started. Each
# host has a name, an IPC namespace and a /dev/shm of its own; the network is one for all, and so are files.
set -euo pipefail
skip() {
  printf '\nSKIPPED: %s\nSKIPPED: nothing of %s was tried\n\n' "$*" "$(basename "$0")"
  exit 77  # SKIP_RETURN_CODE
}
if [ -z "${inside_hosts:-}" ]; then
  namespaces=(unshare --net --ipc --uts --pid --mount --fork --kill-child --mount-proc)
  [ "$(id -u)" -eq 0 ] || skip 'only root may make hosts of a machine: run the test as root'
  "${namespaces[@]}" true 2>/dev/null || skip 'this user may not make namespaces'
  inside_hosts=yes exec "${namespaces[@]}" "$0" "$@"
fi
unset inside_hosts
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/../shell/cluster.sh"

hosts_address=10.91.8.1
host_pids=()  # of what start_host started

# network_up [NAME...]: one network, and names that stand for it.
network_up() {
  chmod 755 "$work"  # the users of jobs enter it
  mount -t sysfs none /sys  # UCX looks for its devices there, and finds those of the network that it was mounted in
  ip link set lo up
  ip link add latha type veth peer name lathb
  ip address add "$hosts_address/24" dev latha
  ip link set latha up
  ip link set lathb up
  hostname login
  { printf '127.0.0.1 localhost\n'; printf "$hosts_address %s\n" login "$@"; } >"$work/hosts"
  mount --bind "$work/hosts" /etc/hosts
}

# start_host NAME COMMAND...: the command, and with it the host, until it ends. In the background.
start_host() {
  # shellcheck disable=SC2016  # for the shell of the host
  unshare --uts --ipc --mount bash -c 'hostname "$1" && mount -t tmpfs -o size=256m,mode=1777 tmpfs /dev/shm && shift && exec "$@"' bash "$@" &
  host_pids+=("$!")
}

# on_host INDEX COMMAND...: the command may be a function.
on_host() {
  local pid=${host_pids[$1]}
  shift
  nsenter -t "$pid" --uts --ipc --mount bash -c "$(declare -f); \"\$@\"" bash "$@"
}

# Nothing of a job on any host: no process, and no shared memory.
nothing_left() {
  local left
  left=$(ps -C lathd,slurmstepd,srun,mpirun,orted,hello,insitu,wordcount -o stat=,pid=,comm= | grep -v '^Z' || true)
  [ -z "$left" ] || fail "processes were left behind: ${left//$'\n'/, }"
  for i in "${!host_pids[@]}"; do
    left=$(on_host "$i" shared_memory_left '')
    [ -z "$left" ] || fail "shared memory was left behind on host $i: ${left//$'\n'/, }"
  done
}
