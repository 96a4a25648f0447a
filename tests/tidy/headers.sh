#!/usr/bin/env bash
# Every header compiles alone; each public C header also as C11 and as C++11. usage: headers.sh SOURCE_DIR
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
cxx=${CXX:-g++} cc=${CC:-gcc} bad=0
# As the system's, whose warnings are not ours.
read -r -a mpi_flags <<<"$(pkg-config --cflags ompi-c 2>/dev/null | sed 's/-I/-isystem /g' || true)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t headers < <(git ls-files -co --exclude-standard -- include src transport topology launch | grep -E '\.hpp$')
for header in "${headers[@]}"; do printf '#include "%s"\n' "$PWD/$header" >"$work/$(tr '/.' '__' <<<"$header").cpp"; done
printf '%s\0' "$work"/*.cpp |
  xargs -0 -n 8 -P 2 "$cxx" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -Iinclude -Isrc -I. "${mpi_flags[@]}" || bad=1
strict=(-pedantic-errors -Wall -Wextra -Werror -fsyntax-only -Iinclude "${mpi_flags[@]}")
for header in include/lath/*.h; do
  printf '#include "%s"\nint main(void) { return 0; }\n' "$PWD/$header" >"$work/public.c"
  "$cc" -std=c11 "${strict[@]}" "$work/public.c" || bad=1
  "$cxx" -x c++ -std=c++11 "${strict[@]}" "$work/public.c" || bad=1
done
exit "$bad"
