# shellcheck shell=bash
# Hosts for the tests beside this file: network namespaces, each with its own name, IPC and /dev/shm, so that nothing but the network
# joins them, on one switch (a bridge in a namespace of its own). No namespace has a name: the kernel removes each with its last
# process, and the processes are ended with the test, also where it is killed. What is outside of them is left as it was.
# Sourced; needs BUILD, a build folder. Gives what cluster.sh gives; start_nodes starts a node on each of h1, h2, ...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/shell/cluster.sh
. "$here/../shell/cluster.sh"

kSkipped=77
if [ "$(id -u)" -ne 0 ] || ! unshare -n -m -i -u true 2>/dev/null; then
  echo "SKIP: $(basename "$0") was NOT run: this user may not make network namespaces; run it as root"
  exit "$kSkipped"
fi
for tool in ip nft; do command -v "$tool" >/dev/null || fail "$tool is missing: launch/install-deps --dev"; done

export HOSTS=$work/hosts  # a file for each host, with the pid that holds it
mkdir "$HOSTS" "$work/mpi"
host_count=0
node_count=3

trap 'hosts_clean_up' EXIT
hosts_clean_up() {
  local host
  for host in "$HOSTS"/*; do
    [ ! -e "$host" ] || end_all_on "$(basename "$host")"
  done
  cluster_clean_up
}
end_all_on() {  # HOST: but its holder
  local pid holder
  holder=$(cat "$HOSTS/$1")
  for pid in $(pgrep --ns "$holder" --nslist net); do
    [ "$pid" -eq "$holder" ] || kill -KILL "$pid" 2>/dev/null || true
  done
}

# Runs in the namespaces of a host. In place of the shell: an & behind it gives the command's own pid.
enter() {  # HOST COMMAND...
  local holder
  holder=$(cat "$HOSTS/$1")
  shift
  exec setpriv --pdeathsig KILL nsenter -t "$holder" -n -m -i -u "$@"
}
on() { (enter "$@"); }  # HOST COMMAND...
lath_on() {  # HOST lath's arguments...: within 20 s, whatever happens
  local host=$1
  shift
  on "$host" timeout 20 lath --cluster-file "$cluster" "$@"
}

# HOST: makes its namespaces; /sys is its own, since UCX looks for devices there. Who holds them ends what is left in them once the test
# is gone: where it was killed, the switch is gone too, and mpirun's daemons would not hear that mpirun is.
hold() {
  # shellcheck disable=SC2016  # that shell expands them
  unshare -n -m -i -u bash -euc '
    hostname "$1"
    mount -t sysfs none /sys
    mount -t tmpfs -o size=256m,mode=1777 none /dev/shm
    mount --bind "$2" /etc/hosts
    ip link set lo up
    echo "$$" >"$3/held-$1"
    while kill -0 "$4" 2>/dev/null; do sleep 1; done
    for pid in $(pgrep --ns "$$" --nslist net); do [ "$pid" -eq "$$" ] || kill -KILL "$pid" 2>/dev/null || true; done
    ' hold "$1" "$work/names" "$work" "$$" >"$work/hold-$1.log" 2>&1 &
  cluster_pids+=("$!")
  await 10 test -s "$work/held-$1" || fail "$1: no namespaces"
  mv "$work/held-$1" "$HOSTS/$1"
}

ipv4_of() { printf '10.91.8.%s\n' "${1#h}"; }
second_ipv4_of() { printf '10.92.8.%s\n' "${1#h}"; }  # with add_network
ipv6_of() { printf 'fd91:8::%s\n' "${1#h}"; }

# make_hosts COUNT [MTU] [ipv4|ipv6|both]: h1, h2, ..., each with an eth0. More of them may be made later.
make_hosts() {
  local mtu=${2:-1500} family=${3:-ipv4} first=$((host_count + 1)) number host
  touch "$work/names"
  if [ "$host_count" -eq 0 ]; then
    hold switch
    on switch ip link add br0 type bridge mcast_snooping 0
    on switch ip link set br0 up
  fi
  host_count=$((host_count + $1))
  {
    echo '127.0.0.1 localhost'
    for number in $(seq "$host_count"); do
      [ "$family" = ipv6 ] || echo "$(ipv4_of "h$number") h$number"
      [ "$family" = ipv4 ] || echo "$(ipv6_of "h$number") h$number"
    done
  } >"$work/names"
  for number in $(seq "$first" "$host_count"); do
    host=h$number
    hold "$host"
    plug "$host" eth0 "$host" br0 "$mtu"
    [ "$family" = ipv6 ] || on "$host" ip address add "$(ipv4_of "$host")/24" dev eth0
    [ "$family" = ipv4 ] || on "$host" ip address add "$(ipv6_of "$host")/64" dev eth0 nodad
  done
}

plug() {  # HOST DEVICE CABLE BRIDGE MTU
  on switch ip link add "$3" mtu "$5" type veth peer name "$2" mtu "$5" netns "$(cat "$HOSTS/$1")"
  on switch ip link set "$3" master "$4" up
  on "$1" ip link set "$2" up
}
# A second network for the hosts that there are: an eth1 each, at a bridge of its own. Their names stay those of the first.
add_network() {
  local number host
  on switch ip link add br1 type bridge mcast_snooping 0
  on switch ip link set br1 up
  for number in $(seq "$host_count"); do
    host=h$number
    plug "$host" eth1 "$host-eth1" br1 1500
    on "$host" ip address add "$(second_ipv4_of "$host")/24" dev eth1
  done
}

link() { on switch ip link set "$1" "$2"; }  # HOST|HOST-eth1 up|down: its cable, at the switch

# lose PERCENT HOST...: of the packets that arrive there, at random. 0 ends it.
lose() {
  local percent=$1 host
  shift
  for host in "$@"; do
    on "$host" nft flush ruleset
    [ "$percent" -eq 0 ] || on "$host" nft -f - <<END
table inet lath_test {
  chain arriving {
    type filter hook input priority 0; policy accept;
    iifname != "lo" numgen random mod 1000 < $((percent * 10)) counter drop
  }
}
END
  done
}
lost_at() { on "$1" nft list table inet lath_test | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'; }  # HOST: packets

# Of start_nodes, which calls it in the background: node N - 1 is on hN, and mpirun on h1.
mpirun() {
  local places
  places=$(seq -s, -f 'h%g' "$node_count")
  # By PATH, since mpirun takes the agent for words.
  export PATH=$here:$PATH OMPI_MCA_plm_rsh_agent=agent.sh OMPI_MCA_orte_tmpdir_base=$work/mpi OMPI_MCA_rmaps_base_mapping_policy=ppr:1:node
  enter h1 mpirun --host "$places" "$@"
}
start_host_nodes() { start_nodes "$1" "$node_count" --interface eth0 --shards 1 --memory 64MiB "${@:2}"; }  # NAME [lathd flags]

nodes_on() { pgrep --ns "$(cat "$HOSTS/$1")" --nslist net -x lathd; }  # HOST: pids
stop_host_nodes() {  # and gives the exit status of mpirun
  local number
  for number in $(seq 2 "$node_count"); do
    nodes_on "h$number" | xargs -r kill -TERM
  done
  stop_nodes "$cluster_pid"
}
all_nodes_live() {
  local number
  for number in $(seq "$node_count"); do nodes_on "h$number" >/dev/null || return 1; done
}
