#!/usr/bin/env bash
# Bad input gives one clear error that names the thing, within seconds, and loses nothing: flags, config, cluster files, keys, ports, shards,
# garbage on the contact port, limits and types.
# usage: bad_input_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
# shellcheck source=tests/shell/refuses.sh
. "$(dirname "$0")/../shell/refuses.sh"

echo 'flags and configuration'
refuses --frobnicate -- lathd --frobnicate
refuses shards 0 -- lathd --shards 0
refuses shards 10000 -- lathd --shards 10000
refuses memory lots -- lathd --memory lots
for size in 15MiB 65TiB 99999999TiB 99999999999999999999; do refuses memory "$size" '16MiB to 64TiB' -- lathd --memory "$size"; done
refuses cpus 4096 -- lathd --cpus 4096
refuses no-such.toml 'name one that is there' --config LATH_CONFIG -- lathd --config "$work/no-such.toml"
refuses no-such.toml 'name one that is there' -- env LATH_CONFIG="$work/no-such.toml" lath --store embedded: get k
refuses no-such.bytes 'see that the path is right' -- lath --store embedded: put k --file "$work/no-such.bytes"
refuses --config empty -- lathd --config ''
printf 'shards = = 2\n' >"$work/broken.toml"
refuses broken.toml -- lathd --config "$work/broken.toml"
printf 'gossip-us = "soon"\n' >"$work/wrong.toml"
refuses gossip-us soon -- lathd --config "$work/wrong.toml"
printf 'frobnicate = 1\n' >"$work/unknown.toml"
lathd --config "$work/unknown.toml" --print-config >"$work/print.log" 2>&1 || fail 'an unknown name in the file is an error'
grep -q frobnicate "$work/print.log" || fail 'an unknown name in the file is not warned of'
LATH_FROBNICATE=1 lathd --print-config >"$work/print.log" 2>&1 || fail 'an unknown name in the environment is an error'
grep -q LATH_FROBNICATE "$work/print.log" || fail 'an unknown name in the environment is not warned of'
refuses "'/'" folder -- lathd --config /
refuses /dev/zero bytes -- lathd --config /dev/zero
mkfifo "$work/pipe"
refuses "$work/pipe" 'regular file' -- lathd --config "$work/pipe"
refuses "$work/pipe" 'regular file' -- lathd --cluster-file "$work/pipe" --shards 1 --memory 64MiB
refuses "$work/pipe" 'regular file' -- lathd --log-file "$work/pipe" --cluster-file "$work/piped.json"
refuses "$work/nowhere/x.json" folder -- lathd --cluster-file "$work/nowhere/x.json"
refuses "'$work'" 'is a directory' -- lathd --cluster-file "$work"
refuses "'/'" 'name a file' -- lathd --log-file / --cluster-file "$work/slash.json"
refuses "$work/nowhere'" folder -- lathd --log-file "$work/nowhere/x.log"
[ ! -e "$work/nowhere" ] || fail 'a mistyped folder was made'
refuses 'a range runs backwards' -- lathd --cpus 3-1
refuses 'a range has no end' -- lathd --cpus 0-
status=0
lathd --cpus 0- --print-config >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || fail "--cpus 0-: status $status, not that of a wrong flag"
for flags in '--cpus 999' '--interface nosuch0' '--contact none' '--shards 100 --memory 16MiB'; do
  status=0
  # shellcheck disable=SC2086  # they are words
  lathd $flags --cluster-file "$work/wrong.json" >"$work/wrong.log" 2>&1 || status=$?
  [ "$status" -eq 2 ] || fail "$flags: status $status, not that of a wrong flag: $(cat "$work/wrong.log")"
done
timeout 3 lathd --log-file /dev/full --shards 1 --memory 64MiB >"$work/full.log" 2>&1 || true
[ "$(grep -c 'lines of the log are lost: .*No space left.*--log-file' "$work/full.log")" -eq 1 ] || fail 'a log that cannot be written is not told of once'
refuses "setting 'contact'" nohost.invalid 'numeric address' -- lathd --contact nohost.invalid:0 --shards 1 --memory 64MiB
refuses nosuch0 -- lathd --interface nosuch0 --cluster-file "$work/interface.json"

echo 'cluster files and keys'
refuses missing.json -- lath --cluster-file "$work/missing.json" get k
printf '{"hello": 1}\n' >"$work/foreign.json"
refuses foreign.json -- lath --cluster-file "$work/foreign.json" get k
printf 'not json at all' >"$work/garbage.json"
refuses garbage.json -- lath --cluster-file "$work/garbage.json" get k
refuses "$work/pipe" 'regular file' -- lath --cluster-file "$work/pipe" --timeout 2 get k
refuses "$work/pipe" 'regular file' -- lath --cluster-file "$work/pipe" doctor
(cd "$work" && refuses "'lath.json'" '--cluster-file FILE or LATH_CLUSTER_FILE' -- lath get k)
# A link to nothing would keep the name of the file, and is no other cluster's.
ln -s nowhere.json "$work/dangling.json"
refuses "$work/dangling.json" "link to 'nowhere.json'" 'remove the link' -- lathd --shards 1 --memory 64MiB --cluster-file "$work/dangling.json"
[ ! -e "$work/dangling.json.key" ] || fail 'a link to nothing left a key file'
refuses frobnicate -- lath frobnicate
refuses --timeout -- lath --timeout 0 get k
refuses --timeout nan -- lath --timeout nan get k
refuses --seconds -- lath --store embedded: bench --seconds -1
refuses --seconds nan -- lath --store embedded: bench --seconds nan
for verb in max min; do refuses NaN -- lath --store embedded: "$verb" merge-real k nan; done
refuses key required -- lath get
refuses operand required -- lath counter add k
refuses 99999999999999999999 -- lath --store embedded: counter add k 99999999999999999999
refuses "'-1'" -- lath --store embedded: grow-counter add k -1
refuses value --file -- lath --store embedded: put k
refuses "'/'" directory -- lath --store embedded: put k --file /
refuses /dev/zero 1073741824 LATH_E_TOO_LARGE -- lath --store embedded: put k --file /dev/zero
refuses 'standard input' 1073741824 -- bash -c 'lath --store embedded: put k --file - </dev/zero'
refuses "'-1'" -- lath --store embedded: wait k --since -1
refuses lath_places '0 bytes' -- lath --store embedded: ring ''
refuses 'map update' 'field has 0 bytes' -- lath --store embedded: map put m '' v
refuses --store --cluster-file -- lath --cluster-file x.json --store embedded: get k
refuses --cluster-file empty -- lath --cluster-file '' get k
refuses --key-file empty -- lath --key-file '' get k
refuses tcp:// -- lath --store tcp://nowhere get k
for port in 0 99999; do refuses "'tcp://127.0.0.1:$port'" 'port from 1 to 65535' -- lath --store "tcp://127.0.0.1:$port" get k; done
refuses frob: -- lath --store frob:x get k

start_nodes main 2
lath --cluster-file "$cluster" put kept precious
printf 'cluster-file = "%s"\n' "$cluster" >"$work/named.toml"
[ "$(LATH_CONFIG=$work/named.toml lath get kept)" = precious ] || fail "the configuration file's cluster-file is not read"
refuses missing.json -- env LATH_CONFIG="$work/named.toml" LATH_CLUSTER_FILE="$work/missing.json" lath get kept
[ "$(LATH_CLUSTER_FILE=$work/missing.json lath --cluster-file "$cluster" get kept)" = precious ] || fail 'a flag does not go over the environment'
# What begins with a dash is a value behind --, and never a flag that ends the command well.
refuses -hello -- lath --cluster-file "$cluster" put dash -hello
lath --cluster-file "$cluster" put dash -- -hello
[ "$(lath --cluster-file "$cluster" get dash)" = -hello ] || fail 'a value that begins with a dash'
# A register whose siblings are larger than the first room for them is replaced too.
large=$(head -c 65536 /dev/zero | tr '\0' x)
lath --cluster-file "$cluster" mv put register "$large"
lath --cluster-file "$cluster" mv put register small
[ "$(lath --cluster-file "$cluster" mv get register)" = small ] || fail 'a register of 64 KiB is not replaced'
port=$(grep -oE '"[^"]*:[0-9]+"' "$cluster" | head -n 1 | grep -oE '[0-9]+"' | tr -d '"')
[ -n "$port" ] || fail 'the cluster file names no contact port'
head -c 64 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/wrong.key"
head -c 64 "$work/wrong.key" >"$work/wrong64.key"
chmod 600 "$work/wrong.key" "$work/wrong64.key"
refuses key -- lath --cluster-file "$cluster" --key-file "$work/wrong64.key" --timeout 5 get kept
refuses no.key LATH_E_DENIED -- lath --cluster-file "$cluster" --key-file "$work/no.key" --timeout 5 get kept
cp "$cluster.key" "$work/open.key" && chmod 644 "$work/open.key"
refuses key -- lath --cluster-file "$cluster" --key-file "$work/open.key" --timeout 5 get kept
refuses "'$work'" 'not a regular file' 'that lathd made' -- lath --cluster-file "$cluster" --key-file "$work" --timeout 5 get kept
printf 'no key\n' >"$work/bad.key" && chmod 600 "$work/bad.key"
refuses bad.key '64 hexadecimal digits' 'copy the' -- lath --cluster-file "$cluster" --key-file "$work/bad.key" --timeout 5 get kept
ln -s loop.key "$work/loop.key"
refuses loop.key 'name one that this user can read' --key-file -- lath --cluster-file "$cluster" --key-file "$work/loop.key" --timeout 5 get kept
if [ "$(id -u)" -eq 0 ]; then
  cp "$cluster.key" "$work/theirs.key" && chown 65534 "$work/theirs.key"
  refuses theirs.key 'user 65534' 'mode 0600' -- lath --cluster-file "$cluster" --key-file "$work/theirs.key" --timeout 5 get kept
fi
refuses "$port" -- lathd --contact "0.0.0.0:$port" --cluster-file "$work/second.json"

echo 'nodes that cannot be reached, and another cluster at the address'
refuses 192.0.2.1 'is lathd running there' doctor -- lath --store tcp://192.0.2.1:7400 --key-file "$cluster.key" --timeout 3 get kept
refuses 127.0.0.1:1 'is lathd running there' 'cluster file' 'tcp://127.0.0.1:1 --key-file' doctor -- lath --store tcp://127.0.0.1:1 --key-file "$cluster.key" --timeout 3 get kept
id=$(sed -n 's/.*"cluster": *"\{0,1\}\([0-9a-f]*\).*/\1/p' "$cluster" | head -n 1)
[ -n "$id" ] || fail 'the cluster file names no cluster'
other=$(printf '%s' "$id" | tr '0-9' '1-90')
sed "s/$id/$other/" "$cluster" >"$work/other.json" && cp "$cluster.key" "$work/other.json.key"
# What this process cannot do is not blamed on the file.
refuses frobnicate LATH_UCX_TLS -- env LATH_UCX_TLS=frobnicate lath --cluster-file "$cluster" --timeout 5 get kept
! grep -q stale "$work/refused.log" || fail "a client's own failure is told as a stale cluster file"
refuses other.json 'another cluster' -- lath --cluster-file "$work/other.json" --timeout 5 get kept

echo 'garbage on the contact port'
for size in 0 1 7 24 100 4096; do
  (exec 9<>"/dev/tcp/127.0.0.1/$port" && head -c "$size" /dev/urandom >&9 && timeout 1 cat <&9 | wc -c >"$work/answered") || true
  [ "$(cat "$work/answered" 2>/dev/null || echo 0)" -eq 0 ] || fail "the contact port answered $size bytes of garbage"
done
[ "$(lath --cluster-file "$cluster" get kept)" = precious ] || fail 'a key was lost to garbage'

echo 'garbage on the ports of shards and control threads'
lathds=$(pgrep -P "$cluster_pid" -x lathd | paste -sd'|')
contacts=$(grep -oE '"[^"]*:[0-9]+"' "$cluster" | grep -oE '[0-9]+"' | tr -d '"' | paste -sd'|')
mapfile -t places < <(ss -Hltnp | grep -E "pid=($lathds)," | awk '{ print $4 }' | grep -vE ":($contacts)\$" | grep -v '^\[')
[ "${#places[@]}" -ge 4 ] || fail "two nodes listen at ${#places[@]} ports besides: ${places[*]}"
for place in "${places[@]}"; do
  for size in 68 4096; do
    status=0
    rm -f "$work/answered"
    (exec 9<>"/dev/tcp/${place%:*}/${place##*:}" && head -c "$size" /dev/urandom >&9 && timeout 5 cat <&9 >"$work/answered") 2>/dev/null || status=$?
    [ "$status" -ne 124 ] || fail "$place waits for more behind $size bytes of garbage"
    [ -e "$work/answered" ] || fail "nobody listens at $place any more"
    [ ! -s "$work/answered" ] || fail "$place answers $size bytes of garbage"
  done
done
[ "$(lath --cluster-file "$cluster" get kept)" = precious ] || fail 'a key was lost to garbage at the ports of shards'
lath --cluster-file "$cluster" --json stats >"$work/stats.json"
python3 - "$work/stats.json" <<'EOT' || fail "lath stats does not tell what the contact port refused"
import json, sys
entries = json.load(open(sys.argv[1]))
nodes = [e for e in entries if "shard" not in e]
shards = [e for e in entries if "shard" in e]
assert len(nodes) == 2 and {e["node"] for e in shards} == {0, 1}, entries
# The wrong key, and garbage of a greeting's length or more; what was shorter and then left.
assert sum(e["contact_denied"] for e in nodes) >= 2, nodes
assert sum(e["contact_abandoned"] + e["contact_timed_out"] for e in nodes) >= 1, nodes
assert sum(e["contact_welcomed"] for e in nodes) >= 1 and all("control_views_sent" in e for e in nodes), nodes
assert all(e["control_dropped_foreign"] >= 2 for e in nodes), nodes
assert all(e["transport_messages_received"] > 0 and e["transport_dropped_foreign"] >= 2 for e in shards), shards
EOT

echo 'limits and types'
big=$(head -c 1025 /dev/zero | tr '\0' k)
refuses 1024 -- lath --cluster-file "$cluster" put "$big" v
head -c 65537 /dev/zero >"$work/large"
refuses too_large -- lath --cluster-file "$cluster" map put large f "$(tr '\0' v <"$work/large")"
head -c 3000000 /dev/urandom >"$work/large"
lath --cluster-file "$cluster" put large --file "$work/large"
lath --cluster-file "$cluster" get large | head -c 3000000 | cmp - "$work/large" || fail 'a value of 3 MB did not come back whole'
head -c 65536 /dev/zero >"$work/fits"
lath --cluster-file "$cluster" put fits --file "$work/fits"
[ "$(lath --cluster-file "$cluster" get fits | wc -c)" -eq 65537 ] || fail 'a value of 64 KiB did not come back whole'
refuses kept wrong_type -- lath --cluster-file "$cluster" counter add kept 1
refuses nothing-here -- lath --cluster-file "$cluster" get nothing-here
[ "$(lath --cluster-file "$cluster" get kept)" = precious ] || fail 'a refused operation changed a key'

printf '\xff\xfe\0x' >"$work/bytes"
lath --cluster-file "$cluster" put bytes --file "$work/bytes"
[ "$(lath --cluster-file "$cluster" --json get bytes)" = '{"key":"bytes","value":{"base64":"//4AeA=="}}' ] || fail 'JSON loses bytes'
lath --cluster-file "$cluster" get bytes --file "$work/copy"
cmp "$work/bytes" "$work/copy" || fail 'get --file is not what put --file was'
lath --cluster-file "$cluster" put piped --file <(cat "$work/bytes")
lath --cluster-file "$cluster" get piped --file - | cmp - "$work/bytes" || fail 'put --file does not read a pipe'
lath --cluster-file "$cluster" put piped --file - <"$work/large"
lath --cluster-file "$cluster" get piped --file - | cmp - "$work/large" || fail 'put --file - of 3 MB is not what get gives'
lath --cluster-file "$cluster" put piped --file - < <(cat "$work/fits")
lath --cluster-file "$cluster" get piped --file - | cmp - "$work/fits" || fail 'put --file - does not read a pipe'
lath --cluster-file "$cluster" get bytes --file - | cmp - "$work/bytes" || fail 'standard output has more than the bytes'
lath --cluster-file "$cluster" map put fields a $'two\nlines'
lath --cluster-file "$cluster" map get fields a --file - | cmp - <(printf 'two\nlines') || fail 'map get --file - does not write the bytes'
[ "$(lath --cluster-file "$cluster" get kept | wc -c)" -eq 9 ] || fail 'get does not end its line'
refuses --file --json -- lath --cluster-file "$cluster" get kept --file "$work/x" --json
lath --cluster-file "$cluster" set add some element
for verb in 'get kept' 'get kept --file -' '--json get kept' 'set members some' 'wait kept' nodes ring stats doctor --version --help; do
  refuses 'standard output' 'No space left' -- bash -c "lath --cluster-file '$cluster' $verb >/dev/full"
  refuses 'standard output' -- bash -c "lath --cluster-file '$cluster' $verb >&-"
done
for verb in --print-config --help --version; do
  refuses 'standard output' 'No space left' -- bash -c "lathd $verb >/dev/full"
  refuses 'standard output' -- bash -c "lathd $verb >&-"
done
lath --cluster-file "$cluster" put kept precious >&- <&- || fail 'a verb that prints nothing needs standard output'
status=0
lath --cluster-file "$cluster" get nothing-here --file "$work/untouched" 2>/dev/null || status=$?
[ "$status" -eq 3 ] || fail "a key that holds nothing gave status $status"
[ ! -e "$work/untouched" ] || fail 'a key that holds nothing made a file'
refuses "$work/nowhere/x" 'No such' -- lath --cluster-file "$cluster" get bytes --file "$work/nowhere/x"
lath --cluster-file "$cluster" max merge-real top inf
[ "$(lath --cluster-file "$cluster" --json max get-real top)" = '"inf"' ] || fail 'an infinity is no JSON'

echo 'a stale cluster file: a node was killed, leaves nothing but that, and the next one takes its place'
before=$(shared_memory)
lathd --shards 1 --memory 64MiB --cluster-file "$work/killed.json" >"$work/killed.log" 2>&1 &
killed=$!
cluster_pids+=("$killed")
await 30 is_ready "$work/killed.json" "$killed" || fail 'the node was not ready'
kill -KILL "$killed"
wait "$killed" 2>/dev/null || true
expect_nothing_left "$before"
refuses killed.json -- lath --cluster-file "$work/killed.json" --timeout 5 get kept
lathd --shards 1 --memory 64MiB --cluster-file "$work/killed.json" >"$work/killed2.log" 2>&1 &
next=$!
cluster_pids+=("$next")
put_in_next() { is_gone "$next" || lath --cluster-file "$work/killed.json" --timeout 5 put again v >"$work/next.log" 2>&1; }
await 30 put_in_next || fail 'the next node does not answer'
[ "$(lath --cluster-file "$work/killed.json" get again)" = v ] || fail 'the next node holds nothing'
stop_nodes "$next" || fail "the next node ended with status $?"

echo 'a stale file: the nodes are gone'
cp "$cluster" "$work/stale.json" && cp "$cluster.key" "$work/stale.json.key"
stop_nodes "$cluster_pid" || fail "the nodes ended with status $?"
refuses stale.json -- lath --cluster-file "$work/stale.json" --timeout 5 get kept
echo 'bad input: every case is refused by name'
