#!/usr/bin/env bash
# launch/slurm/service.sbatch: a job of two nodes that clients outside of it use, and that ends in order however it is told to end.
# usage: service_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/slurm/machine.sh
. "$(dirname "$0")/machine.sh"
service=$(cd "$(dirname "$0")/../../launch/slurm" && pwd)/service.sbatch
slurm_up 2
cluster=$work/lath.json
small=(--shards 1 --memory 64MiB)

is_up() { [ -e "$cluster" ] || is_over "$job"; }
start_service() {  # [sbatch flags]
  submit --nodes=2 "$@" "$service" "$cluster" "${small[@]}"
  await 60 is_up || fail 'the service was not ready within a minute'
  [ -e "$cluster" ] || fail 'the job ended before the service was ready'
}
serves() {  # a client on no node of the job
  lath put greeting 'hello, lattice' >"$work/put.out" || fail 'nothing can be put'
  [ "$(lath get greeting)" = 'hello, lattice' ] || fail 'what was put is not read'
  [ "$(lath nodes | grep -c ' alive .* node[12]$')" -eq 2 ] || fail "not a node on each of two hosts: $(lath nodes)"
  [ "$(hello "file:$cluster" 2>"$work/hello.log")" = 'greeting = hello, lattice' ] || fail 'the C API beside the job'
}
export LATH_CLUSTER_FILE=$cluster
ended_in_order() {
  [ "$(grep -c 'node [01]: stopped$' "$log")" -eq 2 ] || fail 'not each node said that it stopped'
  if [ -e "$cluster" ] || [ -e "$cluster.key" ]; then fail 'the cluster file or its key was left behind'; fi
  await 20 jobs_gone || fail "steps are still there: $(cat "$slurm/steps")"
  nothing_left
}

echo 'scancel'
start_service
serves
scancel "$job"
ends_with CANCELLED
ended_in_order

echo 'scancel --signal=TERM: the same, and the job has the exit status of the service'
start_service
serves
scancel --signal=TERM "$job"
ends_with COMPLETED
ended_in_order

echo 'its time is over: --signal comes first'
start_service --time=1
serves
await 100 is_over "$job" || fail 'the job did not end with its time'
ends_with COMPLETED
ended_in_order

echo 'cancelled before it is ready'
submit --nodes=2 "$service" "$cluster" "${small[@]}"
# shellcheck disable=SC2009  # pgrep does not tell it from lathd --print-config, which ran before
has_lathd() { ps -C lathd -o args= | grep -q -- --cluster-file; }
await 30 has_lathd || fail 'the job did not start'
scancel "$job"
ends_with CANCELLED
await 20 jobs_gone || fail "steps are still there: $(cat "$slurm/steps")"
if [ -e "$cluster" ] || [ -e "$cluster.key" ]; then fail 'the cluster file or its key was left behind'; fi
nothing_left

echo 'killed, with no time for anything: what it left is replaced by the next'
start_service
pkill -KILL -x lathd  # those of this test alone: it has its own processes
ends_with FAILED 137
[ -e "$cluster" ] || fail 'a killed service has removed its cluster file'
submit --nodes=2 "$service" "$cluster" "${small[@]}"
is_replaced() { log_has 'ready, cluster file'; }
await 60 is_replaced || fail 'the next service was not ready within a minute'
log_has 'replacing the stale cluster file' || fail 'that the cluster file was stale is not told'
serves
scancel --signal=TERM "$job"
ends_with COMPLETED
[ ! -e "$cluster" ] || fail 'the cluster file was left behind'

echo 'what cannot be is told in one line, by the job'
refused() {  # NAME [sbatch flags] SCRIPT [ARGS]: the job fails with one line that has NAME in it
  local name=$1
  shift
  submit "$@"
  ends_with FAILED "${expected_status:-1}"
  grep -qF -- "$name" "$log" || fail "the error does not name '$name': $*"
  [ "$(grep -vc '^srun: error: ' "$log")" -eq 1 ] || fail "more than one error: $*"
}
refused 'no cluster file' "$service"
refused "folder '$work/none' is not there on node1" "$service" "$work/none/lath.json"
refused 'the job has 300 MiB on each node, and a table of 64MiB needs 320 MiB: sbatch --mem=320M' --mem=300M "$service" "$cluster" --memory 64MiB
sed '/^#SBATCH --mem=0$/d' "$service" >"$work/edited.sbatch"
refused 'the job has 200 MiB on each node, and a table of 1GiB needs 1280 MiB' --mem-per-cpu=100M "$work/edited.sbatch" "$cluster"
LATH_MEMORY=100GiB refused 'a table of 100GiB' --mem=500M "$service" "$cluster"
expected_status=2 refused '--frob' "$service" "$cluster" --frob
PATH=/usr/bin:/bin refused 'lathd is not in PATH' "$service" "$cluster"
if sbatch --mem=1T "$service" "$cluster" 2>"$work/sbatch.log"; then fail 'Slurm has 1 TiB on a node'; fi
nothing_left

slurm_down
echo "slurm: a service job serves and ends in order ($SECONDS s)"
