#!/usr/bin/env bash
# Every counter that `lath stats` shows is explained in docs/operations.md, and every one explained there is shown.
# usage: counters_test.sh BUILD_DIR SOURCE_DIR
set -euo pipefail
BUILD=$1
source=$2
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

start_nodes counted 1 --shards 1 --memory 64MiB
lath --cluster-file "$cluster" --json stats | python3 -c '
import json, sys
for entry in json.load(sys.stdin):
    print(*(name for name in entry if name not in ("node", "shard")), sep="\n")' | sort -u >"$work/shown"
# The tables of counters: those whose first column is headed so.
python3 - "$source/docs/operations.md" <<'EOT' | sort -u >"$work/explained"
import re, sys
counters = False
for line in open(sys.argv[1]):
    if not line.startswith("|"):
        counters = False
    elif line.startswith("| counter"):
        counters = True
    elif counters:
        print(*re.findall("`([a-z_]+)`", line.split("|")[1]), sep="\n")
EOT
[ "$(wc -l <"$work/shown")" -gt 60 ] || fail 'lath stats shows too little to be true'
missing=$(comm -23 "$work/shown" "$work/explained")
[ -z "$missing" ] || fail "docs/operations.md does not explain: $missing"
gone=$(comm -13 "$work/shown" "$work/explained")
[ -z "$gone" ] || fail "lath stats does not show what docs/operations.md explains: $gone"
stop_nodes "$cluster_pid" || fail "the node ended with status $?"
