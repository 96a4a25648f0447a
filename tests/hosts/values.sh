# shellcheck shell=bash
# A key of every type, written from two hosts and read from any. Sourced after hosts.sh.
: "${HOSTS:?hosts.sh is to be sourced first}" "${work:?}"
head -c 3000000 /dev/urandom >"$work/large"

# write_values HOST KEYS 1|2: the part of one writer; the two may come in any order.
write_values() {
  local host=$1 keys=$2 part=$3
  if [ "$part" -eq 1 ]; then
    lath_on "$host" put "$keys/bytes" hello
    lath_on "$host" put "$keys/large" --file "$work/large"
    lath_on "$host" put "$keys/erased" gone
    lath_on "$host" erase "$keys/erased"
    lath_on "$host" mv put "$keys/register" first
    lath_on "$host" mv put "$keys/register" second
    lath_on "$host" set add "$keys/set" removed
    lath_on "$host" set remove "$keys/set" removed
  fi
  lath_on "$host" counter add "$keys/counter" -- "-$part"
  lath_on "$host" counter add "$keys/counter" $((part * 10))
  lath_on "$host" grow-counter add "$keys/grown" "$part"
  lath_on "$host" max merge "$keys/greatest" $((part * 100))
  lath_on "$host" min merge "$keys/least" -- "-$part"
  lath_on "$host" max merge-real "$keys/greatest-real" "$part.5"
  lath_on "$host" min merge-real "$keys/least-real" "$part.5"
  lath_on "$host" set add "$keys/set" "element $part"
  lath_on "$host" gset add "$keys/grow-set" "element $part"
  lath_on "$host" map put "$keys/map" "field $part" "value $part"
  lath_on "$host" hll add "$keys/distinct" "element $part"
}

holds() {  # HOST VALUE lath's arguments...
  [ "$(lath_on "$1" "${@:3}" 2>"$work/holds.err")" = "$2" ]
}
# values_are HOST KEYS: what both have written is seen there within 10 s each.
values_are() {
  local host=$1 keys=$2 both=$'element 1\nelement 2'
  expect_value "$host" hello get "$keys/bytes"
  expect_value "$host" second mv get "$keys/register"
  expect_value "$host" 27 counter get "$keys/counter"
  expect_value "$host" 3 grow-counter get "$keys/grown"
  expect_value "$host" 200 max get "$keys/greatest"
  expect_value "$host" -2 min get "$keys/least"
  expect_value "$host" 2.5 max get-real "$keys/greatest-real"
  expect_value "$host" 1.5 min get-real "$keys/least-real"
  expect_value "$host" "$both" set members "$keys/set"
  expect_value "$host" "$both" gset members "$keys/grow-set"
  expect_value "$host" $'field 1\nfield 2' map fields "$keys/map"
  expect_value "$host" 'value 2' map get "$keys/map" 'field 2'
  expect_value "$host" 2 hll count "$keys/distinct"
  lath_on "$host" get "$keys/large" --file "$work/large-$host" || fail "$host: no $keys/large"
  cmp "$work/large" "$work/large-$host" || fail "$host: $keys/large is not what was written"
  status=0
  lath_on "$host" get "$keys/erased" >"$work/erased.out" 2>&1 || status=$?
  [ "$status" -eq 3 ] || fail "$host: an erased key gives status $status: $(cat "$work/erased.out")"
}
expect_value() {  # HOST VALUE lath's arguments...
  await 10 holds "$@" || fail "$1: lath ${*:3}: '$(lath_on "$1" "${@:3}" 2>&1)', not '$2'"
}
