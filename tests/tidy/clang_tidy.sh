#!/usr/bin/env bash
# Every source of the product, with the headers it includes, passes the checks of .clang-tidy. Not the tests: they would double the
# time. usage: clang_tidy.sh BUILD_DIR [FILE ...]  (BUILD_DIR was configured by the clang preset)
set -euo pipefail
build=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
linter=$(command -v clang-tidy-14 || command -v clang-tidy) || { echo "clang_tidy: clang-tidy is missing: launch/install-deps --dev"; exit 1; }
[ -f "$build/compile_commands.json" ] || { echo "clang_tidy: $build has no compile_commands.json: cmake --preset clang"; exit 1; }
files=("$@")
[ "${#files[@]}" -gt 0 ] || mapfile -t files < <(git ls-files -co --exclude-standard -- src transport topology launch examples | grep -E '\.(c|cpp)$' |
  while IFS= read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done)
[ "${#files[@]}" -gt 0 ] || { echo 'clang_tidy: no source was found: is this the source tree?'; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A file may be in several targets with the same flags: one of its commands is enough. The linter counts what it suppressed on stderr.
if ! printf '%s\0' "${files[@]}" | xargs -0 -P 2 -n 4 "$linter" -p "$build" --quiet >"$log" 2>&1; then
  grep -vE '^[0-9]+ warnings? (generated|and)|^Suppressed|^Use -header-filter' "$log"
  exit 1
fi
printf 'clang_tidy: %s sources pass\n' "${#files[@]}"
