#!/usr/bin/env bash
# launch/quickstart in this tree, as the README has it: ends well, shows what it did, and leaves nothing but its build.
# usage: quickstart_test.sh SOURCE_DIR
set -euo pipefail
source_dir=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; tail -n 60 "$work/quickstart.log" >&2; exit 1; }

mkdir "$work/tmp"
TMPDIR=$work/tmp "$source_dir/launch/quickstart" >"$work/quickstart.log" 2>&1 || fail "it ended with status $?"
for words in 'greeting = hello, lattice' 'equal to the exact count' 'operations/s' 'no process, no shared memory and no file is left' 'All of it worked'; do
  grep -q "$words" "$work/quickstart.log" || fail "it does not say '$words'"
done
left=$(find "$work/tmp" -mindepth 1 -print -quit)
[ -z "$left" ] || fail "it leaves $left"
grep -E '^\[ *[0-9]+ s\]' "$work/quickstart.log"
