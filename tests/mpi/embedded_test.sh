#!/usr/bin/env bash
# lath_open_mpi puts a node into every rank: 1, 2 and 4 ranks count together exactly, and leave nothing behind. With the option contact
# other clients get in, by the key of the option key_file, and only by that.
# usage: embedded_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
# shellcheck source=tests/shell/refuses.sh
. "$(dirname "$0")/../shell/refuses.sh"
before=$(shared_memory)
for ranks in 1 2 4; do
  timeout 90 mpirun -n "$ranks" --bind-to none "$BUILD/tests/mpi/mpi_embedded" 200 >"$work/embedded.log" 2>&1 || fail "$ranks ranks: status $?"
  grep -q "embedded: $ranks ranks agree" "$work/embedded.log" || fail "$ranks ranks did not agree"
  cat "$work/embedded.log"
done
# More ranks than cores, or as many: which node the ranks' own threads warn of is told.
LATH_SHARDS=$(nproc) timeout 90 mpirun -n 4 --bind-to none "$BUILD/tests/mpi/mpi_embedded" 50 >"$work/crowded.log" 2>&1 || fail "crowded ranks: status $?"
grep -qE ' warning node 0: .*share cores' "$work/crowded.log" || fail 'no warning names node 0'
grep -E ' (warning|error) app: ' "$work/crowded.log" && fail 'a line names no node'
# A setting that cannot be is everybody's error, and nobody hangs.
status=0
LATH_SHARDS=0 timeout 60 mpirun -n 2 --bind-to none "$BUILD/tests/mpi/mpi_embedded" >"$work/refused.log" 2>&1 || status=$?
case "$status" in 0 | 124) fail "LATH_SHARDS=0 gave status $status" ;; esac
grep -q "'shards'" "$work/refused.log" || fail 'the error does not name the setting'
timeout 60 mpirun -n 2 --bind-to none "$BUILD/tests/mpi/mpi_odd_communicators" >"$work/odd.log" 2>&1 || fail 'an odd communicator was not refused'

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
make_key() { (umask 077; od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$1"); }
make_key "$work/key"
make_key "$work/other.key"
embedded=$BUILD/tests/mpi/mpi_embedded
enters() { lath --store "tcp://127.0.0.1:$port" --key-file "$work/key" --timeout 5 "$@" >"$work/entered.log" 2>&1; }

# One rank accepts clients, which is not the first: they see what all ranks counted, and go on where the ranks are.
port=$(free_port)
mpirun --bind-to none -n 1 "$embedded" 200 "" "" go : -n 1 "$embedded" 200 "127.0.0.1:$port" "$work/key" go >"$work/contact.log" 2>&1 &
ranks=$!
cluster_pids+=("$ranks")
await 60 enters counter get counter/0 || fail 'no client gets in at the contact of an embedded node'
refuses LATH_E_DENIED -- lath --store "tcp://127.0.0.1:$port" --key-file "$work/other.key" --timeout 5 get go
counts_all() { enters counter get counter/0 && [ "$(cat "$work/entered.log")" = 60 ]; }
await 30 counts_all || fail "a client reads $(cat "$work/entered.log"), and not what two ranks added"
enters put go now || fail 'a client cannot put'
status=0
wait "$ranks" || status=$?
cluster_pids=()
[ "$status" -eq 0 ] || fail "the ranks ended with status $status"
grep -q 'embedded: 2 ranks agree on 60' "$work/contact.log" || fail 'the two ranks did not agree'

# The same of a process alone.
port=$(free_port)
LATH_CONTACT=127.0.0.1:$port LATH_KEY_FILE=$work/key LATH_MEMORY=64MiB lath --store embedded: --timeout 60 wait go >"$work/alone.log" 2>&1 &
alone=$!
cluster_pids+=("$alone")
await 60 enters put go now || fail 'no client gets in at the contact of a process alone'
status=0
wait "$alone" || status=$?
cluster_pids=()
[ "$status" -eq 0 ] || fail "the process that waited for a client ended with status $status"

# A port that nobody could enter is not opened.
cp "$work/key" "$work/open.key" && chmod 644 "$work/open.key"
printf 'no key\n' >"$work/bad.key" && chmod 600 "$work/bad.key"
refuses LATH_E_INVALID 'option contact' key_file LATH_KEY_FILE umask -- env LATH_CONTACT=127.0.0.1:0 lath --store embedded: get k
refuses LATH_E_DENIED 'option contact' no.key key_file -- env LATH_CONTACT=127.0.0.1:0 LATH_KEY_FILE="$work/no.key" lath --store embedded: get k
refuses LATH_E_DENIED open.key 'chmod 600' key_file -- env LATH_CONTACT=127.0.0.1:0 LATH_KEY_FILE="$work/open.key" lath --store embedded: get k
refuses LATH_E_DENIED bad.key '64 hexadecimal' -- env LATH_CONTACT=127.0.0.1:0 LATH_KEY_FILE="$work/bad.key" lath --store embedded: get k
refuses 'option contact' key_file -- mpirun --bind-to none -n 1 "$embedded" 10 "" "" go : -n 1 "$embedded" 10 127.0.0.1:0 "" go
refuses 'another key' 'node 0' key_file -- mpirun --bind-to none -n 1 "$embedded" 10 127.0.0.1:0 "$work/key" go : -n 1 "$embedded" 10 127.0.0.1:0 "$work/other.key" go
expect_nothing_left "$before"
