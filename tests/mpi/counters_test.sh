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
python3 - "$source/docs/operations.md" >"$work/named" <<'EOT'
import re, sys
for line in open(sys.argv[1]):
    if line.startswith("| `"):
        print(*re.findall("`([a-z_]+)`", line.split("|")[1]), sep="\n")
EOT
sort -u "$work/named" >"$work/all-explained"
[ "$(wc -l <"$work/shown")" -gt 60 ] || fail 'lath stats shows too little to be true'
missing=$(comm -23 "$work/shown" "$work/all-explained")
[ -z "$missing" ] || fail "docs/operations.md does not explain: $missing"
# The tables of other matters have first columns of one word too: only names like a counter's count.
gone=$(comm -13 "$work/shown" "$work/all-explained" | grep -E '^(contact|control|transport|dropped|batches|merges|keys|peers|store|sessions|frame)_' || true)
[ -z "$gone" ] || fail "lath stats does not show what docs/operations.md explains: $gone"
stop_nodes "$cluster_pid" || fail "the node ended with status $?"
