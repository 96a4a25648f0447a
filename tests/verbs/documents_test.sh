#!/usr/bin/env bash
# What docs/softroce.md tells to type is typed, word for word, each block marked sh after the other, and does what is said of it.
# usage: documents_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/verbs/vm.sh
. "$(dirname "$0")/vm.sh"
# The document's build/release is the build that is tested.
mkdir "$work/tree"
cp -r "$source_dir/launch" "$source_dir/docs" "$work/tree"
mkdir "$work/tree/build"
ln -s "$BUILD" "$work/tree/build/release"
cd "$work/tree"

# shellcheck disable=SC2016  # the marks of a block of code
awk -v folder="$work" '/^```sh$/ { file = folder "/block" ++blocks; next } /^```$/ { file = ""; next } file { print >file }' docs/softroce.md
[ "$(find "$work" -maxdepth 1 -name 'block*' | wc -l)" -eq 4 ] || fail 'docs/softroce.md has not the four blocks that are tested here'
says() { grep -qE -- "$1" "$work/said.log" || fail "no '$1': $(cat "$work/said.log")"; }
type_block() {  # NUMBER COMMAND...: what runs it
  "${@:2}" >"$work/said.log" 2>&1 || fail "status $? of block $1: $(cat "$work/said.log")"
}
two_nodes_over_verbs() {
  says '^hello$'
  [ "$(grep -cE '^ +[01] +alive +1 +rc_verbs' "$work/said.log")" -eq 2 ] || fail "not two nodes over rc_verbs: $(cat "$work/said.log")"
  [ "$(grep -c ': stopped$' "$work/said.log")" -eq 2 ] || fail "the nodes did not end in order: $(cat "$work/said.log")"
}

type_block 1 in_vm -- "$here/documents_inside.sh" "$work/block1"
two_nodes_over_verbs
says 'rxe0 over eth0: ACTIVE, added by launch/softroce up'
says 'link rxe0/1 sent_pkts [1-9][0-9]+'
says 'softroce: rxe0 is removed'
echo "softroce up, a cluster, softroce down ($SECONDS s)"

type_block 2 bash -euo pipefail "$work/block2"
says '^link rxe0/1 state ACTIVE'
type_block 3 bash -euo pipefail "$work/block3"
two_nodes_over_verbs
echo "a cluster in a virtual machine ($SECONDS s)"

type_block 4 bash -euo pipefail "$work/block4"
[ "$(grep -cE '^[12]\| .*20 iters in' "$work/said.log")" -eq 2 ] || fail "no ping-pong between two machines: $(cat "$work/said.log")"
echo "verbs: docs/softroce.md, word for word ($SECONDS s)"
