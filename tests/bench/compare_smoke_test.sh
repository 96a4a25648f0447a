#!/usr/bin/env bash
# bench/compare runs, checks answers and writes rows of the promised shape, bench/plot draws its curves, and a peer that does not start
# costs its own rows alone: tiny rounds of all rows whose yardsticks are installed. What the figures are is not looked at.
# usage: compare_smoke_test.sh BUILD_DIR SOURCE_DIR
set -euo pipefail
build=$1 source=$2
if [ "$(nproc)" -lt 2 ]; then
  "$source/bench/compare" --no-install --build "$build" && { echo 'one core was taken for two'; exit 1; }
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compare STATUS ARGUMENT...: a tiny run of bench/compare, which ends with that status.
compare() {
  local wanted=$1 status=0
  shift
  "$source/bench/compare" --quick --no-install --build "$build" --rounds 1 --seconds 0.02 --keys 5000 --records 1000 "$@" || status=$?
  [ "$status" -eq "$wanted" ] || { echo "bench/compare $* ended with $status, not $wanted"; exit 1; }
}
untested() { echo "NOT TESTED: $1 is not installed (launch/install-deps --bench): $2"; }

rows=('by message' onesided window tensors merge mpi gossip) peers=0
if command -v redis-server >/dev/null && command -v redis-benchmark >/dev/null && command -v redis-cli >/dev/null; then
  rows+=(ycsb memory 'an idle node') peers=$((peers + 1))
else
  untested Redis 'the rows of ycsb, memory and idle, and those beside Redis'
fi
if command -v memcached >/dev/null; then
  rows+=('beside memcached') peers=$((peers + 1))
else
  untested memcached 'the rows beside memcached'
fi
if [ "$peers" -eq 2 ]; then rows+=(batches unpipelined); fi  # no text chooses the rows of these sections that are beside Redis alone
if [ -x "$build/bench/lath_bench_tbb_zipf" ]; then
  rows+=(zipf)
else
  untested oneTBB 'the rows of zipf'
fi

compare 0 --json "$work/rows.json" --only "${rows[@]}" >"$work/table.txt"
cat "$work/table.txt"
python3 - "$work/rows.json" "$source/bench" "${rows[@]}" <<'PYTHON'
import json
import sys

sys.dont_write_bytecode = True
path, bench, *words = sys.argv[1:]
sys.path.insert(0, bench)
from harness import specs

rows = json.load(open(path))
assert [row["name"] for row in rows] == [spec.name for spec in specs.chosen(words)], "rows are missing, or more than were asked for"
for row in rows:
    for key in ("name", "unit", "ours", "yardstick", "ratio", "floor", "aim", "met"):
        assert key in row, (row["name"], key)
    assert row["yardstick"] is not None and row["yardstick"] >= 0, row
    if row["ours"] is None:
        assert row["section"] == "onesided" and "no one-sided reads" in row["note"], f"{row['name']} has no figure: {row['note']}"
    assert row["ours"] is None or row["ours"] > 0, row
    assert (row["met"] is None) == (row["floor"] is None or row["ours"] is None), row
PYTHON

# A store that cannot be had has no curves, and fails the run; the others are drawn.
if [ "$peers" -eq 2 ]; then status=0; else status=1; fi
compare "$status" --curves "$work/curves.json"
"$source/bench/plot" "$work/curves.json" "$work/plots"
for name in latency batch value; do
  grep -q '<polyline' "$work/plots/$name.svg" || { echo "$name.svg has no curve"; exit 1; }
done

mkdir "$work/broken"
printf '#!/bin/sh\necho this Redis does not start >&2\nexit 1\n' >"$work/broken/redis-server"
chmod +x "$work/broken/redis-server"
PATH="$work/broken:$PATH" compare 1 --json "$work/broken.json" --only 'get by message, 10 k' ycsb memory 'an idle node' >"$work/broken.txt"
python3 - "$work/broken.json" "$work/broken.txt" <<'PYTHON'
import json
import sys

rows = json.load(open(sys.argv[1]))
table = open(sys.argv[2]).read()
assert {row["section"] for row in rows} == {"message", "ycsb", "memory", "idle"}
for row in rows:
    assert row["name"] in table, f"{row['name']} is not in the table:\n{table}"
    assert (row["ours"] is not None) == (row["section"] == "message"), row
    assert row["ours"] is not None or "this Redis does not start" in row["note"], row
PYTHON

compare 1 --only 'no such row' 2>"$work/refused.txt"
grep -q 'no such row' "$work/refused.txt" || { cat "$work/refused.txt"; exit 1; }
