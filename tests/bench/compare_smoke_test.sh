#!/usr/bin/env bash
# bench/compare runs, checks answers and writes rows of the promised shape: tiny rounds of the rows whose yardsticks need no package
# beyond launch/install-deps --dev. What the figures are is not looked at. usage: compare_smoke_test.sh BUILD_DIR SOURCE_DIR
set -euo pipefail
build=$1 source=$2
if [ "$(nproc)" -lt 2 ]; then
  "$source/bench/compare" --no-install --build "$build" && { echo 'one core was taken for two'; exit 1; }
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$source/bench/compare" --quick --no-install --build "$build" --rounds 1 --seconds 0.02 --keys 5000 --json "$work/rows.json" \
  --only 'by message' onesided window 'table (sm)' gossip >"$work/table.txt"
cat "$work/table.txt"
python3 - "$work/rows.json" <<'PYTHON'
import json
import sys

rows = json.load(open(sys.argv[1]))
names = [row["name"] for row in rows]
assert len(names) == len(set(names)) >= 20, names
for row in rows:
    for key in ("name", "unit", "ours", "yardstick", "ratio", "floor", "aim", "met"):
        assert key in row, (row["name"], key)
    assert row["yardstick"] is not None and row["yardstick"] > 0, row
    assert row["ours"] is not None or row["note"], f"{row['name']}: neither a figure nor why not"
    assert row["ours"] is None or row["ours"] > 0, row
    assert (row["met"] is None) == (row["floor"] is None or row["ours"] is None), row
measured = sum(row["ours"] is not None for row in rows)
assert measured >= 19, f"only {measured} rows have a figure"
PYTHON

status=0
"$source/bench/compare" --no-install --build "$build" --only 'no such row' 2>"$work/refused.txt" || status=$?
if [ "$status" -ne 1 ] || ! grep -q 'no such row' "$work/refused.txt"; then
  echo "an unknown row ended with $status"
  exit 1
fi
