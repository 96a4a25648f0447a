#!/usr/bin/env bash
# Clients that are killed at any moment of their life, their connecting above all, take nobody along: the node that they came to lives
# on, and serves others. Over shared memory and over TCP. Where one has left a shard deaf to shared memory, which is UCX's fault
# (docs/operations.md) and takes a kill within microseconds, others find that out and go over TCP. usage: killed_clients_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"

# Each way: as many as there is time for on a busy machine, but enough. Their ages are spread, whatever their number.
kills=160 kills_least=30
stride=61  # has no divisor in common with kills
seconds=30

# Who is killed while UCX makes shared memory leaves it behind.
before=$(shared_memory)
trap 'cluster_clean_up; sweep' EXIT
sweep() {
  local piece
  while IFS= read -r piece; do
    case "$piece" in
      /dev/shm/*) rm -f "$piece" ;;
      'SysV segment '*) ipcrm -m "$(cut -d' ' -f3 <<<"$piece")" 2>/dev/null || true ;;
    esac
  done < <(shared_memory_left "$before")
}

now_us() { local now=$EPOCHREALTIME; echo "$((${now/[.,]/}))"; }
put() { lath --cluster-file "$cluster" --timeout 10 put "$1" value; }  # KEY
is_served() {  # WHAT
  local got
  put served >"$work/served.out" 2>&1 || fail "$1: a put fails: $(cat "$work/served.out")"
  got=$(lath --cluster-file "$cluster" --timeout 10 get served 2>"$work/got.out") || fail "$1: a get fails: $(cat "$work/got.out")"
  [ "$got" = value ] || fail "$1: a get gives $got"
}
# Sets life_us: of a client that nobody disturbs, and of several the one in the middle.
measure() {
  local began lives=()
  for _ in 1 2 3 4 5; do
    began=$(now_us)
    put undisturbed || fail 'a put fails before any client was killed'
    lives+=($(($(now_us) - began)))
  done
  life_us=$(printf '%s\n' "${lives[@]}" | sort -n | sed -n 3p)
}
# To wait without a process, whose start would take longer than what is waited for.
mkfifo "$work/silence"
exec {silence}<>"$work/silence"
# In place of the shell: what is killed is the client.
client() { exec lath --cluster-file "$cluster" --timeout 5 put key value; }
kill_one_after() {  # US
  local pid status=0
  client >>"$work/clients-$way.out" 2>&1 &
  pid=$!
  read -r -t "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))" -u "$silence" || true
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || status=$?
  [ "$status" -ne 137 ] || in_time=$((in_time + 1))
}

for way in shared-memory tcp; do
  if [ "$way" = tcp ]; then export LATH_UCX_TLS=tcp,self; fi
  cluster=$work/$way.json
  lathd --cluster-file "$cluster" --shards 1 --memory 64MiB >"$work/$way.log" 2>&1 &
  node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$cluster" "$node" || fail 'the node was not ready'
  measure
  in_time=0
  began=$SECONDS
  for ((number = 0; number < kills && SECONDS - began <= seconds; ++number)); do
    age_us=$((life_us * (number * stride % kills) / kills))
    kill_one_after "$age_us"
    ! is_gone_or_zombie "$node" || fail "$way: the node ended with a client that was killed when it was $age_us us old"
  done
  [ "$number" -ge "$kills_least" ] || fail "$way: $number kills took $((SECONDS - began)) s"
  is_served "$way: after $number kills"
  deaf=
  ! grep -q 'answers over TCP and not by shared memory' "$work/served.out" || deaf=', and left its shard deaf to shared memory'
  [ "$in_time" -gt $((number / 4)) ] || fail "$way: only $in_time of $number clients were killed in time"
  stop_nodes "$node" || fail "$way: SIGTERM gave status $?"
  echo "$way: a node has outlived $number clients, killed within $life_us us: $in_time in time$deaf"
done
