#!/usr/bin/env bash
# launch/slurm/embedded.sbatch, and mpirun inside an allocation: nodes inside the ranks of an application, and nodes of a service.
# usage: embedded_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/slurm/machine.sh
. "$(dirname "$0")/machine.sh"
embedded=$(cd "$(dirname "$0")/../../launch/slurm" && pwd)/embedded.sbatch
slurm_up 2

echo 'srun --mpi=pmix: a node in each rank'
submit --nodes=2 "$embedded" insitu --steps 20
ends_with COMPLETED
log_has ' on 2 ranks .* 0 of 40 checks differ' || fail 'not the answer of the application'
submit --nodes=2 --ntasks-per-node=2 "$embedded" wordcount
ends_with COMPLETED
log_has 'equal to the exact count' || fail 'not the answer of the application'

echo 'mpirun in the allocation: a node in each rank'
log=$work/mpirun.log
timeout 60 salloc --nodes=2 --ntasks-per-node=1 --exclusive mpirun --bind-to none insitu --steps 20 >"$log" 2>&1 || fail "status $? of mpirun in an allocation"
log_has ' on 2 ranks .* 0 of 40 checks differ' || fail 'not the answer of the application'

echo 'mpirun in the allocation: a service'
log=$work/service.log
cluster=$work/lath.json
salloc --job-name=lath --nodes=2 --ntasks-per-node=1 --exclusive \
  mpirun --map-by ppr:1:node --bind-to none lathd --shards 1 --memory 64MiB --cluster-file "$cluster" >"$log" 2>&1 &
allocation=$!
cluster_pids+=("$allocation")
await 60 is_ready "$cluster" "$allocation" || fail 'the service was not ready within a minute'
[ "$(lath --cluster-file "$cluster" nodes | grep -c ' alive ')" -eq 2 ] || fail 'not two nodes'
[ "$(hello "file:$cluster" 2>"$work/hello.log")" = 'greeting = hello, lattice' ] || fail 'the C API beside the allocation'
job=$(squeue --noheader --name=lath --format=%i)
# As docs/slurm.md says: not the signals of Slurm or of mpirun.
timeout 30 srun --jobid="$job" --overlap --ntasks-per-node=1 pkill -TERM -x lathd >"$work/pkill.log" 2>&1 || true  # the second finds them gone: here both nodes are one machine
await 60 is_gone_or_zombie "$allocation" || fail 'mpirun did not end with its nodes'
wait "$allocation" || fail "status $? of mpirun"
[ "$(grep -c 'node [01]: stopped$' "$log")" -eq 2 ] || fail 'not each node said that it stopped'
[ ! -e "$cluster" ] || fail 'the cluster file was left behind'

echo 'bad input'
submit "$embedded" "$work/none"
ends_with FAILED 1
[ "$(cat "$log")" = "embedded.sbatch: the program '$work/none' is not there on node1, or may not be run" ] || fail 'a program that is not there is not told in one line'
submit "$embedded"
ends_with FAILED 1
log_has 'no program' || fail 'that there is no program is not told'
submit "$embedded" insitu --steps 10x
ends_with FAILED 2
log_has '10x' || fail "a rank's own error is lost"

slurm_down
echo "slurm: nodes inside the ranks of a job ($SECONDS s)"
