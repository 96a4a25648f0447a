# shellcheck shell=bash
# For the shell tests: clusters that are started, awaited and stopped, and nothing left behind. Sourced; needs BUILD (a build folder).
# A test sets -euo pipefail itself, sources this, and may then use $work, a folder that goes when the test ends.
set -euo pipefail
# shellcheck source=launch/surroundings.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../launch/surroundings.sh"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
forget_settings
PATH=$BUILD/launch:$BUILD/examples:$PATH
work=$(mktemp -d)
cluster_pids=()  # of every mpirun or lathd that this test started and has not stopped

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  for log in "$work"/*.log; do
    [ -s "$log" ] && { printf -- '--- %s\n' "$log" >&2; tail -n 40 "$log" >&2; }
  done
  exit 1
}

# Calls the command until it succeeds, for at most SECONDS.
await() {  # SECONDS COMMAND...
  local deadline=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# expect_nothing_left BEFORE: of shared memory, since BEFORE was what shared_memory said.
expect_nothing_left() {
  local left
  left=$(shared_memory_left "$1")
  [ -z "$left" ] || fail "shared memory was left behind: ${left//$'\n'/, }"
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# start_nodes NAME COUNT [lathd flags]: sets cluster=FILE and cluster_pid, and returns when the nodes are ready.
start_nodes() {
  local name=$1 count=$2
  shift 2
  cluster=$work/$name.json
  mpirun -n "$count" --bind-to none lathd --cluster-file "$cluster" "$@" >"$work/$name.log" 2>&1 &
  cluster_pid=$!
  cluster_pids+=("$cluster_pid")
  await 60 is_ready "$cluster" "$cluster_pid" || fail "$count nodes were not ready within a minute"
  [ -e "$cluster" ] || fail "$count nodes ended before they were ready"
}
is_ready() { [ -e "$1" ] || is_gone "$2"; }

# stop_nodes PID: asks the nodes under that mpirun (or that lathd), waits, and gives the exit status. Not mpirun itself: it would end
# them with SIGKILL after a second.
stop_nodes() {
  local pid=$1 status=0 left=() nodes=()
  mapfile -t nodes < <(pgrep -P "$pid" -x lathd || printf '%s\n' "$pid")
  kill -TERM "${nodes[@]}" 2>/dev/null || true
  await 30 is_gone_or_zombie "$pid" || { kill -KILL "$pid"; fail "pid $pid did not end within 30 s of SIGTERM"; }
  wait "$pid" 2>/dev/null || status=$?
  for other in "${cluster_pids[@]}"; do [ "$other" = "$pid" ] || left+=("$other"); done
  cluster_pids=("${left[@]+"${left[@]}"}")
  return "$status"
}
is_gone_or_zombie() {
  local state
  state=$(ps -o stat= -p "$1" 2>/dev/null) || return 0
  [[ $state == Z* ]]
}

cluster_clean_up() {
  for pid in "${cluster_pids[@]+"${cluster_pids[@]}"}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${cluster_pids[@]+"${cluster_pids[@]}"}"; do
    await 30 is_gone_or_zombie "$pid" || { pkill -KILL -P "$pid" || true; kill -KILL "$pid" 2>/dev/null || true; }  # mpirun can hang at SIGTERM
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap cluster_clean_up EXIT
