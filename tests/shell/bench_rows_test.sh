#!/usr/bin/env bash
# A figure that lath bench or ucx_perftest did not print is no figure, and is named. usage: bench_rows_test.sh
set -euo pipefail
# shellcheck source=tests/shell/bench_rows.sh
. "$(dirname "$0")/bench_rows.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
refuses() {  # NAME COMMAND...
  local name=$1 status=0
  shift
  ("$@") >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -ne 0 ] || fail "this gave '$(cat "$work/out")': $*"
  grep -qF -- "$name" "$work/err" || fail "the error does not name '$name': $*"
  [ ! -s "$work/out" ] || fail "a missing figure is also printed: $*"
}

cat >"$work/bench" <<'TABLE'
8 B keys and values, 1000000 keys, batches of 128, 16 under way; one session
                             operations/s    median us       p99 us
  put, batches                    5123456
  get, batches                    7123456
  get, blocking                   1234567        0.791        1.250
  put, blocking                         0        0.000
  answers that were wrong: 0
TABLE
[ "$(bench_figure "$work/bench" 'put, batches' 1)" = 5123456 ] || fail 'a rate'
[ "$(bench_figure "$work/bench" 'get, blocking' 2)" = 0.791 ] || fail 'a median'
[ "$(bench_figure "$work/bench" 'get, blocking' 3)" = 1.250 ] || fail 'a 99th percentile'
refuses "'get, one-sided', column 1" bench_figure "$work/bench" 'get, one-sided' 1
refuses "'get', column 1" bench_figure "$work/bench" get 1  # the beginning of a name is another row
refuses "'put, batches', column 2" bench_figure "$work/bench" 'put, batches' 2
refuses "'put, blocking', column 1" bench_figure "$work/bench" 'put, blocking' 1
refuses "'put, blocking', column 2" bench_figure "$work/bench" 'put, blocking' 2
refuses "$work/bench" perftest_latency_us "$work/bench"
printf 'Final:                200000      0.146     0.151     0.151\n' >"$work/perftest"
[ "$(perftest_latency_us "$work/perftest")" = 0.146 ] || fail 'the latency of ucx_perftest'
echo 'bench rows: what is not there is named'
