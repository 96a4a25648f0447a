# shellcheck shell=bash
# A Slurm cluster of several nodes on this machine, for one test: munged, slurmctld and a slurmd for each node, as hosts.sh makes hosts.
# Sourced first; needs BUILD.
set -euo pipefail
if [ -z "${inside_hosts:-}" ]; then
  for program in munged slurmctld slurmd srun sbatch; do
    command -v "$program" >/dev/null && continue
    printf '\nSKIPPED: %s is missing, so that no job was tried: launch/install-deps --dev\n\n' "$program"
    exit 77  # SKIP_RETURN_CODE
  done
fi
# shellcheck source=tests/slurm/hosts.sh
. "$(dirname "${BASH_SOURCE[0]}")/hosts.sh"
for name in "${!SLURM_@}" "${!SBATCH_@}"; do unset "$name"; done  # of a job that runs the tests

slurm=$work/slurm
slurm_pids=()   # of every daemon, the first to be ended first

# slurm_up NODES: sets SLURM_CONF, and returns when the nodes take jobs.
slurm_up() {
  local count=$1 name names
  mkdir -m 755 "$slurm" "$slurm"/{state,spool,log,run,tmp,cgroup}
  mkdir -m 700 "$slurm/munge"
  mapfile -t names < <(seq -f 'node%g' "$count")
  network_up "${names[@]}"
  slurm_configuration "$count" >"$slurm/slurm.conf"
  export SLURM_CONF=$slurm/slurm.conf
  # slurmd insists on control groups, and is told to use them for nothing: an empty file system serves, whatever this machine has.
  printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s\n' "$slurm/cgroup" >"$slurm/cgroup.conf"
  mount -t tmpfs -o size=1m tmpfs "$slurm/cgroup"

  (umask 077; head -c 1024 /dev/urandom >"$slurm/munge/key")
  # --force: with a TMPDIR that only root may enter it warns, and goes on.
  munged --foreground --force --socket="$slurm/run/munge" --key-file="$slurm/munge/key" --log-file="$slurm/munge/log" \
    --pid-file="$slurm/munge/pid" --seed-file="$slurm/munge/seed" --num-threads=2 >"$slurm/log/munged.out" 2>&1 &
  local munged=$!
  await 10 test -S "$slurm/run/munge" || slurm_failed 'munged does not listen'
  slurmctld -D -i >"$slurm/log/slurmctld.out" 2>&1 &
  local controller=$!
  for name in "${names[@]}"; do
    mkdir "$slurm/spool/$name"
    mkdir -m 1777 "$slurm/tmp/$name"
    start_host "$name" slurmd -D -N "$name" >"$slurm/log/$name.out" 2>&1
  done
  slurm_pids=("${host_pids[@]}" "$controller" "$munged")
  await 30 nodes_idle "$count" || slurm_failed "$count nodes did not come up within 30 s"
}
nodes_idle() { [ "$(sinfo -h -o '%t %D' 2>/dev/null)" = "idle $1" ]; }

# TmpFS is for PMIx, which has sockets of the node there. Memory is scheduled, and held to by nobody.
slurm_configuration() {
  cat <<CONF
ClusterName=test
SlurmctldHost=login($hosts_address)
SlurmctldPort=6817
AuthType=auth/munge
AuthInfo=socket=$slurm/run/munge
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool/%n
SlurmctldPidFile=$slurm/run/slurmctld.pid
SlurmdPidFile=$slurm/run/%n.pid
SlurmctldLogFile=$slurm/log/slurmctld.log
SlurmdLogFile=$slurm/log/%n.log
TmpFS=$slurm/tmp/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
ReturnToService=2
KillWait=30
MessageTimeout=10
PropagateResourceLimits=NONE
SlurmdParameters=config_overrides
CONF
  for ((i = 1; i <= $1; ++i)); do
    printf 'NodeName=node%d NodeHostname=node%d NodeAddr=%s Port=%d CPUs=2 RealMemory=2000\n' "$i" "$i" "$hosts_address" $((6820 + i))
  done
  printf 'PartitionName=test Nodes=node[1-%d] Default=YES MaxTime=INFINITE State=UP\n' "$1"
}

slurm_failed() {
  for log in "$slurm"/log/*; do printf -- '--- %s\n' "$log" >&2; tail -n 30 "$log" >&2; done
  fail "$@"
}

# submit [sbatch flags] SCRIPT [ARGS...]: sets job=ID and log=FILE, what the job prints.
submit() {
  log=$work/job-$((++submitted)).log
  job=$(sbatch --parsable --chdir="$work" --output="$log" "$@") || fail "sbatch refused: $*"
}
submitted=0
is_over() { [ -z "$(squeue --noheader --jobs="$1" 2>/dev/null)" ]; }
log_has() { grep -qs -- "$1" "$log"; }

# ends_with STATE [STATUS]: the job ends so, within a minute. The status of one that is cancelled is its script's, if that came in time.
ends_with() {
  await 60 is_over "$job" || fail "job $job is not over within a minute: $(squeue --noheader --jobs="$job")"
  local ended
  ended=$(scontrol --oneliner show job "$job" | sed -n 's/.* JobState=\([A-Z]*\) .* ExitCode=\([0-9]*\):.*/\1 \2/p')
  [ "$ended" = "$1 ${2:-0}" ] || [ "$1 ${ended% *}" = 'CANCELLED CANCELLED' ] || fail "job $job ended as $ended, not $1 ${2:-0}"
}

jobs_gone() { ! pgrep -x slurmstepd >"$slurm/steps"; }

# In order, and by pid; what does not end is killed with the namespace.
slurm_down() {
  await 20 jobs_gone || fail "steps are still there: $(cat "$slurm/steps")"
  nothing_left
  for pid in "${slurm_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${slurm_pids[@]}"; do
    await 20 is_gone_or_zombie "$pid" || fail "the Slurm daemon of pid $pid did not end within 20 s"
    wait "$pid" 2>/dev/null || true
  done
  slurm_pids=() host_pids=()
}
slurm_clean_up() {
  kill -TERM "${slurm_pids[@]}" 2>/dev/null || true
  for pid in "${slurm_pids[@]}"; do await 5 is_gone_or_zombie "$pid" || kill -KILL "$pid"; done
  umount "$slurm/cgroup" 2>/dev/null || true
  cluster_clean_up
}
trap slurm_clean_up EXIT
