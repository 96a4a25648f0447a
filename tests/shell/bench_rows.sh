# shellcheck shell=bash
# Reads what lath bench and ucx_perftest print. Sourced. A figure that is not there ends the reader with its name: compared as nothing, it
# would pass for a good one.

figure_missing() {
  printf 'FAILED: no figure of %s in %s:\n' "$1" "$2" >&2
  cat "$2" >&2
  return 1
}

is_figure() { [[ $1 =~ ^[0-9]+(\.[0-9]+)?$ && $1 =~ [1-9] ]]; }

# bench_figure LOG ROW COLUMN: of the table of lath bench: 1 is operations/s, 2 the median, 3 the 99th percentile in us.
bench_figure() {
  local value
  value=$(awk -v name="  $2" -v column="$3" 'index($0, name "  ") == 1 { print $(split(name, words, " ") + column) }' "$1")
  is_figure "$value" || figure_missing "the row '$2', column $3," "$1" || return 1
  printf '%s\n' "$value"
}

# perftest_latency_us LOG: one way, the median.
perftest_latency_us() {
  local value
  value=$(awk '/^Final:/ { print $3 }' "$1")
  is_figure "$value" || figure_missing 'the line Final:' "$1" || return 1
  printf '%s\n' "$value"
}
