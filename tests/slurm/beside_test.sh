#!/usr/bin/env bash
# launch/slurm/beside.sbatch: the application has the service while it runs, the job its exit status, and both are gone afterwards.
# usage: beside_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/slurm/machine.sh
. "$(dirname "$0")/machine.sh"
beside=$(cd "$(dirname "$0")/../../launch/slurm" && pwd)/beside.sbatch
slurm_up 2
export LATH_SHARDS=1 LATH_MEMORY=64MiB
in_order() {
  [ "$(grep -c 'node [01]: stopped$' "$log")" -eq "$1" ] || fail "not $1 nodes said that they stopped"
  [ -z "$(find "$work" -name 'lath-*.json*')" ] || fail 'a cluster file or its key was left behind'
  await 20 jobs_gone || fail "steps are still there: $(cat "$slurm/steps")"
  nothing_left
}

echo 'an application by srun, on the nodes of the service'
submit --nodes=2 "$beside" srun insitu --store '{}' --steps 20
ends_with COMPLETED
log_has ' on 2 ranks .* 0 of 40 checks differ' || fail 'not the answer of the application'
in_order 2

echo 'an application by mpirun'
submit --nodes=2 --ntasks-per-node=1 "$beside" mpirun --bind-to none insitu --store '{}' --steps 20
ends_with COMPLETED
log_has ' on 2 ranks .* 0 of 40 checks differ' || fail 'not the answer of the application'
in_order 2

echo 'a script with lath in it, and its exit status'
# shellcheck disable=SC2016  # for the shell of the application
submit "$beside" bash -c 'lath put a "b c" && [ "$(lath get a)" = "b c" ] && hello "$1" && exit 7' bash '{}'
ends_with FAILED 7
log_has '^greeting = hello, lattice$' || fail 'not the answer of the application'
in_order 1

echo 'cancelled while the application runs'
submit --nodes=2 "$beside" srun sleep 300
is_serving() { [ -e "$work/lath-$job.json" ]; }
await 60 is_serving || fail 'the service was not ready'
scancel "$job"
ends_with CANCELLED
in_order 2

echo 'the service cannot start: the job does not wait for it'
LATH_REPLICATION=none submit --nodes=2 "$beside" hello '{}'
ends_with FAILED 2
log_has "setting 'replication'" || fail 'what is wrong is not told'
LATH_INTERFACE=none7 submit --nodes=2 "$beside" hello '{}'
ends_with FAILED 1
log_has "'none7'" || fail 'what is wrong is not told'
log_has '^beside.sbatch: the service ended before it was ready' || fail 'that the service did not start is not told'
LATH_MEMORY=4GiB submit --mem=1G "$beside" hello '{}'
ends_with FAILED 1
[ "$(cat "$log")" = 'beside.sbatch: the job has 1024 MiB on each node, and a table of 4GiB needs 4352 MiB: sbatch --mem=4352M, or a lower LATH_MEMORY' ] ||
  fail 'too little memory is not told in one line'
submit "$beside"
ends_with FAILED 1
log_has 'no application' || fail 'that there is no application is not told'
nothing_left

slurm_down
echo "slurm: an application and its service in one job ($SECONDS s)"
