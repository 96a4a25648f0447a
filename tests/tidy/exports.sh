#!/usr/bin/env bash
# What the shared libraries show to the world: only lath_*, versioned, and exactly what the headers declare; and liblath.so needs no
# MPI. usage: exports.sh LIBLATH LIBLATH_MPI INCLUDE_DIR
set -euo pipefail
library=$1 mpi_library=$2 headers=$3/lath bad=0
for one in "$library" "$mpi_library"; do
  nm -D --defined-only "$one" | awk '{print $3}' | grep -vE '^(lath_[a-z0-9_]+@@LATH_[0-9]+|LATH_[0-9]+)$' && { echo "$one: exports the symbols above"; bad=1; }
  readelf -d "$one" | grep 'SONAME.*\.so\.[0-9]' >/dev/null || { echo "$one: no versioned SONAME"; bad=1; }
done
nm -D --defined-only "$library" | grep ' lath_get@@' >/dev/null || { echo "$library: lath_get is not exported"; bad=1; }
readelf -d "$library" | grep NEEDED | grep -iE 'mpi|pmix|open-rte' && { echo "$library: needs MPI"; bad=1; }
readelf -d "$mpi_library" | grep NEEDED | grep libmpi >/dev/null || { echo "$mpi_library: does not link MPI"; bad=1; }

exported() { nm -D --defined-only "$1" | sed -nE 's/.* T (lath_[a-z0-9_]+)@@.*/\1/p' | sort; }
declared() { tr '\n' ' ' | grep -oE 'LATH_API [^;(]*[ *]lath_[a-z0-9_]+\(' | sed -E 's/.*[ *](lath_[a-z0-9_]+)\(/\1/' | sort; }
compare() {  # LIBRARY HEADER...: the same names in both
  local one=$1
  shift
  diff <(exported "$one") <(cat "$@" | declared) || { echo "$one: exports (<) and headers (>) differ by the names above"; bad=1; }
}
mapfile -t public < <(find "$headers" -maxdepth 1 -name '*.h' ! -name lath_mpi.h)
compare "$library" "${public[@]}"
compare "$mpi_library" "$headers/lath_mpi.h"
exit "$bad"
