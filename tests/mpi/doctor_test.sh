#!/usr/bin/env bash
# `lath doctor` on this very machine. usage: doctor_test.sh BUILD_DIR
set -euo pipefail
lath=$1/launch/lath
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { printf 'doctor_test: %s\n' "$*" >&2; exit 1; }

# A machine on which the tests run is one on which Lath runs: nothing is bad, and JSON says the same.
env -u LATH_CLUSTER_FILE "$lath" doctor >"$scratch/text" || { cat "$scratch/text"; fail "something is bad"; }
cat "$scratch/text"
grep -q '^ok    UCX: version ' "$scratch/text" || fail "UCX is not told"
env -u LATH_CLUSTER_FILE "$lath" --json doctor >"$scratch/json"
python3 -c 'import json, sys; f = json.load(open(sys.argv[1]))["findings"]; assert len(f) > 5
assert all((e["verdict"] == "ok") == ("remedy" not in e) for e in f)' "$scratch/json" || fail "the JSON is not what was agreed"

# Transports that reach nobody, a misspelt setting, and a cluster file that is not there.
if UCX_TLS=self "$lath" doctor >"$scratch/text" 2>&1; then fail "UCX_TLS=self was accepted"; fi
grep -q 'unset UCX_TLS' "$scratch/text" || fail "no remedy for UCX_TLS=self"
LATH_SHARD=2 "$lath" doctor | grep -q 'LATH_SHARD ' || fail "LATH_SHARD was not told"
if "$lath" --cluster-file "$scratch/none.json" doctor >"$scratch/text"; then fail "a missing cluster file was accepted"; fi
grep -q 'lathd --cluster-file' "$scratch/text" || fail "no remedy for a missing cluster file"
