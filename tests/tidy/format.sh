#!/usr/bin/env bash
# Every C and C++ file is as clang-format 14 writes it, every script passes shellcheck, and no file or line grows out of hand.
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
bad=0

formatter=$(command -v clang-format-14 || command -v clang-format) || { echo "format: clang-format is missing: launch/install-deps --dev"; exit 1; }
command -v shellcheck >/dev/null || { echo "format: shellcheck is missing: launch/install-deps --dev"; exit 1; }
files() { git ls-files -co --exclude-standard -- "$@" | while IFS= read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done; }

mapfile -t code < <(files '*.h' '*.hpp' '*.c' '*.cpp')
"$formatter" --dry-run -Werror "${code[@]}" || bad=1

mapfile -t scripts < <(files launch tests bench .ci examples | while IFS= read -r file; do
  head -n 1 "$file" | grep -qE '^#!.*\b(bash|sh)\b' && printf '%s\n' "$file"; done)
shellcheck -x "${scripts[@]}" || bad=1
for script in "${scripts[@]}"; do
  grep -q '^set -euo pipefail' "$script" || { echo "$script: no 'set -euo pipefail'"; bad=1; }
done

for file in "${code[@]}"; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 400 ] || [ "$file" = include/lath/lath.h ] || { echo "$file: $lines lines; over 400 it is two things"; bad=1; }
  case "$file" in *.h | *.hpp) grep -q '^#pragma once' "$file" || { echo "$file: no #pragma once"; bad=1; } ;; esac
done
awk 'length > 132 { print FILENAME ":" FNR ": " length " columns; an installed header has at most 132"; bad = 1 } END { exit bad }' \
  include/lath/*.h include/lath/*.hpp include/lath/*.f90 || bad=1
exit "$bad"
