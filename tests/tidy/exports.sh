#!/usr/bin/env bash
# What the shared libraries show to the world: only lath_*, versioned; and liblath.so needs no MPI. usage: exports.sh LIBLATH LIBLATH_MPI
set -euo pipefail
library=$1 mpi_library=$2 bad=0
for one in "$library" "$mpi_library"; do
  nm -D --defined-only "$one" | awk '{print $3}' | grep -vE '^(lath_[a-z0-9_]+@@LATH_[0-9]+|LATH_[0-9]+)$' && { echo "$one: exports the symbols above"; bad=1; }
  readelf -d "$one" | grep 'SONAME.*\.so\.[0-9]' >/dev/null || { echo "$one: no versioned SONAME"; bad=1; }
done
nm -D --defined-only "$library" | grep ' lath_get@@' >/dev/null || { echo "$library: lath_get is not exported"; bad=1; }
readelf -d "$library" | grep NEEDED | grep -iE 'mpi|pmix|open-rte' && { echo "$library: needs MPI"; bad=1; }
readelf -d "$mpi_library" | grep NEEDED | grep libmpi >/dev/null || { echo "$mpi_library: does not link MPI"; bad=1; }
exit "$bad"
