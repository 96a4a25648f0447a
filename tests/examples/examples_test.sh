#!/usr/bin/env bash
# The examples, as the documentation runs them: in a process, beside a cluster of two nodes, and with nodes inside the ranks.
# usage: examples_test.sh BUILD_DIR [PART]     parts: hello service embedded fortran
set -euo pipefail
BUILD=$1
part=${2:-all}
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

hello() {
  for example in hello tensor chunks wordcount insitu; do  # without mpirun, and without a store
    [[ $("$BUILD/examples/$example" --help 2>&1) == "usage: $example ["* ]] || fail "$example --help does not tell its usage"
  done
  for example in hello tensor; do refuses "'more'" "$BUILD/examples/$example" embedded: more; done
  [ "$(hello_says embedded:)" = 'greeting = hello, lattice' ] || fail 'hello in a process'
  says '0 of 60000 elements differ' "$BUILD/examples/tensor"
  says 'edition 2 of 4 chunks: as it was put' "$BUILD/examples/chunks"
  for mib in 0 5000 7x; do refuses "'$mib'" "$BUILD/examples/chunks" embedded: "$mib"; done
}
hello_says() { "$BUILD/examples/hello" "$1" 2>"$work/hello.log"; }

says() {  # TEXT COMMAND...: the command succeeds and its output has the text
  local text=$1
  shift
  timeout 120 "$@" >"$work/run.log" 2>&1 || fail "this failed: $*"
  grep -q "$text" "$work/run.log" || fail "no '$text' from: $*"
}

service() {
  start_nodes service 2
  [ "$(hello_says "file:$cluster")" = 'greeting = hello, lattice' ] || fail 'hello beside a cluster'
  says '0 of 60000 elements differ' "$BUILD/examples/tensor" "file:$cluster"
  says 'edition 2 of 3 chunks: as it was put' "$BUILD/examples/chunks" "file:$cluster" 40
  says 'equal to the exact count' mpirun -n 2 --bind-to none wordcount --store "file:$cluster"
  says ' 0 of 200 checks differ' mpirun -n 2 --bind-to none insitu --store "file:$cluster" --steps 100
  stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
  [ ! -e "$cluster" ] || fail 'the cluster file is still there'
}

# What an example does not understand it names, at once, and does nothing.
refuses() {  # NAME COMMAND...
  local name=$1 status=0
  shift
  timeout 60 "$@" >"$work/refused.log" 2>&1 || status=$?
  [ "$status" -eq 2 ] || fail "status $status, not 2, of: $*"
  grep -q -- "$name" "$work/refused.log" || fail "the error does not name '$name': $*"
}

embedded() {
  mkdir -p "$work/empty"
  refuses '--frob' mpirun -n 2 --bind-to none insitu --frob 1
  refuses '--steps' mpirun -n 2 --bind-to none insitu --steps
  refuses '10x' mpirun -n 2 --bind-to none insitu --steps 10x
  refuses 'from 1 to 1048576' mpirun -n 2 --bind-to none insitu --size 99999999
  for example in wordcount insitu; do refuses 'a store of its own' mpirun -n 2 --bind-to none "$example" --store embedded:; done
  says 'equal to the exact count' mpirun -n 1 --bind-to none wordcount --store embedded:
  refuses '3' mpirun -n 2 --bind-to none insitu --size 3
  (ulimit -v 8000000 && timeout 60 mpirun -n 1 --bind-to none insitu --size 60000 --steps 1) >"$work/refused.log" 2>&1 && fail 'insitu has memory for all'
  grep -q 'insitu: no memory for 60000 rows of 60000 columns.* --size' "$work/refused.log" || fail 'insitu does not say that it has no memory'
  refuses '--frob' mpirun -n 2 --bind-to none wordcount --frob
  refuses "$work" mpirun -n 2 --bind-to none wordcount "$work/empty" "$work"
  refuses "$work/empty" mpirun -n 2 --bind-to none wordcount "$work/empty"
  touch "$work/file"
  refuses "$work/file: Not a directory" mpirun -n 2 --bind-to none wordcount "$work/file"
  refuses "$work/none: No such file" mpirun -n 2 --bind-to none wordcount "$work/none"
  says 'equal to the exact count' mpirun -n 2 --bind-to none wordcount
  # Words whose hashes are as uneven as one directory's in a few hundred: 2.45 % off, which is told and is no failure.
  mkdir "$work/uneven"
  awk 'BEGIN { for (i = 0; i < 12000; ++i) printf "aaj%c%c%c%c\n", 97 + int(i / 17576) % 26, 97 + int(i / 676) % 26, 97 + int(i / 26) % 26, 97 + i % 26 }' \
    >"$work/uneven/words"
  says 'equal to the exact count' mpirun -n 2 --bind-to none wordcount "$work/uneven"
  grep -q '(2.45 % off)' "$work/run.log" || fail 'wordcount does not tell how far off the estimate is'
  grep -q 'over 2 % off, .*by chance' "$work/run.log" || fail 'an estimate that is far off by chance is not told as such'
  mkdir "$work/long"
  head -c 600 /dev/zero | tr '\0' a >"$work/long/word"
  says 'counted 3, 0 of 2 counters differ' mpirun -n 2 --bind-to none wordcount "$work/long"
  says '255 letters' "$BUILD/examples/wordcount" --help
  says ' 0 of 100 checks differ' mpirun -n 2 --bind-to none insitu --steps 50
  says ' 0 of 80 checks differ' mpirun -n 4 --bind-to none insitu --steps 20 --size 64
}

fortran() {  # where there is a Fortran compiler
  [ "$("$BUILD/examples/insitu_fortran" --help 2>&1)" = 'usage: insitu_fortran [STEPS [SIZE]]' ] || fail 'insitu_fortran --help does not tell its usage'
  says ' 0 of 60 checks differ' mpirun -n 2 --bind-to none insitu_fortran 30
  says ' 0 of 80 checks differ' mpirun -n 4 --bind-to none insitu_fortran 20 64
}

case "$part" in
  hello | service | embedded | fortran) "$part" ;;
  all) hello; service; embedded ;;
  *) fail "unknown part '$part'" ;;
esac
