# shellcheck shell=bash
# Sourced after cluster.sh, by tests of what is refused.
: "${work:?cluster.sh is to be sourced first}"

# refuses NAME... -- COMMAND...: the command fails within a minute (a busy machine reads a GiB of zeros in 20 s), and what it says has every NAME in it.
refuses() {
  local names=() status=0
  while [ "$1" != -- ]; do names+=("$1"); shift; done
  shift
  timeout 60 "$@" >"$work/refused.log" 2>&1 || status=$?
  [ "$status" -ne 0 ] || fail "this was accepted: $*"
  [ "$status" -ne 124 ] || fail "this hung: $*"
  [ "$status" -lt 128 ] || fail "this died of a signal ($status): $*"
  for name in "${names[@]}"; do grep -qiF -- "$name" "$work/refused.log" || fail "the error does not name '$name': $*"; done
}

# can_or_skip WHAT COMMAND...: where this machine or user does not let the command, the whole test is skipped, and says what it would try.
can_or_skip() {
  local what=$1
  shift
  "$@" >"$work/can.out" 2>&1 && return 0
  printf 'NOT TRIED: %s\n  because this failed: %s\n' "$what" "$*" >&2
  sed 's/^/  /' "$work/can.out" >&2
  exit 77
}
