#!/usr/bin/env bash
# What docs/slurm.md tells to type is typed, word for word, each block marked sh after the other, and does what is said of it.
# usage: documents_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/slurm/machine.sh
. "$(dirname "$0")/machine.sh"
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
slurm_up 2
export HOME=$work/home
mkdir "$HOME"
ln -s "$source_dir/launch" "$HOME/launch"
cd "$HOME"

# shellcheck disable=SC2016  # the marks of a block of code
awk -v folder="$work" '/^```sh$/ { file = folder "/block" ++blocks; next } /^```$/ { file = ""; next } file { print >file }' "$source_dir/docs/slurm.md"
type_block() {  # NUMBER: what the commands say is in said.log
  timeout 100 bash -euo pipefail "$work/block$1" >"$work/said.log" 2>&1 || fail "status $? of block $1: $(cat "$work/block$1")"
  await 60 no_job || fail "jobs are left after block $1: $(squeue)"
}
no_job() { [ -z "$(squeue --noheader 2>/dev/null)" ]; }
says() { grep -q -- "$1" "$2" || fail "no '$1' in $2: $(cat "$2")"; }
log_of() { printf '%s/%s-%s.log\n' "$HOME" "$1" "$(sed -n "s/^Submitted batch job //p" "$work/said.log" | sed -n "$2p")"; }

[ "$(find "$work" -maxdepth 1 -name 'block*' | wc -l)" -eq 4 ] || fail 'docs/slurm.md has not the four blocks that are tested here'
echo 'a service'
type_block 1
says '^hello$' "$work/said.log"
says 'lathd: 2 nodes x [0-9]* shards\? ready' "$(log_of lath 1)"
[ "$(grep -c ': stopped$' "$(log_of lath 1)")" -eq 2 ] || fail 'the service did not end in order'
[ ! -e "$HOME/lath.json" ] || fail 'the cluster file was left behind'

echo 'beside an application'
type_block 2
says 'equal to the exact count' "$(log_of lath-beside 1)"
says '^b$' "$(log_of lath-beside 2)"

echo 'inside an application'
type_block 3
says ' on 2 ranks .* 0 of 100 checks differ' "$(log_of lath-embedded 1)"

echo 'mpirun in an allocation'
type_block 4
[ "$(grep -c ' alive ' "$work/said.log")" -eq 2 ] || fail "not two nodes: $(cat "$work/said.log")"
[ "$(grep -c ': stopped$' "$work/said.log")" -eq 2 ] || fail 'the nodes did not end in order'
[ ! -e "$HOME/mpirun.json" ] || fail 'the cluster file was left behind'

echo 'each error that it explains is one that a job has'
# shellcheck disable=SC2016  # the marks of what a job says
sed -n '/^## What a job says/,/^## Modules/s/^| \(`.*`\) | .*/\1/p' "$source_dir/docs/slurm.md" | grep -oE '`[^`]+`' | tr -d '`' >"$work/errors"
[ "$(wc -l <"$work/errors")" -ge 8 ] || fail "only these errors were found: $(cat "$work/errors")"
while IFS= read -r error; do
  # What stands for a number, a size or a path is one of the script's variables.
  pattern=$(sed -E "s/[0-9]+ MiB/[^ ]* MiB/g; s/[0-9]+GiB/[^ ]*/; s/'\.\.\.'/'[^']*'/" <<<"$error")
  grep -qE -- "$pattern" "$source_dir"/launch/slurm/*.sbatch || fail "no job says '$error'"
done <"$work/errors"

cd "$work"
slurm_down
echo "slurm: docs/slurm.md, word for word ($SECONDS s)"
